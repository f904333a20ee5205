/* Reads edit decision lists back and holds them against the timeline: places, source timecode, reels, paths. */
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <strings.h>

#include "base/text.h"
#include "export/document.h"

#define MAX_EVENTS 999
#define REEL_BYTES 9

struct reader {
	const struct as_timeline *t;
	struct as_error *err;
	const char *suffix;
	int line;
	int track, item;	   /* that comes next */
	int events;		   /* of this file */
	int locators, names, paths; /* locators: of this track; the others: of the event before */
	int64_t last_end;	   /* of the track */
	char (*reels)[REEL_BYTES]; /* as met, one for each medium */
};

static enum as_status wrong(const struct reader *r, const char *what)
{
	return as_fail(r->err, AS_ERR_FORMAT, "%s%sline %d: %s", r->suffix, r->suffix[0] ? ", " : "", r->line,
		       what);
}

static int64_t modulo(int64_t a, int64_t n)
{
	return (a % n + n) % n;
}

static const struct as_timeline_track *track_of(const struct reader *r)
{
	return r->track < r->t->n_tracks ? &r->t->tracks[r->track] : NULL;
}

/* The medium of the event before. */
static const struct as_timeline_media *medium_before(const struct reader *r)
{
	return &r->t->media[track_of(r)->items[r->item - 1].media];
}

static enum as_status check_comments(const struct reader *r)
{
	if (r->events > 0 && (r->names != 1 || r->paths != 1))
		return wrong(r, "an event without the name and the path of its file");
	return AS_OK;
}

/* Letters and digits, at most eight, the same for the same medium. */
static bool reel_fits(struct reader *r, int media, const char *reel)
{
	size_t n = strspn(reel, "ABCDEFGHIJKLMNOPQRSTUVWXYZ0123456789");

	if (n == 0 || n >= REEL_BYTES || reel[n] != '\0' || strcmp(reel, "AX") == 0 || strcmp(reel, "BL") == 0)
		return false;
	if (r->reels[media][0] == '\0')
		strcpy(r->reels[media], reel);
	return strcmp(r->reels[media], reel) == 0;
}

static bool channels_fit(const struct reader *r, const struct as_timeline_item *it, const char *word)
{
	const struct as_timeline_media *m = &r->t->media[it->media];
	bool picture = strchr(word, 'V') || word[0] == 'B';
	int sound = strncmp(word, "AA", 2) == 0 ? 2 : word[0] == 'A' || word[0] == 'B' ? 1 : 0;
	int want = !it->sound || m->channels < 1 ? 0 : m->channels > 1 ? 2 : 1;
	static const char *const known[] = {"V", "A", "B", "AA", "AA/V"};

	for (size_t i = 0; i < sizeof known / sizeof known[0]; i++)
		if (strcmp(word, known[i]) == 0)
			return sound == want && picture == ((it->picture && m->has_video) || want == 0);
	return false;
}

/* A pair of timecodes as frames [*from, *from + *n), both with the separator of the rate. */
static bool span(const char *in, const char *out, struct as_frame_rate rate, int64_t *from, int64_t *n)
{
	int64_t to;

	if (strlen(in) != 11 || strlen(out) != 11 || in[8] != (rate.drop ? ';' : ':') || out[8] != in[8] ||
	    as_timecode_parse(in, rate, from, NULL) != AS_OK || as_timecode_parse(out, rate, &to, NULL) != AS_OK)
		return false;
	*n = modulo(to - *from, as_timecode_day_frames(rate));
	return true;
}

