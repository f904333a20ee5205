#include "sync/graph.h"

#include <math.h>
#include <stdlib.h>
#include <string.h>

#include "sync/device.h"

#define AGREE_S 0.025           /* two measurements of one place differ by less */
#define GAIN_MAX 20.0           /* decades that one pair may add: beyond it, repetition is the risk, not chance */
#define GAIN_REPEAT 0.5         /* what a match is worth whose place is open */
#define STAMP_AGREES 2.0        /* decades for a device whose clock says the same: a wrong place seldom fits to seconds */
#define STAMP_DIFFERS -1.0      /* clocks get set, files get copied */
#define STAMP_MAX 4.0
#define MISS_DECADES 1.5        /* a predicted overlap in which nothing was found */
#define MISS_OVERLAP_S 8.0
#define FORBIDDEN -1e6
#define PLACES_MAX 48
#define TIE_EVIDENCE 1e-3       /* decades a nat is worth between matches that are equally sure */

/* One position of component B in component A's frame: T_A = shift + T_B * (1 - slow). */
struct join {
	double shift, slow;
	double score;
	double anchor;          /* T_B at which two joins are compared */
};

double as_graph_at(const struct as_graph *g, int c, struct as_graph_place p, double t_s)
{
	return p.x_s + t_s * (1.0 - p.slow) + as_jumps_before(&g->jumps[c], t_s);
}

/* The inverse; frame times within a loss belong to its beginning. */
static double time_of(const struct as_graph *g, int c, struct as_graph_place p, double frame_s)
{
	double t = (frame_s - p.x_s) / (1.0 - p.slow);

	for (int i = 0; i < g->jumps[c].n && g->jumps[c].at_s[i] < t; i++)
		t = fmax(t - g->jumps[c].size_s[i], g->jumps[c].at_s[i]);
	return t;
}

double as_graph_time(const struct as_graph *g, int a, int b, double t_b)
{
	return time_of(g, a, g->place[a], as_graph_at(g, b, g->place[b], t_b));
}

double as_graph_overlap(const struct as_graph *g, int a, int b)
{
	double from = fmax(g->place[a].x_s, g->place[b].x_s);
	double to = fmin(g->place[a].x_s + g->clips[a].duration_s, g->place[b].x_s + g->clips[b].duration_s);

	return to - from;
}

/* Where in b a position is best compared: the match's own centre, or the middle of the overlap it predicts. */
static double compare_at(const struct as_graph *g, const struct as_solve_match *m, double offset)
{
	double lo = offset < 0.0 ? -offset : 0.0;
	double hi = fmin(g->clips[m->b].duration_s, g->clips[m->a].duration_s - offset);

	return hi > lo ? 0.5 * (lo + hi) : lo;
}

static double candidate_offset(const struct as_solve_match *m, int k)
{
	return k ? m->r.alts[k - 1].offset_s : m->r.offset_s;
}

/* Time in a at b's time t by candidate k of a match. */
static double candidate_time(const struct as_solve_match *m, int k, double t)
{
	return candidate_offset(m, k) + t / (1.0 + m->r.slope_ppm * 1e-6);
}

static int n_candidates(const struct as_solve_match *m)
{
	return m->found ? 1 + m->r.n_alts : 0;
}

/* Decades for candidate k. The best one counts no more than it beats its own rivals by: where a song repeats, two clips that
 * do not overlap at all match as well as two that do, and only the rivals show it. */
static double candidate_gain(const struct as_solve_match *m, int k)
{
	double gain = fmin(m->r.score, GAIN_MAX);

	gain = fmin(gain, fmax(m->r.margin, 0.0) + GAIN_REPEAT);
	return k ? fmax(gain - m->r.alts[k - 1].margin, -GAIN_MAX) : gain;
}

bool as_graph_agrees(const struct as_graph *g, const struct as_solve_match *m)
{
	double t = m->r.ref_s;

	if (!m->found || g->component[m->a] != g->component[m->b])
		return false;
	return fabs(as_graph_time(g, m->a, m->b, t) - candidate_time(m, 0, t)) < AGREE_S;
}

/* Place of clip c of component B once it is joined. */
static struct as_graph_place joined(const struct as_graph *g, int c, const struct join *j)
{
	struct as_graph_place p = g->place[c];

	p.x_s = j->shift + p.x_s * (1.0 - j->slow);
	p.slow = p.slow + j->slow - p.slow * j->slow;
	return p;
}

/* What match m says about a join that puts its clips at pa and pb. */
static double opinion(const struct as_graph *g, const struct as_solve_match *m, struct as_graph_place pa,
		      struct as_graph_place pb)
{
	double best = -INFINITY, overlap;

