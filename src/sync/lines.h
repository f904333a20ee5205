/* From the windows of the best hypothesis to where one clip lies in the other: lines, lost samples, a clock that wanders
 * (doc/algorithm.md, section 6). */
#ifndef AS_SYNC_LINES_H
#define AS_SYNC_LINES_H

#include "dsp/fit.h"
#include "sync/match.h"
#include "sync/search.h"

#define AS_LINES_SLOPE_MAX 300e-6
#define AS_LINES_SCALE_MIN_S 0.03e-3 /* one window's lag is never better than this: rooms, early reflections */
#define AS_LINES_ERR_MIN_S 0.01e-3
#define AS_LINES_SE_FACTOR 1.5 /* measured: a fit's own standard error is too small by this */

/* Times are seconds of src. t_target = t_src + lag(t_src); lag = l.y0 + slope of all pieces * (t - l.x0) + wander(t). */
struct as_line_piece {
	int track;          /* of the search */
	double from, to;    /* in which it holds */
	double first, last; /* centres of its first and last window */
	struct as_line l;
	struct as_line head, tail; /* the lag near its first and its last window */
};

struct as_lines {
	struct as_line_piece piece[AS_MATCH_PIECES];
	int n;
	double slope, slope_err;
	double matched_s;
	double sign; /* sum of signed rho: polarity */
	double knot_s
		[AS_MATCH_KNOTS]; /* what the lag wanders from the lines: linear between knots, constant outside */
	double wander_s[AS_MATCH_KNOTS];
	double knot_err_s[AS_MATCH_KNOTS];
	int n_knots; /* 0: it does not */
};

/* Fits s->tracks[0] and those tracks that go on where it stops; is_piece[AS_SEARCH_TRACKS] tells which. May add tracks to s, where
 * samples were lost more often than the search could know. AS_ERR_MEMORY, AS_CANCELLED. */
enum as_status as_lines_fit(struct as_search *s, bool *is_piece, struct as_lines *out, struct as_error *err);

/* Whether a window is a match of this piece. */
bool as_lines_holds(const struct as_line_piece *p, const struct as_track_window *w, double rate_hz);

/* By the line of one piece, without the wander. */
double as_lines_lag(const struct as_lines *f, int piece, double t_s);
double as_lines_wander(const struct as_lines *f, double t_s);

#endif
