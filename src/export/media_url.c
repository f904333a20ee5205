#include "export/media_url.h"

#include <stdint.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <strings.h>

static bool is_letter(char c)
{
	return (c >= 'a' && c <= 'z') || (c >= 'A' && c <= 'Z');
}

static bool is_separator(char c)
{
	return c == '/' || c == '\\';
}

static bool has_drive(const char *path)
{
	return is_letter(path[0]) && path[1] == ':' && is_separator(path[2]);
}

static bool has_server(const char *path)
{
	return path[0] == '\\' && path[1] == '\\' && path[2] != '\0' && !is_separator(path[2]);
}

bool as_path_is_windows(const char *path)
{
	return has_drive(path) || has_server(path);
}

bool as_path_is_absolute(const char *path)
{
	return path[0] == '/' || as_path_is_windows(path);
}

/* --- URLs ---------------------------------------------------------------------------------------------------------- */

static bool is_unreserved(char c)
{
	return is_letter(c) || (c >= '0' && c <= '9') || (c != '\0' && strchr("-._~", c));
}

/* Appends path to out, which has room for three bytes each. */
static void encode(char *out, const char *path, bool windows)
{
	static const char hex[] = "0123456789ABCDEF";

	out += strlen(out);
	for (; *path; path++) {
		unsigned char c = (unsigned char)*path;
		if (windows && c == '\\')
			*out++ = '/';
		else if (c == '/' || is_unreserved(*path))
			*out++ = *path;
		else {
			*out++ = '%';
			*out++ = hex[c >> 4];
			*out++ = hex[c & 15];
		}
	}
	*out = '\0';
}

char *as_url_from_path(const char *path, enum as_url_form form)
{
	const char *host = form == AS_URL_LOCALHOST ? "file://localhost" : "file://";
	size_t n = strlen(path);
	char *out;

	if (n > (SIZE_MAX - 32) / 3)
		return NULL;
	out = malloc(3 * n + 32);
	if (!out)
		return NULL;
	out[0] = '\0';
	if (has_server(path)) {
		strcpy(out, "file://");
		encode(out, path + 2, true);
	} else if (has_drive(path)) {
		snprintf(out, 32, "%s/%c:", host, path[0]);
		encode(out, path + 2, true);
	} else {
		if (path[0] == '/')
			strcpy(out, host);
		encode(out, path, false);
	}
	return out;
}

static int hex_value(char c)
{
	if (c >= '0' && c <= '9')
		return c - '0';
	if (c >= 'a' && c <= 'f')
		return c - 'a' + 10;
	return c >= 'A' && c <= 'F' ? c - 'A' + 10 : -1;
}

/* Decodes url to the end of out; false where it is no such thing. */
static bool decode(char *out, const char *url, bool windows)
{
	out += strlen(out);
	for (; *url; url++) {
		char c = *url;
		if (c == '?' || c == '#')
			return false;
		if (c == '%') {
			int high = hex_value(url[1]), low = high < 0 ? -1 : hex_value(url[2]);
			if (low < 0 || high + low == 0)
				return false;
			c = (char)(high * 16 + low);
			url += 2;
		} else if (c == '/' && windows)
			c = '\\';
		*out++ = c;
	}
	*out = '\0';
	return true;
}

/* Where the path begins behind "file://"; what stands in front of it goes to out. NULL where there is none. */
static const char *after_host(const char *rest, char *out, bool *windows)
{
	const char *slash = strchr(rest, '/');

	if (!slash)
		return NULL;
	if (slash == rest || (slash - rest == 9 && strncasecmp(rest, "localhost", 9) == 0)) {
		*windows = has_drive(slash + 1);
		return *windows ? slash + 1 : slash;
	}
	*windows = true;
	strcpy(out, "\\\\");
	return rest;
}

enum as_status as_url_to_path(const char *url, char **path, struct as_error *err)
{
	bool file = strncasecmp(url, "file://", 7) == 0, windows = false;
	const char *rest = url;
	char *out = malloc(strlen(url) + 4);

	*path = NULL;
	if (!out)
		return as_fail(err, AS_ERR_MEMORY, "out of memory");
	out[0] = '\0';
	if (file)
		rest = after_host(url + 7, out, &windows);
	/* a colon in front of the first slash would be another scheme */
	else if (url[strcspn(url, ":/")] == ':')
		rest = NULL;
	if (!rest || *rest == '\0' || !decode(out, rest, windows)) {
		free(out);
		return as_fail(err, AS_ERR_INVALID, "%s: not the URL of a file", url);
	}
	*path = out;
	return AS_OK;
}

/* --- another machine's paths --------------------------------------------------------------------------------------- */

