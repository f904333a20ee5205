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
};

static double seconds(const struct laying *l, double frames)
{
	const struct as_frame_rate r = l->b->t->rate;
	return frames * r.den / r.num;
}

/* Sets the item's frames from its exact place; false if not a frame of it remains. */
static bool round_item(const struct laying *l, struct as_timeline_item *it)
{
	const struct as_timeline_media *m = &l->b->t->media[it->media];
	const struct as_frame_rate rate = l->b->t->rate;
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
		source = (seconds(l, (double)it->record_in) - it->start_s) * it->speed + it->source_s;
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

/* What the rounded record range takes from the medium. */
static void set_source_out(const struct laying *l, struct as_timeline_item *it)
{
	const int64_t frames = l->b->t->media[it->media].frames;
	int64_t n = it->record_out - it->record_in;
	if (it->speed != 1)
		n = (int64_t)ceil((double)n * it->speed - 1e-6);
	it->source_out = it->source_in + n < frames ? it->source_in + n : frames;
}

/* Where the frame's sound is, minus where it belongs. */
static double residual(const struct laying *l, const struct as_timeline_item *it,
		       const struct stretch *s, int64_t frame)
{
	double media_s = seconds(l, (double)it->source_in) +
			 seconds(l, (double)(frame - it->record_in)) * it->speed;
	double sound_start_s = l->b->t->media[it->media].sound_start_s;
	return seconds(l, (double)frame) -
	       as_timeline_place(&s->law, media_s - sound_start_s + s->base_s);
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
	if (!(it.end_s > it.start_s) || !round_item(l, &it))
		return true;
	if (before) {
		before->end_s = fmin(before->end_s, it.start_s);
		if (before->record_out > it.record_in)
			before->record_out = it.record_in;
		if (before->record_out <= before->record_in)
			l->n--;
		else
			set_source_out(l, before);
	}
	set_source_out(l, &it);
	it.residual_s = residual(l, &it, s, it.record_in);
	it.end_residual_s = residual(l, &it, s, it.record_out);
	l->v[l->n++] = it;
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

/* ---- tracks ---- */

static char *lane_name(const char *device, const char *what, int lane)
{
	size_t room = strlen(device) + strlen(what) + 24;
	char *out = malloc(room);
	if (!out)
		return NULL;
	if (lane > 0)
		snprintf(out, room, "%s%s (%d)", device, what, lane + 1);
	else
		snprintf(out, room, "%s%s", device, what);
	return out;
}

static struct as_timeline_track *new_track(struct as_timeline_builder *b, int track, int lane,
					   enum as_timeline_lane kind)
{
	struct as_timeline *t = b->t;
	struct as_timeline_track *v =
		as_timeline_grow(b, t->tracks, t->n_tracks, &b->cap_tracks, sizeof *v);
	if (!v)
		return NULL;
	t->tracks = v;
	v = &t->tracks[t->n_tracks];
	*v = (struct as_timeline_track){.track = track, .lane = lane, .kind = kind};
	v->name = lane_name(track >= 0 ? b->snap->tracks[track].name : "unplaced",
			    kind == AS_LANE_RENDERED ? " aligned" : "", lane);
	b->failed |= v->name == NULL;
	if (!v->name)
		return NULL;
	t->n_tracks++;
	return v;
}

/* Items of one device are collected here with their lane, then moved to tracks. */
struct lane_set {
	struct as_timeline_item *v;
	int *lane;
	int n, cap, cap_lane;
	int n_lanes;
	int64_t end[AS_TIMELINE_LANES]; /* of each lane */
};

static bool take(struct as_timeline_builder *b, struct lane_set *set,
		 const struct as_timeline_item *items, int n)
{
	int lane = 0;
	if (n == 0)
		return true;
	while (lane < set->n_lanes && set->end[lane] > items[0].record_in)
		lane++;
	if (lane == AS_TIMELINE_LANES) {
		b->crowded = true;
		return true;
	}
	if (lane == set->n_lanes)
		set->n_lanes++;
	set->end[lane] = items[n - 1].record_out;
	for (int i = 0; i < n; i++) {
		struct as_timeline_item *v = as_timeline_grow(b, set->v, set->n, &set->cap, sizeof *v);
		int *lanes = v ? as_timeline_grow(b, set->lane, set->n, &set->cap_lane,
						  sizeof *lanes)
			       : NULL;
		if (v)
			set->v = v;
		if (!lanes)
			return false;
		set->lane = lanes;
		set->v[set->n] = items[i];
		set->lane[set->n++] = lane;
	}
	return true;
}

static void take_sound(const struct as_timeline *t, struct as_timeline_track *track,
		       const struct as_timeline_item *it)
{
	const struct as_timeline_media *m = &t->media[it->media];
	track->picture |= it->picture;
	track->sound |= it->sound;
	if (it->sound && m->channels > track->n_channels)
		track->n_channels = m->channels;
	if (it->sound && m->n_streams > track->n_streams)
		track->n_streams = m->n_streams;
}

/* One track for each lane. */
static bool make_tracks(struct as_timeline_builder *b, const struct lane_set *set, int track,
			enum as_timeline_lane kind)
{
	for (int lane = 0; lane < set->n_lanes; lane++) {
		struct as_timeline_track *v = new_track(b, track, lane, kind);
		int n = 0;
		for (int i = 0; i < set->n; i++)
			n += set->lane[i] == lane;
		if (!v || !(v->items = calloc((size_t)n + 1, sizeof *v->items)))
			return false;
		for (int i = 0; i < set->n; i++) {
			if (set->lane[i] != lane)
				continue;
			v->items[v->n_items++] = set->v[i];
			take_sound(b->t, v, &set->v[i]);
		}
	}
	return true;
}

static void drop(struct lane_set *set)
{
	free(set->v);
	free(set->lane);
	*set = (struct lane_set){0};
}

/* ---- devices ---- */

/* A clip's items, to be put in order with those of the other clips of the device. */
struct run {
	struct as_timeline_item *v;
	int n;
};

static int by_place(const void *pa, const void *pb)
{
	const struct run *a = pa, *b = pb;
	const struct as_timeline_item *x = a->v, *y = b->v;
	if (x->record_in != y->record_in)
		return x->record_in < y->record_in ? -1 : 1;
	if (x->start_s < y->start_s || x->start_s > y->start_s)
		return x->start_s < y->start_s ? -1 : 1;
	return x->clip < y->clip ? -1 : x->clip > y->clip;
}

/* Without its sound a recording that has no picture says nothing. */
static void drop_silent(struct laying *l)
{
	int kept = 0;
	for (int i = 0; i < l->n; i++) {
		if (l->v[i].picture || l->v[i].sound)
			l->v[kept++] = l->v[i];
	}
	l->n = kept;
}

static bool lay_device(struct as_timeline_builder *b, int track, const int *clips, int n_clips)
{
	struct run *runs = calloc((size_t)n_clips + 1, sizeof *runs);
	struct lane_set set = {0};
	int n = 0;
	bool ok = runs != NULL;
	for (int i = 0; ok && i < n_clips; i++) {
		struct laying l = {.b = b};
		ok = lay_clip(&l, clips[i]);
		drop_silent(&l);
		if (ok && l.n > 0)
			runs[n++] = (struct run){l.v, l.n};
		else
			free(l.v);
	}
	if (n > 1)
		qsort(runs, (size_t)n, sizeof *runs, by_place);
	for (int i = 0; ok && i < n; i++)
		ok = take(b, &set, runs[i].v, runs[i].n);
	ok = ok && make_tracks(b, &set, track, AS_LANE_DEVICE);
	for (int i = 0; i < n; i++)
		free(runs[i].v);
	free(runs);
	drop(&set);
	return ok;
}

/* ---- aligned files ---- */

static bool lay_rendered(struct as_timeline_builder *b, int track)
{
	struct lane_set set = {0};
	bool ok = true;
	for (int i = 0; ok && i < b->snap->n_outputs; i++) {
		const struct as_output *o = &b->snap->outputs[i];
		struct laying l = {.b = b};
		if (o->track != track || !o->done || o->document[0] || o->picture)
			continue;
		struct as_timeline_item it = {.clip = o->clip,
					      .speed = 1,
					      .sound = true,
					      .verdict = AS_VERDICT_STRONG,
					      .start_s = o->start_s,
					      .end_s = o->start_s + o->duration_s};
		it.media = as_timeline_add_rendered(b, o);
		if (it.media < 0) {
			ok = false;
			break;
		}
		if (!round_item(&l, &it))
			continue;
		set_source_out(&l, &it);
		it.residual_s = it.end_residual_s = seconds(&l, (double)it.record_in) -
						    seconds(&l, (double)it.source_in) - it.start_s;
		ok = take(b, &set, &it, 1);
	}
	ok = ok && make_tracks(b, &set, track, AS_LANE_RENDERED);
	drop(&set);
	return ok;
}

/* ---- without a place ---- */

static bool lay_unplaced(struct as_timeline_builder *b)
{
	struct as_timeline *t = b->t;
	struct lane_set set = {0};
	const struct laying l = {.b = b};
	int64_t at = 0, gap = 1;
	bool ok = true;
	as_rate_frames(b->cfg->island_gap_s > 1 ? b->cfg->island_gap_s : 1, t->rate, &gap);
	at = t->placed_frames > 0 ? t->placed_frames + gap : 0;
	as_rate_frames(1, t->rate, &gap);
	for (int i = 0; ok && i < b->snap->n_clips; i++) {
		const int first = b->first_media[i];
		if (first < 0 || as_timeline_is_placed(b->snap, i))
			continue;
		for (int k = 0; ok && k < b->snap->clips[i].n_parts; k++) {
			const int64_t n = t->media[first + k].frames;
			struct as_timeline_item it = {.media = first + k,
						      .clip = i,
						      .record_in = at,
						      .record_out = at + n,
						      .source_out = n,
						      .start_s = seconds(&l, (double)at),
						      .end_s = seconds(&l, (double)(at + n)),
						      .speed = 1,
						      .verdict = b->snap->placements[i].verdict,
						      .picture = t->media[first + k].has_video,
						      .sound = true,
						      .next_part = k > 0};
			if (n < 1)
				continue;
			ok = take(b, &set, &it, 1);
			at += n;
		}
		at += gap;
	}
	ok = ok && make_tracks(b, &set, -1, AS_LANE_UNPLACED);
	drop(&set);
	return ok;
}

/* ---- all ---- */

static bool has_rendered(const struct as_snapshot *snap, int track)
{
	for (int i = 0; i < snap->n_outputs; i++) {
		const struct as_output *o = &snap->outputs[i];
		if (o->track == track && o->done && !o->document[0] && !o->picture)
			return true;
	}
	return false;
}

static int64_t end_of(const struct as_timeline *t)
{
	int64_t end = 0;
	for (int i = 0; i < t->n_tracks; i++) {
		const struct as_timeline_track *k = &t->tracks[i];
		if (k->n_items > 0 && k->items[k->n_items - 1].record_out > end)
			end = k->items[k->n_items - 1].record_out;
	}
	return end;
}

bool as_timeline_lay_tracks(struct as_timeline_builder *b)
{
	const struct as_snapshot *snap = b->snap;
	int *clips = calloc((size_t)snap->n_clips + 1, sizeof *clips);
	bool ok = clips != NULL;
	for (int k = 0; ok && k < snap->n_tracks; k++) {
		int n = 0;
		for (int i = 0; i < snap->n_clips; i++) {
			if (snap->clips[i].track == k && b->first_media[i] >= 0 &&
			    as_timeline_is_placed(snap, i))
				clips[n++] = i;
		}
		b->mute = b->cfg->replace == AS_REPLACE_INSTEAD && has_rendered(snap, k);
		ok = lay_device(b, k, clips, n);
		if (ok && b->cfg->replace != AS_REPLACE_OFF)
			ok = lay_rendered(b, k);
	}
	b->t->placed_frames = end_of(b->t);
	if (ok && b->cfg->unplaced)
		ok = lay_unplaced(b);
	b->t->total_frames = end_of(b->t);
	free(clips);
	return ok;
}
