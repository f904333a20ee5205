/* Lags over time on the report's page: above, how much later than a clock without drift the clip's sound lies, with the line of the
 * result; below, what the line leaves over. */
#include <math.h>
#include <stdio.h>
#include <stdlib.h>

#include "base/buffer.h"
#include "base/figures.h"
#include "base/text.h"
#include "base/words.h"
#include "export/place.h"
#include "export/report_page.h"

#define WIDE 1000      /* units of the drawing's width, stretched to the window's */
#define TOP_PX 110     /* height of the upper part */
#define LOW_PX 70      /* of the lower one */
#define GAP_PX 16
#define AXIS_PX 20
#define LINE_STEPS 120 /* points of the result's line */
#define TICKS 4

/* One part: a range of values over a stretch of pixels. */
struct part {
	double low, high;
	int top, height;
};

struct plot {
	struct as_xml *x;
	const struct report *r;
	const struct as_placement *p;
	const struct report_lag *v;
	int n;
	double length_s;
};

static double at_x(const struct plot *g, double t_s)
{
	return fmin(fmax(t_s / g->length_s, 0), 1) * WIDE;
}

static double at_y(const struct part *k, double value)
{
	double share = (value - k->low) / (k->high - k->low);
	return k->top + (1 - fmin(fmax(share, 0), 1)) * k->height;
}

static bool inside(const struct part *k, double value)
{
	return value >= k->low && value <= k->high;
}

static double result_lag(const struct plot *g, double t_s)
{
	return as_place_at(g->p, t_s) - g->p->start_s - t_s;
}

/* One standard error of the result's line: of its place, and of its drift from the middle of what was measured on. Where the
 * clock wanders, the drift is only the line that it wanders about. */
static double result_err(const struct plot *g, double t_s)
{
	double middle_s = g->n ? (g->v[0].at_s + g->v[g->n - 1].at_s) / 2 : 0;
	double drift = isfinite(g->p->drift_err_ppm) && g->p->n_clock == 0 ? g->p->drift_err_ppm * 1e-6 * (t_s - middle_s) : 0;
	double place = isfinite(g->p->start_err_s) ? g->p->start_err_s : 0;
	return hypot(place, drift);
}

static void grow(struct part *k, double value)
{
	k->low = fmin(k->low, value);
	k->high = fmax(k->high, value);
}

static void pad(struct part *k, double least)
{
	double room = fmax((k->high - k->low) * 0.12, least);
	k->low -= room;
	k->high += room;
}

/* ---- drawing ---- */

static void put_path(struct as_xml *x, const char *class, struct as_buffer *d)
{
	char *text = as_buffer_take(d);
	if (text && *text) {
		as_xml_open(x, "path");
		as_xml_attr(x, "class", class);
		as_xml_attr(x, "d", text);
		as_xml_close(x);
	}
	free(text);
}

static void put_result(const struct plot *g, const struct part *k, bool lag)
{
	struct as_buffer line = {0}, upper = {0}, lower = {0};
	for (int i = 0; i <= LINE_STEPS; i++) {
		double t_s = g->length_s * i / LINE_STEPS, y = lag ? result_lag(g, t_s) : 0, err = result_err(g, t_s);
		double back_s = g->length_s * (LINE_STEPS - i) / LINE_STEPS, back = lag ? result_lag(g, back_s) : 0;
		as_buffer_addf(&line, "%s%.4g %.4g", i ? "L" : "M", at_x(g, t_s), at_y(k, y));
		as_buffer_addf(&upper, "%s%.4g %.4g", i ? "L" : "M", at_x(g, t_s), at_y(k, y + err));
		as_buffer_addf(&lower, "L%.4g %.4g", at_x(g, back_s), at_y(k, back - result_err(g, back_s)));
	}
	as_buffer_add(&upper, lower.text ? lower.text : "");
	as_buffer_add(&upper, "z");
	put_path(g->x, "band", &upper);
	put_path(g->x, "model", &line);
	as_buffer_done(&lower);
}

static void put_dots(const struct plot *g, const struct part *k, bool lag)
{
	struct as_buffer dots = {0}, errs = {0}, off = {0};
	for (int i = 0; i < g->n; i++) {
		const struct report_lag *v = &g->v[i];
		double value = lag ? v->lag_s : v->residual_s, px = at_x(g, v->at_s), py = at_y(k, value);
		if (!v->used || !inside(k, value)) {
			as_buffer_addf(&off, "M%.4g %.4gh.01", px, py);
			continue;
		}
		as_buffer_addf(&dots, "M%.4g %.4gh.01", px, py);
		if (isfinite(v->err_s) && at_y(k, value - v->err_s) - at_y(k, value + v->err_s) > 5)
			as_buffer_addf(&errs, "M%.4g %.4gV%.4g", px, at_y(k, value - v->err_s), at_y(k, value + v->err_s));
	}
	put_path(g->x, "errs", &errs);
	put_path(g->x, "off", &off);
	put_path(g->x, "dots", &dots);
}

