#include "dsp/correlate.h"

#include <math.h>
#include <stdlib.h>
#include <string.h>

#include "dsp/fft.h"
#include "dsp/peak.h"

enum {
	M = 32768,
	LAGS = 2 * AS_LOCAL_REACH + 1,
	BLOCK = 40,               /* lags in a block of the local extreme-value statistics: 5 ms */
	BLOCKS = LAGS / BLOCK,
	SMOOTH = 2,
};

/* The whitener's RMS for full activity is 20 steps (dsp/whiten.c). */
#define FULL_ENERGY 400.0

struct as_local_ws {
	struct as_fft *fft;
	float *x, *y;
	float complex *xs, *ys;
	float rho[LAGS + 2 * SMOOTH];
	float e[LAGS];
};

struct as_local_ws *as_local_new(void)
{
	struct as_local_ws *w = calloc(1, sizeof(*w));

	if (!w)
		return NULL;
	w->fft = as_fft_new(M);
	w->x = as_fft_alloc(sizeof(float) * M);
	w->y = as_fft_alloc(sizeof(float) * M);
	w->xs = as_fft_alloc(sizeof(float complex) * (M / 2 + 1));
	w->ys = as_fft_alloc(sizeof(float complex) * (M / 2 + 1));
	if (!w->fft || !w->x || !w->y || !w->xs || !w->ys) {
		as_local_free(w);
		return NULL;
	}
	return w;
}

void as_local_free(struct as_local_ws *w)
{
	if (!w)
		return;
	as_fft_free(w->fft);
	as_fft_release(w->x);
	as_fft_release(w->y);
	as_fft_release(w->xs);
	as_fft_release(w->ys);
	free(w);
}

/* rho for every lag: correlation over the root of both sides' energies. Returns the mean of the weaker side's power. */
static double rho_of(struct as_local_ws *w, const struct as_signal *target, const struct as_signal *src,
		     int64_t at, int64_t first)
{
	double eb, mean;
	float et = 0.0f, *r = w->rho + SMOOTH;

	eb = as_signal_load(src, at, AS_LOCAL_N, M, w->x);
	mean = as_signal_load(target, at + first, AS_LOCAL_N + LAGS - 1, M, w->y);
	mean *= (double)AS_LOCAL_N / (AS_LOCAL_N + LAGS - 1);
	for (int i = 0; i < AS_LOCAL_N; i++)
		et += w->y[i] * w->y[i];
	for (int i = 0; i < LAGS; i++) {
		float floor = (float)(0.25 * mean) + 1.0f;

		r[i] = et > floor ? et : floor;
		if (i < LAGS - 1)
			et += w->y[i + AS_LOCAL_N] * w->y[i + AS_LOCAL_N] - w->y[i] * w->y[i];
	}
	as_fft_forward(w->fft, w->x, w->xs);
	as_fft_forward(w->fft, w->y, w->ys);
	for (int k = 0; k <= M / 2; k++)
		w->ys[k] *= conjf(w->xs[k]);
	as_fft_inverse(w->fft, w->ys, w->y);
	for (int i = 0; i < LAGS; i++)
		r[i] = w->y[i] / ((float)M * sqrtf((float)(eb + 1.0) * r[i]));
	return (eb < mean ? eb : mean) / AS_LOCAL_N;
}

/* Extreme-value fit over blocks that do not touch the gate. */
static struct as_gumbel background(struct as_local_ws *w, int centre, int gate)
{
	float max[BLOCKS];
	int n = 0;

	for (int b = 0; b < BLOCKS; b++) {
		float m = 0.0f;
		int from = b * BLOCK;

		if (from + BLOCK > centre - gate && from <= centre + gate)
			continue;
		for (int i = from; i < from + BLOCK; i++)
			m = w->e[i] > m ? w->e[i] : m;
		if (m > 0.0f)
			max[n++] = m;
	}
	return as_gumbel_fit(max, n);
}

void as_correlate_local(struct as_local_ws *w, const struct as_signal *target, const struct as_signal *src,
			int64_t at, double lag, int gate, struct as_local *out, float *trace, int trace_reach)
{
	int64_t first = llrint(lag) - AS_LOCAL_REACH;
	int c = AS_LOCAL_REACH, best, top;
	int64_t from = at + llrint(lag), inside;
	float *r = w->rho + SMOOTH, sum = 0.0f;
	struct as_gumbel g;
	double power;

	if (gate > AS_LOCAL_REACH - 400)
		gate = AS_LOCAL_REACH - 400;
	memset(out, 0, sizeof(*out));
	inside = (from + AS_LOCAL_N < target->n ? from + AS_LOCAL_N : target->n) - (from > 0 ? from : 0);
	out->covered = inside > 0 ? (float)inside / AS_LOCAL_N : 0.0f;
	power = rho_of(w, target, src, at, first);
	out->active = (float)(power < FULL_ENERGY ? power / FULL_ENERGY : 1.0);
	for (int i = 0; i < 2 * SMOOTH; i++)
		sum += r[i - SMOOTH] * r[i - SMOOTH];
	for (int i = 0; i < LAGS; i++) {
		sum += r[i + SMOOTH] * r[i + SMOOTH];
		w->e[i] = sum > 0.0f ? sum : 0.0f;
		sum -= r[i - SMOOTH] * r[i - SMOOTH];
	}
	best = c - gate;
	for (int i = c - gate; i <= c + gate; i++)
		if (w->e[i] > w->e[best])
			best = i;
	top = best;
	for (int i = best - SMOOTH; i <= best + SMOOTH; i++)
		if (fabsf(r[i]) > fabsf(r[top]))
			top = i;
	g = background(w, c, gate);
	if (g.beta > 0.0f)
		out->evidence = (w->e[best] - g.mu) / g.beta - logf(1.0f + 2.0f * (float)gate / BLOCK);
	out->power = w->e[best];
	out->rho = r[top];
	out->lag = (double)first + as_peak_refine(r, LAGS, top);
	for (int i = -trace_reach; trace && i <= trace_reach; i++)
		trace[i + trace_reach] = r[c + i] / (g.sigma > 0.0f ? g.sigma : 1.0f);
}
