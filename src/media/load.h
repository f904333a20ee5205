/* A media file as the mono 8 kHz signal that the analysis works on, streamed in blocks. */
#ifndef AS_MEDIA_LOAD_H
#define AS_MEDIA_LOAD_H

#include <stdatomic.h>
#include <stdbool.h>

#include "media/decode.h"

#define AS_ANALYSIS_RATE_HZ 8000

struct as_load_result {
	int stream_index;     /* chosen */
	struct as_decode_format format;
	int64_t frames;       /* decoded frames at the native rate */
	double level_db;      /* RMS of the mono 8 kHz signal, dBFS; -200 for digital silence */
	double peak_db;
	int64_t damage;
};

/* The caller's own way from one rate to another. begin: NULL for rates that it does not know (libsoxr takes those). run: as
 * as_resampler_run, and it cannot fail. */
struct as_load_converter {
	void *(*begin)(double in_hz, double out_hz);
	void (*run)(void *converter, const float *in, int64_t n_in, int64_t *used, float *out,
		    int64_t max_out, int64_t *made);
	void (*end)(void *converter);
};

struct as_load_config {
	int stream;  /* ordinal of the usable audio stream, 0-based (as_media_info.streams); -1: the
			loudest that is not timecode */
	int channel; /* 0-based; -1: the mean of the two loudest that are not timecode, or the loudest
			alone where the mean cancels (E(mid) < 0.1 E) or the other is dead */
	const struct as_load_converter *converter; /* or NULL: always libsoxr */
};

/* Receives n mono samples at 8 kHz; sample k of the whole stream sits at k / 8000 s after the
 * first decoded sample exactly (linear-phase, delay-compensated). Return false to stop (load
 * returns AS_CANCELLED). */
typedef bool (*as_load_sink)(void *ctx, const float *v, int n);
/* Seconds decoded so far. */
typedef void (*as_load_progress)(void *ctx, double decoded_s);

/* Decodes path, mixes to mono, resamples (the converter or libsoxr) and feeds the sink; memory is bounded
 * whatever the length. */
enum as_status as_media_load(const char *path, const struct as_load_config *cfg, const atomic_bool *cancel,
			     as_load_sink sink, as_load_progress progress, void *ctx,
			     struct as_load_result *out, struct as_error *err);

#endif
