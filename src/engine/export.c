/* The export: everything that can be checked is, before the first byte is written; then one
 * stitch job per file. */
#include <errno.h>
#include <math.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <strings.h>
#include <sys/stat.h>
#include <sys/statvfs.h>
#include <unistd.h>

#include "base/file.h"
#include "base/text.h"
#include "engine/look.h"

#define MIB (INT64_C(1) << 20)
/* FLAC of real recordings stays above this share of PCM: less room than that is surely too
 * little. */
#define FLAC_SHARE 0.3
#define CLIP_SLACK (1.0 / 32768)

/* ---- checks ---- */

static const struct session_file *source_at(const struct as_session *s, const struct stat *st)
{
	for (int i = 0; i < s->n_files; i++) {
		if (s->files[i].dev == st->st_dev && s->files[i].ino == st->st_ino)
			return &s->files[i];
	}
	return NULL;
}

/* Saving may have put a new file in the place of the one that was read. */
static bool is_project(const struct as_session *s, const struct stat *st)
{
	struct stat now;
	if (s->project_ino && s->project_dev == st->st_dev && s->project_ino == st->st_ino)
		return true;
	return s->project && as_engine_look_stat(s->looks, LOOK_STAT, s->project, &now) == 0 && now.st_dev == st->st_dev &&
	       now.st_ino == st->st_ino;
}

enum as_status as_engine_check_target(const struct as_session *s, const char *path, bool force,
				      struct as_error *err)
{
	struct stat st;
	if (as_engine_look_stat(s->looks, LOOK_LSTAT, path, &st) != 0)
		return errno == ENOENT ? AS_OK : as_fail_errno(err, path, NULL);
	bool leads_nowhere = S_ISLNK(st.st_mode) && as_engine_look_stat(s->looks, LOOK_STAT, path, &st) != 0;
	/* Also what a link leads to, such as /dev/stdout. */
	if (!leads_nowhere && !S_ISREG(st.st_mode))
		return as_fail(err, AS_ERR_IO, "%s: exists and is not a file", path);
	if (!force)
		return as_fail(err, AS_ERR_EXISTS, "%s: exists already", path);
	if (leads_nowhere)
		return AS_OK;
	/* Not even by force: this would destroy a recording, or the work on them. */
	if (source_at(s, &st))
		return as_fail(err, AS_ERR_EXISTS,
			       "%s: is one of the recordings; choose another folder", path);
	if (is_project(s, &st))
		return as_fail(err, AS_ERR_EXISTS,
			       "%s: is the project that was read; choose another name", path);
	return AS_OK;
}

static enum as_status check_targets(const struct as_session *s, bool force, struct as_error *err)
{
	enum as_status status = AS_OK;
	for (int i = 0; i < s->n_outputs && status == AS_OK; i++) {
		status = as_engine_check_target(s, s->outputs[i].path, force, err);
		if (status == AS_OK)
			status = as_engine_check_lists(s, &s->outputs[i], force, err);
	}
	return status;
}

enum as_status as_engine_check_request(const struct as_session *s, const struct as_export_request *r,
				       struct as_error *err)
{
	if (r->dir && strcmp(r->dir, "-") == 0)
		return as_fail(err, AS_ERR_INVALID,
			       "-o -: aligned files need a folder, not standard output (./- is a folder of that name)");
	return as_engine_check_documents(s, r, err);
}

enum as_status as_engine_plan_outputs(struct as_session *s, const struct as_export_request *r, bool paths,
				      struct as_error *err)
{
	const char *dir = r->dir && !r->dir[0] ? "." : r->dir;
	enum as_status status = AS_OK;
	as_engine_drop_outputs(s);
	if (dir)
		status = paths ? as_engine_plan_paths(s, dir, err) : as_engine_plan(s, dir, err);
	if (status == AS_OK)
		status = as_engine_plan_documents(s, r, err);
	s->generation++;
	return status;
}

enum as_status as_session_check_targets(struct as_session *s, const struct as_export_request *r,
					struct as_error *err)
{
	enum as_status status = as_engine_check_idle(s, err);
	if (status == AS_OK)
		status = as_engine_check_request(s, r, err);
	if (status != AS_OK)
		return status;
	s->looks = r->looks;
	pthread_mutex_lock(&s->lock);
	status = as_engine_plan_outputs(s, r, true, err);
	if (status == AS_OK)
		status = check_targets(s, r->force, err);
	as_engine_drop_outputs(s);
	pthread_mutex_unlock(&s->lock);
	s->looks = NULL;
	return status;
}

double as_engine_output_bytes(const struct as_session *s, const struct session_output *o)
{
	const struct as_encode_spec *spec = &o->spec;
	if (o->mux.on)
		return (double)s->files[o->mux.file].info.size_bytes +
		       (double)spec->total_frames * spec->channels * spec->bit_depth / 8;
	double pcm = (double)spec->total_frames * spec->channels * as_encode_depth(spec) / 8;
	if (spec->format == AS_AUDIO_MP3)
		return (double)spec->total_frames / spec->rate_hz * spec->bitrate_kbps * 125;
	return spec->format == AS_AUDIO_FLAC ? pcm * FLAC_SHARE : pcm;
}

