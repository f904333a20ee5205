/* Presets, and what each of them would change. */
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "base/preset_list.h"
#include "tui/commands.h"
#include "tui/dialogs.h"
#include "tui/list.h"

#define NAME_COLS 16
#define LIST_ROWS 8

struct change {
	const char *key;
	char from[80], to[80];
};

struct presets {
	struct as_preset_item *items;
	size_t n;
	int at, top;
	struct change *changes; /* of the one at the cursor */
	int n_changes;
	char error[AS_ERROR_MSG_BYTES];
};

static void close_presets(void *state)
{
	struct presets *p = state;

	as_preset_list_free(p->items, p->n);
	free(p->changes);
	free(p);
}

static void compare(struct tui *t, struct presets *p)
{
	struct as_error err = {0};
	struct as_options *opt = as_options_copy(t->m.opt);
	size_t n;
	const struct as_option_row *rows = as_option_rows(&n);
	enum as_status status = AS_ERR_MEMORY;

	p->n_changes = 0;
	p->error[0] = '\0';
	if (opt && p->n > 0)
		status = as_options_load_preset(opt, p->items[p->at].name, t->setup->preset_dirs, &err);
	if (status == AS_OK)
		status = as_options_check(opt, &err);
	if (status != AS_OK)
		snprintf(p->error, sizeof p->error, "%s", err.msg);
	for (size_t i = 0; status == AS_OK && i < n; i++) {
		const char *from = as_options_value(t->m.opt, rows[i].key), *to = as_options_value(opt, rows[i].key);
		struct change *c = &p->changes[p->n_changes];

		if (!strcmp(from, to))
			continue;
		c->key = rows[i].key;
		snprintf(c->from, sizeof c->from, "%s", *from ? from : "(empty)");
		snprintf(c->to, sizeof c->to, "%s", *to ? to : "(empty)");
		p->n_changes++;
	}
	as_options_free(opt);
}

static void move_to(struct tui *t, struct presets *p, int at)
{
	if (p->n == 0)
		return;
	p->at = tui_list_clamp(at, (int)p->n);
	compare(t, p);
}

static void load(struct tui *t, struct presets *p)
{
	char *name = p->n > 0 && !p->error[0] ? strdup(p->items[p->at].name) : NULL;

	if (!name)
		return;
	if (t->m.snap->busy) {
		tui_say(t, TUI_WARNING, "not while something runs: Esc stops it");
		free(name);
		return;
	}
	tui_close_dialog(t);
	tui_do_settings(t, AS_ACTION_PRESET, name);
	free(name);
}

static bool act(void *state, struct tui *t, enum as_action action, const struct tui_call *call)
{
	struct presets *p = state;
	int by = tui_list_step(action, (int)p->n, TUI_LIST_PAGE);

	if (by)
		move_to(t, p, p->at + by * (call->count > 0 ? call->count : 1));
	else if (action == AS_ACTION_ACCEPT || action == AS_ACTION_ACTIVATE)
		load(t, p);
	else
		return false;
	return true;
}

static int list_rows(const struct presets *p, int rows)
{
	int most = rows / 2 < LIST_ROWS ? rows / 2 : LIST_ROWS;

	return (int)p->n < most ? (int)p->n : most;
}

static bool click(void *state, struct tui *t, struct tui_place at)
{
	struct presets *p = state;
	int row = p->top + at.row;

	if (at.row >= list_rows(p, at.rows) || row >= (int)p->n)
		return false;
	move_to(t, p, row);
	return true;
}

static void news(void *state, struct tui *t)
{
	compare(t, state);
}

static void size(const void *state, const struct tui_model *m, int *rows, int *cols)
{
	const struct presets *p = state;
	int list = (int)p->n > LIST_ROWS ? LIST_ROWS : (int)p->n;

	(void)m;
	*cols = *cols > 84 ? 84 : *cols;
	*rows = list + 2 + (p->n_changes > 9 ? p->n_changes : 9);
}

