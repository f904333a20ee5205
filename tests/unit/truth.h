/* Sound whose value at any moment is known: sums of sines. A device with a clock of its own records it, the export puts it
 * back on the timeline, and what comes out is compared with the sum at the true times: there is no other resampler in it. */
#ifndef AS_TEST_TRUTH_H
#define AS_TEST_TRUTH_H

#include <stdbool.h>
#include <stdint.h>

#include "export/stitch.h"

#define TRUTH_VOICES 32

struct truth {
	double hz[TRUTH_VOICES], peak[TRUTH_VOICES], phase[TRUTH_VOICES]; /* phase in turns */
	int n;
	uint64_t seed; /* not 0: grains instead of voices */
	double loud;   /* of a grain */
};

/* Short tones one after another and over each other, of all pitches from 150 Hz to 6 kHz, none like another: what an analysis can
 * place, and still known at every moment. Windows are smooth enough that nothing above 20 kHz counts. */
struct truth truth_grains(double rms, uint64_t seed);

/* Voices of equal level between two frequencies, logarithmically spaced, phases from a seed; level of the sum. */
struct truth truth_chord(double from_hz, double to_hz, int n, double rms, uint64_t seed);
struct truth truth_tone(double hz, double peak);

/* v[i] = x(t0_s + i * dt_s); slope (may be NULL) = dx/dt. Exact to some 1e-13. */
void truth_render(const struct truth *x, long double t0_s, long double dt_s, double *v,
		  double *slope, int n);

/* Who records: the clip's time c is the timeline's start_s + c / (1 + ppm * 1e-6) + shift(c), as in as_stitch_clip. */
struct truth_device {
	double rate_hz, start_s, ppm;
	const struct as_clock_knot *clock;
	int n_clock;
};

/* Writes a mono file: frames of x as the device hears it, depth 16, 24 or 32 (float). Fails the program (assert-like, with
 * a message on stderr) where that is not possible; so do all below. */
void truth_record(const char *path, const struct truth *x, const struct truth_device *d,
		  int64_t frames, int depth);

/* What as_stitch_track makes of such a file. */
struct truth_export {
	int rate_hz, depth;
	bool dither;
	int64_t frames; /* of the timeline */
};
void truth_stitch(const char *in, const char *out, const struct truth_device *d, int64_t frames,
		  const struct truth_export *e);

/* Frames [from, from + n) of a mono file. */
void truth_read(const char *path, int64_t from, double *v, int n);

/* y against x on the timeline: y ~ gain * x(t - late). */
struct truth_error {
	double late_s, gain;
	double null_db; /* y - x against x, RMS */
	double rest_db; /* what gain and lateness leave, RMS in dBFS (1.0 is full scale) */
	double peak;    /* largest |y - x| */
};
struct truth_error truth_compare(const struct truth *x, const double *y, int64_t from, int n,
				 double rate_hz);

#endif
