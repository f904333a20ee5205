/* Extreme-value statistics of correlation peaks, and where between two samples a peak lies. */
#ifndef AS_DSP_PEAK_H
#define AS_DSP_PEAK_H

/* Gumbel law of block maxima of smoothed rho squared: P(max > x) = 1 - exp(-exp(-(x - mu) / beta)). */
struct as_gumbel {
	float mu, beta;  /* beta 0: too few values, or all alike */
	float sigma;     /* root of the median of the values: a scale for rho itself */
};

/* From the median and the 90 % quantile, robust against a few true peaks. Reorders v. Fewer than 20 values give beta 0. */
struct as_gumbel as_gumbel_fit(float *v, int n);

/* Position of the extremum of |r| next to r[at], by windowed-sinc interpolation: r must be band-limited below its Nyquist
 * frequency. Error under 0.01 samples without noise. Within 1 of at. */
double as_peak_refine(const float *r, int n, int at);

#endif
