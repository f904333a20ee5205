#include "tui/live.h"

#include <math.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "base/error.h"
#include "base/text.h"
#include "tui/chore.h"
#include "tui/leave.h"

#define FRAME_S 0.1        /* from one frame to the next, at least */
#define TICK_S 1.0         /* "12 s ago" grows */
#define READINGS_A_TURN 2048

bool tui_live_show(struct tui *t)
{
	if (!t->lag && (t->lag = calloc(1, sizeof *t->lag)))
		tui_lag_reset(t->lag);
	t->m.lag = t->lag;
	return t->lag != NULL;
}

static void close_meter(void *live)
{
	as_live_close(live);
}

void tui_live_free(struct tui *t)
{
	tui_leave(t, t->live, close_meter);
	as_options_free(t->calibrated);
	free(t->lag);
	t->live = NULL;
	t->calibrated = NULL;
	t->lag = NULL;
	t->m.lag = NULL;
}

static bool fail_memory(struct as_error *err)
{
	as_fail(err, AS_ERR_MEMORY, "out of memory");
	return false;
}

/* Takes live: ends the meter that runs, if any. */
static bool begin(struct tui *t, struct as_live *live, struct as_error *err)
{
	bool started = as_live_start(live, err) == AS_OK;

	if (started && !tui_live_show(t))
		started = fail_memory(err);
	if (!started) {
		as_live_close(live);
		return false;
	}
	tui_leave(t, t->live, close_meter);
	t->live = live;
	t->lag_told = -1;
	t->lag_news = true;
	tui_lag_reset(t->lag);
	tui_live_turn(t);
	return true;
}

/* A meter that is being opened: what the names stand for is looked up on the disk. */
struct opening {
	struct tui_chore chore;
	struct as_options *opt;
	char *reference, *capture;
	bool fast;
	struct as_live *live;
	struct as_error *asker; /* who still waits for what becomes of it; or NULL */
};

static enum as_status open_meter(struct tui_chore *c, struct as_error *err)
{
	struct opening *o = (struct opening *)c;
	struct as_live_config cfg = {.reference = o->reference, .capture = o->capture, .fast = o->fast};

	o->live = as_live_open(o->opt, &cfg, err);
	return o->live ? AS_OK : err->status;
}

static void take_meter(struct tui *t, struct tui_chore *c)
{
	struct opening *o = (struct opening *)c;
	struct as_live *live = o->live;

	o->live = NULL;
	if (c->status == AS_OK && !begin(t, live, &c->err))
		c->status = c->err.status;
	if (o->asker)
		*o->asker = c->err;
	else
		tui_try(t, c->status, &c->err);
}

static void free_opening(struct tui_chore *c)
{
	struct opening *o = (struct opening *)c;

	as_live_close(o->live);
	as_options_free(o->opt);
	free(o->reference);
	free(o->capture);
	free(o);
}

bool tui_live_start(struct tui *t, const struct as_live_config *cfg, struct as_error *err)
{
	struct opening *o = calloc(1, sizeof *o);

	if (!o)
		return fail_memory(err);
	tui_chore_init(&o->chore, open_meter, take_meter, free_opening, "looking for %.200s", cfg->reference);
	o->opt = tui_live_options(t);
	o->reference = strdup(cfg->reference);
	o->capture = cfg->capture ? strdup(cfg->capture) : NULL;
	o->fast = cfg->fast;
	o->asker = err;
	if (!o->opt || !o->reference || (cfg->capture && !o->capture)) {
		free_opening(&o->chore);
		return fail_memory(err);
	}
	as_error_clear(err);
	tui_chore_do(t, &o->chore);
	if (!t->chores.first)
		return err->status == AS_OK;
	o->asker = NULL; /* it is the last of them */
	return true;
}

bool tui_live_open(struct tui *t, struct as_error *err)
{
	struct as_options *opt = tui_live_options(t);
	struct as_live *live = opt ? as_live_open(opt, t->setup->live, err) : NULL;

	t->m.focus = TUI_PANE_LAG;
	t->m.zoomed = true;
	if (!opt)
		return fail_memory(err);
	as_options_free(opt);
	return live && begin(t, live, err);
}

void tui_live_judge(struct tui *t)
{
	const struct as_error *err = t->lag ? &t->lag->status.error : NULL;

	if (!t->setup->live || !t->live || !err || !t->lag->status.ended || err->status < AS_ERR_IO || t->exit_code != 0)
		return;
	t->exit_code = err->status == AS_ERR_INVALID ? 2 : 1;
	as_text_escape(t->farewell, sizeof t->farewell, err->msg);
}

/* --- news ---------------------------------------------------------------------------------------------------------- */

/* A line for each change, not for each reading. */
static void tell(struct tui *t)
{
	int state = tui_lag_state(t->lag);
	char words[AS_ERROR_MSG_BYTES + 32];

	if (state == t->lag_told)
		return;
	t->lag_told = state;
	if (state == TUI_LAG_ENDED && t->lag->status.error.status != AS_OK)
		tui_say(t, TUI_ERROR, "%s", t->lag->status.error.msg);
	else
		tui_note(t, tui_lag_mark(t->lag).style, -1, "lag: %s", tui_lag_change_words(t->lag, t->m.unicode, words, sizeof words));
}

