#include "base/log.h"

#include <pthread.h>
#include <stdarg.h>
#include <stdatomic.h>
#include <stddef.h>
#include <stdio.h>
#include <string.h>

#include "base/text.h"

/* The one sink of the process: an exception to "no mutable globals", since the log callback of
 * FFmpeg, which ends here, is process-wide as well. The lock guards sink and ctx and makes calls
 * come one at a time. */
static struct {
	pthread_mutex_t lock;
	as_log_sink sink;
	void *ctx;
	atomic_int max_level; /* read without the lock: what nobody hears costs nothing */
} out = {.lock = PTHREAD_MUTEX_INITIALIZER, .max_level = -1};

void as_log_set_sink(as_log_sink sink, void *ctx, enum as_log_level max_level)
{
	pthread_mutex_lock(&out.lock);
	out.sink = sink;
	out.ctx = ctx;
	atomic_store(&out.max_level, sink ? (int)max_level : -1);
	pthread_mutex_unlock(&out.lock);
}

void as_log(enum as_log_level level, const char *fmt, ...)
{
	char raw[1024], line[1024];
	va_list ap;
	size_t n;

	if ((int)level > atomic_load(&out.max_level))
		return;
	va_start(ap, fmt);
	if (vsnprintf(raw, sizeof raw, fmt, ap) < 0)
		raw[0] = '\0';
	va_end(ap);
	for (n = strlen(raw); n > 0 && (raw[n - 1] == '\n' || raw[n - 1] == '\r'); n--)
		raw[n - 1] = '\0';
	as_text_escape(line, sizeof line, raw);
	if (line[0] == '\0')
		return;
	pthread_mutex_lock(&out.lock);
	if (out.sink)
		out.sink(out.ctx, level, line);
	pthread_mutex_unlock(&out.lock);
}
