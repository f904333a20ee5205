/* The live meter's lines, ends and exit codes, with a meter of this file's own that says what it is told to. */
#include <fcntl.h>
#include <math.h>
#include <setjmp.h>
#include <signal.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/stat.h>
#include <unistd.h>

#include <cmocka.h>

#include "base/file.h"
#include "cli/live.h"
#include "cli/merge.h"
#include "folder.h"

/* ---- the meter ---- */

enum { DO_NOTHING, DO_INTERRUPT, DO_PAUSE, DO_REREAD };

struct step {
	struct as_live_reading r;
	int then; /* what is asked for once it has been taken */
};

static struct as_live {
	struct step step[200];
	int n, next;
	enum as_status error;
	bool broken; /* its reference */
	bool endless; /* nothing more comes, and no end */
	int fd[2];
	int pauses, resumes, stops, closes, rereads;
} meter;

static struct {
	bool interrupted;
	int requests;
	int fd[2];
} world;

const char *as_live_state_name(enum as_live_state s)
{
	static const char *const names[] = {"waiting", "searching", "locked", "lost", "silent", "paused"};
	return names[s];
}

struct as_live *as_live_open(const struct as_options *opt, const struct as_live_config *cfg, struct as_error *err)
{
	(void)opt;
	if (!strcmp(cfg->reference, "missing")) {
		as_fail(err, AS_ERR_IO, "missing: is missing");
		return NULL;
	}
	return &meter;
}

void as_live_close(struct as_live *l)
{
	if (l)
		l->closes++;
}

enum as_status as_live_start(struct as_live *l, struct as_error *err)
{
	(void)l;
	(void)err;
	return AS_OK;
}

void as_live_pause(struct as_live *l)
{
	l->pauses++;
}

void as_live_resume(struct as_live *l)
{
	l->resumes++;
}

void as_live_stop(struct as_live *l)
{
	l->stops++;
}

int as_live_fd(const struct as_live *l)
{
	return l->fd[0];
}

bool as_live_next(struct as_live *l, struct as_live_reading *out)
{
	if (l->next > 0) {
		int then = l->step[l->next - 1].then;
		l->step[l->next - 1].then = DO_NOTHING;
		world.interrupted |= then == DO_INTERRUPT;
		world.requests |= then == DO_PAUSE ? AS_REQUEST_PAUSE : then == DO_REREAD ? AS_REQUEST_REREAD : 0;
		if (then != DO_NOTHING) {
			assert_int_equal(write(world.fd[1], "", 1), 1);
			return false;
		}
	}
	if (l->next == l->n)
		return false;
	*out = l->step[l->next++].r;
	if (l->next == l->n && !l->endless) /* the status will say so */
		assert_int_equal(write(l->fd[1], "", 1), 1);
	return true;
}

void as_live_status(struct as_live *l, struct as_live_status *out)
{
	*out = (struct as_live_status){.state = AS_LIVE_SEARCHING, .capturing = true, .capture = "a microphone", .device = "monitor:made-up"};
	out->ended = l->next == l->n && !l->endless && l->step[l->n ? l->n - 1 : 0].then == DO_NOTHING;
	if (l->broken) {
		as_fail(&out->reference_error, AS_ERR_IO, "http://there/song: it broke");
		out->loaded_s = 83;
	}
	if (l->error != AS_OK)
		as_fail(&out->error, l->error, "the microphone is on fire");
}

void as_live_set_calibration(struct as_live *l, double ms)
{
	(void)l;
	(void)ms;
}

enum as_status as_live_reread(struct as_live *l, const struct as_options *opt, struct as_error *err)
{
	(void)opt;
	(void)err;
	l->rereads++;
	return AS_OK;
}

/* ---- the program around it ---- */

bool as_interrupted(void)
{
	return world.interrupted;
}

int as_interrupt_fd(void)
{
	return world.fd[0];
}

void as_hear_requests(void)
{
}

int as_take_requests(void)
{
	char drop[8];
	int asked = world.requests;
	while (read(world.fd[0], drop, sizeof drop) > 0)
		;
	world.requests = 0;
	return asked;
}

/* ---- the harness ---- */

static char dir[256];
static const char *words[] = {"song.flac"};
static struct as_args args;
static char *out_text, *err_text;

