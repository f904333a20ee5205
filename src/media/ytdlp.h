/* The sound behind the address of a page, or behind a title: by yt-dlp, which knows more sites than anybody. */
#ifndef AS_MEDIA_YTDLP_H
#define AS_MEDIA_YTDLP_H

#include <stdatomic.h>
#include <stdbool.h>

#include "base/error.h"

#define AS_YTDLP_MAX_TITLE_BYTES 500

struct as_ytdlp_config {
	const char *program;   /* a name in PATH, or a path; NULL or "": yt-dlp */
	double timeout_s;
};

/* What it found; all is checked: url is one http or https address, the texts hold no control characters. */
struct as_ytdlp_found {
	char *url, *user_agent, *referer; /* heap; the last two "" where it names none */
	char title[256];
	double duration_s;     /* NAN: not known */
};

/* Asks for wanted: the address of a page, or (is_title) words to search for, of which the first hit is taken. AS_ERR_NOT_FOUND: no yt-dlp, or no
 * hit; AS_CANCELLED (within 50 ms), AS_ERR_IO: it failed, or took too long; AS_ERR_FORMAT: its answer is none. No process is left
 * behind. *found is to be given to as_ytdlp_done whatever is returned. */
enum as_status as_ytdlp_find(const struct as_ytdlp_config *cfg, const char *wanted, bool is_title, const atomic_bool *cancel,
			     struct as_ytdlp_found *found, struct as_error *err);
void as_ytdlp_done(struct as_ytdlp_found *found);

#endif
