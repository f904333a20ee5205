#include "cli/mpv_follow.h"

#include <math.h>
#include <stdlib.h>
#include <string.h>

#include "cli/mpv_follow_private.h"

static bool usable(double v)
{
	return isfinite(v) && fabs(v) < MAX_TIME_S;
}

struct as_follow *as_follow_new(const struct as_follow_config *cfg)
{
	struct as_follow *f = calloc(1, sizeof *f);
	if (!f)
		return NULL;
	f->cfg = *cfg;
	f->seek_cost_s = 0.02;
	f->our_speed = f->our_delay_s = f->old_speed = f->old_delay_s = NAN;
	f->user_speed = f->home_speed = f->user_delay_s = NAN;
	f->unlocked_s = NAN;
	f->heard.t_s = -INFINITY;
	as_follow_part(f);
	return f;
}

void as_follow_free(struct as_follow *f)
{
	free(f);
}

void as_follow_configure(struct as_follow *f, const struct as_follow_config *cfg)
{
	f->cfg = *cfg;
	f->near_stuck = f->far_stuck = false;
}

void as_follow_forget(struct as_follow *f, double now_s)
{
	f->n_at = 0;
	f->settled_s = now_s + SETTLE_S;
	f->far_s = f->off_s = NAN;
	f->far_n = 0;
	f->error_s = NAN;
}

/* What did not help then may help now. */
static void hope_again(struct as_follow *f)
{
	f->near_stuck = false;
	f->delay_tries = 0;
	f->idle_checks = 0;
}

void as_follow_meet(struct as_follow *f)
{
	f->here = true;
}

void as_follow_part(struct as_follow *f)
{
	f->here = f->paused = false;
	f->idle = true;
	f->speed = f->delay_s = f->duration_s = NAN;
	f->seek_sent = f->seek_seen = f->fresh = f->moved = false;
	f->old_speed = f->old_delay_s = NAN;
	f->nudge = 0;
	f->seek_tries = 0;
	f->near_stuck = f->far_stuck = false;
	as_follow_forget(f, -INFINITY);
	f->state = AS_FOLLOW_ABSENT;
}

/* ---- what is told ---- */

double as_follow_heard_at(const struct as_follow_heard *h, double now_s)
{
	double rate = 1 - (isfinite(h->drift_ppm) && fabs(h->drift_ppm) < 1e5 ? h->drift_ppm * 1e-6 : 0);
	return h->position_s + (now_s - h->t_s) * rate;
}

void as_follow_hear(struct as_follow *f, const struct as_follow_heard *heard)
{
	struct as_follow_heard h = *heard;
	h.locked = h.locked && usable(h.position_s) && usable(h.t_s);
	f->heard = h;
	if (!h.locked) {
		f->unlocked_s = isnan(f->unlocked_s) ? h.t_s : f->unlocked_s;
		return;
	}
	f->unlocked_s = NAN;
	/* Another place is heard now: whoever moved the player did so for the one before. */
	if (!f->ever_locked || fabs(as_follow_heard_at(&f->place, h.t_s) - h.position_s) > f->cfg.seek_beyond_s) {
		hope_again(f);
		f->moved = false;
		f->far_s = f->off_s = NAN;
		f->far_n = 0;
	}
	f->ever_locked = true;
	f->place = h;
	f->far_n += !isnan(f->far_s);
}

static void see_position(struct as_follow *f, const struct as_player_event *ev)
{
	if (!usable(ev->value) || f->idle || f->seek_sent || ev->t_s < f->settled_s)
		return;
	if (f->n_at == WINDOW_N)
		memmove(&f->at[0], &f->at[1], (size_t)(--f->n_at) * sizeof f->at[0]);
	f->at[f->n_at].t_s = ev->t_s;
	f->at[f->n_at++].position_s = ev->value;
}

