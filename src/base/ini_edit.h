/* Settings changed in the text of an INI file that someone else has written: comments, order and spelling stay. */
#ifndef AS_BASE_INI_EDIT_H
#define AS_BASE_INI_EDIT_H

#include <stddef.h>

struct as_ini_value {
	const char *key;   /* "section.name" */
	const char *value; /* no line break; what reads back differently is the caller's to find out */
};

/* Lines that set one of the keys get its value, all of them; a key that has none gets a line at the end of its section, or a section at
 * the end of the text. Heap; NULL when out of memory. */
char *as_ini_edit(const char *text, const struct as_ini_value *values, int n);

#endif
