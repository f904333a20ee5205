#include "dsp/kernel.h"

#include <math.h>
#include <string.h>

#include "dsp/clones.h"

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

AS_CLONES void as_kernel_mul_conj_add(float complex *sum, const float complex *a, const float complex *b, int n)
{
	float *restrict o = (float *)sum;
	const float *x = (const float *)a, *y = (const float *)b;

	for (int k = 0; k < n; k++) {
		float re = x[2 * k] * y[2 * k] + x[2 * k + 1] * y[2 * k + 1];
		float im = x[2 * k + 1] * y[2 * k] - x[2 * k] * y[2 * k + 1];

		o[2 * k] += re;
		o[2 * k + 1] += im;
	}
}

AS_CLONES void as_kernel_inverse_root(float *out, int n, const uint32_t *e, int step, int span, float floor)
{
	if (step == 2) { /* a constant stride vectorises */
		for (int i = 0; i < n; i++) {
			float p = (float)(int32_t)(e[2 * i + span] - e[2 * i]);

			out[i] = 1.0f / sqrtf(p > floor ? p : floor);
		}
		return;
	}
	for (int i = 0; i < n; i++) {
		float p = (float)(int32_t)(e[i * step + span] - e[i * step]);

		out[i] = 1.0f / sqrtf(p > floor ? p : floor);
	}
}

