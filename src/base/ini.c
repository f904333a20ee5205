#include "base/ini.h"

#include <stdbool.h>
#include <stdio.h>
#include <string.h>

#include <ini.h>

#include "base/calibration.h"
#include "base/error.h"

#define CALIBRATION "[calibration]"

/* What the INI reader asks for, line by line, and what it made of it. Its own handling of long
 * lines, indented lines and inline comments differs between builds; the lines that it gets here
 * leave it no choice. */
struct parse {
	const char *name;
	as_ini_take take;
	void *ctx;
	const char *pos, *end;
	bool names_devices; /* in [calibration] */
	int line;
	enum as_status status;
	struct as_error *err;
};

static void fail_line(struct parse *p, const char *reason)
{
	p->status = as_fail(p->err, AS_ERR_INVALID, "%.300s:%d: %s", p->name, p->line, reason);
}

static bool is_blank(char c)
{
	return c == ' ' || c == '\t' || c == '\r' || c == '\f' || c == '\v';
}

/* Whether anything but a comment follows the section's closing bracket: it would be lost without a
 * word. */
static bool has_more_than_section(const char *s, size_t n)
{
	const char *close = memchr(s, ']', n);
	const char *p = close ? close + 1 : s + n;

	while (p < s + n && is_blank(*p))
		p++;
	return p < s + n && *p != ';' && *p != '#';
}

/* To inih a name ends at the first ":" or "=". Bytes written, of size at most; 0: too many. */
static size_t escape_name(char *out, size_t size, const char *s, size_t n)
{
	size_t name = as_calibration_name_bytes(s, n), used = 0;

	for (size_t i = 0; i < n; i++) {
		bool escaped = i < name && (s[i] == ':' || s[i] == '=');

		if (used + (escaped ? 3 : 1) + 2 > size)
			return 0;
		if (escaped)
			used += (size_t)snprintf(out + used, 4, "%%%02X", (unsigned)(unsigned char)s[i]);
		else
			out[used++] = s[i];
	}
	return used;
}

/* An fgets for inih: one line without indentation, which would continue the line above, and with
 * comments left out. */
static char *read_line(char *out, int size, void *ctx)
{
	struct parse *p = ctx;
	const char *s = p->pos, *stop;
	size_t n;

	if (p->status != AS_OK || s >= p->end)
		return NULL;
	p->line++;
	stop = memchr(s, '\n', (size_t)(p->end - s));
	stop = stop ? stop : p->end;
	p->pos = stop < p->end ? stop + 1 : p->end;
	while (s < stop && is_blank(*s))
		s++;
	while (s < stop && is_blank(stop[-1]))
		stop--;
	n = (size_t)(stop - s);
	if (n > 0 && (*s == ';' || *s == '#'))
		n = 0;
	if (memchr(s, '\0', n))
		fail_line(p, "not a text file: a NUL byte");
	else if (n > AS_INI_LINE_BYTES || size < (int)n + 2)
		p->status = as_fail(p->err, AS_ERR_INVALID,
				    "%.300s:%d: the line is too long and would be cut: %zu bytes, "
				    "at most %d (%.40s...)",
				    p->name, p->line, n, AS_INI_LINE_BYTES, s);
	else if (n > 0 && *s == '[' && has_more_than_section(s, n))
		fail_line(p, "text after the section's name");
	if (n > 0 && *s == '[')
		p->names_devices = n >= sizeof CALIBRATION - 1 && !memcmp(s, CALIBRATION, sizeof CALIBRATION - 1);
	else if (n > 0 && p->names_devices && p->status == AS_OK) {
		n = escape_name(out, (size_t)size, s, n);
		s = out;
		if (n == 0)
			fail_line(p, "the name of the device is too long");
	}
	if (p->status != AS_OK)
		return NULL;
	memmove(out, s, n);
	memcpy(out + n, "\n", 2);
	return out;
}

/* Cuts an inline comment, for builds of inih that leave it in. */
static void cut_comment(char *value)
{
	for (char *p = value; *p; p++) {
		if (*p == ';' && (p == value || is_blank(p[-1]))) {
			while (p > value && is_blank(p[-1]))
				p--;
			*p = '\0';
			return;
		}
	}
}

static int take_value(void *ctx, const char *section, const char *name, const char *value)
{
	struct parse *p = ctx;
	char where[512], text[AS_INI_LINE_BYTES + 1];

	if (p->status != AS_OK)
		return 0;
	if (!name || !value || name[0] == '\0') {
		fail_line(p, "not a line of the form \"name = value\"");
		return 0;
	}
	snprintf(where, sizeof where, "%.480s:%d", p->name, p->line);
	snprintf(text, sizeof text, "%s", value);
	cut_comment(text);
	p->status = p->take(p->ctx, where, section, name, text, p->err);
	return p->status == AS_OK;
}

enum as_status as_ini_parse(const char *name, const char *text, size_t n, as_ini_take take, void *ctx,
			    struct as_error *err)
{
	struct parse p = {.name = name, .take = take, .ctx = ctx, .pos = text, .end = text + n, .err = err};
	int rc;

	if (n >= 3 && !memcmp(text, "\xef\xbb\xbf", 3))
		p.pos += 3;
	rc = ini_parse_stream(read_line, &p, take_value, &p);
	if (p.status == AS_OK && rc > 0) {
		p.line = rc;
		fail_line(&p, "neither a [section] nor \"name = value\"");
	} else if (p.status == AS_OK && rc < 0) {
		p.status = as_fail(err, AS_ERR_MEMORY, "%.300s: out of memory", name);
	}
	return p.status;
}
