/* The live meter through its public interface: files and pipes heard as if they played now, with known truth. */
#include <fcntl.h>
#include <math.h>
#include <poll.h>
#include <pthread.h>
#include <setjmp.h>
#include <signal.h>
#include <stdarg.h>
#include <stdatomic.h>
#include <stddef.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <time.h>
#include <unistd.h>

#include <cmocka.h>

#include <audiosync/live.h>

#include "base/log.h"
#include "dsp/synth.h"
#include "folder.h"
#include "media_files.h"

#define RATE_HZ 16000
#define SONG_S 60

static char dir[64];
static float *song, *noise; /* SONG_S each */
static struct as_options *opt;

/* cmocka's own compares floats. */
#define assert_near(a, b, by) assert_true(fabs((a) - (b)) <= (by))

static const int song_n = SONG_S * RATE_HZ;

static float *make_song(uint64_t seed)
{
	float *v = malloc((size_t)song_n * sizeof *v);
	struct as_music *m = as_music_new(seed, RATE_HZ);
	assert_non_null(v);
	assert_non_null(m);
	as_music_read(m, v, song_n);
	as_music_free(m);
	return v;
}

static float *make_noise(uint64_t seed)
{
	float *v = calloc((size_t)song_n, sizeof *v);
	struct as_rng rng;
	assert_non_null(v);
	as_rng_seed(&rng, seed);
	as_synth_noise(&rng, v, song_n, 0.1);
	return v;
}

static const char *write_part(const char *name, const float *v, double from_s, double length_s)
{
	const char *path = folder_path(dir, name);
	media_write_wav(path, RATE_HZ, 1, v + (int64_t)(from_s * RATE_HZ), (int64_t)(length_s * RATE_HZ));
	return path;
}

static int set_up(void **state)
{
	(void)state;
	if (folder_make(dir, sizeof dir) != 0)
		return -1;
	song = make_song(1);
	noise = make_noise(7);
	opt = as_options_new();
	write_part("song.wav", song, 0, SONG_S);
	return opt ? 0 : -1;
}

static int tear_down(void **state)
{
	(void)state;
	as_options_free(opt);
	free(song);
	free(noise);
	return folder_remove(dir);
}

static double now_s(void)
{
	struct timespec t;
	clock_gettime(CLOCK_MONOTONIC, &t);
	return (double)t.tv_sec + 1e-9 * (double)t.tv_nsec;
}

static struct as_live *begin_with(const struct as_live_config *cfg)
{
	struct as_error err = {0};
	struct as_live *l = as_live_open(opt, cfg, &err);
	if (!l)
		fail_msg("%s", err.msg);
	if (as_live_start(l, &err) != AS_OK)
		fail_msg("%s", err.msg);
	return l;
}

static struct as_live *begin(const char *reference, const char *capture, bool fast)
{
	return begin_with(&(struct as_live_config){.reference = reference, .capture = capture, .fast = fast});
}

/* The next reading; false: it has ended. */
static bool next(struct as_live *l, struct as_live_reading *r)
{
	struct as_live_status s;
	double until = now_s() + 60;
	while (now_s() < until) {
		struct pollfd p = {.fd = as_live_fd(l), .events = POLLIN};
		if (as_live_next(l, r))
			return true;
		as_live_status(l, &s);
		if (s.ended)
			return as_live_next(l, r);
		poll(&p, 1, 1000);
	}
	fail_msg("nothing came for a minute");
	return false;
}

static void end(struct as_live *l, enum as_status status)
{
	struct as_live_status s;
	as_live_status(l, &s);
	assert_true(s.ended);
	if (s.error.status != status)
		fail_msg("%s", s.error.msg);
	assert_int_equal(s.state == AS_LIVE_WAITING && s.waiting_for[0] != '\0', 0);
	as_live_close(l);
}

