/* Every setting: value, default, where it came from; changed in place. What is typed narrows the list. */
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "base/text.h"
#include "tui/commands.h"
#include "tui/dialogs.h"
#include "tui/form.h"
#include "tui/list.h"
#include "tui/target.h"

#define HEAD_ROWS 2
#define NAME_COLS 22
#define DEFAULT_COLS 11
#define VALUE_BYTES 256

struct settings {
	struct as_options *opt;    /* the session's, and what counts from the next start on */
	struct tui_prompt *filter;
	struct tui_prompt *edit;   /* the value at the cursor is being typed; NULL: it is not */
	int at, top;               /* a row of the table; a line of the list */
	char error[AS_ERROR_MSG_BYTES];
};

static void close_settings(void *state)
{
	struct settings *x = state;

	as_options_free(x->opt);
	tui_prompt_free(x->filter);
	tui_prompt_free(x->edit);
	free(x);
}

/* --- the list -------------------------------------------------------------------------------------------------- */

static const struct as_option_row *row_at(int i)
{
	size_t n;
	const struct as_option_row *rows = as_option_rows(&n);

	return i >= 0 && i < (int)n ? &rows[i] : NULL;
}

static bool fits(const struct settings *x, int i)
{
	const struct as_option_row *row = row_at(i);
	const char *part = tui_prompt_text(x->filter);

	return as_text_contains(row->key, part) || as_text_contains(row->help, part) ||
	       as_text_contains(as_options_value(x->opt, row->key), part);
}

/* Whether row i begins a section among those that are shown; *before: the one shown before it, or -1. */
static bool begins_section(const struct settings *x, int i)
{
	size_t n = strcspn(row_at(i)->key, ".") + 1;

	for (int k = i - 1; k >= 0; k--)
		if (fits(x, k))
			return strncmp(row_at(k)->key, row_at(i)->key, n) != 0;
	return true;
}

/* The line of row i, with the sections' titles and the blanks between them; of one beyond the last: how many there are. */
static int line_of(const struct settings *x, int row)
{
	int line = 0;

	for (int i = 0; row_at(i) && i <= row; i++) {
		if (!fits(x, i))
			continue;
		if (begins_section(x, i))
			line += line > 0 ? 2 : 1;
		line += i < row;
	}
	return line;
}

static void step(struct settings *x, int by)
{
	int last = x->at;

	for (int i = x->at + (by > 0 ? 1 : -1); row_at(i) && by; i += by > 0 ? 1 : -1)
		if (fits(x, i)) {
			last = i;
			by += by > 0 ? -1 : 1;
		}
	x->at = last;
}

/* Onto something that is shown. */
static void settle(struct settings *x)
{
	if (fits(x, x->at))
		return;
	for (int i = 0; row_at(i); i++)
		if (fits(x, i)) {
			x->at = i;
			return;
		}
}

/* --- changing -------------------------------------------------------------------------------------------------- */

/* Session keeps these as they were when it began. */
static bool is_for_next_start(const char *key)
{
	return !strncmp(key, "cache.", 6) || !strcmp(key, "general.threads") || !strncmp(key, "interface.", 10);
}

/* When it counts, in words; NULL: at once. */
static const char *when_it_counts(const struct tui_model *m, const char *key)
{
	if (is_for_next_start(key))
		return "counts from the next start on, once in the file";
	if (!m->snap->placements)
		return NULL;
	if (!strncmp(key, "analysis.", 9))
		return "counts from the next analysis on: s";
	if (!strncmp(key, "confidence.", 11))
		return "counts once clips are placed again: S, or s";
	return NULL;
}

static void take(struct tui *t, struct settings *x, const char *value)
{
	const struct as_option_row *row = row_at(x->at);
	struct as_error err = {0};
	struct as_options *opt = as_options_copy(x->opt);
	const char *when = when_it_counts(&t->m, row->key);
	enum as_status status = opt ? as_options_set(opt, row->key, value, "interface", &err) : AS_ERR_MEMORY;

	x->error[0] = '\0';
	if (status != AS_OK) {
		tui_setting_refusal(row, value, &err, x->error, sizeof x->error);
		as_options_free(opt);
		return;
	}
	status = as_options_check(opt, &err);
	if (status == AS_OK)
		status = as_session_configure(t->m.session, opt, &err);
	if (status == AS_ERR_BUSY)
		snprintf(x->error, sizeof x->error, "not while something runs");
	else if (status != AS_OK)
		snprintf(x->error, sizeof x->error, "%s", err.msg[0] ? err.msg : as_status_name(status));
	if (status == AS_OK) {
		as_options_free(x->opt);
		x->opt = opt;
		opt = NULL;
		tui_look(t);
		if (when)
			tui_say(t, TUI_INFO, "%s = %s: %s", row->key, value, when);
	}
	as_options_free(opt);
}

