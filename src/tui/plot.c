#include "tui/plot.h"

#include <math.h>
#include <stdio.h>
#include <string.h>

#include "base/text.h"

#define LEAST_SPAN_S 100e-6
#define NEAR 0.5         /* of the span: points that are not used may widen it so much */
#define ROWS_MAX 64
#define COLS_MAX 512
#define TICK_COLS 12     /* from one label of time to the next, at least */

/* --- arithmetic ------------------------------------------------------------------------------------------------ */

double tui_plot_curve(const struct tui_plot *p, double at_s)
{
	if (p->n_curve == 0)
		return NAN;
	if (at_s <= p->curve[0].at_s)
		return p->curve[0].lag_s;
	for (int i = 1; i < p->n_curve; i++) {
		const struct as_lag_point *a = &p->curve[i - 1], *b = &p->curve[i];

		if (at_s < b->at_s)
			return a->lag_s + (b->lag_s - a->lag_s) * (at_s - a->at_s) / (b->at_s - a->at_s);
	}
	return p->curve[p->n_curve - 1].lag_s;
}

double tui_plot_nice(double v)
{
	double power = pow(10, floor(log10(v))), m = v / power;

	return (m <= 1.0000001 ? 1 : m <= 2.0000001 ? 2 : m <= 5.0000001 ? 5 : 10) * power;
}

double tui_plot_nice_time(double v)
{
	static const double steps[] = {1, 2, 5, 10, 15, 30, 60, 120, 300, 600, 900, 1800, 3600, 7200};

	if (v < 1)
		return tui_plot_nice(v);
	for (size_t i = 0; i < sizeof steps / sizeof *steps; i++)
		if (steps[i] >= v)
			return steps[i];
	return ceil(v / 14400) * 14400;
}

static void reach(struct tui_plot_axes *a, double lag_s)
{
	a->low_s = fmin(a->low_s, lag_s - a->zero_s);
	a->high_s = fmax(a->high_s, lag_s - a->zero_s);
}

static bool shown(const struct tui_plot *p, const struct as_lag_point *v)
{
	return isfinite(v->lag_s) && v->at_s >= p->from_s && v->at_s <= p->to_s;
}

/* Everything that counts. */
static void reach_used(struct tui_plot_axes *a, const struct tui_plot *p)
{
	for (int i = 0; i < p->n_curve; i++)
		if (shown(p, &p->curve[i]))
			reach(a, p->curve[i].lag_s);
	if (p->n_curve > 0)
		reach(a, tui_plot_curve(p, p->to_s));
	for (int i = 0; i < p->n_points; i++)
		if (p->points[i].used && shown(p, &p->points[i]))
			reach(a, p->points[i].lag_s);
}

static void reach_near(struct tui_plot_axes *a, const struct tui_plot *p)
{
	double span_s = a->high_s - a->low_s, low_s = a->low_s - NEAR * span_s, high_s = a->high_s + NEAR * span_s;

	for (int i = 0; i < p->n_points; i++) {
		double lag_s = p->points[i].lag_s - a->zero_s;

		if (shown(p, &p->points[i]) && lag_s >= low_s && lag_s <= high_s)
			reach(a, p->points[i].lag_s);
	}
}

static void widen(struct tui_plot_axes *a, double least_s)
{
	double lack_s = least_s - (a->high_s - a->low_s);

	if (lack_s > 0) {
		a->low_s -= lack_s / 2;
		a->high_s += lack_s / 2;
	}
}

struct tui_plot_axes tui_plot_axes(const struct tui_plot *p, int rows, int cols, bool unicode)
{
	struct tui_plot_axes a = {.unit_s = 1, .unit = "s"};
	double most;
	int ticks = cols / TICK_COLS;

	a.zero_s = p->n_curve > 0 ? tui_plot_curve(p, p->from_s) : p->n_points > 0 ? p->points[0].lag_s : 0;
	if (!isfinite(a.zero_s))
		a.zero_s = 0;
	reach_used(&a, p);
	widen(&a, LEAST_SPAN_S);
	reach_near(&a, p);
	most = fmax(fabs(a.low_s), fabs(a.high_s));
	if (most < 1) {
		a.unit_s = most < 1e-3 ? 1e-6 : 1e-3;
		a.unit = most >= 1e-3 ? "ms" : unicode ? "\302\265s" : "us";
	}
	/* A label every other row at the most. */
	a.step_s = tui_plot_nice(2 * (a.high_s - a.low_s) / (rows > 1 ? rows - 1 : 1));
	a.decimals = (int)ceil(-log10(a.step_s / a.unit_s) - 1e-9);
	a.decimals = a.decimals < 0 ? 0 : a.decimals > 3 ? 3 : a.decimals;
	a.time_step_s = tui_plot_nice_time((p->to_s - p->from_s) / (ticks > 1 ? ticks : 1));
	return a;
}

