/* Reads MLT XML back as a tree and holds it against the timeline: the same positions come out of blanks and entries as a player makes. */
#include <inttypes.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include <libxml/parser.h>
#include <libxml/tree.h>

#include "base/text.h"
#include "export/document.h"

#define PICTURE (-1)

/* What a playlist's entry and the tractor's tracks name. */
struct named {
	char *id;
	const xmlNode *node;
};

struct reader {
	const struct as_timeline *t;
	struct as_error *err;
	const xmlNode *root;
	struct named *v; /* producers and playlists, by id */
	int n;
	int track, stream; /* the timeline's, that the playlist is for */
};

static enum as_status wrong(const struct reader *r, const xmlNode *n, const char *what)
{
	return as_fail(r->err, AS_ERR_FORMAT, "line %ld: %s", n ? xmlGetLineNo(n) : 0, what);
}

static bool is(const xmlNode *n, const char *name)
{
	return n->type == XML_ELEMENT_NODE && strcmp((const char *)n->name, name) == 0;
}

static bool attribute_is(const xmlNode *n, const char *name, const char *want)
{
	xmlChar *got = xmlGetProp(n, BAD_CAST name);
	bool same = got && strcmp((const char *)got, want) == 0;

	xmlFree(got);
	return same;
}

static bool number_is(const xmlNode *n, const char *name, int64_t v)
{
	char text[32];

	snprintf(text, sizeof text, "%" PRId64, v);
	return attribute_is(n, name, text);
}

/* The value of a <property>; heap, NULL where it is not there or there twice. */
static xmlChar *property(const xmlNode *n, const char *name)
{
	xmlChar *value = NULL;

	for (n = n->children; n; n = n->next) {
		if (!is(n, "property") || !attribute_is(n, "name", name))
			continue;
		if (value) {
			xmlFree(value);
			return NULL;
		}
		value = xmlNodeGetContent(n);
	}
	return value;
}

static bool property_is(const xmlNode *n, const char *name, const char *want)
{
	xmlChar *got = property(n, name);
	bool same = got && strcmp((const char *)got, want) == 0;

	xmlFree(got);
	return same;
}

static bool property_number(const xmlNode *n, const char *name, int64_t v)
{
	char text[32];

	snprintf(text, sizeof text, "%" PRId64, v);
	return property_is(n, name, text);
}

static bool property_name(const xmlNode *n, const char *name, const char *want)
{
	char *fit = as_text_escape_dup(want);
	bool same = fit && property_is(n, name, fit);

	free(fit);
	return same;
}

/* --- ids ----------------------------------------------------------------------------------------------------------- */

static int by_id(const void *a, const void *b)
{
	return strcmp(((const struct named *)a)->id, ((const struct named *)b)->id);
}

static enum as_status collect(struct reader *r)
{
	int n = 0;

	for (const xmlNode *p = r->root->children; p; p = p->next)
		n += is(p, "producer") || is(p, "playlist");
	r->v = calloc((size_t)n + 1, sizeof *r->v);
	if (!r->v)
		return as_fail(r->err, AS_ERR_MEMORY, "out of memory");
	for (const xmlNode *p = r->root->children; p; p = p->next)
		if (is(p, "producer") || is(p, "playlist")) {
			r->v[r->n].node = p;
			r->v[r->n++].id = (char *)xmlGetProp(p, BAD_CAST "id");
			if (!r->v[r->n - 1].id)
				return wrong(r, p, "a part without an id");
		}
	qsort(r->v, (size_t)r->n, sizeof *r->v, by_id);
	for (int i = 1; i < r->n; i++)
		if (strcmp(r->v[i - 1].id, r->v[i].id) == 0)
			return wrong(r, r->v[i].node, "two parts with one id");
	return AS_OK;
}

