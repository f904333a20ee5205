/* Robust least squares over one component: all agreeing matches together fix every clip's start and every device's clock
 * (doc/algorithm.md, section 8). */
#ifndef AS_SYNC_ADJUST_H
#define AS_SYNC_ADJUST_H

#include "sync/graph.h"

/* Improves g->place of the clips of component c; clock_track's clock is the island's. drift_err (per clip, not ppm) gets one standard
 * error of the clip's clock, INFINITY where nothing measured it. AS_ERR_MEMORY, AS_CANCELLED. */
enum as_status as_adjust(struct as_graph *g, int c, int clock_track, double *drift_err,
			 struct as_error *err);

#endif
