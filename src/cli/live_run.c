#include <errno.h>
#include <fcntl.h>
#include <math.h>
#include <poll.h>
#include <string.h>
#include <unistd.h>

#include "base/clock.h"
#include "cli/live.h"
#include "cli/say.h"

#define STEP_S 0.1       /* readings come as often */
#define PLAIN_S 1.0      /* lines for people */
#define UNHEARD_S 1.5    /* without a reading; then what the status says is judged instead */

const struct as_options *as_live_run_options(const struct as_live_run *run)
{
	return run->reread ? run->reread : run->args->opt;
}

static void set_interval(struct as_live_run *run)
{
	double asked_s = as_options_real(as_live_run_options(run), "live.interval_s");
	run->interval_s = asked_s > 0 ? asked_s : run->json ? STEP_S : PLAIN_S;
	run->next_t_s = -INFINITY;
}

static bool has_tty(void)
{
	int fd = open("/dev/tty", O_RDONLY | O_NOCTTY | O_CLOEXEC);
	if (fd >= 0)
		close(fd);
	return fd >= 0;
}

static int fail(const struct as_error *err)
{
	as_say("%s", err->msg);
	return err->status == AS_ERR_INVALID ? AS_EXIT_USAGE : AS_EXIT_FAILED;
}

int as_live_run_open(struct as_live_run *run, const struct as_args *args)
{
	const struct as_live_config cfg = {
		.reference = args->words[0], .capture = args->capture, .fast = args->fast, .pcm = args->pcm,
		.at_once = args->once && isnan(args->duration_s)};
	struct as_error err = {0};
	*run = (struct as_live_run){.args = args,
				    .json = args->json,
				    .term = as_term_of(STDOUT_FILENO, args->opt, args->color),
				    .reading_time_s = NAN,
				    .started_s = as_clock_s(),
				    .had_tty = has_tty()};
	run->last_s = run->begun_s = run->started_s;
	set_interval(run);
	run->live = as_live_open(args->opt, &cfg, &err);
	if (!run->live)
		return fail(&err);
	as_live_status(run->live, &run->status);
	return as_live_watch_open(run);
}

int as_live_run_add(struct as_live_run *run, const struct as_live_consumer *c)
{
	if (run->n_consumers < AS_LIVE_CONSUMERS_MAX) {
		run->consumers[run->n_consumers++] = *c;
		return -1;
	}
	c->close(c->self);
	as_say("live: too much at once");
	return AS_EXIT_FAILED;
}

static void close_consumers(struct as_live_run *run)
{
	while (run->n_consumers > 0) {
		const struct as_live_consumer *c = &run->consumers[--run->n_consumers];
		c->close(c->self);
	}
}

void as_live_run_close(struct as_live_run *run)
{
	close_consumers(run);
	as_live_close(run->live);
	as_alert_command_free(run->command);
	as_options_free(run->reread);
	*run = (struct as_live_run){0};
}

/* ---- readings ---- */

/* Without a lag there is a line for people only where it says something else. */
static bool is_due(struct as_live_run *run, const struct as_live_reading *r)
{
	bool news = as_live_is_news(&run->told, r);
	bool due = r->t_s + STEP_S / 2 >= run->next_t_s;
	if (news || (due && (run->json || r->state == AS_LIVE_LOCKED))) {
		run->next_t_s = (floor((r->t_s + STEP_S / 2) / run->interval_s) + 1) * run->interval_s;
		return true;
	}
	return false;
}

static void answer_once(struct as_live_run *run, const struct as_live_reading *r)
{
	if ((r->state == AS_LIVE_LOCKED || r->no_match) && as_live_out_reading(run, r))
		run->end = AS_LIVE_ANSWERED;
}

/* Of the time that was asked for, nothing goes into reading the reference. */
static void find_begin(struct as_live_run *run, const struct as_live_reading *r)
{
	if (run->begun)
		return;
	run->begun = r->state != AS_LIVE_WAITING;
	run->begun_s = as_clock_s();
	if (!run->begun)
		run->begin_t_s = r->t_s;
}

