/* Reads a Reaper project back, line by line, and holds it against the timeline. */
#include <math.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "base/text.h"
#include "export/document.h"

/* What 12 decimals and two roundings leave. */
#define CLOSE_S 1e-9
#define MAX_WORDS 16
#define MAX_DEPTH 8

struct item {
	double position, length, soffs, playrate;
	bool has_position, has_length, has_soffs, has_playrate, has_file, no_loop;
};

struct reader {
	const struct as_timeline *t;
	struct as_error *err;
	int line;
	int depth;
	char kind[MAX_DEPTH][24]; /* of the open chunks */
	int track, item;	  /* of the timeline: those that are open or come next */
	int n_markers;
	bool has_rate, track_named, item_named;
	struct item now;
	double last_end_s;
};

static enum as_status wrong(const struct reader *r, const char *what)
{
	return as_fail(r->err, AS_ERR_FORMAT, "line %d: %s", r->line, what);
}

/* Splits a line into words at spaces, quoted ones as they are. The line is cut up. -1 where a quote does not close. */
static int split(char *line, char *words[MAX_WORDS])
{
	int n = 0;

	for (char *p = line;;) {
		p += strspn(p, " \t");
		if (*p == '\0' || n == MAX_WORDS)
			return *p == '\0' ? n : -1;
		char q = *p == '"' || *p == '\'' || *p == '`' ? *p : '\0';
		words[n++] = q ? p + 1 : p;
		char *end = q ? strchr(p + 1, q) : p + strcspn(p, " \t");
		if (!end || (q && end[1] != '\0' && end[1] != ' '))
			return -1;
		p = *end == '\0' ? end : end + 1;
		*end = '\0';
	}
}

/* Digits with a dot, whatever the locale. */
static bool number(const char *word, double *v)
{
	double whole = 0, part = 0, scale = 1;
	bool minus = *word == '-', some = false;

	for (word += minus; *word >= '0' && *word <= '9'; word++, some = true)
		whole = 10 * whole + (*word - '0');
	if (*word == '.')
		for (word++; *word >= '0' && *word <= '9'; word++, scale *= 10)
			part = 10 * part + (*word - '0');
	*v = minus ? -(whole + part / scale) : whole + part / scale;
	return some && *word == '\0';
}

/* Whether text is how name looks in a project. */
static bool same_name(const char *name, const char *text)
{
	char *want = as_text_escape_dup(name);
	bool same = want && strlen(want) == strlen(text);

	for (size_t i = 0; same && text[i]; i++)
		same = text[i] == want[i] || (want[i] == '`' && text[i] == '\'');
	free(want);
	return same;
}

static const struct as_timeline_track *track_of(const struct reader *r)
{
	return r->track < r->t->n_tracks ? &r->t->tracks[r->track] : NULL;
}

static const struct as_timeline_item *item_of(const struct reader *r)
{
	const struct as_timeline_track *tr = track_of(r);
	return tr && r->item < tr->n_items ? &tr->items[r->item] : NULL;
}

static enum as_status end_item(struct reader *r)
{
	const struct as_timeline_item *it = item_of(r);
	const struct as_timeline_media *m = &r->t->media[it->media];
	const struct item *n = &r->now;
	double frame = as_rate_seconds(1, r->t->rate);

	if (!n->has_position || !n->has_length || !n->has_soffs || !n->has_playrate || !n->has_file)
		return wrong(r, "an item without position, length, offset, speed or file");
	if (!n->no_loop)
		return wrong(r, "an item that repeats its file");
	if (fabs(n->position - it->start_s) > CLOSE_S)
		return wrong(r, "an item is not at its place");
	if (fabs(n->position + n->length - it->end_s) > CLOSE_S || !(n->length > 0))
		return wrong(r, "an item ends at the wrong place");
	if (fabs(n->soffs - it->source_s) > CLOSE_S || fabs(n->playrate - it->speed) > 1e-11)
		return wrong(r, "an item plays the wrong part of its file");
	if (n->soffs < -CLOSE_S || n->soffs + n->length * n->playrate > m->duration_s + frame)
		return wrong(r, "an item plays what its file does not have");
	if (n->position < r->last_end_s - frame)
		return wrong(r, "items of a track lie over each other");
	r->last_end_s = n->position + n->length;
	r->item++;
	return AS_OK;
}

static enum as_status begin(struct reader *r, char **w, int n)
{
	const char *kind = w[0] + 1;
	bool in_project = r->depth == 1, in_track = r->depth == 2 && strcmp(r->kind[1], "TRACK") == 0;

	if (r->depth >= MAX_DEPTH || strlen(kind) >= sizeof r->kind[0])
		return wrong(r, "nested too deep");
	strcpy(r->kind[r->depth++], kind);
	if (r->depth == 1)
		return r->line == 1 && strcmp(kind, "REAPER_PROJECT") == 0 ? AS_OK
									   : wrong(r, "not a Reaper project");
	if (in_project && strcmp(kind, "TRACK") == 0) {
		r->item = 0;
		r->last_end_s = -INFINITY;
		r->track_named = false;
		return track_of(r) ? AS_OK : wrong(r, "a track too many");
	}
	if (in_track && strcmp(kind, "ITEM") == 0) {
		r->now = (struct item){0};
		r->item_named = false;
		return item_of(r) ? AS_OK : wrong(r, "an item too many");
	}
	return n == 2 && strcmp(kind, "SOURCE") == 0 && r->depth == 4 ? AS_OK
								      : wrong(r, "an unknown part");
}

