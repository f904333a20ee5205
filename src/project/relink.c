#include "project/relink.h"

#include <dirent.h>
#include <errno.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/stat.h>

#include "base/cache.h"
#include "base/text.h"

#define DEPTH_MAX 64
#define ENTRIES_MAX 2000000
#define TRIES_MAX 200 /* files of just that size that are read for one that is gone */

/* A file below the roots that has the size of one that is gone. */
struct candidate {
	char *path;
	int64_t bytes;
};

struct seen {
	dev_t dev;
	ino_t ino;
};

struct hunt {
	const struct as_project *p;
	const atomic_bool *cancel;
	int64_t *sizes; /* of what is gone, sorted */
	int n_sizes;
	char **names;   /* of what is gone, sorted; borrowed */
	struct candidate *found, *named; /* of such a size; of such a name */
	int n_found, cap_found, n_named, cap_named;
	struct seen *seen;
	int n_seen, cap_seen;
	int64_t n_entries;
	bool out_of_memory;
};

void as_media_find_done(struct as_media_find *f)
{
	free(f->path);
	*f = (struct as_media_find){0};
}

static int64_t mtime_ns_of(const struct stat *st)
{
	return (int64_t)st->st_mtim.tv_sec * 1000000000 + st->st_mtim.tv_nsec;
}

static void identify(struct as_media_find *out, const struct stat *st)
{
	out->mtime_ns = mtime_ns_of(st);
	out->dev = st->st_dev;
	out->ino = st->st_ino;
}

/* ---- where it was ---- */

static enum as_media_fate look_there(const struct as_project_file *f, struct as_media_find *out)
{
	struct stat st;
	struct as_error err;
	char content[AS_PROJECT_CONTENT_BYTES];
	if (stat(f->path, &st) != 0) {
		as_fail_errno(&err, f->path, NULL);
		snprintf(out->why, sizeof out->why, "%s", strerror(errno ? errno : ENOENT));
		return AS_MEDIA_GONE;
	}
	if (!S_ISREG(st.st_mode)) {
		snprintf(out->why, sizeof out->why, "not a regular file");
		return AS_MEDIA_GONE;
	}
	identify(out, &st);
	/* Nothing is known of it yet, or nothing differs. */
	if (f->bytes == 0 || (st.st_size == f->bytes && out->mtime_ns == f->mtime_ns))
		return AS_MEDIA_SAME;
	if (st.st_size != f->bytes) {
		snprintf(out->why, sizeof out->why, "%lld bytes long, and was %lld", (long long)st.st_size, (long long)f->bytes);
		return AS_MEDIA_CHANGED;
	}
	if (!f->content[0] || as_file_content(f->path, content, &st, NULL) != AS_OK || strcmp(content, f->content) != 0) {
		snprintf(out->why, sizeof out->why, "other content of the same length");
		return AS_MEDIA_CHANGED;
	}
	return AS_MEDIA_SAME;
}

void as_project_look_at_media(const struct as_project_file *f, struct as_media_find *out)
{
	*out = (struct as_media_find){0};
	out->fate = look_there(f, out);
}

/* ---- below the roots ---- */

static bool stopped(const struct hunt *h)
{
	return h->out_of_memory || h->n_entries > ENTRIES_MAX || (h->cancel && atomic_load(h->cancel));
}

static int by_size(const void *pa, const void *pb)
{
	int64_t a = *(const int64_t *)pa, b = *(const int64_t *)pb;
	return (a > b) - (a < b);
}

static int by_text(const void *pa, const void *pb)
{
	return strcmp(*(char *const *)pa, *(char *const *)pb);
}

static void keep(struct hunt *h, struct candidate **v, int *n, int *cap, const char *path, int64_t bytes)
{
	if (*n == *cap) {
		int more = *cap ? *cap * 2 : 64;
		struct candidate *grown = realloc(*v, (size_t)more * sizeof *grown);
		h->out_of_memory |= !grown;
		if (!grown)
			return;
		*v = grown;
		*cap = more;
	}
	char *copy = strdup(path);
	h->out_of_memory |= !copy;
	if (copy)
		(*v)[(*n)++] = (struct candidate){copy, bytes};
}

