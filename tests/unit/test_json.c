/* The JSON of analyze, sync and info, read back by a parser. */
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

#include <audiosync/answer.h>

#include "base/json.h"
#include "shoot.h"

static json_t *parse(char *text)
{
	json_error_t e;
	assert_non_null(text);
	json_t *root = json_loads(text, 0, &e);
	if (!root)
		fail_msg("line %d: %s\n%s", e.line, e.text, text);
	free(text);
	return root;
}

static json_t *at(json_t *root, int track, int clip)
{
	json_t *t = json_array_get(json_object_get(root, "tracks"), (size_t)track);
	json_t *c = json_array_get(json_object_get(t, "clips"), (size_t)clip);
	assert_non_null(c);
	return c;
}

static double real(json_t *o, const char *key)
{
	json_t *v = json_object_get(o, key);
	assert_true(json_is_number(v));
	return json_number_value(v);
}

static void assert_text(json_t *o, const char *key, const char *want)
{
	const char *got = json_string_value(json_object_get(o, key));
	assert_non_null(got);
	assert_string_equal(got, want);
}

static void assert_null_value(json_t *o, const char *key)
{
	assert_true(json_is_null(json_object_get(o, key)));
}

/* With every setting at its default. */
static char *analysis(const struct as_snapshot *s, bool with_outputs)
{
	struct as_options *opt = as_options_new();
	assert_non_null(opt);
	struct as_analysis_answer a = {.opt = opt, .with_outputs = with_outputs};
	char *text = as_answer_analysis(s, &a);
	as_options_free(opt);
	return text;
}

static void test_head_and_timeline(void **state)
{
	(void)state;
	struct shoot s;
	shoot_init(&s);
	json_t *root = parse(analysis(&s.snap, false));
	assert_int_equal(json_integer_value(json_object_get(root, "schema")), 1);
	assert_true(json_is_string(json_object_get(root, "audiosync")));
	assert_text(root, "reference", "Zoom");
	json_t *timeline = json_object_get(root, "timeline");
	assert_true(real(timeline, "duration_s") == 1785.35);
	assert_true(json_is_integer(json_object_get(timeline, "sample_rate_hz")));
	assert_int_equal(json_integer_value(json_object_get(timeline, "islands")), 2);
	assert_int_equal(json_array_size(json_object_get(root, "tracks")), 3);
	assert_int_equal(json_array_size(json_object_get(root, "warnings")), 1);
	assert_null(json_object_get(root, "outputs"));
	json_decref(root);
}

static void test_placed_clip(void **state)
{
	(void)state;
	struct shoot s;
	shoot_init(&s);
	/* An eighth of a sample at 192 kHz must survive at the end of a day. */
	s.placements[SHOOT_CAMA_1].start_s = 86399.0 + 1.0 / 1536000;
	json_t *root = parse(analysis(&s.snap, false));
	json_t *c = at(root, 0, 0);
	assert_text(c, "path", "/shoot/GX010045.MP4");
	assert_true(json_is_true(json_object_get(c, "placed")));
	assert_true(json_is_integer(json_object_get(c, "island")));
	assert_true(fabs(real(c, "start_s") - s.placements[SHOOT_CAMA_1].start_s) < 1e-9);
	assert_text(c, "verdict", "strong");
	assert_text(c, "method", "audio");
	assert_true(real(c, "confidence") == 41.2);
	assert_true(real(c, "start_err_s") == 2e-5);
	assert_true(real(c, "drift_ppm") == 12.31);
	assert_true(fabs(real(c, "p_false") / pow(10, -41.2) - 1) < 1e-3);
	assert_int_equal(json_array_size(json_object_get(c, "segments")), 1);
	assert_int_equal(json_array_size(json_object_get(c, "parts")), 2);
	assert_null(json_object_get(c, "candidates"));
	assert_null(json_object_get(c, "error"));
	json_t *second = at(root, 0, 1);
	json_t *segment = json_array_get(json_object_get(second, "segments"), 1);
	assert_true(real(segment, "from_s") == 100.5 && real(segment, "start_s") == 700.25);
	assert_int_equal(json_array_size(json_object_get(second, "warnings")), 2);
	assert_null_value(at(root, 2, 1), "drift_ppm");
	json_decref(root);
}

static void test_clips_without_a_place(void **state)
{
	(void)state;
	struct shoot s;
	shoot_init(&s);
	json_t *root = parse(analysis(&s.snap, false));
	json_t *ambiguous = at(root, 1, 0), *weak = at(root, 1, 1), *none = at(root, 1, 2),
	       *bad = at(root, 1, 3);
	assert_text(ambiguous, "verdict", "ambiguous");
	assert_true(json_is_false(json_object_get(ambiguous, "placed")));
	assert_int_equal(json_array_size(json_object_get(ambiguous, "candidates")), 3);
	assert_text(weak, "verdict", "weak");
	assert_true(json_is_false(json_object_get(weak, "placed")));
	assert_null_value(weak, "island");
	assert_text(none, "verdict", "unplaced");
	assert_null_value(none, "start_s");
	assert_null_value(none, "method");
	assert_non_null(
		strstr(json_string_value(json_object_get(none, "reason")), "no sound in common"));
	assert_null(json_object_get(bad, "reason"));
	assert_null(json_object_get(at(root, 0, 0), "reason"));
	assert_text(bad, "verdict", "unplaced");
	assert_null_value(bad, "duration_s");
	assert_non_null(
		strstr(json_string_value(json_object_get(bad, "error")), "no audio stream"));
	json_decref(root);
}

