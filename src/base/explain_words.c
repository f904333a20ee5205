#include "base/explain_words.h"

#include <math.h>
#include <stdio.h>
#include <string.h>

#include "base/figures.h"
#include "base/outline.h"
#include "base/text.h"
#include "base/words.h"

#define NAME_BYTES 300

char *as_explain_chance(char *out, size_t n, double p_false)
{
	double decades = -log10(p_false);
	if (!(p_false > 0) || decades >= 98.95)
		snprintf(out, n,
			 "unrelated sound would match as well less than once in 10^99 searches");
	else if (decades >= 5.95)
		snprintf(out, n, "unrelated sound would match as well once in 10^%.0f searches",
			 decades);
	else if (p_false < 0.0995)
		snprintf(out, n, "unrelated sound would match as well once in %.0f searches",
			 1 / p_false);
	else
		snprintf(out, n, "unrelated sound matches as well in %.0f %% of all searches",
			 p_false * 100);
	return out;
}

static const char *setting(const struct as_options *opt, const char *key)
{
	const char *text = as_options_value(opt, key);
	return text ? text : "?";
}

/* "12 clips", "1 clip". */
static const char *clips(char *out, size_t n, int count)
{
	return as_figure_count(out, n, count, "clip", "clips");
}

/* Why a clip with a match found no place beside it: the first match that tells. */
static void say_no_place(char *out, const struct as_snapshot *s, const struct as_explanation *e,
			 const struct as_options *opt)
{
	char name[NAME_BYTES], fate[AS_EXPLAIN_BYTES - NAME_BYTES - 80];
	for (int i = 0; i < e->n_matches; i++) {
		if (e->matches[i].fate == AS_FATE_USED || e->matches[i].fate == AS_FATE_WEAK)
			continue;
		as_words_clip(name, sizeof(name), &s->clips[e->matches[i].other]);
		as_explain_fate(fate, sizeof(fate), s, &e->matches[i], opt);
		snprintf(out, AS_EXPLAIN_BYTES,
			 "it matches, but nothing speaks for a place: the match with %s %s", name,
			 fate);
		return;
	}
	snprintf(out, AS_EXPLAIN_BYTES, "it matches, but other matches contradict every place");
}

static void say_placed(char *out, const struct as_placement *p, const struct as_options *opt)
{
	bool strong = p->reason == AS_REASON_STRONG;
	snprintf(out, AS_EXPLAIN_BYTES,
		 strong ? "its score of %.1f reaches confidence.strong (%s)"
			: "its score of %.1f reaches confidence.weak (%s), but not "
			  "confidence.strong (%s)",
		 p->confidence, setting(opt, strong ? "confidence.strong" : "confidence.weak"),
		 setting(opt, "confidence.strong"));
}

static void say_evidence(char *out, const struct as_placement *p, const struct as_options *opt)
{
	switch (p->reason) {
	case AS_REASON_SCORE:
		snprintf(out, AS_EXPLAIN_BYTES,
			 "its best score is %.1f, and confidence.weak asks for %s", p->confidence,
			 setting(opt, "confidence.weak"));
		break;
	case AS_REASON_CHANCE:
		snprintf(out, AS_EXPLAIN_BYTES,
			 "its false-alarm probability of %.1e is above confidence.max_p_false (%s)",
			 p->p_false, setting(opt, "confidence.max_p_false"));
		break;
	case AS_REASON_LONE:
		snprintf(out, AS_EXPLAIN_BYTES,
			 "one match alone vouches for it, which takes a score of %g; this one has "
			 "%.1f",
			 AS_LONE_SCORE, p->confidence);
		break;
	case AS_REASON_SUPPORT:
		snprintf(out, AS_EXPLAIN_BYTES,
			 "all its matches together give its best place a score of %.1f, and confidence.weak "
			 "asks for %s: a match counts no more than its own margin",
			 p->support, setting(opt, "confidence.weak"));
		break;
	case AS_REASON_MARGIN:
		snprintf(out, AS_EXPLAIN_BYTES,
			 "its best place leads the next one by a margin of %.1f, and "
			 "confidence.min_margin asks for %s",
			 p->margin, setting(opt, "confidence.min_margin"));
		break;
	default:
		*out = '\0';
	}
}

