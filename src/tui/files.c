/* Adding recordings, projects, leaving. */
#include <errno.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include <audiosync/demo.h>

#include "base/text.h"
#include "tui/commands.h"
#include "tui/dialogs.h"
#include "tui/jobs.h"
#include "tui/recover.h"

/* --- adding ---------------------------------------------------------------------------------------------------- */

static bool add_paths(struct tui *t, char *const *paths, int n)
{
	struct as_error err = {0};
	int before = t->m.snap->n_clips, bad = 0;
	bool placed = t->m.snap->placements != NULL;

	for (int i = 0; i < n; i++)
		bad += !tui_try(t, as_session_add(t->m.session, paths[i], NULL, &err), &err);
	tui_look(t);
	if (bad == n)
		return false;
	if (t->m.snap->n_clips == before && bad == 0)
		tui_say(t, TUI_WARNING, n == 1 ? "nothing new there: no media, or already added" : "nothing new among these");
	else if (tui_try(t, as_session_probe(t->m.session, &err), &err)) {
		tui_look(t);
		/* The places of the others come back; the new ones wait for a sync. */
		if (placed)
			t->then = AS_ACTION_SOLVE;
	}
	return true;
}

static void add(struct tui *t, const char *args)
{
	int n = 0;
	char **words;

	if (t->m.snap->busy) {
		tui_say(t, TUI_WARNING, "not while something runs: Esc stops it");
		return;
	}
	if (!args) {
		tui_open_browser(t, &(struct tui_browse){.title = "Add recordings", .several = true, .folders = true, .take = add_paths});
		return;
	}
	words = tui_words(t, args, &n);
	for (int i = 0; words && i < n; i++) {
		char *path = tui_path(words[i]);

		free(words[i]);
		words[i] = path;
		if (!path)
			n = 0;
	}
	if (words && n > 0)
		add_paths(t, words, n);
	tui_words_free(words, n);
}

/* Frames go on while the shoot is made up, and Esc stops it. */
struct demo_run {
	struct tui *t;
	double shown_s;
};

static bool demo_goes_on(void *ctx, double share)
{
	struct demo_run *run = ctx;
	struct tui_key key;

	if (tui_clock_s(run->t) - run->shown_s > 0.1) {
		run->shown_s = tui_clock_s(run->t);
		snprintf(run->t->message, sizeof run->t->message, "making up a shoot: %d %%; Esc stops", (int)(share * 100));
		run->t->message_style = TUI_INFO;
		run->t->said = run->t->dirty = true;
		tui_turn(run->t);
	}
	while (tui_screen_key(run->t->screen, &key))
		if (key.special == TUI_KEY_ESC || (key.ctrl && key.ch == 'c'))
			return false;
	return !run->t->setup->interrupted();
}

static void make_demo(struct tui *t, const char *args)
{
	struct as_error err = {0};
	struct demo_run run = {.t = t, .shown_s = -1};
	const char *tmp = getenv("TMPDIR");
	struct as_demo demo;
	char *path = args ? tui_path(args) : as_path_join(tmp && *tmp ? tmp : "/tmp", "audiosync-demo.XXXXXX");
	enum as_status status = AS_ERR_MEMORY;

	if (t->m.snap->busy) {
		tui_say(t, TUI_WARNING, "not while something runs: Esc stops it");
	} else if (path && !args && !mkdtemp(path)) {
		tui_say(t, TUI_ERROR, "%s: %s", path, strerror(errno));
	} else if (path) {
		status = as_demo_write(path, 1, 60, false, demo_goes_on, &run, &demo, &err);
		if (status == AS_CANCELLED)
			tui_say(t, TUI_WARNING, "stopped");
		else if (tui_try(t, status, &err))
			add_paths(t, &path, 1);
	}
	free(path);
}

/* --- projects -------------------------------------------------------------------------------------------------- */

static bool new_session(struct tui *t)
{
	struct as_error err = {0};
	struct as_session *s = as_session_new(t->m.opt, &err);

	if (!s)
		return tui_try(t, AS_ERR_MEMORY, &err);
	tui_replace_session(t, s);
	return true;
}

