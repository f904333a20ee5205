/* The session is kept as it changes, beside what the user saves: after a crash the next start offers to go on (recover.h). */
#ifndef AS_TUI_KEEP_H
#define AS_TUI_KEEP_H

#include "tui/app.h"

/* A session has taken the place of another. */
void tui_keep_begin(struct tui *t);
/* Every turn: begins an autosave where it is time for one, tells of one that failed. */
void tui_keep_turn(struct tui *t);
/* How long the loop may wait, at most s. */
double tui_keep_wait_s(const struct tui *t, double s);
/* At once, and waits for it; true: there was something to keep, and it is. */
bool tui_keep_now(struct tui *t);
/* Saved: an autosave of what was changed since is another one. */
void tui_keep_saved(struct tui *t);
/* What was being written has been given up. */
void tui_keep_abandoned(struct tui *t);
/* What was changed is saved, or not wanted: the session is about to end, and takes along what was kept of it. */
void tui_keep_nothing(struct tui *t);

#endif
