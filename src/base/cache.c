#include "base/cache_private.h"

#include <errno.h>
#include <fcntl.h>
#include <stdlib.h>
#include <string.h>
#include <sys/mman.h>
#include <sys/stat.h>
#include <unistd.h>

#include "base/file.h"
#include "base/hash.h"
#include "base/log.h"

_Static_assert(sizeof(struct cache_header) == 128, "the payload starts on a cache line");

struct as_cache *as_cache_open(const char *dir, int64_t limit_bytes, struct as_error *err)
{
	struct as_cache *c = calloc(1, sizeof *c);
	if (!c || !(c->dir = strdup(dir))) {
		free(c);
		as_fail(err, AS_ERR_MEMORY, "cache: out of memory");
		return NULL;
	}
	c->limit_bytes = limit_bytes > 0 ? limit_bytes : 0;
	return c;
}

void as_cache_close(struct as_cache *c)
{
	if (!c)
		return;
	free(c->dir);
	free(c);
}

bool as_cache_failed(const struct as_cache *c)
{
	return c && atomic_load(&c->failed);
}

bool as_cache_key_valid(const char *key)
{
	return strlen(key) == CACHE_KEY_CHARS && strspn(key, "0123456789abcdef") == CACHE_KEY_CHARS;
}

static bool make_root(const char *dir)
{
	if (mkdir(dir, 0700) == 0 || errno == EEXIST)
		return true;
	const char *slash = strrchr(dir, '/');
	if (errno != ENOENT || !slash || slash == dir)
		return false;
	char *parent = strndup(dir, (size_t)(slash - dir));
	bool ok = parent && as_dir_make(parent, NULL) == AS_OK &&
		  (mkdir(dir, 0700) == 0 || errno == EEXIST);
	free(parent);
	return ok;
}

int as_cache_open_root(const struct as_cache *c, bool make)
{
	if (make && !make_root(c->dir))
		return -1;
	int fd = open(c->dir, O_RDONLY | O_DIRECTORY | O_CLOEXEC);
	struct stat st;
	if (fd >= 0 && fstat(fd, &st) == 0 && st.st_uid == geteuid())
		return fd;
	if (fd >= 0) {
		/* Someone else's folder: what stands in it is not ours to trust, and ours would
		 * be in their way. */
		close(fd);
		errno = EPERM;
	}
	return -1;
}

int as_cache_open_sub(int root_fd, const char *key, bool make)
{
	char name[3] = {key[0], key[1], '\0'};
	if (make && mkdirat(root_fd, name, 0700) != 0 && errno != EEXIST)
		return -1;
	return openat(root_fd, name, O_RDONLY | O_DIRECTORY | O_NOFOLLOW | O_CLOEXEC);
}

int as_cache_open_folder(const struct as_cache *c, const char *key, bool make)
{
	int root_fd = as_cache_open_root(c, make);
	if (root_fd < 0)
		return -1;
	int sub_fd = as_cache_open_sub(root_fd, key, make);
	int error = errno;
	close(root_fd);
	errno = error;
	return sub_fd;
}

ssize_t as_cache_read_at(int fd, void *buf, size_t bytes, int64_t at)
{
	size_t got = 0;
	while (got < bytes) {
		ssize_t n = pread(fd, (char *)buf + got, bytes - got, (off_t)at + (off_t)got);
		if (n < 0 && errno == EINTR)
			continue;
		if (n < 0)
			return -1;
		if (n == 0)
			break;
		got += (size_t)n;
	}
	return (ssize_t)got;
}

bool as_cache_write_at(int fd, const void *data, size_t bytes, int64_t at)
{
	const char *p = data;
	while (bytes > 0) {
		ssize_t n = pwrite(fd, p, bytes, (off_t)at);
		if (n < 0 && errno == EINTR)
			continue;
		if (n < 0)
			return false;
		p += n;
		at += n;
		bytes -= (size_t)n;
	}
	return true;
}

uint64_t as_cache_header_checksum(struct as_hash payload, struct cache_header h)
{
	h.checksum = 0;
	as_hash_add(&payload, &h, sizeof h);
	return as_hash_value(&payload);
}

enum as_status as_cache_map(int fd, int64_t file_bytes, struct as_blob *out, struct as_error *err)
{
	void *map = mmap(NULL, (size_t)file_bytes, PROT_READ, MAP_SHARED, fd, 0);
	if (map == MAP_FAILED)
		return as_fail_errno(err, "cache", "map");
	*out = (struct as_blob){.data = (const char *)map + sizeof(struct cache_header),
				.bytes = (size_t)file_bytes - sizeof(struct cache_header),
				.map = map,
				.map_bytes = (size_t)file_bytes};
	return AS_OK;
}

enum as_status as_cache_get(struct as_cache *c, const char *key, const char *tmp_dir,
			    struct as_blob *out, struct as_error *err)
{
	enum as_status status = AS_NO_MATCH;
	enum cache_copy copied = CACHE_COPY_DAMAGED;
	struct stat st;
	int fd = -1, sub_fd = -1, own_fd = -1;
	*out = (struct as_blob){0};
	if (!as_cache_key_valid(key) || (sub_fd = as_cache_open_folder(c, key, false)) < 0)
		return AS_NO_MATCH;
	fd = openat(sub_fd, key, O_RDONLY | O_NOFOLLOW | O_NONBLOCK | O_CLOEXEC);
	if (fd < 0 || fstat(fd, &st) != 0 || !S_ISREG(st.st_mode))
		goto out;
	if (st.st_size >= (off_t)sizeof(struct cache_header))
		copied = as_cache_copy(c, sub_fd, tmp_dir, key, fd, st.st_size, &own_fd);
	if (copied == CACHE_COPY_DAMAGED) {
		as_log(AS_LOG_INFO, "cache %s: entry %s is damaged or old: removed", c->dir, key);
		unlinkat(sub_fd, key, 0);
	}
	if (copied != CACHE_COPY_DONE)
		goto out;
	/* The time of last use. The modification time too: backups and searches move only the
	 * access time. */
	futimens(fd, (const struct timespec[2]){{.tv_nsec = UTIME_NOW}, {.tv_nsec = UTIME_NOW}});
	status = as_cache_map(own_fd, st.st_size, out, err);
out:
	if (own_fd >= 0)
		close(own_fd);
	if (fd >= 0)
		close(fd);
	close(sub_fd);
	return status;
}

void as_blob_close(struct as_blob *b)
{
	if (b && b->map)
		munmap(b->map, b->map_bytes);
	if (b)
		*b = (struct as_blob){0};
}

void as_blob_rest(const struct as_blob *b)
{
	/* Shared file pages: dropping them from the resident set loses nothing. */
	if (b->map)
		madvise(b->map, b->map_bytes, MADV_DONTNEED);
}