static int setup(void **state)
{
	(void)state;
	if (folder_make(dir, sizeof dir) != 0 || pipe(meter.fd) != 0 || pipe(world.fd) != 0)
		return -1;
	fcntl(world.fd[0], F_SETFL, O_NONBLOCK);
	fcntl(meter.fd[0], F_SETFL, O_NONBLOCK);
	signal(SIGPIPE, SIG_IGN);
	setenv("XDG_CONFIG_HOME", dir, 1);
	return 0;
}

static int teardown(void **state)
{
	(void)state;
	return folder_remove(dir);
}

static void begin(void)
{
	char drop[8];
	int fd[2] = {meter.fd[0], meter.fd[1]};
	while (read(fd[0], drop, sizeof drop) > 0)
		;
	meter = (struct as_live){.fd = {fd[0], fd[1]}};
	world.interrupted = false;
	world.requests = 0;
	as_take_requests();
	as_options_free(args.opt);
	free(args.merge);
	args = (struct as_args){.command = AS_CMD_LIVE, .words = words, .n_words = 1, .duration_s = NAN};
	args.opt = as_options_new();
	args.merge = calloc(1, sizeof *args.merge);
	assert_non_null(args.opt);
	assert_non_null(args.merge);
}

static struct as_live_reading *add(double t_s, enum as_live_state state, double lag_ms)
{
	struct step *s = &meter.step[meter.n++];
	bool locked = state == AS_LIVE_LOCKED;
	*s = (struct step){.r = {.t_s = t_s,
				 .state = state,
				 .lag_ms = locked ? lag_ms : NAN,
				 .calibrated_lag_ms = locked ? lag_ms : NAN,
				 .lag_err_ms = locked ? 0.1 : NAN,
				 .position_s = locked ? t_s - lag_ms / 1e3 : NAN,
				 .drift_ppm = NAN,
				 .drift_err_ppm = NAN,
				 .confidence = locked ? 20 : 0,
				 .p_false = locked ? 1e-20 : NAN,
				 .last_lag_ms = NAN,
				 .last_t_s = NAN,
				 .level_db = -20}};
	return &s->r;
}

static void add_many(int n, double from_s, enum as_live_state state, double lag_ms)
{
	for (int i = 0; i < n; i++)
		add(from_s + i / 10.0, state, lag_ms);
}

static char *slurp(const char *path)
{
	char *text = NULL;
	int64_t n;
	assert_int_equal(as_file_read(path, 1 << 20, &text, &n, NULL), AS_OK);
	return text;
}

static int redirect(int fd, const char *path)
{
	int kept = dup(fd), file = open(path, O_WRONLY | O_CREAT | O_TRUNC, 0600);
	assert_true(kept >= 0 && file >= 0);
	dup2(file, fd);
	close(file);
	return kept;
}

static void restore(int fd, int kept)
{
	dup2(kept, fd);
	close(kept);
}

/* The exit code; what was printed in out_text and err_text. */
static int run_with(const struct as_live_consumer *consumer)
{
	char out[300], err[300];
	struct as_live_run run;
	snprintf(out, sizeof out, "%s/out", dir);
	snprintf(err, sizeof err, "%s/err", dir);
	fflush(stdout);
	fflush(stderr);
	int kept_out = redirect(STDOUT_FILENO, out), kept_err = redirect(STDERR_FILENO, err);
	int code = as_live_run_open(&run, &args);
	if (code < 0 && consumer)
		code = as_live_run_add(&run, consumer);
	if (code < 0)
		code = as_live_run_drive(&run);
	as_live_run_close(&run);
	fflush(stderr);
	restore(STDOUT_FILENO, kept_out);
	restore(STDERR_FILENO, kept_err);
	free(out_text);
	free(err_text);
	out_text = slurp(out);
	err_text = slurp(err);
	return code;
}

static int run(void)
{
	return run_with(NULL);
}

static int count(const char *text, const char *part)
{
	int n = 0;
	while ((text = strstr(text, part)) != NULL) {
		text++;
		n++;
	}
	return n;
}

static void set(const char *key, const char *value)
{
	assert_int_equal(as_options_set(args.opt, key, value, NULL, NULL), AS_OK);
}

/* ---- the tests ---- */

