#include "sync/wander.h"

#include <math.h>
#include <stddef.h>

#define WANDER_S 0.25e-3 /* a clock that stays this near to its line is held to be on it … */
/* … and so is one whose curve is no clearer than this, twice the log-likelihood */
#define WANDER_GAIN 25.0
#define WANDER_POINTS 8
#define NEIGHBOURS 3
#define STRAY_S 0.6e-3
#define STRAY_SCALE 5.0

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
	double far[AS_TRACK_WINDOWS], sorted[AS_TRACK_WINDOWS], limit;
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

		for (int i = 0; i < t->n && n < AS_TRACK_WINDOWS; i++) {
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

/* A clock that wanders by more than the noise of the measurement and more than anybody would want to hear. */
int as_wander_find(const struct as_search *s, struct as_lines *f, struct as_wander *w)
{
	struct as_smooth_point *p = w->p;
	int *piece = w->piece, n = gather(s, f, w);
	double gain, most = 0.0;

	w->n = 0;
	n = drop_strays(w, n);
	if (n < WANDER_POINTS)
		return n < 0 ? -1 : 0;
	gain = as_smooth(p, n, AS_LINES_SCALE_MIN_S);
	if (gain < WANDER_GAIN)
		return gain < 0.0 ? -1 : 0;
	for (int i = 0; i < n; i++)
		most = fmax(most, fabs(p[i].value - as_line_at(&f->piece[piece[i]].l, p[i].x)));
	if (most < WANDER_S)
		return 0;
	for (int i = 0; i < n; i++) {
		struct as_line l = {.x0 = p[i].x, .y0 = p[i].value, .slope = p[i].rate};

		if (!i || piece[i] != piece[i - 1])
			f->piece[piece[i]].head = l;
		f->piece[piece[i]].tail = l;
	}
	w->n = n;
	return 0;
}

/* What the curve p leaves of the pieces' lines. Lines get the places that make that continuous where samples were lost; the first
 * one's is such that nothing is left on average. */
void as_wander_lay(const struct as_wander *w, struct as_lines *f)
{
	const struct as_smooth_point *p = w->p;
	const int *piece = w->piece;
	int n = w->n;
	double sum = 0.0, shift = 0.0;
	int first = 0, every = (n + AS_MATCH_KNOTS - 1) / AS_MATCH_KNOTS;

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
	for (int i = 0; i < n; i += every) {
		int j = i + every < n ? i : n - 1; /* the last one is a knot */

		f->knot_s[f->n_knots] = p[j].x;
		f->knot_err_s[f->n_knots] = AS_LINES_SE_FACTOR * p[j].value_err + AS_LINES_ERR_MIN_S;
		f->wander_s[f->n_knots++] = p[j].value - as_line_at(&f->piece[piece[j]].l, p[j].x);
	}
}
