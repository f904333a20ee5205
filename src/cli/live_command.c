#include "cli/live_command.h"

#include <errno.h>
#include <fcntl.h>
#include <signal.h>
#include <spawn.h>
#include <stdlib.h>
#include <string.h>
#include <sys/stat.h>
#include <sys/wait.h>
#include <unistd.h>

#include "base/clock.h"
#include "cli/say.h"

extern char **environ;

#define GRACE_S 1.0 /* from SIGTERM to SIGKILL */

struct as_alert_command {
	char **words;
	char *path;         /* of the program */
	double limit_s;
	char **waiting;     /* the environment of the run that waits; NULL: none does */
	pid_t pid;          /* 0: none runs */
	double started_s;
	bool told_to_end, killed;
};

static void free_list(char **list)
{
	for (char **p = list; p && *p; p++)
		free(*p);
	free(list);
}

/* ---- words ---- */

/* The next word of *text into out; false where there is none, or a quote has no end (*text is at its beginning then). */
static bool next_word(const char **text, char *out)
{
	const char *p = *text + strspn(*text, " \t\n");
	char quote = 0;
	bool any = false;
	for (; *p && (quote || !strchr(" \t\n", *p)); p++) {
		any = true;
		if (quote ? *p == quote : *p == '\'' || *p == '"')
			quote = quote ? 0 : *p;
		else if (*p == '\\' && quote != '\'' && p[1])
			*out++ = *++p;
		else
			*out++ = *p;
	}
	*out = '\0';
	if (!quote)
		*text = p;
	return any && !quote;
}

char **as_command_words(const char *text, struct as_error *err)
{
	size_t room = strlen(text) / 2 + 2, n = 0;
	char **words = calloc(room, sizeof *words), *word = malloc(strlen(text) + 1);
	const char *p = text;
	bool ok = words && word;
	while (ok && next_word(&p, word)) {
		words[n] = strdup(word);
		ok = words[n++] != NULL;
	}
	if (!ok)
		as_fail(err, AS_ERR_MEMORY, "out of memory");
	else if (p[strspn(p, " \t\n")])
		ok = as_fail(err, AS_ERR_INVALID, "--on-alert: a quotation mark without its end: %s", text) == AS_OK;
	else if (n == 0)
		ok = as_fail(err, AS_ERR_INVALID, "--on-alert: no command") == AS_OK;
	free(word);
	if (ok)
		return words;
	as_command_words_free(words);
	return NULL;
}

void as_command_words_free(char **words)
{
	free_list(words);
}

/* ---- the program ---- */

static char *join(const char *dir, size_t n, const char *name)
{
	char *path = malloc(n + strlen(name) + 2);
	if (!path)
		return NULL;
	memcpy(path, dir, n);
	path[n] = '/';
	memcpy(path + n + 1, name, strlen(name) + 1);
	return path;
}

static bool is_program(const char *path)
{
	struct stat st;
	return stat(path, &st) == 0 && S_ISREG(st.st_mode) && access(path, X_OK) == 0;
}

/* Heap; NULL where there is no such program (or no memory). Empty parts of PATH, the working directory, are left out. */
static char *find_program(const char *name)
{
	const char *p = getenv("PATH");
	if (strchr(name, '/'))
		return is_program(name) ? strdup(name) : NULL;
	while (p && *p) {
		size_t n = strcspn(p, ":");
		char *path = n > 0 ? join(p, n, name) : NULL;
		if (path && is_program(path))
			return path;
		free(path);
		p += n + (p[n] == ':');
	}
	return NULL;
}

struct as_alert_command *as_alert_command_new(const char *text, double limit_s, struct as_error *err)
{
	struct as_alert_command *c = calloc(1, sizeof *c);
	if (!c) {
		as_fail(err, AS_ERR_MEMORY, "out of memory");
		return NULL;
	}
	c->limit_s = limit_s;
	c->words = as_command_words(text, err);
	if (c->words && !(c->path = find_program(c->words[0])))
		as_fail(err, AS_ERR_IO, "--on-alert: %s: no such program", c->words[0]);
	if (c->path)
		return c;
	as_alert_command_free(c);
	return NULL;
}

void as_alert_command_set_limit(struct as_alert_command *c, double limit_s)
{
	c->limit_s = limit_s;
}

/* ---- its runs ---- */

static bool is_replaced(const char *variable, char *const *by, int n)
{
	size_t name = strcspn(variable, "=") + 1;
	for (int i = 0; i < n; i++)
		if (strncmp(variable, by[i], name) == 0)
			return true;
	return false;
}

enum as_status as_alert_command_request(struct as_alert_command *c, char *const *variables, int n, struct as_error *err)
{
	size_t room = (size_t)n + 1, k = 0;
	for (char **e = environ; *e; e++)
		room++;
	char **list = calloc(room, sizeof *list);
	bool ok = list != NULL;
	for (int i = 0; i < n && ok; i++)
		ok = (list[k++] = strdup(variables[i])) != NULL;
	for (char **e = environ; *e && ok; e++)
		if (!is_replaced(*e, variables, n))
			ok = (list[k++] = strdup(*e)) != NULL;
	if (!ok) {
		free_list(list);
		return as_fail(err, AS_ERR_MEMORY, "out of memory");
	}
	free_list(c->waiting);
	c->waiting = list;
	return AS_OK;
}

