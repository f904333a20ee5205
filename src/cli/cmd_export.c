/* `audiosync export`: writes what sync writes, from a project. Analyses nothing. */
#include <errno.h>
#include <string.h>
#include <unistd.h>

#include "cli/run.h"
#include "cli/say.h"
#include "cli/write.h"

static int check_words(const struct as_args *args)
{
	if (args->n_words != 1 || args->n_tracks > 0) {
		as_say("export takes one project; recordings are added to it by sync or analyze with --save");
		return AS_EXIT_USAGE;
	}
	if (access(args->words[0], R_OK) != 0) {
		as_say("%s: %s", args->words[0], strerror(errno));
		return AS_EXIT_FAILED;
	}
	if (!as_project_is(args->words[0])) {
		as_say("%s: not a project; sync analyses recordings and writes them aligned", args->words[0]);
		return AS_EXIT_USAGE;
	}
	if (!args->output_dir && args->n_documents == 0) {
		as_say("export: what? give a folder for aligned files with -o DIR, or --otio FILE and the like");
		return AS_EXIT_USAGE;
	}
	return args->output_dir ? as_write_check_dir(args) : -1;
}

static int check_solved(const struct as_args *args, const struct as_snapshot *snap)
{
	if (!snap) {
		as_say("out of memory");
		return AS_EXIT_FAILED;
	}
	if (snap->placements)
		return -1;
	as_say("%s: has not been analysed: audiosync analyze %s --save %s", args->words[0], args->words[0], args->words[0]);
	return AS_EXIT_FAILED;
}

int as_cmd_export(const struct as_args *args)
{
	struct as_run run = {0};
	const struct as_snapshot *snap = NULL;
	int code = check_words(args);
	if (code < 0)
		code = as_run_open(&run, args);
	if (code < 0) {
		snap = as_session_snapshot(run.session);
		code = check_solved(args, snap);
	}
	if (code < 0)
		code = as_write_check_targets(&run);
	if (code < 0)
		code = as_write_outputs(&run, &snap);
	as_snapshot_free(snap);
	as_run_close(&run);
	return code;
}
