/* Explanations as JSON: the `explain` object of a clip and the thresholds that it speaks of. */
#ifndef AS_CLI_JSON_EXPLAIN_H
#define AS_CLI_JSON_EXPLAIN_H

#include <stdbool.h>

#include <audiosync/explain.h>

#include "base/json.h"

/* False when out of memory. */
bool as_json_add_explanation(struct as_json *j, const struct as_snapshot *s, int clip,
			     const struct as_options *opt);
void as_json_add_thresholds(struct as_json *j, const struct as_options *opt);

#endif
