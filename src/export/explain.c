/* Explanations: no state, only a snapshot looked at from one clip. */
#include <audiosync/explain.h>

#include <math.h>
#include <stdlib.h>

#include "base/outline.h"
#include "export/place.h"
#include "sync/device.h"

#define SAME_PLACE_S 0.05 /* nearer than this two matches mean one place */

struct look {
	const struct as_snapshot *s;
	const struct as_options *opt;
	struct as_explanation *e;
};

const char *as_fate_name(enum as_match_fate fate)
{
	static const char *const names[] = {
		[AS_FATE_USED] = "used",           [AS_FATE_WEAK] = "weak",
		[AS_FATE_DISAGREES] = "disagrees", [AS_FATE_OVERLAP] = "overlap",
		[AS_FATE_ORDER] = "order",         [AS_FATE_OPEN] = "open",
	};
	size_t n = sizeof(names) / sizeof(*names);
	return (size_t)fate < n ? names[fate] : "unknown";
}

static bool is_placed(const struct as_snapshot *s, int clip)
{
	return s->placements && s->placements[clip].verdict >= AS_VERDICT_MODERATE;
}

/* How much later than the other clip `clip` starts, by an offset of the match. */
static double offset_of(const struct as_match *m, int clip, double offset_s)
{
	/* t_a = offset + t_b / (1 + d): a's first sample lies at t_b = -offset * (1 + d). */
	return m->b == clip ? offset_s : -offset_s * (1 + m->slope_ppm * 1e-6);
}

/* One standard error of where the match has the clip's first sample. */
static double offset_err_of(const struct as_match *m, int clip)
{
	double from_s = m->b == clip ? m->ref_s : m->offset_s + m->ref_s;
	return hypot(m->ref_err_s, m->slope_err_ppm * 1e-6 * from_s);
}

/* ---- what the devices allow ---- */

static struct as_device_clip at_place(const struct look *l, int clip, double start_s)
{
	const struct as_clip *c = &l->s->clips[clip];
	bool stamps = as_options_bool(l->opt, "analysis.use_timestamps");
	return (struct as_device_clip){start_s, c->duration_s, stamps ? c->created_s : NAN};
}

/* Whether the clip could lie there beside the placed clips of its track; the one in the way goes to *blocker. */
static enum as_device_rule broken_rule(const struct look *l, int clip, int island, double start_s,
				       int *blocker)
{
	const struct as_snapshot *s = l->s;
	struct as_device_clip here = at_place(l, clip, start_s);
	if (as_options_bool(l->opt, "analysis.takes"))
		return AS_DEVICE_FREE;
	for (int i = 0; i < s->n_clips; i++) {
		if (i == clip || s->clips[i].track != s->clips[clip].track || !is_placed(s, i) ||
		    s->placements[i].island != island)
			continue;
		struct as_device_clip there = at_place(l, i, s->placements[i].start_s);
		enum as_device_rule rule = as_device_forbids(&here, &there);
		if (rule != AS_DEVICE_FREE) {
			*blocker = i;
			return rule;
		}
	}
	return AS_DEVICE_FREE;
}

static struct as_explained_times judge_times(const struct look *l, int clip)
{
	const struct as_snapshot *s = l->s;
	const struct as_placement *p = &s->placements[clip];
	struct as_explained_times t = {.known = isfinite(s->clips[clip].created_s),
				       .used = as_options_bool(l->opt, "analysis.use_timestamps")};
	struct as_device_clip here = {p->start_s, s->clips[clip].duration_s,
				      s->clips[clip].created_s};
	for (int i = 0; i < s->n_clips; i++) {
		const struct as_clip *c = &s->clips[i];
		if (i == clip || c->track != s->clips[clip].track || !is_placed(s, i) ||
		    s->placements[i].island != p->island)
			continue;
		struct as_device_clip there = {s->placements[i].start_s, c->duration_s,
					       c->created_s};
		int vote = as_device_stamps(&there, &here);
		t.n += vote != 0;
		t.n_agree += vote > 0;
	}
	return t;
}

