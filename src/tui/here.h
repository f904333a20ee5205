/* Recordings in the folder that the program was started in, and in those below it: counted aside, by their names alone. */
#ifndef AS_TUI_HERE_H
#define AS_TUI_HERE_H

#include "tui/app.h"

/* Begins to count: the model has it as soon as the disk has answered. */
void tui_here_begin(struct tui *t);
/* Readable once it is counted; -1: nothing is. */
int tui_here_fd(const struct tui *t);
/* Each turn: takes the count. */
void tui_here_turn(struct tui *t);
/* Never waits. */
void tui_here_stop(struct tui *t);

#endif
