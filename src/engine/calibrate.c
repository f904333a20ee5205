/* The latency of a sound path as front ends see it: started, polled, closed. */
#include <errno.h>
#include <fcntl.h>
#include <math.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

#include "base/error.h"
#include "base/thread.h"
#include "engine/calibrate_private.h"

#define CHIRPS 6
#define LEAST_CHIRPS 3

const char *as_calibrate_verdict_name(enum as_calibrate_verdict v)
{
	static const char *const names[] = {"unknown", "good", "silent", "unheard", "unsteady"};
	return (unsigned)v < sizeof names / sizeof *names ? names[v] : names[0];
}

static enum as_status make_pipe(struct as_calibrate *c, struct as_error *err)
{
	bool ok = pipe(c->pipe_fd) == 0;
	for (int i = 0; ok && i < 2; i++)
		ok = fcntl(c->pipe_fd[i], F_SETFD, FD_CLOEXEC) == 0 && fcntl(c->pipe_fd[i], F_SETFL, O_NONBLOCK) == 0;
	return ok ? AS_OK : as_fail_errno(err, "calibration", "wake pipe");
}

struct as_calibrate *as_calibrate_open(const struct as_calibrate_config *cfg, struct as_error *err)
{
	int n = cfg->chirps ? cfg->chirps : CHIRPS;
	if (n < LEAST_CHIRPS || n > AS_CALIBRATE_CHIRPS_MAX) {
		as_fail(err, AS_ERR_INVALID, "calibration: %d chirps; %d to %d can be played", n, LEAST_CHIRPS,
			AS_CALIBRATE_CHIRPS_MAX);
		return NULL;
	}
	struct as_calibrate *c = calloc(1, sizeof *c);
	if (!c || (cfg->capture && !(c->capture = strdup(cfg->capture)))) {
		free(c);
		as_fail(err, AS_ERR_MEMORY, "calibration: out of memory");
		return NULL;
	}
	c->pipe_fd[0] = c->pipe_fd[1] = -1;
	c->n_chirps = c->status.n_chirps = n;
	c->status.delay_ms = c->status.err_ms = c->status.spread_ms = c->status.calibration_ms = NAN;
	pthread_mutex_init(&c->lock, NULL);
	if (make_pipe(c, err) == AS_OK)
		return c;
	as_calibrate_close(c);
	return NULL;
}

void as_calibrate_close(struct as_calibrate *c)
{
	if (!c)
		return;
	atomic_store(&c->cancel, true);
	if (c->started)
		pthread_join(c->thread, NULL);
	for (int i = 0; i < 2; i++)
		if (c->pipe_fd[i] >= 0)
			close(c->pipe_fd[i]);
	pthread_mutex_destroy(&c->lock);
	free(c->capture);
	free(c);
}

/* With the lock. */
static void wake(struct as_calibrate *c)
{
	ssize_t n = 0;
	if (c->awake)
		return;
	do
		n = write(c->pipe_fd[1], "", 1);
	while (n < 0 && errno == EINTR);
	c->awake = true;
}

void as_calibrate_tell(struct as_calibrate *c, const struct as_calibrate_status *s)
{
	pthread_mutex_lock(&c->lock);
	c->status = *s;
	wake(c);
	pthread_mutex_unlock(&c->lock);
}

static void *thread_main(void *ctx)
{
	struct as_calibrate *c = ctx;
	struct as_error err = {0};
	enum as_status status = as_calibrate_run(c, &err);
	pthread_mutex_lock(&c->lock);
	if (status != AS_OK) {
		c->status.error = err;
		c->status.error.status = status;
	}
	c->status.phase = AS_CALIBRATE_DONE;
	c->status.ended = true;
	wake(c);
	pthread_mutex_unlock(&c->lock);
	return NULL;
}

enum as_status as_calibrate_start(struct as_calibrate *c, struct as_error *err)
{
	if (c->started)
		return as_fail(err, AS_ERR_BUSY, "calibration: it has been started already");
	c->started = as_thread_start(&c->thread, thread_main, c);
	return c->started ? AS_OK : as_fail(err, AS_ERR_MEMORY, "calibration: the system gives no thread");
}

int as_calibrate_fd(const struct as_calibrate *c)
{
	return c->pipe_fd[0];
}

void as_calibrate_status(struct as_calibrate *c, struct as_calibrate_status *out)
{
	char byte[8];
	pthread_mutex_lock(&c->lock);
	while (read(c->pipe_fd[0], byte, sizeof byte) > 0)
		;
	c->awake = false;
	*out = c->status;
	pthread_mutex_unlock(&c->lock);
}
