#include "web_server.h"

#include <arpa/inet.h>
#include <math.h>
#include <netinet/in.h>
#include <poll.h>
#include <pthread.h>
#include <stdarg.h>
#include <stdatomic.h>
#include <stdbool.h>
#include <stdint.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/socket.h>
#include <time.h>
#include <unistd.h>

#define MAX_CALLS 256
#define HEARD_BYTES 65536

struct web {
	const char *dir, *file;
	size_t n;
	int fd, port, turn;
	char urls[8][512];
	atomic_bool stop;
	pthread_t thread, calls[MAX_CALLS];
	atomic_int n_calls;
	pthread_mutex_t lock;
	char heard[HEARD_BYTES]; /* under lock: requests, one after the other */
	size_t n_heard;
	double live_s[8]; /* when /live was answered */
	int n_live;
};

struct call {
	struct web *w;
	int fd;
	char request[4096], path[512];
	long long from; /* of the range asked for, or -1 */
};

/* False once the client has gone, or the server is to stop. */
static bool put(struct call *c, const void *bytes, size_t n)
{
	const char *p = bytes;
	while (n > 0 && !atomic_load(&c->w->stop)) {
		struct pollfd fd = {.fd = c->fd, .events = POLLOUT};
		if (poll(&fd, 1, 10) <= 0)
			continue;
		ssize_t done = send(c->fd, p, n, MSG_NOSIGNAL);
		if (done < 0)
			return false;
		p += done;
		n -= (size_t)done;
	}
	return n == 0;
}

static bool say(struct call *c, const char *fmt, ...)
{
	char text[1024];
	va_list ap;
	va_start(ap, fmt);
	int n = vsnprintf(text, sizeof text, fmt, ap);
	va_end(ap);
	return put(c, text, (size_t)n);
}

static bool header(struct call *c, const char *type, long long length)
{
	return say(c, "HTTP/1.1 200 OK\r\nContent-Type: %s\r\nContent-Length: %lld\r\nConnection: close\r\n\r\n", type, length);
}

/* Until the client goes. */
static void hang(struct call *c)
{
	char byte;
	while (!atomic_load(&c->w->stop)) {
		struct pollfd fd = {.fd = c->fd, .events = POLLIN};
		if (poll(&fd, 1, 10) > 0 && recv(c->fd, &byte, 1, MSG_DONTWAIT) == 0)
			return;
	}
}

static void serve_range(struct call *c, const char *type, const char *bytes, size_t n)
{
	if (c->from < 0) {
		say(c, "HTTP/1.1 200 OK\r\nContent-Type: %s\r\nAccept-Ranges: bytes\r\nContent-Length: %zu\r\n"
		       "Connection: close\r\n\r\n", type, n);
		put(c, bytes, n);
	} else if ((size_t)c->from < n) {
		say(c, "HTTP/1.1 206 Partial Content\r\nContent-Type: %s\r\nAccept-Ranges: bytes\r\nContent-Range: bytes "
		       "%lld-%zu/%zu\r\nContent-Length: %zu\r\nConnection: close\r\n\r\n", type, c->from, n - 1, n,
		    n - (size_t)c->from);
		put(c, bytes + c->from, n - (size_t)c->from);
	} else {
		say(c, "HTTP/1.1 416 Range Not Satisfiable\r\nContent-Length: 0\r\n\r\n");
	}
}

static void serve_dir(struct call *c, const char *name)
{
	char path[1024];
	snprintf(path, sizeof path, "%s/%s", c->w->dir, name);
	FILE *f = fopen(path, "rb");
	char *bytes = malloc(8 << 20);
	if (f && bytes && !strstr(name, ".."))
		serve_range(c, strstr(name, ".m3u8") ? "application/vnd.apple.mpegurl" : "application/octet-stream", bytes,
			    fread(bytes, 1, 8 << 20, f));
	else
		say(c, "HTTP/1.1 404 Not Found\r\nContent-Length: 0\r\n\r\n");
	if (f)
		fclose(f);
	free(bytes);
}

