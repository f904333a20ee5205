/* `audiosync live --calibrate` as people and scripts read it, with a measurement of this file's own. */
#include <fcntl.h>
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

#include <audiosync/calibrate.h>

#include "base/file.h"
#include "cli/calibrate.h"
#include "folder.h"

/* ---- the measurement ---- */

static struct as_calibrate {
	struct as_calibrate_status status;
	int fd[2];
} loop;

const char *as_calibrate_verdict_name(enum as_calibrate_verdict v)
{
	return v == AS_CALIBRATE_GOOD ? "good" : "unsteady";
}

struct as_calibrate *as_calibrate_open(const struct as_calibrate_config *cfg, struct as_error *err)
{
	(void)cfg, (void)err;
	return &loop;
}

void as_calibrate_close(struct as_calibrate *c)
{
	(void)c;
}

enum as_status as_calibrate_start(struct as_calibrate *c, struct as_error *err)
{
	(void)err;
	return write(c->fd[1], "", 1) == 1 ? AS_OK : AS_ERR_IO;
}

int as_calibrate_fd(const struct as_calibrate *c)
{
	return c->fd[0];
}

void as_calibrate_status(struct as_calibrate *c, struct as_calibrate_status *out)
{
	*out = c->status;
}

bool as_interrupted(void)
{
	return false;
}

int as_interrupt_fd(void)
{
	return -1;
}

/* ---- what is printed ---- */

static int set_up(void **state)
{
	if (folder_set_up(state) != 0 || pipe(loop.fd) != 0)
		return -1;
	return setenv("XDG_CONFIG_HOME", folder_dir, 1);
}

/* Of a delay that is no delay; heap. */
static char *printed(bool json)
{
	const struct as_args args = {.opt = as_options_new(), .json = json, .yes = true};
	loop.status = (struct as_calibrate_status){
		.phase = AS_CALIBRATE_DONE, .ended = true, .n_chirps = 3, .n_done = 3, .verdict = AS_CALIBRATE_GOOD, .n_heard = 3, .n_used = 3,
		.delay_ms = 0.0974215563473994e-1, .err_ms = 0.13, .spread_ms = 0.02, .calibration_ms = -0.0974215563473994e-1,
		.capture = "Microphone", .device = "monitor:audiosync",
		.chirps = {{.heard = true, .delay_ms = 3.2712345678, .err_ms = 0.13, .confidence = 300, .level_db = -14.2, .noise_db = -200},
			   {.heard = true, .delay_ms = -0.001, .err_ms = 0.13, .confidence = 4.25, .level_db = -0.2, .noise_db = -61.4, .flipped = true},
			   {.delay_ms = NAN, .err_ms = NAN, .level_db = -200, .noise_db = -200}}};
	const int kept = folder_catch_output();
	const int code = as_calibrate_command(&args);
	char *text = folder_caught_output(kept);
	assert_int_equal(code, 0);
	as_options_free(args.opt);
	return text;
}

static void test_for_people(void **state)
{
	(void)state;
	char *text = printed(false);
	assert_string_equal(text, "chirp 1 of 3      3.27 ms  heard at -14 dBFS, no noise\n"
				  "chirp 2 of 3      0.00 ms  heard at 0 dBFS, noise -61 dBFS, hard to make out (confidence 4.2), polarity reversed, too loud\n"
				  "chirp 3 of 3  not heard  (digital silence)\n"
				  "delay 0.01 ms ±0.13, spread 0.02 ms, 3 of 3 chirps: calibration 0.0 ms of monitor:audiosync\n");
	free(text);
}

static void test_json(void **state)
{
	(void)state;
	char *text = printed(true);
	assert_non_null(strstr(text, "\"calibration_ms\": 0.0,"));
	assert_non_null(strstr(text, "\"delay_ms\": 0.01,"));
	assert_non_null(strstr(text, "\"delay_ms\": 3.271,"));
	assert_non_null(strstr(text, "\"delay_ms\": null,"));
	free(text);
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(test_for_people),
		cmocka_unit_test(test_json),
	};
	return cmocka_run_group_tests(tests, set_up, folder_tear_down);
}
