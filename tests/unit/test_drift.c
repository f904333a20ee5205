/* The drift tool from outside: what is put in is told, taken out, and gone. */
#include <fcntl.h>
#include <math.h>
#include <poll.h>
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

#include <cmocka.h>

#include <audiosync/audiosync.h>

#include "base/file.h"
#include "folder.h"
#include "media_files.h"
#include "sound.h"

#define SECONDS 200
#define N (SECONDS * 8000)

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
	media_write_wav(at(name), 8000, 1, v, n);
	free(v);
}

/* fast.wav: its clock runs fast by 100 ppm, it begins 12.3456 s after the reference. */
static int set_up(void **state)
{
	(void)state;
	if (folder_make(root, sizeof root))
		return -1;
	world = sound_make(SOUND_SPEECH, 42, N);
	write_heard("ref.wav", 0, 0, N);
	write_heard("fast.wav", 12.3456, 100, 160 * 8000);
	write_heard("slow.wav", 12.3456, -100, 160 * 8000);
	write_heard("short.wav", 50, 40, 30 * 8000);
	float *other = sound_make(SOUND_SPEECH, 43, 100 * 8000);
	media_write_wav(at("other.wav"), 8000, 1, other, 100 * 8000);
	free(other);
	return 0;
}

static int tear_down(void **state)
{
	(void)state;
	free(world);
	return folder_remove(root);
}

static struct as_session *open_session(void)
{
	struct as_options *opt = as_options_new();

	assert_int_equal(as_options_set(opt, "cache.enabled", "no", NULL, NULL), AS_OK);
	struct as_session *s = as_session_new(opt, NULL);
	as_options_free(opt);
	assert_non_null(s);
	return s;
}

static const struct as_snapshot *wait_for(struct as_session *s)
{
	struct as_event e;

	for (bool done = false; !done;) {
		struct pollfd p = {.fd = as_session_fd(s), .events = POLLIN};
		poll(&p, 1, -1);
		while (as_session_next_event(s, &e))
			done |= e.kind == AS_EVENT_DONE;
	}
	return as_session_snapshot(s);
}

struct done {
	struct as_session *s;
	const struct as_snapshot *snap;
	const struct as_drift *d;
};

static struct done run(const char *ref, const char *file, double ppm, const char *out)
{
	struct done r = {.s = open_session()};
	struct as_error err = {0};
	struct as_drift_config cfg = {.reference = ref ? at(ref) : NULL,
				      .file = at(file),
				      .ppm = ppm,
				      .output = out ? at(out) : NULL};
	enum as_status status = as_session_drift(r.s, &cfg, &err);

	if (status != AS_OK)
		print_message("%s\n", err.msg);
	assert_int_equal(status, AS_OK);
	r.snap = wait_for(r.s);
	assert_non_null(r.snap);
	r.d = r.snap->drift;
	if (r.snap->outcome != AS_OK)
		print_message("%s\n", r.snap->error);
	return r;
}

static void done_with(struct done *r)
{
	as_snapshot_free(r->snap);
	as_session_free(r->s);
}

static void check_compare(const char *file, double file_s, double ppm, const char *out)
{
	struct done r = run("ref.wav", file, NAN, out);

	assert_int_equal(r.snap->outcome, AS_OK);
	assert_non_null(r.d);
	assert_int_equal(r.d->found.result, AS_DRIFT_MEASURED);
	assert_true(fabs(r.d->found.drift_ppm - ppm) < 1);
	assert_true(r.d->found.drift_err_ppm > 0 && r.d->found.drift_err_ppm < 2);
	assert_true(fabs(r.d->found.drift_ppm - ppm) < 4 * r.d->found.drift_err_ppm);
	assert_true(fabs(r.d->found.offset_s - 12.3456) < 100e-6);
	assert_int_equal(r.d->found.n_splices, 0);
	assert_true(r.d->found.n_points > 20 && r.d->found.n_curve >= 2);
	assert_string_equal(r.d->output, at(out));
	assert_true(fabs(r.d->output_s - file_s / (1 + ppm * 1e-6)) < 2.0 / 8000);
	assert_int_equal(r.d->left.result, AS_DRIFT_MEASURED);
	assert_true(fabs(r.d->left_ppm) < 1);
	assert_true(fabs(r.d->left.offset_s - 12.3456) < 150e-6);
	done_with(&r);
}

static void test_fast(void **state)
{
	(void)state;
	check_compare("fast.wav", 160, 100, "fast_out.wav");
}

