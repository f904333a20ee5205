/* The live meter from end to end: a player whose sound is heard at a known time, a sound server of the test's own, and what the meter says.
 * `test_live_sound --trials N` prints the table of doc/live.md instead. */
#include <math.h>
#include <poll.h>
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include <cmocka.h>

#include <audiosync/audiosync.h>
#include <audiosync/live.h>

#include "folder.h"
#include "media_files.h"
#include "sound_server.h"

#define SONG_S 60
#define HEARD_S 4.0      /* of locked readings, before they count */
#define PATIENCE_S 30.0
#define SEED 7
#define MAX_TRIALS 1000
#define COUNT(a) (sizeof(a) / sizeof *(a))

static char root[64];
static struct server server;
static struct player *resident; /* keeps the output's stock short: where that changes, PulseAudio tells players some ms wrong */

static const struct way {
	const char *source, *name;
	double within_ms[2]; /* of the truth; PulseAudio, PipeWire, whose blocks are of 5 ms */
} ways[] = {
	{"monitor:" SERVER_SINK, "monitor", {2, 4}},
	{"app:Song", "app", {2, 4}},
	{"device:pulse", "PortAudio", {2, 40}},
};

/* ---- one meter ---- */

struct meter {
	struct as_live *l;
	double began_s, locked_s; /* locked_s: since when, of its own time; NAN */
	struct as_live_reading last;
	struct as_live_status status;
	int readings;
};

static struct meter listen_to(const char *source)
{
	struct meter m = {.locked_s = NAN};
	struct as_error err = {0};
	struct as_options *opt = as_options_new();
	char song[96];
	snprintf(song, sizeof song, "%s", folder_path(root, "song.wav"));
	m.l = as_live_open(opt, &(struct as_live_config){.reference = song, .capture = source}, &err);
	as_options_free(opt);
	if (!m.l || as_live_start(m.l, &err) != AS_OK)
		fail_msg("%s: %s", source, err.msg);
	return m;
}

static void hear(struct meter *m)
{
	while (as_live_next(m->l, &m->last)) {
		m->readings++;
		if (m->last.state != AS_LIVE_LOCKED)
			m->locked_s = NAN;
		else if (isnan(m->locked_s))
			m->locked_s = m->last.t_s;
	}
	as_live_status(m->l, &m->status);
}

static bool is_sure(const struct meter *m)
{
	return m->last.state == AS_LIVE_LOCKED && m->last.t_s - m->locked_s > HEARD_S;
}

/* By how much the song's beginning is heard later than the player says. */
static double error_ms(const struct meter *m, const struct player *p)
{
	return (m->status.began_s + m->last.lag_ms * 1e-3 - player_heard_s(p, 0)) * 1e3;
}

/* ---- one trial ---- */

/* Plays until all meters are sure and the player has not run dry for 2 s. */
static bool run(struct player *p, struct meter *m, size_t n)
{
	const double until_s = server_now_s() + PATIENCE_S;
	for (bool sure = false; !sure && server_now_s() < until_s;) {
		sure = player_is_steady(p);
		if (!player_turn(p))
			return false;
		for (size_t i = 0; i < n; i++) {
			hear(&m[i]);
			sure = sure && is_sure(&m[i]);
		}
		poll(NULL, 0, 4);
		if (sure)
			return true;
	}
	return false;
}

/* One error for each way; the song begins at another moment of the captures each time. False: the player ran dry throughout. */
static bool try_once(size_t n_ways, int delay_ms, double *out_ms)
{
	struct meter m[COUNT(ways)];
	struct player *p = player_open("Song", SEED, 0);
	assert_non_null(p);
	for (double until_s = server_now_s() + 0.3 + delay_ms * 1e-3; server_now_s() < until_s; poll(NULL, 0, 4))
		assert_true(player_turn(p));
	for (size_t i = 0; i < n_ways; i++)
		m[i] = listen_to(ways[i].source);
	const bool ok = run(p, m, n_ways);
	for (size_t i = 0; i < n_ways; i++) {
		out_ms[i] = ok ? error_ms(&m[i], p) : NAN;
		if (!ok)
			print_message("%s: %s after %d readings, %s\n", ways[i].name, as_live_state_name(m[i].last.state),
				      m[i].readings, m[i].status.waiting_for);
		as_live_close(m[i].l);
	}
	player_close(p);
	return ok;
}

/* ---- servers ---- */

static void end_server(void)
{
	player_close(resident);
	resident = NULL;
	server_stop(&server);
}

/* What is missing; NULL: it runs. */
static const char *begin_server(enum server_kind kind)
{
	const char *missing = server_missing(kind);
	if (*missing)
		return missing;
	if (!server_start(&server, kind, root)) {
		server_stop(&server);
		return kind == SERVER_PULSE ? "a PulseAudio that starts" : "a PipeWire that starts";
	}
	resident = player_open("Resident", 99, 0.02);
	return resident ? NULL : "a server that plays";
}

