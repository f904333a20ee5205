/* From what the program hands over to a screen with a session. */
#ifndef AS_TUI_START_H
#define AS_TUI_START_H

#include "tui/app.h"

enum as_status tui_start(struct tui *t, struct as_error *err);
/* Recordings that were named go into the session. */
void tui_start_inputs(struct tui *t);

/* Whether a disk has yet to say what was named; a descriptor that is readable once it has, or -1. */
bool tui_start_looks(const struct tui *t);
int tui_start_fd(const struct tui *t);
/* Each turn: takes the answer. */
void tui_start_turn(struct tui *t);
/* Nobody waits for it any more: recordings that were named go into the session without the project. */
void tui_start_give_up(struct tui *t);
/* The end. */
void tui_start_stop(struct tui *t);

#endif
