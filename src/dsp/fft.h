/* Real FFTs of any even size through FFTW, single precision: the only place that knows FFTW. */
#ifndef AS_DSP_FFT_H
#define AS_DSP_FFT_H

#include <complex.h>
#include <stddef.h>

/* Immutable once made; any number of threads may execute it at the same time. Unnormalised: a forward and an inverse
 * transform multiply by n. Plans are made with FFTW_ESTIMATE, since timing-based planning changes the
 * last bits from run to run. */
struct as_fft;

/* n even. NULL when out of memory. Takes FFTW's planner lock (the one lock outside engine/). */
struct as_fft *as_fft_new(int n);
void as_fft_free(struct as_fft *f);
int as_fft_size(const struct as_fft *f);

/* x: n floats, destroyed = no; spec: n/2 + 1 bins. Both from as_fft_alloc. */
void as_fft_forward(const struct as_fft *f, float *x, float complex *spec);
/* The same where only bins 0 … bins - 1 are wanted; what the others hold is not said. */
void as_fft_forward_low(const struct as_fft *f, float *x, float complex *spec, int bins);
/* Destroys spec. */
void as_fft_inverse(const struct as_fft *f, float complex *spec, float *x);

/* SIMD-aligned memory; NULL when out of memory. Freed by as_fft_release (NULL is fine). */
void *as_fft_alloc(size_t bytes);
void as_fft_release(void *p);

#endif
