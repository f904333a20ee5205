/* What is exported against the sound that was recorded, known at every moment: place, gain, noise, and the joints where a
 * clock changes its pace. tests/bench/exact does the same over hours. */
#include <math.h>
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdio.h>

#include <cmocka.h>

#include "folder.h"
#include "truth.h"

#define LOOK_S 2
#define LENGTH_S 40

static double v[LOOK_S * 96000];

static struct truth_error look(const struct truth *x, int rate_hz, double at_s, double length_s)
{
	int64_t from = (int64_t)(at_s * rate_hz);
	int n = (int)(length_s * rate_hz);
	truth_read(folder_in("out.wav"), from, v, n);
	return truth_compare(x, v, from, n, rate_hz);
}

static void convey(const struct truth *x, const struct truth_device *d, double length_s,
		   const struct truth_export *e)
{
	const char *in = folder_in("in.wav"), *out = folder_in("out.wav");
	int64_t frames = (int64_t)(length_s * d->rate_hz);
	truth_record(in, x, d, frames, 32);
	truth_stitch(in, out, d, frames, e);
}

static const struct as_clock_knot knots[] = {
	{4, 0}, {9.1234, 0.6e-3}, {17, -0.2e-3}, {21.00001, 0.3e-3}, {33, 0.31e-3}};

static void test_null(void **state)
{
	(void)state;
	static const struct {
		double in_hz;
		int out_hz;
		double ppm;
		int n_clock;
	} rows[] = {{48000, 48000, 0, 0},   {48000, 48000, 100, 0},  {48000, 48000, -100, 0},
		    {48000, 48000, 12, 5},  {44100, 48000, -12, 0},  {48000, 44100, 0.3, 5},
		    {96000, 48000, 100, 5}, {44100, 96000, -3.3, 0}, {44056, 48000, 0, 0}};
	for (size_t i = 0; i < sizeof rows / sizeof *rows; i++) {
		const struct truth_device d = {.rate_hz = rows[i].in_hz,
					       .start_s = 0.512345678,
					       .ppm = rows[i].ppm,
					       .clock = knots,
					       .n_clock = rows[i].n_clock};
		const struct truth_export e = {.rate_hz = rows[i].out_hz,
					       .depth = 24,
					       .frames = (int64_t)(LENGTH_S + 1) * rows[i].out_hz};
		const struct truth x = truth_chord(
			40, 0.43 * fmin(rows[i].in_hz, rows[i].out_hz), TRUTH_VOICES, 0.1, 7);
		convey(&x, &d, LENGTH_S, &e);
		for (double at = 0.6; at < LENGTH_S - LOOK_S; at += 9.1) {
			struct truth_error err = look(&x, e.rate_hz, at, LOOK_S);
			assert_true(fabs(err.late_s) < 1e-9); /* 20 us is what is asked for */
			assert_true(fabs(err.gain - 1) < 1e-6);
			assert_true(err.null_db < -105);
		}
		for (int k = 0; k < d.n_clock; k++) {
			double at = d.start_s + knots[k].at_s / (1 + d.ppm * 1e-6) + knots[k].shift_s;
			/* The clock's kink is in the recording itself: 200 ppm at once leave this much. */
			assert_true(look(&x, e.rate_hz, at - 0.02, 0.04).peak < 3e-5);
		}
	}
}

/* A recording in two files, the second of which begins before the first has ended: the same sound twice, so that fades that
 * sum up to one (and not their squares) leave nothing of the joint. */
