/* The live meter as front ends see it: opened, started, polled. */
#include <errno.h>
#include <fcntl.h>
#include <math.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

#include "base/calibration.h"
#include "base/clock.h"
#include "base/error.h"
#include "base/file.h"
#include "base/log.h"
#include "base/text.h"
#include "base/thread.h"
#include "base/url_hide.h"
#include "engine/live_private.h"

/* ---- time ---- */

double as_live_begin_s(struct as_live *l)
{
	pthread_mutex_lock(&l->lock);
	if (isnan(l->begin_s))
		l->begin_s = l->fast ? 0 : as_clock_s();
	double begin_s = l->begin_s;
	pthread_mutex_unlock(&l->lock);
	return begin_s;
}

bool as_live_wait(struct as_live *l, double s)
{
	const double until_s = as_clock_s() + fmin(fmax(s, 0), 3600);
	pthread_mutex_lock(&l->lock);
	if (!atomic_load(&l->cancel))
		as_cond_wait_until(&l->changed, &l->lock, until_s);
	pthread_mutex_unlock(&l->lock);
	return !atomic_load(&l->cancel);
}

/* ---- the pipe: it holds one byte while there is something to see ---- */

static void wake(struct as_live *l)
{
	ssize_t n;
	if (l->awake)
		return;
	do
		n = write(l->pipe_fd[1], "", 1);
	while (n < 0 && errno == EINTR);
	l->awake = true;
}

void as_live_wake(struct as_live *l)
{
	l->status_news = true;
	wake(l);
}

/* Unless readings wait, or a status that nobody has looked at: who takes the last reading may not know yet that it was the last. */
static void unwake(struct as_live *l)
{
	char buf[4];
	ssize_t n;
	if (!l->awake || l->count > 0 || l->status_news)
		return;
	do
		n = read(l->pipe_fd[0], buf, sizeof buf);
	while (n < 0 && errno == EINTR);
	l->awake = false;
}

static bool set_flags(int fd)
{
	int fl = fcntl(fd, F_GETFL);
	return fl >= 0 && fcntl(fd, F_SETFL, fl | O_NONBLOCK) == 0 && fcntl(fd, F_SETFD, FD_CLOEXEC) == 0;
}

/* ---- what the threads report ---- */

enum as_live_state as_live_state_now(const struct as_live *l)
{
	if (atomic_load(&l->paused))
		return AS_LIVE_PAUSED;
	return l->wait_reference[0] || l->wait_capture[0] ? AS_LIVE_WAITING : l->met;
}

void as_live_waits(struct as_live *l, bool is_reference, const char *text)
{
	pthread_mutex_lock(&l->lock);
	char *now = is_reference ? l->wait_reference : l->wait_capture;
	bool changed = strcmp(now, text) != 0;
	if (changed) {
		bool again = now[0] && text[0];
		snprintf(now, LIVE_TEXT, "%s", text);
		if (!is_reference)
			l->status.capturing = !text[0];
		as_live_wake(l);
		changed = !again;
		pthread_cond_broadcast(&l->changed);
	}
	pthread_mutex_unlock(&l->lock);
	if (changed && text[0])
		as_log(AS_LOG_DEBUG, "live: waiting for %s", text); /* the status tells it */
}

void as_live_finish(struct as_live *l, const struct as_error *err)
{
	pthread_mutex_lock(&l->lock);
	bool first = !l->status.ended;
	if (first) {
		l->status.ended = true;
		l->status.capturing = false;
		if (err)
			l->status.error = *err;
	}
	atomic_store(&l->cancel, true);
	pthread_cond_broadcast(&l->changed);
	as_live_wake(l);
	pthread_mutex_unlock(&l->lock);
	if (first)
		as_log(err ? AS_LOG_DEBUG : AS_LOG_INFO, "live: %s", err ? err->msg : "ended");
}

