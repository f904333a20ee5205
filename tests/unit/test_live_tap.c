/* The live meter on a device that loses sound, sleeps, vanishes and comes back: a made-up one, with stamps of known truth, that
 * delivers as fast as it is read. It takes the place of media/capture in this program. */
#include <errno.h>
#include <math.h>
#include <poll.h>
#include <pthread.h>
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <time.h>

#include <cmocka.h>

#include "dsp/synth.h"
#include "engine/live_private.h"
#include "folder.h"
#include "media/capture.h"
#include "media_files.h"

#define RATE_HZ 16000
#define SONG_S 60
#define BLOCK 320
#define PATIENCE_S 120.0 /* for a reading, on a machine that has no time for it */
#define OLD_S 100.0 /* its stamps are, so that now is no good guess of theirs */

enum what { PLAY, LOSE, GO, SLEEP, NONE, WAIT, STOP };

/* Sound goes on for some seconds behind what a test looks at: a meter that gets no processor leaves looks out.
 *
 * PLAY: from song second `at_s`, so many seconds. LOSE: frames count on, sound and time too. GO: the device vanishes, for so many
 * seconds of its clock and some failing attempts, and has one channel of rate_hz from then on, if that is given. SLEEP: nothing
 * comes for so long, and no frames are counted. NONE: a read brings nothing. WAIT: it is its reader who is held up for so long. */
struct act {
	enum what what;
	double s;
	int attempts, rate_hz;
};

static struct {
	const struct act *acts;
	int act, attempts, rate_hz, channels;
	double ppm;
	int stamps;      /* on one block of so many; 0: on none */
	double time_s;   /* of the song, and of the clock */
	double begin_s;
	double left_s;
	int64_t frame, xruns;
	int opens;
	bool for_good;   /* once it has gone */
	atomic_bool go;  /* the reference is there */
	float pcm[2 * BLOCK];
} device;

struct as_capture {
	struct as_capture_format format;
	int64_t begin;
	int empty;
};

static char dir[64];
static int attempts_before; /* that fail, of opening it for the first time */
static float *song;
static struct as_options *opt;
static struct as_live *running; /* of a test; what fails half-way leaves its threads to nobody else */

static double now_s(void)
{
	struct timespec t;
	clock_gettime(CLOCK_MONOTONIC, &t);
	return (double)t.tv_sec + 1e-9 * (double)t.tv_nsec;
}

bool as_capture_is_device(const char *source)
{
	return strncmp(source, "monitor:", 8) == 0;
}

struct as_capture *as_capture_open(const struct as_capture_spec *spec, const atomic_bool *cancel, struct as_error *err)
{
	(void)cancel;
	if (device.for_good && device.opens > 0) {
		device.attempts--;
		as_fail(err, AS_EOF, "its number is given to nobody again");
		return NULL;
	}
	if (device.attempts > 0) {
		device.attempts--;
		as_fail(err, AS_ERR_IO, "the sound server does not answer");
		return NULL;
	}
	struct as_capture *c = calloc(1, sizeof *c);
	assert_non_null(c);
	c->format = (struct as_capture_format){.rate_hz = device.rate_hz,
						.channels = device.channels,
						.live = true,
						.name = "Made-up Sound",
						.device = "monitor:made-up",
						.other = spec->again && device.opens == 1};
	if (device.opens > 0)
		assert_string_equal(spec->again->device, "monitor:made-up");
	else
		assert_null(spec->again);
	c->begin = device.frame;
	device.opens++;
	return c;
}

void as_capture_close(struct as_capture *c)
{
	free(c);
}

const struct as_capture_format *as_capture_format(const struct as_capture *c)
{
	return &c->format;
}

