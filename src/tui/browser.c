/* To be written. */
#include "tui/commands.h"
#include "tui/dialogs.h"

void tui_open_browser(struct tui *t, const struct tui_browse *what)
{
	(void)what;
	tui_say(t, TUI_WARNING, "not there yet");
}
