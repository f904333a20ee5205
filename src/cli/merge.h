/* Settings from everywhere, merged in the order that <audiosync/options.h> promises. */
#ifndef AS_CLI_MERGE_H
#define AS_CLI_MERGE_H

#include <audiosync/options.h>

/* One setting from the command line. All strings are borrowed. */
struct as_merge_value {
	const char *key;    /* NULL: text is KEY=VALUE */
	const char *text;
	const char *origin; /* "--format" */
};

/* What the command line brings along. */
struct as_merge {
	const char **presets, **files;
	struct as_merge_value *values;
	int n_presets, n_files, n_values;
};

/* Over the defaults in opt: presets, the system's files, the user's file, m's files, m's values.
 * Checks the whole. */
enum as_status as_merge_settings(const struct as_merge *m, struct as_options *opt,
				 struct as_error *err);

/* Puts an absolute folder into cache.dir, which the library takes as it is; without any place for a
 * cache it is turned off. */
enum as_status as_merge_cache_place(struct as_options *opt, struct as_error *err);

#endif
