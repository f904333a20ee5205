/* Which stream and channels are heard, where the samples sit, what is told about them. */
#include <math.h>
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include <cmocka.h>

#include "media/load.h"
#include "media/ltc.h"
#include "media_files.h"

#define PI 3.14159265358979323846
#define RATE_HZ 48000
#define FRAMES (16 * RATE_HZ) /* longer than what is looked at as a whole */
#define ROOM (17 * AS_ANALYSIS_RATE_HZ)

static char *dir;

struct heard {
	float v[ROOM];
	int n, stop_at;
	double told_s;
};

static bool hear(void *ctx, const float *v, int n)
{
	struct heard *h = ctx;
	assert_true(h->n + n <= ROOM);
	memcpy(h->v + h->n, v, (size_t)n * sizeof *v);
	h->n += n;
	return h->stop_at == 0 || h->n < h->stop_at;
}

static void told(void *ctx, double decoded_s)
{
	struct heard *h = ctx;
	assert_true(decoded_s >= h->told_s);
	h->told_s = decoded_s;
}

static struct as_load_result load(const char *path, int stream, int channel, struct heard *h)
{
	struct as_load_config cfg = {.stream = stream, .channel = channel};
	struct as_load_result result;
	struct as_error err = {0};
	memset(h, 0, sizeof *h);
	if (as_media_load(path, &cfg, NULL, hear, told, h, &result, &err) != AS_OK)
		fail_msg("%s", err.msg);
	return result;
}

/* Amplitude of the tone hz in what was heard, and by how much it is late. */
static double amplitude(const struct heard *h, double hz, double *late_s)
{
	double s = 0.0, c = 0.0;
	for (int i = 8000; i < 8000 * 14; i++) {
		double w = 2.0 * PI * fmod(hz * i / AS_ANALYSIS_RATE_HZ, 1.0);
		s += (double)h->v[i] * sin(w);
		c += (double)h->v[i] * cos(w);
	}
	if (late_s != NULL)
		*late_s = -atan2(c, s) / (2.0 * PI * hz);
	return hypot(s, c) / (8000.0 * 13.0 / 2.0);
}

/* A file whose channel c is amp[c] times a tone of (c + 1) * 500 Hz. */
static char *write_tones(const char *name, int rate_hz, int channels, const float *amp)
{
	char *path = media_path(dir, name);
	int64_t n = 16 * (int64_t)rate_hz;
	float *x = malloc((size_t)(n * channels) * sizeof *x);
	assert_non_null(x);
	for (int64_t i = 0; i < n * channels; i++) {
		double hz = 500.0 * (double)(i % channels + 1);
		double turns = fmod(hz * (double)(i / channels) / rate_hz, 1.0);
		x[i] = amp[i % channels] * (float)sin(2.0 * PI * turns);
	}
	media_write_wav(path, rate_hz, channels, x, n);
	free(x);
	return path;
}

static void test_mono_rates(void **state)
{
	(void)state;
	static const int rates_hz[] = {8000, 11025, 44100, 48000, 96000};
	struct heard *h = malloc(sizeof *h);
	for (size_t i = 0; i < sizeof rates_hz / sizeof rates_hz[0]; i++) {
		char *path = write_tones("mono.wav", rates_hz[i], 1, (float[]){0.5f});
		struct as_load_result r = load(path, -1, -1, h);
		double late_s, a = amplitude(h, 500.0, &late_s);
		assert_int_equal(r.frames, 16 * rates_hz[i]);
		assert_true(abs(h->n - 16 * AS_ANALYSIS_RATE_HZ) <= 1);
		assert_true(fabs(a - 0.5) < 0.005);
		assert_true(fabs(late_s) < 1e-6);
		assert_true(fabs(r.level_db - -9.03) < 0.05);
		assert_true(fabs(r.peak_db - -6.02) < 0.1);
		assert_true(fabs(h->told_s - 16.0) < 1e-9);
		assert_true(r.format.rate_hz == rates_hz[i]);
		assert_int_equal(r.damage, 0);
		free(path);
	}
	free(h);
}

