/* What a look says, and looks at the usual speed. */
#include <math.h>
#include <stdlib.h>
#include <string.h>

#include "live/seek_private.h"

#define WINDOWS 3
/* Another place whose evidence comes this near to the best one's, in standard deviations of what noise does to their difference, is as
 * good as it: music repeats itself, and the true place fits better by as much as the repeats are not the same. */
#define RIVAL_SIGMAS 4.0
#define RIVAL_DECADES 2.0
/* … unless the window itself tells them apart by so much, and by so many deviations: what an equaliser does to it is no noise. */
#define LEAD_DECADES 3.0
#define LEAD_SIGMAS 8.0
/* … and nothing tells two places apart whose phases agree by more: they are the same, and whitening has heard other sound around them. */
#define SAME_PHASES 0.96
/* Of the evidence of one place, its copy has as much at least. */
#define COPY_SHARE 0.3
/* Two looks that have no sound in common and agree this well make a find of less. */
#define AGREE_S 5e-3
#define AGREE_DECADES 3.0
/* Fainter than this, or where the reference has more of the like, two looks have to be so far apart that they are not of one loop of it. */
#define FAINT_RHO 0.13
#define LOOP_S 5.0
/* A place that goes on where the last one was is the likelier of two. */
#define GO_ON_S 0.03

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

/* By the law of the whole search: evidence is half the square of what noise moves by 1. */
static bool is_rival(const struct as_probe_result *r, int i)
{
	double best = r->peaks[0].evidence, other = r->peaks[i].evidence;

	return best - other < RIVAL_SIGMAS * sqrt(2 * (best + other)) && other - r->log_blocks >= RIVAL_DECADES * M_LN10;
}

/* Where the window meets the reference there, by what the search says of every other lag. */
static struct as_spot spot_of(const struct as_look *l, const struct window *w, const struct as_peak *peak)
{
	return as_alike_spot(&w->signal, w->at, &l->ref, w->at + peak->lag, w->n);
}

/* The same sound as at the first peak: other sound around it is all that makes it less like the window. */
static bool is_copy(struct as_seeker *s, const struct as_look *l, const struct window *w, const struct as_spot *first, const struct as_spot *other)
{
	return as_alike_phases(s->alike, &l->ref, first, other, w->n) >= SAME_PHASES;
}

/* Drops the peaks that are not as good as the first one by the law of the search, nor, where it is worth a look, its copies. Where it is and
 * more than one is left, spots tells what is at each of them. */
static void keep_rivals(struct as_seeker *s, const struct as_look *l, const struct window *w, struct as_probe_result *r, struct as_spot *spots)
{
	const bool worth_it = ((double)r->peaks[0].evidence - r->log_blocks) / M_LN10 >= AGREE_DECADES;
	int kept = 1;

	if (worth_it && r->n_peaks > 1)
		spots[0] = spot_of(l, w, &r->peaks[0]);
	for (int i = 1; i < r->n_peaks; i++) {
		const bool rival = is_rival(r, i);

		if (worth_it && (rival || r->peaks[i].evidence >= COPY_SHARE * r->peaks[0].evidence))
			spots[kept] = spot_of(l, w, &r->peaks[i]);
		else if (!rival)
			continue;
		if (rival || is_copy(s, l, w, &spots[0], &spots[kept]))
			r->peaks[kept++] = r->peaks[i];
	}
	r->n_peaks = kept;
}

/* The rival that goes on where the last place was, or -1. */
static int find_going_on(const struct as_look *l, const struct window *w, const struct as_probe_result *rivals)
{
	for (int i = 0; i < rivals->n_peaks; i++) {
		double ref = (double)l->ref_first + (double)rivals->peaks[i].lag + (double)w->at + 0.5 * w->n;
		double newest = ref + ((double)l->cap.n - w->middle) * w->speed;
		if (fabs(newest - l->expected_ref) < GO_ON_S * RATE_HZ)
			return i;
	}
	return -1;
}

/* The one that the window is most alike. */
static int find_best(const struct as_spot *spots, int n)
{
	int best = 0;

	for (int k = 1; k < n; k++)
		best = fabs(spots[k].rho) > fabs(spots[best].rho) ? k : best;
	return best;
}

/* Whether the window itself tells that it is at one spot rather than at another: two places that the whole search cannot tell apart may differ
 * by enough. */
static bool leads(struct as_seeker *s, const struct as_look *l, const struct window *w, const struct as_spot *one, const struct as_spot *other,
		  double worth)
{
	struct as_lead lead = as_alike_lead(&l->ref, one, other, w->n, worth);

	return lead.nats > LEAD_DECADES * M_LN10 && lead.nats > LEAD_SIGMAS * lead.sigma &&
	       as_alike_phases(s->alike, &l->ref, one, other, w->n) < SAME_PHASES;
}

