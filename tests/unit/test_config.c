#include <math.h>
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/stat.h>
#include <unistd.h>

#include <cmocka.h>

#include "base/config.h"
#include "base/ini.h"
#include "base/error.h"

#define LENGTH(a) (sizeof(a) / sizeof *(a))

static struct as_options *opt;
static struct as_error err;
static char dir[64], path[128];

static int setup(void **state)
{
	(void)state;
	opt = as_options_new();
	as_error_clear(&err);
	strcpy(dir, "/tmp/as-config-XXXXXX");
	if (!opt || !mkdtemp(dir))
		return -1;
	snprintf(path, sizeof path, "%s/audiosync.ini", dir);
	return 0;
}

static int teardown(void **state)
{
	(void)state;
	as_options_free(opt);
	unlink(path);
	return rmdir(dir);
}

static enum as_status load(const char *text, size_t n)
{
	FILE *f = fopen(path, "wb");

	assert_non_null(f);
	assert_int_equal(fwrite(text, 1, n, f), n);
	assert_int_equal(fclose(f), 0);
	as_error_clear(&err);
	return as_options_load_file(opt, path, &err);
}

static void assert_error_at(int line, const char *words)
{
	char where[160];

	snprintf(where, sizeof where, "%s:%d: ", path, line);
	assert_memory_equal(err.msg, where, strlen(where));
	assert_non_null(strstr(err.msg, words));
}

static void a_file_sets_what_it_says(void **state)
{
	static const char text[] = "\xef\xbb\xbf; a comment\r\n"
				   "[export] ; what to write\r\n"
				   "format = flac ; smaller\r\n"
				   "  bit_depth=16\r\n"
				   "# another\n"
				   "\n"
				   "[cache]\n"
				   "dir = /data/c;d = e # f\n"
				   "[Defaults]\n"
				   "audiosync_calibration = -80\n"
				   "[export]\n"
				   "format : aiff";
	char origin[160];

	(void)state;
	assert_int_equal(load(text, sizeof text - 1), AS_OK);
	assert_string_equal(as_options_text(opt, "export.format"), "aiff");
	assert_string_equal(as_options_text(opt, "export.bit_depth"), "16");
	assert_string_equal(as_options_text(opt, "cache.dir"), "/data/c;d = e # f");
	assert_true(as_options_real(opt, "live.calibration_ms") == -80);
	snprintf(origin, sizeof origin, "%s:4", path);
	assert_string_equal(as_options_origin(opt, "export.bit_depth"), origin);
	assert_string_equal(as_options_origin(opt, "export.dither"), "default");
}

static void devices_have_calibrations_of_their_own(void **state)
{
	static const char text[] = "[calibration]\n"
				   "monitor%3Aalsa_output.pci-0000_00_1f.3.analog-stereo = -42.5\n"
				   "USB Audio = 11 ; measured\n"
				   "100% loud = 3\n"
				   "[live]\n"
				   "calibration_ms = 5\n"
				   "[calibration]\n"
				   "USB%20Audio = +12.5\n";
	static const char device[] = "monitor:alsa_output.pci-0000_00_1f.3.analog-stereo";
	const char *key = "calibration.monitor%3aalsa_output.pci-0000_00_1f.3.analog-stereo", *at;
	struct as_options *copy;
	char origin[160];
	double ms = 99;

	(void)state;
	assert_int_equal(load(text, sizeof text - 1), AS_OK);
	assert_int_equal(as_options_calibrations(opt), 3);
	assert_true(as_options_calibration(opt, device, &ms) && ms == -42.5);
	assert_true(as_options_calibration(opt, "USB Audio", &ms) && ms == 12.5);
	assert_true(as_options_calibration(opt, "100% loud", &ms) && ms == 3);
	assert_false(as_options_calibration(opt, "usb audio", &ms));
	assert_true(as_options_real(opt, "live.calibration_ms") == 5);
	assert_string_equal(as_options_value(opt, key), "-42.5");
	snprintf(origin, sizeof origin, "%s:2", path);
	assert_string_equal(as_options_origin(opt, key), origin);
	assert_string_equal(as_options_calibration_at(opt, 1, &at), "calibration.USB Audio");
	assert_string_equal(at, "USB Audio");
	assert_null(as_options_value(opt, "calibration.none"));

	/* Later ones win, copies are whole, and what is wrong changes nothing. */
	assert_int_equal(as_options_set(opt, key, "7", "--set", &err), AS_OK);
	copy = as_options_copy(opt);
	assert_non_null(copy);
	assert_true(as_options_calibration(copy, device, &ms) && ms == 7);
	assert_string_equal(as_options_origin(copy, key), "--set");
	as_options_free(copy);
	assert_int_equal(load("[calibration]\nUSB Audio = 1\nx = 20000\n", 38), AS_ERR_INVALID);
	assert_error_at(3, "calibration.x must be -10000 to 10000 ms");
	assert_true(as_options_calibration(opt, "USB Audio", &ms) && ms == 12.5);
	assert_int_equal(load("[calibration]\nmonitor:x = 2 = x\n", 32), AS_ERR_INVALID);
	assert_error_at(2, "monitor%3Ax %3D 2 must be");
	assert_int_equal(load("[calibrations]\nx = 2\n", 21), AS_ERR_INVALID);
}

