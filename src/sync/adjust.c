#include "sync/adjust.h"

#include <math.h>
#include <stdlib.h>
#include <string.h>

#include "dsp/fit.h"
#include "sync/clock.h"

#define CLOCK_PRIOR 40e-6      /* a free-running device clock is off by about this */
#define CLOCK_WANDER 0.7e-6    /* between clips of one device: temperature */
#define CLOCK_EXACT 1e-9       /* the island's own clock */
#define POSITION_MIN_S 0.02e-3 /* rooms and microphones move more than the fit thinks */
#define SLOPE_MIN 0.03e-6
#define SLOPE_KNOWN_PPM 25.0 /* an error above it is hardly better than the prior */
#define CLOCK_LOOSE 40e-6    /* between clips of one device when the clock wanders */
#define BEND                                                                                       \
	0.3e-3 /* by which a wandering clock leaves its line from knot to knot, for BEND_EVERY_S */
#define BEND_EVERY_S 25.0
#define CLOCK_NEAR_S 1e-6  /* by which leaving out a knot may move a clock */
#define WANDER_MAX_S 20e-3 /* what it wanders in all */
#define TIE_S 1e-6
#define ROUNDS 8           /* reweighting */
#define TUKEY 5.0
#define MICRO 1e6 /* clocks are solved in ppm, so that all unknowns are of one size */

#define ROW_VARS 8

/* Unknowns: corrections to x_s (one per clip), slow (one per clip, ppm), one clock per track (ppm), and what the clocks that wander
 * do at their knots. Rows: sparse observations sum(coef * unknown) = value with weight 1 / sigma^2. */
struct row {
	int var[ROW_VARS];
	double coef[ROW_VARS];
	int n;
	double value, sigma;
	bool robust;
	double weight;
};

struct system {
	struct row *rows;
	int n_rows, n_vars;
	double *x, *r, *p, *ap, *diag;
	double *sigma; /* per row, before the robust limit widens it */
};

/* The clips of one component. */
struct party {
	int *clips, n;
	int *var;                  /* of each clip of the graph: its number here */
	int *agreeing, n_agreeing; /* matches */
	bool *wanders;             /* each clip of the graph */
	int *knots;                /* each one here: its first knot's unknown, and how many */
	int *n_knots;
	double *every_s;
};

static void add(struct row *r, int var, double coef)
{
	r->var[r->n] = var;
	r->coef[r->n++] = coef;
}

static double predict(const struct row *r, const double *x)
{
	double s = 0.0;

	for (int i = 0; i < r->n; i++)
		s += r->coef[i] * x[r->var[i]];
	return s;
}

/* y = A^T W A v. */
static void apply(const struct system *s, const double *v, double *y)
{
	memset(y, 0, sizeof(*y) * (size_t)s->n_vars);
	for (int i = 0; i < s->n_rows; i++) {
		const struct row *r = &s->rows[i];
		double q = r->weight * predict(r, v);

		for (int k = 0; k < r->n; k++)
			y[r->var[k]] += r->coef[k] * q;
	}
}

static double dot(const double *a, const double *b, int n)
{
	double s = 0.0;

	for (int i = 0; i < n; i++)
		s += a[i] * b[i];
	return s;
}

/* Preconditioned conjugate gradients on the normal equations (Hestenes and Stiefel 1952), from what x holds. */
static void solve(struct system *s, const struct as_graph *g)
{
	int n = s->n_vars, limit = 6 * n + 50;
	double rz, rz0 = 0.0;
	double *z = s->ap; /* reused between steps */

	memset(s->diag, 0, sizeof(*s->diag) * (size_t)n);
	apply(s, s->x, s->r);
	for (int i = 0; i < n; i++)
		s->r[i] = -s->r[i];
	for (int i = 0; i < s->n_rows; i++) {
		const struct row *r = &s->rows[i];

		for (int k = 0; k < r->n; k++) {
			s->diag[r->var[k]] += r->weight * r->coef[k] * r->coef[k];
			s->r[r->var[k]] += r->weight * r->coef[k] * r->value;
		}
	}
	for (int i = 0; i < n; i++)
		s->p[i] = s->r[i] / (s->diag[i] + 1e-30);
	rz = rz0 = dot(s->r, s->p, n);
	for (int it = 0; it < limit && rz > 1e-22 * rz0 && rz > 0.0; it++) {
		double pap, alpha, next = 0.0;

		if (as_graph_stopped(g))
			return;
		apply(s, s->p, s->ap);
		pap = dot(s->p, s->ap, n);
		if (pap <= 0.0)
			return;
		alpha = rz / pap;
		for (int i = 0; i < n; i++) {
			s->x[i] += alpha * s->p[i];
			s->r[i] -= alpha * s->ap[i];
		}
		for (int i = 0; i < n; i++) {
			z[i] = s->r[i] / (s->diag[i] + 1e-30);
			next += s->r[i] * z[i];
		}
		for (int i = 0; i < n; i++)
			s->p[i] = z[i] + next / rz * s->p[i];
		rz = next;
	}
}

