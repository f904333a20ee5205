/* The lag meter's screen: history, ladder, words, and what stands in which state. */
#include <math.h>
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include <cmocka.h>

#include "tui/app.h"
#include "tui/sources.h"

#define DAY_S 86400.0

struct fixture {
	struct tui_lag g;
	struct tui_model m;
	struct as_snapshot snap;
	struct tui_canvas c;
	char *text;
};

static int init(void **state)
{
	struct fixture *f = calloc(1, sizeof *f);

	if (!f)
		return -1;
	tui_lag_reset(&f->g);
	f->m = (struct tui_model){.snap = &f->snap, .unicode = true, .focus = TUI_PANE_LAG, .lag = &f->g};
	f->m.keys = tui_keymap_new();
	snprintf(f->g.status.reference, sizeof f->g.status.reference, "song.flac");
	snprintf(f->g.status.capture, sizeof f->g.status.capture, "Monitor of Speakers");
	*state = f;
	return f->m.keys ? 0 : -1;
}

static int done(void **state)
{
	struct fixture *f = *state;

	tui_keymap_free((struct tui_keymap *)f->m.keys);
	tui_canvas_free(&f->c);
	free(f->text);
	free(f);
	return 0;
}

static struct as_live_reading reading(double t_s, enum as_live_state st, double lag_ms)
{
	return (struct as_live_reading){.t_s = t_s,
					.state = st,
					.lag_ms = lag_ms,
					.calibrated_lag_ms = lag_ms,
					.lag_err_ms = 0.2,
					.position_s = t_s - lag_ms * 1e-3,
					.drift_ppm = 3.1,
					.drift_err_ppm = 0.4,
					.confidence = 24.1,
					.p_false = 1e-24,
					.last_lag_ms = NAN,
					.last_t_s = NAN,
					.level_db = -23};
}

static void take(struct fixture *f, struct as_live_reading r)
{
	f->g.status.state = r.state;
	tui_lag_take(&f->g, &r, f->m.now_s);
}

/* The pane's cells as text. */
static const char *screen(struct fixture *f, int rows, int cols)
{
	size_t n;
	FILE *out;

	tui_canvas_free(&f->c);
	f->c = tui_canvas_new(rows, cols, f->m.unicode);
	assert_non_null(f->c.cells);
	tui_pane_lag.draw(NULL, &f->m, f->c);
	free(f->text);
	f->text = NULL;
	out = open_memstream(&f->text, &n);
	assert_non_null(out);
	tui_canvas_dump(f->c, out, false);
	fclose(out);
	return f->text;
}

static bool has(struct fixture *f, int rows, int cols, const char *text)
{
	return strstr(screen(f, rows, cols), text) != NULL;
}

static void assert_shows(struct fixture *f, const char *text)
{
	static const int sizes[][2] = {{4, 58}, {8, 74}, {11, 58}, {19, 78}, {31, 118}, {55, 198}};

	for (size_t i = 0; i < sizeof sizes / sizeof *sizes; i++)
		if (!has(f, sizes[i][0], sizes[i][1], text))
			fail_msg("\"%s\" is not on the screen of %dx%d:\n%s", text, sizes[i][1], sizes[i][0], f->text);
}

/* --- history ------------------------------------------------------------------------------------------------------- */

static void test_history_keeps_extremes(void **state)
{
	struct fixture *f = *state;
	const struct tui_lag_col *x;

	for (int i = 0; i < 100; i++) {
		struct as_live_reading r = reading(0.1 * i + 0.01, AS_LIVE_LOCKED, i == 57 ? 90 : i);

		tui_lag_history_add(&f->g.history, &r);
	}
	/* Half a second a column: 5 readings each, the newest from 9.5 s on. */
	x = tui_lag_history_at(&f->g.history, 0, 0);
	assert_non_null(x);
	assert_true(x->low_ms == 95 && x->high_ms == 99);
	x = tui_lag_history_at(&f->g.history, 0, 8);
	assert_true(x->low_ms == 55 && x->high_ms == 90);
	assert_null(tui_lag_history_at(&f->g.history, 0, 20));
	x = tui_lag_history_at(&f->g.history, 7, 0);
	assert_true(x->low_ms == 0 && x->high_ms == 99);
}

