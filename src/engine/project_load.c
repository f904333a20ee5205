/* A project file -> a session that is as it was. */
#include <errno.h>
#include <math.h>
#include <stdarg.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/stat.h>

#include "base/file.h"
#include "base/text.h"
#include "engine/project_private.h"

#define NS_PER_S 1000000000

bool as_project_is(const char *path)
{
	return as_project_is_one(path);
}

char *as_project_named(const char *name)
{
	size_t n = strlen(name);
	char *path = malloc(n + sizeof ".audiosync");
	if (!path)
		return NULL;
	memcpy(path, name, n + 1);
	if (n > 0 && name[n - 1] != '/' && !as_file_exists(name)) {
		strcat(path, ".audiosync");
		if (!as_file_exists(path))
			path[n] = '\0';
	}
	return path;
}

void as_engine_note(struct as_session *s, const char *fmt, ...)
{
	struct as_error safe;
	va_list ap;

	va_start(ap, fmt);
	as_fail_v(&safe, AS_ERR_INVALID, fmt, ap); /* names from outside are escaped like in an error message */
	va_end(ap);
	as_text_list_add(&s->notes, safe.msg);
}

/* ---- settings ---- */

/* Those of the project come after the user's files and before the command line. */
static void merge_settings(const struct as_project *p, const char *path, struct as_options *opt, struct text_list *bad)
{
	struct as_options *whole = as_options_copy(opt);
	struct as_error err;
	for (int i = 0; whole && i < p->n_settings; i++) {
		const struct as_project_setting *t = &p->settings[i];
		const char *origin = as_options_origin(whole, t->key);
		if (origin && strncmp(origin, "--", 2) == 0)
			continue;
		if (as_options_set(whole, t->key, t->value, as_path_base(path), &err) != AS_OK)
			as_text_list_add(bad, err.msg);
	}
	/* Settings that do not go together: the project's are left out rather than the project refused. */
	if (whole && as_options_check(whole, &err) != AS_OK) {
		as_text_list_add(bad, err.msg);
	} else {
		for (int i = 0; whole && i < p->n_settings; i++) {
			const char *key = p->settings[i].key, *value = as_options_value(whole, key);
			if (value)
				as_options_set(opt, key, value, as_options_origin(whole, key), NULL);
		}
	}
	as_options_free(whole);
}

/* ---- files ---- */

static bool take_streams(const struct as_project_file *f, struct as_media_info *m)
{
	m->streams = calloc((size_t)f->n_streams + 1, sizeof *m->streams);
	for (int i = 0; m->streams && i < f->n_streams; i++) {
		const struct as_project_stream *v = &f->streams[i];
		struct as_media_stream *st = &m->streams[m->n_streams++];
		*st = (struct as_media_stream){.index = v->index,
					       .rate_hz = v->rate_hz,
					       .channels = v->channels,
					       .bits = v->bits,
					       .is_float = v->is_float,
					       .duration_s = v->duration_s,
					       .timecode = v->timecode};
		memcpy(st->codec, v->codec, sizeof st->codec);
	}
	return m->streams != NULL;
}

static bool take_info(const struct as_project_file *f, struct as_media_info *m)
{
	*m = (struct as_media_info){.has_video = f->has_video,
				    .fps = f->fps,
				    .duration_s = f->duration_s,
				    .start_tc_s = f->start_tc_s,
				    .created_s = f->created_s,
				    .mtime_s = f->mtime_s,
				    .tc_num = f->tc_num,
				    .tc_den = f->tc_den,
				    .tc_drop = f->tc_drop,
				    .picture = {.width = f->width,
						.height = f->height,
						.pixel_num = f->pixel_num,
						.pixel_den = f->pixel_den,
						.fps_num = f->fps_num,
						.fps_den = f->fps_den,
						.duration_s = f->picture_s,
						.start_s = isfinite(f->picture_start_s) ? f->picture_start_s : 0},
				    .size_bytes = f->bytes};
	memcpy(m->format, f->format, sizeof m->format);
	memcpy(m->device, f->device, sizeof m->device);
	return take_streams(f, m);
}

bool as_engine_take_find(struct session_file *to, const struct as_media_find *find)
{
	char *path = find->fate == AS_MEDIA_MOVED ? strdup(find->path) : to->path;
	if (!path)
		return false;
	if (path != to->path)
		free(to->path);
	to->path = path;
	to->media = find->fate == AS_MEDIA_CHANGED ? AS_CLIP_MEDIA_CHANGED
		    : find->fate == AS_MEDIA_GONE  ? AS_CLIP_MEDIA_MISSING
						   : AS_CLIP_MEDIA_PRESENT;
	to->dev = find->dev;
	to->ino = find->ino;
	/* A copy of the same recording has times of its own. */
	if (to->media == AS_CLIP_MEDIA_PRESENT && find->mtime_ns != to->mtime_ns) {
		to->mtime_ns = find->mtime_ns;
		to->info.mtime_s = (double)(find->mtime_ns / NS_PER_S) + (double)(find->mtime_ns % NS_PER_S) * 1e-9;
	}
	return true;
}