	for (int k = 0; k < n_candidates(m); k++) {
		double t = k ? compare_at(g, m, candidate_offset(m, k)) : m->r.ref_s;
		double t_a = time_of(g, m->a, pa, as_graph_at(g, m->b, pb, t));

		if (fabs(t_a - candidate_time(m, k, t)) < AGREE_S)
			best = fmax(best, candidate_gain(m, k));
	}
	if (best > -INFINITY)
		return best;
	overlap = fmin(pa.x_s + g->clips[m->a].duration_s, pb.x_s + g->clips[m->b].duration_s) -
		  fmax(pa.x_s, pb.x_s);
	if (overlap < MISS_OVERLAP_S || m->narrow)
		return 0.0;
	return -MISS_DECADES * fmin(g->clips[m->a].active, g->clips[m->b].active);
}

static struct as_device_clip device_clip(const struct as_graph *g, int c, struct as_graph_place p)
{
	return (struct as_device_clip){p.x_s, g->clips[c].duration_s, g->clips[c].created_s};
}

/* First clip of a component that belongs to a track, or -1. */
static int first_of(const struct as_graph *g, int component, int track)
{
	for (int i = 0; i < g->n_clips; i++)
		if (g->component[i] == component && g->clips[i].track == track)
			return i;
	return -1;
}

/* The device clocks' opinion of a join: each device that has clips on both sides has one voice. It orders places, never
 * makes one. */
static double stamps(const struct as_graph *g, int ca, int cb, const struct join *j)
{
	double sum = 0.0;

	for (int k = 0; k < g->n_clips; k++) {
		int track = g->clips[k].track, i, vote;
		struct as_device_clip here, there;

		if (g->component[k] != cb || first_of(g, cb, track) != k)
			continue;
		i = first_of(g, ca, track);
		if (i < 0)
			continue;
		here = device_clip(g, i, g->place[i]);
		there = device_clip(g, k, joined(g, k, j));
		vote = as_device_stamps(&here, &there);
		sum += vote > 0 ? STAMP_AGREES : vote < 0 ? STAMP_DIFFERS : 0.0;
	}
	return sum > STAMP_MAX ? STAMP_MAX : sum < -STAMP_MAX ? -STAMP_MAX : sum;
}

static bool forbidden(const struct as_graph *g, int ca, int cb, const struct join *j)
{
	for (int k = 0; k < g->n_clips; k++) {
		struct as_device_clip there;

		if (g->component[k] != cb)
			continue;
		there = device_clip(g, k, joined(g, k, j));
		for (int i = 0; i < g->n_clips; i++) {
			struct as_device_clip here;

			if (g->component[i] != ca || g->clips[i].track != g->clips[k].track)
				continue;
			here = device_clip(g, i, g->place[i]);
			if (as_device_forbids(&here, &there))
				return true;
		}
	}
	return false;
}

static double judge(const struct as_graph *g, int ca, int cb, const struct join *j)
{
	double sum = g->cfg->takes ? 0.0 : stamps(g, ca, cb, j);

	if (!g->cfg->takes && forbidden(g, ca, cb, j))
		return FORBIDDEN;
	for (int i = 0; i < g->n_matches; i++) {
		const struct as_solve_match *m = &g->matches[i];
		int a = g->component[m->a], b = g->component[m->b];

		if (a == ca && b == cb)
			sum += opinion(g, m, g->place[m->a], joined(g, m->b, j));
		else if (a == cb && b == ca)
			sum += opinion(g, m, joined(g, m->a, j), g->place[m->b]);
	}
	return sum;
}

/* The join of cb to ca that candidate k of m proposes. */
static struct join propose(const struct as_graph *g, const struct as_solve_match *m, int k, int ca)
{
	bool forward = g->component[m->a] == ca; /* b is the one that moves */
	const struct as_graph_place *pa = &g->place[m->a], *pb = &g->place[m->b];
	double t_b = k ? compare_at(g, m, candidate_offset(m, k)) : m->r.ref_s;
	double t_a = candidate_time(m, k, t_b);
	double drift = m->r.slope_err_ppm < 20.0 ? m->r.slope_ppm * 1e-6 : 0.0;
	double ta = as_graph_at(g, m->a, *pa, t_a), tb = as_graph_at(g, m->b, *pb, t_b);
	struct join j = {0};

	if (forward) {
		j.slow = m->r.slope_err_ppm < 20.0 ? pa->slow + drift - pb->slow : 0.0;
		j.shift = ta - tb * (1.0 - j.slow);
		j.anchor = tb;
	} else {
		j.slow = m->r.slope_err_ppm < 20.0 ? pb->slow - drift - pa->slow : 0.0;
		j.shift = tb - ta * (1.0 - j.slow);
		j.anchor = ta;
	}
	return j;
}

