/* The drift tool as a run of a session: read both files, measure, write the corrected one, measure it. */
#include <errno.h>
#include <math.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/stat.h>

#include "base/text.h"
#include "engine/session_private.h"

#define TRACK_REFERENCE "reference"
#define TRACK_FILE "file"

enum { PHASE_MEASURE, PHASE_WRITE, PHASE_CHECK, PHASE_END };

void as_drift_run_done(struct drift_run *r)
{
	free(r->reference);
	free(r->file);
	free(r->output);
	*r = (struct drift_run){0};
}

/* ---- the beginning ---- */

static enum as_status check_file(const char *path, struct as_error *err)
{
	struct stat st;
	if (stat(path, &st) != 0)
		return as_fail_errno(err, path, NULL);
	return S_ISDIR(st.st_mode) ? as_fail(err, AS_ERR_INVALID, "%s: is a folder; give one file", path)
				   : AS_OK;
}

/* Where the name says no format, that of the settings is added. */
static char *name_output(const struct as_session *s, const char *output)
{
	if (strrchr(as_path_base(output), '.') != NULL)
		return strdup(output);
	const char *extension = as_audio_extension(as_engine_audio_format(s));
	size_t n = strlen(output) + strlen(extension) + 2;
	char *named = malloc(n);
	if (named != NULL)
		snprintf(named, n, "%s.%s", output, extension);
	return named;
}

static enum as_status check_config(const struct as_session *s, const struct as_drift_config *cfg,
				   struct as_error *err)
{
	enum as_audio_format format;
	enum as_mux_container container;
	if (cfg->file == NULL || s->n_files > 0)
		return as_fail(err, AS_ERR_INVALID, "drift: needs one file and a session of its own");
	if (cfg->reference == NULL && !(fabs(cfg->ppm) <= AS_DRIFT_PPM_MAX))
		return as_fail(err, AS_ERR_INVALID, "drift: %g ppm is not within %g", cfg->ppm,
			       AS_DRIFT_PPM_MAX);
	enum as_status status = check_file(cfg->file, err);
	if (status == AS_OK && cfg->reference != NULL)
		status = check_file(cfg->reference, err);
	if (status == AS_OK && cfg->output != NULL)
		status = as_drift_format(s, cfg->output, &format, &container, err);
	return status;
}

static enum as_status take(struct as_session *s, const struct as_drift_config *cfg,
			   struct as_error *err)
{
	struct drift_run *r = &s->drift;
	r->ppm = cfg->ppm;
	r->force = cfg->force;
	r->used_ppm = r->output_s = r->left_ppm = r->left_err_ppm = NAN;
	r->clips[0] = r->clips[1] = -1;
	r->file = strdup(cfg->file);
	r->reference = cfg->reference != NULL ? strdup(cfg->reference) : NULL;
	r->output = cfg->output != NULL ? name_output(s, cfg->output) : NULL;
	if (r->file == NULL || (cfg->reference != NULL && r->reference == NULL) ||
	    (cfg->output != NULL && r->output == NULL))
		return as_fail(err, AS_ERR_MEMORY, "drift: out of memory");
	enum as_status status = AS_OK;
	if (r->reference != NULL)
		status = as_session_add(s, r->reference, TRACK_REFERENCE, err);
	if (status == AS_OK)
		status = as_session_add(s, r->file, TRACK_FILE, err);
	if (status == AS_OK && s->n_files != (r->reference != NULL ? 2 : 1))
		return as_fail(err, AS_ERR_INVALID, "%s: is the reference itself", r->file);
	if (status == AS_OK && r->output != NULL)
		status = as_engine_check_target(s, r->output, r->force, err);
	return status;
}

enum as_status as_session_drift(struct as_session *s, const struct as_drift_config *cfg,
				struct as_error *err)
{
	struct as_error own = {0};
	enum as_status status = as_engine_check_idle(s, &own);
	if (status == AS_OK)
		status = check_config(s, cfg, &own);
	if (status == AS_OK) {
		as_drift_run_done(&s->drift);
		status = take(s, cfg, &own);
	}
	if (status == AS_OK)
		status = as_engine_start(s, GOAL_DRIFT, &own);
	if (err != NULL && status != AS_OK)
		*err = own;
	return status;
}

