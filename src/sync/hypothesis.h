/* Peaks of several probes -> hypotheses about the lag (doc/algorithm.md, section 5). */
#ifndef AS_SYNC_HYPOTHESIS_H
#define AS_SYNC_HYPOTHESIS_H

#include "dsp/correlate.h"

#define AS_DRIFT_MAX 250e-6 /* by which two clocks may differ, each up to 125 ppm off */

struct as_hypothesis {
	double anchor;    /* centre of its best probe, samples of src */
	double lag;       /* there */
	double nats;      /* joint evidence, the whole search paid for */
	double best_nats; /* of the best probe alone */
	int n_probes;
	double slope; /* of the lag, where it is known */
};

/* Joins peaks of different probes that one line of at most AS_DRIFT_MAX can hold; best first, at most max. Returns how many. */
int as_hypotheses(const struct as_probe *probes, const struct as_probe_result *results,
		  int n_probes, struct as_hypothesis *out, int max);

#endif