static enum as_status check_source(const struct reader *r, const struct as_timeline_item *it, const char *in,
				   const char *out, int64_t length)
{
	const struct as_timeline_media *m = &r->t->media[it->media];
	bool own = m->has_tc && as_rate_same_speed(m->tc_rate, r->t->rate);
	struct as_frame_rate rate = own ? m->tc_rate : r->t->rate;
	char start[AS_TIMECODE_BYTES], want[AS_TIMECODE_BYTES];
	int64_t from, n, day = as_timecode_day_frames(rate);

	if (!span(in, out, rate, &from, &n))
		return wrong(r, "not a source timecode of this rate");
	if (n != length)
		return wrong(r, "source and record differ in length");
	if (it->source_in < 0 || it->source_in + n > m->frames)
		return wrong(r, "plays what the file does not have");
	if (own || !m->has_tc) {
		int64_t zero = own ? m->tc_frames : 0;
		if (modulo(from - zero - it->source_in, day) != 0)
			return wrong(r, "plays the wrong part of the file");
		return AS_OK;
	}
	/* another rate: the beginning of the file keeps its hours, minutes and seconds */
	as_timecode_format(start, sizeof start, from - it->source_in, rate);
	as_timecode_format(want, sizeof want, m->tc_frames, m->tc_rate);
	return strncmp(start, want, 8) == 0 ? AS_OK : wrong(r, "source timecode of another time");
}

static enum as_status event(struct reader *r, char *w[8])
{
	const struct as_timeline_track *tr = track_of(r);
	int64_t from, n;

	if (r->item >= tr->n_items)
		return wrong(r, "an event too many");
	const struct as_timeline_item *it = &tr->items[r->item];
	if (atoi(w[0]) != ++r->events || strlen(w[0]) != 3)
		return wrong(r, "events are not numbered in order");
	if (!reel_fits(r, it->media, w[1]))
		return wrong(r, "not a reel, or not that of the file");
	if (!channels_fit(r, it, w[2]) || strcmp(w[3], "C") != 0)
		return wrong(r, "not the channels of the file, or not a cut");
	if (!span(w[6], w[7], r->t->rate, &from, &n))
		return wrong(r, "not a record timecode of this rate");
	int64_t at = modulo(from - r->t->start_tc, as_timecode_day_frames(r->t->rate));
	if (at != it->record_in)
		return wrong(r, "an event is not at its place");
	if (n < 1 || at + n > it->record_out || (it->speed == 1.0 && at + n != it->record_out))
		return wrong(r, "an event ends at the wrong place");
	if (at < r->last_end)
		return wrong(r, "events lie over each other");
	r->last_end = at + n;
	r->item++;
	r->names = r->paths = 0;
	return check_source(r, it, w[4], w[5], n);
}

static enum as_status comment(struct reader *r, const char *text)
{
	enum as_status s = AS_OK;

	if (strncmp(text, "LOC: ", 5) == 0) {
		int64_t frame;
		char tc[AS_TIMECODE_BYTES];
		snprintf(tc, sizeof tc, "%.11s", text + 5);
		r->locators++;
		return as_timecode_parse(tc, r->t->rate, &frame, NULL) == AS_OK ? AS_OK
									       : wrong(r, "not a locator");
	}
	if (r->item == 0 || r->events == 0)
		return wrong(r, "a comment in front of all events");
	if (strncmp(text, "FROM CLIP NAME: ", 16) == 0) {
		char *want = as_text_escape_dup(medium_before(r)->name);
		bool same = want && strcmp(want, text + 16) == 0;
		free(want);
		r->names++;
		return same ? AS_OK : wrong(r, "an event with another file's name");
	}
	if (strncmp(text, "SOURCE FILE: ", 13) == 0) {
		const char *target = medium_before(r)->target, *where = text + 13;
		char *path = NULL;
		bool url = strncmp(where, "file:", 5) == 0;
		if (url) /* a relative one has no slashes behind the scheme */
			s = as_url_to_path(strncmp(where, "file://", 7) == 0 ? where : where + 5, &path, NULL);
		r->paths++;
		if (s != AS_OK || strcmp(url ? path : where, target) != 0)
			s = wrong(r, "an event with another file");
		free(path);
	}
	return s;
}

static enum as_status one_line(struct reader *r, char *line)
{
	char *w[9], *p = line;
	int n = 0;

