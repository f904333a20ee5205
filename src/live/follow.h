/* Following a place that was found: small looks at where the sound should be now, and what they say of lag, drift and doubt.
 * Pure; one thread. */
#ifndef AS_LIVE_FOLLOW_H
#define AS_LIVE_FOLLOW_H

#include <stdbool.h>
#include <stdint.h>

#include "dsp/signal.h"
#include "live/lag_filter.h"
#include "live/meter.h"
#include "live/seek.h"

struct as_follower;
struct as_reference;

/* Both sides as they are now, and when they were in the air. */
struct as_scene {
	struct as_signal cap, ref;
	int64_t cap_first, ref_first;
	struct as_meter_time cap_time, ref_time;
	bool ref_stream;          /* more of it is to come, in its own time */
	bool ref_whole;           /* or all that will ever be there, is */
	const struct as_reference *reference; /* for its holes */
	double cap_from, ref_from; /* samples of the axes, behind all holes: only what came since may be sought in the other side */
};

double as_scene_cap_s(const struct as_scene *s, double sample);
double as_scene_ref_s(const struct as_scene *s, double sample);
double as_scene_cap_at(const struct as_scene *s, double t_s);
double as_scene_ref_at(const struct as_scene *s, double t_s);

struct as_follower *as_follower_new(void);
void as_follower_free(struct as_follower *f);

/* From now on it is at p; what was heard within the window of p is gone through at once. again: there was a place before, whose drift may
 * well still hold. False when out of memory. */
bool as_follower_start(struct as_follower *f, const struct as_scene *s, const struct as_place *p, bool again);

/* Behind a hole, captured sample `from`: what was heard before bears nothing out any longer. Only what comes from there on is looked at
 * until it is where it should be. */
void as_follower_resume(struct as_follower *f, double from);

enum as_followed {
	AS_FOLLOW_OK,       /* it is where it should be */
	AS_FOLLOW_DOUBT,    /* the newest half second is not; what came before was */
	AS_FOLLOW_MISS,     /* it is not there */
	AS_FOLLOW_QUIET,    /* too little to be heard to say, or beyond the end of what is known of the reference */
	AS_FOLLOW_MEMORY,
};

/* One look, once for every AS_METER_STEP_S. lost: chance gets no second try for the same sound, and the lag has to be the one before. */
enum as_followed as_follower_look(struct as_follower *f, const struct as_scene *s, bool lost);

/* Lag at t_s, its standard error, drift in s per s and its error. */
double as_follower_lag(const struct as_follower *f, double t_s);
double as_follower_err(const struct as_follower *f, double t_s);
double as_follower_drift(const struct as_follower *f, double *err);
/* -ln of the chance that unrelated sound, looked for at so many places, would fit as what was heard in the last seconds does. */
double as_follower_evidence(const struct as_follower *f, double log_places);

#endif
