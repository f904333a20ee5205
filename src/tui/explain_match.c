/* One match in an explanation: what it measured, and its lag over time. */
#include <math.h>
#include <stdio.h>
#include <stdlib.h>

#include "base/explain_words.h"
#include "base/figures.h"
#include "base/words.h"
#include "tui/explain.h"
#include "tui/plot.h"

#define MARGIN 0.04 /* of the stretch, at both ends of the plot */
#define WIDE 90     /* columns from which on the legend is written out */
#define WHOLE 0.6   /* matches that cover so much of the clip are shown in the whole of it */

/* --- lags ------------------------------------------------------------------------------------------------------ */

/* What a point of the match is to the clip: the match's times are b's, its lags those of b against a. */
static struct as_lag_point seen_from(const struct as_match *m, int clip, struct as_lag_point p)
{
	if (m->b == clip)
		return p;
	p.at_s += p.lag_s;
	p.lag_s = -p.lag_s;
	return p;
}

static void add_stretch(struct tui_lags *l, const struct as_match *m, int clip, double start_s, double from_s, double to_s)
{
	double slope = 1 / (1 + m->slope_ppm * 1e-6) - 1, at_s[2] = {from_s, to_s};

	for (int i = 0; i < 2; i++)
		l->curve[l->n_curve++] =
			seen_from(m, clip, (struct as_lag_point){.at_s = at_s[i], .lag_s = start_s + at_s[i] * slope, .used = true});
}

static int by_time(const void *pa, const void *pb)
{
	const struct as_lag_point *a = pa, *b = pb;

	return (a->at_s > b->at_s) - (a->at_s < b->at_s);
}

/* The points' stretch with some room, or the whole clip where that is much the same. */
static void choose_stretch(struct tui_lags *l, double duration_s)
{
	double from_s = INFINITY, to_s = -INFINITY, room_s;

	for (int i = 0; i < l->n_points; i++) {
		from_s = fmin(from_s, l->points[i].at_s);
		to_s = fmax(to_s, l->points[i].at_s);
	}
	room_s = fmax((to_s - from_s) * MARGIN, 1);
	if (isfinite(duration_s) && to_s - from_s > WHOLE * duration_s) {
		from_s = fmin(from_s, room_s);
		to_s = fmax(to_s, duration_s - room_s);
	}
	l->from_s = from_s - room_s;
	l->to_s = to_s + room_s;
	if (isfinite(duration_s) && duration_s > from_s) {
		l->from_s = fmax(l->from_s, 0);
		l->to_s = fmin(l->to_s, fmax(duration_s, to_s));
	}
}

bool tui_lags_init(struct tui_lags *l, const struct as_snapshot *s, int match, int clip)
{
	const struct as_match *m = &s->matches[match];
	double b_s = s->clips[m->b].duration_s;

	*l = (struct tui_lags){0};
	l->points = calloc((size_t)m->n_points + 1, sizeof *l->points);
	l->curve = calloc(2 * (size_t)m->n_segments + 2, sizeof *l->curve);
	if (!l->points || !l->curve)
		return false;
	for (int i = 0; i < m->n_points; i++)
		if (isfinite(m->points[i].at_s) && isfinite(m->points[i].lag_s))
			l->points[l->n_points++] = seen_from(m, clip, m->points[i]);
	for (int i = 0; i < m->n_segments; i++)
		add_stretch(l, m, clip, m->segments[i].start_s, m->segments[i].from_s, m->segments[i].to_s);
	if (m->n_segments == 0)
		add_stretch(l, m, clip, m->offset_s, 0, isfinite(b_s) ? b_s : 0);
	qsort(l->points, (size_t)l->n_points, sizeof *l->points, by_time);
	if (l->n_points > 0)
		choose_stretch(l, s->clips[clip].duration_s);
	return true;
}

void tui_lags_done(struct tui_lags *l)
{
	free(l->points);
	free(l->curve);
	*l = (struct tui_lags){0};
}

/* --- words ----------------------------------------------------------------------------------------------------- */

