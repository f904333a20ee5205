/* The placement table, its notes and its figures, rendered from a snapshot made by hand. */
#include <math.h>
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include <cmocka.h>

#include "base/figures.h"
#include "base/text.h"
#include "cli/info.h"
#include "cli/table.h"
#include "shoot.h"

static const struct as_term plain = {.cols = 80, .rows = 24, .unicode = true};

typedef void (*renderer)(FILE *out, const struct as_term *t, const struct as_snapshot *s);

static void render_outputs(FILE *out, const struct as_term *t, const struct as_snapshot *s)
{
	as_table_outputs(out, t, s, "synced/");
}

static char *render(renderer put, const struct as_term *t, const struct as_snapshot *s)
{
	char *text = NULL;
	size_t n = 0;
	FILE *out = open_memstream(&text, &n);
	assert_non_null(out);
	put(out, t, s);
	assert_int_equal(fclose(out), 0);
	return text;
}

static const renderer renderers[] = {as_table_placements, render_outputs, as_info_put};
#define N_RENDERERS (sizeof(renderers) / sizeof(*renderers))

static void init(struct shoot *s)
{
	shoot_init(s);
	s->snap.outputs = s->outputs;
	s->snap.n_outputs = 2;
}

static void assert_lines_fit(char *text, int cols)
{
	for (char *line = strtok(text, "\n"); line; line = strtok(NULL, "\n"))
		if (as_text_cols(line) > cols)
			fail_msg("%d columns: %s", as_text_cols(line), line);
}

static void test_every_line_fits(void **state)
{
	(void)state;
	struct shoot s;
	init(&s);
	/* Every column has something in it. */
	s.clips[SHOOT_CAMA_1].start_tc_s = 36000;
	s.clips[SHOOT_CAMA_1].created_s = 1700000000;
	s.clips[SHOOT_CAMA_1].format = "matroska pcm_s24le";
	for (int cols = 70; cols <= 200; cols += 10)
		for (int unicode = 0; unicode < 2; unicode++)
			for (size_t i = 0; i < N_RENDERERS; i++) {
				struct as_term t = {.cols = cols, .rows = 24, .unicode = unicode};
				char *text = render(renderers[i], &t, &s.snap);
				assert_lines_fit(text, cols);
				free(text);
			}
}

/* A file name cannot send anything to the terminal. */
static void test_hostile_names_are_escaped(void **state)
{
	(void)state;
	struct shoot s;
	init(&s);
	s.tracks[1].name = "\x1b[31mCamB";
	for (size_t i = 0; i < N_RENDERERS; i++) {
		char *text = render(renderers[i], &plain, &s.snap);
		for (const char *c = text; *c; c++)
			assert_true((unsigned char)*c >= 0x20 || *c == '\n');
		free(text);
	}
	char *text = render(as_table_placements, &plain, &s.snap);
	assert_non_null(strstr(text, "\\x1b[31mCamB"));
	assert_non_null(strstr(text, "x\\xff\\x1b]0;gone"));
	free(text);
}

static void test_ascii_terminals_get_ascii(void **state)
{
	(void)state;
	struct shoot s;
	struct as_term t = {.cols = 80, .rows = 24};
	init(&s);
	for (size_t i = 0; i < N_RENDERERS; i++) {
		char *text = render(renderers[i], &t, &s.snap);
		for (const char *c = text; *c; c++)
			assert_true((unsigned char)*c < 0x80);
		free(text);
	}
}

static void strip_colour(char *text)
{
	char *to = text;
	for (const char *c = text; *c;) {
		if (*c == '\x1b') {
			c += strcspn(c, "m") + 1;
			continue;
		}
		*to++ = *c++;
	}
	*to = '\0';
}

/* Nothing is said by colour alone: without it the text is the same. */
static void test_colour_adds_nothing_but_colour(void **state)
{
	(void)state;
	struct shoot s;
	init(&s);
	for (size_t i = 0; i < N_RENDERERS; i++) {
		struct as_term t = plain;
		char *without = render(renderers[i], &t, &s.snap);
		t.color = true;
		char *with = render(renderers[i], &t, &s.snap);
		assert_non_null(strchr(with, '\x1b'));
		strip_colour(with);
		assert_string_equal(with, without);
		free(with);
		free(without);
	}
}

static void assert_says(const char *text, const char *what)
{
	if (!strstr(text, what))
		fail_msg("\"%s\" is missing in:\n%s", what, text);
}

