#include "tui/rescue.h"

#include <signal.h>
#include <stdint.h>
#include <string.h>
#include <termios.h>
#include <unistd.h>

#define NCURSES_WIDECHAR 1
#include <curses.h>
#include <term.h>

#define RESTORE_BYTES 256
#define MOUSE_OFF "\033[?1006;1000l"

/* For the handler of a crash, which may do no more than write: one terminal, one of these. */
static struct {
	volatile sig_atomic_t armed;
	struct termios modes;
	bool has_modes, mouse;
	char text[RESTORE_BYTES];
	size_t n;
	struct sigaction before[8];
} rescue;

static const int crashes[] = {SIGSEGV, SIGBUS, SIGILL, SIGFPE, SIGABRT};

static void on_crash(int sig)
{
	if (rescue.armed) {
		rescue.armed = 0;
		if (write(STDOUT_FILENO, rescue.text, rescue.n) < 0 || rescue.has_modes)
			tcsetattr(STDIN_FILENO, TCSANOW, &rescue.modes);
	}
	/* The default action, or a sanitizer's, is what was there before. */
	for (size_t i = 0; i < sizeof crashes / sizeof *crashes; i++)
		if (crashes[i] == sig)
			sigaction(sig, &rescue.before[i], NULL);
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

void tui_rescue_arm(bool mouse)
{
	struct sigaction act = {.sa_handler = on_crash, .sa_flags = (int)SA_RESETHAND};

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
	sigemptyset(&act.sa_mask);
	for (size_t i = 0; i < sizeof crashes / sizeof *crashes; i++)
		sigaction(crashes[i], &act, &rescue.before[i]);
	rescue.armed = 1;
}

void tui_rescue_disarm(void)
{
	if (!rescue.armed)
		return;
	rescue.armed = 0;
	for (size_t i = 0; i < sizeof crashes / sizeof *crashes; i++)
		sigaction(crashes[i], &rescue.before[i], NULL);
}
