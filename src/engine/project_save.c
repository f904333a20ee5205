/* A session -> a project file: where it may go, and the writing, which can be a thread's. */
#include <errno.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/stat.h>
#include <unistd.h>

#include "base/text.h"
#include "base/aside.h"
#include "engine/autosave_private.h"
#include "project/paths.h"

/* A file that must not be written over. */
struct file_id {
	dev_t dev;
	ino_t ino;
};

/* One save: all that it takes stands alone, so that the session may go on being changed. */
struct save_job {
	struct as_aside aside;
	/* Immutable once it runs. */
	struct as_project *project;
	uint64_t edit_id; /* of what is saved */
	char *path;       /* as it was asked for */
	bool force;
	char *own;     /* the session's project, which may be written over, or NULL */
	char *guarded; /* that the session holds, or NULL */
	struct file_id *recordings;
	int n_recordings;
	struct autosave_job *before;    /* an autosave that is to end first, or NULL */
	struct autosave_places *places; /* the session's, which waits before it touches them; ours once let_go */
	/* Of both. */
	atomic_bool let_go;
	/* Found out. */
	char *target;
	const char *reduced;
	enum as_status status;
	struct as_error err;
};

/* ---- where ---- */

/* The file itself where path is a link to one: the link stays. Absolute. */
char *as_engine_project_target(const char *path)
{
	char *full = realpath(path, NULL), *dir;
	if (full)
		return full;
	dir = as_project_dir(path);
	full = dir ? as_path_join(dir, as_path_base(path)) : NULL;
	free(dir);
	return full;
}

static enum as_status check_target(const struct save_job *j, const char *path, struct as_error *err)
{
	struct stat st;
	if (as_path_base(path)[0] == '\0')
		return as_fail(err, AS_ERR_INVALID, "%s: not a file name", path);
	if (stat(path, &st) != 0)
		return errno == ENOENT ? AS_OK : as_fail_errno(err, path, NULL);
	if (!S_ISREG(st.st_mode))
		return as_fail(err, AS_ERR_EXISTS, "%s: exists and is not a file", path);
	for (int i = 0; i < j->n_recordings; i++) {
		if (j->recordings[i].dev == st.st_dev && j->recordings[i].ino == st.st_ino)
			return as_fail(err, AS_ERR_EXISTS, "%s: is one of the recordings", path);
	}
	if (j->force || (j->own && strcmp(j->own, path) == 0))
		return AS_OK;
	return as_fail(err, AS_ERR_EXISTS, "%s: exists already", path);
}

static void let_go_of_guard(struct as_session *s)
{
	as_project_guard_release(s->guard);
	free(s->guarded);
	s->guard = NULL;
	s->guarded = NULL;
}

enum as_status as_session_hold(struct as_session *s, const char *path, struct as_error *err)
{
	char *target = path ? as_engine_project_target(path) : NULL;
	if (path && !target)
		return as_fail(err, AS_ERR_MEMORY, "%s: out of memory", path);
	if (path && s->guarded && strcmp(s->guarded, target) == 0) {
		free(target);
		return AS_OK;
	}
	let_go_of_guard(s);
	if (!path)
		return AS_OK;
	struct as_error own;
	s->guard = as_project_guard_take(target, &own);
	if (s->guard) {
		s->guarded = target;
		return AS_OK;
	}
	free(target);
	if (err)
		*err = own;
	return own.status;
}

/* ---- in the job ---- */

static enum as_status write_checked(struct save_job *j, struct as_error *err)
{
	enum as_status status = check_target(j, j->target, err);
	return status == AS_OK ? as_project_write(j->project, j->target, true, &j->reduced, &j->aside.stopped, err) : status;
}

static enum as_status write_guarded(struct save_job *j, struct as_error *err)
{
	bool held = j->guarded && strcmp(j->guarded, j->target) == 0;
	/* Asked before the file is looked at: who has it may be about to write it. */
	struct as_project_guard *guard = held ? NULL : as_project_guard_take(j->target, err);
	if (!held && !guard)
		return err->status;
	enum as_status status = write_checked(j, err);
	as_project_guard_release(guard);
	return status;
}

static void save(struct as_aside *a)
{
	struct save_job *j = (struct save_job *)a;
	if (j->before)
		as_engine_await_autosave(j->before);
	j->target = as_engine_project_target(j->path);
	j->status = j->target ? write_guarded(j, &j->err) : as_fail(&j->err, AS_ERR_MEMORY, "%s: out of memory", j->path);
	/* What was kept is in the project now, whoever still waits for it. */
	if (j->status == AS_OK) {
		bool ours = j->own && j->guarded && strcmp(j->guarded, j->own) == 0;
		as_engine_drop_places(j->places, j->own, ours);
		as_project_drop_autosave(j->target, j->places->dir);
	}
}

static void free_job(struct as_aside *a)
{
	struct save_job *j = (struct save_job *)a;
	if (j->before)
		as_engine_release_autosave(j->before);
	if (atomic_load(&j->let_go))
		as_engine_free_places(j->places);
	as_project_free(j->project);
	free(j->path);
	free(j->own);
	free(j->guarded);
	free(j->recordings);
	free(j->target);
	free(j);
}

