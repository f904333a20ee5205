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
	BLOCK_SAMPLES = BLOCK * STEP, /* AS_BLOCK_SAMPLES */
	PAD = 16,                     /* room before the lags, so that smoothing needs no edge case and SIMD stays aligned */
	LOG_MIN = 13,                /* transforms: of 2^13 … */
	LOG_MAX = 18,                /* … to 2^18, which is as much as the caches hold */
	LOG_USUAL = 15,
};

/* Mean square of a probe under which it is silence or a steady tone but for an instant (dsp/whiten.c: 400 is full activity). A
 * single click has no more than a few degrees of freedom, and chance finds its like too easily. */
#define POWER_MIN 9.0

struct as_correlator {
	struct as_fft *fft[LOG_MAX + 1]; /* by size; made when first wanted */
	int m;                        /* transform size in use */
	int room;                     /* the largest m that the buffers have room for */
	float *time;
	float complex *target, *work;
	uint32_t *energy;             /* prefix sums of the target's squares */
	float *gain;                  /* 1 / root of the target's energy under a probe of gain_n samples at each lag */
	int gain_n;                   /* 0: not made for this block yet */
	float *rho;
	float complex *probes;        /* rows of bins() + 1 */
	double *probe_energy;         /* of each row */
	size_t probes_room, rows_room;
};

/* The strongest lag of every block, for one probe. */
struct maxima {
	float *power, *rho;
	uint16_t *at;                 /* samples from the block's first lag */
	size_t n;
};

static int bins(const struct as_correlator *c)
{
	return c->m / 2 / STEP;
}

static const struct as_fft *fft_of(const struct as_correlator *c, int m)
{
	return c->fft[__builtin_ctz((unsigned)m)];
}

struct as_correlator *as_correlator_new(void)
{
	return calloc(1, sizeof(struct as_correlator));
}

static void free_buffers(struct as_correlator *c)
{
	as_fft_release(c->time);
	as_fft_release(c->target);
	as_fft_release(c->work);
	as_fft_release(c->gain);
	as_fft_release(c->rho);
	free(c->energy);
	c->time = c->gain = c->rho = NULL;
	c->target = c->work = NULL;
	c->energy = NULL;
	c->room = 0;
}

void as_correlator_free(struct as_correlator *c)
{
	if (!c)
		return;
	for (int k = 0; k <= LOG_MAX; k++)
		as_fft_free(c->fft[k]);
	free_buffers(c);
	as_fft_release(c->probes);
	free(c->probe_energy);
	free(c);
}

static bool reserve_buffers(struct as_correlator *c, int room)
{
	size_t m = (size_t)room;

	if (room <= c->room)
		return true;
	free_buffers(c);
	c->time = as_fft_alloc(sizeof(float) * m);
	c->target = as_fft_alloc(sizeof(float complex) * (m / 2 + 1));
	c->work = as_fft_alloc(sizeof(float complex) * (m / 2 + 1));
	c->energy = malloc(sizeof(*c->energy) * (m + 1));
	c->gain = as_fft_alloc(sizeof(float) * (m / STEP));
	c->rho = as_fft_alloc(sizeof(float) * (m / STEP + 2 * PAD));
	if (!c->time || !c->target || !c->work || !c->energy || !c->gain || !c->rho)
		return false;
	c->room = room;
	return true;
}

/* Everything that transforms of size m need. */
static bool prepare(struct as_correlator *c, int m)
{
	for (int size = m; size >= m / STEP; size /= STEP) {
		int k = __builtin_ctz((unsigned)size);

		if (!c->fft[k] && !(c->fft[k] = as_fft_new(size)))
			return false;
	}
	c->m = m;
	return reserve_buffers(c, m);
}

static struct maxima row_of(const struct maxima *all, int i)
{
	size_t at = all->n * (size_t)i;

	return (struct maxima){all->power + at, all->rho + at, all->at + at, all->n};
}

