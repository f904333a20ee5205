/* The hot loops give the same bits as the loops they stand for, whichever clone the processor
 * gets. */
#include <math.h>
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <stdlib.h>
#include <string.h>

#include <cmocka.h>

#include "dsp/fft.h"
#include "dsp/kernel.h"
#include "dsp/signal.h"
#include "dsp/synth.h"

enum { N_MAX = 1100, SPAN_MAX = 300 };

/* Lengths around every width that vectors may have, and some long ones. */
static const int lengths[] = {1,  2,  3,  4,  5,  7,  8,   9,    15,  16,
			      17, 31, 33, 63, 64, 65, 200, 1000, 1023};
#define N_LENGTHS ((int)(sizeof(lengths) / sizeof(*lengths)))

/* Values of every size, now and then 0 or one that has no full precision. */
static float odd_value(struct as_rng *r)
{
	switch (as_rng_below(r, 20)) {
	case 0:
		return 0.0f;
	case 1:
		return (float)as_rng_uniform(r, -1e-39, 1e-39);
	case 2:
		return (float)as_rng_uniform(r, -1e15, 1e15);
	default:
		return (float)as_rng_normal(r);
	}
}

static void test_mul_conj(void **state)
{
	struct as_rng r;

	(void)state;
	as_rng_seed(&r, 1);
	for (int k = 0; k < N_LENGTHS; k++) {
		int n = lengths[k];
		float a[2 * N_MAX], b[2 * N_MAX], got[2 * N_MAX + 2] = {0}, want[2 * N_MAX];

		for (int i = 0; i < 2 * n; i++) {
			a[i] = odd_value(&r);
			b[i] = odd_value(&r);
		}
		for (int i = 0; i < n; i++) {
			volatile float ac = a[2 * i] * b[2 * i], bd = a[2 * i + 1] * b[2 * i + 1];
			volatile float bc = a[2 * i + 1] * b[2 * i], ad = a[2 * i] * b[2 * i + 1];

			want[2 * i] = ac + bd;
			want[2 * i + 1] = bc - ad;
		}
		got[2 * n] = 77.0f;
		as_kernel_mul_conj((float complex *)got, (float complex *)a, (float complex *)b, n);
		assert_memory_equal(got, want, sizeof(*got) * 2 * (size_t)n);
		assert_true(got[2 * n] == 77.0f);
		/* in place, as the correlator may */
		as_kernel_mul_conj((float complex *)a, (float complex *)a, (float complex *)b, n);
		assert_memory_equal(a, want, sizeof(*a) * 2 * (size_t)n);
	}
}

static void test_normalise(void **state)
{
	struct as_rng r;

	(void)state;
	as_rng_seed(&r, 2);
	for (int k = 0; k < N_LENGTHS; k++)
		for (int step = 1; step <= 3; step++) {
			int n = lengths[k], span = 1 + as_rng_below(&r, SPAN_MAX);
			uint32_t e[3 * N_MAX + SPAN_MAX + 1] = {0};
			float got[N_MAX + 1], want[N_MAX], scale = 0.37f, floor = 500000.0f;

			for (int i = 1; i <= 3 * n + span; i++)
				e[i] = e[i - 1] + (uint32_t)as_rng_below(&r, 16130);
			for (int i = 0; i < n; i++) {
				int32_t p = (int32_t)(e[i * step + span] - e[i * step]);
				volatile float q = (float)p > floor ? (float)p : floor;
				volatile float root = sqrtf(q);
				volatile float factor = scale / root;

				got[i] = odd_value(&r);
				want[i] = got[i] * factor;
			}
			got[n] = 77.0f;
			as_kernel_normalise(got, n, e, step, span, scale, floor);
			assert_memory_equal(got, want, sizeof(*got) * (size_t)n);
			assert_true(got[n] == 77.0f);
		}
}

/* Sums of energy may pass 2^32: differences still hold. */
static void test_normalise_wraps(void **state)
{
	const uint32_t e[] = {UINT32_MAX - 99u, 300u};
	float r = 40.0f;

	(void)state;
	as_kernel_normalise(&r, 1, e, 2, 1, 0.5f, 1.0f);
	assert_true(r == 1.0f); /* 40 * 0.5 / sqrt(400) */
}

static void test_smooth_power(void **state)
{
	struct as_rng r;

	(void)state;
	as_rng_seed(&r, 3);
	for (int k = 0; k < N_LENGTHS; k++) {
		int n = lengths[k];
		float v[N_MAX + 4], got[N_MAX + 1], want[N_MAX];

		for (int i = 0; i < n + 4; i++)
			v[i] = odd_value(&r);
		for (int i = 0; i < n; i++) {
			volatile float sum = v[i] * v[i];

			for (int d = 1; d < 5; d++) {
				volatile float square = v[i + d] * v[i + d];

				sum = sum + square;
			}
			want[i] = sum;
		}
		got[n] = 77.0f;
		as_kernel_smooth_power(got, v + 2, n);
		assert_memory_equal(got, want, sizeof(*got) * (size_t)n);
		assert_true(got[n] == 77.0f);
	}
}

static void test_argmax(void **state)
{
	struct as_rng r;

	(void)state;
	as_rng_seed(&r, 4);
	for (int k = 0; k < 40 * N_LENGTHS; k++) {
		int n = lengths[k % N_LENGTHS], best = 0;
		int levels = 1 + as_rng_below(&r, 50); /* few: many equals */
		float v[N_MAX];

		for (int i = 0; i < n; i++)
			v[i] = (float)as_rng_below(&r, levels) * (k % 3 ? 1.0f : 1e-41f);
		for (int i = 1; i < n; i++)
			if (v[i] > v[best])
				best = i;
		assert_int_equal(as_kernel_argmax(v, n), best);
	}
}