bool tui_live_see(struct tui *t, const struct as_live_status *s)
{
	char came[32];

	if (s->reference_error.status != AS_OK && t->lag->status.reference_error.status == AS_OK)
		tui_say(t, TUI_WARNING, "reference: %s; only the first %s is compared with", s->reference_error.msg,
			as_text_duration(came, sizeof came, s->loaded_s));
	if (s->capturing && t->lag->status.rate_hz > 0 && strcmp(s->capture, t->lag->status.capture) != 0)
		tui_note(t, TUI_INFO, -1, "lag: listening to %s", s->capture);
	return tui_lag_take_status(t->lag, s);
}

static void take_status(struct tui *t)
{
	struct as_live_status s;
	bool other;

	as_live_status(t->live, &s);
	if (*t->script_device)
		snprintf(s.device, sizeof s.device, "%s", t->script_device);
	other = strcmp(s.device, t->lag->status.device) != 0 || isnan(t->lag->saved_ms);
	t->lag_news |= tui_live_see(t, &s);
	if (other)
		tui_live_find_saved(t);
	tell(t);
}

void tui_live_turn(struct tui *t)
{
	double now_s = tui_clock_s(t);
	struct as_live_reading r;

	if (!t->live)
		return;
	/* First: a reading of a lock is told as one. */
	take_status(t);
	for (int i = 0; i < READINGS_A_TURN && as_live_next(t->live, &r); i++) {
		t->lag_news |= tui_lag_take(t->lag, &r, now_s);
		tell(t);
	}
	take_status(t);
	if (now_s - t->lag_drawn_s >= (t->lag_news ? FRAME_S : TICK_S) && (t->lag_news || tui_lag_state(t->lag) != AS_LIVE_LOCKED)) {
		t->lag_news = false;
		t->lag_drawn_s = now_s;
		t->dirty = true;
	}
}

int tui_live_fd(const struct tui *t)
{
	return t->live ? as_live_fd(t->live) : -1;
}

double tui_live_wait_s(const struct tui *t, double most_s)
{
	double left_s;

	if (!t->live)
		return most_s;
	left_s = t->lag_drawn_s + (t->lag_news ? FRAME_S : TICK_S) - tui_clock_s(t);
	return left_s < 0 ? 0 : left_s < most_s ? left_s : most_s;
}

/* --- actions ------------------------------------------------------------------------------------------------------- */

static void pause_or_go_on(struct tui *t)
{
	if (t->lag->status.state == AS_LIVE_PAUSED)
		as_live_resume(t->live);
	else
		as_live_pause(t->live);
}

void tui_live_pause_asked(struct tui *t)
{
	if (t->live && t->lag && !t->lag->status.ended)
		pause_or_go_on(t);
	else
		tui_note(t, TUI_QUIET, -1, "SIGUSR1: no meter runs that could pause");
}

static void stop(struct tui *t)
{
	if (!t->lag->status.ended) {
		t->lag->stopped = true;
		as_live_stop(t->live);
		return;
	}
	tui_leave(t, t->live, close_meter);
	t->live = NULL;
	free(t->lag);
	t->lag = NULL;
	t->m.lag = NULL;
}

static void change_pace(struct tui *t, int step)
{
	int pace = t->lag->pace + step;
	char span[TUI_LAG_TEXT_BYTES];

	if (pace < 0 || pace >= TUI_LAG_PACES) {
		tui_hint(t, TUI_WARNING, pace < 0 ? "history: no column is shorter" : "history: no column is longer");
		return;
	}
	t->lag->pace = pace;
	tui_say(t, TUI_INFO, "history: one column is %s", tui_lag_pace_s(t->lag->pace) < 1
								  ? "half a second"
								  : tui_lag_ago(tui_lag_pace_s(t->lag->pace), span, sizeof span));
}

/* To the meter, and to its dialog where that is all that l can mean. */
static void go_live(struct tui *t, const char *args)
{
	bool here = t->m.focus == TUI_PANE_LAG, runs = t->live && !t->lag->status.ended;

	tui_do(t, AS_ACTION_PANE_4, NULL);
	if (args && *args)
		tui_live_words(t, args);
	else if (here || !runs)
		tui_open_live(t);
}

bool tui_do_live(struct tui *t, enum as_action action, const struct tui_call *call)
{
	bool mine = action >= AS_ACTION_LIVE_PAUSE && action <= AS_ACTION_LAG_SHORTER;
	char unsaved[512];

	if (action == AS_ACTION_LIVE)
		go_live(t, call->args);
	if (!mine)
		return action == AS_ACTION_LIVE;
	if (t->lag && (action == AS_ACTION_LAG_LONGER || action == AS_ACTION_LAG_SHORTER)) {
		change_pace(t, action == AS_ACTION_LAG_LONGER ? 1 : -1);
		return true;
	}
	if (action == AS_ACTION_SAVE_CALIBRATION && (t->live || tui_live_unsaved(t, unsaved, sizeof unsaved))) {
		tui_do_calibration(t, action, call);
		return true;
	}
	if (!t->lag || !t->live) {
		tui_say(t, TUI_WARNING, "no meter runs: {live} starts one");
		return true;
	}
	if (action == AS_ACTION_LIVE_PAUSE && t->lag->status.ended)
		tui_say(t, TUI_WARNING, "the meter has ended: {live} starts one");
	else if (action == AS_ACTION_LIVE_PAUSE)
		pause_or_go_on(t);
	else if (action == AS_ACTION_LIVE_STOP)
		stop(t);
	else
		tui_do_calibration(t, action, call);
	return true;
}
