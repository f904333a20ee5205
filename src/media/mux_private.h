/* Shared by mux*.c alone: the file being written, what is copied into it, the new sounds. */
#ifndef AS_MEDIA_MUX_PRIVATE_H
#define AS_MEDIA_MUX_PRIVATE_H

#include <libavcodec/avcodec.h>
#include <libavformat/avformat.h>

#include "base/file.h"
#include "media/demux.h"
#include "media/mux.h"

/* One stream of the source; to NULL: left out. */
struct mux_copy {
	AVStream *to;
	int64_t last_dts;
};

struct mux_voice {
	const struct as_mux_sound *sound;
	AVStream *st;
	enum AVCodecID id;
	AVCodecContext *enc; /* NULL for PCM */
	AVFrame *frame;      /* being filled for enc */
	int fill;
	int64_t done; /* frames taken from the sound */
	int64_t clipped;
	bool ended;
};

struct mux {
	const struct as_mux_job *job;
	const atomic_bool *cancel;
	struct as_demux in;
	AVFormatContext *out;
	enum as_mux_container container;
	struct as_atomic_file *file;
	int fd;
	int write_errno;
	struct mux_copy *copies; /* one for each stream of the source */
	struct mux_voice voices[AS_MUX_SOUNDS_MAX];
	AVPacket *pkt;
	int64_t zero_us; /* where the source's axis begins */
	struct as_mux_report report;
};

bool as_mux_cancelled(const struct mux *m);
/* The message for a failed libav call on the output. */
enum as_status as_mux_fail(const struct mux *m, int av_error, const char *doing, struct as_error *err);

/* mux_copy.c: streams, metadata and chapters of the source, and its packets. */
bool as_mux_holds(const AVOutputFormat *f, const AVStream *st);
enum as_status as_mux_copy_streams(struct mux *m, struct as_error *err);
/* Brings a packet of the source onto the output's axis and writes it; drops what is left out. */
enum as_status as_mux_copy_packet(struct mux *m, AVPacket *pkt, struct as_error *err);

/* mux_sound.c */
const char *as_mux_codec_name(const struct mux *m);
enum as_status as_mux_sound_open(struct mux *m, struct mux_voice *v, struct as_error *err);
/* Takes one block from the sound and writes what comes of it. */
enum as_status as_mux_sound_step(struct mux *m, struct mux_voice *v, struct as_error *err);
void as_mux_sound_close(struct mux_voice *v);

#endif
