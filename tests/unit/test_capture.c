/* Sound devices, monitors and single applications, on sound servers of the test's own: that the right sound comes, when it was in the
 * air, and what happens when what it comes from pauses, sleeps, goes, or hangs. */
#include <fcntl.h>
#include <math.h>
#include <poll.h>
#include <setjmp.h>
#include <stdarg.h>
#include <stdatomic.h>
#include <stddef.h>
#include <stdint.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

#include <cmocka.h>

#include <audiosync/audiosync.h>
#include <audiosync/devices.h>

#include "folder.h"
#include "live/clock.h"
#include "media/capture.h"
#include "sound_server.h"

#define RATE SERVER_RATE
#define PIECE 2400         /* frames that are looked for */
#define NEAR_S 0.25        /* within so much of where the stamps say that they are */
#define MAX_PLAYERS 2
#define PATIENCE_S 60.0    /* for what comes as soon as the computer has time for it */
#define ATTEMPTS 4

static char root[64];
static struct server server;
/* Plays next to nothing, and keeps the output's stock short: where that changes or is played anew, PulseAudio's players count some ms
 * wrong. */
static struct player *resident;

/* ---- a capture that is listened to ---- */

struct ear {
	struct as_capture *c;
	struct as_stamp_clock *clock;
	float *v;              /* the left channel */
	int64_t first, n;      /* of the frames in v */
	int64_t room, jumps, xruns;
	enum as_status status; /* of the last read */
	struct as_error err;
};

static struct ear listen_to(const char *source)
{
	struct ear e = {0};
	e.c = as_capture_open(&(struct as_capture_spec){.source = source}, NULL, &e.err);
	if (!e.c)
		fail_msg("%s: %s", source ? source : "default", e.err.msg);
	e.clock = as_stamp_clock_new(as_capture_format(e.c)->rate_hz);
	e.room = 60 * RATE;
	e.v = malloc((size_t)e.room * sizeof *e.v);
	assert_non_null(e.v);
	return e;
}

static void unlisten(struct ear *e)
{
	as_capture_close(e->c);
	as_stamp_clock_free(e->clock);
	free(e->v);
	*e = (struct ear){0};
}

/* All that has come. */
static void hear(struct ear *e)
{
	struct as_capture_block b;
	const int channels = as_capture_format(e->c)->channels;
	while (e->status == AS_OK && (e->status = as_capture_read(e->c, 0, &b, &e->err)) == AS_OK && b.n_frames > 0) {
		if (e->n == 0)
			e->first = b.frame;
		e->xruns = b.xruns;
		if (b.frame != e->first + e->n) {
			e->jumps++;
			e->first = b.frame - e->n; /* what is in v from here on is there */
		}
		as_stamp_clock_add(e->clock, b.frame, b.time_s);
		for (int i = 0; i < b.n_frames && e->n < e->room; i++)
			e->v[e->n++] = b.pcm[(size_t)i * (size_t)channels];
	}
}

static struct player *players[MAX_PLAYERS];

/* Everybody does what is due, for so long. */
static void run(double seconds, struct ear **ears, int n)
{
	const double until_s = server_now_s() + seconds;
	while (server_now_s() < until_s) {
		for (int i = 0; i < MAX_PLAYERS; i++)
			if (players[i])
				player_turn(players[i]);
		for (int i = 0; i < n; i++)
			hear(ears[i]);
		poll(NULL, 0, 4);
	}
}

/* So long, and on until the players have not been late for 2 s: where the computer is busy they run dry, and are no measure. False: they run dry
 * all the time. */
static bool run_steadily(double seconds, struct ear **ears, int n)
{
	run(seconds, ears, n);
	for (int k = 0; k < 20; k++) {
		bool steady = true;
		for (int i = 0; i < MAX_PLAYERS; i++)
			steady = steady && (!players[i] || player_is_steady(players[i]));
		if (steady)
			return true;
		run(0.5, ears, n);
	}
	return false;
}

/* Until so much has come. A null sink has up to 2 s in stock when the first one listens. */
static void wait_sound(struct ear *e, double seconds)
{
	const double until_s = server_now_s() + PATIENCE_S;
	while (e->status == AS_OK && (double)e->n < seconds * RATE && server_now_s() < until_s)
		run(0.02, &e, 1);
	if (e->status != AS_OK)
		fail_msg("%s", e->err.msg);
	assert_true((double)e->n >= seconds * RATE);
}

