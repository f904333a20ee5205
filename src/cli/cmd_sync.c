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
	/* The project before the files: that the disk is full for them costs no analysis. The other way round neither. */
	if (code < 0) {
		int saved = as_save_project(&run), written = as_write_outputs(&run, &snap);
		code = saved >= 0 && written != AS_EXIT_INTERRUPTED ? saved : written;
	}
	as_snapshot_free(snap);
	as_run_close(&run);
	return code;
}
