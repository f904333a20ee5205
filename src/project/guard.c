#include "project/guard.h"

#include <errno.h>
#include <fcntl.h>
#include <signal.h>
#include <stdbool.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/file.h>
#include <sys/stat.h>
#include <unistd.h>

#include "project/paths.h"

#define HOST_BYTES 256
#define TRIES 20 /* others may remove the file between opening and locking it */

struct as_project_guard {
	char *path;
	int fd;
};

struct holder {
	long pid;
	char host[HOST_BYTES];
};

static void own_host(char host[HOST_BYTES])
{
	if (gethostname(host, HOST_BYTES) != 0)
		host[0] = '\0';
	host[HOST_BYTES - 1] = '\0';
}

static bool read_holder(int fd, struct holder *h)
{
	char text[HOST_BYTES + 32];
	ssize_t n = pread(fd, text, sizeof text - 1, 0);
	*h = (struct holder){0};
	if (n <= 0)
		return false;
	text[n] = '\0';
	return sscanf(text, "%ld %255s", &h->pid, h->host) == 2 && h->pid > 0;
}

static bool write_holder(int fd)
{
	char host[HOST_BYTES], text[HOST_BYTES + 32];
	own_host(host);
	int n = snprintf(text, sizeof text, "%ld %s\n", (long)getpid(), host[0] ? host : "localhost");
	return ftruncate(fd, 0) == 0 && pwrite(fd, text, (size_t)n, 0) == n;
}

/* A process of another machine, or one that may not be asked, counts as alive. */
static bool is_alive(const struct holder *h)
{
	char host[HOST_BYTES];
	own_host(host);
	return strcmp(host, h->host) != 0 || kill((pid_t)h->pid, 0) == 0 || errno != ESRCH;
}

static enum as_status busy(int fd, const char *project, struct as_error *err)
{
	struct holder h;
	if (read_holder(fd, &h))
		return as_fail(err, AS_ERR_BUSY, "%s: is being worked on by another audiosync (process %ld on %s)", project, h.pid,
			       h.host);
	return as_fail(err, AS_ERR_BUSY, "%s: is being worked on by another audiosync", project);
}

/* AS_NO_MATCH: the file was removed or replaced meanwhile. */
static enum as_status lock(int fd, const char *path, const char *project, struct as_error *err)
{
	struct stat ours, there;
	struct holder h;
	if (flock(fd, LOCK_EX | LOCK_NB) != 0) {
		if (errno == EWOULDBLOCK)
			return busy(fd, project, err);
		/* No locks here (some network file systems): what is written in it must do. */
		if (read_holder(fd, &h) && is_alive(&h))
			return busy(fd, project, err);
	}
	if (fstat(fd, &ours) != 0 || stat(path, &there) != 0 || ours.st_ino != there.st_ino || ours.st_dev != there.st_dev)
		return AS_NO_MATCH;
	if (write_holder(fd))
		return AS_OK;
	enum as_status status = as_fail_errno(err, project, "cannot be written there");
	unlink(path); /* it is ours, and says nothing */
	return status;
}

struct as_project_guard *as_project_guard_take(const char *project, struct as_error *err)
{
	struct as_project_guard *g = calloc(1, sizeof *g);
	enum as_status status = AS_NO_MATCH;
	if (!g || !(g->path = as_project_beside(project, ".lock"))) {
		free(g);
		as_fail(err, AS_ERR_MEMORY, "%s: out of memory", project);
		return NULL;
	}
	g->fd = -1;
	for (int i = 0; i < TRIES && status == AS_NO_MATCH; i++) {
		if (g->fd >= 0)
			close(g->fd);
		g->fd = open(g->path, O_RDWR | O_CREAT | O_CLOEXEC | O_NOFOLLOW | O_NONBLOCK, 0666);
		status = g->fd < 0 ? as_fail_errno(err, project, "cannot be written there") : lock(g->fd, g->path, project, err);
	}
	if (status == AS_OK)
		return g;
	if (status == AS_NO_MATCH)
		as_fail(err, AS_ERR_BUSY, "%s: is being worked on by another audiosync", project);
	if (g->fd >= 0)
		close(g->fd);
	free(g->path);
	free(g);
	return NULL;
}

void as_project_guard_release(struct as_project_guard *g)
{
	if (!g)
		return;
	unlink(g->path); /* while it is held: nobody locks what has no name any more */
	close(g->fd);
	free(g->path);
	free(g);
}
