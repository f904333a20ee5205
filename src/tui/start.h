/* From what the program hands over to a screen with a session. */
#ifndef AS_TUI_START_H
#define AS_TUI_START_H

#include "tui/app.h"

enum as_status tui_start(struct tui *t, struct as_error *err);
/* Recordings that were named go into the session. */
void tui_start_inputs(struct tui *t);

#endif
