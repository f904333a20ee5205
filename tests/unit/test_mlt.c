/* MLT XML: tracks of sound and of pictures, producers for each use, and a checker that finds what is wrong. */
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
	edit_stand(as_mlt_write, as_mlt_check);
}

static void test_text(void **state)
{
	(void)state;
	struct edit_wish wish = {.n_clips = 12, .rate = pal};
	struct as_timeline *t = edit_make(&wish);
	struct as_document d;
	t->media[3].streams[1].timecode = true; /* not a track of its own */
	t->media[8].streams[1].timecode = true;
	edit_write(t, as_mlt_write, as_mlt_check, &d);
	const char *text = d.files[0].text;
	/* black; the sound of four devices, the pictures of one */
	assert_int_equal(edit_count(text, "<track "), 1 + 4 + 1);
	assert_int_equal(edit_count(text, "hide=\"video\""), 4);
	assert_int_equal(edit_count(text, "<property name=\"mlt_service\">mix</property>"), 4);
	assert_non_null(strstr(text, "frame_rate_num=\"25\" frame_rate_den=\"1\""));
	assert_non_null(strstr(text, "display_aspect_num=\"16\" display_aspect_den=\"9\""));
	assert_non_null(strstr(text, "guides\">[{&quot;comment&quot;: &quot;mark 0&quot;"));
	as_document_done(&d);
	as_timeline_free(t);
}

static void test_not_held(void **state)
{
	(void)state;
	for (int i = 0; i < 4; i++) {
		struct edit_wish wish = {.n_clips = 3, .rate = pal};
		struct as_timeline *t = edit_make(&wish);
		struct as_document d = {0};
		struct as_error err;
		free(t->media[1].name);
		free(t->tracks[0].name);
		t->media[1].name = strdup(edit_worse[i]);
		t->tracks[0].name = strdup(edit_worse[i]);
		edit_write(t, as_mlt_write, as_mlt_check, &d); /* names: anything goes */
		as_document_done(&d);
		free(t->media[1].target);
		t->media[1].target = strdup(edit_worse[i]);
		const bool held = i == 0 || i == 3; /* line breaks and quotes; not what is no text */
		assert_int_equal(as_mlt_holds(edit_worse[i]), held);
		if (held) {
			edit_write(t, as_mlt_write, as_mlt_check, &d);
		} else {
			assert_int_equal(as_mlt_write(t, &d, &err), AS_ERR_INVALID);
			assert_non_null(strstr(err.msg, "A0001.mov"));
		}
		as_document_done(&d);
		as_timeline_free(t);
	}
}

static void test_checker(void **state)
{
	(void)state;
	static const char *const lines[] = {"<profile", "<producer", "<property name=\"length\"",
					    "<property name=\"resource\"", "<property name=\"mlt_service\"",
					    "<property name=\"audio_index\"", "<property name=\"kdenlive:id\"",
					    "<property name=\"shotcut\"", "<property name=\"b_track\"", "<entry",
					    "<blank", "<track ", "<playlist", "</tractor>", "</mlt>", NULL};
	struct edit_wish wish = {.n_clips = 12, .rate = pal};
	struct as_timeline *t = edit_make(&wish);
	struct as_document d;
	edit_write(t, as_mlt_write, as_mlt_check, &d);
	edit_cut(t, as_mlt_check, &d, lines);
	edit_bend(t, as_mlt_check, &d, false);
	edit_spoil(t, as_mlt_check, &d, NULL, "<blank length=\"", "<blank length=\"1");
	edit_spoil(t, as_mlt_check, &d, NULL, "<blank length=\"", "<blank length=\"-");
	edit_spoil(t, as_mlt_check, &d, NULL, "<entry producer=\"clip0_0_1\" in=\"0\"", "<entry producer=\"clip0_0_1\" in=\"1\"");
	edit_spoil(t, as_mlt_check, &d, NULL, "<entry producer=\"clip0_0_1\"", "<entry producer=\"clip0_1_1\"");
	edit_spoil(t, as_mlt_check, &d, NULL, "<entry producer=\"clip0_0_1\"", "<entry producer=\"none\"");
	edit_spoil(t, as_mlt_check, &d, NULL, "<producer id=\"clip0_1_1\"", "<producer id=\"clip0_0_1\"");
	edit_spoil(t, as_mlt_check, &d, NULL, "/media/day1/A0001", "/media/day2/A0001");
	edit_spoil(t, as_mlt_check, &d, "id=\"clip0_0_1\"", "A0000.mov</property>", "B0000.mov</property>");
	edit_spoil(t, as_mlt_check, &d, NULL, "hide=\"audio\"", "hide=\"video\"");
	edit_spoil(t, as_mlt_check, &d, NULL, "hide=\"audio\"", "");
	edit_spoil(t, as_mlt_check, &d, NULL, "<property name=\"start\">", "<property name=\"start\">1");
	edit_spoil(t, as_mlt_check, &d, NULL, "</tractor>", "</tractor><playlist id=\"x\"/>");
	edit_spoil(t, as_mlt_check, &d, NULL, "<property name=\"resource\">", "<property name=\"resource\">x</property><property name=\"resource\">");
	edit_spoil(t, as_mlt_check, &d, NULL, "<mlt ", "<mlt><mlt ");
	as_document_done(&d);
	as_timeline_free(t);
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(test_written),
		cmocka_unit_test(test_text),
		cmocka_unit_test(test_not_held),
		cmocka_unit_test(test_checker),
	};
	return cmocka_run_group_tests(tests, NULL, NULL);
}
