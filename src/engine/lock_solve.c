/* Solving around locked clips: what the sound says without them comes first. A match with a locked clip that contradicts it, now that
 * the clip is elsewhere, has no voice; all others count, so that what only a locked clip vouches for goes where the lock says. */
#include <math.h>
#include <stdlib.h>
#include <string.h>

#include "engine/edit_private.h"

#define APART_S 0.025     /* a match that is off by more contradicts a lock */
#define APART_PER_S 2e-5  /* for what drift does until the clip begins */

struct around {
	struct as_session *s;
	struct as_solve_match *matches; /* a copy */
	struct as_solve_tie *ties;
	int n_ties;
	int *frame;      /* per clip: the clip that its lock counts from, itself if none, -1: not locked */
	double *after_s; /* from there */
};

static void tie(struct around *r, int a, int b, double after_s)
{
	r->ties[r->n_ties++] = (struct as_solve_tie){a, b, after_s};
	r->frame[b] = a;
	r->after_s[b] = after_s;
}

/* Locked clips that count from nothing keep their distances in their island. */
static void tie_alone(struct around *r, int clip)
{
	const struct as_session *s = r->s;
	const struct as_solve_placement *p = &s->clips[clip].keep.lock->place;
	for (int i = 0; i < clip; i++) {
		const struct session_lock *l = s->clips[i].keep.lock;
		if (r->frame[i] == i && l->place.island == p->island) {
			tie(r, i, clip, p->start_s - l->place.start_s);
			return;
		}
	}
	r->frame[clip] = clip;
}

static void tie_all(struct around *r)
{
	const struct as_session *s = r->s;
	for (int i = 0; i < s->n_clips; i++)
		r->frame[i] = -1;
	for (int i = 0; i < s->n_clips; i++) {
		const struct session_lock *l = s->clips[i].keep.lock;
		if (!as_engine_is_locked(&s->clips[i]) || l->place.island == 0)
			continue;
		int anchor = as_engine_clip_of_file(s, l->anchor_file);
		if (anchor >= 0 && anchor != i && s->clips[anchor].state == AS_CLIP_READY)
			tie(r, anchor, i, l->after_s);
		else
			tie_alone(r, i);
	}
}

/* Where a clip begins by the sound without locked clips, or by its lock; NAN if unknown. *island: that it is known in. */
static double begins(const struct around *r, const struct as_solution *base, int clip, int *island)
{
	double after_s = 0;
	for (int i = 0; r->frame[clip] >= 0 && r->frame[clip] != clip && i <= r->s->n_clips; i++) {
		after_s += r->after_s[clip];
		clip = r->frame[clip];
	}
	/* The clip that a frame begins with is known in it, whether the sound places it or not. */
	*island = base->placements[clip].island > 0 ? base->placements[clip].island : -1 - clip;
	return (*island > 0 ? base->placements[clip].start_s : 0) + after_s;
}

static bool contradicts(const struct around *r, const struct as_solution *base, const struct as_solve_match *m)
{
	int island_a, island_b;
	double a_s = begins(r, base, m->a, &island_a), b_s = begins(r, base, m->b, &island_b);
	double ppm = base->placements[m->a].drift_ppm, offset_s = m->r.offset_s / (1 + (isfinite(ppm) ? ppm : 0) * 1e-6);
	return island_a == island_b && fabs(b_s - a_s - offset_s) > APART_S + APART_PER_S * fabs(offset_s);
}

static enum as_status solve(const struct around *r, bool tied, struct as_solution *out, struct as_error *err)
{
	struct as_session *s = r->s;
	struct as_solve_config cfg = s->solve_cfg;
	cfg.ties = tied ? r->ties : NULL;
	cfg.n_ties = tied ? r->n_ties : 0;
	return as_solve(s->solve_clips, s->n_clips, r->matches, s->n_matches, &cfg, &s->cancel, out, err);
}

static enum as_status solve_twice(struct around *r, struct as_solution *out, struct as_error *err)
{
	struct as_session *s = r->s;
	struct as_solution base = {0};
	for (int i = 0; i < s->n_matches; i++) {
		if (r->frame[r->matches[i].a] >= 0 || r->frame[r->matches[i].b] >= 0) {
			struct as_solve_match *m = &r->matches[i];
			m->found = m->found && !as_engine_is_locked(&s->clips[m->a]) && !as_engine_is_locked(&s->clips[m->b]);
		}
	}
	enum as_status status = solve(r, false, &base, err);
	if (status != AS_OK)
		return status;
	for (int i = 0; i < s->n_matches; i++) {
		r->matches[i].found = s->matches[i].found;
		if ((as_engine_is_locked(&s->clips[r->matches[i].a]) || as_engine_is_locked(&s->clips[r->matches[i].b])) &&
		    contradicts(r, &base, &r->matches[i]))
			r->matches[i].found = false;
	}
	as_solution_done(&base);
	return solve(r, true, out, err);
}

/* What has no voice is told all the same: how far it is off. */
static void tell_apart(const struct around *r, struct as_solution *out)
{
	for (int i = 0; i < r->s->n_matches; i++) {
		const struct as_solve_match *m = &r->s->matches[i];
		const struct as_solve_placement *a = &out->placements[m->a], *b = &out->placements[m->b];
		if (m->found && !r->matches[i].found && a->island > 0 && a->island == b->island)
			out->residual_s[i] = b->start_s - a->start_s - m->r.offset_s;
	}
}

enum as_status as_engine_solve_around(struct as_session *s, struct as_solution *out, struct as_error *err)
{
	struct around r = {.s = s};
	size_t n = (size_t)s->n_clips + 1, n_matches = (size_t)s->n_matches;
	enum as_status status = AS_ERR_MEMORY;
	r.matches = malloc((n_matches + 1) * sizeof *r.matches);
	r.ties = malloc(n * sizeof *r.ties);
	r.frame = malloc(n * sizeof *r.frame);
	r.after_s = calloc(n, sizeof *r.after_s);
	if (!r.matches || !r.ties || !r.frame || !r.after_s) {
		as_fail(err, status, "out of memory");
		goto out;
	}
	if (n_matches > 0)
		memcpy(r.matches, s->matches, n_matches * sizeof *r.matches);
	tie_all(&r);
	bool any = false;
	for (int i = 0; i < s->n_clips; i++)
		any = any || r.frame[i] >= 0;
	status = any ? solve_twice(&r, out, err) : solve(&r, false, out, err);
	if (any && status == AS_OK)
		tell_apart(&r, out);
out:
	free(r.matches);
	free(r.ties);
	free(r.frame);
	free(r.after_s);
	return status;
}
