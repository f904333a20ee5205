/* A source of sound as one endless axis of samples at 8 kHz: opened, read, lost, and opened again, for as long as it takes. */
#include <math.h>
#include <stdio.h>
#include <string.h>

#include "base/clock.h"
#include "base/error.h"
#include "base/log.h"
#include "engine/live_private.h"
#include "live/clock.h"

#define WAIT_MS 50
#define PART_S 0.025
#define FIRST_BACKOFF_S 0.5
#define MAX_BACKOFF_S 5.0
#define MAX_FETCH_BACKOFF_S 60.0 /* servers, and yt-dlp, are not to be pestered */
#define GONE_S 3.0
#define QUIET_S 2.0     /* without a single frame: the device sleeps, or its server */
#define AHEAD_S 1.0     /* so far before its time no live sound comes … */
#define AHEAD_SHARE 1e-3 /* … and its clock is not faster by more */

bool as_live_tap_is_stored(const struct live_tap *t)
{
	return t->capture && !t->format.live;
}

static const char *name_of(const struct live_tap *t)
{
	return t->format.name[0] ? t->format.name : t->label;
}

bool as_live_tap_is_pipe(const struct live_tap *t)
{
	return t->source && !strcmp(t->source, "-");
}

/* reason may be NULL, and begin with the name. */
static void say_waiting(const struct live_tap *t, const char *what, const char *reason)
{
	char text[LIVE_TEXT];
	const size_t n = strlen(name_of(t));
	if (reason && !strncmp(reason, name_of(t), n) && !strncmp(reason + n, ": ", 2))
		reason += n + 2;
	snprintf(text, sizeof text, "%.80s to %s%s%.140s", name_of(t), what, reason ? ": " : "", reason ? reason : "");
	as_live_waits(t->l, t->is_reference, text);
}

/* ---- opening ---- */

/* With it ends the stretch: what comes next is another capture's, of another rate perhaps, and counts its frames anew. */
static enum as_status drop(struct live_tap *t, struct as_error *err)
{
	as_capture_close(t->capture);
	t->capture = NULL;
	t->xruns_before += t->xruns;
	t->xruns = 0;
	return as_live_stretch_end(t, err);
}

static void try_later(struct live_tap *t)
{
	t->backoff_s = t->backoff_s > 0 ? fmin(2 * t->backoff_s, t->fetch ? MAX_FETCH_BACKOFF_S : MAX_BACKOFF_S)
					: FIRST_BACKOFF_S;
	t->retry_s = as_clock_s() + t->backoff_s;
}

static void tell_stored(struct live_tap *t)
{
	struct as_live *l = t->l;
	pthread_mutex_lock(&l->lock);
	if (t->is_reference) {
		l->reference_stored = as_live_tap_is_stored(t);
		pthread_cond_broadcast(&l->changed);
	} else if (as_live_tap_is_stored(t)) {
		l->wait_capture[0] = '\0'; /* it waits for the reference, and nothing for it */
		l->status.capturing = true;
	}
	as_live_wake(l);
	pthread_mutex_unlock(&l->lock);
}

static void tell_open(struct live_tap *t)
{
	struct as_live *l = t->l;
	as_log(AS_LOG_INFO, "live: %s: %.*g Hz, %d channel%s", name_of(t), 6, t->format.rate_hz, t->format.channels,
	       t->format.channels == 1 ? "" : "s");
	if (t->format.other)
		as_log(AS_LOG_WARN, "live: %s is another one of that name", name_of(t));
	pthread_mutex_lock(&l->lock);
	if (!t->is_reference) {
		snprintf(l->status.capture, sizeof l->status.capture, "%.200s%s", name_of(t), t->format.other ? ", another one of that name" : "");
		snprintf(l->status.device, sizeof l->status.device, "%s", t->format.device);
		l->status.rate_hz = t->format.rate_hz;
		l->status.channels = t->format.channels;
		as_live_find_calibration(l);
	}
	pthread_mutex_unlock(&l->lock);
	tell_stored(t);
}

static struct as_capture *open_capture(struct live_tap *t, struct as_error *err)
{
	const atomic_bool *cancel = &t->l->cancel;
	const struct as_capture_spec spec = {.source = t->source, .pcm = t->pcm, .url_timeout_s = t->l->url_timeout_s,
					     .again = t->was_open ? &t->format : NULL};
	if (!t->fetch)
		return as_capture_open(&spec, cancel, err);
	struct as_sound *s = t->found ? t->found : as_fetch_open(t->source, t->fetch, cancel, err);
	t->found = NULL;
	return s ? as_capture_of_sound(s, t->source, cancel, err) : NULL;
}

