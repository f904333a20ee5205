/* The explanation of a clip: its state, its text, the panel about one match. */
#ifndef AS_TUI_EXPLAIN_H
#define AS_TUI_EXPLAIN_H

#include <audiosync/explain.h>

#include "tui/model.h"

#define TUI_EXPLAIN_TRAIL 64 /* clips that Backspace goes back through */
#define TUI_EXPLAIN_WEAK 8   /* matches that nobody listened to, shown */

struct tui_explain {
	char *trail[TUI_EXPLAIN_TRAIL]; /* paths; the last one is shown */
	int n_trail;
	int clip;                       /* -1: it is gone */
	int n_clips;                    /* in the snapshot that it is of */
	struct as_explanation *e;       /* of the snapshot; NULL: gone, or out of memory */
	int n_places, n_matches;        /* that can be chosen; see tui_explain_item */
	int item;                       /* the cursor */
	int top;                        /* first line that is shown */
	int item_line, rows, lines;     /* of the last frame */
	enum { TUI_FOLLOW_NOTHING, TUI_FOLLOW_ITEM, TUI_FOLLOW_SEEN } follow; /* what the next frame brings together */
};

/* What the cursor can be on: places of a clip that has none come first, then matches, then other places of a clip that has one. */
struct tui_explain_item {
	enum { TUI_ITEM_NONE, TUI_ITEM_CANDIDATE, TUI_ITEM_MATCH, TUI_ITEM_RIVAL } kind;
	int index; /* of the placement's candidates, or of the explanation's matches or places */
};
/* How many there are. */
int tui_explain_items(const struct tui_explain *x);
struct tui_explain_item tui_explain_item(const struct tui_explain *x, const struct tui_model *m, int i);
/* The match that the panel is about: the cursor's, or the best; NULL: there is none. */
const struct as_explained_match *tui_explain_match(const struct tui_explain *x, const struct tui_model *m);
/* Whether the places are the clip's candidates: of one that has no place, or that was put at one of them by hand. */
bool tui_explain_is_open(const struct tui_explain *x, const struct tui_model *m);

/* explain_page.c: draws the text from line x->top on, or (rows 0) measures: the line of item `item` goes to *item_line, and the first
 * item at or below x->top to *first_item. Returns the number of lines. */
int tui_explain_page(const struct tui_explain *x, const struct tui_model *m, struct tui_canvas c, int item, int *item_line);

/* explain_layout.c: what a dialog does with its window; see pane.h. */
void tui_explain_size(const void *state, const struct tui_model *m, int *rows, int *cols);
void tui_explain_fit(void *state, const struct tui_model *m, int rows, int cols);
void tui_explain_draw(const void *state, const struct tui_model *m, struct tui_canvas c);

/* explain_match.c */

/* One match as the clip sees it: lags by its own time. Heap inside. */
struct tui_lags {
	struct as_lag_point *points, *curve;
	int n_points, n_curve;
	double from_s, to_s; /* the stretch worth showing */
};
/* False when out of memory; done in every case. */
bool tui_lags_init(struct tui_lags *l, const struct as_snapshot *s, int match, int clip);
void tui_lags_done(struct tui_lags *l);

/* Words and plot about a match. */
void tui_explain_panel(const struct tui_explain *x, const struct tui_model *m, const struct as_explained_match *v, struct tui_canvas c);

#endif