static bool open_project(struct tui *t, const char *path)
{
	struct as_error err = {0};
	struct as_options *opt = as_options_copy(t->setup->opt);
	char *full = tui_path(path);
	struct as_session *s = opt && full ? as_session_load(opt, full, t->setup->roots, t->setup->n_roots, &err) : NULL;

	as_options_free(opt);
	free(full);
	if (!s)
		return tui_try(t, err.status ? err.status : AS_ERR_MEMORY, &err);
	tui_replace_session(t, s);
	tui_say(t, TUI_GOOD, "%d clips in %d tracks", t->m.snap->n_clips, t->m.snap->n_tracks);
	if (t->m.project)
		tui_offer_newer(t, t->m.project);
	return true;
}

static bool take_project(struct tui *t, char *const *paths, int n)
{
	return n == 1 && open_project(t, paths[0]);
}

static void browse_projects(struct tui *t)
{
	static const char *const extensions[] = {"audiosync", NULL};

	tui_open_browser(t, &(struct tui_browse){.title = "Open a project", .extensions = extensions, .take = take_project});
}

/* A name without any gets that of projects. */
static char *with_extension(const char *path)
{
	char *full = tui_path(path), *more;

	if (!full || strchr(as_path_base(full), '.'))
		return full;
	more = realloc(full, strlen(full) + sizeof ".audiosync");
	if (!more)
		free(full);
	else
		strcat(more, ".audiosync");
	return more;
}

static bool save_to(struct tui *t, const char *path, bool force)
{
	struct as_error err = {0};
	char *full = with_extension(path);
	enum as_status status = full ? as_session_save(t->m.session, full, force, &err) : AS_ERR_MEMORY;

	free(full);
	if (status == AS_ERR_EXISTS) {
		tui_confirm(t, err.msg, "write over it", AS_ACTION_SAVE_AS, NULL);
		return false;
	}
	if (!tui_try(t, status, &err))
		return false;
	tui_look(t);
	tui_say(t, TUI_GOOD, "saved as %s", t->m.project);
	return true;
}

/* "FILE" or "--force FILE" */
static void save(struct tui *t, const char *args, bool elsewhere)
{
	int n = 0;
	char **words = tui_words(t, args, &n);
	const char *path = NULL;
	bool force = false;

	for (int i = 0; words && i < n; i++)
		if (!strcmp(words[i], "--force"))
			force = true;
		else
			path = words[i];
	if (!path && !elsewhere)
		path = t->m.project;
	if (words && !path)
		tui_ask(t, "Save the project", "File: ", t->m.project ? t->m.project : "", AS_ACTION_SAVE_AS);
	else if (words)
		save_to(t, path, force);
	tui_words_free(words, n);
}

/* --- leaving --------------------------------------------------------------------------------------------------- */

static void quit(struct tui *t, const char *args)
{
	bool sure = args && !strcmp(args, "now");

	if (!sure && t->m.modified && t->m.snap->n_clips > 0) {
		tui_confirm_or_save(t, t->m.project ? "The project has changes that are not saved."
						    : "The session is not saved as a project.",
				    "leave without saving", AS_ACTION_QUIT, "now");
		return;
	}
	as_session_cancel(t->m.session);
	/* What was changed is not wanted, or saved: nothing is left behind that would be offered next time. What another session has
	 * left, and nobody has asked for, stays. */
	if (t->autosaved_s > 0 || t->recovered)
		as_session_drop_autosave(t->m.session);
	t->quit = true;
}

bool tui_do_files(struct tui *t, enum as_action action, const struct tui_call *call)
{
	switch (action) {
	case AS_ACTION_ADD:
		add(t, call->args);
		return true;
	case AS_ACTION_RECOVER:
		tui_recover(t, call->args);
		return true;
	case AS_ACTION_DEMO:
		make_demo(t, call->args);
		return true;
	case AS_ACTION_NEW:
		if (t->m.modified && !(call->args && !strcmp(call->args, "now")))
			tui_confirm_or_save(t, "The session has changes that are not saved.", "start over", AS_ACTION_NEW, "now");
		else
			new_session(t);
		return true;
	case AS_ACTION_OPEN:
		if (call->args)
			open_project(t, call->args);
		else
			browse_projects(t);
		return true;
	case AS_ACTION_SAVE:
		save(t, call->args, false);
		return true;
	case AS_ACTION_SAVE_AS:
		save(t, call->args, true);
		return true;
	case AS_ACTION_QUIT:
		quit(t, call->args);
		return true;
	case AS_ACTION_SUSPEND:
		tui_screen_suspend(t->screen);
		return true;
	default:
		return false;
	}
}
