/* The mark of files that were aligned: by it they are known from recordings, wherever they lie. */
#ifndef AS_MEDIA_MARK_H
#define AS_MEDIA_MARK_H

#include <stdbool.h>

/* In bext as OriginatorReference (32 bytes at most), and at the end of every format's comment. */
#define AS_MARK_TEXT "aligned by audiosync"

/* The comment (may be NULL) with the mark behind it; the caller's. NULL when out of memory. */
char *as_mark_comment(const char *comment);

/* Looks at both ends of the file, where tags are, and only at kinds of files that exports have. False too where it cannot be read. */
bool as_mark_found(const char *path);

#endif
