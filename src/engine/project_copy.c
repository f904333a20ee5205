/* A session -> what a project file holds: copied under the session's lock, so that writing needs none. */
#include <math.h>
#include <stdlib.h>
#include <string.h>

#include "engine/project_private.h"

/* What of this machine or of one run: not the project's. */
static bool is_kept(const char *key)
{
	static const char *const not[] = {"general.", "cache.", "interface.", "live.", "project."};
	for (size_t i = 0; i < sizeof not / sizeof *not; i++) {
		if (strncmp(key, not[i], strlen(not[i])) == 0)
			return false;
	}
	return true;
}

static bool copy_settings(const struct as_session *s, struct as_project *p)
{
	size_t n;
	const struct as_option_row *rows = as_option_rows(&n);
	struct as_options *def = as_options_new();
	p->settings = calloc(n + 1, sizeof *p->settings);
	bool ok = def && p->settings;
	for (size_t i = 0; ok && i < n; i++) {
		const char *value = as_options_value(s->opt, rows[i].key);
		if (!is_kept(rows[i].key) || strcmp(value, as_options_value(def, rows[i].key)) == 0)
			continue;
		struct as_project_setting *to = &p->settings[p->n_settings++];
		*to = (struct as_project_setting){strdup(rows[i].key), strdup(value)};
		ok = to->key && to->value;
	}
	as_options_free(def);
	return ok;
}

static bool copy_streams(const struct as_media_info *m, struct as_project_file *to)
{
	to->streams = calloc((size_t)m->n_streams + 1, sizeof *to->streams);
	for (int i = 0; to->streams && i < m->n_streams; i++) {
		const struct as_media_stream *st = &m->streams[i];
		struct as_project_stream *v = &to->streams[i];
		*v = (struct as_project_stream){.index = st->index,
						.channels = st->channels,
						.bits = st->bits,
						.rate_hz = st->rate_hz,
						.duration_s = st->duration_s,
						.is_float = st->is_float,
						.timecode = st->timecode};
		memcpy(v->codec, st->codec, sizeof v->codec);
		to->n_streams++;
	}
	return to->streams != NULL;
}

static void copy_picture(const struct as_media_picture *m, struct as_project_file *to)
{
	to->width = m->width;
	to->height = m->height;
	to->pixel_num = m->pixel_num;
	to->pixel_den = m->pixel_den;
	to->fps_num = m->fps_num;
	to->fps_den = m->fps_den;
	to->picture_s = m->duration_s;
	to->picture_start_s = m->start_s;
}

static bool copy_file(const struct session_file *f, struct as_project_file *to)
{
	const struct as_media_info *m = &f->info;
	*to = (struct as_project_file){.path = strdup(f->path),
				       .track = f->track ? strdup(f->track) : NULL,
				       .bytes = f->bytes,
				       .mtime_ns = f->mtime_ns,
				       .state = f->state,
				       .error = f->error ? strdup(f->error) : NULL,
				       .fps = NAN, .picture_s = NAN, .duration_s = NAN, .start_tc_s = NAN, .created_s = NAN, .mtime_s = NAN};
	memcpy(to->content, f->content, sizeof to->content);
	if (!to->path || (f->track && !to->track) || (f->error && !to->error))
		return false;
	if (f->state != AS_CLIP_PROBED)
		return true;
	memcpy(to->format, m->format, sizeof to->format);
	memcpy(to->device, m->device, sizeof to->device);
	to->has_video = m->has_video;
	to->fps = m->fps;
	to->duration_s = m->duration_s;
	to->start_tc_s = m->start_tc_s;
	to->created_s = m->created_s;
	to->mtime_s = m->mtime_s;
	to->tc_num = m->tc_num;
	to->tc_den = m->tc_den;
	to->tc_drop = m->tc_drop;
	copy_picture(&m->picture, to);
	return copy_streams(m, to);
}

static int clip_of_file(const struct as_session *s, int file)
{
	for (int i = 0; file >= 0 && i < s->n_clips; i++) {
		if (s->clips[i].files[0] == file)
			return i;
	}
	return -1;
}

static bool copy_lock(const struct as_session *s, const struct session_lock *l, struct as_project_clip *to)
{
	if (!l)
		return true;
	to->lock = calloc(1, sizeof *to->lock);
	if (!to->lock)
		return false;
	*to->lock = (struct as_project_lock){l->place, clip_of_file(s, l->anchor_file), l->after_s};
	to->lock->place.beside = clip_of_file(s, l->beside_file);
	return as_engine_own_clock(&to->lock->place);
}

