#include "tui/form_private.h"

#include <stdio.h>
#include <stdlib.h>
#include <string.h>

struct tui_form *tui_form_new(const struct tui *t, const char *name)
{
	struct tui_form *f = calloc(1, sizeof *f);

	if (f) {
		f->name = name;
		f->patience_ms = tui_patience_ms(t);
	}
	return f;
}

void tui_form_free(struct tui_form *f)
{
	for (int i = 0; f && i < f->n; i++) {
		tui_prompt_free(f->v[i].line);
		tui_names_free(f->v[i].names);
		free(f->v[i].reset);
	}
	free(f);
}

/* --- fields ---------------------------------------------------------------------------------------------------- */

static void make_line(struct tui_form *f, struct form_field *x)
{
	tui_complete complete = x->is.complete;
	void *ctx = x->is.ctx;

	if (x->is.input == TUI_INPUT_PATH && !complete) {
		x->names = tui_names_new(f->patience_ms, x->is.folders);
		complete = tui_names_complete;
		ctx = x->names;
		f->broken |= !x->names;
	}
	x->line = tui_prompt_new(TUI_PROMPT_FIELD, "", "", complete, ctx);
	f->broken |= !x->line;
}

int tui_form_add(struct tui_form *f, const struct tui_field *field, const char *value)
{
	struct form_field *x = &f->v[f->n];

	if (f->n == TUI_FORM_FIELDS) {
		f->broken = true;
		return f->n - 1;
	}
	x->is = *field;
	if (!x->is.def)
		x->is.def = x->is.input == TUI_INPUT_SWITCH ? "no" : "";
	if (tui_field_is_text(x))
		make_line(f, x);
	snprintf(x->label, sizeof x->label, "%s", field->label);
	f->n++;
	if (!f->broken && !(value && tui_form_put(f, f->n - 1, value)))
		tui_form_put(f, f->n - 1, x->is.def);
	return f->n - 1;
}

const char *tui_form_usual_values(const struct as_option_row *row)
{
	static const struct {
		const char *key, *values;
	} usual[] = {{"export.sample_rate_hz", "auto|44100|48000|88200|96000"}, {"timeline.start_tc", "auto|source|00:00:00:00"}};

	for (size_t i = 0; i < sizeof usual / sizeof *usual; i++)
		if (!strcmp(usual[i].key, row->key))
			return usual[i].values;
	return NULL;
}

int tui_form_add_setting(struct tui_form *f, const struct as_options *opt, const char *key, const char *label, const char *shown)
{
	const struct as_option_row *row = as_option_find(key);
	struct tui_field field = {.name = key,
				  .label = label,
				  .shown = shown,
				  .help = row->help,
				  .unit = row->unit,
				  .def = row->def,
				  .flag = row->flag,
				  .letter = row->short_flag,
				  .negated = row->negated,
				  .row = row};

	switch (row->type) {
	case AS_OPTION_BOOL:
		field.input = shown ? TUI_INPUT_CHOICE : TUI_INPUT_SWITCH;
		field.choices = shown ? "yes|no" : NULL;
		break;
	case AS_OPTION_CHOICE:
		field.input = TUI_INPUT_CHOICE;
		field.choices = row->choices;
		break;
	case AS_OPTION_INT:
	case AS_OPTION_REAL:
		field.input = TUI_INPUT_NUMBER;
		field.choices = tui_form_usual_values(row);
		break;
	case AS_OPTION_TEXT:
	case AS_OPTION_PATH:
		field.input = row->type == AS_OPTION_PATH ? TUI_INPUT_PATH : TUI_INPUT_TEXT;
		field.choices = tui_form_usual_values(row);
		break;
	}
	/* Words for choices that are not all there would lie. */
	if (field.shown && tui_choice_count(field.shown) != tui_choice_count(field.choices))
		field.shown = NULL;
	return tui_form_add(f, &field, as_options_value(opt, key));
}

bool tui_form_is_whole(const struct tui_form *f)
{
	return f && !f->broken;
}

int tui_form_count(const struct tui_form *f)
{
	return f->n;
}

const struct tui_field *tui_form_field(const struct tui_form *f, int i)
{
	return &f->v[i].is;
}

int tui_form_find(const struct tui_form *f, const char *name)
{
	for (int i = 0; i < f->n; i++)
		if (!strcmp(f->v[i].is.name, name))
			return i;
	return -1;
}

/* --- values ---------------------------------------------------------------------------------------------------- */

