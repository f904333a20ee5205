#include "media/decode_state.h"

#include <math.h>
#include <stddef.h>
#include <stdlib.h>
#include <string.h>

#include <libavutil/avstring.h>

#include "base/log.h"
#include "base/text.h"
#include "media/samples.h"

/* What one read delivers at most. */
#define BLOCK_FRAMES 16384
/* Time stamps that jump further than this are a clock that was set, not a gap: where the file's
 * own length has room for the gap, and where nothing vouches for it (damage is there, and MPEG-TS
 * is cut and joined freely). */
#define MAX_GAP_S (12.0 * 3600.0)
#define MAX_LOOSE_GAP_S 60.0
#define MAX_OVERLAP_S 10.0
/* All silence put in, together: time stamps are not to be trusted to fill a disk. */
#define MAX_SILENCE_S (48.0 * 3600.0)
#define MAX_LOOSE_SILENCE_S 3600.0
/* The length that is missing at the end for the file to count as truncated: where the stream's
 * own length is stated, and where only that of the whole file is. */
#define TRUNCATED_S 0.5
#define TRUNCATED_ALL_S 2.0

double as_decoder_stamped_at(const struct as_decoder *d, const AVFrame *f)
{
	int64_t pts = f->best_effort_timestamp;
	if (pts == AV_NOPTS_VALUE || d->first_pts == AV_NOPTS_VALUE)
		return NAN;
	AVRational tb = as_source_stream(&d->src)->time_base;
	return (double)(pts - d->first_pts) * av_q2d(tb) * d->format.rate_hz;
}

/* How long the sound should be, and how much of that may be missing; NAN if nothing states it. */
static double stated_s(const struct as_decoder *d, double *tolerance_s)
{
	const AVFormatContext *fmt = d->src.demux.fmt;
	const AVStream *st = as_source_stream(&d->src);
	*tolerance_s = TRUNCATED_S;
	if (fmt->duration_estimation_method == AVFMT_DURATION_FROM_BITRATE ||
	    !d->src.demux.zero_based)
		return NAN;
	if (st->duration > 0)
		return (double)st->duration * av_q2d(st->time_base);
	*tolerance_s = TRUNCATED_ALL_S;
	return fmt->duration > 0 ? (double)fmt->duration / AV_TIME_BASE : NAN;
}

static bool is_believable(const struct as_decoder *d, int64_t jump)
{
	double tolerance_s, rate = d->format.rate_hz;
	double jump_s = (double)jump / rate, all_s = (double)d->silence_in_all / rate + jump_s;
	double end_s = (double)d->counted / rate + jump_s;
	if (jump < 0)
		return jump_s >= -MAX_OVERLAP_S;
	bool has_room = end_s <= stated_s(d, &tolerance_s) + TRUNCATED_ALL_S; /* not of NAN */
	return jump_s <= (has_room ? MAX_GAP_S : MAX_LOOSE_GAP_S) &&
	       all_s <= (has_room ? MAX_SILENCE_S : MAX_LOOSE_SILENCE_S);
}

static void apply_jump(struct as_decoder *d, int64_t jump)
{
	double rate = d->format.rate_hz;
	if (!is_believable(d, jump)) {
		d->timebase.base += (double)jump;
		as_log(AS_LOG_WARN, "%s: time stamps jump by %.3f s: ignored", d->src.demux.name,
		       (double)jump / rate);
		return;
	}
	as_log(AS_LOG_INFO, "%s: %s of %.4f s at %.3f s", d->src.demux.name,
	       jump > 0 ? "gap" : "overlap", fabs((double)jump / rate), (double)d->at / rate);
	if (jump > 0) {
		d->silence += jump;
		d->silence_in_all += jump;
		d->damage_before++;
	} else {
		d->overlap -= jump;
	}
	d->counted += jump;
}

/* Takes one more frame from the source into the queue and decides whether what is there can be
 * delivered. */
