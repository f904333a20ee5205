/* The shelf below the lanes: clips that have no place on the timeline. */
#include <stdlib.h>

#include "base/words.h"
#include "tui/app.h"
#include "tui/timeline.h"

#define NAME_MOST 24 /* columns of one clip's name */
#define APART 2
#define EDGE 2       /* columns for the mark of what goes on beyond */

struct entry {
	int track, order, clip;
};

static int compare(const void *a, const void *b)
{
	const struct entry *x = a, *y = b;

	if (x->track != y->track)
		return x->track < y->track ? -1 : 1;
	if (x->order != y->order)
		return x->order < y->order ? -1 : 1;
	return x->clip < y->clip ? -1 : x->clip > y->clip;
}

bool tui_timeline_shelve(struct tui_timeline *tl, const struct tui_model *m)
{
	struct entry *all;
	int *shelf;
	int n = 0;

	tl->n_shelf = 0;
	for (int i = 0; i < tl->n_spans; i++)
		n += !tl->span[i].on;
	if (n == 0)
		return true;
	all = malloc((size_t)n * sizeof *all);
	shelf = realloc(tl->shelf, (size_t)n * sizeof *shelf);
	tl->shelf = shelf ? shelf : tl->shelf;
	if (!all || !shelf) {
		free(all);
		return false;
	}
	n = 0;
	for (int i = 0; i < tl->n_spans; i++)
		if (!tl->span[i].on)
			all[n++] = (struct entry){m->snap->clips[i].track, m->snap->clips[i].order, i};
	qsort(all, (size_t)n, sizeof *all, compare);
	for (int i = 0; i < n; i++)
		shelf[i] = all[i].clip;
	tl->n_shelf = n;
	free(all);
	return true;
}

/* Where on the shelf, or -1. */
static int find(const struct tui_timeline *tl, int clip)
{
	for (int i = 0; i < tl->n_shelf; i++)
		if (tl->shelf[i] == clip)
			return i;
	return -1;
}

static int item_cols(const struct tui_model *m, int clip)
{
	char name[256];
	int cols = tui_text_cols(as_words_clip(name, sizeof name, &m->snap->clips[clip]));

	return 2 + (cols > NAME_MOST ? NAME_MOST : cols) + APART;
}

/* The first that shows: far enough on for the chosen one to be seen, too. */
static int first_shown(const struct tui_timeline *tl, const struct tui_model *m, int cols)
{
	int at = find(tl, m->clip), sum = 0, i = at;

	if (at < 0)
		return 0;
	for (; i >= 0; i--) {
		sum += item_cols(m, tl->shelf[i]);
		if (sum > cols - 2 * EDGE && i < at)
			break;
	}
	return i + 1;
}

int tui_timeline_shelf_at(const struct tui_timeline *tl, const struct tui_model *m, int cols, int col)
{
	int first = first_shown(tl, m, cols), x = first > 0 ? EDGE : 0;

	for (int i = first; i < tl->n_shelf && x < cols; i++) {
		x += item_cols(m, tl->shelf[i]);
		if (col < x - APART)
			return tl->shelf[i];
	}
	return -1;
}

static void put_item(const struct tui_model *m, struct tui_canvas c, int col, int clip, int cols)
{
	struct tui_state_mark mark = tui_clip_mark(m, clip);
	char name[256];

	as_words_clip(name, sizeof name, &m->snap->clips[clip]);
	tui_put_char(c, 0, col, mark.style, tui_glyph(c, mark.glyph));
	tui_put_fit(c, 0, col + 2, cols - 2, clip == m->clip ? TUI_VALUE : TUI_PLAIN, TUI_NAME, name);
	if (m->marked && m->marked[clip])
		tui_lay(c, 0, col, 1, cols, TUI_MARKED);
}

void tui_timeline_shelf(const struct tui_timeline *tl, const struct tui_model *m, struct tui_canvas c,
			const struct tui_timeline_layout *l)
{
	struct tui_canvas part;
	int first, x;
	bool focus = m->focus == TUI_PANE_TIMELINE && !m->dialog;

	if (l->shelf_row < 0)
		return;
	tui_put(c, l->shelf_row, 0, TUI_UNPLACED, "no place");
	part = tui_part(c, l->shelf_row, l->gutter, 1, c.cols - l->gutter);
	first = first_shown(tl, m, part.cols);
	x = first > 0 ? EDGE : 0;
	if (first > 0)
		tui_put(part, 0, 0, TUI_QUIET, tui_glyph_text(c.unicode, TUI_G_ELLIPSIS));
	for (int i = first; i < tl->n_shelf; i++) {
		int cols = item_cols(m, tl->shelf[i]) - APART;

		if (x + cols > part.cols - (i + 1 < tl->n_shelf ? EDGE : 0) && i > first) {
			tui_put(part, 0, part.cols - 1, TUI_QUIET, tui_glyph_text(c.unicode, TUI_G_ELLIPSIS));
			break;
		}
		put_item(m, part, x, tl->shelf[i], cols);
		if (tl->shelf[i] == m->clip)
			tui_lay(part, 0, x, 1, cols, focus && tl->on_shelf ? TUI_CURSOR : TUI_CURSOR_BLUR);
		x += cols + APART;
	}
}

/* Choosing a clip there leaves the cursor where it is. */
static void choose(struct tui_timeline *tl, struct tui *t, int i)
{
	double at_s = t->m.cursor_s;

	i = i < 0 ? 0 : i >= tl->n_shelf ? tl->n_shelf - 1 : i;
	tui_select(t, -1, tl->shelf[i]);
	t->m.cursor_s = at_s;
	tl->on_shelf = true;
}

bool tui_timeline_to_shelf(struct tui_timeline *tl, struct tui *t)
{
	int at = find(tl, t->m.clip);

	if (tl->n_shelf == 0)
		return false;
	/* The last track's first of all: it is what lies above. */
	for (int i = 0; at < 0 && i < tl->n_shelf; i++)
		if (t->m.snap->clips[tl->shelf[i]].track == t->m.track)
			at = i;
	choose(tl, t, at);
	return true;
}

bool tui_timeline_shelf_act(struct tui_timeline *tl, struct tui *t, enum as_action action, int n)
{
	int at = find(tl, t->m.clip);

	if (!tl->on_shelf || at < 0)
		return tl->on_shelf = false;
	switch (action) {
	case AS_ACTION_LEFT:
	case AS_ACTION_PAN_LEFT:
	case AS_ACTION_PREV_CLIP:
		choose(tl, t, at - n);
		return true;
	case AS_ACTION_RIGHT:
	case AS_ACTION_PAN_RIGHT:
	case AS_ACTION_NEXT_CLIP:
		choose(tl, t, at + n);
		return true;
	case AS_ACTION_MARK:
		tui_mark(t, t->m.clip, !t->m.marked[t->m.clip]);
		choose(tl, t, at + 1);
		return true;
	case AS_ACTION_DOWN:
		return true;
	default:
		return false;
	}
}
