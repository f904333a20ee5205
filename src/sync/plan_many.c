/* The plan where searching all pairs would cost too much: what the index promises first, until nearly every
 * clip is in one component with those it can meet; then looks nearby; then, for what is still alone, a bounded number of searches by
 * the clocks of the devices and by chance (doc/algorithm.md, section 7). */
#include <math.h>
#include <stdlib.h>
#include <string.h>

#include "sync/plan_private.h"

/* Of one clip, on strong promises that come to nothing: 14 s or so. */
#define SURE_WORK 2.4e5
/* Implied overlaps of one clip that are looked at; more where the other clip wants it. */
#define LOOKS 12
/* Whole searches of one clip within its component that contradicted it or found nothing. */
#define DOUBTS 3
/* A promise this strong beside the clip's best counts against an implied place. */
#define CONTRADICTS 0.25
#define CONTRADICT_S 1.0
/* Recordings from this length on are searched near the index's place only, if it knows of no other half as good. */
#define LONG_S 3600.0
#define WIDE_S 600.0
#define SURE_SECOND 0.5f

double as_plan_work_of(const struct as_many *w, int a, int b)
{
	return as_plan_work(&w->g->clips[a], &w->g->clips[b]);
}

/* Of a search near an offset. */
static double near_work(const struct as_many *w, int a, int b)
{
	struct as_solve_clip x = w->g->clips[a], y = w->g->clips[b];
	double shorter = fmin(x.duration_s, y.duration_s);

	x.duration_s = fmin(x.duration_s, shorter + 2.0 * WIDE_S);
	y.duration_s = fmin(y.duration_s, shorter + 2.0 * WIDE_S);
	return as_plan_work(&x, &y);
}

/* ---- what is known ---- */

/* Only what came to nothing counts against the budget: what joins clips has to be done. */
static void tally(struct as_many *w)
{
	const struct as_graph *g = w->g;

	for (int i = 0; i < g->n_matches; i++) {
		const struct as_solve_match *m = &g->matches[i];
		double work = m->narrow ? near_work(w, m->a, m->b) : as_plan_work_of(w, m->a, m->b);

		if (g->component[m->a] != g->component[m->b]) {
			w->spent += work;
			w->vain[m->a]++;
			w->vain[m->b]++;
			w->vain_work[m->a] += work;
			w->vain_work[m->b] += work;
		} else if (!m->narrow && !as_graph_agrees(g, m)) {
			w->spent += work;
			w->inside[m->a]++;
			w->inside[m->b]++;
		}
	}
	for (int i = 0; i < w->hints->n; i++) {
		const struct as_hint *h = &w->hints->v[i];

		w->best[h->a] = fmaxf(w->best[h->a], h->score);
		w->best[h->b] = fmaxf(w->best[h->b], h->score);
	}
}

static void list_hints(struct as_many *w)
{
	for (int i = 0; i < w->hints->n; i++) {
		w->first_hint[w->hints->v[i].a + 2]++;
		w->first_hint[w->hints->v[i].b + 2]++;
	}
	for (int c = 0; c < w->n; c++)
		w->first_hint[c + 2] += w->first_hint[c + 1];
	for (int i = 0; i < w->hints->n; i++) {
		w->hint_of[w->first_hint[w->hints->v[i].a + 1]++] = i;
		w->hint_of[w->first_hint[w->hints->v[i].b + 1]++] = i;
	}
}

/* Fills w->seen for the pairs of clip c; as_many_forget() empties it again. */
void as_many_recall(struct as_many *w, int c)
{
	const struct as_graph *g = w->g;

	for (int i = g->touch.first[c]; i < g->touch.first[c + 1]; i++) {
		const struct as_solve_match *m = &g->matches[g->touch.match[i]];
		unsigned char *s = &w->seen[m->a == c ? m->b : m->a];
		bool vain = m->narrow && (!m->found || m->r.score < g->cfg->weak);

		*s = *s == AS_SEEN_NO && vain ? AS_SEEN_VAIN : AS_SEEN_YES;
	}
}

void as_many_forget(struct as_many *w, int c)
{
	const struct as_graph *g = w->g;

	for (int i = g->touch.first[c]; i < g->touch.first[c + 1]; i++) {
		const struct as_solve_match *m = &g->matches[g->touch.match[i]];

		w->seen[m->a == c ? m->b : m->a] = AS_SEEN_NO;
	}
}

