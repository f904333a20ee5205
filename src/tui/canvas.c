#include "tui/canvas.h"

#include <stdarg.h>
#include <stdlib.h>
#include <string.h>

#include "base/text.h"
#include "base/width.h"

#define LINE_BYTES 4096

/* A character of its own, what stands for it in ASCII, and, where that is longer, what does so in one cell. */
static const struct glyph {
	const char *text, *plain;
	char narrow;
} glyphs[TUI_G_N] = {
	[TUI_G_HLINE] = {.text = "─", .plain = "-"},
	[TUI_G_VLINE] = {.text = "│", .plain = "|"},
	[TUI_G_TOP_LEFT] = {.text = "┌", .plain = "+"},
	[TUI_G_TOP_RIGHT] = {.text = "┐", .plain = "+"},
	[TUI_G_BOTTOM_LEFT] = {.text = "└", .plain = "+"},
	[TUI_G_BOTTOM_RIGHT] = {.text = "┘", .plain = "+"},
	[TUI_G_TEE_LEFT] = {.text = "├", .plain = "+"},
	[TUI_G_TEE_RIGHT] = {.text = "┤", .plain = "+"},
	[TUI_G_TEE_TOP] = {.text = "┬", .plain = "+"},
	[TUI_G_TEE_BOTTOM] = {.text = "┴", .plain = "+"},
	[TUI_G_CROSS] = {.text = "┼", .plain = "+"},
	[TUI_G_STRONG] = {.text = "●", .plain = "*"},
	[TUI_G_MODERATE] = {.text = "◕", .plain = "o"},
	[TUI_G_WEAK] = {.text = "◐", .plain = "~"},
	[TUI_G_AMBIGUOUS] = {.text = "◑", .plain = "?"},
	[TUI_G_UNPLACED] = {.text = "○", .plain = "-"},
	[TUI_G_FAILED] = {.text = "✗", .plain = "x"},
	[TUI_G_WAITING] = {.text = "·", .plain = "."},
	[TUI_G_LOCK] = {.text = "▪", .plain = "="},
	[TUI_G_OPEN] = {.text = "▾", .plain = "v"},
	[TUI_G_CLOSED] = {.text = "▸", .plain = ">"},
	[TUI_G_HERE] = {.text = "►", .plain = ">"},
	[TUI_G_UP] = {.text = "▲", .plain = "^"},
	[TUI_G_DOWN] = {.text = "▼", .plain = "v"},
	[TUI_G_FULL] = {.text = "█", .plain = "#"},
	[TUI_G_LIGHT] = {.text = "░", .plain = "."},
	[TUI_G_DOT] = {.text = "•", .plain = "*"},
	[TUI_G_ELLIPSIS] = {"…", "...", '~'},
	[TUI_G_PLUS_MINUS] = {"±", "+-", '~'},
};

struct tui_canvas tui_canvas_new(int rows, int cols, bool unicode)
{
	struct tui_canvas c = {.stride = cols, .rows = rows, .cols = cols, .unicode = unicode};

	c.cells = calloc((size_t)(rows > 0 ? rows : 1) * (size_t)(cols > 0 ? cols : 1), sizeof *c.cells);
	if (c.cells)
		tui_canvas_clear(c, TUI_PLAIN);
	return c;
}

void tui_canvas_free(struct tui_canvas *c)
{
	free(c->cells);
	*c = (struct tui_canvas){0};
}

void tui_canvas_clear(struct tui_canvas c, enum tui_style style)
{
	tui_fill(c, 0, 0, c.rows, c.cols, style, ' ');
}

struct tui_canvas tui_part(struct tui_canvas c, int row, int col, int rows, int cols)
{
	int bottom = row + rows < c.rows ? row + rows : c.rows, right = col + cols < c.cols ? col + cols : c.cols;

	row = row < 0 ? 0 : row > c.rows ? c.rows : row;
	col = col < 0 ? 0 : col > c.cols ? c.cols : col;
	c.rows = bottom > row ? bottom - row : 0;
	c.cols = right > col ? right - col : 0;
	if (c.rows && c.cols)
		c.cells += (size_t)row * (size_t)c.stride + (size_t)col;
	return c;
}

