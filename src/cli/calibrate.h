/* `audiosync live --calibrate`: measures how late this machine hears what it plays, and offers to keep that as the device's calibration. */
#ifndef AS_CLI_CALIBRATE_H
#define AS_CLI_CALIBRATE_H

#include "base/error.h"
#include "cli/args.h"

/* The exit code. 3: it could not be measured with confidence. */
int as_calibrate_command(const struct as_args *args);

/* The calibration of a device into the user's INI file, which is made where it is missing: all else in it stays. */
enum as_status as_calibrate_save(const char *path, const char *device, double ms, struct as_error *err);

#endif
