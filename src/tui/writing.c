#include "tui/writing.h"

#include <stdio.h>
#include <stdlib.h>

#include "base/text.h"
#include "tui/document_name.h"

const struct tui_field tui_field_force = {.name = "force",
					  .label = "Write over",
					  .input = TUI_INPUT_SWITCH,
					  .help = "files of these names that exist already are replaced; never a recording",
					  .flag = "force",
					  .letter = 'f',
					  .forget = true};

const struct tui_field tui_field_write = {.name = "write",
					  .label = "Write",
					  .input = TUI_INPUT_BUTTON,
					  .help = "{accept} writes; {dismiss} closes without doing anything",
					  .forget = true};

const enum as_action tui_writing_hints[] = {AS_ACTION_ACCEPT, AS_ACTION_FIELD_NEXT, AS_ACTION_CHANGE, AS_ACTION_RESET, AS_ACTION_DISMISS,
					    AS_ACTION_HELP, AS_ACTION_NONE};

void tui_writing_add_text(struct tui_form *f, const struct as_options *opt, struct tui_field field)
{
	const struct as_option_row *row = as_option_find(field.name);

	field.input = TUI_INPUT_TEXT;
	field.row = row;
	field.help = row->help;
	field.def = row->def;
	field.flag = field.flag ? field.flag : row->flag;
	tui_form_add(f, &field, as_options_value(opt, field.name));
}

void tui_writing_help_kinds(struct tui_writing *w, int also, const char *before, const char *behind)
{
	char kinds[160];

	snprintf(w->kinds_help, sizeof w->kinds_help, "%s%s%s", before, tui_documents_kinds(kinds, sizeof kinds), behind);
	tui_form_help(w->form, also, w->kinds_help);
}

const char *tui_writing_last_time(const struct tui_writing *w, int also)
{
	return w->recalled && *tui_form_get(w->form, also) ? "as last time" : "";
}

const char *tui_writing_deed(const void *state, const struct tui_model *m)
{
	const struct tui_writing *w = state;

	(void)m;
	return tui_form_deed(w->form, "write");
}

void tui_writing_close(void *state)
{
	struct tui_writing *w = state;

	tui_form_free(w->form);
	tui_output_done(&w->out);
	free(state);
}

bool tui_writing_waits(struct tui *t, struct tui_writing *w)
{
	if (!w->out.waits)
		return false;
	w->out.go = true;
	tui_hint(t, TUI_WARNING, "it goes on as soon as the disk answers; {dismiss} gives up");
	return true;
}

int tui_writing_fd(const void *state)
{
	const struct tui_writing *w = state;

	return tui_output_fd(&w->out);
}

void tui_writing_turn(void *state, struct tui *t)
{
	struct tui_writing *w = state;

	if (!tui_output_answered(&w->out))
		return;
	t->dirty = true;
	if (w->out.go) {
		t->said = false;
		w->kind->go(state, t);
	} else {
		w->kind->update(state, t);
	}
}

void tui_writing_news(void *state, struct tui *t)
{
	struct tui_writing *w = state;

	w->kind->update(state, t);
	/* It may have taken the answer that was waited for. */
	if (w->out.go && !w->out.waits && !w->out.looks_wait) {
		w->out.go = t->said = false;
		w->kind->go(state, t);
	}
}

bool tui_writing_key(void *state, struct tui *t, struct tui_key key)
{
	struct tui_writing *w = state;
	int was = tui_form_at(w->form);
	enum tui_form_news news = tui_form_key(w->form, key);

	w->out.go = false;
	w->kind->changed(state, t, news, was);
	return news != TUI_FORM_NOTHING;
}

bool tui_writing_act(void *state, struct tui *t, enum as_action action, const struct tui_call *call)
{
	struct tui_writing *w = state;
	int was = tui_form_at(w->form);
	enum tui_form_news news = tui_form_act(w->form, action);

	(void)call;
	w->out.go = false;
	w->kind->changed(state, t, news, was);
	return news != TUI_FORM_NOTHING;
}

/* The list gets what the fields leave: a title, the files, a sum, and a blank above and below. */
void tui_writing_fit(void *state, const struct tui_model *m, int rows, int cols)
{
	struct tui_writing *w = state;
	int spare, want = tui_output_count(&w->out) + 5;

	(void)m;
	(void)cols;
	tui_form_gap(w->form, w->kind->top, rows > 20);
	tui_form_gap(w->form, w->kind->write, 0);
	spare = rows - TUI_FORM_FOOT - tui_form_rows(w->form) - (rows > 20);
	spare = spare < w->kind->least_gap ? w->kind->least_gap : spare;
	tui_form_gap(w->form, w->kind->write, spare < 1 ? 0 : spare < want ? spare : want);
	tui_form_fit(w->form, rows);
}

/* Where there is one row for the list. */
static void draw_names(const struct tui_output *o, struct tui_canvas c)
{
	int n = tui_output_count(o), col = tui_put(c, 0, 0, TUI_HEAD, "Will be written") + 2, i;

	if (!o->preview) {
		tui_put_fit(c, 0, col, c.cols - col, TUI_QUIET, TUI_LEFT, o->trouble);
		return;
	}
	for (i = 0; i < n; i++) {
		const struct as_preview_file *f = &o->preview->files[i];
		const char *name = as_path_base(f->path);

		if (col + tui_text_cols(name) > c.cols - (i + 1 < n ? 14 : 0))
			break;
		col += tui_put(c, 0, col, f->refused[0] ? TUI_WARNING : TUI_VALUE, name) + 2;
	}
	if (i < n)
		tui_putf(c, 0, col, TUI_QUIET, "and %d more", n - i);
}

void tui_writing_draw(const void *state, const struct tui_model *m, struct tui_canvas c)
{
	const struct tui_writing *w = state;
	int from = tui_form_row(w->form, c, w->kind->force), gap = tui_form_row(w->form, c, w->kind->write) - from;

	(void)m;
	tui_form_draw(w->form, c);
	if (from >= 0 && gap >= 2 && gap < 4)
		draw_names(&w->out, tui_part(c, from + 1, 2, 1, c.cols - 4));
	if (from < 0 || gap < 4)
		return;
	/* Without room for the blanks they go first. */
	tui_output_draw(&w->out, tui_part(c, from + (gap > 4 ? 2 : 1), 2, gap - (gap > 5 ? 3 : gap > 4 ? 2 : 1), c.cols - 4));
}

bool tui_writing_caret(const void *state, const struct tui_model *m, struct tui_canvas c, int *row, int *col)
{
	const struct tui_writing *w = state;

	(void)m;
	return tui_form_caret(w->form, c, row, col);
}
