/* When the live meter tells of a lag: limits with patience on both sides. */
#include <math.h>
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <stdio.h>
#include <string.h>

#include <cmocka.h>

#include "cli/live_alert.h"

static const struct as_alert_limits r37 = {
	.early_ms = -40, .late_ms = 60, .after_s = 2, .clear_s = 5, .margin_ms = 2};

struct watch {
	struct as_alert a;
	int step;      /* tenths of a second */
	char told[64]; /* "+late@12.3 " … */
};

static void begin(struct watch *w, const struct as_alert_limits *l)
{
	memset(w, 0, sizeof *w);
	as_alert_init(&w->a, l);
}

/* So many tenths of a second alike; what was told. */
static const char *run(struct watch *w, int tenths, enum as_live_state state, double lag_ms)
{
	struct as_alert_event e[AS_ALERT_EVENTS_MAX];
	w->told[0] = '\0';
	for (int i = 0; i < tenths; i++) {
		int n = as_alert_step(&w->a, w->step / 10.0, state, lag_ms, e);
		for (int k = 0; k < n; k++) {
			size_t used = strlen(w->told);
			snprintf(w->told + used, sizeof w->told - used, "%s%c%s@%.1f", used ? " " : "", e[k].raised ? '+' : '-',
				 as_alert_kind_name(e[k].kind), w->step / 10.0);
		}
		w->step++;
	}
	return w->told;
}

static void test_patience(void **state)
{
	(void)state;
	struct watch w;
	begin(&w, &r37);
	assert_string_equal(run(&w, 100, AS_LIVE_LOCKED, 59.9), "");
	assert_string_equal(run(&w, 19, AS_LIVE_LOCKED, 60.1), "");
	assert_string_equal(run(&w, 1, AS_LIVE_LOCKED, 60), ""); /* the limit itself is allowed; patience begins anew */
	assert_string_equal(run(&w, 30, AS_LIVE_LOCKED, 60.1), "+late@13.9");
	assert_true(w.a.raised[AS_ALERT_LATE]);
	/* Inside, but not by the margin: still on. */
	assert_string_equal(run(&w, 100, AS_LIVE_LOCKED, 58.5), "");
	assert_string_equal(run(&w, 40, AS_LIVE_LOCKED, 57.5), "");
	assert_string_equal(run(&w, 1, AS_LIVE_LOCKED, 59), "");
	assert_string_equal(run(&w, 60, AS_LIVE_LOCKED, 57.5), "-late@34.0");
	assert_int_equal(w.a.count[AS_ALERT_LATE], 1);
}

static void test_sides(void **state)
{
	(void)state;
	struct watch w;
	begin(&w, &r37);
	assert_string_equal(run(&w, 30, AS_LIVE_LOCKED, -41), "+early@2.0");
	assert_string_equal(run(&w, 19, AS_LIVE_LOCKED, 70), "");
	assert_string_equal(run(&w, 10, AS_LIVE_LOCKED, 70), "-early@4.9 +late@4.9");
}

/* What was not measured is neither inside nor outside. */
static void test_unknown_counts_for_nothing(void **state)
{
	(void)state;
	struct watch w;
	begin(&w, &r37);
	run(&w, 15, AS_LIVE_LOCKED, 100);
	assert_string_equal(run(&w, 600, AS_LIVE_LOST, NAN), "");
	assert_string_equal(run(&w, 20, AS_LIVE_LOCKED, 100), "+late@62.0");
	assert_string_equal(run(&w, 600, AS_LIVE_SILENT, NAN), "");
	assert_true(w.a.raised[AS_ALERT_LATE]);
}

static void test_no_lock(void **state)
{
	(void)state;
	struct as_alert_limits l = {.early_ms = NAN, .late_ms = NAN, .no_lock_s = 10};
	struct watch w;
	begin(&w, &l);
	assert_true(as_alert_has_limits(&l));
	assert_string_equal(run(&w, 100, AS_LIVE_SEARCHING, NAN), "");
	assert_string_equal(run(&w, 100, AS_LIVE_WAITING, NAN), "+no_lock@10.0");
	assert_string_equal(run(&w, 1, AS_LIVE_LOCKED, 1e6), "-no_lock@20.0");
	/* Who pauses it knows that there is no reading. */
	assert_string_equal(run(&w, 1000, AS_LIVE_PAUSED, NAN), "");
	assert_string_equal(run(&w, 50, AS_LIVE_SEARCHING, NAN), "");
	assert_string_equal(run(&w, 100, AS_LIVE_SILENT, NAN), "+no_lock@130.0");
}

