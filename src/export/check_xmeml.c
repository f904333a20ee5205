/* Reads Final Cut Pro 7 XML back with libxml2's reader, one clip item at a time, and holds it against the timeline. */
#include <inttypes.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include <libxml/xmlreader.h>

#include "base/text.h"
#include "export/document.h"

/* A clip item, or a link to one. */
struct place {
	char *id;
	bool video;
	int track, index; /* from 1, in the XML */
	int of_track, of_item; /* the timeline's */
};

struct places {
	struct place *v;
	int n, room;
};

struct reader {
	const struct as_timeline *t;
	struct as_error *err;
	xmlTextReaderPtr x;
	bool video;	    /* in <video>, else in <audio> */
	int xml_track;	    /* of its kind, from 1 */
	int track, channel; /* the timeline's, that this one is for; channel 0 is the picture */
	int item, in_track; /* the timeline's that came last, -1 before; how many so far */
	int64_t last_end;
	char **file_ids; /* by medium, as met */
	struct places items, links;
	int n_markers;
	bool rate, timecode, name, failed;
};

static enum as_status wrong(const struct reader *r, const char *what)
{
	return as_fail(r->err, AS_ERR_FORMAT, "line %d: %s", xmlTextReaderGetParserLineNumber(r->x), what);
}

/* --- trees --------------------------------------------------------------------------------------------------------- */

static const xmlNode *child(const xmlNode *n, const char *name)
{
	for (n = n ? n->children : NULL; n; n = n->next)
		if (n->type == XML_ELEMENT_NODE && strcmp((const char *)n->name, name) == 0)
			return n;
	return NULL;
}

/* Whether the element of that name holds exactly text. */
static bool says(const xmlNode *parent, const char *name, const char *text)
{
	const xmlNode *n = child(parent, name);
	xmlChar *got = n ? xmlNodeGetContent(n) : NULL;
	bool same = got && strcmp((const char *)got, text) == 0;

	xmlFree(got);
	return same;
}

static bool says_number(const xmlNode *parent, const char *name, int64_t v)
{
	char text[32];

	snprintf(text, sizeof text, "%" PRId64, v);
	return says(parent, name, text);
}

/* A name, as control characters and what is no UTF-8 are written. */
static bool says_name(const xmlNode *parent, const char *name, const char *text)
{
	char *fit = as_text_escape_dup(text);
	bool same = fit && says(parent, name, fit);

	free(fit);
	return same;
}

static bool says_rate(const xmlNode *parent, struct as_frame_rate r)
{
	const xmlNode *n = child(parent, "rate");

	return says_number(n, "timebase", as_rate_base(r)) &&
	       says(n, "ntsc", as_rate_is_ntsc(r) && r.den != 1 ? "TRUE" : "FALSE");
}

/* The string, the frame and the mode say the same as frames of the rate. */
static bool says_timecode(const xmlNode *parent, struct as_frame_rate r, int64_t frames)
{
	const xmlNode *n = child(parent, "timecode"), *string = child(n, "string");
	xmlChar *text = string ? xmlNodeGetContent(string) : NULL;
	int64_t got = -1, day = as_timecode_day_frames(r);
	bool ok = text && as_timecode_parse((const char *)text, r, &got, NULL) == AS_OK &&
		  got == (frames % day + day) % day && strchr((const char *)text, ';') == (r.drop ? (const char *)text + 8 : NULL);

	xmlFree(text);
	return ok && says_number(n, "frame", got) && says(n, "displayformat", r.drop ? "DF" : "NDF") &&
	       says_rate(n, r);
}

/* --- what is where in the timeline --------------------------------------------------------------------------------- */

/* Whether an item is in the track of a channel. */
static bool belongs(const struct as_timeline *t, const struct as_timeline_item *it, int channel)
{
	const struct as_timeline_media *m = &t->media[it->media];

	return channel == 0 ? it->picture && m->has_video : it->sound && channel <= m->channels;
}

static bool track_has(const struct as_timeline *t, int track, int channel)
{
	for (int k = 0; k < t->tracks[track].n_items; k++)
		if (belongs(t, &t->tracks[track].items[k], channel))
			return true;
	return false;
}

/* The next item of this track, from r->item + 1 on; n_items at the end. */
static int next_item(const struct reader *r)
{
	const struct as_timeline_track *tr = &r->t->tracks[r->track];
	int k = r->item + 1;

	while (k < tr->n_items && !belongs(r->t, &tr->items[k], r->channel))
		k++;
	return k;
}

