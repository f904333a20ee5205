#include "media/demux.h"

#include <ctype.h>
#include <errno.h>
#include <math.h>
#include <string.h>

#include <libavcodec/avcodec.h>
#include <libavutil/avstring.h>
#include <libavutil/opt.h>

#include "base/text.h"

#define MAX_STREAMS 256
#define OPUS_HZ 48000
#define MAX_PIXELS 65536 /* of a picture's side */
#define PCM_PACKET_BYTES 32768
/* PCM that may be DTS in disguise is examined for so many packets: libav's 2500 cost 0.1 s a
 * file. */
#define MAX_PROBE_PACKETS 8
/* How much of a stream without a header (MPEG-TS and such) is looked at for its sound's
 * parameters: at first little, then, where none has come yet, much. libav analyses an opened
 * file only once. */
static const struct analysis {
	int64_t bytes, us; /* us 0: libav's own bound */
} analyses[] = {{1 << 20, 0}, {32 << 20, 30 * (int64_t)AV_TIME_BASE}};

/* The same for pictures whose header says too little. */
#define LOOK_BYTES (8 << 20)
#define LOOK_US ((int64_t)AV_TIME_BASE)
#define LOOK_PACKETS 20000
#define LOOK_START_S 600.0

static int refuse_open(AVFormatContext *s, AVIOContext **pb, const char *url, int flags,
		       AVDictionary **options)
{
	(void)url;
	(void)flags;
	(void)options;
	av_log(s, AV_LOG_ERROR, "a file that names other files to open is not followed\n");
	*pb = NULL;
	return AVERROR(EACCES);
}

enum as_status as_demux_fail(const struct as_demux *x, int av_error, const char *doing,
			     struct as_error *err)
{
	if (x->from)
		return as_demux_fail_url(x, av_error, doing, err);
	if (av_error == AVERROR_EXIT || as_avio_cancelled(x->io))
		return as_fail(err, AS_CANCELLED, "%s: cancelled", x->name);
	if (av_error == AVERROR(ENOMEM))
		return as_fail(err, AS_ERR_MEMORY, "%s: %s: out of memory", x->name, doing);
	if (as_avio_errno(x->io) != 0) {
		errno = as_avio_errno(x->io);
		return as_fail_errno(err, x->name, doing);
	}
	/* The file itself could be read: these only say that it did not hold what it should. */
	if (av_error == AVERROR_EOF || av_error == AVERROR(EIO) || av_error == AVERROR(EINVAL))
		return as_fail(err, AS_ERR_FORMAT, "%s: %s: damaged, or cut off too early", x->name,
			       doing);
	char why[AV_ERROR_MAX_STRING_SIZE];
	if (av_strerror(av_error, why, sizeof why) != 0)
		av_strlcpy(why, "unknown error", sizeof why);
	return as_fail(err, AS_ERR_FORMAT, "%s: %s: %s", x->name, doing, why);
}

bool as_demux_usable(const AVStream *st)
{
	const AVCodecParameters *par = st->codecpar;
	return par->codec_type == AVMEDIA_TYPE_AUDIO && par->codec_id != AV_CODEC_ID_NONE &&
	       par->sample_rate > 0 && par->sample_rate <= AS_MEDIA_MAX_RATE_HZ &&
	       par->ch_layout.nb_channels > 0 &&
	       par->ch_layout.nb_channels <= AS_MEDIA_MAX_CHANNELS;
}

/* word stands in text between non-letters, without regard to case. */
static bool has_word(const char *text, const char *word)
{
	size_t n = strlen(word);
	for (const char *p = text; *p != '\0'; p++) {
		bool starts = p == text || !isalpha((unsigned char)p[-1]);
		if (starts && av_strncasecmp(p, word, n) == 0 && !isalpha((unsigned char)p[n]))
			return true;
	}
	return false;
}

