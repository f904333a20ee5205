/* Pictures of sound against a look at every sample: any length, any place, any zoom; rubbish among the samples, and among the
 * bytes. */
#include <math.h>
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <stdlib.h>
#include <string.h>

#include <cmocka.h>

#include "dsp/peaks.h"
#include "dsp/synth.h"

/* A value of size a is stored to a step of a square root: half a step of 1/127 in it. */
#define ROOT_TOL (0.5 / 127 + 1e-6)
#define RMS_TOL 0.012

struct bytes {
	unsigned char *v;
	size_t n, cap;
	size_t stop_at; /* 0: never */
};

static bool collect(void *ctx, const void *data, size_t n)
{
	struct bytes *b = ctx;

	if (b->n + n > b->cap) {
		b->cap = (b->n + n) * 2;
		b->v = realloc(b->v, b->cap);
		assert_non_null(b->v);
	}
	memcpy(b->v + b->n, data, n);
	b->n += n;
	return b->stop_at == 0 || b->n < b->stop_at;
}

/* Fed in blocks of random size. */
static struct bytes make(const float *v, int64_t n, uint64_t seed)
{
	struct bytes b = {0};
	struct as_peaks_maker *m = as_peaks_maker_new(collect, &b);
	struct as_rng r;

	assert_non_null(m);
	as_rng_seed(&r, seed);
	for (int64_t at = 0; at < n;) {
		int k = 1 + as_rng_below(&r, 20000);

		k = k < n - at ? k : (int)(n - at);
		assert_true(as_peaks_maker_feed(m, v + at, k));
		at += k;
	}
	assert_true(as_peaks_maker_end(m));
	as_peaks_maker_free(m);
	return b;
}

/* Speech-like: loud and soft stretches, now and then a click. */
static float *sound(int64_t n, uint64_t seed)
{
	float *v = malloc(((size_t)n + 1) * sizeof *v);
	struct as_rng r;
	float level = 0.1f;

	assert_non_null(v);
	as_rng_seed(&r, seed);
	for (int64_t i = 0; i < n; i++) {
		if (as_rng_below(&r, 4000) == 0)
			level = (float)pow(10, -3.0 * as_rng_uniform(&r, 0, 1));
		v[i] = level * (2.0f * (float)as_rng_uniform(&r, 0, 1) - 1.0f);
		if (as_rng_below(&r, 50000) == 0)
			v[i] = as_rng_below(&r, 2) ? 0.99f : -0.99f;
	}
	return v;
}

static double root(double v)
{
	return v < 0 ? -sqrt(-v) : sqrt(v);
}

/* What the samples of [i, end) show. */
static void brute(const float *v, int64_t i, int64_t end, double *lo, double *hi, double *rms)
{
	double sum = 0;

	*lo = INFINITY;
	*hi = -INFINITY;
	for (int64_t k = i; k < end; k++) {
		*lo = fmin(*lo, v[k]);
		*hi = fmax(*hi, v[k]);
		sum += (double)v[k] * v[k];
	}
	*rms = sqrt(sum / (double)(end - i));
}

/* The samples that a column shows for certain (shrunk) and at most (grown): its borders are rounded by a sixteenth of it, and
 * where no more of the clip is left, an eighth is shown. */
static void check_column(const float *v, int64_t n, double from, double step, const struct as_waveform_column *c)
{
	double slack = step >= 512 ? step / 16 + 1e-6 : 0, lo, hi, rms;
	double grown = from + step < slack || (double)n - from < slack ? 2 * slack : slack;
	int64_t a = (int64_t)ceil(fmax(0, from + slack)), b = (int64_t)ceil(fmin((double)n, from + step - slack));
	int64_t ga = (int64_t)ceil(fmax(0, from - grown)), gb = (int64_t)ceil(fmin((double)n, from + step + grown));

	if (from + step <= 0 || from >= (double)n) {
		assert_true(c->lo > c->hi);
		return;
	}
	assert_true(c->lo <= c->hi);
	assert_true(c->rms >= 0);
	if (b > a) {
		brute(v, a, b, &lo, &hi, &rms);
		assert_true(root(c->lo) <= root(lo) + ROOT_TOL);
		assert_true(root(c->hi) >= root(hi) - ROOT_TOL);
	}
	if (gb > ga) {
		brute(v, ga, gb, &lo, &hi, &rms);
		assert_true(root(c->lo) >= root(lo) - ROOT_TOL);
		assert_true(root(c->hi) <= root(hi) + ROOT_TOL);
		if (slack == 0)
			assert_true(fabs(sqrt(c->rms) - sqrt(rms)) <= RMS_TOL);
	}
}

