/* Auditions: what plays, and what became of it. */
#ifndef AS_TUI_HEAR_H
#define AS_TUI_HEAR_H

#include "tui/app.h"

/* Every turn: where it is, how it has ended. */
void tui_hear_turn(struct tui *t);

#endif
