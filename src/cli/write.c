#include "cli/write.h"

#include <errno.h>
#include <stdlib.h>
#include <string.h>
#include <sys/stat.h>
#include <unistd.h>

#include "base/text.h"
#include "base/outline.h"
#include "cli/say.h"
#include "cli/table.h"

static bool refuse(const char *dir, int why)
{
	char *shown = as_text_escape_dup(dir);
	as_say("%s: cannot write there: %s", shown ? shown : "?", strerror(why));
	free(shown);
	return false;
}

/* Some folders take no others, whatever their permissions say. What is missing is made, and taken away again. */
static bool can_make(const char *path)
{
	struct stat st;
	if (mkdir(path, 0777) == 0)
		return rmdir(path) == 0 || errno == ENOTEMPTY; /* somebody was quick to use it */
	int why = errno;
	if (why == EEXIST && stat(path, &st) == 0)
		return true;
	errno = why;
	return false;
}

/* Says now what an hour of analysis would end with: the folder, or the nearest one above it, cannot be written. */
static bool output_dir_is_usable(const char *dir)
{
	struct stat st;
	bool usable = false;
	char *path = strdup(*dir ? dir : "."), *missing = NULL;
	while (path && stat(path, &st) != 0) {
		if (errno != ENOENT) {
			usable = refuse(dir, errno);
			goto out;
		}
		size_t n = strlen(path);
		while (n > 1 && path[n - 1] == '/')
			path[--n] = '\0';
		free(missing);
		if (!(missing = strdup(path))) {
			usable = refuse(dir, ENOMEM);
			goto out;
		}
		char *slash = strrchr(path, '/');
		if (!slash)
			strcpy(path, "."); /* at least one character was there */
		else
			slash[slash == path ? 1 : 0] = '\0';
	}
	if (!path)
		usable = refuse(dir, ENOMEM);
	else if (!S_ISDIR(st.st_mode))
		usable = refuse(dir, ENOTDIR);
	else if (access(path, W_OK | X_OK) != 0 || (missing && !can_make(missing)))
		usable = refuse(dir, errno);
	else
		usable = true;
out:
	free(missing);
	free(path);
	return usable;
}

/* The next run would take the aligned files for recordings. Folders inside those that are read are fine: they are left
 * out there. */
static bool output_dir_is_apart(const struct as_args *args)
{
	struct stat out, in;
	if (stat(*args->output_dir ? args->output_dir : ".", &out) != 0)
		return true;
	for (int i = 0; i < args->n_words; i++) {
		if (stat(args->words[i], &in) != 0 || !S_ISDIR(in.st_mode) ||
		    in.st_dev != out.st_dev || in.st_ino != out.st_ino)
			continue;
		char *shown = as_text_escape_dup(args->output_dir);
		as_say("%s: is the folder of the recordings: the next run would take the aligned "
		       "files for more of them; choose another one, such as %s%ssynced",
		       shown ? shown : "?", shown ? shown : "?",
		       shown && *shown && shown[strlen(shown) - 1] == '/' ? "" : "/");
		free(shown);
		return false;
	}
	return true;
}

int as_write_check_dir(const struct as_args *args)
{
	if (!output_dir_is_usable(args->output_dir))
		return AS_EXIT_FAILED;
	return output_dir_is_apart(args) ? -1 : AS_EXIT_USAGE;
}

int as_write_check_targets(struct as_run *run)
{
	struct as_error err = {0};
	const struct as_args *args = run->args;
	const struct as_export_request request = as_run_request(args, true);
	enum as_status status = as_session_check_targets(run->session, &request, &err);
	if (status == AS_OK)
		return -1;
	as_say("%s%s", err.msg,
	       status == AS_ERR_EXISTS && !args->force ? " (--force writes over it)" : "");
	return status == AS_ERR_INVALID ? AS_EXIT_USAGE : AS_EXIT_FAILED;
}

int as_write_probe_targets(struct as_run *run)
{
	const struct as_snapshot *snap = NULL;
	int code = as_run_probe(run, &snap);
	as_snapshot_free(snap);
	return code >= 0 ? code : as_write_check_targets(run);
}

static bool print(const struct as_args *args, const struct as_snapshot *snap)
{
	if (args->json)
		return as_run_print(as_answer_analysis(
			snap, &(struct as_analysis_answer){.opt = args->opt, .with_outputs = true}));
	struct as_term t = as_term_of(STDOUT_FILENO, args->opt, args->color);
	as_table_placements(stdout, &t, snap);
	if (snap->n_outputs > 0) {
		fputc('\n', stdout);
		as_table_outputs(stdout, &t, snap, args->output_dir);
	}
	return as_run_flush();
}

int as_write_outputs(struct as_run *run, const struct as_snapshot **snap)
{
	struct as_error err = {0};
	const struct as_args *args = run->args;
	int code = as_run_verdict(run, *snap);
	bool placed = as_outline_count(*snap).placed > 0;
	if (!placed && args->n_documents == 0) {
		bool printed = print(args, *snap);
		as_say("nothing could be placed: no file was written");
		return printed ? code : AS_EXIT_FAILED;
	}
	const struct as_snapshot *after = NULL;
	if (!placed && args->output_dir)
		as_say("nothing could be placed: no sound was written");
	const struct as_export_request request = as_run_request(args, placed);
	enum as_status started = as_session_export(run->session, &request, &err);
	int failed = as_run_export(run, started, &err, &after);
	if (after) {
		as_snapshot_free(*snap);
		*snap = after;
	}
	if (failed == AS_EXIT_INTERRUPTED)
		return failed;
	if (!print(args, *snap))
		return AS_EXIT_FAILED;
	return failed >= 0 ? failed : code;
}