/* ---- measuring ---- */

static enum as_status match(struct as_session *s, const struct as_signal *a, const struct as_signal *b,
			    const atomic_bool *cancel, struct drift_fit *out, struct as_error *err)
{
	struct as_match_config cfg = s->match_cfg;
	cfg.max_offset_s = 0;
	cfg.ws = as_engine_take_workspace(s);
	enum as_status status = as_match_pair(a, b, &cfg, cancel, &out->match, err);
	as_engine_return_workspace(s, cfg.ws);
	if (status == AS_OK)
		as_drift_judge(out, (double)b->n / b->rate_hz,
			       as_options_real(s->opt, "confidence.weak"),
			       as_options_real(s->opt, "confidence.min_margin"));
	if (status == AS_NO_MATCH)
		out->fit = (struct as_drift_fit){.result = AS_DRIFT_NO_MATCH,
						 .offset_s = NAN,
						 .offset_err_s = NAN,
						 .drift_ppm = NAN,
						 .drift_err_ppm = NAN,
						 .wander_s = NAN,
						 .p_false = 1};
	return status == AS_NO_MATCH ? AS_OK : status;
}

static enum as_status measure(struct as_session *s, const atomic_bool *cancel, struct as_error *err)
{
	struct drift_run *r = &s->drift;
	const struct clip_load *a = &s->clips[r->clips[0]].load, *b = &s->clips[r->clips[1]].load;
	enum as_status status = match(s, &a->signal, &b->signal, cancel, &r->found, err);
	if (status == AS_OK && r->found.fit.result == AS_DRIFT_MEASURED)
		r->used_ppm = r->found.fit.drift_ppm;
	else if (status == AS_OK && r->output != NULL)
		as_engine_warn(s, "%s: not written: there is no measured drift to take out", r->output);
	return status;
}

/* ---- measuring again ---- */

struct output_source {
	struct as_session *s;
	const atomic_bool *cancel;
};

static void on_reading(void *ctx, double decoded_s)
{
	struct as_session *s = ctx;
	pthread_mutex_lock(&s->lock);
	s->done = (int64_t)decoded_s;
	s->generation++;
	int64_t done = s->done, total = s->total;
	pthread_mutex_unlock(&s->lock);
	as_engine_emit_progress(s, done, total);
}

struct feed {
	as_load_sink sink;
	void *sink_ctx;
	struct as_session *s;
};

static bool on_sound(void *ctx, const float *v, int n)
{
	struct feed *f = ctx;
	return f->sink(f->sink_ctx, v, n);
}

static void on_decoded(void *ctx, double decoded_s)
{
	on_reading(((struct feed *)ctx)->s, decoded_s);
}

/* The stream of the output that the one measured has become. */
static int output_stream(const struct drift_run *r, const struct as_session *s)
{
	const struct session_clip *c = &s->clips[r->clips[1]];
	const struct as_media_info *m = &s->files[c->files[0]].info;
	for (int i = 0; r->all_streams && i < m->n_streams; i++) {
		if (m->streams[i].index == c->load.sound.stream_index)
			return i;
	}
	return 0;
}

static enum as_status read_output(void *ctx, as_load_sink sink, void *sink_ctx,
				  struct clip_sound *sound, struct clip_part *parts,
				  struct as_error *err)
{
	struct output_source *o = ctx;
	struct as_session *s = o->s;
	struct feed f = {sink, sink_ctx, s};
	struct as_load_config cfg = as_engine_load_config(s);
	struct as_load_result r = {0};
	cfg.stream = output_stream(&s->drift, s);
	enum as_status status = as_media_load(s->drift.output, &cfg, o->cancel, on_sound, on_decoded,
					      &f, &r, err);
	*sound = (struct clip_sound){.stream_index = r.stream_index,
				     .channels = r.format.channels,
				     .rate_hz = r.format.rate_hz,
				     .frames = r.frames};
	parts[0] = (struct clip_part){.frames = r.frames};
	return status;
}

