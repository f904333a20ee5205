/* To be written. */
#include "tui/commands.h"
#include "tui/dialogs.h"

bool tui_do_audition(struct tui *t, enum as_action action, const struct tui_call *call)
{
	(void)action;
	(void)call;
	(void)t;
	return false;
}
