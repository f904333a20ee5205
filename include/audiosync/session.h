/* A session: recordings in, placements and aligned files out, in worker threads of its own.
 *
 * Threads: every function here may be called from one thread, the front end's, unless it says
 * otherwise; none blocks on work. What runs reports through events: poll as_session_fd() for
 * reading, then call as_session_next_event() until it returns false, then look at a snapshot.
 * The library prints nothing, reads no environment, installs no signal handler and never exits. */
#ifndef AUDIOSYNC_SESSION_H
#define AUDIOSYNC_SESSION_H

#include <audiosync/document.h>
#include <audiosync/error.h>
#include <audiosync/options.h>
#include <audiosync/types.h>

#ifdef __cplusplus
extern "C" {
#endif

struct as_session;

/* Starts the workers. opt is copied. NULL on failure. */
AS_API struct as_session *as_session_new(const struct as_options *opt, struct as_error *err);
/* Cancels everything, joins the workers, frees. NULL is fine. Blocks at most some 100 ms. */
AS_API void as_session_free(struct as_session *s);

/* Adds a file, or every media file below a folder (recursive, natural name order). track names the track to put
 * the files into; NULL groups by the rules of analysis.group_by. Files of a folder that an export has aligned are left
 * out unless there is nothing else. Files that cannot be used become clips in state
 * FAILED; a path that does not exist is an error of this call and recorded as a warning. AS_ERR_BUSY while running. */
AS_API enum as_status as_session_add(struct as_session *s, const char *path, const char *track,
				     struct as_error *err);

/* A folder that later adds do not enter when they meet it inside another one: where the aligned files go, which
 * must not come back as recordings of the next run. It need not exist; NULL: none. */
AS_API enum as_status as_session_skip_dir(struct as_session *s, const char *dir, struct as_error *err);

/* Chooses the reference track by name; NULL lets the session choose. Whether there is such a track is checked
 * when the analysis starts; one that there is must have clips (AS_ERR_INVALID), then too. */
AS_API enum as_status as_session_set_reference(struct as_session *s, const char *track, struct as_error *err);

/* Starts probing (streams, times, grouping) or the whole analysis (probe, decode, match, solve) in
 * the background; AS_EVENT_DONE tells the end. AS_ERR_BUSY while something runs. */
AS_API enum as_status as_session_probe(struct as_session *s, struct as_error *err);
AS_API enum as_status as_session_analyze(struct as_session *s, struct as_error *err);

/* Whether as_session_export could write: AS_ERR_EXISTS names the first file that exists, AS_ERR_INVALID what is asked for
 * twice or cannot be, with the settings of timelines. Once the files are probed, so that this can be known before the
 * long work; tracks that turn out to be left out count as well. */
AS_API enum as_status as_session_check_targets(struct as_session *s, const struct as_export_request *r,
					       struct as_error *err);

/* Writes one aligned file per track into r->dir (created if missing), then the documents, with the export and timeline settings
 * of the session. Needs a finished analysis. Runs in the background like the analysis. What cannot be written fails by itself:
 * the snapshot's outputs say what became of each. The request is copied. */
AS_API enum as_status as_session_export(struct as_session *s, const struct as_export_request *r, struct as_error *err);

/* Asks everything that runs to stop: it ends within about 50 ms with AS_CANCELLED, leaving no partial file.
 * Any thread. */
AS_API void as_session_cancel(struct as_session *s);

/* A descriptor that polls readable when events wait; owned by the session. */
AS_API int as_session_fd(const struct as_session *s);
/* Takes the next event; false when there is none. */
AS_API bool as_session_next_event(struct as_session *s, struct as_event *out);

/* A copy of the state now; NULL when out of memory. Free with as_snapshot_free (NULL is fine). */
AS_API const struct as_snapshot *as_session_snapshot(struct as_session *s);
AS_API void as_snapshot_free(const struct as_snapshot *snap);

#ifdef __cplusplus
}
#endif
#endif
