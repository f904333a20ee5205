/* Speech-like sound: a pulse and a noise source through formants that move from sound to sound
 * (source-filter model after Klatt 1980). It says nothing, but an ear takes it for talk. */
#include <math.h>
#include <stdlib.h>

#include "dsp/synth.h"

#define PI 3.14159265358979323846
#define STEP 32 /* samples between updates of the controls */
#define FORMANTS 5
#define QUEUE 48 /* sounds of one phrase */

/* What the mouth does for a while. */
struct sound {
	double dur_s, voice, hiss, breath; /* breath: noise through the formants */
	double f[3];                       /* Hz */
	double hiss_hz;
};

struct resonator {
	double a, b, c, y1, y2;
};

struct as_speech {
	struct as_rng rng;
	double rate_hz, middle_hz, size; /* size of the head scales the formants */
	struct sound queue[QUEUE];
	int n, at;
	int64_t left;     /* samples of the current sound */
	struct sound now; /* smoothed */
	double phrase_hz, accent, phase, pitch_hz, tilt;
	double fall; /* of the pitch, per second */
	struct resonator r[FORMANTS], hiss;
	int until_update;
};

/* F1 … F3 of a man's vowels (Peterson, Barney 1952, rounded). */
static const double vowels[][3] = {
	{270, 2290, 3010}, {390, 1990, 2550}, {530, 1840, 2480}, {660, 1720, 2410},
	{730, 1090, 2440}, {570, 840, 2410},  {440, 1020, 2240}, {300, 870, 2240},
	{640, 1190, 2390}, {490, 1350, 1690},
};

static void tune(struct resonator *r, double rate_hz, double hz, double width_hz)
{
	r->c = -exp(-2 * PI * width_hz / rate_hz);
	r->b = 2 * exp(-PI * width_hz / rate_hz) * cos(2 * PI * hz / rate_hz);
	r->a = 1 - r->b - r->c;
}

static double resonate(struct resonator *r, double x)
{
	double y = r->a * x + r->b * r->y1 + r->c * r->y2;
	r->y2 = r->y1;
	r->y1 = y;
	return y;
}

static void add(struct as_speech *s, struct sound x)
{
	if (s->n < QUEUE)
		s->queue[s->n++] = x;
}

static void add_consonant(struct as_speech *s, const double *next)
{
	double d = as_rng_uniform(&s->rng, 0.8, 1.3);
	struct sound x = {.f = {next[0], next[1], next[2]}, .hiss_hz = 3000};
	switch (as_rng_below(&s->rng, 6)) {
	case 0: /* s, sh */
		x.hiss_hz = as_rng_uniform(&s->rng, 2500, 6500);
		x.hiss = as_rng_uniform(&s->rng, 0.2, 0.5);
		x.dur_s = 0.09 * d;
		break;
	case 1: /* z, v: both sources */
		x.hiss_hz = as_rng_uniform(&s->rng, 3500, 6500);
		x.hiss = 0.12;
		x.voice = 0.35;
		x.f[0] = 280;
		x.dur_s = 0.07 * d;
		break;
	case 2: /* p, t, k: a stop, then a burst */
		x.dur_s = 0.05 * d;
		add(s, x);
		x.hiss_hz = as_rng_uniform(&s->rng, 900, 4500);
		x.hiss = 0.7;
		x.dur_s = 0.014;
		add(s, x);
		x.hiss = 0;
		x.breath = 0.12;
		x.dur_s = 0.03 * d;
		break;
	case 3: /* m, n */
		x.voice = 0.4;
		x.f[0] = 250;
		x.f[1] = as_rng_uniform(&s->rng, 1000, 1600);
		x.dur_s = 0.07 * d;
		break;
	case 4: /* l, r, w, j */
		x.voice = 0.6;
		x.f[0] = 340;
		x.f[1] = as_rng_uniform(&s->rng, 700, 2100);
		x.dur_s = 0.06 * d;
		break;
	default: /* h, or none */
		x.breath = 0.15;
		x.dur_s = 0.04 * d;
		break;
	}
	add(s, x);
}

