/* exact DIR [MINUTES [SEEDS]]: how true the exported sound is. Known sound, recorded by devices whose clocks are off, exported
 * and compared with the same sound at the true times: placed by the analysis first, then where it is known to lie. With SEEDS
 * only clocks that wander, so many of each kind. */
#include <math.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

#include "../unit/synced.h"
#include "../unit/truth.h"
#include "dsp/synth.h"

#define WINDOW_S 2
#define KNOTS_MAX 4096

static char in[1024], out[1024];
static double v[WINDOW_S * 192000];

/* A clock that swings: knots every 20 s, some tenths of a ms to and fro, 0 first. */
static int swing(struct as_clock_knot *k, double length_s)
{
	int n = 0;
	for (double at = 5; at < length_s && n < KNOTS_MAX; at += 20, n++) {
		k[n].at_s = at;
		k[n].shift_s = n == 0 ? 0 : 0.4e-3 * sin(0.7 * n) + 0.3e-3 * sin(0.23 * n);
	}
	return n;
}

/* A clock that warms up: off by 20 ppm at first, and less and less so. */
static int warm_up(struct as_clock_knot *k, double length_s, uint64_t seed)
{
	double tau_s = 60.0 + 60.0 * (double)(seed % 5);
	int n = 0;
	for (double at = 0; at < length_s && n < KNOTS_MAX; at += length_s / (KNOTS_MAX - 1), n++) {
		k[n].at_s = at;
		k[n].shift_s = 20e-6 * tau_s * (1 - exp(-at / tau_s));
	}
	return n;
}

/* A clock whose rate makes a random walk, about 2 ppm in a minute. */
static int walk(struct as_clock_knot *k, double length_s, uint64_t seed)
{
	struct as_rng rng;
	double every_s = fmax(1.0, length_s / (KNOTS_MAX - 1)), rate = 0, shift = 0;
	int n = 0;
	as_rng_seed(&rng, seed);
	for (double at = 0; at < length_s && n < KNOTS_MAX; at += every_s, n++) {
		k[n].at_s = at;
		k[n].shift_s = shift;
		shift += rate * every_s;
		rate += 2e-6 * sqrt(every_s / 60) * as_rng_normal(&rng);
	}
	return n;
}

/* The swing at any moment, faster or slower. */
static int swing_by(struct as_clock_knot *k, double length_s, uint64_t seed)
{
	struct as_rng rng;
	as_rng_seed(&rng, seed);
	double f = as_rng_uniform(&rng, 0.02, 0.04), phase = as_rng_uniform(&rng, 0, 6);
	int n = 0;
	for (double at = 0; at < length_s && n < KNOTS_MAX; at += length_s / (KNOTS_MAX - 1), n++) {
		k[n].at_s = at;
		k[n].shift_s = 0.4e-3 * (sin(f * at + phase) - sin(phase)) + 0.3e-3 * sin(0.4 * f * at);
	}
	return n;
}

struct worst {
	double late_s, gain, peak, null_db;
};

static struct truth_error look(const struct truth *x, int rate_hz, double at_s, double length_s,
			       struct worst *w)
{
	int64_t from = (int64_t)(at_s * rate_hz);
	int n = (int)(length_s * rate_hz);
	truth_read(out, from, v, n);
	struct truth_error e = truth_compare(x, v, from, n, rate_hz);
	w->late_s = fmax(w->late_s, fabs(e.late_s));
	w->gain = fmax(w->gain, fabs(e.gain - 1));
	w->peak = fmax(w->peak, e.peak);
	w->null_db = fmax(w->null_db, e.null_db);
	return e;
}

