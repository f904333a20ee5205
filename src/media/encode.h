/* Float frames -> a sound file, streamed, written beside its target and renamed when complete. */
#ifndef AS_MEDIA_ENCODE_H
#define AS_MEDIA_ENCODE_H

#include <stdbool.h>
#include <stdint.h>

#include "base/error.h"

enum as_audio_format { AS_AUDIO_WAV, AS_AUDIO_AIFF, AS_AUDIO_FLAC, AS_AUDIO_MP3 };

struct as_encode_spec {
	enum as_audio_format format;
	int rate_hz;
	int channels;
	int bit_depth;          /* 16, 24, 32 (32 = float; FLAC has no float: 24) */
	int bitrate_kbps;       /* MP3 only */
	bool dither;            /* TPDF where the depth is under the source's */
	int64_t total_frames;   /* known before: decides on RF64 */
	double time_reference_s;/* BWF TimeReference (seconds since midnight), or NAN */
	const char *title, *originator; /* tags; may be NULL */
};

struct as_encoder;
struct as_encoder *as_encoder_open(const char *path, const struct as_encode_spec *spec, bool force,
				   struct as_error *err);
enum as_status as_encoder_write(struct as_encoder *e, const float *pcm, int64_t n_frames, struct as_error *err);
/* Finishes the file, fsyncs, renames; frees e in every case. Exactly total_frames must have been written. */
enum as_status as_encoder_close(struct as_encoder *e, struct as_error *err);
/* Removes what was written; frees e; NULL is fine. */
void as_encoder_abort(struct as_encoder *e);

const char *as_audio_extension(enum as_audio_format f); /* "wav" … */

#endif
