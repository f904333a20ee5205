/* Sessions that last: saved, loaded, continued, moved, locked. */
#include <math.h>
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/stat.h>
#include <sys/time.h>
#include <unistd.h>
#include <cmocka.h>

#include <audiosync/audiosync.h>

#include "folder.h"
#include "projects.h"

static char root[64], shoot[96], saved[96];
static const struct as_snapshot *first; /* of the session that was saved */

static int set_up(void **state)
{
	(void)state;
	struct as_session *s = projects_set_up(root, shoot, saved);
	if (!s)
		return -1;
	assert_int_equal(as_session_save(s, saved, false, NULL), AS_OK);
	first = as_session_snapshot(s);
	as_session_free(s);
	return 0;
}

static int tear_down(void **state)
{
	(void)state;
	as_snapshot_free(first);
	return folder_remove(root);
}

static struct as_session *load_from(const char *path, const char *relink)
{
	struct as_options *opt = projects_options(NULL);
	struct as_error err = {0};
	struct as_session *s = as_session_load(opt, path, &relink, relink ? 1 : 0, &err);
	if (!s)
		fail_msg("%s", err.msg);
	as_options_free(opt);
	return s;
}

static int count_warnings(const struct as_snapshot *s, const char *part)
{
	int n = 0;
	for (int i = 0; i < s->n_warnings; i++)
		n += strstr(s->warnings[i], part) != NULL;
	return n;
}

static void test_all_comes_back(void **state)
{
	(void)state;
	struct as_session *s = load_from(saved, NULL);
	const struct as_snapshot *b = as_session_snapshot(s);
	assert_true(first->n_matches >= 3 && first->n_islands == 1);
	projects_assert_same(first, b, 0);
	as_snapshot_free(b);
	as_session_free(s);
}

static void test_same_bytes_again(void **state)
{
	(void)state;
	const char *again = folder_path(root, "again.audiosync");
	struct as_session *s = load_from(saved, NULL);
	assert_int_equal(as_session_save(s, again, false, NULL), AS_OK);
	assert_true(projects_same_file(saved, again));
	/* And after an analysis that has nothing to do. */
	const struct as_snapshot *b = projects_analyze(s);
	projects_assert_same(first, b, 0);
	assert_true(b->decoded_s == 0);
	as_snapshot_free(b);
	assert_int_equal(as_session_save(s, again, false, NULL), AS_OK);
	assert_true(projects_same_file(saved, again));
	as_session_free(s);
}

static void test_overwriting_is_asked_for(void **state)
{
	(void)state;
	const char *other = folder_path(root, "other.audiosync");
	struct as_session *s = load_from(saved, NULL);
	struct stat st;
	projects_write(other, "{}", 2);
	assert_int_equal(as_session_save(s, other, false, NULL), AS_ERR_EXISTS);
	assert_int_equal(as_session_save(s, folder_path(shoot, "CamA_001.wav"), true, NULL), AS_ERR_EXISTS);
	assert_int_equal(as_session_save(s, root, true, NULL), AS_ERR_EXISTS);
	assert_int_equal(as_session_save(s, other, true, NULL), AS_OK);
	assert_int_equal(stat(folder_path(root, "other.audiosync~"), &st), 0);
	assert_int_equal(st.st_size, 2);
	assert_true(projects_same_file(saved, other));
	/* Now it is the session's own. */
	assert_int_equal(as_session_save(s, other, false, NULL), AS_OK);
	as_session_free(s);
}

