#include "dsp/peak.h"

#include <math.h>
#include <stdlib.h>

enum { MIN_VALUES = 20, TAPS = 16 };

static int cmp_float(const void *a, const void *b)
{
	float x = *(const float *)a, y = *(const float *)b;

	return (x > y) - (x < y);
}

struct as_gumbel as_gumbel_fit(float *v, int n)
{
	struct as_gumbel g = {0};

	if (n < MIN_VALUES)
		return g;
	qsort(v, (size_t)n, sizeof(*v), cmp_float);
	/* median and 0.9 quantile of the standard Gumbel law: 0.3665 and 2.2504 */
	g.beta = (v[n * 9 / 10] - v[n / 2]) / 1.8839f;
	g.mu = v[n / 2] - 0.3665f * g.beta;
	g.sigma = sqrtf(v[n / 2]);
	return g;
}

/* r at position x by a Hann-windowed sinc. */
static double interpolate(const float *r, int n, double x)
{
	int first = (int)floor(x) - TAPS + 1;
	double sum = 0.0;

	for (int i = first; i < first + 2 * TAPS; i++) {
		double d = x - i, w;

		if (i < 0 || i >= n)
			continue;
		if (fabs(d) < 1e-9)
			return r[i];
		w = 0.5 + 0.5 * cos(M_PI * d / TAPS);
		sum += r[i] * sin(M_PI * d) / (M_PI * d) * w;
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
