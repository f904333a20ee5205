/* One key, and its name in keys.ini. */
#ifndef AS_TUI_KEY_H
#define AS_TUI_KEY_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

/* Keys that are no characters. */
enum tui_special {
	TUI_KEY_NONE,
	TUI_KEY_UP, TUI_KEY_DOWN, TUI_KEY_LEFT, TUI_KEY_RIGHT, TUI_KEY_HOME, TUI_KEY_END, TUI_KEY_PAGE_UP, TUI_KEY_PAGE_DOWN,
	TUI_KEY_INSERT, TUI_KEY_DELETE, TUI_KEY_BACKSPACE, TUI_KEY_ENTER, TUI_KEY_TAB, TUI_KEY_BACKTAB, TUI_KEY_ESC, TUI_KEY_SPACE,
	TUI_KEY_F1, TUI_KEY_F2, TUI_KEY_F3, TUI_KEY_F4, TUI_KEY_F5, TUI_KEY_F6, TUI_KEY_F7, TUI_KEY_F8, TUI_KEY_F9, TUI_KEY_F10,
	TUI_KEY_F11, TUI_KEY_F12,
	TUI_KEY_RESIZE, /* the terminal has another size */
	TUI_KEY_CLICK, TUI_KEY_WHEEL_UP, TUI_KEY_WHEEL_DOWN, /* of the mouse, at row and col */
	TUI_KEY_SPECIALS
};

struct tui_key {
	enum tui_special special; /* or NONE: */
	uint32_t ch;              /* a character; with ctrl a lower-case letter or one of @[\]^_ */
	bool ctrl, alt;
	int row, col;             /* of the mouse, from 0 */
};

/* "a", "Ctrl-T", "Alt-x", "PageDown", "F5", "Space", "Semicolon"; false if name is none. */
bool tui_key_parse(const char *name, struct tui_key *out);
/* The name; out gets at most n bytes. Returns out. */
char *tui_key_name(struct tui_key key, char *out, size_t n);
bool tui_key_same(struct tui_key a, struct tui_key b);

#endif
