/* Waveforms of a session: what the files hold, whether they were just loaded, come from the cache, or belong to a project whose
 * sound nobody has read yet. */
#include <fcntl.h>
#include <math.h>
#include <poll.h>
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/stat.h>
#include <unistd.h>

#include <cmocka.h>

#include <audiosync/audiosync.h>

#include "folder.h"
#include "media/encode.h"
#include "projects.h"

#define RATE 8000 /* that of the analysis: nothing is resampled */
#define COLUMNS 100

static char root[64], cache[96], project[96];

static uint32_t scramble(uint32_t x)
{
	x = (x ^ x >> 16) * 0x7feb352du;
	x = (x ^ x >> 15) * 0x846ca68bu;
	return x ^ x >> 16;
}

/* Noise in bursts of many levels. */
static float world_at(int64_t n)
{
	float loud = (float)(scramble((uint32_t)(n / 400) + 99) % 1000) / 1000;
	return ((float)scramble((uint32_t)n * 2654435761u) / 2147483648.0f - 1.0f) * loud * loud * loud;
}

static void write_clip(const char *name, double start_s, double length_s)
{
	struct as_encode_spec spec = {.format = AS_AUDIO_WAV,
				      .rate_hz = RATE,
				      .channels = 1,
				      .bit_depth = 16,
				      .total_frames = llround(length_s * RATE),
				      .time_reference_s = NAN};
	struct as_encoder *e = as_encoder_open(folder_path(root, name), &spec, true, NULL);
	assert_non_null(e);
	for (int64_t i = 0; i < spec.total_frames; i++) {
		float v = world_at(llround(start_s * RATE) + i);
		assert_int_equal(as_encoder_write(e, &v, 1, NULL), AS_OK);
	}
	assert_int_equal(as_encoder_close(e, NULL), AS_OK);
}

static const struct {
	const char *name;
	double start_s, length_s;
} clips[] = {{"CamA_001.wav", 0, 31.3}, {"CamB_001.wav", 7.25, 20}, {"Zoom_001.wav", 12, 17}, {"GH010045.WAV", 3, 20}};

enum { CLIPS = 4 };

static int set_up(void **state)
{
	(void)state;
	if (folder_make(root, sizeof root))
		return -1;
	snprintf(cache, sizeof cache, "%s/cache", root);
	snprintf(project, sizeof project, "%s/p.audiosync", root);
	for (int i = 0; i < CLIPS; i++)
		write_clip(clips[i].name, clips[i].start_s, clips[i].length_s);
	/* The last one is of two files. */
	write_clip("GH010045.WAV", 3, 11);
	write_clip("GH020045.WAV", 14, 9);
	return 0;
}

static int tear_down(void **state)
{
	(void)state;
	return folder_remove(root);
}

static void add_all(struct as_session *s)
{
	for (int i = 0; i < CLIPS; i++)
		assert_int_equal(as_session_add(s, folder_path(root, clips[i].name), NULL, NULL), AS_OK);
	assert_int_equal(as_session_add(s, folder_path(root, "GH020045.WAV"), NULL, NULL), AS_OK);
}

/* The lowest and highest of clip k between two times of its own. */
static void extremes(int k, double from_s, double to_s, float *lo, float *hi)
{
	int64_t n = llround(clips[k].length_s * RATE), first = llround(clips[k].start_s * RATE);
	int64_t end = (int64_t)ceil(to_s * RATE - 1e-6);
	*lo = 2;
	*hi = -2;
	for (int64_t t = (int64_t)ceil(from_s * RATE - 1e-6); t < (end < n ? end : n); t++) {
		*lo = fminf(*lo, world_at(first + t));
		*hi = fmaxf(*hi, world_at(first + t));
	}
}

/* Clip k's picture is that of its file; wide columns may have borders that are off by a sixteenth. */
static void check_picture(struct as_session *s, int clip, int k)
{
	static const double steps_s[] = {1.0 / RATE, 0.001, 0.01, 0.3, 2.0};
	struct as_waveform_column c[COLUMNS];
	for (int z = 0; z < 5; z++) {
		double step = steps_s[z], from = 3.0625, slack = step >= 0.064 ? step / 16 : 0, tol = 0.012;
		assert_true(as_session_waveform(s, clip, from, step, COLUMNS, c));
		for (int i = 0; i < COLUMNS; i++) {
			double a = from + i * step, b = a + step;
			float lo, hi;
			if (a >= clips[k].length_s) {
				assert_true(c[i].lo > c[i].hi);
				continue;
			}
			extremes(k, a + slack, b - slack, &lo, &hi);
			assert_true(c[i].lo <= lo + tol && c[i].hi >= hi - tol);
			extremes(k, a - 2 * slack, b + 2 * slack, &lo, &hi);
			assert_true(c[i].lo >= lo - tol && c[i].hi <= hi + tol);
			assert_true(c[i].rms >= 0 && c[i].rms <= fmaxf(-c[i].lo, c[i].hi));
		}
	}
}

static void check_pictures(struct as_session *s)
{
	const struct as_snapshot *snap = as_session_snapshot(s);
	assert_non_null(snap);
	for (int i = 0; i < CLIPS; i++)
		check_picture(s, projects_clip(snap, clips[i].name), i);
	as_snapshot_free(snap);
}