static void put_rule(struct as_xml *x, const char *class, const char *x1, const char *x2, double y1, double y2)
{
	as_xml_open(x, "line");
	as_xml_attr(x, "class", class);
	as_xml_attr(x, "x1", x1);
	as_xml_attr(x, "x2", x2);
	as_xml_attrf(x, "y1", "%.4g", y1);
	as_xml_attrf(x, "y2", "%.4g", y2);
	as_xml_close(x);
}

static void put_label(struct as_xml *x, const char *at_percent, double y, const char *anchor, const char *text)
{
	as_xml_open(x, "text");
	as_xml_attr(x, "class", "tick");
	as_xml_attr(x, "x", at_percent);
	as_xml_attrf(x, "y", "%.4g", y);
	if (anchor)
		as_xml_attr(x, "text-anchor", anchor);
	as_xml_text(x, text);
	as_xml_close_full(x);
}

/* The lines of round values, or their labels, which stand in a drawing of their own to the left. */
static void put_scale(const struct plot *g, const struct part *k, bool labels)
{
	double step = page_step(k->high - k->low, k->height > 90 ? 4 : 3);
	bool micro = step < 0.5e-4;
	double unit = micro ? 1e-6 : 1e-3;
	int decimals = (int)fmin(fmax(ceil(-log10(step / unit) - 1e-9), 0), 6);
	for (double v = ceil(k->low / step) * step; v <= k->high; v += step) {
		char text[64];
		double y = at_y(k, v), shown = fabs(v) < step / 1e3 ? 0 : v / unit;
		if (!labels) {
			put_rule(g->x, shown == 0 ? "zero" : "grid", "0", "100%", y, y);
			continue;
		}
		snprintf(text, sizeof text, "%s%.*f%s", shown > 0 ? "+" : shown < 0 ? "−" : "", decimals, fabs(shown),
			 micro ? " µs" : " ms");
		put_label(g->x, "100%", fmax(y + 4, k->top + 9), "end", text);
	}
}

static void put_times(const struct plot *g, int height)
{
	double step_s = page_time_step(g->length_s, TICKS);
	for (int i = 0; i * step_s <= g->length_s && i <= 2 * TICKS; i++) {
		char text[AS_FIGURE_BYTES], at[32];
		double percent = i * step_s / g->length_s * 100;
		snprintf(at, sizeof at, "%.4g%%", percent);
		put_rule(g->x, "grid", at, at, height - AXIS_PX, height - AXIS_PX + 5);
		page_time(text, sizeof text, i * step_s, step_s);
		put_label(g->x, at, height - 3, i == 0 ? NULL : percent > 92 ? "end" : "middle", text);
	}
}

static void put_part(const struct plot *g, const struct part *k, bool lag, int height)
{
	put_scale(g, k, false);
	as_xml_open(g->x, "svg");
	as_xml_attr(g->x, "width", "100%");
	as_xml_attrf(g->x, "height", "%d", height);
	as_xml_attrf(g->x, "viewBox", "0 0 %d %d", WIDE, height);
	as_xml_attr(g->x, "preserveAspectRatio", "none");
	put_result(g, k, lag);
	put_dots(g, k, lag);
	as_xml_close_full(g->x);
}

static void open_drawing(struct as_xml *x, const char *width, int height)
{
	as_xml_open(x, "svg");
	as_xml_attr(x, "xmlns", "http://www.w3.org/2000/svg");
	as_xml_attr(x, "width", width);
	as_xml_attrf(x, "height", "%d", height);
}

