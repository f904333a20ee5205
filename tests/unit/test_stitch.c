/* Tracks are stitched from files whose sound is known as a function of time, so every output
 * sample can be foretold. */
#include <math.h>
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/stat.h>
#include <unistd.h>

#include <cmocka.h>
#include <sndfile.h>

#include "export/pieces.h"
#include "export/stitch.h"
#include "folder.h"

#define PI 3.14159265358979323846
#define DECLICK_S 0.005
#define CROSSFADE_S 0.05

/* The sound of the tests at second t. */
static double tones(double t)
{
	static const double hz[] = {211, 997, 1777, 3019};
	double sum = 0;
	for (size_t i = 0; i < sizeof(hz) / sizeof(hz[0]); i++)
		sum += 0.15 * sin(2 * PI * fmod(hz[i] * t, 1) + (double)i);
	return sum;
}

/* A file whose frame k holds value(k / (rate * (1 + ppm))) in every channel c, times 1 - c / 4. */
static const char *write_file(const char *name, double rate_hz, double ppm, int channels,
			      int64_t from, int64_t frames, double level)
{
	const char *path = folder_in(name);
	SF_INFO info = {.samplerate = (int)rate_hz,
			.channels = channels,
			.format = SF_FORMAT_WAV | SF_FORMAT_FLOAT};
	SNDFILE *f = sf_open(path, SFM_WRITE, &info);
	assert_non_null(f);
	float *pcm = malloc((size_t)frames * (size_t)channels * sizeof(*pcm));
	for (int64_t k = 0; k < frames; k++) {
		double t = (double)(from + k) / rate_hz / (1 + ppm * 1e-6);
		double v = isnan(level) ? tones(t) : level;
		for (int c = 0; c < channels; c++)
			pcm[k * channels + c] = (float)(v * (1 - c / 4.0));
	}
	assert_int_equal(sf_writef_float(f, pcm, frames), frames);
	free(pcm);
	sf_close(f);
	return path;
}

/* A clip of one part and one segment; storage is the caller's. */
struct one_clip {
	const char *part;
	struct as_segment segment;
};

static struct as_stitch_clip clip_of(struct one_clip *one, const char *path, double rate_hz,
				     int channels, int64_t frames, double start_s, double ppm)
{
	one->part = path;
	one->segment = (struct as_segment){0, (double)frames / rate_hz, start_s};
	return (struct as_stitch_clip){.parts = &one->part,
				       .n_parts = 1,
				       .stream_index = -1,
				       .frames = frames,
				       .rate_hz = rate_hz,
				       .channels = channels,
				       .speed_ppm = ppm,
				       .segments = &one->segment,
				       .n_segments = 1};
}

static struct as_stitch_job job_of(const struct as_stitch_clip *clips, int n, int rate_hz,
				   int channels, int64_t total)
{
	return (struct as_stitch_job){.path = folder_in("out.wav"),
				      .force = true,
				      .spec = {.format = AS_AUDIO_WAV,
					       .rate_hz = rate_hz,
					       .channels = channels,
					       .bit_depth = 32,
					       .total_frames = total,
					       .time_reference_s = NAN},
				      .clips = clips,
				      .n_clips = n,
				      .crossfade_s = CROSSFADE_S,
				      .declick_s = DECLICK_S};
}

/* Stitches and reads back; the caller frees. */
static float *stitch(const struct as_stitch_job *job, struct as_stitch_report *report)
{
	struct as_error err = {0};
	struct as_stitch_report own;
	if (as_stitch_track(job, NULL, NULL, NULL, report ? report : &own, &err) != AS_OK)
		fail_msg("%s", err.msg);
	SF_INFO info = {0};
	SNDFILE *f = sf_open(job->path, SFM_READ, &info);
	assert_non_null(f);
	assert_int_equal(info.frames, job->spec.total_frames);
	assert_int_equal(info.channels, job->spec.channels);
	assert_int_equal(info.samplerate, job->spec.rate_hz);
	float *pcm = malloc((size_t)(info.frames * info.channels) * sizeof(*pcm));
	assert_int_equal(sf_readf_float(f, pcm, info.frames), info.frames);
	sf_close(f);
	return pcm;
}

/* Seconds by which pcm is late against tones(t + origin): by the phase of the 997 Hz tone over n
 * frames from at. */
