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

/* explain_words.c: the sentences. All write safe text. */

#define AS_EXPLAIN_BYTES 1024

/* What decided the verdict, with the setting that was met or missed. */
void as_explain_verdict(char out[AS_EXPLAIN_BYTES], const struct as_snapshot *s, int clip,
			const struct as_explanation *e, const struct as_options *opt);
/* How seldom unrelated sound would match as well: "unrelated sound would match as well once in 10^12 searches". */
char *as_explain_chance(char *out, size_t n, double p_false);
/* "agrees with its place", "under confidence.weak", … */
void as_explain_fate(char *out, size_t n, const struct as_snapshot *s,
		     const struct as_explained_match *m, const struct as_options *opt);
/* What a match measured, beside the table's columns. */
void as_explain_detail(char out[AS_EXPLAIN_BYTES], const struct as_snapshot *s,
		       const struct as_explained_match *m, bool unicode);
/* "00:01:02.345", "00:00:04.000 after CamA_001.mov begins": where a place lies. */
void as_explain_place(char *out, size_t n, const struct as_snapshot *s, int island, int beside,
		      double start_s);

#endif
