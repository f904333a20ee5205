/* The timeline of the report's page, drawn: one panel an island, one lane a track. Widths are percents, so that the drawing fits any
 * window while its texts keep their size. */
#include <math.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "base/figures.h"
#include "base/text.h"
#include "base/words.h"
#include "export/place.h"
#include "export/report_page.h"

#define PANELS_MAX 24    /* islands drawn */
#define LANES_MAX 60     /* tracks drawn in one of them */
#define NAMED_MAX 400    /* clips with names inside; more are bars alone */
#define ROWS_MAX 4       /* clips of one track that run at once and get rows of their own */
#define THIN_PERCENT 8.0 /* bars that have no room for a text on a phone, or (a quarter of it) anywhere */
#define BAR_PX 24
#define ROW_PX 28
#define LABEL_PX 22
#define AXIS_PX 26
#define TICKS 6

#define GUESSES_MAX 4    /* places of one ambiguous clip */

/* One clip where it is drawn. */
struct bar {
	int clip, row;
	bool guess; /* one of the places that it might have */
	double from_s, to_s;
};

struct panel {
	const struct report *r;
	int island;
	double length_s;
	struct bar *bars; /* by track, then start */
	int n;
};

static double end_of(const struct report *r, int clip)
{
	const struct as_placement *p = &r->s->placements[clip];
	double duration_s = r->s->clips[clip].duration_s;
	return isfinite(duration_s) ? as_place_at(p, duration_s) : p->start_s;
}

static int by_track(const struct report *r, const struct bar *a, const struct bar *b)
{
	int ta = r->s->clips[a->clip].track, tb = r->s->clips[b->clip].track;
	return (ta > tb) - (ta < tb);
}

/* Bars come in the order of tables, so tracks stand together; within them by start. */
static int by_start(const void *va, const void *vb)
{
	const struct bar *a = va, *b = vb;
	if (a->from_s != b->from_s)
		return a->from_s < b->from_s ? -1 : 1;
	return (a->clip > b->clip) - (a->clip < b->clip);
}

/* The first row that is free by then. */
static void give_rows(struct bar *v, int n)
{
	double free_s[ROWS_MAX];
	for (int k = 0; k < ROWS_MAX; k++)
		free_s[k] = -INFINITY;
	for (int i = 0; i < n; i++) {
		int row = 0;
		while (row + 1 < ROWS_MAX && free_s[row] > v[i].from_s + 0.05)
			row++;
		v[i].row = row;
		free_s[row] = fmax(free_s[row], v[i].to_s);
	}
}

static int lane_length(const struct panel *p, int from)
{
	int n = 1;
	while (from + n < p->n && by_track(p->r, &p->bars[from], &p->bars[from + n]) == 0)
		n++;
	return n;
}

static void add_bar(struct panel *p, int clip, bool guess, double from_s, double to_s)
{
	if (!isfinite(from_s) || !isfinite(to_s))
		return;
	p->bars[p->n++] = (struct bar){clip, 0, guess, from_s, fmax(from_s, to_s)};
	if (!guess)
		p->length_s = fmax(p->length_s, to_s);
}

/* Where an ambiguous clip might lie on this island. */
static void add_guesses(struct panel *p, int clip)
{
	const struct as_snapshot *s = p->r->s;
	const struct as_placement *v = &s->placements[clip];
	bool known = v->verdict == AS_VERDICT_AMBIGUOUS && v->beside >= 0 && v->beside < s->n_clips;
	if (!known || !as_outline_is_placed(s, v->beside) || s->placements[v->beside].island != p->island)
		return;
	for (int i = 0; i < v->n_candidates && i < GUESSES_MAX; i++)
		add_bar(p, clip, true, v->candidates[i].start_s, v->candidates[i].start_s + s->clips[clip].duration_s);
}

