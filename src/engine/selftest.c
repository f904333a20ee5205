/* The self-test as a run of a session: draw stretches, read them, look for them, batch by batch; report. */
#include <math.h>
#include <stdlib.h>
#include <string.h>

#include "engine/session_private.h"

enum { PHASE_DRAW, PHASE_READ, PHASE_LOOK };

enum as_status as_session_selftest(struct as_session *s, const struct as_selftest_config *cfg,
				   struct as_error *err)
{
	enum as_status status = as_engine_check_idle(s, err);
	if (status != AS_OK)
		return status;
	if (cfg->trials < 1 || cfg->trials > AS_SELFTEST_TRIALS_MAX)
		return as_fail(err, AS_ERR_INVALID, "self-test: 1 to %d trials, not %d",
			       AS_SELFTEST_TRIALS_MAX, cfg->trials);
	pthread_mutex_lock(&s->lock);
	as_selftest_run_done(&s->selftest);
	s->selftest.cfg = *cfg;
	pthread_mutex_unlock(&s->lock);
	return as_engine_start(s, GOAL_SELFTEST, err);
}

/* ---- reading ---- */

/* What a job reads of one clip: the sound of its stretches of the batch. */
struct catch
{
	int stretch;
	float *sound;
};

struct reading {
	const struct selftest_run *run;
	struct catch *catches;
	int n;
	int64_t at, end; /* samples seen; where the last of them ends */
};

static bool on_sound(void *ctx, const float *v, int n)
{
	struct reading *r = ctx;
	for (int i = 0; i < r->n; i++) {
		const struct selftest_stretch *t = &r->run->stretches[r->catches[i].stretch];
		int64_t from = t->first > r->at ? t->first : r->at,
			to = t->first + t->n < r->at + n ? t->first + t->n : r->at + n;
		if (from < to)
			memcpy(r->catches[i].sound + (from - t->first), v + (from - r->at),
			       (size_t)(to - from) * sizeof *v);
	}
	r->at += n;
	return r->at < r->end;
}

static void reading_done(struct reading *r)
{
	for (int i = 0; r && i < r->n; i++)
		free(r->catches[i].sound);
	if (r)
		free(r->catches);
	free(r);
}

static enum as_status prepare(const struct selftest_run *run, int clip, struct reading *r,
			      struct as_error *err)
{
	r->run = run;
	r->catches = calloc((size_t)as_selftest_batch_count(run, clip) + 1, sizeof *r->catches);
	for (int i = run->from; r->catches && i < run->to; i++) {
		const struct selftest_stretch *t = &run->stretches[i];
		if (t->clip != clip)
			continue;
		float *sound = calloc((size_t)t->n + 1, sizeof *sound);
		if (!sound)
			return as_fail(err, AS_ERR_MEMORY, "self-test: out of memory");
		r->catches[r->n++] = (struct catch){i, sound};
		r->end = t->first + t->n > r->end ? t->first + t->n : r->end;
	}
	return r->catches ? AS_OK : as_fail(err, AS_ERR_MEMORY, "self-test: out of memory");
}

static enum as_status read_run(struct as_job *job, struct as_error *err)
{
	struct as_session *s = job->owner;
	struct clip_sound sound;
	enum as_status status = as_engine_need_result(job, sizeof(struct reading), err);
	struct reading *r = as_engine_result(job);
	if (status == AS_OK)
		status = prepare(&s->selftest, job->id, r, err);
	if (status == AS_OK)
		status = as_engine_read_clip(s, job->id, job->cancel, on_sound, r, NULL, NULL,
					     &sound, NULL, err);
	/* The sink stops it where the last stretch ends. */
	return status == AS_CANCELLED && r->at >= r->end ? AS_OK : status;
}

static void read_done(struct as_job *job, enum as_status status, const struct as_error *err)
{
	struct as_session *s = job->owner;
	struct reading *r = as_engine_result(job);
	if (status == AS_OK) {
		pthread_mutex_lock(&s->lock);
		for (int i = 0; i < r->n; i++) {
			s->selftest.stretches[r->catches[i].stretch].sound = r->catches[i].sound;
			r->catches[i].sound = NULL;
		}
		pthread_mutex_unlock(&s->lock);
	} else if (status == AS_ERR_MEMORY) {
		as_engine_break(s, err);
	} else if (status != AS_CANCELLED) {
		as_engine_warn(s, "%s", err->msg);
	}
	reading_done(r);
	as_engine_job_ended(s, as_selftest_batch_count(&s->selftest, job->id));
}

/* ---- looking ---- */

/* Other sound of the same length: of another clip if there is any in the batch, of the same one, or the stretch's own. */
static const struct selftest_stretch *find_noise(const struct selftest_run *run, int stretch)
{
	const struct selftest_stretch *t = &run->stretches[stretch], *found = t;
	int n = run->to - run->from;
	for (int i = 1; i < n; i++) {
		const struct selftest_stretch *o =
			&run->stretches[run->from + (stretch - run->from + i) % n];
		if (o->length != t->length || !o->sound)
			continue;
		if (o->clip != t->clip)
			return o;
		found = found == t ? o : found;
	}
	return found;
}

struct looking {
	struct selftest_outcome out[SELFTEST_LOOKS];
};

