#include "tui/settings_list.h"

#include <stdio.h>
#include <string.h>

#include "base/text.h"
#include "tui/keymap.h"

#define NAME_COLS 22
#define DEFAULT_COLS 11
#define ROOMY_COLS 72 /* fewer have no room for the defaults, too */

/* --- which, and where ------------------------------------------------------------------------------------------ */

const struct as_option_row *tui_settings_row(int i)
{
	size_t n;
	const struct as_option_row *rows = as_option_rows(&n);

	return i >= 0 && i < (int)n ? &rows[i] : NULL;
}

bool tui_settings_changed(const struct as_options *opt, const struct as_option_row *row)
{
	const char *origin = as_options_origin(opt, row->key);

	/* A default may be worked out where the program starts: the cache's folder. */
	return strcmp(as_options_value(opt, row->key), row->def) != 0 && !(origin && !strcmp(origin, "default"));
}

bool tui_settings_has(const struct tui_settings_list *l, int i)
{
	const struct as_option_row *row = tui_settings_row(i);

	if (!row || (l->changed_only && !tui_settings_changed(l->opt, row)))
		return false;
	return as_text_contains(row->key, l->part) || as_text_contains(row->help, l->part) ||
	       as_text_contains(as_options_value(l->opt, row->key), l->part);
}

/* Whether row i begins a section among those that are shown. */
static bool begins_section(const struct tui_settings_list *l, int i)
{
	size_t n = strcspn(tui_settings_row(i)->key, ".") + 1;

	for (int k = i - 1; k >= 0; k--)
		if (tui_settings_has(l, k))
			return strncmp(tui_settings_row(k)->key, tui_settings_row(i)->key, n) != 0;
	return true;
}

int tui_settings_line(const struct tui_settings_list *l, int row)
{
	int line = 0;

	for (int i = 0; tui_settings_row(i) && i <= row; i++) {
		if (!tui_settings_has(l, i))
			continue;
		if (begins_section(l, i))
			line += line > 0 ? 2 : 1;
		line += i < row;
	}
	return line;
}

int tui_settings_step(const struct tui_settings_list *l, int at, int by)
{
	int last = at;

	for (int i = at + (by > 0 ? 1 : -1); tui_settings_row(i) && by; i += by > 0 ? 1 : -1)
		if (tui_settings_has(l, i)) {
			last = i;
			by += by > 0 ? -1 : 1;
		}
	return last;
}

int tui_settings_settle(const struct tui_settings_list *l, int at)
{
	if (tui_settings_has(l, at))
		return at;
	for (int i = 0; tui_settings_row(i); i++)
		if (tui_settings_has(l, i))
			return i;
	return at;
}

/* --- drawing --------------------------------------------------------------------------------------------------- */

struct columns {
	int value, def, origin; /* where they begin; def is origin where it is left out */
};

static struct columns columns_of(int cols)
{
	struct columns k = {.value = NAME_COLS + 3};

	k.origin = cols > 100 ? cols - 36 : cols >= ROOMY_COLS ? cols - 20 : cols - 16;
	k.def = cols >= ROOMY_COLS ? k.origin - DEFAULT_COLS - 1 : k.origin;
	return k;
}

void tui_settings_draw_heads(struct tui_canvas c)
{
	struct columns k = columns_of(c.cols);

	tui_put(c, 0, 2, TUI_HEAD, "Setting");
	tui_put(c, 0, k.value, TUI_HEAD, "Value");
	if (k.def < k.origin)
		tui_put(c, 0, k.def, TUI_HEAD, "Default");
	tui_put(c, 0, k.origin, TUI_HEAD, "From");
}

void tui_settings_draw_edit(const struct tui_prompt *edit, struct tui_canvas c, int *caret)
{
	struct columns k = columns_of(c.cols);

	tui_prompt_draw(edit, c, 0, k.value, k.def - k.value - 1, TUI_FIELD_FOCUS, caret);
}

/* "preset mine:6" of a preset of one's own: its path has no room. */
static const char *origin_words(const char *origin, char *out, size_t n)
{
	const char *file = strstr(origin, "/presets/"), *end = file ? strstr(file, ".ini") : NULL;

	if (!end)
		return origin;
	file += strlen("/presets/");
	snprintf(out, n, "preset %.*s%s", (int)(end - file), file, end + strlen(".ini"));
	return out;
}

static void draw_row(const struct tui_settings_list *l, const struct as_option_row *row, bool on, struct tui_canvas c)
{
	const char *value = as_options_value(l->opt, row->key);
	struct columns k = columns_of(c.cols);
	bool changed = tui_settings_changed(l->opt, row);
	char origin[300];
	int col;

	tui_put(c, 0, 0, TUI_TITLE_FOCUS, on ? tui_glyph_text(c.unicode, TUI_G_CLOSED) : " ");
	tui_put_fit(c, 0, 2, NAME_COLS, changed ? TUI_VALUE : TUI_PLAIN, TUI_LEFT, strchr(row->key, '.') + 1);
	tui_put(tui_part(c, 0, 0, 1, k.def - 1), 0, k.value, changed ? TUI_VALUE : TUI_PLAIN, *value ? value : "-");
	col = k.value + tui_text_cols(*value ? value : "-") + 1;
	if (*row->unit && strspn(value, "0123456789.-+e") == strlen(value) && *value && col + tui_text_cols(row->unit) < k.def)
		tui_put(c, 0, col, TUI_QUIET, row->unit);
	if (k.def < k.origin)
		tui_put_fit(c, 0, k.def, DEFAULT_COLS, TUI_QUIET, TUI_LEFT, changed ? (*row->def ? row->def : "-") : "");
	tui_put_fit(c, 0, k.origin, c.cols - k.origin - 1, TUI_QUIET, TUI_NAME,
		    changed ? origin_words(as_options_origin(l->opt, row->key), origin, sizeof origin) : "default");
	if (on)
		tui_lay(c, 0, 0, 1, c.cols, TUI_CURSOR);
}

/* Why nothing is shown. */
static void draw_none(const struct tui_settings_list *l, struct tui_canvas c)
{
	char text[100];
	const char *why = "no setting has that in its name, help or value; {dismiss} shows all";

	if (l->changed_only)
		why = *l->part ? "no setting that was changed has that in it; {dismiss} shows all" : "every setting is at its default; {dismiss} shows all";
	tui_put(c, 1, 2, TUI_QUIET, tui_keymap_words(c.keys, why, text, sizeof text));
}

void tui_settings_draw(const struct tui_settings_list *l, int at, int top, const struct tui_prompt *edit, struct tui_canvas c)
{
	int line = 0, shown = 0, caret;

	for (int i = 0; tui_settings_row(i); i++) {
		const struct as_option_row *row = tui_settings_row(i);
		char section[40];

		if (!tui_settings_has(l, i))
			continue;
		if (begins_section(l, i)) {
			line += line > 0;
			snprintf(section, sizeof section, "%.*s", (int)strcspn(row->key, "."), row->key);
			if (line >= top)
				tui_put(c, line - top, 0, TUI_HEAD, section);
			line++;
		}
		if (line >= top && line - top < c.rows) {
			draw_row(l, row, i == at, tui_part(c, line - top, 0, 1, c.cols));
			if (i == at && edit)
				tui_settings_draw_edit(edit, tui_part(c, line - top, 0, 1, c.cols), &caret);
		}
		line++;
		shown++;
	}
	if (shown == 0)
		draw_none(l, c);
}