static bool take_file(struct as_session *s, const struct as_project_file *f, const struct as_media_find *find)
{
	struct session_file *to = &s->files[s->n_files];
	*to = (struct session_file){.path = strdup(f->path),
				    .track = f->track ? strdup(f->track) : NULL,
				    .bytes = f->bytes,
				    .mtime_ns = f->mtime_ns,
				    .restored = true,
				    .state = f->state,
				    .error = f->error ? strdup(f->error) : NULL};
	s->n_files++;
	memcpy(to->content, f->content, sizeof to->content);
	if (!to->path || (f->track && !to->track) || (f->error && !to->error))
		return false;
	return (f->state != AS_CLIP_PROBED || take_info(f, &to->info)) && as_engine_take_find(to, find);
}

void as_engine_forget_notes(struct as_session *s, const char *path)
{
	struct as_error prefix;
	as_fail(&prefix, AS_ERR_INVALID, "%s: ", path); /* escaped as notes are */
	for (int i = s->notes.n - 1; i >= 0; i--) {
		if (strncmp(s->notes.v[i], prefix.msg, strlen(prefix.msg)) == 0)
			as_text_list_remove(&s->notes, i);
	}
}

void as_engine_tell_find(struct as_session *s, const char *path, const struct as_media_find *find)
{
	switch (find->fate) {
	case AS_MEDIA_SAME:
		break;
	case AS_MEDIA_MOVED:
		as_engine_note(s, "%s: found as %s", path, find->path);
		break;
	case AS_MEDIA_CHANGED:
		as_engine_note(s, "%s: has changed since it was analysed (%s): an analysis reads it anew", path, find->why);
		break;
	case AS_MEDIA_GONE:
		if (find->path)
			as_engine_note(s, "%s: missing (%s); %s has the same name and is another recording", path, find->why, find->path);
		else
			as_engine_note(s, "%s: missing (%s)", path, find->why);
		break;
	}
}

static bool take_files(struct as_session *s, const struct as_project *p, const struct as_media_find *finds)
{
	s->files = calloc((size_t)p->n_files + 1, sizeof *s->files);
	s->cap_files = p->n_files + 1;
	for (int i = 0; s->files && i < p->n_files; i++) {
		if (!take_file(s, &p->files[i], &finds[i]))
			return false;
		as_engine_tell_find(s, p->files[i].path, &finds[i]);
	}
	return s->files != NULL;
}

/* ---- clips ---- */

static bool take_lock(const struct as_project *p, const struct as_project_lock *l, struct clip_keep *keep)
{
	if (!l)
		return true;
	keep->lock = calloc(1, sizeof *keep->lock);
	if (!keep->lock)
		return false;
	*keep->lock = (struct session_lock){.place = l->place,
					    .anchor_file = l->anchor >= 0 ? p->clips[l->anchor].files[0] : -1,
					    .after_s = l->after_s,
					    .beside_file = l->place.beside >= 0 ? p->clips[l->place.beside].files[0] : -1};
	keep->lock->place.beside = -1;
	return as_engine_own_clock(&keep->lock->place);
}

static bool take_parts(const struct as_project_clip *c, struct session_clip *to)
{
	to->load.parts = calloc((size_t)c->n_files, sizeof *to->load.parts);
	for (int i = 0; to->load.parts && i < c->n_files; i++)
		to->load.parts[i] = (struct clip_part){(int64_t)c->parts[i].frames, c->parts[i].sound_start_s};
	return to->load.parts != NULL;
}

static bool take_sound(const struct as_project_clip *c, struct session_clip *to)
{
	const struct as_project_sound *a = &c->sound;
	to->load.key = to->keep.key = c->key;
	to->load.cached = true; /* nothing was decoded */
	to->progress = 1;
	to->load.sound = (struct clip_sound){.stream_index = a->stream_index,
					     .channels = a->channels,
					     .bits = a->bits,
					     .is_float = a->is_float,
					     .rate_hz = a->rate_hz,
					     .frames = a->frames,
					     .damage = a->damage,
					     .level_db = a->level_db,
					     .peak_db = a->peak_db,
					     .active = a->active};
	return take_parts(c, to);
}

