/* `audiosync info`: streams, times, timecode, grouping into tracks. */
#include <audiosync/answer.h>

#include "base/outline.h"
#include "cli/info.h"
#include "cli/run.h"

static char *make_json(const struct as_args *args, const struct as_snapshot *snap)
{
	(void)args;
	return as_answer_info(snap);
}

static bool put_table(FILE *out, const struct as_term *t, const struct as_args *args,
		      const struct as_snapshot *snap)
{
	(void)args;
	as_info_put(out, t, snap);
	return true;
}

int as_cmd_info(const struct as_args *args)
{
	static const struct as_answer answer = {make_json, put_table};
	struct as_run run;
	const struct as_snapshot *snap = NULL;
	int code = as_run_open(&run, args);
	if (code < 0)
		code = as_run_probe(&run, &snap);
	/* Nothing was to be placed, so that nothing can be unsure: a file that cannot be read is a failure. */
	if (code < 0)
		code = as_run_answer(args, snap, &answer,
				     as_outline_count(snap).failed > 0 || run.n_missing > 0
					     ? AS_EXIT_FAILED
					     : AS_EXIT_OK);
	as_snapshot_free(snap);
	as_run_close(&run);
	return code;
}
