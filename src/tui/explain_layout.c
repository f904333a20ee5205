/* Text and panel of an explanation in its window: beside or above one another, scrolled to what the cursor is on. */
#include "tui/explain.h"

#define COLS_MAX 170
#define ROWS_MAX 54
#define BESIDE_COLS 130 /* from here on the panel stands beside the text */
#define PANEL_LEAST 10
#define WORDS_ROWS 6      /* of a panel without a plot */
#define PANEL_MOST 18
#define PAGE_LEAST 8    /* rows of text above the panel */

struct parts {
	struct tui_canvas page, panel, line; /* panel.rows 0: none; line: between, if they stand side by side */
};

/* Whether there is anything to plot, whichever match the cursor is on: the panel keeps its height. */
static bool any_points(const struct tui_explain *x, const struct tui_model *m)
{
	for (int i = 0; i < x->n_matches; i++)
		if (m->snap->matches[x->e->matches[i].match].n_points > 0)
			return true;
	return false;
}

static struct parts part(const struct tui_explain *x, const struct tui_model *m, struct tui_canvas c)
{
	struct parts v = {.page = c};
	int cols = c.cols * 11 / 20, rows = c.rows * 9 / 20;

	if (!x->e || !tui_explain_match(x, m) || c.rows < PAGE_LEAST + WORDS_ROWS)
		return v;
	rows = !any_points(x, m) || c.rows < PAGE_LEAST + PANEL_LEAST ? WORDS_ROWS : rows < PANEL_LEAST ? PANEL_LEAST : rows;
	if (c.cols >= BESIDE_COLS) {
		v.page = tui_part(c, 0, 0, c.rows, cols);
		v.line = tui_part(c, 0, cols, c.rows, 1);
		v.panel = tui_part(c, 0, cols + 1, c.rows < 30 ? c.rows : 30, c.cols - cols - 1);
	} else {
		rows = rows > PANEL_MOST ? PANEL_MOST : rows;
		v.page = tui_part(c, 0, 0, c.rows - rows, c.cols);
		v.panel = tui_part(c, c.rows - rows, 0, rows, c.cols);
	}
	return v;
}

static int lines_at(const struct tui_explain *x, const struct tui_model *m, int cols, int item, int *item_line)
{
	struct tui_canvas none = {.cols = cols, .unicode = m->unicode};

	return x->e ? tui_explain_page(x, m, none, item, item_line) : 1;
}

void tui_explain_size(const void *state, const struct tui_model *m, int *rows, int *cols)
{
	const struct tui_explain *x = state;
	int lines;

	*cols = *cols > COLS_MAX ? COLS_MAX : *cols;
	*rows = *rows > ROWS_MAX ? ROWS_MAX : *rows;
	if (!x->e)
		return;
	lines = lines_at(x, m, *cols >= BESIDE_COLS && tui_explain_match(x, m) ? *cols * 11 / 20 : *cols, 0, NULL) + 1;
	if (tui_explain_match(x, m))
		lines = *cols >= BESIDE_COLS ? (lines > 24 ? lines : 24) : lines + (any_points(x, m) ? PANEL_MOST : WORDS_ROWS);
	*rows = *rows > lines ? lines : *rows;
}

/* After a page the cursor is on the first that can be seen: places stand above matches with other clips. */
static void pick_seen(struct tui_explain *x, const struct tui_model *m, int cols)
{
	for (int i = 0; i < tui_explain_items(x); i++) {
		int line;

		lines_at(x, m, cols, i, &line);
		if (line >= x->top && line < x->top + x->rows) {
			x->item = i;
			return;
		}
	}
}

void tui_explain_fit(void *state, const struct tui_model *m, int rows, int cols)
{
	struct tui_explain *x = state;
	struct tui_canvas c = {.rows = rows, .cols = cols, .unicode = m->unicode};
	struct parts v = part(x, m, c);
	int most;

	x->rows = v.page.rows;
	x->lines = lines_at(x, m, v.page.cols, x->item, &x->item_line);
	most = x->lines > x->rows ? x->lines - x->rows : 0;
	if (x->follow == TUI_FOLLOW_ITEM) {
		if (x->item_line >= x->top + x->rows)
			x->top = x->item_line - x->rows + 1;
		if (x->item_line < x->top)
			x->top = x->item_line;
		/* The first one brings what stands above it. */
		if (x->item == 0 && x->item_line < x->rows)
			x->top = 0;
	}
	x->top = x->top > most ? most : x->top;
	x->top = x->top < 0 ? 0 : x->top;
	if (x->follow == TUI_FOLLOW_SEEN) {
		pick_seen(x, m, v.page.cols);
		lines_at(x, m, v.page.cols, x->item, &x->item_line);
	}
	x->follow = TUI_FOLLOW_NOTHING;
}

void tui_explain_draw(const void *state, const struct tui_model *m, struct tui_canvas c)
{
	const struct tui_explain *x = state;
	struct parts v = part(x, m, c);

	if (!x->e) {
		tui_put(c, 0, 1, TUI_WARNING, x->clip < 0 ? "this clip is not in the session any more" : "out of memory");
		return;
	}
	tui_explain_page(x, m, v.page, x->item, NULL);
	if (x->top > 0)
		tui_put_char(v.page, 0, v.page.cols - 1, TUI_QUIET, tui_glyph(c, TUI_G_UP));
	if (x->top + v.page.rows < x->lines)
		tui_put_char(v.page, v.page.rows - 1, v.page.cols - 1, TUI_QUIET, tui_glyph(c, TUI_G_DOWN));
	for (int r = 0; r < v.line.rows; r++)
		tui_put_char(v.line, r, 0, TUI_BORDER, tui_glyph(c, TUI_G_VLINE));
	if (v.panel.rows > 0)
		tui_explain_panel(x, m, tui_explain_match(x, m), v.panel);
}