/* One row: a clip of `minutes` through the export, looked at from start to end. */
static void null_test(const char *name, double minutes, double in_hz, int out_hz, double ppm,
		      bool wander)
{
	static struct as_clock_knot knots[KNOTS_MAX];
	const struct truth x = truth_chord(40, 0.43 * fmin(in_hz, out_hz), TRUTH_VOICES, 0.1, 7);
	const int64_t frames = (int64_t)(minutes * 60 * in_hz);
	const double length_s = minutes * 60;
	struct truth_device d = {.rate_hz = in_hz, .start_s = 0.512345678, .ppm = ppm, .clock = knots};
	d.n_clock = wander ? swing(knots, length_s) : 0;
	struct truth_export e = {
		.rate_hz = out_hz, .depth = 24, .frames = (int64_t)((length_s + 2) * out_hz)};
	truth_record(in, &x, &d, frames, 32);
	truth_stitch(in, out, &d, frames, &e);
	struct worst w = {.null_db = -999}, at_knots = {.null_db = -999};
	double end_s = d.start_s + length_s / (1 + ppm * 1e-6);
	double head = look(&x, out_hz, 1, WINDOW_S, &w).late_s;
	double middle = look(&x, out_hz, length_s / 2, WINDOW_S, &w).late_s;
	double tail = look(&x, out_hz, end_s - 1 - WINDOW_S, WINDOW_S, &w).late_s;
	for (double at = 30; at < end_s - WINDOW_S; at += 60)
		look(&x, out_hz, at, 0.25, &w);
	for (int k = 0; k < d.n_clock; k++) {
		double at = d.start_s + knots[k].at_s / (1 + ppm * 1e-6) + knots[k].shift_s;
		if (at + 0.1 < end_s)
			look(&x, out_hz, at - 0.02, 0.04, &at_knots);
	}
	printf("%-34s %+9.5f %+9.5f %+9.5f %9.5f %8.1f %+10.1e %8.1f", name, head * 1e6, middle * 1e6,
	       tail * 1e6, w.late_s * 1e6, w.null_db, w.gain, 20 * log10(w.peak));
	if (d.n_clock > 0)
		printf(" %8.1f", 20 * log10(at_knots.peak));
	printf("\n");
	fflush(stdout);
	unlink(in);
	unlink(out);
}

/* A tone through the export: what is there beside it, in dBFS. */
static struct truth_error tone(double hz, double peak, double in_hz, int out_hz, double ppm,
			       int depth, bool dither)
{
	const struct truth x = truth_tone(hz, peak);
	const struct truth_device d = {.rate_hz = in_hz, .start_s = 0.0123456, .ppm = ppm};
	struct truth_export e = {
		.rate_hz = out_hz, .depth = depth, .dither = dither, .frames = 4 * (int64_t)out_hz};
	const int64_t frames = (int64_t)(4 * in_hz);
	struct worst w = {0};
	truth_record(in, &x, &d, frames, 32);
	truth_stitch(in, out, &d, frames, &e);
	return look(&x, out_hz, 1, WINDOW_S, &w);
}

static double rms_db(double at_s, int rate_hz)
{
	double sum = 0;
	int n = WINDOW_S * rate_hz;
	truth_read(out, (int64_t)(at_s * rate_hz), v, n);
	for (int i = 0; i < n; i++)
		sum += v[i] * v[i];
	return 10 * log10(sum / n + 1e-300);
}

