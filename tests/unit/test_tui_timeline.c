/* The timeline's arithmetic: which part of it shows, and where sound lies on it. */
#include <math.h>
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <string.h>

#include <cmocka.h>

#include "tui/timeline_place.h"
#include "tui/timeline_view.h"
#include "tui/timeline_wave.h"

static void near(double a, double b, double within)
{
	if (!(fabs(a - b) <= within))
		fail_msg("%.12g is not %.12g within %g", a, b, within);
}

/* --- the view -------------------------------------------------------------------------------------------------- */

static void test_whole(void **state)
{
	struct tui_view v = {0};

	(void)state;
	tui_view_fit(&v, 0, 1000, 101);
	near(v.step_s, 10, 1e-12);
	assert_int_equal(tui_view_col(&v, 0), 0);
	assert_int_equal(tui_view_col(&v, 1000), 100);
	/* It stays the whole in another window, and when there is more. */
	tui_view_fit(&v, 0, 2000, 51);
	near(v.step_s, 40, 1e-12);
	tui_view_fit(&v, -200, 2000, 51);
	near(v.from_s, -200, 0);
	near(v.step_s, 44, 1e-12);
}

static void test_nothing_to_see(void **state)
{
	struct tui_view v = {0};

	(void)state;
	tui_view_fit(&v, 0, 0, 80);
	assert_true(v.step_s > 0 && isfinite(v.step_s));
	tui_view_fit(&v, NAN, INFINITY, 0);
	assert_true(v.step_s > 0 && isfinite(v.step_s) && v.cols == 1);
	for (int i = 0; i < 100; i++)
		tui_view_zoom(&v, i % 3 - 1, i * 1e9);
	assert_true(v.step_s > 0 && isfinite(v.from_s));
}

/* From the whole down to a millisecond and back, the cursor staying in its column, only neat steps between. */
static void test_zoom(void **state)
{
	struct tui_view v = {0};
	double at_s = 4321.5, last;
	int col, n = 0;

	(void)state;
	tui_view_fit(&v, 0, 30 * 3600.0, 154);
	col = tui_view_col(&v, at_s);
	do {
		last = v.step_s;
		tui_view_zoom(&v, 1, at_s);
		assert_true(v.step_s <= last);
		assert_int_equal(tui_view_col(&v, at_s), col);
		assert_true(++n < 40);
	} while (v.step_s < last);
	near(v.step_s, 1e-3, 1e-15);
	while (!v.whole) {
		tui_view_zoom(&v, -1, at_s);
		assert_true(n-- > 0);
	}
	near(v.from_s, 0, 0);
	/* Several at once are as many one by one. */
	struct tui_view a = v, b = v;
	tui_view_zoom(&a, 3, at_s);
	for (int i = 0; i < 3; i++)
		tui_view_zoom(&b, 1, at_s);
	near(a.step_s, b.step_s, 0);
	near(a.from_s, b.from_s, a.step_s);
}

static void test_pan_stays_inside(void **state)
{
	struct tui_view v = {0};

	(void)state;
	tui_view_fit(&v, 0, 1000, 100);
	tui_view_center(&v, 1, 500);
	assert_int_equal(tui_view_col(&v, 500), 50);
	tui_view_pan(&v, -1e9);
	near(v.from_s, 0, 0);
	tui_view_pan(&v, 1e9);
	assert_int_equal(tui_view_col(&v, 1000), 99);
	/* An eighth of the window more than it must, so that the next steps move nothing. */
	tui_view_follow(&v, 300.5, 4);
	assert_int_equal(tui_view_col(&v, 300.5), 16);
	tui_view_follow(&v, 330, 4);
	assert_int_equal(tui_view_col(&v, 300.5), 16);
	tui_view_follow(&v, 289, 4);
	assert_int_equal(tui_view_col(&v, 300.5), 16);
	tui_view_follow(&v, 700.5, 4);
	assert_int_equal(tui_view_col(&v, 700.5), 83);
	/* At the ends there is nothing to keep away from. */
	tui_view_follow(&v, 0, 4);
	assert_int_equal(tui_view_col(&v, 0), 0);
	/* Far outside is outside, not somewhere by overflow. */
	assert_true(tui_view_col(&v, 1e300) >= v.cols);
	assert_true(tui_view_col(&v, -1e300) < 0);
	assert_true(tui_view_col(&v, NAN) < 0);
}

