/* A self-test on the user's own footage: stretches of it, changed by known amounts, are looked for where they came from and
 * where they cannot be. Says what errors and false places to expect of this shoot with the thresholds in force.
 *
 * Each stretch is heard as a second device would hear it: from another place of a room, beginning between two samples,
 * with a clock of its own (normally distributed by 30 ppm, at most 100), with other sound of the shoot, played backwards
 * and slower, on top. Everything follows from the seed and the content of the files. */
#ifndef AUDIOSYNC_SELFTEST_H
#define AUDIOSYNC_SELFTEST_H

#include <stdint.h>

#include <audiosync/error.h>
#include <audiosync/session.h>

#ifdef __cplusplus
extern "C" {
#endif

#define AS_SELFTEST_LENGTHS 4
#define AS_SELFTEST_LEVELS 3
#define AS_SELFTEST_TRIALS_MAX 1000

struct as_selftest_config {
	uint64_t seed;
	int trials; /* stretches of 5 s and of 15 s; half as many of 60 s, a quarter of 5 min: 1 … AS_SELFTEST_TRIALS_MAX */
};

/* Stretches of one length at one level of noise, looked for in the clip that they came from. */
struct as_selftest_row {
	double length_s, snr_db; /* the stretch over the other sound */
	int n;
	int n_right_1ms, n_right_10ms; /* placed, and begin within this of the truth */
	int n_wrong;                   /* placed, more than 10 ms off */
	int n_refused;                 /* not placed: the rest */
	/* Of those right within 10 ms. NAN where there are none. */
	double median_err_s, p95_err_s;
	int n_honest; /* |error| under twice the error stated */
	int n_drift;  /* told with a drift */
	double median_drift_err_ppm, p95_drift_err_ppm;
	int n_honest_drift;
};

/* Where nothing is to be found. */
enum as_selftest_kind {
	AS_SELFTEST_BACKWARDS, /* the stretch played backwards, 3 % slower: same sounds, same rhythm of loudness */
	AS_SELFTEST_CUT_OUT, /* in its clip, but for the part that it came from: what repeats is found */
	AS_SELFTEST_KINDS
};

struct as_selftest_false {
	enum as_selftest_kind kind;
	int n, n_accepted;
	double upper;      /* probability of an acceptance: with 95 % confidence it is lower */
	double best_score; /* decades; NAN if n is 0 */
};

struct as_selftest {
	uint64_t seed;
	int trials;
	int n_clips; /* from which stretches were taken */
	int n_stretches;
	const struct as_selftest_row *rows; /* by length, then by noise, the least first */
	int n_rows;
	struct as_selftest_false places[AS_SELFTEST_KINDS];
};

/* Probes and reads what was added, then tests, in the background; AS_EVENT_DONE tells the end and the snapshot has the
 * outcome. Files that cannot be read are left out. AS_ERR_BUSY while something runs; AS_ERR_INVALID: trials. The run
 * itself fails with AS_ERR_NO_AUDIO where no clip has 10 s of sound. */
AS_API enum as_status as_session_selftest(struct as_session *s,
					  const struct as_selftest_config *cfg,
					  struct as_error *err);

AS_API const char *as_selftest_kind_name(enum as_selftest_kind kind);

#ifdef __cplusplus
}
#endif
#endif
