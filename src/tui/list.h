/* A list with a cursor: where keys lead in it, and what of it is in view. Arithmetic alone. */
#ifndef AS_TUI_LIST_H
#define AS_TUI_LIST_H

#include "base/actions.h"

#define TUI_LIST_PAGE 10 /* rows, where a list does not know how many it shows */

/* By how many rows an action moves in a list of n, pages being of so many rows; 0: it does not. Far beyond the ends for Home and End. */
int tui_list_step(enum as_action action, int n, int page);
/* A row, or the nearest that there is; 0 where there is none. */
int tui_list_clamp(int row, int n);
/* The first row in view, so that `at` (-1: nothing) is among the `room` rows and none of them is wasted; top is what it was. Long lists go
 * on by several rows at once. */
int tui_list_top(int top, int at, int n, int room);

#endif
