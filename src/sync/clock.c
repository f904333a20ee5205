#include "sync/clock.h"

#include <math.h>
#include <stdlib.h>
#include <string.h>

#define KNOT_S 4.0 /* clocks wander slowly, but between knots they are taken to go straight */
#define POINT_MIN_S 0.03e-3

/* Per clip: its matches that show a curve nobody answers for yet, less those that show none. */
static void charge(const struct as_graph *g, const int *matches, int n, const bool *wanders,
		   int *sum)
{
	memset(sum, 0, sizeof(*sum) * (size_t)g->n_clips);
	for (int i = 0; i < n; i++) {
		const struct as_solve_match *m = &g->matches[matches[i]];

		if (!wanders[m->b])
			sum[m->a] += m->r.n_knots ? 1 : -1;
		if (!wanders[m->a])
			sum[m->b] += m->r.n_knots ? 1 : -1;
	}
}

/* The clip that has most to answer for; -1: everything is explained. */
static int accuse_one(const struct as_graph *g, const int *matches, int n, int clock_track,
		      const bool *wanders, const int *sum)
{
	int best = -1;

	for (int i = 0; i < n; i++) {
		const struct as_solve_match *m = &g->matches[matches[i]];

		for (int k = 0; m->r.n_knots && !wanders[m->a] && !wanders[m->b] && k < 2; k++) {
			int c = k ? m->b : m->a;

			if (g->clips[c].track == clock_track)
				continue;
			if (best < 0 || sum[c] > sum[best] ||
			    (sum[c] == sum[best] && g->clips[c].key < g->clips[best].key))
				best = c;
		}
	}
	return best;
}

bool as_clock_accuse(const struct as_graph *g, const int *matches, int n, int clock_track,
		     bool *wanders)
{
	int *sum = malloc(sizeof(*sum) * ((size_t)g->n_clips + 1)), c;

	if (!sum)
		return false;
	do {
		charge(g, matches, n, wanders, sum);
		c = accuse_one(g, matches, n, clock_track, wanders, sum);
		if (c >= 0)
			wanders[c] = true;
	} while (c >= 0);
	free(sum);
	return true;
}

int as_clock_knots(double duration_s, double *every_s)
{
	int n = (int)ceil(duration_s / KNOT_S) + 1;

	n = n < 2 ? 2 : n > AS_CLOCK_KNOTS ? AS_CLOCK_KNOTS : n;
	*every_s = duration_s / (n - 1);
	return n;
}

/* The error of a match's curve at a time of b. */
static double curve_err(const struct as_match_result *r, double b_s)
{
	int k = 0;

	while (k + 1 < r->n_knots && (double)r->knots[k + 1].b_s <= b_s)
		k++;
	return (double)r->knots[k].err_s;
}

int as_clock_points(const struct as_graph *g, const struct as_solve_match *m, double *b_s,
		    double *err_s, int *piece)
{
	const struct as_match_result *r = &m->r;
	double from = fmax(0.0, -r->offset_s);
	double to = fmin(g->clips[m->b].duration_s, g->clips[m->a].duration_s - r->offset_s);
	int n;

	if (r->n_knots) {
		from = (double)r->knots[0].b_s;
		to = (double)r->knots[r->n_knots - 1].b_s;
	}
	if (to <= from)
		return 0;
	n = (int)fmin(ceil((to - from) / KNOT_S), AS_CLOCK_POINTS - 1) + 1;
	for (int i = 0; i < n; i++) {
		b_s[i] = from + (to - from) * i / (n - 1);
		err_s[i] = r->n_knots ? curve_err(r, b_s[i])
				      : hypot(r->ref_err_s,
					      r->slope_err_ppm * 1e-6 * (b_s[i] - r->ref_s));
		err_s[i] = hypot(err_s[i], POINT_MIN_S);
		piece[i] = as_graph_piece(m, b_s[i]);
	}
	return n;
}
