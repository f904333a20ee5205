#include "dsp/peak.h"

#include <math.h>
#include <stdint.h>

enum { MIN_VALUES = 20, TAPS = 16 };

/* A fixed sequence of pivots: no input can be made that is slow for it and stays so for other lengths. */
static uint32_t next_random(uint32_t *state)
{
	*state = *state * 1664525u + 1013904223u;
	return *state >> 8;
}

/* Puts the k-th smallest of v[lo, hi) to v[k], nothing larger before it and nothing smaller after it; lo <= k < hi. */
static void select_nth(float *v, int lo, int hi, int k)
{
	uint32_t state = 1;

	while (hi - lo > 1) {
		float pivot = v[lo + (int)(next_random(&state) % (uint32_t)(hi - lo))];
		int less = lo, more = hi;

		/* [lo, less) below, [less, i) equal, [more, hi) above */
		for (int i = lo; i < more;) {
			float x = v[i];

			if (x < pivot) {
				v[i++] = v[less];
				v[less++] = x;
			} else if (x > pivot) {
				v[i] = v[--more];
				v[more] = x;
			} else {
				i++;
			}
		}
		if (k < less)
			hi = less;
		else if (k >= more)
			lo = more;
		else
			return;
	}
}

struct as_gumbel as_gumbel_fit(float *v, int n)
{
	struct as_gumbel g = {0};
	int half = n / 2, high = (int)((int64_t)n * 9 / 10);

	if (n < MIN_VALUES)
		return g;
	select_nth(v, 0, n, half);
	select_nth(v, half, n, high);
	/* median and 0.9 quantile of the standard Gumbel law: 0.3665 and 2.2504 */
	g.beta = (v[high] - v[half]) / 1.8839f;
	g.mu = v[half] - 0.3665f * g.beta;
	g.sigma = sqrtf(v[half]);
	return g;
}

/* r at position x by a Hann-windowed sinc. From tap to tap the sine only changes its sign, and the window's cosine turns by a
 * fixed angle, so that one sine and two turns serve all of them. */
static double interpolate(const float *r, int n, double x)
{
	const double step_re = 0.98078528040323044913, step_im = 0.19509032201612826785; /* exp(i pi / TAPS) */
	int first = (int)floor(x) - TAPS + 1;
	double d = x - first, sum = 0.0;
	double sine = sin(M_PI * d) / M_PI, re = cos(M_PI * d / TAPS), im = sin(M_PI * d / TAPS);

	for (int i = first; i < first + 2 * TAPS; i++, d -= 1.0, sine = -sine) {
		double turned = re * step_re + im * step_im;

		if (fabs(d) < 1e-9)
			return i >= 0 && i < n ? (double)r[i] : sum;
		if (i >= 0 && i < n)
			sum += (double)r[i] * sine / d * (0.5 + 0.5 * re);
		im = im * step_re - re * step_im;
		re = turned;
	}
	return sum;
}

double as_peak_refine(const float *r, int n, int at)
{
	const double golden = 0.381966011250105;
	double lo = at - 1.0, hi = at + 1.0, sign = r[at] < 0.0f ? -1.0 : 1.0;
	double a = lo + golden * (hi - lo), b = hi - golden * (hi - lo);
	double fa = sign * interpolate(r, n, a), fb = sign * interpolate(r, n, b);

	for (int i = 0; i < 20; i++) { /* 2 * 0.618^20 = 0.0001 samples */
		if (fa > fb) {
			hi = b;
			b = a;
			fb = fa;
			a = lo + golden * (hi - lo);
			fa = sign * interpolate(r, n, a);
		} else {
			lo = a;
			a = b;
			fa = fb;
			b = hi - golden * (hi - lo);
			fb = sign * interpolate(r, n, b);
		}
	}
	return 0.5 * (lo + hi);
}
