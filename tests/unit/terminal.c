#include "terminal.h"

#include <errno.h>
#include <fcntl.h>
#include <poll.h>
#include <pty.h>
#include <signal.h>
#include <stdint.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/ioctl.h>
#include <sys/wait.h>
#include <termios.h>
#include <time.h>
#include <unistd.h>

#include <vterm.h>

#include "base/text.h"

struct terminal {
	int fd;
	pid_t pid;
	bool over;
	int status;
	VTerm *vt;
	VTermScreen *screen;
	int rows, cols;
	bool alternate, cursor, mouse;
	char last[5]; /* bytes that came */
	size_t bytes;
};

static int set_property(VTermProp prop, VTermValue *val, void *user)
{
	struct terminal *t = user;

	if (prop == VTERM_PROP_ALTSCREEN)
		t->alternate = val->boolean;
	if (prop == VTERM_PROP_CURSORVISIBLE)
		t->cursor = val->boolean;
	return 1;
}

static const VTermScreenCallbacks callbacks = {.settermprop = set_property};

static void run(const char *const *argv, const char *const *env)
{
	for (; env && *env; env++)
		putenv((char *)(uintptr_t)*env);
	execv(argv[0], (char *const *)(uintptr_t)argv);
	_exit(127);
}

struct terminal *terminal_start(const char *const *argv, const char *const *env, int rows, int cols)
{
	struct terminal *t = calloc(1, sizeof *t);
	struct winsize size = {.ws_row = (unsigned short)rows, .ws_col = (unsigned short)cols};

	if (!t)
		return NULL;
	t->rows = rows;
	t->cols = cols;
	t->cursor = true;
	t->pid = forkpty(&t->fd, NULL, NULL, &size);
	if (t->pid == 0)
		run(argv, env);
	fcntl(t->fd, F_SETFL, O_NONBLOCK);
	t->vt = vterm_new(rows, cols);
	vterm_set_utf8(t->vt, 1);
	t->screen = vterm_obtain_screen(t->vt);
	vterm_screen_enable_altscreen(t->screen, 1);
	vterm_screen_set_callbacks(t->screen, &callbacks, t);
	vterm_screen_reset(t->screen, 1);
	return t;
}

static void take_end(struct terminal *t, int flags)
{
	int status;

	if (!t->over && waitpid(t->pid, &status, flags) == t->pid && (WIFEXITED(status) || WIFSIGNALED(status))) {
		t->over = true;
		t->status = WIFEXITED(status) ? WEXITSTATUS(status) : 128 + WTERMSIG(status);
	}
}

void terminal_free(struct terminal *t)
{
	if (!t)
		return;
	if (!t->over) {
		kill(t->pid, SIGKILL);
		take_end(t, 0);
	}
	close(t->fd);
	vterm_free(t->vt);
	free(t);
}

/* libvterm takes the first of several modes alone, and terminfo asks for two. */
static void look_for_mouse(struct terminal *t, const char *bytes, size_t n)
{
	for (size_t i = 0; i < n; i++) {
		memmove(t->last, t->last + 1, 4);
		t->last[4] = bytes[i];
		if (!memcmp(t->last, "1000", 4) && (bytes[i] == 'h' || bytes[i] == 'l'))
			t->mouse = bytes[i] == 'h';
	}
}

/* Waits at most ms for output and takes it; false when there was none. */
static bool pump(struct terminal *t, int ms)
{
	struct pollfd fd = {.fd = t->fd, .events = POLLIN};
	char buf[4096];
	ssize_t n;

	if (poll(&fd, 1, ms) <= 0)
		return false;
	n = read(t->fd, buf, sizeof buf);
	if (n <= 0) {
		/* The other end is closed: do not spin until the exit is known. */
		take_end(t, WNOHANG);
		if (!t->over)
			poll(NULL, 0, 5);
		return false;
	}
	t->bytes += (size_t)n;
	look_for_mouse(t, buf, (size_t)n);
	vterm_input_write(t->vt, buf, (size_t)n);
	vterm_screen_flush_damage(t->screen);
	return true;
}

static double now_s(void)
{
	struct timespec ts;

	clock_gettime(CLOCK_MONOTONIC, &ts);
	return (double)ts.tv_sec + 1e-9 * (double)ts.tv_nsec;
}

void terminal_type(struct terminal *t, const char *bytes)
{
	size_t n = strlen(bytes);

	while (n > 0) {
		ssize_t done = write(t->fd, bytes, n);

		if (done < 0 && errno != EAGAIN && errno != EINTR)
			return;
		if (done > 0) {
			bytes += done;
			n -= (size_t)done;
		}
		pump(t, 0);
	}
}

