#include "tui/screen_private.h"

#include <errno.h>
#include <poll.h>
#include <signal.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

#include "base/error.h"
#include "tui/rescue.h"

#define ESCAPE_MS 25

static void set_colors(struct tui_screen *s, enum tui_colors want)
{
	int most = want == TUI_COLORS_16 ? 16 : want == TUI_COLORS_MONO ? 0 : 256, has = s->paint.terms.colors;

	has = has < most ? has : most;
	s->colors = has >= 256 ? 256 : has >= 16 ? 16 : has >= 8 ? 8 : 0;
}

static enum as_status open_terminal(struct tui_screen *s, const struct tui_screen_config *cfg, struct as_error *err)
{
	const char *term = getenv("TERM");

	if (cfg->null) {
		s->in = fopen("/dev/null", "r");
		s->out = fopen("/dev/null", "w");
		if (!s->in || !s->out)
			return as_fail_errno(err, "/dev/null", "open");
		term = cfg->term ? cfg->term : "xterm-256color";
		s->terminal = newterm(term, s->out, s->in);
		return s->terminal ? AS_OK : as_fail(err, AS_ERR_INVALID, "the terminal database lacks %.60s", term);
	}
	if (!isatty(STDIN_FILENO) || !isatty(STDOUT_FILENO))
		return as_fail(err, AS_ERR_INVALID, "no terminal: the interface needs one; see audiosync --help for commands");
	tui_rescue_modes();
	s->terminal = newterm(NULL, stdout, stdin);
	return s->terminal ? AS_OK
			   : as_fail(err, AS_ERR_INVALID, "TERM=%.60s: this terminal is unknown here; try TERM=xterm-256color or vt100",
				     term ? term : "");
}

enum as_status tui_screen_open(const struct tui_screen_config *cfg, struct tui_screen **out, struct as_error *err)
{
	struct tui_screen *s = calloc(1, sizeof *s);
	enum as_status status;

	*out = NULL;
	if (!s)
		return as_fail(err, AS_ERR_MEMORY, "out of memory");
	s->theme = cfg->theme;
	s->null = cfg->null;
	s->forgotten = true;
	status = open_terminal(s, cfg, err);
	if (status != AS_OK) {
		tui_screen_close(s);
		return status;
	}
	set_term(s->terminal);
	if (s->null)
		resizeterm(cfg->rows, cfg->cols);
	else
		tui_rescue_arm(cfg->mouse);
	/* raw: Ctrl-C, Ctrl-Z, Ctrl-Q and Ctrl-S are keys like others. */
	raw();
	noecho();
	nonl();
	intrflush(stdscr, FALSE);
	set_escdelay(ESCAPE_MS);
	tui_terms_read(&s->paint.terms);
	if (!s->paint.terms.cup) {
		as_fail(err, AS_ERR_INVALID, "TERM=%.60s: this terminal cannot place its cursor; the interface needs one that can, the commands of audiosync --help do not",
			termname());
		tui_screen_close(s);
		return AS_ERR_INVALID;
	}
	set_colors(s, cfg->colors);
	s->keys = newpad(1, 1);
	if (!s->keys) {
		tui_screen_close(s);
		return as_fail(err, AS_ERR_MEMORY, "out of memory");
	}
	keypad(s->keys, TRUE);
	nodelay(s->keys, TRUE);
	if (cfg->mouse && !s->null) {
		/* The press alone, at once: nothing waits to see whether it becomes a double click. */
		mouseinterval(0);
		mousemask(BUTTON1_PRESSED | BUTTON4_PRESSED | BUTTON5_PRESSED, NULL);
	}
	*out = s;
	return AS_OK;
}

void tui_screen_size(const struct tui_screen *s, int *rows, int *cols)
{
	(void)s;
	getmaxyx(stdscr, *rows, *cols);
}

void tui_screen_resize(struct tui_screen *s, int rows, int cols)
{
	if (s->null)
		resizeterm(rows, cols);
}

