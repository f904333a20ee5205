#include "base/error.h"

#include <errno.h>
#include <stdio.h>
#include <string.h>

#include "base/text.h"

#define PATH_SHOWN_BYTES 300

enum as_status as_fail_v(struct as_error *err, enum as_status status, const char *fmt, va_list ap)
{
	int saved = errno;
	char raw[AS_ERROR_MSG_BYTES];

	if (!err)
		return status;
	if (vsnprintf(raw, sizeof raw, fmt, ap) < 0)
		raw[0] = '\0';
	err->status = status;
	err->sys_errno = status == AS_ERR_IO ? saved : 0;
	as_text_escape(err->msg, sizeof err->msg, raw);
	return status;
}

enum as_status as_fail(struct as_error *err, enum as_status status, const char *fmt, ...)
{
	va_list ap;

	va_start(ap, fmt);
	as_fail_v(err, status, fmt, ap);
	va_end(ap);
	return status;
}

/* strerror_r exists in two shapes; which one the headers give depends on the C library. */
static const char *pick_reason_int(int rc, const char *buf)
{
	return rc == 0 ? buf : "unknown error";
}

static const char *pick_reason_str(const char *s, const char *buf)
{
	(void)buf;
	return s;
}

#define REASON(rc, buf) _Generic((rc), int : pick_reason_int, char * : pick_reason_str)(rc, buf)

/* The end of a long path, which holds the file's name, so that the reason after it has room too. */
static const char *shorten(const char *path)
{
	size_t n = strlen(path);

	if (n <= PATH_SHOWN_BYTES)
		return path;
	path += n - PATH_SHOWN_BYTES;
	while (((unsigned char)*path & 0xc0) == 0x80)
		path++;
	return path;
}

enum as_status as_fail_errno(struct as_error *err, const char *path, const char *what)
{
	int code = errno;
	enum as_status status = code == ENOMEM ? AS_ERR_MEMORY : AS_ERR_IO;
	char buf[160] = "";
	const char *dots = shorten(path) == path ? "" : "...";
	const char *reason = REASON(strerror_r(code, buf, sizeof buf), buf);

	errno = code;
	if (what)
		as_fail(err, status, "%s%s: %.60s: %s", dots, shorten(path), what, reason);
	else
		as_fail(err, status, "%s%s: %s", dots, shorten(path), reason);
	errno = code;
	return status;
}

void as_error_clear(struct as_error *err)
{
	if (err)
		*err = (struct as_error){0};
}