static void serve_half(struct call *c)
{
	const struct web *w = c->w;
	if (strcmp(c->path, "/resumed") == 0 && c->from > 0) {
		serve_range(c, "audio/wav", w->file, w->n);
		return;
	}
	if (c->from > 0)
		return;
	long long promised = (long long)w->n;
	if (strcmp(c->path, "/overstated") == 0)
		promised *= 2;
	if (strcmp(c->path, "/understated") == 0)
		promised /= 2;
	if (strcmp(c->path, "/resumed") == 0)
		say(c, "HTTP/1.1 200 OK\r\nAccept-Ranges: bytes\r\nContent-Length: %lld\r\n\r\n", promised);
	else
		header(c, "audio/wav", promised);
	put(c, w->file, strcmp(c->path, "/overstated") == 0 ? w->n : w->n / 2);
	if (strcmp(c->path, "/stall") == 0)
		hang(c);
}

static void serve_endless(struct call *c)
{
	static const char nothing[8192];
	char head[44];
	uint32_t noise[1024], state = 1;
	if (strcmp(c->path, "/garbage") == 0)
		say(c, "HTTP/1.1 200 OK\r\nContent-Type: audio/mpeg\r\n\r\n");
	else if (strcmp(c->path, "/radio") == 0)
		say(c, "HTTP/1.1 200 OK\r\nContent-Type: audio/wav\r\nicy-name: Radio \x1b[31mFree\x1b[m\r\n\r\n");
	else
		say(c, "HTTP/1.1 200 OK\r\nContent-Type: audio/wav\r\n\r\n");
	memcpy(head, c->w->file, sizeof head);
	memset(head + 4, 0xff, 4);
	memset(head + 40, 0xff, 4);
	bool more = strcmp(c->path, "/garbage") == 0 || put(c, head, sizeof head);
	while (more) {
		for (int i = 0; i < 1024; i++)
			noise[i] = state = state * 1664525u + 1013904223u;
		more = strcmp(c->path, "/garbage") == 0 ? put(c, noise, sizeof noise) : put(c, nothing, sizeof nothing);
	}
}

static void serve_noise(struct call *c)
{
	uint32_t noise[75000], state = 1;
	for (size_t i = 0; i < sizeof noise / sizeof *noise; i++) {
		state = state * 1664525u + 1013904223u;
		noise[i] = state ^ state >> 16;
	}
	say(c, "HTTP/1.1 200 OK\r\nContent-Type: audio/mpeg\r\nConnection: close\r\n\r\n");
	put(c, noise, sizeof noise);
}

static double now_s(void)
{
	struct timespec t;
	clock_gettime(CLOCK_MONOTONIC, &t);
	return (double)t.tv_sec + 1e-9 * (double)t.tv_nsec;
}

/* Waits until then, or until the server is to stop. */
static void wait_until(const struct web *w, double until_s)
{
	while (now_s() < until_s && !atomic_load(&w->stop))
		poll(NULL, 0, 5);
}

/* Bytes a second, as the file's header has it; its sound begins at 44 or later, which is no matter. */
static double bytes_per_second(const struct web *w)
{
	uint32_t rate;
	memcpy(&rate, w->file + 28, sizeof rate);
	return rate;
}

static void serve_live(struct call *c)
{
	struct web *w = c->w;
	pthread_mutex_lock(&w->lock);
	const int turn = w->n_live++;
	pthread_mutex_unlock(&w->lock);
	if (turn >= 8)
		return;
	wait_until(w, now_s() + (turn == 1 ? 0.5 : 0));
	const double from_s = now_s(), rate = bytes_per_second(w);
	pthread_mutex_lock(&w->lock);
	w->live_s[turn] = from_s;
	pthread_mutex_unlock(&w->lock);
	bool more = say(c, "HTTP/1.1 200 OK\r\nContent-Type: audio/wav\r\nicy-name: Live\r\n\r\n");
	for (size_t at = 0; more && at < w->n && !atomic_load(&w->stop);) {
		const size_t part = w->n - at < 2000 ? w->n - at : 2000;
		wait_until(w, from_s + (double)at / rate - 4);
		more = put(c, w->file + at, part);
		at += part;
	}
}

