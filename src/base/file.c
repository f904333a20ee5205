#define _GNU_SOURCE /* renameat2 */
#include "base/file.h"

#include <errno.h>
#include <fcntl.h>
#include <limits.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/stat.h>
#include <time.h>
#include <unistd.h>

#include "base/text.h"

#ifndef NAME_MAX
#define NAME_MAX 255
#endif
#define SUFFIX_BYTES 6
#define TEMP_TRIES 100

struct as_atomic_file {
	char *target, *temp;
	int fd;
	bool force;
};

/* The folder part of path, "." if it has none; heap. */
static char *folder_of(const char *path)
{
	size_t n = (size_t)(as_path_base(path) - path);
	char *dir;

	if (n == 0)
		return strdup(".");
	while (n > 1 && path[n - 1] == '/')
		n--;
	dir = strndup(path, n);
	return dir;
}

/* Refuses early, before hours of work go into a file that could never be put in place. */
static enum as_status check_target(const char *target, bool force, struct as_error *err)
{
	struct stat st;

	if (as_path_base(target)[0] == '\0')
		return as_fail(err, AS_ERR_INVALID, "%.300s: not a file name", target);
	if (lstat(target, &st) != 0)
		return errno == ENOENT ? AS_OK : as_fail_errno(err, target, NULL);
	/* A link is replaced, but not one to a device, a pipe or a folder, such as /dev/stdout: whoever names it means that. */
	if (S_ISLNK(st.st_mode) && stat(target, &st) != 0)
		return force ? AS_OK : as_fail(err, AS_ERR_EXISTS, "%.300s: exists already", target);
	if (S_ISDIR(st.st_mode)) {
		errno = EISDIR;
		return as_fail_errno(err, target, NULL);
	}
	if (!S_ISREG(st.st_mode))
		return as_fail(err, AS_ERR_IO, "%.300s: exists and is not a file", target);
	if (!force)
		return as_fail(err, AS_ERR_EXISTS, "%.300s: exists already", target);
	return AS_OK;
}

/* Six characters that differ from call to call. Uniqueness comes from O_EXCL, not from here. */
static void make_suffix(char suffix[SUFFIX_BYTES + 1], const void *salt)
{
	static const char alphabet[] = "abcdefghijklmnopqrstuvwxyz0123456789";
	struct timespec now;
	uint64_t x;

	clock_gettime(CLOCK_REALTIME, &now);
	x = (uint64_t)now.tv_nsec ^ (uint64_t)now.tv_sec << 30 ^ (uint64_t)getpid() << 17 ^
	    (uint64_t)(uintptr_t)salt;
	for (int i = 0; i < SUFFIX_BYTES; i++) {
		x = (x ^ x >> 31) * 0x9e3779b97f4a7c15u; /* splitmix-like, all bits reach the top */
		suffix[i] = alphabet[(x >> 40) % (sizeof alphabet - 1)];
	}
	suffix[SUFFIX_BYTES] = '\0';
}

/* Who may do what with the file that is to be replaced. False: there is none. */
static bool find_mode(const char *target, mode_t *mode)
{
	struct stat st;
	bool found = lstat(target, &st) == 0 && S_ISREG(st.st_mode);

	if (found)
		*mode = st.st_mode & 0777;
	return found;
}

/* Makes ".NAME.XXXXXX.part" beside the target; a long NAME is cut so that the whole stays legal. */
static enum as_status open_temp(struct as_atomic_file *f, struct as_error *err)
{
	const char *base = as_path_base(f->target);
	int dir = (int)(base - f->target);
	int keep = NAME_MAX - (int)sizeof ".." - SUFFIX_BYTES - (int)sizeof ".part";
	size_t size = strlen(f->target) + SUFFIX_BYTES + sizeof "...part";
	char suffix[SUFFIX_BYTES + 1];
	mode_t mode = 0666;

