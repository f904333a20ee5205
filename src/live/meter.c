#include "live/meter.h"

#include <math.h>
#include <stdlib.h>

#include "live/heard.h"
#include "live/meter_private.h"
#include "live/reference.h"

#define KEEP_S 300.0
#define STEP_SAMPLES (AS_METER_STEP_S * AS_METER_RATE_HZ)
/* Mean square of whitened sound under which nothing can be compared (dsp/correlate.c), over so much of the newest. */
#define QUIET_POWER 9.0
#define QUIET_N 2048
#define QUIET_DB -75.0
/* Steps without sound until it is silence, and of doubt until it is a loss. */
#define QUIET_STEPS 7
#define LOST_STEPS 7
#define DRIFT_ERR_MAX 2e-5
#define CONFIDENCE_MAX 99.0
/* Under this the last seconds do not bear the lock out any longer, once there were so many of them. */
#define KEEP_DECADES 3.0
#define KEEP_AFTER_S 8.0

struct as_meter *as_meter_new(const struct as_meter_config *cfg, struct as_error *err)
{
	struct as_meter *m = calloc(1, sizeof *m);

	if (m) {
		m->cfg = *cfg;
		m->heard = as_heard_new(KEEP_S);
		m->seeker = as_seeker_new(cfg->max_speed);
		m->follower = as_follower_new();
		m->last_lag_s = m->last_t_s = m->p_found = NAN;
		m->unlike = SAY_AMBIGUOUS;
	}
	if (m && m->heard && m->seeker && m->follower)
		return m;
	as_meter_free(m);
	as_fail(err, AS_ERR_MEMORY, "the meter: out of memory");
	return NULL;
}

void as_meter_free(struct as_meter *m)
{
	if (!m)
		return;
	as_heard_free(m->heard);
	as_seeker_free(m->seeker);
	as_follower_free(m->follower);
	free(m);
}

/* ---- places ---- */

static enum as_status lock(struct as_meter *m, const struct as_scene *s, const atomic_bool *cancel, struct as_place *p,
			   struct as_error *err)
{
	struct as_look l = as_meter_look(m, s, cancel);
	enum as_status st = m->swap || !(m->cfg.max_speed > 0) ? AS_OK : as_seeker_refine(m->seeker, &l, p, err);

	if (st)
		return st;
	if (!as_follower_start(m->follower, s, p, m->placed))
		return as_fail(err, AS_ERR_MEMORY, "the meter: out of memory");
	m->state = AS_LIVE_LOCKED;
	m->placed = true;
	m->ref_from = as_meter_passed(m, s);
	m->doubt = 0;
	m->evidence = p->score;
	m->found_t_s = as_scene_cap_s(s, (double)(s->cap_first + s->cap.n));
	as_meter_begin_search(m);
	return AS_OK;
}

/* ---- holes ---- */

/* Whatever comes behind one may be anything: until that is where it would be if nothing had changed, or elsewhere, there is no lag. from: of
 * the capture, the first sample that tells. */
static void doubt_all(struct as_meter *m, int64_t missing, double from)
{
	bool locked = m->state == AS_LIVE_LOCKED;

	if (locked)
		m->state = AS_LIVE_LOST;
	/* Short ones are in the midst of a search; a pause is the end of it, as silence is. */
	if (locked || (double)missing >= QUIET_STEPS * STEP_SAMPLES)
		as_meter_begin_search(m);
	/* Nor was anything heard in it. */
	if ((double)missing >= QUIET_STEPS * STEP_SAMPLES)
		m->quiet = QUIET_STEPS - 1;
	m->active_s = 0;
	m->found_t_s = -INFINITY;
	if (m->placed)
		as_follower_resume(m->follower, from);
}

void as_meter_feed(struct as_meter *m, const float *v, int n)
{
	if (m->missing >= AS_HOLE_SAMPLES) {
		m->cap_from = as_heard_fed(m->heard);
		doubt_all(m, m->missing, (double)m->cap_from);
	}
	m->missing = 0;
	as_heard_feed(m->heard, v, n);
}

void as_meter_gap(struct as_meter *m, int64_t n)
{
	m->missing += n;
	as_heard_gap(m->heard, n);
}

