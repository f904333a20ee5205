#include "base/ini_edit.h"

#include <stdbool.h>
#include <stdlib.h>
#include <string.h>

#include "base/buffer.h"
#include "base/calibration.h"

#define SECTION_BYTES 128
#define CALIBRATION "calibration"

struct edit {
	const struct as_ini_value *values;
	int n;
	bool *done;
	char section[SECTION_BYTES];
	struct as_buffer out;
	size_t blanks; /* bytes of empty lines at the end of out */
};

static bool is_blank(char c)
{
	return c == ' ' || c == '\t' || c == '\r';
}

static bool is_in(const struct as_ini_value *v, const char *section)
{
	size_t n = strlen(section);

	return !strncmp(v->key, section, n) && v->key[n] == '.';
}

static void add_line(struct edit *e, const struct as_ini_value *v)
{
	as_buffer_addf(&e->out, "%s =%s%s\n", strchr(v->key, '.') + 1, *v->value ? " " : "", v->value);
}

/* What the section that ends here has not set. Empty lines before the next one stay behind it. */
static void end_section(struct edit *e)
{
	struct as_buffer tail = {0};

	for (int i = 0; *e->section && i < e->n; i++) {
		if (e->done[i] || !is_in(&e->values[i], e->section) || e->out.failed)
			continue;
		if (e->blanks > 0) {
			as_buffer_add_bytes(&tail, e->out.text + e->out.bytes - e->blanks, e->blanks);
			e->out.bytes -= e->blanks;
			e->out.text[e->out.bytes] = '\0';
			e->blanks = 0;
		}
		add_line(e, &e->values[i]);
		e->done[i] = true;
	}
	if (tail.text)
		as_buffer_add(&e->out, tail.text);
	e->out.failed |= tail.failed;
	as_buffer_done(&tail);
	e->blanks = 0;
}

static void take_section(struct edit *e, const char *line, size_t n)
{
	const char *close = memchr(line, ']', n);
	size_t len = close ? (size_t)(close - line) - 1 : 0;

	end_section(e);
	if (len >= SECTION_BYTES)
		len = 0;
	memcpy(e->section, line + 1, len);
	e->section[len] = '\0';
}

/* Whether the n bytes are own's name, in any spelling that a device's may have. */
static bool is_name(const char *section, const char *name, size_t n, const char *own)
{
	char *device, *mine;
	bool same = strlen(own) == n && !strncmp(own, name, n);

	if (same || strcmp(section, CALIBRATION) != 0)
		return same;
	device = as_calibration_device(name, n);
	mine = as_calibration_device(own, strlen(own));
	same = device && mine && !strcmp(device, mine);
	free(device);
	free(mine);
	return same;
}

/* The value that the line "name = …" is to have; NULL: it is none of ours. *at: where it begins. */
static const struct as_ini_value *find_value(struct edit *e, const char *line, size_t n, size_t *at)
{
	size_t name = strcmp(e->section, CALIBRATION) ? 0 : as_calibration_name_bytes(line, n), len;

	while (name < n && line[name] != '=' && line[name] != ':')
		name++;
	if (name == n)
		return NULL;
	for (len = name; len > 0 && is_blank(line[len - 1]);)
		len--;
	*at = name + 1;
	while (*at < n && is_blank(line[*at]))
		(*at)++;
	for (int i = 0; i < e->n; i++) {
		if (is_in(&e->values[i], e->section) && is_name(e->section, line, len, strchr(e->values[i].key, '.') + 1)) {
			e->done[i] = true;
			return &e->values[i];
		}
	}
	return NULL;
}

/* A comment behind the value, with the blanks before it; its length is to the line's end. */
static size_t find_comment(const char *line, size_t from, size_t n)
{
	for (size_t i = from; i < n; i++)
		if (line[i] == ';' && (i == from || is_blank(line[i - 1]))) {
			while (i > from && is_blank(line[i - 1]))
				i--;
			return i;
		}
	while (n > from && is_blank(line[n - 1]))
		n--;
	return n;
}

/* One line without its end. */
static void take_line(struct edit *e, const char *line, size_t n)
{
	const struct as_ini_value *v = NULL;
	size_t lead = 0, at = 0, rest;

	while (lead < n && is_blank(line[lead]))
		lead++;
	if (lead < n && line[lead] == '[')
		take_section(e, line + lead, n - lead);
	else if (lead < n && line[lead] != ';' && line[lead] != '#')
		v = find_value(e, line + lead, n - lead, &at);
	if (v) {
		rest = find_comment(line, lead + at, n);
		as_buffer_add_bytes(&e->out, line, lead + at);
		if (!is_blank(line[lead + at - 1]) && *v->value)
			as_buffer_add(&e->out, " ");
		as_buffer_add(&e->out, v->value);
		as_buffer_add_bytes(&e->out, line + rest, n - rest);
	} else {
		as_buffer_add_bytes(&e->out, line, n);
	}
	as_buffer_add(&e->out, "\n");
	e->blanks = lead == n ? e->blanks + n + 1 : 0;
}

static void add_sections(struct edit *e)
{
	for (int i = 0; i < e->n; i++) {
		size_t len = strcspn(e->values[i].key, ".");

		if (e->done[i] || len >= SECTION_BYTES)
			continue;
		memcpy(e->section, e->values[i].key, len);
		e->section[len] = '\0';
		as_buffer_addf(&e->out, "%s[%s]\n", e->out.bytes > e->blanks ? "\n" : "", e->section);
		e->blanks = 0;
		end_section(e);
	}
}

char *as_ini_edit(const char *text, const struct as_ini_value *values, int n)
{
	struct edit e = {.values = values, .n = n, .done = calloc((size_t)n + 1, sizeof *e.done)};

	if (!e.done)
		return NULL;
	while (*text) {
		size_t len = strcspn(text, "\n");

		take_line(&e, text, len);
		text += len + (text[len] == '\n');
	}
	end_section(&e);
	add_sections(&e);
	if (!e.out.text)
		as_buffer_add(&e.out, "");
	free(e.done);
	return as_buffer_take(&e.out);
}
