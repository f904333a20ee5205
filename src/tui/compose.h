/* Puts a frame together from panes and dialogs and shows it. */
#ifndef AS_TUI_COMPOSE_H
#define AS_TUI_COMPOSE_H

#include "tui/app.h"

void tui_compose(struct tui *t);

#endif