void terminal_resize(struct terminal *t, int rows, int cols)
{
	struct winsize size = {.ws_row = (unsigned short)rows, .ws_col = (unsigned short)cols};

	t->rows = rows;
	t->cols = cols;
	vterm_set_size(t->vt, rows, cols);
	ioctl(t->fd, TIOCSWINSZ, &size);
}

void terminal_signal(struct terminal *t, int sig)
{
	kill(t->pid, sig);
}

unsigned terminal_cell(struct terminal *t, int row, int col)
{
	VTermScreenCell cell;

	if (!vterm_screen_get_cell(t->screen, (VTermPos){.row = row, .col = col}, &cell))
		return 0;
	return cell.chars[0] ? cell.chars[0] : ' ';
}

char *terminal_row(struct terminal *t, int row, char *out, size_t bytes)
{
	VTermScreenCell cell;
	size_t n = 0, end = 0;

	for (int col = 0; col < t->cols; col += cell.width > 0 ? cell.width : 1) {
		if (!vterm_screen_get_cell(t->screen, (VTermPos){.row = row, .col = col}, &cell))
			break;
		if (n + 16 > bytes)
			break;
		/* Behind a zero nothing is set. */
		for (int i = 0; i < VTERM_MAX_CHARS_PER_CELL && (i == 0 || (cell.chars[i - 1] && cell.chars[i])) && n + 4 < bytes; i++)
			n += (size_t)as_text_encode(out + n, cell.chars[i] ? cell.chars[i] : ' ');
		if (cell.chars[0] && cell.chars[0] != ' ')
			end = n;
	}
	out[end] = '\0';
	return out;
}

static bool has(struct terminal *t, const char *text)
{
	char row[4096];

	for (int r = 0; r < t->rows; r++)
		if (strstr(terminal_row(t, r, row, sizeof row), text))
			return true;
	return false;
}

static bool wait_for(struct terminal *t, const char *text, bool there)
{
	double until_s = now_s() + TERMINAL_WAIT_S;

	while (now_s() < until_s) {
		while (pump(t, 0))
			;
		if (has(t, text) == there)
			return true;
		take_end(t, WNOHANG);
		if (t->over)
			return has(t, text) == there;
		pump(t, 20);
	}
	return false;
}

bool terminal_shows(struct terminal *t, const char *text)
{
	if (wait_for(t, text, true))
		return true;
	printf("the screen never showed \"%s\":\n", text);
	terminal_print(t);
	return false;
}

bool terminal_lacks(struct terminal *t, const char *text)
{
	if (wait_for(t, text, false))
		return true;
	printf("the screen went on showing \"%s\":\n", text);
	terminal_print(t);
	return false;
}

int terminal_end(struct terminal *t)
{
	double until_s = now_s() + TERMINAL_WAIT_S;

	while (!t->over && now_s() < until_s) {
		pump(t, 20);
		take_end(t, WNOHANG);
	}
	while (pump(t, 0))
		;
	return t->over ? t->status : -1;
}

bool terminal_died_of(struct terminal *t, int sig)
{
	int code = terminal_end(t);
	bool died = code == 128 + sig || code == 1 /* AddressSanitizer's */ || code == 66 /* ThreadSanitizer's */;

	if (!died)
		fprintf(stderr, "signal %d: exit status %d\n", sig, code);
	return died;
}

size_t terminal_settle(struct terminal *t, int ms)
{
	size_t before = t->bytes;

	while (pump(t, ms))
		;
	return t->bytes - before;
}

bool terminal_alternate(const struct terminal *t)
{
	return t->alternate;
}

bool terminal_mouse(const struct terminal *t)
{
	return t->mouse;
}

bool terminal_cooked(const struct terminal *t)
{
	struct termios modes;

	return tcgetattr(t->fd, &modes) == 0 && (modes.c_lflag & (ICANON | ECHO | ISIG)) == (ICANON | ECHO | ISIG);
}

bool terminal_cursor_visible(const struct terminal *t)
{
	return t->cursor;
}

void terminal_print(struct terminal *t)
{
	char row[4096];

	for (int r = 0; r < t->rows; r++)
		printf("|%s\n", terminal_row(t, r, row, sizeof row));
}

int terminal_wide_bytes(struct terminal *t)
{
	int n = 0;

	for (int r = 0; r < t->rows; r++)
		for (int c = 0; c < t->cols; c++)
			n += terminal_cell(t, r, c) > 0x7E;
	return n;
}
