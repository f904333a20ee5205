#include "edit.h"

#include <math.h>
#include <setjmp.h>
#include <stdarg.h>
#include <stdint.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include <cmocka.h>

#define N_TRACKS 4

static const char *const hostile[] = {
	"a & b <c> \"d\".mov", "it's 100% #1 ?.wav", "caf\xc3\xa9 \xe6\x97\xa5\xe6\x9c\xac.mov", "back`tick.wav",
	"a]]>b --> &amp; {\"x\":1}.mov", "  spaces  .wav", "semi;colon:=,.mov", "* FROM CLIP NAME: x.wav",
};
/* Not every format can hold these in a path; names and URLs can. */
const char *const edit_worse[4] = {"new\nline\r.mov", "lat\xefn \xff.wav", "tab\t\x01\x7f.mov",
				  "all \" ' ` quotes.wav"};

static uint32_t seed;

static double dice(void)
{
	seed = seed * 1664525u + 1013904223u;
	return (double)(seed >> 8) / 16777216.0;
}

static char *text(const char *fmt, ...)
{
	char buf[512];
	va_list ap;
	va_start(ap, fmt);
	vsnprintf(buf, sizeof buf, fmt, ap);
	va_end(ap);
	return strdup(buf);
}

static void make_streams(struct as_timeline_media *m, int kind)
{
	m->n_streams = kind == 1 ? 2 : 1;
	m->streams = calloc((size_t)m->n_streams, sizeof *m->streams);
	for (int i = 0; i < m->n_streams; i++)
		m->streams[i] = (struct as_timeline_stream){.index = i + (kind == 0),
							    .rate_hz = 48000,
							    .channels = kind == 1 ? 4 - 2 * i : 2 - kind / 2,
							    .used = i == 0};
	for (int i = 0; i < m->n_streams; i++)
		m->channels += m->streams[i].channels;
	m->rate_hz = 48000;
}

static void make_media(struct as_timeline *t, int i, int track, const struct edit_wish *w)
{
	struct as_timeline_media *m = &t->media[i];

	m->name = w->hostile ? text("%d %s", i, hostile[i % 8])
			     : text("%c%04d.%s", 'A' + track, i, track ? "wav" : "mov");
	m->path = text("/media/%s/%s", w->hostile ? "day 1 & <2>" : "day1", m->name);
	m->target = w->windows ? text("M:\\day 1\\%s", m->name) : strdup(m->path);
	m->clip = i;
	m->track = track;
	m->has_video = track == 0;
	m->width = m->has_video ? 1920 : 0;
	m->height = m->has_video ? 1080 : 0;
	m->pixel_num = m->pixel_den = 1;
	m->rate = w->odd_tc && m->has_video ? (struct as_frame_rate){50, 1, false} : t->rate;
	make_streams(m, track);
	m->duration_s = m->sound_s = 3.0 + 20.0 * dice();
	m->frames = (int64_t)floor(m->duration_s * t->rate.num / t->rate.den);
	m->has_tc = i % 2 == 0;
	m->tc_rate = w->odd_tc ? (struct as_frame_rate){50, 1, false} : t->rate;
	if (m->has_tc)
		m->tc_frames = (int64_t)(86000.0 * dice() * m->tc_rate.num / m->tc_rate.den);
	m->start_tc_s = m->has_tc ? as_rate_seconds(m->tc_frames, m->tc_rate) : (double)NAN;
	m->tc_start = (int64_t)llround((double)m->tc_frames * m->tc_rate.den / m->tc_rate.num * t->rate.num /
				       t->rate.den);
}

