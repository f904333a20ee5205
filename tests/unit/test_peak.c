/* The law of block maxima from drawn samples, and peaks between two samples. */
#include <math.h>
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <string.h>

#include <cmocka.h>

#include "dsp/peak.h"
#include "dsp/synth.h"

#define PI 3.14159265358979323846
#define N_DRAWS 4000

static double gumbel(struct as_rng *r, double mu, double beta)
{
	return mu - beta * log(-log(as_rng_uniform(r, 1e-12, 1.0)));
}

static void draw(uint64_t seed, double mu, double beta, float *v, int n)
{
	struct as_rng r;

	as_rng_seed(&r, seed);
	for (int i = 0; i < n; i++)
		v[i] = (float)gumbel(&r, mu, beta);
}

static void test_gumbel(void **state)
{
	static const double law[][2] = {{3.0, 0.7}, {0.002, 0.0003}, {100.0, 1.0}};

	(void)state;
	for (int k = 0; k < 3; k++) {
		float v[N_DRAWS];
		struct as_gumbel g;
		double mu = law[k][0], beta = law[k][1], median = mu + 0.36651 * beta;

		draw((uint64_t)k, mu, beta, v, N_DRAWS);
		g = as_gumbel_fit(v, N_DRAWS);
		assert_true(fabs((double)g.mu - mu) < 0.06 * beta);
		assert_true(fabs((double)g.beta - beta) < 0.06 * beta);
		assert_true(fabs((double)(g.sigma * g.sigma) - median) < 0.06 * beta);
	}
}

/* One value in twenty is a true peak far above: the law stays that of the others. */
static void test_gumbel_with_peaks(void **state)
{
	float v[N_DRAWS];
	struct as_gumbel g;

	(void)state;
	draw(7, 3.0, 0.7, v, N_DRAWS);
	for (int i = 0; i < N_DRAWS; i += 20)
		v[i] = 500.0f + (float)i;
	g = as_gumbel_fit(v, N_DRAWS);
	assert_true(fabs((double)g.mu - 3.0) < 0.15);
	assert_true(g.beta > 0.6f && g.beta < 1.3f);
}

static void test_gumbel_of_little(void **state)
{
	float v[64];

	(void)state;
	for (int n = 0; n < 20; n++) {
		draw(8, 1.0, 0.1, v, n);
		assert_true(as_gumbel_fit(v, n).beta == 0.0f);
	}
	draw(8, 1.0, 0.1, v, 20);
	assert_true(as_gumbel_fit(v, 20).beta > 0.0f);
	for (int i = 0; i < 64; i++)
		v[i] = 0.25f; /* all alike: nothing to tell */
	assert_true(as_gumbel_fit(v, 64).beta == 0.0f);
}

/* What the score rests on: over many small samples, the chance that it names is the chance that
 * there is. */
static void test_gumbel_tail(void **state)
{
	int n_trials = 4000, over[3] = {0};
	static const double nats[] = {2.0, 4.0, 6.0};
	struct as_rng r;

	(void)state;
	as_rng_seed(&r, 9);
	for (int k = 0; k < n_trials; k++) {
		float v[100], fresh = (float)gumbel(&r, 3.0, 0.7);
		struct as_gumbel g;

		for (int i = 0; i < 100; i++)
			v[i] = (float)gumbel(&r, 3.0, 0.7);
		g = as_gumbel_fit(v, 100);
		for (int i = 0; i < 3; i++)
			over[i] += (fresh - g.mu) / g.beta > (float)nats[i];
	}
	/* exp(-2) = .135, exp(-4) = .018, exp(-6) = .0025; the fit's own error makes the tail heavier */
	assert_true(over[0] > 0.11 * n_trials && over[0] < 0.17 * n_trials);
	assert_true(over[1] > 0.010 * n_trials && over[1] < 0.035 * n_trials);
	assert_true(over[2] < 0.010 * n_trials);
}

/* A pulse that holds everything up to band (1: Nyquist) and nothing above, its top at x. */
static void pulse(float *r, int n, double x, double band, double top)
{
	for (int i = 0; i < n; i++) {
		double d = (i - x) * band;

		r[i] = (float)(top * (fabs(d) < 1e-9 ? 1.0 : sin(PI * d) / (PI * d)));
	}
}

static void test_refine(void **state)
{
	enum { N = 200 };
	double worst = 0.0;

	(void)state;
	for (int k = 0; k <= 40; k++)
		for (int s = -1; s <= 1; s += 2) {
			float r[N];
			double x = 99.5 + k / 40.0, got;

			pulse(r, N, x, 0.9, s * 0.3);
			got = as_peak_refine(r, N, (int)lrint(x));
			worst = fmax(worst, fabs(got - x));
		}
	assert_true(worst < 0.01); /* samples */
}

/* The band of the whitened signal, 125 to 3703 Hz at 8 kHz, whose correlation rings on both
 * sides. */
static void test_refine_whitened_band(void **state)
{
	enum { N = 400 };
	struct as_rng g;

	(void)state;
	as_rng_seed(&g, 3);
	for (int k = 0; k < 50; k++) {
		float r[N];
		double x = as_rng_uniform(&g, 180.0, 220.0);

		for (int i = 0; i < N; i++) {
			double sum = 0.0;

			for (int b = 16; b < 474; b++)
				sum += cos(2.0 * PI * b * (i - x) / 1024.0);
			r[i] = (float)(sum / 458.0);
		}
		assert_true(fabs(as_peak_refine(r, N, (int)lrint(x)) - x) < 0.01);
	}
}

/* At the very edge half of the picture is missing: near is all that can be asked. */
static void test_refine_at_edges(void **state)
{
	float r[40], one = 0.5f, flat[40] = {0};

	(void)state;
	for (int at = 0; at < 40; at++) {
		double x;

		pulse(r, 40, at, 0.9, 1.0);
		x = as_peak_refine(r, 40, at);
		assert_true(fabs(x - at) < 0.3);
		x = as_peak_refine(flat, 40, at);
		assert_true(fabs(x - at) <= 1.0);
	}
	assert_true(fabs(as_peak_refine(&one, 1, 0)) <= 1.0);
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(test_gumbel),
		cmocka_unit_test(test_gumbel_with_peaks),
		cmocka_unit_test(test_gumbel_of_little),
		cmocka_unit_test(test_gumbel_tail),
		cmocka_unit_test(test_refine),
		cmocka_unit_test(test_refine_whitened_band),
		cmocka_unit_test(test_refine_at_edges),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
