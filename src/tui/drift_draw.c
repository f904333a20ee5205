/* The drift tool's outcome, and its work while it goes on. */
#include "base/drift_words.h"
#include "base/pace.h"
#include "base/text.h"
#include "tui/drift.h"
#include "tui/plot.h"

#define LABEL_COLS 10

static int put_lines(struct tui_canvas c, int row, const struct as_drift_line *lines, int n)
{
	for (int i = 0; i < n && row < c.rows; i++) {
		tui_put_fit(c, row, 2, LABEL_COLS, TUI_QUIET, TUI_LEFT, lines[i].label);
		row += tui_put_wrapped(c, row, 2 + LABEL_COLS, c.cols - LABEL_COLS - 4, c.rows - row, TUI_PLAIN, lines[i].text);
	}
	return row;
}

void tui_drift_draw_result(const struct as_snapshot *s, struct tui_canvas c)
{
	const struct as_drift *d = s->drift;
	struct as_drift_line lines[AS_DRIFT_LINES];
	const struct as_drift_fit *f = &d->found;
	const struct tui_plot plot = {f->points, f->n_points, f->curve, f->n_curve, 0, d->duration_s};
	int row = 0, col, rest;
	char text[120];

	col = 2 + tui_put(c, row, 2, TUI_VALUE, as_path_base(d->file));
	if (d->reference) {
		col += tui_put(c, row, col, TUI_QUIET, "  against  ");
		tui_put(c, row, col, TUI_VALUE, as_path_base(d->reference));
	}
	row = put_lines(c, 2, lines, as_drift_words_found(d, c.unicode, lines));
	if (d->output)
		row = put_lines(c, row, lines, as_drift_words_written(d, c.unicode, lines));
	for (int i = 0; i < s->n_warnings; i++)
		row += tui_put_wrapped(c, row, 2, c.cols - 4, c.rows - row, TUI_WARNING, s->warnings[i]);
	rest = c.rows - row - 3;
	if (d->reference && f->n_curve > 0 && rest >= 3 + TUI_PLOT_BELOW) {
		tui_putf(c, row + 1, 2, TUI_HEAD, "Change of the lag over the file's time, in %s",
			 tui_plot_axes(&plot, rest - TUI_PLOT_BELOW, c.cols - 2 - TUI_PLOT_LEFT, c.unicode).unit);
		tui_plot_draw(&plot, tui_part(c, row + 2, 1, rest, c.cols - 2));
	}
	tui_put(c, c.rows - 1, 2, TUI_QUIET,
		tui_keymap_words(c.keys,
				 d->output ? "{accept}: back to the form; {dismiss} closes"
					   : "{accept}: back, to write a corrected file; {dismiss} closes",
				 text, sizeof text));
}

void tui_drift_draw_running(const struct as_snapshot *s, double for_s, struct tui_canvas c)
{
	const struct as_pace pace = {.stage_s = for_s};
	char figures[128] = "";
	double share;

	if (!s)
		return;
	share = as_progress_share(s);
	as_progress_figures(figures, sizeof figures, s, &pace);
	if (share >= 0)
		tui_bar(c, 1, 2, c.cols - 4, share);
	tui_putf(c, 0, 2, TUI_INFO, "%s  %s", as_progress_verb(s->stage), figures);
	tui_put(c, 2, 2, TUI_QUIET, tui_keymap_words(c.keys, "{dismiss} stops", figures, sizeof figures));
}
