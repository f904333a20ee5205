#include "media/ytdlp_run.h"

#include <errno.h>
#include <fcntl.h>
#include <poll.h>
#include <signal.h>
#include <spawn.h>
#include <stdbool.h>
#include <stdlib.h>
#include <string.h>
#include <sys/wait.h>
#include <unistd.h>

#include "base/clock.h"
#include "base/text.h"
#include "base/url_hide.h"

#define SLICE_MS 10
#define SAID_BYTES 4096 /* of the end of stderr */
#define FIRST_ROOM 65536
#define NOTHING_RAN 127 /* the exit code that POSIX has for it */

/* The C library's; handed on, and read by nobody here. */
extern char **environ;

struct running {
	pid_t pid;
	bool exited;          /* though not waited for yet: until then its number is nobody else's */
	int out, said;        /* the ends of the pipes that are ours, or -1 */
	size_t room, max_bytes;
	char tail[SAID_BYTES];
	size_t tail_bytes;
	const char *name;
};

static void close_end(int *fd)
{
	if (*fd >= 0)
		close(*fd);
	*fd = -1;
}

/* Above the standard three, so that the child's dup2 does what it should even where one of them is closed here. */
static bool lift(int *fd)
{
	int high = fcntl(*fd, F_DUPFD_CLOEXEC, 3);
	close(*fd);
	*fd = high;
	return high >= 0;
}

static bool open_pipe(int ends[2])
{
	if (pipe(ends) != 0) {
		ends[0] = ends[1] = -1;
		return false;
	}
	bool ok = lift(&ends[0]);
	ok = lift(&ends[1]) && ok;
	return ok && fcntl(ends[0], F_SETFL, O_NONBLOCK) == 0;
}

static int spawn(pid_t *pid, char *const argv[], int out, int said)
{
	posix_spawn_file_actions_t files;
	posix_spawnattr_t attr;
	sigset_t none, all;
	sigemptyset(&none);
	sigfillset(&all);
	sigdelset(&all, SIGKILL);
	sigdelset(&all, SIGSTOP);
	int rc = posix_spawn_file_actions_init(&files);
	if (rc)
		return rc;
	rc = posix_spawnattr_init(&attr);
	if (rc) {
		posix_spawn_file_actions_destroy(&files);
		return rc;
	}
	posix_spawn_file_actions_addopen(&files, 0, "/dev/null", O_RDONLY, 0);
	posix_spawn_file_actions_adddup2(&files, out, 1);
	posix_spawn_file_actions_adddup2(&files, said, 2);
	posix_spawnattr_setflags(&attr, POSIX_SPAWN_SETPGROUP | POSIX_SPAWN_SETSIGMASK | POSIX_SPAWN_SETSIGDEF);
	posix_spawnattr_setpgroup(&attr, 0);
	posix_spawnattr_setsigmask(&attr, &none);
	posix_spawnattr_setsigdefault(&attr, &all);
	rc = posix_spawnp(pid, argv[0], &files, &attr, argv, environ);
	posix_spawnattr_destroy(&attr);
	posix_spawn_file_actions_destroy(&files);
	return rc;
}

static enum as_status start(struct running *r, char *const argv[], struct as_error *err)
{
	int out[2] = {-1, -1}, said[2] = {-1, -1}, rc = 0;
	if (!open_pipe(out) || !open_pipe(said))
		rc = errno;
	if (rc == 0)
		rc = spawn(&r->pid, argv, out[1], said[1]);
	close_end(&out[1]);
	close_end(&said[1]);
	r->out = out[0];
	r->said = said[0];
	if (rc == 0)
		return AS_OK;
	close_end(&r->out);
	close_end(&r->said);
	if (rc == ENOENT || rc == ENOTDIR)
		return as_fail(err, AS_ERR_NOT_FOUND, "%s: no such program", r->name);
	errno = rc;
	return as_fail_errno(err, r->name, "cannot be started");
}

/* All that waits in the pipe of the answer. AS_EOF: the pipe is closed. */
static enum as_status take_out(struct running *r, struct as_printed *p, struct as_error *err)
{
	for (;;) {
		if (p->out_bytes + 1 >= r->room) {
			size_t room = r->room ? 2 * r->room : FIRST_ROOM;
			char *more = realloc(p->out, room);
			if (!more)
				return as_fail(err, AS_ERR_MEMORY, "%s: out of memory", r->name);
			p->out = more;
			r->room = room;
		}
		ssize_t n = read(r->out, p->out + p->out_bytes, r->room - p->out_bytes - 1);
		if (n < 0 && errno == EINTR)
			continue;
		if (n < 0)
			return errno == EAGAIN ? AS_OK : AS_EOF;
		if (n == 0)
			return AS_EOF;
		p->out_bytes += (size_t)n;
		if (p->out_bytes > r->max_bytes)
			return as_fail(err, AS_ERR_FORMAT, "%s: prints more than %zu MB: cut off", r->name,
				       r->max_bytes >> 20);
	}
}

