/* One look: a stretch is made to sound as a second device would have recorded it, and placed as any clip would be. */
#include <math.h>
#include <stdlib.h>
#include <string.h>

#include "base/error.h"
#include "dsp/synth.h"
#include "dsp/whiten.h"
#include "engine/selftest_private.h"

#define CHUNK 8000 /* samples between two looks at the cancel flag: well under 50 ms of work */
#define ROOM_RT60_MIN_S 0.25
#define ROOM_RT60_MAX_S 0.9
#define ROOM_WET_MAX 0.8
#define SLOWER                                                                                     \
	0.97 /* what is to be nowhere is played backwards and slower: some made-up sound is its own mirror image */
#define CUT_SIDE_S 2.0 /* beside the stretch, taken out with it */
#define FALSE_LEVEL 0  /* where it is not, it is looked for with the least noise */

static bool stopped(const struct selftest_look *l)
{
	return l->cancel && atomic_load_explicit(l->cancel, memory_order_relaxed);
}

/* ---- sound ---- */

/* The stretch by another clock: sample i lies at at_s + (i / rate) / (1 + d) of the clip, at speed 1. */
static bool resample(const struct selftest_look *l, const struct as_sinc *sinc, double speed,
		     float *v, int n)
{
	const struct selftest_stretch *t = l->stretch;
	double rate = l->clip->rate_hz, step = speed / (1 + t->drift_ppm * 1e-6),
	       from = t->at_s * rate - (double)t->first;
	for (int i = 0; i < n; i++) {
		if (i % CHUNK == 0 && stopped(l))
			return false;
		v[i] = (float)as_sinc_at(sinc, t->sound, t->n, from + i * step);
	}
	return true;
}

static bool put_in_room(const struct selftest_look *l, struct as_rng *rng, float *v, int n,
			bool *memory)
{
	double rt60_s = as_rng_uniform(rng, ROOM_RT60_MIN_S, ROOM_RT60_MAX_S);
	struct as_room *room = as_room_new(as_rng_next(rng), l->clip->rate_hz, rt60_s,
					   as_rng_uniform(rng, 0, ROOM_WET_MAX));
	int at = 0;
	*memory = room != NULL;
	for (; room && at < n && !stopped(l); at += CHUNK)
		as_room_run(room, v + at, n - at < CHUNK ? n - at : CHUNK);
	as_room_free(room);
	return at >= n;
}

static void reverse(float *v, int n)
{
	for (int i = 0, k = n - 1; i < k; i++, k--) {
		float x = v[i];
		v[i] = v[k];
		v[k] = x;
	}
}

/* Other sound of the shoot on top, backwards and slower: as busy as the stretch itself, and nowhere to be found. Linear
 * between samples, which is good enough for noise. */
static void add_noise(const struct selftest_look *l, double snr_db, float *v, int n)
{
	const struct selftest_stretch *o = l->noise;
	double own = as_synth_rms(v, n), other = as_synth_rms(o->sound, (int)o->n);
	if (!(other > 0))
		return;
	float gain = (float)(own / other * pow(10, -snr_db / 20));
	for (int i = 0; i < n; i++) {
		double at = (double)(o->n - 1) - i * SLOWER;
		int64_t k = (int64_t)floor(at);
		if (k < 0)
			break;
		float part = (float)(at - (double)k), next = k + 1 < o->n ? o->sound[k + 1] : 0;
		v[i] += gain * (o->sound[k] + part * (next - o->sound[k]));
	}
}

struct growing {
	int8_t *v;
	int n;
};

static bool take_signal(void *ctx, const int8_t *v, int n)
{
	struct growing *g = ctx;
	memcpy(g->v + g->n, v, (size_t)n);
	g->n += n;
	return true;
}

/* AS_OK with *out owning its samples. */
static enum as_status whiten(const struct selftest_look *l, const float *v, int n,
			     struct as_signal *out, struct as_error *err)
{
	struct growing g = {.v = malloc((size_t)n + 1)};
	struct as_whitener *w = g.v ? as_whitener_new(take_signal, &g) : NULL;
	enum as_status status = w ? AS_OK : AS_ERR_MEMORY;
	for (int at = 0; status == AS_OK && at < n; at += CHUNK) {
		if (stopped(l))
			status = AS_CANCELLED;
		else if (!as_whitener_feed(w, v + at, n - at < CHUNK ? n - at : CHUNK))
			status = AS_ERR_MEMORY;
	}
	if (status == AS_OK && !as_whitener_end(w))
		status = AS_ERR_MEMORY;
	as_whitener_free(w);
	*out = (struct as_signal){.v = g.v, .n = g.n, .rate_hz = l->clip->rate_hz};
	if (status == AS_OK)
		return AS_OK;
	free(g.v);
	out->v = NULL;
	return as_fail(err, status,
		       status == AS_CANCELLED ? "stopped" : "self-test: out of memory");
}

