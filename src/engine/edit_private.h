/* Shared by edit*.c, lock.c and undo*.c alone: changes by hand. */
#ifndef AS_ENGINE_EDIT_PRIVATE_H
#define AS_ENGINE_EDIT_PRIVATE_H

#include "engine/session_private.h"

/* lock.c: AS_OK if the clip could be given a place: nothing runs, an analysis has ended, its sound is known. */
enum as_status as_engine_check_placeable(struct as_session *s, int clip, struct as_error *err);

#endif
