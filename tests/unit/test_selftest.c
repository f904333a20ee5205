/* The self-test: which stretches are drawn, what is done to them, what is made of the outcomes. */
#include <math.h>
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <stdlib.h>
#include <string.h>

#include <cmocka.h>

#include "engine/selftest_private.h"
#include "sound.h"

#define RATE ((int)SOUND_RATE_HZ)
#define CLIPS 3

static const double clip_s[CLIPS] = {45, 32, 8};

struct footage {
	float *sound[CLIPS];
	struct as_signal signal[CLIPS];
};

static int make(void **state)
{
	struct footage *f = calloc(1, sizeof *f);
	if (!f)
		return -1;
	for (int i = 0; i < CLIPS; i++) {
		int n = (int)(clip_s[i] * RATE);
		f->sound[i] = sound_make(i == 1 ? SOUND_MUSIC : SOUND_SPEECH, 40 + (uint64_t)i, n);
		f->signal[i] = sound_whiten(f->sound[i], n);
	}
	*state = f;
	return 0;
}

static int drop(void **state)
{
	struct footage *f = *state;
	for (int i = 0; i < CLIPS; i++) {
		free(f->sound[i]);
		sound_forget(&f->signal[i]);
	}
	free(f);
	return 0;
}

/* Sources in another order for each turn. */
static struct selftest_run draw(const struct footage *f, uint64_t seed, int trials, int turn)
{
	struct selftest_run r = {.cfg = {.seed = seed, .trials = trials}};
	struct selftest_source sources[CLIPS];
	for (int i = 0; i < CLIPS; i++) {
		int k = (i + turn) % CLIPS;
		sources[i] = (struct selftest_source){k, 1000 - (uint64_t)k, &f->signal[k]};
	}
	assert_int_equal(as_selftest_draw(&r, sources, CLIPS, NULL), AS_OK);
	return r;
}

static void test_draw_fits_the_clips(void **state)
{
	const struct footage *f = *state;
	int n[AS_SELFTEST_LENGTHS] = {0};
	struct selftest_run r = draw(f, 1, 9, 0);
	for (int i = 0; i < r.n_stretches; i++) {
		const struct selftest_stretch *t = &r.stretches[i];
		double length_s = as_selftest_lengths_s[t->length];
		n[t->length]++;
		assert_true(clip_s[t->clip] >= 2 * length_s);
		assert_true(t->at_s >= 0 && t->at_s + length_s * 1.0001 <= clip_s[t->clip]);
		assert_true(fabs(t->drift_ppm) <= 100);
		assert_true(t->first >= 0 && t->first + t->n <= f->signal[t->clip].n);
		assert_true((double)t->n >= length_s * 0.9999 * RATE);
	}
	assert_true(n[0] == 9 && n[1] == 9 && n[2] == 0 && n[3] == 0);
	assert_int_equal(r.n_clips, 2);
	as_selftest_run_done(&r);
}

static void test_draw_follows_from_content_and_seed(void **state)
{
	const struct footage *f = *state;
	struct selftest_run a = draw(f, 5, 6, 0), b = draw(f, 5, 6, 2), c = draw(f, 6, 6, 0);
	assert_int_equal(a.n_stretches, b.n_stretches);
	int same = 0;
	for (int i = 0; i < a.n_stretches; i++) {
		assert_int_equal(a.stretches[i].clip, b.stretches[i].clip);
		assert_true(a.stretches[i].at_s == b.stretches[i].at_s);
		assert_true(a.stretches[i].drift_ppm == b.stretches[i].drift_ppm);
		assert_true(a.stretches[i].seed == b.stretches[i].seed);
		same += i < c.n_stretches && a.stretches[i].at_s == c.stretches[i].at_s;
	}
	assert_int_equal(same, 0);
	as_selftest_run_done(&a);
	as_selftest_run_done(&b);
	as_selftest_run_done(&c);
}

static void test_silence_is_not_drawn(void **state)
{
	(void)state;
	static int8_t nothing[40 * RATE];
	struct as_signal silent = {.v = nothing, .n = 40 * RATE, .rate_hz = RATE};
	struct selftest_source source = {0, 1, &silent};
	struct selftest_run r = {.cfg = {.seed = 1, .trials = 4}};
	assert_int_equal(as_selftest_draw(&r, &source, 1, NULL), AS_OK);
	assert_int_equal(r.n_stretches, 0);
	assert_int_equal(r.n_clips, 0);
	assert_false(as_selftest_next_batch(&r));
	as_selftest_run_done(&r);
}

