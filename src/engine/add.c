/* What the user names -> the session's files, each once, and a clip for each until they are
 * grouped. */
#include <stdlib.h>
#include <string.h>

#include "engine/scan.h"
#include "engine/edit_private.h"

struct adding {
	struct as_session *s;
	const char *track;
	bool changed;
};

static struct session_file *find_file(struct as_session *s, const char *path, const struct stat *st)
{
	for (int i = 0; i < s->n_files; i++) {
		struct session_file *f = &s->files[i];
		/* The size too: some network and USB file systems number their files badly. */
		bool same = f->dev == st->st_dev && f->ino == st->st_ino && f->bytes == st->st_size;
		if (same || strcmp(f->path, path) == 0)
			return f;
	}
	return NULL;
}

/* The clips are about to change. With the lock. */
static void outdate(struct as_session *s)
{
	if (s->solved || s->solve_clips || s->n_outputs > 0)
		as_engine_drop_results(s);
	s->generation++;
}

/* The file is there already: an explicit track still counts. */
static bool add_again(struct as_session *s, struct session_file *f, const char *path,
		      const char *track)
{
	if (track && !f->track) {
		pthread_mutex_lock(&s->lock);
		outdate(s);
		f->track = strdup(track);
		pthread_mutex_unlock(&s->lock);
		return f->track != NULL;
	}
	/* A project and the folder of its recordings are given together to find what is new. */
	if (f->restored)
		return true;
	if (strcmp(f->path, path) == 0)
		as_engine_warn(s, "%s: given twice, used once", path);
	else
		as_engine_warn(s, "%s: the same file as %s, used once", path, f->path);
	return true;
}

static bool append_file(struct as_session *s, const char *path, const char *track,
			const struct stat *st)
{
	if (s->n_files == s->cap_files) {
		int cap = s->cap_files ? s->cap_files * 2 : 64;
		struct session_file *v = realloc(s->files, (size_t)cap * sizeof *v);
		if (!v)
			return false;
		s->files = v;
		s->cap_files = cap;
	}
	struct session_file f = {.path = strdup(path),
				 .track = track ? strdup(track) : NULL,
				 .dev = st->st_dev,
				 .ino = st->st_ino,
				 .bytes = st->st_size,
				 .mtime_ns = (int64_t)st->st_mtim.tv_sec * 1000000000 + st->st_mtim.tv_nsec};
	if (!f.path || (track && !f.track)) {
		as_engine_file_done(&f);
		return false;
	}
	s->files[s->n_files++] = f;
	if (as_engine_append_clip(s, s->n_files - 1))
		return true;
	as_engine_file_done(&s->files[--s->n_files]);
	return false;
}

static bool on_file(void *ctx, const char *path, const struct stat *st)
{
	struct adding *a = ctx;
	struct as_session *s = a->s;
	struct session_file *f = find_file(s, path, st);
	if (f) {
		a->changed = a->changed || (a->track && !f->track);
		return add_again(s, f, path, a->track);
	}
	pthread_mutex_lock(&s->lock);
	outdate(s);
	bool ok = append_file(s, path, a->track, st);
	pthread_mutex_unlock(&s->lock);
	a->changed = true;
	return ok;
}

static void on_problem(void *ctx, const struct as_error *err)
{
	as_engine_warn(((struct adding *)ctx)->s, "%s", err->msg);
}

enum as_status as_session_add(struct as_session *s, const char *path, const char *track,
			      struct as_error *err)
{
	struct adding a = {.s = s, .track = track && track[0] ? track : NULL};
	const struct as_scan_sink sink = {on_file, on_problem, &a};
	struct as_error own;
	int n_files;
	enum as_status status = as_engine_check_idle(s, err);
	if (status != AS_OK)
		return status;
	status = as_undo_begin_add(s, path, err);
	if (status != AS_OK)
		return status;
	status = as_scan(path, s->skip_dir, &sink, &n_files, &own);
	as_undo_end(s, a.changed);
	if (status != AS_OK) {
		as_engine_warn(s, "%s", own.msg);
		if (err)
			*err = own;
	} else if (n_files == 0) {
		as_engine_warn(s, "%s: no media files in this folder", path);
	}
	return status;
}

enum as_status as_session_skip_dir(struct as_session *s, const char *dir, struct as_error *err)
{
	enum as_status status = as_engine_check_idle(s, err);
	if (status != AS_OK)
		return status;
	char *copy = dir ? strdup(dir) : NULL;
	if (dir && !copy)
		return as_fail(err, AS_ERR_MEMORY, "session: out of memory");
	free(s->skip_dir);
	s->skip_dir = copy;
	return AS_OK;
}
