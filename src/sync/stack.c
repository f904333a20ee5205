#include "sync/stack.h"

#include <math.h>
#include <stdlib.h>
#include <string.h>

#include "dsp/peak.h"

#define SLOPES_MAX 129
/* nats: what chance gives to the better of two blocks; who says less says nothing */
#define FLOOR 1.2f
#define CAP 12.0f /* one probe never outweighs some others */
#define GROUP 16  /* blocks of one maximum of the sums' own statistics */
#define APART 6   /* blocks: 0.3 s, what a look at one place sees anyway */
#define PROBES_MIN 3
#define STAND_OUT 0.0 /* nats, the search paid */

struct sums {
	uint16_t *best;       /* per block: largest sum over all slopes */
	unsigned char *slope; /* which one that was */
	uint16_t *one;
	uint8_t *two; /* of a probe: the better of two neighbours, floor and cap applied */
};

/* Slopes are so dense that the furthest probe moves by one block from one to the next. */
struct fan {
	double mid, step;
	int n;
};

static struct fan spread(const struct as_probe *p, int n)
{
	double lo = INFINITY, hi = -INFINITY, reach;
	struct fan f;

	for (int i = 0; i < n; i++) {
		lo = fmin(lo, (double)p[i].at + 0.5 * p[i].n);
		hi = fmax(hi, (double)p[i].at + 0.5 * p[i].n);
	}
	f.mid = 0.5 * (lo + hi);
	reach = fmax(0.5 * (hi - lo), 1.0);
	f.step = AS_BLOCK_SAMPLES / reach;
	f.n = 2 * (int)ceil(AS_DRIFT_MAX / f.step - 0.5) + 1;
	if (f.n > SLOPES_MAX) {
		f.n = SLOPES_MAX;
		f.step = 2.0 * AS_DRIFT_MAX / (SLOPES_MAX - 1);
	}
	return f;
}

static double slope_of(const struct fan *f, int k)
{
	return (k - f->n / 2) * f->step;
}

static int shift_of(const struct fan *f, const struct as_probe *p, int k)
{
	return (int)lrint(slope_of(f, k) * ((double)p->at + 0.5 * p->n - f->mid) /
			  AS_BLOCK_SAMPLES);
}

static uint8_t steps(float nats)
{
	return (uint8_t)((nats - AS_BLOCK_MIN) * AS_BLOCK_STEPS);
}

/* The better of blocks i and i + 1, as steps above the floor. */
static void pair_up(const struct as_block *b, int n, uint8_t *two)
{
	uint8_t floor = steps(FLOOR), cap = steps(CAP);

	for (int i = 0; i < n; i++) {
		uint8_t x = b[i].evidence, y = i + 1 < n ? b[i + 1].evidence : 0;

		x = x > y ? x : y;
		x = x < floor ? floor : x > cap ? cap : x;
		two[i] = (uint8_t)(x - floor);
	}
}

static void add_row(uint16_t *sum, const uint8_t *two, int n, int shift)
{
	int from = shift < 0 ? -shift : 0, to = shift > 0 ? n - shift : n;

	for (int i = from; i < to; i++)
		sum[i] = (uint16_t)(sum[i] + two[i + shift]);
}

static void add_up(const struct as_probe *p, int n_probes, const struct as_block *b, int n,
		   const struct fan *f, struct sums *s)
{
	for (int i = 0; i < n_probes; i++)
		pair_up(b + (size_t)i * (size_t)n, n, s->two + (size_t)i * (size_t)n);
	memset(s->best, 0, sizeof(*s->best) * (size_t)n);
	memset(s->slope, 0, (size_t)n);
	for (int k = 0; k < f->n; k++) {
		memset(s->one, 0, sizeof(*s->one) * (size_t)n);
		for (int i = 0; i < n_probes; i++)
			add_row(s->one, s->two + (size_t)i * (size_t)n, n, shift_of(f, &p[i], k));
		for (int i = 0; i < n; i++)
			if (s->one[i] > s->best[i]) {
				s->best[i] = s->one[i];
				s->slope[i] = (unsigned char)k;
			}
	}
}

/* How the sums stand out: their maxima over groups of blocks are Gumbel's, too. */
static struct as_gumbel statistics(const uint16_t *sum, int n, float *tmp, int *groups)
{
	int k = 0;

	for (int from = 0; from < n; from += GROUP) {
		uint16_t top = 0;

		for (int i = from; i < from + GROUP && i < n; i++)
			top = sum[i] > top ? sum[i] : top;
		tmp[k++] = (float)top;
	}
	*groups = k;
	return as_gumbel_fit(tmp, k);
}

static int pick(int n, int64_t lag_from, const struct fan *f, struct sums *s, float *tmp,
		struct as_hypothesis *out, int max)
{
	int groups, found = 0;
	struct as_gumbel g = statistics(s->best, n, tmp, &groups);

	while (g.beta > 0.0f && found < max) {
		int top = 0;
		double nats;

		for (int i = 1; i < n; i++)
			if (s->best[i] > s->best[top])
				top = i;
		nats = (double)(((float)s->best[top] - g.mu) / g.beta) - log(groups);
		if (nats < STAND_OUT)
			break;
		out[found++] = (struct as_hypothesis){.anchor = f->mid,
						      .lag = (double)lag_from +
							     (top + 1.0) * AS_BLOCK_SAMPLES,
						      .slope = slope_of(f, s->slope[top]),
						      .nats = nats};
		for (int i = top - APART; i <= top + APART; i++)
			if (i >= 0 && i < n)
				s->best[i] = 0;
	}
	return found;
}

int as_stack(const struct as_probe *probes, int n_probes, const struct as_block *blocks,
	     int n_blocks, int64_t lag_from, struct as_hypothesis *out, int max)
{
	size_t n = (size_t)n_blocks;
	struct sums s = {malloc(sizeof(*s.best) * n), malloc(n), malloc(sizeof(*s.one) * n),
			 malloc(n * (size_t)n_probes)};
	float *tmp = malloc(sizeof(*tmp) * (n / GROUP + 1));
	struct fan f;
	int found = -1;

	if (n_probes < PROBES_MIN || n_blocks < 1) {
		found = 0;
	} else if (s.best && s.slope && s.one && s.two && tmp) {
		f = spread(probes, n_probes);
		add_up(probes, n_probes, blocks, n_blocks, &f, &s);
		found = pick(n_blocks, lag_from, &f, &s, tmp, out, max);
	}
	free(s.best);
	free(s.slope);
	free(s.one);
	free(s.two);
	free(tmp);
	return found;
}