enum as_status as_live_blame(bool is_reference, const char *source, struct as_error *err)
{
	const char *role = is_reference ? "reference" : "capture";
	const struct as_error was = *err;
	char base[LIVE_TEXT], given[LIVE_TEXT];
	as_url_hide(given, sizeof given, source ? source : "");
	as_text_escape(base, sizeof base, source ? as_path_base(source) : "");
	const size_t n = strlen(base);
	if (n > 0 && !strncmp(was.msg, base, n) && was.msg[n] == ':')
		as_fail(err, was.status, "%s %s%s", role, given, was.msg + n);
	else
		as_fail(err, was.status, "%s: %s", role, was.msg);
	err->sys_errno = was.sys_errno;
	return was.status;
}

static void tell_change(const struct as_live_reading *r)
{
	if (r->state == AS_LIVE_LOCKED)
		as_log(AS_LOG_INFO, "live: locked: lag %.1f ms at %.1f s", r->lag_ms, r->t_s);
	else
		as_log(AS_LOG_INFO, "live: %s at %.1f s", as_live_state_name(r->state), r->t_s);
}

void as_live_push(struct as_live *l, struct as_live_reading *r, bool measured)
{
	pthread_mutex_lock(&l->lock);
	bool ended = l->status.ended, changed = l->told != r->state;
	r->calibrated_lag_ms = r->lag_ms + l->status.calibration_ms;
	r->reference_broken = l->status.reference_error.status != AS_OK;
	l->told = r->state;
	if (measured)
		l->met = r->state;
	if (!ended) {
		if (l->count == LIVE_QUEUE) {
			l->head = (l->head + 1) % LIVE_QUEUE;
			l->count--;
		}
		l->queue[(l->head + l->count++) % LIVE_QUEUE] = *r;
		wake(l);
	}
	pthread_mutex_unlock(&l->lock);
	if (changed && !ended)
		tell_change(r);
}

/* ---- calibration ---- */

void as_live_find_calibration(struct as_live *l)
{
	struct as_live_status *s = &l->status;
	s->calibration_of_device = s->device[0] && as_options_calibration(l->opt, s->device, &s->calibration_ms);
	if (!s->calibration_of_device)
		s->calibration_ms = as_options_real(l->opt, "live.calibration_ms");
}

void as_live_set_calibration(struct as_live *l, double ms)
{
	pthread_mutex_lock(&l->lock);
	char text[AS_CALIBRATION_TEXT_BYTES];
	as_calibration_text(text, ms);
	if (l->status.device[0])
		as_options_set_calibration(l->opt, l->status.device, ms, NULL, NULL);
	else
		as_options_set(l->opt, "live.calibration_ms", text, NULL, NULL);
	as_live_find_calibration(l);
	as_live_wake(l);
	pthread_mutex_unlock(&l->lock);
}

enum as_status as_live_reread(struct as_live *l, const struct as_options *opt, struct as_error *err)
{
	struct as_options *copy = as_options_copy(opt), *before;
	if (!copy)
		return as_fail(err, AS_ERR_MEMORY, "live meter: out of memory");
	pthread_mutex_lock(&l->lock);
	before = l->opt;
	l->opt = copy;
	as_live_find_calibration(l);
	as_live_wake(l);
	pthread_mutex_unlock(&l->lock);
	as_options_free(before);
	return AS_OK;
}

/* ---- opening and closing ---- */

static bool copy_text(const char *from, char **to)
{
	return !from || (*to = strdup(from)) != NULL;
}

