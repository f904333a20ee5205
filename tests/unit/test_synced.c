/* Two recordings of one sound, analysed and exported: how far apart what was written is. tests/bench/exact does the same over
 * hours. */
#include <math.h>
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>

#include <cmocka.h>

#include "folder.h"
#include "synced.h"

#define LIMIT_S 20e-6

static void test_in_sync_to_the_end(void **state)
{
	(void)state;
	static const struct truth_device devices[] = {{.rate_hz = 48000, .ppm = 100},
						      {.rate_hz = 44100, .ppm = -12.3}};
	char dir[64];
	assert_int_equal(folder_make(dir, sizeof dir), 0);
	for (size_t i = 0; i < sizeof devices / sizeof *devices; i++) {
		struct synced r = synced_run(dir, &devices[i], 180);
		print_message("%g Hz %+g ppm: %+.2f %+.2f %+.2f us, worst %.2f us, %+.3f ppm measured\n",
			      devices[i].rate_hz, devices[i].ppm, r.start_s * 1e6, r.middle_s * 1e6,
			      r.end_s * 1e6, r.worst_s * 1e6, r.drift_ppm);
		assert_true(r.worst_s < LIMIT_S);
		assert_true(fabs(r.drift_ppm - devices[i].ppm) < 0.2);
	}
	folder_remove(dir);
}

/* Clocks that swing to and fro, one by more than anybody would miss, one by a tenth of a millisecond. */
static void test_in_sync_with_a_clock_that_wanders(void **state)
{
	(void)state;
	enum { KNOTS = 91 };
	static const double swings_s[] = {0.6e-3, 0.1e-3};
	char dir[64];
	assert_int_equal(folder_make(dir, sizeof dir), 0);
	for (size_t i = 0; i < sizeof swings_s / sizeof *swings_s; i++) {
		struct as_clock_knot k[KNOTS];
		for (int n = 0; n < KNOTS; n++)
			k[n] = (struct as_clock_knot){2.0 * n, swings_s[i] * sin(0.045 * 2.0 * n)};
		struct truth_device d = {.rate_hz = 48000, .ppm = -12, .clock = k, .n_clock = KNOTS};
		struct synced r = synced_run(dir, &d, 180);
		print_message("swings %g ms: %+.2f %+.2f %+.2f us, worst %.2f us, %d knots\n", swings_s[i] * 1e3,
			      r.start_s * 1e6, r.middle_s * 1e6, r.end_s * 1e6, r.worst_s * 1e6, r.n_clock);
		assert_true(r.n_clock > 0);
		assert_true(r.worst_s < LIMIT_S);
	}
	folder_remove(dir);
}

int main(void)
{
	const struct CMUnitTest tests[] = {cmocka_unit_test(test_in_sync_to_the_end),
					   cmocka_unit_test(test_in_sync_with_a_clock_that_wanders)};
	return cmocka_run_group_tests_name("synced", tests, NULL, NULL);
}
