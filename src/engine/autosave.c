/* What a session keeps beside what the user saves: written while one works, offered when something went wrong (autosave_find). */
#include <errno.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/stat.h>
#include <unistd.h>

#include "base/file.h"
#include "base/hash.h"
#include "base/text.h"
#include "base/aside.h"
#include "engine/autosave_private.h"
#include "project/paths.h"

#define MAX_UNTITLED 1000

/* One autosave: all that it takes stands alone, so that the session may go on being changed. */
struct autosave_job {
	struct as_aside aside;
	struct autosave_places *places; /* the session's, which waits before it touches them; ours once let_go */
	atomic_bool let_go;
	struct as_project *project;
	char *path;      /* where the project is going to be, as it was asked for, or NULL */
	char *guarded;   /* that the session holds, or NULL */
	char *state_dir; /* or NULL */
	/* Found out. */
	char *target;    /* the project's file itself */
	bool ours;       /* the session holds it */
	enum as_status status;
	struct as_error err;
};

char *as_engine_autosave_path(const char *target, const char *state_dir, int number)
{
	struct as_hash h;
	char suffix[32] = ".autosave", name[320];
	if (number > 0)
		snprintf(suffix, sizeof suffix, "-%d.autosave", number);
	if (!state_dir)
		return as_project_beside(target, suffix);
	as_hash_init(&h, 0);
	as_hash_add(&h, target, strlen(target));
	snprintf(name, sizeof name, "%.200s.%016llx%s", as_path_base(target), (unsigned long long)as_hash_value(&h), suffix);
	return as_path_join(state_dir, name);
}

/* ---- in the job: names that no other session has ---- */

static char *untitled_path(const char *state_dir, int i)
{
	char name[64];
	snprintf(name, sizeof name, "untitled-%d.autosave", i);
	return as_path_join(state_dir, name);
}

static bool is_untitled_in(const char *path, const char *state_dir)
{
	char *dir = realpath(state_dir, NULL);
	size_t n = dir ? strlen(dir) : 0;
	bool in = path && dir && strncmp(path, dir, n) == 0 && path[n] == '/' && strncmp(as_path_base(path), "untitled-", 9) == 0;
	free(dir);
	return in;
}

/* The one that the session was loaded from goes on being its own, unless somebody else has it. */
static enum as_status take_recovered(struct autosave_places *to, const char *state_dir, struct as_error *err)
{
	if (!is_untitled_in(to->recovered, state_dir))
		return AS_OK;
	char *copy = strdup(to->recovered);
	if (!copy)
		return as_fail(err, AS_ERR_MEMORY, "autosave: out of memory");
	to->own_guard = as_project_guard_take(copy, NULL);
	if (to->own_guard)
		to->own = copy;
	else
		free(copy);
	return AS_OK;
}

/* Takes path if nobody has it, and none has left it. */
static bool take_own(struct autosave_places *to, char *path, struct as_error *err)
{
	struct as_project_guard *guard = path && !as_file_exists(path) ? as_project_guard_take(path, err) : NULL;
	/* Somebody may have been faster. */
	if (guard && !as_file_exists(path)) {
		to->own = path;
		to->own_guard = guard;
		return true;
	}
	as_project_guard_release(guard);
	free(path);
	return false;
}

static enum as_status need_untitled(struct autosave_places *to, const char *state_dir, struct as_error *err)
{
	enum as_status status = to->own ? AS_OK : take_recovered(to, state_dir, err);
	if (to->own || status != AS_OK)
		return status;
	for (int i = 1; i <= MAX_UNTITLED; i++) {
		if (take_own(to, untitled_path(state_dir, i), err))
			return AS_OK;
	}
	return as_fail(err, AS_ERR_IO, "%s: no place for an autosave", state_dir);
}

static enum as_status need_beside(struct autosave_places *to, const char *target, const char *dir, struct as_error *err)
{
	for (int i = AUTOSAVE_FIRST_OWN; !to->own && i <= AUTOSAVE_MAX_BESIDE; i++) {
		if (take_own(to, as_engine_autosave_path(target, dir, i), err))
			to->own_number = i;
	}
	return to->own ? AS_OK : as_fail(err, AS_ERR_IO, "%s: no place for an autosave beside it", target);
}

