/* Auditions: what is asked for wrongly; files whose ears lie on the truth and on each other; sound through a real server where there
 * is one, recorded back; and silence on the terminal all the while. */
#include <fcntl.h>
#include <math.h>
#include <poll.h>
#include <setjmp.h>
#include <signal.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/stat.h>
#include <sys/wait.h>
#include <time.h>
#include <unistd.h>

#include <cmocka.h>

#include <audiosync/audiosync.h>

#include "folder.h"
#include "projects.h"
#include "truth.h"
#include "media/mark.h"

#define RATE AS_AUDITION_RATE_HZ
#define LENGTH_S 60
#define START_S 3.1000123
#define PPM 40.0

static char root[64];
static struct as_session *s;
static int ref, dev, other;

static const char *in_root(const char *name)
{
	return folder_path(root, name);
}

/* A reference, a device with a clock of its own, and a recording of something else. */
static void write_shoot(const struct truth *x)
{
	const struct truth_device reference = {.rate_hz = 48000};
	const struct truth_device device = {.rate_hz = 44100, .start_s = START_S, .ppm = PPM};
	const struct truth y = truth_grains(0.05, 77);
	truth_record(in_root("Ref_001.wav"), x, &reference, LENGTH_S * 48000, 24);
	truth_record(in_root("Dev_001.wav"), x, &device, (LENGTH_S - 8) * 44100, 24);
	truth_record(in_root("Else_001.wav"), &y, &reference, 20 * 48000, 24);
}

static int set_up(void **state)
{
	const struct truth x = truth_grains(0.05, 5);
	(void)state;
	if (folder_make(root, sizeof root))
		return -1;
	write_shoot(&x);
	s = projects_open(NULL);
	assert_int_equal(as_session_add(s, in_root("Ref_001.wav"), NULL, NULL), AS_OK);
	assert_int_equal(as_session_add(s, in_root("Dev_001.wav"), NULL, NULL), AS_OK);
	assert_int_equal(as_session_add(s, in_root("Else_001.wav"), NULL, NULL), AS_OK);
	assert_int_equal(as_session_set_reference(s, "Ref", NULL), AS_OK);
	const struct as_snapshot *n = projects_analyze(s);
	ref = projects_clip(n, "Ref_001.wav");
	dev = projects_clip(n, "Dev_001.wav");
	other = projects_clip(n, "Else_001.wav");
	assert_int_equal(n->placements[dev].island, 1);
	assert_int_equal(n->placements[other].island, 0);
	as_snapshot_free(n);
	return 0;
}

static int tear_down(void **state)
{
	(void)state;
	as_session_free(s);
	return folder_remove(root);
}

/* ---- driving ---- */

static struct as_audition_state wait_end(struct as_session *of)
{
	struct as_audition_state t;
	while (as_session_audition_state(of, &t)) {
		struct pollfd p = {.fd = as_session_fd(of), .events = POLLIN};
		struct as_event e;
		assert_true(poll(&p, 1, 60000) > 0);
		while (as_session_next_event(of, &e))
			assert_int_equal(e.kind, AS_EVENT_AUDITION);
	}
	return t;
}

static struct as_audition both(double at_s, double length_s)
{
	return (struct as_audition){.a = ref, .b = dev, .island = 1, .at_s = at_s, .length_s = length_s};
}

static void write_wav(const struct as_audition *what, const char *name)
{
	struct as_error err = {0};
	if (as_session_audition_write(s, what, in_root(name), true, &err) != AS_OK)
		fail_msg("%s", err.msg);
	struct as_audition_state t = wait_end(s);
	if (t.stage != AS_AUDITION_DONE)
		fail_msg("%s", t.error.msg);
	assert_true(t.written);
	assert_true(t.at_s == t.end_s);
	assert_true(as_mark_found(in_root(name))); /* no recording, wherever it lies */
}

