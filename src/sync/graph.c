#include "sync/graph.h"

#include <math.h>
#include <stdlib.h>
#include <string.h>

#include "dsp/fit.h"
#include "sync/join.h"
#include "sync/rival.h"

#define TIE_EVIDENCE 1e-3 /* decades a nat is worth between matches that are equally sure */
#define FAILED_MIN 256    /* rows of the memory of failed joins; a power of two */

bool as_graph_stopped(const struct as_graph *g)
{
	return g->cancel && atomic_load(g->cancel);
}

static double clock_at(const struct as_clock *c, double t_s)
{
	return as_polygon_at(c->at_s, c->shift_s, c->n, t_s);
}

double as_graph_at(const struct as_graph *g, int c, struct as_graph_place p, double t_s)
{
	return p.x_s + (t_s + as_jumps_before(&g->jumps[c], t_s)) * (1.0 - p.slow) +
	       clock_at(&g->clocks[c], t_s);
}

double as_graph_time_of(const struct as_graph *g, int c, struct as_graph_place p, double frame_s)
{
	double t = (frame_s - p.x_s) / (1.0 - p.slow);

	t -= clock_at(&g->clocks[c], t); /* it wanders by milliseconds: once is enough */
	for (int i = 0; i < g->jumps[c].n && g->jumps[c].at_s[i] < t; i++)
		t = fmax(t - g->jumps[c].size_s[i], g->jumps[c].at_s[i]);
	return t;
}

double as_graph_time(const struct as_graph *g, int a, int b, double t_b)
{
	return as_graph_time_of(g, a, g->place[a], as_graph_at(g, b, g->place[b], t_b));
}

double as_graph_overlap(const struct as_graph *g, int a, int b)
{
	double from = fmax(g->place[a].x_s, g->place[b].x_s);
	double to = fmin(g->place[a].x_s + g->clips[a].duration_s,
			 g->place[b].x_s + g->clips[b].duration_s);

	return to - from;
}

double as_graph_match_time(const struct as_solve_match *m, int piece, double t_b)
{
	return as_candidate_time(m, 0, t_b) +
	       (piece < 0 ? 0.0 : m->r.pieces[piece].offset_s - m->r.offset_s);
}

int as_graph_piece(const struct as_solve_match *m, double t_b)
{
	int k = 0;

	while (k + 1 < m->r.n_pieces && t_b > m->r.pieces[k].to_s)
		k++;
	return k;
}

bool as_graph_agrees(const struct as_graph *g, const struct as_solve_match *m)
{
	double t = m->r.ref_s;

	if (!m->found || g->component[m->a] != g->component[m->b])
		return false;
	return fabs(as_graph_time(g, m->a, m->b, t) - as_candidate_time(m, 0, t)) <
	       as_candidate_slack(m);
}

/* ---- joining ---- */

/* The members of cb follow those of ca, all in ascending order. */
static void take_members(struct as_graph *g, int ca, int cb)
{
	int a = g->first_member[ca], b = g->first_member[cb], *tail = &g->first_member[ca];

	while (a >= 0 || b >= 0) {
		int *from = b < 0 || (a >= 0 && a < b) ? &a : &b, c = *from;

		*tail = c;
		tail = &g->next_member[c];
		*from = g->next_member[c];
	}
	*tail = -1;
	g->n_members[ca] += g->n_members[cb];
	g->first_member[cb] = -1;
	g->n_members[cb] = 0;
}

static void merge(struct as_graph *g, int ca, int cb, const struct as_join *j, double margin)
{
	if (g->n_members[ca] == 1)
		g->margin[g->first_member[ca]] = margin;
	for (int i = g->first_member[cb]; i >= 0; i = g->next_member[i]) {
		g->place[i] = as_join_place(g, i, j);
		g->margin[i] = fmin(g->margin[i], margin);
		g->component[i] = ca;
	}
	take_members(g, ca, cb);
}

/* What speaks for either component being elsewhere, if j is the join of cb to ca. */
static enum as_status find_rivals(struct as_graph *g, int ca, int cb, const struct as_join *j, double *score,
				  struct as_error *err)
{
	struct as_join back = as_join_inverse(j);
	double other = 0.0;
	enum as_status st = as_rival_score(g, cb, ca, j, score, err);

	/* of two lone clips one is what moves; a group may be what is at the wrong place */
	if (!st && g->n_members[ca] > 1)
		st = as_rival_score(g, ca, cb, &back, &other, err);
	*score = fmax(*score, other);
	return st;
}

