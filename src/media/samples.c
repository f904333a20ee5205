#include "media/samples.h"

#include <math.h>
#include <string.h>

#include <libavutil/samplefmt.h>

static inline void from_u8(float *dst, int ds, const uint8_t *src, int ss, int n)
{
	for (int i = 0; i < n; i++)
		dst[i * ds] = (float)((int)src[i * ss] - 128) * (1.0f / 128.0f);
}

static inline void from_s16(float *dst, int ds, const int16_t *src, int ss, int n)
{
	for (int i = 0; i < n; i++)
		dst[i * ds] = (float)src[i * ss] * (1.0f / 32768.0f);
}

static inline void from_s32(float *dst, int ds, const int32_t *src, int ss, int n)
{
	for (int i = 0; i < n; i++)
		dst[i * ds] = (float)src[i * ss] * (1.0f / 2147483648.0f);
}

static inline void from_s64(float *dst, int ds, const int64_t *src, int ss, int n)
{
	for (int i = 0; i < n; i++)
		dst[i * ds] = (float)src[i * ss] * (1.0f / 9223372036854775808.0f);
}

/* Files can hold NaN and infinities: as sound they are silence, and nothing after here has to
 * know of them. */
static float sane(float x)
{
	return x >= -1e6f && x <= 1e6f ? x : 0.0f;
}

static inline void from_flt(float *dst, int ds, const float *src, int ss, int n)
{
	for (int i = 0; i < n; i++)
		dst[i * ds] = sane(src[i * ss]);
}

static inline void from_dbl(float *dst, int ds, const double *src, int ss, int n)
{
	for (int i = 0; i < n; i++)
		dst[i * ds] = sane((float)src[i * ss]);
}

bool as_samples_supported(int av_sample_format)
{
	return av_sample_format > AV_SAMPLE_FMT_NONE && av_sample_format <= AV_SAMPLE_FMT_S64P;
}

static const void *channel_at(const AVFrame *f, int channel, int first)
{
	enum AVSampleFormat format = (enum AVSampleFormat)f->format;
	bool planar = av_sample_fmt_is_planar(format) != 0;
	size_t skip = (size_t)first;
	if (!planar)
		skip = skip * (size_t)f->ch_layout.nb_channels + (size_t)channel;
	return f->extended_data[planar ? channel : 0] +
	       skip * (size_t)av_get_bytes_per_sample(format);
}

static inline void gather(float *dst, int ds, enum AVSampleFormat packed, const void *src, int ss, int n)
{
	switch (packed) {
	case AV_SAMPLE_FMT_U8:
		from_u8(dst, ds, src, ss, n);
		break;
	case AV_SAMPLE_FMT_S16:
		from_s16(dst, ds, src, ss, n);
		break;
	case AV_SAMPLE_FMT_S32:
		from_s32(dst, ds, src, ss, n);
		break;
	case AV_SAMPLE_FMT_S64:
		from_s64(dst, ds, src, ss, n);
		break;
	case AV_SAMPLE_FMT_FLT:
		from_flt(dst, ds, src, ss, n);
		break;
	case AV_SAMPLE_FMT_DBL:
		from_dbl(dst, ds, src, ss, n);
		break;
	default:
		for (int i = 0; i < n; i++)
			dst[i * ds] = 0.0f;
	}
}

void as_samples_gather(float *dst, int step, const AVFrame *f, int channel, int first, int n)
{
	enum AVSampleFormat format = (enum AVSampleFormat)f->format;
	enum AVSampleFormat packed = av_get_packed_sample_fmt(format);
	int ss = av_sample_fmt_is_planar(format) ? 1 : f->ch_layout.nb_channels;
	const void *src = channel_at(f, channel, first);
	/* constant steps vectorise */
	if (step == 1 && ss == 1)
		gather(dst, 1, packed, src, 1, n);
	else if (step == 1 && ss == 2)
		gather(dst, 1, packed, src, 2, n);
	else
		gather(dst, step, packed, src, ss, n);
}

