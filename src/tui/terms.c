#include "tui/terms.h"

#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#define NCURSES_WIDECHAR 1
#include <curses.h>
#include <term.h>

#define MOVE_BYTES 64
#define FEEDS_MOST 6 /* rows down that line feeds may lead */
#define BACKS_MOST 4 /* rows up or columns back, one by one */

static const char *string_of(const char *name)
{
	/* terminfo takes and hands out non-const strings. */
	const char *text = tigetstr((char *)(uintptr_t)name);

	return text == (char *)-1 ? NULL : text;
}

static bool flag_of(const char *name)
{
	return tigetflag((char *)(uintptr_t)name) > 0;
}

/* Terminfo's bits of attributes that do not go with colours. */
static unsigned not_in_color(void)
{
	static const struct {
		int bit;
		unsigned attr;
	} map[] = {{2, TUI_UNDERLINE}, {4, TUI_REVERSE}, {16, TUI_DIM}, {32, TUI_BOLD}, {1 << 15, TUI_ITALIC}};
	int bits = tigetnum((char *)(uintptr_t) "ncv");
	unsigned attrs = 0;

	for (size_t i = 0; bits > 0 && i < sizeof map / sizeof *map; i++)
		attrs |= bits & map[i].bit ? map[i].attr : 0;
	return attrs;
}

void tui_terms_read(struct tui_terms *t)
{
	static const char *const attrs[] = {"bold", "dim", "smul", "rev", "sitm"};
	const char *op = string_of("op"), *down = string_of("cud1"), *rmul = string_of("rmul");

	*t = (struct tui_terms){.cup = string_of("cup"), .hpa = string_of("hpa"), .cuf = string_of("cuf"), .cuf1 = string_of("cuf1"), .vpa = string_of("vpa"), .cub = string_of("cub"),
				.el = string_of("el"), .ech = string_of("ech"), .sgr0 = string_of("sgr0"),
				.fg = string_of("setaf"), .bg = string_of("setab"), .csr = string_of("csr"),
				.ind = string_of("ind"), .ri = string_of("ri"), .indn = string_of("indn"), .rin = string_of("rin")};
	for (size_t i = 0; i < sizeof attrs / sizeof *attrs; i++)
		t->attr[i] = string_of(attrs[i]);
	t->colors = t->fg && t->bg ? tigetnum((char *)(uintptr_t) "colors") : 0;
	t->colors = t->colors < 8 ? 0 : t->colors;
	t->own_colors = op != NULL;
	t->ecma_colors = op && !strcmp(op, "\033[39;49m");
	t->ecma_attrs = t->ecma_colors && rmul && !strcmp(rmul, "\033[24m");
	t->erases_in_color = flag_of("bce");
	t->moves_in_color = flag_of("msgr");
	t->feeds = down && !strcmp(down, "\n");
	t->keeps_corner = !flag_of("am") || flag_of("xenl");
	t->hides_cursor = string_of("civis") != NULL;
	t->not_in_color = not_in_color();
}

/* Without the delays "$<5>" that terminals needed which have no flow control. */
static void add_plain(struct as_buffer *out, const char *text)
{
	const char *delay, *end;

	while (text && (delay = strstr(text, "$<")) && (end = strchr(delay, '>'))) {
		as_buffer_add_bytes(out, text, (size_t)(delay - text));
		text = end + 1;
	}
	if (text)
		as_buffer_add(out, text);
}

static const char *with(const char *sequence, long a, long b)
{
	return tparm((char *)(uintptr_t)sequence, a, b, 0L, 0L, 0L, 0L, 0L, 0L, 0L);
}

/* --- pens ------------------------------------------------------------------------------------------------------ */

/* Sequences "ESC [ … m" become one, whose numbers these are. */
struct sgr {
	char text[128];
	size_t n;
};

static void flush_sgr(struct sgr *s, struct as_buffer *out)
{
	if (s->n > 0)
		as_buffer_addf(out, "\033[%.*sm", (int)s->n, s->text);
	s->n = 0;
}

static void add_numbers(struct sgr *s, const char *numbers, size_t n)
{
	if (s->n + n + 2 > sizeof s->text)
		return;
	if (s->n > 0)
		s->text[s->n++] = ';';
	memcpy(s->text + s->n, numbers, n);
	s->n += n;
}

static void add_sequence(struct sgr *s, const char *text, struct as_buffer *out)
{
	size_t n = text && !strncmp(text, "\033[", 2) ? strspn(text + 2, "0123456789;:") : 0;

	if (n > 0 && text[2 + n] == 'm' && (text[3 + n] == '\0' || text[3 + n] == '$')) {
		add_numbers(s, text + 2, n);
	} else if (text) {
		flush_sgr(s, out);
		add_plain(out, text);
	}
}

