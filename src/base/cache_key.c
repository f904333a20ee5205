#include "base/cache.h"

#include <errno.h>
#include <fcntl.h>
#include <inttypes.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/stat.h>
#include <unistd.h>

#include "base/hash.h"

#define PART_BYTES 65536
#define WORDS 4

/* Four hashes of different seeds make 256 bits: no two files of anyone's meet by chance. */
static void add(struct as_hash h[WORDS], const void *data, size_t bytes)
{
	for (int i = 0; i < WORDS; i++)
		as_hash_add(&h[i], data, bytes);
}

static void add_number(struct as_hash h[WORDS], int64_t v)
{
	char text[24];
	int n = snprintf(text, sizeof text, "%" PRId64 "\n", v);
	add(h, text, (size_t)n);
}

static bool add_part(struct as_hash h[WORDS], int fd, int64_t at, unsigned char *buf)
{
	size_t got = 0;
	while (got < PART_BYTES) {
		ssize_t n = pread(fd, buf + got, PART_BYTES - got, (off_t)at + (off_t)got);
		if (n < 0 && errno == EINTR)
			continue;
		if (n < 0)
			return false;
		if (n == 0)
			break;
		got += (size_t)n;
	}
	add_number(h, (int64_t)got);
	add(h, buf, got);
	return true;
}

/* A descriptor of a regular file, and of nothing else: opening a device can do something, so that it is looked at first. -1 on
 * failure. */
static int open_regular(const char *path, struct stat *st, struct as_error *err)
{
	int fd = -1;
	if (stat(path, st) == 0 && S_ISREG(st->st_mode)) {
		fd = open(path, O_RDONLY | O_NONBLOCK | O_CLOEXEC);
	} else if (stat(path, st) == 0) {
		as_fail(err, AS_ERR_FORMAT, "%s: not a regular file", path);
		return -1;
	}
	if (fd < 0 || fstat(fd, st) != 0) {
		as_fail_errno(err, path, NULL);
	} else if (S_ISREG(st->st_mode)) {
		return fd;
	} else {
		as_fail(err, AS_ERR_FORMAT, "%s: not a regular file", path);
	}
	if (fd >= 0)
		close(fd);
	return -1;
}

/* Adds what the file holds: head, middle and tail, which meet or overlap in short files; that does no harm. timed: its time of
 * change counts. */
static enum as_status add_file(struct as_hash h[WORDS], const char *path, bool timed, struct stat *st, struct as_error *err)
{
	struct as_error own;
	enum as_status status = AS_OK;
	unsigned char *buf = malloc(PART_BYTES);
	if (!buf)
		return as_fail(err, AS_ERR_MEMORY, "cache: out of memory");
	int fd = open_regular(path, st, &own);
	if (fd < 0) {
		free(buf);
		if (err)
			*err = own;
		return own.status;
	}
	add_number(h, st->st_size);
	if (timed) {
		add_number(h, st->st_mtim.tv_sec);
		add_number(h, st->st_mtim.tv_nsec);
	}
	int64_t at[3] = {0, st->st_size / 2 - PART_BYTES / 2, st->st_size - PART_BYTES};
	for (int i = 0; i < 3 && status == AS_OK; i++) {
		if (!add_part(h, fd, at[i] > 0 ? at[i] : 0, buf))
			status = as_fail_errno(err, path, NULL);
	}
	close(fd);
	free(buf);
	return status;
}

static void begin(struct as_hash h[WORDS], const char *kind)
{
	for (int i = 0; i < WORDS; i++)
		as_hash_init(&h[i], (uint64_t)i + 1);
	add(h, kind, strlen(kind) + 1);
}

static void end(const struct as_hash h[WORDS], int words, char *key)
{
	for (int i = 0; i < words; i++)
		snprintf(key + 16 * i, 17, "%016" PRIx64, as_hash_value(&h[i]));
}

enum as_status as_cache_key(const char *path, const char *kind, char key[65], struct as_error *err)
{
	struct as_hash h[WORDS];
	struct stat st;
	begin(h, kind);
	enum as_status status = add_file(h, path, true, &st, err);
	if (status == AS_OK)
		end(h, WORDS, key);
	return status;
}

void as_cache_key_of_kind(const char *key, const char *kind, char out[65])
{
	struct as_hash h[WORDS];
	begin(h, kind);
	add(h, key, strlen(key));
	end(h, WORDS, out);
}

enum as_status as_file_content(const char *path, char content[33], struct stat *st, struct as_error *err)
{
	struct as_hash h[WORDS];
	begin(h, "content");
	enum as_status status = add_file(h, path, false, st, err);
	if (status == AS_OK)
		end(h, 2, content);
	return status;
}
