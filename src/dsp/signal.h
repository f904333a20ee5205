/* The analysis signal: whitened mono sound as 8-bit samples, usually mapped from the cache. */
#ifndef AS_DSP_SIGNAL_H
#define AS_DSP_SIGNAL_H

#include <stdint.h>

/* Sample v[i] sits at t0_s + i / rate_hz after the clip's first decoded sample. v is borrowed. */
struct as_signal {
	const int8_t *v;
	int64_t n;
	double rate_hz;
	double t0_s;
	double energy;   /* sum of squares of all n, or 0: not known, and summed where it is wanted */
};

/* s->v[at, at + n) as floats into x[0, n), zero outside the signal, then zeros up to x[m]. Returns the sum of squares. */
double as_signal_load(const struct as_signal *s, int64_t at, int n, int m, float *x);

/* Sum of squares of s->v[at, at + n), zero outside the signal. */
double as_signal_energy(const struct as_signal *s, int64_t at, int64_t n);

/* Sum of a->v[at_a + k] * b->v[at_b + k], k in [0, n), zero outside the signals. */
double as_signal_dot(const struct as_signal *a, int64_t at_a, const struct as_signal *b, int64_t at_b, int64_t n);

#endif
