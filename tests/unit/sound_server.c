#include "sound_server.h"

#include <fcntl.h>
#include <math.h>
#include <poll.h>
#include <signal.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/stat.h>
#include <sys/wait.h>
#include <time.h>
#include <unistd.h>

#include <pulse/pulseaudio.h>

#include <audiosync/devices.h>

#define MANAGER 2 /* of PipeWire's processes */
#define CHUNK 480
#define STAMP_S 0.1
#define MAX_STAMPS 4096
#define LATEST 21

/* What PipeWire tells is as old as its last turn: the newest of all is the earliest that it makes of frame 0. */
static bool tells_late;

double server_now_s(void)
{
	struct timespec t;
	clock_gettime(CLOCK_MONOTONIC, &t);
	return (double)t.tv_sec + (double)t.tv_nsec * 1e-9;
}

/* ---- processes ---- */

static bool installed(const char *program)
{
	char line[128];
	snprintf(line, sizeof line, "command -v %s >/dev/null 2>&1", program);
	return system(line) == 0;
}

const char *server_missing(enum server_kind kind)
{
	static const char *const of[2][6] = {{"pulseaudio", NULL},
					     {"pipewire", "wireplumber", "pipewire-pulse", "dbus-daemon", "pactl", NULL}};
	for (int i = 0; of[kind][i]; i++)
		if (!installed(of[kind][i]))
			return of[kind][i];
	return "";
}

static int spawn(const char *const *argv)
{
	pid_t pid = fork();
	if (pid != 0)
		return (int)pid;
	int no = open("/dev/null", O_RDWR);
	dup2(no, 0);
	dup2(no, 1);
	dup2(no, 2);
	execvp(argv[0], (char *const *)(uintptr_t)argv);
	_exit(127);
}

static bool wait_for(const char *path)
{
	for (int i = 0; i < 1000 && access(path, F_OK) != 0; i++)
		poll(NULL, 0, 10);
	return access(path, F_OK) == 0;
}

static bool start_pulse(struct server *s, const char *run)
{
	static const char *const argv[] = {"pulseaudio", "-n", "--daemonize=no", "--exit-idle-time=-1", "--disallow-exit",
					   "--use-pid-file=no", "--log-target=null", "-L",
					   "module-null-sink sink_name=" SERVER_SINK " rate=48000 channels=2 format=float32le", "-L",
					   "module-native-protocol-unix", NULL};
	char path[200];
	s->pids[s->n++] = spawn(argv);
	snprintf(path, sizeof path, "%s/pulse/native", run);
	return wait_for(path);
}

static bool start_pipewire(struct server *s, const char *run)
{
	char path[200], address[220], dbus[240];
	snprintf(path, sizeof path, "%s/bus", run);
	snprintf(address, sizeof address, "unix:path=%s", path);
	snprintf(dbus, sizeof dbus, "--address=%s", address);
	s->pids[s->n++] = spawn((const char *const[]){"dbus-daemon", "--session", "--nofork", dbus, NULL});
	if (!wait_for(path))
		return false;
	setenv("DBUS_SESSION_BUS_ADDRESS", address, 1);
	s->pids[s->n++] = spawn((const char *const[]){"pipewire", NULL});
	snprintf(path, sizeof path, "%s/pipewire-0", run);
	if (!wait_for(path))
		return false;
	s->pids[s->n++] = spawn((const char *const[]){"wireplumber", NULL});
	s->pids[s->n++] = spawn((const char *const[]){"pipewire-pulse", NULL});
	snprintf(path, sizeof path, "%s/pulse/native", run);
	if (!wait_for(path))
		return false;
	/* Until the session manager can link what plays to it. */
	for (int i = 0; i < 50; i++) {
		if (system("pactl load-module module-null-sink sink_name=" SERVER_SINK " rate=48000 channels=2 >/dev/null 2>&1") == 0)
			break;
		poll(NULL, 0, 100);
	}
	for (int i = 0; i < 100; i++) {
		if (system("pactl info 2>/dev/null | grep -q 'Default Sink: " SERVER_SINK "'") == 0)
			return true;
		poll(NULL, 0, 100);
	}
	return false;
}

bool server_start(struct server *s, enum server_kind kind, const char *folder)
{
	char run[128];
	snprintf(run, sizeof run, "%s/run", folder);
	mkdir(run, 0700);
	setenv("XDG_RUNTIME_DIR", run, 1);
	setenv("HOME", folder, 1);
	unsetenv("PULSE_SERVER");
	*s = (struct server){.kind = kind};
	tells_late = kind == SERVER_PIPEWIRE;
	return kind == SERVER_PULSE ? start_pulse(s, run) : start_pipewire(s, run);
}

