/* Every key and command, from the action table; signs and words behind them. */
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "base/text.h"
#include "tui/app.h"
#include "tui/list.h"
#include "tui/prompt.h"

#define LINES_MOST 10000 /* more than it has */

struct help {
	struct tui_prompt *search; /* what is typed narrows the list */
	int top;
};

static void close_help(void *state)
{
	struct help *h = state;

	tui_prompt_free(h->search);
	free(h);
}

static bool fits(const struct help *h, const struct tui_model *m, const struct as_action_row *row)
{
	const char *text = tui_prompt_text(h->search);
	char keys[128];

	tui_keymap_keys(m->keys, row->id, 9, keys, sizeof keys);
	return as_text_contains(row->name, text) || as_text_contains(row->help, text) || as_text_contains(row->group, text) ||
	       (*text && !strcmp(keys, text));
}

static bool key(void *state, struct tui *t, struct tui_key key)
{
	struct help *h = state;

	(void)t;
	if (key.special == TUI_KEY_UP || key.special == TUI_KEY_DOWN || key.special == TUI_KEY_HOME || key.special == TUI_KEY_END)
		return false;
	if (tui_prompt_key(h->search, key) != TUI_PROMPT_TAKEN)
		return false;
	/* "/" looks for something everywhere else. */
	if (!strcmp(tui_prompt_text(h->search), "/"))
		tui_prompt_set(h->search, "");
	h->top = 0;
	return true;
}

static bool act(void *state, struct tui *t, enum as_action action, const struct tui_call *call)
{
	struct help *h = state;

	(void)call;
	h->top += tui_list_step(action, LINES_MOST, 15);
	if (action == AS_ACTION_ACCEPT || action == AS_ACTION_HELP)
		tui_close_dialog(t);
	else
		return tui_list_step(action, LINES_MOST, 15) != 0;
	return true;
}

/* One action: in a wide window all in one line, else the words in a second one. */
static void put_row(const struct tui_model *m, struct tui_canvas r, const struct as_action_row *row, int part, bool narrow)
{
	enum { KEYS = 18, NAME = 22 };
	char keys[128];
	int at;

	if (part == 1) {
		tui_put(r, 0, 4, TUI_PLAIN, row->help);
		return;
	}
	tui_put_fit(r, 0, 0, KEYS - 1, TUI_KEY, TUI_LEFT, tui_keymap_keys(m->keys, row->id, 3, keys, sizeof keys));
	at = KEYS + tui_putf(r, 0, KEYS, TUI_VALUE, ":%s", row->name) + 1;
	if (narrow) {
		tui_put(r, 0, at, TUI_QUIET, row->args);
		return;
	}
	at = KEYS + NAME;
	at += tui_put(r, 0, at, TUI_PLAIN, row->help) + 2;
	if (at + tui_text_cols(row->args) <= r.cols)
		tui_put(r, 0, at, TUI_QUIET, row->args);
}

/* What the panes say in a sign or a word; TUI_G_N: no sign. */
static const struct {
	enum tui_glyph sign;
	const char *name, *text;
} words[] = {
	{TUI_G_STRONG, "strong", "placed, and sure"},
	{TUI_G_MODERATE, "moderate, by hand", "placed; listen to it once"},
	{TUI_G_WEAK, "weak", "a place that is not to be trusted"},
	{TUI_G_AMBIGUOUS, "ambiguous", "several places fit as well: take one"},
	{TUI_G_UNPLACED, "unplaced", "no place was found"},
	{TUI_G_FAILED, "failed, missing", "the file cannot be read, or is gone"},
	{TUI_G_LOCK, "locked", "a later analysis leaves it where it is"},
	{TUI_G_N, "score", "decades of certainty: 6 is one false alarm in 10^6"},
	{TUI_G_N, "chance, false alarm", "that unrelated sound would score as well"},
	{TUI_G_N, "margin", "decades by which the place beats the next best one"},
	{TUI_G_N, "keys.ini", "rebind keys in this file, beside that of the settings"},
};

