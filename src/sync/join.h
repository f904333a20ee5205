/* The positions that two components can take to each other, and what all matches between them say
 * about each (doc/algorithm.md, section 7). */
#ifndef AS_SYNC_JOIN_H
#define AS_SYNC_JOIN_H

#include "sync/graph.h"

#define AS_JOINS 48
#define AS_JOIN_FORBIDDEN -1e6 /* score of a position in which one device runs twice at a time */
#define AS_JOIN_AGREE_S 0.025  /* two measurements of one place differ by less */

/* One position of component B in component A's frame: T_A = shift + T_B * (1 - slow). */
struct as_join {
	double shift, slow;
	double score;
	double anchor; /* T_B at which two joins are compared */
};

/* All distinct positions of cb in ca's frame that matches between the two propose, best first, at most
 * AS_JOINS. *n counts them. AS_ERR_MEMORY, AS_CANCELLED. */
enum as_status as_joins(const struct as_graph *g, int ca, int cb, struct as_join *out, int *n,
			struct as_error *err);

/* What all matches between cb and ca say about one position of cb in ca's frame: j->score. AS_ERR_MEMORY. */
enum as_status as_join_judge(const struct as_graph *g, int ca, int cb, struct as_join *j, struct as_error *err);

/* Place of clip c of component B once it is joined. */
struct as_graph_place as_join_place(const struct as_graph *g, int c, const struct as_join *j);

/* Candidate k of a match (0: its best position): how many there are, where b's time t lies in a, and the
 * decades it is worth. */
int as_candidates(const struct as_solve_match *m);
double as_candidate_time(const struct as_solve_match *m, int k, double t);
/* How far two measurements of its place may differ: what a clock wanders, one of them may not know. */
double as_candidate_slack(const struct as_solve_match *m);
double as_candidate_gain(const struct as_solve_match *m, int k);

#endif
