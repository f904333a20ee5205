/* What the parts of the painter share. */
#ifndef AS_TUI_PAINT_PRIVATE_H
#define AS_TUI_PAINT_PRIVATE_H

#include "tui/paint.h"

/* Whether two cells look alike. */
bool tui_paint_same_cell(const struct tui_paint_cell *a, const struct tui_paint_cell *b);

/* paint_scroll.c: where most of a stretch of rows is on the screen already, moved up or down, it is moved there. */
void tui_paint_scroll(struct tui_paint *p, const struct tui_paint_cell *cells);

#endif
