/* Which matches touch a clip, so that nobody has to look through all of them. */
#ifndef AS_SYNC_TOUCH_H
#define AS_SYNC_TOUCH_H

#include "sync/solve.h"

/* The matches of clip c are match[first[c]] … match[first[c + 1] - 1], in ascending order. */
struct as_touch {
	int *first, *match;
};

/* AS_ERR_MEMORY only. */
enum as_status as_touch_build(struct as_touch *t, const struct as_solve_match *matches,
			      int n_matches, int n_clips, struct as_error *err);
void as_touch_done(struct as_touch *t);

#endif
