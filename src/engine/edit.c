/* Places by hand: nudging, and taking a place that the analysis held possible. */
#include <audiosync/edit.h>

#include <math.h>
#include <stdio.h>

#include "base/text.h"
#include "engine/edit_private.h"

#define MAX_NUDGE_S 1e8

const char *as_engine_clip_name(const struct as_session *s, int clip)
{
	return as_path_base(s->files[s->clips[clip].files[0]].path);
}

static enum as_status fail_place(const struct as_session *s, int clip, const char *why, struct as_error *err)
{
	return as_fail(err, AS_ERR_INVALID, "%s: %s", as_engine_clip_name(s, clip), why);
}

static enum as_status place(struct as_session *s, int clip, int island, double start_s, struct as_error *err)
{
	const struct as_manual_place to = {.island = island, .start_s = start_s, .drift_ppm = NAN};
	return as_session_set_place(s, clip, &to, err);
}

enum as_status as_session_nudge(struct as_session *s, int clip, double by_s, struct as_error *err)
{
	enum as_status status = as_engine_check_placeable(s, clip, err);
	if (status != AS_OK)
		return status;
	const struct as_solve_placement *p = &s->solution.placements[clip];
	if (p->island == 0)
		return fail_place(s, clip, "has no place that it could be moved from", err);
	if (!(fabs(by_s) <= MAX_NUDGE_S))
		return as_fail(err, AS_ERR_INVALID, "a clip cannot be moved by so much");
	status = as_undo_begin_nudge(s, clip, by_s, err);
	if (status != AS_OK)
		return status;
	status = place(s, clip, p->island, p->start_s + by_s, err);
	as_undo_end(s, status == AS_OK);
	return status;
}

/* A weak clip's one place is on the timeline of what it matches: the clip of the surest match that agrees with the place. */
static int weak_beside(const struct as_session *s, int clip)
{
	int best = -1;
	double score = 0;
	for (int i = 0; i < s->n_matches; i++) {
		const struct as_solve_match *m = &s->matches[i];
		int other = m->a == clip ? m->b : m->b == clip ? m->a : -1;
		if (other < 0 || !s->match_done[i] || !m->found || !s->solution.used[i] || m->r.score <= score)
			continue;
		score = m->r.score;
		best = other;
	}
	return best;
}

/* Neither clip has a place: both get an island of their own, which the other one begins. */
static enum as_status place_both(struct as_session *s, int clip, int other, double after_s, struct as_error *err)
{
	int island = s->solution.n_islands + 1;
	enum as_status status = place(s, other, island, 0, err);
	return status == AS_OK ? place(s, clip, island, after_s, err) : status;
}

struct choice {
	int other;      /* whose timeline the place is on */
	double start_s; /* on its island's timeline; after other begins where that has no place */
};

static enum as_status choose(struct as_session *s, int clip, int candidate, struct choice *out, struct as_error *err)
{
	const struct as_solve_placement *p = &s->solution.placements[clip], *q;
	if (candidate < 0 || candidate >= p->n_candidates) {
		char why[80] = "there is no other place to choose";
		if (p->n_candidates > 0)
			snprintf(why, sizeof why, "there is no place %d to choose, only 1 to %d", candidate + 1, p->n_candidates);
		return fail_place(s, clip, why, err);
	}
	bool weak = p->beside < 0;
	*out = (struct choice){weak ? weak_beside(s, clip) : p->beside, p->candidates[candidate].start_s};
	if (out->other < 0 || out->other >= s->n_clips)
		return fail_place(s, clip, "what the place counts from is not there any more", err);
	/* The candidates of two weak clips are told in one frame; those of an ambiguous one count from the other's beginning. */
	q = &s->solution.placements[out->other];
	if (q->island == 0 && weak && q->n_candidates > 0)
		out->start_s -= q->candidates[0].start_s;
	return as_engine_check_placeable(s, out->other, err);
}

enum as_status as_session_take_candidate(struct as_session *s, int clip, int candidate, struct as_error *err)
{
	struct choice to = {0};
	enum as_status status = as_engine_check_placeable(s, clip, err);
	if (status == AS_OK)
		status = choose(s, clip, candidate, &to, err);
	if (status == AS_OK)
		status = as_undo_begin(s, err, "take place %d of %.200s", candidate + 1, as_engine_clip_name(s, clip));
	if (status != AS_OK)
		return status;
	int island = s->solution.placements[to.other].island;
	status = island > 0 ? place(s, clip, island, to.start_s, err) : place_both(s, clip, to.other, to.start_s, err);
	as_undo_end(s, true);
	return status;
}

const struct as_options *as_session_options(const struct as_session *s)
{
	return s->opt;
}

const char *as_session_project_path(const struct as_session *s)
{
	return s->project;
}