static void test_span(void **state)
{
	struct tui_view v = {0};
	char text[32];

	(void)state;
	tui_view_fit(&v, 0, 3600, 88);
	tui_view_span(&v, 1000, 1100);
	assert_true(tui_view_col(&v, 1000) > 0 && tui_view_col(&v, 1000) < 6);
	assert_true(tui_view_col(&v, 1100) < 88 && tui_view_col(&v, 1100) > 80);
	assert_string_equal(tui_view_step_words(text, sizeof text, 2), "2.0 s");
	assert_string_equal(tui_view_step_words(text, sizeof text, 0.001), "1 ms");
	assert_string_equal(tui_view_step_words(text, sizeof text, 0.0002), "0.2 ms");
	assert_string_equal(tui_view_step_words(text, sizeof text, 0.5), "500 ms");
	assert_string_equal(tui_view_step_words(text, sizeof text, 300), "5.0 min");
}

/* --- places ---------------------------------------------------------------------------------------------------- */

struct scene {
	struct as_clip clips[3];
	struct as_placement places[3];
	struct as_segment one[1], two[2];
	struct as_clock_knot knots[3];
	struct as_match match[1];
	struct as_candidate candidates[2];
	int matches[1];
	double islands[2], starts[2];
	struct as_snapshot snap;
	struct tui_model m;
};

/* Clip 0 lies straight, 1 runs 100 ppm fast, lost 0.5 s at 60 s and is in the second island's sight of 0; 2 has no place. */
static void set(struct scene *s)
{
	memset(s, 0, sizeof *s);
	for (int i = 0; i < 3; i++)
		s->clips[i] = (struct as_clip){.id = i, .duration_s = 100, .matches = s->matches, .n_matches = i < 2};
	s->one[0] = (struct as_segment){0, 100, 10};
	s->two[0] = (struct as_segment){0, 60, 20};
	s->two[1] = (struct as_segment){60, 100, 20.5};
	s->places[0] = (struct as_placement){.island = 2, .verdict = AS_VERDICT_STRONG, .start_s = 10, .segments = s->one, .n_segments = 1,
					     .drift_ppm = NAN};
	s->places[1] = (struct as_placement){.clip = 1, .island = 2, .verdict = AS_VERDICT_STRONG, .start_s = 20, .segments = s->two,
					     .n_segments = 2, .drift_ppm = 100};
	s->candidates[0].start_s = 5;
	s->candidates[1].start_s = -7;
	s->places[2] = (struct as_placement){.clip = 2, .verdict = AS_VERDICT_AMBIGUOUS, .start_s = NAN, .candidates = s->candidates,
					     .n_candidates = 2, .beside = 0};
	/* 1 is 10 s after 0. */
	s->match[0] = (struct as_match){.a = 0, .b = 1, .offset_s = 10, .slope_ppm = 100, .used = true, .score = 20,
					.segments = s->two, .n_segments = 0};
	s->islands[0] = 50;
	s->islands[1] = 130;
	s->snap = (struct as_snapshot){.clips = s->clips, .n_clips = 3, .placements = s->places, .island_s = s->islands, .n_islands = 2,
				       .timeline_s = 190, .matches = s->match, .n_matches = 1};
	tui_island_starts(&s->snap, s->starts);
	s->m.snap = &s->snap;
	s->m.frame_s = 0.04;
	s->m.island_start_s = s->starts;
	s->m.clip = -1;
}

static void test_stretches(void **state)
{
	struct scene s;
	struct tui_stretch x;

	(void)state;
	set(&s);
	/* The second island begins after the first one and the gap of 10 s. */
	assert_true(tui_stretch(&s.m, 0, 0, &x));
	near(x.from_s, 70, 1e-9);
	near(x.to_s, 170, 1e-9);
	assert_int_equal(tui_n_stretches(&s.m, 1), 2);
	assert_true(tui_stretch(&s.m, 1, 0, &x));
	near(x.from_s, 80, 1e-9);
	near(x.to_s, 80 + 60 / 1.0001, 1e-9);
	assert_true(tui_stretch(&s.m, 1, 1, &x));
	near(x.from_s, 80.5 + 60 / 1.0001, 1e-9);
	assert_false(tui_stretch(&s.m, 1, 2, &x));
	assert_int_equal(tui_n_stretches(&s.m, 2), 0);
	near(tui_timeline_time_s(&s.m, 1, 80), 80.5 + 80 / 1.0001, 1e-9);
	assert_int_equal(tui_stretch_at(&s.m, 1, 90), 0);
	assert_int_equal(tui_stretch_at(&s.m, 1, 150), 1);
	assert_int_equal(tui_stretch_at(&s.m, 1, 0), 0);
	assert_int_equal(tui_stretch_at(&s.m, 2, 0), -1);
}

