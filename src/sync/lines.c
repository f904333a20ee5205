#include "sync/lines.h"

#include <math.h>
#include <stdlib.h>
#include <string.h>

#include "sync/wander.h"

#define SLOPE_MAX AS_LINES_SLOPE_MAX
#define SLOPE_PRIOR 30e-6 /* two free-running clocks differ by about this much */
#define SCALE_MIN_S                                                                                \
	0.03e-3 /* one window's lag is never better than this: rooms, early reflections */
#define ERR_MIN_S 0.01e-3
#define ECHO_ERR_S 0.5e-3 /* a single window may have met an early echo instead of the sound */
#define SE_FACTOR 1.5  /* measured: the fit's own standard error is too small by this */
#define JUMP_MAX_S 3.0 /* lost or gained samples in one go; more is another place */
#define PIECE_MIN_WINDOWS 3
#define CHANGE_COST 12.0 /* nats that a lost stretch has to explain */
#define GAIN_CAP 30.0
#define MISS_COST 1.0
#define BORDER_S 0.05  /* how exactly the time of a loss is looked for */
#define BORDER_GATE 16 /* lags: 2 ms */

static int fit_piece(const struct as_track *t, struct as_line_piece *p, double rate,
		     struct as_lines *f)
{
	double x[AS_TRACK_WINDOWS], y[AS_TRACK_WINDOWS], w[AS_TRACK_WINDOWS];
	int n = 0;

	for (int i = 0; i < t->n; i++) {
		const struct as_track_window *v = &t->w[i];
		double mid = v->mid / rate;

		if (!v->matched || mid < p->first - 1e-6 || mid > p->last + 1e-6)
			continue;
		x[n] = mid;
		y[n] = v->local.lag / rate;
		w[n++] = fmin(v->local.evidence, 60.0);
		f->sign += (double)v->local.rho;
	}
	if (!n)
		return 0;
	f->matched_s += n * (p->last - p->first) / (n > 1 ? n - 1 : 1);
	if (as_fit_line(x, y, w, n, SLOPE_MAX, SCALE_MIN_S, &p->l))
		return -1;
	p->l.y0_err = hypot(SE_FACTOR * p->l.y0_err + ERR_MIN_S, ECHO_ERR_S / ((double)n * n));
	p->l.slope_err *= SE_FACTOR;
	if (!isfinite(p->l.y0_err))
		p->l.y0_err = 1e-3;
	return 0;
}

/* One slope for all pieces, weighted by how well each knows it; none where nobody does. */
static void share_slope(struct as_lines *f)
{
	double s = 0.0, w = 0.0;

	for (int i = 0; i < f->n; i++) {
		double e = f->piece[i].l.slope_err;

		if (isfinite(e) && e > 0.0) {
			s += f->piece[i].l.slope / (e * e);
			w += 1.0 / (e * e);
		}
	}
	f->slope = w > 0.0 ? s / w : 0.0;
	f->slope_err = w > 0.0 ? 1.0 / sqrt(w) : INFINITY;
	if (f->slope_err > SLOPE_PRIOR) {
		f->slope = 0.0;
		f->slope_err = INFINITY;
	}
}

static int add_piece(struct as_lines *f, const struct as_search *s, int track, double first,
		     double last)
{
	double rate = s->src->rate_hz;
	struct as_line_piece p = {.track = track, .first = first / rate, .last = last / rate};
	int st = fit_piece(&s->tracks[track], &p, rate, f);

	if (!st && f->n < AS_MATCH_PIECES)
		f->piece[f->n++] = p;
	return st;
}

/* The windows of all tracks that may be pieces of one recording, by their place on the grid. */
struct course {
	int64_t grid[AS_SEARCH_TRACKS * AS_TRACK_WINDOWS];
	signed char from[AS_SEARCH_TRACKS * AS_TRACK_WINDOWS]
			[AS_SEARCH_TRACKS];                     /* best track one window before */
	signed char track[AS_SEARCH_TRACKS * AS_TRACK_WINDOWS]; /* the course that is best in all */
	bool barred[AS_SEARCH_TRACKS];
	int n;
};