/* Against the reference what is left is what is measured; against the file as it was, it is what the correction lacks. */
static void tell_left(struct drift_run *r)
{
	const struct as_drift_fit *f = &r->left.fit;
	if (f->result != AS_DRIFT_MEASURED)
		return;
	r->left_err_ppm = f->drift_err_ppm;
	r->left_ppm = f->drift_ppm;
	if (r->reference == NULL)
		r->left_ppm = ((1 + f->drift_ppm * 1e-6) * (1 + r->used_ppm * 1e-6) - 1) * 1e6;
}

static enum as_status check(struct as_session *s, const atomic_bool *cancel, struct as_error *err)
{
	struct drift_run *r = &s->drift;
	struct output_source from = {s, cancel};
	struct clip_load load = {0};
	int beside = r->reference != NULL ? r->clips[0] : r->clips[1];
	enum as_status status = as_engine_load_sound(s, NULL, 1, read_output, &from, &load, err);
	if (status == AS_OK)
		status = match(s, &s->clips[beside].load.signal, &load.signal, cancel, &r->left, err);
	if (status == AS_OK)
		tell_left(r);
	as_engine_load_done(&load);
	return status;
}

/* ---- the run ---- */

static enum as_status drift_run(struct as_job *job, struct as_error *err)
{
	struct as_session *s = job->owner;
	if (job->id == PHASE_MEASURE)
		return measure(s, job->cancel, err);
	if (job->id == PHASE_WRITE)
		return as_drift_write(s, job->cancel, err);
	return check(s, job->cancel, err);
}

static void drift_done(struct as_job *job, enum as_status status, const struct as_error *err)
{
	struct as_session *s = job->owner;
	if (status == AS_OK && job->id == PHASE_WRITE) {
		pthread_mutex_lock(&s->lock);
		s->drift.written = true;
		pthread_mutex_unlock(&s->lock);
	} else if (status != AS_OK && status != AS_CANCELLED) {
		as_engine_break(s, err);
	}
	as_engine_job_ended(s, 0);
}

/* Which clips the two files have become; what could not be read ends the run. */
static bool find_clips(struct as_session *s)
{
	struct drift_run *r = &s->drift;
	for (int i = 0; i < s->n_clips; i++) {
		const struct session_clip *c = &s->clips[i];
		bool is_file = strcmp(s->tracks[c->track], TRACK_FILE) == 0;
		if (c->state != AS_CLIP_READY) {
			struct as_error err;
			as_fail(&err, AS_ERR_FORMAT, "%s", c->error != NULL ? c->error : "cannot be read");
			as_engine_break(s, &err);
			return false;
		}
		r->clips[is_file ? 1 : 0] = i;
	}
	if (r->reference == NULL)
		r->used_ppm = r->ppm;
	return true;
}

static void finish(struct as_session *s)
{
	as_engine_drop_workspaces(s);
	pthread_mutex_lock(&s->lock);
	s->drift.reported = true;
	pthread_mutex_unlock(&s->lock);
	as_engine_finish(s, AS_OK);
}

static bool wanted(const struct drift_run *r, int phase)
{
	if (phase == PHASE_MEASURE)
		return r->reference != NULL;
	if (r->output == NULL || !isfinite(r->used_ppm))
		return false;
	/* A change of speed is more than a match follows. */
	return phase == PHASE_WRITE || r->reference != NULL || fabs(r->used_ppm) <= DRIFT_CHECK_PPM;
}

bool as_engine_step_drift(struct as_session *s)
{
	static const enum as_stage stages[] = {AS_STAGE_MATCH, AS_STAGE_REPAIR, AS_STAGE_CHECK};
	struct drift_run *r = &s->drift;
	if (s->stage == AS_STAGE_LOAD) {
		if (!find_clips(s))
			return false;
		r->phase = PHASE_MEASURE;
	}
	for (; !as_engine_stopped(s) && r->phase < PHASE_END; r->phase++) {
		int id = r->phase;
		if (!wanted(r, id))
			continue;
		r->phase++; /* the job may take the next step before this returns */
		as_engine_enter_stage(s, stages[id],
				      id == PHASE_CHECK ? (int64_t)ceil(r->output_s) : id == PHASE_MEASURE);
		return as_engine_submit(s, &id, 1, drift_run, drift_done);
	}
	if (as_engine_stopped(s))
		return false;
	finish(s);
	return true;
}
