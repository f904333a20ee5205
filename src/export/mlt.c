/* MLT XML that melt plays and that Shotcut and Kdenlive open as a project of their own. Kdenlive's tracks hold either pictures or sound,
 * so a device has one of pictures, whose sound is hidden, and one for each stream of sound. Every use of a file has a producer of
 * its own that opens what it needs. Times are frames of the profile. */
#include <inttypes.h>
#include <stdlib.h>
#include <string.h>

#include "base/json.h"
#include "export/document.h"
#include "export/xml.h"

/* What Kdenlive's loader turns into its current version, and Shotcut does not mind. */
#define KDENLIVE_VERSION "1.04"
/* Marks what Kdenlive makes anew when it opens a project. */
#define INTERNAL "237"
#define PICTURE (-1)

struct writer {
	const struct as_timeline *t;
	struct as_xml *x;
	int n_tracks; /* of the tractor so far, beside the black one */
};

static void property(struct writer *w, const char *name, const char *value)
{
	as_xml_open(w->x, "property");
	as_xml_attr(w->x, "name", name);
	as_xml_text(w->x, value);
	as_xml_close_full(w->x);
}

static void number(struct writer *w, const char *name, int64_t v)
{
	as_xml_open(w->x, "property");
	as_xml_attr(w->x, "name", name);
	as_xml_textf(w->x, "%" PRId64, v);
	as_xml_close_full(w->x);
}

static void attribute(struct writer *w, const char *name, int64_t v)
{
	as_xml_attrf(w->x, name, "%" PRId64, v);
}

static int64_t gcd(int64_t a, int64_t b)
{
	return b == 0 ? a : gcd(b, a % b);
}

static void add_profile(struct writer *w)
{
	const struct as_timeline *t = w->t;
	int64_t across = (int64_t)t->width * t->pixel_num, down = (int64_t)t->height * t->pixel_den;
	int64_t g = gcd(across, down);

	as_xml_open(w->x, "profile");
	as_xml_attr(w->x, "description", "automatic");
	attribute(w, "width", t->width);
	attribute(w, "height", t->height);
	attribute(w, "progressive", 1);
	attribute(w, "sample_aspect_num", t->pixel_num);
	attribute(w, "sample_aspect_den", t->pixel_den);
	attribute(w, "display_aspect_num", g > 0 ? across / g : 16);
	attribute(w, "display_aspect_den", g > 0 ? down / g : 9);
	attribute(w, "frame_rate_num", t->rate.num);
	attribute(w, "frame_rate_den", t->rate.den);
	attribute(w, "colorspace", 709);
	as_xml_close(w->x);
}

/* --- which item takes part in which track -------------------------------------------------------------------------- */

/* The nth stream of sound, from 0; NULL behind the last. Timecode as sound is left where it is. */
static const struct as_timeline_stream *sound_of(const struct as_timeline_media *m, int n)
{
	for (int i = 0; i < m->n_streams; i++)
		if (!m->streams[i].timecode && n-- == 0)
			return &m->streams[i];
	return NULL;
}

static bool takes_part(const struct as_timeline *t, const struct as_timeline_item *it, int stream)
{
	const struct as_timeline_media *m = &t->media[it->media];

	return stream == PICTURE ? it->picture && m->has_video : it->sound && sound_of(m, stream) != NULL;
}

static bool track_has(const struct as_timeline *t, int track, int stream)
{
	for (int k = 0; k < t->tracks[track].n_items; k++)
		if (takes_part(t, &t->tracks[track].items[k], stream))
			return true;
	return false;
}

/* --- producers ----------------------------------------------------------------------------------------------------- */

static void begin_producer(struct writer *w, const struct as_timeline_media *m)
{
	as_xml_attr(w->x, "in", "0");
	attribute(w, "out", m->frames - 1);
	number(w, "length", m->frames);
	property(w, "eof", "pause");
	as_xml_open(w->x, "property");
	as_xml_attr(w->x, "name", "resource");
	as_xml_exact(w->x, m->target);
	as_xml_close_full(w->x);
	property(w, "mlt_service", "avformat-novalidate");
	property(w, "seekable", "1");
}

