/* The same song played twice: what else a small component could join than what it is about to (doc/algorithm.md, section 7). */
#ifndef AS_SYNC_RIVAL_H
#define AS_SYNC_RIVAL_H

#include "sync/graph.h"
#include "sync/join.h"

/* Larger ones are what others attach to. */
#define AS_RIVAL_MEMBERS 4

/* The decades with which component cm would join the best other component that it cannot be in if it joins ca by to_a; 0: there is
 * none, or cm has more than AS_RIVAL_MEMBERS. Where the devices' clocks side with one of the two, that counts. AS_ERR_MEMORY,
 * AS_CANCELLED. */
enum as_status as_rival_score(struct as_graph *g, int cm, int ca, const struct as_join *to_a, double *score,
			      struct as_error *err);

/* The same join seen from the other side. */
struct as_join as_join_inverse(const struct as_join *j);

#endif
