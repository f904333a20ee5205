/* CMX3600: one list for each track, events of one channel group, at most 999 in a file. Frames at the timeline's rate on both
 * sides, speed 1: the format's M2 lines count tenths of a frame a second, a hundred times too coarse for the drift of a clock. */
#include <inttypes.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "base/buffer.h"
#include "base/text.h"
#include "export/document.h"
#include "export/edl_names.h"

#define MAX_EVENTS 999

/* Source timecode of the medium's time 0 as a count of *shown frames: that of the file where it runs at the timeline's speed;
 * else the same hours, minutes and seconds at the timeline's rate, which is what the file's own label says. */
static int64_t source_start(const struct as_timeline *t, const struct as_timeline_media *m,
			    struct as_frame_rate *shown)
{
	char label[AS_TIMECODE_BYTES], scaled[2 * AS_TIMECODE_BYTES];
	int64_t start;

	*shown = t->rate;
	if (!m->has_tc)
		return 0;
	if (as_rate_same_speed(m->tc_rate, t->rate)) {
		*shown = m->tc_rate;
		return m->tc_frames;
	}
	as_timecode_format(label, sizeof label, m->tc_frames, m->tc_rate);
	int frames = atoi(label + 9) * as_rate_base(t->rate) / as_rate_base(m->tc_rate);
	for (int skip = 0; skip <= 4; skip++) { /* numbers that drop frame leaves out: at most four */
		snprintf(scaled, sizeof scaled, "%.8s%c%02d", label, t->rate.drop ? ';' : ':', frames + skip);
		if (as_timecode_parse(scaled, t->rate, &start, NULL) == AS_OK)
			return start;
	}
	return m->tc_start;
}

static const char *channels(const struct as_timeline *t, const struct as_timeline_item *it)
{
	const struct as_timeline_media *m = &t->media[it->media];
	bool picture = it->picture && m->has_video, sound = it->sound && m->channels > 0;

	if (!sound)
		return "V";
	if (m->channels == 1)
		return picture ? "B" : "A";
	return picture ? "AA/V" : "AA";
}

/* Text that stays in its line. */
static void add_escaped(struct as_buffer *b, const char *text)
{
	char *fit = as_text_escape_dup(text);

	if (fit)
		as_buffer_add(b, fit);
	else
		b->failed = true;
	free(fit);
}

/* A path as it is where it is plain text, else as a URL: as_text_escape could not be undone. */
static void add_path(struct as_buffer *b, const char *path)
{
	char *fit = as_text_escape_dup(path), *url = NULL;

	if (!fit)
		b->failed = true;
	else if (strcmp(fit, path) == 0 && strncmp(path, "file:", 5) != 0)
		as_buffer_add(b, path);
	else {
		url = as_url_from_path(path, AS_URL_PLAIN);
		if (url)
			as_buffer_addf(b, "%s%s", strncmp(url, "file:", 5) == 0 ? "" : "file:", url);
		else
			b->failed = true;
	}
	free(url);
	free(fit);
}

static void add_locator(struct as_buffer *b, const struct as_timeline *t,
			const struct as_timeline_marker *m)
{
	static const char *const colours[] = {
		[AS_MARK_ISLAND] = "BLUE",     [AS_MARK_SPLICE] = "YELLOW",   [AS_MARK_WEAK] = "RED",
		[AS_MARK_OVERLAP] = "CYAN",    [AS_MARK_UNPLACED] = "MAGENTA", [AS_MARK_DRIFT] = "GREEN",
		[AS_MARK_LEFT_OUT] = "RED",
	};
	char tc[AS_TIMECODE_BYTES];

	as_buffer_addf(b, "* LOC: %s %-7s ",
		       as_timecode_format(tc, sizeof tc, t->start_tc + m->frame, t->rate), colours[m->kind]);
	add_escaped(b, m->name);
	if (m->note[0]) {
		as_buffer_add(b, ": ");
		add_escaped(b, m->note);
	}
	as_buffer_add(b, "\n");
}