static void test_slow(void **state)
{
	(void)state;
	check_compare("slow.wav", 160, -100, "slow_out.flac");
}

/* What is known is taken out: the result is what a clock without drift would have recorded. */
static void test_manual(void **state)
{
	struct done r = run(NULL, "fast.wav", 100, "manual.wav");

	(void)state;
	assert_int_equal(r.snap->outcome, AS_OK);
	assert_int_equal(r.d->found.result, AS_DRIFT_NONE);
	assert_null(r.d->reference);
	assert_true(fabs(r.d->left_ppm) < 1);
	assert_true(fabs(r.d->left.drift_ppm + 100) < 1);
	done_with(&r);
	check_compare("manual.wav", 160 / (1 + 100e-6), 0, "manual_out.wav");
}

/* A camera file: its picture goes along, its sound runs right afterwards, and begins where it began. */
static void check_film(const char *wav, double ppm, const char *film, const char *out)
{
	char *w = strdup(at(wav)), *f = strdup(at(film)), *o = strdup(at(out));

	media_ffmpeg("-f lavfi -i testsrc2=s=64x48:r=25:d=160 -i '%s' -c:v mpeg4 -c:a pcm_s16le '%s'", w, f);
	struct done r = run("ref.wav", film, NAN, out);
	assert_int_equal(r.snap->outcome, AS_OK);
	assert_true(r.d->has_picture);
	assert_true(fabs(r.d->found.drift_ppm - ppm) < 1);
	assert_true(fabs(r.d->left_ppm) < 1);
	assert_true(fabs(r.d->left.offset_s - 12.3456) < 150e-6);
	done_with(&r);
	for (int i = 0; i < 2; i++)
		media_ffmpeg("-i '%s' -map 0:v -c copy -f framemd5 '%s'", i ? o : f, at(i ? "o.txt" : "f.txt"));
	char *a, *b;
	int64_t n;
	assert_int_equal(as_file_read(at("f.txt"), 1 << 22, &a, &n, NULL), AS_OK);
	assert_int_equal(as_file_read(at("o.txt"), 1 << 22, &b, &n, NULL), AS_OK);
	assert_string_equal(a, b);
	free(a);
	free(b);
	free(w);
	free(f);
	free(o);
}

static void test_film(void **state)
{
	(void)state;
	check_film("fast.wav", 100, "fast.mov", "fast_out.mov");
	check_film("slow.wav", -100, "slow.mov", "slow_out.mov");
}

/* Half a second missing in the middle, a quarter too much later on. */
static void check_splices(int cut_s, int add_s, const char *out)
{
	int n = 160 * 8000, cut = cut_s * 8000, add = add_s * 8000, k = 0;
	float *v = sound_heard(world, N, 12.3456, 50, n), *w = calloc((size_t)n, sizeof *w);

	for (int i = 0; i < n && k < n; i++) {
		if (i == cut)
			i += 4000;
		w[k++] = 0.5f * v[i];
		if (i == add)
			k += 2000;
	}
	media_write_wav(at("spliced.wav"), 8000, 1, w, k);
	struct done r = run("ref.wav", "spliced.wav", NAN, out);
	assert_int_equal(r.snap->outcome, AS_OK);
	assert_true(fabs(r.d->found.drift_ppm - 50) < 1.5);
	assert_int_equal(r.d->found.n_splices, 2);
	assert_true(fabs(r.d->found.splices[0].lost_s - 0.5) < 1e-3);
	assert_true(fabs(r.d->found.splices[0].at_s - cut_s) < 1);
	assert_true(fabs(r.d->found.splices[1].lost_s + 0.25) < 1e-3);
	assert_true(fabs(r.d->found.splices[1].at_s - (add_s - 0.5)) < 1.2);
	assert_true(fabs(r.d->left_ppm) < 1.5);
	assert_int_equal(r.d->left.n_splices, 0);
	done_with(&r);
	free(v);
	free(w);
}

/* The second time no piece is heard in most of the overlap: none may lose to a place at the edge. */
static void test_splices(void **state)
{
	(void)state;
	check_splices(40, 80, "spliced_out.wav");
	check_splices(60, 110, "spliced_out2.wav");
}

