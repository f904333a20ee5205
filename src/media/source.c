#include "media/source.h"

#include <string.h>

#include <libavutil/opt.h>

#include "media/samples.h"

/* Damage is stepped over, but a file that is nothing but damage ends. */
#define MAX_ERRORS_IN_A_ROW 200

AVStream *as_source_stream(const struct as_source *s)
{
	return s->demux.fmt->streams[s->stream_index];
}

static int choose_stream(const AVFormatContext *fmt, int wanted)
{
	int fallback = -1;
	for (unsigned i = 0; i < fmt->nb_streams; i++) {
		if (!as_demux_usable(fmt->streams[i]))
			continue;
		if (wanted == (int)i)
			return wanted;
		if (wanted < 0 && !as_demux_is_timecode(fmt->streams[i]))
			return (int)i;
		if (fallback < 0)
			fallback = (int)i;
	}
	return wanted < 0 ? fallback : -1;
}

static enum as_status open_codec(struct as_source *s, struct as_error *err)
{
	const AVStream *st = as_source_stream(s);
	const AVCodec *codec = avcodec_find_decoder(st->codecpar->codec_id);
	if (codec == NULL) {
		return as_fail(err, AS_ERR_FORMAT, "%s: no decoder for %s sound", s->demux.name,
			       avcodec_get_name(st->codecpar->codec_id));
	}
	s->codec = avcodec_alloc_context3(codec);
	s->pkt = av_packet_alloc();
	s->raw = av_frame_alloc();
	if (s->codec == NULL || s->pkt == NULL || s->raw == NULL)
		return as_fail(err, AS_ERR_MEMORY, "%s: out of memory", s->demux.name);
	int rc = avcodec_parameters_to_context(s->codec, st->codecpar);
	s->codec->pkt_timebase = st->time_base;
	s->codec->thread_count = 1; /* the threads are the engine's */
	if (rc >= 0)
		rc = avcodec_open2(s->codec, codec, NULL);
	return rc < 0 ? as_demux_fail(&s->demux, rc, "its sound cannot be decoded", err) : AS_OK;
}

static enum as_status open_stream(struct as_source *s, int stream_index, struct as_error *err)
{
	const AVFormatContext *fmt = s->demux.fmt;
	s->stream_index = choose_stream(fmt, stream_index);
	if (s->stream_index < 0 && stream_index < 0)
		return as_demux_fail_no_audio(&s->demux, err);
	if (s->stream_index < 0)
		return as_fail(err, AS_ERR_NO_AUDIO, "%s: no such audio stream", s->demux.name);
	for (unsigned i = 0; i < fmt->nb_streams; i++) {
		bool ours = (int)i == s->stream_index;
		fmt->streams[i]->discard = ours ? AVDISCARD_DEFAULT : AVDISCARD_ALL;
	}
	return open_codec(s, err);
}

enum as_status as_source_open(struct as_source *s, const char *path, int stream_index,
			      const atomic_bool *cancel, struct as_error *err)
{
	*s = (struct as_source){.cancel = cancel};
	enum as_status status = as_demux_open(&s->demux, path, cancel, err);
	if (status == AS_OK)
		status = open_stream(s, stream_index, err);
	if (status != AS_OK)
		as_source_close(s);
	return status;
}

enum as_status as_source_open_url(struct as_source *s, const struct as_demux_url *from, int stream_index,
				  struct as_error *err)
{
	*s = (struct as_source){.cancel = from->stop};
	enum as_status status = as_demux_open_url(&s->demux, from, err);
	if (status == AS_OK)
		status = open_stream(s, stream_index, err);
	if (status != AS_OK)
		as_source_close(s);
	return status;
}

void as_source_close(struct as_source *s)
{
	swr_free(&s->swr);
	av_frame_free(&s->raw);
	av_packet_free(&s->pkt);
	avcodec_free_context(&s->codec);
	as_demux_close(&s->demux);
}

static bool cancelled(const struct as_source *s)
{
	return s->cancel != NULL && atomic_load_explicit(s->cancel, memory_order_relaxed);
}

/* Counts one piece of damage; false when it is time to give up. */
static bool note_damage(struct as_source *s)
{
	s->damage++;
	return ++s->errors_in_a_row < MAX_ERRORS_IN_A_ROW;
}

/* Reads our next packet into pkt. AS_EOF at the end, or where nothing but damage follows. */
static enum as_status read_packet(struct as_source *s, struct as_error *err)
{
	for (;;) {
		if (cancelled(s))
			return as_fail(err, AS_CANCELLED, "%s: cancelled", s->demux.name);
		int rc = av_read_frame(s->demux.fmt, s->pkt);
		if (rc == 0 && s->pkt->stream_index == s->stream_index)
			break;
		if (rc == 0) {
			av_packet_unref(s->pkt);
			continue;
		}
		enum as_status end = as_demux_judge_end(&s->demux, rc);
		if (end == AS_ERR_IO)
			return as_demux_fail(&s->demux, rc, "cannot be read further", err);
		if (end == AS_EOF)
			return AS_EOF;
		if (rc != AVERROR(EAGAIN) && !note_damage(s))
			return AS_EOF;
	}
	if (s->pkt->flags & AV_PKT_FLAG_CORRUPT)
		s->damage++;
	return AS_OK;
}

