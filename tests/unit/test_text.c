#include <errno.h>
#include <math.h>
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include <cmocka.h>

#include "base/error.h"
#include "base/log.h"
#include "base/text.h"
#include "base/width.h"

#define LENGTH(a) (sizeof(a) / sizeof *(a))

static void decode_takes_only_wellformed_utf8(void **state)
{
	static const char *const bad[] = {
		"\x80",
		"\xbf",
		"\xc0\x80",
		"\xc1\xbf",
		"\xc2",
		"\xc2 ",
		"\xe0\x80\x80",
		"\xe0\x9f\xbf",
		"\xed\xa0\x80",
		"\xed\xbf\xbf",
		"\xe2\x82",
		"\xf0\x80\x80\x80",
		"\xf0\x8f\xbf\xbf",
		"\xf4\x90\x80\x80",
		"\xf5\x80\x80\x80",
		"\xff",
		"\xfe\xfe",
		"\xf0\x9f\x98",
	};
	static const struct {
		const char *s;
		int bytes;
		uint32_t cp;
	} good[] = {{"A", 1, 'A'},
		    {"\x7f", 1, 0x7f},
		    {"\xc2\x80", 2, 0x80},
		    {"\xdf\xbf", 2, 0x7ff},
		    {"\xe0\xa0\x80", 3, 0x800},
		    {"\xed\x9f\xbf", 3, 0xd7ff},
		    {"\xee\x80\x80", 3, 0xe000},
		    {"\xef\xbf\xbf", 3, 0xffff},
		    {"\xf0\x90\x80\x80", 4, 0x10000},
		    {"\xf4\x8f\xbf\xbf", 4, 0x10ffff}};
	char back[5];
	uint32_t cp;

	(void)state;
	for (size_t i = 0; i < LENGTH(bad); i++)
		assert_int_equal(as_text_decode(bad[i], &cp), -1);
	for (size_t i = 0; i < LENGTH(good); i++) {
		assert_int_equal(as_text_decode(good[i].s, &cp), good[i].bytes);
		assert_int_equal(as_text_encode(back, cp), good[i].bytes);
		assert_string_equal(back, good[i].s);
		assert_int_equal(cp, good[i].cp);
	}
	assert_int_equal(as_text_decode("", &cp), 0);
}

static void contains_looks_without_case(void **state)
{
	(void)state;
	assert_true(as_text_contains("CamA_001.MP4", "cama"));
	assert_true(as_text_contains("CamA_001.MP4", ".mp4"));
	assert_true(as_text_contains("aab", "AB"));
	assert_true(as_text_contains("", ""));
	assert_true(as_text_contains("x", ""));
	assert_false(as_text_contains("", "x"));
	assert_false(as_text_contains("CamA", "CamA_"));
	assert_true(as_text_contains("Ärger", "RGER"));
}

static void escape_shows_what_a_terminal_would_obey(void **state)
{
	static const char *const cases[][2] = {
		{"plain name.wav", "plain name.wav"},
		{"Zoë – 日本.mov", "Zoë – 日本.mov"},
		{"a\nb\tc\rd", "a\\nb\\tc\\rd"},
		{"\x1b[31mred\x07", "\\x1b[31mred\\x07"},
		{"\x7f", "\\x7f"},
		{"\xc2\x9b", "\\u009b"},
		{"gpj.\xe2\x80\xae"
		 "exe",
		 "gpj.\\u202eexe"},
		{"\xe2\x81\xa6x\xe2\x81\xa9", "\\u2066x\\u2069"},
		{"bad\xff\xc0\xaf", "bad\\xff\\xc0\\xaf"},
		{"cut \xe6\x97", "cut \\xe6\\x97"},
		{"", ""},
	};
	char out[128];

	(void)state;
	for (size_t i = 0; i < LENGTH(cases); i++) {
		char *heap = as_text_escape_dup(cases[i][0]);

		assert_string_equal(as_text_escape(out, sizeof out, cases[i][0]), cases[i][1]);
		assert_non_null(heap);
		assert_string_equal(heap, cases[i][1]);
		/* What is escaped already stays as it is. */
		assert_string_equal(as_text_escape(out, sizeof out, heap), cases[i][1]);
		free(heap);
	}
}

