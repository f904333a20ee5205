/* To be written. */
#include "tui/commands.h"
#include "tui/dialogs.h"

void tui_open_explain(struct tui *t, int clip)
{
	(void)clip;
	tui_say(t, TUI_WARNING, "not there yet");
}
