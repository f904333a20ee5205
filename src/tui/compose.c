#include "tui/compose.h"

#include <stdio.h>
#include <string.h>

#include "base/text.h"
#include "tui/jobs.h"
#include "tui/welcome.h"

static struct tui_canvas at(struct tui_canvas c, struct tui_rect r)
{
	return tui_part(c, r.row, r.col, r.rows, r.cols);
}

/* Parts of the header from the right end leftwards, as far as there is room. Returns the columns left. */
static int put_right(struct tui_canvas c, int room, enum tui_style style, const char *text)
{
	int cols = tui_text_cols(text) + 2;

	if (!*text || cols > room)
		return room;
	tui_put(c, 0, room - cols + 1, style, text);
	return room - cols;
}

static void draw_header(const struct tui_model *m, struct tui_canvas c)
{
	const struct as_snapshot *s = m->snap;
	char text[256], time[32];
	int placed, usable, room = c.cols, used;
	bool wide = c.cols >= 100;

	tui_fill(c, 0, 0, 1, c.cols, TUI_HEADER, ' ');
	used = tui_put(c, 0, 1, TUI_HEADER_NAME, "audiosync") + 3;
	tui_keymap_keys(m->keys, AS_ACTION_HELP, 1, text, sizeof text);
	if (*text) {
		strcat(text, " help");
		room = put_right(c, room, TUI_HEADER, text);
	}
	tui_count_placed(m, &placed, &usable);
	if (s->placements) {
		snprintf(text, sizeof text, "%d/%d synced", placed, usable);
		room = put_right(c, room, placed < usable ? TUI_HEADER_ALERT : TUI_HEADER, text);
	}
	if (s->n_clips) {
		snprintf(text, sizeof text, "%d track%s  %d clip%s", s->n_tracks, s->n_tracks == 1 ? "" : "s", s->n_clips,
			 s->n_clips == 1 ? "" : "s");
		if (s->placements && s->timeline_s > 0 && wide)
			snprintf(text + strlen(text), sizeof text - strlen(text), "  %s",
				 as_text_hms(time, sizeof time, s->timeline_s, 0));
		room = put_right(c, room, TUI_HEADER, text);
	}
	snprintf(text, sizeof text, "%s", m->project ? as_path_base(m->project) : s->n_clips ? "not saved" : "");
	if (m->modified && s->n_clips)
		strcat(text, m->project ? " *" : "");
	if (room - used > 4)
		tui_put_fit(c, 0, used, room - used - 1, TUI_HEADER, TUI_NAME, text);
}

/* A message that needs the line of keys as well. */
static bool is_long(const struct tui *t, int cols)
{
	return t->said && !t->n_dialogs && tui_text_cols(t->message) > cols - 2;
}

static void draw_message(const struct tui *t, struct tui_canvas c)
{
	char words[192];
	double share;
	int used = 0, bar = c.cols / 4;

	if (t->count.n > 0 && !t->count.pane)
		tui_putf(c, 0, c.cols - 8, TUI_HEAD, "%7d", t->count.n);
	if (t->said) {
		if (!is_long(t, c.cols))
			tui_put_fit(c, 0, 1, c.cols - (t->count.n > 0 && !t->count.pane ? 10 : 2), t->message_style, TUI_LEFT,
				    t->message);
		return;
	}
	if (!t->m.snap->busy)
		return;
	tui_jobs_words(&t->m, words, sizeof words, &share);
	if (share >= 0) {
		tui_bar(c, 0, 1, bar, share);
		tui_putf(c, 0, bar + 2, TUI_VALUE, "%3d%%", (int)(share * 100));
		used = bar + 7;
	}
	tui_put_fit(c, 0, used + 1, c.cols - used - 12, TUI_INFO, TUI_LEFT, words);
	tui_keymap_keys(t->keymap, AS_ACTION_CANCEL, 1, words, sizeof words);
	if ((t->count.n == 0 || t->count.pane) && *words)
		tui_putf(c, 0, c.cols - (int)strlen(words) - 6, TUI_QUIET, "%s stop", words);
}

/* "key label  key label": the most useful first, as many as there is room for. */
static int put_hint(const struct tui *t, struct tui_canvas c, int col, enum as_action action)
{
	const struct as_action_row *row = as_action_row(action);
	char keys[64];
	int cols;

	tui_keymap_keys(t->keymap, action, 1, keys, sizeof keys);
	if (!row || !row->label || !*keys)
		return col;
	cols = tui_text_cols(keys) + 1 + tui_text_cols(row->label);
	if (col + cols > c.cols)
		return col;
	col += tui_put(c, 0, col, TUI_KEY, keys) + 1;
	return col + tui_put(c, 0, col, TUI_KEY_LABEL, row->label) + 2;
}

