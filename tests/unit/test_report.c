/* The sync report: well-formed and harmless whatever names hold, complete, and true about clocks. */
#include <math.h>
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include <cmocka.h>
#include <jansson.h>
#include <libxml/parser.h>
#include <libxml/xpath.h>
#include <libxml/xpathInternals.h>

#include "base/text.h"
#include "export/report_page.h"
#include "export/timeline.h"
#include "folder.h"
#include "shoot.h"

struct fixture {
	struct shoot shoot;
	struct as_options *opt;
};

static void check_near(double a, double b, double tolerance)
{
	if (!(fabs(a - b) <= tolerance))
		fail_msg("%.12g is not %.12g", a, b);
}

static int setup(void **state)
{
	struct fixture *f = calloc(1, sizeof *f);
	shoot_init(&f->shoot);
	f->opt = as_options_new();
	*state = f;
	return f->opt ? 0 : -1;
}

static int teardown(void **state)
{
	struct fixture *f = *state;
	as_options_free(f->opt);
	free(f);
	return 0;
}

static char *make(struct fixture *f, enum as_report_kind kind)
{
	struct as_report_input in = {.snap = &f->shoot.snap, .opt = f->opt};
	struct as_error err = {0};
	char *text = NULL;
	size_t n = 0;
	assert_int_equal(as_report_make(&in, kind, &text, &n, &err), AS_OK);
	assert_int_equal(n, strlen(text));
	return text;
}

static xmlDocPtr parse_page(const char *text)
{
	xmlDocPtr d = xmlReadMemory(text, (int)strlen(text), NULL, NULL, XML_PARSE_NONET | XML_PARSE_HUGE);
	assert_non_null(d);
	return d;
}

static double count(xmlDocPtr d, const char *xpath)
{
	xmlXPathContextPtr c = xmlXPathNewContext(d);
	xmlXPathRegisterNs(c, BAD_CAST "h", BAD_CAST "http://www.w3.org/1999/xhtml");
	xmlXPathRegisterNs(c, BAD_CAST "s", BAD_CAST "http://www.w3.org/2000/svg");
	xmlXPathObjectPtr o = xmlXPathEvalExpression(BAD_CAST xpath, c);
	assert_non_null(o);
	double n = xmlXPathCastToNumber(o);
	xmlXPathFreeObject(o);
	xmlXPathFreeContext(c);
	return n;
}

/* Nothing that a browser loads or runs, nothing that acts on a terminal or on the order of text. */
static void check_harmless(const char *text)
{
	static const char *const no[] = {"<script", "<link", "<img", "<iframe", "src=", "@import", "url("};
	for (size_t i = 0; i < sizeof no / sizeof *no; i++)
		assert_null(strstr(text, no[i]));
	uint32_t c;
	for (int n; (n = as_text_decode(text, &c)) != 0; text += n) {
		assert_true(n > 0);
		assert_true(c == '\n' || (c >= 0x20 && c != 0x7f && (c < 0x80 || c >= 0xa0)));
		assert_false((c >= 0x202a && c <= 0x202e) || (c >= 0x2066 && c <= 0x2069));
	}
}

static void test_kinds(void **state)
{
	(void)state;
	assert_int_equal(as_report_kind_of("a.html"), AS_REPORT_HTML);
	assert_int_equal(as_report_kind_of("/x.y/a.b.HTM"), AS_REPORT_HTML);
	assert_int_equal(as_report_kind_of("a.txt"), AS_REPORT_TEXT);
	assert_int_equal(as_report_kind_of("a.Json"), AS_REPORT_JSON);
	assert_int_equal(as_report_kind_of("a.pdf"), AS_REPORT_NONE);
	assert_int_equal(as_report_kind_of("x.html/a"), AS_REPORT_NONE);
	assert_int_equal(as_report_kind_of(".html"), AS_REPORT_NONE);
	assert_int_equal(as_report_kind_of(""), AS_REPORT_NONE);
}