/* Until so many clips have a waveform; events must tell of them. */
static void wait_pictures(struct as_session *s, int want)
{
	struct as_waveform_column c;
	for (int have = 0; have < want;) {
		struct pollfd p = {.fd = as_session_fd(s), .events = POLLIN};
		struct as_event e;
		have = 0;
		for (int i = 0; i < CLIPS; i++)
			have += as_session_waveform(s, i, 0, 1, 1, &c);
		assert_true(have >= want || poll(&p, 1, 60000) > 0);
		while (as_session_next_event(s, &e))
			assert_true(e.kind != AS_EVENT_DONE);
	}
}

static int count_pictures(struct as_session *s)
{
	struct as_waveform_column c[2];
	int n = 0;
	for (int i = -1; i <= CLIPS; i++) {
		bool known = as_session_waveform(s, i, 0, 1, 2, c);
		assert_true(known == (c[0].lo <= c[0].hi));
		n += known;
	}
	return n;
}

static void test_loaded(void **state)
{
	(void)state;
	for (int cached = 0; cached < 2; cached++) {
		struct as_session *s = projects_open(cached ? cache : NULL);
		add_all(s);
		as_session_want_waveforms(s);
		assert_int_equal(count_pictures(s), 0);
		as_snapshot_free(projects_analyze(s));
		assert_int_equal(count_pictures(s), CLIPS);
		check_pictures(s);
		as_session_free(s);
	}
}

static void test_from_the_cache(void **state)
{
	(void)state;
	struct as_session *s = projects_open(cache);
	add_all(s);
	as_snapshot_free(projects_analyze(s));
	assert_int_equal(count_pictures(s), 0);
	as_session_want_waveforms(s);
	wait_pictures(s, CLIPS);
	check_pictures(s);
	as_session_free(s);
	s = projects_open(cache);
	add_all(s);
	as_session_want_waveforms(s);
	const struct as_snapshot *snap = projects_analyze(s);
	for (int i = 0; i < CLIPS; i++)
		assert_true(snap->clips[i].cached);
	as_snapshot_free(snap);
	assert_int_equal(count_pictures(s), CLIPS);
	check_pictures(s);
	as_session_free(s);
}

/* Changes sound where nobody looks for changes: what is shown afterwards comes from before. */
static void spoil(const char *name)
{
	static const char zeros[4096];
	const char *path = folder_path(root, name);
	struct stat st;
	assert_int_equal(stat(path, &st), 0);
	int fd = open(path, O_WRONLY);
	assert_true(fd >= 0);
	assert_int_equal(pwrite(fd, zeros, sizeof zeros, 100000), sizeof zeros);
	const struct timespec times[2] = {st.st_atim, st.st_mtim};
	assert_int_equal(futimens(fd, times), 0);
	close(fd);
}

static struct as_session *load(const char *with_cache)
{
	struct as_options *opt = projects_options(with_cache);
	struct as_session *s = as_session_load(opt, project, NULL, 0, NULL);
	assert_non_null(s);
	as_options_free(opt);
	return s;
}

static void test_of_a_project(void **state)
{
	(void)state;
	struct as_session *s = projects_open(cache);
	add_all(s);
	as_snapshot_free(projects_analyze(s));
	assert_int_equal(as_session_save(s, project, true, NULL), AS_OK);
	as_session_free(s);
	for (int cached = 0; cached < 2; cached++) {
		s = load(cached ? cache : NULL);
		if (cached)
			spoil("CamA_001.wav");
		assert_int_equal(count_pictures(s), 0);
		as_session_want_waveforms(s);
		wait_pictures(s, CLIPS);
		check_pictures(s);
		as_session_want_waveforms(s); /* nothing to do */
		as_session_free(s);
	}
	write_clip(clips[0].name, clips[0].start_s, clips[0].length_s);
	/* Whatever is started goes first, and the rest comes afterwards. */
	s = load(NULL);
	as_session_want_waveforms(s);
	as_snapshot_free(projects_analyze(s));
	wait_pictures(s, CLIPS);
	check_pictures(s);
	as_session_free(s);
	/* Stopped, and asked for again; freed in the middle. */
	s = load(NULL);
	as_session_want_waveforms(s);
	as_session_cancel(s);
	as_session_want_waveforms(s);
	wait_pictures(s, CLIPS);
	as_session_free(s);
	s = load(NULL);
	as_session_want_waveforms(s);
	as_session_free(s);
}

static void test_of_what_is_missing(void **state)
{
	(void)state;
	assert_int_equal(rename(folder_path(root, "CamB_001.wav"), folder_path(root, "CamB_001.gone")), 0);
	struct as_session *s = load(NULL);
	as_session_want_waveforms(s);
	wait_pictures(s, CLIPS - 1);
	assert_int_equal(count_pictures(s), CLIPS - 1);
	as_session_free(s);
	rename(folder_path(root, "CamB_001.gone"), folder_path(root, "CamB_001.wav"));
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(test_loaded),
		cmocka_unit_test(test_from_the_cache),
		cmocka_unit_test(test_of_a_project),
		cmocka_unit_test(test_of_what_is_missing),
	};
	return cmocka_run_group_tests(tests, set_up, tear_down);
}
