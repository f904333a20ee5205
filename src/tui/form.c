#include "tui/form_private.h"

#include <math.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <strings.h>

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

/* What people want of a number most of the time. */
static const char *usual_values(const struct as_option_row *row)
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
		field.choices = usual_values(row);
		break;
	case AS_OPTION_TEXT:
	case AS_OPTION_PATH:
		field.input = row->type == AS_OPTION_PATH ? TUI_INPUT_PATH : TUI_INPUT_TEXT;
		field.choices = usual_values(row);
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

void tui_form_go(struct tui_form *f, int i)
{
	if (i < 0 || i >= f->n || f->v[i].hidden)
		return;
	f->v[f->at].typed = false;
	f->at = i;
}

static void step_focus(struct tui_form *f, int step)
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
		step_focus(f, 1);
}

void tui_form_fail(struct tui_form *f, int i, const char *why)
{
	if (i >= 0 && f->v[i].hidden)
		i = -1;
	snprintf(i < 0 ? f->error : f->v[i].error, FORM_ERROR_BYTES, "%s", why);
	if (i >= 0)
		tui_form_go(f, i);
}

bool tui_form_failed(const struct tui_form *f)
{
	for (int i = 0; i < f->n; i++)
		if (!f->v[i].hidden && f->v[i].error[0])
			return true;
	return f->error[0] != '\0';
}

/* --- keys ------------------------------------------------------------------------------------------------------ */

static enum tui_form_news changed(struct tui_form *f, struct form_field *x)
{
	x->error[0] = '\0';
	f->error[0] = '\0';
	return TUI_FORM_CHANGED;
}

/* A letter goes to the next choice that begins with it. */
static enum tui_form_news jump(struct tui_form *f, struct form_field *x, uint32_t ch)
{
	const char *read = x->is.shown ? x->is.shown : x->is.choices;
	int n = tui_choice_count(x->is.choices), now = tui_choice_find(x->is.choices, x->word);
	char word[FORM_WORD_BYTES];

	if (ch < '0' || ch > 'z')
		return TUI_FORM_NOTHING;
	for (int k = 1; k <= n; k++) {
		char c[2] = {(char)ch, '\0'};

		if (strncasecmp(tui_choice_at(read, (now + k) % n, word, sizeof word), c, 1) != 0)
			continue;
		tui_choice_at(x->is.choices, (now + k) % n, x->word, sizeof x->word);
		return changed(f, x);
	}
	return TUI_FORM_NOTHING;
}

static enum tui_form_news text_key(struct tui_form *f, struct form_field *x, struct tui_key key)
{
	bool tab = key.special == TUI_KEY_TAB || key.special == TUI_KEY_BACKTAB;
	bool steps = x->is.input == TUI_INPUT_NUMBER &&
		     (key.special == TUI_KEY_LEFT || key.special == TUI_KEY_RIGHT || key.special == TUI_KEY_SPACE);
	char *before;
	bool same;

	/* Tab completes what has been typed; where nothing has, and where nothing is to complete, it goes on. */
	if (steps || (tab && !x->typed) || (key.ctrl && key.ch == 'u'))
		return TUI_FORM_NOTHING;
	before = strdup(tui_prompt_text(x->line));
	if (tui_prompt_key(x->line, key) != TUI_PROMPT_TAKEN) {
		free(before);
		return TUI_FORM_NOTHING;
	}
	same = before && !strcmp(before, tui_prompt_text(x->line));
	free(before);
	if (tab && same) {
		int chosen;

		return tui_prompt_choice(x->line, 0, &chosen) ? TUI_FORM_TAKEN : TUI_FORM_NOTHING;
	}
	x->typed |= !same;
	return same ? TUI_FORM_TAKEN : changed(f, x);
}

enum tui_form_news tui_form_key(struct tui_form *f, struct tui_key key)
{
	struct form_field *x = &f->v[f->at];

	if (x->line)
		return text_key(f, x, key);
	if (x->is.input == TUI_INPUT_CHOICE && !key.special && !key.ctrl && !key.alt)
		return jump(f, x, key.ch);
	if (x->is.input == TUI_INPUT_SWITCH && !key.special && !key.ctrl && !key.alt && (key.ch == 'y' || key.ch == 'n')) {
		snprintf(x->word, sizeof x->word, "%s", key.ch == 'y' ? "yes" : "no");
		return changed(f, x);
	}
	return TUI_FORM_NOTHING;
}

static void step_choice(const char *choices, const char *now, int step, char *out, size_t n)
{
	int count = tui_choice_count(choices), i = tui_choice_find(choices, now);

	i = i < 0 ? (step > 0 ? 0 : count - 1) : (i + step + count) % count;
	tui_choice_at(choices, i, out, n);
}