/* Tries to join two components. */
static enum as_status try_join(struct as_graph *g, int ca, int cb, bool *done, struct as_error *err)
{
	struct as_join j[AS_JOINS];
	int n;
	double margin, elsewhere = 0.0;
	enum as_status st = as_joins(g, ca, cb, j, &n, err);

	*done = false;
	if (st || !n || j[0].score < g->cfg->weak)
		return st;
	margin = n > 1 && j[1].score > AS_JOIN_FORBIDDEN ? j[0].score - fmax(j[1].score, 0.0)
							 : j[0].score;
	if (margin >= g->cfg->min_margin)
		st = find_rivals(g, ca, cb, &j[0], &elsewhere, err);
	margin = fmin(margin, j[0].score - elsewhere);
	if (st || margin < g->cfg->min_margin)
		return st;
	merge(g, ca, cb, &j[0], margin > 99.0 ? 99.0 : margin);
	*done = true;
	return AS_OK;
}

/* What is tied has its place before anything is weighed. */
static void join_tied(struct as_graph *g)
{
	for (int i = 0; i < g->cfg->n_ties; i++) {
		const struct as_solve_tie *t = &g->cfg->ties[i];
		int ca = g->component[t->a], cb = g->component[t->b];
		struct as_join j = {.shift = g->place[t->a].x_s + t->after_s - g->place[t->b].x_s};

		if (ca != cb)
			merge(g, ca, cb, &j, 99.0);
	}
}

/* ---- the order in which pairs are tried ---- */

struct ranked {
	double key;
	uint64_t tie;
	int match;
};

static int by_key(const void *a, const void *b)
{
	const struct ranked *x = a, *y = b;

	if (x->key != y->key)
		return x->key < y->key ? 1 : -1;
	if (x->tie != y->tie)
		return x->tie > y->tie ? 1 : -1;
	return (x->match > y->match) - (x->match < y->match);
}

/* Time in the other clip of a match at time t of clip `from`, by its best position. */
static double across(const struct as_solve_match *m, int from, double t)
{
	double rate = 1.0 + m->r.slope_ppm * 1e-6;

	if (m->b == from)
		return m->r.offset_s + t / rate + as_match_wander(&m->r, t);
	t = (t - m->r.offset_s) * rate;
	return t - as_match_wander(&m->r, t);
}

/* The matches worth the name, by clip and then by the other clip: those of clip c are at first[c] … first[c + 1] - 1. */
struct neighbours {
	int *first, *other, *match;
};

static void neighbours_done(struct neighbours *v)
{
	free(v->first);
	free(v->other);
	free(v->match);
}

static bool counts(const struct as_graph *g, const struct as_solve_match *m)
{
	return m->found && m->r.score >= g->cfg->weak;
}

/* Going through the clips in order leaves each list in the order of the other clip. */
static bool find_neighbours(const struct as_graph *g, struct neighbours *v)
{
	size_t n = (size_t)g->n_matches;

	v->first = calloc((size_t)g->n_clips + 2, sizeof(*v->first));
	v->other = malloc(sizeof(*v->other) * (2 * n + 1));
	v->match = malloc(sizeof(*v->match) * (2 * n + 1));
	if (!v->first || !v->other || !v->match)
		return false;
	for (int i = 0; i < g->n_matches; i++)
		if (counts(g, &g->matches[i])) {
			v->first[g->matches[i].a + 2]++;
			v->first[g->matches[i].b + 2]++;
		}
	for (int c = 0; c < g->n_clips; c++)
		v->first[c + 2] += v->first[c + 1];
	for (int c = 0; c < g->n_clips; c++)
		for (int i = g->touch.first[c]; i < g->touch.first[c + 1]; i++) {
			const struct as_solve_match *m = &g->matches[g->touch.match[i]];
			int to = m->a == c ? m->b : m->a;

			if (!counts(g, m))
				continue;
			v->other[v->first[to + 1]] = c;
			v->match[v->first[to + 1]++] = g->touch.match[i];
		}
	return true;
}

/* What a third clip that matches both ends of m says: as much as the weaker of its two matches, if the three close. */
static double third(const struct as_graph *g, const struct as_solve_match *m, int c, int ac, int bc,
		    double t_a)
{
	const struct as_solve_match *x = &g->matches[ac], *y = &g->matches[bc];

	if (fabs(across(x, c, across(y, m->b, m->r.ref_s)) - t_a) >= 2.0 * AS_JOIN_AGREE_S)
		return 0.0;
	return fmin(as_candidate_gain(x, 0), as_candidate_gain(y, 0));
}

