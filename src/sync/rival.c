#include "sync/rival.h"

#include <math.h>
#include <stdlib.h>

#include "sync/device.h"

#define EXCLUDED -1.0 /* decades that speak against two places that cannot both be */
#define CLOCKS_MAX 3  /* devices that may vote for or against a place */

/* Whether what joins cb to ca and what would join it to cc cannot both be true: the two would then lie on one another as their devices
 * or their matches do not allow. */
static enum as_status excludes(struct as_graph *g, int ca, int cc, const struct as_join *to_a, const struct as_join *to_c,
			       bool *yes, struct as_error *err)
{
	struct as_join j = {.shift = to_c->shift - to_a->shift, .slow = to_c->slow - to_a->slow, .anchor = to_a->anchor};
	enum as_status st = as_join_judge(g, cc, ca, &j, err);

	*yes = j.score < EXCLUDED;
	return st;
}

/* The voices of the devices in ca, one decade each: does the time of day at which clip c was made fit to theirs, if c is there?
 * votes has room for one each. */
static int clip_clocks(const struct as_graph *g, int c, int ca, const struct as_join *j, signed char *votes)
{
	struct as_device_clip there = {as_join_place(g, c, j).x_s, g->clips[c].duration_s, g->clips[c].created_s};
	int sum = 0;

	for (int t = 0; t < g->n_tracks; t++)
		votes[t] = 0;
	for (int i = g->first_member[ca]; i >= 0; i = g->next_member[i]) {
		struct as_device_clip here = {g->place[i].x_s, g->clips[i].duration_s, g->clips[i].created_s};
		signed char *vote = &votes[g->clips[i].track];
		int said = as_device_clocks(&here, &there);

		if (g->clips[i].track != g->clips[c].track && said && *vote <= 0)
			*vote = (signed char)said;
	}
	for (int t = 0; t < g->n_tracks; t++)
		sum += votes[t];
	return sum;
}

static double clocks(const struct as_graph *g, int cm, int ca, const struct as_join *j, signed char *votes)
{
	int sum = 0;

	for (int c = g->first_member[cm]; c >= 0 && !g->cfg->takes; c = g->next_member[c])
		sum += clip_clocks(g, c, ca, j, votes);
	return sum > CLOCKS_MAX ? CLOCKS_MAX : sum < -CLOCKS_MAX ? -CLOCKS_MAX : sum;
}

struct as_join as_join_inverse(const struct as_join *j)
{
	return (struct as_join){.shift = -j->shift / (1.0 - j->slow),
				.slow = -j->slow / (1.0 - j->slow),
				.anchor = j->shift + j->anchor * (1.0 - j->slow),
				.score = j->score};
}

/* Raises *score to what speaks for cm being in cc, if it cannot be in both. */
static enum as_status weigh(struct as_graph *g, int cm, int ca, int cc, const struct as_join *to_a, signed char *votes,
			    double *score, struct as_error *err)
{
	struct as_join j[AS_JOINS];
	double rival, sided;
	bool yes = false;
	int n;
	enum as_status st = as_joins(g, cc, cm, j, &n, err);

	if (st || !n)
		return st;
	sided = clocks(g, cm, cc, &j[0], votes) - clocks(g, cm, ca, to_a, votes);
	rival = j[0].score + sided;
	/* a group has more that speaks for its place than a clip: it takes a clock to doubt it */
	if (rival > *score && (sided > 0.0 || g->n_members[cm] == 1))
		st = excludes(g, ca, cc, to_a, &j[0], &yes, err);
	if (yes)
		*score = rival;
	return st;
}

enum as_status as_rival_score(struct as_graph *g, int cm, int ca, const struct as_join *to_a, double *score,
			      struct as_error *err)
{
	enum as_status st = AS_OK;
	signed char *votes;

	*score = 0.0;
	if (g->n_members[cm] > AS_RIVAL_MEMBERS)
		return AS_OK;
	if (!(votes = malloc((size_t)g->n_tracks + 1)))
		return as_fail(err, AS_ERR_MEMORY, "out of memory");
	for (int c = g->first_member[cm]; c >= 0; c = g->next_member[c]) {
		int last = -1;

		for (int i = g->touch.first[c]; !st && i < g->touch.first[c + 1]; i++) {
			const struct as_solve_match *m = &g->matches[g->touch.match[i]];
			int cc = g->component[m->a == c ? m->b : m->a];

			if (!m->found || cc == ca || cc == cm || cc == last || as_candidate_gain(m, 0) < g->cfg->weak)
				continue;
			last = cc;
			st = weigh(g, cm, ca, cc, to_a, votes, score, err);
		}
	}
	free(votes);
	return st;
}
