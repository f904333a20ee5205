/* The parts of the meter: ladder and needle, history in a line, large figures. */
#include <math.h>
#include <stdio.h>
#include <string.h>

#include "tui/lag.h"

/* --- ladder -------------------------------------------------------------------------------------------------------- */

/* Marks and where they stand, as shares of the width: wide where it matters. Straight between two. */
static const struct knot {
	double ms, at;
	const char *label;
} knots[] = {{-125, 0.06, "-125"}, {-40, 0.28, "-40"}, {-5, 0.42, "-5"}, {0, 0.50, "0"},
	     {15, 0.60, "+15"},	   {60, 0.74, "+60"},  {185, 0.93, "+185"}};

#define KNOTS ((int)(sizeof knots / sizeof *knots))

int tui_lag_col(double ms, int cols)
{
	double at = NAN;
	int col;

	if (!(ms >= knots[0].ms))
		return -1;
	if (ms > knots[KNOTS - 1].ms)
		return cols;
	for (int i = 1; i < KNOTS && isnan(at); i++)
		if (ms <= knots[i].ms)
			at = knots[i - 1].at + (knots[i].at - knots[i - 1].at) * (ms - knots[i - 1].ms) / (knots[i].ms - knots[i - 1].ms);
	col = (int)floor(at * cols);
	return col < 0 ? 0 : col >= cols ? cols - 1 : col;
}

/* The zones differ in shape as well as in colour. */
static uint32_t zone_char(bool unicode, enum tui_lag_zone zone)
{
	static const uint32_t wide[] = {0x2588, 0x2501, 0x2500}, plain[] = {'#', '=', '-'}; /* █ ━ ─ */

	return unicode ? wide[zone] : plain[zone];
}

static void put_scale(struct tui_canvas c, int row, int col, int cols)
{
	for (int k = 0; k < cols; k++) {
		enum tui_lag_zone zone = k < tui_lag_col(-40, cols) || k > tui_lag_col(60, cols)  ? TUI_LAG_OUTSIDE
					 : k < tui_lag_col(-5, cols) || k > tui_lag_col(15, cols) ? TUI_LAG_R37
												   : TUI_LAG_PRODUCTION;

		tui_put_char(c, row, col + k, tui_lag_zone_style(zone), zone_char(c.unicode, zone));
	}
	for (int i = 0; i < KNOTS; i++)
		tui_put_char(c, row, col + tui_lag_col(knots[i].ms, cols), TUI_RULER, tui_glyph(c, TUI_G_CROSS));
}

static void put_labels(struct tui_canvas c, int row, int col, int cols)
{
	int free_from = 0;

	for (int i = 0; i < KNOTS; i++) {
		int width = (int)strlen(knots[i].label), at = tui_lag_col(knots[i].ms, cols) - width / 2;

		at = at < 0 ? 0 : at + width > cols ? cols - width : at;
		if (at < free_from)
			continue;
		tui_put(c, row, col + at, TUI_QUIET, knots[i].label);
		free_from = at + width + 1;
	}
	if (free_from + 2 <= cols)
		tui_put(c, row, col + free_from, TUI_QUIET, "ms");
}

void tui_lag_ladder(struct tui_canvas c, int row, int col, int cols, bool tall, double ms)
{
	int at = tui_lag_col(ms, cols);
	bool inside = at >= 0 && at < cols;

	if (cols < 30)
		return;
	put_labels(c, row, col, cols);
	put_scale(c, row + 1, col, cols);
	if (!isfinite(ms))
		return;
	if (inside && tall)
		tui_put_char(c, row + 1, col + at, TUI_NEEDLE, c.unicode ? 0x2503 : '|'); /* ┃ */
	if (inside)
		tui_put_char(c, row + 1 + tall, col + at, TUI_NEEDLE, c.unicode ? 0x25B2 : 'A'); /* ▲ */
	else
		tui_put_char(c, row + 1, at < 0 ? col : col + cols - 1, TUI_NEEDLE,
			     c.unicode ? (at < 0 ? 0x25C4 : 0x25BA) : (at < 0 ? '<' : '>')); /* ◄ ► */
}

/* --- history in a line --------------------------------------------------------------------------------------------- */

#define SPARK_LEAST_MS 1.0 /* from bottom to top: what is steady looks steady */

static uint32_t spark_char(bool unicode, double share)
{
	static const char plain[] = "_.-'";
	int steps = unicode ? 8 : 4, i = (int)floor(share * steps);

	i = i < 0 ? 0 : i >= steps ? steps - 1 : i;
	return unicode ? 0x2581u + (uint32_t)i : (uint32_t)plain[i];
}

