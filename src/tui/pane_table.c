/* The confidence table: how sure every clip's place is, and why one has none. */
#include <math.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "base/figures.h"
#include "base/words.h"
#include "tui/dialogs.h"
#include "tui/list.h"
#include "tui/table_rows.h"

#define CELL_BYTES 1024
#define NOTE_COLS 110 /* from here on the order is told in words */
#define FOOT_ROWS 16  /* from here on what the cursor is on is told in full below the table */

struct table {
	enum tui_column by;
	bool falling;
	enum tui_filter filter;
	struct tui_widths widths;
	int *order; /* the clips that are shown */
	int n, n_clips;
	int at;     /* row of the cursor, or where it was */
	int top, rows, cols;
};

/* --- order ----------------------------------------------------------------------------------------------------- */

static int row_of(const struct table *v, int clip)
{
	for (int i = 0; i < v->n; i++)
		if (v->order[i] == clip)
			return i;
	return -1;
}

/* The clips in order again; the cursor's row stays where it is on the screen. */
static void arrange(struct table *v, const struct tui_model *m)
{
	int n, *order = tui_table_order(m, v->by, v->falling, v->filter, &n), before = v->at - v->top, now;

	v->n_clips = m->snap->n_clips;
	free(v->order);
	v->order = order;
	v->n = order ? n : 0;
	now = m->clip >= 0 ? row_of(v, m->clip) : -1;
	if (now >= 0) {
		v->at = now;
		v->top = now - before;
	}
}

static void news(void *state, struct tui *t)
{
	struct table *v = state;

	arrange(v, &t->m);
	tui_table_measure(&v->widths, &t->m);
}

static void *open_table(struct tui *t)
{
	struct table *v = calloc(1, sizeof *v);

	(void)t;
	if (v)
		v->by = TUI_COL_TRACK;
	return v;
}

static void close_table(void *state)
{
	struct table *v = state;

	free(v->order);
	free(v);
}

/* --- keys ------------------------------------------------------------------------------------------------------ */

static void go(struct table *v, struct tui *t, int row)
{
	row = tui_list_clamp(row, v->n);
	if (v->n == 0)
		return;
	v->at = row;
	tui_select(t, -1, v->order[row]);
}

static void move(struct table *v, struct tui *t, int by)
{
	bool here = t->m.clip >= 0 && v->at < v->n && v->order[v->at] == t->m.clip;

	/* From where nothing is under the cursor, the first step is onto the row that is there. */
	go(v, t, here ? v->at + by : by > 0 ? v->at + by - 1 : v->at + by);
}

static const char *order_words(const struct table *v)
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

static void tell_order(const struct table *v, struct tui *t)
{
	const struct tui_column_row *c = tui_column_row(v->by);
	char text[256];

	snprintf(text, sizeof text, "sorted by %s, %s (%s)", c->word, order_words(v), c->meaning);
	tell(t, text);
}

static void sort_by(struct table *v, struct tui *t, enum tui_column by, bool falling)
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

static void sort(struct table *v, struct tui *t, const char *args)
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

static void filter(struct table *v, struct tui *t, const char *args)
{
	enum tui_filter to = args ? tui_filter_find(args) : v->filter;
	char text[80];

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
	if (v->n > 0 && (t->m.clip < 0 || row_of(v, t->m.clip) < 0))
		go(v, t, 0);
	snprintf(text, sizeof text, to == TUI_FILTER_ALL	    ? "all %d clips"
			       : to == TUI_FILTER_OPEN ? "%d of %d clips are not placed with confidence"
						       : "%d of %d clips are %s", to == TUI_FILTER_ALL ? v->n_clips : v->n,
		 v->n_clips, tui_filter_word(to));
	tell(t, text);
}

static void mark(struct table *v, struct tui *t, int n)
{
	for (int i = 0; i < n && t->m.clip >= 0 && row_of(v, t->m.clip) >= 0; i++) {
		int row = v->at;

		tui_mark(t, t->m.clip, !(t->m.marked && t->m.marked[t->m.clip]));
		move(v, t, 1);
		if (v->at == row)
			break;
	}
}

