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
	const char *opens; /* a group of actions that it is to begin with, or NULL */
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
	       as_text_contains(row->args, text) || (*text && !strcmp(keys, text));
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

/* What keys of an action that holds everywhere do in panes that bind them themselves: "but in Tracks: g regroup". */
static void say_elsewhere(const struct tui_model *m, const struct as_action_row *row, char *out, size_t n)
{
	static const struct tui_pane_ops *const panes[] = {&tui_pane_tracks, &tui_pane_timeline, &tui_pane_table, &tui_pane_lag, &tui_pane_log};
	struct tui_key key;
	char name[32];
	size_t used = 0;

	*out = '\0';
	for (size_t i = 0; i < sizeof panes / sizeof *panes && row->place == AS_PLACE_GLOBAL; i++) {
		bool told = false;

		for (int k = 0; tui_keymap_at(m->keys, row->id, k, &key) && used < n; k++) {
			enum as_action there = tui_keymap_find(m->keys, panes[i]->place, key);

			if (there == AS_ACTION_NONE || there == row->id)
				continue;
			used += (size_t)snprintf(out + used, n - used, "%s%s%s %s", used == 0 ? "but in " : told ? ", " : "; in ",
						 told ? "" : panes[i]->title, told ? "" : ":", tui_key_name(key, name, sizeof name));
			used += used < n ? (size_t)snprintf(out + used, n - used, " %s", as_action_row(there)->name) : 0;
			told = true;
		}
	}
}

/* Words from column col on, broken at its end. Returns the rows that they take; row < 0: they begin above. */
static int put_block(struct tui_canvas c, int row, int col, enum tui_style style, const char *text)
{
	int rows = tui_put_wrapped(c, 0, 0, c.cols - col - 1, 0, style, text);

	return tui_put_wrapped(c, row, col, c.cols - col - 1, rows, style, text);
}

/* One action: in a wide window all in one line if it has the room, else the words below. Returns the rows that it takes. */
static int put_action(const struct tui_model *m, struct tui_canvas c, int row, const struct as_action_row *a, bool narrow)
{
	enum { LEFT = 1, NAME = LEFT + 18, HELP = NAME + 22, INDENT = LEFT + 4 };
	char keys[128], elsewhere[256];
	int at, rows = 1, col = narrow ? INDENT : HELP;

	tui_put_fit(c, row, LEFT, NAME - LEFT - 1, TUI_KEY, TUI_LEFT, tui_keymap_keys(m->keys, a->id, 3, keys, sizeof keys));
	at = NAME + tui_putf(c, row, NAME, TUI_VALUE, ":%s", a->name) + 1;
	if (narrow) {
		rows = *a->args ? put_block(c, row, at, TUI_QUIET, a->args) : 1;
		rows += put_block(c, row + rows, col, TUI_PLAIN, a->help);
	} else {
		at = HELP + tui_text_cols(a->help) + 2;
		rows = put_block(c, row, col, TUI_PLAIN, a->help);
		if (*a->args && at + tui_text_cols(a->args) < c.cols)
			tui_put(c, row, at, TUI_QUIET, a->args);
		else if (*a->args)
			rows += put_block(c, row + rows, col, TUI_QUIET, a->args);
	}
	say_elsewhere(m, a, elsewhere, sizeof elsewhere);
	return *elsewhere ? rows + put_block(c, row + rows, col, TUI_QUIET, elsewhere) : rows;
}

/* Returns the rows that it takes; row < 0: begins above. */
static int put_legend(const struct tui_model *m, struct tui_canvas c, int row, const struct tui_legend *x)
{
	char text[300];
	const char *says = tui_keymap_words(m->keys, x->text, text, sizeof text);
	int cols = c.cols - NAME_END - 2, rows = tui_put_wrapped(c, 0, 0, cols, 0, TUI_PLAIN, says);

	if (x->sign != TUI_G_N)
		tui_put(c, row, 1, TUI_KEY, tui_glyph_text(m->unicode, x->sign));
	if (x->letter && !m->color)
		tui_put_char(c, row, 2, TUI_KEY, (uint32_t)x->letter);
	tui_put(c, row, 4, TUI_KEY, x->name);
	tui_put_wrapped(c, row, NAME_END, cols, rows, TUI_PLAIN, says);
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

/* Up to the heading of the group `until`, or (NULL) all. Returns the line behind the last. */
static int put_actions(const struct help *h, const struct tui_model *m, struct tui_canvas c, const char *until)
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
			if (until && !strcmp(group, until))
				break;
			tui_put(c, line++ - h->top, 1, TUI_HEAD, group);
		}
		line += put_action(m, c, line - h->top, &rows[i], narrow);
	}
	return line;
}

/* Draws from line h->top on, or (rows 0) counts lines. */
static int put_rows(const struct help *h, const struct tui_model *m, struct tui_canvas c)
{
	return put_legends(h, m, c, put_actions(h, m, c, NULL));
}

static void fit(void *state, const struct tui_model *m, int rows, int cols)
{
	struct help *h = state;
	struct help count = {.search = h->search, .top = 1 << 20};
	struct tui_canvas none = {.cols = cols, .unicode = m->unicode};
	int lines = put_rows(&count, m, none), room = rows - 2;

	if (h->opens)
		h->top = put_actions(&count, m, none, h->opens);
	h->opens = NULL;
	h->top = h->top > lines - room ? lines - room : h->top;
	h->top = h->top < 0 ? 0 : h->top;
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
	return tui_keymap_words(m->keys, "type to search; Up Down PageUp PageDown; {dismiss} closes", out, n);
}

static const enum as_action hints[] = {AS_ACTION_DISMISS, AS_ACTION_NONE};

static const struct tui_pane_ops ops = {.name = "help",
					.title = "Keys and commands",
					.place = AS_PLACE_DIALOG,
					.close = close_help,
					.key = key,
					.action = act,
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

/* The group with the keys of a pane's or a dialog's own, or NULL. */
static const char *group_of(enum as_action_place place)
{
	size_t n;
	const struct as_action_row *rows = as_actions(&n);

	for (size_t i = 0; i < n && place != AS_PLACE_GLOBAL; i++)
		if (rows[i].place == place)
			return rows[i].group;
	return NULL;
}

void tui_open_help(struct tui *t, const char *search)
{
	const struct tui_pane_ops *here = t->n_dialogs ? t->dialogs[t->n_dialogs - 1].ops : t->panes[t->m.focus].ops;
	struct help *h = calloc(1, sizeof *h);

	if (h && !(h->search = tui_prompt_new(TUI_PROMPT_FIELD, "search: ", search, NULL, NULL))) {
		free(h);
		h = NULL;
	}
	if (h && !(search && *search))
		h->opens = group_of(here->place);
	tui_open_dialog(t, &ops, h);
}
