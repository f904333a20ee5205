#define _GNU_SOURCE
#include <errno.h>
#include <fcntl.h>
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <dirent.h>
#include <sys/stat.h>
#include <sys/wait.h>
#include <unistd.h>

#include <cmocka.h>

/* What the system answers in place of its own answer: an errno, or 0 to let the call through. */
static struct {
	int fsync, renameat2, link;
} refuse;

static int test_fsync(int fd)
{
	errno = refuse.fsync;
	return refuse.fsync ? -1 : fsync(fd);
}

static int test_renameat2(int from, const char *a, int to, const char *b, unsigned flags)
{
	errno = refuse.renameat2;
	return refuse.renameat2 ? -1 : renameat2(from, a, to, b, flags);
}

static int test_link(const char *a, const char *b)
{
	errno = refuse.link;
	return refuse.link ? -1 : link(a, b);
}

#define fsync test_fsync
#define renameat2 test_renameat2
#define link test_link
#include "base/file.c"
#undef fsync
#undef renameat2
#undef link

#define LENGTH(a) (sizeof(a) / sizeof *(a))

static char dir[64];

static const char *in_dir(const char *name)
{
	static char path[1024];

	snprintf(path, sizeof path, "%s/%s", dir, name);
	return path;
}

static int make_dir(void **state)
{
	(void)state;
	memset(&refuse, 0, sizeof refuse);
	strcpy(dir, "/tmp/as-file-XXXXXX");
	return mkdtemp(dir) ? 0 : -1;
}

static void remove_below(const char *path)
{
	DIR *d = opendir(path);
	struct dirent *e;

	while (d && (e = readdir(d))) {
		char sub[2048];

		if (!strcmp(e->d_name, ".") || !strcmp(e->d_name, ".."))
			continue;
		snprintf(sub, sizeof sub, "%s/%s", path, e->d_name);
		if (unlink(sub) != 0)
			remove_below(sub);
	}
	if (d)
		closedir(d);
	rmdir(path);
}

static int remove_dir(void **state)
{
	(void)state;
	remove_below(dir);
	return 0;
}

static int count_entries(void)
{
	DIR *d = opendir(dir);
	int n = 0;

	while (readdir(d))
		n++;
	closedir(d);
	return n - 2;
}

static enum as_status put(const char *name, const char *text, bool force, struct as_error *err)
{
	struct as_atomic_file *f = as_atomic_open(in_dir(name), force, err);

	if (!f)
		return err->status;
	assert_int_equal(write(as_atomic_fd(f), text, strlen(text)), strlen(text));
	return as_atomic_commit(f, err);
}

static void assert_holds(const char *name, const char *text)
{
	char *buf;
	int64_t n;

	assert_int_equal(as_file_read(in_dir(name), 1000, &buf, &n, NULL), AS_OK);
	assert_int_equal(n, strlen(text));
	assert_string_equal(buf, text);
	free(buf);
}

static void commit_puts_the_whole_file_in_place(void **state)
{
	struct as_error err = {0};
	mode_t mask = umask(027);
	struct as_atomic_file *f;
	struct stat st;

	(void)state;
	f = as_atomic_open(in_dir("a.wav"), false, &err);
	assert_non_null(f);
	assert_int_equal(access(in_dir("a.wav"), F_OK), -1);
	assert_int_equal(access(as_atomic_temp_path(f), F_OK), 0);
	assert_memory_equal(as_path_base(as_atomic_temp_path(f)), ".a.wav.", 7);
	assert_int_equal(write(as_atomic_fd(f), "sound", 5), 5);
	assert_int_equal(as_atomic_commit(f, &err), AS_OK);
	umask(mask);
	assert_holds("a.wav", "sound");
	assert_int_equal(stat(in_dir("a.wav"), &st), 0);
	assert_int_equal(st.st_mode & 0777, 0640);
	assert_int_equal(count_entries(), 1);
}

static void abort_leaves_nothing(void **state)
{
	(void)state;
	as_atomic_abort(as_atomic_open(in_dir("a.wav"), false, NULL));
	assert_int_equal(count_entries(), 0);
	as_atomic_abort(NULL);
}

