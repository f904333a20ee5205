/* Reads an OTIO document back and holds it against the edit: by code of its own, from the bytes on the disk. */
#include <limits.h>
#include <math.h>
#include <stdlib.h>
#include <string.h>

#include <jansson.h>

#include "base/text.h"
#include "export/document.h"

struct check {
	const struct as_timeline *t;
	struct as_error *err;
	const char *where; /* for messages: the track */
};

static enum as_status wrong(const struct check *c, const char *what, const char *name)
{
	return as_fail(c->err, AS_ERR_FORMAT, "OTIO: %s%s%s: %s", c->where, name ? ": " : "",
		       name ? name : "", what);
}

static bool is_schema(const json_t *v, const char *schema)
{
	const char *s = json_string_value(json_object_get(v, "OTIO_SCHEMA"));
	return s && strcmp(s, schema) == 0;
}

/* A name as it is, or escaped where it is no UTF-8. */
static bool has_name(const json_t *v, const char *key, const char *name)
{
	const char *got = json_string_value(json_object_get(v, key));
	char *fit = as_text_escape_dup(name);
	bool same = got && (strcmp(got, name) == 0 || (fit && strcmp(got, fit) == 0));
	free(fit);
	return same;
}

/* A RationalTime's value where its rate is the one given. */
static bool read_time(const json_t *v, struct as_frame_rate rate, double *out)
{
	const json_t *value = json_object_get(v, "value"), *r = json_object_get(v, "rate");
	*out = json_number_value(value);
	return is_schema(v, "RationalTime.1") && json_is_number(value) && json_is_number(r) &&
	       json_number_value(r) == (double)rate.num / rate.den;
}

static bool read_range(const json_t *v, struct as_frame_rate start_rate, struct as_frame_rate rate,
		       double *start, double *frames)
{
	return is_schema(v, "TimeRange.1") &&
	       read_time(json_object_get(v, "start_time"), start_rate, start) &&
	       read_time(json_object_get(v, "duration"), rate, frames);
}

static bool is_whole(double x)
{
	return x == rint(x) && fabs(x) < 0x1p53;
}

/* ---- a clip ---- */

static enum as_status check_url(const struct check *c, const json_t *ref, const struct as_timeline_media *m)
{
	const char *url = json_string_value(json_object_get(ref, "target_url"));
	char *path = NULL;
	if (!url || !is_schema(ref, "ExternalReference.1"))
		return wrong(c, "refers to no file", m->name);
	if (as_url_to_path(url, &path, c->err) != AS_OK)
		return AS_ERR_FORMAT;
	bool same = strcmp(path, m->target) == 0;
	free(path);
	return same ? AS_OK : wrong(c, "its URL names another file", m->name);
}

static enum as_status check_speed(const struct check *c, const json_t *clip,
				  const struct as_timeline_item *it, const char *name)
{
	const json_t *effects = json_object_get(clip, "effects");
	size_t n = json_array_size(effects);
	if (it->speed == 1)
		return n == 0 ? AS_OK : wrong(c, "has an effect", name);
	const json_t *e = json_array_get(effects, 0);
	if (n != 1 || !is_schema(e, "LinearTimeWarp.1") ||
	    json_number_value(json_object_get(e, "time_scalar")) != it->speed)
		return wrong(c, "its speed is not the one computed", name);
	return AS_OK;
}

static enum as_status check_clip(const struct check *c, const json_t *clip,
				 const struct as_timeline_item *it, double *frames)
{
	const struct as_timeline_media *m = &c->t->media[it->media];
	const json_t *ref = json_object_get(clip, "media_reference");
	const struct as_frame_rate rate = c->t->rate;
	double start, from, length;
	if (!is_schema(clip, "Clip.1"))
		return wrong(c, "no clip where one should be", m->name);
	if (!has_name(clip, "name", m->name) || !has_name(ref, "name", m->name))
		return wrong(c, "another name", m->name);
	if (!read_range(json_object_get(clip, "source_range"), m->tc_rate, rate, &start, frames) ||
	    !read_range(json_object_get(ref, "available_range"), m->tc_rate, rate, &from, &length))
		return wrong(c, "damaged or missing range, or another rate", m->name);
	double ratio = as_rate_seconds(1, rate) / as_rate_seconds(1, m->tc_rate);
	/* Without the speed, which not every reader knows, a clip still ends within its medium. */
	if (!is_whole(*frames) || *frames < 1 ||
	    *frames != fmin((double)(it->record_out - it->record_in), (double)(m->frames - it->source_in)))
		return wrong(c, "its length is wrong", m->name);
	if (from != (double)m->tc_frames || length != (double)m->frames)
		return wrong(c, "the range of its medium is wrong", m->name);
	if (fabs(start - from - (double)it->source_in * ratio) > 1e-6)
		return wrong(c, "it begins elsewhere in its medium", m->name);
	if (start < from || (start - from) / ratio + *frames > length + 1e-6)
		return wrong(c, "reaches beyond its medium", m->name);
	enum as_status status = check_url(c, ref, m);
	return status == AS_OK ? check_speed(c, clip, it, m->name) : status;
}

/* ---- a track ---- */

