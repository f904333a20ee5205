#include "tui/keys_in.h"

#include <stdlib.h>
#include <string.h>

#include "tui/complete.h"
#include "tui/mouse.h"

/* Digits from 1 to 5 go to those panes and count at the same time: where a nudge follows this soon, the number was meant, and the focus
 * goes back to where it was. */
#define COUNT_S 1.0
#define COUNT_MAX 100000

/* A count means so many of these, wherever the focus is. */
static bool counts_anywhere(enum as_action a)
{
	return a >= AS_ACTION_NUDGE_LEFT && a <= AS_ACTION_NUDGE_RIGHT_MS;
}

static bool is_moving(enum as_action a)
{
	const struct as_action_row *row = as_action_row(a);

	return row && !strcmp(row->group, "Moving");
}

/* What a dialog lets through to the keys of everywhere. The clip that is explained can be worked on. */
static bool goes_through(enum as_action a, enum as_action_place place)
{
	const struct as_action_row *row = as_action_row(a);

	if (place == AS_PLACE_EXPLAIN && row && ((!strcmp(row->group, "Editing") && a != AS_ACTION_REFERENCE) || a == AS_ACTION_COMMAND))
		return true;
	return is_moving(a) || a == AS_ACTION_HELP || a == AS_ACTION_REDRAW;
}

static enum as_action find_action(const struct tui *t, struct tui_key key)
{
	const struct tui_part_of_screen *d = t->n_dialogs ? &t->dialogs[t->n_dialogs - 1] : NULL;
	enum as_action_place place = d ? d->ops->place : t->panes[t->m.focus].ops->place;
	enum as_action a = tui_keymap_find(t->keymap, place, key);

	if (!a && d)
		a = tui_keymap_find(t->keymap, AS_PLACE_DIALOG, key);
	if (!a) {
		a = tui_keymap_find(t->keymap, AS_PLACE_GLOBAL, key);
		if (d && !goes_through(a, place))
			a = AS_ACTION_NONE;
	}
	return a;
}

/* The explained clip can be nudged; no digit is a pane there. */
static bool counts_in_dialog(const struct tui *t)
{
	return t->dialogs[t->n_dialogs - 1].ops->place == AS_PLACE_EXPLAIN;
}

/* Takes note of a digit; true where it can be nothing but part of a count. */
static bool take_digit(struct tui *t, struct tui_key key)
{
	int digit = (int)key.ch - '0';

	if ((t->n_dialogs && !counts_in_dialog(t)) || key.special || key.ctrl || key.alt || key.ch < '0' || key.ch > '9')
		return false;
	if (t->count.n > 0 && t->m.now_s - t->count.at_s > COUNT_S && t->count.pane)
		t->count.n = 0;
	if (t->count.n == 0 && digit == 0)
		return false;
	if (t->count.n == 0) {
		t->count.focus = t->m.focus;
		t->count.pane = true;
	}
	t->count.n = t->count.n * 10 + digit > COUNT_MAX ? COUNT_MAX : t->count.n * 10 + digit;
	t->count.pane = t->count.pane && !t->n_dialogs && digit >= 1 && digit <= TUI_PANES;
	t->count.at_s = t->m.now_s;
	return !t->count.pane;
}

/* Digits that were typed in the timeline or the lag meter and are followed by one of its own steps: it is that which they count. */
static enum as_action counted_step(const struct tui *t, struct tui_key key)
{
	bool timeline = t->count.focus == TUI_PANE_TIMELINE, lag = t->count.focus == TUI_PANE_LAG;
	enum as_action a;

	if (t->count.n == 0 || !t->count.pane || (!timeline && !lag) || t->m.now_s - t->count.at_s > COUNT_S || t->n_dialogs)
		return AS_ACTION_NONE;
	a = tui_keymap_find(t->keymap, timeline ? AS_PLACE_TIMELINE : AS_PLACE_LAG, key);
	return (a >= AS_ACTION_CALIBRATE_LESS && a <= AS_ACTION_CALIBRATE_MORE_10) || a == AS_ACTION_PAN_LEFT || a == AS_ACTION_PAN_RIGHT ||
			       a == AS_ACTION_ZOOM_IN || a == AS_ACTION_ZOOM_OUT
		       ? a
		       : AS_ACTION_NONE;
}

