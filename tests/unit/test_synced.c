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

int main(void)
{
	const struct CMUnitTest tests[] = {cmocka_unit_test(test_in_sync_to_the_end)};
	return cmocka_run_group_tests_name("synced", tests, NULL, NULL);
}