static bool same_join(const struct join *a, const struct join *b)
{
	double t = b->anchor;

	return fabs(a->shift - b->shift + t * (b->slow - a->slow)) < 4.0 * AGREE_S;
}

/* All distinct positions that matches between the two components propose, best first. */
static int all_joins(const struct as_graph *g, int ca, int cb, struct join *out)
{
	int n = 0;

	for (int i = 0; i < g->n_matches && n < PLACES_MAX; i++) {
		const struct as_solve_match *m = &g->matches[i];
		int a = g->component[m->a], b = g->component[m->b];

		if (!((a == ca && b == cb) || (a == cb && b == ca)))
			continue;
		for (int k = 0; k < n_candidates(m) && n < PLACES_MAX; k++) {
			struct join j = propose(g, m, k, ca);
			bool known = false;

			for (int q = 0; q < n && !known; q++)
				known = same_join(&out[q], &j);
			if (known)
				continue;
			j.score = judge(g, ca, cb, &j);
			out[n++] = j;
		}
	}
	for (int i = 1; i < n; i++)
		for (int k = i; k && out[k].score > out[k - 1].score; k--) {
			struct join j = out[k];

			out[k] = out[k - 1];
			out[k - 1] = j;
		}
	return n;
}

static int members(const struct as_graph *g, int c)
{
	int n = 0;

	for (int i = 0; i < g->n_clips; i++)
		n += g->component[i] == c;
	return n;
}

static void merge(struct as_graph *g, int ca, int cb, const struct join *j, double margin)
{
	bool lone = members(g, ca) == 1;

	for (int i = 0; i < g->n_clips; i++) {
		if (g->component[i] == ca && lone)
			g->margin[i] = margin;
		if (g->component[i] != cb)
			continue;
		g->place[i] = joined(g, i, j);
		g->margin[i] = fmin(g->margin[i], margin);
		g->component[i] = ca;
	}
}

/* Tries to join the components of m's clips. */
static bool try_join(struct as_graph *g, const struct as_solve_match *m)
{
	struct join j[PLACES_MAX];
	int ca = g->component[m->a], cb = g->component[m->b];
	int n;
	double margin;

	/* the smaller one moves */
	if (members(g, cb) > members(g, ca)) {
		ca = g->component[m->b];
		cb = g->component[m->a];
	}
	n = all_joins(g, ca, cb, j);
	if (!n || j[0].score < g->cfg->weak)
		return false;
	margin = n > 1 && j[1].score > FORBIDDEN ? j[0].score - fmax(j[1].score, 0.0) : j[0].score;
	if (margin < g->cfg->min_margin)
		return false;
	merge(g, ca, cb, &j[0], margin > 99.0 ? 99.0 : margin);
	return true;
}

struct ranked {
	double key;
	uint64_t tie;
	int match;
	int joins_a, joins_b;   /* sizes of the two components when they last failed to join; 0: not tried */
};

static int by_key(const void *a, const void *b)
{
	const struct ranked *x = a, *y = b;

	if (x->key != y->key)
		return x->key < y->key ? 1 : -1;
	return (x->tie > y->tie) - (x->tie < y->tie);
}

/* Time in the other clip of a match at time t of clip `from`, by its best position. */
static double across(const struct as_solve_match *m, int from, double t)
{
	double rate = 1.0 + m->r.slope_ppm * 1e-6;

	return m->b == from ? m->r.offset_s + t / rate : (t - m->r.offset_s) * rate;
}

/* What clips c say about match m that match both of its clips: as much as the weaker of their two matches, if the three close. */
static double support(const struct as_graph *g, const int *of_pair, const struct as_solve_match *m)
{
	size_t n = (size_t)g->n_clips;
	double sum = 0.0, t_a = across(m, m->b, m->r.ref_s);

	for (size_t c = 0; c < n; c++) {
		int ac = of_pair[(size_t)m->a * n + c], bc = of_pair[(size_t)m->b * n + c];

		if (ac < 0 || bc < 0)
			continue;
		if (fabs(across(&g->matches[ac], (int)c, across(&g->matches[bc], m->b, m->r.ref_s)) - t_a) <
		    2.0 * AGREE_S)
			sum += fmin(candidate_gain(&g->matches[ac], 0), candidate_gain(&g->matches[bc], 0));
	}
	return sum;
}

/* Index of the match of each pair, both ways round; -1 where there is none worth the name. NULL when out of memory. */
static int *index_pairs(const struct as_graph *g)
{
	size_t n = (size_t)g->n_clips;
	int *v = malloc(sizeof(*v) * (n * n + 1));

	for (size_t i = 0; v && i < n * n; i++)
		v[i] = -1;
	for (int i = 0; v && i < g->n_matches; i++) {
		const struct as_solve_match *m = &g->matches[i];

		if (m->found && m->r.score >= g->cfg->weak)
			v[(size_t)m->a * n + (size_t)m->b] = v[(size_t)m->b * n + (size_t)m->a] = i;
	}
	return v;
}

