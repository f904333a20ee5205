/* Work by hand: places, tracks, clips, settings. */
#include <math.h>
#include <poll.h>
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>
#include <sys/stat.h>
#include <cmocka.h>

#include <audiosync/audiosync.h>

#include "folder.h"
#include "media_files.h"
#include "projects.h"

static char root[64], shoot[96], saved[96];

static int set_up(void **state)
{
	(void)state;
	struct as_session *s = projects_set_up(root, shoot, saved);
	if (!s)
		return -1;
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
	double a = projects_start_of(s, "CamA_001.wav"), z = projects_start_of(s, "Zoom_001.wav");
	assert_int_equal(as_session_nudge(s, zoom, 0.125, NULL), AS_OK);
	assert_true(fabs(projects_start_of(s, "Zoom_001.wav") - z - 0.125) < 1e-9);
	assert_true(projects_start_of(s, "CamA_001.wav") == a);
	/* Before the island's zero: the distance counts. */
	assert_int_equal(as_session_nudge(s, zoom, -100, NULL), AS_OK);
	assert_true(projects_start_of(s, "Zoom_001.wav") == 0);
	assert_true(fabs(projects_start_of(s, "CamA_001.wav") - (a - (z + 0.125 - 100))) < 1e-9);
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

/* The session as bytes: what a project holds of it, but for what it remembers of comparisons that are no part of the timeline now, since
 * undo forgets none. */
static char *bytes_of(struct as_session *s, int64_t *bytes)
{
	assert_int_equal(as_session_autosave(s, folder_path(root, "bytes"), NULL, NULL), AS_OK);
	char *text = projects_read(folder_path(root, ".bytes.autosave"), bytes), *memory = strstr(text, "\"remembered\"");
	assert_non_null(memory);
	*bytes = memory - text;
	return text;
}

static void assert_bytes(struct as_session *s, const char *want, int64_t want_bytes)
{
	int64_t n;
	char *have = bytes_of(s, &n);
	assert_int_equal(n, want_bytes);
	assert_memory_equal(have, want, (size_t)n);
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
	assert_int_equal(as_session_undo_kind(s), AS_UNDO_NOTHING);
	assert_int_equal(as_session_undo(s, NULL), AS_ERR_INVALID);
	assert_int_equal(as_session_nudge(s, zoom, 0.001, NULL), AS_OK);
	assert_string_equal(as_session_undo_label(s), "nudge Zoom_001.wav by +1 ms");
	assert_int_equal(as_session_undo_kind(s), AS_UNDO_EDIT);
	assert_int_equal(as_session_redo_kind(s), AS_UNDO_NOTHING);
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

/* Several at once: one step, which passes over what has no place. */
static void test_lock_several(void **state)
{
	(void)state;
	struct as_session *s = load_saved();
	keep_undo(s);
	int zoom = id_of(s, "Zoom_001.wav"), cam = id_of(s, "CamB_001.wav"), all[2] = {zoom, cam}, changed;
	assert_int_equal(as_session_set_locked(s, zoom, true, NULL), AS_OK);
	assert_int_equal(as_session_lock_clips(s, all, 2, true, &changed, NULL), AS_OK);
	assert_int_equal(changed, 1);
	assert_int_equal(as_session_lock_clips(s, all, 2, true, &changed, NULL), AS_OK);
	assert_int_equal(changed, 0);
	assert_int_equal(as_session_lock_clips(s, all, 2, false, &changed, NULL), AS_OK);
	assert_int_equal(changed, 2);
	assert_string_equal(as_session_undo_label(s), "unlock 2 clips");
	assert_int_equal(as_session_undo(s, NULL), AS_OK);
	const struct as_snapshot *n = as_session_snapshot(s);
	assert_true(n->placements[zoom].locked && n->placements[cam].locked);
	as_snapshot_free(n);
	assert_int_equal(as_session_lock_clips(s, (int[]){zoom, 999}, 2, false, &changed, NULL), AS_ERR_INVALID);
	assert_int_equal(changed, 0);
	as_session_free(s);
}

static void test_undo_group(void **state)
{
	(void)state;
	struct as_session *s = load_saved();
	int zoom = id_of(s, "Zoom_001.wav");
	double z = projects_start_of(s, "Zoom_001.wav");
	keep_undo(s);
	as_session_undo_group(s, true);
	for (int i = 0; i < 5; i++)
		assert_int_equal(as_session_nudge(s, zoom, 0.002, NULL), AS_OK);
	as_session_undo_group(s, false);
	assert_string_equal(as_session_undo_label(s), "nudge Zoom_001.wav by +10 ms");
	assert_int_equal(as_session_nudge(s, zoom, 2, NULL), AS_OK);
	assert_string_equal(as_session_undo_label(s), "nudge Zoom_001.wav by +2.000 s");
	assert_int_equal(as_session_undo(s, NULL), AS_OK);
	assert_true(fabs(projects_start_of(s, "Zoom_001.wav") - z - 0.01) < 1e-9);
	assert_int_equal(as_session_undo(s, NULL), AS_OK);
	assert_true(projects_start_of(s, "Zoom_001.wav") == z);
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
	assert_int_equal(as_session_undo_kind(s), AS_UNDO_ANALYSIS);
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

/* ---- tracks and clips ---- */

static int track_of(struct as_session *s, const char *name)
{
	const struct as_snapshot *n = as_session_snapshot(s);
	int track = -1;
	for (int i = 0; i < n->n_tracks; i++) {
		if (strcmp(n->tracks[i].name, name) == 0)
			track = i;
	}
	as_snapshot_free(n);
	return track;
}

static int track_of_clip(struct as_session *s, const char *name)
{
	const struct as_snapshot *n = as_session_snapshot(s);
	int track = n->clips[projects_clip(n, name)].track;
	as_snapshot_free(n);
	return track;
}

static void analyze(struct as_session *s)
{
	as_snapshot_free(projects_analyze(s));
}

static void test_tracks(void **state)
{
	(void)state;
	struct as_session *s = load_saved();
	int zoom = id_of(s, "Zoom_001.wav"), extra = -1;
	double z = projects_start_of(s, "Zoom_001.wav");
	keep_undo(s);
	int64_t n0;
	char *start = bytes_of(s, &n0);
	assert_int_equal(as_session_add_track(s, "CamA", NULL, NULL), AS_ERR_EXISTS);
	assert_int_equal(as_session_add_track(s, "", NULL, NULL), AS_ERR_INVALID);
	assert_int_equal(as_session_add_track(s, "a\033[2J", NULL, NULL), AS_ERR_INVALID);
	assert_int_equal(as_session_add_track(s, "Extra", &extra, NULL), AS_OK);
	assert_int_equal(track_of(s, "Extra"), extra);
	assert_int_equal(as_session_move_clips(s, &zoom, 1, extra + 1, NULL), AS_ERR_INVALID);
	assert_int_equal(as_session_move_clips(s, &zoom, 1, extra, NULL), AS_OK);
	/* Its track had nothing else in it. */
	assert_int_equal(track_of(s, "Zoom"), -1);
	assert_int_equal(track_of_clip(s, "Zoom_001.wav"), track_of(s, "Extra"));
	assert_true(projects_start_of(s, "Zoom_001.wav") == z);
	assert_int_equal(as_session_rename_track(s, track_of(s, "CamA"), "Extra", NULL), AS_ERR_EXISTS);
	assert_int_equal(as_session_rename_track(s, track_of(s, "CamA"), "A-Cam", NULL), AS_OK);
	assert_int_equal(as_session_add_track(s, "Empty", NULL, NULL), AS_OK);
	/* An analysis takes nothing of it back. */
	analyze(s);
	assert_int_equal(track_of(s, "CamA"), -1);
	assert_int_equal(track_of_clip(s, "CamA_001.wav"), track_of(s, "A-Cam"));
	assert_int_equal(track_of_clip(s, "Zoom_001.wav"), track_of(s, "Extra"));
	assert_true(track_of(s, "Empty") >= 0);
	assert_true(fabs(projects_start_of(s, "Zoom_001.wav") - z) < 1e-6);
	/* Nor does a project. */
	const char *path = folder_path(root, "tracks.audiosync");
	assert_int_equal(as_session_save(s, path, true, NULL), AS_OK);
	assert_false(as_session_modified(s));
	struct as_options *opt = projects_options(NULL);
	struct as_session *t = as_session_load(opt, path, NULL, 0, NULL);
	as_options_free(opt);
	analyze(t);
	assert_int_equal(track_of_clip(t, "Zoom_001.wav"), track_of(t, "Extra"));
	assert_true(track_of(t, "Empty") >= 0 && track_of(t, "A-Cam") >= 0);
	/* The rules do. */
	assert_int_equal(as_session_regroup(t, NULL), AS_OK);
	assert_int_equal(track_of_clip(t, "Zoom_001.wav"), track_of(t, "Zoom"));
	assert_true(track_of(t, "Empty") == -1 && track_of(t, "CamA") >= 0);
	assert_true(fabs(projects_start_of(t, "Zoom_001.wav") - z) < 1e-6);
	as_session_free(t);
	while (as_session_undo_label(s))
		assert_int_equal(as_session_undo(s, NULL), AS_OK);
	assert_bytes(s, start, n0);
	free(start);
	as_session_free(s);
}

/* Time zero and the clock come from sound: a track without any is refused, also where its clips have left it since. */
static void test_reference_needs_clips(void **state)
{
	(void)state;
	struct as_session *s = load_saved();
	int phone = id_of(s, "Phone_001.wav"), extra = -1;
	struct as_error err = {0};
	assert_int_equal(as_session_add_track(s, "Extra", &extra, NULL), AS_OK);
	assert_int_equal(as_session_set_reference(s, "Extra", &err), AS_ERR_INVALID);
	assert_non_null(strstr(err.msg, "Extra has no clips"));
	assert_int_equal(as_session_move_clips(s, &phone, 1, extra, NULL), AS_OK);
	assert_int_equal(as_session_set_reference(s, "Extra", NULL), AS_OK);
	assert_int_equal(as_session_move_clips(s, &phone, 1, track_of(s, "CamA"), NULL), AS_OK);
	assert_int_equal(as_session_analyze(s, NULL), AS_OK);
	for (const struct as_snapshot *n = as_session_snapshot(s);; n = as_session_snapshot(s)) {
		bool busy = n->busy;
		if (!busy) {
			assert_int_equal(n->outcome, AS_ERR_INVALID);
			assert_non_null(strstr(n->error, "Extra has no clips"));
		}
		as_snapshot_free(n);
		if (!busy)
			break;
		poll(&(struct pollfd){.fd = as_session_fd(s), .events = POLLIN}, 1, 100);
		for (struct as_event e; as_session_next_event(s, &e);)
			;
	}
	as_session_free(s);
}

/* Refused for want of room: no folder is left behind. */
static void test_export_that_is_refused(void **state)
{
	(void)state;
	struct as_session *s = load_saved();
	struct as_error err = {0};
	const char *dir = folder_path(root, "no room");
	const struct as_manual_place far = {.island = 1, .start_s = 9e7, .drift_ppm = NAN};
	assert_int_equal(as_session_set_place(s, id_of(s, "Phone_001.wav"), &far, NULL), AS_OK);
	struct as_export_request r = {.dir = dir};
	assert_int_equal(as_session_export(s, &r, &err), AS_ERR_IO);
	assert_non_null(strstr(err.msg, "MiB are free"));
	assert_int_not_equal(access(dir, F_OK), 0);
	as_session_free(s);
}

static void test_remove(void **state)
{
	(void)state;
	struct as_session *s = load_saved();
	const struct as_snapshot *first = as_session_snapshot(s), *n;
	int a = projects_clip(first, "CamA_001.wav"), phone = projects_clip(first, "Phone_001.wav"), gone[2] = {a, phone};
	int64_t n0;
	keep_undo(s);
	char *start = bytes_of(s, &n0);
	double between = projects_start_of(s, "Zoom_001.wav") - projects_start_of(s, "CamB_001.wav");
	assert_int_equal(as_session_set_locked(s, id_of(s, "Zoom_001.wav"), true, NULL), AS_OK);
	assert_int_equal(as_session_remove_clips(s, gone, 2, NULL), AS_OK);
	assert_string_equal(as_session_undo_label(s), "remove 2 clips");
	n = as_session_snapshot(s);
	assert_int_equal(n->n_clips, first->n_clips - 2);
	assert_int_equal(n->n_tracks, first->n_tracks - 2);
	assert_true(fabs(projects_start_of(s, "Zoom_001.wav") - projects_start_of(s, "CamB_001.wav") - between) < 1e-9);
	for (int i = 0; i < n->n_matches; i++)
		assert_true(n->matches[i].a < n->n_clips && n->matches[i].b < n->n_clips && n->matches[i].a < n->matches[i].b);
	as_snapshot_free(n);
	/* They stay away. */
	n = projects_analyze(s);
	assert_int_equal(n->n_clips, first->n_clips - 2);
	as_snapshot_free(n);
	assert_int_equal(as_session_remove_track(s, track_of(s, "Zoom"), NULL), AS_OK);
	assert_int_equal(as_session_remove_track(s, 99, NULL), AS_ERR_INVALID);
	n = as_session_snapshot(s);
	assert_int_equal(n->n_clips, first->n_clips - 3);
	for (int all[16] = {0, 1, 2, 3, 4, 5, 6, 7}, once = 1; once; once = 0)
		assert_int_equal(as_session_remove_clips(s, all, n->n_clips, NULL), AS_OK);
	as_snapshot_free(n);
	n = as_session_snapshot(s);
	assert_int_equal(n->n_clips, 0);
	assert_int_equal(n->n_tracks, 0);
	as_snapshot_free(n);
	while (as_session_undo_label(s))
		assert_int_equal(as_session_undo(s, NULL), AS_OK);
	assert_bytes(s, start, n0);
	n = as_session_snapshot(s);
	projects_assert_same(first, n, 0);
	as_snapshot_free(n);
	as_snapshot_free(first);
	free(start);
	as_session_free(s);
}

/* ---- settings, and placing again ---- */

static void configure(struct as_session *s, const char *key, const char *value)
{
	struct as_options *opt = as_options_copy(as_session_options(s));
	assert_int_equal(as_options_set(opt, key, value, "test", NULL), AS_OK);
	assert_int_equal(as_session_configure(s, opt, NULL), AS_OK);
	assert_int_equal(as_session_undo_kind(s), AS_UNDO_SETTINGS);
	as_options_free(opt);
}

/* Matches by other rules, signals of another channel, and back: neither is taken for the other. */
static void test_configure(void **state)
{
	(void)state;
	static const char *const sets[][2] = {{"analysis.probe_every_s", "5"}, {"analysis.channel", "0"}, {"export.island_gap_s", "3"}};
	struct as_session *s = projects_open(NULL);
	int64_t n[4];
	char *known[4];
	assert_int_equal(as_session_add(s, shoot, NULL, NULL), AS_OK);
	analyze(s);
	keep_undo(s);
	for (int i = 0; i < 3; i++) {
		known[i] = bytes_of(s, &n[i]);
		configure(s, sets[i][0], sets[i][1]);
		const struct as_snapshot *v = projects_analyze(s);
		assert_true((v->decoded_s > 0) == (i == 1));
		as_snapshot_free(v);
	}
	known[3] = bytes_of(s, &n[3]);
	assert_string_equal(as_session_undo_label(s), "sync");
	for (int i = 2; i >= 0; i--) {
		assert_int_equal(as_session_undo(s, NULL), AS_OK);
		assert_int_equal(as_session_undo(s, NULL), AS_OK);
		assert_bytes(s, known[i], n[i]);
		assert_string_equal(as_options_value(as_session_options(s), sets[i][0]),
				    as_option_find(sets[i][0])->def);
	}
	/* The first analysis is known still, sound and matches. */
	const struct as_snapshot *v = projects_analyze(s);
	assert_true(v->decoded_s == 0);
	assert_bytes(s, known[0], n[0]);
	as_snapshot_free(v);
	for (int i = 0; i < 4; i++)
		free(known[i]);
	as_session_free(s);
}

static void wait_for_end(struct as_session *s)
{
	struct as_event e;
	for (bool busy = true; busy;) {
		struct pollfd p = {.fd = as_session_fd(s), .events = POLLIN};
		poll(&p, 1, -1);
		while (as_session_next_event(s, &e))
			busy = busy && e.kind != AS_EVENT_DONE;
	}
}

static void solve(struct as_session *s)
{
	assert_int_equal(as_session_solve(s, NULL), AS_OK);
	wait_for_end(s);
	const struct as_snapshot *n = as_session_snapshot(s);
	assert_int_equal(n->outcome, AS_OK);
	assert_true(n->decoded_s == 0);
	as_snapshot_free(n);
}

/* From the same matches come the same places, after adding, too. */
static void test_solve_again(void **state)
{
	(void)state;
	struct as_session *s = load_saved();
	const struct as_snapshot *first = as_session_snapshot(s), *n;
	int zoom = projects_clip(first, "Zoom_001.wav");
	int64_t n0;
	char *start = bytes_of(s, &n0);
	keep_undo(s);
	solve(s);
	assert_bytes(s, start, n0);
	assert_string_equal(as_session_undo_label(s), "place again");
	assert_int_equal(as_session_undo_kind(s), AS_UNDO_SOLVE);
	/* A clip that is let go comes back to where the sound has it. */
	assert_int_equal(as_session_nudge(s, zoom, 0.25, NULL), AS_OK);
	assert_int_equal(as_session_set_locked(s, zoom, false, NULL), AS_OK);
	solve(s);
	assert_bytes(s, start, n0);
	const char *late = folder_path(root, "Late_001.wav");
	projects_write_clip(late, 5, 3, 12);
	assert_int_equal(as_session_add(s, late, NULL, NULL), AS_OK);
	n = as_session_snapshot(s);
	assert_null(n->placements);
	as_snapshot_free(n);
	solve(s);
	n = as_session_snapshot(s);
	for (int i = 0; i < first->n_clips; i++)
		assert_true(n->placements[i].island == first->placements[i].island);
	as_snapshot_free(n);
	struct as_session *empty = projects_open(NULL);
	assert_int_equal(as_session_solve(empty, NULL), AS_ERR_INVALID);
	as_session_free(empty);
	as_snapshot_free(first);
	free(start);
	as_session_free(s);
}

/* ---- locks ---- */

static double after(struct as_session *s, const char *a, const char *b)
{
	return projects_start_of(s, b) - projects_start_of(s, a);
}

static bool warns(struct as_session *s, const char *name, const char *part)
{
	const struct as_snapshot *n = as_session_snapshot(s);
	const struct as_placement *p = &n->placements[projects_clip(n, name)];
	bool found = false;
	for (int i = 0; i < p->n_warnings; i++)
		found = found || strstr(p->warnings[i], part);
	as_snapshot_free(n);
	return found;
}

/* What was looked for at one place says nothing of others, and what the sound said of a clip that was moved is about another place. */
static void check_margins(struct as_session *s)
{
	const struct as_snapshot *n = as_session_snapshot(s);
	int narrow = 0;
	for (int i = 0; i < n->n_matches; i++) {
		narrow += n->matches[i].narrow && n->matches[i].n_candidates == 0;
		assert_true(isnan(n->matches[i].margin) == (n->matches[i].narrow && n->matches[i].n_candidates == 0));
	}
	assert_true(narrow > 0);
	for (int i = 0; i < n->n_clips; i++)
		assert_true(isnan(n->placements[i].margin) == (n->placements[i].method == AS_METHOD_MANUAL));
	as_snapshot_free(n);
}

/* Ref and Wit hang together, Far overlaps Mid alone: Mid moves by hand, and Far with it. */
static void test_solve_around_lock(void **state)
{
	(void)state;
	char dir[96];
	snprintf(dir, sizeof dir, "%s/chain", root);
	mkdir(dir, 0700);
	projects_write_clip(folder_path(dir, "Ref_001.wav"), 9, 0, 30);
	projects_write_clip(folder_path(dir, "Wit_001.wav"), 9, 2, 20);
	projects_write_clip(folder_path(dir, "Mid_001.wav"), 9, 15, 30);
	projects_write_clip(folder_path(dir, "Far_001.wav"), 9, 32, 20);
	struct as_session *s = projects_open(NULL);
	assert_int_equal(as_session_add(s, dir, NULL, NULL), AS_OK);
	assert_int_equal(as_session_set_reference(s, "Ref", NULL), AS_OK);
	analyze(s);
	assert_true(fabs(after(s, "Ref_001.wav", "Far_001.wav") - 32) < 1e-3);
	assert_int_equal(as_session_nudge(s, id_of(s, "Mid_001.wav"), 0.5, NULL), AS_OK);
	assert_true(warns(s, "Mid_001.wav", "is locked 0.500 s later"));
	assert_true(fabs(after(s, "Ref_001.wav", "Far_001.wav") - 32) < 1e-3);
	for (int i = 0; i < 3; i++) {
		/* Placing again, analysing again: the lock holds, and what follows from it. */
		if (i < 2)
			solve(s);
		else
			analyze(s);
		assert_true(fabs(after(s, "Ref_001.wav", "Mid_001.wav") - 15.5) < 1e-3);
		assert_true(fabs(after(s, "Ref_001.wav", "Far_001.wav") - 32.5) < 1e-3);
		assert_true(fabs(after(s, "Ref_001.wav", "Wit_001.wav") - 2) < 1e-3);
		assert_true(warns(s, "Mid_001.wav", "is locked 0.500 s later"));
		check_margins(s);
	}
	/* Two clips alone: neither is lost for their disagreement. */
	int gone[2] = {id_of(s, "Wit_001.wav"), id_of(s, "Far_001.wav")};
	assert_int_equal(as_session_remove_clips(s, gone, 2, NULL), AS_OK);
	solve(s);
	assert_true(fabs(after(s, "Ref_001.wav", "Mid_001.wav") - 15.5) < 1e-3);
	/* All locked: they stay. */
	assert_int_equal(as_session_set_locked(s, id_of(s, "Ref_001.wav"), true, NULL), AS_OK);
	solve(s);
	assert_true(fabs(after(s, "Ref_001.wav", "Mid_001.wav") - 15.5) < 1e-3);
	/* Let go, the sound says. */
	assert_int_equal(as_session_set_locked(s, id_of(s, "Ref_001.wav"), false, NULL), AS_OK);
	assert_int_equal(as_session_set_locked(s, id_of(s, "Mid_001.wav"), false, NULL), AS_OK);
	solve(s);
	assert_true(fabs(after(s, "Ref_001.wav", "Mid_001.wav") - 15) < 1e-3);
	as_session_free(s);
}

/* CamZ's places are whole turns of the loop apart, counted from where the loop begins. */
static void check_open(struct as_session *s, double loop_s)
{
	const struct as_snapshot *n = as_session_snapshot(s);
	const struct as_placement *p = &n->placements[projects_clip(n, "CamZ_001.wav")];
	assert_int_equal(p->verdict, AS_VERDICT_AMBIGUOUS);
	assert_true(p->n_candidates >= 4);
	for (int i = 0; i < p->n_candidates; i++)
		assert_true(fabs(remainder(p->candidates[i].start_s - loop_s - 3, 8)) < 2e-3);
	as_snapshot_free(n);
}

/* A clip that fits a loop in many places, and the loop is locked: it is as open as before, wherever the loop lies. */
static void test_lock_of_a_loop(void **state)
{
	(void)state;
	char dir[96];
	snprintf(dir, sizeof dir, "%s/loop", root);
	mkdir(dir, 0700);
	projects_write_clip(folder_path(root, "turn.wav"), 31, 0, 8);
	media_ffmpeg("-stream_loop 9 -i %s %s", folder_path(root, "turn.wav"), folder_path(dir, "RecA_001.wav"));
	media_ffmpeg("-ss 3 -t 16 -i %s %s", folder_path(dir, "RecA_001.wav"), folder_path(dir, "CamZ_001.wav"));
	projects_write_clip(folder_path(dir, "Wit_001.wav"), 9, 0, 30);
	projects_write_clip(folder_path(dir, "Far_001.wav"), 9, 12, 20);
	for (int island = 1; island <= 2; island++) {
		struct as_session *s = projects_open(NULL);
		const struct as_manual_place to = {.island = island, .start_s = 20, .drift_ppm = NAN};
		assert_int_equal(as_session_add(s, dir, NULL, NULL), AS_OK);
		analyze(s);
		check_open(s, 0);
		assert_int_equal(as_session_set_place(s, id_of(s, "RecA_001.wav"), &to, NULL), AS_OK);
		solve(s);
		check_open(s, projects_start_of(s, "RecA_001.wav"));
		analyze(s);
		check_open(s, projects_start_of(s, "RecA_001.wav"));
		as_session_free(s);
	}
}

/* ---- autosaves ---- */

static struct as_session *load_from(const char *path)
{
	struct as_options *opt = projects_options(NULL);
	struct as_session *s = as_session_load(opt, path, NULL, 0, NULL);
	as_options_free(opt);
	assert_non_null(s);
	return s;
}

static int count_autosaves(const char *dir)
{
	int n;
	struct as_autosave *v = as_project_list_autosaves(dir, &n);
	as_project_free_autosaves(v, n);
	return n;
}

static void test_autosave_without_project(void **state)
{
	(void)state;
	char dir[96];
	int n;
	snprintf(dir, sizeof dir, "%s/state/autosave", root);
	assert_int_equal(count_autosaves(dir), 0);
	struct as_session *s = projects_open(NULL), *t = projects_open(NULL);
	assert_int_equal(as_session_add(s, shoot, NULL, NULL), AS_OK);
	assert_int_equal(as_session_autosave(s, NULL, NULL, NULL), AS_ERR_INVALID);
	assert_int_equal(as_session_autosave(s, NULL, dir, NULL), AS_OK);
	assert_int_equal(as_session_autosave(s, NULL, dir, NULL), AS_OK);
	assert_int_equal(as_session_autosave(t, NULL, dir, NULL), AS_OK);
	/* They live. */
	assert_int_equal(count_autosaves(dir), 0);
	as_session_drop_autosave(t);
	as_session_free(t);
	as_session_free(s);
	struct as_autosave *v = as_project_list_autosaves(dir, &n);
	assert_int_equal(n, 1);
	assert_null(v[0].project);
	assert_true(v[0].saved_s > 1e9);
	s = load_from(v[0].path);
	assert_true(as_session_modified(s));
	assert_null(as_session_project_path(s));
	/* It goes on as itself, until it is saved. */
	assert_int_equal(as_session_autosave(s, NULL, dir, NULL), AS_OK);
	assert_int_equal(count_autosaves(dir), 0);
	assert_int_equal(as_session_save(s, folder_path(root, "kept.audiosync"), true, NULL), AS_OK);
	assert_false(as_session_modified(s));
	as_session_free(s);
	assert_int_equal(count_autosaves(dir), 0);
	as_project_free_autosaves(v, n);
}

static void test_autosave_of_project(void **state)
{
	(void)state;
	char dir[96], path[96];
	int n;
	snprintf(dir, sizeof dir, "%s/state2", root);
	snprintf(path, sizeof path, "%s/of.audiosync", root);
	struct as_session *s = load_saved();
	assert_int_equal(as_session_save(s, path, true, NULL), AS_OK);
	assert_int_equal(as_session_nudge(s, id_of(s, "Zoom_001.wav"), 0.5, NULL), AS_OK);
	assert_int_equal(as_session_autosave(s, path, dir, NULL), AS_OK);
	double z = projects_start_of(s, "Zoom_001.wav");
	as_session_free(s);
	struct as_autosave *v = as_project_list_autosaves(dir, &n);
	assert_int_equal(n, 1);
	assert_string_equal(v[0].project, path);
	s = load_from(v[0].path);
	assert_true(projects_start_of(s, "Zoom_001.wav") == z);
	/* Whoever holds the project is at work. */
	assert_int_equal(as_session_hold(s, path, NULL), AS_OK);
	assert_int_equal(count_autosaves(dir), 0);
	assert_int_equal(as_session_save(s, path, true, NULL), AS_OK);
	as_session_free(s);
	assert_int_equal(count_autosaves(dir), 0);
	as_project_free_autosaves(v, n);
}

/* ---- anything, in any order ---- */

#define STATES 64

static uint32_t draw(uint32_t *seed, uint32_t n)
{
	*seed = *seed * 1664525u + 1013904223u;
	return (*seed >> 8) % n;
}

/* One change; false: it was none. */
static bool change(struct as_session *s, uint32_t *seed)
{
	const struct as_snapshot *n = as_session_snapshot(s);
	char name[32];
	bool done = false;
	int clip = n->n_clips > 0 ? (int)draw(seed, (uint32_t)n->n_clips) : -1;
	int track = n->n_tracks > 0 ? (int)draw(seed, (uint32_t)n->n_tracks) : -1;
	struct as_manual_place to = {.island = (int)draw(seed, 3), .start_s = draw(seed, 100) - 20.0, .drift_ppm = NAN};
	snprintf(name, sizeof name, "T%u", (unsigned)draw(seed, 100000));
	switch (draw(seed, 11)) {
	case 0: case 1: case 2:
		done = as_session_nudge(s, clip, (draw(seed, 2000) - 999.5) * 1e-3, NULL) == AS_OK;
		break;
	case 3:
		done = as_session_set_place(s, clip, &to, NULL) == AS_OK;
		break;
	case 4:
		done = clip >= 0 && n->placements && as_session_set_locked(s, clip, !n->placements[clip].locked, NULL) == AS_OK;
		break;
	case 5:
		done = clip >= 0 && track >= 0 && n->clips[clip].track != track &&
		       as_session_move_clips(s, &clip, 1, track, NULL) == AS_OK;
		break;
	case 6:
		done = as_session_add_track(s, name, NULL, NULL) == AS_OK;
		break;
	case 7:
		done = as_session_rename_track(s, track, name, NULL) == AS_OK;
		break;
	case 8:
		done = draw(seed, 4) == 0 && clip >= 0 && as_session_remove_clips(s, &clip, 1, NULL) == AS_OK;
		break;
	case 9:
		done = draw(seed, 4) == 0 && as_session_remove_track(s, track, NULL) == AS_OK;
		break;
	case 10:
		done = draw(seed, 4) == 0 && n->n_clips > 0 && as_session_regroup(s, NULL) == AS_OK;
		break;
	}
	as_snapshot_free(n);
	return done;
}

static void assert_loads_the_same(struct as_session *s)
{
	const char *path = folder_path(root, "random.audiosync");
	assert_int_equal(as_session_save(s, path, true, NULL), AS_OK);
	assert_false(as_session_modified(s));
	struct as_options *opt = projects_options(NULL);
	struct as_session *t = as_session_load(opt, path, NULL, 0, NULL);
	const struct as_snapshot *a = as_session_snapshot(s), *b = as_session_snapshot(t);
	projects_assert_same(a, b, 0);
	as_snapshot_free(a);
	as_snapshot_free(b);
	as_options_free(opt);
	as_session_free(t);
}

static void test_random_edits(void **state)
{
	(void)state;
	for (uint32_t run = 1; run <= 4; run++) {
		struct as_session *s = load_saved();
		char *known[STATES];
		int64_t bytes[STATES];
		int n = 0, pos = 0;
		uint32_t seed = run;
		keep_undo(s);
		known[0] = bytes_of(s, &bytes[0]);
		for (int i = 0; i < 100; i++) {
			uint32_t what = draw(&seed, 10);
			if (what < 3 && pos > 0) {
				assert_int_equal(as_session_undo(s, NULL), AS_OK);
				pos--;
				assert_bytes(s, known[pos], bytes[pos]);
			} else if (what < 5 && pos < n) {
				assert_int_equal(as_session_redo(s, NULL), AS_OK);
				pos++;
				assert_bytes(s, known[pos], bytes[pos]);
			} else if (pos < STATES - 1 && change(s, &seed)) {
				for (; n > pos; n--)
					free(known[n]);
				n = ++pos;
				known[pos] = bytes_of(s, &bytes[pos]);
			}
			if (i % 33 == 32)
				assert_loads_the_same(s);
		}
		for (; pos > 0; pos--)
			assert_int_equal(as_session_undo(s, NULL), AS_OK);
		assert_null(as_session_undo_label(s));
		assert_bytes(s, known[0], bytes[0]);
		for (; n >= 0; n--)
			free(known[n]);
		as_session_free(s);
	}
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(test_nudge),
		cmocka_unit_test(test_undo_places),
		cmocka_unit_test(test_lock_several),
		cmocka_unit_test(test_undo_group),
		cmocka_unit_test(test_undo_is_bounded),
		cmocka_unit_test(test_undo_analysis),
		cmocka_unit_test(test_tracks),
		cmocka_unit_test(test_reference_needs_clips),
		cmocka_unit_test(test_export_that_is_refused),
		cmocka_unit_test(test_remove),
		cmocka_unit_test(test_configure),
		cmocka_unit_test(test_solve_again),
		cmocka_unit_test(test_solve_around_lock),
		cmocka_unit_test(test_lock_of_a_loop),
		cmocka_unit_test(test_autosave_without_project),
		cmocka_unit_test(test_autosave_of_project),
		cmocka_unit_test(test_random_edits),
	};
	return cmocka_run_group_tests(tests, set_up, tear_down);
}
