#include "sync/jumps.h"

#include <math.h>
#include <string.h>

#define NEAR_S 6.0              /* two matches see one loss at times this close … */
#define ALIKE_S 0.02            /* … and of sizes this close */

/* One jump as one match sees it: b's place in a's time moves by size_s. */
struct sighting {
	double a_s, b_s;        /* when, in each clip's own time */
	double size_s;
};

static struct sighting sight(const struct as_match_result *r, int k)
{
	double t = r->pieces[k].to_s;

	return (struct sighting){.a_s = r->pieces[k].offset_s + t / (1.0 + r->slope_ppm * 1e-6),
				 .b_s = t,
				 .size_s = r->pieces[k + 1].offset_s - r->pieces[k].offset_s};
}

/* How many matches show clip c losing size_s around t_s. */
static int witnesses(const struct as_solve_match *matches, const struct as_touch *touch, int c, double t_s,
		     double size_s, double weak)
{
	int seen = 0;

	for (int i = touch->first[c]; i < touch->first[c + 1]; i++) {
		const struct as_solve_match *m = &matches[touch->match[i]];
		bool here = false;

		if (!m->found || m->r.score < weak)
			continue;
		for (int k = 0; k + 1 < m->r.n_pieces; k++) {
			struct sighting s = sight(&m->r, k);
			double t = m->b == c ? s.b_s : s.a_s, size = m->b == c ? s.size_s : -s.size_s;

			here = here || (fabs(t - t_s) < NEAR_S && fabs(size - size_s) < ALIKE_S);
		}
		seen += here;
	}
	return seen;
}

static void insert(struct as_jumps *j, double at_s, double size_s)
{
	int k = j->n;

	for (int i = 0; i < j->n; i++)
		if (fabs(j->at_s[i] - at_s) < NEAR_S && fabs(j->size_s[i] - size_s) < ALIKE_S)
			return;
	if (j->n == AS_JUMPS_MAX)
		return;
	for (; k && j->at_s[k - 1] > at_s; k--) {
		j->at_s[k] = j->at_s[k - 1];
		j->size_s[k] = j->size_s[k - 1];
	}
	j->at_s[k] = at_s;
	j->size_s[k] = size_s;
	j->n++;
}

/* The clip that more matches accuse; between equals the one that lost samples, since recorders lose them far more often than
 * they invent them. */
static void attribute(const struct as_solve_match *matches, const struct as_touch *touch, const struct as_solve_match *m,
		      int k, double weak, struct as_jumps *out)
{
	struct sighting s = sight(&m->r, k);
	int a = witnesses(matches, touch, m->a, s.a_s, -s.size_s, weak);
	int b = witnesses(matches, touch, m->b, s.b_s, s.size_s, weak);

	if (b > a || (b == a && s.size_s > 0.0))
		insert(&out[m->b], s.b_s, s.size_s);
	else
		insert(&out[m->a], s.a_s, -s.size_s);
}

void as_jumps_find(const struct as_solve_match *matches, int n_matches, int n_clips, double weak,
		   const struct as_touch *touch, struct as_jumps *out)
{
	memset(out, 0, sizeof(*out) * (size_t)n_clips);
	for (int i = 0; i < n_matches; i++) {
		const struct as_solve_match *m = &matches[i];

		if (!m->found || m->r.score < weak)
			continue;
		for (int k = 0; k + 1 < m->r.n_pieces; k++)
			attribute(matches, touch, m, k, weak, out);
	}
}

double as_jumps_before(const struct as_jumps *j, double t_s)
{
	double sum = 0.0;

	for (int i = 0; i < j->n && j->at_s[i] < t_s; i++)
		sum += j->size_s[i];
	return sum;
}
