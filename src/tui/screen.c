#include "tui/screen.h"

#include <errno.h>
#include <signal.h>
#include <stdlib.h>
#include <string.h>
#include <termios.h>
#include <unistd.h>

#define NCURSES_WIDECHAR 1
#include <curses.h>
#include <term.h>

#include "base/error.h"

#define PAIRS_MAX 250
#define RESTORE_BYTES 256
#define ESCAPE_MS 25
#define MOUSE_OFF "\033[?1006;1000l"

struct pair {
	short fg, bg;
};

struct tui_screen {
	SCREEN *terminal;
	FILE *in, *out; /* of a null screen */
	bool null;
	const struct tui_theme *theme;
	struct tui_canvas shown; /* what the terminal has; cells NULL: unknown */
	int colors;              /* 0, 8, 16 or 256 */
	bool bright;             /* a bright colour is the bold one */
	bool own_colors;         /* the terminal's own can be kept */
	struct pair pairs[PAIRS_MAX];
	int n_pairs;
};

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

static void arm_rescue(bool mouse)
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

static void disarm_rescue(void)
{
	if (!rescue.armed)
		return;
	rescue.armed = 0;
	for (size_t i = 0; i < sizeof crashes / sizeof *crashes; i++)
		sigaction(crashes[i], &rescue.before[i], NULL);
}

static void set_colors(struct tui_screen *s, enum tui_colors want)
{
	int most = want == TUI_COLORS_256 ? 256 : want == TUI_COLORS_16 ? 16 : want == TUI_COLORS_MONO ? 0 : 256;

	s->colors = 0;
	if (!has_colors() || most == 0 || start_color() != OK)
		return;
	s->own_colors = use_default_colors() == OK;
	s->colors = COLORS >= 256 && most >= 256 ? 256 : COLORS >= 16 && most >= 16 ? 16 : 8;
	s->bright = s->colors == 8;
}

static enum as_status open_terminal(struct tui_screen *s, const struct tui_screen_config *cfg, struct as_error *err)
{
	const char *term = getenv("TERM");

	if (cfg->null) {
		s->in = fopen("/dev/null", "r");
		s->out = fopen("/dev/null", "w");
		if (!s->in || !s->out)
			return as_fail_errno(err, "/dev/null", "open");
		s->terminal = newterm("xterm-256color", s->out, s->in);
		return s->terminal ? AS_OK : as_fail(err, AS_ERR_INVALID, "the terminal database lacks xterm-256color");
	}
	if (!isatty(STDIN_FILENO) || !isatty(STDOUT_FILENO))
		return as_fail(err, AS_ERR_INVALID, "no terminal: the interface needs one; see audiosync --help for commands");
	rescue.has_modes = tcgetattr(STDIN_FILENO, &rescue.modes) == 0;
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
	status = open_terminal(s, cfg, err);
	if (status != AS_OK) {
		tui_screen_close(s);
		return status;
	}
	set_term(s->terminal);
	if (s->null)
		resizeterm(cfg->rows, cfg->cols);
	else
		arm_rescue(cfg->mouse);
	/* raw: Ctrl-C, Ctrl-Z, Ctrl-Q and Ctrl-S are keys like others. */
	raw();
	noecho();
	nonl();
	intrflush(stdscr, FALSE);
	keypad(stdscr, TRUE);
	nodelay(stdscr, TRUE);
	idlok(stdscr, FALSE);
	leaveok(stdscr, FALSE);
	set_escdelay(ESCAPE_MS);
	set_colors(s, cfg->colors);
	if (cfg->mouse && !s->null) {
		/* The press alone, at once: nothing waits to see whether it becomes a double click. */
		mouseinterval(0);
		mousemask(BUTTON1_PRESSED | BUTTON4_PRESSED | BUTTON5_PRESSED, NULL);
	}
	*out = s;
	return AS_OK;
}

