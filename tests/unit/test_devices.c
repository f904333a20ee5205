/* `audiosync devices` for people, with a list of this file's own. */
#include <fcntl.h>
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

#include <cmocka.h>

#include <audiosync/devices.h>

#include "base/file.h"
#include "cli/commands.h"
#include "folder.h"

static const struct as_device devices[] = {
	{.kind = AS_DEVICE_MONITOR, .state = AS_DEVICE_RUNNING, .is_default = true, .source = "monitor:out", .name = "Speakers", .playing = "",
	 .output = "", .rate_hz = 48000, .channels = 2},
	{.kind = AS_DEVICE_APP, .state = AS_DEVICE_RUNNING, .source = "app:#6", .name = "Twin", .playing = "long.wav", .output = "Speakers"},
	{.kind = AS_DEVICE_APP, .state = AS_DEVICE_PAUSED, .source = "app:#7", .name = "Tw\x1b[31min", .playing = "", .output = "Speakers"},
	{.kind = AS_DEVICE_APP, .state = AS_DEVICE_RUNNING, .source = "app:Player", .name = "Player", .playing = "b.wav", .output = ""},
};
static const struct as_device_list list = {.server = "none", .n = sizeof devices / sizeof *devices, .devices = devices};

const char *as_device_kind_name(enum as_device_kind kind)
{
	return kind == AS_DEVICE_APP ? "app" : "monitor";
}

const char *as_device_state_name(enum as_device_state state)
{
	return state == AS_DEVICE_RUNNING ? "running" : "paused";
}

enum as_status as_devices_list(const struct as_device_list **out, struct as_error *err)
{
	(void)err;
	*out = &list;
	return AS_OK;
}

void as_devices_free(const struct as_device_list *l)
{
	(void)l;
}

bool as_interrupted(void)
{
	return false;
}

int as_interrupt_fd(void)
{
	return -1;
}

/* What the command prints; heap. */
static char *printed(void)
{
	const struct as_args args = {.opt = as_options_new()};
	const int kept = folder_catch_output();
	const int code = as_cmd_devices(&args);
	char *text = folder_caught_output(kept);
	assert_int_equal(code, 0);
	as_options_free(args.opt);
	return text;
}

/* A number says nothing of who it is; a name says it once. */
static void test_names_of_numbers(void **state)
{
	(void)state;
	char *text = printed();
	assert_non_null(strstr(text, "'app:#6'     Twin plays: long.wav, on Speakers\n"));
	assert_non_null(strstr(text, "'app:#7'     Tw\\x1b[31min paused, on Speakers\n"));
	assert_non_null(strstr(text, "app:Player   plays: b.wav\n"));
	assert_non_null(strstr(text, "monitor:out  Speakers, running, 48 kHz, 2 channels, the default\n"));
	assert_null(strchr(text, '\x1b'));
	free(text);
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(test_names_of_numbers),
	};
	return cmocka_run_group_tests(tests, folder_set_up, folder_tear_down);
}
