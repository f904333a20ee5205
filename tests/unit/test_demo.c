/* The made-up shoot: files as announced, and sound where the truth says. */
#include <math.h>
#include <poll.h>
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

#include <cmocka.h>
#include <jansson.h>
#include <sndfile.h>

#include <audiosync/demo.h>

#include "folder.h"

static char dir[64];
static struct as_demo demo;

static const char *in_dir(const char *name)
{
	return folder_path(dir, name);
}

static int write_demo(void **state)
{
	(void)state;
	if (folder_make(dir, sizeof dir))
		return -1;
	return as_demo_write(dir, 7, 60, false, NULL, NULL, &demo, NULL) == AS_OK ? 0 : -1;
}

static int remove_dir(void **state)
{
	(void)state;
	return folder_remove(dir);
}

static const struct as_demo_clip *clip_named(const char *name)
{
	for (int i = 0; i < demo.n_clips; i++)
		if (strcmp(demo.clips[i].name, name) == 0)
			return &demo.clips[i];
	fail_msg("no clip %s", name);
	return NULL;
}

/* The first channel of a whole file; the caller frees. */
static float *read_file(const char *name, int64_t *frames)
{
	SF_INFO info = {0};
	SNDFILE *f = sf_open(in_dir(name), SFM_READ, &info);
	assert_non_null(f);
	float *v = malloc((size_t)(info.frames * info.channels) * sizeof(*v));
	assert_int_equal(sf_readf_float(f, v, info.frames), info.frames);
	for (int64_t i = 0; i < info.frames; i++)
		v[i] = v[i * info.channels];
	sf_close(f);
	*frames = info.frames;
	return v;
}

static void test_files_are_as_announced(void **state)
{
	(void)state;
	int elsewhere = 0;
	for (int i = 0; i < demo.n_clips; i++) {
		const struct as_demo_clip *c = &demo.clips[i];
		SF_INFO info = {0};
		SNDFILE *f = sf_open(in_dir(c->name), SFM_READ, &info);
		assert_non_null(f);
		sf_close(f);
		assert_true(info.samplerate == (int)c->rate_hz);
		assert_int_equal(info.channels, c->channels);
		if (!strstr(c->name, ".mp3")) /* libsndfile shows the codec's padding */
			assert_true(fabs((double)info.frames / c->rate_hz - c->duration_s) < 1e-9);
		elsewhere += !c->overlaps;
		assert_int_equal(isnan(c->start_s), !c->overlaps);
	}
	assert_int_equal(elsewhere, 1);
}

static void test_truth_is_written(void **state)
{
	(void)state;
	json_t *root = json_load_file(in_dir("truth.json"), 0, NULL);
	assert_non_null(root);
	json_t *clips = json_object_get(root, "clips");
	assert_int_equal(json_array_size(clips), demo.n_clips);
	for (int i = 0; i < demo.n_clips; i++) {
		const struct as_demo_clip *c = &demo.clips[i];
		json_t *j = json_array_get(clips, (size_t)i);
		assert_string_equal(json_string_value(json_object_get(j, "file")), c->name);
		if (c->overlaps)
			assert_true(fabs(json_number_value(json_object_get(j, "start_s")) -
					 c->start_s) < 1e-9);
		else
			assert_true(json_is_null(json_object_get(j, "start_s")));
	}
	json_decref(root);
}

/* Where the sound of b around event second t really lies against a's, in ms from where it
 * should. */
static double misplaced_ms(const char *a_name, const char *b_name, double t)
{
	enum { WINDOW = 24000, REACH = 240 };
	const struct as_demo_clip *a = clip_named(a_name), *b = clip_named(b_name);
	int64_t na, nb;
	float *va = read_file(a_name, &na), *vb = read_file(b_name, &nb);
	double pa = (t - a->start_s) * 48000 * (1 + a->drift_ppm * 1e-6);
	double pb = (t - b->start_s) * 48000 * (1 + b->drift_ppm * 1e-6);
	int64_t ia = llround(pa), ib = llround(pb), best = 0;
	assert_true(ia > REACH && ia + WINDOW + REACH < na && ib > 0 && ib + WINDOW < nb);
	double most = 0;
	for (int64_t lag = -REACH; lag <= REACH; lag++) {
		double sum = 0;
		for (int64_t i = 1; i < WINDOW; i++) /* differences: a plain whitening */
			sum += (double)(va[ia + lag + i] - va[ia + lag + i - 1]) *
			       (double)(vb[ib + i] - vb[ib + i - 1]);
		if (fabs(sum) > most) {
			most = fabs(sum);
			best = lag;
		}
	}
	free(va);
	free(vb);
	return (double)best / 48;
}