static void draw_hints(const struct tui *t, struct tui_canvas c)
{
	static const enum as_action after[] = {AS_ACTION_ADD,	    AS_ACTION_SYNC,    AS_ACTION_EXPORT, AS_ACTION_TIMELINE,
					       AS_ACTION_DRIFT,	    AS_ACTION_REFERENCE, AS_ACTION_NUDGE_LEFT, AS_ACTION_UNDO,
					       AS_ACTION_FIND,	    AS_ACTION_COMMAND, AS_ACTION_HELP,	 AS_ACTION_QUIT,
					       AS_ACTION_LIVE};
	const struct tui_part_of_screen *d = t->n_dialogs ? &t->dialogs[t->n_dialogs - 1] : NULL;
	enum as_action_place place = d ? d->ops->place : t->panes[t->m.focus].ops->place;
	size_t n;
	const struct as_action_row *rows = as_actions(&n);
	int col = 1;

	for (const enum as_action *a = d ? d->ops->hints : NULL; a && *a != AS_ACTION_NONE; a++)
		col = put_hint(t, c, col, *a);
	if (d && d->ops->hints)
		return;
	for (size_t i = 0; i < n; i++)
		if (rows[i].place == place && place != AS_PLACE_GLOBAL)
			col = put_hint(t, c, col, rows[i].id);
	for (size_t i = 0; i < n && d && place != AS_PLACE_DIALOG; i++)
		if (rows[i].place == AS_PLACE_DIALOG && rows[i].id != AS_ACTION_CHANGE)
			col = put_hint(t, c, col, rows[i].id);
	for (size_t i = 0; !d && i < sizeof after / sizeof *after; i++)
		col = put_hint(t, c, col, after[i]);
}

/* What Tab would complete to, in the message's line. */
static void draw_choices(const struct tui_prompt *p, struct tui_canvas c)
{
	int chosen, col = 1;
	const char *text;

	if (!tui_prompt_choice(p, 0, &chosen))
		tui_put(c, 0, 1, TUI_QUIET,
			tui_prompt_kind(p) == TUI_PROMPT_COMMAND ? "a command and what it takes; Tab completes, Up goes back, Esc leaves"
								 : "a part of a clip's or a track's name; n goes to the next one");
	for (int i = 0; (text = tui_prompt_choice(p, i, &chosen)); i++) {
		/* The chosen one stays in view. */
		if (i < chosen - 4)
			continue;
		if (col + tui_text_cols(text) > c.cols - 2) {
			tui_put(c, 0, col < c.cols - 1 ? col : c.cols - 2, TUI_QUIET, tui_glyph_text(c.unicode, TUI_G_ELLIPSIS));
			break;
		}
		int cols = tui_put(c, 0, col, TUI_INFO, text);
		if (i == chosen)
			tui_lay(c, 0, col, 1, cols, TUI_CURSOR);
		col += cols + 2;
	}
}

/* Names of all panes in the top line of the one that is shown. */
static void put_tabs(const struct tui *t, struct tui_canvas c)
{
	int col = 2;

	for (int i = 0; i < TUI_PANES; i++) {
		bool on = i == (int)t->m.focus;

		col += tui_putf(tui_part(c, 0, 0, 1, c.cols - 2), 0, col, on ? TUI_TITLE_FOCUS : TUI_TITLE, on ? "[%d %s]" : " %d %s ", i + 1,
				t->panes[i].ops->title);
	}
}

static void draw_pane(const struct tui *t, struct tui_canvas c, int i, bool tabs)
{
	const struct tui_part_of_screen *p = &t->panes[i];
	bool focus = i == (int)t->m.focus && !t->n_dialogs;
	char title[64], right[96] = "";
	const char *note;
	struct tui_canvas inside;

	if (c.rows < 3 || c.cols < 4)
		return;
	/* First: the note may tell of what it settles. */
	if (p->ops->fit)
		p->ops->fit(p->state, &t->m, c.rows - 2, c.cols - 2);
	note = p->ops->note ? p->ops->note(p->state, &t->m, right, sizeof right) : NULL;
	snprintf(title, sizeof title, "%d %s", i + 1, p->ops->title);
	inside = tui_frame(c, focus ? TUI_BORDER_FOCUS : TUI_BORDER, focus ? TUI_TITLE_FOCUS : TUI_TITLE, tabs ? NULL : title, note);
	if (tabs)
		put_tabs(t, c);
	p->ops->draw(p->state, &t->m, inside);
}

