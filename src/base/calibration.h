/* [calibration] DEVICE = ms: settings whose names are devices, and not known beforehand. */
#ifndef AS_BASE_CALIBRATION_H
#define AS_BASE_CALIBRATION_H

#include <stdbool.h>
#include <stddef.h>

#include "base/error.h"

#define AS_CALIBRATION_PREFIX "calibration."
#define AS_CALIBRATIONS_MAX 1000

struct as_calibration {
	char *key;    /* "calibration.NAME", NAME being the device's as a key can hold it */
	char *device;
	char *text;   /* ms, as in a file */
	char *origin; /* NULL: unsaid */
	double ms;
};

/* All zero: none. In the order in which they were first set. */
struct as_calibrations {
	struct as_calibration *items;
	size_t n;
};

/* Of n bytes of a line "NAME = ms" in [calibration]: how many NAME has, which may hold ":" and "=" as names of devices do; 0: it has no "=". */
size_t as_calibration_name_bytes(const char *line, size_t n);
/* The device that a name in a file means; heap, NULL: out of memory. */
char *as_calibration_device(const char *name, size_t n);

void as_calibrations_done(struct as_calibrations *c);
/* Of to, which is empty. False: out of memory, and to is empty still. */
bool as_calibrations_copy(struct as_calibrations *to, const struct as_calibrations *from);
/* By key; NULL: there is none such. */
struct as_calibration *as_calibrations_find(const struct as_calibrations *c, const char *key);
/* Adds or replaces; key begins with the prefix, and is any spelling of it. text is what ms is. */
enum as_status as_calibrations_set(struct as_calibrations *c, const char *key, const char *text, double ms, const char *origin,
				   struct as_error *err);

#define AS_CALIBRATION_TEXT_BYTES 32
/* As a setting takes it: to the microsecond, with a dot whatever the locale; what is no calibration becomes what is refused as one. */
void as_calibration_text(char out[AS_CALIBRATION_TEXT_BYTES], double ms);

#endif
