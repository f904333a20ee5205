/* The lag over time as SVG. */
#include <math.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include <audiosync/drift.h>

#include "base/figures.h"
#include "base/text.h"
#include "export/xml.h"

#define WIDTH 860
#define HEIGHT 600
#define LEFT 84
#define RIGHT 24
#define TOP 72
#define LAG_END 350  /* of the upper picture: the lag itself */
#define REST_TOP 392 /* of the lower one: what the line leaves of it */
#define REST_END 538
#define TICKS 6
#define BAND 1.96 /* standard errors: 95 % */

static const char style[] =
	"svg{background:#fff;color:#1c2733;font:13px system-ui,sans-serif}"
	"text{fill:#1c2733}.quiet{fill:#5c6a78}.grid{stroke:#dfe5ea;stroke-width:1}.axis{stroke:#5c6a78;stroke-width:1}"
	".band{fill:#2a6fb0;fill-opacity:.18}.line{fill:none;stroke:#2a6fb0;stroke-width:1.8}"
	".bar{stroke:#c2571a;stroke-width:1;stroke-opacity:.7}.dot{fill:#c2571a}"
	".out{fill:none;stroke:#8a96a3;stroke-width:1.2}.cut{stroke:#a3242e;stroke-width:1.2;stroke-dasharray:5 4}"
	"text.cutname{fill:#a3242e}text.head{font-size:16px;font-weight:600}"
	"@media(prefers-color-scheme:dark){svg{background:#12181f}text{fill:#e4e9ee}.quiet{fill:#9aa7b4}"
	".grid{stroke:#27313b}.axis{stroke:#9aa7b4}.line{stroke:#63a8e6}.band{fill:#63a8e6}"
	".bar{stroke:#f0935a}.dot{fill:#f0935a}.cut{stroke:#f0727c}text.cutname{fill:#f0727c}}";

/* An axis: what it shows of the values, in which unit. */
struct axis {
	double from, to; /* values */
	double px_from, px_to;
	double unit, step; /* step in values */
	const char *name;
};

struct plot {
	struct as_xml *x;
	const struct as_drift_fit *f;
	double zero_s; /* the lag at the file's beginning, from which lags are counted */
	struct axis t, lag, rest;
};

/* The curve at a time of the file. Beside a splice the side that the point is nearer to counts. */
static double curve_at(const struct as_drift_fit *f, const struct as_lag_point *p)
{
	double best = NAN;
	for (int i = 1; i < f->n_curve; i++) {
		const struct as_lag_point *a = &f->curve[i - 1], *b = &f->curve[i];
		if (p->at_s < a->at_s || p->at_s > b->at_s || b->at_s <= a->at_s)
			continue;
		double v = a->lag_s + (b->lag_s - a->lag_s) * (p->at_s - a->at_s) / (b->at_s - a->at_s);
		if (!(fabs(p->lag_s - best) <= fabs(p->lag_s - v)))
			best = v;
	}
	return isnan(best) ? f->curve[p->at_s > f->curve[0].at_s ? f->n_curve - 1 : 0].lag_s : best;
}

static double place(const struct axis *a, double v)
{
	return a->px_from + (a->px_to - a->px_from) * (v - a->from) / (a->to - a->from);
}

/* 1, 2 or 5 times a power of ten (or, of minutes and hours, what a clock has). */
static double nice_step(double span, double ticks)
{
	double raw = span / ticks, ten = pow(10, floor(log10(raw)));
	double f = raw / ten;
	return ten * (f <= 1 ? 1 : f <= 2 ? 2 : f <= 5 ? 5 : 10);
}

static void scale_time(struct axis *a, double end_s)
{
	a->unit = end_s > 3 * 3600 ? 3600 : end_s > 180 ? 60 : 1;
	a->name = a->unit > 60 ? "h" : a->unit > 1 ? "min" : "s";
	a->from = 0;
	a->to = fmax(end_s, 1e-3);
	a->step = nice_step(a->to / a->unit, TICKS) * a->unit;
	a->px_from = LEFT;
	a->px_to = WIDTH - RIGHT;
}

static void reach(struct axis *a, double v)
{
	a->from = fmin(a->from, v);
	a->to = fmax(a->to, v);
}