/* One channel of a 24-bit file of two. */
static double *read_ear(const char *name, int channel, int *n)
{
	int64_t bytes;
	unsigned char *v = (unsigned char *)projects_read(in_root(name), &bytes), *at = v;
	while (memcmp(at, "data", 4) != 0)
		assert_true(++at < v + bytes - 8);
	*n = (int)((v + bytes - at - 8) / 6);
	double *out = malloc(((size_t)*n + 1) * sizeof *out);
	assert_non_null(out);
	for (int i = 0; i < *n; i++) {
		const unsigned char *p = at + 8 + 6 * i + 3 * channel;
		out[i] = (double)(int32_t)((uint32_t)p[0] << 8 | (uint32_t)p[1] << 16 | (uint32_t)p[2] << 24) / 2147483648.0;
	}
	free(v);
	return out;
}

static double rms(const double *v, int n)
{
	double sum = 0;
	for (int i = 0; i < n; i++)
		sum += v[i] * v[i];
	return sqrt(sum / n);
}

/* ---- files ---- */

/* Both ears against the sum of grains at the true times. */
static void test_ears_are_true(void **state)
{
	const struct truth x = truth_grains(0.05, 5);
	const struct as_audition what = both(20, 6);
	int n;
	(void)state;
	write_wav(&what, "both.wav");
	for (int ear = 0; ear < 2; ear++) {
		double *v = read_ear("both.wav", ear, &n);
		assert_int_equal(n, 6 * RATE);
		struct truth_error e = truth_compare(&x, v + RATE, 21 * RATE, 4 * RATE, RATE);
		assert_true(fabs(e.late_s) < 0.1e-3);
		assert_true(e.rest_db < -60);
		/* brought to a level that can be heard, the same on both sides, and nowhere over */
		assert_true(fabs(20 * log10(rms(v, n) / 0.1)) < 3);
		free(v);
	}
	/* The same twice: the same bytes. */
	write_wav(&what, "again.wav");
	assert_true(projects_same_file(in_root("both.wav"), in_root("again.wav")));
}

static void test_begins_before(void **state)
{
	const struct truth x = truth_grains(0.05, 5);
	struct as_audition what = both(1, 4);
	int n;
	(void)state;
	what.before_s = 2; /* no more than there is: 1 s */
	write_wav(&what, "before.wav");
	double *v = read_ear("before.wav", 0, &n), *w = read_ear("before.wav", 1, &n);
	assert_int_equal(n, 4 * RATE);
	assert_true(fabs(truth_compare(&x, v + RATE / 2, RATE / 2, 2 * RATE, RATE).late_s) < 0.1e-3);
	/* The device has not begun. */
	assert_true(rms(w, 3 * RATE) == 0 && rms(w + 7 * RATE / 2, RATE / 2) > 0);
	free(v);
	free(w);
}

/* Tried elsewhere: so much later, and nowhere else changed. */
static void test_tries_a_place(void **state)
{
	const struct truth x = truth_grains(0.05, 5);
	struct as_audition what = both(20, 5);
	int n;
	(void)state;
	what.try_b = true;
	what.try_s = START_S + 0.25;
	write_wav(&what, "tried.wav");
	double *v = read_ear("tried.wav", 1, &n);
	struct truth_error e = truth_compare(&x, v + RATE, 21 * RATE - RATE / 4, 3 * RATE, RATE);
	assert_true(fabs(e.late_s) < 0.2e-3);
	free(v);
	/* What has no place can be tried, too. */
	what.b = other;
	what.try_s = 18;
	write_wav(&what, "other.wav");
	v = read_ear("other.wav", 1, &n);
	assert_true(rms(v, n) > 0.01);
	free(v);
}

/* One clip: the same on both sides, by its own time; with or without a place. */
static void test_alone(void **state)
{
	const struct truth y = truth_grains(0.05, 77);
	const struct as_audition what = {.a = other, .b = -1, .at_s = 17, .length_s = 9};
	int n;
	(void)state;
	write_wav(&what, "alone.wav");
	double *v = read_ear("alone.wav", 0, &n), *w = read_ear("alone.wav", 1, &n);
	assert_int_equal(n, 3 * RATE); /* it has no more */
	assert_memory_equal(v, w, (size_t)n * sizeof *v);
	assert_true(fabs(truth_compare(&y, v + RATE / 2, 17 * RATE + RATE / 2, 2 * RATE, RATE).late_s) < 1e-6);
	free(v);
	free(w);
}

