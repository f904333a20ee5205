/* How far the work of a session is, in words and figures, whichever front end shows it. */
#ifndef AS_BASE_PACE_H
#define AS_BASE_PACE_H

#include <stddef.h>

#include <audiosync/types.h>

/* The time that the current stage has run, and what it worked on when it began. */
struct as_pace {
	double stage_s;
	double decoded_before_s; /* decoded_s of the snapshot when the stage began */
};

/* Words of the bar's right side without the bar: "10/17 files, 412x, 0:21 left". */
void as_progress_figures(char *out, size_t n, const struct as_snapshot *s,
			 const struct as_pace *pace);
/* Part of the current stage that is done, 0..1, or -1 where nothing is known: which pairs are worth comparing follows from those
 * compared before. */
double as_progress_share(const struct as_snapshot *s);
/* Files that the current stage has behind it. */
int as_progress_files_done(const struct as_snapshot *s);
/* What a stage does: "Reading", "Comparing". */
const char *as_progress_verb(enum as_stage stage);

#endif
