/* What the live meter prints: JSON, lines for people, metrics for Prometheus. */
#include <math.h>
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include <cmocka.h>

#include "cli/live.h"
#include "cli/live_metrics.h"

static struct as_live_reading locked(void)
{
	return (struct as_live_reading){.t_s = 12.4000000001,
					.state = AS_LIVE_LOCKED,
					.lag_ms = -83.40004,
					.lag_err_ms = 0.2,
					.calibrated_lag_ms = -80.90004,
					.position_s = 12.4834,
					.drift_ppm = 3.1,
					.drift_err_ppm = 0.4,
					.confidence = 24.1,
					.p_false = 7.943e-25,
					.last_lag_ms = -83.40004,
					.last_t_s = 12.4,
					.level_db = -20.04,
					.reference_broken = true,
					.xruns = 3};
}

static struct as_live_reading unknown(enum as_live_state state)
{
	return (struct as_live_reading){.t_s = 3.1,
					.state = state,
					.lag_ms = NAN,
					.lag_err_ms = NAN,
					.calibrated_lag_ms = NAN,
					.position_s = NAN,
					.drift_ppm = NAN,
					.drift_err_ppm = NAN,
					.p_false = NAN,
					.last_lag_ms = NAN,
					.last_t_s = NAN,
					.level_db = -200};
}

static void check_text(char *got, const char *want)
{
	assert_non_null(got);
	assert_string_equal(got, want);
	free(got);
}

static void test_json(void **state)
{
	(void)state;
	struct as_live_reading r = locked();
	check_text(as_live_json_reading(&r),
		   "{\"t_s\": 12.4, \"state\": \"locked\", \"lag_ms\": -83.4, \"lag_err_ms\": 0.2, \"confidence\": 24.1, \"p_false\": 7.943e-25, "
		   "\"drift_ppm\": 3.1, \"calibrated_lag_ms\": -80.9, \"position_s\": 12.4834, \"xruns\": 3, \"drift_err_ppm\": 0.4, "
		   "\"no_match\": false, \"ambiguous\": false, \"last_lag_ms\": -83.4, \"last_t_s\": 12.4, \"level_db\": -20.0, "
		   "\"reference_broken\": true}\n");
	r = unknown(AS_LIVE_SEARCHING);
	check_text(as_live_json_reading(&r),
		   "{\"t_s\": 3.1, \"state\": \"searching\", \"lag_ms\": null, \"lag_err_ms\": null, \"confidence\": 0.0, \"p_false\": null, "
		   "\"drift_ppm\": null, \"calibrated_lag_ms\": null, \"position_s\": null, \"xruns\": 0, \"drift_err_ppm\": null, "
		   "\"no_match\": false, \"ambiguous\": false, \"last_lag_ms\": null, \"last_t_s\": null, \"level_db\": -200.0, "
		   "\"reference_broken\": false}\n");
}

/* Whatever the meter leaves in the fields: without a lock there is no lag. */
static void test_json_unlocked(void **state)
{
	(void)state;
	struct as_live_reading r = locked();
	for (enum as_live_state s = AS_LIVE_WAITING; s <= AS_LIVE_PAUSED; s++) {
		r.state = s;
		char *line = as_live_json_reading(&r);
		assert_non_null(line);
		assert_int_equal(strstr(line, "\"lag_ms\": null") != NULL, s != AS_LIVE_LOCKED);
		assert_int_equal(strstr(line, "\"calibrated_lag_ms\": null") != NULL, s != AS_LIVE_LOCKED);
		assert_int_equal(strstr(line, "\"position_s\": null") != NULL, s != AS_LIVE_LOCKED);
		free(line);
	}
}

static void test_json_alert(void **state)
{
	(void)state;
	struct as_live_reading r = locked();
	struct as_alert_limits l = {.early_ms = -40, .late_ms = 60, .no_lock_s = 0};
	char *line = as_live_json_alert(&(struct as_alert_event){AS_ALERT_EARLY, true}, &r, &l);
	assert_non_null(line);
	assert_ptr_equal(strstr(line, "{\"alert\": \"early\", \"raised\": true, \"t_s\": 12.4, \"state\": \"locked\", \"lag_ms\": -83.4,"), line);
	assert_non_null(strstr(line, "\"early_ms\": -40.0, \"late_ms\": 60.0, \"no_lock_s\": null}\n"));
	free(line);
}

