/* The smaller tables of the report's page: drift and clocks by device, breaks, rounding. */
#include <math.h>
#include <stdio.h>

#include "base/figures.h"
#include "base/output_files.h"
#include "base/text.h"
#include "base/words.h"
#include "export/report_page.h"
#include "export/timeline.h"

#define ROWS_MAX 400

static void put_more(struct as_xml *x, int n)
{
	if (n <= ROWS_MAX)
		return;
	page_open(x, "p", "note");
	as_xml_textf(x, "and %d more: the report as JSON has them all.", n - ROWS_MAX);
	as_xml_close_full(x);
}

/* ---- devices ---- */

static void put_clock(struct as_xml *x, const struct report *r, const struct report_clock *c, bool base)
{
	char text[REPORT_LINE_BYTES];
	report_say_clock(text, r, c, base);
	page_cell(x, c->wrong ? "clock poor" : c->n == 0 ? "clock note" : "clock", text);
}

static void put_device(struct as_xml *x, const struct report *r, int track)
{
	const struct report_device *d = &r->devices[track];
	char text[300];
	as_xml_open(x, "tr");
	page_cell(x, "item", report_track_name(text, sizeof text, r, track));
	snprintf(text, sizeof text, "%d of %d", d->n_placed, r->outline.first[track + 1] - r->outline.first[track]);
	page_cell(x, "r wide", text);
	page_cell(x, "r", as_figure_drift(text, sizeof text, d->drift_ppm, d->drift_err_ppm, true));
	if (d->n_drift > 1 && d->drift_err_ppm > 0) {
		page_open(x, "td", "r wide");
		page_number(x, as_figure_drift(text, 40, d->least_ppm, NAN, true));
		as_xml_text(x, " … ");
		page_number(x, as_figure_drift(text, 40, d->most_ppm, NAN, true));
		as_xml_close_full(x);
	} else {
		page_cell(x, "r wide", "--");
	}
	/* A fast clock's file is too long. */
	snprintf(text, sizeof text, isfinite(d->drift_ppm) ? "%+.1f" : "--", d->drift_ppm * 3.6 + 0.0);
	page_cell(x, "r", text);
	put_clock(x, r, &d->created, track == r->created_base);
	put_clock(x, r, &d->timecode, track == r->timecode_base);
	as_xml_close_full(x);
}

static void put_odd(struct as_xml *x, const struct report *r)
{
	char text[REPORT_LINE_BYTES];
	if (r->n_odd == 0)
		return;
	as_xml_element(x, "h3", "Stamps that contradict their own device");
	as_xml_open(x, "ul");
	for (int i = 0; i < r->n_odd && i < ROWS_MAX; i++) {
		as_xml_open(x, "li");
		page_clip(x, r, r->odd[i].clip);
		report_say_odd(text, &r->odd[i]);
		as_xml_textf(x, ": %s", text);
		as_xml_close_full(x);
	}
	as_xml_close_full(x);
	put_more(x, r->n_odd);
}

void page_devices(struct as_xml *x, const struct report *r)
{
	static const char *const heads[] = {"item:Device", "r wide:Placed",	     "r:Drift ppm",  "r wide:Least … most",
					    "r:ms an hour", ":Recording times", ":Timecode", NULL};
	if (r->s->n_tracks == 0)
		return;
	page_head(x, "devices", "Devices: drift and clocks");
	page_put(x, "p", "note",
		 "Drift is against the timeline's clock: positive clocks run fast and make files too long. Clocks are judged by what "
		 "their stamps say about places that the sound found; what most devices agree on is taken as right.");
	page_open_table(x, heads);
	as_xml_open(x, "tbody");
	for (int t = 0; t < r->s->n_tracks; t++)
		put_device(x, r, t);
	as_xml_close_full(x);
	page_close_table(x);
	put_odd(x, r);
}

/* ---- breaks ---- */