/* What all third clips say about match m. A pair that was matched twice counts as it was the last time. */
static double support(const struct as_graph *g, const struct neighbours *v,
		      const struct as_solve_match *m)
{
	int i = v->first[m->a], k = v->first[m->b], i_end = v->first[m->a + 1],
	    k_end = v->first[m->b + 1];
	double sum = 0.0, t_a = across(m, m->b, m->r.ref_s);

	while (i < i_end && k < k_end) {
		int c = v->other[i];

		if (c > v->other[k] || (k + 1 < k_end && v->other[k + 1] == v->other[k])) {
			k++;
		} else if (c < v->other[k] || (i + 1 < i_end && v->other[i + 1] == c)) {
			i++;
		} else {
			sum += third(g, m, c, v->match[i], v->match[k], t_a);
			i++;
			k++;
		}
	}
	return sum;
}

static enum as_status rank(const struct as_graph *g, struct ranked *r, int *n, struct as_error *err)
{
	struct neighbours v = {0};
	enum as_status st = AS_OK;

	*n = 0;
	if (!find_neighbours(g, &v))
		st = as_fail(err, AS_ERR_MEMORY, "out of memory");
	for (int i = 0; !st && i < g->n_matches; i++) {
		const struct as_solve_match *m = &g->matches[i];

		if (!counts(g, m))
			continue;
		r[(*n)++] = (struct ranked){.key = as_candidate_gain(m, 0) + support(g, &v, m) +
						   m->r.evidence * TIE_EVIDENCE,
					    .tie = g->clips[m->a].key ^ (g->clips[m->b].key * 31),
					    .match = i};
		if (as_graph_stopped(g))
			st = AS_CANCELLED;
	}
	neighbours_done(&v);
	qsort(r, (size_t)*n, sizeof(*r), by_key);
	return st;
}

/* ---- building ---- */

/* Two components that did not join at these sizes: components only grow, so they would fail again. */
struct failure {
	int ca, cb, n_a, n_b;
};

/* A row is where a later failure may take its place: that costs another try and nothing else. */
static struct failure *failure_row(struct failure *v, size_t mask, int ca, int cb)
{
	uint64_t h = ((uint64_t)(uint32_t)ca << 32 | (uint32_t)cb) * 0x9e3779b97f4a7c15u;

	return &v[(size_t)(h >> 32) & mask];
}

static enum as_status alloc(struct as_graph *g, struct as_error *err)
{
	size_t n = (size_t)g->n_clips + 1;

	g->component = calloc(n, sizeof(*g->component));
	g->place = calloc(n, sizeof(*g->place));
	g->margin = calloc(n, sizeof(*g->margin));
	g->open = calloc(n, sizeof(*g->open));
	g->jumps = calloc(n, sizeof(*g->jumps));
	g->clocks = calloc(n, sizeof(*g->clocks));
	g->repeats = calloc(n, sizeof(*g->repeats));
	g->first_member = calloc(n, sizeof(*g->first_member));
	g->next_member = calloc(n, sizeof(*g->next_member));
	g->n_members = calloc(n, sizeof(*g->n_members));
	if (!g->component || !g->place || !g->margin || !g->open || !g->jumps || !g->clocks || !g->repeats ||
	    !g->first_member || !g->next_member || !g->n_members ||
	    as_touch_build(&g->touch, g->matches, g->n_matches, g->n_clips, err)) {
		as_graph_done(g);
		return as_fail(err, AS_ERR_MEMORY, "out of memory");
	}
	as_jumps_find(&(struct as_jumps_rules){g->clips, g->cfg->weak, g->cfg->min_margin}, g->matches, g->n_matches, g->n_clips,
		      &g->touch, g->jumps);
	as_repeats_find(g->matches, g->n_clips, &g->touch, g->cfg->weak, g->cfg->min_margin, g->repeats);
	for (int i = 0; i < g->n_clips; i++) {
		g->component[i] = g->first_member[i] = i;
		g->next_member[i] = -1;
		g->n_members[i] = 1;
		g->margin[i] = 99.0;
		g->open[i].other = -1;
		g->n_tracks =
			g->clips[i].track >= g->n_tracks ? g->clips[i].track + 1 : g->n_tracks;
	}
	return AS_OK;
}

/* Tries the components of the pairs in turn until two of them join. Pairs that lie in one component leave the list. */
static enum as_status join_next(struct as_graph *g, struct ranked *r, int *n,
				struct failure *failed, size_t mask, bool *again,
				struct as_error *err)
{
	enum as_status st = AS_OK;
	int kept = 0;

