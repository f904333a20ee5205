/* Projects: a session that lasts. A project file holds what a session knows, without a sample of sound: recordings, tracks, places,
 * the matches that they rest on, settings. See audiosync-project(5).
 *
 * Threads: as in session.h; nothing here runs in the background. */
#ifndef AUDIOSYNC_PROJECT_H
#define AUDIOSYNC_PROJECT_H

#include <audiosync/error.h>
#include <audiosync/options.h>
#include <audiosync/session.h>

#ifdef __cplusplus
extern "C" {
#endif

/* Whether path looks like a project: a regular file with the name of one, or one that begins like one. */
AS_API bool as_project_is(const char *path);

/* Which file a name means: "shoot" is shoot.audiosync where there is no shoot. Asks the disk. free() it; NULL when out of memory. */
AS_API char *as_project_named(const char *name);

/* Opens a project as a session that is as it was when it was saved: its snapshot is complete, as_session_export works at once, and
 * adding recordings and analysing costs those alone. Nothing is decoded for it. The project's settings are merged into opt, but for
 * those that opt has from the command line (origin "--…"). Media that is not where it was is looked for below roots (n_roots folders)
 * by name, size and content. What was lost of a damaged file, what was found elsewhere, what is missing and what has changed is told in
 * the snapshot's warnings, one by one; as_clip.media has the state of each clip. Projects of AudioSync Pro are read too. NULL on failure:
 * AS_ERR_FORMAT (not a project, newer than this library, too large), AS_ERR_IO, AS_ERR_INVALID, AS_ERR_MEMORY. */
AS_API struct as_session *as_session_load(struct as_options *opt, const char *path, const char *const *roots, int n_roots,
					  struct as_error *err);

/* The same of as_project_named(path) in a thread of its own: a disk that does not answer holds up that thread alone. opt is copied. hold: the project is held, too
 * (as_session_hold). NULL on failure to begin. */
struct as_opening;
AS_API struct as_opening *as_session_open_start(const struct as_options *opt, const char *path, const char *const *roots, int n_roots, bool hold,
						const char *state_dir, struct as_error *err);
/* Polls readable once it is done. */
AS_API int as_opening_fd(const struct as_opening *o);
/* Waits at most so long; 0: only looks, -1: as long as it takes. */
AS_API bool as_opening_done(const struct as_opening *o, int wait_ms);
/* The session of one that is done, and frees o; NULL: err says why. One that is not done is AS_ERR_BUSY, and goes on. *newer (or NULL): as_session_newer_autosave of state_dir, free() it.
 * held (or NULL): its status says whether the project is held. */
AS_API struct as_session *as_opening_take(struct as_opening *o, char **newer, struct as_error *held, struct as_error *err);
/* Nobody wants it any more: does not wait. NULL is fine. */
AS_API void as_opening_close(struct as_opening *o);

/* Writes the session as a project: complete or not at all, the previous version kept as path~. The bytes follow from what the session
 * knows alone. AS_ERR_EXISTS where something is there already, unless it is the project that the session was loaded from or saved to
 * before, or force is set; never one of the recordings. AS_ERR_BUSY while another process works on it. May be called while an
 * analysis runs: what is known so far is written. Removes the autosave. */
AS_API enum as_status as_session_save(struct as_session *s, const char *path, bool force, struct as_error *err);

/* The same in a thread of its own: only what the session knows is copied at once, and what is changed meanwhile is not in it. AS_ERR_BUSY
 * while the one before is being written. as_session_save, autosaves, dropping these and freeing the session wait for it. */
AS_API enum as_status as_session_save_start(struct as_session *s, const char *path, bool force, struct as_error *err);
/* Polls readable once it has ended; -1: none was begun. */
AS_API int as_session_save_fd(const struct as_session *s);
/* True once for each that was begun: it has ended, and err (or NULL) says in its status how. Waits at most so long; 0: only looks, -1: as
 * long as it takes. */
AS_API bool as_session_save_ended(struct as_session *s, int wait_ms, struct as_error *err);
/* What is being written, a save or an autosave, is waited for no longer: it ends before its file takes the old one's place, if it still
 * can. Nothing is known of it from here on. */
AS_API void as_session_abandon_writing(struct as_session *s);

/* Looks for recordings of the session that are not where they were: in their old places first, then below roots (n_roots of them), by
 * name, size and content as as_session_load does; in a thread of its own. NULL on failure to begin. */
struct as_relinking;
AS_API struct as_relinking *as_session_relink_start(struct as_session *s, const char *const *roots, int n_roots, struct as_error *err);
/* Polls readable once it is done. */
AS_API int as_relinking_fd(const struct as_relinking *r);
/* Waits at most so long; 0: only looks, -1: as long as it takes. */
AS_API bool as_relinking_done(const struct as_relinking *r, int wait_ms);
/* Counts of files. */
struct as_relinked {
	int n_found;   /* elsewhere, or where they had been again */
	int n_missing; /* that are nowhere */
};
/* What was found is where the recordings are from here on, one step for undo, and frees r. AS_ERR_BUSY while it is not done or something
 * runs: r goes on then. AS_ERR_IO, AS_ERR_INVALID: a root cannot be looked into; AS_ERR_MEMORY. */
AS_API enum as_status as_relinking_take(struct as_session *s, struct as_relinking *r, struct as_relinked *out, struct as_error *err);
/* Nobody wants it any more: does not wait. NULL is fine. */
AS_API void as_relinking_close(struct as_relinking *r);

/* Whether as_session_save could write there, before the long work. */
AS_API enum as_status as_session_check_save(struct as_session *s, const char *path, bool force, struct as_error *err);

/* Keeps other processes from writing the project until the session is freed or holds another: AS_ERR_BUSY names who has it. Advisory:
 * programs that do not ask are not stopped. What a process that died has left is taken over. path NULL lets go. */
AS_API enum as_status as_session_hold(struct as_session *s, const char *path, struct as_error *err);

/* Writes what the session knows beside the project that it is going to be (".NAME.autosave"), or into state_dir (may be NULL; made if
 * it is missing) where that folder cannot be written. path NULL: there is no project yet; it goes into state_dir, which must be given
 * then, under a name that no other session has, living or not. Where another process holds the project and this session does not, the
 * name is its own, too (".NAME-2.autosave"), and that of the other one is left alone. Also while an analysis runs. */
AS_API enum as_status as_session_autosave(struct as_session *s, const char *path, const char *state_dir, struct as_error *err);
/* The same in a thread of its own: only what the session knows is copied at once. AS_ERR_BUSY while the one before is being written.
 * Saving (in the thread of a save, if it has one), dropping autosaves and freeing the session wait for it. */
AS_API enum as_status as_session_autosave_start(struct as_session *s, const char *path, const char *state_dir, struct as_error *err);
/* True once for each that was begun: it has ended, and err (or NULL) says in its status how. Waits at most so long; 0: only looks, -1: as
 * long as it takes. */
AS_API bool as_session_autosave_ended(struct as_session *s, int wait_ms, struct as_error *err);
/* The autosave of a project if there is one that is newer than it and of nobody who still works on it, to be opened by as_session_load:
 * heap, free() it; NULL if not. */
AS_API char *as_project_newer_autosave(const char *path, const char *state_dir);
/* The same of the session's project, for a session that may hold it. */
AS_API char *as_session_newer_autosave(const struct as_session *s, const char *state_dir);
/* Removes the autosave, if there is one. */
AS_API void as_project_drop_autosave(const char *path, const char *state_dir);

/* Removes what this session has kept, and the autosave that it was loaded from: the user saves (as_session_save does so by itself) or
 * wants none of it. as_session_free leaves it for as_project_list_autosaves. */
AS_API void as_session_drop_autosave(struct as_session *s);

/* What a session left that did not end in order. */
struct as_autosave {
	const char *path;    /* for as_session_load: absolute */
	const char *project; /* that it is of, absolute; NULL: there was none yet */
	double saved_s;      /* when, seconds since 1970 UTC */
};

/* Those in state_dir, and those beside projects whose autosaves were written with this state_dir, the newest first: newer than their
 * projects and of nobody who still works on them. Heap: as_project_free_autosaves; NULL with *n 0: none. A session that is loaded from one
 * without a project goes on with that file. */
AS_API struct as_autosave *as_project_list_autosaves(const char *state_dir, int *n);
/* Whether one of them has recordings that are one of these files or lie below one of these folders. Reads it whole. */
AS_API bool as_autosave_has(const struct as_autosave *v, const char *const *paths, int n);
AS_API void as_project_free_autosaves(struct as_autosave *v, int n);

/* A place that the user gives a clip. */
struct as_manual_place {
	int island;       /* one that exists; one more than those: an island of its own; 0: off the timeline */
	double start_s;   /* on that island's timeline; may be before its zero: the island then begins there */
	double drift_ppm; /* relative to the island's clock, or NAN: as it was measured, if it was */
};

/* Puts a clip somewhere and locks it there: method manual, verdict strong. Other clips stay where they are. Needs a finished analysis and
 * nothing running; the clip must have been loaded. */
AS_API enum as_status as_session_set_place(struct as_session *s, int clip, const struct as_manual_place *place,
					   struct as_error *err);
/* Locks a placed clip where it is, with what was measured of it, or lets it go: the next analysis then places it. A locked clip keeps its
 * distance from a clip of its island that is not locked, so that it goes along when the analysis moves the island. */
AS_API enum as_status as_session_set_locked(struct as_session *s, int clip, bool locked, struct as_error *err);
/* Several at once, one step for undo; *changed (may be NULL) is how many were not so before. Clips without a place are passed over, unless
 * all are: AS_ERR_INVALID. */
AS_API enum as_status as_session_lock_clips(struct as_session *s, const int *clips, int n, bool locked, int *changed, struct as_error *err);

#ifdef __cplusplus
}
#endif
#endif
