#include "cli/mpv_client.h"

#include <errno.h>
#include <fcntl.h>
#include <math.h>
#include <poll.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/socket.h>
#include <sys/un.h>
#include <unistd.h>

#include <jansson.h>

#include "base/clock.h"

#define IN_BYTES 65536   /* a longer line than this is none that is waited for */
#define OUT_BYTES 16384  /* a player that lets so much wait has stopped */
#define SET_ID 1
#define SEEK_ID 2

struct as_mpv_client {
	char *path;
	int fd;
	double now_s;
	char in[IN_BYTES], out[OUT_BYTES];
	size_t n_in, taken, n_out; /* of in, the first `taken` are done with */
	bool skipping;             /* to the end of a line that was too long */
	bool broken;
	int unanswered; /* commands */
};

/* What is watched: the player tells its value at once, and then each change. */
static const struct {
	const char *name;
	enum as_player_event_kind kind;
} properties[] = {
	{"pause", AS_PLAYER_PAUSED},
	{"core-idle", AS_PLAYER_IDLE},
	{"speed", AS_PLAYER_SPEED},
	{"audio-delay", AS_PLAYER_DELAY},
	{"duration", AS_PLAYER_DURATION},
	{"time-pos", AS_PLAYER_POSITION},
};

static const struct {
	const char *name;
	enum as_player_event_kind kind;
} events[] = {
	{"seek", AS_PLAYER_SEEKS},
	{"playback-restart", AS_PLAYER_RESTARTS},
	{"start-file", AS_PLAYER_FILE},
};

#define N_ROWS(a) (sizeof(a) / sizeof *(a))

struct as_mpv_client *as_mpv_client_new(const char *path)
{
	struct as_mpv_client *c = calloc(1, sizeof *c);
	if (!c || !(c->path = strdup(path))) {
		free(c);
		return NULL;
	}
	c->fd = -1;
	return c;
}

void as_mpv_client_disconnect(struct as_mpv_client *c)
{
	if (c->fd >= 0)
		close(c->fd);
	c->fd = -1;
	c->n_in = c->taken = c->n_out = 0;
	c->skipping = c->broken = false;
	c->unanswered = 0;
}

void as_mpv_client_free(struct as_mpv_client *c)
{
	if (!c)
		return;
	as_mpv_client_disconnect(c);
	free(c->path);
	free(c);
}

int as_mpv_client_fd(const struct as_mpv_client *c)
{
	return c->fd;
}

bool as_mpv_client_wants_write(const struct as_mpv_client *c)
{
	return c->fd >= 0 && c->n_out > 0;
}

/* ---- commands ---- */

static void put_line(struct as_mpv_client *c, const char *line, int n)
{
	if (c->fd < 0)
		return;
	if (n <= 0 || c->n_out + (size_t)n > sizeof c->out) {
		c->broken = true;
		return;
	}
	memcpy(c->out + c->n_out, line, (size_t)n);
	c->n_out += (size_t)n;
}

/* The program's numbers have a dot in every locale. */
void as_mpv_client_send(struct as_mpv_client *c, const struct as_player_command *cmd)
{
	char line[160];
	int n = 0;
	if (cmd->kind == AS_PLAYER_DO_NOTHING || !isfinite(cmd->value))
		return;
	if (cmd->kind == AS_PLAYER_DO_SEEK)
		n = snprintf(line, sizeof line,
			     "{\"command\":[\"seek\",%.4f,\"absolute+exact\"],\"request_id\":%d}\n", cmd->value, SEEK_ID);
	else
		n = snprintf(line, sizeof line, "{\"command\":[\"set_property\",\"%s\",%.6f],\"request_id\":%d}\n",
			     cmd->kind == AS_PLAYER_SET_SPEED ? "speed" : "audio-delay", cmd->value, SET_ID);
	put_line(c, line, n);
	c->unanswered++;
}

static void watch(struct as_mpv_client *c)
{
	char line[96];
	for (size_t i = 0; i < N_ROWS(properties); i++)
		put_line(c, line, snprintf(line, sizeof line, "{\"command\":[\"observe_property\",%d,\"%s\"]}\n", (int)i + 1,
					   properties[i].name));
}

enum as_status as_mpv_client_connect(struct as_mpv_client *c, struct as_error *err)
{
	struct sockaddr_un to = {.sun_family = AF_UNIX};
	as_mpv_client_disconnect(c);
	if (strlen(c->path) >= sizeof to.sun_path)
		return as_fail(err, AS_ERR_INVALID, "%s: too long for a socket: %d bytes are the most", c->path,
			       (int)sizeof to.sun_path - 1);
	memcpy(to.sun_path, c->path, strlen(c->path));
	int fd = socket(AF_UNIX, SOCK_STREAM, 0);
	if (fd < 0 || fcntl(fd, F_SETFD, FD_CLOEXEC) != 0 || fcntl(fd, F_SETFL, O_NONBLOCK) != 0 ||
	    connect(fd, (const struct sockaddr *)&to, sizeof to) != 0) {
		as_fail(err, AS_ERR_IO, "%s: %s", c->path, strerror(errno));
		if (fd >= 0)
			close(fd);
		return AS_ERR_IO;
	}
	c->fd = fd;
	watch(c);
	return AS_OK;
}

