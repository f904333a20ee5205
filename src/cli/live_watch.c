#include <math.h>
#include <poll.h>
#include <stdarg.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/stat.h>

#include "base/clock.h"
#include "base/figures.h"
#include "base/file.h"
#include "base/text.h"
#include "base/url_hide.h"
#include "cli/live.h"
#include "cli/live_metrics.h"
#include "cli/say.h"

#define METRICS_S 1.0   /* the file is written no more often */
#define BUSY_MS 50      /* how often a command that runs is looked at */
#define LAST_WORDS_S 1.0 /* for a command that runs when the meter is stopped */
#define VARIABLES 11
#define PATH_BYTES 1024

/* ---- metrics ---- */

static enum as_status write_metrics(struct as_live_run *run, struct as_error *err)
{
	const struct as_live_metrics m = {.running = run->end == AS_LIVE_GOES_ON,
					  .reference = run->reference,
					  .capture = run->capture,
					  .device = run->status.device,
					  .name = run->status.capture,
					  .reading = run->any ? &run->last : NULL,
					  .state = run->any ? run->last.state : run->status.state,
					  .reading_time_s = run->reading_time_s,
					  .alert = run->has_alert ? &run->alert : NULL};
	char *text = as_live_metrics_text(&m);
	run->metrics_due_s = as_clock_s() + fmax(METRICS_S, run->interval_s);
	if (!text)
		return as_fail(err, AS_ERR_MEMORY, "out of memory");
	enum as_status status = as_file_write(run->args->prometheus, true, text, err);
	free(text);
	return status;
}

/* The file is replaced without a word every second: a recording that was named by mistake would be gone. */
static enum as_status check_metrics_file(const char *path, struct as_error *err)
{
	char begin[sizeof AS_LIVE_METRICS_BEGIN] = "";
	struct stat st;
	if (stat(path, &st) != 0 || !S_ISREG(st.st_mode) || st.st_size == 0)
		return AS_OK; /* none, or what writing it has its own word for */
	FILE *f = fopen(path, "rbe");
	if (!f)
		return as_fail_errno(err, path, NULL);
	size_t n = fread(begin, 1, sizeof begin - 1, f);
	fclose(f);
	if (n == sizeof begin - 1 && !strcmp(begin, AS_LIVE_METRICS_BEGIN))
		return AS_OK;
	return as_fail(err, AS_ERR_EXISTS, "--prometheus: %s: exists and is no metrics file of a meter; it is left as it is", path);
}

/* Said when it begins to fail, and when it works again. */
static void keep_metrics(struct as_live_run *run)
{
	struct as_error err;
	char path[PATH_BYTES];
	if (!run->args->prometheus)
		return;
	bool failed = write_metrics(run, &err) != AS_OK;
	if (failed && !run->metrics_failed)
		as_say("%s", err.msg);
	if (!failed && run->metrics_failed && run->args->verbosity >= 0)
		as_say("%s: written again", as_text_escape(path, sizeof path, run->args->prometheus));
	run->metrics_failed = failed;
}

/* ---- the command ---- */

struct variables {
	char *list[VARIABLES];
	int n;
	bool failed;
};

__attribute__((format(printf, 2, 3))) static void add(struct variables *v, const char *fmt, ...)
{
	char text[AS_LIVE_LABEL_BYTES + 64];
	va_list ap;
	va_start(ap, fmt);
	vsnprintf(text, sizeof text, fmt, ap);
	va_end(ap);
	v->list[v->n] = strdup(text);
	v->failed |= !v->list[v->n];
	v->n += v->list[v->n] != NULL;
}

/* Empty where it is not known. */
static void add_number(struct variables *v, const char *name, double value)
{
	if (isfinite(value))
		add(v, "%s=%.3f", name, as_figure_round(value, 1e3));
	else
		add(v, "%s=", name);
}

static void run_command(struct as_live_run *run, const struct as_alert_event *e, const struct as_live_reading *r)
{
	bool locked = r->state == AS_LIVE_LOCKED;
	struct variables v = {.n = 0};
	struct as_error err;
	add(&v, "AUDIOSYNC_ALERT=%s", as_alert_kind_name(e->kind));
	add(&v, "AUDIOSYNC_RAISED=%d", e->raised);
	add(&v, "AUDIOSYNC_STATE=%s", as_live_state_name(r->state));
	add_number(&v, "AUDIOSYNC_LAG_MS", locked ? r->calibrated_lag_ms : NAN);
	add_number(&v, "AUDIOSYNC_LAG_ERR_MS", locked ? r->lag_err_ms : NAN);
	add_number(&v, "AUDIOSYNC_DRIFT_PPM", locked ? r->drift_ppm : NAN);
	add_number(&v, "AUDIOSYNC_CONFIDENCE", r->confidence);
	add_number(&v, "AUDIOSYNC_T_S", r->t_s);
	add(&v, "AUDIOSYNC_REFERENCE=%s", run->reference);
	add(&v, "AUDIOSYNC_CAPTURE=%s", run->capture);
	add(&v, "AUDIOSYNC_DEVICE=%s", run->status.device);
	if (v.failed)
		as_say("out of memory");
	else if (as_alert_command_request(run->command, v.list, v.n, &err) != AS_OK)
		as_say("%s", err.msg);
	for (int i = 0; i < v.n; i++)
		free(v.list[i]);
}