static void test_json_prints_all(void **state)
{
	(void)state;
	begin();
	args.json = true;
	add_many(25, 0, AS_LIVE_SEARCHING, 0);
	add_many(35, 2.5, AS_LIVE_LOCKED, 12);
	assert_int_equal(run(), AS_EXIT_OK);
	assert_int_equal(count(out_text, "\n"), 60);
	assert_int_equal(count(out_text, "\"lag_ms\": null"), 25);
	assert_int_equal(count(out_text, "\"lag_ms\": 12.0"), 35);
	assert_int_equal(meter.stops, 1);
	assert_int_equal(meter.closes, 1);
}

static void test_broken_reference(void **state)
{
	(void)state;
	begin();
	args.json = true;
	meter.broken = true;
	add_many(20, 0, AS_LIVE_SEARCHING, 0);
	add(2, AS_LIVE_LOCKED, 12)->reference_broken = true;
	assert_int_equal(run(), AS_EXIT_OK);
	assert_int_equal(count(err_text, "reference: http://there/song: it broke; only the first 1:23 "), 1);
	assert_int_equal(count(out_text, "\"reference_broken\": false"), 20);
	assert_int_equal(count(out_text, "\"reference_broken\": true"), 1);
	begin();
	meter.broken = true;
	args.verbosity = -1;
	add(0, AS_LIVE_LOCKED, 12);
	assert_int_equal(run(), AS_EXIT_OK);
	assert_string_equal(err_text, "");
}

static void test_interval(void **state)
{
	(void)state;
	begin();
	args.json = true;
	set("live.interval_s", "1");
	add_many(25, 0, AS_LIVE_SEARCHING, 0); /* 0, 1, 2 */
	add_many(35, 2.53, AS_LIVE_LOCKED, 12); /* 2.53 is news, then 3.03, 4.03, 5.03 */
	assert_int_equal(run(), AS_EXIT_OK);
	assert_int_equal(count(out_text, "\n"), 7);
	assert_int_equal(count(out_text, "\"t_s\": 2.53,"), 1);
	assert_int_equal(count(out_text, "\"t_s\": 4.03,"), 1);
}

/* Without a lag a person is told only what is new. */
static void test_plain_lines(void **state)
{
	(void)state;
	begin();
	add_many(100, 0, AS_LIVE_SEARCHING, 0);
	add_many(30, 10, AS_LIVE_LOCKED, 12);
	add_many(50, 13, AS_LIVE_SILENT, 0);
	assert_int_equal(run(), AS_EXIT_OK);
	assert_int_equal(count(out_text, "searching"), 1);
	assert_int_equal(count(out_text, "locked"), 3);
	assert_int_equal(count(out_text, "silent"), 1);
	assert_int_equal(count(err_text, "listening to a microphone\n"), 1);
	begin();
	args.verbosity = -1;
	add_many(3, 0, AS_LIVE_SEARCHING, 0);
	assert_int_equal(run(), AS_EXIT_UNSURE);
	assert_string_equal(err_text, "");
}

static void test_never_locked(void **state)
{
	(void)state;
	begin();
	args.json = true;
	add_many(9, 0, AS_LIVE_SEARCHING, 0);
	assert_int_equal(run(), AS_EXIT_UNSURE);
	begin();
	assert_int_equal(run(), AS_EXIT_UNSURE);
	assert_string_equal(out_text, "");
}

static void test_once(void **state)
{
	(void)state;
	begin();
	args.json = args.once = true;
	add_many(20, 0, AS_LIVE_SEARCHING, 0);
	add_many(20, 2, AS_LIVE_LOCKED, 12);
	assert_int_equal(run(), AS_EXIT_OK);
	assert_int_equal(count(out_text, "\n"), 1);
	assert_int_equal(count(out_text, "\"t_s\": 2.0, \"state\": \"locked\""), 1);
	begin();
	args.once = true;
	add_many(20, 0, AS_LIVE_SEARCHING, 0);
	add(2, AS_LIVE_SEARCHING, 0)->no_match = true;
	add_many(20, 2.1, AS_LIVE_LOCKED, 12);
	assert_int_equal(run(), AS_EXIT_UNSURE);
	assert_int_equal(count(out_text, "no match"), 1);
	assert_int_equal(count(out_text, "\n"), 1);
	begin();
	args.once = true;
	add_many(20, 0, AS_LIVE_SEARCHING, 0);
	assert_int_equal(run(), AS_EXIT_UNSURE);
	assert_int_equal(count(out_text, "searching"), 1);
	assert_int_equal(count(out_text, "\n"), 1);
}