/* Until a read fails. */
static enum as_status run_until_failure(struct ear *e)
{
	const double until_s = server_now_s() + PATIENCE_S;
	while (e->status == AS_OK && server_now_s() < until_s)
		run(0.02, &e, 1);
	return e->status;
}

static void end_players(void)
{
	for (int i = 0; i < MAX_PLAYERS; i++) {
		player_close(players[i]);
		players[i] = NULL;
	}
}

/* ---- what is heard, and when ---- */

struct match {
	double r;      /* correlation */
	int64_t frame; /* of the noise */
};

/* Where PIECE frames of noise fit best that was heard from v on, expected at `near`. */
static struct match find_noise(const float *v, uint64_t seed, int64_t near)
{
	const int64_t reach = (int64_t)(NEAR_S * RATE), n = 2 * reach + PIECE;
	float *x = malloc((size_t)n * sizeof *x);
	struct match best = {0};
	double mine = 1e-12;
	assert_non_null(x);
	for (int64_t i = 0; i < n; i++)
		x[i] = player_noise(seed, near - reach + i);
	for (int i = 0; i < PIECE; i++)
		mine += (double)(v[i] * v[i]);
	for (int64_t d = 0; d < 2 * reach; d++) {
		double sum = 0, theirs = 1e-12;
		for (int i = 0; i < PIECE; i += 5) {
			sum += (double)(v[i] * x[d + i]);
			theirs += (double)(x[d + i] * x[d + i]);
		}
		double r = sum / sqrt(theirs * mine / 5);
		if (r > best.r)
			best = (struct match){r, near - reach + d};
	}
	free(x);
	return best;
}

/* How much later the stamps say that it was in the air than the player does; NAN where it is not the same sound. */
static double late_s(const struct ear *e, const struct player *p, uint64_t seed, double *r)
{
	const int64_t at = e->n - RATE / 2;
	double t, rate, err;
	assert_true(at > 0);
	assert_true(as_stamp_clock_at(e->clock, e->first + at, &t, &rate, &err));
	struct match m = find_noise(e->v + at, seed, llround(player_frame_at(p, t)));
	*r = m.r;
	return m.r > 0.5 ? t - player_heard_s(p, m.frame) : NAN;
}

/* Of one look at the times; the stamps of a busy server, and what it tells its players, are ms off for seconds, so that one that is good
 * is enough, but none may be all that there is. */
struct look {
	bool good;
	char said[512];
};

static void say_off(struct look *l, const char *what, double r, double late, double within_s)
{
	const size_t n = strlen(l->said);
	l->good = false;
	snprintf(l->said + n, sizeof l->said - n, "%s%s: correlation %.3f, %+.3f ms (expected within %.0f ms)", n ? "; " : "", what, r, late * 1e3,
		 within_s * 1e3);
}

static void look_at_time(struct look *l, const char *what, const struct ear *e, const struct player *p, uint64_t seed, double within_s)
{
	double r, late = late_s(e, p, seed, &r);
	print_message("%s: correlation %.3f, %+.3f ms, %d jumps\n", what, r, late * 1e3, (int)e->jumps);
	if (!(r > 0.6 && fabs(late) <= within_s && e->jumps == 0))
		say_off(l, what, r, late, within_s);
	assert_int_equal(e->status, AS_OK);
}

/* What two ears say of when a player was heard. */
static void look_at_both(struct look *l, const char *what, const struct ear *a, const struct ear *b, int player, double within_s)
{
	double r, r_b, late = late_s(a, players[player], (uint64_t)player + 1, &r) - late_s(b, players[player], (uint64_t)player + 1, &r_b);
	print_message("%s: %+.3f ms apart\n", what, late * 1e3);
	if (!(r > 0.6 && r_b > 0.6 && fabs(late) <= within_s))
		say_off(l, what, fmin(r, r_b), late, within_s);
}

/* Fails with what was wrong the last time, or is left out where the players never were a measure. */
static void judge(const struct look *l, bool ever_steady)
{
	if (l->good)
		return;
	if (ever_steady)
		fail_msg("%s", l->said);
	print_message("skipped: the players run dry all the time\n");
	skip();
}

struct limits {
	double within_s, same_s, portaudio_s;
};

/* Two applications play; the output, each of them, and PortAudio's device are heard at once. What PulseAudio says to a player is some
 * ms off at times, where others have begun to play after it, so that the captures are also held against each other. */