/* ---- matches ---- */

/* A match that was listened to and joined nothing: because somebody is in the way, of whichever of its clips would
 * have to move? */
static void judge_open(const struct look *l, struct as_explained_match *v, int clip)
{
	const struct as_snapshot *s = l->s;
	const struct as_match *m = &s->matches[v->match];
	int fixed = is_placed(s, v->other) ? v->other : clip,
	    mover = fixed == clip ? v->other : clip;
	v->fate = AS_FATE_OPEN;
	if (!is_placed(s, fixed) || is_placed(s, mover))
		return;
	const struct as_placement *p = &s->placements[fixed];
	double start_s = as_place_at(p, offset_of(m, mover, m->offset_s));
	enum as_device_rule rule = broken_rule(l, mover, p->island, start_s, &v->blocker);
	if (rule != AS_DEVICE_FREE)
		v->fate = rule == AS_DEVICE_OVERLAP ? AS_FATE_OVERLAP : AS_FATE_ORDER;
}

static struct as_explained_match judge_match(const struct look *l, int index)
{
	const struct as_snapshot *s = l->s;
	const struct as_match *m = &s->matches[index];
	int clip = l->e->clip, other = m->a == clip ? m->b : m->a;
	double sign = m->b == clip ? 1 : -1;
	struct as_explained_match v = {.match = index,
				       .other = other,
				       .blocker = -1,
				       .offset_s = offset_of(m, clip, m->offset_s),
				       .offset_err_s = offset_err_of(m, clip),
				       .drift_ppm = m->drift_ppm,
				       .drift_err_ppm = m->drift_err_ppm,
				       .residual_s = sign * m->residual_s};
	if (m->a == clip)
		v.drift_ppm = (1 / (1 + m->drift_ppm * 1e-6) - 1) * 1e6;
	v.start_s = v.offset_s;
	if (is_placed(s, other)) {
		v.island = s->placements[other].island;
		v.start_s = as_place_at(&s->placements[other], v.offset_s);
	}
	if (m->used)
		v.fate = AS_FATE_USED;
	else if (m->score < as_options_real(l->opt, "confidence.weak"))
		v.fate = AS_FATE_WEAK;
	else if (isfinite(m->residual_s))
		v.fate = AS_FATE_DISAGREES;
	else
		judge_open(l, &v, clip);
	return v;
}

struct ranked {
	struct as_explained_match v;
	double score;
};

/* Those used first, then the best; equal ones in the order of the snapshot. */
static int by_rank(const void *pa, const void *pb)
{
	const struct ranked *a = pa, *b = pb;
	bool a_used = a->v.fate == AS_FATE_USED, b_used = b->v.fate == AS_FATE_USED;
	if (a_used != b_used)
		return a_used ? -1 : 1;
	if (a->score != b->score)
		return a->score > b->score ? -1 : 1;
	return a->v.match - b->v.match;
}

static bool collect_matches(const struct look *l)
{
	const struct as_snapshot *s = l->s;
	struct as_explanation *e = l->e;
	int n = s->clips[e->clip].n_matches;
	struct ranked *all = calloc((size_t)n + 1, sizeof *all);
	e->matches = calloc((size_t)n + 1, sizeof *e->matches);
	for (int i = 0; all && i < n; i++) {
		int match = s->clips[e->clip].matches[i];
		all[i] = (struct ranked){judge_match(l, match), s->matches[match].score};
	}
	if (all && e->matches) {
		qsort(all, (size_t)n, sizeof *all, by_rank);
		for (; e->n_matches < n; e->n_matches++)
			e->matches[e->n_matches] = all[e->n_matches].v;
	}
	free(all);
	return e->matches && e->n_matches == n;
}

/* ---- places ---- */

