/* What an export says before it writes, against what it then writes. */
#include <math.h>
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/stat.h>
#include <unistd.h>

#include <cmocka.h>

#include <audiosync/audiosync.h>

#include "folder.h"
#include "projects.h"

static char root[64], shoot[96], out[96];
static struct as_session *session;

static int set_up(void **state)
{
	(void)state;
	if (folder_make(root, sizeof root) != 0)
		return -1;
	strcpy(shoot, folder_path(root, "shoot"));
	strcpy(out, folder_path(root, "out"));
	if (mkdir(shoot, 0777) != 0)
		return -1;
	projects_write_shoot(shoot);
	session = projects_open(NULL);
	return as_session_add(session, shoot, NULL, NULL) == AS_OK ? 0 : -1;
}

static int tear_down(void **state)
{
	(void)state;
	as_session_free(session);
	return folder_remove(root);
}

static struct as_preview *look(const struct as_options *opt, bool force)
{
	struct as_preview *p;
	struct as_error err = {0};
	const struct as_document_request d = {"otio", folder_path(out, "x.otio")};
	const struct as_export_request r = {.dir = out, .force = force, .documents = &d, .n_documents = 1};
	enum as_status status = as_session_preview(session, opt, &r, &p, &err);
	if (status != AS_OK)
		fail_msg("%s", err.msg);
	return p;
}

static void test_needs_an_analysis(void **state)
{
	(void)state;
	struct as_preview *p;
	const struct as_export_request r = {.dir = out};
	assert_int_equal(as_session_preview(session, NULL, &r, &p, NULL), AS_ERR_INVALID);
	assert_null(p);
	as_snapshot_free(projects_analyze(session));
}

static void test_says_what_is_written(void **state)
{
	(void)state;
	const struct as_snapshot *n;
	struct as_preview *p = look(NULL, false);
	assert_int_equal(p->n_files, 4);
	assert_int_equal(folder_count(out), 0);
	assert_int_equal(projects_export(session, out, &n), AS_OK);
	assert_int_equal(n->n_outputs, 3);
	for (int i = 0; i < n->n_outputs; i++) {
		struct stat st;
		assert_string_equal(p->files[i].path, n->outputs[i].path);
		assert_string_equal(p->files[i].refused, "");
		assert_int_equal(p->files[i].channels, n->outputs[i].channels);
		assert_true(fabs(p->files[i].duration_s - n->outputs[i].duration_s) < 1e-9);
		assert_int_equal(stat(p->files[i].path, &st), 0);
		/* The headers are not counted. */
		assert_true(fabs(p->files[i].bytes - (double)st.st_size) < 8192);
	}
	assert_string_equal(p->files[3].document, "otio");
	assert_true(isnan(p->files[3].bytes));
	as_preview_free(p);
	as_snapshot_free(n);
}

static void test_says_what_exists_and_keeps_the_session(void **state)
{
	(void)state;
	struct as_options *opt = as_options_copy(as_session_options(session));
	const struct as_snapshot *before = as_session_snapshot(session), *after;
	struct as_preview *p = look(NULL, false);
	assert_true(p->files[0].exists);
	assert_non_null(strstr(p->files[0].refused, "exists"));
	assert_false(p->files[3].exists);
	as_preview_free(p);
	p = look(NULL, true);
	assert_string_equal(p->files[0].refused, "");
	assert_true(p->files[0].exists);
	as_preview_free(p);
	/* By other settings, which the session does not take over. */
	assert_int_equal(as_options_set(opt, "export.format", "mp3", NULL, NULL), AS_OK);
	p = look(opt, false);
	assert_non_null(strstr(p->files[0].path, ".mp3"));
	assert_string_equal(p->files[0].refused, "");
	assert_int_equal(p->files[0].bits, 0);
	assert_true(fabs(p->files[0].bytes - p->files[0].duration_s * 256 * 125) < 1);
	as_preview_free(p);
	assert_string_equal(as_options_value(as_session_options(session), "export.format"), "wav");
	/* What was written before is still told. */
	after = as_session_snapshot(session);
	assert_int_equal(after->n_outputs, before->n_outputs);
	assert_int_equal(after->generation, before->generation);
	assert_string_equal(after->outputs[0].path, before->outputs[0].path);
	as_snapshot_free(before);
	as_snapshot_free(after);
	as_options_free(opt);
}

/* How far FLAC packs is told as a range, and the files are in it. */
static void test_flac_is_a_range(void **state)
{
	(void)state;
	struct as_options *opt = as_options_copy(as_session_options(session));
	const struct as_snapshot *n;
	struct as_preview *p;
	assert_int_equal(as_options_set(opt, "export.format", "flac", NULL, NULL), AS_OK);
	p = look(opt, false);
	assert_int_equal(as_session_configure(session, opt, NULL), AS_OK);
	assert_int_equal(projects_export(session, out, &n), AS_OK);
	for (int i = 0; i < n->n_outputs; i++) {
		struct stat st;
		assert_int_equal(stat(p->files[i].path, &st), 0);
		assert_true((double)st.st_size > p->files[i].bytes_least && (double)st.st_size < p->files[i].bytes);
		assert_true(p->files[i].bytes < 5 * p->files[i].bytes_least);
	}
	as_preview_free(p);
	as_snapshot_free(n);
	as_options_free(opt);
}