static void test_history_of_weeks(void **state)
{
	struct fixture *f = *state;
	const struct tui_lag_col *x;
	double low_ms, high_ms;

	/* Three weeks, a reading a minute; then a pause of a day. */
	for (double t_s = 0; t_s < 21 * DAY_S; t_s += 60) {
		struct as_live_reading r = reading(t_s, AS_LIVE_LOCKED, 10 + t_s / DAY_S);

		tui_lag_history_add(&f->g.history, &r);
	}
	assert_true(tui_lag_history_range(&f->g.history, 7, TUI_LAG_COLS, &low_ms, &high_ms));
	assert_true(low_ms == 10 && high_ms > 30.9 && high_ms < 31);
	struct as_live_reading late = reading(22 * DAY_S, AS_LIVE_SILENT, NAN);
	tui_lag_history_add(&f->g.history, &late);
	assert_false(tui_lag_history_range(&f->g.history, 0, TUI_LAG_COLS, &low_ms, &high_ms));
	x = tui_lag_history_at(&f->g.history, 7, 0);
	assert_true(isnan(x->low_ms) && x->seen == 1 << AS_LIVE_SILENT);
	x = tui_lag_history_at(&f->g.history, 7, 12);
	assert_true(isnan(x->low_ms) && x->seen == 0);
	assert_true(tui_lag_col_has(tui_lag_history_at(&f->g.history, 7, 25)));
}

static void test_history_takes_no_nonsense(void **state)
{
	static const double times_s[] = {NAN, INFINITY, -1, -1e300, 1e300};
	struct fixture *f = *state;
	double low_ms, high_ms;

	for (size_t i = 0; i < sizeof times_s / sizeof *times_s; i++)
		take(f, reading(times_s[i], AS_LIVE_LOCKED, 5));
	assert_null(tui_lag_history_at(&f->g.history, 0, 0));
	take(f, reading(5, AS_LIVE_LOCKED, INFINITY));
	take(f, reading(5, AS_LIVE_LOCKED, 1e300));
	take(f, reading(5, (enum as_live_state)77, 3));
	assert_false(tui_lag_history_range(&f->g.history, 0, 10, &low_ms, &high_ms));
	/* Time that goes back a little, and a lot. */
	take(f, reading(1000, AS_LIVE_LOCKED, 3));
	take(f, reading(999, AS_LIVE_LOCKED, 4));
	take(f, reading(0, AS_LIVE_LOCKED, 99));
	assert_true(tui_lag_history_range(&f->g.history, 0, TUI_LAG_COLS, &low_ms, &high_ms));
	assert_true(low_ms == 3 && high_ms == 4);
}

/* Far back it was elsewhere: that does not flatten what is now. */
static void test_a_leap_bounds_the_range(void **state)
{
	struct fixture *f = *state;
	double low_ms, high_ms;

	for (int i = 0; i < 60; i++)
		take(f, reading(i, AS_LIVE_LOCKED, i < 30 ? -95000 : 12 + 0.01 * i));
	assert_true(tui_lag_history_range(&f->g.history, 0, TUI_LAG_COLS, &low_ms, &high_ms));
	assert_true(low_ms > 12 && high_ms < 13);
}

/* --- ladder -------------------------------------------------------------------------------------------------------- */

static void test_ladder(void **state)
{
	(void)state;
	for (int cols = 30; cols < 200; cols++) {
		int last = -1;

		assert_int_equal(tui_lag_col(-126, cols), -1);
		assert_int_equal(tui_lag_col(186, cols), cols);
		assert_int_equal(tui_lag_col(NAN, cols), -1);
		for (double ms = -125; ms <= 185; ms += 0.5) {
			int col = tui_lag_col(ms, cols);

			assert_in_range(col, last < 0 ? 0 : last, cols - 1);
			last = col;
		}
	}
	/* Wider where it matters: 20 ms of production against 20 ms outside. */
	assert_true(tui_lag_col(15, 100) - tui_lag_col(-5, 100) > 3 * (tui_lag_col(185, 100) - tui_lag_col(165, 100)));
	assert_int_equal(tui_lag_zone(0), TUI_LAG_PRODUCTION);
	assert_int_equal(tui_lag_zone(-5), TUI_LAG_PRODUCTION);
	assert_int_equal(tui_lag_zone(15.1), TUI_LAG_R37);
	assert_int_equal(tui_lag_zone(60), TUI_LAG_R37);
	assert_int_equal(tui_lag_zone(-40.1), TUI_LAG_OUTSIDE);
	assert_int_equal(tui_lag_zone(NAN), TUI_LAG_OUTSIDE);
}

/* --- words --------------------------------------------------------------------------------------------------------- */