static void take(struct as_live_run *run, const struct as_live_reading *r)
{
	find_begin(run, r);
	run->reading_time_s = round(as_clock_day_s() * 1e3) / 1e3;
	run->last = *r;
	run->last_s = as_clock_s();
	run->any = true;
	run->locked |= r->state == AS_LIVE_LOCKED;
	for (int i = 0; i < run->n_consumers; i++)
		if (run->consumers[i].reading)
			run->consumers[i].reading(run->consumers[i].self, r, &run->status);
	as_live_watch_reading(run, r);
	if (run->end != AS_LIVE_GOES_ON)
		return;
	if (run->args->once)
		answer_once(run, r);
	else if (is_due(run, r))
		as_live_out_reading(run, r);
	if (run->end == AS_LIVE_GOES_ON && run->begun && r->t_s - run->begin_t_s >= run->args->duration_s)
		run->end = AS_LIVE_TIME_IS_UP;
}

/* Alerts and metrics go on where no readings come: a source that is waited for, or that hangs. */
static void judge_silence(struct as_live_run *run)
{
	double now_s = as_clock_s(), gap_s = now_s - run->last_s;
	if (gap_s < UNHEARD_S)
		return;
	struct as_live_reading r = run->any ? run->last : (struct as_live_reading){.p_false = NAN, .last_lag_ms = NAN, .last_t_s = NAN};
	r.t_s += gap_s;
	r.state = run->status.state;
	r.lag_ms = r.lag_err_ms = r.calibrated_lag_ms = r.position_s = r.drift_ppm = r.drift_err_ppm = r.p_false = r.level_db = NAN;
	r.confidence = 0;
	r.no_match = r.ambiguous = false;
	run->last = r;
	run->last_s = now_s;
	run->any = true;
	as_live_watch_reading(run, &r);
}

/* ---- requests ---- */

static void toggle_pause(struct as_live_run *run)
{
	run->paused = !run->paused;
	if (run->paused)
		as_live_pause(run->live);
	else
		as_live_resume(run->live);
}

static void reread(struct as_live_run *run)
{
	struct as_error err = {0};
	struct as_options *opt = as_args_reread(run->args, &err);
	enum as_status status = opt ? as_live_watch_reread(run, opt, &err) : err.status;
	if (status == AS_OK)
		status = as_live_reread(run->live, opt, &err);
	if (status != AS_OK) {
		as_options_free(opt);
		as_say("%s; the settings stay as they were", err.msg);
		return;
	}
	as_options_free(run->reread);
	run->reread = opt;
	set_interval(run);
	for (int i = 0; i < run->n_consumers; i++)
		if (run->consumers[i].reread)
			run->consumers[i].reread(run->consumers[i].self, opt);
	if (run->args->verbosity >= 0)
		as_say("settings read again");
}

static void take_requests(struct as_live_run *run)
{
	int asked = as_take_requests();
	if (asked & AS_REQUEST_PAUSE)
		toggle_pause(run);
	/* A terminal that is gone is no request: what was started in it ends with it. */
	if ((asked & AS_REQUEST_REREAD) && run->had_tty && !has_tty())
		run->end = AS_LIVE_STOPPED;
	else if (asked & AS_REQUEST_REREAD)
		reread(run);
	if (as_interrupted())
		run->end = AS_LIVE_STOPPED;
}

/* ---- the loop ---- */

enum { FD_LIVE, FD_INTERRUPT, FD_OUT, FD_CONSUMERS };

int as_live_run_tick(struct as_live_run *run, int due_ms)
{
	for (int i = 0; i < run->n_consumers; i++) {
		const struct as_live_consumer *c = &run->consumers[i];
		int ms = c->tick ? c->tick(c->self) : -1;
		due_ms = ms >= 0 && ms < due_ms ? ms : due_ms;
	}
	return due_ms;
}

