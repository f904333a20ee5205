#include "media/prescan.h"

#include <stdlib.h>
#include <string.h>

#include <libavutil/avstring.h>

#include "base/text.h"
#include "media/ltc.h"
#include "media/samples.h"
#include "media/source.h"

/* So many windows of so long, the first at the start, are looked at … */
#define WINDOWS 6
#define WINDOW_S 1.5
/* … or all of a file up to this long. */
#define WHOLE_S 12.0
/* What that may read: a container that can only find a place by reading up to it shall not be
 * read twice. */
#define BUDGET_MIN_BYTES (16 << 20)
#define BUDGET_SHARE 16
/* Energies: mid cancels under this part of the louder channel; a channel is dead under that part
 * of it. */
#define CANCELS 0.1
#define DEAD 0.0025
/* Cross terms are kept for files of up to so many channels; of more, only the loudest is heard. */
#define MAX_PAIRED 8
#define BLOCK 4096

struct stats {
	int channels;
	double energy[AS_MEDIA_MAX_CHANNELS];
	double cross[MAX_PAIRED][MAX_PAIRED]; /* a < b */
	struct as_ltc ltc[AS_MEDIA_MAX_CHANNELS];
	bool lfe[AS_MEDIA_MAX_CHANNELS];
	int64_t frames;
	float *buf; /* channels x BLOCK, planar */
};

static void measure_block(struct stats *st, double rate_hz, int n)
{
	for (int a = 0; a < st->channels; a++) {
		const float *x = st->buf + (size_t)a * BLOCK;
		double sum = 0.0;
		for (int i = 0; i < n; i++)
			sum += (double)x[i] * (double)x[i];
		st->energy[a] += sum;
		as_ltc_feed(&st->ltc[a], rate_hz, x, n);
		for (int b = a + 1; b < st->channels && b < MAX_PAIRED; b++) {
			const float *y = st->buf + (size_t)b * BLOCK;
			double sum_xy = 0.0;
			for (int i = 0; i < n; i++)
				sum_xy += (double)x[i] * (double)y[i];
			st->cross[a][b] += sum_xy;
		}
	}
}

static void measure(struct stats *st, const AVFrame *f)
{
	for (int first = 0; first < f->nb_samples; first += BLOCK) {
		int n = f->nb_samples - first < BLOCK ? f->nb_samples - first : BLOCK;
		for (int c = 0; c < st->channels; c++)
			as_samples_gather(st->buf + (size_t)c * BLOCK, 1, f, c, first, n);
		measure_block(st, f->sample_rate, n);
	}
	st->frames += f->nb_samples;
}

static bool begin_stats(struct stats *st, const AVFrame *f)
{
	st->channels = f->ch_layout.nb_channels;
	st->buf = malloc((size_t)st->channels * BLOCK * sizeof *st->buf);
	for (int c = 0; c < st->channels; c++) {
		enum AVChannel kind =
			av_channel_layout_channel_from_index(&f->ch_layout, (unsigned)c);
		st->lfe[c] = kind == AV_CHAN_LOW_FREQUENCY || kind == AV_CHAN_LOW_FREQUENCY_2;
	}
	return st->buf != NULL;
}

/* Measures want_s of sound from where the source stands. */
static enum as_status measure_window(struct as_source *src, struct stats *st, AVFrame *f,
				     double want_s, struct as_error *err)
{
	double got_s = 0.0;
	while (got_s < want_s) {
		enum as_status status = as_source_read(src, f, err);
		if (status != AS_OK)
			return status;
		if (st->buf == NULL && !begin_stats(st, f))
			return as_fail(err, AS_ERR_MEMORY, "%s: out of memory", src->demux.name);
		measure(st, f);
		got_s += (double)f->nb_samples / (double)f->sample_rate;
	}
	return AS_OK;
}

/* Raw streams find a time by reading up to it, and Matroska finds it by its pictures' index. */
static bool go_to(struct as_source *src, double t_s, double duration_s)
{
	static const char raw[] = "mp3,aac,ac3,eac3,dts,amr,loas,mpegts";
	AVFormatContext *fmt = src->demux.fmt;
	AVStream *st = as_source_stream(src);
	const char *name = fmt->iformat->name;
	int rc;
	if (av_match_name(name, raw)) {
		int64_t at = (int64_t)((double)as_avio_size(src->demux.io) * t_s / duration_s);
		rc = av_seek_frame(fmt, -1, at, AVSEEK_FLAG_BYTE);
	} else {
		if (av_match_name("matroska", name) && src->demux.video_index >= 0)
			st = fmt->streams[src->demux.video_index];
		int64_t from = st->start_time != AV_NOPTS_VALUE ? st->start_time : 0;
		rc = av_seek_frame(fmt, st->index, from + (int64_t)(t_s / av_q2d(st->time_base)),
				   AVSEEK_FLAG_BACKWARD);
	}
	as_source_flush(src);
	return rc >= 0;
}

static double stated_duration_s(const struct as_source *src)
{
	const AVStream *st = as_source_stream(src);
	if (st->duration > 0)
		return (double)st->duration * av_q2d(st->time_base);
	return src->demux.fmt->duration > 0 ? (double)src->demux.fmt->duration / AV_TIME_BASE : 0.0;
}

static void set_budget(struct as_source *src)
{
	int64_t budget = as_avio_size(src->demux.io) / BUDGET_SHARE;
	as_avio_set_budget(src->demux.io, budget > BUDGET_MIN_BYTES ? budget : BUDGET_MIN_BYTES);
}

