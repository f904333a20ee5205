#include "engine/scan.h"

#include <dirent.h>
#include <errno.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

#include "base/text.h"
#include "media/mark.h"
#include "media/probe.h"

#define MAX_DEPTH 64

struct folder_id {
	dev_t dev;
	ino_t ino;
};

struct names {
	char **v;
	size_t n, cap;
};

struct walk {
	const struct as_scan_sink *sink;
	struct folder_id *seen;
	size_t n_seen, cap_seen;
	int n_files;
	struct names aligned;
};

static enum as_status no_memory(struct as_error *err)
{
	return as_fail(err, AS_ERR_MEMORY, "folder scan: out of memory");
}

static void names_done(struct names *l)
{
	for (size_t i = 0; i < l->n; i++)
		free(l->v[i]);
	free(l->v);
}

static bool names_add(struct names *l, const char *name)
{
	if (l->n == l->cap) {
		size_t cap = l->cap ? l->cap * 2 : 64;
		char **v = realloc(l->v, cap * sizeof *v);
		if (!v)
			return false;
		l->v = v;
		l->cap = cap;
	}
	char *copy = strdup(name);
	if (copy)
		l->v[l->n++] = copy;
	return copy != NULL;
}

static int by_name(const void *pa, const void *pb)
{
	return as_text_natural_cmp(*(char *const *)pa, *(char *const *)pb);
}

/* AS_NO_MATCH: this folder was entered before, by another link. */
static enum as_status enter(struct walk *w, const struct stat *st)
{
	for (size_t i = 0; i < w->n_seen; i++) {
		if (w->seen[i].dev == st->st_dev && w->seen[i].ino == st->st_ino)
			return AS_NO_MATCH;
	}
	if (w->n_seen == w->cap_seen) {
		size_t cap = w->cap_seen ? w->cap_seen * 2 : 32;
		struct folder_id *v = realloc(w->seen, cap * sizeof *v);
		if (!v)
			return AS_ERR_MEMORY;
		w->seen = v;
		w->cap_seen = cap;
	}
	w->seen[w->n_seen++] = (struct folder_id){st->st_dev, st->st_ino};
	return AS_OK;
}

static void report(const struct walk *w, const char *path)
{
	struct as_error err;
	as_fail_errno(&err, path, NULL);
	w->sink->problem(w->sink->ctx, &err);
}

static enum as_status list(const struct walk *w, const char *path, struct names *l)
{
	DIR *d = opendir(path);
	const struct dirent *e;
	enum as_status status = AS_OK;
	if (!d) {
		report(w, path);
		return AS_OK;
	}
	while (errno = 0, (e = readdir(d)) != NULL) {
		if (e->d_name[0] != '.' && !names_add(l, e->d_name)) {
			status = AS_ERR_MEMORY;
			break;
		}
	}
	if (!e && errno)
		report(w, path);
	closedir(d);
	if (l->n > 1)
		qsort(l->v, l->n, sizeof *l->v, by_name);
	return status;
}

static enum as_status walk_folder(struct walk *w, const char *path, const struct stat *st,
				  int depth);

static enum as_status visit(struct walk *w, const char *path, int depth)
{
	struct stat st;
	if (w->sink->stopped && atomic_load(w->sink->stopped))
		return AS_CANCELLED;
	if (stat(path, &st) != 0) {
		if (as_media_name_known(path))
			report(w, path);
		return AS_OK;
	}
	if (S_ISDIR(st.st_mode))
		return walk_folder(w, path, &st, depth + 1);
	if (!S_ISREG(st.st_mode) || !as_media_name_known(path))
		return AS_OK;
	if (as_mark_found(path))
		return names_add(&w->aligned, path) ? AS_OK : AS_ERR_MEMORY;
	w->n_files++;
	return w->sink->file(w->sink->ctx, path, &st) ? AS_OK : AS_ERR_MEMORY;
}