static void wait_for_news(struct as_live_run *run)
{
	struct pollfd fds[FD_CONSUMERS + AS_LIVE_CONSUMERS_MAX] = {
		[FD_LIVE] = {.fd = as_live_fd(run->live), .events = POLLIN},
		[FD_INTERRUPT] = {.fd = as_interrupt_fd(), .events = POLLIN},
		[FD_OUT] = {.fd = STDOUT_FILENO}, /* that nobody reads it any longer shows as an error */
	};
	int due_ms = as_live_run_tick(run, as_live_watch_due_ms(run));
	for (int i = 0; i < run->n_consumers; i++) {
		const struct as_live_consumer *c = &run->consumers[i];
		fds[FD_CONSUMERS + i] =
			(struct pollfd){.fd = c->fd ? c->fd(c->self) : -1, .events = c->events ? c->events(c->self) : POLLIN};
	}
	if (poll(fds, (nfds_t)(FD_CONSUMERS + run->n_consumers), due_ms) < 0 && errno != EINTR) {
		as_say("poll: %s", strerror(errno));
		run->end = AS_LIVE_FAILED;
	} else if (fds[FD_OUT].revents & (POLLERR | POLLHUP)) {
		run->end = AS_LIVE_UNHEARD;
	}
}

bool as_live_run_reads_reference(const struct as_live_run *run)
{
	return !run->begun && run->status.capturing && !run->status.reference_live;
}

static void drive(struct as_live_run *run)
{
	struct as_live_reading r;
	while (run->end == AS_LIVE_GOES_ON) {
		/* First: what it tells of an end holds for the readings before it. */
		as_live_status(run->live, &run->status);
		as_live_note(run);
		while (run->end == AS_LIVE_GOES_ON && !as_interrupted() && as_live_next(run->live, &r)) {
			take(run, &r);
			as_live_watch_tick(run);
		}
		if (run->end != AS_LIVE_GOES_ON)
			return;
		if (run->status.ended) {
			run->end = AS_LIVE_CAPTURE_END;
			return;
		}
		judge_silence(run);
		as_live_watch_tick(run);
		if (as_live_run_reads_reference(run))
			run->begun_s = as_clock_s();
		if (as_clock_s() - run->begun_s >= run->args->duration_s)
			run->end = AS_LIVE_TIME_IS_UP;
		else if (run->end == AS_LIVE_GOES_ON)
			wait_for_news(run);
		if (run->end == AS_LIVE_GOES_ON)
			take_requests(run);
	}
}

static int verdict(const struct as_live_run *run)
{
	bool endless = !run->args->once && isnan(run->args->duration_s);
	switch (run->end) {
	case AS_LIVE_FAILED:
		return AS_EXIT_FAILED;
	case AS_LIVE_STOPPED:
		if (!endless)
			return AS_EXIT_INTERRUPTED;
		return run->was_alerted ? AS_EXIT_UNSURE : AS_EXIT_OK;
	case AS_LIVE_UNHEARD:
		return run->was_alerted ? AS_EXIT_UNSURE : AS_EXIT_OK;
	case AS_LIVE_GOES_ON:
	case AS_LIVE_ANSWERED:
	case AS_LIVE_TIME_IS_UP:
	case AS_LIVE_CAPTURE_END:
		break;
	}
	return run->locked && !run->was_alerted ? AS_EXIT_OK : AS_EXIT_UNSURE;
}

/* Who asked once gets an answer, if only that there is none yet. */
static void answer_late(struct as_live_run *run)
{
	bool over = run->end == AS_LIVE_TIME_IS_UP || (run->end == AS_LIVE_CAPTURE_END && run->status.error.status < AS_ERR_IO);
	if (run->args->once && run->any && over)
		as_live_out_reading(run, &run->last);
}

int as_live_run_drive(struct as_live_run *run)
{
	struct as_error err = {0};
	as_hear_requests();
	if (as_live_start(run->live, &err) != AS_OK)
		return fail(&err);
	drive(run);
	answer_late(run);
	as_live_stop(run->live);
	close_consumers(run);
	as_live_watch_close(run);
	if (run->end == AS_LIVE_CAPTURE_END && run->status.error.status >= AS_ERR_IO)
		return fail(&run->status.error);
	if (run->end == AS_LIVE_STOPPED && verdict(run) == AS_EXIT_INTERRUPTED)
		as_say("interrupted");
	return verdict(run);
}