static double lateness_s(const float *pcm, int channels, double rate_hz, int64_t at, int64_t n,
			 double origin)
{
	double re = 0, im = 0;
	for (int64_t i = at; i < at + n; i++) {
		double w = 0.5 - 0.5 * cos(2 * PI * ((double)(i - at) + 0.5) / (double)n);
		double a = 2 * PI * fmod(997 * ((double)i / rate_hz + origin), 1) + 1;
		re += w * (double)pcm[i * channels] * sin(a);
		im += w * (double)pcm[i * channels] * cos(a);
	}
	return -atan2(im, re) / (2 * PI * 997);
}

static void check_place(double in_hz, int out_hz, double start_s, double ppm, double seconds)
{
	int64_t frames = (int64_t)(seconds * in_hz), total = (int64_t)((seconds + 2) * out_hz);
	struct one_clip one;
	struct as_stitch_clip clip =
		clip_of(&one, write_file("in.wav", in_hz, ppm, 1, 0, frames, NAN), in_hz, 1, frames,
			start_s, ppm);
	struct as_stitch_job job = job_of(&clip, 1, out_hz, 1, total);
	float *pcm = stitch(&job, NULL);
	int64_t begin = (int64_t)ceil(start_s * out_hz);
	int64_t end = (int64_t)((start_s + seconds / (1 + ppm * 1e-6)) * out_hz);
	int64_t edge =
		(int64_t)(0.05 * out_hz); /* fades, and the filter's view of the clip's end */
	int64_t window = (int64_t)(0.4 * out_hz);
	double worst = 0;
	for (int64_t i = begin + edge; i < end - edge; i++)
		worst = fmax(worst, fabs((double)pcm[i] - tones((double)i / out_hz - start_s)));
	double head = lateness_s(pcm, 1, out_hz, begin + edge, window, -start_s);
	double tail = lateness_s(pcm, 1, out_hz, end - edge - window, window, -start_s);
	double drift_ppm =
		(tail - head) / ((double)(end - begin - 2 * edge - window) / out_hz) * 1e6;
	assert_true(fabs(head) < 0.05 / fmin(in_hz, out_hz));
	assert_true(fabs(tail) < 0.05 / fmin(in_hz, out_hz));
	assert_true(fabs(drift_ppm) < 0.05);
	assert_true(worst < 0.15 * 2 * PI * 6004 / in_hz / 256); /* 1/256 frame of all tones */
	for (int64_t i = 0; i < begin; i++)
		assert_true(pcm[i] == 0);
	for (int64_t i = end + 2; i < total; i++)
		assert_true(pcm[i] == 0);
	free(pcm);
}

static void test_place_between_samples(void **state)
{
	(void)state;
	check_place(48000, 48000, 1.2345671, 0, 3);
	check_place(48000, 48000, 0.5 + 0.25 / 48000, 0, 2);
	check_place(96000, 96000, 0.1000037, 0, 2);
}

/* The known failure of such tools: a wrong sign doubles the error. What comes out is measured
 * again. */
static void test_drift_is_taken_out(void **state)
{
	(void)state;
	check_place(48000, 48000, 1.2345671, 100, 20);
	check_place(48000, 48000, 1.2345671, -100, 20);
	check_place(48000, 48000, 0.7, 0.2, 20); /* too slow for libsoxr's phase cycle */
	check_place(44100, 48000, 0.3333333, 23.4567, 10);
	check_place(48000, 44100, 0.3333333, -41.2, 10);
}

static void test_rates(void **state)
{
	(void)state;
	check_place(44100, 48000, 0.777777, 0, 3);
	check_place(48000, 44100, 1.5, 0, 3);
	check_place(8000, 48000, 0.3, 0, 3);
	check_place(96000, 48000, 0.123456, 0, 2);
	check_place(48000, 192000, 0.2222222, 0, 2);
	check_place(192000, 8000, 0.123456, 0, 2);
	check_place(11025, 44100, 0.1, 5, 3);
}

