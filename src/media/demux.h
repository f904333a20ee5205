/* A container opened for its sound: pictures neutralised, nested files refused, stream
 * parameters known. */
#ifndef AS_MEDIA_DEMUX_H
#define AS_MEDIA_DEMUX_H

#include <stdatomic.h>
#include <stdbool.h>

#include <libavformat/avformat.h>

#include "base/error.h"
#include "media/avio.h"

/* Beyond these a stream is taken for damaged. */
#define AS_MEDIA_MAX_RATE_HZ 768000
#define AS_MEDIA_MAX_CHANNELS 64

/* An address to be opened instead of a file; all is borrowed until close. */
struct as_demux_url {
	const char *url;        /* of a kind that as_url_protocols knows; "" with an sdp */
	const char *sdp;        /* the text that describes the session (media/sdp.h); or NULL */
	const char *shown;      /* for messages: the same without what must not be shown */
	const char *user_agent, *referer; /* for HTTP; NULL or "": none of its own */
	const atomic_bool *stop; /* once true, libav gives up within 100 ms, but for the look-up of a name */
};

struct as_demux {
	AVFormatContext *fmt;
	struct as_avio *io;  /* of a file; else NULL */
	AVIOContext *net;    /* of an address that is read as bytes; else NULL */
	const struct as_demux_url *from; /* NULL: a file */
	const char *name;    /* for messages: the path's last component, borrowed from path; of an address what is shown of it */
	bool has_video;      /* a real picture stream, not cover art */
	int video_index;     /* the first one, or -1 */
	double fps;          /* of the first one, or NAN */
	AVRational frame_rate, pixel_aspect; /* likewise; num 0 where unknown */
	int width, height;   /* pixels; 0 where unknown */
	double picture_s;    /* its duration as stated, or NAN */
	double picture_start_s; /* where the pictures begin on the container's axis, once looked for; else 0 */
	bool zero_based;     /* the container's time axis begins at 0; else at fmt->start_time */
};

/* Opens path and learns what its audio streams are, without decoding or, where the container
 * allows, reading a picture. All streams but audio are discarded. path and cancel are borrowed
 * until close. AS_ERR_IO, AS_ERR_FORMAT, AS_CANCELLED, AS_ERR_MEMORY. */
enum as_status as_demux_open(struct as_demux *x, const char *path, const atomic_bool *cancel,
			     struct as_error *err);
/* The same for an address. What it names in turn is only opened from the network, and by the same protocols. AS_ERR_IO: it cannot be
 * reached, or breaks off; AS_ERR_FORMAT, AS_ERR_NO_AUDIO: it can, and there is no sound. */
enum as_status as_demux_open_url(struct as_demux *x, const struct as_demux_url *from, struct as_error *err);
/* The same with all that the file holds, for copying it: no stream is neutralised or discarded, and everything that a muxer wants to
 * know of them is known. */
enum as_status as_demux_open_all(struct as_demux *x, const char *path, const atomic_bool *cancel,
				 struct as_error *err);
/* Looks into the packets for the size and rate of the pictures, where the header does not tell and the container is of a kind that
 * could, and for where they begin, where time stamps tell: a short look, decoding hardly anything. What cannot be found stays
 * unknown. */
void as_demux_look_at_pictures(struct as_demux *x, const char *path, const atomic_bool *cancel);
/* Half-built and zeroed ones are fine. */
void as_demux_close(struct as_demux *x);

/* The status and message for a failed libav call: cancelled, a failed system read, or damaged
 * content (doing says in what). */
enum as_status as_demux_fail(const struct as_demux *x, int av_error, const char *doing, struct as_error *err);

/* What it means that a packet could not be read: AS_EOF; AS_ERR_IO: it failed in the file or on the way (as_demux_fail says more); AS_OK: one
 * packet's trouble, what follows may be good. */
enum as_status as_demux_judge_end(const struct as_demux *x, int av_error);

/* The status and message for a file in which no stream is usable. */
enum as_status as_demux_fail_no_audio(const struct as_demux *x, struct as_error *err);

/* An audio stream whose parameters are believable and that can be decoded. */
bool as_demux_usable(const AVStream *st);
/* Tagged or named as LTC or timecode. */
bool as_demux_is_timecode(const AVStream *st);

/* Of demux.c and demux_url.c. Learns from an opened container what its streams are, looking so far where its header does not tell (us 0:
 * libav's own bound); all but sound is neutralised. */
enum as_status as_demux_analyse(struct as_demux *x, int64_t bytes, int64_t us, bool *headerless, struct as_error *err);
enum as_status as_demux_judge_end_url(const struct as_demux *x, int av_error);
enum as_status as_demux_fail_url(const struct as_demux *x, int av_error, const char *doing, struct as_error *err);

/* Routes libav's log into base/log and bounds its allocations: process-wide, done once, by every
 * entry point of media. */
void as_media_init(void);

#endif
