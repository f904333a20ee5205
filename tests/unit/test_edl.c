/* Edit decision lists: columns, reels, drop frame, several files, and a checker that finds what is wrong. */
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include <cmocka.h>

#include "edit.h"
#include "export/edl_names.h"

static const struct as_frame_rate pal = {25, 1, false}, ntsc_df = {30000, 1001, true};

static void test_written(void **state)
{
	(void)state;
	edit_stand(as_edl_write, as_edl_check);
	edit_stand_one(&(struct edit_wish){.n_clips = 40, .rate = {60000, 1001, true}}, as_edl_write, as_edl_check);
	struct as_timeline *t = edit_make(&(struct edit_wish){.n_clips = 40, .rate = pal});
	struct as_document d;
	edit_write(t, as_edl_write, as_edl_check, &d);
	assert_int_equal(d.n_files, t->n_tracks);
	as_document_done(&d);
	as_timeline_free(t);
}

static void test_text(void **state)
{
	(void)state;
	struct edit_wish wish = {.n_clips = 1, .rate = ntsc_df};
	struct as_timeline *t = edit_make(&wish);
	struct as_document d;
	int markers = t->n_markers;
	t->start_tc = 107892;
	t->media[0].tc_frames = 1798; /* one frame before the numbers that are left out */
	t->tracks[0].items[0].source_in = 1;
	t->tracks[0].items[0].record_in = 1799;
	t->tracks[0].items[0].record_out = 1849;
	t->n_markers = 1;
	edit_write(t, as_edl_write, as_edl_check, &d);
	assert_string_equal(d.files[0].suffix, "");
	assert_string_equal(
		d.files[0].text,
		"TITLE: the edit\n"
		"FCM: DROP FRAME\n\n"
		"001  A0000    AA/V  C        00:00:59;29 00:01:01;21 01:00:59;29 01:01:01;21\n"
		"* FROM CLIP NAME: A0000.mov\n"
		"* SOURCE FILE: /media/day1/A0000.mov\n"
		"* LOC: 01:00:00;00 BLUE    mark 0: a note\n");
	as_document_done(&d);
	t->media[0].has_video = t->tracks[0].items[0].picture = false;
	edit_write(t, as_edl_write, as_edl_check, &d);
	assert_non_null(strstr(d.files[0].text, " AA    C "));
	as_document_done(&d);
	t->media[0].channels = 1;
	edit_write(t, as_edl_write, as_edl_check, &d);
	assert_non_null(strstr(d.files[0].text, " A     C "));
	as_document_done(&d);
	t->n_markers = markers;
	as_timeline_free(t);
}

/* Each file's list goes on where the one before stopped. */
static void test_many(void **state)
{
	(void)state;
	struct edit_wish wish = {.n_clips = 5000, .rate = pal, .hostile = true};
	struct as_timeline *t = edit_make(&wish);
	struct as_document d = {0};
	struct as_error err;
	t->total_frames = 25 * 86400 + 1;
	assert_int_equal(as_edl_write(t, &d, &err), AS_ERR_INVALID);
	assert_non_null(strstr(err.msg, "24 hours"));
	for (int i = 0; i < t->n_tracks; i++) /* closer together */
		for (int k = 0; k < t->tracks[i].n_items; k++) {
			struct as_timeline_item *it = &t->tracks[i].items[k];
			it->record_in = 20 * k;
			it->record_out = 20 * k + 17;
		}
	t->total_frames = 100000;
	edit_write(t, as_edl_write, as_edl_check, &d);
	assert_int_equal(t->tracks[0].n_items, 3000);
	assert_int_equal(d.n_files, 4 + 1 + 1 + 1);
	assert_string_equal(d.files[0].suffix, "_Cam_A_B");
	assert_string_equal(d.files[1].suffix, "_Cam_A_B_2");
	assert_string_equal(d.files[3].suffix, "_Cam_A_B_4");
	assert_non_null(strstr(d.files[2].text, "\n999  "));
	assert_non_null(strstr(d.files[3].text, "\n003  "));
	assert_null(strstr(d.files[3].text, "\n004  "));
	as_document_done(&d);
	as_timeline_free(t);
}

static void test_not_held(void **state)
{
	(void)state;
	struct edit_wish wish = {.n_clips = 3, .rate = {120, 1, false}};
	struct as_timeline *t = edit_make(&wish);
	struct as_document d = {0};
	struct as_error err;
	assert_int_equal(as_edl_write(t, &d, &err), AS_ERR_INVALID);
	assert_non_null(strstr(err.msg, "frame rate"));
	assert_int_equal(d.n_files, 0);
	as_timeline_free(t);
}

