/* The answers that scripts get, as JSON, schema 1: what doc/json.md promises. */
#ifndef AUDIOSYNC_ANSWER_H
#define AUDIOSYNC_ANSWER_H

#include <stdbool.h>

#include <audiosync/error.h>
#include <audiosync/options.h>
#include <audiosync/types.h>

#ifdef __cplusplus
extern "C" {
#endif

#define AS_JSON_SCHEMA 1

struct as_analysis_answer {
	const struct as_options *opt; /* of the analysis */
	const bool *explained;        /* per clip: whether to explain it; NULL: all of them */
	bool with_outputs;
};

/* All give heap text that ends with a newline, for free(); NULL when memory ran out. Any thread; the snapshot is only read. */

/* What `analyze` and, with_outputs, `sync` answer. */
AS_API char *as_answer_analysis(const struct as_snapshot *s, const struct as_analysis_answer *a);
/* What `selftest` answers; s->selftest is there. */
AS_API char *as_answer_selftest(const struct as_snapshot *s, const struct as_options *opt);
/* What `drift` answers; s->drift is there. */
AS_API char *as_answer_drift(const struct as_snapshot *s);
/* What `info` answers. */
AS_API char *as_answer_info(const struct as_snapshot *s);

#ifdef __cplusplus
}
#endif
#endif
