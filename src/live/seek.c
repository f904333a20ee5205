#include "live/seek.h"

#include <math.h>
#include <stdlib.h>
#include <string.h>

#include "dsp/correlate.h"
#include "live/alike.h"
#include "live/stretch.h"

enum {
	RATE_HZ = 8000,
	WINDOWS = 3,
	SPEED_N = RATE_HZ,        /* window of the looks for other speeds */
	SPEEDS_AT_ONCE = 16,
	FINE_N = 2 * RATE_HZ,
	COARSE_STEPS = 6, FINE_STEPS = 5,
	RECENT = 32,
};

/* From one speed to the next: over SPEED_N the peak smears by a quarter of a millisecond at most. */
#define SPEED_STEP 5e-4
/* Another place whose evidence comes this near to the best one's, in standard deviations of what noise does to their difference, is as
 * good as it: music repeats itself, and the true place fits better by as much as the repeats are not the same. */
#define RIVAL_SIGMAS 4.0
#define RIVAL_DECADES 2.0
/* … unless the window itself tells them apart by so much, and by as many deviations. */
#define LEAD_DECADES 3.0
/* Two looks that have no sound in common and agree this well make a find of less. */
#define AGREE_S 5e-3
#define AGREE_DECADES 3.0
/* Under this it may be a sound that two pieces have in common, a sample of a drum: one look alone is not enough. Fainter still, or where
 * the reference has more of the like, the two have to be so far apart that they are not of one loop of it. */
#define CLEAR_RHO 0.2
#define FAINT_RHO 0.13
#define LOOP_S 5.0
/* A place that goes on where the last one was is the likelier of two. */
#define GO_ON_S 0.03
/* Reference samples times windows that the looks for other speeds may go over at once: some 100 ms of work. */
#define SPEED_COST (600.0 * RATE_HZ * 6)

/* A place's speed is sought with lags so far around it, and what is found is the same place within so much. */
#define FINE_NEAR_S 1.2
#define SAME_S 4e-3
/* Nearly everything runs at the speed that it should have. */
#define USUAL 1.5

struct as_seeker {
	struct as_correlator *correlator;
	struct as_stretcher *stretcher;
	struct as_alike *alike;
	int8_t *bank;             /* SPEEDS_AT_ONCE windows of SPEED_N, each at its speed */
	double max_speed;
	int64_t looks;            /* windows compared since the search began */
	int next_speed;
	struct as_place recent[RECENT];
	int n_recent;
};

struct as_seeker *as_seeker_new(double max_speed)
{
	struct as_seeker *s = calloc(1, sizeof *s);

	if (!s)
		return NULL;
	s->max_speed = max_speed;
	s->correlator = as_correlator_new();
	s->stretcher = as_stretcher_new();
	s->alike = as_alike_new();
	s->bank = malloc((size_t)SPEEDS_AT_ONCE * SPEED_N);
	if (s->correlator && s->stretcher && s->alike && s->bank)
		return s;
	as_seeker_free(s);
	return NULL;
}

void as_seeker_free(struct as_seeker *s)
{
	if (!s)
		return;
	as_correlator_free(s->correlator);
	as_stretcher_free(s->stretcher);
	as_alike_free(s->alike);
	free(s->bank);
	free(s);
}

void as_seeker_begin(struct as_seeker *s)
{
	s->looks = 0;
	s->n_recent = 0;
	s->next_speed = 0;
}

/* Windows that grow with what there is to hear: short ones find soon, and just behind a jump; long ones find under noise. */
static int choose_windows(const struct as_look *l, int *n)
{
	static const double lengths[][WINDOWS] = {{0.75, 1.5, 3.0}, {1.0, 2.0, 4.0}, {1.5, 3.0, 6.0}, {2.0, 5.0}};
	const double *of = lengths[l->patient ? 3 : l->active_s < 3 ? 0 : l->active_s < 8 ? 1 : 2];
	int count = 0;

	for (int i = 0; i < WINDOWS && of[i] > 0; i++) {
		n[count] = (int)(of[i] * RATE_HZ);
		if (n[count] <= l->cap.n && (of[i] <= l->active_s + 0.5 || count == 0))
			count++;
	}
	return count;
}

double as_seeker_cost(const struct as_look *l)
{
	double n = (double)l->ref.n;

	if (l->near_s > 0)
		n = fmin(n, 2 * l->near_s * RATE_HZ);
	return n * WINDOWS;
}

/* ---- what a look says ---- */

struct window {
	double middle;            /* in the capture's view */
	double speed;
	struct as_signal signal;  /* samples [at, at + n) of it are the window, at the reference's speed */
	int64_t at;
	int n;
};