static bool copy_parts(const struct clip_load *l, struct as_project_clip *to)
{
	to->parts = calloc((size_t)to->n_files, sizeof *to->parts);
	for (int i = 0; to->parts && l->parts && i < to->n_files; i++)
		to->parts[i] = (struct as_project_part){(double)l->parts[i].frames, l->parts[i].sound_start_s};
	return to->parts != NULL;
}

static bool copy_sound(const struct clip_load *l, struct as_project_clip *to)
{
	const struct clip_sound *a = &l->sound;
	to->key = l->key;
	to->sound = (struct as_project_sound){.stream_index = a->stream_index,
					      .channels = a->channels,
					      .bits = a->bits,
					      .is_float = a->is_float,
					      .rate_hz = a->rate_hz,
					      .frames = a->frames,
					      .damage = a->damage,
					      .level_db = a->level_db,
					      .peak_db = a->peak_db,
					      .active = a->active};
	return copy_parts(l, to);
}

static bool copy_clip(const struct as_session *s, int clip, struct as_project_clip *to)
{
	const struct session_clip *c = &s->clips[clip];
	bool ok = true;
	*to = (struct as_project_clip){.files = malloc((size_t)c->n_files * sizeof *to->files),
				       .n_files = c->n_files,
				       .track = c->track,
				       .order = c->order,
				       .state = c->state == AS_CLIP_LOADING ? AS_CLIP_PROBED : c->state,
				       .error = c->error ? strdup(c->error) : NULL,
				       .imported_s = c->keep.imported ? c->keep.imported_s : NAN,
				       .imported_confidence = c->keep.imported ? c->keep.imported_confidence : NAN};
	if (!to->files || (c->error && !to->error))
		return false;
	memcpy(to->files, c->files, (size_t)c->n_files * sizeof *to->files);
	if (c->state == AS_CLIP_READY)
		ok = copy_sound(&c->load, to);
	for (int i = 0; ok && i < c->warnings.n; i++)
		ok = as_project_add_text(&to->warnings, &to->n_warnings, c->warnings.v[i]);
	if (ok && s->solved) {
		to->placement = s->solution.placements[clip];
		ok = as_engine_own_clock(&to->placement);
	}
	return copy_lock(s, c->keep.lock, to) && ok;
}

static bool copy_matches(const struct as_session *s, struct as_project *p)
{
	p->matches = malloc(((size_t)s->n_matches + 1) * sizeof *p->matches);
	for (int i = 0; p->matches && i < s->n_matches; i++) {
		if (!s->match_done[i])
			continue;
		p->matches[p->n_matches++] =
			(struct as_project_match){.task = s->pairs[i],
						  .found = s->matches[i].found,
						  .r = s->matches[i].r,
						  .used = s->solved && s->solution.used[i],
						  .residual_s = s->solved ? s->solution.residual_s[i] : NAN};
	}
	return p->matches != NULL;
}

struct key_clip {
	uint64_t key;
	int clip;
};

static int by_key(const void *pa, const void *pb)
{
	const struct key_clip *a = pa, *b = pb;
	return a->key != b->key ? (a->key < b->key ? -1 : 1) : a->clip - b->clip;
}

static int find_key(const struct key_clip *v, int n, uint64_t key)
{
	int from = 0, to = n;
	while (from < to) {
		int mid = (from + to) / 2;
		if (v[mid].key < key)
			from = mid + 1;
		else
			to = mid;
	}
	return from < n && v[from].key == key ? v[from].clip : -1;
}

static double real_of(uint64_t bits)
{
	double v;
	if (bits == UINT64_MAX)
		return NAN;
	memcpy(&v, &bits, sizeof v);
	return v;
}

static int by_question(const void *pa, const void *pb)
{
	const uint64_t *a = pa, *b = pb;
	for (int i = 0; i < MEMO_WORDS; i++) {
		if (a[i] != b[i])
			return a[i] < b[i] ? -1 : 1;
	}
	return 0;
}

/* The questions that the present matches have answered, sorted. */
static uint64_t *answered(const struct as_session *s, int *n)
{
	uint64_t *v = malloc(((size_t)s->n_matches + 1) * MEMO_WORDS * sizeof *v);
	*n = 0;
	for (int i = 0; v && i < s->n_matches; i++) {
		const struct as_pair_task *t = &s->pairs[i];
		if (s->match_done[i])
			as_engine_question(s, s->clips[t->a].load.key, s->clips[t->b].load.key, t,
					   &v[MEMO_WORDS * (size_t)(*n)++]);
	}
	if (v && *n > 1)
		qsort(v, (size_t)*n, MEMO_WORDS * sizeof *v, by_question);
	return v;
}