static void what_replaces_a_file_has_its_mode(void **state)
{
	mode_t mask = umask(022);
	struct stat st;

	(void)state;
	assert_int_equal(as_file_write(in_dir("mine.ini"), false, "a", NULL), AS_OK);
	assert_int_equal(chmod(in_dir("mine.ini"), 0600), 0);
	struct as_atomic_file *f = as_atomic_open(in_dir("mine.ini"), true, NULL);
	assert_non_null(f);
	assert_int_equal(fstat(as_atomic_fd(f), &st), 0);
	assert_int_equal(st.st_mode & 0777, 0600); /* nor is it open to others before */
	assert_int_equal(write(as_atomic_fd(f), "b", 1), 1);
	assert_int_equal(as_atomic_commit(f, NULL), AS_OK);
	umask(mask);
	assert_holds("mine.ini", "b");
	assert_int_equal(stat(in_dir("mine.ini"), &st), 0);
	assert_int_equal(st.st_mode & 0777, 0600);
}

static void existing_files_are_kept_unless_forced(void **state)
{
	struct as_error err = {0};

	(void)state;
	assert_int_equal(put("a", "old", false, &err), AS_OK);
	assert_int_equal(put("a", "new", false, &err), AS_ERR_EXISTS);
	assert_non_null(strstr(err.msg, "/a: exists already"));
	assert_holds("a", "old");
	assert_int_equal(put("a", "new", true, &err), AS_OK);
	assert_holds("a", "new");
	assert_int_equal(count_entries(), 1);
}

/* A file that appears while ours is being written is not replaced, by whatever way the file system
 * offers. */
static void a_file_that_appears_meanwhile_is_kept(void **state)
{
	static const int ways[][2] = {{0, 0}, {EINVAL, 0}, {ENOSYS, EPERM}};

	(void)state;
	for (size_t i = 0; i < LENGTH(ways); i++) {
		struct as_error err = {0};
		struct as_atomic_file *f = as_atomic_open(in_dir("a"), false, &err);
		int fd = open(in_dir("a"), O_CREAT | O_WRONLY, 0666);

		assert_non_null(f);
		assert_int_equal(write(fd, "theirs", 6), 6);
		close(fd);
		refuse.renameat2 = ways[i][0];
		refuse.link = ways[i][1];
		assert_int_equal(as_atomic_commit(f, &err), AS_ERR_EXISTS);
		assert_holds("a", "theirs");
		assert_int_equal(count_entries(), 1);
		unlink(in_dir("a"));
	}
}

static void old_file_systems_are_served_too(void **state)
{
	static const int ways[][2] = {{EINVAL, 0}, {ENOSYS, EPERM}, {EINVAL, ENOTSUP}};

	(void)state;
	for (size_t i = 0; i < LENGTH(ways); i++) {
		struct as_error err = {0};

		refuse.renameat2 = ways[i][0];
		refuse.link = ways[i][1];
		assert_int_equal(put("a", "text", false, &err), AS_OK);
		assert_holds("a", "text");
		assert_int_equal(count_entries(), 1);
		unlink(in_dir("a"));
	}
}

static void a_full_disk_names_the_target(void **state)
{
	struct as_error err = {0};
	struct as_atomic_file *f = as_atomic_open(in_dir("cam.wav"), false, &err);

	(void)state;
	assert_non_null(f);
	refuse.fsync = ENOSPC;
	assert_int_equal(as_atomic_commit(f, &err), AS_ERR_IO);
	assert_int_equal(err.sys_errno, ENOSPC);
	assert_non_null(strstr(err.msg, "/cam.wav: cannot write: "));
	assert_null(strstr(err.msg, ".part"));
	assert_int_equal(count_entries(), 0);
}

