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

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(test_nudge),
	};
	return cmocka_run_group_tests(tests, set_up, tear_down);
}
