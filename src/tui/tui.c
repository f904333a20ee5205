#include "tui/app.h"

#include <errno.h>
#include <math.h>
#include <poll.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

#include "base/clock.h"
#include "base/error.h"
#include "base/quiet.h"
#include "tui/adding.h"
#include "tui/chore.h"
#include "tui/complete.h"
#include "tui/compose.h"
#include "tui/drift_plot.h"
#include "tui/form.h"
#include "tui/hear.h"
#include "tui/here.h"
#include "tui/jobs.h"
#include "tui/keep.h"
#include "tui/keys_in.h"
#include "tui/leave.h"
#include "tui/live.h"
#include "tui/places.h"
#include "tui/projects.h"
#include "tui/recover.h"
#include "tui/rescue.h"
#include "tui/script.h"
#include "tui/start.h"
#include "tui/timeline_place.h"

/* How often what tells of running work moves without any. */
#define BAR_S 0.25
/* The cursor rests when it has not moved for so long; while it goes on, panes without the focus follow so often. */
#define REST_S 0.12
#define FOLLOW_S 0.5
#define END_S 2.0

double tui_clock_s(const struct tui *t)
{
	return isnan(t->script_s) ? as_clock_s() - t->started_s : t->script_s;
}

int tui_patience_ms(const struct tui *t)
{
	return t->setup->script ? 10000 : 25;
}

int tui_end_ms(const struct tui *t)
{
	double left_s = t->end_s - as_clock_s();

	return t->setup->script ? tui_patience_ms(t) : left_s > 0 ? (int)(left_s * 1e3) : 0;
}

/* --- what is selected ------------------------------------------------------------------------------------------ */

void tui_select(struct tui *t, int track, int clip)
{
	const struct as_snapshot *s = t->m.snap;

	if (clip >= s->n_clips || track >= s->n_tracks)
		return;
	t->m.clip = clip;
	t->m.track = clip >= 0 ? s->clips[clip].track : track;
	if (clip >= 0)
		t->m.cursor_s = tui_cursor_for(&t->m, clip);
	t->behind.rest_s = tui_clock_s(t) + REST_S;
	if (!t->behind.on)
		t->behind.most_s = tui_clock_s(t) + FOLLOW_S;
	t->dirty = true;
}

void tui_mark(struct tui *t, int clip, bool on)
{
	if (clip < 0 || clip >= t->m.snap->n_clips || !t->marked || t->marked[clip] == on)
		return;
	t->marked[clip] = on;
	t->m.n_marked += on ? 1 : -1;
	t->dirty = true;
}

void tui_unmark_all(struct tui *t)
{
	for (int i = 0; t->m.n_marked > 0 && i < t->m.snap->n_clips; i++)
		tui_mark(t, i, false);
}

int *tui_chosen(struct tui *t, bool whole_track, int *n)
{
	const struct as_snapshot *s = t->m.snap;
	int *v = malloc((size_t)(s->n_clips + 1) * sizeof *v);

	*n = 0;
	if (!v)
		return NULL;
	for (int i = 0; i < s->n_clips; i++)
		if (t->m.n_marked > 0	? t->marked[i]
		    : t->m.clip >= 0	? i == t->m.clip
		    : whole_track	? s->clips[i].track == t->m.track
					: false)
			v[(*n)++] = i;
	if (*n == 0)
		tui_say(t, TUI_WARNING, s->n_clips ? "no clip is chosen: go to one, or mark some with {mark}" : "there are no clips yet: add some with {add}");
	return v;
}

bool tui_too_small(const struct tui *t)
{
	int rows, cols;

	tui_screen_size(t->screen, &rows, &cols);
	return tui_layout_of(rows, cols, t->m.focus, false).too_small;
}

/* --- dialogs --------------------------------------------------------------------------------------------------- */

bool tui_open_dialog(struct tui *t, const struct tui_pane_ops *ops, void *state)
{
	if (!state || t->n_dialogs == TUI_DIALOGS_MAX) {
		if (state)
			ops->close(state);
		tui_say(t, TUI_ERROR, state ? "too many dialogs are open" : "out of memory");
		return false;
	}
	t->dialogs[t->n_dialogs++] = (struct tui_part_of_screen){ops, state};
	t->m.dialog = true;
	t->dirty = true;
	return true;
}

void tui_close_dialog(struct tui *t)
{
	struct tui_part_of_screen *d;

	if (t->n_dialogs == 0)
		return;
	d = &t->dialogs[--t->n_dialogs];
	d->ops->close(d->state);
	t->m.dialog = t->n_dialogs > 0;
	t->dirty = true;
}

