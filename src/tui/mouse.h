/* What the mouse does: everything that it can do has a key. */
#ifndef AS_TUI_MOUSE_H
#define AS_TUI_MOUSE_H

#include "tui/app.h"

/* A key of the mouse's. */
void tui_mouse_in(struct tui *t, struct tui_key key);

#endif
