/* The analysis rate: what stays, what goes, and that nothing moves in time. */
#include <math.h>
#include <setjmp.h>
#include <stdarg.h>
#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>
#include <stdlib.h>
#include <string.h>

#include <cmocka.h>

#include "dsp/decimate.h"
#include "dsp/synth.h"

#define PI 3.14159265358979323846
#define OUT_HZ 8000

static const double rates[] = {48000, 44100, 96000, 88200, 192000, 32000, 24000,
			       22050, 16000, 12000, 11025, 176400};
#define N_RATES ((int)(sizeof(rates) / sizeof(*rates)))

/* All of v in blocks of random size up to max_in, taken in blocks of up to max_out. */
static int64_t run(double in_hz, const float *v, int64_t n, int max_in, int max_out, uint64_t seed, float *out, int64_t room)
{
	struct as_decimator *d = as_decimator_new(in_hz, OUT_HZ);
	int64_t used, made, total = 0;
	struct as_rng r;
	int max;

	assert_non_null(d);
	as_rng_seed(&r, seed);
	for (int64_t at = 0; at < n; at += used) {
		int64_t k = 1 + as_rng_below(&r, max_in);

		k = k > n - at ? n - at : k;
		max = 1 + as_rng_below(&r, max_out);
		assert_true(total + max <= room);
		as_decimator_run(d, v + at, k, &used, out + total, max, &made);
		assert_true(used >= 0 && used <= k && made >= 0 && made <= max);
		assert_true(used == k || made == max);
		total += made;
	}
	do {
		max = 1 + as_rng_below(&r, max_out);
		assert_true(total + max <= room);
		as_decimator_run(d, NULL, 0, &used, out + total, max, &made);
		assert_true(used == 0 && made >= 0 && made <= max);
		total += made;
	} while (made == max);
	as_decimator_free(d);
	return total;
}

struct sound {
	float *in, *out;
	int64_t n, room, made;
};

/* seconds of a sine that comes and goes softly, so that it has no other frequencies. */
static struct sound tone(double in_hz, double seconds, double hz)
{
	struct sound s = {.n = (int64_t)(in_hz * seconds), .room = (int64_t)(OUT_HZ * seconds) + 20000};

	s.in = malloc(sizeof(float) * (size_t)s.n);
	s.out = malloc(sizeof(float) * (size_t)s.room);
	assert_non_null(s.in);
	assert_non_null(s.out);
	for (int64_t i = 0; i < s.n; i++) {
		double t = (double)i / in_hz, w = sin(PI * t / seconds);

		s.in[i] = (float)(w * w * sin(2.0 * PI * hz * t));
	}
	s.made = run(in_hz, s.in, s.n, 5000, 4000, 1, s.out, s.room);
	return s;
}

static void forget(struct sound *s)
{
	free(s->in);
	free(s->out);
}

/* Every sample where it belongs in time, to a ten-thousandth of full scale: at 3700 Hz that is 4 ns. */
static void test_keeps_its_place(void **state)
{
	static const double hz[] = {0.0, 50.0, 126.0, 1000.0, 3000.0, 3690.0};
	const double seconds = 2.0;

	(void)state;
	for (int k = 0; k < N_RATES; k++)
		for (int j = 0; j < 6; j++) {
			struct sound s = tone(rates[k], seconds, hz[j]);

			assert_int_equal(s.made, (int64_t)(OUT_HZ * seconds));
			for (int64_t i = 0; i < s.made; i++) {
				double t = (double)i / OUT_HZ, w = sin(PI * t / seconds);

				assert_true(fabs((double)s.out[i] - w * w * sin(2.0 * PI * hz[j] * t)) < 1e-4);
			}
			forget(&s);
		}
}

/* What would fold back below 3700 Hz is gone: 90 dB and more down. */
static void test_stops(void **state)
{
	static const double hz[] = {4310.0, 4500.0, 5000.0, 7000.0, 8000.0, 12300.0, 15990.0, 20000.0};

	(void)state;
	for (int k = 0; k < N_RATES; k++)
		for (int j = 0; j < 8; j++) {
			struct sound s;

			if (hz[j] > 0.49 * rates[k])
				continue;
			s = tone(rates[k], 1.0, hz[j]);
			for (int64_t i = 0; i < s.made; i++)
				assert_true(fabsf(s.out[i]) < 3.2e-5f);
			forget(&s);
		}
}

/* How the input is cut into blocks makes no difference to any bit. */
static void test_blocks(void **state)
{
	enum { N = 100003, ROOM = 40000 };
	float *v = malloc(sizeof(float) * N), *a = malloc(sizeof(float) * ROOM), *b = malloc(sizeof(float) * ROOM);
	struct as_rng r;

	(void)state;
	assert_non_null(v);
	assert_non_null(a);
	assert_non_null(b);
	as_rng_seed(&r, 5);
	for (int i = 0; i < N; i++)
		v[i] = (float)as_rng_normal(&r);
	for (int k = 0; k < 3; k++) {
		static const int max_in[] = {1, 700, N}, max_out[] = {4096, 3, 10000};
		int64_t n = run(44100, v, N, 5000, 4000, 1, a, ROOM);

		assert_int_equal(run(44100, v, N, max_in[k], max_out[k], 2, b, ROOM), n);
		assert_memory_equal(a, b, sizeof(float) * (size_t)n);
	}
	free(v);
	free(a);
	free(b);
}

static void test_lengths(void **state)
{
	static const int lengths[] = {0, 1, 2, 3, 5, 6, 7, 400, 5627, 5628, 5629, 6143, 6144, 6145, 20000};
	float v[20000] = {0.0f}, out[20000];

	(void)state;
	for (int k = 0; k < 15; k++) {
		int n = lengths[k];

		assert_int_equal(run(48000, v, n, 6000, 5000, 3, out, 20000), (n + 3) / 6);
		assert_int_equal(run(16000, v, n, 6000, 5000, 3, out, 20000), (n + 1) / 2);
	}
}

static void test_unknown_rates(void **state)
{
	static const double odd[] = {8000, 9000, 4000, 0, -48000, 47999, 44100.5, 2e6, NAN, INFINITY, 1e300};

	(void)state;
	for (int k = 0; k < 11; k++)
		assert_null(as_decimator_new(odd[k], OUT_HZ));
	as_decimator_free(NULL);
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(test_keeps_its_place), cmocka_unit_test(test_stops), cmocka_unit_test(test_blocks),
		cmocka_unit_test(test_lengths),         cmocka_unit_test(test_unknown_rates),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
