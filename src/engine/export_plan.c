/* Placements -> what to write: one file for each track that has a placed clip, all of one
 * length, or one for each placed clip. */
#include <math.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <strings.h>

#include "base/text.h"
#include "engine/session_private.h"
#include "export/pieces.h"

double as_engine_island_start_s(const struct as_session *s, int island)
{
	double at = 0;
	for (int i = 1; i < island; i++)
		at += s->solution.island_s[i - 1] + s->island_gap_s;
	return at;
}

double as_engine_timeline_s(const struct as_session *s)
{
	int n = s->solution.n_islands;
	return n > 0 ? as_engine_island_start_s(s, n) + s->solution.island_s[n - 1] : 0;
}

static enum as_status no_memory(struct as_error *err)
{
	return as_fail(err, AS_ERR_MEMORY, "export: out of memory");
}

static bool is_placed(const struct as_session *s, int clip)
{
	const struct as_solve_placement *p = &s->solution.placements[clip];
	return p->island > 0 && p->verdict >= AS_VERDICT_MODERATE &&
	       s->clips[clip].state == AS_CLIP_READY;
}

/* What all files of an export have in common. */
struct plan {
	const char *dir;
	enum as_audio_format format;
	int rate_hz;
	int64_t total_frames; /* of the timeline */
	double zero_s;        /* time of day at its beginning, on a frame; NAN where unknown */
	bool per_clip, timed;
	char **names; /* per track or clip */
	int n_names;
};

/* ---- formats ---- */

enum as_audio_format as_engine_audio_format(const struct as_session *s)
{
	static const struct {
		const char *name;
		enum as_audio_format format;
	} formats[] = {{"wav", AS_AUDIO_WAV},
		       {"aiff", AS_AUDIO_AIFF},
		       {"flac", AS_AUDIO_FLAC},
		       {"mp3", AS_AUDIO_MP3}};
	const char *name = as_options_text(s->opt, "export.format");
	for (size_t i = 0; i < sizeof formats / sizeof *formats; i++) {
		if (strcmp(formats[i].name, name) == 0)
			return formats[i].format;
	}
	return AS_AUDIO_WAV;
}

/* MPEG-1 layer III has three rates, and these take every bit rate that the settings offer. */
int as_engine_mp3_rate(int rate_hz)
{
	if (rate_hz <= 32000)
		return 32000;
	return rate_hz <= 44100 || rate_hz % 11025 == 0 ? 44100 : 48000;
}

static int output_rate(const struct as_session *s, enum as_audio_format format)
{
	int rate_hz = (int)as_options_int(s->opt, "export.sample_rate_hz");
	double highest = 0;
	if (rate_hz > 0)
		return rate_hz;
	for (int i = 0; i < s->n_clips; i++) {
		if (is_placed(s, i))
			highest = fmax(highest, s->clips[i].load.sound.rate_hz);
	}
	rate_hz = (int)lround(highest);
	return format == AS_AUDIO_MP3 ? as_engine_mp3_rate(rate_hz) : rate_hz;
}

/* Bits that it takes to keep a source. Lossy codecs decode to float of no particular depth. */
int as_engine_source_depth(const struct clip_sound *a)
{
	if (a->is_float && a->bits > 0)
		return 32;
	if (a->bits <= 0)
		return 24;
	return a->bits <= 16 ? 16 : a->bits <= 24 ? 24 : 32;
}

static bool is_in(const struct as_session *s, const struct session_output *o, int clip)
{
	return s->clips[clip].track == o->track && (o->clip < 0 || o->clip == clip) &&
	       is_placed(s, clip);
}

static struct as_encode_spec output_spec(const struct as_session *s, const struct session_output *o,
					 const struct plan *p)
{
	struct as_encode_spec spec = {.format = p->format,
				      .rate_hz = p->rate_hz,
				      .time_reference_s = p->zero_s,
				      .total_frames = p->total_frames};
	int deepest = 16;
	for (int i = 0; i < s->n_clips; i++) {
		const struct clip_sound *a = &s->clips[i].load.sound;
		if (!is_in(s, o, i))
			continue;
		if (a->channels > spec.channels)
			spec.channels = a->channels;
		if (as_engine_source_depth(a) > deepest)
			deepest = as_engine_source_depth(a);
	}
	spec.bit_depth = (int)as_options_int(s->opt, "export.bit_depth");
	if (spec.bit_depth == 0)
		spec.bit_depth = deepest;
	spec.bitrate_kbps = (int)as_options_int(s->opt, "export.bitrate_kbps");
	/* What was resampled has more bits than its source: at 16 that is to be heard. */
	spec.dither = as_options_bool(s->opt, "export.dither") &&
		      (spec.bit_depth < deepest || spec.bit_depth == 16);
	spec.spare_exact = spec.bit_depth >= deepest;
	return spec;
}

/* Time of day at the timeline's beginning: by the reference track's timecode, else by any
 * other's; else unknown. */
