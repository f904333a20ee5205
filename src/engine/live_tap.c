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
#define QUIET_S 2.0     /* without a single frame: the device sleeps, or its server */
#define STALL_S 0.5     /* after so long without frames the clock may tell of a hole … */
#define HOLE_S 0.25     /* … of at least so much */
#define MAX_FILL_S 30.0 /* longer losses begin a new stretch */
#define MAX_HOLE_S 4000.0 /* of the axis, however long it was: more than live.keep_s, so that nothing from before is left */
#define SETTLED_S 12.0  /* of sound, after which when it began is known as well as it ever will be */
#define UNSURE_S 0.02   /* of the clock: lags would be off by that */
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

static bool is_pipe(const struct live_tap *t)
{
	return t->source && !strcmp(t->source, "-");
}

/* reason may be NULL. */
static void say_waiting(const struct live_tap *t, const char *what, const char *reason)
{
	char text[LIVE_TEXT];
	snprintf(text, sizeof text, "%.80s to %s%s%.140s", name_of(t), what, reason ? ": " : "", reason ? reason : "");
	as_live_waits(t->l, t->is_reference, text);
}

/* ---- stretches: from one opening, or hole, to the next ---- */

static int64_t frame_now(const struct live_tap *t)
{
	return t->base_frame + (int64_t)floor((double)(t->made - t->base) * t->base_rate_hz / AS_METER_RATE_HZ);
}

bool as_live_tap_time(const struct live_tap *t, struct as_meter_time *out)
{
	if (!t->heard)
		return false;
	const double rate = t->base_rate_hz, ahead = (double)(t->made - t->base) * rate / AS_METER_RATE_HZ;
	const int64_t frame = frame_now(t);
	double at_s, rate_hz, err_s;
	*out = (struct as_meter_time){t->made, t->base_s + ahead / rate, AS_METER_RATE_HZ};
	if (t->stamped && as_stamp_clock_at(t->clock, frame, &at_s, &rate_hz, &err_s) && rate_hz > 0) {
		out->t_s = at_s + ((double)t->base_frame + ahead - (double)frame) / rate_hz;
		out->rate_hz = AS_METER_RATE_HZ * (rate_hz / rate);
	}
	return true;
}

static enum as_status end_stretch(struct live_tap *t, struct as_error *err)
{
	enum as_status status = t->mono ? as_live_mono_end(t->mono, err) : AS_OK;
	as_live_mono_free(t->mono);
	t->mono = NULL;
	return status;
}

/* Sound that nobody heard. */
static enum as_status skip(struct live_tap *t, double hole_s, struct as_error *err)
{
	int64_t n = (int64_t)(fmin(hole_s, MAX_HOLE_S) * AS_METER_RATE_HZ + 0.5);
	enum as_status status = n > 0 ? t->sink(t->ctx, NULL, n, err) : AS_OK;
	t->made += n > 0 ? n : 0;
	return status;
}

static enum as_status sink_of_mono(void *ctx, const float *v, int64_t n, struct as_error *err)
{
	struct live_tap *t = ctx;
	t->made += n;
	return t->sink(t->ctx, v, n, err);
}

/* When the first frame of a block was in the air, as far as that can be said without its clock. */
static double heard_at(const struct live_tap *t, const struct as_capture_block *b)
{
	double rate = t->format.rate_hz;
	if (!t->format.live)
		return t->begin_s + (double)b->frame / rate;
	return isfinite(b->time_s) ? b->time_s : as_clock_s() - b->n_frames / rate;
}

static enum as_status begin_stretch(struct live_tap *t, const struct as_capture_block *b, struct as_error *err)
{
	struct as_meter_time before;
	enum as_status status = end_stretch(t, err);
	if (isnan(t->begin_s))
		t->begin_s = t->format.live ? heard_at(t, b) : as_live_begin_s(t->l);
	if (as_live_tap_is_stored(t))
		t->pace_s = t->begin_s;
	const double at_s = heard_at(t, b);
	if (status == AS_OK && as_live_tap_time(t, &before))
		status = skip(t, at_s - before.t_s, err);
	if (status != AS_OK)
		return status;
	as_stamp_clock_free(t->clock);
	t->stamped = false;
	t->clock = as_stamp_clock_new(t->format.rate_hz);
	t->mono = as_live_mono_new(t->format.rate_hz, t->format.channels, sink_of_mono, t, err);
	if (!t->clock || !t->mono)
		return t->mono ? as_fail(err, AS_ERR_MEMORY, "live meter: out of memory") : err->status;
	t->base = t->made;
	t->base_frame = t->next_frame = b->frame;
	t->base_s = at_s;
	t->base_rate_hz = t->format.rate_hz;
	t->heard = true;
	return AS_OK;
}

/* ---- opening ---- */

