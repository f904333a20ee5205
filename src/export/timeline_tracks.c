/* Items -> tracks: one for each device, with further lanes where its clips run at the same time; aligned files; and what has no place. */
#include <math.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "export/timeline_private.h"

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

static bool is_sound(const struct as_output *o)
{
	return o->done && !o->document[0] && !o->picture;
}

/* Whether an aligned file holds the clip's sound: that of its track, or its own. */
static bool is_rendered(const struct as_snapshot *snap, int clip)
{
	for (int i = 0; i < snap->n_outputs; i++) {
		const struct as_output *o = &snap->outputs[i];
		if (is_sound(o) && (o->clip < 0 ? o->track == snap->clips[clip].track : o->clip == clip))
			return true;
	}
	return false;
}

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
static bool lay_audible(struct as_timeline_builder *b, int clip, struct run *out)
{
	int n, kept = 0;
	b->mute = b->cfg->replace == AS_REPLACE_INSTEAD && is_rendered(b->snap, clip);
	bool ok = as_timeline_lay_clip(b, clip, &out->v, &n);
	for (int i = 0; ok && i < n; i++) {
		if (out->v[i].picture || out->v[i].sound)
			out->v[kept++] = out->v[i];
	}
	out->n = kept;
	if (kept == 0) {
		free(out->v);
		out->v = NULL;
	}
	return ok;
}

static bool lay_device(struct as_timeline_builder *b, int track, const int *clips, int n_clips)
{
	struct run *runs = calloc((size_t)n_clips + 1, sizeof *runs);
	struct lane_set set = {0};
	int n = 0;
	bool ok = runs != NULL;
	for (int i = 0; ok && i < n_clips; i++) {
		ok = lay_audible(b, clips[i], &runs[n]);
		n += runs[n].n > 0;
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
		if (o->track != track || !is_sound(o))
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
		if (!as_timeline_round_item(b->t, &it))
			continue;
		as_timeline_set_source_out(b->t, &it);
		it.residual_s = as_timeline_seconds(b->t, (double)(it.record_in - it.source_in)) - it.start_s;
		it.end_residual_s = it.worst_residual_s = it.residual_s;
		it.worst_s = it.end_s;
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
						      .start_s = as_timeline_seconds(t, (double)at),
						      .end_s = as_timeline_seconds(t, (double)(at + n)),
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

bool as_timeline_drop_unused(struct as_timeline_builder *b)
{
	struct as_timeline *t = b->t;
	int *to = calloc((size_t)t->n_media + 1, sizeof *to), kept = 0;
	b->failed |= to == NULL;
	for (int k = 0; to && k < t->n_tracks; k++) {
		for (int i = 0; i < t->tracks[k].n_items; i++)
			to[t->tracks[k].items[i].media] = 1;
	}
	for (int i = 0; to && i < t->n_media; i++) {
		if (!to[i]) {
			as_timeline_media_done(&t->media[i]);
			continue;
		}
		t->media[kept] = t->media[i];
		to[i] = kept++;
	}
	for (int k = 0; to && k < t->n_tracks; k++) {
		for (int i = 0; i < t->tracks[k].n_items; i++)
			t->tracks[k].items[i].media = to[t->tracks[k].items[i].media];
	}
	if (to)
		t->n_media = kept;
	free(to);
	return !b->failed;
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
		ok = lay_device(b, k, clips, n);
		if (ok && (b->cfg->replace == AS_REPLACE_INSTEAD || b->cfg->replace == AS_REPLACE_BESIDE))
			ok = lay_rendered(b, k);
	}
	b->t->placed_frames = end_of(b->t);
	if (ok && b->cfg->unplaced)
		ok = lay_unplaced(b);
	ok = ok && as_timeline_leave_out(b);
	b->t->total_frames = end_of(b->t);
	free(clips);
	return ok;
}
