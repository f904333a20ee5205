/* Folders looked at in the background: for front ends that must answer while a disk or a network does not.
 *
 * A listing has a thread of its own that fills it. Until it is done nothing of it can be read; closing it never waits: a thread that
 * hangs in a dead mount is left behind, and frees what is its own should it ever come back. Not to be used from two threads at once. */
#ifndef AUDIOSYNC_LISTING_H
#define AUDIOSYNC_LISTING_H

#include <stdbool.h>
#include <stdint.h>

#include <audiosync/error.h>
#include <audiosync/session.h>

#ifdef __cplusplus
extern "C" {
#endif

struct as_listing;

struct as_listing_entry {
	const char *name; /* in the folder */
	bool folder;      /* else a file; links count as what they lead to, other things are left out */
	int64_t bytes;
};

/* Begins to look at one folder; in its order, hidden names too, at most `most` entries. NULL on failure. */
AS_API struct as_listing *as_listing_folder(const char *path, int most, struct as_error *err);
/* Begins to look for what as_session_add would take from n paths with the session's as_session_skip_dir. NULL on failure. */
AS_API struct as_listing *as_listing_media(const struct as_session *s, const char *const *paths, int n, struct as_error *err);
/* A descriptor that polls readable once it is done; owned by the listing. */
AS_API int as_listing_fd(const struct as_listing *l);
/* Waits for that, at most so long; 0: only looks. */
AS_API bool as_listing_done(const struct as_listing *l, int wait_ms);

/* Of a folder that is done: AS_OK; AS_ERR_FORMAT: path is a file; AS_ERR_IO: why it cannot be read. */
AS_API enum as_status as_listing_status(const struct as_listing *l, struct as_error *err);
AS_API int as_listing_count(const struct as_listing *l);
/* Borrowed until it is closed. */
AS_API const struct as_listing_entry *as_listing_entry(const struct as_listing *l, int i);
/* There were more than `most`. */
AS_API bool as_listing_cut(const struct as_listing *l);

/* Adds what was found, as as_session_add for each of the paths in turn would; the disk is not asked again. It has to be done:
 * AS_ERR_BUSY. *n_bad (may be NULL) gets how many paths could not be looked at, err the last reason; that alone is no failure. */
AS_API enum as_status as_session_add_listing(struct as_session *s, const struct as_listing *l, const char *track, int *n_bad,
					     struct as_error *err);

/* Stops it, frees it. NULL is fine. */
AS_API void as_listing_close(struct as_listing *l);

#ifdef __cplusplus
}
#endif
#endif