static void redirect(struct call *c, const char *to)
{
	say(c, "HTTP/1.1 302 Found\r\nLocation: %s\r\nContent-Length: 0\r\nConnection: close\r\n\r\n", to);
}

static void serve(struct call *c)
{
	static const char page[] = "<!DOCTYPE html><html><title>Sound</title><audio src=/file></html>";
	const struct web *w = c->w;
	static const char *const halves[] = {"/truncated", "/resumed", "/overstated", "/understated", "/stall"};
	static const char *const streams[] = {"/endless", "/radio", "/garbage"};
	for (size_t i = 0; i < sizeof halves / sizeof *halves; i++) {
		if (strcmp(c->path, halves[i]) == 0) {
			serve_half(c);
			return;
		}
	}
	for (size_t i = 0; i < sizeof streams / sizeof *streams; i++) {
		if (strcmp(c->path, streams[i]) == 0) {
			serve_endless(c);
			return;
		}
	}
	if (strncmp(c->path, "/dir/", 5) == 0)
		serve_dir(c, c->path + 5);
	else if (strcmp(c->path, "/live") == 0)
		serve_live(c);
	else if (strcmp(c->path, "/file") == 0)
		serve_range(c, "audio/wav", w->file, w->n);
	else if (strcmp(c->path, "/noranges") == 0) {
		say(c, "HTTP/1.1 200 OK\r\nContent-Type: audio/wav\r\nConnection: close\r\n\r\n");
		put(c, w->file, w->n);
	} else if (strcmp(c->path, "/empty") == 0)
		header(c, "audio/mpeg", 0);
	else if (strcmp(c->path, "/nothing_at_all") == 0)
		say(c, "HTTP/1.1 200 OK\r\nContent-Type: audio/mpeg\r\nConnection: close\r\n\r\n");
	else if (strcmp(c->path, "/noise") == 0)
		serve_noise(c);
	else if (strcmp(c->path, "/silent") == 0)
		hang(c);
	else if (strcmp(c->path, "/redirect") == 0)
		redirect(c, "/redirect2");
	else if (strcmp(c->path, "/redirect2") == 0)
		redirect(c, "/redirect3?key=secret");
	else if (strcmp(c->path, "/redirect3") == 0)
		redirect(c, "/file");
	else if (strcmp(c->path, "/loop") == 0)
		redirect(c, "/loop");
	else if (strcmp(c->path, "/local") == 0)
		redirect(c, "file:///etc/passwd");
	else if (strcmp(c->path, "/page") == 0) {
		header(c, "text/html; charset=utf-8", sizeof page - 1);
		put(c, page, sizeof page - 1);
	} else if (strcmp(c->path, "/headers") == 0) {
		say(c, "HTTP/1.1 200 OK\r\n");
		while (say(c, "X-Nothing: nothing at all\r\n")) {
		}
	} else if (strcmp(c->path, "/403") == 0)
		say(c, "HTTP/1.1 403 Forbidden\r\nContent-Length: 0\r\n\r\n");
	else if (strcmp(c->path, "/broken") != 0)
		say(c, "HTTP/1.1 404 Not Found\r\nContent-Length: 0\r\n\r\n");
}