static bool leads_all(struct as_seeker *s, const struct as_look *l, const struct window *w, const struct as_spot *spots, int rivals, int best, double worth)
{
	for (int k = 0; k < rivals; k++)
		if (k != best && !leads(s, l, w, &spots[best], &spots[k], worth))
			return false;
	return true;
}

/* A search knows how alike such a window is to the rest of the reference; of what is at this very place it takes a closer look. Of rivals, *i
 * becomes the strongest, but the one that goes on where the last was if that is about as good. */
static bool look_closer(struct as_seeker *s, const struct as_look *l, const struct window *w, const struct as_probe_result *rivals,
			const struct as_spot *spots, int *i, double log_tries, struct as_place *p)
{
	struct as_alikeness a;
	int best = rivals->n_peaks > 1 ? find_best(spots, rivals->n_peaks) : 0;

	*i = p->ambiguous ? best : *i;
	if (!as_alike_look(s->alike, &w->signal, w->at, &l->ref, w->at + rivals->peaks[*i].lag, w->n, &a))
		return false;
	if (*i != best && leads(s, l, w, &spots[best], &spots[*i], a.worth)) {
		/* It would go on there, but it does not. */
		p->ambiguous = true;
		*i = best;
		if (!as_alike_look(s->alike, &w->signal, w->at, &l->ref, w->at + rivals->peaks[best].lag, w->n, &a))
			return false;
	}
	p->rivalled = p->ambiguous;
	p->ambiguous = p->ambiguous && !leads_all(s, l, w, spots, rivals->n_peaks, best, a.worth);
	p->score = fmin(p->score, (a.evidence - log_tries - log(AS_BLOCK_SAMPLES / 2)) / M_LN10);
	if (as_alike_is_note(&a)) {
		/* A note is heard, and there is such a note: that is hope, and no more. */
		p->ambiguous = true;
		p->score = fmin(p->score, AGREE_DECADES);
	}
	p->rho = fabs(a.rho);
	return true;
}

bool as_seek_place(struct as_seeker *s, const struct as_look *l, const struct window *w, const struct as_probe_result *r,
		   struct as_place *p)
{
	double log_tries = r->log_blocks + log((double)s->looks);
	struct as_probe_result rivals = *r;
	struct as_spot spots[AS_PROBE_PEAKS];

	*p = (struct as_place){.cap = (double)l->cap_first + w->middle, .n = w->n, .speed = w->speed};
	if (r->n_peaks == 0)
		return true;
	keep_rivals(s, l, w, &rivals, spots);
	int goes_on = find_going_on(l, w, &rivals), i = goes_on > 0 ? goes_on : 0;
	p->ambiguous = rivals.n_peaks > 1 && goes_on < 0;
	p->score = ((double)r->peaks[0].evidence - log_tries) / M_LN10;
	if (p->score >= AGREE_DECADES && !look_closer(s, l, w, &rivals, spots, &i, log_tries, p))
		return false;
	p->ref = (double)l->ref_first + (double)rivals.peaks[i].lag + (double)w->at + 0.5 * w->n;
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

void as_seek_judge(struct as_seeker *s, const struct as_look *l, struct as_place *p)
{
	bool enough = p->score >= l->least_score && ((p->rho >= CLEAR_RHO && !p->rivalled) || l->proven);

	if (!p->ambiguous && !enough && p->score >= AGREE_DECADES)
		enough = agrees(s, p);
	p->found = enough && !p->ambiguous;
	if (p->score >= AGREE_DECADES && !p->ambiguous)
		remember(s, p);
}

void as_seek_keep_best(struct as_place *best, const struct as_place *p)
{
	if (p->found > best->found || (p->found == best->found && p->score > best->score))
		*best = *p;
}

/* ---- looking ---- */

double as_seek_mean_power(const struct as_look *l)
{
	double sum = l->ref.energy > 0 ? l->ref.energy : as_signal_energy(&l->ref, 0, l->ref.n);

	return l->ref.n > 0 ? sum / (double)l->ref.n : 0;
}

void as_seek_bounds(const struct as_look *l, int64_t end, int64_t *from, int64_t *to)
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
	as_seek_bounds(l, l->cap.n, &from, &to);
	if (count == 0 || l->ref.n < RATE_HZ / 2 || to <= from)
		return AS_OK;
	for (int i = 0; i < count; i++)
		probes[i] = (struct as_probe){.at = l->cap.n - n[i], .n = n[i]};
	enum as_status st = as_correlate_probes(s->correlator, &l->ref, &l->cap, probes, count, from, to, as_seek_mean_power(l), l->cancel,
						NULL, results, err);
	if (st)
		return st;
	s->looks += count;
	for (int i = 0; i < count; i++) {
		struct window w = {(double)probes[i].at + 0.5 * n[i], 1, l->cap, probes[i].at, n[i]};
		struct as_place p;

		if (!as_seek_place(s, l, &w, &results[i], &p))
			return as_fail(err, AS_ERR_MEMORY, "out of memory");
		as_seek_judge(s, l, &p);
		as_seek_keep_best(out, &p);
	}
	return AS_OK;
}