static void see_speed(struct as_follow *f, const struct as_player_event *ev)
{
	if (!usable(ev->value) || ev->value <= 0)
		return;
	bool first = isnan(f->speed), ours = !isnan(f->our_speed) && as_follow_same(ev->value, f->our_speed);
	if (!isnan(f->old_speed) && as_follow_same(ev->value, f->old_speed))
		return;
	f->old_speed = NAN;
	if (isnan(f->speed) || !as_follow_same(f->speed, ev->value))
		as_follow_forget(f, ev->t_s);
	f->speed = ev->value;
	if (ours)
		return;
	f->user_speed = ev->value;
	f->our_speed = NAN;
	f->nudge = 0;
	if (first)
		f->home_speed = ev->value;
}

static void see_delay(struct as_follow *f, const struct as_player_event *ev)
{
	if (!usable(ev->value))
		return;
	if (!isnan(f->old_delay_s) && as_follow_same(ev->value, f->old_delay_s))
		return;
	f->old_delay_s = NAN;
	if (isnan(f->delay_s) || !as_follow_same(f->delay_s, ev->value))
		as_follow_forget(f, ev->t_s);
	bool first = isnan(f->delay_s), ours = !isnan(f->our_delay_s) && as_follow_same(ev->value, f->our_delay_s);
	f->delay_s = ev->value;
	if (ours)
		return;
	/* What the user adds is added to what is the user's. */
	if (first || isnan(f->our_delay_s))
		f->user_delay_s = ev->value;
	else
		f->user_delay_s += ev->value - f->our_delay_s;
	f->our_delay_s = first || isnan(f->our_delay_s) ? NAN : ev->value;
}

static void see_seek(struct as_follow *f, const struct as_player_event *ev)
{
	bool ours = f->seek_sent && !f->seek_seen;
	f->seek_seen = f->seek_sent;
	as_follow_forget(f, ev->t_s);
	if (ours || f->fresh)
		return;
	f->moved = true;
	f->learn_cost = false;
}

static void see_restart(struct as_follow *f, const struct as_player_event *ev)
{
	as_follow_forget(f, ev->t_s);
	f->fresh = false;
	if (f->seek_seen)
		f->seek_sent = f->seek_seen = false;
}

static void see_file(struct as_follow *f, const struct as_player_event *ev)
{
	as_follow_forget(f, ev->t_s);
	hope_again(f);
	f->moved = f->far_stuck = f->seek_sent = f->seek_seen = false;
	f->seek_tries = 0;
	f->duration_s = NAN;
	f->fresh = true;
}

/* To pause and go on says: follow again. */
static void see_pause(struct as_follow *f, bool paused, double t_s)
{
	if (f->paused && !paused) {
		hope_again(f);
		f->moved = f->far_stuck = false;
		f->seek_tries = 0;
	}
	f->paused = paused;
	as_follow_forget(f, t_s);
}

void as_follow_see(struct as_follow *f, const struct as_player_event *ev)
{
	bool on = ev->value != 0 && !isnan(ev->value);
	switch (ev->kind) {
	case AS_PLAYER_POSITION:
		see_position(f, ev);
		break;
	case AS_PLAYER_DURATION:
		f->duration_s = usable(ev->value) && ev->value > 0 ? ev->value : NAN;
		break;
	case AS_PLAYER_PAUSED:
		see_pause(f, on, ev->t_s);
		break;
	case AS_PLAYER_IDLE:
		if (f->idle != on)
			as_follow_forget(f, ev->t_s);
		f->idle = on;
		break;
	case AS_PLAYER_SPEED:
		see_speed(f, ev);
		break;
	case AS_PLAYER_DELAY:
		see_delay(f, ev);
		break;
	case AS_PLAYER_SEEKS:
		see_seek(f, ev);
		break;
	case AS_PLAYER_RESTARTS:
		see_restart(f, ev);
		break;
	case AS_PLAYER_SEEK_FAILED:
		f->seek_sent = f->seek_seen = f->learn_cost = false;
		break;
	case AS_PLAYER_FILE:
		see_file(f, ev);
		break;
	}
}