bool as_many_add(struct as_many *w, int a, int b, double near_s, double tol_s)
{
	struct as_pair_task t = {.a = a < b ? a : b, .b = a < b ? b : a, .near_s = near_s};

	if (!isnan(near_s))
		t.near_tol_s = tol_s;
	return as_plan_add(w->out, &t);
}

/* ---- what the index promises ---- */

struct promise {
	double key;
	uint64_t tie;
	const struct as_hint *h;
};

static int by_promise(const void *a, const void *b)
{
	const struct promise *x = a, *y = b;

	if (x->key != y->key)
		return x->key < y->key ? 1 : -1;
	if (x->tie != y->tie)
		return x->tie > y->tie ? 1 : -1;
	return (x->h > y->h) - (x->h < y->h);
}

static int root_of(struct as_many *w, int component)
{
	while (w->root[component] != component) {
		w->root[component] = w->root[w->root[component]];
		component = w->root[component];
	}
	return component;
}

/* Between what would not yet be one component; or once more for a clip that has searched in vain, as many times as it has, so that the
 * rounds are few. */
static bool worth(struct as_many *w, const struct as_hint *h, double budget)
{
	int a = root_of(w, w->g->component[h->a]), b = root_of(w, w->g->component[h->b]);

	if (a != b) {
		w->root[a] = b;
		return true;
	}
	a = w->g->clips[h->a].key < w->g->clips[h->b].key ? h->a : h->b;
	for (int k = 0; k < 2; k++) {
		int c = k ? h->a + h->b - a : a;

		if (w->extra[c] < w->vain[c] && w->spent < budget) {
			w->extra[c]++;
			w->spent += as_plan_work_of(w, h->a, h->b);
			return true;
		}
	}
	return false;
}

/* The hints that matter, in the order of their strength. */
static int open_promises(struct as_many *w,
			 bool (*matters)(const struct as_many *, const struct as_hint *),
			 float least, unsigned char seen_most, struct promise *p)
{
	int n = 0, last = -1;

	for (int i = 0; i < w->hints->n; i++) {
		const struct as_hint *h = &w->hints->v[i];

		if (h->a != last) {
			if (last >= 0)
				as_many_forget(w, last);
			as_many_recall(w, h->a);
			last = h->a;
		}
		if (h->score < least || w->seen[h->b] > seen_most || !matters(w, h))
			continue;
		p[n++] = (struct promise){(double)h->score,
					  w->g->clips[h->a].key + w->g->clips[h->b].key, h};
	}
	if (last >= 0)
		as_many_forget(w, last);
	qsort(p, (size_t)n, sizeof(*p), by_promise);
	return n;
}

static bool is_between(const struct as_many *w, const struct as_hint *h)
{
	return w->g->component[h->a] != w->g->component[h->b] &&
	       as_plan_comparable(&w->g->clips[h->a], &w->g->clips[h->b], w->g->cfg);
}

/* A clip that has searched in vain this long searches no more. */
bool as_many_tired(const struct as_many *w, int c, double work)
{
	return w->vain[c] >= AS_PLAN_SEEK_MIN && w->vain_work[c] >= work;
}

/* The clip of the smaller component is the one that wants to be placed. */
static bool is_welcome(const struct as_many *w, const struct as_hint *h, double work)
{
	int n_a = w->g->n_members[w->g->component[h->a]],
	    n_b = w->g->n_members[w->g->component[h->b]];

	return (n_a <= n_b && !as_many_tired(w, h->a, work)) ||
	       (n_b <= n_a && !as_many_tired(w, h->b, work));
}

/* A whole search; but of a long recording only what lies around the place that the index is sure of. */
static bool add_promised(struct as_many *w, const struct as_hint *h)
{
	const struct as_solve_clip *a = &w->g->clips[h->a], *b = &w->g->clips[h->b];

	if (fmax(a->duration_s, b->duration_s) < LONG_S || h->score < AS_HINT_SURE ||
	    h->second > SURE_SECOND * h->score)
		return as_many_add(w, h->a, h->b, NAN, 0.0);
	return as_many_add(w, h->a, h->b, (double)h->offset_s, WIDE_S);
}

/* Searches that join what they can are made as long as the budget is not spent; others only within it. */
static bool plan_promised(struct as_many *w, float least, double work, double budget,
			  struct promise *p)
{
	int n = open_promises(w, is_between, least, AS_SEEN_NO, p);

	for (int i = 0; i < n && w->spent < budget; i++)
		if (is_welcome(w, p[i].h, work) && worth(w, p[i].h, budget) &&
		    !add_promised(w, p[i].h))
			return false;
	memset(w->extra, 0, sizeof(*w->extra) * (size_t)w->n);
	return true;
}

