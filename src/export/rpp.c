/* Reaper projects: positions in seconds to 12 decimals, so nothing is rounded to frames; drift is the speed of an item. */
#include <inttypes.h>
#include <math.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <strings.h>

#include "base/buffer.h"
#include "base/text.h"
#include "export/document.h"

/* Seconds and speeds with 12 decimals and a dot in every locale. Splitting off the whole part is exact. */
static void add_decimal(struct as_buffer *b, double v)
{
	double a = fabs(v), whole = floor(a);
	int64_t part = llround((a - whole) * 1e12);

	if (part >= 1000000000000) {
		whole += 1.0;
		part = 0;
	}
	as_buffer_addf(b, "%s%" PRId64 ".%012" PRId64, v < 0 ? "-" : "", (int64_t)whole, part);
}

static void add_number(struct as_buffer *b, int indent, const char *key, double v)
{
	as_buffer_fill(b, ' ', indent);
	as_buffer_addf(b, "%s ", key);
	add_decimal(b, v);
	as_buffer_add(b, "\n");
}

#define NO_QUOTE '\1'

/* Reaper has no escapes: a string stands between those of " ' ` that it does not hold; one that holds all of them stands bare, if it
 * has no blanks and would not begin a quote or a comment. 0 where that does not help either. */
static char quote_for(const char *s)
{
	static const char quotes[] = "\"'`";

	for (const char *q = quotes; *q; q++)
		if (!strchr(s, *q))
			return *q;
	return strpbrk(s, " \t") || strchr("\"'`#;", s[0]) ? '\0' : NO_QUOTE;
}

static void add_quoted(struct as_buffer *b, const char *s, char q)
{
	if (q == NO_QUOTE)
		as_buffer_add(b, s);
	else
		as_buffer_addf(b, "%c%s%c", q, s, q);
}

bool as_rpp_holds(const char *target)
{
	return quote_for(target) != '\0' && !strpbrk(target, "\r\n");
}

/* A name for people: what a line cannot hold is escaped; of all three quotes, ` becomes '. */
static void add_name(struct as_buffer *b, const char *name)
{
	char *fit = as_text_escape_dup(name);

	if (!fit) {
		b->failed = true;
		return;
	}
	char q = quote_for(fit);
	if (q == '\0') {
		q = '`';
		for (char *p = fit; *p; p++)
			if (*p == '`')
				*p = '\'';
	}
	add_quoted(b, fit, q);
	free(fit);
}

/* Which of Reaper's readers a file is for: it goes by the type that the project states. */
static const char *source_type(const struct as_timeline_media *m)
{
	static const struct {
		const char *extension, *type;
	} rows[] = {
		{".wav", "WAVE"},  {".wave", "WAVE"}, {".bwf", "WAVE"},	  {".rf64", "WAVE"},
		{".w64", "WAVE"},  {".aif", "WAVE"},  {".aiff", "WAVE"},  {".aifc", "WAVE"},
		{".flac", "FLAC"}, {".mp3", "MP3"},   {".ogg", "VORBIS"}, {".oga", "VORBIS"},
		{".opus", "OPUS"}, {".wv", "WAVPACK"},
	};
	const char *dot = strrchr(m->name, '.');

	for (size_t i = 0; dot && !m->has_video && i < sizeof rows / sizeof rows[0]; i++)
		if (strcasecmp(dot, rows[i].extension) == 0)
			return rows[i].type;
	return "VIDEO"; /* by FFmpeg or the system, with or without pictures */
}

static enum as_status add_source(struct as_buffer *b, const struct as_timeline_media *m,
				 struct as_error *err)
{
	if (!as_rpp_holds(m->target))
		return as_fail(err, AS_ERR_INVALID,
			       "%s: Reaper projects cannot hold line breaks, or all of \" ' ` and a blank in a path", m->path);
	as_buffer_addf(b, "      <SOURCE %s\n        FILE ", source_type(m));
	add_quoted(b, m->target, quote_for(m->target));
	as_buffer_add(b, "\n      >\n");
	return AS_OK;
}

