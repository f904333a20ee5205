#include "sync/lines.h"

#include <math.h>
#include <stdlib.h>
#include <string.h>

#include "sync/course.h"
#include "sync/wander.h"

#define SLOPE_PRIOR 30e-6 /* two free-running clocks differ by about this much */
#define ECHO_ERR_S 0.5e-3 /* a single window may have met an early echo instead of the sound */
#define BORDER_S 0.05  /* how exactly the time of a loss is looked for */
#define BORDER_GATE 16 /* lags: 2 ms */

bool as_lines_holds(const struct as_line_piece *p, const struct as_track_window *w, double rate_hz)
{
	double mid = w->mid / rate_hz;

	return w->matched && mid >= p->first - 1e-6 && mid <= p->last + 1e-6;
}

static int fit_piece(const struct as_track *t, struct as_line_piece *p, double rate,
		     struct as_lines *f)
{
	double x[AS_TRACK_WINDOWS], y[AS_TRACK_WINDOWS], w[AS_TRACK_WINDOWS];
	int n = 0;

	for (int i = 0; i < t->n; i++) {
		const struct as_track_window *v = &t->w[i];

		if (!as_lines_holds(p, v, rate))
			continue;
		x[n] = v->mid / rate;
		y[n] = v->local.lag / rate;
		w[n++] = fmin(v->local.evidence, 60.0);
		f->sign += (double)v->local.rho;
	}
	if (!n)
		return 0;
	f->matched_s += n * (p->last - p->first) / (n > 1 ? n - 1 : 1);
	if (as_fit_line(x, y, w, n, AS_LINES_SLOPE_MAX, AS_LINES_SCALE_MIN_S, &p->l))
		return -1;
	p->l.y0_err = hypot(AS_LINES_SE_FACTOR * p->l.y0_err + AS_LINES_ERR_MIN_S, ECHO_ERR_S / ((double)n * n));
	p->l.slope_err *= AS_LINES_SE_FACTOR;
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

static enum as_status find_pieces(struct as_search *s, bool *is_piece, struct as_lines *f, struct as_error *err)
{
	struct as_course *c = malloc(sizeof(*c));
	enum as_status status = c ? as_course_find(s, c, err) : AS_ERR_MEMORY;
	int st = 0;

	for (int from = 0, to; !status && !st && from < c->n; from = to) {
		struct as_course_run r = as_course_run(s, c, from, &to);

		if (!r.hits)
			continue;
		is_piece[c->track[from]] = true;
		st = add_piece(f, s, c->track[from], r.first, r.last);
	}
	free(c);
	if (status)
		return status == AS_ERR_MEMORY ? as_fail(err, status, "out of memory") : status;
	if (!st && !is_piece[0]) { /* others outdo it everywhere: that is no splice, the best one stands */
		memset(is_piece, 0, sizeof(*is_piece) * AS_SEARCH_TRACKS);
		is_piece[0] = true;
		f->n = 0;
		f->matched_s = f->sign = 0.0;
		st = add_piece(f, s, 0, s->tracks[0].first_mid, s->tracks[0].last_mid);
	}
	share_slope(f);
	return st ? as_fail(err, AS_ERR_MEMORY, "out of memory") : AS_OK;
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

enum as_status as_lines_fit(struct as_search *s, bool *is_piece, struct as_lines *f, struct as_error *err)
{
	struct as_wander w;
	enum as_status st;

	memset(f, 0, sizeof(*f));
	st = find_pieces(s, is_piece, f, err);
	if (st)
		return st;
	for (int i = 0; i < f->n; i++) {
		f->piece[i].head = f->piece[i].l;
		f->piece[i].head.slope = f->slope;
		f->piece[i].tail = f->piece[i].head;
	}
	st = as_wander_find(s, f, &w);
	if (st)
		return st == AS_ERR_MEMORY ? as_fail(err, st, "out of memory") : st;
	lay_borders(s, f);
	as_wander_lay(&w, f);
	return AS_OK;
}