/* Undo, presets and other dialogs change settings too. */
static void news(void *state, struct tui *t)
{
	struct settings *x = state;
	struct as_options *opt = as_options_copy(t->m.opt);

	for (int i = 0; opt && row_at(i); i++)
		if (is_for_next_start(row_at(i)->key))
			as_options_set(opt, row_at(i)->key, as_options_value(x->opt, row_at(i)->key),
				       as_options_origin(x->opt, row_at(i)->key), NULL);
	if (!opt)
		return;
	as_options_free(x->opt);
	x->opt = opt;
}

static void step_value(struct tui *t, struct settings *x, int by)
{
	char text[VALUE_BYTES];
	const struct as_option_row *row = row_at(x->at);

	if (tui_setting_step(row, as_options_value(x->opt, row->key), by, text, sizeof text))
		take(t, x, text);
}

static void begin_edit(struct tui *t, struct settings *x)
{
	const struct as_option_row *row = row_at(x->at);

	if (row->type == AS_OPTION_BOOL || row->type == AS_OPTION_CHOICE) {
		step_value(t, x, 1);
		return;
	}
	x->edit = tui_prompt_new(TUI_PROMPT_FIELD, "", as_options_value(x->opt, row->key), NULL, NULL);
}

static void end_edit(struct tui *t, struct settings *x, bool keep)
{
	struct tui_prompt *edit = x->edit;
	char *value = strdup(tui_prompt_text(edit));

	if (keep && value)
		take(t, x, value);
	else
		x->error[0] = '\0';
	free(value);
	/* A value that was refused can be mended. */
	if (keep && x->error[0])
		return;
	x->edit = NULL;
	tui_prompt_free(edit);
}

static bool key(void *state, struct tui *t, struct tui_key key)
{
	struct settings *x = state;
	bool text = !key.special && !key.ctrl && !key.alt;

	(void)t;
	/* Ctrl-U is the default, here as in forms. */
	if (key.ctrl && key.ch == 'u')
		return false;
	if (x->edit)
		return tui_prompt_key(x->edit, key) == TUI_PROMPT_TAKEN;
	if (text && key.ch == '?' && !*tui_prompt_text(x->filter))
		return false;
	if (!text && key.special != TUI_KEY_BACKSPACE)
		return false;
	x->error[0] = '\0';
	tui_prompt_key(x->filter, key);
	settle(x);
	return true;
}

static bool act_editing(struct tui *t, struct settings *x, enum as_action action)
{
	switch (action) {
	case AS_ACTION_ACCEPT:
	case AS_ACTION_ACTIVATE:
		end_edit(t, x, true);
		return true;
	case AS_ACTION_FIELD_NEXT:
	case AS_ACTION_FIELD_PREV:
		end_edit(t, x, true);
		if (!x->edit)
			step(x, action == AS_ACTION_FIELD_NEXT ? 1 : -1);
		return true;
	case AS_ACTION_RESET:
		tui_prompt_set(x->edit, row_at(x->at)->def);
		return true;
	default:
		end_edit(t, x, false);
		return true;
	}
}

static bool dismiss(struct settings *x)
{
	if (!*tui_prompt_text(x->filter))
		return false;
	tui_prompt_set(x->filter, "");
	return true;
}

static bool act(void *state, struct tui *t, enum as_action action, const struct tui_call *call)
{
	struct settings *x = state;

	if (x->edit)
		return act_editing(t, x, action);
	if (tui_list_step(action, 10000, TUI_LIST_PAGE)) {
		x->error[0] = '\0';
		step(x, tui_list_step(action, 10000, TUI_LIST_PAGE));
		return true;
	}
	switch (action) {
	case AS_ACTION_CHANGE:
	case AS_ACTION_RIGHT:
	case AS_ACTION_CHANGE_BACK:
	case AS_ACTION_LEFT:
		step_value(t, x, action == AS_ACTION_CHANGE || action == AS_ACTION_RIGHT ? 1 : -1);
		return true;
	case AS_ACTION_RESET:
		take(t, x, row_at(x->at)->def);
		return true;
	case AS_ACTION_ACCEPT:
	case AS_ACTION_ACTIVATE:
		begin_edit(t, x);
		return true;
	case AS_ACTION_DISMISS:
		return dismiss(x);
	case AS_ACTION_WRITE_SETTINGS:
		tui_settings_write(t, x->opt);
		return true;
	case AS_ACTION_SAVE_PRESET:
		tui_settings_save_preset(t, x->opt, call->args);
		return true;
	case AS_ACTION_PRESETS:
		tui_open_presets(t);
		return true;
	default:
		return false;
	}
}