static void test_not_measurable(void **state)
{
	struct done r = run("ref.wav", "other.wav", NAN, "never.wav");

	(void)state;
	assert_int_equal(r.snap->outcome, AS_OK);
	assert_int_equal(r.d->found.result, AS_DRIFT_NO_MATCH);
	assert_true(isnan(r.d->ppm));
	assert_null(r.d->output);
	assert_false(as_file_exists(at("never.wav")));
	assert_null(as_drift_plot(r.d));
	done_with(&r);
	r = run("ref.wav", "short.wav", NAN, "never.wav");
	assert_int_equal(r.d->found.result, AS_DRIFT_SHORT);
	assert_true(isnan(r.d->found.drift_ppm) && fabs(r.d->found.offset_s - 50) < 1e-3);
	assert_null(r.d->output);
	assert_false(as_file_exists(at("never.wav")));
	done_with(&r);
}

static enum as_status start(const char *ref, const char *file, double ppm, const char *out, bool force)
{
	struct as_session *s = open_session();
	struct as_drift_config cfg = {.reference = ref, .file = file, .ppm = ppm, .output = out, .force = force};
	struct as_error err = {0};
	enum as_status status = as_session_drift(s, &cfg, &err);

	if (status != AS_OK)
		assert_true(strlen(err.msg) > 5);
	as_session_free(s);
	return status;
}

static void test_refusals(void **state)
{
	const char *ref = at("ref.wav"), *file = at("fast.wav");

	(void)state;
	assert_int_equal(start(ref, ref, NAN, NULL, false), AS_ERR_INVALID);
	assert_int_equal(start(ref, root, NAN, NULL, false), AS_ERR_INVALID);
	assert_int_equal(start(NULL, file, NAN, at("n.wav"), false), AS_ERR_INVALID);
	assert_int_equal(start(NULL, file, 2e5, at("n.wav"), false), AS_ERR_INVALID);
	assert_int_equal(start(NULL, file, 10, at("n.avi"), false), AS_ERR_INVALID);
	assert_int_equal(start(NULL, file, 10, at("n.xyz"), false), AS_ERR_INVALID);
	assert_int_equal(start(NULL, at("none.wav"), 10, at("n.wav"), false), AS_ERR_IO);
	assert_int_equal(start(NULL, file, 10, at("other.wav"), false), AS_ERR_EXISTS);
	assert_int_equal(start(NULL, file, 10, file, true), AS_ERR_EXISTS);
	assert_int_equal(start(ref, file, NAN, ref, true), AS_ERR_EXISTS);
}

static void test_cancel(void **state)
{
	struct as_session *s = open_session();
	struct as_drift_config cfg = {.reference = at("ref.wav"), .file = at("fast.wav"), .output = at("c.wav")};

	(void)state;
	assert_int_equal(as_session_drift(s, &cfg, NULL), AS_OK);
	as_session_cancel(s);
	const struct as_snapshot *snap = wait_for(s);
	assert_int_equal(snap->outcome, AS_CANCELLED);
	assert_false(as_file_exists(at("c.wav")));
	as_snapshot_free(snap);
	as_session_free(s);
}

/* The answers hold what names may hold, and the plot is one picture. */
static void test_answers(void **state)
{
	char *hostile = strdup(at("a<b>&\"\x1b[2J'.wav"));
	int64_t n;
	char *bytes;
	FILE *f = fopen(hostile, "wb");

	(void)state;
	assert_int_equal(as_file_read(at("fast.wav"), 1 << 26, &bytes, &n, NULL), AS_OK);
	assert_int_equal(fwrite(bytes, 1, (size_t)n, f), n);
	fclose(f);
	free(bytes);
	struct done r = run("ref.wav", "a<b>&\"\x1b[2J'.wav", NAN, NULL);
	char *json = as_answer_drift(r.snap), *svg = as_drift_plot(r.d);
	assert_non_null(strstr(json, "\"result\": \"measured\""));
	assert_non_null(strstr(json, "\"mode\": \"compare\""));
	assert_null(strchr(json, 0x1b));
	assert_null(strchr(svg, 0x1b));
	assert_non_null(strstr(svg, "a&lt;b&gt;&amp;"));
	assert_null(strstr(svg, "http://www.w3.org/1999"));
	f = fopen(at("plot.svg"), "w");
	fputs(svg, f);
	fclose(f);
	free(json);
	free(svg);
	free(hostile);
	done_with(&r);
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(test_fast),	   cmocka_unit_test(test_slow),
		cmocka_unit_test(test_manual),	   cmocka_unit_test(test_film),
		cmocka_unit_test(test_splices),	   cmocka_unit_test(test_not_measurable),
		cmocka_unit_test(test_refusals),   cmocka_unit_test(test_cancel),
		cmocka_unit_test(test_answers),
	};
	return cmocka_run_group_tests(tests, set_up, tear_down);
}
