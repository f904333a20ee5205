/* In which order the parts of a frame are sent: what looks alike, and what is near, one after the other. The way through all of them
 * that costs least is looked for as for a travelling salesman: to the nearest, then parts of the way are moved to where they cost less
 * (Or 1976). */
#include <limits.h>
#include <stdlib.h>

#include "tui/paint_private.h"

#define RUNS_MOST 128 /* of more most of the screen is new: the way is short anyway */
#define PENS_MOST 48
#define BLOCK_MOST 3 /* runs that are moved together */
#define ROUNDS 8

/* Run n is where the terminal is now. */
struct way {
	const struct tui_paint *p;
	const struct tui_paint_run *run;
	int n;
	int pen[RUNS_MOST + 1];
	struct tui_pen pens[PENS_MOST];
	int n_pens, pen_bytes[PENS_MOST][PENS_MOST]; /* -1: not known yet */
	int bytes[RUNS_MOST + 1][RUNS_MOST];         /* from one run to another */
};

static int pen_index(struct way *w, struct tui_pen pen)
{
	for (int i = 0; i < w->n_pens; i++)
		if (tui_paint_same_pen(w->pens[i], pen))
			return i;
	if (w->n_pens == PENS_MOST)
		return 0;
	w->pens[w->n_pens] = pen;
	return w->n_pens++;
}

static int pen_bytes(struct way *w, int from, int to)
{
	struct as_buffer out = {0};

	if (w->pen_bytes[from][to] < 0) {
		tui_terms_pen(&w->p->terms, &w->pens[from], w->pens[to], &out);
		w->pen_bytes[from][to] = (int)out.bytes;
		as_buffer_done(&out);
	}
	return w->pen_bytes[from][to];
}

static int bytes_to(struct way *w, int from, int to)
{
	const struct tui_paint_run *r = &w->run[to];
	const struct tui_pen *pen = &w->pens[w->pen[from]];
	struct tui_at at = from == w->n ? w->p->at : (struct tui_at){w->run[from].row, w->run[from].erases ? w->run[from].from : w->run[from].to};
	int bytes;

	if (at.col >= w->p->cols)
		at.row = -1;
	bytes = tui_terms_move_about(at, (struct tui_at){r->row, r->from});
	if (!r->bare || pen->bg != r->pen.bg || pen->attrs & TUI_PAINT_SEEN)
		bytes += pen_bytes(w, w->pen[from], w->pen[to]);
	return bytes;
}

static void look(struct way *w, const struct tui_paint *p, const struct tui_paint_runs *runs)
{
	w->p = p;
	w->run = runs->run;
	w->n = runs->n;
	w->n_pens = 0;
	for (int i = 0; i < PENS_MOST; i++)
		for (int k = 0; k < PENS_MOST; k++)
			w->pen_bytes[i][k] = -1;
	w->pen[w->n] = pen_index(w, p->pen);
	for (int i = 0; i < w->n; i++)
		w->pen[i] = pen_index(w, w->run[i].pen);
	for (int i = 0; i <= w->n; i++)
		for (int k = 0; k < w->n; k++)
			w->bytes[i][k] = i == k ? 0 : bytes_to(w, i, k);
}

static void go_to_nearest(const struct way *w, int *order)
{
	bool done[RUNS_MOST] = {false};
	int at = w->n;

	for (int i = 0; i < w->n; i++) {
		int best = -1;

		for (int k = 0; k < w->n; k++)
			if (!done[k] && (best < 0 || w->bytes[at][k] < w->bytes[at][best]))
				best = k;
		order[i] = at = best;
		done[best] = true;
	}
}

/* From what stands at i of the order to what stands at k; before the first one is the terminal as it is, behind the last nothing. */
static int step(const struct way *w, const int *order, int i, int k)
{
	return k >= w->n ? 0 : w->bytes[i < 0 ? w->n : order[i]][order[k]];
}

/* Moves the `n` from `from` on to before the one at `to`, which is none of them. */
static void move_block(int *order, int from, int n, int to)
{
	int block[BLOCK_MOST];

	for (int i = 0; i < n; i++)
		block[i] = order[from + i];
	if (to < from)
		for (int i = from - 1; i >= to; i--)
			order[i + n] = order[i];
	else
		for (int i = from + n; i < to; i++)
			order[i - n] = order[i];
	for (int i = 0; i < n; i++)
		order[(to < from ? to : to - n) + i] = block[i];
}

/* Moves a block where it saves most. Returns the bytes. */
static int improve(const struct way *w, int *order, int from, int n)
{
	int best = 0, where = -1;
	int out = step(w, order, from - 1, from) + step(w, order, from + n - 1, from + n) - step(w, order, from - 1, from + n);

	for (int to = 0; to <= w->n; to++) {
		int in;

		if (to >= from && to <= from + n)
			continue;
		in = w->bytes[to > 0 ? order[to - 1] : w->n][order[from]] + step(w, order, from + n - 1, to) - step(w, order, to - 1, to);
		if (out - in > best) {
			best = out - in;
			where = to;
		}
	}
	if (where >= 0)
		move_block(order, from, n, where);
	return best;
}

int *tui_paint_order(const struct tui_paint *p, const struct tui_paint_runs *runs)
{
	bool some = runs->n > 1 && runs->n <= RUNS_MOST && p->knows_pen;
	struct way *w = some ? malloc(sizeof *w) : NULL;
	int *order = w ? malloc((size_t)runs->n * sizeof *order) : NULL, saved = INT_MAX;

	if (order) {
		look(w, p, runs);
		go_to_nearest(w, order);
	}
	for (int round = 0; order && round < ROUNDS && saved > 0; round++) {
		saved = 0;
		for (int n = 1; n <= BLOCK_MOST; n++)
			for (int from = 0; from + n <= w->n; from++)
				saved += improve(w, order, from, n);
	}
	free(w);
	return order;
}