static bool hear_all_once(const struct limits *is, struct look *l)
{
	struct ear monitor, one, two, device = {0};
	struct ear *ears[4] = {&monitor, &one, &two, &device};
	double r;
	*l = (struct look){.good = true};
	assert_non_null(players[0] = player_open("One", 1, 0));
	assert_non_null(players[1] = player_open("Two", 2, 0));
	run(0.5, NULL, 0);
	monitor = listen_to("monitor:" SERVER_SINK);
	one = listen_to("app:One");
	two = listen_to("app:two");
	const bool has_device = server_lists("device:pulse");
	if (has_device)
		device = listen_to("device:pulse");
	else
		print_message("skipped: PortAudio has no device 'pulse' (libasound2-plugins)\n");
	const bool steady = run_steadily(3.5, ears, has_device ? 4 : 3);
	look_at_time(l, "monitor, first player", &monitor, players[0], 1, is->within_s);
	look_at_time(l, "monitor, second player", &monitor, players[1], 2, is->within_s);
	look_at_time(l, "first application", &one, players[0], 1, is->within_s);
	look_at_time(l, "second application", &two, players[1], 2, is->within_s);
	look_at_both(l, "first application and monitor", &one, &monitor, 0, is->same_s);
	look_at_both(l, "second application and monitor", &two, &monitor, 1, is->same_s);
	/* Alone: nothing of the other. */
	late_s(&one, players[1], 2, &r);
	assert_true(r < 0.4);
	late_s(&two, players[0], 1, &r);
	assert_true(r < 0.4);
	if (has_device) {
		look_at_time(l, "PortAudio", &device, players[0], 1, is->portaudio_s + is->within_s);
		look_at_both(l, "PortAudio and monitor", &device, &monitor, 0, is->portaudio_s);
	}
	for (int i = 0; i < (has_device ? 4 : 3); i++)
		unlisten(ears[i]);
	end_players();
	return steady;
}

static void hear_all(double within_s, double same_s, double portaudio_s)
{
	const struct limits is = {within_s, same_s, portaudio_s};
	struct look look = {0};
	bool steady = false;
	int modules, recordings, modules_after, recordings_after;
	server_count(&modules, &recordings);
	assert_int_equal(recordings, 0);
	for (int i = 0; i < ATTEMPTS && !look.good; i++)
		steady |= hear_all_once(&is, &look);
	server_count(&modules_after, &recordings_after);
	assert_int_equal(modules_after, modules);
	for (int i = 0; i < 3000 && recordings_after > 0; i++) {
		poll(NULL, 0, 20);
		server_count(&modules_after, &recordings_after);
	}
	assert_int_equal(recordings_after, 0);
	judge(&look, steady);
}

/* ---- PulseAudio ---- */

static void need(enum server_kind kind)
{
	const char *missing = server_missing(kind);
	if (*missing) {
		print_message("skipped: %s is not installed\n", missing);
		skip();
	}
	if (server.n > 0 && server.kind == kind)
		return;
	player_close(resident);
	resident = NULL;
	server_stop(&server);
	if (!server_start(&server, kind, root)) {
		server_stop(&server);
		print_message("skipped: %s does not start here\n", kind == SERVER_PULSE ? "pulseaudio" : "pipewire");
		skip();
	}
	assert_non_null(resident = player_open("Resident", 99, 0.02));
	struct ear e = listen_to("monitor:" SERVER_SINK);
	wait_sound(&e, 0.1);
	unlisten(&e);
}

static void test_pulse(void **state)
{
	(void)state;
	need(SERVER_PULSE);
	hear_all(6e-3, 2e-3, 2e-3);
}

static void test_default(void **state)
{
	(void)state;
	need(SERVER_PULSE);
	assert_non_null(players[0] = player_open("One", 1, 0));
	struct ear e = listen_to(NULL), *ears = &e;
	struct look look = {0};
	bool steady = false;
	for (int i = 0; i < ATTEMPTS && !look.good; i++) {
		look.good = true;
		look.said[0] = '\0';
		steady |= run_steadily(3.5, &ears, 1);
		look_at_time(&look, "default", &e, players[0], 1, 2e-3);
	}
	assert_string_equal(as_capture_format(e.c)->device, "monitor:" SERVER_SINK);
	assert_true(as_capture_format(e.c)->live);
	/* Another output becomes the default one. */
	assert_int_equal(system("pactl load-module module-null-sink sink_name=other >/dev/null 2>&1 && pactl set-default-sink other"), 0);
	assert_int_equal(run_until_failure(&e), AS_ERR_IO);
	assert_non_null(strstr(e.err.msg, "default output"));
	unlisten(&e);
	e = listen_to(NULL);
	assert_string_equal(as_capture_format(e.c)->device, "monitor:other");
	unlisten(&e);
	assert_int_equal(system("pactl set-default-sink " SERVER_SINK), 0);
	judge(&look, steady);
}

