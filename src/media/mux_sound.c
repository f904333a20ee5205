/* A new sound -> packets of the stream that carries it. */
#include <math.h>
#include <string.h>

#include <libavutil/channel_layout.h>

#include "media/mux_private.h"

#define AAC_BPS_PER_CHANNEL 160000
#define AAC_MAX_RATE_HZ 96000
#define SCALE_24 8388608.0

static enum AVCodecID codec_of(const struct mux *m, const struct as_mux_sound *s)
{
	enum as_mux_codec c = m->job->codec;
	if (c == AS_MUX_AUTO)
		c = m->container == AS_MUX_MP4 ? AS_MUX_AAC : AS_MUX_PCM;
	if (c == AS_MUX_AAC)
		return AV_CODEC_ID_AAC;
	if (c == AS_MUX_ALAC)
		return AV_CODEC_ID_ALAC;
	return s->is_float ? AV_CODEC_ID_PCM_F32LE : AV_CODEC_ID_PCM_S24LE;
}

const char *as_mux_codec_name(const struct mux *m)
{
	return m->job->n_sounds > 0 ? avcodec_get_name(codec_of(m, &m->job->sounds[0])) : "";
}

static bool is_pcm(enum AVCodecID id)
{
	return id == AV_CODEC_ID_PCM_S24LE || id == AV_CODEC_ID_PCM_F32LE;
}

static enum as_status check_sound(const struct mux *m, const struct as_mux_sound *s,
				  enum AVCodecID id, struct as_error *err)
{
	const char *path = m->job->path;
	if (s->rate_hz < 1 || s->rate_hz > AS_MEDIA_MAX_RATE_HZ || s->channels < 1 ||
	    s->channels > AS_MEDIA_MAX_CHANNELS || s->total_frames < 0)
		return as_fail(err, AS_ERR_INVALID, "%s: sound format out of range", path);
	if (is_pcm(id) && m->container == AS_MUX_MP4)
		return as_fail(err, AS_ERR_INVALID,
			       "%s: MP4 gets no PCM here; take AAC or ALAC, or write .mov", path);
	if (id == AV_CODEC_ID_AAC && (s->rate_hz > AAC_MAX_RATE_HZ || s->channels > 8))
		return as_fail(err, AS_ERR_INVALID,
			       "%s: AAC holds up to 8 channels of 96 kHz, not %d of %d Hz; write .mov, "
			       "which takes PCM",
			       path, s->channels, s->rate_hz);
	if (id == AV_CODEC_ID_ALAC && s->channels > 8)
		return as_fail(err, AS_ERR_INVALID,
			       "%s: ALAC holds up to 8 channels, not %d; write .mov, which takes PCM",
			       path, s->channels);
	return AS_OK;
}

static void describe_pcm(struct mux_voice *v)
{
	AVCodecParameters *par = v->st->codecpar;
	par->codec_type = AVMEDIA_TYPE_AUDIO;
	par->codec_id = v->id;
	par->format = v->id == AV_CODEC_ID_PCM_F32LE ? AV_SAMPLE_FMT_FLT : AV_SAMPLE_FMT_S32;
	par->bits_per_coded_sample = av_get_bits_per_sample(v->id);
	par->bits_per_raw_sample = par->bits_per_coded_sample;
	par->sample_rate = v->sound->rate_hz;
	av_channel_layout_default(&par->ch_layout, v->sound->channels);
	par->block_align = v->sound->channels * par->bits_per_coded_sample / 8;
	par->bit_rate = (int64_t)par->block_align * 8 * par->sample_rate;
}

