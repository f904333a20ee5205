#include "tui/paint_private.h"

#include <stdlib.h>
#include <string.h>

#include "base/text.h"

#define SEEN_IN_BLANKS (TUI_REVERSE | TUI_UNDERLINE)
#define ERASE_COLS 10 /* from here on erasing and going on behind it is no longer than blanks */
#define REST_COLS 4   /* the same, where nothing comes behind it */

bool tui_paint_blank(struct tui_paint *p, int rows, int cols)
{
	const struct tui_paint_cell blank = {.ch = {' '}, .cols = 1, .pen = {TUI_COLOR_NONE, TUI_COLOR_NONE, 0}};
	size_t n = (size_t)rows * (size_t)cols;

	free(p->shown);
	p->shown = malloc((n + 1) * sizeof *p->shown);
	p->rows = p->shown ? rows : 0;
	p->cols = p->shown ? cols : 0;
	for (size_t i = 0; p->shown && i < n; i++)
		p->shown[i] = blank;
	p->knows_pen = false;
	p->at.row = -1;
	return p->shown != NULL;
}

void tui_paint_done(struct tui_paint *p)
{
	free(p->shown);
	as_buffer_done(&p->out);
	*p = (struct tui_paint){.at = {-1, 0}};
}

/* --- pens ------------------------------------------------------------------------------------------------------ */

static bool same_pen(struct tui_pen a, struct tui_pen b)
{
	return a.fg == b.fg && a.bg == b.bg && a.attrs == b.attrs;
}

/* Of such a cell nothing is seen but its background. */
static bool is_bare(const struct tui_paint_cell *c)
{
	return c->ch[0] == ' ' && c->ch[1] == 0 && c->cols == 1 && !(c->pen.attrs & SEEN_IN_BLANKS);
}

bool tui_paint_same_cell(const struct tui_paint_cell *a, const struct tui_paint_cell *b)
{
	if (is_bare(a) && is_bare(b))
		return a->pen.bg == b->pen.bg;
	return a->cols == b->cols && !memcmp(a->ch, b->ch, sizeof a->ch) && same_pen(a->pen, b->pen);
}

/* Whether the cell can be written as things are. */
static bool fits_pen(const struct tui_paint *p, const struct tui_paint_cell *c)
{
	if (!p->knows_pen)
		return false;
	return is_bare(c) ? c->pen.bg == p->pen.bg && !(p->pen.attrs & SEEN_IN_BLANKS) : same_pen(c->pen, p->pen);
}

static void take_pen(struct tui_paint *p, struct tui_pen to)
{
	tui_terms_pen(&p->terms, p->knows_pen ? &p->pen : NULL, to, &p->out);
	p->pen = to;
	p->knows_pen = true;
}

/* The pen for a cell; for a bare one that of the text behind it, if it does, which is one change less. */
static struct tui_pen pen_for(const struct tui_paint *p, const struct tui_paint_cell *line, int k)
{
	struct tui_pen pen = {p->knows_pen ? p->pen.fg : TUI_COLOR_NONE, line[k].pen.bg, p->knows_pen ? p->pen.attrs : 0};

	if (!is_bare(&line[k]))
		return line[k].pen;
	for (int i = k + 1; i < p->cols; i++)
		if (!is_bare(&line[i])) {
			if (line[i].pen.bg == pen.bg && !(line[i].pen.attrs & SEEN_IN_BLANKS))
				return line[i].pen;
			break;
		}
	if (pen.attrs & SEEN_IN_BLANKS)
		return (struct tui_pen){TUI_COLOR_NONE, pen.bg, 0};
	return pen;
}

/* --- cells ----------------------------------------------------------------------------------------------------- */

static int utf8_bytes(const struct tui_paint_cell *c)
{
	int n = 0;

	for (int i = 0; i < TUI_CELL_CHARS && c->ch[i]; i++)
		n += c->ch[i] < 0x80 ? 1 : c->ch[i] < 0x800 ? 2 : c->ch[i] < 0x10000 ? 3 : 4;
	return n;
}

static void put_cell(struct tui_paint *p, const struct tui_paint_cell *c)
{
	char text[5];

	for (int i = 0; i < TUI_CELL_CHARS && c->ch[i]; i++)
		as_buffer_add_bytes(&p->out, text, (size_t)as_text_encode(text, c->ch[i]));
	p->at.col += c->cols;
	/* Behind the last column the cursor is somewhere; how wide these are terminals do not agree on. */
	if (p->at.col >= p->cols || c->cols != 1 || c->ch[1])
		p->at.row = -1;
}

