/* INI text, line by line, the same whatever inih was built with. */
#ifndef AS_BASE_INI_H
#define AS_BASE_INI_H

#include <stddef.h>

#include <audiosync/error.h>

/* The longest line with a setting, in bytes. The INI reader's own buffer is of that size and would
 * cut. */
#define AS_INI_LINE_BYTES 197

/* One line "name = value" of a section ("" before the first). where is "NAME:LINE", for messages and origins. Anything but AS_OK,
 * with err set, ends the reading. */
typedef enum as_status (*as_ini_take)(void *ctx, const char *where, const char *section, const char *name,
				      const char *value, struct as_error *err);

/* Hands n bytes of INI text to take; name stands in messages. AS_ERR_INVALID names the line that is none. */
enum as_status as_ini_parse(const char *name, const char *text, size_t n, as_ini_take take, void *ctx,
			    struct as_error *err);

#endif
