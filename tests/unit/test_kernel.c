/* The hot loops give the same bits as the loops they stand for, in every version. */
#include <math.h>
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <stdlib.h>
#include <string.h>

#include <cmocka.h>

#include "dsp/fft.h"
#include "dsp/signal.h"
#include "dsp/synth.h"
#include "kernels.h"

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

/* Arrays begin off every alignment, and what lies behind them must stay. */
enum { OFF = 1, ROOM = 2 * N_MAX + 8 };
#define MARK 77.0f

static void fill(struct as_rng *r, float *v, int n)
{
	for (int i = 0; i < n; i++)
		v[i] = odd_value(r);
}

static void test_mul_conj(void **state)
{
	const struct kernels *kernel = *state;
	struct as_rng r;

	as_rng_seed(&r, 1);
	for (int k = 0; k < N_LENGTHS; k++) {
		int n = lengths[k];
		float a[ROOM], b[ROOM], sum[ROOM], want_sum[ROOM], got[ROOM], want[ROOM];

		fill(&r, a, 2 * n);
		fill(&r, b, 2 * n);
		fill(&r, sum, 2 * n + 1);
		for (int i = 0; i < n; i++) {
			volatile float ac = a[2 * i] * b[2 * i], bd = a[2 * i + 1] * b[2 * i + 1];
			volatile float bc = a[2 * i + 1] * b[2 * i], ad = a[2 * i] * b[2 * i + 1];

			want[2 * i] = ac + bd;
			want[2 * i + 1] = bc - ad;
			want_sum[2 * i] = sum[OFF + 2 * i] + want[2 * i];
			want_sum[2 * i + 1] = sum[OFF + 2 * i + 1] + want[2 * i + 1];
		}
		got[OFF + 2 * n] = sum[OFF + 2 * n] = MARK;
		kernel->mul_conj((float complex *)(got + OFF), (float complex *)a, (float complex *)b, n);
		assert_memory_equal(got + OFF, want, sizeof(*got) * 2 * (size_t)n);
		kernel->mul_conj_add((float complex *)(sum + OFF), (float complex *)a, (float complex *)b, n);
		assert_memory_equal(sum + OFF, want_sum, sizeof(*sum) * 2 * (size_t)n);
		assert_true(got[OFF + 2 * n] == MARK && sum[OFF + 2 * n] == MARK);
		/* in place, as the correlator may */
		kernel->mul_conj((float complex *)a, (float complex *)a, (float complex *)b, n);
		assert_memory_equal(a, want, sizeof(*a) * 2 * (size_t)n);
	}
}

static void test_inverse_root(void **state)
{
	const struct kernels *kernel = *state;
	struct as_rng r;

	as_rng_seed(&r, 2);
	for (int k = 0; k < N_LENGTHS; k++)
		for (int step = 1; step <= 3; step++) {
			int n = lengths[k], span = 1 + as_rng_below(&r, SPAN_MAX);
			uint32_t e[3 * N_MAX + SPAN_MAX + 1] = {0};
			float got[ROOM], want[N_MAX], floor = 500000.0f;

			for (int i = 1; i <= 3 * n + span; i++)
				e[i] = e[i - 1] + (uint32_t)as_rng_below(&r, 16130);
			for (int i = 0; i < n; i++) {
				int32_t p = (int32_t)(e[i * step + span] - e[i * step]);
				volatile float q = (float)p > floor ? (float)p : floor;
				volatile float root = sqrtf(q);

				want[i] = 1.0f / root;
			}
			got[OFF + n] = MARK;
			kernel->inverse_root(got + OFF, n, e, step, span, floor);
			assert_memory_equal(got + OFF, want, sizeof(*got) * (size_t)n);
			assert_true(got[OFF + n] == MARK);
		}
}

/* Sums of energy may pass 2^32: differences still hold. */
static void test_inverse_root_wraps(void **state)
{
	const struct kernels *kernel = *state;
	const uint32_t e[] = {UINT32_MAX - 99u, 300u};
	float g;

	kernel->inverse_root(&g, 1, e, 2, 1, 1.0f);
	assert_true(g == 0.05f); /* 1 / sqrt(400) */
}

