/* A session's state as one block of memory: built twice, the first time only to measure. */
#include <math.h>
#include <stdlib.h>
#include <string.h>

#include "base/text.h"
#include "engine/snapshot_private.h"

void *as_arena_take(struct arena *a, size_t n, size_t bytes)
{
	size_t at = (a->used + 15) & ~(size_t)15;
	a->used = at + n * bytes;
	return a->base && n > 0 ? a->base + at : NULL;
}

const char *as_arena_bytes(struct arena *a, const char *s)
{
	size_t n = strlen(s) + 1, at = a->used;
	a->used += n;
	return a->base ? memcpy(a->base + at, s, n) : NULL;
}

const char *as_arena_text(struct arena *a, const char *s)
{
	return as_arena_bytes(a, s ? s : "");
}

const char *const *as_arena_list(struct arena *a, char *const *v, int n)
{
	const char **out = as_arena_take(a, (size_t)n, sizeof *out);
	for (int i = 0; i < n; i++) {
		const char *text = as_arena_text(a, v[i]);
		if (out)
			out[i] = text;
	}
	return out;
}

static const char *take_format(struct arena *a, const struct session_clip *c,
			       const struct as_media_info *m)
{
	char text[AS_MEDIA_TEXT_BYTES + 40];
	const struct as_media_stream *st = as_engine_likely_stream(m);
	const char *codec = st ? st->codec : "";
	for (int i = 0; c->state == AS_CLIP_READY && i < m->n_streams; i++) {
		if (m->streams[i].index == c->load.sound.stream_index)
			codec = m->streams[i].codec;
	}
	size_t n = strnlen(m->format, sizeof m->format),
	       k = strnlen(codec, sizeof m->streams->codec);
	memcpy(text, m->format, n);
	/* "flac flac" says nothing that "flac" does not. */
	if (k == n && memcmp(text, codec, n) == 0)
		k = 0;
	if (k > 0)
		text[n++] = ' ';
	memcpy(text + n, codec, k);
	text[n + k] = '\0';
	return as_arena_text(a, text);
}

static int stream_in_use(const struct session_clip *c, const struct as_media_info *m)
{
	const struct as_media_stream *likely = as_engine_likely_stream(m);
	return c->state == AS_CLIP_READY ? c->load.sound.stream_index : likely ? likely->index : -1;
}

static const struct as_stream *take_streams(struct arena *a, const struct as_media_info *m, int used)
{
	struct as_stream *out = as_arena_take(a, (size_t)m->n_streams, sizeof *out);
	for (int i = 0; i < m->n_streams; i++) {
		const struct as_media_stream *st = &m->streams[i];
		const char *codec = as_arena_text(a, st->codec);
		if (out)
			out[i] = (struct as_stream){.index = st->index,
						    .codec = codec,
						    .rate_hz = st->rate_hz,
						    .channels = st->channels,
						    .bits = st->bits,
						    .is_float = st->is_float,
						    .duration_s = st->duration_s,
						    .timecode = st->timecode,
						    .used = st->index == used};
	}
	return out;
}

static double sum_stated_s(const struct as_session *s, const struct session_clip *c)
{
	double sum = 0;
	for (int i = 0; i < c->n_files; i++)
		sum += s->files[c->files[i]].info.duration_s;
	return sum;
}

static void fill_unknown(struct as_clip *v)
{
	v->frames = -1;
	v->fps = v->duration_s = v->start_tc_s = v->created_s = v->level_db = v->active = NAN;
}

static void fill_probed(const struct as_session *s, const struct session_clip *c, struct as_clip *v)
{
	const struct as_media_info *m = &s->files[c->files[0]].info;
	v->start_tc_s = m->start_tc_s;
	v->created_s = m->created_s;
	v->duration_s = sum_stated_s(s, c);
	v->has_video = m->has_video;
	v->fps = m->has_video ? m->fps : NAN;
	const struct as_media_stream *st = as_engine_likely_stream(m);
	if (st) {
		v->rate_hz = st->rate_hz;
		v->channels = st->channels;
	}
	if (c->state != AS_CLIP_READY)
		return;
	const struct clip_sound *a = &c->load.sound;
	v->rate_hz = a->rate_hz;
	v->channels = a->channels;
	v->frames = a->frames;
	v->duration_s = (double)a->frames / a->rate_hz;
	v->level_db = a->level_db;
	v->active = a->active;
}

