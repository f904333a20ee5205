/* Lag over time: what was measured in each column's time, its error around it, and where there was none. */
#include <math.h>
#include <stdio.h>
#include <string.h>

#include "tui/lag.h"
#include "tui/plot.h"

#define LEAST_SPAN_MS 2.0 /* a steady lag looks steady */
#define LEAST_COLS 30
#define LEAST_ROWS 3

struct axes {
	double low_ms, high_ms, step_ms;
	double unit_ms;
	const char *unit;
	int decimals;
	int left;       /* columns of labels and axis */
	int rows, cols; /* of the field */
};

#define MOST_DECIMALS 9 /* of labels */

/* Edges are multiples of the step, so that they stay while the lag wanders a little. */
static void settle(struct axes *a, double cal_ms)
{
	double lack = LEAST_SPAN_MS - (a->high_ms - a->low_ms), most;

	a->low_ms += cal_ms;
	a->high_ms += cal_ms;
	if (lack > 0) {
		a->low_ms -= lack / 2;
		a->high_ms += lack / 2;
	}
	a->step_ms = tui_plot_nice(2 * (a->high_ms - a->low_ms) / (a->rows > 1 ? a->rows - 1 : 1));
	a->low_ms = floor(a->low_ms / a->step_ms) * a->step_ms;
	a->high_ms = ceil(a->high_ms / a->step_ms) * a->step_ms;
	most = fmax(fabs(a->low_ms), fabs(a->high_ms));
	a->unit_ms = most >= 9999.95 ? 1e3 : 1;
	a->unit = most >= 9999.95 ? "s" : "ms";
	a->decimals = (int)ceil(-log10(a->step_ms / a->unit_ms) - 1e-9);
	a->decimals = a->decimals < 0 ? 0 : a->decimals > MOST_DECIMALS ? MOST_DECIMALS : a->decimals;
}

static void label_of(const struct axes *a, double ms, char *out, size_t n)
{
	if (fabs(ms) < a->step_ms / 2)
		snprintf(out, n, "0");
	else
		snprintf(out, n, "%+.*f", a->decimals, ms / a->unit_ms);
}

/* Labels that differ by less than they show would be no labels: they get the room that their digits need. */
static void make_room(struct axes *a, int cols)
{
	char low[32], high[32];
	int widest;

	label_of(a, a->low_ms, low, sizeof low);
	label_of(a, a->high_ms, high, sizeof high);
	widest = (int)(strlen(low) > strlen(high) ? strlen(low) : strlen(high)) + 2;
	a->left = widest > TUI_PLOT_LEFT ? widest : TUI_PLOT_LEFT;
	a->cols = cols - a->left;
	a->cols = a->cols > TUI_LAG_COLS ? TUI_LAG_COLS : a->cols;
}

static int row_of(const struct axes *a, double ms)
{
	double row = floor((a->high_ms - ms) / (a->high_ms - a->low_ms) * (a->rows - 1) + 0.5);

	return row < -1 ? -1 : row > a->rows ? a->rows : (int)row;
}

/* --- drawing ------------------------------------------------------------------------------------------------------- */

static void put_column(const struct axes *a, struct tui_canvas c, int k, const struct tui_lag_col *x, double cal_ms)
{
	int top = row_of(a, x->high_ms + cal_ms), bottom = row_of(a, x->low_ms + cal_ms);
	int from = row_of(a, x->high_ms + cal_ms + (double)x->err_ms), to = row_of(a, x->low_ms + cal_ms - (double)x->err_ms);
	enum tui_style style = tui_lag_zone_style(tui_lag_zone((x->low_ms + x->high_ms) / 2 + cal_ms));

	if (bottom < 0 || top >= a->rows) {
		tui_put_char(c, bottom < 0 ? 0 : a->rows - 1, k, TUI_PLOT_OUT, tui_glyph(c, bottom < 0 ? TUI_G_UP : TUI_G_DOWN));
		return;
	}
	for (int r = from < 0 ? 0 : from; r <= to && r < a->rows; r++)
		tui_put_char(c, r, k, TUI_PLOT_OUT, c.unicode ? 0x2591 : ':');
	for (int r = top < 0 ? 0 : top; r <= bottom && r < a->rows; r++)
		tui_put_char(c, r, k, style, top == bottom ? tui_glyph(c, TUI_G_DOT) : tui_glyph(c, TUI_G_VLINE));
}

/* Letters of states without a lag; of several in one column the first one here. */
static const struct {
	enum as_live_state state;
	char ch;
} marks[] = {{AS_LIVE_LOST, 'x'}, {AS_LIVE_SEARCHING, '?'}, {AS_LIVE_SILENT, 's'}, {AS_LIVE_PAUSED, 'p'}, {AS_LIVE_WAITING, 'w'}};
#define MARKS ((int)(sizeof marks / sizeof *marks))

/* The column's letter, or -1: it was locked, or there is nothing. */
static int mark_of(const struct tui_lag_col *x)
{
	for (int i = 0; i < MARKS && x && !tui_lag_col_has(x); i++)
		if (x->seen >> marks[i].state & 1)
			return i;
	return -1;
}

/* Below the field: a line where it was locked, else what was instead. */
static uint32_t state_char(struct tui_canvas c, const struct tui_lag_col *x)
{
	int mark = mark_of(x);

	return !x || !x->seen ? ' ' : mark >= 0 ? (uint32_t)marks[mark].ch : tui_glyph(c, TUI_G_HLINE);
}