/* Bytes of path without separators at its end, but not less than a root. */
static size_t trimmed(const char *path)
{
	size_t n = strlen(path), root = has_drive(path) ? 3 : 1;
	bool windows = as_path_is_windows(path);

	while (n > root && (path[n - 1] == '/' || (windows && path[n - 1] == '\\')))
		n--;
	return n;
}

enum as_status as_path_map_parse(const char *text, struct as_path_map *out, struct as_error *err)
{
	const char *at = strchr(text, '=');

	out->from = out->to = NULL;
	while (at && !as_path_is_absolute(at + 1))
		at = strchr(at + 1, '=');
	if (!at || text[0] != '/')
		return as_fail(err, AS_ERR_INVALID,
			       "%s: not a path mapping (/here=/there, /here=M:\\there)", text);
	out->from = strndup(text, (size_t)(at - text));
	out->to = strdup(at + 1);
	if (!out->from || !out->to) {
		as_path_map_done(out);
		return as_fail(err, AS_ERR_MEMORY, "out of memory");
	}
	out->from[trimmed(out->from)] = '\0';
	return AS_OK;
}

void as_path_map_done(struct as_path_map *m)
{
	free(m->from);
	free(m->to);
	m->from = m->to = NULL;
}

/* Bytes of path that from covers; 0 if it does not. */
static size_t covered(const char *from, const char *path)
{
	size_t n = trimmed(from);

	if (strncmp(from, path, n) != 0)
		return 0;
	if (n == 1 && from[0] == '/') /* the root: what follows has no separator in front */
		return 1;
	return path[n] == '\0' || path[n] == '/' ? n : 0;
}

char *as_path_map_apply(const struct as_path_map *rows, int n, const char *path, bool *mapped)
{
	const struct as_path_map *best = NULL;
	size_t longest = 0;

	for (int i = 0; i < n; i++) {
		size_t c = covered(rows[i].from, path);
		if (c > longest) {
			longest = c;
			best = &rows[i];
		}
	}
	if (mapped)
		*mapped = best != NULL;
	if (!best)
		return strdup(path);

	bool windows = as_path_is_windows(best->to);
	const char *rest = path + longest;
	size_t head = trimmed(best->to);
	char *out = malloc(head + strlen(rest) + 2);
	if (!out)
		return NULL;
	memcpy(out, best->to, head);
	while (*rest == '/')
		rest++;
	if (*rest != '\0' && !is_separator(out[head - 1]))
		out[head++] = '/';
	strcpy(out + head, rest);
	for (char *p = out; windows && *p; p++)
		if (*p == '/')
			*p = '\\';
	return out;
}

/* --- relative paths ------------------------------------------------------------------------------------------------ */

/* The component at *p, which moves behind it; *n is its length, 0 at the end. "." and empty ones are passed over. */
static const char *component(const char **p, size_t *n)
{
	for (;;) {
		while (**p == '/')
			++*p;
		const char *from = *p;
		*n = strcspn(from, "/");
		*p += *n;
		if (*n != 1 || from[0] != '.')
			return from;
	}
}

static bool has_parent(const char *path)
{
	size_t n;

	for (const char *p = path, *c = component(&p, &n); n > 0; c = component(&p, &n))
		if (n == 2 && c[0] == '.' && c[1] == '.')
			return true;
	return false;
}

/* The rest of the path as components with single slashes between them. */
static void append_rest(char *out, const char *p)
{
	size_t n;
	const char *c;

	for (bool first = true; c = component(&p, &n), n > 0; first = false) {
		if (!first)
			*out++ = '/';
		memcpy(out, c, n);
		out += n;
	}
	*out = '\0';
}

char *as_path_relative(const char *folder, const char *file)
{
	const char *f = folder, *p = file, *rest = file, *a, *b;
	size_t n = 0, m = 0, ups = 0;

	if (folder[0] != '/' || file[0] != '/' || has_parent(folder) || has_parent(file))
		return strdup(file);
	do {
		rest = p;
		a = component(&f, &n);
		b = component(&p, &m);
	} while (n > 0 && n == m && memcmp(a, b, n) == 0);
	for (; n > 0; component(&f, &n))
		ups++;

	char *out = malloc(3 * ups + strlen(rest) + 2);
	if (!out)
		return NULL;
	for (size_t i = 0; i < ups; i++)
		memcpy(out + 3 * i, "../", 3);
	append_rest(out + 3 * ups, rest);
	if (out[3 * ups] == '\0') /* the folder itself, or one above */
		strcpy(ups > 0 ? out + 3 * ups - 1 : out, ups > 0 ? "" : ".");
	return out;
}
