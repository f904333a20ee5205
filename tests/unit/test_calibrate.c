/* Calibration beside the sound: what stamps say of a moment, what goes into the settings, what is refused. */
#include <math.h>
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

#include <cmocka.h>

#include <audiosync/options.h>

#include "base/file.h"
#include "cli/calibrate.h"
#include "dsp/synth.h"
#include "engine/calibrate_private.h"
#include "folder.h"

/* Blocks of 10 ms for 20 s with jitter of 1 ms and a wild stamp now and then; after 10 s the device stands still for 60 ms. */
static void test_stamps(void **state)
{
	(void)state;
	struct calibrate_stamps *s = calloc(1, sizeof *s);
	struct as_rng r;
	double t_s, err_s, frame;
	as_rng_seed(&r, 5);
	s->rate_hz = 48000;
	assert_false(as_calibrate_time(s, 0, &t_s, &err_s));
	assert_false(as_calibrate_frame(s, 0, &frame));
	for (int i = 0; i < 2000; i++) {
		double at_s = 1000 + i * 0.01 * (1 + 50e-6) + (i >= 1000 ? 0.06 : 0) + 0.001 * as_rng_normal(&r);
		as_calibrate_stamp(s, i * 480, i % 17 == 3 ? at_s + 0.4 : i % 29 == 5 ? (double)NAN : at_s);
	}
	assert_int_equal(s->n, 1935);
	/* Backwards is no stamp. */
	as_calibrate_stamp(s, 100, 1);
	assert_int_equal(s->n, 1935);
	for (int i = 100; i < 2000; i += 37) {
		if (abs(i - 1000) < 80)
			continue;
		assert_true(as_calibrate_time(s, i * 480 + 0.5, &t_s, &err_s));
		double truth_s = 1000 + (i * 0.01 + 0.5 / 48000) * (1 + 50e-6) + (i >= 1000 ? 0.06 : 0);
		if (fabs(t_s - truth_s) > 6e-4 || err_s > 3e-4)
			fail_msg("frame %d: %.3f ms off, said %.3f", i * 480, (t_s - truth_s) * 1e3, err_s * 1e3);
		assert_true(as_calibrate_frame(s, truth_s, &frame));
		assert_true(fabs(frame / 48000 - i * 0.01) < 0.5);
	}
	free(s);
}

/* Blocks of 64 frames, as JACK has them, for as long as the longest loop takes. */
static void test_tiny_blocks(void **state)
{
	(void)state;
	struct calibrate_stamps *s = calloc(1, sizeof *s);
	assert_non_null(s);
	s->rate_hz = 48000;
	for (int64_t frame = 0; frame < 110 * 48000; frame += 64)
		as_calibrate_stamp(s, frame, 1000 + (double)frame / 48000);
	for (int at_s = 0; at_s < 110; at_s++) {
		double t_s, err_s, frame;
		assert_true(as_calibrate_time(s, at_s * 48000.0, &t_s, &err_s));
		assert_true(fabs(t_s - 1000 - at_s) < 1e-4);
		assert_true(as_calibrate_frame(s, 1000.0 + at_s, &frame));
		assert_true(fabs(frame - at_s * 48000.0) < 1);
	}
	free(s);
}

static char *read_text(const char *path)
{
	char *text = NULL;
	int64_t n;
	assert_int_equal(as_file_read(path, 100000, &text, &n, NULL), AS_OK);
	return text;
}

static void test_save(void **state)
{
	(void)state;
	struct as_error err = {0};
	char path[128];
	snprintf(path, sizeof path, "%s", folder_in("deep"));
	snprintf(path + strlen(path), sizeof path - strlen(path), "/er/audiosync.ini");
	/* Names as devices have them, hostile ones too. */
	const char *const names[] = {"monitor:alsa_output.pci", "USB \xc3\xa9 = [x] ; # % \"q\"", " lead", "a\nb\x1b[2J", "caf\xe9", "[calibration]"};
	for (size_t i = 0; i < sizeof names / sizeof *names; i++)
		if (as_calibrate_save(path, names[i], -12.34 - (double)i, &err) != AS_OK)
			fail_msg("%s", err.msg);
	assert_int_equal(as_calibrate_save(path, names[0], 7, &err), AS_OK);
	struct as_options *opt = as_options_new();
	assert_int_equal(as_options_load_file(opt, path, &err), AS_OK);
	for (size_t i = 0; i < sizeof names / sizeof *names; i++) {
		double ms = NAN;
		assert_true(as_options_calibration(opt, names[i], &ms));
		assert_true(fabs(ms - (i == 0 ? 7 : -12.3 - (double)i)) < 1e-9);
	}
	as_options_free(opt);
	/* What is nothing has no sign. */
	assert_int_equal(as_calibrate_save(path, "zero", -0.04, &err), AS_OK);
	char *zero = read_text(path);
	assert_non_null(strstr(zero, "zero = 0.0\n"));
	free(zero);
	/* What does not fit is refused, and what was there stays. */
	char *before = read_text(path);
	assert_int_not_equal(as_calibrate_save(path, "", 1, &err), AS_OK);
	assert_int_not_equal(as_calibrate_save(path, "x", 1e6, &err), AS_OK);
	char *after = read_text(path);
	assert_string_equal(before, after);
	free(before);
	free(after);
	/* A link stays one. */
	char link[128];
	snprintf(link, sizeof link, "%s", folder_in("link.ini"));
	assert_int_equal(symlink(path, link), 0);
	assert_int_equal(as_calibrate_save(link, "by link", 3, &err), AS_OK);
	assert_true(readlink(link, path, 1) == 1);
	unlink(link);
	folder_remove(folder_in("deep"));
}

static void test_refuses(void **state)
{
	(void)state;
	struct as_error err = {0};
	struct as_calibrate_status s;
	assert_null(as_calibrate_open(&(struct as_calibrate_config){.chirps = 2}, &err));
	assert_null(as_calibrate_open(&(struct as_calibrate_config){.chirps = -1}, &err));
	assert_null(as_calibrate_open(&(struct as_calibrate_config){.chirps = 33}, &err));
	struct as_calibrate *c = as_calibrate_open(&(struct as_calibrate_config){.chirps = 3}, &err);
	assert_non_null(c);
	as_calibrate_status(c, &s);
	assert_true(!s.ended && s.n_chirps == 3 && isnan(s.delay_ms) && isnan(s.calibration_ms));
	as_calibrate_close(c);
	as_calibrate_close(NULL);
	assert_string_equal(as_calibrate_verdict_name(AS_CALIBRATE_UNSTEADY), "unsteady");
	assert_string_equal(as_calibrate_verdict_name((enum as_calibrate_verdict)99), "unknown");
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(test_stamps),
		cmocka_unit_test(test_tiny_blocks),
		cmocka_unit_test(test_save),
		cmocka_unit_test(test_refuses),
	};
	return cmocka_run_group_tests_name("calibrate", tests, folder_set_up, folder_tear_down);
}