/* What the attribute `producer` names, if it is of that kind. */
static const xmlNode *referred(const struct reader *r, const xmlNode *n, const char *kind)
{
	xmlChar *id = xmlGetProp(n, BAD_CAST "producer");
	struct named key = {.id = (char *)id};
	const struct named *found = id && r->n > 0 ? bsearch(&key, r->v, (size_t)r->n, sizeof key, by_id) : NULL;

	xmlFree(id);
	return found && is(found->node, kind) ? found->node : NULL;
}

/* --- tracks -------------------------------------------------------------------------------------------------------- */

/* The container's index of the nth stream that is sound; -1 if there are fewer. */
static int stream_index(const struct as_timeline_media *m, int n)
{
	for (int i = 0; i < m->n_streams; i++)
		if (!m->streams[i].timecode && n-- == 0)
			return m->streams[i].index;
	return -1;
}

static bool belongs(const struct as_timeline *t, const struct as_timeline_item *it, int stream)
{
	const struct as_timeline_media *m = &t->media[it->media];

	return stream == PICTURE ? it->picture && m->has_video : it->sound && stream_index(m, stream) >= 0;
}

static bool track_has(const struct as_timeline *t, int track, int stream)
{
	for (int k = 0; k < t->tracks[track].n_items; k++)
		if (belongs(t, &t->tracks[track].items[k], stream))
			return true;
	return false;
}

/* All sound first, then all pictures. Begins with track -1. */
static bool next_track(struct reader *r)
{
	const struct as_timeline *t = r->t;

	if (r->track >= 0 && r->stream != PICTURE && track_has(t, r->track, r->stream + 1)) {
		r->stream++;
		return true;
	}
	if (r->stream != PICTURE) {
		r->stream = 0;
		while (++r->track < t->n_tracks)
			if (track_has(t, r->track, 0))
				return true;
		r->stream = PICTURE;
		r->track = -1;
	}
	while (++r->track < t->n_tracks)
		if (track_has(t, r->track, PICTURE))
			return true;
	return false;
}

/* What is the same for every use of a file. */
static enum as_status check_file(const struct reader *r, const xmlNode *p, int media)
{
	const struct as_timeline_media *m = &r->t->media[media];

	if (!property_is(p, "resource", m->target))
		return wrong(r, p, "a producer with another path");
	if (!property_name(p, "kdenlive:clipname", m->name) || !property_name(p, "shotcut:caption", m->name))
		return wrong(r, p, "a producer with another name");
	if (!property_is(p, "mlt_service", "avformat-novalidate") || !property_number(p, "length", m->frames) ||
	    !number_is(p, "in", 0) || !number_is(p, "out", m->frames - 1))
		return wrong(r, p, "a producer of another length or kind");
	return property_number(p, "kdenlive:id", media + 2) ? AS_OK : wrong(r, p, "a producer of another file in the bin");
}

static enum as_status check_producer(const struct reader *r, const xmlNode *p, int media, int stream)
{
	const struct as_timeline_media *m = &r->t->media[media];
	enum as_status s = check_file(r, p, media);
	bool fits = stream == PICTURE ? property_number(p, "audio_index", -1)
				      : property_number(p, "audio_index", stream_index(m, stream)) &&
						property_number(p, "video_index", -1);

	return s != AS_OK || fits ? s : wrong(r, p, "a producer of other streams");
}

static enum as_status check_entry(const struct reader *r, const xmlNode *e, const struct as_timeline_item *it,
				  int64_t at, int64_t *end)
{
	const xmlNode *p = referred(r, e, "producer");
	const struct as_timeline_media *m = &r->t->media[it->media];
	int64_t n = it->record_out - it->record_in;

	if (it->speed != 1.0 && it->source_in + n > m->frames)
		n = m->frames - it->source_in;
	if (!p)
		return wrong(r, e, "an entry without a producer");
	if (at != it->record_in)
		return wrong(r, e, "an entry is not at its place");
	if (n < 1 || it->source_in < 0 || it->source_in + n > m->frames)
		return wrong(r, e, "an entry plays what its file does not have");
	if (!number_is(e, "in", it->source_in) || !number_is(e, "out", it->source_in + n - 1))
		return wrong(r, e, "an entry plays the wrong part of its file");
	if (!property_number(e, "kdenlive:id", it->media + 2))
		return wrong(r, e, "an entry of another file in the bin");
	*end = at + n;
	return check_producer(r, p, it->media, r->stream);
}

