/* Sample rates lowered in the frequency domain, for what the analysis hears: overlap-save with a linear-phase filter. Streaming. */
#ifndef AS_DSP_DECIMATE_H
#define AS_DSP_DECIMATE_H

#include <stdint.h>

struct as_decimator;

/* Flat to 0.925 of half the new rate, 96 dB down from 1.075 of it: what folds back, folds back above 0.925. Output k sits at k / out_hz
 * of the input's axis exactly. NULL where the rates have no small ratio, in_hz is not well above out_hz, or memory is out. */
struct as_decimator *as_decimator_new(double in_hz, double out_hz);
void as_decimator_free(struct as_decimator *d);
/* Feeds n_in samples (in NULL: the end of the input) and takes at most max_out; *used and *made tell how many. In the end the
 * output is as long as the input, to half a sample. At the end, call again while *made == max_out. */
void as_decimator_run(struct as_decimator *d, const float *in, int64_t n_in, int64_t *used, float *out, int64_t max_out,
		      int64_t *made);

#endif
