/* The state machine of a run. A phase is a batch of jobs; the job that ends last takes the next
 * step, so that no thread ever waits for another. */
#include <stdlib.h>
#include <string.h>

#include "engine/session_private.h"

bool as_engine_stopped(const struct as_session *s)
{
	return atomic_load(&s->cancel);
}

void as_engine_break_memory(struct as_session *s)
{
	struct as_error err;
	as_fail(&err, AS_ERR_MEMORY, "out of memory");
	as_engine_break(s, &err);
}

void as_engine_finish(struct as_session *s, enum as_status outcome)
{
	pthread_mutex_lock(&s->lock);
	s->outcome = s->error.status != AS_OK ? s->error.status : outcome;
	s->stage = AS_STAGE_IDLE;
	s->busy = false;
	s->unreported = true;
	if (s->goal != GOAL_EXPORT)
		s->edit_id = ++s->edit_last; /* what was saved meanwhile is not this */
	s->generation++;
	pthread_mutex_unlock(&s->lock);
	as_engine_emit(s, AS_EVENT_DONE, 0);
	as_engine_fetch_waves(s);
}

void as_engine_enter_stage(struct as_session *s, enum as_stage stage, int64_t total)
{
	pthread_mutex_lock(&s->lock);
	s->stage = stage;
	s->done = 0;
	s->total = total;
	s->generation++;
	pthread_mutex_unlock(&s->lock);
	as_engine_emit(s, AS_EVENT_STAGE, (int)stage);
}

void as_engine_emit_progress(struct as_session *s, int64_t done, int64_t total)
{
	as_event_push(s->events,
		      (struct as_event){.kind = AS_EVENT_PROGRESS, .done = done, .total = total});
}

void as_engine_job_ended(struct as_session *s, int64_t units)
{
	pthread_mutex_lock(&s->lock);
	s->done += units;
	s->generation++;
	int64_t done = s->done, total = s->total;
	pthread_mutex_unlock(&s->lock);
	as_engine_emit_progress(s, done, total);
	/* The last thing that this job does, unless it steps: another may end the run from here
	 * on. */
	pthread_mutex_lock(&s->lock);
	bool last = --s->pending == 0;
	pthread_mutex_unlock(&s->lock);
	if (last)
		as_engine_step(s);
}

bool as_engine_submit(struct as_session *s, const int *ids, int n, job_run run, job_done done)
{
	struct as_job *first = NULL, **tail = &first;
	for (int i = 0; i < n; i++) {
		struct session_job *j = calloc(1, sizeof *j);
		if (!j) {
			while (first) {
				struct as_job *next = first->next;
				free(first);
				first = next;
			}
			as_engine_break_memory(s);
			return false;
		}
		j->job = (struct as_job){
			.run = run, .done = done, .owner = s, .id = ids[i], .cancel = &s->cancel};
		*tail = &j->job;
		tail = &j->job.next;
	}
	pthread_mutex_lock(&s->lock);
	s->pending = n;
	pthread_mutex_unlock(&s->lock);
	while (first) {
		struct as_job *next = first->next;
		as_pool_submit(s->pool, first);
		first = next;
	}
	return n > 0;
}

void *as_engine_result(struct as_job *job)
{
	return ((struct session_job *)job)->result;
}

enum as_status as_engine_need_result(struct as_job *job, size_t bytes, struct as_error *err)
{
	struct session_job *j = (struct session_job *)job;
	j->result = calloc(1, bytes);
	return j->result ? AS_OK : as_fail(err, AS_ERR_MEMORY, "out of memory");
}

void as_engine_fail_text(char **error, enum as_status status, const struct as_error *err)
{
	free(*error);
	*error = strdup(err->msg[0] ? err->msg : as_status_name(status));
}

/* Enters phases until one of them has jobs that run; returns then, and the last of them calls
 * again. */
void as_engine_step(struct as_session *s)
{
	while (!as_engine_stopped(s) || s->stage == AS_STAGE_EXPORT) {
		if (s->goal == GOAL_DRIFT && s->stage >= AS_STAGE_LOAD) {
			if (as_engine_step_drift(s))
				return;
			break;
		}
		switch (s->stage) {
		case AS_STAGE_REPAIR:
		case AS_STAGE_CHECK:
			break; /* the drift tool's own */
		case AS_STAGE_IDLE:
			if (s->goal == GOAL_SOLVE) {
				if (!as_engine_step_again(s))
					break;
				if (s->stage == AS_STAGE_MATCH)
					continue;
				as_engine_step_solve(s);
				return;
			}
			if (as_engine_step_probe(s))
				return;
			break;
		case AS_STAGE_PROBE:
			if (s->goal == GOAL_EXPORT) {
				if (as_engine_step_export(s))
					return;
				break;
			}
			as_engine_step_group(s);
			if (as_engine_stopped(s))
				break;
			if (s->goal == GOAL_PROBE) {
				as_engine_finish(s, AS_OK);
				return;
			}
			if (as_engine_step_load(s))
				return;
			break;
		case AS_STAGE_SELFTEST:
			if (as_engine_step_selftest(s))
				return;
			break;
		case AS_STAGE_LOAD:
			if (s->goal == GOAL_SELFTEST) {
				if (as_engine_step_selftest(s))
					return;
				break;
			}
			if (!as_engine_prepare_matching(s))
				break;
			/* fall through */
		case AS_STAGE_MATCH:
			if (as_engine_step_match(s))
				return;
			if (!as_engine_stopped(s)) {
				as_engine_step_solve(s);
				return;
			}
			break;
		case AS_STAGE_EXPORT:
			if (!as_engine_step_documents(s))
				as_engine_end_export(s);
			return;
		case AS_STAGE_SOLVE:
			return;
		}
	}
	as_engine_finish(s, AS_CANCELLED);
}
