/* The player over its socket: one made up that says what no player should, and a real mpv, moved by readings made up. */
#include <errno.h>
#include <fcntl.h>
#include <math.h>
#include <poll.h>
#include <setjmp.h>
#include <signal.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/socket.h>
#include <sys/un.h>
#include <sys/wait.h>
#include <time.h>
#include <unistd.h>

#include <cmocka.h>
#include <sndfile.h>

#include "cli/mpv.h"
#include "cli/mpv_client.h"
#include "folder.h"

#define LIMIT_S 40.0 /* for whatever should come; a machine may be busy */

/* Of a test that has failed. */
static pid_t player;

static int end_player(void **state)
{
	(void)state;
	if (player > 0) {
		kill(player, SIGKILL);
		waitpid(player, NULL, 0);
	}
	player = 0;
	unlink(folder_in("mpv"));
	return 0;
}

static double now_s(void)
{
	struct timespec t;
	clock_gettime(CLOCK_MONOTONIC, &t);
	return (double)t.tv_sec + (double)t.tv_nsec * 1e-9;
}

static void to_address(struct sockaddr_un *to, const char *path)
{
	memset(to, 0, sizeof *to);
	to->sun_family = AF_UNIX;
	snprintf(to->sun_path, sizeof to->sun_path, "%s", path);
}

/* ---- a player made up ---- */

struct fake {
	int listener, fd;
	char path[96];
	struct as_mpv_client *client;
};

static void fake_listen(struct fake *k)
{
	struct sockaddr_un to;
	to_address(&to, k->path);
	unlink(k->path);
	k->listener = socket(AF_UNIX, SOCK_STREAM, 0);
	assert_int_equal(bind(k->listener, (struct sockaddr *)&to, sizeof to), 0);
	assert_int_equal(listen(k->listener, 1), 0);
}

static struct fake fake_start(void)
{
	struct fake k = {.fd = -1};
	snprintf(k.path, sizeof k.path, "%s", folder_in("fake"));
	fake_listen(&k);
	k.client = as_mpv_client_new(k.path);
	assert_int_equal(as_mpv_client_connect(k.client, NULL), AS_OK);
	k.fd = accept(k.listener, NULL, NULL);
	assert_true(k.fd >= 0);
	return k;
}

static void fake_end(struct fake *k)
{
	as_mpv_client_free(k->client);
	if (k->fd >= 0)
		close(k->fd);
	close(k->listener);
}

/* All of it, the client reading meanwhile; the events' number, the last in *ev. */
static int fake_say(struct fake *k, const char *text, size_t n, struct as_player_event *ev)
{
	int got = 0;
	struct as_player_event e;
	fcntl(k->fd, F_SETFL, O_NONBLOCK);
	for (size_t done = 0; done < n;) {
		ssize_t w = write(k->fd, text + done, n - done);
		assert_true(w > 0 || errno == EAGAIN);
		done += w > 0 ? (size_t)w : 0;
		assert_true(as_mpv_client_work(k->client, 5));
		while (as_mpv_client_next(k->client, &e)) {
			got++;
			*ev = e;
		}
	}
	for (int i = 0; i < 4; i++) {
		assert_true(as_mpv_client_work(k->client, 5));
		while (as_mpv_client_next(k->client, &e)) {
			got++;
			*ev = e;
		}
	}
	return got;
}

#define SAY(k, text, ev) fake_say(k, text, strlen(text), ev)

static void test_understands(void **state)
{
	(void)state;
	struct fake k = fake_start();
	struct as_player_event e;
	assert_int_equal(SAY(&k, "{\"event\":\"property-change\",\"id\":6,\"name\":\"time-pos\",\"data\":12.5}\n", &e), 1);
	assert_int_equal(e.kind, AS_PLAYER_POSITION);
	assert_true(e.value == 12.5 && e.t_s == 5);
	assert_int_equal(SAY(&k, "{\"event\":\"property-change\",\"name\":\"time-pos\"}\r\n", &e), 1);
	assert_true(isnan(e.value));
	assert_int_equal(SAY(&k, "{\"event\":\"property-change\",\"name\":\"pause\",\"data\":true}\n", &e), 1);
	assert_true(e.kind == AS_PLAYER_PAUSED && e.value == 1);
	assert_int_equal(SAY(&k, "{\"event\":\"seek\"}\n{\"event\":\"playback-restart\"}\n", &e), 2);
	assert_int_equal(e.kind, AS_PLAYER_RESTARTS);
	assert_int_equal(SAY(&k, "{\"request_id\":2,\"error\":\"success\"}\n", &e), 0);
	assert_int_equal(SAY(&k, "{\"request_id\":2,\"error\":\"error running command\"}\n", &e), 1);
	assert_int_equal(e.kind, AS_PLAYER_SEEK_FAILED);
	/* In pieces. */
	assert_int_equal(SAY(&k, "{\"event\":\"se", &e), 0);
	assert_int_equal(SAY(&k, "ek\"}\n", &e), 1);
	assert_int_equal(e.kind, AS_PLAYER_SEEKS);
	fake_end(&k);
}

