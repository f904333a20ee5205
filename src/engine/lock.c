/* Places that the user has given or kept. A locked clip goes along with a clip of its island that is not locked, its anchor. The solver
 * is told so (lock_solve.c); what it found is then set exactly (lock_apply.c). */
#include <math.h>
#include <stdlib.h>
#include <string.h>

#include "engine/edit_private.h"

#define MAX_PLACE_S 1e8
#define MAX_PPM 1e5

void as_engine_lock_free(struct session_lock *l)
{
	if (l)
		free(l->place.clock);
	free(l);
}

bool as_engine_is_locked(const struct session_clip *c)
{
	return c->keep.lock && c->state == AS_CLIP_READY;
}

int as_engine_clip_of_file(const struct as_session *s, int file)
{
	for (int i = 0; file >= 0 && i < s->n_clips; i++) {
		if (s->clips[i].files[0] == file)
			return i;
	}
	return -1;
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

void as_engine_shift_place(struct as_solve_placement *p, double by_s)
{
	p->start_s += by_s;
	for (int i = 0; i < p->n_segments; i++)
		p->segments[i].start_s += by_s;
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
	return reference_a != reference_b ? reference_a : as_engine_clip_s(s, a) > as_engine_clip_s(s, b);
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
			sum_s[root_of(up, i)] += as_engine_clip_s(s, i) + (s->clips[i].track == s->solution.reference ? MAX_PLACE_S : 0);
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
	as_engine_shift_place(p, to->start_s - p->segments[0].start_s);
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
	move_place(&l->place, as_engine_clip_s(s, clip), to);
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

static bool can_lock(const struct as_session *s, int clip, bool locked)
{
	return !locked || s->clips[clip].keep.lock || s->solution.placements[clip].island > 0;
}

static bool will_change(const struct as_session *s, int clip, bool locked)
{
	return can_lock(s, clip, locked) && (s->clips[clip].keep.lock != NULL) != locked;
}

enum as_status as_session_lock_clips(struct as_session *s, const int *clips, int n, bool locked, int *changed, struct as_error *err)
{
	enum as_status status = AS_OK;
	int usable = 0, others = 0, done = 0;
	if (changed)
		*changed = 0;
	for (int i = 0; i < n; i++) {
		status = as_engine_check_placeable(s, clips[i], err);
		if (status != AS_OK)
			return status;
		usable += can_lock(s, clips[i], locked);
		others += will_change(s, clips[i], locked);
	}
	/* It says what is wrong with the first one. */
	if (n > 0 && usable == 0)
		return as_session_set_locked(s, clips[0], locked, err);
	if (others == 0)
		return AS_OK;
	status = others == 1 ? AS_OK : as_undo_begin(s, err, "%s %d clips", locked ? "lock" : "unlock", others);
	if (status != AS_OK)
		return status;
	for (int i = 0; i < n && status == AS_OK; i++) {
		if (!will_change(s, clips[i], locked))
			continue;
		status = as_session_set_locked(s, clips[i], locked, err);
		done += status == AS_OK;
	}
	if (others > 1)
		as_undo_end(s, done > 0);
	if (changed)
		*changed = done;
	return status;
}
