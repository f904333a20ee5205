#include "sync/home.h"

#include <stdlib.h>
#include <string.h>
#include <strings.h>

#include "sync/name.h"

static const char *const card_folders[] = {
	"dcim",   "clip",   "stream",  "bdmv",     "avchd", "private",
	"m4root", "xdroot", "mp_root", "contents", "sub",
};

static const char *const session_words[] = {
	"day", "tag", "jour", "date", "card", "karte", "roll", "reel", "magazine", "mag", "session",
};

static size_t digits_at(const char *s)
{
	return strspn(s, "0123456789");
}

/* 100GOPRO, 101_PANA: the folders of digital cameras. */
static bool is_dcf(const char *s, size_t n)
{
	if (n != 8 || digits_at(s) < 3)
		return false;
	for (size_t i = 3; i < n; i++)
		if (!((s[i] >= 'A' && s[i] <= 'Z') || (s[i] >= '0' && s[i] <= '9') || s[i] == '_'))
			return false;
	return true;
}

static bool is_card_folder(const char *s, size_t n)
{
	for (size_t i = 0; i < sizeof(card_folders) / sizeof(*card_folders); i++)
		if (strlen(card_folders[i]) == n && strncasecmp(card_folders[i], s, n) == 0)
			return true;
	/* FOLDER01 … FOLDER10: what Zoom's recorders file their projects under. */
	return is_dcf(s, n) ||
	       (n == 8 && strncasecmp(s, "folder", 6) == 0 && digits_at(s + 6) >= 2);
}

/* ZOOM0001/ZOOM0001_Tr1.WAV: a folder for one recording. */
static bool is_own_folder(const char *s, size_t n, const char *base)
{
	char next = '\0';

	if (n < 4 || strncasecmp(s, base, n) != 0)
		return false;
	next = base[n];
	return digits_at(s + n - 3) >= 3 && !(next >= '0' && next <= '9');
}

/* day1, Card 2, 2024-05-01: says when, not who. */
static bool is_session_folder(const char *s, size_t n)
{
	double time_s;

	if (as_name_stamp(s, &time_s) == n)
		return true;
	for (size_t i = 0; i < sizeof(session_words) / sizeof(*session_words); i++) {
		size_t len = strlen(session_words[i]), at = len;

		if (n <= len || strncasecmp(s, session_words[i], len) != 0)
			continue;
		at += strspn(s + at, " _-");
		if (digits_at(s + at) > 0 && at + digits_at(s + at) == n)
			return true;
	}
	return false;
}

char *as_home_of(const char *path, bool exact)
{
	const char *slash = strrchr(path, '/');
	size_t end = slash ? (size_t)(slash - path) : 0, used = 0, begin;
	const char *base = slash ? slash + 1 : path;
	char *home = malloc(end + 2);

	if (!home)
		return NULL;
	for (; end > 0; end = begin > 0 ? begin - 1 : 0) {
		for (begin = end; begin > 0 && path[begin - 1] != '/';)
			begin--;
		if (!is_card_folder(path + begin, end - begin) &&
		    !is_own_folder(path + begin, end - begin, base))
			break;
	}
	for (size_t at = 0; at < end; at += begin + 1) {
		begin = strcspn(path + at, "/");
		if (at + begin > end)
			begin = end - at;
		if (begin == 0 || (!exact && is_session_folder(path + at, begin)))
			continue;
		home[used++] = '/';
		memcpy(home + used, path + at, begin);
		used += begin;
	}
	home[used] = '\0';
	return home;
}

char *as_home_part(const char *home, int level)
{
	size_t end = strlen(home), begin;

	for (;; level--) {
		for (begin = end; begin > 0 && home[begin - 1] != '/';)
			begin--;
		if (level <= 0 || begin == 0)
			break;
		end = begin - 1;
	}
	return level > 0 ? strdup("") : strndup(home + begin, end - begin);
}
