/* A match as the answer of the drift tool: can it be trusted, where do samples lack, what was fitted to which lags. Pure. */
#include <math.h>
#include <stdlib.h>
#include <string.h>

#include "engine/session_private.h"

#define LEAST_MATCHED_S 60.0
#define MOST_ERR_PPM 5.0

/* A match tells a drift where one piece is long enough for it; here all of them together may be. */
static bool tells_drift(const struct as_match_result *r)
{
	return isfinite(r->drift_ppm) ||
	       (r->matched_s >= LEAST_MATCHED_S && r->slope_err_ppm < MOST_ERR_PPM);
}

static enum as_drift_result judge(const struct as_match_result *r, double weak, double min_margin)
{
	/* One match alone vouches for it. */
	if (r->score < fmax(weak, AS_LONE_SCORE))
		return AS_DRIFT_NO_MATCH;
	if (r->margin < min_margin)
		return AS_DRIFT_AMBIGUOUS;
	return tells_drift(r) ? AS_DRIFT_MEASURED : AS_DRIFT_SHORT;
}

static void fill_splices(struct drift_fit *f)
{
	const struct as_match_result *r = &f->match;
	for (int i = 1; i < r->n_pieces; i++)
		f->splices[i - 1] =
			(struct as_splice){.at_s = r->pieces[i].from_s,
					   .lost_s = r->pieces[i].offset_s - r->pieces[i - 1].offset_s};
	f->fit.splices = f->splices;
	f->fit.n_splices = r->n_pieces > 0 ? r->n_pieces - 1 : 0;
}

static void fill_points(struct drift_fit *f)
{
	const struct as_match_result *r = &f->match;
	for (int i = 0; i < r->n_points; i++)
		f->points[i] = (struct as_lag_point){.at_s = (double)r->points[i].b_s,
						     .lag_s = r->offset_s + (double)r->points[i].lag_s,
						     .err_s = r->points[i].err_us * 1e-6,
						     .used = r->points[i].used};
	f->fit.points = f->points;
	f->fit.n_points = r->n_points;
}

static void add_curve(struct drift_fit *f, int piece, double at_s)
{
	const struct as_match_result *r = &f->match;
	const struct as_match_piece *p = &r->pieces[piece];
	double line_s = at_s / (1 + r->slope_ppm * 1e-6) - at_s;
	double err_s = hypot(r->ref_err_s, r->slope_err_ppm * 1e-6 * (at_s - r->ref_s));
	double wander_err_s = 0, nearest_s = INFINITY;
	for (int i = 0; i < r->n_knots; i++) {
		double away_s = fabs((double)r->knots[i].b_s - at_s);
		if (away_s < nearest_s) {
			nearest_s = away_s;
			wander_err_s = (double)r->knots[i].err_s;
		}
	}
	if (f->fit.n_curve == DRIFT_CURVE_MAX)
		return;
	f->curve[f->fit.n_curve++] =
		(struct as_lag_point){.at_s = at_s,
				      .lag_s = p->offset_s + line_s + as_match_wander(r, at_s),
				      .err_s = r->n_knots > 0 ? wander_err_s : err_s,
				      .used = true};
}

/* The ends of each piece and the knots between. */
static void fill_curve(struct drift_fit *f, double b_s)
{
	const struct as_match_result *r = &f->match;
	f->fit.curve = f->curve;
	f->fit.n_curve = 0;
	for (int i = 0; i < r->n_pieces; i++) {
		double from_s = fmax(0, r->pieces[i].from_s), to_s = fmin(b_s, r->pieces[i].to_s);
		add_curve(f, i, from_s);
		for (int k = 0; k < r->n_knots; k++) {
			double at_s = (double)r->knots[k].b_s;
			if (at_s > from_s && at_s < to_s)
				add_curve(f, i, at_s);
		}
		add_curve(f, i, to_s);
	}
}

static double wander_of(const struct as_match_result *r)
{
	float least = 0, most = 0;
	for (int i = 0; i < r->n_knots; i++) {
		least = fminf(least, r->knots[i].shift_s);
		most = fmaxf(most, r->knots[i].shift_s);
	}
	return (double)(most - least);
}

void as_drift_judge(struct drift_fit *f, double b_s, double weak, double min_margin)
{
	const struct as_match_result *r = &f->match;
	bool told;
	f->fit = (struct as_drift_fit){.result = judge(r, weak, min_margin),
				       .score = r->score,
				       .p_false = r->p_false,
				       .margin = r->margin,
				       .offset_s = NAN,
				       .offset_err_s = NAN,
				       .drift_ppm = NAN,
				       .drift_err_ppm = NAN,
				       .wander_s = NAN};
	told = f->fit.result == AS_DRIFT_MEASURED || f->fit.result == AS_DRIFT_SHORT;
	if (!told)
		return;
	f->fit.offset_s = r->n_pieces > 0 ? r->pieces[0].offset_s + as_match_wander(r, 0) : r->offset_s;
	f->fit.offset_err_s = r->n_pieces > 0 ? r->pieces[0].offset_err_s : r->offset_err_s;
	if (f->fit.result == AS_DRIFT_MEASURED) {
		f->fit.drift_ppm = r->slope_ppm;
		f->fit.drift_err_ppm = r->slope_err_ppm;
	}
	f->fit.wander_s = wander_of(r);
	f->fit.overlap_s = r->overlap_s;
	f->fit.matched_s = r->matched_s;
	f->fit.inverted = r->inverted;
	fill_splices(f);
	fill_points(f);
	fill_curve(f, b_s);
}
