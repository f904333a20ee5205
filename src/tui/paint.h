/* Cells become bytes for a terminal: what it has already is not sent again. */
#ifndef AS_TUI_PAINT_H
#define AS_TUI_PAINT_H

#include "tui/canvas.h"
#include "tui/terms.h"

/* A cell as the terminal knows it; characters and columns as in struct tui_cell. */
struct tui_paint_cell {
	uint32_t ch[TUI_CELL_CHARS];
	uint8_t cols;
	struct tui_pen pen;
};

struct tui_paint {
	struct tui_terms terms;
	struct tui_paint_cell *shown; /* rows * cols: what the terminal has */
	int rows, cols;
	struct tui_pen pen;
	bool knows_pen;
	struct tui_at at;             /* row -1: unknown */
	struct as_buffer out;         /* to be sent, and emptied by whoever does */
};

/* The terminal is all blank, has that size and no pen. False when out of memory: nothing is painted then. */
bool tui_paint_blank(struct tui_paint *p, int rows, int cols);
void tui_paint_done(struct tui_paint *p);

/* Makes the screen what cells are: p->rows times p->cols of them. */
void tui_paint_frame(struct tui_paint *p, const struct tui_paint_cell *cells);
void tui_paint_cursor(struct tui_paint *p, int row, int col);
/* Neither colours nor attributes: for whoever writes next. */
void tui_paint_plain(struct tui_paint *p);

#endif
