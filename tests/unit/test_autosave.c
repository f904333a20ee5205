/* Autosaves in a thread of their own, and beside another session's. */
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

#include "base/text.h"

/* Memory for a copy of a path of this name is refused; NULL: none is. */
static const char *refused;

static char *test_strdup(const char *text)
{
	return refused && strcmp(as_path_base(text), refused) == 0 ? NULL : strdup(text);
}

#define strdup test_strdup
#include "engine/autosave.c"
#undef strdup

#include "folder.h"
#include "projects.h"

#define CLIP "Zoom_001.wav"

static char root[64], dir[96], path[96], under[128], beside[128];

static int set_up(void **state)
{
	(void)state;
	char shoot[96];
	struct as_session *s = projects_set_up(root, shoot, path);
	if (!s)
		return -1;
	snprintf(dir, sizeof dir, "%s/state", root);
	snprintf(under, sizeof under, "%s/.day.audiosync.autosave", root);
	snprintf(beside, sizeof beside, "%s/.day.audiosync-2.autosave", root);
	assert_int_equal(as_session_save(s, path, false, NULL), AS_OK);
	as_session_free(s);
	return 0;
}

static int tear_down(void **state)
{
	(void)state;
	return folder_remove(root);
}

static void nudge(struct as_session *s, double by_s)
{
	const struct as_snapshot *n = as_session_snapshot(s);
	int id = projects_clip(n, CLIP);
	as_snapshot_free(n);
	assert_int_equal(as_session_nudge(s, id, by_s, NULL), AS_OK);
}

static int count_left(void)
{
	int n;
	struct as_autosave *v = as_project_list_autosaves(dir, &n);
	as_project_free_autosaves(v, n);
	return n;
}

static double kept_start(const char *at)
{
	struct as_session *s = projects_load(at);
	double start_s = projects_start_of(s, CLIP);
	as_session_free(s);
	return start_s;
}

/* What is kept is what the session was when it was asked for, however it is changed meanwhile. */
static void test_goes_on_meanwhile(void **state)
{
	(void)state;
	struct as_session *s = projects_load(path);
	struct as_error err;
	assert_int_equal(as_session_hold(s, path, NULL), AS_OK);
	assert_false(as_session_autosave_ended(s, -1, &err));
	for (int i = 0; i < 20; i++) {
		uint64_t before = as_session_edit_id(s);
		nudge(s, 0.01);
		assert_true(as_session_edit_id(s) != before);
		double start_s = projects_start_of(s, CLIP);
		assert_int_equal(as_session_autosave_start(s, path, dir, NULL), AS_OK);
		nudge(s, 0.25);
		assert_true(as_session_autosave_ended(s, -1, &err));
		assert_int_equal(err.status, AS_OK);
		assert_false(as_session_autosave_ended(s, -1, &err));
		if (i % 5 == 0)
			assert_true(kept_start(under) == start_s);
	}
	as_session_drop_autosave(s);
	as_session_free(s);
	assert_false(access(under, F_OK) == 0);
}

static void test_failure_is_told(void **state)
{
	(void)state;
	struct as_session *s = projects_load(path);
	struct as_error err;
	assert_int_equal(as_session_autosave_start(s, NULL, NULL, NULL), AS_OK);
	assert_true(as_session_autosave_ended(s, -1, &err));
	assert_int_equal(err.status, AS_ERR_INVALID);
	assert_true(strlen(err.msg) > 0);
	as_session_free(s);
}

/* Nothing comes after dropping or saving, and what was begun is whole after freeing. */
static void test_is_waited_for(void **state)
{
	(void)state;
	struct as_session *s = projects_load(path);
	for (int i = 0; i < 4; i++) {
		nudge(s, 0.1);
		assert_int_equal(as_session_autosave_start(s, i % 2 ? path : NULL, dir, NULL), AS_OK);
		as_session_drop_autosave(s);
		assert_int_equal(count_left(), 0);
		assert_false(access(under, F_OK) == 0);
	}
	nudge(s, 0.1);
	assert_int_equal(as_session_autosave_start(s, path, dir, NULL), AS_OK);
	assert_int_equal(as_session_save(s, path, false, NULL), AS_OK);
	assert_null(as_project_newer_autosave(path, dir));
	nudge(s, 0.1);
	double start_s = projects_start_of(s, CLIP);
	assert_int_equal(as_session_autosave_start(s, path, dir, NULL), AS_OK);
	as_session_free(s);
	assert_int_equal(count_left(), 1);
	assert_true(kept_start(under) == start_s);
	as_project_drop_autosave(path, dir);
}

