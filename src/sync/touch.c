#include "sync/touch.h"

#include <stdlib.h>

enum as_status as_touch_build(struct as_touch *t, const struct as_solve_match *matches,
			      int n_matches, int n_clips, struct as_error *err)
{
	t->first = calloc((size_t)n_clips + 2, sizeof(*t->first));
	t->match = malloc(sizeof(*t->match) * (2 * (size_t)n_matches + 1));
	if (!t->first || !t->match) {
		as_touch_done(t);
		return as_fail(err, AS_ERR_MEMORY, "out of memory");
	}
	/* counted two places further on, so that filling leaves first[c] where c begins */
	for (int i = 0; i < n_matches; i++) {
		t->first[matches[i].a + 2]++;
		t->first[matches[i].b + 2]++;
	}
	for (int c = 0; c < n_clips; c++)
		t->first[c + 2] += t->first[c + 1];
	for (int i = 0; i < n_matches; i++) {
		t->match[t->first[matches[i].a + 1]++] = i;
		t->match[t->first[matches[i].b + 1]++] = i;
	}
	return AS_OK;
}

void as_touch_done(struct as_touch *t)
{
	free(t->first);
	free(t->match);
	t->first = t->match = NULL;
}
