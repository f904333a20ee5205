/* FCPXML 1.10: Final Cut Pro and Resolve. One gap as long as the timeline lies in the spine; every clip is connected to it, on a lane of
 * its device: pictures above, sound without pictures below. */
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "export/document.h"
#include "export/fcpxml_time.h"
#include "export/xml.h"

struct fcp {
	struct as_xml *x;
	const struct as_timeline *t;
	int *format_of; /* per medium: number of its format; 1: the timeline's */
	int n_formats;
	bool *used;     /* per medium */
	bool failed;
};

static void put_time(struct fcp *f, const char *name, struct as_fcp_time time)
{
	char text[AS_FCP_TIME_BYTES];
	as_xml_attr(f->x, name, as_fcp_format(text, time));
}

static void put_frames(struct fcp *f, const char *name, int64_t frames)
{
	put_time(f, name, as_fcp_frames(frames, f->t->rate));
}

/* ---- resources ---- */

static void put_format(struct fcp *f, int id, struct as_frame_rate rate, int width, int height, int pixel_num,
		       int pixel_den)
{
	as_xml_open(f->x, "format");
	as_xml_attrf(f->x, "id", "r%d", id);
	put_time(f, "frameDuration", as_fcp_time(rate.den, rate.num));
	if (width > 0) {
		as_xml_attrf(f->x, "width", "%d", width);
		as_xml_attrf(f->x, "height", "%d", height);
	}
	if (pixel_num != pixel_den) {
		as_xml_attrf(f->x, "paspH", "%d", pixel_num);
		as_xml_attrf(f->x, "paspV", "%d", pixel_den);
	}
	as_xml_close(f->x);
}

static bool same_format(const struct as_timeline_media *a, const struct as_timeline_media *b)
{
	return as_rate_same_speed(a->rate, b->rate) && a->width == b->width && a->height == b->height &&
	       a->pixel_num == b->pixel_num && a->pixel_den == b->pixel_den;
}

/* The formats of all media with pictures; those that are the same are one. */
static void put_formats(struct fcp *f)
{
	const struct as_timeline *t = f->t;
	int *first = calloc((size_t)t->n_media + 1, sizeof *first), n = 0;
	const struct as_timeline_media own = {.rate = t->rate,
					      .width = t->width,
					      .height = t->height,
					      .pixel_num = t->pixel_num,
					      .pixel_den = t->pixel_den};
	f->failed |= first == NULL;
	put_format(f, 1, t->rate, t->width, t->height, t->pixel_num, t->pixel_den);
	for (int i = 0; first && i < t->n_media; i++) {
		const struct as_timeline_media *m = &t->media[i];
		int k = 0;
		if (!m->has_video || !f->used[i])
			continue;
		if (same_format(m, &own)) {
			f->format_of[i] = 1;
			continue;
		}
		while (k < n && !same_format(m, &t->media[first[k]]))
			k++;
		f->format_of[i] = k + 2;
		if (k < n)
			continue;
		first[n++] = i;
		put_format(f, k + 2, m->rate, m->width, m->height, m->pixel_num, m->pixel_den);
	}
	free(first);
}

static void put_asset(struct fcp *f, int i)
{
	const struct as_timeline_media *m = &f->t->media[i];
	char *url = as_url_from_path(m->target, AS_URL_PLAIN);
	f->failed |= url == NULL;
	as_xml_open(f->x, "asset");
	as_xml_attrf(f->x, "id", "a%d", i + 1);
	as_xml_attr(f->x, "name", m->name);
	put_time(f, "start", as_fcp_media_start(m));
	put_frames(f, "duration", m->frames);
	if (m->has_video) {
		as_xml_attr(f->x, "hasVideo", "1");
		as_xml_attrf(f->x, "format", "r%d", f->format_of[i]);
	}
	as_xml_attr(f->x, "hasAudio", "1");
	if (m->has_video)
		as_xml_attr(f->x, "videoSources", "1");
	as_xml_attrf(f->x, "audioSources", "%d", m->n_streams);
	as_xml_attrf(f->x, "audioChannels", "%d", m->channels);
	as_xml_attrf(f->x, "audioRate", "%.0f", m->rate_hz);
	as_xml_open(f->x, "media-rep");
	as_xml_attr(f->x, "kind", "original-media");
	as_xml_attr(f->x, "src", url ? url : "");
	as_xml_close(f->x);
	as_xml_close(f->x);
	free(url);
}

