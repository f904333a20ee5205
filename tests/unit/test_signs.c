/* The sign rules of <audiosync/types.h>, from sound to placement:
 * offset_s > 0: b starts after a; t_a = offset_s + t_b / (1 + drift_ppm * 1e-6); drift_ppm > 0: b's
 * clock runs fast, b's file holds too many samples; a placement's drift is that of the clip against its
 * island's clock. */
#include <math.h>
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <stdlib.h>
#include <string.h>

#include <cmocka.h>

#include "sound.h"
#include "sync/match.h"
#include "sync/solve.h"

#define RATE 8000
#define LENGTH_S 200

static const struct as_match_config match_config = {.probe_every_s = 12.0, .near_s = NAN};
static const struct as_solve_config solve_config = {
	.strong = 10.0, .weak = 3.0, .max_p_false = 1e-3, .min_margin = 3.0, .reference = 0};

/* An event: one click in noise, so that signs can be told without any model of clocks. */
static float *event_at(double at_s, int n)
{
	float *v = sound_make(SOUND_NOISE, 9, n);

	for (int i = 0; i < n; i++)
		v[i] *= 0.01f;
	for (int i = 0; i < 400; i++)
		v[(int)(at_s * RATE) + i] +=
			(float)(0.5 * exp(-i / 60.0) * sin(0.9 * i + 0.002 * i * i));
	return v;
}

/* The same event at second 20 of a and at second 8 of b: b started 12 s after a. */
static void test_offset_is_positive_when_b_starts_later(void **state)
{
	int n = 30 * RATE, n_b = 15 * RATE;
	float *x = event_at(20.0, n), *y = malloc(sizeof(*y) * (size_t)n_b);
	struct as_signal a, b;
	struct as_match_result r;

	(void)state;
	assert_non_null(y);
	memcpy(y, x + 12 * RATE, sizeof(*y) * (size_t)n_b);
	a = sound_whiten(x, n);
	b = sound_whiten(y, n_b);
	assert_int_equal(as_match_pair(&a, &b, &match_config, NULL, &r, NULL), AS_OK);
	assert_true(fabs(r.offset_s - 12.0) < 0.1e-3);
	assert_int_equal(as_match_pair(&b, &a, &match_config, NULL, &r, NULL), AS_OK);
	assert_true(fabs(r.offset_s + 12.0) < 0.1e-3);
	sound_forget(&a);
	sound_forget(&b);
	free(x);
	free(y);
}

/* b sampled the same 200 s at 8000.8 Hz: 100 ppm fast, and so its file has 160 samples more than a's. */
static void test_drift_is_positive_when_b_has_too_many_samples(void **state)
{
	int n = LENGTH_S * RATE;
	float *x = sound_make(SOUND_SPEECH, 11, n);

	(void)state;
	for (int sign = -1; sign <= 1; sign += 2) {
		double ppm = sign * 100.0;
		int n_b = n + sign * 160;
		struct as_signal a = sound_whiten(x, n), b = sound_clip(x, n, 0.0, ppm, n_b);
		struct as_match_result r;

		assert_int_equal(as_match_pair(&a, &b, &match_config, NULL, &r, NULL), AS_OK);
		assert_true(fabs(r.drift_ppm - ppm) < 1.0);
		assert_true(fabs(r.offset_s) < 0.1e-3);
		/* both ends meet: the last sample of b is the last of a */
		assert_true(fabs(r.offset_s + n_b / SOUND_RATE_HZ / (1.0 + r.drift_ppm * 1e-6) -
				 LENGTH_S) < 0.2e-3);
		assert_int_equal(as_match_pair(&b, &a, &match_config, NULL, &r, NULL), AS_OK);
		assert_true(fabs(r.drift_ppm + ppm) < 1.0);
		sound_forget(&a);
		sound_forget(&b);
	}
	free(x);
}

