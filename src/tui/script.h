/* The interface driven by a file instead of a terminal, so that tests see every cell; see doc/interface.md. */
#ifndef AS_TUI_SCRIPT_H
#define AS_TUI_SCRIPT_H

#include "tui/app.h"

/* Frames go to stdout; the first line that cannot be done ends the run with exit code 1 and a word on stderr. */
void tui_script_run(struct tui *t, const char *path);

/* script_lag.c: readings and a status of no meter, "lag …". False: not understood. */
bool tui_script_lag(struct tui *t, char *rest);

#endif
