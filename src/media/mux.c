#include "media/mux.h"

#include <errno.h>
#include <math.h>
#include <stdlib.h>
#include <string.h>
#include <strings.h>
#include <unistd.h>

#include <libavutil/avstring.h>

#include "base/text.h"
#include "media/decode.h"
#include "media/mux_private.h"

#define BUFFER_BYTES (128 * 1024)

/* One row for each name that is written. */
static const struct mux_row {
	enum as_mux_container container;
	const char *extension, *muxer;
} rows[] = {
	{AS_MUX_MOV, "mov", "mov"},
	{AS_MUX_MP4, "mp4", "mp4"},
	{AS_MUX_MKV, "mkv", "matroska"},
	{AS_MUX_MOV, "qt", "mov"},
	{AS_MUX_MP4, "m4v", "mp4"},
};
enum { N_ROWS = sizeof rows / sizeof rows[0] };

enum as_mux_container as_mux_container_of(const char *path)
{
	const char *dot = strrchr(as_path_base(path), '.');
	for (int i = 0; dot != NULL && i < N_ROWS; i++) {
		if (strcasecmp(dot + 1, rows[i].extension) == 0)
			return rows[i].container;
	}
	return AS_MUX_NONE;
}

static const struct mux_row *row_of(enum as_mux_container c)
{
	for (int i = 0; i < N_ROWS; i++) {
		if (rows[i].container == c)
			return &rows[i];
	}
	return NULL;
}

const char *as_mux_extension(enum as_mux_container c)
{
	const struct mux_row *row = row_of(c);
	return row != NULL ? row->extension : "";
}

/* ---- looking ---- */

static double end_of(const AVFormatContext *fmt, double zero_s)
{
	double end_s = fmt->duration > 0 ? (double)fmt->duration / AV_TIME_BASE : 0;
	for (unsigned i = 0; i < fmt->nb_streams; i++) {
		const AVStream *st = fmt->streams[i];
		bool counts = st->codecpar->codec_type == AVMEDIA_TYPE_VIDEO &&
			      !(st->disposition & AV_DISPOSITION_ATTACHED_PIC);
		if (!counts || st->duration <= 0)
			continue;
		double start_s = st->start_time == AV_NOPTS_VALUE
					 ? 0
					 : (double)st->start_time * av_q2d(st->time_base) - zero_s;
		end_s = fmax(end_s, start_s + (double)st->duration * av_q2d(st->time_base));
	}
	return isfinite(end_s) ? end_s : 0;
}

static bool fits(enum as_mux_container c, const struct as_demux *in)
{
	const AVOutputFormat *f = av_guess_format(row_of(c)->muxer, NULL, NULL);
	for (unsigned i = 0; f != NULL && i < in->fmt->nb_streams; i++) {
		const AVStream *st = in->fmt->streams[i];
		enum AVMediaType kind = st->codecpar->codec_type;
		bool needed = (kind == AVMEDIA_TYPE_VIDEO || kind == AVMEDIA_TYPE_AUDIO) &&
			      !(st->disposition & AV_DISPOSITION_ATTACHED_PIC);
		if (needed && !as_mux_holds(f, st))
			return false;
	}
	return f != NULL;
}

/* Its own kind where that is one of ours; else MOV, which editors read, before Matroska, which holds nearly all. */
static enum as_mux_container choose(const char *path, const struct as_demux *in)
{
	const char *name = in->fmt->iformat->name;
	enum as_mux_container own = as_mux_container_of(path);
	if (strncmp(name, "mov,", 4) == 0 && own != AS_MUX_MP4 && own != AS_MUX_MOV)
		own = AS_MUX_MOV;
	if (strncmp(name, "matroska", 8) == 0)
		own = AS_MUX_MKV;
	if (own != AS_MUX_NONE && fits(own, in))
		return own;
	return fits(AS_MUX_MOV, in) ? AS_MUX_MOV : AS_MUX_MKV;
}

