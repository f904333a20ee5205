#include "tui/paint_private.h"

#include <stdlib.h>
#include <string.h>

#include "base/text.h"

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

/* Whether the cell can be written as things are. */
static bool fits_pen(const struct tui_paint *p, const struct tui_paint_cell *c)
{
	if (!p->knows_pen)
		return false;
	return tui_paint_is_bare(c) ? c->pen.bg == p->pen.bg && !(p->pen.attrs & TUI_PAINT_SEEN) : tui_paint_same_pen(c->pen, p->pen);
}

static void take_pen(struct tui_paint *p, struct tui_pen to)
{
	tui_terms_pen(&p->terms, p->knows_pen ? &p->pen : NULL, to, &p->out);
	p->pen = to;
	p->knows_pen = true;
}

/* The pen for a run; for blanks that of the text which comes next, if it does, which is one change less. */
static struct tui_pen pen_for(const struct tui_paint *p, const struct tui_paint_run *r, const struct tui_paint_run *next)
{
	struct tui_pen pen = {p->knows_pen ? p->pen.fg : TUI_COLOR_NONE, r->pen.bg, p->knows_pen ? p->pen.attrs : 0};

	if (!r->bare)
		return r->pen;
	if (next && !next->bare && next->pen.bg == r->pen.bg && !(next->pen.attrs & TUI_PAINT_SEEN))
		return next->pen;
	pen.attrs &= ~(unsigned)TUI_PAINT_SEEN;
	return pen;
}

/* --- cells ----------------------------------------------------------------------------------------------------- */

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
			bytes += tui_paint_bytes_of(&line[k]);
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

static void paint_run(struct tui_paint *p, const struct tui_paint_run *r, const struct tui_paint_run *next, const struct tui_paint_cell *line)
{
	go(p, r->row, r->from, line);
	for (int k = r->from; k < r->to; k++) {
		if (line[k].cols == 0)
			continue;
		if (!fits_pen(p, &line[k]))
			take_pen(p, pen_for(p, r, next));
		if (r->erases)
			break;
		put_cell(p, &line[k]);
	}
	if (r->erases && r->rest)
		tui_terms_erase_rest(&p->terms, &p->out);
	else if (r->erases)
		tui_terms_erase(&p->terms, r->to - r->from, &p->out);
}

/* Goes on from p, whose cells stay as they are. Returns where that leads, with the bytes that it takes. */
static struct tui_paint paint_runs(const struct tui_paint *p, const struct tui_paint_runs *runs, const int *order, const struct tui_paint_cell *cells)
{
	struct tui_paint to = *p;

	to.out = (struct as_buffer){0};
	for (int i = 0; i < runs->n; i++) {
		const struct tui_paint_run *r = &runs->run[order ? order[i] : i];
		const struct tui_paint_run *next = i + 1 < runs->n ? &runs->run[order ? order[i + 1] : i + 1] : NULL;

		paint_run(&to, r, next, cells + (size_t)r->row * (size_t)p->cols);
	}
	return to;
}

static void keep_shorter(struct tui_paint *best, struct tui_paint other)
{
	struct tui_paint *longer = !other.out.failed && other.out.bytes < best->out.bytes ? best : &other;
	struct as_buffer gone = longer->out;

	if (longer == best)
		*best = other;
	as_buffer_done(&gone);
}

/* As short as it gets without moving rows. */
static struct tui_paint paint_still(const struct tui_paint *p, const struct tui_paint_cell *cells)
{
	struct tui_paint_runs runs = {0};
	struct tui_paint best;
	int *order;

	tui_paint_find_runs(p, cells, &runs);
	best = paint_runs(p, &runs, NULL, cells);
	order = tui_paint_order(p, &runs);
	if (order)
		keep_shorter(&best, paint_runs(p, &runs, order, cells));
	best.out.failed |= runs.failed;
	free(order);
	free(runs.run);
	return best;
}

/* The same where rows of the terminal are moved first. False: none are to be. */
static bool paint_moved(const struct tui_paint *p, const struct tui_paint_cell *cells, struct tui_paint *out)
{
	size_t n = (size_t)p->rows * (size_t)p->cols;
	struct tui_paint moved = *p;
	struct as_buffer before;

	moved.out = (struct as_buffer){0};
	moved.shown = malloc((n + 1) * sizeof *moved.shown);
	if (!moved.shown)
		return false;
	memcpy(moved.shown, p->shown, n * sizeof *moved.shown);
	if (!tui_paint_scroll(&moved, cells)) {
		free(moved.shown);
		return false;
	}
	before = moved.out;
	*out = paint_still(&moved, cells);
	as_buffer_add_bytes(&before, out->out.text ? out->out.text : "", out->out.bytes);
	before.failed |= out->out.failed;
	as_buffer_done(&out->out);
	out->out = before;
	free(moved.shown);
	return true;
}

void tui_paint_frame(struct tui_paint *p, const struct tui_paint_cell *cells)
{
	struct tui_paint best = paint_still(p, cells), moved;

	if (paint_moved(p, cells, &moved))
		keep_shorter(&best, moved);
	as_buffer_add_bytes(&p->out, best.out.text ? best.out.text : "", best.out.bytes);
	p->out.failed |= best.out.failed;
	as_buffer_done(&best.out);
	p->at = best.at;
	p->pen = best.pen;
	p->knows_pen = best.knows_pen;
	memcpy(p->shown, cells, (size_t)p->rows * (size_t)p->cols * sizeof *p->shown);
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