/* Every stretch in one batch, and no batch larger than the memory that there is. */
static void test_batches(void **state)
{
	(void)state;
	enum { N = 90 };
	struct selftest_run r = {.stretches = calloc(N, sizeof *r.stretches), .n_stretches = N};
	int seen = 0, batches = 0;
	assert_non_null(r.stretches);
	for (int i = 0; i < N; i++)
		r.stretches[i] = (struct selftest_stretch){.clip = i % 2, .n = 300 * RATE};
	while (as_selftest_next_batch(&r)) {
		assert_int_equal(r.from, seen);
		assert_true((r.to - r.from) * 300 <= 7200);
		assert_int_equal(as_selftest_batch_count(&r, 0) + as_selftest_batch_count(&r, 1),
				 r.to - r.from);
		seen = r.to;
		batches++;
	}
	assert_int_equal(seen, N);
	assert_int_equal(batches, 4);
	as_selftest_run_done(&r);
}

static void take_sound(const struct footage *f, struct selftest_stretch *t)
{
	t->sound = sound_copy(f->sound[t->clip] + t->first, (int)t->n);
}

static const struct as_match_config match_cfg = {.probe_every_s = 12, .near_s = NAN};
static const struct as_solve_config solve_cfg = {
	.strong = 10, .weak = 3, .max_p_false = 1e-3, .min_margin = 3, .reference = -1};

static struct selftest_look look_at(const struct footage *f, const struct selftest_run *r, int i,
				    const atomic_bool *cancel)
{
	return (struct selftest_look){.clip = &f->signal[r->stretches[i].clip],
				      .stretch = &r->stretches[i],
				      .noise = &r->stretches[(i + 1) % r->n_stretches],
				      .match = &match_cfg,
				      .solve = &solve_cfg,
				      .cancel = cancel};
}

/* Talk and music that does not repeat: found at every level, to a fraction of a millisecond, and nowhere else. */
static void test_everything_is_found_and_nothing_else(void **state)
{
	const struct footage *f = *state;
	struct selftest_run r = draw(f, 3, 4, 0);
	for (int i = 0; i < r.n_stretches; i++)
		take_sound(f, &r.stretches[i]);
	for (int i = 0; i < r.n_stretches; i++) {
		struct selftest_look l = look_at(f, &r, i, NULL);
		for (int k = 0; k < SELFTEST_LOOKS; k++)
			assert_int_equal(as_selftest_look(&l, k, &r.stretches[i].out[k], NULL),
					 AS_OK);
		r.stretches[i].done = true;
	}
	assert_int_equal(as_selftest_report(&r, NULL), AS_OK);
	assert_int_equal(r.report.n_stretches, 8);
	assert_int_equal(r.report.n_rows, 2 * AS_SELFTEST_LEVELS);
	for (int i = 0; i < r.report.n_rows; i++) {
		const struct as_selftest_row *v = &r.report.rows[i];
		assert_int_equal(v->n, 4);
		assert_int_equal(v->n_wrong, 0);
		assert_int_equal(v->n_right_1ms, v->n_right_10ms);
		assert_true(v->snr_db < 0 || v->n_right_1ms == 4);
		assert_true(!(v->median_err_s > 0.5e-3));
		assert_int_equal(v->n_drift, 0);
	}
	for (int k = 0; k < AS_SELFTEST_KINDS; k++) {
		assert_int_equal(r.report.places[k].n, 8);
		assert_int_equal(r.report.places[k].n_accepted, 0);
		assert_true(fabs(r.report.places[k].upper - (1 - pow(0.05, 1.0 / 8))) < 1e-9);
	}
	as_selftest_run_done(&r);
}

/* What the looks are measured against is really what was done: a stretch that lies elsewhere is found as far off. */
static void test_an_error_shows(void **state)
{
	const struct footage *f = *state;
	struct selftest_run r = draw(f, 3, 4, 0);
	struct selftest_outcome out;
	for (int i = 0; i < r.n_stretches; i++)
		take_sound(f, &r.stretches[i]);
	struct selftest_stretch *t = &r.stretches[r.n_stretches - 1];
	struct selftest_look l = look_at(f, &r, r.n_stretches - 1, NULL);
	t->first += RATE / 50; /* 20 ms later than said */
	assert_int_equal(as_selftest_look(&l, 0, &out, NULL), AS_OK);
	assert_true(out.placed && fabs(out.err_s + 0.020) < 1e-3);
	as_selftest_run_done(&r);
}