/* ---- in the job: writing ---- */

/* The place in state_dir leads to one that is elsewhere, so that it is found without knowing the project. What cannot be linked is found
 * by the project alone. Takes from. */
static void link_to(char *from, const char *at)
{
	struct stat st;
	if (from && at && lstat(from, &st) == 0 && S_ISLNK(st.st_mode))
		unlink(from);
	if (from && at && symlink(at, from) != 0)
		errno = 0;
	free(from);
}

static enum as_status keep_state_dir(struct autosave_places *to, const char *state_dir, struct as_error *err)
{
	char *copy = strdup(state_dir);
	if (!copy)
		return as_fail(err, AS_ERR_MEMORY, "autosave: out of memory");
	free(to->dir);
	to->dir = copy;
	return as_dir_make(state_dir, err);
}

static enum as_status write_untitled(struct autosave_job *j)
{
	struct as_error *err = &j->err;
	if (!j->state_dir)
		return as_fail(err, AS_ERR_INVALID, "autosave: the session has no project, and no folder was given");
	enum as_status status = as_dir_make(j->state_dir, err);
	if (status == AS_OK)
		status = need_untitled(j->places, j->state_dir, err);
	return status == AS_OK ? as_project_write(j->project, j->places->own, false, NULL, NULL, err) : status;
}

/* at: under which name, decided by who else works on the project. */
static enum as_status write_at(struct autosave_job *j, bool elsewhere, char **at)
{
	struct autosave_places *to = j->places;
	const char *dir = elsewhere ? j->state_dir : NULL;
	bool shared = to->own || (!j->ours && as_engine_is_held(j->target));
	enum as_status status = shared ? need_beside(to, j->target, dir, &j->err) : AS_OK;
	if (status != AS_OK)
		return status;
	*at = shared ? strdup(to->own) : as_engine_autosave_path(j->target, dir, 0);
	j->project->autosave_of = strdup(j->target);
	if (!*at || !j->project->autosave_of)
		return as_fail(&j->err, AS_ERR_MEMORY, "autosave: out of memory");
	to->named |= !shared;
	return as_project_write(j->project, *at, false, NULL, NULL, &j->err);
}

static enum as_status write_named(struct autosave_job *j)
{
	struct autosave_places *to = j->places;
	char *dir = as_project_dir(j->target), *at = NULL;
	if (!dir)
		return as_fail(&j->err, AS_ERR_MEMORY, "autosave: out of memory");
	bool elsewhere = j->state_dir && access(dir, W_OK | X_OK) != 0;
	enum as_status status = elsewhere ? keep_state_dir(to, j->state_dir, &j->err) : AS_OK;
	if (status == AS_OK)
		status = write_at(j, elsewhere, &at);
	if (status == AS_OK && j->state_dir && !elsewhere && keep_state_dir(to, j->state_dir, NULL) == AS_OK)
		link_to(as_engine_autosave_path(j->target, j->state_dir, to->own ? to->own_number : 0), at);
	free(dir);
	free(at);
	return status;
}

static void keep(struct as_aside *a)
{
	struct autosave_job *j = (struct autosave_job *)a;
	j->target = j->path ? as_engine_project_target(j->path) : NULL;
	j->ours = j->guarded && j->target && strcmp(j->guarded, j->target) == 0;
	if (j->path && !j->target)
		j->status = as_fail(&j->err, AS_ERR_MEMORY, "autosave: out of memory");
	else
		j->status = j->target ? write_named(j) : write_untitled(j);
}

static void free_job(struct as_aside *a)
{
	struct autosave_job *j = (struct autosave_job *)a;
	if (atomic_load(&j->let_go))
		as_engine_free_places(j->places);
	as_project_free(j->project);
	free(j->path);
	free(j->guarded);
	free(j->target);
	free(j->state_dir);
	free(j);
}

/* ---- in the front end's thread ---- */