static void test_survives(void **state)
{
	(void)state;
	struct fake k = fake_start();
	struct as_player_event e;
	assert_int_equal(SAY(&k, "\n\n[]\n{}\nnull\n\"seek\"\n{\"event\":7}\n{\"event\":\"property-change\"}\n{\"event\"\n\x1b[2J\xff\xfe\n", &e), 0);
	assert_int_equal(SAY(&k, "{\"event\":\"property-change\",\"name\":\"time-pos\",\"data\":1e999}\n", &e), 0);
	assert_int_equal(SAY(&k, "{\"event\":\"property-change\",\"name\":\"time-pos\",\"data\":\"12\"}\n", &e), 1);
	assert_true(isnan(e.value));
	assert_int_equal(SAY(&k, "{\"event\":\"property-change\",\"name\":\"time-pos\",\"data\":{\"a\":[1]}}\n", &e), 1);
	assert_true(isnan(e.value));
	assert_int_equal(fake_say(&k, "{\"event\":\"seek\"\0}\n", 18, &e), 0);
	/* Lines without end, arrays within arrays: what follows is understood. */
	size_t n = 1000000;
	char *line = malloc(n);
	memset(line, '[', n);
	line[n - 1] = '\n';
	assert_int_equal(fake_say(&k, line, n, &e), 0);
	memset(line, '[', 60000);
	line[59999] = '\n';
	assert_int_equal(fake_say(&k, line, 60000, &e), 0);
	memset(line, 'x', n);
	memcpy(line + n - 17, "{\"event\":\"seek\"}\n", 17);
	assert_int_equal(fake_say(&k, line, n, &e), 0);
	assert_int_equal(SAY(&k, "{\"event\":\"seek\"}\n", &e), 1);
	/* Seeded noise. */
	uint64_t x = 11;
	for (size_t i = 0; i < n; i++) {
		x = x * 6364136223846793005u + 1442695040888963407u;
		line[i] = "{}[]\",:\\nute0192.-event seek\n\n\x80\xff"[(x >> 33) % 32];
	}
	line[n - 1] = '\n';
	fake_say(&k, line, n, &e);
	assert_int_equal(SAY(&k, "{\"event\":\"seek\"}\n", &e), 1);
	free(line);
	fake_end(&k);
}

static void test_a_player_that_takes_nothing(void **state)
{
	(void)state;
	struct fake k = fake_start();
	struct as_player_command c = {.kind = AS_PLAYER_DO_SEEK, .value = 1};
	bool there = true;
	int sent = 0;
	for (; sent < 1000000 && there; sent++) {
		as_mpv_client_send(k.client, &c);
		there = as_mpv_client_work(k.client, 1);
	}
	assert_false(there);
	as_mpv_client_settle(k.client, 1);
	/* It goes in the middle of it. */
	as_mpv_client_disconnect(k.client);
	close(k.fd);
	assert_int_equal(as_mpv_client_connect(k.client, NULL), AS_OK);
	k.fd = accept(k.listener, NULL, NULL);
	close(k.fd);
	k.fd = -1;
	there = true;
	for (int i = 0; i < 100 && there; i++) {
		as_mpv_client_send(k.client, &c);
		there = as_mpv_client_work(k.client, 1);
	}
	assert_false(there);
	fake_end(&k);
}

