#include "cli/json.h"

#include <math.h>
#include <stddef.h>

#include <audiosync/audiosync.h>

#include "base/json.h"
#include "cli/json_explain.h"
#include "cli/outline.h"
#include "cli/table.h"

/* 48000, not 48000.0; null where it is not known. */
static void add_rate(struct as_json *j, const char *key, double rate_hz)
{
	if (rate_hz >= 1 && rate_hz < 1e9 && rate_hz == floor(rate_hz))
		as_json_add_int(j, key, (int64_t)rate_hz);
	else
		as_json_add_real(j, key, rate_hz > 0 ? rate_hz : NAN);
}

static void add_segments(struct as_json *j, const struct as_placement *p)
{
	as_json_open_array(j, "segments");
	for (int i = 0; i < p->n_segments; i++) {
		as_json_open_object(j, NULL);
		as_json_add_real(j, "from_s", p->segments[i].from_s);
		as_json_add_real(j, "to_s", p->segments[i].to_s);
		as_json_add_real(j, "start_s", p->segments[i].start_s);
		as_json_close(j);
	}
	as_json_close(j);
}

/* Only where the clock wanders. */
static void add_clock(struct as_json *j, const struct as_placement *p)
{
	if (!p->n_clock)
		return;
	as_json_open_array(j, "clock");
	for (int i = 0; i < p->n_clock; i++) {
		as_json_open_object(j, NULL);
		as_json_add_real(j, "at_s", p->clock[i].at_s);
		as_json_add_rough(j, "shift_s", p->clock[i].shift_s);
		as_json_close(j);
	}
	as_json_close(j);
}

static void add_candidates(struct as_json *j, const struct as_placement *p)
{
	as_json_open_array(j, "candidates");
	for (int i = 0; i < p->n_candidates; i++) {
		as_json_open_object(j, NULL);
		as_json_add_real(j, "start_s", p->candidates[i].start_s);
		as_json_add_real(j, "confidence", p->candidates[i].confidence);
		as_json_add_real(j, "margin", p->candidates[i].margin);
		as_json_close(j);
	}
	as_json_close(j);
}

static void add_texts(struct as_json *j, const char *key, const char *const *texts, int n)
{
	as_json_open_array(j, key);
	for (int i = 0; i < n; i++)
		as_json_add_text(j, NULL, texts[i]);
	as_json_close(j);
}

static void add_parts(struct as_json *j, const struct as_clip *c)
{
	if (c->n_parts < 2)
		return;
	as_json_open_array(j, "parts");
	for (int i = 0; i < c->n_parts; i++) {
		as_json_open_object(j, NULL);
		as_json_add_path(j, "path", c->parts[i]);
		as_json_close(j);
	}
	as_json_close(j);
}

static void add_placement(struct as_json *j, const struct as_placement *p)
{
	as_json_add_real(j, "confidence", p->confidence);
	as_json_add_rough(j, "p_false", p->p_false);
	as_json_add_real(j, "margin", p->margin);
	as_json_add_rough(j, "start_err_s", p->start_err_s);
	as_json_add_real(j, "drift_ppm", p->drift_ppm);
	as_json_add_rough(j, "drift_err_ppm", p->drift_err_ppm);
	add_segments(j, p);
	add_clock(j, p);
	if (p->verdict == AS_VERDICT_AMBIGUOUS)
		add_candidates(j, p);
	add_texts(j, "warnings", p->warnings, p->n_warnings);
}

static void add_clip(struct as_json *j, const struct as_snapshot *s, int clip, const struct as_analysis_answer *a)
{
	static const struct as_placement nowhere = {
		.start_s = NAN,
		.start_err_s = NAN,
		.drift_ppm = NAN,
		.drift_err_ppm = NAN,
		.confidence = NAN,
		.p_false = NAN,
		.margin = NAN,
	};
	const struct as_clip *c = &s->clips[clip];
	const struct as_placement *p = as_outline_placement(s, clip);
	bool failed = c->state == AS_CLIP_FAILED;
	if (!p || failed)
		p = &nowhere;
	as_json_open_object(j, NULL);
	as_json_add_path(j, "path", c->path);
	add_parts(j, c);
	as_json_add_bool(j, "placed", as_outline_is_placed(s, clip));
	if (p->island > 0)
		as_json_add_int(j, "island", p->island);
	else
		as_json_add_text(j, "island", NULL);
	as_json_add_real(j, "start_s", p->start_s);
	as_json_add_real(j, "duration_s", c->duration_s);
	as_json_add_text(j, "verdict", as_verdict_name(as_outline_verdict(s, clip)));
	as_json_add_text(j, "method",
			 p->method == AS_METHOD_NONE ? NULL : as_method_name(p->method));
	add_placement(j, p);
	as_json_add_bool(j, "cached", c->cached);
	if (failed) {
		as_json_add_text(j, "error", c->error);
	} else if (!as_outline_is_placed(s, clip)) {
		char why[AS_NOTES_WHY_BYTES];
		as_notes_why(why, s, clip);
		as_json_add_text(j, "reason", why);
	}
	if (!a->explained || a->explained[clip])
		as_json_add_explanation(j, s, clip, a->opt);
	as_json_close(j);
}

