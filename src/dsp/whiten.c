#include "dsp/whiten.h"

#include <complex.h>
#include <math.h>
#include <stdlib.h>
#include <string.h>

#include "dsp/fft.h"
#include "dsp/kernel.h"

/* doc/algorithm.md section 2. Frames of 128 ms at 8 kHz, half overlapping, square-root Hann both ways. */
enum {
	FRAME = 1024,
	HOP = FRAME / 2,
	BIN_LO = 16,            /* 125 Hz: below it rooms and hands, not the event */
	BIN_HI = 474,           /* 3703 Hz: above it the resampler's edge */
	BINS = BIN_HI - BIN_LO,
	BLOCK = 938,            /* frames in 60 s: the noise floor is taken over a block */
	BLOCK_MIN = 235,        /* a shorter last block borrows its neighbour's floor */
	HIST = 512,             /* floor histogram: 8 steps an octave of power, 64 octaves */
	HIST_SHIFT = 20,        /* float bits: sign, 8 exponent, 3 mantissa bits remain */
	HIST_BASE = (127 - 40) << 3,
};

#define FLOOR_QUANTILE 0.30f
/* Of a stream, whose floor can come from what has been heard only: taken anew with every frame at first, then twice a second; believed
 * in full once 3 s have been heard, since of one chord its quantile is the chord. */
enum { STREAM_EVERY = 8, STREAM_FULL = 48 };
/* Power of one bin that 16-bit silence with dither reaches; below it nothing is believed. */
#define POWER_MIN 1e-9f
/* Full-band unit-magnitude frames have this RMS after the inverse transform; 20 of 127 steps leaves 16 dB of crest. */
#define OUT_RMS_STEPS 20.0f
/* Output over this counts as sound; the leakage of hum and its harmonics, which the windows do not take away, stays under 2. */
#define ACTIVE_RMS_STEPS 3.0f
/* Far over full scale and far under where powers overflow: one broken sample of a float file must not quieten its whole block. */
#define SAMPLE_MAX 65536.0f

struct as_whitener {
	as_whiten_sink sink;
	void *ctx;
	struct as_fft *fft;
	float window[FRAME];
	float in[FRAME];         /* the newest FRAME samples */
	int fill;                /* samples of in that are new */
	int64_t fed, delivered, skip;
	float *time;             /* FRAME, aligned */
	float complex *spec;     /* FRAME / 2 + 1, aligned */
	float complex *frames;   /* 2 * BLOCK rows of BINS: half a block behind, one block being filled */
	int n_frames;            /* rows used */
	float floor_prev[BINS], floor_now[BINS];
	float power[BINS], floor[BINS]; /* of the row at hand */
	float eps_prev, eps_now;
	int n_blocks;
	uint16_t *hist;          /* BINS x HIST */
	float tail[FRAME];       /* overlap-add */
	int64_t active_frames, all_frames, energy;
	bool stream;             /* each frame is delivered as soon as it is there */
	bool failed;
};

struct as_whitener *as_whitener_new(as_whiten_sink sink, void *ctx)
{
	struct as_whitener *w = calloc(1, sizeof(*w));

	if (!w)
		return NULL;
	w->sink = sink;
	w->ctx = ctx;
	w->fft = as_fft_new(FRAME);
	w->time = as_fft_alloc(sizeof(float) * FRAME);
	w->spec = as_fft_alloc(sizeof(float complex) * (FRAME / 2 + 1));
	w->frames = malloc(sizeof(float complex) * 2 * BLOCK * BINS);
	w->hist = malloc(sizeof(uint16_t) * BINS * HIST);
	if (!w->fft || !w->time || !w->spec || !w->frames || !w->hist) {
		as_whitener_free(w);
		return NULL;
	}
	for (int i = 0; i < FRAME; i++)
		w->window[i] = sinf((float)M_PI * ((float)i + 0.5f) / FRAME);
	/* The first frame covers half a frame of silence before the signal, so that its beginning is
	 * overlapped like the rest; that half frame of output is dropped again. */
	w->fill = HOP;
	w->skip = HOP;
	return w;
}

struct as_whitener *as_whitener_new_stream(as_whiten_sink sink, void *ctx)
{
	struct as_whitener *w = as_whitener_new(sink, ctx);

	if (w)
		w->stream = true;
	return w;
}

void as_whitener_free(struct as_whitener *w)
{
	if (!w)
		return;
	as_fft_free(w->fft);
	as_fft_release(w->time);
	as_fft_release(w->spec);
	free(w->frames);
	free(w->hist);
	free(w);
}

