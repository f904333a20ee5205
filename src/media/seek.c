#include "media/decode_state.h"

#include <math.h>
#include <string.h>

#include <libavutil/avstring.h>

/* Forward of where it stands, a seek decodes on this far. */
#define READ_ON_S 2.0
/* Lossy decoders start this much before the target: overlap, bit reservoirs and predictors have
 * settled then. */
#define PREROLL_S 0.5

/* Every entry of the index begins where the one before ends: time stamps and sample counts are
 * the same axis. */
static bool index_is_even(AVStream *st, int bytes_per_sample)
{
	int n = avformat_index_get_entries_count(st);
	int64_t step = 0;
	for (int i = 1; i < n; i++) {
		const AVIndexEntry *a = avformat_index_get_entry(st, i - 1);
		int64_t size = a->size, from = a->timestamp;
		int64_t got = avformat_index_get_entry(st, i)->timestamp - from;
		if (i == 1)
			step = got;
		if (got != (bytes_per_sample > 0 ? size / bytes_per_sample : step))
			return false;
	}
	return n > 1;
}

/* Containers that store each sample's place, and whose demuxer goes there: seen in tests, sample
 * for sample. */
static bool goes_direct(const struct as_decoder *d)
{
	static const char sampled[] = "wav,w64,aiff,au,caf,flac";
	AVStream *st = as_source_stream(&d->src);
	const char *name = d->src.demux.fmt->iformat->name;
	int bits = av_get_bits_per_sample(st->codecpar->codec_id);
	if (!d->exact || d->first_pts == AV_NOPTS_VALUE)
		return false;
	if (av_match_name(name, sampled))
		return bits > 0 || st->codecpar->codec_id == AV_CODEC_ID_FLAC;
	if (av_match_name("mov", name))
		return index_is_even(st, bits * st->codecpar->ch_layout.nb_channels / 8);
	return false;
}

/* AS_NO_MATCH: it did not work out, and the source stands anywhere. */
static enum as_status seek_direct(struct as_decoder *d, int64_t frame, struct as_error *err)
{
	AVRational tb = as_source_stream(&d->src)->time_base;
	int64_t early = frame - (int64_t)(PREROLL_S * d->format.rate_hz);
	int64_t pts = d->first_pts + (int64_t)((double)early / (d->format.rate_hz * av_q2d(tb)));
	enum as_status status = as_source_seek(&d->src, pts);
	if (status != AS_OK)
		return status;
	status = as_source_read(&d->src, d->queue[0], err);
	if (status != AS_OK)
		return status == AS_EOF ? AS_NO_MATCH : status;
	double at = as_decoder_stamped_at(d, d->queue[0]);
	if (isnan(at) || at < 0.0 || at > (double)frame || fabs(at - round(at)) > 1e-3)
		return AS_NO_MATCH;
	as_decoder_resume(d, llround(at));
	return AS_OK;
}

static enum as_status start_again(struct as_decoder *d, struct as_error *err)
{
	int stream_index = d->src.stream_index;
	d->damage_before += d->src.damage;
	d->src.damage = 0;
	as_source_close(&d->src);
	enum as_status status = as_decoder_start(d, stream_index, err);
	if (status != AS_OK) { /* the file went away: nothing more can come from it */
		d->head = d->n_queue = 0;
		d->ended = d->end_checked = true;
	}
	return status;
}

enum as_status as_decoder_seek(struct as_decoder *d, int64_t frame, struct as_error *err)
{
	if (frame < 0)
		return as_fail(err, AS_ERR_INVALID, "%s: seek before the start", d->src.demux.name);
	double ahead_s = (double)(frame - d->at) / d->format.rate_hz;
	if (d->direct == 0)
		d->direct = goes_direct(d) ? 1 : -1;
	bool far = ahead_s < 0.0 || ahead_s > READ_ON_S;
	bool inside = (double)frame > 2.0 * PREROLL_S * d->format.rate_hz;
	if (far && d->direct > 0 && inside) {
		enum as_status status = seek_direct(d, frame, err);
		if (status != AS_OK && status != AS_NO_MATCH)
			return status;
		far = status == AS_NO_MATCH;
		ahead_s = far ? -1.0 : 0.0;
		if (far)
			d->direct = -1;
	}
	if (far && ahead_s < 0.0) {
		enum as_status status = start_again(d, err);
		if (status != AS_OK)
			return status;
	}
	d->seek_to = frame;
	return AS_OK;
}
