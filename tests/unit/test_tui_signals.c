/* Whatever ends the interface: the terminal comes back as it was, the session is kept, and the exit status tells the signal. */
#include <signal.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/wait.h>
#include <unistd.h>

#include "base/thread.h"
#include "program.h"
#include "tui/screen.h"
#include "tui/style.h"

static void assert_given_back(struct terminal *t)
{
	assert_false(terminal_alternate(t));
	assert_true(terminal_cursor_visible(t));
	assert_true(terminal_cooked(t));
	assert_false(terminal_mouse(t));
}

/* A clip by hand that is not saved. */
static struct terminal *start_with_work(void)
{
	struct terminal *t = program_start_shoot();

	assert_true(terminal_alternate(t));
	assert_true(terminal_mouse(t));
	assert_false(terminal_cooked(t));
	terminal_type(t, ":add-track Spare\r");
	assert_true(terminal_shows(t, "track Spare added"));
	return t;
}

static void assert_is_offered(void)
{
	struct terminal *t = program_start(NULL);

	assert_true(terminal_shows(t, "A session did not end in order"));
	assert_true(terminal_shows(t, "undo begins anew"));
	terminal_type(t, "\r");
	assert_true(terminal_shows(t, "Spare"));
	terminal_type(t, "u");
	assert_true(terminal_shows(t, "undo began anew where the session was gone on with"));
	terminal_type(t, ":recover\r");
	assert_true(terminal_shows(t, "this is the session that was left"));
	program_leave(t);
}

static void ends_in_order_and_dies_of_it(void **ctx)
{
	const int signals[] = {SIGQUIT, SIGALRM, SIGUSR2, SIGXCPU, SIGVTALRM, SIGPROF, SIGIO, SIGRTMIN
#ifdef SIGPWR
			       ,
			       SIGPWR
#endif
#ifdef SIGSTKFLT
			       ,
			       SIGSTKFLT
#endif
	};

	(void)ctx;
	for (size_t i = 0; i < sizeof signals / sizeof *signals; i++) {
		struct terminal *t = start_with_work();

		terminal_signal(t, signals[i]);
		assert_true(terminal_shows(t, "the session is kept"));
		assert_int_equal(terminal_end(t), 128 + signals[i]);
		assert_given_back(t);
		terminal_free(t);
		assert_is_offered();
	}
}

/* Up and Enter in the shell: what was kept of these recordings is offered, and what is kept of others is told of. */
static void the_same_command_offers_it(void **ctx)
{
	struct terminal *t;

	(void)ctx;
	for (int i = 0; i < 2; i++) {
		t = program_start(program_shoot);
		assert_true(terminal_shows(t, i ? "with these recordings" : "read in"));
		terminal_type(t, i ? "\033" : "");
		assert_true(terminal_lacks(t, "Really?"));
		terminal_type(t, i ? ":add-track Second\r" : ":add-track First\r");
		assert_true(terminal_shows(t, i ? "Second added" : "First added"));
		terminal_signal(t, SIGHUP);
		assert_int_equal(terminal_end(t), 130);
		terminal_free(t);
	}
	/* The newest first. */
	t = program_start("shoot/CamA_001.flac");
	assert_true(terminal_shows(t, "with these recordings"));
	assert_true(terminal_shows(t, "older one is kept"));
	terminal_type(t, "\r");
	assert_true(terminal_shows(t, "going on where"));
	assert_true(terminal_shows(t, "Second"));
	terminal_type(t, ":recover\r");
	assert_true(terminal_shows(t, "Really?"));
	terminal_type(t, "y");
	assert_true(terminal_lacks(t, "Second"));
	assert_true(terminal_shows(t, "First"));
	program_leave(t);
	/* Leaving it for the other one has cost nothing. */
	t = program_start(NULL);
	assert_true(terminal_shows(t, "Go on with it?"));
	terminal_type(t, "\r");
	assert_true(terminal_shows(t, "Second"));
	program_leave(t);
	/* Not of other recordings. */
	t = start_with_work();
	terminal_signal(t, SIGHUP);
	assert_int_equal(terminal_end(t), 130);
	terminal_free(t);
	assert_int_equal(system("cp shoot/ZOOM0001.WAV other.wav"), 0);
	t = program_start("other.wav");
	assert_true(terminal_shows(t, "read in"));
	assert_true(terminal_lacks(t, "Really?"));
	terminal_type(t, "5");
	assert_true(terminal_shows(t, ":recover goes"));
	program_leave(t);
	assert_is_offered();
}

static void crashes_and_gives_the_terminal_back(void **ctx)
{
	static const int signals[] = {SIGSEGV, SIGBUS, SIGILL, SIGFPE, SIGABRT, SIGSYS, SIGTRAP};

	(void)ctx;
	for (size_t i = 0; i < sizeof signals / sizeof *signals; i++) {
		struct terminal *t = program_start_shoot();

		terminal_signal(t, signals[i]);
		assert_true(terminal_died_of(t, signals[i]));
		assert_given_back(t);
		terminal_free(t);
	}
}

