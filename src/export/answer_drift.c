/* The answer of the drift tool. */
#include <math.h>
#include <stddef.h>

#include <audiosync/drift.h>

#include "export/answer_private.h"

static void add_points(struct as_json *j, const char *key, const struct as_lag_point *p, int n, bool fitted)
{
	as_json_open_array(j, key);
	for (int i = 0; i < n; i++) {
		as_json_open_object(j, NULL);
		as_json_add_real(j, "at_s", p[i].at_s);
		as_json_add_real(j, "lag_s", p[i].lag_s);
		as_json_add_rough(j, "err_s", p[i].err_s);
		if (!fitted)
			as_json_add_bool(j, "used", p[i].used);
		as_json_close(j);
	}
	as_json_close(j);
}

static void add_splices(struct as_json *j, const struct as_drift_fit *f)
{
	as_json_open_array(j, "splices");
	for (int i = 0; i < f->n_splices; i++) {
		as_json_open_object(j, NULL);
		as_json_add_real(j, "at_s", f->splices[i].at_s);
		as_json_add_real(j, "lost_s", f->splices[i].lost_s);
		as_json_close(j);
	}
	as_json_close(j);
}

static void add_fit(struct as_json *j, const struct as_drift_fit *f)
{
	bool heard = f->result == AS_DRIFT_MEASURED || f->result == AS_DRIFT_SHORT;
	as_json_add_text(j, "result", as_drift_result_name(f->result));
	as_json_add_rough(j, "confidence", f->score);
	as_json_add_rough(j, "p_false", f->p_false);
	as_json_add_rough(j, "margin", f->margin);
	as_json_add_real(j, "offset_s", f->offset_s);
	as_json_add_rough(j, "offset_err_s", f->offset_err_s);
	as_json_add_real(j, "drift_ppm", f->drift_ppm);
	as_json_add_rough(j, "drift_err_ppm", f->drift_err_ppm);
	as_json_add_rough(j, "wander_s", f->wander_s);
	as_json_add_real(j, "overlap_s", heard ? f->overlap_s : NAN);
	as_json_add_real(j, "matched_s", heard ? f->matched_s : NAN);
	as_json_add_bool(j, "inverted", f->inverted);
	add_splices(j, f);
	add_points(j, "points", f->points, f->n_points, false);
	add_points(j, "curve", f->curve, f->n_curve, true);
}

static void add_output(struct as_json *j, const struct as_drift *d)
{
	as_json_open_object(j, "output");
	as_json_add_path(j, "path", d->output);
	as_json_add_real(j, "duration_s", d->output_s);
	as_answer_add_rate(j, "sample_rate_hz", d->rate_hz);
	as_json_add_int(j, "channels", d->channels);
	as_json_add_bool(j, "picture", d->has_picture);
	as_json_add_real(j, "left_ppm", d->left_ppm);
	as_json_add_rough(j, "left_err_ppm", d->left_err_ppm);
	as_json_open_object(j, "left");
	add_fit(j, &d->left);
	as_json_close(j);
	as_json_close(j);
}

char *as_answer_drift(const struct as_snapshot *s)
{
	const struct as_drift *d = s->drift;
	struct as_json *j = as_json_new();
	if (!j)
		return NULL;
	as_answer_add_head(j);
	as_json_add_text(j, "mode", d->reference ? "compare" : "manual");
	if (d->reference)
		as_json_add_path(j, "reference", d->reference);
	as_json_add_path(j, "file", d->file);
	as_json_add_real(j, "duration_s", d->duration_s);
	as_json_add_real(j, "ppm", d->ppm);
	if (d->reference) {
		as_json_open_object(j, "found");
		add_fit(j, &d->found);
		as_json_close(j);
	}
	if (d->output)
		add_output(j, d);
	as_answer_add_texts(j, "warnings", s->warnings, s->n_warnings);
	return as_json_finish(j, false);
}
