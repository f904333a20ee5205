/* Tracks by hand: made, named, and clips put into them. */
#include <audiosync/edit.h>

#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "engine/edit_private.h"

#define MAX_NAME_BYTES 255

static enum as_status fail_memory(struct as_error *err)
{
	return as_fail(err, AS_ERR_MEMORY, "tracks: out of memory");
}

static enum as_status check_track(struct as_session *s, int track, struct as_error *err)
{
	enum as_status status = as_engine_check_idle(s, err);
	if (status != AS_OK)
		return status;
	return track >= 0 && track < s->n_tracks ? AS_OK : as_fail(err, AS_ERR_INVALID, "there is no track %d", track);
}

/* own: the track that may have this name, or -1. */
static enum as_status check_name(const struct as_session *s, const char *name, int own, struct as_error *err)
{
	size_t n = name ? strlen(name) : 0;
	if (n == 0)
		return as_fail(err, AS_ERR_INVALID, "a track needs a name");
	if (n > MAX_NAME_BYTES)
		return as_fail(err, AS_ERR_INVALID, "a track's name has at most %d bytes", MAX_NAME_BYTES);
	for (size_t i = 0; i < n; i++) {
		if ((unsigned char)name[i] < ' ' || name[i] == 0x7f)
			return as_fail(err, AS_ERR_INVALID, "a track's name has no control characters");
	}
	for (int i = 0; i < s->n_tracks; i++) {
		if (i != own && strcmp(s->tracks[i], name) == 0)
			return as_fail(err, AS_ERR_EXISTS, "there is a track named %s already", name);
	}
	return AS_OK;
}

static int find_text(const struct text_list *l, const char *text)
{
	for (int i = 0; i < l->n; i++) {
		if (strcmp(l->v[i], text) == 0)
			return i;
	}
	return -1;
}

/* ---- what grouping has to keep ---- */

/* False when out of memory, with *to as it was. */
static bool set_text(char **to, const char *text)
{
	char *copy = *to && strcmp(*to, text) == 0 ? *to : strdup(text);
	if (!copy)
		return false;
	if (copy != *to)
		free(*to);
	*to = copy;
	return true;
}

/* Every file keeps the track that it is in, as those of a loaded project do, so that grouping takes nothing back. With the lock. */
static bool pin_tracks(struct as_session *s)
{
	for (int i = 0; i < s->n_clips; i++) {
		const struct session_clip *c = &s->clips[i];
		const char *name = s->tracks[c->track];
		for (int k = 0; name[0] && k < c->n_files; k++) {
			struct session_file *f = &s->files[c->files[k]];
			if (!set_text(&f->kept_track, name) || (f->track && !set_text(&f->track, name)))
				return false;
		}
	}
	return true;
}

struct rank {
	int track, order, clip;
};

static int by_rank(const void *pa, const void *pb)
{
	const struct rank *a = pa, *b = pb;
	if (a->track != b->track)
		return a->track - b->track;
	return a->order != b->order ? (a->order < b->order ? -1 : 1) : a->clip - b->clip;
}

void as_engine_number_clips(struct as_session *s)
{
	struct rank *v = malloc(((size_t)s->n_clips + 1) * sizeof *v);
	for (int i = 0; v && i < s->n_clips; i++)
		v[i] = (struct rank){s->clips[i].track, s->clips[i].order, i};
	if (v && s->n_clips > 1)
		qsort(v, (size_t)s->n_clips, sizeof *v, by_rank);
	for (int i = 0, order = 0; v && i < s->n_clips; i++) {
		order = i > 0 && v[i].track == v[i - 1].track ? order + 1 : 0;
		s->clips[v[i].clip].order = order;
	}
	/* Numbers with gaps do no harm. */
	free(v);
	for (int i = 0; s->solve_clips && i < s->n_clips; i++) {
		s->solve_clips[i].track = s->clips[i].track;
		s->solve_clips[i].order = s->clips[i].order;
	}
}

