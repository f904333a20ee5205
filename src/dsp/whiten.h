/* Time-frequency whitening: mono 8 kHz sound -> as_signal samples (doc/algorithm.md, section 2). Streaming. */
#ifndef AS_DSP_WHITEN_H
#define AS_DSP_WHITEN_H

#include <stdbool.h>
#include <stdint.h>

struct as_whitener;

/* Receives n output samples; the outputs are aligned with the inputs sample for sample. false stops. */
typedef bool (*as_whiten_sink)(void *ctx, const int8_t *v, int n);

struct as_whitener *as_whitener_new(as_whiten_sink sink, void *ctx);
/* For sound that is still going on: each sample is delivered at most 128 ms after it was fed, by a floor that knows the past minute
 * only. */
struct as_whitener *as_whitener_new_stream(as_whiten_sink sink, void *ctx);
void as_whitener_free(struct as_whitener *w);
/* Feeds n samples; may call the sink. false when the sink stopped it or memory ran out. */
bool as_whitener_feed(struct as_whitener *w, const float *x, int n);
/* Ends the stream: as many samples as were fed have then been delivered. */
bool as_whitener_end(struct as_whitener *w);
/* Share of the time, 0..1, in which anything usable was left after whitening. */
double as_whitener_active(const struct as_whitener *w);
/* Sum of the squares of all samples delivered. */
double as_whitener_energy(const struct as_whitener *w);

/* Changes whenever the output for the same input changes: part of the cache key. */
#define AS_WHITEN_VERSION 3

#endif