static void mind_holes(struct as_meter *m, struct as_scene *s)
{
	int64_t from, to, before = m->ref_from;

	s->cap_from = (double)m->cap_from;
	if (as_reference_hole(s->reference, INFINITY, &from, &to)) {
		s->ref_from = (double)to;
		s->cap_from = fmax(s->cap_from, as_scene_cap_at(s, as_scene_ref_s(s, s->ref_from)));
	}
	m->ref_from = as_meter_passed(m, s);
	if (m->ref_from > before) {
		double at_s = as_scene_ref_s(s, (double)m->ref_from), lag_s = as_follower_lag(m->follower, at_s);
		doubt_all(m, AS_HOLE_SAMPLES, as_scene_cap_at(s, at_s + lag_s));
	}
}

/* ---- the state ---- */

static void hear(struct as_meter *m, const struct as_scene *s)
{
	int64_t n = s->cap.n < QUIET_N ? s->cap.n : QUIET_N;
	bool quiet = as_heard_level_db(m->heard) < QUIET_DB ||
		     (n == QUIET_N && as_signal_energy(&s->cap, s->cap.n - n, n) < QUIET_POWER * (double)n);

	if (quiet) {
		m->quiet++;
		if (m->quiet >= QUIET_STEPS)
			m->state = AS_LIVE_SILENT;
		return;
	}
	m->quiet = 0;
	if (m->state == AS_LIVE_SILENT || m->state == AS_LIVE_WAITING) {
		m->state = m->placed ? AS_LIVE_LOST : AS_LIVE_SEARCHING;
		as_meter_begin_search(m);
	}
	m->active_s += AS_METER_STEP_S;
}

static double log_places(const struct as_scene *s)
{
	return log(1.0 + (double)s->ref.n / (0.05 * AS_METER_RATE_HZ));
}

static bool borne_out(const struct as_meter *m, const struct as_scene *s)
{
	double now = as_scene_cap_s(s, (double)(s->cap_first + s->cap.n));

	return now - m->found_t_s < KEEP_AFTER_S || as_follower_evidence(m->follower, log_places(s)) >= KEEP_DECADES * M_LN10;
}

static void follow_on(struct as_meter *m, const struct as_scene *s)
{
	if (m->state != AS_LIVE_LOCKED) {
		m->found_t_s = as_scene_cap_s(s, (double)(s->cap_first + s->cap.n));
		m->evidence = as_follower_evidence(m->follower, log_places(s)) / M_LN10;
	}
	m->state = AS_LIVE_LOCKED;
	m->doubt = 0;
	as_meter_begin_search(m);
}

/* Locked: still there? True: look elsewhere. */
static bool follow(struct as_meter *m, const struct as_scene *s, bool *memory)
{
	bool lost = m->state != AS_LIVE_LOCKED;
	struct as_scene now = *s;

	as_meter_drop_before(&now.ref, &now.ref_first, (double)m->ref_from);
	switch (as_follower_look(m->follower, &now, lost)) {
	case AS_FOLLOW_OK:
		if (!borne_out(m, s))
			break;
		follow_on(m, s);
		return false;
	case AS_FOLLOW_QUIET:
		return lost;
	case AS_FOLLOW_MEMORY:
		*memory = true;
		return false;
	case AS_FOLLOW_DOUBT:
	case AS_FOLLOW_MISS:
		break;
	}
	if (++m->doubt == 1 && !lost)
		as_meter_begin_search(m);
	if (m->doubt >= LOST_STEPS)
		m->state = AS_LIVE_LOST;
	return true;
}

/* A place that was heard before a hole of the reference says nothing of what is heard behind it. */
static bool before_hole(const struct as_scene *s, const struct as_place *p)
{
	double newest = p->ref + ((double)(s->cap_first + s->cap.n) - p->cap) * p->speed;
	int64_t from, to;

	return as_reference_hole(s->reference, newest, &from, &to) && p->ref < (double)to;
}

/* A new place that is the old one, found again by the search while the follower doubts, changes nothing. */
static bool elsewhere(const struct as_meter *m, const struct as_scene *s, const struct as_place *p)
{
	double t = as_scene_cap_s(s, p->cap), lag = t - as_scene_ref_s(s, p->ref);

	return m->state != AS_LIVE_LOCKED || fabs(lag - as_follower_lag(m->follower, t)) > 0.01;
}

