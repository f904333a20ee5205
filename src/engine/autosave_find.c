/* The autosaves that sessions have left. */
#include <dirent.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/stat.h>
#include <time.h>
#include <unistd.h>

#include "base/file.h"
#include "base/text.h"
#include "engine/autosave_private.h"
#include "project/origin.h"

#define SUFFIX ".autosave"
#define ASKED 10             /* times, … */
#define ASK_AGAIN_NS 5000000 /* … so far apart */

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

/* Under a name of its own, left by a session that shared the project: what it holds no later save can have. */
static char *left_beside(const char *target, const char *state_dir)
{
	for (int i = AUTOSAVE_FIRST_OWN; i <= AUTOSAVE_MAX_BESIDE; i++) {
		char *at = as_engine_autosave_path(target, state_dir, i);
		if (at && as_file_exists(at) && !as_engine_is_held(at))
			return at;
		free(at);
	}
	return NULL;
}

/* ours: whoever else might be at work on the project is not, for we are. */
static char *find_newer(const char *path, const char *state_dir, bool ours)
{
	char *target = as_engine_project_target(path), *found = NULL;
	bool held = target && !ours && as_engine_is_held(target);
	for (int i = 0; target && !found && i < (state_dir ? 2 : 1); i++) {
		char *at = held ? NULL : as_engine_autosave_path(target, i ? state_dir : NULL, 0);
		if (at && is_newer(at, target))
			found = at;
		else
			free(at);
		if (!found)
			found = left_beside(target, i ? state_dir : NULL);
	}
	free(target);
	return found;
}

char *as_project_newer_autosave(const char *path, const char *state_dir)
{
	return find_newer(path, state_dir, false);
}

char *as_session_newer_autosave(const struct as_session *s, const char *state_dir)
{
	return s->project ? find_newer(s->project, state_dir, s->guarded && strcmp(s->guarded, s->project) == 0) : NULL;
}

void as_project_drop_autosave(const char *path, const char *state_dir)
{
	char *target = as_engine_project_target(path);
	for (int i = 0; target && i < (state_dir ? 2 : 1); i++) {
		char *at = as_engine_autosave_path(target, i ? state_dir : NULL, 0);
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

/* Somebody who still lives works on it. Another one who asks this has it for a moment as well. */
bool as_engine_is_held(const char *path)
{
	const struct timespec moment = {0, ASK_AGAIN_NS};
	struct as_project_guard *guard = NULL;
	struct as_error err = {.status = AS_ERR_BUSY};
	for (int i = 0; i < ASKED && !guard && err.status == AS_ERR_BUSY; i++) {
		if (i > 0)
			nanosleep(&moment, NULL);
		guard = as_project_guard_take(path, &err);
	}
	as_project_guard_release(guard);
	return !guard && err.status == AS_ERR_BUSY;
}

static bool is_same(const char *a, const char *b)
{
	struct stat sa, sb;
	return a && b && stat(a, &sa) == 0 && stat(b, &sb) == 0 && sa.st_dev == sb.st_dev && sa.st_ino == sb.st_ino;
}

/* It has the name that goes with its project, and not one of its own. */
static bool is_under_project(const struct as_autosave *v, const char *state_dir)
{
	bool under = false;
	for (int i = 0; v->project && !under && i < 2; i++) {
		char *at = as_engine_autosave_path(v->project, i ? state_dir : NULL, 0);
		under = is_same(at, v->path);
		free(at);
	}
	return under;
}

/* Of worth: whole enough to be one, nobody's just now, and not in its project already. */
static bool look_at(const char *path, const char *state_dir, struct as_autosave *out)
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
	bool under = out->path && is_under_project(out, state_dir);
	if (out->path && !as_engine_is_held(under ? out->project : out->path) && (!under || is_newer(out->path, out->project)))
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
			*n += look_at(path, state_dir, &v[*n]);
		free(path);
	}
	if (dir)
		closedir(dir);
	if (*n > 1)
		qsort(v, (size_t)*n, sizeof *v, newest_first);
	return v;
}

static bool lies_in(const char *path, const char *dir)
{
	size_t n = strlen(dir);
	return strncmp(path, dir, n) == 0 && (path[n] == '\0' || path[n] == '/' || dir[n - 1] == '/');
}

bool as_autosave_has(const struct as_autosave *v, const char *const *paths, int n)
{
	struct as_project *p = NULL;
	bool has = false;
	if (n == 0 || as_project_read(v->path, &p, NULL) != AS_OK)
		return false;
	for (int i = 0; i < n && !has; i++) {
		char *full = realpath(paths[i], NULL);
		for (int k = 0; full && k < p->n_files && !has; k++)
			has = lies_in(p->files[k].path, full);
		free(full);
	}
	as_project_free(p);
	return has;
}

void as_project_free_autosaves(struct as_autosave *v, int n)
{
	for (int i = 0; i < n; i++)
		autosave_done(&v[i]);
	free(v);
}
