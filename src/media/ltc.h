/* Tells linear timecode (SMPTE 12M-1 biphase mark, recorded as sound) from sound. Pure. */
#ifndef AS_MEDIA_LTC_H
#define AS_MEDIA_LTC_H

#include <stdbool.h>

/* Zero it to begin; feed it one channel. */
struct as_ltc {
	float peak;
	int sign;
	double since;           /* samples since the last crossing */
	long n_short, n_long, n_other;
};

void as_ltc_feed(struct as_ltc *l, double rate_hz, const float *x, int n);
/* True when what was fed, half a second or more, is timecode. */
bool as_ltc_found(const struct as_ltc *l);

#endif
