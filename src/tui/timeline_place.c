#include "tui/timeline_place.h"

#include <math.h>

#define TURNS 4          /* a clock's wander changes by under 1e-3 of the time that it is asked for */
#define DRIFT_PPM 200000 /* no clock is as bad as this */

static double drift_ratio(double ppm)
{
	return isfinite(ppm) && fabs(ppm) < DRIFT_PPM ? 1 + ppm * 1e-6 : 1;
}

/* How much later than its line the clip's clock puts a moment of it. */
static double wander_s(const struct as_placement *p, double clip_s)
{
	const struct as_clock_knot *k = p->clock;
	int i = 0;

	while (i < p->n_clock && k[i].at_s < clip_s)
		i++;
	if (i == 0 || i == p->n_clock)
		return p->n_clock > 0 ? k[i > 0 ? i - 1 : 0].shift_s : 0;
	return k[i - 1].shift_s + (k[i].shift_s - k[i - 1].shift_s) * (clip_s - k[i - 1].at_s) / (k[i].at_s - k[i - 1].at_s);
}

/* Where the clip's first sample would lie for its i-th stretch. */
static double start_s(const struct tui_model *m, const struct as_placement *p, int i)
{
	return tui_island_start_s(m, p->island) + (i < p->n_segments ? p->segments[i].start_s : p->start_s);
}

static double on_timeline_s(const struct tui_model *m, const struct as_placement *p, int i, double clip_s)
{
	return start_s(m, p, i) + clip_s / drift_ratio(p->drift_ppm) + wander_s(p, clip_s);
}

int tui_n_stretches(const struct tui_model *m, int clip)
{
	const struct as_placement *p = tui_placement(m, clip);

	if (!p || p->island < 1 || !isfinite(p->start_s))
		return 0;
	return p->n_segments > 1 ? p->n_segments : 1;
}

bool tui_stretch(const struct tui_model *m, int clip, int i, struct tui_stretch *out)
{
	const struct as_placement *p = tui_placement(m, clip);
	double duration_s;
	int n = tui_n_stretches(m, clip);

	if (i < 0 || i >= n)
		return false;
	duration_s = m->snap->clips[clip].duration_s;
	/* The first and the last go on to the ends of the clip. */
	out->clip_from_s = i == 0 ? 0 : p->segments[i].from_s;
	out->clip_to_s = i + 1 == n ? duration_s : p->segments[i].to_s;
	out->from_s = on_timeline_s(m, p, i, out->clip_from_s);
	out->to_s = on_timeline_s(m, p, i, out->clip_to_s);
	return isfinite(out->from_s) && isfinite(out->to_s) && out->to_s > out->from_s;
}

double tui_clip_time_s(const struct tui_model *m, int clip, int i, double timeline_s)
{
	const struct as_placement *p = tui_placement(m, clip);
	double line_s, ratio, clip_s;

	if (!p)
		return NAN;
	line_s = timeline_s - start_s(m, p, i);
	ratio = drift_ratio(p->drift_ppm);
	clip_s = line_s * ratio;
	for (int k = 0; k < TURNS && p->n_clock > 0; k++)
		clip_s = (line_s - wander_s(p, clip_s)) * ratio;
	return clip_s;
}

double tui_timeline_time_s(const struct tui_model *m, int clip, double clip_s)
{
	const struct as_placement *p = tui_placement(m, clip);
	int i = 0, n = tui_n_stretches(m, clip);

	if (n == 0)
		return NAN;
	while (i + 1 < n && clip_s >= p->segments[i].to_s)
		i++;
	return on_timeline_s(m, p, i, clip_s);
}

int tui_stretch_at(const struct tui_model *m, int clip, double timeline_s)
{
	struct tui_stretch s;
	int n = tui_n_stretches(m, clip), found = n > 0 ? 0 : -1;

	for (int i = 0; i < n; i++)
		if (tui_stretch(m, clip, i, &s) && timeline_s >= s.from_s)
			found = i;
	return found;
}

/* --- places that clips without one might have ------------------------------------------------------------------ */

/* A weak clip's place is on the timeline of what it matches best. */
static int weak_beside(const struct tui_model *m, int clip)
{
	const struct as_clip *c = &m->snap->clips[clip];
	int best = -1;
	double score = 0;

	for (int i = 0; i < c->n_matches; i++) {
		const struct as_match *x = &m->snap->matches[c->matches[i]];

		if (!x->used || x->score <= score)
			continue;
		score = x->score;
		best = x->a == clip ? x->b : x->a;
	}
	return best;
}