static void test_split(void **state)
{
	(void)state;
	static const double overlaps_s[] = {0.04, 0.09, 3};
	const struct truth x = truth_chord(40, 0.43 * 44100, TRUTH_VOICES, 0.1, 11);
	for (size_t i = 0; i < sizeof overlaps_s / sizeof *overlaps_s; i++) {
		char paths[2][300];
		struct truth_device d[2] = {{.rate_hz = 48000, .start_s = 0.512345678, .ppm = 30},
					    {.rate_hz = 44100, .ppm = -20}};
		d[1].start_s = d[0].start_s + 6 / (1 + 30e-6) - overlaps_s[i];
		struct as_segment segments[2];
		struct as_stitch_clip clips[2];
		const char *parts[2] = {paths[0], paths[1]};
		for (int k = 0; k < 2; k++) {
			int64_t frames = (int64_t)(6 * d[k].rate_hz);
			snprintf(paths[k], sizeof paths[k], "%s/%d.wav", folder_dir, k);
			truth_record(paths[k], &x, &d[k], frames, 32);
			segments[k] = (struct as_segment){0, 6, d[k].start_s};
			clips[k] = (struct as_stitch_clip){.parts = &parts[k],
							   .n_parts = 1,
							   .stream_index = -1,
							   .frames = frames,
							   .rate_hz = d[k].rate_hz,
							   .channels = 1,
							   .speed_ppm = d[k].ppm,
							   .segments = &segments[k],
							   .n_segments = 1};
		}
		struct as_stitch_job job = {.path = folder_in("out.wav"),
					    .force = true,
					    .spec = {.format = AS_AUDIO_WAV,
						     .rate_hz = 48000,
						     .channels = 1,
						     .bit_depth = 24,
						     .total_frames = 13 * 48000,
						     .time_reference_s = NAN},
					    .clips = clips,
					    .n_clips = 2,
					    .crossfade_s = 0.05,
					    .declick_s = 0.005};
		assert_int_equal(as_stitch_track(&job, NULL, NULL, NULL, NULL, NULL), AS_OK);
		for (double at = d[1].start_s - 0.1; at < d[1].start_s + 0.1; at += 0.02) {
			struct truth_error err = look(&x, 48000, at, 0.05);
			/* In the last row the first 5 ms of a file, whose past no filter knows, stand alone. */
			assert_true(err.peak < (i < 2 ? 1e-6 : 3e-5));
			assert_true(err.null_db < (i < 2 ? -110 : -90));
		}
	}
}

/* 24 bits without dither leave -149.3 dBFS. */
static void test_noise_floor(void **state)
{
	(void)state;
	static const struct {
		double in_hz;
		int out_hz;
		double ppm;
	} rows[] = {{48000, 48000, 0},    {48000, 48000, 100}, {44100, 48000, 0},
		    {96000, 48000, -100}, {48000, 96000, 0},   {96000, 8000, 3}};
	for (size_t i = 0; i < sizeof rows / sizeof *rows; i++) {
		const struct truth_device d = {
			.rate_hz = rows[i].in_hz, .start_s = 0.0123456, .ppm = rows[i].ppm};
		const struct truth_export e = {
			.rate_hz = rows[i].out_hz, .depth = 24, .frames = 4 * (int64_t)rows[i].out_hz};
		const struct truth x = truth_tone(997, 0.891);
		convey(&x, &d, 4, &e);
		assert_true(look(&x, e.rate_hz, 1, LOOK_S).rest_db < -143);
	}
}

/* Up to 20 kHz nothing is louder or softer, and what a lower rate cannot hold is gone. */
static void test_bands(void **state)
{
	(void)state;
	static const double tones[] = {20, 5000, 15000, 19000, 20000};
	const struct truth_device d = {.rate_hz = 96000, .start_s = 0.0123456, .ppm = 12};
	const struct truth_export e = {.rate_hz = 48000, .depth = 32, .frames = 4 * 48000};
	for (size_t i = 0; i < sizeof tones / sizeof *tones; i++) {
		const struct truth x = truth_tone(tones[i], 0.5);
		convey(&x, &d, 4, &e);
		assert_true(fabs(20 * log10(look(&x, 48000, 1, LOOK_S).gain)) < 1e-4);
	}
	const struct truth x = truth_tone(30000, 0.891);
	convey(&x, &d, 4, &e);
	truth_read(folder_in("out.wav"), 48000, v, 48000);
	for (int i = 0; i < 48000; i++)
		assert_true(fabs(v[i]) < 1e-7);
}

/* The judge itself: what it must see. */
static void test_judge(void **state)
{
	(void)state;
	enum { N = 48000 };
	const struct truth x = truth_chord(40, 20000, TRUTH_VOICES, 0.1, 7);
	truth_render(&x, (1000 - 1e-6L), 1 / 48000.0L, v, NULL, N);
	for (int i = 0; i < N; i++)
		v[i] *= 1.001;
	struct truth_error err = truth_compare(&x, v, (int64_t)1000 * 48000, N, 48000);
	assert_true(fabs(err.late_s - 1e-6) < 1e-8);
	assert_true(fabs(err.gain - 1.001) < 1e-3);
	assert_true(err.null_db > -30);
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(test_judge),
		cmocka_unit_test(test_null),
		cmocka_unit_test(test_split),
		cmocka_unit_test(test_noise_floor),
		cmocka_unit_test(test_bands),
	};
	return cmocka_run_group_tests(tests, folder_set_up, folder_tear_down);
}