/* AS_OK also where nothing could be measured: st->channels is 0 then. */
static enum as_status scan_stream(const char *path, int stream_index, const atomic_bool *cancel,
				  struct stats *st, struct as_error *err)
{
	struct as_source src;
	enum as_status status = as_source_open(&src, path, stream_index, cancel, err);
	if (status != AS_OK)
		return status;
	AVFrame *f = av_frame_alloc();
	if (f == NULL) {
		as_source_close(&src);
		return as_fail(err, AS_ERR_MEMORY, "%s: out of memory", as_path_base(path));
	}
	set_budget(&src);
	double duration_s = stated_duration_s(&src);
	if (duration_s <= WHOLE_S) {
		status = measure_window(&src, st, f, WHOLE_S, err);
	} else {
		for (int w = 0; w < WINDOWS && status == AS_OK; w++) {
			if (w > 0 && !go_to(&src, duration_s * w / WINDOWS, duration_s))
				break;
			status = measure_window(&src, st, f, WINDOW_S, err);
		}
	}
	av_frame_free(&f);
	as_source_close(&src);
	return status == AS_EOF ? AS_OK : status;
}

/* The loudest channel that is neither timecode nor a subwoofer, except `not`; -1 if none is
 * left. */
static int loudest(const struct stats *st, int not_this)
{
	int best = -1;
	for (int c = 0; c < st->channels; c++) {
		if (c == not_this || st->lfe[c] || as_ltc_found(&st->ltc[c]))
			continue;
		if (best < 0 || st->energy[c] > st->energy[best])
			best = c;
	}
	return best;
}

/* Chooses the channels and returns the mean energy of their mix; negative if everything is
 * timecode. */
static double choose_channels(const struct stats *st, struct as_mix *mix)
{
	mix->a = loudest(st, -1);
	mix->b = -1;
	if (mix->a < 0) {
		mix->a = 0;
		return -1.0;
	}
	double frames = st->frames > 0 ? (double)st->frames : 1.0;
	int other = st->channels <= MAX_PAIRED ? loudest(st, mix->a) : -1;
	double e = st->energy[mix->a];
	if (other < 0 || st->energy[other] <= DEAD * e)
		return e / frames;
	int lo = mix->a < other ? mix->a : other, hi = mix->a < other ? other : mix->a;
	double mid = 0.25 * (st->energy[lo] + st->energy[hi] + 2.0 * st->cross[lo][hi]);
	if (mid < CANCELS * e)
		return e / frames;
	mix->a = lo;
	mix->b = hi;
	return mid / frames;
}

struct choice {
	int index[64], n; /* candidates: stream indices */
	int channels[64];
};

/* The streams to choose from: the one that cfg names, or all that are not tagged as timecode
 * (all, if all are). */
static enum as_status list_streams(const char *path, const struct as_load_config *cfg,
				   const atomic_bool *cancel, struct choice *c,
				   struct as_error *err)
{
	struct as_demux x;
	enum as_status status = as_demux_open(&x, path, cancel, err);
	if (status != AS_OK)
		return status;
	int ordinal = 0;
	for (int pass = 0; pass < 2 && c->n == 0; pass++) {
		ordinal = 0;
		for (unsigned i = 0; i < x.fmt->nb_streams && c->n < 64; i++) {
			const AVStream *st = x.fmt->streams[i];
			if (!as_demux_usable(st))
				continue;
			bool wanted = cfg->stream >= 0 ? ordinal == cfg->stream
						       : pass == 1 || !as_demux_is_timecode(st);
			if (wanted) {
				c->channels[c->n] = st->codecpar->ch_layout.nb_channels;
				c->index[c->n++] = (int)i;
			}
			ordinal++;
		}
	}
	if (c->n == 0 && ordinal == 0)
		status = as_demux_fail_no_audio(&x, err);
	else if (c->n == 0)
		status = as_fail(err, AS_ERR_INVALID, "%s: has %d audio stream%s: no stream %d, counted from 0",
				 x.name, ordinal, ordinal == 1 ? "" : "s", cfg->stream);
	as_demux_close(&x);
	return status;
}

static enum as_status choose_stream(const char *path, const struct choice *c,
				    const atomic_bool *cancel, struct as_mix *out,
				    struct as_error *err)
{
	double best = -2.0;
	enum as_status status = AS_OK;
	for (int i = 0; i < c->n; i++) {
		struct stats *st = calloc(1, sizeof *st);
		if (st == NULL)
			return as_fail(err, AS_ERR_MEMORY, "%s: out of memory", as_path_base(path));
		struct as_mix mix = {.stream_index = c->index[i], .a = 0, .b = -1};
		status = scan_stream(path, c->index[i], cancel, st, err);
		double loud = choose_channels(st, &mix);
		if (status == AS_OK && st->channels > 0 && loud > best) {
			best = loud;
			*out = mix;
		}
		free(st->buf);
		free(st);
		if (status == AS_CANCELLED || status == AS_ERR_MEMORY || status == AS_ERR_IO)
			return status;
	}
	return best > -2.0 ? AS_OK : status;
}

enum as_status as_prescan(const char *path, const struct as_load_config *cfg,
			  const atomic_bool *cancel, struct as_mix *out, struct as_error *err)
{
	struct choice c = {.n = 0};
	enum as_status status = list_streams(path, cfg, cancel, &c, err);
	if (status != AS_OK)
		return status;
	*out = (struct as_mix){.stream_index = c.index[0], .a = 0, .b = -1};
	if (c.n > 1 || (c.channels[0] > 1 && cfg->channel < 0))
		status = choose_stream(path, &c, cancel, out, err);
	if (status != AS_OK || cfg->channel < 0)
		return status;
	out->a = cfg->channel;
	out->b = -1;
	return AS_OK;
}