static enum as_status check_space(const struct as_session *s, const char *dir, struct as_error *err)
{
	struct statvfs v;
	double need = 0, have;
	for (int i = 0; i < s->n_outputs; i++)
		need += as_engine_output_bytes(s, &s->outputs[i]);
	/* Some network file systems say 0 of 0. */
	if (statvfs(dir, &v) != 0 || v.f_blocks == 0)
		return AS_OK;
	have = (double)v.f_bavail * (double)(v.f_frsize ? v.f_frsize : v.f_bsize);
	if (need <= have)
		return AS_OK;
	errno = ENOSPC;
	return as_fail(err, AS_ERR_IO, "%s: needs about %.0f MiB, but only %.0f MiB are free", dir,
		       ceil(need / (double)MIB), floor(have / (double)MIB));
}

static enum as_status check_folder(const char *dir, struct as_error *err)
{
	struct stat st;
	enum as_status status = as_dir_make(dir, err);
	if (status != AS_OK)
		return status;
	if (stat(dir, &st) != 0)
		return as_fail_errno(err, dir, NULL);
	if (!S_ISDIR(st.st_mode))
		return as_fail(err, AS_ERR_IO, "%s: not a folder", dir);
	return access(dir, W_OK | X_OK) == 0 ? AS_OK : as_fail_errno(err, dir, "cannot be written");
}

static bool keep_maps(struct as_session *s, const struct as_export_request *r)
{
	bool ok = true;
	for (int i = 0; i < r->n_path_maps; i++)
		ok = ok && as_text_list_add(&s->path_maps, r->path_maps[i]);
	return ok;
}

static void drop_outputs(struct as_session *s)
{
	pthread_mutex_lock(&s->lock);
	as_engine_drop_outputs(s);
	pthread_mutex_unlock(&s->lock);
}

/* What is planned, with the disk as it is. */
static enum as_status check_disk(struct as_session *s, struct as_error *err)
{
	const char *dir = s->export_dir;
	enum as_status status = check_targets(s, s->force, err);
	bool makes = status == AS_OK && dir && !as_file_exists(dir);
	if (status == AS_OK && dir)
		status = check_folder(dir, err);
	if (status == AS_OK && dir)
		status = check_space(s, dir, err);
	if (status != AS_OK && makes)
		rmdir(dir);
	return status;
}

/* Either that, or there is no plan any more. */
static enum as_status ask_disk(struct as_session *s, struct as_error *err)
{
	enum as_status status = check_disk(s, err);
	if (status != AS_OK) {
		drop_outputs(s);
		return status;
	}
	as_engine_warn_unmuxed(s);
	as_engine_warn_maps(s, s->export_dir);
	return AS_OK;
}

static enum as_status plan(struct as_session *s, const struct as_export_request *r, struct as_error *err)
{
	const char *dir = r->dir && !r->dir[0] ? "." : r->dir;
	char *copy = dir ? strdup(dir) : NULL;
	enum as_status status = as_engine_check_request(s, r, err);
	if (status == AS_OK && dir && !copy)
		status = as_fail(err, AS_ERR_MEMORY, "export: out of memory");
	if (status != AS_OK) {
		free(copy);
		return status;
	}
	pthread_mutex_lock(&s->lock);
	status = as_engine_plan_outputs(s, r, false, err);
	if (status == AS_OK && !keep_maps(s, r))
		status = as_fail(err, AS_ERR_MEMORY, "export: out of memory");
	s->force = r->force;
	free(s->export_dir);
	s->export_dir = copy;
	pthread_mutex_unlock(&s->lock);
	if (status != AS_OK)
		drop_outputs(s);
	return status;
}

enum as_status as_session_export(struct as_session *s, const struct as_export_request *r,
				 struct as_error *err)
{
	pthread_mutex_lock(&s->lock);
	bool busy = s->busy, solved = s->solved;
	pthread_mutex_unlock(&s->lock);
	if (busy)
		return as_fail(err, AS_ERR_BUSY, "the session is busy");
	if (!solved)
		return as_fail(err, AS_ERR_INVALID, "export needs a finished analysis");
	s->looks = r->looks;
	enum as_status status = plan(s, r, err);
	s->looks = NULL;
	s->check_first = r->looks != NULL;
	if (status == AS_OK && !s->check_first)
		status = ask_disk(s, err);
	return status == AS_OK ? as_engine_start(s, GOAL_EXPORT, err) : status;
}

enum as_status as_engine_begin_export(struct as_session *s, struct as_error *err)
{
	bool asks = s->check_first;
	s->check_first = false;
	return asks ? ask_disk(s, err) : AS_OK;
}

/* ---- the jobs ---- */

struct output_watch {
	struct as_session *s;
	struct session_output *o;
	int64_t last;
};

