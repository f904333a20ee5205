#include <math.h>
#include <stdlib.h>
#include <string.h>

#include "engine/edit_private.h"

static int find_track(const struct as_session *s, const char *name)
{
	for (int i = 0; i < s->n_tracks; i++) {
		if (strcmp(s->tracks[i], name) == 0)
			return i;
	}
	return -1;
}

/* Index of the track of that name, new if need be; -1 when out of memory. */
static int need_track(struct as_session *s, const char *name)
{
	int i = find_track(s, name);
	if (i >= 0)
		return i;
	char **v = realloc(s->tracks, ((size_t)s->n_tracks + 1) * sizeof *v);
	if (!v)
		return -1;
	s->tracks = v;
	v[s->n_tracks] = strdup(name);
	return v[s->n_tracks] ? s->n_tracks++ : -1;
}

bool as_engine_append_clip(struct as_session *s, int file)
{
	const char *name = s->files[file].track;
	int track = need_track(s, name ? name : "");
	struct session_clip *v = realloc(s->clips, ((size_t)s->n_clips + 1) * sizeof *v);
	if (v)
		s->clips = v;
	if (!v || track < 0)
		return false;
	struct session_clip c = {.files = malloc(sizeof *c.files), .n_files = 1, .track = track};
	if (!c.files)
		return false;
	c.files[0] = file;
	for (int i = 0; i < s->n_clips; i++)
		c.order += s->clips[i].track == track;
	s->clips[s->n_clips++] = c;
	return true;
}

const struct as_media_stream *as_engine_likely_stream(const struct as_media_info *m)
{
	for (int i = 0; i < m->n_streams; i++) {
		if (!m->streams[i].timecode)
			return &m->streams[i];
	}
	return m->n_streams > 0 ? &m->streams[0] : NULL;
}

/* track: the one that it is put into, or NULL. */
static struct as_group_file group_file(const struct session_file *f, const char *track)
{
	struct as_group_file g = {.path = f->path,
				  .track = track,
				  .device = "",
				  .format = "",
				  .duration_s = NAN,
				  .created_s = NAN,
				  .start_tc_s = NAN};
	if (f->state != AS_CLIP_PROBED)
		return g;
	const struct as_media_info *m = &f->info;
	g.device = m->device;
	g.format = m->format;
	g.duration_s = m->duration_s;
	g.created_s = m->created_s;
	g.start_tc_s = m->start_tc_s;
	g.size_bytes = m->size_bytes;
	const struct as_media_stream *st = as_engine_likely_stream(m);
	if (st) {
		g.rate_hz = st->rate_hz;
		g.channels = st->channels;
	}
	return g;
}

/* Which of the old clips begins with each file, or -1. */
static int *index_old(const struct as_session *s)
{
	int *at = malloc(((size_t)s->n_files + 1) * sizeof *at);
	if (!at)
		return NULL;
	for (int i = 0; i < s->n_files; i++)
		at[i] = -1;
	for (int i = 0; i < s->n_clips; i++)
		at[s->clips[i].files[0]] = i;
	return at;
}

/* Takes over what an old clip of just these files has loaded. */
static void inherit(struct as_session *s, const int *old_at, struct session_clip *c)
{
	int i = old_at[c->files[0]];
	struct session_clip *old = i >= 0 ? &s->clips[i] : NULL;
	if (!old || old->n_files != c->n_files ||
	    memcmp(old->files, c->files, (size_t)c->n_files * sizeof *c->files) != 0)
		return;
	c->keep = old->keep;
	old->keep = (struct clip_keep){0};
	if (old->state != AS_CLIP_READY)
		return;
	c->load = old->load;
	c->state = AS_CLIP_READY;
	c->progress = 1;
	old->load = (struct clip_load){0};
	old->state = AS_CLIP_PROBED;
}

