/* Frames of any rate and channels -> mono at 8 kHz on one axis.
 *
 * The mix is the mean of the two loudest channels, or one of them where the mean cancels, as in media/load. What is heard decides,
 * slowly: a mix that changed with every word would be a different sound to the meter each time. */
#include <math.h>
#include <stdlib.h>

#include "base/error.h"
#include "dsp/decimate.h"
#include "engine/live_private.h"
#include "media/resample.h"

#define OUT 1024
#define BLOCK 4096
#define MAX_LOST 16
#define FIRST_LOOK_S 0.25 /* of sound, until the mix is chosen for the first time, and then again and again */
#define LOOK_S 4.0
#define SILENT_RMS 1e-5
#define CANCELS 0.1 /* share of the channels' energy in their mean, below which one is taken alone … */
#define HOLDS 0.3   /* … and from which the mean comes back */
#define LOUDER 4.0  /* a channel that is to replace another one has so many times its energy */

struct live_mono {
	int channels;
	double rate_hz, ratio; /* samples out per frame */
	int a, b;              /* of the mean */
	bool alone;            /* a instead */
	double *energy, mean;  /* of each channel, and of the mean of a and b, since the last look */
	int64_t looked, look;  /* frames since then, and how many there are to be */
	struct as_decimator *decimator;
	struct as_resampler *resampler; /* neither: the rate is right already */
	int64_t fed, made;
	struct {
		int64_t begin, end;
	} lost[MAX_LOST]; /* on the axis of what is made, ascending */
	int n_lost;
	live_sink sink;
	void *ctx;
	float mono[BLOCK], out[OUT];
};

struct live_mono *as_live_mono_new(double rate_hz, int channels, live_sink sink, void *ctx, struct as_error *err)
{
	if (!(rate_hz >= 1000 && rate_hz <= 1e6) || channels < 1 || channels > 1024) {
		as_fail(err, AS_ERR_FORMAT, "sound of %d channels at %g Hz cannot be compared", channels, rate_hz);
		return NULL;
	}
	struct live_mono *m = calloc(1, sizeof *m);
	if (!m || !(m->energy = calloc((size_t)channels, sizeof *m->energy))) {
		free(m);
		as_fail(err, AS_ERR_MEMORY, "live meter: out of memory");
		return NULL;
	}
	m->channels = channels;
	m->rate_hz = rate_hz;
	m->ratio = AS_METER_RATE_HZ / rate_hz;
	m->b = channels > 1;
	m->look = (int64_t)(FIRST_LOOK_S * rate_hz);
	m->sink = sink;
	m->ctx = ctx;
	if (rate_hz != AS_METER_RATE_HZ && !(m->decimator = as_decimator_new(rate_hz, AS_METER_RATE_HZ)) &&
	    !(m->resampler = as_resampler_new(rate_hz, AS_METER_RATE_HZ, 1, AS_RESAMPLE_ANALYSIS, err))) {
		as_live_mono_free(m);
		return NULL;
	}
	return m;
}

void as_live_mono_free(struct live_mono *m)
{
	if (!m)
		return;
	as_decimator_free(m->decimator);
	as_resampler_free(m->resampler);
	free(m->energy);
	free(m);
}

/* ---- the mix ---- */

static int loudest(const struct live_mono *m, int but)
{
	int best = -1;
	for (int c = 0; c < m->channels; c++)
		if (c != but && (best < 0 || m->energy[c] > m->energy[best]))
			best = c;
	return best;
}

static void choose(struct live_mono *m)
{
	const double *e = m->energy;
	int p = loudest(m, -1), q = loudest(m, p);
	if (e[p] < SILENT_RMS * SILENT_RMS * (double)m->looked)
		return;
	m->look = (int64_t)(LOOK_S * m->rate_hz);
	double pair = (e[m->a] + e[m->b]) / 2;
	if (m->mean < CANCELS * pair)
		m->alone = true;
	else if (m->mean > HOLDS * pair)
		m->alone = false;
	bool has_p = p == m->a || p == m->b, has_q = q == m->a || q == m->b;
	double least = fmin(e[m->a], e[m->b]);
	if ((!has_p && e[p] > LOUDER * least) || (!has_q && e[q] > LOUDER * least)) {
		m->a = p;
		m->b = q;
		m->alone = false;
	} else if (m->alone && e[m->b] > LOUDER * e[m->a]) {
		m->a = p;
		m->b = q;
	}
}

