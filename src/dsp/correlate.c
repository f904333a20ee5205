#include "dsp/correlate.h"

#include <math.h>
#include <stdbool.h>
#include <stdlib.h>
#include <string.h>

#include "dsp/fft.h"
#include "dsp/kernel.h"
#include "dsp/peak.h"

/* Lags come at half the signal's rate: enough to find a place, and half the work (doc/algorithm.md section 3). Halving happens
 * in the frequency domain, where the upper half of the product is left out. */
enum {
	STEP = 2,                     /* samples per lag */
	BLOCK = 200,                  /* lags per block of the extreme-value statistics: 50 ms */
	BLOCK_SAMPLES = BLOCK * STEP,
	PAD = 16,                     /* room before the lags, so that smoothing needs no edge case and SIMD stays aligned */
};

/* Mean square of a probe under which it is silence or a steady tone but for an instant (dsp/whiten.c: 400 is full activity). A
 * single click has no more than a few degrees of freedom, and chance finds its like too easily. */
#define POWER_MIN 9.0

struct as_correlator {
	int m;                        /* transform size */
	struct as_fft *fft, *ifft;    /* of m and m / STEP */
	float *time;
	float complex *target, *work;
	float complex *probes;        /* rows of bins() + 1 */
	double *probe_energy;         /* of each row */
	int n_rows;
	uint32_t *energy;             /* prefix sums of the target's squares */
	float *rho, *power;
};

struct block_max {
	float power, rho;
	int64_t lag;
};

static int bins(const struct as_correlator *c)
{
	return c->m / 2 / STEP;
}

struct as_correlator *as_correlator_new(int max_probe_n)
{
	struct as_correlator *c = calloc(1, sizeof(*c));
	size_t m;

	if (!c)
		return NULL;
	c->m = 1 << 15;
	while (c->m < 4 * max_probe_n && c->m < 1 << 18)
		c->m *= 2;
	m = (size_t)c->m;
	c->fft = as_fft_new(c->m);
	c->ifft = as_fft_new(c->m / STEP);
	c->time = as_fft_alloc(sizeof(float) * m);
	c->target = as_fft_alloc(sizeof(float complex) * (m / 2 + 1));
	c->work = as_fft_alloc(sizeof(float complex) * (m / 2 + 1));
	c->energy = malloc(sizeof(*c->energy) * (m + 1));
	c->rho = as_fft_alloc(sizeof(float) * (m / STEP + 2 * PAD));
	c->power = as_fft_alloc(sizeof(float) * (m / STEP));
	if (!c->fft || !c->ifft || !c->time || !c->target || !c->work || !c->energy || !c->rho || !c->power) {
		as_correlator_free(c);
		return NULL;
	}
	return c;
}

void as_correlator_free(struct as_correlator *c)
{
	if (!c)
		return;
	as_fft_free(c->fft);
	as_fft_free(c->ifft);
	as_fft_release(c->time);
	as_fft_release(c->target);
	as_fft_release(c->work);
	as_fft_release(c->probes);
	free(c->probe_energy);
	free(c->energy);
	as_fft_release(c->rho);
	as_fft_release(c->power);
	free(c);
}

/* The strongest peaks of one probe from its block maxima, which it uses up. */
static void pick_peaks(struct block_max *b, int n, struct as_probe_result *out, float *tmp)
{
	struct as_gumbel g;
	int k = 0;

	for (int i = 0; i < n; i++)
		if (b[i].power > 0.0f)
			tmp[k++] = b[i].power;
	g = as_gumbel_fit(tmp, k);
	out->n_peaks = 0;
	out->log_blocks = log(k > 1 ? k : 1);
	while (g.beta > 0.0f && out->n_peaks < AS_PROBE_PEAKS) {
		struct as_peak *p = &out->peaks[out->n_peaks];
		int best = 0;

		for (int i = 1; i < n; i++)
			if (b[i].power > b[best].power)
				best = i;
		if (b[best].power <= 0.0f)
			return;
		p->lag = b[best].lag;
		p->rho = b[best].rho;
		p->evidence = (b[best].power - g.mu) / g.beta;
		out->n_peaks++;
		for (int i = best > 0 ? best - 1 : 0; i <= best + 1 && i < n; i++)
			if (llabs(b[i].lag - p->lag) < BLOCK_SAMPLES)
				b[i].power = 0.0f;
	}
}

/* Lags [lag, lag + n * STEP) of one probe against the loaded target block, whose sample `from` is the first. */
static void scan(struct as_correlator *c, const float complex *probe, int probe_n, float probe_energy,
		 float energy_min, int from, int n, int64_t lag, int64_t lag_from, struct block_max *b)
{
	float *r = c->rho + PAD;

	as_kernel_mul_conj(c->work, c->target, probe, bins(c));
	c->work[bins(c)] = 0.0f;
	as_fft_inverse(c->ifft, c->work, r);
	r += from / STEP;
	as_kernel_normalise(r, n, c->energy + from, STEP, probe_n,
			    1.0f / ((float)c->m * sqrtf(probe_energy)), energy_min);
	r[-1] = r[-2] = r[n] = r[n + 1] = 0.0f;
	as_kernel_smooth_power(c->power, r, n);
	for (int i = 0; i < n;) {
		int64_t at = lag + (int64_t)i * STEP - lag_from;
		struct block_max *m = &b[at / BLOCK_SAMPLES];
		int end = i + (int)((BLOCK_SAMPLES - at % BLOCK_SAMPLES + STEP - 1) / STEP);
		int k;

		if (end > n)
			end = n;
		k = i + as_kernel_argmax(c->power + i, end - i);
		if (c->power[k] > m->power) {
			m->power = c->power[k];
			m->lag = lag + (int64_t)k * STEP;
			m->rho = r[k];
		}
		i = end;
	}
}

