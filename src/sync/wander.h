/* A clock that wanders within one overlap (doc/algorithm.md, section 6). */
#ifndef AS_SYNC_WANDER_H
#define AS_SYNC_WANDER_H

#include "dsp/smooth.h"
#include "sync/lines.h"

#define AS_WANDER_POINTS 320

struct as_wander {
	struct as_smooth_point p[AS_WANDER_POINTS]; /* lags of windows, by time */
	int piece[AS_WANDER_POINTS];
	int n;           /* 0: the lines say it all */
	double from, to; /* of the overlap */
};

/* Looks whether the lags leave the lines by more than their noise; if they do, measures them all along the overlap, and the pieces'
 * heads and tails follow them. AS_OK, AS_CANCELLED, AS_ERR_MEMORY. */
enum as_status as_wander_find(const struct as_search *s, struct as_lines *f, struct as_wander *w);

/* Once the pieces' borders are known: fills the knots and places the lines so that the wander is continuous. */
void as_wander_lay(const struct as_wander *w, struct as_lines *f);

#endif