static int put_words(const struct help *h, const struct tui_model *m, struct tui_canvas c, int line)
{
	const char *text = tui_prompt_text(h->search);
	bool headed = false;

	for (size_t i = 0; i < sizeof words / sizeof *words; i++) {
		if (!as_text_contains(words[i].name, text) && !as_text_contains(words[i].text, text))
			continue;
		if (!headed) {
			line += line > 0;
			if (line >= h->top && line - h->top < c.rows)
				tui_put(c, line - h->top, 1, TUI_HEAD, "Signs and words");
			line++;
			headed = true;
		}
		if (line >= h->top && line - h->top < c.rows) {
			struct tui_canvas r = tui_part(c, line - h->top, 1, 1, c.cols - 1);

			if (words[i].sign != TUI_G_N)
				tui_put(r, 0, 0, TUI_KEY, tui_glyph_text(m->unicode, words[i].sign));
			tui_put(r, 0, 2, TUI_KEY, words[i].name);
			tui_put(r, 0, 23, TUI_PLAIN, words[i].text);
		}
		line++;
	}
	return line;
}

/* Draws from line h->top on, or (rows 0) counts lines. */
static int put_rows(const struct help *h, const struct tui_model *m, struct tui_canvas c)
{
	size_t n;
	const struct as_action_row *rows = as_actions(&n);
	const char *group = "";
	int line = 0;
	bool narrow = c.cols < 110;

	for (size_t i = 0; i < n; i++) {
		if (!fits(h, m, &rows[i]))
			continue;
		if (strcmp(group, rows[i].group) != 0) {
			group = rows[i].group;
			line += line > 0;
			if (line >= h->top)
				tui_put(c, line - h->top, 1, TUI_HEAD, group);
			line++;
		}
		for (int part = 0; part < (narrow ? 2 : 1); part++, line++)
			if (line >= h->top && line - h->top < c.rows)
				put_row(m, tui_part(c, line - h->top, 1, 1, c.cols - 1), &rows[i], part, narrow);
	}
	return put_words(h, m, c, line);
}

static void fit(void *state, const struct tui_model *m, int rows, int cols)
{
	struct help *h = state;
	struct help count = {.search = h->search, .top = 1 << 20};
	struct tui_canvas none = {.cols = cols, .unicode = m->unicode};
	int lines = put_rows(&count, m, none), room = rows - 2;

	h->top = h->top > lines - room ? lines - room : h->top;
	h->top = h->top < 0 ? 0 : h->top;
}

static void size(const void *state, const struct tui_model *m, int *rows, int *cols)
{
	(void)state;
	(void)m;
	*cols = *cols > 130 ? 130 : *cols;
	(void)rows;
}

static void draw(const void *state, const struct tui_model *m, struct tui_canvas c)
{
	const struct help *h = state;
	int caret;

	tui_prompt_draw(h->search, c, 0, 1, c.cols - 2, TUI_FIELD, &caret);
	if (put_rows(h, m, tui_part(c, 2, 0, c.rows - 2, c.cols)) == 0)
		tui_put(c, 2, 1, TUI_QUIET, "nothing of that name");
}

static bool caret(const void *state, const struct tui_model *m, struct tui_canvas c, int *row, int *col)
{
	const struct help *h = state;

	(void)m;
	*row = 0;
	/* Drawn again where it was: only the place of the cursor is wanted. */
	tui_prompt_draw(h->search, c, 0, 1, c.cols - 2, TUI_FIELD, col);
	return true;
}

static const char *note(const void *state, const struct tui_model *m, char *out, size_t n)
{
	(void)state;
	(void)m;
	snprintf(out, n, "type to search; Up Down PageUp PageDown; Esc closes");
	return out;
}

static const enum as_action hints[] = {AS_ACTION_DISMISS, AS_ACTION_NONE};

static const struct tui_pane_ops ops = {.name = "help",
					.title = "Keys and commands",
					.place = AS_PLACE_DIALOG,
					.close = close_help,
					.key = key,
					.action = act,
					.size = size,
					.fit = fit,
					.draw = draw,
					.caret = caret,
					.note = note,
					.hints = hints};

void tui_open_help(struct tui *t, const char *search)
{
	struct help *h = calloc(1, sizeof *h);

	if (h && !(h->search = tui_prompt_new(TUI_PROMPT_FIELD, "search: ", search, NULL, NULL))) {
		free(h);
		h = NULL;
	}
	tui_open_dialog(t, &ops, h);
}