/* As `audiosync devices` prints them. */
static void names_of_devices_stand_as_they_are(void **state)
{
	static const char text[] = "[calibration]\n"
				   "monitor:audiosync = 33\n"
				   " HDA Intel PCH: ALC257 Analog (hw:0,0)=-7.5 ; a = b\n"
				   "input:a=b = 2\n"
				   "monitor%3Aother: 4\n"
				   "plain: 5\n"
				   "[live]\n"
				   "calibration_ms : 6\n";
	static const struct {
		const char *device;
		double ms;
	} rows[] = {{"monitor:audiosync", 33}, {"HDA Intel PCH: ALC257 Analog (hw:0,0)", -7.5}, {"input:a=b", 2}, {"monitor:other", 4}, {"plain", 5}};
	char longest[220] = "[calibration]\n";
	double ms;

	(void)state;
	assert_int_equal(load(text, sizeof text - 1), AS_OK);
	for (size_t i = 0; i < sizeof rows / sizeof rows[0]; i++)
		assert_true(as_options_calibration(opt, rows[i].device, &ms) && ms == rows[i].ms);
	assert_true(as_options_real(opt, "live.calibration_ms") == 6);
	assert_string_equal(as_options_value(opt, "calibration.monitor:audiosync"), "33");
	memset(longest + strlen(longest), ':', 150);
	strcat(longest, "= 1\n");
	assert_int_equal(load(longest, strlen(longest)), AS_ERR_INVALID);
	assert_error_at(2, "too long");
}

/* Whatever a device is called, its calibration comes back from a file. */
static void any_name_goes_through_a_file(void **state)
{
	static const char *const names[] = {"plain", "a:b", "a=b", "#1", ";x ;y", "[sec]", " blank ", "tab\tin", "100%", "%41",
					    "new\nline", "Gerät für Ton", "\xff\xfe", "a.b.c", "it's \"quoted\"", "\x7f\x01"};

	(void)state;
	for (size_t i = 0; i < LENGTH(names); i++) {
		struct as_options *back = as_options_new();
		char *key = as_options_calibration_key(names[i]), text[600];
		double ms = 0;

		assert_non_null(back);
		assert_non_null(key);
		assert_int_equal(as_options_set_calibration(opt, names[i], -0.0625 - (double)i, "test", &err), AS_OK);
		assert_true(as_options_calibration(opt, names[i], &ms) && fabs(ms + 0.0625 + (double)i) < 6e-4);
		snprintf(text, sizeof text, "[calibration]\n%s = %s\n", strchr(key, '.') + 1, as_options_value(opt, key));
		assert_int_equal(as_config_parse(back, "it", text, strlen(text), &err), AS_OK);
		ms = 0;
		assert_true(as_options_calibration(back, names[i], &ms) && fabs(ms + 0.0625 + (double)i) < 6e-4);
		free(key);
		as_options_free(back);
	}
	assert_int_equal(as_options_calibrations(opt), LENGTH(names));
	assert_int_equal(as_options_set_calibration(opt, "", 1, NULL, &err), AS_ERR_INVALID);
	assert_int_equal(as_options_set_calibration(opt, "x", NAN, NULL, &err), AS_ERR_INVALID);
	assert_int_equal(as_options_set_calibration(opt, "x", 1e300, NULL, &err), AS_ERR_INVALID);
	assert_int_equal(as_options_calibrations(opt), LENGTH(names));
}