static int by_grid(const void *a, const void *b)
{
	int64_t x = *(const int64_t *)a, y = *(const int64_t *)b;

	return (x > y) - (x < y);
}

static void lay_grid(const struct as_search *s, struct course *c)
{
	int n = 0;

	c->n = 0;
	for (int i = 0; i < s->n_tracks; i++)
		for (int k = 0; !c->barred[i] && k < s->tracks[i].n; k++)
			c->grid[n++] = s->tracks[i].w[k].grid;
	qsort(c->grid, (size_t)n, sizeof(*c->grid), by_grid);
	for (int i = 0; i < n; i++)
		if (!c->n || c->grid[i] != c->grid[c->n - 1])
			c->grid[c->n++] = c->grid[i];
}

static const struct as_track_window *window_at(const struct as_track *t, int64_t grid)
{
	int lo = 0, hi = t->n;

	while (lo < hi) {
		int mid = (lo + hi) / 2;

		if (t->w[mid].grid < grid)
			lo = mid + 1;
		else
			hi = mid;
	}
	return lo < t->n && t->w[lo].grid == grid ? &t->w[lo] : NULL;
}

static double window_gain(const struct as_track *t, int64_t grid)
{
	const struct as_track_window *w = window_at(t, grid);

	if (!w || !w->tried)
		return 0.0;
	return w->matched ? fmin((double)w->local.evidence, GAIN_CAP)
			  : -MISS_COST * (double)w->local.active;
}

/* The course through the tracks that explains most windows, each change paid for: where the recording lost or gained samples, one
 * track stops to match for good and another takes over (Viterbi 1967). */
static void find_course(const struct as_search *s, struct course *c)
{
	double sum[AS_SEARCH_TRACKS] = {0};
	int best = 0;

	for (int i = 0; i < c->n; i++) {
		double was[AS_SEARCH_TRACKS];

		memcpy(was, sum, sizeof(was));
		best = 0;
		for (int t = 1; t < s->n_tracks; t++)
			if (!c->barred[t] && was[t] > was[best])
				best = t;
		for (int t = 0; t < s->n_tracks; t++) {
			bool stay = c->barred[t] || was[t] >= was[best] - CHANGE_COST;

			c->from[i][t] = (signed char)(stay ? t : best);
			sum[t] = (stay ? was[t] : was[best] - CHANGE_COST) +
				 window_gain(&s->tracks[t], c->grid[i]);
		}
	}
	best = 0;
	for (int t = 1; t < s->n_tracks; t++)
		if (!c->barred[t] && sum[t] > sum[best])
			best = t;
	for (int i = c->n - 1; i >= 0; i--) {
		c->track[i] = (signed char)best;
		best = c->from[i][best];
	}
}

/* What track t shows in windows [from, to) of the course. */
struct stretch {
	int hits, misses;
	double first, last; /* centres of the first and the last match, samples */
};

static struct stretch look(const struct as_search *s, const struct course *c, int from, int to)
{
	const struct as_track *t = &s->tracks[c->track[from]];
	struct stretch r = {0};

	for (int i = from; i < to; i++) {
		const struct as_track_window *w = window_at(t, c->grid[i]);

		if (!w || !w->tried)
			continue;
		if (w->matched && !r.hits)
			r.first = w->mid;
		if (w->matched)
			r.last = w->mid;
		r.hits += w->matched;
		r.misses += !w->matched && w->local.active >= 0.2f;
	}
	return r;
}

static int course_end(const struct course *c, int from)
{
	int to = from;

	while (to < c->n && c->track[to] == c->track[from])
		to++;
	return to;
}

/* Bars the tracks whose part in the course is too thin to be believed. True if there was one. */
static bool bar_thin(const struct as_search *s, struct course *c)
{
	bool any = false;

	for (int from = 0, to; from < c->n; from = to) {
		struct stretch r;

		to = course_end(c, from);
		r = look(s, c, from, to);
		if (c->track[from] && (r.hits < PIECE_MIN_WINDOWS || r.hits <= 2 * r.misses)) {
			c->barred[c->track[from]] = true;
			any = true;
		}
	}
	return any;
}