static int renumber(int track, const int *to)
{
	return track >= 0 ? to[track] : track;
}

void as_engine_drop_empty_tracks(struct as_session *s, int drop)
{
	int n = 0, *to = malloc(((size_t)s->n_tracks + 1) * sizeof *to);
	bool *full = calloc((size_t)s->n_tracks + 1, sizeof *full);
	for (int i = 0; full && i < s->n_clips; i++)
		full[s->clips[i].track] = true;
	for (int i = 0; to && full && i < s->n_tracks; i++) {
		int own = find_text(&s->own_tracks, s->tracks[i]);
		to[i] = n;
		if (full[i] || (own >= 0 && i != drop)) {
			s->tracks[n++] = s->tracks[i];
			continue;
		}
		to[i] = -1;
		if (s->reference && strcmp(s->reference, s->tracks[i]) == 0) {
			free(s->reference);
			s->reference = NULL;
		}
		if (own >= 0)
			as_text_list_remove(&s->own_tracks, own);
		free(s->tracks[i]);
	}
	if (to && full) {
		s->n_tracks = n;
		for (int i = 0; i < s->n_clips; i++)
			s->clips[i].track = to[s->clips[i].track];
		s->solution.reference = s->solved ? renumber(s->solution.reference, to) : s->solution.reference;
		s->solve_cfg.reference = renumber(s->solve_cfg.reference, to);
	}
	free(full);
	free(to);
	as_engine_number_clips(s);
}

void as_engine_edited(struct as_session *s)
{
	pthread_mutex_lock(&s->lock);
	as_engine_drop_outputs(s);
	for (int i = 0; s->solved && i < s->n_clips; i++)
		as_text_list_done(&s->clips[i].warnings);
	s->generation++;
	pthread_mutex_unlock(&s->lock);
	if (s->solved)
		as_engine_judge(s);
	as_engine_emit(s, AS_EVENT_PLACED, 0);
}

/* ---- the user's calls ---- */

enum as_status as_session_add_track(struct as_session *s, const char *name, int *track, struct as_error *err)
{
	enum as_status status = as_engine_check_idle(s, err);
	if (status == AS_OK)
		status = check_name(s, name, -1, err);
	if (status == AS_OK)
		status = as_undo_begin(s, err, "add track %.200s", name);
	if (status != AS_OK)
		return status;
	pthread_mutex_lock(&s->lock);
	char **v = realloc(s->tracks, ((size_t)s->n_tracks + 1) * sizeof *v), *copy = strdup(name);
	if (v)
		s->tracks = v;
	bool ok = v && copy && as_text_list_add(&s->own_tracks, name);
	if (ok)
		s->tracks[s->n_tracks++] = copy;
	pthread_mutex_unlock(&s->lock);
	if (!ok)
		free(copy);
	else if (track)
		*track = s->n_tracks - 1;
	if (ok)
		as_engine_edited(s);
	as_undo_end(s, ok);
	return ok ? AS_OK : fail_memory(err);
}

/* With the lock. */
static bool rename_to(struct as_session *s, int track, const char *name)
{
	int own = find_text(&s->own_tracks, s->tracks[track]);
	bool reference = s->reference && strcmp(s->reference, s->tracks[track]) == 0;
	return set_text(&s->tracks[track], name) && (own < 0 || set_text(&s->own_tracks.v[own], name)) &&
	       (!reference || set_text(&s->reference, name)) && pin_tracks(s);
}

enum as_status as_session_rename_track(struct as_session *s, int track, const char *name, struct as_error *err)
{
	enum as_status status = check_track(s, track, err);
	if (status == AS_OK)
		status = check_name(s, name, track, err);
	if (status != AS_OK || strcmp(s->tracks[track], name) == 0)
		return status;
	status = as_undo_begin(s, err, "rename track %.100s to %.100s", s->tracks[track], name);
	if (status != AS_OK)
		return status;
	pthread_mutex_lock(&s->lock);
	bool ok = rename_to(s, track, name);
	pthread_mutex_unlock(&s->lock);
	as_engine_edited(s);
	as_undo_end(s, true);
	return ok ? AS_OK : fail_memory(err);
}