int tui_ghost_beside(const struct tui_model *m, int clip)
{
	const struct as_placement *p = tui_placement(m, clip), *q;
	int other;

	if (!p || p->island > 0 || p->n_candidates == 0)
		return -1;
	other = p->beside >= 0 ? p->beside : weak_beside(m, clip);
	q = tui_placement(m, other);
	return q && q->island > 0 ? other : -1;
}

int tui_ghosts(const struct tui_model *m, int clip, struct tui_ghost out[TUI_GHOSTS_MAX])
{
	const struct as_placement *p = tui_placement(m, clip), *beside = tui_placement(m, tui_ghost_beside(m, clip));
	double length_s;
	int n = 0;

	if (!beside)
		return 0;
	length_s = m->snap->clips[clip].duration_s;
	for (int i = 0; i < p->n_candidates && n < TUI_GHOSTS_MAX; i++) {
		double from_s = tui_island_start_s(m, beside->island) + p->candidates[i].start_s;

		if (!isfinite(from_s))
			continue;
		out[n++] = (struct tui_ghost){i + 1, from_s, from_s + (length_s > 0 ? length_s : 0)};
	}
	return n;
}

double tui_cursor_for(const struct tui_model *m, int clip)
{
	struct tui_ghost ghost[TUI_GHOSTS_MAX];
	double from_s, to_s;
	int n;

	if (tui_clip_span(m, clip, &from_s, &to_s) && isfinite(from_s))
		return m->cursor_s >= from_s && m->cursor_s < to_s ? m->cursor_s : from_s;
	n = tui_ghosts(m, clip, ghost);
	for (int i = 0; i < n; i++)
		if (m->cursor_s >= ghost[i].from_s && m->cursor_s < ghost[i].to_s)
			return m->cursor_s;
	return n > 0 ? ghost[0].from_s : m->cursor_s;
}

/* --- two clips ------------------------------------------------------------------------------------------------- */

/* Where b's moment lies in a, from the lags that were measured around it: what a line cannot say of a clock that wanders. NAN: there
 * are none. */
static double by_points_s(const struct as_match *x, double b_s)
{
	const struct as_lag_point *before = NULL, *after = NULL;
	double share;

	for (int i = 0; i < x->n_points; i++) {
		const struct as_lag_point *p = &x->points[i];

		if (!p->used)
			continue;
		if (p->at_s <= b_s)
			before = p;
		else if (!after)
			after = p;
	}
	if (!before && !after)
		return NAN;
	if (!before || !after) {
		const struct as_lag_point *p = before ? before : after;

		return p->at_s + p->lag_s + (b_s - p->at_s) / drift_ratio(x->slope_ppm);
	}
	share = (b_s - before->at_s) / (after->at_s - before->at_s);
	return b_s + before->lag_s + share * (after->lag_s - before->lag_s);
}

/* Where b's moment lies in a, as the match has it. */
static double by_match_s(const struct as_match *x, double b_s)
{
	double offset_s = x->offset_s, measured_s = x->wander_s > 0 ? by_points_s(x, b_s) : NAN;

	if (isfinite(measured_s))
		return measured_s;
	for (int i = 0; i < x->n_segments; i++)
		if (i == 0 || b_s >= x->segments[i].from_s)
			offset_s = x->segments[i].start_s;
	return offset_s + b_s / drift_ratio(x->slope_ppm);
}

/* Of the matches between two clips the one that counts; -1: there is none. */
static int match_between(const struct as_snapshot *s, int a, int b)
{
	int best = -1;

	for (int i = 0; i < s->clips[a].n_matches; i++) {
		int at = s->clips[a].matches[i];
		const struct as_match *x = &s->matches[at];

		if ((x->a == b || x->b == b) && (best < 0 || (x->used && !s->matches[best].used)))
			best = at;
	}
	return best;
}

bool tui_pair_lag(const struct tui_model *m, int a, int b, double at_s, double *lag_s, int *match)
{
	const struct as_snapshot *s = m->snap;
	const struct as_match *x;
	double b_s;

	if (a < 0 || b < 0 || a >= s->n_clips || b >= s->n_clips || !tui_n_stretches(m, a) || !tui_n_stretches(m, b))
		return false;
	*match = match_between(s, a, b);
	if (*match < 0)
		return false;
	x = &s->matches[*match];
	/* A moment of the match's b, where it lies, and where its a says that it should. */
	b_s = tui_clip_time_s(m, x->b, tui_stretch_at(m, x->b, at_s), at_s);
	*lag_s = at_s - tui_timeline_time_s(m, x->a, by_match_s(x, b_s));
	if (x->b != b)
		*lag_s = -*lag_s;
	return isfinite(*lag_s);
}
