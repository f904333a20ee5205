/* Auditions: one at a time, in a thread of their own, since playing lasts and nothing else should wait for it. */
#include <math.h>
#include <stdlib.h>
#include <string.h>

#include "engine/audition_private.h"
#include "media/encode.h"
#include "media/play.h"

struct audition_job {
	struct as_job job; /* first: the pool frees it */
	atomic_bool stop;
	struct audition_plan plan;
	char *path; /* to write, or NULL: to play */
	bool force;
};

struct audition_run {
	struct as_pool *pool; /* of one thread; immutable */
	/* Guarded by the session's lock. */
	struct audition_job *now; /* whose state this is, until it has ended; stopped ones before it end unseen */
	struct as_audition_state state;
	const struct as_player *player; /* of now, while it plays */
};

/* ---- what became of it ---- */

static void set_stage(struct audition_job *j, enum as_audition_stage stage, const struct as_player *player)
{
	struct as_session *s = j->job.owner;
	pthread_mutex_lock(&s->lock);
	bool mine = s->audition->now == j, new = mine && s->audition->state.stage != stage;
	if (mine) {
		s->audition->state.stage = stage;
		s->audition->player = player;
	}
	pthread_mutex_unlock(&s->lock);
	if (new)
		as_engine_emit(s, AS_EVENT_AUDITION, 0);
}

static void set_at(struct audition_job *j, int64_t frames)
{
	struct as_session *s = j->job.owner;
	pthread_mutex_lock(&s->lock);
	if (s->audition->now == j)
		s->audition->state.at_s = j->plan.begin_s + (double)frames / AS_AUDITION_RATE_HZ;
	pthread_mutex_unlock(&s->lock);
}

static void ended(struct as_job *job, enum as_status status, const struct as_error *err)
{
	struct audition_job *j = (struct audition_job *)job;
	struct as_session *s = job->owner;
	pthread_mutex_lock(&s->lock);
	bool mine = s->audition->now == j;
	if (mine) {
		struct as_audition_state *t = &s->audition->state;
		s->audition->now = NULL;
		t->stage = status == AS_OK ? AS_AUDITION_DONE : status == AS_CANCELLED ? AS_AUDITION_STOPPED : AS_AUDITION_FAILED;
		if (status == AS_OK)
			t->at_s = t->end_s;
		else if (status != AS_CANCELLED)
			t->error = *err;
	}
	pthread_mutex_unlock(&s->lock);
	if (mine)
		as_engine_emit(s, AS_EVENT_AUDITION, 0);
	as_audition_plan_done(&j->plan);
	free(j->path);
}

/* ---- the thread ---- */

static enum as_status play_all(struct audition_job *j, struct audition_mixer *m, struct as_player *p, struct as_error *err)
{
	enum as_status status = AS_OK;
	while (status == AS_OK) {
		const float *pcm;
		int64_t n;
		status = as_audition_mixer_next(m, &pcm, &n, err);
		if (status == AS_OK)
			status = as_player_write(p, pcm, n, &j->stop, err);
	}
	return status == AS_EOF ? as_player_drain(p, &j->stop, err) : status;
}

static enum as_status play(struct audition_job *j, struct audition_mixer *m, struct as_error *err)
{
	struct as_player *p = as_player_open(AS_AUDITION_RATE_HZ, AUDITION_CHANNELS, err);
	if (!p)
		return AS_ERR_IO;
	set_stage(j, AS_AUDITION_PLAYING, p);
	enum as_status status = play_all(j, m, p, err);
	set_at(j, as_player_heard(p));
	set_stage(j, AS_AUDITION_PLAYING, NULL); /* nobody looks at p from here on */
	as_player_close(p);
	return status;
}

static enum as_status write_all(struct audition_job *j, struct audition_mixer *m, struct as_encoder *e, struct as_error *err)
{
	int64_t done = 0;
	enum as_status status = AS_OK;
	while (status == AS_OK) {
		const float *pcm;
		int64_t n;
		status = as_audition_mixer_next(m, &pcm, &n, err);
		if (status == AS_OK)
			status = as_encoder_write(e, pcm, n, err);
		if (status == AS_OK)
			set_at(j, done += n);
	}
	return status == AS_EOF ? AS_OK : status;
}

static enum as_status write_file(struct audition_job *j, struct audition_mixer *m, struct as_error *err)
{
	const struct as_encode_spec spec = {.format = AS_AUDIO_WAV,
					    .rate_hz = AS_AUDITION_RATE_HZ,
					    .channels = AUDITION_CHANNELS,
					    .bit_depth = 24,
					    .total_frames = j->plan.frames,
					    .aligned = true, /* it may lie among the recordings, and is none */
					    .time_reference_s = NAN};
	struct as_encoder *e = as_encoder_open(j->path, &spec, j->force, err);
	if (!e)
		return err->status;
	enum as_status status = write_all(j, m, e, err);
	if (status == AS_OK)
		return as_encoder_close(e, err);
	as_encoder_abort(e);
	return status;
}

