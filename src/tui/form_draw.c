/* Forms as cells. */
#include <stdio.h>
#include <string.h>

#include "tui/form_private.h"

#define MARK_COLS 2
#define NUMBER_COLS 12
#define REMARKED_COLS 16 /* a text has so many at least beside its remark */

static int label_cols(const struct tui_form *f)
{
	int most = 10;

	for (int i = 0; i < f->n; i++) {
		int cols = tui_text_cols(f->v[i].label);

		if (f->v[i].is.input != TUI_INPUT_BUTTON && cols > most)
			most = cols;
	}
	return MARK_COLS + (most > 24 ? 24 : most) + 2;
}

static int own_rows(const struct form_field *x)
{
	return 1 + (x->warning[0] != '\0');
}

/* The line of a field among all, whether or not it is in view. */
static int line_of(const struct tui_form *f, int field)
{
	int line = 0;

	for (int i = 0; i <= field; i++)
		if (!f->v[i].hidden)
			line += f->v[i].gap + (i < field ? own_rows(&f->v[i]) : 0);
	return line;
}

int tui_form_rows(const struct tui_form *f)
{
	int rows = 0;

	for (int i = 0; i < f->n; i++)
		rows += f->v[i].hidden ? 0 : own_rows(&f->v[i]) + f->v[i].gap;
	return rows;
}

int tui_form_shown(const struct tui_form *f)
{
	int n = 0;

	for (int i = 0; i < f->n; i++)
		n += f->v[i].hidden ? 0 : own_rows(&f->v[i]);
	return n;
}

void tui_form_fit(struct tui_form *f, int rows)
{
	int line = line_of(f, f->at), all = tui_form_rows(f);

	rows -= TUI_FORM_FOOT;
	if (rows < 1)
		rows = 1;
	if (f->top > all - rows)
		f->top = all - rows;
	if (line < f->top)
		f->top = line;
	if (line >= f->top + rows)
		f->top = line - rows + 1;
	if (f->top < 0 || all <= rows)
		f->top = 0;
}

int tui_form_row(const struct tui_form *f, struct tui_canvas c, int i)
{
	int row = line_of(f, i) - f->top;

	return f->v[i].hidden || row < 0 || row >= c.rows - TUI_FORM_FOOT ? -1 : row;
}

/* --- values ---------------------------------------------------------------------------------------------------- */

/* In at most `most` columns, cut with an ellipsis where they do not hold it. Returns the columns used. */
static int put_chosen(struct tui_canvas c, int col, int most, bool focus, const char *word)
{
	enum tui_style style = focus ? TUI_FIELD_FOCUS : TUI_FIELD;
	int cols = tui_text_cols(word);

	if (cols > most - 2)
		cols = most - 2;
	tui_put(c, 0, col, style, c.unicode ? "‹" : "<");
	tui_put_fit(c, 0, col + 1, cols, style, TUI_LEFT, word);
	tui_put(c, 0, col + 1 + cols, style, c.unicode ? "›" : ">");
	return cols + 2;
}

/* Columns of a text's line: a remark stands at the right end where there is room for both. */
static int text_cols(const struct form_field *x, int cols)
{
	int remark = x->remark[0] ? tui_text_cols(x->remark) + 2 : 0;

	return remark > 0 && cols - remark >= REMARKED_COLS ? cols - remark : cols;
}

/* What the first key takes the place of is shown as selected text is everywhere. */
static void put_line(const struct form_field *x, struct tui_canvas c, int cols, bool focus)
{
	int caret, n = tui_text_cols(tui_prompt_text(x->line));
	bool selected = focus && x->fresh && n > 0;

	tui_prompt_draw(x->line, c, 0, 0, cols, focus && !selected ? TUI_FIELD_FOCUS : TUI_FIELD, &caret);
	if (selected)
		tui_ink(c, 0, 0, 1, n < cols ? n : cols, TUI_FIELD_SELECTED);
}

static void put_text(const struct form_field *x, struct tui_canvas c, bool focus)
{
	int cols = text_cols(x, c.cols);

	put_line(x, c, cols, focus);
	if (cols < c.cols)
		tui_put(c, 0, cols + 2, TUI_INFO, x->remark);
}