static enum as_status read_config(struct as_live *l, const struct as_options *opt, const struct as_live_config *cfg, struct as_error *err)
{
	l->meter_config = (struct as_meter_config){.lock_confidence = as_options_real(opt, "live.lock_confidence"),
						   .no_match_s = as_options_real(opt, "live.no_match_s"),
						   .max_speed = as_options_real(opt, "live.max_speed_percent") / 100};
	l->keep_s = as_options_real(opt, "live.keep_s");
	l->url_timeout_s = as_options_real(opt, "live.url_timeout_s");
	l->fast = cfg->fast;
	l->at_once = cfg->at_once;
	if (!copy_text(as_options_text(opt, "live.yt_dlp"), &l->yt_dlp))
		return as_fail(err, AS_ERR_MEMORY, "live meter: out of memory");
	l->fetch = (struct as_fetch_config){
		.ytdlp = {.program = l->yt_dlp, .timeout_s = as_options_real(opt, "live.yt_dlp_timeout_s")},
		.timeout_s = l->url_timeout_s};
	if (!(l->opt = as_options_copy(opt)) || !copy_text(cfg->reference, &l->reference_arg) ||
	    !copy_text(cfg->capture, &l->capture_arg) || !copy_text(cfg->pcm, &l->pcm))
		return as_fail(err, AS_ERR_MEMORY, "live meter: out of memory");
	return AS_OK;
}

static enum as_status check_config(const struct as_live_config *cfg, struct as_error *err)
{
	const char *reference = cfg->reference, *capture = cfg->capture;
	const bool stdin_heard = capture && !strcmp(capture, "-");
	if (!reference || !reference[0])
		return as_fail(err, AS_ERR_INVALID, "live meter: nothing to compare with: a file, a URL, a title or capture:SOURCE");
	const bool stdin_followed = !strcmp(reference, "capture:-");
	if (stdin_heard && stdin_followed)
		return as_fail(err, AS_ERR_INVALID, "live meter: there is only one standard input");
	if (capture && !capture[0])
		return as_fail(err, AS_ERR_INVALID, "live meter: the sound source to capture has an empty name");
	return stdin_heard || stdin_followed ? as_capture_check_pcm(cfg->pcm, err) : AS_OK;
}

static enum as_status make_pipe(struct as_live *l, struct as_error *err)
{
	if (pipe(l->pipe_fd) != 0) {
		l->pipe_fd[0] = l->pipe_fd[1] = -1;
		return as_fail_errno(err, "live meter", "wake pipe");
	}
	return set_flags(l->pipe_fd[0]) && set_flags(l->pipe_fd[1]) ? AS_OK : as_fail_errno(err, "live meter", "wake pipe");
}

/* From the beginning, readings and status say what is not known. */
static void init_unknown(struct as_live *l)
{
	l->begin_s = l->status.began_s = l->status.reference_s = NAN;
	l->last = (struct as_live_reading){.state = AS_LIVE_WAITING, .last_lag_ms = NAN, .last_t_s = NAN, .level_db = -200};
	l->told = AS_LIVE_SEARCHING;
	l->met = AS_LIVE_SEARCHING;
	l->tap = (struct live_tap){.l = l, .source = l->capture_arg, .pcm = l->pcm, .sink = as_live_hear, .ctx = l, .begin_s = NAN};
	const char *capture = l->capture_arg ? l->capture_arg : "the default sound source";
	as_url_hide(l->status.reference, sizeof l->status.reference,
		    as_file_exists(l->reference_arg) ? as_path_base(l->reference_arg) : l->reference_arg);
	as_url_hide(l->tap.label, sizeof l->tap.label, as_file_exists(capture) ? as_path_base(capture) : capture);
	snprintf(l->status.capture, sizeof l->status.capture, "%s", l->tap.label);
	snprintf(l->wait_reference, sizeof l->wait_reference, "the reference, %.200s", l->status.reference);
	snprintf(l->wait_capture, sizeof l->wait_capture, "sound to capture");
	as_live_find_calibration(l);
}