/* Room above and below, a unit, ticks. */
static void settle(struct axis *a)
{
	double most = fmax(-a->from, a->to), room = 0.06 * (a->to - a->from);
	a->from -= room;
	a->to += room;
	a->unit = most >= 1 ? 1 : most >= 1e-3 ? 1e-3 : 1e-6;
	a->name = most >= 1 ? "s" : most >= 1e-3 ? "ms" : "\xc2\xb5s";
	double ticks = fmax(5, TICKS * (a->px_from - a->px_to) / (LAG_END - TOP));
	a->step = nice_step((a->to - a->from) / a->unit, ticks) * a->unit;
}

static void scale_rest(struct plot *p)
{
	struct axis *a = &p->rest;
	const struct as_drift_fit *f = p->f;
	*a = (struct axis){.from = -20e-6, .to = 20e-6, .px_from = REST_END, .px_to = REST_TOP};
	for (int i = 0; i < f->n_curve; i++) {
		reach(a, BAND * f->curve[i].err_s);
		reach(a, -BAND * f->curve[i].err_s);
	}
	for (int i = 0; i < f->n_points; i++) {
		double rest_s = f->points[i].lag_s - curve_at(f, &f->points[i]);
		if (f->points[i].used)
			reach(a, rest_s + (rest_s > 0 ? 1 : -1) * f->points[i].err_s);
	}
	settle(a);
}

static void scale_lag(struct plot *p)
{
	struct axis *a = &p->lag;
	const struct as_drift_fit *f = p->f;
	*a = (struct axis){.from = -20e-6, .to = 20e-6, .px_from = LAG_END, .px_to = TOP};
	for (int i = 0; i < f->n_curve; i++) {
		reach(a, f->curve[i].lag_s - p->zero_s - BAND * f->curve[i].err_s);
		reach(a, f->curve[i].lag_s - p->zero_s + BAND * f->curve[i].err_s);
	}
	for (int i = 0; i < f->n_points; i++) {
		if (!f->points[i].used)
			continue;
		reach(a, f->points[i].lag_s - p->zero_s - f->points[i].err_s);
		reach(a, f->points[i].lag_s - p->zero_s + f->points[i].err_s);
	}
	settle(a);
}

static void put_line(struct as_xml *x, const char *class, double x1, double y1, double x2, double y2)
{
	as_xml_open(x, "line");
	as_xml_attr(x, "class", class);
	as_xml_attrf(x, "x1", "%.2f", x1);
	as_xml_attrf(x, "y1", "%.2f", y1);
	as_xml_attrf(x, "x2", "%.2f", x2);
	as_xml_attrf(x, "y2", "%.2f", y2);
	as_xml_close(x);
}

static void open_text(struct as_xml *x, const char *class, const char *anchor, double at_x, double at_y)
{
	as_xml_open(x, "text");
	if (class)
		as_xml_attr(x, "class", class);
	as_xml_attr(x, "text-anchor", anchor);
	as_xml_attrf(x, "x", "%.1f", at_x);
	as_xml_attrf(x, "y", "%.1f", at_y);
}

static void put_time_axis(const struct plot *p)
{
	const struct axis *a = &p->t;
	int decimals = a->step / a->unit < 1 ? 1 : 0;
	for (int k = 0; k * a->step <= a->to * (1 + 1e-9); k++) {
		double at = place(a, k * a->step);
		put_line(p->x, "grid", at, TOP, at, LAG_END);
		put_line(p->x, "grid", at, REST_TOP, at, REST_END);
		open_text(p->x, "quiet", "middle", at, REST_END + 20);
		as_xml_textf(p->x, "%.*f", decimals, k * a->step / a->unit);
		as_xml_close(p->x);
	}
	put_line(p->x, "axis", LEFT, LAG_END, WIDTH - RIGHT, LAG_END);
	put_line(p->x, "axis", LEFT, REST_END, WIDTH - RIGHT, REST_END);
	open_text(p->x, NULL, "middle", (LEFT + WIDTH - RIGHT) / 2.0, HEIGHT - 16);
	as_xml_textf(p->x, "time in the file, %s", a->name);
	as_xml_close(p->x);
}