static void test_whole_positions_are_copied(void **state)
{
	(void)state;
	enum { A = 30000, B = 20011, TOTAL = A + B };
	const char *parts[] = {write_file("a.wav", 48000, 0, 2, 0, A, NAN),
			       write_file("b.wav", 48000, 0, 2, A, B, NAN)};
	struct as_segment segment = {0, TOTAL / 48000.0, 0};
	struct as_stitch_clip clip = {.parts = parts,
				      .n_parts = 2,
				      .stream_index = -1,
				      .frames = TOTAL,
				      .rate_hz = 48000,
				      .channels = 2,
				      .segments = &segment,
				      .n_segments = 1};
	for (int shift = 0; shift < 2; shift++) {
		struct as_stitch_job job = job_of(&clip, 1, 48000, 2, TOTAL + shift * 9000);
		segment.start_s = shift * 4321 / 48000.0;
		float *pcm = stitch(&job, NULL);
		int64_t fade = shift ? 240 : 0; /* the edges of the timeline itself stay */
		for (int64_t i = fade; i < TOTAL - fade; i++) {
			float want = (float)tones((double)i / 48000.0);
			assert_true(pcm[2 * (i + shift * 4321)] == want);
			assert_true(pcm[2 * (i + shift * 4321) + 1] ==
				    (float)(tones((double)i / 48000.0) * 0.75));
		}
		free(pcm);
	}
}

static void test_24_bits_come_out_exactly(void **state)
{
	(void)state;
	enum { FRAMES = 20000 };
	static int32_t want[FRAMES], got[FRAMES];
	SF_INFO info = {
		.samplerate = 48000, .channels = 1, .format = SF_FORMAT_WAV | SF_FORMAT_PCM_24};
	SNDFILE *f = sf_open(folder_in("in.wav"), SFM_WRITE, &info);
	uint32_t x = 3;
	for (int i = 0; i < FRAMES; i++)
		want[i] = (int32_t)((x = x * 1664525U + 1013904223U) & 0xffffff00U);
	assert_int_equal(sf_writef_int(f, want, FRAMES), FRAMES);
	sf_close(f);
	struct one_clip one;
	struct as_stitch_clip clip = clip_of(&one, folder_in("in.wav"), 48000, 1, FRAMES, 0, 0);
	struct as_stitch_job job = job_of(&clip, 1, 48000, 1, FRAMES);
	struct as_stitch_report report;
	job.spec.bit_depth = 24;
	free(stitch(&job, &report));
	assert_int_equal(report.clipped, 0);
	f = sf_open(job.path, SFM_READ, &info);
	assert_int_equal(sf_readf_int(f, got, FRAMES), FRAMES);
	sf_close(f);
	assert_memory_equal(want, got, sizeof(want));
}

/* Where a split recording that needs resampling goes from file to file, nothing is to be heard. */
static void test_parts_join_without_a_seam(void **state)
{
	(void)state;
	enum { A = 48000, B = 31000, C = 60000, FRAMES = A + B + C };
	const char *parts[] = {write_file("a.wav", 48000, 50, 1, 0, A, NAN),
			       write_file("b.wav", 48000, 50, 1, A, B, NAN),
			       write_file("c.wav", 48000, 50, 1, A + B, C, NAN)};
	/* The second segment begins in the third part, so earlier parts are passed over. */
	struct as_segment segments[] = {{0, 2.2, 0.1000001}, {2.2, FRAMES / 48000.0, 0.6000001}};
	struct as_stitch_clip clip = {.parts = parts,
				      .n_parts = 3,
				      .stream_index = -1,
				      .frames = FRAMES,
				      .rate_hz = 48000,
				      .channels = 1,
				      .speed_ppm = 50,
				      .segments = segments,
				      .n_segments = 2};
	struct as_stitch_job job = job_of(&clip, 1, 48000, 1, 4 * 48000);
	float *pcm = stitch(&job, NULL);
	for (int i = 4800 + 300; i < (int)(2.29 * 48000); i++)
		assert_true(fabs((double)pcm[i] - tones(i / 48000.0 - 0.1000001)) < 3e-4);
	for (int i = (int)(2.81 * 48000); i < (int)(3.4 * 48000); i++)
		assert_true(fabs((double)pcm[i] - tones(i / 48000.0 - 0.6000001)) < 3e-4);
	for (int i = (int)(2.31 * 48000); i < (int)(2.79 * 48000); i++)
		assert_true(pcm[i] == 0);
	free(pcm);
}

