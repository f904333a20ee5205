/* Two signals: where one sits in the other, at whose speed, and how sure that is. Offsets to 0.1 ms,
 * drift to 1 ppm, and nothing claimed of sound that has nothing to do with each other. */
#include <math.h>
#include <pthread.h>
#include <setjmp.h>
#include <stdarg.h>
#include <stdatomic.h>
#include <stddef.h>
#include <stdint.h>
#include <stdlib.h>
#include <string.h>

#include <cmocka.h>

#include "dsp/synth.h"
#include "sound.h"
#include "sync/match.h"

#define RATE 8000
#define OFFSET_TOL_S 0.1e-3
#define WEAK 3.0   /* decades: the settings' threshold for a place */
#define ALONE 5.0  /* what one match alone needs for a place */
#define FAINT_DB -28.0
#define MARGIN 3.0 /* decades under which a place is open */

static const struct as_match_config config = {.probe_every_s = 12.0, .near_s = NAN};

static enum as_status match(const struct as_signal *a, const struct as_signal *b,
			    struct as_match_result *r)
{
	enum as_status st = as_match_pair(a, b, &config, NULL, r, NULL);

	assert_true(st == AS_OK || st == AS_NO_MATCH);
	return st;
}

/* Every number is one, and in its range. */
static void check_sane(const struct as_match_result *r)
{
	assert_true(isfinite(r->offset_s) && r->offset_err_s > 0.0 && isfinite(r->offset_err_s));
	assert_true(isfinite(r->drift_ppm) == isfinite(r->drift_err_ppm));
	assert_true(fabs(r->slope_ppm) < 301.0 && r->slope_err_ppm > 0.0);
	assert_true(r->score >= 0.0 && r->score <= 99.0);
	assert_true(r->margin <= 99.0 && !isnan(r->margin));
	assert_true(r->p_false > 0.0 && r->p_false <= 1.0);
	assert_true(r->overlap_s >= 0.0 && r->matched_s >= 0.0 && r->matched_s <= r->overlap_s);
	assert_in_range(r->n_pieces, 1, AS_MATCH_PIECES);
	assert_in_range(r->n_alts, 0, AS_MATCH_CANDIDATES);
	assert_true(r->pieces[0].from_s == 0.0);
	for (int i = 0; i < r->n_pieces; i++) {
		assert_true(r->pieces[i].to_s > r->pieces[i].from_s);
		assert_true(!i || fabs(r->pieces[i].from_s - r->pieces[i - 1].to_s) < 1e-9 ||
			    r->pieces[i].from_s < r->pieces[i - 1].to_s + 5.0);
	}
	for (int i = 1; i < r->n_alts; i++)
		assert_true(r->alts[i].margin >= r->alts[i - 1].margin);
}

static void check_found(const struct as_signal *a, const struct as_signal *b, double offset_s,
			double tol_s)
{
	struct as_match_result r;

	assert_int_equal(match(a, b, &r), AS_OK);
	check_sane(&r);
	assert_true(fabs(r.offset_s - offset_s) < tol_s);
	assert_true(fabs(r.offset_s - offset_s) < 5.0 * r.offset_err_s);
	assert_true(r.score > ALONE);
	assert_true(r.margin > MARGIN);
	assert_true(!r.inverted);
}

/* Neither found nor, if found, believed. */
static void check_not_believed(const struct as_signal *a, const struct as_signal *b)
{
	struct as_match_result r;

	if (match(a, b, &r) == AS_NO_MATCH)
		return;
	check_sane(&r);
	assert_true(r.score < WEAK);
}

/* Sound with another room's noise in it, from its own seed. */
static struct as_signal noisy(const float *v, int n, double at, double ppm, int n_out,
			      double snr_db, uint64_t seed)
{
	float *x = sound_heard(v, n, at, ppm, n_out);
	struct as_rng r;
	struct as_signal s;

	as_rng_seed(&r, seed);
	as_synth_noise_snr(&r, x, n_out, snr_db);
	s = sound_whiten(x, n_out);
	free(x);
	return s;
}

/* --- place and speed --- */

static void test_offset(void **state)
{
	static const double at[] = {17.345678, -4.2000311, 47.11, 0.0000625};
	int n = 60 * RATE;

	(void)state;
	for (enum sound_kind kind = 0; kind < SOUND_KINDS; kind++) {
		float *v = sound_make(kind, 40 + (uint64_t)kind, 80 * RATE);
		struct as_signal a = sound_clip(v, 80 * RATE, 10.0, 0.0, n);

		for (int k = 0; k < 4; k++) {
			struct as_signal b = sound_clip(v, 80 * RATE, 10.0 + at[k], 0.0, 20 * RATE);

			check_found(&a, &b, at[k], OFFSET_TOL_S);
			sound_forget(&b);
		}
		sound_forget(&a);
		free(v);
	}
}

static void test_offset_in_noise(void **state)
{
	float *v = sound_make(SOUND_SPEECH, 44, 100 * RATE);

	(void)state;
	for (uint64_t k = 0; k < 4; k++) {
		struct as_signal a = noisy(v, 100 * RATE, 0.0, 0.0, 80 * RATE, 10.0, 500 + k);
		struct as_signal b =
			noisy(v, 100 * RATE, 21.7 + (double)k, 0.0, 25 * RATE, 0.0, 600 + k);

		check_found(&a, &b, 21.7 + (double)k, OFFSET_TOL_S);
		sound_forget(&a);
		sound_forget(&b);
	}
	free(v);
}

