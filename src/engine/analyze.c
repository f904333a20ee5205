/* The phases of an analysis: group, load, solve. media.c has the first. */
#include <math.h>
#include <stdlib.h>
#include <string.h>
#include <sys/stat.h>

#include "engine/project_private.h"

/* ---- group ---- */

void as_engine_step_group(struct as_session *s)
{
	struct as_error err;
	if (as_engine_regroup(s, &err) != AS_OK)
		as_engine_break(s, &err);
	as_engine_emit(s, AS_EVENT_PLACED, 0);
}

/* ---- load ---- */

struct load_result {
	struct clip_load load;
	int64_t units; /* of the stage's progress, reported so far */
	char (*contents)[33]; /* of each file, for projects; or NULL */
};

struct load_watch {
	struct as_session *s;
	int clip;
	double last_s;
	struct load_result *result;
};

static double stated_s(const struct as_session *s, const struct session_clip *c)
{
	double sum = 0;
	for (int i = 0; i < c->n_files; i++) {
		double d = s->files[c->files[i]].info.duration_s;
		sum += isfinite(d) && d > 0 && d < 1e8 ? d : 0;
	}
	return sum;
}

static int64_t units_of(double seconds)
{
	return (int64_t)ceil(seconds);
}

static void load_progress(void *ctx, double decoded_s)
{
	struct load_watch *w = ctx;
	struct as_session *s = w->s;
	struct session_clip *c = &s->clips[w->clip];
	/* A second of sound is some milliseconds of work. */
	if (decoded_s - w->last_s < 1)
		return;
	double total_s = stated_s(s, c), part = total_s > 0 ? decoded_s / total_s : 0;
	int64_t units = units_of(fmin(decoded_s, total_s));
	pthread_mutex_lock(&s->lock);
	s->decoded_s += decoded_s - w->last_s;
	s->done += units - w->result->units;
	c->progress = part < 0.999 ? part : 0.999;
	s->generation++;
	int64_t done = s->done, total = s->total;
	pthread_mutex_unlock(&s->lock);
	w->last_s = decoded_s;
	w->result->units = units;
	as_engine_emit(s, AS_EVENT_CLIP, w->clip);
	as_engine_emit_progress(s, done, total);
}

/* Now, while the parts that are hashed are still in memory: loading has just looked at them. */
static void hash_contents(const struct as_session *s, const struct session_clip *c, struct load_result *r)
{
	struct stat st;
	r->contents = calloc((size_t)c->n_files, sizeof *r->contents);
	for (int i = 0; r->contents && i < c->n_files; i++) {
		if (as_file_content(s->files[c->files[i]].path, r->contents[i], &st, NULL) != AS_OK)
			r->contents[i][0] = '\0';
	}
}

static enum as_status load_run(struct as_job *job, struct as_error *err)
{
	struct load_watch w = {.s = job->owner, .clip = job->id};
	pthread_mutex_lock(&w.s->lock);
	w.s->clips[job->id].state = AS_CLIP_LOADING;
	w.s->generation++;
	pthread_mutex_unlock(&w.s->lock);
	as_engine_emit(w.s, AS_EVENT_CLIP, job->id);
	enum as_status status = as_engine_need_result(job, sizeof *w.result, err);
	w.result = as_engine_result(job);
	if (status == AS_OK)
		status = as_engine_load_clip(w.s, job->id, job->cancel, load_progress, &w,
					     &w.result->load, err);
	if (status == AS_OK)
		hash_contents(w.s, &w.s->clips[job->id], w.result);
	return status;
}

static void load_done(struct as_job *job, enum as_status status, const struct as_error *err)
{
	struct as_session *s = job->owner;
	struct session_clip *c = &s->clips[job->id];
	struct load_result *r = as_engine_result(job);
	int64_t units = units_of(stated_s(s, c)) - (r ? r->units : 0);
	pthread_mutex_lock(&s->lock);
	if (status == AS_OK) {
		as_engine_load_done(&c->load);
		c->load = r->load;
		c->state = AS_CLIP_READY;
		c->progress = 1;
		for (int i = 0; r->contents && i < c->n_files; i++)
			memcpy(s->files[c->files[i]].content, r->contents[i], sizeof *r->contents);
	} else {
		c->state = status == AS_CANCELLED ? AS_CLIP_PROBED : AS_CLIP_FAILED;
		c->progress = 0;
		if (status != AS_CANCELLED)
			as_engine_fail_text(&c->error, status, err);
	}
	pthread_mutex_unlock(&s->lock);
	if (r)
		free(r->contents);
	free(r);
	as_engine_emit(s, AS_EVENT_CLIP, job->id);
	as_engine_job_ended(s, units);
}

/* How long loading takes, in no unit: decoding costs by the channel, PCM a third of what codecs do. */
static double load_cost(const struct as_session *s, const struct session_clip *c)
{
	const struct as_media_info *info = &s->files[c->files[0]].info;
	const struct as_media_stream *st = info->n_streams > 0 ? &info->streams[0] : NULL;
	double factor = 1;
	if (st != NULL && st->rate_hz > 0)
		factor = st->channels * st->rate_hz * (strncmp(st->codec, "pcm_", 4) == 0 ? 0.33 : 1.0);
	return factor * stated_s(s, c);
}

/* The dearest first, so that no big one is left over for a single thread at the end. */
static void sort_by_cost(const struct as_session *s, int *ids, int n)
{
	for (int i = 1; i < n; i++) {
		int id = ids[i], k = i;
		double cost = load_cost(s, &s->clips[id]);
		for (; k > 0 && load_cost(s, &s->clips[ids[k - 1]]) < cost; k--)
			ids[k] = ids[k - 1];
		ids[k] = id;
	}
}

