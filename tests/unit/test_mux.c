/* A new sound beside a picture: that it lies where it should, and that nothing else has changed. */
#include <math.h>
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

#include <cmocka.h>

#include "base/file.h"
#include "media/decode.h"
#include "media/mux.h"
#include "media_files.h"

#define RATE 48000
#define SECONDS 6
#define FRAMES ((int64_t)RATE * SECONDS)
#define LIMIT_S 20e-6

/* Hands out a buffer in blocks of an odd size. */
struct tape {
	const float *pcm;
	int channels;
	int64_t n, at;
	int calls;
};

static enum as_status on_read(void *ctx, const float **pcm, int64_t *n, struct as_error *err)
{
	struct tape *t = ctx;

	(void)err;
	*n = t->n - t->at < 1499 ? t->n - t->at : 1499;
	*pcm = t->pcm + t->at * t->channels;
	t->at += *n;
	t->calls++;
	return *n > 0 ? AS_OK : AS_EOF;
}

static char *dir;
static float *noise;

static int set_up(void **state)
{
	(void)state;
	dir = media_tmpdir();
	noise = media_noise(7, FRAMES, 2);
	char *wav = media_path(dir, "own.wav");
	float *own = media_noise(8, FRAMES, 1);
	media_write_wav(wav, RATE, 1, own, FRAMES);
	free(own);
	free(wav);
	return 0;
}

static int tear_down(void **state)
{
	(void)state;
	media_rmdir(dir);
	free(noise);
	return 0;
}

static struct as_mux_sound sound_of(struct tape *t)
{
	*t = (struct tape){noise, 2, FRAMES, 0, 0};
	return (struct as_mux_sound){.rate_hz = RATE,
				     .channels = 2,
				     .total_frames = FRAMES,
				     .title = "Recorder",
				     .language = "eng",
				     .instead_of = -1,
				     .read = on_read,
				     .ctx = t};
}

static enum as_status mux(const char *from, const char *to, enum as_mux_codec codec, bool keep,
			  bool first, struct as_mux_report *report)
{
	struct tape t;
	struct as_error err = {0};
	char *source = media_path(dir, from), *target = media_path(dir, to);
	struct as_mux_sound sound = sound_of(&t);
	struct as_mux_job job = {.source = source,
				 .path = target,
				 .codec = codec,
				 .sounds = &sound,
				 .n_sounds = 1,
				 .keep_sound = keep,
				 .new_default = first};
	enum as_status status = as_mux_write(&job, NULL, NULL, NULL, report, &err);

	if (status != AS_OK)
		print_message("%s\n", err.msg);
	free(source);
	free(target);
	return status;
}

/* The new sound of a file, stream `ordinal` of its sounds, is late by less than 20 us, at its start, middle and end. */
static void check_sound(const char *name, int ordinal, double level)
{
	char *path = media_path(dir, name);
	int64_t n;
	float *got = media_ffmpeg_decode(path, ordinal, &n);

	n /= 2;
	assert_true(n >= FRAMES && n < FRAMES + 2048);
	for (int k = 0; k < 3; k++) {
		int64_t from = k == 0 ? 2000 : k == 1 ? FRAMES / 2 : FRAMES - 27000;
		double late = media_delay(noise, got, 2, from, 1500);

		if (fabs(late) / RATE >= LIMIT_S)
			print_message("%s: %g us late\n", name, late / RATE * 1e6);
		assert_true(fabs(late) / RATE < LIMIT_S);
	}
	for (int64_t i = 0; level > 0 && i < 2 * FRAMES; i++)
		assert_true(fabs((double)(got[i] - noise[i])) <= level);
	free(got);
	free(path);
}

/* The same by our own reading, which honours where sound begins beside the picture. */
static void check_start(const char *name, int stream)
{
	struct as_mux_look look;
	struct as_error err;
	char *path = media_path(dir, name);

	assert_int_equal(as_mux_look(path, stream, NULL, &look, &err), AS_OK);
	assert_true(fabs(look.sound_start_s) < LIMIT_S);
	assert_true(look.has_picture && fabs(look.duration_s - SECONDS) < 0.1);
	free(path);
}