/* Both devices in rooms of their own: the direct sound is what counts. */
static void test_offset_in_rooms(void **state)
{
	int n = 80 * RATE, n_b = 30 * RATE;
	float *v = sound_make(SOUND_SPEECH, 45, n), *x = sound_heard(v, n, 30.5, 0.0, n_b),
	      *y = sound_copy(v, n);
	struct as_room *here = as_room_new(1, RATE, 0.4, 0.5),
		       *there = as_room_new(2, RATE, 0.6, 0.8);
	struct as_signal a, b;

	(void)state;
	assert_non_null(here);
	assert_non_null(there);
	as_room_run(here, y, n);
	as_room_run(there, x, n_b);
	a = sound_whiten(y, n);
	b = sound_whiten(x, n_b);
	check_found(&a, &b, 30.5, 0.5e-3);
	as_room_free(here);
	as_room_free(there);
	sound_forget(&a);
	sound_forget(&b);
	free(x);
	free(y);
	free(v);
}

static void check_drift(enum sound_kind kind, double ppm, double at)
{
	int n = 280 * RATE, n_b = 200 * RATE;
	float *v = sound_make(kind, 50, n);
	struct as_signal a = noisy(v, n, 0.0, 0.0, n, 20.0, 1),
			 b = noisy(v, n, at, ppm, n_b, 6.0, 2);
	struct as_match_result r;

	assert_int_equal(match(&a, &b, &r), AS_OK);
	check_sane(&r);
	assert_true(fabs(r.offset_s - at) < OFFSET_TOL_S);
	assert_true(isfinite(r.drift_ppm));
	assert_true(fabs(r.drift_ppm - ppm) < 1.0);
	assert_true(r.drift_err_ppm < 5.0);
	assert_true(fabs(r.drift_ppm - ppm) < 4.0 * r.drift_err_ppm);
	assert_true(fabs(r.slope_ppm - ppm) < 1.0);
	assert_int_equal(r.n_pieces, 1);
	/* at the time where the line is known best, the error is the one stated */
	{
		double said = r.offset_s + r.ref_s / (1.0 + r.slope_ppm * 1e-6);
		double is = at + r.ref_s / (1.0 + ppm * 1e-6);

		assert_true(fabs(said - is) < 5.0 * r.ref_err_s);
		assert_true(r.ref_err_s < OFFSET_TOL_S);
	}
	sound_forget(&a);
	sound_forget(&b);
	free(v);
}

static void test_drift(void **state)
{
	(void)state;
	check_drift(SOUND_SPEECH, 83.0, 40.0);
	check_drift(SOUND_SPEECH, -45.5, 33.3333);
	check_drift(SOUND_MUSIC, -118.0, 50.0);
	check_drift(SOUND_NOISE, 8.0, 2.0);
}

/* Where no drift can be told, none is. */
static void test_no_drift_of_short_clips(void **state)
{
	float *v = sound_make(SOUND_SPEECH, 51, 60 * RATE);
	struct as_signal a = sound_whiten(v, 60 * RATE);
	static const int seconds[] = {5, 20, 50};

	(void)state;
	for (int k = 0; k < 3; k++) {
		struct as_signal b = sound_clip(v, 60 * RATE, 5.0, 70.0, seconds[k] * RATE);
		struct as_match_result r;

		assert_int_equal(match(&a, &b, &r), AS_OK);
		assert_true(isnan(r.drift_ppm) && isnan(r.drift_err_ppm));
		assert_true(fabs(r.offset_s - 5.0) < 2e-3);
		sound_forget(&b);
	}
	sound_forget(&a);
	free(v);
}

/* --- swapping the two --- */

static bool near(double x, double y, double tol)
{
	return fabs(x - y) <= tol || (isnan(x) && isnan(y));
}

