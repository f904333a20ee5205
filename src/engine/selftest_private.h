/* Shared by selftest*.c and the session alone: stretches, what is done to them, and what came of it. */
#ifndef AS_ENGINE_SELFTEST_PRIVATE_H
#define AS_ENGINE_SELFTEST_PRIVATE_H

#include <stdatomic.h>

#include <audiosync/selftest.h>

#include "dsp/signal.h"
#include "sync/solve.h"

/* Each stretch is looked for so many times: at every level of noise, and where it is not. */
#define SELFTEST_LOOKS (AS_SELFTEST_LEVELS + AS_SELFTEST_KINDS)

struct selftest_outcome {
	bool placed;
	double err_s;                        /* found minus true; NAN unless placed */
	double stated_s;                     /* one standard error, as a placement states it */
	double drift_off_ppm, drift_err_ppm; /* NAN where no drift was told */
	double score;
};

struct selftest_stretch {
	int clip;
	int length;       /* index of as_selftest_lengths_s */
	uint64_t seed;    /* of everything that is done to it */
	double at_s;      /* its first sample in the clip */
	double drift_ppm; /* its clock against the clip's */
	float *sound; /* the clip's samples [first, first + n), which reach a little further; NULL unless in work */
	int64_t first, n;
	struct selftest_outcome out[SELFTEST_LOOKS];
	bool done;
};

/* What the session holds of a run. */
struct selftest_run {
	struct as_selftest_config cfg;
	struct selftest_stretch *stretches; /* by length, then in the order of the draw */
	int n_stretches;
	int *clips; /* from which stretches are taken */
	int n_clips;
	int phase;
	int from, to; /* the batch in work: memory is bounded, however many trials */
	struct as_selftest report;
	struct as_selftest_row *rows;
	bool reported;
};

extern const double as_selftest_lengths_s[AS_SELFTEST_LENGTHS];
extern const double as_selftest_levels_db[AS_SELFTEST_LEVELS];

/* selftest_plan.c: draws the stretches. */

/* A clip that can be drawn from. */
struct selftest_source {
	int clip;
	uint64_t key;
	const struct as_signal *signal;
};

/* Fills r->stretches and r->clips; sources are sorted by content. None where nothing is long and loud enough. AS_ERR_MEMORY. */
enum as_status as_selftest_draw(struct selftest_run *r, struct selftest_source *sources,
				int n_sources, struct as_error *err);

/* Takes the next batch of stretches into r->from and r->to; false when there is none left. */
bool as_selftest_next_batch(struct selftest_run *r);
/* Stretches of the batch that come from the clip. */
int as_selftest_batch_count(const struct selftest_run *r, int clip);

/* selftest_look.c: one look. Pure. */

struct selftest_look {
	const struct as_signal *clip;
	const struct selftest_stretch *stretch;
	const struct selftest_stretch *noise; /* other sound of the same length */
	const struct as_match_config *match;
	const struct as_solve_config *solve;
	const atomic_bool *cancel;
};

/* which: a level of noise, or AS_SELFTEST_LEVELS + kind. AS_CANCELLED, AS_ERR_MEMORY. */
enum as_status as_selftest_look(const struct selftest_look *l, int which,
				struct selftest_outcome *out, struct as_error *err);

/* selftest_report.c */
enum as_status as_selftest_report(struct selftest_run *r, struct as_error *err);
/* Below which the probability of an event lies with 95 % confidence that was seen k times in n (Clopper, Pearson 1934): 3 / n
 * for none of many. */
double as_selftest_upper(int k, int n);

void as_selftest_run_done(struct selftest_run *r);

#endif
