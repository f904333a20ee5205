#include "base/clock.h"

#include <math.h>
#include <time.h>

#define NEAR_S 60.0

static double read_s(clockid_t clock)
{
	struct timespec t;
	clock_gettime(clock, &t);
	return (double)t.tv_sec + (double)t.tv_nsec * 1e-9;
}

double as_clock_s(void)
{
	return read_s(CLOCK_MONOTONIC);
}

double as_clock_day_s(void)
{
	return read_s(CLOCK_REALTIME);
}

double as_clock_of_stamp_s(double stamp_s)
{
	const double day_s = as_clock_day_s(), mono_s = as_clock_s();
	if (stamp_s > 0 && fabs(stamp_s - day_s) < NEAR_S)
		return stamp_s - day_s + mono_s;
	return stamp_s > 0 && fabs(stamp_s - mono_s) < NEAR_S ? stamp_s : NAN;
}
