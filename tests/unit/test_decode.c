/* Each container against its source and against what `ffmpeg -i` delivers: first sample, length,
 * seeking. */
#include <math.h>
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include <cmocka.h>

#include "media/decode.h"
#include "media_files.h"

#define FRAMES 120000
#define RATE_HZ 48000.0
#define MAX_DELAY_S 0.0001
#define MAX_LAG 5000

#define VIDEO "-f lavfi -i testsrc=s=64x48:r=10:d=2.5 -c:v "
/* Without noise substitution, whose noise depends on where decoding began. */
#define AAC "-c:a aac -aac_pns 0 -b:a 192k"

/* keeps: the container tells where the source began, so that its first sample comes out first.
 * tolerance: of a sample after a seek, full scale 1. */
static const struct row {
	const char *name, *args;
	bool keeps;
	float tolerance;
} rows[] = {
	{"pcm.wav", "-c:a pcm_s16le", true, 0.0f},
	{"pcm24.wav", "-c:a pcm_s24le", true, 0.0f},
	{"rf64.wav", "-c:a pcm_s24le -rf64 always", true, 0.0f},
	{"pcm.w64", "-c:a pcm_s16le", true, 0.0f},
	{"pcm.aiff", "-c:a pcm_s16be", true, 0.0f},
	{"pcm.caf", "-c:a pcm_s24be", true, 0.0f},
	{"pcm.au", "-c:a pcm_s16be", true, 0.0f},
	{"x.flac", "-c:a flac", true, 0.0f},
	{"alac.m4a", "-c:a alac", true, 0.0f},
	{"x.m4a", AAC, true, 1e-5f},
	{"x.mp4", VIDEO "mpeg4 " AAC, true, 1e-5f},
	{"pcm.mov", VIDEO "mpeg4 -c:a pcm_s24le", true, 0.0f},
	{"x.3gp", VIDEO "mpeg4 " AAC, true, 1e-5f},
	{"x.mp3", "-c:a libmp3lame -b:a 192k", true, 1e-5f},
	{"noxing.mp3", "-c:a libmp3lame -b:a 192k -write_xing 0 -id3v2_version 0", false, 1e-5f},
	{"x.ogg", "-c:a libvorbis", true, 1e-5f},
	{"x.opus", "-c:a libopus", true, 1e-5f},
	{"opus.mkv", VIDEO "mpeg4 -c:a libopus", true, 1e-5f},
	{"opus.webm", "-c:a libopus", true, 1e-5f},
	{"opus16k.mkv", "-ar 16000 -c:a libopus -application lowdelay", true, 1e-5f},
	{"aac.mkv", VIDEO "mpeg4 " AAC, false, 1e-5f},
	{"flac.mkv", "-c:a flac", true, 0.0f},
	{"aac.ts", VIDEO "mpeg2video " AAC, false, 1e-5f},
	{"ac3.mts", VIDEO "mpeg2video -c:a ac3 -mpegts_m2ts_mode 1 -f mpegts", false, 1e-5f},
	{"x.mxf", VIDEO "mpeg2video -r 25 -c:a pcm_s16le", true, 0.0f},
	{"mp3.avi", VIDEO "mpeg4 -c:a libmp3lame", false, 1e-5f},
	{"pcm.avi", VIDEO "mpeg4 -c:a pcm_s16le", true, 0.0f},
	{"x.aac", AAC " -f adts", false, 1e-5f},
	{"x.flv", "-ar 44100 -c:a libmp3lame", false, 1e-5f},
	{"x.wma", "-c:a wmav2", false, 1e-5f},
};

#define N_ROWS (sizeof rows / sizeof rows[0])

/* Made once, for all rows. */
static struct fixture {
	char *dir, *source;
	float *pcm;
} shared;

/* Everything to the end, interleaved. */
static float *read_all(struct as_decoder *d, int64_t *n_frames)
{
	size_t channels = (size_t)as_decoder_format(d)->channels, n = 0, room = 0;
	float *x = NULL;
	const float *pcm;
	int got;
	enum as_status status;
	struct as_error err = {0};
	while ((status = as_decoder_read(d, &pcm, &got, &err)) == AS_OK) {
		assert_true(got > 0);
		if (n + (size_t)got > room)
			x = realloc(x, (room = 2 * (n + (size_t)got)) * channels * sizeof *x);
		assert_non_null(x);
		memcpy(x + n * channels, pcm, (size_t)got * channels * sizeof *x);
		n += (size_t)got;
	}
	if (status != AS_EOF)
		fail_msg("%s", err.msg);
	*n_frames = (int64_t)n;
	return x;
}

