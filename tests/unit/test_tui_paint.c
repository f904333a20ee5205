/* Frames as bytes: whatever a terminal has shown, it shows the new frame, and few bytes make the difference. */
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

#include <cmocka.h>
#include <vterm.h>

#include "tui/paint.h"

/* curses' own header takes names that this file has use for. */
struct term;
int setupterm(const char *term, int fd, int *result);
struct term *set_curterm(struct term *to);
int del_curterm(struct term *term);

#define ROWS 12
#define COLS 40

static const char *const terms[] = {"xterm-256color", "tmux-256color", "screen", "linux", "vt100"};

struct fixture {
	struct tui_paint paint;
	VTerm *vt;
	VTermScreen *screen;
};

static struct fixture begin(const char *term)
{
	struct fixture f = {.vt = vterm_new(ROWS, COLS)};
	int result = 0;

	setupterm(term, STDOUT_FILENO, &result);
	assert_int_equal(result, 1);
	tui_terms_read(&f.paint.terms);
	vterm_set_utf8(f.vt, 1);
	f.screen = vterm_obtain_screen(f.vt);
	vterm_screen_reset(f.screen, 1);
	assert_true(tui_paint_blank(&f.paint, ROWS, COLS));
	return f;
}

static void end(struct fixture *f)
{
	tui_paint_done(&f->paint);
	vterm_free(f->vt);
	del_curterm(set_curterm(NULL));
}

/* Returns the bytes. */
static size_t show(struct fixture *f, struct tui_paint_cell cells[ROWS][COLS])
{
	size_t n;

	tui_paint_frame(&f->paint, cells[0]);
	n = f->paint.out.bytes;
	assert_false(f->paint.out.failed);
	if (n > 0)
		vterm_input_write(f->vt, f->paint.out.text, n);
	vterm_screen_flush_damage(f->screen);
	as_buffer_done(&f->paint.out);
	return n;
}

/* --- made-up frames -------------------------------------------------------------------------------------------- */

static uint32_t draw(uint32_t *seed, uint32_t n)
{
	*seed = *seed * 1664525u + 1013904223u;
	return (*seed >> 8) % n;
}

static struct tui_pen some_pen(uint32_t *seed, const struct tui_terms *t)
{
	static const unsigned attrs[] = {0, 0, 0, TUI_BOLD, TUI_UNDERLINE, TUI_REVERSE, TUI_BOLD | TUI_REVERSE};
	struct tui_pen pen = {TUI_COLOR_NONE, TUI_COLOR_NONE, attrs[draw(seed, 7)]};

	for (int i = 0; i < 5; i++)
		if (!t->attr[i])
			pen.attrs &= ~(1u << i);
	if (t->colors > 0 && draw(seed, 2))
		pen.fg = (short)draw(seed, t->colors > 255 ? 256 : 8);
	if (t->colors > 0 && draw(seed, 3) == 0)
		pen.bg = (short)draw(seed, t->colors > 255 ? 256 : 8);
	if (pen.fg >= 0 || pen.bg >= 0)
		pen.attrs &= ~t->not_in_color;
	return pen;
}

/* Stretches of one pen, of blanks and of letters, some wide, some with a mark over them; the rest stays as it was. */
static void change(struct tui_paint_cell cells[ROWS][COLS], uint32_t *seed, const struct tui_terms *t)
{
	static const uint32_t letters[] = {'a', 'b', '-', 0x2550, 0x28FF, 0xE9};

	for (int i = 0; i < 8; i++) {
		int row = (int)draw(seed, ROWS), from = (int)draw(seed, COLS), to = from + 1 + (int)draw(seed, COLS), kind = (int)draw(seed, 8);
		struct tui_pen pen = some_pen(seed, t);

		to = to > COLS ? COLS : to;
		/* What would lie half over a wide one takes it whole. */
		if (cells[row][from].cols == 0)
			from--;
		if (to < COLS && cells[row][to].cols == 0)
			to++;
		for (int k = from; k < to; k++) {
			struct tui_paint_cell c = {.cols = 1, .pen = pen};

			c.ch[0] = kind < 4 ? ' ' : letters[draw(seed, 6)];
			if (kind == 6 && k + 1 < to) {
				c = (struct tui_paint_cell){.ch = {0x6F22}, .cols = 2, .pen = pen};
				cells[row][k++] = c;
				c = (struct tui_paint_cell){.cols = 0, .pen = pen};
			} else if (kind == 7) {
				c.ch[0] = 'e';
				c.ch[1] = 0x301;
			}
			cells[row][k] = c;
		}
	}
}

