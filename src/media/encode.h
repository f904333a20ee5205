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
	int bit_depth;        /* 16, 24, 32 (32 = float; FLAC has no float: see as_encode_depth) */
	int bitrate_kbps;     /* MP3 only */
	bool dither;          /* TPDF where the depth is under the source's, or its samples are not the source's own */
	bool spare_exact;     /* but not on samples that the depth holds as they are: copies stay copies */
	int64_t total_frames; /* known before: decides on RF64 */
	double time_reference_s; /* BWF TimeReference: since midnight, modulo a day; NAN writes 0 */
	double created_s; /* when the first frame was recorded, seconds since 1970 UTC; 0 or NAN: not known */
	/* UTF-8 without control characters; each may be NULL. Originator and description are bext's, description is every
	 * format's comment, too, and device (what recorded it) every format's artist. ixml is a chunk of WAV. */
	const char *title, *originator, *description, *device, *ixml;
	bool aligned; /* gets the mark of media/mark.h, in bext and in the comment */
};

/* What bext says of the spec's time_reference_s: frames since midnight. */
uint64_t as_encode_time_reference(const struct as_encode_spec *spec);

/* Checks that the format can hold what the spec asks for: depth, bit rate, sample rate (MP3:
 * those of MPEG, with the bit rates that each allows), channels (MP3: 2, FLAC: 8) and length
 * (AIFF ends at 4 GiB). AS_ERR_INVALID with a message that begins with path, names the limit and
 * the way out. Nothing is converted to fit: that choice is the caller's. */
enum as_status as_encode_check(const char *path, const struct as_encode_spec *spec,
			       struct as_error *err);

/* The depth that is really written: bit_depth, but 24 for FLAC asked for 32, and 0 for MP3. A
 * caller that asked for 32 and gets 24 should tell its user. */
int as_encode_depth(const struct as_encode_spec *spec);

/* Makes the as_encode_check, then opens. WAV is a Broadcast Wave with bext, RF64 where
 * total_frames takes it past 4 GiB. With force false an existing file is AS_ERR_EXISTS here
 * already, and again at the close if it has appeared meanwhile. One thread at a time. The bytes
 * depend on nothing but spec and samples (no dates, seeded dither). */
struct as_encoder;
struct as_encoder *as_encoder_open(const char *path, const struct as_encode_spec *spec, bool force,
				   struct as_error *err);

/* Appends interleaved frames, full scale +-1.0. Integers are rounded to nearest (so 24-bit PCM
 * that went through float comes out as it was) and limited at full scale; with dither, TPDF of 2
 * LSB peak to peak is added first except where a sample is exactly 0, so that silence stays
 * silent. NaN and infinity become 0. */
enum as_status as_encoder_write(struct as_encoder *e, const float *pcm, int64_t n_frames,
				struct as_error *err);

/* Samples so far that had to be limited to full scale; always 0 for float files. */
int64_t as_encoder_clipped(const struct as_encoder *e);

/* Finishes the file, fsyncs, renames; frees e in every case. Exactly total_frames must have been
 * written. */
enum as_status as_encoder_close(struct as_encoder *e, struct as_error *err);
/* Removes what was written; frees e; NULL is fine. */
void as_encoder_abort(struct as_encoder *e);

const char *as_audio_extension(enum as_audio_format f); /* "wav" … */

#endif
