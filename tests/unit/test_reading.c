/* Files as they come: gaps, damage, cut off, not media at all; what is read of them; cancelling. */
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

#include "media/decode.h"
#include "media/load.h"
#include "media/probe.h"
#include "media_files.h"

#define RATE_HZ 48000
#define FRAMES (4 * RATE_HZ)
#define MAX_DELAY_FRAMES 4.8 /* 0.1 ms */

static struct fixture {
	char *dir, *source;
	float *pcm;
} shared;

static float *read_file(const char *path, int64_t *n_frames, int64_t *damage)
{
	struct as_error err = {0};
	struct as_decoder *d = as_decoder_open(path, -1, NULL, &err);
	if (d == NULL)
		fail_msg("%s", err.msg);
	size_t channels = (size_t)as_decoder_format(d)->channels, n = 0;
	float *x = malloc(1);
	const float *pcm;
	int got;
	enum as_status status;
	while ((status = as_decoder_read(d, &pcm, &got, &err)) == AS_OK) {
		x = realloc(x, (n + (size_t)got) * channels * sizeof *x);
		assert_non_null(x);
		memcpy(x + n * channels, pcm, (size_t)got * channels * sizeof *x);
		n += (size_t)got;
	}
	if (status != AS_EOF)
		fail_msg("%s", err.msg);
	*n_frames = (int64_t)n;
	*damage = as_decoder_damage(d);
	as_decoder_close(d);
	return x;
}

static enum as_status open_status(const char *path, struct as_error *err)
{
	struct as_decoder *d = as_decoder_open(path, -1, NULL, err);
	as_decoder_close(d);
	return d != NULL ? AS_OK : err->status;
}

static double energy(const float *x, int64_t from, int64_t to)
{
	double sum = 0.0;
	for (int64_t i = 2 * from; i < 2 * to; i++)
		sum += (double)x[i] * (double)x[i];
	return sum;
}

/* Packets are missing: silence stands in for them, and what follows keeps its place. */
static void check_gap(const char *name, const char *codec, int frame, int packets)
{
	char whole_name[64];
	snprintf(whole_name, sizeof whole_name, "whole-%s", name);
	char *whole = media_path(shared.dir, whole_name), *path = media_path(shared.dir, name);
	media_ffmpeg("-i %s %s %s", shared.source, codec, whole);
	media_ffmpeg("-i %s -c copy -bsf:a noise=drop='between(n\\,50\\,%d)':amount=0 %s", whole,
		     49 + packets, path);
	int64_t n, n_whole, damage;
	float *x = read_file(path, &n, &damage), *all = read_file(whole, &n_whole, &damage);
	assert_int_equal(n, n_whole);
	assert_true(fabs(media_delay(all, x, 2, 10000, 3000)) < MAX_DELAY_FRAMES);
	assert_true(fabs(media_delay(all, x, 2, 120000, 3000)) < MAX_DELAY_FRAMES);
	int64_t from = 52 * frame, to = (int64_t)(47 + packets) * frame;
	assert_true(energy(x, from, to) < 1e-3 * energy(all, from, to));
	free(x);
	free(all);
	free(path);
	free(whole);
}

static void test_gaps(void **state)
{
	(void)state;
	check_gap("gap.mkv", "-c:a aac", 1024, 10);
	check_gap("gap.mp4", "-c:a aac", 1024, 10);
	check_gap("opus.mkv", "-c:a libopus", 960, 12);
	check_gap("gap.mts", "-c:a ac3", 1536, 8);
}

/* Time stamps go on 100 s later (Matroska counts milliseconds): a gap where the file says that it is so long, a clock
 * that was set where it does not. */
static void check_long_gap(const char *name, const char *container, int64_t gap_frames)
{
	char *path = media_path(shared.dir, name);
	media_ffmpeg("-i %s -c:a pcm_s16le -bsf:a setts=ts='TS+if(gt(N\\,100)\\,100000\\,0)' %s %s",
		     shared.source, container, path);
	int64_t n, damage;
	float *x = read_file(path, &n, &damage);
	if (labs((long)(n - FRAMES - gap_frames)) > 1)
		fail_msg("%s: %ld frames", name, (long)n);
	free(x);
	free(path);
}

static void test_gap_needs_room(void **state)
{
	(void)state;
	check_long_gap("long.mkv", "", INT64_C(100) * RATE_HZ);
	check_long_gap("live.mkv", "-live 1", 0);
}

