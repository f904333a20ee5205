#include "media/fetch.h"

#include <stdlib.h>
#include <string.h>
#include <strings.h>

#include "base/url_hide.h"
#include "media/url.h"

#define SHOWN_BYTES 300

static struct as_sound *open_plain(const char *source, const struct as_fetch_config *cfg, const atomic_bool *cancel,
				    struct as_error *err)
{
	return as_sound_open(&(struct as_sound_config){.source = source, .timeout_s = cfg->timeout_s}, cancel, err);
}

static struct as_sound *open_file_url(const char *url, const struct as_fetch_config *cfg, const atomic_bool *cancel,
				       struct as_error *err)
{
	char *path = as_url_file_path(url);
	struct as_sound *s = NULL;
	if (path)
		s = open_plain(path, cfg, cancel, err);
	else
		as_fail(err, AS_ERR_INVALID, "%s: names no file of this computer", url);
	free(path);
	return s;
}

/* What a message says after the name that it begins with. */
static const char *reason_of(const struct as_error *err)
{
	const char *reason = strstr(err->msg, ": ");
	return reason ? reason + 2 : err->msg;
}

static struct as_sound *open_found(const char *wanted, bool is_title, const struct as_fetch_config *cfg,
				    const atomic_bool *cancel, struct as_error *err)
{
	struct as_ytdlp_found found;
	struct as_sound *s = NULL;
	if (as_ytdlp_find(&cfg->ytdlp, wanted, is_title, cancel, &found, err) == AS_OK) {
		struct as_sound_config how = {.source = found.url,
					       .user_agent = found.user_agent,
					       .referer = found.referer,
					       .title = found.title,
					       .timeout_s = cfg->timeout_s};
		s = as_sound_open(&how, cancel, err);
		if (!s && err->status != AS_CANCELLED) {
			const struct as_error why = *err;
			char shown[SHOWN_BYTES];
			as_url_hide(shown, sizeof shown, wanted);
			as_fail(err, why.status, "%s: found by yt-dlp, but %.240s", shown, reason_of(&why));
		}
	}
	as_ytdlp_done(&found);
	return s;
}

/* Of a known host, perhaps without "https://". */
static struct as_sound *open_page(const char *text, const struct as_fetch_config *cfg, const atomic_bool *cancel,
				   struct as_error *err)
{
	struct as_sound *s = NULL;
	char *url = malloc(strlen(text) + sizeof "https://");
	if (url) {
		strcpy(url, as_url_is(text) ? "" : "https://");
		strcat(url, text);
		s = open_found(url, false, cfg, cancel, err);
	} else {
		as_fail(err, AS_ERR_MEMORY, "out of memory");
	}
	free(url);
	return s;
}

static struct as_sound *open_url(const char *url, const struct as_fetch_config *cfg, const atomic_bool *cancel,
				  struct as_error *err)
{
	struct as_sound *s = open_plain(url, cfg, cancel, err);
	const bool no_sound = !s && (err->status == AS_ERR_NO_AUDIO || err->status == AS_ERR_FORMAT);
	if (!no_sound || !as_url_is_http(url))
		return s;
	const struct as_error first = *err;
	s = open_found(url, false, cfg, cancel, err);
	if (s || err->status == AS_CANCELLED)
		return s;
	/* Which of the two reasons is the one that matters, nobody knows. */
	const struct as_error second = *err;
	if (strstr(second.msg, reason_of(&first)))
		*err = first;
	else
		as_fail(err, second.status, "%.240s; %.240s", first.msg, reason_of(&second));
	return NULL;
}

enum as_status as_fetch_check(const char *text, struct as_error *err)
{
	char shown[SHOWN_BYTES];
	const enum as_fetch_kind kind = as_fetch_classify(text);
	as_url_hide(shown, sizeof shown, text);
	if (!*text)
		return as_fail(err, AS_ERR_INVALID, "no name is given");
	if (kind == AS_FETCH_MISSING)
		return as_fail(err, AS_ERR_NOT_FOUND, "%s: no such file%s", text,
			       strpbrk(text, "/.") ? "" : "; titles to search for are written \"artist - title\"");
	if (kind == AS_FETCH_OTHER)
		return as_fail(err, AS_ERR_INVALID, "%s: %s", shown,
			       as_url_protocols(text) ? "not an address (it has spaces, no host, or no such port)"
						      : "addresses of this kind are not opened");
	return AS_OK;
}

struct as_sound *as_fetch_open(const char *text, const struct as_fetch_config *cfg, const atomic_bool *cancel,
				struct as_error *err)
{
	struct as_error own_err;
	err = err ? err : &own_err;
	if (as_fetch_check(text, err) != AS_OK)
		return NULL;
	switch (as_fetch_classify(text)) {
	case AS_FETCH_URL:
		return open_url(text, cfg, cancel, err);
	case AS_FETCH_PAGE:
		return open_page(text, cfg, cancel, err);
	case AS_FETCH_TITLE:
		return open_found(text, true, cfg, cancel, err);
	default:
		return strncasecmp(text, "file://", 7) == 0 ? open_file_url(text, cfg, cancel, err)
							    : open_plain(text, cfg, cancel, err);
	}
}