bool as_demux_is_timecode(const AVStream *st)
{
	static const char *const keys[] = {"title", "handler_name", "name", "comment"};
	static const char *const words[] = {"ltc", "timecode", "time code", "smpte"};
	for (size_t i = 0; i < sizeof keys / sizeof keys[0]; i++) {
		const AVDictionaryEntry *e = av_dict_get(st->metadata, keys[i], NULL, 0);
		for (size_t k = 0; e != NULL && k < sizeof words / sizeof words[0]; k++) {
			if (has_word(e->value, words[k]))
				return true;
		}
	}
	return false;
}

static bool is_size(int pixels)
{
	return pixels > 0 && pixels <= MAX_PIXELS;
}

static void note_size(struct as_demux *x, const AVStream *st)
{
	const AVCodecParameters *par = st->codecpar;
	AVRational sar = st->sample_aspect_ratio.num > 0 ? st->sample_aspect_ratio
							 : par->sample_aspect_ratio;
	if (is_size(par->width) && is_size(par->height)) {
		x->width = par->width;
		x->height = par->height;
	}
	if (is_size(sar.num) && is_size(sar.den))
		x->pixel_aspect = sar;
	if (st->duration > 0)
		x->picture_s = (double)st->duration * av_q2d(st->time_base);
}

static void note_picture(struct as_demux *x, const AVStream *st)
{
	if (st->disposition & AV_DISPOSITION_ATTACHED_PIC)
		return;
	AVRational r = st->avg_frame_rate.num > 0 ? st->avg_frame_rate : st->r_frame_rate;
	if (r.num <= 0 && strcmp(x->fmt->iformat->name, "mxf") == 0)
		r = av_inv_q(st->time_base); /* its edit rate */
	if (isnan(x->fps) && r.num > 0 && r.den > 0) {
		x->fps = av_q2d(r);
		x->frame_rate = r;
	}
	if (!x->has_video) {
		x->video_index = st->index;
		note_size(x, st);
	}
	x->has_video = true;
}

/* Streams other than sound become unknown data before libav analyses them, so that it neither
 * decodes a picture nor waits for one. */
static void neutralise(struct as_demux *x, enum AVDiscard discard)
{
	for (unsigned i = 0; i < x->fmt->nb_streams; i++) {
		AVStream *st = x->fmt->streams[i];
		if (st->codecpar->codec_type == AVMEDIA_TYPE_AUDIO)
			continue;
		if (st->codecpar->codec_type == AVMEDIA_TYPE_VIDEO) {
			note_picture(x, st);
			st->codecpar->codec_type = AVMEDIA_TYPE_DATA;
			st->codecpar->codec_id = AV_CODEC_ID_NONE;
		}
		st->discard = discard;
	}
}

static int count_usable(const AVFormatContext *fmt)
{
	int n = 0;
	for (unsigned i = 0; i < fmt->nb_streams; i++)
		n += as_demux_usable(fmt->streams[i]);
	return n;
}

/* Sound whose header leaves something out, of a kind that its packets could tell. */
static bool any_incomplete(const AVFormatContext *fmt)
{
	for (unsigned i = 0; i < fmt->nb_streams; i++) {
		const AVCodecParameters *par = fmt->streams[i]->codecpar;
		if (par->codec_type != AVMEDIA_TYPE_AUDIO || par->codec_id == AV_CODEC_ID_NONE)
			continue;
		/* Matroska states the rate before encoding, and libav scales the padding by it. */
		bool other_rate = par->codec_id == AV_CODEC_ID_OPUS && par->sample_rate != OPUS_HZ;
		if (other_rate || !as_demux_usable(fmt->streams[i]))
			return true;
	}
	return false;
}

