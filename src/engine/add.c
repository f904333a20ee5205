/* What the user names -> the session's files, each once, and a clip for each until they are
 * grouped. */
#include <stdlib.h>
#include <string.h>

#include "engine/edit_private.h"
#include "engine/listing.h"

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
		as_engine_warn_passing(s, "%s: given twice, used once", path);
	else
		as_engine_warn_passing(s, "%s: the same file as %s, used once", path, f->path);
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

static bool add_file(struct adding *a, const char *path, const struct stat *st)
{
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

static void add_left_out(struct as_session *s, const struct found *f)
{
	struct text_list *l = &s->left_out;
	for (int i = 0; i < f->left_out.n; i++) {
		bool known = false;
		for (int k = 0; k < l->n && !known; k++)
			known = strcmp(l->v[k], f->left_out.v[i]) == 0;
		pthread_mutex_lock(&s->lock);
		if (!known)
			as_text_list_add(l, f->left_out.v[i]);
		pthread_mutex_unlock(&s->lock);
	}
	if (f->left_out.n > 0)
		as_engine_warn_passing(s, f->left_out.n == 1 ? "%s: %d file that audiosync wrote was left out"
						       : "%s: %d files that audiosync wrote were left out",
			       f->path, f->left_out.n);
}

enum as_status as_engine_add_found(struct as_session *s, const struct found *f, const char *track, struct as_error *err)
{
	struct adding a = {.s = s, .track = track && track[0] ? track : NULL};
	struct as_error own = f->err;
	enum as_status status = as_undo_begin_add(s, f->path, err);
	if (status != AS_OK)
		return status;
	status = f->status;
	for (int i = 0; i < f->n_files; i++)
		if (!add_file(&a, f->files[i].path, &f->files[i].st)) {
			status = as_fail(&own, AS_ERR_MEMORY, "session: out of memory");
			break;
		}
	for (int i = 0; i < f->problems.n; i++)
		as_engine_warn_passing(s, "%s", f->problems.v[i]);
	as_undo_end(s, a.changed);
	if (status != AS_OK) {
		as_engine_warn_passing(s, "%s", own.msg);
		if (err)
			*err = own;
	} else if (f->n_files == 0) {
		as_engine_warn_passing(s, "%s: no media files in this folder", f->path);
	}
	add_left_out(s, f);
	return status;
}

enum as_status as_session_add(struct as_session *s, const char *path, const char *track,
			      struct as_error *err)
{
	struct found f;
	enum as_status status = as_engine_check_idle(s, err);
	if (status != AS_OK)
		return status;
	as_find(&f, path, s->skip_dir, NULL);
	status = as_engine_add_found(s, &f, track, err);
	as_found_done(&f);
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
