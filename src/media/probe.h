/* What a media file holds, without decoding it: streams, times, device, timecode. */
#ifndef AS_MEDIA_PROBE_H
#define AS_MEDIA_PROBE_H

#include <stdatomic.h>
#include <stdbool.h>
#include <stdint.h>

#include <audiosync/types.h> /* as_media_name_known */

#include "base/error.h"

#define AS_MEDIA_TEXT_BYTES 128

struct as_media_stream {
	int index;            /* in the container */
	double rate_hz;
	int channels;
	char codec[32];
	int bits;             /* significant bits per sample, 0 if lossy or unknown */
	bool is_float;
	double duration_s;    /* as stated, or NAN */
	bool timecode;        /* tagged as LTC or named as timecode */
};

/* The pictures beside the sound, as the file states them. */
struct as_media_picture {
	int width, height;        /* pixels as stored; 0 if unknown */
	int pixel_num, pixel_den; /* a pixel's width to its height; 0/0 if unknown */
	int fps_num, fps_den;     /* mean rate; 0/0 if unknown */
	double duration_s;        /* or NAN */
	double start_s;           /* where they begin on the axis of as_decode_format.start_offset_s */
};

struct as_media_info {
	char format[AS_MEDIA_TEXT_BYTES];  /* short name of the container */
	struct as_media_stream *streams;   /* audio only */
	int n_streams;
	bool has_video;
	double fps;           /* of the first real picture stream, or NAN */
	struct as_media_picture picture; /* its other properties */
	double duration_s;    /* as stated by the container, or NAN */
	double start_tc_s;    /* timecode (tmcd, bext TimeReference, MXF, tag) as seconds since midnight, or NAN */
	int tc_num, tc_den;   /* frames a second that the timecode counts in; 0/0 for one in seconds or samples */
	bool tc_drop;         /* it is drop frame */
	double created_s;     /* recording start, seconds since 1970 UTC (creation_time, bext date and time, Apple tags), or NAN;
	                         never the file's own time stamps */
	double mtime_s;       /* file system time of last change: the end of writing, or of a copy */
	int64_t size_bytes;
	char device[AS_MEDIA_TEXT_BYTES];  /* "make model serial" as far as known, cleaned; "" if nothing is */
};

/* Opens path and fills *out. AS_ERR_IO, AS_ERR_FORMAT (not media, damaged, empty),
 * AS_ERR_NO_AUDIO; AS_CANCELLED within 50 ms of *cancel becoming true, also inside slow reads.
 * Only regular files are opened. Any thread. */
enum as_status as_media_probe(const char *path, const atomic_bool *cancel, struct as_media_info *out,
			      struct as_error *err);
void as_media_info_done(struct as_media_info *info);

#endif
