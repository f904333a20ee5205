#include "dsp/decimate.h"

#include <complex.h>
#include <math.h>
#include <stdbool.h>
#include <stdlib.h>
#include <string.h>

#include "dsp/fft.h"

#define PASS 0.925
#define STOP 1.075
#define STOP_DB 96.0

enum {
	OUT_MIN = 1024,   /* samples out of a transform, at least: with 48 kHz all of it fits the nearest cache */
	IN_MAX = 1 << 17,
};

/* A block of n_in samples gives n_out = n_in * up / down. The filter reaches into guard_in samples on both sides, which
 * overlap with the neighbouring blocks. */
struct as_decimator {
	int64_t up, down;            /* out rate : in rate, in lowest terms */
	int n_in, n_out, guard_in, guard_out;
	struct as_fft *forward, *inverse;
	float *in, *out;
	int fill;                    /* samples of in */
	int ready, ready_end;        /* samples of out that wait to be taken */
	float complex *spec;
	float *gain;                 /* of bins 0 … n_gain: to where the filter has closed, past the new Nyquist frequency */
	int n_gain;
	int64_t fed, made;
};

static int64_t gcd(int64_t a, int64_t b)
{
	while (b) {
		int64_t r = a % b;

		a = b;
		b = r;
	}
	return a;
}

/* Bessel function I0 by its series. */
static double bessel(double x)
{
	double sum = 1.0, term = 1.0;

	for (int k = 1; term > 1e-12 * sum; k++) {
		term *= (0.5 * x / k) * (0.5 * x / k);
		sum += term;
	}
	return sum;
}

/* How far Kaiser's window has to reach for the attenuation and the width of the transition (Kaiser 1974). */
static int reach(double in_hz, double out_hz)
{
	double width = 0.5 * (STOP - PASS) * out_hz / in_hz;

	return (int)ceil((STOP_DB - 7.95) / (2.0 * 14.36 * width));
}

static bool choose_sizes(struct as_decimator *d, double in_hz, double out_hz)
{
	int64_t common, blocks = 2, guards;

	if (!(in_hz >= 1.2 * out_hz && in_hz <= 1e6 && out_hz >= 1.0) || in_hz != floor(in_hz) || out_hz != floor(out_hz))
		return false;
	common = gcd((int64_t)in_hz, (int64_t)out_hz);
	d->up = (int64_t)out_hz / common;
	d->down = (int64_t)in_hz / common;
	while (blocks * d->up < OUT_MIN)
		blocks *= 2;
	if (blocks * d->down > IN_MAX)
		return false;
	d->n_in = (int)(blocks * d->down);
	d->n_out = (int)(blocks * d->up);
	guards = (reach(in_hz, out_hz) + d->down - 1) / d->down;
	d->guard_in = (int)(guards * d->down);
	d->guard_out = (int)(guards * d->up);
	return 4 * d->guard_in <= d->n_in;
}

/* The filter: a windowed sinc, and its spectrum, which is real since it lies around zero. */
static void make_gain(struct as_decimator *d)
{
	double ratio = (double)d->up / (double)d->down; /* cut-off: half of it, in cycles per sample */
	double beta = 0.1102 * (STOP_DB - 8.7);
	int n = reach(1.0, ratio);

	memset(d->in, 0, sizeof(float) * (size_t)d->n_in);
	d->in[0] = (float)(ratio / d->n_in);
	for (int i = 1; i <= n; i++) {
		double x = (double)i / (n + 1);
		double h = sin(M_PI * ratio * i) / (M_PI * i) * bessel(beta * sqrt(1.0 - x * x)) / bessel(beta);

		d->in[i] = d->in[d->n_in - i] = (float)(h / d->n_in);
	}
	as_fft_forward(d->forward, d->in, d->spec);
	for (int k = 0; k <= d->n_gain; k++)
		d->gain[k] = crealf(d->spec[k]);
	memset(d->in, 0, sizeof(float) * (size_t)d->n_in);
}

struct as_decimator *as_decimator_new(double in_hz, double out_hz)
{
	struct as_decimator *d = calloc(1, sizeof(*d));

	if (!d || !choose_sizes(d, in_hz, out_hz))
		goto fail;
	d->n_gain = (int)ceil(0.5 * STOP * d->n_out);
	d->forward = as_fft_new(d->n_in);
	d->inverse = as_fft_new(d->n_out);
	d->in = as_fft_alloc(sizeof(float) * (size_t)d->n_in);
	d->out = as_fft_alloc(sizeof(float) * (size_t)d->n_out);
	d->spec = as_fft_alloc(sizeof(float complex) * (size_t)(d->n_in / 2 + 1));
	d->gain = as_fft_alloc(sizeof(float) * (size_t)(d->n_gain + 1));
	if (!d->forward || !d->inverse || !d->in || !d->out || !d->spec || !d->gain)
		goto fail;
	make_gain(d);
	d->fill = d->guard_in; /* silence before the beginning */
	return d;
fail:
	as_decimator_free(d);
	return NULL;
}

void as_decimator_free(struct as_decimator *d)
{
	if (!d)
		return;
	as_fft_free(d->forward);
	as_fft_free(d->inverse);
	as_fft_release(d->in);
	as_fft_release(d->out);
	as_fft_release(d->spec);
	as_fft_release(d->gain);
	free(d);
}

/* One block. Sampling at the new rate folds bin n_out - k onto k, as it would in time: only so the filter keeps its length. */
static void convert(struct as_decimator *d)
{
	int half = d->n_out / 2;
	float complex *s = d->spec;

	as_fft_forward_low(d->forward, d->in, s, d->n_gain + 1);
	for (int k = 0; k <= d->n_gain; k++)
		s[k] *= d->gain[k];
	s[half] += conjf(s[half]);
	for (int k = half + 1; k <= d->n_gain; k++)
		s[d->n_out - k] += conjf(s[k]);
	as_fft_inverse(d->inverse, s, d->out);
	d->ready = d->guard_out;
	d->ready_end = d->n_out - d->guard_out;
	d->fill = 2 * d->guard_in;
	memmove(d->in, d->in + d->n_in - d->fill, sizeof(float) * (size_t)d->fill);
}

/* Takes from in, or silence where in is NULL. */
static int64_t take(struct as_decimator *d, const float *in, int64_t n)
{
	int64_t room = d->n_in - d->fill;

	if (in && n < room)
		room = n;
	if (in)
		memcpy(d->in + d->fill, in, sizeof(float) * (size_t)room);
	else
		memset(d->in + d->fill, 0, sizeof(float) * (size_t)room);
	d->fill += (int)room;
	if (d->fill == d->n_in)
		convert(d);
	return room;
}

void as_decimator_run(struct as_decimator *d, const float *in, int64_t n_in, int64_t *used, float *out, int64_t max_out,
		      int64_t *made)
{
	*used = *made = 0;
	for (;;) {
		int64_t n = d->ready_end - d->ready, end = (d->fed * d->up + d->down / 2) / d->down;

		n = n < max_out - *made ? n : max_out - *made;
		if (!in && n > end - d->made)
			n = end - d->made;
		memcpy(out + *made, d->out + d->ready, sizeof(float) * (size_t)n);
		d->ready += (int)n;
		d->made += n;
		*made += n;
		if (*made == max_out || (in ? *used == n_in : d->made == end))
			return;
		n = take(d, in ? in + *used : NULL, n_in - *used);
		if (in) {
			*used += n;
			d->fed += n;
		}
	}
}
