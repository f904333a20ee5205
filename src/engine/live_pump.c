/* The meter's own thread: captured sound into the meter, a look every tenth of a second, readings out. */
#include <math.h>
#include <stdlib.h>

#include "base/clock.h"
#include "base/error.h"
#include "base/log.h"
#include "engine/live_private.h"

#define TELL_LOADED_S 0.25
#define MAX_OWED_S 0.5
#define OVER_S 2.0 /* after the end of the reference: what has no place in it waits in vain */

static struct as_reference *reference_of(struct as_live *l)
{
	pthread_mutex_lock(&l->lock);
	struct as_reference *r = l->reference;
	pthread_mutex_unlock(&l->lock);
	return r;
}

/* ---- a live reference ---- */

bool as_live_is_ring(struct as_live *l)
{
	pthread_mutex_lock(&l->lock);
	bool ring = l->fifo;
	pthread_mutex_unlock(&l->lock);
	return ring;
}

static int64_t take_one(struct as_live *l, float *v, bool *lost)
{
	pthread_mutex_lock(&l->lock);
	int64_t n = l->fifo ? as_live_fifo_take(l->fifo, v, lost) : 0;
	if (n > 0)
		pthread_cond_broadcast(&l->changed);
	pthread_mutex_unlock(&l->lock);
	return n;
}

/* Up to a number of samples in all. */
static enum as_status drain_reference(struct as_live *l, int64_t until, struct as_error *err)
{
	struct as_reference *r = reference_of(l);
	enum as_status status = AS_OK;
	float v[LIVE_STEP];
	int64_t n;
	bool lost;
	while (r && status == AS_OK && l->reference_fed < until && (n = take_one(l, v, &lost)) > 0) {
		status = lost ? as_reference_gap(r, n, err) : as_reference_feed(r, v, (int)n, err);
		l->reference_fed += n;
	}
	return status;
}

struct view {
	struct as_meter_time time; /* how its axis lies on CLOCK_MONOTONIC */
	bool timed;                /* time is known: there has been sound */
	bool stored, ended;
};

static struct view look_at_reference(struct as_live *l)
{
	pthread_mutex_lock(&l->lock);
	struct view v = {l->reference_time, l->reference_timed, l->reference_stored, l->reference_ended};
	pthread_mutex_unlock(&l->lock);
	return v;
}

/* What has come of it; of a file that is taken for a live reference what it would have played by then, and no more. */
static enum as_status hear_reference(struct as_live *l, double t_s, struct as_error *err)
{
	for (;;) {
		struct view v = look_at_reference(l);
		if (!v.stored)
			return drain_reference(l, INT64_MAX, err);
		int64_t until = v.timed ? v.time.sample + (int64_t)ceil((t_s - v.time.t_s) * v.time.rate_hz) : 0;
		enum as_status status = drain_reference(l, until, err);
		if (status != AS_OK || v.ended || (v.timed && l->reference_fed >= until))
			return status;
		if (!as_live_wait(l, 0.05))
			return AS_CANCELLED;
	}
}

/* Whether it has come to its end, and nothing of it is left to be taken. Says so, once. */
static bool is_over(struct as_live *l, double t_s)
{
	pthread_mutex_lock(&l->lock);
	const bool was = l->reference_over;
	l->reference_over = l->reference_ended && as_live_fifo_is_empty(l->fifo);
	const bool now = l->reference_over;
	pthread_mutex_unlock(&l->lock);
	if (now && !was) {
		l->over_s = t_s;
		as_log(AS_LOG_WARN, "live: the reference has ended; what came of it is compared with");
	}
	return now;
}

/* ---- a look ---- */

/* Leaves of a reading when it was, and what was last. */
static void forget(struct as_live_reading *r, enum as_live_state state)
{
	r->state = state;
	r->lag_ms = r->lag_err_ms = r->calibrated_lag_ms = r->position_s = r->drift_ppm = r->drift_err_ppm = r->p_false = NAN;
	r->confidence = 0;
	r->no_match = r->ambiguous = false;
}

/* What there is to say while nothing is measured. */
static void say_state(struct as_live *l, enum as_live_state state, double t_s)
{
	struct as_live_reading r = l->last;
	forget(&r, state);
	r.level_db = NAN; /* nothing is listened to */
	r.t_s = t_s;
	as_live_push(l, &r, false);
}

/* Behind the end of a reference there is nothing that could be measured: the meter takes it for sound that is still to come. */
static void mind_end(struct as_live *l, const struct as_meter_time *ref, struct as_live_reading *r)
{
	if (!is_over(l, r->t_s))
		return;
	if (r->state == AS_LIVE_LOCKED && r->position_s > ref->t_s)
		forget(r, AS_LIVE_WAITING);
	if ((r->state == AS_LIVE_SEARCHING || r->state == AS_LIVE_LOST) && r->t_s - l->over_s > OVER_S)
		r->state = AS_LIVE_WAITING;
}

static double t_now(const struct as_live *l)
{
	struct as_meter_time m;
	if (!as_live_tap_time(&l->tap, &m))
		return 0;
	/* Where nothing comes, time goes on. */
	double t_s = m.t_s - l->tap.begin_s;
	return l->tap.format.live ? fmax(t_s, as_clock_s() - l->tap.begin_s) : t_s;
}

static void tell_began(struct as_live *l)
{
	pthread_mutex_lock(&l->lock);
	l->status.began_s = l->tap.begin_s;
	pthread_mutex_unlock(&l->lock);
}

