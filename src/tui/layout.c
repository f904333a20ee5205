#include "tui/layout.h"

static int clamp(int v, int least, int most)
{
	return v < least ? least : v > most ? most : v;
}

static void lay_grid(struct tui_layout *l)
{
	int rows = l->body.rows, cols = l->body.cols, row = l->body.row;
	int bottom = clamp(rows / 5, 6, 10), table = clamp(rows * 3 / 10, 7, 18), top = rows - bottom - table;
	int tracks = clamp(cols / 4, 30, 44), lag = clamp(cols / 2, 50, 76);

	l->pane[TUI_PANE_TRACKS] = (struct tui_rect){row, 0, top, tracks};
	l->pane[TUI_PANE_TIMELINE] = (struct tui_rect){row, tracks, top, cols - tracks};
	l->pane[TUI_PANE_TABLE] = (struct tui_rect){row + top, 0, table, cols};
	l->pane[TUI_PANE_LAG] = (struct tui_rect){row + top + table, 0, bottom, lag};
	l->pane[TUI_PANE_LOG] = (struct tui_rect){row + top + table, lag, bottom, cols - lag};
}

struct tui_layout tui_layout_of(int rows, int cols, enum tui_pane_id focus, bool zoomed)
{
	struct tui_layout l = {.too_small = rows < TUI_MIN_ROWS || cols < TUI_MIN_COLS};

	if (l.too_small)
		return l;
	l.header = (struct tui_rect){0, 0, 1, cols};
	l.body = (struct tui_rect){1, 0, rows - 3, cols};
	l.message = (struct tui_rect){rows - 2, 0, 1, cols};
	l.keys = (struct tui_rect){rows - 1, 0, 1, cols};
	l.tabs = rows < TUI_GRID_ROWS || cols < TUI_GRID_COLS;
	if (l.tabs || zoomed)
		l.pane[focus] = l.body;
	else
		lay_grid(&l);
	return l;
}
