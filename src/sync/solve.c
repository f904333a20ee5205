#include "sync/solve.h"

#include <math.h>
#include <stdlib.h>
#include <string.h>

#include "sync/adjust.h"
#include "sync/graph.h"

#define DRIFT_ERR_MAX 5e-6
#define CLOCK_UNSEEN 20e-6 /* a clock that wanders is off by so much where no match shows it */

/* One component that holds at least two clips. */
struct island {
	int component, n;
	double from, to; /* extent in its frame */
	double clips_s;  /* of all clips together */
	uint64_t key;
	int clock_track;
};

struct work {
	struct as_graph g;
	const struct as_solve_clip *clips;
	const struct as_solve_config *cfg;
	struct as_solution *out;
	struct island *islands;
	int n_islands;
	double *drift_err; /* per clip */
	int n_tracks;
	double *track_s; /* scratch: seconds per track */
};

static void set_alone(struct as_solve_placement *p)
{
	memset(p, 0, sizeof(*p));
	p->start_s = p->start_err_s = p->drift_ppm = p->drift_err_ppm = p->support = NAN;
	p->p_false = 1.0;
	p->beside = -1;
}

/* What the evidence for a place comes to. */
static enum as_reason weighed(const struct as_solve_config *cfg, const struct as_solve_placement *p)
{
	if (p->confidence < cfg->weak)
		return AS_REASON_SCORE;
	if (p->p_false > cfg->max_p_false)
		return AS_REASON_CHANCE;
	if (p->n_agreeing < 2 && p->confidence < AS_LONE_SCORE)
		return AS_REASON_LONE;
	return p->confidence >= cfg->strong ? AS_REASON_STRONG : AS_REASON_MODERATE;
}

/* How well a match knows where clip c begins. */
static double start_err(const struct as_solve_match *m, int c, double drift)
{
	double t = m->b == c ? m->r.ref_s : m->r.offset_s + m->r.ref_s, near = INFINITY, err = 0.0;

	if (!m->r.n_knots)
		return hypot(m->r.ref_err_s, drift * t);
	/* a curve is known knot by knot */
	for (int i = 0; i < m->r.n_knots; i++) {
		t = (double)m->r.knots[i].b_s + (m->b == c ? 0.0 : m->r.offset_s);
		if (fabs(t) < near) {
			near = fabs(t);
			err = (double)m->r.knots[i].err_s;
		}
	}
	return hypot(err, CLOCK_UNSEEN * near);
}

/* What the agreeing matches of one clip say together. */
static void witness(const struct work *w, int c, struct as_solve_placement *p)
{
	double info = 0.0, drift = isfinite(w->drift_err[c]) ? w->drift_err[c] : 30e-6;

	for (int i = w->g.touch.first[c]; i < w->g.touch.first[c + 1]; i++) {
		const struct as_solve_match *m = &w->g.matches[w->g.touch.match[i]];
		double e;

		if (!as_graph_agrees(&w->g, m))
			continue;
		if (m->r.score >= w->cfg->weak)
			p->n_agreeing++;
		p->confidence = fmax(p->confidence, m->r.score);
		e = start_err(m, c, drift);
		info += 1.0 / (e * e);
	}
	p->start_err_s = info > 0.0 ? 1.0 / sqrt(info) : NAN;
	if (p->start_err_s < 10e-6)
		p->start_err_s = 10e-6;
	p->p_false = pow(10.0, -p->confidence);
	p->margin = fmin(w->g.margin[c], 99.0);
	p->method = AS_METHOD_AUDIO;
	p->reason = weighed(w->cfg, p);
	p->verdict = p->reason == AS_REASON_STRONG     ? AS_VERDICT_STRONG
		     : p->reason == AS_REASON_MODERATE ? AS_VERDICT_MODERATE
						       : AS_VERDICT_WEAK;
}

static bool placed(const struct as_solve_placement *p)
{
	return p->verdict >= AS_VERDICT_MODERATE;
}

static int longest_track(struct work *w, int component)
{
	int best = -1;

	memset(w->track_s, 0, sizeof(*w->track_s) * (size_t)w->n_tracks);
	for (int i = w->g.first_member[component]; i >= 0; i = w->g.next_member[i])
		w->track_s[w->clips[i].track] += w->clips[i].duration_s;
	for (int t = 0; t < w->n_tracks; t++)
		if (w->track_s[t] > 0.0 && (best < 0 || w->track_s[t] > w->track_s[best]))
			best = t;
	return best;
}

