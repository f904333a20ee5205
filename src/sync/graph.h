/* Matches -> components: which clips belong together, and where in a common frame (doc/algorithm.md, section 7). */
#ifndef AS_SYNC_GRAPH_H
#define AS_SYNC_GRAPH_H

#include <stdatomic.h>

#include "sync/jumps.h"
#include "sync/repeat.h"
#include "sync/solve.h"
#include "sync/touch.h"

/* A clip's place in its component's frame: its time t sits at x_s + t * (1 - slow), plus what it lost before t, plus what its clock
 * wandered until t. */
struct as_graph_place {
	double x_s;
	double slow; /* clock error, not ppm: positive = fast clock */
};

/* How a clip's clock wanders; n == 0: it does not. */
struct as_clock {
	double *at_s, *shift_s; /* one block of memory, at_s is its start */
	int n;
};

/* A position that a clip's component could have taken against another clip, where nothing decided. */
struct as_graph_open {
	int other;                       /* a clip of the component it would join; -1: none */
	double x_s[AS_MATCH_CANDIDATES]; /* in that component's frame */
	double confidence[AS_MATCH_CANDIDATES];
	int n;
	double margin;
};

struct as_graph {
	const struct as_solve_clip *clips;
	int n_clips;
	const struct as_solve_match *matches;
	int n_matches;
	const struct as_solve_config *cfg;
	const atomic_bool *cancel; /* or NULL */
	/* results; arrays of n_clips */
	int *component; /* 0-based; a clip that joins nothing has one of its own */
	struct as_graph_place *place;
	double *margin; /* decades by which the merge that brought the clip in beat its rivals */
	struct as_graph_open *open;
	struct as_jumps *jumps;
	struct as_clock *clocks; /* all straight until as_adjust bends them */
	struct as_repeats *repeats; /* per clip */
	struct as_touch touch;
	int n_tracks;
	/* per component, and per clip: the first member, -1 if none; the next one, in ascending order, -1; how many */
	int *first_member, *next_member, *n_members;
};

/* Joins components greedily, the surest pair first; every join weighs all matches between the two components.
 * AS_ERR_MEMORY, AS_CANCELLED. */
enum as_status as_graph_build(struct as_graph *g, struct as_error *err);
void as_graph_done(struct as_graph *g);

/* Fills g->open of every clip that joined nothing with the positions it could take in the component that speaks for it most; call
 * when the places are final. AS_ERR_MEMORY, AS_CANCELLED. */
enum as_status as_graph_reopen(struct as_graph *g, struct as_error *err);

bool as_graph_stopped(const struct as_graph *g);

/* Where clip c's time t_s sits in a component's frame, if the clip is at p. */
double as_graph_at(const struct as_graph *g, int c, struct as_graph_place p, double t_s);

/* The inverse; frame times within a loss belong to its beginning. */
double as_graph_time_of(const struct as_graph *g, int c, struct as_graph_place p, double frame_s);

/* Time in a at which b's time t_b sounds, by the places of the two clips in one component. */
double as_graph_time(const struct as_graph *g, int a, int b, double t_b);

/* Seconds that a and b overlap by their places in one component. */
double as_graph_overlap(const struct as_graph *g, int a, int b);

/* The piece of a match that holds b's time t_b. */
int as_graph_piece(const struct as_solve_match *m, double t_b);

/* Time in a of b's time t_b by a match's best position, on piece `piece` of it; -1: on that which stands for all. */
double as_graph_match_time(const struct as_solve_match *m, int piece, double t_b);

/* True if match m's best position agrees with the places of its clips, which are in one component. */
bool as_graph_agrees(const struct as_graph *g, const struct as_solve_match *m);

#endif