/* In the middle; at 80x24 nearly everything. Returns the inside. */
static struct tui_canvas draw_dialog(const struct tui *t, struct tui_canvas body, const struct tui_part_of_screen *d)
{
	int rows = body.rows - 2, cols = body.cols - 2;
	char right[96] = "";
	struct tui_canvas c, inside;

	if (d->ops->size)
		d->ops->size(d->state, &t->m, &rows, &cols);
	rows = rows + 2 > body.rows ? body.rows : rows + 2;
	cols = cols + 2 > body.cols ? body.cols : cols + 2;
	c = tui_part(body, (body.rows - rows) / 2, (body.cols - cols) / 2, rows, cols);
	for (int r = 0; r < c.rows; r++)
		tui_lay(c, r, 0, 1, c.cols, TUI_PLAIN);
	tui_canvas_clear(c, TUI_DIALOG);
	inside = tui_frame(c, TUI_BORDER_FOCUS, TUI_TITLE_FOCUS, d->ops->title,
			   d->ops->note ? d->ops->note(d->state, &t->m, right, sizeof right) : NULL);
	if (d->ops->fit)
		d->ops->fit(d->state, &t->m, inside.rows, inside.cols);
	d->ops->draw(d->state, &t->m, inside);
	return inside;
}

static void draw_small(struct tui_canvas c)
{
	tui_put_wrapped(c, 0, 0, c.cols, c.rows, TUI_PLAIN,
			"audiosync needs at least 60 columns and 16 rows. Make the window larger; q leaves.");
}

/* Where the terminal's cursor belongs. */
struct caret {
	int row, col;
};

/* The log and the lag meter have something to show without recordings. */
static bool is_empty(const struct tui_model *m)
{
	return m->snap->n_clips == 0 && m->snap->n_tracks == 0 && m->focus < TUI_PANE_LAG;
}

static void draw_all(const struct tui *t, struct tui_canvas c, struct caret *caret)
{
	struct tui_layout l = tui_layout_of(c.rows, c.cols, t->m.focus, t->m.zoomed);
	struct tui_canvas inside = {0}, keys = at(c, l.keys);

	tui_canvas_clear(c, TUI_PLAIN);
	for (int i = 0; l.too_small && i < 1; i++)
		draw_small(c);
	if (l.too_small)
		return;
	draw_header(&t->m, at(c, l.header));
	if (is_empty(&t->m))
		tui_draw_welcome(&t->m, at(c, l.body));
	for (int i = 0; i < TUI_PANES && !is_empty(&t->m); i++)
		if (l.pane[i].rows)
			draw_pane(t, at(c, l.pane[i]), i, l.tabs || t->m.zoomed);
	for (int i = 0; i < t->n_dialogs; i++)
		inside = draw_dialog(t, at(c, l.body), &t->dialogs[i]);
	if (t->n_dialogs) {
		const struct tui_part_of_screen *d = &t->dialogs[t->n_dialogs - 1];
		int row, col;

		if (d->ops->caret && d->ops->caret(d->state, &t->m, inside, &row, &col)) {
			/* Both are views of the same cells. */
			long offset = (long)(inside.cells - c.cells);
			caret->row = row + (int)(offset / c.stride);
			caret->col = col + (int)(offset % c.stride);
		}
	}
	if (t->prompt) {
		draw_choices(t->prompt, at(c, l.message));
		tui_prompt_draw(t->prompt, keys, 0, 0, keys.cols, TUI_PLAIN, &caret->col);
		caret->row = l.keys.row;
		return;
	}
	draw_message(t, at(c, l.message));
	if (is_long(t, c.cols))
		tui_put_wrapped(c, l.message.row, 1, c.cols - 2, 2, t->message_style, t->message);
	else
		draw_hints(t, keys);
}

void tui_compose(struct tui *t)
{
	int rows, cols;
	struct caret caret = {-1, 0};

	tui_screen_size(t->screen, &rows, &cols);
	if (!t->canvas.cells || t->canvas.rows != rows || t->canvas.cols != cols) {
		tui_canvas_free(&t->canvas);
		t->canvas = tui_canvas_new(rows, cols, t->m.unicode);
	}
	if (!t->canvas.cells)
		return;
	draw_all(t, t->canvas, &caret);
	tui_screen_show(t->screen, t->canvas, caret.row, caret.col);
	t->dirty = false;
}
