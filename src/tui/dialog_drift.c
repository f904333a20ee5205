/* One recording's clock, against another's or known: measured, taken out, measured again. The work has a session of its own. */
#include <stdlib.h>
#include <string.h>

#include <audiosync/drift.h>

#include "base/error.h"
#include "base/file.h"
#include "tui/commands.h"
#include "tui/dialogs.h"
#include "tui/drift.h"
#include "tui/drift_form.h"
#include "tui/drift_plot.h"
#include "tui/leave.h"
#include "tui/target.h"

static void drop_run(struct drift *x)
{
	as_snapshot_free(x->snap);
	tui_leave_session(x->t, x->session, false);
	free(x->plot);
	tui_places_drop(x->asked);
	x->asked = NULL;
	x->go = false;
	x->snap = NULL;
	x->session = NULL;
	x->plot = NULL;
	x->stops = x->shows_result = false;
}

static void close_drift(void *state)
{
	struct drift *x = state;

	drop_run(x);
	tui_form_free(x->form);
	free(x->known_of);
	free(x);
}

static bool is_running(const struct drift *x)
{
	return x->session && (!x->snap || x->snap->busy);
}

/* --- the run --------------------------------------------------------------------------------------------------- */

struct paths {
	char *file, *reference, *output, *plot;
};

static char *path_of(const struct tui_form *f, int i)
{
	const char *text = tui_form_get(f, i);

	return tui_form_hidden(f, i) || !*text ? NULL : tui_path(text);
}

static void fail_run(struct tui_form *f, const struct paths *p, const struct as_error *err)
{
	int at = -1;

	if (p->output && strstr(err->msg, p->output))
		at = err->status == AS_ERR_EXISTS && !tui_form_yes(f, FORCE) ? FORCE : OUTPUT;
	else if (p->reference && strstr(err->msg, p->reference))
		at = REFERENCE;
	else if (p->file && strstr(err->msg, p->file))
		at = FILE_NAME;
	tui_form_fail(f, at, err->msg);
}

static bool check_plot(struct tui_form *f, const char *plot)
{
	if (!plot || tui_form_yes(f, FORCE) || !as_file_exists(plot))
		return true;
	tui_form_fail(f, FORCE, "the plot exists already: switch this on, or choose another name");
	return false;
}

/* What is to be read and written lies on disks that answer; else it goes on once they do. */
static bool is_at_hand(struct tui *t, struct drift *x, const struct paths *p)
{
	const char *const paths[] = {p->file, p->reference, p->output, p->plot};
	char *folders[4];
	int n = 0, wait_ms = 0;

	for (size_t i = 0; i < 4; i++)
		if (paths[i] && (folders[n] = tui_target_folder(paths[i])))
			n++;
	if (!x->asked || !tui_places_are(x->asked, (const char *const *)folders, n)) {
		tui_places_drop(x->asked);
		x->asked = tui_places_ask((const char *const *)folders, n);
		wait_ms = tui_patience_ms(t);
	}
	for (int i = 0; i < n; i++)
		free(folders[i]);
	x->go = !x->asked || !tui_places_known(x->asked, wait_ms);
	if (x->go)
		tui_hint(t, TUI_WARNING, "it goes on as soon as the disk answers; {dismiss} gives up");
	return !x->go;
}

static void start(struct tui *t, struct drift *x)
{
	struct as_error err = {0};
	struct as_options *opt = as_options_copy(t->m.opt);
	struct paths p = {path_of(x->form, FILE_NAME), path_of(x->form, REFERENCE), path_of(x->form, OUTPUT), path_of(x->form, PLOT)};
	struct as_drift_config cfg = {.reference = p.reference, .file = p.file, .output = p.output, .force = tui_form_yes(x->form, FORCE)};

	if (!opt || !tui_drift_form_check(x->form, &cfg.ppm) || !tui_form_settings(x->form, opt) || !is_at_hand(t, x, &p))
		goto out;
	drop_run(x);
	if (!check_plot(x->form, p.plot))
		goto out;
	x->session = as_session_new(opt, &err);
	if (!x->session || as_session_drift(x->session, &cfg, &err) != AS_OK) {
		fail_run(x->form, &p, &err);
		drop_run(x);
		goto out;
	}
	x->snap = as_session_snapshot(x->session);
	x->began_s = tui_clock_s(t);
	x->plot = p.plot;
	p.plot = NULL;
	tui_form_remember(t, x->form);
out:
	as_options_free(opt);
	free(p.file);
	free(p.reference);
	free(p.output);
	free(p.plot);
}

