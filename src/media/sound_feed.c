#include "media/sound_feed.h"

#include <math.h>
#include <pthread.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "base/clock.h"
#include "base/text.h"
#include "base/thread.h"
#include "base/url_hide.h"
#include "media/decode.h"
#include "media/demux.h"
#include "media/playout.h"
#include "media/sdp.h"
#include "media/url.h"

/* Read ahead: 16 MB, which is 40 s of stereo at 48 kHz. */
#define MAX_QUEUED_FLOATS (4 << 20)
/* How often a cancel is looked for. */
#define SLICE_S 0.01
/* How long the thread is waited for at the end: libav looks up every 100 ms. */
#define LINGER_S 0.2
#define LINGER_CANCELLED_S 0.02
#define MIN_PIECES_TIMEOUT_S 30.0
/* A sender that begins anew numbers its packets anew, and libav takes half of such numbers for packets that come too late: it must be opened
 * anew too. */
#define SESSION_TIMEOUT_S 3.0
/* No recording is believed to be longer. */
#define MAX_DURATION_S (24 * 3600.0)

struct block {
	struct block *next;
	struct as_sound_block told;
	int n_floats;
	float pcm[];
};

/* Belongs to the reader and to the thread; who leaves last frees it. */
struct as_feed {
	/* immutable once the thread runs */
	char *url, *sdp, *shown, *user_agent, *referer;
	struct as_demux_url from;
	const atomic_bool *cancel; /* the reader's alone */
	double timeout_s;

	atomic_bool stop;
	pthread_mutex_t lock;
	pthread_cond_t changed;
	/* under lock */
	bool opened, ended, left; /* left: one of the two has gone */
	enum as_status status;    /* why it ended */
	struct as_error error;
	struct as_sound_format format;
	struct block *first, **last;
	int64_t queued_floats;
	double progress_s;        /* when something last came, or would have been taken */

	double read_timeout_s;

	/* the reader's */
	struct block *taken;

	/* the thread's */
	struct as_decoder *decoder;
	struct as_playout playout;
	double held_s;
};

static void free_feed(struct as_feed *f)
{
	while (f->first) {
		struct block *b = f->first;
		f->first = b->next;
		free(b);
	}
	free(f->taken);
	pthread_cond_destroy(&f->changed);
	pthread_mutex_destroy(&f->lock);
	free(f->url);
	free(f->sdp);
	free(f->shown);
	free(f->user_agent);
	free(f->referer);
	free(f);
}

/* ---- the thread ---- */

/* Pieces of many seconds, each at once. */
static bool comes_in_pieces(const struct as_decode_about *about)
{
	return strncmp(about->kind, "hls", 3) == 0 || strncmp(about->kind, "dash", 4) == 0;
}

/* What a session without a name is called: "-" by RFC 8866, "No Name" by FFmpeg. */
static bool is_nameless(const struct as_feed *f, const char *title)
{
	return f->sdp && (title[strspn(title, " -")] == '\0' || strcmp(title, "No Name") == 0);
}

static void set_title(const struct as_feed *f, const struct as_decode_about *about, char *out, size_t out_bytes)
{
	char text[sizeof about->title + sizeof about->artist + 4];
	if (about->title[0] && about->artist[0])
		snprintf(text, sizeof text, "%s - %s", about->artist, about->title);
	else
		snprintf(text, sizeof text, "%s",
			 about->title[0] && !is_nameless(f, about->title) ? about->title
			 : about->station[0] ? about->station
					     : f->shown);
	as_text_escape(out, out_bytes, text);
}

static void learn_format(struct as_feed *f)
{
	struct as_decode_about about;
	as_decoder_about(f->decoder, &about);
	const struct as_decode_format *d = as_decoder_format(f->decoder);
	struct as_sound_format format = {.rate_hz = d->rate_hz, .channels = d->channels, .duration_s = about.duration_s};
	set_title(f, &about, format.title, sizeof format.title);
	if (!(format.duration_s > 0 && format.duration_s <= MAX_DURATION_S) || about.station[0])
		format.duration_s = NAN;
	/* What is stored has an end, or at least a size. */
	bool stored = as_url_is_http(f->url) && !comes_in_pieces(&about) && about.bytes > 0 && !about.station[0];
	format.live = isnan(format.duration_s) && !stored;
	f->playout.rate_hz = format.rate_hz;
	pthread_mutex_lock(&f->lock);
	f->format = format;
	f->read_timeout_s = f->timeout_s;
	if (comes_in_pieces(&about))
		f->read_timeout_s = fmax(f->timeout_s, MIN_PIECES_TIMEOUT_S);
	else if (f->sdp)
		f->read_timeout_s = fmin(f->timeout_s, SESSION_TIMEOUT_S);
	f->opened = true;
	f->progress_s = as_clock_s();
	pthread_cond_broadcast(&f->changed);
	pthread_mutex_unlock(&f->lock);
}

