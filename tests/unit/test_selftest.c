/* The self-test: which stretches are drawn, what is done to them, what is made of the outcomes. */
#include <math.h>
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include <cmocka.h>
#include <jansson.h>

#include <audiosync/answer.h>

#include "base/text.h"
#include "cli/selftest.h"
#include "engine/selftest_private.h"
#include "shoot.h"
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

/* ---- what is shown ---- */

static const struct as_selftest_row shown_rows[] = {
	{.length_s = 5,
	 .snr_db = 10,
	 .n = 1000,
	 .n_right_1ms = 999,
	 .n_right_10ms = 1000,
	 .median_err_s = 3.456e-3,
	 .p95_err_s = 9.99e-3,
	 .n_honest = 950,
	 .median_drift_err_ppm = NAN,
	 .p95_drift_err_ppm = NAN},
	{.length_s = 300,
	 .snr_db = -10,
	 .n = 1000,
	 .n_right_1ms = 10,
	 .n_right_10ms = 11,
	 .n_wrong = 2,
	 .n_refused = 987,
	 .median_err_s = 1e-6,
	 .p95_err_s = 2e-5,
	 .n_honest = 11,
	 .n_drift = 11,
	 .median_drift_err_ppm = 0.123,
	 .p95_drift_err_ppm = 0.4,
	 .n_honest_drift = 11},
};

static void init_shown(struct shoot *s, struct as_selftest *t)
{
	shoot_init(s);
	*t = (struct as_selftest){.seed = 4000000000u,
				  .trials = 1000,
				  .n_clips = 300,
				  .n_stretches = 2750,
				  .rows = shown_rows,
				  .n_rows = 2};
	t->places[0] = (struct as_selftest_false){AS_SELFTEST_BACKWARDS, 2750, 0, 0.00109, 1.5};
	t->places[1] = (struct as_selftest_false){AS_SELFTEST_CUT_OUT, 2750, 3, 0.0028, 99};
	s->snap.selftest = t;
}

static void test_report_for_people(void **state)
{
	(void)state;
	static const char *const facts[] = {
		"2,750 stretches of 300 clips",
		"✗ 5:00    -10 dB  1000    1 %     1 %",
		"Backwards: 0 of 2750, under 0.11 % (95 % confidence); best score 1.5",
		"This sound repeats",
		"no audio stream", /* the file that could not be used, its name escaped */
		"1011 of 2000 found, 2 wrong; 3 of 5500 found where they are not",
	};
	struct shoot s;
	struct as_selftest t;
	struct as_term term = {.cols = 80, .unicode = true};
	char *text = NULL;
	size_t n = 0;
	init_shown(&s, &t);
	FILE *out = open_memstream(&text, &n);
	assert_non_null(out);
	as_selftest_put(out, &term, &s.snap);
	assert_int_equal(fclose(out), 0);
	for (size_t i = 0; i < sizeof(facts) / sizeof(*facts); i++)
		if (!strstr(text, facts[i]))
			fail_msg("\"%s\" is missing in:\n%s", facts[i], text);
	for (char *line = strtok(text, "\n"); line; line = strtok(NULL, "\n")) {
		assert_true(as_text_cols(line) <= 80);
		assert_null(strchr(line, '\x1b'));
	}
	free(text);
}

static void test_report_for_scripts(void **state)
{
	(void)state;
	struct shoot s;
	struct as_selftest t;
	struct as_options *opt = as_options_new();
	init_shown(&s, &t);
	char *text = as_answer_selftest(&s.snap, opt);
	assert_non_null(text);
	json_t *root = json_loads(text, 0, NULL);
	assert_non_null(root);
	json_t *row = json_array_get(json_object_get(root, "rows"), 1);
	assert_int_equal(json_integer_value(json_object_get(row, "wrong")), 2);
	assert_true(json_real_value(json_object_get(row, "median_drift_err_ppm")) == 0.123);
	row = json_array_get(json_object_get(root, "rows"), 0);
	assert_true(json_is_null(json_object_get(row, "median_drift_err_ppm")));
	json_t *cut = json_object_get(json_object_get(root, "false_places"), "cut-out");
	assert_int_equal(json_integer_value(json_object_get(cut, "accepted")), 3);
	assert_int_equal(json_array_size(json_object_get(root, "failed")), 1);
	assert_int_equal(json_integer_value(json_object_get(root, "seed")), 4000000000);
	json_decref(root);
	free(text);
	as_options_free(opt);
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
		cmocka_unit_test(test_report_for_people),
		cmocka_unit_test(test_report_for_scripts),
	};
	return cmocka_run_group_tests(tests, make, drop);
}