	/* Nobody reads it earlier who may not read what it replaces. */
	if (f->force && find_mode(f->target, &mode))
		mode = 0600 | (mode & 0066);
	f->temp = malloc(size);
	if (!f->temp)
		return as_fail(err, AS_ERR_MEMORY, "%.300s: out of memory", f->target);
	for (int i = 0; i < TEMP_TRIES; i++) {
		make_suffix(suffix, &suffix[i % SUFFIX_BYTES]);
		snprintf(f->temp, size, "%.*s.%.*s.%s.part", dir, f->target, keep, base, suffix);
		f->fd = open(f->temp, O_RDWR | O_CREAT | O_EXCL | O_CLOEXEC | O_NOFOLLOW, mode);
		if (f->fd >= 0)
			return AS_OK;
		if (errno != EEXIST && errno != EINTR)
			break;
	}
	return as_fail_errno(err, f->target, "cannot create");
}

static void free_file(struct as_atomic_file *f)
{
	if (f->fd >= 0)
		close(f->fd);
	free(f->target);
	free(f->temp);
	free(f);
}

struct as_atomic_file *as_atomic_open(const char *target, bool force, struct as_error *err)
{
	struct as_atomic_file *f = calloc(1, sizeof *f);

	if (!f) {
		as_fail(err, AS_ERR_MEMORY, "%.300s: out of memory", target);
		return NULL;
	}
	f->fd = -1;
	f->force = force;
	f->target = strdup(target);
	if (!f->target)
		as_fail(err, AS_ERR_MEMORY, "%.300s: out of memory", target);
	else if (check_target(target, force, err) == AS_OK && open_temp(f, err) == AS_OK)
		return f;
	free_file(f);
	return NULL;
}

int as_atomic_fd(const struct as_atomic_file *f)
{
	return f->fd;
}

const char *as_atomic_temp_path(const struct as_atomic_file *f)
{
	return f->temp;
}

/* Whether a call failed because this file system does not know it, and another way may work. */
static bool is_unsupported(int code)
{
	return code == EINVAL || code == ENOSYS || code == ENOTSUP || code == EOPNOTSUPP ||
	       code == EPERM;
}

/* For file systems with neither RENAME_NOREPLACE nor hard links: claims the name with an empty file
 * of our own and then renames over it. */
static int publish_by_claim(const char *temp, const char *target)
{
	int fd = open(target, O_WRONLY | O_CREAT | O_EXCL | O_CLOEXEC | O_NOFOLLOW, 0666), code;

	if (fd < 0)
		return -1;
	close(fd);
	if (rename(temp, target) == 0)
		return 0;
	code = errno;
	unlink(target);
	errno = code;
	return -1;
}

/* Gives temp its final name unless that exists; no other process can slip in between. */
static int publish_new(const char *temp, const char *target)
{
#ifdef RENAME_NOREPLACE
	if (renameat2(AT_FDCWD, temp, AT_FDCWD, target, RENAME_NOREPLACE) == 0)
		return 0;
	if (!is_unsupported(errno))
		return -1;
#endif
	if (link(temp, target) == 0) {
		unlink(temp);
		return 0;
	}
	if (!is_unsupported(errno) && errno != EMLINK)
		return -1;
	return publish_by_claim(temp, target);
}

/* Makes the new name survive a power cut. Some file systems cannot sync a folder: that is no
 * failure. */
static enum as_status sync_folder(const char *target, struct as_error *err)
{
	enum as_status status = AS_OK;
	char *dir = folder_of(target);
	int fd = dir ? open(dir, O_RDONLY | O_DIRECTORY | O_CLOEXEC) : -1;

	if (fd >= 0 && fsync(fd) != 0 && (errno == EIO || errno == ENOSPC || errno == EDQUOT))
		status = as_fail_errno(err, target, "cannot sync the folder");
	if (fd >= 0)
		close(fd);
	free(dir);
	return status;
}

enum as_status as_atomic_commit(struct as_atomic_file *f, struct as_error *err)
{
	enum as_status status = AS_OK;
	int fd = f->fd;
	mode_t mode;

	f->fd = -1;
	/* Who may read and write what is replaced may do so with this, and nobody else. A file system that knows no modes has none to keep. */
	if (f->force && find_mode(f->target, &mode))
		fchmod(fd, mode);
	if (fsync(fd) != 0 && errno != EINVAL && errno != EROFS) {
		status = as_fail_errno(err, f->target, "cannot write");
		close(fd);
	} else if (close(fd) != 0 && errno != EINTR) {
		status = as_fail_errno(err, f->target, "cannot write");
	} else if ((f->force ? rename(f->temp, f->target) : publish_new(f->temp, f->target)) != 0) {
		status = errno == EEXIST
				 ? as_fail(err, AS_ERR_EXISTS, "%.300s: exists already", f->target)
				 : as_fail_errno(err, f->target, "cannot rename to it");
	}
	if (status == AS_OK)
		status = sync_folder(f->target, err);
	else
		unlink(f->temp);
	free_file(f);
	return status;
}