static bool enter(struct hunt *h, const struct stat *st)
{
	for (int i = 0; i < h->n_seen; i++) {
		if (h->seen[i].ino == st->st_ino && h->seen[i].dev == st->st_dev)
			return false;
	}
	if (h->n_seen == h->cap_seen) {
		int cap = h->cap_seen ? h->cap_seen * 2 : 64;
		struct seen *v = realloc(h->seen, (size_t)cap * sizeof *v);
		h->out_of_memory |= !v;
		if (!v)
			return false;
		h->seen = v;
		h->cap_seen = cap;
	}
	h->seen[h->n_seen++] = (struct seen){st->st_dev, st->st_ino};
	return true;
}

static void walk(struct hunt *h, const char *dir, int depth);

static void visit(struct hunt *h, const char *path, int depth)
{
	struct stat st;
	const char *base = as_path_base(path);
	h->n_entries++;
	if (stat(path, &st) != 0)
		return;
	if (S_ISDIR(st.st_mode)) {
		if (depth < DEPTH_MAX && enter(h, &st))
			walk(h, path, depth + 1);
		return;
	}
	if (!S_ISREG(st.st_mode))
		return;
	int64_t bytes = st.st_size;
	if (bsearch(&bytes, h->sizes, (size_t)h->n_sizes, sizeof bytes, by_size))
		keep(h, &h->found, &h->n_found, &h->cap_found, path, bytes);
	else if (bsearch(&base, h->names, (size_t)h->n_sizes, sizeof base, by_text))
		keep(h, &h->named, &h->n_named, &h->cap_named, path, bytes);
}

/* What cannot be read is not there. */
static void walk(struct hunt *h, const char *dir, int depth)
{
	DIR *d = opendir(dir);
	const struct dirent *e;
	while (d && !stopped(h) && (e = readdir(d)) != NULL) {
		if (strcmp(e->d_name, ".") == 0 || strcmp(e->d_name, "..") == 0)
			continue;
		char *path = as_path_join(dir, e->d_name);
		h->out_of_memory |= !path;
		if (path)
			visit(h, path, depth);
		free(path);
	}
	if (d)
		closedir(d);
}

static int by_path(const void *pa, const void *pb)
{
	return strcmp(((const struct candidate *)pa)->path, ((const struct candidate *)pb)->path);
}

static enum as_status check_roots(const char *const *roots, int n, struct as_error *err)
{
	for (int i = 0; i < n; i++) {
		struct stat st;
		if (stat(roots[i], &st) != 0)
			return as_fail_errno(err, roots[i], NULL);
		if (!S_ISDIR(st.st_mode))
			return as_fail(err, AS_ERR_INVALID,
				       "%s: not a folder; recordings are looked for below one, by name, size and content",
				       roots[i]);
	}
	return AS_OK;
}

static enum as_status walk_roots(struct hunt *h, const char *const *roots, int n, struct as_error *err)
{
	for (int i = 0; i < n && !stopped(h); i++) {
		struct stat st;
		char *full = realpath(roots[i], NULL);
		if (!full || stat(full, &st) != 0) {
			enum as_status status = as_fail_errno(err, roots[i], NULL);
			free(full);
			return status;
		}
		if (enter(h, &st))
			walk(h, full, 0);
		free(full);
	}
	/* The order of a folder's entries is the file system's. */
	if (h->n_found > 1)
		qsort(h->found, (size_t)h->n_found, sizeof *h->found, by_path);
	if (h->n_named > 1)
		qsort(h->named, (size_t)h->n_named, sizeof *h->named, by_path);
	return AS_OK;
}

/* ---- which of them ---- */

static bool is_that(const struct as_project_file *f, const struct candidate *c, struct as_media_find *out)
{
	char content[AS_PROJECT_CONTENT_BYTES];
	struct stat st;
	if (as_file_content(c->path, content, &st, NULL) != AS_OK || st.st_size != f->bytes ||
	    strcmp(content, f->content) != 0)
		return false;
	out->path = strdup(c->path);
	identify(out, &st);
	return out->path != NULL;
}