static void test_gained_and_lost_samples(void **state)
{
	(void)state;
	enum { FRAMES = 3 * 48000 };
	const char *path = write_file("in.wav", 48000, 0, 1, 0, FRAMES, NAN);
	/* 0.2 s too much at 1 s, then a step of 0.3 ms at 2 s */
	struct as_segment segments[] = {{0, 1, 0}, {1, 2, -0.2}, {2, 3, -0.1997}};
	struct as_stitch_clip clip = {.parts = &path,
				      .n_parts = 1,
				      .stream_index = -1,
				      .frames = FRAMES,
				      .rate_hz = 48000,
				      .channels = 1,
				      .segments = segments,
				      .n_segments = 3};
	struct as_stitch_job job = job_of(&clip, 1, 48000, 1, FRAMES);
	struct as_stitch_report report;
	float *pcm = stitch(&job, &report);
	assert_int_equal(report.overlap_frames, 0);
	for (int i = 0; i < 0.8 * 48000; i++)
		assert_true(pcm[i] == (float)tones(i / 48000.0));
	for (int i = (int)(0.81 * 48000); i < 1.78 * 48000; i++)
		assert_true(pcm[i] == (float)tones((i + 9600) / 48000.0));
	for (int i = (int)(1.81 * 48000); i < 2.79 * 48000; i++)
		assert_true(fabs((double)pcm[i] - tones(i / 48000.0 + 0.1997)) < 3e-4);
	double power = 0; /* the splice of the small step leaves no hole */
	for (int i = (int)(1.79 * 48000); i < 1.81 * 48000; i++)
		power += (double)pcm[i] * (double)pcm[i] / (0.02 * 48000);
	assert_true(power > 0.02);
	free(pcm);
}

/* Steady levels: A = 0.25 from 0.1 s, B = 0.5 on top. */
static float *overlap_levels(double a_s, double b_at_s, double b_s, struct as_stitch_report *report)
{
	struct one_clip one[2];
	int64_t na = (int64_t)(a_s * 48000), nb = (int64_t)(b_s * 48000);
	struct as_stitch_clip clips[] = {
		clip_of(&one[0], write_file("a.wav", 48000, 0, 1, 0, na, 0.25), 48000, 1, na, 0.1,
			0),
		clip_of(&one[1], write_file("b.wav", 48000, 0, 1, 0, nb, 0.5), 48000, 1, nb, b_at_s,
			0),
	};
	struct as_stitch_job job = job_of(clips, 2, 48000, 1, 3 * 48000);
	return stitch(&job, report);
}

static void test_overlaps(void **state)
{
	(void)state;
	struct as_stitch_report report;
	/* 40 ms: they continue each other; the level goes from one to the other, steadily, over
	 * all of it */
	float *pcm = overlap_levels(1, 1.06, 1, &report);
	assert_int_equal(report.overlap_frames, 1920);
	assert_true(fabs((double)pcm[(int)(1.08 * 48000)] - 0.375) < 1e-3);
	for (int i = (int)(0.2 * 48000); i < 2 * 48000; i++)
		assert_true(pcm[i + 1] >= pcm[i]);
	free(pcm);
	/* half a second: the later one on top at once, the other under it unheard */
	pcm = overlap_levels(1, 0.6, 1, &report);
	assert_int_equal(report.overlap_frames, 24000);
	for (int i = (int)(0.606 * 48000); i < 1.59 * 48000; i++)
		assert_true(pcm[i] == 0.5F);
	free(pcm);
	/* one inside the other: the longer one comes back */
	pcm = overlap_levels(2, 0.6, 1, &report);
	assert_int_equal(report.overlap_frames, 48000);
	assert_true(pcm[48000] == 0.5F);
	assert_true(pcm[(int)(1.7 * 48000)] == 0.25F);
	for (int i = (int)(0.2 * 48000); i < 2 * 48000; i++)
		assert_true(pcm[i] >= 0.25F && pcm[i] <= 0.5F);
	free(pcm);
	/* end to end: no overlap, no step greater than that of the fades */
	pcm = overlap_levels(1, 1.1, 1, &report);
	assert_int_equal(report.overlap_frames, 0);
	for (int i = 0; i < 3 * 48000 - 1; i++)
		assert_true(fabs((double)pcm[i + 1] - (double)pcm[i]) < 0.01);
	free(pcm);
}

static void test_edges_are_faded(void **state)
{
	(void)state;
	struct as_stitch_report report;
	float *pcm = overlap_levels(0.5, 1, 0.004, &report); /* B is shorter than its two fades */
	double peak = 0;
	for (int i = 0; i < 3 * 48000 - 1; i++) {
		assert_true(fabs((double)pcm[i + 1] - (double)pcm[i]) < 0.01);
		if (i >= 48000)
			peak = fmax(peak, (double)pcm[i]);
	}
	assert_true(peak > 0.3);
	assert_true(pcm[4799] == 0 && pcm[4800] > 0 && pcm[4800 + 240] == 0.25F);
	assert_true(pcm[4800 + 24000 - 1] > 0 && pcm[4800 + 24000] == 0);
	free(pcm);
}

