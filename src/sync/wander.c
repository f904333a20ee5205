#include "sync/wander.h"

#include <math.h>
#include <stddef.h>

#define WANDER_S 0.25e-3 /* a clock that stays this near to its line is held to be on it … */
/* … unless the windows are so exact that it leaves it by many times their noise */
#define FINE_S 0.015e-3
#define FINE_RATIO 8.0
#define WANDER_GAIN 25.0 /* so much clearer than the line, in twice the log-likelihood, is every curve */
#define WANDER_POINTS 8
#define NEIGHBOURS 3
#define STRAY_S 0.6e-3
#define STRAY_SCALE 5.0
#define LOOK_NATS 5.0
#define LOOK_GATE 8.0   /* lags: 1 ms from where the neighbours have it … */
#define LOOK_DRIFT 30e-6 /* … and what the clock may do on the way from them */
#define NOISE_S 3e-6     /* where many windows tell how exact one is, it may be this exact */
#define LEFT_S 0.02e-3   /* a window this near to the curve is never a stray */
#define KNOT_NEAR_S 2e-6 /* the knots' polygon follows the curve so well, or half its error */

/* How far point i lies from a robust line through its neighbours of the same piece; NAN where they are too few. -1 when out of memory. */
static int distance(const struct as_wander *w, int n, int i, double *out)
{
	double x[2 * NEIGHBOURS + 1], y[2 * NEIGHBOURS + 1];
	struct as_line l;
	int k = 0;

	*out = NAN;
	for (int j = i - NEIGHBOURS; j <= i + NEIGHBOURS; j++)
		if (j >= 0 && j < n && j != i && w->piece[j] == w->piece[i]) {
			x[k] = w->p[j].x;
			y[k++] = w->p[j].y;
		}
	if (k < 3)
		return 0;
	if (as_fit_line(x, y, NULL, k, AS_LINES_SLOPE_MAX, AS_LINES_SCALE_MIN_S, &l))
		return -1;
	*out = fabs(w->p[i].y - as_line_at(&l, w->p[i].x));
	return 0;
}

/* Leaves out points that their neighbours do not support: windows that met another lobe. */
static int drop_strays(struct as_wander *w, int n)
{
	double far[AS_WANDER_POINTS], sorted[AS_WANDER_POINTS], limit;
	int kept = 0;

	for (int i = 0; i < n; i++) {
		if (distance(w, n, i, &far[i]))
			return -1;
		sorted[i] = isnan(far[i]) ? 0.0 : far[i];
	}
	limit = n ? fmax(STRAY_S, STRAY_SCALE * as_median(sorted, n)) : 0.0;
	for (int i = 0; i < n; i++) {
		if (!(far[i] <= limit))
			continue;
		w->p[kept] = w->p[i];
		w->piece[kept] = w->piece[i];
		w->p[kept].step = kept && w->piece[kept] != w->piece[kept - 1];
		kept++;
	}
	return kept;
}

static int gather(const struct as_search *s, const struct as_lines *f, struct as_wander *w)
{
	double rate = s->src->rate_hz;
	int n = 0;

	for (int k = 0; k < f->n; k++) {
		const struct as_track *t = &s->tracks[f->piece[k].track];

		for (int i = 0; i < t->n && n < AS_WANDER_POINTS; i++) {
			const struct as_track_window *v = &t->w[i];

			if (!as_lines_holds(&f->piece[k], v, rate))
				continue;
			w->piece[n] = k;
			w->p[n++] = (struct as_smooth_point){
				.x = v->mid / rate,
				.y = v->local.lag / rate,
				.weight = fmin((double)v->local.evidence, 60.0) / 60.0};
		}
	}
	return n;
}

/* The lag at x by the curve, which goes on straight where it ends; *away is the distance to the nearest point. */
static double predict(const struct as_wander *w, double x, double *away)
{
	const struct as_smooth_point *p = w->p;
	int i = 0, k;

	while (i + 1 < w->n && p[i + 1].x <= x)
		i++;
	k = i + 1 < w->n && p[i + 1].x - x < x - p[i].x ? i + 1 : i;
	*away = fabs(x - p[k].x);
	return p[k].value + p[k].rate * (x - p[k].x);
}

/* Where the windows of piece k may have their centres: between those that showed it, or to the overlap's end. */
static void bound_piece(const struct as_lines *f, const struct as_wander *w, int k, double half,
			double *from, double *to)
{
	*from = k ? f->piece[k].first : fmin(f->piece[k].first, w->from + half);
	*to = k + 1 < f->n ? f->piece[k].last : fmax(f->piece[k].last, w->to - half);
}

