#include "tui/rescue.h"

#include <signal.h>
#include <stdatomic.h>
#include <stdint.h>
#include <stdlib.h>
#include <string.h>
#include <termios.h>
#include <unistd.h>

#define NCURSES_WIDECHAR 1
#include <curses.h>
#include <term.h>

#define RESTORE_BYTES 256
#define STACK_BYTES (1 << 16)
#define SIGNALS 128 /* more than any system has */
#define MOUSE_OFF "\033[?1006;1000l"

/* For handlers, which may do no more than write: one terminal, one of these. */
static struct {
	volatile sig_atomic_t armed;
	struct termios modes;
	bool has_modes, mouse;
	char text[RESTORE_BYTES];
	size_t n;
	int err_fd;
	void (*interrupt)(int sig);
	_Atomic(const char *) words;
	atomic_int ended_by;
	void *stack; /* for handlers: the thread's own may be what has run out */
	stack_t stack_before;
	bool caught[SIGNALS];
	struct sigaction before[SIGNALS];
} rescue = {.err_fd = -1};

/* After these nothing can be trusted any more. */
static bool is_crash(int sig)
{
	static const int crashes[] = {SIGSEGV, SIGBUS, SIGILL, SIGFPE, SIGABRT, SIGSYS, SIGTRAP};

	for (size_t i = 0; i < sizeof crashes / sizeof *crashes; i++)
		if (crashes[i] == sig)
			return true;
	return false;
}

/* Those that end nobody, cannot be caught, or that main() and curses take care of. */
static bool is_left_alone(int sig)
{
	static const int others[] = {SIGKILL, SIGSTOP, SIGCHLD, SIGCONT, SIGTSTP, SIGTTIN, SIGTTOU, SIGURG, SIGWINCH,
				     SIGINT,  SIGTERM, SIGHUP,	SIGPIPE, SIGXFSZ, SIGUSR1};

	for (size_t i = 0; i < sizeof others / sizeof *others; i++)
		if (others[i] == sig)
			return true;
	return false;
}

/* --- handlers -------------------------------------------------------------------------------------------------- */

static void give_back(void)
{
	ssize_t done;

	/* In the background the terminal is another's. */
	if (!rescue.armed || tcgetpgrp(STDIN_FILENO) != getpgrp())
		return;
	rescue.armed = 0;
	done = write(STDOUT_FILENO, rescue.text, rescue.n);
	if (rescue.has_modes)
		tcsetattr(STDIN_FILENO, TCSANOW, &rescue.modes);
	(void)done;
}

static void speak(void)
{
	static const char head[] = "audiosync: it did not end in order; ";
	const char *words = atomic_load(&rescue.words);
	int fd = rescue.err_fd >= 0 ? rescue.err_fd : STDERR_FILENO;
	bool told = words && write(fd, head, sizeof head - 1) > 0 && write(fd, words, strlen(words)) > 0 && write(fd, "\n", 1) > 0;

	(void)told;
}

static void on_crash(int sig)
{
	give_back();
	speak();
	/* The default action, or a sanitizer's, is what was there before. */
	sigaction(sig, &rescue.before[sig], NULL);
	raise(sig);
}

/* The interface ends in order, and dies of it then; should it not come to that, it is a crash the second time. */
static void on_end(int sig)
{
	int none = 0;

	if (rescue.interrupt && atomic_compare_exchange_strong(&rescue.ended_by, &none, sig))
		rescue.interrupt(sig);
	else
		on_crash(sig);
}

/* --- the front end's ------------------------------------------------------------------------------------------- */

void tui_rescue_begin(int err_fd, void (*interrupt)(int sig))
{
	rescue.err_fd = err_fd;
	rescue.interrupt = interrupt;
}

void tui_rescue_words(const char *words)
{
	atomic_store(&rescue.words, words);
}

void tui_rescue_end(void)
{
	int sig = atomic_load(&rescue.ended_by);

	rescue.err_fd = -1;
	if (sig)
		raise(sig);
}

void tui_rescue_modes(void)
{
	rescue.has_modes = tcgetattr(STDIN_FILENO, &rescue.modes) == 0;
}

static void add_restoring(const char *name)
{
	/* terminfo hands out non-const strings. */
	const char *text = tigetstr((char *)(uintptr_t)name);
	size_t n = text && text != (char *)-1 ? strlen(text) : 0;

	/* Delays ("$<5>") are for curses to make: such text is left out. */
	if (n == 0 || rescue.n + n > RESTORE_BYTES || strstr(text, "$<"))
		return;
	memcpy(rescue.text + rescue.n, text, n);
	rescue.n += n;
}

static void write_text(bool mouse)
{
	rescue.n = 0;
	rescue.mouse = mouse && tigetstr("kmous") && tigetstr("kmous") != (char *)-1;
	add_restoring("sgr0");
	add_restoring("op");
	add_restoring("cnorm");
	add_restoring("rmkx");
	if (rescue.mouse && rescue.n + sizeof MOUSE_OFF < RESTORE_BYTES) {
		memcpy(rescue.text + rescue.n, MOUSE_OFF, sizeof MOUSE_OFF - 1);
		rescue.n += sizeof MOUSE_OFF - 1;
	}
	add_restoring("rmcup");
	if (rescue.n < RESTORE_BYTES)
		rescue.text[rescue.n++] = '\n';
}

static void take_stack(void)
{
	stack_t stack = {.ss_size = STACK_BYTES};

	rescue.stack = stack.ss_sp = malloc(STACK_BYTES);
	if (rescue.stack && sigaltstack(&stack, &rescue.stack_before) != 0) {
		free(rescue.stack);
		rescue.stack = NULL;
	}
}

/* What a parent has switched off, or a profiler uses, stays so. */
static void watch(int sig)
{
	struct sigaction act = {.sa_handler = is_crash(sig) ? on_crash : on_end, .sa_flags = (int)SA_ONSTACK};

	rescue.caught[sig] = sigaction(sig, NULL, &rescue.before[sig]) == 0 && (is_crash(sig) || rescue.before[sig].sa_handler == SIG_DFL);
	if (!rescue.caught[sig])
		return;
	if (!is_crash(sig))
		act.sa_flags |= SA_RESTART;
	sigemptyset(&act.sa_mask);
	rescue.caught[sig] = sigaction(sig, &act, NULL) == 0;
}

void tui_rescue_arm(bool mouse)
{
	write_text(mouse);
	take_stack();
	for (int sig = 1; sig < SIGNALS && sig <= SIGRTMAX; sig++)
		if (!is_left_alone(sig))
			watch(sig);
	rescue.armed = 1;
}

void tui_rescue_pause(bool on)
{
	rescue.armed = !on;
}

void tui_rescue_disarm(void)
{
	if (!rescue.armed)
		return;
	rescue.armed = 0;
	for (int sig = 1; sig < SIGNALS; sig++)
		if (rescue.caught[sig])
			sigaction(sig, &rescue.before[sig], NULL);
	memset(rescue.caught, 0, sizeof rescue.caught);
	if (rescue.stack)
		sigaltstack(&rescue.stack_before, NULL);
	free(rescue.stack);
	rescue.stack = NULL;
}
