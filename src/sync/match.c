#include "sync/match.h"

#include <math.h>
#include <stdlib.h>
#include <string.h>

#include "dsp/fit.h"
#include "sync/evidence.h"
#include "sync/lines.h"
#include "sync/search.h"

#define RATE 8000.0
#define OVERLAP_MIN_S 0.5
#define SLOPE_PRIOR 30e-6 /* two free-running clocks differ by about this much */
#define DRIFT_SPAN_S 60.0 /* a drift is told only over at least this */
#define DRIFT_ERR_MAX_PPM 5.0
#define POINT_NATS 60.0  /* a window that is so sure is as exact as any */
#define POINT_SIGMAS 4.5 /* where the fit's weights end */
#define ALT_RANK_MIN 8.0 /* nats a rival must have of its own … */
#define ALT_SCORE_MIN 3.0 /* … or decades, where its windows are too faint to speak one by one … */
#define ALT_SIGMAS 4.0    /* … and its probe no fainter than the best place's by more than noise explains */

/* Orders the two signals for the search by length and content alone, so that swapping them changes nothing. */
static bool first_is_target(const struct as_signal *a, const struct as_signal *b)
{
	if (a->n != b->n)
		return a->n > b->n;
	return memcmp(a->v, b->v, (size_t)a->n) >= 0;
}

/* The offset of b's first sample as one piece has it. Not swapped: src is b. Swapped: src is a, and
 * t_b = t_a * (1 + slope) + c gives t_a = 0 - c / (1 + slope) at t_b = 0. */
static double piece_offset(const struct as_lines *f, int piece, bool swapped)
{
	double c = as_lines_lag(f, piece, 0.0);

	return swapped ? -c / (1.0 + f->slope) : c;
}

static void fill_drift(struct as_match_result *out, const struct as_lines *f, bool swapped)
{
	double span = 0.0, ppm;

	for (int i = 0; i < f->n; i++)
		span = fmax(span, f->piece[i].last - f->piece[i].first);
	ppm = swapped ? f->slope : 1.0 / (1.0 + f->slope) - 1.0;
	out->slope_ppm = ppm * 1e6;
	out->slope_err_ppm = fmin(f->slope_err, SLOPE_PRIOR) * 1e6;
	out->drift_ppm = out->drift_err_ppm = NAN;
	if (span >= DRIFT_SPAN_S && f->slope_err * 1e6 < DRIFT_ERR_MAX_PPM) {
		out->drift_ppm = ppm * 1e6;
		out->drift_err_ppm = f->slope_err * 1e6;
	}
}

/* The piece that was seen longest stands for the whole clip. */
static int main_piece(const struct as_lines *f)
{
	int best = 0;

	for (int i = 1; i < f->n; i++)
		if (f->piece[i].last - f->piece[i].first >
		    f->piece[best].last - f->piece[best].first)
			best = i;
	return best;
}

/* Time in target at time t of src. */
static double across(const struct as_lines *f, int piece, double t)
{
	return t + as_lines_lag(f, piece, t) + as_lines_wander(f, t);
}

static void fill_pieces(struct as_match_result *out, const struct as_lines *f, double b_s,
			bool swapped)
{
	out->n_pieces = f->n;
	for (int i = 0; i < f->n; i++) {
		const struct as_line_piece *p = &f->piece[i];
		struct as_match_piece *q = &out->pieces[i];

		/* borders are times of src: where that is a, take them to b */
		q->from_s = !i ? 0.0 : swapped ? across(f, i, p->from) : p->from;
		q->to_s = i + 1 == f->n ? b_s : swapped ? across(f, i, p->to) : p->to;
		q->offset_s = piece_offset(f, i, swapped);
		q->offset_err_s = hypot(p->l.y0_err, out->slope_err_ppm * 1e-6 * p->l.x0);
	}
}

/* Swapped: t_b = c + (1 + slope) t_a + wander(t_a), so a's time moves the other way, at b's time. */
static void fill_knots(struct as_match_result *out, const struct as_lines *f, bool swapped)
{
	int k = 0;

	out->n_knots = f->n_knots;
	for (int i = 0; i < f->n_knots; i++) {
		double t = f->knot_s[i], shift = f->wander_s[i];

		while (k + 1 < f->n && t > f->piece[k].to)
			k++;
		out->knots[i].b_s = (float)(swapped ? across(f, k, t) : t);
		out->knots[i].shift_s = (float)(swapped ? -shift / (1.0 + f->slope) : shift);
		out->knots[i].err_s = (float)f->knot_err_s[i];
	}
}

/* How far a window's lag lies from what the lines and the wander say, s of src. */
static double point_left(const struct as_lines *f, int piece, const struct as_track_window *w, double rate)
{
	double at = w->mid / rate;

	return w->local.lag / rate - as_lines_lag(f, piece, at) - as_lines_wander(f, at);
}

