/* Every key and command, from the action table; signs and words behind them. */
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "base/text.h"
#include "tui/app.h"
#include "tui/legend.h"
#include "tui/list.h"
#include "tui/prompt.h"

#define LINES_MOST 10000 /* more than it has */
#define NAME_END 26      /* of the legend's names */

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

/* Returns the rows that it takes; row < 0: begins above. */
static int put_legend(const struct tui_model *m, struct tui_canvas c, int row, const struct tui_legend *x)
{
	int cols = c.cols - NAME_END - 2, rows = tui_put_wrapped(c, 0, 0, cols, 0, TUI_PLAIN, x->text);

	if (x->sign != TUI_G_N)
		tui_put(c, row, 1, TUI_KEY, tui_glyph_text(m->unicode, x->sign));
	if (x->letter && !m->color)
		tui_put_char(c, row, 2, TUI_KEY, (uint32_t)x->letter);
	tui_put(c, row, 4, TUI_KEY, x->name);
	tui_put_wrapped(c, row, NAME_END, cols, rows, TUI_PLAIN, x->text);
	return rows;
}

/* From line `line` of all on; returns the line behind the last. */
static int put_legends(const struct help *h, const struct tui_model *m, struct tui_canvas c, int line)
{
	const char *text = tui_prompt_text(h->search), *head = "";
	struct tui_legend x;

	for (int i = 0; tui_legend_at(i, &x); i++) {
		if (!as_text_contains(x.name, text) && !as_text_contains(x.text, text) && !as_text_contains(x.more, text))
			continue;
		if (strcmp(head, x.head) != 0) {
			head = x.head;
			line += line > 0;
			tui_put(c, line++ - h->top, 1, TUI_HEAD, head);
		}
		line += put_legend(m, c, line - h->top, &x);
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
	return put_legends(h, m, c, line);
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

bool tui_help_has(const struct tui *t, const char *text)
{
	struct help h = {.search = tui_prompt_new(TUI_PROMPT_FIELD, "", text, NULL, NULL), .top = LINES_MOST};
	struct tui_canvas none = {.cols = 80, .unicode = t->m.unicode};
	bool has = h.search && put_rows(&h, &t->m, none) > 0;

	tui_prompt_free(h.search);
	return has;
}

void tui_open_help(struct tui *t, const char *search)
{
	struct help *h = calloc(1, sizeof *h);

	if (h && !(h->search = tui_prompt_new(TUI_PROMPT_FIELD, "search: ", search, NULL, NULL))) {
		free(h);
		h = NULL;
	}
	tui_open_dialog(t, &ops, h);
}
