/* What an empty session shows: how to begin. */
#ifndef AS_TUI_WELCOME_H
#define AS_TUI_WELCOME_H

#include "tui/model.h"

void tui_draw_welcome(const struct tui_model *m, struct tui_canvas c);

#endif
