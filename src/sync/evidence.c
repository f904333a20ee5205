#include "sync/evidence.h"

#include <math.h>

#include "sync/hypothesis.h"

#define LN10 2.302585092994046
#define EULER 0.5772156649015329
#define LINE_APART 8.0 /* samples: lines nearer than 1 ms are one */
#define ECHO_DECADES 3.0
#define ECHO_SPREAD 0.3  /* how differently two windows show one echo */
#define ECHO 2000.0      /* samples: what echoes of one sound may be apart, 250 ms */
#define WINDOW_CAP 30.0  /* nats that one window may add: no local fit knows its tail further out */
#define WINDOW_TRUST 0.9 /* the fit's own error makes the tail heavier than exponential */
#define CONTRAST_SCALE                                                                             \
	2.3 /* wrong places stay under what this makes of 3 decades: doc/algorithm.md section 5 */
#define MISS_SHARE                                                                                 \
	1.8 /* a true overlap of strength z misses at most about this / z of its windows */
#define MISS_SHARE_MIN 0.05
#define MISS_SHARE_MAX 0.6
#define PHRASE_MISSED 4.0       /* what is heard in hardly any of several windows is a phrase, not an overlap */
#define PHRASE_SHARE 0.15
#define PHRASE_MARGIN 1.0
#define LONE_STRENGTH 6.0       /* one faint window shows what music has in many places */
#define LONE_MARGIN 2.0
#define COVERAGE_FREE 1.0 /* decades of surprise about misses that anything may cause */
#define COVERAGE_SCALE 4.0
#define PRIOR_SPREAD 3.0  /* percent: how differently two windows show the same match … */
#define SPREAD_SHARE 0.15 /* … and in proportion to how clearly they do */
#define FEW_WINDOWS 1.5 /* so many windows are worth half: in a few, a repetition can win by luck */

/* -ln of a bound of the chance that n standard Gumbel variables have a mean of at least `mean` (Chernoff 1952): the largest
 * s * mean - ln E[exp(s * x)], and E[exp(s * x)] = gamma(1 - s). */
static double gumbel_mean_nats(int n, double mean)
{
	double lo = 0.0, hi = 1.0 - 1e-9;

	if (mean <= EULER)
		return 0.0;
	while (hi - lo > 1e-9) {
		double a = lo + (hi - lo) / 3.0, b = hi - (hi - lo) / 3.0;

		if (a * mean - log(tgamma(1.0 - a)) < b * mean - log(tgamma(1.0 - b)))
			lo = a;
		else
			hi = b;
	}
	return n * (lo * mean - log(tgamma(1.0 - lo)));
}

/* What the windows say: those that the best probe did not see, or all. */
static double windows_nats(const struct as_track *t, bool all, int *windows)
{
	double sum = 0.0;
	int n = 0;

	for (int i = 0; i < t->n; i++) {
		const struct as_track_window *w = &t->w[i];
		double g = WINDOW_TRUST * (double)w->chance;

		if (!w->tried ||
		    (!all && fabs(w->mid - t->anchor) < 0.5 * (AS_LOCAL_N + t->probe_n)))
			continue;
		sum += g > WINDOW_CAP ? WINDOW_CAP : g;
		n++;
	}
	*windows = n;
	return n ? gumbel_mean_nats(n, sum / n) : 0.0;
}

/* ln of the number of lines that differ: by their place, and by their slope over the windows. */
static double log_lines(const struct as_track *t, double lags)
{
	double span = t->n ? t->w[t->n - 1].mid - t->w[0].mid : 0.0;

	return log(fmax(lags / LINE_APART, 1.0)) + log(1.0 + 2.0 * AS_DRIFT_MAX * span / LINE_APART);
}

double as_evidence_score(const struct as_track *t, int n_hypotheses, double lags)
{
	double probe = t->best_nats > 0.0 ? t->best_nats : 0.0, x, score;
	int n;

	if (t->straight) {
		x = windows_nats(t, true, &n) - log_lines(t, lags);
		n = 0;
	} else {
		x = probe +
		    fmax(windows_nats(t, false, &n) - log(n_hypotheses > 1 ? n_hypotheses : 1),
			 0.0);
	}
	x = x > 0.0 ? x : 0.0;
	/* the product of two probabilities is small more often than either; of one witness there is nothing to pay */
	score = (n ? x - log1p(x) : x) / LN10;
	return score < 0.0 ? 0.0 : score > AS_SCORE_MAX ? AS_SCORE_MAX : score;
}

bool as_evidence_near(const struct as_track *a, const struct as_track *b)
{
	double dx = b->anchor - a->anchor;

	return fabs(b->lag - a->lag - a->slope * dx) < ECHO + AS_DRIFT_MAX * fabs(dx);
}

double as_evidence_place(const struct as_track *t, const struct as_track *all, int n, double lags)
{
	double best = as_evidence_score(t, n, lags);
	int windows;

	/* its own windows must say which of the echoes it is */
	if ((windows_nats(t, true, &windows) - log_lines(t, 2.0 * ECHO)) / LN10 < ECHO_DECADES)
		return best;
	for (int i = 0; i < n; i++)
		if (as_evidence_near(t, &all[i]))
			best = fmax(best, as_evidence_score(&all[i], n, lags));
	return best;
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

double as_evidence_echo_margin(const struct as_track *a, const struct as_track *b)
{
	double sum = 0.0, var = 0.0, c;
	int i = -1, j = -1;

	while (as_track_next_shared(a, b, &i, &j)) {
		double x, y, s;

		if (!a->w[i].tried || !b->w[j].tried)
			continue;
		x = fmin((double)a->w[i].local.gumbel, WINDOW_CAP);
		y = fmin((double)b->w[j].local.gumbel, WINDOW_CAP);
		s = ECHO_SPREAD * fmax(x, y);
		sum += x - y;
		var += 2.0 * M_PI * M_PI / 6.0 + s * s;
	}
	c = var > 0.0 ? sum / sqrt(var) : 0.0;
	return 0.5 * c * fabs(c) / LN10;
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
	double q = fmin(fmax(MISS_SHARE / fmax(strength, 1.0), MISS_SHARE_MIN), MISS_SHARE_MAX),
	       surprise;

	if (missed >= PHRASE_MISSED && matched < PHRASE_SHARE * (matched + missed))
		return PHRASE_MARGIN;
	if (matched + missed < 1.5 && strength < LONE_STRENGTH)
		return LONE_MARGIN;
	/* neighbours miss together: half of the windows count */
	surprise =
		-log_binomial_tail((int)lround(0.5 * (matched + missed)), (int)(0.5 * missed), q) /
		LN10;
	return surprise <= COVERAGE_FREE ? AS_SCORE_MAX : COVERAGE_SCALE / surprise;
}
