/* Exact positions: libsoxr for the rate, its phase cycle or a delay filter for the fraction. */
#include "media/resample_exact.h"

#include <math.h>
#include <stdlib.h>
#include <string.h>

#include <soxr.h>

#define CHUNK_FRAMES 2048
#define CHUNKS_PER_CALL 8
#define WHOLE 1e-6         /* frames: nearer to a whole position than this is whole */
#define MAX_LEAD (1 << 19) /* output frames that may be spent on finding the phase */
#define PHASE_GOOD 0x1p-20
#define PHASE_ENOUGH 0x1p-18
/* Delay filter: flat to 0.93 of the Nyquist frequency, images under -140 dB. */
#define TAPS 128
#define HALF (TAPS / 2)
#define KAISER_BETA 14.5
#define PI 3.14159265358979323846

struct as_exact {
	size_t channels;
	soxr_t soxr;     /* NULL at equal rates */
	int64_t zeros;   /* frames of silence still to be put before the input */
	int64_t discard; /* output frames still to be thrown away */
	bool filter;
	float taps[TAPS];
	float *history; /* the last TAPS - 1 input frames, then the chunk being filtered */
	int64_t tail;   /* frames of silence still to be put after the input, for the filter */
	float *pending; /* frames on their way to libsoxr or the output */
	int64_t pending_at, pending_n;
	float *scratch; /* output that does not go straight to the caller */
	bool ended;     /* nothing more will be pending */
	bool drained;   /* and libsoxr is empty too */
};

static double bessel_i0(double x)
{
	double sum = 1, term = 1;
	for (int k = 1; term > sum * 1e-17; k++) {
		term *= (x / (2 * k)) * (x / (2 * k));
		sum += term;
	}
	return sum;
}

/* y[i] = x(i + delay), 0 <= delay < 1: taps over x[i - HALF + 1 … i + HALF]. */
static void design_delay(float taps[TAPS], double delay)
{
	double h[TAPS], sum = 0;
	for (int t = 0; t < TAPS; t++) {
		double at = delay + HALF - 1 - t;
		double edge = at / HALF;
		double sinc = fabs(at) < 1e-12 ? 1 : sin(PI * at) / (PI * at);
		h[t] = edge * edge >= 1 ? 0 : sinc * bessel_i0(KAISER_BETA * sqrt(1 - edge * edge));
		sum += h[t];
	}
	for (int t = 0; t < TAPS; t++)
		taps[t] = (float)(h[t] / sum);
}

/* Looks for the output frame k of libsoxr, fed with n leading zeros, that falls on start: k *
 * step - n = start. Returns what remains for the delay filter, 0 if nothing. */
static double find_phase(double start, double step, int64_t *k_out, int64_t *n_out)
{
	int64_t first = (int64_t)ceil(start / step), best = first;
	double best_error = 1;
	for (int64_t k = first; k <= first + MAX_LEAD && best_error > PHASE_GOOD; k++) {
		double at = (double)k * step - start;
		double error = fabs(at - rint(at));
		if (error < best_error) {
			best_error = error;
			best = k;
		}
	}
	if (best_error <= PHASE_ENOUGH) {
		*k_out = best;
		*n_out = (int64_t)rint((double)best * step - start);
		return 0;
	}
	/* HALF frames more, since that is how far the filter lags behind its input. */
	*k_out = (int64_t)ceil((start + HALF) / step);
	double at = (double)*k_out * step - start;
	*n_out = (int64_t)ceil(at);
	return ceil(at) - at;
}

bool as_exact_is_copy(double start, double step)
{
	return step == 1 && fabs(start - rint(start)) < WHOLE;
}

static enum as_status start_soxr(struct as_exact *x, double step, struct as_error *err)
{
	soxr_io_spec_t io = soxr_io_spec(SOXR_FLOAT32_I, SOXR_FLOAT32_I);
	/* Without its roll-off of up to 0.01 dB, which would be all there is between the output and the input. */
	soxr_quality_spec_t quality =
		soxr_quality_spec(SOXR_24_BITQ, SOXR_ROLLOFF_NONE | SOXR_HI_PREC_CLOCK);
	soxr_runtime_spec_t runtime = soxr_runtime_spec(1);
	soxr_error_t problem = NULL;
	x->soxr = soxr_create(step, 1, (unsigned)x->channels, &problem, &io, &quality, &runtime);
	if (!x->soxr || problem)
		return as_fail(err, AS_ERR_MEMORY, "resampling: %s",
			       problem ? problem : "out of memory");
	return AS_OK;
}

struct as_exact *as_exact_new(double start, double step, int channels, struct as_error *err)
{
	if (!(start >= 0 && start < 1e9) || !(step >= 1.0 / 64 && step <= 64) || channels < 1) {
		as_fail(err, AS_ERR_INVALID, "resampling by %g from %g: out of range", step, start);
		return NULL;
	}
	struct as_exact *x = calloc(1, sizeof(*x));
	size_t frame = (size_t)channels * sizeof(float);
	double delay = 0;
	if (!x)
		goto no_memory;
	x->channels = (size_t)channels;
	if (as_exact_is_copy(start, step)) {
		x->discard = (int64_t)rint(start);
	} else if (step == 1) {
		x->discard = (int64_t)floor(start);
		delay = start - floor(start);
	} else {
		delay = find_phase(start, step, &x->discard, &x->zeros);
		if (start_soxr(x, step, err) != AS_OK)
			goto fail;
	}
	x->filter = delay > 0;
	if (x->filter) {
		design_delay(x->taps, delay);
		x->tail = HALF;
		/* The filter looks HALF frames ahead: its first outputs lie before the input. */
		x->history = calloc(CHUNK_FRAMES + TAPS, frame);
		if (x->soxr)
			x->zeros -= HALF;
		else
			x->discard += HALF;
	}
	x->pending = malloc(CHUNK_FRAMES * frame);
	x->scratch = malloc(CHUNK_FRAMES * frame);
	if (!x->pending || !x->scratch || (x->filter && !x->history))
		goto no_memory;
	return x;
no_memory:
	as_fail(err, AS_ERR_MEMORY, "resampling: out of memory");
fail:
	as_exact_free(x);
	return NULL;
}

