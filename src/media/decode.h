/* A media file's sound as a stream of float frames on an exact time axis. */
#ifndef AS_MEDIA_DECODE_H
#define AS_MEDIA_DECODE_H

#include <stdatomic.h>
#include <stdbool.h>
#include <stdint.h>

#include "base/error.h"

struct as_decoder;
struct as_demux_url;

struct as_decode_format {
	int stream_index;
	double rate_hz;
	int channels;
	int bits;          /* of the source's samples: 16, 24, 32 …; 0 for lossy codecs */
	bool is_float;
	double start_offset_s; /* the first decoded sample, on the container's own time axis (that of its pictures; 0 without):
				  0.2 for sound that begins 200 ms after the picture */
};

/* Opens one audio stream (stream_index of as_media_stream, or -1: the first that is not
 * timecode). All other streams are discarded in the demuxer. The first frame delivered is the
 * "first decoded sample" of doc/reading.md: what players and editors show first, with edit lists
 * and encoder priming honoured; it is frame 0 of the clip whatever its PTS
 * (format.start_offset_s keeps where it sits beside the pictures). Later gaps in the time stamps
 * are filled with silence and overlaps dropped, so that frame k always sits at k / rate_hz:
 * jumps of more than 5 ms that last, never jitter, rounding or drift. path is copied; cancel,
 * which may be NULL, is borrowed until close. A decoder belongs to one thread at a time. */
struct as_decoder *as_decoder_open(const char *path, int stream_index, const atomic_bool *cancel,
				   struct as_error *err);
/* The same for an address (media/demux.h); no seeking there. AS_ERR_FORMAT and AS_ERR_NO_AUDIO: it can be reached, but gives no sound. from
 * is borrowed until close. */
struct as_decoder *as_decoder_open_url(const struct as_demux_url *from, struct as_error *err);
void as_decoder_close(struct as_decoder *d);
const struct as_decode_format *as_decoder_format(const struct as_decoder *d);

/* What is said of it, unchecked: any bytes, cut at some length. */
struct as_decode_about {
	double duration_s;  /* as stated or estimated; NAN: neither */
	int64_t bytes;      /* of what is read from an address, as stated there; <= 0: not stated, or no matter */
	char kind[64];      /* of container, as libav calls it */
	char title[256], artist[256], station[256]; /* "": not said */
};

void as_decoder_about(const struct as_decoder *d, struct as_decode_about *about);

/* Borrows the next block: *pcm is interleaved float (channels of the format; native 24-bit and
 * 32-bit integers keep 24 bits), *n_frames its length, valid until the next call. AS_OK, AS_EOF,
 * AS_CANCELLED or an error. After damage in the middle of a file it goes on where it can, puts
 * silence in its place, and counts as_decoder_damage. */
enum as_status as_decoder_read(struct as_decoder *d, const float **pcm, int *n_frames, struct as_error *err);

/* The same as the mean of channels a and b in one buffer, *n_frames long; b = -1: channel a
 * alone. Costs less than as_decoder_read. */
enum as_status as_decoder_read_mix(struct as_decoder *d, int a, int b, const float **mono, int *n_frames,
				   struct as_error *err);

/* Positions so that the next frame read is frame `frame` of the same axis as a read from the
 * start; exact for every container: where seeking is not (most lossy ones), it decodes from
 * where it stands or from the start. Beyond the end the next read is AS_EOF. */
enum as_status as_decoder_seek(struct as_decoder *d, int64_t frame, struct as_error *err);

/* Count of places so far where sound was lost: damaged packets, gaps filled with silence (both
 * may count one loss), an end well before the length that the file states. 0: everything is
 * there. */
int64_t as_decoder_damage(const struct as_decoder *d);

#endif
