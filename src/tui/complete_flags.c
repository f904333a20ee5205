/* What Tab finds of the options that dialogs take. */
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "tui/complete_private.h"
#include "tui/form.h"

static bool is_switch(const struct tui_field *is)
{
	return is->input == TUI_INPUT_SWITCH || (is->row && is->row->type == AS_OPTION_BOOL);
}

/* "--format", "-o"; NULL: no such flag. */
static const struct tui_field *field_of(const struct tui_form *f, const char *word)
{
	for (int i = 0; i < tui_form_count(f); i++) {
		const struct tui_field *is = tui_form_field(f, i);

		if (is->flag && word[0] == '-' &&
		    ((word[1] == '-' && !strcmp(word + 2, is->flag)) || (is->letter && word[1] == is->letter && !word[2])))
			return is;
	}
	return NULL;
}

/* What a flag takes. */
static void offer_flag_values(struct look *l, const struct tui_field *is)
{
	char *text, *word;
	size_t at;

	l->c->from = l->word;
	if (is->input == TUI_INPUT_PATH)
		tui_complete_paths(l, l->part, l->word, is->folders, true);
	else if (is->input == TUI_INPUT_CHOICE || is->choices)
		tui_complete_choices(l, l->part, is->choices);
	else if (is->row && !is->complete)
		tui_complete_values(l, is->row, l->part);
	else if (!is->complete && is->input == TUI_INPUT_TEXT)
		tui_complete_paths(l, l->part, l->word, false, true); /* "--otio FILE" */
	for (int i = 0; is->complete && (text = is->complete(is->ctx, l->part, strlen(l->part), i, &at)); i++) {
		/* The part before stays as it was typed. */
		word = at == 0 ? tui_word(text) : strdup(text);
		l->c->from = at == 0 ? l->word : strlen(l->line) - (strlen(l->part) - at);
		if (word)
			tui_complete_add(l, word);
		free(word);
		free(text);
	}
}

static void take_flags(const struct tui_form *f, void *ctx)
{
	struct look *l = ctx;
	char *value = !strncmp(l->part, "--", 2) ? strchr(l->part, '=') : NULL, flag[80];
	const struct tui_field *is = l->before ? field_of(f, l->before) : NULL;

	l->c->from = l->word;
	if (value) {
		*value++ = '\0';
		is = field_of(f, l->part);
		l->word += (size_t)(value - l->part);
		memmove(l->part, value, strlen(value) + 1);
		if (is)
			offer_flag_values(l, is);
		return;
	}
	if (is && !is_switch(is)) {
		offer_flag_values(l, is);
		return;
	}
	if (l->part[0] != '-') {
		tui_complete_paths(l, l->part, l->word, false, true);
		return;
	}
	for (int i = 0; i < tui_form_count(f); i++) {
		is = tui_form_field(f, i);
		snprintf(flag, sizeof flag, "--%s", is->flag ? is->flag : "");
		if (is->flag)
			tui_complete_offer(l, l->part, flag, is_switch(is) ? "" : " ");
	}
}

void tui_complete_export(struct look *l)
{
	tui_export_flags(l->t, take_flags, l);
}

void tui_complete_timeline(struct look *l)
{
	tui_timeline_flags(l->t, take_flags, l);
}

void tui_complete_drift(struct look *l)
{
	tui_drift_flags(l->t, take_flags, l);
}