/* All choices side by side; false: no room. */
static bool put_all_choices(const struct form_field *x, struct tui_canvas c, bool focus)
{
	const char *read = x->is.shown ? x->is.shown : x->is.choices;
	int n = tui_choice_count(read), now = tui_choice_find(x->is.choices, x->word), col = 0, need = 0;
	char word[FORM_WORD_BYTES];

	for (int i = 0; i < n; i++)
		need += tui_text_cols(tui_choice_at(read, i, word, sizeof word)) + 2;
	if (x->is.unit && *x->is.unit)
		need += 2 + tui_text_cols(x->is.unit);
	if (need > c.cols)
		return false;
	for (int i = 0; i < n; i++) {
		tui_choice_at(read, i, word, sizeof word);
		if (i == now)
			col += put_chosen(c, col, c.cols - col, focus, word);
		else
			col += tui_putf(c, 0, col, TUI_QUIET, " %s ", word);
	}
	if (x->is.unit && *x->is.unit)
		tui_put(c, 0, col + 1, TUI_QUIET, x->is.unit);
	return true;
}

static void put_choice(const struct form_field *x, struct tui_canvas c, bool focus)
{
	const char *read = x->is.shown ? x->is.shown : x->is.choices;
	int now = tui_choice_find(x->is.choices, x->word), col, room;
	char word[FORM_WORD_BYTES], count[24];

	if (put_all_choices(x, c, focus))
		return;
	snprintf(count, sizeof count, "%d of %d", now + 1, tui_choice_count(read));
	room = c.cols - 2 - tui_text_cols(count);
	col = put_chosen(c, 0, room, focus, tui_choice_at(read, now, word, sizeof word));
	if (x->remark[0] && col + 1 + tui_text_cols(x->remark) <= room)
		col += 1 + tui_put(c, 0, col + 1, TUI_VALUE, x->remark);
	tui_put(c, 0, col + 2, TUI_QUIET, count);
}

static void put_number(const struct form_field *x, struct tui_canvas c, bool focus)
{
	int col = NUMBER_COLS + 1;
	char word[FORM_WORD_BYTES];

	put_line(x, c, NUMBER_COLS, focus);
	if (x->is.unit && *x->is.unit)
		col += tui_put(c, 0, col, TUI_QUIET, x->is.unit) + 3;
	for (int i = 0; focus && i < tui_choice_count(x->is.choices); i++) {
		tui_choice_at(x->is.choices, i, word, sizeof word);
		if (col + tui_text_cols(word) > c.cols)
			break;
		col += tui_put(c, 0, col, TUI_QUIET, word) + 2;
	}
}

static void put_value(const struct form_field *x, struct tui_canvas c, bool focus)
{
	enum tui_style style = focus ? TUI_FIELD_FOCUS : TUI_FIELD;
	bool yes = !strcmp(x->word, "yes");

	switch (x->is.input) {
	case TUI_INPUT_TEXT:
	case TUI_INPUT_PATH:
		put_text(x, c, focus);
		break;
	case TUI_INPUT_NUMBER:
		put_number(x, c, focus);
		break;
	case TUI_INPUT_SWITCH:
		tui_put(c, 0, 0, style, yes ? "[x]" : "[ ]");
		tui_put(c, 0, 4, focus ? TUI_VALUE : TUI_QUIET, yes ? "yes" : "no");
		break;
	case TUI_INPUT_CHOICE:
		put_choice(x, c, focus);
		break;
	case TUI_INPUT_BUTTON:
		break;
	}
}

static struct tui_canvas value_part(const struct tui_form *f, struct tui_canvas c, int row)
{
	int col = label_cols(f);

	return tui_part(c, row, col, 1, c.cols - col - 2);
}

static void draw_field(const struct tui_form *f, struct tui_canvas c, int row, int i)
{
	const struct form_field *x = &f->v[i];
	bool focus = i == f->at;

	if (x->is.input == TUI_INPUT_BUTTON) {
		char text[80];

		snprintf(text, sizeof text, "[ %s ]", x->label);
		tui_put(c, row, (c.cols - tui_text_cols(text)) / 2, focus ? TUI_BUTTON_FOCUS : TUI_BUTTON, text);
		if (focus)
			tui_put(c, row, (c.cols - tui_text_cols(text)) / 2 - 2, TUI_TITLE_FOCUS, tui_glyph_text(c.unicode, TUI_G_CLOSED));
		return;
	}
	if (x->error[0])
		tui_put(c, row, 0, TUI_ERROR, "!");
	else if (focus)
		tui_put(c, row, 0, TUI_TITLE_FOCUS, tui_glyph_text(c.unicode, TUI_G_CLOSED));
	tui_put_fit(c, row, MARK_COLS, label_cols(f) - MARK_COLS - 1, x->error[0] ? TUI_ERROR : focus ? TUI_TITLE_FOCUS : TUI_PLAIN, TUI_LEFT,
		    x->label);
	put_value(x, value_part(f, c, row), focus);
	if (x->warning[0] && row + 1 < c.rows - TUI_FORM_FOOT) {
		char text[sizeof x->warning + 32];

		tui_put(c, row + 1, 0, TUI_WARNING, "!");
		tui_put_fit(c, row + 1, MARK_COLS, c.cols - MARK_COLS - 2, TUI_WARNING, TUI_LEFT,
			    tui_keymap_words(c.keys, x->warning, text, sizeof text));
	}
}

