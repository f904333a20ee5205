/* What the parts of the painter share. */
#ifndef AS_TUI_PAINT_PRIVATE_H
#define AS_TUI_PAINT_PRIVATE_H

#include "tui/paint.h"

#define TUI_PAINT_SEEN (TUI_REVERSE | TUI_UNDERLINE) /* attributes that blanks show */

/* Cells of one row, from ≤ column < to, that one pen writes. */
struct tui_paint_run {
	int row, from, to;
	struct tui_pen pen;
	bool bare;   /* blanks alone: any pen of that background does */
	bool erases; /* … and they are erased, */
	bool rest;   /* up to the end of the row */
};

struct tui_paint_runs {
	struct tui_paint_run *run; /* heap; from top to bottom, from left to right */
	int n, room;
	bool failed; /* memory ran out: some are missing */
};

bool tui_paint_same_pen(struct tui_pen a, struct tui_pen b);
/* Of such a cell nothing is seen but its background. */
bool tui_paint_is_bare(const struct tui_paint_cell *c);
/* Whether two cells look alike. */
bool tui_paint_same_cell(const struct tui_paint_cell *a, const struct tui_paint_cell *b);
int tui_paint_bytes_of(const struct tui_paint_cell *c);

/* paint_runs.c: what of cells differs from what is shown. */
void tui_paint_find_runs(const struct tui_paint *p, const struct tui_paint_cell *cells, struct tui_paint_runs *out);
/* paint_order.c: their numbers in an order in which they probably take fewer bytes; heap. NULL: as they are. */
int *tui_paint_order(const struct tui_paint *p, const struct tui_paint_runs *runs);
/* paint_scroll.c: where most of a stretch of rows is on the screen already, moved up or down, it is moved there. False: there is none. */
bool tui_paint_scroll(struct tui_paint *p, const struct tui_paint_cell *cells);

#endif
