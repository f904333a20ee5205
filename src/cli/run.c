#include "cli/run.h"

#include <errno.h>
#include <poll.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

#include "base/outline.h"
#include "base/error.h"
#include "base/text.h"
#include "cli/idle.h"
#include "cli/save.h"
#include "cli/say.h"

bool as_run_flush(void)
{
	if (fflush(stdout) == 0 && !ferror(stdout))
		return true;
	int why = errno;
	clearerr(stdout); /* said once */
	if (why != EPIPE) /* a reader that has seen enough knows */
		as_say("standard output: %s", strerror(why));
	return false;
}

bool as_run_print(char *text)
{
	if (!text) {
		as_say("out of memory");
		return false;
	}
	fputs(text, stdout);
	free(text);
	return as_run_flush();
}

int as_run_answer(const struct as_args *args, const struct as_snapshot *snap, const struct as_answer *answer, int code)
{
	if (args->json)
		return as_run_print(answer->json(args, snap)) ? code : AS_EXIT_FAILED;
	struct as_term t = as_term_of(STDOUT_FILENO, args->opt, args->color);
	if (!answer->put(stdout, &t, args, snap)) {
		as_say("out of memory");
		return AS_EXIT_FAILED;
	}
	return as_run_flush() ? code : AS_EXIT_FAILED;
}

static void add_path(struct as_run *run, const char *path, const char *track)
{
	struct as_error err = {0};
	if (as_session_add(run->session, path, track, &err) == AS_OK)
		return;
	as_say("%s", err.msg);
	run->n_missing++;
}

int as_run_open_empty(struct as_run *run, const struct as_args *args)
{
	struct as_error err = {0};
	*run = (struct as_run){.args = args};
	run->session = as_session_new(args->opt, &err);
	if (!run->session) {
		as_say("%s", err.msg);
		return AS_EXIT_FAILED;
	}
	run->progress = as_progress_new(args);
	return -1;
}

int as_run_open(struct as_run *run, const struct as_args *args)
{
	struct as_error err = {0};
	int n = args->n_words;
	*run = (struct as_run){.args = args};
	for (int i = 0; i < args->n_tracks; i++)
		n += args->tracks[i].n_paths;
	if (n == 0) {
		as_say("no files or folders given; see audiosync --help");
		return AS_EXIT_USAGE;
	}
	int project = -1, code = as_save_open(run, &project);
	if (code < 0)
		code = as_idle_check_settings(args);
	if (code >= 0)
		return code;
	if (args->output_dir &&
	    as_session_skip_dir(run->session, args->output_dir, &err) != AS_OK) {
		as_say("%s", err.msg);
		return AS_EXIT_FAILED;
	}
	for (int i = 0; i < args->n_words && !as_interrupted(); i++)
		if (i != project)
			add_path(run, args->words[i], NULL);
	for (int i = 0; i < args->n_tracks && !as_interrupted(); i++)
		for (int k = 0; k < args->tracks[i].n_paths; k++)
			add_path(run, args->tracks[i].paths[k], args->tracks[i].name);
	if (run->n_missing == n)
		return AS_EXIT_FAILED;
	if (args->reference &&
	    as_session_set_reference(run->session, args->reference, &err) != AS_OK) {
		as_say("%s", err.msg);
		return AS_EXIT_USAGE;
	}
	code = as_save_prepare(run);
	if (code < 0)
		run->progress = as_progress_new(args);
	return code;
}

void as_run_close(struct as_run *run)
{
	as_progress_free(run->progress);
	as_session_free(run->session);
	*run = (struct as_run){0};
}

/* Takes all events that wait. True once the work has ended; *changed tells whether there was any news. */
static bool take_events(struct as_run *run, bool *changed)
{
	struct as_event e;
	bool done = false;
	while (as_session_next_event(run->session, &e)) {
		*changed = true;
		done |= e.kind == AS_EVENT_DONE;
	}
	return done;
}

static void show(struct as_run *run)
{
	const struct as_snapshot *s = as_session_snapshot(run->session);
	as_progress_show(run->progress, s);
	as_snapshot_free(s);
}

