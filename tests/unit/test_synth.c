/* The generator: the same sound for a seed, sound that is like what it claims to be, exact
 * clocks. */
#include <math.h>
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdlib.h>
#include <string.h>

#include <cmocka.h>

#include "dsp/synth.h"

#define PI 3.14159265358979323846
#define RATE 48000
#define SECONDS 12
#define N (RATE * SECONDS)

static void read_speech(uint64_t seed, float *out, int block)
{
	struct as_speech *s = as_speech_new(seed, RATE, 120);
	assert_non_null(s);
	for (int at = 0; at < N; at += block)
		as_speech_read(s, out + at, block < N - at ? block : N - at);
	as_speech_free(s);
}

static void read_music(uint64_t seed, float *out, int block)
{
	struct as_music *m = as_music_new(seed, RATE);
	assert_non_null(m);
	for (int at = 0; at < N; at += block)
		as_music_read(m, out + at, block < N - at ? block : N - at);
	as_music_free(m);
}

static double correlation(const float *a, const float *b, int n)
{
	double ab = 0, aa = 1e-20, bb = 1e-20;
	for (int i = 0; i < n; i++) {
		ab += (double)a[i] * (double)b[i];
		aa += (double)a[i] * (double)a[i];
		bb += (double)b[i] * (double)b[i];
	}
	return ab / sqrt(aa * bb);
}

/* RMS of v between two frequencies. */
static double band_rms(const float *v, int n, double low_hz, double high_hz)
{
	struct as_biquad f;
	float *copy = malloc((size_t)n * sizeof(*copy));
	memcpy(copy, v, (size_t)n * sizeof(*copy));
	for (int i = 0; i < 2; i++) {
		as_biquad_highpass(&f, RATE, low_hz, 0.7);
		as_biquad_run(&f, copy, n);
		as_biquad_lowpass(&f, RATE, high_hz, 0.7);
		as_biquad_run(&f, copy, n);
	}
	double rms = as_synth_rms(copy, n);
	free(copy);
	return rms;
}

static void test_random_numbers(void **state)
{
	(void)state;
	struct as_rng r;
	as_rng_seed(&r, 0);
	assert_true(r.s[0] == UINT64_C(0xe220a8397b1dcdaf)); /* published output of splitmix64(0) */
	r = (struct as_rng){{1, 2, 3, 4}};
	assert_true(as_rng_next(&r) == 11520); /* published first outputs of xoshiro256** */
	assert_true(as_rng_next(&r) == 0);
	assert_true(as_rng_next(&r) == 1509978240);
	double sum = 0, square = 0;
	for (int i = 0; i < 100000; i++) {
		double u = as_rng_uniform(&r, -2, 3), g = as_rng_normal(&r);
		assert_true(u >= -2 && u < 3);
		sum += g / 100000;
		square += g * g / 100000;
	}
	assert_true(fabs(sum) < 0.02 && fabs(square - 1) < 0.03);
}

static void test_same_seed_same_sound(void **state)
{
	(void)state;
	float *a = malloc(N * sizeof(*a)), *b = malloc(N * sizeof(*b));
	read_speech(5, a, N);
	read_speech(5, b, 777);
	assert_memory_equal(a, b, N * sizeof(*a));
	read_speech(6, b, N);
	assert_true(fabs(correlation(a, b, N)) < 0.1);
	read_music(5, a, N);
	read_music(5, b, 777);
	assert_memory_equal(a, b, N * sizeof(*a));
	read_music(6, b, N);
	assert_true(fabs(correlation(a, b, N)) < 0.1);
	free(a);
	free(b);
}

static void test_speech_is_like_speech(void **state)
{
	(void)state;
	float *v = malloc(N * sizeof(*v));
	read_speech(9, v, N);
	double rms = as_synth_rms(v, N);
	assert_true(rms > 0.03 && rms < 0.3);
	/* most of it between the pitch and 4 kHz, some hiss above, nothing under the pitch */
	assert_true(band_rms(v, N, 100, 4000) > 0.7 * rms);
	assert_true(band_rms(v, N, 4000, 15000) > 0.003 * rms);
	assert_true(band_rms(v, N, 5, 50) < 0.1 * rms);
	/* it pauses, and it is loud in between */
	int quiet = 0, loud = 0;
	for (int at = 0; at + 2400 <= N; at += 2400) {
		double r = as_synth_rms(v + at, 2400);
		quiet += r < 0.05 * rms;
		loud += r > 0.7 * rms;
	}
	assert_in_range(quiet, N / 2400 / 20, N / 2400 / 2);
	assert_true(loud > N / 2400 / 4);
	/* voiced: some lag of the pitch's range repeats well within 50 ms, at many places */
	int voiced = 0;
	for (int at = 0; at + 4800 < N; at += 4800) {
		double best = 0;
		for (int lag = RATE / 200; lag < RATE / 80; lag += 2)
			best = fmax(best, correlation(v + at, v + at + lag, 2400));
		voiced += best > 0.8;
	}
	assert_true(voiced > N / 4800 / 4);
	free(v);
}