static void make_item(struct as_timeline *t, struct as_timeline_track *tr, int media, double *at,
		      const struct edit_wish *w)
{
	struct as_timeline_item *it = &tr->items[tr->n_items++];
	const struct as_timeline_media *m = &t->media[media];
	double frame = as_rate_seconds(1, t->rate);

	*at += (media % 3 ? 0.7 : 0.0) + 2 * frame;
	*it = (struct as_timeline_item){.media = media, .clip = m->clip, .start_s = *at, .speed = 1.0};
	it->picture = m->has_video;
	it->sound = true;
	it->verdict = media % 5 ? AS_VERDICT_STRONG : AS_VERDICT_MODERATE;
	it->source_in = media % 4 == 1 ? 11 : 0;
	if (w->drift)
		it->speed = 1.0 + (media % 2 ? 1e-4 : -8e-5);
	it->source_s = as_rate_seconds(it->source_in, t->rate);
	it->source_out = m->frames;
	as_rate_frames(it->start_s, t->rate, &it->record_in);
	int64_t n = (int64_t)floor((double)(it->source_out - it->source_in) / it->speed + 1e-9);
	it->record_out = it->record_in + n;
	it->end_s = it->start_s + (as_rate_seconds(m->frames, t->rate) - it->source_s) / it->speed;
	it->residual_s = as_rate_seconds(it->record_in, t->rate) - it->start_s;
	*at = it->end_s;
	if (it->record_out > t->total_frames)
		t->total_frames = it->record_out;
}

static int by_frame(const void *a, const void *b)
{
	const struct as_timeline_marker *x = a, *y = b;
	return (x->frame > y->frame) - (x->frame < y->frame);
}

static void make_markers(struct as_timeline *t, const struct edit_wish *w)
{
	t->markers = calloc(8, sizeof *t->markers);
	for (int k = 0; k < 7; k++) {
		int track = k < 2 ? -1 : k % t->n_tracks;
		if (track >= 0 && t->tracks[track].n_items == 0)
			continue;
		struct as_timeline_marker *m = &t->markers[t->n_markers++];
		m->kind = (enum as_timeline_mark)(k % 6);
		m->track = track;
		m->item = track < 0 ? -1 : t->tracks[track].n_items / 2;
		m->at_s = track < 0 ? 1.25 * k : t->tracks[track].items[m->item].start_s + 0.3;
		as_rate_frames(m->at_s, t->rate, &m->frame);
		m->name = text("mark %d", k);
		m->note = k == 4 ? strdup("") : text("%s", w->hostile ? "50% & <\"more\"> it's `that`" : "a note");
	}
	qsort(t->markers, (size_t)t->n_markers, sizeof *t->markers, by_frame);
}

struct as_timeline *edit_make(const struct edit_wish *w)
{
	static const char *const names[] = {"CamA", "Recorder 2", "Lav", "unplaced"};
	static const char *const odd[] = {"Cam <A> & \"B\"", "it's `both` \"here\"", "Cam  A", "\xe6\x97\xa5\xe6\x9c\xac"};
	struct as_timeline *t = calloc(1, sizeof *t);
	double at[N_TRACKS] = {0, 1.0 / 3, 2.0 / 7, 0};

	seed = 7;
	t->name = strdup(w->hostile ? "the \"edit\" & <all> 100%" : "the edit");
	t->rate = w->rate;
	t->start_tc = 3600 * as_rate_base(w->rate);
	t->sample_rate_hz = 48000;
	t->width = 1920;
	t->height = 1080;
	t->pixel_num = t->pixel_den = 1;
	t->has_video = true;
	t->n_media = w->n_clips;
	t->media = calloc((size_t)w->n_clips + 1, sizeof *t->media);
	t->n_tracks = w->n_clips < N_TRACKS ? 1 : N_TRACKS;
	t->tracks = calloc(N_TRACKS, sizeof *t->tracks);
	for (int k = 0; k < t->n_tracks; k++) {
		struct as_timeline_track *tr = &t->tracks[k];
		tr->name = strdup(w->hostile ? odd[k] : names[k]);
		tr->track = k == 3 ? -1 : k;
		tr->kind = k == 3 ? AS_LANE_UNPLACED : AS_LANE_DEVICE;
		tr->items = calloc((size_t)w->n_clips + 1, sizeof *tr->items);
	}
	for (int i = 0; i < w->n_clips; i++) {
		/* the last few have no place; most of the others are on the first track */
		int k = t->n_tracks == 1 ? 0 : i >= w->n_clips - 2 ? 3 : i % 5 < 3 ? 0 : i % 5 - 2;
		make_media(t, i, k, w);
		if (k == 3 && at[3] <= 0)
			at[3] = 5.0 + fmax(at[0], fmax(at[1], at[2]));
		if (k == 3 && t->tracks[3].n_items == 0)
			t->placed_frames = t->total_frames;
		make_item(t, &t->tracks[k], i, &at[k], w);
		struct as_timeline_track *tr = &t->tracks[k];
		tr->picture |= t->media[i].has_video;
		tr->sound = true;
		tr->n_channels = t->media[i].channels > tr->n_channels ? t->media[i].channels : tr->n_channels;
		tr->n_streams = t->media[i].n_streams > tr->n_streams ? t->media[i].n_streams : tr->n_streams;
	}
	make_markers(t, w);
	return t;
}

