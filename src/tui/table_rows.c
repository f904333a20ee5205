#include "tui/table_rows.h"

#include <math.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <strings.h>

#include "base/figures.h"
#include "base/outline.h"
#include "base/text.h"
#include "base/words.h"

static const struct tui_column_row columns[TUI_COLS] = {
	[TUI_COL_CLIP] = {"clip", "Clip", "Clip", TUI_NAME, 0, 0, false, "A to Z", "Z to A", "the recording's file"},
	[TUI_COL_TRACK] = {"track", "Track", "Track", TUI_NAME, 0, 5, false, "in the order of the tracks", "last track first",
			   "the device that recorded the clip"},
	[TUI_COL_ISLAND] = {"island", "Island", "Isl", TUI_RIGHT, 3, 1, false, "first to last", "last to first",
			    "clips of one island are tied together by sound; the time between two islands is unknown"},
	[TUI_COL_START] = {"start", "Start", "Start", TUI_RIGHT, 13, 0, false, "earliest first", "latest first",
			   "where the clip's first sample sits on the timeline; islands follow one another on it"},
	[TUI_COL_ERROR] = {"error", "\302\261", "\302\261", TUI_RIGHT, 7, 6, true, "most exact first", "least exact first",
			   "how far off the start may be"},
	[TUI_COL_SCORE] = {"score", "Score", "Score", TUI_RIGHT, 5, 0, false, "lowest first", "highest first",
			   "evidence in decades, which count zeros: at 6, unrelated sound matches as well once in 1,000,000 searches"},
	[TUI_COL_ALARM] = {"false-alarm", "False alarm", "Alarm", TUI_RIGHT, 6, 8, true, "least likely first", "most likely first",
			    "how likely it is that unrelated sound matches as well: 1e-06 is once in a million"},
	[TUI_COL_MARGIN] = {"margin", "Margin", "Margin", TUI_RIGHT, 6, 9, false, "narrowest first", "widest first",
			    "lead over the next best place, in decades: at 2, this one is 100 times likelier"},
	[TUI_COL_DRIFT] = {"drift", "Drift ppm", "Drift", TUI_RIGHT, 11, 7, true, "least first", "most first",
			   "how fast the recorder's clock runs: +10 ppm gains 36 ms in an hour; exports take it out"},
	[TUI_COL_SEGMENTS] = {"segments", "Segments", "Seg", TUI_RIGHT, 3, 10, true, "fewest first", "most first",
			      "pieces between which the recorder lost or gained samples; 1: none was lost"},
	[TUI_COL_VERDICT] = {"verdict", "Verdict", "Verdict", TUI_LEFT, 0, 0, false, "worst first", "best first",
			     "strong and moderate can be trusted; the others wait for your decision: {activate} explains"},
};

static const char *const filters[TUI_FILTERS] = {
	[TUI_FILTER_ALL] = "all",	    [TUI_FILTER_OPEN] = "problems",	[TUI_FILTER_AMBIGUOUS] = "ambiguous",
	[TUI_FILTER_WEAK] = "weak",	    [TUI_FILTER_UNPLACED] = "unplaced", [TUI_FILTER_FAILED] = "failed",
	[TUI_FILTER_MODERATE] = "moderate", [TUI_FILTER_STRONG] = "strong",	[TUI_FILTER_LOCKED] = "locked",
	[TUI_FILTER_MARKED] = "marked",
};

const struct tui_column_row *tui_column_row(enum tui_column column)
{
	return &columns[column];
}

/* The one that word begins, or is; n: none, or several. */
static int find_word(const char *word, int n, const char *(*at)(int i))
{
	size_t len = strlen(word);
	int found = n;

	for (int i = 0; i < n && len > 0; i++) {
		if (!strcasecmp(at(i), word))
			return i;
		if (!strncasecmp(at(i), word, len))
			found = found == n ? i : n + 1;
	}
	return found > n ? n : found;
}

static const char *column_word(int i)
{
	return columns[i].word;
}

static const char *filter_word(int i)
{
	return filters[i];
}

enum tui_column tui_column_find(const char *word)
{
	return (enum tui_column)find_word(word, TUI_COLS, column_word);
}

const char *tui_filter_word(enum tui_filter filter)
{
	return filters[filter];
}

enum tui_filter tui_filter_find(const char *word)
{
	return (enum tui_filter)find_word(word, TUI_FILTERS, filter_word);
}

