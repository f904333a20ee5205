#include "sync/search.h"

#include <math.h>
#include <stdlib.h>
#include <string.h>

#include "sync/evidence.h"
#include "sync/hypothesis.h"
#include "sync/slant.h"
#include "sync/stack.h"

enum {
	RATE = 8000,
	PROBE_N = 8 * RATE,
	PROBE_MAX_N = 10 * RATE,   /* a clip up to this long is one probe */
	PROBE_MIN_N = RATE / 2,
	PROBES_MAX = 256,
	BATCH = 8,
	FIRST_PROBES = 6,
	OVERLAP_MIN_N = RATE / 2,
	SHIFT_N = 2 * RATE,        /* a probe may move by this, twice, to where more is to be heard */
	REGIONS = 2,
	HYPOTHESES = 16,
};

#define SPREAD 0.25            /* probes grow further apart with the distance from the ends */
#define SAME_LAGS 40.0
#define DECIDED_MARGIN 6.0
#define CHALLENGE 1.0 /* decades by which a place must beat another one to stand for it */
#define TRACK_NATS_MIN 0.0
#define FAINT_STRENGTH 4.0
#define FAINT_WINDOWS 8
#define TRACK_ALWAYS 2

/* The overlap of two recordings, unless one holds the other, includes the shorter one's beginning or its end: an overlap
 * of length d holds everything up to d from that end. So probes lie dense at both ends and sparser inside. */
static int lay_probes(const struct as_search *s, struct as_probe *p)
{
	int64_t n = s->src->n, room;
	int k = 0;

	if (n <= PROBE_MAX_N) {
		p[0] = (struct as_probe){0, (int)n};
		return n >= PROBE_MIN_N ? 1 : 0;
	}
	room = n - PROBE_N;
	for (double d = 0.0; k < PROBES_MAX - 1;) {
		int64_t at = (int64_t)d;
		double step = s->probe_every_n > SPREAD * d ? s->probe_every_n : SPREAD * d;

		if (2 * at > room)
			break;
		p[k++] = (struct as_probe){at, PROBE_N};
		if (room - at > at)
			p[k++] = (struct as_probe){room - at, PROBE_N};
		/* the two sides meet evenly */
		d += step;
		if (2.0 * d > (double)room && 2.0 * (d - step) < (double)room - s->probe_every_n)
			d = 0.5 * (double)room;
	}
	return k;
}

/* Moves each probe, within the room its neighbours leave, to the louder of three places, always away from the nearer end. */
static void favour_loud(const struct as_search *s, struct as_probe *p, int n)
{
	for (int i = 0; i < n; i++) {
		int64_t dir = 2 * p[i].at + p[i].n <= s->src->n ? SHIFT_N : -SHIFT_N, best = p[i].at;
		double top = -1.0;

		if (n == 1)
			return;
		for (int j = 0; j < 3; j++) {
			int64_t at = p[i].at + j * dir;
			double e;

			if (at < 0 || at + p[i].n > s->src->n)
				break;
			e = as_signal_energy(s->src, at, p[i].n);
			if (e > 1.1 * top) {
				top = e;
				best = at;
			}
		}
		p[i].at = best;
	}
}

/* Visiting order: far apart first, so that a few probes already tell most. */
static void spread_order(struct as_probe *p, int n)
{
	struct as_probe tmp[PROBES_MAX];
	bool taken[PROBES_MAX] = {false};
	int k = 0;

	if (n <= 0)
		return;
	for (int parts = 1; k < n; parts *= 2)
		for (int i = 0; i < parts && k < n; i++) {
			int at = (int)((int64_t)n * (2 * i + 1) / (2 * parts));

			if (at < n && !taken[at]) {
				taken[at] = true;
				tmp[k++] = p[at];
			}
			if (parts > 2 * n)
				for (int j = 0; j < n && k < n; j++)
					if (!taken[j]) {
						taken[j] = true;
						tmp[k++] = p[j];
					}
		}
	memcpy(p, tmp, sizeof(*p) * (size_t)n);
}

static int by_place(const void *a, const void *b)
{
	const struct as_probe *x = a, *y = b;

	return (x->at > y->at) - (x->at < y->at);
}

bool as_search_same(const struct as_track *a, const struct as_track *b)
{
	/* compare measured lags on shared windows, or the anchors' where there are none */
	int i = -1, j = -1, n = 0, same = 0;

	while (as_track_next_shared(a, b, &i, &j)) {
		if (!a->w[i].matched || !b->w[j].matched)
			continue;
		n++;
		same += fabs(a->w[i].local.lag - b->w[j].local.lag) < SAME_LAGS;
	}
	if (n)
		return 2 * same > n;
	return fabs(a->lag - b->lag) < SAME_LAGS;
}

