/* Explanations: a snapshot made by hand seen from one clip, the words for it, and the clips that people name. */
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

#include <audiosync/explain.h>

#include <audiosync/answer.h>

#include "base/explain_words.h"
#include "base/text.h"
#include "base/words.h"
#include "cli/explain.h"
#include "cli/pick.h"
#include "shoot.h"

enum { ZOOM_AND_CAM, ROOMLESS, CHANCE, OTHER_WAY, MATCHES };

struct fixture {
	struct shoot shoot;
	struct as_match matches[MATCHES];
	struct as_candidate rivals[2];
	struct as_segment whole;
	struct as_options *opt;
};

static struct as_match match(int a, int b, double offset_s, double score)
{
	return (struct as_match){.a = a,
				 .b = b,
				 .offset_s = offset_s,
				 .drift_ppm = NAN,
				 .drift_err_ppm = NAN,
				 .slope_err_ppm = 30,
				 .ref_s = 100,
				 .ref_err_s = 2e-5,
				 .score = score,
				 .p_false = pow(10, -score),
				 .margin = 99,
				 .coverage = 99,
				 .n_windows = 9,
				 .n_matched = 8,
				 .overlap_s = 500,
				 .residual_s = NAN};
}

/* CamB's second clip is placed too, so that its third cannot run at the same time. */
static int init(void **state)
{
	struct fixture *f = calloc(1, sizeof *f);
	if (!f || !(f->opt = as_options_new()))
		return -1;
	*state = f;
	/* not what they are by default, but what the texts below say */
	if (as_options_set(f->opt, "confidence.strong", "10", NULL, NULL) != AS_OK ||
	    as_options_set(f->opt, "confidence.weak", "3", NULL, NULL) != AS_OK ||
	    as_options_set(f->opt, "confidence.min_margin", "3", NULL, NULL) != AS_OK)
		return -1;
	shoot_init(&f->shoot);
	struct as_placement *p = f->shoot.placements;
	f->whole = (struct as_segment){0, 600.1, 0};
	p[SHOOT_ZOOM_1].segments = &f->whole;
	p[SHOOT_ZOOM_1].drift_ppm = 0;
	p[SHOOT_CAMB_2].verdict = AS_VERDICT_STRONG;
	p[SHOOT_CAMB_2].island = 1;
	p[SHOOT_CAMB_3].reason = AS_REASON_NO_PLACE;
	f->matches[ZOOM_AND_CAM] = match(SHOOT_CAMA_1, SHOOT_ZOOM_1, -12.5 / (1 + 12.31e-6), 41.2);
	f->matches[ZOOM_AND_CAM].used = true;
	f->matches[ZOOM_AND_CAM].residual_s = 3e-6;
	f->matches[ZOOM_AND_CAM].drift_ppm = f->matches[ZOOM_AND_CAM].slope_ppm = -12.31;
	f->matches[ZOOM_AND_CAM].drift_err_ppm = f->matches[ZOOM_AND_CAM].slope_err_ppm = 0.2;
	f->rivals[0] = (struct as_candidate){-20, 12, 4};
	f->rivals[1] = (struct as_candidate){-12.51, 30, 2}; /* the place itself */
	f->matches[ZOOM_AND_CAM].candidates = f->rivals;
	f->matches[ZOOM_AND_CAM].n_candidates = 2;
	f->matches[ROOMLESS] = match(SHOOT_CAMB_3, SHOOT_ZOOM_1, -700, 30);
	f->matches[CHANCE] = match(SHOOT_CAMB_3, SHOOT_ZOOM_2, 5, 0.4);
	f->matches[OTHER_WAY] = match(SHOOT_CAMA_1, SHOOT_CAMB_3, -312, 6);
	shoot_set_matches(&f->shoot, f->matches, MATCHES);
	return 0;
}

static int done(void **state)
{
	struct fixture *f = *state;
	as_options_free(f->opt);
	free(f);
	return 0;
}

static struct as_explanation *explain(struct fixture *f, int clip)
{
	struct as_explanation *e = as_explain(&f->shoot.snap, clip, f->opt);
	assert_non_null(e);
	return e;
}