static void escape_never_cuts_inside_a_unit(void **state)
{
	const char *s = "a\x1b日\xff\xe2\x80\xae";
	static const size_t whole[] = {0, 1, 5, 8, 12, 18};
	char out[32];

	(void)state;
	for (size_t room = 1; room <= 20; room++) {
		size_t n, fits = 0;

		memset(out, '#', sizeof out);
		as_text_escape(out, room, s);
		n = strlen(out);
		for (size_t i = 0; i < LENGTH(whole); i++)
			if (whole[i] < room)
				fits = whole[i];
		assert_int_equal(n, fits);
		assert_int_equal(out[room], '#');
	}
	out[0] = '#';
	as_text_escape(out, 0, s);
	assert_int_equal(out[0], '#');
}

static void columns_need_no_locale(void **state)
{
	static const struct {
		const char *s;
		int cols;
	} cases[] = {{"", 0},
		     {"abc", 3},
		     {"Zoë", 3},
		     {"Zoe\xcc\x88", 3},
		     {"日本語", 6},
		     {"ｆｕｌｌ", 8},
		     {"ﾊﾝｶｸ", 4},
		     {"한글", 4},
		     {"\xe1\x84\x92\xe1\x85\xa1\xe1\x86\xab", 2}, /* the same syllable in jamo */
		     {"🎤", 2},
		     {"a\xe2\x80\x8b"
		      "b",
		      2},
		     {"…", 1},
		     {"\xff", 1}};

	(void)state;
	for (size_t i = 0; i < LENGTH(cases); i++)
		assert_int_equal(as_text_cols(cases[i].s), cases[i].cols);
	assert_int_equal(as_char_width(0x300), 0);
	assert_int_equal(as_char_width(0xad), 1);
	assert_int_equal(as_char_width(0x10ffff), 1);
	assert_int_equal(as_char_width(0xe0100), 0);
}

static void fit_keeps_to_columns_and_bytes(void **state)
{
	char out[64];

	(void)state;
	assert_int_equal(as_text_fit(out, sizeof out, "short", 5, 0, 0), 5);
	assert_string_equal(out, "short");
	assert_int_equal(as_text_fit(out, sizeof out, "longer", 5, 0, 0), 5);
	assert_string_equal(out, "long…");
	assert_int_equal(as_text_fit(out, sizeof out, "longer", 5, 0, 1), 5);
	assert_string_equal(out, "long~");
	assert_int_equal(as_text_fit(out, sizeof out, "interview_camera.mov", 11, 1, 0), 11);
	assert_string_equal(out, "inter…a.mov");
	assert_int_equal(as_text_fit(out, sizeof out, "日本語日本語", 6, 0, 0), 5);
	assert_string_equal(out, "日本…");
	assert_int_equal(as_text_fit(out, sizeof out, "日本語.mov", 8, 1, 0), 8);
	assert_string_equal(out, "日本…mov");
	assert_int_equal(as_text_fit(out, sizeof out, "abc", 1, 0, 0), 1);
	assert_string_equal(out, "…");
	assert_int_equal(as_text_fit(out, sizeof out, "abc", 0, 0, 0), 0);
	assert_string_equal(out, "");
	assert_int_equal(as_text_fit(out, sizeof out, "e\xcc\x81tude", 2, 0, 1), 2);
	assert_string_equal(out, "e\xcc\x81~");
}

