#include "media/samples.h"

#include <string.h>

#include <libavutil/samplefmt.h>

static void from_u8(float *dst, int ds, const uint8_t *src, int ss, int n)
{
	for (int i = 0; i < n; i++)
		dst[i * ds] = (float)((int)src[i * ss] - 128) * (1.0f / 128.0f);
}

static void from_s16(float *dst, int ds, const int16_t *src, int ss, int n)
{
	for (int i = 0; i < n; i++)
		dst[i * ds] = (float)src[i * ss] * (1.0f / 32768.0f);
}

static void from_s32(float *dst, int ds, const int32_t *src, int ss, int n)
{
	for (int i = 0; i < n; i++)
		dst[i * ds] = (float)src[i * ss] * (1.0f / 2147483648.0f);
}

static void from_s64(float *dst, int ds, const int64_t *src, int ss, int n)
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

static void from_flt(float *dst, int ds, const float *src, int ss, int n)
{
	for (int i = 0; i < n; i++)
		dst[i * ds] = sane(src[i * ss]);
}

static void from_dbl(float *dst, int ds, const double *src, int ss, int n)
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

void as_samples_gather(float *dst, int step, const AVFrame *f, int channel, int first, int n)
{
	enum AVSampleFormat format = (enum AVSampleFormat)f->format;
	int ss = av_sample_fmt_is_planar(format) ? 1 : f->ch_layout.nb_channels;
	const void *src = channel_at(f, channel, first);
	switch (av_get_packed_sample_fmt(format)) {
	case AV_SAMPLE_FMT_U8:
		from_u8(dst, step, src, ss, n);
		break;
	case AV_SAMPLE_FMT_S16:
		from_s16(dst, step, src, ss, n);
		break;
	case AV_SAMPLE_FMT_S32:
		from_s32(dst, step, src, ss, n);
		break;
	case AV_SAMPLE_FMT_S64:
		from_s64(dst, step, src, ss, n);
		break;
	case AV_SAMPLE_FMT_FLT:
		from_flt(dst, step, src, ss, n);
		break;
	case AV_SAMPLE_FMT_DBL:
		from_dbl(dst, step, src, ss, n);
		break;
	default:
		for (int i = 0; i < n; i++)
			dst[i * step] = 0.0f;
	}
}

void as_samples_interleave(float *dst, const AVFrame *f, int first, int n)
{
	int channels = f->ch_layout.nb_channels;
	for (int c = 0; c < channels; c++)
		as_samples_gather(dst + c, channels, f, c, first, n);
}

/* The two commonest cases in one pass over the samples. */
static void mid_s16(float *dst, const int16_t *a, const int16_t *b, int step, int n)
{
	for (int i = 0; i < n; i++)
		dst[i] = (float)(a[i * step] + b[i * step]) * (0.5f / 32768.0f);
}

static void mid_flt(float *dst, const float *a, const float *b, int step, int n)
{
	for (int i = 0; i < n; i++)
		dst[i] = sane(0.5f * (a[i * step] + b[i * step]));
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
	int step = av_sample_fmt_is_planar(format) ? 1 : f->ch_layout.nb_channels;
	if (b < 0)
		as_samples_gather(dst, 1, f, a, first, n);
	else if (av_get_packed_sample_fmt(format) == AV_SAMPLE_FMT_S16)
		mid_s16(dst, channel_at(f, a, first), channel_at(f, b, first), step, n);
	else if (av_get_packed_sample_fmt(format) == AV_SAMPLE_FMT_FLT)
		mid_flt(dst, channel_at(f, a, first), channel_at(f, b, first), step, n);
	else
		mid_any(dst, f, a, b, first, n);
}