static enum as_status advance(struct as_meter *m, const struct as_scene *s, const atomic_bool *cancel, struct as_error *err)
{
	struct as_place p;
	bool search = m->state != AS_LIVE_SILENT, memory = false;

	if (search && m->placed)
		search = follow(m, s, &memory);
	if (memory)
		return as_fail(err, AS_ERR_MEMORY, "the meter: out of memory");
	if (!search || m->quiet)
		return AS_OK;
	enum as_status st = as_meter_seek(m, s, cancel, &p, err);
	if (!st && p.found && elsewhere(m, s, &p) && !before_hole(s, &p))
		st = lock(m, s, cancel, &p, err);
	return st;
}

/* ---- the reading ---- */

static void tell_lock(struct as_meter *m, const struct as_scene *s, struct as_live_reading *out)
{
	double lag = as_follower_lag(m->follower, out->t_s), drift_err, err = as_follower_err(m->follower, out->t_s);
	double drift = as_follower_drift(m->follower, &drift_err);
	double decades = as_follower_evidence(m->follower, log_places(s)) / M_LN10;

	if (out->t_s - m->found_t_s < 2.0)
		decades = fmax(decades, m->evidence);
	out->lag_ms = lag * 1e3;
	out->lag_err_ms = err * 1e3;
	out->position_s = out->t_s - lag;
	if (drift_err < DRIFT_ERR_MAX) {
		out->drift_ppm = drift * 1e6;
		out->drift_err_ppm = drift_err * 1e6;
	}
	out->confidence = fmin(decades, CONFIDENCE_MAX);
	out->p_false = pow(10, -out->confidence);
	m->last_lag_s = lag;
	m->last_t_s = out->t_s;
}

static void tell(struct as_meter *m, const struct as_scene *s, struct as_live_reading *out)
{
	*out = (struct as_live_reading){.t_s = as_scene_cap_s(s, (double)as_heard_fed(m->heard)), .state = m->state,
					.lag_ms = NAN, .lag_err_ms = NAN, .calibrated_lag_ms = NAN, .position_s = NAN,
					.drift_ppm = NAN, .drift_err_ppm = NAN, .p_false = NAN,
					.no_match = m->no_match, .ambiguous = !m->no_match && m->unlike < SAY_AMBIGUOUS,
					.level_db = as_heard_level_db(m->heard)};
	if (m->state == AS_LIVE_LOCKED)
		tell_lock(m, s, out);
	else if (m->p_found > 0 && m->state != AS_LIVE_SILENT && !out->ambiguous) {
		out->confidence = fmin(m->p_found, CONFIDENCE_MAX);
		out->p_false = pow(10, -out->confidence);
	}
	out->last_lag_ms = m->last_lag_s * 1e3;
	out->last_t_s = m->last_t_s;
}

enum as_status as_meter_step(struct as_meter *m, struct as_reference *ref, const struct as_meter_time *cap,
			     const struct as_meter_time *ref_time, const atomic_bool *cancel,
			     struct as_live_reading *out, struct as_error *err)
{
	struct as_scene s = {.cap_time = *cap, .ref_stream = as_reference_is_stream(ref), .reference = ref};
	enum as_status st = AS_OK;

	s.cap = as_heard_view(m->heard, &s.cap_first);
	s.ref = as_reference_view(ref, &s.ref_first);
	s.ref_whole = s.ref_stream || as_reference_complete(ref);
	s.ref_time = ref_time ? *ref_time : (struct as_meter_time){0, 0, AS_METER_RATE_HZ};
	as_meter_drop_before(&s.cap, &s.cap_first, (double)m->cap_from);
	mind_holes(m, &s);
	hear(m, &s);
	if (s.ref.n > 0)
		st = advance(m, &s, cancel, err);
	tell(m, &s, out);
	return st;
}

const char *as_live_state_name(enum as_live_state s)
{
	static const char *const names[] = {"waiting", "searching", "locked", "lost", "silent", "paused"};

	return s >= AS_LIVE_WAITING && s <= AS_LIVE_PAUSED ? names[s] : "";
}
