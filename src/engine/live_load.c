/* The reference: a recording read once, or a stream that is heard beside the capture. */
#include <math.h>
#include <stdio.h>
#include <string.h>

#include "base/error.h"
#include "base/file.h"
#include "base/log.h"
#include "base/text.h"
#include "base/url_hide.h"
#include "dsp/decimate.h"
#include "engine/live_private.h"
#include "media/load.h"
#include "media/probe.h"
#include "media/sdp.h"

#define CAPTURE_PREFIX "capture:"
#define READ_MS 1000
#define ENOUGH_S 5.0 /* of a download that breaks off */

static void publish(struct as_live *l, struct as_reference *r, struct live_fifo *f)
{
	pthread_mutex_lock(&l->lock);
	l->reference = r;
	l->fifo = f;
	pthread_cond_broadcast(&l->changed);
	as_live_wake(l);
	pthread_mutex_unlock(&l->lock);
}

/* ---- a recording ---- */

static void *begin_decimator(double in_hz, double out_hz)
{
	return as_decimator_new(in_hz, out_hz);
}

static void run_decimator(void *d, const float *in, int64_t n_in, int64_t *used, float *out, int64_t max_out, int64_t *made)
{
	as_decimator_run(d, in, n_in, used, out, max_out, made);
}

static void end_decimator(void *d)
{
	as_decimator_free(d);
}

static const struct as_load_converter converter = {begin_decimator, run_decimator, end_decimator};

struct feed {
	struct as_live *l;
	struct as_reference *r;
	enum as_status status;
	struct as_error *err;
};

static bool feed(void *ctx, const float *v, int n)
{
	struct feed *f = ctx;
	f->status = as_reference_feed(f->r, v, n, f->err);
	if (as_reference_loaded_s(f->r) > 0)
		as_live_waits(f->l, true, "");
	return f->status == AS_OK;
}

static void find_length(struct as_live *l, const char *path)
{
	struct as_media_info info = {0};
	if (as_media_probe(path, &l->cancel, &info, NULL) != AS_OK)
		return;
	pthread_mutex_lock(&l->lock);
	l->status.reference_s = info.duration_s;
	as_live_wake(l);
	pthread_mutex_unlock(&l->lock);
	as_media_info_done(&info);
}

/* As it is known now. */
static void name_reference(struct as_live *l, const struct as_sound_format *f)
{
	pthread_mutex_lock(&l->lock);
	snprintf(l->status.reference, sizeof l->status.reference, "%s", f->title);
	l->status.reference_s = f->duration_s;
	as_live_wake(l);
	pthread_mutex_unlock(&l->lock);
}

/* broken: AS_OK, or why no more of it came. */
static enum as_status finish_recording(struct as_live *l, struct as_reference *r, const struct as_error *broken, struct as_error *err)
{
	enum as_status status = as_reference_end(r, err);
	if (status != AS_OK)
		return status;
	pthread_mutex_lock(&l->lock);
	/* Of what broke off, the length that was announced is the better one. */
	if (broken->status == AS_OK || !(l->status.reference_s > as_reference_loaded_s(r)))
		l->status.reference_s = as_reference_loaded_s(r);
	l->status.reference_error = *broken;
	as_live_wake(l);
	pthread_mutex_unlock(&l->lock);
	if (broken->status != AS_OK)
		as_log(AS_LOG_DEBUG, "live: %s; what came before is compared with", broken->msg);
	as_live_waits(l, true, "");
	return AS_OK;
}

static enum as_status load_file(struct as_live *l, const char *path, struct as_error *err)
{
	const struct as_load_config cfg = {.stream = -1, .channel = -1, .converter = &converter};
	struct as_load_result result;
	struct as_reference *r = as_reference_new(0, err);
	struct feed f = {l, r, AS_OK, err};
	if (!r)
		return err->status;
	publish(l, r, NULL);
	find_length(l, path);
	enum as_status status = as_media_load(path, &cfg, &l->cancel, feed, NULL, &f, &result, err);
	if (f.status != AS_OK)
		status = f.status;
	if (status != AS_OK)
		return status;
	return finish_recording(l, r, &(struct as_error){0}, err);
}

/* ---- a recording at an address ---- */

static enum as_status feed_mono(void *ctx, const float *v, int64_t n, struct as_error *err)
{
	(void)err;
	feed(ctx, v, (int)n);
	return ((struct feed *)ctx)->status;
}

/* *broken: why it broke off; what has come is good, and better than nothing. */
static enum as_status read_sound(struct as_sound *s, struct live_mono *m, struct as_error *broken, struct as_error *err)
{
	struct as_sound_block b;
	enum as_status status;
	int64_t frames = 0;
	while ((status = as_sound_read(s, READ_MS, &b, err)) == AS_OK) {
		if (b.n_frames > 0 && (status = as_live_mono_feed(m, b.pcm, b.n_frames, err)) != AS_OK)
			return status;
		frames += b.n_frames;
	}
	if (status == AS_ERR_IO && (double)frames >= ENOUGH_S * as_sound_format(s)->rate_hz) {
		*broken = *err;
		status = AS_EOF;
	}
	return status == AS_EOF ? as_live_mono_end(m, err) : status;
}