/* --- the foot -------------------------------------------------------------------------------------------------- */

/* What Tab goes through, in place of the help. */
static bool draw_completions(const struct form_field *x, struct tui_canvas c)
{
	int chosen = -1, col = 2;
	const char *text;

	if (!x->line || !tui_prompt_choice(x->line, 0, &chosen))
		return false;
	for (int i = chosen > 4 ? chosen - 4 : 0; (text = tui_prompt_choice(x->line, i, &chosen)); i++) {
		int cols = tui_text_cols(text);

		if (col + cols > c.cols - 4) {
			tui_put(c, 0, col, TUI_QUIET, tui_glyph_text(c.unicode, TUI_G_ELLIPSIS));
			break;
		}
		tui_put(c, 0, col, TUI_INFO, text);
		if (i == chosen)
			tui_lay(c, 0, col, 1, cols, TUI_CURSOR);
		col += cols + 2;
	}
	return true;
}

static void draw_help(const struct form_field *x, struct tui_canvas c)
{
	char text[400], named[400], allowed[160];

	as_option_allowed(x->is.row ? x->is.row : as_option_find("export.mux_track"), allowed, sizeof allowed);
	/* Choices stand in the field already. */
	if (x->is.row && *allowed && x->is.input == TUI_INPUT_NUMBER)
		snprintf(text, sizeof text, "%s (%s)", x->is.help, allowed);
	else
		snprintf(text, sizeof text, "%s", x->is.help ? x->is.help : "");
	tui_put_wrapped(c, 0, 2, c.cols - 4, c.rows, TUI_INFO, tui_keymap_words(c.keys, text, named, sizeof named));
}

static void draw_foot(const struct tui_form *f, struct tui_canvas c)
{
	const struct form_field *x = &f->v[f->at];
	const char *error = x->error[0] ? x->error : f->error;
	struct tui_canvas text = tui_part(c, 1, 0, c.rows - 1, c.cols);

	tui_fill(c, 0, 0, 1, c.cols, TUI_BORDER, tui_glyph(c, TUI_G_HLINE));
	if (draw_completions(x, text))
		return;
	if (*error) {
		tui_put(text, 0, 0, TUI_ERROR, "!");
		tui_put_wrapped(text, 0, 2, c.cols - 4, text.rows, TUI_ERROR, error);
		return;
	}
	draw_help(x, text);
}

void tui_form_draw(const struct tui_form *f, struct tui_canvas c)
{
	int rows = c.rows - TUI_FORM_FOOT, all = tui_form_rows(f);

	for (int i = 0; i < f->n; i++) {
		int row = tui_form_row(f, c, i);

		if (row >= 0)
			draw_field(f, c, row, i);
	}
	if (f->top > 0)
		tui_put(c, 0, c.cols - 1, TUI_QUIET, tui_glyph_text(c.unicode, TUI_G_UP));
	if (rows > 0 && f->top + rows < all)
		tui_put(c, rows - 1, c.cols - 1, TUI_QUIET, tui_glyph_text(c.unicode, TUI_G_DOWN));
	if (rows >= 0)
		draw_foot(f, tui_part(c, rows, 0, TUI_FORM_FOOT, c.cols));
}

bool tui_form_caret(const struct tui_form *f, struct tui_canvas c, int *row, int *col)
{
	const struct form_field *x = &f->v[f->at];
	struct tui_canvas part;
	int at = tui_form_row(f, c, f->at);

	if (!x->line || at < 0)
		return false;
	part = value_part(f, c, at);
	*row = at;
	*col = label_cols(f) + tui_prompt_caret(x->line, x->is.input == TUI_INPUT_NUMBER ? NUMBER_COLS : text_cols(x, part.cols));
	return true;
}
