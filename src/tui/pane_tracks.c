/* The tree of devices and their clips. */
#include <math.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "base/text.h"
#include "base/words.h"
#include "tui/app.h"
#include "tui/list.h"
#include "tui/list_cursor.h"

#define START_FROM_COLS 56 /* from here on a clip's start stands before its length */
#define START_COLS 14
#define LENGTH_COLS 10

/* A track (clip -1) or one of its clips. */
struct row {
	int track, clip;
};

struct tree {
	struct row *row;
	int n;
	char **folded; /* names of tracks; heap */
	int n_folded;
	int top, room; /* room: rows of the last frame */
};

static void *open_tree(struct tui *t)
{
	(void)t;
	return calloc(1, sizeof(struct tree));
}

static void close_tree(void *state)
{
	struct tree *tree = state;

	for (int i = 0; i < tree->n_folded; i++)
		free(tree->folded[i]);
	free(tree->folded);
	free(tree->row);
	free(tree);
}

/* --- folding --------------------------------------------------------------------------------------------------- */

static int find_fold(const struct tree *tree, const char *name)
{
	for (int i = 0; i < tree->n_folded; i++)
		if (!strcmp(tree->folded[i], name))
			return i;
	return -1;
}

static void set_fold(struct tree *tree, const char *name, bool on)
{
	int i = find_fold(tree, name);

	if (!on && i >= 0) {
		free(tree->folded[i]);
		tree->folded[i] = tree->folded[--tree->n_folded];
	} else if (on && i < 0) {
		char **more = realloc(tree->folded, (size_t)(tree->n_folded + 1) * sizeof *more), *copy = strdup(name);

		if (more)
			tree->folded = more;
		if (more && copy)
			tree->folded[tree->n_folded++] = copy;
		else
			free(copy);
	}
}

/* --- rows ------------------------------------------------------------------------------------------------------ */

struct sort_key {
	int track, order, clip;
};

static int compare(const void *a, const void *b)
{
	const struct sort_key *x = a, *y = b;

	if (x->track != y->track)
		return x->track < y->track ? -1 : 1;
	if (x->order != y->order)
		return x->order < y->order ? -1 : 1;
	return x->clip < y->clip ? -1 : x->clip > y->clip;
}

static void make_rows(struct tree *tree, const struct as_snapshot *s)
{
	struct row *row = malloc((size_t)(s->n_clips + s->n_tracks + 1) * sizeof *row);
	struct sort_key *key = malloc((size_t)(s->n_clips + 1) * sizeof *key);
	int n = 0, k = 0;

	if (row && key) {
		for (int i = 0; i < s->n_clips; i++)
			key[i] = (struct sort_key){s->clips[i].track, s->clips[i].order, i};
		qsort(key, (size_t)s->n_clips, sizeof *key, compare);
		for (int track = 0; track < s->n_tracks; track++) {
			bool folded = find_fold(tree, s->tracks[track].name) >= 0;

			row[n++] = (struct row){track, -1};
			for (; k < s->n_clips && key[k].track == track; k++)
				if (!folded)
					row[n++] = (struct row){track, key[k].clip};
		}
		free(tree->row);
		tree->row = row;
		tree->n = n;
		row = NULL;
	}
	free(row);
	free(key);
}

static void news(void *state, struct tui *t)
{
	make_rows(state, t->m.snap);
}

/* The row of what is selected: its track's where that is folded. */
static int cursor_row(const struct tree *tree, const struct tui_model *m)
{
	int of_track = -1;

	for (int i = 0; i < tree->n; i++) {
		if (tree->row[i].track != m->track)
			continue;
		if (tree->row[i].clip == m->clip)
			return i;
		if (tree->row[i].clip < 0)
			of_track = i;
	}
	return of_track;
}

static void go_to(struct tree *tree, struct tui *t, int i)
{
	i = tui_list_clamp(i, tree->n);
	if (tree->n > 0)
		tui_select(t, tree->row[i].track, tree->row[i].clip);
}

static void fold(struct tree *tree, struct tui *t, bool on)
{
	if (t->m.track < 0)
		return;
	set_fold(tree, t->m.snap->tracks[t->m.track].name, on);
	if (on)
		tui_select(t, t->m.track, -1);
	make_rows(tree, t->m.snap);
}