static enum as_status sound_start(const char *path, int stream_index, const struct as_demux *in,
				  const atomic_bool *cancel, double *out, struct as_error *err)
{
	const AVStream *st = stream_index >= 0 && (unsigned)stream_index < in->fmt->nb_streams
				     ? in->fmt->streams[stream_index]
				     : NULL;
	*out = 0;
	if (!in->zero_based) {
		/* No encoder delay is told in these: the first sample is that of the first packet. */
		if (st != NULL && st->start_time != AV_NOPTS_VALUE && in->fmt->start_time != AV_NOPTS_VALUE)
			*out = (double)st->start_time * av_q2d(st->time_base) -
			       (double)in->fmt->start_time / AV_TIME_BASE;
		return AS_OK;
	}
	struct as_decoder *d = as_decoder_open(path, stream_index, cancel, err);
	if (d == NULL)
		return cancel != NULL && atomic_load(cancel) ? AS_CANCELLED : AS_ERR_FORMAT;
	*out = as_decoder_format(d)->start_offset_s;
	as_decoder_close(d);
	return AS_OK;
}

static double zero_of(const struct as_demux *in)
{
	bool shifted = !in->zero_based && in->fmt->start_time != AV_NOPTS_VALUE;
	return shifted ? (double)in->fmt->start_time / AV_TIME_BASE : 0;
}

enum as_status as_mux_look(const char *path, int stream_index, const atomic_bool *cancel,
			   struct as_mux_look *out, struct as_error *err)
{
	struct as_demux in;
	*out = (struct as_mux_look){0};
	enum as_status status = as_demux_open_all(&in, path, cancel, err);
	if (status != AS_OK)
		return status;
	out->has_picture = in.has_video;
	/* The last frame's end is not on the axis that fmt->duration counts, but it is long enough. */
	out->duration_s = end_of(in.fmt, zero_of(&in));
	out->fitting = choose(path, &in);
	status = sound_start(path, stream_index, &in, cancel, &out->sound_start_s, err);
	as_demux_close(&in);
	return status;
}

/* ---- the file ---- */

bool as_mux_cancelled(const struct mux *m)
{
	return m->cancel != NULL && atomic_load_explicit(m->cancel, memory_order_relaxed);
}

enum as_status as_mux_fail(const struct mux *m, int av_error, const char *doing, struct as_error *err)
{
	char why[AV_ERROR_MAX_STRING_SIZE];
	if (av_error == AVERROR_EXIT || as_mux_cancelled(m))
		return as_fail(err, AS_CANCELLED, "%s: cancelled", m->job->path);
	if (m->write_errno != 0) {
		errno = m->write_errno;
		return as_fail_errno(err, m->job->path, doing);
	}
	if (av_error == AVERROR(ENOMEM))
		return as_fail(err, AS_ERR_MEMORY, "%s: %s: out of memory", m->job->path, doing);
	if (av_strerror(av_error, why, sizeof why) != 0)
		av_strlcpy(why, "unknown error", sizeof why);
	return as_fail(err, AS_ERR_FORMAT, "%s: %s: %s", m->job->path, doing, why);
}

#if LIBAVFORMAT_VERSION_MAJOR >= 61
typedef const uint8_t *out_bytes;
#else
typedef uint8_t *out_bytes;
#endif

static int on_write(void *opaque, out_bytes buf, int size)
{
	struct mux *m = opaque;
	int done = 0;
	if (as_mux_cancelled(m))
		return AVERROR_EXIT;
	while (done < size) {
		ssize_t n = write(m->fd, buf + done, (size_t)(size - done));
		if (n > 0) {
			done += (int)n;
		} else if (n == 0 || errno != EINTR) {
			m->write_errno = n == 0 ? ENOSPC : errno;
			return AVERROR(m->write_errno);
		}
	}
	return size;
}