static void test_export_without_analysis(void **state)
{
	(void)state;
	char a[96], b[96];
	snprintf(a, sizeof a, "%s/out_a", root);
	snprintf(b, sizeof b, "%s/out_b", root);
	struct as_session *s = projects_open(NULL);
	assert_int_equal(as_session_add(s, shoot, NULL, NULL), AS_OK);
	as_snapshot_free(projects_analyze(s));
	assert_int_equal(projects_export(s, a, NULL), AS_OK);
	as_session_free(s);
	s = load_from(saved, NULL);
	assert_int_equal(projects_export(s, b, NULL), AS_OK);
	as_session_free(s);
	static const char *const names[] = {"CamA.wav", "CamB.wav", "Zoom.wav"};
	for (int i = 0; i < 3; i++)
		assert_true(projects_same_file(folder_path(a, names[i]), folder_path(b, names[i])));
}

/* The new clip, and what it has to be compared with: everything else stays as it was. */
static void test_adding_costs_the_new_clip(void **state)
{
	(void)state;
	char late[96], cache[96];
	snprintf(late, sizeof late, "%s/Late_001.wav", root);
	snprintf(cache, sizeof cache, "%s/cache", root);
	projects_write_clip(late, 5, 3, 12);
	/* A cache that knows the old clips. */
	struct as_session *s = projects_open(cache);
	assert_int_equal(as_session_add(s, shoot, NULL, NULL), AS_OK);
	as_snapshot_free(projects_analyze(s));
	as_session_free(s);
	struct as_options *opt = projects_options(cache);
	s = as_session_load(opt, saved, NULL, 0, NULL);
	as_options_free(opt);
	assert_non_null(s);
	assert_int_equal(as_session_add(s, shoot, NULL, NULL), AS_OK); /* nothing new, and nothing said */
	assert_int_equal(as_session_add(s, late, NULL, NULL), AS_OK);
	const struct as_snapshot *n = projects_analyze(s);
	assert_int_equal(n->n_warnings, first->n_warnings);
	assert_true(n->decoded_s <= 12.5);
	const struct as_placement *p = &n->placements[projects_clip(n, "Late_001.wav")];
	const struct as_placement *a = &n->placements[projects_clip(n, "CamA_001.wav")];
	assert_int_equal(p->verdict, AS_VERDICT_STRONG);
	assert_true(fabs(p->start_s - a->start_s - 3) < 1e-4);
	as_snapshot_free(n);
	as_session_free(s);
}

static void test_adding_without_cache(void **state)
{
	(void)state;
	const char *late = folder_path(root, "Later_001.wav");
	projects_write_clip(late, 5, 3, 12);
	struct as_session *s = load_from(saved, NULL);
	assert_int_equal(as_session_add(s, late, NULL, NULL), AS_OK);
	const struct as_snapshot *n = projects_analyze(s);
	assert_int_equal(n->placements[projects_clip(n, "Later_001.wav")].verdict, AS_VERDICT_STRONG);
	as_snapshot_free(n);
	as_session_free(s);
}

/* ---- media that moves ---- */

static const struct as_output *output_of(const struct as_snapshot *s, const char *name)
{
	for (int i = 0; i < s->n_outputs; i++) {
		if (strstr(s->outputs[i].path, name))
			return &s->outputs[i];
	}
	fail_msg("no output %s", name);
	return NULL;
}

static void test_moved_together(void **state)
{
	(void)state;
	char here[96], there[96], path[160];
	snprintf(here, sizeof here, "%s/one", root);
	snprintf(there, sizeof there, "%s/two", root);
	mkdir(here, 0700);
	projects_write_clip(folder_path(here, "CamA_001.wav"), 5, 0, 14);
	projects_write_clip(folder_path(here, "Zoom_001.wav"), 5, 2, 12);
	struct as_session *s = projects_open(NULL);
	assert_int_equal(as_session_add(s, here, NULL, NULL), AS_OK);
	as_snapshot_free(projects_analyze(s));
	snprintf(path, sizeof path, "%s/p.audiosync", here);
	assert_int_equal(as_session_save(s, path, false, NULL), AS_OK);
	as_session_free(s);
	assert_int_equal(rename(here, there), 0);
	snprintf(path, sizeof path, "%s/p.audiosync", there);
	s = load_from(path, NULL);
	const struct as_snapshot *n = as_session_snapshot(s);
	assert_int_equal(n->n_warnings, 0);
	assert_string_equal(n->clips[0].path, folder_path(there, "CamA_001.wav"));
	assert_int_equal(n->clips[0].media, AS_CLIP_MEDIA_PRESENT);
	as_snapshot_free(n);
	as_session_free(s);
}