static void add_event(struct as_buffer *b, const struct as_timeline *t,
		      const struct as_timeline_item *it, int number, const char *reel)
{
	const struct as_timeline_media *m = &t->media[it->media];
	struct as_frame_rate shown;
	int64_t n = as_document_plain_frames(t, it), from = source_start(t, m, &shown) + it->source_in;
	int64_t at = t->start_tc + it->record_in;
	char tc[4][AS_TIMECODE_BYTES];

	as_timecode_format(tc[0], sizeof tc[0], from, shown);
	as_timecode_format(tc[1], sizeof tc[1], from + n, shown);
	as_timecode_format(tc[2], sizeof tc[2], at, t->rate);
	as_timecode_format(tc[3], sizeof tc[3], at + n, t->rate);
	as_buffer_addf(b, "%03d  %-8s %-5s C        %s %s %s %s\n", number, reel, channels(t, it),
		       tc[0], tc[1], tc[2], tc[3]);
	as_buffer_add(b, "* FROM CLIP NAME: ");
	add_escaped(b, m->name);
	as_buffer_add(b, "\n* SOURCE FILE: ");
	add_path(b, m->target);
	as_buffer_add(b, "\n");
}

/* The markers of the track, and those of the whole timeline, up to where the next event begins. */
static void add_locators(struct as_buffer *b, const struct as_timeline *t, int track, int *next,
			 int64_t before)
{
	for (; *next < t->n_markers && t->markers[*next].frame < before; ++*next)
		if (t->markers[*next].track == track || t->markers[*next].track < 0)
			add_locator(b, t, &t->markers[*next]);
}

static void add_head(struct as_buffer *b, const struct as_timeline *t, const char *list)
{
	as_buffer_add(b, "TITLE: ");
	add_escaped(b, t->name);
	if (list) {
		as_buffer_add(b, " - ");
		add_escaped(b, list);
	}
	as_buffer_addf(b, "\nFCM: %s\n\n", t->rate.drop ? "DROP FRAME" : "NON-DROP FRAME");
}

/* Items [from, to) of a track; *next is the marker that comes next. */
static enum as_status add_list(struct as_document *out, const struct as_timeline *t, int track,
			       int from, int to, int *next, const struct as_edl_names *names,
			       struct as_error *err)
{
	const struct as_timeline_track *tr = &t->tracks[track];
	struct as_buffer b = {0};

	add_head(&b, t, t->n_tracks > 1 ? tr->name : NULL);
	for (int i = from; i < to; i++) {
		add_event(&b, t, &tr->items[i], i - from + 1, names->reels[tr->items[i].media]);
		add_locators(&b, t, track, next,
			     i + 1 < tr->n_items ? tr->items[i + 1].record_in : INT64_MAX);
	}
	size_t bytes = b.bytes;
	char *suffix = as_edl_suffix(out, t->n_tracks > 1 ? tr->name : "", from / MAX_EVENTS + 1);
	enum as_status s = AS_ERR_MEMORY;
	if (suffix)
		s = as_document_add(out, suffix, as_buffer_take(&b), bytes, err);
	else
		as_fail(err, s, "out of memory");
	as_buffer_done(&b);
	free(suffix);
	return s;
}

enum as_status as_edl_check_rate(struct as_frame_rate rate, struct as_error *err)
{
	if (as_rate_base(rate) > 100)
		return as_fail(err, AS_ERR_INVALID,
			       "an EDL counts at most 100 frames a second: choose a lower frame rate");
	return AS_OK;
}

static enum as_status can_hold(const struct as_timeline *t, struct as_error *err)
{
	if (as_edl_check_rate(t->rate, err) != AS_OK)
		return AS_ERR_INVALID;
	if (t->total_frames > as_timecode_day_frames(t->rate))
		return as_fail(err, AS_ERR_INVALID, "an EDL cannot hold a timeline of more than 24 hours");
	return AS_OK;
}

enum as_status as_edl_write(const struct as_timeline *t, struct as_document *out,
			    struct as_error *err)
{
	struct as_edl_names names = {0};
	enum as_status s = can_hold(t, err);

	if (s == AS_OK)
		s = as_edl_names_make(t, &names, err);
	for (int i = 0; i < t->n_tracks && s == AS_OK; i++) {
		int next = 0, n = t->tracks[i].n_items;
		for (int from = 0; (from < n || from == 0) && s == AS_OK; from += MAX_EVENTS)
			s = add_list(out, t, i, from, n - from > MAX_EVENTS ? from + MAX_EVENTS : n, &next,
				     &names, err);
	}
	as_edl_names_done(&names);
	return s;
}