static void test_page(void **state)
{
	struct fixture *f = *state;
	char *text = make(f, AS_REPORT_HTML);
	check_harmless(text);
	xmlDocPtr d = parse_page(text);
	assert_int_equal(count(d, "count(//h:tr[starts-with(@id,'clip-')])"), SHOOT_N);
	assert_int_equal(count(d, "count(//h:meta[@http-equiv='Content-Security-Policy'])"), 1);
	/* Placed clips have a bar each, on a panel for each island; the one with a break inside is marked. */
	assert_int_equal(count(d, "count(//h:div[@class='panel'])"), 2);
	assert_int_equal(count(d, "count(//s:a[@class='bar strong' or @class='bar moderate'])"), 4);
	assert_int_equal(count(d, "count(//s:a[@class='bar guess'])"), 3); /* where the ambiguous one might lie */
	assert_int_equal(count(d, "count(//s:line[@class='cut'])"), 1);
	/* What cannot be used, what is not placed, what to listen to: each clip once. */
	assert_int_equal(count(d, "count(//h:ul[@class='checks']/h:li)"), 5);
	assert_int_equal(count(d, "count(//h:h2[@id='splices'])"), 1);
	/* Every link leads somewhere. */
	assert_int_equal(count(d, "count(//*[local-name()='a'][not(substring(@href,2) = //@id)])"), 0);
	assert_non_null(strstr(text, "x\\xff\\x1b]0;gone\\x07\\n.wav"));
	assert_non_null(strstr(text, "/shoot/gone.wav: No such file or directory"));
	xmlFreeDoc(d);
	free(text);
}

static void test_hostile_names(void **state)
{
	static const char *const names[] = {
		"<script>alert(1)</script>.wav", "\" onload=\"alert(1)\" x='", "&lt;b&gt; ]]> <!--", "a\x01\x1b[2J\r\n\t.mov",
		"\xc3\x28\xf0\x9f.wav", ("\xe2\x80\xae" "vaw.exe"), "\xef\xbf\xbf\xef\xbb\xbf", ""};
	struct fixture *f = *state;
	for (int i = 0; i < SHOOT_N; i++)
		f->shoot.clips[i].name = f->shoot.clips[i].path = names[i];
	f->shoot.tracks[0].name = "</table><script>";
	f->shoot.outputs[0].path = f->shoot.outputs[0].document = names[0];
	f->shoot.outputs[1].path = f->shoot.outputs[1].error = names[3];
	f->shoot.snap.outputs = f->shoot.outputs;
	f->shoot.snap.n_outputs = 2;
	f->shoot.snap.warnings = &names[0];
	f->shoot.snap.n_warnings = 1;
	char *text = make(f, AS_REPORT_HTML);
	check_harmless(text);
	xmlDocPtr d = parse_page(text);
	assert_int_equal(count(d, "count(//h:tr[starts-with(@id,'clip-')])"), SHOOT_N);
	assert_int_equal(count(d, "count(//@onload)"), 0);
	xmlFreeDoc(d);
	free(text);
	text = make(f, AS_REPORT_TEXT);
	uint32_t c;
	for (const char *p = text; *p; p += as_text_decode(p, &c)) {
		assert_true(as_text_decode(p, &c) > 0);
		assert_true(c == '\n' || c >= 0x20);
	}
	free(text);
	json_t *j = json_loads(text = make(f, AS_REPORT_JSON), 0, NULL);
	assert_non_null(j);
	json_decref(j);
	free(text);
}

static void check_width(const char *text)
{
	for (const char *end; (end = strchr(text, '\n')); text = end + 1) {
		char *line = strndup(text, (size_t)(end - text));
		if (as_text_cols(line) > 80)
			fail_msg("%d columns: %s", as_text_cols(line), line);
		assert_true(end == text || end[-1] != ' ');
		free(line);
	}
}

static void test_text(void **state)
{
	struct fixture *f = *state;
	f->shoot.tracks[1].name = "A device with a name that goes on and on until no terminal in the world has room for it any more";
	f->shoot.clips[SHOOT_CAMB_3].name =
		"東京東京東京東京東京東京東京東京東京東京東京東京東京東京東京東京東京東京東京東京東京東京東京東京.wav";
	char *text = make(f, AS_REPORT_TEXT);
	check_width(text);
	assert_non_null(strstr(text, "4 of 8 clips placed, on 2 islands."));
	assert_non_null(strstr(text, "Breaks inside clips"));
	free(text);
}