static void say_unusable(char *out, const struct as_clip *c, enum as_reason reason,
			 const struct as_options *opt)
{
	if (reason == AS_REASON_FAILED)
		as_text_escape(out, AS_EXPLAIN_BYTES, as_outline_error(c));
	else if (reason == AS_REASON_SILENT)
		snprintf(out, AS_EXPLAIN_BYTES, "it is silent: there is nothing to match");
	else if (reason == AS_REASON_SHORT)
		snprintf(out, AS_EXPLAIN_BYTES,
			 "it is %.2f s long, and analysis.min_clip_s leaves out what is under %s",
			 c->duration_s, setting(opt, "analysis.min_clip_s"));
	else
		snprintf(out, AS_EXPLAIN_BYTES,
			 "only %.1f s of it can be matched: the rest is silence, hum or a steady "
			 "tone",
			 c->active * c->duration_s);
}

void as_explain_verdict(char out[AS_EXPLAIN_BYTES], const struct as_snapshot *s, int clip,
			const struct as_explanation *e, const struct as_options *opt)
{
	const struct as_placement *p = &s->placements[clip];
	char count[AS_FIGURE_BYTES];
	switch (p->reason) {
	case AS_REASON_STRONG:
	case AS_REASON_MODERATE:
		say_placed(out, p, opt);
		break;
	case AS_REASON_FAILED:
	case AS_REASON_SILENT:
	case AS_REASON_SHORT:
	case AS_REASON_FAINT:
		say_unusable(out, &s->clips[clip], p->reason, opt);
		break;
	case AS_REASON_ALONE:
		snprintf(out, AS_EXPLAIN_BYTES, "no other track has a clip to compare it with");
		break;
	case AS_REASON_NO_MATCH:
		snprintf(out, AS_EXPLAIN_BYTES, "it was searched in %s and found in none",
			 clips(count, sizeof(count), p->n_searched));
		break;
	case AS_REASON_NO_PLACE:
		say_no_place(out, s, e, opt);
		break;
	case AS_REASON_COMPANY:
		snprintf(out, AS_EXPLAIN_BYTES, "what it matches has no trusted place itself");
		break;
	case AS_REASON_LOCKED:
		snprintf(out, AS_EXPLAIN_BYTES, "%s",
			 p->locked			  ? "it was put there by hand and is locked"
			 : p->verdict == AS_VERDICT_STRONG ? "it was put there by hand, and is not locked"
							   : "a clip that was put in its place by hand holds it there");
		break;
	default:
		say_evidence(out, p, opt);
	}
}

/* Nothing forbids it, and still it joined nothing: what is wrong with the match itself, if anything is. */
static void say_open(char *out, size_t n, const struct as_match *m, const struct as_options *opt)
{
	char worse[AS_FIGURE_BYTES];
	double lead = isfinite(m->margin) ? m->margin : m->coverage;
	if (lead >= as_options_real(opt, "confidence.min_margin"))
		snprintf(out, n, "is contradicted by what other matches say and do not find");
	else if (m->coverage <= lead)
		snprintf(out, n,
			 "stops where an overlap would go on: the sound may merely occur in both");
	else
		snprintf(out, n, "fits elsewhere too; its next best place is %s",
			 as_figure_worse(worse, sizeof(worse), fmax(lead, 0)));
}

/* One of its two clips was put elsewhere by hand: nothing that was heard speaks against it. */
static bool is_overruled(const struct as_snapshot *s, const struct as_explained_match *m)
{
	const struct as_match *x = &s->matches[m->match];
	return m->fate == AS_FATE_DISAGREES && s->placements &&
	       (s->placements[x->a].method == AS_METHOD_MANUAL || s->placements[x->b].method == AS_METHOD_MANUAL);
}

const char *as_explain_fate_word(const struct as_snapshot *s, const struct as_explained_match *m)
{
	static const char *const words[] = {
		[AS_FATE_USED] = "used",          [AS_FATE_WEAK] = "too weak",
		[AS_FATE_DISAGREES] = "outvoted", [AS_FATE_OVERLAP] = "no room",
		[AS_FATE_ORDER] = "order",        [AS_FATE_OPEN] = "open",
	};
	return is_overruled(s, m) ? "overruled" : words[m->fate];
}

