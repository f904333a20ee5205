#include "tui/jobs.h"

#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "base/figures.h"
#include "base/output_files.h"
#include "base/pace.h"
#include "base/text.h"
#include "base/words.h"
#include "tui/adding.h"
#include "tui/projects.h"
#include "tui/keep.h"
#include "tui/relink.h"

static void tell_failed(struct tui *t, const struct as_snapshot *s, const struct as_snapshot *old)
{
	char name[256];

	for (int i = 0; i < s->n_clips; i++) {
		const struct as_clip *c = &s->clips[i];
		bool known = old && i < old->n_clips && !strcmp(old->clips[i].path, c->path) && old->clips[i].state == AS_CLIP_FAILED;

		if (c->state == AS_CLIP_FAILED && !known)
			tui_note(t, TUI_ERROR, i, "%s%s%s", strstr(c->error, c->name) ? "" : as_words_clip(name, sizeof name, c),
				 strstr(c->error, c->name) ? "" : ": ", c->error);
	}
}

static bool has_warning(const struct as_snapshot *s, const char *text)
{
	for (int i = 0; s && i < s->n_warnings; i++)
		if (!strcmp(s->warnings[i], text))
			return true;
	return false;
}

static void tell_warnings(struct tui *t, const struct as_snapshot *s, const struct as_snapshot *old)
{
	for (int i = 0; i < s->n_warnings; i++)
		if (!has_warning(old, s->warnings[i]))
			tui_note(t, TUI_WARNING, -1, "%s", s->warnings[i]);
}

static bool names_itself(const struct as_output *o)
{
	return strstr(o->error, as_path_base(o->path)) != NULL;
}

/* The one thing that went wrong needs no log. */
static const struct as_output *only_failed(const struct as_snapshot *s)
{
	const struct as_output *one = NULL;

	for (int i = 0; i < s->n_outputs; i++)
		if (*s->outputs[i].error && one)
			return NULL;
		else if (*s->outputs[i].error)
			one = &s->outputs[i];
	return one;
}

static void tell_outputs(struct tui *t, const struct as_snapshot *s, const struct as_snapshot *old)
{
	int n = 0, bad = 0;
	const char *first = NULL;
	char files[AS_FIGURE_BYTES];

	for (int i = 0; i < s->n_outputs; i++) {
		const struct as_output *o = &s->outputs[i];
		bool told = old && i < old->n_outputs && !strcmp(old->outputs[i].path, o->path) &&
			    (old->outputs[i].done || *old->outputs[i].error);

		if (*o->error && !told)
			tui_note(t, TUI_ERROR, -1, "%s%s%s", names_itself(o) ? "" : o->path, names_itself(o) ? "" : ": ", o->error);
		for (int k = 0; o->done && !*o->error && !told && k < as_output_n_files(o); k++)
			tui_note(t, TUI_GOOD, -1, "%s written", as_output_file(o, k));
		n += o->done && !*o->error ? as_output_n_files(o) : 0;
		bad += *o->error != '\0';
		if (o->done && !first)
			first = as_output_file(o, 0);
	}
	if (!t->ended || s->busy || t->last_stage != AS_STAGE_EXPORT || s->outcome == AS_CANCELLED || n + bad == 0)
		return;
	if (only_failed(s))
		tui_hint(t, TUI_ERROR, "not written: %s%s%s", names_itself(only_failed(s)) ? "" : only_failed(s)->path,
			 names_itself(only_failed(s)) ? "" : ": ", only_failed(s)->error);
	else if (bad)
		tui_say(t, TUI_ERROR, "%s could not be written: see the log ({log})", as_figure_part(files, sizeof files, bad, n + bad, "file", "files"));
	else
		tui_say(t, TUI_GOOD, "%d file%s written: %s%s", n, as_plural(n, "", "s"), first, n > 1 ? " …" : "");
	/* The reason more often than not, and there is something to be done about it. */
	if (bad)
		tui_tell_missing(t);
}

