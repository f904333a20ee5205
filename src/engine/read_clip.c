/* A clip's files, one after the other -> the sound that the analysis works on. */
#include <math.h>
#include <stdlib.h>
#include <string.h>

#include "dsp/decimate.h"
#include "engine/session_private.h"
#include "media/load.h"

struct reading {
	as_load_sink sink;
	void *sink_ctx;
	int64_t fed;   /* samples given to the sink */
	int64_t skip;  /* samples of the next part that the last one already covers */
	double base_s; /* decoded before this part */
	double energy; /* sum of power times frames, for the level */
	clip_progress progress;
	void *ctx;
};

static bool feed(struct reading *r, const float *v, int n)
{
	r->fed += n;
	return r->sink(r->sink_ctx, v, n);
}

static bool on_sound(void *ctx, const float *v, int n)
{
	struct reading *r = ctx;
	int drop = r->skip < n ? (int)r->skip : n;
	r->skip -= drop;
	return drop == n || feed(r, v + drop, n - drop);
}

static void on_progress(void *ctx, double decoded_s)
{
	struct reading *r = ctx;
	if (r->progress)
		r->progress(r->ctx, r->base_s + decoded_s);
}

/* Between two parts: the next one begins at frames / rate exactly, to half an analysis sample
 * that does not add up. */
static bool align(struct reading *r, const struct clip_sound *sound)
{
	static const float zeros[256];
	int64_t target = llround((double)sound->frames * AS_ANALYSIS_RATE_HZ / sound->rate_hz);
	while (r->fed < target) {
		int64_t n = target - r->fed;
		if (!feed(r, zeros, n < 256 ? (int)n : 256))
			return false;
	}
	r->skip = r->fed - target;
	return true;
}

/* dsp and media do not know each other. */
static void *decimation_begin(double in_hz, double out_hz)
{
	return as_decimator_new(in_hz, out_hz);
}

static void decimation_run(void *d, const float *in, int64_t n_in, int64_t *used, float *out,
			   int64_t max_out, int64_t *made)
{
	as_decimator_run(d, in, n_in, used, out, max_out, made);
}

static void decimation_end(void *d)
{
	as_decimator_free(d);
}

static const struct as_load_converter decimation = {decimation_begin, decimation_run,
						    decimation_end};

struct as_load_config as_engine_load_config(const struct as_session *s)
{
	return (struct as_load_config){.stream = (int)as_options_int(s->opt, "analysis.stream"),
				       .channel = (int)as_options_int(s->opt, "analysis.channel"),
				       .converter = &decimation};
}

/* as_media_load takes the ordinal of an audio stream, and tells the index in the container. */
static int ordinal_of(const struct clip_file *f, int stream_index)
{
	for (int i = 0; i < f->n_streams; i++) {
		if (f->streams[i] == stream_index)
			return i;
	}
	return -1;
}

static enum as_status add_part(struct reading *l, const char *path, const struct as_load_result *r,
			       struct clip_sound *sound, bool first, struct as_error *err)
{
	const struct as_decode_format *f = &r->format;
	if (!(f->rate_hz >= 1 && f->rate_hz <= MAX_RATE_HZ) || f->channels < 1 ||
	    f->channels > MAX_CHANNELS || r->frames < 0)
		return as_fail(err, AS_ERR_FORMAT, "%s: impossible sound format", path);
	if (first)
		*sound = (struct clip_sound){.stream_index = r->stream_index,
					     .channels = f->channels,
					     .bits = f->bits,
					     .is_float = f->is_float,
					     .rate_hz = f->rate_hz,
					     .peak_db = r->peak_db};
	else if (f->rate_hz != sound->rate_hz)
		return as_fail(err, AS_ERR_FORMAT,
			       "%s: another sample rate than the part before it", path);
	sound->frames += r->frames;
	sound->damage += r->damage;
	if (r->peak_db > sound->peak_db)
		sound->peak_db = r->peak_db;
	if (isfinite(r->level_db))
		l->energy += pow(10, r->level_db / 10) * (double)r->frames;
	l->base_s = (double)sound->frames / sound->rate_hz;
	return AS_OK;
}

/* Files say anything. */
static double sane_start(double start_s)
{
	return fabs(start_s) <= MAX_START_S ? start_s : 0;
}

void as_engine_clip_files_done(struct clip_files *f)
{
	for (int i = 0; f->v && i < f->n; i++) {
		free(f->v[i].path);
		free(f->v[i].streams);
	}
	free(f->v);
	*f = (struct clip_files){0};
}

bool as_engine_clip_files(const struct as_session *s, int clip, struct clip_files *out)
{
	const struct session_clip *c = &s->clips[clip];
	bool ok = true;
	*out = (struct clip_files){calloc((size_t)c->n_files + 1, sizeof *out->v), c->n_files,
				   as_engine_load_config(s)};
	for (int i = 0; out->v && ok && i < c->n_files; i++) {
		const struct session_file *f = &s->files[c->files[i]];
		struct clip_file *to = &out->v[i];
		to->path = strdup(f->path);
		to->n_streams = f->info.n_streams;
		to->streams = calloc((size_t)to->n_streams + 1, sizeof *to->streams);
		ok = to->path && to->streams;
		for (int k = 0; ok && k < to->n_streams; k++)
			to->streams[k] = f->info.streams[k].index;
	}
	if (!out->v || !ok)
		as_engine_clip_files_done(out);
	return out->v != NULL;
}

enum as_status as_engine_read_files(const struct clip_files *files, const atomic_bool *cancel,
				    as_load_sink sink, void *sink_ctx, clip_progress progress,
				    void *ctx, struct clip_sound *sound, struct clip_part *parts,
				    struct as_error *err)
{
	struct reading l = {.sink = sink, .sink_ctx = sink_ctx, .progress = progress, .ctx = ctx};
	struct as_load_config cfg = files->cfg;
	*sound = (struct clip_sound){0};
	for (int i = 0; i < files->n; i++) {
		const struct clip_file *f = &files->v[i];
		struct as_load_result r = {0};
		if (i > 0 && !align(&l, sound))
			return as_fail(err, AS_CANCELLED, "stopped");
		enum as_status status =
			as_media_load(f->path, &cfg, cancel, on_sound, on_progress, &l, &r, err);
		if (status == AS_OK)
			status = add_part(&l, f->path, &r, sound, i == 0, err);
		if (status != AS_OK)
			return status;
		if (parts)
			parts[i] = (struct clip_part){r.frames,
						      sane_start(r.format.start_offset_s)};
		cfg.stream = ordinal_of(f, r.stream_index);
	}
	sound->level_db =
		sound->frames > 0 ? 10 * log10(l.energy / (double)sound->frames) : -INFINITY;
	return AS_OK;
}

enum as_status as_engine_read_clip(const struct as_session *s, int clip, const atomic_bool *cancel,
				   as_load_sink sink, void *sink_ctx, clip_progress progress,
				   void *ctx, struct clip_sound *sound, struct clip_part *parts,
				   struct as_error *err)
{
	struct clip_files files;
	if (!as_engine_clip_files(s, clip, &files))
		return as_fail(err, AS_ERR_MEMORY, "analysis: out of memory");
	enum as_status status = as_engine_read_files(&files, cancel, sink, sink_ctx, progress, ctx,
						     sound, parts, err);
	as_engine_clip_files_done(&files);
	return status;
}
