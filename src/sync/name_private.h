/* Shared by the parts of the name parser alone. */
#ifndef AS_SYNC_NAME_PRIVATE_H
#define AS_SYNC_NAME_PRIVATE_H

#include "sync/name.h"

static inline bool as_is_digit(char c)
{
	return c >= '0' && c <= '9';
}

static inline bool as_is_letter(char c)
{
	return (c >= 'a' && c <= 'z') || (c >= 'A' && c <= 'Z') || (unsigned char)c >= 0x80;
}

static inline bool as_is_separator(char c)
{
	return c && !as_is_digit(c) && !as_is_letter(c);
}

/* Tries the makers' patterns on a stem; out->ext is set. 1 if one matched and filled label, tag,
 * number and chapter; 0 if none did; -1 when out of memory. */
int as_name_parse_maker(struct as_name *out, const char *stem);

#endif
