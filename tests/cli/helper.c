/* What the tests of the program need beside a shell: sound from a seed, a look into JSON, an interrupt at the right moment.
 *
 *   helper wav OUT KIND SECONDS SEED [FROM_S [RATE_HZ [SPARSE_S]]]
 *       16-bit mono WAV. KIND: talk (bursts that correlate with themselves only), noise, tone, silence. talk with the same
 *       seed is one sound, of which FROM_S on is written. SPARSE_S: a hole of silence up to that length.
 *   helper jsonl FILE PATH [VALUE]
 *       of a file of one JSON object a line: the value at PATH in each that has it ("none" is printed for the others); with VALUE,
 *       how many lines have it. Every line has to be one object and to end.
 *   helper readings FILE [CALIBRATION_MS]
 *       whether FILE, of live --json, is what doc/json.md says of it: fields, their order and types, what is null when, what follows
 *       from each other.
 *   helper prometheus FILE
 *       whether FILE is what Prometheus' text format promises: names, HELP and TYPE before the samples of each metric, labels,
 *       values, no sample twice.
 *   helper json FILE PATH
 *       prints the values at PATH, one a line: "tracks.*.clips.0.path"; '*' is every element
 *       ("none" where it has no such field), '#' the number of them.
 *   helper tty COLUMNS ROWS FILE COMMAND…
 *       runs COMMAND with a terminal of that size as stderr. FILE gets what stands on it in the end, one line for
 *       each row that is not empty, and then "rows N": how many rows were ever written to.
 *   helper mpv SOCKET WORD…
 *       gives an mpv player a command of its JSON IPC, numbers and booleans as such, and prints what it answers ("none": null).
 *   helper nobody COMMAND…
 *       runs COMMAND as a user whom permissions bind, also where the tests run as root.
 *   helper interrupt WORD COMMAND…
 *       runs COMMAND, sends it SIGINT when WORD appears on its stderr, passes both outputs and the exit status on.
 */
#define _XOPEN_SOURCE 700
#include <errno.h>
#include <fcntl.h>
#include <math.h>
#include <signal.h>
#include <stdint.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/ioctl.h>
#include <sys/socket.h>
#include <sys/un.h>
#include <sys/wait.h>
#include <termios.h>
#include <unistd.h>

#include <jansson.h>

#include "helper_live.h"

static int usage(void)
{
	fprintf(stderr, "helper: see the head of tests/cli/helper.c\n");
	return 2;
}

static uint32_t hash(uint32_t seed, uint32_t i)
{
	uint32_t x = seed * 0x9e3779b9u + i * 0x85ebca6bu;
	x ^= x >> 16;
	x *= 0x7feb352du;
	x ^= x >> 15;
	x *= 0x846ca68bu;
	return x ^ x >> 16;
}

static double uniform(uint32_t seed, uint32_t i)
{
	return (double)hash(seed, i) / 4294967296.0;
}

/* The sound at time t of a world with this seed: syllables of noise and gliding tones, with pauses. */
static double talk(uint32_t seed, double t, uint32_t frame)
{
	uint32_t syllable = (uint32_t)floor(t * 5);
	double at = t * 5 - syllable, loud = uniform(seed + 1, syllable);
	if (loud < 0.3)
		return 0;
	double pitch = 200 + 1500 * uniform(seed + 2, syllable) + 200 * at;
	double noise = 2 * uniform(seed + 3, frame) - 1;
	return sin(3.14159265358979 * at) * loud *
	       (0.5 * sin(6.283185307179586 * pitch * at / 5) + 0.4 * noise);
}

static void put16(unsigned char *p, uint32_t v)
{
	p[0] = (unsigned char)v;
	p[1] = (unsigned char)(v >> 8);
}

static void put32(unsigned char *p, uint32_t v)
{
	put16(p, v & 0xffff);
	put16(p + 2, v >> 16);
}

static void wav_head(unsigned char head[44], uint32_t frames, uint32_t rate)
{
	memset(head, 0, 44);
	memcpy(head, "RIFF", 4);
	put32(head + 4, 36 + frames * 2);
	memcpy(head + 8, "WAVEfmt ", 8);
	put32(head + 16, 16);
	put16(head + 20, 1);
	put16(head + 22, 1);
	put32(head + 24, rate);
	put32(head + 28, rate * 2);
	put16(head + 32, 2);
	put16(head + 34, 16);
	memcpy(head + 36, "data", 4);
	put32(head + 40, frames * 2);
}

