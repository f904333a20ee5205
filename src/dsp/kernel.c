#include "dsp/kernel.h"

#include <math.h>
#include <string.h>

/* The loader chooses a clone before ThreadSanitizer has begun, which does not survive that. */
#if defined(__has_feature)
#if __has_feature(thread_sanitizer)
#define AS_NO_CLONES
#endif
#elif defined(__SANITIZE_THREAD__)
#define AS_NO_CLONES
#endif

#if defined(__x86_64__) && defined(__GLIBC__) && defined(__GNUC__) && !defined(AS_NO_CLONES)
#define AS_CLONES __attribute__((target_clones("avx2", "default")))
#else
#define AS_CLONES
#endif

AS_CLONES void as_kernel_mul_conj(float complex *out, const float complex *a, const float complex *b, int n)
{
	float *o = (float *)out;
	const float *x = (const float *)a, *y = (const float *)b;

	for (int k = 0; k < n; k++) {
		float re = x[2 * k] * y[2 * k] + x[2 * k + 1] * y[2 * k + 1];
		float im = x[2 * k + 1] * y[2 * k] - x[2 * k] * y[2 * k + 1];

		o[2 * k] = re;
		o[2 * k + 1] = im;
	}
}

AS_CLONES void as_kernel_normalise(float *r, int n, const uint32_t *e, int step, int span, float scale,
				   float floor)
{
	if (step == 2) { /* a constant stride vectorises */
		for (int i = 0; i < n; i++) {
			float p = (float)(int32_t)(e[2 * i + span] - e[2 * i]);

			r[i] *= scale / sqrtf(p > floor ? p : floor);
		}
		return;
	}
	for (int i = 0; i < n; i++) {
		float p = (float)(int32_t)(e[i * step + span] - e[i * step]);

		r[i] *= scale / sqrtf(p > floor ? p : floor);
	}
}

AS_CLONES void as_kernel_smooth_power(float *out, const float *r, int n)
{
	for (int i = 0; i < n; i++)
		out[i] = r[i - 2] * r[i - 2] + r[i - 1] * r[i - 1] + r[i] * r[i] + r[i + 1] * r[i + 1] +
			 r[i + 2] * r[i + 2];
}

/* Floats that are not negative order like their bits, and integer maxima vectorise. */
AS_CLONES static int32_t max_bits(const float *v, int n)
{
	int32_t top = 0;

	for (int i = 0; i < n; i++) {
		int32_t b;

		memcpy(&b, &v[i], sizeof(b));
		top = b > top ? b : top;
	}
	return top;
}

int as_kernel_argmax(const float *v, int n)
{
	int32_t bits = max_bits(v, n);
	float top;
	int i = 0;

	memcpy(&top, &bits, sizeof(top));
	while (i < n - 1 && v[i] < top)
		i++;
	return i;
}

AS_CLONES void as_kernel_widen(float *out, const int8_t *v, int64_t n)
{
	for (int64_t i = 0; i < n; i++)
		out[i] = (float)v[i];
}

/* 2^16 squares of 8-bit values fit 32 bits. */
AS_CLONES static int32_t energy_chunk(const int8_t *v, int n)
{
	int32_t sum = 0;

	for (int i = 0; i < n; i++)
		sum += v[i] * v[i];
	return sum;
}

int64_t as_kernel_energy(const int8_t *v, int64_t n)
{
	const int64_t chunk = 1 << 16;
	int64_t sum = 0;

	for (int64_t i = 0; i < n; i += chunk)
		sum += energy_chunk(v + i, (int)(n - i < chunk ? n - i : chunk));
	return sum;
}

void as_kernel_prefix_energy(uint32_t *out, const float *v, int n)
{
	out[0] = 0;
	for (int i = 0; i < n; i++)
		out[i + 1] = out[i] + (uint32_t)(int32_t)(v[i] * v[i]);
}
