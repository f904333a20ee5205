#include "media/timebase.h"

#include <math.h>
#include <string.h>

/* Under this nothing is ever a gap: Matroska and FLV round to 1 ms, and writers jitter by as
 * much again. What gets lost in practice is whole packets of 20 ms and more. */
#define JUMP_MIN_S 0.005
/* … and not under this many times the mean jitter of the file. */
#define JUMP_JITTERS 8.0
/* How long the base takes to follow a drifting clock: 200 ppm then lag by 0.4 ms. */
#define FOLLOW_S 2.0
/* A jump is confirmed when it has lasted this long, over at least this many frames. */
#define CONFIRM_S 0.1
#define CONFIRM_FRAMES 4
/* At the end of the stream a jump this large is believed of the last frame alone. */
#define LONE_JUMP_S 0.05
/* A jump this close to a number of whole packets is that number. */
#define SNAP_S 0.0012

void as_timebase_init(struct as_timebase *t, double rate_hz)
{
	memset(t, 0, sizeof *t);
	t->rate_hz = rate_hz;
}

static double threshold(const struct as_timebase *t)
{
	return fmax(JUMP_MIN_S * t->rate_hz, JUMP_JITTERS * t->jitter);
}

static void follow(struct as_timebase *t, double deviation, int n)
{
	double a = fmin(1.0, (double)n / (FOLLOW_S * t->rate_hz));
	double d = deviation - t->base;
	t->base += a * d;
	t->jitter += a * (fabs(d) - t->jitter);
}

static void forget_held(struct as_timebase *t)
{
	t->n_held = 0;
	t->held_frames = 0;
}

/* The held deviations agree with one another within half of what makes a jump. */
static bool held_agree(const struct as_timebase *t, double *level)
{
	double lo = t->held[0], hi = t->held[0], sum = 0.0;
	for (int i = 0; i < t->n_held; i++) {
		lo = fmin(lo, t->held[i]);
		hi = fmax(hi, t->held[i]);
		sum += t->held[i];
	}
	*level = sum / t->n_held;
	return hi - lo <= 0.5 * threshold(t);
}

static int64_t jump_frames(const struct as_timebase *t, double level, int usual_frame, bool exact)
{
	double jump = level - t->base;
	if (!exact && usual_frame > 0) {
		double whole = round(jump / usual_frame) * usual_frame;
		if (whole != 0.0 && fabs(whole - jump) <= SNAP_S * t->rate_hz)
			jump = whole;
	}
	return llround(jump);
}

static void release(struct as_timebase *t)
{
	for (int i = 0; i < t->n_held; i++)
		follow(t, t->held[i], (int)(t->held_frames / t->n_held));
	forget_held(t);
}

enum as_timebase_verdict as_timebase_judge(struct as_timebase *t, double deviation, int n,
					   int usual_frame, bool exact, int64_t *jump)
{
	if (!t->started) {
		t->started = true;
		t->base = deviation;
		return AS_TIMEBASE_PLAIN;
	}
	if (fabs(deviation - t->base) <= threshold(t)) {
		forget_held(t); /* outliers: they teach nothing */
		follow(t, deviation, n);
		return AS_TIMEBASE_PLAIN;
	}
	t->held[t->n_held++] = deviation;
	t->held_frames += n;
	bool long_enough =
		t->n_held >= CONFIRM_FRAMES && (double)t->held_frames >= CONFIRM_S * t->rate_hz;
	if (!long_enough && t->n_held < AS_TIMEBASE_HELD)
		return AS_TIMEBASE_HOLD;
	double level;
	if (!held_agree(t, &level)) {
		release(t);
		return AS_TIMEBASE_PLAIN;
	}
	*jump = jump_frames(t, level, usual_frame, exact);
	forget_held(t);
	return AS_TIMEBASE_JUMP;
}

enum as_timebase_verdict as_timebase_end(struct as_timebase *t, int usual_frame, bool exact,
					 int64_t *jump)
{
	double level;
	if (t->n_held == 0 || !held_agree(t, &level))
		return AS_TIMEBASE_PLAIN;
	if (t->n_held == 1 && fabs(level - t->base) < LONE_JUMP_S * t->rate_hz)
		return AS_TIMEBASE_PLAIN;
	*jump = jump_frames(t, level, usual_frame, exact);
	forget_held(t);
	return AS_TIMEBASE_JUMP;
}
