/* Explanations in the answer of an analysis. */
#include <math.h>
#include <stddef.h>

#include <audiosync/explain.h>

#include "export/answer_private.h"

#define WEAK_LISTED 3 /* of the matches that nobody listened to, the best */

static void add_clip_path(struct as_json *j, const char *key, const struct as_snapshot *s, int clip)
{
	as_json_add_path(j, key, s->clips[clip].path);
}

static void add_island(struct as_json *j, int island)
{
	if (island > 0)
		as_json_add_int(j, "island", island);
	else
		as_json_add_text(j, "island", NULL);
}

static void add_pieces(struct as_json *j, const struct as_match *m)
{
	if (m->n_segments < 2)
		return;
	as_json_open_array(j, "pieces");
	for (int i = 0; i < m->n_segments; i++) {
		as_json_open_object(j, NULL);
		as_json_add_real(j, "from_s", m->segments[i].from_s);
		as_json_add_real(j, "to_s", m->segments[i].to_s);
		as_json_add_real(j, "offset_s", m->segments[i].start_s);
		as_json_close(j);
	}
	as_json_close(j);
}

static void add_rivals(struct as_json *j, const struct as_match *m)
{
	as_json_open_array(j, "rivals");
	for (int i = 0; i < m->n_candidates; i++) {
		as_json_open_object(j, NULL);
		as_json_add_real(j, "offset_s", m->candidates[i].start_s);
		as_json_add_real(j, "score", m->candidates[i].confidence);
		as_json_add_real(j, "margin", m->candidates[i].margin);
		as_json_close(j);
	}
	as_json_close(j);
}

static void add_match(struct as_json *j, const struct as_snapshot *s, int clip,
		      const struct as_explained_match *v)
{
	const struct as_match *m = &s->matches[v->match];
	as_json_open_object(j, NULL);
	add_clip_path(j, "with", s, v->other);
	as_json_add_text(j, "fate", as_fate_name(v->fate));
	if (v->blocker >= 0)
		add_clip_path(j, "blocker", s, v->blocker);
	as_json_add_bool(j, "used", m->used);
	/* As measured: t_a = offset_s + t_b / (1 + drift_ppm * 1e-6). */
	as_json_add_text(j, "side", m->a == clip ? "a" : "b");
	as_json_add_real(j, "offset_s", m->offset_s);
	as_json_add_rough(j, "offset_err_s", m->offset_err_s);
	as_json_add_real(j, "drift_ppm", m->drift_ppm);
	as_json_add_rough(j, "drift_err_ppm", m->drift_err_ppm);
	as_json_add_real(j, "score", m->score);
	as_json_add_rough(j, "p_false", m->p_false);
	as_json_add_real(j, "margin", m->margin);
	as_json_add_rough(j, "coverage", m->coverage);
	as_json_add_rough(j, "evidence", m->evidence);
	as_json_add_rough(j, "strength", m->strength);
	as_json_add_real(j, "overlap_s", m->overlap_s);
	as_json_add_real(j, "matched_s", m->matched_s);
	as_json_add_int(j, "windows", m->n_windows);
	as_json_add_int(j, "windows_matched", m->n_matched);
	as_json_add_rough(j, "wander_s", m->wander_s);
	as_json_add_bool(j, "inverted", m->inverted);
	as_json_add_bool(j, "narrow", m->narrow);
	add_island(j, v->island);
	as_json_add_real(j, "start_s", v->start_s);
	as_json_add_rough(j, "residual_s", v->residual_s);
	add_pieces(j, m);
	add_rivals(j, m);
	as_json_close(j);
}

static int add_matches(struct as_json *j, const struct as_snapshot *s,
		       const struct as_explanation *e)
{
	int weak = 0, left_out = 0;
	as_json_open_array(j, "matches");
	for (int i = 0; i < e->n_matches; i++) {
		if (e->matches[i].fate == AS_FATE_WEAK && ++weak > WEAK_LISTED)
			left_out++;
		else
			add_match(j, s, e->clip, &e->matches[i]);
	}
	as_json_close(j);
	return left_out;
}

static void add_places(struct as_json *j, const struct as_snapshot *s,
		       const struct as_explanation *e)
{
	as_json_open_array(j, "places");
	for (int i = 0; i < e->n_places; i++) {
		const struct as_explained_place *v = &e->places[i];
		as_json_open_object(j, NULL);
		add_island(j, v->island);
		if (v->beside >= 0)
			add_clip_path(j, "beside", s, v->beside);
		as_json_add_real(j, "start_s", v->start_s);
		as_json_add_real(j, "margin", v->margin);
		as_json_add_real(j, "confidence", v->confidence);
		if (v->other >= 0)
			add_clip_path(j, "with", s, v->other);
		if (v->taken)
			as_json_add_bool(j, "taken", true);
		as_json_close(j);
	}
	as_json_close(j);
}

static void add_times(struct as_json *j, const struct as_explained_times *t)
{
	as_json_open_object(j, "times");
	as_json_add_bool(j, "known", t->known);
	as_json_add_bool(j, "used", t->used);
	as_json_add_int(j, "clips", t->n);
	as_json_add_int(j, "agree", t->n_agree);
	as_json_close(j);
}

bool as_json_add_explanation(struct as_json *j, const struct as_snapshot *s, int clip,
			     const struct as_options *opt)
{
	struct as_explanation *e = s->placements ? as_explain(s, clip, opt) : NULL;
	if (!e)
		return !s->placements;
	const struct as_placement *p = &s->placements[clip];
	as_json_open_object(j, "explain");
	as_json_add_text(j, "reason", as_reason_name(p->reason));
	as_json_add_int(j, "searched", p->n_searched);
	as_json_add_int(j, "looked", p->n_looked);
	as_json_add_int(j, "agreeing", p->n_agreeing);
	as_json_add_real(j, "support", p->support);
	add_times(j, &e->times);
	int left_out = add_matches(j, s, e);
	as_json_add_int(j, "matches_left_out", left_out);
	add_places(j, s, e);
	as_json_close(j);
	as_explanation_free(e);
	return true;
}

void as_json_add_thresholds(struct as_json *j, const struct as_options *opt)
{
	as_json_open_object(j, "thresholds");
	as_json_add_real(j, "strong", as_options_real(opt, "confidence.strong"));
	as_json_add_real(j, "weak", as_options_real(opt, "confidence.weak"));
	as_json_add_rough(j, "max_p_false", as_options_real(opt, "confidence.max_p_false"));
	as_json_add_real(j, "min_margin", as_options_real(opt, "confidence.min_margin"));
	as_json_add_real(j, "lone_score", AS_LONE_SCORE);
	as_json_close(j);
}