static enum as_status look_run(struct as_job *job, struct as_error *err)
{
	struct as_session *s = job->owner;
	const struct selftest_stretch *t = &s->selftest.stretches[job->id];
	const struct clip_load *clip = &s->clips[t->clip].load;
	struct as_match_config match = s->match_cfg;
	struct selftest_look l = {.clip = &clip->signal,
				  .stretch = t,
				  .noise = find_noise(&s->selftest, job->id),
				  .match = &match,
				  .solve = &s->solve_cfg,
				  .cancel = job->cancel};
	enum as_status status = as_engine_need_result(job, sizeof(struct looking), err);
	struct looking *r = as_engine_result(job);
	match.max_offset_s = 0; /* a stretch may come from anywhere */
	match.ws = as_engine_take_workspace(s);
	for (int i = 0; status == AS_OK && i < SELFTEST_LOOKS; i++)
		status = as_selftest_look(&l, i, &r->out[i], err);
	as_engine_return_workspace(s, match.ws);
	as_blob_rest(&clip->blob);
	return status;
}

static void look_done(struct as_job *job, enum as_status status, const struct as_error *err)
{
	struct as_session *s = job->owner;
	struct looking *r = as_engine_result(job);
	if (status == AS_OK) {
		struct selftest_stretch *t = &s->selftest.stretches[job->id];
		pthread_mutex_lock(&s->lock);
		memcpy(t->out, r->out, sizeof t->out);
		t->done = true;
		pthread_mutex_unlock(&s->lock);
	} else if (status != AS_CANCELLED) {
		as_engine_break(s, err);
	}
	free(r);
	as_engine_job_ended(s, SELFTEST_LOOKS);
}

/* ---- the run ---- */

static void fail(struct as_session *s, const struct as_error *err)
{
	as_engine_break(s, err);
	as_engine_finish(s, err->status);
}

/* False when the run has ended. */
static bool draw(struct as_session *s)
{
	struct as_error err = {0};
	struct selftest_run *r = &s->selftest;
	struct selftest_source *sources = calloc((size_t)s->n_clips + 1, sizeof *sources);
	int n = 0;
	for (int i = 0; sources && i < s->n_clips; i++) {
		const struct clip_load *c = &s->clips[i].load;
		if (s->clips[i].state == AS_CLIP_READY)
			sources[n++] = (struct selftest_source){i, c->key, &c->signal};
	}
	enum as_status status = sources ? as_selftest_draw(r, sources, n, &err)
					: as_fail(&err, AS_ERR_MEMORY, "self-test: out of memory");
	free(sources);
	if (status == AS_OK && r->n_stretches == 0)
		status = as_fail(&err, AS_ERR_NO_AUDIO,
				 "self-test: no file has %.0f s of sound fit for matching",
				 2 * as_selftest_lengths_s[0]);
	if (status != AS_OK) {
		fail(s, &err);
		return false;
	}
	/* Reading a stretch counts as much as one look for it. */
	as_engine_enter_stage(s, AS_STAGE_SELFTEST, (int64_t)r->n_stretches * (SELFTEST_LOOKS + 1));
	return true;
}

static bool start_reading(struct as_session *s)
{
	struct selftest_run *r = &s->selftest;
	int n = 0, *ids = malloc(((size_t)r->n_clips + 1) * sizeof *ids);
	if (!ids) {
		as_engine_break_memory(s);
		return false;
	}
	for (int i = 0; i < r->n_clips; i++) {
		if (as_selftest_batch_count(r, r->clips[i]) > 0)
			ids[n++] = r->clips[i];
	}
	bool started = as_engine_submit(s, ids, n, read_run, read_done);
	free(ids);
	return started;
}

static bool start_looking(struct as_session *s)
{
	struct selftest_run *r = &s->selftest;
	int n = 0, *ids = malloc((size_t)(r->to - r->from + 1) * sizeof *ids);
	if (!ids) {
		as_engine_break_memory(s);
		return false;
	}
	/* The long ones first, so that none is left over for a single thread at the end. */
	for (int i = r->to - 1; i >= r->from; i--) {
		if (r->stretches[i].sound)
			ids[n++] = i;
	}
	bool started = as_engine_submit(s, ids, n, look_run, look_done);
	free(ids);
	return started;
}

static void finish(struct as_session *s)
{
	struct as_error err = {0};
	as_engine_drop_workspaces(s);
	pthread_mutex_lock(&s->lock);
	enum as_status status = as_selftest_report(&s->selftest, &err);
	pthread_mutex_unlock(&s->lock);
	if (status == AS_OK)
		as_engine_finish(s, AS_OK);
	else
		fail(s, &err);
}

bool as_engine_step_selftest(struct as_session *s)
{
	struct selftest_run *r = &s->selftest;
	while (!as_engine_stopped(s)) {
		switch (r->phase) {
		case PHASE_DRAW:
			if (!draw(s))
				return true;
			r->phase = PHASE_READ;
			break;
		case PHASE_READ:
			if (!as_selftest_next_batch(r)) {
				finish(s);
				return true;
			}
			r->phase = PHASE_LOOK;
			if (start_reading(s))
				return true;
			break;
		case PHASE_LOOK:
			r->phase = PHASE_READ;
			if (start_looking(s))
				return true;
			break;
		}
	}
	return false;
}
