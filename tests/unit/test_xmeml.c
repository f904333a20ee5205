/* Final Cut Pro 7 XML: what is linked, what stands in full, and a checker that finds what is wrong. */
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include <cmocka.h>

#include "edit.h"

static const struct as_frame_rate pal = {25, 1, false};

static void test_written(void **state)
{
	(void)state;
	edit_stand(as_xmeml_write, as_xmeml_check);
	edit_stand_one(&(struct edit_wish){.n_clips = 40, .rate = {120, 1, false}}, as_xmeml_write, as_xmeml_check);
}

static void test_text(void **state)
{
	(void)state;
	struct edit_wish wish = {.n_clips = 12, .rate = {30000, 1001, true}};
	struct as_timeline *t = edit_make(&wish);
	struct as_document d;
	t->start_tc = 107892;
	/* the same file twice */
	t->tracks[0].items[3].media = t->tracks[0].items[0].media;
	t->tracks[0].items[3].source_in = 4;
	t->tracks[0].items[3].record_out = t->tracks[0].items[3].record_in + 30;
	edit_write(t, as_xmeml_write, as_xmeml_check, &d);
	const char *text = d.files[0].text;
	assert_non_null(strstr(text, "<?xml version=\"1.0\" encoding=\"UTF-8\"?>\n<!DOCTYPE xmeml>"));
	assert_int_equal(edit_count(text, "<file id=\"file-1\">"), 1);
	assert_int_equal(edit_count(text, "<file id=\"file-1\"/>"), 5);
	assert_int_equal(edit_count(text, "<pathurl>file://localhost/media/day1/A0000.mov</pathurl>"), 1);
	/* one track of pictures; two, six, one and two of sound */
	assert_int_equal(edit_count(text, "<track "), 1 + 2 + 6 + 1 + 1);
	assert_non_null(strstr(text, "<string>01:00:00;00</string>"));
	assert_non_null(strstr(text, "<timebase>30</timebase>"));
	assert_null(strstr(text, "<ntsc>FALSE</ntsc>"));
	assert_int_equal(edit_count(text, "premiereTrackType=\"Stereo\""), 2);
	as_document_done(&d);
	as_timeline_free(t);
}

/* What as names and as paths a file can have. */
static void test_names(void **state)
{
	(void)state;
	for (int i = 0; i < 4; i++) {
		struct edit_wish wish = {.n_clips = 5, .rate = pal};
		struct as_timeline *t = edit_make(&wish);
		struct as_document d;
		for (int k = 0; k < 5; k++) {
			free(t->media[k].name);
			free(t->media[k].target);
			t->media[k].name = strdup(edit_worse[i]);
			t->media[k].target = malloc(200);
			snprintf(t->media[k].target, 200, "%s%d/%s", k % 2 ? "/a&b/" : "", k, edit_worse[i]);
		}
		free(t->name);
		t->name = strdup(edit_worse[i]);
		edit_write(t, as_xmeml_write, as_xmeml_check, &d);
		as_document_done(&d);
		as_timeline_free(t);
	}
}

static void test_checker(void **state)
{
	(void)state;
	static const char *const lines[] = {"<!DOCTYPE", "<name>", "<timebase>", "<ntsc>", "<string>", "<frame>",
					    "<start>", "<end>", "<pathurl>", "<mediatype>",
					    "<linkclipref>", "<trackindex>", "<clipindex>", "<channelcount>", "<track ",
					    "</track>", "<clipitem", "</sequence>", "</xmeml>", NULL};
	struct edit_wish wish = {.n_clips = 12, .rate = pal};
	struct as_timeline *t = edit_make(&wish);
	struct as_document d;
	edit_write(t, as_xmeml_write, as_xmeml_check, &d);
	edit_cut(t, as_xmeml_check, &d, lines);
	edit_bend(t, as_xmeml_check, &d, false);
	edit_spoil(t, as_xmeml_check, &d, "<clipitem", "<start>", "<start>1");
	edit_spoil(t, as_xmeml_check, &d, "<clipitem", "<end>", "<end>-");
	edit_spoil(t, as_xmeml_check, &d, "<clipitem", "<in>", "<in> ");
	edit_spoil(t, as_xmeml_check, &d, "<clipitem", "<in>0</in>", "");
	edit_spoil(t, as_xmeml_check, &d, "<clipitem", "<out>", "<out>1");
	edit_spoil(t, as_xmeml_check, &d, NULL, "clipitem-1-1-1", "clipitem-1-1-9");
	edit_spoil(t, as_xmeml_check, &d, "<link>", "clipitem-1-1-1", "clipitem-1-2-1");
	edit_spoil(t, as_xmeml_check, &d, NULL, "<file id=\"file-2\">", "<file id=\"file-1\">");
	edit_spoil(t, as_xmeml_check, &d, NULL, "<file id=\"file-1\"/>", "<file id=\"file-2\"/>");
	edit_spoil(t, as_xmeml_check, &d, NULL, "file://localhost/media/day1/A0001", "file://localhost/media/day2/A0001");
	edit_spoil(t, as_xmeml_check, &d, NULL, "file://localhost/media/day1/A0001", "/media/day1/A0001");
	edit_spoil(t, as_xmeml_check, &d, "<link>", "<trackindex>1<", "<trackindex>2<");
	edit_spoil(t, as_xmeml_check, &d, NULL, "<mediatype>audio", "<mediatype>video");
	edit_spoil(t, as_xmeml_check, &d, "<file ", "<string>0", "<string>1");
	edit_spoil(t, as_xmeml_check, &d, "<file ", "NDF", "DF");
	edit_spoil(t, as_xmeml_check, &d, "<file ", "<timebase>25", "<timebase>24");
	edit_spoil(t, as_xmeml_check, &d, NULL, "<channelcount>2", "<channelcount>1");
	edit_spoil(t, as_xmeml_check, &d, NULL, "<marker>", "<marker><name>x</name></marker><marker>");
	edit_spoil(t, as_xmeml_check, &d, NULL, "</clipitem>", "</clipitem><clipitem/>");
	edit_spoil(t, as_xmeml_check, &d, NULL, "<xmeml", "<xmemo");
	edit_spoil(t, as_xmeml_check, &d, NULL, "A0001.mov</name>", "A&x;.mov</name>");
	as_document_done(&d);
	as_timeline_free(t);
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(test_written),
		cmocka_unit_test(test_text),
		cmocka_unit_test(test_names),
		cmocka_unit_test(test_checker),
	};
	return cmocka_run_group_tests(tests, NULL, NULL);
}