/* "drift +12.3 ppm: its clock gains 44 ms an hour" */
static void say_drift(char *out, size_t n, const struct as_explained_match *v, bool unicode)
{
	char drift[AS_FIGURE_BYTES], hour[AS_FIGURE_BYTES];

	if (!isfinite(v->drift_ppm)) {
		snprintf(out, n, "too short to tell the drift by itself");
		return;
	}
	as_figure_drift(drift, sizeof drift, v->drift_ppm, v->drift_err_ppm, unicode);
	if (fabs(v->drift_ppm) <= 2 * v->drift_err_ppm)
		snprintf(out, n, "drift %s ppm: as good as none", drift);
	else
		snprintf(out, n, "drift %s ppm: %s %s an hour", drift, v->drift_ppm > 0 ? "gains" : "loses",
			 as_figure_span(hour, sizeof hour, fabs(v->drift_ppm) * 1e-6 * 3600, unicode));
}

static void put_legend(const struct tui_model *m, const struct as_explained_match *v, const struct tui_plot *p, struct tui_canvas c)
{
	struct tui_plot_axes a = tui_plot_axes(p, c.rows, c.cols, m->unicode);
	char drift[160];
	int out = 0, col = 1;

	for (int i = 0; i < p->n_points; i++)
		out += !p->points[i].used;
	say_drift(drift, sizeof drift, v, m->unicode);
	col += tui_putf(c, 0, col, TUI_QUIET, c.cols >= WIDE ? "change of the lag, %s  " : "lag, %s  ", a.unit);
	col += tui_putf(c, 0, col, TUI_PLOT, "%s measured", m->unicode ? "\342\200\242" : "o") + 2;
	if (out > 0)
		col += tui_putf(c, 0, col, TUI_PLOT_OUT, "%s left out", m->unicode ? "\303\227" : "x") + 2;
	tui_putf(c, 0, col, TUI_PLOT_FIT, "%s %s", m->unicode ? "\342\240\244\342\240\244" : "--", drift);
}

static void put_title(const struct tui_model *m, const struct as_explained_match *v, struct tui_canvas c)
{
	char name[300];
	int col = 4;

	for (int i = 0; i < c.cols; i++)
		tui_put_char(c, 0, i, TUI_BORDER, tui_glyph(c, TUI_G_HLINE));
	col += tui_put(c, 0, col - 1, TUI_TITLE, " against ") - 1;
	as_words_clip(name, sizeof name, &m->snap->clips[v->other]);
	tui_put_fit(c, 0, col, tui_text_cols(name) < c.cols - col - 2 ? tui_text_cols(name) : c.cols - col - 2, TUI_VALUE, TUI_NAME, name);
	col += tui_text_cols(name) < c.cols - col - 2 ? tui_text_cols(name) : c.cols - col - 2;
	tui_put(c, 0, col, TUI_TITLE, " ");
}

/* Returns the rows used. */
static int put_words(const struct tui_model *m, const struct as_explained_match *v, struct tui_canvas c)
{
	char detail[AS_EXPLAIN_BYTES], fate[AS_EXPLAIN_BYTES];
	int rows;

	as_explain_detail(detail, m->snap, v, m->unicode);
	rows = tui_put_wrapped(c, 0, 1, c.cols - 2, c.rows, TUI_PLAIN, detail);
	if (v->fate == AS_FATE_USED)
		return rows;
	as_explain_fate(fate, sizeof fate, m->snap, v, m->opt);
	tui_put(c, rows, 1, TUI_UNPLACED, "not used: it ");
	return rows + tui_put_wrapped(c, rows, 14, c.cols - 15, c.rows - rows, TUI_PLAIN, fate);
}

void tui_explain_panel(const struct tui_explain *x, const struct tui_model *m, const struct as_explained_match *v, struct tui_canvas c)
{
	struct tui_lags l;
	int row = 1;

	put_title(m, v, c);
	row += put_words(m, v, tui_part(c, 1, 0, c.rows - 1, c.cols));
	if (!tui_lags_init(&l, m->snap, v->match, x->clip)) {
		tui_put(c, row, 1, TUI_ERROR, "out of memory");
	} else if (l.n_points == 0) {
		tui_put(c, row, 1, TUI_QUIET, "no lag was measured along it");
	} else {
		struct tui_plot p = {l.points, l.n_points, l.curve, l.n_curve, l.from_s, l.to_s};
		struct tui_canvas rest = tui_part(c, row + 1, 0, c.rows - row - 1, c.cols - 1);

		put_legend(m, v, &p, tui_part(c, row, 0, rest.rows - TUI_PLOT_BELOW, rest.cols));
		tui_plot_draw(&p, rest);
	}
	tui_lags_done(&l);
}
