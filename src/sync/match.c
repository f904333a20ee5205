#include "sync/match.h"

#include <math.h>
#include <string.h>

#include "dsp/fit.h"
#include "sync/evidence.h"
#include "sync/search.h"

#define RATE 8000.0
#define OVERLAP_MIN_S 0.5
#define SLOPE_MAX 300e-6
#define SLOPE_PRIOR 30e-6       /* two free-running clocks differ by about this much */
#define SCALE_MIN_S 0.03e-3     /* one window's lag is never better than this: rooms, early reflections */
#define ERR_MIN_S 0.01e-3
#define SE_FACTOR 1.5           /* measured: the fit's own standard error is too small by this */
#define DRIFT_SPAN_S 60.0       /* a drift is told only over at least this */
#define DRIFT_ERR_MAX_PPM 5.0
#define JUMP_MAX_S 3.0          /* lost or gained samples in one go; more is another place */
#define PIECE_MIN_WINDOWS 3
#define BORDER_S 0.05           /* how exactly the time of a loss is looked for */
#define BORDER_GATE 16          /* lags: 2 ms */
#define WANDER_S 0.5e-3         /* residuals above it are a clock that wanders, not noise */
#define ALT_RANK_MIN 8.0        /* nats a rival must have of its own */

/* t_target = t_src + lag(t_src); lag = l.y0 + l.slope * (t - l.x0), seconds. */
struct piece {
	double from, to;        /* time in src in which it holds */
	double first, last;     /* of its windows */
	struct as_line l;
};

struct fit {
	struct piece piece[AS_MATCH_PIECES];
	int n;
	double slope, slope_err;
	double matched_s;
	double sign;            /* sum of signed rho: polarity */
};

/* Orders the two signals for the search by length and content alone, so that swapping them changes nothing. */
static bool first_is_target(const struct as_signal *a, const struct as_signal *b)
{
	if (a->n != b->n)
		return a->n > b->n;
	return memcmp(a->v, b->v, (size_t)a->n) >= 0;
}

static int fit_piece(const struct as_track *t, struct piece *p, double rate, struct fit *f)
{
	double x[AS_TRACK_WINDOWS], y[AS_TRACK_WINDOWS], w[AS_TRACK_WINDOWS];
	int n = 0;

	for (int i = 0; i < t->n; i++) {
		const struct as_track_window *v = &t->w[i];
		double mid = v->mid / rate;

		if (!v->matched || mid < p->first - 1e-6 || mid > p->last + 1e-6)
			continue;
		x[n] = mid;
		y[n] = v->local.lag / rate;
		w[n++] = fmin(v->local.evidence, 60.0);
		f->sign += (double)v->local.rho;
	}
	if (!n)
		return 0;
	f->matched_s += n * (p->last - p->first) / (n > 1 ? n - 1 : 1);
	if (as_fit_line(x, y, w, n, SLOPE_MAX, SCALE_MIN_S, &p->l))
		return -1;
	p->l.y0_err = SE_FACTOR * p->l.y0_err + ERR_MIN_S;
	p->l.slope_err *= SE_FACTOR;
	if (!isfinite(p->l.y0_err))
		p->l.y0_err = 1e-3;
	if (p->l.scale > WANDER_S)
		p->l.y0_err = hypot(p->l.y0_err, p->l.scale);
	return 0;
}

/* One slope for all pieces, weighted by how well each knows it; none where nobody does. */
static void share_slope(struct fit *f)
{
	double s = 0.0, w = 0.0;

	for (int i = 0; i < f->n; i++) {
		double e = f->piece[i].l.slope_err;

		if (isfinite(e) && e > 0.0) {
			s += f->piece[i].l.slope / (e * e);
			w += 1.0 / (e * e);
		}
	}
	f->slope = w > 0.0 ? s / w : 0.0;
	f->slope_err = w > 0.0 ? 1.0 / sqrt(w) : INFINITY;
	if (f->slope_err > SLOPE_PRIOR) {
		f->slope = 0.0;
		f->slope_err = INFINITY;
	}
}

static double lag_at(const struct piece *p, double slope, double t)
{
	return p->l.y0 + slope * (t - p->l.x0);
}

/* A rival that matches, at a lag nearby, where the best one has stopped to match for good: the recording lost or gained samples
 * there. Returns the index of such a track for the stretch beyond the last (dir 1) or before the first (dir -1) window. */
static int jump_track(const struct as_search *s, const struct as_track *t, double edge, int dir, double rate)
{
	int best = -1, best_n = 0;

	for (int i = 0; i < s->n_tracks; i++) {
		const struct as_track *r = &s->tracks[i];
		int hit = 0, miss = 0;

		if (r == t || fabs(r->lag - t->lag) > JUMP_MAX_S * rate || as_search_same(r, t))
			continue;
		for (int j = 0; j < r->n; j++) {
			if (dir * (r->w[j].mid - edge) <= 0.0 || r->w[j].local.active < 0.2f)
				continue;
			hit += r->w[j].matched;
			miss += !r->w[j].matched;
		}
		if (hit >= PIECE_MIN_WINDOWS && hit > 2 * miss && hit > best_n) {
			best = i;
			best_n = hit;
		}
	}
	return best;
}

