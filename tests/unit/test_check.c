/* Found against true: what counts as right. */
#include <math.h>
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include <cmocka.h>

#include "base/text.h"
#include "cli/check.h"
#include "shoot.h"

/* The hand-made shoot's truth: GX010045 and ZOOM0001 as they were placed, C0003 recorded elsewhere. */
static void init(struct as_demo *demo, struct shoot *s)
{
	static const struct {
		int clip;
		bool overlaps;
		double start_s, drift_ppm;
	} truth[] = {
		{SHOOT_ZOOM_1, true, 0, 0},
		{SHOOT_CAMA_1, true, 12.5, 12.31},
		{SHOOT_CAMB_3, false, NAN, 0},
	};
	shoot_init(s);
	*demo = (struct as_demo){.n_clips = 3, .duration_s = 1200};
	for (int i = 0; i < demo->n_clips; i++) {
		struct as_demo_clip *c = &demo->clips[i];
		const struct as_clip *clip = &s->clips[truth[i].clip];
		snprintf(c->name, sizeof(c->name), "%s", clip->name);
		snprintf(c->track, sizeof(c->track), "%s", s->tracks[clip->track].name);
		c->overlaps = truth[i].overlaps;
		c->start_s = truth[i].start_s;
		c->drift_ppm = truth[i].drift_ppm;
		c->duration_s = 600;
	}
}

static void test_what_was_found_is_right(void **state)
{
	(void)state;
	struct shoot s;
	struct as_demo demo;
	struct as_check c;
	init(&demo, &s);
	as_check_init(&c, &demo, &s.snap);
	assert_int_equal(c.n_right, 3);
	assert_true(fabs(c.rows[1].start_off_s) < 1e-3);
	assert_true(isnan(c.rows[2].start_off_s));
}

static void test_too_far_off_is_wrong(void **state)
{
	(void)state;
	struct shoot s;
	struct as_demo demo;
	struct as_check c;
	init(&demo, &s);
	s.placements[SHOOT_CAMA_1].start_s += 2 * AS_CHECK_TOLERANCE_S;
	as_check_init(&c, &demo, &s.snap);
	assert_int_equal(c.n_right, 2);
	assert_false(c.rows[1].right);
	s.placements[SHOOT_CAMA_1].start_s -= 2 * AS_CHECK_TOLERANCE_S;
	s.placements[SHOOT_CAMA_1].drift_ppm += 1; /* 0.6 ms after 600 s */
	as_check_init(&c, &demo, &s.snap);
	assert_true(c.rows[1].right);
	assert_true(fabs(c.rows[1].end_off_s + 0.6e-3) < 1e-6);
	s.placements[SHOOT_CAMA_1].drift_ppm += 1;
	as_check_init(&c, &demo, &s.snap);
	assert_false(c.rows[1].right);
	s.placements[SHOOT_CAMA_1].drift_ppm = NAN; /* 12 ppm not corrected: 7 ms */
	as_check_init(&c, &demo, &s.snap);
	assert_false(c.rows[1].right);
}

static void test_what_belongs_nowhere_stays_unplaced(void **state)
{
	(void)state;
	struct shoot s;
	struct as_demo demo;
	struct as_check c;
	init(&demo, &s);
	s.placements[SHOOT_CAMB_3] = s.placements[SHOOT_CAMA_1];
	as_check_init(&c, &demo, &s.snap);
	assert_false(c.rows[2].right);
}

static void test_not_placed_or_not_there_is_wrong(void **state)
{
	(void)state;
	struct shoot s;
	struct as_demo demo;
	struct as_check c;
	init(&demo, &s);
	s.placements[SHOOT_CAMA_1].verdict = AS_VERDICT_WEAK;
	as_check_init(&c, &demo, &s.snap);
	assert_false(c.rows[1].right);
	init(&demo, &s);
	snprintf(demo.clips[1].name, sizeof(demo.clips[1].name), "lost.wav");
	snprintf(demo.clips[2].name, sizeof(demo.clips[2].name), "lost too.wav");
	as_check_init(&c, &demo, &s.snap);
	assert_int_equal(c.n_right, 1);
}

static void test_table_fits_and_names_the_wrong(void **state)
{
	(void)state;
	static const struct as_term t = {.cols = 80, .rows = 24, .unicode = true};
	struct shoot s;
	struct as_demo demo;
	struct as_check c;
	char *text = NULL;
	size_t n = 0;
	init(&demo, &s);
	s.placements[SHOOT_CAMA_1].start_s += 1;
	as_check_init(&c, &demo, &s.snap);
	FILE *out = open_memstream(&text, &n);
	as_check_put(out, &t, &c, &s.snap);
	assert_int_equal(fclose(out), 0);
	assert_non_null(strstr(text, "strong WRONG"));
	assert_non_null(strstr(text, "1.0 s"));
	for (char *line = strtok(text, "\n"); line; line = strtok(NULL, "\n"))
		assert_true(as_text_cols(line) <= t.cols);
	free(text);
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(test_what_was_found_is_right),
		cmocka_unit_test(test_too_far_off_is_wrong),
		cmocka_unit_test(test_what_belongs_nowhere_stays_unplaced),
		cmocka_unit_test(test_not_placed_or_not_there_is_wrong),
		cmocka_unit_test(test_table_fits_and_names_the_wrong),
	};
	return cmocka_run_group_tests_name("check", tests, NULL, NULL);
}