/* Where a recording lost sound twice, none of its pieces is heard throughout: a place at its edge, with few windows and nothing
 * in them, beats the pieces that are not there. It falls to the one that is, which chance explains less. */
static int challenge(const struct as_search *s, int best)
{
	double lags = (double)(s->lag_to - s->lag_from), score = as_evidence_score(&s->tracks[best], s->n_tracks, lags);

	for (int i = 0; i < s->n_tracks; i++) {
		double own = as_evidence_score(&s->tracks[i], s->n_tracks, lags);

		if (own > score && as_evidence_margin(as_evidence_contrast(&s->tracks[i], &s->tracks[best])) > CHALLENGE) {
			score = own;
			best = i;
		}
	}
	return best;
}

/* Each hypothesis meets each other one; the one with most wins explains the sound best. */
static void tournament(struct as_search *s)
{
	int wins[AS_SEARCH_TRACKS] = {0}, best = 0;
	double mean[AS_SEARCH_TRACKS] = {0};

	for (int i = 0; i < s->n_tracks; i++)
		for (int j = 0; j < i; j++) {
			double c = as_evidence_contrast(&s->tracks[i], &s->tracks[j]);

			wins[c > 0.0 ? i : j]++;
			mean[i] += c;
			mean[j] -= c;
		}
	for (int i = 1; i < s->n_tracks; i++)
		if (wins[i] > wins[best] || (wins[i] == wins[best] && mean[i] > mean[best]))
			best = i;
	best = challenge(s, best);
	if (best) {
		struct as_track t = s->tracks[best];

		memmove(s->tracks + 1, s->tracks, sizeof(t) * (size_t)best);
		s->tracks[0] = t;
	}
}

/* The track that follows the same place as t; -1: none. */
static int same_place(const struct as_search *s, const struct as_track *t)
{
	for (int j = 0; j < s->n_tracks; j++)
		if (as_search_same(&s->tracks[j], t))
			return j;
	return -1;
}

/* What was followed joins the others, unless one of them is the same and as good. */
static void admit(struct as_search *s)
{
	struct as_track *t = &s->tracks[s->n_tracks];
	int twin = t->n_matched ? same_place(s, t) : -1;

	if (twin < 0 && t->n)
		s->n_tracks++;
	else if (twin >= 0 && t->straight && t->n_matched > s->tracks[twin].n_matched + 1)
		s->tracks[twin] = *t;
}

static struct as_track *begin(struct as_search *s, const struct as_hypothesis *h, int probe_n)
{
	struct as_track *t = &s->tracks[s->n_tracks];

	memset(t, 0, sizeof(*t));
	t->anchor = h->anchor;
	t->lag = h->lag;
	t->slope = h->slope;
	t->best_nats = h->best_nats;
	t->probe_n = probe_n;
	return t;
}

/* Follows the best hypotheses and drops those that turn out to be the same. */
static enum as_status follow_all(struct as_search *s,
				 const struct as_probe *probes, const struct as_probe_result *r,
				 int n_probes)
{
	struct as_hypothesis h[HYPOTHESES];
	int n = as_hypotheses(probes, r, n_probes, h, HYPOTHESES);

	s->n_tracks = 0;
	for (int i = 0; i < n; i++) {
		struct as_track *t = begin(s, &h[i], probes[0].n);
		bool known = false;

		if (i >= TRACK_ALWAYS && h[i].nats < TRACK_NATS_MIN)
			break;
		for (int j = 0; j < s->n_tracks && !known; j++)
			known = s->tracks[j].n_matched &&
				fabs(s->tracks[j].lag - t->lag) < SAME_LAGS / 2;
		if (known)
			continue;
		if (!as_track_follow(t, s->ws->local, s->target, s->src, AS_SEARCH_WINDOWS, s->cancel))
			return AS_CANCELLED;
		admit(s);
	}
	tournament(s);
	return AS_OK;
}

/* The lines near a place that only all probes together can see. */
static enum as_status follow_region(struct as_search *s,
				    const struct as_hypothesis *h, int probe_n,
				    struct as_error *err)
{
	struct as_slant line[AS_SLANT_LINES];
	struct as_track *t = begin(s, h, probe_n);
	int st;

