#include "sync/join.h"

#include <math.h>
#include <stdlib.h>

#include "sync/device.h"

#define SAME_S 0.005            /* positions nearer to one another are one */
#define GAIN_MAX                                                                                   \
	20.0 /* decades that one pair may add: beyond it, repetition is the risk, not chance */
#define GAIN_REPEAT 0.5 /* what a match is worth whose place is open */
#define STAMP_AGREES                                                                               \
	2.0 /* decades for a device whose clock says the same: a wrong place seldom fits to seconds */
#define STAMP_DIFFERS -1.0 /* clocks get set, files get copied */
#define STAMP_MAX 4.0
#define MISS_DECADES 1.5 /* a predicted overlap in which nothing was found */
#define MISS_OVERLAP_S 8.0
#define ROOM_SHARE 0.8     /* of the shorter clip: so much overlap shows a place */
#define UNSEEN (4 * AS_REPEATS) /* both ways, of both clips */
#define CANDIDATES (1 + AS_MATCH_CANDIDATES + UNSEEN)

/* One candidate of a match, ready to be compared with any join. */
struct said {
	double t_b, jumps_b; /* where in b, and what b lost before it */
	double t_a;          /* where in a that should be */
	double gain;
};

/* A match between the two components. */
struct crossing {
	const struct as_solve_match *m;
	bool forward; /* b is the one that moves */
	struct said said[CANDIDATES]; /* by its own windows, and then what it had no room to see */
	int n_own, n_said;
};

/* Everything about two components that does not depend on how they are joined. */
struct meeting {
	const struct as_graph *g;
	int ca, cb;
	struct crossing *cross;
	int n_cross;
	int *first_a, *first_b; /* per track: the first clip of each component, -1: none */
	int *next_a;            /* per clip of ca: the next one of its track, -1: none */
};

static double candidate_offset(const struct as_solve_match *m, int k)
{
	return k ? m->r.alts[k - 1].offset_s : m->r.offset_s;
}

double as_candidate_time(const struct as_solve_match *m, int k, double t)
{
	double wander = k ? 0.0 : as_match_wander(&m->r, t);

	return candidate_offset(m, k) + t / (1.0 + m->r.slope_ppm * 1e-6) + wander;
}

double as_candidate_slack(const struct as_solve_match *m)
{
	double most = 0.0;

	for (int i = 0; i < m->r.n_knots; i++)
		most = fmax(most, fabs((double)m->r.knots[i].shift_s));
	return AS_JOIN_AGREE_S + most;
}

int as_candidates(const struct as_solve_match *m)
{
	return m->found ? 1 + m->r.n_alts : 0;
}

/* The best one counts no more than it beats its own rivals by: where a song repeats, two clips that
 * do not overlap at all match as well as two that do, and only the rivals show it. */
double as_candidate_gain(const struct as_solve_match *m, int k)
{
	double known = fmin(m->r.score, GAIN_MAX), gain = known;

	gain = fmin(gain, fmax(m->r.margin, 0.0) + GAIN_REPEAT);
	/* Who knows little of its place has little to say against any. A rival that explains the sound better, and yet does not come
	 * first, leaves the place open: neither beats the other. */
	return k ? fmax(gain - fmax(m->r.alts[k - 1].margin, 0.0), -known) : gain;
}

/* Where in b a position is best compared: the match's own centre, or the middle of the overlap it predicts. */
static double compare_at(const struct as_graph *g, const struct as_solve_match *m, int k)
{
	double offset = candidate_offset(m, k);
	double lo = offset < 0.0 ? -offset : 0.0;
	double hi = fmin(g->clips[m->b].duration_s, g->clips[m->a].duration_s - offset);

	if (!k)
		return m->r.ref_s;
	return hi > lo ? 0.5 * (lo + hi) : lo;
}

struct as_graph_place as_join_place(const struct as_graph *g, int c, const struct as_join *j)
{
	struct as_graph_place p = g->place[c];

	p.x_s = j->shift + p.x_s * (1.0 - j->slow);
	p.slow = p.slow + j->slow - p.slow * j->slow;
	return p;
}

/* ---- what is the same for all joins ---- */

/* Where one of two clips repeats itself by r, and the match has no room to see both places, it says nothing between them: neither is
 * worth more than the other. */
static void add_unseen(const struct meeting *w, struct crossing *x, const struct as_repeats *r)
{
	const struct as_solve_match *m = x->m;
	double len_a = w->g->clips[m->a].duration_s, len_b = w->g->clips[m->b].duration_s;
	double enough = fmin(MISS_OVERLAP_S, ROOM_SHARE * fmin(len_a, len_b));

	for (int i = 0; i < 2 * r->n; i++) {
		double by = i % 2 ? -r->by_s[i / 2] : r->by_s[i / 2], offset = m->r.offset_s + by;

		if (fmin(len_a, offset + len_b) - fmax(0.0, offset) >= enough)
			continue;
		x->said[x->n_said] = x->said[0];
		x->said[x->n_said++].t_a += by;
	}
}

