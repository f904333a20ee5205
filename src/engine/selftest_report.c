/* Outcomes -> the figures of the report. */
#include <math.h>
#include <stdlib.h>

#include "base/error.h"
#include "engine/selftest_private.h"

#define RIGHT_S 0.010
#define EXACT_S 0.001

static int by_value(const void *pa, const void *pb)
{
	const double *a = pa, *b = pb;
	return (*a > *b) - (*a < *b);
}

/* v is sorted; the nearest rank, so that few values are not interpolated to what nobody saw. */
static double quantile(const double *v, int n, double q)
{
	int k = (int)ceil(q * n) - 1;
	return n == 0 ? NAN : v[k < 0 ? 0 : k];
}

/* Chance of at most k events in n of probability p. */
static double at_most(int k, int n, double p)
{
	double term = pow(1 - p, n), sum = term;
	for (int i = 1; i <= k; i++) {
		term *= (double)(n - i + 1) / i * p / (1 - p);
		sum += term;
	}
	return sum;
}

double as_selftest_upper(int k, int n)
{
	double low = 0, high = 1;
	if (k >= n)
		return 1;
	for (int i = 0; i < 60; i++) {
		double mid = 0.5 * (low + high);
		if (at_most(k, n, mid) > 0.05)
			low = mid;
		else
			high = mid;
	}
	return high;
}

static void count(struct as_selftest_row *row, const struct selftest_outcome *o)
{
	double err = fabs(o->err_s);
	row->n++;
	if (!o->placed) {
		row->n_refused++;
		return;
	}
	row->n_right_1ms += err <= EXACT_S;
	row->n_right_10ms += err <= RIGHT_S;
	row->n_wrong += err > RIGHT_S;
	if (err > RIGHT_S)
		return;
	row->n_honest += err < 2 * o->stated_s;
	if (!isfinite(o->drift_off_ppm))
		return;
	row->n_drift++;
	row->n_honest_drift += fabs(o->drift_off_ppm) < 2 * o->drift_err_ppm;
}

/* The row of one length and level; errs has room for all stretches. */
static struct as_selftest_row judge(const struct selftest_run *r, int length, int level,
				    double *errs)
{
	struct as_selftest_row row = {.length_s = as_selftest_lengths_s[length],
				      .snr_db = as_selftest_levels_db[level]};
	int n = 0, n_drift = 0;
	double *drifts = errs + r->n_stretches;
	for (int i = 0; i < r->n_stretches; i++) {
		const struct selftest_outcome *o = &r->stretches[i].out[level];
		if (r->stretches[i].length != length || !r->stretches[i].done)
			continue;
		count(&row, o);
		if (!o->placed || fabs(o->err_s) > RIGHT_S)
			continue;
		errs[n++] = fabs(o->err_s);
		if (isfinite(o->drift_off_ppm))
			drifts[n_drift++] = fabs(o->drift_off_ppm);
	}
	qsort(errs, (size_t)n, sizeof *errs, by_value);
	qsort(drifts, (size_t)n_drift, sizeof *drifts, by_value);
	row.median_err_s = quantile(errs, n, 0.5);
	row.p95_err_s = quantile(errs, n, 0.95);
	row.median_drift_err_ppm = quantile(drifts, n_drift, 0.5);
	row.p95_drift_err_ppm = quantile(drifts, n_drift, 0.95);
	return row;
}

static struct as_selftest_false judge_false(const struct selftest_run *r,
					    enum as_selftest_kind kind)
{
	struct as_selftest_false v = {.kind = kind, .best_score = NAN};
	for (int i = 0; i < r->n_stretches; i++) {
		const struct selftest_outcome *o = &r->stretches[i].out[AS_SELFTEST_LEVELS + kind];
		if (!r->stretches[i].done)
			continue;
		v.n++;
		v.n_accepted += o->placed;
		v.best_score = fmax(v.best_score, o->score);
	}
	v.upper = as_selftest_upper(v.n_accepted, v.n);
	return v;
}

enum as_status as_selftest_report(struct selftest_run *r, struct as_error *err)
{
	double *errs = malloc(((size_t)r->n_stretches * 2 + 1) * sizeof *errs);
	r->rows = calloc(AS_SELFTEST_LENGTHS * AS_SELFTEST_LEVELS, sizeof *r->rows);
	if (!errs || !r->rows) {
		free(errs);
		return as_fail(err, AS_ERR_MEMORY, "self-test: out of memory");
	}
	r->report = (struct as_selftest){
		.seed = r->cfg.seed, .trials = r->cfg.trials, .n_clips = r->n_clips};
	for (int i = 0; i < r->n_stretches; i++)
		r->report.n_stretches += r->stretches[i].done;
	for (int k = 0; k < AS_SELFTEST_LENGTHS; k++) {
		for (int i = 0; i < AS_SELFTEST_LEVELS; i++) {
			struct as_selftest_row row = judge(r, k, i, errs);
			if (row.n > 0)
				r->rows[r->report.n_rows++] = row;
		}
	}
	for (int k = 0; k < AS_SELFTEST_KINDS; k++)
		r->report.places[k] = judge_false(r, (enum as_selftest_kind)k);
	r->report.rows = r->rows;
	r->reported = true;
	free(errs);
	return AS_OK;
}

void as_selftest_run_done(struct selftest_run *r)
{
	for (int i = 0; i < r->n_stretches; i++)
		free(r->stretches[i].sound);
	free(r->stretches);
	free(r->clips);
	free(r->rows);
	*r = (struct selftest_run){0};
}