void as_exact_free(struct as_exact *x)
{
	if (!x)
		return;
	if (x->soxr)
		soxr_delete(x->soxr);
	free(x->history);
	free(x->pending);
	free(x->scratch);
	free(x);
}

/* 16 outputs at a time: the sums stay in registers. From the outer taps, which are small, to the
 * middle: rounding is then that of the last few additions. */
static void filter_run(const struct as_exact *x, const float *in, float *out, size_t samples)
{
	const size_t c = x->channels;
	size_t i = 0;
	for (; i + 16 <= samples; i += 16) {
		float sum[16] = {0};
		for (size_t t = 0; t < HALF; t++) {
			const float left = x->taps[t], right = x->taps[TAPS - 1 - t];
			const float *a = in + i + t * c, *b = in + i + (TAPS - 1 - t) * c;
			for (int j = 0; j < 16; j++)
				sum[j] += left * a[j] + right * b[j];
		}
		memcpy(out + i, sum, sizeof(sum));
	}
	for (; i < samples; i++) {
		float sum = 0;
		for (size_t t = 0; t < HALF; t++)
			sum += x->taps[t] * in[i + t * c] +
			       x->taps[TAPS - 1 - t] * in[i + (TAPS - 1 - t) * c];
		out[i] = sum;
	}
}

/* Moves n frames of in (NULL: silence) to pending, through the filter if there is one. */
static void put_pending(struct as_exact *x, const float *in, int64_t n)
{
	const size_t samples = (size_t)n * x->channels, kept = (TAPS - 1) * x->channels;
	float *to = x->filter ? x->history + kept : x->pending;
	if (in)
		memcpy(to, in, samples * sizeof(float));
	else
		memset(to, 0, samples * sizeof(float));
	if (x->filter) {
		filter_run(x, x->history, x->pending, samples);
		memmove(x->history, x->history + samples, kept * sizeof(float));
	}
	x->pending_at = 0;
	x->pending_n = n;
}

/* Fetches the next frames for pending; returns how many input frames that took. */
static int64_t fetch(struct as_exact *x, const float *in, int64_t n_in)
{
	if (x->zeros > 0) {
		int64_t n = x->zeros < CHUNK_FRAMES ? x->zeros : CHUNK_FRAMES;
		memset(x->pending, 0, (size_t)n * x->channels * sizeof(float));
		x->pending_at = 0;
		x->pending_n = n;
		x->zeros -= n;
		return 0;
	}
	if (in) {
		int64_t n = n_in < CHUNK_FRAMES ? n_in : CHUNK_FRAMES;
		if (n > 0)
			put_pending(x, in, n);
		return n;
	}
	if (x->tail > 0) {
		put_pending(x, NULL, x->tail);
		x->tail = 0;
		return 0;
	}
	x->ended = true;
	return 0;
}

/* Pending frames or the end go to out; *made tells how many frames came. */
static enum as_status convert(struct as_exact *x, float *out, int64_t max, int64_t *made,
			      struct as_error *err)
{
	const float *from = x->pending + (size_t)x->pending_at * x->channels;
	int64_t have = x->pending_n - x->pending_at;
	size_t used = 0, got = 0;
	if (x->drained || (x->ended && !x->soxr)) {
		got = (size_t)max;
		memset(out, 0, got * x->channels * sizeof(float));
	} else if (x->soxr) {
		soxr_error_t e = soxr_process(x->soxr, x->ended ? NULL : from, (size_t)have, &used,
					      out, (size_t)max, &got);
		if (e)
			return as_fail(err, AS_ERR_INTERNAL, "resampling: %s", e);
		x->drained = x->ended && got == 0;
	} else {
		used = got = (size_t)(have < max ? have : max);
		memcpy(out, from, got * x->channels * sizeof(float));
	}
	x->pending_at += (int64_t)used;
	*made = (int64_t)got;
	return AS_OK;
}

enum as_status as_exact_run(struct as_exact *x, const float *in, int64_t n_in, int64_t *used,
			    float *out, int64_t max_out, int64_t *made, struct as_error *err)
{
	*used = *made = 0;
	for (int round = 0; round < CHUNKS_PER_CALL && *made < max_out; round++) {
		if (x->pending_at == x->pending_n && !x->ended) {
			int64_t took = fetch(x, in, n_in - *used);
			*used += took;
			if (in)
				in += (size_t)took * x->channels;
			if (x->pending_at == x->pending_n && !x->ended)
				break; /* more input, please */
		}
		int64_t got = 0, max = max_out - *made;
		float *to = out + (size_t)*made * x->channels;
		/* libsoxr reads a pointer per channel at its output, even where it has no use for
		 * them: one frame at the end of a buffer is too little room. */
		bool aside = x->discard > 0 || max == 1;
		if (x->discard > 0)
			max = x->discard < CHUNK_FRAMES ? x->discard : CHUNK_FRAMES;
		if (convert(x, aside ? x->scratch : to, max, &got, err) != AS_OK)
			return AS_ERR_INTERNAL;
		if (x->discard > 0) {
			x->discard -= got;
			continue;
		}
		if (aside)
			memcpy(to, x->scratch, (size_t)got * x->channels * sizeof(float));
		*made += got;
	}
	return AS_OK;
}
