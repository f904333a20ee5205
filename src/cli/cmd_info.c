/* `audiosync info`: streams, times, timecode, grouping into tracks. */
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include <audiosync/answer.h>

#include "base/outline.h"
#include "base/text.h"
#include "cli/info.h"
#include "cli/run.h"
#include "cli/table.h"

static char *make_json(const struct as_args *args, const struct as_snapshot *snap)
{
	(void)args;
	return as_answer_info(snap);
}

/* What a project holds beside its recordings: places, locks, and the settings that it brings. */
static void put_project(FILE *out, const struct as_term *t, const struct as_args *args, const struct as_snapshot *s)
{
	int locked = 0, missing = 0;
	const char *name = as_path_base(args->words[0]);
	size_t n;
	const struct as_option_row *rows = as_option_rows(&n);
	for (int i = 0; i < s->n_clips; i++) {
		locked += s->placements[i].locked;
		missing += s->clips[i].media != AS_CLIP_MEDIA_PRESENT;
	}
	as_notes_summary(out, t, s);
	fprintf(out, "%d %s known, %d %s locked, %d %s missing or changed\n", s->n_matches,
		s->n_matches == 1 ? "match" : "matches", locked, locked == 1 ? "clip" : "clips", missing,
		missing == 1 ? "clip" : "clips");
	for (size_t i = 0; i < n; i++) {
		char *value = as_text_escape_dup(as_options_value(args->opt, rows[i].key));
		if (value && strcmp(as_options_origin(args->opt, rows[i].key), name) == 0)
			fprintf(out, "%s = %s\n", rows[i].key, value);
		free(value);
	}
}

static bool put_table(FILE *out, const struct as_term *t, const struct as_args *args,
		      const struct as_snapshot *snap)
{
	as_info_put(out, t, snap);
	if (snap->placements)
		put_project(out, t, args, snap);
	return true;
}

/* A project with an analysis is shown as it is; probing would drop that. */
static int look(struct as_run *run, const struct as_snapshot **snap)
{
	if (run->project && run->args->n_words == 1) {
		*snap = as_session_snapshot(run->session);
		if (*snap && (*snap)->placements)
			return -1;
		as_snapshot_free(*snap);
	}
	return as_run_probe(run, snap);
}

int as_cmd_info(const struct as_args *args)
{
	static const struct as_answer answer = {make_json, put_table};
	struct as_run run;
	const struct as_snapshot *snap = NULL;
	int code = as_run_open(&run, args);
	if (code < 0)
		code = look(&run, &snap);
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
