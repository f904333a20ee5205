#include "base/buffer.h"

#include <stdint.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#define FIRST_ROOM 1024

void as_buffer_done(struct as_buffer *b)
{
	free(b->text);
	*b = (struct as_buffer){0};
}

/* Room for so many more bytes and the terminator. */
static bool make_room(struct as_buffer *b, size_t more)
{
	size_t room = b->room ? b->room : FIRST_ROOM;
	if (b->failed || more > SIZE_MAX / 4 - b->bytes) {
		b->failed = true;
		return false;
	}
	while (room < b->bytes + more + 1)
		room *= 2;
	if (room == b->room)
		return true;
	char *text = realloc(b->text, room);
	b->failed = !text;
	if (!text)
		return false;
	b->text = text;
	b->room = room;
	return true;
}

void as_buffer_add_bytes(struct as_buffer *b, const char *text, size_t bytes)
{
	if (!make_room(b, bytes))
		return;
	memcpy(b->text + b->bytes, text, bytes);
	b->bytes += bytes;
	b->text[b->bytes] = '\0';
}

void as_buffer_add(struct as_buffer *b, const char *text)
{
	as_buffer_add_bytes(b, text, strlen(text));
}

void as_buffer_fill(struct as_buffer *b, char c, int n)
{
	if (n <= 0 || !make_room(b, (size_t)n))
		return;
	memset(b->text + b->bytes, c, (size_t)n);
	b->bytes += (size_t)n;
	b->text[b->bytes] = '\0';
}

void as_buffer_vaddf(struct as_buffer *b, const char *fmt, va_list ap)
{
	va_list again;
	va_copy(again, ap);
	int n = vsnprintf(NULL, 0, fmt, again);
	va_end(again);
	if (n < 0)
		b->failed = true;
	else if (make_room(b, (size_t)n)) {
		vsnprintf(b->text + b->bytes, (size_t)n + 1, fmt, ap);
		b->bytes += (size_t)n;
	}
}

void as_buffer_addf(struct as_buffer *b, const char *fmt, ...)
{
	va_list ap;
	va_start(ap, fmt);
	as_buffer_vaddf(b, fmt, ap);
	va_end(ap);
}

char *as_buffer_take(struct as_buffer *b)
{
	if (!b->text && !b->failed)
		make_room(b, 0);
	char *text = b->failed ? NULL : b->text;
	if (text) {
		text[b->bytes] = '\0';
		b->text = NULL;
	}
	as_buffer_done(b);
	return text;
}
