/* The confidence table of the report's page. */
#include <math.h>
#include <stdio.h>
#include <string.h>

#include "base/figures.h"
#include "base/text.h"
#include "base/words.h"
#include "export/report_page.h"

/* Milliseconds with their decimals under each other. */
static void put_error(struct as_xml *x, const struct as_placement *p)
{
	double ms = p ? p->start_err_s * 1e3 : NAN;
	char text[AS_FIGURE_BYTES];
	if (!isfinite(ms))
		snprintf(text, sizeof text, "--");
	else if (ms < 0.005)
		snprintf(text, sizeof text, "<0.01");
	else
		snprintf(text, sizeof text, "%.2f", fmin(ms, 1e9));
	page_cell(x, "r", text);
}

/* 10 to a power, as it is spoken of. */
static void put_chance(struct as_xml *x, double p)
{
	page_open(x, "td", "r wide");
	if (!(p >= 0)) {
		as_xml_text(x, "–");
	} else if (p >= 0.00095) {
		as_xml_textf(x, "%.3f", fmin(p, 1));
	} else {
		double decades = p > 0 ? round(-log10(p)) : 99;
		as_xml_textf(x, "%s10", decades >= 99 ? "<" : "");
		as_xml_elementf(x, "sup", "−%.0f", fmin(decades, 99));
	}
	as_xml_close_full(x);
}

static void put_drift(struct as_xml *x, const struct as_placement *p)
{
	char text[AS_FIGURE_BYTES];
	double err = p ? p->drift_err_ppm : NAN;
	page_cell(x, "r wide", as_figure_drift(text, sizeof text, p ? p->drift_ppm : NAN, NAN, true));
	if (p && isfinite(p->drift_ppm) && err > 0)
		snprintf(text, sizeof text, "±%.2f", err);
	else
		*text = '\0';
	page_cell(x, "r wide", text);
}

static void put_name(struct as_xml *x, const struct report *r, int clip)
{
	char name[400], verdict[64];
	const struct as_clip *c = &r->s->clips[clip];
	page_open(x, "td", "name");
	as_xml_attr(x, "title", c->path);
	page_sign(x, r->s, clip);
	as_xml_textf(x, " %s", as_words_clip(name, sizeof name, c));
	page_put(x, "span", "sub", as_words_verdict(verdict, sizeof verdict, r->s, clip));
	as_xml_close_full(x);
}

static void put_row(struct as_xml *x, const struct report *r, int clip)
{
	char text[AS_FIGURE_BYTES], verdict[64];
	const struct as_clip *c = &r->s->clips[clip];
	bool placed = as_outline_is_placed(r->s, clip), failed = c->state == AS_CLIP_FAILED;
	const struct as_placement *p = as_outline_placement(r->s, clip), *at = placed ? p : NULL;
	as_xml_raw(x, "\n");
	as_xml_open(x, "tr");
	as_xml_attrf(x, "id", "clip-%d", r->number[clip]);
	snprintf(text, sizeof text, "%d", r->number[clip]);
	page_cell(x, "no wide", text);
	put_name(x, r, clip);
	if (r->s->n_islands > 1) {
		snprintf(text, sizeof text, "%d", placed ? p->island : 0);
		page_cell(x, "r", placed ? text : "--");
	}
	page_cell(x, "r", as_text_hms(text, sizeof text, placed ? p->start_s : NAN, 3));
	put_error(x, at);
	page_cell(x, "r wide", as_text_hms(text, sizeof text, c->duration_s, 1));
	page_cell(x, "r", as_figure_score(text, sizeof text, p && !failed ? p->confidence : NAN));
	put_chance(x, p && !failed ? p->p_false : NAN);
	put_drift(x, at);
	page_cell(x, "wide", as_words_verdict(verdict, sizeof verdict, r->s, clip));
	as_xml_close_full(x);
}

static void put_track(struct as_xml *x, const struct report *r, int track, int from, int to)
{
	char name[300], count[AS_FIGURE_BYTES];
	page_open(x, "tbody", "track");
	as_xml_open(x, "tr");
	as_xml_open(x, "th");
	as_xml_attrf(x, "colspan", "%d", r->s->n_islands > 1 ? 11 : 10);
	as_xml_attr(x, "scope", "rowgroup");
	as_xml_text(x, report_track_name(name, sizeof name, r, track));
	as_xml_open(x, "small");
	as_xml_text(x, as_figure_count(count, sizeof count, to - from, "clip", "clips"));
	if (track < r->s->n_tracks && r->s->tracks[track].reference)
		as_xml_text(x, ", reference");
	as_xml_close_full(x);
	as_xml_close_full(x);
	as_xml_close_full(x);
	for (int k = from; k < to && !report_stopped(r); k++)
		put_row(x, r, r->outline.clips[k]);
	as_xml_close_full(x);
}

void page_clips(struct as_xml *x, const struct report *r)
{
	static const char *const one[] = {"no wide:#",  "name:Clip",       "r:Start",      "r:± ms", "r wide:Length", "r:Score",
					  "r wide:False alarm", "r wide:Drift ppm", "r wide:± ppm", "wide:Verdict",   NULL};
	static const char *const many[] = {"no wide:#", "name:Clip", "r:Isl", "r:Start", "r:± ms", "r wide:Length", "r:Score",
					   "r wide:False alarm", "r wide:Drift ppm", "r wide:± ppm", "wide:Verdict", NULL};
	const struct as_outline *o = &r->outline;
	page_head(x, "clips", "Clips and how sure their places are");
	page_open(x, "p", "note");
	as_xml_textf(x,
		     "Score: evidence in decades; unrelated sound does as well once in 10 to that power of searches. ± is one standard "
		     "error.%s",
		     r->s->n_islands > 1 ? " Isl: the island whose beginning Start counts from." : "");
	as_xml_close_full(x);
	page_open_table(x, r->s->n_islands > 1 ? many : one);
	for (int t = 0; t <= r->s->n_tracks; t++) {
		int from = o->first[t], to = t < r->s->n_tracks ? o->first[t + 1] : o->n_clips;
		if (from < to)
			put_track(x, r, t, from, to);
	}
	page_close_table(x);
}
