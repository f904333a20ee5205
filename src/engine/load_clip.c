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
#define SIGNAL_VERSION 4
#define TAIL_MAGIC UINT64_C(0x6c616e6769535341)

/* The blob: the samples, zeros up to a multiple of 8, the parts, this. It comes last since the end knows
 * it. */
struct signal_tail {
	uint64_t magic;
	int64_t n;
	int64_t frames, damage;
	double rate_hz, level_db, peak_db, active;
	double energy; /* of the samples */
	int32_t stream_index, channels, bits, is_float;
	int64_t n_parts;
};

struct loading {
	struct as_cache_writer *writer;
	struct as_whitener *whitener;
	struct wave_maker *wave; /* or NULL */
	struct as_error error; /* of the sink: what reading calls cancelled is this */
	int64_t delivered;     /* samples that came out of the whitener */
};

void as_engine_load_done(struct clip_load *l)
{
	as_blob_close(&l->blob);
	as_landmarks_done(&l->marks);
	as_wave_drop(l->wave);
	free(l->parts);
	*l = (struct clip_load){0};
}

static bool on_signal(void *ctx, const int8_t *v, int n)
{
	struct loading *l = ctx;
	l->delivered += n;
	return as_cache_write(l->writer, v, (size_t)n, &l->error) == AS_OK;
}

/* False stops the reading; the error then says why. */
static bool on_sound(void *ctx, const float *v, int n)
{
	struct loading *l = ctx;
	as_wave_feed(l->wave, v, n);
	if (as_whitener_feed(l->whitener, v, n))
		return true;
	if (l->error.status == AS_OK)
		as_fail(&l->error, AS_ERR_MEMORY, "analysis: out of memory");
	return false;
}

static enum as_status whiten(struct loading *l, sound_read read, void *ctx, struct clip_sound *sound,
			     struct clip_part *parts, struct as_error *err)
{
	enum as_status status = read(ctx, on_sound, l, sound, parts, err);
	if (status == AS_OK && !as_whitener_end(l->whitener) && l->error.status == AS_OK)
		as_fail(&l->error, AS_ERR_MEMORY, "analysis: out of memory");
	if (l->error.status == AS_OK)
		return status;
	if (err)
		*err = l->error;
	return l->error.status;
}

static enum as_status write_tail(const struct loading *l, const struct clip_sound *a,
				 const struct clip_part *parts, int n_parts, struct as_error *err)
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
				.is_float = a->is_float,
				.n_parts = n_parts};
	enum as_status status = as_cache_write(l->writer, zeros, (size_t)(-l->delivered & 7), err);
	if (status == AS_OK)
		status = as_cache_write(l->writer, parts, (size_t)n_parts * sizeof *parts, err);
	return status == AS_OK ? as_cache_write(l->writer, &t, sizeof t, err) : status;
}

/* Takes a blob apart. The checksum has shown that it is what was written; this shows that it can
 * be used. */
