/* The meter's search: what looks are made, how often, and what they have in common. */
#include <math.h>

#include "live/meter_private.h"
#include "live/reference.h"

#define SLICE_S 8.0            /* a look hears so much at most */
/* Around where it was, before the whole of a long reference is looked at. */
#define NEAR_S 60.0
#define NEAR_FOR_S 10.0
/* A plain look at 10 minutes takes three windows; a search may take about a quarter of one core at first. */
#define LOOK_S 0.2
/* Later on, when a window hears six seconds and little that the one before did not. */
#define LATER_LOOK_S 0.4
#define LATER_S 8.0
#define COST_A_SECOND (600.0 * AS_METER_RATE_HZ * 3 * 5)
/* Once it is said that there is no match. */
#define PATIENT_LOOK_S 3.0
#define PATIENT_SHARE 5.0      /* of what it may take at first, a fifth */
#define SPEEDS_AFTER_S 3.0
#define SPEEDS_EVERY_S 90.0    /* all of them, once no match has been said */
/* A look that says so much may be the beginning of a find. */
#define HOPE_DECADES 3.0

void as_meter_begin_search(struct as_meter *m)
{
	as_seeker_begin(m->seeker);
	m->active_s = m->to_look_s = 0;
	m->to_speeds_s = SPEEDS_AFTER_S;
	m->best = m->hopeless_s = 0;
	m->no_match = m->ambiguous = false;
	m->unlike = SAY_AMBIGUOUS;
	m->p_found = NAN;
}

double as_meter_expected(const struct as_meter *m, const struct as_scene *s)
{
	double t = as_scene_cap_s(s, (double)(s->cap_first + s->cap.n));

	return m->placed ? as_scene_ref_at(s, t - as_follower_lag(m->follower, t)) : NAN;
}

void as_meter_drop_before(struct as_signal *v, int64_t *first, double sample)
{
	int64_t n = (int64_t)fmin(fmax(0, ceil(sample - (double)*first)), (double)v->n);

	v->v += n;
	v->n -= n;
	*first += n;
}

int64_t as_meter_passed(const struct as_meter *m, const struct as_scene *s)
{
	int64_t from, to;

	return m->placed && as_reference_hole(s->reference, as_meter_expected(m, s), &from, &to) ? to : 0;
}

struct as_look as_meter_look(const struct as_meter *m, const struct as_scene *s, const atomic_bool *cancel)
{
	struct as_look l = {.cap = s->cap, .ref = s->ref, .cap_first = s->cap_first, .ref_first = s->ref_first,
			    .active_s = m->active_s, .expected_ref = as_meter_expected(m, s), .least_score = m->cfg.lock_confidence,
			    .proven = m->placed && m->active_s < NEAR_FOR_S, .patient = m->no_match, .cancel = cancel};
	double from = (double)(s->cap_first + s->cap.n) - SLICE_S * AS_METER_RATE_HZ;

	as_meter_drop_before(&l.cap, &l.cap_first, fmax(from, s->cap_from));
	return l;
}

/* The other way round: the newest of the reference in all that was captured. */
static struct as_look swapped(const struct as_meter *m, const struct as_scene *s, const atomic_bool *cancel)
{
	struct as_scene other = {.cap = s->ref, .ref = s->cap, .cap_first = s->ref_first, .ref_first = s->cap_first,
				 .cap_time = s->ref_time, .ref_time = s->cap_time, .cap_from = s->ref_from};
	struct as_look l = as_meter_look(m, &other, cancel);

	l.expected_ref = NAN;
	return l;
}

static void swap_place(struct as_place *p)
{
	double cap = p->cap;

	p->cap = p->ref;
	p->ref = cap;
	p->speed = 1 / p->speed;
}

/* Doubted or lost a moment ago: near where it was first, and every time, since it costs little. */
static enum as_status look_near(struct as_meter *m, const struct as_scene *s, const atomic_bool *cancel, struct as_place *p,
				struct as_error *err)
{
	struct as_look l = as_meter_look(m, s, cancel);

	*p = (struct as_place){.speed = 1};
	l.near_s = NEAR_S;
	if (!m->placed || m->active_s > NEAR_FOR_S || l.ref.n < 3 * (int64_t)(NEAR_S * AS_METER_RATE_HZ))
		return AS_OK;
	return as_seeker_look(m->seeker, &l, p, err);
}

static enum as_status look_far(struct as_meter *m, const struct as_scene *s, const atomic_bool *cancel, struct as_place *p,
			       struct as_error *err)
{
	m->swap = s->ref_stream && !m->swap;
	struct as_look l = m->swap ? swapped(m, s, cancel) : as_meter_look(m, s, cancel);
	enum as_status st = as_seeker_look(m->seeker, &l, p, err);
	const bool later = m->active_s > LATER_S;
	double wait = m->no_match ? PATIENT_LOOK_S : later ? LATER_LOOK_S : LOOK_S, share = m->no_match ? PATIENT_SHARE : later ? 2 : 1;

	if (m->swap)
		swap_place(p);
	m->to_look_s = fmax(wait, share * as_seeker_cost(&l) / COST_A_SECOND);
	return st;
}

static enum as_status look_speeds(struct as_meter *m, const struct as_scene *s, const atomic_bool *cancel, struct as_place *p,
				  struct as_error *err)
{
	struct as_look l = as_meter_look(m, s, cancel);
	double every = m->no_match ? SPEEDS_EVERY_S / as_seeker_speed_calls(m->seeker, &l) : 0;

	m->to_speeds_s = fmax(every, 0.3);
	return as_seeker_look_speeds(m->seeker, &l, p, err);
}

enum as_status as_meter_seek(struct as_meter *m, const struct as_scene *s, const atomic_bool *cancel, struct as_place *best,
			   struct as_error *err)
{
	struct as_place p;
	enum as_status st = look_near(m, s, cancel, best, err);

	m->to_look_s -= AS_METER_STEP_S;
	m->to_speeds_s -= AS_METER_STEP_S;
	if (!st && !best->found && m->to_look_s < AS_METER_STEP_S / 2) {
		st = look_far(m, s, cancel, &p, err);
		if (!st && (p.found || p.score > best->score))
			*best = p;
	}
	m->best = fmax(m->best, best->score);
	/* What fits at the speed that it should have, if in too many places, is not to be found at another one. */
	if (!st && !best->found && !(m->ambiguous && m->best >= m->cfg.lock_confidence) && m->to_speeds_s < AS_METER_STEP_S / 2) {
		st = look_speeds(m, s, cancel, &p, err);
		if (!st && (p.found || p.score > best->score))
			*best = p;
	}
	m->hopeless_s = best->score >= HOPE_DECADES ? 0 : m->hopeless_s + AS_METER_STEP_S;
	m->no_match = s->ref_whole && m->hopeless_s >= m->cfg.no_match_s;
	m->ambiguous = !m->no_match && (best->ambiguous || (m->ambiguous && best->score < HOPE_DECADES));
	if (best->ambiguous)
		m->unlike = 0;
	else if (best->score >= HOPE_DECADES && m->unlike < SAY_AMBIGUOUS)
		m->unlike++;
	if (best->score > 0)
		m->p_found = best->score;
	return st;
}