static enum as_status run(struct as_job *job, struct as_error *err)
{
	struct audition_job *j = (struct audition_job *)job;
	enum as_status status = AS_OK;
	if (j->path) {
		set_stage(j, AS_AUDITION_WRITING, NULL);
		status = as_audition_measure(&j->plan, &j->stop, err);
	}
	struct audition_mixer *m = status == AS_OK ? as_audition_mixer_open(&j->plan, &j->stop, err) : NULL;
	if (m)
		status = j->path ? write_file(j, m, err) : play(j, m, err);
	else if (status == AS_OK)
		status = err->status;
	as_audition_mixer_close(m);
	return atomic_load(&j->stop) ? AS_CANCELLED : status;
}

/* ---- the front end's side ---- */

static enum as_status need_run(struct as_session *s, struct as_error *err)
{
	if (s->audition)
		return AS_OK;
	struct audition_run *r = calloc(1, sizeof *r);
	if (!r)
		return as_fail(err, AS_ERR_MEMORY, "audition: out of memory");
	if (!(r->pool = as_pool_new(1, err))) {
		free(r);
		return AS_ERR_MEMORY;
	}
	pthread_mutex_lock(&s->lock);
	s->audition = r;
	pthread_mutex_unlock(&s->lock);
	return AS_OK;
}

/* Takes the job's place in the state. With the lock. */
static void begin(struct audition_run *r, struct audition_job *j)
{
	if (r->now)
		atomic_store(&r->now->stop, true);
	r->now = j;
	r->player = NULL;
	r->state = (struct as_audition_state){
		.stage = AS_AUDITION_STARTING,
		.written = j->path != NULL,
		.what = j->plan.what,
		.at_s = j->plan.begin_s,
		.begin_s = j->plan.begin_s,
		.end_s = j->plan.begin_s + (double)j->plan.frames / AS_AUDITION_RATE_HZ,
	};
}

static enum as_status start(struct as_session *s, const struct as_audition *what, const char *path, bool force,
			    struct as_error *err)
{
	enum as_status status = need_run(s, err);
	if (status != AS_OK)
		return status;
	struct audition_job *j = calloc(1, sizeof *j);
	if (!j || (path && !(j->path = strdup(path)))) {
		free(j);
		return as_fail(err, AS_ERR_MEMORY, "audition: out of memory");
	}
	j->job = (struct as_job){.run = run, .done = ended, .owner = s, .cancel = &j->stop};
	j->force = force;
	pthread_mutex_lock(&s->lock);
	status = path ? as_engine_check_target(s, path, force, err) : AS_OK;
	if (status == AS_OK)
		status = as_audition_plan(s, what, &j->plan, err);
	if (status == AS_OK)
		begin(s->audition, j);
	pthread_mutex_unlock(&s->lock);
	if (status != AS_OK) {
		free(j->path);
		free(j);
		return status;
	}
	as_engine_emit(s, AS_EVENT_AUDITION, 0);
	as_pool_submit(s->audition->pool, &j->job);
	return AS_OK;
}

enum as_status as_session_audition(struct as_session *s, const struct as_audition *what, struct as_error *err)
{
	return start(s, what, NULL, false, err);
}

enum as_status as_session_audition_write(struct as_session *s, const struct as_audition *what, const char *path, bool force,
					 struct as_error *err)
{
	if (!path || !path[0])
		return as_fail(err, AS_ERR_INVALID, "audition: a file to write needs a name");
	return start(s, what, path, force, err);
}

void as_session_audition_stop(struct as_session *s)
{
	pthread_mutex_lock(&s->lock);
	if (s->audition && s->audition->now)
		atomic_store(&s->audition->now->stop, true);
	pthread_mutex_unlock(&s->lock);
}

bool as_session_audition_state(struct as_session *s, struct as_audition_state *out)
{
	struct as_audition_state t = {0};
	pthread_mutex_lock(&s->lock);
	const struct audition_run *r = s->audition;
	if (r) {
		t = r->state;
		if (r->player)
			t.at_s = fmin(t.end_s, t.begin_s + (double)as_player_heard(r->player) / AS_AUDITION_RATE_HZ);
	}
	pthread_mutex_unlock(&s->lock);
	if (out)
		*out = t;
	return t.stage == AS_AUDITION_STARTING || t.stage == AS_AUDITION_PLAYING || t.stage == AS_AUDITION_WRITING;
}

void as_engine_drop_audition(struct as_session *s)
{
	as_session_audition_stop(s);
	if (!s->audition)
		return;
	as_pool_free(s->audition->pool);
	free(s->audition);
	s->audition = NULL;
}
