/* The confidence table as it stands in its pane. */
#ifndef AS_TUI_TABLE_H
#define AS_TUI_TABLE_H

#include "tui/table_rows.h"

struct tui_table {
	enum tui_column by;
	bool falling;
	enum tui_filter filter;
	struct tui_widths widths;
	int *order; /* the clips that are shown */
	int n, n_clips;
	int at;     /* row of the cursor, or where it was */
	int top, rows, cols;
};

/* The row of a clip, or -1: it is not shown. */
int tui_table_row_of(const struct tui_table *v, int clip);

/* table_draw.c; see pane.h. */
void tui_table_fit(void *state, const struct tui_model *m, int rows, int cols);
void tui_table_draw(const void *state, const struct tui_model *m, struct tui_canvas c);

#endif