static void figure_is(double ms, const char *text, const char *unit)
{
	char out[TUI_LAG_TEXT_BYTES];
	const char *u;

	assert_string_equal(tui_lag_figure(ms, out, sizeof out, &u), text);
	assert_string_equal(u, unit);
}

static void test_figures(void **state)
{
	char out[TUI_LAG_TEXT_BYTES];

	(void)state;
	figure_is(-83.44, "-83.4", "ms");
	figure_is(0.04, "0.0", "ms");
	figure_is(-0.04, "0.0", "ms");
	figure_is(9999.9, "+9999.9", "ms");
	figure_is(-95217.4, "-95.217", "s");
	figure_is(1e9, "+1e+06", "s");
	figure_is(NAN, "--", "ms");
	figure_is(-INFINITY, "--", "ms");
	assert_string_equal(tui_lag_error(0.23, false, out, sizeof out), "+-0.2 ms");
	assert_string_equal(tui_lag_error(0.021, true, out, sizeof out), "±0.02 ms");
	assert_string_equal(tui_lag_error(250, true, out, sizeof out), "±250 ms");
	assert_string_equal(tui_lag_error(NAN, true, out, sizeof out), "");
	assert_string_equal(tui_lag_ago(12.7, out, sizeof out), "12 s");
	assert_string_equal(tui_lag_ago(190, out, sizeof out), "3:10");
	assert_string_equal(tui_lag_ago(21.5 * DAY_S, out, sizeof out), "21 days");
	assert_string_equal(tui_lag_ago(NAN, out, sizeof out), "--");
}

/* --- states -------------------------------------------------------------------------------------------------------- */

static void test_locked(void **state)
{
	struct fixture *f = *state;

	take(f, reading(10, AS_LIVE_LOCKED, -12.34));
	assert_shows(f, "LOCKED");
	assert_shows(f, "0.2 ms");
	assert_shows(f, "within");
	assert_true(has(f, 4, 58, "-12.3 ms ±0.2 ms"));
	assert_true(has(f, 4, 58, "score 24.1"));
	assert_true(has(f, 19, 78, "+3.1 ±0.4"));
	assert_true(has(f, 19, 78, "song.flac"));
	assert_true(has(f, 19, 78, "Monitor of Speakers"));
	assert_true(has(f, 55, 198, "within EBU R37 (-40 … +60 ms)"));
	assert_true(has(f, 19, 78, "early"));
	assert_shows(f, "▲");
	/* Calibrated is what counts. */
	f->g.status.calibration_ms = 100;
	assert_true(has(f, 4, 58, "+87.7 ms"));
	assert_true(has(f, 4, 58, "outside R37"));
	assert_true(has(f, 19, 78, "late"));
	f->m.unicode = false;
	assert_shows(f, "+-0.2 ms");
	assert_shows(f, "A");
	for (const char *p = screen(f, 31, 118); *p; p++)
		assert_in_range(*p, 1, 127);
}

static void test_lost_is_never_current(void **state)
{
	struct fixture *f = *state;
	struct as_live_reading r = reading(24, AS_LIVE_LOST, NAN);

	take(f, reading(12, AS_LIVE_LOCKED, -83.4));
	r.last_lag_ms = -83.4;
	r.last_t_s = 12;
	take(f, r);
	assert_shows(f, "LOST");
	assert_shows(f, "last -83.4 ms, 12 s ago");
	assert_null(strstr(screen(f, 4, 58), "▲"));
	assert_null(strstr(screen(f, 31, 118), "within"));
	assert_null(strstr(screen(f, 31, 118), "early"));
	/* The clock goes on though nothing is heard. */
	f->m.now_s += 60;
	assert_shows(f, "last -83.4 ms, 1:12 ago");
	/* As if it were a lock of old: calibration holds for it, too. */
	f->g.status.calibration_ms = 3.4;
	assert_shows(f, "last -80.0 ms");
}

