/* The answer of an analysis, for documents that say more. */
#ifndef AS_EXPORT_ANSWER_H
#define AS_EXPORT_ANSWER_H

#include <stdatomic.h>

#include <audiosync/answer.h>

#include "base/json.h"

/* Adds the fields of as_answer_analysis to an object; cut short by cancel, which may be NULL. False when out of memory; j may have
 * failed besides. */
bool as_answer_add_analysis(struct as_json *j, const struct as_snapshot *s, const struct as_analysis_answer *a,
			    const atomic_bool *cancel);

#endif
