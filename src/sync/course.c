#include "sync/course.h"

#include <math.h>
#include <stdlib.h>
#include <string.h>

#define JUMP_MAX_S 3.0 /* lost or gained samples in one go; more is another place */
#define PIECE_MIN_WINDOWS 3
#define CHANGE_COST 12.0 /* nats that a lost stretch has to explain */
#define GAIN_CAP 30.0
#define MISS_COST 1.0
#define GAP_WINDOWS 3
#define GAP_PROBE_N 64000 /* 8 s */
#define GAP_NATS 4.0      /* a peak this unlikely in so small a search is worth following */
#define GAPS_MAX 12
#define GAPS_SCORE 6.0 /* decades that the place has to have before anybody looks for its gaps */

static int by_grid(const void *a, const void *b)
{
	int64_t x = *(const int64_t *)a, y = *(const int64_t *)b;

	return (x > y) - (x < y);
}

/* All windows that the best track predicts, too: what lies beyond its overlap says nothing about losses within it. */
static void lay_grid(const struct as_search *s, struct as_course *c)
{
	const struct as_track *best = &s->tracks[0];
	int64_t first = best->n ? best->w[0].grid : 0, last = best->n ? best->w[best->n - 1].grid : -1;
	int n = 0;

	c->n = 0;
	for (int i = 0; i < s->n_tracks; i++)
		for (int k = 0; !c->barred[i] && k < s->tracks[i].n; k++)
			if (s->tracks[i].w[k].grid >= first && s->tracks[i].w[k].grid <= last)
				c->grid[n++] = s->tracks[i].w[k].grid;
	qsort(c->grid, (size_t)n, sizeof(*c->grid), by_grid);
	for (int i = 0; i < n; i++)
		if (!c->n || c->grid[i] != c->grid[c->n - 1])
			c->grid[c->n++] = c->grid[i];
}

static const struct as_track_window *window_at(const struct as_track *t, int64_t grid)
{
	int lo = 0, hi = t->n;

	while (lo < hi) {
		int mid = (lo + hi) / 2;

		if (t->w[mid].grid < grid)
			lo = mid + 1;
		else
			hi = mid;
	}
	return lo < t->n && t->w[lo].grid == grid ? &t->w[lo] : NULL;
}

static double window_gain(const struct as_track *t, int64_t grid)
{
	const struct as_track_window *w = window_at(t, grid);

	if (!w || !w->tried)
		return 0.0;
	return w->matched ? fmin((double)w->local.evidence, GAIN_CAP)
			  : -MISS_COST * (double)w->local.active;
}

/* The course through the tracks that explains most windows, each change paid for: where the recording lost or gained samples, one
 * track stops to match for good and another takes over (Viterbi 1967). */
static void find_course(const struct as_search *s, struct as_course *c)
{
	double sum[AS_SEARCH_TRACKS] = {0};
	int best = 0;

	for (int i = 0; i < c->n; i++) {
		double was[AS_SEARCH_TRACKS];

		memcpy(was, sum, sizeof(was));
		best = 0;
		for (int t = 1; t < s->n_tracks; t++)
			if (!c->barred[t] && was[t] > was[best])
				best = t;
		for (int t = 0; t < s->n_tracks; t++) {
			bool stay = c->barred[t] || was[t] >= was[best] - CHANGE_COST;

			c->from[i][t] = (signed char)(stay ? t : best);
			sum[t] = (stay ? was[t] : was[best] - CHANGE_COST) +
				 window_gain(&s->tracks[t], c->grid[i]);
		}
	}
	best = 0;
	for (int t = 1; t < s->n_tracks; t++)
		if (!c->barred[t] && sum[t] > sum[best])
			best = t;
	for (int i = c->n - 1; i >= 0; i--) {
		c->track[i] = (signed char)best;
		best = c->from[i][best];
	}
}

/* What the run's track shows from its first match to its last: what lies before and after is nobody's. */
static struct as_course_run look(const struct as_search *s, const struct as_course *c, int from,
				 int to)
{
	const struct as_track *t = &s->tracks[c->track[from]];
	struct as_course_run r = {0};
	int misses = 0;

	for (int i = from; i < to; i++) {
		const struct as_track_window *w = window_at(t, c->grid[i]);

		if (!w || !w->tried)
			continue;
		misses += !w->matched && w->local.active >= 0.2f;
		if (!w->matched)
			continue;
		if (!r.hits)
			r.first = w->mid;
		else
			r.misses += misses;
		misses = 0;
		r.last = w->mid;
		r.hits++;
	}
	return r;
}

static int course_end(const struct as_course *c, int from)
{
	int to = from;

	while (to < c->n && c->track[to] == c->track[from])
		to++;
	return to;
}