/* The clip is the match's a: everything is told the other way round. */
static void test_matches_are_seen_from_the_clip(void **state)
{
	struct fixture *f = *state;
	struct as_explanation *e = explain(f, SHOOT_CAMA_1);
	assert_int_equal(e->n_matches, 2);
	const struct as_explained_match *v = &e->matches[0];
	assert_int_equal(v->match, ZOOM_AND_CAM);
	assert_int_equal(v->other, SHOOT_ZOOM_1);
	assert_int_equal(v->fate, AS_FATE_USED);
	assert_true(fabs(v->offset_s - 12.5 * (1 - 12.31e-6) / (1 + 12.31e-6)) < 1e-9);
	assert_true(fabs(v->start_s - v->offset_s) < 1e-9 && v->island == 1);
	assert_true(fabs(v->drift_ppm - 12.31) < 1e-3 && v->drift_err_ppm == 0.2);
	assert_true(v->residual_s == -3e-6);
	/* the line is known at t_b = 100, which is 87.5 s after the clip's first sample */
	assert_true(fabs(v->offset_err_s - hypot(2e-5, 87.5 * 0.2e-6)) < 1e-9);
	as_explanation_free(e);
	e = explain(f, SHOOT_ZOOM_1);
	assert_true(e->matches[0].residual_s == 3e-6 && e->matches[0].drift_ppm == -12.31);
	assert_true(fabs(e->matches[0].offset_err_s - hypot(2e-5, 100 * 0.2e-6)) < 1e-9);
	as_explanation_free(e);
}

static void test_used_first_then_by_score(void **state)
{
	struct fixture *f = *state;
	f->matches[CHANCE].used = true;
	f->matches[CHANCE].residual_s = 0;
	struct as_explanation *e = explain(f, SHOOT_CAMB_3);
	assert_int_equal(e->n_matches, 3);
	assert_int_equal(e->matches[0].match, CHANCE);
	assert_int_equal(e->matches[1].match, ROOMLESS);
	assert_int_equal(e->matches[2].match, OTHER_WAY);
	as_explanation_free(e);
}

static void test_fates(void **state)
{
	struct fixture *f = *state;
	struct as_explanation *e = explain(f, SHOOT_CAMB_3);
	/* at 700 it would run while CAMB_2 does, from 480 to 1080 */
	assert_int_equal(e->matches[0].fate, AS_FATE_OVERLAP);
	assert_int_equal(e->matches[0].blocker, SHOOT_CAMB_2);
	assert_true(e->matches[0].start_s == 700 && e->matches[0].island == 1);
	assert_int_equal(e->matches[1].fate, AS_FATE_OPEN);
	assert_int_equal(e->matches[2].fate, AS_FATE_WEAK);
	as_explanation_free(e);
	f->matches[ROOMLESS].residual_s = 7;
	e = explain(f, SHOOT_CAMB_3);
	assert_int_equal(e->matches[0].fate, AS_FATE_DISAGREES);
	as_explanation_free(e);
	/* seen from the placed one, it is the other that has no room */
	f->matches[ROOMLESS].residual_s = NAN;
	e = explain(f, SHOOT_ZOOM_1);
	assert_int_equal(e->matches[1].match, ROOMLESS);
	assert_int_equal(e->matches[1].blocker, SHOOT_CAMB_2);
	as_explanation_free(e);
	assert_int_equal(as_options_set(f->opt, "analysis.takes", "yes", NULL, NULL), AS_OK);
	e = explain(f, SHOOT_CAMB_3);
	assert_int_equal(e->matches[0].fate, AS_FATE_OPEN);
	as_explanation_free(e);
}

