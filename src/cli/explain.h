/* Why clips sit where they do or were refused: what `analyze --explain` prints. */
#ifndef AS_CLI_EXPLAIN_H
#define AS_CLI_EXPLAIN_H

#include <stdbool.h>
#include <stdio.h>

#include <audiosync/explain.h>

#include "cli/term.h"

/* One clip: verdict and what decided it, its matches, the places it could have had. Everything from a file is escaped. False
 * when out of memory. */
bool as_explain_put(FILE *out, const struct as_term *t, const struct as_snapshot *s, int clip,
		    const struct as_options *opt);

#endif
