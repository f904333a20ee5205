#include "tui/places.h"

#include <errno.h>
#include <math.h>
#include <stdlib.h>
#include <string.h>
#include <sys/stat.h>
#include <sys/statvfs.h>
#include <unistd.h>

#include "base/aside.h"

struct tui_places {
	struct as_aside aside;
	/* Immutable once it runs. */
	char **paths;
	int n;
	/* The thread's until it is done. */
	struct tui_folder *v;
};

/* --- in the thread --------------------------------------------------------------------------------------------- */

/* The path, or what of it exists. */
static char *existing(const char *path, struct stat *st)
{
	char *at = strdup(path);

	while (at && stat(at, st) != 0) {
		char *slash = strrchr(at, '/');

		if (errno != ENOENT || !slash || slash == at) {
			free(at);
			return errno == ENOENT && stat("/", st) == 0 ? strdup("/") : NULL;
		}
		*slash = '\0';
	}
	return at;
}

static double free_bytes(const char *there)
{
	struct statvfs v;

	/* Some network file systems say 0 of 0. */
	if (statvfs(there, &v) != 0 || v.f_blocks == 0)
		return NAN;
	return (double)v.f_bavail * (double)(v.f_frsize ? v.f_frsize : v.f_bsize);
}

static void look_at(const char *path, struct tui_folder *p)
{
	struct stat st;
	char *there = existing(path, &st);

	p->free_bytes = NAN;
	if (!there) {
		as_fail_errno(&p->err, path, "cannot write there");
		return;
	}
	p->exists = !strcmp(there, path);
	p->dev = st.st_dev;
	p->ino = st.st_ino;
	if (!S_ISDIR(st.st_mode))
		as_fail(&p->err, AS_ERR_INVALID, "%s: is not a folder", there);
	else if (access(there, W_OK | X_OK) != 0)
		as_fail_errno(&p->err, there, "cannot write there");
	p->free_bytes = free_bytes(there);
	free(there);
}

static void look(struct as_aside *a)
{
	struct tui_places *p = (struct tui_places *)a;

	for (int i = 0; i < p->n && !atomic_load(&a->stopped); i++)
		look_at(p->paths[i], &p->v[i]);
}

/* --- the front end's ------------------------------------------------------------------------------------------- */

static void free_places(struct as_aside *a)
{
	struct tui_places *p = (struct tui_places *)a;

	for (int i = 0; p->paths && i < p->n; i++)
		free(p->paths[i]);
	free(p->paths);
	free(p->v);
	free(p);
}

struct tui_places *tui_places_ask(const char *const *paths, int n)
{
	struct tui_places *p = calloc(1, sizeof *p);
	bool whole = p && (p->paths = calloc((size_t)n + 1, sizeof *p->paths)) && (p->v = calloc((size_t)n + 1, sizeof *p->v));

	for (int i = 0; whole && i < n; i++) {
		whole = (p->paths[i] = strdup(paths[i])) != NULL;
		p->n += whole;
	}
	if (whole && as_aside_start(&p->aside, look, free_places, "folder", NULL) == AS_OK)
		return p;
	if (p)
		free_places(&p->aside);
	return NULL;
}

int tui_places_fd(const struct tui_places *p)
{
	return p->aside.fd;
}

bool tui_places_known(const struct tui_places *p, int wait_ms)
{
	return as_aside_done(&p->aside, wait_ms);
}

bool tui_places_are(const struct tui_places *p, const char *const *paths, int n)
{
	for (int i = 0; i < n && p->n == n; i++)
		if (strcmp(p->paths[i], paths[i]) != 0)
			return false;
	return p->n == n;
}

const struct tui_folder *tui_places_at(const struct tui_places *p, int i)
{
	return &p->v[i];
}

void tui_places_drop(struct tui_places *p)
{
	if (p)
		as_aside_drop(&p->aside);
}
