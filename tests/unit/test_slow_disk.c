/* Projects on a disk that does not answer: nobody waits for it who need not. */
#include "slow_disk.h"

static double saved_start(const char *from)
{
	struct as_session *s = projects_load(from);
	double start_s = projects_start_of(s, CLIP);

	as_session_free(s);
	return start_s;
}

static void saves_what_there_was_while_work_goes_on(void **state)
{
	struct as_session *s = projects_load(path);
	struct as_error err;
	double start_s;

	(void)state;
	nudge(s, 0.01);
	start_s = projects_start_of(s, CLIP);
	hang(true);
	assert_int_equal(as_session_save_start(s, path, false, NULL), AS_OK);
	assert_true(as_session_save_fd(s) >= 0);
	assert_int_equal(as_session_save_start(s, path, false, NULL), AS_ERR_BUSY);
	assert_int_equal(as_session_autosave_start(s, path, dir, NULL), AS_ERR_BUSY);
	assert_false(as_session_save_ended(s, 50, &err));
	assert_true(as_session_modified(s));
	nudge(s, 0.25);
	hang(false);
	assert_true(as_session_save_ended(s, -1, &err));
	assert_int_equal(err.status, AS_OK);
	assert_false(as_session_save_ended(s, -1, &err));
	assert_int_equal(as_session_save_fd(s), -1);
	/* What was changed meanwhile is not in it. */
	assert_true(as_session_modified(s));
	assert_true(saved_start(path) == start_s);
	assert_int_equal(as_session_save_start(s, path, false, NULL), AS_OK);
	assert_true(as_session_save_ended(s, -1, &err));
	assert_false(as_session_modified(s));
	assert_true(saved_start(path) == projects_start_of(s, CLIP));
	as_session_free(s);
}

static void says_what_a_save_met(void **state)
{
	struct as_session *s = projects_load(path);
	const char *other = folder_path(root, "other.audiosync");
	struct as_error err;

	(void)state;
	projects_write(other, "x", 1);
	assert_int_equal(as_session_save_start(s, other, false, NULL), AS_OK);
	assert_true(as_session_save_ended(s, -1, &err));
	assert_int_equal(err.status, AS_ERR_EXISTS);
	assert_non_null(strstr(err.msg, "exists already"));
	assert_string_equal(as_session_project_path(s), path);
	assert_int_equal(as_session_save_start(s, folder_path(root, "none/x.audiosync"), false, NULL), AS_OK);
	assert_true(as_session_save_ended(s, -1, &err));
	assert_int_equal(err.status, AS_ERR_IO);
	as_session_free(s);
}

static void leaves_the_old_one_when_given_up(void **state)
{
	struct as_session *s = projects_load(path);
	double start_s = projects_start_of(s, CLIP);

	(void)state;
	assert_int_equal(as_session_hold(s, path, NULL), AS_OK);
	nudge(s, 0.5);
	hang(true);
	assert_int_equal(as_session_save_start(s, path, false, NULL), AS_OK);
	while (count_parts() < 1)
		poll(NULL, 0, 5);
	as_session_abandon_writing(s);
	assert_int_equal(as_session_save_fd(s), -1);
	assert_true(as_session_modified(s));
	as_session_free(s); /* does not wait */
	hang(false);
	while (count_parts() > 0)
		poll(NULL, 0, 5);
	/* It was past the look at the flag, or before: whole either way. */
	assert_true(saved_start(path) == start_s || saved_start(path) == start_s + 0.5);
}

static void waits_for_an_autosave_in_its_own_thread(void **state)
{
	struct as_session *s = projects_load(path);
	struct as_error err;

	(void)state;
	assert_int_equal(as_session_hold(s, path, NULL), AS_OK);
	nudge(s, 0.125);
	hang(true);
	assert_int_equal(as_session_autosave_start(s, path, dir, NULL), AS_OK);
	assert_int_equal(as_session_save_start(s, path, false, NULL), AS_OK);
	assert_false(as_session_save_ended(s, 20, NULL));
	hang(false);
	assert_true(as_session_save_ended(s, -1, &err));
	assert_int_equal(err.status, AS_OK);
	assert_true(as_session_autosave_ended(s, 0, &err));
	assert_int_equal(err.status, AS_OK);
	assert_int_not_equal(access(folder_path(root, ".day.audiosync.autosave"), F_OK), 0);
	/* The same, given up: the names go on. */
	nudge(s, 0.125);
	hang(true);
	assert_int_equal(as_session_autosave_start(s, path, dir, NULL), AS_OK);
	assert_int_equal(as_session_save_start(s, path, false, NULL), AS_OK);
	as_session_abandon_writing(s);
	hang(false);
	while (count_parts() > 0)
		poll(NULL, 0, 5);
	assert_int_equal(as_session_autosave_start(s, path, dir, NULL), AS_OK);
	assert_true(as_session_autosave_ended(s, -1, &err));
	assert_int_equal(err.status, AS_OK);
	as_session_drop_autosave(s);
	as_session_free(s);
}

static void opens_aside(void **state)
{
	struct as_options *opt = projects_options(NULL);
	struct as_error held = {0}, err = {0};
	struct as_opening *o;
	struct as_session *s;

	(void)state;
	hang(true);
	o = as_session_open_start(opt, path, NULL, 0, true, dir, NULL);
	assert_non_null(o);
	assert_false(as_opening_done(o, 50));
	assert_null(as_opening_take(o, NULL, NULL, &err));
	assert_int_equal(err.status, AS_ERR_BUSY);
	hang(false);
	assert_true(as_opening_done(o, -1));
	s = as_opening_take(o, NULL, &held, &err);
	assert_non_null(s);
	assert_int_equal(held.status, AS_OK);
	assert_string_equal(as_session_project_path(s), path);
	/* A second one is told that the first one has it. */
	o = as_session_open_start(opt, path, NULL, 0, true, dir, NULL);
	assert_true(as_opening_done(o, -1));
	struct as_session *other = as_opening_take(o, NULL, &held, &err);
	assert_non_null(other);
	assert_int_equal(held.status, AS_ERR_BUSY);
	as_session_free(other);
	as_session_free(s);
	o = as_session_open_start(opt, folder_path(root, "missing"), NULL, 0, true, dir, NULL);
	assert_true(as_opening_done(o, -1));
	assert_null(as_opening_take(o, NULL, &held, &err));
	assert_int_equal(err.status, AS_ERR_IO);
	/* Nobody wants this one. */
	hang(true);
	o = as_session_open_start(opt, path, NULL, 0, true, dir, NULL);
	wait_for_lock(".day.audiosync.lock", true);
	as_opening_close(o);
	hang(false);
	wait_for_lock(".day.audiosync.lock", false);
	as_options_free(opt);
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(saves_what_there_was_while_work_goes_on),
		cmocka_unit_test(says_what_a_save_met),
		cmocka_unit_test(leaves_the_old_one_when_given_up),
		cmocka_unit_test(waits_for_an_autosave_in_its_own_thread),
		cmocka_unit_test(opens_aside),
	};

	return cmocka_run_group_tests(tests, set_up, tear_down);
}