static double time_reference_s(const struct as_session *s)
{
	double any = NAN;
	for (int i = 0; i < s->n_clips; i++) {
		const struct as_solve_placement *p = &s->solution.placements[i];
		if (!is_placed(s, i))
			continue;
		/* Timecode counts from the first picture, which need not be where the sound begins. */
		const struct clip_part *part = s->clips[i].load.parts;
		const struct as_media_info *m = &s->files[s->clips[i].files[0]].info;
		double tc = m->start_tc_s;
		double late = part && isfinite(part->sound_start_s) ? part->sound_start_s - m->picture.start_s : 0;
		double zero = tc + late - p->start_s - as_engine_island_start_s(s, p->island);
		if (isnan(zero))
			continue;
		if (s->clips[i].track == s->solution.reference)
			return zero;
		if (isnan(any))
			any = zero;
	}
	return any;
}

/* ---- plan ---- */

static int by_start(const void *pa, const void *pb)
{
	const struct as_stitch_clip *a = pa, *b = pb;
	double x = a->segments[0].start_s, y = b->segments[0].start_s;
	return x < y ? -1 : x > y ? 1 : strcmp(a->parts[0], b->parts[0]);
}

bool as_engine_plan_source(const struct as_session *s, int clip, struct as_stitch_clip *out)
{
	const struct session_clip *c = &s->clips[clip];
	const struct clip_sound *a = &c->load.sound;
	const char **parts = malloc((size_t)c->n_files * sizeof *parts);
	struct as_stitch_stamp *stamps = malloc((size_t)c->n_files * sizeof *stamps);
	out->parts = parts;
	out->n_parts = c->n_files;
	out->stamps = stamps;
	out->stream_index = a->stream_index;
	out->frames = a->frames;
	out->rate_hz = a->rate_hz;
	out->channels = a->channels;
	if (!parts || !stamps)
		return false;
	for (int i = 0; i < c->n_files; i++) {
		const struct session_file *f = &s->files[c->files[i]];
		parts[i] = f->path;
		stamps[i] = (struct as_stitch_stamp){f->info.size_bytes, f->info.mtime_s};
	}
	return true;
}

static bool plan_clip(const struct as_session *s, int clip, struct as_stitch_clip *out)
{
	const struct as_solve_placement *p = &s->solution.placements[clip];
	const struct clip_sound *a = &s->clips[clip].load.sound;
	bool correct = as_options_bool(s->opt, "export.drift_correction") && isfinite(p->drift_ppm);
	double island_s = as_engine_island_start_s(s, p->island);
	int n = p->n_segments > 0 ? p->n_segments : 1;
	struct as_segment *seg = malloc((size_t)n * sizeof *seg);
	*out = (struct as_stitch_clip){.speed_ppm = correct ? p->drift_ppm : 0,
				       .clock = p->clock,
				       .n_clock = correct ? p->n_clock : 0,
				       .segments = seg,
				       .n_segments = n};
	if (!as_engine_plan_source(s, clip, out) || !seg)
		return false;
	seg[0] = (struct as_segment){0, (double)a->frames / a->rate_hz, p->start_s};
	for (int i = 0; i < n; i++) {
		if (p->n_segments > 0)
			seg[i] = p->segments[i];
		seg[i].start_s += island_s;
	}
	return true;
}

/* A clip alone: its file begins with its first frame, which BWF's TimeReference puts in its place. Where no time of
 * day is known that counts from the beginning of the timeline. */
static enum as_status cut_to_clip(struct session_output *o, struct as_error *err)
{
	struct as_stitch_clip *c = &o->clips[0];
	int64_t end;
	const double rate_hz = o->spec.rate_hz, zero_s = o->spec.time_reference_s;
	enum as_status status = as_pieces_span(c, o->spec.rate_hz, &o->begin, &end, err);
	if (status != AS_OK)
		return status;
	for (int i = 0; i < c->n_segments; i++)
		((struct as_segment *)c->segments)[i].start_s -= (double)o->begin / rate_hz;
	o->spec.total_frames = end > o->begin ? end - o->begin : 0;
	o->spec.time_reference_s = (isnan(zero_s) ? 0 : zero_s) + (double)o->begin / rate_hz;
	return AS_OK;
}

/* The file of a track, or of one of its clips; none where nothing of it is placed. */
static enum as_status plan_output(struct as_session *s, const struct plan *p, int track, int clip,
				  struct as_error *err)
{
	int n = 0;
	struct session_output *o = &s->outputs[s->n_outputs];
	*o = (struct session_output){.track = track, .clip = clip};
	for (int i = 0; i < s->n_clips; i++)
		n += is_in(s, o, i);
	if (n == 0)
		return AS_OK;
	/* Counted at once, so that dropping the outputs frees what there is. */
	s->n_outputs++;
	o->clips = calloc((size_t)n, sizeof *o->clips);
	o->path = as_path_join(p->dir, p->names[clip >= 0 ? clip : track]);
	if (!o->clips || !o->path)
		return no_memory(err);
	for (int i = 0; i < s->n_clips; i++) {
		if (is_in(s, o, i) && !plan_clip(s, i, &o->clips[o->n_clips++]))
			return no_memory(err);
	}
	qsort(o->clips, (size_t)o->n_clips, sizeof *o->clips, by_start);
	o->spec = output_spec(s, o, p);
	enum as_status status = p->timed ? cut_to_clip(o, err) : AS_OK;
	if (status == AS_OK && !as_engine_tag_output(s, o))
		status = no_memory(err);
	return status == AS_OK ? as_encode_check(o->path, &o->spec, err) : status;
}

