/* The terminal: a canvas goes out, keys come in. All of curses is here, and the only state that belongs to the process: there is one
 * terminal. */
#ifndef AS_TUI_SCREEN_H
#define AS_TUI_SCREEN_H

#include <audiosync/error.h>

#include "tui/canvas.h"
#include "tui/key.h"

enum tui_colors { TUI_COLORS_AUTO, TUI_COLORS_256, TUI_COLORS_16, TUI_COLORS_MONO };

struct tui_screen_config {
	bool null;       /* no terminal at all: /dev/null, of the kind and size below */
	const char *term; /* of null; NULL: xterm-256color */
	int rows, cols;  /* of null */
	enum tui_colors colors; /* AUTO: what the terminal has */
	bool mouse;      /* clicks and the wheel come as keys, where the terminal has them */
	const struct tui_theme *theme; /* borrowed until the screen closes or another comes */
};

struct tui_screen;

/* Takes the terminal over. AS_ERR_INVALID where there is none that can be used: the message names TERM. From here on a crash
 * leaves the terminal as it was. */
enum as_status tui_screen_open(const struct tui_screen_config *cfg, struct tui_screen **out, struct as_error *err);
/* Gives the terminal back. NULL is fine. */
void tui_screen_close(struct tui_screen *s);

void tui_screen_size(const struct tui_screen *s, int *rows, int *cols);
/* As after SIGWINCH, of a null screen. */
void tui_screen_resize(struct tui_screen *s, int rows, int cols);
void tui_screen_theme(struct tui_screen *s, const struct tui_theme *theme);
bool tui_screen_has_color(const struct tui_screen *s);

/* Shows the canvas, which has the screen's size; only what differs from the last one is sent. The cursor stands at (row, col), or is
 * hidden where row < 0. */
void tui_screen_show(struct tui_screen *s, struct tui_canvas c, int row, int col);
/* Bytes that frames have taken so far. */
size_t tui_screen_sent(const struct tui_screen *s);
/* The next show draws everything. */
void tui_screen_forget(struct tui_screen *s);

/* The next key that waits; false when there is none. Drain it after each poll. */
bool tui_screen_key(struct tui_screen *s, struct tui_key *key);
/* Descriptor to poll for keys; -1: none. */
int tui_screen_fd(const struct tui_screen *s);
/* Back to the shell until it continues us. */
void tui_screen_suspend(struct tui_screen *s);
/* It has continued us after a stop that could not be prepared for: the terminal is taken anew. */
void tui_screen_resume(struct tui_screen *s);

#endif