static struct tui_cell *cell_at(struct tui_canvas c, int row, int col)
{
	return row >= 0 && row < c.rows && col >= 0 && col < c.cols
		       ? &c.cells[(size_t)row * (size_t)c.stride + (size_t)col]
		       : NULL;
}

static void set_blank(struct tui_cell *cell)
{
	cell->ch[0] = ' ';
	cell->ch[1] = 0;
	cell->cols = 1;
}

/* Half of a wide character must not stay behind. */
static void break_wide(struct tui_canvas c, int row, int col)
{
	struct tui_cell *cell = cell_at(c, row, col), *other;

	if (!cell)
		return;
	if (cell->cols == 0 && (other = cell_at(c, row, col - 1)))
		set_blank(other);
	else if (cell->cols == 2 && (other = cell_at(c, row, col + 1)))
		set_blank(other);
	set_blank(cell);
}

static bool put_one(struct tui_canvas c, int row, int col, enum tui_style style, uint32_t ch, int cols)
{
	struct tui_cell *cell = cell_at(c, row, col), *right = cols == 2 ? cell_at(c, row, col + 1) : NULL;

	if (!cell || (cols == 2 && !right))
		return false;
	if (cell->cols != 1)
		break_wide(c, row, col);
	*cell = (struct tui_cell){.ch = {ch}, .cols = (uint8_t)cols, .style = (uint8_t)style};
	if (right) {
		if (right->cols == 2)
			break_wide(c, row, col + 1);
		*right = (struct tui_cell){.style = (uint8_t)style};
	}
	return true;
}

static void combine(struct tui_canvas c, int row, int col, uint32_t ch)
{
	struct tui_cell *cell = cell_at(c, row, col);

	if (cell && cell->cols == 0)
		cell = cell_at(c, row, col - 1);
	if (!cell || !c.unicode)
		return;
	for (int i = 1; i < TUI_CELL_CHARS; i++) {
		if (cell->ch[i])
			continue;
		cell->ch[i] = ch;
		return;
	}
}

/* Text as every terminal shows it in the same columns. */
static char *shown(char *out, size_t bytes, const char *text)
{
	return as_text_straighten(as_text_escape(out, bytes, text));
}

/* Text that is safe already. */
static int put_safe(struct tui_canvas c, int row, int col, int max_cols, enum tui_style style, const char *text)
{
	int used = 0, n;
	uint32_t ch;

	while ((n = as_text_decode(text, &ch)) > 0) {
		int cols = as_char_width(ch);

		text += n;
		if (cols == 0) {
			if (used > 0)
				combine(c, row, col + used - 1, ch);
			continue;
		}
		if (used + cols > max_cols)
			break;
		if (!c.unicode && ch > '~') {
			for (int i = 0; i < cols; i++)
				put_one(c, row, col + used + i, style, '?', 1);
		} else {
			put_one(c, row, col + used, style, ch, cols);
		}
		used += cols;
	}
	return used;
}

int tui_put(struct tui_canvas c, int row, int col, enum tui_style style, const char *text)
{
	char safe[LINE_BYTES];

	return put_safe(c, row, col, col < c.cols ? c.cols - col : 0, style, shown(safe, sizeof safe, text));
}

int tui_putf(struct tui_canvas c, int row, int col, enum tui_style style, const char *fmt, ...)
{
	char text[LINE_BYTES];
	va_list ap;

	va_start(ap, fmt);
	vsnprintf(text, sizeof text, fmt, ap);
	va_end(ap);
	return tui_put(c, row, col, style, text);
}

int tui_text_cols(const char *text)
{
	char safe[LINE_BYTES];

	return as_text_cols(shown(safe, sizeof safe, text));
}