/* Goes on to the next track that the timeline has of this kind. */
static bool next_track(struct reader *r)
{
	if (!r->video && r->track >= 0 && track_has(r->t, r->track, r->channel + 1)) {
		r->channel++;
		return true;
	}
	r->channel = r->video ? 0 : 1;
	do
		r->track++;
	while (r->track < r->t->n_tracks && !track_has(r->t, r->track, r->channel));
	return r->track < r->t->n_tracks;
}

/* --- parts --------------------------------------------------------------------------------------------------------- */

static bool add_place(struct reader *r, struct places *to, xmlChar *id, bool video, int track, int index)
{
	if (to->n == to->room) {
		int room = to->room ? 2 * to->room : 64;
		struct place *grown = realloc(to->v, (size_t)room * sizeof *grown);
		if (!grown) {
			xmlFree(id);
			return false;
		}
		to->v = grown;
		to->room = room;
	}
	char *copy = strdup(id ? (const char *)id : "");
	xmlFree(id);
	if (!copy)
		return false;
	to->v[to->n++] = (struct place){copy, video, track, index, r->track, r->item};
	return true;
}

static enum as_status whole_file(struct reader *r, const xmlNode *file, const struct as_timeline_media *m)
{
	const xmlNode *media = child(file, "media"), *url = child(file, "pathurl");
	xmlChar *text = url ? xmlNodeGetContent(url) : NULL;
	char *path = NULL;
	int channels = 0;
	bool found = text && (!as_path_is_absolute(m->target) || strncmp((const char *)text, "file://", 7) == 0) &&
		     as_url_to_path((const char *)text, &path, NULL) == AS_OK && strcmp(path, m->target) == 0;

	xmlFree(text);
	free(path);
	if (!found)
		return wrong(r, "a file with another path");
	if (!says_name(file, "name", m->name) || !says_rate(file, m->rate))
		return wrong(r, "a file with another name or rate");
	if (!says_timecode(file, m->has_tc ? m->tc_rate : (struct as_frame_rate){m->rate.num, m->rate.den, false},
			   m->has_tc ? m->tc_frames : 0))
		return wrong(r, "a file with other timecode");
	for (const xmlNode *a = media ? media->children : NULL; a; a = a->next)
		for (int i = 0; a->type == XML_ELEMENT_NODE && strcmp((const char *)a->name, "audio") == 0 && i < m->n_streams; i++)
			if (says_number(a, "channelcount", m->streams[i].channels)) {
				channels += m->streams[i].channels;
				break;
			}
	if ((child(media, "video") != NULL) != m->has_video || channels != m->channels)
		return wrong(r, "a file with other pictures or sound");
	return AS_OK;
}

/* In full where the medium comes for the first time, by its id later. */
static enum as_status check_file(struct reader *r, const xmlNode *clip, int medium)
{
	const xmlNode *file = child(clip, "file");
	xmlChar *id = file ? xmlGetProp(file, BAD_CAST "id") : NULL;
	enum as_status s = AS_OK;

	if (!id || !id[0])
		s = wrong(r, "an item without a file");
	else if (r->file_ids[medium])
		s = strcmp(r->file_ids[medium], (const char *)id) == 0 && !file->children
			    ? AS_OK
			    : wrong(r, "an item with another file, or a file described twice");
	else {
		for (int i = 0; i < r->t->n_media && s == AS_OK; i++)
			if (r->file_ids[i] && strcmp(r->file_ids[i], (const char *)id) == 0)
				s = wrong(r, "two files with one id");
		r->file_ids[medium] = strdup((const char *)id);
		if (s == AS_OK)
			s = r->file_ids[medium] ? whole_file(r, file, &r->t->media[medium])
						: as_fail(r->err, AS_ERR_MEMORY, "out of memory");
	}
	xmlFree(id);
	return s;
}

static int number_in(const xmlNode *parent, const char *name)
{
	const xmlNode *n = child(parent, name);
	xmlChar *text = n ? xmlNodeGetContent(n) : NULL;
	int v = text ? atoi((const char *)text) : -1;

	xmlFree(text);
	return v;
}

static enum as_status check_links(struct reader *r, const xmlNode *clip, const struct as_timeline_item *it)
{
	int n = 0, want = (int)belongs(r->t, it, 0) + (it->sound ? r->t->media[it->media].channels : 0);

