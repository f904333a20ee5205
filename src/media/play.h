/* Sound to the system's default output, through PortAudio. */
#ifndef AS_MEDIA_PLAY_H
#define AS_MEDIA_PLAY_H

#include <stdatomic.h>
#include <stdbool.h>
#include <stdint.h>

#include "base/error.h"

struct as_player;

/* Finds the device and opens it for interleaved floats; silent until something is written. Some 10 to some 100 ms. NULL with
 * AS_ERR_IO where there is none.
 *
 * Descriptor 2 leads nowhere meanwhile: portaudio_quiet.h. */
struct as_player *as_player_open(double rate_hz, int channels, struct as_error *err);
/* Stops at once. NULL is fine. */
void as_player_close(struct as_player *p);

/* Hands over n frames, waiting for room as long as it takes; of a thread that may wait. AS_CANCELLED at most 10 ms after *cancel;
 * AS_ERR_IO where the device has stopped taking them. */
enum as_status as_player_write(struct as_player *p, const float *v, int64_t n, const atomic_bool *cancel, struct as_error *err);
/* Waits until all was heard. As as_player_write. */
enum as_status as_player_drain(struct as_player *p, const atomic_bool *cancel, struct as_error *err);
/* As many of n frames as there is room for, at once. */
int64_t as_player_put(struct as_player *p, const float *v, int64_t n);

/* When what was written is heard, as far as the device says. */
struct as_play_stamp {
	int64_t frame; /* of what was written */
	int64_t gap;   /* frames of silence that were put in so far, since nothing had been written in time */
	double time_s; /* CLOCK_MONOTONIC when that frame is in the air; NAN: the device does not say */
};
/* The next stamp; they ascend. Of those that nobody takes the newer are lost. One thread. */
bool as_player_stamp(struct as_player *p, struct as_play_stamp *out);
/* Frames that have been heard, to some ms as far as the device knows its own delay. Any thread, until the player is closed. */
int64_t as_player_heard(const struct as_player *p);

#endif
