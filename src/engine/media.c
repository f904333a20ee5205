/* Whether the recordings are still those that were analysed; and the phase that asks, and reads what nothing is known of. */
#include <stdlib.h>
#include <string.h>
#include <sys/stat.h>

#include "engine/project_private.h"

enum as_clip_media as_engine_media_of(const struct as_session *s, const struct session_clip *c)
{
	enum as_clip_media worst = AS_CLIP_MEDIA_PRESENT;
	for (int i = 0; i < c->n_files; i++) {
		if (s->files[c->files[i]].media > worst)
			worst = s->files[c->files[i]].media;
	}
	return worst;
}

struct as_project_file as_engine_file_sought(const struct session_file *f)
{
	struct as_project_file v = {.path = f->path, .bytes = f->bytes, .mtime_ns = f->mtime_ns};
	memcpy(v.content, f->content, sizeof v.content);
	return v;
}

/* ---- one file ---- */

struct look_result {
	struct as_media_find find;
	bool looked; /* what was known of it is held against what is there */
	bool read;   /* the rest holds */
	struct stat st;
	struct as_media_info info;
};

static enum as_status read_file(const char *path, const atomic_bool *cancel, struct look_result *r, struct as_error *err)
{
	if (stat(path, &r->st) != 0)
		r->st = (struct stat){0};
	enum as_status status = as_media_probe(path, cancel, &r->info, err);
	r->read = status == AS_OK;
	return status;
}

/* What has changed is read anew, but by an export, which does not touch what was placed. */
static enum as_status look_run(struct as_job *job, struct as_error *err)
{
	struct as_session *s = job->owner;
	const struct session_file *f = &s->files[job->id];
	enum as_status status = as_engine_need_result(job, sizeof(struct look_result), err);
	struct look_result *r = as_engine_result(job);
	if (status != AS_OK)
		return status;
	if (f->state == AS_CLIP_PROBED) {
		const struct as_project_file sought = as_engine_file_sought(f);
		as_project_look_at_media(&sought, &r->find);
		r->looked = true;
		if (r->find.fate != AS_MEDIA_CHANGED || s->goal == GOAL_EXPORT)
			return AS_OK;
	}
	return read_file(f->path, job->cancel, r, err);
}

/* Nothing that was known of the file holds any more. With the lock. */
static void renew(struct as_session *s, int file, const struct stat *st)
{
	struct session_file *f = &s->files[file];
	f->state = AS_CLIP_NEW;
	f->media = AS_CLIP_MEDIA_PRESENT;
	f->bytes = st->st_size;
	f->mtime_ns = (int64_t)st->st_mtim.tv_sec * 1000000000 + st->st_mtim.tv_nsec;
	f->dev = st->st_dev;
	f->ino = st->st_ino;
	f->content[0] = '\0';
	for (int i = 0; i < s->n_clips; i++) {
		struct session_clip *c = &s->clips[i];
		for (int k = 0; k < c->n_files; k++) {
			if (c->files[k] != file)
				continue;
			c->state = AS_CLIP_NEW; /* content that is the same after all is found out by its key */
			c->keep.key = 0;
		}
	}
}

/* With the lock. */
static void take_look(struct as_session *s, int file, struct look_result *r)
{
	struct session_file *f = &s->files[file];
	enum as_clip_media before = f->media;
	as_engine_take_find(f, &r->find);
	if (f->media == before)
		return;
	as_engine_forget_notes(s, f->path);
	as_engine_tell_find(s, f->path, &r->find);
}

/* With the lock. */
static void take_reading(struct as_session *s, int file, struct look_result *r)
{
	struct session_file *f = &s->files[file];
	bool changed = f->state != AS_CLIP_NEW;
	if (r->st.st_mode && (changed || f->media != AS_CLIP_MEDIA_PRESENT))
		renew(s, file, &r->st);
	if (!r->read)
		return;
	if (changed) {
		as_engine_forget_notes(s, f->path);
		as_engine_note(s, "%s: has changed (%s) and was read anew", f->path, r->find.why);
	}
	as_media_info_done(&f->info);
	f->info = r->info;
	r->info = (struct as_media_info){0};
	f->state = AS_CLIP_PROBED;
}

static void look_done(struct as_job *job, enum as_status status, const struct as_error *err)
{
	struct as_session *s = job->owner;
	struct session_file *f = &s->files[job->id];
	struct look_result *r = as_engine_result(job);
	bool reads = r && (!r->looked || (r->find.fate == AS_MEDIA_CHANGED && s->goal != GOAL_EXPORT));
	pthread_mutex_lock(&s->lock);
	if (r && r->looked && status != AS_CANCELLED)
		take_look(s, job->id, r);
	if (reads && status != AS_CANCELLED)
		take_reading(s, job->id, r);
	if (status != AS_OK && status != AS_CANCELLED) {
		f->state = AS_CLIP_FAILED;
		as_engine_fail_text(&f->error, status, err);
	}
	s->generation++;
	pthread_mutex_unlock(&s->lock);
	if (r) {
		as_media_info_done(&r->info);
		as_media_find_done(&r->find);
	}
	free(r);
	as_engine_job_ended(s, 1);
}

/* ---- all of them ---- */

/* What failed before is tried again: the user may have mended it. */
bool as_engine_step_probe(struct as_session *s)
{
	int n = 0, *ids = malloc(((size_t)s->n_files + 1) * sizeof *ids);
	if (!ids) {
		as_engine_break_memory(s);
		return false;
	}
	pthread_mutex_lock(&s->lock);
	for (int i = 0; i < s->n_files; i++) {
		if (s->goal != GOAL_EXPORT && s->files[i].state == AS_CLIP_FAILED)
			s->files[i].state = AS_CLIP_NEW;
		if (s->goal != GOAL_EXPORT || s->files[i].state == AS_CLIP_PROBED)
			ids[n++] = i;
	}
	pthread_mutex_unlock(&s->lock);
	as_engine_enter_stage(s, AS_STAGE_PROBE, n);
	bool started = as_engine_submit(s, ids, n, look_run, look_done);
	free(ids);
	return started;
}