void tui_put_fit(struct tui_canvas c, int row, int col, int cols, enum tui_style style, enum tui_fit fit, const char *text)
{
	char safe[LINE_BYTES], cut[LINE_BYTES];
	int used, pad;

	if (cols <= 0)
		return;
	shown(safe, sizeof safe, text);
	used = as_text_fit(cut, sizeof cut, safe, cols, fit == TUI_NAME, !c.unicode);
	pad = fit == TUI_RIGHT ? cols - used : fit == TUI_CENTER ? (cols - used) / 2 : 0;
	tui_fill(c, row, col, 1, cols, style, ' ');
	put_safe(c, row, col + pad, used, style, cut);
}

/* Bytes of the first of p's characters that take at most cols columns; at least one of them. */
static size_t bytes_within(const char *p, size_t n, int cols)
{
	size_t at = 0, next;
	int used = 0;

	for (; at < n; at = next) {
		char one[16];
		size_t len;

		for (next = at + 1; next < n && (p[next] & 0xC0) == 0x80; next++)
			;
		len = next - at < sizeof one ? next - at : sizeof one - 1;
		memcpy(one, p + at, len);
		one[len] = '\0';
		used += as_text_cols(one);
		if (used > cols)
			return at > 0 ? at : next;
	}
	return n;
}

int tui_put_wrapped(struct tui_canvas c, int row, int col, int cols, int max_rows, enum tui_style style, const char *text)
{
	char safe[LINE_BYTES], word[LINE_BYTES];
	int rows = 0, at = 0;
	const char *p, *line;

	shown(safe, sizeof safe, text);
	if (cols < 1)
		return 0;
	for (p = line = safe; *p;) {
		/* What is longer than a row, an address or a path, goes on in the next. */
		size_t whole = strcspn(p, " "), n = bytes_within(p, whole, cols), gap = n < whole ? 0 : strspn(p + n, " ");
		int wide;

		memcpy(word, p, n);
		word[n] = '\0';
		wide = as_text_cols(word);
		if (rows == 0 || (at > 0 && at + 1 + wide > cols)) {
			if (max_rows && rows == max_rows) {
				tui_put_fit(c, row + rows - 1, col, cols, style, TUI_LEFT, line);
				return max_rows;
			}
			rows++;
			at = 0;
			line = p;
		}
		if (max_rows)
			put_safe(c, row + rows - 1, col + at + (at > 0), cols - at - (at > 0), style, word);
		at += wide + (at > 0);
		p += n + gap;
	}
	return rows;
}

void tui_put_char(struct tui_canvas c, int row, int col, enum tui_style style, uint32_t ch)
{
	put_one(c, row, col, style, c.unicode || ch < 0x7F ? ch : '?', 1);
}

void tui_fill(struct tui_canvas c, int row, int col, int rows, int cols, enum tui_style style, uint32_t ch)
{
	for (int r = row; r < row + rows; r++)
		for (int k = col; k < col + cols; k++)
			tui_put_char(c, r, k, style, ch);
}

void tui_lay(struct tui_canvas c, int row, int col, int rows, int cols, enum tui_style over)
{
	struct tui_cell *cell;

	for (int r = row; r < row + rows; r++)
		for (int k = col; k < col + cols; k++)
			if ((cell = cell_at(c, r, k)))
				cell->over = (uint8_t)over;
}

void tui_ink(struct tui_canvas c, int row, int col, int rows, int cols, enum tui_style style)
{
	struct tui_cell *cell;

	for (int r = row; r < row + rows; r++)
		for (int k = col; k < col + cols; k++)
			if ((cell = cell_at(c, r, k)))
				cell->style = (uint8_t)style;
}

uint32_t tui_glyph(struct tui_canvas c, enum tui_glyph g)
{
	uint32_t ch = glyphs[g].narrow ? (uint32_t)glyphs[g].narrow : (uint32_t)glyphs[g].plain[0];

	if (c.unicode)
		as_text_decode(glyphs[g].text, &ch);
	return ch;
}

const char *tui_glyph_text(bool unicode, enum tui_glyph g)
{
	return unicode ? glyphs[g].text : glyphs[g].plain;
}