static bool is_usable(const struct as_session *s, int track)
{
	for (int i = 0; i < s->n_clips; i++) {
		if (s->clips[i].track == track && s->clips[i].state != AS_CLIP_FAILED)
			return true;
	}
	return false;
}

/* Channels that a clip has whichever of its streams turns out to be the one in use; 0 where nothing is known. */
static int fewest_channels(const struct as_session *s, const struct session_clip *c)
{
	const struct session_file *f = &s->files[c->files[0]];
	const int asked = as_engine_load_config(s).stream;
	int fewest = 0;
	if (c->state == AS_CLIP_READY)
		return c->load.sound.channels;
	for (int i = 0; f->state == AS_CLIP_PROBED && i < f->info.n_streams; i++) {
		const struct as_media_stream *st = &f->info.streams[i];
		if (asked >= 0 ? i == asked : !st->timecode && (fewest == 0 || st->channels < fewest))
			fewest = st->channels;
	}
	return fewest;
}

/* What a format cannot hold is known before the sound is: more channels than it has, say. */
static enum as_status check_early(const struct as_session *s, const struct session_output *o,
				  enum as_audio_format format, struct as_error *err)
{
	struct as_encode_spec spec = {.format = format,
				      .rate_hz = 48000,
				      .channels = 1,
				      .bit_depth = 16,
				      .bitrate_kbps = (int)as_options_int(s->opt, "export.bitrate_kbps"),
				      .time_reference_s = NAN};
	for (int i = 0; i < s->n_clips && !s->solved; i++) {
		int n = fewest_channels(s, &s->clips[i]);
		if (s->clips[i].track == o->track && (o->clip < 0 || o->clip == i) && n > spec.channels)
			spec.channels = n;
	}
	return as_encode_check(o->path, &spec, err);
}

static enum as_status begin_plan(struct as_session *s, const char *dir, struct plan *p,
				 struct as_error *err)
{
	const char *how = as_options_text(s->opt, "export.per_clip");
	*p = (struct plan){.dir = dir,
			   .format = as_engine_audio_format(s),
			   .per_clip = strcmp(how, "off") != 0,
			   .timed = strcmp(how, "timed") == 0};
	p->n_names = p->per_clip ? s->n_clips : s->n_tracks;
	p->names = as_engine_output_names(s, p->per_clip, as_audio_extension(p->format));
	s->outputs = calloc((size_t)p->n_names + 1, sizeof *s->outputs);
	return p->names && s->outputs ? AS_OK : no_memory(err);
}

enum as_status as_engine_plan_paths(struct as_session *s, const char *dir, struct as_error *err)
{
	struct plan p;
	enum as_status status = begin_plan(s, dir, &p, err);
	for (int i = 0; i < p.n_names && status == AS_OK; i++) {
		int track = p.per_clip ? s->clips[i].track : i;
		if (p.per_clip ? s->clips[i].state == AS_CLIP_FAILED : !is_usable(s, track))
			continue;
		char *path = as_path_join(dir, p.names[i]);
		if (!path) {
			status = no_memory(err);
			continue;
		}
		struct session_output *o = &s->outputs[s->n_outputs++];
		*o = (struct session_output){.track = track, .clip = p.per_clip ? i : -1, .path = path};
		status = check_early(s, o, p.format, err);
	}
	as_engine_drop_names(p.names, p.n_names);
	return status == AS_OK ? as_engine_plan_mux_paths(s, dir, err) : status;
}

enum as_status as_engine_plan(struct as_session *s, const char *dir, struct as_error *err)
{
	struct plan p;
	enum as_status status = begin_plan(s, dir, &p, err);
	if (status != AS_OK)
		goto out;
	p.rate_hz = output_rate(s, p.format);
	if (p.rate_hz == 0) {
		status = as_fail(err, AS_ERR_INVALID,
				 "%s: nothing to write: no recording could be placed", dir);
		goto out;
	}
	/* A hair less than the product, so that rounding in it does not add a frame. */
	p.total_frames = (int64_t)ceil(as_engine_timeline_s(s) * p.rate_hz - 1e-6);
	/* On a frame, so that the times of day of several files differ by what they are apart. */
	p.zero_s = rint(time_reference_s(s) * p.rate_hz) / p.rate_hz;
	for (int i = 0; i < p.n_names && status == AS_OK; i++)
		status = p.per_clip ? plan_output(s, &p, s->clips[i].track, i, err)
				    : plan_output(s, &p, i, -1, err);
out:
	as_engine_drop_names(p.names, p.n_names);
	return status == AS_OK ? as_engine_plan_mux(s, dir, err) : status;
}