static enum as_status alloc(struct as_graph *g, struct as_error *err)
{
	size_t n = (size_t)g->n_clips + 1;

	g->component = calloc(n, sizeof(*g->component));
	g->place = calloc(n, sizeof(*g->place));
	g->margin = calloc(n, sizeof(*g->margin));
	g->open = calloc(n, sizeof(*g->open));
	g->jumps = calloc(n, sizeof(*g->jumps));
	if (!g->component || !g->place || !g->margin || !g->open || !g->jumps) {
		as_graph_done(g);
		return as_fail(err, AS_ERR_MEMORY, "out of memory");
	}
	as_jumps_find(g->matches, g->n_matches, g->n_clips, g->cfg->weak, g->jumps);
	for (int i = 0; i < g->n_clips; i++) {
		g->component[i] = i;
		g->margin[i] = 99.0;
		g->open[i].other = -1;
	}
	return AS_OK;
}

enum as_status as_graph_build(struct as_graph *g, struct as_error *err)
{
	struct ranked *r = malloc(sizeof(*r) * (size_t)(g->n_matches + 1));
	int *of_pair = index_pairs(g), n = 0;
	bool again = true;
	enum as_status st = alloc(g, err);

	if (st || !r || !of_pair) {
		free(r);
		free(of_pair);
		return st ? st : as_fail(err, AS_ERR_MEMORY, "out of memory");
	}
	for (int i = 0; i < g->n_matches; i++) {
		const struct as_solve_match *m = &g->matches[i];

		if (m->found && m->r.score >= g->cfg->weak)
			r[n++] = (struct ranked){.key = candidate_gain(m, 0) + support(g, of_pair, m) +
							m->r.evidence * TIE_EVIDENCE,
						 .tie = g->clips[m->a].key ^ (g->clips[m->b].key * 31),
						 .match = i};
	}
	qsort(r, (size_t)n, sizeof(*r), by_key);
	/* After a join everything weaker is seen anew: more clips, more opinions. Components only grow, so two of the sizes that
	 * failed before would fail again. */
	while (again) {
		again = false;
		for (int i = 0; i < n && !again; i++) {
			const struct as_solve_match *m = &g->matches[r[i].match];
			int a, b;

			if (g->component[m->a] == g->component[m->b])
				continue;
			a = members(g, g->component[m->a]);
			b = members(g, g->component[m->b]);
			if (a == r[i].joins_a && b == r[i].joins_b)
				continue;
			r[i].joins_a = a;
			r[i].joins_b = b;
			again = try_join(g, m);
		}
	}
	free(r);
	free(of_pair);
	return AS_OK;
}

/* The positions that lone clip c could take against component ca. */
static void reopen_against(struct as_graph *g, int c, int ca)
{
	struct join j[PLACES_MAX];
	struct as_graph_open *o = &g->open[c];
	int n = all_joins(g, ca, g->component[c], j);

	if (!n || j[0].score <= 0.0 || (o->n && j[0].score <= o->confidence[0]))
		return;
	o->n = 0;
	o->margin = n > 1 ? j[0].score - fmax(j[1].score, 0.0) : j[0].score;
	for (int i = 0; i < g->n_clips; i++)
		if (g->component[i] == ca)
			o->other = i;
	for (int k = 0; k < n && o->n < AS_MATCH_CANDIDATES && j[k].score > j[0].score - g->cfg->min_margin; k++) {
		o->x_s[o->n] = joined(g, c, &j[k]).x_s;
		o->confidence[o->n++] = j[k].score;
	}
}

void as_graph_reopen(struct as_graph *g)
{
	for (int c = 0; c < g->n_clips; c++) {
		g->open[c] = (struct as_graph_open){.other = -1};
		if (members(g, g->component[c]) > 1)
			continue;
		for (int i = 0; i < g->n_matches; i++) {
			const struct as_solve_match *m = &g->matches[i];

			if (m->found && (m->a == c || m->b == c) && m->r.score >= g->cfg->weak)
				reopen_against(g, c, g->component[m->a == c ? m->b : m->a]);
		}
	}
}

void as_graph_done(struct as_graph *g)
{
	free(g->component);
	free(g->place);
	free(g->margin);
	free(g->open);
	free(g->jumps);
	g->component = NULL;
	g->place = NULL;
	g->margin = NULL;
	g->open = NULL;
	g->jumps = NULL;
}
