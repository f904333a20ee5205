/* Between the files of the search, live/seek*.c: its parts, and what a look says. */
#ifndef AS_LIVE_SEEK_PRIVATE_H
#define AS_LIVE_SEEK_PRIVATE_H

#include "dsp/correlate.h"
#include "live/alike.h"
#include "live/seek.h"
#include "live/stretch.h"

enum {
	RATE_HZ = 8000,
	SPEED_N = RATE_HZ,        /* window of the looks for other speeds */
	SPEEDS_AT_ONCE = 16,
	RECENT = 32,
};

/* From one speed to the next: over SPEED_N the peak smears by a quarter of a millisecond at most. */
#define SPEED_STEP 5e-4
/* Under this it may be a sound that two pieces have in common, a sample of a drum: one look alone is not enough. */
#define CLEAR_RHO 0.2

struct as_seeker {
	struct as_correlator *correlator;
	struct as_stretcher *stretcher;
	struct as_alike *alike;
	int8_t *bank;             /* SPEEDS_AT_ONCE windows of SPEED_N, each at its speed */
	double max_speed;
	int64_t looks;            /* windows compared since the search began */
	int next_speed;
	struct as_place recent[RECENT];
	int n_recent;
};

struct window {
	double middle;            /* in the capture's view */
	double speed;
	struct as_signal signal;  /* samples [at, at + n) of it are the window, at the reference's speed */
	int64_t at;
	int n;
};

/* Of what was compared, the place to believe. False when out of memory. */
bool as_seek_place(struct as_seeker *s, const struct as_look *l, const struct window *w, const struct as_probe_result *r,
		   struct as_place *p);
/* Whether it is found, by itself or since an earlier look said the same; it is remembered. */
void as_seek_judge(struct as_seeker *s, const struct as_look *l, struct as_place *p);
/* The best of some windows. An ambiguous one yields to one that is not and would do. */
void as_seek_keep_best(struct as_place *best, const struct as_place *p);

/* Of the reference, a sample. */
double as_seek_mean_power(const struct as_look *l);
/* Lags at which a window whose newest sample is `end` of its source meets the reference where it may. */
void as_seek_bounds(const struct as_look *l, int64_t end, int64_t *from, int64_t *to);

#endif