/* The one reading decides at once whether there is an alert. */
static void test_once_with_limits(void **state)
{
	(void)state;
	begin();
	args.json = args.once = true;
	set("live.alert", "production");
	add(1, AS_LIVE_LOCKED, 14);
	assert_int_equal(run(), AS_EXIT_OK);
	begin();
	args.json = args.once = true;
	set("live.alert", "production");
	add(1, AS_LIVE_LOCKED, 16);
	assert_int_equal(run(), AS_EXIT_UNSURE);
	assert_int_equal(count(out_text, "\n"), 1);
	assert_int_equal(count(out_text, "\"state\": \"locked\""), 1);
}

static void test_duration(void **state)
{
	(void)state;
	begin();
	args.json = true;
	args.duration_s = 3;
	add_many(100, 0, AS_LIVE_LOCKED, 12);
	assert_int_equal(run(), AS_EXIT_OK);
	assert_int_equal(count(out_text, "\n"), 31);
	begin();
	args.json = true;
	args.duration_s = 3;
	add_many(100, 0, AS_LIVE_SEARCHING, 12);
	assert_int_equal(run(), AS_EXIT_UNSURE);
}

/* An endless monitor ends cleanly; what was to give an answer has not given it. */
static void test_interrupts(void **state)
{
	(void)state;
	for (int kind = 0; kind < 3; kind++) {
		begin();
		args.json = true;
		args.once = kind == 1;
		args.duration_s = kind == 2 ? 1000 : NAN;
		meter.endless = true;
		add_many(5, 0, AS_LIVE_SEARCHING, 0);
		meter.step[4].then = DO_INTERRUPT;
		add_many(5, 0.5, AS_LIVE_LOCKED, 0);
		assert_int_equal(run(), kind == 0 ? AS_EXIT_OK : AS_EXIT_INTERRUPTED);
		assert_int_equal(count(out_text, "\n"), kind == 1 ? 0 : 5);
		assert_int_equal(meter.closes, 1);
	}
}

static void test_pause(void **state)
{
	(void)state;
	begin();
	args.json = true;
	add_many(5, 0, AS_LIVE_LOCKED, 0);
	meter.step[1].then = meter.step[3].then = DO_PAUSE;
	assert_int_equal(run(), AS_EXIT_OK);
	assert_int_equal(meter.pauses, 1);
	assert_int_equal(meter.resumes, 1);
}

static void write_config(const char *text)
{
	char path[300];
	snprintf(path, sizeof path, "%s/audiosync", dir);
	assert_int_equal(as_dir_make(path, NULL), AS_OK);
	snprintf(path, sizeof path, "%s/audiosync/audiosync.ini", dir);
	assert_int_equal(as_file_write(path, true, text, NULL), AS_OK);
}

/* Limits that come with SIGHUP hold; settings that are wrong change nothing. */
static void test_reread(void **state)
{
	(void)state;
	begin();
	args.json = true;
	write_config("[live]\nalert = -40:60\nalert_after_s = 1\n");
	add_many(30, 0, AS_LIVE_LOCKED, 100);
	meter.step[15].then = DO_REREAD;
	assert_int_equal(run(), AS_EXIT_UNSURE);
	assert_int_equal(meter.rereads, 1);
	assert_int_equal(count(out_text, "{\"alert\": \"late\", \"raised\": true, \"t_s\": 2.5,"), 1);
	assert_int_equal(count(err_text, "settings read again"), 1);
	begin();
	write_config("[live]\nalert = maybe\n");
	add_many(30, 0, AS_LIVE_LOCKED, 100);
	meter.step[15].then = DO_REREAD;
	assert_int_equal(run(), AS_EXIT_OK);
	assert_int_equal(meter.rereads, 0);
	assert_int_equal(count(err_text, "stay as they were"), 1);
	write_config("");
}

