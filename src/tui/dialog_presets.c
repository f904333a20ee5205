/* Presets, and what each of them would change. */
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "base/buffer.h"
#include "base/figures.h"
#include "tui/commands.h"
#include "tui/dialogs.h"
#include "tui/list.h"
#include "tui/preset_files.h"

#define NAME_COLS 16
#define LIST_ROWS 8

#define KEY_COLS 26
#define CHANGES_LEAST 6 /* rows below the list */

struct change {
	const char *key;
	char *text; /* "16 -> 24" */
};

struct presets {
	struct tui_preset_files *reading; /* NULL: it is done */
	struct as_preset_item *items;
	size_t n;
	int at, top;
	struct change *changes; /* of the one at the cursor */
	int n_changes, first;   /* first: that is in view */
	int in_view;            /* of the last frame */
	char error[AS_ERROR_MSG_BYTES];
};

static void forget_changes(struct presets *p)
{
	for (int i = 0; i < p->n_changes; i++)
		free(p->changes[i].text);
	p->n_changes = p->first = 0;
}

static void close_presets(void *state)
{
	struct presets *p = state;

	tui_preset_files_drop(p->reading);
	as_preset_list_free(p->items, p->n);
	forget_changes(p);
	free(p->changes);
	free(p);
}

static char *change_text(const char *from, const char *to, bool unicode)
{
	struct as_buffer b = {0};

	as_buffer_addf(&b, "%s %s %s", *from ? from : "(empty)", unicode ? "→" : "->", *to ? to : "(empty)");
	return as_buffer_take(&b);
}

/* The session's settings with those of the preset at the cursor over them; NULL: p->error says why not. */
static struct as_options *settings_of(const struct tui *t, struct presets *p)
{
	struct as_error err = {0};
	struct as_options *opt = as_options_copy(t->m.opt);
	enum as_status status = opt ? as_preset_item_load(&p->items[p->at], opt, &err) : as_fail(&err, AS_ERR_MEMORY, "out of memory");

	if (status == AS_OK)
		status = as_options_check(opt, &err);
	snprintf(p->error, sizeof p->error, "%s", status == AS_OK ? "" : err.msg);
	if (status == AS_OK)
		return opt;
	as_options_free(opt);
	return NULL;
}

static void compare(const struct tui *t, struct presets *p)
{
	struct as_options *opt = p->n > 0 ? settings_of(t, p) : NULL;
	size_t n;
	const struct as_option_row *rows = as_option_rows(&n);

	forget_changes(p);
	for (size_t i = 0; opt && i < n; i++) {
		const char *from = as_options_value(t->m.opt, rows[i].key), *to = as_options_value(opt, rows[i].key);

		if (!strcmp(from, to))
			continue;
		p->changes[p->n_changes].key = rows[i].key;
		p->changes[p->n_changes].text = change_text(from, to, t->m.unicode);
		p->n_changes += p->changes[p->n_changes].text != NULL;
	}
	as_options_free(opt);
}

/* What was read takes its place. */
static void take(struct tui *t, struct presets *p)
{
	p->items = tui_preset_files_take(p->reading, &p->n);
	tui_preset_files_drop(p->reading);
	p->reading = NULL;
	if (!p->items)
		snprintf(p->error, sizeof p->error, "out of memory");
	compare(t, p);
	t->dirty = true;
}

static int reading_fd(const void *state)
{
	const struct presets *p = state;

	return p->reading ? tui_preset_files_fd(p->reading) : -1;
}

static void turn(void *state, struct tui *t)
{
	struct presets *p = state;

	if (p->reading && tui_preset_files_done(p->reading, 0))
		take(t, p);
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
	struct as_options *opt;
	char *name;

	if (p->n == 0 || p->error[0])
		return;
	if (t->m.snap->busy) {
		tui_say(t, TUI_WARNING, "not while something runs: {escape} stops it");
		return;
	}
	opt = settings_of(t, p);
	name = strdup(p->items[p->at].name);
	if (opt && name) {
		tui_close_dialog(t);
		tui_settings_apply_preset(t, opt, name);
	}
	as_options_free(opt);
	free(name);
}

