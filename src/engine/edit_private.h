/* Shared by what changes sessions by hand (edit*.c, lock.c, undo*.c) and by what undo has to know of. */
#ifndef AS_ENGINE_EDIT_PRIVATE_H
#define AS_ENGINE_EDIT_PRIVATE_H

#include "engine/session_private.h"

/* lock.c: AS_OK if the clip could be given a place: nothing runs, an analysis has ended, its sound is known. */
enum as_status as_engine_check_placeable(struct as_session *s, int clip, struct as_error *err);
/* lock.c */
bool as_engine_is_locked(const struct session_clip *c);
/* The place and its segments, later by so much. */
void as_engine_shift_place(struct as_solve_placement *p, double by_s);
/* The clip that begins with the file, or -1. */
int as_engine_clip_of_file(const struct as_session *s, int file);
/* lock.c: a locked clip is from now on locked where it lies, and counts from another clip. With the lock, once solved. */
void as_engine_renew_lock(struct as_session *s, int clip);
/* edit_tracks.c. With the lock. */
/* Orders without gaps, and the solver's view of the clips' tracks. */
void as_engine_number_clips(struct as_session *s);
/* Tracks without clips go, but for those made by hand unless it is drop. */
void as_engine_drop_empty_tracks(struct as_session *s, int drop);
/* edit_tracks.c: what follows from the session's clips and places is made anew. Without the lock. */
void as_engine_edited(struct as_session *s);
/* edit_remove.c: these clips leave the session, and track (or -1) even if it was made by hand. Without the lock. */
enum as_status as_engine_remove(struct as_session *s, const int *clips, int n, int track, struct as_error *err);
/* lock_apply.c: islands begin with their earliest clip and those without clips are none. touched: by island, those that may have changed. With
 * the lock. */
void as_engine_settle_islands(struct as_session *s, const bool *touched);

/* undo.c. Front end's thread, with nothing running and without the lock. A change stands between begin (which can fail, and has
 * changed nothing then) and end; changes within a change belong to it. end(false): nothing was changed after all. */
enum as_status as_undo_begin(struct as_session *s, struct as_error *err, const char *fmt, ...)
	__attribute__((format(printf, 3, 4)));
/* Settings alone. */
enum as_status as_undo_begin_settings(struct as_session *s, struct as_error *err, const char *label);
enum as_status as_undo_begin_nudge(struct as_session *s, int clip, double by_s, struct as_error *err);
enum as_status as_undo_begin_add(struct as_session *s, const char *path, struct as_error *err);
void as_undo_end(struct as_session *s, bool changed);
/* A run of this kind is going to change the session. */
enum as_status as_undo_note_run(struct as_session *s, enum session_goal goal, struct as_error *err);
void as_undo_free(struct as_session *s);

/* undo_state.c, undo_attic.c. With the lock. */
/* Matches are about to leave the list, and these entries with them: one for each match, or NULL. False when out of memory. */
bool as_undo_need_origin(struct as_session *s);
int *as_undo_origin(struct as_session *s);
/* The matches are about to go. */
void as_undo_forget_matches(struct as_session *s);
/* A clip goes, and its sound with it: kept as long as undo could bring it back. */
void as_undo_keep_load(struct as_session *s, struct clip_load *l);

#endif