static struct as_preview *look_at(const char *kind, const char *drift)
{
	struct as_options *opt = as_options_copy(as_session_options(session));
	const struct as_document_request d = {kind, folder_path(out, strcmp(kind, "report") == 0 ? "y.html" : "y.xml")};
	const struct as_export_request r = {.documents = &d, .n_documents = 1};
	struct as_preview *p;
	assert_int_equal(as_options_set(opt, "timeline.drift", drift, NULL, NULL), AS_OK);
	assert_int_equal(as_options_set(opt, "timeline.fps", strcmp(kind, "edl") == 0 ? "auto" : "30", NULL, NULL), AS_OK);
	assert_int_equal(as_session_preview(session, opt, &r, &p, NULL), AS_OK);
	assert_int_equal(p->n_files, strcmp(kind, "edl") == 0 ? 4 : 1);
	as_options_free(opt);
	return p;
}

/* 20 s at 4000 ppm are 80 ms: more than two frames of a thirtieth; speed takes it out where the format has any. */
static void test_timelines_tell_rate_and_drift(void **state)
{
	(void)state;
	const struct as_snapshot *n = as_session_snapshot(session);
	struct as_preview *p = look_at("fcpxml", "baked");
	int clip = -1;
	assert_string_equal(p->files[0].fps, "30");
	assert_int_equal(p->files[0].n_drifting, 0);
	as_preview_free(p);
	for (int i = 0; i < n->n_clips; i++)
		clip = strcmp(n->clips[i].name, "CamB_001.wav") == 0 ? i : clip;
	assert_int_equal(as_session_set_place(session, clip, &(struct as_manual_place){.start_s = 7.25, .island = 1, .drift_ppm = 4000}, NULL),
			 AS_OK);
	as_snapshot_free(n);
	p = look_at("fcpxml", "baked");
	assert_int_equal(p->files[0].n_drifting, 1);
	assert_true(fabs(p->files[0].drift_s - 0.0797) < 0.001);
	as_preview_free(p);
	p = look_at("fcpxml", "speed");
	assert_int_equal(p->files[0].n_drifting, 0);
	as_preview_free(p);
	p = look_at("edl", "speed");
	assert_string_equal(p->files[0].fps, "25");
	assert_int_equal(p->files[0].n_drifting, 1);
	as_preview_free(p);
	p = look_at("report", "baked");
	assert_string_equal(p->files[0].fps, "");
	as_preview_free(p);
}

/* Frames are those of timelines: 25 a second where no picture says otherwise, or as many as the setting says. */
static void test_frames_are_those_of_timelines(void **state)
{
	(void)state;
	struct as_options *opt = as_options_copy(as_session_options(session));
	const struct as_snapshot *n = as_session_snapshot(session);
	char name[AS_FRAME_RATE_BYTES];
	assert_float_equal(as_timeline_frame_s(n, opt, name), 0.04, 1e-15);
	assert_string_equal(name, "25");
	assert_int_equal(as_options_set(opt, "timeline.fps", "29.97df", NULL, NULL), AS_OK);
	assert_float_equal(as_timeline_frame_s(n, opt, name), 1001.0 / 30000, 1e-15);
	assert_string_equal(name, "29.97df");
	/* Of pictures that nothing has placed yet. */
	struct as_snapshot read_in = *n;
	struct as_clip *clips = malloc((size_t)n->n_clips * sizeof *clips);
	assert_non_null(clips);
	memcpy(clips, n->clips, (size_t)n->n_clips * sizeof *clips);
	clips[0].has_video = true;
	clips[0].fps = 50;
	read_in.clips = clips;
	read_in.placements = NULL;
	assert_int_equal(as_options_set(opt, "timeline.fps", "auto", NULL, NULL), AS_OK);
	assert_float_equal(as_timeline_frame_s(&read_in, opt, name), 0.02, 1e-15);
	free(clips);
	as_snapshot_free(n);
	as_options_free(opt);
}

/* An edit list is told as the lists that are written: those, with aligned sound and without, and no other. */
static void check_lists(const char *name, const char *replace)
{
	struct as_options *opt = as_options_copy(as_session_options(session));
	char folder[160], file[200];
	const struct as_document_request d = {"edl", file};
	const struct as_export_request r = {.dir = folder, .documents = &d, .n_documents = 1};
	struct as_preview *p, *again;
	int lists = 0;
	strcpy(folder, folder_path(root, name));
	strcpy(file, folder_path(folder, "x.edl"));
	assert_int_equal(as_options_set(opt, "timeline.replace_audio", replace, NULL, NULL), AS_OK);
	assert_int_equal(as_session_preview(session, opt, &r, &p, NULL), AS_OK);
	assert_int_equal(as_session_configure(session, opt, NULL), AS_OK);
	assert_int_equal(projects_write_out(session, &r, NULL), AS_OK);
	for (int i = 0; i < p->n_files; i++) {
		lists += strcmp(p->files[i].document, "edl") == 0;
		assert_string_equal(p->files[i].refused, "");
		assert_int_equal(access(p->files[i].path, F_OK), 0);
	}
	assert_int_equal(folder_count(folder), p->n_files);
	assert_int_equal(lists, strcmp(replace, "beside") == 0 ? 7 : 4);
	assert_int_not_equal(access(file, F_OK), 0);
	assert_int_equal(as_session_preview(session, opt, &r, &again, NULL), AS_OK);
	assert_int_equal(again->n_files, p->n_files);
	for (int i = 0; i < again->n_files; i++)
		assert_true(again->files[i].exists && again->files[i].refused[0]);
	as_preview_free(p);
	as_preview_free(again);
	as_options_free(opt);
}