static void add_streams(struct as_json *j, const struct as_clip *c)
{
	as_json_open_array(j, "streams");
	for (int i = 0; i < c->n_streams; i++) {
		const struct as_stream *st = &c->streams[i];
		as_json_open_object(j, NULL);
		as_json_add_int(j, "index", st->index);
		as_json_add_text(j, "codec", st->codec);
		add_rate(j, "sample_rate_hz", st->rate_hz);
		as_json_add_int(j, "channels", st->channels);
		if (st->bits > 0)
			as_json_add_int(j, "bits", st->bits);
		else
			as_json_add_text(j, "bits", NULL);
		as_json_add_bool(j, "float", st->is_float);
		as_json_add_real(j, "duration_s", st->duration_s);
		as_json_add_bool(j, "timecode", st->timecode);
		as_json_add_bool(j, "used", st->used);
		as_json_close(j);
	}
	as_json_close(j);
}

static void add_info_clip(struct as_json *j, const struct as_snapshot *s, int clip, const struct as_analysis_answer *a)
{
	(void)a;
	const struct as_clip *c = &s->clips[clip];
	as_json_open_object(j, NULL);
	as_json_add_path(j, "path", c->path);
	add_parts(j, c);
	as_json_add_text(j, "format", c->format);
	as_json_add_text(j, "device", c->device);
	add_rate(j, "sample_rate_hz", c->rate_hz);
	as_json_add_int(j, "channels", c->channels);
	as_json_add_real(j, "duration_s", c->duration_s);
	as_json_add_real(j, "start_tc_s", c->start_tc_s);
	as_json_add_real(j, "created_s", c->created_s);
	as_json_add_bool(j, "picture", c->has_video);
	as_json_add_real(j, "fps", c->fps);
	add_streams(j, c);
	if (c->state == AS_CLIP_FAILED)
		as_json_add_text(j, "error", c->error);
	as_json_close(j);
}

typedef void (*clip_adder)(struct as_json *j, const struct as_snapshot *s, int clip,
			   const struct as_analysis_answer *a);

static void add_tracks(struct as_json *j, const struct as_snapshot *s, const struct as_outline *o,
		       clip_adder add, const struct as_analysis_answer *a)
{
	as_json_open_array(j, "tracks");
	for (int t = 0; t <= s->n_tracks; t++) {
		int from = o->first[t];
		int to = t < s->n_tracks ? o->first[t + 1] : o->n_clips;
		if (from == to)
			continue;
		as_json_open_object(j, NULL);
		as_json_add_text(j, "name", t < s->n_tracks ? s->tracks[t].name : NULL);
		as_json_add_bool(j, "reference", t < s->n_tracks && s->tracks[t].reference);
		as_json_open_array(j, "clips");
		for (int k = from; k < to; k++)
			add(j, s, o->clips[k], a);
		as_json_close(j);
		as_json_close(j);
	}
	as_json_close(j);
}

static void add_outputs(struct as_json *j, const struct as_snapshot *s)
{
	as_json_open_array(j, "outputs");
	for (int i = 0; i < s->n_outputs; i++) {
		const struct as_output *f = &s->outputs[i];
		bool known = f->track >= 0 && f->track < s->n_tracks;
		as_json_open_object(j, NULL);
		as_json_add_path(j, "path", f->path);
		as_json_add_text(j, "track", known ? s->tracks[f->track].name : NULL);
		if (f->clip >= 0 && f->clip < s->n_clips)
			as_json_add_path(j, "clip", s->clips[f->clip].path);
		as_json_add_bool(j, "written", f->done && !*f->error);
		as_json_add_real(j, "start_s", f->start_s);
		as_json_add_real(j, "duration_s", f->duration_s);
		add_rate(j, "sample_rate_hz", f->rate_hz);
		as_json_add_int(j, "channels", f->channels);
		if (*f->error)
			as_json_add_text(j, "error", f->error);
		as_json_close(j);
	}
	as_json_close(j);
}

static void add_head(struct as_json *j)
{
	as_json_add_text(j, "audiosync", as_version());
	as_json_add_int(j, "schema", AS_JSON_SCHEMA);
}

