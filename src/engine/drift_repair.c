/* The corrected file: the sound laid out by the reference's clock, written alone or beside the picture. */
#include <math.h>
#include <stdlib.h>
#include <string.h>
#include <strings.h>

#include "base/text.h"
#include "engine/session_private.h"
#include "media/decode.h"

/* How a clip is laid out: room for what as_stitch_clip points to. */
struct layout {
	struct as_segment segments[AS_MATCH_PIECES];
	int n_segments;
	struct as_clock_knot clock[AS_MATCH_KNOTS];
	int n_clock;
	double speed_ppm;
	double end_s; /* where the clip's end comes to lie; its beginning lies at 0 */
};

/* t_a - offset of the first piece, as the match has it; the line alone where the drift was given. */
static void lay_out(const struct drift_run *r, double duration_s, struct layout *l)
{
	const struct as_match_result *m = &r->found.match;
	*l = (struct layout){.speed_ppm = r->used_ppm, .n_segments = 1};
	l->segments[0] = (struct as_segment){0, duration_s, 0};
	if (r->clips[0] >= 0) {
		l->n_segments = m->n_pieces;
		for (int i = 0; i < m->n_pieces; i++)
			l->segments[i] =
				(struct as_segment){m->pieces[i].from_s, m->pieces[i].to_s,
						    m->pieces[i].offset_s - m->pieces[0].offset_s};
		l->n_clock = m->n_knots;
		for (int i = 0; i < m->n_knots; i++)
			l->clock[i] = (struct as_clock_knot){
				(double)m->knots[i].b_s,
				(double)(m->knots[i].shift_s - m->knots[0].shift_s)};
	}
	l->end_s = l->segments[l->n_segments - 1].start_s + duration_s / (1 + l->speed_ppm * 1e-6);
	if (l->n_clock > 0)
		l->end_s += l->clock[l->n_clock - 1].shift_s;
}

static struct as_stitch_clip clip_of(const struct layout *l, const char *const *parts, int stream,
				     int64_t frames, double rate_hz, int channels)
{
	return (struct as_stitch_clip){.parts = parts,
				       .n_parts = 1,
				       .stream_index = stream,
				       .frames = frames,
				       .rate_hz = rate_hz,
				       .channels = channels,
				       .speed_ppm = l->speed_ppm,
				       .clock = l->clock,
				       .n_clock = l->n_clock,
				       .segments = l->segments,
				       .n_segments = l->n_segments};
}

/* ---- names ---- */

static const struct name_row {
	const char *extension, *name;
	enum as_audio_format format;
} names[] = {{"wav", "wav", AS_AUDIO_WAV},    {"wave", "wav", AS_AUDIO_WAV}, {"bwf", "wav", AS_AUDIO_WAV},
	     {"aiff", "aiff", AS_AUDIO_AIFF}, {"aif", "aiff", AS_AUDIO_AIFF}, {"flac", "flac", AS_AUDIO_FLAC},
	     {"mp3", "mp3", AS_AUDIO_MP3}};

static const struct name_row *find_name(const char *output)
{
	const char *dot = strrchr(as_path_base(output), '.');
	for (size_t i = 0; dot != NULL && i < sizeof names / sizeof *names; i++) {
		if (strcasecmp(dot + 1, names[i].extension) == 0)
			return &names[i];
	}
	return NULL;
}

const char *as_drift_output_format(const char *output)
{
	const struct name_row *row = find_name(output);
	if (as_mux_container_of(output) != AS_MUX_NONE)
		return "picture";
	return row != NULL ? row->name : NULL;
}

enum as_status as_drift_format(const struct as_session *s, const char *output,
			       enum as_audio_format *format, enum as_mux_container *container,
			       struct as_error *err)
{
	const struct name_row *row = find_name(output);
	*format = row != NULL ? row->format : as_engine_audio_format(s);
	*container = as_mux_container_of(output);
	if (strcmp(output, "-") == 0)
		return as_fail(err, AS_ERR_INVALID,
			       "-o -: the repaired file needs a name, not standard output (./- is a file of that name)");
	if (*container != AS_MUX_NONE || row != NULL || strrchr(as_path_base(output), '.') == NULL)
		return AS_OK;
	return as_fail(err, AS_ERR_INVALID,
		       "%s: no format is called so: .wav, .aiff, .flac or .mp3 for sound, .mov, .mp4 or .mkv "
		       "for a picture with its sound (AVI, MXF and MPEG-TS are read, but written as one of these)",
		       output);
}

/* ---- sound alone ---- */

struct watch {
	struct as_session *s;
};