static void finish(struct tui *t, struct drift *x)
{
	const struct as_snapshot *s = x->snap;

	for (int i = 0; i < s->n_warnings; i++)
		tui_note(t, TUI_WARNING, -1, "%s", s->warnings[i]);
	if (s->outcome == AS_CANCELLED)
		tui_say(t, TUI_WARNING, "stopped");
	else if (s->outcome != AS_OK)
		tui_form_fail(x->form, -1, *s->error ? s->error : as_status_name(s->outcome));
	x->shows_result = s->outcome == AS_OK && s->drift;
	if (!x->shows_result) {
		drop_run(x);
		return;
	}
	if (x->plot)
		tui_drift_plot_write(t, s->drift, x->plot, tui_form_yes(x->form, FORCE));
	if (s->drift->output)
		tui_note(t, TUI_GOOD, -1, "%s written", s->drift->output);
}

static int fd(const void *state)
{
	const struct drift *x = state;

	return x->session ? as_session_fd(x->session) : x->asked ? tui_places_fd(x->asked) : -1;
}

static void turn(void *state, struct tui *t)
{
	struct drift *x = state;
	struct as_event e;
	bool news = false, done = false;
	const struct as_snapshot *s;

	if (x->go && x->asked && tui_places_known(x->asked, 0)) {
		t->said = false;
		t->dirty = true;
		start(t, x);
	}
	while (x->session && as_session_next_event(x->session, &e)) {
		news = true;
		done |= e.kind == AS_EVENT_DONE;
	}
	if (!news || !(s = as_session_snapshot(x->session)))
		return;
	as_snapshot_free(x->snap);
	x->snap = s;
	t->dirty = true;
	if (done)
		finish(t, x);
}

/* --- keys ------------------------------------------------------------------------------------------------------ */

static bool take_news(struct tui *t, struct drift *x, enum tui_form_news news)
{
	if (news == TUI_FORM_CHANGED)
		tui_drift_form_update(x);
	if (news == TUI_FORM_GO)
		start(t, x);
	return news != TUI_FORM_NOTHING;
}

static bool key(void *state, struct tui *t, struct tui_key key)
{
	struct drift *x = state;

	x->go = false;
	return !is_running(x) && !x->shows_result && take_news(t, x, tui_form_key(x->form, key));
}

/* From the result back to the form, to write what was measured. */
static void go_back(struct drift *x)
{
	const struct as_drift *d = x->snap->drift;
	bool wrote = d->output != NULL;

	if (d->reference)
		tui_drift_form_fill_known(x, d->file, d->found.drift_ppm);
	drop_run(x);
	if (!wrote)
		tui_form_go(x->form, OUTPUT);
}

/* A disk that does not answer holds up the run, but not who has seen enough of it. */
static void stop(struct tui *t, struct drift *x)
{
	x->stops = true;
	as_session_cancel(x->session);
	tui_hint(t, TUI_WARNING, "stopping: {dismiss} again leaves at once");
}