static void test_cancelled(void **state)
{
	const struct footage *f = *state;
	struct selftest_run r = draw(f, 3, 4, 0);
	struct selftest_outcome out;
	atomic_bool cancel = true;
	for (int i = 0; i < r.n_stretches; i++)
		take_sound(f, &r.stretches[i]);
	struct selftest_look l = look_at(f, &r, 0, &cancel);
	for (int k = 0; k < SELFTEST_LOOKS; k++)
		assert_int_equal(as_selftest_look(&l, k, &out, NULL), AS_CANCELLED);
	as_selftest_run_done(&r);
}

static struct selftest_outcome outcome(double err_s, double stated_s, double drift_off,
				       double drift_err)
{
	return (struct selftest_outcome){.placed = isfinite(err_s),
					 .err_s = err_s,
					 .stated_s = stated_s,
					 .drift_off_ppm = drift_off,
					 .drift_err_ppm = drift_err,
					 .score = 20};
}

static void test_report(void **state)
{
	(void)state;
	struct selftest_run r = {.stretches = calloc(5, sizeof *r.stretches), .n_stretches = 5};
	assert_non_null(r.stretches);
	r.stretches[0].out[1] = outcome(0.2e-3, 0.2e-3, NAN, NAN);
	r.stretches[1].out[1] = outcome(-3e-3, 1e-3, 0.5, 0.3);
	r.stretches[2].out[1] = outcome(-11e-3, 1e-3, 0.5, 0.3);
	r.stretches[3].out[1] = outcome(NAN, NAN, NAN, NAN);
	r.stretches[4].out[1] = outcome(0, 1, 0, 1); /* never came to an end */
	r.stretches[2].out[AS_SELFTEST_LEVELS + AS_SELFTEST_CUT_OUT].placed = true;
	r.stretches[2].out[AS_SELFTEST_LEVELS + AS_SELFTEST_CUT_OUT].score = 7;
	for (int i = 0; i < 4; i++)
		r.stretches[i].done = true;
	assert_int_equal(as_selftest_report(&r, NULL), AS_OK);
	assert_int_equal(r.report.n_stretches, 4);
	assert_int_equal(r.report.n_rows, 3);
	const struct as_selftest_row *v = &r.report.rows[1];
	assert_true(v->length_s == 5 && v->snr_db == 0);
	assert_int_equal(v->n, 4);
	assert_int_equal(v->n_right_1ms, 1);
	assert_int_equal(v->n_right_10ms, 2);
	assert_int_equal(v->n_wrong, 1);
	assert_int_equal(v->n_refused, 1);
	assert_int_equal(v->n_honest, 1);
	assert_int_equal(v->n_drift, 1);
	assert_int_equal(v->n_honest_drift, 1);
	assert_true(v->median_err_s == 0.2e-3 && v->p95_err_s == 3e-3);
	assert_true(v->median_drift_err_ppm == 0.5);
	assert_true(isnan(r.report.rows[2].median_err_s));
	assert_int_equal(r.report.places[AS_SELFTEST_CUT_OUT].n_accepted, 1);
	assert_true(r.report.places[AS_SELFTEST_CUT_OUT].best_score == 7);
	assert_int_equal(r.report.places[AS_SELFTEST_BACKWARDS].n_accepted, 0);
	as_selftest_run_done(&r);
}

/* The rule of three, and Clopper and Pearson's table. */
static void test_upper_bound(void **state)
{
	(void)state;
	assert_true(fabs(as_selftest_upper(0, 1000) - 0.002991) < 1e-6);
	assert_true(fabs(as_selftest_upper(0, 300) - 3.0 / 300) < 1e-4);
	assert_true(fabs(as_selftest_upper(5, 100) - 0.1022534) < 1e-6);
	assert_true(fabs(as_selftest_upper(1, 10) - 0.3941633) < 1e-6);
	assert_true(as_selftest_upper(4, 4) == 1 && as_selftest_upper(0, 0) == 1);
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(test_draw_fits_the_clips),
		cmocka_unit_test(test_draw_follows_from_content_and_seed),
		cmocka_unit_test(test_silence_is_not_drawn),
		cmocka_unit_test(test_batches),
		cmocka_unit_test(test_everything_is_found_and_nothing_else),
		cmocka_unit_test(test_an_error_shows),
		cmocka_unit_test(test_cancelled),
		cmocka_unit_test(test_report),
		cmocka_unit_test(test_upper_bound),
	};
	return cmocka_run_group_tests(tests, make, drop);
}
