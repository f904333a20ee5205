/* What the drift tool found, as text for people, with a plot of the lag over time. */
#ifndef AS_CLI_DRIFT_H
#define AS_CLI_DRIFT_H

#include <stdio.h>

#include <audiosync/drift.h>

#include "cli/term.h"

void as_drift_put(FILE *out, const struct as_term *t, const struct as_snapshot *s);

/* drift_plot.c: the plot alone, as wide as the terminal. Nothing where there is nothing to draw. */
void as_drift_put_plot(FILE *out, const struct as_term *t, const struct as_drift_fit *f, double duration_s);

#endif
