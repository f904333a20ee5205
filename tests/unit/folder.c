#define _XOPEN_SOURCE 700 /* nftw */

#include "folder.h"

#include <dirent.h>
#include <fcntl.h>
#include <ftw.h>
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

#include <cmocka.h>

#include "base/file.h"

#define PATHS 8

int folder_make(char *dir, size_t bytes)
{
	snprintf(dir, bytes, "/tmp/audiosync-test-XXXXXX");
	return mkdtemp(dir) ? 0 : -1;
}

static int remove_one(const char *path, const struct stat *st, int type, struct FTW *ftw)
{
	(void)st, (void)type;
	return ftw->level > 0 ? remove(path) : 0;
}

int folder_empty(const char *dir)
{
	return nftw(dir, remove_one, 16, FTW_DEPTH | FTW_PHYS);
}

int folder_remove(const char *dir)
{
	return folder_empty(dir) == 0 ? remove(dir) : -1;
}

int folder_count(const char *dir)
{
	int n = 0;
	DIR *d = opendir(dir);
	for (struct dirent *e; d && (e = readdir(d));)
		n += strcmp(e->d_name, ".") != 0 && strcmp(e->d_name, "..") != 0;
	if (d)
		closedir(d);
	return n;
}

const char *folder_path(const char *dir, const char *name)
{
	static char path[PATHS][512];
	static int turn;
	turn = (turn + 1) % PATHS;
	snprintf(path[turn], sizeof path[turn], "%s/%s", dir, name);
	return path[turn];
}

char folder_dir[64];

int folder_set_up(void **state)
{
	(void)state;
	return folder_make(folder_dir, sizeof folder_dir);
}

int folder_tear_down(void **state)
{
	(void)state;
	return folder_remove(folder_dir);
}

const char *folder_in(const char *name)
{
	return folder_path(folder_dir, name);
}

int folder_catch_output(void)
{
	fflush(stdout);
	const int kept = dup(STDOUT_FILENO), to = open(folder_in("out"), O_WRONLY | O_CREAT | O_TRUNC, 0600);
	assert_true(kept >= 0 && to >= 0);
	dup2(to, STDOUT_FILENO);
	close(to);
	return kept;
}

char *folder_caught_output(int kept)
{
	char *text = NULL;
	int64_t n;
	fflush(stdout);
	dup2(kept, STDOUT_FILENO);
	close(kept);
	assert_int_equal(as_file_read(folder_in("out"), 1 << 16, &text, &n, NULL), AS_OK);
	return text;
}