static enum as_status load_probes(struct as_correlator *c, const struct as_signal *src,
				  const struct as_probe *probes, int n, struct as_error *err)
{
	size_t row = (size_t)bins(c) + 1;

	if (n > c->n_rows) {
		as_fft_release(c->probes);
		free(c->probe_energy);
		c->n_rows = 0;
		c->probes = as_fft_alloc(sizeof(float complex) * row * (size_t)n);
		c->probe_energy = malloc(sizeof(*c->probe_energy) * (size_t)n);
		if (!c->probes || !c->probe_energy)
			return as_fail(err, AS_ERR_MEMORY, "out of memory");
		c->n_rows = n;
	}
	for (int i = 0; i < n; i++) {
		c->probe_energy[i] = as_signal_load(src, probes[i].at, probes[i].n, c->m, c->time);
		as_fft_forward(c->fft, c->time, c->work);
		memcpy(c->probes + row * (size_t)i, c->work, sizeof(float complex) * row);
	}
	return AS_OK;
}

/* The part of the lags [from, to] that a target block at `at` gives the probe: steps [first, last] from lag at - probe->at. */
struct span {
	int64_t first, last;
};

static struct span lags_in_block(const struct as_probe *p, int64_t at, int hop, int64_t from, int64_t to)
{
	int64_t lag = at - p->at;
	struct span s = {from > lag ? (from - lag + STEP - 1) / STEP : 0, to < lag ? -1 : (to - lag) / STEP};

	if (s.last >= hop / STEP)
		s.last = hop / STEP - 1;
	return s;
}

/* One target block, samples [at, at + m), against every probe: each probe takes the lags that fall into [at, at + hop). A block that
 * no probe wants is not even read: a look nearby meets each part of the target with one probe at most. */
static void scan_block(struct as_correlator *c, const struct as_signal *target, int64_t at, int hop,
		       const struct as_probe *probes, int n_probes, int64_t lag_from, int64_t lag_to,
		       double mean_power, struct block_max *b, size_t n_blocks)
{
	bool loaded = false;

	for (int i = 0; i < n_probes; i++) {
		struct span s = lags_in_block(&probes[i], at, hop, lag_from, lag_to);

		if (c->probe_energy[i] < POWER_MIN * probes[i].n || s.first > s.last)
			continue;
		if (!loaded) {
			as_signal_load(target, at, c->m, c->m, c->time);
			as_kernel_prefix_energy(c->energy, c->time, c->m);
			as_fft_forward(c->fft, c->time, c->target);
			loaded = true;
		}
		scan(c, c->probes + (size_t)i * ((size_t)bins(c) + 1), probes[i].n, (float)c->probe_energy[i],
		     (float)(0.25 * mean_power * probes[i].n) + 1.0f, (int)s.first * STEP,
		     (int)(s.last - s.first + 1), at - probes[i].at + s.first * STEP, lag_from,
		     b + n_blocks * (size_t)i);
	}
}

enum as_status as_correlate_probes(struct as_correlator *c, const struct as_signal *target,
				   const struct as_signal *src, const struct as_probe *probes, int n_probes,
				   int64_t lag_from, int64_t lag_to, double mean_power, const atomic_bool *cancel,
				   struct as_probe_result *out, struct as_error *err)
{
	size_t n_blocks = (size_t)((lag_to - lag_from) / BLOCK_SAMPLES) + 1;
	struct block_max *b = calloc(n_blocks * (size_t)n_probes, sizeof(*b));
	float *tmp = malloc(sizeof(float) * n_blocks);
	int64_t first = INT64_MAX, last = INT64_MIN;
	int longest = 0, hop;
	enum as_status st;

	if (!b || !tmp) {
		st = as_fail(err, AS_ERR_MEMORY, "out of memory");
		goto out;
	}
	st = load_probes(c, src, probes, n_probes, err);
	for (int i = 0; i < n_probes; i++) {
		longest = probes[i].n > longest ? probes[i].n : longest;
		first = probes[i].at + lag_from < first ? probes[i].at + lag_from : first;
		last = probes[i].at + lag_to > last ? probes[i].at + lag_to : last;
	}
	hop = (c->m - longest - 2 * STEP) / STEP * STEP;
	/* outside [-longest, n) nothing of the target is met */
	first = first < -(int64_t)longest ? -(int64_t)longest : first;
	last = last > target->n - 1 ? target->n - 1 : last;
	for (int64_t at = first; !st && at <= last; at += hop) {
		if (cancel && atomic_load_explicit(cancel, memory_order_relaxed))
			st = AS_CANCELLED;
		else
			scan_block(c, target, at, hop, probes, n_probes, lag_from, lag_to, mean_power, b,
				   n_blocks);
	}
	for (int i = 0; !st && i < n_probes; i++)
		pick_peaks(b + n_blocks * (size_t)i, (int)n_blocks, &out[i], tmp);
out:
	free(b);
	free(tmp);
	return st;
}