/* hash: how ffmpeg looks at the picture. */
static void check_picture(const char *a, const char *b, const char *hash)
{
	char *names[2] = {media_path(dir, a), media_path(dir, b)};
	char *out[2] = {media_path(dir, "a.txt"), media_path(dir, "b.txt")};
	char *text[2];
	int64_t n;

	for (int i = 0; i < 2; i++) {
		media_ffmpeg("-i '%s' -map 0:v:0 -fps_mode passthrough %s '%s'", names[i], hash, out[i]);
		assert_int_equal(as_file_read(out[i], 1 << 20, &text[i], &n, NULL), AS_OK);
		assert_true(n > 30);
	}
	assert_string_equal(text[0], text[1]);
	for (int i = 0; i < 2; i++) {
		free(names[i]);
		free(out[i]);
		free(text[i]);
	}
}

#define PACKETS "-c copy -f framemd5"
#define CONTENT "-c copy -f md5"
#define SHOWN "-f framemd5"

/* What ffprobe says of a file, as one text. */
static char *probe(const char *name, const char *what)
{
	char *path = media_path(dir, name), *out = media_path(dir, "probe.txt"), *text = NULL, cmd[1200];
	int64_t n;

	snprintf(cmd, sizeof cmd, "ffprobe -v error %s -of compact=nk=0 '%s' >'%s'", what, path, out);
	assert_int_equal(system(cmd), 0);
	assert_int_equal(as_file_read(out, 1 << 20, &text, &n, NULL), AS_OK);
	free(path);
	free(out);
	return text;
}

static void check_says(const char *name, const char *what, const char *word)
{
	char *text = probe(name, what);

	if (!strstr(text, word))
		print_message("%s lacks %s: %s\n", name, word, text);
	assert_non_null(strstr(text, word));
	free(text);
}

static void make(const char *name, const char *how)
{
	char *path = media_path(dir, name), *wav = media_path(dir, "own.wav");

	media_ffmpeg("-f lavfi -i testsrc2=s=160x120:r=25:d=%d -i '%s' %s '%s'", SECONDS, wav, how, path);
	free(path);
	free(wav);
}

static void test_mov(void **state)
{
	struct as_mux_report r;

	(void)state;
	make("cam.mov", "-c:v libx264 -bf 2 -g 25 -c:a pcm_s16le -timecode 10:20:30:05 "
			"-metadata creation_time=2024-05-06T07:08:09Z -metadata title='A & B'");
	assert_int_equal(mux("cam.mov", "out.mov", AS_MUX_AUTO, true, true, &r), AS_OK);
	assert_string_equal(r.codec, "pcm_s24le");
	assert_int_equal(r.n_left_out, 0);
	check_picture("cam.mov", "out.mov", PACKETS);
	check_sound("out.mov", 0, 1.0 / 8388608);
	check_start("out.mov", 1);
	check_says("out.mov", "-show_streams -select_streams v", "tag:timecode=10:20:30:05");
	check_says("out.mov", "-show_streams -select_streams d", "codec_tag_string=tmcd");
	check_says("out.mov", "-show_format", "tag:title=A & B");
	check_says("out.mov", "-show_format", "tag:creation_time=2024-05-06T07:08:09");
	check_says("out.mov", "-show_entries stream=index,codec_name:stream_disposition=default -select_streams a",
		   "index=1|codec_name=pcm_s24le|disposition:default=1");
	check_says("out.mov", "-show_entries stream=index,codec_name:stream_disposition=default -select_streams a",
		   "index=2|codec_name=pcm_s16le|disposition:default=0");
}

static void test_mp4(void **state)
{
	struct as_mux_report r;

	(void)state;
	make("cam.mp4", "-c:v libx264 -bf 3 -g 50 -c:a aac");
	assert_int_equal(mux("cam.mp4", "out.mp4", AS_MUX_AUTO, true, true, &r), AS_OK);
	assert_string_equal(r.codec, "aac");
	check_picture("cam.mp4", "out.mp4", PACKETS);
	check_sound("out.mp4", 0, 0);
	check_start("out.mp4", 1);
	assert_int_equal(mux("cam.mp4", "alac.mp4", AS_MUX_ALAC, false, false, &r), AS_OK);
	check_picture("cam.mp4", "alac.mp4", PACKETS);
	check_sound("alac.mp4", 0, 1.0 / 8388608);
	check_start("alac.mp4", 1);
	check_says("alac.mp4", "-show_entries format=nb_streams", "nb_streams=2");
	assert_int_equal(mux("cam.mp4", "pcm.mp4", AS_MUX_PCM, true, true, &r), AS_ERR_INVALID);
}