/* An application pauses: silence comes, or nothing, and neither is an error. When it goes on, the stamps are right again, or the
 * read says that there was a gap. */
static void hear_pause(double pause_s, double within_s)
{
	struct ear e = listen_to("app:One"), *ears = &e;
	wait_sound(&e, 0.2);
	player_pause(players[0], true);
	run(pause_s, &ears, 1);
	assert_int_equal(e.status, AS_OK);
	player_pause(players[0], false);
	run(1, &ears, 1);
	if (e.status != AS_OK) {
		print_message("after a pause: %s\n", e.err.msg);
		assert_int_equal(e.status, AS_ERR_IO);
		assert_non_null(strstr(e.err.msg, "pause"));
		unlisten(&e);
		e = listen_to("app:One");
	}
	/* What the server says to a player after a pause is some ms off: the output's own monitor is the measure. */
	struct ear m = listen_to("monitor:" SERVER_SINK), *both[] = {&e, &m};
	struct look look = {0};
	bool steady = false;
	for (int i = 0; i < ATTEMPTS && !look.good; i++) {
		look = (struct look){.good = true};
		steady |= run_steadily(3.5, both, 2);
		look_at_both(&look, "after a pause", &e, &m, 0, within_s);
	}
	unlisten(&e);
	unlisten(&m);
	judge(&look, steady);
}

static void test_app_comes_and_goes(void **state)
{
	struct as_error err = {0};
	(void)state;
	need(SERVER_PULSE);
	assert_null(as_capture_open(&(struct as_capture_spec){.source = "app:One"}, NULL, &err));
	assert_int_equal(err.status, AS_ERR_IO);
	assert_non_null(strstr(err.msg, "One"));
	assert_non_null(players[0] = player_open("One", 1, 0));
	struct ear e = listen_to("app:One");
	wait_sound(&e, 0.2);
	unlisten(&e);
	hear_pause(5.5, 2e-3);
	e = listen_to("app:One");
	wait_sound(&e, 0.2);
	end_players();
	assert_int_equal(run_until_failure(&e), AS_ERR_IO);
	assert_non_null(strstr(e.err.msg, "One"));
	unlisten(&e);
}

/* Two programs of one name, and one of them again after it was away. */
static void test_namesakes(void **state)
{
	struct as_error err = {0};
	(void)state;
	need(SERVER_PULSE);
	assert_non_null(players[0] = player_open_as("Twin", "1001", 1, 0));
	struct ear e = listen_to("app:Twin");
	wait_sound(&e, 0.2);
	const struct as_capture_format was = *as_capture_format(e.c);
	const struct as_capture_spec again = {.source = "app:Twin", .again = &was};
	assert_true(server_lists("app:Twin"));
	assert_non_null(players[1] = player_open_as("Twin", "1002", 2, 0));
	assert_false(server_lists("app:Twin"));
	assert_null(as_capture_open(&(struct as_capture_spec){.source = "app:Twin"}, NULL, &err));
	assert_int_equal(err.status, AS_ERR_INVALID);
	char number[32];
	snprintf(number, sizeof number, "app:#%u (", (unsigned)was.app.stream);
	assert_non_null(strstr(err.msg, number));
	unlisten(&e);
	/* The one that was heard, though another one of its name plays. */
	struct as_capture *c = as_capture_open(&again, NULL, &err);
	assert_non_null(c);
	assert_int_equal(as_capture_format(c)->app.stream, was.app.stream);
	assert_false(as_capture_format(c)->other);
	as_capture_close(c);
	player_close(players[0]);
	players[0] = NULL;
	c = as_capture_open(&again, NULL, &err);
	assert_non_null(c);
	assert_int_not_equal(as_capture_format(c)->app.stream, was.app.stream);
	assert_true(as_capture_format(c)->other);
	as_capture_close(c);
	end_players();
}