void edit_write(const struct as_timeline *t, as_document_writer *write, as_document_checker *check,
		struct as_document *out)
{
	struct as_document again = {0};
	struct as_error err = {0};

	*out = (struct as_document){0};
	if (write(t, out, &err) != AS_OK)
		fail_msg("not written: %s", err.msg);
	assert_int_equal(write(t, &again, NULL), AS_OK);
	assert_int_equal(out->n_files, again.n_files);
	for (int i = 0; i < out->n_files; i++) {
		assert_string_equal(out->files[i].suffix, again.files[i].suffix);
		assert_int_equal(out->files[i].bytes, strlen(out->files[i].text));
		assert_string_equal(out->files[i].text, again.files[i].text);
	}
	as_document_done(&again);
	if (check(t, out, &err) != AS_OK)
		fail_msg("refused what was written: %s", err.msg);
}

/* d with the text of its first file that holds `what`, from at on, exchanged. */
static void expect_refusal(const struct as_timeline *t, as_document_checker *check, const struct as_document *d,
			   int file, char *spoiled, const char *why)
{
	struct as_document bad = {calloc((size_t)d->n_files, sizeof *bad.files), d->n_files};
	struct as_error err = {0};

	memcpy(bad.files, d->files, (size_t)d->n_files * sizeof *bad.files);
	bad.files[file].text = spoiled;
	bad.files[file].bytes = strlen(spoiled);
	if (check(t, &bad, &err) != AS_ERR_FORMAT)
		fail_msg("taken: %s", why);
	assert_true(err.msg[0] != '\0');
	free(bad.files);
	free(spoiled);
}

void edit_spoil(const struct as_timeline *t, as_document_checker *check, const struct as_document *d,
		const char *after, const char *what, const char *with)
{
	for (int i = 0; i < d->n_files; i++) {
		const char *from = d->files[i].text, *at = after ? strstr(from, after) : from;
		at = at ? strstr(at + (after ? strlen(after) : 0), what) : NULL;
		if (!at)
			continue;
		char *spoiled = calloc(1, d->files[i].bytes + strlen(with) + 1), why[400];
		memcpy(spoiled, from, (size_t)(at - from));
		strcat(spoiled, with);
		strcat(spoiled, at + strlen(what));
		snprintf(why, sizeof why, "'%s' for '%s'", with, what);
		expect_refusal(t, check, d, i, spoiled, why);
		return;
	}
	fail_msg("'%s' does not occur", what);
}

/* Without the first line that begins with word. */
static void drop_line(const struct as_timeline *t, as_document_checker *check, const struct as_document *d,
		      const char *word)
{
	for (int i = 0; i < d->n_files; i++) {
		const char *p = d->files[i].text;
		while (*p && strncmp(p + strspn(p, " \t"), word, strlen(word)) != 0)
			p += strcspn(p, "\n") + (p[strcspn(p, "\n")] == '\n');
		if (!*p)
			continue;
		char *spoiled = calloc(1, d->files[i].bytes + 1), why[200];
		memcpy(spoiled, d->files[i].text, (size_t)(p - d->files[i].text));
		strcat(spoiled, p + strcspn(p, "\n") + 1);
		snprintf(why, sizeof why, "a document without its line '%s'", word);
		expect_refusal(t, check, d, i, spoiled, why);
		return;
	}
	fail_msg("no line '%s'", word);
}