static void test_other_states(void **state)
{
	struct fixture *f = *state;
	struct as_live_reading r;

	snprintf(f->g.status.waiting_for, sizeof f->g.status.waiting_for, "the sound device to come back\x1b[31m");
	assert_shows(f, "WAITING");
	assert_shows(f, "for the sound device");
	assert_null(strchr(screen(f, 19, 78), 0x1b));
	f->g.status.waiting_for[0] = '\0';
	take(f, reading(1, AS_LIVE_SEARCHING, NAN));
	assert_shows(f, "SEARCHING");
	r = reading(20, AS_LIVE_SEARCHING, NAN);
	r.no_match = true;
	take(f, r);
	assert_shows(f, "NO MATCH");
	r = reading(21, AS_LIVE_LOCKED, 10);
	r.ambiguous = true;
	take(f, r);
	assert_shows(f, "AMBIGUOUS");
	r = reading(22, AS_LIVE_SILENT, NAN);
	r.level_db = -200;
	take(f, r);
	assert_shows(f, "SILENT");
	assert_true(has(f, 19, 78, "no signal"));
	take(f, reading(23, AS_LIVE_PAUSED, NAN));
	assert_shows(f, "PAUSED");
	f->g.status.ended = true;
	assert_shows(f, "ENDED");
	assert_null(strstr(screen(f, 19, 78), "PAUSED"));
	f->g.status.error = (struct as_error){.status = AS_ERR_IO, .msg = "it burnt"};
	assert_shows(f, "FAILED");
	assert_shows(f, "it burnt");
}

/* No lag, however odd, is drawn outside, or forever, or as a lag that it is not. */
static void test_odd_lags(void **state)
{
	static const double odd_ms[] = {0, -0.0, 1e-300, 59.999, 1e5, -1e7, 9e10, -9e10, 1e12, NAN, INFINITY};
	struct fixture *f = *state;

	for (size_t i = 0; i < sizeof odd_ms / sizeof *odd_ms; i++) {
		struct as_live_reading r = reading(100 + (double)i, AS_LIVE_LOCKED, odd_ms[i]);

		r.lag_err_ms = odd_ms[(i + 3) % 11];
		r.drift_ppm = odd_ms[(i + 4) % 11];
		r.confidence = odd_ms[(i + 5) % 11];
		r.level_db = odd_ms[(i + 6) % 11];
		f->m.now_s += 1;
		take(f, r);
		for (int rows = 1; rows < 60; rows += 3)
			for (int cols = 1; cols < 200; cols += 9)
				screen(f, rows, cols);
	}
	/* The last one is no lock. */
	assert_shows(f, "SEARCHING");
	f->m.now_s += 1;
	take(f, reading(200, AS_LIVE_LOCKED, -95217));
	assert_shows(f, "◄");
	assert_true(has(f, 4, 58, "-95.217 s"));
	f->m.now_s += 1;
	take(f, reading(201, AS_LIVE_LOCKED, 5000));
	assert_shows(f, "►");
}

/* Figures that tremble within their error stay; leaps show at once. */
static void test_calm(void **state)
{
	struct fixture *f = *state;
	struct as_live_reading r = reading(1, AS_LIVE_LOCKED, 10);

	assert_true(tui_lag_take(&f->g, &r, 1.0));
	r.lag_ms = 10.1;
	assert_false(tui_lag_take(&f->g, &r, 1.1));
	assert_true(f->g.shown.lag_ms == 10 && f->g.now.lag_ms == 10.1);
	r.lag_ms = 13;
	assert_true(tui_lag_take(&f->g, &r, 1.2));
	r.state = AS_LIVE_LOST;
	assert_true(tui_lag_take(&f->g, &r, 1.3));
	r.lag_ms = NAN;
	assert_false(tui_lag_take(&f->g, &r, 1.4));
	assert_true(tui_lag_take(&f->g, &r, 1.9));
}

static void test_digits(void **state)
{
	struct fixture *f = *state;

	take(f, reading(10, AS_LIVE_LOCKED, -12.3));
	/* The five-row minus and one, two columns a dot. */
	assert_true(has(f, 19, 78, "██████    ██    ██████"));
	/* Half blocks where there is little room; none in ASCII. */
	assert_true(has(f, 11, 58, "▀▀"));
	f->m.unicode = false;
	assert_true(has(f, 11, 58, "-12.3"));
	assert_true(has(f, 13, 58, "###"));
}

/* --- sources ------------------------------------------------------------------------------------------------------- */

static const struct as_device devices[] = {
	{AS_DEVICE_MONITOR, AS_DEVICE_RUNNING, true, "monitor:hdmi", "Monitor of HDMI", "", "", 48000, 2},
	{AS_DEVICE_APP, AS_DEVICE_PAUSED, false, "app:Spotify", "Spotify", "Song\x1b[31m", "HDMI", 44100, 2},
	{AS_DEVICE_INPUT, AS_DEVICE_IDLE, false, "device:usb", "USB Microphone", "", "", 48000, 1},
};

