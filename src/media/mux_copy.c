/* What is taken over from the source: streams and what they are called, chapters, packets. */
#include <math.h>
#include <stdio.h>
#include <string.h>

#include <libavutil/avstring.h>
#include <libavutil/mathematics.h>

#include "media/mark.h"
#include "media/mux_private.h"

#define TAG_OF(par) ((par)->codec_tag)

static bool has_tag(const AVCodecParameters *par, const char *tag)
{
	return TAG_OF(par) == MKTAG((unsigned)tag[0], (unsigned)tag[1], (unsigned)tag[2], (unsigned)tag[3]);
}

/* Made anew by the muxer, from the metadata that the demuxer read in them. */
static bool is_remade(const AVStream *st)
{
	const AVCodecParameters *par = st->codecpar;
	return par->codec_type == AVMEDIA_TYPE_DATA &&
	       (has_tag(par, "tmcd") ||
		(par->codec_id == AV_CODEC_ID_BIN_DATA && has_tag(par, "text")));
}

bool as_mux_holds(const AVOutputFormat *f, const AVStream *st)
{
	const AVCodecParameters *par = st->codecpar;
	if (par->codec_id == AV_CODEC_ID_NONE)
		return false;
	if (par->codec_type == AVMEDIA_TYPE_DATA)
		/* GoPro's telemetry is the one that libav writes back. */
		return has_tag(par, "gpmd") && strcmp(f->name, "matroska") != 0;
	if (par->codec_type == AVMEDIA_TYPE_ATTACHMENT)
		return strcmp(f->name, "matroska") == 0;
	return avformat_query_codec(f, par->codec_id, FF_COMPLIANCE_NORMAL) == 1;
}

/* The source's tag where it means the same in the output, so that avc1 stays avc1 and apch apch. */
static unsigned tag_in(const AVOutputFormat *f, const AVCodecParameters *par)
{
	unsigned other;
	if (f->codec_tag == NULL || av_codec_get_id(f->codec_tag, par->codec_tag) == par->codec_id ||
	    !av_codec_get_tag2(f->codec_tag, par->codec_id, &other))
		return par->codec_tag;
	return 0;
}

static int copy_side_data(const AVStream *from, AVStream *to)
{
	for (int i = 0; i < from->nb_side_data; i++) {
		const AVPacketSideData *sd = &from->side_data[i];
		uint8_t *to_data = av_stream_new_side_data(to, sd->type, sd->size);
		if (to_data == NULL)
			return AVERROR(ENOMEM);
		memcpy(to_data, sd->data, sd->size);
	}
	return 0;
}

static enum as_status add_stream(struct mux *m, const AVStream *from, struct as_error *err)
{
	struct mux_copy *c = &m->copies[from->index];
	AVStream *to = avformat_new_stream(m->out, NULL);
	int rc = to == NULL ? AVERROR(ENOMEM) : avcodec_parameters_copy(to->codecpar, from->codecpar);
	if (rc >= 0)
		rc = copy_side_data(from, to);
	if (rc >= 0)
		rc = av_dict_copy(&to->metadata, from->metadata, 0);
	if (rc < 0)
		return as_mux_fail(m, rc, "cannot begin the file", err);
	to->codecpar->codec_tag = tag_in(m->out->oformat, from->codecpar);
	to->time_base = from->time_base;
	to->avg_frame_rate = from->avg_frame_rate;
	to->r_frame_rate = from->r_frame_rate;
	to->sample_aspect_ratio = from->sample_aspect_ratio;
	to->disposition = from->disposition;
	if (from->codecpar->codec_type == AVMEDIA_TYPE_AUDIO && m->job->new_default)
		to->disposition &= ~AV_DISPOSITION_DEFAULT;
	c->to = to;
	c->last_dts = INT64_MIN;
	return AS_OK;
}

static void note_left_out(struct mux *m, const AVStream *st)
{
	char tag[AV_FOURCC_MAX_STRING_SIZE], *list = m->report.left_out;
	const char *name = avcodec_get_name(st->codecpar->codec_id);
	size_t used = strlen(list);
	if (st->codecpar->codec_tag != 0 && st->codecpar->codec_type == AVMEDIA_TYPE_DATA)
		name = av_fourcc_make_string(tag, st->codecpar->codec_tag);
	m->report.n_left_out++;
	snprintf(list + used, sizeof m->report.left_out - used, "%s%.40s", used > 0 ? ", " : "", name);
}

static enum as_status refuse(const struct mux *m, const AVStream *st, struct as_error *err)
{
	bool picture = st->codecpar->codec_type == AVMEDIA_TYPE_VIDEO;
	return as_fail(err, AS_ERR_INVALID, "%s: %s cannot hold the %s of %s (%s); write %s", m->job->path,
		       m->container == AS_MUX_MP4   ? "MP4"
		       : m->container == AS_MUX_MOV ? "MOV"
						    : "Matroska",
		       picture ? "picture" : "sound", m->in.name,
		       avcodec_get_name(st->codecpar->codec_id),
		       m->container == AS_MUX_MKV ? ".mov" : m->container == AS_MUX_MP4 ? ".mov or .mkv" : ".mkv");
}

