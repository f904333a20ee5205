#include "tui/style.h"

#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "base/error.h"
#include "base/file.h"
#include "base/ini.h"
#include "base/text.h"

#include "themes.h"

#define FILE_BYTES (1 << 18)

/* The name in theme files, and the letter in dumps. Styles that are laid over others have capitals. */
static const struct style_row {
	const char *name;
	char letter;
} styles[TUI_STYLES] = {
	[TUI_PLAIN] = {"plain", '.'},
	[TUI_HEADER] = {"header", 'h'},
	[TUI_HEADER_NAME] = {"header_name", 'n'},
	[TUI_HEADER_ALERT] = {"header_alert", '!'},
	[TUI_BORDER] = {"border", '-'},
	[TUI_BORDER_FOCUS] = {"border_focus", '='},
	[TUI_TITLE] = {"title", 't'},
	[TUI_TITLE_FOCUS] = {"title_focus", 'T'},
	[TUI_QUIET] = {"quiet", 'q'},
	[TUI_HEAD] = {"head", '^'},
	[TUI_VALUE] = {"value", 'v'},
	[TUI_CURSOR] = {"cursor", 'C'},
	[TUI_CURSOR_BLUR] = {"cursor_blur", 'B'},
	[TUI_MARKED] = {"marked", 'M'},
	[TUI_STRONG] = {"match_strong", 's'},
	[TUI_MODERATE] = {"match_moderate", 'm'},
	[TUI_WEAK] = {"match_weak", 'w'},
	[TUI_AMBIGUOUS] = {"match_ambiguous", 'a'},
	[TUI_UNPLACED] = {"unplaced", 'u'},
	[TUI_FAILED] = {"failed", 'x'},
	[TUI_LOCKED] = {"locked", 'L'},
	[TUI_REFERENCE] = {"reference", 'r'},
	[TUI_KEY] = {"key", 'k'},
	[TUI_KEY_LABEL] = {"key_label", 'l'},
	[TUI_CLIP] = {"clip", 'c'},
	[TUI_CLIP_SELECTED] = {"clip_selected", 'S'},
	[TUI_CLIP_BESIDE] = {"clip_beside", 'D'},
	[TUI_WAVE] = {"wave", '1'},
	[TUI_WAVE_SELECTED] = {"wave_selected", '2'},
	[TUI_WAVE_BESIDE] = {"wave_beside", '3'},
	[TUI_OVERLAP] = {"overlap", 'O'},
	[TUI_GAP] = {"gap", 'g'},
	[TUI_GHOST] = {"ghost", '4'},
	[TUI_SPLICE] = {"splice", '5'},
	[TUI_ISLAND] = {"island", 'i'},
	[TUI_RULER] = {"ruler", '6'},
	[TUI_PLAYHEAD] = {"playhead", 'P'},
	[TUI_HEARD] = {"heard", 'H'},
	[TUI_PLOT] = {"plot", 'p'},
	[TUI_PLOT_FIT] = {"plot_fit", 'f'},
	[TUI_PLOT_OUT] = {"plot_out", 'o'},
	[TUI_BAR_DONE] = {"bar_done", '#'},
	[TUI_BAR_LEFT] = {"bar_left", '_'},
	[TUI_INFO] = {"info", '7'},
	[TUI_WARNING] = {"warning", 'W'},
	[TUI_ERROR] = {"error", 'E'},
	[TUI_GOOD] = {"good", 'G'},
	[TUI_DIALOG] = {"dialog", 'd'},
	[TUI_FIELD] = {"field", '8'},
	[TUI_FIELD_FOCUS] = {"field_focus", 'F'},
	[TUI_FIELD_SELECTED] = {"field_selected", 'R'},
	[TUI_BUTTON] = {"button", 'b'},
	[TUI_BUTTON_FOCUS] = {"button_focus", 'U'},
	[TUI_NEEDLE] = {"needle", 'N'},
	[TUI_ZONE_GOOD] = {"zone_good", 'z'},
	[TUI_ZONE_FAIR] = {"zone_fair", 'y'},
	[TUI_ZONE_BAD] = {"zone_bad", 'Z'},
};

const char *tui_style_name(enum tui_style style)
{
	return styles[style].name;
}

char tui_style_letter(enum tui_style style)
{
	return style < TUI_STYLES ? styles[style].letter : '?';
}

const char *tui_theme_name(size_t i)
{
	return i < sizeof tui_theme_table / sizeof *tui_theme_table ? tui_theme_table[i].name : NULL;
}

/* "default", or a number up to most: the first n characters of word. */
static bool read_number(const char *word, size_t n, long most, short *out)
{
	char *end;
	long value;

	if (n == strlen("default") && !strncmp(word, "default", n)) {
		*out = TUI_COLOR_NONE;
		return true;
	}
	value = strtol(word, &end, 10);
	*out = (short)value;
	return n > 0 && end == word + n && value >= 0 && value <= most;
}