/* A list of other files, which are not opened: of HLS, DASH or FFmpeg. */
static bool is_playlist(struct as_demux *x)
{
	static const char *const marks[] = {"#EXTM3U", "ffconcat version", "<MPD"};
	AVIOContext *pb = as_avio_context(x->io);
	char head[1024];
	int n = avio_seek(pb, 0, SEEK_SET) == 0 ? avio_read(pb, (unsigned char *)head, sizeof head - 1) : 0;
	head[n > 0 ? n : 0] = '\0';
	const char *text = strncmp(head, "\xef\xbb\xbf", 3) == 0 ? head + 3 : head;
	for (size_t i = 0; i < sizeof marks / sizeof *marks; i++) {
		const char *at = marks[i][0] == '<' ? strstr(text, marks[i]) : text;
		if (at != NULL && av_strncasecmp(at, marks[i], strlen(marks[i])) == 0)
			return true;
	}
	return false;
}

/* A camera that loses power leaves a MOV or MP4 without the index that comes last. */
static enum as_status fail_unknown(struct as_demux *x, struct as_error *err)
{
	AVIOContext *pb = as_avio_context(x->io);
	uint8_t head[8] = {0};
	bool is_mov = avio_seek(pb, 0, SEEK_SET) == 0 && avio_read(pb, head, 8) == 8 &&
		      memcmp(head + 4, "ftyp", 4) == 0;
	return as_fail(
		err, AS_ERR_FORMAT, "%s: %s", x->name,
		is_mov ? "its index (moov) cannot be read: never finished, cut off or damaged"
		       : "not a sound or video file, or damaged");
}

static enum as_status open_format(struct as_demux *x, struct as_error *err)
{
	x->fmt = avformat_alloc_context();
	if (x->fmt == NULL)
		return as_fail(err, AS_ERR_MEMORY, "%s: out of memory", x->name);
	x->fmt->pb = as_avio_context(x->io);
	x->fmt->io_open = refuse_open;
	x->fmt->max_streams = MAX_STREAMS;
	x->fmt->max_probe_packets = MAX_PROBE_PACKETS;
	/* Demuxers that follow playlists open files by themselves: no protocol is allowed to
	 * them. */
	x->fmt->protocol_whitelist = av_strdup("none");
	if (x->fmt->protocol_whitelist == NULL)
		return as_fail(err, AS_ERR_MEMORY, "%s: out of memory", x->name);
	/* WAV and its kin come in packets of 4 kB otherwise, which cost more than their samples. */
	AVDictionary *options = NULL;
	av_dict_set_int(&options, "max_size", PCM_PACKET_BYTES, 0);
	int rc = avformat_open_input(&x->fmt, NULL, NULL, &options); /* frees fmt when it fails */
	av_dict_free(&options);
	bool readable = as_avio_errno(x->io) == 0 && !as_avio_cancelled(x->io);
	if (rc < 0 && readable && is_playlist(x))
		return as_fail(err, AS_ERR_FORMAT, "%s: is a playlist, not sound; name the files that it lists, or its http address", x->name);
	if (rc == AVERROR_INVALIDDATA && readable)
		return fail_unknown(x, err);
	return rc < 0 ? as_demux_fail(x, rc, "cannot be opened", err) : AS_OK;
}

/* These demuxers leave out what is discarded by seeking. Others read all of the file and rely on
 * the buffer, some even for being right (Ogg and TTA check sums). */
static void jump_gaps(struct as_demux *x)
{
	static const char jumpers[] = "mov,mxf,avi,flv";
	const char *name = x->fmt->iformat->name;
	for (const char *p = jumpers; p != NULL; p = strchr(p, ',')) {
		p += *p == ',';
		size_t n = strcspn(p, ",");
		if (strncmp(name, p, n) == 0 && (name[n] == '\0' || name[n] == ','))
			as_avio_expect_jumps(x->io);
	}
}

enum as_status as_demux_analyse(struct as_demux *x, int64_t bytes, int64_t us, bool *headerless,
				struct as_error *err)
{
	*headerless = (x->fmt->ctx_flags & AVFMTCTX_NOHEADER) != 0;
	x->zero_based = !*headerless;
	neutralise(x, *headerless ? AVDISCARD_DEFAULT : AVDISCARD_ALL);
	if (*headerless || any_incomplete(x->fmt)) {
		x->fmt->probesize = bytes;
		x->fmt->max_analyze_duration = us;
		int rc = avformat_find_stream_info(x->fmt, NULL);
		if (rc < 0)
			return as_demux_fail(x, rc, "cannot be analysed", err);
	}
	neutralise(x, AVDISCARD_ALL);
	return AS_OK;
}

