/* The report as JSON: the answer of `analyze` and what the page adds to it. */
#include <math.h>
#include <stdlib.h>
#include <string.h>

#include "base/text.h"
#include "base/words.h"
#include "export/answer.h"
#include "export/report_private.h"
#include "export/timeline.h"

static void add_clip(struct as_json *j, const struct report *r, int clip)
{
	as_json_add_path(j, "path", r->s->clips[clip].path);
}

static void add_checks(struct as_json *j, const struct report *r)
{
	static const char *const names[] = {"failed", "unplaced", "listen", "noted"};
	as_json_open_array(j, "checks");
	for (int i = 0; i < r->n_checks; i++) {
		as_json_open_object(j, NULL);
		add_clip(j, r, r->checks[i].clip);
		as_json_add_text(j, "urgency", names[r->checks[i].urgency]);
		as_json_add_text(j, "text", r->checks[i].text);
		as_json_close(j);
	}
	as_json_close(j);
}

static void add_splices(struct as_json *j, const struct report *r)
{
	as_json_open_array(j, "splices");
	for (int i = 0; i < r->n_splices; i++) {
		as_json_open_object(j, NULL);
		add_clip(j, r, r->splices[i].clip);
		as_json_add_real(j, "at_s", r->splices[i].at_s);
		as_json_add_real(j, "island_at_s", r->splices[i].island_at_s);
		as_json_add_real(j, "lost_s", r->splices[i].amount_s);
		as_json_close(j);
	}
	as_json_close(j);
}

static void add_clock(struct as_json *j, const char *key, const struct report_clock *c, bool base)
{
	as_json_open_object(j, key);
	as_json_add_int(j, "stamps", c->n);
	as_json_add_real(j, "off_s", c->off_s);
	as_json_add_real(j, "spread_s", c->spread_s);
	as_json_add_bool(j, "ends", c->ends);
	as_json_add_bool(j, "wrong", c->wrong);
	as_json_add_bool(j, "base", base);
	as_json_close(j);
}

static void add_devices(struct as_json *j, const struct report *r)
{
	as_json_open_array(j, "devices");
	for (int t = 0; t < r->s->n_tracks; t++) {
		const struct report_device *d = &r->devices[t];
		as_json_open_object(j, NULL);
		as_json_add_text(j, "track", r->s->tracks[t].name);
		as_json_add_int(j, "placed", d->n_placed);
		as_json_add_int(j, "drifts", d->n_drift);
		as_json_add_real(j, "drift_ppm", d->drift_ppm);
		as_json_add_rough(j, "drift_err_ppm", d->drift_err_ppm);
		as_json_add_real(j, "least_drift_ppm", d->n_drift ? d->least_ppm : NAN);
		as_json_add_real(j, "most_drift_ppm", d->n_drift ? d->most_ppm : NAN);
		add_clock(j, "recording_times", &d->created, t == r->created_base);
		add_clock(j, "timecode", &d->timecode, t == r->timecode_base);
		as_json_close(j);
	}
	as_json_close(j);
	as_json_open_array(j, "odd_stamps");
	for (int i = 0; i < r->n_odd; i++) {
		as_json_open_object(j, NULL);
		add_clip(j, r, r->odd[i].clip);
		as_json_add_text(j, "stamp", r->odd[i].timecode ? "timecode" : "recording-time");
		as_json_add_real(j, "off_s", r->odd[i].off_s);
		as_json_close(j);
	}
	as_json_close(j);
}

static void add_rounding(struct as_json *j, const struct report *r)
{
	char rate[AS_TIMECODE_BYTES + 16];
	if (!r->edit)
		return;
	as_json_open_object(j, "rounding");
	as_json_add_text(j, "frame_rate", as_rate_name(rate, sizeof rate, r->edit->rate));
	as_json_open_array(j, "clips");
	for (int i = 0; i < r->n_rounding; i++) {
		as_json_open_object(j, NULL);
		add_clip(j, r, r->rounding[i].clip);
		as_json_add_real(j, "start_residual_s", r->rounding[i].start_s);
		as_json_add_real(j, "end_residual_s", r->rounding[i].end_s);
		as_json_close(j);
	}
	as_json_close(j);
	as_json_close(j);
}

static bool add_lags_of(struct as_json *j, const struct report *r, int clip)
{
	int n;
	struct report_lag *v = report_lags(r, clip, &n);
	if (!v)
		return false;
	as_json_open_object(j, NULL);
	add_clip(j, r, clip);
	as_json_open_array(j, "points");
	for (int i = 0; i < n; i++) {
		as_json_open_object(j, NULL);
		as_json_add_rough(j, "at_s", round(v[i].at_s * 1e3) / 1e3);
		as_json_add_rough(j, "lag_s", v[i].lag_s);
		as_json_add_rough(j, "residual_s", v[i].residual_s);
		as_json_add_rough(j, "err_s", v[i].err_s);
		as_json_add_bool(j, "used", v[i].used);
		add_clip(j, r, v[i].with);
		as_json_close(j);
	}
	as_json_close(j);
	as_json_close(j);
	free(v);
	return true;
}

static bool add_lags(struct as_json *j, const struct report *r)
{
	bool ok = true;
	as_json_open_array(j, "lags");
	for (int i = 0; ok && i < r->n_plots && !report_stopped(r); i++)
		ok = add_lags_of(j, r, r->plots[i]);
	as_json_close(j);
	as_json_add_int(j, "lags_left_out", r->n_plots_left_out);
	return ok;
}

static void add_settings(struct as_json *j, const struct report *r)
{
	size_t n;
	const struct as_option_row *rows = as_option_rows(&n);
	as_json_open_array(j, "settings");
	for (int changed = 1; changed >= 0; changed--)
		for (size_t i = 0; i < n; i++) {
			if (report_is_changed(r, &rows[i]) != (changed == 1))
				continue;
			as_json_open_object(j, NULL);
			as_json_add_text(j, "key", rows[i].key);
			as_json_add_text(j, "value", as_options_value(r->opt, rows[i].key));
			as_json_add_text(j, "default", rows[i].def);
			as_json_add_text(j, "origin", as_options_origin(r->opt, rows[i].key));
			as_json_close(j);
		}
	as_json_close(j);
}

char *report_json(const struct report *r, size_t *n)
{
	char summary[REPORT_LINE_BYTES];
	struct as_json *j = as_json_new();
	if (!j || !as_answer_add_analysis(j, r->s, &(struct as_analysis_answer){.opt = r->opt, .with_outputs = true},
					   r->cancel))
		goto failed;
	as_json_open_object(j, "report");
	report_say_summary(summary, r);
	as_json_add_text(j, "summary", summary);
	add_checks(j, r);
	add_splices(j, r);
	add_devices(j, r);
	add_rounding(j, r);
	if (!add_lags(j, r))
		goto failed;
	add_settings(j, r);
	as_json_close(j);
	char *text = as_json_finish(j, false);
	*n = text ? strlen(text) : 0;
	return text;
failed:
	as_json_free(j);
	return NULL;
}
