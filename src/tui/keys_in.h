/* A key that was pressed: to the prompt, the dialog, the pane. */
#ifndef AS_TUI_KEYS_IN_H
#define AS_TUI_KEYS_IN_H

#include "tui/app.h"

void tui_key_in(struct tui *t, struct tui_key key);

#endif