void as_atomic_abort(struct as_atomic_file *f)
{
	if (!f)
		return;
	unlink(f->temp);
	free_file(f);
}

bool as_file_exists(const char *path)
{
	struct stat st;

	return stat(path, &st) == 0 ||
	       (errno != ENOENT && errno != ENOTDIR && errno != ENAMETOOLONG);
}

/* mkdir that takes an existing folder for success, also when another process has just made it. */
static bool make_one(const char *path)
{
	struct stat st;
	int code;

	if (mkdir(path, 0777) == 0)
		return true;
	code = errno;
	if (stat(path, &st) == 0) {
		if (S_ISDIR(st.st_mode))
			return true;
		code = ENOTDIR;
	}
	errno = code;
	return false;
}

enum as_status as_dir_make(const char *path, struct as_error *err)
{
	char *copy = strdup(path);
	enum as_status status = AS_OK;

	if (!copy)
		return as_fail(err, AS_ERR_MEMORY, "%.300s: out of memory", path);
	if (path[0] == '\0')
		status = as_fail(err, AS_ERR_INVALID, "an empty folder name");
	for (char *p = copy; status == AS_OK && *p;) {
		char cut;

		while (*p == '/')
			p++;
		while (*p && *p != '/')
			p++;
		cut = *p;
		*p = '\0';
		if (!make_one(copy))
			status = as_fail_errno(err, copy, "cannot make the folder");
		*p = cut;
	}
	free(copy);
	return status;
}

/* Reads to the end or until more than max_bytes came; no size is trusted: it may be a pipe or
 * grow. */
static enum as_status read_all(int fd, const char *path, int64_t max_bytes, char **out, int64_t *n,
			       struct as_error *err)
{
	size_t room = 4096, used = 0;
	char *buf = NULL;

	for (;;) {
		char *more = realloc(buf, room + 1);
		ssize_t got;

		if (!more) {
			free(buf);
			return as_fail(err, AS_ERR_MEMORY, "%.300s: out of memory", path);
		}
		buf = more;
		got = read(fd, buf + used, room - used);
		if (got < 0 && errno == EINTR)
			continue;
		if (got < 0) {
			as_fail_errno(err, path, "cannot read");
			free(buf);
			return AS_ERR_IO;
		}
		used += (size_t)got;
		if ((int64_t)used > max_bytes) {
			free(buf);
			return as_fail(err, AS_ERR_FORMAT, "%.300s: longer than %lld bytes", path,
				       (long long)max_bytes);
		}
		if (got == 0)
			break;
		if (used == room)
			room *= 2;
	}
	buf[used] = '\0';
	*out = buf;
	*n = (int64_t)used;
	return AS_OK;
}

enum as_status as_file_read(const char *path, int64_t max_bytes, char **out, int64_t *n,
			    struct as_error *err)
{
	int fd = open(path, O_RDONLY | O_CLOEXEC);
	enum as_status status;

	*out = NULL;
	*n = 0;
	if (fd < 0)
		return as_fail_errno(err, path, NULL);
	status = read_all(fd, path, max_bytes, out, n, err);
	close(fd);
	return status;
}

enum as_status as_file_write(const char *path, bool force, const char *text, struct as_error *err)
{
	struct as_error own = {0};
	size_t left = strlen(text);
	struct as_atomic_file *file = as_atomic_open(path, force, err ? err : &own);

	if (!file)
		return err ? err->status : own.status;
	while (left > 0) {
		ssize_t n = write(as_atomic_fd(file), text, left);

		if (n < 0 && errno == EINTR)
			continue;
		if (n <= 0) {
			enum as_status status = as_fail_errno(err, path, "cannot write");

			as_atomic_abort(file);
			return status;
		}
		text += n;
		left -= (size_t)n;
	}
	return as_atomic_commit(file, err);
}
