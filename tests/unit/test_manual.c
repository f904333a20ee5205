/* Work by hand: places, tracks, clips, settings. */
#include <math.h>
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/stat.h>
#include <cmocka.h>

#include <audiosync/audiosync.h>

#include "folder.h"
#include "projects.h"

static char root[64], shoot[96], saved[96];

static int set_up(void **state)
{
	(void)state;
	if (folder_make(root, sizeof root))
		return -1;
	snprintf(shoot, sizeof shoot, "%s/shoot", root);
	snprintf(saved, sizeof saved, "%s/day.audiosync", root);
	mkdir(shoot, 0700);
	projects_write_shoot(shoot);
	struct as_session *s = projects_open(NULL);
	assert_int_equal(as_session_add(s, shoot, NULL, NULL), AS_OK);
	as_snapshot_free(projects_analyze(s));
	assert_int_equal(as_session_save(s, saved, false, NULL), AS_OK);
	as_session_free(s);
	return 0;
}

static int tear_down(void **state)
{
	(void)state;
	return folder_remove(root);
}

static struct as_session *load_saved(void)
{
	struct as_options *opt = projects_options(NULL);
	struct as_error err = {0};
	struct as_session *s = as_session_load(opt, saved, NULL, 0, &err);
	if (!s)
		fail_msg("%s", err.msg);
	as_options_free(opt);
	return s;
}

static double start_of(struct as_session *s, const char *name)
{
	const struct as_snapshot *n = as_session_snapshot(s);
	double start_s = n->placements[projects_clip(n, name)].start_s;
	as_snapshot_free(n);
	return start_s;
}

static int id_of(struct as_session *s, const char *name)
{
	const struct as_snapshot *n = as_session_snapshot(s);
	int id = projects_clip(n, name);
	as_snapshot_free(n);
	return id;
}

static void test_nudge(void **state)
{
	(void)state;
	struct as_session *s = load_saved();
	int zoom = id_of(s, "Zoom_001.wav"), phone = id_of(s, "Phone_001.wav");
	double a = start_of(s, "CamA_001.wav"), z = start_of(s, "Zoom_001.wav");
	assert_int_equal(as_session_nudge(s, zoom, 0.125, NULL), AS_OK);
	assert_true(fabs(start_of(s, "Zoom_001.wav") - z - 0.125) < 1e-9);
	assert_true(start_of(s, "CamA_001.wav") == a);
	/* Before the island's zero: the distance counts. */
	assert_int_equal(as_session_nudge(s, zoom, -100, NULL), AS_OK);
	assert_true(start_of(s, "Zoom_001.wav") == 0);
	assert_true(fabs(start_of(s, "CamA_001.wav") - (a - (z + 0.125 - 100))) < 1e-9);
	assert_int_equal(as_session_nudge(s, phone, 1, NULL), AS_ERR_INVALID);
	assert_int_equal(as_session_nudge(s, zoom, NAN, NULL), AS_ERR_INVALID);
	assert_int_equal(as_session_nudge(s, zoom, INFINITY, NULL), AS_ERR_INVALID);
	assert_int_equal(as_session_nudge(s, -1, 1, NULL), AS_ERR_INVALID);
	const struct as_snapshot *n = as_session_snapshot(s);
	assert_true(n->placements[zoom].locked);
	assert_int_equal(n->placements[zoom].method, AS_METHOD_MANUAL);
	as_snapshot_free(n);
	as_session_free(s);
}

/* ---- undo ---- */

static void keep_undo(struct as_session *s)
{
	assert_int_equal(as_session_keep_undo(s, AS_UNDO_STEPS, AS_UNDO_BYTES, NULL), AS_OK);
}

/* The session as bytes: what a project holds of it. */
static char *bytes_of(struct as_session *s, int64_t *bytes)
{
	const char *at = folder_path(root, "bytes.autosave");
	assert_int_equal(as_session_autosave(s, folder_path(root, "bytes"), NULL, NULL), AS_OK);
	at = folder_path(root, ".bytes.autosave");
	return projects_read(at, bytes);
}

static void assert_bytes(struct as_session *s, const char *want, int64_t want_bytes)
{
	int64_t n;
	char *have = bytes_of(s, &n);
	if (n != want_bytes || memcmp(have, want, (size_t)n) != 0) {
		projects_write("/tmp/manual-want", want, want_bytes);
		projects_write("/tmp/manual-have", have, n);
		fail_msg("the session is not as it was");
	}
	free(have);
}