static void play(struct as_capture *c, struct as_capture_block *out)
{
	const int channels = device.channels, stride = RATE_HZ / device.rate_hz;
	for (int i = 0; i < BLOCK * channels; i++) {
		int64_t at = (int64_t)llround(device.time_s * RATE_HZ) + i / channels * stride;
		device.pcm[i] = at < SONG_S * RATE_HZ ? song[at] : 0;
	}
	*out = (struct as_capture_block){.pcm = device.pcm,
					 .n_frames = BLOCK,
					 .frame = device.frame - c->begin,
					 .time_s = device.stamps && device.frame / BLOCK % device.stamps == 0 ? device.begin_s + device.time_s / (1 + 1e-6 * device.ppm) : NAN,
					 .xruns = device.xruns};
	device.frame += BLOCK;
	device.time_s += (double)BLOCK / device.rate_hz;
}

enum as_status as_capture_read(struct as_capture *c, int timeout_ms, struct as_capture_block *out, struct as_error *err)
{
	*out = (struct as_capture_block){.time_s = NAN, .xruns = device.xruns};
	const struct act *a = &device.acts[device.act];
	if (!atomic_load(&device.go)) {
		poll(NULL, 0, timeout_ms);
		return AS_OK;
	}
	if (device.left_s <= 0 && a->what == PLAY)
		device.left_s = a->s;
	switch (a->what) {
	case PLAY:
		play(c, out);
		device.left_s -= (double)BLOCK / device.rate_hz;
		if (device.left_s < 1e-9) {
			device.left_s = 0;
			device.act++;
		}
		return AS_OK;
	case LOSE:
		device.frame += llround(a->s * device.rate_hz);
		device.time_s += a->s;
		device.xruns++;
		device.act++;
		return AS_OK;
	case GO:
		device.time_s += a->s;
		device.attempts = a->attempts;
		device.frame = 0;
		if (a->rate_hz) {
			device.rate_hz = a->rate_hz;
			device.channels = 1;
		}
		device.act++;
		return as_fail(err, AS_ERR_IO, "Made-up Sound: the device has gone");
	case WAIT:
		poll(NULL, 0, (int)(1000 * a->s));
		device.act++;
		play(c, out);
		return AS_OK;
	case NONE:
		device.act++;
		return AS_OK;
	case SLEEP:
		poll(NULL, 0, timeout_ms);
		if (++c->empty * timeout_ms < 1000 * a->attempts)
			return AS_OK;
		device.time_s += a->s;
		device.act++;
		return AS_OK;
	case STOP:
		poll(NULL, 0, timeout_ms);
		return AS_OK;
	}
	return AS_EOF;
}

/* ---- */

static int set_up(void **state)
{
	(void)state;
	if (folder_make(dir, sizeof dir) != 0)
		return -1;
	const int n = SONG_S * RATE_HZ;
	struct as_music *m = as_music_new(1, RATE_HZ);
	song = malloc((size_t)n * sizeof *song);
	if (!m || !song)
		return -1;
	as_music_read(m, song, n);
	as_music_free(m);
	media_write_wav(folder_path(dir, "song.wav"), RATE_HZ, 1, song, n);
	opt = as_options_new();
	return opt && as_options_set_calibration(opt, "monitor:made-up", -20, NULL, NULL) == AS_OK ? 0 : -1;
}

static int tear_down(void **state)
{
	(void)state;
	as_options_free(opt);
	free(song);
	return folder_remove(dir);
}

static struct as_live *prepare(const struct act *acts, double from_s, int stamps, double ppm)
{
	const struct as_live_config cfg = {.reference = folder_path(dir, "song.wav"), .capture = "monitor:made-up"};
	struct as_error err = {0};
	memset(&device, 0, sizeof device);
	device.acts = acts;
	device.attempts = attempts_before;
	device.rate_hz = RATE_HZ;
	device.channels = 2;
	device.stamps = stamps;
	device.ppm = ppm;
	device.time_s = from_s;
	device.begin_s = now_s() - from_s - OLD_S;
	struct as_live *l = as_live_open(opt, &cfg, &err);
	if (!l)
		fail_msg("%s", err.msg);
	return running = l;
}

static int end(void **state)
{
	(void)state;
	as_live_close(running);
	running = NULL;
	return 0;
}

