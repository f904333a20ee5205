/* Lag over time in characters: what was measured, and the line that was fitted to it. */
#ifndef AS_TUI_PLOT_H
#define AS_TUI_PLOT_H

#include <audiosync/types.h>

#include "tui/canvas.h"

/* Borrowed. */
struct tui_plot {
	const struct as_lag_point *points;
	int n_points;
	const struct as_lag_point *curve; /* by at_s, straight between two; two of one at_s: a step */
	int n_curve;
	double from_s, to_s; /* time at the left and at the right edge */
};

/* What the axes say. Lags are shown as their difference to the curve's at the left edge. */
struct tui_plot_axes {
	double zero_s;
	double low_s, high_s; /* difference at the middle of the bottom row and of the top row */
	double unit_s;        /* 1, 1e-3 or 1e-6 */
	const char *unit;     /* constant */
	double step_s;        /* from one label to the next: 1, 2 or 5 times a power of ten */
	int decimals;         /* of labels, in the unit */
	double time_step_s;
};

#define TUI_PLOT_LEFT 10  /* columns of labels and axis */
#define TUI_PLOT_BELOW 2  /* rows of axis and labels */

/* For `rows` rows and `cols` columns of dots. A steady lag looks steady: no less than 100 us from bottom to top. Points that are not
 * used count only where they are near. */
struct tui_plot_axes tui_plot_axes(const struct tui_plot *p, int rows, int cols, bool unicode);
/* Rows from the top, 0.5 in the middle of the first; columns likewise. May lie outside. */
double tui_plot_row(const struct tui_plot_axes *a, int rows, double lag_s);
double tui_plot_col(const struct tui_plot *p, int cols, double at_s);
/* The next number at or above v > 0 of the form 1, 2 or 5 times a power of ten; of times, one that is round for people. */
double tui_plot_nice(double v);
double tui_plot_nice_time(double s);
/* The curve's lag, NAN where there is no curve; beyond its ends as at them. */
double tui_plot_curve(const struct tui_plot *p, double at_s);

/* Dots, axes and labels. Needs at least 12 columns more than TUI_PLOT_LEFT and 3 rows more than TUI_PLOT_BELOW, else draws nothing. */
void tui_plot_draw(const struct tui_plot *p, struct tui_canvas c);

#endif