static void fit(void *state, const struct tui_model *m, int rows, int cols)
{
	struct presets *p = state;
	int list = list_rows(p, rows);

	(void)m;
	(void)cols;
	if (p->at < p->top)
		p->top = p->at;
	if (p->at >= p->top + list)
		p->top = p->at - list + 1;
}

static void draw_changes(const struct presets *p, struct tui_canvas c)
{
	const char *arrow = c.unicode ? "→" : "->";

	if (p->error[0]) {
		tui_put(c, 0, 0, TUI_ERROR, "!");
		tui_put_wrapped(c, 0, 2, c.cols - 2, c.rows, TUI_ERROR, p->error);
		return;
	}
	if (p->n_changes == 0) {
		tui_put(c, 0, 0, TUI_QUIET, "It would change nothing: these settings are in force.");
		return;
	}
	tui_putf(c, 0, 0, TUI_HEAD, "It would change %d setting%s", p->n_changes, p->n_changes == 1 ? "" : "s");
	for (int i = 0; i < p->n_changes && i + 1 < c.rows; i++) {
		const struct change *x = &p->changes[i];
		int col = 30;

		if (i + 2 == c.rows && i + 1 < p->n_changes) {
			tui_putf(c, i + 1, 2, TUI_QUIET, "and %d more", p->n_changes - i);
			break;
		}
		tui_put_fit(c, i + 1, 2, col - 3, TUI_PLAIN, TUI_LEFT, x->key);
		col += tui_put(c, i + 1, col, TUI_QUIET, x->from) + 1;
		col += tui_put(c, i + 1, col, TUI_QUIET, arrow) + 1;
		tui_put(c, i + 1, col, TUI_VALUE, x->to);
	}
}

static void draw(const void *state, const struct tui_model *m, struct tui_canvas c)
{
	const struct presets *p = state;
	int list = list_rows(p, c.rows);

	(void)m;
	for (int i = 0; i < list && p->top + i < (int)p->n; i++) {
		const struct as_preset_item *item = &p->items[p->top + i];
		bool on = p->top + i == p->at;

		tui_put(c, i, 0, TUI_TITLE_FOCUS, on ? tui_glyph_text(c.unicode, TUI_G_CLOSED) : " ");
		tui_put_fit(c, i, 2, NAME_COLS, on ? TUI_VALUE : TUI_PLAIN, TUI_NAME, item->name);
		tui_put_fit(c, i, NAME_COLS + 3, c.cols - NAME_COLS - 5 - (item->path ? 10 : 0), TUI_QUIET, TUI_LEFT, item->help);
		if (item->path)
			tui_put(c, i, c.cols - 10, TUI_QUIET, "own file");
		if (on)
			tui_lay(c, i, 0, 1, c.cols, TUI_CURSOR);
	}
	tui_fill(c, list, 0, 1, c.cols, TUI_BORDER, tui_glyph(c, TUI_G_HLINE));
	draw_changes(p, tui_part(c, list + 1, 2, c.rows - list - 1, c.cols - 4));
}

static const enum as_action hints[] = {AS_ACTION_ACCEPT, AS_ACTION_FIELD_NEXT, AS_ACTION_DISMISS, AS_ACTION_HELP, AS_ACTION_NONE};

static const struct tui_pane_ops ops = {.name = "presets",
					.title = "Presets",
					.place = AS_PLACE_DIALOG,
					.close = close_presets,
					.news = news,
					.click = click,
					.action = act,
					.size = size,
					.fit = fit,
					.draw = draw,
					.hints = hints};

void tui_open_presets(struct tui *t)
{
	struct presets *p = calloc(1, sizeof *p);
	size_t n;

	as_option_rows(&n);
	if (p && (!(p->items = as_preset_list(t->setup->preset_dirs, &p->n)) || !(p->changes = calloc(n, sizeof *p->changes)))) {
		close_presets(p);
		p = NULL;
	}
	if (p)
		compare(t, p);
	tui_open_dialog(t, &ops, p);
}