static bool make_clip(const struct as_session *s, const int *files, int n, int track,
		      struct session_clip *c)
{
	const struct session_file *first = &s->files[files[0]];
	*c = (struct session_clip){.n_files = n, .track = track, .state = first->state};
	c->files = malloc((size_t)n * sizeof *files);
	if (!c->files)
		return false;
	memcpy(c->files, files, (size_t)n * sizeof *files);
	if (first->state == AS_CLIP_FAILED)
		c->error = strdup(first->error ? first->error : "");
	return first->state != AS_CLIP_FAILED || c->error;
}

static bool all_probed(const struct as_session *s, const int *files, int n)
{
	for (int i = 0; i < n; i++) {
		if (s->files[files[i]].state != AS_CLIP_PROBED)
			return false;
	}
	return true;
}

struct clip_list {
	struct session_clip *v;
	int n;
};

static void clip_list_done(struct clip_list *l)
{
	for (int i = 0; i < l->n; i++)
		as_engine_clip_done(&l->v[i]);
	free(l->v);
}

/* A file that could not be read is never part of a split recording: each such file is a clip of
 * its own. */
static bool build_clips(const struct as_session *s, const struct as_grouping *g,
			struct clip_list *l)
{
	int order = 0;
	l->v = calloc((size_t)s->n_files + 1, sizeof *l->v);
	if (!l->v)
		return false;
	for (int i = 0; i < g->n_clips; i++) {
		const struct as_group_clip *gc = &g->clips[i];
		bool whole = all_probed(s, gc->files, gc->n_files);
		int step = whole ? gc->n_files : 1;
		if (i == 0 || gc->track != g->clips[i - 1].track)
			order = 0;
		for (int k = 0; k < gc->n_files; k += step) {
			struct session_clip *c = &l->v[l->n++];
			if (!make_clip(s, gc->files + k, step, gc->track, c))
				return false;
			c->order = order++;
		}
	}
	return true;
}

/* Tracks that were made by hand and got no clips come behind the others; without memory they are lost. */
static void keep_own_tracks(const struct as_session *s, struct as_grouping *g)
{
	for (int i = 0; i < s->own_tracks.n; i++) {
		const char *name = s->own_tracks.v[i];
		bool there = false;
		for (int k = 0; k < g->n_tracks; k++)
			there = there || strcmp(g->tracks[k], name) == 0;
		char **v = there ? NULL : realloc(g->tracks, ((size_t)g->n_tracks + 1) * sizeof *v);
		if (!v)
			continue;
		g->tracks = v;
		if ((v[g->n_tracks] = strdup(name)) != NULL)
			g->n_tracks++;
	}
}

static void install(struct as_session *s, struct as_grouping *g, const int *old_at,
		    struct clip_list *l)
{
	struct clip_list old;
	pthread_mutex_lock(&s->lock);
	as_engine_drop_results(s);
	keep_own_tracks(s, g);
	for (int i = 0; i < l->n; i++)
		inherit(s, old_at, &l->v[i]);
	for (int i = 0; i < s->n_clips; i++)
		as_undo_keep_load(s, &s->clips[i].load);
	old = (struct clip_list){s->clips, s->n_clips};
	s->clips = l->v;
	s->n_clips = l->n;
	for (int i = 0; i < s->n_tracks; i++)
		free(s->tracks[i]);
	free(s->tracks);
	s->tracks = g->tracks;
	s->n_tracks = g->n_tracks;
	s->generation++;
	pthread_mutex_unlock(&s->lock);
	g->tracks = NULL;
	g->n_tracks = 0;
	*l = (struct clip_list){0};
	clip_list_done(&old);
}

static enum as_group_by group_by(const struct as_session *s)
{
	static const char *const names[] = {"auto", "name", "folder", "device"};
	const char *by = as_options_text(s->opt, "analysis.group_by");
	for (int i = 0; i < 4; i++) {
		if (strcmp(by, names[i]) == 0)
			return (enum as_group_by)i;
	}
	return AS_GROUP_AUTO;
}