static void test_file_against_file(void **state)
{
	(void)state;
	struct as_live_reading r, last = {0};
	struct as_live_status s;
	int n = 0, locked = 0;
	struct as_live *l = begin(folder_path(dir, "song.wav"), write_part("part.wav", song, 17.3, 20), true);
	while (next(l, &r)) {
		n++;
		if (r.state == AS_LIVE_LOCKED) {
			locked++;
			assert_near(r.lag_ms, -17300, 0.2);
			assert_near(r.position_s, r.t_s + 17.3, 2e-4);
			assert_near(r.calibrated_lag_ms, r.lag_ms, 1e-9);
			assert_true(r.confidence > 6 && r.p_false < 1e-6);
		} else {
			assert_true(isnan(r.lag_ms) && isnan(r.position_s));
		}
		assert_true(r.t_s >= last.t_s);
		last = r;
	}
	as_live_status(l, &s);
	assert_in_range(n, 195, 205);
	assert_true(locked > 160);
	assert_int_equal(last.state, AS_LIVE_LOCKED);
	assert_near(last.t_s, 20, 0.11);
	assert_near(s.reference_s, SONG_S, 0.01);
	assert_near(s.loaded_s, SONG_S, 0.01);
	assert_string_equal(s.reference, "song.wav");
	assert_string_equal(s.capture, "part.wav");
	assert_true(s.rate_hz == RATE_HZ && s.channels == 1);
	assert_false(s.capturing || s.reference_live);
	end(l, AS_OK);
}

/* What is heard late: a lag above 0. And channels whose mean is silence. */
static void test_late_and_cancelling(void **state)
{
	(void)state;
	const int64_t n = 15 * RATE_HZ, late = (int64_t)(2.5 * RATE_HZ);
	float *v = calloc((size_t)(n * 2), sizeof *v);
	struct as_live_reading r;
	int locked = 0;
	assert_non_null(v);
	for (int64_t i = late; i < n; i++) {
		v[2 * i] = 0.8f * song[i - late];
		v[2 * i + 1] = -v[2 * i];
	}
	media_write_wav(folder_path(dir, "late.wav"), RATE_HZ, 2, v, n);
	free(v);
	struct as_live *l = begin(folder_path(dir, "song.wav"), folder_path(dir, "late.wav"), true);
	while (next(l, &r)) {
		if (r.state != AS_LIVE_LOCKED)
			continue;
		locked++;
		assert_near(r.lag_ms, 2500, 0.2);
	}
	assert_true(locked > 80);
	end(l, AS_OK);
}

static void test_something_else(void **state)
{
	(void)state;
	struct as_live_reading r, last = {0};
	struct as_live *l = begin(folder_path(dir, "song.wav"), write_part("noise.wav", noise, 5, 15), true);
	while (next(l, &r)) {
		assert_int_not_equal(r.state, AS_LIVE_LOCKED);
		assert_true(r.t_s > 11 || !r.no_match);
		last = r;
	}
	assert_true(last.no_match);
	assert_int_equal(last.state, AS_LIVE_SEARCHING);
	end(l, AS_OK);
}

/* A second capture as the reference: a file, as if it were live. Its beginning is at the same time. */
static void test_live_reference(void **state)
{
	(void)state;
	const int64_t n = 40 * RATE_HZ, late = (int64_t)(1.25 * RATE_HZ);
	float *v = calloc((size_t)n, sizeof *v);
	struct as_live_reading r, last = {0};
	struct as_live_status s;
	char what[256];
	int locked = 0;
	assert_non_null(v);
	memcpy(v + late, song, (size_t)(n - late) * sizeof *v);
	media_write_wav(folder_path(dir, "echo.wav"), RATE_HZ, 1, v, n);
	free(v);
	snprintf(what, sizeof what, "capture:%s", folder_path(dir, "song.wav"));
	struct as_live *l = begin(what, folder_path(dir, "echo.wav"), true);
	while (next(l, &r)) {
		if (r.state != AS_LIVE_LOCKED)
			continue;
		locked++;
		assert_near(r.lag_ms, 1250, fmax(0.2, 3 * r.lag_err_ms)); /* it locks on little */
		last = r;
	}
	assert_near(last.lag_ms, 1250, 0.2);
	as_live_status(l, &s);
	assert_true(s.reference_live);
	assert_true(isnan(s.reference_s));
	assert_true(locked > 300);
	end(l, AS_OK);
}

static void refuse(const char *reference, const char *capture, enum as_status status)
{
	struct as_error err = {0};
	const struct as_live_config cfg = {.reference = reference, .capture = capture};
	assert_null(as_live_open(opt, &cfg, &err));
	assert_int_equal(err.status, status);
	assert_true(err.msg[0]);
}

