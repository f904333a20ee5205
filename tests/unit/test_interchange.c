/* OpenTimelineIO and FCPXML: any name, all rates, thousands of clips, valid, and checkers that find what is wrong. */
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include <cmocka.h>
#include <libxml/relaxng.h>

#include "edit.h"
#include "export/fcpxml_time.h"

static const struct as_frame_rate pal = {25, 1, false};

static void assert_valid(const struct as_document *d)
{
	xmlRelaxNGParserCtxt *p = xmlRelaxNGNewParserCtxt("tests/unit/fcpxml-1.10.rng");
	xmlRelaxNG *grammar = xmlRelaxNGParse(p);
	assert_non_null(grammar);
	xmlRelaxNGValidCtxt *v = xmlRelaxNGNewValidCtxt(grammar);
	xmlDoc *doc = xmlReadMemory(d->files[0].text, (int)d->files[0].bytes, NULL, NULL, XML_PARSE_NONET);
	assert_non_null(doc);
	assert_int_equal(xmlRelaxNGValidateDoc(v, doc), 0);
	xmlFreeDoc(doc);
	xmlRelaxNGFreeValidCtxt(v);
	xmlRelaxNGFree(grammar);
	xmlRelaxNGFreeParserCtxt(p);
}

static void test_written(void **state)
{
	(void)state;
	static const struct edit_wish wishes[] = {
		{.n_clips = 1, .rate = {25, 1, false}},
		{.n_clips = 5, .rate = {30000, 1001, true}, .drift = true},
		{.n_clips = 12, .rate = {60000, 1001, true}, .odd_tc = true},
		{.n_clips = 40, .rate = {24000, 1001, false}, .hostile = true, .odd_tc = true},
		{.n_clips = 40, .rate = {50, 1, false}, .windows = true, .drift = true, .hostile = true},
		{.n_clips = 40, .rate = {120, 1, false}, .drift = true},
		{.n_clips = 0, .rate = {25, 1, false}},
		{.n_clips = 5000, .rate = {60, 1, false}},
	};
	for (size_t i = 0; i < sizeof wishes / sizeof wishes[0]; i++) {
		struct as_timeline *t = edit_make(&wishes[i]);
		struct as_document d;
		edit_write(t, as_otio_write, as_otio_check, &d);
		as_document_done(&d);
		edit_write(t, as_fcpxml_write, as_fcpxml_check, &d);
		if (wishes[i].n_clips < 1000)
			assert_valid(&d);
		as_document_done(&d);
		as_timeline_free(t);
	}
}

static void test_names(void **state)
{
	(void)state;
	for (int i = 0; i < 4; i++) {
		struct edit_wish wish = {.n_clips = 1, .rate = pal};
		struct as_timeline *t = edit_make(&wish);
		struct as_document d;
		free(t->media[0].name);
		free(t->media[0].target);
		free(t->tracks[0].name);
		t->media[0].name = strdup(edit_worse[i]);
		t->tracks[0].name = strdup(edit_worse[i]);
		t->media[0].target = malloc(strlen(edit_worse[i]) + 2);
		sprintf(t->media[0].target, "/%s", edit_worse[i]);
		edit_write(t, as_otio_write, as_otio_check, &d);
		as_document_done(&d);
		edit_write(t, as_fcpxml_write, as_fcpxml_check, &d);
		assert_valid(&d);
		as_document_done(&d);
		as_timeline_free(t);
	}
}

static void test_otio_checker(void **state)
{
	(void)state;
	struct edit_wish wish = {.n_clips = 12, .rate = pal, .drift = true};
	struct as_timeline *t = edit_make(&wish);
	struct as_document d;
	edit_write(t, as_otio_write, as_otio_check, &d);
	edit_bend(t, as_otio_check, &d, false);
	edit_spoil(t, as_otio_check, &d, NULL, "Clip.1", "Gap.1");
	edit_spoil(t, as_otio_check, &d, NULL, "LinearTimeWarp.1", "FreezeFrame.1");
	edit_spoil(t, as_otio_check, &d, NULL, "\"rate\": 25.0", "\"rate\": 24.0");
	edit_spoil(t, as_otio_check, &d, "source_range", "\"value\": ", "\"value\": 1");
	edit_spoil(t, as_otio_check, &d, "available_range", "\"value\": ", "\"value\": 1");
	edit_spoil(t, as_otio_check, &d, NULL, "file:///", "file:////x/");
	edit_spoil(t, as_otio_check, &d, NULL, "file:///", "http://");
	edit_spoil(t, as_otio_check, &d, NULL, "\"Video\"", "\"Audio\"");
	as_document_done(&d);
	as_timeline_free(t);
}

