/* Recordings that are found elsewhere while their session is open. */
#include <fcntl.h>
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/stat.h>
#include <unistd.h>

#include <cmocka.h>

#include <audiosync/audiosync.h>

#include "folder.h"
#include "projects.h"

static char root[64], shoot[96], saved[96], disk[96];

static int set_up(void **state)
{
	struct as_session *s = projects_set_up(root, shoot, saved);

	(void)state;
	if (!s || as_session_save(s, saved, false, NULL) != AS_OK)
		return -1;
	as_session_free(s);
	snprintf(disk, sizeof disk, "%s/disk", root);
	return mkdir(disk, 0700);
}

static int tear_down(void **state)
{
	(void)state;
	return folder_remove(root);
}

static void move(const char *from_dir, const char *from, const char *to_dir, const char *to)
{
	char path[256];

	snprintf(path, sizeof path, "%s", folder_path(from_dir, from));
	assert_int_equal(rename(path, folder_path(to_dir, to)), 0);
}

static struct as_relinked relink(struct as_session *s, const char *dir, enum as_status status)
{
	struct as_relinked out;
	struct as_error err = {0};
	struct as_relinking *r = as_session_relink_start(s, &dir, 1, &err);

	assert_non_null(r);
	assert_true(as_relinking_done(r, -1));
	assert_int_equal(as_relinking_take(s, r, &out, &err), status);
	return out;
}

static int count_notes(const struct as_snapshot *s, const char *part)
{
	int n = 0;

	for (int i = 0; i < s->n_warnings; i++)
		n += strstr(s->warnings[i], part) != NULL;
	return n;
}

/* One in another folder under another name, one nowhere: places stay, and the one that is found can be written. */
static void test_found_while_open(void **state)
{
	struct as_session *s;
	const struct as_snapshot *before, *n;
	int a, z;

	(void)state;
	move(shoot, "CamA_001.wav", disk, "first take.wav");
	move(shoot, "Zoom_001.wav", root, "hidden.bin");
	s = projects_load(saved);
	assert_int_equal(as_session_keep_undo(s, 10, 1 << 20, NULL), AS_OK);
	before = as_session_snapshot(s);
	a = projects_clip(before, "CamA_001.wav");
	z = projects_clip(before, "Zoom_001.wav");
	assert_int_equal(before->clips[a].media, AS_CLIP_MEDIA_MISSING);
	assert_int_equal(count_notes(before, "missing"), 2);

	struct as_relinked r = relink(s, disk, AS_OK);
	assert_int_equal(r.n_found, 1);
	assert_int_equal(r.n_missing, 1);
	n = as_session_snapshot(s);
	assert_int_equal(n->clips[a].media, AS_CLIP_MEDIA_PRESENT);
	assert_string_equal(n->clips[a].path, folder_path(disk, "first take.wav"));
	assert_int_equal(n->clips[z].media, AS_CLIP_MEDIA_MISSING);
	assert_int_equal(count_notes(n, "missing"), 1);
	assert_int_equal(count_notes(n, "found as"), 1);
	for (int i = 0; i < n->n_clips; i++) {
		assert_int_equal(n->placements[i].verdict, before->placements[i].verdict);
		assert_true(n->placements[i].island == 0 || n->placements[i].start_s == before->placements[i].start_s);
	}
	as_snapshot_free(n);
	assert_true(as_session_modified(s));
	/* Zoom is missing; CamA is written from where it was found. */
	assert_int_equal(projects_export(s, folder_path(root, "out"), &n), AS_ERR_IO);
	for (int i = 0; i < n->n_outputs; i++)
		assert_int_equal(n->outputs[i].done, strstr(n->outputs[i].path, "Zoom") == NULL);
	as_snapshot_free(n);

	assert_int_equal(as_session_undo(s, NULL), AS_OK);
	n = as_session_snapshot(s);
	assert_int_equal(n->clips[a].media, AS_CLIP_MEDIA_MISSING);
	assert_string_equal(n->clips[a].path, before->clips[a].path);
	as_snapshot_free(n);
	as_snapshot_free(before);
	as_session_free(s);
	move(disk, "first take.wav", shoot, "CamA_001.wav");
	move(root, "hidden.bin", shoot, "Zoom_001.wav");
}

/* Moved after the session was opened, which therefore does not know yet; and back in their old place. */
static void test_moved_while_open(void **state)
{
	struct as_session *s = projects_load(saved);
	const struct as_snapshot *n;

	(void)state;
	move(shoot, "CamB_001.wav", disk, "CamB_001.wav");
	assert_int_equal(relink(s, root, AS_OK).n_found, 1);
	n = as_session_snapshot(s);
	assert_string_equal(n->clips[projects_clip(n, "CamB_001.wav")].path, folder_path(disk, "CamB_001.wav"));
	as_snapshot_free(n);
	move(disk, "CamB_001.wav", shoot, "CamB_001.wav");
	assert_int_equal(relink(s, root, AS_OK).n_found, 1);
	n = as_session_snapshot(s);
	assert_string_equal(n->clips[projects_clip(n, "CamB_001.wav")].path, folder_path(shoot, "CamB_001.wav"));
	as_snapshot_free(n);
	as_session_free(s);
}