AS_CLONES void as_kernel_scale(float *v, const float *gain, float scale, int n)
{
	for (int i = 0; i < n; i++)
		v[i] *= gain[i] * scale;
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

float as_kernel_max(const float *v, int n)
{
	int32_t bits = max_bits(v, n);
	float top;

	memcpy(&top, &bits, sizeof(top));
	return top;
}

int as_kernel_argmax(const float *v, int n)
{
	float top = as_kernel_max(v, n);
	int i = 0;

	while (i < n - 1 && v[i] < top)
		i++;
	return i;
}

AS_CLONES void as_kernel_max_each(float *out, const float *a, const float *b, int n)
{
	for (int i = 0; i < n; i++)
		out[i] = a[i] > b[i] ? a[i] : b[i];
}

AS_CLONES void as_kernel_mark_tops(uint8_t *out, const float *v, const float *high, float floor, int n)
{
	for (int i = 0; i < n; i++)
		out[i] = (uint8_t)((v[i] >= high[i]) & (v[i] > floor));
}

AS_CLONES void as_kernel_widen(float *out, const int8_t *v, int64_t n)
{
	for (int64_t i = 0; i < n; i++)
		out[i] = (float)v[i];
}

/* 2^16 products of 8-bit values fit 32 bits. */
AS_CLONES static int32_t dot_chunk(const int8_t *a, const int8_t *b, int n)
{
	int32_t sum = 0;

	for (int i = 0; i < n; i++)
		sum += a[i] * b[i];
	return sum;
}

int64_t as_kernel_dot(const int8_t *a, const int8_t *b, int64_t n)
{
	const int64_t chunk = 1 << 16;
	int64_t sum = 0;

	for (int64_t i = 0; i < n; i += chunk)
		sum += dot_chunk(a + i, b + i, (int)(n - i < chunk ? n - i : chunk));
	return sum;
}

int64_t as_kernel_energy(const int8_t *v, int64_t n)
{
	return as_kernel_dot(v, v, n);
}

void as_kernel_prefix_energy(uint32_t *out, const float *v, int n)
{
	out[0] = 0;
	for (int i = 0; i < n; i++)
		out[i + 1] = out[i] + (uint32_t)(int32_t)(v[i] * v[i]);
}

AS_CLONES void as_kernel_power(float *out, const float complex *x, int n)
{
	const float *v = (const float *)x;

	for (int k = 0; k < n; k++)
		out[k] = v[2 * k] * v[2 * k] + v[2 * k + 1] * v[2 * k + 1];
}

AS_CLONES void as_kernel_whiten(float complex *out, const float complex *x, const float *power, const float *floor,
				float scale, float eps, float min, int n)
{
	float *o = (float *)out;
	const float *v = (const float *)x;

	for (int k = 0; k < n; k++) {
		float p = power[k], f = floor[k];
		float keep = 1.0f - f / p;
		float g = scale / (sqrtf(p) + eps);

		g = p > (f > min ? f : min) ? keep * g : 0.0f;
		o[2 * k] = v[2 * k] * g;
		o[2 * k + 1] = v[2 * k + 1] * g;
	}
}

AS_CLONES void as_kernel_blend(float *out, const float *a, const float *b, float t, int n)
{
	for (int k = 0; k < n; k++)
		out[k] = a[k] + t * (b[k] - a[k]);
}

AS_CLONES void as_kernel_tame(float *out, const float *v, float max, int n)
{
	for (int i = 0; i < n; i++) {
		float x = v[i] > max ? max : v[i] < -max ? -max : v[i];

		out[i] = fabsf(v[i]) < INFINITY ? x : 0.0f;
	}
}

/* Sums run in lanes, so that vectors of any width add in the same order. */
enum { LANES = 16 };

static inline float add_lanes(const float *lane)
{
	float sum = 0.0f;

	for (int j = 0; j < LANES; j++)
		sum += lane[j];
	return sum;
}

AS_CLONES float as_kernel_sum_sqrt(const float *v, int n)
{
	float lane[LANES] = {0.0f};
	int i = 0;

	for (; i + LANES <= n; i += LANES)
		for (int j = 0; j < LANES; j++)
			lane[j] += sqrtf(v[i + j]);
	for (int j = 0; i + j < n; j++)
		lane[j] += sqrtf(v[i + j]);
	return add_lanes(lane);
}

AS_CLONES float as_kernel_sum_squares(const float *v, int n)
{
	float lane[LANES] = {0.0f};
	int i = 0;

	for (; i + LANES <= n; i += LANES)
		for (int j = 0; j < LANES; j++)
			lane[j] += v[i + j] * v[i + j];
	for (int j = 0; i + j < n; j++)
		lane[j] += v[i + j] * v[i + j];
	return add_lanes(lane);
}

/* At 1.5 * 2^23 a float counts in ones: adding it rounds to the nearest integer, half to even, into the lowest bits. */
AS_CLONES void as_kernel_quantise(int8_t *out, const float *v, int n)
{
	for (int i = 0; i < n; i++) {
		float y = v[i] < -127.0f ? -127.0f : v[i] > 127.0f ? 127.0f : v[i];
		uint32_t bits;

		y += 12582912.0f;
		memcpy(&bits, &y, sizeof(bits));
		out[i] = (int8_t)(uint8_t)bits;
	}
}

/* The pairs (k, half - k) of a spectrum lie in opposite order: so many of the upper ones are turned round at a time, which
 * compilers make shuffles of. */
enum { TURN = 16 };

struct turned {
	float re[TURN], im[TURN];
};

static inline void turn_in(struct turned *t, const float *last)
{
	for (int j = 0; j < TURN; j++) {
		t->re[j] = last[-2 * j];
		t->im[j] = last[-2 * j + 1];
	}
}

static inline void turn_out(float *last, const struct turned *t)
{
	for (int j = 0; j < TURN; j++) {
		last[-2 * j] = t->re[j];
		last[-2 * j + 1] = t->im[j];
	}
}

/* E + w O and conj(E - w O) with E = (a + conj b) / 2, O = (a - conj b) / 2i. */
static inline void split_pair(float *a, float *br, float *bi, float wr, float wi)
{
	float er = 0.5f * (a[0] + *br), ei = 0.5f * (a[1] - *bi);
	float or = 0.5f * (a[1] + *bi), oi = 0.5f * (*br - a[0]);
	float tr = or * wr - oi * wi, ti = or * wi + oi * wr;

	a[0] = er + tr;
	a[1] = ei + ti;
	*br = er - tr;
	*bi = ti - ei;
}

/* E + i O and conj E + i conj O with E = a + conj b, O = (a - conj b) conj w. */
static inline void merge_pair(float *a, float *br, float *bi, float wr, float wi)
{
	float er = a[0] + *br, ei = a[1] - *bi;
	float dr = a[0] - *br, di = a[1] + *bi;
	float or = dr * wr + di * wi, oi = di * wr - dr * wi;

	a[0] = er - oi;
	a[1] = ei + or;
	*br = er + oi;
	*bi = or - ei;
}

AS_CLONES void as_kernel_split(float complex *first, float complex *last, const float *re, const float *im, int n)
{
	float *restrict a = (float *)first, *restrict b = (float *)last;
	struct turned t;
	int k = 0;

	for (; k + TURN <= n; k += TURN) {
		turn_in(&t, b - 2 * k);
		for (int j = 0; j < TURN; j++)
			split_pair(a + 2 * (k + j), &t.re[j], &t.im[j], re[k + j], im[k + j]);
		turn_out(b - 2 * k, &t);
	}
	for (; k < n; k++)
		split_pair(a + 2 * k, b - 2 * k, b - 2 * k + 1, re[k], im[k]);
}

AS_CLONES void as_kernel_merge(float complex *first, float complex *last, const float *re, const float *im, int n)
{
	float *restrict a = (float *)first, *restrict b = (float *)last;
	struct turned t;
	int k = 0;

	for (; k + TURN <= n; k += TURN) {
		turn_in(&t, b - 2 * k);
		for (int j = 0; j < TURN; j++)
			merge_pair(a + 2 * (k + j), &t.re[j], &t.im[j], re[k + j], im[k + j]);
		turn_out(b - 2 * k, &t);
	}
	for (; k < n; k++)
		merge_pair(a + 2 * k, b - 2 * k, b - 2 * k + 1, re[k], im[k]);
}