enum as_status as_engine_check_reference(const struct as_session *s, const char *name, struct as_error *err)
{
	int track = find_track(s, name);
	for (int i = 0; track >= 0 && i < s->n_clips; i++) {
		if (s->clips[i].track == track)
			return AS_OK;
	}
	return track < 0 ? AS_OK
			 : as_fail(err, AS_ERR_INVALID, "reference: %s has no clips, and time zero and the clock come from sound", name);
}

enum as_status as_engine_choose_reference(struct as_session *s, struct as_error *err)
{
	s->solve_cfg.reference = s->reference ? find_track(s, s->reference) : -1;
	if (s->reference && s->solve_cfg.reference < 0)
		return as_fail(err, AS_ERR_INVALID, "reference: there is no track named %s",
			       s->reference);
	return s->reference ? as_engine_check_reference(s, s->reference, err) : AS_OK;
}

/* Recordings of a project stay in its tracks, wherever they were found again; what is new and belongs to them joins them. track[i]:
 * that of file i, or NULL. */
static enum as_status keep_tracks(const struct as_session *s, const struct as_group_file *files, const char **track,
				  struct as_error *err)
{
	struct as_grouping g = {0};
	bool any = false;
	for (int i = 0; i < s->n_files; i++) {
		track[i] = s->files[i].track ? s->files[i].track : s->files[i].kept_track;
		any = any || s->files[i].kept_track;
	}
	enum as_status status = any ? as_group_files(files, s->n_files, group_by(s), &g, err) : AS_OK;
	for (int i = 0, end; i < g.n_clips; i = end) {
		const char *kept = NULL;
		for (end = i; end < g.n_clips && g.clips[end].track == g.clips[i].track; end++)
			;
		/* One that was put into a track by name speaks for its device only where no other does. */
		for (int c = i; c < 2 * end - i && !kept; c++) {
			const struct as_group_clip *v = &g.clips[c < end ? c : c - end + i];
			for (int k = 0; k < v->n_files && !kept; k++)
				kept = c >= end || !s->files[v->files[k]].track ? s->files[v->files[k]].kept_track : NULL;
		}
		for (int c = i; c < end && kept; c++)
			for (int k = 0; k < g.clips[c].n_files; k++)
				if (!track[g.clips[c].files[k]])
					track[g.clips[c].files[k]] = kept;
	}
	as_grouping_done(&g);
	return status;
}

enum as_status as_engine_regroup(struct as_session *s, struct as_error *err)
{
	struct as_grouping g = {0};
	struct clip_list l = {0};
	enum as_status status = AS_ERR_MEMORY;
	struct as_group_file *files = calloc((size_t)s->n_files + 1, sizeof *files);
	const char **track = calloc((size_t)s->n_files + 1, sizeof *track);
	int *old_at = index_old(s);
	if (!files || !track || !old_at)
		goto out;
	for (int i = 0; i < s->n_files; i++)
		files[i] = group_file(&s->files[i], s->files[i].track);
	status = keep_tracks(s, files, track, err);
	if (status != AS_OK)
		goto out;
	for (int i = 0; i < s->n_files; i++)
		files[i].track = track[i];
	status = as_group_files(files, s->n_files, group_by(s), &g, err);
	if (status == AS_OK && !build_clips(s, &g, &l))
		status = AS_ERR_MEMORY;
	if (status == AS_OK) {
		install(s, &g, old_at, &l);
		status = as_engine_choose_reference(s, err);
	}
out:
	if (status == AS_ERR_MEMORY)
		as_fail(err, AS_ERR_MEMORY, "grouping: out of memory");
	clip_list_done(&l);
	as_grouping_done(&g);
	free(files);
	free(track);
	free(old_at);
	return status;
}

/* ---- by hand ---- */