static enum as_status check_clips(struct as_session *s, const int *clips, int n, struct as_error *err)
{
	enum as_status status = as_engine_check_idle(s, err);
	for (int i = 0; status == AS_OK && i < n; i++) {
		if (clips[i] < 0 || clips[i] >= s->n_clips)
			status = as_fail(err, AS_ERR_INVALID, "there is no clip %d", clips[i]);
	}
	return status;
}

/* With the lock. */
static bool move_to(struct as_session *s, const int *clips, int n, int track)
{
	if (!pin_tracks(s))
		return false;
	for (int i = 0; i < n; i++) {
		struct session_clip *c = &s->clips[clips[i]];
		for (int k = 0; k < c->n_files; k++) {
			struct session_file *f = &s->files[c->files[k]];
			if (!set_text(&f->track, s->tracks[track]) || !set_text(&f->kept_track, s->tracks[track]))
				return false;
		}
		if (c->track != track)
			c->order = INT32_MAX; /* behind the others */
		c->track = track;
	}
	as_engine_drop_empty_tracks(s, -1);
	return true;
}

static void note_move(struct as_session *s, const int *clips, int n, char *out, size_t bytes)
{
	if (n == 1)
		snprintf(out, bytes, "%.100s", as_engine_clip_name(s, clips[0]));
	else
		snprintf(out, bytes, "%d clips", n);
}

enum as_status as_session_move_clips(struct as_session *s, const int *clips, int n, int track, struct as_error *err)
{
	enum as_status status = check_clips(s, clips, n, err);
	char what[128];
	bool any = false;
	if (status == AS_OK)
		status = check_track(s, track, err);
	if (status == AS_OK && s->tracks[track][0] == '\0')
		status = as_fail(err, AS_ERR_INVALID, "the recordings are not in tracks yet");
	for (int i = 0; status == AS_OK && i < n; i++)
		any = any || s->clips[clips[i]].track != track;
	if (status != AS_OK || !any)
		return status;
	note_move(s, clips, n, what, sizeof what);
	status = as_undo_begin(s, err, "move %s to %.100s", what, s->tracks[track]);
	if (status != AS_OK)
		return status;
	pthread_mutex_lock(&s->lock);
	bool ok = move_to(s, clips, n, track);
	pthread_mutex_unlock(&s->lock);
	as_engine_edited(s);
	as_undo_end(s, true);
	return ok ? AS_OK : fail_memory(err);
}

enum as_status as_session_remove_clips(struct as_session *s, const int *clips, int n, struct as_error *err)
{
	enum as_status status = check_clips(s, clips, n, err);
	char what[128];
	if (status != AS_OK || n <= 0)
		return status;
	note_move(s, clips, n, what, sizeof what);
	status = as_undo_begin(s, err, "remove %s", what);
	if (status != AS_OK)
		return status;
	status = as_engine_remove(s, clips, n, -1, err);
	as_undo_end(s, status == AS_OK);
	return status;
}

enum as_status as_session_remove_track(struct as_session *s, int track, struct as_error *err)
{
	enum as_status status = check_track(s, track, err);
	int n = 0, *clips = malloc(((size_t)s->n_clips + 1) * sizeof *clips);
	if (status == AS_OK && !clips)
		status = fail_memory(err);
	for (int i = 0; status == AS_OK && i < s->n_clips; i++) {
		if (s->clips[i].track == track)
			clips[n++] = i;
	}
	if (status == AS_OK)
		status = as_undo_begin(s, err, "remove track %.200s", s->tracks[track]);
	if (status == AS_OK) {
		status = as_engine_remove(s, clips, n, track, err);
		as_undo_end(s, status == AS_OK);
	}
	free(clips);
	return status;
}