/* In a group of its own, so that its time-out reaches what it started, and an interrupt from the keyboard is the meter's alone. What it prints
 * goes to stderr: stdout is for readings. */
static int spawn(struct as_alert_command *c)
{
	posix_spawn_file_actions_t files;
	posix_spawnattr_t attr;
	sigset_t all, none;
	int rc;
	sigfillset(&all);
	sigemptyset(&none);
	if (posix_spawn_file_actions_init(&files) != 0)
		return ENOMEM;
	if (posix_spawnattr_init(&attr) != 0) {
		posix_spawn_file_actions_destroy(&files);
		return ENOMEM;
	}
	rc = posix_spawn_file_actions_addopen(&files, STDIN_FILENO, "/dev/null", O_RDONLY, 0);
	if (rc == 0)
		rc = posix_spawn_file_actions_adddup2(&files, fileno(as_say_file()), STDOUT_FILENO);
	if (rc == 0)
		rc = posix_spawn_file_actions_adddup2(&files, fileno(as_say_file()), STDERR_FILENO);
	if (rc == 0)
		rc = posix_spawnattr_setflags(&attr, POSIX_SPAWN_SETPGROUP | POSIX_SPAWN_SETSIGDEF | POSIX_SPAWN_SETSIGMASK);
	posix_spawnattr_setsigdefault(&attr, &all);
	posix_spawnattr_setsigmask(&attr, &none);
	if (rc == 0)
		rc = posix_spawn(&c->pid, c->path, &files, &attr, c->words, c->waiting);
	posix_spawnattr_destroy(&attr);
	posix_spawn_file_actions_destroy(&files);
	return rc;
}

static enum as_status start(struct as_alert_command *c, struct as_error *err)
{
	int rc = spawn(c);
	free_list(c->waiting);
	c->waiting = NULL;
	c->told_to_end = c->killed = false;
	c->started_s = as_clock_s();
	if (rc == 0)
		return AS_OK;
	c->pid = 0;
	return as_fail(err, AS_ERR_IO, "--on-alert: %s: not started: %s", c->path, strerror(rc));
}

static enum as_status say_end(const struct as_alert_command *c, int status, struct as_error *err)
{
	if (c->told_to_end)
		return as_fail(err, AS_ERR_IO, "--on-alert: %s: ended: it took more than %g s", c->path, c->limit_s);
	if (WIFSIGNALED(status))
		return as_fail(err, AS_ERR_IO, "--on-alert: %s: died from signal %d", c->path, WTERMSIG(status));
	if (WEXITSTATUS(status) != 0)
		return as_fail(err, AS_ERR_IO, "--on-alert: %s: failed with exit status %d", c->path, WEXITSTATUS(status));
	return AS_OK;
}

/* Its number stays taken until it is reaped, so that what it left behind can be ended before. */
static enum as_status reap(struct as_alert_command *c, struct as_error *err)
{
	int status = 0;
	if (c->told_to_end)
		kill(-c->pid, SIGKILL);
	while (waitpid(c->pid, &status, 0) < 0 && errno == EINTR)
		;
	c->pid = 0;
	return say_end(c, status, err);
}

static enum as_status watch(struct as_alert_command *c, struct as_error *err)
{
	siginfo_t info = {0};
	double age_s = as_clock_s() - c->started_s;
	/* ECHILD: whoever started the meter has it that children leave no trace; how this one ended, nobody knows then. */
	int rc = waitid(P_PID, (id_t)c->pid, &info, WEXITED | WNOHANG | WNOWAIT);
	if (rc == 0 ? info.si_pid == c->pid : errno == ECHILD)
		return reap(c, err);
	if (age_s > c->limit_s && !c->told_to_end) {
		kill(-c->pid, SIGTERM);
		c->told_to_end = true;
	} else if (age_s > c->limit_s + GRACE_S && !c->killed) {
		kill(-c->pid, SIGKILL);
		c->killed = true;
	}
	return AS_OK;
}

enum as_status as_alert_command_tick(struct as_alert_command *c, struct as_error *err)
{
	enum as_status status = AS_OK;
	if (c->pid > 0)
		status = watch(c, err);
	if (status == AS_OK && c->pid == 0 && c->waiting)
		status = start(c, err);
	return status;
}

bool as_alert_command_is_busy(const struct as_alert_command *c)
{
	return c->pid > 0 || c->waiting;
}

void as_alert_command_free(struct as_alert_command *c)
{
	if (!c)
		return;
	if (c->pid > 0) {
		kill(-c->pid, SIGKILL);
		while (waitpid(c->pid, NULL, 0) < 0 && errno == EINTR)
			;
	}
	free_list(c->waiting);
	free_list(c->words);
	free(c->path);
	free(c);
}
