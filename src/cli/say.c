#include "cli/say.h"

#include <stdarg.h>
#include <stdio.h>

#include <audiosync/error.h>

#include "cli/term.h"

void as_say(const char *fmt, ...)
{
	struct as_term t = {.unicode = as_term_locale_is_utf8()};
	char text[2 * AS_ERROR_MSG_BYTES];
	va_list ap;
	va_start(ap, fmt);
	vsnprintf(text, sizeof(text), fmt, ap);
	va_end(ap);
	fputs("audiosync: ", stderr);
	as_put_text(stderr, &t, text);
	fputc('\n', stderr);
}
