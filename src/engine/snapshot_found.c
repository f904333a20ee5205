/* The part of a snapshot that the analysis found: matches, placements, and what a self-test measured. */
#include <math.h>
#include <string.h>

#include "engine/snapshot_private.h"

_Static_assert(AS_CANDIDATES_MAX == AS_MATCH_CANDIDATES, "what the solver keeps is what a snapshot promises");

#define SILENT_DB (-90.0) /* what 16 bits cannot hold */

static double wander_of(const struct as_match_result *r)
{
	float least = 0, most = 0;
	for (int i = 0; i < r->n_knots; i++) {
		least = fminf(least, r->knots[i].shift_s);
		most = fmaxf(most, r->knots[i].shift_s);
	}
	return (double)(most - least);
}

static const struct as_lag_point *copy_points(struct arena *a, const struct as_match_result *r)
{
	struct as_lag_point *out = as_arena_take(a, (size_t)r->n_points, sizeof *out);
	for (int i = 0; out && i < r->n_points; i++) {
		const struct as_match_point *p = &r->points[i];
		out[i] = (struct as_lag_point){.at_s = (double)p->b_s,
					       .lag_s = r->offset_s + (double)p->lag_s,
					       .err_s = p->err_us * 1e-6,
					       .used = p->used};
	}
	return out;
}

/* A look at one place measures no lead over others. */
static double margin_of(const struct as_solve_match *m)
{
	return m->narrow && m->r.n_alts == 0 ? NAN : m->r.margin;
}

static struct as_match copy_match(struct arena *a, const struct as_session *s, int slot)
{
	const struct as_solve_match *m = &s->matches[slot];
	const struct as_match_result *r = &m->r;
	struct as_match v = {.a = m->a,
			     .b = m->b,
			     .offset_s = r->offset_s,
			     .offset_err_s = r->offset_err_s,
			     .drift_ppm = r->drift_ppm,
			     .drift_err_ppm = r->drift_err_ppm,
			     .slope_ppm = r->slope_ppm,
			     .slope_err_ppm = r->slope_err_ppm,
			     .ref_s = r->ref_s,
			     .ref_err_s = r->ref_err_s,
			     .score = r->score,
			     .p_false = r->p_false,
			     .margin = margin_of(m),
			     .coverage = r->coverage,
			     .evidence = r->evidence,
			     .strength = r->strength,
			     .overlap_s = r->overlap_s,
			     .matched_s = r->matched_s,
			     .n_windows = r->n_windows,
			     .n_matched = r->n_matched,
			     .narrow = m->narrow,
			     .wander_s = wander_of(r),
			     .inverted = r->inverted,
			     .n_segments = r->n_pieces,
			     .n_candidates = r->n_alts,
			     .residual_s = NAN};
	struct as_segment *seg = as_arena_take(a, (size_t)r->n_pieces, sizeof *seg);
	struct as_candidate *alt = as_arena_take(a, (size_t)r->n_alts, sizeof *alt);
	for (int i = 0; seg && i < r->n_pieces; i++)
		seg[i] = (struct as_segment){r->pieces[i].from_s, r->pieces[i].to_s,
					     r->pieces[i].offset_s};
	for (int i = 0; alt && i < r->n_alts; i++)
		alt[i] = (struct as_candidate){r->alts[i].offset_s, r->alts[i].score,
					       r->alts[i].margin};
	v.segments = seg;
	v.candidates = alt;
	if (s->solved) {
		v.used = s->solution.used[slot];
		v.residual_s = s->solution.residual_s[slot];
		v.n_points = v.used ? r->n_points : 0;
		v.points = v.used ? copy_points(a, r) : NULL;
	}
	return v;
}

static void copy_matches(struct arena *a, const struct as_session *s, struct as_snapshot *out)
{
	struct as_match *matches = as_arena_take(a, (size_t)s->n_found, sizeof *matches);
	int n = 0;
	for (int i = 0; i < s->n_matches; i++) {
		if (!s->match_done[i] || !s->matches[i].found)
			continue;
		struct as_match m = copy_match(a, s, i);
		if (matches)
			matches[n] = m;
		n++;
	}
	out->matches = matches;
	out->n_matches = n;
}