void as_samples_interleave(float *dst, const AVFrame *f, int first, int n)
{
	int channels = f->ch_layout.nb_channels;
	for (int c = 0; c < channels; c++)
		as_samples_gather(dst + c, channels, f, c, first, n);
}

/* The commonest cases in one pass over the samples. */
static inline void mid_s16(float *dst, const int16_t *a, const int16_t *b, int step, int n)
{
	for (int i = 0; i < n; i++)
		dst[i] = (float)(a[i * step] + b[i * step]) * (0.5f / 32768.0f);
}

static inline void mid_s32(float *dst, const int32_t *a, const int32_t *b, int step, int n)
{
	for (int i = 0; i < n; i++)
		dst[i] = ((float)a[i * step] + (float)b[i * step]) * (0.5f / 2147483648.0f);
}

static inline void mid_flt(float *dst, const float *a, const float *b, int step, int n)
{
	for (int i = 0; i < n; i++)
		dst[i] = sane(0.5f * (a[i * step] + b[i * step]));
}

/* False: not one of them. */
static inline bool mid_common(float *dst, enum AVSampleFormat packed, const void *a, const void *b, int step,
			      int n)
{
	switch (packed) {
	case AV_SAMPLE_FMT_S16:
		mid_s16(dst, a, b, step, n);
		return true;
	case AV_SAMPLE_FMT_S32:
		mid_s32(dst, a, b, step, n);
		return true;
	case AV_SAMPLE_FMT_FLT:
		mid_flt(dst, a, b, step, n);
		return true;
	default:
		return false;
	}
}

#define MIX_BLOCK 1024

static void mid_any(float *dst, const AVFrame *f, int a, int b, int first, int n)
{
	as_samples_gather(dst, 1, f, a, first, n);
	float other[MIX_BLOCK];
	for (int at = 0; at < n; at += MIX_BLOCK) {
		int m = n - at < MIX_BLOCK ? n - at : MIX_BLOCK;
		as_samples_gather(other, 1, f, b, first + at, m);
		for (int i = 0; i < m; i++)
			dst[at + i] = 0.5f * (dst[at + i] + other[i]);
	}
}

void as_samples_mix(float *dst, const AVFrame *f, int a, int b, int first, int n)
{
	enum AVSampleFormat format = (enum AVSampleFormat)f->format;
	enum AVSampleFormat packed = av_get_packed_sample_fmt(format);
	if (b < 0) {
		as_samples_gather(dst, 1, f, a, first, n);
		return;
	}
	const void *left = channel_at(f, a, first), *right = channel_at(f, b, first);
	int step = av_sample_fmt_is_planar(format) ? 1 : f->ch_layout.nb_channels;
	/* constant steps vectorise */
	bool done = step == 1   ? mid_common(dst, packed, left, right, 1, n)
		    : step == 2 ? mid_common(dst, packed, left, right, 2, n)
				: mid_common(dst, packed, left, right, step, n);
	if (!done)
		mid_any(dst, f, a, b, first, n);
}

double as_samples_energy(const float *v, int n, float *peak)
{
	enum { LANES = 8 };
	double sum[LANES] = {0.0};
	float top[LANES] = {0.0f};
	int i = 0;
	for (; i + LANES <= n; i += LANES) {
		for (int j = 0; j < LANES; j++) {
			float x = fabsf(v[i + j]);
			top[j] = x > top[j] ? x : top[j];
			sum[j] += (double)x * (double)x;
		}
	}
	for (; i < n; i++) {
		float x = fabsf(v[i]);
		top[0] = x > top[0] ? x : top[0];
		sum[0] += (double)x * (double)x;
	}
	double all = 0.0;
	for (int j = 0; j < LANES; j++) {
		*peak = top[j] > *peak ? top[j] : *peak;
		all += sum[j];
	}
	return all;
}