static enum as_status queue_one(struct as_decoder *d, struct as_error *err)
{
	int64_t jump = 0;
	AVFrame *f = d->queue[d->n_queue];
	enum as_status status = as_source_read(&d->src, f, err);
	if (status == AS_EOF) {
		d->ended = true;
		d->ready = true;
		if (as_timebase_end(&d->timebase, d->usual_frame, d->exact, &jump) ==
		    AS_TIMEBASE_JUMP)
			apply_jump(d, jump);
		return AS_OK;
	}
	if (status != AS_OK)
		return status;
	double stamped = as_decoder_stamped_at(d, f);
	double deviation = isnan(stamped) ? d->timebase.base : stamped - (double)d->counted;
	enum as_timebase_verdict verdict = as_timebase_judge(&d->timebase, deviation, f->nb_samples,
							     d->usual_frame, d->exact, &jump);
	if (verdict == AS_TIMEBASE_JUMP)
		apply_jump(d, jump);
	d->usual_frame = f->nb_samples;
	d->counted += f->nb_samples;
	d->n_queue++;
	d->ready = verdict != AS_TIMEBASE_HOLD;
	return AS_OK;
}

static enum as_status fill_queue(struct as_decoder *d, struct as_error *err)
{
	d->head = 0;
	d->n_queue = 0;
	d->used = 0;
	d->ready = false;
	while (!d->ready) {
		enum as_status status = queue_one(d, err);
		if (status != AS_OK)
			return status;
	}
	return d->n_queue > 0 || d->silence > 0 ? AS_OK : AS_EOF;
}

/* A file that states more than it delivers was cut off. */
static void check_end(struct as_decoder *d)
{
	if (d->end_checked)
		return;
	d->end_checked = true;
	double tolerance_s;
	double missing_s = stated_s(d, &tolerance_s) - (double)d->at / d->format.rate_hz;
	if (missing_s > tolerance_s) {
		d->damage_before++;
		as_log(AS_LOG_WARN, "%s: ends %.1f s early", d->src.demux.name, missing_s);
	}
}

/* What comes next: n frames of silence (*f NULL), or n frames of *f from sample *first on. */
static enum as_status next_piece(struct as_decoder *d, const AVFrame **f, int *first, int *n,
				 struct as_error *err)
{
	if (d->silence > 0) {
		*f = NULL;
		*n = d->silence < BLOCK_FRAMES ? (int)d->silence : BLOCK_FRAMES;
		d->silence -= *n;
		return AS_OK;
	}
	while (d->head < d->n_queue && d->used >= d->queue[d->head]->nb_samples) {
		d->head++;
		d->used = 0;
	}
	if (d->head == d->n_queue) {
		enum as_status status = d->ended ? AS_EOF : fill_queue(d, err);
		if (status == AS_EOF)
			check_end(d);
		*n = 0;
		return status;
	}
	*f = d->queue[d->head];
	int left = (*f)->nb_samples - d->used;
	if (d->overlap > 0) {
		int drop = d->overlap < left ? (int)d->overlap : left;
		d->overlap -= drop;
		d->used += drop;
		*n = 0;
		return AS_OK;
	}
	*first = d->used;
	*n = left < BLOCK_FRAMES ? left : BLOCK_FRAMES;
	d->used += *n;
	return AS_OK;
}

/* The same without the frames before seek_to, and never empty. */
static enum as_status next_wanted(struct as_decoder *d, const AVFrame **f, int *first, int *n,
				  struct as_error *err)
{
	for (;;) {
		if (d->cancel != NULL && atomic_load_explicit(d->cancel, memory_order_relaxed))
			return as_fail(err, AS_CANCELLED, "%s: cancelled", d->src.demux.name);
		enum as_status status = next_piece(d, f, first, n, err);
		if (status != AS_OK)
			return status;
		int64_t early = d->seek_to - d->at;
		d->at += *n;
		if (early >= *n || *n == 0)
			continue;
		if (early > 0) {
			*first += (int)early;
			*n -= (int)early;
		}
		return AS_OK;
	}
}

static enum as_status reserve(struct as_decoder *d, size_t floats, struct as_error *err)
{
	if (floats <= d->buf_floats)
		return AS_OK;
	float *buf = realloc(d->buf, floats * sizeof *buf);
	if (buf == NULL)
		return as_fail(err, AS_ERR_MEMORY, "%s: out of memory", d->src.demux.name);
	d->buf = buf;
	d->buf_floats = floats;
	return AS_OK;
}