/* Kdenlive finds the clip of the bin by its id, Shotcut shows the caption. */
static void end_producer(struct writer *w, int media)
{
	const struct as_timeline_media *m = &w->t->media[media];

	number(w, "kdenlive:id", media + 2); /* 1 is the root folder of the bin */
	property(w, "kdenlive:clipname", m->name);
	property(w, "shotcut:caption", m->name);
	as_xml_close(w->x);
}

/* With everything that the file has. */
static void add_bin_producer(struct writer *w, int media)
{
	const struct as_timeline_media *m = &w->t->media[media];
	const struct as_timeline_stream *s = sound_of(m, 0);

	for (int i = 0; i < m->n_streams; i++)
		if (m->streams[i].used)
			s = &m->streams[i];
	as_xml_open(w->x, "producer");
	as_xml_attrf(w->x, "id", "file%d", media);
	begin_producer(w, m);
	number(w, "audio_index", s ? s->index : -1);
	if (!m->has_video)
		number(w, "video_index", -1);
	property(w, "kdenlive:folderid", "-1");
	end_producer(w, media);
}

static void add_item_producer(struct writer *w, int track, int item, int stream)
{
	int media = w->t->tracks[track].items[item].media;
	const struct as_timeline_media *m = &w->t->media[media];

	as_xml_open(w->x, "producer");
	as_xml_attrf(w->x, "id", "clip%d_%d_%d", track, item, stream + 1);
	begin_producer(w, m);
	if (stream == PICTURE) {
		number(w, "audio_index", -1);
		property(w, "set.test_audio", "1");
	} else {
		number(w, "audio_index", sound_of(m, stream)->index);
		number(w, "video_index", -1);
		property(w, "set.test_image", "1");
	}
	end_producer(w, media);
}

/* --- the bin ------------------------------------------------------------------------------------------------------- */

/* Kdenlive's guides: a JSON array in a property. Heap; NULL when out of memory. */
static char *guides(const struct as_timeline *t)
{
	struct as_json *j = as_json_new();

	if (!j)
		return NULL;
	as_json_open_array(j, "guides");
	for (int i = 0; i < t->n_markers; i++) {
		as_json_open_object(j, NULL);
		as_json_add_text(j, "comment", t->markers[i].name);
		as_json_add_int(j, "pos", t->markers[i].frame);
		as_json_add_int(j, "type", t->markers[i].kind);
		as_json_close(j);
	}
	as_json_close(j);
	char *text = as_json_finish(j, true), *from = text ? strchr(text, '[') : NULL;
	char *to = text ? strrchr(text, ']') : NULL;
	if (from && to) { /* without the object around it */
		to[1] = '\0';
		memmove(text, from, strlen(from) + 1);
	}
	return text;
}

static void add_bin(struct writer *w)
{
	char *json = guides(w->t);

	as_xml_open(w->x, "playlist");
	as_xml_attr(w->x, "id", "main_bin");
	property(w, "xml_retain", "1");
	property(w, "kdenlive:docproperties.version", KDENLIVE_VERSION);
	property(w, "kdenlive:docproperties.decimalPoint", ".");
	if (json)
		property(w, "kdenlive:docproperties.guides", json);
	free(json);
	for (int i = 0; i < w->t->n_media; i++) {
		as_xml_open(w->x, "entry");
		as_xml_attrf(w->x, "producer", "file%d", i);
		attribute(w, "in", 0);
		attribute(w, "out", w->t->media[i].frames - 1);
		as_xml_close(w->x);
	}
	as_xml_close(w->x);
}

/* --- tracks -------------------------------------------------------------------------------------------------------- */

