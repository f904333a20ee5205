/* Placements -> items on tracks. Each stretch of a clip (between splices, and between the files that it was joined of) becomes one item,
 * anchored where the stretch begins: exact there, whatever the clock does until its end. */
#include <math.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "export/timeline_private.h"

/* ---- where things are ---- */

static double shift_at(const struct as_placement *p, double t_s)
{
	const struct as_clock_knot *k = p->clock;
	int n = p->n_clock, lo = 0, hi = n - 1;
	if (n == 0)
		return 0;
	if (t_s <= k[0].at_s)
		return k[0].shift_s;
	if (t_s >= k[hi].at_s)
		return k[hi].shift_s;
	while (hi - lo > 1) {
		int mid = (lo + hi) / 2;
		*(k[mid].at_s <= t_s ? &lo : &hi) = mid;
	}
	return k[lo].shift_s +
	       (k[hi].shift_s - k[lo].shift_s) * (t_s - k[lo].at_s) / (k[hi].at_s - k[lo].at_s);
}

double as_timeline_place(const struct as_timeline_law *law, double t_s)
{
	return law->start_s + t_s / (1 + law->drift_ppm * 1e-6) + shift_at(law->p, t_s);
}

double as_timeline_island_start_s(const struct as_snapshot *snap, double gap_s, int island)
{
	double at = 0;
	for (int i = 1; i < island && i <= snap->n_islands; i++)
		at += snap->island_s[i - 1] + gap_s;
	return at;
}

struct as_timeline_law as_timeline_law_of(const struct as_timeline_builder *b, int clip, int segment)
{
	const struct as_placement *p = &b->snap->placements[clip];
	double start_s = segment < p->n_segments ? p->segments[segment].start_s : p->start_s;
	return (struct as_timeline_law){
		.start_s = start_s + as_timeline_island_start_s(b->snap, b->cfg->island_gap_s, p->island),
		.drift_ppm = isfinite(p->drift_ppm) && fabs(p->drift_ppm) < 1e5 ? p->drift_ppm : 0,
		.p = p};
}

/* ---- one clip ---- */

/* A stretch: clip time [from_s, to_s) of one medium. base_s: clip time at which the medium's sound begins. */
struct stretch {
	struct as_timeline_law law;
	int media;
	double from_s, to_s, base_s;
	bool splice, next_part;
};

struct laying {
	struct as_timeline_builder *b;
	struct as_timeline_item *v; /* the clip's items */
	int n, cap;
	struct stretch last; /* of the last item */
};

static double seconds(const struct laying *l, double frames)
{
	return as_timeline_seconds(l->b->t, frames);
}

double as_timeline_seconds(const struct as_timeline *t, double frames)
{
	return frames * t->rate.den / t->rate.num;
}

bool as_timeline_round_item(const struct as_timeline *t, struct as_timeline_item *it)
{
	const struct as_timeline_media *m = &t->media[it->media];
	const struct as_frame_rate rate = t->rate;
	int64_t zero, end;
	double source;
	if (!as_rate_frames(it->start_s, rate, &it->record_in) ||
	    !as_rate_frames(it->end_s, rate, &end) ||
	    !as_rate_frames(it->start_s - it->source_s, rate, &zero))
		return false;
	if (it->speed == 1) {
		/* One rounding: of where the medium's own beginning lies. */
		it->source_in = it->record_in - zero;
	} else {
		source = (as_timeline_seconds(t, (double)it->record_in) - it->start_s) * it->speed + it->source_s;
		if (!as_rate_frames(source, rate, &it->source_in))
			return false;
	}
	if (it->source_in < 0) {
		it->record_in -= it->source_in;
		it->source_in = 0;
	}
	int64_t room = m->frames - it->source_in;
	if (it->speed != 1)
		room = (int64_t)floor((double)room / it->speed + 1e-9);
	it->record_out = end - it->record_in < room ? end : it->record_in + room;
	return it->record_out > it->record_in;
}

void as_timeline_set_source_out(const struct as_timeline *t, struct as_timeline_item *it)
{
	const int64_t frames = t->media[it->media].frames;
	int64_t n = it->record_out - it->record_in;
	if (it->speed != 1)
		n = (int64_t)ceil((double)n * it->speed - 1e-6);
	it->source_out = it->source_in + n < frames ? it->source_in + n : frames;
}

/* Where sound is that the item plays at at_s of the timeline, minus where it belongs. */
static double residual(const struct laying *l, const struct as_timeline_item *it, const struct stretch *s, double at_s)
{
	double media_s =
		seconds(l, (double)it->source_in) + (at_s - seconds(l, (double)it->record_in)) * it->speed;
	double sound_start_s = l->b->t->media[it->media].sound_start_s;
	return at_s - as_timeline_place(&s->law, media_s - sound_start_s + s->base_s);
}

