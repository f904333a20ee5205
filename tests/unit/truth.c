#include "truth.h"

#include <math.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "media/decode.h"

#define PI 3.14159265358979323846
#define BLOCK 1024 /* rounding of the rotation stays under 1e-13 so far */

static void need(bool ok, const char *what, const struct as_error *err)
{
	if (ok)
		return;
	fprintf(stderr, "%s: %s\n", what, err ? err->msg : "out of memory");
	abort();
}

struct truth truth_chord(double from_hz, double to_hz, int n, double rms, uint64_t seed)
{
	struct truth x = {.n = n};
	for (int k = 0; k < n; k++) {
		seed = seed * UINT64_C(6364136223846793005) + UINT64_C(1442695040888963407);
		x.hz[k] = from_hz * pow(to_hz / from_hz, n > 1 ? (double)k / (n - 1) : 0);
		x.peak[k] = rms * sqrt(2.0 / n);
		x.phase[k] = (double)(seed >> 11) * 0x1p-53;
	}
	return x;
}

struct truth truth_tone(double hz, double peak)
{
	return (struct truth){.hz = {hz}, .peak = {peak}, .n = 1};
}

/* ---- voices ---- */

/* One block by rotation: sine and cosine of each voice turn on by its step. */
static void render_block(const struct truth *x, long double t0_s, long double dt_s, double *v,
			 double *slope, int n)
{
	double s[TRUTH_VOICES] = {0}, c[TRUTH_VOICES] = {0}, ds[TRUTH_VOICES], dc[TRUTH_VOICES],
	       w[TRUTH_VOICES];
	for (int k = 0; k < x->n; k++) {
		long double turns = (long double)x->hz[k] * t0_s + (long double)x->phase[k];
		double a = 2 * PI * (double)(turns - floorl(turns));
		double step = (double)(2 * (long double)PI * (long double)x->hz[k] * dt_s);
		s[k] = x->peak[k] * sin(a);
		c[k] = x->peak[k] * cos(a);
		ds[k] = sin(step);
		dc[k] = cos(step);
		w[k] = 2 * PI * x->hz[k];
	}
	for (int i = 0; i < n; i++) {
		double sum = 0, rise = 0;
		for (int k = 0; k < x->n; k++) {
			double next = s[k] * dc[k] + c[k] * ds[k];
			sum += s[k];
			rise += w[k] * c[k];
			c[k] = c[k] * dc[k] - s[k] * ds[k];
			s[k] = next;
		}
		v[i] = sum;
		if (slope)
			slope[i] = rise;
	}
}

/* ---- grains ---- */

#define GRAIN_S 0.12
#define GRAIN_EVERY_S 0.01

struct truth truth_grains(double rms, uint64_t seed)
{
	/* 12 at a time, a quarter of their power left by the squared sine (3/8), half by the tone, a third by the level. */
	const double power = GRAIN_S / GRAIN_EVERY_S * 3 / 8 / 2 / 3;
	return (struct truth){.seed = seed, .loud = rms / sqrt(power)};
}

static double draw(uint64_t *state)
{
	uint64_t z = (*state += UINT64_C(0x9e3779b97f4a7c15));
	z = (z ^ (z >> 30)) * UINT64_C(0xbf58476d1ce4e5b9);
	z = (z ^ (z >> 27)) * UINT64_C(0x94d049bb133111eb);
	return (double)((z ^ (z >> 31)) >> 11) * 0x1p-53;
}

