/* Landmarks of a signal: the strongest peaks of its spectrum in time and frequency, which stay where they are
 * through rooms, codecs and noise (Wang 2003). */
#ifndef AS_DSP_LANDMARK_H
#define AS_DSP_LANDMARK_H

#include <stdatomic.h>
#include <stdint.h>

#include "base/error.h"
#include "dsp/signal.h"

/* Frames of 256 ms, one every 32 ms; bins of 3.9 Hz. For signals of 8 kHz. */
#define AS_LANDMARK_N 2048
#define AS_LANDMARK_HOP 256
#define AS_LANDMARK_BIN_BITS 10
#define AS_LANDMARK_PER_BLOCK 30 /* at most so many … */
#define AS_LANDMARK_BLOCK 32     /* … in so many frames */

/* frame << AS_LANDMARK_BIN_BITS | bin, ascending. Frame f is centred at sample f * AS_LANDMARK_HOP. */
struct as_landmarks {
	uint32_t *v;
	int n;
	int n_frames;
};

/* AS_OK, AS_CANCELLED, AS_ERR_MEMORY. Signals of more than 37 hours are looked at no further. */
enum as_status as_landmarks_find(const struct as_signal *s, const atomic_bool *cancel,
				 struct as_landmarks *out, struct as_error *err);
void as_landmarks_done(struct as_landmarks *l);

#endif