/* All that are shown, or none. */
static void mark_all(const struct table *v, struct tui *t)
{
	bool all = t->m.marked != NULL;

	for (int i = 0; i < v->n && all; i++)
		all = t->m.marked[v->order[i]];
	for (int i = 0; i < v->n; i++)
		tui_mark(t, v->order[i], !all);
}

static bool act(void *state, struct tui *t, enum as_action action, const struct tui_call *call)
{
	struct table *v = state;
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
static int head_at(const struct table *v, int at)
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
	struct table *v = state;
	int row = v->top + at.row - 1, head = at.row == 0 ? head_at(v, at.col) : -1;

	if (head >= 0)
		sort_by(v, t, (enum tui_column)head, head == (int)v->by && !v->falling);
	if (at.row < 1 || at.row > v->rows || row >= v->n)
		return false;
	go(v, t, row);
	return true;
}

/* --- drawing --------------------------------------------------------------------------------------------------- */

static int foot_rows(int rows)
{
	return rows >= FOOT_ROWS + 4 ? 5 : rows >= FOOT_ROWS ? 4 : 0;
}

static void fit(void *state, const struct tui_model *m, int rows, int cols)
{
	struct table *v = state;
	int row = m->clip >= 0 ? row_of(v, m->clip) : -1, room = rows - 1 - foot_rows(rows);

	room = room < 1 ? 1 : room;
	v->rows = room;
	v->cols = cols;
	tui_table_settle(&v->widths, cols, v->by);
	if (row >= 0)
		v->at = row;
	v->top = tui_list_top(v->top, row, v->n, room);
}

static const char *head_of(const struct table *v, enum tui_column i, bool unicode)
{
	const struct tui_column_row *c = tui_column_row(i);

	if (i == TUI_COL_ERROR && !unicode)
		return "+-";
	return v->widths.cols[i] >= tui_text_cols(c->head) + (i == v->by ? TUI_TABLE_ARROW : 0) ? c->head : c->brief;
}

static void draw_heads(const struct table *v, struct tui_canvas c)
{
	int col = TUI_TABLE_LEFT;
	char text[64];

	for (int i = 0; i < TUI_COLS; i++) {
		bool sorted = i == (int)v->by;
		int cols = v->widths.cols[i];

		if (!cols)
			continue;
		snprintf(text, sizeof text, "%s%s%s", head_of(v, (enum tui_column)i, c.unicode), sorted ? " " : "",
			 sorted ? tui_glyph_text(c.unicode, v->falling ? TUI_G_DOWN : TUI_G_UP) : "");
		tui_put_fit(c, 0, col, cols, sorted ? TUI_VALUE : TUI_HEAD, tui_column_row((enum tui_column)i)->fit == TUI_RIGHT ? TUI_RIGHT : TUI_LEFT,
			    text);
		col += cols + 2;
	}
}

static enum tui_style cell_style(enum tui_column i, const struct tui_state_mark *mark, bool none)
{
	if (i == TUI_COL_VERDICT)
		return mark->style;
	return none || i == TUI_COL_TRACK ? TUI_QUIET : i == TUI_COL_CLIP ? TUI_VALUE : TUI_PLAIN;
}

static void draw_row(const struct table *v, const struct tui_model *m, struct tui_canvas c, int row, int clip)
{
	struct tui_state_mark mark = tui_clip_mark(m, clip);
	bool marked = m->marked && m->marked[clip];
	char text[CELL_BYTES];
	int col = TUI_TABLE_LEFT;

	if (marked)
		tui_put(c, row, 0, TUI_VALUE, "+");
	tui_put_char(c, row, 1, mark.style, tui_glyph(c, mark.glyph));
	for (int i = 0; i < TUI_COLS; i++) {
		int cols = v->widths.cols[i];

		if (!cols)
			continue;
		tui_table_cell(m, clip, (enum tui_column)i, text, sizeof text);
		tui_put_fit(c, row, col, cols, cell_style((enum tui_column)i, &mark, !strcmp(text, "--")), tui_column_row((enum tui_column)i)->fit, text);
		col += cols + 2;
	}
	if (marked)
		tui_lay(c, row, 0, 1, c.cols, TUI_MARKED);
	/* Not the figures: a step would send two whole rows anew. */
	if (clip == m->clip)
		tui_lay(c, row, 0, 1, TUI_TABLE_LEFT + v->widths.cols[TUI_COL_CLIP] + 1, m->focus == TUI_PANE_TABLE && !m->dialog ? TUI_CURSOR : TUI_CURSOR_BLUR);
}