/* The solver knows that a clip is of no use; the clip knows why. */
static enum as_reason reason_of(const struct as_session *s, int clip)
{
	const struct session_clip *c = &s->clips[clip];
	const struct as_solve_clip *v = &s->solve_clips[clip];
	if (c->state == AS_CLIP_FAILED)
		return AS_REASON_FAILED;
	if (s->solution.placements[clip].reason == AS_REASON_LOCKED)
		return AS_REASON_LOCKED;
	if (v->usable)
		return s->solution.placements[clip].reason;
	/* Its sound was never read. */
	if (c->state == AS_CLIP_PROBED)
		return AS_REASON_NONE;
	if (c->load.sound.level_db <= SILENT_DB)
		return AS_REASON_SILENT;
	if (v->duration_s < as_options_real(s->opt, "analysis.min_clip_s"))
		return AS_REASON_SHORT;
	return AS_REASON_FAINT;
}

static void count_comparisons(const struct as_session *s, struct as_placement *placements)
{
	for (int i = 0; i < s->n_matches; i++) {
		if (!s->match_done[i])
			continue;
		int both[2] = {s->matches[i].a, s->matches[i].b};
		for (int k = 0; k < 2; k++) {
			struct as_placement *p = &placements[both[k]];
			(*(s->matches[i].narrow ? &p->n_looked : &p->n_searched))++;
		}
	}
}

/* Lists each clip's matches; the clips are this snapshot's own. */
static void list_matches(struct arena *a, struct as_clip *clips, const struct as_snapshot *out)
{
	int *list = as_arena_take(a, 2 * (size_t)out->n_matches, sizeof *list);
	if (!list)
		return;
	for (int i = 0; i < out->n_matches; i++) {
		clips[out->matches[i].a].n_matches++;
		clips[out->matches[i].b].n_matches++;
	}
	for (int i = 0; i < out->n_clips; i++) {
		clips[i].matches = list;
		list += clips[i].n_matches;
		clips[i].n_matches = 0;
	}
	for (int i = 0; i < out->n_matches; i++) {
		int both[2] = {out->matches[i].a, out->matches[i].b};
		for (int k = 0; k < 2; k++) {
			struct as_clip *c = &clips[both[k]];
			((int *)c->matches)[c->n_matches++] = i;
		}
	}
}

static struct as_placement copy_placement(struct arena *a, const struct as_session *s, int clip)
{
	const struct as_solve_placement *p = &s->solution.placements[clip];
	const struct text_list *w = &s->clips[clip].warnings;
	struct as_placement v = {.clip = clip,
				 .island = p->island,
				 .verdict = p->verdict,
				 .method = p->method,
				 .reason = reason_of(s, clip),
				 .n_agreeing = p->n_agreeing,
				 .support = p->support,
				 .start_s = p->start_s,
				 .start_err_s = p->start_err_s,
				 .drift_ppm = p->drift_ppm,
				 .drift_err_ppm = p->drift_err_ppm,
				 .confidence = p->confidence,
				 .p_false = p->p_false,
				 /* What the sound said was of another place. */
				 .margin = p->method == AS_METHOD_MANUAL ? NAN : p->margin,
				 .n_segments = p->n_segments,
				 .n_clock = p->n_clock,
				 .n_candidates = p->n_candidates,
				 .beside = p->beside,
				 .n_warnings = w->n,
				 .locked = s->clips[clip].keep.lock != NULL};
	struct as_segment *seg = as_arena_take(a, (size_t)p->n_segments, sizeof *seg);
	struct as_clock_knot *clock = as_arena_take(a, (size_t)p->n_clock, sizeof *clock);
	struct as_candidate *alt = as_arena_take(a, (size_t)p->n_candidates, sizeof *alt);
	if (clock)
		memcpy(clock, p->clock, (size_t)p->n_clock * sizeof *clock);
	if (seg)
		memcpy(seg, p->segments, (size_t)p->n_segments * sizeof *seg);
	if (alt)
		memcpy(alt, p->candidates, (size_t)p->n_candidates * sizeof *alt);
	v.segments = seg;
	v.clock = clock;
	v.candidates = alt;
	v.warnings = as_arena_list(a, w->v, w->n);
	return v;
}