static bool on_progress(void *ctx, int64_t done_frames, int64_t total_frames)
{
	struct output_watch *w = ctx;
	struct as_session *s = w->s;
	if (done_frames > w->last) {
		pthread_mutex_lock(&s->lock);
		s->done += done_frames - w->last;
		w->o->progress = total_frames > 0 ? (double)done_frames / (double)total_frames : 1;
		s->generation++;
		int64_t done = s->done, total = s->total;
		pthread_mutex_unlock(&s->lock);
		w->last = done_frames;
		as_engine_emit(s, AS_EVENT_EXPORT, (int)(w->o - s->outputs));
		as_engine_emit_progress(s, done, total);
	}
	return !atomic_load(&s->cancel);
}

static void report(struct as_session *s, struct session_output *o, const struct as_stitch_report *r)
{
	const char *name = as_path_base(o->path);
	/* Less than a step of 16 bits above it is what rounding does to sound that reaches full scale. */
	if (r->clipped > 0 && r->peak > 1 + CLIP_SLACK) {
		pthread_mutex_lock(&s->lock);
		o->limited = r->clipped;
		o->limited_db = 20 * log10(r->peak);
		pthread_mutex_unlock(&s->lock);
		as_engine_warn_limited(s, o->path, r->clipped, r->peak);
	}
	if (o->spec.bit_depth == 32 && as_encode_depth(&o->spec) == 24)
		as_engine_warn(s, "%s: the format has no float: written with 24 bits", name);
}

static enum as_status run_output(struct as_session *s, int output, struct as_error *err)
{
	struct session_output *o = &s->outputs[output];
	struct output_watch w = {s, o, 0};
	if (o->mux.on)
		return as_engine_write_mux(s, o, on_progress, &w, err);
	struct as_stitch_report r = {0};
	struct as_stitch_job job = {
		.path = o->path,
		.force = s->force,
		.spec = o->spec,
		.clips = o->clips,
		.n_clips = o->n_clips,
		.crossfade_s = as_options_real(s->opt, "export.crossfade_ms") / 1000,
		.declick_s = as_options_real(s->opt, "export.declick_ms") / 1000};
	enum as_status status = as_stitch_track(&job, &s->cancel, on_progress, &w, &r, err);
	if (status == AS_OK)
		report(s, o, &r);
	return status;
}

static enum as_status output_run(struct as_job *job, struct as_error *err)
{
	return run_output(job->owner, job->id, err);
}

void as_engine_output_done(struct as_job *job, enum as_status status, const struct as_error *err)
{
	struct as_session *s = job->owner;
	struct session_output *o = &s->outputs[job->id];
	pthread_mutex_lock(&s->lock);
	o->done = status == AS_OK;
	if (o->done)
		o->progress = 1;
	else
		as_engine_fail_text(&o->error, status, err);
	pthread_mutex_unlock(&s->lock);
	as_engine_emit(s, AS_EVENT_EXPORT, job->id);
	as_engine_job_ended(s, 0);
}

/* Files whose times alone have changed since the plan was made are those that were analysed: media.c has looked. */
static void renew_stamps(const struct as_session *s, struct as_stitch_clip *c)
{
	struct as_stitch_stamp *stamps = (struct as_stitch_stamp *)c->stamps; /* the output's own */
	for (int k = 0; stamps && k < c->n_parts; k++) {
		for (int i = 0; i < s->n_files; i++) {
			if (s->files[i].path == c->parts[k] && s->files[i].media == AS_CLIP_MEDIA_PRESENT)
				stamps[k].mtime_s = s->files[i].info.mtime_s;
		}
	}
}

bool as_engine_step_export(struct as_session *s)
{
	int *ids = malloc(((size_t)s->n_outputs + 1) * sizeof *ids);
	int64_t total = 0;
	if (!ids) {
		as_engine_break_memory(s);
		return false;
	}
	for (int i = 0; i < s->n_sounds; i++) {
		for (int k = 0; k < s->outputs[i].n_clips; k++)
			renew_stamps(s, &s->outputs[i].clips[k]);
		ids[i] = i;
		total += s->outputs[i].spec.total_frames;
	}
	as_engine_enter_stage(s, AS_STAGE_EXPORT, total);
	bool started = as_engine_submit(s, ids, s->n_sounds, output_run, as_engine_output_done);
	free(ids);
	return started;
}

/* One track that cannot be written does not spoil the others, but the run has failed. */
void as_engine_end_export(struct as_session *s)
{
	struct as_error err = {0};
	bool cancelled = as_engine_stopped(s);
	int done = 0;
	for (int i = 0; i < s->n_outputs; i++) {
		done += s->outputs[i].done;
		if (!s->outputs[i].done && err.status == AS_OK && !cancelled)
			as_fail(&err, AS_ERR_IO, "%s",
				s->outputs[i].error ? s->outputs[i].error : "");
	}
	if (err.status != AS_OK)
		as_engine_break(s, &err);
	as_engine_finish(s, done == s->n_outputs ? AS_OK : AS_CANCELLED);
}
