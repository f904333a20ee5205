/* A session as it is now -> the two sounds of an audition, and when. */
#include <math.h>
#include <stdlib.h>
#include <string.h>

#include "base/text.h"
#include "engine/audition_private.h"
#include "export/pieces.h"

#define DEFAULT_S 10.0
#define MAX_AT_S 1e9

static enum as_status no_memory(struct as_error *err)
{
	return as_fail(err, AS_ERR_MEMORY, "audition: out of memory");
}

static const char *name_of(const struct as_session *s, int clip)
{
	return as_path_base(s->files[s->clips[clip].files[0]].path);
}

static void clip_done(struct as_stitch_clip *c)
{
	for (int i = 0; c->parts && i < c->n_parts; i++)
		free((void *)c->parts[i]);
	free((void *)c->parts);
	free((void *)c->stamps);
	free((void *)c->segments);
	free((void *)c->clock);
	*c = (struct as_stitch_clip){0};
}

void as_audition_plan_done(struct audition_plan *p)
{
	for (int i = 0; i < 2; i++)
		clip_done(&p->sides[i].clip);
}

/* The clip as a source whose paths are its own. */
static bool own_source(const struct as_session *s, int clip, struct as_stitch_clip *out)
{
	bool ok = as_engine_plan_source(s, clip, out);
	const char **parts = (const char **)out->parts;
	for (int i = 0; parts && i < out->n_parts; i++) {
		parts[i] = ok ? strdup(parts[i]) : NULL;
		ok = ok && parts[i];
	}
	return ok;
}

static bool own_clock(const struct as_solve_placement *p, struct as_stitch_clip *out)
{
	struct as_clock_knot *v = p->n_clock > 0 ? malloc((size_t)p->n_clock * sizeof *v) : NULL;
	if (v)
		memcpy(v, p->clock, (size_t)p->n_clock * sizeof *v);
	out->clock = v;
	out->n_clock = v ? p->n_clock : 0;
	return v || p->n_clock == 0;
}

/* Where a clip lies, its first sample at start_s; p NULL: nothing more is known of it. */
static enum as_status plan_side(const struct as_session *s, int clip, const struct as_solve_placement *p, double start_s,
				struct audition_side *out, struct as_error *err)
{
	struct as_stitch_clip *c = &out->clip;
	const struct clip_sound *a = &s->clips[clip].load.sound;
	int n = p && p->n_segments > 0 ? p->n_segments : 1;
	int channel = as_engine_load_config(s).channel;
	struct as_segment *seg = malloc((size_t)n * sizeof *seg);
	c->segments = seg;
	c->n_segments = n;
	if (!own_source(s, clip, c) || !seg || (p && !own_clock(p, c)))
		return no_memory(err);
	c->speed_ppm = p && isfinite(p->drift_ppm) ? p->drift_ppm : 0;
	seg[0] = (struct as_segment){0, (double)a->frames / a->rate_hz, start_s};
	for (int i = 0; p && i < p->n_segments; i++) {
		seg[i] = p->segments[i];
		seg[i].start_s += start_s - p->start_s;
	}
	out->channel = channel < a->channels ? channel : -1;
	return AS_OK;
}

static enum as_status check_clip(const struct as_session *s, int clip, struct as_error *err)
{
	if (clip < 0 || clip >= s->n_clips)
		return as_fail(err, AS_ERR_INVALID, "audition: there is no clip %d", clip);
	if (s->clips[clip].state != AS_CLIP_READY)
		return as_fail(err, AS_ERR_INVALID, "%s: cannot be heard before it has been read", name_of(s, clip));
	if (as_engine_media_of(s, &s->clips[clip]) == AS_CLIP_MEDIA_MISSING)
		return as_fail(err, AS_ERR_INVALID, "%s: the file is missing", name_of(s, clip));
	return AS_OK;
}

static const struct as_solve_placement *placement(const struct as_session *s, int clip)
{
	const struct as_solve_placement *p = s->solved ? &s->solution.placements[clip] : NULL;
	return p && p->island > 0 ? p : NULL;
}

/* As it lies on the island. */
static enum as_status place_side(const struct as_session *s, int clip, int island, struct audition_side *out, struct as_error *err)
{
	const struct as_solve_placement *p = placement(s, clip);
	if (!p)
		return as_fail(err, AS_ERR_INVALID, "%s: has no place", name_of(s, clip));
	if (p->island != island)
		return as_fail(err, AS_ERR_INVALID, "%s: lies on island %d, not on %d", name_of(s, clip), p->island, island);
	return plan_side(s, clip, p, p->start_s, out, err);
}

