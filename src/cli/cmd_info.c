/* `audiosync info`: streams, times, timecode, grouping into tracks. */
#include <unistd.h>

#include "cli/info.h"
#include "cli/json.h"
#include "cli/outline.h"
#include "cli/run.h"

int as_cmd_info(const struct as_args *args)
{
	struct as_run run;
	const struct as_snapshot *snap = NULL;
	int code = as_run_open(&run, args);
	if (code < 0)
		code = as_run_probe(&run, &snap);
	if (code >= 0)
		goto out;
	/* Nothing was to be placed, so that nothing can be unsure: a file that cannot be read is a failure. */
	code = as_outline_count(snap).failed > 0 || run.n_missing > 0 ? AS_EXIT_FAILED : AS_EXIT_OK;
	if (args->json) {
		if (!as_run_print(as_cli_json_info(snap)))
			code = AS_EXIT_FAILED;
	} else {
		struct as_term t = as_term_of(STDOUT_FILENO, args->opt, args->color);
		as_info_put(stdout, &t, snap);
		if (!as_run_flush())
			code = AS_EXIT_FAILED;
	}
out:
	as_snapshot_free(snap);
	as_run_close(&run);
	return code;
}
