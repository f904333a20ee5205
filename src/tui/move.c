/* To be written. */
#include "tui/commands.h"
#include "tui/dialogs.h"

void tui_open_move(struct tui *t, int *clips, int n)
{
	(void)clips;
	(void)n;
	tui_say(t, TUI_WARNING, "not there yet");
}