struct as_live *as_live_open(const struct as_options *opt, const struct as_live_config *cfg, struct as_error *err)
{
	if (check_config(cfg, err) != AS_OK)
		return NULL;
	struct as_live *l = calloc(1, sizeof *l);
	if (!l) {
		as_fail(err, AS_ERR_MEMORY, "live meter: out of memory");
		return NULL;
	}
	l->pipe_fd[0] = l->pipe_fd[1] = -1;
	pthread_mutex_init(&l->lock, NULL);
	as_cond_init(&l->changed);
	if (read_config(l, opt, cfg, err) != AS_OK || make_pipe(l, err) != AS_OK || as_live_check_reference(l, err) != AS_OK ||
	    !(l->meter = as_meter_new(&l->meter_config, err))) {
		as_live_close(l);
		return NULL;
	}
	init_unknown(l);
	return l;
}

void as_live_close(struct as_live *l)
{
	if (!l)
		return;
	if (l->started)
		as_live_stop(l);
	for (int i = 0; i < 2; i++)
		if (l->threads[i])
			pthread_join(l->thread[i], NULL);
	as_meter_free(l->meter);
	as_reference_free(l->reference);
	as_live_fifo_free(l->fifo);
	as_options_free(l->opt);
	for (int i = 0; i < 2; i++)
		if (l->pipe_fd[i] >= 0)
			close(l->pipe_fd[i]);
	pthread_cond_destroy(&l->changed);
	pthread_mutex_destroy(&l->lock);
	free(l->reference_arg);
	free(l->yt_dlp);
	free(l->capture_arg);
	free(l->pcm);
	free(l);
}

enum as_status as_live_start(struct as_live *l, struct as_error *err)
{
	void *(*const mains[2])(void *) = {as_live_load, as_live_pump};
	if (l->started || atomic_load(&l->cancel))
		return as_fail(err, AS_ERR_BUSY, "live meter: it has been started already");
	l->started = true;
	for (int i = 0; i < 2; i++)
		l->threads[i] = as_thread_start(&l->thread[i], mains[i], l);
	if (l->threads[0] && l->threads[1])
		return AS_OK;
	as_fail(err, AS_ERR_MEMORY, "live meter: the system gives no threads");
	as_live_finish(l, err);
	return AS_ERR_MEMORY;
}

/* ---- the front end's side ---- */

static void set_paused(struct as_live *l, bool paused)
{
	pthread_mutex_lock(&l->lock);
	if (atomic_exchange(&l->paused, paused) != paused) {
		as_live_wake(l);
		pthread_cond_broadcast(&l->changed);
	}
	pthread_mutex_unlock(&l->lock);
}

void as_live_pause(struct as_live *l)
{
	set_paused(l, true);
}

void as_live_resume(struct as_live *l)
{
	set_paused(l, false);
}

void as_live_stop(struct as_live *l)
{
	as_live_finish(l, NULL);
}

int as_live_fd(const struct as_live *l)
{
	return l->pipe_fd[0];
}

bool as_live_next(struct as_live *l, struct as_live_reading *out)
{
	pthread_mutex_lock(&l->lock);
	bool any = l->count > 0;
	if (any) {
		*out = l->queue[l->head];
		l->head = (l->head + 1) % LIVE_QUEUE;
		l->count--;
	} else {
		unwake(l);
	}
	pthread_mutex_unlock(&l->lock);
	return any;
}

void as_live_status(struct as_live *l, struct as_live_status *out)
{
	pthread_mutex_lock(&l->lock);
	*out = l->status;
	out->state = as_live_state_now(l);
	if (!out->ended && out->state == AS_LIVE_WAITING)
		snprintf(out->waiting_for, sizeof out->waiting_for, "%s",
			 l->wait_capture[0]     ? l->wait_capture
			 : l->wait_reference[0] ? l->wait_reference
			 : l->reference_over    ? "more of the reference, which has ended"
						: "sound");
	out->reference_live = l->fifo != NULL;
	out->loaded_s = l->reference ? as_reference_loaded_s(l->reference) : 0;
	l->status_news = false;
	unwake(l);
	pthread_mutex_unlock(&l->lock);
}
