/* Final Cut Pro 7's XML, version 4, as Premiere, Resolve and Vegas read it. Every channel of sound has an item on a track of its own;
 * picture and channels of one file are linked. Frames are of the sequence's rate but inside of <file>, where they are the file's. */
#include <inttypes.h>
#include <math.h>
#include <stdlib.h>
#include <string.h>

#include "export/document.h"
#include "export/xml.h"

/* Items are numbered in the order of tracks: first picture, then channel by channel. */
struct writer {
	const struct as_timeline *t;
	struct as_xml *x;
	bool *described;   /* media: their <file> stands in full further up */
	int *first_sound;  /* tracks: the number of audio tracks below */
	int *picture_track; /* tracks: number of their video track, from 1; 0 without */
};

static void flag(struct writer *w, const char *name, bool on)
{
	as_xml_element(w->x, name, on ? "TRUE" : "FALSE");
}

static void number(struct writer *w, const char *name, int64_t v)
{
	as_xml_elementf(w->x, name, "%" PRId64, v);
}

static void add_rate(struct writer *w, struct as_frame_rate r)
{
	as_xml_open(w->x, "rate");
	number(w, "timebase", as_rate_base(r));
	flag(w, "ntsc", as_rate_is_ntsc(r) && r.den != 1);
	as_xml_close(w->x);
}

static void add_timecode(struct writer *w, struct as_frame_rate r, int64_t frames)
{
	char tc[AS_TIMECODE_BYTES];
	int64_t day = as_timecode_day_frames(r);

	as_xml_open(w->x, "timecode");
	add_rate(w, r);
	as_xml_element(w->x, "string", as_timecode_format(tc, sizeof tc, frames, r));
	number(w, "frame", (frames % day + day) % day);
	as_xml_element(w->x, "displayformat", r.drop ? "DF" : "NDF");
	as_xml_close(w->x);
}

/* The format's names of pixels that are not square go by the size of the picture. */
static const char *pixel_name(int width, int height, bool square)
{
	static const struct {
		int width, height;
		const char *name;
	} rows[] = {{1440, 1080, "HD-(1440x1080)"}, {1280, 1080, "HD-(1280x1080)"}, {960, 720, "HD-(960x720)"},
		    {720, 576, "PAL-601"},	    {720, 486, "NTSC-601"},	    {720, 480, "NTSC-601"}};

	for (size_t i = 0; !square && i < sizeof rows / sizeof rows[0]; i++)
		if (rows[i].width == width && rows[i].height == height)
			return rows[i].name;
	return "square";
}

/* pixel_num by pixel_den is a pixel's width by its height. */
static void add_picture_format(struct writer *w, struct as_frame_rate r, int width, int height, int pixel_num,
			       int pixel_den)
{
	as_xml_open(w->x, "samplecharacteristics");
	add_rate(w, r);
	number(w, "width", width);
	number(w, "height", height);
	flag(w, "anamorphic", width == 720 && 100 * (int64_t)pixel_num > 115 * (int64_t)pixel_den);
	as_xml_element(w->x, "pixelaspectratio", pixel_name(width, height, pixel_num == pixel_den));
	as_xml_element(w->x, "fielddominance", "none");
	as_xml_close(w->x);
}

static void add_sound_format(struct writer *w, double rate_hz)
{
	as_xml_open(w->x, "samplecharacteristics");
	as_xml_element(w->x, "depth", "16");
	number(w, "samplerate", llround(rate_hz));
	as_xml_close(w->x);
}

/* Whole frames of the file's own rate. */
static int64_t own_frames(const struct as_timeline *t, const struct as_timeline_media *m)
{
	if (as_rate_same_speed(m->rate, t->rate))
		return m->frames;
	return (int64_t)floor(m->duration_s * m->rate.num / m->rate.den + 1e-6);
}

static void add_file_media(struct writer *w, const struct as_timeline_media *m)
{
	as_xml_open(w->x, "media");
	if (m->has_video) {
		as_xml_open(w->x, "video");
		number(w, "duration", own_frames(w->t, m));
		add_picture_format(w, m->rate, m->width, m->height, m->pixel_num, m->pixel_den);
		as_xml_close(w->x);
	}
	for (int i = 0; i < m->n_streams; i++) {
		as_xml_open(w->x, "audio");
		add_sound_format(w, m->streams[i].rate_hz);
		number(w, "channelcount", m->streams[i].channels);
		as_xml_close(w->x);
	}
	as_xml_close(w->x);
}

static void add_file(struct writer *w, int media)
{
	const struct as_timeline_media *m = &w->t->media[media];
	char *url;

	as_xml_open(w->x, "file");
	as_xml_attrf(w->x, "id", "file-%d", media + 1);
	if (!w->described[media]) {
		w->described[media] = true;
		url = as_url_from_path(m->target, AS_URL_LOCALHOST);
		as_xml_element(w->x, "name", m->name);
		as_xml_element(w->x, "pathurl", url ? url : "");
		free(url);
		add_rate(w, m->rate);
		number(w, "duration", own_frames(w->t, m));
		/* what a file without timecode counts from */
		add_timecode(w, m->has_tc ? m->tc_rate : (struct as_frame_rate){m->rate.num, m->rate.den, false},
			     m->has_tc ? m->tc_frames : 0);
		add_file_media(w, m);
	}
	as_xml_close(w->x);
}