static void an_error_names_line_and_key_and_changes_nothing(void **state)
{
	static const struct {
		const char *text;
		int line;
		const char *words;
	} cases[] = {
		{"[export]\nformat = flac\nbit_depth = 20\n", 3,
		 "export.bit_depth must be auto, 16, 24 or 32"},
		{"[export]\nformat = flac\nbitdepth = 16\n", 3, "did you mean export.bit_depth?"},
		{"[export]\nformat = flac\ncrossfade_ms =\n", 3,
		 "export.crossfade_ms must be 0 to 5000 ms"},
		{"[export]\nformat = flac\n\nnonsense\n", 4, "neither a [section] nor"},
		{"[export]\nformat = flac\n  and more\n", 3, "neither a [section] nor"},
		{"[export]\nformat = flac\n[cache\n", 3, "neither a [section] nor"},
		{"[export]\nformat = flac\n[cache] enabled = no\n", 3, "text after the section"},
		{"format = flac\n[export]\n", 1, "before any [section]"},
		{"[export]\nformat = flac\n= 3\n", 3, ""},
		{"[export]\nformat = flac\n[nothing]\nat = all\n", 4, "nothing.at"},
	};

	(void)state;
	for (size_t i = 0; i < LENGTH(cases); i++) {
		assert_int_equal(load(cases[i].text, strlen(cases[i].text)), AS_ERR_INVALID);
		assert_error_at(cases[i].line, cases[i].words);
		assert_string_equal(as_options_text(opt, "export.format"), "wav");
	}
}

/* The reader's buffer would split a long line and take the rest for another one. */
static void long_lines_are_an_error_and_never_cut(void **state)
{
	char text[2000];

	(void)state;
	for (size_t n = AS_INI_LINE_BYTES - 3; n < AS_INI_LINE_BYTES + 300; n++) {
		size_t head = (size_t)sprintf(text, "[cache]\n   dir = /");

		/* n counts from "dir": the indentation is no part of the line. */
		memset(text + head, 'x', sizeof text - head);
		text[n + 11] = '\0';
		strcat(text, "\nlimit_mib = 99\n");
		if (n <= AS_INI_LINE_BYTES) {
			assert_int_equal(load(text, strlen(text)), AS_OK);
			assert_int_equal(strlen(as_options_text(opt, "cache.dir")), n - 6);
			assert_int_equal(as_options_int(opt, "cache.limit_mib"), 99);
			assert_int_equal(as_options_set(opt, "cache.limit_mib", "7", NULL, NULL),
					 AS_OK);
		} else {
			assert_int_equal(load(text, strlen(text)), AS_ERR_INVALID);
			assert_error_at(2, "the line is too long and would be cut");
			assert_non_null(strstr(err.msg, "dir = /xxx"));
			assert_int_equal(as_options_int(opt, "cache.limit_mib"), 7);
		}
	}
	/* A comment may be as long as it likes. */
	memset(text, '#', sizeof text);
	assert_int_equal(load(text, sizeof text), AS_OK);
}

static void unreadable_files_say_why(void **state)
{
	char *big = malloc(2 << 20);

	(void)state;
	assert_int_equal(as_options_load_file(opt, "/no/such.ini", &err), AS_ERR_IO);
	assert_non_null(strstr(err.msg, "/no/such.ini: "));
	assert_int_equal(as_options_load_file(opt, dir, &err), AS_ERR_IO);
	assert_int_equal(load("[export]\nfor\0mat = wav\n", 24), AS_ERR_INVALID);
	assert_error_at(2, "NUL");
	assert_non_null(big);
	memset(big, '\n', 2 << 20);
	assert_int_equal(load(big, 2 << 20), AS_ERR_FORMAT);
	free(big);
	assert_int_equal(load("", 0), AS_OK);
}

static uint64_t next_random(uint64_t *s)
{
	*s ^= *s << 13;
	*s ^= *s >> 7;
	*s ^= *s << 17;
	return *s;
}

static const char valid[] =
	"[general]\nthreads = 3\n[export]\nformat = flac ; smaller\nbit_depth=24\n"
	"crossfade_ms = 12.5e0\n\n# more\n[cache]\nenabled=no\ndir = /tmp/x y\nlimit_mib: 7\n";

/* Random bytes, or valid text with a few bytes changed, cut at a random place. */
static size_t make_hostile(char *text, size_t room, uint64_t *seed)
{
	size_t n = next_random(seed) % room;

	if (next_random(seed) % 2) {
		for (size_t i = 0; i < n; i++)
			text[i] = (char)next_random(seed);
		return n;
	}
	n = n < sizeof valid - 1 ? n : sizeof valid - 1;
	memcpy(text, valid, n);
	for (uint64_t left = next_random(seed) % 4; n > 0 && left > 0; left--)
		text[next_random(seed) % n] = "=[]; \n\t\"\\.9-e\xff\0"[next_random(seed) % 15];
	return n;
}

/* Whatever comes in: a status, a message of one safe line if it is an error, and every setting in
 * its range. */