/* t_a = o + t_b / (1 + d) is t_b = -o * (1 + d) + t_a / (1 / (1 + d)). */
static void check_mirror(const struct as_signal *a, const struct as_signal *b)
{
	struct as_match_result x, y;
	enum as_status sx = match(a, b, &x), sy = match(b, a, &y);
	double d;

	assert_int_equal(sx, sy);
	if (sx)
		return;
	d = x.slope_ppm * 1e-6;
	assert_true(near(y.offset_s, -x.offset_s * (1.0 + d), 1e-9));
	assert_true(near(y.slope_ppm, (1.0 / (1.0 + d) - 1.0) * 1e6, 1e-6));
	assert_true(near(y.drift_ppm, (1.0 / (1.0 + x.drift_ppm * 1e-6) - 1.0) * 1e6, 1e-6));
	assert_true(near(y.slope_err_ppm, x.slope_err_ppm, 1e-9));
	assert_true(near(y.ref_s, x.ref_s / (1.0 + d) + x.offset_s + as_match_wander(&x, x.ref_s),
			 x.n_knots ? 1e-4 : 1e-9));
	assert_int_equal(y.n_knots, x.n_knots);
	for (int i = 0; i < x.n_knots; i++)
		assert_true(near((double)y.knots[i].shift_s,
				 -(double)x.knots[i].shift_s * (1.0 + d), 1e-8));
	assert_true(y.ref_err_s == x.ref_err_s);
	assert_true(y.score == x.score && y.margin == x.margin && y.p_false == x.p_false);
	assert_true(y.evidence == x.evidence && y.strength == x.strength);
	assert_true(y.overlap_s == x.overlap_s && y.matched_s == x.matched_s);
	assert_int_equal(y.inverted, x.inverted);
	assert_int_equal(y.n_pieces, x.n_pieces);
	for (int i = 0; i < x.n_pieces; i++)
		assert_true(near(y.pieces[i].offset_s, -x.pieces[i].offset_s * (1.0 + d), 1e-9));
	assert_int_equal(y.n_points, x.n_points);
	for (int i = 0; i < x.n_points; i++) {
		double lag = x.offset_s + (double)x.points[i].lag_s;

		assert_true(near(y.offset_s + (double)y.points[i].lag_s, -lag, 1e-6));
		assert_true(near((double)y.points[i].b_s, (double)x.points[i].b_s + lag, 1e-4));
		assert_true(y.points[i].used == x.points[i].used);
	}
	assert_int_equal(y.n_alts, x.n_alts);
	for (int i = 0; i < x.n_alts; i++) {
		assert_true(near(y.alts[i].offset_s, -x.alts[i].offset_s * (1.0 + d), 1e-9));
		assert_true(y.alts[i].score == x.alts[i].score &&
			    y.alts[i].margin == x.alts[i].margin);
	}
}

static void test_mirror(void **state)
{
	int n = 150 * RATE;
	float *v = sound_make(SOUND_SPEECH, 55, n);
	struct as_signal a = noisy(v, n, 0.0, 0.0, 100 * RATE, 10.0, 1);
	static const struct {
		double at, ppm;
		int seconds;
	} clip[] = {{30.0, 90.0, 100}, {60.0, -70.0, 80}, {-5.0, 20.0, 30}, {10.0, 0.0, 140}};

	(void)state;
	for (int k = 0; k < 4; k++) {
		struct as_signal b =
			noisy(v, n, clip[k].at, clip[k].ppm, clip[k].seconds * RATE, 3.0, 2);

		check_mirror(&a, &b);
		sound_forget(&b);
	}
	sound_forget(&a);
	free(v);
}

/* The lags by which the line was found: in order, and those used are as far from the truth as they say. */
static void test_points(void **state)
{
	int n = 150 * RATE, far = 0, used = 0;
	float *v = sound_make(SOUND_SPEECH, 56, n);
	struct as_signal a = noisy(v, n, 0.0, 0.0, 140 * RATE, 10.0, 1);
	struct as_signal b = noisy(v, n, 20.0, -80.0, 100 * RATE, 3.0, 2);
	struct as_match_result r;

	(void)state;
	assert_int_equal(match(&a, &b, &r), AS_OK);
	assert_true(r.n_points >= 10 && r.n_points <= AS_MATCH_POINTS);
	for (int i = 0; i < r.n_points; i++) {
		const struct as_match_point *p = &r.points[i];
		double at = (double)p->b_s, err = p->err_us * 1e-6;
		double truth = 20.0 + at / (1.0 - 80e-6) - at;

		assert_true(!i || p->b_s > r.points[i - 1].b_s);
		assert_true(err >= 29e-6 && err < 5e-3);
		used += p->used;
		far += p->used && fabs(r.offset_s + (double)p->lag_s - truth) > 4.0 * err;
	}
	assert_true(used * 10 >= r.n_points * 8);
	assert_true(far <= 1);
	sound_forget(&a);
	sound_forget(&b);
	free(v);
}

/* A phrase of 12 s, over and over, under a voice that does not repeat: there are rivals. */
static float *loop_under_voice(uint64_t seed, int n, float voice)
{
	int period = 12 * RATE;
	float *loop = sound_make(SOUND_MUSIC, seed, period),
	      *v = sound_make(SOUND_SPEECH, seed + 1, n);

	for (int i = 0; i < n; i++)
		v[i] = voice * v[i] + loop[i % period];
	free(loop);
	return v;
}

static void test_mirror_of_rivals(void **state)
{
	int n = 260 * RATE;
	float *v = loop_under_voice(60, n, 0.3f);
	struct as_signal a = noisy(v, n, 0.0, 0.0, 250 * RATE, 15.0, 1);
	struct as_signal b = noisy(v, n, 100.0, 110.0, 120 * RATE, 15.0, 2);
	struct as_match_result r;

	(void)state;
	assert_int_equal(match(&a, &b, &r), AS_OK);
	assert_true(r.n_alts > 0);
	check_mirror(&a, &b);
	sound_forget(&a);
	sound_forget(&b);
	free(v);
}

/* What is heard in 8 s of noise may sit in either half of a recording that plays the same 20 s twice: whoever finds the one place, however
 * faintly, knows of the other. Returns whether it found any. */
