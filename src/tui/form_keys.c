/* What keys do to a form. */
#include <math.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <strings.h>

#include "tui/form_private.h"

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
	if (x->fresh && (!key.special || key.special == TUI_KEY_SPACE) && !key.ctrl && !key.alt)
		tui_prompt_set(x->line, "");
	if (tui_prompt_key(x->line, key) != TUI_PROMPT_TAKEN) {
		free(before);
		return TUI_FORM_NOTHING;
	}
	x->fresh = false;
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
	const char *usual = tui_form_usual_values(row);

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
		tui_form_step(f, last ? -1 : 1);
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
		tui_form_step(f, 1);
		return TUI_FORM_TAKEN;
	case AS_ACTION_FIELD_PREV:
	case AS_ACTION_UP:
		tui_form_step(f, -1);
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
		tui_form_put(f, f->at, f->v[f->at].reset ? f->v[f->at].reset : f->v[f->at].is.def);
		f->v[f->at].fresh = true;
		return changed(f, &f->v[f->at]);
	case AS_ACTION_ACCEPT:
	case AS_ACTION_ACTIVATE:
		return go_on(f);
	default:
		return TUI_FORM_NOTHING;
	}
}
