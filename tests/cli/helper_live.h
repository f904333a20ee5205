/* Checks of what `live` writes, by code that shares nothing with it: see the head of helper.c. 0: it is as promised; else why not is printed. */
#ifndef HELPER_LIVE_H
#define HELPER_LIVE_H

int helper_readings(const char *path, double calibration_ms);
int helper_prometheus(const char *path);

#endif
