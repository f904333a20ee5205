/* The sound of clips that are not in the session just now: it waits, mapped, as long as a state knows its key. */
#include <stdlib.h>
#include <string.h>

#include "engine/undo_private.h"

static bool knows_key(const struct undo_state *state, uint64_t key)
{
	const struct undo_chunk *c = state->v[UNDO_CHUNK_KEYS];
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
		if (state && state->v[UNDO_CHUNK_KEYS] != before && knows_key(state, key))
			return true;
		before = state ? state->v[UNDO_CHUNK_KEYS] : before;
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

bool as_undo_need_attic(struct undo_history *u, int n)
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

void as_undo_put_load(struct undo_history *u, struct clip_load *l)
{
	l->wave_tried = false; /* who fetches it looks for the clip in vain */
	u->attic[u->n_attic++] = *l;
	*l = (struct clip_load){0};
}

void as_undo_keep_load(struct as_session *s, struct clip_load *l)
{
	if (s->undo && is_worth(l) && as_undo_need_attic(s->undo, 1))
		as_undo_put_load(s->undo, l);
	else
		as_engine_load_done(l);
}

void as_undo_take_load(struct undo_history *u, struct clip_load *l)
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