static void check_placed(double at_s, double ppm, bool b_first)
{
	int n = LENGTH_S * RATE, n_b = 120 * RATE;
	float *x = sound_make(SOUND_SPEECH, 12, n);
	struct as_signal a = sound_whiten(x, n), b = sound_clip(x, n, at_s, ppm, n_b);
	struct as_solve_clip clip[2] = {{0}};
	struct as_solve_match m = {.a = 0, .b = 1, .found = true};
	struct as_solve_config cfg = solve_config;
	struct as_solution out;
	int ia = b_first, ib = !b_first;
	double begin, end;

	for (int i = 0; i < 2; i++)
		clip[i] = (struct as_solve_clip){.track = i,
						 .duration_s = i == ia ? LENGTH_S : 120.0,
						 .created_s = NAN,
						 .start_tc_s = NAN,
						 .active = 1.0,
						 .usable = true,
						 .key = 5 + (uint64_t)i};
	cfg.reference = ia; /* a's clock is the one that counts */
	assert_int_equal(as_match_pair(b_first ? &b : &a, b_first ? &a : &b, &match_config, NULL,
				       &m.r, NULL),
			 AS_OK);
	assert_int_equal(as_solve(clip, 2, &m, 1, &cfg, NULL, &out, NULL), AS_OK);
	assert_int_equal(out.placements[ib].verdict, AS_VERDICT_STRONG);
	begin = out.placements[ib].start_s - out.placements[ia].start_s;
	end = begin + 120.0 / (1.0 + out.placements[ib].drift_ppm * 1e-6);
	assert_true(fabs(begin - at_s) < 0.2e-3);
	assert_true(fabs(out.placements[ib].drift_ppm - ppm) < 1.5);
	assert_true(fabs(end - at_s - 120.0 / (1.0 + ppm * 1e-6)) < 0.2e-3);
	assert_true(fabs(out.placements[ia].drift_ppm) < 1e-3);
	assert_true(out.used[0] && fabs(out.residual_s[0]) < 0.2e-3);
	as_solution_done(&out);
	sound_forget(&a);
	sound_forget(&b);
	free(x);
}

/* Whichever of the two is the match's a, and on whichever side of the reference the clip begins. */
static void test_placement(void **state)
{
	(void)state;
	check_placed(40.0, 85.0, false);
	check_placed(40.0, 85.0, true);
	check_placed(-15.0, -60.0, false);
	check_placed(-15.0, -60.0, true);
}

/* residual_s is placement minus match: a match that says too late leaves a negative one. */
static void test_residual(void **state)
{
	struct as_solve_clip clip[3] = {{0}};
	struct as_solve_match m[3];
	struct as_solution out;

	(void)state;
	for (int i = 0; i < 3; i++)
		clip[i] = (struct as_solve_clip){.track = i,
						 .duration_s = 100.0,
						 .created_s = NAN,
						 .start_tc_s = NAN,
						 .active = 1.0,
						 .usable = true,
						 .key = 5 + (uint64_t)i};
	for (int i = 0; i < 3; i++) {
		m[i] = (struct as_solve_match){.a = i == 2, .b = i ? 2 : 1, .found = true};
		m[i].r = (struct as_match_result){.offset_s = i == 1 ? 20.0 : 10.0,
						  .offset_err_s = 1e-4,
						  .drift_ppm = NAN,
						  .drift_err_ppm = NAN,
						  .slope_err_ppm = 1.0,
						  .ref_s = 40.0,
						  .ref_err_s = 1e-4,
						  .score = 30.0,
						  .margin = 30.0,
						  .evidence = 500.0,
						  .strength = 10.0,
						  .overlap_s = 80.0,
						  .matched_s = 80.0,
						  .n_pieces = 1};
		m[i].r.pieces[0] = (struct as_match_piece){0.0, 100.0, m[i].r.offset_s, 1e-4};
	}
	m[1].r.offset_s += 3.0; /* 0 -> 2 says 3 s too late, and is less sure */
	m[1].r.pieces[0].offset_s += 3.0;
	m[1].r.score = 12.0;
	m[1].r.evidence = 20.0;
	assert_int_equal(as_solve(clip, 3, m, 3, &solve_config, NULL, &out, NULL), AS_OK);
	assert_true(fabs(out.placements[2].start_s - out.placements[0].start_s - 20.0) < 1e-3);
	assert_true(fabs(out.residual_s[1] + 3.0) < 1e-3);
	assert_true(out.used[0] && !out.used[1] && out.used[2]);
	as_solution_done(&out);
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(test_offset_is_positive_when_b_starts_later),
		cmocka_unit_test(test_drift_is_positive_when_b_has_too_many_samples),
		cmocka_unit_test(test_placement),
		cmocka_unit_test(test_residual),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
