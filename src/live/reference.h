/* What captured sound is compared with: whitened mono at 8 kHz, whole, or the last minutes of a stream. */
#ifndef AS_LIVE_REFERENCE_H
#define AS_LIVE_REFERENCE_H

#include <stdbool.h>
#include <stdint.h>

#include "base/error.h"
#include "dsp/signal.h"

struct as_reference;

#define AS_HOLE_SAMPLES 1600 /* 0.2 s at 8 kHz: behind less than that the sound goes on */

/* keep_s 0: a recording, kept whole (at most 24 hours); one thread may feed it while another compares. Otherwise a stream, of which
 * the last keep_s are kept; one thread does both. */
struct as_reference *as_reference_new(double keep_s, struct as_error *err);
void as_reference_free(struct as_reference *r);

/* n mono samples at 8 kHz. AS_OK, AS_ERR_MEMORY; AS_ERR_INVALID past 24 hours. A recording can be compared with a minute after it was
 * fed, or after its end; a stream at once. */
enum as_status as_reference_feed(struct as_reference *r, const float *v, int n, struct as_error *err);
/* n samples that were lost. */
enum as_status as_reference_gap(struct as_reference *r, int64_t n, struct as_error *err);
enum as_status as_reference_end(struct as_reference *r, struct as_error *err);

/* Seconds that can be compared with by now. Any thread. */
double as_reference_loaded_s(const struct as_reference *r);
/* Whether all is there. Any thread. */
bool as_reference_complete(const struct as_reference *r);

bool as_reference_is_stream(const struct as_reference *r);
/* For the meter: v[0] is sample *first of the axis that was fed. Valid until the next feed of a stream. */
struct as_signal as_reference_view(struct as_reference *r, int64_t *first);
/* Of a stream: the last hole, samples [*from, *to) of its axis, that begins before `sample`. False: none that is known. What was lost is a hole
 * once more has come, from AS_HOLE_SAMPLES on. */
bool as_reference_hole(const struct as_reference *r, double sample, int64_t *from, int64_t *to);

#endif
