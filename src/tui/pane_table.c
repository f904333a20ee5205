/* The confidence table: how sure every clip's place is, and why one has none. */
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "base/figures.h"
#include "tui/dialogs.h"
#include "tui/list.h"
#include "tui/table.h"

#define NOTE_COLS 110 /* from here on the order is told in words */

/* --- order ----------------------------------------------------------------------------------------------------- */

int tui_table_row_of(const struct tui_table *v, int clip)
{
	for (int i = 0; i < v->n; i++)
		if (v->order[i] == clip)
			return i;
	return -1;
}

/* The clips in order again; the cursor's row stays where it is on the screen. */
static void arrange(struct tui_table *v, const struct tui_model *m)
{
	int n, *order = tui_table_order(m, v->by, v->falling, v->filter, &n), before = v->at - v->top, now;

	v->n_clips = m->snap->n_clips;
	free(v->order);
	v->order = order;
	v->n = order ? n : 0;
	now = m->clip >= 0 ? tui_table_row_of(v, m->clip) : -1;
	if (now >= 0) {
		v->at = now;
		v->top = now - before;
	}
}

static void news(void *state, struct tui *t)
{
	struct tui_table *v = state;

	arrange(v, &t->m);
	tui_table_measure(&v->widths, &t->m);
}

static void *open_table(struct tui *t)
{
	struct tui_table *v = calloc(1, sizeof *v);

	(void)t;
	if (v)
		v->by = TUI_COL_TRACK;
	return v;
}

static void close_table(void *state)
{
	struct tui_table *v = state;

	free(v->order);
	free(v);
}

/* --- keys ------------------------------------------------------------------------------------------------------ */

static void go(struct tui_table *v, struct tui *t, int row)
{
	row = tui_list_clamp(row, v->n);
	if (v->n == 0)
		return;
	v->at = row;
	tui_select(t, -1, v->order[row]);
}

static void move(struct tui_table *v, struct tui *t, int by)
{
	bool here = t->m.clip >= 0 && v->at < v->n && v->order[v->at] == t->m.clip;

	/* From where nothing is under the cursor, the first step is onto the row that is there. */
	go(v, t, here ? v->at + by : by > 0 ? v->at + by - 1 : v->at + by);
}

static const char *order_words(const struct tui_table *v)
{
	const struct tui_column_row *c = tui_column_row(v->by);

	return v->falling ? c->falling : c->rising;
}

/* What only looks different is told until the next key, and not in the log. */
static void tell(struct tui *t, const char *text)
{
	snprintf(t->message, sizeof t->message, "%s", text);
	t->message_style = TUI_INFO;
	t->said = true;
}

static void tell_order(const struct tui_table *v, struct tui *t)
{
	const struct tui_column_row *c = tui_column_row(v->by);
	char text[256], meaning[160];

	snprintf(text, sizeof text, "sorted by %s, %s (%s)", c->word, order_words(v),
		 tui_keymap_words(t->keymap, c->meaning, meaning, sizeof meaning));
	tell(t, text);
}

static void sort_by(struct tui_table *v, struct tui *t, enum tui_column by, bool falling)
{
	v->by = by;
	v->falling = falling;
	arrange(v, &t->m);
	tell_order(v, t);
}

/* The columns that can be asked for, in the message. */
static void say_columns(struct tui *t, const char *word)
{
	char text[256] = "";

	for (int i = 0; i < TUI_COLS; i++)
		snprintf(text + strlen(text), sizeof text - strlen(text), "%s%s", i ? ", " : "", tui_column_row((enum tui_column)i)->word);
	tui_say(t, TUI_WARNING, "no column is called \"%s\"; there are %s", word, text);
}

static void sort(struct tui_table *v, struct tui *t, const char *args)
{
	enum tui_column by = args ? tui_column_find(args) : (enum tui_column)((v->by + 1) % TUI_COLS);

	if (!args && by == TUI_COL_ISLAND && !v->widths.islands)
		by = TUI_COL_START;
	if (by == TUI_COLS)
		say_columns(t, args);
	else
		sort_by(v, t, by, args && by == v->by ? !v->falling : tui_column_row(by)->falls);
}

static int count_shown(const struct tui_model *m, enum tui_filter filter)
{
	int n = 0;

	for (int i = 0; i < m->snap->n_clips; i++)
		n += tui_filter_shows(filter, m, i);
	return n;
}

static void say_filters(struct tui *t, const char *word)
{
	char text[256] = "";

	for (int i = 0; i < TUI_FILTERS; i++)
		snprintf(text + strlen(text), sizeof text - strlen(text), "%s%s", i ? ", " : "", tui_filter_word((enum tui_filter)i));
	tui_say(t, TUI_WARNING, "no clips are called \"%s\"; there are %s", word, text);
}

