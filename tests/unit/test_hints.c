/* A session with more pairs of clips than are searched: 256 little clips of four devices, and some strangers. */
#define _XOPEN_SOURCE 700 /* nftw */

#include <ftw.h>
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

#include "dsp/synth.h"
#include "media/encode.h"

#define RATE 8000
#define DEVICES 4
#define CLIPS 64
#define STRANGERS 4
#define CLIP_S 4.5
#define EVERY_S 5.0
#define LATER_S 1.1 /* each device after the one before */
#define SCENE_N (int)((CLIPS * EVERY_S + 60.0) * RATE)

static char root[64], cache[96], shoot[96];

static void write_clip(const char *name, const float *v, double start_s)
{
	struct as_encode_spec spec = {.format = AS_AUDIO_WAV,
				      .rate_hz = RATE,
				      .channels = 1,
				      .bit_depth = 16,
				      .total_frames = (int64_t)(CLIP_S * RATE),
				      .time_reference_s = NAN};
	char path[200];
	struct as_encoder *e;

	snprintf(path, sizeof(path), "%s/%s.wav", shoot, name);
	e = as_encoder_open(path, &spec, true, NULL);
	assert_non_null(e);
	assert_int_equal(as_encoder_write(e, v + llround(start_s * RATE), spec.total_frames, NULL),
			 AS_OK);
	assert_int_equal(as_encoder_close(e, NULL), AS_OK);
}

static double start_of(int device, int clip)
{
	return clip * EVERY_S + device * LATER_S;
}

/* Noise in bursts of irregular strength, so that no stretch resembles another. */
static float *make_scene(uint64_t seed)
{
	float *v = calloc(SCENE_N, sizeof(*v));
	struct as_rng rng;

	assert_non_null(v);
	as_rng_seed(&rng, seed);
	for (int at = 0; at < SCENE_N; at += RATE / 10)
		as_synth_noise(&rng, v + at, SCENE_N - at < RATE / 10 ? SCENE_N - at : RATE / 10,
			       pow(as_rng_uniform(&rng, 0.1, 1.0), 2.0) * 0.2);
	return v;
}

static int set_up(void **state)
{
	float *scene, *other;
	char name[40];

	(void)state;
	snprintf(root, sizeof(root), "/tmp/audiosync-test-XXXXXX");
	if (!mkdtemp(root))
		return -1;
	snprintf(shoot, sizeof(shoot), "%s/shoot", root);
	snprintf(cache, sizeof(cache), "%s/cache", root);
	mkdir(shoot, 0700);
	scene = make_scene(1);
	other = make_scene(2);
	for (int d = 0; d < DEVICES; d++)
		for (int i = 0; i < CLIPS; i++) {
			snprintf(name, sizeof(name), "Dev%c_%03d", 'A' + d, i);
			write_clip(name, scene, start_of(d, i));
		}
	for (int i = 0; i < STRANGERS; i++) {
		snprintf(name, sizeof(name), "Other_%03d", i);
		write_clip(name, other, 20.0 * i);
	}
	free(scene);
	free(other);
	return 0;
}

static int remove_one(const char *path, const struct stat *st, int type, struct FTW *ftw)
{
	(void)st, (void)type, (void)ftw;
	return remove(path);
}

static int tear_down(void **state)
{
	(void)state;
	return nftw(root, remove_one, 16, FTW_DEPTH | FTW_PHYS);
}

static struct as_session *open_session(const char *threads)
{
	struct as_options *opt = as_options_new();
	struct as_session *s;

	assert_non_null(opt);
	assert_int_equal(as_options_set(opt, "general.threads", threads, NULL, NULL), AS_OK);
	assert_int_equal(as_options_set(opt, "cache.dir", cache, NULL, NULL), AS_OK);
	s = as_session_new(opt, NULL);
	assert_non_null(s);
	as_options_free(opt);
	assert_int_equal(as_session_add(s, shoot, NULL, NULL), AS_OK);
	return s;
}

/* Cancels after so many events of progress in the match stage; -1: never. */
static void run(struct as_session *s, int cancel_after)
{
	bool done = false, matching = false;
	struct as_event e;

	assert_int_equal(as_session_analyze(s, NULL), AS_OK);
	while (!done) {
		struct pollfd p = {.fd = as_session_fd(s), .events = POLLIN};

		poll(&p, 1, 1000);
		while (as_session_next_event(s, &e)) {
			done = done || e.kind == AS_EVENT_DONE;
			if (e.kind == AS_EVENT_STAGE)
				matching = e.id == (int)AS_STAGE_MATCH;
			if (matching && e.kind == AS_EVENT_PROGRESS && cancel_after-- == 0)
				as_session_cancel(s);
		}
	}
}

static bool is_told(const struct as_snapshot *n)
{
	for (int i = 0; i < n->n_warnings; i++)
		if (strstr(n->warnings[i], "were not compared"))
			return true;
	return false;
}

static void check_places(const struct as_snapshot *n)
{
	double zero = NAN;
	int placed = 0;

	assert_int_equal(n->n_clips, DEVICES * CLIPS + STRANGERS);
	for (int i = 0; i < n->n_clips; i++) {
		const char *name = strrchr(n->clips[i].path, '/') + 1;
		const struct as_placement *p = &n->placements[i];
		double start;

		if (name[0] == 'O') {
			assert_int_equal(p->island, 0);
			continue;
		}
		assert_int_equal(p->island, 1);
		start = start_of(name[3] - 'A', atoi(name + 5));
		if (isnan(zero))
			zero = p->start_s - start;
		assert_true(fabs(p->start_s - start - zero) < 0.5e-3);
		placed++;
	}
	assert_int_equal(placed, DEVICES * CLIPS);
}

/* Of 24,576 pairs some hundreds are searched; one and three threads give the same bits. */
static void test_many_clips(void **state)
{
	double start_s[DEVICES * CLIPS + STRANGERS];

	(void)state;
	for (int round = 0; round < 2; round++) {
		struct as_session *s = open_session(round ? "1" : "3");
		const struct as_snapshot *n;

		run(s, -1);
		n = as_session_snapshot(s);
		check_places(n);
		assert_in_range(n->n_matches, DEVICES * CLIPS - 1, 12 * DEVICES * CLIPS);
		assert_false(is_told(n)); /* so little is left that all of it is compared */
		for (int i = 0; i < n->n_clips; i++) {
			if (round)
				assert_memory_equal(&start_s[i], &n->placements[i].start_s,
						    sizeof(double));
			start_s[i] = n->placements[i].start_s;
		}
		as_snapshot_free(n);
		as_session_free(s);
	}
}

/* Stopped among the landmarks, the questions and the searches; what was begun is begun again. */
static void test_cancel(void **state)
{
	struct as_session *s = open_session("2");
	const struct as_snapshot *n;

	(void)state;
	for (int after = 20; after < 500; after += 120) {
		run(s, after);
		n = as_session_snapshot(s);
		assert_int_equal(n->outcome, AS_CANCELLED);
		as_snapshot_free(n);
	}
	run(s, -1);
	n = as_session_snapshot(s);
	assert_int_equal(n->outcome, AS_OK);
	check_places(n);
	as_snapshot_free(n);
	as_session_free(s);
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(test_many_clips),
		cmocka_unit_test(test_cancel),
	};

	return cmocka_run_group_tests(tests, set_up, tear_down);
}