static void test_changed_limits(void **state)
{
	(void)state;
	struct watch w;
	begin(&w, &r37);
	run(&w, 30, AS_LIVE_LOCKED, 100);
	assert_true(w.a.raised[AS_ALERT_LATE]);
	w.a.limits.early_ms = w.a.limits.late_ms = NAN;
	assert_string_equal(run(&w, 1, AS_LIVE_LOST, NAN), "-late@3.0");
	w.a.limits = r37;
	assert_string_equal(run(&w, 30, AS_LIVE_LOCKED, 100), "+late@5.0");
	w.a.limits.late_ms = 200;
	assert_string_equal(run(&w, 60, AS_LIVE_LOCKED, 100), "-late@11.0");
}

/* A margin wider than the limits would keep an alert for ever. */
static void test_narrow(void **state)
{
	(void)state;
	struct as_alert_limits l = {.early_ms = -1, .late_ms = 1, .after_s = 0, .clear_s = 0, .margin_ms = 50};
	struct watch w;
	begin(&w, &l);
	assert_string_equal(run(&w, 1, AS_LIVE_LOCKED, 1.1), "+late@0.0");
	assert_string_equal(run(&w, 1, AS_LIVE_LOCKED, 0.6), "");
	assert_string_equal(run(&w, 1, AS_LIVE_LOCKED, 0.4), "-late@0.2");
}

static void test_strange_readings(void **state)
{
	(void)state;
	struct as_alert_event e[AS_ALERT_EVENTS_MAX];
	struct as_alert a;
	as_alert_init(&a, &r37);
	for (int i = 0; i < 50; i++) /* a clock that stands still, goes back, or is none */
		assert_int_equal(as_alert_step(&a, i % 3 == 0 ? (double)NAN : -i, AS_LIVE_LOCKED, 100, e), 0);
	as_alert_init(&a, &r37);
	assert_int_equal(as_alert_step(&a, 0, AS_LIVE_LOCKED, INFINITY, e), 0);
	assert_int_equal(as_alert_step(&a, 1e9, AS_LIVE_LOCKED, NAN, e), 0);
}

static void test_words(void **state)
{
	(void)state;
	static const char *const bad[] = {"", "r37", "40", "60:-40", "1:1", ":", "-40:", ":60", "-40:60x", "nan:60", "-inf:1", "-40:inf", "1e99:2e99"};
	struct as_error err;
	double early, late;
	assert_int_equal(as_alert_parse_limits("ebu-r37", &early, &late, &err), AS_OK);
	assert_true(early == -40 && late == 60);
	assert_int_equal(as_alert_parse_limits("production", &early, &late, &err), AS_OK);
	assert_true(early == -5 && late == 15);
	assert_int_equal(as_alert_parse_limits("-12.5:7", &early, &late, &err), AS_OK);
	assert_true(early == -12.5 && late == 7);
	assert_int_equal(as_alert_parse_limits("off", &early, &late, &err), AS_OK);
	assert_true(isnan(early) && isnan(late));
	for (size_t i = 0; i < sizeof bad / sizeof *bad; i++) {
		assert_int_equal(as_alert_parse_limits(bad[i], &early, &late, &err), AS_ERR_INVALID);
		assert_non_null(strstr(err.msg, "live.alert"));
	}
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(test_patience),
		cmocka_unit_test(test_sides),
		cmocka_unit_test(test_unknown_counts_for_nothing),
		cmocka_unit_test(test_no_lock),
		cmocka_unit_test(test_changed_limits),
		cmocka_unit_test(test_narrow),
		cmocka_unit_test(test_strange_readings),
		cmocka_unit_test(test_words),
	};
	return cmocka_run_group_tests(tests, NULL, NULL);
}