static void fails(const char *reference, const char *capture)
{
	struct as_live_reading r;
	struct as_live_status s;
	struct as_live *l = begin(reference, capture, true);
	while (next(l, &r))
		assert_int_not_equal(r.state, AS_LIVE_LOCKED);
	as_live_status(l, &s);
	assert_true(s.ended && s.error.status >= AS_ERR_IO && s.error.msg[0]);
	as_live_close(l);
}

static void test_what_is_not_there(void **state)
{
	(void)state;
	const char *good = folder_path(dir, "song.wav"), *text = folder_path(dir, "text.wav"), *gone = folder_path(dir, "gone.wav");
	FILE *f = fopen(text, "w");
	assert_non_null(f);
	fputs("no sound at all\n", f);
	fclose(f);
	refuse(NULL, good, AS_ERR_INVALID);
	refuse("", good, AS_ERR_INVALID);
	refuse(gone, good, AS_ERR_NOT_FOUND);
	refuse("capture:-", "-", AS_ERR_INVALID);
	refuse(good, "", AS_ERR_INVALID);
	fails(text, good);
	fails(good, text);
	fails(good, gone);
	as_live_close(NULL);
}

/* ---- in real time ---- */

static struct as_live_reading until_state(struct as_live *l, enum as_live_state state)
{
	struct as_live_reading r;
	do
		assert_true(next(l, &r));
	while (r.state != state);
	return r;
}

static void note_end(void *ctx, enum as_log_level level, const char *line)
{
	(void)level;
	if (strstr(line, "the reference has ended"))
		atomic_fetch_add((atomic_int *)ctx, 1);
}

/* A second capture that ends is not looked for: it is said that nothing more of it comes. */
static void test_reference_ends(void **state)
{
	(void)state;
	struct as_live_status s;
	atomic_int noted = 0;
	char what[256];
	as_log_set_sink(note_end, &noted, AS_LOG_WARN);
	snprintf(what, sizeof what, "capture:%s", write_part("short.wav", song, 0, 4));
	struct as_live *l = begin(what, folder_path(dir, "song.wav"), false);
	assert_near(until_state(l, AS_LIVE_LOCKED).lag_ms, 0, 1);
	struct as_live_reading r;
	do
		r = until_state(l, AS_LIVE_WAITING);
	while (r.t_s < 4);
	assert_true(isnan(r.lag_ms));
	assert_near(r.last_lag_ms, 0, 1);
	as_live_status(l, &s);
	assert_int_equal(s.state, AS_LIVE_WAITING);
	assert_non_null(strstr(s.waiting_for, "ended"));
	as_live_close(l);
	as_log_set_sink(NULL, NULL, AS_LOG_ERROR);
	assert_int_equal(atomic_load(&noted), 1);
}

/* fd, which is closed, becomes standard input. Returns what that was. */
static int replace_input(int fd)
{
	const int before = dup(0);
	assert_true(before >= 0 && fd >= 0 && dup2(fd, 0) == 0);
	close(fd);
	return before;
}

static void restore_input(int before)
{
	assert_int_equal(dup2(before, 0), 0);
	close(before);
}

static void test_reference_of_nothing(void **state)
{
	(void)state;
	struct as_live_reading r;
	struct as_live_status s;
	const int before = replace_input(open("/dev/null", O_RDONLY));
	struct as_live *l = begin("capture:-", folder_path(dir, "song.wav"), false);
	while (next(l, &r))
		assert_int_not_equal(r.state, AS_LIVE_LOCKED);
	restore_input(before);
	as_live_status(l, &s);
	assert_non_null(strstr(s.error.msg, "standard input"));
	end(l, AS_ERR_NO_AUDIO);
}

/* ---- a pipe that is faster than its sound ---- */

/* A pipe holds a tenth of a second of it. */
#define PIPE_CHANNELS 8
#define PIPE_PCM "f32le:16000:8"

struct writer {
	pthread_t thread;
	int fd, before;
	double length_s; /* of the song */
};

/* As fast as it is read. */
static void *write_song(void *ctx)
{
	const struct writer *w = ctx;
	const int n = (int)(w->length_s * RATE_HZ);
	float block[160 * PIPE_CHANNELS];
	bool open = true;
	for (int at = 0; open && at + 160 <= n; at += 160) {
		for (int i = 0; i < 160 * PIPE_CHANNELS; i++)
			block[i] = song[at + i / PIPE_CHANNELS];
		open = write(w->fd, block, sizeof block) == sizeof block;
	}
	close(w->fd);
	return NULL;
}

