#include <locale.h>
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include <cmocka.h>

#include <audiosync/options.h>

#include "base/suggest.h"

#define LENGTH(a) (sizeof(a) / sizeof *(a))

static struct as_options *opt;

static int make_options(void **state)
{
	(void)state;
	opt = as_options_new();
	return opt ? 0 : -1;
}

static int free_options(void **state)
{
	(void)state;
	as_options_free(opt);
	return 0;
}

static void every_row_is_complete(void **state)
{
	size_t n;
	const struct as_option_row *rows = as_option_rows(&n);
	char allowed[128];

	(void)state;
	for (size_t i = 0; i < n; i++) {
		const struct as_option_row *r = &rows[i];
		bool number = r->type == AS_OPTION_INT || r->type == AS_OPTION_REAL;

		assert_non_null(strchr(r->key, '.'));
		assert_true(r->help && r->help[0] && r->help[strlen(r->help) - 1] != '.');
		assert_true(strlen(r->help) <= 76);
		assert_non_null(r->unit);
		assert_int_equal(number, r->min < r->max);
		assert_int_equal(r->type == AS_OPTION_CHOICE, r->choices != NULL);
		assert_int_equal(r->flag != NULL, r->commands != NULL);
		if (r->flag)
			assert_int_equal(r->type == AS_OPTION_BOOL, r->metavar == NULL);
		if (r->negated)
			assert_true(r->type == AS_OPTION_BOOL && !strncmp(r->flag, "no-", 3));
		if (r->type != AS_OPTION_TEXT && r->type != AS_OPTION_PATH)
			assert_true(strlen(as_option_allowed(r, allowed, sizeof allowed)) > 0);
		for (size_t j = 0; j < i; j++) {
			assert_string_not_equal(r->key, rows[j].key);
			if (r->flag && rows[j].flag)
				assert_string_not_equal(r->flag, rows[j].flag);
		}
	}
}

static void defaults_are_those_of_the_table(void **state)
{
	size_t n;
	const struct as_option_row *rows = as_option_rows(&n);
	struct as_error err;

	(void)state;
	for (size_t i = 0; i < n; i++) {
		assert_string_equal(as_options_value(opt, rows[i].key), rows[i].def);
		assert_string_equal(as_options_origin(opt, rows[i].key), "default");
	}
	assert_int_equal(as_options_check(opt, &err), AS_OK);
	assert_int_equal(as_options_int(opt, "general.threads"), 0);
	assert_int_equal(as_options_int(opt, "analysis.stream"), -1);
	assert_int_equal(as_options_int(opt, "export.bit_depth"), 0);
	assert_int_equal(as_options_int(opt, "export.bitrate_kbps"), 256);
	assert_true(as_options_real(opt, "analysis.max_offset_s") == 0);
	assert_true(as_options_real(opt, "confidence.strong") == 10);
	assert_true(as_options_real(opt, "confidence.max_p_false") == 1e-3);
	assert_true(as_options_bool(opt, "cache.enabled"));
	assert_true(as_options_bool(opt, "interface.unicode"));
	assert_string_equal(as_options_text(opt, "export.format"), "wav");
	assert_null(as_options_value(opt, "no.such"));
}

static void good_values_are_taken(void **state)
{
	static const char *const cases[][3] = {
		{"general.threads", "64", "64"},
		{"general.threads", "0", "auto"},
		{"general.threads", "auto", "auto"},
		{"analysis.stream", "-1", "auto"},
		{"analysis.stream", "+3", "+3"},
		{"analysis.max_offset_s", "1e7", "1e7"},
		{"analysis.max_offset_s", ".5", ".5"},
		{"analysis.max_offset_s", "5.", "5."},
		{"analysis.max_offset_s", "0", "none"},
		{"analysis.takes", "on", "yes"},
		{"analysis.takes", "false", "no"},
		{"live.calibration_ms", "-12.5", "-12.5"},
		{"Defaults.audiosync_calibration", "80", "80"},
		{"export.sample_rate_hz", "0", "auto"},
		{"export.sample_rate_hz", "8000", "8000"},
		{"export.bit_depth", "24", "24"},
		{"cache.dir", "~/a b", "~/a b"},
	};
	struct as_error err;

	(void)state;
	for (size_t i = 0; i < LENGTH(cases); i++) {
		assert_int_equal(as_options_set(opt, cases[i][0], cases[i][1], "--set", &err),
				 AS_OK);
		assert_string_equal(as_options_value(opt, cases[i][0]), cases[i][2]);
		assert_string_equal(as_options_origin(opt, cases[i][0]), "--set");
	}
	assert_true(as_options_real(opt, "live.calibration_ms") == 80);
	assert_int_equal(as_options_int(opt, "export.bit_depth"), 24);
	assert_int_equal(as_options_int(opt, "analysis.stream"), 3);
}