static void test_no_socket(void **state)
{
	(void)state;
	struct as_error err = {0};
	char path[300];
	memset(path, 'a', sizeof path);
	path[sizeof path - 1] = '\0';
	struct as_mpv_client *c = as_mpv_client_new(path);
	assert_int_equal(as_mpv_client_connect(c, &err), AS_ERR_INVALID);
	as_mpv_client_free(c);
	c = as_mpv_client_new(folder_in("none"));
	assert_int_equal(as_mpv_client_connect(c, &err), AS_ERR_IO);
	assert_non_null(strstr(err.msg, "none: No such file"));
	as_mpv_client_free(c);
	c = as_mpv_client_new(folder_dir);
	assert_int_equal(as_mpv_client_connect(c, &err), AS_ERR_IO);
	as_mpv_client_free(c);
}

/* ---- a real one ---- */

struct stage {
	pid_t pid;
	char path[96];
	struct as_options *opt;
	struct as_mpv *m;
	int ask;                 /* a second connection, to look at the player */
	double began_s, place_s; /* heard at t_s: place_s + t_s */
	enum as_live_state state;
	double told_s;
	bool echo, picture;
};

static bool have_mpv(void)
{
	return system("command -v mpv >/dev/null 2>&1") == 0;
}

static void write_sound(const char *path)
{
	SF_INFO info = {.samplerate = 8000, .channels = 1, .format = SF_FORMAT_WAV | SF_FORMAT_PCM_16};
	SNDFILE *f = sf_open(path, SFM_WRITE, &info);
	float second[8000];
	uint32_t x = 1;
	for (int s = 0; s < 600; s++) {
		for (int i = 0; i < 8000; i++)
			second[i] = (float)((x = x * 1664525u + 1013904223u) >> 8) / (1 << 25);
		assert_int_equal(sf_writef_float(f, second, 8000), 8000);
	}
	sf_close(f);
}

static void start_mpv(struct stage *g, const char *media, const char *video)
{
	char server[160];
	snprintf(server, sizeof server, "--input-ipc-server=%s", g->path);
	g->pid = fork();
	assert_true(g->pid >= 0);
	if (g->pid == 0) {
		int null = open("/dev/null", O_RDWR);
		dup2(null, 0);
		dup2(null, 1);
		dup2(null, 2);
		execlp("mpv", "mpv", "--no-config", "--ao=null", video, "--keep-open=yes", server, media, (char *)NULL);
		_exit(127);
	}
	player = g->pid;
	struct sockaddr_un to;
	to_address(&to, g->path);
	double until_s = now_s() + LIMIT_S;
	for (;;) {
		g->ask = socket(AF_UNIX, SOCK_STREAM, 0);
		if (connect(g->ask, (struct sockaddr *)&to, sizeof to) == 0)
			return;
		close(g->ask);
		assert_true(now_s() < until_s);
		poll(NULL, 0, 10);
	}
}

/* Asks the player itself, beside what is tested. */
static double ask(struct stage *g, const char *property)
{
	char line[8192], want[32];
	static int id = 100;
	snprintf(line, sizeof line, "{\"command\":[\"get_property\",\"%s\"],\"request_id\":%d}\n", property, ++id);
	snprintf(want, sizeof want, "\"request_id\":%d,", id);
	if (write(g->ask, line, strlen(line)) < 0)
		return NAN;
	for (size_t n = 0; n < sizeof line - 1;) {
		ssize_t r = read(g->ask, line + n, 1);
		if (r <= 0)
			return NAN;
		n += (size_t)r;
		line[n] = '\0';
		if (line[n - 1] != '\n')
			continue;
		const char *data = strstr(line, want) ? strstr(line, "\"data\":") : NULL;
		if (strstr(line, want))
			return data ? strtod(data + 7, NULL) : NAN;
		n = 0;
	}
	return NAN;
}

static void order(struct stage *g, const char *json)
{
	assert_int_equal(write(g->ask, json, strlen(json)), (ssize_t)strlen(json));
}

static struct stage raise_curtain(const char *media, const char *video, const char *const *settings)
{
	struct stage g = {.state = AS_LIVE_LOCKED, .echo = getenv("MPV_SESSION") != NULL,
			  .picture = strcmp(video, "--no-video") != 0};
	snprintf(g.path, sizeof g.path, "%s", folder_in("mpv"));
	g.opt = as_options_new();
	for (; settings[0]; settings += 2)
		assert_int_equal(as_options_set(g.opt, settings[0], settings[1], "test", NULL), AS_OK);
	g.m = as_mpv_open(g.path, g.opt, NULL);
	assert_non_null(g.m);
	g.began_s = now_s();
	as_mpv_work(g.m, now_s());
	char line[300];
	bool detail;
	assert_true(as_mpv_say(g.m, line, sizeof line, &detail));
	assert_non_null(strstr(line, "no player yet"));
	start_mpv(&g, media, video);
	return g;
}

