/* Does one file carry on where another one ended? Pure. */
#ifndef AS_SYNC_FOLLOW_H
#define AS_SYNC_FOLLOW_H

#include <stdbool.h>

#include "sync/group.h"
#include "sync/name.h"

/* True only where b is the continuation of a without a gap. A false join puts a clip at a wrong
 * place and a missed one costs little, so it demands consecutive numbers and equal formats, and one
 * of: the maker's chapter notation; time code that goes on exactly; or a full file (2 or 4 GB) with
 * a clock that agrees. Any contradiction between the times says no. */
bool as_file_follows(const struct as_group_file *a, const struct as_name *an,
		     const struct as_group_file *b, const struct as_name *bn);

#endif
