/* Straight lines through all windows of an overlap that explain most of them together (doc/algorithm.md, section 5). */
#ifndef AS_SYNC_SLANT_H
#define AS_SYNC_SLANT_H

#include <stdatomic.h>

#include "sync/track.h"

#define AS_SLANT_LINES 2

/* The lag is `lag` at the track's anchor and changes by `slope`. */
struct as_slant {
	double lag, slope;
};

/* t has its windows laid; its lag and slope are known to 0.1 s. out gets the best line near there and the best of those that lie
 * elsewhere by 5 ms and more: in a large room an echo may be as loud. Returns 0, -1 when out of memory, 1 when cancelled. */
int as_slant_find(const struct as_track *t, struct as_local_ws *ws, const struct as_signal *target,
		  const struct as_signal *src, const atomic_bool *cancel,
		  struct as_slant out[AS_SLANT_LINES]);

#endif
