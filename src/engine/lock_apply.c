/* A solution and the locks: each locked clip goes where its lock says, and the islands are put in order around them. */
#include <math.h>
#include <stdlib.h>

#include "engine/edit_private.h"

#define MOVED_S 0.01 /* a match that is off by more does not speak for the place any more */

/* ---- where locked clips go ---- */

/* Which clip the candidates of the clip's lock count from. */
static void tell_beside(const struct as_session *s, int clip, struct as_solve_placement *p)
{
	p->beside = as_engine_clip_of_file(s, s->clips[clip].keep.lock->beside_file);
	if (p->beside < 0)
		p->n_candidates = 0;
}

/* A copy of the lock's place, whole: the clock is the solution's own. */
static bool install(struct as_session *s, int clip, int island, double start_s)
{
	const struct session_lock *l = s->clips[clip].keep.lock;
	struct as_solve_placement *p = &s->solution.placements[clip], v = l->place;
	double shift_s = start_s - v.start_s;
	if (!as_engine_own_clock(&v))
		return false;
	v.island = island;
	v.start_s = start_s;
	tell_beside(s, clip, &v);
	if (v.n_segments == 0) {
		v.segments[0] = (struct as_segment){0, as_engine_clip_s(s, clip), l->place.start_s};
		v.n_segments = 1;
	}
	for (int i = 0; i < v.n_segments; i++)
		v.segments[i].start_s += shift_s;
	free(p->clock);
	*p = v;
	return true;
}

/* Off the timeline, and kept there. */
static void take_off(struct as_session *s, int clip)
{
	struct as_solve_placement *p = &s->solution.placements[clip];
	free(p->clock);
	*p = s->clips[clip].keep.lock->place;
	p->clock = NULL;
	p->n_clock = p->n_segments = 0;
	tell_beside(s, clip, p);
}

/* Where the anchor says; false while the anchor itself waits, or where it says nothing. */
static bool place_by_anchor(struct as_session *s, int clip, const bool *waits)
{
	const struct session_lock *l = s->clips[clip].keep.lock;
	int anchor = as_engine_clip_of_file(s, l->anchor_file);
	if (anchor < 0 || waits[anchor] || s->solution.placements[anchor].island == 0)
		return false;
	const struct as_solve_placement *p = &s->solution.placements[anchor];
	return install(s, clip, p->island, p->start_s + l->after_s);
}

/* Room in the list of islands for one more. */
static bool need_island(struct as_session *s, int island)
{
	struct as_solution *sol = &s->solution;
	if (island <= sol->n_islands)
		return true;
	double *v = realloc(sol->island_s, ((size_t)island + 1) * sizeof *v);
	if (!v)
		return false;
	sol->island_s = v;
	while (sol->n_islands < island)
		v[sol->n_islands++] = 0;
	return true;
}

/* solved: the solver knew of the lock, and what only this clip vouches for lies beside it. */
static void place_by_itself(struct as_session *s, int clip, bool solved)
{
	const struct as_solve_placement *found = &s->solution.placements[clip];
	if (solved && found->island > 0) {
		install(s, clip, found->island, found->start_s);
		return;
	}
	const struct as_solve_placement *p = &s->clips[clip].keep.lock->place;
	int island = p->island <= s->solution.n_islands ? p->island : s->solution.n_islands + 1;
	if (need_island(s, island))
		install(s, clip, island, p->start_s);
}

/* ---- islands in order ---- */

double as_engine_end_s(const struct as_session *s, int clip)
{
	const struct as_solve_placement *p = &s->solution.placements[clip];
	double ppm = isfinite(p->drift_ppm) ? p->drift_ppm : 0;
	double start = p->n_segments > 0 ? p->segments[p->n_segments - 1].start_s : p->start_s;
	double shift = p->n_clock > 0 ? p->clock[p->n_clock - 1].shift_s : 0;
	return start + as_engine_clip_s(s, clip) / (1 + ppm * 1e-6) + shift;
}

struct reach {
	double from_s, to_s;
	int number; /* from now on; 0: there is no clip */
};

/* Where the islands' clips begin and end. */
static struct reach *reaches(const struct as_session *s)
{
	const struct as_solution *sol = &s->solution;
	struct reach *v = malloc(((size_t)sol->n_islands + 1) * sizeof *v);
	for (int i = 0; v && i <= sol->n_islands; i++)
		v[i] = (struct reach){INFINITY, -INFINITY, 0};
	for (int i = 0; v && i < s->n_clips; i++) {
		const struct as_solve_placement *p = &sol->placements[i];
		if (p->island < 1 || p->island > sol->n_islands)
			continue;
		v[p->island].from_s = fmin(v[p->island].from_s, p->start_s);
		v[p->island].to_s = fmax(v[p->island].to_s, as_engine_end_s(s, i));
	}
	return v;
}