/* A strong promise of another place than the one that the two have come to. */
static bool is_contradiction(const struct as_many *w, const struct as_hint *h)
{
	const struct as_graph *g = w->g;

	if (g->component[h->a] != g->component[h->b] ||
	    !as_plan_comparable(&g->clips[h->a], &g->clips[h->b], g->cfg))
		return false;
	if ((double)h->score < CONTRADICTS * (double)fmaxf(w->best[h->a], w->best[h->b]))
		return false;
	return fabs(as_graph_time(g, h->a, h->b, 0.0) - (double)h->offset_s) > CONTRADICT_S;
}

/* A whole search within a component, if neither clip has had too many that led nowhere. */
static bool add_doubt(struct as_many *w, int a, int b)
{
	if (w->inside[a] + w->extra[a] >= DOUBTS || w->inside[b] + w->extra[b] >= DOUBTS ||
	    w->spent >= w->budget)
		return true;
	w->extra[a]++;
	w->extra[b]++;
	w->spent += as_plan_work_of(w, a, b);
	return as_many_add(w, a, b, NAN, 0.0);
}

static bool plan_contradictions(struct as_many *w, struct promise *p)
{
	int n = open_promises(w, is_contradiction, AS_HINT_SURE, AS_SEEN_VAIN, p);

	for (int i = 0; i < n; i++)
		if (!add_doubt(w, p[i].h->a, p[i].h->b))
			return false;
	return true;
}

/* ---- looks nearby ---- */

struct look {
	int other;
	int turn; /* how many clips of the same track overlap more */
	double overlap_s;
	uint64_t key;
};

static int by_turn(const void *a, const void *b)
{
	const struct look *x = a, *y = b;

	if (x->turn != y->turn)
		return x->turn < y->turn ? -1 : 1;
	if (x->overlap_s != y->overlap_s)
		return x->overlap_s < y->overlap_s ? 1 : -1;
	if (x->key != y->key)
		return x->key > y->key ? 1 : -1;
	return (x->other > y->other) - (x->other < y->other);
}

/* The implied overlaps of clip c, the longest first and the devices in turn. */
static int find_looks(const struct as_many *w, int c, int *turns, struct look *out)
{
	const struct as_graph *g = w->g;
	int n = 0;

	for (int b = g->first_member[g->component[c]]; b >= 0; b = g->next_member[b]) {
		double overlap = as_graph_overlap(g, c, b);

		if (b == c || overlap < AS_PLAN_NARROW_OVERLAP_S ||
		    !as_plan_comparable(&g->clips[c], &g->clips[b], g->cfg))
			continue;
		out[n++] = (struct look){b, 0, overlap, g->clips[b].key};
	}
	if (n <= LOOKS)
		return n;
	qsort(out, (size_t)n, sizeof(*out), by_turn);
	memset(turns, 0, sizeof(*turns) * (size_t)g->n_tracks);
	for (int i = 0; i < n; i++)
		out[i].turn = turns[g->clips[out[i].other].track]++;
	qsort(out, (size_t)n, sizeof(*out), by_turn);
	return LOOKS;
}

struct pair {
	int a, b;
	double overlap_s;
};

static int by_pair(const void *a, const void *b)
{
	const struct pair *x = a, *y = b;

	if (x->a != y->a)
		return x->a < y->a ? -1 : 1;
	return (x->b > y->b) - (x->b < y->b);
}

/* All pairs that one of the two wants to look at, once each, by a and b. Returns how many, -1: out of memory. */
static int wanted_looks(struct as_many *w, struct pair **out)
{
	struct look *l = malloc(sizeof(*l) * ((size_t)w->n + 1));
	int *turns = malloc(sizeof(*turns) * ((size_t)w->g->n_tracks + 1));
	struct pair *v = malloc(sizeof(*v) * ((size_t)w->n * LOOKS + 1));
	int n = 0, kept = 0;

	for (int c = 0; l && turns && v && c < w->n && !as_graph_stopped(w->g); c++) {
		int k = find_looks(w, c, turns, l);

		for (int i = 0; i < k; i++)
			v[n++] = (struct pair){c < l[i].other ? c : l[i].other,
					       c < l[i].other ? l[i].other : c, l[i].overlap_s};
	}
	*out = v;
	if (!l || !turns || !v)
		n = -1;
	free(l);
	free(turns);
	if (n <= 0)
		return n;
	qsort(v, (size_t)n, sizeof(*v), by_pair);
	for (int i = 0; i < n; i++)
		if (!i || by_pair(&v[i], &v[i - 1]))
			v[kept++] = v[i];
	return kept;
}