/* ---- refusals ---- */

static void refuse(struct as_audition what, const char *word)
{
	struct as_error err = {0};
	assert_int_equal(as_session_audition(s, &what, &err), AS_ERR_INVALID);
	if (!strstr(err.msg, word))
		fail_msg("'%s' does not say '%s'", err.msg, word);
}

static void test_refusals(void **state)
{
	static const double bad[] = {NAN, INFINITY, -INFINITY, 1e300, -1e300};
	struct as_audition w = both(20, 5);
	(void)state;
	w.a = 99, refuse(w, "no clip"), w = both(20, 5);
	w.a = -1, refuse(w, "no clip"), w = both(20, 5);
	w.b = 99, refuse(w, "no clip"), w = both(20, 5);
	w.b = other, refuse(w, "Else_001.wav: has no place"), w = both(20, 5);
	w.island = 2, refuse(w, "island 1"), w = both(20, 5);
	w.island = 0, refuse(w, "timeline"), w = both(20, 5);
	refuse(both(1000, 5), "no sound");
	refuse(both(20, AS_AUDITION_MAX_S + 1), "at most");
	for (int i = 0; i < 5; i++) {
		w = both(bad[i], 5), refuse(w, "time");
		w = both(20, 5), w.before_s = bad[i], refuse(w, "time");
		w = both(20, bad[i]), refuse(w, "at most");
		w = both(20, 5), w.try_b = true, w.try_s = bad[i], refuse(w, "place");
	}
	w = both(20, 5);
	struct as_error err = {0};
	assert_int_equal(as_session_audition_write(s, &w, in_root("Dev_001.wav"), true, &err), AS_ERR_EXISTS);
	assert_int_equal(as_session_audition_write(s, &w, in_root("both.wav"), false, &err), AS_ERR_EXISTS);
	assert_int_equal(as_session_audition_write(s, &w, "", false, &err), AS_ERR_INVALID);
	assert_int_equal(as_session_audition_write(s, &w, in_root("no/such/x.wav"), false, &err), AS_OK);
	struct as_audition_state t = wait_end(s);
	assert_int_equal(t.stage, AS_AUDITION_FAILED);
	assert_non_null(strstr(t.error.msg, "x.wav"));
}

/* A file that has gone; one that has become another. */
static void test_sources_that_change(void **state)
{
	const struct as_audition what = {.a = other, .b = -1, .at_s = 1, .length_s = 2};
	(void)state;
	assert_int_equal(rename(in_root("Else_001.wav"), in_root("Else_001.gone")), 0);
	assert_int_equal(as_session_audition_write(s, &what, in_root("gone.wav"), false, NULL), AS_OK);
	struct as_audition_state t = wait_end(s);
	assert_int_equal(t.stage, AS_AUDITION_FAILED);
	assert_non_null(strstr(t.error.msg, "Else_001.wav"));
	assert_int_equal(access(in_root("gone.wav"), F_OK), -1);
	assert_int_equal(rename(in_root("Else_001.gone"), in_root("Else_001.wav")), 0);
}

static void test_stopped(void **state)
{
	const struct as_audition what = both(5, 50);
	(void)state;
	as_session_audition_stop(s);
	assert_int_equal(as_session_audition_write(s, &what, in_root("stopped.wav"), false, NULL), AS_OK);
	as_session_audition_stop(s);
	assert_int_equal(wait_end(s).stage, AS_AUDITION_STOPPED);
	assert_int_equal(access(in_root("stopped.wav"), F_OK), -1);
	/* One after another: the last one counts, and the others leave nothing. */
	for (int i = 0; i < 5; i++) {
		char name[32];
		snprintf(name, sizeof name, "many%d.wav", i);
		struct as_audition w = both(5 + i, i < 4 ? 50 : 1);
		assert_int_equal(as_session_audition_write(s, &w, in_root(name), false, NULL), AS_OK);
	}
	struct as_audition_state t = wait_end(s);
	assert_int_equal(t.stage, AS_AUDITION_DONE);
	assert_true(t.what.at_s == 9);
	assert_int_equal(access(in_root("many4.wav"), F_OK), 0);
	assert_int_equal(access(in_root("many2.wav"), F_OK), -1);
	/* Freed in the middle. */
	struct as_session *t2 = projects_open(NULL);
	assert_int_equal(as_session_add(t2, in_root("Else_001.wav"), NULL, NULL), AS_OK);
	as_snapshot_free(projects_analyze(t2));
	assert_int_equal(as_session_audition(t2, &(struct as_audition){.b = -1, .length_s = 9}, NULL), AS_OK);
	as_session_free(t2);
}