void page_splices(struct as_xml *x, const struct report *r)
{
	static const char *const heads[] = {"item:Clip", "r:In the clip", "r:On its island", "r:Amount ms", ":", NULL};
	char text[REPORT_LINE_BYTES];
	if (r->n_splices == 0)
		return;
	page_head(x, "splices", "Breaks inside clips");
	page_put(x, "p", "note",
		 "Here the recording lost samples, or has too many. What follows sits right in exports; listen to the joint.");
	page_open_table(x, heads);
	as_xml_open(x, "tbody");
	for (int i = 0; i < r->n_splices && i < ROWS_MAX; i++) {
		const struct report_splice *v = &r->splices[i];
		as_xml_open(x, "tr");
		as_xml_open(x, "td");
		as_xml_attr(x, "class", "item");
		page_clip(x, r, v->clip);
		as_xml_close_full(x);
		page_cell(x, "r", as_text_hms(text, sizeof text, v->at_s, 3));
		page_cell(x, "r", as_text_hms(text, sizeof text, v->island_at_s, 3));
		snprintf(text, sizeof text, "%.1f", fabs(v->amount_s) * 1e3);
		page_cell(x, "r", text);
		page_cell(x, NULL, v->amount_s > 0 ? "lost" : "too much");
		as_xml_close_full(x);
	}
	as_xml_close_full(x);
	page_close_table(x);
	put_more(x, r->n_splices);
}

/* ---- rounding ---- */

static void put_residual(struct as_xml *x, double residual_s, double rate_hz)
{
	char text[64];
	/* Adding zero turns the -0.0 that rounding leaves into 0.0. */
	snprintf(text, sizeof text, "%+.3f", round(residual_s * 1e6) / 1e3 + 0.0);
	page_cell(x, "r", text);
	snprintf(text, sizeof text, "%+.0f", round(residual_s * rate_hz) + 0.0);
	page_cell(x, "r", text);
}

void page_rounding(struct as_xml *x, const struct report *r)
{
	static const char *const heads[] = {"item:Clip", "r:Start ms", "r:samples", "r:End ms", "r:samples", NULL};
	char rate[AS_TIMECODE_BYTES + 16];
	if (r->n_rounding == 0)
		return;
	page_head(x, "rounding", "Rounding to frames");
	page_open(x, "p", "note");
	as_xml_textf(x,
		     "Editing programs place clips on whole frames: here of %s a second. Where a clip's sound is on such a timeline, "
		     "minus where it belongs, at its first and its last frame; the end has the drift too, unless the timeline "
		     "carries it. Aligned sound files and what is placed by samples have no such error.",
		     as_rate_name(rate, sizeof rate, r->edit->rate));
	as_xml_close_full(x);
	page_open_table(x, heads);
	as_xml_open(x, "tbody");
	for (int i = 0; i < r->n_rounding && i < ROWS_MAX; i++) {
		const struct report_rounding *v = &r->rounding[i];
		as_xml_open(x, "tr");
		as_xml_open(x, "td");
		as_xml_attr(x, "class", "item");
		page_clip(x, r, v->clip);
		as_xml_close_full(x);
		put_residual(x, v->start_s, r->edit->sample_rate_hz);
		put_residual(x, v->end_s, r->edit->sample_rate_hz);
		as_xml_close_full(x);
	}
	as_xml_close_full(x);
	page_close_table(x);
	put_more(x, r->n_rounding);
}

/* ---- files written ---- */

static void put_file(struct as_xml *x, const struct as_output *f, const char *path)
{
	char text[AS_FIGURE_BYTES];
	bool sound = !*f->document;
	as_xml_open(x, "tr");
	page_cell(x, "item", path);
	if (*f->error || !f->done) {
		page_cell(x, "poor", *f->error ? f->error : "not written");
		page_cell(x, NULL, "");
	} else {
		page_cell(x, NULL, sound ? "sound" : f->document);
		page_cell(x, "r", as_text_hms(text, sizeof text, sound ? f->duration_s : NAN, 3));
	}
	as_xml_close_full(x);
}

void page_files(struct as_xml *x, const struct report *r)
{
	static const char *const heads[] = {"item:File", ":", "r:Length", NULL};
	if (r->s->n_outputs == 0)
		return;
	page_head(x, "files", "Files written");
	page_open_table(x, heads);
	as_xml_open(x, "tbody");
	for (int i = 0; i < r->s->n_outputs && i < ROWS_MAX; i++) {
		const struct as_output *f = &r->s->outputs[i];
		for (int k = 0; k < as_output_n_files(f); k++)
			put_file(x, f, as_output_file(f, k));
	}
	as_xml_close_full(x);
	page_close_table(x);
	put_more(x, r->s->n_outputs);
}