static void drop_curtain(struct stage *g)
{
	as_mpv_close(g->m);
	as_options_free(g->opt);
	order(g, "{\"command\":[\"quit\"]}\n");
	close(g->ask);
	waitpid(g->pid, NULL, 0);
	player = 0;
}

/* What is heard minus where the player is, as it says itself. */
static double off_s(struct stage *g)
{
	/* Without a picture time-pos is as old as the player's last turn. */
	double before_s = now_s(), at_s = ask(g, g->picture ? "time-pos" : "audio-pts"), after_s = now_s();
	return g->place_s + (before_s + after_s) / 2 - g->began_s - at_s;
}

static void turn(struct stage *g)
{
	struct pollfd p = {.fd = as_mpv_fd(g->m), .events = as_mpv_poll(g->m)};
	poll(&p, 1, 20);
	double t_s = now_s() - g->began_s;
	if (t_s - g->told_s >= 0.1) {
		g->told_s = t_s;
		struct as_live_reading r = {.t_s = t_s, .state = g->state, .lag_ms = NAN, .position_s = NAN, .drift_ppm = NAN};
		if (g->state == AS_LIVE_LOCKED) {
			r.position_s = g->place_s + t_s + 0.05; /* calibrated: 50 ms before that */
			r.lag_ms = (t_s - r.position_s) * 1e3;
			r.calibrated_lag_ms = r.lag_ms + 50;
			r.lag_err_ms = 0.1;
		}
		as_mpv_hear(g->m, &r, g->began_s);
	}
	as_mpv_work(g->m, now_s());
	char line[300];
	bool detail;
	while (as_mpv_say(g->m, line, sizeof line, &detail))
		if (g->echo)
			printf("%7.2f  %s\n", now_s() - g->began_s, line);
}

static void turn_for(struct stage *g, double seconds)
{
	double until_s = now_s() + seconds;
	while (now_s() < until_s)
		turn(g);
}

/* Until the player is within_s of what is heard, and has its own speed. */
static void turn_until_near(struct stage *g, double within_s)
{
	double until_s = now_s() + LIMIT_S, next_s = 0;
	int in_row = 0;
	while (in_row < 5) {
		turn(g);
		if (now_s() < next_s)
			continue;
		next_s = now_s() + 0.1;
		double off = off_s(g), speed = ask(g, "speed");
		if (g->echo)
			printf("%7.2f  player %.3f s, %+.1f ms from what is heard, speed %.5f\n", now_s() - g->began_s,
			       ask(g, "time-pos"), off * 1e3, speed);
		in_row = fabs(off) < within_s && speed == 1 ? in_row + 1 : 0;
		if (now_s() > until_s)
			fail_msg("still off by %.1f ms, speed %g", off * 1e3, speed);
	}
}