/* --- items --------------------------------------------------------------------------------------------------------- */

static bool shows(const struct as_timeline *t, const struct as_timeline_item *it)
{
	return it->picture && t->media[it->media].has_video;
}

static int sounds(const struct as_timeline *t, const struct as_timeline_item *it)
{
	return it->sound ? t->media[it->media].channels : 0;
}

/* channel 0 is the picture. */
static void add_item_id(struct writer *w, const char *element, bool attribute, int track, int item, int channel)
{
	if (attribute)
		as_xml_attrf(w->x, element, "clipitem-%d-%d-%d", track + 1, item + 1, channel);
	else
		as_xml_elementf(w->x, element, "clipitem-%d-%d-%d", track + 1, item + 1, channel);
}

/* The number, from 1, of the item in the XML's track of this channel. */
static int place_in_track(const struct as_timeline *t, int track, int item, int channel)
{
	const struct as_timeline_track *tr = &t->tracks[track];
	int n = 0;

	for (int k = 0; k <= item; k++)
		n += channel == 0 ? shows(t, &tr->items[k]) : channel <= sounds(t, &tr->items[k]);
	return n;
}

/* Ties the picture and all channels of an item, for each of them the same list. */
static void add_links(struct writer *w, int track, int item)
{
	const struct as_timeline_item *it = &w->t->tracks[track].items[item];
	int channels = sounds(w->t, it);

	if (channels + shows(w->t, it) < 2)
		return;
	for (int c = shows(w->t, it) ? 0 : 1; c <= channels; c++) {
		as_xml_open(w->x, "link");
		add_item_id(w, "linkclipref", false, track, item, c);
		as_xml_element(w->x, "mediatype", c == 0 ? "video" : "audio");
		number(w, "trackindex", c == 0 ? w->picture_track[track] : w->first_sound[track] + c);
		number(w, "clipindex", place_in_track(w->t, track, item, c));
		if (c > 0)
			as_xml_element(w->x, "groupindex", "1");
		as_xml_close(w->x);
	}
}

/* The stream that a channel (from 1, over all streams) belongs to. */
static const struct as_timeline_stream *stream_of(const struct as_timeline_media *m, int channel)
{
	for (int i = 0; i < m->n_streams; i++) {
		if (channel <= m->streams[i].channels)
			return &m->streams[i];
		channel -= m->streams[i].channels;
	}
	return NULL;
}

static void add_item(struct writer *w, int track, int item, int channel)
{
	const struct as_timeline_item *it = &w->t->tracks[track].items[item];
	const struct as_timeline_media *m = &w->t->media[it->media];
	const struct as_timeline_stream *stream = channel > 0 ? stream_of(m, channel) : NULL;
	int64_t n = as_document_plain_frames(w->t, it);

	as_xml_open(w->x, "clipitem");
	add_item_id(w, "id", true, track, item, channel);
	if (stream)
		as_xml_attr(w->x, "premiereChannelType", stream->channels == 2 ? "stereo" : "mono");
	as_xml_elementf(w->x, "masterclipid", "masterclip-%d", it->media + 1);
	as_xml_element(w->x, "name", m->name);
	flag(w, "enabled", !stream || !stream->timecode);
	number(w, "duration", m->frames);
	add_rate(w, w->t->rate);
	number(w, "start", it->record_in);
	number(w, "end", it->record_in + n);
	number(w, "in", it->source_in);
	number(w, "out", it->source_in + n);
	add_file(w, it->media);
	as_xml_open(w->x, "sourcetrack");
	as_xml_element(w->x, "mediatype", channel > 0 ? "audio" : "video");
	if (channel > 0)
		number(w, "trackindex", channel);
	as_xml_close(w->x);
	add_links(w, track, item);
	as_xml_close(w->x);
}

/* --- tracks -------------------------------------------------------------------------------------------------------- */

static void end_track(struct writer *w, int output)
{
	flag(w, "enabled", true);
	flag(w, "locked", false);
	if (output > 0)
		number(w, "outputchannelindex", output);
	as_xml_close(w->x);
}

static void add_video(struct writer *w)
{
	const struct as_timeline *t = w->t;

	as_xml_open(w->x, "video");
	as_xml_open(w->x, "format");
	add_picture_format(w, t->rate, t->width, t->height, t->pixel_num, t->pixel_den);
	as_xml_close(w->x);
	for (int i = 0; i < t->n_tracks; i++) {
		if (w->picture_track[i] == 0)
			continue;
		as_xml_open(w->x, "track");
		as_xml_attr(w->x, "MZ.TrackName", t->tracks[i].name);
		for (int k = 0; k < t->tracks[i].n_items; k++)
			if (shows(t, &t->tracks[i].items[k]))
				add_item(w, i, k, 0);
		end_track(w, 0);
	}
	as_xml_close(w->x);
}

