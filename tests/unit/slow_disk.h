/* A disk that does not answer: the program's own fsync(), flock(), open(), openat(), realpath(), mkdir(), stat() and opendir(), which hang as long
 * as a file is there; the last six for paths that begin as the file says. For one file of a program: it holds them, and the test's state. */
#ifndef AS_TEST_SLOW_DISK_H
#define AS_TEST_SLOW_DISK_H

#include <dirent.h>
#include <fcntl.h>
#include <poll.h>
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/file.h>
#include <sys/stat.h>
#include <sys/syscall.h>
#include <unistd.h>

#include <cmocka.h>

#include <audiosync/audiosync.h>

#include "folder.h"
#include "projects.h"

#define CLIP "Zoom_001.wav"
#define HANGS_ENV "TEST_SLOW_DISK"

static char root[64], dir[96], path[96], hangs[96];

#define READING '=' /* it is in front of a path: that cannot be opened or made, and all else can be done */

/* Bytes of what the file says; -1: it is not there. */
static inline ssize_t read_hangs(char *out, size_t size)
{
	const char *file = getenv(HANGS_ENV);
	int fd = file ? (int)syscall(SYS_openat, AT_FDCWD, file, O_RDONLY) : -1;
	ssize_t n = fd >= 0 ? read(fd, out, size) : -1;

	if (fd >= 0)
		close(fd);
	return n;
}

static inline void wait_for_disk(void)
{
	char dead[256];
	ssize_t n;

	while ((n = read_hangs(dead, sizeof dead)) == 0 || (n > 0 && dead[0] != READING))
		poll(NULL, 0, 5);
}

/* The path lies where the disk hangs. */
static inline bool is_dead(const char *at, bool to_open)
{
	char dead[256];
	ssize_t n = read_hangs(dead, sizeof dead), skip = to_open && n > 0 && dead[0] == READING;

	return n > skip && strncmp(at, dead + skip, (size_t)(n - skip)) == 0;
}

static inline void wait_for_path(const char *at, bool to_open)
{
	while (is_dead(at, to_open))
		poll(NULL, 0, 5);
}

int open(const char *at, int flags, ...)
{
	va_list ap;
	mode_t mode;

	va_start(ap, flags);
	mode = flags & O_CREAT ? va_arg(ap, mode_t) : 0;
	va_end(ap);
	wait_for_path(at, true);
	return (int)syscall(SYS_openat, AT_FDCWD, at, flags, mode);
}

int openat(int folder, const char *at, int flags, ...)
{
	va_list ap;
	mode_t mode;

	va_start(ap, flags);
	mode = flags & O_CREAT ? va_arg(ap, mode_t) : 0;
	va_end(ap);
	wait_for_path(at, true);
	return (int)syscall(SYS_openat, folder, at, flags, mode);
}

char *canonicalize_file_name(const char *at);

char *realpath(const char *at, char *out)
{
	assert_null(out);
	wait_for_path(at, false);
	return canonicalize_file_name(at);
}

int mkdir(const char *at, mode_t mode)
{
	wait_for_path(at, true);
	return (int)syscall(SYS_mkdirat, AT_FDCWD, at, mode);
}

int stat(const char *at, struct stat *st)
{
	wait_for_path(at, false);
	return fstatat(AT_FDCWD, at, st, 0);
}

int lstat(const char *at, struct stat *st)
{
	wait_for_path(at, false);
	return fstatat(AT_FDCWD, at, st, AT_SYMLINK_NOFOLLOW);
}

DIR *opendir(const char *at)
{
	wait_for_path(at, false);
	return fdopendir((int)syscall(SYS_openat, AT_FDCWD, at, O_RDONLY | O_DIRECTORY | O_CLOEXEC));
}

/* Memory runs out, too: for the second copy of a path that ends so. */
#define STARVED "starved.audiosync"

char *strdup(const char *text)
{
	static int n_starved;
	size_t n = strlen(text), end = strlen(STARVED);
	char *copy = n > end && text[0] == '/' && !strcmp(text + n - end, STARVED) && ++n_starved == 2 ? NULL : malloc(n + 1);

	return copy ? memcpy(copy, text, n + 1) : NULL;
}

int fsync(int fd)
{
	wait_for_disk();
	return (int)syscall(SYS_fsync, fd);
}

int flock(int fd, int operation)
{
	wait_for_disk();
	return (int)syscall(SYS_flock, fd, operation);
}

static inline void hang(bool on)
{
	if (on)
		projects_write(hangs, "", 0);
	else
		unlink(hangs);
}

/* Paths that begin so, and whatever is written. */
static inline void hang_at(const char *begin)
{
	projects_write(hangs, begin, (int64_t)strlen(begin));
}

/* Paths that begin so cannot be opened or made. */
static inline void hang_reading(const char *begin)
{
	char text[256];

	snprintf(text, sizeof text, "%c%s", READING, begin);
	hang_at(text);
}

/* --- set up ---------------------------------------------------------------------------------------------------- */

static inline int set_up(void **state)
{
	char shoot[96];

	(void)state;
	struct as_session *s = projects_set_up(root, shoot, path);
	if (!s)
		return -1;
	snprintf(dir, sizeof dir, "%s/state", root);
	snprintf(hangs, sizeof hangs, "%s/hangs", root);
	setenv(HANGS_ENV, hangs, 1);
	assert_int_equal(as_session_save(s, path, false, NULL), AS_OK);
	as_session_free(s);
	return 0;
}

static inline int tear_down(void **state)
{
	(void)state;
	hang(false);
	return folder_remove(root);
}

static inline void nudge(struct as_session *s, double by_s)
{
	const struct as_snapshot *n = as_session_snapshot(s);
	int id = projects_clip(n, CLIP);

	as_snapshot_free(n);
	assert_int_equal(as_session_nudge(s, id, by_s, NULL), AS_OK);
}

/* Files that are being written. */
static inline int count_parts(void)
{
	char command[128];
	FILE *f;
	int n = -1;

	snprintf(command, sizeof command, "ls -A %s | grep -c '[.]part$'", root);
	f = popen(command, "r");
	if (f && fscanf(f, "%d", &n) != 1)
		n = -1;
	if (f)
		pclose(f);
	return n;
}

/* Until a project is being taken hold of, or is let go of. */
static inline void wait_for_lock(const char *name, bool there)
{
	while ((access(folder_path(root, name), F_OK) == 0) != there)
		poll(NULL, 0, 5);
}

#endif
