#include "base/cache_private.h"

#include <errno.h>
#include <fcntl.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/file.h>
#include <sys/mman.h>
#include <sys/stat.h>
#include <unistd.h>

#include "base/file.h"
#include "base/hash.h"
#include "base/log.h"
#include "base/text.h"

#define BLOCK_BYTES 65536
#define PART_TRIES 1000

_Static_assert(sizeof(struct cache_header) == 128, "the payload starts on a cache line");

struct as_cache_writer {
	struct as_cache *c; /* NULL once an unlinked temporary file is used */
	int sub_fd;         /* folder of the entry; -1 without cache */
	int fd;
	char part[64];
	char key[CACHE_KEY_CHARS + 1];
	char *tmp_dir;
	struct as_hash sum;
	int64_t at; /* file offset behind what has been written */
	size_t n_buf;
	unsigned char buf[BLOCK_BYTES];
};

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

static void warn_once(struct as_cache *c, const char *what, int error)
{
	if (!atomic_exchange(&c->failed, true))
		as_log(AS_LOG_WARN, "cache %s: %s: %s; working without it", c->dir, what,
		       strerror(error));
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

static int open_folder(const struct as_cache *c, const char *key, bool make)
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

static ssize_t read_at(int fd, void *buf, size_t bytes, int64_t at)
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

static bool write_at(int fd, const void *data, size_t bytes, int64_t at)
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

static uint64_t header_checksum(struct as_hash payload, struct cache_header h)
{
	h.checksum = 0;
	as_hash_add(&payload, &h, sizeof h);
	return as_hash_value(&payload);
}

/* Reads the whole entry through the file rather than a mapping: a disk error is an error then,
 * and no SIGBUS. */
static bool verify(int fd, const char *key, int64_t file_bytes)
{
	struct cache_header h;
	unsigned char buf[BLOCK_BYTES];
	struct as_hash sum;
	if (read_at(fd, &h, sizeof h, 0) != (ssize_t)sizeof h ||
	    memcmp(h.magic, CACHE_MAGIC, sizeof h.magic) != 0 || h.format != CACHE_FORMAT ||
	    memcmp(h.key, key, sizeof h.key) != 0 ||
	    h.payload_bytes != (uint64_t)file_bytes - sizeof h)
		return false;
	as_hash_init(&sum, 0);
	for (int64_t at = sizeof h; at < file_bytes; at += BLOCK_BYTES) {
		size_t n = file_bytes - at < BLOCK_BYTES ? (size_t)(file_bytes - at) : BLOCK_BYTES;
		if (read_at(fd, buf, n, at) != (ssize_t)n)
			return false;
		as_hash_add(&sum, buf, n);
	}
	return header_checksum(sum, h) == h.checksum;
}

static enum as_status map_payload(int fd, int64_t file_bytes, struct as_blob *out,
				  struct as_error *err)
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

enum as_status as_cache_get(struct as_cache *c, const char *key, struct as_blob *out,
			    struct as_error *err)
{
	enum as_status status = AS_NO_MATCH;
	struct stat st;
	int fd = -1, sub_fd = -1;
	*out = (struct as_blob){0};
	if (!as_cache_key_valid(key) || (sub_fd = open_folder(c, key, false)) < 0)
		return AS_NO_MATCH;
	fd = openat(sub_fd, key, O_RDONLY | O_NOFOLLOW | O_NONBLOCK | O_CLOEXEC);
	if (fd < 0 || fstat(fd, &st) != 0 || !S_ISREG(st.st_mode))
		goto out;
	if (st.st_size < (off_t)sizeof(struct cache_header) || !verify(fd, key, st.st_size)) {
		as_log(AS_LOG_INFO, "cache %s: entry %s is damaged or old: removed", c->dir, key);
		unlinkat(sub_fd, key, 0);
		goto out;
	}
	/* The time of last use. The modification time too: backups and searches move only the
	 * access time. */
	futimens(fd, (const struct timespec[2]){{.tv_nsec = UTIME_NOW}, {.tv_nsec = UTIME_NOW}});
	status = map_payload(fd, st.st_size, out, err);
out:
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

/* Creates and locks one .part file. False with errno EEXIST where another name has to be tried. */
static bool create_part(struct as_cache_writer *w)
{
	struct stat st;
	int rc;
	snprintf(w->part, sizeof w->part, ".%.16s.%ld.%u.part", w->key, (long)getpid(),
		 atomic_fetch_add(&w->c->serial, 1));
	w->fd = openat(w->sub_fd, w->part, O_RDWR | O_CREAT | O_EXCL | O_NOFOLLOW | O_CLOEXEC,
		       0600);
	if (w->fd < 0)
		return false;
	do
		rc = flock(w->fd, LOCK_EX);
	while (rc != 0 && errno == EINTR);
	if (fstat(w->fd, &st) == 0 && st.st_nlink > 0)
		return true;
	/* An eviction took it for a left-over before it was locked. */
	close(w->fd);
	w->fd = -1;
	errno = EEXIST;
	return false;
}

static bool open_part(struct as_cache_writer *w)
{
	bool ok = false;
	w->sub_fd = open_folder(w->c, w->key, true);
	if (w->sub_fd < 0)
		return false;
	for (int i = 0; i < PART_TRIES && !ok; i++) {
		ok = create_part(w);
		if (!ok && errno != EEXIST)
			break;
	}
	if (!ok) {
		int error = errno;
		close(w->sub_fd);
		w->sub_fd = -1;
		errno = error;
	}
	return ok;
}

static int open_temp(const char *tmp_dir, struct as_error *err)
{
	char *path = as_path_join(tmp_dir, "audiosync-XXXXXX");
	if (!path) {
		as_fail(err, AS_ERR_MEMORY, "temporary file: out of memory");
		return -1;
	}
	int fd = mkstemp(path);
	if (fd < 0) {
		as_fail_errno(err, tmp_dir, "temporary file");
	} else {
		unlink(path);
		fcntl(fd, F_SETFD, FD_CLOEXEC);
	}
	free(path);
	return fd;
}

static void drop_part(struct as_cache_writer *w)
{
	if (w->sub_fd >= 0) {
		unlinkat(w->sub_fd, w->part, 0);
		close(w->sub_fd);
		w->sub_fd = -1;
	}
	w->c = NULL;
}

/* The cache's disk is full or gone: what has been written moves to a temporary file. */
static enum as_status leave_cache(struct as_cache_writer *w, int error, struct as_error *err)
{
	unsigned char buf[BLOCK_BYTES];
	warn_once(w->c, "cannot be written", error);
	int fd = open_temp(w->tmp_dir, err);
	if (fd < 0)
		return AS_ERR_IO;
	for (int64_t at = 0; at < w->at; at += BLOCK_BYTES) {
		size_t n = w->at - at < BLOCK_BYTES ? (size_t)(w->at - at) : BLOCK_BYTES;
		if (read_at(w->fd, buf, n, at) != (ssize_t)n || !write_at(fd, buf, n, at)) {
			enum as_status status = as_fail_errno(err, w->tmp_dir, "temporary file");
			close(fd);
			return status;
		}
	}
	close(w->fd);
	w->fd = fd;
	drop_part(w);
	return AS_OK;
}

static enum as_status put(struct as_cache_writer *w, const void *data, size_t bytes, int64_t at,
			  struct as_error *err)
{
	if (write_at(w->fd, data, bytes, at))
		return AS_OK;
	if (!w->c)
		return as_fail_errno(err, w->tmp_dir, "temporary file");
	enum as_status status = leave_cache(w, errno, err);
	if (status == AS_OK && !write_at(w->fd, data, bytes, at))
		status = as_fail_errno(err, w->tmp_dir, "temporary file");
	return status;
}

static enum as_status flush(struct as_cache_writer *w, struct as_error *err)
{
	enum as_status status = put(w, w->buf, w->n_buf, w->at, err);
	if (status == AS_OK) {
		w->at += (int64_t)w->n_buf;
		w->n_buf = 0;
	}
	return status;
}

struct as_cache_writer *as_cache_begin(struct as_cache *c, const char *key, const char *tmp_dir,
				       struct as_error *err)
{
	struct as_cache_writer *w = calloc(1, sizeof *w);
	if (!w || !(w->tmp_dir = strdup(tmp_dir))) {
		free(w);
		as_fail(err, AS_ERR_MEMORY, "cache: out of memory");
		return NULL;
	}
	w->c = c && as_cache_key_valid(key) ? c : NULL;
	w->fd = w->sub_fd = -1;
	w->at = sizeof(struct cache_header);
	as_hash_init(&w->sum, 0);
	if (w->c) {
		memcpy(w->key, key, sizeof w->key);
		if (!open_part(w)) {
			warn_once(w->c, "cannot be written", errno);
			w->c = NULL;
		}
	}
	if (!w->c && (w->fd = open_temp(tmp_dir, err)) < 0) {
		as_cache_abort(w);
		return NULL;
	}
	return w;
}

enum as_status as_cache_write(struct as_cache_writer *w, const void *data, size_t bytes,
			      struct as_error *err)
{
	const unsigned char *p = data;
	as_hash_add(&w->sum, data, bytes);
	while (bytes > 0) {
		size_t n = sizeof w->buf - w->n_buf;
		if (n > bytes)
			n = bytes;
		memcpy(w->buf + w->n_buf, p, n);
		w->n_buf += n;
		p += n;
		bytes -= n;
		if (w->n_buf == sizeof w->buf) {
			enum as_status status = flush(w, err);
			if (status != AS_OK)
				return status;
		}
	}
	return AS_OK;
}

static enum as_status write_header(struct as_cache_writer *w, struct as_error *err)
{
	struct cache_header h = {.magic = CACHE_MAGIC,
				 .format = CACHE_FORMAT,
				 .payload_bytes = (uint64_t)w->at - sizeof h};
	memcpy(h.key, w->key, sizeof h.key);
	h.checksum = header_checksum(w->sum, h);
	return put(w, &h, sizeof h, 0, err);
}

/* Not fsynced: the checksum finds what a power cut leaves half-written, and it can be made
 * again. */
static void publish(struct as_cache_writer *w)
{
	if (renameat(w->sub_fd, w->part, w->sub_fd, w->key) != 0) {
		warn_once(w->c, "cannot be written", errno);
		return;
	}
	w->part[0] = '\0';
	if (w->c->limit_bytes > 0 && atomic_fetch_sub(&w->c->credit_bytes, w->at) < w->at)
		as_cache_evict(w->c);
}

enum as_status as_cache_end(struct as_cache_writer *w, struct as_blob *out, struct as_error *err)
{
	enum as_status status = flush(w, err);
	if (status == AS_OK)
		status = write_header(w, err);
	if (status == AS_OK && out)
		status = map_payload(w->fd, w->at, out, err);
	if (status == AS_OK && w->c)
		publish(w);
	as_cache_abort(w);
	return status;
}

void as_cache_abort(struct as_cache_writer *w)
{
	if (!w)
		return;
	if (w->sub_fd >= 0 && w->part[0])
		unlinkat(w->sub_fd, w->part, 0);
	if (w->sub_fd >= 0)
		close(w->sub_fd);
	if (w->fd >= 0)
		close(w->fd);
	free(w->tmp_dir);
	free(w);
}