static void add_track_names(struct writer *w, const struct as_timeline_track *tr, int stream)
{
	if (stream == PICTURE)
		property(w, "shotcut:video", "1");
	else {
		property(w, "shotcut:audio", "1");
		property(w, "kdenlive:audio_track", "1");
	}
	for (int i = 0; i < 2; i++) {
		as_xml_open(w->x, "property");
		as_xml_attr(w->x, "name", i == 0 ? "shotcut:name" : "kdenlive:track_name");
		as_xml_text(w->x, tr->name);
		if (stream > 0)
			as_xml_textf(w->x, " %d", stream + 1);
		as_xml_close(w->x);
	}
}

static void add_playlist(struct writer *w, int track, int stream)
{
	const struct as_timeline_track *tr = &w->t->tracks[track];
	int64_t at = 0;

	for (int k = 0; k < tr->n_items; k++)
		if (takes_part(w->t, &tr->items[k], stream))
			add_item_producer(w, track, k, stream);
	as_xml_open(w->x, "playlist");
	as_xml_attrf(w->x, "id", "playlist%d", w->n_tracks++);
	add_track_names(w, tr, stream);
	for (int k = 0; k < tr->n_items; k++) {
		const struct as_timeline_item *it = &tr->items[k];
		int64_t n = as_document_plain_frames(w->t, it);
		if (!takes_part(w->t, it, stream))
			continue;
		if (it->record_in > at) {
			as_xml_open(w->x, "blank");
			attribute(w, "length", it->record_in - at);
			as_xml_close(w->x);
		}
		as_xml_open(w->x, "entry");
		as_xml_attrf(w->x, "producer", "clip%d_%d_%d", track, k, stream + 1);
		attribute(w, "in", it->source_in);
		attribute(w, "out", it->source_in + n - 1);
		number(w, "kdenlive:id", it->media + 2);
		as_xml_close(w->x);
		at = it->record_in + n;
	}
	as_xml_close(w->x);
}

static void add_black(struct writer *w)
{
	as_xml_open(w->x, "producer");
	as_xml_attr(w->x, "id", "black");
	as_xml_attr(w->x, "in", "0");
	attribute(w, "out", w->t->total_frames > 0 ? w->t->total_frames - 1 : 0);
	number(w, "length", w->t->total_frames > 0 ? w->t->total_frames : 1);
	property(w, "eof", "pause");
	property(w, "resource", "black");
	property(w, "mlt_service", "color");
	property(w, "mlt_image_format", "rgba");
	property(w, "set.test_audio", "0");
	as_xml_close(w->x);
	as_xml_open(w->x, "playlist");
	as_xml_attr(w->x, "id", "black_track");
	as_xml_open(w->x, "entry");
	as_xml_attr(w->x, "producer", "black");
	as_xml_attr(w->x, "in", "0");
	attribute(w, "out", w->t->total_frames > 0 ? w->t->total_frames - 1 : 0);
	as_xml_close(w->x);
	as_xml_close(w->x);
}

/* Sound adds up, pictures lie over each other. */
static void add_transition(struct writer *w, int track, bool picture)
{
	as_xml_open(w->x, "transition");
	attribute(w, "id", track);
	number(w, "a_track", 0);
	number(w, "b_track", track);
	property(w, "mlt_service", picture ? "qtblend" : "mix");
	property(w, "always_active", "1");
	if (picture)
		property(w, "compositing", "0");
	else
		property(w, "sum", "1");
	property(w, "internal_added", INTERNAL);
	as_xml_close(w->x);
}

static void add_markers(struct writer *w)
{
	static const char *const colours[] = {
		[AS_MARK_ISLAND] = "#2060ff",  [AS_MARK_SPLICE] = "#ffc000",   [AS_MARK_WEAK] = "#ff3030",
		[AS_MARK_OVERLAP] = "#00c0c0", [AS_MARK_UNPLACED] = "#d040d0", [AS_MARK_DRIFT] = "#30b030",
		[AS_MARK_LEFT_OUT] = "#ff3030",
	};

	as_xml_open(w->x, "properties");
	as_xml_attr(w->x, "name", "shotcut:markers");
	for (int i = 0; i < w->t->n_markers; i++) {
		const struct as_timeline_marker *m = &w->t->markers[i];
		as_xml_open(w->x, "properties");
		attribute(w, "name", i);
		as_xml_open(w->x, "property");
		as_xml_attr(w->x, "name", "text");
		as_xml_textf(w->x, "%s%s%s", m->name, m->note[0] ? ": " : "", m->note);
		as_xml_close(w->x);
		number(w, "start", m->frame);
		number(w, "end", m->frame);
		property(w, "color", colours[m->kind]);
		as_xml_close(w->x);
	}
	as_xml_close(w->x);
}