void edit_cut(const struct as_timeline *t, as_document_checker *check, const struct as_document *d,
	      const char *const *words)
{
	for (; *words; words++)
		drop_line(t, check, d, *words);
	for (int i = 0; i < d->n_files; i++)
		for (size_t n = 0; n + 2 < d->files[i].bytes; n += 1 + d->files[i].bytes / 37) {
			char why[100];
			snprintf(why, sizeof why, "file %d cut off at %zu of %zu", i, n, d->files[i].bytes);
			expect_refusal(t, check, d, i, strndup(d->files[i].text, n), why);
		}
	struct as_document less = {d->files, d->n_files - 1};
	assert_int_equal(check(t, &less, NULL), AS_ERR_FORMAT);
}

static void expect_bent(const struct as_timeline *t, as_document_checker *check, const struct as_document *d,
			const char *what)
{
	if (check(t, d, NULL) != AS_ERR_FORMAT)
		fail_msg("taken for an edit with another %s", what);
}

static void bend_text(struct as_timeline *t, as_document_checker *check, const struct as_document *d, char **text_,
		      const char *what)
{
	char *kept = *text_;
	*text_ = strdup(kept);
	(*text_)[strlen(kept) / 2] ^= 1;
	expect_bent(t, check, d, what);
	free(*text_);
	*text_ = kept;
}

void edit_bend(struct as_timeline *t, as_document_checker *check, const struct as_document *d, bool precise)
{
	struct as_timeline_item *it = &t->tracks[0].items[t->tracks[0].n_items / 2], kept = *it;
	struct as_timeline_media *m = &t->media[it->media];

	for (int k = 0; k < 5; k++) {
		double s = precise ? 1e-6 : 0.0;
		int64_t *frames[] = {&it->record_in, &it->record_out, &it->source_in};
		double *seconds[] = {&it->start_s, &it->end_s, &it->source_s, &it->speed};
		for (int i = 0; i < (precise ? 4 : 3); i++) {
			if (precise)
				*seconds[i] += (k - 2) * s;
			else
				*frames[i] += k - 2;
			if (k != 2)
				expect_bent(t, check, d, "place");
			*it = kept;
		}
	}
	bend_text(t, check, d, &m->name, "name");
	bend_text(t, check, d, &m->target, "path");
	struct as_frame_rate rate = t->rate;
	t->rate = rate.num == 25 ? (struct as_frame_rate){30000, 1001, false} : (struct as_frame_rate){25, 1, false};
	expect_bent(t, check, d, "rate");
	t->rate = rate;
	t->start_tc += as_rate_base(rate);
	if (check != as_mlt_check) /* has no place for it */
		expect_bent(t, check, d, "start");
	t->start_tc -= as_rate_base(rate);
	t->n_markers--;
	expect_bent(t, check, d, "number of markers");
	t->n_markers++;
	t->tracks[0].n_items--;
	expect_bent(t, check, d, "number of items");
	t->tracks[0].n_items++;
	t->n_tracks--;
	expect_bent(t, check, d, "number of tracks");
	t->n_tracks++;
	assert_int_equal(check(t, d, NULL), AS_OK);
}

void edit_stand_one(const struct edit_wish *wish, as_document_writer *write, as_document_checker *check)
{
	struct as_timeline *t = edit_make(wish);
	struct as_document d;
	edit_write(t, write, check, &d);
	as_document_done(&d);
	as_timeline_free(t);
}

void edit_stand(as_document_writer *write, as_document_checker *check)
{
	static const struct edit_wish wishes[] = {
		{.n_clips = 1, .rate = {25, 1, false}},
		{.n_clips = 5, .rate = {30000, 1001, true}, .drift = true},
		{.n_clips = 40, .rate = {24000, 1001, false}, .hostile = true, .odd_tc = true},
		{.n_clips = 40, .rate = {30000, 1001, true}, .odd_tc = true},
		{.n_clips = 40, .rate = {50, 1, false}, .windows = true, .drift = true, .hostile = true},
		{.n_clips = 0, .rate = {25, 1, false}},
		{.n_clips = 5000, .rate = {60, 1, false}},
	};
	for (size_t i = 0; i < sizeof wishes / sizeof wishes[0]; i++)
		edit_stand_one(&wishes[i], write, check);
}

int edit_count(const char *text, const char *what)
{
	int n = 0;
	for (const char *p = text; (p = strstr(p, what)) != NULL; p++)
		n++;
	return n;
}