/* The FLOOR_QUANTILE of each bin's power over rows [from, to), by a histogram over the float's own exponent and leading
 * mantissa bits: 0.4 dB wide, interpolated. Sets eps to a ten-thousandth of the mean magnitude. */
static void block_floor(struct as_whitener *w, int from, int to, float *floor, float *eps)
{
	double sum = 0.0;
	int n = to - from;

	memset(w->hist, 0, sizeof(uint16_t) * BINS * HIST);
	for (int f = from; f < to; f++) {
		uint32_t bits[BINS];

		as_kernel_power(w->power, w->frames + (size_t)f * BINS, BINS);
		sum += as_kernel_sum_sqrt(w->power, BINS);
		memcpy(bits, w->power, sizeof(bits));
		for (int k = 0; k < BINS; k++) {
			int h = (int)(bits[k] >> HIST_SHIFT) - HIST_BASE;

			h = h < 0 ? 0 : h >= HIST ? HIST - 1 : h;
			w->hist[k * HIST + h]++;
		}
	}
	*eps = (float)(1e-4 * sum / ((double)n * BINS));
	for (int k = 0; k < BINS; k++) {
		const uint16_t *row = w->hist + k * HIST;
		float want = FLOOR_QUANTILE * (float)n, seen = 0.0f, lo, hi;
		uint32_t a, b;
		int h = 0;

		while (h < HIST - 1 && seen + row[h] < want)
			seen += row[h++];
		a = (uint32_t)(h + HIST_BASE) << HIST_SHIFT;
		b = (uint32_t)(h + 1 + HIST_BASE) << HIST_SHIFT;
		memcpy(&lo, &a, sizeof(lo));
		memcpy(&hi, &b, sizeof(hi));
		floor[k] = h == 0 ? 0.0f
				  : lo + (hi - lo) * (row[h] ? (want - seen) / (float)row[h] : 0.5f);
	}
}

/* Delivers HOP finished samples, minus what has to be skipped at the start or lies beyond the end. */
static bool deliver(struct as_whitener *w, const float *v, int64_t limit)
{
	int8_t out[HOP];
	int from = (int)(w->skip < HOP ? w->skip : HOP);
	int n = HOP - from;

	w->skip -= from;
	if (w->delivered + n > limit)
		n = (int)(limit - w->delivered);
	if (n <= 0)
		return true;
	as_kernel_quantise(out, v + from, n);
	w->delivered += n;
	w->energy += as_kernel_energy(out, n);
	return w->sink(w->ctx, out, n);
}

/* Whitens one row with a floor between two blocks' (t = 0: a, 1: b), adds it to the output, delivers a hop. */
static bool emit(struct as_whitener *w, const float complex *row, const float *a, const float *b, float t,
		 float eps, int64_t limit)
{
	/* BINS unit bins on both sides of the spectrum */
	const float scale = OUT_RMS_STEPS / sqrtf(2.0f * BINS);

	memset(w->spec, 0, sizeof(float complex) * (FRAME / 2 + 1));
	as_kernel_power(w->power, row, BINS);
	as_kernel_blend(w->floor, a, b, t, BINS);
	as_kernel_whiten(w->spec + BIN_LO, row, w->power, w->floor, scale, eps + 1e-30f, POWER_MIN, BINS);
	as_fft_inverse(w->fft, w->spec, w->time);
	for (int i = 0; i < FRAME; i++)
		w->tail[i] += w->time[i] * w->window[i];
	w->all_frames++;
	if (as_kernel_sum_squares(w->tail, HOP) > HOP * ACTIVE_RMS_STEPS * ACTIVE_RMS_STEPS)
		w->active_frames++;
	if (!deliver(w, w->tail, limit))
		return false;
	memmove(w->tail, w->tail + HOP, sizeof(float) * HOP);
	memset(w->tail + HOP, 0, sizeof(float) * HOP);
	return true;
}

/* Emits rows [from, to) between two block centres that lie BLOCK rows apart; row `from` is `phase` rows past the first. */
static bool emit_rows(struct as_whitener *w, int from, int to, int phase, int64_t limit)
{
	for (int f = from; f < to; f++) {
		float t = (float)(phase + f - from) / BLOCK;

		if (!emit(w, w->frames + (size_t)f * BINS, w->floor_prev, w->floor_now, t < 1.0f ? t : 1.0f,
			  w->eps_now, limit))
			return false;
	}
	return true;
}