/* Over cells that stay: by writing them again where that is no longer than a move. */
static void go(struct tui_paint *p, int row, int col, const struct tui_paint_cell *line)
{
	const struct tui_at to = {row, col};
	int most = tui_terms_move_bytes(&p->terms, p->at, to), bytes = 0, k = p->at.col;

	if (p->at.row == row && k < col) {
		for (; k < col && bytes <= most && fits_pen(p, &line[k]) && line[k].cols == 1 && !line[k].ch[1]; k++)
			bytes += utf8_bytes(&line[k]);
		if (k == col && bytes <= most) {
			for (k = p->at.col; k < col; k++)
				put_cell(p, &line[k]);
			return;
		}
	}
	if (!p->terms.moves_in_color && most > 0)
		tui_paint_plain(p);
	tui_terms_move(&p->terms, p->at, to, &p->out);
	p->at = to;
}

/* How many bare cells of one background begin here, up to the last one that changes. */
static int bare_cols(const struct tui_paint *p, const struct tui_paint_cell *old, const struct tui_paint_cell *line, int k, bool *rest)
{
	int n = 0, changed = 0;

	for (; k + n < p->cols && is_bare(&line[k + n]) && line[k + n].pen.bg == line[k].pen.bg; n++)
		changed = tui_paint_same_cell(&old[k + n], &line[k + n]) ? changed : n + 1;
	*rest = k + n == p->cols;
	return changed;
}

/* Blanks that are many. Returns the columns done. */
static int erase(struct tui_paint *p, int row, int k, const struct tui_paint_cell *old, const struct tui_paint_cell *line)
{
	bool rest, some;
	int n = bare_cols(p, old, line, k, &rest);

	rest = rest && n >= REST_COLS && p->terms.el;
	some = n >= ERASE_COLS && p->terms.ech;
	if ((!rest && !some) || (line[k].pen.bg != TUI_COLOR_NONE && !p->terms.erases_in_color))
		return 0;
	go(p, row, k, line);
	if (!fits_pen(p, &line[k]))
		take_pen(p, pen_for(p, line, k));
	if (rest)
		tui_terms_erase_rest(&p->terms, &p->out);
	else
		tui_terms_erase(&p->terms, n, &p->out);
	return n;
}

/* A wide character goes with both its halves, the old one and the new one. */
static bool changes(const struct tui_paint *p, const struct tui_paint_cell *old, const struct tui_paint_cell *line, int k)
{
	if (!tui_paint_same_cell(&old[k], &line[k]))
		return true;
	if ((old[k].cols == 2 || line[k].cols == 2) && k + 1 < p->cols && !tui_paint_same_cell(&old[k + 1], &line[k + 1]))
		return true;
	return k > 0 && (old[k - 1].cols == 2 || line[k - 1].cols == 2) && !tui_paint_same_cell(&old[k - 1], &line[k - 1]);
}

static void paint_row(struct tui_paint *p, int row, const struct tui_paint_cell *line)
{
	struct tui_paint_cell *old = p->shown + (size_t)row * (size_t)p->cols;
	int last = p->terms.keeps_corner || row < p->rows - 1 ? p->cols : p->cols - 1;

	for (int k = 0; k < last;) {
		int n = 1;

		if (changes(p, old, line, k) && line[k].cols > 0 && !(n = erase(p, row, k, old, line))) {
			go(p, row, k, line);
			if (!fits_pen(p, &line[k]))
				take_pen(p, pen_for(p, line, k));
			put_cell(p, &line[k]);
			n = line[k].cols;
		}
		k += n;
	}
	memcpy(old, line, (size_t)p->cols * sizeof *old);
}

void tui_paint_frame(struct tui_paint *p, const struct tui_paint_cell *cells)
{
	tui_paint_scroll(p, cells);
	for (int r = 0; r < p->rows; r++)
		paint_row(p, r, cells + (size_t)r * (size_t)p->cols);
}

void tui_paint_cursor(struct tui_paint *p, int row, int col)
{
	const struct tui_at to = {row, col};

	tui_terms_move(&p->terms, p->at, to, &p->out);
	p->at = to;
}

void tui_paint_plain(struct tui_paint *p)
{
	take_pen(p, (struct tui_pen){TUI_COLOR_NONE, TUI_COLOR_NONE, 0});
}