static int find_pieces(const struct as_search *s, double rate, bool *is_piece, struct as_lines *f)
{
	struct course *c = calloc(1, sizeof(*c));
	int st = 0;

	if (!c)
		return -1;
	for (int i = 1; i < s->n_tracks; i++)
		c->barred[i] = fabs(s->tracks[i].lag - s->tracks[0].lag) > JUMP_MAX_S * rate ||
			       s->tracks[i].w[0].grid < 0;
	lay_grid(s, c);
	do
		find_course(s, c);
	while (bar_thin(s, c));
	for (int from = 0, to; !st && from < c->n; from = to) {
		struct stretch r;

		to = course_end(c, from);
		r = look(s, c, from, to);
		if (!r.hits)
			continue;
		is_piece[c->track[from]] = true;
		st = add_piece(f, s, c->track[from], r.first, r.last);
	}
	if (!st &&
	    !is_piece[0]) { /* others outdo it everywhere: that is no splice, the best one stands */
		memset(is_piece, 0, sizeof(*is_piece) * AS_SEARCH_TRACKS);
		is_piece[0] = true;
		f->n = 0;
		f->matched_s = f->sign = 0.0;
		st = add_piece(f, s, 0, s->tracks[0].first_mid, s->tracks[0].last_mid);
	}
	free(c);
	share_slope(f);
	return st;
}

/* Which of two lags explains the window centred at t better? */
static bool first_wins(const struct as_search *s, const struct as_line *before,
		       const struct as_line *after, double t)
{
	struct as_local_ws *ws = s->ws->local;
	double rate = s->src->rate_hz;
	int64_t at = (int64_t)llrint(t * rate - 0.5 * AS_LOCAL_N);
	struct as_local x, y;

	as_correlate_local(ws, s->target, s->src, at, as_line_at(before, t) * rate, BORDER_GATE, &x,
			   NULL, 0);
	as_correlate_local(ws, s->target, s->src, at, as_line_at(after, t) * rate, BORDER_GATE, &y,
			   NULL, 0);
	return x.power > y.power;
}

/* src time of the place where one piece ends and the next begins: where a window that straddles it shows both alike. */
static void lay_borders(const struct as_search *s, struct as_lines *f)
{
	for (int i = 0; i < f->n; i++) {
		double lo = f->piece[i].last, hi;

		f->piece[i].from = i ? f->piece[i - 1].to : 0.0;
		f->piece[i].to = (double)s->src->n / s->src->rate_hz;
		if (i + 1 == f->n)
			break;
		hi = f->piece[i + 1].first;
		while (hi - lo > BORDER_S) {
			double mid = 0.5 * (lo + hi);

			if (first_wins(s, &f->piece[i].tail, &f->piece[i + 1].head, mid))
				lo = mid;
			else
				hi = mid;
		}
		f->piece[i].to = 0.5 * (lo + hi);
	}
}

double as_lines_lag(const struct as_lines *f, int piece, double t_s)
{
	return f->piece[piece].l.y0 + f->slope * (t_s - f->piece[piece].l.x0);
}

double as_lines_wander(const struct as_lines *f, double t_s)
{
	return as_polygon_at(f->knot_s, f->wander_s, f->n_knots, t_s);
}

int as_lines_fit(const struct as_search *s, bool *is_piece, struct as_lines *f)
{
	struct as_wander w;

	memset(f, 0, sizeof(*f));
	if (find_pieces(s, s->src->rate_hz, is_piece, f))
		return -1;
	for (int i = 0; i < f->n; i++) {
		f->piece[i].head = f->piece[i].l;
		f->piece[i].head.slope = f->slope;
		f->piece[i].tail = f->piece[i].head;
	}
	if (as_wander_find(s, f, &w))
		return -1;
	lay_borders(s, f);
	as_wander_lay(&w, f);
	return 0;
}