/* Waits for room; false: nobody reads any more. */
static bool push(struct as_feed *f, struct block *b)
{
	pthread_mutex_lock(&f->lock);
	const double from_s = as_clock_s();
	while (f->queued_floats >= MAX_QUEUED_FLOATS && !atomic_load(&f->stop))
		pthread_cond_wait(&f->changed, &f->lock);
	const bool stop = atomic_load(&f->stop);
	f->progress_s = as_clock_s();
	f->held_s += f->progress_s - from_s;
	if (!stop) {
		*f->last = b;
		f->last = &b->next;
		f->queued_floats += b->n_floats;
		pthread_cond_broadcast(&f->changed);
	}
	pthread_mutex_unlock(&f->lock);
	if (stop)
		free(b);
	return !stop;
}

static enum as_status pump(struct as_feed *f, struct as_error *err)
{
	const int channels = f->format.channels;
	const bool live = f->format.live;
	for (;;) {
		const float *pcm;
		int n;
		enum as_status status = as_decoder_read(f->decoder, &pcm, &n, err);
		if (status != AS_OK)
			return status;
		const int n_floats = n * channels;
		struct block *b = malloc(sizeof *b + (size_t)n_floats * sizeof *pcm);
		if (!b)
			return as_fail(err, AS_ERR_MEMORY, "%s: out of memory", f->shown);
		*b = (struct block){.n_floats = n_floats, .told = {.pcm = b->pcm, .n_frames = n, .time_s = NAN}};
		memcpy(b->pcm, pcm, (size_t)n_floats * sizeof *pcm);
		if (live) {
			as_playout_add(&f->playout, n, as_clock_s(), f->held_s, &b->told.frame, &b->told.time_s);
			b->told.gaps = f->playout.gaps;
		} else {
			b->told.frame = f->playout.next;
			f->playout.next += n;
		}
		f->held_s = 0;
		if (!push(f, b))
			return as_fail(err, AS_CANCELLED, "%s: cancelled", f->shown);
	}
}

static void *work(void *ctx)
{
	struct as_feed *f = ctx;
	struct as_error err = {0};
	enum as_status status;
	f->decoder = as_decoder_open_url(&f->from, &err);
	if (f->decoder) {
		learn_format(f);
		status = pump(f, &err);
	} else {
		status = err.status;
	}
	as_decoder_close(f->decoder);
	pthread_mutex_lock(&f->lock);
	f->status = status;
	f->error = err;
	f->ended = true;
	const bool last = f->left;
	f->left = true;
	pthread_cond_broadcast(&f->changed);
	pthread_mutex_unlock(&f->lock);
	if (last)
		free_feed(f);
	return NULL;
}

/* ---- the reader ---- */

char *as_feed_shown(const char *url)
{
	char *shown = malloc(AS_URL_MAX_BYTES + 8);
	return shown ? as_url_hide(shown, AS_URL_MAX_BYTES + 8, url) : NULL;
}

/* sdp (heap, taken): what a session is described by, which source is the file of; or NULL. */
static struct as_feed *new_feed(const struct as_sound_config *cfg, char *sdp, const atomic_bool *cancel)
{
	struct as_feed *f = calloc(1, sizeof *f);
	if (!f) {
		free(sdp);
		return NULL;
	}
	pthread_mutex_init(&f->lock, NULL);
	as_cond_init(&f->changed);
	f->last = &f->first;
	f->cancel = cancel;
	f->timeout_s = cfg->timeout_s;
	f->sdp = sdp;
	f->url = as_url_dup(sdp ? "" : cfg->source);
	f->shown = sdp ? strdup(as_path_base(cfg->source)) : as_feed_shown(cfg->source);
	f->user_agent = strdup(cfg->user_agent ? cfg->user_agent : "");
	f->referer = strdup(cfg->referer ? cfg->referer : "");
	f->from = (struct as_demux_url){.url = f->url,
					.sdp = f->sdp,
					.shown = f->shown,
					.user_agent = f->user_agent,
					.referer = f->referer,
					.stop = &f->stop};
	if (f->url && f->shown && f->user_agent && f->referer)
		return f;
	free_feed(f);
	return NULL;
}