/* The same of what it says, of which the end is kept; a bounded piece of it, since there may be more than can be read. */
static enum as_status take_said(struct running *r)
{
	char piece[SAID_BYTES];
	for (int i = 0; i < 64; i++) {
		ssize_t n = read(r->said, piece, sizeof piece);
		if (n < 0 && errno == EINTR)
			continue;
		if (n < 0)
			return errno == EAGAIN ? AS_OK : AS_EOF;
		if (n == 0)
			return AS_EOF;
		size_t keep = sizeof r->tail - (size_t)n;
		keep = keep < r->tail_bytes ? keep : r->tail_bytes;
		memmove(r->tail, r->tail + r->tail_bytes - keep, keep);
		memcpy(r->tail + keep, piece, (size_t)n);
		r->tail_bytes = keep + (size_t)n;
	}
	return AS_OK;
}

static enum as_status take(struct running *r, struct as_printed *p, struct as_error *err)
{
	enum as_status status = r->out >= 0 ? take_out(r, p, err) : AS_EOF;
	if (status == AS_EOF)
		close_end(&r->out);
	else if (status != AS_OK)
		return status;
	if (r->said >= 0 && take_said(r) == AS_EOF)
		close_end(&r->said);
	return AS_OK;
}

static bool has_exited(struct running *r)
{
	siginfo_t info = {0};
	if (!r->exited) {
		/* ECHILD: the program has it that children leave no trace. */
		int rc = waitid(P_PID, (id_t)r->pid, &info, WEXITED | WNOHANG | WNOWAIT);
		r->exited = rc == 0 ? info.si_pid != 0 : errno != EINTR;
	}
	return r->exited;
}

/* Until it has exited. What others that it left behind might still print is not waited for. */
static enum as_status attend(struct running *r, struct as_printed *p, double timeout_s, const atomic_bool *cancel,
			     struct as_error *err)
{
	const double until_s = as_clock_s() + timeout_s;
	for (;;) {
		const bool exited = has_exited(r);
		enum as_status status = take(r, p, err);
		if (status != AS_OK || exited)
			return status;
		if (cancel && atomic_load(cancel))
			return as_fail(err, AS_CANCELLED, "%s: cancelled", r->name);
		if (as_clock_s() >= until_s)
			return as_fail(err, AS_ERR_IO, "%s: no answer within %g s", r->name, timeout_s);
		struct pollfd fds[2] = {{.fd = r->out, .events = POLLIN}, {.fd = r->said, .events = POLLIN}};
		poll(fds, 2, SLICE_MS);
	}
}

static void end(struct running *r, struct as_printed *p)
{
	int how = 0;
	kill(-r->pid, SIGKILL);
	pid_t got;
	do {
		got = waitpid(r->pid, &how, 0);
	} while (got < 0 && errno == EINTR);
	p->exit_code = got != r->pid || WIFEXITED(how) ? WEXITSTATUS(how) : -1;
	close_end(&r->out);
	close_end(&r->said);
}

/* The last line that is not empty; warnings only where there is nothing else. */
static void pick_line(struct running *r, struct as_printed *p)
{
	char *best = NULL, hidden[sizeof p->said];
	for (size_t i = 0; i < r->tail_bytes; i++)
		r->tail[i] = r->tail[i] ? r->tail[i] : '?';
	r->tail[r->tail_bytes < sizeof r->tail ? r->tail_bytes : sizeof r->tail - 1] = '\0';
	for (char *line = r->tail; *line;) {
		size_t n = strcspn(line, "\r\n");
		char *next = line + n + (line[n] != '\0');
		line[n] = '\0';
		if (n > 0 && (!best || strncmp(best, "WARNING", 7) == 0 || strncmp(line, "WARNING", 7) != 0))
			best = line;
		line = next;
	}
	p->said[0] = '\0';
	if (best)
		as_text_escape(p->said, sizeof p->said, as_url_hide(hidden, sizeof hidden, best));
}

enum as_status as_ytdlp_run(char *const argv[], double timeout_s, size_t max_bytes, const atomic_bool *cancel,
			    struct as_printed *printed, struct as_error *err)
{
	struct running r = {.out = -1, .said = -1, .max_bytes = max_bytes, .name = as_path_base(argv[0])};
	*printed = (struct as_printed){.exit_code = -1};
	enum as_status status = start(&r, argv, err);
	if (status != AS_OK)
		return status;
	status = attend(&r, printed, timeout_s, cancel, err);
	end(&r, printed);
	pick_line(&r, printed);
	/* Where the system does not tell posix_spawn's caller that there was nothing to run, this is how it says so. */
	if (status == AS_OK && printed->exit_code == NOTHING_RAN && printed->out_bytes == 0 && !printed->said[0])
		status = as_fail(err, AS_ERR_NOT_FOUND, "%s: no such program", r.name);
	if (status != AS_OK) {
		free(printed->out);
		printed->out = NULL;
		return status;
	}
	printed->out[printed->out_bytes] = '\0';
	return AS_OK;
}
