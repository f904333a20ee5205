/* The sound of an audition: each clip as an export would write it, one to an ear, alike in level. */
#include <math.h>
#include <stdlib.h>

#include "engine/audition_private.h"

#define LEVEL_RMS 0.1  /* -20 dBFS: speech and music keep their peaks */
#define LEVEL_PEAK 0.9
#define MAX_GAIN 100.0 /* noise of a dead channel is not made loud */
#define FADE_S 0.01

struct ear {
	const struct audition_side *side;
	struct as_stitch_job job;
	struct as_stitcher *stitcher;
	const float *pcm;
	double gain;
};

struct audition_mixer {
	const struct audition_plan *plan;
	struct ear ears[2];
	int64_t at;
	float out[AS_STITCH_BLOCK_FRAMES * AUDITION_CHANNELS];
};

static double gain_of(const struct audition_side *s)
{
	double gain = s->rms > 0 ? LEVEL_RMS / s->rms : 1;
	if (s->peak > 0)
		gain = fmin(gain, LEVEL_PEAK / s->peak);
	return isfinite(gain) ? fmin(gain, MAX_GAIN) : 1;
}

static bool open_ear(struct ear *e, const struct audition_side *side, const struct audition_plan *p, const atomic_bool *cancel,
		     struct as_error *err)
{
	e->side = side;
	e->gain = gain_of(side);
	e->job = (struct as_stitch_job){.path = side->clip.parts[0],
					.spec = {.rate_hz = AS_AUDITION_RATE_HZ,
						 .channels = side->channel >= 0 ? side->clip.channels : 1,
						 .total_frames = p->frames},
					.clips = &side->clip,
					.n_clips = 1,
					.declick_s = p->declick_s};
	return (e->stitcher = as_stitcher_open(&e->job, cancel, err)) != NULL;
}

struct audition_mixer *as_audition_mixer_open(const struct audition_plan *p, const atomic_bool *cancel, struct as_error *err)
{
	struct audition_mixer *m = calloc(1, sizeof *m);
	if (!m) {
		as_fail(err, AS_ERR_MEMORY, "audition: out of memory");
		return NULL;
	}
	m->plan = p;
	for (int i = 0; i < p->n_sides; i++) {
		if (!open_ear(&m->ears[i], &p->sides[i], p, cancel, err)) {
			as_audition_mixer_close(m);
			return NULL;
		}
	}
	return m;
}

void as_audition_mixer_close(struct audition_mixer *m)
{
	for (int i = 0; m && i < 2; i++)
		as_stitcher_close(m->ears[i].stitcher, NULL);
	free(m);
}

/* Sample i of an ear's block, at its own level. */
static float sample(const struct ear *e, int64_t i)
{
	const int channel = e->side->channel;
	return channel < 0 ? e->pcm[i] : e->pcm[i * e->job.spec.channels + channel];
}

/* All ears have the same length, and so the same blocks. */
static enum as_status read_ears(struct audition_mixer *m, int64_t *n, struct as_error *err)
{
	enum as_status status = AS_OK;
	for (int i = 0; i < m->plan->n_sides && status == AS_OK; i++)
		status = as_stitcher_read(m->ears[i].stitcher, &m->ears[i].pcm, n, err);
	return status;
}

static double fade(const struct audition_mixer *m, int64_t at)
{
	const double edge = fmin(FADE_S * AS_AUDITION_RATE_HZ, (double)m->plan->frames / 2);
	double in = ((double)at + 1) / edge, out = (double)(m->plan->frames - at) / edge;
	return fmin(1, fmin(in, out));
}

static float limited(double v)
{
	return (float)(v > 1 ? 1 : v < -1 ? -1 : v);
}

enum as_status as_audition_mixer_next(struct audition_mixer *m, const float **pcm, int64_t *n, struct as_error *err)
{
	enum as_status status = read_ears(m, n, err);
	const struct ear *left = &m->ears[0], *right = &m->ears[m->plan->n_sides - 1];
	if (status != AS_OK)
		return status;
	for (int64_t i = 0; i < *n; i++) {
		double w = fade(m, m->at + i);
		m->out[AUDITION_CHANNELS * i] = limited(w * left->gain * (double)sample(left, i));
		m->out[AUDITION_CHANNELS * i + 1] = limited(w * right->gain * (double)sample(right, i));
	}
	m->at += *n;
	*pcm = m->out;
	return AS_OK;
}

/* ---- levels ---- */

struct meter {
	double sum, peak;
	int64_t n; /* that are not silence by absence */
};

static void meter_add(struct meter *t, const struct ear *e, int64_t n)
{
	for (int64_t i = 0; i < n; i++) {
		double v = fabs((double)sample(e, i));
		t->sum += v * v;
		t->peak = fmax(t->peak, v);
		t->n += v > 0;
	}
}

enum as_status as_audition_measure(struct audition_plan *p, const atomic_bool *cancel, struct as_error *err)
{
	struct meter meters[2] = {{0}};
	struct audition_mixer *m = as_audition_mixer_open(p, cancel, err);
	enum as_status status = m ? AS_OK : cancel && atomic_load(cancel) ? AS_CANCELLED : AS_ERR_IO;
	while (status == AS_OK) {
		int64_t n = 0;
		status = read_ears(m, &n, err);
		for (int i = 0; i < p->n_sides && status == AS_OK; i++)
			meter_add(&meters[i], &m->ears[i], n);
	}
	as_audition_mixer_close(m);
	for (int i = 0; i < p->n_sides && status == AS_EOF; i++) {
		p->sides[i].rms = meters[i].n > 0 ? sqrt(meters[i].sum / (double)meters[i].n) : 0;
		p->sides[i].peak = meters[i].peak;
	}
	return status == AS_EOF ? AS_OK : status;
}