/* The next phrase: some syllables and a pause. */
static void plan_phrase(struct as_speech *s)
{
	int syllables = 3 + as_rng_below(&s->rng, 9);
	double pace = as_rng_uniform(&s->rng, 0.8, 1.25), loud = as_rng_uniform(&s->rng, 0.7, 1.1);
	s->n = s->at = 0;
	for (int i = 0; i < syllables; i++) {
		const double *v = vowels[as_rng_below(&s->rng, sizeof(vowels) / sizeof(vowels[0]))];
		double f[3];
		for (int k = 0; k < 3; k++)
			f[k] = v[k] * s->size * as_rng_uniform(&s->rng, 0.95, 1.05);
		add_consonant(s, f);
		double stress = as_rng_below(&s->rng, 3) == 0 ? 1.25 : 0.9;
		add(s, (struct sound){.dur_s = pace * stress * as_rng_uniform(&s->rng, 0.07, 0.17),
				      .voice = loud * stress * as_rng_uniform(&s->rng, 0.75, 1),
				      .breath = 0.015,
				      .f = {f[0], f[1], f[2]},
				      .hiss_hz = 3000});
		if (as_rng_below(&s->rng, 4) == 0)
			add_consonant(s, f);
	}
	struct sound rest = {.f = {500, 1500, 2500}, .hiss_hz = 3000};
	rest.dur_s = as_rng_uniform(&s->rng, 0.15, 0.9);
	s->n = s->n < QUEUE ? s->n : QUEUE - 1;
	add(s, rest);
	s->phrase_hz = s->middle_hz * as_rng_uniform(&s->rng, 1.05, 1.3);
	s->fall = s->middle_hz * as_rng_uniform(&s->rng, 0.08, 0.2);
}

static void next_sound(struct as_speech *s)
{
	if (++s->at >= s->n)
		plan_phrase(s);
	s->left = (int64_t)(s->queue[s->at].dur_s * s->rate_hz) + 1;
	s->accent = as_rng_uniform(&s->rng, -0.06, 0.09);
}

static void update(struct as_speech *s)
{
	const struct sound *to = &s->queue[s->at];
	/* The tongue is slower than the lips, and stops shut at once. */
	const double slow = 1 - exp(-STEP / (0.022 * s->rate_hz));
	const double fast = 1 - exp(-STEP / (0.006 * s->rate_hz));
	s->now.voice += (to->voice - s->now.voice) * fast;
	s->now.hiss += (to->hiss - s->now.hiss) * fast;
	s->now.breath += (to->breath - s->now.breath) * fast;
	s->now.hiss_hz += (to->hiss_hz - s->now.hiss_hz) * fast;
	for (int k = 0; k < 3; k++)
		s->now.f[k] += (to->f[k] - s->now.f[k]) * slow;
	double target = s->phrase_hz * (1 + s->accent) * as_rng_uniform(&s->rng, 0.985, 1.015);
	s->phrase_hz = fmax(0.75 * s->middle_hz, s->phrase_hz - s->fall * STEP / s->rate_hz);
	s->pitch_hz += (target - s->pitch_hz) * slow;
	tune(&s->r[0], s->rate_hz, s->now.f[0], 70);
	tune(&s->r[1], s->rate_hz, s->now.f[1], 95);
	tune(&s->r[2], s->rate_hz, s->now.f[2], 140);
	tune(&s->hiss, s->rate_hz, s->now.hiss_hz, 900);
}

struct as_speech *as_speech_new(uint64_t seed, double rate_hz, double pitch_hz)
{
	struct as_speech *s = calloc(1, sizeof(*s));
	if (!s)
		return NULL;
	as_rng_seed(&s->rng, seed);
	s->rate_hz = rate_hz;
	s->middle_hz = s->pitch_hz = pitch_hz;
	s->size = pitch_hz > 150 ? 1.14 : 1; /* high voices come from smaller heads */
	s->now = (struct sound){.f = {500, 1500, 2500}, .hiss_hz = 3000};
	tune(&s->r[3], rate_hz, fmin(3500 * s->size, rate_hz * 0.45), 220);
	tune(&s->r[4], rate_hz, fmin(4500 * s->size, rate_hz * 0.47), 280);
	plan_phrase(s);
	s->at = -1;
	next_sound(s);
	return s;
}

void as_speech_free(struct as_speech *s)
{
	free(s);
}

/* Derivative of the glottal flow over one period: rises, falls steeply, closed for the rest. */
static double pulse(double phase)
{
	const double open = 0.6;
	if (phase >= open)
		return 0;
	double p = phase / open;
	return p * (2 - 3 * p);
}

void as_speech_read(struct as_speech *s, float *out, int n)
{
	for (int i = 0; i < n; i++) {
		if (s->left-- == 0)
			next_sound(s);
		if (s->until_update-- == 0) {
			update(s);
			s->until_update = STEP - 1;
		}
		s->phase += s->pitch_hz / s->rate_hz;
		s->phase -= floor(s->phase);
		double noise = (double)(int32_t)(as_rng_next(&s->rng) >> 32) * 0x1p-31;
		double x = s->now.voice * pulse(s->phase) + s->now.breath * noise;
		for (int k = 0; k < FORMANTS; k++)
			x = resonate(&s->r[k], x);
		x += 0.8 * s->now.hiss * resonate(&s->hiss, noise);
		out[i] = (float)(0.33 * x);
	}
}