static void put_value_axis(const struct plot *p, const struct axis *a, const char *what)
{
	double units = a->step / a->unit;
	int decimals = units < 0.1 ? 2 : units < 1 ? 1 : 0;
	for (double k = ceil(a->from / a->step); k * a->step <= a->to; k++) {
		double at = place(a, k * a->step);
		put_line(p->x, "grid", LEFT, at, WIDTH - RIGHT, at);
		open_text(p->x, "quiet", "end", LEFT - 8, at + 4);
		as_xml_textf(p->x, k == 0 ? "%.*f" : "%+.*f", decimals, fabs(k) > 0 ? k * units : 0);
		as_xml_close(p->x);
	}
	put_line(p->x, "axis", LEFT, a->px_to, LEFT, a->px_from);
	as_xml_open(p->x, "text");
	as_xml_attr(p->x, "text-anchor", "middle");
	as_xml_attrf(p->x, "transform", "translate(20 %.1f) rotate(-90)", (a->px_from + a->px_to) / 2);
	as_xml_textf(p->x, "%s, %s", what, a->name);
	as_xml_close(p->x);
}

/* Around nothing: the band alone, by the curve's errors. */
static bool put_rest_band(const struct plot *p)
{
	const struct as_drift_fit *f = p->f;
	size_t room = 64 * (size_t)f->n_curve + 1, used = 0;
	char *text = malloc(room);
	for (int i = 0; text && i < 2 * f->n_curve; i++) {
		bool back = i >= f->n_curve;
		const struct as_lag_point *c = &f->curve[back ? 2 * f->n_curve - 1 - i : i];
		used += (size_t)snprintf(text + used, room - used, "%s%.2f,%.2f", used ? " " : "",
					 place(&p->t, c->at_s), place(&p->rest, (back ? -BAND : BAND) * c->err_s));
	}
	if (text) {
		as_xml_open(p->x, "polygon");
		as_xml_attr(p->x, "class", "band");
		as_xml_attr(p->x, "points", text);
		as_xml_close(p->x);
		put_line(p->x, "line", LEFT, place(&p->rest, 0), WIDTH - RIGHT, place(&p->rest, 0));
	}
	free(text);
	return text != NULL;
}

/* Coordinates of the curve, shifted by so many errors; heap. */
static char *trace(const struct plot *p, double errors, bool backwards, const char *before)
{
	const struct as_drift_fit *f = p->f;
	size_t room = strlen(before) + 32 * (size_t)f->n_curve + 1;
	char *text = malloc(room);
	size_t used = text ? (size_t)snprintf(text, room, "%s", before) : 0;
	for (int i = 0; text && i < f->n_curve && used < room; i++) {
		const struct as_lag_point *c = &f->curve[backwards ? f->n_curve - 1 - i : i];
		double lag_s = c->lag_s - p->zero_s + errors * c->err_s;
		used += (size_t)snprintf(text + used, room - used, "%s%.2f,%.2f", used ? " " : "",
					 place(&p->t, c->at_s), place(&p->lag, lag_s));
	}
	return text;
}

static bool put_curve(const struct plot *p)
{
	char *line = trace(p, 0, false, ""), *up = trace(p, BAND, false, "");
	char *band = up ? trace(p, -BAND, true, up) : NULL;
	if (line && band) {
		as_xml_open(p->x, "polygon");
		as_xml_attr(p->x, "class", "band");
		as_xml_attr(p->x, "points", band);
		as_xml_close(p->x);
		as_xml_open(p->x, "polyline");
		as_xml_attr(p->x, "class", "line");
		as_xml_attr(p->x, "points", line);
		as_xml_close(p->x);
	}
	bool ok = line && band;
	free(line);
	free(up);
	free(band);
	return ok;
}

static void put_point(const struct plot *p, const struct axis *a, const struct as_lag_point *v, double value)
{
	double x = place(&p->t, v->at_s);
	if (v->used)
		put_line(p->x, "bar", x, place(a, value - v->err_s), x, place(a, value + v->err_s));
	else
		value = fmin(fmax(value, a->from), a->to); /* at the edge: it is further off */
	as_xml_open(p->x, "circle");
	as_xml_attr(p->x, "class", v->used ? "dot" : "out");
	as_xml_attrf(p->x, "cx", "%.2f", x);
	as_xml_attrf(p->x, "cy", "%.2f", place(a, value));
	as_xml_attr(p->x, "r", "2.6");
	as_xml_close(p->x);
}

