/* Where the library's own words go: a sink that the front end sets, silent by default. */
#ifndef AS_BASE_LOG_H
#define AS_BASE_LOG_H

enum as_log_level { AS_LOG_ERROR, AS_LOG_WARN, AS_LOG_INFO, AS_LOG_DEBUG };

typedef void (*as_log_sink)(void *ctx, enum as_log_level level, const char *line);

/* One process-wide sink (FFmpeg's own log callback is process-wide too): set before threads start.
 * The sink is called from any thread, one call at a time; it must not log itself. NULL silences. */
void as_log_set_sink(as_log_sink sink, void *ctx, enum as_log_level max_level);
void as_log(enum as_log_level level, const char *fmt, ...) __attribute__((format(printf, 2, 3)));

#endif
