#include "sound.h"

#include <math.h>
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdlib.h>
#include <string.h>

#include <cmocka.h>

#include "dsp/synth.h"
#include "dsp/whiten.h"

#define NOISE_RMS 0.1

static float *room(int n)
{
	float *v = calloc((size_t)n + 1, sizeof(*v));

	assert_non_null(v);
	return v;
}

/* The generator's formants need room above 4 kHz: made at three times the rate. */
static void speak(uint64_t seed, float *v, int n)
{
	enum { TIMES = 3, STEP = 1000 };
	struct as_speech *s =
		as_speech_new(seed, TIMES * SOUND_RATE_HZ, 100.0 + (double)(seed % 5) * 25.0);
	struct as_biquad low[3];
	float x[TIMES * STEP];

	assert_non_null(s);
	for (int i = 0; i < 3; i++) /* Butterworth's of order 6 */
		as_biquad_lowpass(&low[i], TIMES * SOUND_RATE_HZ, 3400.0,
				  0.5 / cos((2 * i + 1) * 0.2617993877991494));
	for (int at = 0; at < n; at += STEP) {
		as_speech_read(s, x, TIMES * STEP);
		for (int i = 0; i < 3; i++)
			as_biquad_run(&low[i], x, TIMES * STEP);
		for (int i = 0; i < STEP && at + i < n; i++)
			v[at + i] = x[TIMES * i];
	}
	as_speech_free(s);
}

float *sound_make(enum sound_kind kind, uint64_t seed, int n)
{
	float *v = room(n);

	if (kind == SOUND_SPEECH) {
		speak(seed, v, n);
	} else if (kind == SOUND_MUSIC) {
		struct as_music *m = as_music_new(seed, SOUND_RATE_HZ);

		assert_non_null(m);
		as_music_read(m, v, n);
		as_music_free(m);
	} else {
		struct as_rng r;

		as_rng_seed(&r, seed);
		as_synth_noise(&r, v, n, NOISE_RMS);
	}
	return v;
}

float *sound_copy(const float *v, int n)
{
	float *out = room(n);

	memcpy(out, v, sizeof(*v) * (size_t)n);
	return out;
}

float *sound_tone(double hz, double peak, int n)
{
	float *v = room(n);

	for (int i = 0; i < n; i++)
		v[i] = (float)(peak * sin(2.0 * 3.14159265358979323846 *
					  fmod(hz * i / SOUND_RATE_HZ, 1.0)));
	return v;
}

float *sound_heard(const float *v, int n, double offset_s, double drift_ppm, int n_out)
{
	struct as_sinc *sinc = as_sinc_new();
	float *out = room(n_out);

	assert_non_null(sinc);
	for (int i = 0; i < n_out; i++)
		out[i] = (float)as_sinc_at(sinc, v, n,
					   offset_s * SOUND_RATE_HZ + i / (1.0 + drift_ppm * 1e-6));
	as_sinc_free(sinc);
	return out;
}

struct take {
	int8_t *v;
	int64_t n, max;
};

static bool keep(void *ctx, const int8_t *v, int n)
{
	struct take *t = ctx;

	assert_true(t->n + n <= t->max);
	memcpy(t->v + t->n, v, (size_t)n);
	t->n += n;
	return true;
}

struct as_signal sound_whiten(const float *v, int n)
{
	struct take t = {.v = malloc((size_t)n + 1), .max = n};
	struct as_whitener *w = as_whitener_new(keep, &t);

	assert_non_null(t.v);
	assert_non_null(w);
	assert_true(as_whitener_feed(w, v, n));
	assert_true(as_whitener_end(w));
	assert_int_equal(t.n, n);
	as_whitener_free(w);
	return (struct as_signal){.v = t.v, .n = n, .rate_hz = SOUND_RATE_HZ};
}

void sound_forget(struct as_signal *s)
{
	free((void *)(uintptr_t)s->v);
	*s = (struct as_signal){0};
}

struct as_signal sound_clip(const float *v, int n, double offset_s, double drift_ppm, int n_out)
{
	float *x = sound_heard(v, n, offset_s, drift_ppm, n_out);
	struct as_signal s = sound_whiten(x, n_out);

	free(x);
	return s;
}