static void test_scale(void **state)
{
	const struct kernels *kernel = *state;
	struct as_rng r;

	as_rng_seed(&r, 6);
	for (int k = 0; k < N_LENGTHS; k++) {
		int n = lengths[k];
		float v[ROOM], gain[ROOM], want[ROOM];

		fill(&r, v, n + OFF);
		fill(&r, gain, n);
		for (int i = 0; i < n; i++) {
			volatile float factor = gain[i] * 0.37f;

			want[i] = v[OFF + i] * factor;
		}
		v[OFF + n] = MARK;
		kernel->scale(v + OFF, gain, 0.37f, n);
		assert_memory_equal(v + OFF, want, sizeof(*v) * (size_t)n);
		assert_true(v[OFF + n] == MARK);
	}
}

static void test_smooth_power(void **state)
{
	const struct kernels *kernel = *state;
	struct as_rng r;

	as_rng_seed(&r, 3);
	for (int k = 0; k < N_LENGTHS; k++) {
		int n = lengths[k];
		float v[ROOM], got[ROOM], want[N_MAX];

		fill(&r, v, n + 4);
		for (int i = 0; i < n; i++) {
			volatile float sum = v[i] * v[i];

			for (int d = 1; d < 5; d++) {
				volatile float square = v[i + d] * v[i + d];

				sum = sum + square;
			}
			want[i] = sum;
		}
		got[OFF + n] = MARK;
		kernel->smooth_power(got + OFF, v + 2, n);
		assert_memory_equal(got + OFF, want, sizeof(*got) * (size_t)n);
		assert_true(got[OFF + n] == MARK);
	}
}

static void test_argmax(void **state)
{
	const struct kernels *kernel = *state;
	struct as_rng r;

	as_rng_seed(&r, 4);
	for (int k = 0; k < 40 * N_LENGTHS; k++) {
		int n = lengths[k % N_LENGTHS], best = 0;
		int levels = 1 + as_rng_below(&r, 50); /* few: many equals */
		float room[ROOM], *v = room + k % 3;

		for (int i = 0; i < n; i++)
			v[i] = (float)as_rng_below(&r, levels) * (k % 3 ? 1.0f : 1e-41f);
		for (int i = 1; i < n; i++)
			if (v[i] > v[best])
				best = i;
		assert_int_equal(kernel->argmax(v, n), best);
		assert_true(kernel->max(v, n) == v[best]);
	}
}

static void test_tops(void **state)
{
	const struct kernels *kernel = *state;
	struct as_rng r;

	as_rng_seed(&r, 12);
	for (int k = 0; k < N_LENGTHS; k++) {
		int n = lengths[k];
		float a[ROOM], b[ROOM], got[ROOM];
		uint8_t top[ROOM];

		for (int i = 0; i < n; i++) {
			a[i] = (float)as_rng_below(&r, 5);
			b[i] = (float)as_rng_below(&r, 5);
		}
		got[OFF + n] = MARK;
		top[OFF + n] = 77;
		kernel->max_each(got + OFF, a, b, n);
		kernel->mark_tops(top + OFF, a, b, 1.0f, n);
		for (int i = 0; i < n; i++) {
			assert_true(got[OFF + i] == fmaxf(a[i], b[i]));
			assert_int_equal(top[OFF + i], a[i] >= b[i] && a[i] > 1.0f);
		}
		assert_true(got[OFF + n] == MARK && top[OFF + n] == 77);
	}
}

static void test_widen(void **state)
{
	const struct kernels *kernel = *state;
	int8_t v[N_MAX];
	float got[N_MAX + 1];

	for (int i = 0; i < N_MAX; i++)
		v[i] = (int8_t)(i % 256 - 128);
	for (int k = 0; k < N_LENGTHS; k++) {
		got[lengths[k]] = 0.5f;
		kernel->widen(got, v + OFF, lengths[k]);
		for (int i = 0; i < lengths[k]; i++)
			assert_true(got[i] == (float)v[OFF + i]);
		assert_true(got[lengths[k]] == 0.5f);
	}
}

