/* Which track holds when: a recording that lost or gained samples lies on one track until then and on another one from there on
 * (doc/algorithm.md, section 6). */
#ifndef AS_SYNC_COURSE_H
#define AS_SYNC_COURSE_H

#include "sync/search.h"

#define AS_COURSE_WINDOWS (AS_SEARCH_TRACKS * AS_TRACK_WINDOWS)

/* The windows of all tracks that may be pieces of one recording, by their place on the grid. */
struct as_course {
	int64_t grid[AS_COURSE_WINDOWS];
	signed char track[AS_COURSE_WINDOWS]; /* the course that is best in all */
	int n;
	/* scratch */
	signed char from[AS_COURSE_WINDOWS][AS_SEARCH_TRACKS]; /* best track one window before */
	bool barred[AS_SEARCH_TRACKS];
};

/* A stretch of windows in which the course stays on one track. */
struct as_course_run {
	int hits, misses;
	double first, last; /* centres of the first and the last match, samples of src */
};

/* Finds the course. Where it leaves a stretch unexplained, looks for what was lost there; a track that this finds joins the search's.
 * AS_ERR_MEMORY, AS_CANCELLED. */
enum as_status as_course_find(struct as_search *s, struct as_course *c, struct as_error *err);

/* The run that begins at window `from`; *to is where the next one does. */
struct as_course_run as_course_run(const struct as_search *s, const struct as_course *c, int from,
				   int *to);

#endif
