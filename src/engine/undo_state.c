/* A session <-> the chunks that are kept of it. */
#include <stdlib.h>
#include <string.h>

#include "base/config.h"
#include "engine/undo_private.h"

/* Lists that belong to matches are cut into chunks of so many. */
#define PAGE 256

/* What the rest is read by. */
struct head {
	int n_files, n_clips, n_matches;
	bool solved, solving, stale; /* solving: the solver's view of the clips is known */
};

struct map_entry {
	int origin, a, b;
};

struct found_entry {
	double residual_s;
	bool used;
};

/* The order of the chunks: head, texts, settings, islands, keys, files, clips, then of each clip its placement and solver's view,
 * then pages. */
enum { CHUNK_HEAD, CHUNK_TEXTS, CHUNK_SETTINGS, CHUNK_ISLANDS, CHUNK_KEYS, CHUNK_FILES };

static int first_page(const struct head *h)
{
	return CHUNK_FILES + h->n_files + h->n_clips + (h->solved ? h->n_clips : 0) + (h->solving ? h->n_clips : 0);
}

static int pages(int n)
{
	return (n + PAGE - 1) / PAGE;
}

static const struct head *head_of(const struct undo_state *state)
{
	return (const void *)state->v[CHUNK_HEAD]->v;
}

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

static void texts(struct undo_io *io, struct as_session *s)
{
	as_undo_raw(io, &s->n_tracks, sizeof s->n_tracks);
	if (io->reading && s->n_tracks > 0) {
		s->tracks = calloc((size_t)s->n_tracks, sizeof *s->tracks);
		io->failed = io->failed || !s->tracks;
	}
	for (int i = 0; i < s->n_tracks && !io->failed; i++)
		as_undo_text(io, &s->tracks[i]);
	as_undo_text(io, &s->reference);
	as_undo_raw(io, s->recipe, sizeof s->recipe);
	as_undo_texts(io, &s->own_tracks);
	as_undo_texts(io, &s->warnings);
}

static void islands(struct undo_io *io, struct as_session *s)
{
	struct as_solution *sol = &s->solution;
	sol->island_s = as_undo_array(io, sol->island_s, &sol->n_islands, sizeof *sol->island_s);
	as_undo_raw(io, &sol->reference, sizeof sol->reference);
	as_undo_raw(io, &s->solve_cfg.reference, sizeof s->solve_cfg.reference);
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
		as_undo_raw(&c->io, &s->solve_clips[i], sizeof *s->solve_clips);
}

static void capture_pages(struct capture *c)
{
	const struct as_session *s = c->s;
	const int *origin = s->undo->origin;
	for (int i = 0; i < s->n_matches; i++) {
		struct map_entry e = {origin ? origin[i] : i, s->pairs[i].a, s->pairs[i].b};
		as_undo_raw(&c->io, &e, sizeof e);
		if (i % PAGE == PAGE - 1 || i == s->n_matches - 1)
			cut(c);
	}
	for (int i = 0; s->solved && i < s->n_matches; i++) {
		struct found_entry e;
		memset(&e, 0, sizeof e);
		e.residual_s = s->solution.residual_s[i];
		e.used = s->solution.used[i];
		as_undo_raw(&c->io, &e, sizeof e);
		if (i % PAGE == PAGE - 1 || i == s->n_matches - 1)
			cut(c);
	}
}