static bool check_two_places(enum sound_kind kind, double snr_db, uint64_t seed)
{
	const double at_s = 3.0, half_s = 20.0;
	int half = 20 * RATE;
	float *v = sound_make(kind, 90 + seed, half), *twice = malloc(sizeof(*twice) * 2 * (size_t)half);
	struct as_match_result r;
	bool found;

	assert_non_null(twice);
	memcpy(twice, v, sizeof(*v) * (size_t)half);
	memcpy(twice + half, v, sizeof(*v) * (size_t)half);
	struct as_signal a = noisy(twice, 2 * half, 0.0, 0.0, 2 * half, 25.0, seed);
	struct as_signal b = noisy(v, half, at_s, 0.0, 8 * RATE, snr_db, seed + 1000);

	found = match(&a, &b, &r) == AS_OK && r.score >= WEAK;
	if (found) {
		double other = r.offset_s < half_s ? at_s + half_s : at_s;

		assert_true(r.margin < MARGIN);
		assert_true(r.n_alts > 0 && fabs(r.alts[0].offset_s - other) < 5e-3);
	}
	sound_forget(&a);
	sound_forget(&b);
	free(twice);
	free(v);
	return found;
}

static void test_two_places_in_noise(void **state)
{
	int found = 0;

	(void)state;
	for (uint64_t seed = 0; seed < 12; seed++)
		for (double snr_db = -12.0; snr_db > -27.0; snr_db -= 2.0)
			found += check_two_places(seed % 2 ? SOUND_SPEECH : SOUND_MUSIC, snr_db, seed);
	assert_true(found >= 30);
}

/* --- what must not matter --- */

static void check_gain(float gain, bool inverted)
{
	int n = 50 * RATE, n_b = 20 * RATE;
	float *v = sound_make(SOUND_MUSIC, 62, n), *x = sound_heard(v, n, 12.25, 0.0, n_b);
	struct as_signal a = sound_whiten(v, n), b;
	struct as_match_result r;

	for (int i = 0; i < n_b; i++)
		x[i] *= gain;
	b = sound_whiten(x, n_b);
	assert_int_equal(match(&a, &b, &r), AS_OK);
	check_sane(&r);
	assert_true(fabs(r.offset_s - 12.25) < OFFSET_TOL_S);
	assert_true(r.score > 20.0);
	assert_int_equal(r.inverted, inverted);
	sound_forget(&a);
	sound_forget(&b);
	free(x);
	free(v);
}

static void test_gain_and_polarity(void **state)
{
	(void)state;
	check_gain(0.01f, false);
	check_gain(50.0f, false);
	check_gain(-1.0f, true);
	check_gain(-0.02f, true);
}

static void test_identical(void **state)
{
	int n = 70 * RATE;

	(void)state;
	for (enum sound_kind kind = 0; kind < SOUND_KINDS; kind++) {
		float *v = sound_make(kind, 63, n);
		struct as_signal a = sound_whiten(v, n), b = sound_whiten(v, n);
		struct as_match_result r;

		assert_int_equal(match(&a, &b, &r), AS_OK);
		check_sane(&r);
		assert_true(fabs(r.offset_s) < 1e-6);
		assert_true(fabs(r.slope_ppm) < 0.05);
		assert_true(r.score > 90.0 && r.margin > 3.0);
		assert_true(r.overlap_s > 69.9);
		sound_forget(&a);
		sound_forget(&b);
		free(v);
	}
}

static void test_twice_the_same(void **state)
{
	int n = 90 * RATE;
	float *v = sound_make(SOUND_MUSIC, 64, n);
	struct as_signal a = sound_whiten(v, n), b = noisy(v, n, 20.0, 40.0, 40 * RATE, 0.0, 1);
	struct as_match_result x, y;

	(void)state;
	assert_int_equal(match(&a, &b, &x), AS_OK);
	assert_int_equal(match(&a, &b, &y), AS_OK);
	assert_memory_equal(&x, &y, sizeof(x));
	sound_forget(&a);
	sound_forget(&b);
	free(v);
}

/* Where in memory the samples lie and what follows them is nobody's business. */
static void test_bytes_behind_the_end(void **state)
{
	int n = 40 * RATE, n_b = 15 * RATE;
	float *v = sound_make(SOUND_SPEECH, 65, n);
	struct as_signal a = sound_whiten(v, n), b = sound_clip(v, n, 11.0, 0.0, n_b);
	int8_t *room = malloc((size_t)n_b + 101);
	struct as_match_result x, y;

	(void)state;
	assert_non_null(room);
	memset(room, 0x55, (size_t)n_b + 101);
	memcpy(room + 1, b.v, (size_t)n_b);
	assert_int_equal(match(&a, &b, &x), AS_OK);
	assert_int_equal(match(&a, &(struct as_signal){.v = room + 1, .n = n_b, .rate_hz = SOUND_RATE_HZ}, &y),
			 AS_OK);
	assert_memory_equal(&x, &y, sizeof(x));
	free(room);
	sound_forget(&a);
	sound_forget(&b);
	free(v);
}

/* --- gaps, losses, lengths --- */

static void test_zeros_in_the_middle(void **state)
{
	int n = 70 * RATE, n_b = 40 * RATE;
	float *v = sound_make(SOUND_SPEECH, 66, n), *x = sound_heard(v, n, 18.5, 0.0, n_b);
	struct as_signal a, b;

	(void)state;
	memset(x + 12 * RATE, 0, sizeof(*x) * 15 * RATE);
	memset(v + 50 * RATE, 0, sizeof(*v) * 6 * RATE);
	a = sound_whiten(v, n);
	b = sound_whiten(x, n_b);
	check_found(&a, &b, 18.5, OFFSET_TOL_S);
	sound_forget(&a);
	sound_forget(&b);
	free(x);
	free(v);
}

