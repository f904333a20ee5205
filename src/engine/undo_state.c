/* A session -> the chunks that are kept of it. */
#include <stdlib.h>
#include <string.h>

#include "engine/undo_private.h"

/* ---- the matches ---- */

static void drop_hold(struct undo_history *u, struct undo_hold *h)
{
	if (!h || --h->refs > 0)
		return;
	u->hold_bytes -= h->n * (int64_t)(sizeof *h->matches + sizeof *h->pairs + sizeof *h->done);
	free(h->matches);
	free(h->pairs);
	free(h->done);
	free(h);
}

void as_undo_forget_matches(struct as_session *s)
{
	if (!s->undo)
		return;
	drop_hold(s->undo, s->undo->hold);
	s->undo->hold = NULL;
	free(s->undo->origin);
	s->undo->origin = NULL;
}

bool as_undo_need_origin(struct as_session *s)
{
	struct undo_history *u = s->undo;
	if (!u || !u->hold || u->origin)
		return true;
	u->origin = malloc(((size_t)s->n_matches + 1) * sizeof *u->origin);
	for (int i = 0; u->origin && i < s->n_matches; i++)
		u->origin[i] = i;
	return u->origin != NULL;
}

int *as_undo_origin(struct as_session *s)
{
	return s->undo ? s->undo->origin : NULL;
}

/* Copies the session's matches unless they have been. */
static bool hold_matches(struct as_session *s)
{
	struct undo_history *u = s->undo;
	size_t n = (size_t)s->n_matches;
	if (u->hold || n == 0)
		return true;
	struct undo_hold *h = calloc(1, sizeof *h);
	if (!h)
		return false;
	*h = (struct undo_hold){.refs = 1,
				.n = s->n_matches,
				.matches = malloc(n * sizeof *h->matches),
				.pairs = malloc(n * sizeof *h->pairs),
				.done = malloc(n * sizeof *h->done)};
	u->hold_bytes += h->n * (int64_t)(sizeof *h->matches + sizeof *h->pairs + sizeof *h->done);
	if (!h->matches || !h->pairs || !h->done) {
		drop_hold(u, h);
		return false;
	}
	memcpy(h->matches, s->matches, n * sizeof *h->matches);
	memcpy(h->pairs, s->pairs, n * sizeof *h->pairs);
	memcpy(h->done, s->match_done, n * sizeof *h->done);
	u->hold = h;
	return true;
}

/* ---- capturing ---- */

void as_undo_drop_state(struct undo_history *u, struct undo_state *state)
{
	if (!state)
		return;
	for (int i = 0; i < state->n; i++)
		as_undo_drop_chunk(&u->store, state->v[i]);
	drop_hold(u, state->hold);
	free(state->v);
	free(state);
}

struct capture {
	struct as_session *s;
	struct undo_state *state;
	struct undo_io io;
};

/* What was written since the last chunk becomes one. */
static void cut(struct capture *c)
{
	struct undo_state *state = c->state;
	if (state->n == state->cap && !c->io.failed) {
		int cap = state->cap > 0 ? state->cap * 2 : 64;
		struct undo_chunk **v = realloc(state->v, (size_t)cap * sizeof(*v));
		c->io.failed = !v;
		if (v) {
			state->v = v;
			state->cap = cap;
		}
	}
	struct undo_chunk *chunk = c->io.failed ? NULL : as_undo_intern(&c->s->undo->store, c->io.v, c->io.n);
	c->io.n = 0;
	if (chunk)
		state->v[state->n++] = chunk;
	else
		c->io.failed = true;
}

static void capture_keys(struct capture *c)
{
	for (int i = 0; i < c->s->n_clips; i++) {
		if (c->s->clips[i].state == AS_CLIP_READY)
			as_undo_raw(&c->io, &c->s->clips[i].load.key, sizeof(uint64_t));
	}
	cut(c);
}

static void capture_lists(struct capture *c)
{
	struct as_session *s = c->s;
	for (int i = 0; i < s->n_files; i++, cut(c))
		as_undo_file(&c->io, &s->files[i]);
	for (int i = 0; i < s->n_clips; i++, cut(c))
		as_undo_clip(&c->io, &s->clips[i]);
	for (int i = 0; s->solved && i < s->n_clips; i++, cut(c))
		as_undo_placement(&c->io, &s->solution.placements[i]);
	for (int i = 0; s->solve_clips && i < s->n_clips; i++, cut(c))
		as_undo_solve_clip(&c->io, &s->solve_clips[i]);
}

static void capture_pages(struct capture *c)
{
	const struct as_session *s = c->s;
	const int *origin = s->undo->origin;
	for (int i = 0; i < s->n_matches; i++) {
		struct undo_map_entry e = {origin ? origin[i] : i, s->pairs[i].a, s->pairs[i].b};
		as_undo_raw(&c->io, &e, sizeof e);
		if (i % UNDO_PAGE == UNDO_PAGE - 1 || i == s->n_matches - 1)
			cut(c);
	}
	for (int i = 0; s->solved && i < s->n_matches; i++) {
		struct undo_found_entry e;
		memset(&e, 0, sizeof e);
		e.residual_s = s->solution.residual_s[i];
		e.used = s->solution.used[i];
		as_undo_raw(&c->io, &e, sizeof e);
		if (i % UNDO_PAGE == UNDO_PAGE - 1 || i == s->n_matches - 1)
			cut(c);
	}
}

static void capture_all(struct capture *c)
{
	struct as_session *s = c->s;
	struct undo_head h;
	memset(&h, 0, sizeof h);
	h.n_files = s->n_files;
	h.n_clips = s->n_clips;
	h.n_matches = s->n_matches;
	h.solved = s->solved;
	h.solving = s->solve_clips != NULL;
	h.stale = s->stale;
	as_undo_raw(&c->io, &h, sizeof h);
	cut(c);
	as_undo_words(&c->io, s);
	cut(c);
	as_undo_options(&c->io, &s->opt);
	cut(c);
	as_undo_islands(&c->io, s);
	cut(c);
	capture_keys(c);
	capture_lists(c);
	capture_pages(c);
}

struct undo_state *as_undo_capture(struct as_session *s)
{
	struct capture c = {.s = s, .state = calloc(1, sizeof *c.state)};
	if (!c.state)
		return NULL;
	c.io.failed = !hold_matches(s);
	if (!c.io.failed)
		capture_all(&c);
	free(c.io.v);
	c.state->edit_id = s->edit_id;
	if (s->undo->hold) {
		c.state->hold = s->undo->hold;
		c.state->hold->refs++;
	}
	if (!c.io.failed)
		return c.state;
	as_undo_drop_state(s->undo, c.state);
	return NULL;
}

int64_t as_undo_bytes(const struct undo_history *u)
{
	int64_t sum = u->store.bytes + u->hold_bytes;
	for (int i = 0; i <= u->n_steps && u->states; i++)
		sum += u->states[i] ? u->states[i]->cap * (int64_t)sizeof *u->states[i]->v : 0;
	return sum;
}