static bool has_track(const struct work *w, int component, int track)
{
	for (int i = w->g.first_member[component]; i >= 0; i = w->g.next_member[i])
		if (w->clips[i].track == track)
			return true;
	return false;
}

static bool is_bigger(const struct island *a, const struct island *b)
{
	if (a->n != b->n)
		return a->n > b->n;
	if (fabs(a->clips_s - b->clips_s) > 1e-6)
		return a->clips_s > b->clips_s;
	return a->key < b->key;
}

static void find_islands(struct work *w)
{
	int biggest = -1;

	w->n_islands = 0;
	for (int c = 0; c < w->g.n_clips; c++) {
		struct island is = {.component = c};

		for (int i = w->g.first_member[c]; i >= 0; i = w->g.next_member[i]) {
			is.n++;
			is.clips_s += w->clips[i].duration_s;
			is.key ^= w->clips[i].key;
		}
		if (is.n >= 2)
			w->islands[w->n_islands++] = is;
	}
	/* the reference: asked for, or the track with the widest coverage of the biggest island */
	w->out->reference = w->cfg->reference;
	for (int i = 0; i < w->n_islands; i++)
		if (biggest < 0 || is_bigger(&w->islands[i], &w->islands[biggest]))
			biggest = i;
	if (w->out->reference < 0 && biggest >= 0)
		w->out->reference = longest_track(w, w->islands[biggest].component);
	for (int i = 0; i < w->n_islands; i++) {
		struct island *is = &w->islands[i];

		is->clock_track =
			w->out->reference >= 0 && has_track(w, is->component, w->out->reference)
				? w->out->reference
				: longest_track(w, is->component);
	}
}

/* Somebody has said where it is; the sound need not agree. */
static void keep_tied(const struct work *w, int c, struct as_solve_placement *p)
{
	for (int i = 0; i < w->cfg->n_ties && !placed(p); i++) {
		if (w->cfg->ties[i].a != c && w->cfg->ties[i].b != c)
			continue;
		p->verdict = AS_VERDICT_MODERATE;
		p->method = AS_METHOD_MANUAL;
		p->reason = AS_REASON_LOCKED;
	}
}

/* Verdicts of one island's clips; those that stay out leave it, and a single one that remains is no island. */
static void judge_island(struct work *w, struct island *is)
{
	int kept = 0;

	is->from = INFINITY;
	is->to = -INFINITY;
	is->n = 0;
	for (int i = w->g.first_member[is->component]; i >= 0; i = w->g.next_member[i]) {
		struct as_solve_placement *p = &w->out->placements[i];

		witness(w, i, p);
		keep_tied(w, i, p);
		kept += placed(p);
	}
	for (int i = w->g.first_member[is->component]; i >= 0; i = w->g.next_member[i]) {
		struct as_solve_placement *p = &w->out->placements[i];

		if (!placed(p))
			continue;
		if (kept < 2) {
			p->verdict = AS_VERDICT_WEAK;
			p->reason = AS_REASON_COMPANY;
			continue;
		}
		is->n++;
		is->from = fmin(is->from, w->g.place[i].x_s);
		is->to = fmax(is->to, as_graph_at(&w->g, i, w->g.place[i], w->clips[i].duration_s));
	}
}

/* An island that fell apart still has a frame in which its clips' unsure places are told. */
static double frame_from(const struct work *w, const struct island *is)
{
	double from = is->from;

	for (int i = is->n == 0 ? w->g.first_member[is->component] : -1; i >= 0; i = w->g.next_member[i])
		from = fmin(from, w->g.place[i].x_s);
	return from;
}

static int by_size(const void *a, const void *b)
{
	const struct island *x = a, *y = b;

	if (x->n != y->n)
		return x->n < y->n ? 1 : -1;
	if (fabs((x->to - x->from) - (y->to - y->from)) > 1e-3)
		return x->to - x->from < y->to - y->from ? 1 : -1;
	return (x->key > y->key) - (x->key < y->key);
}

/* One segment between losses; each has the place that the clip's first sample would have for it. */
static void lay_segments(const struct as_jumps *j, double duration_s, double slow,
			 struct as_solve_placement *p)
{
	double start = p->start_s, from = 0.0;

	p->n_segments = 0;
	for (int i = 0; i <= j->n; i++) {
		double to = i < j->n ? fmin(j->at_s[i], duration_s) : duration_s;

		p->segments[p->n_segments++] = (struct as_segment){from, to, start};
		from = to;
		start += i < j->n ? j->size_s[i] * (1.0 - slow) : 0.0;
	}
}

