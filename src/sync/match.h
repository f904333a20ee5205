/* Two signals -> where one sits relative to the other, and how sure that is. Pure. */
#ifndef AS_SYNC_MATCH_H
#define AS_SYNC_MATCH_H

#include <stdatomic.h>
#include <stdbool.h>
#include <stdint.h>

#include "base/error.h"
#include "dsp/signal.h"

/* Changes when as_match_pair finds something else in the same signals: projects remember what it found. */
#define AS_MATCH_VERSION 4
#define AS_MATCH_CANDIDATES 6
#define AS_MATCH_PIECES 16
#define AS_MATCH_KNOTS 96
#define AS_MATCH_POINTS 72 /* a window each, of at most 60 places: where pieces meet both may have one */

/* What one thread's matches work in: about 10 MB, worth keeping from one to the next. */
struct as_match_ws;

/* NULL when out of memory. */
struct as_match_ws *as_match_ws_new(void);
void as_match_ws_free(struct as_match_ws *ws);

struct as_match_config {
	double max_offset_s;  /* |offset| above this is not looked for; 0 = no bound */
	double probe_every_s; /* distance of the probes in the shorter signal; default 12 */
	double near_s;        /* NAN, or an offset to look near only … */
	double near_tol_s;    /* … within this distance */
	struct as_match_ws *ws; /* the calling thread's; NULL: made for the call */
};

struct as_match_piece {
	double from_s, to_s; /* b's time */
	double offset_s;     /* of b's first sample, as if the whole of b were like this piece */
	double offset_err_s;
};

/* Where a's time lies from what the line says, at a time of b: linear between knots, constant beyond. */
struct as_match_knot {
	float b_s, shift_s, err_s;
};

/* One matched window: a's time is later than b's by offset_s of the result plus lag_s. */
struct as_match_point {
	float b_s, lag_s;
	uint16_t err_us; /* 1 standard error */
	bool used;       /* the result rests on it */
};

struct as_match_alt {
	double offset_s;
	double score;  /* decades against chance */
	double margin; /* decades by which the best position explains the sound better */
};

/* offset_s, drift_ppm: see the sign rules in <audiosync/types.h>. */
struct as_match_result {
	double offset_s, offset_err_s;
	double drift_ppm, drift_err_ppm; /* NAN where not measurable */
	double slope_ppm,
		slope_err_ppm; /* the same, always given: 0 with a wide error where nothing is known */
	double ref_s,
		ref_err_s;    /* time in b at which the line is known best, and its error there */
	double score, margin; /* decades, capped at 99 */
	double p_false;
	double evidence; /* nats over the whole predicted overlap, for this place against none */
	double strength; /* median over the matched windows of the peak's height over the noise */
	double coverage; /* decades for an overlap against sound that merely occurs in both; margin is never more */
	double overlap_s, matched_s;
	int n_windows, n_matched; /* of the best place: looked at, and with the match in them */
	bool inverted;
	struct as_match_piece pieces[AS_MATCH_PIECES];
	int n_pieces;
	struct as_match_knot knots[AS_MATCH_KNOTS]; /* a clock that wanders; by time */
	int n_knots;                                /* 0: it does not, the line is all */
	struct as_match_point points[AS_MATCH_POINTS]; /* by b_s: what the lines were fitted to */
	int n_points;
	struct as_match_alt alts[AS_MATCH_CANDIDATES];
	int n_alts;
};

/* Matches b against a. AS_OK with *out filled (score may be low: the caller judges), AS_NO_MATCH when nothing at all was found
 * (silence, too short), AS_CANCELLED, AS_ERR_MEMORY. Deterministic; as_match_pair(b, a) is its exact mirror. */
enum as_status as_match_pair(const struct as_signal *a, const struct as_signal *b,
			     const struct as_match_config *cfg, const atomic_bool *cancel,
			     struct as_match_result *out, struct as_error *err);

/* By how much a's time at b's time b_s is later than offset_s (or that of the piece) and drift say. */
double as_match_wander(const struct as_match_result *r, double b_s);

#endif
