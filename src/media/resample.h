/* Rate conversion by libsoxr: fixed for the analysis, variable for drift correction. */
#ifndef AS_MEDIA_RESAMPLE_H
#define AS_MEDIA_RESAMPLE_H

#include <stdint.h>

#include "base/error.h"

struct as_resampler;

enum as_resample_quality { AS_RESAMPLE_ANALYSIS, AS_RESAMPLE_EXPORT };

/* out rate / in rate may be any positive ratio; delay is compensated: output frame k sits at k /
 * out_hz of the input's axis. Interleaved float. */
struct as_resampler *as_resampler_new(double in_hz, double out_hz, int channels, enum as_resample_quality q,
				      struct as_error *err);
void as_resampler_free(struct as_resampler *r);
/* Feeds n_in frames (in NULL: end of input) and takes at most max_out frames; *used and *made
 * tell how many. */
enum as_status as_resampler_run(struct as_resampler *r, const float *in, int64_t n_in, int64_t *used, float *out,
				int64_t max_out, int64_t *made, struct as_error *err);

#endif
