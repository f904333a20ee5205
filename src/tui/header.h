/* The top line: which session this is, and how far it has come. */
#ifndef AS_TUI_HEADER_H
#define AS_TUI_HEADER_H

#include "tui/model.h"

/* Into the first row of c. What has no room is left out, the least needed first. */
void tui_header_draw(const struct tui_model *m, struct tui_canvas c);

#endif