/* "default", "0" … "255", or "208/3": the second where there are no more than 16 colours. */
static bool read_color(const char *word, short *wide, short *few)
{
	const char *slash = strchr(word, '/');

	if (slash)
		return read_number(word, (size_t)(slash - word), 255, wide) && read_number(slash + 1, strlen(slash + 1), 15, few);
	if (!read_number(word, strlen(word), 255, wide))
		return false;
	*few = *wide < 16 ? *wide : TUI_COLOR_NONE;
	return true;
}

static bool read_attr(const char *word, unsigned *attrs)
{
	static const struct {
		const char *name;
		unsigned attr;
	} names[] = {{"bold", TUI_BOLD},       {"dim", TUI_DIM},       {"underline", TUI_UNDERLINE},
		     {"reverse", TUI_REVERSE}, {"italic", TUI_ITALIC}, {"-", 0}};

	for (size_t i = 0; i < sizeof names / sizeof *names; i++)
		if (!strcmp(word, names[i].name)) {
			*attrs |= names[i].attr;
			return true;
		}
	return false;
}

/* "FG BG ATTR…" */
static bool read_look(char *text, struct tui_look *look, const char **bad)
{
	char *save = NULL, *word = strtok_r(text, " \t", &save);
	struct tui_look l = {.fg = TUI_COLOR_NONE, .bg = TUI_COLOR_NONE, .fg16 = TUI_COLOR_NONE, .bg16 = TUI_COLOR_NONE};

	for (int i = 0; word; i++, word = strtok_r(NULL, " \t", &save)) {
		bool ok = i == 0   ? read_color(word, &l.fg, &l.fg16)
			  : i == 1 ? read_color(word, &l.bg, &l.bg16)
				   : read_attr(word, &l.attrs);
		if (!ok) {
			*bad = word;
			return false;
		}
	}
	*look = l;
	return true;
}

static enum as_status take_style(void *ctx, const char *where, const char *section, const char *name,
				 const char *value, struct as_error *err)
{
	struct tui_theme *theme = ctx;
	char text[AS_INI_LINE_BYTES + 1];
	const char *bad = "";

	if (strcmp(section, "theme") != 0)
		return as_fail(err, AS_ERR_INVALID, "%s: a theme has the section [theme] alone, not [%.40s]", where, section);
	for (int i = 0; i < TUI_STYLES; i++) {
		if (strcmp(styles[i].name, name) != 0)
			continue;
		snprintf(text, sizeof text, "%s", value);
		if (read_look(text, &theme->look[i], &bad))
			return AS_OK;
		return as_fail(err, AS_ERR_INVALID,
			       "%s: %s: \"%.40s\" is neither a colour (default, 0 to 255, 208/3) nor one of bold, dim, "
			       "underline, reverse, italic",
			       where, name, bad);
	}
	return as_fail(err, AS_ERR_INVALID, "%s: no style is called \"%.60s\"", where, name);
}

static enum as_status load_builtin(struct tui_theme *theme, const char *name, struct as_error *err)
{
	for (size_t i = 0; i < sizeof tui_theme_table / sizeof *tui_theme_table; i++)
		if (!strcmp(tui_theme_table[i].name, name))
			return as_ini_parse(name, tui_theme_table[i].text, strlen(tui_theme_table[i].text), take_style,
					    theme, err);
	return as_fail(err, AS_ERR_INVALID, "no theme is called \"%.60s\"; there are default, light and mono, and files NAME.ini",
		       name);
}

static enum as_status load_file(struct tui_theme *theme, const char *path, struct as_error *err)
{
	char *text;
	int64_t n;
	enum as_status status = as_file_read(path, FILE_BYTES, &text, &n, err);

	if (status == AS_OK)
		status = as_ini_parse(path, text, (size_t)n, take_style, theme, err);
	free(text);
	return status;
}

static char *find_file(const char *name, const char *const *dirs)
{
	char file[80];

	snprintf(file, sizeof file, "%.60s.ini", name);
	for (; dirs && *dirs; dirs++) {
		char *path = as_path_join(*dirs, file);

		if (path && as_file_exists(path))
			return path;
		free(path);
	}
	return NULL;
}

enum as_status tui_theme_load(struct tui_theme *theme, const char *name, const char *const *dirs, struct as_error *err)
{
	struct tui_theme t = {0};
	char *path = NULL;
	enum as_status status = load_builtin(&t, "default", err);

	if (status == AS_OK && strchr(name, '/'))
		status = load_file(&t, name, err);
	else if (status == AS_OK && (path = find_file(name, dirs)))
		status = load_file(&t, path, err);
	else if (status == AS_OK)
		status = load_builtin(&t, name, err);
	free(path);
	snprintf(t.name, sizeof t.name, "%.31s", as_path_base(name));
	if (status == AS_OK)
		*theme = t;
	return status;
}