static void copy_project(const char *to)
{
	int64_t bytes;
	char *text = projects_read(saved, &bytes);
	projects_write(to, text, bytes);
	free(text);
}

/* A folder of its own for the project, so that its recordings are where their path says, or nowhere. */
static void test_relink(void **state)
{
	(void)state;
	char dir[96], disk[96], deep[128], project[160], gone[128];
	snprintf(dir, sizeof dir, "%s/elsewhere", root);
	snprintf(disk, sizeof disk, "%s/disk", root);
	snprintf(deep, sizeof deep, "%s/card", disk);
	snprintf(project, sizeof project, "%s/p.audiosync", dir);
	snprintf(gone, sizeof gone, "%s.away", shoot);
	mkdir(dir, 0700);
	mkdir(disk, 0700);
	mkdir(deep, 0700);
	copy_project(project);
	assert_int_equal(symlink("..", folder_path(deep, "loop")), 0);
	/* One keeps its name, one has another, one is another recording of the same name and one is not there at all. */
	assert_int_equal(rename(folder_path(shoot, "CamA_001.wav"), folder_path(deep, "CamA_001.wav")), 0);
	assert_int_equal(rename(folder_path(shoot, "CamB_001.wav"), folder_path(disk, "b take.wav")), 0);
	projects_write_clip(folder_path(disk, "Zoom_001.wav"), 9, 0, 16);
	assert_int_equal(rename(shoot, gone), 0);
	struct as_session *s = load_from(project, disk);
	const struct as_snapshot *n = as_session_snapshot(s);
	int a = projects_clip(n, "CamA_001.wav"), b = projects_clip(n, "b take.wav"), z = projects_clip(n, "Zoom_001.wav");
	assert_int_equal(n->clips[a].media, AS_CLIP_MEDIA_PRESENT);
	assert_int_equal(n->clips[b].media, AS_CLIP_MEDIA_PRESENT);
	assert_int_equal(n->clips[z].media, AS_CLIP_MEDIA_MISSING);
	assert_int_equal(n->clips[projects_clip(n, "Phone_001.wav")].media, AS_CLIP_MEDIA_MISSING);
	assert_int_equal(count_warnings(n, "found as"), 2);
	assert_int_equal(count_warnings(n, "missing"), 4);
	assert_int_equal(count_warnings(n, "another recording"), 1);
	assert_int_equal(n->placements[z].verdict, first->placements[z].verdict); /* kept, not dropped */
	as_snapshot_free(n);
	/* The file of a recording that is missing fails, by name; the others are written. */
	assert_int_equal(projects_export(s, folder_path(root, "out_gone"), &n), AS_ERR_IO);
	assert_int_equal(output_of(n, "Zoom.wav")->done, false);
	assert_non_null(strstr(output_of(n, "Zoom.wav")->error, "Zoom_001.wav: No such file"));
	assert_true(output_of(n, "CamA.wav")->done && output_of(n, "CamB.wav")->done);
	as_snapshot_free(n);
	as_session_free(s);
	assert_int_equal(rename(gone, shoot), 0);
	assert_int_equal(rename(folder_path(deep, "CamA_001.wav"), folder_path(shoot, "CamA_001.wav")), 0);
	assert_int_equal(rename(folder_path(disk, "b take.wav"), folder_path(shoot, "CamB_001.wav")), 0);
}

