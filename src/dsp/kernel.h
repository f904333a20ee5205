/* Hot loops, compiled for the baseline and for AVX2 and chosen at run time; both give the same bits, since none uses fused
 * multiply-add and none reorders a sum. */
#ifndef AS_DSP_KERNEL_H
#define AS_DSP_KERNEL_H

#include <complex.h>
#include <stdint.h>

/* out[k] = a[k] * conj(b[k]). */
void as_kernel_mul_conj(float complex *out, const float complex *a, const float complex *b, int n);

/* sum[k] += a[k] * conj(b[k]). sum is neither of the others. */
void as_kernel_mul_conj_add(float complex *sum, const float complex *a, const float complex *b, int n);

/* out[i] = 1 / sqrt(max(e[i * step + span] - e[i * step], floor)): what makes coefficients of correlations; e are prefix sums. */
void as_kernel_inverse_root(float *out, int n, const uint32_t *e, int step, int span, float floor);

/* v[i] *= gain[i] * scale. */
void as_kernel_scale(float *v, const float *gain, float scale, int n);

/* out[i] = sum of r[i + d]^2 over |d| <= 2; r needs 2 valid values on both sides. */
void as_kernel_smooth_power(float *out, const float *r, int n);

/* The largest of n > 0 values, all >= 0 and finite. */
float as_kernel_max(const float *v, int n);

/* Index of the largest of n > 0 values, all >= 0 and finite; the first of equals. */
int as_kernel_argmax(const float *v, int n);

/* out[i] = max(a[i], b[i]); out is neither of them. */
void as_kernel_max_each(float *out, const float *a, const float *b, int n);

/* out[i] = 1 where v[i] >= high[i] and v[i] > floor, else 0. */
void as_kernel_mark_tops(uint8_t *out, const float *v, const float *high, float floor, int n);

/* out[i] = v[i]. */
void as_kernel_widen(float *out, const int8_t *v, int64_t n);

/* Sum of v[i]^2. */
int64_t as_kernel_energy(const int8_t *v, int64_t n);

/* Sum of a[i] * b[i]. */
int64_t as_kernel_dot(const int8_t *a, const int8_t *b, int64_t n);

/* out[0] = 0, out[i + 1] = out[i] + v[i]^2, for int8-valued floats. */
void as_kernel_prefix_energy(uint32_t *out, const float *v, int n);

/* out[k] = |x[k]|^2. */
void as_kernel_power(float *out, const float complex *x, int n);

/* out[k] = x[k] * scale / (sqrt(power[k]) + eps) * (1 - floor[k] / power[k]), 0 where power[k] is not
 * over floor[k] and over min; floor[k] and min >= 0. */
void as_kernel_whiten(float complex *out, const float complex *x, const float *power, const float *floor, float scale,
		      float eps, float min, int n);

/* out[k] = a[k] + t * (b[k] - a[k]). */
void as_kernel_blend(float *out, const float *a, const float *b, float t, int n);

/* out[i] = v[i] held within -max … max, and 0 for NAN and infinities. */
void as_kernel_tame(float *out, const float *v, float max, int n);

/* Sums of sqrt(v[i]) and of v[i]^2, in the order that sixteen lanes give. */
float as_kernel_sum_sqrt(const float *v, int n);
float as_kernel_sum_squares(const float *v, int n);

/* out[i] = v[i] to the nearest integer, half to even, within -127 … 127. v must not hold NAN. */
void as_kernel_quantise(int8_t *out, const float *v, int n);

/* The complex transform z of a real signal's even (real part) and odd (imaginary part) samples, and the real signal's own spectrum
 * X, for n pairs of bins (k, half - k), k = 1 …: first points to bin 1, last to bin half - 1, re and im to exp(-2 pi i k / (2 half)).
 * split: z -> X. merge: X -> 2 z. In place; the two sides do not meet. */
void as_kernel_split(float complex *first, float complex *last, const float *re, const float *im, int n);
void as_kernel_merge(float complex *first, float complex *last, const float *re, const float *im, int n);

#endif
