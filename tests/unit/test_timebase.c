/* Jitter, rounding, drift and outliers are no gaps; what lasts is. */
#include <math.h>
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>

#include <cmocka.h>

#include "media/timebase.h"

#define RATE_HZ 48000.0
#define FRAME 1024

static uint32_t seed;

static double noise(void)
{
	seed = seed * 1664525u + 1013904223u;
	return (double)(seed >> 8) / 8388608.0 - 1.0;
}

/* Feeds frames whose time stamps run at (1 + ppm) with jitter; returns how many jumps were
 * confirmed. */
static int run(struct as_timebase *t, int64_t *at, int n, double ppm, double jitter_s,
	       int64_t *last_jump)
{
	int jumps = 0;
	for (int i = 0; i < n; i++, *at += FRAME) {
		int64_t jump;
		double deviation = (double)*at * ppm * 1e-6 + jitter_s * RATE_HZ * noise();
		if (as_timebase_judge(t, deviation, FRAME, FRAME, false, &jump) ==
		    AS_TIMEBASE_JUMP) {
			jumps++;
			*last_jump = jump;
		}
	}
	return jumps;
}

static void test_no_jumps(void **state)
{
	(void)state;
	static const struct {
		double ppm, jitter_s;
	} rows[] = {{0.0, 0.0005}, {200.0, 0.0005}, {-200.0, 0.001}, {0.0, 0.002}, {50.0, 0.0}};
	for (size_t i = 0; i < sizeof rows / sizeof rows[0]; i++) {
		struct as_timebase t;
		int64_t at = 0, jump;
		as_timebase_init(&t, RATE_HZ);
		/* one hour */
		assert_int_equal(run(&t, &at, 168750, rows[i].ppm, rows[i].jitter_s, &jump), 0);
	}
}

/* Adds off_s to every time stamp from now on. */
static enum as_timebase_verdict feed_off(struct as_timebase *t, double off_s, double jitter_s,
					 int n, int64_t *jump)
{
	enum as_timebase_verdict v = AS_TIMEBASE_PLAIN;
	for (int i = 0; i < n && v != AS_TIMEBASE_JUMP; i++)
		v = as_timebase_judge(t, RATE_HZ * (off_s + jitter_s * noise()), FRAME, FRAME,
				      false, jump);
	return v;
}

static void test_gap_and_overlap(void **state)
{
	(void)state;
	static const double offs[] = {3.0 * FRAME / RATE_HZ, -2.0 * FRAME / RATE_HZ,
				      FRAME / RATE_HZ, 100.0 * FRAME / RATE_HZ};
	for (size_t i = 0; i < sizeof offs / sizeof offs[0]; i++) {
		struct as_timebase t;
		int64_t at = 0, jump = 0;
		as_timebase_init(&t, RATE_HZ);
		assert_int_equal(run(&t, &at, 500, 0.0, 0.0005, &jump), 0);
		assert_int_equal(feed_off(&t, offs[i], 0.0005, 12, &jump), AS_TIMEBASE_JUMP);
		assert_int_equal(
			jump,
			llround(offs[i] *
				RATE_HZ)); /* a whole number of frames, in spite of the rounding */
		/* what follows is counted with the jump: no second one */
		assert_int_equal(run(&t, &at, 500, 0.0, 0.0005, &jump), 0);
	}
}

static void test_exact_gap(void **state)
{
	(void)state;
	struct as_timebase t;
	int64_t jump = 0;
	as_timebase_init(&t, RATE_HZ);
	for (int i = 0; i < 100; i++)
		assert_int_equal(as_timebase_judge(&t, 0.0, FRAME, FRAME, true, &jump),
				 AS_TIMEBASE_PLAIN);
	enum as_timebase_verdict v = AS_TIMEBASE_HOLD;
	for (int i = 0; i < 12 && v == AS_TIMEBASE_HOLD; i++)
		v = as_timebase_judge(&t, 1000.0, FRAME, FRAME, true, &jump);
	assert_int_equal(v, AS_TIMEBASE_JUMP);
	assert_int_equal(jump, 1000);
}

static void test_outlier_is_no_gap(void **state)
{
	(void)state;
	struct as_timebase t;
	int64_t at = 0, jump = 0;
	as_timebase_init(&t, RATE_HZ);
	assert_int_equal(run(&t, &at, 100, 0.0, 0.0005, &jump), 0);
	for (int k = 1; k <= 3; k++) {
		for (int i = 0; i < k; i++)
			assert_int_equal(as_timebase_judge(&t, 2000.0, FRAME, FRAME, false, &jump),
					 AS_TIMEBASE_HOLD);
		assert_int_equal(as_timebase_judge(&t, 0.0, FRAME, FRAME, false, &jump),
				 AS_TIMEBASE_PLAIN);
	}
	assert_int_equal(run(&t, &at, 100, 0.0, 0.0005, &jump), 0);
}

static void test_end(void **state)
{
	(void)state;
	struct as_timebase t;
	int64_t jump = 0;
	as_timebase_init(&t, RATE_HZ);
	as_timebase_judge(&t, 0.0, FRAME, FRAME, false, &jump);
	assert_int_equal(as_timebase_end(&t, FRAME, false, &jump), AS_TIMEBASE_PLAIN);
	as_timebase_judge(&t, 1024.0, FRAME, FRAME, false, &jump);
	assert_int_equal(as_timebase_end(&t, FRAME, false, &jump),
			 AS_TIMEBASE_PLAIN); /* one frame, 21 ms */
	as_timebase_judge(&t, 1030.0, FRAME, FRAME, false, &jump);
	assert_int_equal(as_timebase_end(&t, FRAME, false, &jump), AS_TIMEBASE_JUMP);
	assert_int_equal(jump, 1024);
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(test_no_jumps),  cmocka_unit_test(test_gap_and_overlap),
		cmocka_unit_test(test_exact_gap), cmocka_unit_test(test_outlier_is_no_gap),
		cmocka_unit_test(test_end),
	};
	return cmocka_run_group_tests_name("timebase", tests, NULL, NULL);
}
