/* Tones resampled to known positions: where they land, what noise is added, how streams begin
 * and end. */
#include <math.h>
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdlib.h>

#include <cmocka.h>

#include "media/resample_exact.h"

#define PI 3.14159265358979323846

/* Pulls n_out frames, feeding n_in of in by uneven blocks. */
static void convert(double start, double step, int channels, const float *in, int64_t n_in,
		    float *out, int64_t n_out)
{
	struct as_exact *x = as_exact_new(start, step, channels, NULL);
	assert_non_null(x);
	int64_t at = 0, done = 0, block = 1;
	while (done < n_out) {
		int64_t used, made, n = block < n_in - at ? block : n_in - at;
		int64_t want = 1 + block % 3000 < n_out - done ? 1 + block % 3000 : n_out - done;
		assert_int_equal(as_exact_run(x, n > 0 ? in + at * channels : NULL, n, &used,
					      out + done * channels, want, &made, NULL),
				 AS_OK);
		at += used;
		done += made;
		block = block * 7 % 5003;
	}
	as_exact_free(x);
}

/* Fits a tone to out over its expected phases; returns the noise in dB below it and the lateness
 * in input frames. */
static double fit_tone(const float *out, int64_t n, int64_t from, double start, double step,
		       double hz, double *late)
{
	double a = 0, b = 0, ss = 0, sc = 0, cc = 0, noise = 0;
	for (int pass = 0; pass < 2; pass++) {
		double det = ss * cc - sc * sc;
		double p = pass ? (a * cc - b * sc) / det : 0,
		       q = pass ? (b * ss - a * sc) / det : 0;
		for (int64_t i = from; i < n - from; i++) {
			double w = 2 * PI * fmod(hz * (start + (double)i * step) / 48000, 1);
			double y = (double)out[2 * i], s = sin(w), c = cos(w);
			if (pass) {
				noise += pow(y - p * s - q * c, 2) / (double)(n - 2 * from);
				continue;
			}
			a += y * s;
			b += y * c;
			ss += s * s;
			sc += s * c;
			cc += c * c;
		}
		if (pass) {
			*late = -atan2(q, p) / (2 * PI * hz) * 48000;
			return 10 * log10(noise / ((p * p + q * q) / 2));
		}
	}
	return 0;
}

static void test_tones(void **state)
{
	(void)state;
	static const struct {
		double start, step, hz;
	} rows[] = {
		{0.3, 1, 997},           {0.5, 1, 19000},       {0.3, 1.00001, 997},
		{7.7, 0.9999, 19000},    {0.7, 1.0000003, 997}, {0.7, 0.9999999, 997},
		{300.123, 0.91875, 997}, {0.2, 2, 997},         {10.3, 4.0001, 997},
		{10.3, 0.25001, 997},
	};
	enum { IN = 2 * 48000 };
	float *in = malloc(IN * 2 * sizeof(*in)), *out = malloc(IN * 8 * sizeof(*out));
	for (size_t r = 0; r < sizeof(rows) / sizeof(rows[0]); r++) {
		for (int i = 0; i < IN; i++) {
			in[2 * i] = (float)(0.5 * sin(2 * PI * fmod(rows[r].hz * i / 48000, 1)));
			in[2 * i + 1] = -in[2 * i];
		}
		int64_t n = (int64_t)((IN - rows[r].start) / rows[r].step);
		double late;
		convert(rows[r].start, rows[r].step, 2, in, IN, out, n);
		double noise_db =
			fit_tone(out, n, n / 10, rows[r].start, rows[r].step, rows[r].hz, &late);
		assert_true(noise_db < -134);
		assert_true(fabs(late) < 1.0 / 256);
		for (int64_t i = 0; i < n; i += 1001)
			assert_true(fabs((double)out[2 * i] + (double)out[2 * i + 1]) < 1e-6);
	}
	free(in);
	free(out);
}

/* One sample of input: the kernel comes out around it, whole, and then silence for ever. */
static void test_ends(void **state)
{
	(void)state;
	static const double steps[] = {1, 1.0001, 0.5, 2};
	for (size_t k = 0; k < 4; k++) {
		float one[1] = {1}, out[9000];
		double sum = 0;
		convert(0.25, steps[k], 1, one, 0, out, 9000);
		for (int i = 0; i < 9000; i++)
			assert_true(out[i] == 0);
		convert(0, steps[k], 1, one, 1, out, 9000);
		for (int i = 0; i < 9000; i++)
			sum += (double)out[i];
		assert_true(out[0] > 0.3F);
		assert_true(fabs((double)out[8999]) < 1e-6);
		assert_true(isfinite(sum));
	}
}

static void test_copies(void **state)
{
	(void)state;
	float in[3000], out[3500];
	for (int i = 0; i < 3000; i++)
		in[i] = (float)i * 1.1F;
	assert_true(as_exact_is_copy(17 + 1e-9, 1));
	assert_false(as_exact_is_copy(17, 1 + 1e-9));
	assert_false(as_exact_is_copy(17.001, 1));
	convert(17, 1, 1, in, 3000, out, 3500);
	for (int i = 0; i < 3500; i++)
		assert_true(out[i] == (i + 17 < 3000 ? in[i + 17] : 0));
}

static void test_bad_arguments(void **state)
{
	(void)state;
	struct as_error err = {0};
	assert_null(as_exact_new(-1, 1, 1, &err));
	assert_null(as_exact_new(NAN, 1, 1, &err));
	assert_null(as_exact_new(0, 0, 1, &err));
	assert_null(as_exact_new(0, 65, 1, &err));
	assert_null(as_exact_new(0, 1, 0, &err));
	assert_int_equal(err.status, AS_ERR_INVALID);
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(test_tones),
		cmocka_unit_test(test_ends),
		cmocka_unit_test(test_copies),
		cmocka_unit_test(test_bad_arguments),
	};
	return cmocka_run_group_tests_name("resample_exact", tests, NULL, NULL);
}