static enum as_status check_times(const struct as_audition *w, struct as_error *err)
{
	if (!(w->at_s >= -MAX_AT_S && w->at_s <= MAX_AT_S && w->before_s >= 0 && w->before_s <= AS_AUDITION_MAX_S))
		return as_fail(err, AS_ERR_INVALID, "audition: there is no such time");
	if (!(w->length_s >= 0 && w->length_s <= AS_AUDITION_MAX_S))
		return as_fail(err, AS_ERR_INVALID, "audition: at most %.0f s", AS_AUDITION_MAX_S);
	if (w->try_b && !(fabs(w->try_s) <= MAX_AT_S))
		return as_fail(err, AS_ERR_INVALID, "audition: there is no such place");
	if (w->b >= 0 && w->island < 1)
		return as_fail(err, AS_ERR_INVALID, "audition: two clips are heard on the timeline of an island");
	return AS_OK;
}

static enum as_status plan_sides(const struct as_session *s, const struct as_audition *w, struct audition_plan *out,
				 struct as_error *err)
{
	enum as_status status = check_clip(s, w->a, err);
	out->n_sides = w->b >= 0 ? 2 : 1;
	if (status == AS_OK)
		status = w->island > 0 ? place_side(s, w->a, w->island, &out->sides[0], err)
				       : plan_side(s, w->a, NULL, 0, &out->sides[0], err);
	if (status != AS_OK || w->b < 0)
		return status;
	status = check_clip(s, w->b, err);
	if (status != AS_OK)
		return status;
	return w->try_b ? plan_side(s, w->b, placement(s, w->b), w->try_s, &out->sides[1], err)
			: place_side(s, w->b, w->island, &out->sides[1], err);
}

/* From the passage's zero on, and no further than there is sound. */
static enum as_status plan_times(struct audition_plan *p, struct as_error *err)
{
	const struct as_audition *w = &p->what;
	double length_s = w->length_s > 0 ? w->length_s : DEFAULT_S;
	int64_t last = 0;
	p->begin_s = fmax(0, w->at_s - w->before_s);
	p->frames = llround(length_s * AS_AUDITION_RATE_HZ);
	for (int i = 0; i < p->n_sides; i++) {
		struct as_stitch_clip *c = &p->sides[i].clip;
		int64_t begin, end;
		for (int k = 0; k < c->n_segments; k++)
			((struct as_segment *)c->segments)[k].start_s -= p->begin_s;
		enum as_status status = as_pieces_span(c, AS_AUDITION_RATE_HZ, &begin, &end, err);
		if (status != AS_OK)
			return status;
		if (begin < p->frames && end > last)
			last = end;
	}
	if (last <= 0)
		return as_fail(err, AS_ERR_INVALID, "audition: there is no sound at that time");
	p->frames = last < p->frames ? last : p->frames;
	return AS_OK;
}

/* Levels without rendering, so that playing begins at once: of the passage where there is a waveform, else of the clip. */
static void guess_level(const struct as_session *s, int clip, const struct audition_plan *p, struct audition_side *side)
{
	const struct clip_load *l = &s->clips[clip].load;
	double from_s = -side->clip.segments[0].start_s, to_s = from_s + (double)p->frames / AS_AUDITION_RATE_HZ;
	if (as_wave_level(l->wave, from_s, to_s, &side->rms, &side->peak))
		return;
	side->rms = isfinite(l->sound.level_db) ? pow(10, l->sound.level_db / 20) : 0;
	side->peak = isfinite(l->sound.peak_db) ? pow(10, l->sound.peak_db / 20) : 0;
}

enum as_status as_audition_plan(const struct as_session *s, const struct as_audition *what, struct audition_plan *out,
				struct as_error *err)
{
	*out = (struct audition_plan){.what = *what, .declick_s = as_options_real(s->opt, "export.declick_ms") / 1000};
	enum as_status status = check_times(what, err);
	if (status == AS_OK)
		status = plan_sides(s, what, out, err);
	if (status == AS_OK)
		status = plan_times(out, err);
	if (status == AS_OK)
		guess_level(s, what->a, out, &out->sides[0]);
	if (status == AS_OK && what->b >= 0)
		guess_level(s, what->b, out, &out->sides[1]);
	if (status != AS_OK)
		as_audition_plan_done(out);
	return status;
}
