/* Which stretches of which clips, and what is to be done to them. */
#include <math.h>
#include <stdlib.h>

#include "base/error.h"
#include "dsp/synth.h"
#include "engine/selftest_private.h"

#define SIDE_N 64 /* samples beside a stretch, for reading between samples */
#define ROOM 2.0  /* a clip has to be so much longer than the stretch */
#define WITHIN_S                                                                                   \
	3600.0 /* of long clips the first hour serves: all before a stretch has to be decoded */
#define READ_S (4 * 3600.0) /* sound to be decoded in all */
#define DRIFT_PPM 30.0      /* two devices' clocks, free-running */
#define DRIFT_MAX_PPM 100.0
#define DRAWS 50       /* until a stretch has something to hear */
#define LOUD_STEPS 3.0 /* RMS of a second of the signal that says something */
#define LOUD_SHARE 0.5

#define BATCH_N (7200 * 8000) /* samples held at a time: 230 MB of stretches at most */

const double as_selftest_lengths_s[AS_SELFTEST_LENGTHS] = {5, 15, 60, 300};
static const int share[AS_SELFTEST_LENGTHS] = {1, 1, 2,
					       4}; /* of the trials: long ones take their time */
const double as_selftest_levels_db[AS_SELFTEST_LEVELS] = {10, 0, -10};

static int by_content(const void *pa, const void *pb)
{
	const struct selftest_source *a = pa, *b = pb;
	if (a->key != b->key)
		return a->key < b->key ? -1 : 1;
	return (a->signal->n > b->signal->n) - (a->signal->n < b->signal->n);
}

static double length_of(const struct selftest_source *c)
{
	return (double)c->signal->n / c->signal->rate_hz;
}

/* Some clips of a shoot stand for all where there are hours of them: a draw that goes on until enough is to be decoded. */
static int choose(struct selftest_source *c, int n, struct as_rng *rng)
{
	double total_s = 0;
	int kept = 0;
	for (int i = 0; i < n; i++) { /* a shuffle, from the front */
		int k = i + as_rng_below(rng, n - i);
		struct selftest_source picked = c[k];
		c[k] = c[i];
		c[i] = picked;
	}
	while (kept < n && total_s < READ_S)
		total_s += fmin(length_of(&c[kept++]), WITHIN_S);
	return kept;
}

/* Whether at least half of the seconds have something that matching can use. */
static bool has_sound(const struct as_signal *s, double at_s, double length_s)
{
	int64_t second = (int64_t)s->rate_hz;
	int n = (int)length_s, loud = 0;
	for (int i = 0; i < n; i++) {
		int64_t at = (int64_t)(at_s * s->rate_hz) + i * second;
		loud += as_signal_energy(s, at, second) > LOUD_STEPS * LOUD_STEPS * (double)second;
	}
	return loud >= LOUD_SHARE * n;
}

static double draw_drift(struct as_rng *rng)
{
	double ppm = as_rng_normal(rng) * DRIFT_PPM;
	return fmin(fmax(ppm, -DRIFT_MAX_PPM), DRIFT_MAX_PPM);
}

/* A stretch of one of the clips that are long enough; false if chance finds none with sound in it. */
static bool draw_stretch(const struct selftest_source *c, int n, int length, struct as_rng *rng,
			 struct selftest_stretch *out)
{
	double length_s = as_selftest_lengths_s[length];
	for (int k = 0; k < DRAWS; k++) {
		const struct selftest_source *from = &c[as_rng_below(rng, n)];
		const struct as_signal *s = from->signal;
		double room_s =
			fmin(length_of(from), WITHIN_S) - length_s * (1 + DRIFT_MAX_PPM * 1e-6);
		double at_s = as_rng_uniform(rng, 0, 1) * room_s;
		if (length_of(from) < ROOM * length_s || !has_sound(s, at_s, length_s))
			continue;
		*out = (struct selftest_stretch){.clip = from->clip,
						 .length = length,
						 .seed = as_rng_next(rng),
						 .at_s = at_s,
						 .drift_ppm = draw_drift(rng)};
		int64_t begin = (int64_t)floor(at_s * s->rate_hz) - SIDE_N,
			end = (int64_t)ceil((at_s + length_s / (1 + out->drift_ppm * 1e-6)) *
					    s->rate_hz) +
			      SIDE_N;
		out->first = begin < 0 ? 0 : begin;
		out->n = (end < s->n ? end : s->n) - out->first;
		return true;
	}
	return false;
}

/* The clips that are drawn from, each once. */
static bool list_clips(struct selftest_run *r, const struct selftest_source *c, int n)
{
	r->clips = calloc((size_t)n + 1, sizeof *r->clips);
	for (int i = 0; r->clips && i < n; i++) {
		bool used = false;
		for (int k = 0; k < r->n_stretches && !used; k++)
			used = r->stretches[k].clip == c[i].clip;
		if (used)
			r->clips[r->n_clips++] = c[i].clip;
	}
	return r->clips != NULL;
}

enum as_status as_selftest_draw(struct selftest_run *r, struct selftest_source *sources,
				int n_sources, struct as_error *err)
{
	struct as_rng rng;
	size_t room = (size_t)r->cfg.trials * AS_SELFTEST_LENGTHS + 1;
	as_rng_seed(&rng, r->cfg.seed);
	qsort(sources, (size_t)n_sources, sizeof *sources, by_content);
	int n = choose(sources, n_sources, &rng);
	r->stretches = calloc(room, sizeof *r->stretches);
	for (int k = 0; r->stretches && k < AS_SELFTEST_LENGTHS; k++) {
		/* Each length draws for itself: what one finds does not change the others. */
		struct as_rng own;
		as_rng_seed(&own, as_rng_next(&rng));
		for (int i = 0; n > 0 && i < (r->cfg.trials + share[k] - 1) / share[k]; i++) {
			if (draw_stretch(sources, n, k, &own, &r->stretches[r->n_stretches]))
				r->n_stretches++;
		}
	}
	if (!r->stretches || !list_clips(r, sources, n))
		return as_fail(err, AS_ERR_MEMORY, "self-test: out of memory");
	return AS_OK;
}

bool as_selftest_next_batch(struct selftest_run *r)
{
	int64_t held = 0;
	for (int i = r->from; i < r->to; i++) {
		free(r->stretches[i].sound);
		r->stretches[i].sound = NULL;
	}
	r->from = r->to;
	while (r->to < r->n_stretches &&
	       (r->to == r->from || held + r->stretches[r->to].n <= BATCH_N))
		held += r->stretches[r->to++].n;
	return r->to > r->from;
}

int as_selftest_batch_count(const struct selftest_run *r, int clip)
{
	int n = 0;
	for (int i = r->from; i < r->to; i++)
		n += r->stretches[i].clip == clip;
	return n;
}
