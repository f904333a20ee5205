#include "tui/compose.h"

#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "base/text.h"
#include "tui/chore.h"
#include "tui/complete.h"
#include "tui/header.h"
#include "tui/hints.h"
#include "tui/jobs.h"
#include "tui/welcome.h"

static struct tui_canvas at(struct tui_canvas c, struct tui_rect r)
{
	return tui_part(c, r.row, r.col, r.rows, r.cols);
}

/* A message that needs the line of keys as well. */
static bool is_long(const struct tui *t, int cols)
{
	return t->said && !t->n_dialogs && tui_text_cols(t->message) > cols - 2;
}

static void draw_message(const struct tui *t, struct tui_canvas c)
{
	char words[192], stop[48];
	double share = -1;
	int used = 0, bar = (c.cols - 10) / 5, end = c.cols - 1;

	if (t->count.n > 0 && !t->count.pane)
		tui_putf(c, 0, c.cols - 8, TUI_HEAD, "%7d", t->count.n);
	if (t->said) {
		if (!is_long(t, c.cols))
			tui_put_fit(c, 0, 1, c.cols - (t->count.n > 0 && !t->count.pane ? 10 : 2), t->message_style, TUI_LEFT,
				    t->message);
		return;
	}
	if (!t->m.snap->busy && !t->m.adding[0] && !t->m.project_work[0] && !t->m.looking[0]) {
		if (t->chores.first)
			tui_putf(c, 0, 1, TUI_QUIET, "%s: it waits for the disk", t->chores.first->what);
		return;
	}
	if (t->m.snap->busy && !t->m.project_work[0])
		tui_jobs_words(&t->m, words, sizeof words, &share);
	if (share >= 0) {
		tui_bar(c, 0, 1, bar, share);
		tui_putf(c, 0, bar + 2, TUI_VALUE, "%3d%%", (int)(share * 100));
		used = bar + 7;
	}
	tui_keymap_keys(t->keymap, AS_ACTION_CANCEL, 1, stop, sizeof stop);
	if ((t->count.n == 0 || t->count.pane) && *stop) {
		end -= tui_text_cols(stop) + 5;
		tui_putf(c, 0, end, TUI_QUIET, "%s stop", stop);
		end -= 2;
	} else if (t->count.n > 0) {
		end -= 9;
	}
	tui_put_fit(c, 0, used + 1, end - used - 1, TUI_INFO, TUI_LEFT, t->m.project_work[0] ? t->m.project_work
									   : t->m.snap->busy	? words
									   : t->m.adding[0]	? t->m.adding
													: t->m.looking);
}