/* Aligned files are no recordings; but who names a folder that has nothing else means them. */
static enum as_status settle_aligned(struct walk *w)
{
	bool alone = w->n_files == 0;
	for (size_t i = 0; i < w->aligned.n; i++) {
		const char *path = w->aligned.v[i];
		struct stat st;
		if (!alone) {
			w->sink->left_out(w->sink->ctx, path);
		} else if (stat(path, &st) == 0) {
			w->n_files++;
			if (!w->sink->file(w->sink->ctx, path, &st))
				return AS_ERR_MEMORY;
		}
	}
	return AS_OK;
}

static enum as_status walk_folder(struct walk *w, const char *path, const struct stat *st,
				  int depth)
{
	struct names l = {0};
	enum as_status status = enter(w, st);
	if (status != AS_OK)
		return status == AS_NO_MATCH ? AS_OK : status;
	if (depth > MAX_DEPTH) {
		errno = ENAMETOOLONG;
		report(w, path);
		return AS_OK;
	}
	status = list(w, path, &l);
	for (size_t i = 0; status == AS_OK && i < l.n; i++) {
		char *child = as_path_join(path, l.v[i]);
		status = child ? visit(w, child, depth) : AS_ERR_MEMORY;
		free(child);
	}
	names_done(&l);
	return status;
}

/* Absolute, without empty and "." components; ".." stays, since what it means depends on links. */
static char *make_absolute(const char *path, struct as_error *err)
{
	char *cwd = path[0] == '/' ? NULL : getcwd(NULL, 0);
	if (path[0] != '/' && !cwd) {
		as_fail_errno(err, path, "current folder");
		return NULL;
	}
	char *full = cwd ? as_path_join(cwd, path) : strdup(path);
	free(cwd);
	if (!full) {
		no_memory(err);
		return NULL;
	}
	char *to = full;
	for (const char *p = full; *p;) {
		size_t n = strcspn(p, "/");
		if (n > 0 && !(n == 1 && p[0] == '.')) {
			*to++ = '/';
			memmove(to, p, n);
			to += n;
		}
		p += n + (p[n] == '/');
	}
	if (to == full)
		*to++ = '/';
	*to = '\0';
	return full;
}

enum as_status as_scan(const char *path, const char *skip_dir, const struct as_scan_sink *sink,
		       int *n_files, struct as_error *err)
{
	struct walk w = {.sink = sink};
	struct stat st, skip;
	enum as_status status = AS_OK;
	*n_files = 0;
	if (!path[0])
		return as_fail(err, AS_ERR_INVALID, "an empty path names nothing");
	char *full = make_absolute(path, err);
	if (!full)
		return err ? err->status : AS_ERR_IO;
	if (stat(full, &st) != 0) {
		status = as_fail_errno(err, path, NULL);
	} else if (S_ISDIR(st.st_mode) && access(full, R_OK | X_OK) != 0) {
		status = as_fail_errno(err, path,
				       NULL); /* inside another folder it would be a warning */
	} else if (S_ISDIR(st.st_mode)) {
		/* As if it had been entered already; but who names the folder itself means it. */
		bool skips = skip_dir && stat(skip_dir, &skip) == 0 &&
			     !(skip.st_dev == st.st_dev && skip.st_ino == st.st_ino);
		status = skips ? enter(&w, &skip) : AS_OK;
		if (status == AS_OK)
			status = walk_folder(&w, full, &st, 0);
		if (status == AS_OK)
			status = settle_aligned(&w);
	} else {
		w.n_files = 1;
		status = sink->file(sink->ctx, full, &st) ? AS_OK : AS_ERR_MEMORY;
	}
	if (status == AS_ERR_MEMORY)
		no_memory(err);
	if (status == AS_CANCELLED)
		as_fail(err, AS_CANCELLED, "%s: stopped", path);
	*n_files = w.n_files;
	names_done(&w.aligned);
	free(w.seen);
	free(full);
	return status;
}