enum as_status as_decoder_read(struct as_decoder *d, const float **pcm, int *n_frames,
			       struct as_error *err)
{
	const AVFrame *f = NULL;
	int first = 0, n = 0;
	enum as_status status = next_wanted(d, &f, &first, &n, err);
	size_t floats = (size_t)n * (size_t)d->format.channels;
	if (status == AS_OK)
		status = reserve(d, floats, err);
	if (status != AS_OK)
		return status;
	if (f != NULL)
		as_samples_interleave(d->buf, f, first, n);
	else
		memset(d->buf, 0, floats * sizeof *d->buf);
	*pcm = d->buf;
	*n_frames = n;
	return AS_OK;
}

enum as_status as_decoder_read_mix(struct as_decoder *d, int a, int b, const float **mono,
				   int *n_frames, struct as_error *err)
{
	const AVFrame *f = NULL;
	int first = 0, n = 0;
	enum as_status status = next_wanted(d, &f, &first, &n, err);
	if (status == AS_OK)
		status = reserve(d, (size_t)n, err);
	if (status != AS_OK)
		return status;
	if (f != NULL)
		as_samples_mix(d->buf, f, a, b, first, n);
	else
		memset(d->buf, 0, (size_t)n * sizeof *d->buf);
	*mono = d->buf;
	*n_frames = n;
	return AS_OK;
}

static void learn_format(struct as_decoder *d, const AVFrame *f)
{
	const AVStream *st = as_source_stream(&d->src);
	enum AVCodecID id = st->codecpar->codec_id;
	const AVCodecDescriptor *desc = avcodec_descriptor_get(id);
	bool lossless = desc != NULL && (desc->props & AV_CODEC_PROP_LOSSLESS) &&
			!(desc->props & AV_CODEC_PROP_LOSSY);
	enum AVSampleFormat packed = av_get_packed_sample_fmt((enum AVSampleFormat)f->format);
	int bits = d->src.codec->bits_per_raw_sample;
	if (bits <= 0)
		bits = av_get_bits_per_sample(id);
	if (bits <= 0)
		bits = 8 * av_get_bytes_per_sample(packed);
	d->format.stream_index = d->src.stream_index;
	d->format.rate_hz = d->src.rate_hz;
	d->format.channels = d->src.channels;
	d->format.bits = lossless ? bits : 0;
	d->format.is_float =
		lossless && (packed == AV_SAMPLE_FMT_FLT || packed == AV_SAMPLE_FMT_DBL);
}

static void learn_times(struct as_decoder *d, const AVFrame *f)
{
	const AVFormatContext *fmt = d->src.demux.fmt;
	AVRational tb = as_source_stream(&d->src)->time_base;
	d->first_pts = f->best_effort_timestamp;
	d->exact = tb.num > 0 && tb.den % ((int64_t)d->src.rate_hz * tb.num) == 0;
	double zero_s = 0.0;
	if (!d->src.demux.zero_based && fmt->start_time != AV_NOPTS_VALUE)
		zero_s = (double)fmt->start_time / AV_TIME_BASE;
	d->format.start_offset_s = 0.0;
	/* Without pictures an offset is but how the container counts encoder priming. */
	if (d->first_pts != AV_NOPTS_VALUE && d->src.demux.has_video)
		d->format.start_offset_s = (double)d->first_pts * av_q2d(tb) - zero_s;
}

void as_decoder_resume(struct as_decoder *d, int64_t at)
{
	const AVFrame *f = d->queue[0];
	int64_t jump;
	as_timebase_init(&d->timebase, d->format.rate_hz);
	as_timebase_judge(&d->timebase, 0.0, f->nb_samples, 0, d->exact, &jump);
	d->usual_frame = f->nb_samples;
	d->at = at;
	d->counted = at + f->nb_samples;
	d->head = 0;
	d->n_queue = 1;
	d->used = 0;
	d->ready = true;
	d->ended = false;
	d->silence = d->overlap = 0;
}