/* 1200 s after the second clip, made an hour before it. */
static void test_order_of_a_device(void **state)
{
	struct fixture *f = *state;
	f->matches[ROOMLESS].offset_s = -1700;
	f->shoot.clips[SHOOT_CAMB_2].created_s = 1.7e9;
	f->shoot.clips[SHOOT_CAMB_3].created_s = 1.7e9 - 3600;
	struct as_explanation *e = explain(f, SHOOT_CAMB_3);
	assert_int_equal(e->matches[0].fate, AS_FATE_ORDER);
	assert_int_equal(e->matches[0].blocker, SHOOT_CAMB_2);
	as_explanation_free(e);
	assert_int_equal(as_options_set(f->opt, "analysis.use_timestamps", "no", NULL, NULL),
			 AS_OK);
	e = explain(f, SHOOT_CAMB_3);
	assert_int_equal(e->matches[0].fate, AS_FATE_OPEN);
	as_explanation_free(e);
}

static void test_places(void **state)
{
	struct fixture *f = *state;
	struct as_explanation *e = explain(f, SHOOT_CAMA_1);
	/* the rival that is the place itself is none */
	assert_int_equal(e->n_places, 1);
	assert_int_equal(e->places[0].other, SHOOT_ZOOM_1);
	assert_int_equal(e->places[0].island, 1);
	assert_true(fabs(e->places[0].start_s - 20) < 1e-3 && e->places[0].margin == 4);
	as_explanation_free(e);
	e = explain(f, SHOOT_CAMB_1);
	assert_int_equal(e->n_places, 3);
	assert_true(e->places[0].start_s == 60 && e->places[0].island == 1 &&
		    e->places[0].beside == -1);
	as_explanation_free(e);
	f->shoot.placements[SHOOT_CAMB_1].beside = SHOOT_CAMB_3;
	e = explain(f, SHOOT_CAMB_1);
	assert_int_equal(e->places[0].island, 0);
	assert_int_equal(e->places[0].beside, SHOOT_CAMB_3);
	as_explanation_free(e);
}

static void test_times(void **state)
{
	struct fixture *f = *state;
	struct as_explanation *e = explain(f, SHOOT_CAMA_1);
	assert_false(e->times.known);
	assert_true(e->times.used && e->times.n == 0);
	as_explanation_free(e);
	f->shoot.clips[SHOOT_CAMA_1].created_s = 1.7e9;
	f->shoot.clips[SHOOT_CAMA_2].created_s = 1.7e9 + 687;
	e = explain(f, SHOOT_CAMA_1);
	assert_true(e->times.known && e->times.n == 1 && e->times.n_agree == 1);
	as_explanation_free(e);
	f->shoot.clips[SHOOT_CAMA_2].created_s = 1.7e9 + 600;
	e = explain(f, SHOOT_CAMA_1);
	assert_true(e->times.n == 1 && e->times.n_agree == 0);
	as_explanation_free(e);
}

/* ---- words ---- */

static char *render(struct fixture *f, int clip, const struct as_term *t)
{
	char *text = NULL;
	size_t n = 0;
	FILE *out = open_memstream(&text, &n);
	assert_non_null(out);
	assert_true(as_explain_put(out, t, &f->shoot.snap, clip, f->opt));
	assert_int_equal(fclose(out), 0);
	return text;
}

static void assert_says(const char *text, const char *what)
{
	if (!strstr(text, what))
		fail_msg("\"%s\" is missing in:\n%s", what, text);
}

static void test_every_reason_has_words(void **state)
{
	struct fixture *f = *state;
	struct as_term t = {.cols = 80, .unicode = true};
	f->shoot.clips[SHOOT_CAMB_3].error = "broken";
	for (int r = AS_REASON_STRONG; r <= AS_REASON_LOCKED; r++) {
		f->shoot.placements[SHOOT_CAMB_3].reason = (enum as_reason)r;
		char *text = render(f, SHOOT_CAMB_3, &t);
		assert_says(text, "  Verdict    unplaced: ");
		assert_null(strstr(text, "unplaced: \n"));
		free(text);
		assert_string_not_equal(as_reason_name((enum as_reason)r), "unknown");
	}
	assert_string_equal(as_reason_name((enum as_reason)(AS_REASON_LOCKED + 1)), "unknown");
	assert_string_equal(as_fate_name((enum as_match_fate)(AS_FATE_OPEN + 1)), "unknown");
}

