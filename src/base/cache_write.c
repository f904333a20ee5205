#include "base/cache_private.h"

#include <errno.h>
#include <fcntl.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/file.h>
#include <sys/stat.h>
#include <unistd.h>

#include "base/hash.h"
#include "base/log.h"
#include "base/text.h"

#define PART_TRIES 1000

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
	unsigned char buf[CACHE_BLOCK_BYTES];
};

static void warn_once(struct as_cache *c, const char *what, int error)
{
	if (!atomic_exchange(&c->failed, true))
		as_log(AS_LOG_WARN, "cache %s: %s: %s; working without it", c->dir, what,
		       strerror(error));
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
	w->sub_fd = as_cache_open_folder(w->c, w->key, true);
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
	unsigned char buf[CACHE_BLOCK_BYTES];
	warn_once(w->c, "cannot be written", error);
	int fd = as_cache_open_temp(w->tmp_dir, err);
	if (fd < 0)
		return AS_ERR_IO;
	/* The header comes last: before it nothing is there yet, perhaps not even a hole. */
	for (int64_t at = sizeof(struct cache_header); at < w->at; at += CACHE_BLOCK_BYTES) {
		size_t n =
			w->at - at < CACHE_BLOCK_BYTES ? (size_t)(w->at - at) : CACHE_BLOCK_BYTES;
		if (as_cache_read_at(w->fd, buf, n, at) != (ssize_t)n ||
		    !as_cache_write_at(fd, buf, n, at)) {
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
	if (as_cache_write_at(w->fd, data, bytes, at))
		return AS_OK;
	if (!w->c)
		return as_fail_errno(err, w->tmp_dir, "temporary file");
	enum as_status status = leave_cache(w, errno, err);
	if (status == AS_OK && !as_cache_write_at(w->fd, data, bytes, at))
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
	if (!w->c && (w->fd = as_cache_open_temp(tmp_dir, err)) < 0) {
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
	h.checksum = as_cache_header_checksum(w->sum, h);
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

/* A temporary file has no name anyway. */
static enum as_status map_written(struct as_cache_writer *w, struct as_blob *out,
				  struct as_error *err)
{
	int own_fd;
	if (!w->c)
		return as_cache_map(w->fd, w->at, out, err);
	enum cache_copy copied =
		as_cache_copy(w->c, w->sub_fd, w->tmp_dir, w->key, w->fd, w->at, &own_fd);
	if (copied == CACHE_COPY_NO_ROOM) {
		drop_part(w); /* then it is not published, and has no name either */
		return as_cache_map(w->fd, w->at, out, err);
	}
	if (copied == CACHE_COPY_DAMAGED)
		return as_fail(err, AS_ERR_IO, "%s: what was just written there is damaged",
			       w->c->dir);
	enum as_status status = as_cache_map(own_fd, w->at, out, err);
	close(own_fd);
	return status;
}

enum as_status as_cache_end(struct as_cache_writer *w, struct as_blob *out, struct as_error *err)
{
	enum as_status status = flush(w, err);
	if (status == AS_OK)
		status = write_header(w, err);
	if (status == AS_OK && out)
		status = map_written(w, out, err);
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