void tui_screen_close(struct tui_screen *s)
{
	if (!s)
		return;
	if (s->terminal) {
		curs_set(1);
		endwin();
		disarm_rescue();
		delscreen(s->terminal);
	}
	if (s->in)
		fclose(s->in);
	if (s->out)
		fclose(s->out);
	tui_canvas_free(&s->shown);
	free(s);
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
	tui_canvas_free(&s->shown);
	clearok(curscr, TRUE);
}

void tui_screen_theme(struct tui_screen *s, const struct tui_theme *theme)
{
	s->theme = theme;
	s->n_pairs = 0;
	tui_screen_forget(s);
}

bool tui_screen_has_color(const struct tui_screen *s)
{
	return s->colors > 0;
}

/* The pair of two colours, made when it is first asked for; 0 where there is no room for more. */
static short pair_of(struct tui_screen *s, short fg, short bg)
{
	int most = COLOR_PAIRS - 1 < PAIRS_MAX ? COLOR_PAIRS - 1 : PAIRS_MAX;

	if (!s->own_colors) {
		fg = fg == TUI_COLOR_NONE ? COLOR_WHITE : fg;
		bg = bg == TUI_COLOR_NONE ? COLOR_BLACK : bg;
	} else if (fg == TUI_COLOR_NONE && bg == TUI_COLOR_NONE) {
		return 0;
	}
	for (int i = 0; i < s->n_pairs; i++)
		if (s->pairs[i].fg == fg && s->pairs[i].bg == bg)
			return (short)(i + 1);
	if (s->n_pairs >= most || init_pair((short)(s->n_pairs + 1), fg, bg) != OK)
		return 0;
	s->pairs[s->n_pairs] = (struct pair){fg, bg};
	return (short)++s->n_pairs;
}

static attr_t attrs_of(unsigned attrs)
{
	return (attrs & TUI_BOLD ? A_BOLD : 0) | (attrs & TUI_DIM ? A_DIM : 0) | (attrs & TUI_UNDERLINE ? A_UNDERLINE : 0) |
	       (attrs & TUI_REVERSE ? A_REVERSE : 0) | (attrs & TUI_ITALIC ? A_ITALIC : 0);
}

static void look_of(struct tui_screen *s, const struct tui_cell *cell, attr_t *attr, short *pair)
{
	struct tui_look l = s->theme->look[cell->style], o = s->theme->look[cell->over];
	short fg = s->colors > 16 ? l.fg : l.fg16, bg = s->colors > 16 ? l.bg : l.bg16;

	*attr = attrs_of(l.attrs);
	if (cell->over != TUI_PLAIN) {
		*attr |= attrs_of(o.attrs);
		bg = s->colors > 16 ? o.bg : o.bg16;
		/* Few colours hardly ever go together: the overlay's own are sure to. */
		if (s->colors <= 16 || cell->style == TUI_PLAIN)
			fg = s->colors > 16 ? o.fg : o.fg16;
	}
	*pair = 0;
	if (s->colors == 0) {
		/* A theme for colours on a terminal without: what only colour would show is reversed. */
		if ((cell->over != TUI_PLAIN && !(o.attrs & TUI_REVERSE) && o.bg != TUI_COLOR_NONE && !(l.attrs & TUI_REVERSE)) ||
		    (cell->over == TUI_PLAIN && l.bg != TUI_COLOR_NONE && !(l.attrs & TUI_REVERSE)))
			*attr |= A_REVERSE;
		return;
	}
	/* Bright black is black to many a terminal of 8 colours: text that is to be quiet would be gone, so would a shade. */
	if (s->colors < 16 && fg == 8) {
		fg = TUI_COLOR_NONE;
		*attr |= A_DIM;
	}
	if (s->colors < 16 && bg == 8) {
		bg = TUI_COLOR_NONE;
		*attr |= A_UNDERLINE;
	}
	if (s->colors < 16 && fg >= 8) {
		fg = (short)(fg - 8);
		*attr |= A_BOLD;
	}
	if (s->colors < 16 && bg >= 8)
		bg = (short)(bg - 8);
	*pair = pair_of(s, fg, bg);
}