int as_correlate_blocks(int64_t from, int64_t to)
{
	return to < from ? 0 : (int)((to - from) / BLOCK_SAMPLES) + 1;
}

static void keep_blocks(const struct maxima *b, struct as_gumbel g, struct as_block *out)
{
	for (size_t i = 0; i < b->n; i++) {
		float e = g.beta > 0.0f && b->power[i] > 0.0f ? (b->power[i] - g.mu) / g.beta : AS_BLOCK_MIN;

		e = (e - AS_BLOCK_MIN) * AS_BLOCK_STEPS;
		out[i].evidence = (uint8_t)(e < 0.0f ? 0.0f : e > 255.0f ? 255.0f : e);
		out[i].at = b->at[i];
	}
}

/* The strongest peaks of one probe from its block maxima, which it uses up. */
static void pick_peaks(const struct maxima *b, int64_t lag_from, struct as_block *blocks, struct as_probe_result *out,
		       float *tmp)
{
	struct as_gumbel g;
	int k = 0, n = (int)b->n;

	for (int i = 0; i < n; i++)
		if (b->power[i] > 0.0f)
			tmp[k++] = b->power[i];
	g = as_gumbel_fit(tmp, k);
	if (blocks)
		keep_blocks(b, g, blocks);
	out->n_peaks = 0;
	out->log_blocks = log(k > 1 ? k : 1);
	while (g.beta > 0.0f && out->n_peaks < AS_PROBE_PEAKS) {
		struct as_peak *p = &out->peaks[out->n_peaks];
		int best = as_kernel_argmax(b->power, n);

		if (b->power[best] <= 0.0f)
			return;
		p->lag = lag_from + (int64_t)best * BLOCK_SAMPLES + b->at[best];
		p->rho = b->rho[best];
		p->evidence = (b->power[best] - g.mu) / g.beta;
		out->n_peaks++;
		/* no second peak within a block's length */
		if (best > 0 && b->at[best - 1] > b->at[best])
			b->power[best - 1] = 0.0f;
		if (best + 1 < n && b->at[best + 1] < b->at[best])
			b->power[best + 1] = 0.0f;
		b->power[best] = 0.0f;
	}
}

/* Lags [lag, lag + n * STEP) of one probe against the loaded target block, whose sample `from` is the first. */
static void scan(struct as_correlator *c, const float complex *probe, double probe_energy, int from, int n,
		 int64_t lag, int64_t lag_from, const struct maxima *b)
{
	float *r = c->rho + PAD, power[BLOCK];

	as_kernel_mul_conj(c->work, c->target, probe, bins(c));
	c->work[bins(c)] = 0.0f;
	as_fft_inverse(fft_of(c, c->m / STEP), c->work, r);
	r += from / STEP;
	as_kernel_scale(r, c->gain + from / STEP, 1.0f / ((float)c->m * sqrtf((float)probe_energy)), n);
	r[-1] = r[-2] = r[n] = r[n + 1] = 0.0f;
	for (int i = 0; i < n;) {
		int64_t at = lag + (int64_t)i * STEP - lag_from, block = at / BLOCK_SAMPLES;
		int inside = (int)(at % BLOCK_SAMPLES), k;
		int len = (BLOCK_SAMPLES - inside + STEP - 1) / STEP;

		if (len > n - i)
			len = n - i;
		as_kernel_smooth_power(power, r + i, len);
		k = as_kernel_argmax(power, len);
		if (power[k] > b->power[block]) {
			b->power[block] = power[k];
			b->rho[block] = r[i + k];
			b->at[block] = (uint16_t)(inside + k * STEP);
		}
		i += len;
	}
}

/* What one search is about. */
struct job {
	const struct as_signal *target;
	const struct as_probe *probes;
	int n_probes;
	int longest, hop;
	int64_t lag_from, lag_to;
	double mean_power;
	const atomic_bool *cancel;
	struct maxima max;            /* a row for each probe */
};

