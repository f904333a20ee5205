/* The clocks, and time stamps of devices by either. */
#include <math.h>
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <time.h>

#include <cmocka.h>

#include "base/clock.h"

static void test_clocks(void **state)
{
	(void)state;
	const double before_s = as_clock_s();
	assert_true(as_clock_s() >= before_s);
	assert_true(fabs(as_clock_day_s() - (double)time(NULL)) < 60);
}

static void test_stamps(void **state)
{
	(void)state;
	const double apart_s = as_clock_day_s() - as_clock_s();
	const double stamp_s = as_clock_s() + 0.1;
	/* Between two looks at two clocks some time passes. */
	assert_true(fabs(as_clock_of_stamp_s(stamp_s + apart_s) - stamp_s) < 0.05);
	if (fabs(apart_s) > 120) {
		assert_true(as_clock_of_stamp_s(stamp_s) == stamp_s);
		assert_true(isnan(as_clock_of_stamp_s(stamp_s + apart_s / 2)));
	}
	assert_true(isnan(as_clock_of_stamp_s(0)) && isnan(as_clock_of_stamp_s(-1)) && isnan(as_clock_of_stamp_s(NAN)));
	assert_true(isnan(as_clock_of_stamp_s(as_clock_day_s() + 1000)) && isnan(as_clock_of_stamp_s((double)INFINITY)));
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(test_clocks),
		cmocka_unit_test(test_stamps),
	};
	return cmocka_run_group_tests(tests, NULL, NULL);
}
