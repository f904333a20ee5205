/* Camera files with the best synced sound: which recorder's, laid out by the camera's own clock, since the picture keeps it. */
#include <math.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "base/buffer.h"
#include "base/text.h"
#include "engine/mux_private.h"
#include "export/camera_clock.h"
#include "media/mux.h"

enum as_mux_codec as_engine_mux_codec(const struct as_session *s)
{
	static const char *const names[] = {
		[AS_MUX_AUTO] = "auto", [AS_MUX_PCM] = "pcm", [AS_MUX_AAC] = "aac", [AS_MUX_ALAC] = "alac"};
	const char *name = as_options_text(s->opt, "export.mux_codec");
	for (int i = 0; i < (int)(sizeof names / sizeof *names); i++) {
		if (strcmp(names[i], name) == 0)
			return (enum as_mux_codec)i;
	}
	return AS_MUX_AUTO;
}

void as_engine_tell_left_out(struct as_session *s, const char *path, const struct as_mux_report *r)
{
	if (r->n_left_out > 0)
		as_engine_warn(s, "%s: %d %s of the camera file could not be taken along: %s",
			       as_path_base(path), r->n_left_out,
			       r->n_left_out == 1 ? "stream" : "streams", r->left_out);
}

bool as_engine_wants_mux(const struct as_session *s)
{
	return strcmp(as_options_text(s->opt, "export.mux"), "off") != 0;
}

/* By what the probe knows: names must not depend on more. */
const char *as_engine_mux_extension(const struct as_session *s, const struct session_file *f)
{
	const char *asked = as_options_text(s->opt, "export.mux_container");
	if (strcmp(asked, "auto") != 0)
		return asked;
	if (strncmp(f->info.format, "matroska", 8) == 0)
		return "mkv";
	return as_mux_container_of(f->path) == AS_MUX_MP4 ? "mp4" : "mov";
}

/* That there is a track of the name that export.mux_track asks for. */
static enum as_status check_track(const struct as_session *s, struct as_error *err)
{
	const char *asked = as_options_text(s->opt, "export.mux_track");
	struct as_buffer list = {0};
	for (int t = 0; t < s->n_tracks; t++) {
		if (!asked[0] || strcmp(asked, s->tracks[t]) == 0) {
			as_buffer_done(&list);
			return AS_OK;
		}
		as_buffer_addf(&list, "%s%s", t > 0 ? ", " : "", s->tracks[t]);
	}
	char *names = as_buffer_take(&list);
	as_fail(err, AS_ERR_INVALID, "mux-track: no track is called %s; there are: %s", asked,
		names ? names : "");
	free(names);
	return AS_ERR_INVALID;
}

/* ---- plan ---- */

static struct as_course course_of(const struct as_session *s, int clip)
{
	const struct as_solve_placement *p = &s->solution.placements[clip];
	bool correct = as_options_bool(s->opt, "export.drift_correction") && isfinite(p->drift_ppm);
	return (struct as_course){.duration_s = as_engine_clip_s(s, clip),
				  .drift_ppm = correct ? p->drift_ppm : 0,
				  .segments = p->segments,
				  .n_segments = p->n_segments,
				  .clock = p->clock,
				  .n_clock = correct ? p->n_clock : 0};
}

/* One clip of the recorder for the file; left out where nothing of it lies in the camera's time. False when out of memory. */
static bool add_sound(const struct as_session *s, int camera, int clip, struct session_output *o)
{
	struct as_course a = course_of(s, clip), b = course_of(s, camera);
	struct as_laid laid;
	struct as_stitch_clip *out = &o->clips[o->n_clips];
	if (a.n_segments < 1 || b.n_segments < 1)
		return true;
	if (!as_lay_by_camera(&a, &b, &laid))
		return false;
	if (laid.n_segments == 0) {
		as_laid_done(&laid);
		return true;
	}
	/* Counted at once, so that dropping the outputs frees what there is. */
	o->n_clips++;
	o->clocks[o->n_clips - 1] = laid.clock;
	out->segments = laid.segments;
	if (!as_engine_plan_source(s, clip, out))
		return false;
	out->speed_ppm = laid.speed_ppm;
	out->clock = laid.clock;
	out->n_clock = laid.n_clock;
	out->n_segments = laid.n_segments;
	return true;
}

static struct as_encode_spec spec_of(const struct as_session *s, const struct session_output *o, int track)
{
	struct as_encode_spec spec = {.time_reference_s = NAN};
	double highest_hz = 0;
	for (int i = 0; i < o->n_clips; i++) {
		highest_hz = fmax(highest_hz, o->clips[i].rate_hz);
		spec.channels = o->clips[i].channels > spec.channels ? o->clips[i].channels : spec.channels;
	}
	spec.bit_depth = 24;
	for (int i = 0; i < s->n_clips; i++) {
		if (s->clips[i].track == track && as_engine_mux_placed(s, i) &&
		    as_engine_source_depth(&s->clips[i].load.sound) == 32)
			spec.bit_depth = 32;
	}
	spec.rate_hz = (int)lround(highest_hz);
	return spec;
}