/* By the law of the whole search: evidence is half the square of what noise moves by 1. */
static bool is_rival(const struct as_probe_result *r, int i)
{
	double best = r->peaks[0].evidence, other = r->peaks[i].evidence;

	return best - other < RIVAL_SIGMAS * sqrt(2 * (best + other)) && other - r->log_blocks >= RIVAL_DECADES * M_LN10;
}

/* Of the peaks, the one to believe: the strongest, but the one that goes on where the last was if that is about as good. */
static int choose_peak(const struct as_look *l, const struct window *w, const struct as_probe_result *r, bool *ambiguous)
{
	int rivals = 0, goes_on = -1;

	for (; rivals < r->n_peaks && is_rival(r, rivals); rivals++) {
		double ref = (double)l->ref_first + (double)r->peaks[rivals].lag + (double)w->at + 0.5 * w->n;
		double newest = ref + ((double)l->cap.n - w->middle) * w->speed;
		if (goes_on < 0 && fabs(newest - l->expected_ref) < GO_ON_S * RATE_HZ)
			goes_on = rivals;
	}
	*ambiguous = rivals > 1 && goes_on < 0;
	return goes_on > 0 ? goes_on : 0;
}

/* Whether the window itself tells that it is at the first peak rather than at peak k: two places that the whole search cannot tell apart may
 * differ by enough. */
static bool leads(const struct as_look *l, const struct window *w, const struct as_probe_result *r, int k, double worth)
{
	struct as_lead lead = as_alike_lead(&w->signal, w->at, &l->ref, w->at + r->peaks[0].lag, w->at + r->peaks[k].lag, w->n, worth);

	return lead.nats > LEAD_DECADES * M_LN10 && lead.nats > RIVAL_SIGMAS * lead.sigma;
}

static bool leads_all(const struct as_look *l, const struct window *w, const struct as_probe_result *r, double worth)
{
	for (int k = 1; k < r->n_peaks && is_rival(r, k); k++)
		if (!leads(l, w, r, k, worth))
			return false;
	return true;
}

/* A search knows how alike such a window is to the rest of the reference; of what is at this very place it takes a closer look. */
static bool look_closer(struct as_seeker *s, const struct as_look *l, const struct window *w, const struct as_probe_result *r, int *i,
			double log_tries, struct as_place *p)
{
	struct as_alikeness a;

	if (!as_alike_look(s->alike, &w->signal, w->at, &l->ref, w->at + r->peaks[*i].lag, w->n, &a))
		return false;
	if (*i > 0 && leads(l, w, r, *i, a.worth)) {
		/* It would go on there, but it does not. */
		p->ambiguous = true;
		*i = 0;
		if (!as_alike_look(s->alike, &w->signal, w->at, &l->ref, w->at + r->peaks[0].lag, w->n, &a))
			return false;
	}
	p->rivalled = p->ambiguous;
	p->ambiguous = p->ambiguous && !leads_all(l, w, r, a.worth);
	p->score = fmin(p->score, (a.evidence - log_tries - log(AS_BLOCK_SAMPLES / 2)) / M_LN10);
	if (as_alike_is_note(&a)) {
		/* A note is heard, and there is such a note: that is hope, and no more. */
		p->ambiguous = true;
		p->score = fmin(p->score, AGREE_DECADES);
	}
	p->rho = fabs(a.rho);
	return true;
}

/* False when out of memory. */
static bool place_of(struct as_seeker *s, const struct as_look *l, const struct window *w, const struct as_probe_result *r,
		     struct as_place *p)
{
	double log_tries = r->log_blocks + log((double)s->looks);

	*p = (struct as_place){.cap = (double)l->cap_first + w->middle, .n = w->n, .speed = w->speed};
	if (r->n_peaks == 0)
		return true;
	int i = choose_peak(l, w, r, &p->ambiguous);
	p->score = ((double)r->peaks[0].evidence - log_tries) / M_LN10;
	if (p->score >= AGREE_DECADES && !look_closer(s, l, w, r, &i, log_tries, p))
		return false;
	p->ref = (double)l->ref_first + (double)r->peaks[i].lag + (double)w->at + 0.5 * w->n;
	return true;
}

static double lag_of(const struct as_place *p)
{
	return p->cap - p->ref;
}

static bool same_lag(const struct as_place *p, const struct as_place *q)
{
	double moved = lag_of(p) - lag_of(q) - (1 - p->speed) * (p->cap - q->cap);

	return fabs(p->speed - q->speed) < SPEED_STEP / 2 && fabs(moved) < AGREE_S * RATE_HZ;
}

/* Samples between what the two heard; under 0: in common. */
static double apart(const struct as_place *p, const struct as_place *q)
{
	return fabs(p->cap - q->cap) - 0.5 * (p->n + q->n);
}

/* Whether an earlier look of this search that heard other sound says the same. */
static bool agrees(const struct as_seeker *s, const struct as_place *p)
{
	for (int i = 0; i < s->n_recent; i++) {
		const struct as_place *q = &s->recent[i];
		double least = p->rivalled || fmin(p->rho, q->rho) < FAINT_RHO ? LOOP_S * RATE_HZ : 0;

		if (same_lag(p, q) && apart(p, q) >= least)
			return true;
	}
	return false;
}