static void bad_values_name_what_is_allowed(void **state)
{
	static const char *const cases[][3] = {
		{"general.threads", "65", "1 to 64, or auto"},
		{"general.threads", "-1", "1 to 64, or auto"},
		{"general.threads", "2.0", "1 to 64, or auto"},
		{"general.threads", "", "1 to 64, or auto"},
		{"general.threads", "0x10", "1 to 64, or auto"},
		{"general.threads", " 4", "1 to 64, or auto"},
		{"general.threads", "4x", "1 to 64, or auto"},
		{"general.threads", "99999999999999999999", "1 to 64, or auto"},
		{"analysis.probe_every_s", "1.9", "2 to 120 s"},
		{"analysis.probe_every_s", "nan", "2 to 120 s"},
		{"analysis.probe_every_s", "inf", "2 to 120 s"},
		{"analysis.probe_every_s", "1e999", "2 to 120 s"},
		{"analysis.probe_every_s", "12,5", "2 to 120 s"},
		{"analysis.probe_every_s", "12 s", "2 to 120 s"},
		{"analysis.probe_every_s", "1e", "2 to 120 s"},
		{"analysis.probe_every_s", ".", "2 to 120 s"},
		{"analysis.max_offset_s", "-5", "0.001 to 10000000 s, or none"},
		{"live.calibration_ms", "10000.1", "-10000 to 10000 ms"},
		{"export.sample_rate_hz", "7999", "8000 to 192000 Hz, or auto"},
		{"export.bit_depth", "20", "auto, 16, 24 or 32"},
		{"export.bit_depth", "16|24", "auto, 16, 24 or 32"},
		{"export.bit_depth", "", "auto, 16, 24 or 32"},
		{"export.format", "WAV", "wav, aiff, flac or mp3"},
		{"analysis.takes", "maybe", "yes or no"},
	};
	struct as_error err;

	(void)state;
	for (size_t i = 0; i < LENGTH(cases); i++) {
		char *old = strdup(as_options_value(opt, cases[i][0]));

		memset(&err, 0, sizeof err);
		assert_int_equal(as_options_set(opt, cases[i][0], cases[i][1], "my.ini:7", &err),
				 AS_ERR_INVALID);
		assert_memory_equal(err.msg, "my.ini:7: ", 10);
		assert_non_null(strstr(err.msg, cases[i][0]));
		assert_non_null(strstr(err.msg, cases[i][2]));
		assert_string_equal(as_options_value(opt, cases[i][0]), old);
		assert_string_equal(as_options_origin(opt, cases[i][0]), "default");
		free(old);
	}
}

static void unknown_keys_bring_a_suggestion(void **state)
{
	static const char *const cases[][2] = {
		{"export.bitdepth", "did you mean export.bit_depth?"},
		{"exports.format", "did you mean export.format?"},
		{"threads", "did you mean general.threads?"},
		{"cache.threads", "did you mean general.threads?"},
		{"export.fromat", "did you mean export.format?"},
		{"zzz.qqq", "no setting is called \"zzz.qqq\""},
		{"", "no setting is called \"\""},
	};
	struct as_error err;

	(void)state;
	for (size_t i = 0; i < LENGTH(cases); i++) {
		assert_int_equal(as_options_set(opt, cases[i][0], "1", NULL, &err), AS_ERR_INVALID);
		assert_non_null(strstr(err.msg, cases[i][1]));
	}
}