static bool on_progress(void *ctx, int64_t done, int64_t total)
{
	struct as_session *s = ((struct watch *)ctx)->s;
	pthread_mutex_lock(&s->lock);
	s->done = done;
	s->total = total;
	s->generation++;
	pthread_mutex_unlock(&s->lock);
	as_engine_emit_progress(s, done, total);
	return !atomic_load(&s->cancel);
}

static int rate_of(const struct as_session *s, double native_hz)
{
	int rate_hz = (int)as_options_int(s->opt, "export.sample_rate_hz");
	return rate_hz > 0 ? rate_hz : (int)lround(native_hz);
}

static int64_t frames_of(double seconds, int rate_hz)
{
	return (int64_t)ceil(seconds * rate_hz - 1e-6);
}

static enum as_status write_sound(struct as_session *s, enum as_audio_format format,
				  const struct layout *l, const atomic_bool *cancel,
				  struct as_error *err)
{
	struct drift_run *r = &s->drift;
	const struct session_clip *c = &s->clips[r->clips[1]];
	const struct session_file *f = &s->files[c->files[0]];
	const struct clip_sound *a = &c->load.sound;
	const char *parts[1] = {f->path};
	struct as_stitch_clip clip =
		clip_of(l, parts, a->stream_index, a->frames, a->rate_hz, a->channels);
	struct as_stitch_job job = {.path = r->output,
				    .force = r->force,
				    .clips = &clip,
				    .n_clips = 1,
				    .declick_s = as_options_real(s->opt, "export.declick_ms") / 1000};
	struct as_stitch_report report = {0};
	struct watch w = {s};
	int depth = (int)as_options_int(s->opt, "export.bit_depth"), own = as_engine_source_depth(a);
	job.spec = (struct as_encode_spec){
		.format = format,
		.rate_hz = rate_of(s, a->rate_hz),
		.channels = a->channels,
		.bit_depth = depth > 0 ? depth : own,
		.bitrate_kbps = (int)as_options_int(s->opt, "export.bitrate_kbps"),
		.dither = as_options_bool(s->opt, "export.dither") && depth > 0 && depth < own,
		.time_reference_s = f->info.start_tc_s,
		.title = as_path_base(f->path),
		.originator = "audiosync"};
	if (format == AS_AUDIO_MP3)
		job.spec.rate_hz = as_engine_mp3_rate(job.spec.rate_hz);
	job.spec.total_frames = frames_of(l->end_s, job.spec.rate_hz);
	enum as_status status = as_stitch_track(&job, cancel, on_progress, &w, &report, err);
	if (status != AS_OK)
		return status;
	if (report.clipped > 0)
		as_engine_warn_limited(s, r->output, report.clipped, report.peak);
	if (f->info.n_streams > 1)
		as_engine_warn(s, "%s: one of %d sound streams was written; .mov and .mkv take all",
			       as_path_base(f->path), f->info.n_streams);
	r->rate_hz = job.spec.rate_hz;
	r->channels = job.spec.channels;
	r->output_s = (double)job.spec.total_frames / job.spec.rate_hz;
	return AS_OK;
}

/* ---- all streams of sound, with the picture if there is one ---- */

/* One stream of sound on its way. */
struct stream {
	struct as_stitch_clip clip;
	struct as_stitch_job job;
	struct as_stitcher *stitcher;
};

static enum as_status on_read(void *ctx, const float **pcm, int64_t *n, struct as_error *err)
{
	return as_stitcher_read(((struct stream *)ctx)->stitcher, pcm, n, err);
}

/* Only the stream that was analysed has a known length. */
static enum as_status count_frames(const char *path, int stream, const atomic_bool *cancel,
				   struct as_decode_format *format, int64_t *frames,
				   struct as_error *err)
{
	struct as_decoder *d = as_decoder_open(path, stream, cancel, err);
	enum as_status status = AS_OK;
	if (d == NULL)
		return atomic_load(cancel) ? AS_CANCELLED : AS_ERR_FORMAT;
	*format = *as_decoder_format(d);
	*frames = 0;
	while (status == AS_OK) {
		const float *pcm;
		int n = 0;
		status = as_decoder_read(d, &pcm, &n, err);
		*frames += status == AS_OK ? n : 0;
	}
	as_decoder_close(d);
	return status == AS_EOF ? AS_OK : status;
}

struct film {
	struct stream streams[AS_MUX_SOUNDS_MAX];
	struct as_mux_sound sounds[AS_MUX_SOUNDS_MAX];
	struct layout layout;
	const char *parts[1];
	int n;
};

