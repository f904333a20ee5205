/* A sound at every zoom: its samples in 8 bits and, over them, lowest, highest and RMS of ever longer stretches. */
#ifndef AS_DSP_PEAKS_H
#define AS_DSP_PEAKS_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

#include <audiosync/waveform.h>

/* Changes with the layout and with what the same samples become: part of the cache key. */
#define AS_PEAKS_VERSION 1

/* Making. The sink gets the bytes in order; false stops it. Takes 1.0625 bytes a sample, and while it is made memory of a byte in 256
 * samples. */
struct as_peaks_maker;
typedef bool (*as_peaks_sink)(void *ctx, const void *data, size_t bytes);
struct as_peaks_maker *as_peaks_maker_new(as_peaks_sink sink, void *ctx);
void as_peaks_maker_free(struct as_peaks_maker *m);
/* Samples of full scale -1 … 1; what is over counts as full scale, NAN as 0. False when the sink stopped it or memory ran out. */
bool as_peaks_maker_feed(struct as_peaks_maker *m, const float *v, int n);
bool as_peaks_maker_end(struct as_peaks_maker *m);

/* What was made, borrowed: n samples. */
struct as_peaks {
	const unsigned char *data;
	int64_t n;
};

/* False where these are not the bytes that a maker wrote. */
bool as_peaks_open(struct as_peaks *p, const void *data, size_t bytes);

/* Column k shows the samples in [from + k * step, from + (k + 1) * step), sample i lying at i; see <audiosync/waveform.h>. */
void as_peaks_draw(const struct as_peaks *p, double from, double step, int n, struct as_waveform_column *out);

#endif
