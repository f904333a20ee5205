#include "media_files.h"

#include <dirent.h>
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

#define PI 3.14159265358979323846
#define COARSE_FRAMES 3000
#define DELAY_FRAMES 24000

char *media_path(const char *dir, const char *name)
{
	size_t n = strlen(dir) + strlen(name) + 2;
	char *path = malloc(n);
	assert_non_null(path);
	snprintf(path, n, "%s/%s", dir, name);
	return path;
}

char *media_tmpdir(void)
{
	const char *tmp = getenv("TMPDIR");
	char *dir = media_path(tmp != NULL ? tmp : "/tmp", "audiosync-media.XXXXXX");
	assert_non_null(mkdtemp(dir));
	return dir;
}

void media_rmdir(char *dir)
{
	DIR *d = opendir(dir);
	assert_non_null(d);
	for (struct dirent *e; (e = readdir(d)) != NULL;) {
		char *path = media_path(dir, e->d_name);
		if (strcmp(e->d_name, ".") != 0 && strcmp(e->d_name, "..") != 0)
			assert_int_equal(unlink(path), 0);
		free(path);
	}
	closedir(d);
	assert_int_equal(rmdir(dir), 0);
	free(dir);
}

/* xorshift32 as -1 … 1 */
static float next_white(uint32_t *state)
{
	*state ^= *state << 13;
	*state ^= *state >> 17;
	*state ^= *state << 5;
	return (float)((double)*state / 2147483648.0 - 1.0);
}

/* Four one-pole low passes at 6 kHz and one high pass at 300 Hz, so that encoders have nothing
 * to throw away. */
static void band_limit(float *x, int64_t n, int channels)
{
	double low[4] = {0.0}, slow = 0.0;
	double a = 1.0 - exp(-2.0 * PI * 6000.0 / 48000.0),
	       b = 1.0 - exp(-2.0 * PI * 300.0 / 48000.0);
	for (int64_t i = 0; i < n; i++) {
		double v = (double)x[i * channels];
		for (int k = 0; k < 4; k++)
			v = low[k] += a * (v - low[k]);
		slow += b * (v - slow);
		x[i * channels] = (float)(v - slow);
	}
}

float *media_noise(uint32_t seed, int64_t n, int channels)
{
	float *x = malloc((size_t)n * (size_t)channels * sizeof *x);
	assert_non_null(x);
	uint32_t state = seed * 2654435761u + 1u;
	for (int64_t i = 0; i < n * channels; i++)
		x[i] = 0.4f * next_white(&state);
	for (int c = 0; c < channels; c++)
		band_limit(x + c, n, channels);
	return x;
}

static void put32(unsigned char *p, uint32_t v)
{
	for (int i = 0; i < 4; i++)
		p[i] = (unsigned char)(v >> (8 * i));
}

void media_write_wav(const char *path, int rate_hz, int channels, const float *pcm, int64_t n)
{
	unsigned char h[44] = "RIFF    WAVEfmt     \3\0  ";
	uint32_t bytes = (uint32_t)(n * channels * 4);
	put32(h + 4, bytes + 36);
	put32(h + 16, 16);
	h[20] = 3; /* IEEE float */
	h[21] = 0;
	h[22] = (unsigned char)channels;
	h[23] = 0;
	put32(h + 24, (uint32_t)rate_hz);
	put32(h + 28, (uint32_t)(rate_hz * channels * 4));
	h[32] = (unsigned char)(channels * 4);
	h[33] = 0;
	h[34] = 32;
	h[35] = 0;
	memcpy(h + 36, "data", 4);
	put32(h + 40, bytes);
	FILE *f = fopen(path, "wb");
	assert_non_null(f);
	assert_int_equal(fwrite(h, 1, sizeof h, f), sizeof h);
	assert_int_equal(fwrite(pcm, 4, (size_t)(n * channels), f), n * channels);
	assert_int_equal(fclose(f), 0);
}

void media_ffmpeg(const char *fmt, ...)
{
	char command[2048] = "ffmpeg -v error -nostdin -y ";
	size_t n = strlen(command);
	va_list args;
	va_start(args, fmt);
	int got = vsnprintf(command + n, sizeof command - n, fmt, args);
	va_end(args);
	assert_true(got > 0 && (size_t)got < sizeof command - n);
	if (system(command) != 0)
		fail_msg("%s", command);
}

float *media_ffmpeg_decode(const char *path, int ordinal, int64_t *n_floats)
{
	char command[1024];
	snprintf(command, sizeof command, "ffmpeg -v error -nostdin -i '%s' -map 0:a:%d -f f32le -",
		 path, ordinal);
	FILE *f = popen(command, "r");
	assert_non_null(f);
	size_t n = 0, room = 1 << 20;
	float *x = malloc(room * sizeof *x);
	for (size_t got = 1; got > 0; n += got) {
		if (room - n < 65536)
			x = realloc(x, (room *= 2) * sizeof *x);
		assert_non_null(x);
		got = fread(x + n, sizeof *x, 65536, f);
	}
	assert_int_equal(pclose(f), 0);
	*n_floats = (int64_t)n;
	return x;
}

void media_truncate(const char *path, int64_t bytes)
{
	assert_int_equal(truncate(path, (off_t)bytes), 0);
}

void media_damage(const char *path, int64_t at, int64_t n)
{
	FILE *f = fopen(path, "r+b");
	assert_non_null(f);
	assert_int_equal(fseek(f, (long)at, SEEK_SET), 0);
	uint32_t state = 99;
	for (int64_t i = 0; i < n; i++)
		fputc((int)(127.0f * next_white(&state)) & 0xff, f);
	assert_int_equal(fclose(f), 0);
}

int64_t media_size(const char *path)
{
	struct stat st;
	assert_int_equal(stat(path, &st), 0);
	return st.st_size;
}

static double correlation(const float *a, const float *b, int channels, int64_t from, int64_t n,
			  int lag)
{
	double sum = 0.0;
	for (int64_t i = from; i < from + n; i++)
		sum += (double)a[i * channels] * (double)b[(i + lag) * channels];
	return sum;
}

static int best_lag(const float *a, const float *b, int channels, int64_t from, int64_t n, int lo,
		    int hi)
{
	int best = lo;
	double peak = -1.0;
	for (int lag = lo; lag <= hi; lag++) {
		double c = correlation(a, b, channels, from, n, lag);
		if (c > peak) {
			peak = c;
			best = lag;
		}
	}
	return best;
}

double media_delay(const float *a, const float *b, int channels, int64_t from, int max_lag)
{
	int near = best_lag(a, b, channels, from, COARSE_FRAMES, -max_lag, max_lag);
	int best = best_lag(a, b, channels, from, DELAY_FRAMES, near - 4, near + 4);
	double peak = correlation(a, b, channels, from, DELAY_FRAMES, best);
	double left = correlation(a, b, channels, from, DELAY_FRAMES, best - 1);
	double right = correlation(a, b, channels, from, DELAY_FRAMES, best + 1);
	return best + 0.5 * (left - right) / (left - 2.0 * peak + right);
}