/* An island begins with its earliest clip; one without clips is none. touched: the islands that locks have changed. */
void as_engine_settle_islands(struct as_session *s, const bool *touched)
{
	struct as_solution *sol = &s->solution;
	struct reach *reach = reaches(s);
	int n = 0;
	if (!reach)
		return;
	for (int island = 1; island <= sol->n_islands; island++) {
		struct reach *r = &reach[island];
		if (isinf(r->from_s))
			continue;
		r->number = ++n;
		sol->island_s[n - 1] = touched[island] ? r->to_s - r->from_s : sol->island_s[island - 1];
	}
	for (int i = 0; i < s->n_clips; i++) {
		struct as_solve_placement *p = &sol->placements[i];
		int island = p->island;
		if (island < 1 || island > sol->n_islands || isinf(reach[island].from_s))
			continue;
		p->island = reach[island].number;
		if (touched[island])
			as_engine_shift_place(p, -reach[island].from_s);
	}
	sol->n_islands = n;
	free(reach);
}

/* What matches say of clips that were moved is off by as much. */
static void settle_matches(struct as_session *s, const double *start_s, const int *island)
{
	const struct as_solve_placement *p = s->solution.placements;
	for (int i = 0; i < s->n_matches; i++) {
		int a = s->matches[i].a, b = s->matches[i].b;
		if (!as_engine_is_locked(&s->clips[a]) && !as_engine_is_locked(&s->clips[b]))
			continue;
		double before = island[a] == island[b] ? start_s[b] - start_s[a] : NAN;
		double after = p[a].island == p[b].island && p[a].island > 0 ? p[b].start_s - p[a].start_s : NAN;
		double moved = after - before;
		s->solution.residual_s[i] += moved; /* NAN where they are apart */
		if (!(fabs(moved) <= MOVED_S))
			s->solution.used[i] = false;
	}
}

static int settle_locks(struct as_session *s, bool *waits, bool solved)
{
	int n = 0;
	for (int i = 0; i < s->n_clips; i++) {
		waits[i] = as_engine_is_locked(&s->clips[i]);
		n += waits[i];
		if (waits[i] && s->clips[i].keep.lock->place.island == 0) {
			take_off(s, i);
			waits[i] = false;
		}
	}
	for (bool any = true; any;) {
		any = false;
		for (int i = 0; i < s->n_clips; i++) {
			if (waits[i] && place_by_anchor(s, i, waits)) {
				waits[i] = false;
				any = true;
			}
		}
	}
	/* No anchor, one that is not placed, or a ring of them. */
	for (int i = 0; i < s->n_clips; i++) {
		if (waits[i])
			place_by_itself(s, i, solved);
	}
	return n;
}

/* Candidates are told on the timeline that the clip beside them is on; while clips move they count from that clip. */
static void shift_candidates(struct as_session *s, double sign)
{
	for (int i = 0; i < s->n_clips; i++) {
		struct as_solve_placement *p = &s->solution.placements[i], *q;
		if (p->n_candidates == 0 || p->beside < 0)
			continue;
		q = &s->solution.placements[p->beside];
		for (int k = 0; q->island > 0 && k < p->n_candidates; k++)
			p->candidates[k].start_s += sign * q->start_s;
	}
}

void as_engine_apply_locks(struct as_session *s, bool solved)
{
	size_t n = (size_t)s->n_clips + 1;
	bool *waits = calloc(n, sizeof *waits), *touched = calloc(2 * n + 2, sizeof *touched);
	double *start_s = malloc(n * sizeof *start_s);
	int *island = malloc(n * sizeof *island);
	bool any = false;
	for (int i = 0; i < s->n_clips; i++)
		any |= as_engine_is_locked(&s->clips[i]);
	if (!any || !waits || !touched || !start_s || !island)
		goto out;
	for (int i = 0; i < s->n_clips; i++) {
		start_s[i] = s->solution.placements[i].start_s;
		island[i] = s->solution.placements[i].island;
	}
	shift_candidates(s, -1);
	settle_locks(s, waits, solved);
	for (int i = 0; i < s->n_clips; i++) {
		if (as_engine_is_locked(&s->clips[i]))
			touched[island[i]] = touched[s->solution.placements[i].island] = true;
	}
	as_engine_settle_islands(s, touched);
	shift_candidates(s, 1);
	settle_matches(s, start_s, island);
out:
	free(waits);
	free(touched);
	free(start_s);
	free(island);
}