static void test_alerts(void **state)
{
	(void)state;
	char command[700];
	begin();
	args.json = true;
	snprintf(command, sizeof command,
		 "sh -c 'echo \"$AUDIOSYNC_ALERT $AUDIOSYNC_RAISED $AUDIOSYNC_STATE $AUDIOSYNC_LAG_MS $AUDIOSYNC_REFERENCE $AUDIOSYNC_DEVICE.\" >>%s/told'", dir);
	args.on_alert = command;
	set("live.alert", "-40:60");
	add_many(30, 0, AS_LIVE_LOCKED, 100);
	assert_int_equal(run(), AS_EXIT_UNSURE);
	assert_int_equal(count(out_text, "\n"), 31);
	assert_int_equal(count(out_text, "{\"alert\": \"late\", \"raised\": true, \"t_s\": 2.0,"), 1);
	/* Asked for by the last readings, and yet it has run. */
	char *told = slurp(folder_path(dir, "told"));
	assert_string_equal(told, "late 1 locked 100.000 song.flac monitor:made-up.\n");
	free(told);
	/* Early by nothing that is shown. */
	begin();
	snprintf(command, sizeof command, "sh -c 'echo \"$AUDIOSYNC_LAG_MS\" >%s/told'", dir);
	args.on_alert = command;
	set("live.alert", "0:10");
	add_many(30, 0, AS_LIVE_LOCKED, -0.0001);
	assert_int_equal(run(), AS_EXIT_UNSURE);
	told = slurp(folder_path(dir, "told"));
	assert_string_equal(told, "0.000\n");
	free(told);
}

static void test_usage(void **state)
{
	(void)state;
	begin();
	set("live.alert", "loud");
	assert_int_equal(run(), AS_EXIT_USAGE);
	assert_int_equal(count(err_text, "live.alert"), 1);
	begin();
	args.on_alert = "true";
	assert_int_equal(run(), AS_EXIT_USAGE);
	begin();
	args.on_alert = "no-such-program";
	set("live.alert_no_lock_s", "5");
	assert_int_equal(run(), AS_EXIT_FAILED);
	begin();
	args.prometheus = "/no/such/folder/x.prom";
	assert_int_equal(run(), AS_EXIT_FAILED);
	assert_int_equal(count(err_text, "/no/such/folder"), 1);
	begin();
	words[0] = "missing";
	assert_int_equal(run(), AS_EXIT_FAILED);
	assert_int_equal(count(err_text, "missing: is missing"), 1);
	words[0] = "song.flac";
}

static void test_error(void **state)
{
	(void)state;
	begin();
	args.json = true;
	add_many(5, 0, AS_LIVE_LOCKED, 0);
	meter.error = AS_ERR_IO;
	assert_int_equal(run(), AS_EXIT_FAILED);
	assert_int_equal(count(out_text, "\n"), 5);
	assert_int_equal(count(err_text, "on fire"), 1);
}

static void test_metrics_left_behind(void **state)
{
	(void)state;
	char path[300];
	begin();
	snprintf(path, sizeof path, "%s/lag.prom", dir);
	args.prometheus = path;
	add_many(5, 0, AS_LIVE_LOCKED, 0);
	assert_int_equal(run(), AS_EXIT_OK);
	char *text = slurp(path);
	assert_int_equal(count(text, "audiosync_running{reference=\"song.flac\",capture=\"default\"} 0\n"), 1);
	assert_int_equal(count(text, "audiosync_lag_seconds"), 0);
	assert_int_equal(count(text, "audiosync_last_reading_timestamp_seconds{"), 1);
	free(text);
}

/* Once it has waited for the clock of what came back, that is back: not before, and once. */
static void test_back_is_said_once(void **state)
{
	(void)state;
	/* Capturing or not, turn by turn; in between more time passes than it has patience. */
	static const struct {
		bool capturing;
		const char *waiting_for;
		bool stays;
	} turns[] = {{true, "", true}, {false, "it to come back", true}, {true, "", false}, {false, "its clock", true}, {true, "", false}, {true, "", true}, {true, "", true}};
	struct as_live_run run = {.args = &args};
	char err[300];
	snprintf(err, sizeof err, "%s/err", dir);
	fflush(stderr);
	int kept = redirect(STDERR_FILENO, err);
	for (size_t i = 0; i < sizeof turns / sizeof *turns; i++) {
		run.status = (struct as_live_status){.capturing = turns[i].capturing, .capture = "a microphone"};
		snprintf(run.status.waiting_for, sizeof run.status.waiting_for, "%s", turns[i].waiting_for);
		as_live_note(&run);
		if (!turns[i].stays)
			continue;
		if (run.noted.back_s > 0)
			run.noted.back_s -= 10;
		run.noted.waiting_s -= 10;
		as_live_note(&run);
	}
	fflush(stderr);
	restore(STDERR_FILENO, kept);
	free(err_text);
	err_text = slurp(err);
	assert_int_equal(count(err_text, "listening to a microphone\n"), 1);
	assert_int_equal(count(err_text, "waiting for its clock\n"), 1);
	assert_int_equal(count(err_text, "listening to a microphone again\n"), 1);
	assert_true(strstr(err_text, "its clock") < strstr(err_text, "again"));
}

