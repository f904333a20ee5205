/* Conversion to the analysis rate: where each sample sits, what passes, what is kept out,
 * whatever the blocks. */
#include <math.h>
#include <setjmp.h>
#include <stdarg.h>
#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>
#include <stdlib.h>
#include <string.h>

#include <cmocka.h>

#include "media/resample.h"

#define PI 3.14159265358979323846
#define OUT_HZ 8000.0
#define SECONDS 3.0

static const double rates_hz[] = {48000.0,  44100.0, 11025.0, 96000.0, 7350.0,
				  192000.0, 22050.0, 16000.0, 32000.0};

/* Converts n frames in blocks of varying size; returns the number made. */
static int64_t convert(double in_hz, const float *in, int64_t n, int64_t block, float *out,
		       int64_t room)
{
	struct as_resampler *r = as_resampler_new(in_hz, OUT_HZ, 1, AS_RESAMPLE_ANALYSIS, NULL);
	assert_non_null(r);
	int64_t at = 0, made = 0;
	bool ended = false;
	while (!ended) {
		int64_t m = at + block < n ? block : n - at, used, got;
		assert_true(made < room);
		int64_t want = room - made < 777 ? room - made : 777;
		assert_int_equal(as_resampler_run(r, m > 0 ? in + at : NULL, m, &used, out + made,
						  want, &got, NULL),
				 AS_OK);
		at += used;
		made += got;
		ended = m == 0 && got == 0;
	}
	as_resampler_free(r);
	return made;
}

static float *tone(double hz, double rate_hz, int64_t n)
{
	float *x = malloc((size_t)n * sizeof *x);
	assert_non_null(x);
	for (int64_t i = 0; i < n; i++)
		x[i] = (float)(0.5 * sin(2.0 * PI * fmod(hz * (double)i / rate_hz, 1.0)));
	return x;
}

/* Least-squares sine of known frequency in the middle of y: its gain and by how much it is late. */
static void fit(const float *y, int64_t n, double hz, double *gain, double *late_s)
{
	double s = 0.0, c = 0.0;
	int64_t from = n / 4, to = 3 * n / 4;
	to -= (to - from) % 8000 % 800; /* whole periods of every 10 Hz */
	for (int64_t i = from; i < to; i++) {
		double w = 2.0 * PI * fmod(hz * (double)i / OUT_HZ, 1.0);
		s += (double)y[i] * sin(w);
		c += (double)y[i] * cos(w);
	}
	*gain = 2.0 * hypot(s, c) / (double)(to - from) / 0.5;
	*late_s = -atan2(c, s) / (2.0 * PI * hz);
}

static void check_tone(double rate_hz, double hz)
{
	int64_t n = (int64_t)(SECONDS * rate_hz), room = (int64_t)(SECONDS * OUT_HZ) + 16;
	float *x = tone(hz, rate_hz, n), *y = calloc((size_t)room, sizeof *y);
	int64_t made = convert(rate_hz, x, n, 1000, y, room);
	assert_true(llabs(made - (int64_t)(SECONDS * OUT_HZ)) <= 1);
	double gain, late_s;
	fit(y, made, hz, &gain, &late_s);
	if (fabs(late_s) > 1e-6 || fabs(20.0 * log10(gain)) > 0.1)
		fail_msg("%g Hz at %g Hz: %g us late, %g dB", hz, rate_hz, 1e6 * late_s,
			 20.0 * log10(gain));
	free(x);
	free(y);
}

static void test_delay(void **state)
{
	(void)state;
	static const double tones_hz[] = {130.0, 440.0, 1000.0, 2510.0, 3300.0};
	for (size_t i = 0; i < sizeof rates_hz / sizeof rates_hz[0]; i++) {
		for (size_t k = 0; k < sizeof tones_hz / sizeof tones_hz[0]; k++)
			check_tone(rates_hz[i], tones_hz[k]);
	}
	check_tone(48000.0, 3690.0);
}

/* What does not fit into 4 kHz does not come back below 3.7 kHz. */
static void test_no_aliases(void **state)
{
	(void)state;
	static const double tones_hz[] = {4310.0,  5000.0,  7900.0, 8100.0,
					  12000.0, 15990.0, 20010.0};
	int64_t n = (int64_t)(SECONDS * 48000.0), room = (int64_t)(SECONDS * OUT_HZ) + 16;
	float *y = calloc((size_t)room, sizeof *y);
	for (size_t k = 0; k < sizeof tones_hz / sizeof tones_hz[0]; k++) {
		float *x = tone(tones_hz[k], 48000.0, n);
		int64_t made = convert(48000.0, x, n, 4096, y, room);
		double sum = 0.0;
		for (int64_t i = made / 4; i < 3 * made / 4; i++)
			sum += (double)y[i] * (double)y[i];
		double db = 10.0 * log10(sum / (double)(made / 2) / 0.125 + 1e-30);
		if (db > -85.0)
			fail_msg("%g Hz comes back at %g dB", tones_hz[k], db);
		free(x);
	}
	free(y);
}

static void test_blocks_do_not_matter(void **state)
{
	(void)state;
	int64_t n = 50000, room = 20000;
	float *x = tone(1234.5, 44100.0, n);
	float *y = calloc((size_t)room, sizeof *y), *z = calloc((size_t)room, sizeof *z);
	int64_t made = convert(44100.0, x, n, 1, y, room);
	assert_int_equal(convert(44100.0, x, n, 16384, z, room), made);
	for (int64_t i = 0; i < made; i++)
		assert_true(fabsf(y[i] - z[i]) < 1e-6f);
	free(x);
	free(y);
	free(z);
}

static void test_tiny(void **state)
{
	(void)state;
	float x[10] = {0.5f, 0.5f}, y[64];
	assert_in_range(convert(48000.0, x, 1, 1, y, 64), 0, 1);
	assert_in_range(convert(48000.0, x, 10, 10, y, 64), 1, 2);
}

static void test_bad_rate(void **state)
{
	(void)state;
	struct as_error err = {0};
	assert_null(as_resampler_new(-1.0, OUT_HZ, 1, AS_RESAMPLE_ANALYSIS, &err));
	assert_int_equal(err.status, AS_ERR_INVALID);
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(test_delay),
		cmocka_unit_test(test_no_aliases),
		cmocka_unit_test(test_blocks_do_not_matter),
		cmocka_unit_test(test_tiny),
		cmocka_unit_test(test_bad_rate),
	};
	return cmocka_run_group_tests_name("resample", tests, NULL, NULL);
}
