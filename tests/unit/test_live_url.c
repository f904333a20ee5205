/* The live meter with references from servers, through its public interface. */
#include <math.h>
#include <poll.h>
#include <setjmp.h>
#include <stdarg.h>
#include <stdatomic.h>
#include <stddef.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/stat.h>
#include <time.h>

#include <cmocka.h>

#include <audiosync/live.h>

#include "base/log.h"
#include "dsp/synth.h"
#include "folder.h"
#include "media_files.h"
#include "web_server.h"

#define RATE_HZ 16000
#define SONG_S 60

static char dir[64];
static float *song;
static char *file;
static struct web *web;
static struct as_options *opt;

static int set_up(void **state)
{
	(void)state;
	if (folder_make(dir, sizeof dir) != 0)
		return -1;
	const int n = SONG_S * RATE_HZ;
	song = malloc((size_t)n * sizeof *song);
	struct as_music *m = as_music_new(1, RATE_HZ);
	if (!song || !m)
		return -1;
	as_music_read(m, song, n);
	as_music_free(m);
	const char *path = folder_path(dir, "song.wav");
	media_write_wav(path, RATE_HZ, 1, song, n);
	media_write_wav(folder_path(dir, "part.wav"), RATE_HZ, 1, song + 12 * RATE_HZ, 10 * RATE_HZ);
	const size_t bytes = (size_t)media_size(path);
	file = malloc(bytes);
	FILE *f = fopen(path, "rb");
	if (!file || !f || fread(file, 1, bytes, f) != bytes)
		return -1;
	fclose(f);
	web = web_start(dir, file, bytes);
	opt = as_options_new();
	return opt && as_options_set(opt, "live.url_timeout_s", "2", NULL, NULL) == AS_OK ? 0 : -1;
}

static int tear_down(void **state)
{
	(void)state;
	web_stop(web);
	as_options_free(opt);
	free(song);
	free(file);
	return folder_remove(dir);
}

static double now_s(void)
{
	struct timespec t;
	clock_gettime(CLOCK_MONOTONIC, &t);
	return (double)t.tv_sec + 1e-9 * (double)t.tv_nsec;
}

static double told_s; /* so much of the reference was there when it was first said to have broken off; -1: it never was */

/* Runs it to its end, or to `locks` readings with a lock; the status then, and the last of those. */
static int run(const char *reference, const char *capture, bool fast, int locks, struct as_live_reading *last,
	       struct as_live_status *status)
{
	struct as_error err = {0};
	const struct as_live_config cfg = {.reference = reference, .capture = capture, .fast = fast};
	struct as_live *l = as_live_open(opt, &cfg, &err);
	struct as_live_reading r;
	int n = 0;
	if (!l || as_live_start(l, &err) != AS_OK)
		fail_msg("%s", err.msg);
	const double until = now_s() + 60;
	told_s = -1;
	do {
		struct pollfd p = {.fd = as_live_fd(l), .events = POLLIN};
		poll(&p, 1, 1000);
		as_live_status(l, status);
		/* From when it is told of, all is known that came. */
		if (status->reference_error.status != AS_OK && told_s < 0)
			told_s = status->loaded_s;
		while (as_live_next(l, &r)) {
			if (r.state == AS_LIVE_LOCKED) {
				*last = r;
				n++;
			}
		}
		if (now_s() > until)
			fail_msg("no end: %s; %s", status->waiting_for, status->error.msg);
	} while (!status->ended && n < locks);
	as_live_close(l);
	return n;
}

static void count_broken(void *ctx, enum as_log_level level, const char *line)
{
	(void)level;
	if (strstr(line, "live: ") && (strstr(line, "broke off") || strstr(line, "nothing more came")))
		atomic_fetch_add((atomic_int *)ctx, 1);
}