const char *tui_form_get(const struct tui_form *f, int i)
{
	const struct form_field *x = &f->v[i];

	return x->line ? tui_prompt_text(x->line) : x->word;
}

bool tui_form_is(const struct tui_form *f, int i, const char *value)
{
	return !strcmp(tui_form_get(f, i), value);
}

bool tui_form_yes(const struct tui_form *f, int i)
{
	return tui_form_is(f, i, "yes");
}

int tui_choice_count(const char *choices)
{
	int n = choices && *choices;

	for (; choices && *choices; choices++)
		n += *choices == '|';
	return n;
}

char *tui_choice_at(const char *choices, int i, char *out, size_t n)
{
	for (; i > 0 && choices; i--)
		if ((choices = strchr(choices, '|')))
			choices++;
	snprintf(out, n, "%.*s", choices ? (int)strcspn(choices, "|") : 0, choices ? choices : "");
	return out;
}

int tui_choice_find(const char *choices, const char *value)
{
	char word[FORM_WORD_BYTES];

	for (int i = 0, n = tui_choice_count(choices); i < n; i++)
		if (!strcmp(tui_choice_at(choices, i, word, sizeof word), value))
			return i;
	return -1;
}

bool tui_form_put(struct tui_form *f, int i, const char *value)
{
	struct form_field *x = &f->v[i];

	if (x->is.input == TUI_INPUT_CHOICE && tui_choice_find(x->is.choices, value) < 0)
		return false;
	if (x->is.input == TUI_INPUT_SWITCH && strcmp(value, "yes") != 0 && strcmp(value, "no") != 0)
		return false;
	if (x->line)
		tui_prompt_set(x->line, value);
	else
		snprintf(x->word, sizeof x->word, "%s", value);
	x->typed = false;
	x->error[0] = '\0';
	return true;
}

bool tui_form_hidden(const struct tui_form *f, int i)
{
	return f->v[i].hidden;
}

void tui_form_reset(struct tui_form *f, int i, const char *value)
{
	free(f->v[i].reset);
	f->v[i].reset = strdup(value);
	f->broken |= !f->v[i].reset;
}

void tui_form_label(struct tui_form *f, int i, const char *label)
{
	snprintf(f->v[i].label, sizeof f->v[i].label, "%s", label);
}

void tui_form_help(struct tui_form *f, int i, const char *help)
{
	f->v[i].is.help = help;
}

void tui_form_remark(struct tui_form *f, int i, const char *text)
{
	snprintf(f->v[i].remark, sizeof f->v[i].remark, "%s", text);
}

void tui_form_warn(struct tui_form *f, int i, const char *text)
{
	snprintf(f->v[i].warning, sizeof f->v[i].warning, "%s", text);
}

void tui_form_gap(struct tui_form *f, int i, int rows)
{
	f->v[i].gap = rows;
}

/* --- focus ----------------------------------------------------------------------------------------------------- */

int tui_form_at(const struct tui_form *f)
{
	return f->at;
}

/* Paths and lists are gone on with, other texts begun anew. */
void tui_form_freshen(struct form_field *x)
{
	x->fresh = x->is.input == TUI_INPUT_NUMBER || (x->is.input == TUI_INPUT_TEXT && !x->is.complete);
}

void tui_form_go(struct tui_form *f, int i)
{
	if (i < 0 || i >= f->n || f->v[i].hidden)
		return;
	f->v[f->at].typed = false;
	f->at = i;
	tui_form_freshen(&f->v[i]);
}

void tui_form_step(struct tui_form *f, int step)
{
	int i = f->at;

	for (int k = 0; k < f->n; k++) {
		i = (i + step + f->n) % f->n;
		if (!f->v[i].hidden)
			break;
	}
	tui_form_go(f, i);
}

void tui_form_hide(struct tui_form *f, int i, bool hidden)
{
	f->v[i].hidden = hidden;
	if (hidden && f->at == i)
		tui_form_step(f, 1);
}

void tui_form_fail(struct tui_form *f, int i, const char *why)
{
	if (i >= 0 && f->v[i].hidden)
		i = -1;
	snprintf(i < 0 ? f->error : f->v[i].error, FORM_ERROR_BYTES, "%s", why);
	if (i < 0)
		return;
	tui_form_go(f, i);
	f->v[f->at].fresh = false; /* to be mended */
}

bool tui_form_failed(const struct tui_form *f)
{
	for (int i = 0; i < f->n; i++)
		if (!f->v[i].hidden && f->v[i].error[0])
			return true;
	return f->error[0] != '\0';
}
