/* Shared by project_*.c alone: sessions and project files. */
#ifndef AS_ENGINE_PROJECT_PRIVATE_H
#define AS_ENGINE_PROJECT_PRIVATE_H

#include "engine/session_private.h"
#include "project/project.h"
#include "project/relink.h"

/* analyze.c: what the solver is told of a clip. */
struct as_solve_clip as_engine_solve_clip(const struct as_session *s, const struct session_clip *c, bool stamps);

#endif