/* What earlier analyses found out about clips that are still here, and the present one has not asked again. */
static bool copy_memo(const struct as_session *s, struct as_project *p)
{
	const struct as_pair_task any = {.near_s = NAN};
	uint64_t recipe[MEMO_WORDS];
	int n_keys = 0, n_known;
	uint64_t *known = answered(s, &n_known);
	struct key_clip *keys = malloc(((size_t)s->n_clips + 1) * sizeof *keys);
	p->remembered = malloc(((size_t)s->n_memo + 1) * sizeof *p->remembered);
	bool ok = known && keys && p->remembered;
	as_engine_question(s, 0, 0, &any, recipe);
	for (int i = 0; ok && i < s->n_clips; i++) {
		if (s->clips[i].state == AS_CLIP_READY)
			keys[n_keys++] = (struct key_clip){s->clips[i].load.key, i};
	}
	if (n_keys > 1)
		qsort(keys, (size_t)n_keys, sizeof *keys, by_key);
	for (int i = 0; ok && i < s->n_memo; i++) {
		const struct match_memo *m = &s->memo[i];
		int a = find_key(keys, n_keys, m->question[0]), b = find_key(keys, n_keys, m->question[1]);
		if (a < 0 || b <= a || m->question[4] != recipe[4] ||
		    bsearch(m->question, known, (size_t)n_known, MEMO_WORDS * sizeof *known, by_question))
			continue;
		p->remembered[p->n_remembered++] = (struct as_project_match){
			.task = {.a = a, .b = b, .near_s = real_of(m->question[2]), .near_tol_s = real_of(m->question[3])},
			.found = m->found, .r = m->r, .residual_s = NAN};
	}
	free(known);
	free(keys);
	return ok;
}

static bool is_passing(const struct as_session *s, const char *warning)
{
	for (int i = 0; i < s->passing.n; i++)
		if (strcmp(s->passing.v[i], warning) == 0)
			return true;
	return false;
}

static bool copy_head(const struct as_session *s, struct as_project *p)
{
	bool ok = copy_settings(s, p);
	p->recipe = strdup(s->recipe);
	p->reference = s->reference ? strdup(s->reference) : NULL;
	ok = ok && p->recipe && (p->reference || !s->reference);
	for (int i = 0; ok && i < s->n_tracks; i++)
		ok = as_project_add_text(&p->tracks, &p->n_tracks, s->tracks[i]);
	for (int i = 0; ok && i < s->warnings.n; i++)
		ok = is_passing(s, s->warnings.v[i]) || as_project_add_text(&p->warnings, &p->n_warnings, s->warnings.v[i]);
	p->solved = s->solved;
	p->reference_track = s->solved ? s->solution.reference : -1;
	p->island_s = calloc((size_t)s->solution.n_islands + 1, sizeof *p->island_s);
	for (int i = 0; p->island_s && s->solved && i < s->solution.n_islands; i++)
		p->island_s[p->n_islands++] = s->solution.island_s[i];
	return ok && p->island_s;
}

static bool copy_all(const struct as_session *s, struct as_project *p)
{
	bool ok = copy_head(s, p);
	p->files = calloc((size_t)s->n_files + 1, sizeof *p->files);
	p->clips = calloc((size_t)s->n_clips + 1, sizeof *p->clips);
	ok = ok && p->files && p->clips;
	for (int i = 0; ok && i < s->n_files; i++, p->n_files++)
		ok = copy_file(&s->files[i], &p->files[i]);
	for (int i = 0; ok && i < s->n_clips; i++, p->n_clips++)
		ok = copy_clip(s, i, &p->clips[i]);
	return ok && copy_matches(s, p) && copy_memo(s, p);
}

struct as_project *as_engine_project_of(struct as_session *s, const char *path, struct as_error *err)
{
	struct as_project *p = as_project_new();
	pthread_mutex_lock(&s->lock);
	bool ok = p && copy_all(s, p);
	pthread_mutex_unlock(&s->lock);
	if (ok)
		return p;
	as_project_free(p);
	as_fail(err, AS_ERR_MEMORY, "%s: out of memory", path);
	return NULL;
}
