#include "cli/say.h"

#include <stdarg.h>
#include <unistd.h>
#include <audiosync/error.h>

#include "base/quiet.h"
#include "cli/term.h"

static FILE *own; /* NULL: stderr */

FILE *as_say_file(void)
{
	return own ? own : stderr;
}

void as_say_alone(void)
{
	int saved = own ? -1 : as_quiet_begin();
	own = saved < 0 ? own : fdopen(saved, "w");
	if (own)
		setvbuf(own, NULL, _IOLBF, 0);
	else
		as_quiet_end(saved);
}

void as_say_with_others(void)
{
	if (!own)
		return;
	fflush(own);
	dup2(fileno(own), STDERR_FILENO);
	fclose(own);
	own = NULL;
}

void as_say(const char *fmt, ...)
{
	struct as_term t = {.unicode = as_term_locale_is_utf8()};
	char text[2 * AS_ERROR_MSG_BYTES];
	va_list ap;
	va_start(ap, fmt);
	vsnprintf(text, sizeof(text), fmt, ap);
	va_end(ap);
	fputs("audiosync: ", as_say_file());
	as_put_text(as_say_file(), &t, text);
	fputc('\n', as_say_file());
}
