/* How many terminal columns one character takes, without asking the locale. */
#ifndef AS_BASE_WIDTH_H
#define AS_BASE_WIDTH_H

#include <stdint.h>

/* 0 for combining and format characters, 2 for wide ones, else 1 (control characters too). */
int as_char_width(uint32_t cp);

#endif
