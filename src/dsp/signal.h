/* The analysis signal: whitened mono sound as 8-bit samples, usually mapped from the cache. */
#ifndef AS_DSP_SIGNAL_H
#define AS_DSP_SIGNAL_H

#include <stdint.h>

/* Sample v[i] sits at t0_s + i / rate_hz after the clip's first decoded sample. v is borrowed. */
struct as_signal {
	const int8_t *v;
	int64_t n;
	double rate_hz;
	double t0_s;
};

#endif
