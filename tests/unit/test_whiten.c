/* Whitening: as many samples out as in and at the same places, whatever the length, the blocks they
 * come in, the level and the rubbish among them; steady tones and silence leave nothing. */
#include <float.h>
#include <math.h>
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <stdlib.h>
#include <string.h>

#include <cmocka.h>

#include "dsp/synth.h"
#include "dsp/whiten.h"
#include "sound.h"

#define RATE 8000
#define FRAME 1024
#define HOP (FRAME / 2)
#define BLOCK (938 * HOP)     /* samples over which the noise floor is taken: 60 s */
#define BLOCK_MIN (235 * HOP) /* what a block of its own needs at least */
#define FULL_RMS 20.0         /* steps, of sound that fills band and time */

struct sink {
	int8_t *v;
	int64_t n, max;
	int64_t stop_at; /* says no from here on; -1: never */
};

static bool collect(void *ctx, const int8_t *v, int n)
{
	struct sink *s = ctx;

	assert_true(n > 0);
	assert_true(s->n + n <= s->max);
	memcpy(s->v + s->n, v, (size_t)n);
	s->n += n;
	return s->stop_at < 0 || s->n < s->stop_at;
}

/* Whitens v fed in blocks of random size up to max_block (0: all at once). */
static int8_t *run(const float *v, int n, int max_block, uint64_t seed, double *active)
{
	struct sink s = {.v = malloc((size_t)n + 1), .max = n, .stop_at = -1};
	struct as_whitener *w = as_whitener_new(collect, &s);
	struct as_rng r;
	int64_t energy = 0;

	assert_non_null(s.v);
	assert_non_null(w);
	as_rng_seed(&r, seed);
	for (int at = 0; at < n;) {
		int k = max_block ? as_rng_below(&r, max_block + 1) : n;

		k = k > n - at ? n - at : k;
		assert_true(as_whitener_feed(w, v + at, k));
		at += k;
	}
	assert_true(as_whitener_end(w));
	assert_int_equal(s.n, n);
	for (int i = 0; i < n; i++)
		energy += s.v[i] * s.v[i];
	assert_true(as_whitener_energy(w) == (double)energy);
	if (active)
		*active = as_whitener_active(w);
	as_whitener_free(w);
	return s.v;
}

static double rms(const int8_t *v, int n)
{
	double sum = 0.0;

	for (int i = 0; i < n; i++)
		sum += (double)v[i] * v[i];
	return n ? sqrt(sum / n) : 0.0;
}

static double similarity(const int8_t *a, const int8_t *b, int n)
{
	double ab = 0.0, aa = 1e-9, bb = 1e-9;

	for (int i = 0; i < n; i++) {
		ab += (double)a[i] * b[i];
		aa += (double)a[i] * a[i];
		bb += (double)b[i] * b[i];
	}
	return ab / sqrt(aa * bb);
}

static void check_length(const float *v, int n)
{
	int8_t *out = run(v, n, 0, 0, NULL);

	free(out);
}

static void test_length(void **state)
{
	static const int around[] = {BLOCK - HOP,       BLOCK,     BLOCK + HOP, BLOCK + BLOCK / 2,
				     BLOCK + BLOCK_MIN, 2 * BLOCK, 3 * BLOCK};
	int n = 3 * BLOCK + 2 * FRAME;
	float *v = sound_make(SOUND_NOISE, 1, n);

	(void)state;
	for (int k = 0; k <= 3; k++)
		check_length(v, k);
	for (int k = HOP - 2; k <= FRAME + 2; k += k > HOP + 2 && k < FRAME - 2 ? 17 : 1)
		check_length(v, k);
	for (int i = 0; i < 7; i++)
		for (int d = -1; d <= 1; d++)
			check_length(v, around[i] + d);
	free(v);
}

/* Where in the output, against the input, the two agree best, over lags of +-reach. */
static int best_lag(const float *x, const int8_t *y, int from, int to, int reach)
{
	double best = 0.0;
	int at = -reach - 1;

	for (int lag = -reach; lag <= reach; lag++) {
		double sum = 0.0;

		for (int i = from; i < to; i++)
			sum += (double)x[i] * y[i + lag];
		if (sum > best) {
			best = sum;
			at = lag;
		}
	}
	return at;
}

/* Noise is white already: whitening it leaves its waveform, at its place, from the first sample to
 * the last, in every block. */
static void test_alignment(void **state)
{
	int n = 2 * BLOCK + BLOCK_MIN + 77;
	float *v = sound_make(SOUND_NOISE, 2, n);
	int8_t *out = run(v, n, 0, 0, NULL);

	(void)state;
	for (int from = 0; from + 4000 <= n; from += 16000)
		assert_int_equal(best_lag(v, out, from + 20, from + 3980, 20), 0);
	assert_int_equal(best_lag(v, out, n - 3000, n - 20, 20), 0);
	free(out);
	free(v);
}

