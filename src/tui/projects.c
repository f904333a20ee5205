#include "tui/projects.h"

#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "base/error.h"
#include "base/figures.h"
#include "base/text.h"
#include "tui/commands.h"
#include "tui/form.h"
#include "tui/keep.h"
#include "tui/recover.h"
#include "tui/relink.h"
#include "tui/start.h"

#define START_MS 1000 /* so long the screen is not opened for want of the project */

bool tui_projects_opens(const struct tui *t)
{
	return t->projects.opening || tui_start_looks(t);
}

bool tui_projects_run(const struct tui *t)
{
	return t->projects.opening || t->projects.saves;
}

int tui_projects_fd(const struct tui *t)
{
	return t->projects.opening ? as_opening_fd(t->projects.opening) : t->projects.saves ? as_session_save_fd(t->m.session) : -1;
}

static void drop(struct tui_waiting *w)
{
	free(w->args);
	*w = (struct tui_waiting){0};
}

static void forget(struct tui *t)
{
	free(t->projects.path);
	t->projects = (struct tui_projects){.end = t->projects.end, .wanted = t->projects.wanted, .follows = t->projects.follows};
	t->m.project_work[0] = '\0';
	t->dirty = true;
}

bool tui_projects_idle(struct tui *t)
{
	if (tui_start_looks(t)) {
		tui_say(t, TUI_WARNING, "not while the disk is asked what was named: {escape} stops that");
		return false;
	}
	if (!tui_projects_run(t))
		return true;
	tui_say(t, TUI_WARNING, "not while %s is being %s: {escape} stops that", as_path_base(t->projects.path), t->projects.opening ? "opened" : "saved");
	return false;
}

/* What the message line says from here on. */
static void go_on(struct tui *t, const char *verb)
{
	snprintf(t->m.project_work, sizeof t->m.project_work, "%s %.200s", verb, t->projects.path);
	t->dirty = true;
}

/* --- opening --------------------------------------------------------------------------------------------------- */

static bool begin_opening(struct tui *t, const char *path, bool recovers, struct as_error *err)
{
	const struct tui_setup *s = t->setup;

	t->projects.path = strdup(path);
	t->projects.recovers = recovers;
	t->projects.opening = !t->projects.path ? NULL : as_session_open_start(s->opt, path, s->roots, s->n_roots, true, s->state_dir, err);
	if (t->projects.opening)
		return true;
	if (err->status == AS_OK)
		as_fail(err, AS_ERR_MEMORY, "out of memory");
	forget(t);
	return false;
}

static void tell_opened(struct tui *t, bool recovers, const char *newer, const struct as_error *held)
{
	char clips[AS_FIGURE_BYTES], tracks[AS_FIGURE_BYTES];

	as_figure_count(clips, sizeof clips, t->m.snap->n_clips, "clip", "clips");
	as_figure_count(tracks, sizeof tracks, t->m.snap->n_tracks, "track", "tracks");
	if (recovers)
		tui_say(t, TUI_GOOD, "going on where the session ended: %s; undo begins anew; {save} saves it", clips);
	else if (!tui_tell_missing(t))
		tui_say(t, TUI_GOOD, "%s in %s", clips, tracks);
	if (held->status != AS_OK)
		tui_say(t, TUI_WARNING, "%s; save this one under another name", held->msg);
	if (newer && !recovers)
		tui_offer_newer(t, newer);
}

/* False: it could not be opened, said so. */
static bool take_opened(struct tui *t)
{
	struct as_error err = {0}, held = {0};
	bool recovers = t->projects.recovers, first = t->projects.first;
	char *newer = NULL;
	struct as_session *s = as_opening_take(t->projects.opening, &newer, &held, &err);

	t->projects.opening = NULL;
	snprintf(t->recovered_from, sizeof t->recovered_from, "%s", recovers ? t->projects.path : "");
	forget(t);
	if (s) {
		tui_replace_session(t, s);
		t->recovered = recovers;
		tell_opened(t, recovers, newer, &held);
	} else {
		tui_try(t, err.status ? err.status : AS_ERR_MEMORY, &err);
	}
	if (first)
		tui_start_inputs(t);
	free(newer);
	return s != NULL;
}

static bool await_opening(struct tui *t)
{
	if (as_opening_done(t->projects.opening, tui_patience_ms(t)))
		return take_opened(t);
	go_on(t, "opening");
	return true;
}

bool tui_projects_open(struct tui *t, const char *path, bool recovers)
{
	struct as_error err = {0};

	if (!tui_projects_idle(t))
		return false;
	return begin_opening(t, path, recovers, &err) ? await_opening(t) : tui_try(t, err.status, &err);
}

void tui_projects_open_first(struct tui *t, const char *path, bool recovers)
{
	struct as_error err = {0};

	if (begin_opening(t, path, recovers, &err)) {
		t->projects.first = true;
		await_opening(t);
		return;
	}
	tui_try(t, err.status, &err);
	tui_start_inputs(t);
}

bool tui_projects_start(struct tui *t, const char *path, bool recovers, struct as_error *err)
{
	struct as_error held = {0};
	struct as_session *s;
	char *newer = NULL;

	if (!begin_opening(t, path, recovers, err))
		return false;
	if (!as_opening_done(t->projects.opening, t->setup->script ? tui_patience_ms(t) : START_MS)) {
		t->projects.first = true;
		go_on(t, "opening");
		t->m.session = as_session_new(t->setup->opt, err);
		if (t->m.session)
			tui_adopt_session(t, t->m.session);
		return t->m.session != NULL;
	}
	s = t->m.session = as_opening_take(t->projects.opening, &newer, &held, err);
	t->projects.opening = NULL;
	forget(t);
	if (s) {
		tui_adopt_session(t, s);
		t->recovered = recovers;
	}
	if (s && held.status != AS_OK)
		tui_say(t, TUI_WARNING, "%s; save this one under another name", held.msg);
	t->projects.newer = newer;
	return s != NULL;
}