/* --- drawing --------------------------------------------------------------------------------------------------- */

struct columns {
	int value, def, origin; /* where they begin */
};

static struct columns columns_of(int cols)
{
	struct columns k = {.value = NAME_COLS + 3};

	k.origin = cols > 100 ? cols - 36 : cols - 20;
	k.def = k.origin - DEFAULT_COLS - 1;
	return k;
}

static void size(const void *state, const struct tui_model *m, int *rows, int *cols)
{
	(void)state;
	(void)m;
	(void)rows;
	*cols = *cols > 132 ? 132 : *cols;
}

static void fit(void *state, const struct tui_model *m, int rows, int cols)
{
	struct settings *x = state;
	int line = line_of(x, x->at), room = rows - HEAD_ROWS - TUI_FORM_FOOT, all = line_of(x, 10000);

	(void)m;
	(void)cols;
	if (room < 1)
		room = 1;
	/* The title of its section shows with the first setting. */
	if (line - 1 < x->top)
		x->top = line - 1;
	if (line >= x->top + room)
		x->top = line - room + 1;
	if (x->top > all - room)
		x->top = all - room;
	if (x->top < 0)
		x->top = 0;
}

static void draw_row(const struct settings *x, int i, struct tui_canvas c)
{
	const struct as_option_row *row = row_at(i);
	const char *value = as_options_value(x->opt, row->key);
	struct columns k = columns_of(c.cols);
	bool on = i == x->at, changed = strcmp(value, row->def) != 0;
	int caret, col;

	tui_put(c, 0, 0, TUI_TITLE_FOCUS, on ? tui_glyph_text(c.unicode, TUI_G_CLOSED) : " ");
	tui_put_fit(c, 0, 2, NAME_COLS, changed ? TUI_VALUE : TUI_PLAIN, TUI_LEFT, strchr(row->key, '.') + 1);
	tui_put(tui_part(c, 0, 0, 1, k.def - 1), 0, k.value, changed ? TUI_VALUE : TUI_PLAIN, *value ? value : "-");
	col = k.value + tui_text_cols(*value ? value : "-") + 1;
	if (*row->unit && strspn(value, "0123456789.-+e") == strlen(value) && *value && col + tui_text_cols(row->unit) < k.def)
		tui_put(c, 0, col, TUI_QUIET, row->unit);
	tui_put_fit(c, 0, k.def, DEFAULT_COLS, TUI_QUIET, TUI_LEFT, changed ? (*row->def ? row->def : "-") : "");
	tui_put_fit(c, 0, k.origin, c.cols - k.origin - 1, TUI_QUIET, TUI_NAME, changed ? as_options_origin(x->opt, row->key) : "default");
	if (on)
		tui_lay(c, 0, 0, 1, c.cols, TUI_CURSOR);
	if (on && x->edit)
		tui_prompt_draw(x->edit, c, 0, k.value, k.def - k.value - 1, TUI_FIELD_FOCUS, &caret);
}

static void draw_list(const struct settings *x, struct tui_canvas c)
{
	int line = 0, shown = 0;

	for (int i = 0; row_at(i); i++) {
		char section[40];

		if (!fits(x, i))
			continue;
		if (begins_section(x, i)) {
			line += line > 0;
			snprintf(section, sizeof section, "%.*s", (int)strcspn(row_at(i)->key, "."), row_at(i)->key);
			if (line >= x->top)
				tui_put(c, line - x->top, 0, TUI_HEAD, section);
			line++;
		}
		if (line >= x->top && line - x->top < c.rows)
			draw_row(x, i, tui_part(c, line - x->top, 0, 1, c.cols));
		line++;
		shown++;
	}
	if (shown == 0)
		tui_put(c, 1, 2, TUI_QUIET, "no setting has that in its name, help or value; Esc shows all");
}