static void start(struct as_live *l)
{
	struct as_live_status s;
	struct as_error err = {0};
	if (as_live_start(l, &err) != AS_OK)
		fail_msg("%s", err.msg);
	while (as_live_status(l, &s), s.loaded_s < SONG_S - 0.1)
		poll(NULL, 0, 2);
	atomic_store(&device.go, true);
}

static struct as_live *begin(const struct act *acts, double from_s, int stamps, double ppm)
{
	struct as_live *l = prepare(acts, from_s, stamps, ppm);
	start(l);
	return l;
}

static bool next(struct as_live *l, struct as_live_reading *r)
{
	double until = now_s() + PATIENCE_S, left_s;
	struct as_live_status s;
	while ((left_s = until - now_s()) > 0) {
		struct pollfd p = {.fd = as_live_fd(l), .events = POLLIN};
		if (as_live_next(l, r))
			return true;
		as_live_status(l, &s);
		poll(&p, 1, (int)(1000 * left_s) + 1);
	}
	return false;
}

static void near(double a, double b, double by, int line)
{
	if (!(fabs(a - b) <= by))
		fail_msg("line %d: %.6f is not %.6f +- %g", line, a, b, by);
}

#define assert_near(a, b, by) near(a, b, by, __LINE__)

static void test_losses_are_no_lag(void **state)
{
	(void)state;
	static const struct act acts[] = {{PLAY, 12, 0, 0}, {LOSE, 0.4, 0, 0}, {PLAY, 8, 0, 0}, {LOSE, 0.0123125, 0, 0}, {PLAY, 12, 0, 0}, {STOP, 0, 0, 0}};
	struct as_live *l = begin(acts, 5, 1, 0);
	struct as_live_reading r, last = {0};
	while (last.t_s < 28 && next(l, &r)) {
		if (r.state == AS_LIVE_LOCKED)
			assert_near(r.lag_ms, -5000, 0.2);
		last = r;
	}
	assert_int_equal(last.state, AS_LIVE_LOCKED);
	assert_int_equal(last.xruns, 2);
	assert_near(last.calibrated_lag_ms, last.lag_ms - 20, 1e-9);
}

static struct as_live_status status_of(struct as_live *l)
{
	struct as_live_status s;
	as_live_status(l, &s);
	return s;
}

static void test_device_comes_back(void **state)
{
	(void)state;
	static const struct act acts[] = {{PLAY, 12, 0, 0}, {GO, 6.5, 1, 0}, {PLAY, 12, 0, 0}, {STOP, 0, 0, 0}};
	struct as_live *l = begin(acts, 5, 1, 0);
	struct as_live_reading r, last = {0};
	int waited = 0, before = 0, after = 0;
	while (waited < 2 && next(l, &r)) {
		if (r.state == AS_LIVE_LOCKED && waited)
			assert_string_equal(status_of(l).capture, "Made-up Sound, another one of that name");
		if (r.state == AS_LIVE_WAITING && before > 0 && waited++ == 0) {
			assert_non_null(strstr(status_of(l).waiting_for, "Made-up Sound"));
			assert_near(r.last_lag_ms, -5000, 0.2);
		}
		if (r.state != AS_LIVE_LOCKED)
			continue;
		assert_near(r.lag_ms, -5000, 0.3);
		if (waited)
			after++;
		else
			before++;
		last = r;
	}
	assert_int_equal(waited, 2); /* and at the end */
	assert_true(before > 80 && after > 60);
	assert_true(last.t_s > 29 && last.xruns == 1);
	end(state);
	assert_int_equal(device.opens, 2);
}

struct counts {
	int64_t heard, lost;
};

static enum as_status count(void *ctx, const float *v, int64_t n, struct as_error *err)
{
	struct counts *c = ctx;
	(void)err;
	*(v ? &c->heard : &c->lost) += n;
	return AS_OK;
}

