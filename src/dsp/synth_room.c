/* A room: tapped early reflections and a feedback delay network (Jot, Chaigne 1991) for the
 * tail. */
#include <math.h>
#include <stdlib.h>
#include <string.h>

#include "dsp/synth.h"

#define LINES 8
#define TAPS 10
#define CHUNK 256

struct line {
	float *v;
	int n, at;
	float gain; /* per round, for the decay */
	float low;  /* state of the damping: high tones die first */
};

struct as_room {
	struct line lines[LINES];
	float *early; /* the last early_n samples, and room for a chunk */
	int early_n;
	int tap_at[TAPS];
	float tap_gain[TAPS];
	float wet, damping;
};

struct as_room *as_room_new(uint64_t seed, double rate_hz, double rt60_s, double wet)
{
	struct as_room *r = calloc(1, sizeof(*r));
	struct as_rng rng;
	if (!r)
		return NULL;
	as_rng_seed(&rng, seed);
	r->early_n = (int)(0.06 * rate_hz) + 1;
	r->early = calloc((size_t)(r->early_n + CHUNK), sizeof(float));
	if (!r->early)
		goto fail;
	for (int i = 0; i < TAPS; i++) {
		double late_s = as_rng_uniform(&rng, 0.002, 0.055);
		double sign = as_rng_below(&rng, 2) ? 1 : -1;
		r->tap_at[i] = (int)(late_s * rate_hz);
		r->tap_gain[i] = (float)(sign * wet * 0.5 * pow(10, -3 * late_s / rt60_s * 4));
	}
	for (int i = 0; i < LINES; i++) {
		double late_s = 0.021 * pow(1.13, i) * as_rng_uniform(&rng, 0.96, 1.04);
		r->lines[i].n = (int)(late_s * rate_hz) | 1;
		r->lines[i].gain = (float)pow(10, -3 * late_s / rt60_s);
		r->lines[i].v = calloc((size_t)r->lines[i].n, sizeof(float));
		if (!r->lines[i].v)
			goto fail;
	}
	r->wet = (float)(wet * 0.3);
	r->damping = (float)exp(-2 * 3.14159265358979 * 5000 / rate_hz);
	return r;
fail:
	as_room_free(r);
	return NULL;
}

void as_room_free(struct as_room *r)
{
	if (!r)
		return;
	for (int i = 0; i < LINES; i++)
		free(r->lines[i].v);
	free(r->early);
	free(r);
}

/* Adds the reflections of n <= CHUNK samples to out; tap by tap, which is quick. */
static void run_early(struct as_room *r, const float *in, float *out, int n)
{
	float *now = r->early + r->early_n;
	memcpy(now, in, (size_t)n * sizeof(float));
	for (int k = 0; k < TAPS; k++) {
		const float gain = r->tap_gain[k], *from = now - r->tap_at[k];
		for (int i = 0; i < n; i++)
			out[i] += gain * from[i];
	}
	memmove(r->early, r->early + n, (size_t)r->early_n * sizeof(float));
}

/* Householder's matrix I - 2/N mixes the lines without loss; their gains alone make the decay. */
static float tail(struct as_room *r, float in)
{
	float out[LINES], all = 0, sum = 0;
	for (int i = 0; i < LINES; i++) {
		struct line *l = &r->lines[i];
		l->low = l->v[l->at] + r->damping * (l->low - l->v[l->at]);
		out[i] = l->low * l->gain;
		all += out[i];
		sum += i & 1 ? -out[i] : out[i];
	}
	for (int i = 0; i < LINES; i++) {
		struct line *l = &r->lines[i];
		l->v[l->at] = in + out[i] - all * (2.0F / LINES);
		if (++l->at == l->n)
			l->at = 0;
	}
	return sum;
}

void as_room_run(struct as_room *r, float *v, int n)
{
	float out[CHUNK];
	for (int at = 0; at < n; at += CHUNK) {
		int m = n - at < CHUNK ? n - at : CHUNK;
		for (int i = 0; i < m; i++)
			out[i] = v[at + i] + r->wet * tail(r, v[at + i]);
		run_early(r, v + at, out, m);
		memcpy(v + at, out, (size_t)m * sizeof(float));
	}
}