static int wav(int argc, char **argv)
{
	if (argc < 4)
		return usage();
	double seconds = atof(argv[2]), from_s = argc > 4 ? atof(argv[4]) : 0,
	       all_s = argc > 6 ? atof(argv[6]) : 0;
	uint32_t seed = (uint32_t)atol(argv[3]), rate = argc > 5 ? (uint32_t)atol(argv[5]) : 8000;
	uint32_t n = (uint32_t)lround(seconds * rate), all = (uint32_t)lround(all_s * rate);
	uint32_t first = (uint32_t)lround(from_s * rate);
	unsigned char head[44], sample[2];
	FILE *out = fopen(argv[0], "wb");
	if (!out)
		return 1;
	wav_head(head, all > n ? all : n, rate);
	fwrite(head, 1, sizeof(head), out);
	for (uint32_t i = 0; i < n; i++) {
		double t = (double)(first + i) / rate, v = 0;
		if (strcmp(argv[1], "talk") == 0)
			v = talk(seed, t, first + i);
		else if (strcmp(argv[1], "noise") == 0)
			v = uniform(seed, first + i) - 0.5;
		else if (strcmp(argv[1], "tone") == 0)
			v = 0.5 * sin(6.283185307179586 * 440 * t);
		put16(sample, (uint32_t)(int32_t)lround(v * 20000) & 0xffff);
		fwrite(sample, 1, 2, out);
	}
	int failed = fflush(out) != 0;
	if (all > n)
		failed |= ftruncate(fileno(out), 44 + (off_t)all * 2) != 0;
	return fclose(out) != 0 || failed;
}

static void print_value(const json_t *v)
{
	if (json_is_string(v)) {
		for (const char *c = json_string_value(v); *c; c++)
			if (*c == '\n')
				fputs("\\n", stdout); /* one value, one line */
			else
				putchar(*c);
		putchar('\n');
		return;
	}
	if (json_is_real(v))
		printf("%.9g\n", json_real_value(v));
	else if (json_is_integer(v))
		printf("%lld\n", (long long)json_integer_value(v));
	else
		printf("%s\n", json_is_true(v)    ? "true"
			       : json_is_false(v) ? "false"
			       : json_is_null(v)  ? "null"
						  : "?");
}

static int walk(json_t *v, const char *path)
{
	char key[128];
	size_t n = strcspn(path, ".");
	const char *rest = path[n] ? path + n + 1 : path + n;
	int found = 0;
	if (!v)
		return 0;
	if (!*path) {
		print_value(v);
		return 1;
	}
	snprintf(key, sizeof(key), "%.*s", (int)n, path);
	if (strcmp(key, "#") == 0) {
		printf("%zu\n", json_is_array(v) ? json_array_size(v) : json_object_size(v));
		return 1;
	}
	if (strcmp(key, "*") != 0)
		return walk(json_is_array(v) ? json_array_get(v, (size_t)atol(key))
					     : json_object_get(v, key),
			    rest);
	for (size_t i = 0; i < json_array_size(v); i++, found++)
		if (!walk(json_array_get(v, i), rest) && !strchr(rest, '*'))
			puts("none"); /* so that lists of several fields stay in step */
	return found;
}

/* Exit status 1: not JSON; 3: nothing at that path. */
static int json(int argc, char **argv)
{
	json_error_t e;
	if (argc != 2)
		return usage();
	json_t *root = json_load_file(argv[0], JSON_REJECT_DUPLICATES, &e);
	if (!root) {
		fprintf(stderr, "%s:%d: %s\n", argv[0], e.line, e.text);
		return 1;
	}
	int found = walk(root, argv[1]);
	json_decref(root);
	return found ? 0 : 3;
}

/* The value at path as text; "none" where there is none. */
static void value_at(json_t *v, const char *path, char *out, size_t n)
{
	v = json_object_get(v, path);
	if (!v)
		snprintf(out, n, "none");
	else if (json_is_string(v))
		snprintf(out, n, "%s", json_string_value(v));
	else if (json_is_number(v))
		snprintf(out, n, "%.9g", json_number_value(v));
	else
		snprintf(out, n, "%s", json_is_true(v) ? "true" : json_is_false(v) ? "false" : json_is_null(v) ? "null" : "?");
}

