/* A question that is answered once: Enter or y does it, anything else does not. Where work would be lost, Enter saves it. */
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "tui/app.h"
#include "tui/chore.h"
#include "tui/live.h"
#include "tui/projects.h"

struct confirm {
	char question[1024], yes[64];
	enum as_action then;
	char *args;
	enum as_action save; /* offered as well; none */
	char save_label[64];
	char *saved_args;    /* of then, once it is saved */
};

static void close_confirm(void *state)
{
	struct confirm *c = state;

	free(c->args);
	free(c->saved_args);
	free(c);
}

static bool answer(struct tui *t, bool yes)
{
	const struct confirm *c = t->dialogs[t->n_dialogs - 1].state;
	enum as_action then = yes ? c->then : AS_ACTION_NONE;
	char *args = c->args ? strdup(c->args) : NULL;

	tui_close_dialog(t);
	if (then != AS_ACTION_NONE)
		tui_do(t, then, &(struct tui_call){.args = args});
	free(args);
	return true;
}

/* What is saved is on its way to the disk for a while. */
static bool save_first(struct tui *t)
{
	struct confirm *c = t->dialogs[t->n_dialogs - 1].state;
	enum as_action save = c->save, then = c->then;
	char *args = c->saved_args, unsaved[512];

	c->saved_args = NULL;
	tui_close_dialog(t);
	if (save == AS_ACTION_SAVE) {
		tui_projects_save_then(t, then, args);
		return true;
	}
	tui_do(t, save, NULL);
	if (t->chores.first) {
		tui_chores_then(t, then, args);
		return true;
	}
	if (!tui_live_unsaved(t, unsaved, sizeof unsaved))
		tui_do(t, then, &(struct tui_call){.args = args});
	free(args);
	return true;
}

static bool key(void *state, struct tui *t, struct tui_key key)
{
	const struct confirm *c = state;

	if (c->save != AS_ACTION_NONE && tui_keymap_find(t->keymap, AS_PLACE_GLOBAL, key) == AS_ACTION_SAVE)
		return save_first(t);
	if (!key.special && !key.ctrl && !key.alt && (key.ch == 'y' || key.ch == 'Y' || key.ch == 'n' || key.ch == 'N'))
		return answer(t, key.ch == 'y' || key.ch == 'Y');
	return false;
}

static bool act(void *state, struct tui *t, enum as_action action, const struct tui_call *call)
{
	const struct confirm *c = state;

	(void)call;
	/* Where work would be lost, Enter keeps it. */
	if (action == AS_ACTION_ACCEPT)
		return c->save != AS_ACTION_NONE ? save_first(t) : answer(t, true);
	return action != AS_ACTION_DISMISS;
}

static void size(const void *state, const struct tui_model *m, int *rows, int *cols)
{
	const struct confirm *c = state;
	struct tui_canvas none = {.unicode = m->unicode};

	*cols = 60;
	*rows = tui_put_wrapped(none, 0, 0, *cols - 4, 0, TUI_PLAIN, c->question) + 4;
}

static int put_answer(struct tui_canvas c, int row, int col, const char *key, const char *label)
{
	int n = tui_put(c, row, col, TUI_KEY, key) + 1;

	return n + tui_put(c, row, col + n, TUI_KEY_LABEL, label) + 3;
}

static void draw(const void *state, const struct tui_model *m, struct tui_canvas c)
{
	const struct confirm *q = state;
	int rows = tui_put_wrapped(c, 1, 2, c.cols - 4, c.rows - 3, TUI_PLAIN, q->question), col = 2;
	char accept[32], dismiss[32];

	tui_keymap_key(m->keys, AS_PLACE_DIALOG, AS_ACTION_ACCEPT, accept, sizeof accept);
	tui_keymap_key(m->keys, AS_PLACE_DIALOG, AS_ACTION_DISMISS, dismiss, sizeof dismiss);
	if (q->save != AS_ACTION_NONE && *accept)
		col += put_answer(c, rows + 2, col, accept, q->save_label);
	col += put_answer(c, rows + 2, col, q->save != AS_ACTION_NONE || !*accept ? "y" : accept, q->yes);
	put_answer(c, rows + 2, col, *dismiss ? dismiss : "n", "go back");
}

/* The dialog shows its own. */
static const enum as_action hints[] = {AS_ACTION_NONE};

static const struct tui_pane_ops ops = {.name = "confirm",
					.title = "Really?",
					.place = AS_PLACE_DIALOG,
					.close = close_confirm,
					.key = key,
					.action = act,
					.size = size,
					.draw = draw,
					.hints = hints};

bool tui_confirm_draw_small(const struct tui *t, struct tui_canvas c)
{
	const struct tui_part_of_screen *d = t->n_dialogs ? &t->dialogs[t->n_dialogs - 1] : NULL;
	const struct confirm *q = d && d->ops == &ops ? d->state : NULL;
	char text[1400], accept[32], dismiss[32], save[100] = "";

	if (!q)
		return false;
	tui_keymap_key(t->keymap, AS_PLACE_DIALOG, AS_ACTION_ACCEPT, accept, sizeof accept);
	tui_keymap_key(t->keymap, AS_PLACE_DIALOG, AS_ACTION_DISMISS, dismiss, sizeof dismiss);
	if (q->save != AS_ACTION_NONE && *accept)
		snprintf(save, sizeof save, "%s: %s. ", accept, q->save_label);
	/* The answers first: there may be no room for more. */
	snprintf(text, sizeof text, "%sy: %s. %s: go back. %s", save, q->yes, *dismiss ? dismiss : "n", q->question);
	tui_put_wrapped(c, 0, 0, c.cols, c.rows, TUI_PLAIN, text);
	return true;
}

static char *copy(const char *text)
{
	return text ? strdup(text) : NULL;
}

static void ask(struct tui *t, const struct tui_save_first *q)
{
	struct confirm *c = calloc(1, sizeof *c);

	if (c) {
		snprintf(c->question, sizeof c->question, "%s", q->question);
		snprintf(c->yes, sizeof c->yes, "%s", q->yes_label);
		snprintf(c->save_label, sizeof c->save_label, "%s", q->save_label ? q->save_label : "");
		c->then = q->then;
		c->save = q->save;
		c->args = copy(q->sure_args);
		c->saved_args = copy(q->args);
	}
	/* Words that are lost would make another deed of it. */
	if (c && ((q->sure_args && !c->args) || (q->args && !c->saved_args))) {
		close_confirm(c);
		c = NULL;
	}
	tui_open_dialog(t, &ops, c);
}

void tui_confirm(struct tui *t, const char *question, const char *yes_label, enum as_action then, const char *args)
{
	ask(t, &(struct tui_save_first){.question = question, .then = then, .yes_label = yes_label, .sure_args = args});
}

void tui_confirm_or_save(struct tui *t, const struct tui_save_first *q)
{
	ask(t, q);
}