static enum as_status add_item(struct as_buffer *b, const struct as_timeline *t,
			       const struct as_timeline_item *it, struct as_error *err)
{
	const struct as_timeline_media *m = &t->media[it->media];

	as_buffer_add(b, "    <ITEM\n");
	add_number(b, 6, "POSITION", it->start_s);
	add_number(b, 6, "LENGTH", it->end_s - it->start_s);
	as_buffer_add(b, "      LOOP 0\n      ALLTAKES 0\n      FADEIN 1 0 0 1 0 0 0\n      FADEOUT 1 0 0 1 0 0 0\n      NAME ");
	add_name(b, m->name);
	/* pictures whose sound is replaced stay, without a level */
	as_buffer_addf(b, "\n      VOLPAN %d 0 1 -1\n", it->sound ? 1 : 0);
	add_number(b, 6, "SOFFS", it->source_s);
	as_buffer_add(b, "      PLAYRATE ");
	add_decimal(b, it->speed);
	as_buffer_add(b, " 0 0 -1 0 0.0025\n      CHANMODE 0\n"); /* the first 0: pitch follows speed, as a clock's does */
	enum as_status s = add_source(b, m, err);
	as_buffer_add(b, "    >\n");
	return s;
}

static enum as_status add_track(struct as_buffer *b, const struct as_timeline *t,
				const struct as_timeline_track *tr, struct as_error *err)
{
	enum as_status s = AS_OK;

	as_buffer_add(b, "  <TRACK\n    NAME ");
	add_name(b, tr->name);
	/* Reaper's tracks have an even number of channels, at most 128 */
	int channels = tr->n_channels > 128 ? 128 : tr->n_channels + tr->n_channels % 2;
	as_buffer_addf(b, "\n    NCHAN %d\n", channels < 2 ? 2 : channels);
	for (int i = 0; i < tr->n_items && s == AS_OK; i++)
		s = add_item(b, t, &tr->items[i], err);
	as_buffer_add(b, "  >\n");
	return s;
}

static void add_head(struct as_buffer *b, const struct as_timeline *t)
{
	int fraction = t->rate.drop ? 1 : as_rate_is_ntsc(t->rate) && t->rate.den != 1 ? 2 : 0;

	as_buffer_add(b, "<REAPER_PROJECT 0.1 \"6.0\" 0\n  RIPPLE 0\n  AUTOXFADE 0\n");
	as_buffer_add(b, "  PROJOFFS ");
	add_decimal(b, as_rate_seconds(t->start_tc, t->rate));
	/* ruler and transport in hours:minutes:seconds:frames */
	as_buffer_addf(b, " 0 0\n  TIMEMODE 5 5 -1 %d %d 0 -1\n  SAMPLERATE %d 1 0\n  TEMPO 120 4 4\n",
		       as_rate_base(t->rate), fraction, t->sample_rate_hz);
}

static void add_markers(struct as_buffer *b, const struct as_timeline *t)
{
	for (int i = 0; i < t->n_markers; i++) {
		const struct as_timeline_marker *m = &t->markers[i];
		struct as_buffer text = {0};
		as_buffer_addf(&text, "%s%s%s", m->name, m->note[0] ? ": " : "", m->note);
		as_buffer_addf(b, "  MARKER %d ", i + 1);
		add_decimal(b, m->at_s);
		as_buffer_add(b, " ");
		char *whole = as_buffer_take(&text);
		if (whole)
			add_name(b, whole);
		else
			b->failed = true;
		free(whole);
		as_buffer_add(b, " 0\n");
	}
}

enum as_status as_rpp_write(const struct as_timeline *t, struct as_document *out,
			    struct as_error *err)
{
	struct as_buffer b = {0};
	enum as_status s = AS_OK;

	add_head(&b, t);
	add_markers(&b, t);
	for (int i = 0; i < t->n_tracks && s == AS_OK; i++)
		s = add_track(&b, t, &t->tracks[i], err);
	as_buffer_add(&b, ">\n");
	if (s == AS_OK) {
		size_t bytes = b.bytes;
		s = as_document_add(out, "", as_buffer_take(&b), bytes, err);
	}
	as_buffer_done(&b);
	return s;
}
