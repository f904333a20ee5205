/* Recordings of the session that are not where they were. */
#ifndef AS_TUI_RELINK_H
#define AS_TUI_RELINK_H

#include "tui/app.h"

/* The action: looks below the folders that args name, beside the session. */
void tui_relink(struct tui *t, const char *args);
/* Each turn: takes what was found. */
void tui_relink_turn(struct tui *t);
/* Says that some are missing; false: none is. */
bool tui_tell_missing(struct tui *t);

#endif
