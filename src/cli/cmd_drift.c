/* `audiosync drift`: one file's clock, measured against another's or known, and taken out. */
#include <math.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

#include "base/drift_words.h"
#include "base/file.h"
#include "cli/drift.h"
#include "cli/idle.h"
#include "cli/run.h"
#include "cli/say.h"

static char *make_json(const struct as_args *args, const struct as_snapshot *snap)
{
	(void)args;
	return as_answer_drift(snap);
}

static bool put_text(FILE *out, const struct as_term *t, const struct as_args *args,
		     const struct as_snapshot *snap)
{
	(void)args;
	as_drift_put(out, t, snap);
	return true;
}

static int check_usage(const struct as_args *args)
{
	bool compare = args->reference != NULL, manual = !isnan(args->ppm);
	if (compare == manual)
		as_say("drift: %s", compare ? "-r REF or --ppm N, not both"
					    : "against what? -r REF measures, --ppm N takes out a known drift");
	else if (manual && !args->output)
		as_say("drift: --ppm without -o OUT has nothing to do");
	else
		return -1;
	return AS_EXIT_USAGE;
}

/* Before the work, so that it is not for nothing. */
static int check_plot(const struct as_args *args)
{
	if (!args->plot || args->force || !as_file_exists(args->plot))
		return -1;
	struct as_error err;
	as_fail(&err, AS_ERR_EXISTS, "%s: exists already (--force writes over it)", args->plot);
	as_say("%s", err.msg);
	return AS_EXIT_FAILED;
}

static bool is_input(const struct as_drift *d, const char *path)
{
	char *real = realpath(path, NULL), *file = realpath(d->file, NULL);
	char *beside = d->reference ? realpath(d->reference, NULL) : NULL;
	char *made = d->output ? realpath(d->output, NULL) : NULL;
	bool same = real && ((file && !strcmp(real, file)) || (beside && !strcmp(real, beside)) ||
			     (made && !strcmp(real, made)));
	free(real);
	free(file);
	free(beside);
	free(made);
	return same;
}

/* -1, or the exit code where it could not be written. */
static int write_plot(const struct as_args *args, const struct as_drift *d)
{
	struct as_error err = {0};
	if (!args->plot)
		return -1;
	char *svg = as_drift_plot(d);
	if (!svg) {
		as_fail(&err, AS_ERR_INVALID, "%s: not written: there is nothing to draw", args->plot);
		as_say("%s", err.msg);
		return -1;
	}
	enum as_status status = AS_OK;
	if (is_input(d, args->plot))
		status = as_fail(&err, AS_ERR_EXISTS, "%s: is one of the recordings", args->plot);
	if (status == AS_OK)
		status = as_file_write(args->plot, args->force, svg, &err);
	free(svg);
	if (status == AS_OK)
		return -1;
	as_say("%s", err.msg);
	return AS_EXIT_FAILED;
}

static int verdict(const struct as_drift *d)
{
	if (d->reference && d->found.result != AS_DRIFT_MEASURED)
		return AS_EXIT_UNSURE;
	if (d->reference && d->output && d->left.result != AS_DRIFT_MEASURED)
		return AS_EXIT_UNSURE;
	return d->output && as_drift_is_left(d) ? AS_EXIT_UNSURE : AS_EXIT_OK;
}

int as_cmd_drift(const struct as_args *args)
{
	static const struct as_answer answer = {make_json, put_text};
	struct as_run run;
	const struct as_snapshot *snap = NULL;
	const struct as_drift_config cfg = {.reference = args->reference,
					    .file = args->words[0],
					    .ppm = args->ppm,
					    .output = args->output,
					    .force = args->force};
	int code = check_usage(args);
	if (code < 0)
		code = check_plot(args);
	if (code < 0)
		code = as_idle_check_settings(args);
	if (code >= 0)
		return code;
	code = as_run_open_empty(&run, args);
	if (code < 0)
		code = as_run_drift(&run, &cfg, &snap);
	if (code < 0) {
		int failed = write_plot(args, snap->drift);
		code = as_run_answer(args, snap, &answer, failed >= 0 ? failed : verdict(snap->drift));
	}
	as_snapshot_free(snap);
	as_run_close(&run);
	return code;
}
