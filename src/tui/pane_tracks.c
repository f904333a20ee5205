/* Tracks. */
#include <stdlib.h>

#include "tui/app.h"

static void *open_pane(struct tui *t)
{
	(void)t;
	return calloc(1, 1);
}

static void draw(const void *state, const struct tui_model *m, struct tui_canvas c)
{
	(void)state;
	for (int i = 0; i < m->snap->n_clips && i < c.rows; i++)
		tui_put(c, i, 0, TUI_PLAIN, m->snap->clips[i].name);
}

const struct tui_pane_ops tui_pane_tracks = {
	.name = "tracks", .title = "Tracks", .place = AS_PLACE_TRACKS, .open = open_pane, .close = free, .draw = draw};