/* Four minutes far under the noise: no stretch of a few seconds shows the place, all of them together do. */
static void test_faint(void **state)
{
	int n = 420 * RATE, n_b = 240 * RATE;
	float *v = sound_make(SOUND_NOISE, 71, n);
	struct as_signal a = sound_whiten(v, n), b;
	struct as_match_result r;

	(void)state;
	for (int i = 0; i < 2; i++) {
		double at = i ? 111.1 : 52.34, ppm = i ? 38.0 : -73.0;

		b = noisy(v, n, at, ppm, n_b, FAINT_DB, 5 + (uint64_t)i);
		assert_int_equal(match(&a, &b, &r), AS_OK);
		check_sane(&r);
		assert_true(r.score > ALONE && r.margin > MARGIN);
		assert_true(fabs(r.offset_s + r.ref_s / (1.0 + r.slope_ppm * 1e-6) - at - r.ref_s / (1.0 + ppm * 1e-6)) < 0.5e-3);
		check_mirror(&a, &b);
		sound_forget(&b);
	}
	/* and where there is nothing, all of it together shows nothing */
	b = noisy(v, n, -1000.0, 0.0, n_b, 0.0, 9);
	check_not_believed(&a, &b);
	sound_forget(&a);
	sound_forget(&b);
	free(v);
}

/* What is heard of v by a clock that wanders: t_b = t - at - bend(t_b). */
static double bend(double t_b)
{
	return 3e-3 * sin(2.0 * M_PI * t_b / 280.0);
}

static float *heard_bent(const float *v, int n, double at, int n_b)
{
	enum { PART = 4000 };
	float *x = malloc(sizeof(*x) * (size_t)n_b);

	assert_non_null(x);
	for (int i = 0; i < n_b; i += PART) {
		int k = n_b - i < PART ? n_b - i : PART;
		double t = (double)i / RATE, slow = (bend(t + 0.5) - bend(t)) / 0.5;
		float *part =
			sound_heard(v, n, at + t + bend(t), (1.0 / (1.0 + slow) - 1.0) * 1e6, k);

		memcpy(x + i, part, sizeof(*x) * (size_t)k);
		free(part);
	}
	return x;
}

static void test_clock_that_wanders(void **state)
{
	int n = 330 * RATE, n_b = 290 * RATE;
	float *v = sound_make(SOUND_SPEECH, 91, n), *x = heard_bent(v, n, 20.0, n_b);
	struct as_signal a = sound_whiten(v, n), b = sound_whiten(x, n_b);
	struct as_match_result r;

	(void)state;
	assert_int_equal(match(&a, &b, &r), AS_OK);
	check_sane(&r);
	assert_int_equal(r.n_pieces, 1);
	assert_in_range(r.n_knots, 8, AS_MATCH_KNOTS);
	for (double t = 5.0; t < 285.0; t += 10.0) {
		double said = r.offset_s + t / (1.0 + r.slope_ppm * 1e-6) + as_match_wander(&r, t);

		assert_true(fabs(said - 20.0 - t - bend(t)) < 0.25e-3);
	}
	check_mirror(&a, &b);
	sound_forget(&a);
	sound_forget(&b);
	free(x);
	free(v);
}

/* 250 ms that a recorder lost in the middle: two pieces, each at its place. */
static void test_lost_samples(void **state)
{
	int n = 200 * RATE, n_b = 140 * RATE, cut = 70 * RATE, lost = RATE / 4;
	float *v = sound_make(SOUND_SPEECH, 67, n), *x = sound_heard(v, n, 20.0, 0.0, n_b + lost);
	struct as_signal a = sound_whiten(v, n), b;
	struct as_match_result r;

	(void)state;
	memmove(x + cut, x + cut + lost, sizeof(*x) * (size_t)(n_b - cut));
	b = sound_whiten(x, n_b);
	assert_int_equal(match(&a, &b, &r), AS_OK);
	check_sane(&r);
	assert_int_equal(r.n_pieces, 2);
	assert_true(fabs(r.pieces[0].offset_s - 20.0) < 0.5e-3);
	assert_true(fabs(r.pieces[1].offset_s - 20.25) < 0.5e-3);
	assert_true(fabs(r.pieces[0].to_s - 70.0) < 4.0);
	check_mirror(&a, &b);
	sound_forget(&a);
	sound_forget(&b);
	free(x);
	free(v);
}

/* Short clips: right, or not believed. */
static void test_short(void **state)
{
	static const double seconds[] = {0.3, 0.6, 1.0, 1.5, 2.0, 2.9};
	int n = 60 * RATE, sure = 0;

	(void)state;
	for (enum sound_kind kind = 0; kind < SOUND_KINDS; kind++) {
		float *v = sound_make(kind, 70, n);
		struct as_signal a = sound_whiten(v, n);

		for (int k = 0; k < 6; k++) {
			struct as_signal b =
				sound_clip(v, n, 31.4159, 0.0, (int)(seconds[k] * RATE));
			struct as_match_result r;

			if (match(&a, &b, &r) == AS_OK) {
				check_sane(&r);
				assert_true(isnan(r.drift_ppm));
				if (r.score >= ALONE && r.margin >= MARGIN)
					assert_true(fabs(r.offset_s - 31.4159) < 1e-3);
				sure += r.score >= ALONE && r.margin >= MARGIN;
			}
			sound_forget(&b);
		}
		sound_forget(&a);
		free(v);
	}
	assert_true(sure >= 6); /* of 18: a second or two of clean sound is enough */
}

