/* The confidence table on the screen: heads, rows, and what the cursor is on in full. */
#include <stdio.h>
#include <string.h>

#include "tui/list.h"
#include "tui/list_cursor.h"
#include "tui/table.h"

#define CELL_BYTES 1024
#define FOOT_ROWS 16  /* from here on what the cursor is on is told in full below the table */

static int foot_rows(int rows)
{
	return rows >= FOOT_ROWS + 4 ? 5 : rows >= FOOT_ROWS ? 4 : 0;
}

void tui_table_fit(void *state, const struct tui_model *m, int rows, int cols)
{
	struct tui_table *v = state;
	int row = m->clip >= 0 ? tui_table_row_of(v, m->clip) : -1, room = rows - 1 - foot_rows(rows);

	room = room < 1 ? 1 : room;
	v->rows = room;
	v->cols = cols;
	tui_table_settle(&v->widths, cols, v->by);
	if (row >= 0)
		v->at = row;
	v->top = tui_list_top(v->top, row, v->n, room);
}

static const char *head_of(const struct tui_table *v, enum tui_column i, bool unicode)
{
	const struct tui_column_row *c = tui_column_row(i);

	if (i == TUI_COL_ERROR && !unicode)
		return "+-";
	return v->widths.cols[i] >= tui_text_cols(c->head) + (i == v->by ? TUI_TABLE_ARROW : 0) ? c->head : c->brief;
}

static void draw_heads(const struct tui_table *v, struct tui_canvas c)
{
	int col = TUI_TABLE_LEFT;
	char text[64];

	for (int i = 0; i < TUI_COLS; i++) {
		bool sorted = i == (int)v->by;
		int cols = v->widths.cols[i];

		if (!cols)
			continue;
		snprintf(text, sizeof text, "%s%s%s", head_of(v, (enum tui_column)i, c.unicode), sorted ? " " : "",
			 sorted ? tui_glyph_text(c.unicode, v->falling ? TUI_G_DOWN : TUI_G_UP) : "");
		tui_put_fit(c, 0, col, cols, sorted ? TUI_VALUE : TUI_HEAD, tui_column_row((enum tui_column)i)->fit == TUI_RIGHT ? TUI_RIGHT : TUI_LEFT,
			    text);
		col += cols + 2;
	}
}

static enum tui_style cell_style(enum tui_column i, const struct tui_state_mark *mark, bool none)
{
	if (i == TUI_COL_VERDICT)
		return mark->style;
	return none || i == TUI_COL_TRACK ? TUI_QUIET : i == TUI_COL_CLIP ? TUI_VALUE : TUI_PLAIN;
}

static void draw_row(const struct tui_table *v, const struct tui_model *m, struct tui_canvas c, int row, int clip)
{
	struct tui_state_mark mark = tui_clip_mark(m, clip);
	bool marked = m->marked && m->marked[clip];
	char text[CELL_BYTES];
	int col = TUI_TABLE_LEFT;

	if (marked)
		tui_put(c, row, 0, TUI_VALUE, "+");
	tui_put_char(c, row, 1, mark.style, tui_glyph(c, mark.glyph));
	for (int i = 0; i < TUI_COLS; i++) {
		int cols = v->widths.cols[i];

		if (!cols)
			continue;
		tui_table_cell(m, clip, (enum tui_column)i, text, sizeof text);
		tui_put_fit(c, row, col, cols, cell_style((enum tui_column)i, &mark, !strcmp(text, "--")), tui_column_row((enum tui_column)i)->fit, text);
		col += cols + 2;
	}
	if (marked)
		tui_lay(c, row, 0, 1, c.cols, TUI_MARKED);
	if (clip == m->clip)
		tui_list_cursor(c, row, 0, TUI_TABLE_LEFT, v->widths.cols[TUI_COL_CLIP], m->focus == TUI_PANE_TABLE && !m->dialog);
}

/* The figures of one clip that had no room in the table. */
static void put_left_out(const struct tui_table *v, const struct tui_model *m, struct tui_canvas c, int row, int clip)
{
	char text[CELL_BYTES];
	int col = 1;

	for (int i = 0; i < TUI_COLS && col < c.cols; i++) {
		if (v->widths.cols[i] || (i == TUI_COL_ISLAND && !v->widths.islands))
			continue;
		tui_table_cell(m, clip, (enum tui_column)i, text, sizeof text);
		col += tui_putf(c, row, col, TUI_QUIET, "%s ", i == TUI_COL_ERROR && !c.unicode ? "+-" : tui_column_row((enum tui_column)i)->head);
		col += tui_put(c, row, col, TUI_PLAIN, text) + 2;
	}
}

static void draw_foot(const struct tui_table *v, const struct tui_model *m, struct tui_canvas c)
{
	const struct tui_column_row *by = tui_column_row(v->by);
	bool left_out = false;
	char text[CELL_BYTES], meaning[160];
	int row = 1;

	for (int i = 0; i < c.cols; i++)
		tui_put_char(c, 0, i, TUI_BORDER, tui_glyph(c, TUI_G_HLINE));
	for (int i = 0; i < TUI_COLS; i++)
		left_out |= !v->widths.cols[i] && !(i == TUI_COL_ISLAND && !v->widths.islands);
	if (left_out && m->clip >= 0)
		put_left_out(v, m, c, row++, m->clip);
	if (m->clip >= 0)
		tui_put_wrapped(c, row, 1, c.cols - 2, c.rows - row - 1, tui_clip_mark(m, m->clip).style,
				tui_table_cell(m, m->clip, TUI_COL_VERDICT, text, sizeof text));
	snprintf(text, sizeof text, "%s: %s", by->head, tui_keymap_words(m->keys, by->meaning, meaning, sizeof meaning));
	tui_put_fit(c, c.rows - 1, 1, c.cols - 2, TUI_QUIET, TUI_LEFT, v->by == TUI_COL_ERROR && !c.unicode ? strchr(text, ':') + 2 : text);
}

static void draw_none(const struct tui_table *v, const struct tui_model *m, struct tui_canvas c)
{
	char keys[32];

	if (m->snap->n_clips == 0)
		tui_put(c, 1, 1, TUI_QUIET, "no clips yet");
	else
		tui_putf(c, 1, 1, TUI_QUIET, "no clip is %s; %s shows others",
			 v->filter == TUI_FILTER_OPEN ? "a problem" : tui_filter_word(v->filter),
			 tui_keymap_keys(m->keys, AS_ACTION_FILTER, 1, keys, sizeof keys));
}

void tui_table_draw(const void *state, const struct tui_model *m, struct tui_canvas c)
{
	const struct tui_table *v = state;
	int foot = foot_rows(c.rows), room = c.rows - 1 - foot;
	struct tui_canvas body = tui_part(c, 1, 0, room, c.cols);

	draw_heads(v, c);
	if (v->n == 0)
		draw_none(v, m, c);
	for (int i = 0; i < room && v->top + i < v->n; i++)
		draw_row(v, m, body, i, v->order[v->top + i]);
	if (v->top > 0)
		tui_put_char(body, 0, c.cols - 1, TUI_QUIET, tui_glyph(c, TUI_G_UP));
	if (v->top + room < v->n)
		tui_put_char(body, room - 1, c.cols - 1, TUI_QUIET, tui_glyph(c, TUI_G_DOWN));
	if (foot > 0)
		draw_foot(v, m, tui_part(c, c.rows - foot, 0, foot, c.cols));
}
