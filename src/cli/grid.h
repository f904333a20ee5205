/* Tables whose columns are as wide as what they hold, in the columns that the terminal has. */
#ifndef AS_CLI_GRID_H
#define AS_CLI_GRID_H

#include <stdio.h>

#include "cli/term.h"

#define AS_GRID_COLUMNS_MAX 12
#define AS_GRID_CELL_BYTES 512
#define AS_GRID_NONE "--" /* a cell without a value */

/* Where the terminal is narrow the first column gives way, then columns are left out. */
struct as_grid_column {
	const char *above, *head; /* the two lines of its heading */
	enum as_align align;
	bool optional; /* left out where no row has a value */
	int spare;     /* left out where there is no room, the highest first; 0: never */
};

struct as_grid {
	const struct as_grid_column *columns;
	int n;
	int width[AS_GRID_COLUMNS_MAX]; /* 0: left out */
	int total;
};

struct as_grid_row {
	char cell[AS_GRID_COLUMNS_MAX][AS_GRID_CELL_BYTES]; /* safe text */
};

/* Show every row to as_grid_measure, then settle the widths, then put. */
void as_grid_init(struct as_grid *g, const struct as_grid_column *columns, int n);
void as_grid_measure(struct as_grid *g, const struct as_grid_row *row);
void as_grid_settle(struct as_grid *g, const struct as_term *t);
void as_grid_put_heads(FILE *out, const struct as_term *t, const struct as_grid *g);
/* mark is one column wide; ink is that of the mark and of the last cell. */
void as_grid_put_row(FILE *out, const struct as_term *t, const struct as_grid *g,
		     const struct as_grid_row *row, const char *mark, enum as_ink ink);

#endif
