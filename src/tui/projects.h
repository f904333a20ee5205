/* Projects on their way from and to the disk, beside the session: no key waits for either. One at a time. */
#ifndef AS_TUI_PROJECTS_H
#define AS_TUI_PROJECTS_H

#include "tui/app.h"

/* Takes the place of the session once it is there: path as text; recovers: it is what a session left. At once where that is quick. False:
 * it cannot be (said so). */
bool tui_projects_open(struct tui *t, const char *path, bool recovers);
/* The one that the program was started with, once there is a screen; the recordings that were named with it follow in any case. */
void tui_projects_open_first(struct tui *t, const char *path, bool recovers);
/* The same before there is one; waits a little longer. False: err says why there is none. */
bool tui_projects_start(struct tui *t, const char *path, bool recovers, struct as_error *err);
/* As it is now; what is changed from here on is not in it. */
void tui_projects_save(struct tui *t, const char *path, bool force);

/* Saves, asking for a name first where there is none; once that went well, the action follows. args: heap or NULL, taken. */
void tui_projects_save_then(struct tui *t, enum as_action then, char *args);

/* Says so where something else has to wait for one. */
bool tui_projects_idle(struct tui *t);
/* Whether one is on its way; a descriptor that is readable when there is news of it, or -1. */
bool tui_projects_run(const struct tui *t);
/* Whether another session is going to take the place of this one, or may be. */
bool tui_projects_opens(const struct tui *t);
int tui_projects_fd(const struct tui *t);
/* Each turn: takes what is there. */
void tui_projects_turn(struct tui *t);
/* Nobody waits for it any more. */
void tui_projects_stop(struct tui *t);
/* The end: frees. */
void tui_projects_done(struct tui *t);

/* Before the program ends: true, it may. Else what is still being written is waited for, said so; asked again it may. sure: nothing is to be
 * asked then. */
bool tui_projects_may_leave(struct tui *t, bool sure);

#endif
