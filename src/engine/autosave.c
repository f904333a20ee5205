/* What a session keeps beside what the user saves: written while one works, offered when something went wrong. */
#include <errno.h>
#include <dirent.h>
#include <math.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/stat.h>
#include <unistd.h>

#include "base/file.h"
#include "base/hash.h"
#include "base/text.h"
#include "engine/project_private.h"
#include "project/origin.h"
#include "project/paths.h"

#define MAX_UNTITLED 1000
#define SUFFIX ".autosave"


/* Beside the project, or where the user's state is kept under a name that tells projects of the same name apart. */
static char *autosave_path(const char *target, const char *state_dir)
{
	struct as_hash h;
	char name[320];
	if (!state_dir)
		return as_project_beside(target, ".autosave");
	as_hash_init(&h, 0);
	as_hash_add(&h, target, strlen(target));
	snprintf(name, sizeof name, "%.200s.%016llx.autosave", as_path_base(target), (unsigned long long)as_hash_value(&h));
	return as_path_join(state_dir, name);
}

/* Takes path. of: the project that it belongs to, or NULL. */
static enum as_status autosave_to(struct as_project *p, char *path, const char *of, struct as_error *err)
{
	p->autosave_of = of ? strdup(of) : NULL;
	enum as_status status = path && (p->autosave_of || !of) ? as_project_write(p, path, false, NULL, err)
								: as_fail(err, AS_ERR_MEMORY, "autosave: out of memory");
	free(path);
	return status;
}

/* The place in state_dir leads to one that is elsewhere, so that it is found without knowing the project. What cannot be linked is found
 * by the project alone. */
static void link_to(char *from, const char *at)
{
	struct stat st;
	if (from && at && lstat(from, &st) == 0 && S_ISLNK(st.st_mode))
		unlink(from);
	if (from && at && symlink(at, from) != 0)
		errno = 0;
	free(from);
}

static enum as_status keep_state_dir(struct as_session *s, const char *state_dir, struct as_error *err)
{
	char *copy = strdup(state_dir);
	if (!copy)
		return as_fail(err, AS_ERR_MEMORY, "autosave: out of memory");
	free(s->autosave_dir);
	s->autosave_dir = copy;
	return as_dir_make(state_dir, err);
}

/* ---- without a project ---- */

static char *untitled_path(const char *state_dir, int i)
{
	char name[64];
	snprintf(name, sizeof name, "untitled-%d" SUFFIX, i);
	return as_path_join(state_dir, name);
}

/* The one that the session was loaded from goes on being its own. */
static bool take_recovered(struct as_session *s, const char *state_dir)
{
	const char *from = s->recovered;
	char *dir = realpath(state_dir, NULL);
	size_t n = dir ? strlen(dir) : 0;
	bool ours = from && dir && strncmp(from, dir, n) == 0 && strncmp(as_path_base(from), "untitled-", 9) == 0;
	free(dir);
	if (!ours)
		return false;
	s->untitled_guard = as_project_guard_take(from, NULL);
	s->untitled = s->untitled_guard ? strdup(from) : NULL;
	return s->untitled != NULL;
}

/* A name that no other session has, and none has left. */
static enum as_status need_untitled(struct as_session *s, const char *state_dir, struct as_error *err)
{
	if (s->untitled || take_recovered(s, state_dir))
		return AS_OK;
	for (int i = 1; i <= MAX_UNTITLED; i++) {
		char *path = untitled_path(state_dir, i);
		struct as_project_guard *guard = path && !as_file_exists(path) ? as_project_guard_take(path, err) : NULL;
		/* Somebody may have been faster. */
		if (guard && !as_file_exists(path)) {
			s->untitled = path;
			s->untitled_guard = guard;
			return AS_OK;
		}
		as_project_guard_release(guard);
		free(path);
	}
	return as_fail(err, AS_ERR_IO, "%s: no place for an autosave", state_dir);
}

static enum as_status autosave_untitled(struct as_session *s, const char *state_dir, struct as_error *err)
{
	if (!state_dir)
		return as_fail(err, AS_ERR_INVALID, "autosave: the session has no project, and no folder was given");
	enum as_status status = as_dir_make(state_dir, err);
	if (status == AS_OK)
		status = need_untitled(s, state_dir, err);
	if (status != AS_OK)
		return status;
	struct as_project *p = as_engine_project_of(s, s->untitled, err);
	if (!p)
		return AS_ERR_MEMORY;
	status = autosave_to(p, strdup(s->untitled), NULL, err);
	as_project_free(p);
	return status;
}

static enum as_status autosave_named(struct as_session *s, struct as_project *p, const char *target, const char *dir,
				     const char *state_dir, struct as_error *err)
{
	bool elsewhere = state_dir && access(dir, W_OK | X_OK) != 0;
	enum as_status status = elsewhere ? keep_state_dir(s, state_dir, err) : AS_OK;
	if (status == AS_OK)
		status = autosave_to(p, autosave_path(target, elsewhere ? state_dir : NULL), target, err);
	if (status == AS_OK && state_dir && !elsewhere && keep_state_dir(s, state_dir, NULL) == AS_OK) {
		char *at = autosave_path(target, NULL);
		link_to(autosave_path(target, state_dir), at);
		free(at);
	}
	return status;
}

