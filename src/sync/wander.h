/* A clock that wanders within one overlap (doc/algorithm.md, section 6). */
#ifndef AS_SYNC_WANDER_H
#define AS_SYNC_WANDER_H

#include "dsp/smooth.h"
#include "sync/lines.h"

struct as_wander {
	struct as_smooth_point p[AS_TRACK_WINDOWS]; /* lags of the matched windows, by time */
	int piece[AS_TRACK_WINDOWS];
	int n; /* 0: the lines say it all */
};

/* Looks whether the lags leave the lines by more than their noise; if they do, the pieces' heads and tails follow them. Returns 0, or
 * -1 when out of memory. */
int as_wander_find(const struct as_search *s, struct as_lines *f, struct as_wander *w);

/* Once the pieces' borders are known: fills the knots and places the lines so that the wander is continuous. */
void as_wander_lay(const struct as_wander *w, struct as_lines *f);

#endif