/* --- actions --------------------------------------------------------------------------------------------------- */

void tui_do(struct tui *t, enum as_action action, const struct tui_call *call)
{
	static const struct tui_call none = {0};
	struct tui_part_of_screen *on = t->n_dialogs ? &t->dialogs[t->n_dialogs - 1] : &t->panes[t->m.focus];

	if (!call)
		call = &none;
	t->dirty = true;
	if (!tui_goes_on_nudging(action))
		tui_end_nudges(t);
	if (on->ops->action && on->ops->action(on->state, t, action, call))
		return;
	if (t->n_dialogs && action == AS_ACTION_DISMISS) {
		tui_close_dialog(t);
		return;
	}
	if (!tui_edit(t, action, call))
		tui_command(t, action, call);
}

void tui_suspend(struct tui *t)
{
	tui_screen_suspend(t->screen);
	/* This time it was prepared for. */
	t->setup->resumed();
	t->dirty = true;
}

/* --- the loop -------------------------------------------------------------------------------------------------- */

/* Takes the events that wait. */
static void drain_events(struct tui *t)
{
	struct as_event e;

	while (as_session_next_event(t->m.session, &e)) {
		t->news = true;
		if (e.kind == AS_EVENT_STAGE && e.id != AS_STAGE_IDLE)
			t->last_stage = (enum as_stage)e.id;
		t->ended |= e.kind == AS_EVENT_DONE;
		if (e.kind == AS_EVENT_DONE || e.kind == AS_EVENT_PLACED)
			t->next_look_s = 0;
	}
}

static void drain_keys(struct tui *t)
{
	struct tui_key key;

	while (!t->quit && tui_screen_key(t->screen, &key)) {
		t->key_s = tui_clock_s(t);
		tui_key_in(t, key);
	}
}

void tui_turn(struct tui *t)
{
	t->m.now_s = tui_clock_s(t);
	drain_events(t);
	if (t->news && t->m.now_s >= t->next_look_s)
		tui_look(t);
	tui_adding_turn(t);
	tui_here_turn(t);
	tui_form_remember_turn(t);
	tui_drift_plot_turn(t);
	tui_chores_turn(t);
	tui_start_turn(t);
	tui_projects_turn(t);
	tui_recover_turn(t);
	tui_jobs_turn(t);
	tui_keep_turn(t);
	tui_hear_turn(t);
	tui_live_turn(t);
	for (int i = 0; i < t->n_dialogs; i++)
		if (t->dialogs[i].ops->turn)
			t->dialogs[i].ops->turn(t->dialogs[i].state, t);
	t->dirty |= t->behind.on && t->m.now_s >= fmin(t->behind.rest_s, t->behind.most_s);
	if (t->dirty && !t->quit) {
		tui_compose(t);
		t->drawn_s = t->m.now_s;
	}
}

/* News of the dialogs' own work. */
static int dialog_fd(const struct tui *t)
{
	for (int i = t->n_dialogs - 1; i >= 0; i--)
		if (t->dialogs[i].ops->fd)
			return t->dialogs[i].ops->fd(t->dialogs[i].state);
	return -1;
}

static int wait_ms(const struct tui *t)
{
	double now_s = tui_clock_s(t), s = t->hearing.on ? 0.1 : t->m.snap->busy || t->adding.demo ? BAR_S : 5;

	if (t->news && t->next_look_s - now_s < s)
		s = t->next_look_s - now_s;
	if (t->behind.on)
		s = fmin(s, fmin(t->behind.rest_s, t->behind.most_s) - now_s);
	s = tui_keep_wait_s(t, tui_live_wait_s(t, s));
	return s <= 0 ? 0 : (int)(s * 1e3) + 1;
}

static void hear_job_control(struct tui *t)
{
	if (t->setup->stop_asked())
		tui_suspend(t);
	if (!t->setup->resumed())
		return;
	tui_screen_resume(t->screen);
	t->dirty = true;
}

