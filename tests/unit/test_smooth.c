/* Lags of a clock whose speed wanders: followed where it does, a straight line where it does not. */
#include <math.h>
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>

#include <cmocka.h>

#include "dsp/smooth.h"
#include "dsp/synth.h"

#define N 44
#define NOISE 0.05e-3
#define NOISE_MIN 0.03e-3
#define SURE 25.0 /* twice the log-likelihood from which a curve is believed */

/* A clock that speeds up by 60 ppm, slows down by 90 and speeds up again. */
static double bent(double t)
{
	return 6e-3 * sin(2.0 * M_PI * t / 1250.0) - 20e-6 * t;
}

static double straight(double t)
{
	return 3.0 + 41e-6 * t;
}

static void measure(struct as_rng *r, double (*truth)(double), double step_s, double step_at,
		    struct as_smooth_point *p)
{
	for (int i = 0; i < N; i++) {
		double t = 28.7 * i;

		p[i] = (struct as_smooth_point){.x = t,
						.y = truth(t) + NOISE * as_rng_normal(r) +
						     (t > step_at ? step_s : 0.0),
						.weight = 1.0,
						.step = i && t > step_at && p[i - 1].x <= step_at};
	}
}

static void test_bent(void **state)
{
	struct as_smooth_point p[N];
	double sq = 0.0, told = 0.0;
	struct as_rng r;
	int n = 0;

	(void)state;
	as_rng_seed(&r, 5);
	for (int round = 0; round < 50; round++) {
		measure(&r, bent, 0.0, INFINITY, p);
		assert_true(as_smooth(p, N, NOISE_MIN) > SURE);
		for (int i = 0; i < N; i++) {
			double e = p[i].value - bent(p[i].x);

			assert_true(fabs(e) < 6.0 * NOISE);
			assert_true(p[i].value_err > 0.0 &&
				    p[i].value_err <= 1.01 * fmax(NOISE, NOISE_MIN) * 1.5);
			sq += e * e;
			told += p[i].value_err * p[i].value_err;
			n++;
		}
	}
	/* better than one measurement, and what is told is what is */
	assert_true(sqrt(sq / n) < 0.8 * NOISE);
	assert_true(sq < 1.5 * told && told < 1.5 * sq);
}

static void test_straight(void **state)
{
	struct as_smooth_point p[N];
	struct as_rng r;
	int believed = 0;

	(void)state;
	as_rng_seed(&r, 6);
	for (int round = 0; round < 300; round++) {
		measure(&r, straight, 0.0, INFINITY, p);
		believed += as_smooth(p, N, NOISE_MIN) > SURE;
		for (int i = 0; i < N; i++)
			assert_true(fabs(p[i].value - straight(p[i].x)) < 5.0 * NOISE);
	}
	assert_int_equal(believed, 0);
}

/* Lost samples are no wandering, and hide none. */
static void test_step(void **state)
{
	struct as_smooth_point p[N];
	struct as_rng r;

	(void)state;
	as_rng_seed(&r, 7);
	measure(&r, straight, 0.25, 500.0, p);
	assert_true(as_smooth(p, N, NOISE_MIN) < SURE);
	for (int i = 0; i < N; i++) {
		double truth = straight(p[i].x) + (p[i].x > 500.0 ? 0.25 : 0.0);

		assert_true(fabs(p[i].value - truth) < 4.0 * NOISE);
		assert_true(fabs(p[i].rate - 41e-6) < 1e-6);
	}
	measure(&r, bent, -0.02, 700.0, p);
	assert_true(as_smooth(p, N, NOISE_MIN) > SURE);
	for (int i = 0; i < N; i++)
		assert_true(fabs(p[i].value - bent(p[i].x) + (p[i].x > 700.0 ? 0.02 : 0.0)) <
			    6.0 * NOISE);
}

/* Points of little weight hardly count. */
static void test_weight(void **state)
{
	struct as_smooth_point p[N];
	struct as_rng r;

	(void)state;
	as_rng_seed(&r, 8);
	measure(&r, straight, 0.0, INFINITY, p);
	for (int i = 3; i < N; i += 7) {
		p[i].y += 2e-3;
		p[i].weight = 1e-5;
	}
	assert_true(as_smooth(p, N, NOISE_MIN) < SURE);
	for (int i = 0; i < N; i++)
		assert_true(fabs(p[i].value - straight(p[i].x)) < 2.0 * NOISE);
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(test_bent),
		cmocka_unit_test(test_straight),
		cmocka_unit_test(test_step),
		cmocka_unit_test(test_weight),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