/* Valid UTF-8 with nothing in it for a terminal, and still the exact name. */
static void test_hostile_path(void **state)
{
	(void)state;
	struct shoot s;
	shoot_init(&s);
	char *text = analysis(&s.snap, false);
	assert_non_null(text);
	for (const char *c = text; *c; c++)
		assert_true(((unsigned char)*c >= 0x20 || *c == '\n') && *c != 0x7f);
	json_t *root = parse(text);
	json_t *c = at(root, 1, 3);
	assert_text(c, "path", "/shoot/x\\xff\\x1b]0;gone\\x07\\n.wav");
	assert_text(c, "path_base64", "L3Nob290L3j/G10wO2dvbmUHCi53YXY=");
	assert_null(json_object_get(at(root, 0, 0), "path_base64"));
	json_decref(root);
}

static void test_outputs(void **state)
{
	(void)state;
	struct shoot s;
	shoot_init(&s);
	s.snap.outputs = s.outputs;
	s.snap.n_outputs = 2;
	json_t *root = parse(analysis(&s.snap, true));
	json_t *list = json_object_get(root, "outputs");
	assert_int_equal(json_array_size(list), 2);
	json_t *good = json_array_get(list, 0), *bad = json_array_get(list, 1);
	assert_true(json_is_true(json_object_get(good, "written")));
	assert_text(good, "track", "GoPro");
	assert_true(json_is_false(json_object_get(bad, "written")));
	assert_text(bad, "error", "No space left on device");
	json_decref(root);
}

static void test_info(void **state)
{
	(void)state;
	struct shoot s;
	shoot_init(&s);
	s.clips[SHOOT_CAMA_1].start_tc_s = 36000;
	json_t *root = parse(as_answer_info(&s.snap));
	json_t *c = at(root, 0, 0);
	assert_text(c, "format", "mov,mp4 aac");
	assert_true(real(c, "start_tc_s") == 36000);
	assert_null_value(c, "created_s");
	assert_true(json_is_true(json_object_get(c, "picture")));
	json_t *streams = json_object_get(c, "streams");
	assert_int_equal(json_array_size(streams), 2);
	assert_text(json_array_get(streams, 0), "codec", "aac");
	assert_null_value(json_array_get(streams, 0), "bits");
	assert_true(json_is_true(json_object_get(json_array_get(streams, 1), "timecode")));
	assert_int_equal(json_integer_value(json_object_get(c, "channels")), 2);
	json_decref(root);
}

static void test_before_solving(void **state)
{
	(void)state;
	struct shoot s;
	shoot_init(&s);
	s.snap.placements = NULL;
	s.snap.n_islands = 0;
	json_t *root = parse(analysis(&s.snap, false));
	assert_text(at(root, 0, 0), "verdict", "unplaced");
	json_decref(root);
}

static void test_numbers(void **state)
{
	(void)state;
	struct as_json *j = as_json_new();
	as_json_add_real(j, "tenth", 0.1);
	as_json_add_real(j, "zero", -0.0);
	as_json_add_real(j, "nan", NAN);
	as_json_add_real(j, "inf", INFINITY);
	as_json_add_rough(j, "rough", 0.123456789);
	as_json_add_rough(j, "none", NAN);
	as_json_add_text(j, "c1",
			 "a\xc2\x9b"
			 "b\xe2\x80\xae"
			 "c\x7f");
	char *text = as_json_finish(j, true);
	assert_string_equal(
		text,
		"{\"tenth\": 0.1, \"zero\": 0.0, \"nan\": null, \"inf\": null, \"rough\": 0.1235, "
		"\"none\": null, \"c1\": \"a\\u009bb\\u202ec\\u007f\"}\n");
	free(text);
}

/* A document that is left open is a mistake of the caller's, not half an answer. */
static void test_unbalanced(void **state)
{
	(void)state;
	struct as_json *j = as_json_new();
	as_json_open_array(j, "open");
	assert_null(as_json_finish(j, true));
	j = as_json_new();
	for (int i = 0; i < 40; i++)
		as_json_open_object(j, "deep");
	for (int i = 0; i < 40; i++)
		as_json_close(j);
	assert_null(as_json_finish(j, true));
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(test_head_and_timeline),
		cmocka_unit_test(test_placed_clip),
		cmocka_unit_test(test_clips_without_a_place),
		cmocka_unit_test(test_hostile_path),
		cmocka_unit_test(test_outputs),
		cmocka_unit_test(test_info),
		cmocka_unit_test(test_before_solving),
		cmocka_unit_test(test_numbers),
		cmocka_unit_test(test_unbalanced),
	};
	return cmocka_run_group_tests_name("json", tests, NULL, NULL);
}
