/* What a file's tags say about when, with what and at which timecode it was recorded. Tags are
 * hostile text. */
#ifndef AS_MEDIA_TAGS_H
#define AS_MEDIA_TAGS_H

#include <stdbool.h>

#include <libavformat/avformat.h>

/* "2023-05-02T10:11:12.5+02:00", also with a space for the T, without fraction, with zone Z,
 * +0200 or none (taken as UTC): seconds since 1970 UTC. NAN for anything else, for impossible
 * dates, for those before 1990 (what unset clocks write) and for those more than two days after
 * now_s. */
double as_tags_parse_date(const char *text, double now_s);

/* "01:02:03:04", drop frame with ';' or '.' before the frames: seconds of real time since the
 * timecode was zero, at fps frames per second, 23.976 … 120. NAN for anything else; with fps NAN
 * the frames are left out. */
double as_tags_parse_timecode(const char *text, double fps);

/* Start of the recording as the tags have it; NAN if they do not say. */
double as_tags_created_s(const AVFormatContext *fmt, double now_s);
/* Embedded timecode. */
struct as_tags_timecode {
	double start_s;  /* seconds since midnight; NAN if there is none */
	AVRational rate; /* that it counts frames in; num 0 for samples, and for frames that count nothing */
	bool drop;
};
/* frame_rate: of the pictures, num 0 if unknown; a timecode track counts frames of its own rate. */
struct as_tags_timecode as_tags_timecode(const AVFormatContext *fmt, AVRational frame_rate);
/* "make model serial" without control characters; "" if unknown. out is always terminated. */
void as_tags_device(const AVFormatContext *fmt, char *out, size_t out_bytes);

#endif
