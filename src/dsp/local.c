#include "dsp/correlate.h"

#include <math.h>
#include <stdlib.h>
#include <string.h>

#include "dsp/fft.h"
#include "dsp/kernel.h"
#include "dsp/peak.h"

/* The window is cut into pieces whose transforms stay in the nearest cache: the spectra's products add up, and one inverse
 * transform gives all lags. That is a third of the time of one long transform. */
enum {
	M = 8192,                 /* transform of a piece */
	PIECE = AS_LOCAL_PIECE,
	PIECES = AS_LOCAL_N / PIECE,
	BINS = M / 2 + 1,
	LAGS = 2 * AS_LOCAL_REACH + 1,
	BLOCK = 40,               /* lags in a block of the local extreme-value statistics: 5 ms */
	BLOCKS = LAGS / BLOCK,
	SMOOTH = 2,
};

_Static_assert(PIECES * PIECE == AS_LOCAL_N && PIECE + LAGS - 1 <= M, "the pieces' lags must not wrap");
_Static_assert((PIECE * sizeof(float)) % 64 == 0, "the pieces must be aligned for the transform");

/* The whitener's RMS for full activity is 20 steps (dsp/whiten.c). */
#define FULL_ENERGY 400.0

struct as_local_ws {
	struct as_fft *fft;
	float *x;                    /* M: a piece of src, zeros after it */
	float *y;                    /* the target under all lags, up to the last piece's M */
	float complex *xs, *ys, *sum;
	float *rho;                  /* M: lags, from RHO_AT on */
	uint32_t energy[2 * LAGS];   /* prefix sums that as_kernel_inverse_root wants */
	float e[LAGS];               /* gains first, then rho squared and smoothed */
};

/* rho begins here in w->rho, so that smoothing needs no edge case. */
enum { RHO_AT = 16 };

struct as_local_ws *as_local_new(void)
{
	struct as_local_ws *w = calloc(1, sizeof(*w));

	if (!w)
		return NULL;
	w->fft = as_fft_new(M);
	w->x = as_fft_alloc(sizeof(float) * M);
	w->y = as_fft_alloc(sizeof(float) * ((PIECES - 1) * PIECE + M));
	w->xs = as_fft_alloc(sizeof(float complex) * BINS);
	w->ys = as_fft_alloc(sizeof(float complex) * BINS);
	w->sum = as_fft_alloc(sizeof(float complex) * BINS);
	w->rho = as_fft_alloc(sizeof(float) * (RHO_AT + M));
	if (!w->fft || !w->x || !w->y || !w->xs || !w->ys || !w->sum || !w->rho) {
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
	as_fft_release(w->sum);
	as_fft_release(w->rho);
	free(w);
}

/* w->energy[i + LAGS] - w->energy[i] is the target's energy under lag i. */
static void sum_energy(struct as_local_ws *w, int n, uint32_t under_first)
{
	as_kernel_prefix_energy(w->energy, w->y, LAGS - 1);
	as_kernel_prefix_energy(w->energy + LAGS, w->y + n, LAGS - 1);
	for (int i = LAGS; i < 2 * LAGS; i++)
		w->energy[i] += under_first;
}

/* rho for every lag: correlation over the root of both sides' energies. Returns the mean of the weaker side's power. */
static double rho_of(struct as_local_ws *w, const struct as_signal *target, const struct as_signal *src,
		     int64_t at, int pieces, int64_t first)
{
	int n = pieces * PIECE, span = n + LAGS - 1;
	double mean = as_signal_load(target, at + first, span, (pieces - 1) * PIECE + M, w->y);
	double eb = 0.0;
	float *r = w->rho + RHO_AT;

	mean *= (double)n / span;
	memset(w->sum, 0, sizeof(*w->sum) * BINS);
	for (int i = 0; i < pieces; i++) {
		eb += as_signal_load(src, at + i * PIECE, PIECE, M, w->x);
		as_fft_forward(w->fft, w->x, w->xs);
		as_fft_forward(w->fft, w->y + i * PIECE, w->ys);
		as_kernel_mul_conj_add(w->sum, w->ys, w->xs, BINS);
	}
	as_fft_inverse(w->fft, w->sum, r);
	sum_energy(w, n, (uint32_t)as_signal_energy(target, at + first, n));
	as_kernel_inverse_root(w->e, LAGS, w->energy, 1, LAGS, (float)(0.25 * mean) + 1.0f);
	as_kernel_scale(r, w->e, 1.0f / ((float)M * sqrtf((float)(eb + 1.0))), LAGS);
	for (int i = 1; i <= SMOOTH; i++)
		r[-i] = r[LAGS - 1 + i] = 0.0f;
	return (eb < mean ? eb : mean) / n;
}

/* Extreme-value fit over blocks that do not touch the gate. */
static struct as_gumbel background(struct as_local_ws *w, int centre, int gate)
{
	float max[BLOCKS];
	int n = 0;

