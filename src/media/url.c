#include "media/url.h"

#include <ctype.h>
#include <stdlib.h>
#include <string.h>
#include <strings.h>

#define HTTP "http,https,httpproxy,tls,tcp,crypto"

static const struct kind {
	const char *scheme, *protocols;
	bool session;
} kinds[] = {
	{"http", HTTP, false},
	{"https", HTTP, false},
	{"ftp", "ftp,tcp", false},
	{"mmsh", "mmsh,http,tcp", false},
	{"mmst", "mmst,tcp", false},
	{"rtmp", "rtmp,tcp", false},
	{"rtmps", "rtmps,rtmp,tls,tcp", false},
	{"rtmpt", "rtmpt,ffrtmphttp,http,tcp", false},
	{"rtmpts", "rtmpts,ffrtmphttp,https,http,tls,tcp", false},
	{"rtp", "rtp,udp", true},
	{"rtsp", "rtsp,rtp,srtp,udp,tcp,http", true},
	{"rtsps", "rtsps,rtsp,rtp,srtp,udp,tls,tcp,https,http", true},
	{"srt", "srt,udp", false},
	{"rist", "rist,udp", false},
	{"srtp", "srtp,rtp,udp", false},
	{"tcp", "tcp", false},
	{"udp", "udp", false},
};

static const char *const page_hosts[] = {
	"youtube.com", "youtu.be",	"soundcloud.com", "bandcamp.com", "vimeo.com",	"twitch.tv",  "mixcloud.com",
	"tiktok.com",  "dailymotion.com", "bilibili.com",	"facebook.com", "instagram.com", "twitter.com", "x.com",
};

static size_t scheme_bytes(const char *text)
{
	size_t n = 0;
	if (!isalpha((unsigned char)text[0]))
		return 0;
	while (isalnum((unsigned char)text[n]) || (text[n] != '\0' && strchr("+-.", text[n])))
		n++;
	return strncmp(text + n, "://", 3) == 0 ? n : 0;
}

static bool is_scheme(const char *text, const char *scheme)
{
	size_t n = scheme_bytes(text);
	return n > 0 && n == strlen(scheme) && strncasecmp(text, scheme, n) == 0;
}

bool as_url_is(const char *text)
{
	return scheme_bytes(text) > 0;
}

bool as_url_is_http(const char *text)
{
	return is_scheme(text, "http") || is_scheme(text, "https");
}

/* ":PORT", where there is one that is a number, is one that a computer has. */
static bool has_good_port(const char *authority)
{
	size_t n = strcspn(authority, "/?#");
	const char *colon = NULL;
	for (size_t i = 0; i < n; i++) {
		if (authority[i] == '@' || authority[i] == ']')
			colon = NULL;
		else if (authority[i] == ':')
			colon = authority + i;
	}
	size_t digits = colon ? strspn(colon + 1, "0123456789") : 0;
	return digits == 0 || colon + 1 + digits != authority + n || strtoul(colon + 1, NULL, 10) <= 65535;
}

char *as_url_dup(const char *url)
{
	char *out = strdup(url);
	for (size_t i = 0, n = scheme_bytes(url); out && i < n; i++)
		out[i] = (char)tolower((unsigned char)out[i]);
	return out;
}

bool as_url_is_sane(const char *url)
{
	size_t n = scheme_bytes(url), bytes = strnlen(url, AS_URL_MAX_BYTES);
	if (n == 0 || bytes == AS_URL_MAX_BYTES)
		return false;
	for (const char *p = url; *p; p++) {
		if (*p <= ' ' || *p >= 0x7f)
			return false;
	}
	return url[n + 3] != '\0' && url[n + 3] != '/' && has_good_port(url + n + 3);
}

static const struct kind *find_kind(const char *url)
{
	for (size_t i = 0; i < sizeof kinds / sizeof *kinds; i++) {
		if (is_scheme(url, kinds[i].scheme))
			return &kinds[i];
	}
	return NULL;
}

const char *as_url_protocols(const char *url)
{
	const struct kind *k = find_kind(url);
	return k ? k->protocols : NULL;
}

bool as_url_is_session(const char *url)
{
	const struct kind *k = find_kind(url);
	return k && k->session;
}

bool as_url_is_known_page(const char *text)
{
	size_t n = scheme_bytes(text);
	if (n > 0 && !as_url_is_http(text))
		return false;
	const char *host = n > 0 ? text + n + 3 : text;
	size_t bytes = strcspn(host, "/?#:");
	if (n == 0 && host[bytes] != '/')
		return false;
	for (size_t i = 0; i < sizeof page_hosts / sizeof *page_hosts; i++) {
		size_t k = strlen(page_hosts[i]);
		if (bytes >= k && strncasecmp(host + bytes - k, page_hosts[i], k) == 0 &&
		    (bytes == k || host[bytes - k - 1] == '.'))
			return true;
	}
	return false;
}

static int hex(char c)
{
	const char *digits = "0123456789abcdef", *at = c ? strchr(digits, tolower((unsigned char)c)) : NULL;
	return at ? (int)(at - digits) : -1;
}

char *as_url_file_path(const char *url)
{
	if (!is_scheme(url, "file"))
		return NULL;
	const char *p = url + strlen("file://");
	if (strncasecmp(p, "localhost/", 10) == 0)
		p += 9;
	char *path = *p == '/' ? malloc(strlen(p) + 1) : NULL, *out = path;
	while (path && *p) {
		bool escaped = *p == '%' && hex(p[1]) >= 0 && hex(p[2]) >= 0;
		*out = escaped ? (char)(hex(p[1]) * 16 + hex(p[2])) : *p;
		p += escaped ? 3 : 1;
		if (*out++ == '\0') { /* %00 */
			free(path);
			return NULL;
		}
	}
	if (path)
		*out = '\0';
	return path;
}