/* A tone under sin^2, by rotation of both. */
static void add_grain(const struct truth *x, int64_t i, long double t0_s, long double dt_s,
		      double *v, double *slope, int n)
{
	uint64_t state = x->seed + (uint64_t)i * UINT64_C(0x2545f4914f6cdd1d);
	const double hz = 150 * pow(40, draw(&state)), peak = x->loud * draw(&state),
		     phase = draw(&state);
	const long double since = t0_s - i * (long double)GRAIN_EVERY_S;
	int from = since < 0 ? (int)ceill(-since / dt_s) : 0;
	long double left = (GRAIN_S - since) / dt_s;
	int to = left < n ? (int)ceill(left) : n;
	if (from >= to)
		return;
	long double at = since + from * dt_s, turns = hz * at + phase;
	const double w = 2 * PI * hz, u = 2 * PI / GRAIN_S, step = (double)dt_s;
	double s = sin(2 * PI * (double)(turns - floorl(turns)));
	double c = cos(2 * PI * (double)(turns - floorl(turns)));
	double es = sin(u * (double)at), ec = cos(u * (double)at);
	const double ds = sin(w * step), dc = cos(w * step), eds = sin(u * step), edc = cos(u * step);
	for (int k = from; k < to; k++) {
		double env = peak * (0.5 - 0.5 * ec), next = s * dc + c * ds, e_next = es * edc + ec * eds;
		v[k] += env * s;
		if (slope)
			slope[k] += peak * 0.5 * u * es * s + env * w * c;
		c = c * dc - s * ds;
		s = next;
		ec = ec * edc - es * eds;
		es = e_next;
	}
}

static void render_grains(const struct truth *x, long double t0_s, long double dt_s, double *v,
			  double *slope, int n)
{
	int64_t first = (int64_t)floorl((t0_s - GRAIN_S) / GRAIN_EVERY_S);
	int64_t last = (int64_t)ceill((t0_s + n * dt_s) / GRAIN_EVERY_S);
	memset(v, 0, (size_t)n * sizeof *v);
	if (slope)
		memset(slope, 0, (size_t)n * sizeof *slope);
	for (int64_t i = first; i <= last; i++)
		add_grain(x, i, t0_s, dt_s, v, slope, n);
}

/* ---- either ---- */

void truth_render(const struct truth *x, long double t0_s, long double dt_s, double *v,
		  double *slope, int n)
{
	for (int at = 0; at < n; at += BLOCK)
		(x->seed ? render_grains : render_block)(x, t0_s + at * dt_s, dt_s, v + at,
							 slope ? slope + at : NULL,
							 n - at < BLOCK ? n - at : BLOCK);
}

/* The clock around clip time c: the timeline's time of c, and how many timeline seconds a clip second takes, until
 * *until_s. */
static long double device_time(const struct truth_device *d, long double c, long double *pace,
			       long double *until_s)
{
	long double even = 1 / (1 + (long double)d->ppm * 1e-6L), shift = 0, late = 0;
	int k = 0;
	while (k < d->n_clock && (long double)d->clock[k].at_s <= c)
		k++;
	*until_s = k < d->n_clock ? (long double)d->clock[k].at_s : HUGE_VALL;
	if (d->n_clock > 0 && (k == 0 || k == d->n_clock)) {
		shift = (long double)d->clock[k > 0 ? k - 1 : 0].shift_s;
	} else if (k > 0) {
		const struct as_clock_knot *a = &d->clock[k - 1];
		late = ((long double)a[1].shift_s - (long double)a[0].shift_s) /
		       ((long double)a[1].at_s - (long double)a[0].at_s);
		shift = (long double)a[0].shift_s + late * (c - (long double)a[0].at_s);
	}
	*pace = even + late;
	return (long double)d->start_s + c * even + shift;
}

void truth_record(const char *path, const struct truth *x, const struct truth_device *d,
		  int64_t frames, int depth)
{
	struct as_error err = {0};
	struct as_encode_spec spec = {.format = AS_AUDIO_WAV,
				      .rate_hz = (int)d->rate_hz,
				      .channels = 1,
				      .bit_depth = depth,
				      .total_frames = frames,
				      .time_reference_s = NAN};
	struct as_encoder *e = as_encoder_open(path, &spec, true, &err);
	double v[BLOCK];
	float pcm[BLOCK];
	need(e != NULL, path, &err);
	for (int64_t at = 0; at < frames;) {
		long double c = (long double)at / (long double)d->rate_hz, pace, until_s;
		long double t = device_time(d, c, &pace, &until_s);
		long double left = ceill((until_s - c) * (long double)d->rate_hz);
		int n = (int)(frames - at < BLOCK ? frames - at : BLOCK);
		if (left < n)
			n = left > 1 ? (int)left : 1;
		truth_render(x, t, pace / (long double)d->rate_hz, v, NULL, n);
		for (int i = 0; i < n; i++)
			pcm[i] = (float)v[i];
		need(as_encoder_write(e, pcm, n, &err) == AS_OK, path, &err);
		at += n;
	}
	need(as_encoder_close(e, &err) == AS_OK, path, &err);
}

