/* Reads an FCPXML document back and holds it against the edit. */
#include <inttypes.h>
#include <limits.h>
#include <stdlib.h>
#include <string.h>

#include <libxml/parser.h>
#include <libxml/tree.h>

#include "base/text.h"
#include "export/document.h"
#include "export/fcpxml_time.h"

struct check {
	const struct as_timeline *t;
	struct as_error *err;
	const xmlNode **assets; /* per medium */
};

static enum as_status wrong(const struct check *c, const xmlNode *at, const char *what)
{
	return as_fail(c->err, AS_ERR_FORMAT, "FCPXML: line %ld: <%s>: %s", at ? xmlGetLineNo(at) : 0L,
		       at ? (const char *)at->name : "fcpxml", what);
}

static const char *attr(const xmlNode *n, const char *name)
{
	for (const xmlAttr *a = n ? n->properties : NULL; a; a = a->next) {
		if (a->children && a->children->next)
			continue; /* references that nobody wrote */
		if (strcmp((const char *)a->name, name) == 0)
			return a->children && a->children->content ? (const char *)a->children->content
								    : "";
	}
	return NULL;
}

static bool has(const xmlNode *n, const char *name, const char *value)
{
	const char *got = attr(n, name);
	return got && strcmp(got, value) == 0;
}

/* A name, as control characters and what is no UTF-8 are written. */
static bool has_name(const xmlNode *n, const char *name, const char *value)
{
	const char *got = attr(n, name);
	char *fit = as_text_escape_dup(value);
	bool same = got && fit && strlen(got) == strlen(fit);
	/* Two characters that XML does not have, EF BF BE and EF BF BF, are written as EF BF BD. */
	for (size_t i = 0; same && fit[i]; i++)
		same = got[i] == fit[i] || (i > 1 && (unsigned char)got[i] == 0xbd &&
					    memcmp(fit + i - 2, "\xef\xbf", 2) == 0);
	free(fit);
	return same;
}

static bool has_time(const xmlNode *n, const char *name, struct as_fcp_time time)
{
	struct as_fcp_time got;
	const char *text = attr(n, name);
	return text && as_fcp_parse(text, &got) && as_fcp_equal(got, time);
}

static const xmlNode *next_element(const xmlNode *n)
{
	while (n && n->type != XML_ELEMENT_NODE)
		n = n->next;
	return n;
}

static const xmlNode *child(const xmlNode *n, const char *name)
{
	for (n = next_element(n ? n->children : NULL); n; n = next_element(n->next)) {
		if (strcmp((const char *)n->name, name) == 0)
			return n;
	}
	return NULL;
}

/* "a12" is medium 11; -1 for anything else. */
static int medium_of(const struct check *c, const char *id)
{
	char *end;
	if (!id || id[0] != 'a' || id[1] < '1' || id[1] > '9')
		return -1;
	long n = strtol(id + 1, &end, 10);
	return *end == '\0' && n <= c->t->n_media ? (int)n - 1 : -1;
}

/* ---- resources ---- */

static enum as_status check_format(const struct check *c, const xmlNode *resources, const xmlNode *user,
				   struct as_frame_rate rate, int width, int height)
{
	const char *id = attr(user, "format");
	for (const xmlNode *n = next_element(resources->children); n; n = next_element(n->next)) {
		if (strcmp((const char *)n->name, "format") != 0 || !id || !has(n, "id", id))
			continue;
		if (!has_time(n, "frameDuration", as_fcp_time(rate.den, rate.num)))
			return wrong(c, n, "another frame duration");
		if (width > 0 && (atoi(attr(n, "width") ? attr(n, "width") : "") != width ||
				  atoi(attr(n, "height") ? attr(n, "height") : "") != height))
			return wrong(c, n, "another picture size");
		return AS_OK;
	}
	return wrong(c, user, "its format does not exist");
}

static enum as_status check_asset(struct check *c, const xmlNode *resources, const xmlNode *n)
{
	int i = medium_of(c, attr(n, "id"));
	if (i < 0 || c->assets[i])
		return wrong(c, n, "an asset that nobody asked for, or twice");
	c->assets[i] = n;
	const struct as_timeline_media *m = &c->t->media[i];
	const xmlNode *rep = child(n, "media-rep");
	const char *url = attr(rep, "src"), *channels = attr(n, "audioChannels");
	char *path = NULL;
	if (!has_name(n, "name", m->name))
		return wrong(c, n, "another name");
	if (attr(n, "src") || !has(rep, "kind", "original-media") || !url)
		return wrong(c, n, "the medium has to be named by a media-rep");
	if (as_url_to_path(url, &path, c->err) != AS_OK)
		return AS_ERR_FORMAT;
	bool same = strcmp(path, m->target) == 0;
	free(path);
	if (!same)
		return wrong(c, n, "its URL names another file");
	if (!has_time(n, "start", as_fcp_media_start(m)) ||
	    !has_time(n, "duration", as_fcp_frames(m->frames, c->t->rate)))
		return wrong(c, n, "its start or duration is wrong");
	if (m->has_video != has(n, "hasVideo", "1") || !has(n, "hasAudio", "1") || !channels ||
	    atoi(channels) != m->channels)
		return wrong(c, n, "it does not hold what the file holds");
	return m->has_video ? check_format(c, resources, n, m->rate, m->width, m->height) : AS_OK;
}