/* Analysing without the recordings keeps what was known: nobody is dropped because a disk is not there. */
static void test_analysis_without_media(void **state)
{
	(void)state;
	char away[128];
	const char *late = folder_path(root, "Lone_001.wav");
	snprintf(away, sizeof away, "%s.away", shoot);
	projects_write_clip(late, 31, 3, 12);
	assert_int_equal(rename(shoot, away), 0);
	struct as_session *s = load_from(saved, NULL);
	const struct as_snapshot *n = projects_analyze(s);
	for (int i = 0; i < n->n_clips; i++)
		assert_int_equal(n->placements[i].verdict, first->placements[i].verdict);
	as_snapshot_free(n);
	/* With a new clip there is something to compare it with, but nothing of it can be heard. */
	assert_int_equal(as_session_add(s, late, NULL, NULL), AS_OK);
	n = projects_analyze(s);
	for (int i = 0; i < first->n_clips; i++) {
		int k = projects_clip(n, first->clips[i].name);
		assert_int_equal(n->placements[k].verdict, first->placements[i].verdict);
	}
	as_snapshot_free(n);
	as_session_free(s);
	assert_int_equal(rename(away, shoot), 0);
}

static void test_changed_media(void **state)
{
	(void)state;
	char kept[200], path[128];
	snprintf(path, sizeof path, "%s", folder_path(shoot, "Zoom_001.wav"));
	snprintf(kept, sizeof kept, "%s.kept", path);
	assert_int_equal(rename(path, kept), 0);
	projects_write_clip(path, 5, 20.5, 13);
	struct as_session *s = load_from(saved, NULL);
	const struct as_snapshot *n = as_session_snapshot(s);
	int z = projects_clip(n, "Zoom_001.wav");
	assert_int_equal(n->clips[z].media, AS_CLIP_MEDIA_CHANGED);
	assert_int_equal(count_warnings(n, "has changed"), 1);
	as_snapshot_free(n);
	assert_true(projects_export(s, folder_path(root, "out_changed"), &n) >= AS_ERR_IO);
	assert_non_null(strstr(output_of(n, "Zoom.wav")->error, "has changed since it was analysed"));
	as_snapshot_free(n);
	/* The next analysis takes it as it is. */
	n = projects_analyze(s);
	z = projects_clip(n, "Zoom_001.wav");
	assert_int_equal(n->clips[z].media, AS_CLIP_MEDIA_PRESENT);
	assert_true(fabs(n->placements[z].start_s - n->placements[projects_clip(n, "CamA_001.wav")].start_s - 20.5) < 1e-4);
	as_snapshot_free(n);
	as_session_free(s);
	assert_int_equal(rename(kept, path), 0);
}

/* A copy has other times and is the same recording: nothing is searched again, whatever its key would be now. */
static void test_touched_media(void **state)
{
	(void)state;
	struct timeval times[2] = {{1e9, 0}, {1e9, 0}};
	assert_int_equal(utimes(folder_path(shoot, "CamB_001.wav"), times), 0);
	struct as_session *s = load_from(saved, NULL);
	const struct as_snapshot *n = projects_analyze(s);
	projects_assert_same(first, n, 0);
	assert_true(n->decoded_s == 0);
	as_snapshot_free(n);
	assert_int_equal(projects_export(s, folder_path(root, "out_touched"), NULL), AS_OK);
	as_session_free(s);
}

/* ---- locks ---- */