static void test_what_is_said(void **state)
{
	struct fixture *f = *state;
	struct as_term t = {.cols = 80, .unicode = true};
	f->shoot.placements[SHOOT_CAMA_1].reason = AS_REASON_STRONG;
	f->shoot.placements[SHOOT_CAMA_1].n_agreeing = 1;
	char *text = render(f, SHOOT_CAMA_1, &t);
	assert_says(text, "strong: its score of 41.2 reaches confidence.strong (10)");
	assert_says(text, "00:00:12.500 of island 1 ±20 µs, drift +12.3 ±0.2 ppm");
	assert_says(text, "once in 10^41 searches");
	assert_says(text, "9.1: the next best place is 10^9 times less likely");
	assert_says(text, "● ZOOM0001.WAV  00:00:12.500   41.2");
	assert_says(text, "500 s overlap, the match seen at 8 of 9 moments looked at");
	assert_says(text,
		    "00:00:20.000 of island 1, 10,000 times less likely by the match with");
	free(text);
	text = render(f, SHOOT_CAMB_3, &t);
	assert_says(text, "would have one device record this and C0002.MP4");
	free(text);
	text = render(f, SHOOT_CAMB_1, &t);
	assert_says(text, "leads the next one by a margin of 1.5");
	assert_says(text, "00:01:00.000 of island 1, score 12.1");
	free(text);
}

static json_t *explained(struct fixture *f, const bool *chosen, int track, int clip)
{
	struct as_analysis_answer a = {.opt = f->opt, .explained = chosen};
	char *text = as_answer_analysis(&f->shoot.snap, &a);
	json_error_t e;
	assert_non_null(text);
	json_t *root = json_loads(text, 0, &e);
	free(text);
	assert_non_null(root);
	json_t *t = json_array_get(json_object_get(root, "tracks"), (size_t)track);
	json_t *c = json_array_get(json_object_get(t, "clips"), (size_t)clip);
	json_t *v = json_incref(json_object_get(c, "explain"));
	assert_true(json_real_value(json_object_get(json_object_get(root, "thresholds"), "weak")) ==
		    3);
	json_decref(root);
	return v;
}

/* Who looks at one place alone measures no lead: the other side says so, and whether the sound goes on is all that can speak against it. */
static void test_no_rivals_looked_for(void **state)
{
	struct fixture *f = *state;
	struct as_term t = {.cols = 200, .unicode = true};
	struct as_match *m = &f->matches[ZOOM_AND_CAM];
	m->narrow = true;
	m->n_candidates = 0;
	m->margin = NAN;
	f->matches[OTHER_WAY].margin = 5;
	f->shoot.placements[SHOOT_CAMA_1].margin = 99;
	char *text = render(f, SHOOT_CAMA_1, &t);
	assert_says(text, "looked for nearby only, not for rivals");
	assert_says(text, "no rivals were looked for: what vouches for the place was looked for nearby");
	assert_null(strstr(text, "99.0"));
	free(text);
	json_t *v = explained(f, NULL, 0, 0), *first = json_array_get(json_object_get(v, "matches"), 0);
	assert_true(json_is_null(json_object_get(first, "margin")));
	json_decref(v);
	f->shoot.placements[SHOOT_CAMB_3].reason = AS_REASON_NO_PLACE;
	f->matches[ROOMLESS].offset_s = -1700;
	f->matches[ROOMLESS].margin = NAN;
	f->matches[ROOMLESS].coverage = 1;
	text = render(f, SHOOT_CAMB_3, &t);
	assert_says(text, "stops where an overlap would go on");
	free(text);
}

