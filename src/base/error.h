/* Filling in error values. */
#ifndef AS_BASE_ERROR_H
#define AS_BASE_ERROR_H

#include <stdarg.h>

#include <audiosync/error.h>

/* Writes status and a printf message into err (NULL is fine) and returns status. Control characters
 * and invalid UTF-8 in the result are escaped by as_text_escape rules. Takes errno into sys_errno
 * where status is AS_ERR_IO. */
enum as_status as_fail(struct as_error *err, enum as_status status, const char *fmt, ...)
	__attribute__((format(printf, 3, 4)));

enum as_status as_fail_v(struct as_error *err, enum as_status status, const char *fmt, va_list ap);

/* "PATH: what: strerror(errno)" with status AS_ERR_IO (AS_ERR_MEMORY for ENOMEM). what may be
 * NULL. */
enum as_status as_fail_errno(struct as_error *err, const char *path, const char *what);

void as_error_clear(struct as_error *err);

#endif