static bool gather(struct panel *p)
{
	const struct report *r = p->r;
	p->n = 0;
	p->length_s = 0;
	for (int k = 0; k < r->outline.n_clips; k++) {
		int clip = r->outline.clips[k];
		if (!as_outline_is_placed(r->s, clip)) {
			if (r->s->placements && r->s->clips[clip].state != AS_CLIP_FAILED)
				add_guesses(p, clip);
		} else if (r->s->placements[clip].island == p->island) {
			add_bar(p, clip, false, r->s->placements[clip].start_s, end_of(r, clip));
		}
	}
	for (int i = 0, n; i < p->n; i += n) {
		n = lane_length(p, i);
		qsort(p->bars + i, (size_t)n, sizeof *p->bars, by_start);
		give_rows(p->bars + i, n);
	}
	return p->length_s > 0;
}

static double percent(const struct panel *p, double t_s)
{
	return fmin(fmax(t_s / p->length_s, 0), 1) * 100;
}

/* ---- drawing ---- */

static void put_line(struct as_xml *x, const char *class, double percent_x, double from, double to)
{
	as_xml_open(x, "line");
	as_xml_attr(x, "class", class);
	as_xml_attrf(x, "x1", "%.4g%%", percent_x);
	as_xml_attrf(x, "x2", "%.4g%%", percent_x);
	as_xml_attrf(x, "y1", "%g", from);
	as_xml_attrf(x, "y2", "%g", to);
	as_xml_close(x);
}

static void put_axis(struct as_xml *x, const struct panel *p, int height)
{
	double step_s = page_time_step(p->length_s, TICKS);
	for (int i = 0; i * step_s <= p->length_s && i <= 2 * TICKS; i++) {
		char label[AS_FIGURE_BYTES];
		double at = percent(p, i * step_s);
		put_line(x, "grid", at, 0, height - AXIS_PX + 6);
		if (at > 97)
			continue; /* no room for its text */
		page_time(label, sizeof label, i * step_s, step_s);
		as_xml_open(x, "text");
		as_xml_attr(x, "class", "tick");
		as_xml_attrf(x, "x", "%.4g%%", at);
		as_xml_attrf(x, "y", "%d", height - 6);
		if (i > 0)
			as_xml_attr(x, "text-anchor", at > 92 ? "end" : "middle");
		as_xml_text(x, label);
		as_xml_close_full(x);
	}
}

static void put_title(struct as_xml *x, const struct panel *p, const struct bar *v)
{
	const struct as_snapshot *s = p->r->s;
	char name[400], at[AS_FIGURE_BYTES], length[AS_FIGURE_BYTES], verdict[64];
	as_xml_open(x, "title");
	as_xml_textf(x, "%d %s · %s%s · %s long · %s", p->r->number[v->clip], as_words_clip(name, sizeof name, &s->clips[v->clip]),
		     v->guess ? "might lie at " : "", as_text_hms(at, sizeof at, v->from_s, 3),
		     as_text_duration(length, sizeof length, s->clips[v->clip].duration_s),
		     as_words_verdict(verdict, sizeof verdict, s, v->clip));
	as_xml_close_full(x);
}

static void put_box(struct as_xml *x, double from, double width, int y)
{
	as_xml_open(x, "rect");
	as_xml_attrf(x, "x", "%.5g%%", from);
	as_xml_attrf(x, "y", "%d.5", y);
	as_xml_attrf(x, "width", "%.5g%%", width);
	as_xml_attrf(x, "height", "%d", BAR_PX - 1);
	if (width > 0.8)
		as_xml_attr(x, "rx", "3");
	as_xml_close(x);
}

/* A drawing of its own in the drawing: what does not fit into the bar is cut at its border. */
static void put_name(struct as_xml *x, const struct panel *p, const struct bar *v, double from, double width, int y)
{
	char name[400];
	if (width < THIN_PERCENT / 4)
		return; /* room for nothing */
	page_open(x, "svg", width < THIN_PERCENT ? "thin" : NULL);
	as_xml_attrf(x, "x", "%.5g%%", from);
	as_xml_attrf(x, "y", "%d", y);
	as_xml_attrf(x, "width", "%.5g%%", width);
	as_xml_attrf(x, "height", "%d", BAR_PX);
	as_xml_open(x, "text");
	as_xml_attr(x, "x", "5");
	as_xml_attr(x, "y", "16");
	as_xml_textf(x, "%s %d %s", report_mark(p->r->s, v->clip), p->r->number[v->clip],
		     as_words_clip(name, sizeof name, &p->r->s->clips[v->clip]));
	as_xml_close_full(x);
	as_xml_close_full(x);
}

