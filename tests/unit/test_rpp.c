/* Reaper projects: exact to 12 decimals, any name, and a checker that finds what is wrong. */
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include <cmocka.h>

#include "edit.h"

static const struct as_frame_rate pal = {25, 1, false}, ntsc_df = {30000, 1001, true};

static void test_written(void **state)
{
	(void)state;
	edit_stand(as_rpp_write, as_rpp_check);
}

static void test_text(void **state)
{
	(void)state;
	struct edit_wish wish = {.n_clips = 1, .rate = ntsc_df, .drift = true};
	struct as_timeline *t = edit_make(&wish);
	struct as_document d;
	t->tracks[0].items[0].start_s = 1.0 / 3;
	t->tracks[0].items[0].end_s = 100000.0 + 1.0 / 3;
	t->media[0].duration_s = 1e6;
	edit_write(t, as_rpp_write, as_rpp_check, &d);
	const char *text = d.files[0].text;
	assert_non_null(strstr(text, "\n      POSITION 0.333333333333\n      LENGTH 100000.000000000000\n"));
	assert_non_null(strstr(text, "\n      PLAYRATE 0.999920000000 0 "));
	assert_non_null(strstr(text, "\n  PROJOFFS 3603.600000000000 0 0\n  TIMEMODE 5 5 -1 30 1 0 -1\n"));
	assert_non_null(strstr(text, "\n      <SOURCE VIDEO\n        FILE \"/media/day1/A0000.mov\"\n      >\n"));
	as_document_done(&d);
	as_timeline_free(t);
}

/* By Reaper's rule: the first of " ' ` that the string does not hold. */
static void test_quotes(void **state)
{
	(void)state;
	static const struct {
		const char *path, *want;
	} rows[] = {{"/a b.wav", "FILE \"/a b.wav\"\n"},
		    {"/a\"b.wav", "FILE '/a\"b.wav'\n"},
		    {"/a\"'b.wav", "FILE `/a\"'b.wav`\n"},
		    {"/lat\xefn \xff\t.wav", "FILE \"/lat\xefn \xff\t.wav\"\n"},
		    {"/a\"'`b.wav", "FILE /a\"'`b.wav\n"}, /* no quote is left: bare, if there is no blank */
		    {"'/a\"`b.wav", NULL},
		    {"/a \"'`b.wav", NULL},
		    {"/a\t\"'`b.wav", NULL},
		    {"/a\nb.wav", NULL},
		    {"/a\rb.wav", NULL}};
	for (size_t i = 0; i < sizeof rows / sizeof rows[0]; i++) {
		struct edit_wish wish = {.n_clips = 1, .rate = pal};
		struct as_timeline *t = edit_make(&wish);
		struct as_document d = {0};
		struct as_error err;
		free(t->media[0].target);
		t->media[0].target = strdup(rows[i].path);
		assert_int_equal(as_rpp_holds(rows[i].path), rows[i].want != NULL);
		if (rows[i].want) {
			edit_write(t, as_rpp_write, as_rpp_check, &d);
			assert_non_null(strstr(d.files[0].text, rows[i].want));
		} else {
			assert_int_equal(as_rpp_write(t, &d, &err), AS_ERR_INVALID);
			assert_non_null(strstr(err.msg, "/media/day1/A0000.mov"));
			assert_int_equal(d.n_files, 0);
		}
		as_document_done(&d);
		as_timeline_free(t);
	}
	for (int i = 0; i < 4; i++) { /* as names: anything goes */
		struct edit_wish wish = {.n_clips = 1, .rate = pal};
		struct as_timeline *t = edit_make(&wish);
		struct as_document d;
		free(t->media[0].name);
		free(t->tracks[0].name);
		t->media[0].name = strdup(edit_worse[i]);
		t->tracks[0].name = strdup(edit_worse[i]);
		edit_write(t, as_rpp_write, as_rpp_check, &d);
		as_document_done(&d);
		as_timeline_free(t);
	}
}

static void test_checker(void **state)
{
	(void)state;
	static const char *const lines[] = {"POSITION", "LENGTH", "SOFFS", "PLAYRATE", "LOOP", "NAME", "FILE",
					    "MARKER", "TIMEMODE", "<TRACK", "<ITEM", "<SOURCE", ">", NULL};
	struct edit_wish wish = {.n_clips = 12, .rate = pal, .drift = true};
	struct as_timeline *t = edit_make(&wish);
	struct as_document d;
	edit_write(t, as_rpp_write, as_rpp_check, &d);
	edit_cut(t, as_rpp_check, &d, lines);
	edit_bend(t, as_rpp_check, &d, true);
	edit_spoil(t, as_rpp_check, &d, NULL, "POSITION ", "POSITION 1");
	edit_spoil(t, as_rpp_check, &d, NULL, "POSITION ", "POSITION -");
	edit_spoil(t, as_rpp_check, &d, NULL, "POSITION ", "POSITION nan");
	edit_spoil(t, as_rpp_check, &d, NULL, "LENGTH ", "LENGTH 9");
	edit_spoil(t, as_rpp_check, &d, "SOFFS ", ".", ".00001");
	edit_spoil(t, as_rpp_check, &d, "SOFFS ", ".", ",");
	edit_spoil(t, as_rpp_check, &d, NULL, "LOOP 0", "LOOP 1");
	edit_spoil(t, as_rpp_check, &d, NULL, "000 0 0 -1 0 0.0025", "000 1 0 -1 0 0.0025");
	edit_spoil(t, as_rpp_check, &d, NULL, ".mov\"\n      >", ".mov\n      >");
	edit_spoil(t, as_rpp_check, &d, NULL, "\n  >\n>\n", "\n>\n");
	edit_spoil(t, as_rpp_check, &d, NULL, "\n  >\n>\n", "\n  >\n>\n>\n");
	edit_spoil(t, as_rpp_check, &d, NULL, "\n  >\n>\n", "\n  >\n>\nmore\n");
	edit_spoil(t, as_rpp_check, &d, NULL, "\n  <TRACK", "\n  <TRACK\n    NAME \"CamA\"\n  >\n  <TRACK");
	as_document_done(&d);
	as_timeline_free(t);
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(test_written),
		cmocka_unit_test(test_text),
		cmocka_unit_test(test_quotes),
		cmocka_unit_test(test_checker),
	};
	return cmocka_run_group_tests(tests, NULL, NULL);
}
