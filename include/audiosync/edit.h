/* Work by hand on a session: places, tracks, clips, settings, and undo of all of it.
 *
 * Threads: as in session.h. Unless it says otherwise, every call here answers AS_ERR_BUSY while something runs, changes all or
 * nothing, takes no longer than copying the session's lists, and is followed by AS_EVENT_PLACED: take a new snapshot then.
 *
 * Ids. Clips and tracks are indices into the snapshot. Adding, removing and analysing renumber them, so that an id is good
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

/* ---- tracks and clips ---- */

/* A track whose last clip leaves it is gone, unless it was made by as_session_add_track (or was loaded without clips): those stay until
 * they are removed. */

/* Moves n clips to a track that exists. They keep their ids and places; the next analysis or solve takes them for recordings of that
 * device. Clips keep the track that they were given whatever the rules of grouping say, until as_session_regroup. */
AS_API enum as_status as_session_move_clips(struct as_session *s, const int *clips, int n, int track, struct as_error *err);
/* A track without clips, behind the others; *track (may be NULL) gets its index. Names are unique, 1 to 255 bytes without
 * control characters: AS_ERR_EXISTS, AS_ERR_INVALID. */
AS_API enum as_status as_session_add_track(struct as_session *s, const char *name, int *track, struct as_error *err);
AS_API enum as_status as_session_rename_track(struct as_session *s, int track, const char *name, struct as_error *err);
/* The recordings leave the session; their files are not touched. The others stay where they are to each
 * other; an island still begins with its earliest clip. */
AS_API enum as_status as_session_remove_clips(struct as_session *s, const int *clips, int n, struct as_error *err);
/* With its clips. */
AS_API enum as_status as_session_remove_track(struct as_session *s, int track, struct as_error *err);
/* All recordings into tracks by the rules of analysis.group_by, whatever tracks they had been given; tracks that are empty then are
 * gone. Ids and places stay, unless other files than before make up one recording: then all are gone until the next analysis. */
AS_API enum as_status as_session_regroup(struct as_session *s, struct as_error *err);

/* ---- the whole ---- */

/* Places everything again, around the locked clips, from the matches that are known: nothing is decoded or compared anew. Locked clips
 * stay where they are on the timeline, what only they vouch for goes along with them, and what contradicts a lock is told in the
 * placement's warnings. Runs in the background; AS_EVENT_DONE tells the end. Needs an earlier analysis. */
AS_API enum as_status as_session_solve(struct as_session *s, struct as_error *err);
/* New settings, copied. Those of export and timelines count from the next export on; those of the analysis from the next analysis (or
 * solve) on, which reads or compares again what they change. general.threads and cache.* stay as they were when the session began. */
AS_API enum as_status as_session_configure(struct as_session *s, const struct as_options *opt, struct as_error *err);
/* The settings of now; borrowed until the next call that changes them (configure, undo, redo). */
AS_API const struct as_options *as_session_options(const struct as_session *s);
/* ---- undo ---- */

/* How much is kept: at most so many steps (0: none, as a session begins) and about so many bytes, the oldest going first. What is kept
 * is forgotten as far as it is more than that. AS_UNDO_STEPS and AS_UNDO_BYTES are good for interactive work. */
#define AS_UNDO_STEPS 1000
#define AS_UNDO_BYTES (INT64_C(256) << 20)
AS_API enum as_status as_session_keep_undo(struct as_session *s, int steps, int64_t bytes, struct as_error *err);

/* One step back or forth; AS_ERR_INVALID: there is none. A change after an undo forgets what could be redone. */
AS_API enum as_status as_session_undo(struct as_session *s, struct as_error *err);
AS_API enum as_status as_session_redo(struct as_session *s, struct as_error *err);
/* What the next undo or redo takes back or does again ("nudge C0007.MP4 by +1 ms", UTF-8, no control characters); NULL: nothing.
 * Borrowed until the next call that changes the session. */
AS_API const char *as_session_undo_label(const struct as_session *s);
AS_API const char *as_session_redo_label(const struct as_session *s);
/* Of what kind that is, for front ends that ask before much goes: settings move no clip, an analysis takes all places along. */
enum as_undo_kind {
	AS_UNDO_NOTHING,
	AS_UNDO_EDIT,     /* places, locks, tracks, names, the reference */
	AS_UNDO_SETTINGS,
	AS_UNDO_FILES,    /* recordings added */
	AS_UNDO_SOLVE,    /* placed again around the locks */
	AS_UNDO_ANALYSIS,
};
AS_API enum as_undo_kind as_session_undo_kind(const struct as_session *s);
AS_API enum as_undo_kind as_session_redo_kind(const struct as_session *s);
/* Changes between begin and end are one step, named by the first; nudges of one clip by their sum. Undo, redo and everything that runs
 * in the background end a group by themselves; beginning one ends the one before. Any time. */
AS_API void as_session_undo_group(struct as_session *s, bool begin);

/* Whether the session differs from what was last saved or loaded; undo to there makes it false again. True for a session that was
 * loaded from an autosave. Any time. */
AS_API bool as_session_modified(const struct as_session *s);
/* Of the state that the session is in: another one after each change, the old one again where that is taken back. Any time. */
AS_API uint64_t as_session_edit_id(const struct as_session *s);
/* The project that it was loaded from or last saved to, absolute; NULL: none. Borrowed until the next save. */
AS_API const char *as_session_project_path(const struct as_session *s);

#ifdef __cplusplus
}
#endif
#endif