	as_track_lay(t, s->target, s->src, AS_SEARCH_WINDOWS);
	if (!t->n)
		return AS_OK;
	st = as_slant_find(t, s->ws->local, s->target, s->src, s->cancel, line);
	if (st)
		return st < 0 ? as_fail(err, AS_ERR_MEMORY, "out of memory") : AS_CANCELLED;
	for (int i = 0; i < AS_SLANT_LINES; i++) {
		t = begin(s, h, probe_n);
		t->lag = line[i].lag;
		t->slope = line[i].slope;
		as_track_lay(t, s->target, s->src, AS_SEARCH_WINDOWS);
		if (!as_track_look(t, s->ws->local, s->target, s->src, s->cancel))
			return AS_CANCELLED;
		admit(s);
	}
	return AS_OK;
}

static bool faint(const struct as_track *t)
{
	return !t->straight && t->n >= FAINT_WINDOWS && t->strength < FAINT_STRENGTH;
}

static enum as_status follow_stacked(struct as_search *s,
				     const struct as_probe *probes, int n_probes,
				     const struct as_block *blocks, struct as_error *err)
{
	struct as_hypothesis h[REGIONS];
	int n = as_stack(probes, n_probes, blocks, as_correlate_blocks(s->lag_from, s->lag_to),
			 s->lag_from, h, REGIONS);
	enum as_status st = n < 0 ? as_fail(err, AS_ERR_MEMORY, "out of memory") : AS_OK;

	for (int i = 0; i < n && !st; i++)
		st = follow_region(s, &h[i], probes[0].n, err);
	if (n > 0 && !st)
		tournament(s);
	/* who wins faintly must show that no echo is louder */
	if (!st && s->n_tracks && s->n_tracks + AS_SLANT_LINES < AS_SEARCH_TRACKS &&
	    faint(&s->tracks[0])) {
		struct as_hypothesis again = {.anchor = s->tracks[0].anchor,
					      .lag = s->tracks[0].lag};

		st = follow_region(s, &again, probes[0].n, err);
		if (!st)
			tournament(s);
	}
	return st;
}

/* Enough seen: a long overlap, matched nearly throughout, that explains the sound far better than every rival. */
static bool decided(const struct as_search *s)
{
	const struct as_track *t = &s->tracks[0];

	if (!s->n_tracks || t->n < 16 || t->n_matched * 10 < t->n * 6)
		return false;
	for (int i = 1; i < s->n_tracks; i++)
		if (as_evidence_margin(as_evidence_contrast(t, &s->tracks[i])) < DECIDED_MARGIN)
			return false;
	return as_evidence_score(t, s->n_tracks, (double)(s->lag_to - s->lag_from)) >= 30.0;
}

enum as_status as_search_run(struct as_search *s, struct as_error *err)
{
	struct as_probe probes[PROBES_MAX];
	struct as_probe_result *r = calloc(PROBES_MAX, sizeof(*r));
	struct as_block *blocks = NULL;
	int n = lay_probes(s, probes), done = 0, n_blocks = as_correlate_blocks(s->lag_from, s->lag_to);
	enum as_status st = AS_OK;

	s->tracks = calloc(AS_SEARCH_TRACKS, sizeof(*s->tracks));
	s->n_tracks = 0;
	s->power = s->target->n ? as_signal_energy(s->target, 0, s->target->n) / (double)s->target->n : 0.0;
	blocks = malloc(sizeof(*blocks) * (size_t)n_blocks * (size_t)n + 1);
	if (!r || !s->tracks || !blocks) {
		st = as_fail(err, AS_ERR_MEMORY, "out of memory");
		goto out;
	}
	if (n < 1 || s->lag_from > s->lag_to || s->power <= 0.0) {
		st = AS_NO_MATCH;
		goto out;
	}
	qsort(probes, (size_t)n, sizeof(*probes), by_place);
	favour_loud(s, probes, n);
	spread_order(probes, n);
	while (done < n) {
		int k = done ? BATCH : FIRST_PROBES;

		k = k > n - done ? n - done : k;
		st = as_correlate_probes(s->ws->correlator, s->target, s->src, probes + done, k, s->lag_from, s->lag_to, s->power,
					 s->cancel, blocks + (size_t)done * (size_t)n_blocks, r + done, err);
		if (st)
			goto out;
		done += k;
		if (done != FIRST_PROBES && done != n)
			continue;
		st = follow_all(s, probes, r, done);
		if (st)
			goto out;
		if (decided(s))
			break;
		if (done == n)
			st = follow_stacked(s, probes, n, blocks, err);
		if (st)
			goto out;
	}
	if (!s->n_tracks || !s->tracks[0].n_matched)
		st = AS_NO_MATCH;
	else
		s->score = as_evidence_place(&s->tracks[0], s->tracks, s->n_tracks, (double)(s->lag_to - s->lag_from));
out:
	free(r);
	free(blocks);
	return st;
}

void as_search_done(struct as_search *s)
{
	free(s->tracks);
	s->tracks = NULL;
	s->n_tracks = 0;
}