static void test_locks(void **state)
{
	(void)state;
	const char *path = folder_path(root, "locked.audiosync");
	struct as_session *s = load_from(saved, NULL);
	int phone = projects_clip(first, "Phone_001.wav"), b = projects_clip(first, "CamB_001.wav"),
	    a = projects_clip(first, "CamA_001.wav");
	/* By hand, before the island's zero: the island then begins there. */
	const struct as_manual_place to = {.island = 1, .start_s = -2.5, .drift_ppm = NAN};
	assert_int_equal(as_session_set_place(s, phone, &to, NULL), AS_OK);
	assert_int_equal(as_session_set_locked(s, b, true, NULL), AS_OK);
	const struct as_snapshot *n = as_session_snapshot(s);
	assert_true(n->placements[phone].locked && n->placements[b].locked && !n->placements[a].locked);
	assert_int_equal(n->placements[phone].method, AS_METHOD_MANUAL);
	assert_int_equal(n->placements[phone].verdict, AS_VERDICT_STRONG);
	assert_true(n->placements[phone].start_s == 0);
	assert_true(fabs(n->placements[a].start_s - first->placements[a].start_s - 2.5) < 1e-9);
	assert_true(n->island_s[0] >= first->island_s[0] + 2.4);
	/* A locked clip of the sound keeps what was measured of it. */
	assert_int_equal(n->placements[b].method, AS_METHOD_AUDIO);
	assert_true(n->placements[b].drift_ppm == first->placements[b].drift_ppm ||
		    isnan(first->placements[b].drift_ppm));
	as_session_save(s, path, true, NULL);
	struct as_session *t = load_from(path, NULL);
	const struct as_snapshot *m = as_session_snapshot(t);
	projects_assert_same(n, m, 0);
	as_snapshot_free(m);
	/* Analysing changes nothing of it. */
	m = projects_analyze(t);
	for (int i = 0; i < n->n_clips; i++) {
		assert_int_equal(m->placements[i].island, n->placements[i].island);
		if (n->placements[i].island > 0)
			assert_true(fabs(m->placements[i].start_s - n->placements[i].start_s) < 1e-9);
	}
	as_snapshot_free(m);
	/* Let go, the next analysis says what the sound says. */
	assert_int_equal(as_session_set_locked(t, phone, false, NULL), AS_OK);
	m = projects_analyze(t);
	assert_int_equal(m->placements[phone].island, 0);
	as_snapshot_free(m);
	as_snapshot_free(n);
	as_session_free(s);
	as_session_free(t);
}

static void test_lock_limits(void **state)
{
	(void)state;
	struct as_session *s = load_from(saved, NULL);
	int phone = projects_clip(first, "Phone_001.wav"), bad = projects_clip(first, "Bad_001.mp4");
	struct as_manual_place to = {.island = 3, .start_s = 0, .drift_ppm = NAN};
	assert_int_equal(as_session_set_place(s, phone, &to, NULL), AS_ERR_INVALID);
	to = (struct as_manual_place){.island = 1, .start_s = NAN, .drift_ppm = NAN};
	assert_int_equal(as_session_set_place(s, phone, &to, NULL), AS_ERR_INVALID);
	to.start_s = 1;
	assert_int_equal(as_session_set_place(s, bad, &to, NULL), AS_ERR_INVALID);
	assert_int_equal(as_session_set_place(s, 99, &to, NULL), AS_ERR_INVALID);
	assert_int_equal(as_session_set_locked(s, phone, true, NULL), AS_ERR_INVALID);
	/* An island of its own, and off the timeline again. */
	to.island = 2;
	assert_int_equal(as_session_set_place(s, phone, &to, NULL), AS_OK);
	const struct as_snapshot *n = as_session_snapshot(s);
	assert_int_equal(n->n_islands, 2);
	assert_true(fabs(n->island_s[1] - 15) < 1e-9);
	as_snapshot_free(n);
	to.island = 0;
	assert_int_equal(as_session_set_place(s, phone, &to, NULL), AS_OK);
	n = as_session_snapshot(s);
	assert_int_equal(n->n_islands, 1);
	assert_int_equal(n->placements[phone].verdict, AS_VERDICT_UNPLACED);
	assert_true(n->placements[phone].locked);
	as_snapshot_free(n);
	as_session_free(s);
}

/* ---- settings ---- */