/* What Tab would complete to, in the message's line. */
static void draw_choices(const struct tui *t, struct tui_canvas c)
{
	const struct tui_prompt *p = t->prompt;
	int chosen, col = 1;
	const char *text;
	char key[32], hint[256];

	if (tui_prompt_kind(p) == TUI_PROMPT_COMMAND && !tui_prompt_choice(p, 0, &chosen))
		tui_put(c, 0, 1, TUI_QUIET, tui_complete_hint(t, tui_prompt_text(p), hint, sizeof hint)
						    ? hint
						    : "a command and what it takes; Tab completes, Up goes back, Esc leaves");
	else if (!tui_prompt_choice(p, 0, &chosen))
		tui_putf(c, 0, 1, TUI_QUIET, "a part of a clip's or a track's name; %s goes to the next one",
			 tui_keymap_key(t->keymap, t->panes[t->m.focus].ops->place, AS_ACTION_FIND_NEXT, key, sizeof key));
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

/* What the names of all panes take of the top line. */
#define TAB_COLS 52

bool tui_pane_is_offered(const struct tui *t, int pane)
{
	return !t->setup->live || t->m.snap->n_clips > 0 || t->m.snap->n_tracks > 0 || pane >= TUI_PANE_LAG || pane == (int)t->m.focus;
}

/* "[4 Lag]" */
static int tab_cols(const struct tui *t, int pane)
{
	return tui_pane_is_offered(t, pane) ? 4 + tui_text_cols(t->panes[pane].ops->title) : 0;
}

/* Names of all panes in the top line of the one that is shown. */
static void put_tabs(const struct tui *t, struct tui_canvas c)
{
	for (int i = 0, col = 2; i < TUI_PANES; col += tab_cols(t, i++)) {
		bool on = i == (int)t->m.focus;

		if (!tui_pane_is_offered(t, i))
			continue;
		tui_putf(tui_part(c, 0, 0, 1, c.cols - 2), 0, col, on ? TUI_TITLE_FOCUS : TUI_TITLE, on ? "[%d %s]" : " %d %s ", i + 1,
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
	if (tabs && note && tui_text_cols(note) > c.cols - TAB_COLS)
		note = NULL;
	snprintf(title, sizeof title, "%d %s", i + 1, p->ops->title);
	inside = tui_frame(c, focus ? TUI_BORDER_FOCUS : TUI_BORDER, focus ? TUI_TITLE_FOCUS : TUI_TITLE, tabs ? NULL : title, note);
	if (tabs)
		put_tabs(t, c);
	p->ops->draw(p->state, &t->m, inside);
}

/* In the middle; at 80x24 nearly everything. */
static struct tui_rect dialog_rect(const struct tui *t, const struct tui_rect *body, const struct tui_part_of_screen *d)
{
	int rows = body->rows - 2, cols = body->cols - 2;

	if (d->ops->size)
		d->ops->size(d->state, &t->m, &rows, &cols);
	rows = rows + 2 > body->rows ? body->rows : rows + 2;
	cols = cols + 2 > body->cols ? body->cols : cols + 2;
	return (struct tui_rect){body->row + (body->rows - rows) / 2, body->col + (body->cols - cols) / 2, rows, cols};
}

/* Returns the inside. */
static struct tui_canvas draw_dialog(const struct tui *t, struct tui_canvas c, const struct tui_part_of_screen *d)
{
	char right[96] = "";
	struct tui_canvas inside;

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

static void draw_small(const struct tui *t, struct tui_canvas c)
{
	char text[128];

	if (tui_confirm_draw_small(t, c))
		return;
	tui_put_wrapped(c, 0, 0, c.cols, c.rows, TUI_PLAIN,
			tui_keymap_words(c.keys, "audiosync needs at least 60 columns and 16 rows. Make the window larger; {quit} leaves.",
					 text, sizeof text));
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

static void draw_panes(struct tui *t, struct tui_canvas c, const struct tui_layout *l, bool others)
{
	for (int i = 0; i < TUI_PANES; i++) {
		if (!l->pane[i].rows || !(others || i == (int)t->m.focus))
			continue;
		tui_canvas_clear(at(c, l->pane[i]), TUI_PLAIN);
		draw_pane(t, at(c, l->pane[i]), i, l->tabs || t->m.zoomed);
	}
}

/* behind: the canvas is that of the last frame, in which panes without the focus stay as they are. */
static void draw_all(struct tui *t, struct tui_canvas c, bool behind, struct caret *caret)
{
	struct tui_layout l = tui_layout_of(c.rows, c.cols, t->m.focus, t->m.zoomed);
	struct tui_canvas inside = {0}, keys = at(c, l.keys);

	if (l.too_small) {
		tui_canvas_clear(c, TUI_PLAIN);
		draw_small(t, c);
		return;
	}
	t->m.alone = l.tabs || t->m.zoomed;
	if (!behind)
		tui_canvas_clear(c, TUI_PLAIN);
	tui_canvas_clear(at(c, l.message), TUI_PLAIN);
	tui_canvas_clear(keys, TUI_PLAIN);
	tui_header_draw(&t->m, at(c, l.header));
	if (is_empty(&t->m))
		tui_draw_welcome(&t->m, at(c, l.body));
	else
		draw_panes(t, c, &l, !behind);
	for (int i = 0; i < t->n_dialogs; i++)
		inside = draw_dialog(t, at(c, dialog_rect(t, &l.body, &t->dialogs[i])), &t->dialogs[i]);
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
		draw_choices(t, at(c, l.message));
		tui_prompt_draw(t->prompt, keys, 0, 0, keys.cols, TUI_PLAIN, &caret->col);
		caret->row = l.keys.row;
		return;
	}
	draw_message(t, at(c, l.message));
	if (is_long(t, c.cols))
		tui_put_wrapped(c, l.message.row, 1, c.cols - 2, 2, t->message_style, t->message);
	else
		tui_hints_draw(t, keys);
}

static bool shows_panes(const struct tui *t)
{
	return !t->n_dialogs && !is_empty(&t->m);
}

/* While the cursor is on its way what follows it elsewhere can wait: over a slow line that is most of a step. */
static bool is_behind(const struct tui *t)
{
	return t->m.now_s < t->behind.rest_s && t->m.now_s < t->behind.most_s && shows_panes(t) && t->behind.panes &&
	       t->behind.focus == t->m.focus && t->behind.zoomed == t->m.zoomed;
}

static enum tui_dots dots_wanted(const struct as_options *opt)
{
	const char *text = as_options_text(opt, "interface.waveforms"), *term = getenv("TERM");

	if (!strcmp(text, "auto"))
		return term && !strcmp(term, "linux") ? TUI_DOTS_BLOCKS : TUI_DOTS_BRAILLE;
	return !strcmp(text, "ascii") ? TUI_DOTS_ASCII : !strcmp(text, "blocks") ? TUI_DOTS_BLOCKS : TUI_DOTS_BRAILLE;
}

void tui_compose(struct tui *t)
{
	int rows, cols;
	struct caret caret = {-1, 0};
	bool behind = is_behind(t);

	tui_screen_size(t->screen, &rows, &cols);
	if (!t->canvas.cells || t->canvas.rows != rows || t->canvas.cols != cols) {
		tui_canvas_free(&t->canvas);
		t->canvas = tui_canvas_new(rows, cols, t->m.unicode);
		t->canvas.keys = t->keymap;
		behind = false;
	}
	if (!t->canvas.cells)
		return;
	t->canvas.dots = dots_wanted(t->m.opt);
	draw_all(t, t->canvas, behind, &caret);
	tui_screen_show(t->screen, t->canvas, caret.row, caret.col);
	t->behind.on = behind;
	t->behind.focus = t->m.focus;
	t->behind.zoomed = t->m.zoomed;
	t->behind.panes = shows_panes(t);
	t->dirty = false;
}

/* --- what stands where: for the mouse -------------------------------------------------------------------------- */

static bool is_in(const struct tui_rect *r, int row, int col)
{
	return row >= r->row && row < r->row + r->rows && col >= r->col && col < r->col + r->cols;
}

static struct tui_spot spot_in(struct tui_rect r, enum tui_spot_kind kind, int row, int col)
{
	struct tui_spot s = {.kind = kind, .at = {row - r.row - 1, col - r.col - 1, r.rows - 2, r.cols - 2}};

	s.inside = s.at.row >= 0 && s.at.row < s.at.rows && s.at.col >= 0 && s.at.col < s.at.cols;
	return s;
}

/* Panes and the names of all of them. */
static struct tui_spot pane_spot(const struct tui *t, const struct tui_layout *l, int row, int col)
{
	struct tui_spot s = {.kind = TUI_SPOT_NOTHING};

	for (int i = 0; i < TUI_PANES; i++)
		if (l->pane[i].rows && is_in(&l->pane[i], row, col)) {
			s = spot_in(l->pane[i], TUI_SPOT_PANE, row, col);
			s.pane = (enum tui_pane_id)i;
		}
	if (s.kind == TUI_SPOT_NOTHING || s.at.row >= 0 || !(l->tabs || t->m.zoomed))
		return s;
	for (int i = 0, from = 1; i < TUI_PANES; from += tab_cols(t, i++))
		if (s.at.col >= from && s.at.col < from + tab_cols(t, i))
			s.pane = (enum tui_pane_id)i;
	return s;
}

struct tui_spot tui_spot_at(const struct tui *t, int row, int col)
{
	struct tui_layout l = tui_layout_of(t->canvas.rows, t->canvas.cols, t->m.focus, t->m.zoomed);

	if (l.too_small || t->prompt || !t->canvas.cells)
		return (struct tui_spot){.kind = TUI_SPOT_NOTHING};
	if (is_in(&l.keys, row, col) && !is_long(t, t->canvas.cols))
		return (struct tui_spot){.kind = TUI_SPOT_KEY, .action = tui_hints_at(t, l.keys.cols, col - l.keys.col)};
	if (t->n_dialogs) {
		struct tui_rect r = dialog_rect(t, &l.body, &t->dialogs[t->n_dialogs - 1]);

		return is_in(&r, row, col) ? spot_in(r, TUI_SPOT_DIALOG, row, col) : (struct tui_spot){.kind = TUI_SPOT_NOTHING};
	}
	return is_empty(&t->m) ? (struct tui_spot){.kind = TUI_SPOT_NOTHING} : pane_spot(t, &l, row, col);
}