bool tui_filter_shows(enum tui_filter filter, const struct tui_model *m, int clip)
{
	enum tui_style style = tui_clip_mark(m, clip).style;

	switch (filter) {
	case TUI_FILTER_OPEN:
		return style != TUI_STRONG && style != TUI_MODERATE && style != TUI_LOCKED;
	case TUI_FILTER_AMBIGUOUS:
		return style == TUI_AMBIGUOUS;
	case TUI_FILTER_WEAK:
		return style == TUI_WEAK;
	case TUI_FILTER_UNPLACED:
		return style == TUI_UNPLACED;
	case TUI_FILTER_FAILED:
		return style == TUI_FAILED || style == TUI_WARNING;
	case TUI_FILTER_MODERATE:
		return style == TUI_MODERATE;
	case TUI_FILTER_STRONG:
		return style == TUI_STRONG;
	case TUI_FILTER_LOCKED:
		return style == TUI_LOCKED;
	case TUI_FILTER_MARKED:
		return m->marked && m->marked[clip];
	default:
		return true;
	}
}

/* --- figures --------------------------------------------------------------------------------------------------- */

static bool has_place(const struct as_placement *p)
{
	return p && p->island > 0;
}

/* From the worst on. */
static double verdict_rank(const struct tui_model *m, int clip)
{
	switch (tui_clip_mark(m, clip).style) {
	case TUI_FAILED:
		return 0;
	case TUI_WARNING:
		return 1;
	case TUI_UNPLACED:
		return 2;
	case TUI_WEAK:
		return 3;
	case TUI_AMBIGUOUS:
		return 4;
	case TUI_MODERATE:
		return 5;
	case TUI_STRONG:
		return 6;
	case TUI_LOCKED:
		return 7;
	default:
		return NAN;
	}
}

double tui_table_value(const struct tui_model *m, int clip, enum tui_column column)
{
	const struct as_placement *p = tui_placement(m, clip);
	bool judged = p && p->reason != AS_REASON_NONE && m->snap->clips[clip].state != AS_CLIP_FAILED;
	double from_s, to_s;

	switch (column) {
	case TUI_COL_ISLAND:
		return has_place(p) ? (double)p->island : NAN;
	case TUI_COL_START:
		return tui_clip_span(m, clip, &from_s, &to_s) ? from_s : NAN;
	case TUI_COL_ERROR:
		return has_place(p) ? p->start_err_s : NAN;
	case TUI_COL_SCORE:
		return judged ? p->confidence : NAN;
	case TUI_COL_ALARM:
		return judged ? p->p_false : NAN;
	case TUI_COL_MARGIN:
		/* A lead of what counts for nothing says nothing. */
		return judged && p->confidence >= 0.05 ? p->margin : NAN;
	case TUI_COL_DRIFT:
		return has_place(p) ? fabs(p->drift_ppm) : NAN;
	case TUI_COL_SEGMENTS:
		return has_place(p) ? (double)p->n_segments : NAN;
	case TUI_COL_VERDICT:
		return verdict_rank(m, clip);
	default:
		return NAN;
	}
}

/* --- words ----------------------------------------------------------------------------------------------------- */

/* The best match so far of a clip that has no verdict yet. */
static void say_compared(const struct tui_model *m, int clip, char *out, size_t n)
{
	const struct as_snapshot *s = m->snap;
	const struct as_clip *c = &s->clips[clip];
	const struct as_match *best = NULL;
	char name[256];

	for (int i = 0; i < c->n_matches; i++) {
		const struct as_match *v = &s->matches[c->matches[i]];

		if (!best || v->score > best->score)
			best = v;
	}
	if (best)
		snprintf(out, n, "compared: best so far %s, score %.1f",
			 as_words_clip(name, sizeof name, &s->clips[best->a == clip ? best->b : best->a]), best->score);
	else
		snprintf(out, n, s->stage == AS_STAGE_MATCH || s->stage == AS_STAGE_SOLVE ? "read, being compared" : "read");
}

static void say_state(const struct tui_model *m, int clip, char *out, size_t n)
{
	const struct as_clip *c = &m->snap->clips[clip];
	char error[512];

	if (c->state == AS_CLIP_FAILED)
		snprintf(out, n, "failed: %s", as_text_escape(error, sizeof error, as_outline_error(c)));
	else if (c->media == AS_CLIP_MEDIA_MISSING)
		snprintf(out, n, "missing: not where it was; :relink DIR looks for it");
	else if (c->media == AS_CLIP_MEDIA_CHANGED)
		snprintf(out, n, "changed: another file stands there now; the next sync reads it");
	else if (c->state == AS_CLIP_LOADING)
		snprintf(out, n, "reading %.0f %%", (c->progress > 0 ? c->progress : 0) * 100);
	else if (c->state == AS_CLIP_READY)
		say_compared(m, clip, out, n);
	else
		snprintf(out, n, m->snap->busy ? "waiting" : "not synced yet");
}

