/* A clip's files -> its analysis signal: from the cache, or decoded, whitened and put there. */
#include <math.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "dsp/whiten.h"
#include "engine/session_private.h"
#include "media/load.h"

/* Part of the cache key; changes with the layout of the blob and with how the parts of a
 * recording are joined. */
#define SIGNAL_VERSION 2
#define TAIL_MAGIC UINT64_C(0x6c616e6769535341)
#define MAX_RATE_HZ 1e7
#define MAX_CHANNELS 4096

/* The blob: the samples, zeros up to a multiple of 8, this. It comes last since the end knows
 * it. */
struct signal_tail {
	uint64_t magic;
	int64_t n;
	int64_t frames, damage;
	double rate_hz, level_db, peak_db, active;
	double energy; /* of the samples */
	int32_t stream_index, channels, bits, is_float;
};

struct loading {
	struct as_cache_writer *writer;
	struct as_whitener *whitener;
	struct as_error error; /* of the sink: what as_media_load calls cancelled is this */
	int64_t fed;           /* samples given to the whitener */
	int64_t delivered;     /* samples that came out of it */
	int64_t skip;          /* samples of the next part that the last one already covers */
	double base_s;         /* decoded before this part */
	double energy;         /* sum of power times frames, for the level */
	clip_progress progress;
	void *ctx;
};

void as_engine_load_done(struct clip_load *l)
{
	as_blob_close(&l->blob);
	as_landmarks_done(&l->marks);
	*l = (struct clip_load){0};
}

static bool on_signal(void *ctx, const int8_t *v, int n)
{
	struct loading *l = ctx;
	l->delivered += n;
	return as_cache_write(l->writer, v, (size_t)n, &l->error) == AS_OK;
}

static bool feed(struct loading *l, const float *v, int n)
{
	l->fed += n;
	if (as_whitener_feed(l->whitener, v, n))
		return true;
	if (l->error.status == AS_OK)
		as_fail(&l->error, AS_ERR_MEMORY, "analysis: out of memory");
	return false;
}

static bool on_sound(void *ctx, const float *v, int n)
{
	struct loading *l = ctx;
	int drop = l->skip < n ? (int)l->skip : n;
	l->skip -= drop;
	return drop == n || feed(l, v + drop, n - drop);
}

static void on_progress(void *ctx, double decoded_s)
{
	struct loading *l = ctx;
	if (l->progress)
		l->progress(l->ctx, l->base_s + decoded_s);
}

/* Between two parts: the next one begins at frames / rate exactly, to half an analysis sample
 * that does not add up. */
static bool align(struct loading *l, const struct clip_sound *sound)
{
	static const float zeros[256];
	int64_t target = llround((double)sound->frames * AS_ANALYSIS_RATE_HZ / sound->rate_hz);
	while (l->fed < target) {
		int64_t n = target - l->fed;
		if (!feed(l, zeros, n < 256 ? (int)n : 256))
			return false;
	}
	l->skip = l->fed - target;
	return true;
}

/* as_media_load takes the ordinal of an audio stream, and tells the index in the container. */
static int ordinal_of(const struct as_media_info *info, int stream_index)
{
	for (int i = 0; i < info->n_streams; i++) {
		if (info->streams[i].index == stream_index)
			return i;
	}
	return -1;
}