double tui_plot_row(const struct tui_plot_axes *a, int rows, double lag_s)
{
	return (a->high_s - (lag_s - a->zero_s)) / (a->high_s - a->low_s) * (rows - 1) + 0.5;
}

double tui_plot_col(const struct tui_plot *p, int cols, double at_s)
{
	return (at_s - p->from_s) / (p->to_s - p->from_s) * (cols - 1) + 0.5;
}

/* --- drawing --------------------------------------------------------------------------------------------------- */

/* Dots of the line: in braille two by four in a cell, in blocks one by two, else one by three: ' - _ */
struct dots {
	int rows, cols;
	enum tui_dots kind;
	int fine_rows, fine_cols; /* in a cell */
	unsigned char bits[ROWS_MAX][COLS_MAX];
};

static void put_dot(struct dots *d, double row, double col)
{
	static const unsigned char braille[4][2] = {{0x01, 0x08}, {0x02, 0x10}, {0x04, 0x20}, {0x40, 0x80}};
	double y = floor(row * d->fine_rows), x = floor(col * d->fine_cols);
	int r, k;

	if (!(y >= 0 && y < d->rows * d->fine_rows && x >= 0 && x < d->cols * d->fine_cols))
		return;
	r = (int)y;
	k = (int)x;
	if (d->kind == TUI_DOTS_BRAILLE)
		d->bits[r / 4][k / 2] |= braille[r % 4][k % 2];
	else
		d->bits[r / d->fine_rows][k] |= (unsigned char)(1 << r % d->fine_rows);
}

static void draw_line(struct dots *d, double r0, double c0, double r1, double c1)
{
	double steps = ceil(fmax(fabs(r1 - r0) * d->fine_rows, fabs(c1 - c0) * d->fine_cols)) + 1;
	int n = steps < 8000 ? (int)steps : 8000;

	for (int i = 0; i <= n; i++)
		put_dot(d, r0 + (r1 - r0) * i / n, c0 + (c1 - c0) * i / n);
}

static void draw_curve(const struct tui_plot *p, const struct tui_plot_axes *a, struct dots *d)
{
	for (int i = 1; i < p->n_curve; i++) {
		struct as_lag_point from = p->curve[i - 1], to = p->curve[i];

		if (to.at_s < p->from_s || from.at_s > p->to_s || !isfinite(from.lag_s) || !isfinite(to.lag_s))
			continue;
		/* Only what is seen, so that a long line is as fine as a short one. */
		if (from.at_s < p->from_s)
			from = (struct as_lag_point){.at_s = p->from_s, .lag_s = tui_plot_curve(p, p->from_s)};
		if (to.at_s > p->to_s)
			to = (struct as_lag_point){.at_s = p->to_s, .lag_s = tui_plot_curve(p, p->to_s)};
		draw_line(d, tui_plot_row(a, d->rows, from.lag_s), tui_plot_col(p, d->cols, from.at_s), tui_plot_row(a, d->rows, to.lag_s),
			  tui_plot_col(p, d->cols, to.at_s));
	}
}

static uint32_t dot_char(const struct dots *d, unsigned char bits)
{
	static const char ascii[8] = {' ', '\'', '-', '|', '_', '|', '|', '|'};
	static const uint32_t halves[4] = {' ', 0x2580, 0x2584, 0x2588};

	return d->kind == TUI_DOTS_BRAILLE ? 0x2800u + bits : d->kind == TUI_DOTS_BLOCKS ? halves[bits & 3] : (uint32_t)ascii[bits & 7];
}

static void put_dots(const struct dots *d, struct tui_canvas c)
{
	for (int r = 0; r < d->rows; r++)
		for (int k = 0; k < d->cols; k++)
			if (d->bits[r][k])
				tui_put_char(c, r, k, TUI_PLOT_FIT, dot_char(d, d->bits[r][k]));
}

/* Those that are left out first: what counts lies on top. */
static void put_points(const struct tui_plot *p, const struct tui_plot_axes *a, struct tui_canvas c, bool used)
{
	for (int i = 0; i < p->n_points; i++) {
		const struct as_lag_point *v = &p->points[i];
		double row = tui_plot_row(a, c.rows, v->lag_s);
		int col;

		if (v->used != used || !shown(p, v))
			continue;
		col = (int)floor(tui_plot_col(p, c.cols, v->at_s));
		if (row < 0 || row >= c.rows)
			tui_put_char(c, row < 0 ? 0 : c.rows - 1, col, TUI_PLOT_OUT, tui_glyph(c, row < 0 ? TUI_G_UP : TUI_G_DOWN));
		else
			tui_put_char(c, (int)row, col, used ? TUI_PLOT : TUI_PLOT_OUT, used ? (c.unicode ? 0x2022 : 'o') : (c.unicode ? 0xD7 : 'x'));
	}
}

