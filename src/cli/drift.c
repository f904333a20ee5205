#include "cli/drift.h"

#include <math.h>
#include <stdlib.h>

#include "base/figures.h"
#include "base/text.h"
#include "cli/table.h"

#define LABEL_COLS 10
#define LEFT_PPM 1.0 /* less than this is heard by nobody: 3.6 ms an hour */

bool as_drift_is_left(const struct as_drift *d)
{
	if (d->left.result != AS_DRIFT_MEASURED)
		return false;
	return fabs(d->left_ppm) > LEFT_PPM + 3 * d->left_err_ppm || d->left.n_splices > 0;
}

static void put_label(FILE *out, const struct as_term *t, const char *label)
{
	fputs("  ", out);
	as_put_cell(out, t, AS_INK_QUIET, AS_ALIGN_LEFT, LABEL_COLS, label);
}

static void put_row(FILE *out, const struct as_term *t, const char *label, const char *text)
{
	put_label(out, t, label);
	as_put_wrapped(out, t, LABEL_COLS + 2, LABEL_COLS + 2, text);
}

static void put_drift(FILE *out, const struct as_term *t, const char *label, double ppm, double err_ppm)
{
	char figure[AS_FIGURE_BYTES], hour[AS_FIGURE_BYTES], text[200];
	if (!isfinite(ppm)) {
		put_row(out, t, label, "unknown: too little shared sound to tell");
		return;
	}
	as_figure_drift(figure, sizeof figure, ppm, err_ppm, t->unicode);
	as_figure_span(hour, sizeof hour, fabs(ppm) * 3600e-6, t->unicode);
	if (fabs(ppm) <= 2 * err_ppm)
		snprintf(text, sizeof text, "%s ppm: none that could be told from 0", figure);
	else
		snprintf(text, sizeof text, "%s ppm: the clock runs %s, by %s an hour", figure,
			 ppm > 0 ? "fast" : "slow", hour);
	put_row(out, t, label, text);
}

static void put_offset(FILE *out, const struct as_term *t, const struct as_drift_fit *f)
{
	char at[40], err[AS_FIGURE_BYTES], text[200];
	as_text_hms(at, sizeof at, fabs(f->offset_s), 6);
	as_figure_span(err, sizeof err, f->offset_err_s, t->unicode);
	bool together = fabs(f->offset_s) <= 2 * f->offset_err_s;
	snprintf(text, sizeof text, "%s%s %s%s: it begins %s the reference", f->offset_s < 0 ? "-" : "+", at,
		 as_term_glyph(t, "±", "+-"), err,
		 together ? "with" : f->offset_s < 0 ? "before" : "after");
	put_row(out, t, "Offset", text);
}

static void put_match(FILE *out, const struct as_term *t, const struct as_drift_fit *f)
{
	char score[AS_FIGURE_BYTES], heard[40], all[40], text[240];
	as_figure_score(score, sizeof score, f->score);
	as_text_duration(heard, sizeof heard, f->matched_s);
	as_text_duration(all, sizeof all, f->overlap_s);
	snprintf(text, sizeof text, "%s decades, heard in %s of the %s that both recorded%s", score, heard, all,
		 f->inverted ? "; opposite polarity" : "");
	put_row(out, t, "Match", text);
}

static void put_clock(FILE *out, const struct as_term *t, const struct as_drift_fit *f)
{
	char swing[AS_FIGURE_BYTES], text[120];
	if (!(f->wander_s > 0))
		return;
	snprintf(text, sizeof text, "wanders: swings by %s about that",
		 as_figure_span(swing, sizeof swing, f->wander_s, t->unicode));
	put_row(out, t, "Clock", text);
}

static void put_splices(FILE *out, const struct as_term *t, const struct as_drift_fit *f)
{
	for (int i = 0; i < f->n_splices; i++) {
		char at[40], span[AS_FIGURE_BYTES], text[160];
		const struct as_splice *c = &f->splices[i];
		as_text_hms(at, sizeof at, c->at_s, 2);
		as_figure_span(span, sizeof span, fabs(c->lost_s), t->unicode);
		snprintf(text, sizeof text, c->lost_s > 0 ? "at %s: %s are missing" : "at %s: %s too many", at,
			 span);
		put_row(out, t, i == 0 ? "Splices" : "", text);
	}
	if (f->n_splices == 0)
		put_row(out, t, "Splices", "none found");
}

