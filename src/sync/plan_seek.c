/* Where nothing promises anything: a bounded number of searches for every clip that is still alone, by what the devices' clocks say
 * and then by chance, far apart first (doc/algorithm.md, section 7). */
#include <math.h>
#include <stdlib.h>
#include <string.h>

#include "sync/plan_private.h"

#define SEEKERS 3          /* clips that seek for a component of several */
#define STAMP_SLACK_S 30.0 /* how far clocks of different devices are trusted */
#define STAMP_PROMISE 4.0  /* decades of the index that an overlap by the clocks is worth */
#define DAY_S 86400.0

struct seat {
	int clip, size;
	uint64_t component_key;
	double x_s;
	uint64_t key;
};

static int by_seat(const void *a, const void *b)
{
	const struct seat *x = a, *y = b;

	if (x->size != y->size)
		return x->size < y->size ? 1 : -1;
	if (x->component_key != y->component_key)
		return x->component_key > y->component_key ? 1 : -1;
	if (x->x_s != y->x_s)
		return x->x_s > y->x_s ? 1 : -1;
	if (x->key != y->key)
		return x->key > y->key ? 1 : -1;
	return (x->clip > y->clip) - (x->clip < y->clip);
}

static uint64_t component_key(const struct as_graph *g, int component)
{
	uint64_t key = UINT64_MAX;

	for (int i = g->first_member[component]; i >= 0; i = g->next_member[i])
		key = g->clips[i].key < key ? g->clips[i].key : key;
	return key;
}

/* The usable clips along their components, the largest first; then far apart first, so that few of them see all of the time. */
static int find_seats(const struct as_many *w, struct seat *v, int *order)
{
	const struct as_graph *g = w->g;
	int n = 0, k = 0;
	unsigned bits = 0;

	for (int i = 0; i < w->n; i++)
		if (g->clips[i].usable)
			v[n++] = (struct seat){i, g->n_members[g->component[i]],
					       component_key(g, g->component[i]), g->place[i].x_s,
					       g->clips[i].key};
	qsort(v, (size_t)n, sizeof(*v), by_seat);
	while (1u << bits < (unsigned)n)
		bits++;
	for (unsigned i = 0; i < 1u << bits; i++) {
		unsigned at = 0;

		for (unsigned b = 0; b < bits; b++)
			at |= (i >> b & 1u) << (bits - 1 - b);
		if (at < (unsigned)n)
			order[k++] = v[at].clip;
	}
	return n;
}

static int by_value(const void *a, const void *b)
{
	double x = *(const double *)a, y = *(const double *)b;

	return (x > y) - (x < y);
}

/* Per track: its clock minus the time of the largest component, where it has clips there; NAN elsewhere. */
static void find_clocks(const struct as_many *w, int component, double *scratch, double *clock_s)
{
	const struct as_graph *g = w->g;

	for (int t = 0; t < g->n_tracks; t++)
		clock_s[t] = NAN;
	for (int c = g->first_member[component]; c >= 0; c = g->next_member[c]) {
		int track = g->clips[c].track, n = 0;

		if (!isnan(clock_s[track]) || isnan(g->clips[c].created_s))
			continue;
		for (int i = c; i >= 0; i = g->next_member[i])
			if (g->clips[i].track == track && !isnan(g->clips[i].created_s))
				scratch[n++] = g->clips[i].created_s - g->place[i].x_s;
		qsort(scratch, (size_t)n, sizeof(*scratch), by_value);
		clock_s[track] = scratch[n / 2];
	}
}

/* Seconds by which the clocks let clip x overlap clip y; -INFINITY where they say nothing. */
static double overlap_by_clocks(const struct as_many *w, int x, int y, int largest,
				const double *clock_s)
{
	const struct as_solve_clip *cx = &w->g->clips[x], *cy = &w->g->clips[y];
	double later = NAN; /* x's start after y's */

	if (w->g->component[y] == largest && !isnan(cx->created_s - clock_s[cx->track]))
		later = cx->created_s - clock_s[cx->track] - w->g->place[y].x_s;
	else if (!isnan(cx->created_s - cy->created_s))
		later = cx->created_s - cy->created_s;
	else if (!isnan(cx->start_tc_s - cy->start_tc_s))
		later = remainder(cx->start_tc_s - cy->start_tc_s, DAY_S);
	if (isnan(later))
		return -INFINITY;
	return fmin(cy->duration_s, later + cx->duration_s) - fmax(0.0, later) + STAMP_SLACK_S;
}

struct chance {
	int other;
	double promise, overlap_s;
	uint64_t key;
};

static int by_chance(const void *a, const void *b)
{
	const struct chance *x = a, *y = b;

	if (x->promise != y->promise)
		return x->promise < y->promise ? 1 : -1;
	if (x->overlap_s != y->overlap_s)
		return x->overlap_s < y->overlap_s ? 1 : -1;
	if (x->key != y->key)
		return x->key > y->key ? 1 : -1;
	return (x->other > y->other) - (x->other < y->other);
}

