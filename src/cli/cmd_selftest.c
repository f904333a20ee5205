/* `audiosync selftest`: what errors and false places to expect of this footage. */
#include <audiosync/answer.h>

#include "base/outline.h"
#include "cli/run.h"
#include "cli/say.h"
#include "cli/selftest.h"

static char *make_json(const struct as_args *args, const struct as_snapshot *snap)
{
	return as_answer_selftest(snap, args->opt);
}

static bool put_text(FILE *out, const struct as_term *t, const struct as_args *args,
		     const struct as_snapshot *snap)
{
	(void)args;
	as_selftest_put(out, t, snap);
	return true;
}

static int verdict(const struct as_run *run, const struct as_snapshot *snap)
{
	bool partly =
		as_outline_count(snap).failed > 0 || run->n_missing > 0 || snap->n_warnings > 0;
	return partly || as_selftest_tally(snap->selftest).wrong > 0 ? AS_EXIT_UNSURE : AS_EXIT_OK;
}

int as_cmd_selftest(const struct as_args *args)
{
	static const struct as_answer answer = {make_json, put_text};
	const struct as_selftest_config cfg = {.seed = args->seed, .trials = (int)args->trials};
	struct as_run run;
	const struct as_snapshot *snap = NULL;
	int code = as_run_open(&run, args);
	if (code < 0)
		code = as_run_selftest(&run, &cfg, &snap);
	if (code < 0)
		code = as_run_answer(args, snap, &answer, verdict(&run, snap));
	as_snapshot_free(snap);
	as_run_close(&run);
	return code;
}
