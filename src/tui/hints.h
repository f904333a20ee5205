/* The bottom line: the keys that are of most use where the user is. */
#ifndef AS_TUI_HINTS_H
#define AS_TUI_HINTS_H

#include "tui/app.h"

/* As many as there is room for, the most useful first. */
void tui_hints_draw(const struct tui *t, struct tui_canvas c);
/* The action whose key or label stands in column `at` of that line of `cols`; AS_ACTION_NONE: none. */
enum as_action tui_hints_at(const struct tui *t, int cols, int at);

#endif
