/* Puts a frame together from panes and dialogs and shows it. */
#ifndef AS_TUI_COMPOSE_H
#define AS_TUI_COMPOSE_H

#include "tui/app.h"

void tui_compose(struct tui *t);

/* Whether its name stands in the line of names: the meter alone (`audiosync live`) needs no panes of a shoot that there is not. */
bool tui_pane_is_offered(const struct tui *t, int pane);

/* What stands at a place of the screen. */
enum tui_spot_kind { TUI_SPOT_NOTHING, TUI_SPOT_KEY, TUI_SPOT_PANE, TUI_SPOT_DIALOG };

struct tui_spot {
	enum tui_spot_kind kind;
	enum as_action action;        /* of a key in the bottom line */
	enum tui_pane_id pane;        /* or the one whose name it is */
	bool inside;                  /* of the frame of a pane or of the dialog on top: */
	struct tui_place at;
};

struct tui_spot tui_spot_at(const struct tui *t, int row, int col);

#endif
