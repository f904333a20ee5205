/* Robust straight lines through lag measurements (doc/algorithm.md, section 6). */
#ifndef AS_DSP_FIT_H
#define AS_DSP_FIT_H

#include <stdbool.h>

/* y = y0 + slope * (x - x0). */
struct as_line {
	double x0, y0, slope;
	double y0_err, slope_err;  /* standard errors; at x0 the two are uncorrelated */
	double scale;              /* robust standard deviation of the residuals */
	int n_used;                /* points with weight */
};

/* Theil-Sen start, then Tukey biweight at 4.5 sigma, weights w (NULL: all 1). |slope| is held at max_slope. scale_min is the least error a point can
 * have, in units of y: errors are never told smaller than it allows. Fewer than two distinct x give slope 0 with infinite error. n >= 1. Returns 0, or -1 when out of memory. */
int as_fit_line(const double *x, const double *y, const double *w, int n, double max_slope, double scale_min,
		struct as_line *out);

/* y of the line at x. */
double as_line_at(const struct as_line *l, double x);

/* The polygon through (x[i], y[i]) at `at`; beyond its ends it stays at their y. x ascending; 0 if n is 0. */
double as_polygon_at(const double *x, const double *y, int n, double at);

/* Marks the points of a polygon that are worth keeping, its ends among them: as few, one at a time where it is missed most, as
 * bring it within near[i] of each point, but at most n_max. x ascending, n_max >= 2. */
void as_polygon_thin(const double *x, const double *y, const double *near, int n, int n_max, bool *keep);

/* Median of v; reorders it. n >= 1. */
double as_median(double *v, int n);

#endif