static struct as_decoder *open_file(const char *path)
{
	struct as_error err = {0};
	struct as_decoder *d = as_decoder_open(path, -1, NULL, &err);
	if (d == NULL)
		fail_msg("%s", err.msg);
	return d;
}

static char *encode(const struct row *row)
{
	char *path = media_path(shared.dir, row->name);
	media_ffmpeg("-i %s %s %s", shared.source, row->args, path);
	return path;
}

/* Seeks, some of them backwards, give the samples of a read from the start. */
static void check_seeks(const struct row *row, struct as_decoder *d, const float *all, int64_t n)
{
	uint32_t r = 12345;
	for (int k = 0; k < 12; k++) {
		r = r * 1664525u + 1013904223u;
		int64_t to = (int64_t)(r >> 8) % (n - 1);
		assert_int_equal(as_decoder_seek(d, to, NULL), AS_OK);
		int64_t got = 0, want = n - to < 5000 ? n - to : 5000;
		while (got < want) {
			const float *pcm;
			int m;
			assert_int_equal(as_decoder_read(d, &pcm, &m, NULL), AS_OK);
			for (int64_t i = 0; i < 2 * (int64_t)m && 2 * got + i < 2 * want; i++) {
				float off = fabsf(pcm[i] - all[2 * (to + got) + i]);
				if (off > row->tolerance)
					fail_msg("%s: %g off at frame %ld", row->name, (double)off,
						 (long)(to + got + i / 2));
			}
			got += m;
		}
	}
}

static void check_row(const struct row *row)
{
	char *path = encode(row);
	struct as_decoder *d = open_file(path);
	int64_t n, n_theirs;
	float *ours = read_all(d, &n);
	float *theirs = media_ffmpeg_decode(path, 0, &n_theirs);
	if (as_decoder_damage(d) != 0 || 2 * n != n_theirs)
		fail_msg("%s: %ld frames for %ld, damage %ld", row->name, (long)n,
			 (long)n_theirs / 2, (long)as_decoder_damage(d));
	double late = media_delay(theirs, ours, 2, 20000, 50) / as_decoder_format(d)->rate_hz;
	if (fabs(late) > MAX_DELAY_S)
		fail_msg("%s: %.3f ms after ffmpeg", row->name, 1e3 * late);
	for (int64_t i = 0; i < 2 * n; i++)
		assert_true(fabsf(ours[i] - theirs[i]) < 1e-6f);
	if (as_decoder_format(d)->rate_hz == RATE_HZ) {
		late = media_delay(shared.pcm, ours, 2, 20000, MAX_LAG) / RATE_HZ;
		if (row->keeps && fabs(late) > MAX_DELAY_S)
			fail_msg("%s: %.3f ms after its source", row->name, 1e3 * late);
		assert_true(fabs(late) < 0.06);
	}
	check_seeks(row, d, ours, n);
	free(ours);
	free(theirs);
	as_decoder_close(d);
	free(path);
}

static void test_row(void **state)
{
	check_row(*state);
}

static int set_up_all(void **state)
{
	(void)state;
	shared.dir = media_tmpdir();
	shared.source = media_path(shared.dir, "source.wav");
	shared.pcm = media_noise(7, FRAMES, 2);
	media_write_wav(shared.source, 48000, 2, shared.pcm, FRAMES);
	return 0;
}

static int tear_down_all(void **state)
{
	(void)state;
	media_rmdir(shared.dir);
	free(shared.source);
	free(shared.pcm);
	return 0;
}

int main(void)
{
	struct CMUnitTest tests[N_ROWS];
	for (size_t i = 0; i < N_ROWS; i++) {
		tests[i] = (struct CMUnitTest){.name = rows[i].name,
					       .test_func = test_row,
					       .initial_state = (void *)(uintptr_t)&rows[i]};
	}
	return cmocka_run_group_tests_name("decode", tests, set_up_all, tear_down_all);
}
