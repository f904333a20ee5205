/* Lines through measurements of which some are wrong, and how far their stated errors can be
 * believed. */
#include <math.h>
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <string.h>

#include <cmocka.h>

#include "dsp/fit.h"
#include "dsp/synth.h"

#define SLOPE_MAX 300e-6
#define SCALE_MIN 0.02e-3
#define N_MAX 5000

static double line_at(const struct as_line *l, double x)
{
	return l->y0 + l->slope * (x - l->x0);
}

static void test_median(void **state)
{
	double one[] = {5.0}, two[] = {9.0, 1.0}, odd[] = {3.0, -1.0, 7.0},
	       even[] = {4.0, 1.0, 3.0, 2.0};

	(void)state;
	assert_true(as_median(one, 1) == 5.0);
	assert_true(as_median(two, 2) == 5.0);
	assert_true(as_median(odd, 3) == 3.0);
	assert_true(as_median(even, 4) == 2.5);
}

static void test_exact(void **state)
{
	double x[60], y[60];
	struct as_line l;

	(void)state;
	for (int i = 0; i < 60; i++) {
		x[i] = 100.0 + 3.584 * i;
		y[i] = 17.25 - 80e-6 * x[i];
	}
	for (int n = 2; n <= 60; n++) {
		assert_int_equal(as_fit_line(x, y, NULL, n, SLOPE_MAX, SCALE_MIN, &l), 0);
		assert_true(fabs(l.slope + 80e-6) < 1e-12);
		assert_true(fabs(line_at(&l, 0.0) - 17.25) < 1e-9);
		assert_int_equal(l.n_used, n);
	}
}

/* Of one point, or of several at one place, only the height is known. */
static void test_one_place(void **state)
{
	const double x[] = {12.0, 12.0, 12.0, 12.0, 12.0},
		     y[] = {1.0, 1.00001, 0.99999, 1.00002, 0.99998};
	struct as_line l;

	(void)state;
	for (int n = 1; n <= 5; n++) {
		assert_int_equal(as_fit_line(x, y, NULL, n, SLOPE_MAX, SCALE_MIN, &l), 0);
		assert_true(fabs(line_at(&l, 12.0) - 1.0) < 2e-5);
		assert_true(l.slope == 0.0);
		assert_true(isinf(l.slope_err) && l.slope_err > 0.0);
		assert_true(isfinite(l.y0_err));
	}
}

static void test_slope_is_bounded(void **state)
{
	double x[20], y[20];
	struct as_line l;

	(void)state;
	for (int s = -1; s <= 1; s += 2) {
		for (int i = 0; i < 20; i++) {
			x[i] = i;
			y[i] = s * 0.01 * i;
		}
		assert_int_equal(as_fit_line(x, y, NULL, 20, SLOPE_MAX, SCALE_MIN, &l), 0);
		assert_true(fabs(l.slope) <= SLOPE_MAX);
	}
}

/* Three in ten lie anywhere within +-50 ms, the rest within 0.05 ms; also when the wrong ones
 * all say the same. */
static void check_outliers(bool together)
{
	struct as_rng r;

	as_rng_seed(&r, together);
	for (int k = 0; k < 100; k++) {
		double x[60], y[60], slope = as_rng_uniform(&r, -120e-6, 120e-6);
		double at = as_rng_uniform(&r, 1e-3, 30e-3) * (k % 2 ? 1.0 : -1.0);
		struct as_line l;

		for (int i = 0; i < 60; i++) {
			x[i] = 3.584 * i;
			y[i] = 5.0 + slope * x[i] + 0.05e-3 * as_rng_normal(&r);
			if (as_rng_below(&r, 10) < 3)
				y[i] += together ? at : as_rng_uniform(&r, -50e-3, 50e-3);
		}
		assert_int_equal(as_fit_line(x, y, NULL, 60, SLOPE_MAX, SCALE_MIN, &l), 0);
		assert_true(fabs(l.slope - slope) < 1e-6);
		assert_true(fabs(line_at(&l, 100.0) - 5.0 - slope * 100.0) < 0.05e-3);
	}
}

static void test_outliers(void **state)
{
	(void)state;
	check_outliers(false);
}

static void test_outliers_together(void **state)
{
	(void)state;
	check_outliers(true);
}

/* A point without weight says nothing, wherever it lies. */
static void test_weights(void **state)
{
	double x[40], y[40], w[40];
	struct as_line l;

	(void)state;
	for (int i = 0; i < 40; i++) {
		x[i] = i;
		y[i] = 1.0 + 50e-6 * i + (i % 2 ? 0.04e-3 : 0.0);
		w[i] = i % 2 ? 0.0 : 3.0;
	}
	assert_int_equal(as_fit_line(x, y, w, 40, SLOPE_MAX, SCALE_MIN, &l), 0);
	assert_true(fabs(l.slope - 50e-6) < 1e-9);
	assert_true(fabs(line_at(&l, 0.0) - 1.0) < 1e-6);
	assert_int_equal(l.n_used, 20);
}

