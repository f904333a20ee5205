/* Sound to the system's default output, through PortAudio. */
#ifndef AS_MEDIA_PLAY_H
#define AS_MEDIA_PLAY_H

#include <stdatomic.h>
#include <stdint.h>

#include "base/error.h"

struct as_player;

/* Finds the device and opens it for interleaved floats; silent until something is written. Some 10 to some 100 ms. NULL with
 * AS_ERR_IO where there is none.
 *
 * PortAudio and what it loads (ALSA, JACK) write to descriptor 2 whatever one does. So descriptor 2 of the whole process leads
 * nowhere during their calls in here, which one lock of the process keeps apart: what another thread writes there meanwhile is
 * lost. Nothing of audiosync does so while it plays. */
struct as_player *as_player_open(double rate_hz, int channels, struct as_error *err);
/* Stops at once. NULL is fine. */
void as_player_close(struct as_player *p);

/* Hands over n frames, waiting for room as long as it takes; of a thread that may wait. AS_CANCELLED at most 10 ms after *cancel;
 * AS_ERR_IO where the device has stopped taking them. */
enum as_status as_player_write(struct as_player *p, const float *v, int64_t n, const atomic_bool *cancel, struct as_error *err);
/* Waits until all was heard. As as_player_write. */
enum as_status as_player_drain(struct as_player *p, const atomic_bool *cancel, struct as_error *err);
/* Frames that have been heard, to some ms as far as the device knows its own delay. Any thread, until the player is closed. */
int64_t as_player_heard(const struct as_player *p);

#endif
