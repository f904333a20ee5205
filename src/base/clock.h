/* What the time is. */
#ifndef AS_BASE_CLOCK_H
#define AS_BASE_CLOCK_H

/* CLOCK_MONOTONIC in seconds: for all that is measured and waited for. */
double as_clock_s(void);
/* CLOCK_REALTIME in seconds since 1970. */
double as_clock_day_s(void);
/* A sound device's time stamp, by the clock of the day or by the monotonic one, as its system has it, by the monotonic one. NAN: it is near
 * neither, and tells nothing. */
double as_clock_of_stamp_s(double stamp_s);

#endif
