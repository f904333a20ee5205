/* What the report is about, gathered once for all its forms. */
#include <math.h>
#include <stdlib.h>
#include <string.h>

#include "base/figures.h"
#include "base/text.h"
#include "base/words.h"
#include "export/place.h"
#include "export/report_private.h"
#include "export/timeline.h"

#define CLOCK_ERR_PPM 1e-3 /* less than that is the error of the clock that all is measured by */
#define UNSURE_S 0.02 /* half a frame: a place that is known no better is to be listened to */

bool report_stopped(const struct report *r)
{
	return r->cancel && atomic_load(r->cancel);
}

enum report_urgency report_urgency(const struct report *r, int clip)
{
	const struct as_placement *p = as_outline_placement(r->s, clip);
	if (r->s->clips[clip].state == AS_CLIP_FAILED)
		return REPORT_FAILED;
	if (!as_outline_is_placed(r->s, clip))
		return REPORT_UNPLACED;
	if (p->verdict != AS_VERDICT_STRONG || p->start_err_s > UNSURE_S)
		return REPORT_LISTEN;
	return p->n_warnings > 0 ? REPORT_NOTED : REPORT_FINE;
}

/* ---- what to check by hand ---- */

static void say_listen(struct as_buffer *b, const struct as_placement *p)
{
	char at[AS_FIGURE_BYTES], figure[AS_FIGURE_BYTES];
	as_text_hms(at, sizeof at, p->start_s, 3);
	if (p->verdict == AS_VERDICT_STRONG)
		as_buffer_addf(b, "Its place at %s is only known to ±%s. Listen there.", at,
			       as_figure_span(figure, sizeof figure, p->start_err_s, true));
	else
		as_buffer_addf(b, "Placed at %s with moderate confidence (score %s). Listen there.", at,
			       as_figure_score(figure, sizeof figure, p->confidence));
}

/* A sentence of a text that may begin in lower case. */
static void add_sentence(struct as_buffer *b, const char *text)
{
	char *safe = as_text_escape_dup(text);
	if (!safe) {
		b->failed = true;
		return;
	}
	if (b->bytes > 0)
		as_buffer_add(b, " ");
	if (safe[0] >= 'a' && safe[0] <= 'z')
		safe[0] = (char)(safe[0] - 'a' + 'A');
	as_buffer_add(b, safe);
	size_t n = strlen(safe);
	if (n > 0 && !strchr(".!?", safe[n - 1]))
		as_buffer_add(b, ".");
	free(safe);
}

static char *say_check(const struct report *r, int clip, enum report_urgency urgency)
{
	const struct as_placement *p = as_outline_placement(r->s, clip);
	struct as_buffer b = {0};
	if (urgency == REPORT_FAILED || urgency == REPORT_UNPLACED) {
		char why[AS_WORDS_WHY_BYTES];
		as_words_why(why, r->s, clip);
		add_sentence(&b, why);
	} else if (urgency == REPORT_LISTEN) {
		say_listen(&b, p);
	}
	for (int i = 0; p && i < p->n_warnings; i++)
		add_sentence(&b, p->warnings[i]);
	return as_buffer_take(&b);
}

static bool gather_checks(struct report *r)
{
	r->checks = calloc((size_t)r->s->n_clips + 1, sizeof *r->checks);
	if (!r->checks)
		return false;
	for (int u = REPORT_FAILED; u < REPORT_FINE; u++)
		for (int k = 0; k < r->outline.n_clips; k++) {
			int clip = r->outline.clips[k];
			if (report_urgency(r, clip) != (enum report_urgency)u)
				continue;
			char *text = say_check(r, clip, (enum report_urgency)u);
			if (!text)
				return false;
			r->checks[r->n_checks++] = (struct report_check){clip, (enum report_urgency)u, text};
			r->n_urgency[u]++;
		}
	return true;
}

/* ---- splices ---- */

static bool gather_splices(struct report *r)
{
	int n = 0;
	for (int i = 0; i < r->s->n_clips; i++)
		if (r->s->placements && r->s->placements[i].n_segments > 1)
			n += r->s->placements[i].n_segments - 1;
	r->splices = calloc((size_t)n + 1, sizeof *r->splices);
	if (!r->splices)
		return false;
	for (int k = 0; k < r->outline.n_clips; k++) {
		int clip = r->outline.clips[k];
		const struct as_placement *p = as_outline_placement(r->s, clip);
		for (int i = 1; p && i < p->n_segments; i++) {
			double at_s = p->segments[i].from_s;
			r->splices[r->n_splices++] = (struct report_splice){
				.clip = clip,
				.at_s = at_s,
				.island_at_s = as_outline_is_placed(r->s, clip) ? as_place_at(p, at_s) : NAN,
				.amount_s = p->segments[i].start_s - p->segments[i - 1].start_s};
		}
	}
	return true;
}

/* ---- drift ---- */

static void add_drift(struct report_device *d, const struct as_placement *p, double *weight, double *sum)
{
	double err = fmax(p->drift_err_ppm, CLOCK_ERR_PPM), w = 1 / (err * err);
	if (!isfinite(p->drift_ppm) || !isfinite(w))
		return;
	*weight += w;
	*sum += w * p->drift_ppm;
	d->least_ppm = d->n_drift ? fmin(d->least_ppm, p->drift_ppm) : p->drift_ppm;
	d->most_ppm = d->n_drift ? fmax(d->most_ppm, p->drift_ppm) : p->drift_ppm;
	d->n_drift++;
}

