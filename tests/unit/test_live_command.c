/* The command of --on-alert: words without a shell, one at a time, never waited for, ended in time. */
#include <setjmp.h>
#include <signal.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <time.h>
#include <unistd.h>

#include <cmocka.h>

#include "base/file.h"
#include "cli/live_command.h"
#include "folder.h"

static void check_words(const char *text, const char *const *want)
{
	struct as_error err;
	char **words = as_command_words(text, &err);
	int n = 0;
	assert_non_null(words);
	for (; want[n]; n++) {
		assert_non_null(words[n]);
		assert_string_equal(words[n], want[n]);
	}
	assert_null(words[n]);
	as_command_words_free(words);
}

static void test_words(void **state)
{
	(void)state;
	static const char *const bad[] = {"", "  \t", "'", "a 'b", "a \"b'", "\""};
	struct as_error err;
	check_words("logger -t lag", (const char *const[]){"logger", "-t", "lag", NULL});
	check_words("  a\t b ", (const char *const[]){"a", "b", NULL});
	check_words("'/opt/my tool' \"it's\" x'y z'w ''", (const char *const[]){"/opt/my tool", "it's", "xy zw", "", NULL});
	check_words("a\\ b \"c\\\"d\" 'e\\f' g\\", (const char *const[]){"a b", "c\"d", "e\\f", "g\\", NULL});
	/* Nothing of a shell. */
	check_words("a; rm -rf $HOME `x` | y > z & *", (const char *const[]){"a;", "rm", "-rf", "$HOME", "`x`", "|", "y", ">", "z", "&",
									    "*", NULL});
	for (size_t i = 0; i < sizeof bad / sizeof *bad; i++) {
		assert_null(as_command_words(bad[i], &err));
		assert_int_equal(err.status, AS_ERR_INVALID);
	}
}

static void test_missing(void **state)
{
	(void)state;
	struct as_error err;
	assert_null(as_alert_command_new("no-such-program-anywhere x", 1, &err));
	assert_non_null(strstr(err.msg, "no-such-program-anywhere"));
	assert_null(as_alert_command_new("/etc/passwd", 1, &err)); /* not executable */
	assert_null(as_alert_command_new("''", 1, &err));
}

/* Until nothing runs or waits; the last complaint in *err. */
static enum as_status finish(struct as_alert_command *c, struct as_error *err)
{
	enum as_status worst = AS_OK;
	while (as_alert_command_is_busy(c)) {
		struct as_error e;
		enum as_status status = as_alert_command_tick(c, &e);
		if (status != AS_OK) {
			worst = status;
			*err = e;
		}
		nanosleep(&(struct timespec){.tv_nsec = 1000000}, NULL);
	}
	return worst;
}

static struct as_alert_command *make(const char *command, double limit_s)
{
	struct as_error err;
	struct as_alert_command *c = as_alert_command_new(command, limit_s, &err);
	assert_non_null(c);
	return c;
}

static void request(struct as_alert_command *c, const char *variable)
{
	char *list[] = {(char *)(uintptr_t)variable};
	struct as_error err;
	assert_int_equal(as_alert_command_request(c, list, 1, &err), AS_OK);
}

static void check_file(const char *name, const char *want)
{
	char *text = NULL;
	int64_t n;
	assert_int_equal(as_file_read(folder_in(name), 4096, &text, &n, NULL), AS_OK);
	assert_string_equal(text, want);
	free(text);
}

/* Words and variables arrive; what it prints stays away from stdout; a variable that was there before is replaced. */
static void test_runs(void **state)
{
	(void)state;
	char command[700];
	struct as_error err;
	snprintf(command, sizeof command, "sh -c 'printf \"%%s|%%s|\" \"$AUDIOSYNC_X\" \"$1\" >>%s/ran; env | grep -c ^AUDIOSYNC_X= >>%s/ran' sh \"a b\"",
		 folder_dir, folder_dir);
	setenv("AUDIOSYNC_X", "old", 1);
	struct as_alert_command *c = make(command, 30);
	assert_false(as_alert_command_is_busy(c));
	assert_int_equal(as_alert_command_tick(c, &err), AS_OK);
	request(c, "AUDIOSYNC_X=12 34");
	assert_int_equal(finish(c, &err), AS_OK);
	check_file("ran", "12 34|a b|1\n");
	as_alert_command_free(c);
	unsetenv("AUDIOSYNC_X");
}

