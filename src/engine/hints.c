/* Hints for the solver where there are too many pairs to search them all: landmarks of every clip, an index of them, and
 * what the index says of every pair. */
#include <stdlib.h>

#include "engine/session_private.h"

/* ---- landmarks ---- */

static enum as_status mark_run(struct as_job *job, struct as_error *err)
{
	struct as_session *s = job->owner;
	struct clip_load *l = &s->clips[job->id].load;
	enum as_status status = as_engine_need_result(job, sizeof(struct as_landmarks), err);
	if (status == AS_OK)
		status = as_landmarks_find(&l->signal, job->cancel, as_engine_result(job), err);
	as_blob_rest(&l->blob);
	return status;
}

static void mark_done(struct as_job *job, enum as_status status, const struct as_error *err)
{
	struct as_session *s = job->owner;
	struct clip_load *l = &s->clips[job->id].load;
	struct as_landmarks *r = as_engine_result(job);
	if (status == AS_OK) {
		pthread_mutex_lock(&s->lock);
		l->marks = *r;
		l->marked = true;
		pthread_mutex_unlock(&s->lock);
	} else if (status != AS_CANCELLED) {
		as_engine_break(s, err);
	}
	free(r);
	as_engine_job_ended(s, 1);
}

/* ---- asking ---- */

static enum as_status ask_run(struct as_job *job, struct as_error *err)
{
	struct as_session *s = job->owner;
	enum as_status status = as_engine_need_result(job, sizeof(struct as_hints), err);
	if (status == AS_OK)
		status = as_index_query(s->index, job->id, job->cancel, as_engine_result(job), err);
	return status;
}

static void ask_done(struct as_job *job, enum as_status status, const struct as_error *err)
{
	struct as_session *s = job->owner;
	struct as_hints *r = as_engine_result(job);
	bool ok = true;
	if (status == AS_OK) {
		pthread_mutex_lock(&s->lock);
		ok = as_hints_add(&s->hints, r->v, r->n);
		pthread_mutex_unlock(&s->lock);
	} else if (status != AS_CANCELLED) {
		as_engine_break(s, err);
	}
	if (!ok)
		as_engine_break_memory(s);
	if (r)
		as_hints_done(r);
	free(r);
	as_engine_job_ended(s, 1);
}

/* ---- steps ---- */

static bool run_all(struct as_session *s, enum hint_state state, job_run run, job_done done)
{
	int n = 0, *ids = malloc(((size_t)s->n_clips + 1) * sizeof *ids);
	if (!ids) {
		as_engine_break_memory(s);
		return false;
	}
	for (int i = 0; i < s->n_clips; i++) {
		if (s->solve_clips[i].usable && s->clips[i].load.blob.data &&
		    !(state == HINTS_MARKING && s->clips[i].load.marked))
			ids[n++] = i;
	}
	pthread_mutex_lock(&s->lock);
	s->hint_state = state;
	s->total += n;
	s->generation++;
	pthread_mutex_unlock(&s->lock);
	bool started = as_engine_submit(s, ids, n, run, done);
	free(ids);
	return started;
}

static bool build_index(struct as_session *s)
{
	struct as_error err;
	struct as_index_clip *v = calloc((size_t)s->n_clips + 1, sizeof *v);
	if (!v) {
		as_engine_break_memory(s);
		return false;
	}
	for (int i = 0; i < s->n_clips; i++) {
		const struct as_solve_clip *c = &s->solve_clips[i];
		if (c->usable && s->clips[i].load.blob.data)
			v[i] = (struct as_index_clip){&s->clips[i].load.marks, c->track, c->key};
	}
	enum as_status status =
		as_index_new(v, s->n_clips, s->solve_cfg.takes, &s->cancel, &s->index, &err);
	free(v);
	if (status != AS_OK && status != AS_CANCELLED)
		as_engine_break(s, &err);
	return status == AS_OK;
}

/* Landmarks are looked for in signals: those of a project's clips are loaded first. True: jobs run. */
static bool load_all(struct as_session *s)
{
	int n = 0, *ids = malloc(((size_t)s->n_clips + 1) * sizeof *ids);
	if (!ids) {
		as_engine_break_memory(s);
		return false;
	}
	for (int i = 0; i < s->n_clips; i++) {
		if (s->solve_clips[i].usable && as_engine_lacks_signal(&s->clips[i]) &&
		    as_engine_can_hear(s, &s->clips[i]))
			ids[n++] = i;
	}
	bool started = n > 0 && as_engine_submit_loads(s, ids, n);
	free(ids);
	return started;
}

bool as_engine_step_hints(struct as_session *s)
{
	if (s->hint_state == HINTS_NONE && load_all(s))
		return true;
	if (as_engine_stopped(s))
		return false;
	if (s->hint_state == HINTS_NONE && run_all(s, HINTS_MARKING, mark_run, mark_done))
		return true;
	if (as_engine_stopped(s))
		return false;
	if (s->hint_state == HINTS_MARKING) {
		if (!build_index(s))
			return false;
		if (run_all(s, HINTS_ASKING, ask_run, ask_done))
			return true;
	}
	if (as_engine_stopped(s))
		return false;
	as_index_free(s->index);
	s->index = NULL;
	as_hints_sort(&s->hints);
	s->hint_state = HINTS_READY;
	return false;
}

void as_engine_drop_hints(struct as_session *s)
{
	as_index_free(s->index);
	s->index = NULL;
	as_hints_done(&s->hints);
	s->hint_state = HINTS_NONE;
}
