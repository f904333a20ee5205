/* Placements -> what to write: one file for each track that has a placed clip, all of one
 * length. */
#include <math.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <strings.h>

#include "base/text.h"
#include "engine/session_private.h"

#define MAX_NAME_BYTES 200

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

/* ---- names ---- */

/* A track's name as a file's: no folder in it, no control characters, not hidden, not like an
 * option, of sane length. */
static void sanitize(const char *track, char out[MAX_NAME_BYTES + 1])
{
	size_t n = 0;
	for (const char *p = track; *p;) {
		uint32_t cp;
		int k = as_text_decode(p, &cp);
		bool plain = k > 0 && cp >= 0x20 && !(cp >= 0x7f && cp < 0xa0) && cp != '/' &&
			     cp != '\\';
		size_t take = plain ? (size_t)k : 1;
		if (n + take > MAX_NAME_BYTES)
			break;
		if (plain)
			memcpy(out + n, p, take);
		else
			out[n] = '_';
		n += take;
		p += k > 0 ? k : 1;
	}
	out[n] = '\0';
	if (n == 0)
		strcpy(out, "track");
	else if (out[0] == '.' || out[0] == '-')
		out[0] = '_';
}

/* Some file systems do not tell upper from lower case, so that names must differ in more than
 * that. */
static bool is_taken(const struct as_session *s, const char *path)
{
	for (int i = 0; i < s->n_outputs; i++) {
		if (s->outputs[i].path && strcasecmp(s->outputs[i].path, path) == 0)
			return true;
	}
	return false;
}

static char *output_path(const struct as_session *s, const char *dir, int track,
			 const char *extension)
{
	char stem[MAX_NAME_BYTES + 1], name[MAX_NAME_BYTES + 40];
	sanitize(s->tracks[track], stem);
	for (int i = 1;; i++) {
		if (i == 1)
			snprintf(name, sizeof name, "%s.%s", stem, extension);
		else
			snprintf(name, sizeof name, "%s_%d.%s", stem, i, extension);
		char *path = as_path_join(dir, name);
		if (!path || !is_taken(s, path))
			return path;
		free(path);
	}
}

/* ---- formats ---- */

static enum as_audio_format audio_format(const struct as_session *s)
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
static int mp3_rate(int rate_hz)
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
	return format == AS_AUDIO_MP3 ? mp3_rate(rate_hz) : rate_hz;
}

/* Bits that it takes to keep a source. Lossy codecs decode to float of no particular depth. */
static int source_depth(const struct clip_sound *a)
{
	if (a->is_float && a->bits > 0)
		return 32;
	if (a->bits <= 0)
		return 24;
	return a->bits <= 16 ? 16 : a->bits <= 24 ? 24 : 32;
}