static bool hear(struct call *c)
{
	size_t n = 0;
	while (!strstr(c->request, "\r\n\r\n") && n + 1 < sizeof c->request && !atomic_load(&c->w->stop)) {
		struct pollfd fd = {.fd = c->fd, .events = POLLIN};
		if (poll(&fd, 1, 10) <= 0)
			continue;
		ssize_t got = recv(c->fd, c->request + n, sizeof c->request - n - 1, 0);
		if (got <= 0)
			return false;
		n += (size_t)got;
		c->request[n] = '\0';
	}
	const char *range = strstr(c->request, "Range: bytes=");
	c->from = range ? strtoll(range + 13, NULL, 10) : -1;
	pthread_mutex_lock(&c->w->lock);
	for (size_t i = 0; i < n && c->w->n_heard + 1 < HEARD_BYTES; i++)
		c->w->heard[c->w->n_heard++] = c->request[i];
	pthread_mutex_unlock(&c->w->lock);
	return sscanf(c->request, "GET %511[^ ?]", c->path) == 1;
}

static void *answer(void *ctx)
{
	struct call *c = ctx;
	if (hear(c))
		serve(c);
	shutdown(c->fd, SHUT_WR);
	close(c->fd);
	free(c);
	return NULL;
}

static void *accept_calls(void *ctx)
{
	struct web *w = ctx;
	while (!atomic_load(&w->stop)) {
		struct pollfd fd = {.fd = w->fd, .events = POLLIN};
		if (poll(&fd, 1, 10) <= 0)
			continue;
		struct call *c = calloc(1, sizeof *c);
		int n = atomic_load(&w->n_calls);
		if (!c || n == MAX_CALLS)
			abort();
		c->w = w;
		c->fd = accept(w->fd, NULL, NULL);
		if (c->fd < 0 || pthread_create(&w->calls[n], NULL, answer, c) != 0)
			abort();
		atomic_store(&w->n_calls, n + 1);
	}
	return NULL;
}

struct web *web_start(const char *dir, const void *file, size_t n)
{
	struct web *w = calloc(1, sizeof *w);
	struct sockaddr_in at = {.sin_family = AF_INET, .sin_addr.s_addr = htonl(INADDR_LOOPBACK)};
	socklen_t bytes = sizeof at;
	if (!w)
		abort();
	w->dir = dir;
	w->file = file;
	w->n = n;
	pthread_mutex_init(&w->lock, NULL);
	w->fd = socket(AF_INET, SOCK_STREAM, 0);
	if (w->fd < 0 || bind(w->fd, (struct sockaddr *)&at, sizeof at) != 0 || listen(w->fd, 16) != 0 ||
	    getsockname(w->fd, (struct sockaddr *)&at, &bytes) != 0 ||
	    pthread_create(&w->thread, NULL, accept_calls, w) != 0)
		abort();
	w->port = ntohs(at.sin_port);
	return w;
}

void web_stop(struct web *w)
{
	atomic_store(&w->stop, true);
	pthread_join(w->thread, NULL);
	for (int i = 0; i < atomic_load(&w->n_calls); i++)
		pthread_join(w->calls[i], NULL);
	close(w->fd);
	pthread_mutex_destroy(&w->lock);
	free(w);
}

const char *web_url(struct web *w, const char *path)
{
	char *url = w->urls[w->turn++ & 7];
	snprintf(url, sizeof w->urls[0], "http://127.0.0.1:%d%s", w->port, path);
	return url;
}

int web_port(const struct web *w)
{
	return w->port;
}

int web_requests(struct web *w)
{
	return atomic_load(&w->n_calls);
}

double web_live_s(struct web *w, int n)
{
	pthread_mutex_lock(&w->lock);
	const double s = n >= 0 && n < w->n_live && n < 8 ? w->live_s[n] : NAN;
	pthread_mutex_unlock(&w->lock);
	return s;
}

int web_was_told(struct web *w, const char *text)
{
	pthread_mutex_lock(&w->lock);
	int told = strstr(w->heard, text) != NULL;
	pthread_mutex_unlock(&w->lock);
	return told;
}
