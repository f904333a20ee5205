/* What several answers have in common. */
#include <math.h>

#include <audiosync/answer.h>
#include <audiosync/audiosync.h>

#include "export/answer_private.h"

/* 48000, not 48000.0; null where it is not known. */
void as_answer_add_rate(struct as_json *j, const char *key, double rate_hz)
{
	if (rate_hz >= 1 && rate_hz < 1e9 && rate_hz == floor(rate_hz))
		as_json_add_int(j, key, (int64_t)rate_hz);
	else
		as_json_add_real(j, key, rate_hz > 0 ? rate_hz : NAN);
}

void as_answer_add_texts(struct as_json *j, const char *key, const char *const *texts, int n)
{
	as_json_open_array(j, key);
	for (int i = 0; i < n; i++)
		as_json_add_text(j, NULL, texts[i]);
	as_json_close(j);
}

void as_answer_add_parts(struct as_json *j, const struct as_clip *c)
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

void as_answer_add_head(struct as_json *j)
{
	as_json_add_text(j, "audiosync", as_version());
	as_json_add_int(j, "schema", AS_JSON_SCHEMA);
}

void as_answer_add_tracks(struct as_json *j, const struct as_snapshot *s, const struct as_outline *o,
		       as_answer_clip_adder add, const struct as_analysis_answer *a, const atomic_bool *cancel)
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
		for (int k = from; k < to && !(cancel && atomic_load(cancel)); k++)
			add(j, s, o->clips[k], a);
		as_json_close(j);
		as_json_close(j);
	}
	as_json_close(j);
}
