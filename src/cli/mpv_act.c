#include <math.h>
#include <stdlib.h>
#include <string.h>

#include "cli/mpv_follow_private.h"

/* ---- where it is ---- */

static int by_value(const void *a, const void *b)
{
	double x = *(const double *)a, y = *(const double *)b;
	return (x > y) - (x < y);
}

/* The player's position at now_s: the median of what the last positions have become by then. NAN: too few. */
static double player_at(struct as_follow *f, double now_s)
{
	double v[WINDOW_N];
	int n = 0, old = 0;
	while (old < f->n_at && f->at[old].t_s < now_s - WINDOW_S)
		old++;
	f->n_at -= old;
	memmove(&f->at[0], &f->at[old], (size_t)f->n_at * sizeof f->at[0]);
	if (f->n_at < ENOUGH_N || f->at[f->n_at - 1].t_s - f->at[0].t_s < ENOUGH_S)
		return NAN;
	for (int i = 0; i < f->n_at; i++)
		v[n++] = f->at[i].position_s + (now_s - f->at[i].t_s) * f->speed;
	qsort(v, (size_t)n, sizeof *v, by_value);
	return (v[(n - 1) / 2] + v[n / 2]) / 2;
}

/* What keeps from doing anything; RESTING: nothing does. */
static enum as_follow_state hindrance(const struct as_follow *f, double now_s)
{
	if (!f->here)
		return AS_FOLLOW_ABSENT;
	if (!f->heard.locked || now_s - f->heard.t_s > STALE_S)
		return AS_FOLLOW_UNLOCKED;
	if (f->paused)
		return AS_FOLLOW_PAUSED;
	if (f->moved || (!isnan(f->user_speed) && !as_follow_same(f->user_speed, f->home_speed)))
		return AS_FOLLOW_ASIDE;
	double target_s = as_follow_heard_at(&f->heard, now_s) + f->cfg.offset_s;
	if (target_s < 0 || target_s >= f->duration_s)
		return AS_FOLLOW_OUTSIDE;
	if (f->seek_sent)
		return AS_FOLLOW_SEEKING;
	return f->idle || isnan(f->speed) ? AS_FOLLOW_WAITING : AS_FOLLOW_RESTING;
}

/* ---- what to do ---- */

static const struct as_player_command nothing = {.kind = AS_PLAYER_DO_NOTHING};

static struct as_player_command command(struct as_follow *f, enum as_player_command_kind kind, double value, double now_s)
{
	struct as_player_command cmd = {.kind = kind, .value = value, .error_s = f->error_s};
	as_follow_forget(f, now_s);
	return cmd;
}

static struct as_player_command set_speed(struct as_follow *f, double speed, double now_s)
{
	f->old_speed = f->speed;
	/* As exact as the player tells it. */
	f->our_speed = f->speed = as_follow_same(speed, f->user_speed) ? f->user_speed : round(speed * 1e5) / 1e5;
	return command(f, AS_PLAYER_SET_SPEED, f->speed, now_s);
}

static struct as_player_command set_delay(struct as_follow *f, double delay_s, double now_s)
{
	f->old_delay_s = f->delay_s;
	f->our_delay_s = f->delay_s = delay_s;
	return command(f, AS_PLAYER_SET_DELAY, delay_s, now_s);
}

static bool speed_is_changed(const struct as_follow *f)
{
	return !isnan(f->our_speed) && !as_follow_same(f->our_speed, f->user_speed);
}

static bool delay_is_changed(const struct as_follow *f)
{
	return !isnan(f->our_delay_s) && !as_follow_same(f->our_delay_s, f->user_delay_s);
}

static struct as_player_command end_nudge(struct as_follow *f, double now_s)
{
	f->nudge = 0;
	return speed_is_changed(f) ? set_speed(f, f->user_speed, now_s) : nothing;
}