static void test_widen(void **state)
{
	int8_t v[N_MAX];
	float got[N_MAX + 1];

	(void)state;
	for (int i = 0; i < N_MAX; i++)
		v[i] = (int8_t)(i % 256 - 128);
	for (int k = 0; k < N_LENGTHS; k++) {
		got[lengths[k]] = 0.5f;
		as_kernel_widen(got, v, lengths[k]);
		for (int i = 0; i < lengths[k]; i++)
			assert_true(got[i] == (float)v[i]);
		assert_true(got[lengths[k]] == 0.5f);
	}
}

/* The largest block that the correlator uses, at the largest values that the whitener makes. */
static void test_prefix_energy(void **state)
{
	int n = 1 << 18;
	float *v = malloc(sizeof(*v) * (size_t)n);
	uint32_t *e = malloc(sizeof(*e) * (size_t)(n + 1));
	uint64_t sum = 0;

	(void)state;
	assert_non_null(v);
	assert_non_null(e);
	for (int i = 0; i < n; i++)
		v[i] = i % 2 ? 127.0f : -127.0f;
	as_kernel_prefix_energy(e, v, n);
	for (int i = 0; i <= n; i++) {
		assert_true(e[i] == sum);
		sum += 127 * 127;
	}
	free(e);
	free(v);
}

/* Full-scale samples past what 32 bits hold, of a length that is no multiple of anything. */
static void test_energy(void **state)
{
	int64_t n = (1 << 18) + 37, sum = 0;
	int8_t *v = malloc((size_t)n);

	(void)state;
	assert_non_null(v);
	for (int64_t i = 0; i < n; i++) {
		v[i] = (int8_t)(i % 3 ? -127 : i % 127);
		sum += v[i] * v[i];
	}
	assert_true(sum > INT32_MAX);
	assert_true(as_kernel_energy(v, n) == sum);
	assert_true(as_kernel_energy(v, 0) == 0);
	free(v);
}

/* --- what lies around the kernels
 * ----------------------------------------------------------------------------- */

static void test_signal_outside(void **state)
{
	const int8_t v[] = {1, -2, 3, -4, 5};
	const struct as_signal s = {.v = v, .n = 5, .rate_hz = 8000.0};
	static const int64_t at[] = {-1000000000000, -7, -6, -5, -3, -1, 0, 2, 4, 5, 6,
				     1000000000000};

	(void)state;
	for (int k = 0; k < 12; k++)
		for (int n = 0; n <= 9; n++) {
			float x[13];
			double sum = 0.0;

			for (int i = 0; i < 13; i++)
				x[i] = 77.0f;
			for (int i = 0; i < n; i++)
				if (at[k] + i >= 0 && at[k] + i < 5)
					sum += v[at[k] + i] * v[at[k] + i];
			assert_true(as_signal_load(&s, at[k], n, 12, x) == sum);
			assert_true(as_signal_energy(&s, at[k], n) == sum);
			for (int i = 0; i < 12; i++)
				assert_true(x[i] == (i < n && at[k] + i >= 0 && at[k] + i < 5
							     ? (float)v[at[k] + i]
							     : 0.0f));
			assert_true(x[12] == 77.0f);
		}
}

static void test_fft_there_and_back(void **state)
{
	static const int sizes[] = {2, 6, 1024, 3000, 32768};

	(void)state;
	for (int k = 0; k < 5; k++) {
		int n = sizes[k];
		struct as_fft *f = as_fft_new(n);
		float *x = as_fft_alloc(sizeof(*x) * (size_t)n),
		      *y = malloc(sizeof(*y) * (size_t)n);
		float complex *s = as_fft_alloc(sizeof(*s) * (size_t)(n / 2 + 1));
		struct as_rng r;
		double sum = 0.0;

		assert_non_null(f);
		assert_non_null(x);
		assert_non_null(y);
		assert_non_null(s);
		assert_int_equal(as_fft_size(f), n);
		as_rng_seed(&r, (uint64_t)n);
		for (int i = 0; i < n; i++) {
			x[i] = y[i] = (float)as_rng_normal(&r);
			sum += (double)y[i];
		}
		as_fft_forward(f, x, s);
		assert_memory_equal(x, y, sizeof(*x) * (size_t)n); /* input survives */
		assert_true(fabs((double)crealf(s[0]) - sum) < 1e-4 * n);
		as_fft_inverse(f, s, x);
		for (int i = 0; i < n; i++)
			assert_true(fabsf(x[i] / (float)n - y[i]) < 1e-5f);
		as_fft_release(x);
		as_fft_release(s);
		as_fft_release(NULL);
		free(y);
		as_fft_free(f);
	}
	as_fft_free(NULL);
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(test_mul_conj),
		cmocka_unit_test(test_normalise),
		cmocka_unit_test(test_normalise_wraps),
		cmocka_unit_test(test_smooth_power),
		cmocka_unit_test(test_argmax),
		cmocka_unit_test(test_widen),
		cmocka_unit_test(test_prefix_energy),
		cmocka_unit_test(test_energy),
		cmocka_unit_test(test_signal_outside),
		cmocka_unit_test(test_fft_there_and_back),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