void tui_lag_spark(const struct tui_lag_history *h, int pace, struct tui_canvas c, int row, int col, int cols, double cal_ms, double *low_ms,
		   double *high_ms)
{
	bool any = tui_lag_history_range(h, pace, cols, low_ms, high_ms);
	double lack = SPARK_LEAST_MS - (*high_ms - *low_ms);

	if (lack > 0) {
		*low_ms -= lack / 2;
		*high_ms += lack / 2;
	}
	for (int i = 0; i < cols; i++) {
		const struct tui_lag_col *x = tui_lag_history_at(h, pace, i);
		double mid = tui_lag_col_has(x) ? (x->low_ms + x->high_ms) / 2 : (double)NAN;
		int at = col + cols - 1 - i;

		if (any && mid > *high_ms)
			tui_put_char(c, row, at, TUI_PLOT_OUT, tui_glyph(c, TUI_G_UP));
		else if (any && mid < *low_ms)
			tui_put_char(c, row, at, TUI_PLOT_OUT, tui_glyph(c, TUI_G_DOWN));
		else if (any && !isnan(mid))
			tui_put_char(c, row, at, tui_lag_zone_style(tui_lag_zone(mid + cal_ms)),
				     spark_char(c.unicode, (mid - *low_ms) / (*high_ms - *low_ms)));
		else
			tui_put_char(c, row, at, TUI_QUIET, ' ');
	}
	*low_ms += cal_ms;
	*high_ms += cal_ms;
}

/* --- large figures --------------------------------------------------------------------------------------------------- */

#define FONT_ROWS 5

/* Three dots by five; the point and the blank are narrow. */
static const struct figure {
	char ch;
	int cols;
	unsigned char dots[FONT_ROWS]; /* the leftmost dot is the highest of cols bits */
} font[] = {
	{'0', 3, {7, 5, 5, 5, 7}}, {'1', 3, {2, 6, 2, 2, 7}}, {'2', 3, {7, 1, 7, 4, 7}}, {'3', 3, {7, 1, 7, 1, 7}},
	{'4', 3, {5, 5, 7, 1, 1}}, {'5', 3, {7, 4, 7, 1, 7}}, {'6', 3, {7, 4, 7, 5, 7}}, {'7', 3, {7, 1, 1, 1, 1}},
	{'8', 3, {7, 5, 7, 5, 7}}, {'9', 3, {7, 5, 7, 1, 7}}, {'-', 3, {0, 0, 7, 0, 0}}, {'+', 3, {0, 2, 7, 2, 0}},
	{'.', 1, {0, 0, 0, 0, 1}}, {' ', 1, {0, 0, 0, 0, 0}},
};

static const struct figure *figure_of(char ch)
{
	for (size_t i = 0; i < sizeof font / sizeof *font; i++)
		if (font[i].ch == ch)
			return &font[i];
	return &font[sizeof font / sizeof *font - 1];
}

int tui_lag_digits_cols(struct tui_lag_size size, const char *text)
{
	int n = 0;

	for (; *text; text++)
		n += (figure_of(*text)->cols + 1) * size.dot_cols;
	return n > 0 ? n - size.dot_cols : 0;
}

static bool dot(const struct figure *f, int row, int k)
{
	return row < FONT_ROWS && (f->dots[row] >> (f->cols - 1 - k) & 1);
}

/* Two dots in a cell, one above the other. */
static void put_halves(struct tui_canvas c, int row, int col, enum tui_style style, const struct figure *f)
{
	static const uint32_t half[] = {' ', 0x2580, 0x2584, 0x2588}; /* ▀ ▄ █ */

	for (int r = 0; r < 3; r++)
		for (int k = 0; k < f->cols; k++)
			tui_put_char(c, row + r, col + k, style, half[dot(f, 2 * r, k) + 2 * dot(f, 2 * r + 1, k)]);
}

int tui_lag_digits(struct tui_canvas c, int row, int col, struct tui_lag_size size, enum tui_style style, const char *text)
{
	int per_row = size.rows / FONT_ROWS, per_col = size.dot_cols, at = col;

	for (; *text; text++) {
		const struct figure *f = figure_of(*text);

		if (size.rows < FONT_ROWS)
			put_halves(c, row, at, style, f);
		for (int r = 0; r < FONT_ROWS * per_row; r++)
			for (int k = 0; k < f->cols * per_col; k++)
				if (dot(f, r / per_row, k / per_col))
					tui_put_char(c, row + r, at + k, style, tui_glyph(c, TUI_G_FULL));
		at += (f->cols + 1) * per_col;
	}
	return at > col ? at - col - per_col : 0;
}