static struct as_player_command seek(struct as_follow *f, double now_s)
{
	double to_s = as_follow_heard_at(&f->heard, now_s) + f->cfg.offset_s + f->seek_cost_s;
	if (f->seek_tries >= SEEK_TRIES) {
		f->far_stuck = true;
		f->state = AS_FOLLOW_STUCK;
		return nothing;
	}
	if (to_s >= f->duration_s)
		return nothing;
	f->seek_tries++;
	f->seek_sent = f->learn_cost = true;
	f->seek_seen = false;
	f->seek_s = now_s;
	f->state = AS_FOLLOW_SEEKING;
	return command(f, AS_PLAYER_DO_SEEK, to_s, now_s);
}

/* Whether it has been so far off for long enough to be true. */
static bool lasts(double *since_s, bool off, double now_s, double long_s)
{
	if (!off)
		*since_s = NAN;
	else if (isnan(*since_s))
		*since_s = now_s;
	return off && now_s - *since_s >= long_s;
}

/* The first look after a seek says how late the seek was. */
static void learn_cost(struct as_follow *f, double error_s)
{
	if (!f->learn_cost)
		return;
	f->learn_cost = false;
	if (fabs(error_s) < 3 && f->nudge == 0)
		f->seek_cost_s = fmin(fmax(f->seek_cost_s + error_s / 2, 0), 2);
}

/* A speed that does not bring it nearer is in vain: it may be the player itself that is heard. */
static bool nudge_helps(struct as_follow *f, double error_s, double now_s)
{
	if (now_s - f->check_s < CHECK_S)
		return true;
	double gain_s = fabs(f->check_error_s) - fabs(error_s);
	f->idle_checks = gain_s < 0.3 * fabs(f->nudge) * (now_s - f->check_s) ? f->idle_checks + 1 : 0;
	f->check_s = now_s;
	f->check_error_s = error_s;
	return f->idle_checks < 2;
}

static struct as_player_command go_on_nudging(struct as_follow *f, double error_s, double now_s)
{
	/* Past it, or so near that the dead band is left on the other side last. */
	if (error_s * f->nudge <= 0 || fabs(error_s) < f->cfg.dead_band_s / 8) {
		f->state = AS_FOLLOW_RESTING;
		return end_nudge(f, now_s);
	}
	if (!nudge_helps(f, error_s, now_s)) {
		f->near_stuck = true;
		f->stuck_error_s = error_s;
		f->state = AS_FOLLOW_STUCK;
		return end_nudge(f, now_s);
	}
	f->state = AS_FOLLOW_NUDGING;
	return nothing;
}

static struct as_player_command begin_nudge(struct as_follow *f, double error_s, double now_s)
{
	f->nudge = copysign(fmin(fabs(error_s) / NUDGE_S, f->cfg.max_speed), error_s);
	f->check_s = now_s;
	f->check_error_s = error_s;
	f->idle_checks = 0;
	f->state = AS_FOLLOW_NUDGING;
	return set_speed(f, f->user_speed * (1 + f->nudge), now_s);
}

/* The player's sound goes on as it does, and its picture moves: time-pos is ahead by what the delay grows. */
static struct as_player_command move_delay(struct as_follow *f, double error_s, double now_s)
{
	double ours_s = f->delay_s - f->user_delay_s;
	if (isnan(ours_s))
		return nothing;
	f->delay_tries = f->delay_tries > 0 && fabs(error_s) > fabs(f->delay_error_s) / 2 ? f->delay_tries + 1 : 1;
	f->delay_error_s = error_s;
	if (f->delay_tries > DELAY_TRIES) {
		f->near_stuck = true;
		f->stuck_error_s = error_s;
		f->state = AS_FOLLOW_STUCK;
		return delay_is_changed(f) ? set_delay(f, f->user_delay_s, now_s) : nothing;
	}
	/* Too much for a delay: from where it is without one, it is far. */
	bool far = fabs(ours_s + error_s) > f->cfg.seek_beyond_s;
	f->state = AS_FOLLOW_NUDGING;
	return set_delay(f, f->user_delay_s + (far ? 0 : round((ours_s + error_s) * 1e4) / 1e4), now_s);
}