/* Bytes in the middle are noise: what follows keeps its place, and the damage is told. */
static void check_damage(const char *name, const char *codec)
{
	char *path = media_path(shared.dir, name);
	media_ffmpeg("-i %s %s %s", shared.source, codec, path);
	int64_t n, n_whole, damage;
	float *all = read_file(path, &n_whole, &damage);
	assert_int_equal(damage, 0);
	media_damage(path, media_size(path) * 2 / 5, media_size(path) / 20);
	float *x = read_file(path, &n, &damage);
	bool right_length = labs((long)(n - n_whole)) <= 1;
	double late = right_length ? media_delay(all, x, 2, 120000, 20000) : NAN;
	if (damage == 0 || !right_length || fabs(late) > MAX_DELAY_FRAMES)
		fail_msg("%s: damage %ld, %g late, %ld frames of %ld", name, (long)damage, late,
			 (long)n, (long)n_whole);
	free(x);
	free(all);
	free(path);
}

static void test_damage(void **state)
{
	(void)state;
	check_damage("damaged.flac", "-c:a flac");
	check_damage("damaged.m4a", "-c:a aac");
	check_damage("damaged.mkv", "-c:a libopus -cluster_time_limit 200");
}

/* What is there of a file that was cut off is delivered, and it is told. */
static void check_truncated(const char *name, const char *codec)
{
	char *path = media_path(shared.dir, name);
	media_ffmpeg("-i %s %s %s", shared.source, codec, path);
	media_truncate(path, media_size(path) * 6 / 10);
	int64_t n, damage;
	float *x = read_file(path, &n, &damage);
	assert_true(n > FRAMES / 2 && n < FRAMES * 7 / 10);
	assert_true(fabs(media_delay(shared.pcm, x, 2, 40000, 3000)) < MAX_DELAY_FRAMES);
	assert_true(damage > 0);
	free(x);
	free(path);
}

static void test_truncated(void **state)
{
	(void)state;
	check_truncated("cut.wav", "-c:a pcm_s16le");
	check_truncated("cut.flac", "-c:a flac");
	check_truncated("cut.m4a", "-c:a aac -movflags +faststart");
	check_truncated("cut.aiff", "-c:a pcm_s16be");
	char *path = media_path(shared.dir, "cut.mp4");
	struct as_error err = {0};
	media_ffmpeg("-i %s -c:a aac %s", shared.source, path);
	media_truncate(path, media_size(path) * 6 / 10); /* the index was at the end */
	assert_int_equal(open_status(path, &err), AS_ERR_FORMAT);
	assert_non_null(strstr(err.msg, "cut.mp4"));
	free(path);
}

/* The sound starts later than the picture: frame 0 is the sound's, and the offset is kept. */
static void test_start_offset(void **state)
{
	(void)state;
	static const char *const names[] = {"late.mov", "late.mkv", "late.ts"};
	for (size_t i = 0; i < 3; i++) {
		char *path = media_path(shared.dir, names[i]);
		media_ffmpeg("-f lavfi -i testsrc=s=64x48:r=25:d=4 -itsoffset 0.5 -i %s -map 0:v "
			     "-map 1:a "
			     "-c:v mpeg2video -c:a mp2 %s",
			     shared.source, path);
		struct as_error err = {0};
		struct as_decoder *d = as_decoder_open(path, -1, NULL, &err);
		assert_non_null(d);
		double priming_s =
			481.0 /
			RATE_HZ; /* of the encoder, whose first frames come that much early */
		double off = as_decoder_format(d)->start_offset_s - 0.5;
		assert_true(off > -priming_s - 0.001 && off < 0.001);
		as_decoder_close(d);
		free(path);
	}
}

static void write_bytes(const char *path, const void *data, size_t n)
{
	FILE *f = fopen(path, "wb");
	assert_non_null(f);
	assert_int_equal(fwrite(data, 1, n, f), n);
	assert_int_equal(fclose(f), 0);
}

static void check_bad(const char *path, enum as_status status)
{
	struct as_error err = {0};
	struct as_media_info info;
	struct as_load_config cfg = {.stream = -1, .channel = -1};
	struct as_load_result result;
	assert_int_equal(as_media_probe(path, NULL, &info, &err), status);
	assert_non_null(strstr(err.msg, ": "));
	assert_int_equal(open_status(path, &err), status);
	assert_int_equal(as_media_load(path, &cfg, NULL, NULL, NULL, NULL, &result, &err), status);
}