void tui_screen_forget(struct tui_screen *s)
{
	s->forgotten = true;
}

void tui_screen_theme(struct tui_screen *s, const struct tui_theme *theme)
{
	s->theme = theme;
	tui_screen_forget(s);
}

bool tui_screen_has_color(const struct tui_screen *s)
{
	return s->colors > 0;
}

/* --- looks ----------------------------------------------------------------------------------------------------- */

/* Few colours, and not all of them: bright ones are bold ones, and bright black is black to many a terminal: text that is to be quiet
 * would be gone, so would a shade. */
static struct tui_pen of_eight(struct tui_pen pen)
{
	if (pen.fg == 8)
		pen.attrs |= TUI_DIM;
	else if (pen.fg > 8)
		pen.attrs |= TUI_BOLD;
	if (pen.bg == 8)
		pen.attrs |= TUI_UNDERLINE;
	pen.fg = pen.fg == 8 ? TUI_COLOR_NONE : pen.fg > 8 ? (short)(pen.fg - 8) : pen.fg;
	pen.bg = pen.bg == 8 ? TUI_COLOR_NONE : pen.bg > 8 ? (short)(pen.bg - 8) : pen.bg;
	return pen;
}

/* What the terminal can do of it. */
static struct tui_pen possible(const struct tui_screen *s, struct tui_pen pen)
{
	const struct tui_terms *t = &s->paint.terms;

	if (s->colors == 8)
		pen = of_eight(pen);
	if (!t->own_colors) {
		pen.fg = pen.fg == TUI_COLOR_NONE ? COLOR_WHITE : pen.fg;
		pen.bg = pen.bg == TUI_COLOR_NONE ? COLOR_BLACK : pen.bg;
	}
	if (pen.fg != TUI_COLOR_NONE || pen.bg != TUI_COLOR_NONE)
		pen.attrs &= ~t->not_in_color;
	return pen;
}

/* Without colours; what a theme for colours would show by them alone is reversed. */
static struct tui_pen without_color(const struct tui_look *l, const struct tui_look *over)
{
	struct tui_pen pen = {TUI_COLOR_NONE, TUI_COLOR_NONE, l->attrs | (over ? over->attrs : 0)};
	const struct tui_look *top = over ? over : l;

	if (top->bg != TUI_COLOR_NONE && !(top->attrs & TUI_REVERSE) && !(l->attrs & TUI_REVERSE))
		pen.attrs |= TUI_REVERSE;
	return pen;
}

static struct tui_pen pen_of(const struct tui_screen *s, const struct tui_cell *cell)
{
	const struct tui_look *l = &s->theme->look[cell->style], *over = cell->over != TUI_PLAIN ? &s->theme->look[cell->over] : NULL;
	bool many = s->colors > 16;
	struct tui_pen pen = {many ? l->fg : l->fg16, many ? l->bg : l->bg16, l->attrs};

	if (s->colors == 0)
		return without_color(l, over);
	if (over) {
		pen.attrs |= over->attrs;
		pen.bg = many ? over->bg : over->bg16;
		/* Few colours hardly ever go together: the overlay's own are sure to. */
		if (!many || cell->style == TUI_PLAIN)
			pen.fg = many ? over->fg : over->fg16;
	}
	return possible(s, pen);
}

/* --- showing --------------------------------------------------------------------------------------------------- */

static void send(struct tui_screen *s)
{
	int fd = s->null ? fileno(s->out) : STDOUT_FILENO;
	const char *text = s->paint.out.text;
	size_t n = s->paint.out.failed ? 0 : s->paint.out.bytes;

	s->sent += n;
	while (n > 0) {
		ssize_t done = write(fd, text, n);

		if (done < 0 && errno == EAGAIN)
			poll(&(struct pollfd){.fd = fd, .events = POLLOUT}, 1, -1);
		else if (done < 0 && errno != EINTR)
			break; /* the line is gone, which reading keys will tell */
		text += done > 0 ? done : 0;
		n -= done > 0 ? (size_t)done : 0;
	}
	/* Half a frame: what the terminal shows is anybody's guess. */
	s->forgotten |= n > 0 || s->paint.out.failed;
	as_buffer_done(&s->paint.out);
}