static void keep_command(struct as_live_run *run)
{
	struct as_error err;
	if (run->command && as_alert_command_tick(run->command, &err) != AS_OK)
		as_say("%s", err.msg);
}

/* What was asked for last is not cut off: it has its time where the meter came to its own end, and a moment where it was stopped. */
static void finish_command(struct as_live_run *run)
{
	double began_s = as_clock_s();
	while (run->command && as_alert_command_is_busy(run->command)) {
		keep_command(run);
		if (as_interrupted() && as_clock_s() - began_s > LAST_WORDS_S)
			break;
		poll(NULL, 0, BUSY_MS);
	}
}

/* ---- all of it ---- */

static bool is_once(const struct as_live_run *run)
{
	return run->args->once;
}

static enum as_status read_limits(struct as_live_run *run, const struct as_options *opt, struct as_alert_limits *limits,
				  struct as_error *err)
{
	enum as_status status = as_alert_read_limits(opt, limits, err);
	/* The one reading there is decides at once. */
	if (is_once(run))
		limits->after_s = limits->no_lock_s = 0;
	return status;
}

int as_live_watch_open(struct as_live_run *run)
{
	const struct as_args *args = run->args;
	struct as_alert_limits limits;
	struct as_error err;
	as_url_hide(run->reference, sizeof run->reference, args->words[0]);
	as_url_hide(run->capture, sizeof run->capture, args->capture ? args->capture : "default");
	if (read_limits(run, args->opt, &limits, &err) != AS_OK) {
		as_say("%s", err.msg);
		return AS_EXIT_USAGE;
	}
	as_alert_init(&run->alert, &limits);
	run->has_alert = as_alert_has_limits(&limits);
	if (args->on_alert && !run->has_alert) {
		as_say("--on-alert: there is nothing to alert of; --alert LIMITS or --alert-no-lock S say what");
		return AS_EXIT_USAGE;
	}
	if (args->on_alert) {
		run->command = as_alert_command_new(args->on_alert, as_options_real(args->opt, "live.alert_command_s"), &err);
		if (!run->command) {
			as_say("%s", err.msg);
			return err.status == AS_ERR_INVALID ? AS_EXIT_USAGE : AS_EXIT_FAILED;
		}
	}
	if (args->prometheus && (check_metrics_file(args->prometheus, &err) != AS_OK || write_metrics(run, &err) != AS_OK)) {
		as_say("%s", err.msg);
		return AS_EXIT_FAILED;
	}
	return -1;
}

enum as_status as_live_watch_reread(struct as_live_run *run, const struct as_options *opt, struct as_error *err)
{
	struct as_alert_limits limits;
	enum as_status status = read_limits(run, opt, &limits, err);
	if (status != AS_OK)
		return status;
	run->alert.limits = limits;
	/* What was raised, and is to be taken back, counts as well. */
	run->has_alert |= as_alert_has_limits(&limits);
	if (run->command)
		as_alert_command_set_limit(run->command, as_options_real(opt, "live.alert_command_s"));
	return AS_OK;
}

void as_live_watch_reading(struct as_live_run *run, const struct as_live_reading *r)
{
	struct as_alert_event events[AS_ALERT_EVENTS_MAX];
	int n = as_alert_step(&run->alert, r->t_s, r->state, r->calibrated_lag_ms, events);
	for (int i = 0; i < n; i++) {
		run->was_alerted |= events[i].raised;
		if (run->command)
			run_command(run, &events[i], r);
		if (!is_once(run) && run->end == AS_LIVE_GOES_ON)
			as_live_out_alert(run, &events[i], r);
	}
}

void as_live_watch_tick(struct as_live_run *run)
{
	keep_command(run);
	if (as_clock_s() >= run->metrics_due_s)
		keep_metrics(run);
}

int as_live_watch_due_ms(const struct as_live_run *run)
{
	if (run->command && as_alert_command_is_busy(run->command))
		return BUSY_MS;
	double left_s = run->args->prometheus ? run->metrics_due_s - as_clock_s() : METRICS_S;
	return (int)(1000 * fmin(fmax(left_s, 0), METRICS_S)) + 1;
}

void as_live_watch_close(struct as_live_run *run)
{
	finish_command(run);
	as_alert_command_free(run->command);
	run->command = NULL;
	keep_metrics(run);
}