static void test_clip_longer_than_reference(void **state)
{
	int n = 90 * RATE;
	float *v = sound_make(SOUND_MUSIC, 71, n);
	struct as_signal a = noisy(v, n, 33.0, 0.0, 12 * RATE, 10.0, 1), b = sound_whiten(v, n);

	(void)state;
	check_found(&a, &b, -33.0, OFFSET_TOL_S);
	sound_forget(&a);
	sound_forget(&b);
	free(v);
}

static void test_little_overlap(void **state)
{
	int n = 110 * RATE;
	float *v = sound_make(SOUND_SPEECH, 72, n);
	struct as_signal a = sound_clip(v, n, 0.0, 0.0, 60 * RATE),
			 b = sound_clip(v, n, 52.0, 0.0, 50 * RATE);

	(void)state;
	check_found(&a, &b, 52.0, OFFSET_TOL_S);
	sound_forget(&a);
	sound_forget(&b);
	free(v);
}

/* --- nothing to be found --- */

static void test_silence(void **state)
{
	int n = 30 * RATE;
	float *v = sound_make(SOUND_SPEECH, 73, n), *zero = calloc((size_t)n, sizeof(*zero));
	struct as_signal sound = sound_whiten(v, n), silence,
			 empty = {.v = (const int8_t *)"", .rate_hz = SOUND_RATE_HZ};
	struct as_match_result r;

	(void)state;
	assert_non_null(zero);
	silence = sound_whiten(zero, n);
	assert_int_equal(match(&sound, &silence, &r), AS_NO_MATCH);
	assert_int_equal(match(&silence, &sound, &r), AS_NO_MATCH);
	assert_int_equal(match(&silence, &silence, &r), AS_NO_MATCH);
	assert_int_equal(match(&sound, &empty, &r), AS_NO_MATCH);
	assert_int_equal(match(&empty, &sound, &r), AS_NO_MATCH);
	assert_int_equal(match(&empty, &empty, &r), AS_NO_MATCH);
	for (int k = 1; k < 4000; k = 3 * k + 1) { /* a few samples only */
		struct as_signal few = {.v = sound.v + 5 * RATE, .n = k, .rate_hz = SOUND_RATE_HZ};

		assert_int_equal(match(&sound, &few, &r), AS_NO_MATCH);
		assert_int_equal(match(&few, &few, &r), AS_NO_MATCH);
	}
	sound_forget(&sound);
	sound_forget(&silence);
	free(zero);
	free(v);
}

/* A tone against sound, and against others that begin when it does. */
static void test_tones(void **state)
{
	static const double hz[] = {50.0, 440.0, 1000.0, 1234.5};
	int n = 60 * RATE;
	struct as_signal sound[SOUND_KINDS], tone[4];

	(void)state;
	for (int i = 0; i < SOUND_KINDS; i++) {
		float *v = sound_make((enum sound_kind)i, 76, n);

		sound[i] = sound_whiten(v, n);
		free(v);
	}
	for (int i = 0; i < 4; i++) {
		float *v = sound_tone(hz[i], 0.5, (8 + 13 * i) * RATE);

		tone[i] = sound_whiten(v, (8 + 13 * i) * RATE);
		free(v);
	}
	for (int i = 0; i < 4; i++) {
		for (int k = 0; k < SOUND_KINDS; k++)
			check_not_believed(&sound[k], &tone[i]);
		for (int k = 0; k <= i; k++)
			check_not_believed(&tone[i], &tone[k]);
	}
	for (int i = 0; i < SOUND_KINDS; i++)
		sound_forget(&sound[i]);
	for (int i = 0; i < 4; i++)
		sound_forget(&tone[i]);
}

/* One hum in two rooms: the same mains, other noise. */
static void test_shared_hum(void **state)
{
	int n = 60 * RATE;
	struct as_signal s[2];

	(void)state;
	for (uint64_t k = 0; k < 2; k++) {
		float *v = sound_make(SOUND_NOISE, 80 + k, n);

		for (int h = 1; h <= 20; h++) {
			float *tone = sound_tone(50.0 * h, 0.5 / h, n);

			for (int i = 0; i < n; i++)
				v[i] += tone[i];
			free(tone);
		}
		s[k] = sound_whiten(v, n);
		free(v);
	}
	check_not_believed(&s[0], &s[1]);
	sound_forget(&s[0]);
	sound_forget(&s[1]);
}

