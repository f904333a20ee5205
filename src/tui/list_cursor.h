/* Where the cursor of a list is: few cells of a row, as each step sends two of them anew. */
#ifndef AS_TUI_LIST_CURSOR_H
#define AS_TUI_LIST_CURSOR_H

#include "tui/canvas.h"

/* With the keys: a bar under the name that stands at `col`, in at most `cols` columns. Without: a sign at the column `sign`. */
void tui_list_cursor(struct tui_canvas c, int row, int sign, int col, int cols, bool keys);

#endif
