/* When a device's frames were in the air: its count of frames against the computer's clock, by stamps that jump and tremble
 * (doc/live.md). Pure. */
#ifndef AS_LIVE_CLOCK_H
#define AS_LIVE_CLOCK_H

#include <stdbool.h>
#include <stdint.h>

struct as_stamp_clock;

/* rate_hz: nominal. */
struct as_stamp_clock *as_stamp_clock_new(double rate_hz);
void as_stamp_clock_free(struct as_stamp_clock *c);
/* Frame `frame` was in the air at time_s (NAN: no stamp). Frames ascend. */
void as_stamp_clock_add(struct as_stamp_clock *c, int64_t frame, double time_s);
/* The line now: frame k at *t_s + (k - frame) / *rate_hz. It is steady: what it said for a frame before changes slowly (by 0.5 ms a
 * second at most), never by a jump, once settled, after 12 s; unless all stamps are elsewhere by more than 0.25 s for 3 s: the
 * device stood still. The first 2 s of sound are not believed, and *err_s, the standard error of *t_s, is 0.1 s there. False
 * while there was no usable stamp. */
bool as_stamp_clock_at(const struct as_stamp_clock *c, int64_t frame, double *t_s, double *rate_hz, double *err_s);

#endif