	if (r->line == 1)
		return strncmp(line, "TITLE: ", 7) == 0 ? AS_OK : wrong(r, "no title");
	if (r->line == 2)
		return strcmp(line, r->t->rate.drop ? "FCM: DROP FRAME" : "FCM: NON-DROP FRAME") == 0
			       ? AS_OK
			       : wrong(r, "not the frame code mode of the timeline");
	if (line[0] == '\0')
		return r->line == 3 ? AS_OK : wrong(r, "an empty line");
	if (strncmp(line, "* ", 2) == 0)
		return comment(r, line + 2);
	enum as_status s = check_comments(r);
	for (; n < 9 && *p; n++) {
		w[n] = p;
		p += strcspn(p, " ");
		while (*p == ' ')
			*p++ = '\0';
	}
	if (s == AS_OK)
		s = n == 8 ? event(r, w) : wrong(r, "not an event");
	return s;
}

/* Locators of a track that is complete. */
static enum as_status check_locators(const struct reader *r)
{
	int want = 0;

	for (int i = 0; i < r->t->n_markers; i++)
		want += r->t->markers[i].track == r->track || r->t->markers[i].track < 0;
	if (track_of(r)->n_items > 0 && r->locators != want)
		return wrong(r, "locators are missing, or there are too many");
	return AS_OK;
}

static enum as_status one_file(struct reader *r, const struct as_document_file *f)
{
	enum as_status s = AS_OK;

	r->suffix = f->suffix;
	r->line = r->events = 0;
	if (!track_of(r) || strlen(f->text) != f->bytes)
		return wrong(r, "a file too many, or bytes of value 0 in it");
	for (const char *p = f->text; *p && s == AS_OK;) {
		size_t n = strcspn(p, "\n");
		char *line = strndup(p, n);
		r->line++;
		s = !line	 ? as_fail(r->err, AS_ERR_MEMORY, "out of memory")
		    : p[n] == '\0' ? wrong(r, "the line is cut off")
				 : one_line(r, line);
		free(line);
		p += n + (p[n] == '\n');
	}
	if (s == AS_OK && (r->line < 2 || r->events > MAX_EVENTS))
		s = wrong(r, "too short, or too many events");
	if (s == AS_OK)
		s = check_comments(r);
	if (s == AS_OK && r->item < track_of(r)->n_items)
		return r->events == MAX_EVENTS ? AS_OK : wrong(r, "events are missing");
	if (s == AS_OK)
		s = check_locators(r);
	r->track++;
	r->item = r->locators = 0;
	r->last_end = 0;
	return s;
}

static int compare_reels(const void *a, const void *b)
{
	return strcmp(a, b);
}

/* Also where case does not count: the files of one folder. */
static enum as_status check_unique(struct reader *r, const struct as_document *d)
{
	size_t n = (size_t)r->t->n_media;

	qsort(r->reels, n, REEL_BYTES, compare_reels);
	for (size_t i = 1; i < n; i++)
		if (r->reels[i][0] && strcmp(r->reels[i - 1], r->reels[i]) == 0)
			return as_fail(r->err, AS_ERR_FORMAT, "two files have the reel %s", r->reels[i]);
	for (int i = 0; i < d->n_files; i++)
		for (int k = 0; k < i; k++)
			if (strcasecmp(d->files[i].suffix, d->files[k].suffix) == 0)
				return as_fail(r->err, AS_ERR_FORMAT, "two lists are named %s",
					       d->files[i].suffix);
	return AS_OK;
}

enum as_status as_edl_check(const struct as_timeline *t, const struct as_document *d,
			    struct as_error *err)
{
	struct reader r = {.t = t, .err = err, .suffix = ""};
	enum as_status s = AS_OK;

	r.reels = calloc((size_t)t->n_media + 1, REEL_BYTES);
	if (!r.reels)
		return as_fail(err, AS_ERR_MEMORY, "out of memory");
	for (int i = 0; i < d->n_files && s == AS_OK; i++)
		s = one_file(&r, &d->files[i]);
	if (s == AS_OK && r.track != t->n_tracks)
		s = as_fail(err, AS_ERR_FORMAT, "lists of %d tracks are missing", t->n_tracks - r.track);
	if (s == AS_OK)
		s = check_unique(&r, d);
	free(r.reels);
	return s;
}