static void tell_placed(struct tui *t)
{
	int placed, usable, fresh = tui_count_new(&t->m);
	char clips[AS_FIGURE_BYTES];

	tui_count_placed(&t->m, &placed, &usable);
	as_figure_part(clips, sizeof clips, fresh > 0 ? fresh : placed, usable, "clip", "clips");
	if (usable == 0)
		tui_say(t, TUI_WARNING, "nothing that can be placed");
	else if (fresh > 0)
		tui_say(t, TUI_WARNING, "%s %s new: {sync} finds where they sit", clips, as_plural_part(fresh, usable, "is", "are"));
	else if (placed == usable)
		tui_say(t, TUI_GOOD, "all %d clips are placed: {export} writes aligned files, {timeline} a timeline", usable);
	else
		tui_say(t, TUI_WARNING, "%s %s placed; {next-problem} goes to one that is not, {activate} says why", clips,
			as_plural_part(placed, usable, "is", "are"));
}

static void tell_probed(struct tui *t, const struct as_snapshot *s)
{
	int placed, usable;
	char key[32], clips[AS_FIGURE_BYTES];

	tui_count_placed(&t->m, &placed, &usable);
	if (t->n_unread > 0)
		tui_say(t, TUI_WARNING, "%d clip%s read in; %d path%s could not be read: see the log (%s)", usable, as_plural(usable, "", "s"),
			t->n_unread, as_plural(t->n_unread, "", "s"), tui_keymap_keys(t->keymap, AS_ACTION_PANE_5, 1, key, sizeof key));
	else if (usable < s->n_clips)
		tui_say(t, TUI_WARNING, "%s read in; {next-problem} goes to those that cannot be used",
			as_figure_part(clips, sizeof clips, usable, s->n_clips, "clip", "clips"));
	else
		tui_say(t, TUI_INFO, "%d clip%s read in: {sync} finds where they sit", s->n_clips, as_plural(s->n_clips, "", "s"));
}

/* What was written in full before stays. */
static void tell_stopped(struct tui *t, const struct as_snapshot *s)
{
	char files[AS_FIGURE_BYTES];
	int n = 0, all = 0;

	for (int i = 0; i < s->n_outputs && t->last_stage == AS_STAGE_EXPORT; i++) {
		all += as_output_n_files(&s->outputs[i]);
		n += s->outputs[i].done && !*s->outputs[i].error ? as_output_n_files(&s->outputs[i]) : 0;
	}
	if (all > 0)
		tui_say(t, TUI_WARNING, "stopped with %s written", as_figure_part(files, sizeof files, n, all, "file", "files"));
	else if (t->last_stage <= AS_STAGE_SOLVE && s->n_clips > 0)
		tui_say(t, TUI_WARNING, "stopped: {sync} goes on from what is done");
	else
		tui_say(t, TUI_WARNING, "stopped");
}

static void tell_end(struct tui *t, const struct as_snapshot *s)
{
	if (s->outcome == AS_CANCELLED)
		tell_stopped(t, s);
	else if (s->outcome >= AS_ERR_IO)
		tui_say(t, TUI_ERROR, "%s", *s->error ? s->error : as_status_name(s->outcome));
	else if (t->last_stage == AS_STAGE_PROBE)
		tell_probed(t, s);
	else if (t->last_stage <= AS_STAGE_SOLVE && s->placements)
		tell_placed(t);
	if (s->outcome == AS_OK && t->last_stage <= AS_STAGE_SOLVE)
		tui_tell_missing(t);
}

/* --- what waits ------------------------------------------------------------------------------------------------ */

static bool writes(enum as_action action)
{
	return action == AS_ACTION_EXPORT || action == AS_ACTION_TIMELINE;
}

static void drop(struct tui *t, int i)
{
	free(t->waiting[i].args);
	t->n_waiting--;
	memmove(&t->waiting[i], &t->waiting[i + 1], (size_t)(t->n_waiting - i) * sizeof *t->waiting);
}

/* What was to be written of a result that has not come. */
static void forget_writing(struct tui *t)
{
	for (int i = 0; i < t->n_waiting;) {
		if (!writes(t->waiting[i].action)) {
			i++;
			continue;
		}
		tui_note(t, TUI_WARNING, -1, "%s does not follow what did not come to its end", as_action_row(t->waiting[i].action)->name);
		drop(t, i);
	}
}