static void test_table_says_what_was_found(void **state)
{
	(void)state;
	static const char *const facts[] = {
		"GoPro  2 clips",
		"Zoom  2 clips  REF",
		"+1    1  00:00:12.500  20 µs",
		"+12.3 ±0.2  strong",
		"00:11:40.000",
		"8e-09",
		"moderate",
		"unplaced",
		"failed",
		"C0002.MP4: could sit at 00:08:00.000",
		"score 2.1",
		"places: 00:01:00.000,",
		"no sound in common",
		"no audio stream",
		"GX010046.MP4: 250.0 ms lost at 00:01:40.5",
		"/shoot/gone.wav: No such file or directory",
		"GX010046.MP4: its clock is 3600 s off",
		"4 of 8 clips placed on 2 islands of 19:40 and 10:00; reference Zoom",
	};
	struct shoot s;
	init(&s);
	char *text = render(as_table_placements, &plain, &s.snap);
	for (size_t i = 0; i < sizeof(facts) / sizeof(*facts); i++)
		assert_says(text, facts[i]);
	free(text);
}

/* "No sound in common" would be untrue of a clip that matches well and found no room. */
static void test_why_nothing_fits(void **state)
{
	(void)state;
	struct shoot s;
	init(&s);
	struct as_match m = {.a = SHOOT_CAMA_1, .b = SHOOT_CAMB_3, .score = 30};
	shoot_set_matches(&s, &m, 1);
	char *text = render(as_table_placements, &plain, &s.snap);
	assert_says(text, "C0003.MP4: sounds like GX010045.MP4 +1 (score 30.0), but that");
	free(text);
	m.score = 2;
	s.clips[SHOOT_CAMB_2].duration_s = 0.004;
	s.placements[SHOOT_CAMB_2].verdict = AS_VERDICT_UNPLACED;
	text = render(as_table_placements, &plain, &s.snap);
	assert_says(text, "C0003.MP4: no sound in common with the other clips (best: GX010045.MP4");
	assert_says(text, "C0002.MP4: only 4.0 ms long");
	free(text);
}

static void test_one_timeline_has_no_island_column(void **state)
{
	(void)state;
	struct shoot s;
	init(&s);
	s.snap.n_islands = 1;
	s.placements[SHOOT_ZOOM_2].island = 1;
	char *text = render(as_table_placements, &plain, &s.snap);
	assert_null(strstr(text, "Isl"));
	assert_says(text, "4 of 8 clips placed in 1 timeline of 19:40; reference Zoom");
	free(text);
}

/* Weak and ambiguous positions must not be taken for placements: no start in the row. */
static void test_unplaced_rows_show_no_start(void **state)
{
	(void)state;
	struct shoot s;
	init(&s);
	char *text = render(as_table_placements, &plain, &s.snap);
	for (char *line = strtok(text, "\n"); line && strcmp(line, "Not placed") != 0;
	     line = strtok(NULL, "\n"))
		if (strstr(line, "ambiguous") || strstr(line, "weak"))
			assert_null(strstr(line, "00:"));
	free(text);
}

/* Three thousand clips with one fate make one entry, not three thousand. */
static void test_same_reasons_are_told_once(void **state)
{
	(void)state;
	enum { N = 3000 };
	struct shoot s;
	init(&s);
	struct as_clip *clips = calloc(N, sizeof(*clips));
	assert_non_null(clips);
	for (int i = 0; i < N; i++) {
		clips[i] = s.clips[SHOOT_CAMB_3];
		clips[i].id = i;
	}
	s.snap.clips = clips;
	s.snap.n_clips = N;
	s.snap.placements = NULL;
	s.snap.n_islands = 0;
	char *text = NULL;
	size_t n = 0;
	FILE *out = open_memstream(&text, &n);
	as_notes_unplaced(out, &plain, &s.snap);
	assert_int_equal(fclose(out), 0);
	assert_says(text, "and 2,994");
	assert_true(n < 1000);
	free(text);
	free(clips);
}

static void test_outputs_say_what_failed(void **state)
{
	(void)state;
	struct shoot s;
	init(&s);
	char *text = render(render_outputs, &plain, &s.snap);
	assert_says(text, "Written to synced/");
	assert_says(text, "GoPro.wav  00:29:45.350     48 kHz  stereo");
	assert_says(text, "Zoom.wav   No space left on device");
	free(text);
}