static void test_channels(void **state)
{
	(void)state;
	struct heard *h = malloc(sizeof *h);
	char *path = write_tones("stereo.wav", RATE_HZ, 2, (float[]){0.3f, 0.2f});
	load(path, -1, -1, h); /* mid */
	assert_true(fabs(amplitude(h, 500.0, NULL) - 0.15) < 0.002);
	assert_true(fabs(amplitude(h, 1000.0, NULL) - 0.1) < 0.002);
	load(path, 0, 1, h); /* as asked */
	assert_true(amplitude(h, 500.0, NULL) < 1e-3);
	assert_true(fabs(amplitude(h, 1000.0, NULL) - 0.2) < 0.002);
	free(path);
	path = write_tones("dead.wav", RATE_HZ, 2, (float[]){0.001f, 0.3f});
	load(path, -1, -1, h); /* one is dead: the other alone, at its full level */
	assert_true(fabs(amplitude(h, 1000.0, NULL) - 0.3) < 0.003);
	free(path);
	path = write_tones("poly.wav", RATE_HZ, 6,
			   (float[]){0.01f, 0.02f, 0.3f, 0.02f, 0.25f, 0.01f});
	load(path, -1, -1, h); /* the loudest pair */
	assert_true(fabs(amplitude(h, 1500.0, NULL) - 0.15) < 0.002);
	assert_true(fabs(amplitude(h, 2500.0, NULL) - 0.125) < 0.002);
	assert_true(amplitude(h, 1000.0, NULL) < 1e-3);
	free(path);
	free(h);
}

/* One channel inverted: the mid would be silence. */
static void test_inverted(void **state)
{
	(void)state;
	struct heard *h = malloc(sizeof *h);
	char *path = media_path(dir, "inverted.wav");
	float *x = media_noise(5, FRAMES, 2);
	for (int64_t i = 0; i < FRAMES; i++)
		x[2 * i] = -0.9f * x[2 * i + 1];
	media_write_wav(path, RATE_HZ, 2, x, FRAMES);
	struct as_load_result r = load(path, -1, -1, h);
	double sum = 0.0;
	for (int64_t i = 0; i < FRAMES; i++)
		sum += (double)x[2 * i + 1] * (double)x[2 * i + 1];
	/* the louder one; some of its band is above the analysis' */
	double level_db = 10.0 * log10(sum / FRAMES);
	assert_true(r.level_db < level_db && r.level_db > level_db - 3.0);
	free(x);
	free(path);
	free(h);
}

/* Biphase mark of random bits, 25 frames of 80 bits a second, into channel c. */
static void put_ltc(float *x, int channels, int c, int64_t n)
{
	uint32_t r = 1;
	float level = 0.4f;
	bool one = false;
	for (int64_t i = 0; i < n; i++) {
		int phase = (int)(i % 24);
		if (phase == 0) {
			r = r * 1664525u + 1013904223u;
			one = (r >> 20) & 1;
			level = -level;
		} else if (phase == 12 && one) {
			level = -level;
		}
		x[i * channels + c] = level;
	}
}

static void test_ltc_is_not_heard(void **state)
{
	(void)state;
	struct heard *h = malloc(sizeof *h);
	char *path = media_path(dir, "ltc.wav"), *coded = media_path(dir, "ltc.mp4");
	float *x = media_noise(5, FRAMES, 2);
	put_ltc(x, 2, 1, FRAMES);
	media_write_wav(path, RATE_HZ, 2, x, FRAMES);
	struct as_load_result with_ltc = load(path, -1, -1, h);
	struct as_load_result alone = load(path, -1, 0, h);
	assert_true(with_ltc.level_db == alone.level_db);
	/* through a codec it is less square */
	media_ffmpeg("-i %s -c:a aac -b:a 128k %s", path, coded);
	with_ltc = load(coded, -1, -1, h);
	alone = load(coded, -1, 0, h);
	assert_true(with_ltc.level_db == alone.level_db);
	free(x);
	free(path);
	free(coded);
	free(h);
}

