/* The answers of runs that place nothing. */
#include <math.h>
#include <stddef.h>

#include <audiosync/selftest.h>

#include "export/answer_private.h"

static void add_streams(struct as_json *j, const struct as_clip *c)
{
	as_json_open_array(j, "streams");
	for (int i = 0; i < c->n_streams; i++) {
		const struct as_stream *st = &c->streams[i];
		as_json_open_object(j, NULL);
		as_json_add_int(j, "index", st->index);
		as_json_add_text(j, "codec", st->codec);
		as_answer_add_rate(j, "sample_rate_hz", st->rate_hz);
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
	as_answer_add_parts(j, c);
	as_json_add_text(j, "format", c->format);
	as_json_add_text(j, "device", c->device);
	as_answer_add_rate(j, "sample_rate_hz", c->rate_hz);
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

char *as_answer_info(const struct as_snapshot *s)
{
	char *text = NULL;
	struct as_outline o = {0};
	struct as_json *j = as_json_new();
	if (!j || !as_outline_init(&o, s))
		goto out;
	as_answer_add_head(j);
	as_answer_add_tracks(j, s, &o, add_info_clip, NULL, NULL);
	as_json_add_int(j, "aligned_left_out", s->n_left_out);
	as_answer_add_texts(j, "warnings", s->warnings, s->n_warnings);
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

char *as_answer_selftest(const struct as_snapshot *s, const struct as_options *opt)
{
	const struct as_selftest *t = s->selftest;
	struct as_json *j = as_json_new();
	if (!j)
		return NULL;
	as_answer_add_head(j);
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
	as_answer_add_texts(j, "warnings", s->warnings, s->n_warnings);
	return as_json_finish(j, false);
}