struct seeking {
	int *order, n; /* partners, far apart first */
	int largest;
	double *clock_s;       /* per track */
	struct chance *hinted; /* partners of one seeker … */
	int *blind;            /* … and those of which nothing is known */
	float *weak;           /* per clip: the seeker's hint, 0: none */
};

static void find_chances(struct as_many *w, const struct seeking *k, int x, int *n_hinted,
			 int *n_blind)
{
	const struct as_graph *g = w->g;

	*n_hinted = *n_blind = 0;
	as_many_recall(w, x);
	for (int i = 0; i < w->out->n; i++) { /* partners that sought this one in this round */
		const struct as_pair_task *t = &w->out->tasks[i];

		if (t->a == x || t->b == x)
			w->seen[t->a == x ? t->b : t->a] = AS_SEEN_YES;
	}
	for (int i = w->first_hint[x]; i < w->first_hint[x + 1]; i++) {
		const struct as_hint *h = &w->hints->v[w->hint_of[i]];

		k->weak[h->a == x ? h->b : h->a] = h->score;
	}
	for (int i = 0; i < k->n; i++) {
		int y = k->order[i];
		double overlap, promise = (double)k->weak[y];

		k->weak[y] = 0.0f;
		if (w->seen[y] != AS_SEEN_NO || g->component[x] == g->component[y] ||
		    !as_plan_comparable(&g->clips[x], &g->clips[y], g->cfg))
			continue;
		overlap = overlap_by_clocks(w, x, y, k->largest, k->clock_s);
		promise += overlap > 0.0 ? STAMP_PROMISE : 0.0;
		if (promise > 0.0)
			k->hinted[(*n_hinted)++] =
				(struct chance){y, promise, overlap, g->clips[y].key};
		else
			k->blind[(*n_blind)++] = y;
	}
	memset(w->seen, AS_SEEN_NO, (size_t)w->n);
	qsort(k->hinted, (size_t)*n_hinted, sizeof(*k->hinted), by_chance);
}

/* Two by what little is known, one blindly, and so on, twice as many as all rounds before. */
static bool seek(struct as_many *w, const struct seeking *k, int x)
{
	int hinted = 0, blind = 0, n_hinted, n_blind,
	    quota = w->vain[x] > AS_PLAN_SEEK_MIN ? w->vain[x] : AS_PLAN_SEEK_MIN;

	if (as_many_tired(w, x, AS_PLAN_SEEK_WORK))
		return true;
	find_chances(w, k, x, &n_hinted, &n_blind);
	for (int i = 0; i < quota && hinted + blind < n_hinted + n_blind; i++) {
		bool by_hint = blind == n_blind || (hinted < n_hinted && i % 3 < 2);
		int y = by_hint ? k->hinted[hinted++].other : k->blind[blind++];

		if (w->spent >= AS_PLAN_SEEK_SHARE * w->budget ||
		    (w->vain[x] + i >= AS_PLAN_SEEK_MIN && w->vain_work[x] >= AS_PLAN_SEEK_WORK))
			break;
		w->vain_work[x] += as_plan_work_of(w, x, y);
		w->spent += as_plan_work_of(w, x, y);
		if (!as_many_add(w, x, y, NAN, 0.0))
			return false;
	}
	return true;
}

/* Lone clips seek, and the longest few of every component but the largest. */
static bool seek_all(struct as_many *w, const struct seeking *k)
{
	const struct as_graph *g = w->g;

	for (int i = 0; i < k->n; i++) {
		int x = k->order[i], longer = 0;

		if (g->component[x] == k->largest && g->n_members[k->largest] > 1)
			continue;
		for (int c = g->first_member[g->component[x]]; c >= 0; c = g->next_member[c])
			longer += g->clips[c].duration_s > g->clips[x].duration_s ||
				  (g->clips[c].duration_s == g->clips[x].duration_s &&
				   g->clips[c].key < g->clips[x].key);
		if (longer < SEEKERS && !seek(w, k, x))
			return false;
		if (as_graph_stopped(g))
			return true;
	}
	return true;
}

bool as_many_seek(struct as_many *w)
{
	size_t n = (size_t)w->n + 1;
	struct seat *seats = malloc(sizeof(*seats) * n);
	double *scratch = malloc(sizeof(*scratch) * n);
	struct seeking k = {.order = malloc(sizeof(int) * n),
			    .clock_s = malloc(sizeof(double) * ((size_t)w->g->n_tracks + 1)),
			    .hinted = malloc(sizeof(struct chance) * n),
			    .blind = malloc(sizeof(int) * n),
			    .weak = calloc(n, sizeof(float))};
	bool ok = seats && scratch && k.order && k.clock_s && k.hinted && k.blind && k.weak;

	if (ok && (k.n = find_seats(w, seats, k.order)) > 0) {
		k.largest = w->g->component[seats[0].clip];
		find_clocks(w, k.largest, scratch, k.clock_s);
		ok = seek_all(w, &k);
	}
	free(seats);
	free(scratch);
	free(k.order);
	free(k.clock_s);
	free(k.hinted);
	free(k.blind);
	free(k.weak);
	return ok;
}