static void test_settings(void **state)
{
	(void)state;
	const char *path = folder_path(root, "set.audiosync");
	struct as_options *opt = projects_options(NULL);
	as_options_set(opt, "export.format", "flac", NULL, NULL);
	as_options_set(opt, "confidence.strong", "12", NULL, NULL);
	struct as_session *s = as_session_new(opt, NULL);
	assert_int_equal(as_session_add(s, shoot, NULL, NULL), AS_OK);
	assert_int_equal(as_session_save(s, path, true, NULL), AS_OK);
	as_session_free(s);
	as_options_free(opt);
	opt = projects_options(NULL);
	as_options_set(opt, "confidence.strong", "15", "--set", NULL);
	s = as_session_load(opt, path, NULL, 0, NULL);
	assert_non_null(s);
	assert_string_equal(as_options_text(opt, "export.format"), "flac");
	assert_true(as_options_real(opt, "confidence.strong") == 15); /* the command line has the last word */
	as_options_free(opt);
	as_session_free(s);
}

/* ---- autosaves ---- */

static void test_autosave(void **state)
{
	(void)state;
	char path[128], state_dir[128];
	snprintf(path, sizeof path, "%s/work.audiosync", root);
	snprintf(state_dir, sizeof state_dir, "%s/state", root);
	struct as_session *s = load_from(saved, NULL);
	assert_null(as_project_newer_autosave(path, state_dir));
	assert_int_equal(as_session_autosave(s, path, state_dir, NULL), AS_OK);
	char *found = as_project_newer_autosave(path, state_dir);
	assert_non_null(found);
	struct as_session *t = load_from(found, NULL);
	const struct as_snapshot *n = as_session_snapshot(t);
	projects_assert_same(first, n, 0);
	as_snapshot_free(n);
	as_session_free(t);
	free(found);
	/* Saving makes it superfluous. */
	assert_int_equal(as_session_save(s, path, false, NULL), AS_OK);
	assert_null(as_project_newer_autosave(path, state_dir));
	as_session_free(s);
}

/* What is known in the middle of an analysis is a project, too, and going on from there ends the same. */
static void test_save_while_running(void **state)
{
	(void)state;
	const char *path = folder_path(root, "middle.audiosync");
	struct as_session *s = projects_open(NULL);
	assert_int_equal(as_session_add(s, shoot, NULL, NULL), AS_OK);
	assert_int_equal(as_session_analyze(s, NULL), AS_OK);
	for (int i = 0; i < 20; i++) {
		struct as_session *t;
		assert_int_equal(as_session_autosave(s, path, NULL, NULL), AS_OK);
		char *found = as_project_newer_autosave(path, NULL);
		assert_non_null(found);
		t = load_from(found, NULL);
		free(found);
		const struct as_snapshot *n = i % 7 == 0 ? projects_analyze(t) : as_session_snapshot(t);
		if (i % 7 == 0) {
			assert_int_equal(n->n_matches, first->n_matches);
			for (int k = 0; k < n->n_clips; k++)
				assert_int_equal(n->placements[k].verdict, first->placements[k].verdict);
		}
		as_snapshot_free(n);
		as_session_free(t);
	}
	as_session_free(s);
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(test_all_comes_back),
		cmocka_unit_test(test_same_bytes_again),
		cmocka_unit_test(test_overwriting_is_asked_for),
		cmocka_unit_test(test_export_without_analysis),
		cmocka_unit_test(test_adding_costs_the_new_clip),
		cmocka_unit_test(test_adding_without_cache),
		cmocka_unit_test(test_moved_together),
		cmocka_unit_test(test_relink),
		cmocka_unit_test(test_analysis_without_media),
		cmocka_unit_test(test_changed_media),
		cmocka_unit_test(test_locks),
		cmocka_unit_test(test_lock_limits),
		cmocka_unit_test(test_settings),
		cmocka_unit_test(test_autosave),
		cmocka_unit_test(test_save_while_running),
		cmocka_unit_test(test_touched_media),
	};
	return cmocka_run_group_tests_name("project", tests, set_up, tear_down);
}
