/* interface PROGRAM PROJECT [ROWSxCOLS [TERM]]: how long the terminal interface takes from a key to the last byte of the frame
 * that answers it, and how many bytes those are, at rest and while an analysis has every processor. The program runs in a pty as it
 * would under a terminal; a frame is over when nothing more comes for QUIET_MS. While an analysis runs its own progress comes in
 * between, so that sizes are those of the frames that follow a key at once; the last column says whether it did run: with a short
 * shoot it is soon over. */
#define _XOPEN_SOURCE 700
#include <errno.h>
#include <fcntl.h>
#include <poll.h>
#include <signal.h>
#include <stdbool.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/ioctl.h>
#include <sys/wait.h>
#include <termios.h>
#include <time.h>
#include <unistd.h>

#define QUIET_MS 40     /* at rest; longer than the program may think about an Esc */
#define REST_MS 250     /* longer than panes wait for the cursor to rest */
#define BUSY_QUIET_MS 6 /* what comes later than this is the progress */
#define WAIT_S 60.0
#define KEYS_MOST 400

/* How a part of the interface is come to, and the keys that are measured there, one after the other. */
struct scene {
	const char *name, *before, *keys;
	int times;
	const char *after;
	bool idle; /* is not to be had while something runs, where its Esc would stop that */
};

/* The whole shoot, without a key that terminals send each in their own way. */
#define HOME ":zoom-all\r"

/* One key at a time: a word that begins with ESC is one, all else goes byte by byte. */
static const struct scene scenes[] = {
	{"tracks: down", "1g", "j", 80, "", false},
	{"tracks: up", "1", "k", 40, "", false},
	{"tracks: page down, up", "1g", "\006\006\002\002", 5, "", false},
	{"timeline: cursor right", "2" HOME "g", "l", 80, "", false},
	{"timeline: lane down, up", "2g", "jk", 20, "", false},
	{"timeline: next clip", "2g", ".", 40, "", false},
	{"timeline: zoom in, out", "2" HOME, "+++++-----", 6, "", false},
	{"timeline: pan, zoomed in", "2" HOME "++++++", "l", 60, "", false},
	{"timeline: half a screen", "2" HOME "++++++", "L", 20, HOME, false},
	{"timeline: alone, zoom in", "2" HOME "z", "++++----", 5, HOME "z", false},
	{"table: down", "3g", "j", 80, "", false},
	{"table: page down, up", "3g", "\006\006\002\002", 5, "", false},
	{"table: sort", "3g", "o", 22, "", false},
	{"table: filter", "3g", "f", 20, ":filter all\r", false},
	{"next pane", "1", "\t", 20, "1", false},
	{"help, and back", "1", "?\033", 10, "", false},
	{"help: down", "?", "j", 40, "\033", false},
	{"explain, and back", "3g", "i\033", 10, "", false},
	{"command line", "1", ":goto 1:00\b\b\b\b\b\b\b\b\b\033", 3, "", false},
	{"file browser: down", "a", "\033OB", 20, "\033", true},
	{"file browser: typing", "a", "/tm\b\b\b", 4, "\033", true},
};

struct line {
	int fd;
	pid_t pid;
	char tail[1 << 17]; /* what came last, to look for words in */
	size_t n;
};

static double now_s(void)
{
	struct timespec t;

	clock_gettime(CLOCK_MONOTONIC, &t);
	return (double)t.tv_sec + 1e-9 * (double)t.tv_nsec;
}

static void die(const char *what)
{
	fprintf(stderr, "interface: %s: %s\n", what, strerror(errno));
	exit(1);
}

static bool open_line(struct line *l, char *const *argv, int rows, int cols)
{
	struct winsize size = {.ws_row = (unsigned short)rows, .ws_col = (unsigned short)cols};
	int slave = -1;

	*l = (struct line){.fd = posix_openpt(O_RDWR | O_NOCTTY), .pid = -1};
	if (l->fd < 0 || grantpt(l->fd) || unlockpt(l->fd) || (slave = open(ptsname(l->fd), O_RDWR | O_NOCTTY)) < 0)
		die("pty");
	ioctl(slave, TIOCSWINSZ, &size);
	l->pid = fork();
	if (l->pid == 0) {
		setsid();
		ioctl(slave, TIOCSCTTY, 0);
		for (int i = 0; i < 3; i++)
			dup2(slave, i);
		close(slave);
		close(l->fd);
		execv(argv[0], argv);
		_exit(127);
	}
	close(slave);
	fcntl(l->fd, F_SETFL, O_NONBLOCK);
	return l->pid > 0;
}

