#include "engine/listing.h"

#include <audiosync/listing.h>

#include <dirent.h>
#include <stdlib.h>
#include <string.h>

#include "base/aside.h"

/* ---- what paths stand for ---- */

static bool on_file(void *ctx, const char *path, const struct stat *st)
{
	struct found *f = ctx;
	if (f->n_files == f->cap) {
		int cap = f->cap ? f->cap * 2 : 64;
		struct found_file *v = realloc(f->files, (size_t)cap * sizeof *v);
		if (!v)
			return false;
		f->files = v;
		f->cap = cap;
	}
	char *copy = strdup(path);
	if (copy)
		f->files[f->n_files++] = (struct found_file){copy, *st};
	return copy != NULL;
}

static void on_problem(void *ctx, const struct as_error *err)
{
	as_text_list_add(&((struct found *)ctx)->problems, err->msg);
}

static void on_left_out(void *ctx, const char *path)
{
	as_text_list_add(&((struct found *)ctx)->left_out, path);
}

void as_find(struct found *f, const char *path, const char *skip_dir, const atomic_bool *stopped)
{
	const struct as_scan_sink sink = {on_file, on_problem, on_left_out, f, stopped};
	int n;
	*f = (struct found){.path = path};
	f->status = as_scan(path, skip_dir, &sink, &n, &f->err);
}

void as_found_done(struct found *f)
{
	for (int i = 0; i < f->n_files; i++)
		free(f->files[i].path);
	free(f->files);
	as_text_list_done(&f->problems);
	as_text_list_done(&f->left_out);
	*f = (struct found){0};
}

/* ---- listings ---- */

struct as_listing {
	struct as_aside aside;
	/* Immutable once it runs. */
	char **paths;
	int n_paths;
	char *skip_dir;
	bool media;
	int most;
	/* The thread's until it is done, the owner's from then on. */
	struct found *found; /* media */
	struct as_listing_entry *entries;
	int n, cap;
	bool cut;
	enum as_status status;
	struct as_error err;
};

static void free_listing(struct as_aside *a)
{
	struct as_listing *l = (struct as_listing *)a;
	for (int i = 0; l->found && i < l->n_paths; i++)
		as_found_done(&l->found[i]);
	for (int i = 0; l->paths && i < l->n_paths; i++)
		free(l->paths[i]);
	for (int i = 0; i < l->n; i++)
		free((char *)l->entries[i].name);
	free(l->entries);
	free(l->found);
	free(l->paths);
	free(l->skip_dir);
	free(l);
}

static bool append(struct as_listing *l, const char *name, const struct stat *st)
{
	if (l->n == l->cap) {
		int cap = l->cap ? l->cap * 2 : 256;
		struct as_listing_entry *v = realloc(l->entries, (size_t)cap * sizeof *v);
		if (!v)
			return false;
		l->entries = v;
		l->cap = cap;
	}
	char *copy = strdup(name);
	if (copy)
		l->entries[l->n++] = (struct as_listing_entry){copy, S_ISDIR(st->st_mode), (int64_t)st->st_size};
	return copy != NULL;
}

/* False: no more of them. */
static bool add_entry(struct as_listing *l, int dir, const char *name)
{
	struct stat st;
	if (strcmp(name, ".") == 0 || strcmp(name, "..") == 0 || fstatat(dir, name, &st, 0) != 0)
		return true;
	/* Devices, pipes and sockets are no recordings. */
	if (!S_ISDIR(st.st_mode) && !S_ISREG(st.st_mode))
		return true;
	l->cut = l->n == l->most;
	if (!l->cut && !append(l, name, &st))
		l->status = as_fail(&l->err, AS_ERR_MEMORY, "folder: out of memory");
	return !l->cut && l->status == AS_OK;
}

