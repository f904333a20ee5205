/* A grid of styled characters that panes draw on. Knows no terminal: what is drawn can be compared cell by cell.
 *
 * Text that goes in may be anything: control characters, bidirectional controls and bytes that are no UTF-8 are shown escaped, wide
 * characters take two cells, combining ones none. Nothing is ever drawn outside; coordinates may be. */
#ifndef AS_TUI_CANVAS_H
#define AS_TUI_CANVAS_H

#include <stdbool.h>
#include <stdint.h>
#include <stdio.h>

#include "tui/style.h"

#define TUI_CELL_CHARS 4 /* a character and what combines with it; further marks are left out */

struct tui_cell {
	uint32_t ch[TUI_CELL_CHARS]; /* zero-terminated unless full */
	uint8_t cols;                /* 1 or 2; 0: the right half of the wide character before it */
	uint8_t style;               /* enum tui_style: the text's */
	uint8_t over;                /* enum tui_style laid over it (a cursor, a selection); TUI_PLAIN: none */
};

/* A view of a rectangle of cells; passed by value to make smaller ones. */
struct tui_keymap;

/* What curves and waveforms are drawn with. */
enum tui_dots {
	TUI_DOTS_BRAILLE, /* two by four in a cell */
	TUI_DOTS_BLOCKS,  /* halves of cells, which the fonts of consoles have as well */
	TUI_DOTS_ASCII,
};

struct tui_canvas {
	struct tui_cell *cells; /* of the top left corner */
	int stride;             /* cells from one row to the next */
	int rows, cols;
	enum tui_dots dots;     /* without unicode: ASCII whatever it says, see tui_dots_of */
	bool unicode;           /* else ASCII alone comes in: others become '?' */
	const struct tui_keymap *keys; /* whose names texts say; borrowed, NULL: none has any */
};

/* A canvas of blanks; cells NULL when out of memory. */
struct tui_canvas tui_canvas_new(int rows, int cols, bool unicode);
static inline enum tui_dots tui_dots_of(struct tui_canvas c)
{
	return c.unicode ? c.dots : TUI_DOTS_ASCII;
}
void tui_canvas_free(struct tui_canvas *c);
void tui_canvas_clear(struct tui_canvas c, enum tui_style style);

/* The part at (row, col), cut to what lies inside. */
struct tui_canvas tui_part(struct tui_canvas c, int row, int col, int rows, int cols);

/* Text from (row, col) on, cut at the edge. Returns the columns used. tui_put_fit uses exactly cols columns: longer text is cut with an
 * ellipsis (in its middle for names of files), shorter text padded. */
int tui_put(struct tui_canvas c, int row, int col, enum tui_style style, const char *text);
int tui_putf(struct tui_canvas c, int row, int col, enum tui_style style, const char *fmt, ...)
	__attribute__((format(printf, 5, 6)));
enum tui_fit { TUI_LEFT, TUI_RIGHT, TUI_CENTER, TUI_NAME /* left, cut in the middle */ };
void tui_put_fit(struct tui_canvas c, int row, int col, int cols, enum tui_style style, enum tui_fit fit, const char *text);
/* Columns that text takes when put. */
int tui_text_cols(const char *text);
/* Paragraphs broken at words, and cut where max_rows do not hold them; returns the rows used. max_rows 0: only counts. */
int tui_put_wrapped(struct tui_canvas c, int row, int col, int cols, int max_rows, enum tui_style style, const char *text);

/* One character of width 1. */
void tui_put_char(struct tui_canvas c, int row, int col, enum tui_style style, uint32_t ch);
void tui_fill(struct tui_canvas c, int row, int col, int rows, int cols, enum tui_style style, uint32_t ch);
/* Lays a style over what is there: text keeps its character, and in colour its own ink. */
void tui_lay(struct tui_canvas c, int row, int col, int rows, int cols, enum tui_style over);
/* Changes the text style of what is there. */
void tui_ink(struct tui_canvas c, int row, int col, int rows, int cols, enum tui_style style);

/* Marks and lines in both spellings. */
enum tui_glyph {
	TUI_G_HLINE, TUI_G_VLINE, TUI_G_TOP_LEFT, TUI_G_TOP_RIGHT, TUI_G_BOTTOM_LEFT, TUI_G_BOTTOM_RIGHT,
	TUI_G_TEE_LEFT, TUI_G_TEE_RIGHT, TUI_G_TEE_TOP, TUI_G_TEE_BOTTOM, TUI_G_CROSS,
	TUI_G_STRONG,    /* ● * : states of clips; a letter goes beside them where colour is missing */
	TUI_G_MODERATE,  /* ◕ o */
	TUI_G_WEAK,      /* ◐ ~ */
	TUI_G_AMBIGUOUS, /* ◑ ? */
	TUI_G_UNPLACED,  /* ○ - */
	TUI_G_FAILED,    /* ✗ x */
	TUI_G_WAITING,   /* · . */
	TUI_G_LOCK,      /* ▪ = */
	TUI_G_OPEN, TUI_G_CLOSED, /* ▾ v, ▸ > */
	TUI_G_HERE,               /* ► >: the cursor, in a list that has not the keys */
	TUI_G_UP, TUI_G_DOWN,     /* ▲ ^, ▼ v */
	TUI_G_FULL, TUI_G_LIGHT,  /* █ #, ░ . */
	TUI_G_DOT,                /* • * */
	TUI_G_ELLIPSIS,           /* … ~ */
	TUI_G_PLUS_MINUS,         /* ± +- has two columns in ASCII: tui_glyph_text */
	TUI_G_N
};
uint32_t tui_glyph(struct tui_canvas c, enum tui_glyph g);
/* As text, for what is printed in the middle of other text. Constant. */
const char *tui_glyph_text(bool unicode, enum tui_glyph g);

/* A frame around the whole canvas with a title in its top line; the inside as a part. right (or NULL) stands in the top line's other end. */
struct tui_canvas tui_frame(struct tui_canvas c, enum tui_style border, enum tui_style title_style, const char *title, const char *right);

/* A bar of `cols` columns, share 0..1 of it full, in eighths where the terminal shows them. */
void tui_bar(struct tui_canvas c, int row, int col, int cols, double share);

/* The cells as text, one line each, no blanks at its end. With styles, after each line that has any a second one: for each column a
 * letter ("." plain), which tui_style_letter gives; upper case of an overlay. For goldens. */
void tui_canvas_dump(struct tui_canvas c, FILE *out, bool styles);

#endif
