#include "sync/jumps.h"

#include <math.h>
#include <stdlib.h>
#include <string.h>

#define NEAR_S 6.0     /* two matches see one loss at times this close … */
#define ALIKE_S 0.025 /* … and of sizes this close: a small loss of the other clip nearby may be in it */
#define SEEN_SHARE 0.7 /* of its overlap that a match must have seen to deny a loss */
#define SIDE_S 20.0    /* and so much on both sides */

/* One jump as one match sees it: b's place in a's time moves by size_s. */
struct sighting {
	double a_s, b_s; /* when, in each clip's own time */
	double size_s;
};

static struct sighting sight(const struct as_match_result *r, int k)
{
	double t = r->pieces[k].to_s;

	return (struct sighting){.a_s = r->pieces[k].offset_s + t / (1.0 + r->slope_ppm * 1e-6),
				 .b_s = t,
				 .size_s = r->pieces[k + 1].offset_s - r->pieces[k].offset_s};
}

/* A match whose course is worth hearing about losses. */
static bool heard(const struct as_solve_match *m, const struct as_jumps_rules *rules)
{
	return m->found && m->r.score >= rules->weak && m->r.margin >= rules->min_margin;
}

/* Whether m, whose clip c it is about, would have shown a loss at t_s: it was seen throughout, and on both sides of it. */
static bool covers(const struct as_solve_match *m, const struct as_solve_clip *clips, int c,
		   double t_s)
{
	double lo = fmax(0.0, m->b == c ? -m->r.offset_s : m->r.offset_s);
	double other = clips[m->b == c ? m->a : m->b].duration_s +
		       (m->b == c ? -m->r.offset_s : m->r.offset_s);
	double hi = fmin(clips[c].duration_s, other);

	return m->r.matched_s >= SEEN_SHARE * m->r.overlap_s && t_s > lo + SIDE_S &&
	       t_s < hi - SIDE_S;
}

static bool shows(const struct as_solve_match *m, int c, double t_s, double size_s)
{
	for (int k = 0; k + 1 < m->r.n_pieces; k++) {
		struct sighting s = sight(&m->r, k);
		double t = m->b == c ? s.b_s : s.a_s, size = m->b == c ? s.size_s : -s.size_s;

		if (fabs(t - t_s) < NEAR_S && fabs(size - size_s) < ALIKE_S)
			return true;
	}
	return false;
}

struct verdict {
	int shown,
		denied; /* matches that show clip c losing so much then, and that would but do not */
};

static struct verdict hear(const struct as_jumps_rules *rules, const struct as_solve_match *matches,
			   const struct as_touch *touch, int c, double t_s, double size_s)
{
	struct verdict v = {0};

	for (int i = touch->first[c]; i < touch->first[c + 1]; i++) {
		const struct as_solve_match *m = &matches[touch->match[i]];

		if (!heard(m, rules))
			continue;
		if (shows(m, c, t_s, size_s))
			v.shown++;
		else if (covers(m, rules->clips, c, t_s))
			v.denied++;
	}
	return v;
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

/* The clip whose other matches show it, too, rather than deny it; between equals the one that lost samples, since recorders lose them
 * far more often than they invent them. What everybody else denies of both, as two losses within seconds of one another look, is
 * left to the matches that see them apart. Where two matches of one clip see the same, many that deny it do not make it nothing:
 * of a clip with many losses, some matches are lost themselves for a while. */
static void attribute(const struct as_jumps_rules *rules, const struct as_solve_match *matches,
		      const struct as_touch *touch, const struct as_solve_match *m, int k,
		      struct as_jumps *out)
{
	struct sighting s = sight(&m->r, k);
	struct verdict a = hear(rules, matches, touch, m->a, s.a_s, -s.size_s);
	struct verdict b = hear(rules, matches, touch, m->b, s.b_s, s.size_s);
	int net_a = a.shown - a.denied, net_b = b.shown - b.denied;

	if (net_a <= 0 && net_b <= 0 && a.denied && b.denied && (fmax(a.shown, b.shown) < 2 || abs(net_a - net_b) < 2))
		return;
	if (net_b > net_a || (net_b == net_a && s.size_s > 0.0))
		insert(&out[m->b], s.b_s, s.size_s * (1.0 + m->r.slope_ppm * 1e-6)); /* by b's clock */
	else
		insert(&out[m->a], s.a_s, -s.size_s);
}

void as_jumps_find(const struct as_jumps_rules *rules, const struct as_solve_match *matches,
		   int n_matches, int n_clips, const struct as_touch *touch, struct as_jumps *out)
{
	memset(out, 0, sizeof(*out) * (size_t)n_clips);
	for (int i = 0; i < n_matches; i++) {
		const struct as_solve_match *m = &matches[i];

		for (int k = 0; heard(m, rules) && k + 1 < m->r.n_pieces; k++)
			attribute(rules, matches, touch, m, k, out);
	}
}

double as_jumps_before(const struct as_jumps *j, double t_s)
{
	double sum = 0.0;

	for (int i = 0; i < j->n && j->at_s[i] < t_s; i++)
		sum += j->size_s[i];
	return sum;
}
