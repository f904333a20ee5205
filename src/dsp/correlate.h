/* Correlation of probes with a long target over all lags, with a false-alarm score for every peak
 * (doc/algorithm.md, sections 3 and 4). */
#ifndef AS_DSP_CORRELATE_H
#define AS_DSP_CORRELATE_H

#include <stdatomic.h>

#include "base/error.h"
#include "dsp/signal.h"

#define AS_PROBE_PEAKS 8

/* A stretch of a signal: samples [at, at + n), n under 2^17. */
struct as_probe {
	int64_t at;
	int n;
};

struct as_peak {
	int64_t lag;      /* target index minus source index, samples */
	float evidence;   /* nats by which the peak exceeds what chance gives in ONE block of lags */
	float rho;        /* signed correlation coefficient at the lag */
};

/* The peaks of one probe, strongest first, at least 50 ms apart. */
struct as_probe_result {
	struct as_peak peaks[AS_PROBE_PEAKS];
	int n_peaks;
	double log_blocks; /* ln of the number of lag blocks searched: peaks[i].evidence - log_blocks is -ln p of the search */
};

/* The best lag of one block of 50 ms of lags: what a probe has to say about places where it does not speak for itself. */
struct as_block {
	uint16_t at;       /* samples after the block's first lag */
	uint8_t evidence;  /* in steps of 1 / AS_BLOCK_STEPS nats above AS_BLOCK_MIN, held within the type's range */
};
#define AS_BLOCK_SAMPLES 400
#define AS_BLOCK_STEPS 8
#define AS_BLOCK_MIN -4.0f

/* How many blocks the lags [from, to] are. */
int as_correlate_blocks(int64_t from, int64_t to);

struct as_correlator;

/* Workspace for one thread, for any number of searches: what one of them needed is kept for the next. NULL when out of memory. */
struct as_correlator *as_correlator_new(void);
void as_correlator_free(struct as_correlator *c);

/* Correlates each of the n_probes stretches of src with target at all lags in [lag_from, lag_to]; out has n_probes entries. A probe with
 * hardly any energy gets no peaks. mean_power is the target's mean square: where less than a quarter of it is met (silence, edges), the
 * coefficient is held down. blocks, if not NULL, gets as_correlate_blocks entries for each probe. AS_OK, AS_CANCELLED, AS_ERR_MEMORY. */
enum as_status as_correlate_probes(struct as_correlator *c, const struct as_signal *target,
				   const struct as_signal *src, const struct as_probe *probes, int n_probes,
				   int64_t lag_from, int64_t lag_to, double mean_power,
				   const atomic_bool *cancel, struct as_block *blocks,
				   struct as_probe_result *out, struct as_error *err);

/* One short window of src against target around one expected lag, at the full rate. */
enum {
	AS_LOCAL_PIECE = 4096,
	AS_LOCAL_N = 7 * AS_LOCAL_PIECE, /* window: 3.584 s at 8 kHz */
	AS_LOCAL_REACH = 2000,   /* lags looked at on both sides: 250 ms */
};

struct as_local {
	double lag;       /* of the peak, samples, by band-limited interpolation */
	float rho;        /* signed, at the peak */
	float power;      /* rho squared summed over the peak and two lags on both sides */
	float evidence;   /* nats: -ln of the chance of such a peak anywhere within the gate; may be negative */
	float gumbel;     /* the same as a variable that under chance follows the standard Gumbel law */
	float active;     /* 0..1: energy of the weaker side relative to that of full activity */
	float covered;    /* 0..1: share of the window that lies inside target */
};

struct as_local_ws;
struct as_local_ws *as_local_new(void);
void as_local_free(struct as_local_ws *w);

/* Correlates src[at, at + AS_LOCAL_N) with target at lags around `lag` and looks for the peak within +-gate. trace, if not NULL, gets
 * 2 * trace_reach + 1 values: how far the power at lags around the one nearest to `lag` exceeds what chance gives, as evidence does. */
void as_correlate_local(struct as_local_ws *w, const struct as_signal *target, const struct as_signal *src,
			int64_t at, double lag, int gate, struct as_local *out, float *trace, int trace_reach);
/* The same of a shorter window: `pieces` of AS_LOCAL_PIECE samples, 1 … 7. */
void as_correlate_local_pieces(struct as_local_ws *w, const struct as_signal *target, const struct as_signal *src, int64_t at,
			       int pieces, double lag, int gate, struct as_local *out);

#endif