/* Weights from residuals: Tukey's biweight, so that a match that contradicts the others loses its voice. */
static void reweigh(struct system *s)
{
	for (int i = 0; i < s->n_rows; i++) {
		struct row *r = &s->rows[i];
		double u = (r->value - predict(r, s->x)) / (r->sigma * TUKEY), f = 1.0;

		if (r->robust)
			f = fabs(u) < 1.0 ? (1.0 - u * u) * (1.0 - u * u) : 0.0;
		r->weight = (f + 1e-4) / (r->sigma * r->sigma);
	}
}

/* The robust limit starts wide and narrows, so that the start need not be good. */
static enum as_status solve_robust(const struct as_graph *g, struct system *s)
{
	double *sigma = s->sigma;

	for (int i = 0; i < s->n_rows; i++)
		sigma[i] = s->rows[i].sigma;
	for (int k = 0; k < ROUNDS; k++) {
		double widen = k < ROUNDS - 3 ? pow(4.0, ROUNDS - 3 - k) : 1.0;

		for (int i = 0; i < s->n_rows; i++)
			s->rows[i].sigma = s->rows[i].robust ? sigma[i] * widen : sigma[i];
		reweigh(s);
		for (int i = 0; i < s->n_rows; i++) /* widening sets the limit, not the weight */
			if (s->rows[i].robust)
				s->rows[i].weight *= widen * widen;
		solve(s, g);
		if (as_graph_stopped(g))
			return AS_CANCELLED;
	}
	for (int i = 0; i < s->n_rows; i++)
		s->rows[i].sigma = sigma[i];
	return AS_OK;
}

static struct row *new_row(struct system *s, bool robust, double value, double sigma)
{
	struct row *r = &s->rows[s->n_rows++];

	*r = (struct row){.robust = robust, .value = value, .sigma = sigma};
	return r;
}

/* The clock of clip i at its time t, if it wanders. */
static void add_clock(struct row *r, const struct party *p, int i, double t, double sign)
{
	int k;
	double part;

	if (!p->n_knots[i])
		return;
	part = fmin(fmax(t / p->every_s[i], 0.0), p->n_knots[i] - 1.0);
	k = (int)fmin(floor(part), p->n_knots[i] - 2.0);
	part -= k;
	add(r, p->knots[i] + k, sign * (1.0 - part));
	add(r, p->knots[i] + k + 1, sign * part);
}

/* T_a(t_a) = T_b(t_b), linear in the corrections. */
static void observe_place(const struct as_graph *g, const struct as_solve_match *m,
			  const struct party *p, int piece, double t_b, double sigma,
			  struct system *s)
{
	double t_a = as_graph_match_time(m, piece, t_b);
	int a = p->var[m->a], b = p->var[m->b];
	struct row *r = new_row(s, true,
				as_graph_at(g, m->b, g->place[m->b], t_b) -
					as_graph_at(g, m->a, g->place[m->a], t_a),
				sigma);

	add(r, a, 1.0);
	add(r, b, -1.0);
	add(r, p->n + a, -(t_a + as_jumps_before(&g->jumps[m->a], t_a)) / MICRO);
	add(r, p->n + b, (t_b + as_jumps_before(&g->jumps[m->b], t_b)) / MICRO);
	add_clock(r, p, a, t_a, 1.0);
	add_clock(r, p, b, t_b, -1.0);
}