/* What a person decided is not said to be what the sound says, and what contradicts it was not outvoted by sound. */
static void test_by_hand_is_not_sure(void **state)
{
	struct fixture *f = *state;
	struct as_term t = {.cols = 120, .unicode = true};
	struct as_placement *p = &f->shoot.placements[SHOOT_CAMA_1];
	char word[64];
	p->method = AS_METHOD_MANUAL;
	p->reason = AS_REASON_LOCKED;
	f->matches[ZOOM_AND_CAM].used = false;
	f->matches[ZOOM_AND_CAM].residual_s = -8;
	for (int locked = 0; locked < 2; locked++) {
		p->locked = locked;
		char *text = render(f, SHOOT_CAMA_1, &t);
		assert_null(strstr(text, "strong"));
		assert_null(strstr(text, "unrelated sound"));
		assert_null(strstr(text, "outvoted"));
		assert_says(text, "overruled");
		assert_says(text, locked ? "and is locked" : "and is not locked");
		free(text);
		assert_string_equal(as_words_verdict(word, sizeof(word), &f->shoot.snap, SHOOT_CAMA_1),
				    locked ? "locked, by hand" : "by hand");
	}
	p->method = AS_METHOD_TIMECODE;
	assert_string_equal(as_words_verdict(word, sizeof(word), &f->shoot.snap, SHOOT_CAMA_1), "locked, by timecode");
	f->shoot.placements[SHOOT_CAMB_3].locked = true;
	assert_string_equal(as_words_verdict(word, sizeof(word), &f->shoot.snap, SHOOT_CAMB_3), "kept off");
}

/* The other clips of a track can be in the way of a sure match where there are any; else it is something else. */
static void test_sure_but_unplaced(void **state)
{
	struct fixture *f = *state;
	const struct as_match sure = match(SHOOT_CAMB_3, SHOOT_ZOOM_1, 12, 99);
	char why[AS_WORDS_WHY_BYTES];
	shoot_set_matches(&f->shoot, &sure, 1);
	as_words_why(why, &f->shoot.snap, SHOOT_CAMB_3);
	assert_says(why, "sounds like ZOOM0001.WAV (score 99.0), but fits nowhere beside the other clips of its track");
	f->shoot.placements[SHOOT_CAMB_2].verdict = AS_VERDICT_WEAK;
	as_words_why(why, &f->shoot.snap, SHOOT_CAMB_3);
	assert_says(why, "sounds like ZOOM0001.WAV (score 99.0), but that contradicts the places of other clips");
}

/* Narrow or wide, with and without Unicode and colour; names are hostile. */
static void test_lines_fit_and_are_safe(void **state)
{
	struct fixture *f = *state;
	f->matches[ROOMLESS].a = SHOOT_CAMB_4;
	f->matches[ROOMLESS].b = SHOOT_ZOOM_2;
	shoot_set_matches(&f->shoot, f->matches, MATCHES);
	for (int clip = 0; clip < SHOOT_N; clip++) {
		for (int cols = 60; cols <= 132; cols += 12) {
			struct as_term t = {.cols = cols, .unicode = cols % 24 == 0};
			char *text = render(f, clip, &t);
			for (char *line = strtok(text, "\n"); line; line = strtok(NULL, "\n")) {
				if (as_text_cols(line) > cols)
					fail_msg("%d of %d columns: %s", as_text_cols(line), cols,
						 line);
				for (const unsigned char *c = (const unsigned char *)line; *c; c++)
					if (*c < 32 || *c == 127 || (!t.unicode && *c > 127))
						fail_msg("byte %02x in: %s", *c, line);
			}
			free(text);
		}
	}
}

static void test_chances_in_words(void **state)
{
	(void)state;
	char text[200];
	assert_says(as_explain_chance(text, sizeof text, 1e-99), "less than once in 10^99");
	assert_says(as_explain_chance(text, sizeof text, 0), "less than once in 10^99");
	assert_says(as_explain_chance(text, sizeof text, 1e-8), "once in 10^8");
	assert_says(as_explain_chance(text, sizeof text, 1e-3), "once in 1000 searches");
	assert_says(as_explain_chance(text, sizeof text, 0.25), "in 25 % of all searches");
}

/* ---- JSON ---- */