static bool act(void *state, struct tui *t, enum as_action action, const struct tui_call *call)
{
	struct drift *x = state;

	(void)call;
	if (is_running(x)) {
		bool again = x->stops && action == AS_ACTION_DISMISS;

		if (action == AS_ACTION_DISMISS)
			stop(t, x);
		return !again && action != AS_ACTION_HELP && action != AS_ACTION_REDRAW;
	}
	if (x->shows_result) {
		if (action == AS_ACTION_ACCEPT || action == AS_ACTION_ACTIVATE)
			go_back(x);
		return action != AS_ACTION_DISMISS && action != AS_ACTION_HELP && action != AS_ACTION_REDRAW;
	}
	x->go = false;
	return take_news(t, x, tui_form_act(x->form, action));
}

/* --- drawing --------------------------------------------------------------------------------------------------- */

static void size(const void *state, const struct tui_model *m, int *rows, int *cols)
{
	const struct drift *x = state;

	(void)m;
	if (x->shows_result) {
		*cols = *cols > 110 ? 110 : *cols;
		return;
	}
	*cols = *cols > 88 ? 88 : *cols;
	*rows = GO + 4 + TUI_FORM_FOOT + 2;
}

static void fit(void *state, const struct tui_model *m, int rows, int cols)
{
	struct drift *x = state;

	(void)m;
	(void)cols;
	tui_form_fit(x->form, rows);
}

static void draw(const void *state, const struct tui_model *m, struct tui_canvas c)
{
	const struct drift *x = state;

	if (x->shows_result) {
		tui_drift_draw_result(x->snap, c);
		return;
	}
	tui_form_draw(x->form, c);
	if (is_running(x) && c.rows > TUI_FORM_FOOT) {
		struct tui_canvas foot = tui_part(c, c.rows - TUI_FORM_FOOT, 0, TUI_FORM_FOOT, c.cols);

		tui_canvas_clear(foot, TUI_DIALOG);
		tui_drift_draw_running(x->snap, m->now_s - x->began_s, foot);
	}
}

static bool caret(const void *state, const struct tui_model *m, struct tui_canvas c, int *row, int *col)
{
	const struct drift *x = state;

	(void)m;
	return !x->shows_result && !is_running(x) && tui_form_caret(x->form, c, row, col);
}

static const enum as_action hints[] = {AS_ACTION_ACCEPT, AS_ACTION_FIELD_NEXT, AS_ACTION_CHANGE, AS_ACTION_DISMISS, AS_ACTION_HELP,
				       AS_ACTION_NONE};

/* While it runs the page says what stops it. */
static const enum as_action *hints_now(const void *state)
{
	static const enum as_action running[] = {AS_ACTION_HELP, AS_ACTION_NONE},
				    result[] = {AS_ACTION_ACCEPT, AS_ACTION_DISMISS, AS_ACTION_HELP, AS_ACTION_NONE};
	const struct drift *x = state;

	return is_running(x) ? running : x->shows_result ? result : hints;
}

static const char *deed(const void *state, const struct tui_model *m)
{
	const struct drift *x = state;

	(void)m;
	return x->shows_result ? "back" : tui_form_deed(x->form, "begin");
}

static const struct tui_pane_ops ops = {.name = "drift",
					.title = "Clock drift",
					.place = AS_PLACE_DIALOG,
					.close = close_drift,
					.key = key,
					.action = act,
					.size = size,
					.fit = fit,
					.draw = draw,
					.caret = caret,
					.fd = fd,
					.turn = turn,
					.deed = deed,
					.hints_now = hints_now};

/* --- opening --------------------------------------------------------------------------------------------------- */

void tui_open_drift(struct tui *t, const char *args)
{
	struct drift *x = calloc(1, sizeof *x);
	bool given = false;

	if (x && !tui_form_is_whole(x->form = tui_drift_form_new(t))) {
		close_drift(x);
		x = NULL;
	}
	if (x) {
		x->t = t;
		tui_form_recall(t, x->form, t->m.opt);
		tui_drift_form_choose(t, x);
		if (args)
			given = tui_drift_form_take(t, x->form, args);
		tui_drift_form_update(x);
	}
	if (tui_open_dialog(t, &ops, x) && given)
		start(t, x);
}
