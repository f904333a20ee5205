/* The lag over time in characters: the fitted line in braille dots, the measured lags as marks over it. */
#include <math.h>
#include <stdlib.h>
#include <string.h>

#include "base/text.h"
#include "cli/drift.h"

#define ROWS 13
#define LABEL_COLS 9
#define COLS_MIN 30
#define COLS_MAX 160
#define LEAST_SPAN_S 100e-6 /* a flat line is to look flat */

struct grid {
	int cols;
	double from, to; /* lag */
	double zero_s, end_s;
	unsigned char dots[ROWS][COLS_MAX]; /* braille, bit by bit */
	char mark[ROWS][COLS_MAX];          /* 'o' used, 'x' not */
};

static void reach(struct grid *g, double lag_s)
{
	g->from = fmin(g->from, lag_s - g->zero_s);
	g->to = fmax(g->to, lag_s - g->zero_s);
}

static void scale(struct grid *g, const struct as_drift_fit *f)
{
	for (int i = 0; i < f->n_curve; i++)
		reach(g, f->curve[i].lag_s);
	for (int i = 0; i < f->n_points; i++)
		if (f->points[i].used)
			reach(g, f->points[i].lag_s);
	double lack = LEAST_SPAN_S - (g->to - g->from);
	if (lack > 0) {
		g->from -= lack / 2;
		g->to += lack / 2;
	}
}

/* Position from the top in fractions of a row, and from the left of a column. */
static double row_of(const struct grid *g, double lag_s)
{
	return (g->to - (lag_s - g->zero_s)) / (g->to - g->from) * (ROWS - 1) + 0.5;
}

static double col_of(const struct grid *g, double at_s)
{
	return at_s / g->end_s * (g->cols - 1) + 0.5;
}

static void put_dot(struct grid *g, double row, double col)
{
	static const unsigned char bits[4][2] = {{0x01, 0x08}, {0x02, 0x10}, {0x04, 0x20}, {0x40, 0x80}};
	int y = (int)floor(row * 4), x = (int)floor(col * 2);
	if (y >= 0 && y < ROWS * 4 && x >= 0 && x < g->cols * 2)
		g->dots[y / 4][x / 2] |= bits[y % 4][x % 2];
}

static void draw_line(struct grid *g, const struct as_lag_point *a, const struct as_lag_point *b)
{
	double r0 = row_of(g, a->lag_s), r1 = row_of(g, b->lag_s);
	double c0 = col_of(g, a->at_s), c1 = col_of(g, b->at_s);
	int n = (int)ceil(fmax(fabs(r1 - r0) * 4, fabs(c1 - c0) * 2)) + 1;
	for (int i = 0; i <= n; i++)
		put_dot(g, r0 + (r1 - r0) * i / n, c0 + (c1 - c0) * i / n);
}

static void draw_point(struct grid *g, const struct as_lag_point *p)
{
	int y = (int)floor(row_of(g, p->lag_s)), x = (int)floor(col_of(g, p->at_s));
	bool inside = y >= 0 && y < ROWS && x >= 0 && x < g->cols;
	if (inside && g->mark[y][x] != 'o')
		g->mark[y][x] = p->used ? 'o' : 'x';
}

/* The unit that makes the larger end readable. */
static const char *unit_of(const struct as_term *t, const struct grid *g, double *unit)
{
	double most = fmax(fabs(g->from), fabs(g->to));
	*unit = most >= 1 ? 1 : most >= 1e-3 ? 1e-3 : 1e-6;
	return most >= 1 ? "s" : most >= 1e-3 ? "ms" : as_term_glyph(t, "µs", "us");
}

static void put_braille(FILE *out, unsigned char dots)
{
	unsigned cp = 0x2800u + dots;
	fputc((int)(0xe0 | cp >> 12), out);
	fputc((int)(0x80 | (cp >> 6 & 0x3f)), out);
	fputc((int)(0x80 | (cp & 0x3f)), out);
}

static void put_cell(FILE *out, const struct as_term *t, const struct grid *g, int y, int x)
{
	if (g->mark[y][x] == 'o')
		as_put_ink(out, t, AS_INK_GOOD, as_term_glyph(t, "•", "o"));
	else if (g->mark[y][x] == 'x')
		as_put_ink(out, t, AS_INK_POOR, as_term_glyph(t, "×", "x"));
	else if (g->dots[y][x] == 0)
		fputc(' ', out);
	else if (t->unicode)
		put_braille(out, g->dots[y][x]);
	else
		fputc('.', out);
}

static void put_line(FILE *out, const struct as_term *t, const struct grid *g, int y, double unit, int decimals)
{
	char label[40] = "";
	bool labelled = y % 3 == 0;
	double lag_s = g->to - (g->to - g->from) * y / (ROWS - 1);
	if (labelled)
		snprintf(label, sizeof label, "%+.*f", decimals, lag_s / unit + 0.0);
	as_put_cell(out, t, AS_INK_QUIET, AS_ALIGN_RIGHT, LABEL_COLS, label);
	as_put_ink(out, t, AS_INK_QUIET,
		   labelled ? as_term_glyph(t, " ┤", " +") : as_term_glyph(t, " │", " |"));
	int last = g->cols - 1;
	while (last >= 0 && !g->mark[y][last] && !g->dots[y][last])
		last--;
	for (int x = 0; x <= last; x++)
		put_cell(out, t, g, y, x);
	fputc('\n', out);
}

static void put_time_axis(FILE *out, const struct as_term *t, const struct grid *g)
{
	char from[40], middle[40], to[40];
	as_put_gap(out, LABEL_COLS + 1);
	as_put_ink(out, t, AS_INK_QUIET, as_term_glyph(t, "└", "+"));
	as_put_rule(out, t, g->cols);
	fputc('\n', out);
	as_text_duration(from, sizeof from, 0);
	as_text_duration(middle, sizeof middle, g->end_s / 2);
	as_text_duration(to, sizeof to, g->end_s);
	int half = g->cols / 2 - (int)strlen(from) - (int)strlen(middle) / 2;
	int rest = g->cols - g->cols / 2 - (int)(strlen(middle) + 1) / 2 - (int)strlen(to);
	as_put_gap(out, LABEL_COLS + 2);
	fprintf(out, "%s%*s%s%*s%s\n", from, half > 0 ? half : 1, "", middle, rest > 0 ? rest : 1, "", to);
}

void as_drift_put_plot(FILE *out, const struct as_term *t, const struct as_drift_fit *f, double duration_s)
{
	struct grid g = {.cols = t->cols - LABEL_COLS - 3, .end_s = fmax(duration_s, 1e-3)};
	double unit;
	if (f->n_curve == 0)
		return;
	g.cols = g.cols < COLS_MIN ? COLS_MIN : g.cols > COLS_MAX ? COLS_MAX : g.cols;
	g.zero_s = f->curve[0].lag_s;
	scale(&g, f);
	for (int i = 1; i < f->n_curve; i++)
		draw_line(&g, &f->curve[i - 1], &f->curve[i]);
	for (int i = 0; i < f->n_points; i++)
		draw_point(&g, &f->points[i]);
	const char *name = unit_of(t, &g, &unit);
	double step = (g.to - g.from) / unit / 4;
	as_put_cell(out, t, AS_INK_QUIET, AS_ALIGN_RIGHT, LABEL_COLS, name);
	as_put_ink(out, t, AS_INK_QUIET, "  change of the lag over the file's time\n");
	for (int y = 0; y < ROWS; y++)
		put_line(out, t, &g, y, unit, step < 0.5 ? 2 : step < 5 ? 1 : 0);
	put_time_axis(out, t, &g);
}
