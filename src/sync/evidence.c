#include "sync/evidence.h"

#include <math.h>

#define LN10 2.302585092994046
#define WINDOW_CAP 30.0         /* nats that one window may add: no local fit knows its tail further out */
#define WINDOW_TRUST 0.9        /* the fit's own error makes the tail heavier than exponential */
#define CONTRAST_SCALE 2.3      /* wrong places stay under what this makes of 3 decades: doc/algorithm.md section 5 */
#define MISS_SHARE 1.8          /* a true overlap of strength z misses at most about this / z of its windows */
#define MISS_SHARE_MIN 0.05
#define MISS_SHARE_MAX 0.6
#define COVERAGE_FREE 1.0       /* decades of surprise about misses that anything may cause */
#define COVERAGE_SCALE 4.0
#define PRIOR_SPREAD 3.0        /* percent: how differently two windows show the same match … */
#define SPREAD_SHARE 0.15       /* … and in proportion to how clearly they do */
#define FEW_WINDOWS 1.5         /* so many windows are worth half: in a few, a repetition can win by luck */

/* ln of the upper tail of the gamma law with whole shape n: exp(-x) * sum of x^k / k! for k < n. */
static double log_gamma_tail(int n, double x)
{
	double term = 0.0, sum = 0.0, top;

	if (x <= 0.0)
		return 0.0;
	/* largest term first, to stay in range */
	top = 0.0;
	for (int k = 1; k < n; k++) {
		term += log(x) - log(k);
		top = term > top ? term : top;
	}
	term = 0.0;
	sum = exp(-top);
	for (int k = 1; k < n; k++) {
		term += log(x) - log(k);
		sum += exp(term - top);
	}
	return fmin(0.0, top + log(sum) - x);
}

/* Fisher's sum over the windows that the best probe did not see. */
static double windows_nats(const struct as_track *t)
{
	double sum = 0.0;
	int n = 0;

	for (int i = 0; i < t->n; i++) {
		const struct as_track_window *w = &t->w[i];
		double e = WINDOW_TRUST * w->local.evidence;

		if (!w->tried || fabs(w->mid - t->anchor) < 0.5 * (AS_LOCAL_N + t->probe_n))
			continue;
		sum += e < 0.0 ? 0.0 : e > WINDOW_CAP ? WINDOW_CAP : e;
		n++;
	}
	return n ? -log_gamma_tail(n, sum) : 0.0;
}

double as_evidence_score(const struct as_track *t, int n_hypotheses)
{
	double probe = t->best_nats > 0.0 ? t->best_nats : 0.0;
	double rest = windows_nats(t) - log(n_hypotheses > 1 ? n_hypotheses : 1);
	double x = probe + (rest > 0.0 ? rest : 0.0);
	double score = (x - log1p(x)) / LN10;

	return score < 0.0 ? 0.0 : score > AS_SCORE_MAX ? AS_SCORE_MAX : score;
}

/* How much of a window's sound the match explains, as an amplitude in percent. */
static double explained(const struct as_track_window *w)
{
	return w->matched ? 100.0 * sqrt(w->local.power) : 0.0;
}

static double contrast_shared(const struct as_track *a, const struct as_track *b, int *n)
{
	double sum = 0.0, sq = 0.0, prior = 0.0, mean;
	int i = -1, j = -1;

	*n = 0;
	while (as_track_next_shared(a, b, &i, &j)) {
		double x, y;

		if (a->w[i].grid < 0 || !a->w[i].tried || !b->w[j].tried)
			continue;
		x = explained(&a->w[i]);
		y = explained(&b->w[j]);
		sum += x - y;
		sq += (x - y) * (x - y);
		x = SPREAD_SHARE * fmax(x, y);
		prior += PRIOR_SPREAD * PRIOR_SPREAD + x * x;
		(*n)++;
	}
	if (!*n)
		return 0.0;
	mean = sum / *n;
	sq -= *n * mean * mean;
	return sum / sqrt(prior + (sq > 0.0 ? sq : 0.0)) * *n / (*n + FEW_WINDOWS);
}

static void moments(const struct as_track *t, double *mean, double *var)
{
	double sum = 0.0, sq = 0.0;
	int n = 0;

	for (int i = 0; i < t->n; i++) {
		double e = explained(&t->w[i]);

		if (!t->w[i].tried)
			continue;
		sum += e;
		sq += e * e;
		n++;
	}
	/* one window more that shows nothing: a short overlap has to be clearer than a long one */
	*mean = sum / (n + 1.0);
	*var = (sq / (n + 1.0) - *mean * *mean + 4.0 * PRIOR_SPREAD * PRIOR_SPREAD) / (n + 1.0);
}

double as_evidence_contrast(const struct as_track *a, const struct as_track *b)
{
	double ma, va, mb, vb, c;
	int n;

	c = contrast_shared(a, b, &n);
	if (n)
		return c;
	moments(a, &ma, &va);
	moments(b, &mb, &vb);
	return (ma - mb) / sqrt(va + vb);
}

double as_evidence_margin(double contrast)
{
	double c = CONTRAST_SCALE * contrast, m = 0.5 * c * fabs(c) / LN10;

	return m > AS_SCORE_MAX ? AS_SCORE_MAX : m;
}

/* ln of the chance of k or more misses in n windows when each misses with probability q. */
static double log_binomial_tail(int n, int k, double q)
{
	double sum = 0.0, choose = 0.0; /* ln of n over i; lgamma would write a global */

	for (int i = 0; i <= n; i++) {
		if (i >= k)
			sum += exp(choose + i * log(q) + (n - i) * log1p(-q));
		choose += i < n ? log((double)(n - i) / (i + 1)) : 0.0;
	}
	return log(fmin(sum + 1e-300, 1.0));
}

double as_evidence_coverage(double matched, double missed, double strength)
{
	double q = fmin(fmax(MISS_SHARE / fmax(strength, 1.0), MISS_SHARE_MIN), MISS_SHARE_MAX), surprise;

	/* neighbours miss together: half of the windows count */
	surprise = -log_binomial_tail((int)lround(0.5 * (matched + missed)), (int)(0.5 * missed), q) / LN10;
	return surprise <= COVERAGE_FREE ? AS_SCORE_MAX : COVERAGE_SCALE / surprise;
}
