/* What this terminal wants to hear: its sequences for colours, attributes and moves, as terminfo has them, put together as shortly as it
 * can be told. */
#ifndef AS_TUI_TERMS_H
#define AS_TUI_TERMS_H

#include "base/buffer.h"
#include "tui/style.h"

/* How cells look. */
struct tui_pen {
	short fg, bg;   /* of the palette, or TUI_COLOR_NONE */
	unsigned attrs; /* enum tui_attr */
};

/* Strings are terminfo's; NULL where the terminal has none. */
struct tui_terms {
	const char *cup, *hpa, *vpa, *cuf, *cuf1, *cub, *el, *ech;
	const char *csr, *ind, *ri, *indn, *rin;
	const char *sgr0, *fg, *bg;
	const char *attr[5];   /* in the order of enum tui_attr */
	int colors;            /* 0: none */
	bool own_colors;       /* its own can be had back … */
	bool ecma_colors;      /* … one by one, as ECMA-48 has it */
	bool ecma_attrs;       /* attributes can be taken back one by one, as ECMA-48 has it */
	bool erases_in_color;  /* what is erased gets the background of the pen */
	bool moves_in_color;   /* the pen may stay while the cursor moves */
	bool feeds;            /* a line feed leaves the column alone */
	bool keeps_corner;     /* writing the last cell of all does not scroll */
	bool hides_cursor;
	unsigned not_in_color; /* attributes that do not go with colours */
};

/* Of the terminal that curses knows of. */
void tui_terms_read(struct tui_terms *t);

/* From one pen to another; from NULL: nothing is known. */
void tui_terms_pen(const struct tui_terms *t, const struct tui_pen *from, struct tui_pen to, struct as_buffer *out);
/* From one place to another, row -1: it is unknown where. tui_terms_move_bytes tells how much that takes. */
struct tui_at {
	int row, col;
};
void tui_terms_move(const struct tui_terms *t, struct tui_at from, struct tui_at to, struct as_buffer *out);
int tui_terms_move_bytes(const struct tui_terms *t, struct tui_at from, struct tui_at to);
/* The same without asking terminfo, for any terminal like a VT100: quick, and hardly ever wrong. */
int tui_terms_move_about(struct tui_at from, struct tui_at to);
/* Erases to the end of the row, or so many columns; the cursor stays. */
void tui_terms_erase_rest(const struct tui_terms *t, struct as_buffer *out);
void tui_terms_erase(const struct tui_terms *t, int cols, struct as_buffer *out);

/* Moves the rows from top to bottom up by so many, or down if by < 0; blank ones come in. In a screen of `rows`; the pen is to be plain,
 * and where the cursor is afterwards nobody knows. */
bool tui_terms_scrolls(const struct tui_terms *t);
void tui_terms_scroll(const struct tui_terms *t, int top, int bottom, int by, int rows, struct as_buffer *out);

#endif