/* What of the source is taken over with streams of this kind. */
static enum as_status copy_kind(struct mux *m, enum AVMediaType kind, struct as_error *err)
{
	enum as_status status = AS_OK;
	for (unsigned i = 0; i < m->in.fmt->nb_streams && status == AS_OK; i++) {
		const AVStream *st = m->in.fmt->streams[i];
		if (st->codecpar->codec_type != kind || is_remade(st))
			continue;
		if (as_mux_holds(m->out->oformat, st))
			status = add_stream(m, st, err);
		else if ((kind == AVMEDIA_TYPE_VIDEO || kind == AVMEDIA_TYPE_AUDIO) &&
			 !(st->disposition & AV_DISPOSITION_ATTACHED_PIC))
			status = refuse(m, st, err);
		else
			note_left_out(m, st);
	}
	return status;
}

static enum as_status add_sounds(struct mux *m, struct as_error *err)
{
	enum as_status status = AS_OK;
	for (int i = 0; i < m->job->n_sounds && status == AS_OK; i++) {
		m->voices[i].sound = &m->job->sounds[i];
		status = as_mux_sound_open(m, &m->voices[i], err);
		if (status == AS_OK && i == 0 && (m->job->new_default || !m->job->keep_sound))
			m->voices[i].st->disposition |= AV_DISPOSITION_DEFAULT;
	}
	return status;
}

static int copy_chapters(struct mux *m)
{
	const AVFormatContext *in = m->in.fmt;
	if (in->nb_chapters == 0)
		return 0;
	m->out->chapters = av_calloc(in->nb_chapters, sizeof *m->out->chapters);
	if (m->out->chapters == NULL)
		return AVERROR(ENOMEM);
	for (unsigned i = 0; i < in->nb_chapters; i++) {
		const AVChapter *from = in->chapters[i];
		AVChapter *to = av_mallocz(sizeof *to);
		if (to == NULL)
			return AVERROR(ENOMEM);
		int64_t shift = av_rescale_q(m->zero_us, AV_TIME_BASE_Q, from->time_base);
		to->id = from->id;
		to->time_base = from->time_base;
		to->start = from->start - shift;
		to->end = from->end - shift;
		m->out->chapters[m->out->nb_chapters++] = to;
		if (av_dict_copy(&to->metadata, from->metadata, 0) < 0)
			return AVERROR(ENOMEM);
	}
	return 0;
}

/* The container's own words about itself are not the file's. */
static int copy_metadata(struct mux *m)
{
	static const char *const own[] = {"major_brand", "minor_version", "compatible_brands", "encoder"};
	int rc = av_dict_copy(&m->out->metadata, m->in.fmt->metadata, 0);
	for (size_t i = 0; rc >= 0 && i < sizeof own / sizeof own[0]; i++)
		av_dict_set(&m->out->metadata, own[i], NULL, 0);
	if (rc < 0 || !m->job->aligned)
		return rc;
	const AVDictionaryEntry *comment = av_dict_get(m->out->metadata, "comment", NULL, 0);
	char *marked = as_mark_comment(comment ? comment->value : NULL);
	return marked ? av_dict_set(&m->out->metadata, "comment", marked, AV_DICT_DONT_STRDUP_VAL) : AVERROR(ENOMEM);
}

enum as_status as_mux_copy_streams(struct mux *m, struct as_error *err)
{
	enum as_status status = copy_kind(m, AVMEDIA_TYPE_VIDEO, err);
	if (status == AS_OK && m->job->new_default)
		status = add_sounds(m, err);
	if (status == AS_OK && m->job->keep_sound)
		status = copy_kind(m, AVMEDIA_TYPE_AUDIO, err);
	if (status == AS_OK && !m->job->new_default)
		status = add_sounds(m, err);
	if (status == AS_OK)
		status = copy_kind(m, AVMEDIA_TYPE_SUBTITLE, err);
	if (status == AS_OK)
		status = copy_kind(m, AVMEDIA_TYPE_DATA, err);
	if (status == AS_OK)
		status = copy_kind(m, AVMEDIA_TYPE_ATTACHMENT, err);
	int rc = status == AS_OK ? copy_metadata(m) : 0;
	if (rc >= 0 && status == AS_OK)
		rc = copy_chapters(m);
	return rc < 0 ? as_mux_fail(m, rc, "cannot begin the file", err) : status;
}

enum as_status as_mux_copy_packet(struct mux *m, AVPacket *pkt, struct as_error *err)
{
	struct mux_copy *c = &m->copies[pkt->stream_index];
	const AVStream *from = m->in.fmt->streams[pkt->stream_index];
	if (c->to == NULL) {
		av_packet_unref(pkt);
		return AS_OK;
	}
	int64_t shift = av_rescale_q(m->zero_us, AV_TIME_BASE_Q, from->time_base);
	if (pkt->pts != AV_NOPTS_VALUE)
		pkt->pts -= shift;
	if (pkt->dts != AV_NOPTS_VALUE)
		pkt->dts -= shift;
	av_packet_rescale_ts(pkt, from->time_base, c->to->time_base);
	/* A coarser time base, or a stream that stumbles: muxers want each later than the one before. */
	if (pkt->dts != AV_NOPTS_VALUE && c->last_dts != INT64_MIN && pkt->dts <= c->last_dts) {
		pkt->dts = c->last_dts + 1;
		if (pkt->pts != AV_NOPTS_VALUE && pkt->pts < pkt->dts)
			pkt->pts = pkt->dts;
	}
	if (pkt->dts != AV_NOPTS_VALUE)
		c->last_dts = pkt->dts;
	pkt->stream_index = c->to->index;
	pkt->pos = -1;
	int rc = av_interleaved_write_frame(m->out, pkt);
	return rc < 0 ? as_mux_fail(m, rc, "cannot write", err) : AS_OK;
}
