/* A sweep whose sound, played and heard again, tells how long that took (doc/live.md, calibration). Pure. */
#ifndef AS_LIVE_CHIRP_H
#define AS_LIVE_CHIRP_H

#include <stdbool.h>

#include "base/error.h"

#define AS_CHIRP_S 0.4

/* Samples of one at a rate. */
int as_chirp_frames(double rate_hz);
/* The sweep at that rate, peaks at 1: an octave takes as long as any other, from 200 Hz to 8 kHz, or to what the rate holds. */
void as_chirp_make(float *out, double rate_hz);

/* What was heard of one. */
struct as_chirp_found {
	double at;         /* samples of v before its first; below a sample */
	double err;        /* standard error, samples */
	double confidence; /* -log10 of the chance that other sound looks as alike anywhere in v */
	double level_db;   /* RMS of v where it lies, dBFS; -200 for digital silence */
	double noise_db;   /* RMS of the rest of v */
	bool flipped;      /* one side of the loop has its polarity reversed */
};

/* The chirp's first arrival in n mono samples. Anything gives an answer; the confidence says what it is worth. AS_OK, AS_ERR_MEMORY,
 * AS_ERR_INVALID where v is shorter than two chirps. */
enum as_status as_chirp_find(const float *v, int n, double rate_hz, struct as_chirp_found *out, struct as_error *err);

#define AS_CHIRP_CONFIDENCE 4.0 /* decades, from which a chirp was heard */

enum as_chirps_verdict {
	AS_CHIRPS_OK,
	AS_CHIRPS_SILENT,   /* nothing at all came in */
	AS_CHIRPS_UNHEARD,  /* sound did, but too few of the chirps */
	AS_CHIRPS_UNSTEADY, /* they took different times */
};

struct as_chirp_delay {
	double delay_s, err_s;
	double confidence, level_db;
};

struct as_chirps {
	enum as_chirps_verdict verdict;
	bool settled;                 /* as well known as it will be; else more chirps may help */
	int n_heard, n_used;          /* of those that it was found from; used: those that agree */
	double delay_s;               /* their median; NAN where none was heard */
	double err_s;                 /* of it: what chirps have in common that follow one another is in it */
	double spread_s;              /* standard deviation of those that agree; NAN of fewer than two */
};

/* What n chirps, in the order in which they were played, come to: those of the last `window`, if they agree; else all, if they differ as by
 * chance. Delays that run away, or come in groups, are AS_CHIRPS_UNSTEADY. */
struct as_chirps as_chirps_sum_up(const struct as_chirp_delay *d, int n, int window);

#endif
