/* `audiosync sync`: analyze, then write one aligned file per track. */
#include "cli/run.h"
#include "cli/save.h"
#include "cli/say.h"
#include "cli/write.h"

int as_cmd_sync(const struct as_args *args)
{
	struct as_run run = {0};
	const struct as_snapshot *snap = NULL;
	if (!args->output_dir) {
		as_say("sync: where to? give a folder with -o DIR");
		return AS_EXIT_USAGE;
	}
	int code = as_write_check_dir(args);
	if (code < 0)
		code = as_run_open(&run, args);
	if (code < 0)
		code = as_write_probe_targets(&run);
	if (code < 0)
		code = as_run_analyze(&run, &snap);
	/* Before the files are written: that the disk is full for them costs no analysis. */
	if (code < 0)
		code = as_save_project(&run);
	if (code < 0)
		code = as_write_outputs(&run, &snap);
	as_snapshot_free(snap);
	as_run_close(&run);
	return code;
}