/* Between two knots of a clock that wanders the residual runs straight: it is worst at one of them, or at an end. */
static void set_residuals(const struct laying *l, struct as_timeline_item *it, const struct stretch *s)
{
	const struct as_placement *p = s->law.p;
	const double from_s = seconds(l, (double)it->record_in), to_s = seconds(l, (double)it->record_out);
	const double sound_start_s = l->b->t->media[it->media].sound_start_s;
	it->residual_s = residual(l, it, s, from_s);
	it->end_residual_s = it->worst_residual_s = residual(l, it, s, to_s);
	it->worst_s = to_s;
	for (int i = 0; i < p->n_clock; i++) {
		double media_s = p->clock[i].at_s - s->base_s + sound_start_s;
		double at_s = from_s + (media_s - seconds(l, (double)it->source_in)) / it->speed;
		if (!(at_s > from_s && at_s < to_s))
			continue;
		double here_s = residual(l, it, s, at_s);
		if (fabs(here_s - it->residual_s) > fabs(it->worst_residual_s - it->residual_s)) {
			it->worst_residual_s = here_s;
			it->worst_s = at_s;
		}
	}
}

static bool add_stretch(struct laying *l, const struct stretch *s, int clip)
{
	struct as_timeline_builder *b = l->b;
	const struct as_timeline_media *m = &b->t->media[s->media];
	struct as_timeline_item *v = as_timeline_grow(b, l->v, l->n, &l->cap, sizeof *v);
	struct as_timeline_item *before, it = {.media = s->media, .clip = clip, .speed = 1};
	if (!v)
		return false;
	l->v = v;
	before = l->n > 0 ? &v[l->n - 1] : NULL;
	if (b->cfg->drift == AS_DRIFT_SPEED)
		it.speed = 1 + s->law.drift_ppm * 1e-6;
	/* The beginning of the stretch is exact, or that of its sound where pictures come first. */
	double anchor_s = fmax(s->from_s, s->base_s);
	it.start_s = as_timeline_place(&s->law, anchor_s) - (anchor_s - s->from_s) / it.speed;
	it.source_s = s->from_s - s->base_s + m->sound_start_s;
	it.end_s = it.start_s + (s->to_s - s->from_s) / it.speed;
	if (it.start_s < 0) {
		it.source_s -= it.start_s * it.speed;
		it.start_s = 0;
	}
	it.splice = s->splice && before;
	it.next_part = s->next_part && before;
	it.verdict = s->law.p->verdict;
	it.sound = !b->mute;
	it.picture = m->has_video;
	if (!(it.end_s > it.start_s) || !as_timeline_round_item(b->t, &it))
		return true;
	if (before) {
		before->end_s = fmin(before->end_s, it.start_s);
		if (before->record_out > it.record_in)
			before->record_out = it.record_in;
		if (before->record_out <= before->record_in) {
			l->n--;
		} else {
			as_timeline_set_source_out(b->t, before);
			set_residuals(l, before, &l->last);
		}
	}
	as_timeline_set_source_out(b->t, &it);
	set_residuals(l, &it, s);
	l->v[l->n++] = it;
	l->last = *s;
	return true;
}

/* The part of segment i that is in file k. */
static bool cut(const struct as_timeline_builder *b, int clip, int i, int k, double base_s,
		struct stretch *out)
{
	const struct as_placement *p = &b->snap->placements[clip];
	const int n_parts = b->snap->clips[clip].n_parts;
	const int n = p->n_segments > 0 ? p->n_segments : 1;
	const int media = b->first_media[clip] + k;
	const struct as_timeline_media *m = &b->t->media[media];
	double from_s = k == 0 ? -m->sound_start_s : base_s;
	double to_s = base_s + (k + 1 < n_parts ? m->sound_s : m->duration_s - m->sound_start_s);
	/* What lies before the axis' zero players do not show. */
	from_s = fmax(from_s, base_s - m->sound_start_s);
	if (i > 0)
		from_s = fmax(from_s, p->segments[i].from_s);
	if (i + 1 < n)
		to_s = fmin(to_s, p->segments[i].to_s);
	*out = (struct stretch){.law = as_timeline_law_of(b, clip, i),
				.media = media,
				.from_s = from_s,
				.to_s = to_s,
				.base_s = base_s};
	return to_s > from_s;
}

static bool lay_clip(struct laying *l, int clip)
{
	const struct as_timeline_builder *b = l->b;
	const struct as_placement *p = &b->snap->placements[clip];
	const int n_segments = p->n_segments > 0 ? p->n_segments : 1;
	double base_s = 0;
	int last_segment = 0;
	l->n = 0;
	for (int k = 0; k < b->snap->clips[clip].n_parts; k++) {
		const double sound_s = b->t->media[b->first_media[clip] + k].sound_s;
		for (int i = last_segment; i < n_segments; i++) {
			struct stretch s;
			if (i > 0 && i < p->n_segments && p->segments[i].from_s >= base_s + sound_s &&
			    k + 1 < b->snap->clips[clip].n_parts)
				break;
			if (!cut(b, clip, i, k, base_s, &s))
				continue;
			s.splice = i != last_segment;
			s.next_part = k > 0 && !s.splice;
			last_segment = i;
			if (!add_stretch(l, &s, clip))
				return false;
		}
		base_s += sound_s;
	}
	return true;
}

bool as_timeline_lay_clip(struct as_timeline_builder *b, int clip, struct as_timeline_item **items, int *n)
{
	struct laying l = {.b = b};
	bool ok = lay_clip(&l, clip);
	*items = l.v;
	*n = l.n;
	return ok;
}
