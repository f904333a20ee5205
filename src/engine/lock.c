/* Places that the user has given or kept. A locked clip goes along with a clip of its island that is not locked, its anchor. The solver
 * is told so (lock_solve.c); what it found is then set exactly. */
#include <math.h>
#include <stdlib.h>
#include <string.h>

#include "engine/edit_private.h"

#define MAX_PLACE_S 1e8
#define MAX_PPM 1e5
#define MOVED_S 0.01 /* a match that is off by more does not speak for the place any more */

void as_engine_lock_free(struct session_lock *l)
{
	if (l)
		free(l->place.clock);
	free(l);
}

static double clip_s(const struct session_clip *c)
{
	return (double)c->load.sound.frames / c->load.sound.rate_hz;
}

bool as_engine_is_locked(const struct session_clip *c)
{
	return c->keep.lock && c->state == AS_CLIP_READY;
}

/* ---- where locked clips go ---- */

int as_engine_clip_of_file(const struct as_session *s, int file)
{
	for (int i = 0; file >= 0 && i < s->n_clips; i++) {
		if (s->clips[i].files[0] == file)
			return i;
	}
	return -1;
}

/* Which clip the candidates of the clip's lock count from. */
static void tell_beside(const struct as_session *s, int clip, struct as_solve_placement *p)
{
	p->beside = as_engine_clip_of_file(s, s->clips[clip].keep.lock->beside_file);
	if (p->beside < 0)
		p->n_candidates = 0;
}