static void test_bad_input(void **state)
{
	(void)state;
	char *path = media_path(shared.dir, "bad");
	check_bad(path, AS_ERR_IO); /* missing */
	check_bad(shared.dir, AS_ERR_FORMAT);
	write_bytes(path, "", 0);
	check_bad(path, AS_ERR_FORMAT);
	float *noise = media_noise(3, 50000, 1);
	write_bytes(path, noise, 200000);
	check_bad(path, AS_ERR_FORMAT);
	free(noise);
	assert_int_equal(unlink(path), 0);
	assert_int_equal(mkfifo(path, 0600), 0);
	check_bad(path, AS_ERR_FORMAT); /* and does not wait for a writer */
	check_bad("/dev/zero", AS_ERR_FORMAT);
	free(path);
	char *video = media_path(shared.dir, "silent.mp4");
	media_ffmpeg("-f lavfi -i testsrc=s=64x48:r=10:d=1 -c:v mpeg4 %s", video);
	check_bad(video, AS_ERR_NO_AUDIO);
	free(video);
}

/* A header that states the impossible. */
static void test_absurd_headers(void **state)
{
	(void)state;
	static const struct {
		int rate_hz, channels;
	} rows[] = {{2000000000, 1}, {0, 2}, {48000, 0}, {48000, 250}};
	char *path = media_path(shared.dir, "absurd.wav");
	for (size_t i = 0; i < sizeof rows / sizeof rows[0]; i++) {
		struct as_error err = {0};
		media_write_wav(path, RATE_HZ, 1, shared.pcm, 1000);
		FILE *f = fopen(path, "r+b");
		assert_non_null(f);
		assert_int_equal(fseek(f, 22, SEEK_SET), 0);
		fputc(rows[i].channels, f);
		assert_int_equal(fseek(f, 24, SEEK_SET), 0);
		for (int k = 0; k < 4; k++)
			fputc((int)((unsigned)rows[i].rate_hz >> (8 * k)) & 0xff, f);
		assert_int_equal(fclose(f), 0);
		assert_int_equal(open_status(path, &err), AS_ERR_FORMAT);
	}
	free(path);
}

/* Files that name other files to open get nothing. */
static void test_playlists(void **state)
{
	(void)state;
	static const char *const lists[] = {
		"ffconcat version 1.0\nfile '%s'\n",
		"#EXTM3U\n#EXT-X-TARGETDURATION:10\n#EXT-X-MEDIA-SEQUENCE:0\n#EXTINF:4,\n%s\n#EXT-X-ENDLIST\n",
		"\xef\xbb\xbf#EXTM3U\n%s\n",
		"<?xml version=\"1.0\"?>\n<MPD xmlns=\"urn:mpeg:dash:schema:mpd:2011\"><BaseURL>%s</BaseURL></MPD>\n",
	};
	char *path = media_path(shared.dir, "list.m3u8");
	for (size_t i = 0; i < sizeof lists / sizeof lists[0]; i++) {
		char text[1024];
		snprintf(text, sizeof text, lists[i], shared.source);
		write_bytes(path, text, strlen(text));
		struct as_error err = {0};
		assert_int_equal(open_status(path, &err), AS_ERR_FORMAT);
		assert_non_null(strstr(err.msg, "list.m3u8: is a playlist"));
		struct as_media_info info;
		assert_int_equal(as_media_probe(path, NULL, &info, &err), AS_ERR_FORMAT);
	}
	free(path);
}

static void test_tiny(void **state)
{
	(void)state;
	char *path = media_path(shared.dir, "tiny.wav");
	int64_t n, damage;
	media_write_wav(path, RATE_HZ, 1, shared.pcm, 1);
	float *x = read_file(path, &n, &damage);
	assert_int_equal(n, 1);
	assert_true(x[0] == shared.pcm[0]);
	free(x);
	struct as_error err = {0};
	media_write_wav(path, RATE_HZ, 1, shared.pcm, 0);
	assert_int_equal(open_status(path, &err), AS_ERR_NO_AUDIO);
	free(path);
}

static int64_t system_bytes_read(void)
{
	char line[128];
	long long n = -1;
	FILE *f = fopen("/proc/self/io", "r");
	while (f != NULL && n < 0 && fgets(line, sizeof line, f) != NULL)
		sscanf(line, "rchar: %lld", &n);
	if (f != NULL)
		fclose(f);
	return n;
}

static bool swallow(void *ctx, const float *v, int n)
{
	(void)ctx;
	(void)v;
	(void)n;
	return true;
}

