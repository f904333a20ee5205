/* Lost and gained samples: which clip they belong to, told from the pieces of all its matches (doc/algorithm.md, section 8). */
#ifndef AS_SYNC_JUMPS_H
#define AS_SYNC_JUMPS_H

#include "sync/solve.h"
#include "sync/touch.h"

#define AS_JUMPS_MAX (AS_MATCH_PIECES - 1)

/* At time at_s of the clip, size_s seconds of its own clock are missing (> 0) or too many (< 0): what follows sits so much later. In
 * time order. */
struct as_jumps {
	double at_s[AS_JUMPS_MAX];
	double size_s[AS_JUMPS_MAX];
	int n;
};

/* Which matches are heard: those of a score and a margin that place. */
struct as_jumps_rules {
	const struct as_solve_clip *clips;
	double weak, min_margin;
};

/* out: one entry per clip, zeroed by the callee. */
void as_jumps_find(const struct as_jumps_rules *rules, const struct as_solve_match *matches,
		   int n_matches, int n_clips, const struct as_touch *touch, struct as_jumps *out);

/* Sum of the jumps before time t_s. */
double as_jumps_before(const struct as_jumps *j, double t_s);

#endif