static void test_json(void **state)
{
	struct fixture *f = *state;
	char *text = make(f, AS_REPORT_JSON);
	json_t *j = json_loads(text, 0, NULL), *r = json_object_get(j, "report");
	assert_non_null(json_object_get(j, "tracks")); /* the answer of analyze */
	assert_int_equal(json_array_size(json_object_get(r, "checks")), 5);
	assert_int_equal(json_array_size(json_object_get(r, "devices")), 3);
	json_t *splice = json_array_get(json_object_get(r, "splices"), 0);
	check_near(json_real_value(json_object_get(splice, "lost_s")), 0.25, 1e-9);
	check_near(json_real_value(json_object_get(splice, "at_s")), 100.5, 1e-9);
	json_decref(j);
	free(text);
}

static void check_all_forms(struct fixture *f)
{
	char *text = make(f, AS_REPORT_HTML);
	check_harmless(text);
	assert_null(strstr(text, "nan"));
	xmlFreeDoc(parse_page(text));
	free(text);
	check_width(text = make(f, AS_REPORT_TEXT));
	if (strstr(text, "nan") || strstr(text, "inf"))
		fail_msg("%.60s", strstr(text, "nan") ? strstr(text, "nan") - 20 : strstr(text, "inf") - 20);
	free(text);
	json_t *j = json_loads(text = make(f, AS_REPORT_JSON), 0, NULL);
	assert_non_null(j);
	json_decref(j);
	free(text);
}

static void test_nothing(void **state)
{
	struct fixture *f = *state;
	struct as_snapshot whole = f->shoot.snap;
	f->shoot.snap = (struct as_snapshot){.error = ""};
	check_all_forms(f);
	f->shoot.snap = whole;
	f->shoot.snap.placements = NULL;
	f->shoot.snap.n_islands = 0;
	check_all_forms(f);
	f->shoot.snap = whole;
	for (int i = 0; i < SHOOT_N; i++) {
		f->shoot.placements[i].island = 0;
		f->shoot.placements[i].verdict = AS_VERDICT_UNPLACED;
	}
	f->shoot.snap.n_islands = 0;
	check_all_forms(f);
}

static void test_wild_numbers(void **state)
{
	static const double wild[] = {NAN, INFINITY, -INFINITY, 1e300, -1e300, 0, -0.0};
	struct fixture *f = *state;
	for (size_t k = 0; k < sizeof wild / sizeof *wild; k++) {
		for (int i = 0; i < SHOOT_N; i++) {
			struct as_placement *p = &f->shoot.placements[i];
			p->start_s = p->start_err_s = p->drift_ppm = p->drift_err_ppm = wild[k];
			p->confidence = p->p_false = p->margin = wild[k];
			f->shoot.clips[i].duration_s = f->shoot.clips[i].created_s = f->shoot.clips[i].start_tc_s = wild[k];
		}
		f->shoot.island_s[0] = wild[k];
		check_all_forms(f);
	}
}