/* With it ends the stretch: what comes next is another capture's, of another rate perhaps, and counts its frames anew. */
static enum as_status drop(struct live_tap *t, struct as_error *err)
{
	as_capture_close(t->capture);
	t->capture = NULL;
	t->xruns_before += t->xruns;
	t->xruns = 0;
	return end_stretch(t, err);
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
	pthread_mutex_lock(&l->lock);
	if (!t->is_reference) {
		snprintf(l->status.capture, sizeof l->status.capture, "%s", name_of(t));
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
	const struct as_capture_spec spec = {.source = t->source, .pcm = t->pcm, .url_timeout_s = t->l->url_timeout_s};
	if (!t->fetch)
		return as_capture_open(&spec, cancel, err);
	struct as_sound *s = t->found ? t->found : as_fetch_open(t->source, t->fetch, cancel, err);
	t->found = NULL;
	return s ? as_capture_of_sound(s, t->source, cancel, err) : NULL;
}

static enum as_status open_it(struct live_tap *t, struct as_error *err)
{
	struct as_live *l = t->l;
	t->capture = t->open ? t->open(t, err) : open_capture(t, err);
	if (t->capture) {
		t->format = *as_capture_format(t->capture);
		t->format.live &= !(l->fast && is_pipe(t)); /* it waits for us, and when its sound comes means nothing */
		t->was_open = true;
		t->empty_s = t->nothing_s = as_clock_s();
		tell_open(t);
		return AS_OK;
	}
	if (err->status == AS_CANCELLED || atomic_load(&l->cancel))
		return AS_CANCELLED;
	bool hopeful = t->was_open ? t->format.live : !t->l->at_once && err->status == AS_ERR_IO && as_capture_is_device(t->source);
	if (!hopeful)
		return as_live_blame(t->is_reference, t->source, err);
	if (!t->was_open && t->backoff_s == 0)
		as_log(AS_LOG_WARN, "live: %s; waiting for it", err->msg);
	if (!t->was_open)
		say_waiting(t, "appear", err->msg);
	try_later(t);
	return AS_OK;
}

/* The source has gone, for now or for good. */
static enum as_status lost_it(struct live_tap *t, enum as_status status, struct as_error *err)
{
	if (status == AS_CANCELLED || atomic_load(&t->l->cancel))
		return AS_CANCELLED;
	if (!t->format.live || is_pipe(t)) {
		enum as_status last = status == AS_EOF ? end_stretch(t, err) : AS_OK;
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

static bool begins_anew(const struct live_tap *t, const struct as_capture_block *b)
{
	struct as_meter_time m;
	if (!t->mono)
		return true;
	int64_t lost = b->frame - t->next_frame;
	if (lost < 0 || (double)lost > MAX_FILL_S * t->format.rate_hz)
		return true;
	/* A device that has slept counts no frames meanwhile; its clock would take that for an outlier. But if it is this thread that was
	 * away, the sound has waited. */
	if (!t->format.live || t->empty_s <= 0 || t->nothing_s - t->empty_s < STALL_S || !as_live_tap_time(t, &m))
		return false;
	if (t->stamped && !isfinite(b->time_s))
		return false; /* its own watch of stamps will tell (as_capture_moved) */
	double inside_s = (double)(b->frame - frame_now(t)) / t->format.rate_hz;
	return heard_at(t, b) - (m.t_s + inside_s) > HOLE_S;
}

static bool is_settled(const struct live_tap *t)
{
	return (double)(t->next_frame - t->base_frame) > SETTLED_S * t->format.rate_hz;
}

/* What t_s 0 is: early stamps may be far off, and what they say of the first frame gets better while the clock settles. */
static void find_begin(struct live_tap *t)
{
	double at_s, rate_hz, err_s;
	if (t->base > 0 || !t->stamped || is_settled(t))
		return;
	if (as_stamp_clock_at(t->clock, t->base_frame, &at_s, &rate_hz, &err_s))
		t->begin_s = at_s;
}

/* A reference that has no clock sees how the first frame's time is found, not the frames' lag (find_begin). A pipe that was never waited for
 * may be one that is faster than its sound (runs_ahead). */
static bool is_unsure(const struct live_tap *t)
{
	double at_s, rate_hz, err_s;
	if (t->base == 0 && !t->is_reference && !as_live_is_ring(t->l))
		return false;
	if (!t->stamped)
		return is_pipe(t) && t->format.live;
	return !as_stamp_clock_at(t->clock, frame_now(t), &at_s, &rate_hz, &err_s) || err_s > UNSURE_S;
}

static void say_heard(const struct live_tap *t)
{
	char text[LIVE_TEXT] = "";
	if (is_unsure(t))
		snprintf(text, sizeof text, "the clock of %.200s to settle", name_of(t));
	as_live_waits(t->l, t->is_reference, text);
}

static enum as_status take(struct live_tap *t, const struct as_capture_block *b, struct as_error *err)
{
	enum as_status status = AS_OK;
	if (begins_anew(t, b))
		status = begin_stretch(t, b, err);
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
	find_begin(t);
	say_heard(t);
	return feed(t, b, err);
}

/* ---- a pipe that is faster than its sound: who writes into it waits until it is read ---- */

static bool runs_ahead(struct live_tap *t, const struct as_capture_block *b)
{
	const double now_s = as_clock_s(), rate = t->format.rate_hz;
	if (!is_pipe(t) || !t->format.live)
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
	if (!t->heard || !is_settled(t)) {
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
	if ((t->format.live || is_pipe(t)) && as_clock_s() - t->empty_s > QUIET_S)
		say_waiting(t, "give sound", NULL);
	return AS_OK;
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