/* The largest block that the correlator uses, at the largest values that the whitener makes. */
static void test_prefix_energy(void **state)
{
	const struct kernels *kernel = *state;
	int n = 1 << 18;
	float *v = malloc(sizeof(*v) * (size_t)n);
	uint32_t *e = malloc(sizeof(*e) * (size_t)(n + 1));
	uint64_t sum = 0;

	assert_non_null(v);
	assert_non_null(e);
	for (int i = 0; i < n; i++)
		v[i] = i % 2 ? 127.0f : -127.0f;
	kernel->prefix_energy(e, v, n);
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
	const struct kernels *kernel = *state;
	int64_t n = (1 << 18) + 37, sum = 0, products = 0;
	int8_t *v = malloc((size_t)n);

	assert_non_null(v);
	for (int64_t i = 0; i < n; i++) {
		v[i] = (int8_t)(i % 3 ? -127 : i % 127);
		sum += v[i] * v[i];
	}
	assert_true(sum > INT32_MAX);
	assert_true(kernel->energy(v, n) == sum);
	assert_true(kernel->energy(v, 0) == 0);
	for (int64_t i = 0, j = 5; i < n; i++, j++)
		products += v[i] * v[j % n];
	for (int64_t j = n - 5; j < n; j++)
		products -= v[j] * v[(j + 5) % n];
	assert_true(kernel->dot(v, v + 5, n - 5) == products && kernel->dot(v + 5, v, 0) == 0);
	free(v);
}

static void test_whiten(void **state)
{
	const struct kernels *kernel = *state;
	const float scale = 0.7f, eps = 1e-3f, min = 1e-2f;
	struct as_rng r;

	as_rng_seed(&r, 7);
	for (int k = 0; k < N_LENGTHS; k++) {
		int n = lengths[k];
		float x[ROOM], floor[ROOM], power[ROOM], got[ROOM], want[ROOM], want_power[ROOM];

		fill(&r, x, 2 * n);
		for (int i = 0; i < n; i++) {
			volatile float a = x[2 * i] * x[2 * i], b = x[2 * i + 1] * x[2 * i + 1];
			volatile float p = a + b;

			floor[i] = as_rng_below(&r, 4) ? (float)as_rng_uniform(&r, 0.0, 2.0) : 0.0f;
			want_power[i] = p;
			want[2 * i] = want[2 * i + 1] = 0.0f;
			if (p > floor[i] && p > min) {
				volatile float share = floor[i] / p, keep = 1.0f - share, root = sqrtf(p);
				volatile float below = root + eps, g = scale / below, all = keep * g;

				want[2 * i] = x[2 * i] * all;
				want[2 * i + 1] = x[2 * i + 1] * all;
			}
		}
		got[OFF + 2 * n] = power[OFF + n] = MARK;
		kernel->power(power + OFF, (float complex *)x, n);
		assert_memory_equal(power + OFF, want_power, sizeof(*power) * (size_t)n);
		kernel->whiten((float complex *)(got + OFF), (float complex *)x, power + OFF, floor, scale, eps, min, n);
		for (int i = 0; i < 2 * n; i++)
			assert_true(got[OFF + i] == want[i]); /* of zeros, either */
		assert_true(got[OFF + 2 * n] == MARK && power[OFF + n] == MARK);
	}
}

static void test_blend_and_tame(void **state)
{
	const struct kernels *kernel = *state;
	static const float wild[] = {NAN, INFINITY, -INFINITY, 3.5f, -3.5f, 3.0f, -0.0f, 1e-40f};
	struct as_rng r;

	as_rng_seed(&r, 8);
	for (int k = 0; k < N_LENGTHS; k++) {
		int n = lengths[k];
		float a[ROOM], b[ROOM], got[ROOM], want[ROOM];

		fill(&r, a, n);
		fill(&r, b, n);
		for (int i = 0; i < n; i++) {
			volatile float d = b[i] - a[i], part = 0.3f * d;

			want[i] = a[i] + part;
		}
		got[OFF + n] = MARK;
		kernel->blend(got + OFF, a, b, 0.3f, n);
		assert_memory_equal(got + OFF, want, sizeof(*got) * (size_t)n);
		for (int i = 0; i < n; i++)
			a[i] = wild[as_rng_below(&r, 8)];
		kernel->tame(got + OFF, a, 3.0f, n);
		for (int i = 0; i < n; i++)
			assert_true(got[OFF + i] == (!isfinite(a[i]) ? 0.0f : fminf(fmaxf(a[i], -3.0f), 3.0f)));
		assert_true(got[OFF + n] == MARK);
	}
}