static enum as_status load_sound(struct as_live *l, struct as_sound *s, struct as_error *err)
{
	const struct as_sound_format *format = as_sound_format(s);
	struct as_reference *r = as_reference_new(0, err);
	struct feed f = {l, r, AS_OK, err};
	struct as_error broken = {0};
	if (!r)
		return err->status;
	publish(l, r, NULL);
	struct live_mono *m = as_live_mono_new(format->rate_hz, format->channels, feed_mono, &f, err);
	enum as_status status = m ? read_sound(s, m, &broken, err) : err->status;
	as_live_mono_free(m);
	return status == AS_OK ? finish_recording(l, r, &broken, err) : status;
}

/* ---- a second capture ---- */

/* Full: what is stored waits, what is live loses its oldest. */
static bool put(struct as_live *l, const float *v, int64_t n)
{
	bool done = false;
	while (!done && !atomic_load(&l->cancel)) {
		pthread_mutex_lock(&l->lock);
		done = as_live_fifo_put(l->fifo, v, n, !l->reference_stored);
		if (done)
			pthread_cond_broadcast(&l->changed);
		pthread_mutex_unlock(&l->lock);
		if (!done)
			as_live_wait(l, 0.05);
	}
	return done;
}

static enum as_status hear(void *ctx, const float *v, int64_t n, struct as_error *err)
{
	struct live_tap *t = ctx;
	struct as_live *l = t->l;
	struct as_meter_time m;
	if (as_live_tap_time(t, &m)) {
		pthread_mutex_lock(&l->lock);
		l->reference_time = m;
		l->reference_timed = true;
		pthread_mutex_unlock(&l->lock);
	}
	while (n > 0) {
		int64_t part = v && n > LIVE_STEP ? LIVE_STEP : n;
		if (!put(l, v, part))
			return as_fail(err, AS_CANCELLED, "stopped");
		v = v ? v + part : NULL;
		n -= part;
	}
	return AS_OK;
}

/* found: the live sound that source is, by fetching; it is taken. NULL: source is a capture. */
static enum as_status follow(struct as_live *l, const char *source, struct as_sound *found, struct as_error *err)
{
	struct live_tap t = {.l = l, .source = source, .pcm = l->pcm, .is_reference = true, .sink = hear, .ctx = &t, .begin_s = NAN};
	t.found = found;
	t.fetch = found ? &l->fetch : NULL;
	as_url_hide(t.label, sizeof t.label, source ? source : "the default sound source");
	struct as_reference *r = as_reference_new(l->keep_s, err);
	struct live_fifo *f = r ? as_live_fifo_new(err) : NULL;
	if (!f) {
		as_reference_free(r);
		as_live_tap_close(&t);
		return AS_ERR_MEMORY;
	}
	publish(l, r, f);
	enum as_status status = AS_OK;
	while (status == AS_OK)
		status = as_live_tap_run(&t, err);
	status = as_live_tap_judge_end(&t, status, err);
	as_live_tap_close(&t);
	as_live_waits(l, true, ""); /* nothing more of it comes */
	pthread_mutex_lock(&l->lock);
	l->reference_ended = true;
	pthread_cond_broadcast(&l->changed);
	pthread_mutex_unlock(&l->lock);
	return status == AS_EOF ? AS_OK : status;
}

static enum as_status load_any(struct as_live *l, const char *what, struct as_error *err)
{
	char text[LIVE_TEXT];
	if (as_file_exists(what) && !as_sdp_is(what)) {
		enum as_status loaded = load_file(l, what, err);
		return loaded == AS_OK ? AS_OK : as_live_blame(true, what, err);
	}
	snprintf(text, sizeof text, "%.200s to be found", l->status.reference);
	as_live_waits(l, true, text);
	struct as_sound *s = as_fetch_open(what, &l->fetch, &l->cancel, err);
	if (!s)
		return as_live_blame(true, what, err);
	name_reference(l, as_sound_format(s));
	if (as_sound_format(s)->live)
		return follow(l, what, s, err);
	snprintf(text, sizeof text, "the download of %.200s", as_sound_format(s)->title);
	as_live_waits(l, true, text);
	enum as_status status = load_sound(l, s, err);
	as_sound_close(s);
	return status;
}

static bool is_capture(const char *reference)
{
	return strncmp(reference, CAPTURE_PREFIX, sizeof CAPTURE_PREFIX - 1) == 0;
}

enum as_status as_live_check_reference(const struct as_live *l, struct as_error *err)
{
	return is_capture(l->reference_arg) ? AS_OK : as_fetch_check(l->reference_arg, err);
}

void *as_live_load(void *ctx)
{
	struct as_live *l = ctx;
	const char *what = l->reference_arg;
	struct as_error err;
	as_error_clear(&err);
	enum as_status status = is_capture(what) ? follow(l, what + sizeof CAPTURE_PREFIX - 1, NULL, &err)
						 : load_any(l, what, &err);
	if (status != AS_OK && !atomic_load(&l->cancel))
		as_live_finish(l, &err);
	return NULL;
}