/* The curve of a clip's clock becomes the solution's. */
static bool take_clock(struct as_clock *c, struct as_solve_placement *p)
{
	if (!c->n)
		return true;
	p->clock = malloc(sizeof(*p->clock) * (size_t)c->n);
	if (!p->clock)
		return false;
	for (int i = 0; i < c->n; i++)
		p->clock[i] = (struct as_clock_knot){c->at_s[i], c->shift_s[i]};
	p->n_clock = c->n;
	return true;
}

static bool place_clip(struct work *w, const struct island *is, int c, int number)
{
	struct as_solve_placement *p = &w->out->placements[c];
	double slow = w->g.place[c].slow, err = w->drift_err[c];

	if (w->clips[c].track == is->clock_track)
		slow = 0.0; /* the island's own clock, but for rounding */
	p->start_s = w->g.place[c].x_s - frame_from(w, is);
	p->island = placed(p) ? number : 0;
	if (err < DRIFT_ERR_MAX || w->g.clocks[c].n) { /* a curve is told about its line */
		/* T = x + t * (1 - slow) = x + t / (1 + ppm * 1e-6) */
		p->drift_ppm = (1.0 / (1.0 - slow) - 1.0) * 1e6;
		p->drift_err_ppm = err * 1e6;
	}
	lay_segments(&w->g.jumps[c], w->clips[c].duration_s, slow, p);
	if (p->verdict == AS_VERDICT_WEAK) {
		p->candidates[0] = (struct as_candidate){p->start_s, p->confidence, 0.0};
		p->n_candidates = 1;
		p->start_s = NAN;
		p->n_segments = 0;
		return true;
	}
	return take_clock(&w->g.clocks[c], p);
}

/* The clip that names the timeline of clip c's component: a placed one, or the one that its frame begins with. */
static int spokesman(const struct work *w, int c)
{
	for (int i = w->g.first_member[w->g.component[c]]; i >= 0; i = w->g.next_member[i])
		if (!placed(&w->out->placements[c]) &&
		    (placed(&w->out->placements[i]) || w->g.place[i].x_s < w->g.place[c].x_s))
			c = i;
	return c;
}

static bool has_partner(const struct work *w, int c)
{
	for (int i = 0; i < w->g.n_clips; i++)
		if (i != c && w->clips[i].usable && (w->cfg->takes || w->clips[i].track != w->clips[c].track))
			return true;
	return false;
}

/* Why a clip that joined nothing did not, but for the places that it could choose from. */
static enum as_reason why_alone(const struct work *w, int c, bool found, double confidence)
{
	if (!w->clips[c].usable)
		return AS_REASON_FAINT; /* the caller knows more */
	if (!has_partner(w, c))
		return AS_REASON_ALONE;
	if (!found)
		return AS_REASON_NO_MATCH;
	return confidence < w->cfg->weak ? AS_REASON_SCORE : AS_REASON_NO_PLACE;
}

/* A clip that joined nothing: ambiguous if it had several places to choose from, weak if one that is too unsure. */
static void explain_alone(struct work *w, int c)
{
	struct as_solve_placement *p = &w->out->placements[c];
	const struct as_graph_open *o = &w->g.open[c];
	double from = 0.0;
	bool found = false;

	for (int i = w->g.touch.first[c]; i < w->g.touch.first[c + 1]; i++) {
		const struct as_solve_match *m = &w->g.matches[w->g.touch.match[i]];

		if (!m->found)
			continue;
		found = true;
		if (m->r.score > p->confidence) {
			p->confidence = m->r.score;
			p->margin = fmin(m->r.margin, 99.0);
		}
	}
	p->p_false = pow(10.0, -p->confidence);
	p->reason = why_alone(w, c, found, p->confidence);
	if (o->other < 0 || !o->n || p->confidence < w->cfg->weak)
		return;
	for (int i = 0; i < w->n_islands; i++)
		if (w->islands[i].component == w->g.component[o->other])
			from = frame_from(w, &w->islands[i]);
	p->beside = spokesman(w, o->other);
	p->verdict = AS_VERDICT_AMBIGUOUS;
	p->method = AS_METHOD_AUDIO;
	p->margin = o->margin;
	p->support = o->confidence[0];
	p->reason = p->support < w->cfg->weak ? AS_REASON_SUPPORT : AS_REASON_MARGIN;
	for (int i = 0; i < o->n; i++) {
		double behind = o->confidence[0] - o->confidence[i];

		p->candidates[p->n_candidates++] =
			(struct as_candidate){o->x_s[i] - from, fmax(p->confidence - behind, 0.0), behind};
	}
}

