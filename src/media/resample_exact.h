/* A stream read at exact positions: output frame k is the input at start + k * step, both real
 * numbers of input frames.
 *
 * What as_resampler does not do: begin between two samples. Rate conversion is libsoxr's (24
 * bit, fixed ratio with its precise clock; its variable-rate engine was measured 35 dB noisier
 * and at four times the cost). The fraction of the start comes from where in its phase cycle
 * libsoxr is met, or from a short delay filter of our own where that cycle is too coarse or, at
 * equal rates, absent. Positions are within 1/262144 input frame. Gain is 1 to 1e-7, pass band flat
 * (measured: doc/benchmarks.md). With step 1 and a whole start the samples are copied. */
#ifndef AS_MEDIA_RESAMPLE_EXACT_H
#define AS_MEDIA_RESAMPLE_EXACT_H

#include <stdbool.h>
#include <stdint.h>

#include "base/error.h"

struct as_exact;

/* step: input frames per output frame, 1/64 … 64. start >= 0; input before frame 0 counts as
 * silence. Interleaved float. */
struct as_exact *as_exact_new(double start, double step, int channels, struct as_error *err);
void as_exact_free(struct as_exact *x);

/* Whether samples pass unchanged for this start and step. */
bool as_exact_is_copy(double start, double step);

/* Feeds n_in frames (in NULL: the input has ended) and takes at most max_out frames; *used and
 * *made tell how many. One call does at most about 16384 frames of work, so *used and *made may
 * both be 0 while the phase is being found: call again. After the end of the input the output
 * goes on with silence. */
enum as_status as_exact_run(struct as_exact *x, const float *in, int64_t n_in, int64_t *used,
			    float *out, int64_t max_out, int64_t *made, struct as_error *err);

#endif
