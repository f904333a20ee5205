/* Clips leave a session: everything that counts in clips or files is counted anew, in place. */
#include <stdlib.h>
#include <string.h>

#include "engine/edit_private.h"

struct removal {
	struct as_session *s;
	int *clip_to, *file_to; /* new index, or -1 */
	bool *touched;          /* islands that lose clips */
};

static bool plan(struct removal *r, const int *clips, int n)
{
	struct as_session *s = r->s;
	r->clip_to = calloc((size_t)s->n_clips + 1, sizeof *r->clip_to);
	r->file_to = calloc((size_t)s->n_files + 1, sizeof *r->file_to);
	r->touched = calloc((size_t)s->solution.n_islands + 1, sizeof *r->touched);
	if (!r->clip_to || !r->file_to || !r->touched)
		return false;
	for (int i = 0; i < n; i++)
		r->clip_to[clips[i]] = -1;
	for (int i = 0, to = 0; i < s->n_clips; i++) {
		const struct session_clip *c = &s->clips[i];
		for (int k = 0; r->clip_to[i] < 0 && k < c->n_files; k++)
			r->file_to[c->files[k]] = -1;
		if (r->clip_to[i] < 0 && s->solved)
			r->touched[s->solution.placements[i].island] = true;
		if (r->clip_to[i] >= 0)
			r->clip_to[i] = to++;
	}
	for (int i = 0, to = 0; i < s->n_files; i++) {
		if (r->file_to[i] >= 0)
			r->file_to[i] = to++;
	}
	r->touched[0] = false;
	return true;
}

static void remove_files(struct removal *r)
{
	struct as_session *s = r->s;
	int n = 0;
	for (int i = 0; i < s->n_files; i++) {
		if (r->file_to[i] < 0)
			as_engine_file_done(&s->files[i]);
		else
			s->files[n++] = s->files[i];
	}
	s->n_files = n;
}

/* What an ambiguous clip's places count from may be gone: another clip of the same island stands for it. */
static void move_beside(const struct removal *r, struct as_solve_placement *p, const struct as_solve_placement *old)
{
	if (p->beside < 0)
		return;
	int to = r->clip_to[p->beside], island = old[p->beside].island;
	for (int i = 0; to < 0 && island > 0 && i < r->s->n_clips; i++) {
		if (r->clip_to[i] >= 0 && old[i].island == island)
			to = r->clip_to[i];
	}
	p->beside = to;
	if (to < 0)
		p->n_candidates = 0;
}

static void remove_placements(struct removal *r)
{
	struct as_solution *sol = &r->s->solution;
	int n = 0;
	for (int i = 0; i < sol->n_clips; i++) {
		if (r->clip_to[i] >= 0)
			move_beside(r, &sol->placements[i], sol->placements);
	}
	for (int i = 0; i < sol->n_clips; i++) {
		if (r->clip_to[i] < 0)
			free(sol->placements[i].clock);
		else
			sol->placements[n++] = sol->placements[i];
	}
	sol->n_clips = n;
}

static void remove_clips(struct removal *r)
{
	struct as_session *s = r->s;
	int n = 0;
	for (int i = 0; i < s->n_clips; i++) {
		struct session_clip *c = &s->clips[i];
		if (r->clip_to[i] < 0) {
			as_undo_keep_load(s, &c->load);
			as_engine_clip_done(c);
			continue;
		}
		for (int k = 0; k < c->n_files; k++)
			c->files[k] = r->file_to[c->files[k]];
		if (s->solve_clips)
			s->solve_clips[n] = s->solve_clips[i];
		s->clips[n++] = *c;
	}
	s->n_clips = n;
}

static void remove_matches(struct removal *r)
{
	struct as_session *s = r->s;
	int *origin = as_undo_origin(s), n = 0;
	s->n_found = 0;
	for (int i = 0; i < s->n_matches; i++) {
		int a = r->clip_to[s->pairs[i].a], b = r->clip_to[s->pairs[i].b];
		if (a < 0 || b < 0)
			continue;
		s->matches[n] = s->matches[i];
		s->pairs[n] = s->pairs[i];
		s->match_done[n] = s->match_done[i];
		s->matches[n].a = s->pairs[n].a = a;
		s->matches[n].b = s->pairs[n].b = b;
		if (s->solved) {
			s->solution.used[n] = s->solution.used[i];
			s->solution.residual_s[n] = s->solution.residual_s[i];
		}
		if (origin)
			origin[n] = origin[i];
		s->n_found += s->match_done[n] && s->matches[n].found;
		n++;
	}
	s->n_matches = n;
}

/* True: it is gone. */
static bool move_file(const struct removal *r, int *file)
{
	if (*file < 0)
		return false;
	*file = r->file_to[*file];
	return *file < 0;
}

/* Locks that counted from a clip that is gone count from another one, from where they are now. */
static void move_anchors(struct removal *r)
{
	struct as_session *s = r->s;
	for (int i = 0; i < s->n_clips; i++) {
		struct session_lock *l = s->clips[i].keep.lock;
		if (!l)
			continue;
		bool gone = move_file(r, &l->anchor_file);
		gone |= move_file(r, &l->beside_file);
		if (gone && s->solved)
			as_engine_renew_lock(s, i);
	}
}

static void remove_all(struct removal *r, int track)
{
	struct as_session *s = r->s;
	as_engine_remember(s); /* should they come back */
	as_engine_drop_hints(s);
	as_engine_drop_outputs(s);
	as_drift_run_done(&s->drift); /* counts in clips */
	remove_matches(r);
	if (s->solved)
		remove_placements(r);
	remove_clips(r);
	remove_files(r);
	as_engine_drop_empty_tracks(s, track);
	if (s->n_clips == 0)
		as_engine_drop_results(s);
	if (s->solved)
		as_engine_settle_islands(s, r->touched);
	move_anchors(r);
}

enum as_status as_engine_remove(struct as_session *s, const int *clips, int n, int track, struct as_error *err)
{
	struct removal r = {.s = s};
	bool ok = plan(&r, clips, n) && as_undo_need_origin(s);
	if (ok) {
		pthread_mutex_lock(&s->lock);
		remove_all(&r, track);
		pthread_mutex_unlock(&s->lock);
		as_engine_edited(s);
	}
	free(r.clip_to);
	free(r.file_to);
	free(r.touched);
	return ok ? AS_OK : as_fail(err, AS_ERR_MEMORY, "removing: out of memory");
}