static void put_bar(struct as_xml *x, const struct panel *p, const struct bar *v, int y, bool named)
{
	double from = percent(p, v->from_s), width = fmax(percent(p, v->to_s) - from, 0.15);
	as_xml_open(x, "a");
	as_xml_attrf(x, "class", "bar %s", v->guess ? "guess" : page_class(p->r->s, v->clip));
	as_xml_attrf(x, "href", "#clip-%d", p->r->number[v->clip]);
	put_title(x, p, v);
	put_box(x, from, width, y + v->row * ROW_PX);
	if (named)
		put_name(x, p, v, from, width, y + v->row * ROW_PX);
	as_xml_close_full(x);
}

/* A stroke through the bar and a triangle on top of it. */
static void put_cuts(struct as_xml *x, const struct panel *p, const struct bar *v, int y)
{
	const struct as_placement *at = &p->r->s->placements[v->clip];
	for (int i = 1; i < at->n_segments && !v->guess; i++) {
		double t_s = as_place_at(at, at->segments[i].from_s);
		int top = y + v->row * ROW_PX;
		if (!isfinite(t_s))
			continue;
		put_line(x, "cut", percent(p, t_s), top - 1, top + BAR_PX + 1);
		as_xml_open(x, "svg"); /* paths know no percents */
		as_xml_attrf(x, "x", "%.5g%%", percent(p, t_s));
		as_xml_attrf(x, "y", "%d", top - 5);
		as_xml_attr(x, "overflow", "visible");
		as_xml_open(x, "path");
		as_xml_attr(x, "class", "flag");
		as_xml_attr(x, "d", "M-5 0h10l-5 7z");
		as_xml_close(x);
		as_xml_close_full(x);
	}
}

/* Returns the lane's height. */
static int put_lane(struct as_xml *x, const struct panel *p, int from, int n, int y, bool named)
{
	char name[300], count[AS_FIGURE_BYTES];
	int rows = 1, placed = 0, track = p->r->s->clips[p->bars[from].clip].track;
	for (int i = from; i < from + n; i++)
		placed += !p->bars[i].guess;
	as_xml_raw(x, "\n");
	as_xml_open(x, "text");
	as_xml_attr(x, "class", "lane");
	as_xml_attr(x, "x", "0");
	as_xml_attrf(x, "y", "%d", y + 14);
	as_xml_textf(x, "%s ", report_track_name(name, sizeof name, p->r, track));
	as_xml_element(x, "tspan", as_figure_count(count, sizeof count, placed, "clip", "clips"));
	as_xml_close_full(x);
	for (int i = from; i < from + n && !report_stopped(p->r); i++) {
		put_bar(x, p, &p->bars[i], y + LABEL_PX, named);
		rows = p->bars[i].row + 1 > rows ? p->bars[i].row + 1 : rows;
	}
	for (int i = from; i < from + n; i++)
		put_cuts(x, p, &p->bars[i], y + LABEL_PX);
	return LABEL_PX + rows * ROW_PX + 4;
}

/* Height of the lanes that are drawn; *n_left_out: tracks that are not. */
static int measure(const struct panel *p, int *n_left_out)
{
	int height = 0, lanes = 0;
	*n_left_out = 0;
	for (int i = 0, n; i < p->n; i += n, lanes++) {
		int rows = 1;
		n = lane_length(p, i);
		for (int k = i; k < i + n; k++)
			rows = p->bars[k].row + 1 > rows ? p->bars[k].row + 1 : rows;
		if (lanes < LANES_MAX)
			height += LABEL_PX + rows * ROW_PX + 4;
		else
			++*n_left_out;
	}
	return height;
}