static struct as_encode_spec output_spec(const struct as_session *s, const struct session_output *o,
					 int rate_hz, double time_reference_s)
{
	struct as_encode_spec spec = {.format = audio_format(s),
				      .rate_hz = rate_hz,
				      .time_reference_s = time_reference_s};
	int deepest = 16;
	for (int i = 0; i < s->n_clips; i++) {
		const struct clip_sound *a = &s->clips[i].load.sound;
		if (s->clips[i].track != o->track || !is_placed(s, i))
			continue;
		if (a->channels > spec.channels)
			spec.channels = a->channels;
		if (source_depth(a) > deepest)
			deepest = source_depth(a);
	}
	spec.bit_depth = (int)as_options_int(s->opt, "export.bit_depth");
	if (spec.bit_depth == 0)
		spec.bit_depth = deepest;
	spec.bitrate_kbps = (int)as_options_int(s->opt, "export.bitrate_kbps");
	spec.dither = as_options_bool(s->opt, "export.dither") && spec.bit_depth < deepest;
	/* A hair less than the product, so that rounding in it does not add a frame. */
	spec.total_frames = (int64_t)ceil(as_engine_timeline_s(s) * rate_hz - 1e-6);
	spec.title = s->tracks[o->track];
	spec.originator = "audiosync";
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
		double tc = s->files[s->clips[i].files[0]].info.start_tc_s;
		double zero = tc - p->start_s - as_engine_island_start_s(s, p->island);
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

static bool plan_clip(const struct as_session *s, int clip, struct as_stitch_clip *out)
{
	const struct session_clip *c = &s->clips[clip];
	const struct as_solve_placement *p = &s->solution.placements[clip];
	const struct clip_sound *a = &c->load.sound;
	bool correct = as_options_bool(s->opt, "export.drift_correction") && isfinite(p->drift_ppm);
	double island_s = as_engine_island_start_s(s, p->island);
	int n = p->n_segments > 0 ? p->n_segments : 1;
	const char **parts = malloc((size_t)c->n_files * sizeof *parts);
	struct as_segment *seg = malloc((size_t)n * sizeof *seg);
	*out = (struct as_stitch_clip){.parts = parts,
				       .n_parts = c->n_files,
				       .stream_index = a->stream_index,
				       .frames = a->frames,
				       .rate_hz = a->rate_hz,
				       .channels = a->channels,
				       .speed_ppm = correct ? p->drift_ppm : 0,
				       .clock = p->clock,
				       .n_clock = correct ? p->n_clock : 0,
				       .segments = seg,
				       .n_segments = n};
	if (!parts || !seg)
		return false;
	for (int i = 0; i < c->n_files; i++)
		parts[i] = s->files[c->files[i]].path;
	seg[0] = (struct as_segment){0, (double)a->frames / a->rate_hz, p->start_s};
	for (int i = 0; i < n; i++) {
		if (p->n_segments > 0)
			seg[i] = p->segments[i];
		seg[i].start_s += island_s;
	}
	return true;
}

static enum as_status plan_track(struct as_session *s, int track, const char *dir, int rate_hz,
				 double reference_s, struct as_error *err)
{
	int n = 0;
	for (int i = 0; i < s->n_clips; i++)
		n += s->clips[i].track == track && is_placed(s, i);
	if (n == 0)
		return AS_OK;
	struct session_output o = {.track = track, .clips = calloc((size_t)n, sizeof *o.clips)};
	o.path = output_path(s, dir, track, as_audio_extension(audio_format(s)));
	/* Counted at once, so that dropping the outputs frees what there is. */
	s->outputs[s->n_outputs++] = o;
	struct session_output *to = &s->outputs[s->n_outputs - 1];
	if (!o.clips || !o.path)
		return no_memory(err);
	for (int i = 0; i < s->n_clips; i++) {
		if (s->clips[i].track == track && is_placed(s, i) &&
		    !plan_clip(s, i, &to->clips[to->n_clips++]))
			return no_memory(err);
	}
	qsort(to->clips, (size_t)to->n_clips, sizeof *to->clips, by_start);
	to->spec = output_spec(s, to, rate_hz, reference_s);
	return as_encode_check(to->path, &to->spec, err);
}

static bool is_usable(const struct as_session *s, int track)
{
	for (int i = 0; i < s->n_clips; i++) {
		if (s->clips[i].track == track && s->clips[i].state != AS_CLIP_FAILED)
			return true;
	}
	return false;
}

enum as_status as_engine_plan_paths(struct as_session *s, const char *dir, struct as_error *err)
{
	s->outputs = calloc((size_t)s->n_tracks + 1, sizeof *s->outputs);
	if (!s->outputs)
		return no_memory(err);
	for (int t = 0; t < s->n_tracks; t++) {
		if (!is_usable(s, t))
			continue;
		char *path = output_path(s, dir, t, as_audio_extension(audio_format(s)));
		if (!path)
			return no_memory(err);
		s->outputs[s->n_outputs++] = (struct session_output){.track = t, .path = path};
	}
	return AS_OK;
}

enum as_status as_engine_plan(struct as_session *s, const char *dir, struct as_error *err)
{
	enum as_status status = AS_OK;
	int rate_hz = output_rate(s, audio_format(s));
	double reference_s = time_reference_s(s);
	if (rate_hz == 0)
		return as_fail(err, AS_ERR_INVALID,
			       "%s: nothing to write: no recording could be placed", dir);
	s->outputs = calloc((size_t)s->n_tracks, sizeof *s->outputs);
	if (!s->outputs)
		return no_memory(err);
	for (int t = 0; t < s->n_tracks && status == AS_OK; t++)
		status = plan_track(s, t, dir, rate_hz, reference_s, err);
	return status;
}
