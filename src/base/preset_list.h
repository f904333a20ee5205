/* The presets that there are: the user's, the system's, the built-in ones. */
#ifndef AS_BASE_PRESET_LIST_H
#define AS_BASE_PRESET_LIST_H

#include <stddef.h>
#include <stdint.h>

#include <audiosync/options.h>

#include "base/error.h"

struct as_preset_item {
	char *name;
	char *help; /* the first line where that is a comment, else "" */
	char *path; /* NULL: built in */
	/* Of a file: what it said when the list was made; NULL: err says why it could not be read. */
	char *text;
	int64_t n_text;
	struct as_error err;
};

/* Those in dirs (NULL-terminated, the most important first; NULL for none) and the built-in ones, in order of their names; one that hides another of the same name stands alone. NULL when out of
 * memory; free with as_preset_list_free (NULL is fine). */
struct as_preset_item *as_preset_list(const char *const *dirs, size_t *n);
void as_preset_list_free(struct as_preset_item *list, size_t n);

/* As as_options_load_preset, but for the disk, which is not asked again. On an error opt may hold part of it: work on a copy. */
enum as_status as_preset_item_load(const struct as_preset_item *item, struct as_options *opt, struct as_error *err);

#endif
