/* One document of an export: made, written, read back and checked. The jobs that do so. */
#include "engine/document_private.h"

#include <errno.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

#include "base/file.h"
#include "base/text.h"

#define MAX_DOCUMENT_BYTES (INT64_C(1) << 30)
/* Warnings of one kind for one document. */
#define MAX_TOLD 5

struct writing {
	struct as_session *s;
	struct session_output *o;
	char *folder; /* absolute, without links */
	char *stem;   /* of the name */
};

static enum as_status begin(struct writing *w, struct as_error *err)
{
	const char *base = as_path_base(w->o->path), *dot = strrchr(base, '.');
	char *folder = as_engine_folder_of(w->o->path);
	enum as_status status = AS_OK;
	if (!folder)
		return as_fail(err, AS_ERR_MEMORY, "export: out of memory");
	w->stem = strndup(base, dot && dot != base ? (size_t)(dot - base) : strlen(base));
	status = as_dir_make(folder, err);
	if (status == AS_OK && !(w->folder = realpath(folder, NULL)))
		status = as_fail_errno(err, folder, NULL);
	if (status == AS_OK && !w->stem)
		status = as_fail(err, AS_ERR_MEMORY, "export: out of memory");
	free(folder);
	return status;
}

static char *target_of(const struct writing *w, const char *suffix)
{
	return as_engine_list_path(w->o->path, suffix);
}

static enum as_status put_file(const struct writing *w, const char *path, const char *text, size_t bytes,
			       struct as_error *err)
{
	enum as_status status = as_engine_check_target(w->s, path, w->s->force, err);
	if (status != AS_OK)
		return status;
	struct as_atomic_file *f = as_atomic_open(path, w->s->force, err);
	if (!f)
		return err ? err->status : AS_ERR_IO;
	for (size_t at = 0; at < bytes;) {
		ssize_t n = write(as_atomic_fd(f), text + at, bytes - at);
		if (n < 0 && errno == EINTR)
			continue;
		if (n < 0) {
			as_fail_errno(err, path, NULL);
			as_atomic_abort(f);
			return AS_ERR_IO;
		}
		at += (size_t)n;
	}
	return as_atomic_commit(f, err);
}

/* Writes all files, or says which could not be; what was written before stays for force only to replace. */
static enum as_status put(const struct writing *w, const struct as_document *d, struct as_error *err)
{
	enum as_status status = AS_OK;
	for (int i = 0; i < d->n_files && status == AS_OK; i++) {
		char *path = target_of(w, d->files[i].suffix);
		status = path ? as_engine_check_target(w->s, path, w->s->force, err)
			      : as_fail(err, AS_ERR_MEMORY, "export: out of memory");
		free(path);
	}
	for (int i = 0; i < d->n_files && status == AS_OK; i++) {
		char *path = target_of(w, d->files[i].suffix);
		status = path ? put_file(w, path, d->files[i].text, d->files[i].bytes, err)
			      : as_fail(err, AS_ERR_MEMORY, "export: out of memory");
		free(path);
	}
	return status;
}

/* The files as they are on the disk now. */
static enum as_status get(const struct writing *w, const struct as_document *d, struct as_document *out,
			  struct as_error *err)
{
	enum as_status status = AS_OK;
	for (int i = 0; i < d->n_files && status == AS_OK; i++) {
		char *path = target_of(w, d->files[i].suffix), *text = NULL;
		int64_t bytes = 0;
		status = path ? as_file_read(path, MAX_DOCUMENT_BYTES, &text, &bytes, err)
			      : as_fail(err, AS_ERR_MEMORY, "export: out of memory");
		free(path);
		if (status == AS_OK)
			status = as_document_add(out, d->files[i].suffix, text, (size_t)bytes, err);
	}
	return status;
}