static double stated_s(const struct session_file *f)
{
	return isfinite(f->info.duration_s) && f->info.duration_s > 0 ? f->info.duration_s : 0;
}

/* One file of a camera's clip. part_s: where it begins in the clip. */
static enum as_status plan_file(struct as_session *s, int camera, int part, double part_s, int track,
				const char *path, struct as_error *err)
{
	int n = 0;
	struct session_output *o = &s->outputs[s->n_outputs++];
	*o = (struct session_output){.track = s->clips[camera].track,
				     .clip = camera,
				     .mux = {.file = s->clips[camera].files[part],
					     .part = part,
					     .part_s = part_s,
					     .track = track,
					     .on = true}};
	for (int i = 0; i < s->n_clips; i++)
		n += s->clips[i].track == track && as_engine_mux_placed(s, i);
	o->path = strdup(path);
	o->clips = calloc((size_t)n + 1, sizeof *o->clips);
	o->clocks = calloc((size_t)n + 1, sizeof *o->clocks);
	if (!o->path || !o->clips || !o->clocks)
		return as_fail(err, AS_ERR_MEMORY, "export: out of memory");
	for (int i = 0; i < s->n_clips; i++) {
		if (s->clips[i].track == track && as_engine_mux_placed(s, i) && as_engine_shared_s(s, camera, i) > 0 &&
		    !add_sound(s, camera, i, o))
			return as_fail(err, AS_ERR_MEMORY, "export: out of memory");
	}
	if (o->n_clips == 0) {
		/* They meet on the timeline, but only in what the camera lost. */
		free(o->path);
		free(o->clips);
		free(o->clocks);
		s->n_outputs--;
		return AS_OK;
	}
	o->spec = spec_of(s, o, track);
	o->spec.total_frames = (int64_t)ceil(stated_s(&s->files[o->mux.file]) * o->spec.rate_hz);
	return AS_OK;
}

static enum as_status plan_camera(struct as_session *s, int camera, const char *dir, char **names,
				  struct as_error *err)
{
	const struct session_clip *c = &s->clips[camera];
	enum as_status status = AS_OK;
	int track = as_engine_mux_choose(s, camera);
	double part_s = 0;
	for (int k = 0; k < c->n_files && status == AS_OK && track >= 0; k++) {
		char *path = as_path_join(dir, names[c->files[k]]);
		status = path ? plan_file(s, camera, k, part_s, track, path, err)
			      : as_fail(err, AS_ERR_MEMORY, "export: out of memory");
		free(path);
		part_s += (double)c->load.parts[k].frames / c->load.sound.rate_hz;
	}
	return status;
}

/* Grows s->outputs by one for each file with a picture. False when out of memory. */
static bool make_room(struct as_session *s)
{
	size_t n = (size_t)s->n_outputs + (size_t)s->n_files + 1;
	struct session_output *v = realloc(s->outputs, n * sizeof *v);
	if (v)
		s->outputs = v;
	return v != NULL;
}

/* The names of the files, and room for them; NULL with AS_OK where none are wanted. */
static enum as_status begin_plan(struct as_session *s, char ***names, struct as_error *err)
{
	*names = NULL;
	if (!as_engine_wants_mux(s))
		return AS_OK;
	enum as_status status = check_track(s, err);
	if (status != AS_OK)
		return status;
	*names = as_engine_mux_names(s);
	if (*names && make_room(s))
		return AS_OK;
	as_engine_drop_names(*names, s->n_files);
	*names = NULL;
	return as_fail(err, AS_ERR_MEMORY, "export: out of memory");
}

enum as_status as_engine_plan_mux(struct as_session *s, const char *dir, struct as_error *err)
{
	char **names;
	enum as_status status = begin_plan(s, &names, err);
	for (int i = 0; names && i < s->n_clips && status == AS_OK; i++) {
		if (as_engine_has_picture(s, i) && as_engine_mux_placed(s, i))
			status = plan_camera(s, i, dir, names, err);
	}
	as_engine_drop_names(names, s->n_files);
	return status;
}

static enum as_status plan_path(struct as_session *s, int camera, const char *dir, const char *name, struct as_error *err)
{
	char *path = as_path_join(dir, name);
	if (!path)
		return as_fail(err, AS_ERR_MEMORY, "export: out of memory");
	s->outputs[s->n_outputs++] = (struct session_output){
		.track = s->clips[camera].track, .clip = camera, .path = path, .mux.on = true};
	return AS_OK;
}