static bool same_files(const struct as_session *s, const int *old_at, const struct clip_list *l)
{
	for (int i = 0; i < l->n; i++) {
		const struct session_clip *c = &l->v[i];
		const struct session_clip *old = old_at[c->files[0]] >= 0 ? &s->clips[old_at[c->files[0]]] : NULL;
		if (!old || old->n_files != c->n_files ||
		    memcmp(old->files, c->files, (size_t)c->n_files * sizeof *c->files) != 0)
			return false;
	}
	return l->n == s->n_clips;
}

/* The clips are the same, and so are their places: they change tracks alone. With the lock. */
static void change_tracks(struct as_session *s, struct as_grouping *g, const int *old_at, const struct clip_list *l)
{
	int speaker = -1;
	for (int i = 0; s->solved && i < s->n_clips && speaker < 0; i++) {
		if (s->clips[i].track == s->solution.reference)
			speaker = i;
	}
	for (int i = 0; i < l->n; i++) {
		struct session_clip *c = &s->clips[old_at[l->v[i].files[0]]];
		c->track = l->v[i].track;
		c->order = l->v[i].order;
	}
	for (int i = 0; i < s->n_tracks; i++)
		free(s->tracks[i]);
	free(s->tracks);
	s->tracks = g->tracks;
	s->n_tracks = g->n_tracks;
	g->tracks = NULL;
	g->n_tracks = 0;
	if (s->solved)
		s->solution.reference = speaker >= 0 ? s->clips[speaker].track : -1;
	as_engine_number_clips(s);
}

static void forget_tracks(struct as_session *s)
{
	for (int i = 0; i < s->n_files; i++) {
		free(s->files[i].track);
		free(s->files[i].kept_track);
		s->files[i].track = s->files[i].kept_track = NULL;
	}
	as_text_list_done(&s->own_tracks);
}

static void settle_reference(struct as_session *s)
{
	if (s->reference && find_track(s, s->reference) < 0) {
		free(s->reference);
		s->reference = NULL;
	}
	s->solve_cfg.reference = s->reference ? find_track(s, s->reference) : -1;
}

/* The tracks that the files were given are forgotten already. */
static enum as_status group_anew(struct as_session *s, struct as_error *err)
{
	struct as_grouping g = {0};
	struct clip_list l = {0};
	enum as_status status = AS_ERR_MEMORY;
	struct as_group_file *files = calloc((size_t)s->n_files + 1, sizeof *files);
	int *old_at = index_old(s);
	if (!files || !old_at)
		goto out;
	for (int i = 0; i < s->n_files; i++)
		files[i] = group_file(&s->files[i], NULL);
	status = as_group_files(files, s->n_files, group_by(s), &g, err);
	if (status == AS_OK && !build_clips(s, &g, &l))
		status = AS_ERR_MEMORY;
	if (status != AS_OK)
		goto out;
	bool same = same_files(s, old_at, &l);
	if (!same)
		install(s, &g, old_at, &l);
	pthread_mutex_lock(&s->lock);
	if (same)
		change_tracks(s, &g, old_at, &l);
	settle_reference(s);
	pthread_mutex_unlock(&s->lock);
out:
	if (status == AS_ERR_MEMORY)
		as_fail(err, AS_ERR_MEMORY, "grouping: out of memory");
	clip_list_done(&l);
	as_grouping_done(&g);
	free(files);
	free(old_at);
	return status;
}

enum as_status as_session_regroup(struct as_session *s, struct as_error *err)
{
	enum as_status status = as_engine_check_idle(s, err);
	if (status != AS_OK || s->n_files == 0)
		return status;
	status = as_undo_begin(s, err, "group by the rules");
	if (status != AS_OK)
		return status;
	pthread_mutex_lock(&s->lock);
	forget_tracks(s);
	pthread_mutex_unlock(&s->lock);
	status = group_anew(s, err);
	as_engine_edited(s);
	as_undo_end(s, true);
	return status;
}
