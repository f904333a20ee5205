#include "dsp/smooth.h"

#include <math.h>
#include <stdlib.h>

#define RATE_VAR 1e2  /* of the slope before anything was seen, over the noise's variance: vague */
#define STEP_VAR 1e12 /* of y after a step */
#define WALK_FROM                                                                                  \
	1e-6 /* growth of the slope's variance per unit of x, over the noise's variance … */
#define WALK_STEP 3.1622776601683795
#define WALKS 14 /* … up to here, by half decades */

/* Mean and covariance of (y, dy/dx); variances in units of the noise's. */
struct state {
	double y, r;
	double yy, yr, rr;
};

struct step {
	struct state prior, post;
	double dx;
};

static struct state predict(struct state s, double dx, double walk, bool step)
{
	struct state n;

	n.y = s.y + s.r * dx;
	n.r = s.r;
	n.yy = s.yy + 2.0 * dx * s.yr + dx * dx * s.rr + walk * dx * dx * dx / 3.0 +
	       (step ? STEP_VAR : 0.0);
	n.yr = s.yr + dx * s.rr + walk * dx * dx / 2.0;
	n.rr = s.rr + walk * dx;
	return n;
}

static struct state update(struct state s, double y, double noise)
{
	double f = s.yy + noise, ky = s.yy / f, kr = s.yr / f, v = y - s.y;
	struct state n;

	n.y = s.y + ky * v;
	n.r = s.r + kr * v;
	n.yy = s.yy * noise / f;
	n.yr = s.yr * noise / f;
	n.rr = s.rr - kr * s.yr;
	return n;
}

/* Fills k forwards. *noise is the variance of the noise that fits best, at least noise_min^2. Returns the log-likelihood. */
static double filter(const struct as_smooth_point *p, int n, double walk, double noise_min,
		     struct step *k, double *noise)
{
	double sum = 0.0, logs = 0.0;
	int m = 0;

	for (int i = 0; i < n; i++) {
		double r = 1.0 / p[i].weight, f, v;

		k[i].dx = i ? p[i].x - p[i - 1].x : 0.0;
		k[i].prior = i ? predict(k[i - 1].post, k[i].dx, walk, p[i].step)
			       : (struct state){p[0].y, 0.0, STEP_VAR, 0.0, RATE_VAR};
		f = k[i].prior.yy + r;
		v = p[i].y - k[i].prior.y;
		k[i].post = update(k[i].prior, p[i].y, r);
		if (i < 2 || p[i].step) /* these only tell where the line starts */
			continue;
		sum += v * v / f;
		logs += log(f);
		m++;
	}
	*noise = m ? fmax(sum / m, noise_min * noise_min) : noise_min * noise_min;
	return m ? -0.5 * (m * log(*noise) + sum / *noise + logs) : 0.0;
}

/* Backwards: what the later points say about the earlier ones (Rauch, Tung and Striebel 1965). */
static void smooth(struct as_smooth_point *p, int n, const struct step *k, double noise)
{
	struct state next = k[n - 1].post;

	for (int i = n - 1; i >= 0; i--) {
		struct state s = k[i].post;

		if (i < n - 1) {
			const struct state *a = &k[i + 1].prior;
			double dx = k[i + 1].dx, det = a->yy * a->rr - a->yr * a->yr;
			/* gain = post * F^T * inverse of the prior */
			double c1 = s.yy + s.yr * dx, c2 = s.yr + s.rr * dx;
			double g11 = (c1 * a->rr - s.yr * a->yr) / det,
			       g12 = (s.yr * a->yy - c1 * a->yr) / det;
			double g21 = (c2 * a->rr - s.rr * a->yr) / det,
			       g22 = (s.rr * a->yy - c2 * a->yr) / det;
			double dy = next.y - a->y, dr = next.r - a->r;
			double e11 = next.yy - a->yy, e12 = next.yr - a->yr, e22 = next.rr - a->rr;

			s.y += g11 * dy + g12 * dr;
			s.r += g21 * dy + g22 * dr;
			s.yy += g11 * g11 * e11 + 2.0 * g11 * g12 * e12 + g12 * g12 * e22;
			s.yr += g11 * g21 * e11 + (g11 * g22 + g12 * g21) * e12 + g12 * g22 * e22;
			s.rr += g21 * g21 * e11 + 2.0 * g21 * g22 * e12 + g22 * g22 * e22;
		}
		p[i].value = s.y;
		p[i].rate = s.r;
		p[i].value_err = sqrt(fmax(s.yy, 0.0) * noise);
		next = s;
	}
}

double as_smooth(struct as_smooth_point *p, int n, double noise_min)
{
	struct step *k = malloc(sizeof(*k) * (size_t)n);
	double noise, line, best, best_walk = 0.0, walk = WALK_FROM;

	if (!k)
		return -1.0;
	line = best = filter(p, n, 0.0, noise_min, k, &noise);
	for (int i = 0; i < WALKS; i++, walk *= WALK_STEP) {
		double l = filter(p, n, walk, noise_min, k, &noise);

		if (l > best) {
			best = l;
			best_walk = walk;
		}
	}
	filter(p, n, best_walk, noise_min, k, &noise);
	smooth(p, n, k, noise);
	free(k);
	return 2.0 * (best - line);
}
