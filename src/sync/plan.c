#include "sync/plan_private.h"

#include <math.h>
#include <stdlib.h>
#include <string.h>

/* Work is counted in seconds of a clip that one probe is correlated with: 0.06 ms or so. */
#define WORK_FREE 3.5e6 /* so much is searched whatever it is: some hundreds of pairs … */
#define WORK_PER_HOUR                                                                              \
	3e5 /* … and so much for each hour of sound, which is some times the cost of decoding it */
#define WORK_PAIR 150.0 /* of any pair: following what looks like a match */
#define PIVOT_CLIPS 24
#define PROBE_S 12.0      /* distance of the probes near the ends of the shorter clip … */
#define PROBE_SPREAD 0.25 /* … growing by this */

struct pivot {
	double duration_s, active;
	uint64_t key;
	int clip;
};

static int by_duration(const void *a, const void *b)
{
	const struct pivot *x = a, *y = b;

	if (x->duration_s != y->duration_s)
		return x->duration_s < y->duration_s ? 1 : -1;
	/* the sound before the key, which may hold a file's times */
	if (x->active != y->active)
		return x->active > y->active ? -1 : 1;
	if (x->key != y->key)
		return x->key < y->key ? -1 : 1;
	return (x->clip > y->clip) - (x->clip < y->clip);
}

enum { SEEN_NO, SEEN_NARROW_VAIN, SEEN_YES };

static void mark_seen(const struct as_solve_match *done, int n_done, int n_clips,
		      const struct as_solve_config *cfg, unsigned char *seen)
{
	for (int i = 0; i < n_done; i++) {
		const struct as_solve_match *m = &done[i];
		size_t at = (size_t)m->a * (size_t)n_clips + (size_t)m->b;
		bool vain = m->narrow && (!m->found || m->r.score < cfg->weak);

		if (seen[at] == SEEN_NO && vain)
			seen[at] = SEEN_NARROW_VAIN;
		else
			seen[at] = SEEN_YES;
	}
}

bool as_plan_comparable(const struct as_solve_clip *a, const struct as_solve_clip *b,
			const struct as_solve_config *cfg)
{
	return a->usable && b->usable && (a->track != b->track || cfg->takes);
}

/* As sync/search lays them. */
static double probes_in(double s)
{
	double n = 2.0;

	for (double d = 0.0; 2.0 * d < s; d += fmax(PROBE_S, PROBE_SPREAD * d))
		n += 2.0;
	return s <= 10.0 ? 1.0 : n - 2.0;
}

double as_plan_work(const struct as_solve_clip *a, const struct as_solve_clip *b)
{
	double longer = fmax(a->duration_s, b->duration_s),
	       shorter = fmin(a->duration_s, b->duration_s);

	return longer * (1.0 + probes_in(shorter)) + WORK_PAIR;
}

double as_plan_budget(const struct as_solve_clip *clips, int n)
{
	double s = 0.0;

	for (int i = 0; i < n; i++)
		s += clips[i].usable ? clips[i].duration_s : 0.0;
	return WORK_FREE + WORK_PER_HOUR * s / 3600.0;
}

/* Whether searching all pairs that the places do not settle, beside what was searched, costs more than it should. Of a few clips
 * the longest is compared with all others before that is asked: often nothing is left then. */
static bool too_many(const struct as_graph *g)
{
	double work = 0.0, budget = as_plan_budget(g->clips, g->n_clips);

	if (g->cfg->thorough || (g->n_clips <= PIVOT_CLIPS && !g->n_matches))
		return false;
	for (int i = 0; i < g->n_matches; i++) {
		const struct as_solve_match *m = &g->matches[i];

		if (!m->narrow && g->component[m->a] == g->component[m->b])
			work += as_plan_work(&g->clips[m->a], &g->clips[m->b]);
	}
	for (int a = 0; a < g->n_clips && work <= budget; a++)
		for (int b = a + 1; b < g->n_clips && work <= budget; b++)
			if (g->component[a] != g->component[b] &&
			    as_plan_comparable(&g->clips[a], &g->clips[b], g->cfg))
				work += as_plan_work(&g->clips[a], &g->clips[b]);
	return work > budget;
}