/* One stream by its number, which no other ever gets: when its program has ended, nothing is left to wait for. */
static void test_number(void **state)
{
	struct as_error err = {0};
	char number[32];
	(void)state;
	need(SERVER_PULSE);
	assert_non_null(players[0] = player_open_as("Twin", "1001", 1, 0));
	struct ear e = listen_to("app:Twin");
	wait_sound(&e, 0.2);
	const struct as_capture_format was = *as_capture_format(e.c);
	unlisten(&e);
	snprintf(number, sizeof number, "app:#%u", (unsigned)was.app.stream);
	const struct as_capture_spec again = {.source = number, .again = &was};
	assert_non_null(players[1] = player_open_as("Else", "1001", 2, 0));
	player_close(players[0]);
	players[0] = NULL;
	/* Its program is there yet. */
	assert_null(as_capture_open(&again, NULL, &err));
	assert_int_equal(err.status, AS_ERR_IO);
	assert_string_equal(err.msg, "Twin plays nothing now");
	end_players();
	assert_non_null(players[0] = player_open_as("Twin", "1002", 1, 0));
	assert_null(as_capture_open(&again, NULL, &err));
	assert_int_equal(err.status, AS_EOF);
	assert_non_null(strstr(err.msg, number));
	assert_non_null(strstr(err.msg, "'app:Twin' waits for its name"));
	/* And one that was never there. */
	assert_null(as_capture_open(&(struct as_capture_spec){.source = "app:#4000000000"}, NULL, &err));
	assert_int_equal(err.status, AS_ERR_NOT_FOUND);
	assert_non_null(strstr(err.msg, "audiosync devices"));
	end_players();
}

/* Put to sleep by hand, with PortAudio listening, too. */
static void test_suspended(void **state)
{
	struct as_error err = {0};
	(void)state;
	need(SERVER_PULSE);
	assert_non_null(players[0] = player_open("One", 1, 0));
	struct ear e = listen_to("monitor:" SERVER_SINK);
	wait_sound(&e, 0.2);
	assert_int_equal(system("pactl suspend-sink " SERVER_SINK " 1"), 0);
	assert_int_equal(run_until_failure(&e), AS_ERR_IO);
	assert_non_null(strstr(e.err.msg, "suspended"));
	unlisten(&e);
	e = listen_to("monitor:" SERVER_SINK);
	assert_int_equal(run_until_failure(&e), AS_ERR_IO);
	unlisten(&e);
	assert_int_equal(system("pactl suspend-sink " SERVER_SINK " 0"), 0);
	e = listen_to("monitor:" SERVER_SINK);
	wait_sound(&e, 0.2);
	unlisten(&e);
	end_players();
	assert_null(as_capture_open(&(struct as_capture_spec){.source = "monitor:nothing"}, NULL, &err));
	assert_int_equal(err.status, AS_ERR_NOT_FOUND);
}

/* The server ends in the middle, and comes back; one that hangs. */
static void test_server_ends(void **state)
{
	(void)state;
	need(SERVER_PULSE);
	const bool has_device = server_lists("device:pulse");
	assert_non_null(players[0] = player_open("One", 1, 0));
	struct ear a = listen_to("monitor:"), b = listen_to("app:One"), c = has_device ? listen_to("device:pulse") : (struct ear){0};
	wait_sound(&a, 0.2);
	wait_sound(&b, 0.2);
	if (has_device)
		wait_sound(&c, 0.2);
	server_stop(&server);
	assert_int_equal(run_until_failure(&a), AS_ERR_IO);
	assert_int_equal(run_until_failure(&b), AS_ERR_IO);
	assert_non_null(strstr(a.err.msg, "ended"));
	if (has_device) {
		assert_int_equal(run_until_failure(&c), AS_ERR_IO);
		unlisten(&c);
	}
	end_players();
	player_close(resident);
	resident = NULL;
	unlisten(&a);
	unlisten(&b);
	assert_true(server_start(&server, SERVER_PULSE, root));
	a = listen_to("monitor:");
	wait_sound(&a, 0.2);
	server_freeze(&server, true);
	assert_int_equal(run_until_failure(&a), AS_ERR_IO);
	assert_non_null(strstr(a.err.msg, "nothing"));
	unlisten(&a);
	/* Opening waits for its answer in vain, until that is cancelled. */
	atomic_bool cancel = false;
	struct as_error err = {0};
	assert_null(as_capture_open(&(struct as_capture_spec){.source = "monitor:"}, &cancel, &err));
	assert_int_equal(err.status, AS_ERR_IO);
	atomic_store(&cancel, true);
	assert_null(as_capture_open(&(struct as_capture_spec){.source = "monitor:"}, &cancel, &err));
	assert_int_equal(err.status, AS_CANCELLED);
	server_freeze(&server, false);
	player_close(resident);
	resident = NULL;
	server_stop(&server);
}

