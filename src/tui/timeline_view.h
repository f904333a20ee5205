/* Which part of the timeline shows, and at what zoom: arithmetic alone.
 *
 * Column k shows [from_s + k * step_s, from_s + (k + 1) * step_s). The first column of the whole is the one of begin_s, the last one
 * holds end_s. */
#ifndef AS_TUI_TIMELINE_VIEW_H
#define AS_TUI_TIMELINE_VIEW_H

#include <stdbool.h>

#define TUI_STEP_LEAST_S 1e-3   /* closest zoom: seconds in a column */
#define TUI_STEP_COMPARE_S 1e-4 /* and where two clips are compared */

struct tui_view {
	double begin_s, end_s; /* of all that there is */
	double from_s, step_s;
	double least_step_s;
	int cols;
	bool whole;            /* stays fitted to the whole, whatever becomes of it and of the window */
};

/* Takes over what there is to see and how wide the window is, keeping what is on the screen as far as that goes. */
void tui_view_fit(struct tui_view *v, double begin_s, double end_s, int cols);
/* The step at which everything fits. */
double tui_view_whole_step_s(const struct tui_view *v);
void tui_view_all(struct tui_view *v);
/* `n` neat steps closer (negative: further away), at_s staying in its column. */
void tui_view_zoom(struct tui_view *v, int n, double at_s);
/* A step of one's choice, at_s in the middle. */
void tui_view_center(struct tui_view *v, double step_s, double at_s);
/* As close as [from_s, to_s) fits, with a little air on both sides. */
void tui_view_span(struct tui_view *v, double from_s, double to_s);
void tui_view_pan(struct tui_view *v, double cols);
/* Where at_s is less than margin columns away from the edges: moves so far that it is an eighth of the window farther (where the ends do not
 * forbid it). */
void tui_view_follow(struct tui_view *v, double at_s, int margin);

/* The column of a moment; outside the window less than 0 or at least cols, never further off than a window or so. */
int tui_view_col(const struct tui_view *v, double at_s);
double tui_view_time_s(const struct tui_view *v, double col);

/* Seconds in a column for people: "2.0 s", "5 ms", "1 min 30 s". Returns out. */
char *tui_view_step_words(char *out, unsigned n, double step_s);

#endif