enum as_status as_session_autosave(struct as_session *s, const char *path, const char *state_dir, struct as_error *err)
{
	if (!path)
		return autosave_untitled(s, state_dir, err);
	char *target = as_engine_project_target(path), *dir = target ? as_project_dir(target) : NULL;
	struct as_project *p = dir ? as_engine_project_of(s, path, err) : NULL;
	enum as_status status = p ? autosave_named(s, p, target, dir, state_dir, err)
				  : as_fail(err, AS_ERR_MEMORY, "%s: out of memory", path);
	as_project_free(p);
	free(target);
	free(dir);
	return status;
}

void as_engine_leave_autosave(struct as_session *s)
{
	as_project_guard_release(s->untitled_guard);
	free(s->untitled);
	free(s->recovered);
	s->untitled_guard = NULL;
	s->untitled = s->recovered = NULL;
}

void as_session_drop_autosave(struct as_session *s)
{
	if (s->untitled)
		unlink(s->untitled);
	if (s->recovered)
		unlink(s->recovered);
	if (s->project)
		as_project_drop_autosave(s->project, s->autosave_dir);
	as_engine_leave_autosave(s);
}

/* ---- finding them ---- */

/* A regular file that is at least as new as the project. */
static bool is_newer(const char *path, const char *target)
{
	struct stat a, b;
	if (stat(path, &a) != 0 || !S_ISREG(a.st_mode))
		return false;
	if (stat(target, &b) != 0)
		return true;
	return a.st_mtim.tv_sec != b.st_mtim.tv_sec ? a.st_mtim.tv_sec > b.st_mtim.tv_sec
						    : a.st_mtim.tv_nsec >= b.st_mtim.tv_nsec;
}

char *as_project_newer_autosave(const char *path, const char *state_dir)
{
	char *target = as_engine_project_target(path);
	for (int i = 0; target && i < (state_dir ? 2 : 1); i++) {
		char *at = autosave_path(target, i ? state_dir : NULL);
		if (at && is_newer(at, target)) {
			free(target);
			return at;
		}
		free(at);
	}
	free(target);
	return NULL;
}

void as_project_drop_autosave(const char *path, const char *state_dir)
{
	char *target = as_engine_project_target(path);
	for (int i = 0; target && i < (state_dir ? 2 : 1); i++) {
		char *at = autosave_path(target, i ? state_dir : NULL);
		if (at)
			unlink(at);
		free(at);
	}
	free(target);
}

static int newest_first(const void *pa, const void *pb)
{
	const struct as_autosave *a = pa, *b = pb;
	if (a->saved_s != b->saved_s)
		return a->saved_s > b->saved_s ? -1 : 1;
	return strcmp(a->path, b->path);
}

static void autosave_done(struct as_autosave *v)
{
	free((void *)v->path);
	free((void *)v->project);
}

/* Somebody who still lives works on it. */
static bool is_held(const char *path)
{
	struct as_error err;
	struct as_project_guard *guard = as_project_guard_take(path, &err);
	as_project_guard_release(guard);
	return !guard && err.status == AS_ERR_BUSY;
}

/* Of worth: whole enough to be one, nobody's just now, and newer than its project. */
static bool look_at(const char *path, struct as_autosave *out)
{
	struct stat st, own;
	if (stat(path, &st) != 0) {
		if (lstat(path, &own) == 0 && S_ISLNK(own.st_mode))
			unlink(path); /* what it led to was saved */
		return false;
	}
	if (!S_ISREG(st.st_mode) || !as_project_is_one(path))
		return false;
	*out = (struct as_autosave){.path = realpath(path, NULL), .project = as_project_autosave_of(path)};
	out->saved_s = (double)st.st_mtim.tv_sec + (double)st.st_mtim.tv_nsec * 1e-9;
	if (out->path && !is_held(out->project ? out->project : out->path) &&
	    (!out->project || is_newer(out->path, out->project)))
		return true;
	autosave_done(out);
	return false;
}

static bool is_autosave(const char *name)
{
	size_t n = strlen(name);
	return name[0] != '.' && n > strlen(SUFFIX) && strcmp(name + n - strlen(SUFFIX), SUFFIX) == 0;
}

struct as_autosave *as_project_list_autosaves(const char *state_dir, int *n)
{
	DIR *dir = opendir(state_dir);
	struct as_autosave *v = NULL;
	int cap = 0;
	*n = 0;
	for (struct dirent *e; dir && (e = readdir(dir)) != NULL;) {
		char *path = is_autosave(e->d_name) ? as_path_join(state_dir, e->d_name) : NULL;
		if (path && *n == cap) {
			struct as_autosave *more = realloc(v, (size_t)(cap + 16) * sizeof *v);
			v = more ? more : v;
			cap += more ? 16 : 0;
		}
		if (path && *n < cap)
			*n += look_at(path, &v[*n]);
		free(path);
	}
	if (dir)
		closedir(dir);
	if (*n > 1)
		qsort(v, (size_t)*n, sizeof *v, newest_first);
	return v;
}

void as_project_free_autosaves(struct as_autosave *v, int n)
{
	for (int i = 0; i < n; i++)
		autosave_done(&v[i]);
	free(v);
}