static bool same_place(const struct as_explained_place *a, const struct as_explained_place *b)
{
	return a->island == b->island && a->beside == b->beside &&
	       fabs(a->start_s - b->start_s) < SAME_PLACE_S;
}

static void add_place(struct as_explanation *e, struct as_explained_place v)
{
	int at = 0, k;
	while (at < e->n_places && !same_place(&e->places[at], &v))
		at++;
	if (at == e->n_places)
		e->n_places++;
	else if (v.margin <= e->places[at].margin)
		return; /* whoever finds it worse has heard something that the other has not */
	for (k = at; k + 1 < e->n_places; k++)
		e->places[k] = e->places[k + 1];
	for (; k > 0 && e->places[k - 1].margin > v.margin; k--)
		e->places[k] = e->places[k - 1];
	e->places[k] = v;
}

/* The places that the matches on which a placed clip rests offer besides. */
static void collect_rivals(const struct look *l)
{
	const struct as_snapshot *s = l->s;
	struct as_explanation *e = l->e;
	for (int i = 0; i < e->n_matches; i++) {
		const struct as_explained_match *v = &e->matches[i];
		const struct as_match *m = &s->matches[v->match];
		if (v->fate != AS_FATE_USED || !is_placed(s, v->other))
			continue;
		const struct as_placement *p = &s->placements[v->other];
		for (int k = 0; k < m->n_candidates; k++) {
			const struct as_candidate *c = &m->candidates[k];
			double start_s = as_place_at(p, offset_of(m, e->clip, c->start_s));
			if (fabs(start_s - s->placements[e->clip].start_s) < SAME_PLACE_S)
				continue;
			add_place(e, (struct as_explained_place){.island = p->island,
								 .beside = -1,
								 .start_s = start_s,
								 .margin = c->margin,
								 .confidence = c->confidence,
								 .other = v->other});
		}
	}
}

/* The places between which nothing decided. */
static void collect_candidates(const struct look *l)
{
	const struct as_snapshot *s = l->s;
	const struct as_placement *p = &s->placements[l->e->clip];
	int island = p->beside >= 0 ? s->placements[p->beside].island : 0;
	for (int i = 0; i < p->n_candidates; i++)
		add_place(l->e,
			  (struct as_explained_place){.island = island,
						      .beside = island ? -1 : p->beside,
						      .start_s = p->candidates[i].start_s,
						      .margin = p->candidates[i].margin,
						      .confidence = p->candidates[i].confidence,
						      .other = -1,
						      .taken = as_outline_is_taken(s, l->e->clip, i)});
}

static bool collect_places(const struct look *l)
{
	struct as_explanation *e = l->e;
	size_t room = (size_t)l->s->placements[e->clip].n_candidates + 1;
	for (int i = 0; i < e->n_matches; i++)
		room += (size_t)l->s->matches[e->matches[i].match].n_candidates;
	e->places = calloc(room, sizeof *e->places);
	if (!e->places)
		return false;
	const struct as_placement *p = &l->s->placements[e->clip];
	if (p->verdict == AS_VERDICT_AMBIGUOUS || (p->method == AS_METHOD_MANUAL && p->n_candidates > 0))
		collect_candidates(l);
	else if (is_placed(l->s, e->clip))
		collect_rivals(l);
	return true;
}

struct as_explanation *as_explain(const struct as_snapshot *s, int clip,
				  const struct as_options *opt)
{
	struct as_explanation *e = calloc(1, sizeof *e);
	struct look l = {s, opt, e};
	if (!e)
		return NULL;
	e->clip = clip;
	bool ok = collect_matches(&l);
	if (ok && s->placements)
		ok = collect_places(&l);
	if (ok && is_placed(s, clip))
		e->times = judge_times(&l, clip);
	if (ok)
		return e;
	as_explanation_free(e);
	return NULL;
}

void as_explanation_free(struct as_explanation *e)
{
	if (!e)
		return;
	free(e->matches);
	free(e->places);
	free(e);
}