static enum as_status check_playlist(const struct reader *r, const xmlNode *list)
{
	const struct as_timeline_track *tr = &r->t->tracks[r->track];
	int64_t at = 0;
	int k = 0;
	enum as_status s = AS_OK;

	for (const xmlNode *e = list->children; e && s == AS_OK; e = e->next) {
		if (is(e, "blank")) {
			xmlChar *length = xmlGetProp(e, BAD_CAST "length");
			long long n = length ? atoll((const char *)length) : 0;
			xmlFree(length);
			at += n;
			if (n < 1 || at > r->t->total_frames)
				return wrong(r, e, "a gap without a length, or too long");
		}
		if (!is(e, "entry"))
			continue;
		while (k < tr->n_items && !belongs(r->t, &tr->items[k], r->stream))
			k++;
		if (k == tr->n_items)
			return wrong(r, e, "an entry too many");
		s = check_entry(r, e, &tr->items[k++], at, &at);
	}
	while (k < tr->n_items && !belongs(r->t, &tr->items[k], r->stream))
		k++;
	if (s == AS_OK && k < tr->n_items)
		return wrong(r, list, "entries are missing");
	if (s == AS_OK && !property_is(list, r->stream == PICTURE ? "shotcut:video" : "shotcut:audio", "1"))
		return wrong(r, list, "a track of the wrong kind");
	if (s == AS_OK && r->stream <= 0 &&
	    (!property_name(list, "shotcut:name", tr->name) || !property_name(list, "kdenlive:track_name", tr->name)))
		return wrong(r, list, "a track with another name");
	return s;
}

/* --- the rest ------------------------------------------------------------------------------------------------------ */

/* One of the file's streams of sound; none where it has none. */
static bool plays_some(const xmlNode *p, const struct as_timeline_media *m)
{
	for (int i = 0; i < m->n_streams; i++)
		if (property_number(p, "audio_index", m->streams[i].index))
			return true;
	return m->n_streams == 0 && property_number(p, "audio_index", -1);
}

static enum as_status check_bin(const struct reader *r)
{
	struct named key = {.id = (char *)"main_bin"};
	const struct named *bin = r->n > 0 ? bsearch(&key, r->v, (size_t)r->n, sizeof key, by_id) : NULL;
	int i = 0;
	enum as_status s = AS_OK;

	if (!bin || !property_is(bin->node, "xml_retain", "1"))
		return wrong(r, r->root, "no bin");
	for (const xmlNode *e = bin->node->children; e && s == AS_OK; e = e->next) {
		if (!is(e, "entry"))
			continue;
		const xmlNode *p = referred(r, e, "producer");
		if (!p || i == r->t->n_media)
			return wrong(r, e, "a file too many in the bin");
		s = check_file(r, p, i);
		if (s == AS_OK && !plays_some(p, &r->t->media[i++]))
			s = wrong(r, p, "a stream that the file does not have");
	}
	return s == AS_OK && i < r->t->n_media ? wrong(r, bin->node, "files are missing from the bin") : s;
}

static enum as_status check_markers(const struct reader *r, const xmlNode *tractor)
{
	int i = 0;

	for (const xmlNode *p = tractor->children; p; p = p->next) {
		if (!is(p, "properties") || !attribute_is(p, "name", "shotcut:markers"))
			continue;
		for (const xmlNode *m = p->children; m; m = m->next) {
			if (!is(m, "properties"))
				continue;
			xmlChar *text = property(m, "text");
			const struct as_timeline_marker *want = &r->t->markers[i];
			bool same = i < r->t->n_markers && text &&
				    strncmp((const char *)text, want->name, strlen(want->name)) == 0 &&
				    property_number(m, "start", want->frame);
			xmlFree(text);
			if (!same)
				return wrong(r, m, "a marker that does not belong here");
			i++;
		}
	}
	return i == r->t->n_markers ? AS_OK : wrong(r, tractor, "markers are missing");
}

