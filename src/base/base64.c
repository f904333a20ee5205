#include "base/base64.h"

#include <stdint.h>
#include <stdlib.h>
#include <string.h>

char *as_base64(const char *bytes)
{
	static const char digits[] = "ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz0123456789+/";
	const unsigned char *in = (const unsigned char *)bytes;
	size_t n = strlen(bytes), o = 0;
	char *out = malloc(n / 3 * 4 + 5);
	for (size_t i = 0; out && i < n; i += 3) {
		size_t left = n - i;
		uint32_t v = (uint32_t)in[i] << 16;
		v |= left > 1 ? (uint32_t)in[i + 1] << 8 : 0;
		v |= left > 2 ? (uint32_t)in[i + 2] : 0;
		out[o++] = digits[v >> 18 & 63];
		out[o++] = digits[v >> 12 & 63];
		out[o++] = left > 1 ? digits[v >> 6 & 63] : '=';
		out[o++] = left > 2 ? digits[v & 63] : '=';
	}
	if (out)
		out[o] = '\0';
	return out;
}

static int digit_of(char c)
{
	if (c >= 'A' && c <= 'Z')
		return c - 'A';
	if (c >= 'a' && c <= 'z')
		return c - 'a' + 26;
	if (c >= '0' && c <= '9')
		return c - '0' + 52;
	return c == '+' ? 62 : c == '/' ? 63 : -1;
}

char *as_base64_read(const char *code)
{
	size_t n = strlen(code), o = 0;
	uint32_t v = 0;
	int bits = 0;
	char *out = malloc(n / 4 * 3 + 4);
	while (n > 0 && code[n - 1] == '=')
		n--;
	for (size_t i = 0; out && i < n; i++) {
		int d = digit_of(code[i]);
		v = v << 6 | (uint32_t)(d & 63);
		bits += 6;
		if (bits >= 8) {
			bits -= 8;
			out[o++] = (char)(v >> bits & 255);
		}
		if (d < 0 || (o > 0 && out[o - 1] == '\0')) {
			free(out);
			return NULL;
		}
	}
	if (out)
		out[o] = '\0';
	return out;
}