static void hostile_text_never_breaks_a_setting(void **state)
{
	uint64_t seed = 20240607;
	size_t n_rows;
	const struct as_option_row *rows = as_option_rows(&n_rows);
	int taken = 0, refused = 0;

	(void)state;
	for (int round = 0; round < 4000; round++) {
		char text[600];
		size_t n = make_hostile(text, sizeof text, &seed);
		enum as_status status;

		as_error_clear(&err);
		status = as_config_parse(opt, "fuzz.ini", text, n, &err);
		assert_int_equal(status, err.status);
		*(status == AS_OK ? &taken : &refused) += 1;
		for (const char *p = err.msg; *p; p++)
			assert_true((unsigned char)*p >= 0x20 && *p != 0x7f);
		for (size_t i = 0; i < n_rows; i++) {
			char *value = strdup(as_options_value(opt, rows[i].key));

			assert_int_equal(as_options_set(opt, rows[i].key, value, NULL, &err),
					 AS_OK);
			free(value);
		}
	}
	assert_true(taken > 100 && refused > 100);
}

static void presets_change_what_they_promise(void **state)
{
	static const char *const promises[][3] = {
		{"interview", "analysis.probe_every_s", "20"},
		{"interview", "export.sample_rate_hz", "48000"},
		{"concert", "analysis.probe_every_s", "6"},
		{"concert", "confidence.min_margin", "6"},
		{"concert", "export.bit_depth", "24"},
		{"music-video", "analysis.takes", "yes"},
		{"music-video", "analysis.use_timestamps", "no"},
		{"broadcast", "export.sample_rate_hz", "48000"},
		{"broadcast", "export.bit_depth", "24"},
		{"broadcast", "confidence.strong", "15"},
	};
	size_t n;
	const struct as_preset *presets = as_presets(&n);

	(void)state;
	assert_int_equal(n, 4);
	for (size_t i = 0; i < LENGTH(promises); i++) {
		struct as_options *o = as_options_new();

		assert_int_equal(as_options_load_preset(o, promises[i][0], NULL, &err), AS_OK);
		assert_string_equal(as_options_value(o, promises[i][1]), promises[i][2]);
		assert_int_equal(as_options_check(o, &err), AS_OK);
		as_options_free(o);
	}
	for (size_t i = 0; i < n; i++)
		assert_true(strlen(presets[i].help) > 20 && presets[i].help[0] != '#');
	assert_int_equal(as_options_load_preset(opt, "concert", NULL, &err), AS_OK);
	assert_memory_equal(as_options_origin(opt, "export.bit_depth"), "preset concert:", 15);
}

static void presets_of_the_user_come_first(void **state)
{
	char own[140];
	const char *const dirs[] = {"/no/such/folder", dir, NULL};
	FILE *f;

	(void)state;
	snprintf(own, sizeof own, "%s/concert.ini", dir);
	f = fopen(own, "w");
	fputs("[export]\nformat = mp3\n", f);
	fclose(f);
	assert_int_equal(as_options_load_preset(opt, "concert", dirs, &err), AS_OK);
	assert_string_equal(as_options_text(opt, "export.format"), "mp3");
	assert_string_equal(as_options_text(opt, "export.bit_depth"), "auto");
	assert_int_equal(as_options_set(opt, "export.format", "wav", NULL, NULL), AS_OK);
	assert_int_equal(as_options_load_preset(opt, own, NULL, &err), AS_OK);
	assert_string_equal(as_options_text(opt, "export.format"), "mp3");
	unlink(own);
	assert_int_equal(as_options_load_preset(opt, "konzert", dirs, &err), AS_ERR_INVALID);
	assert_non_null(strstr(err.msg, "\"konzert\""));
	assert_non_null(strstr(err.msg, "broadcast, concert, interview, music-video"));
}

#define CASE(f) cmocka_unit_test_setup_teardown(f, setup, teardown)

int main(void)
{
	const struct CMUnitTest tests[] = {
		CASE(a_file_sets_what_it_says),
		CASE(names_of_devices_stand_as_they_are),
		CASE(devices_have_calibrations_of_their_own),
		CASE(any_name_goes_through_a_file),
		CASE(an_error_names_line_and_key_and_changes_nothing),
		CASE(long_lines_are_an_error_and_never_cut),
		CASE(unreadable_files_say_why),
		CASE(hostile_text_never_breaks_a_setting),
		CASE(presets_change_what_they_promise),
		CASE(presets_of_the_user_come_first),
	};
	return cmocka_run_group_tests(tests, NULL, NULL);
}