void as_explain_fate(char *out, size_t n, const struct as_snapshot *s,
		     const struct as_explained_match *m, const struct as_options *opt)
{
	char name[NAME_BYTES] = "";
	if (m->blocker >= 0)
		as_words_clip(name, sizeof(name), &s->clips[m->blocker]);
	switch (m->fate) {
	case AS_FATE_USED:
		snprintf(out, n, "agrees with the place");
		break;
	case AS_FATE_WEAK:
		snprintf(out, n, "scores under confidence.weak, so nothing was made of it");
		break;
	case AS_FATE_DISAGREES:
		snprintf(out, n, is_overruled(s, m) ? "contradicts what was placed by hand" : "contradicts the others, which say more");
		break;
	case AS_FATE_OVERLAP:
		snprintf(out, n, "would have one device record this and %s at once", name);
		break;
	case AS_FATE_ORDER:
		snprintf(out, n,
			 "would put what one device recorded and %s in another order than their "
			 "times",
			 name);
		break;
	case AS_FATE_OPEN:
		say_open(out, n, &s->matches[m->match], opt);
		break;
	}
}

void as_explain_detail(char out[AS_EXPLAIN_BYTES], const struct as_snapshot *s,
		       const struct as_explained_match *v, bool unicode)
{
	const struct as_match *m = &s->matches[v->match];
	char drift[AS_FIGURE_BYTES], err[AS_FIGURE_BYTES];
	size_t used = (size_t)snprintf(out, AS_EXPLAIN_BYTES, "%.*f s overlap, the match seen ", m->overlap_s < 10, m->overlap_s);
	if (m->n_windows == 1)
		used += (size_t)snprintf(out + used, AS_EXPLAIN_BYTES - used, m->n_matched ? "where it was looked for" : "nowhere");
	else if (m->n_matched == m->n_windows)
		used += (size_t)snprintf(out + used, AS_EXPLAIN_BYTES - used, "at all %d moments looked at", m->n_windows);
	else
		used += (size_t)snprintf(out + used, AS_EXPLAIN_BYTES - used, "at %d of %d moments looked at", m->n_matched, m->n_windows);
	if (isfinite(v->drift_ppm)) {
		as_figure_drift(drift, sizeof(drift), v->drift_ppm, v->drift_err_ppm, unicode);
		used += (size_t)snprintf(out + used, AS_EXPLAIN_BYTES - used, ", drift %s ppm",
					 drift);
	}
	as_figure_span(err, sizeof(err), v->offset_err_s, unicode);
	if (isfinite(v->offset_err_s))
		used += (size_t)snprintf(out + used, AS_EXPLAIN_BYTES - used, ", offset %s%s",
					 unicode ? "±" : "+-", err);
	if (m->wander_s > 0)
		used += (size_t)snprintf(out + used, AS_EXPLAIN_BYTES - used,
					 ", clocks wander by %.1f ms", m->wander_s * 1000);
	if (m->inverted)
		used += (size_t)snprintf(out + used, AS_EXPLAIN_BYTES - used,
					 ", polarity reversed");
	if (m->n_segments > 1)
		used += (size_t)snprintf(out + used, AS_EXPLAIN_BYTES - used, ", in %d pieces",
					 m->n_segments);
	if (m->narrow)
		snprintf(out + used, AS_EXPLAIN_BYTES - used, isfinite(m->margin) ? ", looked for nearby only" : ", looked for nearby only, not for rivals");
}

void as_explain_place(char *out, size_t n, const struct as_snapshot *s, int island, int beside,
		      double start_s, const double *island_start_s)
{
	char at[AS_FIGURE_BYTES], name[NAME_BYTES];
	if (island && island_start_s)
		start_s += island_start_s[island - 1];
	as_text_hms(at, sizeof(at), island ? start_s : fabs(start_s), 3);
	if (island && s->n_islands > 1)
		snprintf(out, n, island_start_s ? "%s (island %d)" : "%s of island %d", at, island);
	else if (island || beside < 0)
		snprintf(out, n, "%s", at);
	else
		snprintf(out, n, "%s %s %s begins", at, start_s < 0 ? "before" : "after",
			 as_words_clip(name, sizeof(name), &s->clips[beside]));
}