/* A lag that both clips' places predict has no residual, whichever of them is looked at. */
static void test_lags(void **state)
{
	struct fixture *f = *state;
	struct as_placement *a = &f->shoot.placements[SHOOT_ZOOM_1], *b = &f->shoot.placements[SHOOT_CAMA_1];
	struct as_lag_point points[40];
	b->drift_ppm = 50;
	for (int i = 0; i < 40; i++) {
		double t_s = 10 * i;
		points[i] = (struct as_lag_point){t_s, 12.5 + t_s / (1 + 50e-6) - t_s, 1e-5, i != 7};
	}
	points[20].lag_s += 0.002;
	struct as_match m = {.a = SHOOT_ZOOM_1, .b = SHOOT_CAMA_1, .used = true, .score = 50, .points = points, .n_points = 40};
	struct report r;
	struct as_report_input in = {.snap = &f->shoot.snap, .opt = f->opt};
	shoot_set_matches(&f->shoot, &m, 1);
	check_near(a->start_s, 0, 0);
	static const struct as_segment from_zero[] = {{0, 600.1, 0}};
	a->segments = from_zero;
	a->drift_ppm = 0;
	assert_true(report_init(&r, &in));
	assert_int_equal(r.n_plots, 2);
	int n;
	struct report_lag *v = report_lags(&r, SHOOT_CAMA_1, &n);
	assert_int_equal(n, 40);
	for (int i = 0; i < n; i++) {
		check_near(v[i].at_s, 10 * i, 1e-9);
		check_near(v[i].lag_s, 10 * i * (1 / (1 + 50e-6) - 1) + (i == 20 ? 0.002 : 0), 1e-9);
		check_near(v[i].residual_s, i == 20 ? 0.002 : 0, 1e-9);
		assert_int_equal(v[i].used, i != 7);
	}
	free(v);
	v = report_lags(&r, SHOOT_ZOOM_1, &n);
	assert_int_equal(n, 40);
	for (int i = 0; i < n; i++) {
		check_near(v[i].at_s, points[i].at_s + points[i].lag_s, 1e-9);
		check_near(v[i].residual_s, i == 20 ? -0.002 : 0, 1e-6);
	}
	free(v);
	report_done(&r);
	char *text = make(f, AS_REPORT_HTML);
	xmlDocPtr d = parse_page(text);
	assert_int_equal(count(d, "count(//h:figure)"), 2);
	xmlFreeDoc(d);
	free(text);
}

/* Four devices over two islands: one is right, one agrees, one is in another time zone and has one stray clip, one stamps ends. */
#define SHOT_CLIPS 24
static void test_clocks(void **state)
{
	struct fixture *f = *state;
	static struct as_clip clips[SHOT_CLIPS];
	static struct as_placement places[SHOT_CLIPS];
	static const struct as_track tracks[4] = {{"A", true, 6}, {"B", false, 6}, {"C", false, 6}, {"D", false, 6}};
	static const double offsets[4] = {0, 0.4, 3600.2, 0.1};
	double islands[2] = {1000, 1000};
	for (int i = 0; i < SHOT_CLIPS; i++) {
		int track = i / 6, island = i % 6 < 4 ? 1 : 2;
		double start_s = 100 * (i % 6), length_s = 10 + 7 * (i % 6);
		clips[i] = f->shoot.clips[0];
		clips[i].track = track;
		clips[i].order = i % 6;
		clips[i].duration_s = length_s;
		clips[i].created_s = 1.6e9 + (island == 2 ? 50000 : 0) + start_s + offsets[track] + (track == 3 ? length_s : 0);
		clips[i].start_tc_s = track < 2 ? fmod(86390 + start_s + (track == 1 ? 40 : 0) + (island == 2 ? 5000 : 0), 86400)
						: NAN;
		places[i] = f->shoot.placements[SHOOT_CAMA_1];
		places[i].clip = i;
		places[i].island = island;
		places[i].start_s = start_s;
	}
	clips[14].created_s += 780;
	f->shoot.snap.clips = clips;
	f->shoot.snap.n_clips = SHOT_CLIPS;
	f->shoot.snap.tracks = tracks;
	f->shoot.snap.n_tracks = 4;
	f->shoot.snap.placements = places;
	f->shoot.snap.island_s = islands;
	struct report r;
	struct as_report_input in = {.snap = &f->shoot.snap, .opt = f->opt};
	assert_true(report_init(&r, &in));
	assert_int_equal(r.created_base, 0);
	check_near(r.devices[1].created.off_s, 0.4, 1e-6);
	assert_false(r.devices[1].created.wrong);
	check_near(r.devices[2].created.off_s, 3600.2, 1e-6);
	assert_true(r.devices[2].created.wrong);
	assert_true(r.devices[3].created.ends);
	check_near(r.devices[3].created.off_s, 0.1, 1e-6);
	assert_int_equal(r.n_odd, 1);
	assert_int_equal(r.odd[0].clip, 14);
	check_near(r.odd[0].off_s, 780, 1e-6);
	/* Across midnight, and with two devices that differ the reference is believed. */
	check_near(r.devices[1].timecode.off_s, 40, 1e-6);
	assert_int_equal(r.devices[2].timecode.n, 0);
	char text[REPORT_LINE_BYTES];
	report_say_clock(text, &r, &r.devices[2].created, false);
	assert_non_null(strstr(text, "1 h 0 min 0.2 s ahead (another time zone?)"));
	report_done(&r);
	check_all_forms(f);
}

