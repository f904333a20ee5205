#include "base/json.h"

#include <math.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include <jansson.h>

#include "base/base64.h"
#include "base/text.h"

#define DEPTH_MAX 16
#define REAL_DIGITS 15 /* a tenth of a nanosecond in a day, and 0.1 prints as 0.1 */

#define EXACT_DIGITS 17 /* every double reads back as it was */

struct as_json {
	json_t *open[DEPTH_MAX]; /* borrowed from the root, except the root itself */
	int depth;
	bool exact;
	bool failed;
};

struct as_json *as_json_new(void)
{
	struct as_json *j = calloc(1, sizeof(*j));
	if (!j)
		return NULL;
	j->open[0] = json_object();
	j->failed = !j->open[0];
	return j;
}

void as_json_keep_digits(struct as_json *j)
{
	if (j)
		j->exact = true;
}

void as_json_free(struct as_json *j)
{
	if (!j)
		return;
	json_decref(j->open[0]);
	free(j);
}

/* Takes value. */
static void add(struct as_json *j, const char *key, json_t *value)
{
	json_t *into = j->open[j->depth];
	if (!value || !into) {
		json_decref(value);
		j->failed = true;
		return;
	}
	int rc = key ? json_object_set_new(into, key, value) : json_array_append_new(into, value);
	if (rc != 0)
		j->failed = true;
}

static void open_value(struct as_json *j, const char *key, json_t *value)
{
	bool room = j->depth + 1 < DEPTH_MAX;
	if (!room) {
		json_decref(value);
		j->failed = true;
		return;
	}
	add(j, key, value);
	/* After a failure the document is lost anyway: the stack stays balanced on a NULL level. */
	j->open[++j->depth] = j->failed ? NULL : value;
}

void as_json_open_object(struct as_json *j, const char *key)
{
	open_value(j, key, json_object());
}

void as_json_open_array(struct as_json *j, const char *key)
{
	open_value(j, key, json_array());
}

void as_json_close(struct as_json *j)
{
	if (j->depth > 0)
		j->depth--;
	else
		j->failed = true;
}

void as_json_add_bool(struct as_json *j, const char *key, bool value)
{
	add(j, key, json_boolean(value));
}

void as_json_add_int(struct as_json *j, const char *key, int64_t value)
{
	add(j, key, json_integer((json_int_t)value));
}

void as_json_add_real(struct as_json *j, const char *key, double value)
{
	/* Adding zero turns -0.0, which would print its sign, into 0.0. */
	add(j, key, isfinite(value) ? json_real(value + 0.0) : json_null());
}

void as_json_add_rough(struct as_json *j, const char *key, double value)
{
	char text[40];
	snprintf(text, sizeof(text), "%.3e", value);
	as_json_add_real(j, key, isfinite(value) ? strtod(text, NULL) : value);
}

void as_json_add_text(struct as_json *j, const char *key, const char *text)
{
	if (!text) {
		add(j, key, json_null());
		return;
	}
	json_t *value = json_string(text);
	if (!value) {
		char *safe = as_text_escape_dup(text);
		value = safe ? json_string(safe) : NULL;
		free(safe);
	}
	add(j, key, value);
}

void as_json_add_path(struct as_json *j, const char *key, const char *path)
{
	as_json_add_text(j, key, path);
	json_t *exact = path ? json_string(path) : NULL;
	if (exact || !path) {
		json_decref(exact);
		return;
	}
	char name[64];
	snprintf(name, sizeof(name), "%s_base64", key);
	char *code = as_base64(path);
	add(j, name, code ? json_string(code) : NULL);
	free(code);
}

/* The code point of the UTF-8 sequence of n bytes at s (valid by construction). */
static unsigned code_point(const unsigned char *s, size_t n)
{
	if (n == 2)
		return (s[0] & 0x1fu) << 6 | (s[1] & 0x3fu);
	return (s[0] & 0x0fu) << 12 | (s[1] & 0x3fu) << 6 | (s[2] & 0x3fu);
}

/* DEL, C1 controls, line separators and bidi controls: harmless to a parser, not to a terminal or an eye. */
static bool is_unsafe(unsigned c)
{
	return (c >= 0x7f && c <= 0x9f) || c == 0x61c || (c >= 0x200e && c <= 0x200f) ||
	       (c >= 0x2028 && c <= 0x202e) || (c >= 0x2066 && c <= 0x2069);
}

/* Such characters stand inside strings only, where \uXXXX means the same. */
static char *make_safe(const char *text)
{
	size_t n = strlen(text), o = 0;
	char *out = malloc(n * 6 + 2);
	if (!out)
		return NULL;
	for (size_t i = 0; i < n;) {
		const unsigned char *s = (const unsigned char *)text + i;
		size_t len = s[0] < 0x80 ? 1 : s[0] < 0xe0 ? 2 : s[0] < 0xf0 ? 3 : 4;
		unsigned c = len == 1 ? s[0] : len < 4 ? code_point(s, len) : 0;
		if (is_unsafe(c)) {
			o += (size_t)snprintf(out + o, 7, "\\u%04x", c);
		} else {
			memcpy(out + o, s, len);
			o += len;
		}
		i += len;
	}
	out[o++] = '\n';
	out[o] = '\0';
	return out;
}

char *as_json_finish(struct as_json *j, bool one_line)
{
	if (!j)
		return NULL;
	size_t digits = j->exact ? EXACT_DIGITS : REAL_DIGITS;
	size_t flags = JSON_REAL_PRECISION(digits) | (one_line ? 0 : JSON_INDENT(2));
	char *raw = j->failed || j->depth != 0 ? NULL : json_dumps(j->open[0], flags);
	char *safe = raw ? make_safe(raw) : NULL;
	free(raw);
	as_json_free(j);
	return safe;
}