/* Other parts of sgr0 end character sets and modes that nothing here begins. */
static void add_reset(const struct tui_terms *t, struct sgr *s, struct as_buffer *out)
{
	if (t->sgr0 && (strstr(t->sgr0, "\033[m") || strstr(t->sgr0, "\033[0m") || strstr(t->sgr0, "\033[0;10m")))
		add_numbers(s, "0", 1);
	else
		add_sequence(s, t->sgr0, out);
}

static void add_color(struct sgr *s, const char *sequence, int was, int now, const char *own, struct as_buffer *out)
{
	if (was != now && now == TUI_COLOR_NONE)
		add_numbers(s, own, strlen(own));
	else if (was != now)
		add_sequence(s, with(sequence, now, 0), out);
}

/* Takes back what `to` does not have, and says in `from` what is left: bold and dim go together. */
static void end_attrs(struct sgr *s, struct tui_pen *from, struct tui_pen to)
{
	static const struct {
		unsigned attrs;
		const char *end;
	} ends[] = {{TUI_BOLD | TUI_DIM, "22"}, {TUI_UNDERLINE, "24"}, {TUI_REVERSE, "27"}, {TUI_ITALIC, "23"}};

	for (size_t i = 0; i < sizeof ends / sizeof *ends; i++)
		if (from->attrs & ~to.attrs & ends[i].attrs) {
			add_numbers(s, ends[i].end, 2);
			from->attrs &= ~ends[i].attrs;
		}
}

static void add_pen(const struct tui_terms *t, bool reset, struct tui_pen from, struct tui_pen to, struct as_buffer *out)
{
	struct sgr s = {.n = 0};

	if (reset) {
		add_reset(t, &s, out);
		from = (struct tui_pen){TUI_COLOR_NONE, TUI_COLOR_NONE, 0};
	}
	end_attrs(&s, &from, to);
	for (size_t i = 0; i < sizeof t->attr / sizeof *t->attr; i++)
		if (to.attrs & ~from.attrs & 1u << i)
			add_sequence(&s, t->attr[i], out);
	add_color(&s, t->fg, from.fg, to.fg, "39", out);
	add_color(&s, t->bg, from.bg, to.bg, "49", out);
	if (s.n == 1 && s.text[0] == '0')
		s.n = 0, as_buffer_add(out, "\033[m");
	flush_sgr(&s, out);
}

void tui_terms_pen(const struct tui_terms *t, const struct tui_pen *from, struct tui_pen to, struct as_buffer *out)
{
	const struct tui_pen none = {TUI_COLOR_NONE, TUI_COLOR_NONE, 0};
	struct as_buffer anew = {0}, on = {0};
	bool gives_back;

	if (from && from->fg == to.fg && from->bg == to.bg && from->attrs == to.attrs)
		return;
	add_pen(t, true, none, to, &anew);
	gives_back = from && ((from->fg != to.fg && to.fg == TUI_COLOR_NONE) || (from->bg != to.bg && to.bg == TUI_COLOR_NONE));
	if (from && (t->ecma_attrs || !(from->attrs & ~to.attrs)) && (t->ecma_colors || !gives_back))
		add_pen(t, false, *from, to, &on);
	as_buffer_add(out, on.text && on.bytes <= anew.bytes ? on.text : anew.text ? anew.text : "");
	out->failed |= on.failed || anew.failed;
	as_buffer_done(&on);
	as_buffer_done(&anew);
}

/* --- moves ----------------------------------------------------------------------------------------------------- */

static void keep_shorter(char best[MOVE_BYTES], const char *text)
{
	if (text && (!best[0] || strlen(text) < strlen(best)) && strlen(text) < MOVE_BYTES)
		strcpy(best, text);
}

static const char *plain_of(const char *sequence, long a, long b, char out[MOVE_BYTES])
{
	struct as_buffer text = {0};

	if (!sequence)
		return NULL;
	add_plain(&text, with(sequence, a, b));
	snprintf(out, MOVE_BYTES, "%s", text.text ? text.text : "");
	as_buffer_done(&text);
	return *out ? out : NULL;
}

/* In the row. */
static void across(const struct tui_terms *t, int from, int to, char best[MOVE_BYTES])
{
	char text[MOVE_BYTES];

	best[0] = '\0';
	if (to == 0)
		keep_shorter(best, "\r");
	keep_shorter(best, plain_of(t->hpa, to, 0, text));
	if (to > from)
		keep_shorter(best, plain_of(t->cuf, to - from, 0, text));
	if (to == from + 1)
		keep_shorter(best, plain_of(t->cuf1, 0, 0, text));
	if (to < from)
		keep_shorter(best, plain_of(t->cub, from - to, 0, text));
	if (to < from && from - to < 8)
		keep_shorter(best, &"\b\b\b\b\b\b\b\b"[8 - (from - to)]);
}