static void test_cut_at_both_ends(void **state)
{
	(void)state;
	struct one_clip one[3];
	const char *path = write_file("in.wav", 48000, 0, 1, 0, 96000, NAN);
	struct as_stitch_clip clips[] = {
		clip_of(&one[0], path, 48000, 1, 96000, -1.25, 0),
		clip_of(&one[1], path, 48000, 1, 96000, 1.5000051, 0),
		clip_of(&one[2], path, 48000, 1, 96000, 7, 0), /* beyond the end */
	};
	struct as_stitch_job job = job_of(clips, 3, 48000, 1, 96000);
	float *pcm = stitch(&job, NULL);
	for (int i = 0; i < 0.7 * 48000; i++)
		assert_true(pcm[i] == (float)tones((i + 60000) / 48000.0));
	for (int i = (int)(1.51 * 48000); i < 96000; i++)
		assert_true(fabs((double)pcm[i] - tones(i / 48000.0 - 1.5000051)) < 3e-4);
	free(pcm);
}

static void check_channels(int n_in, int n_out, const double *want, double start_s)
{
	struct one_clip one;
	struct as_stitch_clip clip =
		clip_of(&one, write_file("in.wav", 48000, 0, n_in, 0, 24000, 0.5), 48000, n_in,
			24000, start_s, 0);
	struct as_stitch_job job = job_of(&clip, 1, 48000, n_out, 36000);
	float *pcm = stitch(&job, NULL);
	for (int c = 0; c < n_out; c++)
		assert_true(fabs((double)pcm[20000 * n_out + c] - want[c]) < 1e-6);
	free(pcm);
}

static void test_channels(void **state)
{
	(void)state;
	for (int k = 0; k < 2; k++) {
		double at = k ? 0.100004 : 0.1;
		check_channels(1, 2, (double[]){0.5, 0.5}, at);
		check_channels(1, 4, (double[]){0.5, 0.5, 0, 0}, at);
		check_channels(2, 4, (double[]){0.5, 0.375, 0, 0}, at);
		check_channels(4, 4, (double[]){0.5, 0.375, 0.25, 0.125}, at);
		check_channels(4, 2, (double[]){0.375, 0.25}, at);
		check_channels(2, 1, (double[]){0.4375}, at);
	}
}

static void test_too_loud_is_limited_and_counted(void **state)
{
	(void)state;
	struct one_clip one;
	struct as_stitch_clip clip = clip_of(&one, write_file("in.wav", 48000, 0, 1, 0, 24000, 1.5),
					     48000, 1, 24000, 0, 0);
	struct as_stitch_job job = job_of(&clip, 1, 48000, 1, 24000);
	struct as_stitch_report report;
	job.spec.bit_depth = 24;
	float *pcm = stitch(&job, &report);
	assert_true(pcm[5000] < 1 && pcm[5000] > 0.999999F);
	assert_int_equal(report.clipped, 24000);
	assert_true(fabs(report.peak - 1.5) < 1e-6);
	free(pcm);
}

static bool stop_at_half(void *ctx, int64_t done, int64_t total)
{
	(void)ctx;
	return done < total / 2;
}

static void test_nothing_half_written(void **state)
{
	(void)state;
	assert_int_equal(folder_empty(folder_dir), 0);
	struct as_error err = {0};
	struct one_clip one;
	struct as_stitch_clip clip = clip_of(&one, write_file("in.wav", 48000, 0, 1, 0, 96000, NAN),
					     48000, 1, 96000, 0.1, 10);
	struct as_stitch_job job = job_of(&clip, 1, 48000, 1, 144000);
	assert_int_equal(as_stitch_track(&job, NULL, stop_at_half, NULL, NULL, &err), AS_CANCELLED);
	assert_int_equal(folder_count(folder_dir), 1);
	atomic_bool cancel = true;
	assert_int_equal(as_stitch_track(&job, &cancel, NULL, NULL, NULL, &err), AS_CANCELLED);
	assert_int_equal(folder_count(folder_dir), 1);
	/* shorter than it was when it was measured */
	clip.frames += 48000;
	assert_int_equal(as_stitch_track(&job, NULL, NULL, NULL, NULL, &err), AS_ERR_FORMAT);
	assert_non_null(strstr(err.msg, "in.wav"));
	assert_int_equal(folder_count(folder_dir), 1);
	/* gone */
	clip.frames -= 48000;
	unlink(one.part);
	assert_true(as_stitch_track(&job, NULL, NULL, NULL, NULL, &err) >= AS_ERR_IO);
	assert_non_null(strstr(err.msg, "in.wav"));
	assert_int_equal(folder_count(folder_dir), 0);
}