/* Some rows go up or down, those that are left behind stay. */
static void move_rows(struct tui_paint_cell cells[ROWS][COLS], uint32_t *seed)
{
	int from = (int)draw(seed, ROWS), to = (int)draw(seed, ROWS), n = ROWS - (from > to ? from : to);

	memmove(cells[to], cells[from], (size_t)n * sizeof cells[0]);
}

static void blank(struct tui_paint_cell cells[ROWS][COLS])
{
	for (int r = 0; r < ROWS; r++)
		for (int k = 0; k < COLS; k++)
			cells[r][k] = (struct tui_paint_cell){.ch = {' '}, .cols = 1, .pen = {TUI_COLOR_NONE, TUI_COLOR_NONE, 0}};
}

/* --- what the terminal has ------------------------------------------------------------------------------------- */

static int color_of(const VTermColor *c)
{
	if (VTERM_COLOR_IS_DEFAULT_FG(c) || VTERM_COLOR_IS_DEFAULT_BG(c))
		return TUI_COLOR_NONE;
	assert_true(VTERM_COLOR_IS_INDEXED(c));
	return c->indexed.idx;
}

static void check_cell(const struct fixture *f, int row, int col, const struct tui_paint_cell *want)
{
	const unsigned seen = TUI_REVERSE | TUI_UNDERLINE;
	VTermScreenCell is;
	unsigned attrs;
	bool bare = want->ch[0] == ' ' && !(want->pen.attrs & seen);

	if (want->cols == 0)
		return;
	assert_int_equal(vterm_screen_get_cell(f->screen, (VTermPos){row, col}, &is), 1);
	attrs = (is.attrs.bold ? TUI_BOLD : 0u) | (is.attrs.underline ? TUI_UNDERLINE : 0u) | (is.attrs.reverse ? TUI_REVERSE : 0u);
	assert_int_equal(is.chars[0] ? is.chars[0] : ' ', want->ch[0]);
	assert_int_equal(is.chars[0] ? is.chars[1] : 0, want->ch[1]);
	assert_int_equal(is.width, want->cols);
	assert_int_equal(color_of(&is.bg), want->pen.bg);
	assert_int_equal(attrs & seen, want->pen.attrs & seen);
	if (bare)
		return;
	assert_int_equal(attrs, want->pen.attrs);
	assert_int_equal(color_of(&is.fg), want->pen.fg);
}

static void shows_whatever_was_there_before(void **ctx)
{
	(void)ctx;
	for (size_t i = 0; i < sizeof terms / sizeof *terms; i++) {
		struct fixture f = begin(terms[i]);
		struct tui_paint_cell cells[ROWS][COLS];
		uint32_t seed = 11 + (uint32_t)i;

		blank(cells);
		for (int frame = 0; frame < 400; frame++) {
			change(cells, &seed, &f.paint.terms);
			if (draw(&seed, 3) == 0)
				move_rows(cells, &seed);
			show(&f, cells);
			for (int r = 0; r < ROWS; r++)
				for (int k = 0; k < COLS; k++)
					check_cell(&f, r, k, &cells[r][k]);
			assert_int_equal(show(&f, cells), 0);
		}
		end(&f);
	}
}

/* --- how many bytes -------------------------------------------------------------------------------------------- */

static void put_row(struct tui_paint_cell line[COLS], int n, bool chosen)
{
	char text[COLS + 1];
	const short bg = chosen ? 25 : TUI_COLOR_NONE;

	snprintf(text, sizeof text, "  * DevA_%04d.flac%17s0:42 ", n, "");
	for (int k = 0; k < COLS; k++)
		line[k] = (struct tui_paint_cell){.ch = {(unsigned char)text[k]},
						  .cols = 1,
						  .pen = {k == 2 ? 114 : k > 30 ? 245 : chosen ? 255 : TUI_COLOR_NONE, bg, 0}};
}

/* A bar as wide as the list moves by a row. */
static void takes_few_bytes_for_a_step(void **ctx)
{
	struct fixture f = begin("xterm-256color");
	struct tui_paint_cell cells[ROWS][COLS];

	(void)ctx;
	blank(cells);
	for (int at = 0; at < ROWS; at++) {
		for (int r = 0; r < ROWS; r++)
			put_row(cells[r], r, r == at);
		if (at > 0)
			assert_in_range(show(&f, cells), 40, 140);
		else
			show(&f, cells);
	}
	end(&f);
}

