#include "sync/solve.h"

#include <math.h>
#include <stdlib.h>
#include <string.h>

#include "sync/graph.h"

#define NARROW_S 1.0            /* how far a position implied by others is trusted */
#define NARROW_OVERLAP_S 2.0    /* shorter implied overlaps are not worth a look */
#define DOUBT_OVERLAP_S 20.0    /* an implied overlap of this length without a match is searched whole */

struct pivot {
	double duration_s;
	uint64_t key;
	int clip;
};

static int by_duration(const void *a, const void *b)
{
	const struct pivot *x = a, *y = b;

	if (x->duration_s != y->duration_s)
		return x->duration_s < y->duration_s ? 1 : -1;
	if (x->key != y->key)
		return x->key < y->key ? -1 : 1;
	return (x->clip > y->clip) - (x->clip < y->clip);
}

enum { SEEN_NO, SEEN_NARROW_VAIN, SEEN_YES };

static void mark_seen(const struct as_solve_match *done, int n_done, int n_clips, const struct as_solve_config *cfg,
		      unsigned char *seen)
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

/* What to do about one pair now; false: nothing. */
static bool plan_pair(const struct as_graph *g, int a, int b, unsigned char seen, struct as_pair_task *t)
{
	double overlap;

	*t = (struct as_pair_task){.a = a, .b = b, .near_s = NAN};
	if (seen == SEEN_YES || !g->clips[a].usable || !g->clips[b].usable)
		return false;
	if (g->clips[a].track == g->clips[b].track && !g->cfg->takes)
		return false;
	if (g->component[a] != g->component[b])
		return seen == SEEN_NO;
	overlap = as_graph_overlap(g, a, b);
	if (seen == SEEN_NARROW_VAIN)
		return overlap > DOUBT_OVERLAP_S;
	if (overlap < NARROW_OVERLAP_S)
		return false;
	t->near_s = as_graph_time(g, a, b, 0.0);
	t->near_tol_s = NARROW_S;
	return true;
}

struct list {
	struct as_pair_task *v;
	int n, room;
};

static bool append(struct list *l, const struct as_pair_task *t)
{
	if (l->n == l->room) {
		int room = l->room ? 2 * l->room : 64;
		struct as_pair_task *v = realloc(l->v, sizeof(*v) * (size_t)room);

		if (!v)
			return false;
		l->v = v;
		l->room = room;
	}
	l->v[l->n++] = *t;
	return true;
}

/* Whole searches of the longest clip that still has any: it meets the most others, and what it places needs only a look nearby. When
 * none is left, all looks nearby at once. */
static bool plan_all(const struct as_graph *g, const struct pivot *p, const unsigned char *seen, struct list *out)
{
	int n = g->n_clips;

	for (int narrow = 0; narrow < 2 && !out->n; narrow++)
		for (int i = 0; i < n && (narrow || !out->n); i++)
			for (int k = 0; k < n; k++) {
				int a = p[i].clip < k ? p[i].clip : k, b = p[i].clip < k ? k : p[i].clip;
				struct as_pair_task t;

				if (a == b || (narrow && p[i].clip > k) ||
				    !plan_pair(g, a, b, seen[(size_t)a * (size_t)n + (size_t)b], &t))
					continue;
				if (narrow == !isnan(t.near_s) && !append(out, &t))
					return false;
			}
	return true;
}

enum as_status as_solve_next(const struct as_solve_clip *clips, int n_clips, const struct as_solve_match *done,
			     int n_done, const struct as_solve_config *cfg, const atomic_bool *cancel,
			     struct as_pair_task **tasks, int *n, struct as_error *err)
{
	struct as_graph g = {.clips = clips, .n_clips = n_clips, .matches = done, .n_matches = n_done, .cfg = cfg, .cancel = cancel};
	struct pivot *p = calloc((size_t)n_clips + 1, sizeof(*p));
	unsigned char *seen = calloc((size_t)n_clips * (size_t)n_clips + 1, 1);
	struct list out = {0};
	enum as_status st = p && seen ? as_graph_build(&g, err) : as_fail(err, AS_ERR_MEMORY, "out of memory");

	*tasks = NULL;
	*n = 0;
	if (st)
		goto out;
	for (int i = 0; i < n_clips; i++)
		p[i] = (struct pivot){clips[i].duration_s, clips[i].key, i};
	qsort(p, (size_t)n_clips, sizeof(*p), by_duration);
	mark_seen(done, n_done, n_clips, cfg, seen);
	if (!plan_all(&g, p, seen, &out)) {
		st = as_fail(err, AS_ERR_MEMORY, "out of memory");
		free(out.v);
		goto out;
	}
	*tasks = out.v;
	*n = out.n;
out:
	as_graph_done(&g);
	free(p);
	free(seen);
	return st;
}