/* The camera's own sound, kept, still lies where it lay. */
static void test_own_sound(void **state)
{
	struct as_error err;
	char *a = media_path(dir, "cam.mp4"), *b = media_path(dir, "out.mp4");
	float *before, *after;
	int64_t n[2];

	(void)state;
	before = media_ffmpeg_decode(a, 0, &n[0]);
	after = media_ffmpeg_decode(b, 1, &n[1]);
	assert_int_equal(n[0], n[1]);
	assert_memory_equal(before, after, (size_t)n[0] * sizeof *before);
	struct as_mux_look x, y;
	assert_int_equal(as_mux_look(a, 1, NULL, &x, &err), AS_OK);
	assert_int_equal(as_mux_look(b, 2, NULL, &y, &err), AS_OK);
	assert_true(fabs(x.sound_start_s - y.sound_start_s) < 1e-6);
	free(before);
	free(after);
	free(a);
	free(b);
}

static void test_mkv(void **state)
{
	struct as_mux_report r;

	(void)state;
	make("cam.mkv", "-c:v libx264 -bf 2 -c:a flac");
	assert_int_equal(mux("cam.mkv", "out.mkv", AS_MUX_AUTO, true, false, &r), AS_OK);
	check_picture("cam.mkv", "out.mkv", PACKETS);
	check_sound("out.mkv", 1, 1.0 / 8388608);
	check_start("out.mkv", 2);
}

static void test_transport_stream(void **state)
{
	struct as_mux_look look;
	struct as_mux_report r;
	struct as_error err;
	char *path = media_path(dir, "cam.mts");

	(void)state;
	make("cam.mts", "-c:v libx264 -bf 2 -c:a ac3 -f mpegts");
	assert_int_equal(as_mux_look(path, 1, NULL, &look, &err), AS_OK);
	assert_int_equal(look.fitting, AS_MUX_MOV);
	free(path);
	assert_int_equal(mux("cam.mts", "ts.mov", AS_MUX_AUTO, true, true, &r), AS_OK);
	check_picture("cam.mts", "ts.mov", "-f md5");
	check_sound("ts.mov", 0, 1.0 / 8388608);
	assert_int_equal(mux("cam.mts", "x.mts", AS_MUX_AUTO, true, true, &r), AS_ERR_INVALID);
	assert_int_equal(mux("cam.mts", "x.avi", AS_MUX_AUTO, true, true, &r), AS_ERR_INVALID);
}

/* Turns the picture by 90 degrees: the matrix in the first tkhd, which is the picture's (ISO/IEC 14496-12, 8.3.2). */
static void turn(const char *path)
{
	static const unsigned char matrix[20] = {0,    0,    0, 0, 0, 1, 0, 0, 0, 0,
						 0,    0,    0xff, 0xff, 0, 0, 0, 0, 0, 0};
	FILE *f = fopen(path, "r+b");
	char *text;
	int64_t n, at = 0;

	assert_int_equal(as_file_read(path, 1 << 26, &text, &n, NULL), AS_OK);
	while (at < n - 4 && memcmp(text + at, "tkhd", 4) != 0)
		at++;
	assert_true(f && at < n - 4);
	assert_int_equal(fseek(f, (long)at + 44, SEEK_SET), 0);
	assert_int_equal(fwrite(matrix, 1, sizeof matrix, f), sizeof matrix);
	fclose(f);
	free(text);
}

/* Rotated, cut by an edit list in the middle of a group of pictures, with chapters. */
static void test_what_goes_with_it(void **state)
{
	struct as_mux_report r;
	char *meta = media_path(dir, "chapters.txt");
	FILE *f = fopen(meta, "w");

	(void)state;
	assert_non_null(f);
	fputs(";FFMETADATA1\n[CHAPTER]\nTIMEBASE=1/1000\nSTART=0\nEND=2000\ntitle=one\n"
	      "[CHAPTER]\nTIMEBASE=1/1000\nSTART=2000\nEND=4000\ntitle=two\n", f);
	fclose(f);
	char *from = media_path(dir, "cam.mp4"), *to = media_path(dir, "cut.mp4");
	media_ffmpeg("-ss 1.3 -i '%s' -i '%s' -map 0 -map_chapters 1 -c copy '%s'",
		     from, meta, to);
	turn(to);
	assert_int_equal(mux("cut.mp4", "cut_out.mp4", AS_MUX_ALAC, true, true, &r), AS_OK);
	check_picture("cut.mp4", "cut_out.mp4", SHOWN);
	check_says("cut_out.mp4", "-show_chapters", "tag:title=two");
	check_says("cut_out.mp4", "-show_streams -select_streams v", "rotation=-90");
	check_sound("cut_out.mp4", 0, 1.0 / 8388608);
	free(from);
	free(to);
	free(meta);
}