static int add_piece(struct fit *f, const struct as_track *t, double first, double last, double rate)
{
	struct piece p = {.first = first / rate, .last = last / rate};
	int st = fit_piece(t, &p, rate, f);

	if (!st && f->n < AS_MATCH_PIECES)
		f->piece[f->n++] = p;
	return st;
}

/* Windows of t that match on their side of edge. */
static void extent(const struct as_track *t, double edge, int dir, double *first, double *last)
{
	*first = INFINITY;
	*last = -INFINITY;
	for (int i = 0; i < t->n; i++)
		if (t->w[i].matched && dir * (t->w[i].mid - edge) > 0.0) {
			*first = fmin(*first, t->w[i].mid);
			*last = fmax(*last, t->w[i].mid);
		}
}

static int fit_all(const struct as_search *s, double rate, bool *is_piece, struct fit *f)
{
	const struct as_track *best = &s->tracks[0];
	int st = add_piece(f, best, best->first_mid, best->last_mid, rate);

	is_piece[0] = true;
	for (int dir = -1; dir <= 1; dir += 2) {
		const struct as_track *t = best;
		double edge = dir > 0 ? best->last_mid : best->first_mid;

		for (int i; !st && (i = jump_track(s, t, edge, dir, rate)) >= 0 && !is_piece[i];) {
			double first, last;

			t = &s->tracks[i];
			is_piece[i] = true;
			extent(t, edge, dir, &first, &last);
			st = add_piece(f, t, first, last, rate);
			edge = dir > 0 ? last : first;
		}
	}
	for (int i = 1; i < f->n; i++) /* few: insertion sort by time */
		for (int j = i; j && f->piece[j].first < f->piece[j - 1].first; j--) {
			struct piece p = f->piece[j];

			f->piece[j] = f->piece[j - 1];
			f->piece[j - 1] = p;
		}
	share_slope(f);
	return st;
}

/* Which of two lags explains the window centred at t better? */
static bool first_wins(const struct as_search *s, struct as_local_ws *ws, const struct fit *f, int i, double t)
{
	double rate = s->src->rate_hz;
	int64_t at = (int64_t)llrint(t * rate - 0.5 * AS_LOCAL_N);
	struct as_local x, y;

	as_correlate_local(ws, s->target, s->src, at, lag_at(&f->piece[i], f->slope, t) * rate, BORDER_GATE, &x, NULL, 0);
	as_correlate_local(ws, s->target, s->src, at, lag_at(&f->piece[i + 1], f->slope, t) * rate, BORDER_GATE, &y,
			   NULL, 0);
	return x.power > y.power;
}

/* src time of the place where one piece ends and the next begins: where a window that straddles it shows both alike. */
static int lay_borders(const struct as_search *s, struct fit *f)
{
	struct as_local_ws *ws = f->n > 1 ? as_local_new() : NULL;

	if (f->n > 1 && !ws)
		return -1;
	for (int i = 0; i < f->n; i++) {
		double lo = f->piece[i].last, hi;

		f->piece[i].from = i ? f->piece[i - 1].to : 0.0;
		f->piece[i].to = (double)s->src->n / s->src->rate_hz;
		if (i + 1 == f->n)
			break;
		hi = f->piece[i + 1].first;
		while (hi - lo > BORDER_S) {
			double mid = 0.5 * (lo + hi);

			if (first_wins(s, ws, f, i, mid))
				lo = mid;
			else
				hi = mid;
		}
		f->piece[i].to = 0.5 * (lo + hi);
	}
	as_local_free(ws);
	return 0;
}

/* The offset of b's first sample as one piece has it. Not swapped: src is b. Swapped: src is a, and
 * t_b = t_a * (1 + slope) + c gives t_a = 0 - c / (1 + slope) at t_b = 0. */
static double piece_offset(const struct piece *p, double slope, bool swapped)
{
	double c = lag_at(p, slope, 0.0);

	return swapped ? -c / (1.0 + slope) : c;
}

static void fill_drift(struct as_match_result *out, const struct fit *f, bool swapped)
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
static const struct piece *main_piece(const struct fit *f)
{
	const struct piece *p = &f->piece[0];

	for (int i = 1; i < f->n; i++)
		if (f->piece[i].last - f->piece[i].first > p->last - p->first)
			p = &f->piece[i];
	return p;
}

