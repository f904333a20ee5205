/* One pair's search: probes, hypotheses, and which of them explains the sound best. */
#ifndef AS_SYNC_SEARCH_H
#define AS_SYNC_SEARCH_H

#include <stdatomic.h>

#include "base/error.h"
#include "sync/track.h"

#define AS_SEARCH_TRACKS 32
#define AS_SEARCH_WINDOWS 60 /* at most so many windows of a track */

/* What one thread's searches work in: transforms and buffers are kept from one to the next. */
struct as_match_ws {
	struct as_correlator *correlator;
	struct as_local_ws *local;
};

struct as_search {
	struct as_match_ws *ws;
	const struct as_signal *target, *src;
	int64_t lag_from, lag_to;   /* samples: where to look */
	double probe_every_n;       /* samples */
	const atomic_bool *cancel;
	/* results */
	struct as_track *tracks;    /* AS_SEARCH_TRACKS; [0] explains the sound best */
	int n_tracks;
	double power;               /* mean square of target */
	double score;               /* of the place of tracks[0], decades */
};

/* Fills s->tracks (free with as_search_done). AS_NO_MATCH when no probe has anything to offer. */
enum as_status as_search_run(struct as_search *s, struct as_error *err);
void as_search_done(struct as_search *s);

/* True if a and b are one and the same place: their lines meet within 5 ms. */
bool as_search_same(const struct as_track *a, const struct as_track *b);

#endif