/* Over midnight, on either side. */
static void test_midnight(void **state)
{
	(void)state;
	struct edit_wish wish = {.n_clips = 12, .rate = ntsc_df};
	struct as_timeline *t = edit_make(&wish);
	struct as_document d;
	t->start_tc = as_timecode_day_frames(t->rate) - 100;
	t->media[0].tc_frames = as_timecode_day_frames(t->rate) - 10;
	edit_write(t, as_edl_write, as_edl_check, &d);
	as_document_done(&d);
	as_timeline_free(t);
}

static void test_names(void **state)
{
	(void)state;
	struct edit_wish wish = {.n_clips = 10, .rate = pal};
	struct as_timeline *t = edit_make(&wish);
	static const char *const names[10] = {"GX010123.MP4", "gx010123.mov", "A001C003_230101_R1AB.mov",
					      "A001C003_230101_R2CD.mov", "AX.mov", "bl", ".hidden", "\xe6\x97\xa5.wav",
					      "", "new\nline.wav"};
	static const char *const reels[10] = {"GX010123", "GX010122", "A001C003", "A001C004x", "AXREEL",
					      "BLREEL", "HIDDEN", "REEL", "", "NEWLINE"};
	struct as_edl_names got;
	struct as_document d;
	for (int i = 0; i < 10; i++) {
		free(t->media[i].name);
		t->media[i].name = strdup(names[i]);
	}
	assert_int_equal(as_edl_names_make(t, &got, NULL), AS_OK);
	for (int i = 0; i < 10; i++) {
		assert_in_range(strlen(got.reels[i]), 1, 8);
		if (i != 1 && i != 3 && i != 8)
			assert_string_equal(got.reels[i], reels[i]);
		for (int k = 0; k < i; k++)
			assert_string_not_equal(got.reels[i], got.reels[k]);
	}
	as_edl_names_done(&got);
	edit_write(t, as_edl_write, as_edl_check, &d);
	as_document_done(&d);
	for (int i = 0; i < 4; i++) {
		free(t->media[i].target);
		t->media[i].target = strdup(edit_worse[i]); /* relative */
		free(t->media[i + 4].target);
		t->media[i + 4].target = malloc(100);
		snprintf(t->media[i + 4].target, 100, "/a/%s", edit_worse[i]);
		free(t->tracks[i].name);
		t->tracks[i].name = strdup(i % 2 ? "Same name" : "same NAME?");
	}
	edit_write(t, as_edl_write, as_edl_check, &d);
	as_document_done(&d);
	as_timeline_free(t);
}

static void test_checker(void **state)
{
	(void)state;
	static const char *const lines[] = {"TITLE:", "FCM:", "001", "* FROM CLIP", "* SOURCE FILE", "* LOC", NULL};
	struct edit_wish wish = {.n_clips = 12, .rate = pal};
	struct as_timeline *t = edit_make(&wish);
	struct as_document d;
	edit_write(t, as_edl_write, as_edl_check, &d);
	edit_cut(t, as_edl_check, &d, lines);
	edit_bend(t, as_edl_check, &d, false);
	edit_spoil(t, as_edl_check, &d, NULL, "NON-DROP", "DROP");
	edit_spoil(t, as_edl_check, &d, NULL, "\n002  ", "\n003  ");
	edit_spoil(t, as_edl_check, &d, NULL, "  A0001 ", "  A0000 ");
	edit_spoil(t, as_edl_check, &d, NULL, "  A0001 ", "  a0001 ");
	edit_spoil(t, as_edl_check, &d, NULL, "  A0001 ", "  A00011111 ");
	edit_spoil(t, as_edl_check, &d, NULL, "AA/V", "AA");
	edit_spoil(t, as_edl_check, &d, NULL, "AA/V", "V");
	edit_spoil(t, as_edl_check, &d, NULL, " C  ", " D  ");
	edit_spoil(t, as_edl_check, &d, " 01:", "0:", "1:");
	edit_spoil(t, as_edl_check, &d, " C   ", ":", ";");
	edit_spoil(t, as_edl_check, &d, NULL, "* FROM CLIP NAME: A", "* FROM CLIP NAME: B");
	edit_spoil(t, as_edl_check, &d, NULL, "/media/day1/A0001", "/media/day2/A0001");
	edit_spoil(t, as_edl_check, &d, NULL, "* LOC: 01", "* LOC: 0x");
	as_document_done(&d);
	as_timeline_free(t);
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(test_written),	 cmocka_unit_test(test_text),	  cmocka_unit_test(test_many),
		cmocka_unit_test(test_not_held), cmocka_unit_test(test_midnight), cmocka_unit_test(test_names),
		cmocka_unit_test(test_checker),
	};
	return cmocka_run_group_tests(tests, NULL, NULL);
}
