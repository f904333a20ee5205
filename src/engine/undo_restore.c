/* The chunks that are kept of a session -> that session. */
#include <stdlib.h>
#include <string.h>

#include "base/config.h"
#include "engine/undo_private.h"

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

static bool read_lists(struct fresh *f, const struct undo_head *h)
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
		as_undo_solve_clip(next_chunk(f), &s->solve_clips[i]);
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
		struct undo_map_entry e;
		as_undo_raw(i % UNDO_PAGE == 0 ? next_chunk(f) : &f->io, &e, sizeof e);
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
		struct undo_found_entry e;
		as_undo_raw(i % UNDO_PAGE == 0 ? next_chunk(f) : &f->io, &e, sizeof e);
		sol->used[i] = e.used;
		sol->residual_s[i] = e.residual_s;
	}
	return sol->used && sol->residual_s;
}

static bool read_all(struct fresh *f, const struct undo_head *h, bool matches)
{
	struct as_session *s = &f->s;
	f->at = UNDO_CHUNK_TEXTS;
	as_undo_words(next_chunk(f), s);
	as_undo_options(next_chunk(f), &s->opt);
	as_undo_islands(next_chunk(f), s);
	f->at = UNDO_CHUNK_FILES;
	if (f->io.failed || !read_lists(f, h) || (matches && !read_matches(f, h->n_matches)))
		return false;
	f->at = as_undo_first_page(h) + as_undo_pages(h->n_matches);
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
	const struct undo_head *ha = as_undo_head(a), *hb = as_undo_head(b);
	return a->hold == b->hold && ha->n_matches == hb->n_matches &&
	       same_chunks(a, b, as_undo_first_page(ha), as_undo_first_page(hb), as_undo_pages(ha->n_matches));
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
			as_undo_put_load(u, &s->clips[i].load);
	}
	for (int i = 0; i < v->n_clips; i++) {
		if (v->clips[i].state == AS_CLIP_READY)
			as_undo_take_load(u, &v->clips[i].load);
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
	bool ok = f != NULL && as_undo_need_attic(s->undo, s->n_clips);
	if (f) {
		f->state = to;
		f->io.reading = true;
		f->s.undo = &side;
		ok = ok && read_all(f, as_undo_head(to), matches);
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