static void fit_never_writes_past_its_buffer(void **state)
{
	static const char *const texts[] = {"日本語日本語日本語",
					    "e\xcc\x81\xcc\x81\xcc\x81\xcc\x81.wav",
					    "plain_name.wav", "\xff\xfe\xfd\xfc\xfb"};
	char out[40];

	(void)state;
	for (size_t t = 0; t < LENGTH(texts); t++)
		for (size_t room = 1; room < 32; room++)
			for (int cols = -1; cols < 20; cols++)
				for (int mode = 0; mode < 4; mode++) {
					int used;

					memset(out, '#', sizeof out);
					used = as_text_fit(out, room, texts[t], cols, mode & 1,
							   mode & 2);
					assert_true(strlen(out) < room);
					assert_int_equal(out[room], '#');
					assert_int_equal(used, as_text_cols(out));
					assert_true(used <= (cols > 0 ? cols : 0));
				}
}

static void natural_order_is_a_total_order(void **state)
{
	static const char *const sorted[] = {
		"",
		"C0001.MP4",
		"CamA_2.mov",
		"CamA_10.mov",
		"camA_10b.mov",
		"clip",
		"clip 10",
		"Clip2",
		"x",
		"x0",
		"x00",
		"x01",
		"x1",
		"x2",
		"x12345678901234567890123",
		"x99999999999999999999999",
	};

	(void)state;
	for (size_t i = 0; i < LENGTH(sorted); i++)
		for (size_t j = 0; j < LENGTH(sorted); j++) {
			int order = as_text_natural_cmp(sorted[i], sorted[j]);

			assert_true(i < j ? order < 0 : i > j ? order > 0 : order == 0);
		}
}

static void times_read_well(void **state)
{
	char out[40];

	(void)state;
	assert_string_equal(as_text_hms(out, sizeof out, 432.403, 3), "00:07:12.403");
	assert_string_equal(as_text_hms(out, sizeof out, 59.9996, 3), "00:01:00.000");
	assert_string_equal(as_text_hms(out, sizeof out, 3599.5, 0), "01:00:00");
	assert_string_equal(as_text_hms(out, sizeof out, -0.5, 1), "-00:00:00.5");
	assert_string_equal(as_text_hms(out, sizeof out, -0.0001, 3), "00:00:00.000");
	assert_string_equal(as_text_hms(out, sizeof out, 360000.25, 6), "100:00:00.250000");
	assert_string_equal(as_text_hms(out, sizeof out, NAN, 3), "--");
	assert_string_equal(as_text_hms(out, sizeof out, INFINITY, 3), "--");
	assert_string_equal(as_text_hms(out, 6, 432.403, 3), "00:07");
	assert_string_equal(as_text_duration(out, sizeof out, 602.3), "10:02");
	assert_string_equal(as_text_duration(out, sizeof out, 3731), "1:02:11");
	assert_string_equal(as_text_duration(out, sizeof out, 7.5), "0:08");
	assert_string_equal(as_text_duration(out, sizeof out, -61), "-1:01");
	assert_string_equal(as_text_duration(out, sizeof out, NAN), "--");
}

static void paths_join_and_split(void **state)
{
	static const char *const cases[][3] = {{"a", "b", "a/b"},  {"a/", "b", "a/b"},
					       {"/", "b", "/b"},   {"", "b", "b"},
					       {"a", "/b", "a/b"}, {"a", "", "a/"}};

	(void)state;
	for (size_t i = 0; i < LENGTH(cases); i++) {
		char *joined = as_path_join(cases[i][0], cases[i][1]);

		assert_string_equal(joined, cases[i][2]);
		free(joined);
	}
	assert_string_equal(as_path_base("/a/b.wav"), "b.wav");
	assert_string_equal(as_path_base("b.wav"), "b.wav");
	assert_string_equal(as_path_base("a/"), "");
}

