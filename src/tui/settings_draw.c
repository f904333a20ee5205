/* How the dialog of settings looks. */
#include <stdio.h>
#include <string.h>

#include "tui/form.h"
#include "tui/settings_private.h"

#define HEAD_ROWS 2

struct tui_settings_list tui_settings_list_of(const struct settings *x)
{
	return (struct tui_settings_list){x->opt, tui_prompt_text(x->filter), x->changed_only};
}

const struct as_option_row *tui_settings_chosen(const struct settings *x)
{
	struct tui_settings_list l = tui_settings_list_of(x);

	return tui_settings_has(&l, x->at) ? tui_settings_row(x->at) : NULL;
}

bool tui_settings_for_next_start(const char *key)
{
	return !strncmp(key, "cache.", 6) || !strcmp(key, "general.threads") || !strncmp(key, "interface.", 10);
}

const char *tui_settings_when(const struct tui_model *m, const char *key)
{
	if (tui_settings_for_next_start(key))
		return "counts from the next start on, once in the file";
	if (!m->snap->placements)
		return NULL;
	if (!strncmp(key, "analysis.", 9))
		return "counts from the next sync on: {sync}";
	if (!strncmp(key, "confidence.", 11))
		return "counts once clips are placed again: {solve}, or {sync}";
	return NULL;
}

void tui_settings_dialog_size(const void *state, const struct tui_model *m, int *rows, int *cols)
{
	(void)state;
	(void)m;
	(void)rows;
	*cols = *cols > 132 ? 132 : *cols;
}

void tui_settings_dialog_fit(void *state, const struct tui_model *m, int rows, int cols)
{
	struct settings *x = state;
	struct tui_settings_list l = tui_settings_list_of(x);
	int line = tui_settings_line(&l, x->at), room = rows - HEAD_ROWS - TUI_FORM_FOOT, all = tui_settings_line(&l, 10000);

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

static void draw_foot(const struct settings *x, const struct tui_model *m, struct tui_canvas c)
{
	const struct as_option_row *row = tui_settings_chosen(x);
	const char *when;
	char allowed[200], text[500], named[100];

	tui_fill(c, 0, 0, 1, c.cols, TUI_BORDER, tui_glyph(c, TUI_G_HLINE));
	if (x->error[0]) {
		tui_put(c, 1, 0, TUI_ERROR, "!");
		tui_put_wrapped(c, 1, 2, c.cols - 3, 2, TUI_ERROR, x->error);
		return;
	}
	if (!row)
		return;
	when = tui_settings_when(m, row->key);
	as_option_allowed(row, allowed, sizeof allowed);
	tui_put_fit(c, 1, 2, c.cols - 3, TUI_INFO, TUI_LEFT, row->help);
	snprintf(text, sizeof text, "%s%s%s", allowed, *allowed && when ? "; " : "",
		 when ? tui_keymap_words(m->keys, when, named, sizeof named) : "");
	tui_put_fit(c, 2, 2, c.cols - 3, TUI_QUIET, TUI_LEFT, text);
}

void tui_settings_dialog_draw(const void *state, const struct tui_model *m, struct tui_canvas c)
{
	const struct settings *x = state;
	struct tui_settings_list l = tui_settings_list_of(x);
	int caret, rows = c.rows - HEAD_ROWS - TUI_FORM_FOOT;

	tui_prompt_draw(x->filter, c, 0, 2, c.cols - 4, TUI_PLAIN, &caret);
	if (!*tui_prompt_text(x->filter))
		tui_put(c, 0, 9, TUI_QUIET, "type a part of a name, of the help or of a value");
	tui_settings_draw_heads(tui_part(c, 1, 0, 1, c.cols));
	if (rows < 1)
		return;
	tui_settings_draw(&l, x->at, x->top, x->edit, tui_part(c, HEAD_ROWS, 0, rows, c.cols));
	draw_foot(x, m, tui_part(c, HEAD_ROWS + rows, 0, TUI_FORM_FOOT, c.cols));
}

bool tui_settings_dialog_caret(const void *state, const struct tui_model *m, struct tui_canvas c, int *row, int *col)
{
	const struct settings *x = state;
	struct tui_settings_list l = tui_settings_list_of(x);

	(void)m;
	/* Where the cursor comes to stand is asked for, not the line once more: what stands behind it would go. */
	c.rows = 0;
	if (x->edit) {
		*row = HEAD_ROWS + tui_settings_line(&l, x->at) - x->top;
		tui_settings_draw_edit(x->edit, c, col);
		return true;
	}
	*row = 0;
	tui_prompt_draw(x->filter, c, 0, 2, c.cols - 4, TUI_PLAIN, col);
	return true;
}

const char *tui_settings_dialog_note(const void *state, const struct tui_model *m, char *out, size_t n)
{
	const struct settings *x = state;
	int changed = 0;

	(void)m;
	for (int i = 0; tui_settings_row(i); i++)
		changed += tui_settings_changed(x->opt, tui_settings_row(i));
	if (changed == 0 && !x->changed_only)
		snprintf(out, n, "all at the default");
	else
		snprintf(out, n, x->changed_only ? "these %d alone: not at the default" : "%d not at the default", changed);
	return out;
}

const char *tui_settings_dialog_deed(const void *state, const struct tui_model *m)
{
	const struct settings *x = state;

	(void)m;
	return x->edit ? "take it" : "edit";
}