static void test_any_place_and_zoom(void **state)
{
	static const int64_t lengths[] = {1, 31, 32, 33, 511, 8191, 8192, 8193, 16384 + 513, 700001};
	struct as_waveform_column c[50];
	struct as_rng r;
	(void)state;

	as_rng_seed(&r, 5);
	for (size_t k = 0; k < sizeof lengths / sizeof *lengths; k++) {
		int64_t n = lengths[k];
		float *v = sound(n, 100 + k);
		struct bytes b = make(v, n, k);
		struct as_peaks p;

		assert_true(as_peaks_open(&p, b.v, b.n));
		assert_int_equal(p.n, n);
		for (int t = 0; t < 300; t++) {
			double step = pow(2, 22.0 * as_rng_uniform(&r, 0, 1));
			double from = ((double)n + 60 * step) * as_rng_uniform(&r, 0, 1) - 55 * step;

			if (t % 3 == 0) /* whole samples */
				step = ceil(step), from = floor(from);
			as_peaks_draw(&p, from, step, 50, c);
			for (int i = 0; i < 50; i++)
				check_column(v, n, from + i * step, step, &c[i]);
		}
		free(b.v);
		free(v);
	}
}

/* The RMS of coarse columns, whose borders fall on stretches. */
static void test_mean_level(void **state)
{
	const int64_t n = 1 << 21;
	float *v = sound(n, 9);
	struct bytes b = make(v, n, 1);
	struct as_peaks p;
	(void)state;

	assert_true(as_peaks_open(&p, b.v, b.n));
	for (int64_t step = 1; step <= n; step *= 2) {
		struct as_waveform_column c;
		for (int64_t at = 0; at < n; at += n / 4) {
			double lo, hi, rms;

			if (at % step)
				continue;
			as_peaks_draw(&p, (double)at, (double)step, 1, &c);
			brute(v, at, at + step, &lo, &hi, &rms);
			assert_true(fabs(root(c.lo) - root(lo)) <= ROOT_TOL);
			assert_true(fabs(root(c.hi) - root(hi)) <= ROOT_TOL);
			assert_true(fabs(sqrt(c.rms) - sqrt(rms)) <= RMS_TOL);
		}
	}
	free(b.v);
	free(v);
}

/* Every sample is in some column: one click shows at every zoom. */
static void test_nothing_is_lost(void **state)
{
	const int64_t n = 400000;
	float *v = calloc((size_t)n, sizeof *v);
	struct as_waveform_column c[200];
	struct as_rng r;
	(void)state;

	assert_non_null(v);
	as_rng_seed(&r, 77);
	for (int t = 0; t < 40; t++) {
		int64_t at = (int64_t)(as_rng_uniform(&r, 0, 1) * (double)n);
		struct as_peaks p;

		v[at] = 1.0f;
		struct bytes b = make(v, n, (uint64_t)t);
		assert_true(as_peaks_open(&p, b.v, b.n));
		for (double step = 1; step < 20000; step *= 1.7) {
			int hits = 0;

			as_peaks_draw(&p, (double)at - step * 200 * as_rng_uniform(&r, 0, 1), step, 200, c);
			for (int i = 0; i < 200; i++)
				hits += c[i].hi > 0.99f && c[i].hi >= c[i].lo;
			assert_int_equal(hits, 1);
		}
		v[at] = 0.0f;
		free(b.v);
	}
	free(v);
}