/* Whether a track's channels make pairs: what Premiere joins to stereo tracks again. */
static bool is_stereo(const struct as_timeline *t, const struct as_timeline_track *tr)
{
	for (int k = 0; k < tr->n_items; k++) {
		const struct as_timeline_media *m = &t->media[tr->items[k].media];
		for (int i = 0; i < m->n_streams && tr->items[k].sound; i++)
			if (m->streams[i].channels != 2)
				return false;
	}
	return true;
}

static void add_sound_track(struct writer *w, int track, int channel)
{
	const struct as_timeline_track *tr = &w->t->tracks[track];
	bool stereo = is_stereo(w->t, tr);

	as_xml_open(w->x, "track");
	as_xml_attr(w->x, "MZ.TrackName", tr->name);
	as_xml_attrf(w->x, "currentExplodedTrackIndex", "%d", stereo ? (channel - 1) % 2 : 0);
	as_xml_attr(w->x, "totalExplodedTrackCount", stereo ? "2" : "1");
	as_xml_attr(w->x, "premiereTrackType", stereo ? "Stereo" : "Mono");
	for (int k = 0; k < tr->n_items; k++)
		if (channel <= sounds(w->t, &tr->items[k]))
			add_item(w, track, k, channel);
	end_track(w, (channel - 1) % 2 + 1);
}

static int max_channels(const struct as_timeline *t, const struct as_timeline_track *tr)
{
	int most = 0;

	for (int k = 0; k < tr->n_items; k++)
		if (sounds(t, &tr->items[k]) > most)
			most = sounds(t, &tr->items[k]);
	return most;
}

static void add_audio(struct writer *w)
{
	const struct as_timeline *t = w->t;

	as_xml_open(w->x, "audio");
	as_xml_element(w->x, "numOutputChannels", "2");
	as_xml_open(w->x, "format");
	add_sound_format(w, t->sample_rate_hz);
	as_xml_close(w->x);
	as_xml_open(w->x, "outputs");
	for (int i = 1; i <= 2; i++) {
		as_xml_open(w->x, "group");
		number(w, "index", i);
		as_xml_element(w->x, "numchannels", "1");
		as_xml_element(w->x, "downmix", "0");
		as_xml_open(w->x, "channel");
		number(w, "index", i);
		as_xml_close(w->x);
		as_xml_close(w->x);
	}
	as_xml_close(w->x);
	for (int i = 0; i < t->n_tracks; i++)
		for (int c = 1; c <= max_channels(t, &t->tracks[i]); c++)
			add_sound_track(w, i, c);
	as_xml_close(w->x);
}

static void add_markers(struct writer *w)
{
	for (int i = 0; i < w->t->n_markers; i++) {
		const struct as_timeline_marker *m = &w->t->markers[i];
		as_xml_open(w->x, "marker");
		as_xml_element(w->x, "comment", m->note);
		as_xml_element(w->x, "name", m->name);
		number(w, "in", m->frame);
		number(w, "out", -1);
		as_xml_close(w->x);
	}
}

static void add_sequence(struct writer *w)
{
	const struct as_timeline *t = w->t;

	as_xml_open(w->x, "sequence");
	as_xml_attr(w->x, "id", "sequence-1");
	as_xml_element(w->x, "name", t->name);
	number(w, "duration", t->total_frames);
	add_rate(w, t->rate);
	add_timecode(w, t->rate, t->start_tc);
	number(w, "in", -1);
	number(w, "out", -1);
	as_xml_open(w->x, "media");
	add_video(w);
	add_audio(w);
	as_xml_close(w->x);
	add_markers(w);
	as_xml_close(w->x);
}

/* Where each track's picture and sound will be. */
static bool number_tracks(struct writer *w)
{
	const struct as_timeline *t = w->t;
	int picture = 0, sound = 0;

	w->described = calloc((size_t)t->n_media + 1, sizeof *w->described);
	w->first_sound = calloc((size_t)t->n_tracks + 1, sizeof *w->first_sound);
	w->picture_track = calloc((size_t)t->n_tracks + 1, sizeof *w->picture_track);
	if (!w->described || !w->first_sound || !w->picture_track)
		return false;
	for (int i = 0; i < t->n_tracks; i++) {
		w->first_sound[i] = sound;
		sound += max_channels(t, &t->tracks[i]);
		for (int k = 0; k < t->tracks[i].n_items && w->picture_track[i] == 0; k++)
			if (shows(t, &t->tracks[i].items[k]))
				w->picture_track[i] = ++picture;
	}
	return true;
}

enum as_status as_xmeml_write(const struct as_timeline *t, struct as_document *out, struct as_error *err)
{
	struct writer w = {.t = t};
	char *text = NULL;
	size_t bytes = 0;

	if (number_tracks(&w) && (w.x = as_xml_new(true, true))) {
		as_xml_doctype(w.x, "xmeml", NULL, NULL);
		as_xml_open(w.x, "xmeml");
		as_xml_attr(w.x, "version", "4");
		add_sequence(&w);
		as_xml_close(w.x);
		text = as_xml_finish(w.x, &bytes);
	}
	free(w.described);
	free(w.first_sound);
	free(w.picture_track);
	return as_document_add(out, "", text, bytes, err);
}