static size_t ways_here(void)
{
	return server_lists("device:pulse") ? COUNT(ways) : COUNT(ways) - 1;
}

static bool is_near(const double *ms, size_t n, enum server_kind kind)
{
	for (size_t i = 0; i < n; i++)
		if (!(fabs(ms[i]) <= ways[i].within_ms[kind]))
			return false;
	return true;
}

static void expect(enum server_kind kind)
{
	double ms[COUNT(ways)];
	const char *missing = begin_server(kind);
	if (missing) {
		print_message("skipped: %s is not installed\n", missing);
		skip();
	}
	const size_t n = ways_here();
	if (n < COUNT(ways))
		print_message("skipped: PortAudio has no device 'pulse' (libasound2-plugins)\n");
	bool ok = try_once(n, 0, ms);
	/* A busy computer keeps PipeWire from its turns, and what it says of time is off by tens of ms then. */
	for (int again = 1; again < 4 && kind == SERVER_PIPEWIRE && !(ok && is_near(ms, n, kind)); again++)
		ok = try_once(n, 37 * again, ms);
	end_server();
	for (size_t i = 0; i < n; i++) {
		print_message("%s: %+.3f ms\n", ways[i].name, ms[i]);
		if (ok && !(fabs(ms[i]) <= ways[i].within_ms[kind]))
			fail_msg("%s: %+.3f ms (expected within %.0f ms)", ways[i].name, ms[i], ways[i].within_ms[kind]);
	}
	assert_true(ok);
}

static void test_pulse(void **state)
{
	(void)state;
	expect(SERVER_PULSE);
}

static void test_pipewire(void **state)
{
	(void)state;
	expect(SERVER_PIPEWIRE);
}

static int set_up(void **state)
{
	(void)state;
	const int64_t n = SONG_S * SERVER_RATE;
	float *song = malloc((size_t)n * sizeof *song);
	if (!song || folder_make(root, sizeof root) != 0)
		return -1;
	for (int64_t k = 0; k < n; k++)
		song[k] = player_noise(SEED, k);
	media_write_wav(folder_path(root, "song.wav"), SERVER_RATE, 1, song, n);
	free(song);
	return 0;
}

static int tear_down(void **state)
{
	(void)state;
	return folder_remove(root);
}

static int stop(void **state)
{
	(void)state;
	end_server();
	return 0;
}

/* ---- the table ---- */

static int by_size(const void *a, const void *b)
{
	double x = *(const double *)a, y = *(const double *)b;
	return (x > y) - (x < y);
}

static void print_row(const char *server_name, const char *way, const double *ms, int n)
{
	double v[MAX_TRIALS], size[MAX_TRIALS];
	int within = 0;
	for (int i = 0; i < n; i++) {
		v[i] = ms[i];
		size[i] = fabs(ms[i]);
		within += size[i] <= 2;
	}
	qsort(v, (size_t)n, sizeof *v, by_size);
	qsort(size, (size_t)n, sizeof *size, by_size);
	printf("| %s | %s | %d | %+.2f ms | %.2f ms | %.2f ms | %d |\n", server_name, way, n, v[n / 2], size[n / 2], size[n - 1], within);
	fflush(stdout);
}

static void print_table(int trials)
{
	static const char *const names[] = {"PulseAudio", "PipeWire"};
	static double ms[COUNT(ways)][MAX_TRIALS];
	puts("| server | heard by | trials | median error | median of its size | worst | within 2 ms |\n|---|---|---|---|---|---|---|");
	for (enum server_kind kind = SERVER_PULSE; kind <= SERVER_PIPEWIRE; kind++) {
		const char *missing = begin_server(kind);
		const size_t n = missing ? 0 : ways_here();
		double one[COUNT(ways)];
		int done = 0;
		if (missing)
			printf("%s: skipped, there is no %s\n", names[kind], missing);
		for (int t = 0; n > 0 && t < trials; t++) {
			if (!try_once(n, 37 * t % 500, one))
				continue;
			for (size_t i = 0; i < n; i++)
				ms[i][done] = one[i];
			done++;
		}
		for (size_t i = 0; done > 0 && i < n; i++)
			print_row(names[kind], ways[i].name, ms[i], done);
		end_server();
	}
}

int main(int argc, char **argv)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test_teardown(test_pulse, stop),
		cmocka_unit_test_teardown(test_pipewire, stop),
	};
	const int trials = argc == 3 && strcmp(argv[1], "--trials") == 0 ? atoi(argv[2]) : 0;
	if (trials < 1 || trials > MAX_TRIALS)
		return cmocka_run_group_tests(tests, set_up, tear_down);
	if (set_up(NULL) == 0)
		print_table(trials);
	return tear_down(NULL);
}