static void say_placed(const struct tui_model *m, int clip, char *out, size_t n)
{
	const struct as_placement *p = tui_placement(m, clip);
	const struct as_output *limited = tui_limited(m, m->snap->clips[clip].track, clip);
	char warning[256];
	int used = (int)strlen(as_words_verdict(out, n, m->snap, clip));

	if (limited && used > 0 && (size_t)used < n)
		used += snprintf(out + used, n - (size_t)used, "; export limited by %.1f dB", limited->limited_db);
	if (p->n_warnings > 0 && used > 0 && (size_t)used < n)
		snprintf(out + used, n - (size_t)used, "; %s", as_text_escape(warning, sizeof warning, p->warnings[0]));
}

static void say_verdict(const struct tui_model *m, int clip, char *out, size_t n)
{
	struct tui_state_mark mark = tui_clip_mark(m, clip);
	char why[AS_WORDS_WHY_BYTES];

	switch (mark.style) {
	case TUI_STRONG:
	case TUI_MODERATE:
	case TUI_LOCKED:
		say_placed(m, clip, out, n);
		break;
	case TUI_WEAK:
	case TUI_AMBIGUOUS:
	case TUI_UNPLACED:
		as_words_why(why, m->snap, clip);
		snprintf(out, n, "%s: %s", mark.word, why);
		break;
	default:
		say_state(m, clip, out, n);
	}
}

char *tui_table_cell(const struct tui_model *m, int clip, enum tui_column column, char *out, size_t n)
{
	const struct as_snapshot *s = m->snap;
	const struct as_placement *p = tui_placement(m, clip);
	double v = tui_table_value(m, clip, column);
	int track = s->clips[clip].track;

	switch (column) {
	case TUI_COL_CLIP:
		return as_words_clip(out, n, &s->clips[clip]);
	case TUI_COL_TRACK:
		return as_text_escape(out, n, track >= 0 && track < s->n_tracks ? s->tracks[track].name : "--");
	case TUI_COL_VERDICT:
		say_verdict(m, clip, out, n);
		return out;
	case TUI_COL_START:
		return as_text_hms(out, n, v, 4);
	case TUI_COL_ERROR:
		return as_figure_span(out, n, v, m->unicode);
	case TUI_COL_ALARM:
		return as_figure_chance(out, n, v);
	case TUI_COL_SCORE:
	case TUI_COL_MARGIN:
		return as_figure_score(out, n, v);
	case TUI_COL_DRIFT:
		return as_figure_drift(out, n, isnan(v) ? NAN : p->drift_ppm, isnan(v) ? NAN : p->drift_err_ppm, m->unicode);
	default:
		snprintf(out, n, isnan(v) ? "--" : "%.0f", v);
		return out;
	}
}

/* --- order ----------------------------------------------------------------------------------------------------- */

struct entry {
	double value;
	const char *name; /* NULL: sorted by value */
	int place, clip;  /* place: in the order of the tracks */
	int sign;
};

static int by_entry(const void *pa, const void *pb)
{
	const struct entry *a = pa, *b = pb;
	bool a_none = isnan(a->value), b_none = isnan(b->value);
	int cmp = 0;

	if (a->name)
		cmp = as_text_natural_cmp(a->name, b->name);
	else if (a_none || b_none)
		return a_none != b_none ? a_none - b_none : a->place - b->place;
	else
		cmp = (a->value > b->value) - (a->value < b->value);
	return cmp ? a->sign * cmp : a->place - b->place;
}

int *tui_table_order(const struct tui_model *m, enum tui_column by, bool falling, enum tui_filter filter, int *n)
{
	const struct as_snapshot *s = m->snap;
	struct as_outline o = {0};
	struct entry *all = malloc(((size_t)s->n_clips + 1) * sizeof *all);
	int *order = malloc(((size_t)s->n_clips + 1) * sizeof *order);

	*n = 0;
	if (!all || !order || !as_outline_init(&o, s)) {
		free(order);
		order = NULL;
		goto out;
	}
	for (int i = 0; i < o.n_clips; i++) {
		int clip = o.clips[i];

		if (tui_filter_shows(filter, m, clip))
			all[(*n)++] = (struct entry){.value = by == TUI_COL_TRACK ? s->clips[clip].track : tui_table_value(m, clip, by),
						     .name = by == TUI_COL_CLIP ? s->clips[clip].name : NULL,
						     .place = i,
						     .clip = clip,
						     .sign = falling ? -1 : 1};
	}
	qsort(all, (size_t)*n, sizeof *all, by_entry);
	for (int i = 0; i < *n; i++)
		order[i] = all[i].clip;
out:
	as_outline_done(&o);
	free(all);
	return order;
}
