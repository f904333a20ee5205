#include "media/ltc.h"

#include <math.h>

/* A word has 80 bits and there are 24 to 30 a second: the level changes at every bit, 417 to 521
 * us apart, and once more in the middle of a one. The bounds leave 10 % for tape speed and for
 * edges that a codec has moved. */
#define SHORT_MIN_S 188e-6
#define SHORT_MAX_S 290e-6
#define LONG_MIN_S 375e-6
#define LONG_MAX_S 575e-6
/* Crossings count beyond this part of the peak level, which is forgotten slowly. */
#define HYSTERESIS 0.1f
#define PEAK_DECAY_S 0.25
#define MIN_CROSSINGS 800
#define MIN_FITTING 0.95
#define MIN_SHARE 0.1

static void cross(struct as_ltc *l, double interval_s)
{
	if (interval_s >= SHORT_MIN_S && interval_s <= SHORT_MAX_S)
		l->n_short++;
	else if (interval_s >= LONG_MIN_S && interval_s <= LONG_MAX_S)
		l->n_long++;
	else
		l->n_other++;
}

void as_ltc_feed(struct as_ltc *l, double rate_hz, const float *x, int n)
{
	float decay = (float)exp(-1.0 / (PEAK_DECAY_S * rate_hz));
	for (int i = 0; i < n; i++) {
		float level = x[i] < 0.0f ? -x[i] : x[i];
		l->peak *= decay;
		l->peak = level > l->peak ? level : l->peak;
		l->since += 1.0;
		int sign = x[i] > HYSTERESIS * l->peak    ? 1
			   : x[i] < -HYSTERESIS * l->peak ? -1
							  : l->sign;
		if (sign == l->sign || l->peak == 0.0f)
			continue;
		l->sign = sign;
		cross(l, l->since / rate_hz);
		l->since = 0.0;
	}
}

bool as_ltc_found(const struct as_ltc *l)
{
	double all = (double)(l->n_short + l->n_long + l->n_other);
	return all >= MIN_CROSSINGS && (double)(l->n_short + l->n_long) >= MIN_FITTING * all &&
	       (double)l->n_short >= MIN_SHARE * all && (double)l->n_long >= MIN_SHARE * all;
}
