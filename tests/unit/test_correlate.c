/* Probes against a whole recording, and one window around an expected lag: the place is found,
 * and chance is called chance. */
#include <math.h>
#include <setjmp.h>
#include <stdarg.h>
#include <stdatomic.h>
#include <stddef.h>
#include <stdint.h>
#include <stdlib.h>
#include <string.h>

#include <cmocka.h>

#include "dsp/correlate.h"
#include "dsp/synth.h"
#include "sound.h"

#define RATE 8000
#define PROBE_N (8 * RATE)
#define COARSE 6.0 /* samples: lags come in steps of 2 and are smoothed over 2 on both sides */
#define LN10 2.302585092994046

static double power_of(const struct as_signal *s)
{
	return as_signal_energy(s, 0, s->n) / (double)s->n;
}

static struct as_probe_result *search_with(struct as_correlator *c, const struct as_signal *target,
					   const struct as_signal *src, const struct as_probe *p,
					   int n, int64_t from, int64_t to)
{
	struct as_probe_result *r = calloc((size_t)n, sizeof(*r));

	assert_non_null(r);
	assert_int_equal(as_correlate_probes(c, target, src, p, n, from, to, power_of(target), NULL, NULL,
					     r, NULL),
			 AS_OK);
	return r;
}

static struct as_probe_result *search(const struct as_signal *target, const struct as_signal *src,
				      const struct as_probe *p, int n, int64_t from, int64_t to)
{
	struct as_correlator *c = as_correlator_new();
	struct as_probe_result *r;

	assert_non_null(c);
	r = search_with(c, target, src, p, n, from, to);
	as_correlator_free(c);
	return r;
}

/* Decades of the best peak, the search paid for; 0 where there is none. */
static double decades(const struct as_probe_result *r)
{
	return r->n_peaks ? ((double)r->peaks[0].evidence - r->log_blocks) / LN10 : 0.0;
}

static void check_order(const struct as_probe_result *r)
{
	for (int i = 0; i < r->n_peaks; i++)
		for (int j = 0; j < i; j++) {
			assert_true(r->peaks[j].evidence >= r->peaks[i].evidence);
			assert_true(llabs(r->peaks[j].lag - r->peaks[i].lag) >= RATE / 20);
		}
}

/* src is what another device heard, from second `at` on: probes of it must find at * RATE. */
static void check_known(enum sound_kind kind, double at, float gain, double snr_db)
{
	int n = 60 * RATE, n_src = 20 * RATE;
	float *v = sound_make(kind, 10 + (uint64_t)kind, n), *x = sound_heard(v, n, at, 0.0, n_src);
	struct as_rng rng;
	struct as_signal target, src;
	const struct as_probe p[] = {
		{0, PROBE_N}, {6 * RATE + 1, PROBE_N}, {n_src - PROBE_N, PROBE_N}};
	struct as_probe_result *r;

	as_rng_seed(&rng, 5);
	as_synth_noise_snr(&rng, x, n_src, snr_db);
	for (int i = 0; i < n_src; i++)
		x[i] *= gain;
	target = sound_whiten(v, n);
	src = sound_whiten(x, n_src);
	r = search(&target, &src, p, 3, -n_src, n);
	for (int i = 0; i < 3; i++) {
		assert_true(r[i].n_peaks > 0);
		assert_true(fabs((double)r[i].peaks[0].lag - at * RATE) <= COARSE);
		assert_true(fabsf(r[i].peaks[0].rho) <= 1.001f);
		assert_true(decades(&r[i]) > 3.0);
		check_order(&r[i]);
	}
	free(r);
	sound_forget(&src);
	sound_forget(&target);
	free(x);
	free(v);
}

static void test_known_lag(void **state)
{
	(void)state;
	for (enum sound_kind k = 0; k < SOUND_KINDS; k++) {
		check_known(k, 17.31, 1.0f, 40.0);
		check_known(k, 33.337, -0.1f, 0.0);
	}
}

/* Clips that begin before the target or end after it: probes that hang over an edge are found by
 * what is inside. */