/* Track 0 is black; each other one hides what it is not for and is mixed in by a transition of its own. */
static enum as_status check_tractor(struct reader *r, const xmlNode *tractor)
{
	int n = 0, mixed = 0;
	enum as_status s = check_markers(r, tractor);

	r->track = -1;
	r->stream = 0;
	for (const xmlNode *k = tractor->children; k && s == AS_OK; k = k->next) {
		if (is(k, "track") && n++ == 0 && !attribute_is(k, "producer", "black_track"))
			return wrong(r, k, "the first track is not black");
		if (is(k, "track") && n > 1) {
			const xmlNode *list = referred(r, k, "playlist");
			if (!next_track(r) || !list)
				return wrong(r, k, "a track too many, or without a playlist");
			if (!attribute_is(k, "hide", r->stream == PICTURE ? "audio" : "video"))
				return wrong(r, k, "a track that shows what it should hide");
			s = check_playlist(r, list);
		}
		if (is(k, "transition") && (!property_number(k, "b_track", ++mixed) || !property_number(k, "a_track", 0)))
			return wrong(r, k, "a transition of other tracks");
	}
	if (s == AS_OK && (next_track(r) || mixed != n - 1))
		return wrong(r, tractor, "tracks or transitions are missing");
	return s;
}

static enum as_status check_root(struct reader *r)
{
	const xmlNode *profile = NULL, *tractor = NULL;
	const struct as_timeline *t = r->t;

	if (!is(r->root, "mlt") || !attribute_is(r->root, "LC_NUMERIC", "C"))
		return wrong(r, r->root, "not MLT");
	for (const xmlNode *n = r->root->children; n; n = n->next) {
		if (is(n, "profile"))
			profile = n;
		if (tractor && n->type == XML_ELEMENT_NODE) /* the last part is what is played */
			return wrong(r, n, "something behind the tractor");
		if (is(n, "tractor"))
			tractor = n;
	}
	if (!profile || !number_is(profile, "frame_rate_num", t->rate.num) ||
	    !number_is(profile, "frame_rate_den", t->rate.den) || !number_is(profile, "width", t->width) ||
	    !number_is(profile, "height", t->height))
		return wrong(r, profile, "a profile of another rate or size");
	if (!tractor || !property_is(tractor, "shotcut", "1") ||
	    !number_is(tractor, "out", t->total_frames > 0 ? t->total_frames - 1 : 0))
		return wrong(r, tractor, "no tractor, or one of another length");
	enum as_status s = collect(r);
	if (s == AS_OK)
		s = check_bin(r);
	return s == AS_OK ? check_tractor(r, tractor) : s;
}

enum as_status as_mlt_check(const struct as_timeline *t, const struct as_document *d, struct as_error *err)
{
	struct reader r = {.t = t, .err = err};
	enum as_status s;

	if (d->n_files != 1 || d->files[0].bytes > INT32_MAX)
		return as_fail(err, AS_ERR_FORMAT, "not one file, or too large");
	xmlDocPtr doc = xmlReadMemory(d->files[0].text, (int)d->files[0].bytes, NULL, NULL,
				      XML_PARSE_NONET | XML_PARSE_NOBLANKS | XML_PARSE_COMPACT | XML_PARSE_NOERROR |
					      XML_PARSE_NOWARNING);
	r.root = doc ? xmlDocGetRootElement(doc) : NULL;
	s = r.root ? check_root(&r) : as_fail(err, AS_ERR_FORMAT, "not well-formed");
	for (int i = 0; i < r.n; i++)
		xmlFree(r.v[i].id);
	free(r.v);
	xmlFreeDoc(doc);
	return s;
}