static void put_hline(struct tui_canvas c, int row, enum tui_style style, enum tui_glyph left, enum tui_glyph right)
{
	tui_fill(c, row, 1, 1, c.cols - 2, style, tui_glyph(c, TUI_G_HLINE));
	tui_put_char(c, row, 0, style, tui_glyph(c, left));
	tui_put_char(c, row, c.cols - 1, style, tui_glyph(c, right));
}

struct tui_canvas tui_frame(struct tui_canvas c, enum tui_style border, enum tui_style title_style, const char *title, const char *right)
{
	int room = c.cols - 4, used = 0, n;
	struct tui_canvas top = tui_part(c, 0, 2, 1, room);

	put_hline(c, 0, border, TUI_G_TOP_LEFT, TUI_G_TOP_RIGHT);
	put_hline(c, c.rows - 1, border, TUI_G_BOTTOM_LEFT, TUI_G_BOTTOM_RIGHT);
	for (int r = 1; r < c.rows - 1; r++) {
		tui_put_char(c, r, 0, border, tui_glyph(c, TUI_G_VLINE));
		tui_put_char(c, r, c.cols - 1, border, tui_glyph(c, TUI_G_VLINE));
	}
	if (title && *title && room > 2)
		used = tui_putf(top, 0, 0, title_style, " %s ", title);
	n = right ? tui_text_cols(right) + 2 : 0;
	if (right && *right && used + n + 1 <= room)
		/* Words are read: they are not as faint as the line that they stand in. */
		tui_putf(top, 0, room - n, border == TUI_BORDER ? TUI_QUIET : border, " %s ", right);
	return tui_part(c, 1, 1, c.rows - 2, c.cols - 2);
}

void tui_bar(struct tui_canvas c, int row, int col, int cols, double share)
{
	int eighths = share > 0 ? (int)(share * cols * 8 + 0.5) : 0;

	if (eighths > cols * 8)
		eighths = cols * 8;
	if (!c.unicode)
		eighths -= eighths % 8;
	for (int i = 0; i < cols; i++, eighths -= eighths < 8 ? eighths : 8) {
		if (eighths >= 8)
			tui_put_char(c, row, col + i, TUI_BAR_DONE, tui_glyph(c, TUI_G_FULL));
		else if (eighths > 0)
			tui_put_char(c, row, col + i, TUI_BAR_DONE, 0x2590 - (uint32_t)eighths);
		else
			tui_put_char(c, row, col + i, TUI_BAR_LEFT, c.unicode ? 0x2500 : '.');
	}
}

static void dump_text(struct tui_canvas c, int row, FILE *out)
{
	int end = c.cols;
	const struct tui_cell *cell;
	char text[5];

	while (end > 0 && (cell = cell_at(c, row, end - 1))->ch[0] == ' ' && cell->cols == 1)
		end--;
	for (int col = 0; col < end; col++) {
		cell = cell_at(c, row, col);
		for (int i = 0; i < TUI_CELL_CHARS && cell->ch[i]; i++)
			fwrite(text, 1, (size_t)as_text_encode(text, cell->ch[i]), out);
	}
	fputc('\n', out);
}

static char letter_of(const struct tui_cell *cell)
{
	return tui_style_letter((enum tui_style)(cell->over != TUI_PLAIN ? cell->over : cell->style));
}

static void dump_styles(struct tui_canvas c, int row, FILE *out)
{
	int end = c.cols;

	while (end > 0 && letter_of(cell_at(c, row, end - 1)) == '.')
		end--;
	if (end == 0)
		return;
	fputc('~', out);
	for (int col = 0; col < end; col++)
		fputc(letter_of(cell_at(c, row, col)), out);
	fputc('\n', out);
}

void tui_canvas_dump(struct tui_canvas c, FILE *out, bool styles)
{
	for (int row = 0; row < c.rows; row++) {
		dump_text(c, row, out);
		if (styles)
			dump_styles(c, row, out);
	}
}
