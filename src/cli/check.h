/* What a sync of the demo shoot found, against the truth about it. */
#ifndef AS_CLI_CHECK_H
#define AS_CLI_CHECK_H

#include <stdbool.h>
#include <stdio.h>

#include <audiosync/demo.h>
#include <audiosync/types.h>

#include "cli/term.h"

/* A clip is right if it is placed within these, or not placed where it belongs nowhere. */
#define AS_CHECK_START_S 1e-3
#define AS_CHECK_DRIFT_PPM 2.0

struct as_check_row {
	const struct as_demo_clip *truth;
	int clip;             /* in the snapshot; -1 if it is not there */
	double start_s;       /* true; NAN if it belongs nowhere */
	double drift_ppm;     /* true */
	double start_off_s;   /* found minus true; NAN unless placed and it belongs somewhere */
	double drift_off_ppm; /* NAN where drift was not measured */
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