static bool act(void *state, struct tui *t, enum as_action action, const struct tui_call *call)
{
	struct presets *p = state;
	int by = tui_list_step(action, (int)p->n, TUI_LIST_PAGE);

	/* The list is short: pages turn what a preset would change. */
	if (action == AS_ACTION_PAGE_DOWN || action == AS_ACTION_PAGE_UP)
		p->first = tui_list_clamp(p->first + (action == AS_ACTION_PAGE_DOWN ? p->in_view : -p->in_view), p->n_changes);
	else if (by)
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

static const char *help_of(const struct presets *p)
{
	return p->n > 0 ? p->items[p->at].help : "";
}

/* Columns of text below the list. */
static int text_cols(int cols)
{
	return cols - 4;
}

/* At least two, so that the dialog keeps its height. */
static int help_rows(const struct presets *p, int cols)
{
	int rows = tui_put_wrapped((struct tui_canvas){.cols = cols}, 0, 0, text_cols(cols), 0, TUI_PLAIN, help_of(p));

	return rows < 2 ? 2 : rows;
}

static int change_rows(const struct change *x, int cols)
{
	return tui_put_wrapped((struct tui_canvas){.cols = cols}, 0, 0, text_cols(cols) - KEY_COLS - 2, 0, TUI_PLAIN, x->text);
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
	struct presets *p = state;
	int first = p->first;

	compare(t, p);
	p->first = tui_list_clamp(first, p->n_changes);
}

static void size(const void *state, const struct tui_model *m, int *rows, int *cols)
{
	const struct presets *p = state;
	int list = (int)p->n > LIST_ROWS ? LIST_ROWS : (int)p->n, changes = 1;

	(void)m;
	*cols = *cols > 84 ? 84 : *cols;
	for (int i = 0; i < p->n_changes; i++)
		changes += change_rows(&p->changes[i], *cols);
	*rows = list + 1 + help_rows(p, *cols) + 1 + (changes > CHANGES_LEAST ? changes : CHANGES_LEAST);
}

/* How many changes fit into rows of them, from the first one in view on. */
static int count_fitting(const struct presets *p, int rows, int cols)
{
	int n = 0;

	for (int i = p->first; i < p->n_changes; i++) {
		rows -= change_rows(&p->changes[i], cols);
		if (rows < (i + 1 < p->n_changes))
			break;
		n++;
	}
	return n > 0 ? n : 1;
}

/* Rows for the changes themselves. */
static int room_for_changes(const struct presets *p, int rows, int cols)
{
	return rows - list_rows(p, rows) - 1 - help_rows(p, cols) - 1 - 1;
}

static void fit(void *state, const struct tui_model *m, int rows, int cols)
{
	struct presets *p = state;

	(void)m;
	p->top = tui_list_top(p->top, p->at, (int)p->n, list_rows(p, rows));
	p->in_view = count_fitting(p, room_for_changes(p, rows, cols), cols);
}

static void draw_changes(const struct presets *p, const struct tui_model *m, struct tui_canvas c, int cols)
{
	int row = 1, i = p->first, end = p->first + count_fitting(p, c.rows - 1, cols);
	char down[32], up[32], text[100];

	if (p->reading) {
		tui_put_fit(c, 0, 0, c.cols, TUI_QUIET, TUI_LEFT,
			    tui_keymap_words(m->keys, "waits for the disk, which has those of your own; {dismiss} gives up", text, sizeof text));
		return;
	}
	if (p->error[0]) {
		tui_put(c, 0, 0, TUI_ERROR, "!");
		tui_put_wrapped(c, 0, 2, c.cols - 2, c.rows, TUI_ERROR, p->error);
		return;
	}
	if (p->n_changes == 0) {
		tui_put(c, 0, 0, TUI_QUIET, "It would change nothing: these settings are in force.");
		return;
	}
	tui_putf(c, 0, 0, TUI_HEAD, "It would change %d setting%s", p->n_changes, as_plural(p->n_changes, "", "s"));
	for (; i < end && i < p->n_changes && row < c.rows; i++) {
		int rows = change_rows(&p->changes[i], cols);

		tui_put_fit(c, row, 0, KEY_COLS, TUI_PLAIN, TUI_LEFT, p->changes[i].key);
		tui_put_wrapped(c, row, KEY_COLS + 2, c.cols - KEY_COLS - 2, rows < c.rows - row ? rows : c.rows - row, TUI_VALUE,
				p->changes[i].text);
		row += rows;
	}
	tui_keymap_keys(m->keys, AS_ACTION_PAGE_DOWN, 1, down, sizeof down);
	tui_keymap_keys(m->keys, AS_ACTION_PAGE_UP, 1, up, sizeof up);
	if (i < p->n_changes)
		tui_putf(c, row, 0, TUI_QUIET, "and %d more: %s", p->n_changes - i, down);
	else if (p->first > 0)
		tui_putf(c, row, 0, TUI_QUIET, "%d before these: %s", p->first, up);
}

static void draw(const void *state, const struct tui_model *m, struct tui_canvas c)
{
	const struct presets *p = state;
	int list = list_rows(p, c.rows), rows;

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
	rows = help_rows(p, c.cols) + 1;
	tui_put_wrapped(c, list + 1, 2, text_cols(c.cols), rows - 1, TUI_INFO, help_of(p));
	draw_changes(p, m, tui_part(c, list + 1 + rows, 2, c.rows - list - 1 - rows, text_cols(c.cols)), c.cols);
}

static const char *deed(const void *state, const struct tui_model *m)
{
	(void)state;
	(void)m;
	return "load it";
}

static const enum as_action hints[] = {AS_ACTION_ACCEPT, AS_ACTION_FIELD_NEXT, AS_ACTION_DISMISS, AS_ACTION_HELP, AS_ACTION_NONE};

static const struct tui_pane_ops ops = {.name = "presets",
					.title = "Presets",
					.place = AS_PLACE_DIALOG,
					.close = close_presets,
					.fd = reading_fd,
					.turn = turn,
					.news = news,
					.click = click,
					.action = act,
					.size = size,
					.fit = fit,
					.draw = draw,
					.deed = deed,
					.hints = hints};

void tui_open_presets(struct tui *t)
{
	struct presets *p = calloc(1, sizeof *p);
	size_t n;

	as_option_rows(&n);
	if (p && (!(p->changes = calloc(n, sizeof *p->changes)) || !(p->reading = tui_preset_files_read(t->setup->preset_dirs)))) {
		close_presets(p);
		p = NULL;
	}
	if (p && tui_preset_files_done(p->reading, tui_patience_ms(t)))
		take(t, p);
	tui_open_dialog(t, &ops, p);
}
