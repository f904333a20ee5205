/* A session run from the command line: inputs in, progress shown, interrupts obeyed, exit codes decided. */
#ifndef AS_CLI_RUN_H
#define AS_CLI_RUN_H

#include <stdbool.h>
#include <stdio.h>

#include <audiosync/audiosync.h>

#include "cli/args.h"
#include "cli/progress.h"
#include "cli/term.h"

struct as_run {
	const struct as_args *args;
	struct as_session *session;
	struct as_progress *progress;
	bool project;   /* the session comes from a project or its autosave */
	bool recovered; /* the session comes from an autosave */
	double autosaved_s, autosave_cost_s; /* when (0: not yet), and how long it took */
	bool saved; /* nothing is left to autosave */
	bool autosave_failed;
	int n_missing; /* words that could not be added; said so already */
};

/* The functions that return int give an exit code when the command is over (the message has been printed), or -1 to go on. */

/* Makes the session and adds the words and --track files of args. as_run_close in every case. */
int as_run_open(struct as_run *run, const struct as_args *args);
/* The same without adding anything. */
int as_run_open_empty(struct as_run *run, const struct as_args *args);
void as_run_close(struct as_run *run);

/* Wait for what was started (status: of starting it, with its error) and hand out the last snapshot: free it with as_snapshot_free. */
int as_run_wait(struct as_run *run, enum as_status started, const struct as_error *err,
		const struct as_snapshot **snap);
/* Probe or analyze, then wait. */
int as_run_probe(struct as_run *run, const struct as_snapshot **snap);
int as_run_analyze(struct as_run *run, const struct as_snapshot **snap);

int as_run_drift(struct as_run *run, const struct as_drift_config *cfg, const struct as_snapshot **snap);
int as_run_selftest(struct as_run *run, const struct as_selftest_config *cfg, const struct as_snapshot **snap);

/* What the flags ask an export for; sound: with the aligned files, where -o says where. Borrows from args. */
struct as_export_request as_run_request(const struct as_args *args, bool sound);

/* Waits for an export that was started. Fails if any file was not written; *snap tells which. */
int as_run_export(struct as_run *run, enum as_status started, const struct as_error *err,
		  const struct as_snapshot **snap);

/* The exit code of an analysis: 0 everything placed, 3 something not, 1 nothing usable at all. */
int as_run_verdict(const struct as_run *run, const struct as_snapshot *snap);

/* What a command answers: an object, or text for people. put returns false when out of memory. */
struct as_answer {
	char *(*json)(const struct as_args *args, const struct as_snapshot *snap);
	bool (*put)(FILE *out, const struct as_term *t, const struct as_args *args, const struct as_snapshot *snap);
};
/* Prints the one that args ask for. Returns code, or AS_EXIT_FAILED where it could not be printed (said so). */
int as_run_answer(const struct as_args *args, const struct as_snapshot *snap, const struct as_answer *answer, int code);

/* Prints heap text on stdout and frees it; NULL is an error for lack of memory. False: the message has been printed. */
bool as_run_print(char *text);
/* Flushes stdout; false and a message where it could not be written. */
bool as_run_flush(void);

#endif