/* Of an interleaved file with large pictures, little more than the sound is read. */
static void check_reads(const char *name, const char *args, double sound_bytes)
{
	char *path = media_path(shared.dir, name);
	media_ffmpeg("-f lavfi -i testsrc2=s=320x240:r=25:d=10 -f lavfi -i "
		     "anoisesrc=r=48000:d=10:seed=3 "
		     "-ac 2 %s %s",
		     args, path);
	assert_true((double)media_size(path) > 8.0 * sound_bytes);
	struct as_media_info info;
	struct as_error err = {0};
	int64_t before = system_bytes_read();
	assert_true(before >= 0);
	assert_int_equal(as_media_probe(path, NULL, &info, &err), AS_OK);
	as_media_info_done(&info);
	int64_t probed = system_bytes_read();
	int64_t n, damage;
	free(read_file(path, &n, &damage));
	int64_t decoded = system_bytes_read();
	struct as_load_config cfg = {.stream = -1, .channel = -1};
	struct as_load_result result;
	assert_int_equal(as_media_load(path, &cfg, NULL, swallow, NULL, NULL, &result, &err),
			 AS_OK);
	int64_t loaded = system_bytes_read();
	assert_true(probed - before < 100000);
	assert_true((double)(decoded - probed) < 1.2 * sound_bytes + 50000.0);
	/* and once more for the seconds that the choice of channels looks at */
	assert_true((double)(loaded - decoded) < 2.4 * sound_bytes + 150000.0);
	free(path);
}

static void test_pictures_are_not_read(void **state)
{
	(void)state;
	check_reads("big.mov", "-c:v rawvideo -pix_fmt uyvy422 -c:a pcm_s16le", 10.0 * RATE_HZ * 4);
	check_reads("big.mp4", "-c:v mpeg4 -qmin 1 -qmax 1 -c:a aac -b:a 192k", 10.0 * 24000.0);
}

static void test_cancel(void **state)
{
	(void)state;
	atomic_bool cancel = true;
	struct as_error err = {0};
	struct as_media_info info;
	assert_int_equal(as_media_probe(shared.source, &cancel, &info, &err), AS_CANCELLED);
	assert_null(as_decoder_open(shared.source, -1, &cancel, &err));
	assert_int_equal(err.status, AS_CANCELLED);
	cancel = false;
	struct as_decoder *d = as_decoder_open(shared.source, -1, &cancel, &err);
	const float *pcm;
	int n;
	assert_int_equal(as_decoder_read(d, &pcm, &n, &err), AS_OK);
	cancel = true;
	assert_int_equal(as_decoder_read(d, &pcm, &n, &err), AS_CANCELLED);
	as_decoder_close(d);
}

/* The rate changes in the middle of the stream: the place of what follows does not. */
static void test_rate_change(void **state)
{
	(void)state;
	char *a = media_path(shared.dir, "a.mp3"), *b = media_path(shared.dir, "b.mp3");
	char *joined = media_path(shared.dir, "joined.mp3");
	media_ffmpeg("-t 2 -i %s -c:a libmp3lame -write_xing 0 -id3v2_version 0 %s", shared.source,
		     a);
	media_ffmpeg(
		"-ss 2 -i %s -ac 1 -ar 44100 -c:a libmp3lame -write_xing 0 -id3v2_version 0 %s",
		shared.source, b);
	char command[1024];
	snprintf(command, sizeof command, "cat %s %s > %s", a, b, joined);
	assert_int_equal(system(command), 0);
	int64_t n, damage;
	float *x = read_file(joined, &n, &damage);
	assert_true(n > FRAMES - 2000 && n < FRAMES + 8000);
	free(x);
	free(a);
	free(b);
	free(joined);
}

static int set_up_all(void **state)
{
	(void)state;
	shared.dir = media_tmpdir();
	shared.source = media_path(shared.dir, "source.wav");
	shared.pcm = media_noise(7, FRAMES, 2);
	media_write_wav(shared.source, RATE_HZ, 2, shared.pcm, FRAMES);
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
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(test_gaps),
		cmocka_unit_test(test_gap_needs_room),
		cmocka_unit_test(test_damage),
		cmocka_unit_test(test_truncated),
		cmocka_unit_test(test_start_offset),
		cmocka_unit_test(test_bad_input),
		cmocka_unit_test(test_absurd_headers),
		cmocka_unit_test(test_playlists),
		cmocka_unit_test(test_tiny),
		cmocka_unit_test(test_pictures_are_not_read),
		cmocka_unit_test(test_cancel),
		cmocka_unit_test(test_rate_change),
	};
	return cmocka_run_group_tests_name("reading", tests, set_up_all, tear_down_all);
}
