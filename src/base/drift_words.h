/* What the drift tool found, in words for people: labels and lines, whichever front end shows them. */
#ifndef AS_BASE_DRIFT_WORDS_H
#define AS_BASE_DRIFT_WORDS_H

#include <stdbool.h>

#include <audiosync/drift.h>

#define AS_DRIFT_LINES 64 /* further splices are counted only */

struct as_drift_line {
	char label[16]; /* "": goes on with the one above */
	char text[512]; /* safe */
};

/* How many lines. Of the measurement (or the drift that was given), and of the corrected file: none where there is none. */
int as_drift_words_found(const struct as_drift *d, bool unicode, struct as_drift_line lines[AS_DRIFT_LINES]);
int as_drift_words_written(const struct as_drift *d, bool unicode, struct as_drift_line lines[AS_DRIFT_LINES]);

/* Whether the corrected file still drifts by more than anyone would want. */
bool as_drift_is_left(const struct as_drift *d);

#endif