static void put_lag_axis(const struct tui_plot_axes *a, struct tui_canvas c, int rows)
{
	char label[32];
	double first = ceil(a->low_s / a->step_s - 1e-9);
	int last_row = -1;

	for (int r = 0; r < rows; r++)
		tui_put_char(c, r, TUI_PLOT_LEFT - 1, TUI_RULER, tui_glyph(c, TUI_G_VLINE));
	for (double k = first; k * a->step_s <= a->high_s + 1e-9 * a->step_s && k < first + 2 * ROWS_MAX; k++) {
		int row = (int)floor(tui_plot_row(a, rows, a->zero_s + k * a->step_s));

		if (row < 0 || row >= rows || row == last_row)
			continue;
		last_row = row;
		/* Adding zero turns -0.0 into 0.0. */
		snprintf(label, sizeof label, "%+.*f", a->decimals, k * a->step_s / a->unit_s + 0.0);
		tui_put_fit(c, row, 0, TUI_PLOT_LEFT - 2, TUI_QUIET, TUI_RIGHT, k == 0 ? "0" : label);
		tui_put_char(c, row, TUI_PLOT_LEFT - 1, TUI_RULER, tui_glyph(c, TUI_G_TEE_RIGHT));
	}
}

static void time_label(char *out, size_t n, double at_s, double step_s)
{
	if (step_s < 1)
		snprintf(out, n, "%.*f s", (int)ceil(-log10(step_s) - 1e-9), at_s + 0.0);
	else
		as_text_duration(out, n, at_s);
}

/* Below the dots: a line, and labels below that. */
static void put_time_axis(const struct tui_plot *p, const struct tui_plot_axes *a, struct tui_canvas c, int cols)
{
	double first = ceil(p->from_s / a->time_step_s - 1e-9);
	char label[32];

	tui_put_char(c, 0, TUI_PLOT_LEFT - 1, TUI_RULER, tui_glyph(c, TUI_G_BOTTOM_LEFT));
	for (int k = 0; k < cols; k++)
		tui_put_char(c, 0, TUI_PLOT_LEFT + k, TUI_RULER, tui_glyph(c, TUI_G_HLINE));
	for (double k = first; k * a->time_step_s <= p->to_s && k < first + COLS_MAX; k++) {
		int col = TUI_PLOT_LEFT + (int)floor(tui_plot_col(p, cols, k * a->time_step_s)), width, at;

		time_label(label, sizeof label, k * a->time_step_s, a->time_step_s);
		width = tui_text_cols(label);
		at = col - width / 2;
		at = at < TUI_PLOT_LEFT - 1 ? TUI_PLOT_LEFT - 1 : at + width > c.cols ? c.cols - width : at;
		tui_put_char(c, 0, col, TUI_RULER, tui_glyph(c, TUI_G_TEE_TOP));
		tui_put(c, 1, at, TUI_QUIET, label);
	}
}

void tui_plot_draw(const struct tui_plot *p, struct tui_canvas c)
{
	static const int fine_rows[] = {[TUI_DOTS_BRAILLE] = 4, [TUI_DOTS_BLOCKS] = 2, [TUI_DOTS_ASCII] = 3};
	struct dots d = {.rows = c.rows - TUI_PLOT_BELOW, .cols = c.cols - TUI_PLOT_LEFT, .kind = tui_dots_of(c),
			 .fine_rows = fine_rows[tui_dots_of(c)], .fine_cols = tui_dots_of(c) == TUI_DOTS_BRAILLE ? 2 : 1};
	struct tui_plot_axes a;
	struct tui_canvas inside;

	if (d.rows < 3 || d.cols < 12 || !isfinite(p->from_s) || !isfinite(p->to_s) || !(p->to_s > p->from_s))
		return;
	d.rows = d.rows > ROWS_MAX ? ROWS_MAX : d.rows;
	d.cols = d.cols > COLS_MAX ? COLS_MAX : d.cols;
	a = tui_plot_axes(p, d.rows, d.cols, c.unicode);
	if (!isfinite(a.low_s) || !isfinite(a.high_s))
		return;
	inside = tui_part(c, 0, TUI_PLOT_LEFT, d.rows, d.cols);
	put_lag_axis(&a, c, d.rows);
	put_time_axis(p, &a, tui_part(c, d.rows, 0, TUI_PLOT_BELOW, c.cols), d.cols);
	draw_curve(p, &a, &d);
	put_dots(&d, inside);
	put_points(p, &a, inside, false);
	put_points(p, &a, inside, true);
}