/* A reader that is away for longer than anybody keeps what it does not take: what was lost is told, and is no lag. */
static void test_reader_is_away(void **state)
{
	(void)state;
	need(SERVER_PULSE);
	assert_non_null(players[0] = player_open("One", 1, 0));
	struct ear m = listen_to("monitor:" SERVER_SINK), d = {0}, *ears[] = {&m, &d};
	const bool has_device = server_lists("device:pulse");
	if (has_device)
		d = listen_to("device:pulse");
	run(3.5, ears, has_device ? 2 : 1);
	assert_int_equal(m.status, AS_OK);
	run(14, NULL, 0);
	/* The server's stock has run over, and does not say where. */
	hear(&m);
	assert_int_equal(m.status, AS_ERR_IO);
	assert_non_null(strstr(m.err.msg, "lost"));
	unlisten(&m);
	if (!has_device) {
		print_message("skipped: PortAudio has no device 'pulse' (libasound2-plugins)\n");
		return;
	}
	const int64_t xruns = d.xruns, jumps = d.jumps;
	ears[0] = &d;
	run(3.5, ears, 1);
	assert_true(d.jumps > jumps && d.xruns > xruns);
	double r, late = late_s(&d, players[0], 1, &r);
	print_message("PortAudio after a loss: %d jumps, %d xruns, %+.3f ms\n", (int)d.jumps, (int)d.xruns, late * 1e3);
	assert_true(fabs(late) < 0.1);
	unlisten(&d);
}

/* ---- names ---- */

static const struct as_device *device_of(const struct as_device_list *l, enum as_device_kind kind, const char *name)
{
	for (int i = 0; i < l->n; i++)
		if (l->devices[i].kind == kind && strcmp(l->devices[i].name, name) == 0)
			return &l->devices[i];
	return NULL;
}

/* What an application calls itself is anything. */
static void test_names(void **state)
{
	static const char *const names[] = {"A \"quoted\" name", "\x1b[31mred\n", "#7"};
	const struct as_device_list *l;
	struct as_error err = {0};
	(void)state;
	need(SERVER_PULSE);
	for (int i = 0; i < 3; i++) {
		assert_non_null(players[0] = player_open(names[i], 1, 0));
		assert_int_equal(as_devices_list(&l, &err), AS_OK);
		const struct as_device *d = device_of(l, AS_DEVICE_APP, names[i]);
		if (!d)
			fail_msg("application %d is not listed", i);
		assert_int_equal(d->state, AS_DEVICE_RUNNING);
		assert_string_equal(d->playing, "noise");
		for (const char *p = d->source; *p; p++)
			assert_true((unsigned char)*p >= ' ');
		struct ear e = listen_to(d->source);
		wait_sound(&e, 0.1);
		unlisten(&e);
		as_devices_free(l);
		end_players();
	}
	/* Two streams of one name are told apart by their numbers. */
	assert_non_null(players[0] = player_open("Same", 1, 0));
	assert_non_null(players[1] = player_open("Same", 2, 0));
	assert_int_equal(as_devices_list(&l, &err), AS_OK);
	assert_non_null(device_of(l, AS_DEVICE_MONITOR, "Null Output"));
	assert_true(device_of(l, AS_DEVICE_MONITOR, "Null Output")->is_default);
	int named = 0, numbered = 0;
	for (int i = 0; i < l->n; i++) {
		named += strcmp(l->devices[i].source, "app:Same") == 0;
		numbered += strncmp(l->devices[i].source, "app:#", 5) == 0;
	}
	assert_int_equal(named, 1);
	assert_int_equal(numbered, 1);
	as_devices_free(l);
	as_devices_free(NULL);
	end_players();
}