static void open_writer(struct writer *w, double length_s)
{
	int fd[2];
	assert_int_equal(pipe(fd), 0);
	*w = (struct writer){.fd = fd[1], .before = replace_input(fd[0]), .length_s = length_s};
	signal(SIGPIPE, SIG_IGN);
}

static void start_writer(struct writer *w)
{
	assert_int_equal(pthread_create(&w->thread, NULL, write_song, w), 0);
}

static void end_writer(struct writer *w)
{
	restore_input(w->before); /* nobody reads any longer */
	pthread_join(w->thread, NULL);
}

static void fill_pipe(const struct writer *w)
{
	struct pollfd p = {.fd = w->fd, .events = POLLOUT};
	while (poll(&p, 1, 0) == 1)
		poll(NULL, 0, 1);
}

/* Of a pipe and a file that nothing paces the samples are all that there is: both begin together. full: the pipe was there before the meter. */
static void check_fast_pipe(const char *reference, const char *capture, bool full)
{
	struct as_live_reading r;
	struct writer w;
	int locked = 0;
	open_writer(&w, SONG_S);
	if (full) {
		start_writer(&w);
		fill_pipe(&w);
	}
	struct as_live *l = begin_with(&(struct as_live_config){.reference = reference, .capture = capture, .pcm = PIPE_PCM});
	if (!full) {
		assert_true(next(l, &r));
		start_writer(&w);
	}
	while (locked < 5) {
		assert_true(next(l, &r));
		locked += r.state == AS_LIVE_LOCKED;
		if (r.state == AS_LIVE_LOCKED)
			assert_near(r.lag_ms, 0, fmax(0.2, 3 * r.lag_err_ms));
	}
	as_live_close(l);
	end_writer(&w);
}

static void test_fast_pipe(void **state)
{
	(void)state;
	const char *const song_path = folder_path(dir, "song.wav");
	char what[256];
	snprintf(what, sizeof what, "capture:%s", song_path);
	for (int full = 0; full < 2; full++) {
		check_fast_pipe(what, "-", full);
		check_fast_pipe("capture:-", song_path, full);
	}
}

/* It ends before its clock could be known: it is not waited for any longer. */
static void test_short_pipe(void **state)
{
	(void)state;
	struct as_live_reading r;
	struct writer w;
	open_writer(&w, 0.5);
	start_writer(&w);
	struct as_live *l = begin_with(&(struct as_live_config){
		.reference = "capture:-", .capture = write_part("part.wav", song, 0, 4), .pcm = PIPE_PCM});
	struct as_live_reading last = {0};
	while (next(l, &r))
		last = r;
	assert_true(last.t_s > 3);
	end(l, AS_OK);
	end_writer(&w);
}

static void test_pause(void **state)
{
	(void)state;
	struct as_live_reading r, before;
	struct as_live_status s;
	struct as_live *l = begin(folder_path(dir, "song.wav"), write_part("part.wav", song, 17.3, 40), false);
	before = until_state(l, AS_LIVE_LOCKED);
	as_live_pause(l);
	as_live_pause(l);
	as_live_status(l, &s);
	assert_int_equal(s.state, AS_LIVE_PAUSED);
	r = until_state(l, AS_LIVE_PAUSED);
	assert_true(isnan(r.lag_ms) && isnan(r.calibrated_lag_ms) && isnan(r.level_db) && r.confidence == 0);
	assert_near(r.last_lag_ms, -17300, 0.2);
	assert_true(r.t_s >= before.t_s);
	/* Nothing more is said until it goes on, though time passes. */
	poll(NULL, 0, 400);
	assert_false(as_live_next(l, &r));
	as_live_resume(l);
	/* Until what comes now has been heard, that is the last lag and no more. */
	assert_true(next(l, &r));
	assert_int_equal(r.state, AS_LIVE_LOST);
	assert_near(r.last_lag_ms, -17300, 0.2);
	r = until_state(l, AS_LIVE_LOCKED);
	assert_near(r.lag_ms, -17300, 0.2);
	assert_true(r.t_s > before.t_s + 0.35);
	as_live_status(l, &s);
	assert_int_equal(s.state, AS_LIVE_LOCKED);
	as_live_close(l);
}