static enum as_status feed_codec(struct as_source *s, struct as_error *err)
{
	enum as_status status = read_packet(s, err);
	if (status == AS_EOF) {
		s->draining = true;
		avcodec_send_packet(s->codec, NULL);
		return AS_OK;
	}
	if (status != AS_OK)
		return status;
	int rc = avcodec_send_packet(s->codec, s->pkt);
	av_packet_unref(s->pkt);
	if (rc == AVERROR(ENOMEM))
		return as_demux_fail(&s->demux, rc, "decoding", err);
	if (rc < 0 && rc != AVERROR(EAGAIN) && rc != AVERROR_EOF)
		note_damage(s);
	return AS_OK;
}

static bool believable(const AVFrame *f)
{
	return f->nb_samples > 0 && f->sample_rate > 0 && f->sample_rate <= AS_MEDIA_MAX_RATE_HZ &&
	       f->ch_layout.nb_channels > 0 && f->ch_layout.nb_channels <= AS_MEDIA_MAX_CHANNELS &&
	       as_samples_supported(f->format);
}

static enum as_status decode(struct as_source *s, AVFrame *f, struct as_error *err)
{
	for (;;) {
		int rc = avcodec_receive_frame(s->codec, f);
		if (rc == 0 && believable(f)) {
			if (f->decode_error_flags != 0)
				s->damage++;
			s->errors_in_a_row = 0;
			return AS_OK;
		}
		if (rc == AVERROR_EOF)
			return AS_EOF;
		if (rc == AVERROR(ENOMEM))
			return as_demux_fail(&s->demux, rc, "decoding", err);
		if (rc == 0 || rc != AVERROR(EAGAIN)) {
			if (rc == 0 && f->nb_samples == 0)
				continue;
			if (!note_damage(s))
				return AS_EOF;
			continue;
		}
		if (s->draining || s->errors_in_a_row >= MAX_ERRORS_IN_A_ROW)
			return AS_EOF;
		enum as_status status = feed_codec(s, err);
		if (status != AS_OK)
			return status;
	}
}

static bool swr_fits(const struct as_source *s, const AVFrame *f)
{
	return s->swr != NULL && s->swr_rate_hz == f->sample_rate &&
	       s->swr_channels == f->ch_layout.nb_channels && s->swr_format == f->format;
}

static int swr_begin(struct as_source *s, const AVFrame *in)
{
	swr_free(&s->swr);
	AVChannelLayout from, to;
	av_channel_layout_default(&from, in->ch_layout.nb_channels);
	av_channel_layout_default(&to, s->channels);
	int rc = swr_alloc_set_opts2(&s->swr, &to, AV_SAMPLE_FMT_FLTP, s->rate_hz, &from,
				     (enum AVSampleFormat)in->format, in->sample_rate, 0, NULL);
	if (rc >= 0)
		rc = swr_init(s->swr);
	s->swr_rate_hz = in->sample_rate;
	s->swr_channels = in->ch_layout.nb_channels;
	s->swr_format = in->format;
	return rc;
}

/* The stream changed its rate or channels: what follows is converted to how it began. */
static enum as_status adapt(struct as_source *s, const AVFrame *in, AVFrame *out,
			    struct as_error *err)
{
	int rc = swr_fits(s, in) ? 0 : swr_begin(s, in);
	if (rc >= 0) {
		out->format = AV_SAMPLE_FMT_FLTP;
		out->sample_rate = s->rate_hz;
		av_channel_layout_default(&out->ch_layout, s->channels);
		out->nb_samples = swr_get_out_samples(s->swr, in->nb_samples);
		rc = out->nb_samples > 0 ? av_frame_get_buffer(out, 0) : out->nb_samples;
	}
	if (rc >= 0 && out->nb_samples > 0) {
		rc = swr_convert(s->swr, out->extended_data, out->nb_samples,
				 (const uint8_t **)in->extended_data, in->nb_samples);
	}
	if (rc < 0)
		return as_demux_fail(&s->demux, rc, "its sound changes in the middle", err);
	out->nb_samples = rc;
	out->pts = in->pts;
	out->best_effort_timestamp = in->best_effort_timestamp;
	return AS_OK;
}

static bool same_shape(const struct as_source *s, const AVFrame *f)
{
	return f->sample_rate == s->rate_hz && f->ch_layout.nb_channels == s->channels;
}

enum as_status as_source_read(struct as_source *s, AVFrame *f, struct as_error *err)
{
	for (;;) {
		av_frame_unref(f);
		av_frame_unref(s->raw);
		enum as_status status = decode(s, s->raw, err);
		if (status != AS_OK)
			return status;
		if (s->rate_hz == 0) {
			s->rate_hz = s->raw->sample_rate;
			s->channels = s->raw->ch_layout.nb_channels;
		}
		if (same_shape(s, s->raw)) {
			swr_free(&s->swr);
			av_frame_move_ref(f, s->raw);
			return AS_OK;
		}
		status = adapt(s, s->raw, f, err);
		if (status != AS_OK || f->nb_samples > 0)
			return status;
	}
}

void as_source_flush(struct as_source *s)
{
	avcodec_flush_buffers(s->codec);
	s->draining = false;
	s->errors_in_a_row = 0;
}

enum as_status as_source_seek(struct as_source *s, int64_t pts)
{
	int rc = av_seek_frame(s->demux.fmt, s->stream_index, pts, AVSEEK_FLAG_BACKWARD);
	as_source_flush(s);
	return rc < 0 ? AS_NO_MATCH : AS_OK;
}