static void filter(struct tui_table *v, struct tui *t, const char *args)
{
	enum tui_filter to = args ? tui_filter_find(args) : v->filter;
	char text[80], clips[AS_FIGURE_BYTES];

	if (to == TUI_FILTERS) {
		say_filters(t, args);
		return;
	}
	/* The next one that shows anything. */
	for (int i = 0; i < TUI_FILTERS && !args; i++) {
		to = (enum tui_filter)((to + 1) % TUI_FILTERS);
		if (to == TUI_FILTER_ALL || count_shown(&t->m, to) > 0)
			break;
	}
	v->filter = to;
	arrange(v, &t->m);
	if (v->n > 0 && (t->m.clip < 0 || tui_table_row_of(v, t->m.clip) < 0))
		go(v, t, 0);
	as_figure_part(clips, sizeof clips, v->n, v->n_clips, "clip", "clips");
	if (to == TUI_FILTER_ALL)
		snprintf(text, sizeof text, "all %d clips", v->n_clips);
	else
		snprintf(text, sizeof text, "%s %s %s", clips, as_plural_part(v->n, v->n_clips, "is", "are"),
			 to == TUI_FILTER_OPEN ? "not placed with confidence" : tui_filter_word(to));
	tell(t, text);
}

static void mark(struct tui_table *v, struct tui *t, int n)
{
	for (int i = 0; i < n && t->m.clip >= 0 && tui_table_row_of(v, t->m.clip) >= 0; i++) {
		int row = v->at;

		tui_mark(t, t->m.clip, !(t->m.marked && t->m.marked[t->m.clip]));
		move(v, t, 1);
		if (v->at == row)
			break;
	}
}

/* All that are shown, or none. */
static void mark_all(const struct tui_table *v, struct tui *t)
{
	bool all = t->m.marked != NULL;

	for (int i = 0; i < v->n && all; i++)
		all = t->m.marked[v->order[i]];
	for (int i = 0; i < v->n; i++)
		tui_mark(t, v->order[i], !all);
}

static bool act(void *state, struct tui *t, enum as_action action, const struct tui_call *call)
{
	struct tui_table *v = state;
	int n = call->count > 0 ? call->count : 1, by = tui_list_step(action, v->n, v->rows > 1 ? v->rows - 1 : 1);
	const char *args = call->args && *call->args ? call->args : NULL;

	if (by) {
		move(v, t, by * n);
		return true;
	}
	switch (action) {
	case AS_ACTION_SORT:
		sort(v, t, args);
		return true;
	case AS_ACTION_SORT_REVERSE:
		sort_by(v, t, v->by, !v->falling);
		return true;
	case AS_ACTION_FILTER:
		filter(v, t, args);
		return true;
	case AS_ACTION_MARK:
		mark(v, t, n);
		return true;
	case AS_ACTION_MARK_ALL:
		mark_all(v, t);
		return true;
	default:
		return false;
	}
}

/* The column whose head is there, or -1. */
static int head_at(const struct tui_table *v, int at)
{
	int col = TUI_TABLE_LEFT;

	for (int i = 0; i < TUI_COLS; i++) {
		int cols = v->widths.cols[i];

		if (cols && at >= col && at < col + cols)
			return i;
		col += cols ? cols + 2 : 0;
	}
	return -1;
}

/* A head sorts by it, and once more the other way. */
static bool click(void *state, struct tui *t, struct tui_place at)
{
	struct tui_table *v = state;
	int row = v->top + at.row - 1, head = at.row == 0 ? head_at(v, at.col) : -1;

	if (head >= 0)
		sort_by(v, t, (enum tui_column)head, head == (int)v->by && !v->falling);
	if (at.row < 1 || at.row > v->rows || row >= v->n)
		return false;
	go(v, t, row);
	return true;
}

static const char *note(const void *state, const struct tui_model *m, char *out, size_t n)
{
	const struct tui_table *v = state;
	char count[AS_FIGURE_BYTES];
	int used;

	if (m->snap->n_clips == 0)
		return NULL;
	as_figure_count(count, sizeof count, v->n_clips, "clip", "clips");
	used = v->filter == TUI_FILTER_ALL ? snprintf(out, n, "%s", count)
					   : snprintf(out, n, "%d of %s: %s", v->n, count, tui_filter_word(v->filter));
	/* In tabs the names of the panes need the room; the arrow in the head tells the same. */
	if (v->cols >= NOTE_COLS && used > 0 && (size_t)used < n)
		snprintf(out + used, n - (size_t)used, ", by %s, %s", tui_column_row(v->by)->word, order_words(v));
	return out;
}

const struct tui_pane_ops tui_pane_table = {.name = "table",
					    .title = "Confidence",
					    .place = AS_PLACE_TABLE,
					    .open = open_table,
					    .close = close_table,
					    .news = news,
					    .click = click,
					    .action = act,
					    .fit = tui_table_fit,
					    .draw = tui_table_draw,
					    .note = note};