static void test_lists_are_told_by_their_names(void **state)
{
	(void)state;
	check_lists("lists", "off");
	check_lists("aligned", "beside");
}

/* Until all is known; the rounds that this took in *rounds. */
static struct as_preview *look_aside(struct as_export_request r, int *rounds)
{
	struct as_preview *p;
	struct as_error err = {0};
	enum as_status status;
	r.looks = as_looks_new();
	assert_non_null(r.looks);
	assert_int_equal(as_looks_fd(r.looks), -1);
	for (*rounds = 0;; ++*rounds) {
		assert_true(*rounds < 16);
		status = as_session_preview(session, NULL, &r, &p, &err);
		if (!as_looks_wants(r.looks))
			break;
		as_preview_free(p);
		assert_int_equal(as_looks_ask(r.looks, NULL), AS_OK);
		assert_true(as_looks_fd(r.looks) >= 0);
		assert_true(as_looks_done(r.looks, -1));
	}
	if (status != AS_OK)
		fail_msg("%s", err.msg);
	as_looks_free(r.looks);
	return p;
}

/* What is asked for aside says what is asked for there and then: of files, links, lists, and what is no file. */
static void test_the_disk_is_asked_aside(void **state)
{
	(void)state;
	char folder[96], edl[128], otio[128];
	snprintf(folder, sizeof folder, "%s/aside", root);
	snprintf(edl, sizeof edl, "%s/day.edl", folder);
	snprintf(otio, sizeof otio, "%s/day.otio", folder);
	const struct as_document_request d[2] = {{"edl", edl}, {"otio", otio}};
	struct as_export_request r = {.dir = folder, .documents = d, .n_documents = 2};
	assert_int_equal(mkdir(folder, 0777), 0);
	projects_write(folder_path(folder, "DAY_CamA.edl"), "x", 1);
	assert_int_equal(symlink("CamA.wav", folder_path(folder, "CamB.wav")), 0);
	assert_int_equal(symlink("../shoot/CamA_001.wav", folder_path(folder, "Zoom.wav")), 0);
	assert_int_equal(mkdir(d[1].path, 0777), 0);
	for (int force = 0; force < 2; force++) {
		struct as_preview *now, *aside;
		int rounds;
		r.force = force;
		assert_int_equal(as_session_preview(session, NULL, &r, &now, NULL), AS_OK);
		aside = look_aside(r, &rounds);
		assert_true(rounds > 0);
		assert_int_equal(aside->n_files, now->n_files);
		for (int i = 0; i < now->n_files; i++) {
			assert_string_equal(aside->files[i].path, now->files[i].path);
			assert_string_equal(aside->files[i].refused, now->files[i].refused);
			assert_int_equal(aside->files[i].exists, now->files[i].exists);
		}
		as_preview_free(now);
		as_preview_free(aside);
	}
}

/* What the disk refuses, once a worker asks it, is the outcome of the run. */
static void test_a_worker_asks_the_disk(void **state)
{
	(void)state;
	char folder[96];
	struct as_looks *looks = as_looks_new();
	const struct as_export_request r = {.dir = folder, .looks = looks};
	const struct as_snapshot *n = NULL;
	snprintf(folder, sizeof folder, "%s/blocked", root);
	projects_write(folder, "x", 1);
	assert_int_equal(as_session_export(session, &(struct as_export_request){.dir = folder}, NULL), AS_ERR_IO);
	assert_int_equal(projects_write_out(session, &r, &n), AS_ERR_IO);
	as_looks_free(looks);
	assert_non_null(n);
	assert_non_null(strstr(n->error, "blocked"));
	assert_int_equal(n->n_outputs, 0);
	as_snapshot_free(n);
}

int main(void)
{
	const struct CMUnitTest tests[] = {cmocka_unit_test(test_needs_an_analysis),
					   cmocka_unit_test(test_says_what_is_written),
					   cmocka_unit_test(test_says_what_exists_and_keeps_the_session),
					   cmocka_unit_test(test_flac_is_a_range),
					   cmocka_unit_test(test_timelines_tell_rate_and_drift),
					   cmocka_unit_test(test_frames_are_those_of_timelines),
					   cmocka_unit_test(test_lists_are_told_by_their_names),
					   cmocka_unit_test(test_the_disk_is_asked_aside),
					   cmocka_unit_test(test_a_worker_asks_the_disk)};
	return cmocka_run_group_tests_name("preview", tests, set_up, tear_down);
}
