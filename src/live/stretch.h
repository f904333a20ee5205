/* Captured sound at the reference's speed. */
#ifndef AS_LIVE_STRETCH_H
#define AS_LIVE_STRETCH_H

#include <stdint.h>

#include "dsp/signal.h"

struct as_stretcher;
struct as_stretcher *as_stretcher_new(void);
void as_stretcher_free(struct as_stretcher *s);

/* n samples around sample `middle` of src, which becomes sample n / 2 of out: out[k] is src at middle + (k - n / 2) / speed, silence
 * outside. speed: samples of out per sample of src. NULL when out of memory; borrowed until the next call. */
const int8_t *as_stretcher_run(struct as_stretcher *s, const struct as_signal *src, double middle, int n, double speed);

#endif
