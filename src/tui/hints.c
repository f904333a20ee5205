#include "tui/hints.h"

#include <stdio.h>

/* What stands behind the key: a dialog may know it better than the table. NULL: it is not told. */
static const char *label_of(const struct tui *t, enum as_action action)
{
	const struct tui_part_of_screen *d = t->n_dialogs ? &t->dialogs[t->n_dialogs - 1] : NULL;
	const char *deed = d && d->ops->deed && action == AS_ACTION_ACCEPT ? d->ops->deed(d->state, &t->m) : NULL;

	return deed ? deed : as_action_row(action)->label;
}

/* Columns of "key label" with the key in keys; 0: it is not told. */
static int hint_cols(const struct tui *t, enum as_action action, char *keys, size_t n)
{
	const struct tui_part_of_screen *d = t->n_dialogs ? &t->dialogs[t->n_dialogs - 1] : NULL;
	const char *label = label_of(t, action);

	/* Not the key that does something else in this pane. */
	tui_keymap_key(t->keymap, d ? d->ops->place : t->panes[t->m.focus].ops->place, action, keys, n);
	if (!*keys && !d && !*as_action_row(action)->keys)
		snprintf(keys, n, ":%s", as_action_row(action)->name);
	return label && *keys ? tui_text_cols(keys) + 1 + tui_text_cols(label) : 0;
}

/* Those that a dialog has of its own; NULL: those of its place, or no dialog is open. */
static const enum as_action *own_hints(const struct tui *t)
{
	const struct tui_part_of_screen *d = t->n_dialogs ? &t->dialogs[t->n_dialogs - 1] : NULL;

	if (!d)
		return NULL;
	return d->ops->hints_now ? d->ops->hints_now(d->state) : d->ops->hints;
}

#define HINTS_MAX 160

static int add_place(enum as_action_place place, enum as_action but, enum as_action *out, int n)
{
	size_t n_rows;
	const struct as_action_row *rows = as_actions(&n_rows);

	for (size_t i = 0; i < n_rows && n < HINTS_MAX; i++)
		if (rows[i].place == place && rows[i].id != but)
			out[n++] = rows[i].id;
	return n;
}

/* What the bottom line tells of, the most useful first. Returns how many. */
static int list_hints(const struct tui *t, enum as_action out[HINTS_MAX])
{
	static const enum as_action after[] = {AS_ACTION_ADD,	    AS_ACTION_SYNC,    AS_ACTION_EXPORT, AS_ACTION_TIMELINE,
					       AS_ACTION_DRIFT,	    AS_ACTION_REFERENCE, AS_ACTION_NUDGE_LEFT, AS_ACTION_UNDO,
					       AS_ACTION_FIND,	    AS_ACTION_COMMAND, AS_ACTION_HELP,	 AS_ACTION_QUIT,
					       AS_ACTION_LIVE,	    AS_ACTION_NONE};
	static const enum as_action empty[] = {AS_ACTION_ADD, AS_ACTION_DEMO, AS_ACTION_HELP, AS_ACTION_QUIT, AS_ACTION_LIVE,
					       AS_ACTION_OPEN, AS_ACTION_COMMAND, AS_ACTION_NONE};
	static const enum as_action after_lag[] = {AS_ACTION_HELP, AS_ACTION_QUIT, AS_ACTION_LIVE, AS_ACTION_COMMAND, AS_ACTION_ADD,
						   AS_ACTION_SYNC, AS_ACTION_NONE};
	const struct tui_part_of_screen *d = t->n_dialogs ? &t->dialogs[t->n_dialogs - 1] : NULL;
	enum as_action_place place = d ? d->ops->place : t->panes[t->m.focus].ops->place;
	const bool bare = !d && t->m.snap->n_clips == 0; /* nothing to move, to place or to write */
	const enum as_action *own = own_hints(t), *more = d ? own : place == AS_PLACE_LAG ? after_lag : bare ? empty : after;
	int n = 0;

	if (!own && !(bare && place != AS_PLACE_LAG) && place != AS_PLACE_GLOBAL)
		n = add_place(place, AS_ACTION_NONE, out, n);
	if (d && !own && place != AS_PLACE_DIALOG)
		n = add_place(AS_PLACE_DIALOG, AS_ACTION_CHANGE, out, n);
	for (; more && *more != AS_ACTION_NONE && n < HINTS_MAX; more++)
		out[n++] = *more;
	return n;
}

/* Who does not find these is lost; others stand in the help. A meter that runs has keys that matter more. */
static bool is_needed(const struct tui *t, enum as_action action)
{
	bool lists = t->panes[t->m.focus].ops->place != AS_PLACE_LAG;

	return action == AS_ACTION_QUIT || (lists && (action == AS_ACTION_FIND || action == AS_ACTION_COMMAND));
}

/* Columns that the needed ones take from number i on, with a gap before each. */
static int needed_cols(const struct tui *t, const enum as_action *hints, int n, int i)
{
	int cols = 0, width;
	char keys[64];

	for (; i < n; i++) {
		width = is_needed(t, hints[i]) ? hint_cols(t, hints[i], keys, sizeof keys) : 0;
		cols += width > 0 ? width + 2 : 0;
	}
	return cols;
}

/* The next one, from number *i on, that has room at column `col` of `cols`; AS_ACTION_NONE: no more have. */
static enum as_action next_hint(const struct tui *t, const enum as_action *hints, int n, int cols, int *i, int col, int *width)
{
	char keys[64];

	for (; *i < n; ++*i) {
		*width = hint_cols(t, hints[*i], keys, sizeof keys);
		if (*width > 0 && col + *width + (is_needed(t, hints[*i]) ? 0 : needed_cols(t, hints, n, *i + 1)) <= cols)
			return hints[(*i)++];
	}
	return AS_ACTION_NONE;
}

void tui_hints_draw(const struct tui *t, struct tui_canvas c)
{
	enum as_action hints[HINTS_MAX], a;
	int n = list_hints(t, hints), col = 1, width = 0;
	char keys[64];

	for (int i = 0; (a = next_hint(t, hints, n, c.cols, &i, col, &width)) != AS_ACTION_NONE; col += width + 2) {
		hint_cols(t, a, keys, sizeof keys);
		tui_put(c, 0, col, TUI_KEY, keys);
		tui_put(c, 0, col + tui_text_cols(keys) + 1, TUI_KEY_LABEL, label_of(t, a));
	}
}

enum as_action tui_hints_at(const struct tui *t, int cols, int at)
{
	enum as_action hints[HINTS_MAX], a;
	int n = list_hints(t, hints), col = 1, width = 0;

	for (int i = 0; (a = next_hint(t, hints, n, cols, &i, col, &width)) != AS_ACTION_NONE; col += width + 2)
		if (at >= col && at < col + width)
			return a;
	return AS_ACTION_NONE;
}
