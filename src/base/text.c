#include "base/text.h"

#include <limits.h>
#include <math.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "base/width.h"

int as_text_decode(const char *s, uint32_t *cp)
{
	const unsigned char *p = (const unsigned char *)s;
	static const uint32_t least[] = {0, 0, 0x80, 0x800, 0x10000};
	int n = p[0] < 0x80   ? 1
		: p[0] < 0xc2 ? 0
		: p[0] < 0xe0 ? 2
		: p[0] < 0xf0 ? 3
		: p[0] < 0xf5 ? 4
			      : 0;
	uint32_t c;

	if (p[0] == '\0') {
		*cp = 0;
		return 0;
	}
	if (n == 0)
		return -1;
	c = n == 1 ? p[0] : p[0] & (0xffu >> (n + 1));
	for (int i = 1; i < n; i++) {
		if ((p[i] & 0xc0) != 0x80)
			return -1;
		c = c << 6 | (p[i] & 0x3fu);
	}
	if (c < least[n] || c > 0x10ffff || (c >= 0xd800 && c <= 0xdfff))
		return -1;
	*cp = c;
	return n;
}

int as_text_encode(char out[5], uint32_t cp)
{
	static const unsigned char lead[] = {0, 0, 0xc0, 0xe0, 0xf0};
	int n = cp < 0x80 ? 1 : cp < 0x800 ? 2 : cp < 0x10000 ? 3 : 4;

	out[n] = '\0';
	for (int i = n - 1; i > 0; i--, cp >>= 6)
		out[i] = (char)(0x80 | (cp & 0x3f));
	out[0] = (char)(lead[n] | cp);
	return n;
}

/* Characters that act on the terminal or on the order of the text instead of showing. */
static bool is_unsafe(uint32_t c)
{
	return c < 0x20 || (c >= 0x7f && c < 0xa0) || c == 0x61c || c == 0x200e || c == 0x200f ||
	       (c >= 0x2028 && c <= 0x202e) || (c >= 0x2066 && c <= 0x2069);
}

/* One character, or its escape, into unit; returns the bytes of s that it stands for, 0 at the
 * end. */
static int escape_one(const char *s, char unit[12])
{
	uint32_t c = 0;
	int n = as_text_decode(s, &c);

	if (n < 0) {
		snprintf(unit, 12, "\\x%02x", (unsigned)(unsigned char)s[0]);
		return 1;
	}
	if (n > 0 && is_unsafe(c)) {
		if (c == '\n' || c == '\t' || c == '\r')
			snprintf(unit, 12, "\\%c", c == '\n' ? 'n' : c == '\t' ? 't' : 'r');
		else
			snprintf(unit, 12, c < 0x80 ? "\\x%02x" : "\\u%04x", (unsigned)c);
		return n;
	}
	memcpy(unit, s, (size_t)n);
	unit[n] = '\0';
	return n;
}

char *as_text_escape(char *out, size_t out_bytes, const char *s)
{
	char unit[12];
	size_t used = 0, len;
	int n;

	if (out_bytes == 0)
		return out;
	for (; (n = escape_one(s, unit)) > 0; s += n) {
		len = strlen(unit);
		if (used + len >= out_bytes)
			break;
		memcpy(out + used, unit, len);
		used += len;
	}
	out[used] = '\0';
	return out;
}

char *as_text_escape_dup(const char *s)
{
	/* No escape is longer than four bytes for each byte that it stands for. */
	size_t n = strlen(s);
	char *out, *fitted;

	if (n > (SIZE_MAX - 1) / 4)
		return NULL;
	out = malloc(4 * n + 1);
	if (!out)
		return NULL;
	as_text_escape(out, 4 * n + 1, s);
	fitted = realloc(out, strlen(out) + 1);
	return fitted ? fitted : out;
}

#define ZERO_WIDTH_JOINER 0x200D

static bool is_in(uint32_t c, uint32_t first, uint32_t last)
{
	return c >= first && c <= last;
}