static void test_refusals(void **state)
{
	static const struct {
		const char *source;
		enum as_status status;
	} bad[] = {{"", AS_ERR_INVALID},	       {"app:", AS_ERR_NOT_FOUND},     {"monitor:no such output", AS_ERR_NOT_FOUND},
		   {"input:none", AS_ERR_NOT_FOUND},   {"monitor:#99", AS_ERR_NOT_FOUND}, {"app:nobody\x1b[2J", AS_ERR_IO},
		   {"device:nothing", AS_ERR_NOT_FOUND}, {"99999999999999999999", AS_ERR_NOT_FOUND}, {"no such file", AS_ERR_NOT_FOUND}};
	(void)state;
	need(SERVER_PULSE);
	const bool has_device = server_lists("device:pulse");
	for (size_t i = 0; i < sizeof bad / sizeof *bad; i++) {
		struct as_error err = {0};
		assert_null(as_capture_open(&(struct as_capture_spec){.source = bad[i].source}, NULL, &err));
		if (err.status != bad[i].status && (has_device || i < 6))
			fail_msg("'%s': %s", bad[i].source, err.msg);
		assert_true(*err.msg && !strchr(err.msg, '\x1b'));
	}
	as_capture_close(NULL);
}

/* ---- without a server ---- */

static void test_no_server(void **state)
{
	static const char *const sources[] = {NULL, "monitor:", "app:One"};
	const struct as_device_list *l = NULL;
	struct as_error err = {0};
	(void)state;
	setenv("XDG_RUNTIME_DIR", root, 1);
	setenv("HOME", root, 1);
	if (as_devices_list(&l, &err) == AS_OK && (*l->server || l->n > 0)) {
		as_devices_free(l);
		print_message("skipped: there is a sound card, or a server of the system\n");
		skip();
	}
	assert_int_equal(err.status, AS_ERR_IO);
	assert_non_null(strstr(err.msg, "start"));
	assert_null(l);
	for (int i = 0; i < 3; i++) {
		assert_null(as_capture_open(&(struct as_capture_spec){.source = sources[i]}, NULL, &err));
		assert_int_equal(err.status, AS_ERR_IO);
		assert_non_null(strstr(err.msg, "start"));
	}
}

/* ---- PipeWire: its stamps come late now and then, and PortAudio's wander ---- */

static void test_pipewire(void **state)
{
	(void)state;
	need(SERVER_PIPEWIRE);
	hear_all(8e-3, 4e-3, 40e-3);
	assert_non_null(players[0] = player_open("One", 1, 0));
	hear_pause(1, 12e-3);
	struct ear a = listen_to(NULL), b = listen_to("app:One");
	wait_sound(&a, 0.2);
	wait_sound(&b, 0.2);
	end_players();
	assert_int_equal(run_until_failure(&b), AS_ERR_IO);
	/* Who links streams is gone: the server is there, and nothing comes. */
	struct as_error err = {0};
	server_stop_manager(&server);
	assert_null(as_capture_open(&(struct as_capture_spec){.source = NULL}, NULL, &err));
	assert_int_equal(err.status, AS_ERR_IO);
	if (!strstr(err.msg, "session manager"))
		fail_msg("%s", err.msg);
	server_stop(&server);
	assert_int_equal(run_until_failure(&a), AS_ERR_IO);
	unlisten(&a);
	unlisten(&b);
}

/* ---- */

static int set_up(void **state)
{
	(void)state;
	return folder_make(root, sizeof root);
}

static int tear_down(void **state)
{
	(void)state;
	player_close(resident);
	server_stop(&server);
	return folder_remove(root);
}

static int stop(void **state)
{
	(void)state;
	end_players();
	return 0;
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(test_no_server),
		cmocka_unit_test_teardown(test_pulse, stop),
		cmocka_unit_test_teardown(test_default, stop),
		cmocka_unit_test_teardown(test_app_comes_and_goes, stop),
		cmocka_unit_test_teardown(test_namesakes, stop),
		cmocka_unit_test_teardown(test_number, stop),
		cmocka_unit_test_teardown(test_suspended, stop),
		cmocka_unit_test_teardown(test_reader_is_away, stop),
		cmocka_unit_test_teardown(test_names, stop),
		cmocka_unit_test_teardown(test_refusals, stop),
		cmocka_unit_test_teardown(test_server_ends, stop),
		cmocka_unit_test_teardown(test_pipewire, stop),
	};
	return cmocka_run_group_tests(tests, set_up, tear_down);
}