static enum as_status add_part(struct loading *l, const char *path, const struct as_load_result *r,
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

static enum as_status load_parts(struct loading *l, const struct as_session *s,
				 const struct session_clip *c, const struct as_load_config *cfg,
				 const atomic_bool *cancel, struct clip_sound *sound,
				 struct as_error *err)
{
	struct as_load_config part_cfg = *cfg;
	for (int i = 0; i < c->n_files; i++) {
		const struct session_file *f = &s->files[c->files[i]];
		struct as_load_result r = {0};
		enum as_status status;
		if (i > 0 && !align(l, sound))
			goto sink_failed;
		status = as_media_load(f->path, &part_cfg, cancel, on_sound, on_progress, l, &r,
				       err);
		if (l->error.status != AS_OK)
			goto sink_failed;
		if (status == AS_OK)
			status = add_part(l, f->path, &r, sound, i == 0, err);
		if (status != AS_OK)
			return status;
		part_cfg.stream = ordinal_of(&f->info, r.stream_index);
	}
	if (as_whitener_end(l->whitener))
		return AS_OK;
	if (l->error.status == AS_OK)
		as_fail(&l->error, AS_ERR_MEMORY, "analysis: out of memory");
sink_failed:
	if (err)
		*err = l->error;
	return l->error.status;
}

static enum as_status write_tail(const struct loading *l, const struct clip_sound *a,
				 struct as_error *err)
{
	static const char zeros[8];
	struct signal_tail t = {.magic = TAIL_MAGIC,
				.n = l->delivered,
				.frames = a->frames,
				.damage = a->damage,
				.rate_hz = a->rate_hz,
				.level_db = a->level_db,
				.peak_db = a->peak_db,
				.active = a->active,
				.energy = as_whitener_energy(l->whitener),
				.stream_index = a->stream_index,
				.channels = a->channels,
				.bits = a->bits,
				.is_float = a->is_float};
	enum as_status status = as_cache_write(l->writer, zeros, (size_t)(-l->delivered & 7), err);
	return status == AS_OK ? as_cache_write(l->writer, &t, sizeof t, err) : status;
}

/* Takes a blob apart. The checksum has shown that it is what was written; this shows that it can
 * be used. */
static bool read_blob(struct clip_load *l)
{
	struct signal_tail t;
	if (l->blob.bytes < sizeof t)
		return false;
	size_t samples = l->blob.bytes - sizeof t;
	memcpy(&t, (const char *)l->blob.data + samples, sizeof t);
	if (t.magic != TAIL_MAGIC || t.n < 0 || ((uint64_t)t.n + 7) / 8 * 8 != samples ||
	    t.frames < 0 || !(t.rate_hz >= 1 && t.rate_hz <= MAX_RATE_HZ) || t.channels < 1 ||
	    t.channels > MAX_CHANNELS || !(t.active >= 0 && t.active <= 1) ||
	    !(t.energy >= 0 && t.energy <= 128.0 * 128.0 * (double)t.n))
		return false;
	l->sound = (struct clip_sound){.stream_index = t.stream_index,
				       .channels = t.channels,
				       .bits = t.bits,
				       .is_float = t.is_float != 0,
				       .rate_hz = t.rate_hz,
				       .frames = t.frames,
				       .damage = t.damage,
				       .level_db = t.level_db,
				       .peak_db = t.peak_db,
				       .active = t.active};
	l->signal = (struct as_signal){.v = l->blob.data,
				       .n = t.n,
				       .rate_hz = AS_ANALYSIS_RATE_HZ,
				       .energy = t.energy};
	return true;
}

static enum as_status decode(const struct as_session *s, const struct session_clip *c,
			     const char *key, const struct as_load_config *cfg,
			     const atomic_bool *cancel, clip_progress progress, void *ctx,
			     struct clip_load *out, struct as_error *err)
{
	struct loading l = {.progress = progress, .ctx = ctx};
	struct clip_sound sound = {0};
	enum as_status status = AS_ERR_MEMORY;
	if (!(l.writer = as_cache_begin(s->cache, key, s->tmp_dir, err)))
		return AS_ERR_IO;
	if (!(l.whitener = as_whitener_new(on_signal, &l))) {
		as_fail(err, AS_ERR_MEMORY, "analysis: out of memory");
		goto out;
	}
	status = load_parts(&l, s, c, cfg, cancel, &sound, err);
	if (status != AS_OK)
		goto out;
	sound.level_db = sound.frames > 0 ? 10 * log10(l.energy / (double)sound.frames) : -INFINITY;
	sound.active = fmin(1, fmax(0, as_whitener_active(l.whitener)));
	status = write_tail(&l, &sound, err);
	if (status != AS_OK)
		goto out;
	status = as_cache_end(l.writer, &out->blob, err);
	l.writer = NULL;
	if (status == AS_OK && !read_blob(out))
		status = as_fail(err, AS_ERR_INTERNAL, "analysis: unusable signal");
out:
	as_cache_abort(l.writer);
	as_whitener_free(l.whitener);
	return status;
}

/* One key for all parts: each part's kind holds the key of the part before it. */
static enum as_status clip_key(const struct as_session *s, const struct session_clip *c,
			       const struct as_load_config *cfg, char key[65], struct as_error *err)
{
	enum as_status status = AS_OK;
	key[0] = '\0';
	for (int i = 0; i < c->n_files && status == AS_OK; i++) {
		char kind[160], before[65];
		memcpy(before, key, sizeof before);
		snprintf(kind, sizeof kind,
			 "signal %d whiten %d rate %d stream %d channel %d after %s",
			 SIGNAL_VERSION, AS_WHITEN_VERSION, AS_ANALYSIS_RATE_HZ, cfg->stream,
			 cfg->channel, before);
		status = as_cache_key(s->files[c->files[i]].path, kind, key, err);
	}
	return status;
}

enum as_status as_engine_load_clip(const struct as_session *s, int clip, const atomic_bool *cancel,
				   clip_progress progress, void *ctx, struct clip_load *out,
				   struct as_error *err)
{
	const struct session_clip *c = &s->clips[clip];
	const struct as_load_config cfg = {.stream = (int)as_options_int(s->opt, "analysis.stream"),
					   .channel =
						   (int)as_options_int(s->opt, "analysis.channel")};
	char key[65] = "";
	enum as_status status = clip_key(s, c, &cfg, key, err);
	*out = (struct clip_load){0};
	if (status != AS_OK)
		return status;
	out->cached = s->cache && as_cache_get(s->cache, key, &out->blob, NULL) == AS_OK &&
		      read_blob(out);
	if (!out->cached) {
		as_blob_close(&out->blob);
		status = decode(s, c, key, &cfg, cancel, progress, ctx, out, err);
	}
	if (status != AS_OK) {
		as_engine_load_done(out);
		return status;
	}
	/* The first 64 bits identify the content within a session. */
	char word[17];
	memcpy(word, key, 16);
	word[16] = '\0';
	out->key = strtoull(word, NULL, 16);
	return AS_OK;
}