/* Measures the lag all along the overlap, near where the coarse curve has it. */
static enum as_status look_closer(const struct as_search *s, const struct as_lines *f,
				  const struct as_wander *coarse, struct as_wander *w)
{
	double rate = s->src->rate_hz, window = AS_LOCAL_N / rate, all = 0.0, from, to;
	struct as_local v;

	for (int k = 0; k < f->n; k++) {
		bound_piece(f, coarse, k, 0.5 * window, &from, &to);
		all += to - from;
	}
	w->n = 0;
	for (int k = 0; k < f->n; k++) {
		int m;

		bound_piece(f, coarse, k, 0.5 * window, &from, &to);
		m = 1 + (int)fmin(ceil((to - from) / window),
				  floor((AS_WANDER_POINTS - 2 * f->n) * (to - from) / fmax(all, 1e-9)));
		for (int i = 0; i <= m && w->n < AS_WANDER_POINTS; i++) {
			int64_t at = llrint((from + (to - from) * i / m - 0.5 * window) * rate);
			double x = (double)at / rate + 0.5 * window, away, lag = predict(coarse, x, &away);
			double gate = LOOK_GATE + LOOK_DRIFT * away * rate;

			if (s->cancel && atomic_load(s->cancel))
				return AS_CANCELLED;
			as_correlate_local(s->ws->local, s->target, s->src, at, lag * rate,
					   (int)ceil(gate), &v, NULL, 0);
			if ((double)v.evidence <= LOOK_NATS || (w->n && x <= w->p[w->n - 1].x))
				continue;
			w->piece[w->n] = k;
			w->p[w->n++] = (struct as_smooth_point){
				.x = x, .y = v.lag / rate, .weight = fmin((double)v.evidence, 60.0) / 60.0};
		}
	}
	return AS_OK;
}

static void mark_steps(struct as_wander *w, int n)
{
	for (int i = 0; i < n; i++)
		w->p[i].step = i && w->piece[i] != w->piece[i - 1];
	w->n = n;
}

/* Smooths, leaves out what lies far from the curve, and smooths again. */
static enum as_status follow(struct as_wander *w)
{
	double left[AS_WANDER_POINTS], limit;
	int n = drop_strays(w, w->n), kept = 0;

	if (n < 0)
		return AS_ERR_MEMORY;
	mark_steps(w, n);
	if (n < WANDER_POINTS)
		return AS_OK;
	if (as_smooth(w->p, n, NOISE_S) < 0.0)
		return AS_ERR_MEMORY;
	for (int i = 0; i < n; i++)
		left[i] = fabs(w->p[i].y - w->p[i].value);
	limit = STRAY_SCALE * fmax(1.4826 * as_median(left, n), LEFT_S);
	for (int i = 0; i < n; i++)
		if (fabs(w->p[i].y - w->p[i].value) <= limit) {
			w->p[kept] = w->p[i];
			w->piece[kept++] = w->piece[i];
		}
	mark_steps(w, kept);
	return kept == n || kept < 3 || as_smooth(w->p, kept, NOISE_S) >= 0.0 ? AS_OK : AS_ERR_MEMORY;
}

/* Every piece has its share of the points, or they say nothing about where one ends. */
static bool complete(const struct as_wander *w, const struct as_lines *f)
{
	bool seen[AS_MATCH_PIECES] = {false};

	for (int i = 0; i < w->n; i++)
		seen[w->piece[i]] = true;
	for (int k = 0; k < f->n; k++)
		if (!seen[k])
			return false;
	return w->n >= WANDER_POINTS;
}

static void bound_overlap(const struct as_search *s, struct as_wander *w)
{
	const struct as_smooth_point *first = &w->p[0], *last = &w->p[w->n - 1];
	double rate = s->src->rate_hz;

	w->from = fmax(0.0, -first->value);
	w->to = fmin((double)s->src->n / rate, (double)s->target->n / rate - last->value);
}

/* How far the curve leaves the lines at most, and how far the points lie from the curve. */
static void weigh(const struct as_lines *f, const struct as_wander *w, int n, double *most, double *noise)
{
	double left[AS_WANDER_POINTS] = {0};

	*most = 0.0;
	for (int i = 0; i < n; i++) {
		const struct as_smooth_point *p = &w->p[i];

		*most = fmax(*most, fabs(p->value - as_line_at(&f->piece[w->piece[i]].l, p->x)));
		left[i] = fabs(p->y - p->value);
	}
	*noise = 1.4826 * as_median(left, n);
}

/* Whether w's n points make a curve that leaves the lines by more than it takes, and by much more than they scatter. */
static bool stands_out(const struct as_lines *f, const struct as_wander *w, int n)
{
	double most, noise;

	weigh(f, w, n, &most, &noise);
	return most >= FINE_S && most >= FINE_RATIO * noise;
}

/* Whether the windows of the search show a clock that wanders: by more than the noise of the measurement and far, or, where they are
 * very exact, by a little. If so, w has the curve through them. */
static enum as_status suspect(const struct as_search *s, const struct as_lines *f,
			      struct as_wander *w, bool *clear)
{
	int n = drop_strays(w, gather(s, f, w));
	double gain, most, noise;

