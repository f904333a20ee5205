/* Styles are meanings; a theme says what they look like. */
#ifndef AS_TUI_STYLE_H
#define AS_TUI_STYLE_H

#include <stdbool.h>
#include <stddef.h>

#include <audiosync/error.h>

enum tui_style {
	TUI_PLAIN,
	TUI_HEADER, TUI_HEADER_NAME, TUI_HEADER_ALERT,
	TUI_BORDER, TUI_BORDER_FOCUS, TUI_TITLE, TUI_TITLE_FOCUS,
	TUI_QUIET, TUI_HEAD, TUI_VALUE,
	TUI_CURSOR, TUI_CURSOR_BLUR, TUI_MARKED, /* laid over rows */
	TUI_STRONG, TUI_MODERATE, TUI_WEAK, TUI_AMBIGUOUS, TUI_UNPLACED, TUI_FAILED, TUI_LOCKED,
	TUI_REFERENCE,
	TUI_KEY, TUI_KEY_LABEL,
	TUI_CLIP, TUI_CLIP_SELECTED, TUI_CLIP_BESIDE, /* the line above a wave */
	TUI_WAVE, TUI_WAVE_SELECTED, TUI_WAVE_BESIDE, TUI_OVERLAP, TUI_GAP, TUI_GHOST, TUI_SPLICE, TUI_ISLAND, TUI_RULER,
	TUI_PLAYHEAD, TUI_HEARD,
	TUI_PLOT, TUI_PLOT_FIT, TUI_PLOT_OUT,
	TUI_BAR_DONE, TUI_BAR_LEFT,
	TUI_INFO, TUI_WARNING, TUI_ERROR, TUI_GOOD,
	TUI_DIALOG, TUI_FIELD, TUI_FIELD_FOCUS, TUI_FIELD_SELECTED, TUI_BUTTON, TUI_BUTTON_FOCUS,
	TUI_NEEDLE, TUI_ZONE_GOOD, TUI_ZONE_FAIR, TUI_ZONE_BAD,
	TUI_STYLES
};

enum tui_attr { TUI_BOLD = 1, TUI_DIM = 2, TUI_UNDERLINE = 4, TUI_REVERSE = 8, TUI_ITALIC = 16 };

#define TUI_COLOR_NONE (-1) /* the terminal's own */

/* What one style looks like: palette indices on terminals of 256 colours and of 8 or 16. */
struct tui_look {
	short fg, bg;
	short fg16, bg16;
	unsigned attrs; /* enum tui_attr */
};

struct tui_theme {
	char name[32];
	struct tui_look look[TUI_STYLES];
};

/* "match_strong"-like name of a style, as in theme files, and its letter in dumps. */
const char *tui_style_name(enum tui_style style);
char tui_style_letter(enum tui_style style);

/* A theme that is compiled in: "default", "light", "mono"; the i-th name, NULL after the last. */
const char *tui_theme_name(size_t i);
/* Reads a theme: name.ini from the first of dirs (NULL-terminated; NULL for none) that has it, else one that is compiled in; a name with
 * a slash is a file. Styles that it does not mention keep those of "default". AS_ERR_INVALID names file, line and word. */
enum as_status tui_theme_load(struct tui_theme *theme, const char *name, const char *const *dirs, struct as_error *err);

#endif
