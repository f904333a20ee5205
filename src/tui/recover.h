/* What an earlier session left that did not end in order. */
#ifndef AS_TUI_RECOVER_H
#define AS_TUI_RECOVER_H

#include "tui/app.h"

/* Asks whether to go on with the newest; nothing where there is none. */
void tui_offer_recovery(struct tui *t);
/* The same of what was kept of the project that has just been opened. */
void tui_offer_newer(struct tui *t, const char *path);
/* Opens it: path as text, or the newest. */
void tui_recover(struct tui *t, const char *path);

#endif