/* Stated errors against true ones over many lines, for few points and many. Measurements next to
 * each other share their errors in practice, so twice the plain standard error is meant; less than it
 * would be a lie. */
static void test_errors_are_honest(void **state)
{
	static const int counts[] = {6, 15, 60, 300};
	const double noise = 0.3e-3;
	struct as_rng r;

	(void)state;
	as_rng_seed(&r, 5);
	for (int k = 0; k < 4; k++) {
		double slope_sq = 0.0, y_sq = 0.0, slope_said = 0.0, y_said = 0.0;
		int n = counts[k], trials = 300;

		for (int t = 0; t < trials; t++) {
			double x[300], y[300];
			struct as_line l;

			for (int i = 0; i < n; i++) {
				x[i] = 3.584 * i;
				y[i] = 2.0 + 40e-6 * x[i] + noise * as_rng_normal(&r);
			}
			assert_int_equal(as_fit_line(x, y, NULL, n, 1.0, SCALE_MIN, &l), 0);
			slope_sq += (l.slope - 40e-6) * (l.slope - 40e-6) / trials;
			y_sq += pow(l.y0 - 2.0 - 40e-6 * l.x0, 2.0) / trials;
			slope_said += l.slope_err * l.slope_err / trials;
			y_said += l.y0_err * l.y0_err / trials;
		}
		assert_true(slope_said > slope_sq && slope_said < 16.0 * slope_sq);
		assert_true(y_said > y_sq && y_said < 16.0 * y_sq);
	}
}

/* More points than slopes are kept: still the whole length counts. */
static void test_many(void **state)
{
	static double x[N_MAX], y[N_MAX];
	struct as_rng r;
	struct as_line l;

	(void)state;
	as_rng_seed(&r, 6);
	for (int i = 0; i < N_MAX; i++) {
		x[i] = i;
		y[i] = 10e-6 * i + 0.2e-3 * as_rng_normal(&r) + (i % 4 ? 0.0 : 0.02);
	}
	assert_int_equal(as_fit_line(x, y, NULL, N_MAX, SLOPE_MAX, SCALE_MIN, &l), 0);
	assert_true(fabs(l.slope - 10e-6) < 0.02e-6);
	assert_true(fabs(line_at(&l, 0.0)) < 0.05e-3);
}

/* Where the measurements lie in time changes nothing about the line, hours from zero included. */
static void test_far_from_zero(void **state)
{
	double x[40], y[40];
	struct as_rng r;
	struct as_line near, far;

	(void)state;
	as_rng_seed(&r, 7);
	for (int i = 0; i < 40; i++) {
		x[i] = 4.0 * i;
		y[i] = 3.0 + 70e-6 * x[i] + 0.05e-3 * as_rng_normal(&r);
	}
	assert_int_equal(as_fit_line(x, y, NULL, 40, SLOPE_MAX, SCALE_MIN, &near), 0);
	for (int i = 0; i < 40; i++)
		x[i] += 36000.0;
	assert_int_equal(as_fit_line(x, y, NULL, 40, SLOPE_MAX, SCALE_MIN, &far), 0);
	assert_true(fabs(near.slope - far.slope) < 1e-9);
	assert_true(fabs(line_at(&near, 80.0) - line_at(&far, 36080.0)) < 1e-7);
	assert_true(fabs(near.slope_err - far.slope_err) < 1e-2 * near.slope_err);
}

/* Corners stay, what lies on a straight line goes, and where there may be few those stay that are missed most. */
static void test_polygon_is_thinned(void **state)
{
	enum { N = 41 };
	double x[N], y[N], near[N];
	bool keep[N];
	int kept = 0;

	(void)state;
	for (int i = 0; i < N; i++) {
		x[i] = 3.0 * i;
		y[i] = 1e-3 * (i < 10 ? i : i < 25 ? 20 - i : 2 * i - 55) + (i % 2 ? 1e-6 : -1e-6);
		near[i] = 5e-6;
	}
	as_polygon_thin(x, y, near, N, N, keep);
	for (int i = 0; i < N; i++) {
		assert_int_equal(keep[i], i == 0 || i == 10 || i == 25 || i == N - 1);
		near[i] = 1e-9;
	}
	as_polygon_thin(x, y, near, N, 3, keep);
	for (int i = 0; i < N; i++)
		kept += keep[i];
	assert_int_equal(kept, 3);
	assert_true(keep[0] && keep[25] && keep[N - 1]);
	as_polygon_thin(x, y, near, 1, N, keep);
	assert_true(keep[0]);
	as_polygon_thin(x, y, near, 0, N, keep);
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(test_median),    cmocka_unit_test(test_exact),
		cmocka_unit_test(test_one_place), cmocka_unit_test(test_slope_is_bounded),
		cmocka_unit_test(test_outliers),  cmocka_unit_test(test_outliers_together),
		cmocka_unit_test(test_weights),   cmocka_unit_test(test_errors_are_honest),
		cmocka_unit_test(test_many),      cmocka_unit_test(test_far_from_zero),
		cmocka_unit_test(test_polygon_is_thinned),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