static void copy_solution(struct arena *a, const struct as_session *s, struct as_snapshot *out)
{
	if (!s->solved)
		return;
	/* One more than needed: a solution without clips is still one. */
	struct as_placement *placements =
		as_arena_take(a, (size_t)s->n_clips + 1, sizeof *placements);
	for (int i = 0; i < s->n_clips; i++) {
		struct as_placement p = copy_placement(a, s, i);
		if (placements)
			placements[i] = p;
	}
	if (placements)
		count_comparisons(s, placements);
	double *island_s = as_arena_take(a, (size_t)s->solution.n_islands, sizeof *island_s);
	if (island_s)
		memcpy(island_s, s->solution.island_s,
		       (size_t)s->solution.n_islands * sizeof *island_s);
	out->placements = placements;
	out->island_s = island_s;
	out->n_islands = s->solution.n_islands;
	out->timeline_s = as_engine_timeline_s(s);
}

static void copy_selftest(struct arena *a, const struct as_session *s, struct as_snapshot *out)
{
	const struct as_selftest *from = &s->selftest.report;
	if (!s->selftest.reported)
		return;
	struct as_selftest *t = as_arena_take(a, 1, sizeof *t);
	struct as_selftest_row *rows = as_arena_take(a, (size_t)from->n_rows, sizeof *rows);
	if (rows)
		memcpy(rows, from->rows, (size_t)from->n_rows * sizeof *rows);
	if (t) {
		*t = *from;
		t->rows = rows;
	}
	out->selftest = t;
}

/* The lists of a fit, from the session's to the snapshot's own. */
static struct as_drift_fit copy_fit(struct arena *a, const struct as_drift_fit *from)
{
	struct as_drift_fit f = *from;
	struct as_splice *splices = as_arena_take(a, (size_t)f.n_splices, sizeof *splices);
	struct as_lag_point *points = as_arena_take(a, (size_t)f.n_points, sizeof *points);
	struct as_lag_point *curve = as_arena_take(a, (size_t)f.n_curve, sizeof *curve);
	if (splices && f.n_splices > 0)
		memcpy(splices, from->splices, (size_t)f.n_splices * sizeof *splices);
	if (points && f.n_points > 0)
		memcpy(points, from->points, (size_t)f.n_points * sizeof *points);
	if (curve && f.n_curve > 0)
		memcpy(curve, from->curve, (size_t)f.n_curve * sizeof *curve);
	f.splices = splices;
	f.points = points;
	f.curve = curve;
	return f;
}

static void copy_drift(struct arena *a, const struct as_session *s, struct as_snapshot *out)
{
	const struct drift_run *r = &s->drift;
	if (!r->reported)
		return;
	struct as_drift *d = as_arena_take(a, 1, sizeof *d);
	const struct session_clip *c = &s->clips[r->clips[1]];
	struct as_drift v = {.duration_s = as_engine_clip_s(s, r->clips[1]),
			     .ppm = r->used_ppm,
			     .found = copy_fit(a, &r->found.fit),
			     .has_picture = r->has_picture,
			     .output_s = r->output_s,
			     .rate_hz = r->rate_hz,
			     .channels = r->channels,
			     .left = copy_fit(a, &r->left.fit),
			     .left_ppm = r->left_ppm,
			     .left_err_ppm = r->left_err_ppm};
	v.file = as_arena_bytes(a, s->files[c->files[0]].path);
	if (r->clips[0] >= 0)
		v.reference = as_arena_bytes(a, s->files[s->clips[r->clips[0]].files[0]].path);
	if (r->written)
		v.output = as_arena_bytes(a, r->output);
	if (d)
		*d = v;
	out->drift = d;
}

void as_snapshot_copy_found(struct arena *a, const struct as_session *s, struct as_clip *clips,
			    struct as_snapshot *out)
{
	copy_matches(a, s, out);
	list_matches(a, clips, out);
	copy_solution(a, s, out);
	copy_selftest(a, s, out);
	copy_drift(a, s, out);
}
