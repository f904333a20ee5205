/* `audiosync analyze`: where does every clip sit? With --explain: why? */
#include <stdlib.h>

#include <audiosync/answer.h>

#include "cli/explain.h"
#include "cli/pick.h"
#include "cli/run.h"
#include "cli/save.h"
#include "cli/say.h"
#include "cli/table.h"
#include "cli/write.h"

/* Whether every --explain names a clip, before the long work. */
static int check_names(struct as_run *run)
{
	const struct as_args *args = run->args;
	const struct as_snapshot *snap = NULL;
	int code = args->n_explain > 0 ? as_run_probe(run, &snap) : -1;
	for (int i = 0; code < 0 && i < args->n_explain; i++) {
		int pick = as_pick_clip(snap, args->explain[i]);
		if (pick >= 0)
			continue;
		char *why = as_pick_complaint(snap, args->explain[i], pick);
		as_say("--explain: %s", why ? why : "out of memory");
		code = why ? AS_EXIT_USAGE : AS_EXIT_FAILED;
		free(why);
	}
	as_snapshot_free(snap);
	return code;
}

/* Per clip, whether it is to be explained; NULL when out of memory. */
static bool *choose(const struct as_args *args, const struct as_snapshot *snap)
{
	bool *chosen = calloc((size_t)snap->n_clips + 1, sizeof *chosen);
	for (int i = 0; chosen && i < args->n_explain; i++) {
		int clip = as_pick_clip(snap, args->explain[i]);
		if (clip >= 0)
			chosen[clip] = true;
	}
	return chosen;
}

static char *make_json(const struct as_args *args, const struct as_snapshot *snap)
{
	bool *chosen = args->n_explain > 0 ? choose(args, snap) : NULL;
	char *text = NULL;
	if (chosen || args->n_explain == 0)
		text = as_answer_analysis(
			snap, &(struct as_analysis_answer){.opt = args->opt,
							   .explained = chosen,
							   .with_outputs = args->n_documents > 0});
	free(chosen);
	return text;
}

static bool put_explanations(FILE *out, const struct as_term *t, const struct as_args *args,
			     const struct as_snapshot *snap)
{
	bool *chosen = choose(args, snap), ok = chosen != NULL, first = true;
	for (int i = 0; ok && i < snap->n_clips; i++) {
		if (!chosen[i])
			continue;
		if (!first)
			fputc('\n', out);
		first = false;
		ok = as_explain_put(out, t, snap, i, args->opt);
	}
	free(chosen);
	if (ok)
		as_notes_summary(out, t, snap);
	return ok;
}

static bool put_text(FILE *out, const struct as_term *t, const struct as_args *args,
		     const struct as_snapshot *snap)
{
	if (args->n_explain > 0)
		return put_explanations(out, t, args, snap);
	as_table_placements(out, t, snap);
	if (snap->n_outputs > 0) {
		fputc('\n', out);
		as_table_outputs(out, t, snap, NULL);
	}
	return true;
}

/* The documents that were asked for. Whatever becomes of them or of the project, the placements are worth showing. */
static int write_documents(struct as_run *run, const struct as_snapshot **snap)
{
	struct as_error err = {0};
	const struct as_snapshot *after = NULL;
	const struct as_export_request request = as_run_request(run->args, false);
	if (request.n_documents == 0)
		return -1;
	int failed = as_run_export(run, as_session_export(run->session, &request, &err), &err, &after);
	if (after) {
		as_snapshot_free(*snap);
		*snap = after;
	}
	return failed;
}

int as_cmd_analyze(const struct as_args *args)
{
	static const struct as_answer answer = {make_json, put_text};
	struct as_run run;
	const struct as_snapshot *snap = NULL;
	int code = as_run_open(&run, args);
	if (code < 0)
		code = check_names(&run);
	if (code < 0 && args->n_documents > 0)
		code = as_write_probe_targets(&run);
	if (code < 0)
		code = as_run_analyze(&run, &snap);
	if (code < 0) {
		int saved = as_save_project(&run), verdict = saved < 0 ? as_run_verdict(&run, snap) : saved;
		int failed = write_documents(&run, &snap);
		code = failed == AS_EXIT_INTERRUPTED
			       ? failed
			       : as_run_answer(args, snap, &answer, failed >= 0 ? failed : verdict);
	}
	as_snapshot_free(snap);
	as_run_close(&run);
	return code;
}
