#include "base/url_hide.h"

#include <stdbool.h>
#include <string.h>

struct text {
	char *out;
	size_t n, room;
};

static void put(struct text *t, const char *s, size_t n)
{
	for (size_t i = 0; i < n && t->n + 1 < t->room; i++)
		t->out[t->n++] = s[i];
}

/* Where the host begins in the address of n bytes at s, behind "//". */
static size_t host_at(const char *s, size_t n)
{
	size_t authority = strcspn(s, "/?#"), at = 0, last = 0;
	authority = authority < n ? authority : n;
	for (size_t i = 0; i < n; i++) {
		if (s[i] != '@')
			continue;
		last = i + 1;
		if (i < authority)
			at = i + 1;
	}
	/* A slash or a question mark in a password that nobody has escaped. */
	const char *colon = memchr(s, ':', authority);
	if (at == 0 && colon && *s != '[' && strspn(colon + 1, "0123456789") < (size_t)(s + authority - colon - 1))
		return last;
	return at;
}

/* At "//" of an address; returns where it ends. */
static const char *put_address(struct text *t, const char *s)
{
	const size_t all = strcspn(s, " \t\r\n\"'<>`") - 2, host = host_at(s + 2, all), left = all - host;
	const char *end = s + 2 + all;
	const size_t shown = strcspn(s + 2 + host, "?#");
	put(t, "//", 2);
	put(t, s + 2 + host, shown < left ? shown : left);
	if (shown < left)
		put(t, "?...", 4);
	return end;
}

char *as_url_hide(char *out, size_t out_bytes, const char *text)
{
	struct text t = {.out = out, .room = out_bytes};
	if (out_bytes == 0)
		return out;
	for (const char *s = text; *s;) {
		if (s > text && s[-1] == ':' && s[0] == '/' && s[1] == '/') {
			s = put_address(&t, s);
		} else {
			put(&t, s++, 1);
		}
	}
	t.out[t.n] = '\0';
	return out;
}
