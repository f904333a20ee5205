/* Following one hypothesis window by window over the whole overlap that it predicts (doc/algorithm.md, section 5). */
#ifndef AS_SYNC_TRACK_H
#define AS_SYNC_TRACK_H

#include <stdatomic.h>
#include <stdbool.h>
#include <stdint.h>

#include "dsp/correlate.h"
#include "dsp/signal.h"

#define AS_TRACK_WINDOWS 120
#define AS_TRACK_LINES_NATS                                                                        \
	10.0 /* a straight line is chosen among e to the power of this many, and pays for it */

/* One window of src: samples [at, at + AS_LOCAL_N). */
struct as_track_window {
	int64_t grid; /* its number on the grid that all hypotheses of a pair share; -1: on none */
	int64_t at;
	double mid; /* centre, samples of src */
	struct as_local local;
	float chance; /* Gumbel variable of the first look, which knew nothing of the window's own sound */
	bool tried, matched;
};

/* A hypothesis: src sample i sits at target index i + lag near src sample `anchor`. */
struct as_track {
	double anchor, lag;
	double best_nats; /* evidence of its best probe, the search already paid */
	double probe_n;   /* length of a probe, samples */
	double slope;     /* of the lag, where `straight` */
	bool straight;    /* the windows lie on one line that was found with all of them together */
	struct as_track_window w[AS_TRACK_WINDOWS];
	int n;
	int n_matched;
	double overlap_n;           /* predicted overlap, samples */
	double first_mid, last_mid; /* of the matched windows */
	double strength;            /* median of the matched windows' amplitude over noise */
	double rank;                /* nats for this hypothesis against "no relation" */
};

/* Fills t->w by following the lag from the anchor both ways, at most n_max windows, and ranks the hypothesis. anchor, lag, the nats and
 * probe_n are given. Returns false when cancelled. */
bool as_track_follow(struct as_track *t, struct as_local_ws *ws, const struct as_signal *target,
		     const struct as_signal *src, int n_max, const atomic_bool *cancel);

/* Lays t's windows over the overlap that its lag predicts, at most n_max. */
void as_track_lay(struct as_track *t, const struct as_signal *target, const struct as_signal *src,
		  int n_max);

/* Looks at every window that is laid along one line, t's lag and slope, which was found with all of them. False when cancelled. */
bool as_track_look(struct as_track *t, struct as_local_ws *ws, const struct as_signal *target,
		   const struct as_signal *src, const atomic_bool *cancel);

/* The next window of the same number on the grid in both tracks: start with *i = *j = -1. False when there is none left. */
bool as_track_next_shared(const struct as_track *a, const struct as_track *b, int *i, int *j);

#endif
