/* Settings written into files that people have made. */
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdlib.h>

#include <cmocka.h>

#include "base/ini_edit.h"

#define N(v) ((int)(sizeof(v) / sizeof *(v)))

static void check(const char *before, const struct as_ini_value *v, int n, const char *after)
{
	char *text = as_ini_edit(before, v, n);
	assert_non_null(text);
	assert_string_equal(text, after);
	free(text);
}

static void test_keeps_what_is_not_its_own(void **state)
{
	(void)state;
	static const struct as_ini_value v[] = {{"export.format", "flac"}, {"export.dither", "no"}, {"timeline.fps", "25"}};
	check("# mine\n\n[export]\n  format=wav   ; for the edit\n# depth\nbit_depth = 24\n\n[general]\nthreads = 2\n", v, N(v),
	      "# mine\n\n[export]\n  format= flac   ; for the edit\n# depth\nbit_depth = 24\ndither = no\n\n[general]\nthreads = 2\n\n"
	      "[timeline]\nfps = 25\n");
}

static void test_all_lines_of_a_key(void **state)
{
	(void)state;
	static const struct as_ini_value v[] = {{"a.x", "2"}};
	check("[a]\nx = 1\n[b]\nx = 1\n[a]\nx = 1", v, N(v), "[a]\nx = 2\n[b]\nx = 1\n[a]\nx = 2\n");
	check("[a]\nxx = 1\n;x = 1\n", v, N(v), "[a]\nxx = 1\n;x = 1\nx = 2\n");
}

static void test_names_of_devices(void **state)
{
	(void)state;
	static const struct as_ini_value v[] = {{"calibration.monitor%3Aa.b.monitor", "-3.500"}, {"calibration.USB Audio", "2.000"}};
	check("[calibration]\nUSB Audio = 1\n", v, N(v), "[calibration]\nUSB Audio = 2.000\nmonitor%3Aa.b.monitor = -3.500\n");
	check("[calibration]\nmonitor:a.b.monitor = 1 ; x = y\nmonitor%3aa.b=1\n[live]\nmonitor:a.b.monitor = 1\n", v, 1,
	      "[calibration]\nmonitor:a.b.monitor = -3.500 ; x = y\nmonitor%3aa.b=1\n[live]\nmonitor:a.b.monitor = 1\n");
	check("[live]\nx = 1\n", v, N(v), "[live]\nx = 1\n\n[calibration]\nmonitor%3Aa.b.monitor = -3.500\nUSB Audio = 2.000\n");
}

static void test_from_nothing(void **state)
{
	(void)state;
	static const struct as_ini_value v[] = {{"a.x", "2"}, {"b.y", ""}, {"a.z", "3"}};
	check("", v, N(v), "[a]\nx = 2\nz = 3\n\n[b]\ny =\n");
	check("", v, 0, "");
	check("[a]\r\nx = 1\r\n", v, 1, "[a]\r\nx = 2\r\n");
}

static void test_broken_lines(void **state)
{
	(void)state;
	static const struct as_ini_value v[] = {{"a.x", "2"}};
	check("[a\nx\n=\n[]\n", v, N(v), "[a\nx\n=\n[]\n\n[a]\nx = 2\n");
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(test_keeps_what_is_not_its_own), cmocka_unit_test(test_all_lines_of_a_key),
		cmocka_unit_test(test_names_of_devices), cmocka_unit_test(test_from_nothing), cmocka_unit_test(test_broken_lines)};
	return cmocka_run_group_tests_name("ini_edit", tests, NULL, NULL);
}
