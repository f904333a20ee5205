/* Looks for other speeds than the usual one, and at a place for the speed that fits it best. */
#include <math.h>
#include <string.h>

#include "live/seek_private.h"

#define FINE_N (2 * RATE_HZ)
#define COARSE_STEPS 6
#define FINE_STEPS 5
/* Reference samples times windows that the looks for other speeds may go over at once: some 100 ms of work. */
#define SPEED_COST (600.0 * RATE_HZ * 6)
/* A place's speed is sought with lags so far around it, and what is found is the same place within so much. */
#define FINE_NEAR_S 1.2
#define SAME_S 4e-3
/* Nearly everything runs at the speed that it should have. */
#define USUAL 1.5

static int n_speeds(const struct as_seeker *s)
{
	return 2 * (int)floor(s->max_speed / SPEED_STEP + 0.5);
}

/* 0: the smallest change, then always the next larger one, slower and faster by turns. */
static double speed_of(int i)
{
	double change = (i / 2 + 1) * SPEED_STEP;

	return i % 2 ? 1 - change : 1 + change;
}

static int speeds_at_once(const struct as_look *l)
{
	int n = (int)(SPEED_COST / fmax(1.0, (double)l->ref.n));

	return n < 1 ? 1 : n > SPEEDS_AT_ONCE ? SPEEDS_AT_ONCE : n;
}

int as_seeker_speed_calls(const struct as_seeker *s, const struct as_look *l)
{
	return (n_speeds(s) + speeds_at_once(l) - 1) / speeds_at_once(l);
}

/* The newest n samples at the reference's speed against the lags of l. */
static enum as_status compare(struct as_seeker *s, const struct as_look *l, double speed, int n, struct as_probe_result *result,
			      struct window *w, struct as_error *err)
{
	struct as_probe probe = {.at = 0, .n = n};
	int64_t from, to;

	*w = (struct window){.middle = (double)l->cap.n - 0.5 * n / speed, .n = n, .speed = speed};
	result->n_peaks = 0;
	const int8_t *v = as_stretcher_run(s->stretcher, &l->cap, w->middle, n, speed);
	if (!v)
		return as_fail(err, AS_ERR_MEMORY, "out of memory");
	as_seek_bounds(l, n, &from, &to);
	if (to <= from)
		return AS_OK;
	w->signal = (struct as_signal){.v = v, .n = n, .rate_hz = RATE_HZ};
	return as_correlate_probes(s->correlator, &l->ref, &w->signal, &probe, 1, from, to, as_seek_mean_power(l), l->cancel, NULL, result, err);
}

/* The strongest place of a look that is `found` again: heard a moment earlier or later, at a speed a little other. -1: none. Of a note that is held
 * now, the strongest may be some periods off. */
static int same_place(const struct as_look *l, const struct as_place *found, const struct window *w, const struct as_probe_result *r)
{
	double apart = found->cap - ((double)l->cap_first + w->middle), reach = SAME_S * RATE_HZ + 0.5 * found->n * fabs(w->speed - found->speed);

	for (int i = 0; i < r->n_peaks; i++) {
		double ref = (double)l->ref_first + (double)r->peaks[i].lag + 0.5 * w->n + apart * w->speed;
		if (fabs(ref - found->ref) < reach)
			return i;
	}
	return -1;
}

/* The best of 2 * steps + 1 speeds around p's for the place that was found, which another one has to beat by `favour`; it stays found, with its
 * score. How much is shared is compared, not the evidence: that of a few seconds of lags depends on what else is there, which is another thing at
 * each speed. */
static enum as_status refine(struct as_seeker *s, const struct as_look *near, const struct as_place *found, double step, int steps,
			     double favour, int n, struct as_place *p, struct as_error *err)
{
	const double middle = p->speed;
	double best = 0;

	for (int k = -steps; k <= steps; k++) {
		struct as_probe_result result;
		struct as_alikeness a;
		struct window w;
		enum as_status st = compare(s, near, middle + k * step, n, &result, &w, err);
		if (st)
			return st;
		int i = same_place(near, found, &w, &result);
		if (i < 0)
			continue;
		if (!as_alike_look(s->alike, &w.signal, w.at, &near->ref, w.at + result.peaks[i].lag, n, &a))
			return as_fail(err, AS_ERR_MEMORY, "out of memory");
		double shared = a.rho * a.rho * (k == 0 ? favour : 1);
		if (shared <= best)
			continue;
		best = shared;
		p->cap = (double)near->cap_first + w.middle;
		p->ref = (double)near->ref_first + (double)result.peaks[i].lag + 0.5 * n;
		p->n = n;
		p->speed = w.speed;
		p->rho = fabs(a.rho);
	}
	return AS_OK;
}