void truth_stitch(const char *in, const char *out, const struct truth_device *d, int64_t frames,
		  const struct truth_export *e)
{
	struct as_error err = {0};
	struct as_segment segment = {0, (double)frames / d->rate_hz, d->start_s};
	struct as_stitch_clip clip = {.parts = &in,
				      .n_parts = 1,
				      .stream_index = -1,
				      .frames = frames,
				      .rate_hz = d->rate_hz,
				      .channels = 1,
				      .speed_ppm = d->ppm,
				      .clock = d->clock,
				      .n_clock = d->n_clock,
				      .segments = &segment,
				      .n_segments = 1};
	struct as_stitch_job job = {.path = out,
				    .force = true,
				    .spec = {.format = AS_AUDIO_WAV,
					     .rate_hz = e->rate_hz,
					     .channels = 1,
					     .bit_depth = e->depth,
					     .dither = e->dither,
					     .total_frames = e->frames,
					     .time_reference_s = NAN},
				    .clips = &clip,
				    .n_clips = 1,
				    .crossfade_s = 0.05,
				    .declick_s = 0.005};
	need(as_stitch_track(&job, NULL, NULL, NULL, NULL, &err) == AS_OK, out, &err);
}

void truth_read(const char *path, int64_t from, double *v, int n)
{
	struct as_error err = {0};
	struct as_decoder *d = as_decoder_open(path, -1, NULL, &err);
	need(d && as_decoder_seek(d, from, &err) == AS_OK, path, &err);
	for (int at = 0, got; at < n; at += got) {
		const float *pcm;
		need(as_decoder_read(d, &pcm, &got, &err) == AS_OK, path, &err);
		got = got < n - at ? got : n - at;
		for (int i = 0; i < got; i++)
			v[at + i] = (double)pcm[i];
	}
	as_decoder_close(d);
}

struct truth_error truth_compare(const struct truth *x, const double *y, int64_t from, int n,
				 double rate_hz)
{
	double *r = malloc((size_t)n * 2 * sizeof *r), *slope = r + n;
	double rr = 0, ss = 0, rs = 0, yr = 0, ys = 0, diff = 0, rest = 0;
	struct truth_error e = {0};
	need(r != NULL, "compare", NULL);
	truth_render(x, (long double)from / (long double)rate_hz, 1 / (long double)rate_hz, r,
		     slope, n);
	for (int i = 0; i < n; i++) {
		double d = y[i] - r[i];
		rr += r[i] * r[i];
		ss += slope[i] * slope[i];
		rs += r[i] * slope[i];
		/* Of the difference, so that nothing is lost in the sum of what is equal. */
		yr += d * r[i];
		ys += d * slope[i];
		diff += d * d;
		e.peak = fmax(e.peak, fabs(d));
	}
	double a = (yr * ss - ys * rs) / (rr * ss - rs * rs);
	double b = (ys * rr - yr * rs) / (rr * ss - rs * rs);
	for (int i = 0; i < n; i++)
		rest += pow(y[i] - r[i] - a * r[i] - b * slope[i], 2);
	free(r);
	e.gain = 1 + a;
	e.late_s = -b / (1 + a);
	e.null_db = 10 * log10(diff / rr + 1e-300);
	e.rest_db = 10 * log10(rest / n + 1e-300);
	return e;
}
