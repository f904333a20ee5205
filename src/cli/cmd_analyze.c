/* `audiosync analyze`: where does every clip sit? */
#include <unistd.h>

#include "cli/json.h"
#include "cli/run.h"
#include "cli/table.h"

int as_cmd_analyze(const struct as_args *args)
{
	struct as_run run;
	const struct as_snapshot *snap = NULL;
	int code = as_run_open(&run, args);
	if (code < 0)
		code = as_run_analyze(&run, &snap);
	if (code >= 0)
		goto out;
	code = as_run_verdict(&run, snap);
	if (args->json) {
		if (!as_run_print(as_cli_json_analysis(snap, false)))
			code = AS_EXIT_FAILED;
	} else {
		struct as_term t = as_term_of(STDOUT_FILENO, args->opt, args->color);
		as_table_placements(stdout, &t, snap);
		if (!as_run_flush())
			code = AS_EXIT_FAILED;
	}
out:
	as_snapshot_free(snap);
	as_run_close(&run);
	return code;
}