static void judge_drift(struct report *r, int track)
{
	struct report_device *d = &r->devices[track];
	double weight = 0, sum = 0;
	d->drift_ppm = d->drift_err_ppm = NAN;
	for (int k = r->outline.first[track];
	     k < (track + 1 <= r->outline.n_tracks ? r->outline.first[track + 1] : r->outline.n_clips); k++) {
		int clip = r->outline.clips[k];
		if (!as_outline_is_placed(r->s, clip))
			continue;
		d->n_placed++;
		add_drift(d, &r->s->placements[clip], &weight, &sum);
	}
	if (d->n_drift > 0) {
		d->drift_ppm = sum / weight;
		d->drift_err_ppm = 1 / sqrt(weight);
		if (d->drift_err_ppm <= CLOCK_ERR_PPM)
			d->drift_err_ppm = 0; /* the clock itself */
	}
}

static bool gather_devices(struct report *r)
{
	r->devices = calloc((size_t)r->s->n_tracks + 1, sizeof *r->devices);
	if (!r->devices)
		return false;
	for (int t = 0; t < r->s->n_tracks; t++)
		judge_drift(r, t);
	return report_judge_clocks(r);
}

/* ---- rounding ---- */

static void note_rounding(struct report *r, struct report_rounding *all, const struct as_timeline_item *v)
{
	if (v->clip < 0 || v->clip >= r->s->n_clips || !as_outline_is_placed(r->s, v->clip))
		return;
	struct report_rounding *one = &all[v->clip];
	if (isnan(one->start_s))
		one->start_s = v->residual_s;
	one->end_s = v->end_residual_s;
}

/* The first and the last item of each placed clip that is a recording, not an aligned file. */
static bool gather_rounding(struct report *r)
{
	const struct as_timeline *t = r->edit;
	struct report_rounding *all = calloc((size_t)r->s->n_clips + 1, sizeof *all);
	r->rounding = calloc((size_t)r->s->n_clips + 1, sizeof *r->rounding);
	bool ok = all && r->rounding;
	for (int i = 0; ok && i < r->s->n_clips; i++)
		all[i] = (struct report_rounding){i, NAN, NAN};
	for (int k = 0; ok && t && k < t->n_tracks; k++)
		for (int i = 0; i < t->tracks[k].n_items && t->tracks[k].kind == AS_LANE_DEVICE; i++)
			note_rounding(r, all, &t->tracks[k].items[i]);
	for (int k = 0; ok && k < r->outline.n_clips; k++)
		if (isfinite(all[r->outline.clips[k]].start_s))
			r->rounding[r->n_rounding++] = all[r->outline.clips[k]];
	free(all);
	return ok;
}

/* ---- whose lags are shown ---- */

struct doubt {
	int clip, number;
	enum report_urgency urgency;
	double confidence;
};

static int by_doubt(const void *va, const void *vb)
{
	const struct doubt *a = va, *b = vb;
	if (a->urgency != b->urgency)
		return a->urgency < b->urgency ? -1 : 1;
	if (a->confidence != b->confidence)
		return a->confidence < b->confidence ? -1 : 1;
	return a->number - b->number;
}

static int by_place_in_table(const void *va, const void *vb)
{
	const struct doubt *a = va, *b = vb;
	return a->number - b->number;
}

static bool has_points(const struct as_snapshot *s, int clip)
{
	for (int i = 0; i < s->clips[clip].n_matches; i++)
		if (s->matches[s->clips[clip].matches[i]].n_points > 0)
			return true;
	return false;
}

static bool choose_plots(struct report *r)
{
	struct doubt *all = calloc((size_t)r->s->n_clips + 1, sizeof *all);
	int n = 0;
	r->plots = calloc((size_t)r->s->n_clips + 1, sizeof *r->plots);
	bool ok = all && r->plots;
	for (int i = 0; ok && i < r->s->n_clips; i++)
		if (as_outline_is_placed(r->s, i) && has_points(r->s, i))
			all[n++] = (struct doubt){i, r->number[i], report_urgency(r, i), r->s->placements[i].confidence};
	if (ok) {
		qsort(all, (size_t)n, sizeof *all, by_doubt);
		r->n_plots = n < REPORT_PLOTS_MAX ? n : REPORT_PLOTS_MAX;
		r->n_plots_left_out = n - r->n_plots;
		qsort(all, (size_t)r->n_plots, sizeof *all, by_place_in_table);
		for (int i = 0; i < r->n_plots; i++)
			r->plots[i] = all[i].clip;
	}
	free(all);
	return ok;
}

bool report_init(struct report *r, const struct as_report_input *in)
{
	*r = (struct report){.s = in->snap, .opt = in->opt, .edit = in->edit, .cancel = in->cancel};
	r->created_base = r->timecode_base = -1;
	if (!as_outline_init(&r->outline, r->s))
		return false;
	r->number = calloc((size_t)r->s->n_clips + 1, sizeof *r->number);
	if (!r->number)
		return false;
	for (int k = 0; k < r->outline.n_clips; k++)
		r->number[r->outline.clips[k]] = k + 1;
	r->tally = as_outline_count(r->s);
	return gather_checks(r) && gather_splices(r) && gather_devices(r) && gather_rounding(r) && choose_plots(r);
}

void report_done(struct report *r)
{
	for (int i = 0; i < r->n_checks; i++)
		free(r->checks[i].text);
	free(r->checks);
	free(r->splices);
	free(r->devices);
	free(r->odd);
	free(r->rounding);
	free(r->plots);
	free(r->number);
	as_outline_done(&r->outline);
}
