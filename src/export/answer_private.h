/* What the answers share; for the files of answer alone. */
#ifndef AS_EXPORT_ANSWER_PRIVATE_H
#define AS_EXPORT_ANSWER_PRIVATE_H

#include <stdatomic.h>

#include <audiosync/answer.h>

#include "base/json.h"
#include "base/outline.h"

void as_answer_add_head(struct as_json *j);
/* 48000, not 48000.0; null where it is not known. */
void as_answer_add_rate(struct as_json *j, const char *key, double rate_hz);
void as_answer_add_texts(struct as_json *j, const char *key, const char *const *texts, int n);
/* The files of a recording in several. */
void as_answer_add_parts(struct as_json *j, const struct as_clip *c);

typedef void (*as_answer_clip_adder)(struct as_json *j, const struct as_snapshot *s, int clip,
				     const struct as_analysis_answer *a);
/* The tracks with their clips in the order of the outline; cut short by cancel, which may be NULL. */
void as_answer_add_tracks(struct as_json *j, const struct as_snapshot *s, const struct as_outline *o,
			  as_answer_clip_adder add, const struct as_analysis_answer *a, const atomic_bool *cancel);

/* answer_explain.c: the `explain` object of a clip and the thresholds that it speaks of. False when out of memory. */
bool as_json_add_explanation(struct as_json *j, const struct as_snapshot *s, int clip,
			     const struct as_options *opt);
void as_json_add_thresholds(struct as_json *j, const struct as_options *opt);

#endif
