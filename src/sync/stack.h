/* What many probes say together about places of which none is sure: their block maxima, added along lines
 * (doc/algorithm.md, section 5). */
#ifndef AS_SYNC_STACK_H
#define AS_SYNC_STACK_H

#include "sync/hypothesis.h"

/* blocks: n_probes rows of n_blocks, the first block beginning at lag_from. Finds the places that stand out, best first, at most max: lag
 * is known to a block, slope to a block over the probes' distance. Returns how many, or -1 when out of memory. */
int as_stack(const struct as_probe *probes, int n_probes, const struct as_block *blocks,
	     int n_blocks, int64_t lag_from, struct as_hypothesis *out, int max);

#endif
