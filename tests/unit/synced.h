/* The whole way, analysis and export: a reference and a device that recorded the same sound with a clock of its own. */
#ifndef AS_TEST_SYNCED_H
#define AS_TEST_SYNCED_H

#include "truth.h"

/* Where the device's exported sound lies against the reference's, in seconds, at the clip's start, middle and end, and the
 * worst of a look each 30 s; drift as the analysis measured it. */
struct synced {
	double start_s, middle_s, end_s, worst_s;
	double drift_ppm;
	int n_clock; /* knots of the clock that the analysis found */
};

/* Records both below dir, which is left empty again, syncs, looks. The device begins 3.1 s after the reference and ends with it.
 * Fails the program where anything does. */
struct synced synced_run(const char *dir, const struct truth_device *d, double length_s);

#endif