static void fill_crossing(const struct meeting *w, const struct as_solve_match *m,
			  struct crossing *x)
{
	x->m = m;
	x->forward = w->g->component[m->a] == w->ca;
	x->n_own = x->n_said = as_candidates(m);
	for (int k = 0; k < x->n_own; k++) {
		double t = compare_at(w->g, m, k);

		x->said[k] = (struct said){t, as_jumps_before(&w->g->jumps[m->b], t),
					   as_candidate_time(m, k, t), as_candidate_gain(m, k)};
	}
	if (!x->n_own)
		return;
	add_unseen(w, x, &w->g->repeats[m->a]);
	add_unseen(w, x, &w->g->repeats[m->b]);
}

static int by_match(const void *a, const void *b)
{
	const struct crossing *x = a, *y = b;

	return (x->m > y->m) - (x->m < y->m);
}

/* The matches between the two, in the order in which they were made. */
static bool find_crossings(struct meeting *w)
{
	const struct as_graph *g = w->g;
	int room = 0;

	for (int pass = 0; pass < 2; pass++) {
		if (pass && !(w->cross = malloc(sizeof(*w->cross) * ((size_t)room + 1))))
			return false;
		for (int c = g->first_member[w->cb]; c >= 0; c = g->next_member[c])
			for (int i = g->touch.first[c]; i < g->touch.first[c + 1]; i++) {
				const struct as_solve_match *m = &g->matches[g->touch.match[i]];

				if (g->component[m->a == c ? m->b : m->a] != w->ca)
					continue;
				if (pass)
					fill_crossing(w, m, &w->cross[w->n_cross++]);
				else
					room++;
			}
	}
	if (g->n_members[w->cb] > 1)
		qsort(w->cross, (size_t)w->n_cross, sizeof(*w->cross), by_match);
	return true;
}

/* The clips of ca by device; the first clip of each device in cb. */
static bool list_devices(struct meeting *w)
{
	const struct as_graph *g = w->g;
	int n_tracks = g->n_tracks;

	w->first_a = malloc(sizeof(int) * (2 * (size_t)n_tracks + (size_t)g->n_clips + 1));
	if (!w->first_a)
		return false;
	w->first_b = w->first_a + n_tracks;
	w->next_a = w->first_b + n_tracks;
	for (int t = 0; t < n_tracks; t++)
		w->first_a[t] = w->first_b[t] = -1;
	for (int c = g->first_member[w->ca]; c >= 0; c = g->next_member[c]) {
		int *first = &w->first_a[g->clips[c].track];

		/* behind the first one, which keeps its place; the order of the others does not matter */
		w->next_a[c] = *first >= 0 ? w->next_a[*first] : -1;
		if (*first >= 0)
			w->next_a[*first] = c;
		else
			*first = c;
	}
	for (int c = g->first_member[w->cb]; c >= 0; c = g->next_member[c])
		if (w->first_b[g->clips[c].track] < 0)
			w->first_b[g->clips[c].track] = c;
	return true;
}

/* ---- one join ---- */

/* What a match says about a join that puts its clips at pa and pb. */
static double opinion(const struct as_graph *g, const struct crossing *x, struct as_graph_place pa,
		      struct as_graph_place pb)
{
	const struct as_solve_match *m = x->m;
	double best = -INFINITY, overlap;

	for (int k = 0; k < x->n_said; k++) {
		const struct said *s = &x->said[k];
		double frame = pb.x_s + (s->t_b + s->jumps_b) * (1.0 - pb.slow);

		if (fabs(as_graph_time_of(g, m->a, pa, frame) - s->t_a) < as_candidate_slack(m))
			best = fmax(best, s->gain);
	}
	if (best > -INFINITY)
		return best;
	overlap = fmin(pa.x_s + g->clips[m->a].duration_s, pb.x_s + g->clips[m->b].duration_s) -
		  fmax(pa.x_s, pb.x_s);
	if (overlap < MISS_OVERLAP_S || m->narrow)
		return 0.0;
	return -MISS_DECADES * fmin(g->clips[m->a].active, g->clips[m->b].active);
}

static struct as_device_clip device_clip(const struct as_graph *g, int c, struct as_graph_place p)
{
	return (struct as_device_clip){p.x_s, g->clips[c].duration_s, g->clips[c].created_s};
}

/* The device clocks' opinion of a join: each device that has clips on both sides has one voice. It orders places, never
 * makes one. */
static double stamps(const struct meeting *w, const struct as_join *j)
{
	const struct as_graph *g = w->g;
	double sum = 0.0;

	for (int k = g->first_member[w->cb]; k >= 0; k = g->next_member[k]) {
		int track = g->clips[k].track, i = w->first_a[track], vote;
		struct as_device_clip here, there;

		if (w->first_b[track] != k || i < 0)
			continue;
		here = device_clip(g, i, g->place[i]);
		there = device_clip(g, k, as_join_place(g, k, j));
		vote = as_device_stamps(&here, &there);
		sum += vote > 0 ? STAMP_AGREES : vote < 0 ? STAMP_DIFFERS : 0.0;
	}
	return sum > STAMP_MAX ? STAMP_MAX : sum < -STAMP_MAX ? -STAMP_MAX : sum;
}