static struct as_picture copy_picture(const struct as_media_info *m)
{
	const struct as_media_picture *p = &m->picture;
	if (!m->has_video)
		return (struct as_picture){.duration_s = NAN};
	return (struct as_picture){.width = p->width,
				   .height = p->height,
				   .pixel_num = p->pixel_num,
				   .pixel_den = p->pixel_den,
				   .fps_num = p->fps_num,
				   .fps_den = p->fps_den,
				   .duration_s = p->duration_s};
}

static const struct as_part *take_files(struct arena *a, const struct as_session *s,
					const struct session_clip *c, const char *const *paths)
{
	struct as_part *out = as_arena_take(a, (size_t)c->n_files, sizeof *out);
	for (int i = 0; out && i < c->n_files; i++) {
		const struct as_media_info *m = &s->files[c->files[i]].info;
		out[i] = (struct as_part){.path = paths[i],
					  .picture = copy_picture(m),
					  .frames = -1,
					  .sound_start_s = NAN,
					  .duration_s = m->duration_s,
					  .start_tc_s = m->start_tc_s,
					  .tc_num = m->tc_num,
					  .tc_den = m->tc_den,
					  .tc_drop = m->tc_drop};
		if (c->state != AS_CLIP_READY || !c->load.parts)
			continue;
		out[i].frames = c->load.parts[i].frames;
		out[i].sound_start_s = c->load.parts[i].sound_start_s - m->picture.start_s;
		out[i].duration_s = (double)out[i].frames / c->load.sound.rate_hz;
	}
	return out;
}

static struct as_clip copy_clip(struct arena *a, const struct as_session *s, int id)
{
	const struct session_clip *c = &s->clips[id];
	const struct session_file *first = &s->files[c->files[0]];
	bool probed = first->state == AS_CLIP_PROBED;
	struct as_clip v = {.id = id,
			    .track = c->track,
			    .order = c->order,
			    .n_parts = c->n_files,
			    .state = c->state,
			    .media = as_engine_media_of(s, c),
			    .progress = c->progress,
			    .cached = c->load.cached};
	const char **parts = as_arena_take(a, (size_t)c->n_files, sizeof *parts);
	for (int i = 0; i < c->n_files; i++) {
		const char *path = as_arena_bytes(a, s->files[c->files[i]].path);
		if (parts)
			parts[i] = path;
	}
	if (parts) {
		v.parts = parts;
		v.path = parts[0];
		v.name = as_path_base(parts[0]);
	}
	/* Before the files are grouped, a file's own state is its clip's. */
	if (c->state == AS_CLIP_NEW)
		v.state = first->state;
	v.error = as_arena_text(a, v.state != AS_CLIP_FAILED ? ""
				   : c->error                ? c->error
							     : first->error);
	v.device = as_arena_text(a, probed ? first->info.device : "");
	v.format = probed ? take_format(a, c, &first->info) : as_arena_text(a, "");
	fill_unknown(&v);
	if (!probed)
		return v;
	fill_probed(s, c, &v);
	v.files = take_files(a, s, c, parts);
	v.streams = take_streams(a, &first->info, stream_in_use(c, &first->info));
	v.n_streams = first->info.n_streams;
	return v;
}

static void copy_clips(struct arena *a, const struct as_session *s, struct as_snapshot *out)
{
	struct as_clip *clips = as_arena_take(a, (size_t)s->n_clips, sizeof *clips);
	double highest = 0;
	for (int i = 0; i < s->n_clips; i++) {
		struct as_clip c = copy_clip(a, s, i);
		highest = fmax(highest, c.rate_hz);
		if (clips)
			clips[i] = c;
	}
	out->clips = clips;
	out->n_clips = s->n_clips;
	out->sample_rate_hz = highest;
}

static bool is_reference(const struct as_session *s, int track)
{
	if (s->solved)
		return s->solution.reference == track;
	return s->reference && strcmp(s->reference, s->tracks[track]) == 0;
}

static void copy_tracks(struct arena *a, const struct as_session *s, struct as_snapshot *out)
{
	struct as_track *tracks = as_arena_take(a, (size_t)s->n_tracks, sizeof *tracks);
	for (int i = 0; i < s->n_tracks; i++) {
		struct as_track t = {.name = as_arena_text(a, s->tracks[i]),
				     .reference = is_reference(s, i)};
		if (tracks)
			tracks[i] = t;
	}
	for (int i = 0; tracks && i < s->n_clips; i++)
		tracks[s->clips[i].track].n_clips++;
	out->tracks = tracks;
	out->n_tracks = s->n_tracks;
}

