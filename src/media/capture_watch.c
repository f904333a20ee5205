/* What sources have in common of the sound that they bring: whether it moved, by which blocks it comes, and whether it is sound at all. */
#include <math.h>

#include "media/capture_private.h"

#define WATCH_FROM_S 3.0  /* as early stamps are wrong */
#define WATCH_STEP_S 0.12 /* PipeWire's wander by 0.03 s */
#define WATCH_FOR_S 0.5
#define WATCH_SHARE 0.02

#define BLOCK_STEPS 12
#define LARGER_TIMES 4 /* in a row */
#define SMALLER_TIMES 2
#define MIN_BLOCK 16 /* less is chance: of sound at another rate than the server's */
#define MAX_BLOCK 8192

bool as_capture_moved(struct as_capture_watch *w, double at_s, double time_s)
{
	const double level_s = time_s - at_s, moved_s = level_s - w->level_s;
	if (at_s < WATCH_FROM_S || !isfinite(level_s))
		return false;
	if (!w->on) {
		*w = (struct as_capture_watch){.on = true, .level_s = level_s};
		return false;
	}
	if (fabs(moved_s) < WATCH_STEP_S) {
		w->level_s += moved_s * WATCH_SHARE; /* clocks drift */
		w->since_s = 0;
		return false;
	}
	if (w->since_s <= 0 || fabs(moved_s - w->moved_s) > WATCH_STEP_S / 2) {
		w->since_s = at_s;
		w->moved_s = moved_s;
	}
	return at_s - w->since_s > WATCH_FOR_S;
}

static int64_t common_divisor(int64_t a, int64_t b)
{
	while (b != 0) {
		const int64_t rest = a % b;
		a = b;
		b = rest;
	}
	return a;
}

/* One block that was cut short makes the common part of a while small; and by chance all its steps may be even ones, say. */
static void believe(struct as_capture_blocks *b, int frames)
{
	b->times = frames == b->found ? b->times + 1 : 1;
	b->found = frames;
	if (b->frames == 0 || b->times >= (frames > b->frames ? LARGER_TIMES : SMALLER_TIMES))
		b->frames = frames;
}

int as_capture_block_frames(struct as_capture_blocks *b, int64_t at)
{
	const int64_t step = at - b->at;
	b->at = at;
	if (step < 0)
		b->n = 0;
	else if (b->n++ > 0)
		b->step = common_divisor(step, b->step);
	else
		b->step = 0; /* where it stood before is not known */
	if (b->n > BLOCK_STEPS) {
		believe(b, b->step >= MIN_BLOCK && b->step <= MAX_BLOCK ? (int)b->step : 0);
		b->step = 0;
		b->n = 1;
	}
	return b->frames;
}

void as_capture_clean(float *v, size_t n)
{
	for (size_t i = 0; i < n; i++)
		if (!(fabsf(v[i]) < 1e6F))
			v[i] = 0;
}
