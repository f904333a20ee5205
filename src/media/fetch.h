/* The sound that a text of the user's names: a file, a URL, a page or a title. */
#ifndef AS_MEDIA_FETCH_H
#define AS_MEDIA_FETCH_H

#include <stdatomic.h>

#include "media/sound.h"
#include "media/ytdlp.h"

enum as_fetch_kind {
	AS_FETCH_FILE,    /* there is such a file, or a file:// URL says so */
	AS_FETCH_URL,     /* to be opened by libav; where it turns out to be a page, by yt-dlp */
	AS_FETCH_PAGE,    /* a page of a host whose sound only yt-dlp finds */
	AS_FETCH_TITLE,   /* words to search for */
	AS_FETCH_MISSING, /* a path, as it looks, but there is no such file */
	AS_FETCH_OTHER,   /* a URL of a kind that is not opened, or nothing at all */
};

/* Looks at the text, and at the disk whether there is such a file; nothing is opened. */
enum as_fetch_kind as_fetch_classify(const char *text);

struct as_fetch_config {
	struct as_ytdlp_config ytdlp;
	double timeout_s;      /* of addresses: as_sound_config.timeout_s */
};

/* What is wrong with a text of the last two kinds; AS_OK for the others. Takes no time. */
enum as_status as_fetch_check(const char *text, struct as_error *err);

/* Opens it, which may take the sum of both time-outs, or 50 ms after *cancel (borrowed until the stream is closed; may be NULL). Recordings are
 * to be read to AS_EOF; live sound (as_sound_format) ends by AS_EOF or AS_ERR_IO, and may come back when opened again. NULL with
 * AS_ERR_NOT_FOUND: no such file or title, or no yt-dlp; else what as_sound_open and as_ytdlp_find say. */
struct as_sound *as_fetch_open(const char *text, const struct as_fetch_config *cfg, const atomic_bool *cancel,
				struct as_error *err);

#endif