/* ---- bytes ---- */

static bool write_some(struct as_mpv_client *c)
{
	while (c->n_out > 0) {
		/* The player may be gone: an error, and no signal. */
		ssize_t n = send(c->fd, c->out, c->n_out, MSG_NOSIGNAL);
		if (n < 0)
			return errno == EAGAIN || errno == EWOULDBLOCK || errno == EINTR;
		c->n_out -= (size_t)n;
		memmove(c->out, c->out + n, c->n_out);
	}
	return true;
}

static bool read_some(struct as_mpv_client *c)
{
	memmove(c->in, c->in + c->taken, c->n_in - c->taken);
	c->n_in -= c->taken;
	c->taken = 0;
	if (c->n_in == sizeof c->in) {
		if (!memchr(c->in, '\n', c->n_in)) {
			c->n_in = 0;
			c->skipping = true;
		} else {
			return true;
		}
	}
	ssize_t n = recv(c->fd, c->in + c->n_in, sizeof c->in - c->n_in, 0);
	if (n == 0)
		return false;
	if (n < 0)
		return errno == EAGAIN || errno == EWOULDBLOCK || errno == EINTR;
	c->n_in += (size_t)n;
	return true;
}

bool as_mpv_client_work(struct as_mpv_client *c, double now_s)
{
	c->now_s = now_s;
	return c->fd >= 0 && write_some(c) && read_some(c) && !c->broken;
}

/* ---- lines ---- */

/* NULL: none that is whole. Without its end of line. */
static const char *next_line(struct as_mpv_client *c, size_t *n)
{
	for (;;) {
		const char *line = c->in + c->taken, *end = memchr(line, '\n', c->n_in - c->taken);
		if (!end)
			return NULL;
		*n = (size_t)(end - line);
		c->taken += *n + 1;
		if (!c->skipping)
			return line;
		c->skipping = false;
	}
}

static double value_of(const json_t *v)
{
	if (json_is_boolean(v))
		return json_is_true(v) ? 1 : 0;
	return json_is_number(v) ? json_number_value(v) : NAN;
}

static bool read_event(struct as_mpv_client *c, const json_t *o, struct as_player_event *out)
{
	const char *event = json_string_value(json_object_get(o, "event"));
	const char *name = json_string_value(json_object_get(o, "name"));
	const char *error = json_string_value(json_object_get(o, "error"));
	out->value = NAN;
	if (!event) {
		json_int_t id = json_integer_value(json_object_get(o, "request_id"));
		c->unanswered -= (id == SET_ID || id == SEEK_ID) && c->unanswered > 0;
		out->kind = AS_PLAYER_SEEK_FAILED;
		return id == SEEK_ID && error && strcmp(error, "success") != 0;
	}
	for (size_t i = 0; i < N_ROWS(events); i++)
		if (!strcmp(event, events[i].name)) {
			out->kind = events[i].kind;
			return true;
		}
	if (strcmp(event, "property-change") != 0 || !name)
		return false;
	for (size_t i = 0; i < N_ROWS(properties); i++)
		if (!strcmp(name, properties[i].name)) {
			out->kind = properties[i].kind;
			out->value = value_of(json_object_get(o, "data"));
			return true;
		}
	return false;
}

bool as_mpv_client_next(struct as_mpv_client *c, struct as_player_event *out)
{
	const char *line;
	size_t n;
	while ((line = next_line(c, &n))) {
		json_t *o = json_loadb(line, n, JSON_DECODE_ANY, NULL);
		bool known = json_is_object(o) && read_event(c, o, out);
		json_decref(o);
		out->t_s = c->now_s;
		if (known)
			return true;
	}
	return false;
}

void as_mpv_client_settle(struct as_mpv_client *c, int wait_ms)
{
	struct as_player_event ev;
	const double until_s = as_clock_s() + 1e-3 * wait_ms;
	while (c->fd >= 0 && as_mpv_client_work(c, c->now_s)) {
		while (as_mpv_client_next(c, &ev))
			;
		const int left_ms = (int)(1e3 * (until_s - as_clock_s()));
		struct pollfd p = {.fd = c->fd, .events = c->n_out > 0 ? POLLIN | POLLOUT : POLLIN};
		if ((c->n_out == 0 && c->unanswered == 0) || left_ms <= 0 || poll(&p, 1, left_ms) <= 0)
			return;
	}
}