/* picture[i]: whether the tractor's track i + 1 holds pictures. */
static void add_tractor(struct writer *w, const bool *picture)
{
	as_xml_open(w->x, "tractor");
	as_xml_attr(w->x, "id", "tractor0");
	as_xml_attr(w->x, "title", w->t->name);
	as_xml_attr(w->x, "in", "0");
	attribute(w, "out", w->t->total_frames > 0 ? w->t->total_frames - 1 : 0);
	property(w, "shotcut", "1");
	property(w, "shotcut:projectAudioChannels", "2");
	property(w, "shotcut:projectFolder", "0");
	if (w->t->n_markers > 0)
		add_markers(w);
	as_xml_open(w->x, "track");
	as_xml_attr(w->x, "producer", "black_track");
	as_xml_close(w->x);
	for (int i = 0; i < w->n_tracks; i++) {
		as_xml_open(w->x, "track");
		as_xml_attrf(w->x, "producer", "playlist%d", i);
		as_xml_attr(w->x, "hide", picture[i] ? "audio" : "video");
		as_xml_close(w->x);
	}
	for (int i = 0; i < w->n_tracks; i++)
		add_transition(w, i + 1, picture[i]);
	as_xml_close(w->x);
}

/* Sound below pictures, as Kdenlive has it. Returns their number; with picture NULL nothing is written. */
static int each_track(struct writer *w, bool *picture)
{
	int n = 0;

	for (int i = 0; i < w->t->n_tracks; i++)
		for (int s = 0; track_has(w->t, i, s); s++, n++)
			if (picture)
				add_playlist(w, i, s);
	for (int i = 0; i < w->t->n_tracks; i++) {
		if (!track_has(w->t, i, PICTURE))
			continue;
		if (picture) {
			picture[n] = true;
			add_playlist(w, i, PICTURE);
		}
		n++;
	}
	return n;
}

/* Resources are no URLs: what is not text has no way in. */
bool as_mlt_holds(const char *target)
{
	return as_xml_holds(target);
}

static enum as_status can_hold(const struct as_timeline *t, struct as_error *err)
{
	for (int i = 0; i < t->n_media; i++) {
		if (!as_mlt_holds(t->media[i].target))
			return as_fail(err, AS_ERR_INVALID,
				       "%s: MLT cannot hold control characters, or bytes that are not UTF-8, in a path",
				       t->media[i].path);
	}
	return AS_OK;
}

enum as_status as_mlt_write(const struct as_timeline *t, struct as_document *out, struct as_error *err)
{
	struct writer w = {.t = t};
	enum as_status s = can_hold(t, err);
	char *text = NULL;
	size_t bytes = 0;

	if (s != AS_OK)
		return s;
	bool *picture = calloc((size_t)each_track(&w, NULL) + 1, sizeof *picture);
	if (picture && (w.x = as_xml_new(true, true))) {
		as_xml_open(w.x, "mlt");
		as_xml_attr(w.x, "LC_NUMERIC", "C");
		as_xml_attr(w.x, "version", "7.0.0");
		as_xml_attr(w.x, "title", t->name);
		add_profile(&w);
		for (int i = 0; i < t->n_media; i++)
			add_bin_producer(&w, i);
		add_bin(&w);
		add_black(&w);
		each_track(&w, picture);
		add_tractor(&w, picture);
		as_xml_close(w.x);
		text = as_xml_finish(w.x, &bytes);
	}
	free(picture);
	return as_document_add(out, "", text, bytes, err);
}