char *as_cli_json_analysis(const struct as_snapshot *s, const struct as_analysis_answer *a)
{
	char *text = NULL;
	struct as_outline o = {0};
	struct as_json *j = as_json_new();
	if (!j || !as_outline_init(&o, s))
		goto out;
	add_head(j);
	as_json_add_text(j, "reference", as_outline_reference(s));
	as_json_open_object(j, "timeline");
	as_json_add_real(j, "duration_s", s->timeline_s);
	add_rate(j, "sample_rate_hz", s->sample_rate_hz);
	as_json_add_int(j, "islands", s->n_islands);
	as_json_open_array(j, "island_durations_s");
	for (int i = 0; i < s->n_islands; i++)
		as_json_add_real(j, NULL, s->island_s[i]);
	as_json_close(j);
	as_json_close(j);
	as_json_add_thresholds(j, a->opt);
	add_tracks(j, s, &o, add_clip, a);
	add_texts(j, "warnings", s->warnings, s->n_warnings);
	if (a->with_outputs)
		add_outputs(j, s);
	text = as_json_finish(j, false);
	j = NULL;
out:
	as_json_free(j);
	as_outline_done(&o);
	return text;
}

char *as_cli_json_info(const struct as_snapshot *s)
{
	char *text = NULL;
	struct as_outline o = {0};
	struct as_json *j = as_json_new();
	if (!j || !as_outline_init(&o, s))
		goto out;
	add_head(j);
	add_tracks(j, s, &o, add_info_clip, NULL);
	add_texts(j, "warnings", s->warnings, s->n_warnings);
	text = as_json_finish(j, false);
	j = NULL;
out:
	as_json_free(j);
	as_outline_done(&o);
	return text;
}

static void add_selftest_row(struct as_json *j, const struct as_selftest_row *r)
{
	as_json_open_object(j, NULL);
	as_json_add_real(j, "length_s", r->length_s);
	as_json_add_real(j, "snr_db", r->snr_db);
	as_json_add_int(j, "n", r->n);
	as_json_add_int(j, "right_1ms", r->n_right_1ms);
	as_json_add_int(j, "right_10ms", r->n_right_10ms);
	as_json_add_int(j, "refused", r->n_refused);
	as_json_add_int(j, "wrong", r->n_wrong);
	as_json_add_rough(j, "median_err_s", r->median_err_s);
	as_json_add_rough(j, "p95_err_s", r->p95_err_s);
	as_json_add_int(j, "honest", r->n_honest);
	as_json_add_int(j, "drifts", r->n_drift);
	as_json_add_rough(j, "median_drift_err_ppm", r->median_drift_err_ppm);
	as_json_add_rough(j, "p95_drift_err_ppm", r->p95_drift_err_ppm);
	as_json_add_int(j, "honest_drifts", r->n_honest_drift);
	as_json_close(j);
}

static void add_selftest_false(struct as_json *j, const struct as_selftest_false *v)
{
	as_json_open_object(j, as_selftest_kind_name(v->kind));
	as_json_add_int(j, "n", v->n);
	as_json_add_int(j, "accepted", v->n_accepted);
	as_json_add_rough(j, "upper_95", v->upper);
	as_json_add_real(j, "best_score", v->best_score);
	as_json_close(j);
}

static void add_failed(struct as_json *j, const struct as_snapshot *s)
{
	as_json_open_array(j, "failed");
	for (int i = 0; i < s->n_clips; i++) {
		if (s->clips[i].state != AS_CLIP_FAILED)
			continue;
		as_json_open_object(j, NULL);
		as_json_add_path(j, "path", s->clips[i].path);
		as_json_add_text(j, "error", s->clips[i].error);
		as_json_close(j);
	}
	as_json_close(j);
}

char *as_cli_json_selftest(const struct as_snapshot *s, const struct as_options *opt)
{
	const struct as_selftest *t = s->selftest;
	struct as_json *j = as_json_new();
	if (!j)
		return NULL;
	add_head(j);
	as_json_add_int(j, "seed", (int64_t)t->seed);
	as_json_add_int(j, "trials", t->trials);
	as_json_add_int(j, "clips", t->n_clips);
	as_json_add_int(j, "stretches", t->n_stretches);
	as_json_add_thresholds(j, opt);
	as_json_open_array(j, "rows");
	for (int i = 0; i < t->n_rows; i++)
		add_selftest_row(j, &t->rows[i]);
	as_json_close(j);
	as_json_open_object(j, "false_places");
	for (int i = 0; i < AS_SELFTEST_KINDS; i++)
		add_selftest_false(j, &t->places[i]);
	as_json_close(j);
	add_failed(j, s);
	add_texts(j, "warnings", s->warnings, s->n_warnings);
	return as_json_finish(j, false);
}
