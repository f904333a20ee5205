/* The plot of lags: its arithmetic, and what lands on which cell. */
#include <math.h>
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <stdlib.h>

#include <cmocka.h>

#include "tui/explain.h"
#include "tui/plot.h"

#define ROWS 9
#define COLS 60

static void near(double a, double b, double within)
{
	if (!(fabs(a - b) <= within))
		fail_msg("%.12g is not %.12g within %g", a, b, within);
}

static const struct as_lag_point line[] = {{.at_s = 0, .lag_s = 5}, {.at_s = 100, .lag_s = 5.010}};
static const struct as_lag_point step[] = {{.at_s = 0, .lag_s = 1}, {.at_s = 50, .lag_s = 1}, {.at_s = 50, .lag_s = 1.3}, {.at_s = 100, .lag_s = 1.3}};

static void test_curve(void **state)
{
	struct tui_plot p = {.curve = step, .n_curve = 4}, none = {0};

	(void)state;
	near(tui_plot_curve(&p, -5), 1, 1e-12);
	near(tui_plot_curve(&p, 49), 1, 1e-12);
	near(tui_plot_curve(&p, 51), 1.3, 1e-12);
	near(tui_plot_curve(&p, 500), 1.3, 1e-12);
	assert_true(isnan(tui_plot_curve(&none, 0)) != 0);
	p = (struct tui_plot){.curve = line, .n_curve = 2};
	near(tui_plot_curve(&p, 25), 5.0025, 1e-12);
}

static void test_axes(void **state)
{
	struct tui_plot p = {.curve = line, .n_curve = 2, .from_s = 0, .to_s = 100};
	struct tui_plot_axes a = tui_plot_axes(&p, ROWS, COLS, true);

	(void)state;
	near(a.zero_s, 5, 1e-12);
	near(a.low_s, 0, 1e-12);
	near(a.high_s, 0.010, 1e-12);
	assert_string_equal(a.unit, "ms");
	/* 10 ms in 8 steps from row to row, a label every other row: 2.5, so 5. */
	near(a.step_s, 5e-3, 1e-12);
	assert_int_equal(a.decimals, 0);
	near(a.time_step_s, 30, 0); /* 60 columns: at most 5 labels */
	near(tui_plot_row(&a, ROWS, 5.010), 0.5, 1e-9);
	near(tui_plot_row(&a, ROWS, 5.000), ROWS - 0.5, 1e-9);
	near(tui_plot_col(&p, COLS, 0), 0.5, 1e-9);
	near(tui_plot_col(&p, COLS, 100), COLS - 0.5, 1e-9);
}

/* Microseconds of noise do not look like drift. */
static void test_steady_looks_steady(void **state)
{
	const struct as_lag_point flat[] = {{.at_s = 0, .lag_s = 2}, {.at_s = 100, .lag_s = 2.000001}};
	struct tui_plot p = {.curve = flat, .n_curve = 2, .from_s = 0, .to_s = 100};
	struct tui_plot_axes a = tui_plot_axes(&p, ROWS, COLS, false);

	(void)state;
	near(a.high_s - a.low_s, 100e-6, 1e-12);
	assert_string_equal(a.unit, "us");
	near(tui_plot_row(&a, ROWS, 2), tui_plot_row(&a, ROWS, 2.000001), 0.1);
}

/* What was left out widens the plot where it is near, and only there. */
static void test_outliers(void **state)
{
	struct as_lag_point points[] = {{.at_s = 10, .lag_s = 5.001, .used = true}, {.at_s = 20, .lag_s = 5.013}, {.at_s = 30, .lag_s = 5.5}};
	struct tui_plot p = {points, 3, line, 2, 0, 100};
	struct tui_plot_axes a = tui_plot_axes(&p, ROWS, COLS, true);

	(void)state;
	near(a.high_s, 0.013, 1e-12);
	near(a.low_s, 0, 1e-12);
}

static uint32_t at(struct tui_canvas c, int row, int col)
{
	return tui_part(c, row, col, 1, 1).cells->ch[0];
}