/* What the cells of a row look like to the terminal. */
struct shown_look {
	attr_t attr;
	short pair, bg; /* bg: of the pair, TUI_COLOR_NONE for the terminal's own */
};

static bool is_blank(const struct tui_cell *cell)
{
	return cell->ch[0] == ' ' && cell->ch[1] == 0;
}

/* Of a blank nothing is seen but its background and lines. Where these stay, it takes over the look of what stands before it: the
 * terminal need not be told of a change, which takes more bytes than the blank. */
static void next_look(struct tui_screen *s, const struct tui_cell *cell, struct shown_look *look)
{
	const attr_t seen = A_REVERSE | A_UNDERLINE;
	struct shown_look own = {.bg = TUI_COLOR_NONE};

	look_of(s, cell, &own.attr, &own.pair);
	if (own.pair > 0)
		own.bg = s->pairs[own.pair - 1].bg;
	if (is_blank(cell) && own.bg == look->bg && !(own.attr & seen) && !(look->attr & seen))
		return;
	*look = own;
}

static void show_cell(int row, int col, const struct tui_cell *cell, const struct shown_look *look)
{
	wchar_t text[TUI_CELL_CHARS + 1] = {0};
	cchar_t cc;

	for (int i = 0; i < TUI_CELL_CHARS && cell->ch[i]; i++)
		text[i] = (wchar_t)cell->ch[i];
	if (setcchar(&cc, text, look->attr, look->pair, NULL) == OK)
		mvadd_wch(row, col, &cc);
}

static bool same_cell(const struct tui_cell *a, const struct tui_cell *b)
{
	return a->ch[0] == b->ch[0] && a->style == b->style && a->over == b->over && a->cols == b->cols &&
	       !memcmp(a->ch, b->ch, sizeof a->ch);
}

/* A row that has changed goes to curses whole, which sends what differs. */
static void show_row(struct tui_screen *s, int row, const struct tui_cell *line, int cols)
{
	struct shown_look look = {.bg = TUI_COLOR_NONE};

	for (int k = 0; k < cols; k++) {
		if (line[k].cols == 0)
			continue;
		next_look(s, &line[k], &look);
		show_cell(row, k, &line[k], &look);
	}
}

static bool same_row(const struct tui_cell *a, const struct tui_cell *b, int cols)
{
	for (int k = 0; k < cols; k++)
		if (!same_cell(&a[k], &b[k]))
			return false;
	return true;
}

void tui_screen_show(struct tui_screen *s, struct tui_canvas c, int row, int col)
{
	int rows, cols;

	tui_screen_size(s, &rows, &cols);
	cols = c.cols < cols ? c.cols : cols;
	if (s->shown.cells && (s->shown.rows != c.rows || s->shown.cols != c.cols))
		tui_canvas_free(&s->shown);
	for (int r = 0; r < c.rows && r < rows; r++) {
		const struct tui_cell *line = c.cells + (size_t)r * (size_t)c.stride;
		const struct tui_cell *old = s->shown.cells ? s->shown.cells + (size_t)r * (size_t)s->shown.stride : NULL;

		if (!old || !same_row(line, old, cols))
			show_row(s, r, line, cols);
	}
	if (!s->shown.cells)
		s->shown = tui_canvas_new(c.rows, c.cols, c.unicode);
	for (int r = 0; s->shown.cells && r < c.rows; r++)
		memcpy(s->shown.cells + (size_t)r * (size_t)s->shown.stride, c.cells + (size_t)r * (size_t)c.stride,
		       (size_t)c.cols * sizeof *c.cells);
	curs_set(row >= 0);
	if (row >= 0)
		move(row, col);
	else
		move(rows > 0 ? rows - 1 : 0, 0);
	refresh();
}