bool as_engine_lacks_signal(const struct session_clip *c)
{
	return c->state == AS_CLIP_READY && !c->load.blob.data;
}

double as_engine_clip_s(const struct as_session *s, int clip)
{
	const struct clip_sound *a = &s->clips[clip].load.sound;
	return (double)a->frames / a->rate_hz;
}

bool as_engine_can_hear(const struct as_session *s, const struct session_clip *c)
{
	return c->load.blob.data || as_engine_media_of(s, c) == AS_CLIP_MEDIA_PRESENT;
}

bool as_engine_submit_loads(struct as_session *s, const int *ids, int n)
{
	int64_t total = 0;
	for (int i = 0; i < n; i++)
		total += units_of(stated_s(s, &s->clips[ids[i]]));
	as_engine_enter_stage(s, AS_STAGE_LOAD, total);
	return as_engine_submit(s, ids, n, load_run, load_done);
}

/* What is known of clips was made by other rules: read again what there is to read. */
static void forget_stale(struct as_session *s)
{
	pthread_mutex_lock(&s->lock);
	as_engine_drop_results(s); /* remembered by the rules that made them */
	for (int i = 0; i < s->n_clips; i++) {
		s->clips[i].keep.key = 0;
		if (as_engine_lacks_signal(&s->clips[i]) && as_engine_can_hear(s, &s->clips[i]))
			s->clips[i].state = AS_CLIP_PROBED;
	}
	as_engine_recipe(s, s->recipe, sizeof s->recipe);
	s->stale = false;
	pthread_mutex_unlock(&s->lock);
}

/* Clips of a project are loaded when a match needs them: see match_rounds.c. */
bool as_engine_step_load(struct as_session *s)
{
	int n = 0, *ids = malloc(((size_t)s->n_clips + 1) * sizeof *ids);
	if (!ids) {
		as_engine_break_memory(s);
		return false;
	}
	if (s->stale)
		forget_stale(s);
	for (int i = 0; i < s->n_clips; i++) {
		const struct session_clip *c = &s->clips[i];
		if (c->state == AS_CLIP_PROBED ||
		    (s->goal == GOAL_SELFTEST && as_engine_lacks_signal(c) && as_engine_can_hear(s, c)))
			ids[n++] = i;
	}
	sort_by_cost(s, ids, n);
	bool started = as_engine_submit_loads(s, ids, n);
	free(ids);
	return started;
}

/* ---- solve ---- */

static double first_known(const struct as_session *s, const struct session_clip *c, bool tc)
{
	const struct as_media_info *m = &s->files[c->files[0]].info;
	return tc ? m->start_tc_s : m->created_s;
}

struct as_solve_clip as_engine_solve_clip(const struct as_session *s, const struct session_clip *c, bool stamps)
{
	struct as_solve_clip v = {
		.track = c->track, .order = c->order, .created_s = NAN, .start_tc_s = NAN};
	if (c->state != AS_CLIP_READY)
		return v;
	const struct clip_sound *a = &c->load.sound;
	v.duration_s = (double)a->frames / a->rate_hz;
	v.active = a->active;
	v.key = c->load.key;
	v.usable = a->active * v.duration_s >= MIN_ACTIVE_S &&
		   v.duration_s >= as_options_real(s->opt, "analysis.min_clip_s");
	if (stamps) {
		v.created_s = first_known(s, c, false);
		v.start_tc_s = first_known(s, c, true);
	}
	return v;
}

struct as_solve_clip *as_engine_solve_clips(struct as_session *s)
{
	struct as_solve_clip *v = calloc((size_t)s->n_clips + 1, sizeof *v);
	bool stamps = as_options_bool(s->opt, "analysis.use_timestamps");
	if (!v)
		as_engine_break_memory(s);
	for (int i = 0; v && i < s->n_clips; i++)
		v[i] = as_engine_solve_clip(s, &s->clips[i], stamps);
	return v;
}

bool as_engine_prepare_matching(struct as_session *s)
{
	struct as_solve_clip *v = as_engine_solve_clips(s);
	if (!v)
		return false;
	pthread_mutex_lock(&s->lock);
	as_engine_drop_results(s);
	s->solve_clips = v;
	s->generation++;
	pthread_mutex_unlock(&s->lock);
	as_engine_enter_stage(s, AS_STAGE_MATCH, 0);
	return true;
}

void as_engine_step_solve(struct as_session *s)
{
	struct as_solution sol = {0};
	struct as_error err;
	as_engine_enter_stage(s, AS_STAGE_SOLVE, 1);
	as_engine_drop_workspaces(s);
	if (s->n_files == 0) {
		as_fail(&err, AS_ERR_INVALID, "no recordings were given");
		as_engine_break(s, &err);
		as_engine_finish(s, err.status);
		return;
	}
	enum as_status status = as_engine_solve_around(s, &sol, &err);
	if (status != AS_OK) {
		as_solution_done(&sol);
		if (status != AS_CANCELLED)
			as_engine_break(s, &err);
		as_engine_finish(s, status);
		return;
	}
	pthread_mutex_lock(&s->lock);
	s->solution = sol;
	s->solved = true;
	as_engine_apply_locks(s, true);
	s->done = 1;
	s->generation++;
	pthread_mutex_unlock(&s->lock);
	as_engine_judge(s);
	as_engine_emit(s, AS_EVENT_PLACED, 0);
	as_engine_finish(s, AS_OK);
}