bool as_engine_own_clock(struct as_solve_placement *p)
{
	struct as_clock_knot *v = p->n_clock > 0 ? malloc((size_t)p->n_clock * sizeof *v) : NULL;
	if (v)
		memcpy(v, p->clock, (size_t)p->n_clock * sizeof *v);
	bool ok = v || p->n_clock == 0;
	p->clock = v;
	return ok;
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
		v.segments[0] = (struct as_segment){0, clip_s(&s->clips[clip]), l->place.start_s};
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

static double end_s(const struct as_session *s, int clip)
{
	const struct as_solve_placement *p = &s->solution.placements[clip];
	double ppm = isfinite(p->drift_ppm) ? p->drift_ppm : 0;
	double start = p->n_segments > 0 ? p->segments[p->n_segments - 1].start_s : p->start_s;
	double shift = p->n_clock > 0 ? p->clock[p->n_clock - 1].shift_s : 0;
	return start + clip_s(&s->clips[clip]) / (1 + ppm * 1e-6) + shift;
}

static void shift_clip(struct as_solve_placement *p, double by_s)
{
	p->start_s += by_s;
	for (int i = 0; i < p->n_segments; i++)
		p->segments[i].start_s += by_s;
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
		v[p->island].to_s = fmax(v[p->island].to_s, end_s(s, i));
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
			shift_clip(p, -reach[island].from_s);
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

/* ---- the user's calls ---- */

enum as_status as_engine_check_placeable(struct as_session *s, int clip, struct as_error *err)
{
	enum as_status status = as_engine_check_idle(s, err);
	if (status != AS_OK)
		return status;
	if (!s->solved)
		return as_fail(err, AS_ERR_INVALID, "placing a clip needs a finished analysis");
	if (clip < 0 || clip >= s->n_clips)
		return as_fail(err, AS_ERR_INVALID, "there is no clip %d", clip);
	if (s->clips[clip].state != AS_CLIP_READY)
		return as_fail(err, AS_ERR_INVALID, "%s: could not be read, so that it cannot be placed",
			       s->files[s->clips[clip].files[0]].path);
	return AS_OK;
}

static bool is_better_anchor(const struct as_session *s, int a, int b)
{
	bool reference_a = s->clips[a].track == s->solution.reference, reference_b = s->clips[b].track == s->solution.reference;
	return reference_a != reference_b ? reference_a : clip_s(&s->clips[a]) > clip_s(&s->clips[b]);
}

static int root_of(int *up, int i)
{
	while (up[i] != i)
		i = up[i] = up[up[i]];
	return i;
}

/* Clips that hang together by matches that do not touch this one, as trees; NULL when out of memory. */
static int *parts_without(const struct as_session *s, int clip)
{
	int *up = malloc(((size_t)s->n_clips + 1) * sizeof *up);
	for (int i = 0; up && i < s->n_clips; i++)
		up[i] = i;
	for (int i = 0; up && i < s->n_matches; i++) {
		const struct as_solve_match *m = &s->matches[i];
		if (s->solution.used[i] && m->a != clip && m->b != clip)
			up[root_of(up, m->a)] = root_of(up, m->b);
	}
	return up;
}

/* What each part weighs, at its root: reference clips first, then the longest part: what hangs together without the locked clip stays,
 * and the rest goes along with it. NULL when out of memory. */
static double *weigh_parts(const struct as_session *s, int *up, int clip)
{
	double *sum_s = up ? calloc((size_t)s->n_clips + 1, sizeof *sum_s) : NULL;
	for (int i = 0; sum_s && i < s->n_clips; i++) {
		if (i != clip && s->clips[i].state == AS_CLIP_READY)
			sum_s[root_of(up, i)] += clip_s(&s->clips[i]) + (s->clips[i].track == s->solution.reference ? MAX_PLACE_S : 0);
	}
	return sum_s;
}

/* What the lock counts from: a clip of the island that the analysis places. */
static void choose_anchor(const struct as_session *s, int clip, struct session_lock *l)
{
	int best = -1, *up = parts_without(s, clip);
	double best_s = 0, *sum_s = weigh_parts(s, up, clip);
	for (int i = 0; i < s->n_clips; i++) {
		if (i == clip || s->solution.placements[i].island != l->place.island || s->clips[i].keep.lock ||
		    s->clips[i].state != AS_CLIP_READY)
			continue;
		double part_s = sum_s ? sum_s[root_of(up, i)] : 0;
		if (best < 0 || part_s > best_s || (part_s == best_s && is_better_anchor(s, i, best))) {
			best = i;
			best_s = part_s;
		}
	}
	free(sum_s);
	free(up);
	l->anchor_file = best >= 0 && l->place.island > 0 ? s->clips[best].files[0] : -1;
	l->after_s = l->place.start_s - (best >= 0 ? s->solution.placements[best].start_s : 0);
}

/* The other places that the clip could have had stay with it. A weak clip has none besides. */
static void keep_candidates(const struct as_session *s, struct session_lock *l)
{
	struct as_solve_placement *p = &l->place;
	const struct as_solve_placement *q = p->beside >= 0 ? &s->solution.placements[p->beside] : NULL;
	l->beside_file = q && p->n_candidates > 0 ? s->clips[p->beside].files[0] : -1;
	for (int i = 0; q && q->island > 0 && i < p->n_candidates; i++)
		p->candidates[i].start_s -= q->start_s;
	if (l->beside_file < 0)
		p->n_candidates = 0;
	p->beside = -1;
}

static struct session_lock *copy_place(const struct as_session *s, int clip)
{
	const struct as_solve_placement *p = &s->solution.placements[clip];
	struct session_lock *l = calloc(1, sizeof *l);
	if (!l)
		return NULL;
	l->place = *p;
	keep_candidates(s, l);
	if (as_engine_own_clock(&l->place))
		return l;
	free(l);
	return NULL;
}

void as_engine_renew_lock(struct as_session *s, int clip)
{
	struct session_lock **at = &s->clips[clip].keep.lock, *l = copy_place(s, clip);
	if (!l)
		return;
	choose_anchor(s, clip, l);
	as_engine_lock_free(*at);
	*at = l;
}

/* A clip that others count from is going to move: they stay. With the lock. */
static void leave_anchor(struct as_session *s, int clip)
{
	for (int i = 0; i < s->n_clips; i++) {
		struct session_lock *l = s->clips[i].keep.lock;
		if (i != clip && l && l->anchor_file == s->clips[clip].files[0])
			as_engine_renew_lock(s, i);
	}
}

static void set_lock(struct as_session *s, int clip, struct session_lock *l)
{
	pthread_mutex_lock(&s->lock);
	as_engine_lock_free(s->clips[clip].keep.lock);
	s->clips[clip].keep.lock = l;
	if (l)
		leave_anchor(s, clip);
	as_engine_apply_locks(s, false);
	as_engine_drop_outputs(s);
	for (int i = 0; i < s->n_clips; i++)
		as_text_list_done(&s->clips[i].warnings);
	s->generation++;
	pthread_mutex_unlock(&s->lock);
	as_engine_judge(s);
	as_engine_emit(s, AS_EVENT_PLACED, 0);
}

/* The clip's own shape goes along: its breaks, and how its clock runs. */
static void move_place(struct as_solve_placement *p, double length_s, const struct as_manual_place *to)
{
	if (p->n_segments == 0) {
		p->segments[0] = (struct as_segment){0, length_s, to->start_s};
		p->n_segments = 1;
		p->start_s = to->start_s;
	}
	shift_clip(p, to->start_s - p->segments[0].start_s);
	p->start_s = to->start_s;
	p->island = to->island;
	p->verdict = to->island > 0 ? AS_VERDICT_STRONG : AS_VERDICT_UNPLACED;
	p->method = AS_METHOD_MANUAL;
	p->reason = AS_REASON_LOCKED;
	p->start_err_s = NAN;
	if (isfinite(to->drift_ppm)) {
		p->drift_ppm = to->drift_ppm;
		p->drift_err_ppm = NAN;
		p->n_clock = 0;
	}
}

enum as_status as_session_set_place(struct as_session *s, int clip, const struct as_manual_place *to, struct as_error *err)
{
	enum as_status status = as_engine_check_placeable(s, clip, err);
	if (status != AS_OK)
		return status;
	if (!(fabs(to->start_s) <= MAX_PLACE_S) || to->island < 0 || to->island > s->solution.n_islands + 1 ||
	    fabs(to->drift_ppm) > MAX_PPM)
		return as_fail(err, AS_ERR_INVALID, "a clip cannot be placed there");
	struct session_lock *l = copy_place(s, clip);
	if (!l)
		return as_fail(err, AS_ERR_MEMORY, "session: out of memory");
	status = as_undo_begin(s, err, to->island > 0 ? "place %.200s" : "take %.200s off the timeline", as_engine_clip_name(s, clip));
	if (status != AS_OK) {
		as_engine_lock_free(l);
		return status;
	}
	move_place(&l->place, clip_s(&s->clips[clip]), to);
	choose_anchor(s, clip, l);
	set_lock(s, clip, l);
	as_undo_end(s, true);
	return AS_OK;
}

enum as_status as_session_set_locked(struct as_session *s, int clip, bool locked, struct as_error *err)
{
	enum as_status status = as_engine_check_placeable(s, clip, err);
	struct session_lock *l = NULL;
	if (status != AS_OK || locked == (s->clips[clip].keep.lock != NULL))
		return status;
	if (locked && s->solution.placements[clip].island == 0)
		return as_fail(err, AS_ERR_INVALID, "%s: has no place that it could be locked at",
			       s->files[s->clips[clip].files[0]].path);
	if (locked && !(l = copy_place(s, clip)))
		return as_fail(err, AS_ERR_MEMORY, "session: out of memory");
	status = as_undo_begin(s, err, locked ? "lock %.200s" : "unlock %.200s", as_engine_clip_name(s, clip));
	if (status != AS_OK) {
		as_engine_lock_free(l);
		return status;
	}
	if (locked)
		choose_anchor(s, clip, l);
	set_lock(s, clip, l);
	as_undo_end(s, true);
	return AS_OK;
}