/* What passed while it was away is known by the clock of what went: not by the rate of what has come. */
static void test_device_comes_back_as_another(void **state)
{
	(void)state;
	static const struct act acts[] = {{PLAY, 12, 0, 0},  {GO, 6.5, 1, 8000},	{PLAY, 2, 0, 0}, {GO, 1, 0, 16000},
					  {PLAY, 0.02, 0, 0}, {GO, 0.5, 0, 8000}, {LOSE, 0.25, 0, 0}, {PLAY, 2, 0, 0}, {STOP, 0, 0, 0}};
	struct as_live *l = prepare(acts, 5, 1, 0);
	struct counts c = {0};
	struct as_error err = {0};
	struct as_meter_time m;
	struct live_tap t = {.l = l, .source = "monitor:made-up", .sink = count, .ctx = &c, .begin_s = NAN};
	atomic_store(&device.go, true);
	while (acts[device.act].what != STOP)
		assert_int_equal(as_live_tap_run(&t, &err), AS_OK);
	assert_near((double)c.heard / 8000, 12 + 2 + 0.02 + 2, 0.1);
	assert_near((double)c.lost / 8000, 6.5 + 1 + 0.5 + 0.25, 0.1);
	assert_int_equal(c.heard + c.lost, t.made);
	assert_true(as_live_tap_time(&t, &m));
	assert_near(m.t_s, device.begin_s + device.time_s, 0.05);
	assert_int_equal(device.opens, 4);
	as_live_tap_close(&t);
}

/* Nothing had come, and then it was the reader who was away: what waited for it without a stamp is as old as it is. */
static void test_reader_is_away_without_stamps(void **state)
{
	(void)state;
	static const struct act acts[] = {{PLAY, 0.02, 0, 0}, {NONE, 0, 0, 0}, {WAIT, 0.8, 0, 0}, {PLAY, 1, 0, 0}, {STOP, 0, 0, 0}};
	struct as_live *l = prepare(acts, 5, 0, 0);
	struct counts c = {0};
	struct as_error err = {0};
	struct live_tap t = {.l = l, .source = "monitor:made-up", .sink = count, .ctx = &c, .begin_s = NAN};
	atomic_store(&device.go, true);
	while (acts[device.act].what != STOP)
		assert_int_equal(as_live_tap_run(&t, &err), AS_OK);
	assert_int_equal(c.lost, 0);
	as_live_tap_close(&t);
}

/* A server that lets the device sleep counts no frames meanwhile. */
static void test_device_sleeps(void **state)
{
	(void)state;
	static const struct act acts[] = {{PLAY, 12, 0, 0}, {SLEEP, 7, 3, 0}, {PLAY, 10, 0, 0}, {STOP, 0, 0, 0}};
	struct as_live *l = begin(acts, 5, 1, 0);
	struct as_live_reading r, last = {0};
	int waited = 0;
	while (waited < 2 && next(l, &r)) {
		waited += r.state == AS_LIVE_WAITING && r.t_s > 5;
		if (r.state == AS_LIVE_LOCKED) {
			assert_near(r.lag_ms, -5000, 0.3);
			last = r;
		}
	}
	assert_int_equal(waited, 2); /* then, and at the end */
	assert_true(last.t_s > 28);
}

/* What waited while its reader was busy, or held up, is as old as it is: nothing was lost. */
static void test_reader_is_away(void **state)
{
	(void)state;
	static const struct act acts[] = {{PLAY, 12.1, 0, 0}, {WAIT, 0.8, 0, 0}, {PLAY, 12, 0, 0}, {STOP, 0, 0, 0}};
	struct as_live *l = begin(acts, 5, 10, 0);
	struct as_live_reading r, last = {0};
	while (last.t_s < 19.95 && next(l, &r)) {
		assert_true(last.state != AS_LIVE_LOCKED || r.state == AS_LIVE_LOCKED);
		if (r.state == AS_LIVE_LOCKED)
			assert_near(r.lag_ms, -5000, 0.3);
		last = r;
	}
	assert_true(last.t_s > 19.9 && last.xruns == 0);
}