static void error_messages_are_safe_and_keep_the_reason(void **state)
{
	struct as_error err = {0};
	char path[2000];

	(void)state;
	assert_int_equal(as_fail(&err, AS_ERR_FORMAT, "%s: damaged", "a\nb\x1b.wav"),
			 AS_ERR_FORMAT);
	assert_string_equal(err.msg, "a\\nb\\x1b.wav: damaged");
	assert_int_equal(err.sys_errno, 0);
	memset(path, 'd', sizeof path);
	strcpy(path + sizeof path - 10, "/name.wav");
	errno = ENOSPC;
	assert_int_equal(as_fail_errno(&err, path, "cannot write"), AS_ERR_IO);
	assert_int_equal(err.sys_errno, ENOSPC);
	assert_non_null(strstr(err.msg, "/name.wav: cannot write: "));
	assert_non_null(strstr(err.msg, "space"));
	errno = ENOMEM;
	assert_int_equal(as_fail_errno(NULL, "x", NULL), AS_ERR_MEMORY);
	as_error_clear(&err);
	assert_int_equal(err.status, AS_OK);
	assert_string_equal(err.msg, "");
	as_error_clear(NULL);
}

struct heard {
	int calls;
	enum as_log_level level;
	char line[64];
};

static void hear(void *ctx, enum as_log_level level, const char *line)
{
	struct heard *h = ctx;

	h->calls++;
	h->level = level;
	as_text_escape(h->line, sizeof h->line, line);
}

static void log_is_silent_until_a_sink_is_set(void **state)
{
	struct heard h = {0};

	(void)state;
	as_log(AS_LOG_ERROR, "nobody hears this");
	as_log_set_sink(hear, &h, AS_LOG_WARN);
	as_log(AS_LOG_INFO, "too quiet");
	assert_int_equal(h.calls, 0);
	as_log(AS_LOG_WARN, "%s\r\n", "cam\x1b[0m");
	assert_int_equal(h.calls, 1);
	assert_int_equal(h.level, AS_LOG_WARN);
	assert_string_equal(h.line, "cam\\x1b[0m");
	as_log(AS_LOG_WARN, "\n");
	assert_int_equal(h.calls, 1);
	as_log_set_sink(NULL, NULL, AS_LOG_DEBUG);
	as_log(AS_LOG_ERROR, "nobody hears this either");
	assert_int_equal(h.calls, 1);
}

static void test_straighten(void **state)
{
	static const struct {
		const char *s, *want;
	} cases[] = {{"", ""},
		     {"plain Zoë 日本", "plain Zoë 日本"},
		     {"👨\u200d👩\u200d👧.mov", "👨👩👧.mov"},
		     {"👍🏽", "👍"},
		     {"👩🏽\u200d🚀", "👩🚀"},
		     {"🏽", "🏽"},
		     {"🇩🇪 🇫🇷", "DE FR"},
		     {"❤\ufe0f\u200d🔥", "❤🔥"},
		     {"1\ufe0f\u20e3", "1\u20e3"},
		     {"👩\u200d⚕\ufe0f", "👩⚕"},
		     {"🏴\U000E0067\U000E0062\U000E0065\U000E006E\U000E0067\U000E007F", "🏴"},
		     /* a joiner of letters shapes them */
		     {"क्\u200dष", "क्\u200dष"},
		     {"a\xff\xe2\x80", "a\xff\xe2\x80"}};
	char text[128];

	(void)state;
	for (size_t i = 0; i < LENGTH(cases); i++) {
		snprintf(text, sizeof text, "%s", cases[i].s);
		assert_string_equal(as_text_straighten(text), cases[i].want);
	}
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(decode_takes_only_wellformed_utf8),
		cmocka_unit_test(test_straighten),
		cmocka_unit_test(contains_looks_without_case),
		cmocka_unit_test(escape_shows_what_a_terminal_would_obey),
		cmocka_unit_test(escape_never_cuts_inside_a_unit),
		cmocka_unit_test(columns_need_no_locale),
		cmocka_unit_test(fit_keeps_to_columns_and_bytes),
		cmocka_unit_test(fit_never_writes_past_its_buffer),
		cmocka_unit_test(natural_order_is_a_total_order),
		cmocka_unit_test(times_read_well),
		cmocka_unit_test(paths_join_and_split),
		cmocka_unit_test(error_messages_are_safe_and_keep_the_reason),
		cmocka_unit_test(log_is_silent_until_a_sink_is_set),
	};
	return cmocka_run_group_tests(tests, NULL, NULL);
}
