#include "tui/target.h"

#include <errno.h>
#include <math.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/stat.h>
#include <sys/statvfs.h>
#include <unistd.h>

#include "base/error.h"
#include "base/text.h"
#include "tui/commands.h"
#include "tui/form.h"

/* --- folders --------------------------------------------------------------------------------------------------- */

/* Cuts what two folders do not share. */
static void keep_common(char *dir, const char *path)
{
	size_t n = 0, last = 0;

	while (dir[n] && dir[n] == path[n]) {
		if (dir[n] == '/')
			last = n;
		n++;
	}
	if (!dir[n] && path[n] == '/')
		return;
	dir[last ? last : 1] = '\0';
}

static char *folder_of(const char *path)
{
	const char *slash = strrchr(path, '/');

	return slash && slash > path ? strndup(path, (size_t)(slash - path)) : strdup("/");
}

/* Two folders deep at least: nobody means "/media". */
static bool is_telling(const char *dir)
{
	const char *slash = dir[0] == '/' ? strchr(dir + 1, '/') : NULL;

	return slash && slash[1];
}

char *tui_target_recordings(const struct tui *t)
{
	const struct as_snapshot *s = t->m.snap;
	char *dir = s->n_clips > 0 ? folder_of(s->clips[0].path) : NULL;

	for (int i = 0; dir && i < s->n_clips; i++)
		for (int k = 0; k < s->clips[i].n_parts; k++)
			keep_common(dir, s->clips[i].parts[k]);
	if (dir && is_telling(dir))
		return dir;
	free(dir);
	return NULL;
}

/* Recordings may lie on a card that is write-protected. */
char *tui_target_base(const struct tui *t)
{
	const char *home = getenv("HOME");
	char *dirs[] = {tui_target_recordings(t), t->m.project ? folder_of(t->m.project) : NULL, getcwd(NULL, 0), home ? strdup(home) : NULL};
	char *found = NULL;

	for (size_t i = 0; i < sizeof dirs / sizeof *dirs; i++)
		if (!found && dirs[i] && access(dirs[i], W_OK | X_OK) == 0)
			found = dirs[i];
		else if (i > 0)
			free(dirs[i]);
	if (found != dirs[0] && found)
		free(dirs[0]);
	return found ? found : dirs[0];
}

char *tui_target_shorten(const struct tui *t, const char *path)
{
	char *base = tui_target_base(t), *full = tui_path(path), *out = NULL;
	size_t n = base ? strlen(base) : 0;

	if (base && full && !strncmp(full, base, n) && full[n] == '/' && full[n + 1])
		out = strdup(full + n + 1);
	else if (full)
		out = tui_path_short(full);
	free(base);
	free(full);
	return out;
}

char *tui_target_expand(const struct tui *t, const char *kept)
{
	char *base = NULL, *full = NULL, *out;

	if (kept[0] == '/' || kept[0] == '~')
		return tui_path_short(kept);
	base = tui_target_base(t);
	full = base ? as_path_join(base, kept) : NULL;
	out = full ? tui_path_short(full) : NULL;
	free(base);
	free(full);
	return out;
}

/* The path, or what of it exists. */
static char *existing(const char *path, struct stat *st)
{
	char *at = strdup(path);

	while (at && stat(at, st) != 0) {
		char *slash = strrchr(at, '/');

		if (errno != ENOENT || !slash || slash == at) {
			free(at);
			return errno == ENOENT && stat("/", st) == 0 ? strdup("/") : NULL;
		}
		*slash = '\0';
	}
	return at;
}

/* The next run would take the aligned files for recordings. */
static bool is_of_recordings(const struct as_snapshot *s, const char *dir)
{
	struct stat out, in;
	char *last = NULL;
	bool same = false;

	if (stat(dir, &out) != 0)
		return false;
	for (int i = 0; i < s->n_clips && !same; i++) {
		char *folder = folder_of(s->clips[i].path);

		if (folder && !(last && !strcmp(last, folder)))
			same = stat(folder, &in) == 0 && in.st_dev == out.st_dev && in.st_ino == out.st_ino;
		free(last);
		last = folder;
	}
	free(last);
	return same;
}

/* Whether the folder, which need not exist, can be written to. */
static enum as_status check_folder(const char *dir, struct as_error *err)
{
	struct stat st;
	char *there = existing(dir, &st);
	enum as_status status = AS_OK;

	if (!there)
		status = as_fail_errno(err, dir, "cannot write there");
	else if (!S_ISDIR(st.st_mode))
		status = as_fail(err, AS_ERR_INVALID, "%s: is not a folder", there);
	else if (access(there, W_OK | X_OK) != 0)
		status = as_fail_errno(err, there, "cannot write there");
	free(there);
	return status;
}

bool tui_target_check_dir(const struct tui *t, const char *dir, char *why, size_t n)
{
	struct as_error err = {0};
	char *full = *dir ? tui_path(dir) : NULL;
	enum as_status status = full ? check_folder(full, &err) : AS_ERR_MEMORY;

	if (!*dir)
		status = as_fail(&err, AS_ERR_INVALID, "a folder for the aligned files is needed");
	else if (status == AS_OK && is_of_recordings(t->m.snap, full))
		status = as_fail(&err, AS_ERR_INVALID,
				 "this is the folder of the recordings: the next run would take the aligned files for more of them");
	snprintf(why, n, "%s", err.msg[0] ? err.msg : as_status_name(status));
	free(full);
	return status == AS_OK;
}

bool tui_target_check_file(const char *path, char *why, size_t n)
{
	struct as_error err = {0};
	char *full = tui_path(path), *dir = full ? folder_of(full) : NULL;
	enum as_status status = dir ? check_folder(dir, &err) : AS_ERR_MEMORY;

	snprintf(why, n, "%s", err.msg[0] ? err.msg : as_status_name(status));
	free(full);
	free(dir);
	return status == AS_OK;
}

double tui_target_free_bytes(const struct tui *t, const char *path)
{
	char *full = t->setup->script ? NULL : tui_path(path), *there;
	struct statvfs v;
	struct stat st;
	double bytes = NAN;

	there = full ? existing(full, &st) : NULL;
	/* Some network file systems say 0 of 0. */
	if (there && statvfs(there, &v) == 0 && v.f_blocks > 0)
		bytes = (double)v.f_bavail * (double)(v.f_frsize ? v.f_frsize : v.f_bsize);
	free(full);
	free(there);
	return bytes;
}

/* --- settings -------------------------------------------------------------------------------------------------- */

bool tui_settings_same(const struct as_options *a, const struct as_options *b)
{
	size_t n;
	const struct as_option_row *rows = as_option_rows(&n);

	for (size_t i = 0; i < n; i++)
		if (strcmp(as_options_value(a, rows[i].key), as_options_value(b, rows[i].key)) != 0)
			return false;
	return true;
}

bool tui_settings_take(struct tui *t, const struct as_options *opt)
{
	struct as_error err = {0};

	if (tui_settings_same(t->m.opt, opt))
		return true;
	if (!tui_try(t, as_session_configure(t->m.session, opt, &err), &err))
		return false;
	tui_look(t);
	return true;
}