	for (int b = 0; b < BLOCKS; b++) {
		int from = b * BLOCK;

		if (from + BLOCK > centre - gate && from <= centre + gate)
			continue;
		max[n] = as_kernel_max(w->e + from, BLOCK);
		n += max[n] > 0.0f;
	}
	return as_gumbel_fit(max, n);
}

static void look(struct as_local_ws *w, const struct as_signal *target, const struct as_signal *src, int64_t at, int pieces,
		 double lag, int gate, struct as_local *out, float *trace, int trace_reach)
{
	int64_t first = llrint(lag) - AS_LOCAL_REACH;
	int c = AS_LOCAL_REACH, n = pieces * PIECE, best, top;
	int64_t from = at + llrint(lag), inside;
	float *r = w->rho + RHO_AT;
	struct as_gumbel g;
	double power;

	if (gate > AS_LOCAL_REACH - 400)
		gate = AS_LOCAL_REACH - 400;
	memset(out, 0, sizeof(*out));
	inside = (from + n < target->n ? from + n : target->n) - (from > 0 ? from : 0);
	out->covered = inside > 0 ? (float)inside / (float)n : 0.0f;
	power = rho_of(w, target, src, at, pieces, first);
	out->active = (float)(power < FULL_ENERGY ? power / FULL_ENERGY : 1.0);
	as_kernel_smooth_power(w->e, r, LAGS);
	best = c - gate;
	for (int i = c - gate; i <= c + gate; i++)
		if (w->e[i] > w->e[best])
			best = i;
	top = best;
	for (int i = best - SMOOTH; i <= best + SMOOTH; i++)
		if (fabsf(r[i]) > fabsf(r[top]))
			top = i;
	g = background(w, c, gate);
	if (g.beta > 0.0f) {
		float e = (w->e[best] - g.mu) / g.beta;

		out->evidence = e - logf(1.0f + 2.0f * (float)gate / BLOCK);
		out->gumbel = e - logf((2.0f * (float)gate + 1.0f) / BLOCK);
	}
	out->power = w->e[best];
	out->rho = r[top];
	out->lag = (double)first + as_peak_refine(r, LAGS, top);
	for (int i = -trace_reach; trace && i <= trace_reach; i++)
		trace[i + trace_reach] = g.beta > 0.0f ? (w->e[c + i] - g.mu) / g.beta : 0.0f;
}

void as_correlate_local(struct as_local_ws *w, const struct as_signal *target, const struct as_signal *src,
			int64_t at, double lag, int gate, struct as_local *out, float *trace, int trace_reach)
{
	look(w, target, src, at, PIECES, lag, gate, out, trace, trace_reach);
}

void as_correlate_local_pieces(struct as_local_ws *w, const struct as_signal *target, const struct as_signal *src, int64_t at,
			       int pieces, double lag, int gate, struct as_local *out)
{
	look(w, target, src, at, pieces, lag, gate, out, NULL, 0);
}