/* *more: the sound was not found, and looking further could find it. */
static enum as_status open_streams(struct as_demux *x, const struct analysis *how, bool *more,
				   struct as_error *err)
{
	bool headerless = false;
	enum as_status status = open_format(x, err);
	if (status != AS_OK)
		return status;
	jump_gaps(x);
	status = as_demux_analyse(x, how->bytes, how->us, &headerless, err);
	if (status != AS_OK)
		return status;
	*more = headerless && count_usable(x->fmt) == 0 && as_avio_size(x->io) > how->bytes;
	return AS_OK;
}

enum as_status as_demux_open(struct as_demux *x, const char *path, const atomic_bool *cancel,
			     struct as_error *err)
{
	as_media_init();
	enum as_status status = AS_OK;
	bool more = true;
	for (size_t i = 0; more && status == AS_OK && i < sizeof analyses / sizeof analyses[0];
	     i++) {
		if (i > 0)
			as_demux_close(x);
		*x = (struct as_demux){.name = as_path_base(path),
				       .fps = NAN,
				       .picture_s = NAN,
				       .video_index = -1};
		status = as_avio_open(path, cancel, &x->io, err);
		if (status == AS_OK && as_avio_size(x->io) == 0)
			status = as_fail(err, AS_ERR_FORMAT, "%s: the file is empty", x->name);
		more = false;
		if (status == AS_OK)
			status = open_streams(x, &analyses[i], &more, err);
	}
	if (status != AS_OK)
		as_demux_close(x);
	return status;
}

enum as_status as_demux_open_all(struct as_demux *x, const char *path, const atomic_bool *cancel,
				 struct as_error *err)
{
	as_media_init();
	*x = (struct as_demux){.name = as_path_base(path),
			       .fps = NAN,
			       .picture_s = NAN,
			       .video_index = -1};
	enum as_status status = as_avio_open(path, cancel, &x->io, err);
	if (status == AS_OK)
		status = open_format(x, err);
	if (status == AS_OK) {
		x->zero_based = (x->fmt->ctx_flags & AVFMTCTX_NOHEADER) == 0;
		x->fmt->probesize = analyses[0].bytes * 8;
		int rc = avformat_find_stream_info(x->fmt, NULL);
		if (rc < 0)
			status = as_demux_fail(x, rc, "cannot be analysed", err);
	}
	for (unsigned i = 0; status == AS_OK && i < x->fmt->nb_streams; i++) {
		if (x->fmt->streams[i]->codecpar->codec_type == AVMEDIA_TYPE_VIDEO)
			note_picture(x, x->fmt->streams[i]);
	}
	if (status != AS_OK)
		as_demux_close(x);
	return status;
}

static void look_at_stream(struct as_demux *x, const AVFormatContext *fmt)
{
	for (unsigned i = 0; i < fmt->nb_streams; i++) {
		const AVStream *st = fmt->streams[i];
		AVRational r = st->avg_frame_rate.num > 0 ? st->avg_frame_rate : st->r_frame_rate;
		if (st->codecpar->codec_type != AVMEDIA_TYPE_VIDEO ||
		    (st->disposition & AV_DISPOSITION_ATTACHED_PIC))
			continue;
		note_size(x, st);
		if (isnan(x->fps) && r.num > 0 && r.den > 0) {
			x->fps = av_q2d(r);
			x->frame_rate = r;
		}
		return;
	}
}

/* In the others the axis begins with the pictures, or an edit list says where they lie on it. */
static bool may_begin_late(const struct as_demux *x)
{
	static const char kinds[] = "matroska,mpegts,mpeg,flv,asf";
	const char *name = x->fmt->iformat->name;
	const size_t n = strcspn(name, ",");
	for (const char *p = kinds; *p; p += strcspn(p, ",") + (p[strcspn(p, ",")] == ',')) {
		if (strcspn(p, ",") == n && strncmp(p, name, n) == 0)
			return true;
	}
	return false;
}