static void fold_all(struct tree *tree, struct tui *t)
{
	bool on = tree->n_folded == 0;

	for (int i = 0; i < t->m.snap->n_tracks; i++)
		set_fold(tree, t->m.snap->tracks[i].name, on);
	if (on)
		tui_select(t, t->m.track, -1);
	make_rows(tree, t->m.snap);
}

static void mark_track(struct tui *t)
{
	bool on = false;

	for (int i = 0; i < t->m.snap->n_clips; i++)
		on |= t->m.snap->clips[i].track == t->m.track && t->marked && !t->marked[i];
	for (int i = 0; i < t->m.snap->n_clips; i++)
		if (t->m.snap->clips[i].track == t->m.track)
			tui_mark(t, i, on);
}

static bool act(void *state, struct tui *t, enum as_action action, const struct tui_call *call)
{
	struct tree *tree = state;
	int by = tui_list_step(action, tree->n, TUI_LIST_PAGE) * (call->count > 0 ? call->count : 1);
	bool folded = t->m.track >= 0 && find_fold(tree, t->m.snap->tracks[t->m.track].name) >= 0;

	if (by) {
		go_to(tree, t, cursor_row(tree, &t->m) + by);
		return true;
	}
	switch (action) {
	case AS_ACTION_LEFT:
		if (t->m.clip >= 0)
			tui_select(t, t->m.track, -1);
		else
			fold(tree, t, true);
		return true;
	case AS_ACTION_RIGHT:
		fold(tree, t, false);
		return true;
	case AS_ACTION_FOLD:
		fold(tree, t, !folded);
		return true;
	case AS_ACTION_FOLD_ALL:
		fold_all(tree, t);
		return true;
	case AS_ACTION_ACTIVATE:
		if (t->m.clip >= 0)
			return false;
		fold(tree, t, !folded);
		return true;
	case AS_ACTION_MARK:
		if (t->m.clip >= 0)
			return false;
		mark_track(t);
		return true;
	default:
		return false;
	}
}

static bool click(void *state, struct tui *t, struct tui_place at)
{
	struct tree *tree = state;
	int row = tree->top + at.row;

	if (row >= tree->n)
		return false;
	go_to(tree, t, row);
	return true;
}

static void fit(void *state, const struct tui_model *m, int rows, int cols)
{
	struct tree *tree = state;

	(void)cols;
	tree->room = rows;
	tree->top = tui_list_top(tree->top, cursor_row(tree, m), tree->n, rows);
}

static int rows_below(const struct tree *tree)
{
	return tree->n > tree->top + tree->room ? tree->n - tree->top - tree->room : 0;
}

/* --- drawing --------------------------------------------------------------------------------------------------- */

/* Where a row's name stands. */
struct named {
	int col, cols;
};

static struct named draw_track(const struct tree *tree, const struct tui_model *m, struct tui_canvas c, int row, int track)
{
	const struct as_track *k = &m->snap->tracks[track];
	bool folded = find_fold(tree, k->name) >= 0, limited = tui_limited(m, track, -1);
	struct named name = {.col = 2};
	char right[32];
	int cols;

	snprintf(right, sizeof right, k->reference ? "%d  REF" : "%d", k->n_clips);
	cols = tui_text_cols(right);
	if (limited && c.cols > 24) {
		tui_put(c, row, c.cols - cols - 10, TUI_WARNING, "limited");
		cols += 9;
	}
	tui_put_char(c, row, 0, TUI_QUIET, tui_glyph(c, folded ? TUI_G_CLOSED : TUI_G_OPEN));
	name.cols = c.cols - cols - 4;
	tui_put_fit(c, row, name.col, name.cols, k->reference ? TUI_REFERENCE : TUI_VALUE, TUI_NAME, k->name);
	tui_put(c, row, c.cols - tui_text_cols(right) - 1, k->reference ? TUI_REFERENCE : TUI_QUIET, right);
	return name;
}

static struct named draw_clip(const struct tui_model *m, struct tui_canvas c, int row, int clip)
{
	const struct as_clip *k = &m->snap->clips[clip];
	struct tui_state_mark mark = tui_clip_mark(m, clip);
	char name[512], right[64] = "", start[32];
	struct named at = {.col = 2};
	int cols;
	double from_s, to_s;