/* Three devices of which the reference's clock is wrong: the two others outvote it. */
static void test_clock_of_reference(void **state)
{
	struct fixture *f = *state;
	static struct as_clip clips[3];
	static struct as_placement places[3];
	static const struct as_track tracks[3] = {{"A", true, 1}, {"B", false, 1}, {"C", false, 1}};
	for (int i = 0; i < 3; i++) {
		clips[i] = f->shoot.clips[0];
		clips[i].track = i;
		clips[i].created_s = 1.6e9 + 10 * i + (i == 0 ? -500 : 0);
		places[i] = f->shoot.placements[SHOOT_CAMA_1];
		places[i].start_s = 10 * i;
	}
	f->shoot.snap.clips = clips;
	f->shoot.snap.n_clips = 3;
	f->shoot.snap.tracks = tracks;
	f->shoot.snap.placements = places;
	struct report r;
	struct as_report_input in = {.snap = &f->shoot.snap, .opt = f->opt};
	assert_true(report_init(&r, &in));
	assert_int_equal(r.created_base, 1);
	assert_true(r.devices[0].created.wrong);
	check_near(r.devices[0].created.off_s, -500, 1e-6);
	assert_false(r.devices[2].created.wrong);
	report_done(&r);
}

static void test_settings(void **state)
{
	struct fixture *f = *state;
	struct as_error err;
	assert_int_equal(as_options_set(f->opt, "confidence.weak", "3.25", "--set", &err), AS_OK);
	char *text = make(f, AS_REPORT_HTML);
	const char *changed = strstr(text, "confidence.weak"), *rest = strstr(text, "Settings at their defaults");
	assert_true(changed && rest && changed < rest);
	free(text);
	json_t *j = json_loads(text = make(f, AS_REPORT_JSON), 0, NULL);
	json_t *first = json_array_get(json_object_get(json_object_get(j, "report"), "settings"), 0);
	assert_string_equal(json_string_value(json_object_get(first, "key")), "confidence.weak");
	assert_string_equal(json_string_value(json_object_get(first, "value")), "3.25");
	json_decref(j);
	free(text);
}

#define MANY 5000
static void test_many(void **state)
{
	struct fixture *f = *state;
	struct as_clip *clips = calloc(MANY, sizeof *clips);
	struct as_placement *places = calloc(MANY, sizeof *places);
	struct as_match *matches = calloc(MANY, sizeof *matches);
	int *touch = calloc(2 * MANY, sizeof *touch);
	static struct as_lag_point points[60];
	double islands[1] = {60.0 * MANY / 50 + 100};
	struct as_track tracks[50];
	for (int i = 0; i < 60; i++)
		points[i] = (struct as_lag_point){i, 1e-5 * (i % 3), 1e-5, true};
	for (int i = 0; i < 50; i++)
		tracks[i] = (struct as_track){"Cam", i == 0, MANY / 50};
	for (int i = 0; i < MANY; i++) {
		clips[i] = f->shoot.clips[i % SHOOT_N];
		clips[i].track = i % 50;
		clips[i].order = i / 50;
		clips[i].duration_s = 58;
		places[i] = f->shoot.placements[SHOOT_CAMA_1];
		places[i].start_s = 60.0 * (i / 50);
		places[i].confidence = 90 - i % 80;
		matches[i] = (struct as_match){.a = i, .b = (i + 1) % MANY, .used = true, .points = points, .n_points = 60};
		touch[2 * i] = i;
		touch[2 * i + 1] = (i + MANY - 1) % MANY;
		clips[i].matches = &touch[2 * i];
		clips[i].n_matches = 2;
	}
	f->shoot.snap.clips = clips;
	f->shoot.snap.n_clips = f->shoot.snap.n_matches = MANY;
	f->shoot.snap.placements = places;
	f->shoot.snap.matches = matches;
	f->shoot.snap.tracks = tracks;
	f->shoot.snap.n_tracks = 50;
	f->shoot.snap.island_s = islands;
	f->shoot.snap.n_islands = 1;
	char *text = make(f, AS_REPORT_HTML);
	assert_in_range(strlen(text), 1000000, 8000000);
	print_message("%d clips: %zu bytes of HTML\n", MANY, strlen(text));
	xmlDocPtr d = parse_page(text);
	assert_int_equal(count(d, "count(//h:tr[starts-with(@id,'clip-')])"), MANY);
	assert_true(count(d, "count(//h:figure)") <= REPORT_PLOTS_MAX);
	xmlFreeDoc(d);
	free(text);
	check_width(text = make(f, AS_REPORT_TEXT));
	free(text);
	free(clips);
	free(places);
	free(matches);
	free(touch);
}

