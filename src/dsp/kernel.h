/* Hot loops, compiled for the baseline and for AVX2 and chosen at run time; both give the same bits, since none uses fused
 * multiply-add and none reorders a sum. */
#ifndef AS_DSP_KERNEL_H
#define AS_DSP_KERNEL_H

#include <complex.h>
#include <stdint.h>

/* out[k] = a[k] * conj(b[k]). */
void as_kernel_mul_conj(float complex *out, const float complex *a, const float complex *b, int n);

/* r[i] *= scale / sqrt(max(e[i * step + span] - e[i * step], floor)): correlation to coefficient; e are prefix sums. */
void as_kernel_normalise(float *r, int n, const uint32_t *e, int step, int span, float scale, float floor);

/* out[i] = sum of r[i + d]^2 over |d| <= 2; r needs 2 valid values on both sides. */
void as_kernel_smooth_power(float *out, const float *r, int n);

/* Index of the largest of n > 0 values, all >= 0 and finite; the first of equals. */
int as_kernel_argmax(const float *v, int n);

/* out[i] = v[i]. */
void as_kernel_widen(float *out, const int8_t *v, int64_t n);

/* Sum of v[i]^2. */
int64_t as_kernel_energy(const int8_t *v, int64_t n);

/* out[0] = 0, out[i + 1] = out[i] + v[i]^2, for int8-valued floats. */
void as_kernel_prefix_energy(uint32_t *out, const float *v, int n);

#endif