/* ---- in the front end's thread ---- */

static bool copy_words(struct save_job *j, const struct as_session *s, const char *path)
{
	j->path = strdup(path);
	j->own = s->project ? strdup(s->project) : NULL;
	j->guarded = s->guarded ? strdup(s->guarded) : NULL;
	j->recordings = calloc((size_t)s->n_files + 1, sizeof *j->recordings);
	for (int i = 0; j->recordings && i < s->n_files; i++)
		j->recordings[j->n_recordings++] = (struct file_id){s->files[i].dev, s->files[i].ino};
	return j->path && (j->own || !s->project) && (j->guarded || !s->guarded) && j->recordings;
}

/* Where and over what, without what is to be written. */
static struct save_job *new_check(struct as_session *s, const char *path, bool force, struct as_error *err)
{
	struct save_job *j = calloc(1, sizeof *j);
	if (j) {
		j->force = force;
		j->places = s->kept;
		atomic_init(&j->let_go, false);
		atomic_init(&j->aside.stopped, false);
	}
	if (j && copy_words(j, s, path))
		return j;
	if (j)
		free_job(&j->aside);
	as_fail(err, AS_ERR_MEMORY, "%s: out of memory", path);
	return NULL;
}

static struct save_job *new_job(struct as_session *s, const char *path, bool force, struct as_error *err)
{
	struct save_job *j = new_check(s, path, force, err);
	if (!j)
		return NULL;
	pthread_mutex_lock(&s->lock);
	j->edit_id = s->edit_id;
	pthread_mutex_unlock(&s->lock);
	j->project = as_engine_project_of(s, path, err);
	if (j->project)
		return j;
	free_job(&j->aside);
	return NULL;
}

enum as_status as_session_check_save(struct as_session *s, const char *path, bool force, struct as_error *err)
{
	struct save_job *j = new_check(s, path, force, err);
	char *dir = as_project_dir(path);
	if (!j || !dir) {
		free(dir);
		if (j)
			free_job(&j->aside);
		return as_fail(err, AS_ERR_MEMORY, "%s: out of memory", path);
	}
	j->target = as_engine_project_target(path);
	enum as_status status = j->target ? check_target(j, j->target, err) : as_fail(err, AS_ERR_MEMORY, "%s: out of memory", path);
	if (status == AS_OK && access(dir, W_OK | X_OK) != 0)
		status = as_fail_errno(err, path, "cannot be written there");
	free_job(&j->aside);
	free(dir);
	return status;
}

/* The session learns what became of it. */
static enum as_status take(struct as_session *s, struct save_job *j, struct as_error *err)
{
	if (j->status != AS_OK) {
		if (err)
			*err = j->err;
		return j->status;
	}
	if (j->reduced)
		as_engine_warn(s, "%s: is large: %s were left out", j->target, j->reduced);
	s->edit_saved = j->edit_id;
	free(s->project);
	s->project = j->target;
	j->target = NULL;
	return AS_OK;
}

enum as_status as_session_save(struct as_session *s, const char *path, bool force, struct as_error *err)
{
	as_session_save_ended(s, -1, NULL);
	as_session_autosave_ended(s, -1, NULL);
	struct save_job *j = new_job(s, path, force, err);
	if (!j)
		return AS_ERR_MEMORY;
	save(&j->aside);
	enum as_status status = take(s, j, err);
	free_job(&j->aside);
	return status;
}

enum as_status as_session_save_start(struct as_session *s, const char *path, bool force, struct as_error *err)
{
	if (s->saving)
		return as_fail(err, AS_ERR_BUSY, "%s: the project is still being written", path);
	as_session_autosave_ended(s, 0, NULL);
	struct save_job *j = new_job(s, path, force, err);
	if (!j)
		return AS_ERR_MEMORY;
	j->before = s->keeping;
	if (j->before)
		as_engine_hold_autosave(j->before);
	enum as_status status = as_aside_start(&j->aside, save, free_job, "save", err);
	if (status == AS_OK)
		s->saving = j;
	else
		free_job(&j->aside);
	return status;
}

int as_session_save_fd(const struct as_session *s)
{
	return s->saving ? s->saving->aside.fd : -1;
}

bool as_session_save_ended(struct as_session *s, int wait_ms, struct as_error *err)
{
	struct save_job *j = s->saving;
	if (!j || !as_aside_done(&j->aside, wait_ms))
		return false;
	enum as_status status = take(s, j, err);
	if (err)
		err->status = status;
	s->saving = NULL;
	as_aside_drop(&j->aside);
	return true;
}

void as_session_abandon_writing(struct as_session *s)
{
	struct autosave_places *fresh = s->saving || s->keeping ? calloc(1, sizeof *fresh) : NULL;
	as_session_save_ended(s, 0, NULL);
	as_session_autosave_ended(s, 0, NULL);
	/* Without memory for others the names are waited for. */
	if ((!s->saving && !s->keeping) || !fresh) {
		free(fresh);
		return;
	}
	if (s->saving)
		atomic_store(&s->saving->let_go, true);
	as_engine_abandon_autosave(s, !s->saving);
	if (s->saving)
		as_aside_drop(&s->saving->aside);
	s->saving = NULL;
	s->kept = fresh;
}