const char *tui_lag_plot_marks(const struct tui_lag *g, int cols, char *out, size_t n)
{
	bool seen[MARKS] = {false};
	size_t used = 0;

	for (int i = 0; i < cols - TUI_PLOT_LEFT; i++) {
		int mark = mark_of(tui_lag_history_at(&g->history, g->pace, i));

		if (mark >= 0)
			seen[mark] = true;
	}
	*out = '\0';
	for (int i = 0; i < MARKS && used < n; i++)
		if (seen[i])
			used += (size_t)snprintf(out + used, n - used, "%s%c %s", used ? "  " : "", marks[i].ch,
						 as_live_state_name(marks[i].state));
	return out;
}

static void put_lag_axis(const struct axes *a, struct tui_canvas c)
{
	char label[32];

	for (int r = 0; r < a->rows; r++)
		tui_put_char(c, r, a->left - 1, TUI_RULER, tui_glyph(c, TUI_G_VLINE));
	for (double v = a->low_ms; v <= a->high_ms + a->step_ms / 2; v += a->step_ms) {
		int row = row_of(a, v);

		label_of(a, v, label, sizeof label);
		tui_put_fit(c, row, 0, a->left - 2, TUI_QUIET, TUI_RIGHT, label);
		tui_put_char(c, row, a->left - 1, TUI_RULER, tui_glyph(c, TUI_G_TEE_RIGHT));
	}
}

/* Time goes back from the right edge: labels stay where they are. */
static void put_time_axis(const struct tui_lag *g, const struct axes *a, struct tui_canvas c)
{
	double pace_s = tui_lag_pace_s(g->pace), step_s = tui_plot_nice_time(pace_s * 14);
	int free_to = a->cols;
	char label[40], ago[TUI_LAG_TEXT_BYTES];

	tui_put_char(c, 0, a->left - 1, TUI_RULER, tui_glyph(c, TUI_G_BOTTOM_LEFT));
	for (int k = 0; k < a->cols; k++) {
		const struct tui_lag_col *x = tui_lag_history_at(&g->history, g->pace, a->cols - 1 - k);
		uint32_t ch = state_char(c, x);

		tui_put_char(c, 0, a->left + k, ch > ' ' && ch < 0x7F && ch != '-' ? TUI_WARNING : TUI_RULER, ch);
	}
	for (int i = 0; i * step_s < pace_s * a->cols; i++) {
		int at = a->cols - 1 - (int)floor(i * step_s / pace_s), width;

		snprintf(label, sizeof label, "%s%s", i ? "-" : "now", i ? tui_lag_ago(i * step_s, ago, sizeof ago) : "");
		width = (int)strlen(label);
		if (at + width / 2 + 1 > free_to)
			at = free_to - width / 2 - 1;
		if (at - width / 2 < 0)
			break;
		tui_put(c, 1, a->left + at - width / 2, TUI_QUIET, label);
		free_to = at - width / 2 - 1;
	}
}

/* Where it is fine, on the right of the axis of lag: lines that are crossed matter. */
static void put_limits(const struct axes *a, struct tui_canvas c)
{
	static const double limits_ms[] = {-40, -5, 0, 15, 60};

	for (size_t i = 0; i < sizeof limits_ms / sizeof *limits_ms; i++) {
		int row = row_of(a, limits_ms[i]);

		if (limits_ms[i] <= a->low_ms || limits_ms[i] >= a->high_ms || row < 0 || row >= a->rows)
			continue;
		for (int k = 0; k < a->cols; k += 4)
			tui_put_char(c, row, a->left + k, TUI_RULER, tui_glyph(c, limits_ms[i] == 0 ? TUI_G_HLINE : TUI_G_WAITING));
	}
}

void tui_lag_plot(const struct tui_lag *g, struct tui_canvas c)
{
	struct axes a = {.rows = c.rows - TUI_PLOT_BELOW, .left = TUI_PLOT_LEFT, .cols = c.cols - TUI_PLOT_LEFT};
	struct tui_canvas field;

	if (a.rows < LEAST_ROWS || a.cols < LEAST_COLS)
		return;
	a.cols = a.cols > TUI_LAG_COLS ? TUI_LAG_COLS : a.cols;
	if (tui_lag_history_range(&g->history, g->pace, a.cols, &a.low_ms, &a.high_ms)) {
		settle(&a, g->status.calibration_ms);
		make_room(&a, c.cols);
		field = tui_part(c, 0, a.left, a.rows, a.cols);
		put_lag_axis(&a, c);
		put_limits(&a, c);
		for (int i = 0; i < a.cols; i++) {
			const struct tui_lag_col *x = tui_lag_history_at(&g->history, g->pace, i);

			if (tui_lag_col_has(x))
				put_column(&a, field, a.cols - 1 - i, x, g->status.calibration_ms);
		}
		tui_put_fit(c, a.rows, 0, a.left - 2, TUI_QUIET, TUI_RIGHT, a.unit);
	} else {
		for (int r = 0; r < a.rows; r++)
			tui_put_char(c, r, a.left - 1, TUI_RULER, tui_glyph(c, TUI_G_VLINE));
		tui_put(c, a.rows / 2, a.left + 2, TUI_QUIET, "no lag in this time");
	}
	put_time_axis(g, &a, tui_part(c, a.rows, 0, 2, a.left + a.cols));
}
