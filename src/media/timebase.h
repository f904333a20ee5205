/* Time stamps against counted samples: which differences are jitter and slow drift, and which
 * are gaps. Pure. */
#ifndef AS_MEDIA_TIMEBASE_H
#define AS_MEDIA_TIMEBASE_H

#include <stdbool.h>
#include <stdint.h>

#define AS_TIMEBASE_HELD 64

/* A deviation is the position that a time stamp states minus the position counted in samples, in
 * frames. It wanders with the container's rounding and, where a camera stamps by another clock
 * than its sound's, drifts without bound; a gap is a jump of it that stays. So a jump is only
 * suspected at first, and the frames from there on are held back until it is confirmed or
 * refuted. */
struct as_timebase {
	double rate_hz;
	double base;       /* deviation that counts as none; follows slowly */
	double jitter;     /* mean distance of the deviations from base */
	bool started;
	double held[AS_TIMEBASE_HELD]; /* deviations since the suspected jump */
	int n_held;
	int64_t held_frames;
};

enum as_timebase_verdict {
	AS_TIMEBASE_PLAIN,   /* deliver this frame, and what is held before it, as it is */
	AS_TIMEBASE_HOLD,    /* keep it back */
	AS_TIMEBASE_JUMP,    /* confirmed: *jump frames of silence (or -*jump frames to drop) before the first held one; then
				deliver the held ones and this one */
};

void as_timebase_init(struct as_timebase *t, double rate_hz);
/* Judges the next decoded frame of n samples with this deviation (counted as if no jump were
 * there). usual_frame is the usual length of a frame, 0 if there is none: a jump close to a
 * multiple of it is exactly that multiple. exact: time stamps count samples, so that no rounding
 * is in them. */
enum as_timebase_verdict as_timebase_judge(struct as_timebase *t, double deviation, int n, int usual_frame,
					   bool exact, int64_t *jump);
/* The same at the end of the stream, for what is held. PLAIN or JUMP. */
enum as_timebase_verdict as_timebase_end(struct as_timebase *t, int usual_frame, bool exact,
					 int64_t *jump);

#endif
