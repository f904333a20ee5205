/* To be written. */
#include "tui/commands.h"
#include "tui/dialogs.h"

void tui_open_drift(struct tui *t, const char *args)
{
	(void)args;
	tui_say(t, TUI_WARNING, "not there yet");
}