static bool take_clip(struct as_session *s, const struct as_project *p, const struct as_project_clip *c)
{
	struct session_clip *to = &s->clips[s->n_clips];
	bool ok = true;
	*to = (struct session_clip){.files = malloc((size_t)c->n_files * sizeof *to->files),
				    .n_files = c->n_files,
				    .track = c->track,
				    .order = c->order,
				    .state = c->state,
				    .error = c->error ? strdup(c->error) : NULL,
				    .keep = {.imported = !isnan(c->imported_s),
					     .imported_s = c->imported_s,
					     .imported_confidence = c->imported_confidence}};
	s->n_clips++;
	if (!to->files || (c->error && !to->error))
		return false;
	memcpy(to->files, c->files, (size_t)c->n_files * sizeof *to->files);
	/* saved before the files were grouped: none has a name */
	for (int i = 0; i < c->n_files && p->tracks[c->track][0]; i++) {
		char **kept = &s->files[c->files[i]].kept_track;
		free(*kept);
		if (!(*kept = strdup(p->tracks[c->track])))
			return false;
	}
	if (c->state == AS_CLIP_READY)
		ok = take_sound(c, to);
	for (int i = 0; ok && p->solved && i < c->n_warnings; i++)
		ok = as_text_list_add(&to->warnings, c->warnings[i]);
	return take_lock(p, c->lock, &to->keep) && ok;
}

/* Tracks without clips are there because somebody wanted them. */
static bool take_own_tracks(struct as_session *s)
{
	for (int i = 0; i < s->n_tracks; i++) {
		bool empty = s->tracks[i][0] != '\0';
		for (int k = 0; empty && k < s->n_clips; k++)
			empty = s->clips[k].track != i;
		if (empty && !as_text_list_add(&s->own_tracks, s->tracks[i]))
			return false;
	}
	return true;
}

static bool take_clips(struct as_session *s, const struct as_project *p)
{
	s->tracks = calloc((size_t)p->n_tracks + 1, sizeof *s->tracks);
	s->clips = calloc((size_t)p->n_clips + 1, sizeof *s->clips);
	if (!s->tracks || !s->clips)
		return false;
	for (int i = 0; i < p->n_tracks; i++) {
		s->tracks[s->n_tracks] = strdup(p->tracks[i]);
		if (!s->tracks[s->n_tracks++])
			return false;
	}
	for (int i = 0; i < p->n_clips; i++) {
		if (!take_clip(s, p, &p->clips[i]))
			return false;
	}
	return take_own_tracks(s);
}

/* ---- what was found ---- */

static bool take_solution(struct as_session *s, const struct as_project *p)
{
	size_t n = (size_t)p->n_clips + 1;
	bool stamps = as_options_bool(s->opt, "analysis.use_timestamps"), ok = true;
	struct as_solution *sol = &s->solution;
	s->solve_clips = calloc(n, sizeof *s->solve_clips);
	*sol = (struct as_solution){.placements = calloc(n, sizeof *sol->placements),
				    .n_clips = p->n_clips,
				    .n_islands = p->n_islands,
				    .island_s = calloc((size_t)p->n_islands + 1, sizeof *sol->island_s),
				    .reference = p->reference_track,
				    .used = calloc((size_t)p->n_matches + 1, sizeof *sol->used),
				    .residual_s = calloc((size_t)p->n_matches + 1, sizeof *sol->residual_s)};
	s->solved = true; /* from here on dropping the results frees it */
	if (!s->solve_clips || !sol->placements || !sol->island_s || !sol->used || !sol->residual_s)
		return false;
	memcpy(sol->island_s, p->island_s, (size_t)p->n_islands * sizeof *sol->island_s);
	for (int i = 0; i < p->n_clips; i++) {
		s->solve_clips[i] = as_engine_solve_clip(s, &s->clips[i], stamps);
		sol->placements[i] = p->clips[i].placement;
		ok &= as_engine_own_clock(&sol->placements[i]);
	}
	return ok;
}

static bool take_matches(struct as_session *s, const struct as_project *p)
{
	if (!as_engine_reserve_slots(s, p->n_matches + 1))
		return false;
	for (int i = 0; i < p->n_matches; i++) {
		const struct as_project_match *m = &p->matches[i];
		s->pairs[i] = m->task;
		s->match_done[i] = true;
		s->matches[i] = (struct as_solve_match){.a = m->task.a,
							.b = m->task.b,
							.r = m->r,
							.found = m->found,
							.narrow = !isnan(m->task.near_s)};
		s->solution.used[i] = m->used;
		s->solution.residual_s[i] = m->residual_s;
		s->n_found += m->found;
		s->n_matches++;
	}
	return true;
}

static bool take_memo(struct as_session *s, const struct as_project *p, const struct as_project_match *v, int n)
{
	struct match_memo *memo = calloc((size_t)n + 1, sizeof *memo);
	for (int i = 0; memo && i < n; i++) {
		memo[i] = (struct match_memo){.found = v[i].found, .r = v[i].r};
		as_engine_question(s, p->clips[v[i].task.a].key, p->clips[v[i].task.b].key, &v[i].task, memo[i].question);
	}
	bool ok = memo && as_engine_take_memo(s, memo, n);
	free(memo);
	return ok;
}