static void test_sound_lies_where_the_truth_says(void **state)
{
	(void)state;
	for (double t = 7; t < 20; t += 6)
		assert_true(fabs(misplaced_ms("ZOOM0001.WAV", "CamA_001.flac", t)) < 0.15);
	for (double t = 48; t < 55; t += 6)
		assert_true(fabs(misplaced_ms("ZOOM0003.WAV", "CamA_002.flac", t)) < 0.15);
}

static void test_expected_positions(void **state)
{
	(void)state;
	struct as_demo d = {
		.n_clips = 3,
		.clips = {{.track = "A", .overlaps = true, .start_s = 100, .drift_ppm = 50},
			  {.track = "B", .overlaps = true, .start_s = 1100, .drift_ppm = -10},
			  {.track = "B", .start_s = NAN, .drift_ppm = -10}}};
	double start_s, drift_ppm;
	as_demo_expected(&d, 1, "A", &start_s, &drift_ppm);
	assert_true(fabs(start_s - 1000.05) < 1e-9); /* a fast clock counts more seconds */
	assert_true(fabs(drift_ppm + 60) < 0.01);
	as_demo_expected(&d, 0, "A", &start_s, &drift_ppm);
	assert_true(start_s == 0 && fabs(drift_ppm) < 1e-9);
	as_demo_expected(&d, 2, "A", &start_s, &drift_ppm);
	assert_true(isnan(start_s) && isnan(drift_ppm));
	as_demo_expected(&d, 0, "C", &start_s, &drift_ppm);
	assert_true(isnan(start_s) && isnan(drift_ppm));
}

static bool stop(void *ctx, double done)
{
	(void)ctx;
	return done < 0.3;
}

static void test_stopping_and_existing_files(void **state)
{
	(void)state;
	struct as_demo other;
	struct as_error err = {0};
	assert_int_equal(as_demo_write(dir, 7, 60, false, NULL, NULL, &other, &err), AS_ERR_EXISTS);
	assert_int_equal(as_demo_write(dir, 7, 5, true, NULL, NULL, &other, &err), AS_ERR_INVALID);
	assert_int_equal(as_demo_write(dir, 7, 60, true, stop, NULL, &other, &err), AS_CANCELLED);
	assert_int_equal(folder_count(dir), demo.n_clips + 1); /* no parts of files left */
}

/* In the background: stopped it leaves nothing that is half-written; how it ended is told. */
static void test_beside(void **state)
{
	struct as_error err = {0};
	enum as_status status = AS_OK;
	char other[64];
	struct pollfd fd = {.events = POLLIN};
	struct as_demo_run *r;

	(void)state;
	assert_int_equal(folder_make(other, sizeof other), 0);
	r = as_demo_start(other, 7, 60, false, &err);
	assert_non_null(r);
	as_demo_run_close(r);
	assert_int_equal(folder_count(other), 0);
	r = as_demo_start(dir, 7, 60, false, &err);
	assert_non_null(r);
	fd.fd = as_demo_run_fd(r);
	assert_int_equal(poll(&fd, 1, -1), 1);
	assert_true(as_demo_run_done(r, NULL, &status, &err));
	assert_int_equal(status, AS_ERR_EXISTS);
	assert_true(err.msg[0]);
	as_demo_run_close(r);
	as_demo_run_close(NULL);
	assert_int_equal(folder_remove(other), 0);
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(test_files_are_as_announced),
		cmocka_unit_test(test_truth_is_written),
		cmocka_unit_test(test_sound_lies_where_the_truth_says),
		cmocka_unit_test(test_expected_positions),
		cmocka_unit_test(test_stopping_and_existing_files),
		cmocka_unit_test(test_beside),
	};
	return cmocka_run_group_tests_name("demo", tests, write_demo, remove_dir);
}
