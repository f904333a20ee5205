/* Private to export_mux.c and mux_choose.c. */
#ifndef AS_ENGINE_MUX_PRIVATE_H
#define AS_ENGINE_MUX_PRIVATE_H

#include "engine/session_private.h"

bool as_engine_mux_placed(const struct as_session *s, int clip);
bool as_engine_has_picture(const struct as_session *s, int clip);
/* Seconds that two clips have in common on the timeline. */
double as_engine_shared_s(const struct as_session *s, int a, int b);
/* The track asked for, or of those that are sound alone and cover the clip as well as any the best. -1: none. */
int as_engine_mux_choose(const struct as_session *s, int camera);

#endif
