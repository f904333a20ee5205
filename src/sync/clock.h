/* Whose clock wanders, and how: from the curves that matches show to one curve for each clip (doc/algorithm.md, section 8). */
#ifndef AS_SYNC_CLOCK_H
#define AS_SYNC_CLOCK_H

#include "sync/graph.h"

#define AS_CLOCK_KNOTS 160
#define AS_CLOCK_POINTS 160

/* Marks the clips whose clocks wander: as few as explain every one of these matches that shows a curve, none of the island's own
 * clock. wanders: one per clip of the graph. False when out of memory. */
bool as_clock_accuse(const struct as_graph *g, const int *matches, int n, int clock_track,
		     bool *wanders);

/* Knots for a clip of this length: *every_s apart, the first at 0. */
int as_clock_knots(double duration_s, double *every_s);

/* Times of b, and errors, at which a match tells where its clips lie relative to one another; at most AS_CLOCK_POINTS. */
int as_clock_points(const struct as_graph *g, const struct as_solve_match *m, double *b_s,
		    double *err_s, int *piece);

#endif
