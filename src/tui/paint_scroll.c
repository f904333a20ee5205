/* Rows that the terminal has already, but elsewhere: it moves them itself, and only those that come in are sent. */
#include <stdlib.h>
#include <string.h>

#include "tui/paint_private.h"

#define ROWS_LEAST 6  /* of a frame that differ: fewer are sent as quickly as moved */
#define GAP_MOST 2    /* rows between two that have moved, which have not: the cursor's */
#define RUN_BYTES 10  /* for each run of cells that differ: a move, a colour */
#define GAIN_LEAST 60 /* bytes: what telling the terminal takes, and as much again */

/* A stretch of rows whose content moves by `by` rows, up if positive; what comes in is blank. */
struct shift {
	int top, bottom, by; /* bottom: the last row of it */
};

struct rows {
	const struct tui_paint *p;
	const struct tui_paint_cell *now;
	uint64_t *was_key, *now_key; /* of rows that differ */
	int *differ;                 /* bytes that it takes; 0: the row is as it was */
};

static const struct tui_paint_cell *was_row(const struct rows *v, int r)
{
	return v->p->shown + (size_t)r * (size_t)v->p->cols;
}

static const struct tui_paint_cell *now_row(const struct rows *v, int r)
{
	return v->now + (size_t)r * (size_t)v->p->cols;
}

/* About the bytes that make one row of another; of NULL: of a blank one. */
static int bytes_between(const struct tui_paint_cell *a, const struct tui_paint_cell *b, int cols)
{
	static const struct tui_paint_cell blank = {.ch = {' '}, .cols = 1, .pen = {TUI_COLOR_NONE, TUI_COLOR_NONE, 0}};
	bool differed = false;
	int n = 0;

	for (int k = 0; k < cols; k++) {
		bool differs = !tui_paint_same_cell(a ? &a[k] : &blank, &b[k]);

		n += differs + (differs && !differed) * RUN_BYTES;
		differed = differs;
	}
	return n;
}

/* FNV-1a; rows that look alike may differ in it, by what is not seen of a blank. */
static uint64_t key_of(const struct tui_paint_cell *row, int cols)
{
	uint64_t h = 0xcbf29ce484222325u;

	for (int k = 0; k < cols; k++) {
		uint64_t x = row[k].ch[0] | (uint64_t)row[k].ch[1] << 21 | (uint64_t)(uint16_t)row[k].pen.bg << 42;

		h = (h ^ x) * 0x100000001b3u;
		h = (h ^ (uint64_t)(uint16_t)row[k].pen.fg ^ (uint64_t)row[k].pen.attrs << 16) * 0x100000001b3u;
	}
	return h;
}

/* Returns how many rows differ. */
static int look(struct rows *v)
{
	int rows = v->p->rows, cols = v->p->cols, n = 0;

	for (int r = 0; r < rows; r++) {
		bool same = !memcmp(was_row(v, r), now_row(v, r), (size_t)cols * sizeof(struct tui_paint_cell));

		v->differ[r] = same ? 0 : bytes_between(was_row(v, r), now_row(v, r), cols);
		n += v->differ[r] > 0;
	}
	for (int r = 0; r < rows && n >= ROWS_LEAST; r++)
		if (v->differ[r] > 0) {
			v->was_key[r] = key_of(was_row(v, r), cols);
			v->now_key[r] = key_of(now_row(v, r), cols);
		}
	return n;
}

static bool has_moved(const struct rows *v, int r, int by)
{
	int from = r + by;

	return v->differ[r] > 0 && from >= 0 && from < v->p->rows && v->differ[from] > 0 && v->now_key[r] == v->was_key[from];
}

/* The stretch of rows moved by `by` that saves most, as far as the keys tell. Returns the bytes. */
static int find_stretch(const struct rows *v, int by, struct shift *out)
{
	int best = 0, sum = 0, from = -1, last = -1;

	for (int r = 0; r < v->p->rows; r++) {
		if (!has_moved(v, r, by))
			continue;
		if (last < 0 || r - last > GAP_MOST + 1) {
			from = r;
			sum = 0;
		}
		sum += v->differ[r];
		last = r;
		if (sum > best) {
			best = sum;
			*out = (struct shift){by > 0 ? from : from + by, by > 0 ? r + by : r, by};
		}
	}
	return best;
}

/* Bytes that need not be sent. */
static int gain_of(const struct rows *v, const struct shift *s)
{
	int gain = 0;

	for (int r = s->top; r <= s->bottom; r++) {
		int from = r + s->by;
		bool in = from < s->top || from > s->bottom;

		gain += v->differ[r] - bytes_between(in ? NULL : was_row(v, from), now_row(v, r), v->p->cols);
	}
	return gain;
}

static bool find_shift(const struct rows *v, struct shift *out)
{
	int best = 0;

	for (int by = 1 - v->p->rows; by < v->p->rows; by++) {
		struct shift s;
		int bytes = by ? find_stretch(v, by, &s) : 0;

		if (bytes > best) {
			best = bytes;
			*out = s;
		}
	}
	return best >= GAIN_LEAST && gain_of(v, out) >= GAIN_LEAST;
}

/* What the terminal shows then. */
static void move_shown(struct tui_paint *p, const struct shift *s)
{
	size_t cols = (size_t)p->cols, kept = (size_t)(s->bottom - s->top + 1 - abs(s->by)) * cols;
	struct tui_paint_cell *top = p->shown + (size_t)s->top * cols, *in = s->by > 0 ? top + kept : top;

	if (s->by > 0)
		memmove(top, top + (size_t)s->by * cols, kept * sizeof *top);
	else
		memmove(top + (size_t)-s->by * cols, top, kept * sizeof *top);
	for (size_t i = 0; i < (size_t)abs(s->by) * cols; i++)
		in[i] = (struct tui_paint_cell){.ch = {' '}, .cols = 1, .pen = {TUI_COLOR_NONE, TUI_COLOR_NONE, 0}};
}

bool tui_paint_scroll(struct tui_paint *p, const struct tui_paint_cell *cells)
{
	size_t n = (size_t)p->rows + 1;
	struct rows v = {.p = p,
			 .now = cells,
			 .was_key = malloc(n * sizeof *v.was_key),
			 .now_key = malloc(n * sizeof *v.now_key),
			 .differ = malloc(n * sizeof *v.differ)};
	struct shift s = {0};
	bool some = v.was_key && v.now_key && v.differ && tui_terms_scrolls(&p->terms) && look(&v) >= ROWS_LEAST && find_shift(&v, &s);

	if (some) {
		tui_paint_plain(p);
		tui_terms_scroll(&p->terms, s.top, s.bottom, s.by, p->rows, &p->out);
		move_shown(p, &s);
		p->at.row = -1;
	}
	free(v.was_key);
	free(v.now_key);
	free(v.differ);
	return some;
}