/* What standard error gets of one more try to write the metrics. */
static char *told_of_metrics(struct as_live_run *run)
{
	char err[300];
	snprintf(err, sizeof err, "%s/err", dir);
	fflush(stderr);
	int kept = redirect(STDERR_FILENO, err);
	run->metrics_due_s = 0;
	as_live_watch_tick(run);
	fflush(stderr);
	restore(STDERR_FILENO, kept);
	free(err_text);
	return err_text = slurp(err);
}

static void test_metrics_fail_and_come_back(void **state)
{
	(void)state;
	char path[300], hidden[300];
	begin();
	snprintf(path, sizeof path, "%s/full/lag.prom", dir);
	snprintf(hidden, sizeof hidden, "%s/full", dir);
	args.prometheus = path;
	struct as_live_run run = {.args = &args, .reading_time_s = NAN};
	assert_non_null(strstr(told_of_metrics(&run), path));
	assert_string_equal(told_of_metrics(&run), "");
	assert_int_equal(mkdir(hidden, 0700), 0);
	assert_int_equal(count(told_of_metrics(&run), "full/lag.prom: written again\n"), 1);
	assert_string_equal(told_of_metrics(&run), "");
	assert_int_equal(unlink(path), 0);
	assert_int_equal(rmdir(hidden), 0);
}

/* The device may change, the labels of what is measured may not. */
static void test_metrics_of_a_device(void **state)
{
	(void)state;
	struct as_live_run run = {.args = &args, .reference = "song.flac", .capture = "default", .reading_time_s = NAN};
	char path[300];
	begin();
	snprintf(path, sizeof path, "%s/device.prom", dir);
	args.prometheus = path;
	told_of_metrics(&run);
	char *text = slurp(path);
	assert_int_equal(count(text, "audiosync_capture_info"), 0);
	free(text);
	snprintf(run.status.device, sizeof run.status.device, "monitor:\"out\"");
	snprintf(run.status.capture, sizeof run.status.capture, "Monitor of Speakers");
	told_of_metrics(&run);
	text = slurp(path);
	assert_int_equal(count(text, "audiosync_capture_info{reference=\"song.flac\",capture=\"default\",device=\"monitor:\\\"out\\\"\","
				     "name=\"Monitor of Speakers\"} 1\n"), 1);
	assert_int_equal(count(text, "audiosync_running{reference=\"song.flac\",capture=\"default\"} 1\n"), 1);
	free(text);
}

/* Nobody reads any longer: an end, and no complaint. */
static void test_broken_pipe(void **state)
{
	(void)state;
	struct as_live_run run;
	int fd[2], kept = dup(STDOUT_FILENO);
	char err[300];
	begin();
	args.json = true;
	meter.endless = true;
	add_many(5, 0, AS_LIVE_SEARCHING, 0);
	snprintf(err, sizeof err, "%s/err", dir);
	fflush(stdout);
	assert_int_equal(pipe(fd), 0);
	close(fd[0]);
	dup2(fd[1], STDOUT_FILENO);
	close(fd[1]);
	int kept_err = redirect(STDERR_FILENO, err);
	int code = as_live_run_open(&run, &args);
	if (code < 0)
		code = as_live_run_drive(&run);
	as_live_run_close(&run);
	fflush(stderr);
	restore(STDOUT_FILENO, kept);
	restore(STDERR_FILENO, kept_err);
	assert_int_equal(code, AS_EXIT_OK);
	free(err_text);
	err_text = slurp(err);
	assert_string_equal(err_text, "audiosync: listening to a microphone\n");
}