/* A match's best known point and the difference of the two clocks; many points where a clock wanders. */
static void observe(const struct as_graph *g, const struct as_solve_match *m, const struct party *p,
		    struct system *s)
{
	const struct as_graph_place *pa = &g->place[m->a], *pb = &g->place[m->b];
	double b_s[AS_CLOCK_POINTS], err_s[AS_CLOCK_POINTS];
	int piece[AS_CLOCK_POINTS], n;
	struct row *r;

	if (p->wanders[m->a] || p->wanders[m->b]) {
		n = as_clock_points(g, m, b_s, err_s, piece);
		for (int i = 0; i < n; i++)
			observe_place(g, m, p, piece[i], b_s[i], err_s[i], s);
		return;
	}
	observe_place(g, m, p, -1, m->r.ref_s, hypot(m->r.ref_err_s, POSITION_MIN_S), s);
	if (m->r.slope_err_ppm >= SLOPE_KNOWN_PPM)
		return;
	/* (1 - slow_b) / (1 - slow_a) = 1 / (1 + ppm * 1e-6): at 120 ppm its square is 0.15 ms in 3 h */
	r = new_row(s, true,
		    (1.0 - (1.0 - pa->slow) / (1.0 + m->r.slope_ppm * 1e-6) - pb->slow) * MICRO,
		    hypot(m->r.slope_err_ppm, SLOPE_MIN * MICRO));
	add(r, p->n + p->var[m->b], 1.0);
	add(r, p->n + p->var[m->a], -1.0);
}

/* Clips of one device share its clock; the clock itself is near nominal, and exact for the island's own. */
static void tie_clocks(const struct as_graph *g, const struct party *p, int clock_track,
		       struct system *s)
{
	const int *clips = p->clips, n = p->n;

	for (int i = 0; i < n; i++) {
		int track = g->clips[clips[i]].track, head = i;
		double tie = p->wanders[clips[i]]   ? CLOCK_LOOSE
			     : track == clock_track ? CLOCK_EXACT
						    : CLOCK_WANDER;
		struct row *r = new_row(s, false, -g->place[clips[i]].slow * MICRO, tie * MICRO);

		for (int k = i; k >= 0; k--)
			if (g->clips[clips[k]].track == track)
				head = k;
		add(r, n + i, 1.0);
		add(r, 2 * n + head, -1.0); /* the track's clock lives at its first clip's place */
		r = new_row(s, false, 0.0,
			    (track == clock_track ? CLOCK_EXACT : CLOCK_PRIOR) * MICRO);
		add(r, 2 * n + i, 1.0);
	}
}

/* Ties hold whatever matches say. */
static void tie_places(const struct as_graph *g, int c, const struct party *p, struct system *s)
{
	for (int i = 0; i < g->cfg->n_ties; i++) {
		const struct as_solve_tie *t = &g->cfg->ties[i];

		if (g->component[t->a] != c || g->component[t->b] != c)
			continue;
		struct row *r = new_row(s, false, t->after_s - (g->place[t->b].x_s - g->place[t->a].x_s), TIE_S);

		add(r, p->var[t->b], 1.0);
		add(r, p->var[t->a], -1.0);
	}
}

/* A clock that wanders bends gently, and about its line. */
static void smooth_clocks(const struct party *p, struct system *s)
{
	for (int i = 0; i < p->n; i++) {
		double h = p->every_s[i] / BEND_EVERY_S;

		for (int k = 0; k < p->n_knots[i]; k++) {
			struct row *r = new_row(s, false, 0.0, WANDER_MAX_S);

			add(r, p->knots[i] + k, 1.0);
			if (!k || k + 1 == p->n_knots[i])
				continue;
			r = new_row(s, false, 0.0, BEND * h * sqrt(h)); /* its rate walks */
			add(r, p->knots[i] + k - 1, 1.0);
			add(r, p->knots[i] + k, -2.0);
			add(r, p->knots[i] + k + 1, 1.0);
		}
	}
}

/* The matches of component c that agree with its places, in order; returns how many. */
static int find_agreeing(const struct as_graph *g, int c, int *out)
{
	int n = 0;

	for (int i = 0; i < g->n_matches; i++)
		if (g->component[g->matches[i].a] == c && as_graph_agrees(g, &g->matches[i]))
			out[n++] = i;
	return n;
}

