/* The answer of an analysis and of what follows it. */
#include <math.h>
#include <stddef.h>

#include "base/words.h"
#include "export/answer.h"
#include "export/answer_private.h"

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
	as_answer_add_texts(j, "warnings", p->warnings, p->n_warnings);
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
	as_answer_add_parts(j, c);
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
	as_json_add_bool(j, "locked", p->locked);
	as_json_add_bool(j, "cached", c->cached);
	if (c->media != AS_CLIP_MEDIA_PRESENT)
		as_json_add_text(j, "media", c->media == AS_CLIP_MEDIA_MISSING ? "missing" : "changed");
	if (failed) {
		as_json_add_text(j, "error", c->error);
	} else if (!as_outline_is_placed(s, clip)) {
		char why[AS_WORDS_WHY_BYTES];
		as_words_why(why, s, clip);
		as_json_add_text(j, "reason", why);
	}
	if (!a->explained || a->explained[clip])
		as_json_add_explanation(j, s, clip, a->opt);
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
		if (*f->document)
			as_json_add_text(j, "document", f->document);
		else
			as_json_add_text(j, "track", known ? s->tracks[f->track].name : NULL);
		if (f->n_files > 0) {
			as_json_open_array(j, "files");
			for (int k = 0; k < f->n_files; k++) {
				as_json_open_object(j, NULL);
				as_json_add_path(j, "path", f->files[k]);
				as_json_close(j);
			}
			as_json_close(j);
		}
		if (f->clip >= 0 && f->clip < s->n_clips)
			as_json_add_path(j, "clip", s->clips[f->clip].path);
		as_json_add_bool(j, "written", f->done && !*f->error);
		if (!*f->document) {
			as_json_add_real(j, "start_s", f->start_s);
			as_json_add_real(j, "duration_s", f->duration_s);
			as_answer_add_rate(j, "sample_rate_hz", f->rate_hz);
			as_json_add_int(j, "channels", f->channels);
			as_json_add_bool(j, "picture", f->picture);
			if (f->picture && f->sound_track >= 0 && f->sound_track < s->n_tracks)
				as_json_add_text(j, "sound_track", s->tracks[f->sound_track].name);
		}
		if (*f->error)
			as_json_add_text(j, "error", f->error);
		as_json_close(j);
	}
	as_json_close(j);
}

bool as_answer_add_analysis(struct as_json *j, const struct as_snapshot *s, const struct as_analysis_answer *a,
			    const atomic_bool *cancel)
{
	struct as_outline o;
	bool ok = as_outline_init(&o, s);
	if (!ok)
		goto out;
	as_answer_add_head(j);
	as_json_add_text(j, "reference", as_outline_reference(s));
	as_json_open_object(j, "timeline");
	as_json_add_real(j, "duration_s", s->timeline_s);
	as_answer_add_rate(j, "sample_rate_hz", s->sample_rate_hz);
	as_json_add_int(j, "islands", s->n_islands);
	as_json_open_array(j, "island_durations_s");
	for (int i = 0; i < s->n_islands; i++)
		as_json_add_real(j, NULL, s->island_s[i]);
	as_json_close(j);
	as_json_close(j);
	as_json_add_thresholds(j, a->opt);
	as_answer_add_tracks(j, s, &o, add_clip, a, cancel);
	as_json_add_int(j, "aligned_left_out", s->n_left_out);
	as_answer_add_texts(j, "warnings", s->warnings, s->n_warnings);
	if (a->with_outputs)
		add_outputs(j, s);
out:
	as_outline_done(&o);
	return ok;
}

char *as_answer_analysis(const struct as_snapshot *s, const struct as_analysis_answer *a)
{
	struct as_json *j = as_json_new();
	if (j && as_answer_add_analysis(j, s, a, NULL))
		return as_json_finish(j, false);
	as_json_free(j);
	return NULL;
}
