/* Which pane lies where. */
#ifndef AS_TUI_LAYOUT_H
#define AS_TUI_LAYOUT_H

#include "tui/model.h"

/* From here on all panes are on the screen at once. */
#define TUI_GRID_ROWS 30
#define TUI_GRID_COLS 100
#define TUI_MIN_ROWS 16
#define TUI_MIN_COLS 60

struct tui_rect {
	int row, col, rows, cols; /* rows 0: not on the screen */
};

struct tui_layout {
	bool too_small;
	bool tabs; /* one pane at a time, with the names of all in the top line of its frame */
	struct tui_rect header, message, keys, body;
	struct tui_rect pane[TUI_PANES];
};

struct tui_layout tui_layout_of(int rows, int cols, enum tui_pane_id focus, bool zoomed);

#endif