static void test_unrelated(void **state)
{
	static const int seconds[][2] = {{40, 30}, {60, 60}, {90, 3}, {60, 10}};
	int sure = 0;

	(void)state;
	for (uint64_t k = 0; k < 24; k++) {
		int na = seconds[k % 4][0] * RATE, nb = seconds[k % 4][1] * RATE;
		float *v = sound_make(k % SOUND_KINDS, 2000 + k, na);
		float *x = sound_make(k / 3 % SOUND_KINDS, 3000 + k, nb);
		struct as_signal a = sound_whiten(v, na), b = sound_whiten(x, nb);
		struct as_match_result r;

		if (match(&a, &b, &r) == AS_OK) {
			check_sane(&r);
			sure += r.score >= WEAK;
			assert_true(r.score < ALONE);
		}
		sound_forget(&a);
		sound_forget(&b);
		free(x);
		free(v);
	}
	assert_true(sure <= 1); /* one in a thousand is meant */
}

/* --- repetition --- */

/* An exact loop and nothing else: several places are equally right, and none is claimed. */
static void test_exact_loop(void **state)
{
	int period = 4 * RATE, n = 64 * RATE;

	(void)state;
	for (uint64_t k = 0; k < 3; k++) {
		float *loop = sound_make(SOUND_MUSIC, 90 + k, period),
		      *v = malloc(sizeof(*v) * (size_t)n);
		struct as_signal a, b;
		struct as_match_result r;

		assert_non_null(v);
		for (int i = 0; i < n; i++)
			v[i] = loop[i % period];
		a = noisy(v, n, 0.0, 0.0, n, 20.0, 1 + k);
		b = noisy(v, n, 22.0, 0.0, 20 * RATE, 20.0, 100 + k);
		assert_int_equal(match(&a, &b, &r), AS_OK);
		check_sane(&r);
		assert_true(r.margin < MARGIN);
		assert_true(r.n_alts >= 2);
		assert_true(fabs(remainder(r.offset_s - 22.0, 4.0)) < 1e-3);
		for (int i = 0; i < r.n_alts; i++)
			if (r.alts[i].margin < MARGIN)
				assert_true(fabs(remainder(r.alts[i].offset_s - 22.0, 4.0)) < 1e-3);
		sound_forget(&a);
		sound_forget(&b);
		free(loop);
		free(v);
	}
}

/* Over the loop somebody talks: now one place is right. It is found or left open, never another one
 * claimed. */
static void test_loop_with_voice(void **state)
{
	static const float voice[] = {0.05f, 0.2f, 1.0f};
	int n = 100 * RATE, right = 0;

	(void)state;
	for (int k = 0; k < 3; k++) {
		float *v = loop_under_voice(95, n, voice[k]);
		struct as_signal a = noisy(v, n, 0.0, 0.0, n, 20.0, 1),
				 b = noisy(v, n, 41.5, 0.0, 30 * RATE, 20.0, 2);
		struct as_match_result r;

		assert_int_equal(match(&a, &b, &r), AS_OK);
		if (fabs(r.offset_s - 41.5) < OFFSET_TOL_S)
			right += r.margin >= MARGIN;
		else
			assert_true(r.margin < MARGIN);
		sound_forget(&a);
		sound_forget(&b);
		free(v);
	}
	assert_true(right >= 1);
}

/* Where a clip begins only after the other one has ended, but both hold the loop, all that can be
 * found is wrong. */
static void test_loop_without_overlap(void **state)
{
	int n = 120 * RATE;
	float *v = loop_under_voice(97, n, 1.0f);
	struct as_signal a = noisy(v, n, 0.0, 0.0, 50 * RATE, 30.0, 1),
			 b = noisy(v, n, 61.0, 0.0, 50 * RATE, 30.0, 2);
	struct as_match_result r;

	(void)state;
	if (match(&a, &b, &r) == AS_OK)
		assert_true(r.score < ALONE || r.margin < MARGIN);
	sound_forget(&a);
	sound_forget(&b);
	free(v);
}

/* --- bounds --- */

static void test_max_offset(void **state)
{
	int n = 80 * RATE;
	float *v = sound_make(SOUND_SPEECH, 110, n);
	struct as_signal a = sound_whiten(v, n), b = sound_clip(v, n, 25.0, 0.0, 30 * RATE);
	struct as_match_config cfg = config;
	struct as_match_result r;

	(void)state;
	cfg.max_offset_s = 24.0;
	if (as_match_pair(&a, &b, &cfg, NULL, &r, NULL) == AS_OK) {
		assert_true(fabs(r.offset_s) < 24.1);
		assert_true(r.score < WEAK);
	}
	if (as_match_pair(&b, &a, &cfg, NULL, &r, NULL) == AS_OK) {
		assert_true(fabs(r.offset_s) < 24.1);
		assert_true(r.score < WEAK);
	}
	cfg.max_offset_s = 26.0;
	assert_int_equal(as_match_pair(&a, &b, &cfg, NULL, &r, NULL), AS_OK);
	assert_true(fabs(r.offset_s - 25.0) < OFFSET_TOL_S);
	assert_int_equal(as_match_pair(&b, &a, &cfg, NULL, &r, NULL), AS_OK);
	assert_true(fabs(r.offset_s + 25.0) < OFFSET_TOL_S);
	sound_forget(&a);
	sound_forget(&b);
	free(v);
}

