#include "sync/hypothesis.h"

#include <math.h>
#include <stdbool.h>
#include <stdlib.h>

#define TOLERANCE 24.0 /* lags: 3 ms */
#define BLOCK_LAGS 400.0 /* of the probe's extreme-value statistics: 50 ms */

struct peak {
	int probe;
	double mid, lag, nats;
	bool used;
};

static int by_nats(const void *a, const void *b)
{
	const struct peak *x = a, *y = b;

	if (x->nats != y->nats)
		return x->nats < y->nats ? 1 : -1;
	if (x->lag != y->lag)
		return x->lag < y->lag ? -1 : 1;
	return (x->mid > y->mid) - (x->mid < y->mid);
}

static int by_joint(const void *a, const void *b)
{
	const struct as_hypothesis *x = a, *y = b;

	if (x->nats != y->nats)
		return x->nats < y->nats ? 1 : -1;
	return (x->lag > y->lag) - (x->lag < y->lag);
}

/* Gathers the peaks that agree with p[seed]; at most one of each probe. Each further peak counts what it is worth after
 * the chance that one of so many peaks falls so near. */
static struct as_hypothesis gather(struct peak *p, int n, int seed, int n_probes, double log_blocks)
{
	double best = p[seed].nats - log_blocks - log(n_probes);
	struct as_hypothesis h = {.anchor = p[seed].mid,
				  .lag = p[seed].lag,
				  .nats = best,
				  .best_nats = best,
				  .n_probes = 1};

	p[seed].used = true;
	for (int i = seed + 1; i < n; i++) {
		double dt = fabs(p[i].mid - h.anchor), tol = TOLERANCE + AS_DRIFT_MAX * dt, gain;
		bool twice = false;

		if (p[i].used || p[i].probe == p[seed].probe || fabs(p[i].lag - h.lag) > tol)
			continue;
		for (int j = seed + 1; j < i; j++)
			twice = twice || (p[j].probe == p[i].probe && p[j].used &&
					  fabs(p[j].lag - h.lag) <=
						  TOLERANCE + AS_DRIFT_MAX * fabs(p[j].mid - h.anchor));
		if (twice)
			continue;
		p[i].used = true;
		gain = p[i].nats - log(1.0 + 2.0 * tol / BLOCK_LAGS) - log((double)AS_PROBE_PEAKS);
		h.nats += gain > 0.0 ? gain : 0.0;
		h.n_probes++;
	}
	return h;
}

int as_hypotheses(const struct as_probe *probes, const struct as_probe_result *results,
		  int n_probes, struct as_hypothesis *out, int max)
{
	struct peak *p = malloc(sizeof(*p) * (size_t)(n_probes * AS_PROBE_PEAKS + 1));
	struct as_hypothesis *all = malloc(sizeof(*all) * (size_t)(n_probes * AS_PROBE_PEAKS + 1));
	double log_blocks = 0.0;
	int n = 0, k = 0;

	if (p && all) {
		for (int i = 0; i < n_probes; i++) {
			log_blocks = fmax(log_blocks, results[i].log_blocks);
			for (int j = 0; j < results[i].n_peaks; j++)
				p[n++] = (struct peak){i, (double)probes[i].at + 0.5 * probes[i].n,
						       (double)results[i].peaks[j].lag,
						       results[i].peaks[j].evidence, false};
		}
		qsort(p, (size_t)n, sizeof(*p), by_nats);
		for (int i = 0; i < n; i++)
			if (!p[i].used)
				all[k++] = gather(p, n, i, n_probes, log_blocks);
		qsort(all, (size_t)k, sizeof(*all), by_joint);
		k = k < max ? k : max;
		for (int i = 0; i < k; i++)
			out[i] = all[i];
	}
	free(p);
	free(all);
	return k;
}