static void look(struct live_mono *m, const float *pcm, int n)
{
	const int channels = m->channels;
	for (int c = 0; c < channels; c++) {
		double sum = 0;
		for (int i = 0; i < n; i++)
			sum += (double)pcm[i * channels + c] * (double)pcm[i * channels + c];
		m->energy[c] += isfinite(sum) ? sum : 0;
	}
	for (int i = 0; i < n; i++) {
		double v = ((double)pcm[i * channels + m->a] + (double)pcm[i * channels + m->b]) / 2;
		m->mean += isfinite(v) ? v * v : 0;
	}
	m->looked += n;
	if (m->looked < m->look)
		return;
	choose(m);
	m->mean = 0;
	m->looked = 0;
	for (int c = 0; c < channels; c++)
		m->energy[c] = 0;
}

/* What is no number is no sound. */
static float clean(float v)
{
	return isfinite(v) && fabsf(v) < 1e6f ? v : 0;
}

static void mix(struct live_mono *m, const float *pcm, int n)
{
	const int channels = m->channels, a = m->a, b = m->alone ? m->a : m->b;
	for (int i = 0; i < n; i++)
		m->mono[i] = 0.5f * (clean(pcm[i * channels + a]) + clean(pcm[i * channels + b]));
	if (channels > 1)
		look(m, pcm, n);
}

/* ---- out ---- */

static enum as_status deliver(struct live_mono *m, int64_t n, struct as_error *err)
{
	enum as_status status = AS_OK;
	for (int64_t at = 0; at < n && status == AS_OK;) {
		int64_t end = m->made + (n - at);
		bool lost = false;
		if (m->n_lost > 0) {
			lost = m->lost[0].begin <= m->made;
			int64_t border = lost ? m->lost[0].end : m->lost[0].begin;
			end = border < end ? border : end;
		}
		status = m->sink(m->ctx, lost ? NULL : m->out + at, end - m->made, err);
		at += end - m->made;
		m->made = end;
		if (lost && m->lost[0].end <= m->made) {
			m->n_lost--;
			for (int i = 0; i < m->n_lost; i++)
				m->lost[i] = m->lost[i + 1];
		}
	}
	return status;
}

/* mono NULL: the end. */
static enum as_status convert(struct live_mono *m, const float *mono, int64_t n, struct as_error *err)
{
	enum as_status status = AS_OK;
	int64_t used, made = 0;
	bool whole = !m->decimator && !m->resampler;
	do {
		if (whole) {
			used = made = n < OUT ? n : OUT;
			for (int64_t i = 0; i < made; i++)
				m->out[i] = mono[i];
		} else if (m->decimator) {
			as_decimator_run(m->decimator, mono, n, &used, m->out, OUT, &made);
		} else {
			status = as_resampler_run(m->resampler, mono, n, &used, m->out, OUT, &made, err);
		}
		if (status == AS_OK)
			status = deliver(m, made, err);
		mono = mono ? mono + used : NULL;
		n -= mono ? used : 0;
	} while (status == AS_OK && (n > 0 || (!whole && made == OUT)));
	return status;
}

enum as_status as_live_mono_feed(struct live_mono *m, const float *pcm, int64_t n_frames, struct as_error *err)
{
	enum as_status status = AS_OK;
	while (n_frames > 0 && status == AS_OK) {
		int n = n_frames < BLOCK ? (int)n_frames : BLOCK;
		mix(m, pcm, n);
		m->fed += n;
		status = convert(m, m->mono, n, err);
		pcm += (int64_t)n * m->channels;
		n_frames -= n;
	}
	return status;
}

enum as_status as_live_mono_lose(struct live_mono *m, int64_t n_frames, struct as_error *err)
{
	enum as_status status = AS_OK;
	int64_t begin = (int64_t)floor((double)m->fed * m->ratio), end = (int64_t)ceil((double)(m->fed + n_frames) * m->ratio);
	if (m->n_lost == MAX_LOST) {
		m->lost[MAX_LOST - 1].end = end;
	} else {
		m->lost[m->n_lost].begin = begin;
		m->lost[m->n_lost++].end = end;
	}
	while (n_frames > 0 && status == AS_OK) {
		int n = n_frames < BLOCK ? (int)n_frames : BLOCK;
		for (int i = 0; i < n; i++)
			m->mono[i] = 0;
		m->fed += n;
		status = convert(m, m->mono, n, err);
		n_frames -= n;
	}
	return status;
}

enum as_status as_live_mono_end(struct live_mono *m, struct as_error *err)
{
	return m->decimator || m->resampler ? convert(m, NULL, 0, err) : AS_OK;
}