/* A file of 8 kHz is read in blocks of a second; of the one that is under way no more is heard than a part. */
static void test_pause_is_told_at_once(void **state)
{
	(void)state;
	struct as_live_reading r = {0};
	struct as_live_status s;
	media_write_wav(folder_path(dir, "slow.wav"), 8000, 1, noise, song_n);
	struct as_live *l = begin(folder_path(dir, "song.wav"), folder_path(dir, "slow.wav"), false);
	while (r.t_s < 1.15)
		assert_true(next(l, &r));
	as_live_pause(l);
	as_live_status(l, &s);
	const double paused_t_s = now_s() - s.began_s;
	r = until_state(l, AS_LIVE_PAUSED);
	assert_true(r.t_s <= paused_t_s + 0.1);
	as_live_close(l);
}

static void test_stop(void **state)
{
	(void)state;
	struct as_live_reading r;
	struct as_live_status s;
	struct as_error err;
	struct as_live *l = begin(folder_path(dir, "song.wav"), write_part("part.wav", song, 3, 40), false);
	assert_int_equal(as_live_start(l, &err), AS_ERR_BUSY);
	until_state(l, AS_LIVE_SEARCHING);
	poll(NULL, 0, 300);
	as_live_stop(l);
	as_live_status(l, &s);
	assert_true(s.ended && s.error.status == AS_OK && !s.capturing);
	assert_true(as_live_next(l, &r)); /* what waits can still be read */
	while (as_live_next(l, &r))
		;
	as_live_stop(l);
	as_live_resume(l);
	end(l, AS_OK);
}

static void test_close_at_any_time(void **state)
{
	(void)state;
	const struct as_live_config cfg = {.reference = folder_path(dir, "long.wav"), .capture = folder_path(dir, "song.wav"), .fast = true};
	float *v = calloc(600 * RATE_HZ, sizeof *v);
	assert_non_null(v);
	for (int i = 0; i < 10; i++)
		memcpy(v + i * SONG_S * RATE_HZ, i % 2 ? noise : song, (size_t)SONG_S * RATE_HZ * sizeof *v);
	media_write_wav(folder_path(dir, "long.wav"), RATE_HZ, 1, v, 600 * RATE_HZ);
	free(v);
	for (int ms = 0; ms < 200; ms += 10) {
		struct as_live *l = as_live_open(opt, &cfg, NULL);
		assert_non_null(l);
		if (ms > 0)
			assert_int_equal(as_live_start(l, NULL), AS_OK);
		poll(NULL, 0, ms);
		as_live_close(l);
	}
	as_live_close(as_live_open(opt, &cfg, NULL));
	remove(folder_path(dir, "long.wav"));
}

/* ---- what is kept ---- */

static void wait_for_end(struct as_live *l)
{
	struct as_live_status s;
	for (;;) {
		struct pollfd p = {.fd = as_live_fd(l), .events = POLLIN};
		as_live_status(l, &s);
		if (s.ended)
			return;
		poll(&p, 1, 10);
	}
}

static void test_queue_overflow(void **state)
{
	(void)state;
	float *v = malloc((size_t)(2 * song_n) * sizeof *v);
	struct as_live_reading r, first;
	int n = 1;
	assert_non_null(v);
	for (int64_t i = 0; i < 2 * song_n; i++)
		v[i] = song[i % song_n];
	media_write_wav(folder_path(dir, "twice.wav"), RATE_HZ, 1, v, 2 * song_n);
	free(v);
	struct as_live *l = begin(folder_path(dir, "song.wav"), folder_path(dir, "twice.wav"), true);
	wait_for_end(l);
	assert_true(as_live_next(l, &first));
	while (as_live_next(l, &r))
		n++;
	assert_int_equal(n, 1024);
	assert_near(first.t_s, 2 * SONG_S - 102.3, 0.3);
	assert_near(r.t_s, 2 * SONG_S, 0.2);
	end(l, AS_OK);
}

static bool is_readable(struct as_live *l)
{
	struct pollfd p = {.fd = as_live_fd(l), .events = POLLIN};
	return poll(&p, 1, 0) == 1;
}