static int open_encoder(struct mux *m, struct mux_voice *v)
{
	const AVCodec *codec = avcodec_find_encoder(v->id);
	bool aac = v->id == AV_CODEC_ID_AAC;
	if (codec == NULL)
		return AVERROR_ENCODER_NOT_FOUND;
	v->enc = avcodec_alloc_context3(codec);
	v->frame = av_frame_alloc();
	if (v->enc == NULL || v->frame == NULL)
		return AVERROR(ENOMEM);
	v->enc->sample_rate = v->sound->rate_hz;
	v->enc->sample_fmt = aac ? AV_SAMPLE_FMT_FLTP : AV_SAMPLE_FMT_S32P;
	v->enc->bits_per_raw_sample = aac ? 0 : 24;
	v->enc->bit_rate = aac ? (int64_t)AAC_BPS_PER_CHANNEL * v->sound->channels : 0;
	v->enc->time_base = (AVRational){1, v->sound->rate_hz};
	v->enc->thread_count = 1;
	v->enc->flags |= AV_CODEC_FLAG_BITEXACT;
	if (m->out->oformat->flags & AVFMT_GLOBALHEADER)
		v->enc->flags |= AV_CODEC_FLAG_GLOBAL_HEADER;
	av_channel_layout_default(&v->enc->ch_layout, v->sound->channels);
	int rc = avcodec_open2(v->enc, codec, NULL);
	if (rc < 0)
		return rc;
	v->frame->nb_samples = v->enc->frame_size > 0 ? v->enc->frame_size : 4096;
	v->frame->format = v->enc->sample_fmt;
	v->frame->sample_rate = v->sound->rate_hz;
	rc = av_channel_layout_copy(&v->frame->ch_layout, &v->enc->ch_layout);
	if (rc == 0)
		rc = av_frame_get_buffer(v->frame, 0);
	return rc < 0 ? rc : avcodec_parameters_from_context(v->st->codecpar, v->enc);
}

/* All that is said of the old stream but which program encoded it. */
static int take_names(const struct mux *m, struct mux_voice *v)
{
	int i = v->sound->instead_of;
	if (i < 0 || (unsigned)i >= m->in.fmt->nb_streams)
		return 0;
	int rc = av_dict_copy(&v->st->metadata, m->in.fmt->streams[i]->metadata, 0);
	av_dict_set(&v->st->metadata, "encoder", NULL, 0);
	return rc;
}

enum as_status as_mux_sound_open(struct mux *m, struct mux_voice *v, struct as_error *err)
{
	v->id = codec_of(m, v->sound);
	enum as_status status = check_sound(m, v->sound, v->id, err);
	if (status != AS_OK)
		return status;
	v->st = avformat_new_stream(m->out, NULL);
	if (v->st == NULL)
		return as_mux_fail(m, AVERROR(ENOMEM), "sound", err);
	v->st->time_base = (AVRational){1, v->sound->rate_hz};
	if (take_names(m, v) < 0)
		return as_mux_fail(m, AVERROR(ENOMEM), "sound", err);
	if (v->sound->title != NULL) {
		av_dict_set(&v->st->metadata, "title", v->sound->title, 0);
		/* MOV and MP4 name their tracks so. */
		if (m->container != AS_MUX_MKV)
			av_dict_set(&v->st->metadata, "handler_name", v->sound->title, 0);
	}
	if (v->sound->language != NULL)
		av_dict_set(&v->st->metadata, "language", v->sound->language, 0);
	if (is_pcm(v->id)) {
		describe_pcm(v);
		return AS_OK;
	}
	int rc = open_encoder(m, v);
	return rc < 0 ? as_mux_fail(m, rc, "its sound cannot be encoded", err) : AS_OK;
}

void as_mux_sound_close(struct mux_voice *v)
{
	avcodec_free_context(&v->enc);
	av_frame_free(&v->frame);
}

/* ---- samples ---- */

static int32_t to_24(struct mux_voice *v, float x)
{
	double q = isfinite(x) ? rint((double)x * SCALE_24) : 0;
	if (q > SCALE_24 - 1 || q < -SCALE_24)
		v->clipped++;
	return (int32_t)fmin(fmax(q, -SCALE_24), SCALE_24 - 1);
}

static void fill_pcm(struct mux_voice *v, uint8_t *out, const float *pcm, int64_t samples)
{
	for (int64_t i = 0; i < samples; i++) {
		uint32_t bits;
		if (v->id == AV_CODEC_ID_PCM_F32LE) {
			float x = isfinite(pcm[i]) ? pcm[i] : 0.0F;
			memcpy(&bits, &x, sizeof bits);
		} else {
			bits = (uint32_t)to_24(v, pcm[i]);
		}
		*out++ = (uint8_t)bits;
		*out++ = (uint8_t)(bits >> 8);
		*out++ = (uint8_t)(bits >> 16);
		if (v->id == AV_CODEC_ID_PCM_F32LE)
			*out++ = (uint8_t)(bits >> 24);
	}
}