static bool forbidden(const struct meeting *w, const struct as_join *j)
{
	const struct as_graph *g = w->g;

	for (int k = g->first_member[w->cb]; k >= 0; k = g->next_member[k]) {
		struct as_device_clip there = device_clip(g, k, as_join_place(g, k, j));

		for (int i = w->first_a[g->clips[k].track]; i >= 0; i = w->next_a[i]) {
			struct as_device_clip here = device_clip(g, i, g->place[i]);

			if (as_device_forbids(&here, &there))
				return true;
		}
	}
	return false;
}

static double judge(const struct meeting *w, const struct as_join *j)
{
	const struct as_graph *g = w->g;
	double sum = g->cfg->takes ? 0.0 : stamps(w, j);

	if (!g->cfg->takes && forbidden(w, j))
		return AS_JOIN_FORBIDDEN;
	for (int i = 0; i < w->n_cross; i++) {
		const struct crossing *x = &w->cross[i];
		int a = x->m->a, b = x->m->b;

		if (x->forward)
			sum += opinion(g, x, g->place[a], as_join_place(g, b, j));
		else
			sum += opinion(g, x, as_join_place(g, a, j), g->place[b]);
	}
	return sum;
}

/* The join of cb to ca that candidate k of a match proposes. */
static struct as_join propose(const struct as_graph *g, const struct crossing *x, int k)
{
	const struct as_match_result *r = &x->m->r;
	const struct as_graph_place *pa = &g->place[x->m->a], *pb = &g->place[x->m->b];
	bool known = r->slope_err_ppm < 20.0;
	double drift = known ? r->slope_ppm * 1e-6 : 0.0;
	double ta = as_graph_at(g, x->m->a, *pa, x->said[k].t_a),
	       tb = as_graph_at(g, x->m->b, *pb, x->said[k].t_b);
	struct as_join j = {0};

	if (x->forward) {
		j.slow = known ? pa->slow + drift - pb->slow : 0.0;
		j.shift = ta - tb * (1.0 - j.slow);
		j.anchor = tb;
	} else {
		j.slow = known ? pb->slow - drift - pa->slow : 0.0;
		j.shift = tb - ta * (1.0 - j.slow);
		j.anchor = ta;
	}
	return j;
}

static double distance(const struct as_join *a, const struct as_join *b)
{
	double t = b->anchor;

	return fabs(a->shift - b->shift + t * (b->slow - a->slow));
}

/* The known position that j is, but for echoes; -1: j is new. */
static int find_known(const struct as_join *j, const struct as_join *known, int n)
{
	for (int i = 0; i < n; i++)
		if (distance(&known[i], j) < 4.0 * AS_JOIN_AGREE_S)
			return i;
	return -1;
}

static void sort_joins(struct as_join *v, int n)
{
	for (int i = 1; i < n; i++)
		for (int k = i; k && v[k].score > v[k - 1].score; k--) {
			struct as_join j = v[k];

			v[k] = v[k - 1];
			v[k - 1] = j;
		}
}

enum as_status as_join_judge(const struct as_graph *g, int ca, int cb, struct as_join *j, struct as_error *err)
{
	struct meeting w = {.g = g, .ca = ca, .cb = cb};
	enum as_status st = AS_OK;

	if (find_crossings(&w) && list_devices(&w))
		j->score = judge(&w, j);
	else
		st = as_fail(err, AS_ERR_MEMORY, "out of memory");
	free(w.cross);
	free(w.first_a);
	return st;
}

enum as_status as_joins(const struct as_graph *g, int ca, int cb, struct as_join *out, int *n,
			struct as_error *err)
{
	struct meeting w = {.g = g, .ca = ca, .cb = cb};
	enum as_status st = AS_OK;

	*n = 0;
	if (!find_crossings(&w) || !list_devices(&w)) {
		st = as_fail(err, AS_ERR_MEMORY, "out of memory");
		goto out;
	}
	for (int i = 0; i < w.n_cross; i++)
		for (int k = 0; k < w.cross[i].n_own && w.cross[i].m->r.score >= g->cfg->weak; k++) {
			struct as_join j = propose(g, &w.cross[i], k);
			int at = find_known(&j, out, *n);

			if (at < 0 ? *n == AS_JOINS : distance(&out[at], &j) < SAME_S)
				continue;
			if (as_graph_stopped(g)) {
				st = AS_CANCELLED;
				goto out;
			}
			j.score = judge(&w, &j);
			/* one match may have met an echo: the place is where most of them have it */
			if (at < 0)
				out[(*n)++] = j;
			else if (j.score > out[at].score)
				out[at] = j;
		}
	sort_joins(out, *n);
out:
	free(w.cross);
	free(w.first_a);
	return st;
}
