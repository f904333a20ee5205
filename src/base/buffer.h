/* Text that grows: documents that are put together in memory before they are written. */
#ifndef AS_BASE_BUFFER_H
#define AS_BASE_BUFFER_H

#include <stdarg.h>
#include <stdbool.h>
#include <stddef.h>

/* All zero is an empty one. Lack of memory is kept (failed), so that the calls between need no checks. */
struct as_buffer {
	char *text; /* terminated; NULL while nothing was added */
	size_t bytes, room;
	bool failed;
};

void as_buffer_done(struct as_buffer *b);
void as_buffer_add(struct as_buffer *b, const char *text);
void as_buffer_add_bytes(struct as_buffer *b, const char *text, size_t bytes);
/* n times the character c. */
void as_buffer_fill(struct as_buffer *b, char c, int n);
void as_buffer_addf(struct as_buffer *b, const char *fmt, ...) __attribute__((format(printf, 2, 3)));
void as_buffer_vaddf(struct as_buffer *b, const char *fmt, va_list ap) __attribute__((format(printf, 2, 0)));
/* The text, now the caller's; NULL where memory ran out. b is empty then. */
char *as_buffer_take(struct as_buffer *b);

#endif