static int64_t on_seek(void *opaque, int64_t offset, int whence)
{
	struct mux *m = opaque;
	if (whence == AVSEEK_SIZE)
		return -1;
	off_t at = lseek(m->fd, (off_t)offset, whence & ~AVSEEK_FORCE);
	return at < 0 ? AVERROR(errno) : (int64_t)at;
}

static enum as_status open_out(struct mux *m, struct as_error *err)
{
	const struct mux_row *row = row_of(m->container);
	uint8_t *buffer = av_malloc(BUFFER_BYTES);
	int rc = avformat_alloc_output_context2(&m->out, NULL, row->muxer, NULL);
	if (rc >= 0 && buffer != NULL)
		m->out->pb = avio_alloc_context(buffer, BUFFER_BYTES, 1, m, NULL, on_write, on_seek);
	if (rc < 0 || buffer == NULL || m->out->pb == NULL) {
		av_free(buffer);
		return as_mux_fail(m, rc < 0 ? rc : AVERROR(ENOMEM), "cannot begin the file", err);
	}
	/* No random numbers and no version in the file: same input, same bytes. */
	m->out->flags |= AVFMT_FLAG_BITEXACT;
	m->file = as_atomic_open(m->job->path, m->job->force, err);
	if (m->file == NULL)
		return err->status;
	m->fd = as_atomic_fd(m->file);
	return AS_OK;
}

/* Keys beyond those that every player knows are written the way that cameras write them. */
static bool has_maker_keys(const AVDictionary *d)
{
	const AVDictionaryEntry *e = NULL;
	while ((e = av_dict_get(d, "", e, AV_DICT_IGNORE_SUFFIX)) != NULL) {
		if (strncmp(e->key, "com.", 4) == 0)
			return true;
	}
	return false;
}

static enum as_status begin(struct mux *m, struct as_error *err)
{
	AVDictionary *options = NULL;
	if (m->container != AS_MUX_MKV && has_maker_keys(m->out->metadata))
		av_dict_set(&options, "movflags", "use_metadata_tags", 0);
	int rc = avformat_write_header(m->out, &options);
	av_dict_free(&options);
	return rc < 0 ? as_mux_fail(m, rc, "cannot begin the file", err) : AS_OK;
}

static enum as_status open_all(struct mux *m, struct as_error *err)
{
	const struct as_mux_job *job = m->job;
	m->container = as_mux_container_of(job->path);
	if (m->container == AS_MUX_NONE)
		return as_fail(err, AS_ERR_INVALID,
			       "%s: pictures are written into .mov, .mp4 and .mkv; take one of these names",
			       job->path);
	if (job->n_sounds < 0 || job->n_sounds > AS_MUX_SOUNDS_MAX)
		return as_fail(err, AS_ERR_INVALID, "%s: too many sounds", job->path);
	enum as_status status = as_demux_open_all(&m->in, job->source, m->cancel, err);
	if (status != AS_OK)
		return status;
	m->zero_us = llround(zero_of(&m->in) * AV_TIME_BASE);
	m->copies = calloc((size_t)m->in.fmt->nb_streams + 1, sizeof *m->copies);
	m->pkt = av_packet_alloc();
	if (m->copies == NULL || m->pkt == NULL)
		return as_mux_fail(m, AVERROR(ENOMEM), "cannot begin the file", err);
	status = open_out(m, err);
	if (status == AS_OK)
		status = as_mux_copy_streams(m, err);
	return status == AS_OK ? begin(m, err) : status;
}

static void close_all(struct mux *m)
{
	for (int i = 0; i < AS_MUX_SOUNDS_MAX; i++)
		as_mux_sound_close(&m->voices[i]);
	av_packet_free(&m->pkt);
	if (m->out != NULL && m->out->pb != NULL) {
		av_freep(&m->out->pb->buffer);
		avio_context_free(&m->out->pb);
	}
	avformat_free_context(m->out);
	as_demux_close(&m->in);
	free(m->copies);
	as_atomic_abort(m->file);
}

