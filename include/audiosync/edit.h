/* Work by hand on a session: places, tracks, clips, settings, and undo of all of it.
 *
 * Threads: as in session.h. Unless it says otherwise, every call here answers AS_ERR_BUSY while something runs, changes all or
 * nothing, takes no longer than copying the session's lists, and is followed by AS_EVENT_PLACED: take a new snapshot then.
 *
 * Ids. Clips and tracks are indices into the snapshot. Adding, removing, grouping and analysing renumber them, so that an id is good
 * for the latest snapshot alone; what stays is a clip's path. */
#ifndef AUDIOSYNC_EDIT_H
#define AUDIOSYNC_EDIT_H

#include <audiosync/error.h>
#include <audiosync/options.h>
#include <audiosync/session.h>

#ifdef __cplusplus
extern "C" {
#endif

/* ---- places: need a finished analysis; see also as_session_set_place and as_session_set_locked in project.h ---- */

/* Moves a clip that has a place by by_s seconds (later if positive) and locks it there: method manual. Before the island's zero the
 * island begins with it: the others then move along in numbers, not to each other. */
AS_API enum as_status as_session_nudge(struct as_session *s, int clip, double by_s, struct as_error *err);
/* Gives a clip the place that its placement's candidates[candidate] names, and locks it there. The island is that of the clip that
 * as_placement.beside names, and the candidate's start_s counts on its timeline. If that clip has no place itself, both become an
 * island of their own, with it as the beginning. AS_ERR_INVALID: there is no such candidate. */
AS_API enum as_status as_session_take_candidate(struct as_session *s, int clip, int candidate, struct as_error *err);

/* ---- the whole ---- */

/* The settings of now; borrowed until the next call that changes them. */
AS_API const struct as_options *as_session_options(const struct as_session *s);
/* The project that it was loaded from or last saved to, absolute; NULL: none. Borrowed until the next save. */
AS_API const char *as_session_project_path(const struct as_session *s);

#ifdef __cplusplus
}
#endif
#endif
