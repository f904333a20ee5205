/* What an earlier session left that did not end in order. */
#ifndef AS_TUI_RECOVER_H
#define AS_TUI_RECOVER_H

#include "tui/app.h"

/* Asks whether to go on with the newest, or the newest with recordings that were named, as soon as the disk says which; nothing where
 * there is none. Others are told of. */
void tui_offer_recovery(struct tui *t);
/* The same of what was kept of the project that has just been opened. */
void tui_offer_newer(struct tui *t, const char *path);
/* Opens it: path as text, or (NULL) the newest, as soon as the disk says which. */
void tui_recover(struct tui *t, const char *path);

/* Whether the disk is being asked; a descriptor that is readable when it has answered, or -1. */
bool tui_recover_looks(const struct tui *t);
int tui_recover_fd(const struct tui *t);
/* Each turn: takes the answer. */
void tui_recover_turn(struct tui *t);
/* Nobody waits for it any more. */
void tui_recover_stop(struct tui *t);

#endif