/* Sums come in the documented order: value i belongs to lane i mod 16. */
static void test_sums(void **state)
{
	const struct kernels *kernel = *state;
	struct as_rng r;

	as_rng_seed(&r, 9);
	for (int k = 0; k < N_LENGTHS; k++) {
		int n = lengths[k];
		float v[ROOM];
		volatile float roots[16] = {0.0f}, squares[16] = {0.0f}, root = 0.0f, square = 0.0f;

		fill(&r, v, n);
		for (int i = 0; i < n; i++) {
			volatile float q = v[i] * v[i];

			squares[i % 16] = squares[i % 16] + q;
			v[i] = fabsf(v[i]);
			roots[i % 16] = roots[i % 16] + sqrtf(v[i]);
		}
		for (int j = 0; j < 16; j++) {
			root = root + roots[j];
			square = square + squares[j];
		}
		assert_true(kernel->sum_sqrt(v, n) == root);
		assert_true(kernel->sum_squares(v, n) == square);
	}
}

static void test_quantise(void **state)
{
	const struct kernels *kernel = *state;
	struct as_rng r;

	as_rng_seed(&r, 10);
	for (int k = 0; k < N_LENGTHS; k++) {
		int n = lengths[k];
		float v[ROOM];
		int8_t got[ROOM];

		for (int i = 0; i < n; i++)
			v[i] = as_rng_below(&r, 3) ? (float)as_rng_uniform(&r, -140.0, 140.0)
						   : (float)(as_rng_below(&r, 521) - 260) * 0.5f;
		got[OFF + n] = 77;
		kernel->quantise(got + OFF, v, n);
		for (int i = 0; i < n; i++)
			assert_int_equal(got[OFF + i], lrintf(fminf(fmaxf(v[i], -127.0f), 127.0f)));
		assert_int_equal(got[OFF + n], 77);
	}
}

/* Both ways against the equations one pair at a time, and the plain version bit by bit. */
static void test_split_and_merge(void **state)
{
	const struct kernels *kernel = *state;
	struct as_rng r;

	as_rng_seed(&r, 11);
	for (int k = 0; k < N_LENGTHS; k++) {
		int n = lengths[k];
		float v[2 * ROOM], kept[2 * ROOM], plain[2 * ROOM], re[ROOM], im[ROOM];
		float complex *z = (float complex *)(v + OFF), *old = (float complex *)(kept + OFF);
		int last = 2 * n; /* one bin between the two sides */

		for (int i = 0; i < 4 * n + 4; i++)
			v[i] = (float)as_rng_normal(&r);
		for (int i = 0; i < n; i++) {
			re[i] = (float)cos(0.01 * i);
			im[i] = (float)-sin(0.01 * i);
		}
		memcpy(kept, v, sizeof(v));
		memcpy(plain, v, sizeof(v));
		kernel->split(z, z + last, re, im, n);
		kernels_plain.split((float complex *)(plain + OFF), (float complex *)(plain + OFF) + last, re, im, n);
		assert_memory_equal(v, plain, sizeof(float) * (size_t)(4 * n + 4));
		for (int i = 0; i < n; i++) {
			double complex a = old[i], b = conj((double complex)old[last - i]), w = re[i] + I * im[i];
			double complex e = (a + b) / 2.0, o = (a - b) / (2.0 * I);

			assert_true(cabs(z[i] - (e + w * o)) < 1e-5);
			assert_true(cabs(z[last - i] - conj(e - w * o)) < 1e-5);
		}
		assert_true(z[n] == old[n] && v[0] == kept[0]);
		kernel->merge(z, z + last, re, im, n);
		kernels_plain.merge((float complex *)(plain + OFF), (float complex *)(plain + OFF) + last, re, im, n);
		assert_memory_equal(v, plain, sizeof(float) * (size_t)(4 * n + 4));
		for (int i = 0; i < n; i++) {
			assert_true(cabsf(z[i] - 2.0f * old[i]) < 1e-4f);
			assert_true(cabsf(z[last - i] - 2.0f * old[last - i]) < 1e-4f);
		}
	}
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
			for (int64_t b = -3; b <= 6; b++) {
				double dot = 0.0;

				for (int i = 0; i < n; i++)
					if (at[k] + i >= 0 && at[k] + i < 5 && b + i >= 0 && b + i < 5)
						dot += v[at[k] + i] * v[b + i];
				assert_true(as_signal_dot(&s, at[k], &s, b, n) == dot);
			}
			for (int i = 0; i < 12; i++)
				assert_true(x[i] == (i < n && at[k] + i >= 0 && at[k] + i < 5
							     ? (float)v[at[k] + i]
							     : 0.0f));
			assert_true(x[12] == 77.0f);
		}
}