static struct as_player_command act(struct as_follow *f, double error_s, double now_s)
{
	bool far = fabs(error_s) > f->cfg.seek_beyond_s;
	/* What is not measured any better is no error. */
	bool off = fabs(error_s) > fmax(f->cfg.dead_band_s, 2 * f->heard.err_s);
	if (!far) {
		f->seek_tries = 0;
		f->far_stuck = false;
		f->far_n = 0;
	}
	if (!off)
		f->delay_tries = 0;
	/* Something else has moved it: what did not help may help now. */
	if (f->near_stuck && fabs(error_s - f->stuck_error_s) > 2 * f->cfg.dead_band_s)
		f->near_stuck = false;
	f->state = (far && f->far_stuck) || (off && f->near_stuck) ? AS_FOLLOW_STUCK : AS_FOLLOW_RESTING;
	if (lasts(&f->far_s, far, now_s, FAR_S) && f->far_n >= FAR_N) {
		/* A place among several is not worth the jump. */
		if (f->far_stuck || f->heard.ambiguous || now_s - f->seek_s < SEEK_EVERY_S)
			return end_nudge(f, now_s);
		return f->nudge != 0 ? end_nudge(f, now_s) : seek(f, now_s);
	}
	if (far)
		return nothing;
	if (f->nudge != 0)
		return go_on_nudging(f, error_s, now_s);
	if (!lasts(&f->off_s, off, now_s, NEAR_S) || f->near_stuck || f->heard.ambiguous || f->cfg.how == AS_FOLLOW_SEEK)
		return nothing;
	return f->cfg.how == AS_FOLLOW_SPEED ? begin_nudge(f, error_s, now_s) : move_delay(f, error_s, now_s);
}

/* The user's speed while nothing may be done; the delay, which nobody hears, is left for a while. */
static struct as_player_command put_back(struct as_follow *f, double now_s)
{
	bool unlocked = f->state == AS_FOLLOW_UNLOCKED;
	double since_s = isnan(f->unlocked_s) ? f->heard.t_s : f->unlocked_s;
	f->nudge = 0;
	if (speed_is_changed(f))
		return set_speed(f, f->user_speed, now_s);
	if (unlocked && now_s - since_s >= UNLOCKED_S && delay_is_changed(f))
		return set_delay(f, f->user_delay_s, now_s);
	return nothing;
}

struct as_player_command as_follow_step(struct as_follow *f, double now_s)
{
	if (f->seek_sent && now_s - f->seek_s > SEEK_LIMIT_S)
		f->seek_sent = f->seek_seen = f->learn_cost = false;
	enum as_follow_state s = hindrance(f, now_s);
	if (s == AS_FOLLOW_ABSENT || s == AS_FOLLOW_SEEKING) {
		f->state = s;
		f->error_s = NAN;
		return nothing;
	}
	double player_s = s == AS_FOLLOW_UNLOCKED ? NAN : player_at(f, now_s);
	f->error_s = as_follow_heard_at(&f->heard, now_s) + f->cfg.offset_s - player_s;
	if (s != AS_FOLLOW_RESTING) {
		f->state = s;
		return put_back(f, now_s);
	}
	if (isnan(player_s)) {
		f->state = f->nudge != 0 ? AS_FOLLOW_NUDGING : AS_FOLLOW_WAITING;
		return nothing;
	}
	learn_cost(f, f->error_s);
	return act(f, f->error_s, now_s);
}

struct as_player_command as_follow_restore(struct as_follow *f)
{
	f->nudge = 0;
	if (!f->here)
		return nothing;
	if (speed_is_changed(f))
		return set_speed(f, f->user_speed, f->settled_s);
	return delay_is_changed(f) ? set_delay(f, f->user_delay_s, f->settled_s) : nothing;
}

enum as_follow_state as_follow_state(const struct as_follow *f)
{
	return f->state;
}

double as_follow_error_s(const struct as_follow *f)
{
	return f->error_s;
}