/* Where nothing is known of its content (a project of another program), name and size must do, or the name alone. */
static bool trust_name(const struct as_project_file *f, const struct candidate *c, struct as_media_find *out)
{
	struct stat st;
	if (f->content[0] || strcmp(as_path_base(c->path), as_path_base(f->path)) != 0 || stat(c->path, &st) != 0)
		return false;
	out->path = strdup(c->path);
	identify(out, &st);
	return out->path != NULL;
}

static void find_one(struct hunt *h, const struct as_project_file *f, struct as_media_find *out)
{
	const char *name = as_path_base(f->path);
	int tries = 0;
	for (int same_name = 1; same_name >= 0; same_name--) {
		for (int i = 0; i < h->n_found && tries < TRIES_MAX && !stopped(h); i++) {
			const struct candidate *c = &h->found[i];
			if (c->bytes != f->bytes || (strcmp(as_path_base(c->path), name) == 0) != same_name)
				continue;
			tries++;
			if (f->content[0] ? is_that(f, c, out) : trust_name(f, c, out)) {
				out->fate = AS_MEDIA_MOVED;
				return;
			}
		}
	}
	for (int pass = 0; pass < 2 && !out->path; pass++) {
		const struct candidate *v = pass ? h->named : h->found;
		int n = pass ? h->n_named : h->n_found;
		for (int i = 0; i < n && !out->path; i++) {
			if (strcmp(as_path_base(v[i].path), name) != 0)
				continue;
			if (f->bytes == 0 && trust_name(f, &v[i], out))
				out->fate = AS_MEDIA_MOVED;
			else
				out->path = strdup(v[i].path);
		}
	}
}

static void hunt_done(struct hunt *h)
{
	for (int i = 0; i < h->n_found; i++)
		free(h->found[i].path);
	for (int i = 0; i < h->n_named; i++)
		free(h->named[i].path);
	free(h->found);
	free(h->named);
	free(h->seen);
	free(h->sizes);
	free(h->names);
}

static enum as_status hunt_all(struct hunt *h, const char *const *roots, int n, struct as_media_find *finds,
			       struct as_error *err)
{
	const struct as_project *p = h->p;
	h->sizes = calloc((size_t)p->n_files + 1, sizeof *h->sizes);
	h->names = calloc((size_t)p->n_files + 1, sizeof *h->names);
	if (!h->sizes || !h->names)
		return as_fail(err, AS_ERR_MEMORY, "project: out of memory");
	for (int i = 0; i < p->n_files; i++) {
		if (finds[i].fate != AS_MEDIA_GONE)
			continue;
		h->names[h->n_sizes] = (char *)as_path_base(p->files[i].path);
		h->sizes[h->n_sizes++] = p->files[i].bytes;
	}
	qsort(h->sizes, (size_t)h->n_sizes, sizeof *h->sizes, by_size);
	qsort(h->names, (size_t)h->n_sizes, sizeof *h->names, by_text);
	enum as_status status = walk_roots(h, roots, n, err);
	for (int i = 0; i < p->n_files && status == AS_OK && !stopped(h); i++) {
		if (finds[i].fate == AS_MEDIA_GONE)
			find_one(h, &p->files[i], &finds[i]);
	}
	return status;
}

enum as_status as_project_find_media(const struct as_project *p, const char *const *roots, int n, const atomic_bool *cancel,
				     struct as_media_find *finds, struct as_error *err)
{
	struct hunt h = {.p = p, .cancel = cancel};
	enum as_status status = check_roots(roots, n, err);
	int n_gone = 0;
	if (status != AS_OK)
		return status;
	for (int i = 0; i < p->n_files; i++) {
		finds[i] = (struct as_media_find){0};
		if (cancel && atomic_load(cancel))
			return AS_CANCELLED;
		as_project_look_at_media(&p->files[i], &finds[i]);
		n_gone += finds[i].fate == AS_MEDIA_GONE;
	}
	if (n_gone > 0 && n > 0)
		status = hunt_all(&h, roots, n, finds, err);
	if (status == AS_OK && h.out_of_memory)
		status = as_fail(err, AS_ERR_MEMORY, "project: out of memory");
	if (status == AS_OK && cancel && atomic_load(cancel))
		status = AS_CANCELLED;
	hunt_done(&h);
	return status;
}