static void loop(struct tui *t)
{
	bool told = false;

	tui_turn(t);
	while (!t->quit) {
		struct pollfd fds[] = {{.fd = tui_screen_fd(t->screen), .events = POLLIN},
					{.fd = as_session_fd(t->m.session), .events = POLLIN},
					{.fd = told ? -1 : t->setup->interrupt_fd, .events = POLLIN},
					{.fd = dialog_fd(t), .events = POLLIN},
					{.fd = tui_live_fd(t), .events = POLLIN},
					{.fd = tui_adding_fd(t), .events = POLLIN},
					{.fd = tui_projects_fd(t), .events = POLLIN},
					{.fd = tui_recover_fd(t), .events = POLLIN},
					{.fd = tui_start_fd(t), .events = POLLIN},
					{.fd = tui_here_fd(t), .events = POLLIN},
					{.fd = tui_drift_plot_fd(t), .events = POLLIN},
					{.fd = tui_chores_fd(t), .events = POLLIN}};

		if (poll(fds, sizeof fds / sizeof *fds, wait_ms(t)) < 0 && errno != EINTR)
			break;
		if (t->setup->pause_asked())
			tui_live_pause_asked(t);
		hear_job_control(t);
		if (t->setup->interrupted() && !told) {
			told = true;
			tui_jobs_interrupted(t);
		}
		/* The line is gone: nobody will press a key any more. */
		if ((fds[0].revents & (POLLHUP | POLLERR | POLLNVAL)) && !told) {
			told = true;
			tui_jobs_interrupted(t);
		}
		drain_keys(t);
		/* While something runs the bar moves by itself; its news come far more often. */
		if (t->m.snap->busy && tui_clock_s(t) - t->drawn_s >= BAR_S)
			t->dirty = true;
		tui_turn(t);
	}
}

static void close_panes(struct tui *t)
{
	while (t->n_dialogs > 0)
		tui_close_dialog(t);
	for (int i = 0; i < TUI_PANES; i++)
		if (t->panes[i].state)
			t->panes[i].ops->close(t->panes[i].state);
}

static bool open_panes(struct tui *t)
{
	static const struct tui_pane_ops *const all[TUI_PANES] = {&tui_pane_tracks, &tui_pane_timeline, &tui_pane_table,
								  &tui_pane_lag, &tui_pane_log};

	for (int i = 0; i < TUI_PANES; i++) {
		t->panes[i].ops = all[i];
		t->panes[i].state = all[i]->open(t);
		if (!t->panes[i].state)
			return false;
	}
	return true;
}

/* False: something hangs, and may go on in its thread at any time. */
static bool end(struct tui *t)
{
	bool unwanted = t->keeping.unwanted, done;

	t->end_s = as_clock_s() + END_S;
	tui_live_judge(t);
	tui_adding_stop(t);
	tui_jobs_forget(t);
	tui_places_drop(t->bases);
	tui_start_stop(t);
	tui_recover_stop(t);
	tui_here_stop(t);
	tui_projects_done(t);
	close_panes(t);
	tui_prompt_free(t->prompt);
	tui_complete_done(t);
	for (int i = 0; i < 2; i++)
		tui_history_free(&t->history[i]);
	tui_canvas_free(&t->canvas);
	tui_screen_close(t->screen);
	tui_keymap_free(t->keymap);
	as_snapshot_free(t->m.snap);
	tui_leave_session(t, t->m.session, unwanted);
	tui_live_free(t);
	tui_form_remember_end(t);
	tui_drift_plot_end(t);
	done = tui_chores_end(t);
	free(t->m.log.line);
	free(t->marked);
	free(t->island_start_s);
	return tui_leave_end(t) && done;
}

int tui_run(const struct tui_setup *setup)
{
	struct tui t = {.setup = setup, .m = {.clip = -1, .track = -1, .unicode = setup->utf8}, .script_s = setup->script ? 0 : NAN};
	struct as_error err = {0};
	enum as_status status = AS_ERR_MEMORY;
	bool gone;

	t.started_s = 0;
	t.started_s = setup->script ? 0 : tui_clock_s(&t);
	t.m.log.line = calloc(TUI_LOG_LINES, sizeof *t.m.log.line);
	/* What sound devices' libraries print there, at any time, would stand across the screen. */
	const int saved = setup->script ? -1 : as_quiet_begin();
	tui_rescue_begin(saved, setup->interrupt);
	if (t.m.log.line && open_panes(&t))
		status = tui_start(&t, &err);
	else
		as_fail(&err, AS_ERR_MEMORY, "out of memory");
	if (status == AS_OK && setup->script)
		tui_script_run(&t, setup->script);
	else if (status == AS_OK)
		loop(&t);
	gone = end(&t);
	as_quiet_end(saved);
	if (status != AS_OK)
		t.exit_code = status == AS_ERR_INVALID ? 2 : 1;
	/* What the user should know after the screen is gone. */
	if (status != AS_OK || t.farewell[0])
		fprintf(stderr, "audiosync: %s\n", status != AS_OK ? err.msg : t.farewell);
	if (!gone)
		fputs("audiosync: a disk or a device does not answer: what was read or written there is given up\n", stderr);
	tui_rescue_end();
	/* What ends with a process would end under the thread that hangs. */
	if (!gone)
		_exit(t.exit_code);
	return t.exit_code;
}
