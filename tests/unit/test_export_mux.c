/* `export.mux`: a camera's file with a recorder's sound, which follows the camera's clock from the first second to the last. */
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

#include <cmocka.h>

#include <audiosync/audiosync.h>

#include "base/file.h"
#include "export/camera_clock.h"
#include "folder.h"
#include "media_files.h"
#include "sound.h"

#define HZ 8000
#define SECONDS 320
#define N (SECONDS * HZ)
#define CAM_PPM 120.0
#define REC_PPM -80.0
#define CAM_S 300
#define CAM_AT_S 7.3

static char root[64];
static float *world;

static const char *at(const char *name)
{
	return folder_path(root, name);
}

static void write_heard(const char *name, double offset_s, double ppm, int n)
{
	float *v = sound_heard(world, N, offset_s, ppm, n);

	for (int i = 0; i < n; i++)
		v[i] *= 0.5f;
	media_write_wav(at(name), HZ, 1, v, n);
	free(v);
}

static int set_up(void **state)
{
	(void)state;
	if (folder_make(root, sizeof root))
		return -1;
	mkdir(at("shoot"), 0700);
	world = sound_make(SOUND_SPEECH, 77, N);
	write_heard("cam.wav", CAM_AT_S, CAM_PPM, CAM_S * HZ);
	/* The recorder changes its file in the middle of the camera's clip. */
	write_heard("shoot/ZOOM0001.wav", 0, REC_PPM, 150 * HZ);
	write_heard("shoot/ZOOM0002.wav", 150.5, REC_PPM, 169 * HZ);
	char *wav = strdup(at("cam.wav"));
	/* The camera's sound begins 0.4 s after its picture. */
	media_ffmpeg("-f lavfi -i testsrc2=s=64x48:r=25:d=%d -itsoffset 0.4 -i '%s' -c:v mpeg4 -g 50 -bf 2 "
		     "-c:a pcm_s16le -timecode 01:00:00:00 '%s'",
		     CAM_S + 1, wav, at("shoot/CamA_001.mov"));
	free(wav);
	return 0;
}

static int tear_down(void **state)
{
	(void)state;
	free(world);
	return folder_remove(root);
}

static void wait_for(struct as_session *s)
{
	struct as_event e;

	for (bool done = false; !done;) {
		struct pollfd p = {.fd = as_session_fd(s), .events = POLLIN};
		poll(&p, 1, -1);
		while (as_session_next_event(s, &e))
			done |= e.kind == AS_EVENT_DONE;
	}
}

/* A session that has placed the shoot. */
static struct as_session *place_shoot(const char *const *settings)
{
	struct as_options *opt = as_options_new();
	struct as_error err = {0};

	assert_int_equal(as_options_set(opt, "cache.enabled", "no", NULL, NULL), AS_OK);
	for (; *settings; settings += 2)
		assert_int_equal(as_options_set(opt, settings[0], settings[1], NULL, &err), AS_OK);
	struct as_session *s = as_session_new(opt, NULL);
	as_options_free(opt);
	assert_int_equal(as_session_add(s, at("shoot"), NULL, NULL), AS_OK);
	assert_int_equal(as_session_analyze(s, NULL), AS_OK);
	wait_for(s);
	return s;
}

/* Syncs the shoot into root/out; the snapshot is the caller's. */
static const struct as_snapshot *sync_shoot(const char *out, const char *const *settings)
{
	struct as_session *s = place_shoot(settings);
	struct as_error err = {0};
	const struct as_export_request request = {.dir = at(out)};
	assert_int_equal(as_session_check_targets(s, &request, &err), AS_OK);
	assert_int_equal(as_session_export(s, &request, &err), AS_OK);
	wait_for(s);
	const struct as_snapshot *snap = as_session_snapshot(s);
	if (snap->outcome != AS_OK)
		print_message("%s\n", snap->error);
	assert_int_equal(snap->outcome, AS_OK);
	as_session_free(s);
	return snap;
}

static const struct as_output *film_of(const struct as_snapshot *snap)
{
	const struct as_output *found = NULL;

	for (int i = 0; i < snap->n_outputs; i++)
		if (snap->outputs[i].picture)
			found = &snap->outputs[i];
	return found;
}

/* Delay against what the camera's clock and place make of the world, seconds, at camera time t; got begins so much earlier. */
static double late_by(const float *got, int64_t n, const float *truth, double t, double early_s)
{
	int64_t from = (int64_t)(t * HZ), shift = (int64_t)llround(early_s * HZ);

	assert_true(from + shift + 30000 < n);
	return media_delay(truth, got + shift, 1, from, 400) / HZ;
}