static void test_there_and_back(void **state)
{
	struct scene s;

	(void)state;
	set(&s);
	s.knots[0] = (struct as_clock_knot){0, 0};
	s.knots[1] = (struct as_clock_knot){50, 0.03};
	s.knots[2] = (struct as_clock_knot){100, -0.01};
	s.places[1].clock = s.knots;
	s.places[1].n_clock = 3;
	for (double t = 0; t <= 100; t += 3.7) {
		double at_s = tui_timeline_time_s(&s.m, 1, t);

		near(tui_clip_time_s(&s.m, 1, t < 60 ? 0 : 1, at_s), t, 1e-9);
	}
	/* Numbers out of a file may be anything. */
	s.places[1].drift_ppm = -1e6;
	assert_true(isfinite(tui_timeline_time_s(&s.m, 1, 10)));
	s.places[0].start_s = INFINITY;
	assert_int_equal(tui_n_stretches(&s.m, 0), 0);
	s.clips[1].duration_s = NAN;
	struct tui_stretch x;
	assert_false(tui_stretch(&s.m, 1, 1, &x));
}

static void test_ghosts(void **state)
{
	struct scene s;
	struct tui_ghost g[TUI_GHOSTS_MAX];

	(void)state;
	set(&s);
	assert_int_equal(tui_ghosts(&s.m, 2, g), 2);
	near(g[0].from_s, 65, 1e-9);
	near(g[1].from_s, 53, 1e-9);
	assert_int_equal(g[1].number, 2);
	assert_int_equal(tui_ghosts(&s.m, 0, g), 0);
	/* The cursor goes to the first, and stays on one that it is on. */
	near(tui_cursor_for(&s.m, 2), 65, 1e-9);
	s.m.cursor_s = 54;
	near(tui_cursor_for(&s.m, 2), 54, 0);
	near(tui_cursor_for(&s.m, 0), 70, 1e-9);
	s.places[2].beside = 2;
	assert_int_equal(tui_ghosts(&s.m, 2, g), 0);
	s.places[2].beside = 99;
	assert_int_equal(tui_ghosts(&s.m, 2, g), 0);
}

static void test_pair_lag(void **state)
{
	struct scene s;
	double lag_s;
	int match;

	(void)state;
	set(&s);
	/* Before the splice they lie as the match says; behind it 0.5 s later than the match of one stretch knows. */
	assert_true(tui_pair_lag(&s.m, 0, 1, 100, &lag_s, &match));
	near(lag_s, 0, 1e-9);
	assert_true(tui_pair_lag(&s.m, 0, 1, 160, &lag_s, &match));
	near(lag_s, 0.5, 1e-9);
	assert_true(tui_pair_lag(&s.m, 1, 0, 160, &lag_s, &match));
	near(lag_s, -0.5, 1e-9);
	/* Nudged: later by as much. */
	s.two[0].start_s += 0.002;
	assert_true(tui_pair_lag(&s.m, 0, 1, 100, &lag_s, &match));
	near(lag_s, 0.002, 1e-9);
	assert_false(tui_pair_lag(&s.m, 0, 2, 100, &lag_s, &match));
	assert_false(tui_pair_lag(&s.m, 0, 7, 100, &lag_s, &match));
}

