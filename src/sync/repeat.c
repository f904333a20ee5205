#include "sync/repeat.h"

#include <math.h>

#define SAME_S 0.05 /* repetitions nearer to one another are one */
#define RIVALS 64   /* the closest ones of a clip that are looked at */

struct rival {
	double by_s, margin;
};

static bool before(const struct rival *a, const struct rival *b)
{
	return a->margin != b->margin ? a->margin < b->margin : a->by_s < b->by_s;
}

/* Keeps v[*n] in order, and what it keeps does not depend on the order in which rivals come. */
static void insert(struct rival v[RIVALS], int *n, struct rival r)
{
	int i = *n < RIVALS ? (*n)++ : RIVALS;

	for (; i > 0 && before(&r, &v[i - 1]); i--)
		if (i < RIVALS)
			v[i] = v[i - 1];
	if (i < RIVALS)
		v[i] = r;
}

/* A rival that chance explains is no repetition. */
static void collect(const struct as_match_result *r, double weak, double margin, struct rival v[RIVALS], int *n)
{
	for (int k = 0; k < r->n_alts; k++) {
		struct rival found = {fabs(r->alts[k].offset_s - r->offset_s), r->alts[k].margin};

		if (found.margin < margin && r->alts[k].score >= weak)
			insert(v, n, found);
	}
}

static void take(struct as_repeats *out, double by_s)
{
	for (int i = 0; i < out->n; i++)
		if (fabs(out->by_s[i] - by_s) < SAME_S)
			return;
	if (out->n < AS_REPEATS)
		out->by_s[out->n++] = by_s;
}

void as_repeats_find(const struct as_solve_match *matches, int n_clips, const struct as_touch *touch, double weak,
		     double margin, struct as_repeats *out)
{
	for (int c = 0; c < n_clips; c++) {
		struct rival v[RIVALS];
		int n = 0;

		out[c].n = 0;
		for (int i = touch->first[c]; i < touch->first[c + 1]; i++) {
			const struct as_solve_match *m = &matches[touch->match[i]];

			if (m->found && m->r.score >= weak)
				collect(&m->r, weak, margin, v, &n);
		}
		for (int i = 0; i < n; i++)
			take(&out[c], v[i].by_s);
	}
}