static void send_plain(struct tui_screen *s)
{
	s->paint.knows_pen = false;
	tui_paint_plain(&s->paint);
	send(s);
}

/* All blank, in the eyes of curses, too. False when out of memory. */
static bool blank(struct tui_screen *s, int rows, int cols)
{
	struct tui_paint_cell *frame = calloc((size_t)rows * (size_t)cols + 1, sizeof *frame);

	free(s->frame);
	s->frame = frame;
	send_plain(s);
	clearok(curscr, TRUE);
	refresh();
	s->forgotten = !frame || !tui_paint_blank(&s->paint, rows, cols);
	return !s->forgotten;
}

static void take_row(struct tui_screen *s, int row, const struct tui_cell *cells)
{
	struct tui_paint_cell *line = s->frame + (size_t)row * (size_t)s->paint.cols;

	for (int k = 0; k < s->paint.cols; k++) {
		memcpy(line[k].ch, cells[k].ch, sizeof line[k].ch);
		line[k].cols = cells[k].cols;
		line[k].pen = pen_of(s, &cells[k]);
	}
}

void tui_screen_show(struct tui_screen *s, struct tui_canvas c, int row, int col)
{
	int rows, cols;

	tui_screen_size(s, &rows, &cols);
	/* The next frame has the size that came in between. */
	if (rows != c.rows || cols != c.cols)
		return;
	curs_set(row >= 0);
	if ((s->forgotten || s->paint.rows != rows || s->paint.cols != cols) && !blank(s, rows, cols))
		return;
	for (int r = 0; r < rows; r++)
		take_row(s, r, c.cells + (size_t)r * (size_t)c.stride);
	tui_paint_frame(&s->paint, s->frame);
	if (row >= 0)
		tui_paint_cursor(&s->paint, row, col);
	else if (!s->paint.terms.hides_cursor)
		tui_paint_cursor(&s->paint, rows - 1, 0);
	send(s);
}

size_t tui_screen_sent(const struct tui_screen *s)
{
	return s->sent;
}

int tui_screen_fd(const struct tui_screen *s)
{
	return s->null ? -1 : STDIN_FILENO;
}

/* Where stopping is switched off nothing happens. */
static void stop_here(void)
{
	struct sigaction stop = {.sa_handler = SIG_DFL}, before;

	sigemptyset(&stop.sa_mask);
	if (sigaction(SIGTSTP, NULL, &before) != 0 || before.sa_handler == SIG_IGN || sigaction(SIGTSTP, &stop, NULL) != 0)
		return;
	raise(SIGTSTP);
	sigaction(SIGTSTP, &before, NULL);
}

void tui_screen_suspend(struct tui_screen *s)
{
	if (s->null)
		return;
	def_prog_mode();
	send_plain(s);
	endwin();
	tui_rescue_pause(true);
	stop_here();
	tui_rescue_pause(false);
	reset_prog_mode();
	tui_screen_forget(s);
}

void tui_screen_resume(struct tui_screen *s)
{
	/* In the background the terminal is another's. */
	if (s->null || tcgetpgrp(STDIN_FILENO) != getpgrp())
		return;
	endwin();
	reset_prog_mode();
	tui_screen_forget(s);
}

void tui_screen_close(struct tui_screen *s)
{
	if (!s)
		return;
	if (s->terminal) {
		send_plain(s);
		curs_set(1);
		endwin();
		tui_rescue_disarm();
		if (s->keys)
			delwin(s->keys);
		delscreen(s->terminal);
	}
	if (s->in)
		fclose(s->in);
	if (s->out)
		fclose(s->out);
	tui_paint_done(&s->paint);
	free(s->frame);
	free(s);
}
