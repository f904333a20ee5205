/* Recordings that are not where they were, looked for in a thread of its own while the session stays open. */
#include <stdlib.h>
#include <string.h>

#include "base/aside.h"
#include "base/text.h"
#include "engine/edit_private.h"
#include "engine/project_private.h"

struct as_relinking {
	struct as_aside aside;
	/* Immutable once it runs. */
	struct as_project *p; /* the session's files, and nothing else of it */
	char **roots;
	int n_roots;
	/* The thread's until it is done. */
	struct as_media_find *finds;
	struct as_error err;
};

static void look(struct as_aside *a)
{
	struct as_relinking *r = (struct as_relinking *)a;
	enum as_status status =
		as_project_find_media(r->p, (const char *const *)r->roots, r->n_roots, &a->stopped, r->finds, &r->err);
	r->err.status = status;
}

static void free_relinking(struct as_aside *a)
{
	struct as_relinking *r = (struct as_relinking *)a;
	for (int i = 0; r->finds && i < r->p->n_files; i++)
		as_media_find_done(&r->finds[i]);
	for (int i = 0; i < r->n_roots; i++)
		free(r->roots[i]);
	free(r->roots);
	free(r->finds);
	as_project_free(r->p);
	free(r);
}

static bool copy_files(struct as_relinking *r, const struct as_session *s)
{
	r->p = as_project_new();
	if (!r->p || !(r->p->files = calloc((size_t)s->n_files + 1, sizeof *r->p->files)))
		return false;
	for (int i = 0; i < s->n_files; i++) {
		const struct session_file *f = &s->files[i];
		struct as_project_file *to = &r->p->files[r->p->n_files++];
		*to = as_engine_file_sought(f);
		to->path = strdup(f->path);
		if (!to->path)
			return false;
	}
	return (r->finds = calloc((size_t)s->n_files + 1, sizeof *r->finds)) != NULL;
}

static bool copy_roots(struct as_relinking *r, const char *const *roots, int n)
{
	r->roots = calloc((size_t)n + 1, sizeof *r->roots);
	for (; r->roots && r->n_roots < n; r->n_roots++) {
		if (!(r->roots[r->n_roots] = strdup(roots[r->n_roots])))
			return false;
	}
	return r->roots != NULL;
}

struct as_relinking *as_session_relink_start(struct as_session *s, const char *const *roots, int n_roots, struct as_error *err)
{
	struct as_relinking *r = calloc(1, sizeof *r);
	pthread_mutex_lock(&s->lock);
	bool ok = r && copy_files(r, s);
	pthread_mutex_unlock(&s->lock);
	ok = ok && copy_roots(r, roots, n_roots);
	if (ok && as_aside_start(&r->aside, look, free_relinking, "recordings", err) == AS_OK)
		return r;
	if (!ok)
		as_fail(err, AS_ERR_MEMORY, "recordings: out of memory");
	if (r)
		free_relinking(&r->aside);
	return NULL;
}

int as_relinking_fd(const struct as_relinking *r)
{
	return r->aside.fd;
}

bool as_relinking_done(const struct as_relinking *r, int wait_ms)
{
	return as_aside_done(&r->aside, wait_ms);
}

/* ---- what was found ---- */

/* The session's file that was there, or NULL. */
static struct session_file *file_at(struct as_session *s, const char *path)
{
	for (int i = 0; i < s->n_files; i++) {
		if (strcmp(s->files[i].path, path) == 0)
			return &s->files[i];
	}
	return NULL;
}

/* With the lock. False when out of memory. */
static bool take_one(struct as_session *s, struct session_file *f, const struct as_project_file *was, const struct as_media_find *find,
		     struct as_relinked *out)
{
	bool away = f->media == AS_CLIP_MEDIA_MISSING || find->fate == AS_MEDIA_MOVED;
	if (!as_engine_take_find(f, find))
		return false;
	out->n_missing += find->fate == AS_MEDIA_GONE;
	out->n_found += away && (find->fate == AS_MEDIA_MOVED || find->fate == AS_MEDIA_SAME);
	as_engine_forget_notes(s, was->path);
	as_engine_tell_find(s, was->path, find);
	return true;
}

/* A recording that the session has under its new path already is not found: it would be there twice. */
static bool is_there_already(struct as_session *s, const struct as_media_find *find)
{
	return find->fate == AS_MEDIA_MOVED && file_at(s, find->path);
}

static bool take_all(struct as_session *s, const struct as_relinking *r, struct as_relinked *out)
{
	bool ok = true;
	pthread_mutex_lock(&s->lock);
	for (int i = 0; ok && i < r->p->n_files; i++) {
		struct session_file *f = file_at(s, r->p->files[i].path);
		if (f && !is_there_already(s, &r->finds[i]))
			ok = take_one(s, f, &r->p->files[i], &r->finds[i], out);
		else if (f)
			out->n_missing++;
	}
	s->generation++;
	pthread_mutex_unlock(&s->lock);
	return ok;
}

static enum as_status take(struct as_session *s, struct as_relinking *r, struct as_relinked *out, struct as_error *err)
{
	enum as_status status = r->err.status;
	if (status != AS_OK && err)
		*err = r->err;
	if (status == AS_OK)
		status = as_undo_begin(s, err, "relink below %.200s", r->n_roots ? r->roots[0] : "");
	if (status != AS_OK)
		return status;
	bool ok = take_all(s, r, out);
	as_undo_end(s, out->n_found > 0);
	as_engine_fetch_waves(s);
	as_engine_emit(s, AS_EVENT_PLACED, 0);
	return ok ? AS_OK : as_fail(err, AS_ERR_MEMORY, "recordings: out of memory");
}

enum as_status as_relinking_take(struct as_session *s, struct as_relinking *r, struct as_relinked *out, struct as_error *err)
{
	enum as_status status = as_engine_check_idle(s, err);
	*out = (struct as_relinked){0};
	if (status == AS_OK && !as_relinking_done(r, 0))
		status = as_fail(err, AS_ERR_BUSY, "recordings: still being looked for");
	if (status != AS_OK)
		return status;
	status = take(s, r, out, err);
	as_relinking_close(r);
	return status;
}

void as_relinking_close(struct as_relinking *r)
{
	if (r)
		as_aside_drop(&r->aside);
}