static int jsonl(int argc, char **argv)
{
	char line[8192], value[256];
	int n = 0, number = 0;
	if (argc != 2 && argc != 3)
		return usage();
	FILE *in = fopen(argv[0], "r");
	if (!in)
		return 1;
	while (fgets(line, sizeof(line), in)) {
		json_error_t e;
		json_t *root = json_loads(line, JSON_REJECT_DUPLICATES, &e);
		number++;
		if (!json_is_object(root) || !strchr(line, '\n')) {
			fprintf(stderr, "%s:%d: not an object on a line of its own: %s", argv[0], number, line);
			return 1;
		}
		value_at(root, argv[1], value, sizeof(value));
		if (argc == 2)
			puts(value);
		else
			n += strcmp(value, argv[2]) == 0;
		json_decref(root);
	}
	fclose(in);
	if (argc == 3)
		printf("%d\n", n);
	return 0;
}

static int interrupt(int argc, char **argv)
{
	int err[2];
	char line[4096];
	int sent = 0, status = 0;
	if (argc < 2 || pipe(err) != 0)
		return usage();
	pid_t pid = fork();
	if (pid < 0)
		return 1;
	if (pid == 0) {
		signal(SIGINT, SIG_DFL);
		dup2(err[1], STDERR_FILENO);
		close(err[0]);
		close(err[1]);
		execvp(argv[1], argv + 1);
		_exit(127);
	}
	close(err[1]);
	FILE *in = fdopen(err[0], "r");
	while (in && fgets(line, sizeof(line), in)) {
		fputs(line, stderr);
		if (!sent && strstr(line, argv[0])) {
			kill(pid, SIGINT);
			sent = 1;
		}
	}
	while (waitpid(pid, &status, 0) < 0)
		if (errno != EINTR)
			return 1;
	if (!sent)
		fprintf(stderr, "helper: \"%s\" never came\n", argv[0]);
	return WIFSIGNALED(status) ? 128 + WTERMSIG(status) : WEXITSTATUS(status);
}

#define TTY_ROWS 4096
#define TTY_COLS 256

/* As much of a terminal as the progress block may use: text, \n, \r, erase to the end of the line, up, colours. */
struct tty {
	char cell[TTY_ROWS][TTY_COLS];
	int row, col, cols, lowest;
	int escape; /* 1 after ESC, 2 inside its sequence */
	int number;
};

static void tty_sequence(struct tty *t, unsigned char c)
{
	if (t->escape == 1) {
		t->escape = c == '[' ? 2 : 0;
		t->number = 0;
	} else if (c >= '0' && c <= '9') {
		t->number = t->number * 10 + (c - '0');
	} else {
		t->escape = c == ';' ? 2 : 0;
		if (c == 'K')
			memset(t->cell[t->row] + t->col, ' ', (size_t)(t->cols - t->col));
		else if (c == 'A')
			t->row = t->row > t->number ? t->row - (t->number ? t->number : 1) : 0;
		else if (c != 'm' && c != ';')
			t->cell[TTY_ROWS - 1][0] =
				'!'; /* nothing else is allowed: shows up in the dump */
	}
}

static void tty_put(struct tty *t, unsigned char c)
{
	if (t->escape) {
		tty_sequence(t, c);
		return;
	}
	if (c == 0x1b) {
		t->escape = 1;
	} else if (c == '\r') {
		t->col = 0;
	} else if (c == '\n' || ((c & 0xc0) != 0x80 && t->col == t->cols)) {
		t->row += t->row < TTY_ROWS - 2;
		t->col = 0;
	}
	if (c < 0x20 || (c & 0xc0) == 0x80) /* a character counts once, by its first byte */
		return;
	if (t->row > t->lowest)
		t->lowest = t->row;
	t->cell[t->row][t->col++] = c < 0x80 ? (char)c : '?';
}

static int tty_dump(const struct tty *t, const char *path)
{
	FILE *out = fopen(path, "w");
	if (!out)
		return 1;
	for (int r = 0; r < TTY_ROWS; r++) {
		int n = t->cols;
		while (n > 0 && (t->cell[r][n - 1] == ' ' || t->cell[r][n - 1] == '\0'))
			n--;
		if (n > 0)
			fprintf(out, "%.*s\n", n, t->cell[r]);
	}
	fprintf(out, "rows %d\n", t->lowest + 1);
	return fclose(out) != 0;
}