static void test_json(void **state)
{
	struct fixture *f = *state;
	json_t *v = explained(f, NULL, 1, 2);
	assert_string_equal(json_string_value(json_object_get(v, "reason")), "no-place");
	json_t *m = json_array_get(json_object_get(v, "matches"), 0);
	assert_string_equal(json_string_value(json_object_get(m, "with")), "/shoot/ZOOM0001.WAV");
	assert_string_equal(json_string_value(json_object_get(m, "fate")), "overlap");
	assert_string_equal(json_string_value(json_object_get(m, "blocker")), "/shoot/C0002.MP4");
	assert_string_equal(json_string_value(json_object_get(m, "side")), "a");
	assert_true(json_real_value(json_object_get(m, "start_s")) == 700);
	assert_true(json_is_null(json_object_get(m, "residual_s")));
	json_decref(v);
	bool chosen[SHOOT_N] = {[SHOOT_CAMA_1] = true};
	assert_null(explained(f, chosen, 1, 2));
	v = explained(f, chosen, 0, 0);
	assert_int_equal(json_array_size(json_object_get(v, "places")), 1);
	json_decref(v);
}

/* ---- names ---- */

static void test_picks(void **state)
{
	struct fixture *f = *state;
	const struct as_snapshot *s = &f->shoot.snap;
	assert_int_equal(as_pick_clip(s, "GX010045.MP4"), SHOOT_CAMA_1);
	assert_int_equal(as_pick_clip(s, "GX020045.MP4"), SHOOT_CAMA_1); /* its second file */
	assert_int_equal(as_pick_clip(s, "GX0"), AS_PICK_SEVERAL);
	assert_int_equal(as_pick_clip(s, "10046"), SHOOT_CAMA_2);
	assert_int_equal(as_pick_clip(s, "Großen"), SHOOT_ZOOM_2);
	assert_int_equal(as_pick_clip(s, "gone\a"), SHOOT_CAMB_4);
	assert_int_equal(as_pick_clip(s, "shoot/C0003"),
			 SHOOT_CAMB_3); /* only a path has a slash */
	assert_int_equal(as_pick_clip(s, "C0004.MP4"), AS_PICK_NONE);
	assert_int_equal(as_pick_clip(s, ""), AS_PICK_NONE);
	/* a whole name wins over a part of others */
	f->shoot.clips[SHOOT_CAMB_2].parts = (const char *const[]){"/shoot/C0001.MP4.mov"};
	assert_int_equal(as_pick_clip(s, "C0001.MP4"), SHOOT_CAMB_1);
}

static void assert_complaint(const struct as_snapshot *s, const char *word, const char *what)
{
	char *text = as_pick_complaint(s, word, as_pick_clip(s, word));
	assert_non_null(text);
	assert_says(text, what);
	for (const unsigned char *c = (const unsigned char *)text; *c; c++)
		assert_true(*c >= 32 && *c != 127);
	free(text);
}

static void test_complaints(void **state)
{
	struct fixture *f = *state;
	const struct as_snapshot *s = &f->shoot.snap;
	assert_complaint(s, "GX", "fits several clips: GX010045.MP4 +1, GX010046.MP4");
	assert_complaint(s, "C0004.MP4", "did you mean C000");
	assert_complaint(s, "what", "nor part of one; there are GX010045.MP4 +1, ");
	assert_complaint(s, "what", " and 4 more");
	assert_complaint(s, "\x1b[2Jfoo", "\"\\x1b[2Jfoo\"");
	assert_complaint(s, "/shoot/", "and 4 more");
}

#define TEST(name) cmocka_unit_test_setup_teardown(name, init, done)

int main(void)
{
	const struct CMUnitTest tests[] = {
		TEST(test_matches_are_seen_from_the_clip),
		TEST(test_used_first_then_by_score),
		TEST(test_fates),
		TEST(test_order_of_a_device),
		TEST(test_places),
		TEST(test_times),
		TEST(test_every_reason_has_words),
		TEST(test_what_is_said),
		TEST(test_no_rivals_looked_for),
		TEST(test_by_hand_is_not_sure),
		TEST(test_sure_but_unplaced),
		TEST(test_lines_fit_and_are_safe),
		TEST(test_chances_in_words),
		TEST(test_json),
		TEST(test_picks),
		TEST(test_complaints),
	};
	return cmocka_run_group_tests(tests, NULL, NULL);
}