static void test_mpv_by_speed(void **state)
{
	(void)state;
	if (!have_mpv()) {
		print_message("skipped: mpv is not installed\n");
		skip();
	}
	/* Quicker than what ears like, so that it takes seconds. */
	static const char *const settings[] = {"mpv.max_speed_percent", "5", "mpv.dead_band_ms", "10", NULL};
	write_sound(folder_in("sound.wav"));
	struct stage g = raise_curtain(folder_in("sound.wav"), "--no-video", settings);
	g.place_s = 200;
	turn_until_near(&g, 0.15);
	assert_true(ask(&g, "time-pos") > 200);
	/* 100 ms: by speed alone. */
	g.place_s += 0.1;
	double fastest = 1, until_s = now_s() + LIMIT_S;
	while (fastest == 1 && now_s() < until_s) {
		turn(&g);
		fastest = ask(&g, "speed");
	}
	assert_true(fastest > 1 && fastest <= 1.05);
	turn_until_near(&g, 0.02);
	/* The lock is lost while it is sped. */
	g.place_s -= 0.1;
	while (ask(&g, "speed") == 1 && now_s() < until_s)
		turn(&g);
	assert_true(ask(&g, "speed") < 1);
	g.state = AS_LIVE_LOST;
	turn_for(&g, 0.3);
	assert_true(ask(&g, "speed") == 1);
	/* And found; the user pauses. */
	g.state = AS_LIVE_LOCKED;
	turn_for(&g, 0.3);
	order(&g, "{\"command\":[\"set_property\",\"pause\",true]}\n");
	turn_for(&g, 0.5);
	double at_s = ask(&g, "time-pos");
	turn_for(&g, 0.8);
	assert_true(ask(&g, "time-pos") == at_s);
	assert_true(ask(&g, "speed") == 1);
	order(&g, "{\"command\":[\"set_property\",\"pause\",false]}\n");
	turn_until_near(&g, 0.15);
	/* The user looks elsewhere. */
	order(&g, "{\"command\":[\"seek\",500,\"absolute+exact\"]}\n");
	turn_for(&g, 1);
	assert_true(ask(&g, "time-pos") >= 500);
	order(&g, "{\"command\":[\"set_property\",\"pause\",true]}\n");
	turn_for(&g, 0.3);
	order(&g, "{\"command\":[\"set_property\",\"pause\",false]}\n");
	turn_until_near(&g, 0.15);
	/* It ends while it is sped. */
	g.place_s += 0.2;
	until_s = now_s() + LIMIT_S;
	while (ask(&g, "speed") == 1 && now_s() < until_s)
		turn(&g);
	assert_true(ask(&g, "speed") > 1);
	as_mpv_close(g.m);
	assert_true(ask(&g, "speed") == 1);
	g.m = NULL;
	drop_curtain(&g);
}

static void test_mpv_by_delay(void **state)
{
	(void)state;
	if (!have_mpv() || system("command -v ffmpeg >/dev/null 2>&1") != 0) {
		print_message("skipped: mpv or ffmpeg is not installed\n");
		skip();
	}
	static const char *const settings[] = {"mpv.how", "delay", "mpv.dead_band_ms", "10", NULL};
	char command[512];
	snprintf(command, sizeof command,
		 "ffmpeg -v error -nostdin -y -f lavfi -i testsrc=s=64x48:r=50:d=300 -f lavfi -i anoisesrc=d=300:r=8000 -c:v mpeg4 "
		 "-g 25 -c:a pcm_s16le %s",
		 folder_in("picture.mkv"));
	assert_int_equal(system(command), 0);
	struct stage g = raise_curtain(folder_in("picture.mkv"), "--vo=null", settings);
	g.place_s = 100;
	turn_until_near(&g, 0.03);
	double before_s = ask(&g, "audio-delay");
	g.place_s -= 0.15;
	turn_for(&g, 1);
	turn_until_near(&g, 0.03);
	assert_true(fabs(ask(&g, "audio-delay") - before_s + 0.15) < 0.03);
	as_mpv_close(g.m);
	assert_true(ask(&g, "audio-delay") == 0);
	g.m = NULL;
	drop_curtain(&g);
}

/* The player ends and another begins. */
static void test_mpv_comes_back(void **state)
{
	(void)state;
	if (!have_mpv()) {
		print_message("skipped: mpv is not installed\n");
		skip();
	}
	static const char *const settings[] = {NULL};
	write_sound(folder_in("sound.wav"));
	struct stage g = raise_curtain(folder_in("sound.wav"), "--no-video", settings);
	g.place_s = 100;
	turn_until_near(&g, 0.04);
	kill(g.pid, SIGKILL);
	waitpid(g.pid, NULL, 0);
	close(g.ask);
	turn_for(&g, 0.2);
	assert_int_equal(as_mpv_fd(g.m), -1);
	start_mpv(&g, folder_in("sound.wav"), "--no-video");
	turn_until_near(&g, 0.04);
	drop_curtain(&g);
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(test_understands),
		cmocka_unit_test(test_survives),
		cmocka_unit_test(test_a_player_that_takes_nothing),
		cmocka_unit_test(test_no_socket),
		cmocka_unit_test_teardown(test_mpv_by_speed, end_player),
		cmocka_unit_test_teardown(test_mpv_by_delay, end_player),
		cmocka_unit_test_teardown(test_mpv_comes_back, end_player),
	};
	return cmocka_run_group_tests_name("mpv", tests, folder_set_up, folder_tear_down);
}
