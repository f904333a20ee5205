/* Why a clip sits where it does or was refused: a snapshot's matches, seen from that clip. */
#ifndef AUDIOSYNC_EXPLAIN_H
#define AUDIOSYNC_EXPLAIN_H

#include <audiosync/error.h>
#include <audiosync/options.h>
#include <audiosync/types.h>

#ifdef __cplusplus
extern "C" {
#endif

/* What became of a match. */
enum as_match_fate {
	AS_FATE_USED = 0,  /* agrees with the places of its two clips */
	AS_FATE_WEAK,      /* scores under confidence.weak: nobody listened to it */
	AS_FATE_DISAGREES, /* its two clips were joined, elsewhere than it says */
	AS_FATE_OVERLAP,   /* two clips of one device would run at once: see blocker */
	AS_FATE_ORDER, /* a device's clips would not lie in the order of their times: see blocker */
	AS_FATE_OPEN,  /* listened to, but too little spoke for joining its two clips */
};

struct as_explained_match {
	int match; /* in the snapshot's matches */
	int other; /* the other clip */
	enum as_match_fate fate;
	int blocker; /* the clip that has the room, or -1 */
	/* The other way round than in the match where the clip is its a. */
	double offset_s, offset_err_s; /* the clip starts so much later than the other one */
	double drift_ppm,
		drift_err_ppm; /* of its clock against the other's; NAN where not measurable */
	double residual_s; /* the clip's place minus its place by this match; NAN unless both were joined */
	/* Where it would have the clip start: on the timeline of an island, or (0) counted from the other's first sample. */
	int island;
	double start_s;
};

/* A place that the clip could have had. */
struct as_explained_place {
	int island; /* or 0: start_s counts from the first sample of clip beside */
	int beside; /* -1: see island */
	double start_s;
	double margin;     /* decades by which the best place is better */
	double confidence; /* decades against chance */
	int other;         /* the clip in which it was heard; -1: all matches together say so */
	bool taken;        /* by hand: the clip lies there */
};

/* Whether the recording times of the clip's device fit to the place: other clips of the track that are placed on the same
 * timeline and whose times are known, and how many of those are as far away as the times say (2.5 s). */
struct as_explained_times {
	bool known; /* the clip's own time */
	bool used;  /* by analysis.use_timestamps */
	int n, n_agree;
};

struct as_explanation {
	int clip;
	struct as_explained_match *matches; /* those used first, then by score */
	int n_matches;
	struct as_explained_place *
		places; /* runners-up of a placed clip, all places of one that is or was ambiguous; best first */
	int n_places;
	struct as_explained_times times; /* of a placed clip */
};

/* opt: the settings of the analysis. NULL when out of memory. Any thread; the snapshot is only read. */
AS_API struct as_explanation *as_explain(const struct as_snapshot *s, int clip,
					 const struct as_options *opt);
AS_API void as_explanation_free(struct as_explanation *e);

AS_API const char *as_fate_name(enum as_match_fate fate);

#ifdef __cplusplus
}
#endif
#endif