/* One row: noise and distortion of a loud tone, ripple, and what lies beyond the new rate. */
static void quality(double in_hz, int out_hz, double ppm)
{
	static const double share[] = {0.01, 0.03, 0.1, 0.3, 0.5, 0.6, 0.7, 0.8, 0.85, 0.9};
	const double nyquist = fmin(in_hz, out_hz) / 2, top = fmin(20000, 0.9 * nyquist);
	double high = -999, low = 999, image = -999, alias = -999;
	double f = nyquist > 2000 ? 997 : 97;
	double real = tone(f, 0.891, in_hz, out_hz, ppm, 32, false).rest_db;
	double whole = tone(f, 0.891, in_hz, out_hz, ppm, 24, false).rest_db;
	double dithered = tone(f, 0.891, in_hz, out_hz, ppm, 24, true).rest_db;
	for (size_t i = 0; i < sizeof share / sizeof *share; i++) {
		double hz = share[i] / 0.9 * top;
		struct truth_error e = tone(hz, 0.5, in_hz, out_hz, ppm, 32, false);
		high = fmax(high, 20 * log10(e.gain));
		low = fmin(low, 20 * log10(e.gain));
		image = fmax(image, e.rest_db);
	}
	for (int i = 0; i < 6 && out_hz < in_hz; i++) {
		/* From where it would fold back to under 20 kHz, or as far above the new half as 20 kHz is below. */
		double from = out_hz - fmin(top, 0.45 * out_hz), to = 0.98 * in_hz / 2;
		tone(from + (to - from) * i / 5, 0.891, in_hz, out_hz, ppm, 32, false);
		alias = fmax(alias, rms_db(1, out_hz));
	}
	printf("%6g -> %6d %+6g ppm %9.1f %9.1f %9.1f %10.5f %9.1f", in_hz, out_hz, ppm, real, whole,
	       dithered, high - low, image);
	if (alias > -900)
		printf(" %9.1f", alias);
	printf("\n");
	fflush(stdout);
	unlink(in);
	unlink(out);
}

static void all_nulls(double minutes)
{
	printf("\nNull test: clips of %g minutes, 32 tones of 40 Hz to 0.43 of the lower rate, -20 dBFS, begin between samples,\n"
	       "24 bit without dither. Lateness in microseconds at start, middle, end, and the worst of windows each minute; worst\n"
	       "null (difference against the sound, RMS); worst gain - 1; largest difference in dBFS; that around clock knots.\n",
	       minutes);
	printf("%-34s %9s %9s %9s %9s %8s %10s %8s %8s\n", "", "start us", "middle us", "end us",
	       "worst us", "null dB", "gain - 1", "peak", "at knots");
	null_test("48 kHz, no drift", minutes, 48000, 48000, 0, false);
	null_test("48 kHz, +12 ppm", minutes, 48000, 48000, 12, false);
	null_test("48 kHz, -12 ppm", minutes, 48000, 48000, -12, false);
	null_test("48 kHz, +100 ppm", minutes, 48000, 48000, 100, false);
	null_test("48 kHz, -100 ppm", minutes, 48000, 48000, -100, false);
	null_test("48 kHz, +12 ppm, wandering", minutes, 48000, 48000, 12, true);
	null_test("44.1 -> 48 kHz, +12 ppm", minutes, 44100, 48000, 12, false);
	null_test("48 -> 44.1 kHz, -12 ppm, wandering", minutes, 48000, 44100, -12, true);
	null_test("96 -> 48 kHz, +100 ppm", minutes, 96000, 48000, 100, false);
	null_test("44.1 -> 96 kHz, -3.3 ppm", minutes, 44100, 96000, -3.3, false);
	null_test("44.1 -> 48 kHz", minutes, 44100, 48000, 0, false);
}

/* Analysis and export together: what the placement's own error leaves. */
static void synced(const char *dir, const char *name, double minutes, const struct truth_device *d)
{
	struct synced r = synced_run(dir, d, minutes * 60);
	printf("%-34s %+9.3f %+9.3f %+9.3f %9.3f %+12.4f %6d\n", name, r.start_s * 1e6, r.middle_s * 1e6,
	       r.end_s * 1e6, r.worst_s * 1e6, r.drift_ppm, r.n_clock);
	fflush(stdout);
}

static void synced_line(const char *dir, const char *name, double minutes, double rate_hz, double ppm)
{
	const struct truth_device d = {.rate_hz = rate_hz, .ppm = ppm};
	synced(dir, name, minutes, &d);
}

