/* What the calibration found, as tables of fixed columns. */
#ifndef BENCH_TABLES_H
#define BENCH_TABLES_H

#include "sounds.h"

enum relation { UNRELATED, OVERLAPPING, APART, RELATIONS };

/* One pair of clips, matched. */
struct outcome {
	enum relation relation; /* APART: of one event, but not at one time */
	int length;             /* class: an index into the names given to the tables */
	enum kind kind;         /* KINDS: two different ones */
	double score, margin;   /* decades */
	double probe, windows;  /* the two parts of the score, decades; NAN if not looked at */
	double err_s;           /* of the place; NAN where none is right */
};

/* All of them draw from o[0, n); length_names has n_lengths entries. */
void table_histogram(const struct outcome *o, int n);
void table_exceed(const struct outcome *o, int n, const char *const *length_names, int n_lengths);
void table_parts(const struct outcome *o, int n, const char *const *length_names, int n_lengths);
void table_related(const struct outcome *o, int n);
void table_thresholds(const struct outcome *o, int n);

#endif