/* Of looks that say the same of the same sound, the first and what is clearer than it. */
static void remember(struct as_seeker *s, const struct as_place *p)
{
	for (int i = 0; i < s->n_recent; i++)
		if (same_lag(p, &s->recent[i]) && apart(p, &s->recent[i]) < 0 && s->recent[i].rho >= p->rho)
			return;
	if (s->n_recent == RECENT)
		memmove(s->recent, s->recent + 1, sizeof s->recent[0] * (size_t)--s->n_recent);
	s->recent[s->n_recent++] = *p;
}

static void judge(struct as_seeker *s, const struct as_look *l, struct as_place *p)
{
	bool enough = p->score >= l->least_score && ((p->rho >= CLEAR_RHO && !p->rivalled) || l->proven);

	if (!p->ambiguous && !enough && p->score >= AGREE_DECADES)
		enough = agrees(s, p);
	p->found = enough && !p->ambiguous;
	if (p->score >= AGREE_DECADES && !p->ambiguous)
		remember(s, p);
}

/* The best of some windows. An ambiguous one yields to one that is not and would do. */
static void keep_best(struct as_place *best, const struct as_place *p)
{
	if (p->found > best->found || (p->found == best->found && p->score > best->score))
		*best = *p;
}

/* ---- looking ---- */

static double mean_power(const struct as_look *l)
{
	double sum = l->ref.energy > 0 ? l->ref.energy : as_signal_energy(&l->ref, 0, l->ref.n);

	return l->ref.n > 0 ? sum / (double)l->ref.n : 0;
}

/* Lags at which a window whose newest sample is `end` of its source meets the reference where it may. */
static void bounds(const struct as_look *l, int64_t end, int64_t *from, int64_t *to)
{
	int64_t centre = (int64_t)llrint(l->expected_ref - (double)l->ref_first) - end, reach = (int64_t)(l->near_s * RATE_HZ);

	*from = -end;
	*to = l->ref.n;
	if (!(l->near_s > 0))
		return;
	*from = centre - reach > *from ? centre - reach : *from;
	*to = centre + reach < *to ? centre + reach : *to;
}

enum as_status as_seeker_look(struct as_seeker *s, const struct as_look *l, struct as_place *out, struct as_error *err)
{
	struct as_probe probes[WINDOWS];
	struct as_probe_result results[WINDOWS];
	int n[WINDOWS], count = choose_windows(l, n);
	int64_t from, to;

	*out = (struct as_place){.speed = 1};
	bounds(l, l->cap.n, &from, &to);
	if (count == 0 || l->ref.n < RATE_HZ / 2 || to <= from)
		return AS_OK;
	for (int i = 0; i < count; i++)
		probes[i] = (struct as_probe){.at = l->cap.n - n[i], .n = n[i]};
	enum as_status st = as_correlate_probes(s->correlator, &l->ref, &l->cap, probes, count, from, to, mean_power(l), l->cancel,
						NULL, results, err);
	if (st)
		return st;
	s->looks += count;
	for (int i = 0; i < count; i++) {
		struct window w = {(double)probes[i].at + 0.5 * n[i], 1, l->cap, probes[i].at, n[i]};
		struct as_place p;

		if (!place_of(s, l, &w, &results[i], &p))
			return as_fail(err, AS_ERR_MEMORY, "out of memory");
		judge(s, l, &p);
		keep_best(out, &p);
	}
	return AS_OK;
}

/* ---- other speeds ---- */

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
	bounds(l, n, &from, &to);
	if (to <= from)
		return AS_OK;
	w->signal = (struct as_signal){.v = v, .n = n, .rate_hz = RATE_HZ};
	return as_correlate_probes(s->correlator, &l->ref, &w->signal, &probe, 1, from, to, mean_power(l), l->cancel, NULL, result, err);
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
	return as_correlate_probes(s->correlator, &l->ref, &bank, probes, n, -bank.n, l->ref.n, mean_power(l), l->cancel, NULL,
				   results, err);
}

static enum as_status judge_speed(struct as_seeker *s, const struct as_look *l, const struct window *w,
				  const struct as_probe_result *result, struct as_place *out, struct as_error *err)
{
	enum as_status st = AS_OK;
	struct as_place p;

	if (!place_of(s, l, w, result, &p))
		return as_fail(err, AS_ERR_MEMORY, "out of memory");
	/* Between two of the speeds it may be clear enough. */
	if (p.score >= l->least_score && !p.ambiguous && p.rho < CLEAR_RHO)
		st = as_seeker_refine(s, l, &p, err);
	judge(s, l, &p);
	keep_best(out, &p);
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