/* The first and the last samples of a clip count like the others. */
static void test_edges(void **state)
{
	int n = 5 * RATE + 123;
	float *v = sound_make(SOUND_NOISE, 3, n);
	int8_t *out = run(v, n, 0, 0, NULL);
	double middle = rms(out + 2 * RATE, RATE);

	(void)state;
	assert_true(middle > 0.4 * FULL_RMS && middle < 1.2 * FULL_RMS);
	assert_true(rms(out, 256) > 0.6 * middle);
	assert_true(rms(out + n - 256, 256) > 0.6 * middle);
	free(out);
	free(v);
}

static void test_blocks_of_any_size(void **state)
{
	int n = BLOCK + 5 * RATE + 1;
	float *v = sound_make(SOUND_SPEECH, 4, n);
	int8_t *whole = run(v, n, 0, 0, NULL);

	(void)state;
	for (int i = 0; i < 3; i++) {
		static const int max_block[] = {3, 700, 100000};
		int8_t *parts = run(v, n, max_block[i], (uint64_t)i, NULL);

		assert_memory_equal(whole, parts, (size_t)n);
		free(parts);
	}
	free(whole);
	free(v);
}

static void test_silence(void **state)
{
	int n = BLOCK + RATE;
	float *v = calloc((size_t)n, sizeof(*v));
	double active;
	int8_t *out;

	(void)state;
	assert_non_null(v);
	out = run(v, n, 0, 0, &active);
	for (int i = 0; i < n; i++)
		assert_int_equal(out[i], 0);
	assert_true(active == 0.0);
	free(out);
	free(v);
}

/* Sound, 10 s of digital zeros, sound: the zeros stay zeros, what is around them stays sound. */
static void test_zeros_inside(void **state)
{
	int n = 40 * RATE, from = 15 * RATE, to = 25 * RATE;
	float *v = sound_make(SOUND_SPEECH, 5, n);
	int8_t *out;

	(void)state;
	memset(v + from, 0, sizeof(*v) * (size_t)(to - from));
	out = run(v, n, 0, 0, NULL);
	for (int i = from + FRAME; i < to - FRAME; i++)
		assert_int_equal(out[i], 0);
	assert_true(rms(out, from) > 0.2 * FULL_RMS);
	assert_true(rms(out + to, n - to) > 0.2 * FULL_RMS);
	free(out);
	free(v);
}

static void check_steady(float *v, int n, double share)
{
	double active;
	int8_t *out = run(v, n, 0, 0, &active);

	/* the first and the last frame see the tone begin and end: that is an event */
	assert_true(rms(out + FRAME, n - 2 * FRAME) < share * FULL_RMS);
	assert_true(active < 0.02);
	free(out);
	free(v);
}

static void test_tone_and_hum(void **state)
{
	static const double hz[] = {50.0, 440.0, 1000.0, 1234.5, 3333.0};
	int n = 70 * RATE;

	(void)state;
	for (int i = 0; i < 5; i++)
		check_steady(sound_tone(hz[i], 0.5, n), n, 0.05);
	/* mains hum: 50 Hz and harmonics */
	{
		float *v = sound_tone(50.0, 0.2, n);

		for (int k = 2; k <= 30; k++) {
			float *h = sound_tone(50.0 * k, 0.2 / k, n);

			for (int i = 0; i < n; i++)
				v[i] += h[i];
			free(h);
		}
		check_steady(v, n, 0.12);
	}
}

/* Hum under speech goes away; the speech stays where it was. */
static void test_hum_under_speech(void **state)
{
	int n = 30 * RATE;
	float *v = sound_make(SOUND_SPEECH, 6, n), *hum = sound_tone(150.0, 0.3, n);
	int8_t *clean = run(v, n, 0, 0, NULL), *humming;

	(void)state;
	for (int i = 0; i < n; i++)
		v[i] += hum[i];
	humming = run(v, n, 0, 0, NULL);
	assert_true(similarity(clean, humming, n) > 0.6);
	free(humming);
	free(clean);
	free(hum);
	free(v);
}

/* Not a number and infinity are silence where they stand and nothing elsewhere, in whichever block
 * they come; so is a sample as large as floats are. */