/* A block is complete: rows [ready, n_frames) end at its end. Emits up to its centre and moves the rest down. */
static bool finish_block(struct as_whitener *w, bool last, int64_t limit)
{
	int start = w->n_frames - BLOCK; /* of this block; last: of what is left */
	int centre, rest;

	if (last) {
		/* what is left after the last centre */
		start = w->n_blocks ? BLOCK / 2 : 0;
		if (w->n_blocks == 0 || w->n_frames - start >= BLOCK_MIN) {
			if (w->n_blocks)
				memcpy(w->floor_prev, w->floor_now, sizeof(w->floor_prev));
			block_floor(w, start, w->n_frames, w->floor_now, &w->eps_now);
			if (!w->n_blocks)
				memcpy(w->floor_prev, w->floor_now, sizeof(w->floor_prev));
		} else {
			memcpy(w->floor_prev, w->floor_now, sizeof(w->floor_prev));
		}
		return emit_rows(w, 0, w->n_frames, 0, limit);
	}
	memcpy(w->floor_prev, w->floor_now, sizeof(w->floor_prev));
	block_floor(w, start, w->n_frames, w->floor_now, &w->eps_now);
	if (!w->n_blocks)
		memcpy(w->floor_prev, w->floor_now, sizeof(w->floor_prev));
	centre = w->n_frames - BLOCK / 2;
	if (!emit_rows(w, 0, centre, 0, limit))
		return false;
	rest = w->n_frames - centre;
	memmove(w->frames, w->frames + (size_t)centre * BINS, sizeof(float complex) * BINS * (size_t)rest);
	w->n_frames = rest;
	w->n_blocks++;
	return true;
}

/* The floor from the newest minute that was heard. */
static void stream_floor(struct as_whitener *w)
{
	int from = w->n_frames > BLOCK ? w->n_frames - BLOCK : 0;
	float part = (float)(w->n_frames - 1) / STREAM_FULL;

	block_floor(w, from, w->n_frames, w->floor_now, &w->eps_now);
	for (int k = 0; part < 1.0f && k < BINS; k++)
		w->floor_now[k] *= part;
}

/* The newest row goes out at once. */
static bool push_row(struct as_whitener *w)
{
	if (w->n_frames <= 2 * STREAM_EVERY || w->n_frames % STREAM_EVERY == 0)
		stream_floor(w);
	if (!emit(w, w->frames + (size_t)(w->n_frames - 1) * BINS, w->floor_now, w->floor_now, 0.0f, w->eps_now, w->fed))
		return false;
	if (w->n_frames == 2 * BLOCK) {
		memcpy(w->frames, w->frames + (size_t)BLOCK * BINS, sizeof(float complex) * BLOCK * BINS);
		w->n_frames = BLOCK;
	}
	return true;
}

static bool push_frame(struct as_whitener *w)
{
	int full = w->n_blocks ? BLOCK + BLOCK / 2 : BLOCK;

	for (int i = 0; i < FRAME; i++)
		w->time[i] = w->in[i] * w->window[i];
	as_fft_forward(w->fft, w->time, w->spec);
	memcpy(w->frames + (size_t)w->n_frames * BINS, w->spec + BIN_LO, sizeof(float complex) * BINS);
	w->n_frames++;
	memmove(w->in, w->in + HOP, sizeof(float) * HOP);
	w->fill = HOP;
	if (w->stream)
		return push_row(w);
	return w->n_frames < full || finish_block(w, false, INT64_MAX);
}

bool as_whitener_feed(struct as_whitener *w, const float *x, int n)
{
	if (w->failed)
		return false;
	w->fed += n;
	while (n > 0) {
		int take = FRAME - w->fill;

		if (take > n)
			take = n;
		/* what float files may hold must not spread */
		as_kernel_tame(w->in + w->fill, x, SAMPLE_MAX, take);
		w->fill += take;
		x += take;
		n -= take;
		if (w->fill == FRAME && !push_frame(w)) {
			w->failed = true;
			return false;
		}
	}
	return true;
}

bool as_whitener_end(struct as_whitener *w)
{
	int64_t limit = w->fed;

	if (w->failed)
		return false;
	/* Two more frames of silence complete the overlap of the last samples. */
	for (int i = 0; i < 2; i++) {
		memset(w->in + w->fill, 0, sizeof(float) * (size_t)(FRAME - w->fill));
		w->fill = FRAME;
		if (!push_frame(w))
			return false;
	}
	return w->stream || finish_block(w, true, limit);
}

double as_whitener_active(const struct as_whitener *w)
{
	return w->all_frames ? (double)w->active_frames / (double)w->all_frames : 0.0;
}

double as_whitener_energy(const struct as_whitener *w)
{
	return (double)w->energy;
}