/* While one runs the newest waits, and only that. */
static void test_one_at_a_time(void **state)
{
	(void)state;
	char command[700];
	struct as_error err;
	snprintf(command, sizeof command,
		 "sh -c 'echo \"$X\" >>%s/turns; until [ -e %s/go ]; do sleep 0.01; done'", folder_dir, folder_dir);
	struct as_alert_command *c = make(command, 60);
	request(c, "X=1");
	assert_int_equal(as_alert_command_tick(c, &err), AS_OK);
	request(c, "X=2");
	request(c, "X=3");
	assert_int_equal(as_alert_command_tick(c, &err), AS_OK);
	assert_int_equal(as_file_write(folder_in("go"), true, "", NULL), AS_OK);
	assert_int_equal(finish(c, &err), AS_OK);
	check_file("turns", "1\n3\n");
	as_alert_command_free(c);
}

static void test_complaints(void **state)
{
	(void)state;
	struct as_error err = {0};
	struct as_alert_command *c = make("sh -c 'exit 3'", 30);
	request(c, "X=1");
	assert_int_equal(finish(c, &err), AS_ERR_IO);
	assert_non_null(strstr(err.msg, "exit status 3"));
	as_alert_command_free(c);
	c = make("sh -c 'kill -11 $$'", 30);
	request(c, "X=1");
	assert_int_equal(finish(c, &err), AS_ERR_IO);
	assert_non_null(strstr(err.msg, "signal 11"));
	as_alert_command_free(c);
}

/* One that hangs is ended with what it started, though it will not listen. */
static void test_hangs(void **state)
{
	(void)state;
	char command[1000], *text = NULL;
	struct as_error err;
	int64_t n;
	pid_t pid[2] = {0};
	snprintf(command, sizeof command,
		 "sh -c 'trap \"\" TERM; sleep 1000 & echo $$ $! >%s/new; mv %s/new %s/pids; while :; do sleep 1000; done'", folder_dir, folder_dir, folder_dir);
	struct as_alert_command *c = make(command, 1000);
	request(c, "X=1");
	assert_int_equal(as_alert_command_tick(c, &err), AS_OK);
	while (!as_file_exists(folder_in("pids")))
		nanosleep(&(struct timespec){.tv_nsec = 1000000}, NULL);
	as_alert_command_set_limit(c, 0.001);
	assert_int_equal(finish(c, &err), AS_ERR_IO);
	assert_non_null(strstr(err.msg, "more than 0.001 s"));
	assert_int_equal(as_file_read(folder_in("pids"), 100, &text, &n, NULL), AS_OK);
	assert_int_equal(sscanf(text, "%d %d", &pid[0], &pid[1]), 2);
	free(text);
	assert_int_equal(kill(pid[0], 0), -1);
	/* The other's end is for init to see; it is a matter of time. */
	for (int i = 0; kill(pid[1], 0) == 0 && i < 5000; i++) {
		char stat[64], line[256] = "", *past;
		snprintf(stat, sizeof stat, "/proc/%d/stat", (int)pid[1]);
		FILE *f = fopen(stat, "r");
		if (!f)
			break;
		past = fgets(line, sizeof line, f) ? strrchr(line, ')') : NULL;
		fclose(f);
		if (past && past[1] && past[2] == 'Z')
			break;
		assert_true(i < 4999);
		nanosleep(&(struct timespec){.tv_nsec = 1000000}, NULL);
	}
	as_alert_command_free(c);
}

/* Whoever has started the meter may have it that children leave nothing to wait for. */
static void test_no_trace(void **state)
{
	(void)state;
	char command[700];
	struct as_error err;
	struct sigaction ignore = {.sa_handler = SIG_IGN}, before;
	sigaction(SIGCHLD, &ignore, &before);
	snprintf(command, sizeof command, "sh -c 'echo \"$X\" >>%s/turns'", folder_dir);
	struct as_alert_command *c = make(command, 30);
	for (int i = 0; i < 2; i++) {
		request(c, "X=1");
		assert_int_equal(finish(c, &err), AS_OK);
	}
	check_file("turns", "1\n1\n");
	as_alert_command_free(c);
	sigaction(SIGCHLD, &before, NULL);
}

/* Freed while it runs: it does not outlive the meter. */
static void test_freed(void **state)
{
	(void)state;
	struct as_error err;
	struct as_alert_command *c = make("sleep 1000", 1000);
	request(c, "X=1");
	assert_int_equal(as_alert_command_tick(c, &err), AS_OK);
	request(c, "X=2");
	as_alert_command_free(c);
	as_alert_command_free(NULL);
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(test_words),
		cmocka_unit_test(test_missing),
		cmocka_unit_test_setup_teardown(test_runs, folder_set_up, folder_tear_down),
		cmocka_unit_test_setup_teardown(test_one_at_a_time, folder_set_up, folder_tear_down),
		cmocka_unit_test(test_complaints),
		cmocka_unit_test_setup_teardown(test_hangs, folder_set_up, folder_tear_down),
		cmocka_unit_test_setup_teardown(test_no_trace, folder_set_up, folder_tear_down),
		cmocka_unit_test(test_freed),
	};
	return cmocka_run_group_tests(tests, NULL, NULL);
}
