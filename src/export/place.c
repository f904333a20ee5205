#include "export/place.h"

#include <math.h>

/* What the clip's clock has wandered by t_s. */
static double clock_shift(const struct as_placement *p, double t_s)
{
	const struct as_clock_knot *k = p->clock;
	int i = 1;
	if (p->n_clock == 0 || t_s <= k[0].at_s)
		return p->n_clock == 0 ? 0 : k[0].shift_s;
	while (i < p->n_clock && k[i].at_s < t_s)
		i++;
	if (i == p->n_clock)
		return k[i - 1].shift_s;
	double part = (t_s - k[i - 1].at_s) / (k[i].at_s - k[i - 1].at_s);
	return k[i - 1].shift_s + part * (k[i].shift_s - k[i - 1].shift_s);
}

double as_place_at(const struct as_placement *p, double t_s)
{
	double start_s = p->start_s, ppm = isfinite(p->drift_ppm) ? p->drift_ppm : 0;
	for (int i = 0; i < p->n_segments && (i == 0 || p->segments[i].from_s <= t_s); i++)
		start_s = p->segments[i].start_s;
	return start_s + t_s / (1 + ppm * 1e-6) + clock_shift(p, t_s);
}