/* Whether c, behind the character before (0: none) and in front of s, is part of a sequence. */
static bool is_of_sequence(uint32_t c, uint32_t before, const char *s)
{
	uint32_t next = 0;

	if (c == ZERO_WIDTH_JOINER)
		return as_char_width(before) == 2 || (as_text_decode(s, &next) > 0 && as_char_width(next) == 2);
	return is_in(c, 0xFE0E, 0xFE0F) || is_in(c, 0xE0020, 0xE007F) || (before && is_in(c, 0x1F3FB, 0x1F3FF));
}

char *as_text_straighten(char *s)
{
	char *to = s;
	uint32_t c, before = 0;
	int n;

	for (const char *from = s; (n = as_text_decode(from, &c)) != 0; from += n) {
		n = n < 0 ? 1 : n;
		if (n == 4 && is_in(c, 0x1F1E6, 0x1F1FF)) {
			*to++ = (char)('A' + (c - 0x1F1E6));
		} else if (n < 3 || !is_of_sequence(c, before, from + n)) {
			memmove(to, from, (size_t)n);
			to += n;
		} else {
			continue; /* what was before it still is */
		}
		before = c;
	}
	*to = '\0';
	return s;
}

/* The character at s: its columns and bytes (1 for an invalid byte); 0 at the end. */
static int next_char(const char *s, int *cols)
{
	uint32_t c = 0;
	int n = as_text_decode(s, &c);

	*cols = n < 0 ? 1 : n == 0 ? 0 : as_char_width(c);
	return n < 0 ? 1 : n;
}

int as_text_cols(const char *s)
{
	int total = 0, cols, n;

	for (; (n = next_char(s, &cols)) > 0 && total < INT_MAX - 2; s += n)
		total += cols;
	return total;
}

/* Bytes of the longest head of s within max_cols and max_bytes. */
static size_t head_bytes(const char *s, int max_cols, size_t max_bytes, int *cols_used)
{
	size_t bytes = 0;
	int cols, n, used = 0;

	while ((n = next_char(s + bytes, &cols)) > 0 && cols <= max_cols - used &&
	       bytes + (size_t)n <= max_bytes) {
		bytes += (size_t)n;
		used += cols;
	}
	*cols_used = used;
	return bytes;
}

/* Where the longest tail of s within max_cols and max_bytes begins; never at a combining
 * character. */
static const char *tail_start(const char *s, int max_cols, size_t max_bytes, int *cols_used)
{
	size_t left = strlen(s);
	int total = as_text_cols(s), cols, n;

	for (; (n = next_char(s, &cols)) > 0; s += n) {
		if (total <= max_cols && left <= max_bytes && cols > 0)
			break;
		total -= cols;
		left -= (size_t)n;
	}
	*cols_used = total;
	return s;
}

int as_text_fit(char *out, size_t out_bytes, const char *s, int max_cols, int middle, int ascii)
{
	const char *mark = ascii ? "~" : "…", *tail = "";
	size_t mark_bytes = strlen(mark), head, tail_bytes, room;
	int head_cols = 0, tail_cols = 0;

	if (out_bytes == 0)
		return 0;
	head = head_bytes(s, max_cols, out_bytes - 1, &head_cols);
	if (s[head] == '\0') {
		memcpy(out, s, head + 1);
		return head_cols;
	}
	if (max_cols < 1 || out_bytes - 1 < mark_bytes) {
		out[0] = '\0';
		return 0;
	}
	max_cols--;
	room = out_bytes - 1 - mark_bytes;
	if (middle)
		tail = tail_start(s, max_cols / 2, room / 2, &tail_cols);
	tail_bytes = strlen(tail);
	head = head_bytes(s, max_cols - tail_cols, room - tail_bytes, &head_cols);
	memcpy(out, s, head);
	memcpy(out + head, mark, mark_bytes);
	memcpy(out + head + mark_bytes, tail, tail_bytes + 1);
	return head_cols + 1 + tail_cols;
}