/* early_s: the stream begins so much before the camera's own sound did. */
static void check_sound(const char *path, int ordinal, double early_s, double limit_s)
{
	static const double times[] = {1, 40, 148, 153, 220, 292};
	float *truth = sound_heard(world, N, CAM_AT_S, CAM_PPM, CAM_S * HZ + 30000), *got;
	int64_t n;

	got = media_ffmpeg_decode(path, ordinal, &n);
	for (int i = 0; i < 6; i++) {
		double late_s = late_by(got, n, truth, times[i], early_s);

		if (fabs(late_s) > limit_s)
			print_message("at %g s: %g us late\n", times[i], late_s * 1e6);
		assert_true(fabs(late_s) <= limit_s);
	}
	free(truth);
	free(got);
}

static void test_default(void **state)
{
	static const char *const settings[] = {"export.mux", "default", NULL};
	const struct as_snapshot *snap = sync_shoot("out", settings);
	const struct as_output *film = film_of(snap);

	(void)state;
	assert_non_null(film);
	assert_true(film->done);
	assert_string_equal(film->path, at("out/CamA_001.mov"));
	assert_int_equal(snap->n_outputs, 3); /* two tracks of sound besides */
	check_sound(film->path, 0, 0.4, 150e-6);
	check_sound(film->path, 1, 0, 20e-6); /* the camera's own, as it was */
	assert_true(fabs(film->duration_s - (CAM_S + 1)) < 0.1);
	as_snapshot_free(snap);
}

static void test_replace(void **state)
{
	static const char *const settings[] = {"export.mux",       "replace", "export.mux_codec", "alac",
					       "export.mux_container", "mp4",     "export.mux_track", "ZOOM",
					       NULL};
	const struct as_snapshot *snap = sync_shoot("out2", settings);
	const struct as_output *film = film_of(snap);

	(void)state;
	assert_non_null(film);
	assert_string_equal(film->path, at("out2/CamA_001.mp4"));
	check_sound(film->path, 0, 0.4, 150e-6);
	as_snapshot_free(snap);
}

static void test_no_such_track(void **state)
{
	static const char *const settings[] = {"export.mux", "add", "export.mux_track", "Boom", NULL};
	struct as_session *s = place_shoot(settings);
	const struct as_export_request request = {.dir = at("out3")};
	struct as_error err = {0};

	(void)state;
	assert_int_equal(as_session_check_targets(s, &request, &err), AS_ERR_INVALID);
	assert_non_null(strstr(err.msg, "Boom"));
	assert_non_null(strstr(err.msg, "CamA"));
	assert_int_equal(as_session_export(s, &request, &err), AS_ERR_INVALID);
	as_session_free(s);
}

/* ---- the layout alone ---- */

/* Where the stitcher puts the clip's time t. */
static double laid_at(const struct as_laid *l, double t)
{
	double shift = 0;
	int i = 0;

	while (i + 1 < l->n_segments && t >= l->segments[i].to_s)
		i++;
	for (int k = 0; k < l->n_clock; k++) {
		if (k + 1 == l->n_clock || t < l->clock[0].at_s) {
			shift = l->clock[t < l->clock[0].at_s ? 0 : k].shift_s;
			break;
		}
		if (t < l->clock[k + 1].at_s) {
			double part = (t - l->clock[k].at_s) / (l->clock[k + 1].at_s - l->clock[k].at_s);
			shift = l->clock[k].shift_s + part * (l->clock[k + 1].shift_s - l->clock[k].shift_s);
			break;
		}
	}
	return l->segments[i].start_s + t / (1 + l->speed_ppm * 1e-6) + shift;
}

static void test_clocks_and_breaks(void **state)
{
	static const struct as_segment cam_segments[] = {{0, 1000, 50}, {1000, 3000, 50.5}};
	static const struct as_segment rec_segments[] = {{0, 2000, 10}, {2000, 4000, 10.25}};
	static const struct as_clock_knot cam_clock[] = {{0, 0}, {1500, 0.02}, {3000, 0}};
	struct as_course cam = {3000, 40, cam_segments, 2, cam_clock, 3};
	struct as_course rec = {4000, -60, rec_segments, 2, NULL, 0};
	struct as_laid l;

	(void)state;
	assert_true(as_lay_by_camera(&rec, &cam, &l));
	assert_int_equal(l.n_segments, 3);
	assert_true(fabs(l.speed_ppm + 100) < 0.01);
	for (double t = 45; t < 3030; t += 7) {
		/* Forward from the recorder to the timeline; back from where the camera has it. */
		double T = rec_segments[t >= 2000].start_s + t / (1 - 60e-6);
		double u = laid_at(&l, t), w = u < 1500 ? u / 1500 * 0.02 : (3000 - u) / 1500 * 0.02;
		double back = (u < 1000 ? 50 : 50.5) + u / (1 + 40e-6) + w;
		bool lost = fabs(u - 1000) < 0.6; /* half a second is not in the camera's time */

		assert_true(lost || fabs(back - T) < 20e-6);
	}
	as_laid_done(&l);
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(test_default),
		cmocka_unit_test(test_replace),
		cmocka_unit_test(test_no_such_track),
		cmocka_unit_test(test_clocks_and_breaks),
	};
	return cmocka_run_group_tests(tests, set_up, tear_down);
}