static void test_over_the_edges(void **state)
{
	int n = 30 * RATE, n_src = 2 * PROBE_N;
	float *v = sound_make(SOUND_SPEECH, 20, 60 * RATE);
	struct as_signal target = sound_clip(v, 60 * RATE, 15.0, 0.0, n);
	static const double at[] = {
		11.0, 40.0}; /* the first probe hangs out by 4 s; by 3 s at the other end */

	(void)state;
	for (int k = 0; k < 2; k++) {
		struct as_signal src = sound_clip(v, 60 * RATE, at[k], 0.0, n_src);
		const struct as_probe p = {0, PROBE_N};
		struct as_probe_result *r = search(&target, &src, &p, 1, -n_src, n);

		assert_true(r->n_peaks > 0);
		assert_true(fabs((double)r->peaks[0].lag - (at[k] - 15.0) * RATE) <= COARSE);
		assert_true(fabsf(r->peaks[0].rho) <= 1.001f);
		assert_true(decades(r) > 3.0);
		free(r);
		sound_forget(&src);
	}
	sound_forget(&target);
	free(v);
}

/* No lag outside the bounds is ever named; inside them the right one is, up to the bounds
 * themselves. */
static void test_bounds(void **state)
{
	int n = 40 * RATE, lag = 12 * RATE;
	float *v = sound_make(SOUND_SPEECH, 21, n);
	struct as_signal target = sound_whiten(v, n), src = sound_clip(v, n, 12.0, 0.0, 10 * RATE);
	const struct as_probe p = {RATE, PROBE_N};
	static const int bounds[][2] = {{-5 * RATE, 5 * RATE},
					{13 * RATE, 39 * RATE},
					{12 * RATE, 30 * RATE},
					{0, 12 * RATE},
					{12 * RATE - 4001, 12 * RATE + 4001}};

	(void)state;
	for (int k = 0; k < 5; k++) {
		struct as_probe_result *r =
			search(&target, &src, &p, 1, bounds[k][0], bounds[k][1]);

		for (int i = 0; i < r->n_peaks; i++)
			assert_in_range(r->peaks[i].lag - bounds[k][0], 0,
					bounds[k][1] - bounds[k][0]);
		check_order(r);
		if (k < 2) {
			assert_true(decades(r) < 3.0);
		} else {
			assert_true(r->n_peaks > 0);
			assert_true(fabs((double)(r->peaks[0].lag - lag)) <= COARSE);
		}
		free(r);
	}
	sound_forget(&src);
	sound_forget(&target);
	free(v);
}

/* One probe more or fewer in the same call, or a larger transform: the same peaks. */
static void test_company_changes_nothing(void **state)
{
	int n = 50 * RATE;
	float *v = sound_make(SOUND_MUSIC, 22, n);
	struct as_signal target = sound_whiten(v, n), src = sound_clip(v, n, 9.5, 0.0, 30 * RATE);
	const struct as_probe p[] = {{0, PROBE_N}, {RATE, PROBE_N}, {22 * RATE, PROBE_N}};
	struct as_probe_result *all = search(&target, &src, p, 3, -30 * RATE, n);

	(void)state;
	for (int i = 0; i < 3; i++) {
		struct as_probe_result *one = search(&target, &src, &p[i], 1, -30 * RATE, n);

		assert_int_equal(one->n_peaks, all[i].n_peaks);
		assert_true(one->log_blocks == all[i].log_blocks);
		for (int k = 0; k < one->n_peaks; k++) {
			assert_true(llabs(one->peaks[k].lag - all[i].peaks[k].lag) <= 2);
			assert_true(fabsf(one->peaks[k].evidence - all[i].peaks[k].evidence) <
				    0.01f);
		}
		free(one);
	}
	free(all);
	sound_forget(&src);
	sound_forget(&target);
	free(v);
}

/* Unrelated sound: the chance that a search names must not be much smaller than how often it
 * comes. */
static void check_unrelated(enum sound_kind a, enum sound_kind b, int seeds)
{
	int n = 40 * RATE, n_src = 26 * RATE, trials = 0, one = 0, two = 0;
	double top = 0.0;
	struct as_correlator *c = as_correlator_new();
	const struct as_probe p[] = {{0, PROBE_N}, {9 * RATE, PROBE_N}, {18 * RATE, PROBE_N}};

	assert_non_null(c);
	for (int s = 0; s < seeds; s++) {
		float *v = sound_make(a, 1000 + (uint64_t)s, n),
		      *x = sound_make(b, 5000 + (uint64_t)s, n_src);
		struct as_signal target = sound_whiten(v, n), src = sound_whiten(x, n_src);
		struct as_probe_result *r =
			search_with(c, &target, &src, p, 3, -n_src + RATE, n - RATE);

		for (int i = 0; i < 3; i++) {
			double d = decades(&r[i]);

			trials++;
			one += d > 1.0;
			two += d > 2.0;
			top = fmax(top, d);
		}
		free(r);
		sound_forget(&src);
		sound_forget(&target);
		free(x);
		free(v);
	}
	as_correlator_free(c);
	assert_true(one <= 3 + trials / 5);
	assert_true(two <= 2 + trials / 25);
	assert_true(top < 4.0);
}

