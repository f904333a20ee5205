/* Keys as they come from the terminal. */
#define NCURSES_WIDECHAR 1
#include <curses.h>

#include <stdlib.h>
#include <sys/ioctl.h>
#include <unistd.h>

#include "tui/screen_private.h"

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

/* ncurses looks for a new size where no key waits. A key that was typed after it shall find the window that the user saw. */
static void take_size(const struct tui_screen *s)
{
	struct winsize size;

	if (s->null || getenv("LINES") || getenv("COLUMNS") || ioctl(STDOUT_FILENO, TIOCGWINSZ, &size) < 0 || !size.ws_row || !size.ws_col)
		return;
	if (is_term_resized(size.ws_row, size.ws_col))
		resizeterm(size.ws_row, size.ws_col); /* the next key is KEY_RESIZE */
}

bool tui_screen_key(struct tui_screen *s, struct tui_key *key)
{
	wint_t ch;
	int kind;

	take_size(s);
	for (;;) {
		kind = wget_wch(s->keys, &ch);
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
		/* Alone it is Esc; with something right behind it, that with Alt. Twice in one packet it is twice Esc, and a new size is no key. */
		kind = wget_wch(s->keys, &ch);
		bool again = kind == OK && ch == 27, resized = kind == KEY_CODE_YES && ch == KEY_RESIZE;
		if (again)
			unget_wch((wchar_t)ch);
		if (resized)
			ungetch(KEY_RESIZE);
		if (kind == ERR || again || resized) {
			*key = (struct tui_key){.special = TUI_KEY_ESC};
			return true;
		}
		*key = kind == KEY_CODE_YES ? (struct tui_key){.special = special_of((int)ch)} : key_of(ch);
		key->alt = true;
		if (key->special || key->ch)
			return true;
	}
}
