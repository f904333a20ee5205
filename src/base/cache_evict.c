#include "base/cache_private.h"

#include <dirent.h>
#include <errno.h>
#include <fcntl.h>
#include <stdlib.h>
#include <string.h>
#include <sys/file.h>
#include <sys/stat.h>
#include <unistd.h>

/* An eviction frees this share of the limit beyond it, so that the next entry does not evict
 * again. */
#define KEEP_DIVISOR 10
/* Other processes publish too: measure again after this share of the limit at the latest. */
#define CREDIT_DIVISOR 8

struct entry {
	char key[CACHE_KEY_CHARS + 1];
	int64_t bytes;
	struct timespec used;
};

struct entry_list {
	struct entry *v;
	size_t n, cap;
	int64_t bytes;
};

static bool is_sub_name(const char *name)
{
	return strlen(name) == 2 && strspn(name, "0123456789abcdef") == 2;
}

static bool is_part_name(const char *name)
{
	size_t n = strlen(name);
	return n > 5 && name[0] == '.' && strcmp(name + n - 5, ".part") == 0;
}

static bool list_add(struct entry_list *l, const char *key, const struct stat *st)
{
	if (l->n == l->cap) {
		size_t cap = l->cap ? l->cap * 2 : 256;
		struct entry *v = realloc(l->v, cap * sizeof *v);
		if (!v)
			return false;
		l->v = v;
		l->cap = cap;
	}
	struct entry *e = &l->v[l->n++];
	memcpy(e->key, key, sizeof e->key);
	e->bytes = st->st_size;
	e->used = st->st_mtim;
	l->bytes += st->st_size;
	return true;
}

/* Removes a .part file whose writer is gone: the living hold a lock. */
static void sweep_part(int sub_fd, const char *name)
{
	int fd = openat(sub_fd, name, O_RDONLY | O_NOFOLLOW | O_NONBLOCK | O_CLOEXEC);
	struct stat st;
	if (fd < 0)
		return;
	if (fstat(fd, &st) == 0 && S_ISREG(st.st_mode) && flock(fd, LOCK_EX | LOCK_NB) == 0)
		unlinkat(sub_fd, name, 0);
	close(fd);
}

static bool scan_sub(int root_fd, const char *sub, bool sweep, struct entry_list *l)
{
	int fd = as_cache_open_sub(root_fd, sub, false);
	DIR *d = fd >= 0 ? fdopendir(fd) : NULL;
	const struct dirent *e;
	struct stat st;
	bool ok = true;
	if (!d) {
		if (fd >= 0)
			close(fd);
		return true;
	}
	while (ok && (e = readdir(d)) != NULL) {
		if (sweep && is_part_name(e->d_name))
			sweep_part(fd, e->d_name);
		else if (as_cache_key_valid(e->d_name) && strncmp(e->d_name, sub, 2) == 0 &&
			 fstatat(fd, e->d_name, &st, AT_SYMLINK_NOFOLLOW) == 0 &&
			 S_ISREG(st.st_mode))
			ok = list_add(l, e->d_name, &st);
	}
	closedir(d);
	return ok;
}

/* All entries; files that vanish meanwhile are not missed. False when out of memory. */
static bool scan(int root_fd, bool sweep, struct entry_list *l)
{
	int fd = openat(root_fd, ".", O_RDONLY | O_DIRECTORY | O_CLOEXEC);
	DIR *d = fd >= 0 ? fdopendir(fd) : NULL;
	const struct dirent *e;
	bool ok = true;
	if (!d) {
		if (fd >= 0)
			close(fd);
		return true;
	}
	while (ok && (e = readdir(d)) != NULL) {
		if (is_sub_name(e->d_name))
			ok = scan_sub(root_fd, e->d_name, sweep, l);
	}
	closedir(d);
	return ok;
}

static int by_last_use(const void *pa, const void *pb)
{
	const struct entry *a = pa, *b = pb;
	if (a->used.tv_sec != b->used.tv_sec)
		return a->used.tv_sec < b->used.tv_sec ? -1 : 1;
	if (a->used.tv_nsec != b->used.tv_nsec)
		return a->used.tv_nsec < b->used.tv_nsec ? -1 : 1;
	return strcmp(a->key, b->key);
}