/* The figures of one clip that had no room in the table. */
static void put_left_out(const struct table *v, const struct tui_model *m, struct tui_canvas c, int row, int clip)
{
	char text[CELL_BYTES];
	int col = 1;

	for (int i = 0; i < TUI_COLS && col < c.cols; i++) {
		if (v->widths.cols[i] || (i == TUI_COL_ISLAND && !v->widths.islands))
			continue;
		tui_table_cell(m, clip, (enum tui_column)i, text, sizeof text);
		col += tui_putf(c, row, col, TUI_QUIET, "%s ", i == TUI_COL_ERROR && !c.unicode ? "+-" : tui_column_row((enum tui_column)i)->head);
		col += tui_put(c, row, col, TUI_PLAIN, text) + 2;
	}
}

static void draw_foot(const struct table *v, const struct tui_model *m, struct tui_canvas c)
{
	const struct tui_column_row *by = tui_column_row(v->by);
	bool left_out = false;
	char text[CELL_BYTES];
	int row = 1;

	for (int i = 0; i < c.cols; i++)
		tui_put_char(c, 0, i, TUI_BORDER, tui_glyph(c, TUI_G_HLINE));
	for (int i = 0; i < TUI_COLS; i++)
		left_out |= !v->widths.cols[i] && !(i == TUI_COL_ISLAND && !v->widths.islands);
	if (left_out && m->clip >= 0)
		put_left_out(v, m, c, row++, m->clip);
	if (m->clip >= 0)
		tui_put_wrapped(c, row, 1, c.cols - 2, c.rows - row - 1, tui_clip_mark(m, m->clip).style,
				tui_table_cell(m, m->clip, TUI_COL_VERDICT, text, sizeof text));
	snprintf(text, sizeof text, "%s: %s", by->head, by->meaning);
	tui_put_fit(c, c.rows - 1, 1, c.cols - 2, TUI_QUIET, TUI_LEFT, v->by == TUI_COL_ERROR && !c.unicode ? strchr(text, ':') + 2 : text);
}

static void draw_none(const struct table *v, const struct tui_model *m, struct tui_canvas c)
{
	char keys[32];

	if (m->snap->n_clips == 0)
		tui_put(c, 1, 1, TUI_QUIET, "no clips yet");
	else
		tui_putf(c, 1, 1, TUI_QUIET, "no clip is %s; %s shows others",
			 v->filter == TUI_FILTER_OPEN ? "a problem" : tui_filter_word(v->filter),
			 tui_keymap_keys(m->keys, AS_ACTION_FILTER, 1, keys, sizeof keys));
}

static void draw(const void *state, const struct tui_model *m, struct tui_canvas c)
{
	const struct table *v = state;
	int foot = foot_rows(c.rows), room = c.rows - 1 - foot;
	struct tui_canvas body = tui_part(c, 1, 0, room, c.cols);

	draw_heads(v, c);
	if (v->n == 0)
		draw_none(v, m, c);
	for (int i = 0; i < room && v->top + i < v->n; i++)
		draw_row(v, m, body, i, v->order[v->top + i]);
	if (v->top > 0)
		tui_put_char(body, 0, c.cols - 1, TUI_QUIET, tui_glyph(c, TUI_G_UP));
	if (v->top + room < v->n)
		tui_put_char(body, room - 1, c.cols - 1, TUI_QUIET, tui_glyph(c, TUI_G_DOWN));
	if (foot > 0)
		draw_foot(v, m, tui_part(c, c.rows - foot, 0, foot, c.cols));
}

static const char *note(const void *state, const struct tui_model *m, char *out, size_t n)
{
	const struct table *v = state;
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
					    .fit = fit,
					    .draw = draw,
					    .note = note};