static void test_ltc_found(void **state)
{
	(void)state;
	float *x = media_noise(9, RATE_HZ, 1);
	struct as_ltc l = {0};
	as_ltc_feed(&l, RATE_HZ, x, RATE_HZ);
	assert_false(as_ltc_found(&l));
	struct as_ltc tone = {0};
	for (int i = 0; i < RATE_HZ; i++)
		x[i] = (float)sin(2.0 * PI * 2000.0 * i / RATE_HZ);
	as_ltc_feed(&tone, RATE_HZ, x, RATE_HZ);
	assert_false(as_ltc_found(&tone));
	struct as_ltc ltc = {0};
	put_ltc(x, 1, 0, RATE_HZ);
	for (int i = 0; i < RATE_HZ; i += 1000)
		as_ltc_feed(&ltc, RATE_HZ, x + i, 1000);
	assert_true(as_ltc_found(&ltc));
	free(x);
}

static void test_streams(void **state)
{
	(void)state;
	struct heard *h = malloc(sizeof *h);
	char *quiet = write_tones("quiet.wav", RATE_HZ, 1, (float[]){0.01f});
	char *loud = write_tones("loud.wav", RATE_HZ, 2, (float[]){0.0f, 0.2f});
	char *louder = write_tones("louder.wav", RATE_HZ, 1, (float[]){0.9f});
	char *path = media_path(dir, "streams.mov");
	media_ffmpeg("-f lavfi -i testsrc=s=64x48:r=25:d=16 -i %s -i %s -i %s -map 0 -map 1 -map 2 "
		     "-map 3 -c:v mpeg4 "
		     "-c:a pcm_s16le -metadata:s:a:2 handler_name='LTC in' %s",
		     quiet, loud, louder, path);
	struct as_load_result r = load(path, -1, -1, h);
	assert_int_equal(r.stream_index, 2);
	assert_true(fabs(amplitude(h, 1000.0, NULL) - 0.2) < 0.002);
	r = load(path, 0, -1, h);
	assert_int_equal(r.stream_index, 1);
	assert_true(fabs(amplitude(h, 500.0, NULL) - 0.01) < 0.001);
	struct as_load_config cfg = {.stream = 3, .channel = -1};
	struct as_error err = {0};
	assert_int_equal(as_media_load(path, &cfg, NULL, hear, NULL, h, &r, &err), AS_ERR_INVALID);
	assert_non_null(strstr(err.msg, "3 audio streams"));
	cfg = (struct as_load_config){.stream = 1, .channel = 2};
	assert_int_equal(as_media_load(path, &cfg, NULL, hear, NULL, h, &r, &err), AS_ERR_INVALID);
	free(quiet);
	free(loud);
	free(louder);
	free(path);
	free(h);
}

static void test_stops(void **state)
{
	(void)state;
	struct heard *h = calloc(1, sizeof *h);
	char *path = write_tones("stop.wav", RATE_HZ, 1, (float[]){0.5f});
	struct as_load_config cfg = {.stream = -1, .channel = -1};
	struct as_load_result r;
	h->stop_at = 20000;
	assert_int_equal(as_media_load(path, &cfg, NULL, hear, NULL, h, &r, NULL), AS_CANCELLED);
	assert_in_range(h->n, 20000, 30000);
	free(path);
	free(h);
}

static int set_up_all(void **state)
{
	(void)state;
	dir = media_tmpdir();
	return 0;
}

static int tear_down_all(void **state)
{
	(void)state;
	media_rmdir(dir);
	return 0;
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(test_mono_rates), cmocka_unit_test(test_channels),
		cmocka_unit_test(test_inverted),   cmocka_unit_test(test_ltc_is_not_heard),
		cmocka_unit_test(test_ltc_found),  cmocka_unit_test(test_streams),
		cmocka_unit_test(test_stops),
	};
	return cmocka_run_group_tests_name("load", tests, set_up_all, tear_down_all);
}