static void end(int pid)
{
	kill(pid, SIGTERM);
	kill(pid, SIGCONT);
	/* What does not end by itself is made to. */
	for (int i = 0; i < 300 && waitpid(pid, NULL, WNOHANG) == 0; i++) {
		if (i == 250)
			kill(pid, SIGKILL);
		poll(NULL, 0, 10);
	}
}

void server_stop(struct server *s)
{
	char path[256];
	while (s->n > 0)
		end(s->pids[--s->n]);
	snprintf(path, sizeof path, "%s/pulse/native", getenv("XDG_RUNTIME_DIR"));
	unlink(path);
}

void server_stop_manager(struct server *s)
{
	end(s->pids[MANAGER]);
	s->n--;
	memmove(s->pids + MANAGER, s->pids + MANAGER + 1, (size_t)(s->n - MANAGER) * sizeof *s->pids);
}

void server_freeze(const struct server *s, bool frozen)
{
	for (int i = 0; i < s->n; i++)
		kill(s->pids[i], frozen ? SIGSTOP : SIGCONT);
}

/* ---- players ---- */

struct player {
	pa_mainloop *loop;
	pa_context *ctx;
	pa_stream *stream;
	uint64_t seed;
	int64_t written;
	bool asking;
	double asked_s;
	/* When frame 0 was heard, by each stamp. */
	double zero_s[MAX_STAMPS];
	int n;
};

float player_noise(uint64_t seed, int64_t k)
{
	uint64_t x = (uint64_t)k * 0x9e3779b97f4a7c15ULL + seed * 0xd1342543de82ef95ULL;
	x = (x ^ x >> 30) * 0xbf58476d1ce4e5b9ULL;
	x = (x ^ x >> 27) * 0x94d049bb133111ebULL;
	return (float)((double)((x ^ x >> 31) >> 11) / 9007199254740992.0 - 0.5) * 0.5F;
}

static void on_stamp(pa_stream *stream, int success, void *arg)
{
	struct player *p = arg;
	const pa_timing_info *t = pa_stream_get_timing_info(stream);
	struct timespec day;
	p->asking = false;
	if (!success || !t || !t->playing || p->n == MAX_STAMPS)
		return;
	clock_gettime(CLOCK_REALTIME, &day);
	double age_s = (double)day.tv_sec - (double)t->timestamp.tv_sec + (double)day.tv_nsec * 1e-9 - (double)t->timestamp.tv_usec * 1e-6;
	double frame = (double)t->read_index / 8 - (double)t->sink_usec * 1e-6 * SERVER_RATE;
	p->zero_s[p->n++] = server_now_s() - age_s - frame / SERVER_RATE;
}

bool player_turn(struct player *p)
{
	float v[2 * CHUNK];
	while (pa_mainloop_iterate(p->loop, 0, NULL) > 0)
		;
	if (pa_context_get_state(p->ctx) == PA_CONTEXT_FAILED || pa_context_get_state(p->ctx) == PA_CONTEXT_TERMINATED)
		return false;
	if (!p->stream || pa_stream_get_state(p->stream) != PA_STREAM_READY)
		return true;
	while (pa_stream_writable_size(p->stream) != (size_t)-1 && pa_stream_writable_size(p->stream) >= sizeof v) {
		for (int i = 0; i < CHUNK; i++)
			v[2 * i] = v[2 * i + 1] = player_noise(p->seed, p->written + i);
		if (pa_stream_write(p->stream, v, sizeof v, NULL, 0, PA_SEEK_RELATIVE) < 0)
			return false;
		p->written += CHUNK;
	}
	if (!p->asking && server_now_s() - p->asked_s > STAMP_S) {
		pa_operation *op = pa_stream_update_timing_info(p->stream, on_stamp, p);
		p->asking = op != NULL;
		p->asked_s = server_now_s();
		if (op)
			pa_operation_unref(op);
	}
	return pa_stream_get_state(p->stream) == PA_STREAM_READY;
}

static bool wait_ready(struct player *p)
{
	for (int i = 0; i < 1000; i++) {
		if (!player_turn(p))
			return false;
		if (p->stream ? pa_stream_get_state(p->stream) == PA_STREAM_READY : pa_context_get_state(p->ctx) == PA_CONTEXT_READY)
			return true;
		poll(NULL, 0, 5);
	}
	return false;
}

static pa_context *new_context(pa_mainloop *loop, const char *app, const char *process)
{
	pa_proplist *l = pa_proplist_new();
	if (process)
		pa_proplist_sets(l, PA_PROP_APPLICATION_PROCESS_ID, process);
	pa_context *c = loop ? pa_context_new_with_proplist(pa_mainloop_get_api(loop), app, l) : NULL;
	pa_proplist_free(l);
	return c;
}

struct player *player_open(const char *app, uint64_t seed, double latency_s)
{
	return player_open_as(app, NULL, seed, latency_s);
}