static void test_fcpxml_checker(void **state)
{
	(void)state;
	static const char *const lines[] = {"<asset-clip", "<asset ", "</asset>",  "<media-rep", "<format",
					    "<timept",     "<marker", "<timeMap", "</spine>",   NULL};
	struct edit_wish wish = {.n_clips = 12, .rate = pal, .drift = true};
	struct as_timeline *t = edit_make(&wish);
	struct as_document d;
	edit_write(t, as_fcpxml_write, as_fcpxml_check, &d);
	edit_cut(t, as_fcpxml_check, &d, lines);
	edit_bend(t, as_fcpxml_check, &d, false);
	edit_spoil(t, as_fcpxml_check, &d, NULL, "version=\"1.10\"", "version=\"1.3\"");
	edit_spoil(t, as_fcpxml_check, &d, "<asset-clip", "offset=\"", "offset=\"1");
	edit_spoil(t, as_fcpxml_check, &d, "<asset-clip", "duration=\"", "duration=\"0.");
	edit_spoil(t, as_fcpxml_check, &d, "<asset-clip", "ref=\"a1\"", "ref=\"a2\"");
	edit_spoil(t, as_fcpxml_check, &d, "<asset-clip", "lane=\"", "lane=\"1");
	edit_spoil(t, as_fcpxml_check, &d, "<timept", "value=\"", "value=\"1");
	edit_spoil(t, as_fcpxml_check, &d, NULL, "src=\"file:///", "src=\"file:////x/");
	edit_spoil(t, as_fcpxml_check, &d, NULL, "<asset id", "<asset src=\"file:///a\" id");
	edit_spoil(t, as_fcpxml_check, &d, NULL, "tcFormat=\"NDF\"", "tcFormat=\"DF\"");
	edit_spoil(t, as_fcpxml_check, &d, NULL, "hasVideo=\"1\"", "hasVideo=\"0\"");
	/* Entities are not expanded, and nothing outside is read. */
	edit_spoil(t, as_fcpxml_check, &d, NULL, "<!DOCTYPE fcpxml>",
		   "<!DOCTYPE fcpxml [<!ENTITY a \"A0000\"><!ENTITY b SYSTEM \"file:///etc/passwd\">]>&b;");
	as_document_done(&d);
	as_timeline_free(t);
}

static void test_times(void **state)
{
	(void)state;
	char text[AS_FCP_TIME_BYTES];
	struct as_fcp_time t;
	const struct as_frame_rate ntsc = {30000, 1001, true};
	assert_string_equal(as_fcp_format(text, as_fcp_frames(1, ntsc)), "1001/30000s");
	assert_string_equal(as_fcp_format(text, as_fcp_frames(30000, ntsc)), "1001s");
	assert_string_equal(as_fcp_format(text, as_fcp_frames(0, ntsc)), "0s");
	assert_string_equal(as_fcp_format(text, as_fcp_add(as_fcp_frames(1, ntsc), as_fcp_time(1, 25))),
			    "2201/30000s");
	/* A day of the largest terms stays exact. */
	assert_string_equal(as_fcp_format(text, as_fcp_add(as_fcp_frames(2589408, ntsc),
							   as_fcp_time(86400LL * 48000 + 1, 48000))),
			    "41471979269/240000s");
	assert_true(as_fcp_parse("-5s", &t) && t.num == -5 && t.den == 1);
	assert_true(as_fcp_parse("2002/60000s", &t) && t.num == 1001 && t.den == 30000);
	static const char *const bad[] = {"", "s", "5", "5.0s", "1/0s", "1/s", "/2s", "1/2", "1/2ss",
					  "99999999999999999999s"};
	for (size_t i = 0; i < sizeof bad / sizeof bad[0]; i++)
		assert_false(as_fcp_parse(bad[i], &t));
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(test_written),      cmocka_unit_test(test_names),
		cmocka_unit_test(test_otio_checker), cmocka_unit_test(test_fcpxml_checker),
		cmocka_unit_test(test_times),
	};
	return cmocka_run_group_tests(tests, NULL, NULL);
}
