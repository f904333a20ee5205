#include "cli/grid.h"

#include <assert.h>
#include <string.h>

#include "base/text.h"

#define FIRST_COLS_MIN 12
#define GAP_COLS 2
#define MARK_COLS 2

void as_grid_init(struct as_grid *g, const struct as_grid_column *columns, int n)
{
	assert(n > 0 && n <= AS_GRID_COLUMNS_MAX);
	*g = (struct as_grid){.columns = columns, .n = n};
}

static bool has_value(const char *cell)
{
	return *cell && strcmp(cell, AS_GRID_NONE) != 0;
}

void as_grid_measure(struct as_grid *g, const struct as_grid_row *row)
{
	for (int c = 0; c < g->n; c++) {
		int cols = as_text_cols(row->cell[c]);
		if (cols > g->width[c] && (has_value(row->cell[c]) || !g->columns[c].optional))
			g->width[c] = cols;
	}
}

static void make_room_for_heads(struct as_grid *g)
{
	for (int c = 0; c < g->n; c++) {
		if (g->width[c] == 0 && g->columns[c].optional)
			continue;
		int above = as_text_cols(g->columns[c].above),
		    head = as_text_cols(g->columns[c].head);
		int least = above > head ? above : head;
		if (g->width[c] < least)
			g->width[c] = least;
	}
}

/* The column that is missed least; 0: none can be spared. */
static int most_spare(const struct as_grid *g)
{
	int most = 0;
	for (int c = 1; c < g->n; c++)
		if (g->width[c] && g->columns[c].spare > g->columns[most].spare)
			most = c;
	return most;
}

void as_grid_settle(struct as_grid *g, const struct as_term *t)
{
	int others = 0, spare;
	make_room_for_heads(g);
	for (int c = 1; c < g->n; c++)
		others += g->width[c] ? g->width[c] + GAP_COLS : 0;
	int wanted = g->width[0] < FIRST_COLS_MIN ? g->width[0] : FIRST_COLS_MIN;
	while (t->cols - MARK_COLS - others < wanted && (spare = most_spare(g)) > 0) {
		others -= g->width[spare] + GAP_COLS;
		g->width[spare] = 0;
	}
	int room = t->cols - MARK_COLS - others;
	if (room < FIRST_COLS_MIN)
		room = FIRST_COLS_MIN;
	if (g->width[0] > room)
		g->width[0] = room;
	g->total = MARK_COLS + g->width[0] + others;
}

static int last_column(const struct as_grid *g)
{
	int last = 0;
	for (int c = 0; c < g->n; c++)
		if (g->width[c])
			last = c;
	return last;
}

/* No blanks at the ends of lines: the last column of a line is as wide as its text. */
static void put_cell(FILE *out, const struct as_term *t, const struct as_grid *g, int c, bool last,
		     enum as_ink ink, const char *text)
{
	bool free_end = last && g->columns[c].align == AS_ALIGN_LEFT;
	as_put_gap(out, c == 0 ? 0 : GAP_COLS);
	as_put_cell(out, t, ink, g->columns[c].align, free_end ? as_text_cols(text) : g->width[c],
		    text);
}

static void put_head_line(FILE *out, const struct as_term *t, const struct as_grid *g, bool above)
{
	int last = -1;
	for (int c = 0; c < g->n; c++)
		if (g->width[c] && *(above ? g->columns[c].above : g->columns[c].head))
			last = c;
	if (last < 0)
		return;
	as_put_gap(out, MARK_COLS);
	for (int c = 0; c <= last; c++)
		if (g->width[c])
			put_cell(out, t, g, c, c == last, AS_INK_QUIET,
				 above ? g->columns[c].above : g->columns[c].head);
	fputc('\n', out);
}

void as_grid_put_heads(FILE *out, const struct as_term *t, const struct as_grid *g)
{
	put_head_line(out, t, g, true);
	put_head_line(out, t, g, false);
}

void as_grid_put_row(FILE *out, const struct as_term *t, const struct as_grid *g,
		     const struct as_grid_row *row, const char *mark, enum as_ink ink)
{
	int last = last_column(g);
	as_put_ink(out, t, ink, mark);
	as_put_gap(out, MARK_COLS - 1);
	for (int c = 0; c <= last; c++) {
		if (!g->width[c])
			continue;
		enum as_ink own = c == last                 ? ink
				  : has_value(row->cell[c]) ? AS_INK_PLAIN
							    : AS_INK_QUIET;
		put_cell(out, t, g, c, c == last, own, row->cell[c]);
	}
	fputc('\n', out);
}
