/* A device's stamps around one moment. A loop that is measured within seconds wants to know when a device slipped, and from when on:
 * live/clock's line, which is to be steady for weeks, would take a slip for noise and follow it slowly. */
#include <math.h>

#include "dsp/fit.h"
#include "engine/calibrate_private.h"

#define AROUND_S 0.7  /* of a moment: what counts for it */
#define LEAST 3
#define MOST 256      /* the nearest, of those */
#define LEAST_ERR_S 5e-5
#define FAR_S 5.0     /* where there are few stamps, they may be as far */

void as_calibrate_stamp(struct calibrate_stamps *s, int64_t frame, double time_s)
{
	const double apart = CALIBRATE_APART_S * s->rate_hz;
	if (!isfinite(time_s) || s->n == CALIBRATE_STAMPS || (s->n > 0 && (double)(frame - s->at[s->n - 1].frame) < apart))
		return;
	s->at[s->n].frame = frame;
	s->at[s->n++].time_s = time_s;
}

/* What the stamps within reach_s of a frame say of it. */
static int collect(const struct calibrate_stamps *s, double frame, double reach_s, double *v)
{
	int n = 0, from = 0;
	while (from < s->n && (frame - (double)s->at[from].frame) / s->rate_hz > reach_s)
		from++;
	for (int i = from; i < s->n && n < MOST; i++) {
		double ahead_s = ((double)s->at[i].frame - frame) / s->rate_hz;
		if (ahead_s > reach_s)
			break;
		v[n++] = s->at[i].time_s - ahead_s;
	}
	return n;
}

bool as_calibrate_time(const struct calibrate_stamps *s, double frame, double *t_s, double *err_s)
{
	double v[MOST];
	int n = collect(s, frame, AROUND_S, v);
	if (n < LEAST)
		n = collect(s, frame, FAR_S, v);
	if (n == 0)
		return false;
	*t_s = as_median(v, n);
	for (int i = 0; i < n; i++)
		v[i] = fabs(v[i] - *t_s);
	*err_s = fmax(LEAST_ERR_S, 1.4826 * as_median(v, n) / sqrt(fmax(1, n - 1)));
	return true;
}

bool as_calibrate_frame(const struct calibrate_stamps *s, double t_s, double *frame)
{
	int i = s->n - 1;
	while (i > 0 && s->at[i].time_s > t_s)
		i--;
	if (s->n == 0)
		return false;
	*frame = (double)s->at[i].frame + (t_s - s->at[i].time_s) * s->rate_hz;
	return isfinite(*frame);
}