/* The markers of an item (its place is checked with their distance from its beginning), or with item -1 those of the timeline. */
static enum as_status check_markers(const struct check *c, const json_t *of, int track, int item)
{
	const json_t *marks = json_object_get(of, "markers");
	size_t next = 0;
	for (int i = 0; i < c->t->n_markers; i++) {
		const struct as_timeline_marker *m = &c->t->markers[i];
		const struct as_timeline_item *it = NULL;
		struct as_frame_rate rate = c->t->rate;
		double at, frames, want = (double)m->frame;
		if (item < 0 ? m->item >= 0 : m->track != track || m->item != item)
			continue;
		if (item >= 0) {
			it = &c->t->tracks[track].items[item];
			rate = c->t->media[it->media].tc_rate;
			want = (double)c->t->media[it->media].tc_frames +
			       (double)(it->source_in + m->frame - it->record_in) *
				       as_rate_seconds(1, c->t->rate) / as_rate_seconds(1, rate);
		}
		const json_t *v = json_array_get(marks, next++);
		const json_t *note = json_object_get(json_object_get(v, "metadata"), "audiosync");
		if (!is_schema(v, "Marker.2") || !has_name(v, "name", m->name) ||
		    !has_name(note, "note", m->note) ||
		    !read_range(json_object_get(v, "marked_range"), rate, c->t->rate, &at, &frames) ||
		    fabs(at - want) > 1e-6 || frames != 1)
			return wrong(c, "a marker is missing or wrong", m->note);
	}
	return next == json_array_size(marks) ? AS_OK : wrong(c, "a marker too many", NULL);
}

/* Frames of the gap before an item; 0 if what comes next is none. */
static enum as_status read_gap(const struct check *c, const json_t *v, double *frames)
{
	double start;
	*frames = 0;
	if (!is_schema(v, "Gap.1"))
		return AS_OK;
	if (!read_range(json_object_get(v, "source_range"), c->t->rate, c->t->rate, &start, frames) ||
	    start != 0 || !is_whole(*frames) || *frames < 1)
		return wrong(c, "a damaged gap", NULL);
	return AS_OK;
}

static enum as_status check_track(struct check *c, const json_t *track,
				  const struct as_timeline_track *k, bool picture)
{
	const json_t *children = json_object_get(track, "children");
	const char *kind = json_string_value(json_object_get(track, "kind"));
	size_t next = 0;
	double at = 0;
	c->where = k->name;
	if (!has_name(track, "name", k->name))
		return wrong(c, "another name", NULL);
	if (!is_schema(track, "Track.1") || !kind || strcmp(kind, picture ? "Video" : "Audio") != 0)
		return wrong(c, "no such track", NULL);
	for (int i = 0; i < k->n_items; i++) {
		const struct as_timeline_item *it = &k->items[i];
		double gap, frames;
		if (!(picture ? it->picture : it->sound))
			continue;
		enum as_status status = read_gap(c, json_array_get(children, next), &gap);
		if (status != AS_OK)
			return status;
		next += gap > 0;
		at += gap;
		if (at != (double)it->record_in)
			return wrong(c, "is not at its place", c->t->media[it->media].name);
		const json_t *clip = json_array_get(children, next++);
		status = check_clip(c, clip, it, &frames);
		if (status == AS_OK)
			status = check_markers(c, clip, (int)(k - c->t->tracks),
					       picture || !it->picture ? i : INT_MAX);
		if (status != AS_OK)
			return status;
		at += frames;
	}
	return next == json_array_size(children) ? AS_OK : wrong(c, "holds more than it should", NULL);
}

static enum as_status check_timeline(struct check *c, const json_t *root)
{
	const json_t *tracks = json_object_get(json_object_get(root, "tracks"), "children");
	const json_t *stack = json_object_get(root, "tracks");
	size_t next = 0;
	double start;
	if (!is_schema(root, "Timeline.1") || !is_schema(stack, "Stack.1"))
		return wrong(c, "not a timeline", NULL);
	if (!read_time(json_object_get(root, "global_start_time"), c->t->rate, &start) ||
	    start != (double)c->t->start_tc)
		return wrong(c, "another start timecode", NULL);
	if (!has_name(root, "name", c->t->name))
		return wrong(c, "another name", NULL);
	enum as_status marked = check_markers(c, stack, -1, -1);
	if (marked != AS_OK)
		return marked;
	for (int pass = 0; pass < 2; pass++) {
		for (int i = 0; i < c->t->n_tracks; i++) {
			const struct as_timeline_track *k = &c->t->tracks[i];
			if (!(pass == 0 ? k->picture : k->sound))
				continue;
			enum as_status status =
				check_track(c, json_array_get(tracks, next++), k, pass == 0);
			if (status != AS_OK)
				return status;
		}
	}
	c->where = "timeline";
	return next == json_array_size(tracks) ? AS_OK : wrong(c, "holds more tracks than it should", NULL);
}

enum as_status as_otio_check(const struct as_timeline *t, const struct as_document *d, struct as_error *err)
{
	struct check c = {.t = t, .err = err, .where = "timeline"};
	json_error_t why;
	if (d->n_files != 1)
		return wrong(&c, "not one file", NULL);
	json_t *root = json_loadb(d->files[0].text, d->files[0].bytes, JSON_REJECT_DUPLICATES, &why);
	if (!root)
		return as_fail(err, AS_ERR_FORMAT, "OTIO: line %d: %s", why.line, why.text);
	enum as_status status = check_timeline(&c, root);
	json_decref(root);
	return status;
}