static void put_drawing(const struct plot *g)
{
	int height = TOP_PX + GAP_PX + LOW_PX + AXIS_PX;
	struct part lag = {0, 0, 0, TOP_PX}, rest = {0, 0, TOP_PX + GAP_PX, LOW_PX};
	for (int i = 0; i <= LINE_STEPS; i++)
		grow(&lag, result_lag(g, g->length_s * i / LINE_STEPS));
	for (int i = 0; i < g->n; i++)
		if (g->v[i].used) {
			grow(&lag, g->v[i].lag_s);
			grow(&rest, g->v[i].residual_s);
		}
	pad(&lag, 3e-4); /* what nobody hears is to look flat */
	pad(&rest, 2e-5);
	page_open(g->x, "div", "plot");
	open_drawing(g->x, "64", height);
	as_xml_attr(g->x, "aria-hidden", "true");
	put_scale(g, &lag, true);
	put_scale(g, &rest, true);
	as_xml_close_full(g->x);
	open_drawing(g->x, "100%", height);
	as_xml_attr(g->x, "class", "draw");
	as_xml_attr(g->x, "role", "img");
	as_xml_attr(g->x, "aria-label", "lag over time");
	put_part(g, &lag, true, height);
	put_part(g, &rest, false, height);
	put_times(g, height);
	as_xml_close_full(g->x);
	as_xml_close_full(g->x);
}

/* How far the measurements scatter about the result: half of them lie within. */
static int by_size(const void *pa, const void *pb)
{
	double a = *(const double *)pa, b = *(const double *)pb;
	return (a > b) - (a < b);
}

static double scatter_s(const struct plot *g, int *n_used, int *n_others)
{
	double size[REPORT_POINTS_MAX];
	int others[8], n = 0;
	*n_others = 0;
	for (int i = 0; i < g->n; i++) {
		int k = 0;
		if (g->v[i].used)
			size[n++] = fabs(g->v[i].residual_s);
		while (k < *n_others && others[k] != g->v[i].with)
			k++;
		if (k == *n_others && k < 8)
			others[(*n_others)++] = g->v[i].with;
	}
	*n_used = n;
	qsort(size, (size_t)n, sizeof *size, by_size);
	return n ? size[n / 2] : NAN;
}

static void put_caption(const struct plot *g, int clip)
{
	char text[AS_FIGURE_BYTES], drift[AS_FIGURE_BYTES];
	int n_used, n_others;
	double half_s = scatter_s(g, &n_used, &n_others);
	as_xml_open(g->x, "figcaption");
	page_sign(g->x, g->r->s, clip);
	as_xml_open(g->x, "b");
	page_clip(g->x, g->r, clip);
	as_xml_close_full(g->x);
	as_xml_open(g->x, "br");
	as_xml_close(g->x);
	if (isfinite(g->p->drift_ppm)) {
		as_xml_text(g->x, "Drift ");
		page_number(g->x, as_figure_drift(drift, sizeof drift, g->p->drift_ppm, g->p->drift_err_ppm, true));
		as_xml_text(g->x, " ppm. ");
	}
	as_xml_textf(g->x, "%d measurements against %d%s %s, half of them within %s of the line.", n_used, n_others,
		     n_others == 8 ? " or more" : "", n_others == 1 ? "clip" : "clips",
		     as_figure_span(text, sizeof text, half_s, true));
	if (g->p->n_segments > 1)
		as_xml_textf(g->x, " %d %s inside.", g->p->n_segments - 1, g->p->n_segments == 2 ? "break" : "breaks");
	as_xml_close_full(g->x);
}

static bool put_plot(struct as_xml *x, const struct report *r, int clip)
{
	struct plot g = {.x = x, .r = r, .p = &r->s->placements[clip], .length_s = r->s->clips[clip].duration_s};
	struct report_lag *v = report_lags(r, clip, &g.n);
	g.v = v;
	if (v && g.n > 0 && g.length_s > 0 && isfinite(g.length_s)) {
		as_xml_raw(x, "\n");
		as_xml_open(x, "figure");
		put_caption(&g, clip);
		put_drawing(&g);
		as_xml_close_full(x);
	}
	free(v);
	return v != NULL;
}

bool page_plots(struct as_xml *x, const struct report *r)
{
	bool ok = true;
	if (r->n_plots == 0)
		return true;
	page_head(x, "lags", "Lag over time");
	page_put(x, "p", "note",
		 "Above: how much later than by a clock that agrees with the timeline's each moment of the clip lies, as measured "
		 "(dots) and as placed (line, with one standard error). A slope is drift, a step is lost or additional sound. Below: "
		 "dots minus line. Squares were not trusted.");
	if (r->n_plots_left_out > 0) {
		page_open(x, "p", "note");
		as_xml_textf(x, "Shown are the %d clips that are the least sure; %d others are left out.", r->n_plots,
			     r->n_plots_left_out);
		as_xml_close_full(x);
	}
	page_open(x, "div", "plots");
	for (int i = 0; ok && i < r->n_plots && !report_stopped(r); i++)
		ok = put_plot(x, r, r->plots[i]);
	as_xml_close_full(x);
	return ok;
}
