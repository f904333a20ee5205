/* What was captured lately, whitened, on its axis of 8 kHz samples; and how loud it was. Pure; one thread. */
#ifndef AS_LIVE_HEARD_H
#define AS_LIVE_HEARD_H

#include <stdbool.h>
#include <stdint.h>

#include "dsp/signal.h"

struct as_heard;

/* The last keep_s at least are kept. NULL when out of memory. */
struct as_heard *as_heard_new(double keep_s);
void as_heard_free(struct as_heard *h);
bool as_heard_feed(struct as_heard *h, const float *v, int n);
bool as_heard_gap(struct as_heard *h, int64_t n);

/* v[0] is sample *first of the axis; 64 to 128 ms of what was fed last are still missing. Valid until the next feed. */
struct as_signal as_heard_view(const struct as_heard *h, int64_t *first);
/* All that was fed. */
int64_t as_heard_fed(const struct as_heard *h);
/* RMS of the last half second, dBFS; -200: digital silence. */
double as_heard_level_db(const struct as_heard *h);

#endif