/* ---- sound ---- */

static pid_t spawn(const char *const *argv, const char *out)
{
	pid_t pid = fork();
	assert_true(pid >= 0);
	if (pid > 0)
		return pid;
	int fd = open(out, O_WRONLY | O_CREAT | O_TRUNC, 0600), no = open("/dev/null", O_RDWR);
	dup2(no, 0);
	dup2(fd, 1);
	dup2(no, 2);
	execvp(argv[0], (char *const *)(uintptr_t)argv);
	_exit(127);
}

static void end(pid_t pid)
{
	if (pid <= 0)
		return;
	kill(pid, SIGTERM);
	waitpid(pid, NULL, 0);
}

static bool installed(const char *program)
{
	char line[128];
	snprintf(line, sizeof line, "command -v %s >/dev/null 2>&1", program);
	return system(line) == 0;
}

/* A PulseAudio server of this test's own, with a sink that goes nowhere. False: it did not come up. */
static pid_t start_server(void)
{
	static const char *const argv[] = {"pulseaudio", "-n", "--daemonize=no", "--exit-idle-time=-1", "--disallow-exit",
					   "--use-pid-file=no", "--log-target=null", "-L", "module-native-protocol-unix", "-L",
					   "module-null-sink sink_name=audiosync rate=48000 channels=2 format=float32le", NULL};
	char socket[128];
	mkdir(in_root("run"), 0700);
	setenv("XDG_RUNTIME_DIR", in_root("run"), 1);
	setenv("HOME", root, 1);
	unsetenv("PULSE_SERVER");
	pid_t pid = spawn(argv, "/dev/null");
	snprintf(socket, sizeof socket, "%s/run/pulse/native", root);
	for (int i = 0; i < 500 && access(socket, F_OK) != 0; i++)
		poll(NULL, 0, 10);
	return pid;
}

/* Until a file is so long. */
static bool wait_bytes(const char *path, off_t bytes)
{
	struct stat st;
	for (int i = 0; i < 1000; i++) {
		if (stat(path, &st) == 0 && st.st_size >= bytes)
			return true;
		poll(NULL, 0, 10);
	}
	return false;
}

static float *read_floats(const char *path, int *frames)
{
	int64_t bytes;
	float *v = (float *)(uintptr_t)projects_read(path, &bytes);
	*frames = (int)(bytes / 8);
	return v;
}

/* The delay in frames at which a channel of the recording fits v best; -1 where it never is the same sound. */
static int best_delay(const double *v, int n, const float *rec, int frames, int channel)
{
	int best = -1;
	double most = 0.9;
	for (int d = 0; d + n <= frames; d++) {
		double sum = 0, mine = 1e-9, theirs = 1e-9;
		for (int i = 0; i < n; i += 7) {
			double r = (double)rec[2 * (d + i) + channel];
			sum += v[i] * r;
			mine += v[i] * v[i];
			theirs += r * r;
		}
		if (sum / sqrt(mine * theirs) > most) {
			most = sum / sqrt(mine * theirs);
			best = d;
		}
	}
	return best;
}

/* Plays, recording from the sink; the state moves on and ends. */
static void play_and_record(const struct as_audition *what, const char *path)
{
	static const char *const argv[] = {"parec", "--device=audiosync.monitor", "--format=float32le", "--rate=48000",
					   "--channels=2", "--raw", "--latency-msec=20", NULL};
	struct as_audition_state t;
	double last = what->at_s;
	pid_t rec = spawn(argv, path);
	assert_true(wait_bytes(path, 8000)); /* it runs */
	assert_int_equal(as_session_audition(s, what, NULL), AS_OK);
	while (as_session_audition_state(s, &t)) {
		assert_true(t.at_s >= last && t.at_s <= what->at_s + what->length_s);
		last = t.at_s;
		poll(NULL, 0, 10);
	}
	end(rec);
	if (t.stage != AS_AUDITION_DONE)
		fail_msg("%s", t.error.msg);
	assert_true(t.at_s == what->at_s + what->length_s);
}