static double points_scale(const double *left, int n)
{
	double far[AS_MATCH_POINTS];

	for (int i = 0; i < n; i++)
		far[i] = fabs(left[i]);
	return fmax(n ? 1.4826 * as_median(far, n) : 0.0, AS_LINES_SCALE_MIN_S);
}

/* The matched windows of the pieces, which follow one another in time. */
static void fill_points(struct as_match_result *out, const struct as_lines *f,
			const struct as_search *s, bool swapped)
{
	double rate = s->src->rate_hz, left[AS_MATCH_POINTS], nats[AS_MATCH_POINTS], scale;
	int n = 0;

	for (int k = 0; k < f->n; k++) {
		const struct as_track *t = &s->tracks[f->piece[k].track];

		for (int i = 0; i < t->n && n < AS_MATCH_POINTS; i++) {
			const struct as_track_window *w = &t->w[i];
			double at = w->mid / rate, lag = w->local.lag / rate;

			if (!as_lines_holds(&f->piece[k], w, rate))
				continue;
			left[n] = point_left(f, k, w, rate);
			nats[n] = fmin(fmax((double)w->local.evidence, 1.0), POINT_NATS);
			out->points[n].b_s = (float)(swapped ? at + lag : at);
			out->points[n++].lag_s = (float)((swapped ? -lag : lag) - out->offset_s);
		}
	}
	out->n_points = n;
	scale = points_scale(left, n);
	for (int i = 0; i < n; i++) {
		double err = scale * sqrt(POINT_NATS / nats[i]);

		out->points[i].err_us = (uint16_t)fmin(err * 1e6, UINT16_MAX);
		out->points[i].used = fabs(left[i]) < POINT_SIGMAS * scale;
	}
}

double as_match_wander(const struct as_match_result *r, double b_s)
{
	const struct as_match_knot *k = r->knots;
	double from, to;
	int i = 0;

	while (i < r->n_knots && (double)k[i].b_s < b_s)
		i++;
	if (!i || i == r->n_knots)
		return r->n_knots ? (double)k[i ? i - 1 : 0].shift_s : 0.0;
	from = (double)k[i - 1].shift_s;
	to = (double)k[i].shift_s;
	return from +
	       (to - from) * (b_s - (double)k[i - 1].b_s) / (double)(k[i].b_s - k[i - 1].b_s);
}

static void fill_place(struct as_match_result *out, struct as_lines *f, const struct as_search *s,
		       bool swapped)
{
	int main = main_piece(f);
	const struct as_line *l = &f->piece[main].l;
	double rate = s->src->rate_hz;

	out->offset_s = piece_offset(f, main, swapped);
	/* where in b the line is known best, and how well */
	out->ref_s = swapped ? across(f, main, l->x0) : l->x0;
	out->ref_err_s = l->y0_err;
	out->offset_err_s = hypot(l->y0_err, out->slope_err_ppm * 1e-6 * out->ref_s);
	fill_pieces(out, f, (double)(swapped ? s->target : s->src)->n / rate, swapped);
	fill_knots(out, f, swapped);
	fill_points(out, f, s, swapped);
	out->overlap_s = s->tracks[0].overlap_n / rate;
	out->matched_s = fmin(f->matched_s, out->overlap_s);
	out->inverted = f->sign < 0.0;
}

/* Evidence is half the square of what noise moves by 1. */
static bool is_as_clear(const struct as_track *best, const struct as_track *t)
{
	return best->best_nats - t->best_nats < ALT_SIGMAS * sqrt(2.0 * (best->best_nats + t->best_nats));
}

/* Whether it has enough of its own. Echoes of one place are all found in one search, which the place has paid. */
static bool is_rival(const struct as_track *best, const struct as_track *t, int n_tracks, double lags)
{
	bool near = as_evidence_near(best, t);
	double nats = t->rank + (t->straight && near ? AS_TRACK_LINES_NATS : 0.0);

	return nats >= ALT_RANK_MIN || (!near && is_as_clear(best, t) && as_evidence_score(t, n_tracks, lags) >= ALT_SCORE_MIN);
}

