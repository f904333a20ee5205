/* What the help explains beside keys and commands: signs and words of the panes, columns of the table, formats of timelines. */
#ifndef AS_TUI_LEGEND_H
#define AS_TUI_LEGEND_H

#include <stdbool.h>

#include "tui/canvas.h"

struct tui_legend {
	const char *head;    /* of its group */
	enum tui_glyph sign; /* TUI_G_N: none */
	char letter;         /* that stands for the sign where there is no colour, or 0 */
	char name[40];
	const char *text;
	const char *more;    /* by which it is found as well; or "" */
};

/* Entry i, from 0 on; groups stand together. False behind the last. */
bool tui_legend_at(int i, struct tui_legend *out);

#endif