/* Both ears of the file are in the recording, at the same place. */
static bool holds(const char *recording, const char *file)
{
	int n, frames, at[2];
	float *v = read_floats(recording, &frames);
	for (int ear = 0; ear < 2; ear++) {
		double *w = read_ear(file, ear, &n);
		at[ear] = best_delay(w + RATE / 2, RATE / 2, v, frames, ear);
		free(w);
	}
	free(v);
	return at[0] >= 0 && at[0] == at[1];
}

static void check_sound(void)
{
	/* Another sound on the right, so that each must be on its side. */
	struct as_audition what = {.a = ref, .b = other, .island = 1, .at_s = 20, .length_s = 2, .try_b = true, .try_s = 12};
	bool heard = false;
	char path[128];
	snprintf(path, sizeof path, "%s/rec.raw", root);
	write_wav(&what, "played.wav");
	/* A machine that is busy with other things drops some of what it plays or records. */
	for (int i = 0; i < 5 && !heard; i++) {
		play_and_record(&what, path);
		heard = holds(path, "played.wav");
	}
	assert_true(heard);
	/* Stopped in the middle. */
	struct as_audition_state t;
	what = both(20, 30);
	assert_int_equal(as_session_audition(s, &what, NULL), AS_OK);
	do {
		as_session_audition_state(s, &t);
		poll(NULL, 0, 5);
	} while (t.stage == AS_AUDITION_STARTING);
	assert_int_equal(t.stage, AS_AUDITION_PLAYING);
	as_session_audition_stop(s);
	assert_int_equal(wait_end(s).stage, AS_AUDITION_STOPPED);
}

/* What is written to descriptor 2 while this lasts. */
static void begin_terminal(int *saved)
{
	int fd = open(in_root("terminal"), O_RDWR | O_CREAT | O_TRUNC, 0600);
	*saved = dup(2);
	dup2(fd, 2);
	close(fd);
}

static int64_t end_terminal(int saved)
{
	struct stat st = {0};
	fstat(2, &st);
	dup2(saved, 2);
	close(saved);
	return st.st_size;
}

static void test_without_a_server(void **state)
{
	const struct as_audition what = both(20, 1);
	struct as_audition_state t;
	int saved;
	(void)state;
	setenv("XDG_RUNTIME_DIR", root, 1);
	setenv("HOME", root, 1);
	setenv("PULSE_SERVER", "unix:/nonexistent", 1);
	begin_terminal(&saved);
	enum as_status status = as_session_audition(s, &what, NULL);
	t = wait_end(s);
	int64_t said = end_terminal(saved);
	assert_int_equal(status, AS_OK);
	assert_int_equal(said, 0);
	/* A machine with a sound card plays it. */
	if (t.stage == AS_AUDITION_DONE)
		return;
	assert_int_equal(t.stage, AS_AUDITION_FAILED);
	assert_int_equal(t.error.status, AS_ERR_IO);
	assert_non_null(strstr(t.error.msg, "sound output"));
}

static void test_with_a_server(void **state)
{
	int saved;
	(void)state;
	if (!installed("pulseaudio") || !installed("parec")) {
		print_message("skipped: pulseaudio or parec is not installed\n");
		skip();
	}
	begin_terminal(&saved);
	pid_t server = start_server();
	check_sound();
	end(server);
	assert_int_equal(end_terminal(saved), 0);
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(test_ears_are_true),	    cmocka_unit_test(test_begins_before),
		cmocka_unit_test(test_tries_a_place),	    cmocka_unit_test(test_alone),
		cmocka_unit_test(test_refusals),	    cmocka_unit_test(test_sources_that_change),
		cmocka_unit_test(test_stopped),		    cmocka_unit_test(test_without_a_server),
		cmocka_unit_test(test_with_a_server),
	};
	return cmocka_run_group_tests(tests, set_up, tear_down);
}
