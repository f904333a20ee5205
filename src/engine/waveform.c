#include "engine/waveform.h"

#include <stdatomic.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "dsp/peaks.h"
#include "engine/session_private.h"

struct as_wave {
	atomic_int holders;
	struct as_blob blob;
	struct as_peaks peaks;
};

/* Takes the blob. */
static struct as_wave *open_wave(struct as_blob *blob)
{
	struct as_wave *w = calloc(1, sizeof *w);
	if (!w || !as_peaks_open(&w->peaks, blob->data, blob->bytes)) {
		as_blob_close(blob);
		free(w);
		return NULL;
	}
	w->blob = *blob;
	atomic_store(&w->holders, 1);
	return w;
}

void as_wave_drop(struct as_wave *w)
{
	if (!w || atomic_fetch_sub(&w->holders, 1) > 1)
		return;
	as_blob_close(&w->blob);
	free(w);
}

static void wave_key(const char *signal_key, char key[65])
{
	char kind[64];
	snprintf(kind, sizeof kind, "waveform %d", AS_PEAKS_VERSION);
	as_cache_key_of_kind(signal_key, kind, key);
}

struct as_wave *as_wave_recall(const struct as_session *s, const char *key)
{
	struct as_blob blob;
	char own[65];
	wave_key(key, own);
	if (!s->cache || as_cache_get(s->cache, own, s->tmp_dir, &blob, NULL) != AS_OK)
		return NULL;
	return open_wave(&blob);
}

/* ---- making ---- */

struct wave_maker {
	struct as_cache_writer *writer;
	struct as_peaks_maker *peaks;
	bool failed;
};

static bool on_peaks(void *ctx, const void *data, size_t bytes)
{
	struct wave_maker *m = ctx;
	return as_cache_write(m->writer, data, bytes, NULL) == AS_OK;
}

struct wave_maker *as_wave_begin(const struct as_session *s, const char *key)
{
	char own[65];
	if (!key || !(s->cache || atomic_load(&s->waves_wanted)))
		return NULL;
	struct wave_maker *m = calloc(1, sizeof *m);
	wave_key(key, own);
	if (m && (m->writer = as_cache_begin(s->cache, own, s->tmp_dir, NULL)) != NULL &&
	    (m->peaks = as_peaks_maker_new(on_peaks, m)) != NULL)
		return m;
	as_wave_abort(m);
	return NULL;
}

void as_wave_feed(struct wave_maker *m, const float *v, int n)
{
	if (m && !m->failed)
		m->failed = !as_peaks_maker_feed(m->peaks, v, n);
}

struct as_wave *as_wave_end(struct wave_maker *m, bool open)
{
	struct as_blob blob = {0};
	bool ok = m && !m->failed && as_peaks_maker_end(m->peaks);
	if (ok) {
		ok = as_cache_end(m->writer, open ? &blob : NULL, NULL) == AS_OK;
		m->writer = NULL;
	}
	as_wave_abort(m);
	return ok && open ? open_wave(&blob) : NULL;
}

void as_wave_abort(struct wave_maker *m)
{
	if (!m)
		return;
	as_cache_abort(m->writer);
	as_peaks_maker_free(m->peaks);
	free(m);
}

/* ---- fetching ----
 *
 * A job takes a copy of what it needs, since it is no part of a run: the session may change under it. Each that ends submits the
 * next, so that never more wait than there are threads. */

struct wave_job {
	struct as_job job; /* first: the pool frees it */
	struct clip_files files;
	struct as_wave *wave;
};

static bool on_sound(void *ctx, const float *v, int n)
{
	struct wave_maker *m = ctx;
	as_wave_feed(m, v, n);
	return !m->failed;
}

static enum as_status fetch_run(struct as_job *job, struct as_error *err)
{
	struct wave_job *j = (struct wave_job *)job;
	const struct as_session *s = job->owner;
	struct clip_sound sound;
	char key[65];
	enum as_status status = as_engine_clip_key(&j->files, key, err);
	if (status != AS_OK || (j->wave = as_wave_recall(s, key)) != NULL)
		return status;
	struct wave_maker *m = as_wave_begin(s, key);
	if (!m)
		return as_fail(err, AS_ERR_MEMORY, "waveform: out of memory");
	status = as_engine_read_files(&j->files, job->cancel, on_sound, m, NULL, NULL, &sound, NULL, err);
	if (status == AS_OK)
		j->wave = as_wave_end(m, true);
	else
		as_wave_abort(m);
	return status;
}

static bool same_files(const struct as_session *s, const struct session_clip *c, const struct clip_files *files)
{
	bool same = c->n_files == files->n;
	for (int i = 0; same && i < files->n; i++)
		same = strcmp(s->files[c->files[i]].path, files->v[i].path) == 0;
	return same;
}