/* Found where autosaves without a project are. */
static bool is_autosaved(void)
{
	return system("ls .state/audiosync/*.autosave >/dev/null 2>&1") == 0;
}

static void says_after_a_crash_that_the_session_is_kept(void **ctx)
{
	struct terminal *t = start_with_work();

	(void)ctx;
	for (int i = 0; i < 1000 && !is_autosaved(); i++)
		terminal_settle(t, 20);
	terminal_settle(t, 300);
	terminal_signal(t, SIGSEGV);
	assert_true(terminal_shows(t, "the session is kept"));
	assert_true(terminal_died_of(t, SIGSEGV));
	assert_given_back(t);
	terminal_free(t);
	assert_is_offered();
}

/* Whoever works on for hours has to know; the log is another pane. */
static void says_where_nothing_can_be_kept(void **ctx)
{
	struct terminal *t;

	(void)ctx;
	assert_int_equal(system("rm -rf .state && touch .state"), 0);
	t = start_with_work();
	assert_true(terminal_shows(t, "cannot be kept for later"));
	program_leave(t);
	assert_int_equal(system("rm .state"), 0);
}

static void a_pause_of_no_meter_does_no_harm(void **ctx)
{
	struct terminal *t = start_with_work();

	(void)ctx;
	terminal_signal(t, SIGUSR1);
	terminal_type(t, "5");
	assert_true(terminal_shows(t, "SIGUSR1: no meter runs that could pause"));
	terminal_type(t, ":quit now\r");
	assert_int_equal(terminal_end(t), 0);
	assert_given_back(t);
	terminal_free(t);
}

static void pauses_the_meter(void **ctx)
{
	const char *args[] = {"live", "shoot/ZOOM0001.WAV", "--capture", "shoot/CamA_001.flac", NULL};
	struct terminal *t = program_start_with(args, "xterm-256color", "C.UTF-8", 24, 80);

	(void)ctx;
	assert_true(terminal_shows(t, "LOCKED"));
	terminal_signal(t, SIGUSR1);
	assert_true(terminal_shows(t, "PAUSED"));
	terminal_signal(t, SIGUSR1);
	assert_true(terminal_lacks(t, "PAUSED"));
	program_leave(t);
}

/* --- in a program of its own: the stack runs out ----------------------------------------------------------------- */

static int deeper(volatile char *above, int n)
{
	volatile char here[4096];

	here[0] = above[0];
	here[1] = n < 0 ? 0 : (char)deeper(here, n + 1);
	return here[0] + here[1];
}

static int overflow(void)
{
	static struct tui_theme theme;
	struct tui_screen_config cfg = {.theme = &theme, .mouse = true};
	struct tui_screen *screen;
	char first = 0;

	return tui_screen_open(&cfg, &screen, NULL) == AS_OK ? deeper(&first, 0) : 3;
}

static void survives_a_stack_that_runs_out(void **ctx)
{
	const char *argv[] = {"/proc/self/exe", "overflow", NULL}, *env[] = {"TERM=xterm-256color", NULL};
	struct terminal *t = terminal_start(argv, env, 24, 80);

	(void)ctx;
	assert_true(terminal_died_of(t, SIGSEGV));
	assert_given_back(t);
	terminal_free(t);
}

/* --- in a thread of its own: most of what can crash runs there ----------------------------------------------------- */

static void on_fault(int sig)
{
	_exit(sig == SIGSEGV ? 42 : 43);
}

static void *fault(void *ctx)
{
	*(volatile int *)ctx = 1; /* nothing is mapped there */
	return NULL;
}

static void faults_of_threads_are_heard_of(void **ctx)
{
	int status = 0;
	pid_t pid = fork();

	(void)ctx;
	if (pid == 0) {
		struct sigaction act = {.sa_handler = on_fault};

		sigaction(SIGSEGV, &act, NULL);
		as_thread_start(NULL, fault, (void *)(uintptr_t)16);
		for (;;)
			pause();
	}
	assert_int_equal(waitpid(pid, &status, 0), pid);
	assert_true(WIFEXITED(status));
	assert_int_equal(WEXITSTATUS(status), 42);
}

int main(int argc, char **argv)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(ends_in_order_and_dies_of_it),
		cmocka_unit_test(the_same_command_offers_it),
		cmocka_unit_test(crashes_and_gives_the_terminal_back),
		cmocka_unit_test(says_after_a_crash_that_the_session_is_kept),
		cmocka_unit_test(says_where_nothing_can_be_kept),
		cmocka_unit_test(a_pause_of_no_meter_does_no_harm),
		cmocka_unit_test(pauses_the_meter),
		cmocka_unit_test(survives_a_stack_that_runs_out),
		cmocka_unit_test(faults_of_threads_are_heard_of),
	};

	if (argc > 1 && !strcmp(argv[1], "overflow"))
		return overflow();
	return cmocka_run_group_tests(tests, program_set_up, program_tear_down);
}
