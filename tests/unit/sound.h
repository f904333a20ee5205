/* Made-up sound for the tests of dsp/ and sync/: sources, clocks, and what analysis makes of it. */
#ifndef AS_TEST_SOUND_H
#define AS_TEST_SOUND_H

#include <stdint.h>

#include "dsp/signal.h"

#define SOUND_RATE_HZ 8000.0

enum sound_kind {
	SOUND_SPEECH,
	SOUND_MUSIC,
	SOUND_NOISE, /* white */
	SOUND_KINDS
};

/* All of these fail the test when out of memory. n: samples at SOUND_RATE_HZ. Free with free. */
float *sound_make(enum sound_kind kind, uint64_t seed, int n);
float *sound_copy(const float *v, int n);
/* A sine of the given peak. */
float *sound_tone(double hz, double peak, int n);

/* What a device hears of v: its sample i sits at v's time offset_s + (i / rate) / (1 + drift_ppm *
 * 1e-6), as the sign rules of <audiosync/types.h> have it. Silence outside v. */
float *sound_heard(const float *v, int n, double offset_s, double drift_ppm, int n_out);

/* The analysis signal of v; its samples are the caller's (sound_forget). */
struct as_signal sound_whiten(const float *v, int n);
void sound_forget(struct as_signal *s);

/* sound_whiten(sound_heard(...)) */
struct as_signal sound_clip(const float *v, int n, double offset_s, double drift_ppm, int n_out);

#endif
