/* One audio stream of a file as decoded libav frames of one rate and channel count, damage
 * counted. */
#ifndef AS_MEDIA_SOURCE_H
#define AS_MEDIA_SOURCE_H

#include <stdatomic.h>
#include <stdbool.h>
#include <stdint.h>

#include <libavcodec/avcodec.h>
#include <libswresample/swresample.h>

#include "media/demux.h"

struct as_source {
	struct as_demux demux;
	const atomic_bool *cancel;
	int stream_index;
	AVCodecContext *codec;
	AVPacket *pkt;
	bool draining;
	int errors_in_a_row;
	int rate_hz, channels;     /* of every frame delivered; 0 until the first */
	AVFrame *raw;              /* as decoded, where it has to be adapted */
	SwrContext *swr;           /* only while the stream differs from how it began */
	int swr_rate_hz, swr_channels, swr_format;
	int64_t damage;
};

/* stream_index -1: the first usable one that is not timecode. path and cancel are borrowed until
 * close. */
enum as_status as_source_open(struct as_source *s, const char *path, int stream_index,
			      const atomic_bool *cancel, struct as_error *err);
/* The same from an address. */
enum as_status as_source_open_url(struct as_source *s, const struct as_demux_url *from, int stream_index,
				  struct as_error *err);
void as_source_close(struct as_source *s);
/* The next frame, n > 0 samples of rate_hz and channels. AS_OK, AS_EOF (after flushing),
 * AS_CANCELLED, AS_ERR_IO … */
enum as_status as_source_read(struct as_source *s, AVFrame *f, struct as_error *err);
/* Positions near, but not after, time stamp pts (stream time base) where the demuxer can; frames
 * follow from wherever that is. AS_NO_MATCH where it cannot. */
enum as_status as_source_seek(struct as_source *s, int64_t pts);
/* After a seek by other means. */
void as_source_flush(struct as_source *s);
AVStream *as_source_stream(const struct as_source *s);

#endif