static void test_marks_on_their_cells(void **state)
{
	struct as_lag_point points[] = {{.at_s = 0, .lag_s = 5.010, .used = true}, {.at_s = 100, .lag_s = 5, .used = false}, {.at_s = 50, .lag_s = 6}};
	struct tui_plot p = {points, 3, line, 2, 0, 100};

	(void)state;
	for (int unicode = 0; unicode < 2; unicode++) {
		struct tui_canvas c = tui_canvas_new(ROWS + TUI_PLOT_BELOW, COLS + TUI_PLOT_LEFT, unicode);

		assert_non_null(c.cells);
		tui_plot_draw(&p, c);
		assert_int_equal(at(c, 0, TUI_PLOT_LEFT), unicode ? 0x2022 : 'o');
		assert_int_equal(at(c, ROWS - 1, TUI_PLOT_LEFT + COLS - 1), unicode ? 0xD7 : 'x');
		/* Out of reach: an arrow at the edge, in its column. */
		assert_int_equal(at(c, 0, TUI_PLOT_LEFT + COLS / 2), unicode ? 0x25B2 : '^');
		/* The line goes from the bottom left to the top right. */
		assert_true(at(c, ROWS - 1, TUI_PLOT_LEFT) != ' ' && at(c, 0, TUI_PLOT_LEFT + COLS - 1) != ' ');
		assert_int_equal(at(c, 0, TUI_PLOT_LEFT + 3), ' ');
		tui_canvas_free(&c);
	}
}

/* Numbers of any kind, canvases of any size: nothing outside, no endless loop. */
static void test_hostile(void **state)
{
	const double v[] = {NAN, INFINITY, -INFINITY, 1e300, -1e300, 1e-300, 0};
	struct as_lag_point points[7], curve[7];

	(void)state;
	for (int i = 0; i < 7; i++)
		for (int k = 0; k < 7; k++) {
			struct tui_plot p = {points, 7, curve, 7, v[i], v[k]};

			for (int n = 0; n < 7; n++) {
				points[n] = (struct as_lag_point){.at_s = v[(n + i) % 7], .lag_s = v[(n + k) % 7], .used = n & 1};
				curve[n] = (struct as_lag_point){.at_s = n, .lag_s = v[(n * k) % 7]};
			}
			for (int size = 1; size < 120; size += 17) {
				struct tui_canvas c = tui_canvas_new(size / 2 + 1, size, size & 1);

				assert_non_null(c.cells);
				tui_plot_draw(&p, c);
				tui_canvas_free(&c);
			}
		}
}

/* --- a match as either of its clips sees it --------------------------------------------------------------------- */

static void test_both_sides(void **state)
{
	const struct as_lag_point points[] = {{.at_s = 10, .lag_s = 20, .used = true}, {.at_s = 90, .lag_s = 19.99, .used = true}};
	const struct as_match m = {.a = 0, .b = 1, .offset_s = 20, .slope_ppm = 125, .points = points, .n_points = 2};
	const struct as_clip clips[] = {{.duration_s = 300}, {.duration_s = 100}};
	const struct as_snapshot s = {.clips = clips, .n_clips = 2, .matches = &m, .n_matches = 1};
	struct tui_lags l;

	(void)state;
	assert_true(tui_lags_init(&l, &s, 0, 1));
	near(l.points[0].at_s, 10, 1e-9);
	near(l.points[0].lag_s, 20, 1e-9);
	/* A fast clock of b's: its lag against a shrinks, by 125 us a second. */
	near(l.curve[1].lag_s - l.curve[0].lag_s, -100 * 125e-6, 1e-5);
	assert_true(l.from_s >= 0 && l.from_s <= 10 && l.to_s >= 90 && l.to_s <= 100);
	tui_lags_done(&l);
	assert_true(tui_lags_init(&l, &s, 0, 0));
	/* The same sound in a's time, and the other way round. */
	near(l.points[0].at_s, 30, 1e-9);
	near(l.points[0].lag_s, -20, 1e-9);
	near(l.points[1].at_s, 109.99, 1e-9);
	assert_true(l.curve[1].lag_s > l.curve[0].lag_s);
	assert_true(l.from_s > 20 && l.to_s < 120);
	tui_lags_done(&l);
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(test_curve),		 cmocka_unit_test(test_axes),
		cmocka_unit_test(test_steady_looks_steady), cmocka_unit_test(test_outliers),
		cmocka_unit_test(test_marks_on_their_cells), cmocka_unit_test(test_hostile),
		cmocka_unit_test(test_both_sides),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