static void test_unrelated(void **state)
{
	(void)state;
	check_unrelated(SOUND_NOISE, SOUND_NOISE, 16);
	check_unrelated(SOUND_SPEECH, SOUND_SPEECH, 8);
	check_unrelated(SOUND_MUSIC, SOUND_SPEECH, 4);
	check_unrelated(SOUND_MUSIC, SOUND_MUSIC, 8);
}

static void test_nothing_to_hear(void **state)
{
	int n = 20 * RATE;
	float *v = sound_make(SOUND_SPEECH, 23, n), *none = calloc((size_t)n, sizeof(*none));
	struct as_signal sound = sound_whiten(v, n), silence = {0};
	const struct as_probe p[] = {{0, PROBE_N}, {10 * RATE, PROBE_N}};
	struct as_probe_result *r;

	(void)state;
	assert_non_null(none);
	silence = sound_whiten(none, n);
	r = search(&sound, &silence, p, 2, -n, n);
	assert_int_equal(r[0].n_peaks, 0);
	assert_int_equal(r[1].n_peaks, 0);
	free(r);
	r = search(&silence, &sound, p, 2, -n, n);
	assert_int_equal(r[0].n_peaks, 0);
	assert_int_equal(r[1].n_peaks, 0);
	free(r);
	sound_forget(&silence);
	sound_forget(&sound);
	free(none);
	free(v);
}

static void test_cancelled(void **state)
{
	int n = 20 * RATE;
	float *v = sound_make(SOUND_NOISE, 24, n);
	struct as_signal s = sound_whiten(v, n);
	const struct as_probe p = {0, PROBE_N};
	struct as_correlator *c = as_correlator_new();
	struct as_probe_result r;
	atomic_bool cancel = true;

	(void)state;
	assert_non_null(c);
	assert_int_equal(
		as_correlate_probes(c, &s, &s, &p, 1, -n, n, power_of(&s), &cancel, NULL, &r, NULL),
		AS_CANCELLED);
	as_correlator_free(c);
	as_correlator_free(NULL);
	sound_forget(&s);
	free(v);
}

/* --- one window -------------------------------------------------------------------------------
 * ---------------- */

/* Positions between samples, to a hundredth of one with a clean copy. */
static void test_local_between_samples(void **state)
{
	int n = 30 * RATE;
	float *v = sound_make(SOUND_SPEECH, 30, n);
	struct as_signal target = sound_whiten(v, n);
	struct as_local_ws *ws = as_local_new();

	(void)state;
	assert_non_null(ws);
	for (int k = 0; k < 10; k++) {
		double lag = 8.0 * RATE + 0.1 * k;
		struct as_signal src = sound_clip(v, n, lag / RATE, 0.0, 10 * RATE);
		struct as_local l;

		as_correlate_local(ws, &target, &src, 2 * RATE, lag + 7.0, 24, &l, NULL, 0);
		assert_true(fabs(l.lag - lag) < 0.05); /* samples: 6 us */
		assert_true(l.rho > 0.6f && l.rho <= 1.001f);
		assert_true(l.evidence > 20.0f);
		assert_true(l.covered == 1.0f);
		assert_true(l.active > 0.1f && l.active <= 1.0f);
		sound_forget(&src);
	}
	as_local_free(ws);
	sound_forget(&target);
	free(v);
}

static void test_local_inverted(void **state)
{
	int n = 20 * RATE;
	float *v = sound_make(SOUND_MUSIC, 31, n);
	struct as_signal target = sound_whiten(v, n), src;
	struct as_local_ws *ws = as_local_new();
	struct as_local l;

	(void)state;
	assert_non_null(ws);
	for (int i = 0; i < n; i++)
		v[i] = -0.2f * v[i];
	src = sound_whiten(v, n);
	as_correlate_local(ws, &target, &src, 5 * RATE, 3.0, 24, &l, NULL, 0);
	assert_true(l.rho < -0.8f);
	assert_true(fabs(l.lag) < 0.05);
	as_local_free(ws);
	sound_forget(&src);
	sound_forget(&target);
	free(v);
}