	w->n = 0;
	*clear = false;
	if (n < WANDER_POINTS)
		return n < 0 ? AS_ERR_MEMORY : AS_OK;
	gain = as_smooth(w->p, n, AS_LINES_SCALE_MIN_S);
	weigh(f, w, n, &most, &noise);
	*clear = gain >= WANDER_GAIN && most >= WANDER_S;
	if (!*clear && gain >= 0.0)
		gain = as_smooth(w->p, n, NOISE_S);
	if (gain < WANDER_GAIN || (!*clear && !stands_out(f, w, n)))
		return gain < 0.0 ? AS_ERR_MEMORY : AS_OK;
	w->n = n;
	bound_overlap(s, w);
	return AS_OK;
}

enum as_status as_wander_find(const struct as_search *s, struct as_lines *f, struct as_wander *w)
{
	struct as_wander closer;
	bool clear, told;
	enum as_status st = suspect(s, f, w, &clear);

	if (st || !w->n)
		return st;
	st = look_closer(s, f, w, &closer);
	if (!st)
		st = follow(&closer);
	if (st)
		return st;
	told = complete(&closer, f);
	if (told) {
		closer.from = w->from;
		closer.to = w->to;
		*w = closer;
	}
	if (!clear && !(told && stands_out(f, w, w->n)))
		w->n = 0;
	for (int i = 0; i < w->n; i++) {
		const struct as_smooth_point *p = &w->p[i];
		struct as_line l = {.x0 = p->x, .y0 = p->value, .slope = p->rate};

		if (!i || w->piece[i] != w->piece[i - 1])
			f->piece[w->piece[i]].head = l;
		f->piece[w->piece[i]].tail = l;
	}
	return AS_OK;
}

/* The curve beside the lines, from the overlap's start to its end: its points, and the ends, to which it goes on straight.
 * Returns how many. */
static int draw(const struct as_wander *w, const struct as_lines *f, double *x, double *y,
		double *err)
{
	const struct as_smooth_point *p = w->p;
	int n = 0;

	for (int i = -1; i <= w->n; i++) {
		int k = i < 0 ? 0 : i == w->n ? i - 1 : i;
		double at = i < 0 ? w->from : i == w->n ? w->to : p[k].x;
		double lag = p[k].value + p[k].rate * (at - p[k].x);

		if ((i < 0 && at >= p[k].x - 1e-3) || (i == w->n && at <= p[k].x + 1e-3))
			continue;
		x[n] = at;
		y[n] = lag - as_line_at(&f->piece[w->piece[k]].l, at);
		err[n++] = p[k].value_err;
	}
	return n;
}

static void lay_knots(const struct as_wander *w, struct as_lines *f)
{
	double x[AS_WANDER_POINTS + 2] = {0}, y[AS_WANDER_POINTS + 2] = {0};
	double err[AS_WANDER_POINTS + 2], near[AS_WANDER_POINTS + 2] = {0};
	bool keep[AS_WANDER_POINTS + 2] = {false};
	int n = draw(w, f, x, y, err);

	for (int i = 0; i < n; i++)
		near[i] = fmax(KNOT_NEAR_S, 0.5 * err[i]);
	as_polygon_thin(x, y, near, n, AS_MATCH_KNOTS, keep);
	for (int i = 0; i < n; i++) {
		if (!keep[i])
			continue;
		f->knot_s[f->n_knots] = x[i];
		f->knot_err_s[f->n_knots] = AS_LINES_SE_FACTOR * err[i] + AS_LINES_ERR_MIN_S;
		f->wander_s[f->n_knots++] = y[i];
	}
}

/* What the curve p leaves of the pieces' lines. Lines get the places that make that continuous where samples were lost; the first
 * one's is such that nothing is left on average. */
void as_wander_lay(const struct as_wander *w, struct as_lines *f)
{
	const struct as_smooth_point *p = w->p;
	const int *piece = w->piece;
	int n = w->n;
	double sum = 0.0, shift = 0.0;
	int first = 0;

	if (!n)
		return;
	while (first < n && piece[first] == piece[0])
		first++;
	for (int i = 0; i < first; i++)
		sum += p[i].value - f->slope * p[i].x;
	for (int k = 0, i = 0; k < f->n; k++) {
		struct as_line_piece *q = &f->piece[k];
		int last;

		if (k) {
			double t = f->piece[k - 1].to;

			shift += as_line_at(&q->head, t) - as_line_at(&f->piece[k - 1].tail, t);
		}
		while (i < n && piece[i] < k)
			i++;
		for (last = i; last + 1 < n && piece[last + 1] == k;)
			last++;
		q->l.x0 = p[(i + last) / 2].x;
		q->l.y0 = sum / first + shift + f->slope * q->l.x0;
		q->l.y0_err = AS_LINES_SE_FACTOR * p[(i + last) / 2].value_err + AS_LINES_ERR_MIN_S;
		q->l.slope = f->slope;
	}
	lay_knots(w, f);
}