/* What cannot come back, though programs may take a moment from one connection to the next. */
static bool is_gone(struct live_tap *t, const struct as_error *err)
{
	if (!t->was_open || err->status != AS_EOF)
		t->gone_s = 0;
	else if (t->gone_s <= 0)
		t->gone_s = as_clock_s();
	return t->gone_s > 0 && as_clock_s() - t->gone_s >= GONE_S;
}

static enum as_status end_gone(struct live_tap *t, struct as_error *err)
{
	if (t->is_reference) {
		as_log(AS_LOG_WARN, "live: %s", err->msg);
		return AS_EOF;
	}
	err->status = AS_ERR_NOT_FOUND;
	return as_live_blame(false, t->source, err);
}

/* Whether there is hope. */
static enum as_status could_not_open(struct live_tap *t, struct as_error *err)
{
	struct as_live *l = t->l;
	if (err->status == AS_CANCELLED || atomic_load(&l->cancel))
		return AS_CANCELLED;
	if (is_gone(t, err))
		return end_gone(t, err);
	bool hopeful = t->was_open ? t->format.live : !l->at_once && err->status == AS_ERR_IO && as_capture_is_device(t->source);
	if (!hopeful)
		return as_live_blame(t->is_reference, t->source, err);
	if (!t->was_open && t->backoff_s == 0)
		as_log(AS_LOG_DEBUG, "live: %s; waiting for it", err->msg);
	if (!t->was_open)
		say_waiting(t, "appear", err->msg);
	else if (err->status == AS_ERR_INVALID) /* several of its name are there */
		say_waiting(t, "come back", err->msg);
	try_later(t);
	return AS_OK;
}

static enum as_status open_it(struct live_tap *t, struct as_error *err)
{
	struct as_live *l = t->l;
	t->capture = t->open ? t->open(t, err) : open_capture(t, err);
	if (!t->capture)
		return could_not_open(t, err);
	t->format = *as_capture_format(t->capture);
	t->format.live &= !(l->fast && as_live_tap_is_pipe(t)); /* it waits for us, and when its sound comes means nothing */
	t->was_open = true;
	t->gone_s = 0;
	t->empty_s = t->nothing_s = as_clock_s();
	tell_open(t);
	return AS_OK;
}

/* The source has gone, for now or for good. */
static enum as_status lost_it(struct live_tap *t, enum as_status status, struct as_error *err)
{
	if (status == AS_CANCELLED || atomic_load(&t->l->cancel))
		return AS_CANCELLED;
	if (!t->format.live || as_live_tap_is_pipe(t)) {
		enum as_status last = status == AS_EOF ? as_live_stretch_end(t, err) : AS_OK;
		return last == AS_OK ? status : last;
	}
	as_log(AS_LOG_WARN, "live: %s: %s", name_of(t), status == AS_EOF ? "the stream has ended" : err->msg);
	say_waiting(t, "come back", status == AS_EOF ? NULL : err->msg);
	t->xruns_before++;
	t->retry_s = t->fetch ? as_clock_s() + FIRST_BACKOFF_S : 0; /* a device at once, the first time */
	t->backoff_s = 0;
	return drop(t, err);
}

/* ---- sound ---- */

/* What is stored is heard in the time that it takes, unless it is to be fast. False: it is to end. */
static bool keep_pace(const struct live_tap *t, int64_t frame)
{
	if (t->l->fast || !as_live_tap_is_stored(t))
		return true;
	double due_s = t->pace_s + (double)frame / t->format.rate_hz, wait_s;
	while ((wait_s = due_s - as_clock_s()) > 0)
		if (!as_live_wait(t->l, wait_s))
			return false;
	return true;
}

/* In parts, so that what is heard comes evenly, and pauses begin and end where they do. */
static enum as_status feed(struct live_tap *t, const struct as_capture_block *b, struct as_error *err)
{
	const int part = (int)ceil(PART_S * t->format.rate_hz);
	enum as_status status = AS_OK;
	for (int at = 0, n; at < b->n_frames && status == AS_OK; at += n) {
		n = b->n_frames - at < part ? b->n_frames - at : part;
		status = keep_pace(t, b->frame + at + n)
				 ? as_live_mono_feed(t->mono, b->pcm + (int64_t)at * t->format.channels, n, err)
				 : AS_CANCELLED;
	}
	return status;
}

