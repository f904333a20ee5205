/* Shared by screen*.c alone: the terminal as it is open. */
#ifndef AS_TUI_SCREEN_PRIVATE_H
#define AS_TUI_SCREEN_PRIVATE_H

#define NCURSES_WIDECHAR 1
#include <curses.h>

#include "tui/paint.h"
#include "tui/screen.h"

struct tui_screen {
	SCREEN *terminal;
	WINDOW *keys;    /* a pad: reading keys from it shows nothing */
	FILE *in, *out;  /* of a null screen */
	bool null;
	const struct tui_theme *theme;
	int colors;      /* 0, 8, 16 or 256 */
	bool forgotten;  /* nobody knows what the terminal shows */
	size_t sent;     /* bytes */
	struct tui_paint paint;
	struct tui_paint_cell *frame; /* of the paint's size */
};

#endif
