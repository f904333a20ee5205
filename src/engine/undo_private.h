/* Shared by undo*.c alone: what is kept of a session for undo.
 *
 * A state is all that can be edited, cut into small immutable chunks of bytes: a file, a clip, a placement each. Chunks of the same
 * content are one, whichever states they belong to, so that a step costs what it changed. Two things are too large for that: the
 * results of matching are copied once for each analysis and referred to (struct undo_hold), and the sound of clips that are not in the
 * session just now waits in the attic, mapped, under the key of its content. */
#ifndef AS_ENGINE_UNDO_PRIVATE_H
#define AS_ENGINE_UNDO_PRIVATE_H

#include "engine/edit_private.h"

/* ---- undo_chunk.c ---- */

struct undo_chunk {
	struct undo_chunk *next; /* in its bucket */
	uint64_t hash;
	size_t bytes;
	int refs;
	unsigned char v[];
};

struct undo_store {
	struct undo_chunk **buckets;
	size_t n_buckets, n_chunks;
	int64_t bytes; /* of all chunks */
};

/* The chunk of these bytes with one more reference; NULL when out of memory. */
struct undo_chunk *as_undo_intern(struct undo_store *store, const void *v, size_t bytes);
/* Takes the reference back. NULL is fine. */
void as_undo_drop_chunk(struct undo_store *store, struct undo_chunk *c);
void as_undo_store_done(struct undo_store *store);

/* One description of a value both writes and reads it. When reading, what pointers point at is new and the caller's; after a
 * failure everything that was read is still whole enough to be freed. */
struct undo_io {
	bool reading, failed;
	unsigned char *v; /* writing: heap */
	size_t n, cap;
	const unsigned char *from; /* reading */
	size_t at;
};

void as_undo_raw(struct undo_io *io, void *p, size_t bytes);
void as_undo_text(struct undo_io *io, char **text); /* may be NULL */
void as_undo_texts(struct undo_io *io, struct text_list *l);
/* v has *n elements, NULL if there are none. Returns v, or what was read. */
void *as_undo_array(struct undo_io *io, void *v, int *n, size_t each);

/* ---- undo_value.c: the values of a session ---- */

void as_undo_file(struct undo_io *io, struct session_file *f);
void as_undo_clip(struct undo_io *io, struct session_clip *c);
void as_undo_placement(struct undo_io *io, struct as_solve_placement *p);
void as_undo_solve_clip(struct undo_io *io, struct as_solve_clip *c);
void as_undo_options(struct undo_io *io, struct as_options **opt);
void as_undo_words(struct undo_io *io, struct as_session *s);
void as_undo_islands(struct undo_io *io, struct as_session *s);

/* ---- undo_state.c ---- */

/* The matches of one analysis. Immutable. */
struct undo_hold {
	int refs; /* of states, and of the history while the session's matches are these */
	int n;
	struct as_solve_match *matches;
	struct as_pair_task *pairs;
	bool *done;
};

struct undo_state {
	struct undo_chunk **v;
	int n, cap;
	uint64_t edit_id;
	struct undo_hold *hold; /* or NULL: no matches */
};

/* ---- how the chunks of a state lie: undo_state.c cuts them so, undo_restore.c reads them ---- */

/* Lists that belong to matches are cut into chunks of so many. */
#define UNDO_PAGE 256

/* What the rest is read by. */
struct undo_head {
	int n_files, n_clips, n_matches;
	bool solved, solving, stale; /* solving: the solver's view of the clips is known */
};

struct undo_map_entry {
	int origin, a, b;
};

struct undo_found_entry {
	double residual_s;
	bool used;
};

/* The order of the chunks: head, texts, settings, islands, keys, files, clips, then of each clip its placement and solver's view,
 * then pages. */
enum { UNDO_CHUNK_HEAD, UNDO_CHUNK_TEXTS, UNDO_CHUNK_SETTINGS, UNDO_CHUNK_ISLANDS, UNDO_CHUNK_KEYS, UNDO_CHUNK_FILES };

static inline int as_undo_first_page(const struct undo_head *h)
{
	return UNDO_CHUNK_FILES + h->n_files + h->n_clips + (h->solved ? h->n_clips : 0) + (h->solving ? h->n_clips : 0);
}

static inline int as_undo_pages(int n)
{
	return (n + UNDO_PAGE - 1) / UNDO_PAGE;
}

static inline const struct undo_head *as_undo_head(const struct undo_state *state)
{
	return (const void *)state->v[UNDO_CHUNK_HEAD]->v;
}

/* ---- steps ---- */

enum undo_kind { UNDO_OTHER, UNDO_NUDGE, UNDO_ADD, UNDO_PROBE, UNDO_SETTINGS, UNDO_SOLVE, UNDO_ANALYSIS };

struct undo_step {
	char *label;
	enum undo_kind kind;
	int clip;    /* nudges */
	double by_s; /* their sum */
};

struct undo_history {
	struct undo_store store;
	struct undo_state **states; /* n_steps + 1, NULL until known: step i leads from i to i + 1 */
	struct undo_step *steps;
	int n_steps, cap_steps;
	int pos; /* the state that the session is in */
	struct undo_state *pending; /* before the change that is being made */
	struct undo_step pending_step;
	int max_steps;
	int64_t max_bytes, hold_bytes;
	bool grouping, grouped; /* a group is open; it has its step */
	struct undo_hold *hold; /* the session's matches are these … */
	int *origin;            /* … at these indices, or NULL: all of them in order */
	struct clip_load *attic;
	int n_attic, cap_attic;
};

/* What the session is now; NULL when out of memory. */
struct undo_state *as_undo_capture(struct as_session *s);
/* undo_restore.c: makes the session that; now: what it is. AS_ERR_MEMORY leaves it as it is. */
enum as_status as_undo_restore(struct as_session *s, const struct undo_state *to, const struct undo_state *now,
			       struct as_error *err);
void as_undo_drop_state(struct undo_history *u, struct undo_state *state);
int64_t as_undo_bytes(const struct undo_history *u);

/* ---- undo_attic.c ---- */

/* Frees sound that no state knows. */
void as_undo_sweep_attic(struct undo_history *u);
/* Room for so many more; false when out of memory. */
bool as_undo_need_attic(struct undo_history *u, int n);
/* There is room. */
void as_undo_put_load(struct undo_history *u, struct clip_load *l);
/* The sound of a clip that comes back, whole if it is still mapped. */
void as_undo_take_load(struct undo_history *u, struct clip_load *l);

#endif