/* A better version of the camera's own sound is called as that was. */
static void test_names(void **state)
{
	struct tape t;
	struct as_error err = {0};
	make("named.mov", "-c:v mpeg4 -c:a pcm_s16le -metadata:s:a:0 language=ger -metadata:s:a:0 handler_name=Boom");
	char *source = media_path(dir, "named.mov"), *target = media_path(dir, "named_out.mov");
	struct as_mux_sound sound = sound_of(&t);
	struct as_mux_job job = {
		.source = source, .path = target, .sounds = &sound, .n_sounds = 1, .new_default = true};

	(void)state;
	sound.title = sound.language = NULL;
	sound.instead_of = 1;
	assert_int_equal(as_mux_write(&job, NULL, NULL, NULL, NULL, &err), AS_OK);
	check_says("named_out.mov", "-show_streams -select_streams a", "tag:language=ger");
	check_says("named_out.mov", "-show_streams -select_streams a", "tag:handler_name=Boom");
	free(source);
	free(target);
}

static void test_refusals(void **state)
{
	struct as_mux_report r;

	(void)state;
	assert_int_equal(mux("cam.mov", "out.mov", AS_MUX_AUTO, true, true, &r), AS_ERR_EXISTS);
	assert_int_equal(mux("cam.mov", "pcm2.mp4", AS_MUX_AUTO, true, true, &r), AS_ERR_INVALID);
	assert_int_equal(mux("none.mov", "none_out.mov", AS_MUX_AUTO, true, true, &r), AS_ERR_IO);
	assert_int_equal(mux("own.wav", "own.mov", AS_MUX_AUTO, false, true, &r), AS_OK);
	/* Nothing half-written stays. */
	char cmd[400];
	snprintf(cmd, sizeof cmd, "ls -A '%s' | grep -q part", dir);
	assert_int_not_equal(system(cmd), 0);
}

static bool stop_after(void *ctx, int64_t done, int64_t total)
{
	assert_true(done <= total);
	return --*(int *)ctx > 0;
}

static void test_cancel(void **state)
{
	struct tape t;
	int left = 5;
	struct as_error err = {0};
	char *source = media_path(dir, "cam.mov"), *target = media_path(dir, "cancelled.mov");
	struct as_mux_sound sound = sound_of(&t);
	struct as_mux_job job = {
		.source = source, .path = target, .sounds = &sound, .n_sounds = 1, .new_default = true};
	atomic_bool cancel = true;

	(void)state;
	assert_int_equal(as_mux_write(&job, NULL, stop_after, &left, NULL, &err), AS_CANCELLED);
	assert_int_equal(t.calls, 5);
	assert_false(as_file_exists(target));
	sound = sound_of(&t);
	assert_int_equal(as_mux_write(&job, &cancel, NULL, NULL, NULL, &err), AS_CANCELLED);
	assert_int_equal(t.calls, 0);
	assert_false(as_file_exists(target));
	free(source);
	free(target);
}

/* Same input, same bytes. */
static void test_same_bytes(void **state)
{
	struct as_mux_report r;
	static const char *const from[] = {"cam.mov", "cam.mp4", "cam.mkv"};
	static const char *const to[] = {"same0.mov", "same0.mp4", "same0.mkv",
					 "same1.mov", "same1.mp4", "same1.mkv"};

	(void)state;
	for (int i = 0; i < 6; i++)
		assert_int_equal(mux(from[i % 3], to[i], AS_MUX_AUTO, true, true, &r), AS_OK);
	for (int i = 0; i < 3; i++) {
		char *a = media_path(dir, to[i]), *b = media_path(dir, to[i + 3]), *x, *y;
		int64_t n, k;

		assert_int_equal(as_file_read(a, 1 << 26, &x, &n, NULL), AS_OK);
		assert_int_equal(as_file_read(b, 1 << 26, &y, &k, NULL), AS_OK);
		assert_int_equal(n, k);
		assert_memory_equal(x, y, (size_t)n);
		free(x);
		free(y);
		free(a);
		free(b);
	}
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(test_mov),
		cmocka_unit_test(test_mp4),
		cmocka_unit_test(test_own_sound),
		cmocka_unit_test(test_mkv),
		cmocka_unit_test(test_transport_stream),
		cmocka_unit_test(test_what_goes_with_it),
		cmocka_unit_test(test_names),
		cmocka_unit_test(test_refusals),
		cmocka_unit_test(test_cancel),
		cmocka_unit_test(test_same_bytes),
	};
	return cmocka_run_group_tests(tests, set_up, tear_down);
}