/* Matches of an analysis that had not ended are a memory, too. */
static bool take_found(struct as_session *s, const struct as_project *p)
{
	char recipe[RECIPE_BYTES];
	as_engine_recipe(s, recipe, sizeof recipe);
	snprintf(s->recipe, sizeof s->recipe, "%s", p->recipe ? p->recipe : "");
	s->stale = strcmp(recipe, s->recipe) != 0;
	if (p->solved && !(take_solution(s, p) && take_matches(s, p)))
		return false;
	return (p->solved || take_memo(s, p, p->matches, p->n_matches)) &&
	       take_memo(s, p, p->remembered, p->n_remembered);
}

/* ---- the whole ---- */

static void tell_reading(struct as_session *s, const struct as_project *p, const char *path, const struct text_list *bad)
{
	const char *name = as_path_base(path);
	if (p->foreign)
		as_engine_note(s, "%s: taken over from AudioSync Pro, whose places are not kept unless they were set by hand: analysing "
			"finds them anew", name);
	for (int i = 0; i < p->n_losses; i++)
		as_engine_note(s, "%s: %s", name, p->losses[i]);
	for (int i = 0; i < bad->n; i++)
		as_engine_note(s, "%s: a setting is left out: %s", name, bad->v[i]);
}

static bool take_all(struct as_session *s, const struct as_project *p, const struct as_media_find *finds)
{
	s->reference = p->reference ? strdup(p->reference) : NULL;
	bool ok = !p->reference || s->reference;
	for (int i = 0; ok && i < p->n_warnings; i++)
		ok = as_text_list_add(&s->warnings, p->warnings[i]);
	return ok && take_files(s, p, finds) && take_clips(s, p) && take_found(s, p);
}

static void keep_path(struct as_session *s, const struct as_project *p, const char *path)
{
	/* Saving over another program's project, or over an autosave, is nothing that goes without saying. */
	size_t n = strlen(path);
	struct stat st;
	if (stat(path, &st) == 0) {
		s->project_dev = st.st_dev;
		s->project_ino = st.st_ino;
	}
	if (!p->foreign && !(n > 9 && strcmp(path + n - 9, ".autosave") == 0))
		s->project = realpath(path, NULL);
	else if (!p->foreign)
		s->kept->recovered = realpath(path, NULL);
	if (s->kept->recovered)
		s->edit_id = s->edit_last = 1; /* nothing has been saved of it but this */
}

static struct as_session *make_session(struct as_options *opt, const struct as_project *p, const char *path,
				       const struct as_media_find *finds, struct as_error *err)
{
	struct text_list bad = {0};
	merge_settings(p, path, opt, &bad);
	struct as_session *s = as_session_new(opt, err);
	if (s)
		tell_reading(s, p, path, &bad);
	if (s && !take_all(s, p, finds)) {
		as_session_free(s);
		s = NULL;
		as_fail(err, AS_ERR_MEMORY, "%s: out of memory", path);
	}
	if (s)
		keep_path(s, p, path);
	as_text_list_done(&bad);
	return s;
}

static bool was_looked_for(const struct as_project *p, const struct as_media_find *finds)
{
	for (int i = 0; i < p->n_files; i++) {
		if (finds[i].fate == AS_MEDIA_MOVED || finds[i].fate == AS_MEDIA_GONE)
			return true;
	}
	return false;
}

struct as_session *as_engine_load(struct as_options *opt, const char *path, const char *const *roots, int n_roots,
				  const atomic_bool *stopped, struct as_error *err)
{
	struct as_project *p = NULL;
	struct as_session *s = NULL;
	struct as_media_find *finds = NULL;
	if (as_project_read(path, &p, err) != AS_OK)
		return NULL;
	finds = calloc((size_t)p->n_files + 1, sizeof *finds);
	if (!finds)
		as_fail(err, AS_ERR_MEMORY, "%s: out of memory", path);
	else if (as_project_find_media(p, roots, n_roots, stopped, finds, err) == AS_OK)
		s = make_session(opt, p, path, finds, err);
	if (s && n_roots > 0 && !was_looked_for(p, finds))
		as_engine_note(s, "%s: no recording is missing, so that none was looked for", as_path_base(path));
	for (int i = 0; finds && i < p->n_files; i++)
		as_media_find_done(&finds[i]);
	free(finds);
	as_project_free(p);
	return s;
}

struct as_session *as_session_load(struct as_options *opt, const char *path, const char *const *roots, int n_roots,
				   struct as_error *err)
{
	return as_engine_load(opt, path, roots, n_roots, NULL, err);
}