/* False: not yet. */
static bool both_are_heard(struct as_live *l)
{
	pthread_mutex_lock(&l->lock);
	bool ok = l->reference && !l->wait_reference[0] && !l->wait_capture[0] && (!l->fifo || l->reference_timed);
	pthread_mutex_unlock(&l->lock);
	return ok;
}

static enum as_status step(struct as_live *l, struct as_error *err)
{
	const bool ring = as_live_is_ring(l);
	struct as_meter_time cap, ref = {0};
	/* What cannot be compared yet waits for no reference either: a pipe shows by that whether it is faster than its sound. */
	if (!as_live_tap_time(&l->tap, &cap) || !both_are_heard(l))
		return AS_OK;
	enum as_status status = ring ? hear_reference(l, cap.t_s, err) : AS_OK;
	if (status != AS_OK || !(as_reference_loaded_s(l->reference) > 0))
		return status;
	tell_began(l);
	cap.t_s -= l->tap.begin_s;
	if (ring) {
		ref = look_at_reference(l).time;
		ref.t_s -= l->tap.begin_s;
	}
	struct as_live_reading out = {0};
	status = as_meter_step(l->meter, l->reference, &cap, ring ? &ref : NULL, &l->cancel, &out, err);
	if (status == AS_OK) {
		if (ring)
			mind_end(l, &ref, &out);
		out.xruns = l->tap.xruns_before + l->tap.xruns;
		l->last = out;
		as_live_push(l, &out, true);
	}
	return status;
}

/* Where looks take longer than the sound that they are at, what is captured meanwhile piles up, and in the end would be lost: then looks
 * are left out. */
static enum as_status step_in_time(struct as_live *l, struct as_error *err)
{
	const double from_s = as_clock_s();
	l->owed_s = fmax(0, l->owed_s - AS_METER_STEP_S);
	l->catching_up = l->tap.format.live && l->owed_s > (l->catching_up ? 0 : MAX_OWED_S);
	if (l->catching_up)
		return AS_OK;
	enum as_status status = step(l, err);
	l->owed_s += as_clock_s() - from_s;
	return status;
}

/* States that no sound brings about. */
static void watch_states(struct as_live *l)
{
	pthread_mutex_lock(&l->lock);
	enum as_live_state now = as_live_state_now(l), before = l->told;
	pthread_mutex_unlock(&l->lock);
	if (now != before && (now == AS_LIVE_PAUSED || now == AS_LIVE_WAITING))
		say_state(l, now, t_now(l));
}

enum as_status as_live_hear(void *ctx, const float *v, int64_t n, struct as_error *err)
{
	struct as_live *l = ctx;
	enum as_status status = AS_OK;
	const bool paused = atomic_load(&l->paused);
	if (!v || paused) {
		as_meter_gap(l->meter, n);
		l->step_fill = (l->step_fill + n) % LIVE_STEP;
		if (paused)
			watch_states(l); /* blocks of files may be long ones */
		return AS_OK;
	}
	while (n > 0 && status == AS_OK) {
		int64_t part = LIVE_STEP - l->step_fill;
		part = part < n ? part : n;
		as_meter_feed(l->meter, v, (int)part);
		v += part;
		n -= part;
		l->step_fill += part;
		if (l->step_fill < LIVE_STEP)
			continue;
		l->step_fill = 0;
		status = step_in_time(l, err);
	}
	return status;
}

/* ---- the thread ---- */

/* Whether sound that waits has to wait on: a file is not compared with the first minute of a reference alone. */
static bool has_to_wait(struct as_live *l)
{
	struct as_reference *r = reference_of(l);
	if (!as_live_tap_is_stored(&l->tap))
		return false;
	pthread_mutex_lock(&l->lock);
	bool missing = l->wait_reference[0] != '\0';
	pthread_mutex_unlock(&l->lock);
	return !r || missing || (!as_live_is_ring(l) && !as_reference_complete(r));
}

static void watch_loading(struct as_live *l)
{
	struct as_reference *r = reference_of(l);
	double loaded_s = r && !as_live_is_ring(l) ? as_reference_loaded_s(r) : 0, now_s = as_clock_s();
	if (loaded_s == l->loaded_s || now_s - l->told_loaded_s < TELL_LOADED_S)
		return;
	l->loaded_s = loaded_s;
	l->told_loaded_s = now_s;
	pthread_mutex_lock(&l->lock);
	as_live_wake(l);
	pthread_mutex_unlock(&l->lock);
}

static enum as_status run(struct as_live *l, struct as_error *err)
{
	enum as_status status = AS_OK;
	while (status == AS_OK) {
		watch_states(l);
		watch_loading(l);
		if (!look_at_reference(l).stored)
			status = drain_reference(l, INT64_MAX, err);
		if (status == AS_OK && has_to_wait(l))
			status = as_live_wait(l, 0.05) ? AS_OK : AS_CANCELLED;
		else if (status == AS_OK)
			status = as_live_tap_run(&l->tap, err);
	}
	return status;
}

void *as_live_pump(void *ctx)
{
	struct as_live *l = ctx;
	struct as_error err;
	as_error_clear(&err);
	enum as_status status = as_live_tap_judge_end(&l->tap, run(l, &err), &err);
	if (status == AS_EOF || status == AS_CANCELLED)
		as_live_finish(l, NULL);
	else
		as_live_finish(l, &err);
	as_live_tap_close(&l->tap);
	return NULL;
}
