#include "media/fetch.h"

#include <ctype.h>
#include <string.h>
#include <strings.h>
#include <sys/stat.h>

#include "base/text.h"
#include "media/url.h"

/* What a file name ends in, and hardly ever a title. */
static bool has_media_ending(const char *text)
{
	static const char endings[] = "|3gp|aac|ac3|aif|aiff|alac|amr|ape|au|avi|bwf|caf|dff|dsf|dts|eac3|flac|flv|m2ts|m3u|m3u8|m4a|"
				      "m4b|m4v|mka|mkv|mov|mp2|mp3|mp4|mpc|mpeg|mpg|mts|mxf|oga|ogg|ogv|opus|ra|raw|rf64|sdp|ts|tta|w64|"
				      "wav|webm|wma|wmv|wv|";
	const char *dot = strrchr(text, '.');
	char word[8];
	size_t n = dot ? strlen(dot + 1) : 0;
	if (n == 0 || n > 5)
		return false;
	word[0] = '|';
	for (size_t i = 0; i < n; i++)
		word[i + 1] = (char)tolower((unsigned char)dot[i + 1]);
	word[n + 1] = '|';
	word[n + 2] = '\0';
	return strstr(endings, word) != NULL;
}

static bool looks_like_path(const char *text)
{
	if (strchr("/~", text[0]) || strncmp(text, "./", 2) == 0 || strncmp(text, "../", 3) == 0)
		return true;
	/* "AC/DC - Thunderstruck" is none. */
	return has_media_ending(text) || (strchr(text, '/') && !strstr(text, " - "));
}

/* Words; a single one is rather a file name that somebody has mistyped. */
static bool looks_like_title(const char *text)
{
	int words = 0;
	bool inside = false;
	if (strlen(text) > AS_YTDLP_MAX_TITLE_BYTES)
		return false;
	for (const unsigned char *p = (const unsigned char *)text; *p; p++) {
		if (iscntrl(*p))
			return false;
		const bool letter = isalnum(*p) || *p >= 0x80;
		if (*p == ' ')
			inside = false;
		else if (letter && !inside) {
			inside = true;
			words++;
		}
	}
	return words >= 2;
}

enum as_fetch_kind as_fetch_classify(const char *text)
{
	struct stat st;
	if (!*text)
		return AS_FETCH_OTHER;
	if (stat(text, &st) == 0 || strncasecmp(text, "file://", 7) == 0)
		return AS_FETCH_FILE;
	if (as_url_is_known_page(text))
		return AS_FETCH_PAGE;
	if (as_url_is(text))
		return as_url_protocols(text) && as_url_is_sane(text) ? AS_FETCH_URL : AS_FETCH_OTHER;
	if (!looks_like_path(text) && looks_like_title(text))
		return AS_FETCH_TITLE;
	return AS_FETCH_MISSING;
}
