/* Placing again from what is known. */
#include <audiosync/edit.h>

#include <stdlib.h>

#include "engine/edit_private.h"

static bool can_be_placed(const struct as_session *s)
{
	for (int i = 0; i < s->n_clips; i++) {
		if (s->clips[i].state == AS_CLIP_READY)
			return true;
	}
	return false;
}

enum as_status as_session_solve(struct as_session *s, struct as_error *err)
{
	enum as_status status = as_engine_check_idle(s, err);
	if (status != AS_OK)
		return status;
	if (!can_be_placed(s))
		return as_fail(err, AS_ERR_INVALID, "placing again needs an earlier analysis");
	return as_engine_start(s, GOAL_SOLVE, err);
}

/* Pairs that clips moved to one track make are none any more; those of clips that are not usable say nothing. Without memory the run is
 * broken. With the lock. */
static void drop_pairs(struct as_session *s)
{
	int n = 0;
	if (!as_undo_need_origin(s)) {
		as_engine_break_memory(s);
		return;
	}
	int *origin = as_undo_origin(s);
	s->n_found = 0;
	for (int i = 0; i < s->n_matches; i++) {
		const struct as_solve_clip *a = &s->solve_clips[s->pairs[i].a], *b = &s->solve_clips[s->pairs[i].b];
		if ((a->track == b->track && !s->solve_cfg.takes) || !a->usable || !b->usable)
			continue;
		s->matches[n] = s->matches[i];
		s->pairs[n] = s->pairs[i];
		s->match_done[n] = s->match_done[i];
		if (origin)
			origin[n] = origin[i];
		s->n_found += s->match_done[n] && s->matches[n].found;
		n++;
	}
	s->n_matches = n;
}

/* The matches of the last analysis stay, the places go. Where there are none, as after adding, the rounds are gone through with what is
 * remembered. False: the run is broken. */
bool as_engine_step_again(struct as_session *s)
{
	struct as_error err;
	if (as_engine_choose_reference(s, &err) != AS_OK)
		as_engine_break(s, &err);
	if (as_engine_stopped(s))
		return false;
	if (!s->solve_clips || s->n_matches == 0)
		return as_engine_prepare_matching(s);
	struct as_solve_clip *v = as_engine_solve_clips(s);
	if (!v)
		return false;
	pthread_mutex_lock(&s->lock);
	as_engine_remember(s);
	for (int i = 0; i < s->n_clips; i++)
		as_text_list_done(&s->clips[i].warnings);
	as_solution_done(&s->solution);
	s->solved = false;
	as_engine_drop_outputs(s);
	as_engine_drop_hints(s);
	free(s->solve_clips);
	s->solve_clips = v;
	drop_pairs(s);
	s->generation++;
	pthread_mutex_unlock(&s->lock);
	return !as_engine_stopped(s);
}