/* ---- clips ---- */

static enum as_status check_speed(const struct check *c, const xmlNode *n, const struct as_timeline_item *it)
{
	const struct as_timeline_media *m = &c->t->media[it->media];
	const struct as_fcp_time start = as_fcp_media_start(m);
	const xmlNode *map = child(n, "timeMap"), *conform = child(n, "conform-rate");
	bool other_rate = m->has_video && !as_rate_same_speed(m->rate, c->t->rate);
	if (other_rate != has(conform, "scaleEnabled", "0"))
		return wrong(c, n, "its rate would be conformed, or need not be");
	if ((it->speed != 1) != (map != NULL))
		return wrong(c, n, "a speed that it should not have, or none");
	if (!map)
		return AS_OK;
	const xmlNode *a = next_element(map->children), *b = a ? next_element(a->next) : NULL;
	if (!b || !has_time(a, "time", start) || !has_time(a, "value", start) ||
	    !has_time(b, "time", as_fcp_add(start, as_fcp_media_end(c->t, it))) ||
	    !has_time(b, "value", as_fcp_add(start, as_fcp_frames(m->frames, c->t->rate))))
		return wrong(c, map, "its speed is not the one computed");
	return AS_OK;
}

/* The markers of an item, whose frame `in` is at start; or those of the timeline. Takes n to what comes behind them. */
static enum as_status check_markers(const struct check *c, const xmlNode **n, int track, int item,
				    struct as_fcp_time start, int64_t in)
{
	for (int i = 0; i < c->t->n_markers; i++) {
		const struct as_timeline_marker *m = &c->t->markers[i];
		if (item < 0 ? m->item >= 0 : m->track != track || m->item != item)
			continue;
		while (*n && strcmp((const char *)(*n)->name, "marker") != 0)
			*n = next_element((*n)->next);
		if (!*n || !has_name(*n, "value", m->name) || !has_name(*n, "note", m->note) ||
		    !has_time(*n, "start",
			      as_fcp_add(start, as_fcp_frames(m->frame - in, c->t->rate))) ||
		    !has_time(*n, "duration", as_fcp_frames(1, c->t->rate)))
			return wrong(c, *n, "a marker is missing or wrong");
		*n = next_element((*n)->next);
	}
	return AS_OK;
}

static enum as_status check_clip(const struct check *c, const xmlNode *n, const struct as_timeline_item *it,
				 int lane)
{
	const struct as_timeline_media *m = &c->t->media[it->media];
	const int64_t frames = it->record_out - it->record_in, lead = as_fcp_lead_frames(it);
	const char *where = attr(n, "lane");
	if (!n || strcmp((const char *)n->name, "asset-clip") != 0)
		return wrong(c, n, "a clip is missing");
	if (medium_of(c, attr(n, "ref")) != it->media || !c->assets[it->media])
		return wrong(c, n, "refers to another asset, or to none");
	if (!has_time(n, "offset", as_fcp_frames(it->record_in, c->t->rate)) ||
	    !has_time(n, "duration", as_fcp_frames(frames, c->t->rate)))
		return wrong(c, n, "is not at its place");
	if (!has_time(n, "start",
		      as_fcp_add(as_fcp_media_start(m), as_fcp_frames(lead, c->t->rate))))
		return wrong(c, n, "begins elsewhere in its medium");
	/* The end in the time of the retimed clip, against that of the asset. */
	struct as_fcp_time end = as_fcp_frames(lead + frames, c->t->rate);
	struct as_fcp_time room = as_fcp_media_end(c->t, it);
	if ((double)end.num / (double)end.den > (double)room.num / (double)room.den + 1e-5 &&
	    !as_fcp_equal(end, room))
		return wrong(c, n, "reaches beyond its asset");
	if (!where || atoi(where) != lane)
		return wrong(c, n, "is on another lane");
	if (!has_name(n, "name", m->name))
		return wrong(c, n, "another name");
	if (has(n, "srcEnable", "video") != (it->picture && !it->sound))
		return wrong(c, n, "picture or sound is missing, or too much");
	return check_speed(c, n, it);
}