/* The clip that is made of these files now, or -1. With the lock. */
static int find_clip(const struct as_session *s, const struct clip_files *files)
{
	for (int i = 0; i < s->n_clips; i++) {
		if (same_files(s, &s->clips[i], files))
			return i;
	}
	return -1;
}

static void fetch(struct as_session *s, bool resume);

static void fetch_done(struct as_job *job, enum as_status status, const struct as_error *err)
{
	struct wave_job *j = (struct wave_job *)job;
	struct as_session *s = job->owner;
	struct as_wave *wave = j->wave;
	(void)err; /* there is no waveform; what is wrong with the file tells whoever needs its sound */
	pthread_mutex_lock(&s->lock);
	int clip = find_clip(s, &j->files);
	struct clip_load *l = clip >= 0 ? &s->clips[clip].load : NULL;
	bool takes = l && wave && !l->wave && s->clips[clip].state == AS_CLIP_READY;
	if (takes) {
		l->wave = wave;
		wave = NULL;
		s->generation++;
	}
	if (l && status == AS_CANCELLED)
		l->wave_tried = false;
	s->n_wave_jobs--;
	pthread_mutex_unlock(&s->lock);
	as_wave_drop(wave);
	as_engine_clip_files_done(&j->files);
	if (takes)
		as_engine_emit(s, AS_EVENT_CLIP, clip);
	fetch(s, false);
}

/* A job for the next clip that lacks one, or NULL. With the lock. */
static struct as_job *next_job(struct as_session *s)
{
	for (int i = 0; i < s->n_clips; i++) {
		struct session_clip *c = &s->clips[i];
		if (c->state != AS_CLIP_READY || c->load.wave || c->load.wave_tried ||
		    as_engine_media_of(s, c) != AS_CLIP_MEDIA_PRESENT)
			continue;
		struct wave_job *j = calloc(1, sizeof *j);
		if (!j || !as_engine_clip_files(s, i, &j->files)) {
			free(j);
			return NULL;
		}
		j->job = (struct as_job){.run = fetch_run,
					 .done = fetch_done,
					 .owner = s,
					 .id = i,
					 .cancel = &s->waves_stop};
		c->load.wave_tried = true;
		return &j->job;
	}
	return NULL;
}

/* resume: what stopped it is over. */
static void fetch(struct as_session *s, bool resume)
{
	struct as_job *first = NULL, *job;
	if (!atomic_load(&s->waves_wanted))
		return;
	pthread_mutex_lock(&s->lock);
	if (!s->busy && !s->closing && (resume || !atomic_load(&s->waves_stop))) {
		atomic_store(&s->waves_stop, false);
		while (s->n_wave_jobs < as_pool_threads(s->pool) && (job = next_job(s)) != NULL) {
			job->next = first;
			first = job;
			s->n_wave_jobs++;
		}
	}
	pthread_mutex_unlock(&s->lock);
	while (first) {
		struct as_job *next = first->next;
		as_pool_submit(s->pool, first);
		first = next;
	}
}

void as_engine_fetch_waves(struct as_session *s)
{
	fetch(s, true);
}

void as_session_want_waveforms(struct as_session *s)
{
	atomic_store(&s->waves_wanted, true);
	fetch(s, true);
}

/* ---- drawing ---- */

bool as_session_waveform(struct as_session *s, int clip, double from_s, double step_s, int n,
			 struct as_waveform_column *out)
{
	struct as_wave *w = NULL;
	pthread_mutex_lock(&s->lock);
	if (clip >= 0 && clip < s->n_clips && (w = s->clips[clip].load.wave) != NULL)
		atomic_fetch_add(&w->holders, 1);
	pthread_mutex_unlock(&s->lock);
	const struct as_peaks none = {0};
	as_peaks_draw(w ? &w->peaks : &none, from_s * AS_ANALYSIS_RATE_HZ, step_s * AS_ANALYSIS_RATE_HZ, n, out);
	as_wave_drop(w);
	return w != NULL;
}

bool as_wave_level(const struct as_wave *w, double from_s, double to_s, double *rms, double *peak)
{
	struct as_waveform_column c = {1, -1, 0};
	if (w)
		as_peaks_draw(&w->peaks, from_s * AS_ANALYSIS_RATE_HZ, (to_s - from_s) * AS_ANALYSIS_RATE_HZ, 1, &c);
	*rms = (double)c.rms;
	*peak = (double)(-c.lo > c.hi ? -c.lo : c.hi);
	return c.lo <= c.hi;
}