/* Nearer than the samples: straight lines from one to the next. */
static void test_between_samples(void **state)
{
	float v[3] = {0.0f, 1.0f, -1.0f};
	struct bytes b = make(v, 3, 1);
	struct as_waveform_column c[8];
	struct as_peaks p;
	(void)state;

	assert_true(as_peaks_open(&p, b.v, b.n));
	as_peaks_draw(&p, 0.125, 0.25, 8, c);
	for (int i = 0; i < 8; i++) {
		double mid = 0.25 + 0.25 * i, want = mid <= 1 ? mid : 1 - 2 * (mid - 1);

		if (floor(0.125 + 0.25 * i) == floor(0.125 + 0.25 * (i + 1))) {
			assert_true(fabs(c[i].lo - want) < 1e-5);
			assert_true(c[i].lo == c[i].hi);
		} else { /* holds a sample: shows it */
			assert_true(c[i].hi == v[(int)ceil(0.125 + 0.25 * i)]);
		}
	}
	free(b.v);
}

static void test_hostile(void **state)
{
	float v[6] = {NAN, INFINITY, -INFINITY, 1e30f, -0.0f, 0.25f};
	static const double bad[] = {NAN, INFINITY, -INFINITY, 1e300, -1e300, 0.0, -1.0, 1e-300};
	struct bytes b = make(v, 6, 1);
	struct as_waveform_column c[6];
	struct as_peaks p, none = {0};
	(void)state;

	assert_true(as_peaks_open(&p, b.v, b.n));
	as_peaks_draw(&p, 0, 1, 6, c);
	assert_true(c[0].lo == 0 && c[0].hi == 0);
	assert_true(c[1].hi == 1 && c[2].lo == -1 && c[3].hi == 1 && c[4].hi == 0);
	assert_true(fabsf(c[5].hi - 0.25f) < 0.01f);
	for (int i = 0; i < 8; i++) {
		for (int k = 0; k < 8; k++) {
			as_peaks_draw(&p, bad[i], bad[k], 6, c);
			as_peaks_draw(&none, bad[i], bad[k], 6, c);
			assert_true(c[0].lo > c[0].hi);
		}
	}
	as_peaks_draw(&none, -1, 2, 1, c);
	assert_true(c[0].lo > c[0].hi);
	/* Bytes that no maker wrote, of any length. */
	unsigned char *copy = malloc(b.n + 1);
	assert_non_null(copy);
	memcpy(copy, b.v, b.n);
	copy[b.n] = 0;
	assert_true(as_peaks_open(&p, copy, b.n));
	for (size_t n = 0; n <= b.n + 1; n++)
		assert_true(as_peaks_open(&p, copy, n) == (n == b.n));
	for (size_t i = b.n - 16; i < b.n; i++) {
		copy[i] ^= 0x80;
		/* as many samples as fit into the same chunk look alike, and are there */
		assert_true(as_peaks_open(&p, copy, b.n) == (i == b.n - 8));
		copy[i] ^= 0x80;
	}
	free(copy);
	free(b.v);
}

static void test_stopped(void **state)
{
	float *v = sound(50000, 3);
	(void)state;

	for (size_t stop = 1; stop < 60000; stop += 9000) {
		struct bytes b = {.stop_at = stop};
		struct as_peaks_maker *m = as_peaks_maker_new(collect, &b);

		assert_non_null(m);
		assert_false(as_peaks_maker_feed(m, v, 50000) && as_peaks_maker_end(m));
		as_peaks_maker_free(m);
		free(b.v);
	}
	free(v);
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(test_any_place_and_zoom), cmocka_unit_test(test_mean_level),
		cmocka_unit_test(test_nothing_is_lost),	   cmocka_unit_test(test_between_samples),
		cmocka_unit_test(test_hostile),		   cmocka_unit_test(test_stopped),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