static void say_heard(const struct live_tap *t)
{
	char text[LIVE_TEXT] = "";
	if (as_live_stretch_is_unsure(t))
		snprintf(text, sizeof text, "the clock of %.200s to settle", name_of(t));
	as_live_waits(t->l, t->is_reference, text);
}

static enum as_status take(struct live_tap *t, const struct as_capture_block *b, struct as_error *err)
{
	enum as_status status = AS_OK;
	if (as_live_stretch_is_new(t, b))
		status = as_live_stretch_begin(t, b, err);
	else if (b->frame > t->next_frame)
		status = as_live_mono_lose(t->mono, b->frame - t->next_frame, err);
	if (status != AS_OK)
		return status;
	t->empty_s = 0;
	t->backoff_s = 0;
	if (t->format.live && isfinite(b->time_s)) {
		as_stamp_clock_add(t->clock, b->frame, b->time_s);
		t->stamped = true;
	}
	t->next_frame = b->frame + b->n_frames;
	as_live_stretch_find_begin(t);
	say_heard(t);
	return feed(t, b, err);
}

/* ---- a pipe that is faster than its sound: who writes into it waits until it is read ---- */

static bool runs_ahead(struct live_tap *t, const struct as_capture_block *b)
{
	const double now_s = as_clock_s(), rate = t->format.rate_hz;
	if (!as_live_tap_is_pipe(t) || !t->format.live)
		return false;
	if (!t->heard)
		t->pace_s = now_s - (double)b->frame / rate;
	double ahead_s = t->pace_s + (double)(b->frame + b->n_frames) / rate - now_s;
	return ahead_s > AHEAD_S + AHEAD_SHARE * (now_s - t->pace_s);
}

/* From here on it is heard as a file is, which begins when files do: stamps of what came before its time mean nothing. What has been read of
 * it is taken by the next run, when nothing has to be waited for. */
static void hold_back(struct live_tap *t, const struct as_capture_block *b)
{
	if (!t->heard || !as_live_stretch_is_settled(t)) {
		t->stamped = false;
		if (t->base == 0)
			t->begin_s = t->base_s = t->pace_s = as_live_begin_s(t->l);
	}
	as_log(AS_LOG_INFO, "live: %s is faster than its sound; it is read as slowly as that", name_of(t));
	t->format.live = false;
	t->held = *b;
	tell_stored(t);
}

static enum as_status take_held(struct live_tap *t, struct as_error *err)
{
	const struct as_capture_block b = t->held;
	t->held.n_frames = 0;
	return take(t, &b, err);
}

enum as_status as_live_tap_run(struct live_tap *t, struct as_error *err)
{
	struct as_capture_block b = {0};
	if (atomic_load(&t->l->cancel))
		return AS_CANCELLED;
	if (!t->capture && as_clock_s() < t->retry_s)
		return as_live_wait(t->l, WAIT_MS / 1000.0) ? AS_OK : AS_CANCELLED;
	if (!t->capture)
		return open_it(t, err);
	if (t->held.n_frames > 0)
		return take_held(t, err);
	const double from_s = as_clock_s();
	enum as_status status = as_capture_read(t->capture, WAIT_MS, &b, err);
	t->xruns = b.xruns;
	if (status != AS_OK)
		return lost_it(t, status, err);
	if (b.n_frames > 0 && runs_ahead(t, &b)) {
		hold_back(t, &b);
		return AS_OK;
	}
	if (b.n_frames > 0)
		return take(t, &b, err);
	t->nothing_s = as_clock_s();
	if (t->empty_s <= 0)
		t->empty_s = from_s;
	if ((t->format.live || as_live_tap_is_pipe(t)) && as_clock_s() - t->empty_s > QUIET_S)
		say_waiting(t, "give sound", NULL);
	return AS_OK;
}

enum as_status as_live_tap_judge_end(const struct live_tap *t, enum as_status status, struct as_error *err)
{
	if (status != AS_EOF || t->heard)
		return status;
	return as_fail(err, AS_ERR_NO_AUDIO, "%s: the %s ended before any sound of it came", name_of(t),
		       t->is_reference ? "reference" : "capture");
}

void as_live_tap_close(struct live_tap *t)
{
	as_sound_close(t->found);
	t->found = NULL;
	as_capture_close(t->capture);
	t->capture = NULL;
	as_live_mono_free(t->mono);
	t->mono = NULL;
	as_stamp_clock_free(t->clock);
	t->clock = NULL;
}