static void test_clock_is_the_computer_s(void **state)
{
	(void)state;
	static const struct act acts[] = {{PLAY, 54, 0, 0}, {STOP, 0, 0, 0}};
	struct as_live *l = begin(acts, 5, 1, 40);
	struct as_live_reading r, last = {0};
	while (last.t_s < 49.5 && next(l, &r))
		if (r.state == AS_LIVE_LOCKED)
			last = r;
	/* 40 ppm too many frames a second: what they hold goes by faster than time does. */
	assert_true(last.t_s > 45);
	assert_near(last.lag_ms, -5000 - 0.04 * last.t_s, 0.5);
	assert_near(last.drift_ppm, -40, 10);
}

static void test_without_stamps(void **state)
{
	(void)state;
	static const struct act acts[] = {{PLAY, 16, 0, 0}, {STOP, 0, 0, 0}};
	struct as_live *l = begin(acts, 5, 0, 0);
	struct as_live_reading r, last = {0};
	while (last.t_s < 11.5 && next(l, &r))
		if (r.state == AS_LIVE_LOCKED) {
			assert_near(r.lag_ms, -5000, 0.2);
			last = r;
		}
	assert_true(last.t_s > 11);
}

static void test_device_that_is_not_there_yet(void **state)
{
	(void)state;
	static const struct act acts[] = {{GO, 0, 1, 0}, {PLAY, 6, 0, 0}, {STOP, 0, 0, 0}};
	struct as_live_reading r = {0};
	struct as_live_status s;
	attempts_before = 2;
	struct as_live *l = begin(acts, 5, 1, 0);
	attempts_before = 0;
	do
		as_live_status(l, &s);
	while (!strstr(s.waiting_for, "does not answer") && poll(NULL, 0, 5) == 0);
	assert_int_equal(s.state, AS_LIVE_WAITING);
	while (next(l, &r) && r.state != AS_LIVE_LOCKED)
		;
	assert_int_equal(r.state, AS_LIVE_LOCKED);
	assert_near(r.lag_ms, -5000, 0.2);
}

/* It is tried some more times, in which it could come back, and then that is the end. */
static void test_device_is_gone_for_good(void **state)
{
	(void)state;
	static const struct act acts[] = {{PLAY, 6, 0, 0}, {GO, 0, 0, 0}, {STOP, 0, 0, 0}};
	struct as_live_status s;
	bool waited = false;
	struct as_live *l = prepare(acts, 5, 1, 0);
	device.for_good = true;
	start(l);
	for (as_live_status(l, &s); !s.ended; as_live_status(l, &s)) {
		waited |= strcmp(s.waiting_for, "Made-up Sound to come back: the device has gone") == 0;
		poll(NULL, 0, 5);
	}
	assert_true(waited && device.attempts <= -2);
	assert_int_equal(s.error.status, AS_ERR_NOT_FOUND);
	assert_string_equal(s.error.msg, "capture: its number is given to nobody again");
}

/* ---- parts ---- */

struct got {
	float *v;
	int64_t n, lost;
	int64_t lost_at, losses;
};

static enum as_status take(void *ctx, const float *v, int64_t n, struct as_error *err)
{
	struct got *g = ctx;
	(void)err;
	if (!v && n > 0) {
		if (g->losses == 0 || g->n != g->lost_at + g->lost) {
			g->losses++;
			g->lost_at = g->n;
			g->lost = 0;
		}
		g->lost += n;
	}
	for (int64_t i = 0; v && i < n; i++)
		g->v[g->n + i] = v[i];
	g->n += n;
	return AS_OK;
}

static void mono(double rate_hz, int channels, int64_t lose, struct got *g)
{
	const int n = (int)(2 * rate_hz);
	float *pcm = calloc((size_t)n * (size_t)channels, sizeof *pcm);
	struct live_mono *m = as_live_mono_new(rate_hz, channels, take, g, NULL);
	assert_non_null(pcm);
	assert_non_null(m);
	/* A tone in the second channel, or the only one; the others are silent. */
	for (int i = 0; i < n; i++)
		pcm[(int64_t)i * channels + (channels > 1)] = (float)(0.5 * sin(2 * M_PI * 440 * i / rate_hz));
	*g = (struct got){.v = calloc(100000, sizeof(float))};
	assert_int_equal(as_live_mono_feed(m, pcm, n, NULL), AS_OK);
	if (lose > 0) {
		assert_int_equal(as_live_mono_lose(m, lose, NULL), AS_OK);
		assert_int_equal(as_live_mono_feed(m, pcm, n, NULL), AS_OK);
	}
	assert_int_equal(as_live_mono_end(m, NULL), AS_OK);
	as_live_mono_free(m);
	free(pcm);
}