static enum as_status end(struct reader *r)
{
	if (r->depth == 0)
		return wrong(r, "a part ends that never began");
	r->depth--;
	if (r->depth == 2)
		return r->item_named ? end_item(r) : wrong(r, "an item without a name");
	if (r->depth == 1) {
		if (r->item != track_of(r)->n_items || !r->track_named)
			return wrong(r, "a track lacks items or its name");
		r->track++;
	}
	return AS_OK;
}

static enum as_status project_line(struct reader *r, char **w, int n)
{
	double v;

	if (strcmp(w[0], "MARKER") == 0) {
		const struct as_timeline_marker *m = &r->t->markers[r->n_markers];
		if (r->n_markers == r->t->n_markers || n < 4 || !number(w[2], &v) ||
		    fabs(v - m->at_s) > CLOSE_S || strncmp(w[3], m->name, strlen(m->name)) != 0)
			return wrong(r, "a marker that does not belong here");
		r->n_markers++;
	}
	if (strcmp(w[0], "TIMEMODE") == 0) {
		int base = n > 5 ? atoi(w[4]) : 0, fraction = n > 5 ? atoi(w[5]) : 0;
		double fps = fraction ? base * 1000.0 / 1001.0 : base, want = (double)r->t->rate.num / r->t->rate.den;
		r->has_rate = fabs(fps - want) < 0.51 && (fraction == 1) == r->t->rate.drop &&
			      (r->t->rate.den != 1001 || fabs(fps - want) < 1e-9);
	}
	if (strcmp(w[0], "PROJOFFS") == 0 &&
	    (n < 2 || !number(w[1], &v) || fabs(v - as_rate_seconds(r->t->start_tc, r->t->rate)) > CLOSE_S))
		return wrong(r, "the project begins at the wrong timecode");
	return AS_OK;
}

static enum as_status item_line(struct reader *r, char **w, int n)
{
	struct {
		const char *key;
		double *v;
		bool *has;
	} rows[] = {{"POSITION", &r->now.position, &r->now.has_position},
		    {"LENGTH", &r->now.length, &r->now.has_length},
		    {"SOFFS", &r->now.soffs, &r->now.has_soffs},
		    {"PLAYRATE", &r->now.playrate, &r->now.has_playrate}};

	for (size_t i = 0; i < sizeof rows / sizeof rows[0]; i++) {
		if (strcmp(w[0], rows[i].key) != 0)
			continue;
		if (*rows[i].has || n < 2 || !number(w[1], rows[i].v))
			return wrong(r, "not a number, or one too many");
		*rows[i].has = true;
		if (rows[i].v == &r->now.playrate && (n < 3 || strcmp(w[2], "0") != 0))
			return wrong(r, "an item keeps its pitch at another speed");
	}
	if (strcmp(w[0], "LOOP") == 0)
		r->now.no_loop = n == 2 && strcmp(w[1], "0") == 0;
	if (strcmp(w[0], "NAME") == 0) {
		r->item_named = n == 2 && same_name(r->t->media[item_of(r)->media].name, w[1]);
		if (!r->item_named)
			return wrong(r, "an item with another file's name");
	}
	return AS_OK;
}

static enum as_status one_line(struct reader *r, char *line)
{
	char *w[MAX_WORDS];
	int n = split(line, w);

	if (n <= 0)
		return wrong(r, n < 0 ? "quotes that do not close" : "an empty line");
	if (w[0] == line + strspn(line, " \t") && w[0][0] == '<')
		return begin(r, w, n);
	if (n == 1 && strcmp(w[0], ">") == 0)
		return end(r);
	if (r->depth == 1)
		return project_line(r, w, n);
	if (r->depth == 2 && strcmp(w[0], "NAME") == 0) {
		r->track_named = n == 2 && same_name(track_of(r)->name, w[1]);
		return r->track_named ? AS_OK : wrong(r, "a track with another name");
	}
	if (r->depth == 3)
		return item_line(r, w, n);
	if (r->depth == 4 && strcmp(w[0], "FILE") == 0) {
		r->now.has_file = n == 2 && strcmp(w[1], r->t->media[item_of(r)->media].target) == 0;
		return r->now.has_file ? AS_OK : wrong(r, "an item with another file");
	}
	return r->depth == 0 ? wrong(r, "text behind the end") : AS_OK;
}

enum as_status as_rpp_check(const struct as_timeline *t, const struct as_document *d,
			    struct as_error *err)
{
	struct reader r = {.t = t, .err = err};
	enum as_status s = AS_OK;

	if (d->n_files != 1)
		return as_fail(err, AS_ERR_FORMAT, "a Reaper project is one file");
	const char *p = d->files[0].text;
	if (strlen(p) != d->files[0].bytes)
		return as_fail(err, AS_ERR_FORMAT, "bytes of value 0 in a text");
	while (*p && s == AS_OK) {
		size_t n = strcspn(p, "\n");
		char *line = strndup(p, n);
		r.line++;
		s = line ? one_line(&r, line) : as_fail(err, AS_ERR_MEMORY, "out of memory");
		free(line);
		p += n + (p[n] == '\n');
	}
	if (s == AS_OK && (r.depth != 0 || r.line == 0))
		s = wrong(&r, "the end is missing");
	if (s == AS_OK && (r.track != t->n_tracks || r.n_markers != t->n_markers || !r.has_rate))
		s = wrong(&r, "tracks, markers or the frame rate are missing");
	return s;
}
