/* What is told of a clip beside its matches and places. */
#include <math.h>
#include <stdio.h>

#include "base/explain_words.h"
#include "base/figures.h"
#include "base/outline.h"

static const struct as_placement *placement(const struct as_explain_view *v)
{
	return &v->s->placements[v->e->clip];
}

static bool say_place(char *out, const struct as_explain_view *v)
{
	const struct as_placement *p = placement(v);
	char at[400], err[AS_FIGURE_BYTES], drift[AS_FIGURE_BYTES];
	as_explain_place(at, sizeof(at), v->s, p->island, -1, p->start_s, v->island_start_s);
	if (p->method == AS_METHOD_MANUAL) {
		snprintf(out, AS_EXPLAIN_BYTES, "%s, by hand", at);
		return true;
	}
	as_figure_span(err, sizeof(err), p->start_err_s, v->unicode);
	as_figure_drift(drift, sizeof(drift), p->drift_ppm, p->drift_err_ppm, v->unicode);
	/* What is not known is left out. */
	bool known = isfinite(p->start_err_s);
	snprintf(out, AS_EXPLAIN_BYTES, "%s%s%s, drift %s%s", at, !known ? "" : v->unicode ? " ±" : " +-", known ? err : "", drift,
		 isfinite(p->drift_ppm) ? " ppm" : " (not measurable)");
	return true;
}

static bool say_evidence(char *out, const struct as_explain_view *v)
{
	bool by_hand = as_outline_is_placed(v->s, v->e->clip) && placement(v)->method == AS_METHOD_MANUAL;
	if (v->e->n_matches == 0 || !isfinite(placement(v)->p_false) || by_hand)
		return false;
	as_explain_chance(out, AS_EXPLAIN_BYTES, placement(v)->p_false);
	return true;
}

/* Whether all that vouches for the place was looked for near it. */
static bool only_nearby(const struct as_explain_view *v)
{
	int used = 0, narrow = 0;
	for (int i = 0; i < v->e->n_matches; i++) {
		used += v->e->matches[i].fate == AS_FATE_USED;
		narrow += v->e->matches[i].fate == AS_FATE_USED && v->s->matches[v->e->matches[i].match].narrow;
	}
	return used > 0 && narrow == used;
}

static bool say_margin(char *out, const struct as_explain_view *v)
{
	const struct as_placement *p = placement(v);
	char worse[AS_FIGURE_BYTES];
	const char *least = as_options_value(v->opt, "confidence.min_margin");
	if (p->method == AS_METHOD_MANUAL)
		return false;
	if (v->e->n_places == 0 && only_nearby(v))
		snprintf(out, AS_EXPLAIN_BYTES, "no rivals were looked for: what vouches for the place was looked for nearby");
	else if (p->margin >= 98.95 || v->e->n_places == 0)
		snprintf(out, AS_EXPLAIN_BYTES, "no match offers another place (confidence.min_margin: %s)", least);
	else
		snprintf(out, AS_EXPLAIN_BYTES, "%.1f: the next best place is %s (confidence.min_margin: %s)", p->margin,
			 as_figure_worse(worse, sizeof(worse), p->margin), least);
	return true;
}

static bool say_agreement(char *out, const struct as_explain_view *v)
{
	int n = placement(v)->n_agreeing;
	if (placement(v)->method == AS_METHOD_MANUAL)
		return false;
	if (n == 0)
		snprintf(out, AS_EXPLAIN_BYTES, "no match vouches for the place");
	else if (n == 1)
		snprintf(out, AS_EXPLAIN_BYTES, "one match vouches for the place alone, which takes a score of %g",
			 AS_LONE_SCORE);
	else
		snprintf(out, AS_EXPLAIN_BYTES, "%d matches agree about the place", n);
	return true;
}

static bool say_times(char *out, const struct as_explain_view *v)
{
	const struct as_explained_times *t = &v->e->times;
	if (!t->used)
		snprintf(out, AS_EXPLAIN_BYTES, "recording times were left aside (analysis.use_timestamps)");
	else if (!t->known)
		snprintf(out, AS_EXPLAIN_BYTES, "the file does not say when it was recorded");
	else if (t->n == 0)
		snprintf(out, AS_EXPLAIN_BYTES, "its recording time has no other of its track to be compared with");
	else if (t->n == 1)
		snprintf(out, AS_EXPLAIN_BYTES, "its recording time %s that of the one other clip of its track",
			 t->n_agree ? "agrees with" : "contradicts");
	else if (t->n_agree == t->n || t->n_agree == 0)
		snprintf(out, AS_EXPLAIN_BYTES, "its recording time %s those of all %d other clips of its track",
			 t->n_agree ? "agrees with" : "contradicts", t->n);
	else
		snprintf(out, AS_EXPLAIN_BYTES, "its recording time agrees with %d of the %d other clips of its track, and contradicts the rest",
			 t->n_agree, t->n);
	return true;
}

static bool say_searched(char *out, const struct as_explain_view *v)
{
	const struct as_placement *p = placement(v);
	char whole[AS_FIGURE_BYTES], near[AS_FIGURE_BYTES];
	as_figure_count(whole, sizeof(whole), p->n_searched, "other clip", "other clips");
	as_figure_count(near, sizeof(near), p->n_looked, "clip", "clips");
	if (p->n_searched + p->n_looked == 0)
		snprintf(out, AS_EXPLAIN_BYTES, "nowhere");
	else if (p->n_looked == 0)
		snprintf(out, AS_EXPLAIN_BYTES, "all of %s", whole);
	else if (p->n_searched == 0)
		snprintf(out, AS_EXPLAIN_BYTES, "%s, only near where others say that it is", near);
	else
		snprintf(out, AS_EXPLAIN_BYTES, "all of %s; %s only near where others say that it is", whole, near);
	return true;
}

static bool say_sound(char *out, const struct as_explain_view *v)
{
	const struct as_clip *c = &v->s->clips[v->e->clip];
	if (c->level_db <= -90 || !isfinite(c->active))
		return false;
	snprintf(out, AS_EXPLAIN_BYTES, "%.1f dBFS, %.0f %% of the time fit for matching", c->level_db, c->active * 100);
	return true;
}

const char *as_explain_fact(char out[AS_EXPLAIN_BYTES], const struct as_explain_view *v, enum as_explain_fact fact)
{
	static const struct row {
		const char *label;
		bool (*say)(char *out, const struct as_explain_view *v);
		bool of_place, of_failed; /* told only of what is placed; told of what failed too */
	} rows[AS_FACT_N] = {
		[AS_FACT_PLACE] = {"Place", say_place, true, false},
		[AS_FACT_EVIDENCE] = {"Evidence", say_evidence, false, true},
		[AS_FACT_MARGIN] = {"Margin", say_margin, true, false},
		[AS_FACT_AGREEMENT] = {"Agreement", say_agreement, true, false},
		[AS_FACT_TIMES] = {"Times", say_times, true, false},
		[AS_FACT_SEARCHED] = {"Searched", say_searched, false, false},
		[AS_FACT_SOUND] = {"Sound", say_sound, false, false},
	};
	bool failed = v->s->clips[v->e->clip].state == AS_CLIP_FAILED;
	if ((rows[fact].of_place && !as_outline_is_placed(v->s, v->e->clip)) || (failed && !rows[fact].of_failed))
		return NULL;
	return rows[fact].say(out, v) ? rows[fact].label : NULL;
}