	for (const xmlNode *l = clip->children; l; l = l->next) {
		if (l->type != XML_ELEMENT_NODE || strcmp((const char *)l->name, "link") != 0)
			continue;
		const xmlNode *ref = child(l, "linkclipref");
		if (!add_place(r, &r->links, ref ? xmlNodeGetContent(ref) : NULL, says(l, "mediatype", "video"),
			       number_in(l, "trackindex"), number_in(l, "clipindex")))
			return as_fail(r->err, AS_ERR_MEMORY, "out of memory");
		n++;
	}
	return n == (want > 1 ? want : 0) ? AS_OK : wrong(r, "picture and sound are not tied together");
}

static enum as_status clip_item(struct reader *r, const xmlNode *clip)
{
	const struct as_timeline_track *tr = &r->t->tracks[r->track];
	const xmlNode *source = child(clip, "sourcetrack");

	r->item = next_item(r);
	if (r->item >= tr->n_items)
		return wrong(r, "an item too many");
	const struct as_timeline_item *it = &tr->items[r->item];
	const struct as_timeline_media *m = &r->t->media[it->media];
	int64_t n = it->record_out - it->record_in;
	if (it->speed != 1.0 && it->source_in + n > m->frames)
		n = m->frames - it->source_in;
	if (!says_name(clip, "name", m->name) || !says_rate(clip, r->t->rate))
		return wrong(r, "an item with another name or rate");
	if (!says_number(clip, "start", it->record_in) || !says_number(clip, "end", it->record_in + n))
		return wrong(r, "an item is not at its place");
	if (!says_number(clip, "in", it->source_in) || !says_number(clip, "out", it->source_in + n))
		return wrong(r, "an item plays the wrong part of its file");
	if (n < 1 || it->source_in < 0 || it->source_in + n > m->frames || !says_number(clip, "duration", m->frames))
		return wrong(r, "an item plays what its file does not have");
	if (it->record_in < r->last_end)
		return wrong(r, "items of a track lie over each other");
	r->last_end = it->record_in + n;
	if (!says(source, "mediatype", r->video ? "video" : "audio") ||
	    (!r->video && !says_number(source, "trackindex", r->channel)))
		return wrong(r, "an item with another channel of its file");
	if (!add_place(r, &r->items, xmlGetProp(clip, BAD_CAST "id"), r->video, r->xml_track, ++r->in_track))
		return as_fail(r->err, AS_ERR_MEMORY, "out of memory");
	enum as_status s = check_file(r, clip, it->media);
	return s == AS_OK ? check_links(r, clip, it) : s;
}

static enum as_status marker(struct reader *r, const xmlNode *n)
{
	const struct as_timeline_marker *m = &r->t->markers[r->n_markers];

	if (r->n_markers == r->t->n_markers || !says_number(n, "in", m->frame) || !says_name(n, "name", m->name) ||
	    !says_name(n, "comment", m->note))
		return wrong(r, "a marker that does not belong here");
	r->n_markers++;
	return AS_OK;
}

/* --- the walk ------------------------------------------------------------------------------------------------------ */

static enum as_status begin_track(struct reader *r)
{
	r->xml_track++;
	r->item = -1;
	r->in_track = 0;
	r->last_end = 0;
	return next_track(r) ? AS_OK : wrong(r, "a track too many");
}

/* Below sequence: depth 2 its own values, 3 the kinds of media, 4 tracks, 5 items. */
static enum as_status element(struct reader *r, const char *name, int depth)
{
	if (depth == 0)
		return strcmp(name, "xmeml") == 0 ? AS_OK : wrong(r, "not xmeml");
	if (depth == 1) { /* its name, rate and timecode come before what could not be read without them */
		return strcmp(name, "sequence") == 0 ? AS_OK : wrong(r, "not a sequence");
	}
	if (depth == 3 && (strcmp(name, "video") == 0 || strcmp(name, "audio") == 0)) {
		r->video = name[0] == 'v';
		r->xml_track = 0;
		r->track = -1;
	}
	if (depth == 4 && strcmp(name, "track") == 0)
		return begin_track(r);
	bool part = depth == 5 && strcmp(name, "clipitem") == 0, mark = depth == 2 && strcmp(name, "marker") == 0;
	bool value = depth == 2 && strcmp(name, "media") != 0;
	const xmlNode *n = part || mark || value ? xmlTextReaderExpand(r->x) : NULL;
	if ((part || mark || value) && !n)
		return wrong(r, "not well-formed");
	if (part)
		return clip_item(r, n);
	if (mark)
		return marker(r, n);
	if (value && n->parent) { /* the element stands in its parent as child() wants it */
		r->rate |= strcmp(name, "rate") == 0 && says_rate(n->parent, r->t->rate);
		r->timecode |= strcmp(name, "timecode") == 0 && says_timecode(n->parent, r->t->rate, r->t->start_tc);
		r->name |= strcmp(name, "name") == 0 && says_name(n->parent, "name", r->t->name);
	}
	return AS_OK;
}

