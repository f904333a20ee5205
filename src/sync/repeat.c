#include "sync/repeat.h"

#include <math.h>

#define SAME_S 0.05 /* repetitions nearer to one another are one */

static void take(struct as_repeats *r, double by_s)
{
	for (int i = 0; i < r->n; i++)
		if (fabs(r->by_s[i] - by_s) < SAME_S)
			return;
	if (r->n < AS_REPEATS)
		r->by_s[r->n++] = by_s;
}

void as_repeats_find(const struct as_solve_match *matches, int n_clips, const struct as_touch *touch, double weak,
		     double margin, struct as_repeats *out)
{
	for (int c = 0; c < n_clips; c++) {
		out[c].n = 0;
		for (int i = touch->first[c]; i < touch->first[c + 1]; i++) {
			const struct as_match_result *r = &matches[touch->match[i]].r;

			if (!matches[touch->match[i]].found || r->score < weak)
				continue;
			for (int k = 0; k < r->n_alts; k++)
				if (r->alts[k].margin < margin)
					take(&out[c], fabs(r->alts[k].offset_s - r->offset_s));
		}
	}
}
