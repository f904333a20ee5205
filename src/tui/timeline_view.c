#include "tui/timeline_view.h"

#include <math.h>
#include <stdio.h>

#define EVERYTHING_S 10.0 /* is shown where there is nothing */
#define AIR 0.04          /* of a span, at each of its ends */

/* Seconds in a column that people can reckon with. */
static const double neat_s[] = {1e-4, 2e-4, 5e-4, 1e-3, 2e-3, 5e-3, 0.01, 0.02, 0.05, 0.1, 0.2,
				0.5,  1,    2,	  5,	10,   15,   30,	  60,	120,  300, 600,
				900,  1800, 3600, 7200, 14400};
enum { N_NEAT = sizeof neat_s / sizeof *neat_s };

/* The number of the column, counted from from_s; what is computed as the border of one is meant to be it. */
static double column(double at_s, double from_s, double step_s)
{
	return floor((at_s - from_s) / step_s + 1e-6);
}

static bool near(double a, double b)
{
	return fabs(a - b) < 1e-9 * b;
}

double tui_view_whole_step_s(const struct tui_view *v)
{
	double step_s = (v->end_s - v->begin_s) / (v->cols > 1 ? v->cols - 1 : 1);

	return step_s > v->least_step_s ? step_s : v->least_step_s;
}

/* Inside the ends, and no further away than the whole. */
static void clamp(struct tui_view *v)
{
	double whole_s = tui_view_whole_step_s(v), most_s;

	if (!(v->step_s < whole_s)) {
		v->step_s = whole_s;
		v->whole = true;
	}
	if (v->step_s < v->least_step_s)
		v->step_s = v->least_step_s;
	most_s = v->end_s - (v->cols > 1 ? v->cols - 1 : 0) * v->step_s;
	if (v->whole || !(v->from_s > v->begin_s) || most_s <= v->begin_s)
		v->from_s = v->begin_s;
	else if (v->from_s > most_s)
		v->from_s = most_s;
}

void tui_view_fit(struct tui_view *v, double begin_s, double end_s, int cols)
{
	bool first = v->cols == 0;

	if (!(v->least_step_s > 0))
		v->least_step_s = TUI_STEP_LEAST_S;
	v->begin_s = isfinite(begin_s) ? begin_s : 0;
	v->end_s = isfinite(end_s) && end_s > v->begin_s ? end_s : v->begin_s + EVERYTHING_S;
	v->cols = cols > 1 ? cols : 1;
	if (first || v->whole)
		tui_view_all(v);
	clamp(v);
}

void tui_view_all(struct tui_view *v)
{
	v->step_s = tui_view_whole_step_s(v);
	v->from_s = v->begin_s;
	v->whole = true;
}

static double neat_beside(const struct tui_view *v, double step_s, int direction)
{
	double whole_s = tui_view_whole_step_s(v);

	if (direction > 0) {
		for (int i = N_NEAT - 1; i >= 0; i--)
			if (neat_s[i] < step_s && !near(neat_s[i], step_s))
				return neat_s[i] > v->least_step_s ? neat_s[i] : v->least_step_s;
		return v->least_step_s;
	}
	for (int i = 0; i < N_NEAT; i++)
		if (neat_s[i] > step_s && !near(neat_s[i], step_s))
			return neat_s[i] < whole_s ? neat_s[i] : whole_s;
	return whole_s;
}

void tui_view_zoom(struct tui_view *v, int n, double at_s)
{
	double step_s = v->step_s, col;

	at_s = fmin(fmax(at_s, v->begin_s), v->end_s);
	col = fmin(fmax(column(at_s, v->from_s, v->step_s), 0), v->cols - 1);
	/* There are not more steps than in the table, and the whole. */
	for (int i = 0; i < (n < 0 ? -n : n) && i <= N_NEAT; i++)
		step_s = neat_beside(v, step_s, n);
	v->whole = false;
	v->step_s = step_s;
	/* On the columns' grid, so that the same moments share a column wherever the view is. */
	v->from_s = v->begin_s + (column(at_s, v->begin_s, step_s) - col) * step_s;
	clamp(v);
}

void tui_view_center(struct tui_view *v, double step_s, double at_s)
{
	v->whole = false;
	v->step_s = fmax(step_s, v->least_step_s);
	v->from_s = v->begin_s + (column(at_s, v->begin_s, v->step_s) - floor(v->cols / 2.0)) * v->step_s;
	clamp(v);
}

void tui_view_span(struct tui_view *v, double from_s, double to_s)
{
	double length_s = to_s - from_s;

	v->whole = false;
	v->step_s = fmax((1 + 2 * AIR) * length_s / v->cols, v->least_step_s);
	v->from_s = (from_s + to_s) / 2 - v->cols / 2.0 * v->step_s;
	clamp(v);
}

void tui_view_pan(struct tui_view *v, double cols)
{
	if (v->whole)
		return;
	v->from_s += cols * v->step_s;
	clamp(v);
}

void tui_view_follow(struct tui_view *v, double at_s, int margin)
{
	/* All waves are sent anew when they move: not with each step. */
	double col = column(at_s, v->from_s, v->step_s), more = v->cols / 8;

	if (margin > (v->cols - 1) / 2)
		margin = (v->cols - 1) / 2;
	if (col < margin)
		tui_view_pan(v, col - margin - more);
	else if (col > v->cols - 1 - margin)
		tui_view_pan(v, col - (v->cols - 1 - margin) + more);
}

int tui_view_col(const struct tui_view *v, double at_s)
{
	double col = column(at_s, v->from_s, v->step_s);

	return !(col > -v->cols) ? -v->cols : col > 2.0 * v->cols ? 2 * v->cols : (int)col;
}

double tui_view_time_s(const struct tui_view *v, double col)
{
	return v->from_s + col * v->step_s;
}

char *tui_view_step_words(char *out, unsigned n, double step_s)
{
	if (step_s < 0.9995e-3)
		snprintf(out, n, "%.2g ms", step_s * 1e3);
	else if (step_s < 0.9995)
		snprintf(out, n, "%.3g ms", step_s * 1e3);
	else if (step_s < 9.95)
		snprintf(out, n, "%.1f s", step_s);
	else if (step_s < 119.5)
		snprintf(out, n, "%.0f s", step_s);
	else
		snprintf(out, n, "%.1f min", step_s / 60);
	return out;
}