enum as_status as_seeker_refine(struct as_seeker *s, const struct as_look *l, struct as_place *p, struct as_error *err)
{
	const struct as_place found = *p;
	struct as_look near = *l;
	int n = p->n < FINE_N / 2 ? p->n : FINE_N / 2;
	int more = p->n > FINE_N ? FINE_N : p->n < SPEED_N && l->active_s > 1.0 ? SPEED_N : p->n;

	near.expected_ref = p->ref + ((double)(l->cap_first + l->cap.n) - p->cap) * p->speed;
	near.near_s = FINE_NEAR_S;
	double favour = p->speed == 1 ? USUAL : 1;
	double middle;
	/* Until none around it is better. */
	do {
		middle = p->speed;
		enum as_status st = refine(s, &near, &found, SPEED_STEP, COARSE_STEPS, favour, n, p, err);
		if (st || p->speed == 1)
			return st;
		favour = 1;
	} while (fabs(p->speed - middle) > SPEED_STEP / 2 && fabs(p->speed - 1) < s->max_speed);
	return refine(s, &near, &found, SPEED_STEP / FINE_STEPS, FINE_STEPS, 1, more, p, err);
}

/* The newest second at n speeds, the next of the round, against all of the reference in one pass. */
static enum as_status compare_speeds(struct as_seeker *s, const struct as_look *l, int n, struct as_probe_result *results,
				     struct window *windows, struct as_error *err)
{
	const struct as_signal bank = {.v = s->bank, .n = (int64_t)n * SPEED_N, .rate_hz = RATE_HZ};
	struct as_probe probes[SPEEDS_AT_ONCE];

	for (int i = 0; i < n; i++) {
		struct window *w = &windows[i];
		double speed = speed_of((s->next_speed + i) % n_speeds(s));
		int64_t at = (int64_t)i * SPEED_N;

		*w = (struct window){(double)l->cap.n - 0.5 * SPEED_N / speed, speed, bank, at, SPEED_N};
		const int8_t *v = as_stretcher_run(s->stretcher, &l->cap, w->middle, SPEED_N, speed);
		if (!v)
			return as_fail(err, AS_ERR_MEMORY, "out of memory");
		memcpy(s->bank + at, v, SPEED_N);
		probes[i] = (struct as_probe){.at = at, .n = SPEED_N};
	}
	return as_correlate_probes(s->correlator, &l->ref, &bank, probes, n, -bank.n, l->ref.n, as_seek_mean_power(l), l->cancel, NULL,
				   results, err);
}

/* At its own speed: between two of those that were tried a place is clearer, and what it shares with others of its like is another thing. */
static enum as_status look_again(struct as_seeker *s, const struct as_look *l, struct as_place *p, struct as_error *err)
{
	struct as_probe_result result;
	struct window w;
	enum as_status st = as_seeker_refine(s, l, p, err);

	if (!st)
		st = compare(s, l, p->speed, SPEED_N, &result, &w, err);
	s->looks++;
	if (!st && !as_seek_place(s, l, &w, &result, p))
		st = as_fail(err, AS_ERR_MEMORY, "out of memory");
	return st;
}

static enum as_status judge_speed(struct as_seeker *s, const struct as_look *l, const struct window *w,
				  const struct as_probe_result *result, struct as_place *out, struct as_error *err)
{
	enum as_status st = AS_OK;
	struct as_place p;

	if (!as_seek_place(s, l, w, result, &p))
		return as_fail(err, AS_ERR_MEMORY, "out of memory");
	if (p.score >= l->least_score && !p.ambiguous)
		st = look_again(s, l, &p, err);
	as_seek_judge(s, l, &p);
	as_seek_keep_best(out, &p);
	return st;
}

enum as_status as_seeker_look_speeds(struct as_seeker *s, const struct as_look *l, struct as_place *out, struct as_error *err)
{
	struct as_probe_result results[SPEEDS_AT_ONCE];
	struct window windows[SPEEDS_AT_ONCE];
	int all = n_speeds(s), n = speeds_at_once(l) < all ? speeds_at_once(l) : all;

	*out = (struct as_place){.speed = 1};
	if (all == 0 || l->cap.n < 2 * SPEED_N || l->ref.n < SPEED_N)
		return AS_OK;
	enum as_status st = compare_speeds(s, l, n, results, windows, err);
	s->looks += n;
	s->next_speed = (s->next_speed + n) % all;
	for (int i = 0; !st && i < n; i++)
		st = judge_speed(s, l, &windows[i], &results[i], out, err);
	return st;
}