static bool read_blob(struct clip_load *l, int n_parts)
{
	struct signal_tail t;
	const size_t parts = (size_t)n_parts * sizeof *l->parts;
	if (l->blob.bytes < sizeof t + parts)
		return false;
	size_t samples = l->blob.bytes - sizeof t - parts;
	memcpy(&t, (const char *)l->blob.data + samples + parts, sizeof t);
	if (t.magic != TAIL_MAGIC || t.n_parts != n_parts || t.n < 0 || ((uint64_t)t.n + 7) / 8 * 8 != samples ||
	    t.frames < 0 || !(t.rate_hz >= 1 && t.rate_hz <= MAX_RATE_HZ) || t.channels < 1 ||
	    t.channels > MAX_CHANNELS || !(t.active >= 0 && t.active <= 1) ||
	    !(t.energy >= 0 && t.energy <= 128.0 * 128.0 * (double)t.n))
		return false;
	l->parts = malloc(parts);
	if (!l->parts)
		return false;
	memcpy(l->parts, (const char *)l->blob.data + samples, parts);
	for (int i = 0; i < n_parts; i++) {
		if (l->parts[i].frames < 0 || !(fabs(l->parts[i].sound_start_s) <= MAX_START_S))
			return false;
	}
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

enum as_status as_engine_load_sound(const struct as_session *s, const char *key, int n_parts,
				    sound_read read, void *ctx, struct clip_load *out,
				    struct as_error *err)
{
	struct loading l = {0};
	struct clip_sound sound = {0};
	struct clip_part *parts = calloc((size_t)n_parts, sizeof *parts);
	enum as_status status = AS_ERR_MEMORY;
	if (!parts)
		return as_fail(err, AS_ERR_MEMORY, "analysis: out of memory");
	if (!(l.writer = as_cache_begin(key ? s->cache : NULL, key, s->tmp_dir, err))) {
		status = AS_ERR_IO;
		goto out;
	}
	l.wave = as_wave_begin(s, key);
	if (!(l.whitener = as_whitener_new(on_signal, &l))) {
		as_fail(err, AS_ERR_MEMORY, "analysis: out of memory");
		goto out;
	}
	status = whiten(&l, read, ctx, &sound, parts, err);
	if (status != AS_OK)
		goto out;
	sound.active = fmin(1, fmax(0, as_whitener_active(l.whitener)));
	status = write_tail(&l, &sound, parts, n_parts, err);
	if (status != AS_OK)
		goto out;
	status = as_cache_end(l.writer, &out->blob, err);
	l.writer = NULL;
	if (status == AS_OK && !read_blob(out, n_parts))
		status = as_fail(err, AS_ERR_INTERNAL, "analysis: unusable signal");
	if (status == AS_OK)
		out->wave = as_wave_end(l.wave, atomic_load(&s->waves_wanted));
	if (status == AS_OK)
		l.wave = NULL;
out:
	free(parts);
	as_wave_abort(l.wave);
	as_cache_abort(l.writer);
	as_whitener_free(l.whitener);
	return status;
}

struct clip_source {
	const struct clip_files *files;
	const atomic_bool *cancel;
	clip_progress progress;
	void *ctx;
};

static enum as_status read_source(void *ctx, as_load_sink sink, void *sink_ctx,
				  struct clip_sound *sound, struct clip_part *parts,
				  struct as_error *err)
{
	const struct clip_source *c = ctx;
	return as_engine_read_files(c->files, c->cancel, sink, sink_ctx, c->progress, c->ctx, sound,
				    parts, err);
}

/* One key for all parts: each part's kind holds the key of the part before it. */
enum as_status as_engine_clip_key(const struct clip_files *files, char key[65], struct as_error *err)
{
	enum as_status status = AS_OK;
	key[0] = '\0';
	for (int i = 0; i < files->n && status == AS_OK; i++) {
		char kind[160], before[65];
		memcpy(before, key, sizeof before);
		snprintf(kind, sizeof kind,
			 "signal %d whiten %d rate %d stream %d channel %d after %s",
			 SIGNAL_VERSION, AS_WHITEN_VERSION, AS_ANALYSIS_RATE_HZ, files->cfg.stream,
			 files->cfg.channel, before);
		status = as_cache_key(files->v[i].path, kind, key, err);
	}
	return status;
}

void as_engine_recipe(const struct as_session *s, char *out, size_t bytes)
{
	const struct as_load_config cfg = as_engine_load_config(s);
	snprintf(out, bytes, "signal %d whiten %d rate %d stream %d channel %d match %d offset %.9g probes %.9g",
		 SIGNAL_VERSION, AS_WHITEN_VERSION, AS_ANALYSIS_RATE_HZ, cfg.stream, cfg.channel, AS_MATCH_VERSION,
		 s->match_cfg.max_offset_s, s->match_cfg.probe_every_s);
}

static enum as_status load_files(const struct as_session *s, const char *key, const struct clip_source *from,
				 struct clip_load *out, struct as_error *err)
{
	const int n = from->files->n;
	*out = (struct clip_load){0};
	out->cached = s->cache &&
		      as_cache_get(s->cache, key, s->tmp_dir, &out->blob, NULL) == AS_OK &&
		      read_blob(out, n);
	if (out->cached) {
		if (atomic_load(&s->waves_wanted))
			out->wave = as_wave_recall(s, key);
		return AS_OK;
	}
	as_engine_load_done(out);
	return as_engine_load_sound(s, key, n, read_source, (void *)from, out, err);
}

enum as_status as_engine_load_clip(const struct as_session *s, int clip, const atomic_bool *cancel,
				   clip_progress progress, void *ctx, struct clip_load *out,
				   struct as_error *err)
{
	const uint64_t kept = s->clips[clip].keep.key;
	struct clip_files files;
	char key[65] = "", word[17];
	*out = (struct clip_load){0};
	if (!as_engine_clip_files(s, clip, &files))
		return as_fail(err, AS_ERR_MEMORY, "analysis: out of memory");
	const struct clip_source from = {&files, cancel, progress, ctx};
	enum as_status status = as_engine_clip_key(&files, key, err);
	if (status == AS_OK)
		status = load_files(s, key, &from, out, err);
	as_engine_clip_files_done(&files);
	if (status != AS_OK) {
		as_engine_load_done(out);
		return status;
	}
	/* The first 64 bits identify the content within a session. */
	memcpy(word, key, 16);
	word[16] = '\0';
	/* A project's matches know it by the key that it had there, whatever became of the file's times. */
	out->key = kept ? kept : strtoull(word, NULL, 16);
	return AS_OK;
}
