#include "sync/device.h"

#include <math.h>

#define OVERLAP_S 0.5       /* clips of one device may overlap by this: stamps and pre-roll */
#define SAME_INSTANT_S 2.0  /* times nearer than this do not tell an order */

enum as_device_rule as_device_forbids(const struct as_device_clip *a, const struct as_device_clip *b)
{
	double overlap = fmin(a->start_s + a->duration_s, b->start_s + b->duration_s) - fmax(a->start_s, b->start_s);

	if (overlap > OVERLAP_S)
		return AS_DEVICE_OVERLAP;
	if (isnan(a->created_s) || isnan(b->created_s) || fabs(a->created_s - b->created_s) < SAME_INSTANT_S)
		return AS_DEVICE_FREE;
	return (a->created_s < b->created_s) != (a->start_s < b->start_s) ? AS_DEVICE_ORDER : AS_DEVICE_FREE;
}

int as_device_stamps(const struct as_device_clip *a, const struct as_device_clip *b)
{
	double said = b->created_s - a->created_s, is = b->start_s - a->start_s;

	if (isnan(said))
		return 0;
	if (fabs(said - is) < AS_DEVICE_STAMP_S)
		return 1;
	return fabs(said - is - b->duration_s + a->duration_s) < AS_DEVICE_STAMP_S ? 1 : -1;
}

int as_device_clocks(const struct as_device_clip *a, const struct as_device_clip *b)
{
	double off = b->created_s - a->created_s - (b->start_s - a->start_s);
	double slack = AS_DEVICE_CLOCK_S + a->duration_s + b->duration_s; /* stamps may be of the end */

	if (isnan(off))
		return 0;
	return fabs(off) < slack ? 1 : fabs(off) > AS_DEVICE_OFF_S + slack ? -1 : 0;
}
