#include "cli/save.h"

#include <math.h>
#include <stdlib.h>
#include <string.h>

#include "base/clock.h"
#include "base/text.h"
#include "cli/places.h"
#include "cli/say.h"

#define AUTOSAVE_SHARE 20.0 /* one takes no more than one part in so many of the time */

static int find_project(const struct as_args *args, int *index)
{
	*index = -1;
	for (int i = 0; i < args->n_words; i++) {
		if (!as_project_is(args->words[i]))
			continue;
		if (*index >= 0) {
			as_say("%s and %s: one project at a time", args->words[*index], args->words[i]);
			return AS_EXIT_USAGE;
		}
		*index = i;
	}
	if (args->n_relink > 0 && *index < 0) {
		as_say("--relink: there is no project whose recordings could be looked for");
		return AS_EXIT_USAGE;
	}
	return -1;
}

/* What a run that died has left: taken with --recover, told without. heap, or NULL. */
static char *choose_autosave(const struct as_run *run, const char *project)
{
	char *state = as_place_state("autosave"), *path = as_project_newer_autosave(project, state);
	free(state);
	if (!path || run->args->recover)
		return path;
	as_say("%s: there is newer work that was not saved, in %s; --recover goes on from there, saving drops it", project, path);
	free(path);
	return NULL;
}

static int load(struct as_run *run, const char *path)
{
	const struct as_args *args = run->args;
	struct as_error err = {0};
	run->session = as_session_load(args->opt, path, args->relink, args->n_relink, &err);
	if (run->session)
		return -1;
	as_say("%s", err.msg);
	return AS_EXIT_FAILED;
}

int as_save_open(struct as_run *run, int *project)
{
	const struct as_args *args = run->args;
	struct as_error err = {0};
	int code = find_project(args, project);
	const char *named = *project >= 0 ? args->words[*project] : args->save;
	char *autosave = code < 0 && named ? choose_autosave(run, named) : NULL;
	if (code >= 0)
		return code;
	if (args->recover && !autosave)
		as_say("--recover: there is nothing to recover");
	if (autosave || *project >= 0) {
		code = load(run, autosave ? autosave : named);
		run->recovered = autosave != NULL;
		run->project = code < 0;
		free(autosave);
		return code;
	}
	run->session = as_session_new(args->opt, &err);
	if (run->session)
		return -1;
	as_say("%s", err.msg);
	return AS_EXIT_FAILED;
}

/* The project that was opened is meant to be written, also by way of what was recovered of it. */
static bool may_replace(const struct as_run *run)
{
	const struct as_args *args = run->args;
	if (args->force)
		return true;
	for (int i = 0; run->recovered && i < args->n_words; i++) {
		if (strcmp(args->words[i], args->save) == 0)
			return true;
	}
	return false;
}

int as_save_prepare(struct as_run *run)
{
	struct as_error err = {0};
	const char *path = run->args->save;
	if (!path)
		return -1;
	enum as_status status = as_session_check_save(run->session, path, may_replace(run), &err);
	if (status == AS_OK)
		status = as_session_hold(run->session, path, &err);
	if (status == AS_OK)
		return -1;
	bool would_do = status == AS_ERR_EXISTS && as_session_check_save(run->session, path, true, NULL) == AS_OK;
	as_say("%s%s", err.msg, would_do && !run->args->force ? " (--force writes over it and keeps it as a backup)" : "");
	return AS_EXIT_FAILED;
}

void as_save_tick(struct as_run *run)
{
	const struct as_args *args = run->args;
	double every_s = as_options_real(args->opt, "project.autosave_s"), now = as_clock_s();
	struct as_error err = {0};
	if (!args->save || run->saved || every_s == 0)
		return;
	if (run->autosaved_s == 0) {
		run->autosaved_s = now;
		return;
	}
	if (now - run->autosaved_s < fmax(every_s, AUTOSAVE_SHARE * run->autosave_cost_s))
		return;
	char *state = as_place_state("autosave");
	if (as_session_autosave(run->session, args->save, state, &err) != AS_OK && !run->autosave_failed) {
		run->autosave_failed = true;
		as_say("%s", err.msg);
	}
	free(state);
	run->autosaved_s = as_clock_s();
	run->autosave_cost_s = run->autosaved_s - now;
}

void as_save_interrupted(struct as_run *run)
{
	struct as_error err = {0};
	char *state = as_place_state("autosave");
	if (run->args->save && !run->saved && as_session_autosave(run->session, run->args->save, state, &err) == AS_OK)
		as_say("what was found so far is kept: --recover goes on from there");
	else if (run->args->save && !run->saved)
		as_say("%s", err.msg);
	free(state);
}

int as_save_project(struct as_run *run)
{
	struct as_error err = {0};
	const char *path = run->args->save;
	if (!path)
		return -1;
	if (as_session_save(run->session, path, may_replace(run), &err) == AS_OK) {
		char *state = as_place_state("autosave");
		as_project_drop_autosave(path, state);
		free(state);
		run->saved = true;
		return -1;
	}
	as_say("%s", err.msg);
	return AS_EXIT_FAILED;
}
