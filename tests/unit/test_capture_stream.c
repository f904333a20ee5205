/* Files, addresses and standard input as captures. */
#include <fcntl.h>
#include <math.h>
#include <setjmp.h>
#include <stdarg.h>
#include <stdatomic.h>
#include <stddef.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <time.h>
#include <unistd.h>

#include <cmocka.h>

#include "folder.h"
#include "media/capture.h"
#include "media_files.h"
#include "web_server.h"

static double now_s(void)
{
	struct timespec t;
	clock_gettime(CLOCK_MONOTONIC, &t);
	return (double)t.tv_sec + 1e-9 * (double)t.tv_nsec;
}

static struct as_capture *open_as(const char *source, const char *pcm, const atomic_bool *cancel, struct as_error *err)
{
	const struct as_capture_spec spec = {.source = source, .pcm = pcm, .url_timeout_s = 60};
	*err = (struct as_error){0};
	return as_capture_open(&spec, cancel, err);
}

/* ---- standard input ---- */

/* Makes fd the descriptor 0 until stdin_back. */
static int stdin_from(int fd)
{
	int before = dup(0);
	assert_true(before >= 0 && dup2(fd, 0) == 0);
	close(fd);
	return before;
}

static void stdin_back(int before)
{
	assert_int_equal(dup2(before, 0), 0);
	close(before);
}

static void test_pipe(void **state)
{
	(void)state;
	struct as_error err;
	struct as_capture_block b;
	int ends[2];
	assert_int_equal(pipe(ends), 0);
	int before = stdin_from(ends[0]);
	struct as_capture *c = open_as("-", "s16le:8000:2", NULL, &err);
	assert_non_null(c);
	assert_true(as_capture_format(c)->live);
	assert_string_equal(as_capture_format(c)->device, "-");
	assert_true(as_capture_format(c)->rate_hz == 8000);
	assert_int_equal(as_capture_format(c)->channels, 2);
	assert_int_equal(as_capture_read(c, 0, &b, &err), AS_OK);
	assert_int_equal(b.n_frames, 0);
	/* A frame in two pieces. */
	static const unsigned char first[] = {0x00, 0x40, 0x00}, second[] = {0xc0, 0xff, 0x7f, 0x00, 0x80, 0x01};
	assert_int_equal(write(ends[1], first, sizeof first), sizeof first);
	assert_int_equal(as_capture_read(c, 1000, &b, &err), AS_OK);
	assert_int_equal(b.n_frames, 0);
	assert_int_equal(write(ends[1], second, sizeof second), sizeof second);
	assert_int_equal(as_capture_read(c, 1000, &b, &err), AS_OK);
	assert_int_equal(b.n_frames, 2);
	assert_int_equal(b.frame, 0);
	assert_true(b.pcm[0] == 0.5f && b.pcm[1] == -0.5f && b.pcm[2] == 32767 / 32768.0f && b.pcm[3] == -1.0f);
	close(ends[1]);
	/* What is left is no frame. */
	assert_int_equal(as_capture_read(c, 1000, &b, &err), AS_EOF);
	as_capture_close(c);
	stdin_back(before);
}

static void test_float_file(void **state)
{
	const char *dir = *state;
	struct as_error err;
	struct as_capture_block b;
	float in[3000], got = 0;
	for (int i = 0; i < 3000; i++)
		in[i] = i == 5 ? NAN : (float)i / 3000;
	FILE *f = fopen(folder_path(dir, "raw"), "w");
	assert_non_null(f);
	assert_int_equal(fwrite(in, sizeof *in, 3000, f), 3000);
	fclose(f);
	int before = stdin_from(open(folder_path(dir, "raw"), O_RDONLY));
	struct as_capture *c = open_as("-", "f32le:44100:1", NULL, &err);
	assert_non_null(c);
	assert_false(as_capture_format(c)->live);
	enum as_status status;
	int64_t n = 0;
	while ((status = as_capture_read(c, 1000, &b, &err)) == AS_OK) {
		assert_int_equal(b.frame, n);
		assert_true(isnan(b.time_s));
		for (int i = 0; i < b.n_frames; i++)
			got += b.pcm[i] != (n + i == 5 ? 0 : in[n + i]);
		n += b.n_frames;
	}
	assert_int_equal(status, AS_EOF);
	assert_int_equal(n, 3000);
	assert_true(got == 0);
	as_capture_close(c);
	stdin_back(before);
}

static void test_pcm(void **state)
{
	(void)state;
	static const char *const bad[] = {"", "s16le", "s16le:48000", "s24le:48000:2", "s16le:0:2", "s16le:-1:2", "s16le:48000:0",
					  "s16le:48000:65", "s16le:9999999:2", "s16le:48000:2x", "f32le:1e3:1"};
	struct as_error err;
	int before = stdin_from(open("/dev/null", O_RDONLY));
	for (size_t i = 0; i < sizeof bad / sizeof *bad; i++) {
		assert_null(open_as("-", bad[i], NULL, &err));
		assert_int_equal(err.status, AS_ERR_INVALID);
	}
	stdin_back(before);
}

