#include "dsp/fit.h"

#include <math.h>
#include <stdlib.h>

enum { ITERATIONS = 30, SLOPES_MAX = 4000 };

static int cmp_double(const void *a, const void *b)
{
	double x = *(const double *)a, y = *(const double *)b;

	return (x > y) - (x < y);
}

double as_median(double *v, int n)
{
	qsort(v, (size_t)n, sizeof(*v), cmp_double);
	return n % 2 ? v[n / 2] : 0.5 * (v[n / 2 - 1] + v[n / 2]);
}

/* Median of the slopes of pairs that lie at least half the list apart. */
static double theil_sen(const double *x, const double *y, int n, double max_slope, double *tmp)
{
	int half = n / 2, stride = 1, k = 0;
	long pairs = (long)(n - half) * (n - half + 1) / 2;
	double s;

	while (pairs / ((long)stride * stride) > SLOPES_MAX)
		stride++;
	for (int i = 0; i + half < n && k < SLOPES_MAX; i += stride)
		for (int j = i + half; j < n && k < SLOPES_MAX; j += stride)
			if (x[j] > x[i])
				tmp[k++] = (y[j] - y[i]) / (x[j] - x[i]);
	if (!k)
		return 0.0;
	s = as_median(tmp, k);
	return s > max_slope ? max_slope : s < -max_slope ? -max_slope : s;
}

static double residual_scale(const double *x, const double *y, int n, const struct as_line *l, double scale_min,
			     double *tmp)
{
	double s;

	for (int i = 0; i < n; i++)
		tmp[i] = fabs(y[i] - l->y0 - l->slope * (x[i] - l->x0));
	s = 1.4826 * as_median(tmp, n);
	return s > scale_min ? s : scale_min;
}

/* One weighted least-squares step; weights fall to 0 at 4.5 sigma (Tukey 1974). */
static void reweigh(const double *x, const double *y, const double *w, int n, double max_slope, double scale_min,
		    struct as_line *l)
{
	double sw = 0.0, swx = 0.0, swy = 0.0, sxx = 0.0, sxy = 0.0, rr = 0.0, sw2 = 0.0;
	double cut = 4.5 * l->scale, y_old = l->y0, x_old = l->x0, s_old = l->slope;

	l->n_used = 0;
	for (int pass = 0; pass < 2; pass++) {
		if (pass) {
			if (sw <= 0.0)
				return;
			l->x0 = swx / sw;
			l->y0 = swy / sw;
		}
		for (int i = 0; i < n; i++) {
			double r = (y[i] - y_old - s_old * (x[i] - x_old)) / cut;
			double v = fabs(r) < 1.0 ? (1.0 - r * r) * (1.0 - r * r) * (w ? w[i] : 1.0) : 0.0;

			if (v <= 0.0)
				continue;
			if (!pass) {
				sw += v;
				swx += v * x[i];
				swy += v * y[i];
				l->n_used++;
			} else {
				sxx += v * (x[i] - l->x0) * (x[i] - l->x0);
				sxy += v * (x[i] - l->x0) * (y[i] - l->y0);
			}
		}
	}
	l->slope = sxx > 0.0 ? sxy / sxx : 0.0;
	l->slope = l->slope > max_slope ? max_slope : l->slope < -max_slope ? -max_slope : l->slope;
	for (int i = 0; i < n; i++) {
		double e = y[i] - l->y0 - l->slope * (x[i] - l->x0);
		double r = e / cut;
		double v = fabs(r) < 1.0 ? (1.0 - r * r) * (1.0 - r * r) * (w ? w[i] : 1.0) : 0.0;

		rr += v * e * e;
		sw2 += v * v;
	}
	{
		/* effective number of points; measurements next to each other share the room, so half of them count */
		double n_eff = 0.5 * sw * sw / (sw2 > 0.0 ? sw2 : 1.0);
		double var = rr / sw * (n_eff > 2.5 ? n_eff / (n_eff - 2.0) : 5.0);

		var = fmax(var, scale_min * scale_min); /* a few points may agree by luck */
		if (n_eff < 1.0)
			n_eff = 1.0;
		l->y0_err = sqrt(var / n_eff);
		l->slope_err = sxx > 0.0 ? sqrt(var * sw / (sxx * n_eff)) : INFINITY;
	}
}

int as_fit_line(const double *x, const double *y, const double *w, int n, double max_slope, double scale_min,
		struct as_line *out)
{
	struct as_line l = {0};
	double *tmp = malloc(sizeof(*tmp) * (size_t)(n > SLOPES_MAX ? n : SLOPES_MAX));

	if (!tmp)
		return -1;
	l.slope = theil_sen(x, y, n, max_slope, tmp);
	for (int i = 0; i < n; i++)
		tmp[i] = y[i] - l.slope * x[i];
	l.y0 = as_median(tmp, n);
	for (int i = 0; i < ITERATIONS; i++) {
		double was = l.slope, at = l.y0 + l.slope * (0.0 - l.x0);

		l.scale = residual_scale(x, y, n, &l, scale_min, tmp);
		reweigh(x, y, w, n, max_slope, scale_min, &l);
		if (fabs(l.slope - was) < 1e-12 && fabs(l.y0 - l.slope * l.x0 - at) < 1e-9)
			break;
	}
	l.scale = residual_scale(x, y, n, &l, scale_min, tmp);
	free(tmp);
	*out = l;
	return 0;
}

double as_line_at(const struct as_line *l, double x)
{
	return l->y0 + l->slope * (x - l->x0);
}

double as_polygon_at(const double *x, const double *y, int n, double at)
{
	int lo = 0, hi = n - 1;

	if (!n)
		return 0.0;
	if (at <= x[0])
		return y[0];
	if (at >= x[hi])
		return y[hi];
	while (hi - lo > 1) {
		int mid = (lo + hi) / 2;

		*(x[mid] <= at ? &lo : &hi) = mid;
	}
	return y[lo] + (y[hi] - y[lo]) * (at - x[lo]) / (x[hi] - x[lo]);
}

/* The point that the kept ones miss most, in units of what it may be missed by; -1 where none is missed. */
static int most_missed(const double *x, const double *y, const double *near, int n, const bool *keep)
{
	double most = 1.0;
	int worst = -1;

	for (int lo = 0, hi; lo < n - 1; lo = hi) {
		for (hi = lo + 1; !keep[hi];)
			hi++;
		for (int i = lo + 1; i < hi; i++) {
			double on = y[lo] + (y[hi] - y[lo]) * (x[i] - x[lo]) / (x[hi] - x[lo]);
			double miss = fabs(y[i] - on) / near[i];

			if (miss > most) {
				most = miss;
				worst = i;
			}
		}
	}
	return worst;
}

void as_polygon_thin(const double *x, const double *y, const double *near, int n, int n_max, bool *keep)
{
	int kept = n < 2 ? n : 2, i;

	for (i = 0; i < n; i++)
		keep[i] = !i || i == n - 1;
	while (kept < n_max && (i = most_missed(x, y, near, n, keep)) >= 0) {
		keep[i] = true;
		kept++;
	}
}