/* ---- the flow ---- */

/* Every new sound up to time to_s, so that what is played together lies together in the file. */
static enum as_status sound_until(struct mux *m, double to_s, as_mux_progress progress, void *ctx,
				  struct as_error *err)
{
	for (int i = 0; i < m->job->n_sounds; i++) {
		struct mux_voice *v = &m->voices[i];
		while (!v->ended && (double)v->done < to_s * v->sound->rate_hz) {
			enum as_status status = as_mux_sound_step(m, v, err);
			if (status != AS_OK)
				return status;
			if (as_mux_cancelled(m) ||
			    (i == 0 && progress != NULL &&
			     !progress(ctx, v->done, v->sound->total_frames)))
				return AS_CANCELLED;
		}
	}
	return AS_OK;
}

static enum as_status copy_all(struct mux *m, as_mux_progress progress, void *ctx,
			       struct as_error *err)
{
	for (;;) {
		if (as_mux_cancelled(m))
			return AS_CANCELLED;
		AVPacket *pkt = m->pkt;
		int rc = av_read_frame(m->in.fmt, pkt);
		if (rc == AVERROR_EOF && as_avio_errno(m->in.io) == 0)
			return sound_until(m, INFINITY, progress, ctx, err);
		if (rc < 0)
			return as_demux_fail(&m->in, rc, "cannot be read to its end", err);
		int64_t at = pkt->dts != AV_NOPTS_VALUE ? pkt->dts : pkt->pts;
		double at_s = -INFINITY;
		if (at != AV_NOPTS_VALUE)
			at_s = (double)at * av_q2d(m->in.fmt->streams[pkt->stream_index]->time_base) -
			       zero_of(&m->in);
		/* The sound needs the packet's place: it waits in one of its own. */
		AVPacket *held = av_packet_alloc();
		if (held == NULL) {
			av_packet_unref(pkt);
			return as_mux_fail(m, AVERROR(ENOMEM), "cannot write", err);
		}
		av_packet_move_ref(held, pkt);
		enum as_status status = sound_until(m, at_s, progress, ctx, err);
		if (status == AS_OK)
			status = as_mux_copy_packet(m, held, err);
		av_packet_free(&held);
		if (status != AS_OK)
			return status;
	}
}

static enum as_status finish(struct mux *m, struct as_error *err)
{
	int rc = av_write_trailer(m->out);
	if (rc >= 0) {
		avio_flush(m->out->pb);
		rc = m->out->pb->error;
	}
	if (rc < 0 || m->write_errno != 0)
		return as_mux_fail(m, rc, "cannot write", err);
	enum as_status status = as_atomic_commit(m->file, err);
	m->file = NULL;
	return status;
}

enum as_status as_mux_write(const struct as_mux_job *job, const atomic_bool *cancel,
			    as_mux_progress progress, void *ctx, struct as_mux_report *report,
			    struct as_error *err)
{
	struct as_error own = {0};
	struct mux *m = calloc(1, sizeof *m);
	if (m == NULL)
		return as_fail(err, AS_ERR_MEMORY, "%s: out of memory", job->path);
	m->job = job;
	m->cancel = cancel;
	m->fd = -1;
	enum as_status status = open_all(m, &own);
	if (status == AS_OK) {
		m->report.codec = as_mux_codec_name(m);
		status = copy_all(m, progress, ctx, &own);
	}
	if (status == AS_OK)
		status = finish(m, &own);
	for (int i = 0; i < job->n_sounds && i < AS_MUX_SOUNDS_MAX; i++)
		m->report.clipped += m->voices[i].clipped;
	if (report != NULL)
		*report = m->report;
	close_all(m);
	free(m);
	if (err != NULL && status != AS_OK && status != AS_CANCELLED)
		*err = own;
	return status;
}
