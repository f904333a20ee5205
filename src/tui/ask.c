/* One line of text. */
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "tui/commands.h"
#include "tui/dialogs.h"

struct ask {
	char title[64];
	const char *deed;
	struct tui_prompt *line;
	enum as_action then;
	bool word;
	const char *(*refuses)(const char *text);
	struct tui_pane_ops ops; /* with the title */
};

static void close_ask(void *state)
{
	struct ask *a = state;

	tui_prompt_free(a->line);
	free(a);
}

static bool key(void *state, struct tui *t, struct tui_key key)
{
	struct ask *a = state;

	(void)t;
	return tui_prompt_key(a->line, key) == TUI_PROMPT_TAKEN;
}

static bool act(void *state, struct tui *t, enum as_action action, const struct tui_call *call)
{
	struct ask *a = state;
	enum as_action then = a->then;
	const char *typed = tui_prompt_text(a->line), *why;
	char *text;

	(void)call;
	if (action != AS_ACTION_ACCEPT)
		return action != AS_ACTION_DISMISS;
	if (!typed[strspn(typed, " \t")]) {
		tui_hint(t, TUI_WARNING, "there is nothing in the line yet; {dismiss} leaves it");
		return true;
	}
	why = a->refuses ? a->refuses(typed) : NULL;
	if (why) {
		tui_hint(t, TUI_WARNING, "%s", why);
		return true;
	}
	text = a->word ? tui_word(typed) : strdup(typed);
	tui_close_dialog(t);
	if (text)
		tui_do(t, then, &(struct tui_call){.args = text});
	free(text);
	return true;
}

static void size(const void *state, const struct tui_model *m, int *rows, int *cols)
{
	(void)state;
	(void)m;
	*rows = 3;
	*cols = *cols > 76 ? 76 : *cols;
}

static void draw(const void *state, const struct tui_model *m, struct tui_canvas c)
{
	const struct ask *a = state;
	int col;

	(void)m;
	tui_prompt_draw(a->line, c, 1, 2, c.cols - 4, TUI_FIELD_FOCUS, &col);
}

static bool caret(const void *state, const struct tui_model *m, struct tui_canvas c, int *row, int *col)
{
	const struct ask *a = state;

	(void)m;
	*row = 1;
	tui_prompt_draw(a->line, c, 1, 2, c.cols - 4, TUI_FIELD_FOCUS, col);
	return true;
}

static const enum as_action hints[] = {AS_ACTION_ACCEPT, AS_ACTION_DISMISS, AS_ACTION_NONE};

static const char *deed(const void *state, const struct tui_model *m)
{
	const struct ask *a = state;

	(void)m;
	return a->deed;
}

void tui_ask(struct tui *t, const struct tui_question *q)
{
	struct ask *a = calloc(1, sizeof *a);

	if (a && !(a->line = tui_prompt_new(TUI_PROMPT_FIELD, q->label, q->text, NULL, NULL))) {
		free(a);
		a = NULL;
	}
	if (!a) {
		tui_say(t, TUI_ERROR, "out of memory");
		return;
	}
	snprintf(a->title, sizeof a->title, "%s", q->title);
	a->deed = q->deed;
	a->then = q->then;
	a->word = q->word;
	a->refuses = q->refuses;
	a->ops = (struct tui_pane_ops){.name = "ask",
				       .title = a->title,
				       .place = AS_PLACE_DIALOG,
				       .close = close_ask,
				       .key = key,
				       .action = act,
				       .size = size,
				       .draw = draw,
				       .caret = caret,
				       .deed = deed,
				       .hints = hints};
	tui_open_dialog(t, &a->ops, a);
}