static void put_resources(struct fcp *f)
{
	const struct as_timeline *t = f->t;
	for (int k = 0; k < t->n_tracks; k++) {
		for (int i = 0; i < t->tracks[k].n_items; i++)
			f->used[t->tracks[k].items[i].media] = true;
	}
	as_xml_open(f->x, "resources");
	put_formats(f);
	for (int i = 0; i < t->n_media; i++) {
		if (f->used[i])
			put_asset(f, i);
	}
	as_xml_close(f->x);
}

/* ---- clips ---- */

/* Names that the document type knows; others are left out, the format says the rate. */
static const char *conform_name(struct as_frame_rate rate)
{
	static const struct {
		int num, den;
		const char *name;
	} names[] = {{24000, 1001, "23.98"}, {24, 1, "24"},          {25, 1, "25"},
		     {30000, 1001, "29.97"}, {30, 1, "30"},          {60, 1, "60"},
		     {48000, 1001, "47.95"}, {48, 1, "48"},          {50, 1, "50"},
		     {60000, 1001, "59.94"}};
	for (size_t i = 0; i < sizeof names / sizeof names[0]; i++) {
		if (rate.num == names[i].num && rate.den == names[i].den)
			return names[i].name;
	}
	return NULL;
}

/* Pictures of another rate keep their own time; by default they would be played faster or slower. */
static void put_timing(struct fcp *f, const struct as_timeline_item *it)
{
	const struct as_timeline_media *m = &f->t->media[it->media];
	const struct as_fcp_time start = as_fcp_media_start(m);
	if (m->has_video && !as_rate_same_speed(m->rate, f->t->rate)) {
		as_xml_open(f->x, "conform-rate");
		as_xml_attr(f->x, "scaleEnabled", "0");
		if (conform_name(m->rate))
			as_xml_attr(f->x, "srcFrameRate", conform_name(m->rate));
		as_xml_close(f->x);
	}
	if (it->speed == 1)
		return;
	as_xml_open(f->x, "timeMap");
	as_xml_attr(f->x, "preservesPitch", "0");
	for (int end = 0; end < 2; end++) {
		as_xml_open(f->x, "timept");
		put_time(f, "time", end ? as_fcp_add(start, as_fcp_media_end(f->t, it)) : start);
		put_time(f, "value",
			 end ? as_fcp_add(start, as_fcp_frames(m->frames, f->t->rate)) : start);
		as_xml_attr(f->x, "interp", "linear");
		as_xml_close(f->x);
	}
	as_xml_close(f->x);
}

static void put_marker(struct fcp *f, const struct as_timeline_marker *m, struct as_fcp_time at)
{
	as_xml_open(f->x, "marker");
	put_time(f, "start", at);
	put_frames(f, "duration", 1);
	as_xml_attr(f->x, "value", m->name);
	as_xml_attr(f->x, "note", m->note);
	as_xml_close(f->x);
}

static void put_clip(struct fcp *f, int track, int item, int lane)
{
	const struct as_timeline_item *it = &f->t->tracks[track].items[item];
	const struct as_timeline_media *m = &f->t->media[it->media];
	const struct as_fcp_time start = as_fcp_add(
		as_fcp_media_start(m), as_fcp_frames(as_fcp_lead_frames(it), f->t->rate));
	as_xml_open(f->x, "asset-clip");
	as_xml_attrf(f->x, "ref", "a%d", it->media + 1);
	as_xml_attrf(f->x, "lane", "%d", lane);
	put_frames(f, "offset", it->record_in);
	as_xml_attr(f->x, "name", m->name);
	put_time(f, "start", start);
	put_frames(f, "duration", it->record_out - it->record_in);
	if (it->picture && !it->sound)
		as_xml_attr(f->x, "srcEnable", "video");
	as_xml_attr(f->x, "tcFormat", m->tc_rate.drop ? "DF" : "NDF");
	put_timing(f, it);
	for (int i = 0; i < f->t->n_markers; i++) {
		const struct as_timeline_marker *k = &f->t->markers[i];
		if (k->track == track && k->item == item)
			put_marker(f, k,
				   as_fcp_add(start, as_fcp_frames(k->frame - it->record_in, f->t->rate)));
	}
	as_xml_close(f->x);
}