/* What to do about one pair now; false: nothing. */
static bool plan_pair(const struct as_graph *g, int a, int b, unsigned char seen,
		      struct as_pair_task *t)
{
	double overlap;

	*t = (struct as_pair_task){.a = a, .b = b, .near_s = NAN};
	if (seen == SEEN_YES || !as_plan_comparable(&g->clips[a], &g->clips[b], g->cfg))
		return false;
	if (g->component[a] != g->component[b])
		return seen == SEEN_NO;
	overlap = as_graph_overlap(g, a, b);
	if (seen == SEEN_NARROW_VAIN)
		return overlap > AS_PLAN_DOUBT_OVERLAP_S;
	if (overlap < AS_PLAN_NARROW_OVERLAP_S)
		return false;
	t->near_s = as_graph_time(g, a, b, 0.0);
	t->near_tol_s = AS_PLAN_NARROW_S;
	return true;
}

bool as_plan_add(struct as_plan *l, const struct as_pair_task *t)
{
	if (l->n == l->room) {
		int room = l->room ? 2 * l->room : 64;
		struct as_pair_task *v = realloc(l->tasks, sizeof(*v) * (size_t)room);

		if (!v)
			return false;
		l->tasks = v;
		l->room = room;
	}
	l->tasks[l->n++] = *t;
	return true;
}

/* Whole searches of the longest clip that still has any: it meets the most others, and what it places needs only a look nearby. When
 * none is left, all looks nearby at once. */
static bool plan_all(const struct as_graph *g, const struct pivot *p, const unsigned char *seen,
		     struct as_plan *out)
{
	int n = g->n_clips;

	for (int narrow = 0; narrow < 2 && !out->n; narrow++)
		for (int i = 0; i < n && (narrow || !out->n); i++)
			for (int k = 0; k < n; k++) {
				int a = p[i].clip < k ? p[i].clip : k,
				    b = p[i].clip < k ? k : p[i].clip;
				struct as_pair_task t;

				if (a == b || (narrow && p[i].clip > k) ||
				    !plan_pair(g, a, b, seen[(size_t)a * (size_t)n + (size_t)b],
					       &t))
					continue;
				if (narrow == !isnan(t.near_s) && !as_plan_add(out, &t))
					return false;
			}
	return true;
}

static enum as_status plan_few(const struct as_graph *g, struct as_plan *out, struct as_error *err)
{
	size_t n = (size_t)g->n_clips;
	struct pivot *p = calloc(n + 1, sizeof(*p));
	unsigned char *seen = calloc(n * n + 1, 1);
	enum as_status st = AS_OK;

	if (!p || !seen) {
		st = as_fail(err, AS_ERR_MEMORY, "out of memory");
		goto out;
	}
	for (int i = 0; i < g->n_clips; i++)
		p[i] = (struct pivot){g->clips[i].duration_s, g->clips[i].active, g->clips[i].key, i};
	qsort(p, n, sizeof(*p), by_duration);
	mark_seen(g->matches, g->n_matches, g->n_clips, g->cfg, seen);
	if (!plan_all(g, p, seen, out))
		st = as_fail(err, AS_ERR_MEMORY, "out of memory");
out:
	free(p);
	free(seen);
	return st;
}

enum as_status as_solve_next(const struct as_solve_clip *clips, int n_clips,
			     const struct as_solve_match *done, int n_done,
			     const struct as_hints *hints, const struct as_solve_config *cfg,
			     const atomic_bool *cancel, struct as_plan *out, struct as_error *err)
{
	struct as_graph g = {.clips = clips,
			     .n_clips = n_clips,
			     .matches = done,
			     .n_matches = n_done,
			     .cfg = cfg,
			     .cancel = cancel};
	enum as_status st = as_graph_build(&g, err);

	*out = (struct as_plan){0};
	if (!st && !hints)
		out->wants_hints = too_many(&g);
	if (!st && !out->wants_hints)
		st = hints ? as_plan_many(&g, hints, out, err) : plan_few(&g, out, err);
	as_graph_done(&g);
	if (st)
		as_plan_done(out);
	return st;
}

void as_plan_done(struct as_plan *p)
{
	free(p->tasks);
	*p = (struct as_plan){0};
}