static void put_names(FILE *out, const struct as_term *t, const struct as_drift *d)
{
	char *file = as_text_escape_dup(as_path_base(d->file));
	char *beside = d->reference ? as_text_escape_dup(as_path_base(d->reference)) : NULL;
	as_put_ink(out, t, AS_INK_HEAD, file ? file : "?");
	if (beside) {
		as_put_ink(out, t, AS_INK_QUIET, "  against  ");
		as_put_text(out, t, beside);
	}
	fputs("\n\n", out);
	free(file);
	free(beside);
}

/* Why there is no drift to tell. */
static const char *say_why(const struct as_drift_fit *f)
{
	switch (f->result) {
	case AS_DRIFT_AMBIGUOUS:
		return "not measurable: the sound fits at several places about equally, as repeating music does";
	case AS_DRIFT_SHORT:
		return "not measurable: the two share a minute of sound at least, or the drift cannot be told";
	default:
		return "not measurable: no sound that both recorded was found";
	}
}

static void put_found(FILE *out, const struct as_term *t, const struct as_drift *d)
{
	const struct as_drift_fit *f = &d->found;
	if (f->result == AS_DRIFT_MEASURED)
		put_drift(out, t, "Drift", f->drift_ppm, f->drift_err_ppm);
	else
		put_row(out, t, "Drift", say_why(f));
	if (f->n_curve == 0)
		return;
	put_offset(out, t, f);
	put_match(out, t, f);
	put_clock(out, t, f);
	put_splices(out, t, f);
	fputc('\n', out);
	as_drift_put_plot(out, t, f, d->duration_s);
}

static void put_left(FILE *out, const struct as_term *t, const struct as_drift *d)
{
	if (d->left.result == AS_DRIFT_NONE) {
		put_row(out, t, "Left", "not measured: such a change of speed is more than matching follows");
		return;
	}
	if (d->left.result != AS_DRIFT_MEASURED) {
		put_row(out, t, "Left", say_why(&d->left));
		return;
	}
	char figure[AS_FIGURE_BYTES], text[200];
	as_figure_drift(figure, sizeof figure, d->left_ppm, d->left_err_ppm, t->unicode);
	snprintf(text, sizeof text, "%s ppm, measured again against the %s%s", figure,
		 d->reference ? "reference" : "file as it was",
		 as_drift_is_left(d) ? ": the correction has NOT removed it" : "");
	put_row(out, t, "Left", text);
	if (d->left.n_splices > 0)
		put_splices(out, t, &d->left);
}

static void put_output(FILE *out, const struct as_term *t, const struct as_drift *d)
{
	char rate[AS_FIGURE_BYTES], channels[AS_FIGURE_BYTES], length[40], text[200];
	char *path = as_text_escape_dup(d->output);
	fputc('\n', out);
	put_row(out, t, "Written", path ? path : "?");
	as_text_hms(length, sizeof length, d->output_s, 3);
	snprintf(text, sizeof text, "%s of sound, %s, %s%s", length, as_figure_rate(rate, sizeof rate, d->rate_hz),
		 as_figure_channels(channels, sizeof channels, d->channels),
		 d->has_picture ? "; the picture is as it was, by its own clock" : "");
	put_row(out, t, "", text);
	put_left(out, t, d);
	free(path);
}

void as_drift_put(FILE *out, const struct as_term *t, const struct as_snapshot *s)
{
	const struct as_drift *d = s->drift;
	put_names(out, t, d);
	if (d->reference)
		put_found(out, t, d);
	else
		put_drift(out, t, "Given", d->ppm, 0);
	if (d->output)
		put_output(out, t, d);
	as_notes_warnings(out, t, s);
}
