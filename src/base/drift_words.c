#include "base/drift_words.h"

#include <math.h>
#include <stdio.h>
#include <stdlib.h>

#include "base/figures.h"
#include "base/text.h"

#define SPLICES_MAX 50
#define LEFT_PPM 1.0 /* less than this is heard by nobody: 3.6 ms an hour */

struct words {
	struct as_drift_line *line;
	int n;
	bool unicode;
};

bool as_drift_is_left(const struct as_drift *d)
{
	if (d->left.result != AS_DRIFT_MEASURED)
		return false;
	return fabs(d->left_ppm) > LEFT_PPM + 3 * d->left_err_ppm || d->left.n_splices > 0;
}

static void add(struct words *w, const char *label, const char *text)
{
	struct as_drift_line *line = &w->line[w->n];

	if (w->n == AS_DRIFT_LINES)
		return;
	snprintf(line->label, sizeof line->label, "%s", label);
	snprintf(line->text, sizeof line->text, "%s", text);
	w->n++;
}

static void put_drift(struct words *w, const char *label, double ppm, double err_ppm)
{
	char figure[AS_FIGURE_BYTES], hour[AS_FIGURE_BYTES], text[200];
	if (!isfinite(ppm)) {
		add(w, label, "unknown: too little shared sound to tell");
		return;
	}
	as_figure_drift(figure, sizeof figure, ppm, err_ppm, w->unicode);
	as_figure_span(hour, sizeof hour, fabs(ppm) * 3600e-6, w->unicode);
	if (fabs(ppm) <= 2 * err_ppm)
		snprintf(text, sizeof text, "%s ppm: none that could be told from 0", figure);
	else
		snprintf(text, sizeof text, "%s ppm: the clock runs %s, by %s an hour", figure,
			 ppm > 0 ? "fast" : "slow", hour);
	add(w, label, text);
}

static void put_offset(struct words *w, const struct as_drift_fit *f)
{
	char at[40], err[AS_FIGURE_BYTES], text[200];
	as_text_hms(at, sizeof at, fabs(f->offset_s), 6);
	as_figure_span(err, sizeof err, f->offset_err_s, w->unicode);
	bool together = fabs(f->offset_s) <= 2 * f->offset_err_s;
	snprintf(text, sizeof text, "%s%s %s%s: it begins %s the reference", f->offset_s < 0 ? "-" : "+", at,
		 w->unicode ? "±" : "+-", err,
		 together ? "with" : f->offset_s < 0 ? "before" : "after");
	add(w, "Offset", text);
}

static void put_match(struct words *w, const struct as_drift_fit *f)
{
	char score[AS_FIGURE_BYTES], heard[40], all[40], text[240];
	as_figure_score(score, sizeof score, f->score);
	as_text_duration(heard, sizeof heard, f->matched_s);
	as_text_duration(all, sizeof all, f->overlap_s);
	snprintf(text, sizeof text, "score %s, heard in %s of the %s that both recorded%s", score, heard, all,
		 f->inverted ? "; opposite polarity" : "");
	add(w, "Match", text);
}

static void put_clock(struct words *w, const struct as_drift_fit *f)
{
	char swing[AS_FIGURE_BYTES], text[120];
	if (!(f->wander_s > 0))
		return;
	snprintf(text, sizeof text, "wanders: swings by %s about that",
		 as_figure_span(swing, sizeof swing, f->wander_s, w->unicode));
	add(w, "Clock", text);
}

static void put_splices(struct words *w, const struct as_drift_fit *f)
{
	for (int i = 0; i < f->n_splices; i++) {
		char at[40], span[AS_FIGURE_BYTES], text[160];
		const struct as_splice *c = &f->splices[i];
		if (i == SPLICES_MAX && f->n_splices > SPLICES_MAX + 1) {
			snprintf(text, sizeof text, "and %d more", f->n_splices - i);
			add(w, "", text);
			break;
		}
		as_text_hms(at, sizeof at, c->at_s, 2);
		as_figure_span(span, sizeof span, fabs(c->lost_s), w->unicode);
		snprintf(text, sizeof text, c->lost_s > 0 ? "at %s: %s are missing" : "at %s: %s too many", at,
			 span);
		add(w, i == 0 ? "Splices" : "", text);
	}
	if (f->n_splices == 0)
		add(w, "Splices", "none found");
}

/* Why there is no drift to tell. */
static const char *say_why(char *out, size_t n, const struct as_drift_fit *f)
{
	switch (f->result) {
	case AS_DRIFT_AMBIGUOUS:
		return "not measurable: the sound fits at several places about equally, as repeating music does";
	case AS_DRIFT_SHORT:
		if (f->matched_s >= 60)
			return "not measurable: the lags are too uncertain to tell a drift";
		snprintf(out, n, "not measurable: the two match in %.0f s of sound, and telling a drift takes a minute that does", f->matched_s);
		return out;
	default:
		return "not measurable: no sound that both recorded was found";
	}
}

static void put_found(struct words *w, const struct as_drift *d)
{
	const struct as_drift_fit *f = &d->found;
	char why[160];
	if (f->result == AS_DRIFT_MEASURED)
		put_drift(w, "Drift", f->drift_ppm, f->drift_err_ppm);
	else
		add(w, "Drift", say_why(why, sizeof why, f));
	if (f->n_curve == 0)
		return;
	put_offset(w, f);
	put_match(w, f);
	put_clock(w, f);
	put_splices(w, f);
}

static void put_left(struct words *w, const struct as_drift *d)
{
	char why[160];
	if (d->left.result == AS_DRIFT_NONE) {
		add(w, "Left", "not measured: such a change of speed is more than matching follows");
		return;
	}
	if (d->left.result != AS_DRIFT_MEASURED) {
		add(w, "Left", say_why(why, sizeof why, &d->left));
		return;
	}
	char figure[AS_FIGURE_BYTES], text[200];
	as_figure_drift(figure, sizeof figure, d->left_ppm, d->left_err_ppm, w->unicode);
	snprintf(text, sizeof text, "%s ppm, measured again against the %s%s", figure,
		 d->reference ? "reference" : "file as it was",
		 as_drift_is_left(d) ? ": the correction has NOT removed it" : "");
	add(w, "Left", text);
	if (d->left.n_splices > 0)
		put_splices(w, &d->left);
}

static void put_output(struct words *w, const struct as_drift *d)
{
	char rate[AS_FIGURE_BYTES], channels[AS_FIGURE_BYTES], length[40], text[200];
	char *path = as_text_escape_dup(d->output);
	add(w, "Written", path ? path : "?");
	as_text_hms(length, sizeof length, d->output_s, 3);
	snprintf(text, sizeof text, "%s of sound, %s, %s%s", length, as_figure_rate(rate, sizeof rate, d->rate_hz),
		 as_figure_channels(channels, sizeof channels, d->channels),
		 d->has_picture ? "; the picture is as it was, by its own clock" : "");
	add(w, "", text);
	put_left(w, d);
	free(path);
}

int as_drift_words_found(const struct as_drift *d, bool unicode, struct as_drift_line lines[AS_DRIFT_LINES])
{
	struct words w = {.line = lines, .unicode = unicode};
	if (d->reference)
		put_found(&w, d);
	else
		put_drift(&w, "Given", d->ppm, 0);
	return w.n;
}

int as_drift_words_written(const struct as_drift *d, bool unicode, struct as_drift_line lines[AS_DRIFT_LINES])
{
	struct words w = {.line = lines, .unicode = unicode};
	if (d->output)
		put_output(&w, d);
	return w.n;
}