/* Looks where places imply an overlap; whole searches where a long one was looked at in vain. */
static bool plan_looks(struct as_many *w)
{
	struct pair *v = NULL;
	int n = wanted_looks(w, &v), last = -1;
	bool ok = n >= 0;

	for (int i = 0; ok && i < n; i++) {
		unsigned char seen;

		if (v[i].a != last) {
			if (last >= 0)
				as_many_forget(w, last);
			as_many_recall(w, v[i].a);
			last = v[i].a;
		}
		seen = w->seen[v[i].b];
		if (seen == AS_SEEN_NO)
			ok = as_many_add(w, v[i].a, v[i].b,
					 as_graph_time(w->g, v[i].a, v[i].b, 0.0),
					 AS_PLAN_NARROW_S);
		else if (seen == AS_SEEN_VAIN && v[i].overlap_s > AS_PLAN_DOUBT_OVERLAP_S)
			ok = add_doubt(w, v[i].a, v[i].b);
	}
	if (last >= 0)
		as_many_forget(w, last);
	free(v);
	return ok;
}

/* Pairs in different components that were never searched whole. */
static int64_t count_left(struct as_many *w)
{
	const struct as_graph *g = w->g;
	int64_t left = 0;

	for (int a = 0; a < w->n && !as_graph_stopped(g); a++) {
		as_many_recall(w, a);
		for (int b = a + 1; b < w->n; b++)
			left += g->component[a] != g->component[b] && w->seen[b] != AS_SEEN_YES &&
				as_plan_comparable(&g->clips[a], &g->clips[b], g->cfg);
		as_many_forget(w, a);
	}
	return left;
}

/* ---- all of it ---- */

static bool many_alloc(struct as_many *w)
{
	size_t n = (size_t)w->n + 2, hints = (size_t)w->hints->n;

	w->vain = calloc(n, sizeof(*w->vain));
	w->vain_work = calloc(n, sizeof(*w->vain_work));
	w->inside = calloc(n, sizeof(*w->inside));
	w->extra = calloc(n, sizeof(*w->extra));
	w->root = calloc(n, sizeof(*w->root));
	w->best = calloc(n, sizeof(*w->best));
	w->seen = calloc(n, sizeof(*w->seen));
	w->first_hint = calloc(n, sizeof(*w->first_hint));
	w->hint_of = malloc(sizeof(*w->hint_of) * (2 * hints + 1));
	for (int i = 0; w->root && i < w->n; i++)
		w->root[i] = i;
	return w->vain && w->vain_work && w->inside && w->extra && w->root && w->best && w->seen &&
	       w->first_hint && w->hint_of;
}

static void many_done(struct as_many *w)
{
	free(w->vain);
	free(w->vain_work);
	free(w->inside);
	free(w->extra);
	free(w->root);
	free(w->best);
	free(w->seen);
	free(w->first_hint);
	free(w->hint_of);
}

/* One kind of task a round: what joins components comes before what follows from them. */
static bool plan(struct as_many *w, struct promise *p)
{
	double share = AS_PLAN_SEEK_SHARE * w->budget;

	if (!plan_promised(w, AS_HINT_SURE, SURE_WORK, w->budget, p))
		return false;
	if (!w->out->n && !plan_looks(w))
		return false;
	if (!w->out->n && !plan_contradictions(w, p))
		return false;
	if (!w->out->n && !plan_promised(w, AS_HINT_MIN, AS_PLAN_SEEK_WORK, share, p))
		return false;
	return w->out->n || as_many_seek(w);
}

enum as_status as_plan_many(const struct as_graph *g, const struct as_hints *hints,
			    struct as_plan *out, struct as_error *err)
{
	struct as_many w = {.g = g, .hints = hints, .out = out, .n = g->n_clips};
	struct promise *p = malloc(sizeof(*p) * ((size_t)hints->n + 1));
	enum as_status st = AS_OK;

	w.budget = as_plan_budget(g->clips, g->n_clips);
	if (!p || !many_alloc(&w)) {
		st = as_fail(err, AS_ERR_MEMORY, "out of memory");
		goto out;
	}
	tally(&w);
	list_hints(&w);
	if (!plan(&w, p))
		st = as_fail(err, AS_ERR_MEMORY, "out of memory");
	else if (!out->n)
		out->left_out = count_left(&w);
	if (!st && as_graph_stopped(g))
		st = AS_CANCELLED;
out:
	many_done(&w);
	free(p);
	return st;
}
