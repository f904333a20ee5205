/* A clip's lags as its matches measured them, put on its own time and against its own place. */
#include <math.h>
#include <stdlib.h>

#include "export/place.h"
#include "export/report_private.h"

static int by_time(const void *va, const void *vb)
{
	const struct report_lag *a = va, *b = vb;
	if (a->at_s != b->at_s)
		return a->at_s < b->at_s ? -1 : 1;
	if (a->with != b->with)
		return a->with - b->with;
	return (a->lag_s > b->lag_s) - (a->lag_s < b->lag_s);
}

/* Where the other clip says that the sound at the clip's at_s lies, against the clip's start and its place. */
static struct report_lag make_lag(const struct report *r, int clip, const struct as_match *m, const struct as_lag_point *v)
{
	const struct as_placement *p = &r->s->placements[clip];
	int other = m->a == clip ? m->b : m->a;
	double at_s = m->a == clip ? v->at_s + v->lag_s : v->at_s;
	double other_s = m->a == clip ? v->at_s : v->at_s + v->lag_s;
	double found_s = as_place_at(&r->s->placements[other], other_s);
	return (struct report_lag){.at_s = at_s,
				   .lag_s = found_s - p->start_s - at_s,
				   .residual_s = found_s - as_place_at(p, at_s),
				   .err_s = v->err_s,
				   .with = other,
				   .used = v->used};
}

/* Matches that both clips' places rest on, in one island. */
static bool is_usable(const struct report *r, int clip, const struct as_match *m)
{
	int other = m->a == clip ? m->b : m->a;
	return m->n_points > 0 && as_outline_is_placed(r->s, clip) && as_outline_is_placed(r->s, other) &&
	       r->s->placements[clip].island == r->s->placements[other].island;
}

struct report_lag *report_lags(const struct report *r, int clip, int *n)
{
	const struct as_clip *c = &r->s->clips[clip];
	size_t total = 0, step = 1, seen = 0;
	*n = 0;
	for (int i = 0; i < c->n_matches; i++)
		if (is_usable(r, clip, &r->s->matches[c->matches[i]]))
			total += (size_t)r->s->matches[c->matches[i]].n_points;
	step = (total + REPORT_POINTS_MAX - 1) / REPORT_POINTS_MAX;
	struct report_lag *all = calloc(REPORT_POINTS_MAX + 1, sizeof *all);
	for (int i = 0; all && i < c->n_matches; i++) {
		const struct as_match *m = &r->s->matches[c->matches[i]];
		if (!is_usable(r, clip, m))
			continue;
		for (int k = 0; k < m->n_points; k++, seen++) {
			if (seen % step != 0 || *n == REPORT_POINTS_MAX)
				continue;
			struct report_lag v = make_lag(r, clip, m, &m->points[k]);
			if (isfinite(v.at_s) && isfinite(v.lag_s) && isfinite(v.residual_s))
				all[(*n)++] = v;
		}
	}
	if (all)
		qsort(all, (size_t)*n, sizeof *all, by_time);
	return all;
}