static void read_folder(struct as_listing *l)
{
	const char *path = l->paths[0];
	struct stat st;
	struct dirent *e;
	DIR *dir = NULL;
	if (stat(path, &st) != 0)
		l->status = as_fail_errno(&l->err, path, NULL);
	else if (!S_ISDIR(st.st_mode))
		l->status = as_fail(&l->err, AS_ERR_FORMAT, "%s: not a folder", path);
	else if (!(dir = opendir(path)))
		l->status = as_fail_errno(&l->err, path, NULL);
	if (!dir)
		return;
	while (!atomic_load(&l->aside.stopped) && (e = readdir(dir)) && add_entry(l, dirfd(dir), e->d_name))
		;
	closedir(dir);
}

static void look(struct as_aside *a)
{
	struct as_listing *l = (struct as_listing *)a;
	if (!l->media)
		read_folder(l);
	for (int i = 0; l->media && i < l->n_paths; i++)
		as_find(&l->found[i], l->paths[i], l->skip_dir, &a->stopped);
}

static bool take_paths(struct as_listing *l, const struct as_session *s, const char *const *paths, int n)
{
	l->paths = calloc((size_t)n + 1, sizeof *l->paths);
	l->found = calloc((size_t)n + 1, sizeof *l->found);
	if (!l->paths || !l->found)
		return false;
	for (; l->n_paths < n; l->n_paths++)
		if (!(l->paths[l->n_paths] = strdup(paths[l->n_paths])))
			return false;
	l->skip_dir = s && s->skip_dir ? strdup(s->skip_dir) : NULL;
	return !s || !s->skip_dir || l->skip_dir;
}

static struct as_listing *open_listing(const struct as_session *s, const char *const *paths, int n, int most, struct as_error *err)
{
	struct as_listing *l = calloc(1, sizeof *l);
	if (!l || !take_paths(l, s, paths, n)) {
		as_fail(err, AS_ERR_MEMORY, "folder: out of memory");
		goto failed;
	}
	l->media = s != NULL;
	l->most = most;
	if (as_aside_start(&l->aside, look, free_listing, "folder", err) == AS_OK)
		return l;
failed:
	if (l)
		free_listing(&l->aside);
	return NULL;
}

struct as_listing *as_listing_folder(const char *path, int most, struct as_error *err)
{
	return open_listing(NULL, &path, 1, most, err);
}

struct as_listing *as_listing_media(const struct as_session *s, const char *const *paths, int n, struct as_error *err)
{
	return open_listing(s, paths, n, 0, err);
}

int as_listing_fd(const struct as_listing *l)
{
	return l->aside.fd;
}

bool as_listing_done(const struct as_listing *l, int wait_ms)
{
	return as_aside_done(&l->aside, wait_ms);
}

enum as_status as_listing_status(const struct as_listing *l, struct as_error *err)
{
	if (!as_listing_done(l, 0))
		return as_fail(err, AS_ERR_BUSY, "folder: still being read");
	if (l->status != AS_OK && err)
		*err = l->err;
	return l->status;
}

int as_listing_count(const struct as_listing *l)
{
	return as_listing_done(l, 0) ? l->n : 0;
}

const struct as_listing_entry *as_listing_entry(const struct as_listing *l, int i)
{
	return i >= 0 && i < as_listing_count(l) ? &l->entries[i] : NULL;
}

bool as_listing_cut(const struct as_listing *l)
{
	return as_listing_done(l, 0) && l->cut;
}

enum as_status as_session_add_listing(struct as_session *s, const struct as_listing *l, const char *track, int *n_bad,
				      struct as_error *err)
{
	int bad = 0;
	enum as_status status = as_engine_check_idle(s, err);
	if (status == AS_OK && !(l->media && as_listing_done(l, 0)))
		status = as_fail(err, AS_ERR_BUSY, "folder: still being read");
	for (int i = 0; status == AS_OK && i < l->n_paths; i++) {
		struct as_error why;
		enum as_status one = as_engine_add_found(s, &l->found[i], track, &why);
		bad += one != AS_OK;
		if (one != AS_OK && err)
			*err = why;
		if (one == AS_ERR_MEMORY)
			status = one;
	}
	if (n_bad)
		*n_bad = bad;
	return status;
}

void as_listing_close(struct as_listing *l)
{
	if (l)
		as_aside_drop(&l->aside);
}
