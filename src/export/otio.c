/* OpenTimelineIO: JSON in the schemas that every version since 0.12 reads. */
#include <stdlib.h>
#include <string.h>

#include "base/json.h"
#include "export/document.h"

/* A file with a picture and sound gives a clip on a video track, with the markers, and one on an audio track. */
struct otio {
	struct as_json *j;
	const struct as_timeline *t;
	bool failed;
};

static void open_schema(struct otio *o, const char *key, const char *schema)
{
	as_json_open_object(o->j, key);
	as_json_add_text(o->j, "OTIO_SCHEMA", schema);
}

static void put_time(struct otio *o, const char *key, double value, struct as_frame_rate rate)
{
	open_schema(o, key, "RationalTime.1");
	as_json_add_real(o->j, "rate", (double)rate.num / rate.den);
	as_json_add_real(o->j, "value", value);
	as_json_close(o->j);
}

static void put_range(struct otio *o, const char *key, double start, struct as_frame_rate start_rate,
		      int64_t frames)
{
	open_schema(o, key, "TimeRange.1");
	put_time(o, "start_time", start, start_rate);
	put_time(o, "duration", (double)frames, o->t->rate);
	as_json_close(o->j);
}

static void put_empty(struct otio *o, const char *const *keys)
{
	for (; *keys; keys++) {
		as_json_open_array(o->j, *keys);
		as_json_close(o->j);
	}
}

static void put_no_metadata(struct otio *o)
{
	as_json_open_object(o->j, "metadata");
	as_json_close(o->j);
}

/* ---- clips ---- */

static void put_media(struct otio *o, const struct as_timeline_media *m)
{
	char *url = as_url_from_path(m->target, AS_URL_PLAIN);
	o->failed |= url == NULL;
	open_schema(o, "media_reference", "ExternalReference.1");
	as_json_add_text(o->j, "target_url", url);
	put_range(o, "available_range", (double)m->tc_frames, m->tc_rate, m->frames);
	as_json_add_text(o->j, "name", m->name);
	as_json_open_object(o->j, "metadata");
	as_json_open_object(o->j, "audiosync");
	as_json_add_path(o->j, "path", m->path);
	as_json_add_bool(o->j, "aligned", m->rendered);
	as_json_add_real(o->j, "sample_rate_hz", m->rate_hz);
	as_json_open_array(o->j, "streams");
	for (int i = 0; i < m->n_streams; i++) {
		as_json_open_object(o->j, NULL);
		as_json_add_int(o->j, "index", m->streams[i].index);
		as_json_add_int(o->j, "channels", m->streams[i].channels);
		as_json_add_real(o->j, "sample_rate_hz", m->streams[i].rate_hz);
		as_json_add_bool(o->j, "timecode", m->streams[i].timecode);
		as_json_close(o->j);
	}
	as_json_close(o->j);
	if (m->has_video) {
		as_json_add_int(o->j, "width", m->width);
		as_json_add_int(o->j, "height", m->height);
	}
	as_json_close(o->j);
	as_json_close(o->j);
	as_json_close(o->j);
	free(url);
}

/* Source frames of the timeline's rate in those that the medium's timecode counts; whole ones wherever an item begins with the
 * medium, or the rates are the same. */
static double source_start(const struct otio *o, const struct as_timeline_media *m, int64_t frame)
{
	if (as_rate_same_speed(m->tc_rate, o->t->rate))
		return (double)(m->tc_frames + frame);
	double ratio = (double)m->tc_rate.num * o->t->rate.den / ((double)m->tc_rate.den * o->t->rate.num);
	return (double)m->tc_frames + (double)frame * ratio;
}

static const char *color_of(enum as_timeline_mark kind)
{
	switch (kind) {
	case AS_MARK_ISLAND:
		return "GREEN";
	case AS_MARK_WEAK:
	case AS_MARK_UNPLACED:
	case AS_MARK_LEFT_OUT:
		return "YELLOW";
	case AS_MARK_SPLICE:
	case AS_MARK_OVERLAP:
	case AS_MARK_DRIFT:
		return "RED";
	}
	return "RED";
}

/* Those of an item (in the medium's time), or with item < 0 those of the timeline. */
static void put_markers(struct otio *o, int track, int item)
{
	as_json_open_array(o->j, "markers");
	for (int i = 0; i < o->t->n_markers; i++) {
		const struct as_timeline_marker *m = &o->t->markers[i];
		if (item < 0 ? m->item >= 0 : m->track != track || m->item != item)
			continue;
		double start = (double)m->frame;
		struct as_frame_rate rate = o->t->rate;
		if (item >= 0) {
			const struct as_timeline_item *it = &o->t->tracks[track].items[item];
			const struct as_timeline_media *media = &o->t->media[it->media];
			start = source_start(o, media, it->source_in + m->frame - it->record_in);
			rate = media->tc_rate;
		}
		open_schema(o, NULL, "Marker.2");
		as_json_add_text(o->j, "name", m->name);
		as_json_add_text(o->j, "color", color_of(m->kind));
		put_range(o, "marked_range", start, rate, 1);
		as_json_open_object(o->j, "metadata");
		as_json_open_object(o->j, "audiosync");
		as_json_add_text(o->j, "note", m->note);
		as_json_add_real(o->j, "at_s", m->at_s);
		as_json_close(o->j);
		as_json_close(o->j);
		as_json_close(o->j);
	}
	as_json_close(o->j);
}