static void fill_rivals(struct as_match_result *out, const struct as_search *s,
			const bool *is_piece, double slope, bool swapped)
{
	const struct as_track *best = &s->tracks[0];
	double rate = s->src->rate_hz, lags = (double)(s->lag_to - s->lag_from);

	out->margin = AS_SCORE_MAX;
	out->n_alts = 0;
	for (int i = 1; i < s->n_tracks; i++) {
		const struct as_track *t = &s->tracks[i];
		double margin, lag0;
		int k;

		if (is_piece[i] || !is_rival(best, t, s->n_tracks, lags))
			continue;
		margin = as_evidence_margin(as_evidence_contrast(best, t));
		if (as_evidence_near(best, t))
			margin = fmax(margin, as_evidence_echo_margin(best, t));
		out->margin = fmin(out->margin, margin);
		lag0 = t->lag / rate - slope * t->anchor / rate;
		for (k = out->n_alts; k && out->alts[k - 1].margin > margin; k--)
			if (k < AS_MATCH_CANDIDATES)
				out->alts[k] = out->alts[k - 1];
		if (k < AS_MATCH_CANDIDATES)
			out->alts[k] =
				(struct as_match_alt){swapped ? -lag0 / (1.0 + slope) : lag0,
						      as_evidence_score(t, s->n_tracks, lags), margin};
		if (out->n_alts < AS_MATCH_CANDIDATES)
			out->n_alts++;
	}
}

/* Misses outside every piece, against matches inside: does the relation go on as an overlap must? */
static void fill_coverage(struct as_match_result *out, const struct as_track *t,
			  const struct as_lines *f, double rate)
{
	double missed = 0.0;

	for (int i = 0; i < t->n; i++) {
		const struct as_track_window *w = &t->w[i];
		bool in = w->matched;

		for (int k = 0; k < f->n && !in; k++)
			in = f->n > 1 && w->mid / rate >= f->piece[k].first &&
			     w->mid / rate <= f->piece[k].last;
		if (in)
			out->n_matched++;
		else if (w->tried)
			missed += (double)(w->local.active * w->local.covered);
		out->n_windows += in || w->tried;
	}
	out->coverage = as_evidence_coverage(out->n_matched, missed, t->strength);
	out->margin = fmin(out->margin, out->coverage);
}

/* Lags to look at, from the configuration's bounds on the offset of b against a. */
static void bound_lags(struct as_search *s, const struct as_match_config *cfg, bool swapped)
{
	double rate = s->src->rate_hz;
	double lo = OVERLAP_MIN_S * rate - (double)s->src->n,
	       hi = (double)s->target->n - OVERLAP_MIN_S * rate;

	if (cfg->max_offset_s > 0.0) {
		lo = fmax(lo, -cfg->max_offset_s * rate);
		hi = fmin(hi, cfg->max_offset_s * rate);
	}
	if (!isnan(cfg->near_s)) {
		double near = swapped ? -cfg->near_s : cfg->near_s;

		lo = fmax(lo, (near - cfg->near_tol_s) * rate);
		hi = fmin(hi, (near + cfg->near_tol_s) * rate);
	}
	s->lag_from = (int64_t)ceil(lo);
	s->lag_to = (int64_t)floor(hi);
}

struct as_match_ws *as_match_ws_new(void)
{
	struct as_match_ws *ws = calloc(1, sizeof(*ws));

	if (!ws)
		return NULL;
	ws->correlator = as_correlator_new();
	ws->local = as_local_new();
	if (!ws->correlator || !ws->local) {
		as_match_ws_free(ws);
		return NULL;
	}
	return ws;
}

void as_match_ws_free(struct as_match_ws *ws)
{
	if (!ws)
		return;
	as_correlator_free(ws->correlator);
	as_local_free(ws->local);
	free(ws);
}

enum as_status as_match_pair(const struct as_signal *a, const struct as_signal *b,
			     const struct as_match_config *cfg, const atomic_bool *cancel,
			     struct as_match_result *out, struct as_error *err)
{
	bool swapped = !first_is_target(a, b); /* src is a */
	bool is_piece[AS_SEARCH_TRACKS] = {false};
	struct as_search s = {.target = swapped ? b : a, .src = swapped ? a : b, .cancel = cancel};
	struct as_lines f;
	enum as_status st;

	memset(out, 0, sizeof(*out));
	s.ws = cfg->ws ? cfg->ws : as_match_ws_new();
	if (!s.ws)
		return as_fail(err, AS_ERR_MEMORY, "out of memory");
	s.probe_every_n = cfg->probe_every_s * s.src->rate_hz;
	bound_lags(&s, cfg, swapped);
	st = as_search_run(&s, err);
	if (st)
		goto out;
	st = as_lines_fit(&s, is_piece, &f, err);
	if (st)
		goto out;
	fill_drift(out, &f, swapped);
	fill_place(out, &f, &s, swapped);
	fill_rivals(out, &s, is_piece, f.slope, swapped);
	fill_coverage(out, &s.tracks[0], &f, s.src->rate_hz);
	out->score = s.score;
	out->p_false = pow(10.0, -out->score);
	out->evidence = s.tracks[0].rank;
	out->strength = s.tracks[0].strength;
out:
	as_search_done(&s);
	if (!cfg->ws)
		as_match_ws_free(s.ws);
	return st;
}