static enum as_status end_element(struct reader *r, const char *name, int depth)
{
	if (depth == 4 && strcmp(name, "track") == 0 && next_item(r) < r->t->tracks[r->track].n_items)
		return wrong(r, "items are missing");
	if (depth == 3 && (strcmp(name, "video") == 0 || strcmp(name, "audio") == 0) && next_track(r))
		return wrong(r, "a track is missing");
	return AS_OK;
}

static enum as_status walk(struct reader *r)
{
	enum as_status s = AS_OK;
	int rc;

	while (s == AS_OK && (rc = xmlTextReaderRead(r->x)) == 1) {
		int type = xmlTextReaderNodeType(r->x), depth = xmlTextReaderDepth(r->x);
		const char *name = (const char *)xmlTextReaderConstName(r->x);
		if (type == XML_READER_TYPE_ELEMENT)
			s = element(r, name, depth);
		else if (type == XML_READER_TYPE_END_ELEMENT)
			s = end_element(r, name, depth);
	}
	if (s == AS_OK && rc != 0)
		s = wrong(r, "not well-formed");
	return s;
}

static int by_id(const void *a, const void *b)
{
	return strcmp(((const struct place *)a)->id, ((const struct place *)b)->id);
}

/* Every link leads to another part of the same item, and says where that is. */
static enum as_status resolve_links(struct reader *r)
{
	size_t n = (size_t)r->items.n;

	if (n > 0)
		qsort(r->items.v, n, sizeof *r->items.v, by_id);
	for (size_t i = 1; i < n; i++)
		if (by_id(&r->items.v[i - 1], &r->items.v[i]) == 0)
			return as_fail(r->err, AS_ERR_FORMAT, "two items with the id %s", r->items.v[i].id);
	for (int i = 0; i < r->links.n; i++) {
		const struct place *l = &r->links.v[i], *to = n ? bsearch(l, r->items.v, n, sizeof *l, by_id) : NULL;
		if (!to || to->of_track != l->of_track || to->of_item != l->of_item || to->video != l->video ||
		    to->track != l->track || to->index != l->index)
			return as_fail(r->err, AS_ERR_FORMAT, "a link to %s leads nowhere, or to another file", l->id);
	}
	return AS_OK;
}

static void done(struct reader *r)
{
	for (int i = 0; i < r->t->n_media && r->file_ids; i++)
		free(r->file_ids[i]);
	for (int i = 0; i < r->items.n; i++)
		free(r->items.v[i].id);
	for (int i = 0; i < r->links.n; i++)
		free(r->links.v[i].id);
	free(r->file_ids);
	free(r->items.v);
	free(r->links.v);
	if (r->x)
		xmlFreeTextReader(r->x);
}

enum as_status as_xmeml_check(const struct as_timeline *t, const struct as_document *d, struct as_error *err)
{
	struct reader r = {.t = t, .err = err};
	enum as_status s;

	if (d->n_files != 1 || d->files[0].bytes > INT32_MAX)
		return as_fail(err, AS_ERR_FORMAT, "not one file, or too large");
	if (!strstr(d->files[0].text, "<!DOCTYPE xmeml>"))
		return as_fail(err, AS_ERR_FORMAT, "not declared as xmeml");
	r.file_ids = calloc((size_t)t->n_media + 1, sizeof *r.file_ids);
	r.x = xmlReaderForMemory(d->files[0].text, (int)d->files[0].bytes, NULL, NULL,
				 XML_PARSE_NONET | XML_PARSE_NOBLANKS | XML_PARSE_NOERROR | XML_PARSE_NOWARNING);
	s = r.file_ids && r.x ? walk(&r) : as_fail(err, AS_ERR_MEMORY, "out of memory");
	if (s == AS_OK && (!r.rate || !r.timecode || !r.name || r.n_markers != t->n_markers))
		s = as_fail(err, AS_ERR_FORMAT, "the sequence has another name, rate, timecode or other markers");
	if (s == AS_OK)
		s = resolve_links(&r);
	done(&r);
	return s;
}