/* Both axes begin with the first picture, or where an edit list says: the copy of a stream whose first picture comes late may
 * have an edit list for it. */
static void add_written(struct arena *a, const struct as_session *s, const struct session_output *o, struct as_output *v)
{
	const struct as_media_info *m = &o->mux.written;
	const bool last = strcmp(as_options_text(s->opt, "export.mux"), "add") == 0;
	if (m->n_streams < 1)
		return;
	v->part = o->mux.part;
	v->streams = take_streams(a, m, m->streams[last ? m->n_streams - 1 : 0].index);
	v->n_streams = m->n_streams;
	v->shift_s = s->files[o->mux.file].info.picture.start_s - m->picture.start_s;
}

static void copy_outputs(struct arena *a, const struct as_session *s, struct as_snapshot *out)
{
	struct as_output *outputs = as_arena_take(a, (size_t)s->n_outputs, sizeof *outputs);
	for (int i = 0; i < s->n_outputs; i++) {
		const struct session_output *o = &s->outputs[i];
		struct as_output v = {.path = as_arena_bytes(a, o->path),
				      .document = as_engine_document_kind(o),
				      .track = o->track,
				      .clip = o->clip,
				      .start_s = (double)o->begin / o->spec.rate_hz,
				      .start_tc_s = o->spec.format == AS_AUDIO_WAV
							    ? o->spec.time_reference_s
							    : (double)NAN,
				      .progress = o->progress,
				      .done = o->done,
				      .error = as_arena_text(a, o->error),
				      .duration_s = (double)o->spec.total_frames / o->spec.rate_hz,
				      .rate_hz = o->spec.rate_hz,
				      .channels = o->spec.channels,
				      .picture = o->mux.on,
				      .sound_track = o->mux.on ? o->mux.track : -1,
				      .limited = o->limited,
				      .limited_db = o->limited_db,
				      .files = as_arena_list(a, o->files.v, o->files.n),
				      .n_files = o->files.n};
		if (o->mux.on && o->done)
			add_written(a, s, o, &v);
		if (outputs)
			outputs[i] = v;
	}
	out->outputs = outputs;
	out->n_outputs = s->n_outputs;
}

static const char *const *take_warnings(struct arena *a, const struct as_session *s)
{
	int n = s->warnings.n;
	const char **out = as_arena_take(a, (size_t)(n + s->notes.n), sizeof *out);
	for (int i = 0; i < n + s->notes.n; i++) {
		const char *text = as_arena_text(a, i < n ? s->warnings.v[i] : s->notes.v[i - n]);
		if (out)
			out[i] = text;
	}
	return out;
}

static struct as_snapshot *build(struct arena *a, const struct as_session *s)
{
	struct as_snapshot *room = as_arena_take(a, 1, sizeof *room);
	struct as_snapshot out = {.generation = s->generation,
				  .stage = s->stage,
				  .busy = s->busy,
				  .outcome = s->busy ? AS_OK : s->outcome,
				  .done = s->done,
				  .total = s->total,
				  .decoded_s = s->decoded_s};
	out.error = as_arena_text(a, s->busy || s->error.status == AS_OK ? "" : s->error.msg);
	copy_clips(a, s, &out);
	copy_tracks(a, s, &out);
	as_snapshot_copy_found(a, s, (struct as_clip *)out.clips, &out);
	copy_outputs(a, s, &out);
	out.warnings = take_warnings(a, s);
	out.n_warnings = s->warnings.n + s->notes.n;
	out.n_left_out = s->left_out.n;
	if (room)
		*room = out;
	return room;
}

const struct as_snapshot *as_engine_snapshot(const struct as_session *s)
{
	struct arena a = {0};
	build(&a, s);
	a.base = malloc(a.used);
	a.used = 0;
	/* The first thing taken: freeing the snapshot frees the block. */
	return a.base ? build(&a, s) : NULL;
}

const struct as_snapshot *as_session_snapshot(struct as_session *s)
{
	pthread_mutex_lock(&s->lock);
	const struct as_snapshot *snap = as_engine_snapshot(s);
	pthread_mutex_unlock(&s->lock);
	return snap;
}

void as_snapshot_free(const struct as_snapshot *snap)
{
	free((void *)snap);
}