static struct {
	int readings, ticks, rereads, closes;
} heard;

static void hear(void *self, const struct as_live_reading *r, const struct as_live_status *s)
{
	assert_true(r->t_s >= 0);
	assert_string_equal(s->capture, "a microphone");
	*(int *)self += 1;
}

static int stalled = -1; /* the pipe that nobody empties but a tick that comes after a reading */

static int tick(void *self)
{
	char bytes[4096];
	(void)self;
	heard.ticks++;
	while (stalled >= 0 && heard.readings > 0 && read(stalled, bytes, sizeof bytes) > 0)
		;
	return 10;
}

static void reread_consumer(void *self, const struct as_options *opt)
{
	(void)self;
	assert_non_null(as_options_value(opt, "live.alert"));
	heard.rereads++;
}

static void close_consumer(void *self)
{
	(void)self;
	assert_int_equal(meter.closes, 0); /* the meter is still there */
	heard.closes++;
}

static void test_consumer(void **state)
{
	(void)state;
	begin();
	set("live.interval_s", "60");
	struct as_live_consumer c = {
		.self = &heard.readings, .reading = hear, .tick = tick, .reread = reread_consumer, .close = close_consumer};
	add_many(40, 0, AS_LIVE_LOCKED, 0);
	meter.step[20].then = DO_REREAD;
	assert_int_equal(run_with(&c), AS_EXIT_OK);
	assert_int_equal(heard.readings, 40);
	assert_true(heard.ticks > 0);
	assert_int_equal(heard.rereads, 1);
	assert_int_equal(heard.closes, 1);
}

/* Whoever reads stdout has stopped: what lives on readings goes on, or a player would run away. */
static void test_stalled_reader(void **state)
{
	(void)state;
	static const char full[4096];
	struct as_live_run run;
	int fd[2], kept = dup(STDOUT_FILENO);
	begin();
	args.json = true;
	args.verbosity = -1;
	memset(&heard, 0, sizeof heard);
	struct as_live_consumer c = {.self = &heard.readings, .reading = hear, .tick = tick, .close = close_consumer};
	add_many(5, 0, AS_LIVE_LOCKED, 0);
	fflush(stdout);
	assert_int_equal(pipe(fd), 0);
	fcntl(fd[0], F_SETFL, O_NONBLOCK);
	fcntl(fd[1], F_SETFL, O_NONBLOCK);
	while (write(fd[1], full, sizeof full) > 0)
		;
	stalled = fd[0];
	dup2(fd[1], STDOUT_FILENO);
	close(fd[1]);
	alarm(60); /* it would wait for ever */
	int code = as_live_run_open(&run, &args);
	if (code < 0)
		code = as_live_run_add(&run, &c);
	if (code < 0)
		code = as_live_run_drive(&run);
	as_live_run_close(&run);
	alarm(0);
	restore(STDOUT_FILENO, kept);
	close(stalled);
	stalled = -1;
	assert_int_equal(code, AS_EXIT_OK);
	assert_int_equal(heard.readings, 5);
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(test_back_is_said_once), cmocka_unit_test(test_json_prints_all),
		cmocka_unit_test(test_broken_reference),
		cmocka_unit_test(test_interval),
		cmocka_unit_test(test_plain_lines),
		cmocka_unit_test(test_never_locked),
		cmocka_unit_test(test_once),
		cmocka_unit_test(test_once_with_limits),
		cmocka_unit_test(test_duration),
		cmocka_unit_test(test_interrupts),
		cmocka_unit_test(test_pause),
		cmocka_unit_test(test_reread),
		cmocka_unit_test(test_alerts),
		cmocka_unit_test(test_usage),
		cmocka_unit_test(test_error),
		cmocka_unit_test(test_metrics_left_behind),
		cmocka_unit_test(test_metrics_fail_and_come_back),
		cmocka_unit_test(test_metrics_of_a_device),
		cmocka_unit_test(test_broken_pipe),
		cmocka_unit_test(test_consumer),
		cmocka_unit_test(test_stalled_reader),
	};
	int failed = cmocka_run_group_tests(tests, setup, teardown);
	as_options_free(args.opt);
	free(args.merge);
	free(out_text);
	free(err_text);
	return failed;
}