/* Some become one file for each track: which, for those who read the answer. */
static enum as_status tell_files(const struct writing *w, const struct as_document *d, struct as_error *err)
{
	bool ok = true;
	if (d->n_files == 1 && !d->files[0].suffix[0])
		return AS_OK;
	pthread_mutex_lock(&w->s->lock);
	for (int i = 0; i < d->n_files && ok; i++) {
		char *path = target_of(w, d->files[i].suffix);
		ok = path && as_text_list_add(&w->o->files, path);
		free(path);
	}
	pthread_mutex_unlock(&w->s->lock);
	return ok ? AS_OK : as_fail(err, AS_ERR_MEMORY, "export: out of memory");
}

/* A timeline says of each recording in it how long it is and which bytes of it are meant: of one that is away or another now,
 * nobody can. */
static enum as_status check_media(const struct as_session *s, const struct as_timeline *t, const char *path,
				  struct as_error *err)
{
	for (int i = 0; i < t->n_media; i++) {
		const struct as_timeline_media *m = &t->media[i];
		if (m->rendered || m->muxed || m->clip < 0)
			continue;
		const struct session_file *f = &s->files[s->clips[m->clip].files[m->part]];
		if (f->media == AS_CLIP_MEDIA_CHANGED)
			return as_fail(err, AS_ERR_INVALID,
				       "%s: not written: %s has changed since it was analysed; analyze the project again",
				       path, f->path);
		if (f->media == AS_CLIP_MEDIA_MISSING)
			return as_fail(err, AS_ERR_INVALID, "%s: not written: %s is missing (--relink DIR finds it)", path,
				       f->path);
	}
	return AS_OK;
}

static int count_items(const struct as_timeline *t)
{
	int n = 0;
	for (int i = 0; i < t->n_tracks; i++)
		n += t->tracks[i].n_items;
	return n;
}

static int count_marks(const struct as_timeline *t, enum as_timeline_mark kind)
{
	int n = 0;
	for (int i = 0; i < t->n_markers; i++)
		n += t->markers[i].kind == kind;
	return n;
}

/* What is not in the document, or not as was asked. */
static void warn_of(const struct writing *w, const struct as_timeline *t)
{
	const struct document_row *row = as_engine_document_row(w->o->kind);
	const char *name = as_path_base(w->o->path);
	const bool speed = strcmp(as_options_text(w->s->opt, "timeline.drift"), "speed") == 0;
	const int off = count_marks(t, AS_MARK_DRIFT), out = count_marks(t, AS_MARK_LEFT_OUT);
	for (int i = 0, told = 0; i < t->n_markers && told < MAX_TOLD; i++) {
		if (t->markers[i].kind != AS_MARK_LEFT_OUT)
			continue;
		if (told++ + 1 == MAX_TOLD && out > MAX_TOLD)
			as_engine_warn(w->s, "%s: %d more are left out for their paths", name, out - MAX_TOLD + 1);
		else
			as_engine_warn(w->s, "%s: left out: %s", name, t->markers[i].note);
	}
	if (!speed || off == 0)
		return;
	if (!row->kind.carries_speed)
		as_engine_warn(w->s,
			       "%s: this format carries no speed: the drift stays in, and at %d %s it comes to more than "
			       "half a frame",
			       name, off, off == 1 ? "marker" : "markers");
	else
		as_engine_warn(w->s, "%s: at %d %s a clock that wanders is more than half a frame off the speed it got", name,
			       off, off == 1 ? "marker" : "markers");
}

static enum as_status write_edit(const struct writing *w, const struct as_timeline *t,
				 struct as_error *err)
{
	struct as_document d = {0}, back = {0};
	struct as_error why = {0};
	enum as_status status = AS_OK;
	if (t->n_tracks == 0)
		return as_fail(err, AS_ERR_INVALID, "%s: nothing to write: no recording could be placed",
			       w->o->path);
	if (count_items(t) == 0)
		return as_fail(err, AS_ERR_INVALID, "%s: nothing to write: the paths of the recordings cannot stand in it",
			       w->o->path);
	if (check_media(w->s, t, w->o->path, err) != AS_OK)
		return AS_ERR_INVALID;
	status = as_engine_document_row(w->o->kind)->write(t, &d, &why);
	if (status == AS_OK)
		status = put(w, &d, &why);
	if (status == AS_OK)
		status = tell_files(w, &d, &why);
	if (status == AS_OK)
		status = get(w, &d, &back, &why);
	if (status == AS_OK) {
		status = as_engine_document_row(w->o->kind)->check(t, &back, &why);
		if (status == AS_OK)
			warn_of(w, t);
		else
			status = as_fail(err, status, "%s: written, but found wrong when read back: %s",
					 w->o->path, why.msg);
	} else if (strstr(why.msg, as_path_base(w->o->path))) {
		status = as_fail(err, status, "%s", why.msg);
	} else {
		status = as_fail(err, status, "%s: %s", w->o->path, why.msg);
	}
	as_document_done(&d);
	as_document_done(&back);
	return status;
}