static void completes(struct tui_sources *s, const char *typed, int i, const char *source)
{
	size_t from = 99;
	char *text = tui_sources_complete(s, typed, strlen(typed), i, &from);

	assert_int_equal(from, 0);
	if (source) {
		assert_non_null(text);
		assert_string_equal(text, source);
	} else {
		assert_null(text);
	}
	free(text);
}

static void test_sources(void **state)
{
	struct fixture *f = *state;
	const struct as_device_list list = {.server = "pulse", .n = 3, .devices = devices};
	struct tui_sources s = {.asking = true};
	size_t n;
	FILE *out;

	completes(&s, "", 0, NULL);
	assert_int_equal(tui_sources_rows(&s), 2);
	s = (struct tui_sources){.list = &list};
	completes(&s, "", 0, "monitor:hdmi");
	completes(&s, "", 2, "device:usb");
	completes(&s, "", 3, NULL);
	completes(&s, "micro", 0, "device:usb");
	completes(&s, "spot", 0, "app:Spotify");
	completes(&s, "spot", 1, NULL);
	assert_int_equal(tui_sources_rows(&s), 4);
	/* Whatever room there is, the chosen one is seen; nothing of it reaches the terminal. */
	for (int rows = 2; rows < 6; rows++) {
		f->c = tui_canvas_new(rows, 60, false);
		tui_sources_draw(&s, "app:Spotify", f->c);
		out = open_memstream(&f->text, &n);
		tui_canvas_dump(f->c, out, false);
		fclose(out);
		assert_non_null(strstr(f->text, "> app:Spotify"));
		assert_null(strchr(f->text, 0x1b));
		free(f->text);
		f->text = NULL;
		tui_canvas_free(&f->c);
	}
}

static void test_who_ended_it(void **ctx)
{
	struct tui_lag *g = calloc(1, sizeof *g);
	char words[128];

	(void)ctx;
	assert_non_null(g);
	tui_lag_reset(g);
	g->status.ended = true;
	assert_string_equal(tui_lag_state_words(g, words, sizeof words), "no more sound comes");
	g->stopped = true;
	assert_string_equal(tui_lag_state_words(g, words, sizeof words), "you stopped it");
	tui_lag_reset(g);
	g->status.ended = true;
	assert_string_equal(tui_lag_state_words(g, words, sizeof words), "no more sound comes");
	free(g);
}

/* The log's words for a change, one state after the other. */
static void test_change_words(void **state)
{
	struct fixture *f = *state;
	struct as_live_reading r = reading(1, AS_LIVE_LOCKED, 12);
	char words[256];

	tui_lag_take(&f->g, &r, 1);
	f->g.status.state = AS_LIVE_LOCKED;
	assert_string_equal(tui_lag_change_words(&f->g, true, words, sizeof words), "locked, +12.0 ms ±0.2 ms");
	f->g.status.state = AS_LIVE_PAUSED;
	assert_string_equal(tui_lag_change_words(&f->g, true, words, sizeof words), "paused");
	f->g.status.state = AS_LIVE_WAITING;
	snprintf(f->g.status.waiting_for, sizeof f->g.status.waiting_for, "the download");
	assert_string_equal(tui_lag_change_words(&f->g, true, words, sizeof words), "waiting for the download");
	f->g.status.ended = f->g.stopped = true;
	assert_string_equal(tui_lag_change_words(&f->g, true, words, sizeof words), "ended: you stopped it");
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test_setup_teardown(test_history_keeps_extremes, init, done),
		cmocka_unit_test_setup_teardown(test_history_of_weeks, init, done),
		cmocka_unit_test_setup_teardown(test_history_takes_no_nonsense, init, done),
		cmocka_unit_test_setup_teardown(test_a_leap_bounds_the_range, init, done),
		cmocka_unit_test(test_ladder),
		cmocka_unit_test(test_figures),
		cmocka_unit_test(test_who_ended_it),
		cmocka_unit_test_setup_teardown(test_change_words, init, done),
		cmocka_unit_test_setup_teardown(test_locked, init, done),
		cmocka_unit_test_setup_teardown(test_lost_is_never_current, init, done),
		cmocka_unit_test_setup_teardown(test_other_states, init, done),
		cmocka_unit_test_setup_teardown(test_odd_lags, init, done),
		cmocka_unit_test_setup_teardown(test_calm, init, done),
		cmocka_unit_test_setup_teardown(test_digits, init, done),
		cmocka_unit_test_setup_teardown(test_sources, init, done),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