static void put_effects(struct otio *o, const struct as_timeline_item *it)
{
	as_json_open_array(o->j, "effects");
	if (it->speed != 1) {
		open_schema(o, NULL, "LinearTimeWarp.1");
		as_json_add_text(o->j, "name", "drift");
		as_json_add_text(o->j, "effect_name", "LinearTimeWarp");
		as_json_add_real(o->j, "time_scalar", it->speed);
		put_no_metadata(o);
		as_json_close(o->j);
	}
	as_json_close(o->j);
}

static void put_clip(struct otio *o, int track, int item, int64_t frames, bool with_markers)
{
	const struct as_timeline_item *it = &o->t->tracks[track].items[item];
	const struct as_timeline_media *m = &o->t->media[it->media];
	open_schema(o, NULL, "Clip.1");
	as_json_add_text(o->j, "name", m->name);
	put_range(o, "source_range", source_start(o, m, it->source_in), m->tc_rate, frames);
	put_media(o, m);
	put_effects(o, it);
	if (with_markers)
		put_markers(o, track, item);
	else
		put_empty(o, (const char *const[]){"markers", NULL});
	as_json_open_object(o->j, "metadata");
	as_json_open_object(o->j, "audiosync");
	as_json_add_text(o->j, "verdict", as_verdict_name(it->verdict));
	as_json_add_real(o->j, "start_s", it->start_s);
	as_json_add_real(o->j, "media_s", it->source_s);
	as_json_add_real(o->j, "residual_s", it->residual_s);
	as_json_close(o->j);
	as_json_close(o->j);
	as_json_close(o->j);
}

static void put_gap(struct otio *o, int64_t frames)
{
	open_schema(o, NULL, "Gap.1");
	as_json_add_text(o->j, "name", "");
	put_range(o, "source_range", 0, o->t->rate, frames);
	put_empty(o, (const char *const[]){"effects", "markers", NULL});
	put_no_metadata(o);
	as_json_close(o->j);
}

/* ---- tracks ---- */

/* A speed below 1 stretches the medium; what is shown still ends within it, as readers compare without the speed. */
static int64_t shown_frames(const struct as_timeline *t, const struct as_timeline_item *it)
{
	int64_t n = it->record_out - it->record_in, room = t->media[it->media].frames - it->source_in;
	return n < room ? n : room;
}

static void put_track(struct otio *o, int track, bool picture)
{
	const struct as_timeline_track *k = &o->t->tracks[track];
	int64_t at = 0;
	open_schema(o, NULL, "Track.1");
	as_json_add_text(o->j, "name", k->name);
	as_json_add_text(o->j, "kind", picture ? "Video" : "Audio");
	as_json_add_text(o->j, "source_range", NULL);
	as_json_open_array(o->j, "children");
	for (int i = 0; i < k->n_items; i++) {
		const struct as_timeline_item *it = &k->items[i];
		int64_t n = shown_frames(o->t, it);
		if (!(picture ? it->picture : it->sound) || n < 1)
			continue;
		if (it->record_in > at)
			put_gap(o, it->record_in - at);
		put_clip(o, track, i, n, picture || !it->picture);
		at = it->record_in + n;
	}
	as_json_close(o->j);
	put_empty(o, (const char *const[]){"effects", "markers", NULL});
	as_json_open_object(o->j, "metadata");
	as_json_open_object(o->j, "audiosync");
	as_json_add_int(o->j, "channels", picture ? 0 : k->n_channels);
	as_json_close(o->j);
	as_json_close(o->j);
	as_json_close(o->j);
}

enum as_status as_otio_write(const struct as_timeline *t, struct as_document *out, struct as_error *err)
{
	struct otio o = {.j = as_json_new(), .t = t};
	if (!o.j)
		return as_fail(err, AS_ERR_MEMORY, "OTIO: out of memory");
	as_json_keep_digits(o.j);
	as_json_add_text(o.j, "OTIO_SCHEMA", "Timeline.1");
	as_json_add_text(o.j, "name", t->name);
	put_time(&o, "global_start_time", (double)t->start_tc, t->rate);
	open_schema(&o, "tracks", "Stack.1");
	as_json_add_text(o.j, "name", "tracks");
	as_json_add_text(o.j, "source_range", NULL);
	as_json_open_array(o.j, "children");
	for (int pass = 0; pass < 2; pass++) {
		for (int i = 0; i < t->n_tracks; i++) {
			if (pass == 0 ? t->tracks[i].picture : t->tracks[i].sound)
				put_track(&o, i, pass == 0);
		}
	}
	as_json_close(o.j);
	put_empty(&o, (const char *const[]){"effects", NULL});
	put_markers(&o, -1, -1);
	put_no_metadata(&o);
	as_json_close(o.j);
	as_json_open_object(o.j, "metadata");
	as_json_open_object(o.j, "audiosync");
	as_json_add_bool(o.j, "drop_frame", t->rate.drop);
	as_json_add_int(o.j, "sample_rate_hz", t->sample_rate_hz);
	as_json_close(o.j);
	as_json_close(o.j);
	char *text = as_json_finish(o.j, false);
	if (o.failed) {
		free(text);
		text = NULL;
	}
	return as_document_add(out, "", text, text ? strlen(text) : 0, err);
}
