#include "base/config.h"

#include <stdbool.h>
#include <stdint.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include <ini.h>

#include "base/error.h"
#include "base/file.h"
#include "base/text.h"

#include "presets.h"

#define FILE_BYTES (1 << 20)

/* What the INI reader asks for, line by line, and what it made of it. Its own handling of long
 * lines, indented lines and inline comments differs between builds; the lines that it gets here
 * leave it no choice. */
struct parse {
	struct as_options *opt;
	const char *name;
	const char *pos, *end;
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
	else if (n > AS_CONFIG_LINE_BYTES || size < (int)n + 2)
		p->status = as_fail(p->err, AS_ERR_INVALID,
				    "%.300s:%d: the line is too long and would be cut: %zu bytes, "
				    "at most %d (%.40s...)",
				    p->name, p->line, n, AS_CONFIG_LINE_BYTES, s);
	else if (n > 0 && *s == '[' && has_more_than_section(s, n))
		fail_line(p, "text after the section's name");
	if (p->status != AS_OK)
		return NULL;
	memcpy(out, s, n);
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
	char key[128], origin[512], text[AS_CONFIG_LINE_BYTES + 1];

	if (p->status != AS_OK)
		return 0;
	if (!name || !value || name[0] == '\0') {
		fail_line(p, "not a line of the form \"name = value\"");
		return 0;
	}
	if (section[0] == '\0') {
		p->status =
			as_fail(p->err, AS_ERR_INVALID, "%.300s:%d: %s stands before any [section]",
				p->name, p->line, name);
		return 0;
	}
	snprintf(key, sizeof key, "%s.%s", section, name);
	snprintf(origin, sizeof origin, "%.480s:%d", p->name, p->line);
	snprintf(text, sizeof text, "%s", value);
	cut_comment(text);
	p->status = as_options_set(p->opt, key, text, origin, p->err);
	return p->status == AS_OK;
}

enum as_status as_config_parse(struct as_options *opt, const char *name, const char *text, size_t n,
			       struct as_error *err)
{
	struct parse p = {.opt = opt, .name = name, .pos = text, .end = text + n, .err = err};
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

/* Over a copy, so that a file with an error changes nothing. */
static enum as_status load_text(struct as_options *opt, const char *name, const char *text,
				size_t n, struct as_error *err)
{
	struct as_options *copy = as_options_copy(opt);
	enum as_status status;

	if (!copy)
		return as_fail(err, AS_ERR_MEMORY, "%.300s: out of memory", name);
	status = as_config_parse(copy, name, text, n, err);
	if (status == AS_OK)
		as_options_swap(opt, copy);
	as_options_free(copy);
	return status;
}

enum as_status as_options_load_file(struct as_options *opt, const char *path, struct as_error *err)
{
	char *text;
	int64_t n;
	enum as_status status = as_file_read(path, FILE_BYTES, &text, &n, err);

	if (status == AS_OK)
		status = load_text(opt, path, text, (size_t)n, err);
	free(text);
	return status;
}

const struct as_preset *as_presets(size_t *n)
{
	*n = sizeof as_preset_table / sizeof *as_preset_table;
	return as_preset_table;
}

/* AS_NO_MATCH where dir has no such preset. */
static enum as_status load_from_dir(struct as_options *opt, const char *dir, const char *name,
				    struct as_error *err)
{
	size_t size = strlen(dir) + strlen(name) + sizeof "/.ini";
	char *path = malloc(size);
	enum as_status status;

	if (!path)
		return as_fail(err, AS_ERR_MEMORY, "preset %.60s: out of memory", name);
	snprintf(path, size, "%s/%s.ini", dir, name);
	status = as_file_exists(path) ? as_options_load_file(opt, path, err) : AS_NO_MATCH;
	free(path);
	return status;
}

static enum as_status fail_unknown_preset(const char *name, struct as_error *err)
{
	char list[200] = "";
	size_t n, used = 0;
	const struct as_preset *presets = as_presets(&n);

	for (size_t i = 0; i < n && used < sizeof list; i++)
		used += (size_t)snprintf(list + used, sizeof list - used, "%s%s", i ? ", " : "",
					 presets[i].name);
	return as_fail(err, AS_ERR_INVALID, "no preset is called \"%.60s\"; built in are %s", name,
		       list);
}

enum as_status as_options_load_preset(struct as_options *opt, const char *name,
				      const char *const *dirs, struct as_error *err)
{
	size_t n;
	const struct as_preset *presets = as_presets(&n);
	char origin[96];

	if (strchr(name, '/'))
		return as_options_load_file(opt, name, err);
	for (; dirs && *dirs; dirs++) {
		enum as_status status = load_from_dir(opt, *dirs, name, err);

		if (status != AS_NO_MATCH)
			return status;
	}
	for (size_t i = 0; i < n; i++) {
		if (strcmp(presets[i].name, name) != 0)
			continue;
		snprintf(origin, sizeof origin, "preset %s", name);
		return load_text(opt, origin, presets[i].text, strlen(presets[i].text), err);
	}
	return fail_unknown_preset(name, err);
}