static bool remove_entry(int root_fd, const struct entry *e)
{
	int sub_fd = as_cache_open_sub(root_fd, e->key, false);
	if (sub_fd < 0)
		return false;
	bool ok = unlinkat(sub_fd, e->key, 0) == 0;
	close(sub_fd);
	return ok;
}

static int lock_folder(int root_fd, int how)
{
	int fd = openat(root_fd, "lock", O_RDWR | O_CREAT | O_NOFOLLOW | O_NONBLOCK | O_CLOEXEC,
			0600);
	int rc;
	if (fd < 0)
		return -1;
	do
		rc = flock(fd, how);
	while (rc != 0 && errno == EINTR);
	if (rc == 0)
		return fd;
	close(fd);
	return -1;
}

void as_cache_evict(struct as_cache *c)
{
	struct entry_list l = {0};
	int root_fd = as_cache_open_root(c, false), lock_fd = -1;
	/* Whoever holds the lock is evicting already. */
	if (root_fd < 0 || (lock_fd = lock_folder(root_fd, LOCK_EX | LOCK_NB)) < 0)
		goto out;
	if (!scan(root_fd, true, &l))
		goto out;
	if (l.bytes > c->limit_bytes) {
		int64_t keep = c->limit_bytes - c->limit_bytes / KEEP_DIVISOR;
		qsort(l.v, l.n, sizeof *l.v, by_last_use);
		for (size_t i = 0; i < l.n && l.bytes > keep; i++) {
			remove_entry(root_fd, &l.v[i]);
			l.bytes -= l.v[i].bytes;
		}
	}
	int64_t credit = c->limit_bytes - l.bytes;
	if (credit > c->limit_bytes / CREDIT_DIVISOR)
		credit = c->limit_bytes / CREDIT_DIVISOR;
	atomic_store(&c->credit_bytes, credit);
out:
	free(l.v);
	if (lock_fd >= 0)
		close(lock_fd);
	if (root_fd >= 0)
		close(root_fd);
}

enum as_status as_cache_measure(struct as_cache *c, struct as_cache_stats *out,
				struct as_error *err)
{
	struct entry_list l = {0};
	enum as_status status = AS_OK;
	*out = (struct as_cache_stats){0};
	int root_fd = as_cache_open_root(c, false);
	if (root_fd < 0)
		return errno == ENOENT ? AS_OK : as_fail_errno(err, c->dir, NULL);
	if (scan(root_fd, false, &l))
		*out = (struct as_cache_stats){.entries = (int64_t)l.n, .bytes = l.bytes};
	else
		status = as_fail(err, AS_ERR_MEMORY, "cache: out of memory");
	free(l.v);
	close(root_fd);
	return status;
}

enum as_status as_cache_clear(struct as_cache *c, struct as_cache_stats *removed,
			      struct as_error *err)
{
	struct entry_list l = {0};
	struct as_cache_stats gone = {0};
	enum as_status status = AS_OK;
	int lock_fd = -1, root_fd = as_cache_open_root(c, false);
	if (root_fd < 0 && errno == ENOENT)
		goto out;
	if (root_fd < 0 || (lock_fd = lock_folder(root_fd, LOCK_EX)) < 0) {
		status = as_fail_errno(err, c->dir, NULL);
		goto out;
	}
	if (!scan(root_fd, true, &l)) {
		status = as_fail(err, AS_ERR_MEMORY, "cache: out of memory");
		goto out;
	}
	for (size_t i = 0; i < l.n; i++) {
		if (remove_entry(root_fd, &l.v[i])) {
			gone.entries++;
			gone.bytes += l.v[i].bytes;
		} else if (errno != ENOENT) {
			status = as_fail_errno(err, c->dir, "clear");
		}
	}
	atomic_store(&c->credit_bytes, 0);
out:
	free(l.v);
	if (lock_fd >= 0)
		close(lock_fd);
	if (root_fd >= 0)
		close(root_fd);
	if (removed)
		*removed = gone;
	return status;
}