static void test_devices(void **state)
{
	(void)state;
	static const char *const devices[] = {"monitor:", "monitor:a/b", "app:One", "input:#3", "device:x/y", "3", "Microphone"};
	static const char *const others[] = {"-", "/tmp", "./song", "a/b.wav", "https://example.org", "RTP://host", "."};
	assert_true(as_capture_is_device(NULL));
	for (size_t i = 0; i < sizeof devices / sizeof *devices; i++)
		assert_true(as_capture_is_device(devices[i]));
	for (size_t i = 0; i < sizeof others / sizeof *others; i++)
		assert_false(as_capture_is_device(others[i]));
}

static void test_pipe_cancel(void **state)
{
	(void)state;
	struct as_error err;
	struct as_capture_block b;
	int ends[2];
	atomic_bool cancel = false;
	assert_int_equal(pipe(ends), 0);
	int before = stdin_from(ends[0]);
	struct as_capture *c = open_as("-", NULL, &cancel, &err);
	assert_non_null(c);
	assert_true(as_capture_format(c)->rate_hz == 48000);
	atomic_store(&cancel, true);
	assert_int_equal(as_capture_read(c, 100000, &b, &err), AS_CANCELLED);
	as_capture_close(c);
	close(ends[1]);
	stdin_back(before);
}

/* ---- files and servers ---- */

static void test_files(void **state)
{
	const char *dir = *state;
	struct as_error err;
	struct as_capture_block b;
	enum as_status status = AS_OK;
	const int n = 48000;
	float *pcm = media_noise(5, n, 2);
	const char *path = folder_path(dir, "sound.wav");
	media_write_wav(path, 48000, 2, pcm, n);
	struct as_capture *c = open_as(path, NULL, NULL, &err);
	assert_non_null(c);
	assert_false(as_capture_format(c)->live);
	assert_string_equal(as_capture_format(c)->name, "sound.wav");
	int64_t frames = 0, wrong = 0;
	while ((status = as_capture_read(c, 0, &b, &err)) == AS_OK) {
		assert_int_equal(b.frame, frames);
		assert_true(isnan(b.time_s));
		for (int i = 0; i < 2 * b.n_frames; i++)
			wrong += b.pcm[i] != pcm[2 * frames + i];
		frames += b.n_frames;
	}
	assert_int_equal(status, AS_EOF);
	assert_int_equal(frames, n);
	assert_int_equal(wrong, 0);
	as_capture_close(c);
	assert_null(open_as(folder_path(dir, "no/such.wav"), NULL, NULL, &err));
	assert_non_null(strstr(err.msg, "such.wav"));
	free(pcm);
}

/* What a server gives at once is heard in its time. */
static void test_live(void **state)
{
	const char *dir = *state;
	struct as_error err;
	struct as_capture_block b;
	float *pcm = media_noise(5, 48000, 2);
	const char *path = folder_path(dir, "head.wav");
	media_write_wav(path, 48000, 2, pcm, 48000);
	free(pcm);
	char head[4096];
	FILE *f = fopen(path, "rb");
	assert_non_null(f);
	assert_int_equal(fread(head, 1, sizeof head, f), sizeof head);
	fclose(f);
	struct web *w = web_start(dir, head, sizeof head);
	const double from_s = now_s();
	struct as_capture *c = open_as(web_url(w, "/endless"), NULL, NULL, &err);
	if (!c)
		fail_msg("%s", err.msg);
	assert_true(as_capture_format(c)->live);
	double first_s = NAN;
	int64_t frames = 0, gaps = 0;
	while (frames < 24000) {
		const enum as_status status = as_capture_read(c, 20, &b, &err);
		if (status != AS_OK)
			fail_msg("%s", err.msg);
		if (b.n_frames == 0)
			continue;
		first_s = isnan(first_s) ? b.time_s : first_s;
		/* A reader that got no processor for long was a listener who heard a gap; silence takes its time. */
		gaps += b.frame != frames;
		assert_true(b.frame >= frames && b.xruns >= gaps);
		assert_true(fabs(b.time_s - first_s - (double)b.frame / 48000) < 1e-6);
		assert_true(now_s() >= b.time_s);
		frames = b.frame + b.n_frames;
	}
	assert_true(now_s() - from_s > 0.4);
	assert_int_equal(b.xruns, gaps);
	as_capture_close(c);
	assert_null(open_as(web_url(w, "/page"), NULL, NULL, &err));
	assert_int_equal(err.status, AS_ERR_NO_AUDIO);
	web_stop(w);
}

static int set_up(void **state)
{
	static char dir[256];
	*state = dir;
	return folder_make(dir, sizeof dir);
}

static int tear_down(void **state)
{
	return folder_remove(*state);
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(test_pipe),	    cmocka_unit_test(test_float_file), cmocka_unit_test(test_pcm),
		cmocka_unit_test(test_devices),	    cmocka_unit_test(test_pipe_cancel), cmocka_unit_test(test_files),      cmocka_unit_test(test_live),
	};
	return cmocka_run_group_tests(tests, set_up, tear_down);
}
