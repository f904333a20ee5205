/* Bytes that are no UTF-8 in JSON, where texts are UTF-8 alone: file names are bytes. RFC 4648, section 4. */
#ifndef AS_BASE_BASE64_H
#define AS_BASE_BASE64_H

/* Heap; NULL when out of memory. */
char *as_base64(const char *bytes);
/* Bytes without NUL, heap; NULL where it is not base64, or when out of memory. */
char *as_base64_read(const char *code);

#endif
