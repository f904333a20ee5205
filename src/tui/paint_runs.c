/* What of a frame is to be sent: runs of cells in one pen, and blanks that are erased. */
#include <stdlib.h>
#include <string.h>

#include "tui/paint_private.h"

#define ERASE_COLS 10 /* from here on erasing and going on behind it is no longer than blanks */
#define REST_COLS 4   /* the same, where nothing comes behind it */
#define GAP_BYTES 3   /* what stays is written again rather than stepped over */

bool tui_paint_same_pen(struct tui_pen a, struct tui_pen b)
{
	return a.fg == b.fg && a.bg == b.bg && a.attrs == b.attrs;
}

/* Of such a cell nothing is seen but its background. */
bool tui_paint_is_bare(const struct tui_paint_cell *c)
{
	return c->ch[0] == ' ' && c->ch[1] == 0 && c->cols == 1 && !(c->pen.attrs & TUI_PAINT_SEEN);
}

bool tui_paint_same_cell(const struct tui_paint_cell *a, const struct tui_paint_cell *b)
{
	if (tui_paint_is_bare(a) && tui_paint_is_bare(b))
		return a->pen.bg == b->pen.bg;
	return a->cols == b->cols && !memcmp(a->ch, b->ch, sizeof a->ch) && tui_paint_same_pen(a->pen, b->pen);
}

int tui_paint_bytes_of(const struct tui_paint_cell *c)
{
	int n = 0;

	for (int i = 0; i < TUI_CELL_CHARS && c->ch[i]; i++)
		n += c->ch[i] < 0x80 ? 1 : c->ch[i] < 0x800 ? 2 : c->ch[i] < 0x10000 ? 3 : 4;
	return n;
}

/* How many bare cells of one background begin here, up to the last one that changes. */
static int bare_cols(const struct tui_paint *p, const struct tui_paint_cell *old, const struct tui_paint_cell *line, int k, bool *rest)
{
	int n = 0, changed = 0;

	for (; k + n < p->cols && tui_paint_is_bare(&line[k + n]) && line[k + n].pen.bg == line[k].pen.bg; n++)
		changed = tui_paint_same_cell(&old[k + n], &line[k + n]) ? changed : n + 1;
	*rest = k + n == p->cols;
	return changed;
}

/* Blanks that are many. Returns the columns to erase. */
static int blanks_to_erase(const struct tui_paint *p, const struct tui_paint_cell *old, const struct tui_paint_cell *line, int k, bool *rest)
{
	int n = bare_cols(p, old, line, k, rest);

	*rest = *rest && n >= REST_COLS && p->terms.el;
	if ((!*rest && (n < ERASE_COLS || !p->terms.ech)) || (line[k].pen.bg != TUI_COLOR_NONE && !p->terms.erases_in_color))
		return 0;
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

/* What is left over of a wide character, or the last cell where that would scroll, is not written. */
static bool is_due(const struct tui_paint *p, const struct tui_paint_cell *old, const struct tui_paint_cell *line, int row, int k)
{
	if (!p->terms.keeps_corner && row == p->rows - 1 && k == p->cols - 1)
		return false;
	return line[k].cols > 0 && changes(p, old, line, k);
}

/* Whether a cell can be part of a run; a bare one leaves open what the run's text looks like. */
static bool goes_with(const struct tui_paint_run *r, const struct tui_paint_cell *c)
{
	if (tui_paint_is_bare(c))
		return c->pen.bg == r->pen.bg && !(r->pen.attrs & TUI_PAINT_SEEN);
	return r->bare ? c->pen.bg == r->pen.bg && !(c->pen.attrs & TUI_PAINT_SEEN) : tui_paint_same_pen(c->pen, r->pen);
}

static void take(struct tui_paint_run *r, const struct tui_paint_cell *c)
{
	if (r->bare && !tui_paint_is_bare(c)) {
		r->pen = c->pen;
		r->bare = false;
	}
	r->to += c->cols;
}

/* Takes cells that stay, where more of the run comes behind them. */
static void take_gap(const struct tui_paint *p, struct tui_paint_run *r, const struct tui_paint_cell *old, const struct tui_paint_cell *line)
{
	struct tui_paint_run longer = *r;
	int bytes = 0;

	while (longer.to < p->cols && !is_due(p, old, line, r->row, longer.to)) {
		const struct tui_paint_cell *c = &line[longer.to];

		bytes += tui_paint_bytes_of(c);
		if (bytes > GAP_BYTES || c->cols != 1 || c->ch[1] || !goes_with(&longer, c))
			return;
		take(&longer, c);
	}
	if (longer.to < p->cols && goes_with(&longer, &line[longer.to]))
		*r = longer;
}

static struct tui_paint_run run_at(const struct tui_paint *p, const struct tui_paint_cell *old, const struct tui_paint_cell *line, int row, int k)
{
	struct tui_paint_run r = {.row = row, .from = k, .to = k, .pen = {TUI_COLOR_NONE, line[k].pen.bg, 0}, .bare = tui_paint_is_bare(&line[k])};
	int n = blanks_to_erase(p, old, line, k, &r.rest);

	if (!r.bare)
		r.pen = line[k].pen;
	if (n > 0) {
		r.to += n;
		r.erases = true;
		return r;
	}
	while (r.to < p->cols && is_due(p, old, line, row, r.to) && goes_with(&r, &line[r.to]) &&
	       !blanks_to_erase(p, old, line, r.to, &r.rest)) {
		take(&r, &line[r.to]);
		take_gap(p, &r, old, line);
	}
	r.rest = false;
	return r;
}

static void add(struct tui_paint_runs *v, const struct tui_paint_run *r)
{
	if (v->n == v->room) {
		int room = v->room ? 2 * v->room : 64;
		struct tui_paint_run *more = realloc(v->run, (size_t)room * sizeof *more);

		if (!more) {
			v->failed = true;
			return;
		}
		v->run = more;
		v->room = room;
	}
	v->run[v->n++] = *r;
}

void tui_paint_find_runs(const struct tui_paint *p, const struct tui_paint_cell *cells, struct tui_paint_runs *out)
{
	for (int row = 0; row < p->rows; row++) {
		const struct tui_paint_cell *old = p->shown + (size_t)row * (size_t)p->cols, *line = cells + (size_t)row * (size_t)p->cols;

		if (!memcmp(old, line, (size_t)p->cols * sizeof *old))
			continue;
		for (int k = 0; k < p->cols;) {
			struct tui_paint_run r;

			if (!is_due(p, old, line, row, k)) {
				k++;
				continue;
			}
			r = run_at(p, old, line, row, k);
			add(out, &r);
			k = r.to;
		}
	}
}