static void impossible_targets_fail_at_once(void **state)
{
	struct as_error err = {0};
	char longest[256], name[300];

	(void)state;
	assert_null(as_atomic_open(in_dir("no/such/a"), false, &err));
	assert_int_equal(err.sys_errno, ENOENT);
	assert_null(as_atomic_open(in_dir(""), false, &err));
	assert_int_equal(err.status, AS_ERR_INVALID);
	assert_int_equal(mkdir(in_dir("sub"), 0777), 0);
	assert_null(as_atomic_open(in_dir("sub"), true, &err));
	assert_int_equal(err.sys_errno, EISDIR);
	memset(name, 'n', sizeof name);
	name[sizeof name - 1] = '\0';
	assert_null(as_atomic_open(in_dir(name), false, &err));
	assert_int_equal(err.sys_errno, ENAMETOOLONG);
	/* The longest legal name works although the temporary name has more in it. */
	memset(longest, 'n', 255);
	longest[255] = '\0';
	assert_int_equal(put(longest, "text", false, &err), AS_OK);
	assert_holds(longest, "text");
}

/* Several processes race for one name without force: exactly one wins and its content is whole. */
static void one_of_many_writers_wins(void **state)
{
	int won = 0;

	(void)state;
	for (int i = 0; i < 8; i++) {
		if (fork() == 0) {
			char text[2] = {(char)('0' + i), 0};
			struct as_error err = {0};

			_exit(put("a", text, false, &err) == AS_OK ? 0
			      : err.status == AS_ERR_EXISTS        ? 1
								   : 2);
		}
	}
	for (int i = 0, rc; i < 8; i++) {
		assert_true(wait(&rc) > 0 && WIFEXITED(rc) && WEXITSTATUS(rc) < 2);
		won += WEXITSTATUS(rc) == 0;
	}
	assert_int_equal(won, 1);
	assert_int_equal(count_entries(), 1);
}

static void folders_are_made_with_their_parents(void **state)
{
	struct as_error err = {0};
	struct stat st;

	(void)state;
	assert_int_equal(as_dir_make(in_dir("x/y//z/"), &err), AS_OK);
	assert_int_equal(stat(in_dir("x/y/z"), &st), 0);
	assert_int_equal(as_dir_make(in_dir("x/y/z"), &err), AS_OK);
	assert_int_equal(as_dir_make("/", &err), AS_OK);
	assert_int_equal(put("file", "", false, &err), AS_OK);
	assert_int_equal(as_dir_make(in_dir("file/sub"), &err), AS_ERR_IO);
	assert_int_equal(err.sys_errno, ENOTDIR);
	assert_int_equal(as_dir_make("", &err), AS_ERR_INVALID);
}

static void reading_is_bounded(void **state)
{
	struct as_error err = {0};
	char *buf = NULL;
	int64_t n;

	(void)state;
	assert_int_equal(put("a", "12345678", false, &err), AS_OK);
	assert_int_equal(as_file_read(in_dir("a"), 8, &buf, &n, &err), AS_OK);
	assert_int_equal(n, 8);
	assert_string_equal(buf, "12345678");
	free(buf);
	assert_int_equal(as_file_read(in_dir("a"), 7, &buf, &n, &err), AS_ERR_FORMAT);
	assert_null(buf);
	assert_int_equal(as_file_read("/dev/zero", 100000, &buf, &n, &err), AS_ERR_FORMAT);
	assert_int_equal(as_file_read(dir, 100, &buf, &n, &err), AS_ERR_IO);
	assert_int_equal(err.sys_errno, EISDIR);
	assert_int_equal(as_file_read(in_dir("none"), 100, &buf, &n, &err), AS_ERR_IO);
	assert_int_equal(err.sys_errno, ENOENT);
}

#define CASE(f) cmocka_unit_test_setup_teardown(f, make_dir, remove_dir)

int main(void)
{
	const struct CMUnitTest tests[] = {
		CASE(commit_puts_the_whole_file_in_place),
		CASE(abort_leaves_nothing),
		CASE(what_replaces_a_file_has_its_mode),
		CASE(existing_files_are_kept_unless_forced),
		CASE(a_file_that_appears_meanwhile_is_kept),
		CASE(old_file_systems_are_served_too),
		CASE(a_full_disk_names_the_target),
		CASE(impossible_targets_fail_at_once),
		CASE(one_of_many_writers_wins),
		CASE(folders_are_made_with_their_parents),
		CASE(reading_is_bounded),
	};
	return cmocka_run_group_tests(tests, NULL, NULL);
}
