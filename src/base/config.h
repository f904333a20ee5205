/* INI text -> settings. */
#ifndef AS_BASE_CONFIG_H
#define AS_BASE_CONFIG_H

#include <stddef.h>

#include <audiosync/options.h>

/* Exchanges all values. */
void as_options_swap(struct as_options *a, struct as_options *b);

/* The values of devices alone. */
void as_options_swap_calibrations(struct as_options *a, struct as_options *b);

/* Sets what n bytes of INI text say; name stands in messages and origins. On an error opt may hold
 * part of it: work on a copy. */
enum as_status as_config_parse(struct as_options *opt, const char *name, const char *text, size_t n,
			       struct as_error *err);

#endif