/* What has gone or is another recording is noticed by what reads or writes; an analysis reads it anew, an export refuses it. */
static void test_noticed_by_runs(void **state)
{
	struct as_session *s = projects_load(saved);
	const struct as_snapshot *n;
	int a, b;

	(void)state;
	move(shoot, "CamA_001.wav", disk, "CamA_001.wav");
	move(shoot, "CamB_001.wav", disk, "CamB_001.wav");
	projects_write_clip(folder_path(shoot, "CamB_001.wav"), 9, 0, 16);
	assert_int_equal(projects_export(s, folder_path(root, "out_changed"), &n), AS_ERR_IO);
	a = projects_clip(n, "CamA_001.wav");
	b = projects_clip(n, "CamB_001.wav");
	assert_int_equal(n->clips[a].media, AS_CLIP_MEDIA_MISSING);
	assert_int_equal(n->clips[b].media, AS_CLIP_MEDIA_CHANGED);
	assert_int_equal(count_notes(n, "CamA_001.wav: missing (No such file"), 1);
	assert_int_equal(count_notes(n, "CamB_001.wav: has changed since it was analysed"), 1);
	as_snapshot_free(n);

	n = projects_analyze(s);
	assert_int_equal(n->clips[a].media, AS_CLIP_MEDIA_MISSING);
	assert_int_equal(n->clips[b].media, AS_CLIP_MEDIA_PRESENT);
	assert_int_equal(count_notes(n, "CamB_001.wav: has changed"), 1);
	assert_int_equal(count_notes(n, "and was read anew"), 1);
	assert_false(n->placements[b].verdict == AS_VERDICT_STRONG);
	as_snapshot_free(n);

	move(disk, "CamA_001.wav", shoot, "CamA_001.wav");
	move(disk, "CamB_001.wav", shoot, "CamB_001.wav");
	n = projects_analyze(s);
	assert_int_equal(n->clips[a].media, AS_CLIP_MEDIA_PRESENT);
	assert_int_equal(count_notes(n, "missing"), 0);
	assert_int_equal(n->placements[b].verdict, AS_VERDICT_STRONG);
	as_snapshot_free(n);
	as_session_free(s);
}

/* A file that was only touched is the one that was analysed. */
static void test_touched(void **state)
{
	const struct timespec times[2] = {{1000000000, 0}, {1000000000, 0}};
	struct as_session *s = projects_load(saved);

	(void)state;
	assert_int_equal(utimensat(AT_FDCWD, folder_path(shoot, "CamB_001.wav"), times, 0), 0);
	assert_int_equal(projects_export(s, folder_path(root, "out_touched"), NULL), AS_OK);
	as_session_free(s);
}

static void test_refusals(void **state)
{
	struct as_session *s = projects_load(saved);
	char gone[160];

	(void)state;
	snprintf(gone, sizeof gone, "%s/nothere", root);
	relink(s, gone, AS_ERR_IO);
	relink(s, saved, AS_ERR_INVALID); /* a file */
	assert_int_equal(relink(s, disk, AS_OK).n_found, 0);
	assert_false(as_session_modified(s));
	/* Nobody waits for what is given up. */
	const char *dir = disk;
	as_relinking_close(as_session_relink_start(s, &dir, 1, NULL));
	as_session_free(s);
}

/* What the session has under its new path already would be there twice. */
static void test_not_twice(void **state)
{
	struct as_session *s;
	const struct as_snapshot *n;

	(void)state;
	move(shoot, "CamA_001.wav", disk, "CamA_001.wav");
	s = projects_load(saved);
	assert_int_equal(as_session_add(s, folder_path(disk, "CamA_001.wav"), NULL, NULL), AS_OK);
	struct as_relinked r = relink(s, disk, AS_OK);
	assert_int_equal(r.n_found, 0);
	assert_int_equal(r.n_missing, 1);
	n = as_session_snapshot(s);
	assert_int_equal(n->n_clips, 7);
	as_snapshot_free(n);
	as_session_free(s);
	move(disk, "CamA_001.wav", shoot, "CamA_001.wav");
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(test_found_while_open),
		cmocka_unit_test(test_moved_while_open),
		cmocka_unit_test(test_noticed_by_runs),
		cmocka_unit_test(test_touched),
		cmocka_unit_test(test_refusals),
		cmocka_unit_test(test_not_twice),
	};

	return cmocka_run_group_tests(tests, set_up, tear_down);
}