enum as_status as_engine_plan_mux_paths(struct as_session *s, const char *dir, struct as_error *err)
{
	char **names;
	enum as_status status = begin_plan(s, &names, err);
	for (int i = 0; names && i < s->n_clips && status == AS_OK; i++) {
		const struct session_clip *c = &s->clips[i];
		for (int k = 0; k < c->n_files && as_engine_has_picture(s, i) && status == AS_OK; k++)
			status = plan_path(s, i, dir, names[c->files[k]], err);
	}
	as_engine_drop_names(names, s->n_files);
	return status;
}

/* Once it is known which files will be written: those that will not. Without the lock. */
void as_engine_warn_unmuxed(struct as_session *s)
{
	for (int i = 0; i < s->n_clips && as_engine_wants_mux(s); i++) {
		if (as_engine_has_picture(s, i) && as_engine_mux_placed(s, i) && as_engine_mux_choose(s, i) < 0)
			as_engine_warn(s,
				       "%s: no camera file with new sound: no %s overlaps it",
				       as_path_base(s->files[s->clips[i].files[0]].path),
				       as_options_text(s->opt, "export.mux_track")[0]
					       ? "clip of export.mux_track"
					       : "track of sound alone");
	}
}

/* ---- the job ---- */

static enum as_status on_read(void *ctx, const float **pcm, int64_t *n, struct as_error *err)
{
	return as_stitcher_read(ctx, pcm, n, err);
}

/* From the camera's clip to the time axis of this file's picture, and to its length, which only opening it tells. */
static enum as_status settle(struct as_session *s, struct session_output *o, struct as_error *err)
{
	const struct session_clip *c = &s->clips[o->clip];
	struct as_mux_look look;
	enum as_status status = as_mux_look(s->files[o->mux.file].path, c->load.sound.stream_index, &s->cancel,
					    &look, err);
	if (status != AS_OK)
		return status;
	for (int i = 0; i < o->n_clips; i++) {
		struct as_segment *seg = (struct as_segment *)o->clips[i].segments;
		for (int k = 0; k < o->clips[i].n_segments; k++)
			seg[k].start_s += look.sound_start_s - o->mux.part_s;
	}
	int64_t frames = (int64_t)ceil(look.duration_s * o->spec.rate_hz - 1e-6);
	pthread_mutex_lock(&s->lock);
	s->total += frames - o->spec.total_frames;
	o->spec.total_frames = frames;
	pthread_mutex_unlock(&s->lock);
	return AS_OK;
}

static void tell(struct as_session *s, const struct session_output *o, const struct as_mux_report *r)
{
	if (r->clipped > 0)
		as_engine_warn_limited(s, o->path, r->clipped, NAN);
	as_engine_tell_left_out(s, o->path, r);
}

/* What stands in the file now: timelines refer to it. */
static enum as_status look_at_written(struct as_session *s, struct session_output *o, struct as_error *err)
{
	struct as_media_info info;
	enum as_status status = as_media_probe(o->path, &s->cancel, &info, err);
	if (status != AS_OK)
		return status;
	pthread_mutex_lock(&s->lock);
	as_media_info_done(&o->mux.written);
	o->mux.written = info;
	pthread_mutex_unlock(&s->lock);
	return AS_OK;
}

enum as_status as_engine_write_mux(struct as_session *s, struct session_output *o,
				   as_mux_progress progress, void *ctx, struct as_error *err)
{
	const char *how = as_options_text(s->opt, "export.mux");
	enum as_status status = settle(s, o, err);
	if (status != AS_OK)
		return status;
	struct as_stitch_job job = {
		.path = o->path,
		.spec = o->spec,
		.clips = o->clips,
		.n_clips = o->n_clips,
		.crossfade_s = as_options_real(s->opt, "export.crossfade_ms") / 1000,
		.declick_s = as_options_real(s->opt, "export.declick_ms") / 1000};
	struct as_stitcher *stitcher = as_stitcher_open(&job, &s->cancel, err);
	if (!stitcher)
		return as_engine_stopped(s) ? AS_CANCELLED : err->status;
	struct as_mux_sound sound = {.rate_hz = o->spec.rate_hz,
				     .channels = o->spec.channels,
				     .is_float = o->spec.bit_depth == 32,
				     .total_frames = o->spec.total_frames,
				     .title = s->tracks[o->mux.track],
				     .instead_of = -1,
				     .read = on_read,
				     .ctx = stitcher};
	struct as_mux_job mux = {.source = s->files[o->mux.file].path,
				 .aligned = true,
				 .path = o->path,
				 .force = s->force,
				 .codec = as_engine_mux_codec(s),
				 .sounds = &sound,
				 .n_sounds = 1,
				 .keep_sound = strcmp(how, "replace") != 0,
				 .new_default = strcmp(how, "add") != 0};
	struct as_mux_report report = {0};
	status = as_mux_write(&mux, &s->cancel, progress, ctx, &report, err);
	as_stitcher_close(stitcher, NULL);
	if (status != AS_OK)
		return status;
	tell(s, o, &report);
	return look_at_written(s, o, err);
}