/* Error of each clip's clock: what its own matches say, and what those of the same device's other clips say, which may have
 * wandered since. The island's own clock has none. */
static void clock_errors(const struct as_graph *g, const int *clips, int n, const int *agreeing,
			 int n_agreeing, int clock_track, double *drift_err)
{
	for (int i = 0; i < n; i++) {
		int c = clips[i], track = g->clips[c].track;
		double own = 0.0, others = 0.0, wander = CLOCK_WANDER * MICRO;

		for (int k = 0; k < n_agreeing; k++) {
			const struct as_solve_match *m = &g->matches[agreeing[k]];
			double e = hypot(m->r.slope_err_ppm, SLOPE_MIN * MICRO);

			if (e >= SLOPE_KNOWN_PPM)
				continue;
			if (m->a == c || m->b == c)
				own += 1.0 / (e * e);
			else if ((g->clips[m->a].track == track) != (g->clips[m->b].track == track))
				others += 1.0 / (e * e);
		}
		if (others > 0.0)
			own += 1.0 / (1.0 / others + wander * wander);
		drift_err[c] = track == clock_track ? 0.0
			       : own > 0.0          ? 1.0 / sqrt(own) / MICRO
						    : INFINITY;
	}
}

static bool system_alloc(struct system *s, const struct party *p, int n_rows)
{
	s->n_vars = 3 * p->n;
	for (int i = 0; i < p->n; i++)
		s->n_vars += p->n_knots[i];
	s->rows = calloc((size_t)(n_rows + 2 * s->n_vars + 1), sizeof(*s->rows));
	s->x = calloc((size_t)s->n_vars, sizeof(double));
	s->r = calloc((size_t)s->n_vars, sizeof(double));
	s->p = calloc((size_t)s->n_vars, sizeof(double));
	s->ap = calloc((size_t)s->n_vars, sizeof(double));
	s->diag = calloc((size_t)s->n_vars, sizeof(double));
	return s->rows && s->x && s->r && s->p && s->ap && s->diag;
}

static void system_free(struct system *s)
{
	free(s->rows);
	free(s->x);
	free(s->r);
	free(s->p);
	free(s->ap);
	free(s->diag);
	free(s->sigma);
}

static void party_free(struct party *p)
{
	free(p->clips);
	free(p->var);
	free(p->agreeing);
	free(p->wanders);
	free(p->knots);
	free(p->n_knots);
	free(p->every_s);
}

static bool party_make(const struct as_graph *g, int c, int clock_track, struct party *p)
{
	size_t n = (size_t)g->n_clips + 1;
	int knots;

	p->clips = malloc(sizeof(*p->clips) * n);
	p->var = malloc(sizeof(*p->var) * n);
	p->agreeing = malloc(sizeof(*p->agreeing) * ((size_t)g->n_matches + 1));
	p->wanders = calloc(n, sizeof(*p->wanders));
	p->knots = calloc(n, sizeof(*p->knots));
	p->n_knots = calloc(n, sizeof(*p->n_knots));
	p->every_s = calloc(n, sizeof(*p->every_s));
	if (!p->clips || !p->var || !p->agreeing || !p->wanders || !p->knots || !p->n_knots ||
	    !p->every_s)
		return false;
	for (int i = g->first_member[c]; i >= 0; i = g->next_member[i]) {
		p->var[i] = p->n;
		p->clips[p->n++] = i;
	}
	p->n_agreeing = find_agreeing(g, c, p->agreeing);
	if (!as_clock_accuse(g, p->agreeing, p->n_agreeing, clock_track, p->wanders))
		return false;
	knots = 3 * p->n;
	for (int i = 0; i < p->n; i++) {
		p->knots[i] = knots;
		if (p->wanders[p->clips[i]])
			p->n_knots[i] =
				as_clock_knots(g->clips[p->clips[i]].duration_s, &p->every_s[i]);
		knots += p->n_knots[i];
	}
	return true;
}