void tui_jobs_forget(struct tui *t)
{
	forget_writing(t);
	while (t->n_waiting > 0)
		drop(t, 0);
}

void tui_jobs_wait(struct tui *t, enum as_action action, const char *args)
{
	struct tui_waiting *w = &t->waiting[t->n_waiting];

	for (int i = 0; i < t->n_waiting; i++)
		if (t->waiting[i].action == action && !strcmp(t->waiting[i].args ? t->waiting[i].args : "", args ? args : ""))
			return;
	if (t->n_waiting == TUI_WAITING_MAX) {
		tui_say(t, TUI_WARNING, "%s: too much waits already", as_action_row(action)->name);
		return;
	}
	*w = (struct tui_waiting){action, args ? strdup(args) : NULL};
	t->n_waiting++;
}

void tui_jobs_news(struct tui *t, const struct as_snapshot *old)
{
	const struct as_snapshot *s = t->m.snap;
	double now_s = tui_clock_s(t);

	if (s->busy && (!old || !old->busy))
		t->m.run_began_s = now_s;
	if (!old || old->stage != s->stage) {
		t->m.stage_began_s = now_s;
		t->m.decoded_before_s = s->decoded_s;
		t->m.most_share = -1;
	}
	if (s->busy && (!old || !old->busy || s->stage == AS_STAGE_IDLE))
		t->m.most_share = -1;
	if (s->stage != AS_STAGE_IDLE && as_progress_share(s) > t->m.most_share)
		t->m.most_share = as_progress_share(s);
	tell_failed(t, s, old);
	tell_warnings(t, s, old);
	if (t->ended && !s->busy)
		tell_end(t, s);
	tell_outputs(t, s, old);
	if (t->ended && !s->busy && (s->outcome == AS_CANCELLED || s->outcome >= AS_ERR_IO))
		forget_writing(t);
	t->ended &= s->busy;
	t->m.project = as_session_project_path(t->m.session);
	t->m.modified = as_session_modified(t->m.session);
	t->m.undo = as_session_undo_label(t->m.session);
	t->m.redo = as_session_redo_label(t->m.session);
}

void tui_jobs_turn(struct tui *t)
{
	struct tui_waiting w = t->waiting[0];

	if (t->n_waiting == 0 || tui_jobs_run(t))
		return;
	t->waiting[0].args = NULL;
	drop(t, 0);
	tui_do(t, w.action, &(struct tui_call){.args = w.args});
	free(w.args);
}

bool tui_jobs_run(const struct tui *t)
{
	return t->m.snap->busy || t->news || tui_adding_runs(t) || tui_projects_opens(t);
}

void tui_jobs_when_idle(struct tui *t, enum as_action action, const char *args)
{
	const struct as_action_row *row = as_action_row(action);

	if (!tui_jobs_run(t)) {
		tui_do(t, action, &(struct tui_call){.args = args});
		return;
	}
	tui_jobs_wait(t, action, args);
	tui_say(t, TUI_INFO, "%s follows as soon as this is done", row->name);
}

void tui_jobs_interrupted(struct tui *t)
{
	as_session_cancel(t->m.session);
	if (tui_keep_now(t))
		snprintf(t->farewell, sizeof t->farewell, "interrupted; the session is kept: start audiosync again to go on");
	t->exit_code = 130;
	t->quit = true;
}

void tui_jobs_words(const struct tui_model *m, char *out, size_t n, double *share)
{
	struct as_pace pace = {.stage_s = m->now_s - m->stage_began_s, .decoded_before_s = m->decoded_before_s};
	char figures[128], elapsed[AS_FIGURE_BYTES];

	as_progress_figures(figures, sizeof figures, m->snap, &pace);
	snprintf(out, n, "%s for %s  %s", as_progress_verb(m->snap->stage), as_text_duration(elapsed, sizeof elapsed, pace.stage_s), figures);
	/* What turns out longer than its head said makes the bar wait rather than run backwards. */
	*share = m->most_share;
}