/* To another row, the column stays. */
static void along(const struct tui_terms *t, int from, int to, char best[MOVE_BYTES])
{
	char text[MOVE_BYTES], ups[MOVE_BYTES] = "";

	best[0] = '\0';
	keep_shorter(best, plain_of(t->vpa, to, 0, text));
	if (to > from && to - from <= FEEDS_MOST && t->feeds)
		keep_shorter(best, &"\n\n\n\n\n\n"[FEEDS_MOST - (to - from)]);
	/* Not in the first row, where it would scroll: there is one above. */
	if (to < from && from - to <= BACKS_MOST && plain_of(t->ri, 0, 0, text) && strlen(text) * BACKS_MOST < sizeof ups) {
		for (int i = to; i < from; i++)
			strcat(ups, text);
		keep_shorter(best, ups);
	}
}

static void route(const struct tui_terms *t, struct tui_at from, struct tui_at to, char best[MOVE_BYTES])
{
	char text[MOVE_BYTES], rows[MOVE_BYTES] = "", both[2 * MOVE_BYTES];

	best[0] = '\0';
	if (from.row == to.row && from.col == to.col)
		return;
	keep_shorter(best, plain_of(t->cup, to.row, to.col, text));
	if (from.row < 0)
		return;
	if (from.row != to.row)
		along(t, from.row, to.row, rows);
	if (from.row != to.row && !rows[0])
		return;
	if (from.col != to.col)
		across(t, from.col, to.col, text);
	else
		text[0] = '\0';
	if (from.col != to.col && !text[0])
		return;
	snprintf(both, sizeof both, "%s%s", rows, text);
	keep_shorter(best, both);
}

void tui_terms_move(const struct tui_terms *t, struct tui_at from, struct tui_at to, struct as_buffer *out)
{
	char best[MOVE_BYTES];

	route(t, from, to, best);
	as_buffer_add(out, best);
}

int tui_terms_move_bytes(const struct tui_terms *t, struct tui_at from, struct tui_at to)
{
	char best[MOVE_BYTES];

	route(t, from, to, best);
	return (int)strlen(best);
}

static int digits(int n)
{
	return n < 10 ? 1 : n < 100 ? 2 : n < 1000 ? 3 : 4;
}

static int least(int a, int b)
{
	return a < b ? a : b;
}

static int across_about(int from, int to)
{
	if (to == from)
		return 0;
	if (to == 0)
		return 1;
	if (to == from + 1)
		return 3;
	return least(3 + digits(to + 1), to > from ? 3 + digits(to - from) : least(from - to, 3 + digits(from - to)));
}

int tui_terms_move_about(struct tui_at from, struct tui_at to)
{
	int cup = 4 + digits(to.row + 1) + digits(to.col + 1), down = to.row - from.row, rows = 3 + digits(to.row + 1);

	if (from.row < 0)
		return cup;
	if (down >= 0 && down <= FEEDS_MOST)
		rows = least(rows, down);
	else if (down < 0 && -down <= BACKS_MOST)
		rows = least(rows, -2 * down);
	return least(cup, rows + across_about(from.col, to.col));
}

void tui_terms_erase_rest(const struct tui_terms *t, struct as_buffer *out)
{
	add_plain(out, t->el);
}

void tui_terms_erase(const struct tui_terms *t, int cols, struct as_buffer *out)
{
	add_plain(out, with(t->ech, cols, 0));
}

bool tui_terms_scrolls(const struct tui_terms *t)
{
	return t->csr && t->cup && t->ind && t->ri;
}

/* `once` so many times, or `many` where that is shorter. */
static void add_repeated(const char *once, const char *many, int n, struct as_buffer *out)
{
	char text[MOVE_BYTES] = "";

	if (many && plain_of(many, n, 0, text) && strlen(text) < (size_t)n * strlen(once)) {
		as_buffer_add(out, text);
		return;
	}
	for (int i = 0; i < n; i++)
		add_plain(out, once);
}

void tui_terms_scroll(const struct tui_terms *t, int top, int bottom, int by, int rows, struct as_buffer *out)
{
	add_plain(out, with(t->csr, top, bottom));
	add_plain(out, with(t->cup, by > 0 ? bottom : top, 0));
	if (by > 0)
		add_repeated(t->ind, t->indn, by, out);
	else
		add_repeated(t->ri, t->rin, -by, out);
	add_plain(out, with(t->csr, 0, rows - 1));
}
