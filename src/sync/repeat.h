/* Sound that comes back: by how much a clip could be shifted and still match, as those matches say that had room to see it
 * (doc/algorithm.md, section 7). */
#ifndef AS_SYNC_REPEAT_H
#define AS_SYNC_REPEAT_H

#include "sync/solve.h"
#include "sync/touch.h"

#define AS_REPEATS 8

/* Shifts, either way, that some match of the clip hardly tells from none; the hardest ones first. */
struct as_repeats {
	int n;
	double by_s[AS_REPEATS]; /* > 0 */
};

/* Fills out[n_clips]. Only matches of at least `weak` count, and of these the rivals less than `margin` behind. */
void as_repeats_find(const struct as_solve_match *matches, int n_clips, const struct as_touch *touch, double weak,
		     double margin, struct as_repeats *out);

#endif
