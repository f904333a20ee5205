#include "media/resample.h"

#include <stdlib.h>

#include <soxr.h>

/* The analysis looks at 120 … 3700 Hz of a band of 4000: it is kept flat to there, and what
 * folds back folds back above. 16 bits are 96 dB, more than any pair of recordings has in
 * common. */
#define ANALYSIS_BITS 16
#define ANALYSIS_PASS 0.925
#define ANALYSIS_STOP 1.075

struct as_resampler {
	soxr_t soxr;
};

static soxr_quality_spec_t quality_spec(enum as_resample_quality q)
{
	if (q == AS_RESAMPLE_EXPORT)
		return soxr_quality_spec(SOXR_VHQ, 0);
	soxr_quality_spec_t spec = soxr_quality_spec(SOXR_16_BITQ, 0);
	spec.precision = ANALYSIS_BITS;
	spec.passband_end = ANALYSIS_PASS;
	spec.stopband_begin = ANALYSIS_STOP;
	return spec;
}

struct as_resampler *as_resampler_new(double in_hz, double out_hz, int channels,
				      enum as_resample_quality q, struct as_error *err)
{
	struct as_resampler *r = calloc(1, sizeof *r);
	if (r == NULL) {
		as_fail(err, AS_ERR_MEMORY, "out of memory");
		return NULL;
	}
	soxr_error_t why = NULL;
	soxr_io_spec_t io = soxr_io_spec(SOXR_FLOAT32_I, SOXR_FLOAT32_I);
	soxr_quality_spec_t quality = quality_spec(q);
	soxr_runtime_spec_t runtime = soxr_runtime_spec(1);
	r->soxr = soxr_create(in_hz, out_hz, (unsigned)channels, &why, &io, &quality, &runtime);
	if (r->soxr == NULL) {
		as_fail(err, AS_ERR_INVALID, "cannot convert %g Hz to %g Hz: %s", in_hz, out_hz,
			why != NULL ? why : "unknown error");
		free(r);
		return NULL;
	}
	return r;
}

void as_resampler_free(struct as_resampler *r)
{
	if (r == NULL)
		return;
	soxr_delete(r->soxr);
	free(r);
}

enum as_status as_resampler_run(struct as_resampler *r, const float *in, int64_t n_in,
				int64_t *used, float *out, int64_t max_out, int64_t *made,
				struct as_error *err)
{
	size_t n_used = 0, n_made = 0;
	soxr_error_t why = soxr_process(r->soxr, in, in != NULL ? (size_t)n_in : 0, &n_used, out,
					(size_t)max_out, &n_made);
	*used = (int64_t)n_used;
	*made = (int64_t)n_made;
	if (why != NULL)
		return as_fail(err, AS_ERR_INTERNAL, "rate conversion: %s", why);
	return AS_OK;
}
