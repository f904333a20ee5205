/* The lag of captured sound against a reference: search, lock, follow, doubt (doc/live.md). Pure; one thread. */
#ifndef AS_LIVE_METER_H
#define AS_LIVE_METER_H

#include <stdatomic.h>
#include <stdbool.h>
#include <stdint.h>

#include <audiosync/live.h>

#include "base/error.h"

#define AS_METER_RATE_HZ 8000
#define AS_METER_STEP_S 0.1 /* of sound between two calls of as_meter_step */

struct as_reference;
struct as_meter;

struct as_meter_config {
	double lock_confidence; /* decades from which one look is enough; 6 */
	double no_match_s;      /* of sound without a place, after which that is said; 12 */
	double max_speed;       /* share by which the speed may differ, 0.02; 0: none is tried */
};

/* How samples of an axis of 8 kHz lie on the computer's clock: sample `sample` at t_s, then `rate_hz` a second. */
struct as_meter_time {
	int64_t sample;
	double t_s, rate_hz;
};

struct as_meter *as_meter_new(const struct as_meter_config *cfg, struct as_error *err);
void as_meter_free(struct as_meter *m);

/* n captured mono samples, nominally 8 kHz, on one endless axis. */
void as_meter_feed(struct as_meter *m, const float *v, int n);
/* n samples that were lost, or not listened to: they take their time, and say nothing. */
void as_meter_gap(struct as_meter *m, int64_t n);

/* Looks at what has been fed, and says where it stands. To be called once for every AS_METER_STEP_S of sound fed. cap says when the captured samples
 * were heard; ref_time when the reference's samples were, for references that are captures themselves (NULL: position k / 8000 s). Sets all of *out but xruns and
 * calibrated_lag_ms. A search of hours of reference takes up to some 100 ms. AS_OK, AS_CANCELLED, AS_ERR_MEMORY. */
enum as_status as_meter_step(struct as_meter *m, struct as_reference *ref, const struct as_meter_time *cap,
			     const struct as_meter_time *ref_time, const atomic_bool *cancel,
			     struct as_live_reading *out, struct as_error *err);

#endif