/* A unit of the leading digit, within what the setting may be. */
static void step_number(const struct as_option_row *row, const char *now, int step, char *out, size_t n)
{
	char *end;
	double v = strtod(now, &end), by = 1;

	if (end == now || !isfinite(v)) {
		/* From the word to what is next to it. */
		snprintf(out, n, "%.6g", row->word ? (step > 0 ? row->min : row->max) : strtod(row->def, NULL));
		return;
	}
	if (row->type == AS_OPTION_REAL && v != 0)
		by = pow(10, floor(log10(fabs(v)) - 1e-9));
	v += step * by;
	if (row->word && (v < row->min || v > row->max))
		snprintf(out, n, "%s", row->word);
	else
		snprintf(out, n, "%.6g", fmin(fmax(v, row->min), row->max));
}

bool tui_setting_step(const struct as_option_row *row, const char *now, int step, char *out, size_t n)
{
	const char *usual = usual_values(row);

	if (row->type == AS_OPTION_BOOL)
		snprintf(out, n, "%s", strcmp(now, "yes") ? "yes" : "no");
	else if (row->type == AS_OPTION_CHOICE || (usual && row->type == AS_OPTION_INT))
		step_choice(usual ? usual : row->choices, now, step, out, n);
	else if (row->type == AS_OPTION_INT || row->type == AS_OPTION_REAL)
		step_number(row, now, step, out, n);
	else
		return false;
	return true;
}

static enum tui_form_news step_value(struct tui_form *f, int step)
{
	struct form_field *x = &f->v[f->at];
	char text[FORM_WORD_BYTES];

	switch (x->is.input) {
	case TUI_INPUT_SWITCH:
		snprintf(x->word, sizeof x->word, "%s", tui_form_yes(f, f->at) ? "no" : "yes");
		break;
	case TUI_INPUT_CHOICE:
		step_choice(x->is.choices, x->word, step, text, sizeof text);
		snprintf(x->word, sizeof x->word, "%s", text);
		break;
	case TUI_INPUT_NUMBER:
		if (x->is.choices)
			step_choice(x->is.choices, tui_form_get(f, f->at), step, text, sizeof text);
		else if (x->is.row)
			step_number(x->is.row, tui_form_get(f, f->at), step, text, sizeof text);
		else
			return TUI_FORM_TAKEN;
		tui_prompt_set(x->line, text);
		break;
	case TUI_INPUT_BUTTON:
		return TUI_FORM_GO;
	default:
		return TUI_FORM_TAKEN;
	}
	return changed(f, x);
}

static void go_end(struct tui_form *f, bool last)
{
	tui_form_go(f, last ? f->n - 1 : 0);
	if (f->v[f->at].hidden)
		step_focus(f, last ? -1 : 1);
}

/* From a field to the button, which says what will be done; from there it is done. */
static enum tui_form_news go_on(struct tui_form *f)
{
	if (f->v[f->at].is.input == TUI_INPUT_BUTTON)
		return TUI_FORM_GO;
	for (int i = f->n - 1; i > f->at; i--)
		if (f->v[i].is.input == TUI_INPUT_BUTTON && !f->v[i].hidden) {
			tui_form_go(f, i);
			return TUI_FORM_TAKEN;
		}
	return TUI_FORM_GO;
}

const char *tui_form_deed(const struct tui_form *f, const char *deed)
{
	return f->v[f->at].is.input == TUI_INPUT_BUTTON ? deed : NULL;
}

enum tui_form_news tui_form_act(struct tui_form *f, enum as_action action)
{
	switch (action) {
	case AS_ACTION_FIELD_NEXT:
	case AS_ACTION_DOWN:
		step_focus(f, 1);
		return TUI_FORM_TAKEN;
	case AS_ACTION_FIELD_PREV:
	case AS_ACTION_UP:
		step_focus(f, -1);
		return TUI_FORM_TAKEN;
	case AS_ACTION_TOP:
	case AS_ACTION_BOTTOM:
	case AS_ACTION_PAGE_UP:
	case AS_ACTION_PAGE_DOWN:
		go_end(f, action == AS_ACTION_BOTTOM || action == AS_ACTION_PAGE_DOWN);
		return TUI_FORM_TAKEN;
	case AS_ACTION_CHANGE:
	case AS_ACTION_RIGHT:
	case AS_ACTION_MARK:
		return step_value(f, 1);
	case AS_ACTION_CHANGE_BACK:
	case AS_ACTION_LEFT:
		return step_value(f, -1);
	case AS_ACTION_RESET:
		tui_form_put(f, f->at, f->v[f->at].is.def);
		return changed(f, &f->v[f->at]);
	case AS_ACTION_ACCEPT:
	case AS_ACTION_ACTIVATE:
		return go_on(f);
	default:
		return TUI_FORM_NOTHING;
	}
}