/* A list below a heading and above a foot goes on by some rows, and back: it is moved, and what comes in is sent. */
static void takes_few_bytes_to_scroll(void **ctx)
{
	enum { TOP = 1, LIST = ROWS - 2, BY = 3 };

	(void)ctx;
	/* Those with 256 colours. */
	for (size_t i = 0; i < 2; i++) {
		struct fixture f = begin(terms[i]);
		struct tui_paint_cell cells[ROWS][COLS];
		size_t whole, first;

		blank(cells);
		put_row(cells[0], 1000, false);
		put_row(cells[ROWS - 1], 2000, false);
		for (int r = 0; r < LIST; r++)
			put_row(cells[TOP + r], r, r == LIST - 1);
		whole = show(&f, cells);
		for (int step = 0; step < 4; step++) {
			int from = step < 2 ? (step + 1) * BY : (3 - step) * BY;

			for (int r = 0; r < LIST; r++)
				put_row(cells[TOP + r], 7 * (from + r) % 97, r == (step < 2 ? LIST - BY : BY - 1));
			first = show(&f, cells);
			if (step > 0)
				assert_in_range(first, 60, whole * 5 / 10);
			for (int r = 0; r < ROWS; r++)
				for (int k = 0; k < COLS; k++)
					check_cell(&f, r, k, &cells[r][k]);
		}
		end(&f);
	}
}

/* One character of a row: a place and the character. */
static void takes_few_bytes_for_a_character(void **ctx)
{
	struct fixture f = begin("xterm-256color");
	struct tui_paint_cell cells[ROWS][COLS];

	(void)ctx;
	blank(cells);
	put_row(cells[5], 1, false);
	show(&f, cells);
	cells[5][8].ch[0] = '7';
	assert_in_range(show(&f, cells), 2, 11);
	cells[5][9].ch[0] = '8';
	assert_int_equal(show(&f, cells), 1);
	/* Nothing lies between that could not be written again. */
	cells[5][12].ch[0] = '9';
	assert_int_equal(show(&f, cells), 3);
	end(&f);
}

/* A line that crosses rows goes on by a column: a pen is sent once, however many cells it is for. */
static void takes_few_bytes_for_a_column(void **ctx)
{
	enum { FROM = 2, TO = 10 };
	const struct tui_pen wave = {109, TUI_COLOR_NONE, 0}, line = {109, 240, TUI_BOLD};

	(void)ctx;
	/* Those with 256 colours. */
	for (size_t i = 0; i < 2; i++) {
		struct fixture f = begin(terms[i]);
		struct tui_paint_cell cells[ROWS][COLS];

		blank(cells);
		for (int at = 3; at < 9; at++) {
			for (int r = FROM; r < TO; r++)
				for (int k = 0; k < COLS; k++)
					cells[r][k] = (struct tui_paint_cell){.ch = {'a' + (unsigned)k % 7}, .cols = 1, .pen = k == at ? line : wave};
			/* Two pens of at most 16 bytes, two ways of 8, and 3 for each cell. */
			if (at > 3)
				assert_in_range(show(&f, cells), 40, 32 + 16 + 2 * 3 * (TO - FROM));
			else
				show(&f, cells);
			for (int r = FROM; r < TO; r++)
				check_cell(&f, r, at - 1, &cells[r][at - 1]);
		}
		end(&f);
	}
}

/* What ends alone need not begin anew with all the rest. */
static void takes_back_one_attribute(void **ctx)
{
	const struct tui_pen plain = {109, 240, 0}, bold = {109, 240, TUI_BOLD};

	(void)ctx;
	for (size_t i = 0; i < sizeof terms / sizeof *terms; i++) {
		struct fixture f = begin(terms[i]);
		struct as_buffer out = {0};

		tui_terms_pen(&f.paint.terms, &bold, plain, &out);
		if (strcmp(terms[i], "vt100"))
			assert_string_equal(out.text, "\033[22m");
		else
			assert_string_equal(out.text, "\033[m");
		as_buffer_done(&out);
		end(&f);
	}
}

static void never_writes_what_would_scroll(void **ctx)
{
	struct fixture f = begin("xterm-256color");
	struct tui_paint_cell cells[ROWS][COLS];

	(void)ctx;
	blank(cells);
	f.paint.terms.keeps_corner = false;
	for (int r = 0; r < ROWS; r++)
		for (int k = 0; k < COLS; k++)
			cells[r][k].ch[0] = 'x';
	show(&f, cells);
	for (int k = 0; k < COLS - 1; k++)
		check_cell(&f, ROWS - 1, k, &cells[ROWS - 1][k]);
	cells[ROWS - 1][COLS - 1].ch[0] = ' ';
	check_cell(&f, ROWS - 1, COLS - 1, &cells[ROWS - 1][COLS - 1]);
	end(&f);
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(shows_whatever_was_there_before),
		cmocka_unit_test(takes_few_bytes_for_a_step),
		cmocka_unit_test(takes_few_bytes_to_scroll),
		cmocka_unit_test(takes_few_bytes_for_a_character),
		cmocka_unit_test(takes_few_bytes_for_a_column),
		cmocka_unit_test(takes_back_one_attribute),
		cmocka_unit_test(never_writes_what_would_scroll),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
