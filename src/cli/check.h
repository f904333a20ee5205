/* What a sync of the demo shoot found, against the truth about it. */
#ifndef AS_CLI_CHECK_H
#define AS_CLI_CHECK_H

#include <stdbool.h>
#include <stdio.h>

#include <audiosync/demo.h>
#include <audiosync/types.h>

#include "cli/term.h"

/* A clip is right if it sits within this of the truth from its first sample to its last, or is not placed where it
 * belongs nowhere. Wrong drift shows at the end; drift that was not measured counts as none. */
#define AS_CHECK_TOLERANCE_S 1e-3

struct as_check_row {
	const struct as_demo_clip *truth;
	int clip;             /* in the snapshot; -1 if it is not there */
	double start_s;       /* true; NAN if it belongs nowhere */
	double drift_ppm;     /* true */
	double start_off_s;   /* found minus true; NAN unless placed and it belongs somewhere */
	double end_off_s;     /* the same for its last sample */
	bool right;
};

struct as_check {
	struct as_check_row rows[AS_DEMO_CLIPS];
	int n, n_right;
};

void as_check_init(struct as_check *c, const struct as_demo *demo, const struct as_snapshot *s);
void as_check_put(FILE *out, const struct as_term *t, const struct as_check *c,
		  const struct as_snapshot *s);
/* Heap; NULL when memory ran out. */
char *as_check_json(const struct as_check *c, const struct as_snapshot *s, const char *dir);

#endif
