/* What sources have in common of the sound that they bring: whether it moved, and whether it is sound at all. */
#include <math.h>

#include "media/capture_private.h"

#define WATCH_FROM_S 3.0  /* as early stamps are wrong */
#define WATCH_STEP_S 0.12 /* PipeWire's wander by 0.03 s */
#define WATCH_FOR_S 0.5
#define WATCH_SHARE 0.02

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

void as_capture_clean(float *v, size_t n)
{
	for (size_t i = 0; i < n; i++)
		if (!(fabsf(v[i]) < 1e6F))
			v[i] = 0;
}