static enum tui_special special_of(int code)
{
	static const struct {
		int code;
		enum tui_special special;
	} map[] = {{KEY_UP, TUI_KEY_UP},
		   {KEY_DOWN, TUI_KEY_DOWN},
		   {KEY_LEFT, TUI_KEY_LEFT},
		   {KEY_RIGHT, TUI_KEY_RIGHT},
		   {KEY_HOME, TUI_KEY_HOME},
		   {KEY_FIND, TUI_KEY_HOME},
		   {KEY_END, TUI_KEY_END},
		   {KEY_SELECT, TUI_KEY_END},
		   {KEY_PPAGE, TUI_KEY_PAGE_UP},
		   {KEY_NPAGE, TUI_KEY_PAGE_DOWN},
		   {KEY_IC, TUI_KEY_INSERT},
		   {KEY_DC, TUI_KEY_DELETE},
		   {KEY_BACKSPACE, TUI_KEY_BACKSPACE},
		   {KEY_ENTER, TUI_KEY_ENTER},
		   {KEY_BTAB, TUI_KEY_BACKTAB},
		   {KEY_RESIZE, TUI_KEY_RESIZE}};

	for (size_t i = 0; i < sizeof map / sizeof *map; i++)
		if (map[i].code == code)
			return map[i].special;
	if (code >= KEY_F(1) && code <= KEY_F(12))
		return (enum tui_special)(TUI_KEY_F1 + (code - KEY_F(1)));
	return TUI_KEY_NONE;
}

static struct tui_key key_of(wint_t ch)
{
	struct tui_key key = {0};

	switch (ch) {
	case '\r':
	case '\n':
		key.special = TUI_KEY_ENTER;
		break;
	case '\t':
		key.special = TUI_KEY_TAB;
		break;
	case ' ':
		key.special = TUI_KEY_SPACE;
		break;
	case 0x7F:
	case '\b':
		key.special = TUI_KEY_BACKSPACE;
		break;
	default:
		key.ctrl = ch < 0x20;
		key.ch = ch == 0	       ? '@'
			 : key.ctrl && ch < 27 ? (uint32_t)ch + 'a' - 1
			 : key.ctrl	       ? (uint32_t)ch + '@'
					       : (uint32_t)ch;
	}
	return key;
}

/* False: nothing that is of use. */
static bool mouse_of(struct tui_key *key)
{
	MEVENT e;

	if (getmouse(&e) != OK)
		return false;
	*key = (struct tui_key){.special = e.bstate & BUTTON1_PRESSED	? TUI_KEY_CLICK
					   : e.bstate & BUTTON4_PRESSED ? TUI_KEY_WHEEL_UP
					   : e.bstate & BUTTON5_PRESSED ? TUI_KEY_WHEEL_DOWN
									: TUI_KEY_NONE,
				.row = e.y,
				.col = e.x};
	return key->special != TUI_KEY_NONE;
}

bool tui_screen_key(struct tui_screen *s, struct tui_key *key)
{
	wint_t ch;
	int kind;

	(void)s;
	for (;;) {
		kind = get_wch(&ch);
		if (kind == ERR)
			return false;
		if (kind == KEY_CODE_YES && ch == KEY_MOUSE && mouse_of(key))
			return true;
		if (kind == KEY_CODE_YES) {
			*key = (struct tui_key){.special = special_of((int)ch)};
			if (key->special != TUI_KEY_NONE)
				return true;
			continue; /* a key that nothing is bound to */
		}
		if (ch != 27) {
			*key = key_of(ch);
			return true;
		}
		/* Alone it is Esc; with something right behind it, that with Alt. */
		kind = get_wch(&ch);
		if (kind == ERR || (kind == OK && ch == 27)) {
			*key = (struct tui_key){.special = TUI_KEY_ESC};
			return true;
		}
		*key = kind == KEY_CODE_YES ? (struct tui_key){.special = special_of((int)ch)} : key_of(ch);
		key->alt = key->special != TUI_KEY_RESIZE;
		if (key->special || key->ch)
			return true;
	}
}

int tui_screen_fd(const struct tui_screen *s)
{
	return s->null ? -1 : STDIN_FILENO;
}

void tui_screen_suspend(struct tui_screen *s)
{
	if (s->null)
		return;
	def_prog_mode();
	endwin();
	raise(SIGTSTP);
	reset_prog_mode();
	tui_screen_forget(s);
}