/* Beats and bars are there (the loudness repeats), but no stretch comes again sample by sample. */
static void test_music_does_not_loop(void **state)
{
	(void)state;
	float *v = malloc(N * sizeof(*v));
	for (uint64_t seed = 1; seed < 4; seed++) {
		read_music(seed, v, N);
		double rms = as_synth_rms(v, N), best = 0;
		assert_true(rms > 0.02 && rms < 0.3);
		assert_true(band_rms(v, N, 40, 400) > 0.2 * rms);
		assert_true(band_rms(v, N, 3000, 15000) > 0.01 * rms);
		for (int lag = RATE; lag < N - 2 * RATE; lag += 12)
			best = fmax(best, correlation(v, v + lag, RATE / 8));
		assert_true(best < 0.95);
	}
	free(v);
}

static void test_room_decays(void **state)
{
	(void)state;
	float *v = calloc(N, sizeof(*v));
	struct as_room *r = as_room_new(3, RATE, 0.5, 1);
	assert_non_null(r);
	v[0] = 1;
	as_room_run(r, v, N);
	assert_true(v[0] == 1); /* the direct sound is not touched */
	for (int i = 1; i < RATE / 1000; i++)
		assert_true(fabs((double)v[i]) < 1e-6);
	double early = as_synth_rms(v + RATE / 10, RATE / 20);
	double late = as_synth_rms(v + RATE * 35 / 100, RATE / 20);
	double db = 20 * log10(late / early); /* 0.25 s of 0.5 s: 30 dB, more with the damping */
	assert_true(db < -25 && db > -45);
	assert_true(fabs((double)v[N - 1]) < 1e-9);
	as_room_free(r);
	free(v);
}

static void test_noise_and_filters(void **state)
{
	(void)state;
	float *v = calloc(N, sizeof(*v)), *tone = calloc(N, sizeof(*tone));
	struct as_rng r;
	struct as_biquad f;
	as_rng_seed(&r, 4);
	as_synth_noise(&r, v, N, 0.1);
	assert_true(fabs(as_synth_rms(v, N) - 0.1) < 0.001);
	for (int i = 0; i < N; i++)
		v[i] = tone[i] = (float)(0.3 * sin(2 * PI * 1000 * i / RATE));
	as_synth_noise_snr(&r, v, N, 6);
	for (int i = 0; i < N; i++)
		v[i] -= tone[i];
	assert_true(fabs(20 * log10(as_synth_rms(tone, N) / as_synth_rms(v, N)) - 6) < 0.1);
	as_biquad_lowpass(&f, RATE, 250, 0.7071);
	memcpy(v, tone, N * sizeof(*v));
	as_biquad_run(&f, v, N);
	double db = 20 * log10(as_synth_rms(v + RATE, RATE) / as_synth_rms(tone, RATE));
	assert_true(fabs(db + 24) < 0.5); /* two octaves of 12 dB */
	as_biquad_peak(&f, RATE, 1000, 1, 6);
	memcpy(v, tone, N * sizeof(*v));
	as_biquad_run(&f, v, N);
	db = 20 * log10(as_synth_rms(v + RATE, RATE) / as_synth_rms(tone, RATE));
	assert_true(fabs(db - 6) < 0.05);
	free(v);
	free(tone);
}

static void test_reading_between_samples(void **state)
{
	(void)state;
	enum { LENGTH = 5000 };
	static float v[LENGTH];
	struct as_sinc *s = as_sinc_new();
	assert_non_null(s);
	for (int hz = 100; hz <= 20000; hz += 1990) {
		for (int i = 0; i < LENGTH; i++)
			v[i] = (float)sin(2 * PI * fmod(hz * (double)i / RATE, 1));
		for (double t = 100; t < LENGTH - 100; t += 1.00002345 * 3) {
			double want = sin(2 * PI * fmod(hz * t / RATE, 1));
			assert_true(fabs(as_sinc_at(s, v, LENGTH, t) - want) < 6e-5);
		}
	}
	assert_true(as_sinc_at(s, v, LENGTH, -200) == 0);
	assert_true(as_sinc_at(s, v, LENGTH, LENGTH + 200.5) == 0);
	as_sinc_free(s);
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(test_random_numbers),
		cmocka_unit_test(test_same_seed_same_sound),
		cmocka_unit_test(test_speech_is_like_speech),
		cmocka_unit_test(test_music_does_not_loop),
		cmocka_unit_test(test_room_decays),
		cmocka_unit_test(test_noise_and_filters),
		cmocka_unit_test(test_reading_between_samples),
	};
	return cmocka_run_group_tests_name("synth", tests, NULL, NULL);
}
