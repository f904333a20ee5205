/* What waveforms cost: `waveform FILE…` loads the files without and with, then draws 200 columns at several zooms.
 * Times are the best of three, of CPU; loads are of one thread. At last they are all analysed, and drawn meanwhile. */
#include <math.h>
#include <poll.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <time.h>
#include <unistd.h>

#include <audiosync/audiosync.h>

#include "dsp/peaks.h"
#include "dsp/synth.h"

#define RATE 8000
#define COLUMNS 200
#define HOURS 10

static double now_s(clockid_t clock)
{
	struct timespec t;
	clock_gettime(clock, &t);
	return (double)t.tv_sec + (double)t.tv_nsec * 1e-9;
}

static unsigned char *bytes;
static size_t n_bytes;

static bool collect(void *ctx, const void *data, size_t n)
{
	(void)ctx;
	memcpy(bytes + n_bytes, data, n);
	n_bytes += n;
	return true;
}

static void draw(const struct as_peaks *p)
{
	static const double steps_s[] = {0.000125, 0.001, 0.01, 0.0319, 0.1, 1, 10, 60, 180};
	struct as_waveform_column c[COLUMNS];
	struct as_rng r;
	as_rng_seed(&r, 1);
	for (size_t z = 0; z < sizeof steps_s / sizeof *steps_s; z++) {
		double step = steps_s[z] * RATE, begin = now_s(CLOCK_PROCESS_CPUTIME_ID);
		int n = 200;
		for (int i = 0; i < n; i++)
			as_peaks_draw(p, as_rng_uniform(&r, 0, fmax(1, (double)p->n - COLUMNS * step)), step, COLUMNS, c);
		printf("draw 200 columns of %8.4f s   %6.1f us\n", steps_s[z], (now_s(CLOCK_PROCESS_CPUTIME_ID) - begin) / n * 1e6);
	}
}

static void make_and_draw(void)
{
	static float v[RATE];
	struct as_rng r;
	struct as_peaks p;
	double begin, best = INFINITY;
	bytes = malloc((size_t)HOURS * 3600 * RATE * 2);
	as_rng_seed(&r, 3);
	as_synth_noise(&r, v, RATE, 0.1);
	for (int t = 0; t < 3 && bytes; t++) {
		struct as_peaks_maker *m = as_peaks_maker_new(collect, NULL);
		n_bytes = 0;
		begin = now_s(CLOCK_PROCESS_CPUTIME_ID);
		for (int i = 0; i < HOURS * 3600; i++)
			as_peaks_maker_feed(m, v, RATE);
		as_peaks_maker_end(m);
		best = fmin(best, now_s(CLOCK_PROCESS_CPUTIME_ID) - begin);
		as_peaks_maker_free(m);
	}
	printf("make, without writing        %6.1f ms an hour\n", best / HOURS * 1e3);
	printf("bytes                        %6.2f MB an hour\n", (double)n_bytes / HOURS / 1e6);
	if (as_peaks_open(&p, bytes, n_bytes))
		draw(&p);
	free(bytes);
}

static struct as_session *open_session(const char *threads, char **paths, int n)
{
	struct as_options *opt = as_options_new();
	as_options_set(opt, "general.threads", threads, NULL, NULL);
	as_options_set(opt, "cache.enabled", "no", NULL, NULL);
	struct as_session *s = as_session_new(opt, NULL);
	as_options_free(opt);
	for (int i = 0; s && i < n; i++)
		as_session_add(s, paths[i], NULL, NULL);
	return s;
}

/* True once the run has ended. */
static bool wait_ms(struct as_session *s, int ms)
{
	struct pollfd p = {.fd = as_session_fd(s), .events = POLLIN};
	struct as_event e;
	bool done = false;
	poll(&p, 1, ms);
	while (as_session_next_event(s, &e))
		done = done || e.kind == AS_EVENT_DONE;
	return done;
}

/* CPU seconds of an analysis without matches, in which all is decoded. */
static double load_s(char *path, bool want)
{
	struct as_session *s = open_session("1", &path, 1);
	double begin = now_s(CLOCK_PROCESS_CPUTIME_ID);
	if (s && want)
		as_session_want_waveforms(s);
	if (s && as_session_analyze(s, NULL) == AS_OK)
		while (!wait_ms(s, -1))
			continue;
	as_session_free(s);
	return now_s(CLOCK_PROCESS_CPUTIME_ID) - begin;
}

static int by_size(const void *a, const void *b)
{
	double x = *(const double *)a, y = *(const double *)b;
	return x < y ? -1 : x > y;
}

/* How long a call takes while all processors work. */
static void draw_while_busy(char **paths, int n)
{
	enum { MAX = 100000 };
	struct as_waveform_column c[COLUMNS];
	struct as_session *s = open_session("0", paths, n);
	double *took = malloc(MAX * sizeof *took);
	int calls = 0;
	struct as_rng r;
	as_rng_seed(&r, 1);
	if (!s || !took)
		return;
	as_session_want_waveforms(s);
	if (as_session_analyze(s, NULL) == AS_OK) {
		while (!wait_ms(s, 5)) {
			double step = pow(10, as_rng_uniform(&r, -3, 1)), begin = now_s(CLOCK_MONOTONIC);
			if (as_session_waveform(s, as_rng_below(&r, n), as_rng_uniform(&r, 0, 600), step, COLUMNS, c) && calls < MAX)
				took[calls++] = now_s(CLOCK_MONOTONIC) - begin;
		}
	}
	qsort(took, (size_t)calls, sizeof *took, by_size);
	if (calls)
		printf("while busy: %d calls, half under %.0f us, 99 in 100 under %.0f us, longest %.0f us\n", calls,
		       took[calls / 2] * 1e6, took[calls * 99 / 100] * 1e6, took[calls - 1] * 1e6);
	free(took);
	as_session_free(s);
}

int main(int argc, char **argv)
{
	make_and_draw();
	for (int i = 1; i < argc; i++) {
		double plain = INFINITY, with = INFINITY;
		for (int t = 0; t < 3; t++) {
			plain = fmin(plain, load_s(argv[i], false));
			with = fmin(with, load_s(argv[i], true));
		}
		printf("load %.2f s, with waveform %.2f s: %+.1f %%  %s\n", plain, with, (with / plain - 1) * 100, argv[i]);
	}
	if (argc > 1)
		draw_while_busy(argv + 1, argc - 1);
	return 0;
}