/* Two sessions with the same project: each keeps its own work, and neither that of the other. */
static void test_beside_another(void **state)
{
	(void)state;
	struct as_session *a = projects_load(path), *b = projects_load(path);
	assert_int_equal(as_session_hold(a, path, NULL), AS_OK);
	assert_int_equal(as_session_hold(b, path, NULL), AS_ERR_BUSY);
	nudge(a, 0.5);
	assert_int_equal(as_session_autosave(a, path, dir, NULL), AS_OK);
	double of_a = projects_start_of(a, CLIP);
	/* It is at work: nothing of it is offered to the other one. */
	assert_null(as_session_newer_autosave(b, dir));
	assert_null(as_project_newer_autosave(path, dir));
	for (int i = 0; i < 2; i++) {
		nudge(b, 1);
		assert_int_equal(as_session_autosave_start(b, path, dir, NULL), AS_OK);
		assert_true(as_session_autosave_ended(b, -1, NULL));
		assert_true(kept_start(under) == of_a);
		assert_true(kept_start(beside) == projects_start_of(b, CLIP));
		/* Wanted no more; the second one is left behind. */
		if (i == 0)
			as_session_drop_autosave(b);
		assert_true((access(beside, F_OK) == 0) == (i == 1));
		assert_int_equal(access(under, F_OK), 0);
	}
	assert_int_equal(count_left(), 0);
	double of_b = projects_start_of(b, CLIP);
	as_session_free(b);
	/* A later save of the other one has nothing of it. */
	assert_int_equal(as_session_save(a, path, false, NULL), AS_OK);
	char *found = as_project_newer_autosave(path, dir);
	assert_string_equal(found, beside);
	free(found);
	int n;
	struct as_autosave *v = as_project_list_autosaves(dir, &n);
	assert_int_equal(n, 1);
	assert_string_equal(v[0].path, beside);
	assert_string_equal(v[0].project, path);
	as_project_free_autosaves(v, n);
	b = projects_load(beside);
	assert_true(projects_start_of(b, CLIP) == of_b);
	as_session_drop_autosave(b);
	as_session_free(b);
	as_session_free(a);
	assert_int_equal(count_left(), 0);
	assert_null(as_project_newer_autosave(path, dir));
}

/* A session that was gone on with keeps its work where it was, or says that it cannot: it holds no place that it does not use. */
static void test_recovered_without_memory(void **state)
{
	(void)state;
	char first[128], second[128];
	snprintf(first, sizeof first, "%s/untitled-1.autosave", dir);
	snprintf(second, sizeof second, "%s/untitled-2.autosave", dir);
	struct as_session *s = projects_load(path);
	struct as_error err = {0};
	assert_int_equal(as_session_autosave(s, NULL, dir, NULL), AS_OK);
	as_session_free(s);
	s = projects_load(first);
	nudge(s, 0.5);
	refused = "untitled-1.autosave";
	assert_int_equal(as_session_autosave(s, NULL, dir, &err), AS_ERR_MEMORY);
	refused = NULL;
	assert_true(strlen(err.msg) > 0);
	assert_false(access(second, F_OK) == 0);
	assert_false(as_engine_is_held(first));
	assert_int_equal(as_session_autosave(s, NULL, dir, NULL), AS_OK);
	assert_false(access(second, F_OK) == 0);
	assert_true(as_engine_is_held(first));
	assert_true(kept_start(first) == projects_start_of(s, CLIP));
	as_session_drop_autosave(s);
	as_session_free(s);
	assert_false(access(first, F_OK) == 0);
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(test_goes_on_meanwhile),
		cmocka_unit_test(test_failure_is_told),
		cmocka_unit_test(test_is_waited_for),
		cmocka_unit_test(test_beside_another),
		cmocka_unit_test(test_recovered_without_memory),
	};
	return cmocka_run_group_tests(tests, set_up, tear_down);
}
