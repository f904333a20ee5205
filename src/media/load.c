#include "media/load.h"

#include <math.h>
#include <stdlib.h>

#include "base/text.h"
#include "media/prescan.h"
#include "media/resample.h"
#include "media/samples.h"

#define OUT_FRAMES 4096
/* Progress is told this often, in seconds of sound. */
#define PROGRESS_S 1.0

struct loader {
	struct as_decoder *dec;
	const struct as_load_converter *converter;
	void *own;               /* the converter's state; NULL: libsoxr */
	struct as_resampler *rs; /* NULL too: the rate is right already */
	struct as_mix mix;
	as_load_sink sink;
	as_load_progress progress;
	void *ctx;
	int64_t frames, made;
	double told_s;
	double sum_sq;
	float peak;
	float out[OUT_FRAMES];
};

static enum as_status deliver(struct loader *l, const float *v, int n, struct as_error *err)
{
	l->sum_sq += as_samples_energy(v, n, &l->peak);
	l->made += n;
	if (n > 0 && !l->sink(l->ctx, v, n))
		return as_fail(err, AS_CANCELLED, "stopped");
	return AS_OK;
}

/* in NULL: the end. */
static enum as_status convert(struct loader *l, const float *in, int64_t n, struct as_error *err)
{
	if (l->rs == NULL && l->own == NULL)
		return in != NULL ? deliver(l, in, (int)n, err) : AS_OK;
	int64_t used = 0, made = 0;
	do {
		enum as_status status = AS_OK;
		if (l->own != NULL)
			l->converter->run(l->own, in, n, &used, l->out, OUT_FRAMES, &made);
		else
			status = as_resampler_run(l->rs, in, n, &used, l->out, OUT_FRAMES, &made,
						  err);
		if (status == AS_OK)
			status = deliver(l, l->out, (int)made, err);
		if (status != AS_OK)
			return status;
		in = in != NULL ? in + used : NULL;
		n -= used;
	} while (n > 0 || made == OUT_FRAMES);
	return AS_OK;
}

static void tell(struct loader *l, bool last)
{
	double s = (double)l->frames / as_decoder_format(l->dec)->rate_hz;
	if (l->progress == NULL || (!last && s - l->told_s < PROGRESS_S))
		return;
	l->told_s = s;
	l->progress(l->ctx, s);
}

static enum as_status run(struct loader *l, struct as_error *err)
{
	for (;;) {
		const float *mono;
		int n;
		enum as_status status =
			as_decoder_read_mix(l->dec, l->mix.a, l->mix.b, &mono, &n, err);
		if (status == AS_EOF)
			break;
		if (status == AS_OK)
			status = convert(l, mono, n, err);
		if (status != AS_OK)
			return status;
		l->frames += n;
		tell(l, false);
	}
	enum as_status status = convert(l, NULL, 0, err);
	if (status == AS_OK)
		tell(l, true);
	return status;
}

static double db(double x)
{
	return 20.0 * log10(fmax(x, 1e-10));
}

static void report(const struct loader *l, struct as_load_result *out)
{
	out->stream_index = l->mix.stream_index;
	out->format = *as_decoder_format(l->dec);
	out->frames = l->frames;
	out->level_db = db(l->made > 0 ? sqrt(l->sum_sq / (double)l->made) : 0.0);
	out->peak_db = db((double)l->peak);
	out->damage = as_decoder_damage(l->dec);
}

/* The stream may hold fewer channels than its header or a setting says. */
static enum as_status check_mix(struct loader *l, const struct as_load_config *cfg,
				const char *name, struct as_error *err)
{
	int channels = as_decoder_format(l->dec)->channels;
	if (cfg->channel >= channels) {
		return as_fail(err, AS_ERR_INVALID, "%s: has %d channel%s: no channel %d, counted from 0",
			       name, channels, channels == 1 ? "" : "s", cfg->channel);
	}
	if (l->mix.a >= channels)
		l->mix.a = 0;
	if (l->mix.b >= channels)
		l->mix.b = -1;
	return AS_OK;
}

static enum as_status open_converter(struct loader *l, const struct as_load_config *cfg,
				     struct as_error *err)
{
	double rate_hz = as_decoder_format(l->dec)->rate_hz;
	if (rate_hz == AS_ANALYSIS_RATE_HZ)
		return AS_OK;
	l->converter = cfg->converter;
	if (l->converter != NULL)
		l->own = l->converter->begin(rate_hz, AS_ANALYSIS_RATE_HZ);
	if (l->own != NULL)
		return AS_OK;
	l->rs = as_resampler_new(rate_hz, AS_ANALYSIS_RATE_HZ, 1, AS_RESAMPLE_ANALYSIS, err);
	return l->rs != NULL ? AS_OK : err->status;
}

enum as_status as_media_load(const char *path, const struct as_load_config *cfg,
			     const atomic_bool *cancel, as_load_sink sink,
			     as_load_progress progress, void *ctx, struct as_load_result *out,
			     struct as_error *err)
{
	struct as_error unasked;
	err = err != NULL ? err : &unasked;
	struct loader *l = calloc(1, sizeof *l);
	if (l == NULL)
		return as_fail(err, AS_ERR_MEMORY, "%s: out of memory", as_path_base(path));
	l->sink = sink;
	l->progress = progress;
	l->ctx = ctx;
	enum as_status status = as_prescan(path, cfg, cancel, &l->mix, err);
	if (status != AS_OK)
		goto out;
	l->dec = as_decoder_open(path, l->mix.stream_index, cancel, err);
	if (l->dec == NULL) {
		status = err->status;
		goto out;
	}
	status = check_mix(l, cfg, as_path_base(path), err);
	if (status != AS_OK)
		goto out;
	status = open_converter(l, cfg, err);
	if (status == AS_OK)
		status = run(l, err);
	if (status == AS_OK)
		report(l, out);
out:
	if (l->own != NULL)
		l->converter->end(l->own);
	as_resampler_free(l->rs);
	as_decoder_close(l->dec);
	free(l);
	return status;
}