/* Where in the target a probe is looked for: outside [-longest, n) it meets nothing. */
static int64_t first_place(const struct job *j, const struct as_probe *p)
{
	int64_t at = p->at + j->lag_from;

	return at < -(int64_t)j->longest ? -(int64_t)j->longest : at;
}

static int64_t last_place(const struct job *j, const struct as_probe *p)
{
	int64_t at = p->at + j->lag_to;

	return at > j->target->n - 1 ? j->target->n - 1 : at;
}

/* Steps [first, last] from `at` on are the places that a target block there gives a probe. */
struct span {
	int64_t first, last;
};

static struct span places_in_block(const struct job *j, const struct as_probe *p, int64_t at)
{
	int64_t from = first_place(j, p), to = last_place(j, p);
	struct span s = {from > at ? (from - at + STEP - 1) / STEP : 0, to < at ? -1 : (to - at) / STEP};

	if (s.last >= j->hop / STEP)
		s.last = j->hop / STEP - 1;
	return s;
}

static enum as_status reserve_probes(struct as_correlator *c, size_t row, size_t n, struct as_error *err)
{
	if (row * n <= c->probes_room && n <= c->rows_room)
		return AS_OK;
	as_fft_release(c->probes);
	free(c->probe_energy);
	c->probes_room = c->rows_room = 0;
	c->probes = as_fft_alloc(sizeof(float complex) * row * n);
	c->probe_energy = malloc(sizeof(*c->probe_energy) * n);
	if (!c->probes || !c->probe_energy)
		return as_fail(err, AS_ERR_MEMORY, "out of memory");
	c->probes_room = row * n;
	c->rows_room = n;
	return AS_OK;
}

/* The spectra of the probes that meet the target at all; of a look nearby that is a few. */
static enum as_status load_probes(struct as_correlator *c, const struct as_signal *src, const struct job *j,
				  struct as_error *err)
{
	size_t row = (size_t)bins(c) + 1;
	enum as_status st = reserve_probes(c, row, (size_t)j->n_probes, err);

	for (int i = 0; !st && i < j->n_probes; i++) {
		const struct as_probe *p = &j->probes[i];

		c->probe_energy[i] = 0.0;
		if (first_place(j, p) > last_place(j, p))
			continue;
		c->probe_energy[i] = as_signal_load(src, p->at, p->n, c->m, c->time);
		as_fft_forward(fft_of(c, c->m), c->time, c->work);
		memcpy(c->probes + row * (size_t)i, c->work, sizeof(float complex) * row);
	}
	return st;
}

static void load_block(struct as_correlator *c, const struct job *j, int64_t at)
{
	as_signal_load(j->target, at, c->m, c->m, c->time);
	as_kernel_prefix_energy(c->energy, c->time, c->m);
	as_fft_forward(fft_of(c, c->m), c->time, c->target);
	c->gain_n = 0;
}

/* One target block, samples [at, at + m), against probes [first, last]: each takes the places in [at, at + hop). A block
 * that none of them wants is not even read. */
static void scan_block(struct as_correlator *c, const struct job *j, int64_t at, int first, int last)
{
	bool loaded = false;

	for (int i = first; i <= last; i++) {
		const struct as_probe *p = &j->probes[i];
		struct span s = places_in_block(j, p, at);
		struct maxima row = row_of(&j->max, i);

		if (c->probe_energy[i] < POWER_MIN * p->n || s.first > s.last)
			continue;
		if (!loaded)
			load_block(c, j, at);
		loaded = true;
		if (c->gain_n != p->n)
			as_kernel_inverse_root(c->gain, j->hop / STEP, c->energy, STEP, p->n,
					       (float)(0.25 * j->mean_power * p->n) + 1.0f);
		c->gain_n = p->n;
		scan(c, c->probes + (size_t)i * ((size_t)bins(c) + 1), c->probe_energy[i], (int)s.first * STEP,
		     (int)(s.last - s.first + 1), at - p->at + s.first * STEP, j->lag_from, &row);
	}
}