struct player *player_open_as(const char *app, const char *process, uint64_t seed, double latency_s)
{
	const pa_sample_spec spec = {.format = PA_SAMPLE_FLOAT32NE, .rate = SERVER_RATE, .channels = 2};
	const pa_buffer_attr attr = {(uint32_t)-1, (uint32_t)((latency_s > 0 ? latency_s : 0.25) * SERVER_RATE) * 8, (uint32_t)-1, (uint32_t)-1, (uint32_t)-1};
	struct player *p = calloc(1, sizeof *p);
	if (!p || !(p->loop = pa_mainloop_new()) || !(p->ctx = new_context(p->loop, app, process)))
		return NULL;
	p->seed = seed;
	if (pa_context_connect(p->ctx, NULL, PA_CONTEXT_NOAUTOSPAWN, NULL) < 0 || !wait_ready(p))
		goto fail;
	p->stream = pa_stream_new(p->ctx, "noise", &spec, NULL);
	if (p->stream && pa_stream_connect_playback(p->stream, SERVER_SINK, &attr, latency_s > 0 ? PA_STREAM_ADJUST_LATENCY : 0, NULL, NULL) == 0 &&
	    wait_ready(p))
		return p;
fail:
	player_close(p);
	return NULL;
}

void player_close(struct player *p)
{
	if (!p)
		return;
	if (p->stream) {
		pa_stream_disconnect(p->stream);
		pa_stream_unref(p->stream);
	}
	pa_context_disconnect(p->ctx);
	pa_context_unref(p->ctx);
	pa_mainloop_free(p->loop);
	free(p);
}

/* What was known of when frames are heard is past then. */
void player_pause(struct player *p, bool pause)
{
	p->n = 0;
	pa_operation *op = pa_stream_cork(p->stream, pause, NULL, NULL);
	if (op)
		pa_operation_unref(op);
}

static int by_size(const void *a, const void *b)
{
	double x = *(const double *)a, y = *(const double *)b;
	return (x > y) - (x < y);
}

/* Of n stamps, but for the last `skip`: the median, or of those that come late the earliest. */
static double latest(const struct player *p, int skip, int n)
{
	double v[LATEST];
	if (n < 5)
		return NAN;
	memcpy(v, p->zero_s + p->n - skip - n, (size_t)n * sizeof *v);
	qsort(v, (size_t)n, sizeof *v, by_size);
	return v[tells_late ? 0 : n / 2];
}

/* The server's clock and this computer's are one: nothing more is needed. */
double player_heard_s(const struct player *p, int64_t k)
{
	return latest(p, 0, p->n < LATEST ? p->n : LATEST) + (double)k / SERVER_RATE;
}

bool player_is_steady(const struct player *p)
{
	return p->n >= LATEST && fabs(latest(p, 0, LATEST / 2) - latest(p, LATEST / 2, LATEST / 2)) < 1.5e-3;
}

double player_frame_at(const struct player *p, double time_s)
{
	return (time_s - player_heard_s(p, 0)) * SERVER_RATE;
}

/* ---- what is left behind ---- */

static void on_module(pa_context *ctx, const pa_module_info *i, int end, void *arg)
{
	(void)ctx;
	*(int *)arg += !end && i;
}

static void on_recording(pa_context *ctx, const pa_source_output_info *i, int end, void *arg)
{
	(void)ctx;
	*(int *)arg += !end && i;
}

void server_count(int *modules, int *recordings)
{
	struct player p = {.loop = pa_mainloop_new()};
	p.ctx = pa_context_new(pa_mainloop_get_api(p.loop), "count");
	*modules = *recordings = 0;
	if (pa_context_connect(p.ctx, NULL, PA_CONTEXT_NOAUTOSPAWN, NULL) == 0 && wait_ready(&p)) {
		pa_operation *op[] = {pa_context_get_module_info_list(p.ctx, on_module, modules),
				      pa_context_get_source_output_info_list(p.ctx, on_recording, recordings)};
		for (int i = 0; i < 2; i++) {
			while (op[i] && pa_operation_get_state(op[i]) == PA_OPERATION_RUNNING)
				pa_mainloop_iterate(p.loop, 1, NULL);
			if (op[i])
				pa_operation_unref(op[i]);
		}
	}
	pa_context_disconnect(p.ctx);
	pa_context_unref(p.ctx);
	pa_mainloop_free(p.loop);
}

bool server_lists(const char *source)
{
	const struct as_device_list *l;
	bool found = false;
	if (as_devices_list(&l, NULL) != AS_OK)
		return false;
	for (int i = 0; i < l->n; i++)
		found = found || strcmp(l->devices[i].source, source) == 0;
	as_devices_free(l);
	return found;
}
