/* `audiosync sync`: analyze, then write one aligned file per track. */
#include "cli/run.h"
#include "cli/save.h"
#include "cli/say.h"
#include "cli/write.h"

/* Without a folder to write to nothing is read; where there would be nothing to write, that is said instead. */
static int ask_where(struct as_run *run, const struct as_args *args)
{
	int code = as_run_open(run, args);
	const struct as_snapshot *snap = code < 0 ? as_session_snapshot(run->session) : NULL;
	bool nothing = snap && snap->n_clips == 0;
	as_snapshot_free(snap);
	as_run_close(run);
	if (code >= 0)
		return code;
	as_say(nothing ? "no media files found" : "sync: where to? give a folder with -o DIR");
	return nothing ? AS_EXIT_FAILED : AS_EXIT_USAGE;
}

int as_cmd_sync(const struct as_args *args)
{
	struct as_run run = {0};
	const struct as_snapshot *snap = NULL;
	if (!args->output_dir)
		return ask_where(&run, args);
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
