/* Shared by autosave*.c alone: the names of autosaves. */
#ifndef AS_ENGINE_AUTOSAVE_PRIVATE_H
#define AS_ENGINE_AUTOSAVE_PRIVATE_H

#include "engine/project_private.h"

/* Of the numbers of those beside a project that another session works on. */
#define AUTOSAVE_FIRST_OWN 2
#define AUTOSAVE_MAX_BESIDE 32

/* autosave.c: beside the project, or in state_dir (if not NULL) under a name that tells projects of the same name apart. number 0: the
 * name that goes with the project. Heap. */
char *as_engine_autosave_path(const char *target, const char *state_dir, int number);
/* autosave.c, for whoever saves. drop: the files go, project's only if a session that holds it (ours) or wrote it asks. free: files stay. */
void as_engine_drop_places(struct autosave_places *to, const char *project, bool ours);
void as_engine_free_places(struct autosave_places *to);
/* A thread that waits for an autosave holds on to it. */
void as_engine_hold_autosave(struct autosave_job *j);
void as_engine_await_autosave(struct autosave_job *j);
void as_engine_release_autosave(struct autosave_job *j);
/* The session waits no longer for the one that runs, if one does; with_places: its names are the thread's from here on. */
void as_engine_abandon_autosave(struct as_session *s, bool with_places);
/* autosave_find.c: a session that still lives works on it, this process's own as well. */
bool as_engine_is_held(const char *path);

#endif