static char *put(const struct as_live_reading *r, double calibration_ms, bool unicode)
{
	struct as_term t = {.cols = 80, .unicode = unicode};
	char *text = NULL;
	size_t n;
	FILE *out = open_memstream(&text, &n);
	assert_non_null(out);
	as_live_put_reading(out, &t, r, calibration_ms, false);
	fclose(out);
	return text;
}

static void test_lines(void **state)
{
	(void)state;
	struct as_live_reading r = locked();
	check_text(put(&r, 2.5, true), "00:00:12.4  locked      -80.9 ms ±0.2   early   score 24.1   +3.1 ±0.4 ppm\n");
	check_text(put(&r, 2.5, false), "00:00:12.4  locked      -80.9 ms +-0.2  early   score 24.1   +3.1 +-0.4 ppm\n");
	r.calibrated_lag_ms = -0.04;
	r.lag_err_ms = 0.02;
	r.drift_ppm = NAN;
	r.ambiguous = true;
	check_text(put(&r, 0, true), "00:00:12.4  locked       +0.0 ms ±0.02          score 24.1   fits other places as well\n");
	r = unknown(AS_LIVE_LOST);
	r.last_lag_ms = -83.4;
	r.last_t_s = 1;
	check_text(put(&r, 3, true), "00:00:03.1  lost       was -80.4 ms, 2.1 s ago\n");
	r = unknown(AS_LIVE_SILENT);
	r.level_db = -71.6;
	check_text(put(&r, 0, true), "00:00:03.1  silent     nothing that could be measured is heard (-72 dBFS)\n");
	r = unknown(AS_LIVE_SEARCHING);
	r.no_match = true;
	check_text(put(&r, 0, true), "00:00:03.1  searching  no match: what is heard is hardly in the reference\n");
	r.no_match = false;
	check_text(put(&r, 0, true), "00:00:03.1  searching\n");
	r.ambiguous = true;
	check_text(put(&r, 0, true), "00:00:03.1  searching  it fits several places: the reference repeats itself\n");
	r.state = AS_LIVE_LOST;
	r.last_lag_ms = 12;
	r.last_t_s = 1;
	check_text(put(&r, 0, true), "00:00:03.1  lost       was +12.0 ms, 2.1 s ago; it fits several places\n");
	r = unknown(AS_LIVE_WAITING);
	check_text(put(&r, 0, true), "00:00:03.1  waiting\n");
}

static void test_news(void **state)
{
	(void)state;
	struct as_live_told told = {0};
	struct as_live_reading r = unknown(AS_LIVE_WAITING);
	assert_true(as_live_is_news(&told, &r));
	assert_false(as_live_is_news(&told, &r));
	r.state = AS_LIVE_SEARCHING;
	assert_true(as_live_is_news(&told, &r));
	r.no_match = true;
	r.t_s = 99;
	assert_true(as_live_is_news(&told, &r));
	assert_false(as_live_is_news(&told, &r));
	/* What comes and goes while it searches is said once, until there is something else to say. */
	r.no_match = false;
	for (int i = 0; i < 6; i++) {
		r.ambiguous = i % 2;
		assert_int_equal(as_live_is_news(&told, &r), i == 1);
	}
	r.state = AS_LIVE_LOST;
	assert_true(as_live_is_news(&told, &r));
	r.ambiguous = false;
	assert_false(as_live_is_news(&told, &r));
	r.state = AS_LIVE_SEARCHING;
	assert_true(as_live_is_news(&told, &r));
	r.ambiguous = true;
	assert_true(as_live_is_news(&told, &r));
}

static void test_alert_lines(void **state)
{
	(void)state;
	struct as_term t = {.cols = 80};
	struct as_live_reading r = locked();
	struct as_alert_limits l = {.early_ms = -40, .late_ms = 60, .no_lock_s = 30};
	char *text = NULL;
	size_t n;
	FILE *out = open_memstream(&text, &n);
	as_live_put_alert(out, &t, &(struct as_alert_event){AS_ALERT_EARLY, true}, &r, &l);
	as_live_put_alert(out, &t, &(struct as_alert_event){AS_ALERT_EARLY, false}, &r, &l);
	r.state = AS_LIVE_SILENT;
	as_live_put_alert(out, &t, &(struct as_alert_event){AS_ALERT_NO_LOCK, true}, &r, &l);
	/* Settings read again took the limits away. */
	l = (struct as_alert_limits){.early_ms = NAN, .late_ms = NAN};
	as_live_put_alert(out, &t, &(struct as_alert_event){AS_ALERT_LATE, false}, &r, &l);
	as_live_put_alert(out, &t, &(struct as_alert_event){AS_ALERT_NO_LOCK, false}, &r, &l);
	fclose(out);
	check_text(text, "00:00:12.4  ALERT    early: -80.9 ms, allowed are -40 to +60 ms\n"
			 "00:00:12.4  ALERT    over: the lag is within its limits again\n"
			 "00:00:12.4  ALERT    no reading for 30 s: silent\n"
			 "00:00:12.4  ALERT    over: the lag has no limits any longer\n"
			 "00:00:12.4  ALERT    over: missing readings are no longer alerted of\n");
}