static void draw_foot(const struct settings *x, const struct tui_model *m, struct tui_canvas c)
{
	const struct as_option_row *row = row_at(x->at);
	const char *when = when_it_counts(m, row->key);
	char allowed[200], text[500];

	tui_fill(c, 0, 0, 1, c.cols, TUI_BORDER, tui_glyph(c, TUI_G_HLINE));
	if (x->error[0]) {
		tui_put(c, 1, 0, TUI_ERROR, "!");
		tui_put_wrapped(c, 1, 2, c.cols - 3, 2, TUI_ERROR, x->error);
		return;
	}
	as_option_allowed(row, allowed, sizeof allowed);
	tui_put_fit(c, 1, 2, c.cols - 3, TUI_INFO, TUI_LEFT, row->help);
	snprintf(text, sizeof text, "%s%s%s", allowed, *allowed && when ? "; " : "", when ? when : "");
	tui_put_fit(c, 2, 2, c.cols - 3, TUI_QUIET, TUI_LEFT, text);
}

static void draw(const void *state, const struct tui_model *m, struct tui_canvas c)
{
	const struct settings *x = state;
	struct columns k = columns_of(c.cols);
	int caret, rows = c.rows - HEAD_ROWS - TUI_FORM_FOOT;

	tui_prompt_draw(x->filter, c, 0, 2, c.cols - 4, TUI_PLAIN, &caret);
	if (!*tui_prompt_text(x->filter))
		tui_put(c, 0, 9, TUI_QUIET, "type a part of a name, of the help or of a value");
	tui_put(c, 1, 2, TUI_HEAD, "Setting");
	tui_put(c, 1, k.value, TUI_HEAD, "Value");
	tui_put(c, 1, k.def, TUI_HEAD, "Default");
	tui_put(c, 1, k.origin, TUI_HEAD, "From");
	if (rows < 1)
		return;
	draw_list(x, tui_part(c, HEAD_ROWS, 0, rows, c.cols));
	draw_foot(x, m, tui_part(c, HEAD_ROWS + rows, 0, TUI_FORM_FOOT, c.cols));
}

static bool caret(const void *state, const struct tui_model *m, struct tui_canvas c, int *row, int *col)
{
	const struct settings *x = state;
	struct columns k = columns_of(c.cols);

	(void)m;
	/* Where the cursor comes to stand is asked for, not the line once more: what stands behind it would go. */
	c.rows = 0;
	if (x->edit) {
		*row = HEAD_ROWS + line_of(x, x->at) - x->top;
		tui_prompt_draw(x->edit, c, 0, k.value, k.def - k.value - 1, TUI_FIELD_FOCUS, col);
		return true;
	}
	*row = 0;
	tui_prompt_draw(x->filter, c, 0, 2, c.cols - 4, TUI_PLAIN, col);
	return true;
}

static const char *note(const void *state, const struct tui_model *m, char *out, size_t n)
{
	const struct settings *x = state;
	int changed = 0;

	(void)m;
	for (int i = 0; row_at(i); i++)
		changed += strcmp(as_options_value(x->opt, row_at(i)->key), row_at(i)->def) != 0;
	snprintf(out, n, "%d not at the default", changed);
	return out;
}

static const enum as_action hints[] = {AS_ACTION_CHANGE, AS_ACTION_ACCEPT, AS_ACTION_RESET, AS_ACTION_PRESETS, AS_ACTION_WRITE_SETTINGS,
				       AS_ACTION_SAVE_PRESET, AS_ACTION_DISMISS, AS_ACTION_NONE};

static const struct tui_pane_ops ops = {.name = "settings",
					.title = "Settings",
					.place = AS_PLACE_SETTINGS,
					.close = close_settings,
					.news = news,
					.key = key,
					.action = act,
					.size = size,
					.fit = fit,
					.draw = draw,
					.note = note,
					.caret = caret,
					.hints = hints};

void tui_open_settings(struct tui *t, const char *args)
{
	struct settings *x = calloc(1, sizeof *x);
	bool whole = x && (x->opt = as_options_copy(t->m.opt)) &&
		     (x->filter = tui_prompt_new(TUI_PROMPT_FIELD, "Find: ", args ? args : "", NULL, NULL));

	if (!whole && x) {
		close_settings(x);
		x = NULL;
	}
	if (x)
		settle(x);
	tui_open_dialog(t, &ops, x);
}