static void test_write(void **state)
{
	struct fixture *f = *state;
	struct as_report_input in = {.snap = &f->shoot.snap, .opt = f->opt};
	struct as_error err = {0};
	char dir[200];
	assert_int_equal(folder_make(dir, sizeof dir), 0);
	const char *path = folder_path(dir, "r.html");
	assert_int_equal(as_report_write(&in, path, false, &err), AS_OK);
	assert_int_equal(as_report_write(&in, path, false, &err), AS_ERR_EXISTS);
	assert_int_equal(as_report_write(&in, path, true, &err), AS_OK);
	path = folder_path(dir, "r.pdf");
	assert_int_equal(as_report_write(&in, path, false, &err), AS_ERR_INVALID);
	atomic_bool stop = true;
	in.cancel = &stop;
	path = folder_path(dir, "c.txt");
	assert_int_equal(as_report_write(&in, path, false, &err), AS_CANCELLED);
	assert_int_equal(folder_count(dir), 1);
	folder_remove(dir);
}

static void test_scales(void **state)
{
	(void)state;
	char text[48];
	check_near(page_step(0.9, 4), 0.5, 1e-12);
	check_near(page_step(8e-6, 4), 2e-6, 1e-15);
	check_near(page_step(0, 4), 1, 0);
	check_near(page_step(NAN, 4), 1, 0);
	check_near(page_time_step(1200, 6), 300, 0);
	check_near(page_time_step(3 * 3600, 6), 1800, 0);
	check_near(page_time_step(0.3, 6), 0.05, 1e-12);
	check_near(page_time_step(86400 * 30.0, 6), 5 * 86400, 0);
	page_time(text, sizeof text, 90, 30);
	assert_string_equal(text, "1:30");
	page_time(text, sizeof text, 0.15, 0.05);
	assert_string_equal(text, "0:00.15");
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(test_kinds),
		cmocka_unit_test(test_scales),
		cmocka_unit_test_setup_teardown(test_page, setup, teardown),
		cmocka_unit_test_setup_teardown(test_hostile_names, setup, teardown),
		cmocka_unit_test_setup_teardown(test_text, setup, teardown),
		cmocka_unit_test_setup_teardown(test_json, setup, teardown),
		cmocka_unit_test_setup_teardown(test_nothing, setup, teardown),
		cmocka_unit_test_setup_teardown(test_wild_numbers, setup, teardown),
		cmocka_unit_test_setup_teardown(test_lags, setup, teardown),
		cmocka_unit_test_setup_teardown(test_clocks, setup, teardown),
		cmocka_unit_test_setup_teardown(test_clock_of_reference, setup, teardown),
		cmocka_unit_test_setup_teardown(test_settings, setup, teardown),
		cmocka_unit_test_setup_teardown(test_many, setup, teardown),
		cmocka_unit_test_setup_teardown(test_write, setup, teardown),
	};
	int failed = cmocka_run_group_tests(tests, NULL, NULL);
	xmlCleanupParser();
	return failed;
}