/* Sample k is at k / 8000 s, whatever the rate, and losses take the time that they took. */
static void test_axis_of_mono(void **state)
{
	(void)state;
	static const double rates[] = {8000, 11025, 16000, 22050, 44100, 47952, 48000, 96000, 6000};
	for (size_t i = 0; i < sizeof rates / sizeof *rates; i++)
		for (int channels = 1; channels <= 3; channels++) {
			struct got g;
			const int64_t lose = (int64_t)(0.37 * rates[i]);
			mono(rates[i], channels, lose, &g);
			assert_near((double)g.n, 8000 * (4 + (double)lose / rates[i]), 1.5);
			assert_int_equal(g.losses, 1);
			assert_near((double)g.lost_at, 16000, 1.5);
			assert_near((double)g.lost, 8000 * (double)lose / rates[i], 2);
			double gain = channels == 1 ? 0.5 : 0.25, worst = 0;
			for (int k = 2000; k < 15000; k++)
				worst = fmax(worst, fabs((double)g.v[k] - gain * sin(2 * M_PI * 440 * k / 8000)));
			assert_true(worst < 0.01);
			free(g.v);
		}
	assert_null(as_live_mono_new(NAN, 2, take, NULL, NULL));
	assert_null(as_live_mono_new(48000, 0, take, NULL, NULL));
}

static void test_fifo(void **state)
{
	(void)state;
	struct live_fifo *f = as_live_fifo_new(NULL);
	float v[LIVE_STEP], out[LIVE_STEP];
	int64_t put = 0, taken = 0, n;
	bool lost;
	assert_non_null(f);
	assert_int_equal(as_live_fifo_take(f, out, &lost), 0);
	/* More than fits: the oldest are lost, and what is lost is counted. */
	for (int i = 0; i < 2000; i++) {
		for (int k = 0; k < LIVE_STEP; k++)
			v[k] = (float)(put + k);
		assert_true(as_live_fifo_put(f, v, 500 + i % 300, true));
		put += 500 + i % 300;
		if (i % 100 == 99) {
			assert_true(as_live_fifo_put(f, NULL, 50, true));
			put += 50;
		}
	}
	assert_false(as_live_fifo_put(f, v, LIVE_STEP, false));
	while ((n = as_live_fifo_take(f, out, &lost)) > 0) {
		if (!lost)
			assert_true(out[0] == (float)taken && out[n - 1] == (float)(taken + n - 1));
		taken += n;
	}
	assert_int_equal(taken, put);
	as_live_fifo_free(f);
	as_live_fifo_free(NULL);
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(test_axis_of_mono),
		cmocka_unit_test(test_fifo),
		cmocka_unit_test_teardown(test_losses_are_no_lag, end),
		cmocka_unit_test_teardown(test_device_comes_back, end),
		cmocka_unit_test_teardown(test_device_comes_back_as_another, end),
		cmocka_unit_test_teardown(test_device_sleeps, end),
		cmocka_unit_test_teardown(test_reader_is_away, end),
		cmocka_unit_test_teardown(test_reader_is_away_without_stamps, end),
		cmocka_unit_test_teardown(test_clock_is_the_computer_s, end),
		cmocka_unit_test_teardown(test_without_stamps, end),
		cmocka_unit_test_teardown(test_device_that_is_not_there_yet, end),
		cmocka_unit_test_teardown(test_device_is_gone_for_good, end),
	};
	return cmocka_run_group_tests(tests, set_up, tear_down);
}