/* What a second device would have heard, as the analysis takes it. */
static enum as_status hear(const struct selftest_look *l, int which, struct as_signal *out,
			   struct as_error *err)
{
	bool backwards = which == AS_SELFTEST_LEVELS + AS_SELFTEST_BACKWARDS, memory = true;
	int level = which < AS_SELFTEST_LEVELS ? which : FALSE_LEVEL;
	int n = (int)(as_selftest_lengths_s[l->stretch->length] * l->clip->rate_hz);
	float *v = malloc((size_t)n * sizeof *v);
	struct as_sinc *sinc = as_sinc_new();
	struct as_rng rng;
	enum as_status status;
	as_rng_seed(&rng, l->stretch->seed);
	*out = (struct as_signal){0};
	if (!v || !sinc) {
		status = as_fail(err, AS_ERR_MEMORY, "self-test: out of memory");
		goto out;
	}
	bool whole = resample(l, sinc, backwards ? SLOWER : 1, v, n);
	if (whole && backwards)
		reverse(v, n);
	if (!whole || !put_in_room(l, &rng, v, n, &memory)) {
		status = memory ? as_fail(err, AS_CANCELLED, "stopped")
				: as_fail(err, AS_ERR_MEMORY, "self-test: out of memory");
		goto out;
	}
	add_noise(l, as_selftest_levels_db[level], v, n);
	status = whiten(l, v, n, out, err);
out:
	as_sinc_free(sinc);
	free(v);
	return status;
}

/* ---- placing ---- */

/* The clip without what the stretch was taken from; owns its samples. */
static enum as_status cut_out(const struct selftest_look *l, struct as_signal *out,
			      struct as_error *err)
{
	const struct as_signal *s = l->clip;
	double rate = s->rate_hz, length_s = as_selftest_lengths_s[l->stretch->length];
	int64_t from = (int64_t)((l->stretch->at_s - CUT_SIDE_S) * rate),
		to = (int64_t)((l->stretch->at_s + length_s + CUT_SIDE_S) * rate);
	int8_t *v = malloc((size_t)s->n + 1);
	if (!v)
		return as_fail(err, AS_ERR_MEMORY, "self-test: out of memory");
	from = from < 0 ? 0 : from;
	to = to > s->n ? s->n : to;
	memcpy(v, s->v, (size_t)s->n);
	memset(v + from, 0, (size_t)(to - from));
	*out = *s;
	out->v = v;
	out->energy = 0; /* to be summed anew */
	return AS_OK;
}

/* A shoot of two devices: the clip, and what was heard. */
static enum as_status place(const struct selftest_look *l, const struct as_signal *heard,
			    const struct as_match_result *r, struct selftest_outcome *out,
			    struct as_error *err)
{
	const struct as_solve_clip clips[2] = {
		{.track = 0,
		 .duration_s = (double)l->clip->n / l->clip->rate_hz,
		 .created_s = NAN,
		 .start_tc_s = NAN,
		 .active = 1,
		 .usable = true,
		 .key = 1},
		{.track = 1,
		 .duration_s = (double)heard->n / heard->rate_hz,
		 .created_s = NAN,
		 .start_tc_s = NAN,
		 .active = 1,
		 .usable = true,
		 .key = 2},
	};
	const struct as_solve_match match = {.a = 0, .b = 1, .r = *r, .found = true};
	struct as_solve_config cfg = *l->solve;
	struct as_solution sol = {0};
	cfg.reference = 0;
	enum as_status status = as_solve(clips, 2, &match, 1, &cfg, l->cancel, &sol, err);
	if (status != AS_OK)
		return status;
	const struct as_solve_placement *own = &sol.placements[0], *p = &sol.placements[1];
	if (p->verdict >= AS_VERDICT_MODERATE) {
		out->placed = true;
		out->err_s = p->start_s - own->start_s - l->stretch->at_s;
		out->stated_s = p->start_err_s;
		out->drift_off_ppm = p->drift_ppm - l->stretch->drift_ppm;
		out->drift_err_ppm = p->drift_err_ppm;
	}
	as_solution_done(&sol);
	return AS_OK;
}

enum as_status as_selftest_look(const struct selftest_look *l, int which,
				struct selftest_outcome *out, struct as_error *err)
{
	bool cut = which == AS_SELFTEST_LEVELS + AS_SELFTEST_CUT_OUT;
	struct as_signal heard = {0}, target = *l->clip;
	struct as_match_result r;
	*out = (struct selftest_outcome){
		.err_s = NAN, .stated_s = NAN, .drift_off_ppm = NAN, .drift_err_ppm = NAN};
	enum as_status status = hear(l, which, &heard, err);
	if (status == AS_OK && cut)
		status = cut_out(l, &target, err);
	if (status == AS_OK)
		status = as_match_pair(&target, &heard, l->match, l->cancel, &r, err);
	if (status == AS_OK) {
		out->score = r.score;
		status = place(l, &heard, &r, out, err);
	} else if (status == AS_NO_MATCH) {
		status = AS_OK;
	}
	if (target.v != l->clip->v)
		free((void *)target.v);
	free((void *)heard.v);
	return status;
}
