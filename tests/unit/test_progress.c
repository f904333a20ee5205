/* What the progress block says, rendered from a snapshot made by hand. */
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
#include "cli/progress.h"
#include "shoot.h"

/* Three files read, one failed, two in work, two waiting. */
static void init_reading(struct shoot *s)
{
	shoot_init(s);
	s->snap.busy = true;
	s->snap.stage = AS_STAGE_LOAD;
	s->snap.decoded_s = 2400.4;
	for (int i = 0; i < SHOOT_N; i++)
		s->clips[i].duration_s = 600.1;
	s->clips[SHOOT_CAMB_1].state = AS_CLIP_LOADING;
	s->clips[SHOOT_CAMB_1].progress = 0.25;
	s->clips[SHOOT_ZOOM_2].state = AS_CLIP_LOADING;
	s->clips[SHOOT_ZOOM_2].progress = 0.75;
	s->clips[SHOOT_CAMB_2].state = s->clips[SHOOT_CAMB_3].state = AS_CLIP_PROBED;
}

static void test_reading(void **state)
{
	(void)state;
	struct shoot s;
	struct as_pace pace = {.stage_s = 10, .decoded_before_s = 0};
	char figures[128];
	init_reading(&s);
	assert_float_equal(as_progress_share(&s.snap), 5.0 / 8, 1e-9);
	assert_int_equal(as_progress_files_done(&s.snap), 4);
	as_progress_figures(figures, sizeof(figures), &s.snap, &pace);
	assert_string_equal(figures, "4/8 files  240x  ETA 0:08");
}

/* What an earlier run has read took no time: it does not make what is left any quicker. */
static void test_eta_leaves_out_what_was_known(void **state)
{
	(void)state;
	struct shoot s;
	struct as_pace pace = {.stage_s = 10, .decoded_before_s = 2400.4};
	char figures[128];
	init_reading(&s);
	as_progress_figures(figures, sizeof(figures), &s.snap, &pace);
	assert_string_equal(figures, "4/8 files");
	s.snap.decoded_s += 601;
	as_progress_figures(figures, sizeof(figures), &s.snap, &pace);
	assert_string_equal(figures, "4/8 files  60x  ETA 0:30");
}

/* A speed out of the first moments would be a guess. */
static void test_no_eta_without_grounds(void **state)
{
	(void)state;
	struct shoot s;
	struct as_pace pace = {.stage_s = 0.1};
	char figures[128];
	init_reading(&s);
	as_progress_figures(figures, sizeof(figures), &s.snap, &pace);
	assert_string_equal(figures, "4/8 files");
	s.snap.stage = AS_STAGE_SOLVE;
	s.snap.total = 0;
	assert_true(as_progress_share(&s.snap) < 0);
}

static void test_comparing_and_writing(void **state)
{
	(void)state;
	struct shoot s;
	struct as_pace pace = {.stage_s = 10};
	char figures[128];
	init_reading(&s);
	s.snap.stage = AS_STAGE_MATCH;
	s.snap.done = 30;
	s.snap.total = 120;
	as_progress_figures(figures, sizeof(figures), &s.snap, &pace);
	assert_string_equal(figures, "30/120 pairs so far  ETA 0:30 or more");
	/* More may follow from these: no share is known, least of all the whole. */
	assert_true(as_progress_share(&s.snap) < 0);
	s.snap.done = 120;
	assert_true(as_progress_share(&s.snap) < 0);
	as_progress_figures(figures, sizeof(figures), &s.snap, &pace);
	assert_string_equal(figures, "120/120 pairs so far");
	s.snap.stage = AS_STAGE_EXPORT;
	s.snap.outputs = s.outputs;
	s.snap.n_outputs = 2;
	assert_float_equal(as_progress_share(&s.snap), 0.75, 1e-9);
	as_progress_figures(figures, sizeof(figures), &s.snap, &pace);
	assert_string_equal(figures, "1/2 files  268x  ETA 0:04");
}

static void check_block(const struct as_term *t, const struct as_snapshot *s, int want_lines)
{
	struct as_pace pace = {.stage_s = 10};
	struct as_progress_lines l;
	assert_true(as_progress_lines_make(&l, t, s, &pace));
	assert_int_equal(l.n, want_lines);
	for (int i = 0; i < l.n; i++) {
		assert_int_equal(as_text_cols(l.line[i]), l.cols[i]);
		assert_true(l.cols[i] < t->cols);
		assert_null(strpbrk(l.line[i], "\n\r\x1b"));
	}
	as_progress_lines_done(&l);
}

static void test_block_never_wraps(void **state)
{
	(void)state;
	struct shoot s;
	init_reading(&s);
	for (int cols = 40; cols <= 200; cols += 7)
		for (int unicode = 0; unicode < 2; unicode++) {
			struct as_term t = {.cols = cols, .rows = 24, .unicode = unicode};
			check_block(&t, &s.snap, 3);
			t.rows = 5;
			check_block(&t, &s.snap, 1);
		}
}

/* However many files are in work, the block stays a block. */
static void test_many_files(void **state)
{
	(void)state;
	enum { N = 3000 };
	struct shoot s;
	struct as_term t = {.cols = 80, .rows = 24, .unicode = true};
	init_reading(&s);
	struct as_clip *clips = calloc(N, sizeof(*clips));
	assert_non_null(clips);
	for (int i = 0; i < N; i++)
		clips[i] = s.clips[SHOOT_CAMB_1];
	s.snap.clips = clips;
	s.snap.n_clips = N;
	check_block(&t, &s.snap, AS_PROGRESS_LINES_MAX);
	free(clips);
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(test_reading),
		cmocka_unit_test(test_eta_leaves_out_what_was_known),
		cmocka_unit_test(test_no_eta_without_grounds),
		cmocka_unit_test(test_comparing_and_writing),
		cmocka_unit_test(test_block_never_wraps),
		cmocka_unit_test(test_many_files),
	};
	return cmocka_run_group_tests_name("progress", tests, NULL, NULL);
}