static enum as_status fill(struct work *w, struct as_error *err)
{
	struct as_solution *out = w->out;
	enum as_status st = AS_OK;
	int n = 0;

	for (int i = 0; !st && i < w->n_islands; i++)
		st = as_adjust(&w->g, w->islands[i].component, w->islands[i].clock_track,
			       w->drift_err, err);
	if (st)
		return st;
	for (int i = 0; i < w->n_islands; i++)
		judge_island(w, &w->islands[i]);
	qsort(w->islands, (size_t)w->n_islands, sizeof(*w->islands), by_size);
	st = as_graph_reopen(&w->g, err);
	if (st)
		return st;
	for (int i = 0; i < w->n_islands; i++) {
		const struct island *is = &w->islands[i];

		if (is->n >= 2)
			out->island_s[n++] = is->to - is->from;
		for (int c = w->g.first_member[is->component]; c >= 0; c = w->g.next_member[c])
			if (!place_clip(w, is, c, n))
				return as_fail(err, AS_ERR_MEMORY, "out of memory");
	}
	out->n_islands = n;
	for (int c = 0; c < w->g.n_clips; c++)
		if (out->placements[c].verdict == AS_VERDICT_UNPLACED)
			explain_alone(w, c);
	for (int i = 0; i < w->g.n_matches; i++) {
		const struct as_solve_match *m = &w->g.matches[i];

		out->used[i] = as_graph_agrees(&w->g, m);
		out->residual_s[i] = NAN;
		if (m->found && w->g.component[m->a] == w->g.component[m->b])
			out->residual_s[i] = as_graph_time(&w->g, m->a, m->b, m->r.ref_s) -
					     as_graph_match_time(m, -1, m->r.ref_s);
	}
	if (!n)
		out->reference = w->cfg->reference;
	return AS_OK;
}

enum as_status as_solve(const struct as_solve_clip *clips, int n_clips,
			const struct as_solve_match *matches, int n_matches,
			const struct as_solve_config *cfg, const atomic_bool *cancel,
			struct as_solution *out, struct as_error *err)
{
	struct work w = {.g = {.clips = clips,
			       .n_clips = n_clips,
			       .matches = matches,
			       .n_matches = n_matches,
			       .cfg = cfg,
			       .cancel = cancel},
			 .clips = clips,
			 .cfg = cfg,
			 .out = out};
	size_t n = (size_t)n_clips + 1;
	enum as_status st = AS_ERR_MEMORY;

	memset(out, 0, sizeof(*out));
	for (int i = 0; i < n_clips; i++)
		w.n_tracks = clips[i].track >= w.n_tracks ? clips[i].track + 1 : w.n_tracks;
	out->n_clips = n_clips;
	out->placements = calloc(n, sizeof(*out->placements));
	out->island_s = calloc(n, sizeof(*out->island_s));
	out->used = calloc((size_t)n_matches + 1, sizeof(*out->used));
	out->residual_s = calloc((size_t)n_matches + 1, sizeof(*out->residual_s));
	w.islands = calloc(n, sizeof(*w.islands));
	w.drift_err = calloc(n, sizeof(*w.drift_err));
	w.track_s = calloc((size_t)w.n_tracks + 1, sizeof(*w.track_s));
	if (!out->placements || !out->island_s || !out->used || !out->residual_s || !w.islands ||
	    !w.drift_err || !w.track_s) {
		as_fail(err, st, "out of memory");
		goto out;
	}
	for (int i = 0; i < n_clips; i++) {
		set_alone(&out->placements[i]);
		w.drift_err[i] = INFINITY;
	}
	st = as_graph_build(&w.g, err);
	if (st)
		goto out;
	find_islands(&w);
	st = fill(&w, err);
out:
	as_graph_done(&w.g);
	free(w.islands);
	free(w.drift_err);
	free(w.track_s);
	if (st)
		as_solution_done(out);
	return st;
}

void as_solution_done(struct as_solution *s)
{
	for (int i = 0; s->placements && i < s->n_clips; i++)
		free(s->placements[i].clock);
	free(s->placements);
	free(s->island_s);
	free(s->used);
	free(s->residual_s);
	memset(s, 0, sizeof(*s));
}
