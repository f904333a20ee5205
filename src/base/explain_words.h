/* The sentences of an explanation (see <audiosync/explain.h>), whichever front end tells them. All write safe text. */
#ifndef AS_BASE_EXPLAIN_WORDS_H
#define AS_BASE_EXPLAIN_WORDS_H

#include <stdbool.h>
#include <stddef.h>

#include <audiosync/explain.h>

#define AS_EXPLAIN_BYTES 1024

/* What is explained; borrowed. */
struct as_explain_view {
	const struct as_snapshot *s;
	const struct as_options *opt;
	const struct as_explanation *e;
	bool unicode;
	const double *island_start_s; /* where the islands begin on the whole timeline, whose times are told then; NULL: each island's own */
};

/* What is told of a clip beside its matches and places, in this order. */
enum as_explain_fact {
	AS_FACT_PLACE,     /* these need a place */
	AS_FACT_EVIDENCE,
	AS_FACT_MARGIN,
	AS_FACT_AGREEMENT,
	AS_FACT_TIMES,
	AS_FACT_SEARCHED,
	AS_FACT_SOUND,
	AS_FACT_N
};
/* The fact's name ("Place") and its sentence; NULL: there is nothing to be said. Needs placements. */
const char *as_explain_fact(char out[AS_EXPLAIN_BYTES], const struct as_explain_view *v, enum as_explain_fact fact);

/* What decided the verdict, with the setting that was met or missed. Needs placements. */
void as_explain_verdict(char out[AS_EXPLAIN_BYTES], const struct as_snapshot *s, int clip,
			const struct as_explanation *e, const struct as_options *opt);
/* How seldom unrelated sound would match as well: "unrelated sound would match as well once in 10^12 searches". */
char *as_explain_chance(char *out, size_t n, double p_false);
/* "used", "outvoted", "no room": a match's fate in a word; then in a sentence: "agrees with the place" … */
const char *as_explain_fate_word(const struct as_snapshot *s, const struct as_explained_match *m);
void as_explain_fate(char *out, size_t n, const struct as_snapshot *s,
		     const struct as_explained_match *m, const struct as_options *opt);
/* What a match measured, beside the table's columns. */
void as_explain_detail(char out[AS_EXPLAIN_BYTES], const struct as_snapshot *s,
		       const struct as_explained_match *m, bool unicode);
/* "00:01:02.345", "00:00:04.000 after CamA_001.mov begins": where a place lies. Of several islands: "00:01:02.345 of island 2", or, with
 * island_start_s as above, "00:12:31.345 (island 2)". */
void as_explain_place(char *out, size_t n, const struct as_snapshot *s, int island, int beside,
		      double start_s, const double *island_start_s);

#endif