static void test_rubbish(void **state)
{
	int n = 2 * BLOCK;
	static const int at[] = {0, 5 * RATE, BLOCK - 3, BLOCK + 40 * RATE, 2 * BLOCK - 1};
	static const float rubbish[] = {NAN, INFINITY, -INFINITY, FLT_MAX, -1e30f};
	float *v = sound_make(SOUND_SPEECH, 7, n);
	int8_t *clean, *dirty;

	(void)state;
	clean = run(v, n, 0, 0, NULL);
	for (int k = 0; k < 5; k++) {
		for (int i = 0; i < 5; i++)
			v[at[i]] = rubbish[(i + k) % 5];
		dirty = run(v, n, 0, 0, NULL);
		for (int i = 0, from = 0; i <= 5; i++) {
			int to = i < 5 ? at[i] - FRAME : n - FRAME;

			if (to - from > FRAME)
				assert_true(similarity(clean + from, dirty + from, to - from) >
					    0.98);
			from = i < 5 ? at[i] + FRAME : n;
		}
		free(dirty);
	}
	free(clean);
	free(v);
}

static void test_rubbish_alone(void **state)
{
	int n = 3 * RATE;
	float *v = malloc(sizeof(*v) * (size_t)n);
	int8_t *out;

	(void)state;
	assert_non_null(v);
	for (int i = 0; i < n; i++)
		v[i] = i % 3 ? i % 2 ? NAN : INFINITY : -INFINITY;
	out = run(v, n, 0, 0, NULL);
	for (int i = 0; i < n; i++)
		assert_int_equal(out[i], 0);
	free(out);
	free(v);
}

/* Soft, loud, far over full scale: the same signal. */
static void test_level(void **state)
{
	int n = 30 * RATE;
	float *v = sound_make(SOUND_MUSIC, 8, n), *x = malloc(sizeof(*x) * (size_t)n);
	int8_t *want = run(v, n, 0, 0, NULL);
	static const float gain[] = {0.01f, 0.3f, 2.0f, 7.7f, 1000.0f};

	(void)state;
	assert_non_null(x);
	for (int k = 0; k < 5; k++) {
		int8_t *got;

		for (int i = 0; i < n; i++)
			x[i] = gain[k] * v[i];
		got = run(x, n, 0, 0, NULL);
		assert_true(similarity(want, got, n) > 0.99);
		assert_true(fabs(rms(want, n) - rms(got, n)) < 0.02 * rms(want, n));
		free(got);
	}
	free(want);
	free(x);
	free(v);
}

static void test_polarity(void **state)
{
	int n = 10 * RATE;
	float *v = sound_make(SOUND_MUSIC, 9, n);
	int8_t *want = run(v, n, 0, 0, NULL), *got;

	(void)state;
	for (int i = 0; i < n; i++)
		v[i] = -v[i];
	got = run(v, n, 0, 0, NULL);
	for (int i = 0; i < n; i++)
		assert_int_equal(got[i], -want[i]);
	free(got);
	free(want);
	free(v);
}

static void test_active(void **state)
{
	int n = 40 * RATE;
	float *v = sound_make(SOUND_MUSIC, 10, n);
	double all, half;

	(void)state;
	free(run(v, n, 0, 0, &all));
	memset(v, 0, sizeof(*v) * (size_t)n / 2);
	free(run(v, n, 0, 0, &half));
	assert_true(all > 0.9 && all <= 1.0);
	assert_true(fabs(half - 0.5 * all) < 0.05);
	free(v);
}

/* A sink that has enough stops the stream, and it stays stopped. */
static void test_sink_stops(void **state)
{
	int n = 2 * BLOCK;
	float *v = sound_make(SOUND_NOISE, 11, n);
	struct sink s = {.v = malloc((size_t)n), .max = n, .stop_at = 1000};
	struct as_whitener *w = as_whitener_new(collect, &s);

	(void)state;
	assert_non_null(s.v);
	assert_non_null(w);
	assert_false(as_whitener_feed(w, v, n));
	assert_true(s.n < 1000 + FRAME);
	assert_false(as_whitener_feed(w, v, 1));
	assert_false(as_whitener_end(w));
	as_whitener_free(w);
	as_whitener_free(NULL);
	free(s.v);
	free(v);
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(test_length),       cmocka_unit_test(test_alignment),
		cmocka_unit_test(test_edges),        cmocka_unit_test(test_blocks_of_any_size),
		cmocka_unit_test(test_silence),      cmocka_unit_test(test_zeros_inside),
		cmocka_unit_test(test_tone_and_hum), cmocka_unit_test(test_hum_under_speech),
		cmocka_unit_test(test_rubbish),      cmocka_unit_test(test_rubbish_alone),
		cmocka_unit_test(test_level),        cmocka_unit_test(test_polarity),
		cmocka_unit_test(test_active),       cmocka_unit_test(test_sink_stops),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