/* Appends to the clip's file once, half way through. */
static bool grow_at_half(void *ctx, int64_t done_frames, int64_t total_frames)
{
	const char **path = ctx;
	if (*path && done_frames > total_frames / 2) {
		FILE *f = fopen(*path, "ab");
		assert_non_null(f);
		fputs("more", f);
		fclose(f);
		*path = NULL;
	}
	return true;
}

/* A file that is not what was measured gives no output, whether it changed before or meanwhile. */
static void test_changed_sources(void **state)
{
	(void)state;
	assert_int_equal(folder_empty(folder_dir), 0);
	struct as_error err = {0};
	struct one_clip one;
	struct stat st;
	struct as_stitch_clip clip = clip_of(&one, write_file("in.wav", 48000, 0, 1, 0, 96000, NAN),
					     48000, 1, 96000, 0.1, 10);
	struct as_stitch_job job = job_of(&clip, 1, 48000, 1, 144000);
	assert_int_equal(stat(one.part, &st), 0);
	struct as_stitch_stamp stamp = {.mtime_s = NAN};
	const double mtime_s = (double)st.st_mtim.tv_sec + (double)st.st_mtim.tv_nsec * 1e-9;
	clip.stamps = &stamp;
	assert_int_equal(as_stitch_track(&job, NULL, NULL, NULL, NULL, &err), AS_OK); /* unknown */
	unlink(job.path);
	stamp = (struct as_stitch_stamp){st.st_size, mtime_s};
	assert_int_equal(as_stitch_track(&job, NULL, NULL, NULL, NULL, &err), AS_OK);
	unlink(job.path);
	stamp.bytes++;
	assert_int_equal(as_stitch_track(&job, NULL, NULL, NULL, NULL, &err), AS_ERR_FORMAT);
	assert_non_null(strstr(err.msg, "in.wav"));
	assert_non_null(strstr(err.msg, "has changed since"));
	stamp = (struct as_stitch_stamp){st.st_size, mtime_s + 1};
	assert_int_equal(as_stitch_track(&job, NULL, NULL, NULL, NULL, &err), AS_ERR_FORMAT);
	stamp.mtime_s = mtime_s;
	const char *grow = one.part;
	assert_int_equal(as_stitch_track(&job, NULL, grow_at_half, &grow, NULL, &err), AS_ERR_FORMAT);
	assert_non_null(strstr(err.msg, "while it was read"));
	assert_null(grow);
	assert_int_equal(folder_count(folder_dir), 1);
}

static void test_a_track_without_clips_is_silence(void **state)
{
	(void)state;
	struct as_stitch_job job = job_of(NULL, 0, 48000, 2, 30000);
	float *pcm = stitch(&job, NULL);
	for (int i = 0; i < 60000; i++)
		assert_true(pcm[i] == 0);
	free(pcm);
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(test_place_between_samples),
		cmocka_unit_test(test_drift_is_taken_out),
		cmocka_unit_test(test_rates),
		cmocka_unit_test(test_whole_positions_are_copied),
		cmocka_unit_test(test_24_bits_come_out_exactly),
		cmocka_unit_test(test_parts_join_without_a_seam),
		cmocka_unit_test(test_gained_and_lost_samples),
		cmocka_unit_test(test_overlaps),
		cmocka_unit_test(test_edges_are_faded),
		cmocka_unit_test(test_cut_at_both_ends),
		cmocka_unit_test(test_channels),
		cmocka_unit_test(test_too_loud_is_limited_and_counted),
		cmocka_unit_test(test_nothing_half_written),
		cmocka_unit_test(test_changed_sources),
		cmocka_unit_test(test_a_track_without_clips_is_silence),
	};
	return cmocka_run_group_tests_name("stitch", tests, folder_set_up, folder_tear_down);
}