static void all_wandering(const char *dir, double minutes, int seeds)
{
	static struct as_clock_knot knots[KNOTS_MAX];
	static const struct {
		const char *name;
		int (*make)(struct as_clock_knot *, double, uint64_t);
	} kinds[] = {{"warming up", warm_up}, {"a random walk", walk}, {"swinging", swing_by}};
	struct truth_device d = {.rate_hz = 48000, .ppm = 12, .clock = knots};
	d.n_clock = swing(knots, minutes * 60);
	synced(dir, "+12 ppm, a knot each 20 s", minutes, &d);
	for (size_t i = 0; i < sizeof kinds / sizeof *kinds; i++)
		for (int seed = 1; seed <= seeds; seed++) {
			char name[64];
			d.n_clock = kinds[i].make(knots, minutes * 60, (uint64_t)seed);
			d.ppm = seed % 2 ? 12 : -37;
			snprintf(name, sizeof name, "%+g ppm, %s, seed %d", d.ppm, kinds[i].name, seed);
			synced(dir, name, minutes, &d);
		}
}

static void synced_head(double minutes)
{
	printf("Analysis and export: two recordings of %g minutes of one sound, the second begins between samples. Lateness of its\n"
	       "exported file against that sound, in microseconds, and the drift and the clock knots that the analysis found.\n",
	       minutes);
	printf("%-34s %9s %9s %9s %9s %12s %6s\n", "", "start us", "middle us", "end us", "worst us",
	       "drift ppm", "knots");
}

static void all_synced(const char *dir, double minutes)
{
	synced_head(minutes);
	synced_line(dir, "48 kHz, +12 ppm", minutes, 48000, 12);
	synced_line(dir, "48 kHz, -12 ppm", minutes, 48000, -12);
	synced_line(dir, "48 kHz, +100 ppm", minutes, 48000, 100);
	synced_line(dir, "48 kHz, -100 ppm", minutes, 48000, -100);
	synced_line(dir, "44.1 kHz, +37.7 ppm", minutes, 44100, 37.7);
	all_wandering(dir, minutes, 1);
}

static void all_qualities(void)
{
	static const struct {
		double in_hz;
		int out_hz;
		double ppm;
	} rows[] = {{48000, 48000, 0},   {48000, 48000, 12}, {48000, 48000, -100},
		    {44100, 48000, 0},   {48000, 44100, 0},  {44100, 48000, 23.4},
		    {96000, 48000, 0},   {96000, 48000, 12}, {48000, 96000, 0},
		    {192000, 44100, -7}, {96000, 8000, 0},   {44056, 48000, 0},
		    {47952, 48000, 0},   {8000, 48000, 50}};
	printf("\nTones through the export, beginning between samples. 997 Hz at -1 dBFS: noise and distortion in dBFS, from float to\n"
	       "float, to 24 bit, to 24 bit with dither. Up to 20 kHz (or 0.9 of half the rate): ripple peak to peak in dB, and\n"
	       "what there is beside tones of -6 dBFS. Tones at -1 dBFS that would fold back below that: what is left of them.\n");
	printf("%27s %9s %9s %9s %10s %9s %9s\n", "", "float", "24 bit", "dithered", "ripple dB", "beside",
	       "folded");
	for (size_t i = 0; i < sizeof rows / sizeof *rows; i++)
		quality(rows[i].in_hz, rows[i].out_hz, rows[i].ppm);
}

int main(int argc, char **argv)
{
	double minutes = argc > 2 ? atof(argv[2]) : 180;
	int seeds = argc > 3 ? atoi(argv[3]) : 0;
	if (argc < 2 || !(minutes >= 1 && minutes <= 1440))
		return 2;
	if (seeds > 0) {
		synced_head(minutes);
		all_wandering(argv[1], minutes, seeds);
		return 0;
	}
	snprintf(in, sizeof in, "%s/exact-in.wav", argv[1]);
	snprintf(out, sizeof out, "%s/exact-out.wav", argv[1]);
	all_synced(argv[1], minutes);
	all_nulls(minutes);
	all_qualities();
	return 0;
}
