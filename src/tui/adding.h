/* Recordings that are added: looked for, or made up, beside the session, so that no key waits for a disk. */
#ifndef AS_TUI_ADDING_H
#define AS_TUI_ADDING_H

#include "tui/app.h"

/* The action: args are paths, or NULL: they are asked for. */
void tui_add(struct tui *t, const char *args);
/* The demo shoot; args is its folder, or NULL: a new one. */
void tui_add_demo(struct tui *t, const char *args);
/* At once where that is quick. False: nothing of it is of use (said so). */
bool tui_add_paths(struct tui *t, char *const *paths, int n);

/* Whether any can be: what runs and what is being opened are told of. */
bool tui_adding_is_free(struct tui *t);
/* Whether any are on their way. */
bool tui_adding_runs(const struct tui *t);
/* A descriptor that is readable when there is news of them, or -1. */
int tui_adding_fd(const struct tui *t);
/* Each turn: takes what is there. */
void tui_adding_turn(struct tui *t);
/* Nobody wants them any more. */
void tui_adding_stop(struct tui *t);

#endif