enum as_status as_decoder_start(struct as_decoder *d, int stream_index, struct as_error *err)
{
	enum as_status status =
		d->from ? as_source_open_url(&d->src, d->from, stream_index, err)
			: as_source_open(&d->src, d->path, stream_index, d->cancel, err);
	if (status != AS_OK)
		return status;
	AVFrame *f = d->queue[0];
	status = as_source_read(&d->src, f, err);
	if (status == AS_EOF && d->src.damage > 0)
		return as_fail(err, AS_ERR_FORMAT, "%s: its sound is damaged", d->src.demux.name);
	if (status == AS_EOF)
		return as_fail(err, AS_ERR_NO_AUDIO, "%s: holds no sound (zero length)",
			       d->src.demux.name);
	if (status != AS_OK)
		return status;
	learn_format(d, f);
	learn_times(d, f);
	as_decoder_resume(d, 0);
	d->silence_in_all = 0;
	d->seek_to = 0;
	return AS_OK;
}

static struct as_decoder *new_decoder(void)
{
	struct as_decoder *d = calloc(1, sizeof *d);
	bool ok = d != NULL;
	for (int i = 0; ok && i <= AS_TIMEBASE_HELD; i++)
		ok = (d->queue[i] = av_frame_alloc()) != NULL;
	if (ok)
		return d;
	as_decoder_close(d);
	return NULL;
}

struct as_decoder *as_decoder_open(const char *path, int stream_index, const atomic_bool *cancel,
				   struct as_error *err)
{
	struct as_decoder *d = new_decoder();
	if (d != NULL && (d->path = strdup(path)) != NULL) {
		d->cancel = cancel;
		if (as_decoder_start(d, stream_index, err) == AS_OK)
			return d;
	} else {
		as_fail(err, AS_ERR_MEMORY, "%s: out of memory", as_path_base(path));
	}
	as_decoder_close(d);
	return NULL;
}

struct as_decoder *as_decoder_open_url(const struct as_demux_url *from, struct as_error *err)
{
	struct as_decoder *d = new_decoder();
	if (d == NULL) {
		as_fail(err, AS_ERR_MEMORY, "%s: out of memory", from->shown);
		return NULL;
	}
	d->from = from;
	d->cancel = from->stop;
	if (as_decoder_start(d, -1, err) == AS_OK)
		return d;
	as_decoder_close(d);
	return NULL;
}

void as_decoder_close(struct as_decoder *d)
{
	if (d == NULL)
		return;
	as_source_close(&d->src);
	for (int i = 0; i <= AS_TIMEBASE_HELD; i++)
		av_frame_free(&d->queue[i]);
	free(d->buf);
	free(d->path);
	free(d);
}

const struct as_decode_format *as_decoder_format(const struct as_decoder *d)
{
	return &d->format;
}

void as_decoder_about(const struct as_decoder *d, struct as_decode_about *about)
{
	const AVFormatContext *fmt = d->src.demux.fmt;
	const AVStream *st = as_source_stream(&d->src);
	double tolerance_s;
	*about = (struct as_decode_about){.duration_s = stated_s(d, &tolerance_s),
					  .bytes = d->src.demux.net ? avio_size(d->src.demux.net) : 0};
	if (isnan(about->duration_s) && fmt->duration > 0)
		about->duration_s = (double)fmt->duration / AV_TIME_BASE;
	av_strlcpy(about->kind, fmt->iformat->name, sizeof about->kind);
	static const struct {
		const char *key;
		size_t at;
	} texts[] = {
		{"title", offsetof(struct as_decode_about, title)},
		{"artist", offsetof(struct as_decode_about, artist)},
		{"icy-name", offsetof(struct as_decode_about, station)},
	};
	for (size_t i = 0; i < sizeof texts / sizeof *texts; i++) {
		const AVDictionaryEntry *e = av_dict_get(fmt->metadata, texts[i].key, NULL, 0);
		if (e == NULL)
			e = av_dict_get(st->metadata, texts[i].key, NULL, 0);
		if (e != NULL)
			av_strlcpy((char *)about + texts[i].at, e->value, sizeof about->title);
	}
}

int64_t as_decoder_damage(const struct as_decoder *d)
{
	return d->damage_before + d->src.damage;
}