static void fill_place(struct as_match_result *out, struct fit *f, const struct as_search *s, bool swapped)
{
	const struct piece *m = main_piece(f);
	double rate = s->src->rate_hz, b_s;

	out->offset_s = piece_offset(m, f->slope, swapped);
	/* where in b the line is known best, and how well */
	out->ref_s = swapped ? m->l.x0 + m->l.y0 : m->l.x0;
	out->ref_err_s = m->l.y0_err;
	out->offset_err_s = hypot(m->l.y0_err, out->slope_err_ppm * 1e-6 * out->ref_s);
	b_s = (double)(swapped ? s->target : s->src)->n / rate;
	out->n_pieces = f->n;
	for (int i = 0; i < f->n; i++) {
		const struct piece *p = &f->piece[i];
		struct as_match_piece *q = &out->pieces[i];

		q->from_s = i ? p->from : 0.0;
		q->to_s = p->to;
		if (swapped) { /* borders are times of a: take them to b */
			q->from_s = i ? p->from + lag_at(p, f->slope, p->from) : 0.0;
			q->to_s = p->to + lag_at(p, f->slope, p->to);
		}
		if (i + 1 == f->n)
			q->to_s = b_s;
		q->offset_s = piece_offset(p, f->slope, swapped);
		q->offset_err_s = hypot(p->l.y0_err, out->slope_err_ppm * 1e-6 * p->l.x0);
	}
	out->overlap_s = s->tracks[0].overlap_n / rate;
	out->matched_s = fmin(f->matched_s, out->overlap_s);
	out->inverted = f->sign < 0.0;
}

static void fill_rivals(struct as_match_result *out, const struct as_search *s, const bool *is_piece, double slope,
			bool swapped)
{
	const struct as_track *best = &s->tracks[0];
	double rate = s->src->rate_hz;

	out->margin = AS_SCORE_MAX;
	out->n_alts = 0;
	for (int i = 1; i < s->n_tracks; i++) {
		const struct as_track *t = &s->tracks[i];
		double margin, lag0;
		int k;

		if (is_piece[i] || t->rank < ALT_RANK_MIN)
			continue;
		margin = as_evidence_margin(as_evidence_contrast(best, t));
		out->margin = fmin(out->margin, margin);
		lag0 = t->lag / rate - slope * t->anchor / rate;
		for (k = out->n_alts; k && out->alts[k - 1].margin > margin; k--)
			if (k < AS_MATCH_CANDIDATES)
				out->alts[k] = out->alts[k - 1];
		if (k < AS_MATCH_CANDIDATES)
			out->alts[k] = (struct as_match_alt){swapped ? -lag0 / (1.0 + slope) : lag0,
							     as_evidence_score(t, s->n_tracks), margin};
		if (out->n_alts < AS_MATCH_CANDIDATES)
			out->n_alts++;
	}
}

/* Misses outside every piece, against matches inside: does the relation go on as an overlap must? */
static double coverage(const struct as_track *t, const struct fit *f, double rate)
{
	double matched = 0.0, missed = 0.0;

	for (int i = 0; i < t->n; i++) {
		const struct as_track_window *w = &t->w[i];
		bool in = w->matched;

		for (int k = 0; k < f->n && !in; k++)
			in = f->n > 1 && w->mid / rate >= f->piece[k].first && w->mid / rate <= f->piece[k].last;
		if (in)
			matched += 1.0;
		else if (w->tried)
			missed += (double)(w->local.active * w->local.covered);
	}
	return as_evidence_coverage(matched, missed, t->strength);
}

/* Lags to look at, from the configuration's bounds on the offset of b against a. */
static void bound_lags(struct as_search *s, const struct as_match_config *cfg, bool swapped)
{
	double rate = s->src->rate_hz;
	double lo = OVERLAP_MIN_S * rate - (double)s->src->n, hi = (double)s->target->n - OVERLAP_MIN_S * rate;

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

enum as_status as_match_pair(const struct as_signal *a, const struct as_signal *b,
			     const struct as_match_config *cfg, const atomic_bool *cancel,
			     struct as_match_result *out, struct as_error *err)
{
	bool swapped = !first_is_target(a, b); /* src is a */
	bool is_piece[AS_SEARCH_TRACKS] = {false};
	struct as_search s = {.target = swapped ? b : a, .src = swapped ? a : b, .cancel = cancel};
	struct fit f = {0};
	enum as_status st;

	memset(out, 0, sizeof(*out));
	s.probe_every_n = cfg->probe_every_s * s.src->rate_hz;
	bound_lags(&s, cfg, swapped);
	st = as_search_run(&s, err);
	if (st)
		goto out;
	if (fit_all(&s, s.src->rate_hz, is_piece, &f)) {
		st = as_fail(err, AS_ERR_MEMORY, "out of memory");
		goto out;
	}
	if (lay_borders(&s, &f)) {
		st = as_fail(err, AS_ERR_MEMORY, "out of memory");
		goto out;
	}
	fill_drift(out, &f, swapped);
	fill_place(out, &f, &s, swapped);
	fill_rivals(out, &s, is_piece, f.slope, swapped);
	out->margin = fmin(out->margin, coverage(&s.tracks[0], &f, s.src->rate_hz));
	out->score = as_evidence_score(&s.tracks[0], s.n_tracks);
	out->p_false = pow(10.0, -out->score);
	out->evidence = s.tracks[0].rank;
	out->strength = s.tracks[0].strength;
out:
	as_search_done(&s);
	return st;
}