static void put_points(const struct plot *p)
{
	for (int i = 0; i < p->f->n_points; i++) {
		const struct as_lag_point *v = &p->f->points[i];
		put_point(p, &p->lag, v, v->lag_s - p->zero_s);
		put_point(p, &p->rest, v, v->lag_s - curve_at(p->f, v));
	}
}

static void put_splices(const struct plot *p)
{
	char span[AS_FIGURE_BYTES];
	for (int i = 0; i < p->f->n_splices; i++) {
		const struct as_splice *c = &p->f->splices[i];
		double x = place(&p->t, c->at_s);
		bool right = x < WIDTH - 160;
		put_line(p->x, "cut", x, TOP, x, LAG_END);
		put_line(p->x, "cut", x, REST_TOP, x, REST_END);
		open_text(p->x, "cutname", right ? "start" : "end", x + (right ? 5 : -5), TOP + 14 + 15 * (i % 4));
		as_xml_textf(p->x, "%s %s", as_figure_span(span, sizeof span, fabs(c->lost_s), true),
			     c->lost_s > 0 ? "missing" : "too many");
		as_xml_close(p->x);
	}
}

static void put_head(const struct plot *p, const struct as_drift *d)
{
	char drift[AS_FIGURE_BYTES], offset[AS_FIGURE_BYTES];
	const char *name = as_path_base(d->reference ? d->file : d->output);
	const char *beside = as_path_base(d->reference ? d->reference : d->file);
	char a[160], b[160], shown_a[160], shown_b[160];
	as_text_fit(shown_a, sizeof shown_a, as_text_escape(a, sizeof a, name), 48, 1, 0);
	as_text_fit(shown_b, sizeof shown_b, as_text_escape(b, sizeof b, beside), 48, 1, 0);
	open_text(p->x, "head", "start", LEFT, 28);
	as_xml_textf(p->x, "%s against %s", shown_a, shown_b);
	as_xml_close(p->x);
	open_text(p->x, "quiet", "start", LEFT, 50);
	as_figure_drift(drift, sizeof drift, p->f->drift_ppm, p->f->drift_err_ppm, true);
	snprintf(offset, sizeof offset, "%+.6f s", p->f->offset_s);
	as_xml_textf(p->x, isfinite(p->f->drift_ppm) ? "drift %s ppm, offset %s" : "drift unknown%.0s, offset %s",
		     drift, offset);
	as_xml_close(p->x);
}

char *as_drift_plot(const struct as_drift *d)
{
	struct plot p = {.f = d->reference ? &d->found : &d->left};
	size_t n;
	if (p.f->n_curve == 0 || !(p.x = as_xml_new(true, true)))
		return NULL;
	p.zero_s = p.f->curve[0].lag_s;
	scale_time(&p.t, d->reference || !(d->output_s > 0) ? d->duration_s : d->output_s);
	scale_lag(&p);
	scale_rest(&p);
	as_xml_open(p.x, "svg");
	as_xml_attr(p.x, "xmlns", "http://www.w3.org/2000/svg");
	as_xml_attrf(p.x, "width", "%d", WIDTH);
	as_xml_attrf(p.x, "height", "%d", HEIGHT);
	as_xml_attrf(p.x, "viewBox", "0 0 %d %d", WIDTH, HEIGHT);
	as_xml_attr(p.x, "role", "img");
	as_xml_element(p.x, "title", "Lag over time");
	as_xml_open(p.x, "style");
	as_xml_raw(p.x, style);
	as_xml_close(p.x);
	put_head(&p, d);
	put_time_axis(&p);
	put_value_axis(&p, &p.lag, "change of the lag");
	put_value_axis(&p, &p.rest, "beside the line");
	bool ok = put_rest_band(&p) && put_curve(&p);
	put_points(&p);
	put_splices(&p);
	char *text = as_xml_finish(p.x, &n);
	if (!ok) {
		free(text);
		text = NULL;
	}
	return text;
}
