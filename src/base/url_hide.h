/* Addresses as they may be shown: in messages, in logs, in metrics. Pure. */
#ifndef AS_BASE_URL_HIDE_H
#define AS_BASE_URL_HIDE_H

#include <stddef.h>

/* Copies text with all addresses in it as they may be shown: without user names and passwords, and "?..." for queries and fragments,
 * which hold keys. Returns out. */
char *as_url_hide(char *out, size_t out_bytes, const char *text);

#endif
