/* Names of files for Tab. */
#include <dirent.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/stat.h>

#include "base/text.h"
#include "tui/commands.h"
#include "tui/form.h"

#define NAMES_MAX 64

struct tui_names {
	bool folders;
	char *v[NAMES_MAX];
	int n;
};

struct tui_names *tui_names_new(bool folders)
{
	struct tui_names *n = calloc(1, sizeof *n);

	if (n)
		n->folders = folders;
	return n;
}

static void drop(struct tui_names *n)
{
	for (int i = 0; i < n->n; i++)
		free(n->v[i]);
	n->n = 0;
}

void tui_names_free(struct tui_names *n)
{
	if (n)
		drop(n);
	free(n);
}

static bool is_folder(const char *dir, const struct dirent *e)
{
	struct stat st;
	char *path;
	bool is;

	if (e->d_type != DT_UNKNOWN && e->d_type != DT_LNK)
		return e->d_type == DT_DIR;
	path = as_path_join(dir, e->d_name);
	is = path && stat(path, &st) == 0 && S_ISDIR(st.st_mode);
	free(path);
	return is;
}

static int by_name(const void *a, const void *b)
{
	return as_text_natural_cmp(*(char *const *)a, *(char *const *)b);
}

static void add(struct tui_names *n, const char *name, bool folder)
{
	size_t bytes = strlen(name) + 2;
	char *text = malloc(bytes);

	if (!text)
		return;
	snprintf(text, bytes, "%s%s", name, folder ? "/" : "");
	n->v[n->n++] = text;
}

static void read_names(struct tui_names *n, const char *dir, const char *start)
{
	size_t len = strlen(start);
	DIR *d = opendir(dir);

	for (struct dirent *e; d && n->n < NAMES_MAX && (e = readdir(d));) {
		bool folder;

		if (strncmp(e->d_name, start, len) != 0 || (e->d_name[0] == '.' && start[0] != '.') || !strcmp(e->d_name, ".") ||
		    !strcmp(e->d_name, ".."))
			continue;
		folder = is_folder(dir, e);
		if (folder || !n->folders)
			add(n, e->d_name, folder);
	}
	if (d)
		closedir(d);
	qsort(n->v, (size_t)n->n, sizeof *n->v, by_name);
}

char *tui_names_complete(void *ctx, const char *line, size_t n, int i, size_t *from)
{
	struct tui_names *names = ctx;
	char *typed = strndup(line, n), *slash = typed ? strrchr(typed, '/') : NULL, *dir = NULL;

	*from = slash ? (size_t)(slash - typed) + 1 : 0;
	/* The folder is read once for all of them. */
	if (typed && i == 0) {
		drop(names);
		if (slash)
			dir = strndup(typed, *from);
		else
			dir = strdup(".");
		if (dir) {
			char *full = tui_path(dir);

			if (full)
				read_names(names, full, typed + *from);
			free(full);
		}
		free(dir);
	}
	free(typed);
	return i < names->n ? strdup(names->v[i]) : NULL;
}

char *tui_path_short(const char *path)
{
	const char *home = getenv("HOME");
	size_t n = home ? strlen(home) : 0;
	char *out;

	while (n > 1 && home[n - 1] == '/')
		n--;
	if (n < 2 || strncmp(path, home, n) != 0 || (path[n] != '/' && path[n]))
		return strdup(path);
	out = malloc(strlen(path + n) + 2);
	if (out)
		sprintf(out, "~%s", path + n);
	return out;
}