/* Where the stream's own sound begins beside the picture, the corrected one begins, too. */
static enum as_status add_stream(struct as_session *s, struct film *m, int stream,
				 const struct layout *l, const atomic_bool *cancel,
				 struct as_error *err)
{
	struct drift_run *r = &s->drift;
	const struct clip_sound *a = &s->clips[r->clips[1]].load.sound;
	struct as_decode_format format = {.rate_hz = a->rate_hz,
					  .channels = a->channels,
					  .bits = a->bits,
					  .is_float = a->is_float};
	struct stream *t = &m->streams[m->n];
	struct as_mux_look look;
	int64_t frames = a->frames;
	enum as_status status = as_mux_look(m->parts[0], stream, cancel, &look, err);
	if (status == AS_OK && stream != a->stream_index)
		status = count_frames(m->parts[0], stream, cancel, &format, &frames, err);
	if (status != AS_OK)
		return status;
	if (m->n == 0) {
		m->layout = *l;
		for (int i = 0; i < m->layout.n_segments; i++)
			m->layout.segments[i].start_s += look.sound_start_s;
	}
	t->clip = clip_of(&m->layout, m->parts, stream, frames, format.rate_hz, format.channels);
	t->job = (struct as_stitch_job){.path = r->output,
					.clips = &t->clip,
					.n_clips = 1,
					.declick_s = as_options_real(s->opt, "export.declick_ms") / 1000};
	t->job.spec.rate_hz = rate_of(s, format.rate_hz);
	t->job.spec.channels = format.channels;
	t->job.spec.total_frames = frames_of(l->end_s + look.sound_start_s, t->job.spec.rate_hz);
	if (!(t->stitcher = as_stitcher_open(&t->job, cancel, err)))
		return err->status;
	m->sounds[m->n++] = (struct as_mux_sound){.rate_hz = t->job.spec.rate_hz,
						  .channels = format.channels,
						  .is_float = format.is_float && format.bits > 0,
						  .total_frames = t->job.spec.total_frames,
						  .instead_of = stream,
						  .read = on_read,
						  .ctx = t};
	return AS_OK;
}

static enum as_status write_film(struct as_session *s, const struct layout *l,
				 const atomic_bool *cancel, struct as_error *err)
{
	struct drift_run *r = &s->drift;
	const struct session_file *f = &s->files[s->clips[r->clips[1]].files[0]];
	struct as_mux_report report = {0};
	struct watch w = {s};
	enum as_status status = AS_OK;
	struct film *m = calloc(1, sizeof *m);
	if (m == NULL)
		return as_fail(err, AS_ERR_MEMORY, "%s: out of memory", r->output);
	m->parts[0] = f->path;
	if (f->info.n_streams > AS_MUX_SOUNDS_MAX)
		status = as_fail(err, AS_ERR_INVALID, "%s: more than %d sound streams", f->path,
				 AS_MUX_SOUNDS_MAX);
	for (int i = 0; i < f->info.n_streams && status == AS_OK; i++)
		status = add_stream(s, m, f->info.streams[i].index, l, cancel, err);
	struct as_mux_job job = {.source = f->path,
				 .path = r->output,
				 .force = r->force,
				 .codec = as_engine_mux_codec(s),
				 .sounds = m->sounds,
				 .n_sounds = m->n,
				 .new_default = true};
	if (status == AS_OK)
		status = as_mux_write(&job, cancel, on_progress, &w, &report, err);
	if (status == AS_OK) {
		if (report.clipped > 0)
			as_engine_warn_limited(s, r->output, report.clipped, NAN);
		r->rate_hz = m->sounds[0].rate_hz;
		r->channels = m->sounds[0].channels;
		r->output_s = (double)m->sounds[0].total_frames / r->rate_hz;
		r->has_picture = f->info.has_video;
		r->all_streams = true;
		as_engine_tell_left_out(s, r->output, &report);
	}
	for (int i = 0; i < m->n; i++)
		as_stitcher_close(m->streams[i].stitcher, NULL);
	free(m);
	return status;
}

enum as_status as_drift_write(struct as_session *s, const atomic_bool *cancel, struct as_error *err)
{
	struct drift_run *r = &s->drift;
	struct layout l;
	enum as_audio_format format;
	enum as_mux_container container;
	enum as_status status = as_drift_format(s, r->output, &format, &container, err);
	if (status != AS_OK)
		return status;
	lay_out(r, as_engine_clip_s(s, r->clips[1]), &l);
	if (container == AS_MUX_NONE)
		return write_sound(s, format, &l, cancel, err);
	return write_film(s, &l, cancel, err);
}
