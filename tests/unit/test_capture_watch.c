/* The blocks by which a server turns sound over, seen from how far it had come now and then. */
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>

#include <cmocka.h>

#include "media/capture_private.h"

static struct as_capture_blocks blocks;
static int64_t at;

/* So many questions, between which some of these numbers of blocks were turned over, by turns; the last answer. */
static int ask(int questions, int block, const int *steps, int n)
{
	int frames = 0;
	for (int i = 0; i < questions; i++) {
		at += (int64_t)block * steps[i % n];
		frames = as_capture_block_frames(&blocks, at);
	}
	return frames;
}

static void test_blocks(void **state)
{
	(void)state;
	static const int mixed[] = {15, 17, 19, 20, 22, 24}, even[] = {16, 18, 20}, same[] = {1};
	at = 1000; /* not a whole number of them */
	assert_int_equal(ask(12, 256, mixed, 6), 0);
	assert_int_equal(ask(1, 256, mixed, 6), 256);
	/* Chance is not believed at once … */
	assert_int_equal(ask(36, 256, even, 3), 256);
	assert_int_equal(ask(12, 256, mixed, 6), 256);
	/* … and what stays is. */
	assert_int_equal(ask(60, 1024, mixed, 6), 1024);
	assert_int_equal(ask(36, 128, mixed, 6), 128);
	/* One that is cut short is none. */
	at += 77;
	for (int i = 0; i < 24; i++)
		assert_int_equal(ask(1, 128, mixed + i % 6, 1), 128);
	/* Counted anew: the step back is none. */
	at = 0;
	assert_int_equal(ask(30, 128, mixed, 6), 128);
	/* Nobody turns over so much at once; it stands still. */
	assert_int_equal(ask(60, 100000, same, 1), 0);
	assert_int_equal(ask(30, 0, same, 1), 0);
}

static void test_no_blocks(void **state)
{
	(void)state;
	static const int odd[] = {4409, 4410, 4412, 5003, 3989, 4801};
	blocks = (struct as_capture_blocks){0};
	at = 0;
	assert_int_equal(ask(60, 1, odd, 6), 0);
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(test_blocks),
		cmocka_unit_test(test_no_blocks),
	};
	return cmocka_run_group_tests(tests, NULL, NULL);
}