/* The first picture that can be decoded by itself: what comes before it no program shows. */
static void look_for_start(struct as_demux *x, AVFormatContext *fmt)
{
	AVPacket *packet = av_packet_alloc();
	bool shifted = !x->zero_based && x->fmt->start_time != AV_NOPTS_VALUE;
	double zero_s = shifted ? (double)x->fmt->start_time / AV_TIME_BASE : 0;
	bool found = packet == NULL;
	for (int i = 0; i < LOOK_PACKETS && !found && avio_tell(fmt->pb) < LOOK_BYTES &&
			av_read_frame(fmt, packet) >= 0;
	     i++) {
		AVStream *st = fmt->streams[packet->stream_index];
		if (st->codecpar->codec_type != AVMEDIA_TYPE_VIDEO)
			st->discard = AVDISCARD_ALL;
		else if (!(st->disposition & AV_DISPOSITION_ATTACHED_PIC) && (packet->flags & AV_PKT_FLAG_KEY) &&
			 packet->pts != AV_NOPTS_VALUE) {
			double start_s = (double)packet->pts * av_q2d(st->time_base) - zero_s;
			/* Farther off it is a time stamp that has wrapped, or nonsense. */
			if (fabs(start_s) < LOOK_START_S)
				x->picture_start_s = start_s;
			found = true;
		}
		av_packet_unref(packet);
	}
	av_packet_free(&packet);
}

void as_demux_look_at_pictures(struct as_demux *x, const char *path, const atomic_bool *cancel)
{
	struct as_demux own = {.name = x->name};
	struct as_error err;
	const bool unknown = isnan(x->fps) || x->width <= 0;
	if (!x->has_video || !(unknown || may_begin_late(x)))
		return;
	if (as_avio_open(path, cancel, &own.io, &err) == AS_OK &&
	    open_format(&own, &err) == AS_OK) {
		for (unsigned i = 0; i < own.fmt->nb_streams; i++) {
			AVStream *st = own.fmt->streams[i];
			if (st->codecpar->codec_type != AVMEDIA_TYPE_VIDEO)
				st->discard = AVDISCARD_ALL;
		}
		own.fmt->probesize = LOOK_BYTES;
		own.fmt->max_analyze_duration = isnan(x->fps) ? LOOK_US : 1;
		own.fmt->fps_probe_size = isnan(x->fps) ? -1 : 0;
		if (unknown && avformat_find_stream_info(own.fmt, NULL) >= 0)
			look_at_stream(x, own.fmt);
		if (may_begin_late(x))
			look_for_start(x, own.fmt);
	}
	as_demux_close(&own);
}

enum as_status as_demux_fail_no_audio(const struct as_demux *x, struct as_error *err)
{
	for (unsigned i = 0; i < x->fmt->nb_streams; i++) {
		if (x->fmt->streams[i]->codecpar->codec_type == AVMEDIA_TYPE_AUDIO)
			return as_fail(err, AS_ERR_FORMAT,
				       "%s: its sound is damaged or of an unknown kind", x->name);
	}
	return as_fail(err, AS_ERR_NO_AUDIO, "%s: no audio stream", x->name);
}

void as_demux_close(struct as_demux *x)
{
	avformat_close_input(&x->fmt);
	as_avio_close(x->io);
	x->io = NULL;
	avio_closep(&x->net);
}

enum as_status as_demux_judge_end(const struct as_demux *x, int av_error)
{
	if (x->from)
		return as_demux_judge_end_url(x, av_error);
	if (as_avio_cancelled(x->io) || as_avio_errno(x->io) != 0)
		return AS_ERR_IO;
	return av_error == AVERROR_EOF ? AS_EOF : AS_OK;
}