static void suggestions_come_for_slips_only(void **state)
{
	static const char *const words[] = {"sync", "analyze", "info", "config", "demo"};
	static const char *const cases[][2] = {
		{"snyc", "sync"},   {"synk", "sync"}, {"analyse", "analyze"}, {"ana", "analyze"},
		{"conf", "config"}, {"inof", "info"}, {"export", NULL},       {"clip.wav", NULL},
		{"", NULL},         {"x", NULL},      {"demonstrate", NULL}};

	(void)state;
	for (size_t i = 0; i < LENGTH(cases); i++) {
		struct as_suggest s = {.word = cases[i][0]};

		for (size_t j = 0; j < LENGTH(words); j++)
			as_suggest_offer(&s, words[j]);
		if (cases[i][1])
			assert_string_equal(s.best, cases[i][1]);
		else
			assert_null(s.best);
	}
}

static void copies_are_independent(void **state)
{
	struct as_options *copy = as_options_copy(opt);

	(void)state;
	assert_non_null(copy);
	assert_int_equal(as_options_set(copy, "export.format", "flac", "here", NULL), AS_OK);
	assert_string_equal(as_options_text(copy, "export.format"), "flac");
	assert_string_equal(as_options_text(opt, "export.format"), "wav");
	as_options_free(copy);
	as_options_free(NULL);
}

static void keys_that_contradict_each_other_are_found(void **state)
{
	struct as_error err;

	(void)state;
	assert_int_equal(as_options_set(opt, "confidence.weak", "12", "a.ini:3", NULL), AS_OK);
	assert_int_equal(as_options_check(opt, &err), AS_ERR_INVALID);
	assert_non_null(strstr(err.msg, "confidence.weak = 12 (a.ini:3)"));
	assert_non_null(strstr(err.msg, "confidence.strong = 10 (default)"));
	assert_int_equal(as_options_set(opt, "confidence.strong", "12", "b.ini:4", NULL), AS_OK);
	assert_int_equal(as_options_check(opt, &err), AS_OK);
	assert_int_equal(as_options_set(opt, "export.format", "mp3", "--format", NULL), AS_OK);
	assert_int_equal(as_options_check(opt, &err), AS_OK);
	assert_int_equal(
		as_options_set(opt, "export.sample_rate_hz", "96000", "--sample-rate", NULL),
		AS_OK);
	assert_int_equal(as_options_check(opt, &err), AS_ERR_INVALID);
	assert_non_null(strstr(err.msg, "MP3"));
}

/* The library reads a dot even where the process has chosen a comma. */
static void numbers_ignore_the_locale(void **state)
{
	static const char *const comma[] = {"de_DE.UTF-8", "de_DE.utf8", "fr_FR.UTF-8", "de_DE"};
	bool found = false;

	(void)state;
	for (size_t i = 0; i < LENGTH(comma) && !found; i++)
		found = setlocale(LC_ALL, comma[i]) != NULL;
	if (!found)
		skip();
	assert_int_equal(as_options_set(opt, "analysis.probe_every_s", "2.5", NULL, NULL), AS_OK);
	assert_true(as_options_real(opt, "analysis.probe_every_s") == 2.5);
	assert_int_equal(as_options_set(opt, "analysis.probe_every_s", "2,5", NULL, NULL),
			 AS_ERR_INVALID);
	setlocale(LC_ALL, "C");
}

#define CASE(f) cmocka_unit_test_setup_teardown(f, make_options, free_options)

int main(void)
{
	const struct CMUnitTest tests[] = {
		CASE(every_row_is_complete),
		CASE(defaults_are_those_of_the_table),
		CASE(good_values_are_taken),
		CASE(bad_values_name_what_is_allowed),
		CASE(unknown_keys_bring_a_suggestion),
		CASE(suggestions_come_for_slips_only),
		CASE(copies_are_independent),
		CASE(keys_that_contradict_each_other_are_found),
		CASE(numbers_ignore_the_locale),
	};
	return cmocka_run_group_tests(tests, NULL, NULL);
}