static void test_metrics(void **state)
{
	(void)state;
	struct as_live_reading r = locked();
	struct as_live_metrics m = {.running = true,
				    .reference = "a \"song\"\\\n\xff.flac",
				    .capture = "default",
				    .reading = &r,
				    .state = AS_LIVE_LOCKED,
				    .reading_time_s = 1795262400.25};
	char *text = as_live_metrics_text(&m);
	assert_non_null(text);
	/* The name's line feed and its stray byte are shown as escapes, whose backslashes are escaped once more. */
	assert_non_null(strstr(text, "\naudiosync_lag_seconds{reference=\"a \\\"song\\\"\\\\\\\\n\\\\xff.flac\",capture=\"default\"} -0.08090004\n"));
	assert_non_null(strstr(text, "# TYPE audiosync_lag_seconds gauge\n"));
	assert_non_null(strstr(text, ",state=\"locked\"} 1\n"));
	assert_non_null(strstr(text, ",state=\"silent\"} 0\n"));
	assert_non_null(strstr(text, "# TYPE audiosync_xruns_total counter\naudiosync_xruns_total{"));
	assert_non_null(strstr(text, "} 1795262400.25\n"));
	assert_non_null(strstr(text, "# TYPE audiosync_reference_broken gauge\naudiosync_reference_broken{"));
	free(text);
}

/* Not known is left out, never 0. */
static void test_metrics_unknown(void **state)
{
	(void)state;
	struct as_live_reading r = locked();
	struct as_live_metrics m = {.running = true, .reference = "r", .capture = "c", .reading = &r, .state = AS_LIVE_LOST, .reading_time_s = NAN};
	char *text = as_live_metrics_text(&m);
	assert_non_null(text);
	assert_null(strstr(text, "audiosync_lag"));
	assert_null(strstr(text, "audiosync_drift"));
	assert_null(strstr(text, "timestamp"));
	assert_null(strstr(text, "nan"));
	free(text);
	m.reading = NULL;
	m.state = AS_LIVE_WAITING;
	check_text(as_live_metrics_text(&m),
		   "# HELP audiosync_running 1 while the meter runs; 0 in what it leaves behind at its end.\n"
		   "# TYPE audiosync_running gauge\n"
		   "audiosync_running{reference=\"r\",capture=\"c\"} 1\n"
		   "# HELP audiosync_state 1 for the state that the meter is in, 0 for the others.\n"
		   "# TYPE audiosync_state gauge\n"
		   "audiosync_state{reference=\"r\",capture=\"c\",state=\"waiting\"} 1\n"
		   "audiosync_state{reference=\"r\",capture=\"c\",state=\"searching\"} 0\n"
		   "audiosync_state{reference=\"r\",capture=\"c\",state=\"locked\"} 0\n"
		   "audiosync_state{reference=\"r\",capture=\"c\",state=\"lost\"} 0\n"
		   "audiosync_state{reference=\"r\",capture=\"c\",state=\"silent\"} 0\n"
		   "audiosync_state{reference=\"r\",capture=\"c\",state=\"paused\"} 0\n");
	m.reading = &r;
	m.state = AS_LIVE_LOCKED;
	m.running = false;
	text = as_live_metrics_text(&m);
	assert_non_null(strstr(text, "audiosync_running{reference=\"r\",capture=\"c\"} 0\n"));
	assert_null(strstr(text, "audiosync_lag"));
	assert_null(strstr(text, "} 1\n"));
	free(text);
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(test_json),
		cmocka_unit_test(test_json_unlocked),
		cmocka_unit_test(test_json_alert),
		cmocka_unit_test(test_lines),
		cmocka_unit_test(test_news),
		cmocka_unit_test(test_alert_lines),
		cmocka_unit_test(test_metrics),
		cmocka_unit_test(test_metrics_unknown),
	};
	return cmocka_run_group_tests(tests, NULL, NULL);
}