static enum as_status check_clips(const struct check *c, const xmlNode *gap)
{
	const xmlNode *n = next_element(gap->children);
	int above = 0, below = 0;
	for (int k = 0; k < c->t->n_tracks; k++) {
		const struct as_timeline_track *track = &c->t->tracks[k];
		int lanes[2] = {0, 0};
		int64_t at[2] = {0, 0};
		for (int i = 0; i < track->n_items; i++) {
			const struct as_timeline_item *it = &track->items[i];
			if (lanes[it->picture] == 0)
				lanes[it->picture] = it->picture ? ++above : --below;
			enum as_status status = check_clip(c, n, it, lanes[it->picture]);
			const xmlNode *inner = n ? next_element(n->children) : NULL;
			if (status == AS_OK)
				status = check_markers(
					c, &inner, k, i,
					as_fcp_add(as_fcp_media_start(&c->t->media[it->media]),
						   as_fcp_frames(as_fcp_lead_frames(it), c->t->rate)),
					it->record_in);
			if (status != AS_OK)
				return status;
			while (inner && strcmp((const char *)inner->name, "marker") != 0)
				inner = next_element(inner->next);
			if (inner)
				return wrong(c, inner, "a marker that nobody asked for");
			if (it->record_in < at[it->picture])
				return wrong(c, n, "overlaps the clip before it");
			at[it->picture] = it->record_out;
			n = next_element(n->next);
		}
	}
	if (n && strcmp((const char *)n->name, "marker") != 0)
		return wrong(c, n, "a clip that nobody asked for");
	enum as_status status = check_markers(c, &n, -1, -1, as_fcp_time(0, 1), 0);
	if (status != AS_OK)
		return status;
	return n ? wrong(c, n, "more than there should be") : AS_OK;
}

static enum as_status check_document(struct check *c, const xmlNode *root)
{
	const xmlNode *resources = child(root, "resources");
	const xmlNode *project = child(child(child(root, "library"), "event"), "project");
	const xmlNode *sequence = child(project, "sequence");
	const xmlNode *spine = child(sequence, "spine"), *gap = child(spine, "gap");
	enum as_status status = AS_OK;
	if (!root || strcmp((const char *)root->name, "fcpxml") != 0 || !has(root, "version", "1.10") ||
	    !resources || !gap)
		return wrong(c, root, "not the document that was written");
	for (const xmlNode *n = next_element(resources->children); n && status == AS_OK;
	     n = next_element(n->next)) {
		if (strcmp((const char *)n->name, "asset") == 0)
			status = check_asset(c, resources, n);
	}
	if (status == AS_OK && !has_name(project, "name", c->t->name))
		status = wrong(c, project, "another name");
	if (status == AS_OK)
		status = check_format(c, resources, sequence, c->t->rate, c->t->width, c->t->height);
	if (status != AS_OK)
		return status;
	const struct as_fcp_time start = as_fcp_frames(c->t->start_tc, c->t->rate);
	const struct as_fcp_time all = as_fcp_frames(c->t->total_frames, c->t->rate);
	if (!has_time(sequence, "tcStart", start) || !has_time(gap, "offset", start) ||
	    !has_time(gap, "start", as_fcp_time(0, 1)) ||
	    !has(sequence, "tcFormat", c->t->rate.drop ? "DF" : "NDF"))
		return wrong(c, sequence, "another start timecode");
	if (!has_time(sequence, "duration", all) || !has_time(gap, "duration", all))
		return wrong(c, sequence, "another duration");
	return check_clips(c, gap);
}

enum as_status as_fcpxml_check(const struct as_timeline *t, const struct as_document *d, struct as_error *err)
{
	struct check c = {.t = t, .err = err, .assets = calloc((size_t)t->n_media + 1, sizeof *c.assets)};
	enum as_status status;
	if (!c.assets)
		return as_fail(err, AS_ERR_MEMORY, "FCPXML: out of memory");
	xmlDoc *doc = d->n_files == 1 && d->files[0].bytes < INT_MAX
			      ? xmlReadMemory(d->files[0].text, (int)d->files[0].bytes, NULL, NULL,
					      XML_PARSE_NONET | XML_PARSE_NOERROR | XML_PARSE_NOWARNING)
			      : NULL;
	if (doc)
		status = check_document(&c, xmlDocGetRootElement(doc));
	else
		status = as_fail(err, AS_ERR_FORMAT, "FCPXML: not well-formed");
	xmlFreeDoc(doc);
	free(c.assets);
	return status;
}