static struct autosave_job *new_job(struct as_session *s, const char *path, const char *state_dir, struct as_error *err)
{
	struct autosave_job *j = calloc(1, sizeof *j);
	if (!j) {
		as_fail(err, AS_ERR_MEMORY, "autosave: out of memory");
		return NULL;
	}
	j->places = s->kept;
	atomic_init(&j->let_go, false);
	j->path = path ? strdup(path) : NULL;
	j->guarded = s->guarded ? strdup(s->guarded) : NULL;
	j->state_dir = state_dir ? strdup(state_dir) : NULL;
	j->project = as_engine_project_of(s, path ? path : "autosave", err);
	if (j->project && (j->path || !path) && (j->guarded || !s->guarded) && (j->state_dir || !state_dir))
		return j;
	free_job(&j->aside);
	as_fail(err, AS_ERR_MEMORY, "autosave: out of memory");
	return NULL;
}

bool as_session_autosave_ended(struct as_session *s, int wait_ms, struct as_error *err)
{
	struct autosave_job *j = s->keeping;
	if (!j || !as_aside_done(&j->aside, wait_ms))
		return false;
	if (err) {
		*err = j->err;
		err->status = j->status;
	}
	s->keeping = NULL;
	as_aside_drop(&j->aside);
	return true;
}

enum as_status as_session_autosave_start(struct as_session *s, const char *path, const char *state_dir, struct as_error *err)
{
	as_session_autosave_ended(s, 0, NULL);
	if (s->keeping || s->saving)
		return as_fail(err, AS_ERR_BUSY, "autosave: the session is still being written");
	struct autosave_job *j = new_job(s, path, state_dir, err);
	if (!j)
		return AS_ERR_MEMORY;
	enum as_status status = as_aside_start(&j->aside, keep, free_job, "autosave", err);
	if (status == AS_OK)
		s->keeping = j;
	else
		free_job(&j->aside);
	return status;
}

enum as_status as_session_autosave(struct as_session *s, const char *path, const char *state_dir, struct as_error *err)
{
	as_session_save_ended(s, -1, NULL);
	as_session_autosave_ended(s, -1, NULL);
	struct autosave_job *j = new_job(s, path, state_dir, err);
	if (!j)
		return AS_ERR_MEMORY;
	keep(&j->aside);
	enum as_status status = j->status;
	if (err && status != AS_OK)
		*err = j->err;
	free_job(&j->aside);
	return status;
}

/* ---- names that are kept, dropped, given away ---- */

static void leave(struct autosave_places *to)
{
	as_project_guard_release(to->own_guard);
	free(to->own);
	free(to->recovered);
	*to = (struct autosave_places){.dir = to->dir};
}

void as_engine_free_places(struct autosave_places *to)
{
	if (!to)
		return;
	leave(to);
	free(to->dir);
	free(to);
}

void as_engine_drop_places(struct autosave_places *to, const char *project, bool ours)
{
	if (to->own)
		unlink(to->own);
	if (to->recovered)
		unlink(to->recovered);
	/* Under the project's name there may be what another session keeps. */
	if (project && (to->named || ours))
		as_project_drop_autosave(project, to->dir);
	leave(to);
}

void as_engine_hold_autosave(struct autosave_job *j)
{
	as_aside_hold(&j->aside);
}

void as_engine_await_autosave(struct autosave_job *j)
{
	as_aside_done(&j->aside, -1);
}

void as_engine_release_autosave(struct autosave_job *j)
{
	as_aside_release(&j->aside);
}

void as_engine_abandon_autosave(struct as_session *s, bool with_places)
{
	if (!s->keeping)
		return;
	atomic_store(&s->keeping->let_go, with_places);
	as_aside_drop(&s->keeping->aside);
	s->keeping = NULL;
}

void as_engine_leave_autosave(struct as_session *s)
{
	as_session_save_ended(s, -1, NULL);
	as_session_autosave_ended(s, -1, NULL);
	as_engine_free_places(s->kept);
	s->kept = NULL;
}

void as_session_drop_autosave(struct as_session *s)
{
	as_session_save_ended(s, -1, NULL);
	as_session_autosave_ended(s, -1, NULL);
	as_engine_drop_places(s->kept, s->project, s->project && s->guarded && strcmp(s->guarded, s->project) == 0);
}
