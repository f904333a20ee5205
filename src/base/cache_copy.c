/* Copies of entries that nobody else can reach.
 *
 * What is mapped must not shrink: a page behind the end of a file is a SIGBUS, and entries lie in a folder where other
 * programs may truncate them (a disk cleaner, a restore, a shell). So a session maps a file of its own that has no
 * name. Where the file system shares blocks the copy is free; elsewhere it is written while the entry is read for its
 * checksum anyway, and what is mapped is just what was checked. Anonymous memory would be as safe, but the kernel could not
 * drop it: a signal takes 28.8 MB per hour. */
#include "base/cache_private.h"

#include <errno.h>
#include <fcntl.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/file.h>
#include <unistd.h>
#ifdef __linux__
#include <linux/fs.h>
#include <sys/ioctl.h>
#endif

#include "base/text.h"

int as_cache_open_temp(const char *tmp_dir, struct as_error *err)
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

/* A file without a name in the folder of an entry, so that blocks can be shared. Killed between the two calls it leaves a
 * .part without a lock, which an eviction removes. */
static int open_beside(struct as_cache *c, int sub_fd, const char *key)
{
	char name[64];
	snprintf(name, sizeof name, ".%.16s.%ld.%u.part", key, (long)getpid(),
		 atomic_fetch_add(&c->serial, 1));
	int fd = openat(sub_fd, name, O_RDWR | O_CREAT | O_EXCL | O_NOFOLLOW | O_CLOEXEC, 0600);
	if (fd >= 0)
		unlinkat(sub_fd, name, 0);
	return fd;
}

static bool share_blocks(int from, int to)
{
#ifdef FICLONE
	return ioctl(to, FICLONE, from) == 0;
#else
	(void)from;
	(void)to;
	return false;
#endif
}

static bool is_header_of(const struct cache_header *h, const char *key, int64_t file_bytes)
{
	return memcmp(h->magic, CACHE_MAGIC, sizeof h->magic) == 0 && h->format == CACHE_FORMAT &&
	       memcmp(h->key, key, sizeof h->key) == 0 &&
	       h->payload_bytes == (uint64_t)file_bytes - sizeof *h;
}

/* Reads the whole entry through files rather than a mapping: a disk error is an error then, and no SIGBUS. */
static enum cache_copy copy_checked(int from, int to, const char *key, int64_t file_bytes)
{
	struct cache_header h;
	unsigned char buf[CACHE_BLOCK_BYTES];
	struct as_hash sum;
	bool shared = share_blocks(from, to);
	if (shared)
		from = to;
	if (as_cache_read_at(from, &h, sizeof h, 0) != (ssize_t)sizeof h ||
	    !is_header_of(&h, key, file_bytes))
		return CACHE_COPY_DAMAGED;
	if (!shared && !as_cache_write_at(to, &h, sizeof h, 0))
		return CACHE_COPY_NO_ROOM;
	as_hash_init(&sum, 0);
	for (int64_t at = sizeof h; at < file_bytes; at += CACHE_BLOCK_BYTES) {
		size_t n = file_bytes - at < CACHE_BLOCK_BYTES ? (size_t)(file_bytes - at)
							       : CACHE_BLOCK_BYTES;
		if (as_cache_read_at(from, buf, n, at) != (ssize_t)n)
			return CACHE_COPY_DAMAGED;
		as_hash_add(&sum, buf, n);
		if (!shared && !as_cache_write_at(to, buf, n, at))
			return CACHE_COPY_NO_ROOM;
	}
	return as_cache_header_checksum(sum, h) == h.checksum ? CACHE_COPY_DONE
							      : CACHE_COPY_DAMAGED;
}

enum cache_copy as_cache_copy(struct as_cache *c, int sub_fd, const char *tmp_dir, const char *key,
			      int from, int64_t file_bytes, int *to)
{
	enum cache_copy result = CACHE_COPY_NO_ROOM;
	for (int place = 0; place < 2 && result == CACHE_COPY_NO_ROOM; place++) {
		*to = place == 0 ? open_beside(c, sub_fd, key) : as_cache_open_temp(tmp_dir, NULL);
		if (*to < 0)
			continue;
		result = copy_checked(from, *to, key, file_bytes);
		if (result != CACHE_COPY_DONE) {
			close(*to);
			*to = -1;
		}
	}
	return result;
}