static void test_info_says_what_files_hold(void **state)
{
	(void)state;
	struct shoot s;
	init(&s);
	s.clips[SHOOT_CAMA_1].start_tc_s = 36000;
	s.clips[SHOOT_CAMA_1].created_s = 1700000000;
	s.clips[SHOOT_CAMA_2].device = "GoPro HERO\x1b[2J12";
	struct as_term wide = plain;
	wide.cols = 120;
	char *text = render(as_info_put, &wide, &s.snap);
	assert_says(text, "29.97 fps");
	assert_says(text, "10:00:00.000");
	assert_says(text, "11-14 22:13:20");
	assert_says(text, "sound 0: aac, 48 kHz, stereo, used");
	assert_says(text, "sound 1: pcm_s16le, 48 kHz, mono, 16 bit, timecode");
	assert_says(text, "recorded by GoPro HERO\\x1b[2J12");
	assert_says(text, "7 clips in 3 tracks, 1:10:01 of sound");
	free(text);
	text = render(as_info_put, &plain, &s.snap);
	assert_null(strstr(text, "29.97 fps"));
	assert_says(text, "10:00:00.000");
	free(text);
}

static void test_figures(void **state)
{
	(void)state;
	char t[AS_FIGURE_BYTES];
	assert_string_equal(as_figure_span(t, sizeof(t), 2e-5, true), "20 µs");
	assert_string_equal(as_figure_span(t, sizeof(t), 2e-5, false), "20 us");
	assert_string_equal(as_figure_span(t, sizeof(t), 3e-7, false), "<1 us");
	assert_string_equal(as_figure_span(t, sizeof(t), 0, false), "0");
	assert_string_equal(as_figure_span(t, sizeof(t), 99.6e-6, true), "0.10 ms");
	assert_string_equal(as_figure_span(t, sizeof(t), 3.456e-3, true), "3.46 ms");
	assert_string_equal(as_figure_span(t, sizeof(t), 0.0999, true), "99.9 ms");
	assert_string_equal(as_figure_span(t, sizeof(t), -0.25, true), "250 ms");
	assert_string_equal(as_figure_span(t, sizeof(t), 0.9996, true), "1.0 s");
	assert_string_equal(as_figure_span(t, sizeof(t), NAN, true), "--");
	assert_string_equal(as_figure_chance(t, sizeof(t), 1e-21), "1e-21");
	assert_string_equal(as_figure_chance(t, sizeof(t), 0), "<1e-99");
	assert_string_equal(as_figure_chance(t, sizeof(t), 0.0079), "0.008");
	assert_string_equal(as_figure_chance(t, sizeof(t), 0.4), "0.40");
	assert_string_equal(as_figure_chance(t, sizeof(t), 2), "1.00");
	assert_string_equal(as_figure_chance(t, sizeof(t), NAN), "--");
	assert_string_equal(as_figure_drift(t, sizeof(t), 12.31, 0.2, true), "+12.3 ±0.2");
	assert_string_equal(as_figure_drift(t, sizeof(t), -0.04, 0.2, false), "+0.0 +-0.2");
	assert_string_equal(as_figure_drift(t, sizeof(t), -12.314, 0.02, true), "-12.31 ±0.02");
	assert_string_equal(as_figure_drift(t, sizeof(t), 0, 0, true), "+0.0");
	assert_string_equal(as_figure_drift(t, sizeof(t), NAN, 1, true), "--");
	assert_string_equal(as_figure_rate(t, sizeof(t), 44100), "44.1 kHz");
	assert_string_equal(as_figure_rate(t, sizeof(t), 0), "--");
	assert_string_equal(as_figure_channels(t, sizeof(t), 1), "mono");
	assert_string_equal(as_figure_channels(t, sizeof(t), 6), "6 channels");
	assert_string_equal(as_figure_count(t, sizeof(t), 1, "clip", "clips"), "1 clip");
	assert_string_equal(as_figure_count(t, sizeof(t), 3000, "clip", "clips"), "3,000 clips");
	assert_string_equal(as_figure_count(t, sizeof(t), 1002003, "a", "b"), "1,002,003 b");
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(test_every_line_fits),
		cmocka_unit_test(test_hostile_names_are_escaped),
		cmocka_unit_test(test_ascii_terminals_get_ascii),
		cmocka_unit_test(test_colour_adds_nothing_but_colour),
		cmocka_unit_test(test_table_says_what_was_found),
		cmocka_unit_test(test_why_nothing_fits),
		cmocka_unit_test(test_one_timeline_has_no_island_column),
		cmocka_unit_test(test_unplaced_rows_show_no_start),
		cmocka_unit_test(test_same_reasons_are_told_once),
		cmocka_unit_test(test_outputs_say_what_failed),
		cmocka_unit_test(test_info_says_what_files_hold),
		cmocka_unit_test(test_figures),
	};
	return cmocka_run_group_tests_name("table", tests, NULL, NULL);
}