/* Takes what waits, for at most ms. Returns the bytes. */
static size_t take(struct line *l, int ms)
{
	struct pollfd p = {.fd = l->fd, .events = POLLIN};
	char buf[1 << 14];
	ssize_t n;

	if (poll(&p, 1, ms) <= 0 || (n = read(l->fd, buf, sizeof buf)) <= 0)
		return 0;
	/* What is older than half of it is of no interest any more. */
	if (l->n + (size_t)n >= sizeof l->tail) {
		size_t half = l->n / 2;

		memmove(l->tail, l->tail + l->n - half, half);
		l->n = half;
	}
	memcpy(l->tail + l->n, buf, (size_t)n);
	l->n += (size_t)n;
	return (size_t)n;
}

static size_t settle(struct line *l, int ms, double most_s)
{
	double until_s = now_s() + most_s;
	size_t n = 0, k;

	while (now_s() < until_s && (k = take(l, ms)) > 0)
		n += k;
	return n;
}

/* Until the words have come. Those that ncurses need not send, as they stand there already, never do. */
static bool wait_for(struct line *l, const char *words)
{
	double until_s = now_s() + WAIT_S;

	while (now_s() < until_s) {
		take(l, 100);
		l->tail[l->n] = '\0';
		if (strstr(l->tail, words))
			return true;
	}
	return false;
}

/* One key's length: a sequence behind ESC, or a byte. */
static size_t key_bytes(const char *keys)
{
	return keys[0] == '\033' && keys[1] == 'O' ? 3 : 1;
}

static void send_bytes(struct line *l, const char *keys, size_t n)
{
	/* Linux's console has no other mode for its arrows. */
	if (n == 3 && !strcmp(getenv("TERM"), "linux"))
		keys = "\033[B";
	if (write(l->fd, keys, n) != (ssize_t)n)
		die("write");
}

static void type(struct line *l, const char *keys, bool busy)
{
	while (*keys) {
		size_t n = key_bytes(keys);

		send_bytes(l, keys, n);
		settle(l, busy ? 60 : QUIET_MS, 0.3);
		keys += n;
	}
}

/* In order: a session that ends otherwise is offered to the next one. */
static void close_line(struct line *l)
{
	double until_s = now_s() + WAIT_S;

	type(l, "\033:quit now\r", true);
	while (waitpid(l->pid, NULL, WNOHANG) == 0) {
		take(l, 20);
		if (now_s() > until_s)
			kill(l->pid, SIGKILL);
	}
	close(l->fd);
}

/* --- figures --------------------------------------------------------------------------------------------------- */

struct figures {
	double ms[KEYS_MOST], cpu_ms[KEYS_MOST], bytes[KEYS_MOST], later[KEYS_MOST];
	int n, mute;       /* mute: keys that nothing answered */
	double processors; /* that the program had meanwhile */
};

static int by_size(const void *a, const void *b)
{
	double x = *(const double *)a, y = *(const double *)b;

	return x < y ? -1 : x > y;
}

static double part(double *v, int n, double share)
{
	qsort(v, (size_t)n, sizeof *v, by_size);
	return n > 0 ? v[(int)(share * (n - 1) + 0.5)] : 0;
}

/* What all threads of the program have computed so far; 0 where the system does not say. */
static double all_cpu_s(const struct line *l)
{
	char path[64];
	long user = 0, kernel = 0;
	FILE *f;

	snprintf(path, sizeof path, "/proc/%d/stat", (int)l->pid);
	f = fopen(path, "r");
	if (!f)
		return 0;
	if (fscanf(f, "%*d (%*[^)]) %*c %*d %*d %*d %*d %*d %*u %*u %*u %*u %*u %ld %ld", &user, &kernel) != 2)
		user = kernel = 0;
	fclose(f);
	return (double)(user + kernel) / (double)sysconf(_SC_CLK_TCK);
}

/* The same of its first thread, which draws. */
static double cpu_ms(const struct line *l)
{
	char path[64];
	long long ns = 0;
	FILE *f;

	snprintf(path, sizeof path, "/proc/%d/task/%d/schedstat", (int)l->pid, (int)l->pid);
	f = fopen(path, "r");
	if (!f)
		return 0;
	if (fscanf(f, "%lld", &ns) != 1)
		ns = 0;
	fclose(f);
	return 1e-6 * (double)ns;
}

