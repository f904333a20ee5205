/* Smoothing of lag measurements whose slope wanders: a clock that warms up (doc/algorithm.md, section 6). */
#ifndef AS_DSP_SMOOTH_H
#define AS_DSP_SMOOTH_H

#include <stdbool.h>

struct as_smooth_point {
	double x, y;   /* measured; x ascending */
	double weight; /* 1 / relative variance of y; > 0 */
	bool step;     /* y may have jumped by any amount since the point before */
	/* results */
	double value, rate; /* smoothed y and dy/dx */
	double value_err;   /* standard error of value */
};

/* The slope makes a random walk, y is its integral and is seen through noise: the smoothing spline, by Kalman filter and
 * Rauch-Tung-Striebel smoother. How fast the slope walks is chosen by maximum likelihood, standing still included. Noise is
 * never taken to be less than noise_min (at weight 1). Returns twice the log-likelihood by which the walk beats the straight
 * line (0: the line is as good, and value holds the line), or -1 when out of memory. n >= 3. */
double as_smooth(struct as_smooth_point *p, int n, double noise_min);

#endif
