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
/* autosave_find.c: a session that still lives works on it, this process's own as well. */
bool as_engine_is_held(const char *path);

#endif