/* A clock starts at nothing: what it has at once belongs to the clip's place. Knots that the others imply are left out. */
static bool take_clock(struct as_clock *c, const double *knot, int n, double every_s)
{
	double at[AS_CLOCK_KNOTS] = {0}, near[AS_CLOCK_KNOTS] = {0};
	bool keep[AS_CLOCK_KNOTS] = {false};

	c->at_s = malloc(sizeof(double) * 2 * (size_t)n);
	if (!c->at_s)
		return false;
	c->shift_s = c->at_s + n;
	for (int k = 0; k < n; k++) {
		at[k] = k * every_s;
		near[k] = CLOCK_NEAR_S;
	}
	as_polygon_thin(at, knot, near, n, n, keep);
	for (int k = 0; k < n; k++)
		if (keep[k]) {
			c->at_s[c->n] = at[k];
			c->shift_s[c->n++] = knot[k] - knot[0];
		}
	return true;
}

/* The corrections that were found. */
static bool take(struct as_graph *g, const struct party *p, const double *x)
{
	for (int i = 0; i < p->n; i++) {
		const double *knot = x + p->knots[i];
		int c = p->clips[i], n = p->n_knots[i];

		g->place[c].x_s += x[i];
		g->place[c].slow += x[p->n + i] / MICRO;
		if (!n)
			continue;
		if (!take_clock(&g->clocks[c], knot, n, p->every_s[i]))
			return false;
		g->place[c].x_s += knot[0];
	}
	return true;
}

static enum as_status run(struct as_graph *g, int c, int clock_track, struct party *p,
			  struct system *s, double *drift_err)
{
	enum as_status st;
	int rows = g->cfg->n_ties;

	if (!party_make(g, c, clock_track, p))
		return AS_ERR_MEMORY;
	for (int i = 0; i < p->n_agreeing; i++) {
		const struct as_solve_match *m = &g->matches[p->agreeing[i]];

		rows += p->wanders[m->a] || p->wanders[m->b] ? AS_CLOCK_POINTS : 2;
	}
	if (!system_alloc(s, p, rows))
		return AS_ERR_MEMORY;
	for (int i = 0; i < p->n_agreeing; i++)
		observe(g, &g->matches[p->agreeing[i]], p, s);
	tie_clocks(g, p, clock_track, s);
	smooth_clocks(p, s);
	tie_places(g, c, p, s);
	/* the frame itself is free: its first clip stays */
	add(new_row(s, false, 0.0, 1e-6), 0, 1.0);
	s->sigma = malloc(sizeof(*s->sigma) * (size_t)s->n_rows);
	if (!s->sigma)
		return AS_ERR_MEMORY;
	st = solve_robust(g, s);
	if (st)
		return st;
	if (!take(g, p, s->x))
		return AS_ERR_MEMORY;
	p->n_agreeing = find_agreeing(g, c, p->agreeing);
	clock_errors(g, p->clips, p->n, p->agreeing, p->n_agreeing, clock_track, drift_err);
	return AS_OK;
}

/* Tells the component's places in its clock's own time. They come in the time of whichever clip it began with, and a step of
 * 100 ppm between the two, taken as if all were linear, would leave its square: 0.1 ms in 3 h. */
static void go_by_clock(struct as_graph *g, int c, int clock_track)
{
	int clock = g->first_member[c];

	while (clock >= 0 && g->clips[clock].track != clock_track)
		clock = g->next_member[clock];
	if (clock < 0)
		return;
	const struct as_graph_place by = g->place[clock];
	for (int i = g->first_member[c]; i >= 0; i = g->next_member[i]) {
		struct as_graph_place *p = &g->place[i];

		p->x_s = by.x_s + (p->x_s - by.x_s) / (1.0 - by.slow);
		p->slow = 1.0 - (1.0 - p->slow) / (1.0 - by.slow);
	}
}

enum as_status as_adjust(struct as_graph *g, int c, int clock_track, double *drift_err,
			 struct as_error *err)
{
	struct system s = {0};
	struct party p = {0};
	enum as_status st;

	go_by_clock(g, c, clock_track);
	st = run(g, c, clock_track, &p, &s, drift_err);

	party_free(&p);
	system_free(&s);
	return st == AS_ERR_MEMORY ? as_fail(err, st, "out of memory") : st;
}