static int take_count(struct tui *t, enum as_action a)
{
	int n = t->count.n;

	t->count.n = 0;
	/* All of its digits were panes as well. */
	if (n > 0 && t->count.pane && (!counts_anywhere(a) || t->m.now_s - t->count.at_s > COUNT_S))
		return 0;
	if (n > 0)
		t->m.focus = t->count.focus;
	return n;
}

static void prompt_key(struct tui *t, struct tui_key key)
{
	enum tui_prompt_news news = tui_prompt_key(t->prompt, key);
	enum tui_prompt_kind kind = tui_prompt_kind(t->prompt);
	char *line = NULL;

	if (news == TUI_PROMPT_NOTHING || news == TUI_PROMPT_TAKEN)
		return;
	if (news == TUI_PROMPT_DONE)
		line = strdup(tui_prompt_text(t->prompt));
	tui_prompt_free(t->prompt);
	t->prompt = NULL;
	tui_complete_done(t);
	if (!line)
		return;
	tui_history_add(&t->history[kind], line);
	if (kind == TUI_PROMPT_COMMAND)
		tui_run_line(t, line);
	else if (*line)
		tui_do(t, AS_ACTION_FIND, &(struct tui_call){.args = line});
	free(line);
}

static void tell_unbound(struct tui *t, struct tui_key key)
{
	char name[32], help[64];

	if (t->n_dialogs || key.special == TUI_KEY_ESC)
		return;
	tui_keymap_keys(t->keymap, AS_ACTION_HELP, 1, help, sizeof help);
	tui_hint(t, TUI_QUIET, "%s does nothing here; %s shows all keys", tui_key_name(key, name, sizeof name), *help ? help : ":help");
}

/* What cannot be seen takes no keys. */
static void key_in_small(struct tui *t, const struct tui_part_of_screen *d, struct tui_key key)
{
	struct tui_canvas nowhere = {0};

	if (!tui_confirm_draw_small(t, nowhere)) {
		if (tui_keymap_find(t->keymap, AS_PLACE_GLOBAL, key) == AS_ACTION_QUIT)
			tui_command(t, AS_ACTION_QUIT, &(struct tui_call){0});
	} else if (!d->ops->key(d->state, t, key)) {
		tui_do(t, tui_keymap_find(t->keymap, AS_PLACE_DIALOG, key), NULL);
	}
}

void tui_key_in(struct tui *t, struct tui_key key)
{
	const struct tui_part_of_screen *d = t->n_dialogs ? &t->dialogs[t->n_dialogs - 1] : NULL;
	enum as_action a;

	t->m.now_s = tui_clock_s(t);
	t->dirty = true;
	if (key.special == TUI_KEY_RESIZE) {
		tui_screen_forget(t->screen);
		return;
	}
	t->said = false;
	t->n_keys++;
	if (tui_too_small(t)) {
		t->count.n = 0;
		key_in_small(t, d, key);
		return;
	}
	if (key.special >= TUI_KEY_CLICK && key.special <= TUI_KEY_WHEEL_DOWN) {
		t->count.n = 0;
		tui_mouse_in(t, key);
		return;
	}
	if (t->prompt) {
		prompt_key(t, key);
		return;
	}
	if (d && d->ops->key && d->ops->key(d->state, t, key))
		return;
	if (take_digit(t, key))
		return;
	a = counted_step(t, key);
	if (a != AS_ACTION_NONE) {
		t->m.focus = t->count.focus;
		t->count.pane = false;
	} else {
		a = find_action(t, key);
	}
	if (a == AS_ACTION_NONE) {
		t->count.n = 0;
		tell_unbound(t, key);
		return;
	}
	if (t->count.n > 0 && a >= AS_ACTION_PANE_1 && a <= AS_ACTION_PANE_5) {
		tui_do(t, a, NULL); /* the digit itself */
		return;
	}
	tui_do(t, a, &(struct tui_call){.count = take_count(t, a)});
}