static void capture_all(struct capture *c)
{
	struct as_session *s = c->s;
	struct head h;
	memset(&h, 0, sizeof h);
	h.n_files = s->n_files;
	h.n_clips = s->n_clips;
	h.n_matches = s->n_matches;
	h.solved = s->solved;
	h.solving = s->solve_clips != NULL;
	h.stale = s->stale;
	as_undo_raw(&c->io, &h, sizeof h);
	cut(c);
	texts(&c->io, s);
	cut(c);
	as_undo_options(&c->io, &s->opt);
	cut(c);
	islands(&c->io, s);
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

/* ---- the attic ---- */

static bool knows_key(const struct undo_state *state, uint64_t key)
{
	const struct undo_chunk *c = state->v[CHUNK_KEYS];
	for (size_t i = 0; i + sizeof key <= c->bytes; i += sizeof key) {
		if (memcmp(c->v + i, &key, sizeof key) == 0)
			return true;
	}
	return false;
}

static bool is_known(const struct undo_history *u, uint64_t key)
{
	const struct undo_chunk *before = NULL;
	if (u->pending && knows_key(u->pending, key))
		return true;
	for (int i = 0; i <= u->n_steps && u->states; i++) {
		const struct undo_state *state = u->states[i];
		if (state && state->v[CHUNK_KEYS] != before && knows_key(state, key))
			return true;
		before = state ? state->v[CHUNK_KEYS] : before;
	}
	return false;
}

static bool is_worth(const struct clip_load *l)
{
	return l->blob.data || l->wave;
}

void as_undo_sweep_attic(struct undo_history *u)
{
	int n = 0;
	for (int i = 0; i < u->n_attic; i++) {
		if (is_worth(&u->attic[i]) && is_known(u, u->attic[i].key))
			u->attic[n++] = u->attic[i];
		else
			as_engine_load_done(&u->attic[i]);
	}
	u->n_attic = n;
}

static bool need_attic(struct undo_history *u, int n)
{
	if (u->n_attic + n <= u->cap_attic)
		return true;
	int cap = (u->n_attic + n) * 2;
	struct clip_load *v = realloc(u->attic, (size_t)cap * sizeof *v);
	if (!v)
		return false;
	u->attic = v;
	u->cap_attic = cap;
	return true;
}

/* There is room. */
static void put_load(struct undo_history *u, struct clip_load *l)
{
	l->wave_tried = false; /* who fetches it looks for the clip in vain */
	u->attic[u->n_attic++] = *l;
	*l = (struct clip_load){0};
}

void as_undo_keep_load(struct as_session *s, struct clip_load *l)
{
	if (s->undo && is_worth(l) && need_attic(s->undo, 1))
		put_load(s->undo, l);
	else
		as_engine_load_done(l);
}

/* The sound of a clip that comes back, whole if it is still mapped. */
static void take_load(struct undo_history *u, struct clip_load *l)
{
	for (int i = 0; i < u->n_attic; i++) {
		if (u->attic[i].key != l->key)
			continue;
		bool cached = l->cached;
		as_engine_load_done(l);
		*l = u->attic[i];
		l->cached = cached;
		u->attic[i] = u->attic[--u->n_attic];
		return;
	}
}

/* ---- restoring ---- */

/* What a session gets back: the members of a session that nobody else sees. */
struct fresh {
	struct as_session s;
	struct undo_io io;
	const struct undo_state *state;
	int at;
};

static struct undo_io *next_chunk(struct fresh *f)
{
	f->io.from = f->state->v[f->at++]->v;
	f->io.at = 0;
	return &f->io;
}

static bool read_lists(struct fresh *f, const struct head *h)
{
	struct as_session *s = &f->s;
	size_t n = (size_t)h->n_clips + 1;
	s->files = calloc((size_t)h->n_files + 1, sizeof *s->files);
	s->clips = calloc(n, sizeof *s->clips);
	s->solution.placements = h->solved ? calloc(n, sizeof *s->solution.placements) : NULL;
	s->solve_clips = h->solving ? calloc(n, sizeof *s->solve_clips) : NULL;
	if (!s->files || !s->clips || (h->solved && !s->solution.placements) || (h->solving && !s->solve_clips))
		return false;
	s->cap_files = h->n_files + 1;
	for (; s->n_files < h->n_files && !f->io.failed; s->n_files++)
		as_undo_file(next_chunk(f), &s->files[s->n_files]);
	for (; s->n_clips < h->n_clips && !f->io.failed; s->n_clips++)
		as_undo_clip(next_chunk(f), &s->clips[s->n_clips]);
	for (int i = 0; h->solved && i < h->n_clips && !f->io.failed; i++, s->solution.n_clips++)
		as_undo_placement(next_chunk(f), &s->solution.placements[i]);
	for (int i = 0; h->solving && i < h->n_clips && !f->io.failed; i++)
		as_undo_raw(next_chunk(f), &s->solve_clips[i], sizeof *s->solve_clips);
	return !f->io.failed;
}

static bool read_matches(struct fresh *f, int n)
{
	struct as_session *s = &f->s;
	const struct undo_hold *h = f->state->hold;
	size_t room = (size_t)n + 1;
	s->matches = malloc(room * sizeof *s->matches);
	s->pairs = malloc(room * sizeof *s->pairs);
	s->match_done = malloc(room * sizeof *s->match_done);
	s->undo->origin = malloc(room * sizeof *s->undo->origin);
	if (!s->matches || !s->pairs || !s->match_done || !s->undo->origin)
		return false;
	s->cap_matches = n + 1;
	for (int i = 0; i < n; i++) {
		struct map_entry e;
		as_undo_raw(i % PAGE == 0 ? next_chunk(f) : &f->io, &e, sizeof e);
		s->matches[i] = h->matches[e.origin];
		s->pairs[i] = h->pairs[e.origin];
		s->match_done[i] = h->done[e.origin];
		s->matches[i].a = s->pairs[i].a = e.a;
		s->matches[i].b = s->pairs[i].b = e.b;
		s->undo->origin[i] = e.origin;
		s->n_found += s->match_done[i] && s->matches[i].found;
	}
	return true;
}

static bool read_found(struct fresh *f, int n)
{
	struct as_solution *sol = &f->s.solution;
	sol->used = calloc((size_t)n + 1, sizeof *sol->used);
	sol->residual_s = calloc((size_t)n + 1, sizeof *sol->residual_s);
	for (int i = 0; sol->used && sol->residual_s && i < n; i++) {
		struct found_entry e;
		as_undo_raw(i % PAGE == 0 ? next_chunk(f) : &f->io, &e, sizeof e);
		sol->used[i] = e.used;
		sol->residual_s[i] = e.residual_s;
	}
	return sol->used && sol->residual_s;
}

static bool read_all(struct fresh *f, const struct head *h, bool matches)
{
	struct as_session *s = &f->s;
	f->at = CHUNK_TEXTS;
	texts(next_chunk(f), s);
	as_undo_options(next_chunk(f), &s->opt);
	islands(next_chunk(f), s);
	f->at = CHUNK_FILES;
	if (f->io.failed || !read_lists(f, h) || (matches && !read_matches(f, h->n_matches)))
		return false;
	f->at = first_page(h) + pages(h->n_matches);
	s->stale = h->stale;
	s->solved = h->solved;
	s->n_matches = h->n_matches;
	return !h->solved || read_found(f, h->n_matches);
}

static void free_values(struct as_session *s)
{
	for (int i = 0; i < s->n_clips; i++)
		as_engine_clip_done(&s->clips[i]);
	for (int i = 0; i < s->n_files; i++)
		as_engine_file_done(&s->files[i]);
	for (int i = 0; i < s->n_tracks && s->tracks; i++)
		free(s->tracks[i]);
	as_solution_done(&s->solution);
	free(s->clips);
	free(s->files);
	free(s->tracks);
	free(s->reference);
	free(s->solve_clips);
	as_text_list_done(&s->own_tracks);
	as_text_list_done(&s->warnings);
	as_options_free(s->opt);
}

static bool same_chunks(const struct undo_state *a, const struct undo_state *b, int from_a, int from_b, int n)
{
	return n == 0 || memcmp(&a->v[from_a], &b->v[from_b], (size_t)n * sizeof *a->v) == 0;
}

static bool same_matches(const struct undo_state *a, const struct undo_state *b)
{
	const struct head *ha = head_of(a), *hb = head_of(b);
	return a->hold == b->hold && ha->n_matches == hb->n_matches &&
	       same_chunks(a, b, first_page(ha), first_page(hb), pages(ha->n_matches));
}

#define SWAP(type, a, b)         \
	do {                     \
		type swap_ = (a); \
		(a) = (b);       \
		(b) = swap_;     \
	} while (0)

/* The old values end up where the new ones were. With the lock. */
static void exchange(struct as_session *s, struct as_session *v)
{
	SWAP(struct session_file *, s->files, v->files);
	SWAP(int, s->n_files, v->n_files);
	SWAP(int, s->cap_files, v->cap_files);
	SWAP(struct session_clip *, s->clips, v->clips);
	SWAP(int, s->n_clips, v->n_clips);
	SWAP(char **, s->tracks, v->tracks);
	SWAP(int, s->n_tracks, v->n_tracks);
	SWAP(char *, s->reference, v->reference);
	SWAP(struct text_list, s->own_tracks, v->own_tracks);
	SWAP(struct text_list, s->warnings, v->warnings);
	SWAP(struct as_options *, s->opt, v->opt);
	as_options_swap_calibrations(s->opt, v->opt); /* of this computer, and no part of what is edited */
	SWAP(struct as_solve_clip *, s->solve_clips, v->solve_clips);
	SWAP(struct as_solution, s->solution, v->solution);
	s->solve_cfg.reference = v->solve_cfg.reference;
	memcpy(s->recipe, v->recipe, sizeof s->recipe);
	s->stale = v->stale;
	s->solved = v->solved;
}

static void exchange_matches(struct as_session *s, struct as_session *v, struct undo_hold *hold)
{
	struct undo_history *u = s->undo;
	SWAP(struct as_solve_match *, s->matches, v->matches);
	SWAP(struct as_pair_task *, s->pairs, v->pairs);
	SWAP(bool *, s->match_done, v->match_done);
	s->cap_matches = v->cap_matches;
	s->n_matches = v->n_matches;
	s->n_found = v->n_found;
	u->hold = hold;
	if (hold)
		hold->refs++;
	SWAP(int *, u->origin, v->undo->origin);
}

static void install(struct as_session *s, struct as_session *v, const struct undo_state *state, bool matches)
{
	struct undo_history *u = s->undo;
	for (int i = 0; i < s->n_clips; i++) {
		if (s->clips[i].state == AS_CLIP_READY)
			put_load(u, &s->clips[i].load);
	}
	for (int i = 0; i < v->n_clips; i++) {
		if (v->clips[i].state == AS_CLIP_READY)
			take_load(u, &v->clips[i].load);
	}
	as_engine_drop_hints(s);
	as_engine_drop_outputs(s);
	as_drift_run_done(&s->drift); /* counts in clips */
	if (matches) {
		as_engine_remember(s);
		as_undo_forget_matches(s);
		exchange_matches(s, v, state->hold);
	}
	exchange(s, v);
	s->edit_id = state->edit_id;
	s->generation++;
}

enum as_status as_undo_restore(struct as_session *s, const struct undo_state *to, const struct undo_state *now,
			       struct as_error *err)
{
	struct undo_history side = {0};
	struct fresh *f = calloc(1, sizeof *f);
	bool matches = !same_matches(to, now);
	bool ok = f != NULL && need_attic(s->undo, s->n_clips);
	if (f) {
		f->state = to;
		f->io.reading = true;
		f->s.undo = &side;
		ok = ok && read_all(f, head_of(to), matches);
	}
	if (ok) {
		pthread_mutex_lock(&s->lock);
		install(s, &f->s, to, matches);
		pthread_mutex_unlock(&s->lock);
		as_engine_read_options(s);
		as_engine_fetch_waves(s);
	}
	if (f) {
		free_values(&f->s);
		free(f->s.matches);
		free(f->s.pairs);
		free(f->s.match_done);
		free(side.origin);
	}
	free(f);
	return ok ? AS_OK : as_fail(err, AS_ERR_MEMORY, "undo: out of memory");
}
