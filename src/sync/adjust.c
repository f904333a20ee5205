#include "sync/adjust.h"

#include <math.h>
#include <stdlib.h>
#include <string.h>

#define CLOCK_PRIOR 40e-6       /* a free-running device clock is off by about this */
#define CLOCK_WANDER 0.7e-6     /* between clips of one device: temperature */
#define CLOCK_EXACT 1e-9        /* the island's own clock */
#define POSITION_MIN_S 0.02e-3  /* rooms and microphones move more than the fit thinks */
#define SLOPE_MIN 0.03e-6
#define SLOPE_KNOWN_PPM 25.0    /* an error above it is hardly better than the prior */
#define ROUNDS 8                /* reweighting */
#define TUKEY 5.0
#define MICRO 1e6               /* clocks are solved in ppm, so that all unknowns are of one size */

/* Unknowns: corrections to x_s (one per clip), slow (one per clip, ppm), and one clock per track (ppm). Rows: sparse observations
 * sum(coef * unknown) = value with weight 1 / sigma^2. */
struct row {
	int var[4];
	double coef[4];
	int n;
	double value, sigma;
	bool robust;
	double weight;
};

struct system {
	struct row *rows;
	int n_rows, n_vars;
	double *x, *r, *p, *ap, *diag;
	double *sigma;          /* per row, before the robust limit widens it */
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

/* T_a(t_a) = T_b(t_b) for a match's best known point, linear in the corrections; and the difference of the two clocks. */
static void observe(const struct as_graph *g, const struct as_solve_match *m, const int *var, int n, struct system *s)
{
	double t_b = m->r.ref_s, t_a = m->r.offset_s + t_b / (1.0 + m->r.slope_ppm * 1e-6);
	const struct as_graph_place *pa = &g->place[m->a], *pb = &g->place[m->b];
	struct row *r = &s->rows[s->n_rows++];
	int a = var[m->a], b = var[m->b];

	*r = (struct row){.robust = true};
	add(r, a, 1.0);
	add(r, b, -1.0);
	add(r, n + a, -t_a / MICRO);
	add(r, n + b, t_b / MICRO);
	r->value = as_graph_at(g, m->b, *pb, t_b) - as_graph_at(g, m->a, *pa, t_a);
	r->sigma = hypot(m->r.ref_err_s, POSITION_MIN_S);
	if (m->r.slope_err_ppm >= SLOPE_KNOWN_PPM)
		return;
	r = &s->rows[s->n_rows++];
	*r = (struct row){.robust = true};
	add(r, n + b, 1.0);
	add(r, n + a, -1.0);
	/* (1 - slow_b) / (1 - slow_a) = 1 / (1 + ppm * 1e-6): at 120 ppm its square is 0.15 ms in 3 h */
	r->value = (1.0 - (1.0 - pa->slow) / (1.0 + m->r.slope_ppm * 1e-6) - pb->slow) * MICRO;
	r->sigma = hypot(m->r.slope_err_ppm, SLOPE_MIN * MICRO);
}

/* Clips of one device share its clock; the clock itself is near nominal, and exact for the island's own. */
static void tie_clocks(const struct as_graph *g, const int *clips, int n, int clock_track, struct system *s)
{
	for (int i = 0; i < n; i++) {
		int track = g->clips[clips[i]].track, head = i;
		struct row *r = &s->rows[s->n_rows++];

		for (int k = i; k >= 0; k--)
			if (g->clips[clips[k]].track == track)
				head = k;
		*r = (struct row){0};
		add(r, n + i, 1.0);
		add(r, 2 * n + head, -1.0); /* the track's clock lives at its first clip's place */
		r->value = -g->place[clips[i]].slow * MICRO;
		r->sigma = (track == clock_track ? CLOCK_EXACT : CLOCK_WANDER) * MICRO;
		r = &s->rows[s->n_rows++];
		*r = (struct row){0};
		add(r, 2 * n + i, 1.0);
		r->sigma = (track == clock_track ? CLOCK_EXACT : CLOCK_PRIOR) * MICRO;
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
static void clock_errors(const struct as_graph *g, const int *clips, int n, const int *agreeing, int n_agreeing,
			 int clock_track, double *drift_err)
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
		drift_err[c] = track == clock_track ? 0.0 : own > 0.0 ? 1.0 / sqrt(own) / MICRO : INFINITY;
	}
}

static bool system_alloc(struct system *s, int n, int n_matches)
{
	s->n_vars = 3 * n;
	s->rows = calloc((size_t)(2 * n_matches + 2 * n + 1), sizeof(*s->rows));
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

static enum as_status run(struct as_graph *g, int c, int clock_track, int *clips, int *var, int *agreeing,
			  struct system *s, double *drift_err, struct as_error *err)
{
	int n = 0, used = find_agreeing(g, c, agreeing);
	enum as_status st = AS_OK;

	for (int i = g->first_member[c]; i >= 0; i = g->next_member[i]) {
		var[i] = n;
		clips[n++] = i;
	}
	if (!system_alloc(s, n, used))
		return as_fail(err, AS_ERR_MEMORY, "out of memory");
	for (int i = 0; i < used; i++)
		observe(g, &g->matches[agreeing[i]], var, n, s);
	tie_clocks(g, clips, n, clock_track, s);
	/* the frame itself is free: its first clip stays */
	s->rows[s->n_rows] = (struct row){.sigma = 1e-6};
	add(&s->rows[s->n_rows++], 0, 1.0);
	s->sigma = malloc(sizeof(*s->sigma) * (size_t)s->n_rows);
	if (!s->sigma)
		return as_fail(err, AS_ERR_MEMORY, "out of memory");
	st = solve_robust(g, s);
	if (st)
		return st;
	for (int i = 0; i < n; i++) {
		g->place[clips[i]].x_s += s->x[i];
		g->place[clips[i]].slow += s->x[n + i] / MICRO;
	}
	used = find_agreeing(g, c, agreeing);
	clock_errors(g, clips, n, agreeing, used, clock_track, drift_err);
	return AS_OK;
}

enum as_status as_adjust(struct as_graph *g, int c, int clock_track, double *drift_err, struct as_error *err)
{
	int *clips = malloc(sizeof(int) * ((size_t)g->n_clips + 1));
	int *var = malloc(sizeof(int) * ((size_t)g->n_clips + 1));
	int *agreeing = malloc(sizeof(int) * ((size_t)g->n_matches + 1));
	struct system s = {0};
	enum as_status st;

	if (!clips || !var || !agreeing)
		st = as_fail(err, AS_ERR_MEMORY, "out of memory");
	else
		st = run(g, c, clock_track, clips, var, agreeing, &s, drift_err, err);
	free(clips);
	free(var);
	free(agreeing);
	system_free(&s);
	return st;
}
