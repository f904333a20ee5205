#include "base/aside.h"

#include <errno.h>
#include <fcntl.h>
#include <poll.h>
#include <unistd.h>

#include "base/thread.h"

static void let_go(struct as_aside *a)
{
	if (atomic_fetch_sub(&a->owners, 1) > 1)
		return;
	close(a->fd);
	a->free(a);
}

static void *body(void *arg)
{
	struct as_aside *a = arg;
	int end = a->end_fd;

	a->run(a);
	atomic_store(&a->done, true);
	let_go(a);
	/* Nobody can be told any sooner: from here on the descriptor polls readable. */
	close(end);
	return NULL;
}

enum as_status as_aside_start(struct as_aside *a, void (*run)(struct as_aside *a), void (*free)(struct as_aside *a), const char *what,
			      struct as_error *err)
{
	int fds[2];

	if (pipe(fds) != 0)
		return as_fail_errno(err, what, "pipe");
	for (int i = 0; i < 2; i++)
		fcntl(fds[i], F_SETFD, FD_CLOEXEC);
	a->run = run;
	a->free = free;
	a->fd = fds[0];
	a->end_fd = fds[1];
	atomic_init(&a->owners, 2);
	atomic_init(&a->done, false);
	atomic_init(&a->stopped, false);
	if (as_thread_start(NULL, body, a))
		return AS_OK;
	close(fds[0]);
	close(fds[1]);
	return as_fail(err, AS_ERR_MEMORY, "%s: the system gives no thread", what);
}

bool as_aside_done(const struct as_aside *a, int wait_ms)
{
	struct pollfd end = {.fd = a->fd, .events = POLLIN};

	while (!atomic_load(&a->done) && wait_ms != 0 && poll(&end, 1, wait_ms) < 0 && errno == EINTR)
		;
	return atomic_load(&a->done);
}

void as_aside_drop(struct as_aside *a)
{
	atomic_store(&a->stopped, true);
	let_go(a);
}

void as_aside_hold(struct as_aside *a)
{
	atomic_fetch_add(&a->owners, 1);
}

void as_aside_release(struct as_aside *a)
{
	let_go(a);
}