/* Who looks at the status, and then takes the last reading, is told that meanwhile it has ended. */
static void test_news_of_the_status(void **state)
{
	(void)state;
	const struct as_live_config cfg = {.reference = folder_path(dir, "song.wav"), .capture = folder_path(dir, "capture.wav")};
	struct as_live_reading r;
	struct as_live_status s;
	struct as_live *l = as_live_open(opt, &cfg, NULL);
	assert_non_null(l);
	as_live_status(l, &s);
	assert_false(is_readable(l));
	as_live_set_calibration(l, 3);
	assert_true(is_readable(l));
	assert_false(as_live_next(l, &r));
	assert_true(is_readable(l));
	as_live_status(l, &s);
	assert_true(s.calibration_ms > 2.9 && !s.ended);
	as_live_set_calibration(l, NAN);
	as_live_set_calibration(l, 1e9);
	as_live_status(l, &s);
	assert_near(s.calibration_ms, 3, 1e-9);
	assert_false(is_readable(l));
	as_live_stop(l);
	assert_false(as_live_next(l, &r));
	assert_true(is_readable(l));
	as_live_status(l, &s);
	assert_true(s.ended);
	assert_false(is_readable(l));
	as_live_close(l);
}

static void test_descriptor(void **state)
{
	(void)state;
	struct as_live_reading r;
	struct as_live_status s;
	struct as_live *l = begin(folder_path(dir, "song.wav"), write_part("part.wav", song, 3, 5), true);
	struct pollfd p = {.fd = as_live_fd(l), .events = POLLIN};
	wait_for_end(l);
	assert_int_equal(poll(&p, 1, 0), 1);
	while (as_live_next(l, &r))
		assert_int_equal(poll(&p, 1, 0), 1);
	assert_int_equal(poll(&p, 1, 0), 0);
	as_live_set_calibration(l, 3);
	assert_int_equal(poll(&p, 1, 0), 1);
	as_live_status(l, &s);
	assert_int_equal(poll(&p, 1, 0), 0);
	end(l, AS_OK);
}

static struct as_live_reading last_reading(struct as_live *l)
{
	struct as_live_reading r, last = {0};
	while (next(l, &r))
		last = r;
	return last;
}

static void test_calibration(void **state)
{
	(void)state;
	struct as_options *own = as_options_copy(opt), *before = opt;
	struct as_live_status s;
	struct as_live_reading r;
	char device[256];
	opt = own;
	assert_int_equal(as_options_set(own, "live.calibration_ms", "-12.5", NULL, NULL), AS_OK);
	struct as_live *l = begin(folder_path(dir, "song.wav"), write_part("part.wav", song, 3, 5), true);
	r = last_reading(l);
	as_live_status(l, &s);
	assert_false(s.calibration_of_device);
	assert_near(s.calibration_ms, -12.5, 1e-9);
	assert_near(r.calibrated_lag_ms, r.lag_ms - 12.5, 1e-9);
	snprintf(device, sizeof device, "%s", s.device);
	assert_true(device[0]);
	/* While it runs, as if the file had been read again. */
	assert_int_equal(as_options_set_calibration(own, device, 7.25, NULL, NULL), AS_OK);
	assert_int_equal(as_live_reread(l, own, NULL), AS_OK);
	as_live_status(l, &s);
	assert_true(s.calibration_of_device);
	assert_near(s.calibration_ms, 7.25, 1e-9);
	as_live_set_calibration(l, 8);
	as_live_status(l, &s);
	assert_near(s.calibration_ms, 8, 1e-9);
	end(l, AS_OK);

	l = begin(folder_path(dir, "song.wav"), folder_path(dir, "part.wav"), true);
	r = last_reading(l);
	assert_near(r.calibrated_lag_ms, r.lag_ms + 7.25, 1e-9);
	end(l, AS_OK);
	as_options_free(own);
	opt = before;
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(test_file_against_file), cmocka_unit_test(test_late_and_cancelling),
		cmocka_unit_test(test_something_else),    cmocka_unit_test(test_live_reference),
		cmocka_unit_test(test_reference_ends),    cmocka_unit_test(test_reference_of_nothing),
		cmocka_unit_test(test_what_is_not_there), cmocka_unit_test(test_pause),
		cmocka_unit_test(test_pause_is_told_at_once),
		cmocka_unit_test(test_stop),              cmocka_unit_test(test_close_at_any_time),
		cmocka_unit_test(test_queue_overflow),    cmocka_unit_test(test_descriptor),
		cmocka_unit_test(test_calibration),       cmocka_unit_test(test_news_of_the_status),
		cmocka_unit_test(test_fast_pipe),         cmocka_unit_test(test_short_pipe),
	};
	return cmocka_run_group_tests(tests, set_up, tear_down);
}
