#include "sync/search.h"

#include <math.h>
#include <stdlib.h>
#include <string.h>

#include "sync/evidence.h"
#include "sync/hypothesis.h"

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
	SELECT_WINDOWS = 60,
};

#define SPREAD 0.25            /* probes grow further apart with the distance from the ends */
#define SAME_LAGS 40.0
#define DECIDED_MARGIN 6.0
#define TRACK_NATS_MIN 0.0
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
	if (best) {
		struct as_track t = s->tracks[best];

		memmove(s->tracks + 1, s->tracks, sizeof(t) * (size_t)best);
		s->tracks[0] = t;
	}
}

/* Follows the best hypotheses and drops those that turn out to be the same. */
static bool follow_all(struct as_search *s, const struct as_probe *probes,
		       const struct as_probe_result *r, int n_probes)
{
	struct as_hypothesis h[AS_SEARCH_TRACKS];
	int n = as_hypotheses(probes, r, n_probes, h, AS_SEARCH_TRACKS);

	s->n_tracks = 0;
	for (int i = 0; i < n; i++) {
		struct as_track *t = &s->tracks[s->n_tracks];
		bool known = false;

		if (i >= TRACK_ALWAYS && h[i].nats < TRACK_NATS_MIN)
			break;
		memset(t, 0, sizeof(*t));
		t->anchor = h[i].anchor;
		t->lag = h[i].lag;
		t->best_nats = h[i].best_nats;
		t->probe_n = probes[0].n;
		for (int j = 0; j < s->n_tracks && !known; j++)
			known = s->tracks[j].n_matched && fabs(s->tracks[j].lag - t->lag) < SAME_LAGS / 2;
		if (known)
			continue;
		if (!as_track_follow(t, s->ws->local, s->target, s->src, SELECT_WINDOWS, s->cancel))
			return false;
		for (int j = 0; j < s->n_tracks && !known; j++)
			known = t->n_matched && as_search_same(&s->tracks[j], t);
		if (!known && t->n)
			s->n_tracks++;
	}
	tournament(s);
	return true;
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
	return as_evidence_score(t, s->n_tracks) >= 30.0;
}

enum as_status as_search_run(struct as_search *s, struct as_error *err)
{
	struct as_probe probes[PROBES_MAX];
	struct as_probe_result *r = calloc(PROBES_MAX, sizeof(*r));
	int n = lay_probes(s, probes), done = 0;
	double power = s->target->n ? as_signal_energy(s->target, 0, s->target->n) / (double)s->target->n : 0.0;
	enum as_status st = AS_OK;

	s->tracks = calloc(AS_SEARCH_TRACKS, sizeof(*s->tracks));
	s->n_tracks = 0;
	if (!r || !s->tracks) {
		st = as_fail(err, AS_ERR_MEMORY, "out of memory");
		goto out;
	}
	if (n < 1 || s->lag_from > s->lag_to || power <= 0.0) {
		st = AS_NO_MATCH;
		goto out;
	}
	qsort(probes, (size_t)n, sizeof(*probes), by_place);
	favour_loud(s, probes, n);
	spread_order(probes, n);
	while (done < n) {
		int k = done ? BATCH : FIRST_PROBES;

		k = k > n - done ? n - done : k;
		st = as_correlate_probes(s->ws->correlator, s->target, s->src, probes + done, k, s->lag_from, s->lag_to, power,
					 s->cancel, r + done, err);
		if (st)
			goto out;
		done += k;
		if (done != FIRST_PROBES && done != n)
			continue;
		if (!follow_all(s, probes, r, done)) {
			st = AS_CANCELLED;
			goto out;
		}
		if (decided(s))
			break;
	}
	if (!s->n_tracks || !s->tracks[0].n_matched)
		st = AS_NO_MATCH;
out:
	free(r);
	return st;
}

void as_search_done(struct as_search *s)
{
	free(s->tracks);
	s->tracks = NULL;
	s->n_tracks = 0;
}
