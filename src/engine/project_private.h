/* Shared by project_*.c alone: sessions and project files. */
#ifndef AS_ENGINE_PROJECT_PRIVATE_H
#define AS_ENGINE_PROJECT_PRIVATE_H

#include "engine/session_private.h"
#include "project/project.h"
#include "project/relink.h"

/* analyze.c: what the solver is told of a clip. */
struct as_solve_clip as_engine_solve_clip(const struct as_session *s, const struct session_clip *c, bool stamps);

/* project_copy.c: what the session knows, copied under its lock; path is for messages. NULL: out of memory. */
struct as_project *as_engine_project_of(struct as_session *s, const char *path, struct as_error *err);
/* project_save.c: the file itself where path is a link to one: the link stays. Absolute, heap; NULL: out of memory. */
char *as_engine_project_target(const char *path);

/* project_load.c: as_session_load, which *stopped ends: AS_CANCELLED. */
struct as_session *as_engine_load(struct as_options *opt, const char *path, const char *const *roots, int n_roots,
				  const atomic_bool *stopped, struct as_error *err);

/* The file is what was found of it: where it is, whether it is as it was, its times. False when out of memory. With the lock. */
bool as_engine_take_find(struct session_file *to, const struct as_media_find *find);
/* Told once, with every snapshot, and not saved. With the lock. */
void as_engine_note(struct as_session *s, const char *fmt, ...) __attribute__((format(printf, 2, 3)));
/* What is looked for of it; borrows its path. */
struct as_project_file as_engine_file_sought(const struct session_file *f);
/* Notes of what became of the file. With the lock. */
void as_engine_forget_notes(struct as_session *s, const char *path);
/* What of that users should know, as a note of the session; path is where it was. */
void as_engine_tell_find(struct as_session *s, const char *path, const struct as_media_find *find);

#endif