	*again = false;
	for (int i = 0; i < *n; i++) {
		const struct as_solve_match *m = &g->matches[r[i].match];
		int ca = g->component[m->a], cb = g->component[m->b];
		struct failure now, *row;

		if (ca == cb)
			continue;
		r[kept++] = r[i];
		if (st || *again)
			continue;
		if (g->n_members[cb] > g->n_members[ca]) { /* the smaller one moves */
			ca = cb;
			cb = g->component[m->a];
		}
		now = (struct failure){ca, cb, g->n_members[ca], g->n_members[cb]};
		row = failure_row(failed, mask, ca, cb);
		if (!memcmp(row, &now, sizeof(now)))
			continue;
		*row = now;
		st = try_join(g, ca, cb, again, err);
	}
	*n = kept;
	return st;
}

enum as_status as_graph_build(struct as_graph *g, struct as_error *err)
{
	struct ranked *r = malloc(sizeof(*r) * ((size_t)g->n_matches + 1));
	struct failure *failed = NULL;
	size_t rows = FAILED_MIN;
	int n = 0;
	bool again = true;
	enum as_status st = alloc(g, err);

	while (rows < 2 * (size_t)g->n_matches)
		rows *= 2;
	if (!st && (!r || !(failed = calloc(rows, sizeof(*failed)))))
		st = as_fail(err, AS_ERR_MEMORY, "out of memory");
	if (!st)
		join_tied(g);
	if (!st)
		st = rank(g, r, &n, err);
	/* After a join everything weaker is seen anew: more clips, more opinions. */
	while (!st && again)
		st = join_next(g, r, &n, failed, rows - 1, &again, err);
	free(r);
	free(failed);
	return st;
}

/* ---- what stayed open ---- */

/* The positions that lone clip c could take against component ca. */
static enum as_status reopen_against(struct as_graph *g, int c, int ca, struct as_error *err)
{
	struct as_join j[AS_JOINS];
	struct as_graph_open *o = &g->open[c];
	int n;
	enum as_status st = as_joins(g, ca, g->component[c], j, &n, err);

	if (st || !n || j[0].score <= 0.0 || (o->n && j[0].score <= o->confidence[0]))
		return st;
	o->n = 0;
	o->margin = n > 1 ? j[0].score - fmax(j[1].score, 0.0) : j[0].score;
	for (int i = g->first_member[ca]; i >= 0; i = g->next_member[i])
		o->other = i;
	for (int k = 0;
	     k < n && o->n < AS_MATCH_CANDIDATES && j[k].score > j[0].score - g->cfg->min_margin;
	     k++) {
		o->x_s[o->n] = as_join_place(g, c, &j[k]).x_s;
		o->confidence[o->n++] = j[k].score;
	}
	return AS_OK;
}

/* seen: per component, the last lone clip that it was compared with, plus one. */
static enum as_status reopen(struct as_graph *g, int c, int *seen, struct as_error *err)
{
	enum as_status st = AS_OK;

	g->open[c] = (struct as_graph_open){.other = -1};
	if (g->n_members[g->component[c]] > 1)
		return AS_OK;
	for (int i = g->touch.first[c]; !st && i < g->touch.first[c + 1]; i++) {
		const struct as_solve_match *m = &g->matches[g->touch.match[i]];
		int ca = g->component[m->a == c ? m->b : m->a];

		if (!counts(g, m) || seen[ca] == c + 1)
			continue;
		seen[ca] = c + 1;
		st = reopen_against(g, c, ca, err);
	}
	return st;
}

enum as_status as_graph_reopen(struct as_graph *g, struct as_error *err)
{
	int *seen = calloc((size_t)g->n_clips + 1, sizeof(*seen));
	enum as_status st = seen ? AS_OK : as_fail(err, AS_ERR_MEMORY, "out of memory");

	for (int c = 0; !st && c < g->n_clips; c++)
		st = reopen(g, c, seen, err);
	free(seen);
	return st;
}

void as_graph_done(struct as_graph *g)
{
	free(g->component);
	free(g->place);
	free(g->margin);
	free(g->open);
	free(g->jumps);
	free(g->repeats);
	for (int i = 0; g->clocks && i < g->n_clips; i++)
		free(g->clocks[i].at_s);
	free(g->clocks);
	g->clocks = NULL;
	free(g->first_member);
	free(g->next_member);
	free(g->n_members);
	as_touch_done(&g->touch);
	g->component = g->first_member = g->next_member = g->n_members = NULL;
	g->place = NULL;
	g->margin = NULL;
	g->open = NULL;
	g->jumps = NULL;
	g->repeats = NULL;
}