static bool is_cancelled(const struct as_feed *f)
{
	return f->cancel && atomic_load(f->cancel);
}

static enum as_status fail_cancelled(const struct as_feed *f, struct as_error *err)
{
	return as_fail(err, AS_CANCELLED, "%s: cancelled", f->shown);
}

/* Under the lock. */
static enum as_status await_opening(struct as_feed *f, struct as_error *err)
{
	const double until_s = as_clock_s() + f->timeout_s;
	while (!f->opened && !f->ended) {
		const double now = as_clock_s();
		if (is_cancelled(f))
			return fail_cancelled(f, err);
		if (now >= until_s)
			return as_fail(err, AS_ERR_IO, "%s: no sound came within %g s", f->shown, f->timeout_s);
		as_cond_wait_until(&f->changed, &f->lock, fmin(now + SLICE_S, until_s));
	}
	if (!f->opened)
		*err = f->error;
	return f->opened ? AS_OK : f->status;
}

struct as_feed *as_feed_open(const struct as_sound_config *cfg, const atomic_bool *cancel,
			     struct as_sound_format *format, struct as_error *err)
{
	if (strnlen(cfg->source, AS_URL_MAX_BYTES) == AS_URL_MAX_BYTES) {
		as_fail(err, AS_ERR_INVALID, "an address of more than %d bytes", AS_URL_MAX_BYTES - 1);
		return NULL;
	}
	char *sdp = NULL;
	if (!as_url_is(cfg->source) && !(sdp = as_sdp_read(cfg->source, err)))
		return NULL;
	as_media_init();
	struct as_feed *f = new_feed(cfg, sdp, cancel);
	if (!f) {
		as_fail(err, AS_ERR_MEMORY, "out of memory");
		return NULL;
	}
	if (!as_thread_start(NULL, work, f)) {
		as_fail(err, AS_ERR_IO, "%s: no thread can be started", f->shown);
		free_feed(f);
		return NULL;
	}
	pthread_mutex_lock(&f->lock);
	enum as_status status = await_opening(f, err);
	*format = f->format;
	pthread_mutex_unlock(&f->lock);
	if (status == AS_OK)
		return f;
	as_feed_close(f);
	return NULL;
}

/* Under the lock: until there is a block, or no hope for one. AS_OK without a block: the time has run out. */
static enum as_status await_block(struct as_feed *f, int timeout_ms, struct as_error *err)
{
	const double until_s = as_clock_s() + 1e-3 * timeout_ms;
	for (;;) {
		const double now = as_clock_s();
		if (is_cancelled(f))
			return fail_cancelled(f, err);
		if (f->first)
			return AS_OK;
		if (f->ended) {
			if (f->status != AS_EOF && err)
				*err = f->error;
			return f->status;
		}
		if (now - f->progress_s > f->read_timeout_s)
			return as_fail(err, AS_ERR_IO, "%s: nothing more came for %g s", f->shown, f->read_timeout_s);
		if (now >= until_s)
			return AS_OK;
		as_cond_wait_until(&f->changed, &f->lock, fmin(now + SLICE_S, until_s));
	}
}

enum as_status as_feed_read(struct as_feed *f, int timeout_ms, struct as_sound_block *out, struct as_error *err)
{
	free(f->taken);
	f->taken = NULL;
	pthread_mutex_lock(&f->lock);
	enum as_status status = await_block(f, timeout_ms, err);
	struct block *b = status == AS_OK ? f->first : NULL;
	if (b) {
		f->first = b->next;
		if (!f->first)
			f->last = &f->first;
		f->queued_floats -= b->n_floats;
		pthread_cond_broadcast(&f->changed);
	}
	pthread_mutex_unlock(&f->lock);
	f->taken = b;
	if (b)
		*out = b->told;
	return status;
}

void as_feed_close(struct as_feed *f)
{
	if (!f)
		return;
	const double until_s = as_clock_s() + (is_cancelled(f) ? LINGER_CANCELLED_S : LINGER_S);
	pthread_mutex_lock(&f->lock);
	atomic_store(&f->stop, true);
	pthread_cond_broadcast(&f->changed);
	while (!f->ended && as_clock_s() < until_s)
		as_cond_wait_until(&f->changed, &f->lock, until_s);
	const bool last = f->left;
	f->left = true;
	pthread_mutex_unlock(&f->lock);
	if (last)
		free_feed(f);
}