/* Nothing outside the gate is taken, however strong; the trace is centred on the lag asked for. */
static void test_local_gate(void **state)
{
	int n = 20 * RATE;
	float *v = sound_make(SOUND_NOISE, 32, n), trace[201];
	struct as_signal s = sound_whiten(v, n);
	struct as_local_ws *ws = as_local_new();
	struct as_local l;

	(void)state;
	assert_non_null(ws);
	as_correlate_local(ws, &s, &s, 5 * RATE, 60.0, 24, &l, trace, 100);
	assert_true(fabs(l.lag - 60.0) <= 24.0 + 3.0);
	assert_true(l.evidence < 8.0f);
	for (int i = 0; i < 201; i++)
		assert_true(abs(i - 40) <= 4 || /* lag 0 is 60 before the middle, power is summed over five lags */
			    trace[i] < 0.5f * trace[40]);
	as_correlate_local(ws, &s, &s, 5 * RATE, 60.0, 100, &l, NULL, 0);
	assert_true(fabs(l.lag) < 0.01);
	as_correlate_local(ws, &s, &s, 5 * RATE, 1500.0, 1000000, &l, NULL,
			   0); /* as wide as it can be */
	assert_true(fabs(l.lag) < 0.01);
	as_local_free(ws);
	sound_forget(&s);
	free(v);
}

/* How much of the window lies inside, and nothing but numbers when none does. */
static void test_local_coverage(void **state)
{
	int n = 20 * RATE;
	float *v = sound_make(SOUND_NOISE, 33, n);
	struct as_signal s = sound_whiten(v, n);
	struct as_local_ws *ws = as_local_new();
	static const double lag[] = {0.0, -AS_LOCAL_N / 2.0, 20.0 * RATE - AS_LOCAL_N / 4.0, -1e9,
				     1e9};
	static const float covered[] = {1.0f, 0.5f, 0.25f, 0.0f, 0.0f};

	(void)state;
	assert_non_null(ws);
	for (int k = 0; k < 5; k++) {
		struct as_local l;

		as_correlate_local(ws, &s, &s, 0, lag[k], 24, &l, NULL, 0);
		assert_true(fabsf(l.covered - covered[k]) < 1e-4f);
		assert_true(isfinite(l.lag) && isfinite(l.rho) && isfinite(l.power) &&
			    isfinite(l.evidence));
		if (k) {
			assert_true(l.evidence < 8.0f);
		}
	}
	as_local_free(ws);
	as_local_free(NULL);
	sound_forget(&s);
	free(v);
}

/* The evidence of a window is -ln of the chance: over many unrelated windows it must come about
 * that often. */
static void test_local_chance(void **state)
{
	int n = 50 * RATE, trials = 0, over3 = 0, over5 = 0, over8 = 0;
	struct as_local_ws *ws = as_local_new();

	(void)state;
	assert_non_null(ws);
	for (uint64_t s = 0; s < 6; s++) {
		float *v = sound_make(s % SOUND_KINDS, 300 + s, n),
		      *x = sound_make((s / 3) % SOUND_KINDS, 400 + s, n);
		struct as_signal target = sound_whiten(v, n), src = sound_whiten(x, n);

		for (int64_t at = 0; at + AS_LOCAL_N <= n; at += AS_LOCAL_N)
			for (int k = -3; k <= 3; k++) {
				struct as_local l;

				as_correlate_local(ws, &target, &src, at, k * 700.0, 24, &l, NULL,
						   0);
				if (l.covered < 1.0f)
					continue;
				trials++;
				over3 += l.evidence > 3.0f;
				over5 += l.evidence > 5.0f;
				over8 += l.evidence > 8.0f;
			}
		sound_forget(&src);
		sound_forget(&target);
		free(x);
		free(v);
	}
	/* nominal: 5 %, 0.7 %, 0.03 %; the fit's own error makes the tail heavier */
	assert_true(trials > 400);
	assert_true(over3 < 0.10 * trials);
	assert_true(over5 < 0.025 * trials);
	assert_true(over8 < 0.005 * trials);
	as_local_free(ws);
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(test_known_lag),
		cmocka_unit_test(test_over_the_edges),
		cmocka_unit_test(test_bounds),
		cmocka_unit_test(test_company_changes_nothing),
		cmocka_unit_test(test_unrelated),
		cmocka_unit_test(test_nothing_to_hear),
		cmocka_unit_test(test_cancelled),
		cmocka_unit_test(test_local_between_samples),
		cmocka_unit_test(test_local_inverted),
		cmocka_unit_test(test_local_gate),
		cmocka_unit_test(test_local_coverage),
		cmocka_unit_test(test_local_chance),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