/* Told where to look, the match is there or nowhere: of a loop's many places the one asked for. */
static void test_near(void **state)
{
	int n = 100 * RATE;
	float *v = loop_under_voice(112, n, 0.0f);
	struct as_signal a = noisy(v, n, 0.0, 0.0, n, 30.0, 1),
			 b = noisy(v, n, 36.0, 0.0, 25 * RATE, 30.0, 2);
	struct as_match_config cfg = config;
	struct as_match_result r;

	(void)state;
	cfg.near_tol_s = 1.0;
	for (int k = 1; k <= 5; k++) {
		cfg.near_s = 12.0 * k + 0.4;
		assert_int_equal(as_match_pair(&a, &b, &cfg, NULL, &r, NULL), AS_OK);
		assert_true(fabs(r.offset_s - 12.0 * k) < 1e-3);
		assert_true(r.score > WEAK);
		cfg.near_s = -cfg.near_s;
		assert_int_equal(as_match_pair(&b, &a, &cfg, NULL, &r, NULL), AS_OK);
		assert_true(fabs(r.offset_s + 12.0 * k) < 1e-3);
	}
	cfg.near_s = 42.0; /* between two places */
	if (as_match_pair(&a, &b, &cfg, NULL, &r, NULL) == AS_OK)
		assert_true(r.score < WEAK || r.margin < MARGIN);
	cfg.near_s = 1e6; /* where the two cannot meet */
	assert_int_equal(as_match_pair(&a, &b, &cfg, NULL, &r, NULL), AS_NO_MATCH);
	sound_forget(&a);
	sound_forget(&b);
	free(v);
}

/* --- threads --- */

static void test_cancel(void **state)
{
	int n = 40 * RATE;
	float *v = sound_make(SOUND_NOISE, 120, n);
	struct as_signal a = sound_whiten(v, n), b = sound_clip(v, n, 5.0, 0.0, 20 * RATE);
	struct as_match_result r;
	atomic_bool cancel = true;

	(void)state;
	assert_int_equal(as_match_pair(&a, &b, &config, &cancel, &r, NULL), AS_CANCELLED);
	atomic_store(&cancel, false);
	assert_int_equal(as_match_pair(&a, &b, &config, &cancel, &r, NULL), AS_OK);
	sound_forget(&a);
	sound_forget(&b);
	free(v);
}

struct worker {
	pthread_t thread;
	const struct as_signal *a, *b;
	atomic_bool *cancel;
	struct as_match_result r;
	enum as_status st;
};

static void *work(void *arg)
{
	struct worker *w = arg;

	w->st = as_match_pair(w->a, w->b, &config, w->cancel, &w->r, NULL);
	return NULL;
}

/* Pairs matched at the same time come out as they do alone; one told to stop while it runs stops or
 * is done. */
static void test_threads(void **state)
{
	int n = 50 * RATE;
	float *v = sound_make(SOUND_SPEECH, 121, n);
	struct as_signal a = sound_whiten(v, n), b[3];
	struct worker w[4] = {0};
	atomic_bool cancel = false;
	struct as_match_result alone;

	(void)state;
	for (int i = 0; i < 3; i++)
		b[i] = sound_clip(v, n, 3.0 + i, 0.0, 25 * RATE);
	for (int i = 0; i < 4; i++) {
		w[i].a = &a;
		w[i].b = &b[i % 3];
		w[i].cancel = i == 3 ? &cancel : NULL;
		assert_int_equal(pthread_create(&w[i].thread, NULL, work, &w[i]), 0);
	}
	atomic_store(&cancel, true);
	for (int i = 0; i < 4; i++)
		assert_int_equal(pthread_join(w[i].thread, NULL), 0);
	for (int i = 0; i < 3; i++) {
		assert_int_equal(w[i].st, AS_OK);
		assert_int_equal(match(&a, &b[i], &alone), AS_OK);
		assert_memory_equal(&w[i].r, &alone, sizeof(alone));
		sound_forget(&b[i]);
	}
	assert_true(w[3].st == AS_OK || w[3].st == AS_CANCELLED);
	sound_forget(&a);
	free(v);
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(test_offset),
		cmocka_unit_test(test_faint),
		cmocka_unit_test(test_offset_in_noise),
		cmocka_unit_test(test_offset_in_rooms),
		cmocka_unit_test(test_drift),
		cmocka_unit_test(test_no_drift_of_short_clips),
		cmocka_unit_test(test_mirror),
		cmocka_unit_test(test_points),
		cmocka_unit_test(test_mirror_of_rivals),
		cmocka_unit_test(test_two_places_in_noise),
		cmocka_unit_test(test_gain_and_polarity),
		cmocka_unit_test(test_identical),
		cmocka_unit_test(test_twice_the_same),
		cmocka_unit_test(test_bytes_behind_the_end),
		cmocka_unit_test(test_zeros_in_the_middle),
		cmocka_unit_test(test_clock_that_wanders),
		cmocka_unit_test(test_lost_samples),
		cmocka_unit_test(test_short),
		cmocka_unit_test(test_clip_longer_than_reference),
		cmocka_unit_test(test_little_overlap),
		cmocka_unit_test(test_silence),
		cmocka_unit_test(test_tones),
		cmocka_unit_test(test_shared_hum),
		cmocka_unit_test(test_unrelated),
		cmocka_unit_test(test_exact_loop),
		cmocka_unit_test(test_loop_with_voice),
		cmocka_unit_test(test_loop_without_overlap),
		cmocka_unit_test(test_max_offset),
		cmocka_unit_test(test_near),
		cmocka_unit_test(test_cancel),
		cmocka_unit_test(test_threads),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