	if (k->state == AS_CLIP_LOADING)
		snprintf(right, sizeof right, "%d %%", (int)(k->progress * 100));
	else if (isfinite(k->duration_s))
		as_text_duration(right, sizeof right, k->duration_s);
	/* Where there is room: where it sits, or that it sits nowhere. */
	if (m->snap->placements && c.cols >= START_FROM_COLS) {
		tui_put_fit(c, row, c.cols - START_COLS - LENGTH_COLS, START_COLS, TUI_PLAIN, TUI_RIGHT,
			    as_text_hms(start, sizeof start, tui_clip_span(m, clip, &from_s, &to_s) ? from_s : (double)NAN, 3));
		cols = START_COLS + LENGTH_COLS - 1;
		tui_put(c, row, c.cols - tui_text_cols(right) - 1, TUI_QUIET, right);
		*right = '\0';
	} else {
		cols = tui_text_cols(right);
	}
	if (m->marked && m->marked[clip])
		tui_put_char(c, row, 0, TUI_HEAD, '+');
	tui_put_char(c, row, at.col++, mark.style, tui_glyph(c, mark.glyph));
	/* Where colour cannot tell, a letter does: S, M, W, A, U, F … */
	if (!m->color)
		tui_put_char(c, row, at.col++, mark.style, (uint32_t)(mark.word[0] - 'a' + 'A'));
	as_words_clip(name, sizeof name, k);
	at.col++;
	at.cols = c.cols - at.col - cols - 2;
	tui_put_fit(c, row, at.col, at.cols, k->state == AS_CLIP_FAILED ? TUI_FAILED : TUI_PLAIN, TUI_NAME, name);
	tui_put(c, row, c.cols - cols - 1, TUI_QUIET, right);
	return at;
}

static void draw(const void *state, const struct tui_model *m, struct tui_canvas c)
{
	const struct tree *tree = state;
	int at = cursor_row(tree, m);

	for (int i = tree->top; i < tree->n && i - tree->top < c.rows; i++) {
		int row = i - tree->top;
		struct named name;

		/* The rows are of the latest snapshot, unless memory ran out. */
		if (tree->row[i].track >= m->snap->n_tracks || tree->row[i].clip >= m->snap->n_clips)
			continue;
		if (tree->row[i].clip < 0)
			name = draw_track(tree, m, c, row, tree->row[i].track);
		else
			name = draw_clip(m, c, row, tree->row[i].clip);
		if (tree->row[i].clip >= 0 && m->marked && m->marked[tree->row[i].clip])
			tui_lay(c, row, 0, 1, c.cols, TUI_MARKED);
		if (i == at)
			tui_list_cursor(c, row, 1, name.col, name.cols, m->focus == TUI_PANE_TRACKS && !m->dialog);
	}
	if (tree->top > 0)
		tui_put_char(c, 0, c.cols - 1, TUI_QUIET, tui_glyph(c, TUI_G_UP));
	if (rows_below(tree) > 0)
		tui_put_char(c, c.rows - 1, c.cols - 1, TUI_QUIET, tui_glyph(c, TUI_G_DOWN));
}

/* "2 marked  ▲ 3 ▼ 12 more" */
static const char *note(const void *state, const struct tui_model *m, char *out, size_t n)
{
	const struct tree *tree = state;
	int below = rows_below(tree), used = 0;

	if (m->n_marked > 0)
		used += snprintf(out, n, "%d marked  ", m->n_marked);
	if (tree->top > 0)
		used += snprintf(out + used, n - (size_t)used, "%s %d ", tui_glyph_text(m->unicode, TUI_G_UP), tree->top);
	if (below > 0)
		used += snprintf(out + used, n - (size_t)used, "%s %d ", tui_glyph_text(m->unicode, TUI_G_DOWN), below);
	if (tree->top > 0 || below > 0)
		snprintf(out + used, n - (size_t)used, "more");
	else
		out[used > 2 ? used - 2 : 0] = '\0';
	return *out ? out : NULL;
}

const struct tui_pane_ops tui_pane_tracks = {.name = "tracks",
					     .title = "Tracks",
					     .place = AS_PLACE_TRACKS,
					     .open = open_tree,
					     .close = close_tree,
					     .news = news,
					     .click = click,
					     .action = act,
					     .fit = fit,
					     .draw = draw,
					     .note = note};
