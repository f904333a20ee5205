/* `audiosync demo`: writes a small shoot with known truth, syncs it and prints found against true. */
#include <errno.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

#include <audiosync/demo.h>

#include "base/outline.h"
#include "base/text.h"
#include "cli/check.h"
#include "cli/run.h"
#include "cli/say.h"
#include "cli/table.h"

#define SEED 1

/* The folder for everything; heap. Without a word a fresh one among the temporary files. */
static char *choose_dir(const struct as_args *args)
{
	if (args->n_words > 0)
		return strdup(args->words[0]);
	const char *tmp = getenv("TMPDIR");
	char *dir = as_path_join(tmp && *tmp ? tmp : "/tmp", "audiosync-demo.XXXXXX");
	if (dir && !mkdtemp(dir)) {
		as_say("%s: %s", dir, strerror(errno));
		free(dir);
		return NULL;
	}
	return dir;
}

static bool report_share(void *ctx, double done)
{
	as_progress_show_share(ctx, "Recording", done);
	return !as_interrupted();
}

static int make_shoot(const struct as_args *args, const char *dir, struct as_demo *demo)
{
	struct as_error err = {0};
	struct as_progress *progress = as_progress_new(args);
	enum as_status status =
		as_demo_write(dir, SEED, 0, args->force, report_share, progress, demo, &err);
	as_progress_free(progress);
	if (status == AS_OK)
		return -1;
	if (status == AS_CANCELLED) {
		as_say("interrupted");
		return AS_EXIT_INTERRUPTED;
	}
	as_say("%s%s", err.msg, status == AS_ERR_EXISTS ? " (--force writes over it)" : "");
	return AS_EXIT_FAILED;
}

static int sync_shoot(struct as_run *run, const char *out_dir, const struct as_snapshot **snap)
{
	struct as_error err = {0};
	int code = as_run_analyze(run, snap);
	if (code >= 0)
		return code;
	as_snapshot_free(*snap);
	const struct as_export_request request = {.dir = out_dir, .force = run->args->force};
	return as_run_export(run, as_session_export(run->session, &request, &err), &err, snap);
}

static void put_closing(const struct as_term *t, const struct as_check *c, const char *dir)
{
	char text[256];
	bool all = c->n_right == c->n;
	char *shown = as_text_escape_dup(dir);
	snprintf(text, sizeof(text),
		 "%d of %d clips are right: within %.0f ms of the truth from start to end, or "
		 "rightly not placed",
		 c->n_right, c->n, AS_CHECK_TOLERANCE_S * 1000);
	fputc('\n', stdout);
	as_put_ink(stdout, t, all ? AS_INK_GOOD : AS_INK_BAD,
		   all ? as_term_glyph(t, "✓", "*") : as_term_glyph(t, "✗", "x"));
	fputc(' ', stdout);
	as_put_wrapped(stdout, t, 2, 2, text);
	fputs("  The recordings and the truth about them: ", stdout);
	as_put_text(stdout, t, shown ? shown : "?");
	fputc('\n', stdout);
	free(shown);
}

static bool print(const struct as_args *args, const struct as_check *c,
		  const struct as_snapshot *snap, const char *dir, const char *out_dir)
{
	if (args->json) {
		char *full = realpath(dir, NULL);
		bool printed = as_run_print(as_check_json(c, snap, full ? full : dir));
		free(full);
		return printed;
	}
	struct as_term t = as_term_of(STDOUT_FILENO, args->opt, args->color);
	as_check_put(stdout, &t, c, snap);
	fputc('\n', stdout);
	as_table_outputs(stdout, &t, snap, out_dir);
	put_closing(&t, c, dir);
	return as_run_flush();
}

static int demonstrate(const struct as_args *args, const char *shoot_dir, const char *out_dir)
{
	struct as_demo demo;
	struct as_run run = {0};
	struct as_check check;
	const struct as_snapshot *snap = NULL;
	struct as_args inner = *args;
	inner.words = &shoot_dir;
	inner.n_words = 1;
	int code = make_shoot(args, shoot_dir, &demo);
	if (code < 0)
		code = as_run_open(&run, &inner);
	if (code < 0)
		code = sync_shoot(&run, out_dir, &snap);
	if (code < 0) {
		as_check_init(&check, &demo, snap);
		code = check.n_right == check.n ? AS_EXIT_OK : AS_EXIT_FAILED;
		if (!print(args, &check, snap, shoot_dir, out_dir))
			code = AS_EXIT_FAILED;
	}
	as_snapshot_free(snap);
	as_run_close(&run);
	return code;
}

int as_cmd_demo(const struct as_args *args)
{
	int code = AS_EXIT_FAILED;
	if (args->n_words > 1) {
		as_say("demo: one folder at most");
		return AS_EXIT_USAGE;
	}
	char *dir = choose_dir(args);
	char *shoot_dir = dir ? as_path_join(dir, "shoot") : NULL;
	char *out_dir = dir ? as_path_join(dir, "synced") : NULL;
	if (shoot_dir && out_dir)
		code = demonstrate(args, shoot_dir, out_dir);
	free(dir);
	free(shoot_dir);
	free(out_dir);
	return code;
}