static void measure(struct line *l, const char *key, size_t n, bool busy, struct figures *f)
{
	double began_s, last_s = 0, until_s, before_ms;
	size_t bytes = 0, k;

	/* What is under way is no answer. */
	while (take(l, 0) > 0)
		;
	before_ms = cpu_ms(l);
	began_s = now_s();
	until_s = began_s + 1;
	send_bytes(l, key, n);
	for (;;) {
		k = take(l, bytes == 0 ? 200 : busy ? BUSY_QUIET_MS : QUIET_MS);
		if (k == 0 || now_s() > until_s)
			break;
		bytes += k;
		last_s = now_s();
	}
	if (bytes == 0) {
		f->mute++;
	} else if (f->n < KEYS_MOST) {
		f->ms[f->n] = 1e3 * (last_s - began_s);
		f->cpu_ms[f->n] = cpu_ms(l) - before_ms;
		f->later[f->n] = busy ? 0 : (double)settle(l, REST_MS, 1);
		f->bytes[f->n++] = (double)bytes;
	}
}

static void print_figures(const char *name, struct figures *f)
{
	printf("%-28s %5d %8.2f %8.2f %8.2f %8.2f %8.2f %8.0f %8.0f %8.0f", name, f->n, part(f->ms, f->n, 0.5), part(f->ms, f->n, 0.95),
	       part(f->ms, f->n, 1), part(f->cpu_ms, f->n, 0.5), part(f->cpu_ms, f->n, 1), part(f->bytes, f->n, 0.5), part(f->bytes, f->n, 1),
	       part(f->later, f->n, 0.5));
	printf(" %8.1f", f->processors);
	printf(f->mute ? "   %d without an answer\n" : "\n", f->mute);
	fflush(stdout);
}

static void play(struct line *l, const struct scene *s, bool busy)
{
	struct figures f = {0};
	double began_s, before_s;

	type(l, s->before, busy);
	settle(l, busy ? 20 : 80, 0.2);
	began_s = now_s();
	before_s = all_cpu_s(l);
	for (int i = 0; i < s->times; i++)
		for (const char *key = s->keys; *key; key += key_bytes(key))
			measure(l, key, key_bytes(key), busy, &f);
	f.processors = (all_cpu_s(l) - before_s) / (now_s() - began_s);
	type(l, s->after, busy);
	print_figures(s->name, &f);
}

static bool run(char *program, char *project, int rows, int cols, bool busy)
{
	static char no_cache[] = "--no-cache";
	char *argv[] = {program, project, busy ? no_cache : NULL, NULL};
	struct line l;
	double began_s = now_s();

	if (!open_line(&l, argv, rows, cols) || !wait_for(&l, "synced")) {
		fprintf(stderr, "interface: %s does not show %s\n", program, project);
		close_line(&l);
		return false;
	}
	printf("%d columns, %d rows, TERM=%s, %s; the project is shown after %.0f ms\n", cols, rows, getenv("TERM"),
	       busy ? "while an analysis runs" : "at rest", 1e3 * (now_s() - began_s));
	/* Waveforms come in. */
	if (!busy)
		settle(&l, 1500, WAIT_S);
	printf("%-28s %5s %8s %8s %8s %8s %8s %8s %8s %8s %8s\n", "", "keys", "ms", "95 %", "most", "CPU ms", "most", "bytes", "most",
	       "later", "CPUs");
	if (busy) {
		type(&l, "s", true);
		settle(&l, 30, 2);
	}
	for (size_t i = 0; i < sizeof scenes / sizeof *scenes; i++)
		if (!busy || !scenes[i].idle)
			play(&l, &scenes[i], busy);
	printf("\n");
	close_line(&l);
	return true;
}

int main(int argc, char **argv)
{
	int rows = 60, cols = 200;

	if (argc < 3 || (argc > 3 && sscanf(argv[3], "%dx%d", &cols, &rows) != 2))
		return 2;
	setenv("TERM", argc > 4 ? argv[4] : "xterm-256color", 1);
	return run(argv[1], argv[2], rows, cols, false) && run(argv[1], argv[2], rows, cols, true) ? 0 : 1;
}