/* Of clocks that wander, what was measured nearby counts, not the line. */
static void test_pair_lag_of_wandering_clocks(void **state)
{
	struct scene s;
	const struct as_lag_point points[] = {{20, 10.004, 0, true}, {30, 99, 0, false}, {40, 10.008, 0, true}};
	double lag_s;
	int match;

	(void)state;
	set(&s);
	s.places[1].drift_ppm = s.match[0].slope_ppm = 0;
	s.match[0].points = points;
	s.match[0].n_points = 3;
	/* b's 30 s lie at 110 s, and in a at 40.006 s, which lies at 110.006 s. */
	assert_true(tui_pair_lag(&s.m, 0, 1, 110, &lag_s, &match));
	near(lag_s, 0, 1e-9);
	s.match[0].wander_s = 0.01;
	assert_true(tui_pair_lag(&s.m, 0, 1, 110, &lag_s, &match));
	near(lag_s, -0.006, 1e-9);
	assert_true(tui_pair_lag(&s.m, 0, 1, 90, &lag_s, &match));
	near(lag_s, -0.004, 1e-9);
}

/* --- waves ----------------------------------------------------------------------------------------------------- */

static uint32_t cell(struct tui_canvas c, int row, int col)
{
	return c.cells[row * c.stride + col].ch[0];
}

static void test_wave_shapes(void **state)
{
	struct tui_canvas c = tui_canvas_new(2, 2, true);
	/* Silence, full, upper half; nothing known. */
	struct as_waveform_column w[4] = {{0, 0, 0}, {-1, 1, 1}, {0, 1, 1}, {1, -1, 0}};

	(void)state;
	tui_wave_draw(c, w, TUI_WAVE_BOTH, TUI_WAVE);
	assert_int_equal(cell(c, 0, 0), 0x2800 + 0xB8);
	assert_int_equal(cell(c, 1, 0), 0x2800 + 0x01 + 0xB8);
	assert_int_equal(cell(c, 0, 1), 0x2800 + 0x47);
	assert_int_equal(cell(c, 1, 1), ' ');
	tui_canvas_clear(c, TUI_PLAIN);
	tui_wave_draw(c, w, TUI_WAVE_UP, TUI_WAVE);
	assert_int_equal(cell(c, 1, 0), 0x2800 + 0x40 + 0xB8);
	tui_canvas_clear(c, TUI_PLAIN);
	tui_wave_draw(c, w, TUI_WAVE_DOWN, TUI_WAVE);
	assert_int_equal(cell(c, 0, 0), 0x2800 + 0x01 + 0xB8);
	tui_canvas_free(&c);
	/* One row: eighths; ASCII: marks that rise. */
	c = tui_canvas_new(1, 4, true);
	tui_wave_draw(c, w, TUI_WAVE_BOTH, TUI_WAVE);
	assert_int_equal(cell(c, 0, 0), 0x2581);
	assert_int_equal(cell(c, 0, 1), 0x2588);
	assert_int_equal(cell(c, 0, 3), ' ');
	c.unicode = false;
	tui_wave_draw(c, w, TUI_WAVE_BOTH, TUI_WAVE);
	assert_int_equal(cell(c, 0, 0), '.');
	assert_int_equal(cell(c, 0, 1), '#');
	tui_canvas_free(&c);
}

/* What is not a number, or loud beyond all measure, is drawn inside the lines. */
static void test_wave_hostile(void **state)
{
	struct tui_canvas all = tui_canvas_new(5, 6, true), c = tui_part(all, 1, 1, 3, 4);
	struct as_waveform_column w[8] = {{NAN, NAN, NAN}, {-1e30f, 1e30f, 1e30f}, {-INFINITY, INFINITY, INFINITY}, {2, 3, 1},
					  {-3, -2, 1},	   {-1, 1, NAN},	   {0, 1e-30f, 0},			{1, -1, 0}};

	(void)state;
	tui_wave_scale(w, 8, 1000, 1);
	tui_wave_draw(c, w, TUI_WAVE_BOTH, TUI_WAVE);
	for (int i = 0; i < 6; i++) {
		assert_int_equal(cell(all, 0, i), ' ');
		assert_int_equal(cell(all, 4, i), ' ');
	}
	tui_canvas_free(&all);
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(test_whole),	   cmocka_unit_test(test_nothing_to_see),  cmocka_unit_test(test_zoom),
		cmocka_unit_test(test_pan_stays_inside), cmocka_unit_test(test_span),	   cmocka_unit_test(test_stretches),
		cmocka_unit_test(test_there_and_back),	 cmocka_unit_test(test_ghosts),	   cmocka_unit_test(test_pair_lag),
		cmocka_unit_test(test_pair_lag_of_wandering_clocks),
		cmocka_unit_test(test_wave_shapes),	 cmocka_unit_test(test_wave_hostile),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
