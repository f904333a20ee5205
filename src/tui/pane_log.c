/* The log: what happened, the newest at the bottom. */
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "tui/app.h"
#include "tui/list.h"

struct log_state {
	int up;        /* lines that the view is scrolled up */
	int64_t total; /* of the log when it was scrolled: what comes later does not move it */
};

static void *open_log(struct tui *t)
{
	(void)t;
	return calloc(1, sizeof(struct log_state));
}

static bool act(void *state, struct tui *t, enum as_action action, const struct tui_call *call)
{
	struct log_state *l = state;
	int lines = t->m.log.n, before = l->up, by = tui_list_step(action, lines, TUI_LIST_PAGE);

	if (!by)
		return false;
	l->up = tui_list_clamp(l->up - by * (call->count > 0 ? call->count : 1), lines);
	if (before == 0)
		l->total = t->m.log.total;
	return true;
}

static int rows_of(const struct tui_log *log, int i, struct tui_canvas c)
{
	return tui_put_wrapped(c, 0, 0, c.cols - 10, 0, TUI_PLAIN, tui_log_at(log, i)->text);
}

/* The line from its head on, cut with an ellipsis where the rows do not hold it. */
static void draw_line(struct tui_canvas c, int row, int rows, const struct tui_log_line *line)
{
	int s = (int)line->at_s;

	tui_putf(c, row, 0, TUI_QUIET, "%02d:%02d:%02d", s / 3600 % 100, s / 60 % 60, s % 60);
	tui_put_wrapped(c, row, 9, c.cols - 10, rows, line->style, line->text);
}

static void draw(const void *state, const struct tui_model *m, struct tui_canvas c)
{
	const struct log_state *l = state;
	int later = l->up > 0 ? (int)(m->log.total - l->total) : 0, last = m->log.n - 1 - l->up - later, row = c.rows;

	if (m->log.n == 0)
		tui_put(c, 0, 1, TUI_QUIET, "nothing so far");
	/* Few lines begin at the top. */
	if (m->log.n < c.rows) {
		row = 0;
		for (int i = last; i >= 0; i--)
			row += rows_of(&m->log, i, c);
		row = row < c.rows ? row : c.rows;
	}
	for (int i = last; i >= 0 && row > 0; i--) {
		int rows = rows_of(&m->log, i, c);

		row -= rows;
		draw_line(c, row > 0 ? row : 0, row > 0 ? rows : rows + row, tui_log_at(&m->log, i));
	}
}

static const char *note(const void *state, const struct tui_model *m, char *out, size_t n)
{
	const struct log_state *l = state;

	(void)m;
	if (l->up == 0)
		return NULL;
	snprintf(out, n, "%d up", l->up);
	return out;
}

const struct tui_pane_ops tui_pane_log = {.name = "log",
					  .title = "Log",
					  .place = AS_PLACE_LOG,
					  .open = open_log,
					  .close = free,
					  .action = act,
					  .draw = draw,
					  .note = note};