static void test_recordings(void **state)
{
	(void)state;
	atomic_int broken = 0; /* said in the log, to those who read the status, too */
	as_log_set_sink(count_broken, &broken, AS_LOG_INFO);
	struct as_live_reading r = {0};
	struct as_live_status s;
	static const struct {
		const char *path, *broken; /* what is said of what did not come; NULL: all of it came */
	} of[] = {{"/file", NULL}, {"/redirect", NULL}, {"/truncated", "the connection broke off"}, {"/stall", "nothing more came"}};
	for (size_t i = 0; i < sizeof of / sizeof *of; i++) {
		int n = run(web_url(web, of[i].path), folder_path(dir, "part.wav"), true, 1000, &r, &s);
		if (n == 0 || s.error.status != AS_OK)
			fail_msg("%s: %d readings, %s", of[i].path, n, s.error.msg);
		assert_true(fabs(r.lag_ms + 12000) < 1);
		assert_false(s.reference_live);
		assert_non_null(strstr(s.reference, of[i].path));
		assert_true(fabs(s.reference_s - SONG_S) < 0.5);
		assert_int_equal(r.reference_broken, of[i].broken != NULL);
		if (of[i].broken) {
			assert_int_equal(s.reference_error.status, AS_ERR_IO);
			assert_non_null(strstr(s.reference_error.msg, of[i].broken));
			assert_true(s.loaded_s > 0.4 * SONG_S && s.loaded_s < 0.6 * SONG_S);
			assert_true(told_s >= s.loaded_s);
		} else {
			assert_int_equal(s.reference_error.status, AS_OK);
			assert_true(s.loaded_s > SONG_S - 0.5);
		}
	}
	as_log_set_sink(NULL, NULL, AS_LOG_ERROR);
	assert_int_equal(atomic_load(&broken), 0);
}

static void test_title(void **state)
{
	(void)state;
	struct as_live_reading r = {0};
	struct as_live_status s;
	const char *path = folder_path(dir, "fake-yt-dlp");
	FILE *f = fopen(path, "w");
	assert_non_null(f);
	fprintf(f, "#!/bin/sh\necho '{\"title\": \"Song\", \"url\": \"%s\"}'\n", web_url(web, "/file"));
	fclose(f);
	chmod(path, 0755);
	assert_int_equal(as_options_set(opt, "live.yt_dlp", path, NULL, NULL), AS_OK);
	assert_true(run("Artist - Song", folder_path(dir, "part.wav"), true, 1000, &r, &s) > 0);
	assert_true(fabs(r.lag_ms + 12000) < 1);
	assert_string_equal(s.reference, "Song");
	assert_int_equal(as_options_set(opt, "live.yt_dlp", "no-such-yt-dlp", NULL, NULL), AS_OK);
	assert_int_equal(run("Artist - Song", folder_path(dir, "part.wav"), true, 1000, &r, &s), 0);
	assert_int_equal(s.error.status, AS_ERR_NOT_FOUND);
	assert_non_null(strstr(s.error.msg, "install yt-dlp"));
}

static void test_refused(void **state)
{
	(void)state;
	struct as_live_reading r;
	struct as_live_status s;
	char url[200];
	snprintf(url, sizeof url, "http://user:pa55@127.0.0.1:%d/nothing?key=s3cret", web_port(web));
	assert_int_equal(run(url, folder_path(dir, "part.wav"), true, 1000, &r, &s), 0);
	assert_int_equal(s.error.status, AS_ERR_IO);
	assert_non_null(strstr(s.error.msg, "404"));
	const char *const shown[] = {s.error.msg, s.reference, s.waiting_for};
	for (size_t i = 0; i < sizeof shown / sizeof *shown; i++) {
		assert_null(strstr(shown[i], "pa55"));
		assert_null(strstr(shown[i], "s3cret"));
	}
}

/* The same live stream, taken up twice: the second listener hears it as much later as it came later. */
static void test_live(void **state)
{
	(void)state;
	struct as_live_reading r = {0};
	struct as_live_status s;
	char url[200];
	snprintf(url, sizeof url, "%s", web_url(web, "/live"));
	int n = run(url, url, false, 5, &r, &s);
	if (n < 5)
		fail_msg("%d readings, %s", n, s.error.msg);
	assert_true(s.reference_live);
	assert_true(isnan(s.reference_s));
	const double truth_s = web_live_s(web, 1) - web_live_s(web, 0);
	assert_true(fabs(fabs(1e-3 * r.lag_ms) - fabs(truth_s)) < 0.02);
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(test_recordings),
		cmocka_unit_test(test_title),
		cmocka_unit_test(test_refused),
		cmocka_unit_test(test_live),
	};
	return cmocka_run_group_tests(tests, set_up, tear_down);
}
