/* The presets that there are: the user's, the system's, the built-in ones. */
#ifndef AS_BASE_PRESET_LIST_H
#define AS_BASE_PRESET_LIST_H

#include <stddef.h>

struct as_preset_item {
	char *name;
	char *help; /* the first line where that is a comment, else "" */
	char *path; /* NULL: built in */
};

/* Those in dirs (NULL-terminated, the most important first; NULL for none) and the built-in ones, in order of their names; one that hides another of the same name stands alone. NULL when out of
 * memory; free with as_preset_list_free (NULL is fine). */
struct as_preset_item *as_preset_list(const char *const *dirs, size_t *n);
void as_preset_list_free(struct as_preset_item *list, size_t n);

#endif