static int tty(int argc, char **argv)
{
	static struct tty screen;
	char bytes[4096];
	ssize_t n;
	int status = 0;
	if (argc < 4)
		return usage();
	struct winsize size = {.ws_col = (unsigned short)atoi(argv[0]),
			       .ws_row = (unsigned short)atoi(argv[1])};
	screen.cols = size.ws_col < TTY_COLS ? size.ws_col : TTY_COLS;
	memset(screen.cell, ' ', sizeof(screen.cell));
	int master = posix_openpt(O_RDWR | O_NOCTTY);
	if (master < 0 || grantpt(master) != 0 || unlockpt(master) != 0)
		return 1;
	int slave = open(ptsname(master), O_RDWR | O_NOCTTY);
	if (slave < 0 || ioctl(slave, TIOCSWINSZ, &size) != 0)
		return 1;
	pid_t pid = fork();
	if (pid == 0) {
		dup2(slave, STDERR_FILENO);
		close(master);
		close(slave);
		execvp(argv[3], argv + 3);
		_exit(127);
	}
	close(slave);
	while ((n = read(master, bytes, sizeof(bytes))) > 0) /* EIO: the other end is closed */
		for (ssize_t i = 0; i < n; i++)
			tty_put(&screen, (unsigned char)bytes[i]);
	while (pid < 0 || waitpid(pid, &status, 0) < 0)
		if (pid < 0 || errno != EINTR)
			return 1;
	if (tty_dump(&screen, argv[2]) != 0)
		return 1;
	return WIFSIGNALED(status) ? 128 + WTERMSIG(status) : WEXITSTATUS(status);
}

/* One answer among whatever else the player says. */
static int mpv_answer(FILE *f)
{
	char line[65536];
	while (fgets(line, sizeof line, f)) {
		json_t *o = json_loads(line, 0, NULL), *data = json_object_get(o, "data");
		if (json_integer_value(json_object_get(o, "request_id")) != 77) {
			json_decref(o);
			continue;
		}
		const char *error = json_string_value(json_object_get(o, "error"));
		int code = error && strcmp(error, "success") == 0 ? 0 : 1;
		char *text = data && !json_is_null(data) ? json_dumps(data, JSON_ENCODE_ANY) : NULL;
		puts(text ? text : "none");
		free(text);
		json_decref(o);
		return code;
	}
	return 1;
}

static int mpv(int argc, char **argv)
{
	struct sockaddr_un to = {.sun_family = AF_UNIX};
	if (argc < 2 || strlen(argv[0]) >= sizeof to.sun_path)
		return usage();
	memcpy(to.sun_path, argv[0], strlen(argv[0]));
	json_t *words = json_array(), *o = json_pack("{s:o,s:i}", "command", words, "request_id", 77);
	for (int i = 1; i < argc; i++) {
		json_t *v = json_loads(argv[i], JSON_DECODE_ANY, NULL);
		json_array_append_new(words, v ? v : json_string(argv[i]));
	}
	int fd = socket(AF_UNIX, SOCK_STREAM, 0), code = 1;
	FILE *f = fd >= 0 && connect(fd, (struct sockaddr *)&to, sizeof to) == 0 ? fdopen(fd, "r+") : NULL;
	char *text = json_dumps(o, JSON_COMPACT);
	if (f && text && fprintf(f, "%s\n", text) > 0 && fflush(f) == 0)
		code = mpv_answer(f);
	if (f)
		fclose(f);
	else if (fd >= 0)
		close(fd);
	free(text);
	json_decref(o);
	return code;
}

static int nobody(char **argv)
{
	if (geteuid() == 0 && (setgid(65534) != 0 || setuid(65534) != 0)) {
		perror("helper: nobody");
		return 126;
	}
	execvp(argv[0], argv);
	perror(argv[0]);
	return 127;
}

int main(int argc, char **argv)
{
	if (argc < 3)
		return usage();
	if (strcmp(argv[1], "wav") == 0)
		return wav(argc - 2, argv + 2);
	if (strcmp(argv[1], "json") == 0)
		return json(argc - 2, argv + 2);
	if (strcmp(argv[1], "jsonl") == 0)
		return jsonl(argc - 2, argv + 2);
	if (strcmp(argv[1], "readings") == 0)
		return helper_readings(argv[2], argc > 3 ? atof(argv[3]) : 0);
	if (strcmp(argv[1], "prometheus") == 0)
		return helper_prometheus(argv[2]);
	if (strcmp(argv[1], "tty") == 0)
		return tty(argc - 2, argv + 2);
	if (strcmp(argv[1], "mpv") == 0)
		return mpv(argc - 2, argv + 2);
	if (strcmp(argv[1], "nobody") == 0)
		return nobody(argv + 2);
	if (strcmp(argv[1], "interrupt") == 0)
		return interrupt(argc - 2, argv + 2);
	return usage();
}
