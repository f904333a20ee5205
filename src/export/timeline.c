#include "export/timeline.h"

#include <math.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "export/timeline_private.h"

#define DEFAULT_NAME "audiosync"

void *as_timeline_grow(struct as_timeline_builder *b, void *v, int n, int *cap, size_t bytes)
{
	if (n < *cap)
		return v;
	int more = *cap ? *cap * 2 : 16;
	void *out = realloc(v, (size_t)more * bytes);
	b->failed |= out == NULL;
	if (out)
		*cap = more;
	return out;
}

/* Time of day at the timeline's beginning by the reference's timecode, else by any other's; NAN where unknown. */
static double time_of_day_s(const struct as_snapshot *snap, double gap_s)
{
	double any = NAN;
	for (int i = 0; i < snap->n_clips; i++) {
		const struct as_clip *c = &snap->clips[i];
		if (!as_timeline_is_placed(snap, i) || !isfinite(c->start_tc_s))
			continue;
		const struct as_placement *p = &snap->placements[i];
		double late_s = c->files && isfinite(c->files[0].sound_start_s) && c->has_video
					? c->files[0].sound_start_s
					: 0;
		double zero_s = c->start_tc_s + late_s - p->start_s -
				as_timeline_island_start_s(snap, gap_s, p->island);
		if (snap->tracks[c->track].reference)
			return zero_s;
		if (isnan(any))
			any = zero_s;
	}
	return any;
}

enum as_status as_timeline_parse_start(const char *text, struct as_frame_rate rate, int64_t *frames,
				       struct as_error *err)
{
	char padded[AS_TIMECODE_BYTES];
	/* Two digits of frames do where there are three. */
	if (as_rate_base(rate) > 100 && strlen(text) == 11) {
		snprintf(padded, sizeof padded, "%.9s0%s", text, text + 9);
		text = padded;
	}
	return as_timecode_parse(text, rate, frames, err);
}

static enum as_status set_start(const struct as_timeline_builder *b, struct as_error *err)
{
	struct as_timeline *t = b->t;
	const char *text = b->cfg->start_tc;
	double day_s;
	if (text && strcmp(text, "source") == 0) {
		day_s = time_of_day_s(b->snap, b->cfg->island_gap_s);
		if (isfinite(day_s) && as_rate_frames(day_s, t->rate, &t->start_tc)) {
			int64_t day = as_timecode_day_frames(t->rate);
			t->start_tc = ((t->start_tc % day) + day) % day;
			return AS_OK;
		}
		text = NULL;
	}
	if (!text || !text[0] || strcmp(text, "auto") == 0) {
		/* An hour: where broadcast programmes and many editing programs begin. */
		t->start_tc = as_timecode_day_frames(t->rate) / 24;
		return AS_OK;
	}
	return as_timeline_parse_start(text, t->rate, &t->start_tc, err);
}

static enum as_status no_memory(struct as_error *err)
{
	return as_fail(err, AS_ERR_MEMORY, "timeline: out of memory");
}

static enum as_status fill(struct as_timeline_builder *b, struct as_error *err)
{
	const struct as_timeline_config *cfg = b->cfg;
	struct as_timeline *t = b->t;
	t->rate = cfg->rate.num > 0 ? cfg->rate : as_timeline_footage_rate(b->snap);
	if (!as_rate_valid(t->rate))
		return as_fail(err, AS_ERR_INVALID, "timeline: not a frame rate: %d/%d", t->rate.num,
			       t->rate.den);
	t->name = strdup(cfg->name && cfg->name[0] ? cfg->name : DEFAULT_NAME);
	if (!t->name)
		return no_memory(err);
	enum as_status status = set_start(b, err);
	if (status != AS_OK)
		return status;
	if (!as_timeline_add_media(b))
		return no_memory(err);
	as_timeline_choose_picture(b);
	if (!as_timeline_lay_tracks(b) || !as_timeline_mark(b) || !as_timeline_drop_unused(b))
		return no_memory(err);
	if (b->crowded)
		return as_fail(err, AS_ERR_INVALID,
			       "timeline: more than %d clips of one device run at the same time",
			       AS_TIMELINE_LANES);
	return AS_OK;
}

enum as_status as_timeline_build(const struct as_snapshot *snap,
				 const struct as_timeline_config *cfg, struct as_timeline **out,
				 struct as_error *err)
{
	struct as_timeline_builder b = {.snap = snap, .cfg = cfg};
	*out = NULL;
	if (!snap->placements)
		return as_fail(err, AS_ERR_INVALID, "a timeline needs a finished analysis");
	b.t = calloc(1, sizeof *b.t);
	if (!b.t)
		return no_memory(err);
	enum as_status status = fill(&b, err);
	free(b.first_media);
	if (status == AS_OK)
		*out = b.t;
	else
		as_timeline_free(b.t);
	return status;
}

void as_timeline_media_done(struct as_timeline_media *m)
{
	free(m->path);
	free(m->target);
	free(m->name);
	free(m->streams);
	*m = (struct as_timeline_media){0};
}

void as_timeline_free(struct as_timeline *t)
{
	if (!t)
		return;
	for (int i = 0; i < t->n_media; i++)
		as_timeline_media_done(&t->media[i]);
	for (int i = 0; i < t->n_tracks; i++) {
		free(t->tracks[i].name);
		free(t->tracks[i].items);
	}
	for (int i = 0; i < t->n_markers; i++) {
		free(t->markers[i].name);
		free(t->markers[i].note);
	}
	free(t->media);
	free(t->tracks);
	free(t->markers);
	free(t->name);
	free(t);
}
