/* What a self-test measured, as text for people. */
#ifndef AS_CLI_SELFTEST_H
#define AS_CLI_SELFTEST_H

#include <stdio.h>

#include <audiosync/selftest.h>

#include "cli/term.h"

struct as_selftest_tally {
	int looks, right, wrong; /* where the stretches came from; wrong counts false places too */
	int empty, false_places; /* where they are not */
};

struct as_selftest_tally as_selftest_tally(const struct as_selftest *t);

/* s->selftest is there. */
void as_selftest_put(FILE *out, const struct as_term *t, const struct as_snapshot *s);

#endif