static void test_undo_places(void **state)
{
	(void)state;
	struct as_session *s = load_saved();
	int zoom = id_of(s, "Zoom_001.wav"), b = id_of(s, "CamB_001.wav");
	int64_t n0, n1;
	keep_undo(s);
	char *start = bytes_of(s, &n0);
	const struct as_snapshot *first = as_session_snapshot(s);
	assert_false(as_session_modified(s));
	assert_null(as_session_undo_label(s));
	assert_int_equal(as_session_undo(s, NULL), AS_ERR_INVALID);
	assert_int_equal(as_session_nudge(s, zoom, 0.001, NULL), AS_OK);
	assert_string_equal(as_session_undo_label(s), "nudge Zoom_001.wav by +1 ms");
	assert_true(as_session_modified(s));
	assert_int_equal(as_session_set_locked(s, b, true, NULL), AS_OK);
	assert_string_equal(as_session_undo_label(s), "lock CamB_001.wav");
	assert_int_equal(as_session_nudge(s, b, -30, NULL), AS_OK);
	assert_int_equal(as_session_set_reference(s, "CamB", NULL), AS_OK);
	char *end = bytes_of(s, &n1);
	for (int i = 0; i < 4; i++)
		assert_int_equal(as_session_undo(s, NULL), AS_OK);
	assert_null(as_session_undo_label(s));
	assert_string_equal(as_session_redo_label(s), "nudge Zoom_001.wav by +1 ms");
	assert_false(as_session_modified(s));
	assert_bytes(s, start, n0);
	const struct as_snapshot *now = as_session_snapshot(s);
	projects_assert_same(first, now, 0);
	as_snapshot_free(now);
	for (int i = 0; i < 4; i++)
		assert_int_equal(as_session_redo(s, NULL), AS_OK);
	assert_int_equal(as_session_redo(s, NULL), AS_ERR_INVALID);
	assert_bytes(s, end, n1);
	assert_true(as_session_modified(s));
	/* A change forgets what could be done again; one that fails does not. */
	assert_int_equal(as_session_undo(s, NULL), AS_OK);
	assert_int_equal(as_session_nudge(s, b, NAN, NULL), AS_ERR_INVALID);
	assert_non_null(as_session_redo_label(s));
	assert_int_equal(as_session_nudge(s, b, 1, NULL), AS_OK);
	assert_null(as_session_redo_label(s));
	as_snapshot_free(first);
	free(start);
	free(end);
	as_session_free(s);
}

static void test_undo_group(void **state)
{
	(void)state;
	struct as_session *s = load_saved();
	int zoom = id_of(s, "Zoom_001.wav");
	double z = start_of(s, "Zoom_001.wav");
	keep_undo(s);
	as_session_undo_group(s, true);
	for (int i = 0; i < 5; i++)
		assert_int_equal(as_session_nudge(s, zoom, 0.002, NULL), AS_OK);
	as_session_undo_group(s, false);
	assert_string_equal(as_session_undo_label(s), "nudge Zoom_001.wav by +10 ms");
	assert_int_equal(as_session_nudge(s, zoom, 2, NULL), AS_OK);
	assert_string_equal(as_session_undo_label(s), "nudge Zoom_001.wav by +2.000 s");
	assert_int_equal(as_session_undo(s, NULL), AS_OK);
	assert_true(fabs(start_of(s, "Zoom_001.wav") - z - 0.01) < 1e-9);
	assert_int_equal(as_session_undo(s, NULL), AS_OK);
	assert_true(start_of(s, "Zoom_001.wav") == z);
	assert_null(as_session_undo_label(s));
	as_session_free(s);
}

static void test_undo_is_bounded(void **state)
{
	(void)state;
	struct as_session *s = load_saved();
	int zoom = id_of(s, "Zoom_001.wav"), n = 0;
	assert_int_equal(as_session_keep_undo(s, 3, AS_UNDO_BYTES, NULL), AS_OK);
	for (int i = 0; i < 10; i++)
		assert_int_equal(as_session_nudge(s, zoom, 0.001, NULL), AS_OK);
	while (as_session_undo(s, NULL) == AS_OK)
		n++;
	assert_int_equal(n, 3);
	assert_int_equal(as_session_keep_undo(s, 2, AS_UNDO_BYTES, NULL), AS_OK);
	for (n = 0; as_session_redo(s, NULL) == AS_OK; n++)
		;
	assert_int_equal(n, 2);
	/* Too little for a single step: no undo, and the work goes on. */
	assert_int_equal(as_session_keep_undo(s, 100, 64, NULL), AS_OK);
	assert_null(as_session_undo_label(s));
	assert_int_equal(as_session_nudge(s, zoom, 0.001, NULL), AS_OK);
	assert_null(as_session_undo_label(s));
	assert_int_equal(as_session_keep_undo(s, 0, 0, NULL), AS_OK);
	assert_int_equal(as_session_nudge(s, zoom, 0.001, NULL), AS_OK);
	as_session_free(s);
}

/* From nothing to a synced shoot and back, with what was loaded and compared kept. */
static void test_undo_analysis(void **state)
{
	(void)state;
	struct as_session *s = projects_open(NULL);
	int64_t n0, n1, n2;
	keep_undo(s);
	char *empty = bytes_of(s, &n0);
	assert_int_equal(as_session_add(s, shoot, NULL, NULL), AS_OK);
	char *added = bytes_of(s, &n1);
	const struct as_snapshot *synced = projects_analyze(s), *again;
	char *done = bytes_of(s, &n2);
	assert_string_equal(as_session_undo_label(s), "sync");
	assert_int_equal(as_session_undo(s, NULL), AS_OK);
	assert_bytes(s, added, n1);
	assert_int_equal(as_session_undo(s, NULL), AS_OK);
	assert_bytes(s, empty, n0);
	assert_false(as_session_modified(s));
	assert_int_equal(as_session_redo(s, NULL), AS_OK);
	assert_int_equal(as_session_redo(s, NULL), AS_OK);
	assert_bytes(s, done, n2);
	again = as_session_snapshot(s);
	projects_assert_same(synced, again, 0);
	as_snapshot_free(again);
	/* There is no cache here: sound that was loaded came back with the clips. */
	again = projects_analyze(s);
	assert_true(again->decoded_s == 0);
	assert_bytes(s, done, n2);
	as_snapshot_free(again);
	as_snapshot_free(synced);
	free(empty);
	free(added);
	free(done);
	as_session_free(s);
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(test_nudge),
		cmocka_unit_test(test_undo_places),
		cmocka_unit_test(test_undo_group),
		cmocka_unit_test(test_undo_is_bounded),
		cmocka_unit_test(test_undo_analysis),
	};
	return cmocka_run_group_tests(tests, set_up, tear_down);
}