/* --- saving ---------------------------------------------------------------------------------------------------- */

static void confirm_over(struct tui *t, const char *path, const char *question)
{
	char *word = tui_word(path);
	size_t n = sizeof "--force " + strlen(word ? word : "");
	char *args = word ? malloc(n) : NULL;

	if (args) {
		snprintf(args, n, "--force %s", word);
		tui_confirm(t, question, "write over it", AS_ACTION_SAVE_AS, args);
	}
	free(word);
	free(args);
}

static void follow(struct tui *t, struct tui_waiting w)
{
	/* The end waits for what is kept aside, too. */
	if (w.action == AS_ACTION_QUIT)
		t->projects.end = TUI_LEAVES;
	else
		tui_do(t, w.action, &(struct tui_call){.args = w.args});
	free(w.args);
}

/* True: it was. */
static bool tell_saved(struct tui *t, enum as_status status, const struct as_error *err)
{
	if (status != AS_OK)
		tui_say(t, TUI_ERROR, "not saved: %s", err->msg);
	return status == AS_OK;
}

/* False: it still runs. */
static bool take_saved(struct tui *t, int wait_ms)
{
	struct as_error err = {0};
	struct tui_waiting follows;
	char *path;

	if (!as_session_save_ended(t->m.session, wait_ms, &err))
		return false;
	path = t->projects.path;
	t->projects.path = NULL;
	follows = t->projects.follows;
	t->projects.follows = (struct tui_waiting){0};
	forget(t);
	if (err.status == AS_OK) {
		tui_look(t);
		tui_keep_saved(t);
		tui_say(t, TUI_GOOD, t->m.modified ? "saved as %s, but for what was changed meanwhile" : "saved as %s", t->m.project);
	} else {
		/* Once it is written over, what was to follow does. */
		if (err.status == AS_ERR_EXISTS)
			t->projects.wanted = follows;
		else
			drop(&follows);
		t->projects.end = TUI_STAYS;
	}
	if (err.status == AS_ERR_EXISTS)
		confirm_over(t, path, err.msg);
	else if (tell_saved(t, err.status, &err) && follows.action != AS_ACTION_NONE)
		follow(t, follows);
	free(path);
	return true;
}

void tui_projects_save(struct tui *t, const char *path, bool force)
{
	struct as_error err = {0};
	char *copy;
	enum as_status status;

	if (!tui_projects_idle(t))
		return;
	copy = strdup(path);
	status = copy ? as_session_save_start(t->m.session, path, force, &err) : as_fail(&err, AS_ERR_MEMORY, "out of memory");
	if (!tell_saved(t, status, &err)) {
		free(copy);
		return;
	}
	t->projects.path = copy;
	t->projects.saves = true;
	t->projects.follows = t->projects.wanted;
	t->projects.wanted = (struct tui_waiting){0};
	if (!take_saved(t, tui_patience_ms(t)))
		go_on(t, "saving");
}

void tui_projects_save_then(struct tui *t, enum as_action then, char *args)
{
	drop(&t->projects.wanted);
	t->projects.wanted = (struct tui_waiting){then, args};
	tui_do(t, AS_ACTION_SAVE, NULL);
}

/* --- both ------------------------------------------------------------------------------------------------------ */

void tui_projects_turn(struct tui *t)
{
	if (t->projects.opening && as_opening_done(t->projects.opening, 0))
		take_opened(t);
	else if (t->projects.saves)
		take_saved(t, 0);
	/* Who has closed the question where to save it stays. */
	if (t->n_dialogs == 0)
		drop(&t->projects.wanted);
	/* What was waited for is over, and went well. */
	if (t->projects.end != TUI_STAYS && !t->projects.saves && !t->keeping.runs) {
		const struct tui_call call = {.args = t->projects.end == TUI_LEAVES_NOW ? "now" : NULL};

		t->projects.end = TUI_STAYS;
		tui_do(t, AS_ACTION_QUIT, &call);
	}
}

/* Nobody knows what became of it. */
static void give_up_writing(struct tui *t)
{
	as_session_abandon_writing(t->m.session);
	tui_keep_abandoned(t);
	tui_look(t);
}

void tui_projects_stop(struct tui *t)
{
	bool saved = t->projects.saves, first = t->projects.first;
	const char *name = t->projects.path ? as_path_base(t->projects.path) : "";

	as_opening_close(t->projects.opening);
	drop(&t->projects.follows);
	t->projects.end = TUI_STAYS;
	if (saved)
		give_up_writing(t);
	tui_say(t, TUI_WARNING, saved ? "stopped: %.200s may not have been saved" : "stopped: %.200s is not opened", name);
	forget(t);
	/* What was named beside it can be had all the same. */
	if (first)
		tui_start_inputs(t);
}

bool tui_projects_may_leave(struct tui *t, bool sure)
{
	if (!t->projects.saves && !t->keeping.runs)
		return true;
	if (t->projects.end != TUI_STAYS || t->projects.follows.action == AS_ACTION_QUIT) {
		give_up_writing(t);
		return true;
	}
	t->projects.end = sure ? TUI_LEAVES_NOW : TUI_LEAVES;
	tui_say(t, TUI_WARNING, "%s is still being written, then this ends; once more ends it now, without that",
		t->projects.saves ? as_path_base(t->projects.path) : "what is kept of the session");
	return false;
}

void tui_projects_done(struct tui *t)
{
	as_opening_close(t->projects.opening);
	drop(&t->projects.wanted);
	drop(&t->projects.follows);
	free(t->projects.path);
	free(t->projects.newer);
}