static void put_panel(struct as_xml *x, const struct panel *p)
{
	int n_left_out, height = measure(p, &n_left_out) + AXIS_PX, y = 0, lanes = 0;
	page_open(x, "div", "panel");
	as_xml_open(x, "svg");
	as_xml_attr(x, "xmlns", "http://www.w3.org/2000/svg");
	as_xml_attr(x, "width", "100%");
	as_xml_attrf(x, "height", "%d", height);
	as_xml_attr(x, "role", "img");
	as_xml_attrf(x, "aria-label", "%d clips on a timeline", p->n);
	put_axis(x, p, height);
	for (int i = 0, n; i < p->n && lanes < LANES_MAX; i += n, lanes++) {
		n = lane_length(p, i);
		y += put_lane(x, p, i, n, y, p->n <= NAMED_MAX);
	}
	as_xml_close_full(x);
	if (n_left_out > 0) {
		page_open(x, "p", "note");
		as_xml_textf(x, "and %d more tracks: the table of clips has them.", n_left_out);
		as_xml_close_full(x);
	}
	as_xml_close_full(x);
}

static void put_island(struct as_xml *x, struct panel *p)
{
	char length[AS_FIGURE_BYTES], count[AS_FIGURE_BYTES];
	if (!gather(p))
		return;
	int placed = 0;
	for (int i = 0; i < p->n; i++)
		placed += !p->bars[i].guess;
	if (p->r->s->n_islands > 1) {
		as_xml_open(x, "h3");
		as_xml_textf(x, "Island %d ", p->island);
		as_xml_open(x, "span");
		as_xml_attr(x, "class", "n");
		as_xml_textf(x, "%s, %s", as_figure_count(count, sizeof count, placed, "clip", "clips"),
			     as_text_duration(length, sizeof length, p->length_s));
		as_xml_close_full(x);
		as_xml_close_full(x);
	}
	put_panel(x, p);
}

static void put_unplaced(struct as_xml *x, const struct report *r)
{
	int n = 0, shown = 0;
	for (int i = 0; i < r->s->n_clips; i++)
		n += !as_outline_is_placed(r->s, i);
	if (n == 0)
		return;
	as_xml_open(x, "p");
	as_xml_element(x, "b", "Not on the timeline:");
	for (int k = 0; k < r->outline.n_clips && shown < 60; k++) {
		if (as_outline_is_placed(r->s, r->outline.clips[k]))
			continue;
		as_xml_text(x, shown++ ? ", " : " ");
		page_sign(x, r->s, r->outline.clips[k]);
		page_clip(x, r, r->outline.clips[k]);
	}
	if (n > shown)
		as_xml_textf(x, " and %d more", n - shown);
	as_xml_text(x, ".");
	as_xml_close_full(x);
}

static void put_legend_one(struct as_xml *x, const char *class, const char *sign, const char *text)
{
	as_xml_open(x, "span");
	page_put(x, "span", class, sign);
	as_xml_text(x, text);
	as_xml_close_full(x);
}

static void put_legend(struct as_xml *x, const struct report *r)
{
	page_open(x, "div", "legend");
	put_legend_one(x, "sign strong", "●", " strong");
	put_legend_one(x, "sign moderate", "◐", " moderate, to listen to");
	if (r->n_splices > 0)
		put_legend_one(x, "sign poor", "▼", " samples lost or too many");
	if (r->tally.placed < r->tally.clips) {
		put_legend_one(x, "sign poor", "?", " might lie in several places (dashed)");
		put_legend_one(x, "sign poor", "○", " no place to trust");
		put_legend_one(x, "sign poor", "✗", " unreadable");
	}
	as_xml_close_full(x);
}

bool page_timeline(struct as_xml *x, const struct report *r)
{
	struct panel p = {.r = r, .bars = calloc((size_t)r->s->n_clips * (GUESSES_MAX + 1) + 1, sizeof *p.bars)};
	page_head(x, "timeline", "Timeline");
	if (r->tally.placed == 0)
		as_xml_element(x, "p", "No clip has a place.");
	for (p.island = 1; p.bars && p.island <= r->s->n_islands && p.island <= PANELS_MAX && !report_stopped(r);
	     p.island++)
		put_island(x, &p);
	if (r->s->n_islands > PANELS_MAX) {
		page_open(x, "p", "note");
		as_xml_textf(x, "and %d more islands: the table of clips has them.", r->s->n_islands - PANELS_MAX);
		as_xml_close_full(x);
	}
	put_unplaced(x, r);
	if (r->tally.clips > 0)
		put_legend(x, r);
	bool ok = p.bars != NULL;
	free(p.bars);
	return ok;
}