/* Bars the tracks whose part in the course is too thin to be believed. True if there was one. */
static bool bar_thin(const struct as_search *s, struct as_course *c)
{
	bool any = false;

	for (int from = 0, to; from < c->n; from = to) {
		struct as_course_run r;

		to = course_end(c, from);
		r = look(s, c, from, to);
		if (c->track[from] && (r.hits < PIECE_MIN_WINDOWS || r.hits <= 2 * r.misses)) {
			c->barred[c->track[from]] = true;
			any = true;
		}
	}
	return any;
}

struct as_course_run as_course_run(const struct as_search *s, const struct as_course *c, int from,
				   int *to)
{
	*to = course_end(c, from);
	return look(s, c, from, *to);
}

static void lay_course(const struct as_search *s, struct as_course *c)
{
	for (int i = 1; i < s->n_tracks; i++)
		c->barred[i] =
			fabs(s->tracks[i].lag - s->tracks[0].lag) > JUMP_MAX_S * s->src->rate_hz ||
			s->tracks[i].w[0].grid < 0;
	lay_grid(s, c);
	do
		find_course(s, c);
	while (bar_thin(s, c));
}

/* True if the course leaves window i unexplained though there is something to explain. *lag follows the course. */
static bool open_at(const struct as_search *s, const struct as_course *c, int i, double *lag)
{
	const struct as_track_window *w = window_at(&s->tracks[c->track[i]], c->grid[i]);

	if (w && w->matched)
		*lag = w->local.lag;
	return w && !w->matched && (!w->tried || w->local.active >= 0.2f);
}

/* The first gap that begins at window `from` or later; false if there is none. *lag: what the course says about it. */
static bool next_gap(const struct as_search *s, const struct as_course *c, int *from, int *to,
		     double *lag)
{
	double at = s->tracks[0].lag;
	int run = 0;

	for (int i = 0; i <= c->n; i++) {
		if (i < c->n && open_at(s, c, i, &at)) {
			run++;
			continue;
		}
		if (run >= GAP_WINDOWS && i - run >= *from) {
			*from = i - run;
			*to = i;
			*lag = at;
			return true;
		}
		run = 0;
	}
	return false;
}

/* Looks for what was lost around windows [from, to). True in *found if a track was added. */
static enum as_status mend(struct as_search *s, const struct as_course *c, int from, int to,
			   double lag, bool *found, struct as_error *err)
{
	double middle = ((double)(c->grid[from] + c->grid[to - 1] + 1)) * 0.5 * AS_LOCAL_N,
	       reach = JUMP_MAX_S * s->src->rate_hz;
	struct as_probe p = {(int64_t)middle - GAP_PROBE_N / 2, GAP_PROBE_N};
	struct as_probe_result r;
	struct as_track *t = &s->tracks[s->n_tracks];
	enum as_status st;

	*found = false;
	p.at = p.at < 0 ? 0 : p.at;
	if (p.at + p.n > s->src->n)
		return AS_OK;
	st = as_correlate_probes(s->ws->correlator, s->target, s->src, &p, 1,
				 (int64_t)(lag - reach), (int64_t)(lag + reach), s->power, s->cancel,
				 NULL, &r, err);
	if (st || !r.n_peaks || (double)r.peaks[0].evidence - r.log_blocks < GAP_NATS)
		return st;
	memset(t, 0, sizeof(*t));
	t->anchor = (double)p.at + 0.5 * p.n;
	t->lag = (double)r.peaks[0].lag;
	t->best_nats = (double)r.peaks[0].evidence - r.log_blocks;
	t->probe_n = p.n;
	if (!as_track_follow(t, s->ws->local, s->target, s->src, AS_SEARCH_WINDOWS, s->cancel))
		return AS_CANCELLED;
	for (int i = 0; i < s->n_tracks; i++)
		if (as_search_same(&s->tracks[i], t))
			return AS_OK;
	*found = t->n > 0;
	s->n_tracks += t->n > 0;
	return AS_OK;
}

enum as_status as_course_find(struct as_search *s, struct as_course *c, struct as_error *err)
{
	int known = s->n_tracks, from = 0, to;
	enum as_status st = AS_OK;
	double lag;

	memset(c, 0, sizeof(*c));
	lay_course(s, c);
	for (int k = 0; !st && k < GAPS_MAX && s->score >= GAPS_SCORE &&
			s->n_tracks < AS_SEARCH_TRACKS && next_gap(s, c, &from, &to, &lag);
	     k++) {
		bool found;

		st = mend(s, c, from, to, lag, &found, err);
		if (!st && found)
			lay_course(s, c);
		from = found ? from : to;
	}
	/* what was looked for and is no piece is no rival either */
	for (int i = known; !st && i < s->n_tracks; i++)
		s->tracks[i].rank =
			memchr(c->track, i, (size_t)c->n) ? s->tracks[i].rank : -INFINITY;
	return st;
}