static bool cancelled(const struct job *j)
{
	return j->cancel && atomic_load_explicit(j->cancel, memory_order_relaxed);
}

/* One pass over the target for all probes. */
static enum as_status scan_all(struct as_correlator *c, const struct job *j)
{
	int64_t first = INT64_MAX, last = INT64_MIN;

	for (int i = 0; i < j->n_probes; i++) {
		int64_t from = first_place(j, &j->probes[i]), to = last_place(j, &j->probes[i]);

		first = from < first ? from : first;
		last = to > last ? to : last;
	}
	for (int64_t at = first; at <= last; at += j->hop) {
		if (cancelled(j))
			return AS_CANCELLED;
		scan_block(c, j, at, 0, j->n_probes - 1);
	}
	return AS_OK;
}

/* A look nearby: one small block for each probe. */
static enum as_status scan_near(struct as_correlator *c, const struct job *j)
{
	for (int i = 0; i < j->n_probes; i++) {
		if (cancelled(j))
			return AS_CANCELLED;
		scan_block(c, j, first_place(j, &j->probes[i]), i, i);
	}
	return AS_OK;
}

/* The transform for a pass over all of a long target; less where a smaller one takes the few lags that are wanted, which *near
 * tells. */
static int choose_size(int longest, int64_t lags, bool *near)
{
	int usual = 1 << LOG_USUAL, m = 1 << LOG_MIN;

	while (usual < 4 * longest && usual < 1 << LOG_MAX)
		usual *= 2;
	while (m < usual && m < longest + lags + 2 * STEP)
		m *= 2;
	*near = m < usual;
	return m;
}

static bool new_maxima(struct maxima *m, size_t n_blocks, size_t rows)
{
	m->n = n_blocks;
	m->power = calloc(n_blocks * rows, sizeof(*m->power));
	m->rho = calloc(n_blocks * rows, sizeof(*m->rho));
	m->at = calloc(n_blocks * rows, sizeof(*m->at));
	return m->power && m->rho && m->at;
}

enum as_status as_correlate_probes(struct as_correlator *c, const struct as_signal *target,
				   const struct as_signal *src, const struct as_probe *probes, int n_probes,
				   int64_t lag_from, int64_t lag_to, double mean_power, const atomic_bool *cancel,
				   struct as_block *blocks, struct as_probe_result *out, struct as_error *err)
{
	struct job j = {target, probes, n_probes, 0, 0, lag_from, lag_to, mean_power, cancel, {0}};
	size_t n_blocks = (size_t)as_correlate_blocks(lag_from, lag_to);
	float *tmp = malloc(sizeof(float) * n_blocks);
	enum as_status st = AS_ERR_MEMORY;
	bool near;

	for (int i = 0; i < n_probes; i++)
		j.longest = probes[i].n > j.longest ? probes[i].n : j.longest;
	if (!tmp || !new_maxima(&j.max, n_blocks, (size_t)n_probes) ||
	    !prepare(c, choose_size(j.longest, lag_to - lag_from + 1, &near))) {
		as_fail(err, AS_ERR_MEMORY, "out of memory");
		goto out;
	}
	j.hop = (c->m - j.longest - 2 * STEP) / STEP * STEP;
	st = load_probes(c, src, &j, err);
	if (!st)
		st = near ? scan_near(c, &j) : scan_all(c, &j);
	for (int i = 0; !st && i < n_probes; i++) {
		struct maxima row = row_of(&j.max, i);

		pick_peaks(&row, lag_from, blocks ? blocks + n_blocks * (size_t)i : NULL, &out[i], tmp);
	}
out:
	free(j.max.power);
	free(j.max.rho);
	free(j.max.at);
	free(tmp);
	return st;
}
