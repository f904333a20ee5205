/* The lag of what plays now. The live meter is not part of this version: the pane says what will stand here and what measures lag
 * meanwhile, and shows no figure. */
#include <stdlib.h>

#include "tui/app.h"

static void *open_lag(struct tui *t)
{
	(void)t;
	return calloc(1, 1);
}

static void draw(const void *state, const struct tui_model *m, struct tui_canvas c)
{
	int row = 0;

	(void)state;
	(void)m;
	tui_put(c, row++, 1, TUI_QUIET, "no reading");
	row += tui_put_wrapped(c, row, 1, c.cols - 2, c.rows - row, TUI_PLAIN,
			       "How late what plays on this computer is will stand here. This version has no live meter yet; :live REFERENCE "
			       "will start it.");
	tui_put_wrapped(c, row, 1, c.cols - 2, c.rows - row, TUI_QUIET,
			"How late one recording is against another it does say: sync both, or d for the drift tool.");
}

const struct tui_pane_ops tui_pane_lag = {
	.name = "lag", .title = "Lag", .place = AS_PLACE_LAG, .open = open_lag, .close = free, .draw = draw};