/* Until the session says that it is done. An interrupt cancels once; the session then ends by itself, soon. */
static bool drive(struct as_run *run)
{
	bool cancelled = false, changed = true;
	for (;;) {
		if (as_interrupted() && !cancelled) {
			as_session_cancel(run->session);
			cancelled = true;
		}
		if (take_events(run, &changed))
			return true;
		as_save_tick(run);
		int due_ms = as_progress_due_ms(run->progress, changed);
		if (due_ms == 0) {
			show(run);
			changed = false;
			continue;
		}
		struct pollfd fds[2] = {
			{.fd = as_session_fd(run->session), .events = POLLIN},
			{.fd = cancelled ? -1 : as_interrupt_fd(), .events = POLLIN},
		};
		if (poll(fds, 2, due_ms) < 0 && errno != EINTR) {
			as_say("poll: %s", strerror(errno));
			return false;
		}
	}
}

int as_run_wait(struct as_run *run, enum as_status started, const struct as_error *err,
		const struct as_snapshot **snap)
{
	*snap = NULL;
	if (started != AS_OK) {
		as_progress_hide(run->progress);
		as_say("%s", err->msg);
		return started == AS_ERR_INVALID ? AS_EXIT_USAGE : AS_EXIT_FAILED;
	}
	if (!drive(run))
		return AS_EXIT_FAILED;
	*snap = as_session_snapshot(run->session);
	as_progress_show(run->progress, *snap);
	as_progress_hide(run->progress);
	if (!*snap) {
		as_say("out of memory");
		return AS_EXIT_FAILED;
	}
	if ((*snap)->outcome == AS_CANCELLED || as_interrupted()) {
		as_say("interrupted");
		as_save_interrupted(run);
		return AS_EXIT_INTERRUPTED;
	}
	return -1;
}

static int outcome(const struct as_snapshot *s)
{
	if (s->outcome < AS_ERR_IO)
		return -1;
	as_say("%s", *s->error ? s->error : as_status_name(s->outcome));
	return s->outcome == AS_ERR_INVALID ? AS_EXIT_USAGE : AS_EXIT_FAILED;
}

static int run_to_end(struct as_run *run, enum as_status started, const struct as_error *err,
		      const struct as_snapshot **snap)
{
	int code = as_run_wait(run, started, err, snap);
	if (code < 0 && (*snap)->n_clips == 0) {
		as_say("no media files found");
		code = AS_EXIT_FAILED;
	}
	return code < 0 ? outcome(*snap) : code;
}

int as_run_probe(struct as_run *run, const struct as_snapshot **snap)
{
	struct as_error err = {0};
	enum as_status started = as_session_probe(run->session, &err);
	return run_to_end(run, started, &err, snap);
}

int as_run_analyze(struct as_run *run, const struct as_snapshot **snap)
{
	struct as_error err = {0};
	enum as_status started = as_session_analyze(run->session, &err);
	return run_to_end(run, started, &err, snap);
}

int as_run_selftest(struct as_run *run, const struct as_selftest_config *cfg, const struct as_snapshot **snap)
{
	struct as_error err = {0};
	enum as_status started = as_session_selftest(run->session, cfg, &err);
	return run_to_end(run, started, &err, snap);
}

int as_run_drift(struct as_run *run, const struct as_drift_config *cfg, const struct as_snapshot **snap)
{
	struct as_error err = {0};
	enum as_status started = as_session_drift(run->session, cfg, &err);
	struct as_error told = err;
	if (started == AS_ERR_EXISTS && !cfg->force)
		as_fail(&told, started, "%s (--force writes over it)", err.msg);
	return run_to_end(run, started, &told, snap);
}

struct as_export_request as_run_request(const struct as_args *args, bool sound)
{
	return (struct as_export_request){.dir = sound ? args->output_dir : NULL,
					  .force = args->force,
					  .documents = args->documents,
					  .n_documents = args->n_documents,
					  .path_maps = args->path_maps,
					  .n_path_maps = args->n_path_maps};
}

int as_run_export(struct as_run *run, enum as_status started, const struct as_error *err,
		  const struct as_snapshot **snap)
{
	int code = as_run_wait(run, started, err, snap);
	return code < 0 ? outcome(*snap) : code;
}

int as_run_verdict(const struct as_run *run, const struct as_snapshot *snap)
{
	struct as_tally n = as_outline_count(snap);
	if (n.failed == n.clips)
		return AS_EXIT_FAILED;
	return n.placed < n.clips || run->n_missing > 0 ? AS_EXIT_UNSURE : AS_EXIT_OK;
}