/* A device that has both gets a lane above for what has pictures and one below for what has none. */
static void put_tracks(struct fcp *f)
{
	int above = 0, below = 0;
	for (int k = 0; k < f->t->n_tracks; k++) {
		const struct as_timeline_track *track = &f->t->tracks[k];
		int lanes[2] = {0, 0};
		for (int i = 0; i < track->n_items; i++) {
			bool picture = track->items[i].picture;
			if (lanes[picture] == 0)
				lanes[picture] = picture ? ++above : --below;
			put_clip(f, k, i, lanes[picture]);
		}
	}
}

/* ---- the project ---- */

static const char *audio_rate(int rate_hz)
{
	static const struct {
		int rate_hz;
		const char *name;
	} rates[] = {{32000, "32k"}, {44100, "44.1k"},   {48000, "48k"}, {88200, "88.2k"},
		     {96000, "96k"}, {176400, "176.4k"}, {192000, "192k"}};
	for (size_t i = 0; i < sizeof rates / sizeof rates[0]; i++) {
		if (rate_hz == rates[i].rate_hz)
			return rates[i].name;
	}
	return "48k";
}

static void put_project(struct fcp *f)
{
	const struct as_timeline *t = f->t;
	as_xml_open(f->x, "library");
	as_xml_open(f->x, "event");
	as_xml_attr(f->x, "name", t->name);
	as_xml_open(f->x, "project");
	as_xml_attr(f->x, "name", t->name);
	as_xml_open(f->x, "sequence");
	as_xml_attr(f->x, "format", "r1");
	put_frames(f, "duration", t->total_frames);
	put_frames(f, "tcStart", t->start_tc);
	as_xml_attr(f->x, "tcFormat", t->rate.drop ? "DF" : "NDF");
	as_xml_attr(f->x, "audioLayout", "stereo");
	as_xml_attr(f->x, "audioRate", audio_rate(t->sample_rate_hz));
	as_xml_open(f->x, "spine");
	as_xml_open(f->x, "gap");
	as_xml_attr(f->x, "name", "Gap");
	put_frames(f, "offset", t->start_tc);
	as_xml_attr(f->x, "start", "0s");
	put_frames(f, "duration", t->total_frames);
	put_tracks(f);
	for (int i = 0; i < t->n_markers; i++) {
		if (t->markers[i].item < 0)
			put_marker(f, &t->markers[i], as_fcp_frames(t->markers[i].frame, t->rate));
	}
}

enum as_status as_fcpxml_write(const struct as_timeline *t, struct as_document *out, struct as_error *err)
{
	struct fcp f = {.x = as_xml_new(true, true),
			.t = t,
			.format_of = calloc((size_t)t->n_media + 1, sizeof *f.format_of),
			.used = calloc((size_t)t->n_media + 1, sizeof *f.used)};
	char *text = NULL;
	size_t n = 0;
	if (f.x && f.format_of && f.used) {
		as_xml_doctype(f.x, "fcpxml", NULL, NULL);
		as_xml_open(f.x, "fcpxml");
		as_xml_attr(f.x, "version", "1.10");
		put_resources(&f);
		put_project(&f);
		text = as_xml_finish(f.x, &n);
	} else {
		as_xml_free(f.x);
	}
	if (f.failed) {
		free(text);
		text = NULL;
	}
	free(f.format_of);
	free(f.used);
	return as_document_add(out, "", text, n, err);
}