/* n frames into the encoder's frame, planar, from v->fill on. */
static void fill_frame(struct mux_voice *v, const float *pcm, int n)
{
	const int channels = v->sound->channels;
	for (int c = 0; c < channels; c++) {
		uint8_t *plane = v->frame->extended_data[c];
		for (int i = 0; i < n; i++) {
			float x = pcm[i * channels + c];
			if (v->id == AV_CODEC_ID_AAC)
				((float *)(void *)plane)[v->fill + i] =
					isfinite(x) ? fminf(fmaxf(x, -1.0F), 1.0F) : 0.0F;
			else
				((int32_t *)(void *)plane)[v->fill + i] = to_24(v, x) * 256;
			v->clipped += v->id == AV_CODEC_ID_AAC && fabsf(x) > 1.0F;
		}
	}
}

/* ---- packets ---- */

static enum as_status send(struct mux *m, struct mux_voice *v, struct as_error *err)
{
	m->pkt->stream_index = v->st->index;
	av_packet_rescale_ts(m->pkt, (AVRational){1, v->sound->rate_hz}, v->st->time_base);
	int rc = av_interleaved_write_frame(m->out, m->pkt);
	return rc < 0 ? as_mux_fail(m, rc, "cannot write", err) : AS_OK;
}

static enum as_status send_pcm(struct mux *m, struct mux_voice *v, const float *pcm, int64_t n,
			       struct as_error *err)
{
	int bytes = (int)n * v->st->codecpar->block_align;
	int rc = av_new_packet(m->pkt, bytes);
	if (rc < 0)
		return as_mux_fail(m, rc, "cannot write", err);
	fill_pcm(v, m->pkt->data, pcm, n * v->sound->channels);
	m->pkt->pts = m->pkt->dts = v->done;
	m->pkt->duration = n;
	m->pkt->flags |= AV_PKT_FLAG_KEY;
	return send(m, v, err);
}

/* frame NULL: the end. */
static enum as_status encode(struct mux *m, struct mux_voice *v, AVFrame *frame,
			     struct as_error *err)
{
	int rc = avcodec_send_frame(v->enc, frame);
	while (rc >= 0) {
		rc = avcodec_receive_packet(v->enc, m->pkt);
		if (rc == AVERROR(EAGAIN) || rc == AVERROR_EOF)
			return AS_OK;
		if (rc < 0)
			break;
		enum as_status status = send(m, v, err);
		if (status != AS_OK)
			return status;
	}
	return as_mux_fail(m, rc, "its sound cannot be encoded", err);
}

/* What the frame holds goes to the encoder. pts: of its first sample. */
static enum as_status flush_frame(struct mux *m, struct mux_voice *v, int64_t pts,
				  struct as_error *err)
{
	v->frame->nb_samples = v->fill;
	v->frame->pts = pts;
	v->fill = 0;
	enum as_status status = encode(m, v, v->frame, err);
	if (status == AS_OK && av_frame_make_writable(v->frame) < 0)
		return as_mux_fail(m, AVERROR(ENOMEM), "sound", err);
	return status;
}

static enum as_status send_coded(struct mux *m, struct mux_voice *v, const float *pcm, int64_t n,
				 struct as_error *err)
{
	const int size = v->enc->frame_size > 0 ? v->enc->frame_size : 4096;
	enum as_status status = AS_OK;
	for (int64_t at = 0; at < n && status == AS_OK;) {
		int take = (int)(n - at < size - v->fill ? n - at : size - v->fill);
		v->frame->nb_samples = size;
		fill_frame(v, pcm + at * v->sound->channels, take);
		v->fill += take;
		at += take;
		if (v->fill == size)
			status = flush_frame(m, v, v->done + at - size, err);
	}
	return status;
}

static enum as_status end(struct mux *m, struct mux_voice *v, struct as_error *err)
{
	enum as_status status = AS_OK;
	v->ended = true;
	if (v->enc != NULL && v->fill > 0)
		status = flush_frame(m, v, v->done - v->fill, err);
	if (v->enc != NULL && status == AS_OK)
		status = encode(m, v, NULL, err);
	return status;
}

enum as_status as_mux_sound_step(struct mux *m, struct mux_voice *v, struct as_error *err)
{
	const float *pcm = NULL;
	int64_t n = 0;
	enum as_status status = v->sound->read(v->sound->ctx, &pcm, &n, err);
	if (status == AS_EOF)
		return end(m, v, err);
	if (status != AS_OK)
		return status;
	status = v->enc != NULL ? send_coded(m, v, pcm, n, err) : send_pcm(m, v, pcm, n, err);
	v->done += n;
	return status;
}