static enum as_status write_report(const struct writing *w, const struct as_snapshot *snap, const struct as_timeline *t,
				   struct as_error *err)
{
	struct as_document d = {0}, back = {0};
	enum as_status status = as_engine_make_report(w->s, snap, t, w->o->path, &d, err);
	if (status == AS_OK)
		status = put(w, &d, err);
	if (status == AS_OK)
		status = get(w, &d, &back, err);
	if (status == AS_OK && (back.files[0].bytes != d.files[0].bytes ||
				memcmp(back.files[0].text, d.files[0].text, d.files[0].bytes) != 0))
		status = as_fail(err, AS_ERR_IO, "%s: other bytes are read back than were written", w->o->path);
	as_document_done(&d);
	as_document_done(&back);
	return status;
}

static enum as_status write_document(struct as_session *s, struct session_output *o,
				     struct as_error *err)
{
	struct writing w = {.s = s, .o = o};
	struct edit_settings e = {0};
	const struct as_snapshot *snap = NULL;
	struct as_timeline *t = NULL;
	enum as_status status = begin(&w, err);
	if (status != AS_OK)
		goto out;
	status = as_engine_edit_settings(s->opt, s->path_maps.v, s->path_maps.n, &e, err);
	if (status != AS_OK)
		goto out;
	const char *name = as_options_text(s->opt, "timeline.name");
	e.cfg.name = name[0] ? name : w.stem;
	e.cfg.folder = w.folder;
	e.cfg.holds = as_engine_document_row(o->kind)->holds;
	if (!as_engine_document_row(o->kind)->kind.carries_speed && !as_engine_is_report(o->kind))
		e.cfg.drift = AS_DRIFT_BAKED;
	if (as_engine_is_report(o->kind))
		e.cfg.replace = AS_REPLACE_OFF; /* it tells of the recordings */
	snap = as_session_snapshot(s);
	status = snap ? as_timeline_build(snap, &e.cfg, &t, err)
		      : as_fail(err, AS_ERR_MEMORY, "export: out of memory");
	if (as_engine_is_report(o->kind) && snap)
		status = write_report(&w, snap, t, err); /* also of what has no edit */
	else if (status == AS_OK)
		status = write_edit(&w, t, err);
out:
	as_timeline_free(t);
	as_snapshot_free(snap);
	as_engine_edit_settings_done(&e);
	free(w.folder);
	free(w.stem);
	return status;
}

/* ---- the jobs ---- */

static enum as_status document_run(struct as_job *job, struct as_error *err)
{
	struct as_session *s = job->owner;
	return write_document(s, &s->outputs[job->id], err);
}

/* The documents of a round: timelines first; reports see what became of them. */
static int choose_documents(const struct as_session *s, int *ids)
{
	int n = 0;
	for (int i = s->n_sounds; i < s->n_outputs; i++)
		if (as_engine_is_report(s->outputs[i].kind) == (s->document_round == 2))
			ids[n++] = i;
	return n;
}

bool as_engine_step_documents(struct as_session *s)
{
	int *ids = malloc(((size_t)s->n_outputs + 1) * sizeof *ids), n = 0;
	if (!ids) {
		as_engine_break_memory(s);
		return false;
	}
	while (n == 0 && s->document_round < 2 && !as_engine_stopped(s)) {
		s->document_round++;
		n = choose_documents(s, ids);
	}
	bool started = n > 0 && as_engine_submit(s, ids, n, document_run, as_engine_output_done);
	free(ids);
	return started;
}