/* A few bins against the sum that defines them. */
static void test_fft_is_one(void **state)
{
	static const int sizes[] = {2, 4, 6, 10, 34, 64, 1000, 8192};

	(void)state;
	for (int k = 0; k < 8; k++) {
		int n = sizes[k];
		struct as_fft *f = as_fft_new(n);
		float *x = as_fft_alloc(sizeof(*x) * (size_t)n);
		float complex *s = as_fft_alloc(sizeof(*s) * (size_t)(n / 2 + 1));
		struct as_rng r;

		assert_non_null(f);
		assert_non_null(x);
		assert_non_null(s);
		as_rng_seed(&r, (uint64_t)n);
		for (int i = 0; i < n; i++)
			x[i] = (float)as_rng_normal(&r);
		as_fft_forward(f, x, s);
		for (int j = 0; j < 20; j++) {
			int bin = j == 0 ? 0 : j == 1 ? n / 2 : j == 2 ? n / 4 : as_rng_below(&r, n / 2 + 1);
			double complex sum = 0.0;

			for (int i = 0; i < n; i++)
				sum += (double)x[i] * cexp(-2.0 * I * acos(-1.0) * (double)((int64_t)i * bin % n) / n);
			assert_true(cabs(s[bin] - sum) < 1e-5 * n);
		}
		as_fft_release(x);
		as_fft_release(s);
		as_fft_free(f);
	}
}

/* Where all of a signal is asked for, what its maker knew is taken. */
static void test_signal_energy_known(void **state)
{
	const int8_t v[] = {1, -2, 3, -4, 5};
	const struct as_signal s = {.v = v, .n = 5, .rate_hz = 8000.0, .energy = 1234.0};

	(void)state;
	assert_true(as_signal_energy(&s, 0, 5) == 1234.0);
	assert_true(as_signal_energy(&s, -3, 20) == 1234.0);
	assert_true(as_signal_energy(&s, 0, 4) == 30.0);
	assert_true(as_signal_energy(&s, 1, 4) == 54.0);
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

static int use(void **state, const struct kernels *k)
{
	*state = (void *)(uintptr_t)k;
	return 0;
}

static int use_library(void **state)
{
	return use(state, &kernels_library);
}

static int use_plain(void **state)
{
	return use(state, &kernels_plain);
}

static int use_avx2(void **state)
{
	return use(state, &kernels_avx2);
}

int main(void)
{
	const struct CMUnitTest kernels[] = {
		cmocka_unit_test(test_mul_conj),       cmocka_unit_test(test_inverse_root),
		cmocka_unit_test(test_scale),          cmocka_unit_test(test_inverse_root_wraps),
		cmocka_unit_test(test_smooth_power),   cmocka_unit_test(test_argmax),
		cmocka_unit_test(test_tops),
		cmocka_unit_test(test_widen),          cmocka_unit_test(test_prefix_energy),
		cmocka_unit_test(test_energy),         cmocka_unit_test(test_whiten),
		cmocka_unit_test(test_blend_and_tame), cmocka_unit_test(test_sums),
		cmocka_unit_test(test_quantise),       cmocka_unit_test(test_split_and_merge),
	};
	const struct CMUnitTest around[] = {
		cmocka_unit_test(test_signal_outside),
		cmocka_unit_test(test_signal_energy_known),
		cmocka_unit_test(test_fft_is_one),
		cmocka_unit_test(test_fft_there_and_back),
	};
	int failed = cmocka_run_group_tests_name("dispatched", kernels, use_library, NULL);

	failed += cmocka_run_group_tests_name("plain", kernels, use_plain, NULL);
	if (kernels_avx2_run())
		failed += cmocka_run_group_tests_name("wide vectors", kernels, use_avx2, NULL);
	return failed + cmocka_run_group_tests_name("around", around, NULL, NULL);
}