static bool is_digit(char c)
{
	return c >= '0' && c <= '9';
}

static int fold(char c)
{
	return c >= 'A' && c <= 'Z' ? c - 'A' + 'a' : (unsigned char)c;
}

/* Compares two runs of digits as numbers of any length and steps over them. */
static int compare_numbers(const char **a, const char **b)
{
	const char *x = *a, *y = *b;
	size_t nx = 0, ny = 0;
	int order;

	while (*x == '0')
		x++;
	while (*y == '0')
		y++;
	while (is_digit(x[nx]))
		nx++;
	while (is_digit(y[ny]))
		ny++;
	order = nx != ny ? (nx < ny ? -1 : 1) : memcmp(x, y, nx);
	*a = x + nx;
	*b = y + ny;
	return order;
}

bool as_text_contains(const char *text, const char *part)
{
	do {
		size_t n = 0;

		while (part[n] && fold(text[n]) == fold(part[n]))
			n++;
		if (!part[n])
			return true;
	} while (*text++);
	return false;
}

int as_text_natural_cmp(const char *a, const char *b)
{
	const char *x = a, *y = b;

	while (*x && *y) {
		int order;

		if (is_digit(*x) && is_digit(*y)) {
			order = compare_numbers(&x, &y);
		} else {
			order = fold(*x) - fold(*y);
			x++;
			y++;
		}
		if (order != 0)
			return order;
	}
	if (*x || *y)
		return *x ? 1 : -1;
	return strcmp(a, b);
}

char *as_text_hms(char *out, size_t out_bytes, double seconds, int decimals)
{
	static const long long scales[] = {1, 10, 100, 1000, 10000, 100000, 1000000};
	long long scale, units, whole;
	int n;

	decimals = decimals < 0 ? 0 : decimals > 6 ? 6 : decimals;
	scale = scales[decimals];
	if (!(fabs(seconds) < 1e12)) {
		snprintf(out, out_bytes, "--");
		return out;
	}
	units = llround(fabs(seconds) * (double)scale);
	whole = units / scale;
	n = snprintf(out, out_bytes, "%s%02lld:%02d:%02d", seconds < 0 && units > 0 ? "-" : "",
		     whole / 3600, (int)(whole / 60 % 60), (int)(whole % 60));
	if (decimals > 0 && n > 0 && (size_t)n < out_bytes)
		snprintf(out + n, out_bytes - (size_t)n, ".%0*lld", decimals, units % scale);
	return out;
}

char *as_text_duration(char *out, size_t out_bytes, double seconds)
{
	const char *sign = "";
	long long whole;

	if (!(fabs(seconds) < 1e12)) {
		snprintf(out, out_bytes, "--");
		return out;
	}
	whole = llround(fabs(seconds));
	if (seconds < 0 && whole > 0)
		sign = "-";
	if (whole >= 3600)
		snprintf(out, out_bytes, "%s%lld:%02d:%02d", sign, whole / 3600,
			 (int)(whole / 60 % 60), (int)(whole % 60));
	else
		snprintf(out, out_bytes, "%s%d:%02d", sign, (int)(whole / 60), (int)(whole % 60));
	return out;
}

char *as_path_join(const char *dir, const char *name)
{
	size_t nd = strlen(dir), nn = strlen(name);
	bool slash = nd > 0 && dir[nd - 1] != '/';
	char *out;

	while (nd > 0 && name[0] == '/') {
		name++;
		nn--;
	}
	out = malloc(nd + nn + 2);
	if (!out)
		return NULL;
	memcpy(out, dir, nd);
	if (slash)
		out[nd++] = '/';
	memcpy(out + nd, name, nn + 1);
	return out;
}

const char *as_path_base(const char *path)
{
	const char *slash = strrchr(path, '/');

	return slash ? slash + 1 : path;
}
